/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Arrays put together: new memory, into whose parts the arrays are written. */
#include "api/call.h"
#include "lockstep/scope.h"
#include "lockstep/view.h"

/* What the list has in common: device and dtype. */
static ls_status list_check(ls_list list, lsi_backend **backend, ls_dtype *dtype)
{
    if (list.count <= 0 || !list.arrays) {
        return lsi_fail(LS_EARGUMENT, "the list has %lld arrays", (long long)list.count);
    }
    *dtype = LS_DTYPE_DEFAULT;
    for (int64_t i = 0; i < list.count; i++) {
        const ls_array *a = lsi_array_check(list.arrays[i], (int)i + 1);
        if (!a) {
            return lsi_pending_error();
        }
        if (i && lsi_array_backend(a) != *backend) {
            return lsi_fail(LS_EDEVICE, "arrays 1 and %lld are on different devices: %s and %s", (long long)i + 1,
                            (*backend)->name, lsi_array_backend(a)->name);
        }
        *backend = lsi_array_backend(a);
        *dtype = *dtype ? lsi_promote(*dtype, a->dtype) : a->dtype;
    }
    return LS_OK;
}

/* The shapes must agree, but for `axis` (-1: everywhere). */
static ls_status shapes_check(ls_list list, int axis)
{
    const ls_array *first = list.arrays[0];
    for (int64_t i = 1; i < list.count; i++) {
        const ls_array *a = list.arrays[i];
        bool same = a->ndim == first->ndim;
        for (int k = 0; same && k < a->ndim; k++) {
            same = k == axis || lsi_array_shape(a)[k] == lsi_array_shape(first)[k];
        }
        if (!same) {
            char x[LSI_SHAPE_TEXT], y[LSI_SHAPE_TEXT];
            return lsi_fail(LS_ESHAPE, "shapes %s and %s of arrays 1 and %lld differ%s",
                            lsi_shape_text(first->ndim, lsi_array_shape(first), x),
                            lsi_shape_text(a->ndim, lsi_array_shape(a), y), (long long)i + 1,
                            axis < 0 ? "" : " on another axis than the one joined");
        }
    }
    return LS_OK;
}

static void drop(ls_array *a)
{
    if (a && lsi_scope_disown(&a->owned)) {
        lsi_array_release(a);
    }
}

/* Writes one array into the part of `out` that begins at `begin` along `axis`. */
static ls_status put(const ls_array *out, const ls_array *a, int axis, int64_t begin, int64_t size, bool new_axis)
{
    lsi_layout part;
    lsi_array_layout(out, &part);
    part.offset += begin * part.strides[axis];
    part.shape[axis] = size;
    if (new_axis) { /* the axis of size 1 goes away: the array has none there */
        lsi_layout with = part;
        if (lsi_layout_squeeze(&with, (ls_axis){1, (const int64_t[]){axis}}, &part)) {
            return lsi_pending_error();
        }
    }
    ls_array *view = lsi_array_view(out, &part);
    ls_status status = view ? lsi_array_assign(view, ls_operand_array(a)) : lsi_pending_error();
    drop(view);
    return status;
}

static ls_array *join(ls_list list, int axis, bool new_axis, lsi_backend *backend, ls_dtype dtype)
{
    int64_t shape[LS_MAX_NDIM], count, total = 0;
    int ndim = 0;
    for (int64_t i = 0; i < list.count; i++) {
        int64_t size = new_axis ? 1 : lsi_array_shape(list.arrays[i])[axis];
        if (!lsi_add_size(total, size, &total)) {
            lsi_fail(LS_EOVERFLOW, "axis %d of all arrays together is too long", axis);
            return NULL;
        }
    }
    for (int k = 0; k < list.arrays[0]->ndim + new_axis; k++) {
        shape[ndim++] = k == axis ? total : lsi_array_shape(list.arrays[0])[k - (new_axis && k > axis)];
    }
    if (lsi_shape_count(ndim, shape, lsi_dtype_size(dtype), &count)) {
        return NULL;
    }
    ls_array *out = lsi_array_new(backend, dtype, ndim, shape);
    int64_t begin = 0;
    for (int64_t i = 0; out && i < list.count; i++) {
        int64_t size = new_axis ? 1 : lsi_array_shape(list.arrays[i])[axis];
        if (put(out, list.arrays[i], axis, begin, size, new_axis)) {
            drop(out);
            return NULL;
        }
        begin += size;
    }
    return out;
}

static ls_array *join_list(ls_list list, const ls_axis_options *options, bool new_axis)
{
    ls_axis_options o;
    lsi_backend *backend = NULL;
    ls_dtype dtype = LS_DTYPE_DEFAULT;
    int axis;
    if (lsi_options(&o, sizeof o, options) || list_check(list, &backend, &dtype)) {
        return NULL;
    }
    int ndim = list.arrays[0]->ndim + new_axis;
    if (ndim > LS_MAX_NDIM) {
        lsi_fail(LS_ESHAPE, "the result would have %d axes, more than %d", ndim, LS_MAX_NDIM);
        return NULL;
    }
    if (lsi_axis_normalise(o.axis.axes ? o.axis.axes[0] : 0, ndim, &axis) ||
        shapes_check(list, new_axis ? -1 : axis)) {
        return NULL;
    }
    return join(list, axis, new_axis, backend, dtype);
}

ls_array *(ls_concat)(const char *place, ls_list arrays, const ls_axis_options *options)
{
    LSI_CALL("ls_concat", place);
    return join_list(arrays, options, false);
}

ls_array *(ls_stack)(const char *place, ls_list arrays, const ls_axis_options *options)
{
    LSI_CALL("ls_stack", place);
    return join_list(arrays, options, true);
}
