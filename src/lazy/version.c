/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lifetime of handles, cells and versions, and the views between them. Nothing here computes. */
#include "core/process.h"
#include "lazy/debug.h"
#include "lazy/fork.h"
#include "lazy/graph.h"
#include "lazy/profile.h"
#include "lazy/scope.h"
#include "memory/prim.h"

#include <pthread.h>
#include <string.h>

static pthread_mutex_t graph_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t graph_changed = PTHREAD_COND_INITIALIZER;
static int running; /* programs that threads of this process are running, under the lock */

void lsi_graph_lock(void)
{
    pthread_mutex_lock(&graph_mutex);
}

void lsi_graph_unlock(void)
{
    pthread_mutex_unlock(&graph_mutex);
}

void lsi_graph_wait(void)
{
    pthread_cond_wait(&graph_changed, &graph_mutex);
}

/* When nobody runs it, in the child of a fork, it is pending: the thread that ran it is the parent's. */
bool lsi_version_running(lsi_version *version)
{
    if (version->state == LSI_RUNNING && running == 0) {
        version->state = LSI_PENDING;
    }
    return version->state == LSI_RUNNING;
}

void lsi_graph_run_begin(void)
{
    running++;
    lsi_graph_unlock();
}

void lsi_graph_run_end(void)
{
    lsi_graph_lock();
    running--;
}

/* --- around a fork --- */

void lsi_lazy_lock(void)
{
    lsi_debug_lock();
    lsi_scopes_lock();
    lsi_graph_lock();
    lsi_profile_lock();
}

void lsi_lazy_unlock(void)
{
    lsi_profile_unlock();
    lsi_graph_unlock();
    lsi_scopes_unlock();
    lsi_debug_unlock();
}

void lsi_lazy_forget_runs(void)
{
    running = 0;
    atomic_store(&lsi_profile_on, false); /* the profile is of the parent */
    pthread_cond_init(&graph_changed, NULL); /* the threads that wait on it are the parent's */
}

void lsi_graph_broadcast(void)
{
    pthread_cond_broadcast(&graph_changed);
}

/* --- versions --- */

lsi_version *lsi_version_new(lsi_backend *backend, lsi_node_kind kind, ls_dtype dtype, int ndim, const int64_t *shape,
                             int space_ndim, const int64_t *space, int ninput)
{
    bool own_space = space != NULL;
    if (!own_space) {
        space_ndim = ndim;
    }
    size_t ndims = (size_t)ndim + (own_space ? (size_t)space_ndim : 0) + (size_t)ninput * (size_t)space_ndim;
    lsi_version *v = lsi_alloc(1, sizeof *v + ndims * sizeof(int64_t));
    if (!v) {
        lsi_fail(LS_ENOMEM, "out of memory for a node of %d axes", ndim);
        return NULL;
    }
    atomic_init(&v->refs, 1);
    v->backend = backend;
    v->dtype = dtype;
    v->kind = (uint8_t)kind;
    v->state = LSI_PENDING;
    v->function = lsi_current_function();
    v->place = lsi_current_place();
    v->ndim = ndim;
    v->space_ndim = space_ndim;
    v->ninput = ninput;
    v->shape = v->dims;
    v->space = own_space ? v->dims + ndim : v->shape;
    v->count = 1;
    for (int i = 0; i < ndim; i++) {
        v->shape[i] = shape[i];
        v->count *= shape[i];
    }
    for (int i = 0; own_space && i < space_ndim; i++) {
        v->space[i] = space[i];
    }
    int64_t *strides = v->dims + ndim + (own_space ? space_ndim : 0);
    for (int i = 0; i < ninput; i++) {
        v->inputs[i].strides = strides + (ptrdiff_t)i * space_ndim;
    }
    return v;
}

size_t lsi_version_bytes(const lsi_version *version)
{
    return (size_t)version->count * lsi_dtype_size(version->dtype);
}

lsi_version *lsi_version_retain(lsi_version *version)
{
    atomic_fetch_add_explicit(&version->refs, 1, memory_order_relaxed);
    return version;
}

/* Frees what a version owns besides its inputs, then the version. */
static void version_delete(lsi_version *v)
{
    lsi_buffer_release(v->buffer);
    if (v->kind == LSI_NODE_DRAW) {
        lsi_dealloc(v->u.draw);
    } else if (v->kind == LSI_NODE_MATMUL) {
        lsi_dealloc(v->u.matmul);
    }
    lsi_dealloc(v);
}

/* Drops one reference and, when it was the last, chains the version for deletion. */
static void version_drop(lsi_version *v, lsi_version **dead)
{
    if (atomic_fetch_sub_explicit(&v->refs, 1, memory_order_acq_rel) == 1) {
        v->next = *dead;
        *dead = v;
    }
}

void lsi_version_release_chain(lsi_version *dropped)
{
    lsi_version *dead = NULL;
    while (dropped) {
        lsi_version *v = dropped;
        dropped = v->next;
        version_drop(v, &dead);
    }
    while (dead) {
        lsi_version *v = dead;
        dead = v->next;
        for (int i = 0; i < v->ninput; i++) {
            if (v->inputs[i].version) {
                version_drop(v->inputs[i].version, &dead);
            }
        }
        version_delete(v);
    }
}

void lsi_version_release(lsi_version *version)
{
    if (!version) {
        return;
    }
    if (atomic_fetch_sub_explicit(&version->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    atomic_store_explicit(&version->refs, 1, memory_order_relaxed);
    version->next = NULL;
    lsi_version_release_chain(version);
}

void lsi_version_store(lsi_version *version, lsi_buffer *buffer, lsi_inputs *dropped)
{
    version->buffer = buffer;
    version->state = LSI_STORED;
    for (int i = 0; i < version->ninput; i++) {
        if (version->inputs[i].version) {
            dropped->versions[dropped->count++] = version->inputs[i].version;
            version->inputs[i].version = NULL;
        }
    }
    version->ninput = 0;
    if (version->kind == LSI_NODE_DRAW) {
        lsi_dealloc(version->u.draw);
    } else if (version->kind == LSI_NODE_MATMUL) {
        lsi_dealloc(version->u.matmul);
    }
    version->kind = LSI_NODE_NONE;
    version->weight = version->depth = 0;
    version->held = (int64_t)lsi_version_bytes(version);
}

/* --- handles --- */

void lsi_array_layout(const ls_array *a, lsi_layout *layout)
{
    layout->ndim = a->ndim;
    layout->offset = a->offset;
    memcpy(layout->shape, lsi_array_shape(a), (size_t)a->ndim * sizeof(int64_t));
    memcpy(layout->strides, lsi_array_strides(a), (size_t)a->ndim * sizeof(int64_t));
}

/* While debugging, a freed handle is still whole: it knows who made it. */
static void check_failed(const ls_array *a, int position)
{
    if (a->magic != LSI_ARRAY_DEAD) {
        lsi_fail(LS_EARGUMENT, "argument %d is not an array", position);
    } else if (atomic_load(&lsi_debug_on) && a->function) {
        lsi_fail(LS_EARGUMENT, "argument %d is an array that was freed (made by %s at %s)", position, a->function,
                 a->place ? a->place : "?");
    } else {
        lsi_fail(LS_EARGUMENT, "argument %d is an array that was freed", position);
    }
}

const ls_array *lsi_array_check(const ls_array *a, int position)
{
    if (lsi_process_check()) {
        return NULL;
    }
    if (!a) {
        lsi_fail_null(position);
        return NULL;
    }
    if (a->magic != LSI_ARRAY_ALIVE) {
        check_failed(a, position);
        return NULL;
    }
    return a;
}

static void cell_release(lsi_cell *cell)
{
    if (atomic_fetch_sub_explicit(&cell->refs, 1, memory_order_acq_rel) == 1) {
        atomic_store(&cell->version->cells, 0);
        lsi_version_release(cell->version);
        lsi_dealloc(cell);
    }
}

static void array_owner_gone(lsi_owned *owned)
{
    lsi_array_release((ls_array *)owned);
}

ls_array *lsi_array_of_owned(lsi_owned *owned)
{
    return owned->release == array_owner_gone ? (ls_array *)owned : NULL;
}

/* A handle on a cell; takes over one reference of it, also on failure. */
static ls_array *array_new(lsi_cell *cell, ls_dtype dtype, const lsi_layout *layout)
{
    ls_array *a = lsi_alloc(1, sizeof *a + 2 * (size_t)layout->ndim * sizeof(int64_t));
    if (!a) {
        cell_release(cell);
        lsi_fail(LS_ENOMEM, "out of memory for an array handle");
        return NULL;
    }
    a->magic = LSI_ARRAY_ALIVE;
    atomic_init(&a->refs, 1);
    a->function = lsi_current_function();
    a->place = lsi_current_place();
    a->cell = cell;
    a->dtype = dtype;
    a->ndim = layout->ndim;
    a->offset = layout->offset;
    memcpy(a->dims, layout->shape, (size_t)layout->ndim * sizeof(int64_t));
    memcpy(a->dims + layout->ndim, layout->strides, (size_t)layout->ndim * sizeof(int64_t));
    if (!lsi_scope_adopt(&a->owned, array_owner_gone)) {
        lsi_array_release(a);
        lsi_fail(LS_ENOMEM, "out of memory for a scope");
        return NULL;
    }
    lsi_debug_made(a);
    return a;
}

static ls_array *array_on_version(lsi_version *version, const lsi_layout *layout)
{
    lsi_cell *cell = lsi_alloc(1, sizeof *cell);
    if (!cell) {
        lsi_version_release(version);
        lsi_fail(LS_ENOMEM, "out of memory for an array");
        return NULL;
    }
    atomic_init(&cell->refs, 1);
    cell->version = version;
    atomic_store(&version->cells, 1);
    return array_new(cell, version->dtype, layout);
}

ls_array *lsi_array_from_version(lsi_version *version, int ndim, const int64_t *shape)
{
    lsi_layout layout;
    lsi_layout_contiguous(&layout, ndim, shape);
    return array_on_version(version, &layout);
}

ls_array *lsi_array_view(const ls_array *a, const lsi_layout *layout)
{
    atomic_fetch_add_explicit(&a->cell->refs, 1, memory_order_relaxed);
    return array_new(a->cell, a->dtype, layout);
}

ls_array *lsi_array_from_buffer(lsi_buffer *buffer, ls_dtype dtype, const lsi_layout *layout)
{
    int64_t elements = (int64_t)(buffer->bytes / lsi_dtype_size(dtype));
    lsi_version *v = lsi_version_new(buffer->backend, LSI_NODE_NONE, dtype, 1, &elements, 1, NULL, 0);
    if (!v) {
        lsi_buffer_release(buffer);
        return NULL;
    }
    v->state = LSI_STORED;
    v->buffer = buffer;
    v->held = (int64_t)buffer->bytes;
    return array_on_version(v, layout);
}

ls_array *lsi_array_new(lsi_backend *backend, ls_dtype dtype, int ndim, const int64_t *shape)
{
    lsi_layout layout;
    lsi_layout_contiguous(&layout, ndim, shape);
    size_t bytes = (size_t)lsi_layout_count(&layout) * lsi_dtype_size(dtype);
    lsi_buffer *buffer = lsi_buffer_new(backend, bytes);
    if (!buffer) {
        char report[256];
        lsi_pool_report(backend->pool, bytes, report, sizeof report);
        lsi_fail(LS_ENOMEM, "no memory for %zu bytes on %s: %s", bytes, backend->name, report);
        return NULL;
    }
    buffer->bytes = bytes;
    return lsi_array_from_buffer(buffer, dtype, &layout);
}

ls_array *lsi_array_retain(ls_array *a)
{
    atomic_fetch_add_explicit(&a->refs, 1, memory_order_relaxed);
    return a;
}

void lsi_array_release(ls_array *a)
{
    if (atomic_fetch_sub_explicit(&a->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    a->magic = LSI_ARRAY_DEAD;
    cell_release(a->cell);
    if (!lsi_debug_freed(a)) {
        lsi_dealloc(a);
    }
}

void lsi_array_name(const ls_array *a)
{
    lsi_graph_lock();
    a->cell->version->named = true;
    lsi_graph_unlock();
}
