/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Views: every call computes a layout (core/shape.h) and makes a handle on the same cell. */
#include "lockstep/view.h"
#include "api/call.h"

#include <stdarg.h>
#include <stdio.h>

enum { SLICE_TEXT = 4096 };

/* The array's layout; false with the error recorded when it is no array. */
static bool layout_take(const ls_array *a, lsi_layout *layout)
{
    if (!lsi_array_check(a, 1)) {
        return false;
    }
    lsi_array_layout(a, layout);
    return true;
}

static ls_axis axis_take(const ls_axis_options *options, ls_status *status)
{
    ls_axis_options o;
    *status = lsi_options(&o, sizeof o, options);
    return o.axis;
}

ls_array *(ls_at)(const char *place, const ls_array *a, const char *slices, ...)
{
    LSI_CALL("ls_at", place);
    lsi_layout in, out;
    if (!layout_take(a, &in)) {
        return NULL;
    }
    if (!slices) {
        lsi_fail_null(2);
        return NULL;
    }
    char text[SLICE_TEXT];
    va_list arguments;
    va_start(arguments, slices);
    int length = vsnprintf(text, sizeof text, slices, arguments);
    va_end(arguments);
    if (length < 0 || length >= SLICE_TEXT) {
        lsi_fail(LS_ESYNTAX, "slice text of %d characters is longer than %d", length, SLICE_TEXT - 1);
        return NULL;
    }
    return lsi_layout_slice(&in, text, &out) ? NULL : lsi_array_view(a, &out);
}

static ls_array *reshape(const ls_array *a, ls_shape shape)
{
    lsi_layout in, out;
    bool as_view;
    if (!layout_take(a, &in) || lsi_layout_reshape(&in, shape, &out, &as_view)) {
        return NULL;
    }
    if (as_view) {
        return lsi_array_view(a, &out);
    }
    ls_array *copy = lsi_array_cast(a, a->dtype);
    if (!copy) {
        return NULL;
    }
    lsi_layout_contiguous(&in, out.ndim, out.shape);
    ls_array *view = lsi_array_view(copy, &in);
    if (lsi_scope_disown(&copy->owned)) {
        lsi_array_release(copy);
    }
    return view;
}

ls_array *(ls_reshape)(const char *place, const ls_array *a, ls_shape shape)
{
    LSI_CALL("ls_reshape", place);
    return reshape(a, shape);
}

ls_array *(ls_ravel)(const char *place, const ls_array *a)
{
    LSI_CALL("ls_ravel", place);
    return reshape(a, (ls_shape){1, (const int64_t[]){-1}});
}

static ls_array *permuted(const ls_array *a, const int64_t *order)
{
    lsi_layout in, out;
    lsi_array_layout(a, &in);
    return lsi_layout_permute(&in, (ls_axis){in.ndim, order}, &out) ? NULL : lsi_array_view(a, &out);
}

static ls_array *reversed(const ls_array *a)
{
    int64_t order[LS_MAX_NDIM];
    for (int i = 0; i < a->ndim; i++) {
        order[i] = a->ndim - 1 - i;
    }
    return permuted(a, order);
}

static ls_array *permute(const ls_array *a, ls_axis axes)
{
    lsi_layout in, out;
    if (!layout_take(a, &in) || lsi_layout_permute(&in, axes, &out)) {
        return NULL;
    }
    return lsi_array_view(a, &out);
}

ls_array *(ls_transpose)(const char *place, const ls_array *a, const ls_axis_options *options)
{
    LSI_CALL("ls_transpose", place);
    ls_status status;
    ls_axis axes = axis_take(options, &status);
    if (status || !lsi_array_check(a, 1)) {
        return NULL;
    }
    return axes.axes ? permute(a, axes) : reversed(a);
}

ls_array *(ls_permute_dims)(const char *place, const ls_array *a, ls_axis axes)
{
    LSI_CALL("ls_permute_dims", place);
    return permute(a, axes);
}

/* Axes in order, but one taken from `from` and put in at `to`. */
static ls_array *moved(const ls_array *a, int from, int to)
{
    int64_t order[LS_MAX_NDIM];
    for (int i = 0, next = 0; i < a->ndim; i++) {
        next += next == from;
        order[i] = i == to ? from : next++;
    }
    return permuted(a, order);
}

static ls_array *swapped(const ls_array *a, int i, int j)
{
    int64_t order[LS_MAX_NDIM];
    for (int k = 0; k < a->ndim; k++) {
        order[k] = k == i ? j : k == j ? i : k;
    }
    return permuted(a, order);
}

ls_array *(ls_matrix_transpose)(const char *place, const ls_array *a)
{
    LSI_CALL("ls_matrix_transpose", place);
    if (!lsi_array_check(a, 1)) {
        return NULL;
    }
    if (a->ndim < 2) {
        lsi_fail(LS_ESHAPE, "a matrix has at least 2 axes, the array has %d", a->ndim);
        return NULL;
    }
    return swapped(a, a->ndim - 2, a->ndim - 1);
}

ls_array *(ls_swapaxes)(const char *place, const ls_array *a, int64_t axis1, int64_t axis2)
{
    LSI_CALL("ls_swapaxes", place);
    int i, j;
    if (!lsi_array_check(a, 1) || lsi_axis_normalise(axis1, a->ndim, &i) || lsi_axis_normalise(axis2, a->ndim, &j)) {
        return NULL;
    }
    return swapped(a, i, j);
}

ls_array *(ls_moveaxis)(const char *place, const ls_array *a, int64_t source, int64_t destination)
{
    LSI_CALL("ls_moveaxis", place);
    int i, j;
    if (!lsi_array_check(a, 1) || lsi_axis_normalise(source, a->ndim, &i) ||
        lsi_axis_normalise(destination, a->ndim, &j)) {
        return NULL;
    }
    return moved(a, i, j);
}

ls_array *(ls_squeeze)(const char *place, const ls_array *a, const ls_axis_options *options)
{
    LSI_CALL("ls_squeeze", place);
    ls_status status;
    ls_axis axes = axis_take(options, &status);
    lsi_layout in, out;
    if (status || !layout_take(a, &in) || lsi_layout_squeeze(&in, axes, &out)) {
        return NULL;
    }
    return lsi_array_view(a, &out);
}

ls_array *(ls_expand_dims)(const char *place, const ls_array *a, ls_axis axes)
{
    LSI_CALL("ls_expand_dims", place);
    lsi_layout in, out;
    if (!layout_take(a, &in) || lsi_layout_expand(&in, axes, &out)) {
        return NULL;
    }
    return lsi_array_view(a, &out);
}

ls_array *(ls_broadcast_to)(const char *place, const ls_array *a, ls_shape shape)
{
    LSI_CALL("ls_broadcast_to", place);
    lsi_layout in, out;
    int ndim;
    int64_t sizes[LS_MAX_NDIM];
    if (!layout_take(a, &in) || lsi_shape_check(shape, &ndim, sizes) ||
        lsi_layout_broadcast(&in, ndim, sizes, &out)) {
        return NULL;
    }
    return lsi_array_view(a, &out);
}

ls_array *(ls_flip)(const char *place, const ls_array *a, const ls_axis_options *options)
{
    LSI_CALL("ls_flip", place);
    ls_status status;
    ls_axis axes = axis_take(options, &status);
    lsi_layout in, out;
    if (status || !layout_take(a, &in) || lsi_layout_flip(&in, axes, &out)) {
        return NULL;
    }
    return lsi_array_view(a, &out);
}

/* --- parts --- */

static ls_status split_check(const ls_array *a, int64_t count, ls_array **parts, ls_axis axes, int *axis)
{
    if (!lsi_array_check(a, 1)) {
        return lsi_pending_error();
    }
    if (!parts) {
        return lsi_fail_null(3);
    }
    ls_status status = lsi_axis_normalise(axes.axes ? axes.axes[0] : 0, a->ndim, axis);
    if (status) {
        return status;
    }
    int64_t size = lsi_array_shape(a)[*axis];
    if (count <= 0 || size % count != 0) {
        return lsi_fail(LS_ESHAPE, "axis %d of size %lld does not divide into %lld equal parts", *axis, (long long)size,
                        (long long)count);
    }
    return LS_OK;
}

ls_status (ls_split)(const char *place, const ls_array *a, int64_t count, ls_array **parts,
                     const ls_axis_options *options)
{
    LSI_CALL("ls_split", place);
    for (int64_t i = 0; parts && i < count; i++) {
        parts[i] = NULL;
    }
    int axis = 0;
    ls_status status;
    ls_axis axes = axis_take(options, &status);
    status = status ? status : split_check(a, count, parts, axes, &axis);
    for (int64_t i = 0; !status && i < count; i++) {
        lsi_layout part;
        lsi_array_layout(a, &part);
        part.shape[axis] /= count;
        part.offset += i * part.shape[axis] * part.strides[axis];
        parts[i] = lsi_array_view(a, &part);
        status = parts[i] ? LS_OK : lsi_pending_error();
    }
    for (int64_t i = 0; status && parts && i < count; i++) {
        if (parts[i] && lsi_scope_disown(&parts[i]->owned)) {
            lsi_array_release(parts[i]);
        }
        parts[i] = NULL;
    }
    return status;
}
