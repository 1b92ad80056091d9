/* SPDX-License-Identifier: BSD-3-Clause
 *
 * min and argmin, or max and argmax, of one dtype. No include guard: reduce_kernels.c includes this once each with
 *
 *   K(f)         the name of f here
 *   LS_TAG       the dtype
 *   BETTER(x, y) x < y or x > y
 *   CHOOSE       minimum or maximum
 *   BEFORE       argmin_before or argmax_before
 *   LS_WIDE      the signed integer type of the dtype's size
 *   LS_REAL      the unsigned type of a float's bits; absent for integers
 *
 * and undefines them here. Any order gives the same result, so the loops are the fast ones. */

#ifdef LS_REAL
enum { K(LANES) = 256 / sizeof(T) };

/* The best of the numbers in x, where zeros are alike and NaN counts as no number; *nan tells whether there was one. */
static T K(best)(const T *restrict x, int n, int *nan)
{
    T lane[K(LANES)] __attribute__((aligned(64)));
    LS_REAL nans[K(LANES)] __attribute__((aligned(64)));
    T best = x[0];
    LS_REAL any = x[0] != x[0];
    int64_t at = 1;
    if (n >= 2 * K(LANES)) {
        for (int64_t i = 0; i < K(LANES); i++) lane[i] = x[i], nans[i] = 0;
        for (at = 0; at + K(LANES) <= n; at += K(LANES))
            for (int64_t i = 0; i < K(LANES); i++) {
                lane[i] = BETTER(x[at + i], lane[i]) ? x[at + i] : lane[i];
                nans[i] |= (LS_REAL)(x[at + i] != x[at + i]);
            }
        for (int64_t i = 0; i < K(LANES); i++) {
            best = BETTER(lane[i], best) ? lane[i] : best;
            any |= nans[i];
        }
    }
    for (; at < n; at++) {
        best = BETTER(x[at], best) ? x[at] : best;
        any |= (LS_REAL)(x[at] != x[at]);
    }
    *nan = any != 0;
    return best;
}

/* Which zero: a second look, and only where the best is a zero. */
static T K(zero)(const T *x, int n, T best)
{
    for (int64_t i = 0; i < n; i++) best = x[i] == 0 ? E(CHOOSE)(best, x[i]) : best;
    return best;
}

static inline T K(row)(const T *x, int n)
{
    int nan;
    if (n < 2 * K(LANES)) {
        T best = x[0];
        for (int64_t i = 1; i < n; i++) best = E(CHOOSE)(best, x[i]);
        return best;
    }
    const T best = K(best)(x, n, &nan);
    if (nan) return E(nan)();
    return best == 0 ? K(zero)(x, n, best) : best;
}

static int64_t K(find_nan)(const T *x, int n)
{
    int64_t i = 0;
    while (i < n && x[i] == x[i]) i++;
    return i;
}
#else
static inline T K(row)(const T *x, int n)
{
    T best = x[0];
    for (int64_t i = 1; i < n; i++) best = E(CHOOSE)(best, x[i]);
    return best;
}
#endif

static void K(rows)(void *states, const void *values, int64_t count, int n, int64_t first, int64_t step)
{
    T *out = states;
    const T *x = values;
    (void)first, (void)step;
    for (int64_t i = 0; i < count; i++) out[i] = K(row)(x + i * n, n);
}

static void K(fold_four)(T *restrict best, const void *const *rows, int columns)
{
    const T *restrict a = rows[0], *restrict b = rows[1], *restrict c = rows[2], *restrict d = rows[3];
    for (int64_t i = 0; i < columns; i++)
        best[i] = E(CHOOSE)(E(CHOOSE)(best[i], E(CHOOSE)(a[i], b[i])), E(CHOOSE)(c[i], d[i]));
}

static void K(fold_one)(T *restrict best, const T *restrict x, int columns)
{
    for (int64_t i = 0; i < columns; i++) best[i] = E(CHOOSE)(best[i], x[i]);
}

static void K(fold)(void *lane, const void *const *rows, int count, int columns, int64_t first, int64_t step, int begin)
{
    int k = 0;
    (void)first, (void)step;
    if (begin) memcpy(lane, rows[k++], (size_t)columns * sizeof(T));
    for (; k + 4 <= count; k += 4) K(fold_four)(lane, rows + k, columns);
    for (; k < count; k++) K(fold_one)(lane, rows[k], columns);
}

static void K(merge)(void *out, const void *left, const void *right, int64_t count)
{
    T *to = out;
    const T *a = left, *b = right;
    REDUCE_INDEPENDENT
    for (int64_t i = 0; i < count; i++) to[i] = E(CHOOSE)(a[i], b[i]);
}

typedef struct {
    int64_t index;
    T value;
} K(place);

/* The first i with x[i] == value; there is one. Whole blocks first: a loop without an exit becomes vectors. */
static int64_t K(find)(const T *x, int n, T value)
{
    const int64_t whole = n & ~63;
    int64_t i = 0;
    for (; i < whole; i += 64) {
        int found = 0;
        for (int64_t k = 0; k < 64; k++) found |= x[i + k] == value;
        if (found) break;
    }
    while (i < n - 1 && !(x[i] == value)) i++;
    return i;
}

static K(place) K(arg_row)(const T *x, int n, int64_t first)
{
    K(place) out;
    int64_t at;
#ifdef LS_REAL
    int nan;
    const T best = K(best)(x, n, &nan);
    at = nan ? K(find_nan)(x, n) : K(find)(x, n, best);
#else
    at = K(find)(x, n, K(row)(x, n));
#endif
    out.index = first + at;
    out.value = x[at];
    return out;
}

static void K(arg_rows)(void *states, const void *values, int64_t count, int n, int64_t first, int64_t step)
{
    K(place) *out = states;
    const T *x = values;
    for (int64_t i = 0; i < count; i++) out[i] = K(arg_row)(x + i * n, n, first + i * step);
}

/* Some columns at a time: the first best of the rows as a value and a row number as wide as it, which vectors like;
 * then that one against what was there. */
static void K(arg_fold_part)(K(place) *restrict place, const void *const *rows, int64_t at, int count, int columns,
                             int64_t first, int64_t step, int begin)
{
    enum { PART = 64 };
    T value[PART];
    LS_WIDE row[PART];
    memcpy(value, (const T *)rows[0] + at, (size_t)columns * sizeof(T));
    memset(row, 0, sizeof row);
    for (int k = 1; k < count; k++) {
        const T *restrict x = (const T *)rows[k] + at;
        for (int64_t i = 0; i < columns; i++) {
            const int better = BETTER(x[i], value[i]) | (E(isnan)(x[i]) & !E(isnan)(value[i]));
            row[i] = better ? (LS_WIDE)k : row[i];
            value[i] = better ? x[i] : value[i];
        }
    }
    for (int64_t i = 0; i < columns; i++) {
        const int64_t r = first + row[i] * step;
        const int chosen = begin || E(BEFORE)(value[i], r, place[i].value, place[i].index);
        if (chosen) place[i].value = value[i], place[i].index = r;
    }
}

static void K(arg_fold)(void *lane, const void *const *rows, int count, int columns, int64_t first, int64_t step,
                        int begin)
{
    enum { PART = 64, ROWS = 64 };
    for (int k = 0; k < count; k += ROWS, begin = 0)
        for (int at = 0; at < columns; at += PART)
            K(arg_fold_part)((K(place) *)lane + at, rows + k, at, count - k < ROWS ? count - k : ROWS,
                             columns - at < PART ? columns - at : PART, first + k * step, step, begin);
}

static void K(arg_merge)(void *out, const void *left, const void *right, int64_t count)
{
    K(place) *to = out;
    const K(place) *a = left, *b = right;
    for (int64_t i = 0; i < count; i++)
        to[i] = E(BEFORE)(b[i].value, b[i].index, a[i].value, a[i].index) ? b[i] : a[i];
}

static void K(arg_finish)(void *results, const void *states, int64_t count, int64_t n, double correction)
{
    int64_t *out = results;
    const K(place) *best = states;
    (void)n, (void)correction;
    for (int64_t i = 0; i < count; i++) out[i] = best[i].index;
}

#undef K
#undef LS_TAG
#undef BETTER
#undef CHOOSE
#undef BEFORE
#undef LS_REAL
#undef LS_WIDE
