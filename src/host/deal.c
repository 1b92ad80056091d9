/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Guided self-scheduling (Polychronopoulos and Kuck, 1987) of each thread's own part, with the help of those who are
 * done. Decides how large bites are. */
#include "host/deal.h"
#include "host/parallel.h"

/* A bite is a quarter of what is left of the part, so that most of the work is done in long runs and little is left
 * when somebody comes to help; below the least one an exchange between cores (100 ns) would be felt. */
enum { BITE = 4 };
static const double least = 4000.0; /* nanoseconds */

static uint64_t packed(int64_t first, int64_t end)
{
    return (uint64_t)first << 32 | (uint64_t)end;
}

static int64_t pieces_left(uint64_t left)
{
    return (int64_t)(left & UINT32_MAX) - (int64_t)(left >> 32);
}

void lsi_deal_begin(lsi_deal *deal, int64_t count, int64_t grain, int64_t most, double nanoseconds, int threads)
{
    const double units = threads > 1 ? least / (nanoseconds > 1e-3 ? nanoseconds : 1e-3) : 1.0;
    int64_t piece = units > 1.0 ? (int64_t)units : 1;
    if (piece < count >> 31) piece = count >> 31;
    deal->piece = (piece / grain + (piece % grain != 0)) * grain;
    deal->count = count;
    deal->most = most > deal->piece ? most / deal->piece : 1;
    deal->hands = threads < LSI_DEAL_HANDS ? threads : LSI_DEAL_HANDS;
    const int64_t pieces = count / deal->piece + (count % deal->piece != 0);
    for (int h = 0; h < deal->hands; h++) {
        int64_t first, end;
        lsi_parallel_part(pieces, 1, h, deal->hands, &first, &end);
        atomic_init(&deal->hand[h].left, packed(first, end));
    }
}

/* Takes a bite from the front or the end of a part; false: nothing is left of it. */
static bool bite(lsi_deal *deal, int hand, bool front, int64_t *first, int64_t *end)
{
    _Atomic uint64_t *at = &deal->hand[hand].left;
    uint64_t left = atomic_load_explicit(at, memory_order_relaxed), rest;
    do {
        const int64_t pieces = pieces_left(left), from = (int64_t)(left >> 32), to = from + pieces;
        if (pieces <= 0) return false;
        int64_t take = deal->hands > 1 ? pieces / BITE : pieces;
        if (take > deal->most) take = deal->most;
        if (take < 1) take = 1;
        *first = front ? from : to - take;
        *end = *first + take;
        rest = front ? packed(*end, to) : packed(from, *first);
    } while (!atomic_compare_exchange_weak_explicit(at, &left, rest, memory_order_relaxed, memory_order_relaxed));
    return true;
}

static int fullest(lsi_deal *deal)
{
    int hand = 0;
    int64_t most = -1;
    for (int h = 0; h < deal->hands; h++) {
        const int64_t pieces = pieces_left(atomic_load_explicit(&deal->hand[h].left, memory_order_relaxed));
        if (pieces > most) {
            most = pieces;
            hand = h;
        }
    }
    return most > 0 ? hand : -1;
}

bool lsi_deal_next(lsi_deal *deal, int thread, int threads, int64_t *begin, int64_t *end)
{
    const int own = (int)((int64_t)thread * deal->hands / threads);
    int64_t first, last;
    bool found = bite(deal, own < deal->hands ? own : 0, true, &first, &last);
    for (int other; !found && (other = fullest(deal)) >= 0;) found = bite(deal, other, false, &first, &last);
    if (!found) return false;
    *begin = first * deal->piece;
    *end = last * deal->piece < deal->count ? last * deal->piece : deal->count;
    return true;
}
