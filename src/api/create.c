/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Making arrays from numbers and from C memory, and asking what arrays are. */
#include "lockstep/create.h"
#include "api/call.h"
#include "lockstep/device.h"
#include "lockstep/scope.h"

#include <math.h>

/* A checked shape. */
typedef struct checked_shape {
    int ndim;
    int64_t sizes[LS_MAX_NDIM];
} checked_shape;

static ls_status shape_take(ls_shape given, ls_dtype dtype, checked_shape *out)
{
    int64_t count;
    ls_status status = lsi_shape_check(given, &out->ndim, out->sizes);
    return status ? status : lsi_shape_count(out->ndim, out->sizes, lsi_dtype_size(dtype), &count);
}

static ls_status dtype_take(ls_dtype given, ls_dtype otherwise, ls_dtype *out)
{
    *out = given ? given : otherwise;
    return lsi_dtype_valid(*out) ? LS_OK : lsi_fail(LS_EDTYPE, "%d is not a dtype", (int)*out);
}

/* What every creation call settles first. */
typedef struct plan {
    lsi_backend *backend;
    ls_dtype dtype;
    checked_shape shape;
} plan;

static ls_status plan_take(plan *p, ls_shape given, const void *options, ls_dtype otherwise)
{
    ls_array_options o;
    ls_status status = lsi_options(&o, sizeof o, options);
    if (!status) {
        status = dtype_take(o.dtype, otherwise, &p->dtype);
    }
    if (!status) {
        status = shape_take(given, p->dtype, &p->shape);
    }
    if (!status) {
        p->backend = lsi_backend_wanted(o.device);
        status = p->backend ? LS_OK : lsi_pending_error();
    }
    return status;
}

static ls_array *constant(const plan *p, ls_operand value)
{
    lsi_scalar scalar;
    if (lsi_scalar_from_operand(&value, p->dtype, &scalar)) {
        return NULL;
    }
    return lsi_array_constant(p->backend, &scalar, p->shape.ndim, p->shape.sizes);
}

ls_array *(ls_empty)(const char *place, ls_shape shape, const ls_array_options *options)
{
    LSI_CALL("ls_empty", place);
    plan p;
    return plan_take(&p, shape, options, LS_FLOAT64) ? NULL
                                                     : lsi_array_new(p.backend, p.dtype, p.shape.ndim, p.shape.sizes);
}

/* 0 or 1 in any dtype, bool included. */
static ls_array *filled(const char *function, const char *place, ls_shape shape, const ls_array_options *options,
                        ls_dtype otherwise, bool one)
{
    LSI_CALL(function, place);
    plan p;
    return plan_take(&p, shape, options, otherwise) ? NULL : constant(&p, ls_operand_bool(one));
}

ls_array *(ls_zeros)(const char *place, ls_shape shape, const ls_array_options *options)
{
    return filled("ls_zeros", place, shape, options, LS_FLOAT64, false);
}

ls_array *(ls_ones)(const char *place, ls_shape shape, const ls_array_options *options)
{
    return filled("ls_ones", place, shape, options, LS_FLOAT64, true);
}

static ls_array *full(ls_shape shape, ls_operand value, const ls_array_options *options, ls_dtype otherwise)
{
    plan p;
    if (value.kind <= LS_OPERAND_ARRAY || value.kind > LS_OPERAND_COMPLEX) {
        lsi_fail(LS_EARGUMENT, "the value must be a C number");
        return NULL;
    }
    return plan_take(&p, shape, options, otherwise ? otherwise : lsi_dtype_of_scalar(&value)) ? NULL
                                                                                             : constant(&p, value);
}

ls_array *(ls_full)(const char *place, ls_shape shape, ls_operand value, const ls_array_options *options)
{
    LSI_CALL("ls_full", place);
    return full(shape, value, options, LS_DTYPE_DEFAULT);
}

/* The options of a `_like` call: device and dtype from the array where they are not given. */
static ls_status like_options(const ls_array *a, const ls_array_options *given, ls_array_options *out)
{
    if (!lsi_array_check(a, 1)) {
        return lsi_pending_error();
    }
    ls_status status = lsi_options(out, sizeof *out, given);
    out->dtype = out->dtype ? out->dtype : a->dtype;
    out->device.id = out->device.id ? out->device.id : lsi_array_backend(a)->device;
    return status;
}

static ls_shape shape_of(const ls_array *a)
{
    return (ls_shape){a->ndim, lsi_array_shape(a)};
}

ls_array *(ls_empty_like)(const char *place, const ls_array *a, const ls_array_options *options)
{
    LSI_CALL("ls_empty_like", place);
    ls_array_options o;
    return like_options(a, options, &o) ? NULL : (ls_empty)(place, shape_of(a), &o);
}

ls_array *(ls_zeros_like)(const char *place, const ls_array *a, const ls_array_options *options)
{
    LSI_CALL("ls_zeros_like", place);
    ls_array_options o;
    return like_options(a, options, &o) ? NULL : (ls_zeros)(place, shape_of(a), &o);
}

ls_array *(ls_ones_like)(const char *place, const ls_array *a, const ls_array_options *options)
{
    LSI_CALL("ls_ones_like", place);
    ls_array_options o;
    return like_options(a, options, &o) ? NULL : (ls_ones)(place, shape_of(a), &o);
}

ls_array *(ls_full_like)(const char *place, const ls_array *a, ls_operand value, const ls_array_options *options)
{
    LSI_CALL("ls_full_like", place);
    ls_array_options o;
    return like_options(a, options, &o) ? NULL : full(shape_of(a), value, &o, a->dtype);
}

/* --- progressions --- */

static ls_array *cast_to(ls_array *a, ls_dtype dtype)
{
    return !a || a->dtype == dtype ? a : lsi_array_cast(a, dtype);
}

static ls_status real_number(const ls_operand *o, const char *name, double *out)
{
    switch (o->kind) {
    case LS_OPERAND_BOOL:
    case LS_OPERAND_INT:
        *out = (double)o->value.i;
        return LS_OK;
    case LS_OPERAND_UINT:
        *out = (double)o->value.u;
        return LS_OK;
    case LS_OPERAND_FLOAT:
        *out = o->value.f;
        return isfinite(*out) ? LS_OK : lsi_fail(LS_EARGUMENT, "%s is %g", name, *out);
    default:
        return lsi_fail(LS_EARGUMENT, "%s must be a real C number", name);
    }
}

static ls_array *arange_f64(const double v[3])
{
    double n = ceil((v[1] - v[0]) / v[2]);
    if (!(n < 0x1p63)) {
        lsi_fail(LS_EOVERFLOW, "from %g to %g by %g are too many elements", v[0], v[1], v[2]);
        return NULL;
    }
    int64_t count = n > 0 ? (int64_t)n : 0, checked;
    if (lsi_shape_count(1, &count, sizeof(double), &checked)) {
        return NULL;
    }
    lsi_scalar first = {LS_FLOAT64, {.f = v[0]}}, step = {LS_FLOAT64, {.f = (v[0] + v[2]) - v[0]}};
    return lsi_array_iota(lsi_backend_default(), &first, &step, NULL, 1, &count);
}

static ls_array *arange_i64(const int64_t v[3])
{
    uint64_t span = v[2] > 0 ? (uint64_t)v[1] - (uint64_t)v[0] : (uint64_t)v[0] - (uint64_t)v[1];
    uint64_t width = v[2] > 0 ? (uint64_t)v[2] : 0 - (uint64_t)v[2];
    bool none = v[2] > 0 ? v[1] <= v[0] : v[1] >= v[0];
    uint64_t n = none ? 0 : (span - 1) / width + 1;
    int64_t count = n > INT64_MAX ? INT64_MAX : (int64_t)n, checked;
    if (lsi_shape_count(1, &count, sizeof(int64_t), &checked)) {
        return NULL;
    }
    lsi_scalar first = {LS_INT64, {.i = v[0]}}, step = {LS_INT64, {.i = v[2]}};
    return lsi_array_iota(lsi_backend_default(), &first, &step, NULL, 1, &count);
}

ls_array *(ls_arange)(const char *place, ls_operand start, ls_operand stop, ls_operand step)
{
    LSI_CALL("ls_arange", place);
    const ls_operand given[3] = {start.kind ? start : ls_operand_i64(0), stop, step.kind ? step : ls_operand_i64(1)};
    static const char *const names[3] = {"start", "stop", "step"};
    double f[3];
    int64_t i[3];
    bool integers = true;
    for (int k = 0; k < 3; k++) {
        if (real_number(&given[k], names[k], &f[k])) {
            return NULL;
        }
        integers = integers && given[k].kind != LS_OPERAND_FLOAT;
        if (integers && given[k].kind == LS_OPERAND_UINT && given[k].value.u > INT64_MAX) {
            lsi_fail(LS_EOVERFLOW, "%s %llu does not fit int64", names[k], (unsigned long long)given[k].value.u);
            return NULL;
        }
        i[k] = given[k].value.i;
    }
    if (f[2] == 0) {
        lsi_fail(LS_EARGUMENT, "step is 0");
        return NULL;
    }
    if (lsi_init()) {
        return NULL;
    }
    return integers ? arange_i64(i) : arange_f64(f);
}

ls_array *(ls_linspace)(const char *place, double start, double stop, int64_t count,
                        const ls_linspace_options *options)
{
    LSI_CALL("ls_linspace", place);
    ls_linspace_options o;
    ls_dtype dtype;
    checked_shape s;
    if (lsi_options(&o, sizeof o, options) || dtype_take(o.dtype, LS_FLOAT64, &dtype)) {
        return NULL;
    }
    if (count < 0) {
        lsi_fail(LS_EARGUMENT, "count is %lld", (long long)count);
        return NULL;
    }
    lsi_backend *backend = lsi_backend_wanted(o.device);
    if (!backend || shape_take((ls_shape){1, &count}, dtype, &s)) {
        return NULL;
    }
    int64_t intervals = o.open ? count : count - 1;
    double width = stop - start;
    lsi_scalar first = {LS_FLOAT64, {.f = start}}, last = {LS_FLOAT64, {.f = stop}};
    lsi_scalar step = {LS_FLOAT64, {.f = intervals > 0 ? width / (double)intervals : width}};
    bool ends = !o.open && count > 1;
    return cast_to(lsi_array_iota(backend, &first, &step, ends ? &last : NULL, s.ndim, s.sizes), dtype);
}

/* A column or row of indices, as a view that broadcasts. */
static ls_array *indices(lsi_backend *backend, int64_t first, int64_t n, bool column)
{
    lsi_scalar from = {LS_INT64, {.i = first}}, one = {LS_INT64, {.i = 1}};
    const int64_t sizes[2] = {column ? n : 1, column ? 1 : n};
    return lsi_array_iota(backend, &from, &one, NULL, 2, sizes);
}

ls_array *(ls_eye)(const char *place, int64_t rows, const ls_eye_options *options)
{
    LSI_CALL("ls_eye", place);
    ls_eye_options o;
    ls_dtype dtype;
    checked_shape s;
    if (lsi_options(&o, sizeof o, options) || dtype_take(o.dtype, LS_FLOAT64, &dtype)) {
        return NULL;
    }
    int64_t columns = o.columns ? o.columns : rows;
    lsi_backend *backend = lsi_backend_wanted(o.device);
    if (!backend || shape_take((ls_shape){2, (const int64_t[]){rows, columns}}, dtype, &s)) {
        return NULL;
    }
    ls_array *i = indices(backend, o.k, rows, true), *j = indices(backend, 0, columns, false);
    if (!i || !j) {
        return NULL;
    }
    const ls_operand pair[2] = {ls_operand_array(i), ls_operand_array(j)};
    ls_array *eye = cast_to(lsi_array_map(LSI_OP_equal, 2, pair), dtype);
    ls_free(i);
    ls_free(j);
    return eye;
}

/* --- conversions --- */

ls_array *(ls_astype)(const char *place, const ls_array *a, ls_dtype dtype)
{
    LSI_CALL("ls_astype", place);
    ls_dtype checked;
    if (!lsi_array_check(a, 1) || dtype_take(dtype, dtype, &checked)) {
        return NULL;
    }
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    return a->dtype == dtype ? lsi_array_view(a, &layout) : lsi_array_cast(a, dtype);
}

ls_array *(ls_copy)(const char *place, const ls_array *a)
{
    LSI_CALL("ls_copy", place);
    return lsi_array_check(a, 1) ? lsi_array_cast(a, a->dtype) : NULL;
}

/* --- questions --- */

int64_t ls_ndim(const ls_array *a)
{
    return a ? a->ndim : -1;
}

int64_t ls_size(const ls_array *a)
{
    int64_t count = a ? 1 : -1;
    for (int i = 0; a && i < a->ndim; i++) {
        count *= lsi_array_shape(a)[i];
    }
    return count;
}

int64_t ls_dim(const ls_array *a, int64_t axis)
{
    int64_t i = a && axis < 0 ? axis + a->ndim : axis;
    return a && i >= 0 && i < a->ndim ? lsi_array_shape(a)[i] : -1;
}

const int64_t *ls_sizes(const ls_array *a)
{
    return a ? lsi_array_shape(a) : NULL;
}

ls_dtype ls_dtype_of(const ls_array *a)
{
    return a ? a->dtype : LS_DTYPE_DEFAULT;
}

ls_device ls_device_of(const ls_array *a)
{
    return (ls_device){a ? lsi_array_backend(a)->device : 0};
}

size_t ls_dtype_size(ls_dtype dtype)
{
    return lsi_dtype_valid(dtype) ? lsi_dtype_size(dtype) : 0;
}

const char *ls_dtype_name(ls_dtype dtype)
{
    return lsi_dtype_name(dtype);
}

ls_dtype ls_dtype_from_name(const char *name)
{
    return name ? lsi_dtype_from_name(name, strlen(name)) : LS_DTYPE_DEFAULT;
}

ls_dtype ls_result_type(ls_dtype a, ls_dtype b)
{
    return lsi_dtype_valid(a) && lsi_dtype_valid(b) ? lsi_promote(a, b) : LS_DTYPE_DEFAULT;
}
