/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Making nodes: the checks, promotions and shapes of a call, then one pending version. Nothing here computes; bounds.c
 * decides whether the operands of a node are evaluated first. */
#include "lazy/graph.h"
#include "lazy/ops.h"
#include "memory/prim.h"

#include <string.h>

/* --- inputs --- */

static bool layout_is_whole(const lsi_version *version, const lsi_layout *layout)
{
    return layout->offset == 0 && lsi_layout_count(layout) == version->count && lsi_layout_is_contiguous(layout);
}

void lsi_node_input_version(lsi_version *node, int i, lsi_version *version, const lsi_layout *layout)
{
    lsi_input *input = &node->inputs[i];
    input->version = lsi_version_read(version);
    input->offset = layout->offset;
    memcpy(input->strides, layout->strides, (size_t)layout->ndim * sizeof(int64_t));
    input->whole = layout_is_whole(version, layout);
}

void lsi_node_input_array(lsi_version *node, int i, const ls_array *a, const lsi_layout *layout)
{
    lsi_node_input_version(node, i, a->cell->version, layout);
}

void lsi_node_input_constant(lsi_version *node, int i, const lsi_scalar *value)
{
    node->inputs[i].constant = *value;
}

/* The handle of a finished node; takes over the node. */
static ls_array *node_array(lsi_version *node)
{
    if (lsi_node_finish(node)) {
        lsi_version_release(node);
        return NULL;
    }
    return lsi_array_from_version(node, node->ndim, node->shape);
}

/* --- sources --- */

static ls_array *source_array(lsi_version *node)
{
    node->operand = node->dtype;
    return lsi_array_from_version(node, node->ndim, node->shape);
}

ls_array *lsi_array_constant(lsi_backend *backend, const lsi_scalar *value, int ndim, const int64_t *shape)
{
    lsi_version *node = lsi_version_new(backend, LSI_NODE_CONST, value->dtype, ndim, shape, 0, NULL, 0);
    if (!node) {
        return NULL;
    }
    node->u.constant = *value;
    return source_array(node);
}

ls_array *lsi_array_iota(lsi_backend *backend, const lsi_scalar *first, const lsi_scalar *step, const lsi_scalar *last,
                         int ndim, const int64_t *shape)
{
    lsi_version *node = lsi_version_new(backend, LSI_NODE_IOTA, first->dtype, ndim, shape, 0, NULL, 0);
    if (!node) {
        return NULL;
    }
    node->u.iota.first = *first;
    node->u.iota.step = *step;
    node->u.iota.last = last ? *last : *first;
    node->u.iota.last_at = last ? node->count - 1 : -1;
    return source_array(node);
}

ls_array *lsi_array_from_draw(const lsi_draw *draw, ls_dtype dtype, int ndim, const int64_t *shape)
{
    lsi_backend *backend = lsi_backend_default();
    lsi_draw *copy = lsi_alloc(1, sizeof *copy);
    lsi_version *node = copy ? lsi_version_new(backend, LSI_NODE_DRAW, dtype, ndim, shape, 0, NULL, 0) : NULL;
    if (!node) {
        lsi_dealloc(copy);
        lsi_fail(LS_ENOMEM, "out of memory for a draw");
        return NULL;
    }
    *copy = *draw;
    node->u.draw = copy;
    return source_array(node);
}

/* --- elementwise --- */

/* The operands of one call, brought to one device, dtype and shape. */
typedef struct operands {
    int count;
    const ls_array *arrays[3]; /* NULL: a C number */
    lsi_scalar scalars[3];
    lsi_backend *backend;
    ls_array *moved[3]; /* 0-d arrays brought from another device; ours to release */
    int ndim;
    int64_t shape[LS_MAX_NDIM];
} operands;

static void operands_release(operands *ops)
{
    for (int i = 0; i < 3; i++) {
        if (ops->moved[i]) {
            lsi_scope_disown(&ops->moved[i]->owned);
            lsi_array_release(ops->moved[i]);
        }
    }
}

/* Checks arrays and numbers, and puts the arrays in their places. */
static ls_status operands_take(operands *ops, int n, const ls_operand *given)
{
    ops->count = n;
    for (int i = 0; i < n; i++) {
        if (given[i].kind == LS_OPERAND_ARRAY) {
            ops->arrays[i] = lsi_array_check(given[i].value.array, i + 1);
            if (!ops->arrays[i]) {
                return lsi_pending_error();
            }
        } else if (given[i].kind <= LS_OPERAND_NONE || given[i].kind > LS_OPERAND_COMPLEX) {
            return lsi_fail(LS_EARGUMENT, "argument %d is missing", i + 1);
        }
    }
    return LS_OK;
}

/* The device of the operands that have axes; a 0-d one decides only where none has. */
static ls_status operands_place(operands *ops)
{
    lsi_backend *of_zero = NULL;
    for (int i = 0; i < ops->count; i++) {
        lsi_backend *backend = ops->arrays[i] ? lsi_array_backend(ops->arrays[i]) : NULL;
        if (backend && ops->arrays[i]->ndim == 0) {
            of_zero = of_zero ? of_zero : backend;
        } else if (backend && ops->backend && backend != ops->backend) {
            return lsi_fail(LS_EDEVICE, "operands are on different devices: %s and %s", ops->backend->name,
                            backend->name);
        } else if (backend) {
            ops->backend = backend;
        }
    }
    if (!ops->backend) {
        ops->backend = of_zero ? of_zero : lsi_backend_default();
    }
    return LS_OK;
}

/* Replaces 0-d operands of other devices by their values, which are computed for that. */
static ls_status operands_bring(operands *ops)
{
    for (int i = 0; i < ops->count; i++) {
        const ls_array *a = ops->arrays[i];
        if (!a || lsi_array_backend(a) == ops->backend) {
            continue;
        }
        char bytes[16];
        lsi_scalar value;
        const ls_status status = lsi_array_download(a, bytes);
        if (status) {
            return status;
        }
        lsi_scalar_load(a->dtype, bytes, &value);
        ops->arrays[i] = ops->moved[i] = lsi_array_constant(ops->backend, &value, 0, ops->shape);
        if (!ops->moved[i]) {
            return lsi_pending_error();
        }
    }
    return LS_OK;
}

/* Fills a zeroed struct; released by the cleanup attribute. */
static ls_status operands_check(operands *ops, int n, const ls_operand *given)
{
    ls_status status = operands_take(ops, n, given);
    status = status ? status : operands_place(ops);
    return status ? status : operands_bring(ops);
}
#define OPERANDS __attribute__((cleanup(operands_release))) operands

/* The dtype that the operands [from, n) promote to: arrays first, then the weak C numbers. */
static ls_dtype operands_common(const operands *ops, int from, const ls_operand *given)
{
    ls_dtype common = LS_DTYPE_DEFAULT;
    for (int i = from; i < ops->count; i++) {
        if (ops->arrays[i]) {
            ls_dtype dtype = ops->arrays[i]->dtype;
            common = common ? lsi_promote(common, dtype) : dtype;
        }
    }
    bool has_array = common != LS_DTYPE_DEFAULT;
    for (int i = from; i < ops->count; i++) {
        if (!ops->arrays[i]) {
            ls_dtype own = lsi_dtype_of_scalar(&given[i]);
            common = has_array ? lsi_promote_weak(common, given[i].kind) : common ? lsi_promote(common, own) : own;
        }
    }
    return common;
}

static ls_status operands_shape(operands *ops)
{
    lsi_layout layouts[3];
    const lsi_layout *given[3];
    int n = 0;
    for (int i = 0; i < ops->count; i++) {
        if (ops->arrays[i]) {
            lsi_array_layout(ops->arrays[i], &layouts[n]);
            given[n] = &layouts[n];
            n++;
        }
    }
    if (n == 0) {
        ops->ndim = 0;
        return LS_OK;
    }
    return lsi_broadcast_shapes(n, given, &ops->ndim, ops->shape);
}

/* Converts the C numbers of operands [from, n) to the operand dtype. A truth value may be taken of any number. */
static ls_status operands_scalars(operands *ops, int from, const ls_operand *given, ls_dtype dtype)
{
    for (int i = from; i < ops->count; i++) {
        if (ops->arrays[i]) {
            continue;
        }
        ls_dtype own = lsi_dtype_of_scalar(&given[i]);
        ls_status status = lsi_scalar_from_operand(&given[i], dtype == LS_BOOL ? own : dtype, &ops->scalars[i]);
        if (status) {
            return status;
        }
        if (dtype == LS_BOOL) {
            ops->scalars[i] = lsi_scalar_cast(&ops->scalars[i], LS_BOOL);
        }
    }
    return LS_OK;
}

/* Makes an array, stretched to the node's shape, input i; most calls stretch nothing. */
static bool input_broadcast(lsi_version *node, int i, const ls_array *a)
{
    lsi_layout layout, stretched;
    lsi_array_layout(a, &layout);
    bool same = a->ndim == node->ndim &&
                memcmp(lsi_array_shape(a), node->shape, (size_t)a->ndim * sizeof(int64_t)) == 0;
    if (!same && lsi_layout_broadcast(&layout, node->ndim, node->shape, &stretched)) {
        return false;
    }
    lsi_node_input_array(node, i, a, same ? &layout : &stretched);
    return true;
}

static ls_array *map_node(const operands *ops, lsi_op op, ls_dtype operand, ls_dtype result)
{
    int64_t count;
    if (lsi_shape_count(ops->ndim, ops->shape, lsi_dtype_size(result), &count)) {
        return NULL;
    }
    lsi_version *node =
        lsi_version_new(ops->backend, LSI_NODE_MAP, result, ops->ndim, ops->shape, 0, NULL, ops->count);
    if (!node) {
        return NULL;
    }
    node->op = (int)op;
    node->operand = operand;
    for (int i = 0; i < ops->count; i++) {
        if (!ops->arrays[i]) {
            lsi_node_input_constant(node, i, &ops->scalars[i]);
            continue;
        }
        if (!input_broadcast(node, i, ops->arrays[i])) {
            lsi_version_release(node);
            return NULL;
        }
    }
    return node_array(node);
}

/* int64-like with uint64: no integer dtype holds both, and float64 would round. A comparison is made exact by looking at
 * the sign first: x < y is (x < 0) | (uint64(x) < y). */
static bool is_sign_clash(const operands *ops, lsi_op op)
{
    if (op < LSI_OP_equal || op > LSI_OP_greater_equal || !ops->arrays[0] || !ops->arrays[1]) {
        return false;
    }
    ls_dtype x = ops->arrays[0]->dtype, y = ops->arrays[1]->dtype;
    return (x == LS_UINT64 && lsi_dtype_kind(y) == LSI_KIND_INT) || (y == LS_UINT64 && lsi_dtype_kind(x) == LSI_KIND_INT);
}

static ls_array *map2(lsi_op op, const ls_array *x, ls_operand y)
{
    ls_operand pair[2] = {ls_operand_array(x), y};
    return x ? lsi_array_map(op, 2, pair) : NULL;
}

static ls_array *compare_clash(const operands *ops, lsi_op op)
{
    bool x_signed = ops->arrays[1]->dtype == LS_UINT64;
    const ls_array *is = ops->arrays[x_signed ? 0 : 1], *iu = ops->arrays[x_signed ? 1 : 0];
    const ls_array *negative = map2(LSI_OP_less, is, ls_operand_i64(0));
    const ls_array *as_u64 = lsi_array_cast(is, LS_UINT64);
    if (!negative || !as_u64) {
        return NULL;
    }
    ls_array *plain = map2(op, x_signed ? as_u64 : iu, ls_operand_array(x_signed ? iu : as_u64));
    bool when_negative = op == LSI_OP_not_equal ||
                         (x_signed ? op == LSI_OP_less || op == LSI_OP_less_equal
                                   : op == LSI_OP_greater || op == LSI_OP_greater_equal);
    return plain ? lsi_array_where(ls_operand_array(negative), ls_operand_bool(when_negative), ls_operand_array(plain))
                 : NULL;
}

/* Whether operand i is the C number 2. */
static bool is_two(const operands *ops, int i)
{
    const lsi_scalar *s = &ops->scalars[i];
    if (ops->arrays[i]) {
        return false;
    }
    switch (lsi_dtype_kind(s->dtype)) {
    case LSI_KIND_FLOAT:
        return s->value.f == 2;
    case LSI_KIND_COMPLEX:
        return s->value.c.re == 2 && s->value.c.im == 0;
    default:
        return s->value.u == 2;
    }
}

static inline bool same_kind(const ls_array *a, const ls_array *b)
{
    bool same = a->dtype == b->dtype && a->ndim == b->ndim && lsi_array_backend(a) == lsi_array_backend(b);
    for (int d = 0; same && d < a->ndim; d++) {
        same = a->dims[d] == b->dims[d];
    }
    return same;
}

static bool is_real_number(const ls_operand *given)
{
    return given->kind >= LS_OPERAND_BOOL && given->kind <= LS_OPERAND_FLOAT;
}

/* Most calls have operands of one dtype, shape and device, or numbers that take a floating dtype from the arrays: then
 * nothing is promoted or stretched. The array that decides; NULL when it is not so, with nothing recorded. */
const ls_array *lsi_operands_alike(int n, const ls_operand *given)
{
    const ls_array *first = NULL;
    bool numbers = false;
    for (int i = 0; i < n; i++) {
        const ls_array *a = given[i].value.array;
        if (given[i].kind != LS_OPERAND_ARRAY) {
            if (!is_real_number(&given[i])) {
                return NULL;
            }
            numbers = true;
            continue;
        }
        if (!a || a->magic != LSI_ARRAY_ALIVE || (first && a != first && !same_kind(a, first))) {
            return NULL;
        }
        first = first ? first : a;
    }
    return first && numbers && lsi_dtype_kind(first->dtype) != LSI_KIND_FLOAT ? NULL : first;
}

/* lsi_node_input_array for an array of the node's own shape, but for the reference. */
static inline void input_alike(lsi_version *node, int i, const ls_array *a)
{
    lsi_input *input = &node->inputs[i];
    input->version = a->cell->version;
    const int64_t *strides = lsi_array_strides(a);
    for (int d = 0; d < a->ndim; d++) {
        input->strides[d] = strides[d];
    }
    input->offset = a->offset;
    input->whole = a->whole;
}

/* NULL with the error recorded. */
static ls_array *map_alike(lsi_op op, int n, const ls_operand *given, const ls_array *first)
{
    const ls_dtype operand = first->dtype, result = lsi_op_result_dtype(op, operand);
    int64_t count;
    if (lsi_dtype_size(result) > lsi_dtype_size(operand) &&
        lsi_shape_count(first->ndim, first->dims, lsi_dtype_size(result), &count)) {
        return NULL;
    }
    lsi_version *node = lsi_version_new_map(lsi_array_backend(first), result, first->ndim, first->dims, n);
    if (!node) {
        return NULL;
    }
    node->op = (int)op;
    node->operand = operand;
    for (int i = 0; i < n; i++) {
        if (given[i].kind == LS_OPERAND_ARRAY) {
            input_alike(node, i, given[i].value.array);
        } else if (lsi_scalar_from_operand(&given[i], operand, &node->inputs[i].constant)) {
            node->ninput = 0; /* it has no references yet */
            lsi_version_release(node);
            return NULL;
        }
    }
    lsi_node_retain_inputs(node);
    return node_array(node);
}

/* With a large frame of its own. */
static __attribute__((noinline)) ls_array *map_any(lsi_op op, int noperand, const ls_operand *given)
{
    OPERANDS ops = {0};
    if (operands_check(&ops, noperand, given)) {
        return NULL;
    }
    if (is_sign_clash(&ops, op)) {
        return compare_clash(&ops, op);
    }
    ls_dtype operand = lsi_op_operand_dtype(op, operands_common(&ops, 0, given));
    if (!operand || operands_shape(&ops) || operands_scalars(&ops, 0, given, operand)) {
        return NULL;
    }
    if (op == LSI_OP_pow && ops.arrays[0] && is_two(&ops, 1)) {
        ops.count = 1; /* as NumPy: x**2 is x*x, correctly rounded */
        op = LSI_OP_square;
    }
    return map_node(&ops, op, operand, lsi_op_result_dtype(op, operand));
}

ls_array *lsi_array_map(lsi_op op, int noperand, const ls_operand *given)
{
    const ls_array *first = op == LSI_OP_pow ? NULL : lsi_operands_alike(noperand, given);
    /* Operations on truth values take any number as one: that is operands_scalars' business. */
    if (first && lsi_op_takes(op, first->dtype) && !lsi_process_check()) {
        return map_alike(op, noperand, given, first);
    }
    return map_any(op, noperand, given);
}

ls_array *lsi_array_where(ls_operand condition, ls_operand x, ls_operand y)
{
    ls_operand given[3] = {condition, x, y};
    OPERANDS ops = {0};
    if (operands_check(&ops, 3, given)) {
        return NULL;
    }
    ls_dtype common = operands_common(&ops, 1, given);
    if (operands_shape(&ops) || operands_scalars(&ops, 1, given, common)) {
        return NULL;
    }
    if (!ops.arrays[0]) {
        lsi_scalar truth;
        if (lsi_scalar_from_operand(&condition, lsi_dtype_of_scalar(&condition), &truth)) {
            return NULL;
        }
        ops.scalars[0] = lsi_scalar_cast(&truth, LS_BOOL);
    }
    return map_node(&ops, LSI_OP_where, common, common);
}

ls_array *lsi_array_cast(const ls_array *a, ls_dtype dtype)
{
    ls_operand given = ls_operand_array(a);
    OPERANDS ops = {0};
    if (operands_check(&ops, 1, &given) || operands_shape(&ops)) {
        return NULL;
    }
    return map_node(&ops, LSI_OP_cast, a->dtype, dtype);
}

/* --- reductions, scans, products --- */

static const char *axis_text(uint32_t axes, char text[LSI_SHAPE_TEXT])
{
    int64_t list[LS_MAX_NDIM];
    int n = 0;
    for (int i = 0; i < LS_MAX_NDIM; i++) {
        if (axes >> i & 1) {
            list[n++] = i;
        }
    }
    return lsi_shape_text(n, list, text);
}

static lsi_version *reduce_node(lsi_reduce_op op, const ls_array *a, uint32_t reduced, bool keepdims, ls_dtype value,
                                ls_dtype result)
{
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    int64_t shape[LS_MAX_NDIM];
    int ndim = 0;
    int64_t folded = 1, kept = 1;
    for (int i = 0; i < layout.ndim; i++) {
        bool fold = reduced >> i & 1;
        folded *= fold ? layout.shape[i] : 1;
        kept *= fold ? 1 : layout.shape[i];
        if (!fold || keepdims) {
            shape[ndim++] = fold ? 1 : layout.shape[i];
        }
    }
    if (folded == 0 && kept > 0 && lsi_reduce_infos[op].empty_is_error) {
        char axes[LSI_SHAPE_TEXT], text[LSI_SHAPE_TEXT];
        lsi_fail(LS_ESHAPE, "no elements to choose from along axes %s of shape %s", axis_text(reduced, axes),
                 lsi_shape_text(layout.ndim, layout.shape, text));
        return NULL;
    }
    lsi_version *node =
        lsi_version_new(lsi_array_backend(a), LSI_NODE_REDUCE, result, ndim, shape, layout.ndim, layout.shape, 1);
    if (node) {
        node->op = (int)op;
        node->operand = value;
        node->reduced = reduced;
        lsi_node_input_array(node, 0, a, &layout);
    }
    return node;
}

ls_array *lsi_array_reduce(lsi_reduce_op op, const ls_array *a, ls_axis axes, bool keepdims, double correction,
                           ls_dtype dtype)
{
    bool flags[LS_MAX_NDIM];
    if (!lsi_array_check(a, 1) || lsi_axes_normalise(axes, a->ndim, flags)) {
        return NULL;
    }
    if (dtype && !lsi_dtype_valid(dtype)) {
        lsi_fail(LS_EDTYPE, "%d is not a dtype", (int)dtype);
        return NULL;
    }
    ls_dtype from = dtype ? dtype : a->dtype;
    ls_dtype value = lsi_reduce_value_dtype(op, from);
    if (!value) {
        return NULL;
    }
    if (dtype && lsi_dtype_kind(dtype) < LSI_KIND_FLOAT && lsi_dtype_kind(a->dtype) >= LSI_KIND_FLOAT) {
        lsi_fail(LS_EDTYPE, "%s elements are not reduced as %s", lsi_dtype_name(a->dtype), lsi_dtype_name(dtype));
        return NULL;
    }
    uint32_t reduced = 0;
    for (int i = 0; i < a->ndim; i++) {
        reduced |= flags[i] ? 1u << i : 0;
    }
    ls_dtype result = dtype ? dtype : lsi_reduce_result_dtype(op, from);
    lsi_version *node = reduce_node(op, a, reduced, keepdims, value, result);
    if (!node) {
        return NULL;
    }
    node->correction = correction;
    return node_array(node);
}

ls_array *lsi_array_scan(const ls_array *a, int axis, bool product, bool initial, ls_dtype dtype)
{
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    int64_t shape[LS_MAX_NDIM], count;
    memcpy(shape, layout.shape, sizeof shape[0] * (size_t)layout.ndim);
    if (initial && !lsi_add_size(shape[axis], 1, &shape[axis])) {
        lsi_fail(LS_EOVERFLOW, "axis %d of size %lld cannot grow by one", axis, (long long)layout.shape[axis]);
        return NULL;
    }
    ls_dtype result = dtype ? dtype : lsi_reduce_result_dtype(LSI_REDUCE_sum, a->dtype);
    if (lsi_shape_count(layout.ndim, shape, lsi_dtype_size(result), &count)) {
        return NULL;
    }
    lsi_version *node =
        lsi_version_new(lsi_array_backend(a), LSI_NODE_SCAN, result, layout.ndim, shape, layout.ndim, layout.shape, 1);
    if (!node) {
        return NULL;
    }
    node->operand = a->dtype;
    node->reduced = (uint32_t)axis;
    node->flags = (product ? LSI_SCAN_PRODUCT : 0u) | (initial ? LSI_SCAN_INITIAL : 0u);
    lsi_node_input_array(node, 0, a, &layout);
    return node_array(node);
}

ls_array *lsi_array_from_matmul(const lsi_matmul *task, const ls_array *x, const ls_array *y, int ndim,
                                const int64_t *shape)
{
    int64_t count;
    if (lsi_shape_count(ndim, shape, lsi_dtype_size(task->dtype), &count)) {
        return NULL;
    }
    lsi_matmul *copy = lsi_alloc(1, sizeof *copy);
    if (!copy) {
        lsi_fail(LS_ENOMEM, "out of memory for a product");
        return NULL;
    }
    *copy = *task;
    lsi_version *node = lsi_version_new(lsi_array_backend(x), LSI_NODE_MATMUL, task->dtype, ndim, shape, 0, NULL, 2);
    if (!node) {
        lsi_dealloc(copy);
        return NULL;
    }
    node->u.matmul = copy;
    node->operand = task->dtype;
    /* The inputs' strides are in the task; here only the versions matter. */
    node->inputs[0].version = lsi_version_retain(x->cell->version);
    node->inputs[1].version = lsi_version_retain(y->cell->version);
    return node_array(node);
}
