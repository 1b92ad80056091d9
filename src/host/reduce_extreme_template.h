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
 *   ZEROS(a, b)  what the sign of the best is made of, where it is a zero; absent for integers
 *   LS_WIDTH     values in a vector of the target; absent for small integers
 *
 * and undefines them here. Any order gives the same result, so the loops are the fast ones. */

#ifdef LS_REAL
enum { K(LANES) = 256 / sizeof(T) };

/* Takes in LANES values. */
static inline __attribute__((always_inline)) void K(take_lanes)(T *restrict lane, T *restrict sum, const T *restrict x)
{
    for (int64_t i = 0; i < K(LANES); i++) {
        lane[i] = BETTER(x[i], lane[i]) ? x[i] : lane[i];
        sum[i] += x[i];
    }
}

/* The best of the numbers in x, where zeros are alike and NaN counts as no number; *nan tells whether there may be one.
 * A sum is NaN if a value is (and for infinities of both signs): one addition finds out what a comparison takes two
 * steps for. Of n >= LANES values the last LANES are taken in whole: some of them twice, which changes nothing. */
static T K(best)(const T *restrict x, int64_t n, int *nan)
{
    T lane[K(LANES)] __attribute__((aligned(64))), sum[K(LANES)] __attribute__((aligned(64)));
    if (n < K(LANES)) {
        T best = x[0], all = x[0];
        for (int64_t i = 1; i < n; i++) {
            best = BETTER(x[i], best) ? x[i] : best;
            all += x[i];
        }
        *nan = all != all;
        return best;
    }
    for (int64_t i = 0; i < K(LANES); i++) lane[i] = x[i], sum[i] = x[i];
    for (int64_t at = K(LANES); at + K(LANES) <= n; at += K(LANES)) {
        ask_ahead(x + at, sizeof lane);
        K(take_lanes)(lane, sum, x + at);
    }
    K(take_lanes)(lane, sum, x + n - K(LANES));
#pragma GCC unroll 8
    for (int half = K(LANES) / 2; half >= 1; half /= 2)
        for (int64_t i = 0; i < half; i++) {
            lane[i] = BETTER(lane[i + half], lane[i]) ? lane[i + half] : lane[i];
            sum[i] += sum[i + half];
        }
    *nan = sum[0] != sum[0];
    return lane[0];
}

/* Where the first NaN is; n: nowhere. */
static int64_t K(find_nan)(const T *x, int64_t n)
{
    int64_t i = 0;
    while (i < n && x[i] == x[i]) i++;
    return i;
}

/* Which zero: a second look, and only where the best is one. No value is better, so that a sign tells of a zero. */
static T K(zero)(const T *x, int64_t n)
{
    LS_REAL bits = E(bits)(x[0]);
    for (int64_t i = 0; i < n; i++) bits = ZEROS(bits, E(bits)(x[i]));
    return E(signed_as)((T)0, E(from_bits)(bits));
}

static inline T K(one_by_one)(const T *x, int64_t n)
{
    T best = x[0];
    for (int64_t i = 1; i < n; i++) best = E(CHOOSE)(best, x[i]);
    return best;
}

static inline T K(row)(const T *x, int64_t n)
{
    enum { CACHED = 16384 / sizeof(T) };
    if (n < 2 * K(LANES)) return K(one_by_one)(x, n);
    T best = x[0];
    for (int64_t at = 0; at < n; at += CACHED) {
        const int64_t part = n - at < CACHED ? n - at : CACHED;
        int nan;
        T here = K(best)(x + at, part, &nan);
        if (nan && K(find_nan)(x + at, part) < part) return E(nan)();
        if (here == 0) here = K(zero)(x + at, part);
        best = E(CHOOSE)(best, here);
    }
    return best;
}
#else
static inline T K(row)(const T *x, int64_t n)
{
    T best = x[0];
    for (int64_t i = 1; i < n; i++) best = E(CHOOSE)(best, x[i]);
    return best;
}
#endif

#ifdef LS_WIDTH
typedef T K(values) __attribute__((vector_size(LS_WIDTH * sizeof(T))));
typedef LS_WIDE K(mask) __attribute__((vector_size(LS_WIDTH * sizeof(T))));

/* A comparison and a blend, if both are seen at once. */
static inline __attribute__((always_inline)) K(values) K(better_of)(K(values) a, K(values) b)
{
    const K(mask) better = BETTER(b, a);
    return (K(values))(((K(mask))b & better) | ((K(mask))a & ~better));
}

#define LS_PART T
#define LS_INDEX LS_WIDE
#define LS_GROUP 1
#define VFOLD(a, b) K(better_of)(a, b)
#define LS_FILL(v) K(spread)((v)[0])
#include "reduce_across_template.h"
#undef LS_PART
#undef LS_INDEX
#undef LS_GROUP

/* Rows so short that several fit a vector: the loop runs over rows. */
static inline __attribute__((always_inline)) void K(best_of_tiny)(T *restrict best, const T *restrict x, int64_t count,
                                                                  int n)
{
    for (int64_t i = 0; i < count; i++) {
        T at = x[i * n];
        for (int k = 1; k < n; k++) at = BETTER(x[i * n + k], at) ? x[i * n + k] : at;
        best[i] = at;
    }
}

/* The best of rows shorter than 512 bytes, where zeros are alike. False where there may be a NaN: nothing is done. */
static bool K(best_of_short)(T *restrict best, const T *restrict x, int64_t count, int n)
{
#ifdef LS_REAL
    T all = 0;
    T sum[K(LANES)] __attribute__((aligned(64))) = {0};
    int64_t at = 0;
    for (; at + K(LANES) <= count * n; at += K(LANES)) {
        ask_ahead(x + at, sizeof sum);
        for (int64_t i = 0; i < K(LANES); i++) sum[i] += x[at + i];
    }
    for (; at < count * n; at++) all += x[at];
    for (int64_t i = 0; i < K(LANES); i++) all += sum[i];
    if (all != all) return false;
#endif
    if (n == 2) K(best_of_tiny)(best, x, count, 2);
    else if (n == 3) K(best_of_tiny)(best, x, count, 3);
    else if (n == 4) K(best_of_tiny)(best, x, count, 4);
    else K(short_rows)(best, x, NULL, count, n);
    return true;
}
#endif

static void K(rows)(void *states, const void *values, int64_t count, int n, int64_t first, int64_t step)
{
    T *out = states;
    const T *x = values;
    (void)first, (void)step;
#ifdef LS_WIDTH
    if (count > 1 && n * sizeof(T) < LS_LANE_BYTES && K(best_of_short)(out, x, count, n)) {
#ifdef LS_REAL
        LS_REAL zeros = 0;
        for (int64_t i = 0; i < count; i++) zeros |= (LS_REAL)(out[i] == 0);
        for (int64_t i = 0; zeros && i < count; i++)
            if (out[i] == 0) out[i] = K(zero)(x + i * n, n);
#endif
        return;
    }
#endif
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

static void K(fold_any)(T *restrict best, const void *const *rows, int count, int columns)
{
    int k = 0;
    for (; k + 4 <= count; k += 4) K(fold_four)(best, rows + k, columns);
    for (; k < count; k++) K(fold_one)(best, rows[k], columns);
}

#ifdef LS_REAL
enum { K(FOLD_COLUMNS) = 2048 / sizeof(T) };

/* Four rows, where zeros are alike and NaN counts as no number. */
static inline __attribute__((always_inline)) void K(best_of_four)(T *restrict best, T *restrict sum,
                                                                  const void *const *rows, int columns)
{
    const T *restrict a = rows[0], *restrict b = rows[1], *restrict c = rows[2], *restrict d = rows[3];
    for (int64_t i = 0; i < columns; i++) {
        const T x = BETTER(b[i], a[i]) ? b[i] : a[i], y = BETTER(d[i], c[i]) ? d[i] : c[i];
        const T four = BETTER(y, x) ? y : x;
        best[i] = BETTER(four, best[i]) ? four : best[i];
        sum[i] += (a[i] + b[i]) + (c[i] + d[i]);
    }
}

/* What the sign of a best zero is made of, after `count` rows. */
static void K(signs_of)(LS_REAL *restrict bits, const void *const *rows, int count, int columns)
{
    for (int k = 0; k < count; k++) {
        const T *restrict x = rows[k];
        for (int64_t i = 0; i < columns; i++) bits[i] = ZEROS(bits[i], E(bits)(x[i]));
    }
}

/* Some rows of few columns without a NaN; false where there may be one: nothing is done. The states are a row too. */
static bool K(fold_numbers)(T *restrict states, const void *const *rows, int count, int columns)
{
    T best[K(FOLD_COLUMNS)], sum[K(FOLD_COLUMNS)];
    LS_REAL bits[K(FOLD_COLUMNS)], nans = 0, zeros = 0; /* as wide as T: so columns are looked at in vectors */
    int k = 0;
    memcpy(best, states, (size_t)columns * sizeof(T));
    memcpy(sum, states, (size_t)columns * sizeof(T));
    for (; k + 4 <= count; k += 4) K(best_of_four)(best, sum, rows + k, columns);
    for (; k < count; k++) {
        const T *restrict x = rows[k];
        for (int64_t i = 0; i < columns; i++) {
            best[i] = BETTER(x[i], best[i]) ? x[i] : best[i];
            sum[i] += x[i];
        }
    }
    for (int64_t i = 0; i < columns; i++) {
        nans |= (LS_REAL)(sum[i] != sum[i]);
        zeros |= (LS_REAL)(best[i] == 0);
    }
    if (nans) return false;
    if (zeros) {
        for (int64_t i = 0; i < columns; i++) bits[i] = E(bits)(states[i]);
        K(signs_of)(bits, rows, count, columns);
        for (int64_t i = 0; i < columns; i++)
            best[i] = best[i] == 0 ? E(signed_as)((T)0, E(from_bits)(bits[i])) : best[i];
    }
    memcpy(states, best, (size_t)columns * sizeof(T));
    return true;
}

/* Some rows at a time, so that they are still near when they have to be looked at again. Longer rows wait for memory
 * rather than for steps. */
static void K(fold_columns)(T *states, const void *const *rows, int count, int columns)
{
    enum { ROWS = 32 };
    for (int k = 0; k < count; k += ROWS) {
        const int some = count - k < ROWS ? count - k : ROWS;
        if (columns > K(FOLD_COLUMNS) || !K(fold_numbers)(states, rows + k, some, columns))
            K(fold_any)(states, rows + k, some, columns);
    }
}
#else
static void K(fold_columns)(T *states, const void *const *rows, int count, int columns)
{
    K(fold_any)(states, rows, count, columns);
}
#endif

static void K(fold)(void *lane, const void *const *rows, int count, int columns, int64_t first, int64_t step, int begin)
{
    (void)first, (void)step;
    if (begin) memcpy(lane, rows[0], (size_t)columns * sizeof(T));
    K(fold_columns)(lane, rows + (begin != 0), count - (begin != 0), columns);
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

/* The first i below n with x[i] == value, of few: without an exit it becomes vectors. */
static inline __attribute__((always_inline)) int64_t K(find_of)(const T *x, int n, T value)
{
    LS_WIDE first = (LS_WIDE)n;
    for (int i = 0; i < n; i++) {
        const LS_WIDE at = x[i] == value ? (LS_WIDE)i : (LS_WIDE)n;
        first = at < first ? at : first;
    }
    return first;
}

/* The first i with x[i] == value; there is one. */
static int64_t K(find)(const T *x, int64_t n, T value)
{
    enum { BLOCK = 64 };
    const int64_t whole = n & ~(int64_t)(BLOCK - 1);
    int64_t i = 0;
    for (; i < whole; i += BLOCK) {
        int found = 0;
        for (int64_t k = 0; k < BLOCK; k++) found |= x[i + k] == value;
        if (found) return i + K(find_of)(x + i, BLOCK, value);
    }
    while (i < n - 1 && !(x[i] == value)) i++;
    return i;
}

#ifdef LS_WIDTH
/* Rows in chunks: each lane of vectors keeps its best and the number of the first chunk that has it, so that one chunk
 * has to be searched in the end. */
enum { K(CHUNK) = LS_LANE_BYTES / sizeof(T) };

typedef struct {
    K(values) best, sum;
    K(mask) chunk;
} K(lanes);

static inline __attribute__((always_inline)) K(values) K(load)(const T *x)
{
    K(values) v;
    memcpy(&v, x, sizeof v);
    return v;
}

static inline __attribute__((always_inline)) void K(keep)(K(lanes) *l, K(mask) better, K(values) best, K(mask) chunk)
{
    l->best = K(choose)(better, best, l->best);
    l->chunk = (chunk & better) | (l->chunk & ~better);
}

static inline __attribute__((always_inline)) void K(take_chunk)(K(lanes) *l, const T *x, K(mask) number)
{
    enum { SIDE = 4 };
    K(values) best[SIDE], sum[SIDE];
    ask_ahead(x, sizeof best);
#pragma GCC unroll 4
    for (int k = 0; k < SIDE; k++) best[k] = sum[k] = K(load)(x + k * LS_WIDTH);
    for (int i = SIDE * LS_WIDTH; i < K(CHUNK); i += SIDE * LS_WIDTH) {
        ask_ahead(x + i, sizeof best);
#pragma GCC unroll 4
        for (int k = 0; k < SIDE; k++) {
            const K(values) v = K(load)(x + i + k * LS_WIDTH);
            best[k] = K(better_of)(best[k], v);
            sum[k] += v;
        }
    }
    const K(values) top = K(better_of)(K(better_of)(best[0], best[1]), K(better_of)(best[2], best[3]));
    K(keep)(l, BETTER(top, l->best), top, number);
    l->sum += (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

#include "host/shuffle_template.h"
#define ACROSS(i, s) ((i) ^ (s))
#define HALVE(l, s)                                                                                                    \
    K(meet)(&(l), (K(lanes)){SHUFFLE((l).best, (l).best, ACROSS, s), SHUFFLE((l).sum, (l).sum, ACROSS, s),             \
                             SHUFFLE((l).chunk, (l).chunk, ACROSS, s)})
/* Each lane with the other. */
static inline __attribute__((always_inline)) void K(meet)(K(lanes) *l, K(lanes) other)
{
    const K(mask) better = BETTER(other.best, l->best) | ((other.best == l->best) & (other.chunk < l->chunk));
    K(keep)(l, better, other.best, other.chunk);
    l->sum += other.sum;
}

/* Where the first best of CHUNK values or more is, where zeros are alike and NaN counts as no number; *nan as in
 * K(best). The last chunk may begin in the one before, which comes first. */
static int64_t K(arg_chunks)(const T *x, int64_t n, int *nan)
{
    K(lanes) l = {.best = K(load)(x)};
    K(mask) number = {0};
    const int64_t last = n - K(CHUNK);
    for (int64_t at = 0; at <= last; at += K(CHUNK), number += 1) K(take_chunk)(&l, x + at, number);
    if (n % K(CHUNK)) K(take_chunk)(&l, x + last, number);
#if LS_WIDTH > 8
    HALVE(l, 8);
#endif
#if LS_WIDTH > 4
    HALVE(l, 4);
#endif
#if LS_WIDTH > 2
    HALVE(l, 2);
#endif
    HALVE(l, 1);
    *nan = l.sum[0] != l.sum[0];
    const int64_t from = l.chunk[0] * K(CHUNK), at = from < last ? from : last;
    return at + K(find_of)(x + at, K(CHUNK), l.best[0]);
}
#undef HALVE
#undef ACROSS
#undef LIST
#undef SHUFFLE
#endif

/* Where the first best of a part of a row is; where *nan is set there may be a NaN. */
static int64_t K(arg_part)(const T *x, int64_t n, int *nan)
{
    *nan = 0;
#ifdef LS_WIDTH
    if (n >= K(CHUNK)) return K(arg_chunks)(x, n, nan);
#endif
#ifdef LS_REAL
    return K(find)(x, n, K(best)(x, n, nan));
#else
    return K(find)(x, n, K(row)(x, n));
#endif
}

/* A part at a time, so that it is near when it has to be looked at again. */
static K(place) K(arg_row)(const T *x, int64_t n, int64_t first)
{
    enum { CACHED = 8192 / sizeof(T) };
    K(place) out = {first, x[0]};
    for (int64_t at = 0; at < n; at += CACHED) {
        const int64_t part = n - at < CACHED ? n - at : CACHED;
        int nan;
        const int64_t best = at + K(arg_part)(x + at, part, &nan);
#ifdef LS_REAL
        const int64_t odd = nan ? K(find_nan)(x + at, part) : part;
        if (odd < part) return (K(place)){first + at + odd, x[at + odd]};
#endif
        if (at == 0 || BETTER(x[best], out.value)) out = (K(place)){first + best, x[best]};
    }
    return out;
}

static void K(arg_rows)(void *states, const void *values, int64_t count, int n, int64_t first, int64_t step)
{
    K(place) *out = states;
    const T *x = values;
#ifdef LS_WIDTH
    enum { MOST = 64 };
    for (; count > 1 && n * sizeof(T) < LS_LANE_BYTES; ) {
        const int64_t rows = count < MOST ? count : MOST;
        T best[MOST];
        if (!K(best_of_short)(best, x, rows, n)) break;
        for (int64_t i = 0; i < rows; i++) {
            const int64_t found = K(find)(x + i * n, n, best[i]);
            out[i].index = first + found, out[i].value = x[i * n + found];
            first += step;
        }
        out += rows, x += rows * n, count -= rows;
    }
#endif
    for (int64_t i = 0; i < count; i++) out[i] = K(arg_row)(x + i * n, n, first + i * step);
}

/* Some columns at a time: the first best of the rows as a value and a row number as wide as it, which vectors like;
 * then that one against what was there. */
enum { K(COLUMNS) = 4096 / sizeof(T), K(ROW_NUMBERS) = sizeof(T) == 1 ? 64 : 256 };

static inline __attribute__((always_inline)) void K(arg_one)(T *restrict value, LS_WIDE *restrict row,
                                                             const T *restrict x, int columns, int k)
{
    for (int64_t i = 0; i < columns; i++) {
        const int better = BETTER(x[i], value[i]) | (E(isnan)(x[i]) & !E(isnan)(value[i]));
        row[i] = better ? (LS_WIDE)k : row[i];
        value[i] = better ? x[i] : value[i];
    }
}

#define STEP(x, k) best = BETTER(x, at), number = best ? (LS_WIDE)(k) : number, at = best ? (x) : at
/* Four rows of numbers. Sums that are NaN tell that there may be one. */
static inline __attribute__((always_inline)) void K(arg_four)(T *restrict value, LS_WIDE *restrict row,
                                                              T *restrict sum, const void *const *rows, int64_t from,
                                                              int columns, int k)
{
    const T *restrict a = (const T *)rows[0] + from, *restrict b = (const T *)rows[1] + from;
    const T *restrict c = (const T *)rows[2] + from, *restrict d = (const T *)rows[3] + from;
    for (int64_t i = 0; i < columns; i++) {
        LS_WIDE number = row[i];
        T at = value[i];
        int best;
        STEP(a[i], k);
        STEP(b[i], k + 1);
        STEP(c[i], k + 2);
        STEP(d[i], k + 3);
        row[i] = number, value[i] = at;
#ifdef LS_REAL
        sum[i] += (a[i] + b[i]) + (c[i] + d[i]);
#endif
    }
    (void)sum;
}
#undef STEP

/* The first best of rows without NaN; false where there may be one. */
static bool K(arg_fold_numbers)(T *restrict value, LS_WIDE *restrict row, const void *const *rows, int64_t at,
                                int count, int columns)
{
    T sum[K(COLUMNS)];
    int k = 1;
    memcpy(value, (const T *)rows[0] + at, (size_t)columns * sizeof(T));
    memcpy(sum, value, (size_t)columns * sizeof(T));
    memset(row, 0, (size_t)columns * sizeof *row);
    for (; k + 4 <= count; k += 4) K(arg_four)(value, row, sum, rows + k, at, columns, k);
#ifdef LS_REAL
    LS_REAL nans = 0;
    for (int64_t i = 0; i < columns; i++) nans |= (LS_REAL)(sum[i] != sum[i]);
    if (nans) return false;
#endif
    for (; k < count; k++) K(arg_one)(value, row, (const T *)rows[k] + at, columns, k);
    return true;
}

static void K(arg_fold_part)(K(place) *restrict place, const void *const *rows, int64_t at, int count, int columns,
                             int64_t first, int64_t step, int begin)
{
    T value[K(COLUMNS)];
    LS_WIDE row[K(COLUMNS)];
    if (!K(arg_fold_numbers)(value, row, rows, at, count, columns)) {
        memcpy(value, (const T *)rows[0] + at, (size_t)columns * sizeof(T));
        memset(row, 0, (size_t)columns * sizeof *row);
        for (int k = 1; k < count; k++) K(arg_one)(value, row, (const T *)rows[k] + at, columns, k);
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
    const int most = K(ROW_NUMBERS), wide = K(COLUMNS);
    for (int k = 0; k < count; k += most, begin = 0)
        for (int at = 0; at < columns; at += wide)
            K(arg_fold_part)((K(place) *)lane + at, rows + k, at, count - k < most ? count - k : most,
                             columns - at < wide ? columns - at : wide, first + k * step, step, begin);
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
#undef LS_WIDTH
#undef ZEROS
