/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reductions and scans.
 *
 * What holds for every reduction here:
 *   Shape     the array's without the reduced axes; they stay as size 1 with .keepdims. No .axis: all axes.
 *   Dtype     as each comment says; .dtype for ls_sum, ls_prod and ls_mean accumulates and returns in another one.
 *             float16 and bfloat16 accumulate in float32 and round once.
 *   Memory    the result is new, pending, owned by the innermost scope. What is reduced is not stored: ls_sum(ls_sin(x))
 *             reads x once. NULL in, NULL out.
 *   Errors    LS_EAXIS for an axis out of range or repeated, LS_EDTYPE where the comment excludes the dtype.
 *   Numerics  one order for every layout, device, thread count and fusion: per result element the reduced axes are
 *             flattened in C order; 1024 elements make a leaf, summed in lanes of 512 bytes that are halved; leaves are
 *             combined by the aligned binary tree over their absolute numbers. The error grows with 16 + log2(n / 1024),
 *             not with n. sum(a) and sum(transpose(a)) over the same elements in another order may differ.
 * ls_<name>_into(out, a, ...) writes the result into an existing array of its shape, evaluates, and returns a status. */
#ifndef LOCKSTEP_REDUCE_H
#define LOCKSTEP_REDUCE_H

#include "types.h"

LS_BEGIN_DECLS

/** Options of reductions. Zero means default. */
typedef struct ls_reduce_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    ls_axis axis;        /**< LS_AXIS(...), negative ones from the end; default all axes */
    bool keepdims;       /**< keep reduced axes as size 1 */
    ls_dtype dtype;      /**< ls_sum, ls_prod, ls_mean: accumulate and return in this dtype; others refuse it */
    double correction;   /**< ls_var, ls_std: divisor is n - correction (NumPy's ddof); default 0 */
} ls_reduce_options;

/** Sum of elements.
 *  Dtype bool and integers -> int64, unsigned -> uint64, floats and complex themselves. Sum of nothing is 0. */
LS_API ls_array *ls_sum(const char *place, const ls_array *a, const ls_reduce_options *options);
LS_API LS_WARN_UNUSED ls_status ls_sum_into(const char *place, ls_array *out, const ls_array *a,
                                            const ls_reduce_options *options);
#define ls_sum(...) LS_WITH_OPTIONS(ls_sum, ls_reduce_options, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))
#define ls_sum_into(out, ...) LS_REDUCE_INTO_(ls_sum_into, out, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))

/** Product of elements.
 *  Dtype as ls_sum. Product of nothing is 1. */
LS_API ls_array *ls_prod(const char *place, const ls_array *a, const ls_reduce_options *options);
LS_API LS_WARN_UNUSED ls_status ls_prod_into(const char *place, ls_array *out, const ls_array *a,
                                            const ls_reduce_options *options);
#define ls_prod(...) LS_WITH_OPTIONS(ls_prod, ls_reduce_options, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))
#define ls_prod_into(out, ...) LS_REDUCE_INTO_(ls_prod_into, out, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))

/** Smallest element; NaN if any is NaN; -0 is below +0.
 *  Dtype the array's; not complex. LS_ESHAPE when there is nothing to choose from. */
LS_API ls_array *ls_min(const char *place, const ls_array *a, const ls_reduce_options *options);
LS_API LS_WARN_UNUSED ls_status ls_min_into(const char *place, ls_array *out, const ls_array *a,
                                            const ls_reduce_options *options);
#define ls_min(...) LS_WITH_OPTIONS(ls_min, ls_reduce_options, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))
#define ls_min_into(out, ...) LS_REDUCE_INTO_(ls_min_into, out, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))

/** Largest element; NaN if any is NaN; +0 is above -0.
 *  Dtype the array's; not complex. LS_ESHAPE when there is nothing to choose from. */
LS_API ls_array *ls_max(const char *place, const ls_array *a, const ls_reduce_options *options);
LS_API LS_WARN_UNUSED ls_status ls_max_into(const char *place, ls_array *out, const ls_array *a,
                                            const ls_reduce_options *options);
#define ls_max(...) LS_WITH_OPTIONS(ls_max, ls_reduce_options, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))
#define ls_max_into(out, ...) LS_REDUCE_INTO_(ls_max_into, out, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))

/** Arithmetic mean: ls_sum divided by the count, one rounding.
 *  Dtype bool and integers -> float64, else the array's. NaN of nothing. */
LS_API ls_array *ls_mean(const char *place, const ls_array *a, const ls_reduce_options *options);
LS_API LS_WARN_UNUSED ls_status ls_mean_into(const char *place, ls_array *out, const ls_array *a,
                                            const ls_reduce_options *options);
#define ls_mean(...) LS_WITH_OPTIONS(ls_mean, ls_reduce_options, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))
#define ls_mean_into(out, ...) LS_REDUCE_INTO_(ls_mean_into, out, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))

/** Variance: the mean of abs(x - mean)**2 with divisor n - correction. Leaf means and squares merged by Chan's formula.
 *  Dtype as ls_mean, the real one for complex. Infinite or NaN when n - correction is not positive. */
LS_API ls_array *ls_var(const char *place, const ls_array *a, const ls_reduce_options *options);
LS_API LS_WARN_UNUSED ls_status ls_var_into(const char *place, ls_array *out, const ls_array *a,
                                            const ls_reduce_options *options);
#define ls_var(...) LS_WITH_OPTIONS(ls_var, ls_reduce_options, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))
#define ls_var_into(out, ...) LS_REDUCE_INTO_(ls_var_into, out, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))

/** Standard deviation: the square root of ls_var.
 *  Dtype as ls_var. Infinite or NaN when n - correction is not positive. */
LS_API ls_array *ls_std(const char *place, const ls_array *a, const ls_reduce_options *options);
LS_API LS_WARN_UNUSED ls_status ls_std_into(const char *place, ls_array *out, const ls_array *a,
                                            const ls_reduce_options *options);
#define ls_std(...) LS_WITH_OPTIONS(ls_std, ls_reduce_options, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))
#define ls_std_into(out, ...) LS_REDUCE_INTO_(ls_std_into, out, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))

/** Whether any element is non-zero (NaN is).
 *  Dtype bool. False of nothing. */
LS_API ls_array *ls_any(const char *place, const ls_array *a, const ls_reduce_options *options);
LS_API LS_WARN_UNUSED ls_status ls_any_into(const char *place, ls_array *out, const ls_array *a,
                                            const ls_reduce_options *options);
#define ls_any(...) LS_WITH_OPTIONS(ls_any, ls_reduce_options, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))
#define ls_any_into(out, ...) LS_REDUCE_INTO_(ls_any_into, out, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))

/** Whether all elements are non-zero (NaN is).
 *  Dtype bool. True of nothing. */
LS_API ls_array *ls_all(const char *place, const ls_array *a, const ls_reduce_options *options);
LS_API LS_WARN_UNUSED ls_status ls_all_into(const char *place, ls_array *out, const ls_array *a,
                                            const ls_reduce_options *options);
#define ls_all(...) LS_WITH_OPTIONS(ls_all, ls_reduce_options, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))
#define ls_all_into(out, ...) LS_REDUCE_INTO_(ls_all_into, out, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))

/** Index of the smallest element in C order over the reduced axes: the first of equal ones, the first NaN before all.
 *  Dtype int64; not complex. LS_ESHAPE when there is nothing to choose from. */
LS_API ls_array *ls_argmin(const char *place, const ls_array *a, const ls_reduce_options *options);
LS_API LS_WARN_UNUSED ls_status ls_argmin_into(const char *place, ls_array *out, const ls_array *a,
                                            const ls_reduce_options *options);
#define ls_argmin(...) LS_WITH_OPTIONS(ls_argmin, ls_reduce_options, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))
#define ls_argmin_into(out, ...) LS_REDUCE_INTO_(ls_argmin_into, out, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))

/** Index of the largest element in C order over the reduced axes: the first of equal ones, the first NaN before all.
 *  Dtype int64; not complex. LS_ESHAPE when there is nothing to choose from. */
LS_API ls_array *ls_argmax(const char *place, const ls_array *a, const ls_reduce_options *options);
LS_API LS_WARN_UNUSED ls_status ls_argmax_into(const char *place, ls_array *out, const ls_array *a,
                                            const ls_reduce_options *options);
#define ls_argmax(...) LS_WITH_OPTIONS(ls_argmax, ls_reduce_options, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))
#define ls_argmax_into(out, ...) LS_REDUCE_INTO_(ls_argmax_into, out, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))

/** Number of non-zero elements (NaN counts).
 *  Dtype int64. 0 of nothing. */
LS_API ls_array *ls_count_nonzero(const char *place, const ls_array *a, const ls_reduce_options *options);
LS_API LS_WARN_UNUSED ls_status ls_count_nonzero_into(const char *place, ls_array *out, const ls_array *a,
                                            const ls_reduce_options *options);
#define ls_count_nonzero(...) LS_WITH_OPTIONS(ls_count_nonzero, ls_reduce_options, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))
#define ls_count_nonzero_into(out, ...) LS_REDUCE_INTO_(ls_count_nonzero_into, out, __VA_ARGS__, LS_OPTIONS_END(ls_reduce_options))

#define LS_REDUCE_INTO_(f, out, a, ...) LS_WITH_OPTIONS2(f, ls_reduce_options, out, a, __VA_ARGS__)

/** Options of scans. */
typedef struct ls_scan_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    ls_axis axis;         /**< one axis; may be left out for a 1-d array only */
    ls_dtype dtype;       /**< of the result; default as ls_sum's */
    bool include_initial; /**< begin with the identity: one element more along the axis */
} ls_scan_options;

/** Sums of all elements up to each one, along an axis: the array API's cumulative_sum. Shape the array's (one more along
 *  the axis with .include_initial); dtype as ls_sum. Numerics: local sums of tiles of fixed size plus a carry, each tile's
 *  last output being the next one's carry: the same bits everywhere, and never decreasing for non-negative elements. */
LS_API ls_array *ls_cumulative_sum(const char *place, const ls_array *a, const ls_scan_options *options);
#define ls_cumulative_sum(...)                                                                                         \
    LS_WITH_OPTIONS(ls_cumulative_sum, ls_scan_options, __VA_ARGS__, LS_OPTIONS_END(ls_scan_options))
/** Products of all elements up to each one, along an axis. */
LS_API ls_array *ls_cumulative_prod(const char *place, const ls_array *a, const ls_scan_options *options);
#define ls_cumulative_prod(...)                                                                                        \
    LS_WITH_OPTIONS(ls_cumulative_prod, ls_scan_options, __VA_ARGS__, LS_OPTIONS_END(ls_scan_options))

LS_END_DECLS

#endif
