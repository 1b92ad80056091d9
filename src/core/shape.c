/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sizes, strides, broadcasting and axes. Decides what fits what and says so with both shapes in the text; leaves the
 * slice text to slice.c and changes of shape to reshape.c. Every size product goes through lsi_mul_size. */
#include "shape.h"
#include "error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool lsi_mul_size(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

bool lsi_add_size(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

const char *lsi_shape_text(int ndim, const int64_t *shape, char text[LSI_SHAPE_TEXT])
{
    static const char cut[] = "...)";
    const size_t room = LSI_SHAPE_TEXT - sizeof cut;
    size_t used = 1;
    text[0] = '(';
    for (int axis = 0; axis < ndim; axis++) {
        char size[24];
        const int length = snprintf(size, sizeof size, "%" PRId64 "%s", shape[axis],
                                    axis + 1 < ndim || ndim == 1 ? "," : "");
        if (used + (size_t)length > room) {
            memcpy(text + used, cut, sizeof cut);
            return text;
        }
        memcpy(text + used, size, (size_t)length);
        used += (size_t)length;
    }
    memcpy(text + used, ")", 2);
    return text;
}

static bool any_zero(int ndim, const int64_t *shape)
{
    for (int axis = 0; axis < ndim; axis++)
        if (shape[axis] == 0) return true;
    return false;
}

static ls_status check_sizes(int ndim, const int64_t *shape)
{
    for (int axis = 0; axis < ndim; axis++)
        if (shape[axis] < 0)
            return lsi_fail(LS_EARGUMENT, "the size of axis %d is negative (%" PRId64 ")", axis, shape[axis]);
    return LS_OK;
}

ls_status lsi_shape_count(int ndim, const int64_t *shape, size_t element_size, int64_t *count)
{
    const ls_status status = check_sizes(ndim, shape);
    if (status != LS_OK) return status;
    int64_t elements = 1, bytes = 0;
    bool fits = true;
    if (any_zero(ndim, shape)) elements = 0;
    for (int axis = 0; axis < ndim && fits && elements != 0; axis++)
        fits = lsi_mul_size(elements, shape[axis], &elements);
    if (!fits || !lsi_mul_size(elements, (int64_t)element_size, &bytes)) {
        char text[LSI_SHAPE_TEXT];
        return lsi_fail(LS_EOVERFLOW, "shape %s with elements of %zu bytes exceeds 2^63 bytes",
                        lsi_shape_text(ndim, shape, text), element_size);
    }
    *count = elements;
    return LS_OK;
}

ls_status lsi_shape_check(ls_shape shape, int *ndim, int64_t *sizes)
{
    if (shape.ndim < 0 || shape.ndim > LS_MAX_NDIM)
        return lsi_fail(LS_EARGUMENT, "%" PRId64 " axes, but an array has 0 to %d", shape.ndim, LS_MAX_NDIM);
    if (shape.ndim > 0 && !shape.sizes) return lsi_fail(LS_EARGUMENT, "the shape's sizes are NULL");
    const ls_status status = check_sizes((int)shape.ndim, shape.sizes);
    if (status != LS_OK) return status;
    *ndim = (int)shape.ndim;
    for (int axis = 0; axis < *ndim; axis++) sizes[axis] = shape.sizes[axis];
    return LS_OK;
}

/* -- layouts ------------------------------------------------------------------------------------------------------ */

/* An empty array may have sizes whose product does not fit; its strides reach nothing and are cut to 0 then. */
void lsi_layout_contiguous(lsi_layout *layout, int ndim, const int64_t *shape)
{
    int64_t step = 1;
    layout->ndim = ndim;
    layout->offset = 0;
    for (int axis = ndim - 1; axis >= 0; axis--) {
        const int64_t size = shape[axis];
        layout->shape[axis] = size;
        layout->strides[axis] = step;
        if (size > 1 && !lsi_mul_size(step, size, &step)) step = 0;
    }
}

ls_status lsi_layout_set_strides(lsi_layout *layout, const int64_t *strides, size_t size)
{
    for (int i = 0; i < layout->ndim; i++) {
        int64_t reach;
        if (__builtin_mul_overflow(strides[i], layout->shape[i], &reach) ||
            __builtin_mul_overflow(reach, (int64_t)size, &reach) || reach > INT64_MAX / 64 || reach < INT64_MIN / 64) {
            return lsi_fail(LS_EOVERFLOW, "axis %d of size %lld with stride %lld reaches too far", i,
                            (long long)layout->shape[i], (long long)strides[i]);
        }
        layout->strides[i] = strides[i];
    }
    return LS_OK;
}

int64_t lsi_layout_count(const lsi_layout *layout)
{
    if (any_zero(layout->ndim, layout->shape)) return 0;
    int64_t count = 1;
    for (int axis = 0; axis < layout->ndim; axis++) count *= layout->shape[axis];
    return count;
}

bool lsi_layout_is_contiguous(const lsi_layout *layout)
{
    int64_t step = 1;
    for (int axis = layout->ndim - 1; axis >= 0; axis--) {
        const int64_t size = layout->shape[axis];
        if (size == 1) continue;
        if (layout->strides[axis] != step) return any_zero(layout->ndim, layout->shape);
        if (!lsi_mul_size(step, size, &step)) return any_zero(layout->ndim, layout->shape);
    }
    return true;
}

void lsi_layout_extent(const lsi_layout *layout, int64_t *lowest, int64_t *highest)
{
    *lowest = *highest = 0;
    if (any_zero(layout->ndim, layout->shape)) return;
    *lowest = *highest = layout->offset;
    for (int axis = 0; axis < layout->ndim; axis++) {
        const int64_t reach = (layout->shape[axis] - 1) * layout->strides[axis];
        *(reach < 0 ? lowest : highest) += reach;
    }
}

bool lsi_layout_same(const lsi_layout *a, const lsi_layout *b)
{
    if (a->ndim != b->ndim || a->offset != b->offset) return false;
    for (int axis = 0; axis < a->ndim; axis++)
        if (a->shape[axis] != b->shape[axis] || (a->shape[axis] > 1 && a->strides[axis] != b->strides[axis]))
            return false;
    return true;
}

/* The interval that a view's indices fall in, modulo `period`: axes whose stride is a multiple of it drop out. */
static void interval_modulo(const lsi_layout *layout, int64_t period, int64_t *first, int64_t *width)
{
    lsi_layout rest = {.ndim = 0, .offset = layout->offset};
    int64_t last;
    for (int axis = 0; axis < layout->ndim; axis++) {
        if (layout->strides[axis] % period == 0) continue;
        rest.shape[rest.ndim] = layout->shape[axis];
        rest.strides[rest.ndim++] = layout->strides[axis];
    }
    lsi_layout_extent(&rest, first, &last);
    *width = last - *first;
}

static int64_t modulo(int64_t x, int64_t period)
{
    const int64_t r = x % period;
    return r < 0 ? r + period : r;
}

/* Two views that step by `period` and, in between, stay in intervals that do not meet: the even and the odd elements,
 * the left and the right columns of a matrix. */
static bool apart_modulo(const lsi_layout *a, const lsi_layout *b, int64_t period)
{
    int64_t first_a, width_a, first_b, width_b;
    interval_modulo(a, period, &first_a, &width_a);
    interval_modulo(b, period, &first_b, &width_b);
    return modulo(first_b - first_a, period) > width_a && modulo(first_a - first_b, period) > width_b;
}

static int64_t magnitude(int64_t x)
{
    return x < 0 ? -x : x;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        const int64_t r = a % b;
        a = b;
        b = r;
    }
    return a;
}

/* Tries each stride that really steps, and at the end the divisor of all of them. */
static bool apart_by_some_stride(const lsi_layout *a, const lsi_layout *b)
{
    int64_t divisor = 0;
    for (int side = 0; side < 2; side++) {
        const lsi_layout *layout = side == 0 ? a : b;
        for (int axis = 0; axis < layout->ndim; axis++) {
            const int64_t stride = magnitude(layout->strides[axis]);
            if (layout->shape[axis] < 2 || stride == 0) continue;
            if (stride > 1 && apart_modulo(a, b, stride)) return true;
            divisor = common_divisor(divisor, stride);
        }
    }
    return divisor > 1 && apart_modulo(a, b, divisor);
}

bool lsi_layout_overlap(const lsi_layout *a, const lsi_layout *b)
{
    if (any_zero(a->ndim, a->shape) || any_zero(b->ndim, b->shape)) return false;
    int64_t low_a, high_a, low_b, high_b;
    lsi_layout_extent(a, &low_a, &high_a);
    lsi_layout_extent(b, &low_b, &high_b);
    if (high_a < low_b || high_b < low_a) return false;
    return !apart_by_some_stride(a, b);
}

/* -- broadcasting ------------------------------------------------------------------------------------------------- */

static ls_status fail_broadcast(const lsi_layout *a, const lsi_layout *b, int axis, int64_t size_a, int64_t size_b)
{
    char text_a[LSI_SHAPE_TEXT], text_b[LSI_SHAPE_TEXT];
    return lsi_fail(LS_ESHAPE, "shapes %s and %s do not broadcast (axis %d: %" PRId64 " and %" PRId64 ")",
                    lsi_shape_text(a->ndim, a->shape, text_a), lsi_shape_text(b->ndim, b->shape, text_b), axis, size_a,
                    size_b);
}

ls_status lsi_broadcast_shapes(int n, const lsi_layout *const *layouts, int *ndim, int64_t *shape)
{
    const lsi_layout *decided_by[LS_MAX_NDIM]; /* the operand whose size an axis has; for the text */
    int rank = 0;
    for (int k = 0; k < n; k++)
        if (layouts[k]->ndim > rank) rank = layouts[k]->ndim;
    for (int axis = 0; axis < rank; axis++) shape[axis] = 1;
    for (int k = 0; k < n; k++) {
        const int shift = rank - layouts[k]->ndim;
        for (int axis = shift; axis < rank; axis++) {
            const int64_t size = layouts[k]->shape[axis - shift];
            if (size == 1 || size == shape[axis]) continue;
            if (shape[axis] != 1) return fail_broadcast(decided_by[axis], layouts[k], axis, shape[axis], size);
            shape[axis] = size;
            decided_by[axis] = layouts[k];
        }
    }
    *ndim = rank;
    return LS_OK;
}

ls_status lsi_layout_broadcast(const lsi_layout *in, int ndim, const int64_t *shape, lsi_layout *out)
{
    lsi_layout result = {.ndim = ndim, .offset = in->offset};
    const int shift = ndim - in->ndim;
    char from[LSI_SHAPE_TEXT], to[LSI_SHAPE_TEXT];
    if (shift < 0)
        return lsi_fail(LS_ESHAPE, "shape %s does not broadcast to %s, which has fewer axes",
                        lsi_shape_text(in->ndim, in->shape, from), lsi_shape_text(ndim, shape, to));
    for (int axis = 0; axis < ndim; axis++) {
        const int64_t size = axis < shift ? 1 : in->shape[axis - shift];
        if (size != 1 && size != shape[axis])
            return lsi_fail(LS_ESHAPE, "shape %s does not broadcast to %s (axis %d: %" PRId64 " and %" PRId64 ")",
                            lsi_shape_text(in->ndim, in->shape, from), lsi_shape_text(ndim, shape, to), axis, size,
                            shape[axis]);
        result.shape[axis] = shape[axis];
        result.strides[axis] = axis < shift || (size == 1 && shape[axis] != 1) ? 0 : in->strides[axis - shift];
    }
    *out = result;
    return LS_OK;
}

/* -- axes --------------------------------------------------------------------------------------------------------- */

ls_status lsi_axis_normalise(int64_t axis, int ndim, int *out)
{
    if (axis >= -ndim && axis < ndim) {
        *out = (int)(axis < 0 ? axis + ndim : axis);
        return LS_OK;
    }
    if (ndim == 0) return lsi_fail(LS_EAXIS, "axis %" PRId64 " of an array without axes", axis);
    return lsi_fail(LS_EAXIS, "axis %" PRId64 " is out of range for %d %s (%d to %d)", axis, ndim,
                    ndim == 1 ? "axis" : "axes", -ndim, ndim - 1);
}

ls_status lsi_axes_normalise(ls_axis axes, int ndim, bool flags[LS_MAX_NDIM])
{
    const bool all = axes.count == 0;
    if (axes.count < 0 || (axes.count > 0 && !axes.axes))
        return lsi_fail(LS_EARGUMENT, "a list of %" PRId64 " axes without axes", axes.count);
    for (int axis = 0; axis < LS_MAX_NDIM; axis++) flags[axis] = all && axis < ndim;
    for (int64_t k = 0; k < axes.count; k++) {
        int axis = 0;
        const ls_status status = lsi_axis_normalise(axes.axes[k], ndim, &axis);
        if (status != LS_OK) return status;
        if (flags[axis]) return lsi_fail(LS_EAXIS, "axis %" PRId64 " is given twice", axes.axes[k]);
        flags[axis] = true;
    }
    return LS_OK;
}
