/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The canonical order of reductions: what the CPU, the GPU and the tests' reference all follow, so that a sum has the
 * same bits whatever the memory layout, the fusion, the threads, the vector width or the machine.
 *
 * Per output element:
 *   1. The reduced axes are flattened in C order to one index r in [0, n).
 *   2. Leaf j holds the elements with r / 1024 == j; its lane l holds those with r % L == l, where L is 512 bytes over
 *      the size of the accumulator: 64 for float64, int64 and complex64, 128 for float32, 32 for complex128.
 *   3. A lane folds its elements in ascending r, the first one being the start.
 *   4. Lanes are halved: lane l takes in lane l + L/2 for l < L/2, then l + L/4 for l < L/4, and so on down to lane 0,
 *      the lane with the lower number always being the left operand. That is the leaf.
 *   5. Leaves are folded by the binary tree whose node (k, j) covers the leaves [j * 2^k, (j + 1) * 2^k): its left
 *   child
 *      is (k - 1, 2j), its right child (k - 1, 2j + 1).
 *   What does not exist, be it a lane of a short leaf or a right child past the end, takes no part: its partner goes up
 *   unchanged. For a sum that is the same as padding with -0.0 (never +0.0, which would turn -0.0 into +0.0), for a
 *   real product as padding with 1; either may be done, as the bits agree. For a complex product it may not: z * (1 +
 *   0i) is not z when a part is infinite or a negative zero.
 *   6. Over no elements: sum +0, product 1, mean, var and std NaN, any false, all true, count 0.
 *
 *   sum            x + y; complex: each part on its own. Integers wrap, so any order gives their bits.
 *   prod           x * y; complex: ls_mul_c64, ls_mul_c128 (no fma).
 *   mean           the sum divided once by n as a number of the accumulator's type; complex: each part.
 *   var, std       per leaf, in the accumulator's type: mean = the leaf's sum / its count, then squares = the sum of
 *                  (x - mean)^2 over the same lanes and halving, complex: re^2 + im^2 rounded as written, in the lanes
 *                  of the complex type. Mean and squares are then widened to float64 and leaves merged by
 *                  ls_moments_merge along the same tree. var = ls_variance rounded to the accumulator's real type; std
 *                  = its square root.
 *   min, max       ls_minimum, ls_maximum of the dtype: NaN wins, -0 < +0. Total, so any order gives the same bits.
 *   argmin, argmax the element that comes first by ls_argmin_before, ls_argmax_before. Total, so again any order.
 *   any, all, count_nonzero: exact in any order.
 *
 * 16-bit floats are accumulated as float32; the result is cast once.
 */
#ifndef LOCKSTEP_KERNELS_REDUCE_ORDER_H
#define LOCKSTEP_KERNELS_REDUCE_ORDER_H

#include "element_complex.h"
#include "element_int.h"

#define LS_LEAF 1024      /* elements of a leaf */
#define LS_LANE_BYTES 512 /* accumulators of a leaf in bytes */
#define LS_LANES(type) (LS_LANE_BYTES / (int)sizeof(type))

/* How many finished subtrees end with leaf number `leaf`: the trailing ones. A streaming evaluation keeps one partial
 * result per level and merges that many times after each leaf. */
LS_FN int ls_tree_merges(int64_t leaf)
{
    int merges = 0;
    for (; leaf & 1; leaf >>= 1) merges++;
    return merges;
}

/* Count, mean and sum of squared distances from the mean, of some leaves. `im` is 0 for real data. */
typedef struct ls_moments {
    double count, re, im, squares;
} ls_moments;

/* Chan, Golub and LeVeque's formula, written out: a comes before b. */
LS_FN ls_moments ls_moments_merge(ls_moments a, ls_moments b)
{
    const double count = a.count + b.count;
    const double share = b.count / count;
    const double re = b.re - a.re;
    const double im = b.im - a.im;
    ls_moments all;
    all.count = count;
    all.re = a.re + re * share;
    all.im = a.im + im * share;
    all.squares = (a.squares + b.squares) + (re * re + im * im) * (a.count * share);
    return all;
}

/* A divisor that is not positive counts as 0, so that the result is infinite or NaN. */
LS_FN double ls_variance(ls_moments all, double correction)
{
    const double freedom = all.count - correction;
    const double divisor = freedom > 0 ? freedom : 0.0;
    return all.count > 0 ? all.squares / divisor : ls_nan_f64();
}

/* Whether element x at index i is chosen rather than y at index j: NaN before numbers, then the smaller (larger) one,
 * then the lower index; the two zeros are equal. */
#define LS_ARG_BEFORE(tag)                                                                                             \
    LS_FN int ls_argmin_before_##tag(ls_t_##tag x, int64_t i, ls_t_##tag y, int64_t j)                                 \
    {                                                                                                                  \
        const int x_nan = ls_isnan_##tag(x), y_nan = ls_isnan_##tag(y);                                                \
        const int better = (x < y) | (x_nan & !y_nan), worse = (y < x) | (y_nan & !x_nan);                             \
        return better | (!worse & (i < j));                                                                            \
    }                                                                                                                  \
    LS_FN int ls_argmax_before_##tag(ls_t_##tag x, int64_t i, ls_t_##tag y, int64_t j)                                 \
    {                                                                                                                  \
        const int x_nan = ls_isnan_##tag(x), y_nan = ls_isnan_##tag(y);                                                \
        const int better = (x > y) | (x_nan & !y_nan), worse = (y > x) | (y_nan & !x_nan);                             \
        return better | (!worse & (i < j));                                                                            \
    }
LS_ARG_BEFORE(i8)
LS_ARG_BEFORE(i16)
LS_ARG_BEFORE(i32)
LS_ARG_BEFORE(i64)
LS_ARG_BEFORE(u8)
LS_ARG_BEFORE(u16)
LS_ARG_BEFORE(u32)
LS_ARG_BEFORE(u64)
LS_ARG_BEFORE(f32)
LS_ARG_BEFORE(f64)
#undef LS_ARG_BEFORE

#endif
