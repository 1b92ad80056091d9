/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sorting, searching, unique and non-zero elements.
 *
 * The order. Numbers by value, NaN after all of them, complex numbers by real part and then by imaginary part (those with
 * a NaN behind all others, as in NumPy). -0 and +0 are equal to ls_argsort, ls_unique and ls_searchsorted, as in NumPy.
 * Where the elements themselves are put in order, those that are equal but for the signs of zeros have -0 before +0 (in the
 * imaginary part first): ls_sort, ls_partition, ls_argpartition. NaN is last also with .descending.
 *
 * What holds for every call here:
 *   Memory    the result is new, evaluated at the call, owned by the innermost scope. NULL in, NULL out.
 *   Dtypes    all. Indices are int64.
 *   Numerics  the same bits on every device, instruction set and thread count; NaN is canonical in sorted values.
 *   Errors    LS_EAXIS for an axis out of range, for more than one, and for 0-d arrays; LS_ENOMEM. */
#ifndef LOCKSTEP_SORT_H
#define LOCKSTEP_SORT_H

#include "types.h"
#include "view.h"

LS_BEGIN_DECLS

/** Options of sorts. Zero means default. */
typedef struct ls_sort_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    ls_axis axis;    /**< one axis, LS_AXIS(0); default the last */
    bool descending; /**< the largest first; NaN last all the same */
} ls_sort_options;

/** The elements along an axis in order. Shape and dtype the array's. */
LS_API ls_array *ls_sort(const char *place, const ls_array *a, const ls_sort_options *options);
#define ls_sort(...) LS_WITH_OPTIONS(ls_sort, ls_sort_options, __VA_ARGS__, LS_OPTIONS_END(ls_sort_options))

/** Where along the axis each element of the order stands. Stable, also descending: equal elements keep their order. */
LS_API ls_array *ls_argsort(const char *place, const ls_array *a, const ls_sort_options *options);
#define ls_argsort(...) LS_WITH_OPTIONS(ls_argsort, ls_sort_options, __VA_ARGS__, LS_OPTIONS_END(ls_sort_options))

/** The elements along an axis (.axis, one; default the last) parted by element `kth` of the order (negative from the
 *  end): those below it, then those equal to it, then those above it, each part in the order of the array. So element kth
 *  stands where a sort would put it. Where NumPy leaves the order within the parts open, here there is one result.
 *  LS_EINDEX for a kth out of range. */
LS_API ls_array *ls_partition(const char *place, const ls_array *a, int64_t kth, const ls_axis_options *options);
#define ls_partition(a, ...) LS_PARTITION_(ls_partition, a, __VA_ARGS__, LS_OPTIONS_END(ls_axis_options))
/** Where along the axis each element of ls_partition stands. */
LS_API ls_array *ls_argpartition(const char *place, const ls_array *a, int64_t kth, const ls_axis_options *options);
#define ls_argpartition(a, ...) LS_PARTITION_(ls_argpartition, a, __VA_ARGS__, LS_OPTIONS_END(ls_axis_options))
#define LS_PARTITION_(f, a, kth, ...) LS_WITH_OPTIONS2(f, ls_axis_options, a, kth, __VA_ARGS__)

/** Options of ls_unique: where to put more results, each int64, owned as the result is; NULL when the call fails. */
typedef struct ls_unique_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    ls_array **index;   /**< per unique element, where it stands first in C order */
    ls_array **inverse; /**< per element of the array, in the array's shape, the number of its unique element */
    ls_array **counts;  /**< per unique element, how many there are */
} ls_unique_options;

/** The distinct elements in order, one axis: ls_unique(a), ls_unique(a, .counts = &counts). All NaN are one element, -0
 *  and +0 are one, +0. Waits for the elements: how many there are decides the shape. */
LS_API ls_array *ls_unique(const char *place, const ls_array *a, const ls_unique_options *options);
#define ls_unique(...) LS_WITH_OPTIONS(ls_unique, ls_unique_options, __VA_ARGS__, LS_OPTIONS_END(ls_unique_options))

/** Options of ls_searchsorted. Zero means default. */
typedef struct ls_search_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    bool right;             /**< behind equal elements instead of before them */
    const ls_array *sorter; /**< integers, as ls_argsort gives: searches in sorted[sorter] */
} ls_search_options;

/** Where `values` (an array or a C number) would go in `sorted`, one axis in order, so that it stays in order: the number
 *  of elements below, with .right of those below or equal. Shape that of values. Dtypes promote as in arithmetic. Unsorted
 *  elements give some index in range. LS_ESHAPE unless `sorted` has one axis and the sorter its size; LS_EDTYPE for a sorter
 *  that is not of integers; LS_EINDEX for one that names no element. */
LS_API ls_array *ls_searchsorted(const char *place, const ls_array *sorted, ls_operand values,
                                 const ls_search_options *options);
#define ls_searchsorted(sorted, ...) LS_SEARCH_(sorted, __VA_ARGS__, LS_OPTIONS_END(ls_search_options))
#define LS_SEARCH_(sorted, values, ...)                                                                                \
    LS_WITH_OPTIONS2(ls_searchsorted, ls_search_options, sorted, LS_OPERAND(values), __VA_ARGS__)

/** Indices of the elements that are not zero (NaN is not), in C order: int64, shape (axes of a, how many). Row k, which
 *  ls_at(result, "%d", k) views, holds the indices along axis k. Waits for the elements. LS_ESHAPE for a 0-d array. */
LS_API ls_array *ls_nonzero(const char *place, const ls_array *a);
#define ls_nonzero(a) ls_nonzero(LS_HERE, (a))
/** The same as numbers of elements in C order: int64, one axis; 0-d arrays as ls_ravel has them. */
LS_API ls_array *ls_flatnonzero(const char *place, const ls_array *a);
#define ls_flatnonzero(a) ls_flatnonzero(LS_HERE, (a))

LS_END_DECLS

#endif
