/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Moving elements between arrays and host memory, and writing into arrays. A write makes a new version of the cell: in
 * place when nobody else refers to the old one, else on a copy, so that pending work keeps the values it was given. */
#include "lazy/graph.h"
#include "lazy/profile.h"

#include <string.h>

/* --- reading --- */

/* The stored version a handle views; NULL with the status set. */
static lsi_version *stored(const ls_array *a, ls_status *status)
{
    *status = lsi_evaluate(1, &a);
    return *status ? NULL : a->cell->version;
}

static ls_status download_contiguous(const lsi_version *v, int64_t offset, int64_t count, void *host)
{
    size_t size = lsi_dtype_size(v->dtype);
    if (count == 0) {
        return LS_OK;
    }
    lsi_span span;
    lsi_span_begin(&span, v->backend);
    ls_status status =
        v->backend->download(v->backend, v->buffer, (size_t)offset * size, host, (size_t)count * size);
    if (!status) {
        lsi_span_end(&span, v->backend, &(lsi_event){.kind = LSI_WORK_DOWNLOAD,
                                                     .function = lsi_current_function(),
                                                     .place = lsi_current_place(),
                                                     .bytes_read = count * (int64_t)size});
    }
    return status;
}

/* A new version that holds the elements of a view in C order, stored; NULL with the status set. */
static lsi_version *gathered(const ls_array *a, const lsi_layout *layout, ls_status *status)
{
    lsi_version *copy =
        lsi_version_new(lsi_array_backend(a), LSI_NODE_MAP, a->dtype, layout->ndim, layout->shape, 0, NULL, 1);
    if (!copy) {
        *status = LS_ENOMEM;
        return NULL;
    }
    copy->op = LSI_OP_cast;
    copy->operand = a->dtype;
    lsi_node_input_array(copy, 0, a, layout);
    *status = lsi_evaluate_versions(1, &copy);
    if (*status) {
        lsi_version_release(copy);
        return NULL;
    }
    return copy;
}

/* A view of a constant or a progression is read without making the rest of it. */
static bool is_formula(const ls_array *a)
{
    lsi_graph_lock();
    const lsi_version *v = a->cell->version;
    bool formula = v->state == LSI_PENDING && (v->kind == LSI_NODE_CONST || v->kind == LSI_NODE_IOTA);
    lsi_graph_unlock();
    return formula;
}

ls_status lsi_array_download(const ls_array *a, void *host)
{
    ls_status status = LS_OK;
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    if (!is_formula(a)) {
        lsi_version *v = stored(a, &status);
        if (!v) {
            return status;
        }
        if (lsi_layout_is_contiguous(&layout)) {
            return download_contiguous(v, layout.offset, lsi_layout_count(&layout), host);
        }
    }
    lsi_version *copy = gathered(a, &layout, &status);
    if (copy) {
        status = download_contiguous(copy, 0, copy->count, host);
        lsi_version_release(copy);
    }
    return status;
}

const void *lsi_array_host_data(const ls_array *a, ls_status *status)
{
    lsi_version *v = stored(a, status);
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    if (!v || !lsi_layout_is_contiguous(&layout) || !lsi_pool_prim(v->backend->pool)->host_readable) {
        return NULL;
    }
    *status = v->backend->wait(v->backend, v->buffer->uses.written);
    return *status ? NULL : (const char *)v->buffer->address + (size_t)layout.offset * lsi_dtype_size(v->dtype);
}

lsi_buffer *lsi_array_share(const ls_array *a, bool writable, ls_status *status)
{
    if (!stored(a, status)) {
        return NULL;
    }
    lsi_buffer *buffer = lsi_array_buffer(a);
    if (writable) {
        lsi_graph_lock();
        buffer->wrapped = true;
        lsi_graph_unlock();
    }
    *status = buffer->backend->wait(buffer->backend, buffer->uses.written);
    if (*status) {
        lsi_buffer_release(buffer);
        return NULL;
    }
    return buffer;
}

/* --- writing --- */

/* Makes `v` (one reference, taken over) the cell's version. */
static void cell_replace(lsi_cell *cell, lsi_version *v)
{
    lsi_graph_lock();
    lsi_version *old = cell->version;
    atomic_store(&old->cells, 0);
    atomic_store(&v->cells, 1);
    v->named = v->named || old->named;
    cell->version = v;
    lsi_graph_unlock();
    lsi_version_release(old);
}

/* Whether the version's memory may be changed where it is: only the cell and the node that is being written refer to it. */
static bool only_ours(const lsi_version *v, const lsi_version *node)
{
    int64_t ours = 1;
    for (int i = 0; i < node->ninput; i++) {
        ours += node->inputs[i].version == v;
    }
    return v->state == LSI_STORED && atomic_load(&v->refs) == ours && atomic_load(&v->buffer->refs) == 1;
}

/* A stored copy of a whole version; NULL with the status set. */
static lsi_version *version_copy(const lsi_cell *cell, ls_status *status)
{
    lsi_version *v = cell->version;
    ls_array handle = {.cell = (lsi_cell *)cell, .dtype = v->dtype};
    lsi_layout whole;
    lsi_layout_contiguous(&whole, 1, &v->count);
    return gathered(&handle, &whole, status);
}

/* Wrapped memory is the user's, so a write must land there: the old version, which others still refer to, moves to a copy
 * and a new version takes the wrapped memory. Otherwise the new version is the copy. */
static ls_status detach(const ls_array *dst)
{
    ls_status status = LS_OK;
    lsi_version *old = dst->cell->version, *copy = version_copy(dst->cell, &status);
    if (!copy) {
        return status;
    }
    if (old->buffer->wrapped) {
        lsi_graph_lock();
        lsi_buffer *wrapped = old->buffer;
        old->buffer = copy->buffer;
        copy->buffer = wrapped;
        lsi_graph_unlock();
    }
    cell_replace(dst->cell, copy);
    return LS_OK;
}

/* The elements to write as a pending version of dst's shape and dtype; NULL with the error recorded. */
static lsi_version *written_node(const ls_array *dst, const lsi_layout *target, const ls_operand *src)
{
    lsi_version *node =
        lsi_version_new(lsi_array_backend(dst), LSI_NODE_MAP, dst->dtype, target->ndim, target->shape, 0, NULL, 1);
    if (!node) {
        return NULL;
    }
    node->op = LSI_OP_cast;
    bool ok;
    if (src->kind == LS_OPERAND_ARRAY) {
        lsi_layout from, stretched;
        lsi_array_layout(src->value.array, &from);
        node->operand = src->value.array->dtype;
        ok = !lsi_layout_broadcast(&from, target->ndim, target->shape, &stretched);
        if (ok) {
            lsi_node_input_array(node, 0, src->value.array, &stretched);
        }
    } else {
        lsi_scalar value;
        ok = !lsi_scalar_from_operand(src, dst->dtype, &value);
        node->operand = dst->dtype;
        lsi_node_input_constant(node, 0, &value);
    }
    if (!ok) {
        lsi_version_release(node);
        return NULL;
    }
    return node;
}

/* Stores the node into the target; through memory of its own when it reads the target otherwise than in place. */
static ls_status write_node(lsi_version *node, lsi_version *into, const lsi_layout *target)
{
    bool done = true;
    ls_status status = lsi_evaluate_into(node, into->buffer, target, &done);
    if (status || done) {
        return status;
    }
    status = lsi_evaluate_versions(1, &node);
    if (status) {
        return status;
    }
    lsi_version *copy =
        lsi_version_new(node->backend, LSI_NODE_MAP, node->dtype, node->ndim, node->shape, 0, NULL, 1);
    if (!copy) {
        return LS_ENOMEM;
    }
    copy->op = LSI_OP_cast;
    copy->operand = node->dtype;
    lsi_layout whole;
    lsi_layout_contiguous(&whole, node->ndim, node->shape);
    lsi_node_input_version(copy, 0, node, &whole);
    status = lsi_evaluate_into(copy, into->buffer, target, &done);
    lsi_version_release(copy);
    return status;
}

/* Writes a finished node into the elements `target` of dst's cell. */
static ls_status write_elements(const ls_array *dst, lsi_version *node, const lsi_layout *target)
{
    lsi_version *v = dst->cell->version;
    bool whole = target->offset == 0 && node->count == v->count && lsi_layout_is_contiguous(target);
    bool wrapped = v->state == LSI_STORED && v->buffer->wrapped;
    if (wrapped && v->buffer->read_only) {
        return lsi_fail(LS_EARGUMENT, "the array wraps memory that is read-only");
    }
    if (whole && !wrapped && !only_ours(v, node)) {
        ls_status status = lsi_evaluate_versions(1, &node); /* everything is overwritten: no copy of the old */
        if (!status) {
            cell_replace(dst->cell, lsi_version_retain(node));
        }
        return status;
    }
    ls_status status = lsi_evaluate_versions(1, &v);
    if (!status && !only_ours(v, node)) {
        status = detach(dst);
    }
    return status ? status : write_node(node, dst->cell->version, target);
}

/* Gives the cell memory of its own that nothing has been written to. */
static ls_status start_afresh(const ls_array *dst)
{
    const lsi_version *old = dst->cell->version;
    lsi_version *fresh = lsi_version_new(old->backend, LSI_NODE_NONE, old->dtype, 1, &old->count, 1, NULL, 0);
    lsi_buffer *buffer = fresh ? lsi_buffer_new(old->backend, lsi_version_bytes(old)) : NULL;
    if (!buffer) {
        lsi_version_release(fresh);
        return lsi_backend_no_memory(old->backend, lsi_current_function(), lsi_current_place(), lsi_version_bytes(old));
    }
    fresh->buffer = buffer;
    fresh->held = (int64_t)buffer->bytes;
    lsi_version_set_state(fresh, LSI_STORED);
    cell_replace(dst->cell, fresh);
    return LS_OK;
}

ls_status lsi_array_own(const ls_array *a, bool keep)
{
    const lsi_version nobody = {.ninput = 0};
    lsi_version *v = a->cell->version;
    const bool wrapped = v->state == LSI_STORED && v->buffer->wrapped;
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    if (wrapped && v->buffer->read_only) {
        return lsi_fail(LS_EARGUMENT, "the array wraps memory that is read-only");
    }
    if (only_ours(v, &nobody)) {
        return LS_OK;
    }
    const bool whole = layout.offset == 0 && lsi_layout_count(&layout) == v->count && lsi_layout_is_contiguous(&layout);
    if (whole && !keep && !wrapped) {
        return start_afresh(a);
    }
    ls_status status = lsi_evaluate_versions(1, &v);
    return status || only_ours(v, &nobody) ? status : detach(a);
}

lsi_buffer *lsi_array_buffer(const ls_array *a)
{
    lsi_graph_lock();
    lsi_buffer *buffer = lsi_buffer_retain(a->cell->version->buffer);
    lsi_graph_unlock();
    return buffer;
}

static bool is_broadcast(const lsi_layout *layout)
{
    for (int i = 0; i < layout->ndim; i++) {
        if (layout->strides[i] == 0 && layout->shape[i] > 1) {
            return true;
        }
    }
    return false;
}

static ls_status check_source(const ls_array *dst, const ls_operand *src)
{
    if (src->kind != LS_OPERAND_ARRAY) {
        return LS_OK;
    }
    if (!lsi_array_check(src->value.array, 2)) {
        return lsi_pending_error();
    }
    if (lsi_array_backend(src->value.array) != lsi_array_backend(dst)) {
        return lsi_fail(LS_EDEVICE, "operands are on different devices: %s and %s", lsi_array_backend(dst)->name,
                        lsi_array_backend(src->value.array)->name);
    }
    if (lsi_dtype_kind(src->value.array->dtype) == LSI_KIND_COMPLEX && lsi_dtype_kind(dst->dtype) != LSI_KIND_COMPLEX) {
        return lsi_fail(LS_EDTYPE, "%s elements do not go into %s; take ls_real or ls_imag first",
                        lsi_dtype_name(src->value.array->dtype), lsi_dtype_name(dst->dtype));
    }
    return LS_OK;
}

ls_status lsi_array_assign(const ls_array *dst, ls_operand src)
{
    if (!lsi_array_check(dst, 1)) {
        return lsi_pending_error();
    }
    ls_status status = check_source(dst, &src);
    if (status) {
        return status;
    }
    lsi_layout target;
    lsi_array_layout(dst, &target);
    if (is_broadcast(&target)) {
        return lsi_fail(LS_EARGUMENT, "the target is a broadcast view: its elements share memory");
    }
    /* The new elements are pinned to the versions they were called with before the target may change. */
    lsi_version *node = written_node(dst, &target, &src);
    if (!node) {
        return lsi_pending_error();
    }
    status = lsi_node_finish(node);
    if (!status && lsi_layout_count(&target) > 0) {
        status = write_elements(dst, node, &target);
    }
    lsi_version_release(node);
    return status;
}

ls_status lsi_array_upload(const ls_array *dst, const void *host)
{
    lsi_version *v = dst->cell->version;
    size_t size = lsi_dtype_size(dst->dtype);
    lsi_layout layout;
    lsi_array_layout(dst, &layout);
    size_t bytes = (size_t)lsi_layout_count(&layout) * size;
    if (bytes == 0) {
        return LS_OK;
    }
    lsi_span span;
    lsi_span_begin(&span, v->backend);
    ls_status status =
        v->backend->upload(v->backend, v->buffer, (size_t)dst->offset * size, host, bytes, &v->buffer->uses.written);
    if (!status) {
        lsi_span_end(&span, v->backend, &(lsi_event){.kind = LSI_WORK_UPLOAD,
                                                     .function = lsi_current_function(),
                                                     .place = lsi_current_place(),
                                                     .bytes_written = (int64_t)bytes});
    }
    return status;
}
