/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lifetime of handles, cells and versions, and the views between them. Nothing here computes. */
#include "core/lock.h"
#include "core/process.h"
#include "lazy/debug.h"
#include "lazy/fork.h"
#include "lazy/graph.h"
#include "lazy/profile.h"
#include "lazy/scope.h"
#include "memory/prim.h"

#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>

lsi_lock lsi_graph_mutex = LSI_LOCK_INITIAL;
static pthread_cond_t graph_changed = PTHREAD_COND_INITIALIZER;
static int running; /* programs that threads of this process are running, under the lock */
static int waiting; /* threads that wait for a change, under the lock */

/* Another thread runs what is waited for, so it has had the lock: it is shared. */
void lsi_graph_wait(void)
{
    if (lsi_lock_is_light(&lsi_graph_mutex)) {
        lsi_graph_unlock();
        sched_yield();
        lsi_graph_lock();
        return;
    }
    waiting++;
    pthread_cond_wait(&graph_changed, &lsi_graph_mutex.mutex);
    waiting--;
}

/* When nobody runs it, in the child of a fork, it is pending: the thread that ran it is the parent's. */
bool lsi_version_running(lsi_version *version)
{
    if (version->state == LSI_RUNNING && running == 0) {
        lsi_version_set_state(version, LSI_PENDING);
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
    running = waiting = 0;
    atomic_store(&lsi_profile_on, false); /* the profile is of the parent */
    pthread_cond_init(&graph_changed, NULL); /* the threads that wait on it are the parent's */
}

void lsi_graph_broadcast(void)
{
    if (waiting) {
        pthread_cond_broadcast(&graph_changed);
    }
}

/* --- versions --- */

static const char *call_function(void)
{
    return lsi_current_call && lsi_current_call->function ? lsi_current_call->function : "lockstep";
}

/* What is nothing at first. Of five vectors and less compilers write wide stores; for more, gcc takes an instruction that
 * repeats, which takes as long as a tenth of a small addition. */
static inline void version_clear(lsi_version *v)
{
    enum { FROM = offsetof(lsi_version, state), TO = offsetof(lsi_version, inside_rows) + sizeof v->inside_rows };
    _Static_assert(TO - FROM <= 80, "more is to be set where it is needed");
    memset((char *)v + FROM, 0, TO - FROM);
}

/* Inlined where the kind and the space are known. */
static inline lsi_version *version_new(lsi_backend *backend, lsi_node_kind kind, ls_dtype dtype, int ndim,
                                       const int64_t *shape, int space_ndim, const int64_t *space, int ninput)
{
    const bool own_space = space != NULL;
    if (!own_space) {
        space_ndim = ndim;
    }
    size_t ndims = (size_t)ndim + (own_space ? (size_t)space_ndim : 0) + (size_t)ninput * (size_t)space_ndim;
    const size_t size = sizeof(lsi_version) + ndims * sizeof(int64_t);
    lsi_version *v = lsi_take(size);
    if (!v) {
        lsi_fail(LS_ENOMEM, "out of memory for a node of %d axes", ndim);
        return NULL;
    }
    version_clear(v);
    v->held = 0;
    v->weight = 1;
    atomic_init(&v->refs, 1);
    v->backend = backend;
    v->size = (uint32_t)size;
    v->dtype = dtype;
    v->kind = (uint8_t)kind;
    v->function = call_function();
    v->place = lsi_current_call ? lsi_current_call->place : NULL;
    v->ndim = ndim;
    v->space_ndim = space_ndim;
    v->ninput = ninput;
    v->shape = v->dims;
    v->space = own_space ? v->dims + ndim : v->shape;
    int64_t count = 1;
    for (int i = 0; i < ndim; i++) {
        v->dims[i] = shape[i];
        count *= shape[i];
    }
    v->count = count;
    for (int i = 0; own_space && i < space_ndim; i++) {
        v->space[i] = space[i];
    }
    int64_t *strides = v->dims + ndim + (own_space ? space_ndim : 0);
    for (int i = 0; i < ninput; i++) {
        v->inputs[i].version = NULL;
        v->inputs[i].strides = strides + (ptrdiff_t)i * space_ndim;
    }
    return v;
}

lsi_version *lsi_version_new(lsi_backend *backend, lsi_node_kind kind, ls_dtype dtype, int ndim, const int64_t *shape,
                             int space_ndim, const int64_t *space, int ninput)
{
    return version_new(backend, kind, dtype, ndim, shape, space_ndim, space, ninput);
}

lsi_version *lsi_version_new_map(lsi_backend *backend, ls_dtype dtype, int ndim, const int64_t *shape, int ninput)
{
    return version_new(backend, LSI_NODE_MAP, dtype, ndim, shape, 0, NULL, ninput);
}

/* Counts of references to versions change all the time, by threads that hold no lock: by atomic instructions, but for the
 * thread to which the graph lock leans. It changes them plainly, inside the lock (which costs it next to nothing); any
 * other thread first makes sure that the lock leans to nobody. */
static void make_shared(void)
{
    lsi_graph_lock();
    lsi_graph_unlock();
}

/* The count after the change. */
static inline int64_t refs_change(_Atomic int64_t *refs, int64_t change)
{
    lsi_lock *lock = &lsi_graph_mutex;
    const bool inside = atomic_load_explicit(&lock->busy, memory_order_relaxed); /* where this thread is the owner */
    if (lsi_lock_is_owner(lock) && (inside || lsi_lock_take_lightly(lock))) {
        const int64_t count = atomic_load_explicit(refs, memory_order_relaxed) + change;
        atomic_store_explicit(refs, count, memory_order_relaxed);
        atomic_store_explicit(&lock->busy, inside, memory_order_release);
        return count;
    }
    if (!lsi_lock_is_shared(&lsi_graph_mutex)) {
        make_shared();
    }
    return atomic_fetch_add_explicit(refs, change, memory_order_acq_rel) + change;
}

lsi_version *lsi_version_retain(lsi_version *version)
{
    refs_change(&version->refs, 1);
    return version;
}

/* Two threads at once may count one: the number is a hint (bounds.c). */
static inline void note_reading(lsi_version *version)
{
    const uint32_t before = atomic_load_explicit(&version->readings, memory_order_relaxed);
    atomic_store_explicit(&version->readings, before + 1, memory_order_relaxed);
}

lsi_version *lsi_version_read(lsi_version *version)
{
    note_reading(version);
    return lsi_version_retain(version);
}

/* One visit of the lock for all of them, which the caller does not hold. */
void lsi_node_retain_inputs(lsi_version *node)
{
    const bool light = lsi_lock_take_lightly(&lsi_graph_mutex);
    for (int i = 0; i < node->ninput; i++) {
        lsi_version *in = node->inputs[i].version;
        if (in && light) {
            const int64_t count = atomic_load_explicit(&in->refs, memory_order_relaxed);
            atomic_store_explicit(&in->refs, count + 1, memory_order_relaxed);
            note_reading(in);
        } else if (in) {
            lsi_version_read(in);
        }
    }
    if (light) {
        lsi_lock_give_lightly(&lsi_graph_mutex);
    }
}

/* Whether a reference that is given up was the last. Nobody can come to hold what nobody else holds. */
static inline bool version_last(lsi_version *v)
{
    return atomic_load_explicit(&v->refs, memory_order_acquire) == 1 || refs_change(&v->refs, -1) == 0;
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
    lsi_give(v, v->size);
}

/* Drops one reference and, when it was the last, chains the version for deletion. */
static void version_drop(lsi_version *v, lsi_version **dead)
{
    if (version_last(v)) {
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
    if (!version || !version_last(version)) {
        return;
    }
    if (version->ninput == 0) {
        version_delete(version);
        return;
    }
    atomic_store_explicit(&version->refs, 1, memory_order_relaxed);
    version->next = NULL;
    lsi_version_release_chain(version);
}

/* Holding the lock without its mutex: gives a reference up, unless it may be the last. */
static inline bool drop_lightly(lsi_version *v)
{
    const int64_t count = atomic_load_explicit(&v->refs, memory_order_relaxed);
    if (count <= 1) {
        return false;
    }
    atomic_store_explicit(&v->refs, count - 1, memory_order_relaxed);
    return true;
}

void lsi_version_store(lsi_version *version, lsi_buffer *buffer, lsi_inputs *dropped)
{
    version->buffer = buffer;
    version->held = (int64_t)lsi_version_bytes(version);
    lsi_version_set_state(version, LSI_STORED);
    const bool light = lsi_lock_is_light(&lsi_graph_mutex);
    for (int i = 0; i < version->ninput; i++) {
        lsi_version *in = version->inputs[i].version;
        version->inputs[i].version = NULL;
        if (in && !(light && drop_lightly(in))) {
            dropped->versions[dropped->count++] = in;
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

const ls_array *lsi_array_refuse(const ls_array *a, int position)
{
    if (lsi_process_check()) {
        return NULL;
    }
    if (!a) {
        lsi_fail_null(position);
        return NULL;
    }
    check_failed(a, position);
    return NULL;
}

/* A cell in a handle is the last thing of it that is needed: the handle, while it is alive, refers to the cell. */
static void cell_release(lsi_cell *cell)
{
    if (atomic_load_explicit(&cell->refs, memory_order_acquire) != 1 &&
        atomic_fetch_sub_explicit(&cell->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    atomic_store_explicit(&cell->version->cells, 0, memory_order_release);
    lsi_version_release(cell->version);
    if (cell->home) {
        lsi_array_give(cell->home);
    } else {
        lsi_give(cell, sizeof *cell);
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

/* A handle, its cell, shape and strides yet to be set. NULL, with the error recorded, when out of memory. */
static inline ls_array *handle_new(ls_dtype dtype, int ndim, int64_t offset)
{
    ls_array *a = lsi_take(sizeof *a + 2 * (size_t)ndim * sizeof(int64_t));
    if (!a) {
        lsi_fail(LS_ENOMEM, "out of memory for an array handle");
        return NULL;
    }
    a->magic = LSI_ARRAY_ALIVE;
    atomic_init(&a->refs, 1);
    a->listed = false;
    a->newer = a->older = NULL;
    a->function = call_function();
    a->place = lsi_current_call ? lsi_current_call->place : NULL;
    a->dtype = dtype;
    a->ndim = ndim;
    a->offset = offset;
    return a;
}

/* Gives a whole handle to the scope; NULL, the handle freed, when that has no memory. */
static inline ls_array *handle_adopt(ls_array *a)
{
    if (!lsi_scope_adopt(&a->owned, array_owner_gone)) {
        lsi_array_release(a);
        lsi_fail(LS_ENOMEM, "out of memory for a scope");
        return NULL;
    }
    lsi_debug_made(a);
    return a;
}

/* Of a handle that has its cell. */
static void set_layout(ls_array *a, const lsi_layout *layout)
{
    int64_t step = 1;
    bool whole = layout->offset == 0;
    for (int i = 0; i < layout->ndim; i++) {
        a->dims[i] = layout->shape[i];
        a->dims[layout->ndim + i] = layout->strides[i];
    }
    for (int i = layout->ndim - 1; i >= 0; i--) {
        whole = whole && (layout->strides[i] == step || layout->shape[i] == 1);
        step *= layout->shape[i];
    }
    a->whole = whole && step == a->cell->version->count;
}

/* While debugging, dead handles are kept for a time: their cells are not in them. */
static lsi_cell *cell_place(ls_array *a)
{
    if (atomic_load_explicit(&lsi_debug_on, memory_order_relaxed)) {
        lsi_cell *cell = lsi_take(sizeof *cell);
        if (cell) {
            cell->home = NULL;
        }
        return cell;
    }
    a->first.home = a;
    return &a->first;
}

/* A handle and a cell that names the version; takes over one reference of it, also on failure. */
static inline ls_array *handle_on_version(lsi_version *version, int ndim, int64_t offset)
{
    ls_array *a = handle_new(version->dtype, ndim, offset);
    lsi_cell *cell = a ? cell_place(a) : NULL;
    if (!cell) {
        if (a) {
            lsi_array_give(a);
            lsi_fail(LS_ENOMEM, "out of memory for an array");
        }
        lsi_version_release(version);
        return NULL;
    }
    atomic_init(&cell->refs, 1);
    cell->version = version;
    atomic_store_explicit(&version->cells, 1, memory_order_release);
    a->cell = cell;
    return a;
}

ls_array *lsi_array_from_version(lsi_version *version, int ndim, const int64_t *shape)
{
    ls_array *a = handle_on_version(version, ndim, 0);
    if (!a) {
        return NULL;
    }
    int64_t step = 1;
    for (int i = ndim - 1; i >= 0; i--) {
        a->dims[i] = shape[i];
        a->dims[ndim + i] = step;
        if (shape[i] > 1 && __builtin_mul_overflow(step, shape[i], &step)) {
            step = 0; /* there are no elements: another axis is empty */
        }
    }
    a->whole = true;
    return handle_adopt(a);
}

ls_array *lsi_array_view(const ls_array *a, const lsi_layout *layout)
{
    ls_array *view = handle_new(a->dtype, layout->ndim, layout->offset);
    if (!view) {
        return NULL;
    }
    atomic_fetch_add_explicit(&a->cell->refs, 1, memory_order_relaxed);
    view->cell = a->cell;
    set_layout(view, layout);
    return handle_adopt(view);
}

ls_array *lsi_array_from_buffer(lsi_buffer *buffer, ls_dtype dtype, const lsi_layout *layout)
{
    int64_t elements = (int64_t)(buffer->bytes / lsi_dtype_size(dtype));
    lsi_version *v = lsi_version_new(buffer->backend, LSI_NODE_NONE, dtype, 1, &elements, 1, NULL, 0);
    if (!v) {
        lsi_buffer_release(buffer);
        return NULL;
    }
    v->buffer = buffer;
    v->held = (int64_t)buffer->bytes;
    lsi_version_set_state(v, LSI_STORED);
    ls_array *a = handle_on_version(v, layout->ndim, layout->offset);
    if (!a) {
        return NULL;
    }
    set_layout(a, layout);
    return handle_adopt(a);
}

ls_array *lsi_array_new(lsi_backend *backend, ls_dtype dtype, int ndim, const int64_t *shape)
{
    lsi_layout layout;
    lsi_layout_contiguous(&layout, ndim, shape);
    size_t bytes = (size_t)lsi_layout_count(&layout) * lsi_dtype_size(dtype);
    lsi_buffer *buffer = lsi_buffer_new(backend, bytes);
    if (!buffer) {
        lsi_backend_no_memory(backend, lsi_current_function(), lsi_current_place(), bytes);
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

void lsi_array_give(ls_array *a)
{
    lsi_give(a, sizeof *a + 2 * (size_t)a->ndim * sizeof(int64_t));
}

void lsi_array_release(ls_array *a)
{
    if (atomic_load_explicit(&a->refs, memory_order_acquire) != 1 &&
        atomic_fetch_sub_explicit(&a->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    const bool goes_with_cell = a->cell == &a->first;
    a->magic = LSI_ARRAY_DEAD;
    cell_release(a->cell);
    if (!goes_with_cell && !lsi_debug_freed(a)) {
        lsi_array_give(a);
    }
}

void lsi_array_name(const ls_array *a)
{
    lsi_graph_lock();
    a->cell->version->named = true;
    lsi_graph_unlock();
}
