/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The CUDA path over the simulated GPU, by its public face: bytes there and back, the host's bits in every order, work that
 * is independent, memory that stays flat, and failures. The failures a device does not survive are tried in processes of
 * their own: this program calls itself with "lost". */
#include "device/child.h"
#include "device/simulated.h"
#include "device/workloads.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

static const simulated_control *gpu;
static ls_device device;

static simulated_stats stats(void)
{
    simulated_stats s;
    gpu->stats(&s);
    return s;
}

TEST(the_gpu_is_the_default_device)
{
    CHECK_STR(ls_device_name(ls_device_in_use()), "cuda:0");
    CHECK(device.id > 1);
}

/* --- transfers --- */

static unsigned char *noise(size_t bytes, unsigned seed)
{
    unsigned char *made = malloc(bytes + 1);
    for (size_t i = 0; i < bytes; i++) made[i] = (unsigned char)((seed = seed * 1664525u + 1013904223u) >> 24);
    return made;
}

static void there_and_back(int64_t size)
{
    unsigned char *sent = noise((size_t)size, (unsigned)size), *back = calloc(1, (size_t)size + 1);
    unsigned char *kept = noise((size_t)size, (unsigned)size);
    LS_SCOPE {
        ls_array *x = ls_from_host(sent, LS_SHAPE(size));
        memset(sent, 0x33, (size_t)size); /* the call has taken the bytes */
        CHECK_STATUS(ls_to_host_as(x, back, size, LS_UINT8), LS_OK);
        CHECK(memcmp(back, kept, (size_t)size) == 0);
    }
    free(sent);
    free(back);
    free(kept);
}

TEST(bytes_go_there_and_back)
{
    static const int64_t sizes[] = {0, 1, 3, 4096, 65537, 1 << 20, (4 << 20) + 5, (13 << 20) + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) there_and_back(sizes[i]);
}

TEST(thousands_of_uploads_do_not_disturb_each_other)
{
    enum { COUNT = 3000 };
    int32_t values[8], back[8];
    LS_SCOPE {
        ls_array *arrays[COUNT];
        for (int i = 0; i < COUNT; i++) {
            for (int k = 0; k < 8; k++) values[k] = 8 * i + k;
            arrays[i] = ls_from_host(values, LS_SHAPE(8));
        }
        int wrong = 0;
        for (int i = COUNT - 1; i >= 0; i--) {
            wrong += ls_to_host(arrays[i], back, 8) != LS_OK;
            for (int k = 0; k < 8; k++) wrong += back[k] != 8 * i + k;
        }
        CHECK_EQ_INT(wrong, 0);
    }
}

/* --- the same bits in every order --- */

static void *expected[WORKLOADS];
static size_t expected_size[WORKLOADS];

static void make_expected(void)
{
    for (int i = 0; i < WORKLOADS; i++) {
        ls_status status;
        expected[i] = workload_bytes(workloads[i], LS_HOST, &expected_size[i], &status);
        CHECK_STATUS(status, LS_OK);
    }
}

static bool right(int i, const void *bytes, size_t size)
{
    return bytes && size == expected_size[i] && memcmp(bytes, expected[i], size) == 0;
}

TEST(every_order_gives_the_bits_of_the_host)
{
    static const char *const policies[] = {"random", "far", "late", "eager"};
    const long before = stats().ran;
    for (unsigned seed = 0; seed < 24; seed++) {
        gpu->reseed(seed, policies[seed % 4]);
        for (int i = 0; i < WORKLOADS; i++) {
            ls_status status;
            size_t size;
            void *bytes = workload_bytes(workloads[i], device, &size, &status);
            if (!CHECK(right(i, bytes, size)))
                printf("  %s, seed %u, %s: %s\n", workload_names[i], seed, policies[seed % 4],
                       status ? ls_error_message() : "other bits");
            free(bytes);
        }
    }
    CHECK(stats().ran > before + 24 * WORKLOADS);
}

/* --- what is independent stays so; what is used again does not pile up --- */

TEST(independent_programs_do_not_wait_for_each_other)
{
    enum { COUNT = 20 };
    LS_SCOPE {
        ls_array *arrays[COUNT];
        CHECK_STATUS(ls_sync(), LS_OK);
        gpu->reseed(1, "late");
        const long waits = stats().waits;
        for (int i = 0; i < COUNT; i++) {
            arrays[i] = ls_sin(ls_linspace(0, i, 1000));
            CHECK_STATUS(ls_evaluate(arrays[i]), LS_OK);
            arrays[i] = ls_mul(arrays[i], 2.0);
            CHECK_STATUS(ls_evaluate(arrays[i]), LS_OK);
        }
        CHECK_EQ_INT(stats().waits, waits);
        CHECK(stats().queued > 0); /* nor does the calling thread */
    }
}

static void turns(int count)
{
    ls_array *state = ls_zeros(LS_SHAPE(1000));
    for (int i = 0; i < count; i++) {
        LS_SCOPE {
            ls_array *next = ls_add(ls_mul(state, 0.5), ls_cumulative_sum(ls_arange(1000.0)));
            CHECK_STATUS(ls_evaluate(next), LS_OK);
            if (i % 50 == 0) CHECK_STATUS(ls_sync(), LS_OK);
            ls_set(&state, next);
        }
    }
}

TEST(memory_and_events_stay_flat)
{
    LS_SCOPE { turns(300); }
    CHECK_STATUS(ls_sync(), LS_OK);
    const simulated_stats before = stats();
    LS_SCOPE { turns(2000); }
    CHECK_STATUS(ls_sync(), LS_OK);
    const simulated_stats after = stats();
    CHECK(after.events_alive <= before.events_alive + 8);
    CHECK_EQ_INT(after.blocks_alive, before.blocks_alive);
    CHECK_EQ_INT(after.queued, 0);
}

/* --- a call fails once --- */

static int64_t in_use(void)
{
    ls_memory memory;
    CHECK_STATUS(ls_memory_stats(device, &memory), LS_OK);
    return memory.in_use;
}

/* Either nobody noticed, or the error is clear, nothing is lost, and the next attempt is well. */
static bool survives(int i, const char *name, long n, unsigned code)
{
    ls_status status;
    size_t size;
    const int64_t used = in_use();
    gpu->fail_call(name, n, code);
    void *bytes = workload_bytes(workloads[i], device, &size, &status);
    const bool struck = !gpu->fail_pending();
    gpu->heal();
    const bool clear = status == LS_OK ? right(i, bytes, size)
                                       : (status == LS_ENOMEM || status == LS_EDEVICE) && strlen(ls_error_message()) > 20;
    if (!CHECK(clear)) printf("  %s, call %ld of %s gives %u: %d, %s\n", workload_names[i], n, name ? name : "any", code,
                              (int)status, ls_error_message());
    free(bytes);
    bytes = workload_bytes(workloads[i], device, &size, &status);
    if (!CHECK(right(i, bytes, size)))
        printf("  %s, after call %ld of %s gave %u: %s\n", workload_names[i], n, name ? name : "any", code,
               status ? ls_error_message() : "other bits");
    free(bytes);
    if (!CHECK_EQ_INT(in_use(), used)) printf("  %s, call %ld of %s\n", workload_names[i], n, name ? name : "any");
    return struck;
}

TEST(every_call_may_fail_once)
{
    static const unsigned codes[] = {2, 999, 701};
    long struck = 0;
    for (int i = 0; i < WORKLOADS; i++) {
        long n = 1;
        while (survives(i, NULL, n, codes[n % 3]) && n < 1000) n++;
        struck += n - 1;
    }
    printf("  %ld failures\n", struck);
    CHECK(struck > 100);
}

TEST(memory_may_run_out)
{
    for (int i = 0; i < WORKLOADS; i++) {
        for (long n = 1; n < 100; n++) {
            CHECK_STATUS(ls_memory_trim(device, 0), LS_OK);
            if (!survives(i, "cuMemAlloc", n, 2)) break;
        }
    }
}

/* --- the device is lost --- */

/* In a process of its own. Something fails for good; then everything on the device says so, the host goes on, and what
 * was held can be freed. 0 when all is well, 77 when nothing failed. */
static int live_through_loss(void)
{
    ls_array *held = ls_arange(1000.0), *pending = ls_add(held, 1);
    ls_array *host = ls_ones(LS_SHAPE(10), .device = LS_HOST);
    int failed = ls_evaluate(held) != LS_OK;
    char text[1024];
    for (int i = 0; i < WORKLOADS && !failed; i++) {
        ls_status status;
        size_t size;
        free(workload_bytes(workloads[i], device, &size, &status));
        failed = status != LS_OK;
    }
    if (!failed) return 77;
    snprintf(text, sizeof text, "%s", ls_error_message());
    CHECK(strstr(text, "cuda:0 is lost after CUDA_ERROR_") != NULL || strstr(text, "cuda:0: CUDA_ERROR_") != NULL);
    CHECK_STATUS(ls_sync(), LS_EDEVICE);
    CHECK(strstr(ls_error_message(), "lost") != NULL);
    CHECK(ls_evaluate(pending) != LS_OK);
    CHECK(strstr(ls_error_message(), "lost") != NULL);
    double value = 0;
    CHECK_STATUS(ls_item(ls_sum(ls_add(host, 1)), &value), LS_OK);
    CHECK_EQ_DOUBLE(value, 20.0);
    ls_free(pending);
    ls_free(held);
    CHECK_STATUS(ls_memory_trim(device, 0), LS_OK);
    return check_failed ? 1 : 0;
}

/* In a process of its own: the failure comes while the library starts or does things for the first time. Whatever works
 * is right; what does not says so, and works when it is tried again. 77 when nothing was to be noticed. */
static int start_in_spite(void)
{
    bool noticed = device.id == 0;
    int failures = 0;
    make_expected();
    for (int i = 0; i < 2 * WORKLOADS; i++) {
        ls_status status;
        size_t size;
        void *bytes = workload_bytes(workloads[i / 2], (ls_device){0}, &size, &status);
        noticed |= status != LS_OK;
        failures += status != LS_OK;
        if (status ? !CHECK(failures == 1 && strlen(ls_error_message()) > 20) : !CHECK(right(i / 2, bytes, size)))
            printf("  %s: %s\n", workload_names[i / 2], ls_error_message());
        free(bytes);
    }
    return check_failed ? 1 : noticed ? 0 : 77;
}

static int run_again(const char *mode, const char *plan)
{
    char failure[128];
    snprintf(failure, sizeof failure, "LOCKSTEP_SIMULATED_FAIL=%.63s", plan);
    return run_child(mode, (char *const[]){failure, NULL});
}

TEST(a_lost_device_is_said_and_survived)
{
    static const unsigned codes[] = {700, 702, 710, 714, 715, 716, 717, 718, 719, 721, 810};
    int lost = 0;
    for (int n = 0; n < 33; n++) {
        char plan[64];
        snprintf(plan, sizeof plan, n % 2 ? "run:%d:%u" : "%d:%u", n % 2 ? 1 + 4 * n : 60 + 11 * n, codes[n % 11]);
        const int result = run_again("lost", plan);
        if (result != 77 && !CHECK_EQ_INT(result, 0)) printf("  with LOCKSTEP_SIMULATED_FAIL=%s\n", plan);
        lost += result == 0;
    }
    printf("  %d devices lost\n", lost);
    CHECK(lost > 15);
}

TEST(every_call_may_fail_at_the_first_use)
{
    static const unsigned codes[] = {2, 999, 209};
    int noticed = 0;
    for (int n = 1; n < 120; n += n < 40 ? 1 : 7) {
        char plan[64];
        snprintf(plan, sizeof plan, "%d:%u", n, codes[n % 3]);
        const int result = run_again("cold", plan);
        if (result != 77 && !CHECK_EQ_INT(result, 0)) printf("  with LOCKSTEP_SIMULATED_FAIL=%s\n", plan);
        noticed += result == 0;
    }
    printf("  %d noticed\n", noticed);
    CHECK(noticed > 10); /* trying virtual memory in vain is no failure */
}

int main(int argc, char **argv)
{
    gpu = simulated_get();
    device = ls_device_from_name("cuda:0");
    if (argc > 1 && strcmp(argv[1], "lost") == 0) return live_through_loss();
    if (argc > 1 && strcmp(argv[1], "cold") == 0) return start_in_spite();
    if (!CHECK(gpu != NULL) || !CHECK(device.id > 1)) return check_report();
    make_expected();
    if (argc > 1 && strcmp(argv[1], "calls") == 0) {
        RUN(every_call_may_fail_once);
        RUN(a_lost_device_is_said_and_survived);
        return check_report();
    }
    RUN(the_gpu_is_the_default_device);
    RUN(bytes_go_there_and_back);
    RUN(thousands_of_uploads_do_not_disturb_each_other);
    RUN(every_order_gives_the_bits_of_the_host);
    RUN(independent_programs_do_not_wait_for_each_other);
    RUN(memory_and_events_stay_flat);
    RUN(every_call_may_fail_once);
    RUN(memory_may_run_out);
    RUN(every_call_may_fail_at_the_first_use);
    RUN(a_lost_device_is_said_and_survived);
    for (int i = 0; i < WORKLOADS; i++) free(expected[i]);
    return check_report();
}
