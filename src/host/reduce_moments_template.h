/* SPDX-License-Identifier: BSD-3-Clause
 *
 * mean, var and std of one floating type. No include guard: reduce_kernels.c includes this once per type with
 *
 *   K(f)      the name of f here
 *   S(f)      f of the sum of the same dtype, from reduce_fold_template.h
 *   LS_PART   float or double
 *   LS_GROUP  parts in a value: 1, or 2 for complex
 *   LS_WIDTH  parts in a vector of the target
 *
 * and undefines them here. A sum of squares is real; its lanes are those of the values. */

#define LANES (LS_LANES(LS_PART) / LS_GROUP)

static inline __attribute__((always_inline)) LS_PART K(square)(const LS_PART *x, const LS_PART *mean)
{
    const LS_PART re = x[0] - mean[0];
#if LS_GROUP == 2
    const LS_PART im = x[1] - mean[1];
    return re * re + im * im;
#else
    return re * re;
#endif
}

#if LS_GROUP == 1
static inline __attribute__((always_inline)) void K(fill_squares)(LS_PART *restrict lane, const LS_PART *restrict x,
                                                                  const LS_PART *restrict mean, int64_t n)
{
    int64_t at = LANES;
    for (int64_t i = 0; i < LANES; i++) lane[i] = K(square)(x + i, mean);
    for (; at + LANES <= n; at += LANES)
        for (int64_t i = 0; i < LANES; i++) lane[i] += K(square)(x + at + i, mean);
    for (int64_t i = 0; i < n - at; i++) lane[i] += K(square)(x + at + i, mean);
}
#else
static LS_PART K(leaf_squares)(const LS_PART *restrict x, const LS_PART *restrict mean, int n)
{
    LS_PART lane[LANES] __attribute__((aligned(64)));
    int present = n < LANES ? n : LANES;
    int64_t at = LANES;
    for (int64_t i = 0; i < present; i++) lane[i] = K(square)(x + i * LS_GROUP, mean);
    for (; at + LANES <= n; at += LANES)
        for (int64_t i = 0; i < LANES; i++) lane[i] += K(square)(x + (at + i) * LS_GROUP, mean);
    for (int64_t i = 0; i < n - at; i++) lane[i] += K(square)(x + (at + i) * LS_GROUP, mean);
    for (int half = LANES / 2; half >= 1; half /= 2) {
        const int pairs = present - half < half ? present - half : half;
        for (int64_t i = 0; i < pairs; i++) lane[i] += lane[i + half];
        present = present < half ? present : half;
    }
    return lane[0];
}
#endif

static inline __attribute__((always_inline)) ls_moments K(state)(const LS_PART *mean, LS_PART squares, int n)
{
    const ls_moments m = {n, (double)mean[0], LS_GROUP == 2 ? (double)mean[LS_GROUP - 1] : 0.0, (double)squares};
    return m;
}

static void K(means)(void *means, const void *sums, int64_t count, int n)
{
    LS_PART *mean = means;
    const LS_PART *sum = sums;
    for (int64_t i = 0; i < count * LS_GROUP; i++) mean[i] = sum[i] / (LS_PART)n;
}

#if LS_GROUP == 1
/* Rows of at least LANES values. */
static void K(long_squares)(LS_PART *restrict out, const LS_PART *restrict x, const LS_PART *restrict means,
                            int64_t count, int64_t n)
{
    S(vector) v[S(ROWS)] = {{0}};
    for (int64_t i = 0; i < count; i += S(ROWS)) {
        const int rows = count - i < S(ROWS) ? (int)(count - i) : S(ROWS);
        for (int g = 0; g < rows; g++) {
            LS_PART lane[LANES] __attribute__((aligned(64)));
            K(fill_squares)(lane, x + (i + g) * n, means + i + g, n);
#pragma GCC unroll 8
            for (int half = LANES / 2; half >= LS_WIDTH; half /= 2)
                for (int64_t k = 0; k < half; k++) lane[k] += lane[k + half];
            memcpy(&v[S(slot)(g)], lane, sizeof *v);
        }
        const S(vector) made = S(combine)(v);
        memcpy(out + i, &made, (size_t)rows * sizeof *out);
    }
}
#endif

static void K(square_rows)(LS_PART *restrict out, const LS_PART *restrict x, const LS_PART *restrict means,
                           int64_t count, int n)
{
#if LS_GROUP == 1
    if (n < LANES) S(short_rows)(out, x, means, count, n);
    else K(long_squares)(out, x, means, count, n);
#else
    for (int64_t i = 0; i < count; i++) out[i] = K(leaf_squares)(x + i * n * LS_GROUP, means + i * LS_GROUP, n);
#endif
}

/* Some rows at a time, which stay in the first-level cache while their sums become means. */
static void K(rows)(void *states, const void *values, int64_t count, int n, int64_t first, int64_t step)
{
    enum { CACHED = 32 << 10, MOST = 64 };
    const int64_t fit = CACHED / (n * LS_GROUP * (int64_t)sizeof(LS_PART));
    const int64_t most = fit < 1 ? 1 : fit < MOST ? fit : MOST;
    ls_moments *out = states;
    for (int64_t i = 0; i < count; i += most) {
        const LS_PART *x = (const LS_PART *)values + i * n * LS_GROUP;
        const int64_t rows = count - i < most ? count - i : most;
        LS_PART mean[MOST * LS_GROUP], squares[MOST];
        S(rows)(mean, x, rows, n, first, step);
        K(means)(mean, mean, rows, n);
        K(square_rows)(squares, x, mean, rows, n);
        for (int64_t k = 0; k < rows; k++) out[i + k] = K(state)(mean + k * LS_GROUP, squares[k], n);
    }
}

static inline __attribute__((always_inline)) void K(squares_four)(LS_PART *restrict squares, const void *const *rows,
                                                                  int columns, const LS_PART *restrict mean, int begin)
{
    const LS_PART *restrict a = rows[0], *restrict b = rows[1], *restrict c = rows[2], *restrict d = rows[3];
    for (int64_t i = 0; i < columns; i++) {
        const int64_t at = i * LS_GROUP;
        const LS_PART first = K(square)(a + at, mean + at);
        LS_PART sum = begin ? first : squares[i] + first;
        sum += K(square)(b + at, mean + at);
        sum += K(square)(c + at, mean + at);
        squares[i] = sum + K(square)(d + at, mean + at);
    }
}

static void K(squares_one)(LS_PART *restrict squares, const LS_PART *restrict x, int columns,
                           const LS_PART *restrict mean,
                           int begin)
{
    for (int64_t i = 0; i < columns; i++) {
        const LS_PART square = K(square)(x + i * LS_GROUP, mean + i * LS_GROUP);
        squares[i] = begin ? square : squares[i] + square;
    }
}

static void K(fold_squares)(void *lane, const void *const *rows, int count, int columns, const void *means, int begin)
{
    int k = 0;
    for (; k + 4 <= count; k += 4, begin = 0) {
        if (begin) K(squares_four)(lane, rows + k, columns, means, 1);
        else K(squares_four)(lane, rows + k, columns, means, 0);
    }
    for (; k < count; k++, begin = 0) K(squares_one)(lane, rows[k], columns, means, begin);
}

static inline __attribute__((always_inline)) void K(quad_squares_of)(LS_PART *restrict lane, const void *const *rows,
                                                                     int count, int columns,
                                                                     const LS_PART *restrict mean)
{
    const LS_PART *restrict row[8];
    for (int k = 0; k < 8; k++) row[k] = rows[k < count ? k : 0];
    for (int64_t i = 0; i < columns; i++) {
        LS_PART x[8];
#pragma GCC unroll 8
        for (int k = 0; k < 8; k++) x[k] = K(square)(row[k] + i * LS_GROUP, mean + i * LS_GROUP);
        lane[i] = S(halve_four)(x, count);
    }
}

static void K(quad_squares)(void *lane, const void *const *rows, int count, int columns, const void *means)
{
    switch (count) {
    case 1: K(quad_squares_of)(lane, rows, 1, columns, means); return;
    case 2: K(quad_squares_of)(lane, rows, 2, columns, means); return;
    case 3: K(quad_squares_of)(lane, rows, 3, columns, means); return;
    case 4: K(quad_squares_of)(lane, rows, 4, columns, means); return;
    case 5: K(quad_squares_of)(lane, rows, 5, columns, means); return;
    case 6: K(quad_squares_of)(lane, rows, 6, columns, means); return;
    case 7: K(quad_squares_of)(lane, rows, 7, columns, means); return;
    default: K(quad_squares_of)(lane, rows, 8, columns, means); return;
    }
}

static void K(square_merge)(void *out, const void *left, const void *right, int64_t count)
{
    LS_PART *to = out;
    const LS_PART *a = left, *b = right;
    REDUCE_INDEPENDENT
    for (int64_t i = 0; i < count; i++) to[i] = a[i] + b[i];
}

static void K(moments)(void *states, const void *means, const void *squares, int64_t count, int n)
{
    ls_moments *out = states;
    for (int64_t i = 0; i < count; i++)
        out[i] = K(state)((const LS_PART *)means + i * LS_GROUP, ((const LS_PART *)squares)[i], n);
}

static void K(finish_mean)(void *results, const void *states, int64_t count, int64_t n, double correction)
{
    LS_PART *out = results;
    const LS_PART *sum = states;
    (void)correction;
    for (int64_t i = 0; i < count * LS_GROUP; i++) out[i] = sum[i] / (LS_PART)n;
}

static void K(finish_var)(void *results, const void *states, int64_t count, int64_t n, double correction)
{
    LS_PART *out = results;
    const ls_moments *all = states;
    (void)n;
    for (int64_t i = 0; i < count; i++) out[i] = (LS_PART)ls_variance(all[i], correction);
}

static void K(finish_std)(void *results, const void *states, int64_t count, int64_t n, double correction)
{
    LS_PART *out = results;
    K(finish_var)(results, states, count, n, correction);
    for (int64_t i = 0; i < count; i++) out[i] = LS_SQRT(out[i]);
}

#undef K
#undef S
#undef LS_PART
#undef LS_GROUP
#undef LS_WIDTH
#undef LS_SQRT
#undef LANES
