/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Work dealt to threads: every unit once, whatever the number of threads, in whole grains, and a thread that is held up
 * keeps nobody waiting. */
#include "host/deal.h"
#include "host/parallel.h"
#include "support/check.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { UNITS = 100000 };

/* Takes everything as `threads` threads that come in turns, the first ones more often; false: a unit too often or
 * never, or a grain divided. */
static bool covers(int64_t count, int64_t grain, int64_t most, double nanoseconds, int told, int threads)
{
    static unsigned char taken[UNITS];
    memset(taken, 0, sizeof taken);
    lsi_deal deal;
    lsi_deal_begin(&deal, count, grain, most, nanoseconds, told);
    bool good = true;
    int64_t begin, end, all = 0, bites = 0;
    for (int thread = 0; lsi_deal_next(&deal, thread, threads, &begin, &end); bites++) {
        good &= begin >= 0 && begin < end && end <= count;
        good &= begin % grain == 0 && (end == count || end % grain == 0);
        good &= most >= count || end - begin <= (most > deal.piece ? most : deal.piece);
        for (int64_t i = begin; good && i < end; i++) good &= taken[i]++ == 0;
        all += end - begin;
        thread = (int)(bites * bites % threads);
    }
    for (int t = 0; t < threads; t++) good &= !lsi_deal_next(&deal, t, threads, &begin, &end);
    return good && all == count;
}

TEST(every_unit_is_dealt_once)
{
    static const int64_t counts[] = {0, 1, 2, 7, 64, 1000, 4097, UNITS};
    static const int64_t grains[] = {1, 3, 64};
    static const double costs[] = {0, 0.1, 50, 1e6};
    static const int threads[] = {1, 2, 3, 16, 17, 40};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        for (size_t g = 0; g < sizeof grains / sizeof *grains; g++)
            for (size_t n = 0; n < sizeof costs / sizeof *costs; n++)
                for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
                    CHECK(covers(counts[c], grains[g], INT64_MAX, costs[n], threads[t], threads[t]));
                    CHECK(covers(counts[c], grains[g], 20, costs[n], threads[t], threads[t]));
                    CHECK(covers(counts[c], grains[g], INT64_MAX, costs[n], threads[t], 1)); /* fewer came */
                }
}

TEST(many_units_are_dealt)
{
    const int64_t count = INT64_MAX / 2;
    lsi_deal deal;
    lsi_deal_begin(&deal, count, 1, count, 1.0, 3);
    int64_t begin, end, all = 0;
    for (int bites = 0; lsi_deal_next(&deal, bites % 3, 3, &begin, &end); bites++) {
        CHECK(begin >= 0 && begin < end && end <= count);
        all += end - begin;
        if (bites > 1000) break; /* so far they have been large, and now they are small */
    }
    CHECK(all > count - count / 1000 && all <= count);
}

typedef struct race {
    lsi_deal deal;
    _Atomic int times[UNITS];
    _Atomic int64_t done;
    _Atomic int bodies;
    _Atomic bool begun, helped;
} race;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Thread 0 takes something first and does not go on before everything else is done, its own part included. */
static void slow_first(int thread, int threads, void *context)
{
    race *r = context;
    const double start = seconds();
    atomic_fetch_add(&r->bodies, 1);
    while (thread != 0 && !atomic_load(&r->begun) && seconds() - start < 20) continue;
    for (int64_t begin, end; lsi_deal_next(&r->deal, thread, threads, &begin, &end);) {
        if (thread == 0 && threads > 1) {
            atomic_store(&r->begun, true);
            while (atomic_load(&r->done) < UNITS - (end - begin) && seconds() - start < 20) continue;
            atomic_store(&r->helped, atomic_load(&r->done) == UNITS - (end - begin));
        }
        for (int64_t i = begin; i < end; i++) atomic_fetch_add(&r->times[i], 1);
        atomic_fetch_add(&r->done, end - begin);
    }
}

TEST(nobody_waits_for_a_slow_thread)
{
    race *r = calloc(1, sizeof *r);
    CHECK(r);
    for (int threads = 2; threads <= 20; threads += 9) {
        memset(r, 0, sizeof *r);
        lsi_parallel_force(threads);
        lsi_deal_begin(&r->deal, UNITS, 1, UNITS, 100.0, threads);
        lsi_parallel_run(threads, slow_first, r);
        bool good = true;
        for (int64_t i = 0; i < UNITS; i++) good &= r->times[i] == 1;
        CHECK(good && r->done == UNITS);
        CHECK(r->helped || r->bodies == 1);
    }
    lsi_parallel_force(0);
    free(r);
}

int main(void)
{
    RUN(every_unit_is_dealt_once);
    RUN(many_units_are_dealt);
    RUN(nobody_waits_for_a_slow_thread);
    return check_report();
}
