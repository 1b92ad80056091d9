/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Work dealt out to the threads of a region, who are never equally fast: cores differ (performance and efficiency
 * cores), and neighbours on a shared machine slow some of them down. Each thread has a part of its own, as
 * lsi_parallel_part would give it, so that it finds in its caches what it left there, and takes it from the front, ever
 * smaller bites. One that has finished helps the one with most left, from the end. Which thread does what cannot be seen
 * in any result. */
#ifndef LSI_HOST_DEAL_H
#define LSI_HOST_DEAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { LSI_DEAL_HANDS = 16 }; /* parts; of more threads, several share one */

typedef struct lsi_deal {
    int64_t count; /* units in all */
    int64_t piece; /* units that are never divided */
    int64_t most;  /* pieces taken at once */
    int hands;
    struct {
        _Alignas(64) _Atomic uint64_t left; /* pieces: the first in the upper half, the end in the lower */
    } hand[LSI_DEAL_HANDS];
} lsi_deal;

/* Before the region: `count` units that cost about `nanoseconds` each, for `threads` threads. Bites are whole multiples
 * of `grain` units but for the last, and of about `most` units or fewer. */
void lsi_deal_begin(lsi_deal *deal, int64_t count, int64_t grain, int64_t most, double nanoseconds, int threads);

/* Within it: the next units [*begin, *end) for `thread`, one of at most as many as were told of; false: none is left. */
bool lsi_deal_next(lsi_deal *deal, int thread, int threads, int64_t *begin, int64_t *end);

#endif
