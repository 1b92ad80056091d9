/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public products: NumPy's shape rules, promotion and the mode, down to one lsi_matmul over two views; how it is
 * computed is the backend's. Dot, vecdot and outer are other calls put together. */
#include "lockstep/matmul.h"
#include "api/call.h"
#include "lockstep/scope.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

/* --- the mode --- */

static _Thread_local ls_matmul_mode thread_mode;
static ls_matmul_mode process_mode;
static pthread_once_t process_mode_read = PTHREAD_ONCE_INIT;

static void read_process_mode(void)
{
    const char *text = secure_getenv("LOCKSTEP_MATMUL");
    process_mode = text && strcmp(text, "exact") == 0 ? LS_MATMUL_EXACT : LS_MATMUL_FAST;
}

ls_matmul_mode ls_get_matmul_mode(void)
{
    pthread_once(&process_mode_read, read_process_mode);
    return thread_mode ? thread_mode : process_mode;
}

ls_matmul_mode ls_set_matmul_mode(ls_matmul_mode mode)
{
    const ls_matmul_mode before = ls_get_matmul_mode();
    thread_mode = mode == LS_MATMUL_FAST || mode == LS_MATMUL_EXACT ? mode : LS_MATMUL_DEFAULT;
    return before;
}

/* --- operands --- */

/* The array of an operand; NULL with the error recorded for a number or a NULL. */
static const ls_array *array_of(ls_operand operand, int position)
{
    if (operand.kind != LS_OPERAND_ARRAY) {
        lsi_fail(LS_EARGUMENT, "argument %d is a number, not an array", position);
        return NULL;
    }
    return lsi_array_check(operand.value.array, position);
}

/* Both arrays, on one device. */
static ls_status arrays_of(ls_operand x, ls_operand y, const ls_array *out[2])
{
    if (!(out[0] = array_of(x, 1)) || !(out[1] = array_of(y, 2))) {
        return lsi_pending_error();
    }
    if (lsi_array_backend(out[0]) != lsi_array_backend(out[1])) {
        return lsi_fail(LS_EDEVICE, "operands are on different devices: %s and %s", lsi_array_backend(out[0])->name,
                        lsi_array_backend(out[1])->name);
    }
    return LS_OK;
}

/* --- shapes --- */

/* What a product makes, and the task without buffers. */
typedef struct geometry {
    lsi_matmul task;
    int ndim;
    int64_t shape[LS_MAX_NDIM];
} geometry;

static ls_status fail_shapes(const lsi_layout *x, const lsi_layout *y, const char *what, int64_t a, int64_t b)
{
    char left[LSI_SHAPE_TEXT], right[LSI_SHAPE_TEXT];
    return lsi_fail(LS_ESHAPE, "shapes %s and %s do not multiply (%s%" PRId64 " and %" PRId64 ")",
                    lsi_shape_text(x->ndim, x->shape, left), lsi_shape_text(y->ndim, y->shape, right), what, a, b);
}

/* Broadcasts the axes before the last two (of a vector: none) and appends them to the result. */
static ls_status join_batches(const lsi_layout *x, const lsi_layout *y, geometry *g)
{
    const int nx = x->ndim > 2 ? x->ndim - 2 : 0, ny = y->ndim > 2 ? y->ndim - 2 : 0, n = nx > ny ? nx : ny;
    for (int axis = 0; axis < n; axis++) {
        const int ax = axis - (n - nx), ay = axis - (n - ny);
        const int64_t sx = ax >= 0 ? x->shape[ax] : 1, sy = ay >= 0 ? y->shape[ay] : 1;
        if (sx != sy && sx != 1 && sy != 1) {
            return fail_shapes(x, y, "leading axes: ", sx, sy);
        }
        g->task.batch[axis] = g->shape[axis] = sx == 1 ? sy : sx;
        g->task.x_batch[axis] = ax >= 0 && sx != 1 ? x->strides[ax] : 0;
        g->task.y_batch[axis] = ay >= 0 && sy != 1 ? y->strides[ay] : 0;
    }
    g->task.nbatch = g->ndim = n;
    return LS_OK;
}

/* NumPy's rules for x @ y. A vector x is one row, a vector y one column. */
static ls_status plan(const lsi_layout *x, const lsi_layout *y, geometry *g)
{
    memset(g, 0, sizeof *g);
    if (!x->ndim || !y->ndim) {
        return lsi_fail(LS_ESHAPE, "operand %d is 0-d; use ls_multiply", x->ndim ? 2 : 1);
    }
    lsi_matmul *t = &g->task;
    const bool row = x->ndim == 1, column = y->ndim == 1;
    t->k = x->shape[x->ndim - 1];
    const int64_t y_rows = y->shape[column ? 0 : y->ndim - 2];
    if (t->k != y_rows) {
        return fail_shapes(x, y, "", t->k, y_rows);
    }
    if (join_batches(x, y, g)) {
        return LS_ESHAPE;
    }
    t->m = row ? 1 : x->shape[x->ndim - 2];
    t->n = column ? 1 : y->shape[y->ndim - 1];
    t->x_offset = x->offset;
    t->x_row = row ? 0 : x->strides[x->ndim - 2];
    t->x_col = x->strides[x->ndim - 1];
    t->y_offset = y->offset;
    t->y_row = y->strides[column ? 0 : y->ndim - 2];
    t->y_col = column ? 0 : y->strides[y->ndim - 1];
    if (!row) {
        g->shape[g->ndim++] = t->m;
    }
    if (!column) {
        g->shape[g->ndim++] = t->n;
    }
    return LS_OK;
}

/* The result is C-contiguous. The sizes are known not to overflow. */
static void plan_output(geometry *g)
{
    lsi_matmul *t = &g->task;
    t->out_row = t->n;
    t->out_col = 1;
    int64_t stride = t->m * t->n;
    for (int axis = t->nbatch - 1; axis >= 0; axis--) {
        t->out_batch[axis] = stride;
        stride *= t->batch[axis];
    }
}

/* --- matmul --- */

/* The product of two arrays of the task's dtype. */
static ls_array *multiply(const ls_array *x, const ls_array *y, ls_dtype dtype, ls_matmul_mode mode)
{
    lsi_layout left, right;
    geometry g;
    int64_t count;
    lsi_array_layout(x, &left);
    lsi_array_layout(y, &right);
    if (plan(&left, &right, &g) || lsi_shape_count(g.ndim, g.shape, lsi_dtype_size(dtype), &count)) {
        return NULL;
    }
    if (count) {
        plan_output(&g);
    }
    g.task.dtype = dtype;
    g.task.exact = mode == LS_MATMUL_EXACT;
    return lsi_array_from_matmul(&g.task, x, y, g.ndim, g.shape);
}

/* Casts the operands where they are not of the dtype yet, and multiplies. */
static ls_array *multiply_as(const ls_array *x, const ls_array *y, ls_dtype dtype, ls_matmul_mode mode)
{
    ls_array *left = x->dtype == dtype ? NULL : lsi_array_cast(x, dtype);
    ls_array *right = y->dtype == dtype ? NULL : lsi_array_cast(y, dtype);
    const bool failed = (x->dtype != dtype && !left) || (y->dtype != dtype && !right);
    ls_array *product = failed ? NULL : multiply(left ? left : x, right ? right : y, dtype, mode);
    ls_free(left); /* the product holds what it needs */
    ls_free(right);
    return product;
}

/* bool @ bool: whether any pair is true, from counts that cannot wrap. */
static ls_array *multiply_bool(const ls_array *x, const ls_array *y, ls_matmul_mode mode)
{
    const int64_t k = x->ndim ? lsi_array_shape(x)[x->ndim - 1] : 0;
    ls_array *counts = multiply_as(x, y, k <= INT32_MAX ? LS_INT32 : LS_INT64, mode);
    if (!counts) {
        return NULL;
    }
    ls_array *any = lsi_array_map(LSI_OP_not_equal, 2,
                                  (const ls_operand[]){ls_operand_array(counts), ls_operand_i64(0)});
    ls_free(counts);
    return any;
}

static ls_array *product(const ls_array *x, const ls_array *y, ls_matmul_mode mode)
{
    const ls_dtype dtype = lsi_promote(x->dtype, y->dtype);
    return dtype == LS_BOOL ? multiply_bool(x, y, mode) : multiply_as(x, y, dtype, mode);
}

/* The mode that options ask for; DEFAULT with the error recorded when they are wrong. */
static ls_matmul_mode mode_of(const ls_matmul_options *options)
{
    ls_matmul_options o;
    if (lsi_options(&o, sizeof o, options)) {
        return LS_MATMUL_DEFAULT;
    }
    if (o.mode != LS_MATMUL_DEFAULT && o.mode != LS_MATMUL_FAST && o.mode != LS_MATMUL_EXACT) {
        lsi_fail(LS_EARGUMENT, "mode %d is neither LS_MATMUL_FAST nor LS_MATMUL_EXACT", (int)o.mode);
        return LS_MATMUL_DEFAULT;
    }
    return o.mode ? o.mode : ls_get_matmul_mode();
}

static ls_array *matmul(ls_operand x, ls_operand y, const ls_matmul_options *options)
{
    const ls_array *arrays[2];
    const ls_matmul_mode mode = mode_of(options);
    return mode && !arrays_of(x, y, arrays) ? product(arrays[0], arrays[1], mode) : NULL;
}

ls_array *(ls_matmul)(const char *place, ls_operand x, ls_operand y, const ls_matmul_options *options)
{
    LSI_CALL("ls_matmul", place);
    return matmul(x, y, options);
}

ls_status (ls_matmul_into)(const char *place, ls_array *out, ls_operand x, ls_operand y,
                           const ls_matmul_options *options)
{
    LSI_CALL("ls_matmul_into", place);
    return lsi_report(lsi_assign_result(out, matmul(x, y, options)));
}

/* --- dot, vecdot, outer --- */

/* A view or copy of `a` under another shape; frees `a` where it is ours. */
static ls_array *reshaped(const ls_array *a, ls_array *ours, int64_t ndim, const int64_t *shape)
{
    lsi_layout layout, view;
    bool as_view = false;
    ls_array *result = NULL, *copy = NULL;
    lsi_array_layout(a, &layout);
    if (!lsi_layout_reshape(&layout, (ls_shape){ndim, shape}, &view, &as_view)) {
        if (!as_view && (copy = lsi_array_cast(a, a->dtype))) {
            lsi_array_layout(copy, &layout);
            if (lsi_layout_reshape(&layout, (ls_shape){ndim, shape}, &view, &as_view)) {
                as_view = false;
            }
        }
        result = as_view ? lsi_array_view(copy ? copy : a, &view) : NULL;
    }
    ls_free(copy);
    ls_free(ours);
    return result;
}

/* dot of more than two axes: y's last but one axis is moved to the front, both become matrices, and the product gets the
 * axes of both back. */
static ls_array *dot_many(const ls_array *x, const ls_array *y, ls_matmul_mode mode)
{
    lsi_layout layout, moved;
    int64_t order[LS_MAX_NDIM], shape[2 * LS_MAX_NDIM];
    int64_t rows = 1, cols = 1;
    int ndim = 0;
    const int inner = y->ndim - 2;
    const int64_t k = lsi_array_shape(x)[x->ndim - 1], y_rows = lsi_array_shape(y)[inner];
    lsi_array_layout(y, &layout);
    if (k != y_rows) {
        lsi_layout left;
        lsi_array_layout(x, &left);
        fail_shapes(&left, &layout, "", k, y_rows);
        return NULL;
    }
    order[0] = inner;
    for (int axis = 0; axis < x->ndim - 1; axis++) {
        rows *= shape[ndim++] = lsi_array_shape(x)[axis];
    }
    for (int axis = 0, to = 1; axis < y->ndim; axis++) {
        if (axis != inner) {
            order[to++] = axis;
            cols *= shape[ndim++] = lsi_array_shape(y)[axis];
        }
    }
    if (ndim > LS_MAX_NDIM) {
        lsi_fail(LS_ESHAPE, "the result would have %d axes; %d are possible", ndim, LS_MAX_NDIM);
        return NULL;
    }
    if (lsi_layout_permute(&layout, (ls_axis){y->ndim, order}, &moved)) {
        return NULL;
    }
    ls_array *turned = lsi_array_view(y, &moved);
    ls_array *left = turned ? reshaped(x, NULL, 2, (const int64_t[]){rows, k}) : NULL;
    ls_array *right = left ? reshaped(turned, turned, 2, (const int64_t[]){k, cols}) : NULL;
    ls_array *flat = right ? product(left, right, mode) : NULL;
    ls_free(left);
    ls_free(right);
    return flat ? reshaped(flat, flat, ndim, shape) : NULL;
}

ls_array *(ls_dot)(const char *place, ls_operand x, ls_operand y, const ls_matmul_options *options)
{
    LSI_CALL("ls_dot", place);
    const ls_array *a[2];
    const ls_matmul_mode mode = mode_of(options);
    if (!mode || arrays_of(x, y, a)) {
        return NULL;
    }
    if (!a[0]->ndim || !a[1]->ndim) {
        return lsi_array_map(LSI_OP_multiply, 2, (const ls_operand[]){x, y});
    }
    const bool matrices = (a[0]->ndim <= 2 && a[1]->ndim <= 2) || a[1]->ndim == 1;
    return matrices ? product(a[0], a[1], mode) : dot_many(a[0], a[1], mode);
}

/* A view with one axis moved to the end. */
static ls_array *with_axis_last(const ls_array *a, int64_t axis)
{
    lsi_layout layout, moved;
    int64_t order[LS_MAX_NDIM];
    int at, to = 0;
    lsi_array_layout(a, &layout);
    if (lsi_axis_normalise(axis, a->ndim, &at)) {
        return NULL;
    }
    for (int k = 0; k < a->ndim; k++) {
        if (k != at) {
            order[to++] = k;
        }
    }
    order[to] = at;
    return lsi_layout_permute(&layout, (ls_axis){a->ndim, order}, &moved) ? NULL : lsi_array_view(a, &moved);
}

/* sum(conj(x) * y) over the last axis. */
static ls_array *vecdot(const ls_array *x, const ls_array *y)
{
    const int64_t nx = lsi_array_shape(x)[x->ndim - 1], ny = lsi_array_shape(y)[y->ndim - 1];
    const ls_dtype dtype = lsi_promote(x->dtype, y->dtype);
    ls_array *conjugate = NULL;
    if (nx != ny) {
        lsi_fail(LS_ESHAPE, "the axis has %" PRId64 " elements in one operand and %" PRId64 " in the other", nx, ny);
        return NULL;
    }
    if (lsi_dtype_kind(x->dtype) == LSI_KIND_COMPLEX) {
        const ls_operand operand = ls_operand_array(x);
        if (!(conjugate = lsi_array_map(LSI_OP_conj, 1, &operand))) {
            return NULL;
        }
    }
    const ls_operand both[] = {ls_operand_array(conjugate ? conjugate : x), ls_operand_array(y)};
    ls_array *products = lsi_array_map(LSI_OP_multiply, 2, both);
    const lsi_reduce_op op = dtype == LS_BOOL ? LSI_REDUCE_any : LSI_REDUCE_sum;
    ls_array *sum = products ? lsi_array_reduce(op, products, (ls_axis){1, (const int64_t[]){-1}}, false, 0,
                                                dtype == LS_BOOL ? LS_DTYPE_DEFAULT : dtype)
                             : NULL;
    ls_free(products);
    ls_free(conjugate);
    return sum;
}

ls_array *(ls_vecdot)(const char *place, ls_operand x, ls_operand y, const ls_vecdot_options *options)
{
    LSI_CALL("ls_vecdot", place);
    ls_vecdot_options o;
    const ls_array *a[2];
    if (lsi_options(&o, sizeof o, options) || arrays_of(x, y, a)) {
        return NULL;
    }
    if (o.axis.count > 1 || !a[0]->ndim || !a[1]->ndim) {
        lsi_fail(LS_EAXIS, "it wants one axis of arrays that have axes");
        return NULL;
    }
    const int64_t axis = o.axis.count ? o.axis.axes[0] : -1;
    ls_array *left = with_axis_last(a[0], axis), *right = left ? with_axis_last(a[1], axis) : NULL;
    ls_array *sum = right ? vecdot(left, right) : NULL;
    ls_free(left);
    ls_free(right);
    return sum;
}

ls_array *(ls_outer)(const char *place, ls_operand x, ls_operand y)
{
    LSI_CALL("ls_outer", place);
    const ls_array *a[2];
    if (arrays_of(x, y, a)) {
        return NULL;
    }
    ls_array *column = reshaped(a[0], NULL, 2, (const int64_t[]){-1, 1});
    ls_array *row = column ? reshaped(a[1], NULL, 2, (const int64_t[]){1, -1}) : NULL;
    const ls_operand both[] = {ls_operand_array(column), ls_operand_array(row)};
    ls_array *outer = row ? lsi_array_map(LSI_OP_multiply, 2, both) : NULL;
    ls_free(column);
    ls_free(row);
    return outer;
}
