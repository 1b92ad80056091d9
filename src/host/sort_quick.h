/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Quicksort of bare keys by vectors; a template like sort_engine.h, after sort_network.h.
 *
 * Parting is in place: keys are read from whichever end has less room, so no branch depends on them. A pivot
 * that is the least key there can be parts the keys equal to it from the rest instead: they are done, so few distinct
 * keys are fast. What registers hold is sorted there. After too many bad pivots heap sort takes over: no input takes
 * more than n log n. */

/* Vectors kept in registers from each end, and read at a time. Where the next ones are read is known only when those
 * before them are counted, which takes as long as placing eight; AVX2 has registers for four. */
enum { NAME(HELD) = sizeof(NAME(vec)) == 64 ? 8 : 4 };

/* --- the pivot: the median of lane medians --- */

static inline NAME(vec) NAME(median)(NAME(vec) a, NAME(vec) b, NAME(vec) c)
{
    const NAME(vec) low = NAME(lanes_min)(a, b), high = NAME(lanes_other)(a, b, low), rest = NAME(lanes_min)(high, c);
    return NAME(lanes_other)(low, rest, NAME(lanes_min)(low, rest));
}

static inline NAME(vec) NAME(median_at)(const key *a, int64_t step)
{
    return NAME(median)(NAME(lanes_load)(a), NAME(lanes_load)(a + step), NAME(lanes_load)(a + 2 * step));
}

/* Of three vectors spread over the keys, or of nine where there are many. */
static key NAME(pivot_of)(const key *a, int64_t n)
{
    key sample[NAME(LANES)];
    const int64_t step = (n - NAME(LANES)) / 8;
    NAME(vec) v[1];
    if (n < 8 * NAME(FEW)) {
        v[0] = NAME(median_at)(a + step, 3 * step);
    } else {
        v[0] = NAME(median)(NAME(median_at)(a, step), NAME(median_at)(a + 3 * step, step),
                            NAME(median_at)(a + 6 * step, step));
    }
    NAME(order_columns)(v, 1);
    NAME(lanes_store)(sample, v[0]);
    return sample[NAME(LANES) / 2];
}

/* --- parting --- */

/* Keys [unread, unread_end) are where they were; those below the pivot are in front of `below`, the others from `end`
 * on. What lies between is free. */
typedef struct NAME(parting) {
    key *below, *end;
    const key *unread, *unread_end;
    NAME(vec) pivot;
} NAME(parting);

static inline void NAME(place)(NAME(parting) *p, NAME(vec) v)
{
    const int64_t count = NAME(lanes_part)(v, p->pivot, p->below, p->end);
    p->below += count;
    p->end -= NAME(LANES) - count;
}

/* The next n unread keys, from the end that has less room. */
static inline const key *NAME(take)(NAME(parting) *p, int64_t n)
{
    const bool front = p->unread - p->below <= p->end - p->unread_end;
    const key *at = front ? p->unread : p->unread_end - n;
    p->unread += front ? n : 0;
    p->unread_end -= front ? 0 : n;
    return at;
}

static inline void NAME(hold)(const key *a, NAME(vec) *held)
{
    for (int i = 0; i < NAME(HELD); i++) held[i] = NAME(lanes_load)(a + i * NAME(LANES));
}

static inline void NAME(place_held)(NAME(parting) *p, const NAME(vec) *held)
{
    for (int i = 0; i < NAME(HELD); i++) NAME(place)(p, held[i]);
}

/* Fewer than LANES unread keys. Lanes without a key hold 0, which is below every pivot, behind the keys that are. */
static inline void NAME(place_last)(NAME(parting) *p)
{
    const int64_t n = p->unread_end - p->unread;
    const NAME(vec) v = NAME(lanes_load_some)(p->unread, n, NAME(lanes_all)(0));
    p->unread = p->unread_end;
    NAME(place)(p, v);
    p->below -= NAME(LANES) - n;
}

/* Keys below the pivot, which is not 0, to the begin, the others to the end; how many are below. */
static int64_t NAME(part)(key *a, int64_t n, key pivot)
{
    enum { AT_ONCE = NAME(HELD) * NAME(LANES) };
    NAME(vec) first[NAME(HELD)], last[NAME(HELD)], next[NAME(HELD)];
    NAME(parting) p = {a, a + n, a + AT_ONCE, a + n - AT_ONCE, NAME(lanes_all)(pivot)};
    NAME(hold)(a, first);
    NAME(hold)(a + n - AT_ONCE, last);
    while (p.unread_end - p.unread >= AT_ONCE) {
        NAME(hold)(NAME(take)(&p, AT_ONCE), next);
        NAME(place_held)(&p, next);
    }
    while (p.unread_end - p.unread >= NAME(LANES)) NAME(place)(&p, NAME(lanes_load)(NAME(take)(&p, NAME(LANES))));
    NAME(place_last)(&p);
    NAME(place_held)(&p, first);
    NAME(place_held)(&p, last);
    return p.below - a;
}

/* --- where pivots are bad: heap sort, in place and never worse than n log n --- */

static void NAME(sift)(key *a, int64_t at, int64_t n)
{
    const key k = a[at];
    for (int64_t child; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && a[child + 1] > a[child];
        if (a[child] <= k) break;
        a[at] = a[child];
    }
    a[at] = k;
}

static void NAME(heap_sort)(key *a, int64_t n)
{
    for (int64_t i = n / 2; i-- > 0;) NAME(sift)(a, i, n);
    for (int64_t end = n; end-- > 1;) {
        const key largest = a[0];
        a[0] = a[end];
        a[end] = largest;
        NAME(sift)(a, 0, end);
    }
}

/* --- sorting --- */

/* As many levels as good pivots need, twice. */
static int NAME(depth)(int64_t n)
{
    return 2 * (64 - __builtin_clzll((uint64_t)n | 1));
}

/* No key is below `least`. */
static void NAME(quick)(key *a, int64_t n, key least, int depth)
{
    while (n > NAME(FEW)) {
        if (depth-- == 0) {
            NAME(heap_sort)(a, n);
            return;
        }
        const key pivot = NAME(pivot_of)(a, n);
        const bool equal = pivot == least; /* nothing is below it: those equal to it are parted off */
        if (equal && pivot == (key)~(key)0) return;
        const key bound = (key)(pivot + equal);
        const int64_t below = NAME(part)(a, n, bound);
        if (!equal) NAME(quick)(a, below, least, depth);
        least = bound;
        a += below;
        n -= below;
    }
    NAME(sort_few)(a, n);
}

static void NAME(sort_keys)(key *a, int64_t n)
{
    NAME(quick)(a, n, 0, NAME(depth)(n));
}
