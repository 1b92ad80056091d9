/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The shim itself: barriers, shuffles, atomics and shared memory mean what they mean on a GPU, and the mistakes it is
 * there for are found: a missing barrier by some order of the threads, a deadlock and its like by a report. */
#include "test_kernels.cu"
#include "shim_run.h"
#include "support/check.h"
#include <string>
#include <vector>

static std::string reported;

static void keep_report(const char *text)
{
    reported = text;
}

static std::vector<uint32_t> numbers(size_t n)
{
    std::vector<uint32_t> v(n);
    uint32_t x = 12345;
    for (auto &e : v)
        e = x = x * 1664525u + 1013904223u;
    return v;
}

/* Whether the kernel gave a report, under this seed. */
static bool launch(const char *name, unsigned blocks, size_t shared, const test_args &a, uint64_t seed)
{
    const lsi_shim_kernel *kernel = lsi_shim_find("test", name);
    if (!CHECK(kernel)) return true;
    reported.clear();
    lsi_shim_run(kernel, blocks, 1, 1, lsi_shim_threads(kernel), shared, &a, seed);
    return !reported.empty();
}

static bool reverses(const char *name, uint64_t seed)
{
    const std::vector<uint32_t> in = numbers(640);
    std::vector<uint32_t> out(in.size());
    if (launch(name, 10, 0, {in.data(), out.data(), nullptr, 0, 0, 0}, seed)) return false;
    for (size_t i = 0; i < in.size(); i++)
        if (out[i] != in[i / 64 * 64 + 63 - i % 64]) return false;
    return true;
}

static bool adds(const char *name, uint64_t seed)
{
    const std::vector<uint32_t> in = numbers(256 * 5);
    std::vector<uint32_t> out(5);
    if (launch(name, 5, 256 * sizeof(uint32_t), {in.data(), out.data(), nullptr, 0, 0, 0}, seed)) return false;
    for (size_t b = 0; b < 5; b++) {
        uint32_t sum = 0;
        for (size_t i = 0; i < 256; i++)
            sum += in[b * 256 + i];
        if (out[b] != sum) return false;
    }
    return true;
}

TEST(barriers_hold_under_every_order)
{
    for (uint64_t seed = 0; seed < 64; seed++) {
        CHECK(reverses("ls_test_reverse", seed));
        CHECK(adds("ls_test_tree", seed));
    }
}

TEST(a_missing_barrier_is_found)
{
    int reversed = 0, added = 0;
    for (uint64_t seed = 0; seed < 64; seed++) {
        reversed += reverses("ls_test_reverse_without_barrier", seed);
        added += adds("ls_test_tree_racing", seed);
    }
    printf("without the barrier %d and %d of 64 orders came out right\n", reversed, added);
    CHECK(reversed < 64);
    CHECK(added < 64);
}

/* PTX's definition, lane by lane, written a second time. */
static uint32_t lane_of(int kind, int lane, int by, int width)
{
    const int segment = lane / width * width;
    const int j = kind == 0   ? segment + ((by % width) + width) % width
                  : kind == 1 ? lane ^ by
                  : kind == 2 ? lane + by
                              : lane - by;
    if (kind == 3) return (uint32_t)(j >= segment ? j : lane);
    return (uint32_t)(j < segment + width ? j : lane);
}

TEST(shuffles)
{
    const std::vector<uint32_t> in = numbers(256);
    for (int width = 1; width <= 32; width *= 2) {
        for (int by = 0; by < 32; by++) {
            std::vector<uint32_t> out(1280);
            std::vector<uint64_t> wide(256);
            const test_args a = {in.data(), out.data(), wide.data(), 0, by, width};
            if (!CHECK(!launch("ls_test_shuffle", 1, 0, a, by * 7u + 1))) return;
            int wrong = 0;
            for (int t = 0; t < 256; t++) {
                const int warp = t / 32 * 32, lane = t % 32;
                for (int kind = 0; kind < 4; kind++)
                    wrong += out[kind * 256 + t] != in[warp + lane_of(kind, lane, by, width)];
                wrong += wide[t] != ((uint64_t)in[warp + lane_of(1, lane, by, width)] << 32 | 7);
                wrong += (out[1024 + t] >> lane & 1) != (in[t] & 1) || out[1024 + t] != out[1024 + warp];
            }
            CHECK_EQ_INT(wrong, 0);
        }
    }
}

TEST(atomics_and_early_leavers)
{
    const std::vector<uint32_t> in = numbers(1000);
    uint32_t sum = 0, most = 0, least = 0xffffffffu;
    for (uint32_t x : in) {
        sum += x;
        most = x > most ? x : most;
        least = x < least ? x : least;
    }
    for (uint64_t seed = 0; seed < 16; seed++) {
        uint32_t out[4] = {0, 0, 0xffffffffu, 0};
        CHECK(!launch("ls_test_atomics", 20, 0, {in.data(), out, nullptr, 1000, 0, 0}, seed));
        CHECK_EQ_INT(out[0], sum);
        CHECK_EQ_INT(out[1], most);
        CHECK_EQ_INT(out[2], least);
        CHECK_EQ_INT(out[3], 2000);
    }
}

TEST(flat_kernels_visit_every_thread_once)
{
    const std::vector<uint32_t> in = numbers(128 * 2 * 3 * 5);
    const lsi_shim_kernel *kernel = lsi_shim_find("test", "ls_test_flat");
    if (!CHECK(kernel)) return;
    for (uint64_t seed = 0; seed < 8; seed++) {
        std::vector<uint32_t> out(in.size());
        const test_args a = {in.data(), out.data(), nullptr, (int64_t)in.size(), 0, 0};
        lsi_shim_run(kernel, 2, 3, 5, 128, 0, &a, seed);
        int wrong = 0;
        for (size_t i = 0; i < in.size(); i++)
            wrong += out[i] != in[i] + 1;
        CHECK_EQ_INT(wrong, 0);
    }
}

static bool says(const char *word)
{
    if (reported.find(word) != std::string::npos) return true;
    printf("reported: %s\n", reported.c_str());
    return false;
}

TEST(mistakes_are_reported)
{
    alignas(16) uint32_t in[136] = {0}, out[136] = {0};
    const test_args a = {in, out, nullptr, 0, 0, 0};
    CHECK(launch("ls_test_two_barriers", 2, 0, a, 1) && says("barrier of line") && says("ls_test_two_barriers"));
    CHECK(launch("ls_test_deadlock", 2, 0, a, 2) && says("deadlock") && says("thread"));
    CHECK(launch("ls_test_mixed_warp", 1, 0, a, 3) && says("different operations"));
    CHECK(!launch("ls_test_wide", 1, 0, a, 4));
    const test_args crooked = {in + 1, out, nullptr, 0, 0, 0};
    CHECK(launch("ls_test_wide", 1, 0, crooked, 5) && says("not aligned"));
    reported.clear();
    lsi_shim_run(lsi_shim_find("test", "ls_test_reverse"), 1, 1, 1, 32, 0, &a, 0);
    CHECK(says("made for 64"));
    CHECK(reverses("ls_test_reverse", 9)); /* and the runner is well after all that */
}

int main()
{
    lsi_shim_on_failure(keep_report);
    RUN(barriers_hold_under_every_order);
    RUN(a_missing_barrier_is_found);
    RUN(shuffles);
    RUN(atomics_and_early_leavers);
    RUN(flat_kernels_visit_every_thread_once);
    RUN(mistakes_are_reported);
    return check_report();
}
