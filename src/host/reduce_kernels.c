/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The arithmetic of reductions, compiled once per instruction set. Decides the loops; the order they must keep is that
 * of kernels/reduce_order.h. Leaves to reduce.c which elements are folded where. */
#include "host/reduce.h"
#include "host/vector_width.h"
#include "reduce_order.h"
#include <string.h>

/* Bytes a sum asks for ahead of what it reads: a page, where the prefetcher of the processor stops. Asking past the end
 * of an array is allowed. */
enum { PREFETCH_AHEAD = 4096 };

static inline __attribute__((always_inline)) void ask_ahead(const void *at, int64_t bytes)
{
    for (int64_t b = 0; b < bytes; b += 64) __builtin_prefetch((const char *)at + PREFETCH_AHEAD + b);
}

#define LANE_VECTORS (512 / VECTOR_BYTES)

/* Outputs may be inputs, element by element: never another iteration's. */
#ifdef __clang__
#define REDUCE_INDEPENDENT
#else
#define REDUCE_INDEPENDENT _Pragma("GCC ivdep")
#endif

#define FOLD_ADD(a, b) ((a) + (b))
#define FOLD_MUL(a, b) ((a) * (b))

#define K(f) sum_f32_##f
#define LS_PART float
#define LS_INDEX int32_t
#define LS_GROUP 1
#define LS_WIDTH IN_VECTOR_4
#define FOLD FOLD_ADD
#define LS_IDENTITY -0.0f
#define LS_SQUARES
#include "reduce_fold_template.h"

#define K(f) sum_f64_##f
#define LS_PART double
#define LS_INDEX int64_t
#define LS_GROUP 1
#define LS_WIDTH IN_VECTOR_8
#define FOLD FOLD_ADD
#define LS_IDENTITY -0.0
#define LS_SQUARES
#include "reduce_fold_template.h"

#define K(f) sum_c64_##f
#define LS_PART float
#define LS_INDEX int32_t
#define LS_GROUP 2
#define LS_WIDTH IN_VECTOR_4
#define FOLD FOLD_ADD
#define LS_IDENTITY -0.0f
#include "reduce_fold_template.h"

#define K(f) sum_c128_##f
#define LS_PART double
#define LS_INDEX int64_t
#define LS_GROUP 2
#define LS_WIDTH IN_VECTOR_8
#define FOLD FOLD_ADD
#define LS_IDENTITY -0.0
#include "reduce_fold_template.h"

/* int64 too: both wrap to the same bits. */
#define K(f) sum_u64_##f
#define LS_PART uint64_t
#define LS_INDEX int64_t
#define LS_GROUP 1
#define LS_WIDTH IN_VECTOR_8
#define FOLD FOLD_ADD
#define LS_IDENTITY 0
#include "reduce_fold_template.h"

#define K(f) prod_f32_##f
#define LS_PART float
#define LS_INDEX int32_t
#define LS_GROUP 1
#define LS_WIDTH IN_VECTOR_4
#define FOLD FOLD_MUL
#define LS_IDENTITY 1.0f
#include "reduce_fold_template.h"

#define K(f) prod_f64_##f
#define LS_PART double
#define LS_INDEX int64_t
#define LS_GROUP 1
#define LS_WIDTH IN_VECTOR_8
#define FOLD FOLD_MUL
#define LS_IDENTITY 1.0
#include "reduce_fold_template.h"

#define K(f) prod_u64_##f
#define LS_PART uint64_t
#define LS_INDEX int64_t
#define LS_GROUP 1
#define LS_WIDTH IN_VECTOR_8
#define FOLD FOLD_MUL
#define LS_IDENTITY 1
#include "reduce_fold_template.h"

#define K(f) prod_c64_##f
#define LS_PART ls_cfloat
#define LS_GROUP 1
#define LS_WIDTH 1
#define FOLD ls_mul_c64
#include "reduce_fold_template.h"

#define K(f) prod_c128_##f
#define LS_PART ls_cdouble
#define LS_GROUP 1
#define LS_WIDTH 1
#define FOLD ls_mul_c128
#include "reduce_fold_template.h"

#define K(f) moments_f32_##f
#define S(f) sum_f32_##f
#define LS_PART float
#define LS_GROUP 1
#define LS_WIDTH IN_VECTOR_4
#define LS_SQRT ls_sqrt_f32
#include "reduce_moments_template.h"

#define K(f) moments_f64_##f
#define S(f) sum_f64_##f
#define LS_PART double
#define LS_GROUP 1
#define LS_WIDTH IN_VECTOR_8
#define LS_SQRT ls_sqrt_f64
#include "reduce_moments_template.h"

#define K(f) moments_c64_##f
#define S(f) sum_c64_##f
#define LS_PART float
#define LS_GROUP 2
#define LS_WIDTH IN_VECTOR_4
#define LS_SQRT ls_sqrt_f32
#include "reduce_moments_template.h"

#define K(f) moments_c128_##f
#define S(f) sum_c128_##f
#define LS_PART double
#define LS_GROUP 2
#define LS_WIDTH IN_VECTOR_8
#define LS_SQRT ls_sqrt_f64
#include "reduce_moments_template.h"

#include "reduce_extreme_kinds.h"

static void moments_merge(void *out, const void *left, const void *right, int64_t count)
{
    ls_moments *to = out;
    const ls_moments *a = left, *b = right;
    for (int64_t i = 0; i < count; i++) to[i] = ls_moments_merge(a[i], b[i]);
}

static void moments_pairs(void *states, int64_t count)
{
    ls_moments *x = states;
    for (int64_t i = 0; i < count / 2; i++) x[i] = ls_moments_merge(x[2 * i], x[2 * i + 1]);
    if (count & 1) x[count / 2] = x[count - 1];
}

/* any, all and count_nonzero: of bytes, where not 0 is true. */

enum {
    BYTES = 256,            /* bytes of lanes: some vectors */
    LOOK = 16384,           /* bytes between two looks whether all is decided */
    MANY = 255              /* what a byte counts up to */
};

/* The bits that are set in any of the bytes. */
static uint8_t union_of(const uint8_t *restrict x, int64_t n)
{
    uint8_t lane[BYTES] __attribute__((aligned(64))) = {0}, all = 0;
    int64_t at = 0;
    for (; at + BYTES <= n; at += BYTES) {
        ask_ahead(x + at, BYTES);
        for (int64_t i = 0; i < BYTES; i++) lane[i] |= x[at + i];
    }
    for (; at < n; at++) all |= x[at];
    if (n >= BYTES)
        for (int64_t i = 0; i < BYTES; i++) all |= lane[i];
    return all;
}

static uint8_t smallest_of(const uint8_t *restrict x, int64_t n)
{
    uint8_t lane[BYTES] __attribute__((aligned(64))), all = MANY;
    int64_t at = 0;
    if (n >= BYTES) {
        memset(lane, MANY, sizeof lane);
        for (; at + BYTES <= n; at += BYTES) {
            ask_ahead(x + at, BYTES);
            for (int64_t i = 0; i < BYTES; i++) lane[i] = x[at + i] < lane[i] ? x[at + i] : lane[i];
        }
        for (int64_t i = 0; i < BYTES; i++) all = lane[i] < all ? lane[i] : all;
    }
    for (; at < n; at++) all = x[at] < all ? x[at] : all;
    return all;
}

static int64_t count_of(const uint8_t *restrict x, int64_t n)
{
    int64_t found = 0, at = 0;
    while (at + BYTES <= n) {
        uint8_t lane[BYTES] __attribute__((aligned(64))) = {0};
        uint32_t all = 0;
        for (int turns = 0; turns < MANY && at + BYTES <= n; turns++, at += BYTES) {
            ask_ahead(x + at, BYTES);
            for (int64_t i = 0; i < BYTES; i++) lane[i] += x[at + i] != 0;
        }
        for (int64_t i = 0; i < BYTES; i++) all += lane[i];
        found += all;
    }
    for (; at < n; at++) found += x[at] != 0;
    return found;
}

static void any_rows(void *states, const void *values, int64_t count, int n, int64_t first, int64_t step)
{
    (void)first, (void)step;
    for (int64_t i = 0; i < count; i++) {
        const uint8_t *x = (const uint8_t *)values + i * n;
        uint8_t found = 0;
        for (int64_t at = 0; at < n && !found; at += LOOK) found = union_of(x + at, n - at < LOOK ? n - at : LOOK);
        ((uint8_t *)states)[i] = found != 0;
    }
}

static void all_rows(void *states, const void *values, int64_t count, int n, int64_t first, int64_t step)
{
    (void)first, (void)step;
    for (int64_t i = 0; i < count; i++) {
        const uint8_t *x = (const uint8_t *)values + i * n;
        uint8_t least = 1;
        for (int64_t at = 0; at < n && least; at += LOOK) least = smallest_of(x + at, n - at < LOOK ? n - at : LOOK);
        ((uint8_t *)states)[i] = least != 0;
    }
}

static void count_rows(void *states, const void *values, int64_t count, int n, int64_t first, int64_t step)
{
    (void)first, (void)step;
    for (int64_t i = 0; i < count; i++) ((int64_t *)states)[i] = count_of((const uint8_t *)values + i * n, n);
}

/* Four rows of bytes at a time; the last group repeats rows, which changes nothing. */
static void any_fold(void *lane, const void *const *rows, int count, int columns, int64_t first, int64_t step,
                     int begin)
{
    uint8_t *restrict any = lane;
    (void)first, (void)step;
    if (begin) memset(any, 0, (size_t)columns);
    for (int k = 0; k < count; k += 4) {
        const int most = count - 1;
        const uint8_t *restrict a = rows[k], *restrict b = rows[k + 1 < most ? k + 1 : most];
        const uint8_t *restrict c = rows[k + 2 < most ? k + 2 : most], *restrict d = rows[k + 3 < most ? k + 3 : most];
        for (int64_t i = 0; i < columns; i++) any[i] |= (uint8_t)(((a[i] | b[i]) | (c[i] | d[i])) != 0);
    }
}

static uint8_t lower(uint8_t a, uint8_t b) { return a < b ? a : b; }

static void all_fold(void *lane, const void *const *rows, int count, int columns, int64_t first, int64_t step,
                     int begin)
{
    uint8_t *restrict all = lane;
    (void)first, (void)step;
    if (begin) memset(all, 1, (size_t)columns);
    for (int k = 0; k < count; k += 4) {
        const int most = count - 1;
        const uint8_t *restrict a = rows[k], *restrict b = rows[k + 1 < most ? k + 1 : most];
        const uint8_t *restrict c = rows[k + 2 < most ? k + 2 : most], *restrict d = rows[k + 3 < most ? k + 3 : most];
        /* `all` is 0 or 1, and so stays what the lowest makes of it */
        for (int64_t i = 0; i < columns; i++) all[i] = lower(all[i], lower(lower(a[i], b[i]), lower(c[i], d[i])));
    }
}

/* Bytes count up to MANY rows before they are added. */
static void count_fold_part(int64_t *restrict found, const void *const *rows, int64_t at, int count, int columns)
{
    enum { PART = 4096 };
    uint8_t seen[PART] __attribute__((aligned(64))) = {0};
    int k = 0;
    for (; k + 4 <= count; k += 4) {
        const uint8_t *restrict a = (const uint8_t *)rows[k] + at, *restrict b = (const uint8_t *)rows[k + 1] + at;
        const uint8_t *restrict c = (const uint8_t *)rows[k + 2] + at, *restrict d = (const uint8_t *)rows[k + 3] + at;
        for (int64_t i = 0; i < columns; i++)
            seen[i] += (uint8_t)((a[i] != 0) + (b[i] != 0) + (c[i] != 0) + (d[i] != 0));
    }
    for (; k < count; k++) {
        const uint8_t *restrict x = (const uint8_t *)rows[k] + at;
        for (int64_t i = 0; i < columns; i++) seen[i] += x[i] != 0;
    }
    for (int64_t i = 0; i < columns; i++) found[i] += seen[i];
}

static void count_fold(void *lane, const void *const *rows, int count, int columns, int64_t first, int64_t step,
                       int begin)
{
    enum { PART = 4096 };
    int64_t *found = lane;
    (void)first, (void)step;
    if (begin) memset(found, 0, (size_t)columns * sizeof *found);
    for (int k = 0; k < count; k += MANY)
        for (int at = 0; at < columns; at += PART)
            count_fold_part(found + at, rows + k, at, count - k < MANY ? count - k : MANY,
                            columns - at < PART ? columns - at : PART);
}

static void any_merge(void *out, const void *left, const void *right, int64_t count)
{
    uint8_t *to = out;
    const uint8_t *a = left, *b = right;
    for (int64_t i = 0; i < count; i++) to[i] = a[i] | b[i];
}

static void all_merge(void *out, const void *left, const void *right, int64_t count)
{
    uint8_t *to = out;
    const uint8_t *a = left, *b = right;
    for (int64_t i = 0; i < count; i++) to[i] = a[i] & b[i];
}

static int any_decided(const void *states, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (!((const uint8_t *)states)[i]) return 0;
    return 1;
}

static int all_decided(const void *states, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (((const uint8_t *)states)[i]) return 0;
    return 1;
}

/* Results that are the states. */
static void finish_1(void *results, const void *states, int64_t count, int64_t n, double correction)
{
    (void)n, (void)correction;
    memcpy(results, states, (size_t)count);
}
static void finish_2(void *results, const void *states, int64_t count, int64_t n, double correction)
{
    (void)n, (void)correction;
    memcpy(results, states, (size_t)count * 2);
}
static void finish_4(void *results, const void *states, int64_t count, int64_t n, double correction)
{
    (void)n, (void)correction;
    memcpy(results, states, (size_t)count * 4);
}
static void finish_8(void *results, const void *states, int64_t count, int64_t n, double correction)
{
    (void)n, (void)correction;
    memcpy(results, states, (size_t)count * 8);
}
static void finish_16(void *results, const void *states, int64_t count, int64_t n, double correction)
{
    (void)n, (void)correction;
    memcpy(results, states, (size_t)count * 16);
}

#define FOLDING(kind, size, finisher)                                                                                  \
    .state = size, .lanes = LS_LANE_BYTES / size, .rows = kind##_rows, .fold = kind##_fold, .plain = 1,                \
    .quad = kind##_quad, .leaf = kind##_leaf, .merge = kind##_merge, .pairs = kind##_pairs, .finish = finisher
#define FOLDED(kind, size, finisher)                                                                                   \
    {FOLDING(kind, size, finisher), .turn = kind##_turn, .slice = VECTOR_BYTES / size}
#define FOLDED_REAL(kind, size, finisher)                                                                              \
    {FOLDING(kind, size, finisher), .turn = kind##_turn, .slice = VECTOR_BYTES / size, .products = kind##_products}
#define MOMENTS(tag, real, type, size, finisher)                                                                       \
    {                                                                                                                  \
        .state = sizeof(ls_moments), .lanes = LS_LANE_BYTES / size, .part = sizeof(type),                              \
        .rows = moments_##tag##_rows, .fold = sum_##tag##_fold, .quad = sum_##tag##_quad,                              \
        .leaf = sum_##tag##_leaf,                                                                                      \
        .merge = moments_merge, .pairs = moments_pairs, .finish = moments_##tag##_##finisher,                          \
        .sum_merge = sum_##tag##_merge,                                                                                \
        .means = moments_##tag##_means, .fold_squares = moments_##tag##_fold_squares,                                  \
        .square_merge = moments_##tag##_square_merge, .quad_squares = moments_##tag##_quad_squares,                    \
        .square_quad = sum_##real##_quad, .moments = moments_##tag##_moments                                           \
    }
#define EXTREME(name, tag, size)                                                                                       \
    {                                                                                                                  \
        .state = size, .lanes = 1, .plain = 1, .rows = name##_##tag##_rows, .fold = name##_##tag##_fold,               \
        .merge = name##_##tag##_merge, .finish = finish_##size                                                         \
    }
#define PLACE(name, tag)                                                                                               \
    {                                                                                                                  \
        .state = sizeof(name##_##tag##_place), .lanes = 1, .indexed = 1, .rows = name##_##tag##_arg_rows,              \
        .fold = name##_##tag##_arg_fold, .merge = name##_##tag##_arg_merge, .finish = name##_##tag##_arg_finish        \
    }
#define EXTREMES(name)                                                                                                 \
    {                                                                                                                  \
        [LS_BOOL] = EXTREME(name, u8, 1), [LS_INT8] = EXTREME(name, i8, 1), [LS_INT16] = EXTREME(name, i16, 2),        \
        [LS_INT32] = EXTREME(name, i32, 4), [LS_INT64] = EXTREME(name, i64, 8), [LS_UINT8] = EXTREME(name, u8, 1),     \
        [LS_UINT16] = EXTREME(name, u16, 2), [LS_UINT32] = EXTREME(name, u32, 4), [LS_UINT64] = EXTREME(name, u64, 8), \
        [LS_FLOAT32] = EXTREME(name, f32, 4), [LS_FLOAT64] = EXTREME(name, f64, 8)                                     \
    }
#define PLACES(name)                                                                                                   \
    {                                                                                                                  \
        [LS_BOOL] = PLACE(name, u8), [LS_INT8] = PLACE(name, i8), [LS_INT16] = PLACE(name, i16),                       \
        [LS_INT32] = PLACE(name, i32), [LS_INT64] = PLACE(name, i64), [LS_UINT8] = PLACE(name, u8),                    \
        [LS_UINT16] = PLACE(name, u16), [LS_UINT32] = PLACE(name, u32), [LS_UINT64] = PLACE(name, u64),                \
        [LS_FLOAT32] = PLACE(name, f32), [LS_FLOAT64] = PLACE(name, f64)                                               \
    }
#define ALL_MOMENTS(finisher)                                                                                          \
    {                                                                                                                  \
        [LS_FLOAT32] = MOMENTS(f32, f32, float, 4, finisher),                                                          \
        [LS_FLOAT64] = MOMENTS(f64, f64, double, 8, finisher),                                                         \
        [LS_COMPLEX64] = MOMENTS(c64, f32, float, 8, finisher),                                                        \
        [LS_COMPLEX128] = MOMENTS(c128, f64, double, 16, finisher)                                                     \
    }

const lsi_reduce_table LSI_ISA_NAME(lsi_reduce_kernels) = {.kernel = {
    [LSI_REDUCE_sum] = {
        [LS_INT64] = FOLDED(sum_u64, 8, finish_8),
        [LS_UINT64] = FOLDED(sum_u64, 8, finish_8),
        [LS_FLOAT32] = FOLDED_REAL(sum_f32, 4, finish_4),
        [LS_FLOAT64] = FOLDED_REAL(sum_f64, 8, finish_8),
        [LS_COMPLEX64] = FOLDED(sum_c64, 8, finish_8),
        [LS_COMPLEX128] = FOLDED(sum_c128, 16, finish_16),
    },
    [LSI_REDUCE_prod] = {
        [LS_INT64] = FOLDED(prod_u64, 8, finish_8),
        [LS_UINT64] = FOLDED(prod_u64, 8, finish_8),
        [LS_FLOAT32] = FOLDED(prod_f32, 4, finish_4),
        [LS_FLOAT64] = FOLDED(prod_f64, 8, finish_8),
        [LS_COMPLEX64] = {FOLDING(prod_c64, 8, finish_8)},
        [LS_COMPLEX128] = {FOLDING(prod_c128, 16, finish_16)},
    },
    [LSI_REDUCE_mean] = {
        [LS_FLOAT32] = FOLDED(sum_f32, 4, moments_f32_finish_mean),
        [LS_FLOAT64] = FOLDED(sum_f64, 8, moments_f64_finish_mean),
        [LS_COMPLEX64] = FOLDED(sum_c64, 8, moments_c64_finish_mean),
        [LS_COMPLEX128] = FOLDED(sum_c128, 16, moments_c128_finish_mean),
    },
    [LSI_REDUCE_var] = ALL_MOMENTS(finish_var),
    [LSI_REDUCE_std] = ALL_MOMENTS(finish_std),
    [LSI_REDUCE_min] = EXTREMES(min),
    [LSI_REDUCE_max] = EXTREMES(max),
    [LSI_REDUCE_argmin] = PLACES(min),
    [LSI_REDUCE_argmax] = PLACES(max),
    [LSI_REDUCE_any] = {[LS_BOOL] = {.state = 1, .lanes = 1, .rows = any_rows, .fold = any_fold, .merge = any_merge,
                                     .decided = any_decided, .finish = finish_1}},
    [LSI_REDUCE_all] = {[LS_BOOL] = {.state = 1, .lanes = 1, .rows = all_rows, .fold = all_fold, .merge = all_merge,
                                     .decided = all_decided, .finish = finish_1}},
    [LSI_REDUCE_count_nonzero] = {[LS_BOOL] = {.state = 8, .lanes = 1, .rows = count_rows, .fold = count_fold,
                                               .merge = sum_u64_merge, .finish = finish_8}},
}};
