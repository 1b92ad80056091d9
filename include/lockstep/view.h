/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Other shapes of the same elements, parts of arrays, and arrays put together.
 *
 * A view is a handle of its own on the same memory: a write through one (ls_assign) is seen through the other, whatever
 * was evaluated before. Unless a comment says copy, a call here gives a view, costs nothing and runs nothing. Handles are
 * owned by the innermost scope; NULL in, NULL out. */
#ifndef LOCKSTEP_VIEW_H
#define LOCKSTEP_VIEW_H

#include "types.h"

LS_BEGIN_DECLS

/** Options that name axes. */
typedef struct ls_axis_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    ls_axis axis; /**< LS_AXIS(...); what leaving it out means is said at each call */
} ls_axis_options;

/** The part that NumPy's slice text names, one item per axis, separated by commas:
 *    3, -1          one index: the axis goes away
 *    2:10, ::-1, :  a range start:stop:step with any part left out; bounds beyond the axis are cut as in NumPy
 *    ...            as many full ranges as there are axes left; implied at the end
 *    None, newaxis  a new axis of size 1
 *  The text is a printf format, checked by the compiler: ls_at(a, "%d, :%d", i, n). Errors: LS_ESYNTAX shows the text and
 *  where it breaks, LS_EINDEX the index, the axis and its size. */
LS_API ls_array *ls_at(const char *place, const ls_array *a, const char *slices, ...) LS_PRINTF(3, 4);
#define ls_at(a, ...) ls_at(LS_HERE, (a), __VA_ARGS__)

/** The same elements in C order under another shape; one size may be -1: whatever fits. A view where strides allow, else
 *  a copy. LS_ESHAPE names both shapes when the counts differ. */
LS_API ls_array *ls_reshape(const char *place, const ls_array *a, ls_shape shape);
#define ls_reshape(a, shape) ls_reshape(LS_HERE, (a), (shape))
/** One axis with all elements in C order: a view where strides allow, else a copy. */
LS_API ls_array *ls_ravel(const char *place, const ls_array *a);
#define ls_ravel(a) ls_ravel(LS_HERE, (a))

/** Axes in another order: axis i of the result is axis .axis[i] of a. Left out: all axes reversed. LS_EAXIS unless each
 *  axis stands once. */
LS_API ls_array *ls_transpose(const char *place, const ls_array *a, const ls_axis_options *options);
#define ls_transpose(...) LS_WITH_OPTIONS(ls_transpose, ls_axis_options, __VA_ARGS__, LS_OPTIONS_END(ls_axis_options))
/** The same with the axes as an argument: ls_permute_dims(a, LS_AXIS(1, 0)). */
LS_API ls_array *ls_permute_dims(const char *place, const ls_array *a, ls_axis axes);
#define ls_permute_dims(a, axes) ls_permute_dims(LS_HERE, (a), (axes))
/** Last two axes exchanged. LS_ESHAPE below two axes. */
LS_API ls_array *ls_matrix_transpose(const char *place, const ls_array *a);
#define ls_matrix_transpose(a) ls_matrix_transpose(LS_HERE, (a))
/** Two axes exchanged. */
LS_API ls_array *ls_swapaxes(const char *place, const ls_array *a, int64_t axis1, int64_t axis2);
#define ls_swapaxes(a, axis1, axis2) ls_swapaxes(LS_HERE, (a), (axis1), (axis2))
/** One axis taken out and put in at another position. */
LS_API ls_array *ls_moveaxis(const char *place, const ls_array *a, int64_t source, int64_t destination);
#define ls_moveaxis(a, source, destination) ls_moveaxis(LS_HERE, (a), (source), (destination))

/** Without axes of size 1: those of .axis, all of them when left out. LS_ESHAPE for an axis of another size. */
LS_API ls_array *ls_squeeze(const char *place, const ls_array *a, const ls_axis_options *options);
#define ls_squeeze(...) LS_WITH_OPTIONS(ls_squeeze, ls_axis_options, __VA_ARGS__, LS_OPTIONS_END(ls_axis_options))
/** With new axes of size 1 at these positions of the result. LS_EAXIS when one is out of range or repeated. */
LS_API ls_array *ls_expand_dims(const char *place, const ls_array *a, ls_axis axes);
#define ls_expand_dims(a, axes) ls_expand_dims(LS_HERE, (a), (axes))
/** Stretched to a shape by broadcasting; such a view cannot be written. LS_ESHAPE names both shapes. */
LS_API ls_array *ls_broadcast_to(const char *place, const ls_array *a, ls_shape shape);
#define ls_broadcast_to(a, shape) ls_broadcast_to(LS_HERE, (a), (shape))
/** Order of elements reversed along .axis, along all axes when left out. */
LS_API ls_array *ls_flip(const char *place, const ls_array *a, const ls_axis_options *options);
#define ls_flip(...) LS_WITH_OPTIONS(ls_flip, ls_axis_options, __VA_ARGS__, LS_OPTIONS_END(ls_axis_options))

/** Arrays one after another along an existing axis (.axis, one; default 0): a new array, evaluated at once. Dtypes
 *  promote. LS_ESHAPE names the array and the axis where shapes differ; LS_EARGUMENT for an empty list. */
LS_API ls_array *ls_concat(const char *place, ls_list arrays, const ls_axis_options *options);
#define ls_concat(...) LS_WITH_OPTIONS(ls_concat, ls_axis_options, __VA_ARGS__, LS_OPTIONS_END(ls_axis_options))
/** Arrays of one shape along a new axis (.axis of the result; default 0): a new array, evaluated at once. */
LS_API ls_array *ls_stack(const char *place, ls_list arrays, const ls_axis_options *options);
#define ls_stack(...) LS_WITH_OPTIONS(ls_stack, ls_axis_options, __VA_ARGS__, LS_OPTIONS_END(ls_axis_options))
/** `count` equal parts along .axis (one; default 0) as views into parts[0 .. count). LS_ESHAPE when the axis does not
 *  divide. On an error every part is NULL. Does not end a chain: the status is also recorded. */
LS_API ls_status ls_split(const char *place, const ls_array *a, int64_t count, ls_array **parts,
                          const ls_axis_options *options);
#define ls_split(a, count, ...) LS_SPLIT_(a, count, __VA_ARGS__, LS_OPTIONS_END(ls_axis_options))
#define LS_SPLIT_(a, count, parts, ...) LS_WITH_OPTIONS3(ls_split, ls_axis_options, a, count, parts, __VA_ARGS__)

LS_END_DECLS

#endif
