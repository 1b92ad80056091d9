/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Shapes, strides and views as numbers: checked arithmetic, broadcasting, reshaping, axes, slice text. Knows no memory.
 * Strides and offsets are in elements. A "layout" is what a handle adds to memory. */
#ifndef LSI_CORE_SHAPE_H
#define LSI_CORE_SHAPE_H

#include "lockstep/types.h"

typedef struct lsi_layout {
    int ndim;
    int64_t offset;                 /* of element (0, ..., 0) from the buffer's first element */
    int64_t shape[LS_MAX_NDIM];
    int64_t strides[LS_MAX_NDIM];   /* may be 0 or negative */
} lsi_layout;

/* a * b and a + b for sizes >= 0; false on overflow of int64. */
bool lsi_mul_size(int64_t a, int64_t b, int64_t *out);
bool lsi_add_size(int64_t a, int64_t b, int64_t *out);
/* Number of elements; LS_EARGUMENT for a negative size, LS_EOVERFLOW when elements * element_size exceeds INT64_MAX.
 * Zeros are seen before the product. */
ls_status lsi_shape_count(int ndim, const int64_t *shape, size_t element_size, int64_t *count);
/* Checks a public shape (ndim 0..32, sizes >= 0) and copies it. */
ls_status lsi_shape_check(ls_shape shape, int *ndim, int64_t *sizes);
/* "(3,4)", "(5,)", "()" into text; returns text. */
enum { LSI_SHAPE_TEXT = 512 };
const char *lsi_shape_text(int ndim, const int64_t *shape, char text[LSI_SHAPE_TEXT]);

void lsi_layout_contiguous(lsi_layout *layout, int ndim, const int64_t *shape); /* C order, offset 0 */
/* Gives the layout other strides; LS_EOVERFLOW when elements of `size` bytes would lie further apart than memory is wide. */
ls_status lsi_layout_set_strides(lsi_layout *layout, const int64_t *strides, size_t size);
int64_t lsi_layout_count(const lsi_layout *layout);        /* elements (already known not to overflow) */
bool lsi_layout_is_contiguous(const lsi_layout *layout);   /* C order without gaps; any offset; size-1 axes ignored */
/* Lowest and highest element index touched; both 0 and count 0 when empty. */
void lsi_layout_extent(const lsi_layout *layout, int64_t *lowest, int64_t *highest);
/* Whether two views of one buffer may share an element. Never false when they do; also tells apart views that interleave
 * or lie side by side: even and odd rows, left and right columns. */
bool lsi_layout_overlap(const lsi_layout *a, const lsi_layout *b);
bool lsi_layout_same(const lsi_layout *a, const lsi_layout *b);

/* NumPy broadcasting of n shapes into out; LS_ESHAPE names both shapes and the axis. */
ls_status lsi_broadcast_shapes(int n, const lsi_layout *const *layouts, int *ndim, int64_t *shape);
/* View of `in` stretched to shape (stride 0 where stretched); LS_ESHAPE when it does not fit. */
ls_status lsi_layout_broadcast(const lsi_layout *in, int ndim, const int64_t *shape, lsi_layout *out);

/* Axis normalisation: negative from the end; LS_EAXIS with the value and the range. */
ls_status lsi_axis_normalise(int64_t axis, int ndim, int *out);
/* A list as flags[axis]; repeated axes are LS_EAXIS. No list (count 0) = all axes. */
ls_status lsi_axes_normalise(ls_axis axes, int ndim, bool flags[LS_MAX_NDIM]);

/* The calls below write *out on success only; `in` and `out` may be the same layout.
 * Reshape: at most one size -1. `as_view` tells whether strides exist (else the caller copies first). */
ls_status lsi_layout_reshape(const lsi_layout *in, ls_shape shape, lsi_layout *out, bool *as_view);
/* Permutation of all axes (each once); none given: reversed, as NumPy's transpose. */
ls_status lsi_layout_permute(const lsi_layout *in, ls_axis axes, lsi_layout *out);
ls_status lsi_layout_squeeze(const lsi_layout *in, ls_axis axes, lsi_layout *out);     /* none given: every size-1 axis */
ls_status lsi_layout_expand(const lsi_layout *in, ls_axis axes, lsi_layout *out);      /* axes of the result */
ls_status lsi_layout_flip(const lsi_layout *in, ls_axis axes, lsi_layout *out);        /* none given: all */
/* NumPy slice text: "2:10, ::-1", "..., 0", "None, 3", "newaxis"; integers may be negative; at most one "...".
 * LS_ESYNTAX shows the text with the position, LS_EINDEX the index, the axis and its size. */
ls_status lsi_layout_slice(const lsi_layout *in, const char *text, lsi_layout *out);

/* A view of a view: `view` counts the elements of `of` in C order, whose strides say where they lie. False when no strides
 * say where the elements of both lie, or when there are none. Offsets add up: the result's is in the memory of `of`. */
bool lsi_layout_through(const lsi_layout *view, const lsi_layout *of, lsi_layout *out);

/* Joins neighbouring axes that every one of n stride rows steps through as one, and drops size-1 axes, in place:
 * shape[ndim], strides[k][ndim] for k < n. `barrier` (may be NULL) flags axes that must not merge with the previous one.
 * Returns the new ndim (0 for a single element). The order of elements is unchanged. */
int lsi_collapse(int ndim, int64_t *shape, int n, int64_t *const *strides, const bool *barrier);

#endif
