/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The pool from many threads: each block is filled with its owner's mark and checked before it is freed, often by another
 * thread. What a data race would break, the marks and the final accounts show; run it under a thread sanitizer too. */
#include "counting_prim.h"
#include "memory/pool.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { THREADS = 6, STEPS = 20000, SHARED = 64, MINE = 40 };

typedef struct mail {
    unsigned char *block;
    size_t bytes;
    unsigned char mark;
} mail;

static lsi_pool *pool;
static _Atomic(mail *) shared[SHARED]; /* blocks on their way to whoever takes them */

static void check_and_free(mail *m)
{
    if (!m) return;
    CHECK(m->block[0] == m->mark && m->block[m->bytes - 1] == m->mark && m->block[m->bytes / 2] == m->mark);
    lsi_pool_free(pool, m->block);
    free(m);
}

static mail *new_mail(uint64_t random)
{
    mail *m = malloc(sizeof *m);
    const int bits = random % 64 == 0 ? 22 : (int)(random % 13);
    m->bytes = 1 + ((random >> 24) & (((size_t)1 << bits) - 1));
    m->mark = (unsigned char)(random >> 56);
    m->block = lsi_pool_allocate(pool, m->bytes);
    if (!m->block) {
        free(m);
        return NULL;
    }
    memset(m->block, m->mark, m->bytes > 8192 ? 1 : m->bytes);
    m->block[m->bytes / 2] = m->block[m->bytes - 1] = m->mark;
    return m;
}

static void *worker(void *argument)
{
    uint64_t state = 0x9E3779B97F4A7C15u * (uint64_t)(1 + (intptr_t)argument);
    mail *mine[MINE] = {NULL};
    for (int step = 0; step < STEPS; step++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        const size_t k = (state >> 8) % MINE;
        check_and_free(mine[k]);
        mine[k] = new_mail(state);
        if (state % 4 == 0) mine[k] = atomic_exchange(&shared[(state >> 16) % SHARED], mine[k]);
        if (state % 4096 == 1) lsi_pool_trim(pool, (size_t)1 << 20);
    }
    for (int k = 0; k < MINE; k++) check_and_free(mine[k]);
    return NULL;
}

static void run_threads(void)
{
    pthread_t threads[THREADS];
    lsi_pool_stats stats;
    for (intptr_t k = 0; k < THREADS; k++) CHECK(pthread_create(&threads[k], NULL, worker, (void *)k) == 0);
    for (int k = 0; k < THREADS; k++) pthread_join(threads[k], NULL);
    for (int k = 0; k < SHARED; k++) check_and_free(atomic_exchange(&shared[k], NULL));
    CHECK(lsi_pool_valid(pool));
    lsi_pool_get_stats(pool, &stats);
    CHECK_EQ_INT(stats.in_use, 0);
    CHECK_EQ_INT(stats.allocations + stats.out_of_memory, THREADS * STEPS);
    printf("  %lld requests, %lld from the cache, %lld refused, peak %lld KiB\n", (long long)stats.allocations,
           (long long)stats.reused, (long long)stats.out_of_memory, (long long)stats.peak_reserved >> 10);
    lsi_pool_trim(pool, 0);
    lsi_pool_get_stats(pool, &stats);
    CHECK_EQ_INT(stats.reserved, 0);
}

TEST(host)
{
    pool = lsi_pool_new(lsi_prim_host());
    run_threads();
    lsi_pool_delete(pool);
    CHECK_EQ_INT(lsi_alloc_live(), 0);
}

TEST(host_with_a_limit)
{
    pool = lsi_pool_new(lsi_prim_host());
    lsi_pool_set_limit(pool, (size_t)12 << 20);
    run_threads();
    lsi_pool_stats stats;
    lsi_pool_get_stats(pool, &stats);
    CHECK(stats.peak_reserved <= (int64_t)12 << 20);
    lsi_pool_delete(pool);
    CHECK_EQ_INT(lsi_alloc_live(), 0);
}

TEST(direct)
{
    pool = lsi_pool_new(lsi_prim_host());
    lsi_pool_set_direct(pool, true);
    run_threads();
    lsi_pool_delete(pool);
    CHECK_EQ_INT(lsi_alloc_live(), 0);
}

int main(void)
{
    RUN(host);
    RUN(host_with_a_limit);
    RUN(direct);
    return check_report();
}
