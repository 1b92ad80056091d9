/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The pool of a device: memory that can be split, blocks that work may still use, the ladder, the report. */
#include "memory/pool.h"

#include "check.h"

#include <stdlib.h>

#define MIB ((size_t)1 << 20)
enum { GRANULE = 2 << 20, GRANULES = 64 };
static const uintptr_t base = (uintptr_t)1 << 44;

/* Virtual memory of 128 MiB, the first fit of granules; it knows which are mapped and what was waited for. */
static struct {
    lsi_prim prim;
    bool mapped[GRANULES];
    int most, held, calls, settled_all;
    lsi_clock settled;
} vm;

static void *vm_allocate(lsi_prim *prim, size_t bytes)
{
    (void)prim;
    vm.calls++;
    const int n = (int)(bytes / GRANULE);
    CHECK(bytes > 0 && bytes % GRANULE == 0);
    if (lsi_alloc_should_fail() || vm.held + n > vm.most) return NULL;
    for (int at = 0, found = 0; at < GRANULES; at++) {
        found = vm.mapped[at] ? 0 : found + 1;
        if (found < n) continue;
        for (int k = at - n + 1; k <= at; k++) vm.mapped[k] = true;
        vm.held += n;
        return (void *)(base + (uintptr_t)(at - n + 1) * GRANULE);
    }
    return NULL;
}

static void vm_release(lsi_prim *prim, void *block, size_t bytes)
{
    (void)prim;
    const size_t first = ((uintptr_t)block - base) / GRANULE;
    CHECK(bytes > 0 && bytes % GRANULE == 0 && ((uintptr_t)block - base) % GRANULE == 0);
    for (size_t k = first; k < first + bytes / GRANULE; k++) {
        CHECK(vm.mapped[k]);
        vm.mapped[k] = false;
        vm.held--;
    }
}

static void vm_capacity(lsi_prim *prim, size_t *total, size_t *available)
{
    (void)prim;
    *total = (size_t)vm.most * GRANULE;
    *available = (size_t)(vm.most - vm.held) * GRANULE;
}

static void vm_settle(lsi_prim *prim, const lsi_clock *work)
{
    (void)prim;
    if (work) lsi_clock_join(&vm.settled, work);
    else vm.settled_all++;
}

static lsi_pool *new_pool(int granules)
{
    memset(&vm, 0, sizeof vm);
    vm.prim = (lsi_prim){.name = "vm:0", .alignment = 256, .granularity = GRANULE, .allocate = vm_allocate,
                         .release = vm_release, .capacity = vm_capacity, .settle = vm_settle, .splittable = true};
    vm.most = granules;
    return lsi_pool_new(&vm.prim);
}

static void finish(lsi_pool *pool)
{
    CHECK(lsi_pool_valid(pool));
    lsi_pool_delete(pool);
    CHECK_EQ_INT(vm.held, 0);
    CHECK_EQ_INT(lsi_alloc_live(), 0);
}

static lsi_pool_stats stats_of(lsi_pool *pool)
{
    lsi_pool_stats stats;
    lsi_pool_get_stats(pool, &stats);
    return stats;
}

static lsi_clock at(int stream, uint64_t sequence)
{
    lsi_clock clock = {{0}};
    clock.at[stream] = sequence;
    return clock;
}

/* One block of 64 MiB serves 32 of 2 MiB, and 64 MiB again, without the prim being asked. */
TEST(large_blocks_are_cut_and_merge)
{
    lsi_pool *pool = new_pool(GRANULES);
    void *big = lsi_pool_allocate(pool, 64 * MIB), *parts[32];
    const int calls = vm.calls;
    lsi_pool_free(pool, big);
    for (int k = 0; k < 32; k++) parts[k] = lsi_pool_allocate(pool, 2 * MIB);
    for (int k = 0; k < 32; k++)
        for (int j = 0; j < k; j++) CHECK(parts[j] != parts[k]);
    CHECK(lsi_pool_valid(pool));
    CHECK_EQ_INT(vm.calls, calls);
    CHECK_EQ_INT(stats_of(pool).largest_free, 0);
    for (int k = 0; k < 32; k++) lsi_pool_free(pool, parts[(k * 7) % 32]);
    CHECK(lsi_pool_allocate(pool, 64 * MIB) == big);
    CHECK_EQ_INT(vm.calls, calls);
    lsi_pool_free(pool, big);
    CHECK_EQ_INT(stats_of(pool).largest_free, 64 * MIB);
    finish(pool);
}

/* A batch a little larger each time: memory grows by the difference. */
TEST(growth_counts_what_is_free_at_the_end)
{
    lsi_pool *pool = new_pool(GRANULES);
    void *below = lsi_pool_allocate(pool, 8 * MIB);
    for (size_t size = 16; size <= 100; size += 4) {
        void *batch = lsi_pool_allocate(pool, size * MIB);
        CHECK(batch && stats_of(pool).reserved <= (int64_t)((8 + size + 12) * MIB));
        lsi_pool_free(pool, batch);
    }
    lsi_pool_free(pool, below);
    finish(pool);
}

TEST(parts_of_a_segment_go_back)
{
    lsi_pool *pool = new_pool(GRANULES);
    void *a = lsi_pool_allocate(pool, 10 * MIB), *b = lsi_pool_allocate(pool, 3 * MIB), *c = lsi_pool_allocate(pool, 20 * MIB);
    const lsi_clock used_a = at(1, 7), used_c = at(2, 9);
    lsi_pool_free_after(pool, a, &used_a);
    lsi_pool_free_after(pool, c, &used_c);
    lsi_pool_trim(pool, 0);
    CHECK(lsi_pool_valid(pool));
    CHECK(vm.held * 2 <= 6 && vm.held * 2 >= 4); /* b, and the parts of granules beside it */
    CHECK(vm.settled.at[1] == 7 && vm.settled.at[2] == 9);
    CHECK_EQ_INT(stats_of(pool).reserved, (int64_t)vm.held * GRANULE);
    lsi_pool_free(pool, b);
    lsi_pool_trim(pool, 0);
    CHECK_EQ_INT(vm.held, 0);
    finish(pool);
}

/* Whoever gets a block is told exactly what was done with the memory it covers. */
TEST(uses_travel_with_blocks)
{
    for (int small = 0; small < 2; small++) {
        lsi_pool *pool = new_pool(GRANULES);
        const size_t half = small ? 100 * 1024 : 16 * MIB;
        lsi_clock after, one = at(0, 3), two = at(5, 8);
        void *blocks[64], *a, *b, *c;
        int n = 0;
        a = lsi_pool_allocate_after(pool, half, &after);
        CHECK(lsi_clock_is_zero(&after));
        b = lsi_pool_allocate_after(pool, half, &after);
        while (n < 64 && stats_of(pool).reserved - stats_of(pool).in_use >= (int64_t)half) blocks[n++] = lsi_pool_allocate(pool, half);
        lsi_pool_free_after(pool, a, &one);
        lsi_pool_free_after(pool, b, &two);
        CHECK(lsi_pool_allocate_after(pool, half, &after) == b && after.at[5] == 8 && after.at[0] == 0);
        lsi_pool_free_after(pool, b, &after);
        vm.most = vm.held;
        c = lsi_pool_allocate_after(pool, 2 * half, &after); /* both in one */
        CHECK(c == (a < b ? a : b) && after.at[0] == 3 && after.at[5] == 8);
        one = at(3, 4);
        lsi_pool_free_after(pool, c, &one); /* a later use stands for the earlier ones */
        c = lsi_pool_allocate_after(pool, half / 2, &after);
        CHECK(after.at[3] == 4 && after.at[0] == 0);
        CHECK(lsi_pool_allocate(pool, half / 2) && vm.settled.at[3] == 4); /* the plain call waits itself */
        for (int k = 0; k < n; k++) lsi_pool_free(pool, blocks[k]);
        finish(pool);
    }
}

static lsi_pool *to_help;
static void *to_free;
static int asked;
static bool help(void *context, size_t bytes)
{
    CHECK(context == &asked && bytes == 100 * MIB);
    asked++;
    lsi_pool_free(to_help, to_free);
    return asked < 3;
}

TEST(the_ladder)
{
    lsi_pool *pool = to_help = new_pool(GRANULES);
    char text[300];
    asked = 0;
    void *held = to_free = lsi_pool_allocate(pool, 60 * MIB), *cached = lsi_pool_allocate(pool, 20 * MIB);
    lsi_pool_free(pool, cached);
    lsi_pool_set_callback(pool, help, &asked);
    void *big = lsi_pool_allocate(pool, 100 * MIB);
    CHECK(held && big && asked == 1);
    CHECK_EQ_INT(vm.settled_all, 1);
    for (int step = 1; step < LSI_POOL_STEPS; step++) CHECK_EQ_INT(stats_of(pool).steps[step], 1);
    to_free = NULL;
    CHECK(lsi_pool_allocate(pool, 100 * MIB) == NULL);
    CHECK_EQ_INT(asked, 3);
    CHECK_EQ_INT(stats_of(pool).out_of_memory, 1);
    lsi_pool_report(pool, 100 * MIB, text, sizeof text);
    CHECK_STR(text, "100.0 MiB were asked for, arrays hold 100.0 MiB, 0 bytes are cached (largest block 0 bytes); "
                    "28.0 MiB of the device's 128.0 MiB are free");
    lsi_pool_free(pool, big);
    finish(pool);
}

/* An obstinate callback does not keep the call for ever. */
static bool always(void *context, size_t bytes)
{
    (void)bytes;
    return ++*(int *)context > 0;
}
TEST(a_callback_that_never_gives_up)
{
    lsi_pool *pool = new_pool(4);
    int calls = 0;
    lsi_pool_set_callback(pool, always, &calls);
    CHECK(lsi_pool_allocate(pool, 100 * MIB) == NULL);
    CHECK(calls > 1 && calls < 100);
    finish(pool);
}

TEST(sizes_are_counted)
{
    lsi_pool *pool = new_pool(GRANULES);
    for (size_t bytes = 0; bytes < 16; bytes++) lsi_pool_free(pool, lsi_pool_allocate(pool, bytes));
    const lsi_pool_stats stats = stats_of(pool);
    CHECK(stats.sizes[0] == 2 && stats.sizes[1] == 2 && stats.sizes[2] == 4 && stats.sizes[3] == 8 && stats.sizes[4] == 0);
    finish(pool);
}

TEST(limits_hold)
{
    lsi_pool *pool = new_pool(GRANULES);
    lsi_pool_set_limit(pool, 32 * MIB);
    void *a = lsi_pool_allocate(pool, 20 * MIB), *small = lsi_pool_allocate(pool, 100);
    CHECK(a && small && lsi_pool_allocate(pool, 16 * MIB) == NULL);
    CHECK(stats_of(pool).reserved <= (int64_t)(32 * MIB));
    lsi_pool_free(pool, a);
    CHECK((a = lsi_pool_allocate(pool, 28 * MIB)) != NULL);
    CHECK(stats_of(pool).peak_reserved <= (int64_t)(32 * MIB));
    lsi_pool_free(pool, a);
    lsi_pool_free(pool, small);
    lsi_pool_set_cache_limit(pool, 4 * MIB);
    CHECK(stats_of(pool).reserved <= (int64_t)(8 * MIB));
    finish(pool);
}

TEST(direct)
{
    lsi_pool *pool = new_pool(GRANULES);
    lsi_pool_set_direct(pool, true);
    void *a = lsi_pool_allocate(pool, 100);
    const lsi_clock used = at(4, 2);
    CHECK_EQ_INT(vm.held, 1);
    lsi_pool_free_after(pool, a, &used);
    CHECK(vm.held == 0 && vm.settled.at[4] == 2);
    finish(pool);
}

TEST(random_walk)
{
    enum { LIVE = 40, STEPS = 40000 };
    static struct { uintptr_t address; size_t bytes; } live[LIVE];
    lsi_pool *pool = new_pool(GRANULES);
    uint64_t state = 4242;
    int refused = 0;
    memset(live, 0, sizeof live);
    for (int step = 0; step < STEPS; step++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        const int k = (int)(state % LIVE), bits = (int)(state >> 20 & 31) % 24;
        const lsi_clock used = at((int)(state >> 50) % LSI_MAX_STREAMS, (uint64_t)step);
        lsi_clock after;
        lsi_pool_free_after(pool, (void *)live[k].address, &used);
        live[k].bytes = (size_t)(state >> 32) & (((size_t)1 << bits) - 1);
        live[k].address = (uintptr_t)lsi_pool_allocate_after(pool, live[k].bytes, &after);
        refused += live[k].address == 0;
        for (int j = 0; j < LIVE && live[k].address; j++)
            if (j != k && live[j].address && live[j].address < live[k].address + live[k].bytes &&
                live[k].address < live[j].address + live[j].bytes)
                CHECK(!"blocks overlap");
        for (uintptr_t g = live[k].address; g && g < live[k].address + live[k].bytes; g += GRANULE)
            if (!vm.mapped[(g - base) / GRANULE]) CHECK(!"a block is not mapped");
        if (step % 64 == 0) CHECK(lsi_pool_valid(pool));
        if (step % 1000 == 999) lsi_pool_trim(pool, 8 * MIB);
    }
    printf("  refused %d of %d, %d calls of the prim\n", refused, STEPS, vm.calls);
    CHECK(refused < STEPS / 10);
    for (int k = 0; k < LIVE; k++) lsi_pool_free(pool, (void *)live[k].address);
    lsi_pool_trim(pool, 0);
    CHECK_EQ_INT(vm.held, 0);
    finish(pool);
}

TEST(every_allocation_fails_once)
{
    for (int persistent = 0; persistent < 2; persistent++) {
        bool failed = true;
        for (int64_t n = 1; failed && CHECK(n < 2000); n++) {
            vm.held = 0;
            lsi_alloc_fail_at(n, persistent);
            lsi_pool *pool = new_pool(GRANULES);
            void *blocks[60] = {NULL};
            for (int k = 0; pool && k < 60; k++) blocks[k] = lsi_pool_allocate(pool, (size_t)700 << (k % 14));
            if (pool) CHECK(lsi_pool_valid(pool));
            for (int k = 0; pool && k < 60; k += 2) lsi_pool_free(pool, blocks[k]);
            if (pool) lsi_pool_trim(pool, 0);
            if (pool) CHECK(lsi_pool_valid(pool));
            for (int k = 1; pool && k < 60; k += 2) lsi_pool_free(pool, blocks[k]);
            failed = lsi_alloc_count() >= n;
            lsi_alloc_fail_at(0, false);
            if (pool) finish(pool);
            CHECK_EQ_INT(lsi_alloc_live(), 0);
        }
    }
}

int main(void)
{
    RUN(large_blocks_are_cut_and_merge);
    RUN(growth_counts_what_is_free_at_the_end);
    RUN(parts_of_a_segment_go_back);
    RUN(uses_travel_with_blocks);
    RUN(the_ladder);
    RUN(a_callback_that_never_gives_up);
    RUN(sizes_are_counted);
    RUN(limits_hold);
    RUN(direct);
    RUN(random_walk);
    RUN(every_allocation_fails_once);
    return check_report();
}
