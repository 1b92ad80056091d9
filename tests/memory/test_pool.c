/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The pool from one thread: reuse, alignment, merging, limits, the way out of memory, statistics. After every mutation of
 * interest the whole pool is checked (lsi_pool_valid). */
#include "counting_prim.h"
#include "memory/pool.h"

#include <stdlib.h>

#define MIB ((size_t)1 << 20)

static counting_prim device;

static lsi_pool *device_pool(size_t budget, size_t granularity)
{
    counting_prim_init(&device, budget, granularity);
    return lsi_pool_new(&device.prim);
}

static void finish(lsi_pool *pool)
{
    CHECK(lsi_pool_valid(pool));
    lsi_pool_delete(pool);
    CHECK_EQ_INT(device.held, 0);
    CHECK_EQ_INT(device.count, 0);
    CHECK_EQ_INT(lsi_alloc_live(), 0);
}

static lsi_pool_stats stats_of(lsi_pool *pool)
{
    lsi_pool_stats stats;
    lsi_pool_get_stats(pool, &stats);
    return stats;
}

TEST(small_blocks)
{
    lsi_pool *pool = device_pool(64 * MIB, 4096);
    void *blocks[1000];
    for (int k = 0; k < 1000; k++) {
        blocks[k] = lsi_pool_allocate(pool, (size_t)k * 7);
        CHECK(blocks[k] && (uintptr_t)blocks[k] % 64 == 0);
    }
    for (int k = 1; k < 1000; k++)
        for (int j = 0; j < k; j++)
            CHECK((uintptr_t)blocks[j] + (size_t)j * 7 <= (uintptr_t)blocks[k] ||
                  (uintptr_t)blocks[k] + (size_t)k * 7 <= (uintptr_t)blocks[j]);
    CHECK(lsi_pool_valid(pool));
    CHECK_EQ_INT(stats_of(pool).allocations, 1000);
    CHECK_EQ_INT(device.calls, stats_of(pool).segments);
    for (int k = 0; k < 1000; k++) lsi_pool_free(pool, blocks[(k * 7) % 1000]);
    CHECK(lsi_pool_valid(pool));
    CHECK_EQ_INT(stats_of(pool).in_use, 0);
    const size_t calls = device.calls;
    for (int k = 0; k < 1000; k++) blocks[k] = lsi_pool_allocate(pool, (size_t)k * 7);
    CHECK_EQ_INT(device.calls, calls);
    for (int k = 0; k < 1000; k++) lsi_pool_free(pool, blocks[k]);
    finish(pool);
}

/* A slab cut into thousands of small blocks becomes one again when a large part of it is asked for. */
TEST(neighbours_merge)
{
    lsi_pool *pool = device_pool(4 * MIB, 2 * MIB);
    static void *blocks[32768];
    int count = 0;
    while (count < 32768 && (blocks[count] = lsi_pool_allocate(pool, 64))) count++;
    CHECK_EQ_INT(count, 32768);
    CHECK_EQ_INT(device.calls, 1);
    for (int k = 0; k < count; k += 2) lsi_pool_free(pool, blocks[k]);
    CHECK(lsi_pool_valid(pool));
    void *second = lsi_pool_allocate(pool, MIB - 1); /* no two neighbours are free: another slab */
    CHECK(second && device.calls == 2);
    for (int k = 1; k < count; k += 2) lsi_pool_free(pool, blocks[k]);
    void *first = lsi_pool_allocate(pool, MIB - 1);
    void *third = lsi_pool_allocate(pool, MIB / 2);
    CHECK(first && third && device.calls == 2);
    CHECK(lsi_pool_valid(pool));
    lsi_pool_free(pool, first);
    lsi_pool_free(pool, second);
    lsi_pool_free(pool, third);
    finish(pool);
}

TEST(large_blocks_are_reused)
{
    lsi_pool *pool = device_pool((size_t)1 << 34, 64 << 10);
    void *a = lsi_pool_allocate(pool, 32 * MIB);
    lsi_pool_free(pool, a);
    CHECK(lsi_pool_allocate(pool, 32 * MIB) == a);
    lsi_pool_free(pool, a);
    CHECK(lsi_pool_allocate(pool, 30 * MIB) == a); /* 7/8 of the block and more */
    lsi_pool_free(pool, a);
    void *b = lsi_pool_allocate(pool, 16 * MIB);   /* too small for it */
    CHECK(b != a && device.calls == 2);
    void *c = lsi_pool_allocate(pool, 33 * MIB);   /* too large for it */
    CHECK(c != a && device.calls == 3);
    lsi_pool_free(pool, b);
    lsi_pool_free(pool, c);
    CHECK(lsi_pool_allocate(pool, 31 * MIB) == a); /* the better fit of two */
    CHECK_EQ_INT(stats_of(pool).reused, 3);
    CHECK(lsi_pool_valid(pool));
    lsi_pool_free(pool, a);
    finish(pool);
}

TEST(starts_are_staggered)
{
    lsi_pool *pool = device_pool((size_t)1 << 34, 4096);
    device.prim.host_readable = true;
    bool seen[16] = {false};
    void *blocks[16];
    for (int k = 0; k < 16; k++) {
        blocks[k] = lsi_pool_allocate(pool, 4 * MIB);
        CHECK((uintptr_t)blocks[k] % 256 == 0);
        seen[(uintptr_t)blocks[k] / 256 % 16] = true;
    }
    for (int k = 0; k < 16; k++) CHECK(seen[k]);
    for (int k = 0; k < 16; k++) lsi_pool_free(pool, blocks[k]);
    finish(pool);
}

TEST(out_of_memory)
{
    lsi_pool *pool = device_pool(20 * MIB, 64 << 10);
    void *a = lsi_pool_allocate(pool, 8 * MIB), *b = lsi_pool_allocate(pool, 8 * MIB);
    CHECK(a && b);
    CHECK(lsi_pool_allocate(pool, 8 * MIB) == NULL);
    CHECK_EQ_INT(stats_of(pool).out_of_memory, 1);
    CHECK(lsi_pool_allocate(pool, SIZE_MAX) == NULL);
    CHECK(lsi_pool_allocate(pool, (size_t)INT64_MAX) == NULL);
    CHECK(lsi_pool_valid(pool));
    lsi_pool_free(pool, a); /* cached, in the way of a larger one, until the prim refuses */
    void *c = lsi_pool_allocate(pool, 10 * MIB);
    CHECK(c != NULL);
    lsi_pool_free(pool, b);
    lsi_pool_free(pool, c);
    finish(pool);
}

TEST(limits)
{
    lsi_pool *pool = device_pool((size_t)1 << 34, 64 << 10);
    lsi_pool_set_limit(pool, 20 * MIB);
    void *a = lsi_pool_allocate(pool, 16 * MIB);
    CHECK(a != NULL);
    CHECK(lsi_pool_allocate(pool, 8 * MIB) == NULL);
    lsi_pool_free(pool, a);
    void *b = lsi_pool_allocate(pool, 8 * MIB); /* the cached block gives way */
    CHECK(b != NULL);
    CHECK(stats_of(pool).reserved <= (int64_t)(20 * MIB));
    CHECK(lsi_pool_allocate(pool, 100) != NULL);
    CHECK(lsi_pool_valid(pool));
    lsi_pool_set_limit(pool, 0);
    void *c = lsi_pool_allocate(pool, 64 * MIB);
    CHECK(c != NULL);
    lsi_pool_free(pool, b);
    lsi_pool_free(pool, c);
    lsi_pool_set_cache_limit(pool, 10 * MIB); /* the older one fits, but age decides */
    CHECK(stats_of(pool).reserved <= (int64_t)(2 * MIB));
    finish(pool); /* the block of 100 bytes is still in use: delete takes it along */
}

TEST(cache_and_trim)
{
    lsi_pool *pool = device_pool((size_t)1 << 34, 64 << 10);
    void *blocks[8];
    for (int k = 0; k < 8; k++) blocks[k] = lsi_pool_allocate(pool, 2 * MIB);
    for (int k = 0; k < 8; k++) lsi_pool_free(pool, blocks[k]);
    CHECK_EQ_INT(stats_of(pool).segments, 8);
    lsi_pool_trim(pool, 9 * MIB);
    CHECK_EQ_INT(stats_of(pool).segments, 4);
    CHECK(lsi_pool_allocate(pool, 2 * MIB) == blocks[7]); /* the newest are kept, the newest comes first */
    lsi_pool_trim(pool, 0);
    CHECK_EQ_INT(stats_of(pool).segments, 1);
    lsi_pool_free(pool, blocks[7]);
    lsi_pool_free(pool, lsi_pool_allocate(pool, 10));
    lsi_pool_trim(pool, 0);
    CHECK_EQ_INT(stats_of(pool).segments, 0);
    CHECK_EQ_INT(stats_of(pool).reserved, 0);
    CHECK(stats_of(pool).peak_reserved >= (int64_t)(16 * MIB));
    CHECK(stats_of(pool).peak_in_use >= (int64_t)(16 * MIB));
    lsi_pool_reset_peak(pool);
    CHECK_EQ_INT(stats_of(pool).peak_reserved, 0);
    finish(pool);
}

/* A host with 40 MiB: a quarter of it is cached, and near three quarters the cache pays for growth. */
TEST(host_pressure)
{
    counting_prim_init(&device, (size_t)1 << 40, 64 << 10);
    device.total = 40 * MIB;
    device.prim.host_readable = true;
    lsi_pool *pool = lsi_pool_new(&device.prim);
    void *a = lsi_pool_allocate(pool, 4 * MIB), *b = lsi_pool_allocate(pool, 5 * MIB), *c = lsi_pool_allocate(pool, 6 * MIB);
    lsi_pool_free(pool, a);
    lsi_pool_free(pool, b);
    CHECK_EQ_INT(stats_of(pool).segments, 3);
    lsi_pool_free(pool, c); /* 15 MiB cached would be too much: a goes, then b */
    CHECK_EQ_INT(stats_of(pool).segments, 1);
    void *d = lsi_pool_allocate(pool, 26 * MIB);
    CHECK_EQ_INT(stats_of(pool).segments, 1);
    lsi_pool_free(pool, d);
    CHECK_EQ_INT(stats_of(pool).segments, 0);
    finish(pool);
}

TEST(foreign_and_double_frees_are_ignored)
{
    lsi_pool *pool = device_pool(64 * MIB, 4096);
    void *a = lsi_pool_allocate(pool, 100), *b = lsi_pool_allocate(pool, 3 * MIB);
    lsi_pool_free(pool, NULL);
    lsi_pool_free(pool, (char *)a + 1);
    lsi_pool_free(pool, (void *)&pool);
    lsi_pool_free(pool, a);
    lsi_pool_free(pool, a);
    lsi_pool_free(pool, b);
    lsi_pool_free(pool, b);
    CHECK_EQ_INT(stats_of(pool).in_use, 0);
    finish(pool);
}

TEST(direct)
{
    lsi_pool *pool = device_pool(64 * MIB, 4096);
    void *before = lsi_pool_allocate(pool, 3 * MIB), *cached = lsi_pool_allocate(pool, 4 * MIB);
    lsi_pool_free(pool, cached);
    lsi_pool_set_direct(pool, true);
    CHECK_EQ_INT(stats_of(pool).segments, 1);
    void *a = lsi_pool_allocate(pool, 1), *b = lsi_pool_allocate(pool, 2 * MIB);
    CHECK_EQ_INT(device.held, stats_of(pool).reserved);
    CHECK_EQ_INT(stats_of(pool).segments, 3);
    CHECK(lsi_pool_valid(pool));
    lsi_pool_free(pool, a);
    lsi_pool_free(pool, b);
    lsi_pool_free(pool, before);
    CHECK_EQ_INT(device.held, 0);
    finish(pool);
    pool = lsi_pool_new(lsi_prim_host()); /* the host's direct blocks come from malloc, one by one */
    lsi_pool_set_direct(pool, true);
    for (size_t bytes = 1; bytes < 5 * MIB; bytes = bytes * 3 + 1) {
        char *block = lsi_pool_allocate(pool, bytes);
        if (CHECK(block && (uintptr_t)block % 64 == 0)) memset(block, 1, bytes);
        lsi_pool_free(pool, block);
    }
    CHECK_EQ_INT(stats_of(pool).reserved, 0);
    finish(pool);
}

TEST(host_memory)
{
    lsi_pool *pool = lsi_pool_new(lsi_prim_host());
    size_t total = 0, available = 0;
    lsi_prim_host()->capacity(lsi_prim_host(), &total, &available);
    CHECK(total > 0 && available > 0 && available <= total);
    CHECK(lsi_pool_prim(pool) == lsi_prim_host());
    for (size_t bytes = 1; bytes < 64 * MIB; bytes = bytes * 5 + 3) {
        unsigned char *block = lsi_pool_allocate(pool, bytes);
        if (!CHECK(block != NULL)) break;
        memset(block, 0xA5, bytes);
        CHECK((uintptr_t)block % 64 == 0 && block[0] == 0xA5 && block[bytes - 1] == 0xA5);
        lsi_pool_free(pool, block);
    }
    char *segment = lsi_prim_host()->allocate(lsi_prim_host(), 4 * MIB);
    CHECK((uintptr_t)segment % (2 * MIB) == 0);
    lsi_prim_host()->release(lsi_prim_host(), segment, 4 * MIB);
    CHECK(lsi_pool_allocate(pool, (size_t)1 << 60) == NULL);
    finish(pool);
}

/* Random requests and frees, sizes over all classes; blocks never overlap and everything adds up at each hundredth step. */
TEST(random_walk)
{
    enum { LIVE = 300, STEPS = 60000 };
    static struct { uintptr_t at; size_t bytes; } live[LIVE];
    lsi_pool *pool = device_pool(96 * MIB, 64 << 10);
    uint64_t state = 12345;
    int refused = 0;
    memset(live, 0, sizeof live);
    for (int step = 0; step < STEPS; step++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        const int k = (int)(state % LIVE);
        const int bits = (int)(state >> 20 & 31) % 24;
        lsi_pool_free(pool, (void *)live[k].at);
        live[k].bytes = (size_t)(state >> 32) & (((size_t)1 << bits) - 1);
        live[k].at = (uintptr_t)lsi_pool_allocate(pool, live[k].bytes);
        refused += live[k].at == 0;
        for (int j = 0; j < LIVE && live[k].at; j++)
            if (j != k && live[j].at && live[j].at < live[k].at + live[k].bytes && live[k].at < live[j].at + live[j].bytes)
                CHECK(!"blocks overlap");
        if (step % 100 == 0) CHECK(lsi_pool_valid(pool));
    }
    printf("  refused %d of %d\n", refused, STEPS);
    CHECK(refused > 0 && refused < STEPS / 2);
    for (int k = 0; k < LIVE; k++) lsi_pool_free(pool, (void *)live[k].at);
    CHECK_EQ_INT(stats_of(pool).in_use, 0);
    lsi_pool_trim(pool, 0);
    CHECK_EQ_INT(device.held, 0);
    finish(pool);
}

/* The n-th allocation of any kind fails, for every n until none does: nothing leaks, the pool stays whole. */
TEST(every_allocation_fails_once)
{
    for (int persistent = 0; persistent < 2; persistent++) {
        bool failed = true;
        for (int64_t n = 1; failed && CHECK(n < 2000); n++) {
            counting_prim_init(&device, (size_t)1 << 34, 64 << 10);
            lsi_alloc_fail_at(n, persistent);
            lsi_pool *pool = lsi_pool_new(&device.prim);
            void *blocks[80] = {NULL};
            for (int k = 0; pool && k < 80; k++) blocks[k] = lsi_pool_allocate(pool, (size_t)1000 << (k % 14));
            if (pool) CHECK(lsi_pool_valid(pool));
            for (int k = 0; pool && k < 80; k++) lsi_pool_free(pool, blocks[k]);
            failed = lsi_alloc_count() >= n;
            lsi_alloc_fail_at(0, false);
            if (pool) finish(pool);
            CHECK_EQ_INT(lsi_alloc_live(), 0);
            CHECK_EQ_INT(device.held, 0);
        }
    }
}

/* A segment is there, but its address cannot be noted: it goes back, and the next step of the ladder finds memory. */
TEST(no_room_in_the_table)
{
    lsi_pool *pool = device_pool((size_t)1 << 34, 64 << 10);
    void *blocks[32];
    for (int k = 0; k < 32; k++) blocks[k] = lsi_pool_allocate(pool, MIB);
    const size_t held = device.held;
    device.fail_next = true;
    lsi_alloc_fail_at(1, false);
    void *again = lsi_pool_allocate(pool, MIB);
    lsi_alloc_fail_at(0, false);
    device.fail_next = false;
    CHECK(again && device.held == held + held / 32);
    CHECK_EQ_INT(device.calls, 34);
    CHECK_EQ_INT(stats_of(pool).steps[1], 1);
    CHECK(lsi_pool_valid(pool));
    lsi_pool_free(pool, again);
    for (int k = 0; k < 32; k++) lsi_pool_free(pool, blocks[k]);
    finish(pool);
}

int main(void)
{
    RUN(no_room_in_the_table);
    RUN(small_blocks);
    RUN(neighbours_merge);
    RUN(large_blocks_are_reused);
    RUN(starts_are_staggered);
    RUN(out_of_memory);
    RUN(limits);
    RUN(cache_and_trim);
    RUN(host_pressure);
    RUN(foreign_and_double_frees_are_ignored);
    RUN(direct);
    RUN(host_memory);
    RUN(random_walk);
    RUN(every_allocation_fails_once);
    return check_report();
}
