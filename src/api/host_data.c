/* SPDX-License-Identifier: BSD-3-Clause
 *
 * C memory in and out: copies, wraps, single values. */
#include "api/call.h"
#include "lockstep/create.h"
#include "lockstep/device.h"
#include "lockstep/evaluate.h"
#include "lockstep/scope.h"
#include "portable.h"

/* --- in --- */

typedef struct host_plan {
    ls_host_options options;
    ls_dtype data_dtype;
    int ndim;
    int64_t shape[LS_MAX_NDIM];
    int64_t count;
} host_plan;

static ls_status host_plan_take(host_plan *p, const void *data, ls_dtype pointer_dtype, ls_shape shape,
                                const ls_host_options *options)
{
    ls_status status = lsi_options(&p->options, sizeof p->options, options);
    if (status) {
        return status;
    }
    p->data_dtype = p->options.data_dtype ? p->options.data_dtype : pointer_dtype;
    if (!lsi_dtype_valid(p->data_dtype)) {
        return lsi_fail(LS_EARGUMENT, "the pointer's type has no dtype: say .data_dtype");
    }
    status = lsi_shape_check(shape, &p->ndim, p->shape);
    if (!status) {
        status = lsi_shape_count(p->ndim, p->shape, lsi_dtype_size(p->data_dtype), &p->count);
    }
    if (!status && !data && p->count > 0) {
        status = lsi_fail(LS_EARGUMENT, "data is NULL for %lld elements", (long long)p->count);
    }
    return status ? status : lsi_init();
}

ls_array *(ls_from_host)(const char *place, const void *data, ls_dtype pointer_dtype, ls_shape shape,
                         const ls_host_options *options)
{
    LSI_CALL("ls_from_host", place);
    host_plan p;
    if (host_plan_take(&p, data, pointer_dtype, shape, options)) {
        return NULL;
    }
    lsi_backend *backend = lsi_backend_wanted(p.options.device);
    if (!backend) {
        return NULL;
    }
    ls_array *a = lsi_array_new(backend, p.data_dtype, p.ndim, p.shape);
    if (!a || lsi_array_upload(a, data)) {
        ls_free(a);
        return NULL;
    }
    if (!p.options.dtype || p.options.dtype == p.data_dtype) {
        return a;
    }
    ls_array *cast = (ls_astype)(place, a, p.options.dtype);
    ls_free(a);
    return cast;
}

/* The layout of wrapped memory relative to its lowest element, and the span in elements. */
static ls_status wrap_layout(const host_plan *p, lsi_layout *layout, int64_t *span)
{
    lsi_layout_contiguous(layout, p->ndim, p->shape);
    if (p->options.strides) {
        const ls_status status = lsi_layout_set_strides(layout, p->options.strides, lsi_dtype_size(p->data_dtype));
        if (status) {
            return status;
        }
    }
    int64_t low, high;
    lsi_layout_extent(layout, &low, &high);
    layout->offset = -low;
    *span = p->count ? high - low + 1 : 0;
    return LS_OK;
}

ls_array *(ls_wrap)(const char *place, void *data, ls_dtype pointer_dtype, ls_shape shape,
                    const ls_host_options *options)
{
    LSI_CALL("ls_wrap", place);
    host_plan p;
    lsi_layout layout;
    int64_t span = 0;
    if (host_plan_take(&p, data, pointer_dtype, shape, options) || wrap_layout(&p, &layout, &span)) {
        return NULL;
    }
    size_t size = lsi_dtype_size(p.data_dtype);
    size_t alignment = lsi_dtype_kind(p.data_dtype) == LSI_KIND_COMPLEX ? size / 2 : size;
    if ((uintptr_t)data % alignment) {
        lsi_fail(LS_EARGUMENT, "%p is not aligned to %zu bytes as %s wants", data, alignment,
                 lsi_dtype_name(p.data_dtype));
        return NULL;
    }
    char *lowest = data ? (char *)data - (size_t)layout.offset * size : NULL;
    lsi_buffer *buffer = lsi_buffer_wrap(lsi_backend_host(), lowest, (size_t)span * size, NULL, NULL);
    if (!buffer) {
        lsi_fail(LS_ENOMEM, "out of memory for an array");
        return NULL;
    }
    buffer->read_only = p.options.read_only;
    lsi_buffer_retain(buffer);
    ls_array *a = lsi_array_from_buffer(buffer, p.data_dtype, &layout);
    if (a && p.options.deleter) { /* from here on the array owns the memory's end; a failed call leaves it to the caller */
        buffer->deleter = p.options.deleter;
        buffer->deleter_context = p.options.context;
    }
    lsi_buffer_release(buffer);
    return a;
}

/* --- out --- */

static double as_double(const lsi_scalar *s)
{
    switch (lsi_dtype_kind(s->dtype)) {
    case LSI_KIND_FLOAT:
        return s->value.f;
    case LSI_KIND_COMPLEX:
        return s->value.c.re;
    case LSI_KIND_UINT:
        return (double)s->value.u;
    default:
        return (double)s->value.i;
    }
}

static bool is_whole(lsi_kind kind)
{
    return kind == LSI_KIND_BOOL || kind == LSI_KIND_INT || kind == LSI_KIND_UINT;
}

/* Whether an integer variable can hold the value exactly: it comes back from the conversion. */
static bool fits(const lsi_scalar *from, const lsi_scalar *to)
{
    lsi_scalar back = lsi_scalar_cast(to, from->dtype);
    if (is_whole(lsi_dtype_kind(from->dtype))) {
        bool negative = lsi_dtype_kind(from->dtype) == LSI_KIND_INT && from->value.i < 0;
        bool to_unsigned = lsi_dtype_kind(to->dtype) != LSI_KIND_INT;
        bool to_negative = !to_unsigned && to->value.i < 0;
        return back.value.u == from->value.u && negative == to_negative;
    }
    return as_double(&back) == as_double(from) && as_double(to) == as_double(from);
}

static ls_status convert_item(const lsi_scalar *from, ls_dtype dtype, void *value)
{
    lsi_kind kind = lsi_dtype_kind(dtype);
    if (lsi_dtype_kind(from->dtype) == LSI_KIND_COMPLEX && kind != LSI_KIND_COMPLEX && from->value.c.im != 0) {
        return lsi_fail(LS_EDTYPE, "%.17g%+.17gj does not fit %s", from->value.c.re, from->value.c.im,
                        lsi_dtype_name(dtype));
    }
    lsi_scalar to = lsi_scalar_cast(from, dtype);
    if (kind != LSI_KIND_BOOL && is_whole(kind) && !fits(from, &to)) {
        return lsi_fail(LS_EOVERFLOW, "%.17g does not fit %s", as_double(from), lsi_dtype_name(dtype));
    }
    lsi_scalar_store(&to, value);
    return LS_OK;
}

static ls_status item(const ls_array *a, void *value, ls_dtype dtype)
{
    if (!lsi_array_check(a, 1)) {
        return lsi_pending_error();
    }
    if (!value) {
        return lsi_fail_null(2);
    }
    if (!lsi_dtype_valid(dtype)) {
        return lsi_fail(LS_EARGUMENT, "the pointer's type has no dtype");
    }
    if (ls_size(a) != 1) {
        char text[LSI_SHAPE_TEXT];
        return lsi_fail(LS_ESHAPE, "shape %s has %lld elements, not one",
                        lsi_shape_text(a->ndim, lsi_array_shape(a), text), (long long)ls_size(a));
    }
    char bytes[16];
    ls_status status = lsi_array_download(a, bytes);
    if (status) {
        return status;
    }
    lsi_scalar scalar;
    lsi_scalar_load(a->dtype, bytes, &scalar);
    return convert_item(&scalar, dtype, value);
}

ls_status (ls_item)(const char *place, const ls_array *a, void *value, ls_dtype value_dtype)
{
    LSI_CALL("ls_item", place);
    return lsi_report(item(a, value, value_dtype));
}

/* NaN has one form wherever its bits can be seen. */
static void canonicalise_f32(float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        x[i] = x[i] == x[i] ? x[i] : ls_from_bits_f32(0x7fc00000u);
    }
}

static void canonicalise_f64(double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        x[i] = x[i] == x[i] ? x[i] : ls_from_bits_f64(0x7ff8000000000000u);
    }
}

/* `infinity` is the exponent's bits: a larger magnitude is NaN. */
static void canonicalise_16(uint16_t *x, int64_t n, uint16_t infinity, uint16_t nan)
{
    for (int64_t i = 0; i < n; i++) {
        x[i] = (x[i] & 0x7fff) > infinity ? nan : x[i];
    }
}

static void canonicalise(ls_dtype dtype, void *data, int64_t n)
{
    switch (dtype) {
    case LS_FLOAT16:
        canonicalise_16(data, n, 0x7c00, 0x7e00);
        break;
    case LS_BFLOAT16:
        canonicalise_16(data, n, 0x7f80, 0x7fc0);
        break;
    case LS_FLOAT32:
    case LS_COMPLEX64:
        canonicalise_f32(data, dtype == LS_FLOAT32 ? n : 2 * n);
        break;
    case LS_FLOAT64:
    case LS_COMPLEX128:
        canonicalise_f64(data, dtype == LS_FLOAT64 ? n : 2 * n);
        break;
    default:
        break;
    }
}

static ls_status to_host(const char *place, const ls_array *a, void *data, int64_t count, ls_dtype dtype)
{
    if (!lsi_array_check(a, 1)) {
        return lsi_pending_error();
    }
    if (!data && count > 0) {
        return lsi_fail_null(2);
    }
    if (!lsi_dtype_valid(dtype)) {
        return lsi_fail(LS_EARGUMENT, "the pointer's type has no dtype: use ls_to_host_as");
    }
    if (ls_size(a) != count) {
        return lsi_fail(LS_ESHAPE, "the array has %lld elements, the memory is for %lld", (long long)ls_size(a),
                        (long long)count);
    }
    ls_array *cast = (ls_astype)(place, a, dtype);
    if (!cast) {
        return lsi_pending_error();
    }
    ls_status status = lsi_array_download(cast, data);
    ls_free(cast);
    if (!status) {
        canonicalise(dtype, data, count);
    }
    return status;
}

ls_status (ls_to_host)(const char *place, const ls_array *a, void *data, int64_t count, ls_dtype data_dtype)
{
    LSI_CALL("ls_to_host", place);
    return lsi_report(to_host(place, a, data, count, data_dtype));
}

const void *(ls_host_data)(const char *place, const ls_array *a)
{
    LSI_CALL("ls_host_data", place);
    ls_status status;
    if (!lsi_array_check(a, 1)) {
        return NULL;
    }
    const void *data = lsi_array_host_data(a, &status);
    if (!data && !status) {
        lsi_fail(LS_EUNSUPPORTED, "the elements are not contiguous in memory that the host reads; use ls_to_host");
    }
    return data;
}
