/* SPDX-License-Identifier: BSD-3-Clause
 *
 * test_sort_lanes.c for one width of keys. */

static bool NAME(in_order)(const key *a, int64_t n)
{
    bool good = true;
    for (int64_t i = 1; i < n; i++) good = good && a[i - 1] <= a[i];
    return good;
}

static key NAME(draw)(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (key)(*state >> 32);
}

/* Every number of keys, and every number of ones among them. Behind the keys stands one that must stay. */
static bool NAME(networks_sort)(void)
{
    key a[NAME(FEW) + 1];
    uint64_t state = 1;
    bool good = true;
    for (int64_t n = 0; n <= NAME(FEW); n++)
        for (int64_t ones = 0; ones <= n; ones++) {
            for (int64_t i = 0; i < n; i++) a[i] = (int64_t)(NAME(draw)(&state) % (key)n) < ones;
            a[n] = 5;
            int64_t sum = 0, after = 0;
            for (int64_t i = 0; i < n; i++) sum += (int64_t)a[i];
            NAME(sort_few)(a, n);
            for (int64_t i = 0; i < n; i++) after += (int64_t)a[i];
            good = good && NAME(in_order)(a, n) && sum == after && a[n] == 5;
        }
    return good;
}

static bool NAME(heap_sorts)(int64_t n)
{
    key a[300], sum = 0;
    uint64_t state = (uint64_t)n;
    for (int64_t i = 0; i < n; i++) sum += a[i] = NAME(draw)(&state) % 100;
    NAME(heap_sort)(a, n);
    for (int64_t i = 0; i < n; i++) sum -= a[i];
    return sum == 0 && NAME(in_order)(a, n);
}

/* What pivot_of looks at gets the next of the least keys, so that almost nothing is below the pivot. */
static void NAME(give_least)(key *a, int64_t n, key unset, key *next, key *given)
{
    const int64_t step = (n - NAME(LANES)) / 8;
    for (int v = 0; v < 9; v++)
        for (int lane = 0; lane < NAME(LANES); lane++) {
            key *k = &a[v * step + lane];
            if (*k < unset) continue;
            given[*k - unset] = *next;
            *k = (*next)++;
        }
}

/* Plays the sort on keys that are their own places until they are looked at, and keeps what they were given. */
static void NAME(make_killer)(key *x, int64_t n, int levels)
{
    key *a = malloc((size_t)n * sizeof *a), next = 1;
    const key unset = (key)1 << 24;
    for (int64_t i = 0; i < n; i++) {
        a[i] = unset + (key)i;
        x[i] = unset + (key)i;
    }
    key *at = a;
    for (int64_t left = n; levels-- > 0 && left > 8 * NAME(FEW);) {
        NAME(give_least)(at, left, unset, &next, x);
        const int64_t below = NAME(part)(at, left, NAME(pivot_of)(at, left));
        at += below;
        left -= below;
    }
    free(a);
}

static bool NAME(survives_killer)(int64_t n)
{
    key *x = malloc((size_t)n * sizeof *x), sum = 0;
    NAME(make_killer)(x, n, 1000);
    for (int64_t i = 0; i < n; i++) sum += x[i];
    NAME(sort_keys)(x, n);
    const bool good = NAME(in_order)(x, n);
    for (int64_t i = 0; i < n; i++) sum -= x[i];
    free(x);
    return good && sum == 0;
}
