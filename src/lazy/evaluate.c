/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Evaluation. Decides which pending versions become programs of their own (roots), which are computed inside them, which
 * roots share a program, and what is stored besides. Then runs one program after another.
 *
 * A root must be stored because somebody asked for it, because it is a reduction, scan or product that a later step
 * needs, or because steps read it through views and computing it for each of them is too dear (through.c); but a backend
 * may take a reduction and what needs its rows in one program (rows.c). Everything else between roots is computed inside
 * programs. A root's level is one more than the highest level of the roots it reads; level 1 can run. After each program
 * the plan is made anew: it costs about as much as bringing the old one up to date, and other threads may have stored
 * things meanwhile.
 *
 * Stored besides, when memory allows: what a program computes and a named array holds, what another program of the same
 * plan needs, and what an earlier program has computed before without storing. */
#include "lazy/graph.h"
#include "lazy/profile.h"
#include "memory/prim.h"

#include <string.h>

LSI_THREAD_WORD lsi_counters lsi_counts;

enum { PLAN_ROOTS = 128, LEVEL_BLOCKED = 1 << 20, KEPT_ROW = 16 };

typedef struct plan {
    uint32_t epoch;
    int nroots, nwanted; /* roots from nwanted on are only run along with others */
    lsi_version *roots[PLAN_ROOTS];
} plan;

static uint32_t last_epoch; /* under the graph lock */

/* --- planning --- */

static int32_t visit_root(plan *p, lsi_version *v, const lsi_version *reader);

/* Whether what lies along the reduction's rows may be computed by the program of `root`. */
static bool reduces_rows(const lsi_version *root, const lsi_version *r, int ndim, const int64_t *space)
{
    return r && !root->split && (root->root_rows == 0 || root->root_rows == r->reduced) && r->space_ndim == ndim &&
           memcmp(r->space, space, (size_t)ndim * sizeof(int64_t)) == 0;
}

static int32_t max_level(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* Notes that the program of `root` computes v; the first two roots by number, more as a flag. */
static void note_inside(lsi_version *v, int32_t root)
{
    if (v->inside[0] == root || v->inside[1] == root) {
        return;
    }
    if (v->inside[1] < 0) {
        v->inside[1] = root;
    } else {
        v->inside_more = true;
    }
}

/* Whether what is read of v may be computed where it is read. What was asked for is stored anyway. */
static bool may_be_seen_through(const plan *p, const lsi_version *v)
{
    return v->asked_mark != p->epoch && lsi_may_be_seen_through(v);
}

/* The program that is planned: that of a root, over a space. */
typedef struct frame {
    int32_t root;
    int ndim;
    const int64_t *space;
} frame;

/* How a program computes a version: whole; as a view sees it; or along the rows of a reduction. */
typedef struct manner {
    const lsi_layout *seen; /* NULL: whole */
    bool of_row;
} manner;

/* Whether the program computes what input i of `node` reads, instead of reading what was stored. */
static bool is_inside(const plan *p, const frame *to, const lsi_version *node, int i, manner how)
{
    const lsi_version *root = p->roots[to->root];
    const lsi_input *input = &node->inputs[i];
    lsi_version *v = input->version;
    if (how.seen) {
        return false;
    }
    if (input->whole && !how.of_row && lsi_fusable(v, to->ndim, to->space)) {
        const bool rows = v->inline_mark == p->epoch && v->inside_rows; /* found inside another program, with rows */
        return !rows || (!root->split && (root->root_rows == 0 || root->root_rows == v->inside_rows));
    }
    if (!v->backend->rows_fit || !reduces_rows(root, lsi_rows_of(v, p->epoch), to->ndim, to->space)) {
        return false;
    }
    lsi_layout at;
    return how.of_row ? input->whole
                      : lsi_input_at(node, i, NULL, to->ndim, to->space, &at) && at.offset == 0 &&
                            lsi_rows_in_order(to->ndim, to->space, v->along->reduced, at.strides);
}

/* Whether what it reads of it had best be computed from what that is made of: where that lies is in *at. */
static bool is_seen(const plan *p, const frame *to, const lsi_version *node, int i, manner how, lsi_layout *at)
{
    const lsi_input *input = &node->inputs[i];
    return (how.seen || !input->whole) && !how.of_row && may_be_seen_through(p, input->version) &&
           lsi_input_at(node, i, how.seen, to->ndim, to->space, at) &&
           lsi_is_seen_through(p->roots[to->root], input->version, at);
}

/* Level that the program must have for the inputs of `node`, which it computes. */
static int32_t visit_inputs(plan *p, const frame *to, lsi_version *node, manner how);

/* The same for a version that the program computes whole, or along its rows; once in a plan. */
static int32_t visit_inside(plan *p, const frame *to, lsi_version *v, bool of_row)
{
    if (v->inline_mark == p->epoch) {
        note_inside(v, to->root);
    } else {
        v->inline_mark = p->epoch;
        v->inside[0] = to->root;
        v->inside[1] = -1;
        v->inside_more = false;
        v->inside_rows = of_row ? v->along->reduced : 0;
        v->need = visit_inputs(p, to, v, (manner){NULL, of_row && v->kind == LSI_NODE_MAP});
    }
    p->roots[to->root]->root_rows |= v->inside_rows;
    return v->need;
}

static int32_t visit_inputs(plan *p, const frame *to, lsi_version *node, manner how)
{
    int32_t level = 1;
    for (int i = 0; i < node->ninput; i++) {
        lsi_version *v = node->inputs[i].version;
        lsi_layout at;
        if (!v || v->state == LSI_STORED || v->kind == LSI_NODE_CONST || v->kind == LSI_NODE_IOTA) {
            continue;
        }
        if (lsi_version_running(v)) {
            level = LEVEL_BLOCKED;
        } else if (is_inside(p, to, node, i, how)) {
            const bool along = how.of_row || !node->inputs[i].whole || v->kind == LSI_NODE_REDUCE;
            level = max_level(level, visit_inside(p, to, v, along));
            node->inside_rows |= v->inside_rows;
        } else if (is_seen(p, to, node, i, how, &at)) {
            level = max_level(level, visit_inputs(p, to, v, (manner){&at, false}));
        } else {
            level = max_level(level, visit_root(p, v, p->roots[to->root]) + 1);
        }
    }
    return level;
}

/* Inputs that must be stored before v runs, seen through any view. */
static int32_t visit_stored_inputs(plan *p, const lsi_version *v)
{
    int32_t level = 1;
    for (int i = 0; i < v->ninput; i++) {
        lsi_version *in = v->inputs[i].version;
        if (in && lsi_version_running(in)) {
            level = LEVEL_BLOCKED;
        } else if (in && in->state == LSI_PENDING) {
            level = max_level(level, visit_root(p, in, v) + 1);
        }
    }
    return level;
}

/* Makes v a root of the plan and returns its level. A full plan blocks it: it gets its turn in a later one. `reader`: the
 * root that needs it, or NULL; where that was split, v is, too, so that of what is split only the whole is tried again. */
static int32_t visit_root(plan *p, lsi_version *v, const lsi_version *reader)
{
    if (v->root_mark == p->epoch) {
        return v->root_level;
    }
    if (p->nroots == PLAN_ROOTS) {
        return LEVEL_BLOCKED;
    }
    v->root_mark = p->epoch;
    v->root_rows = v->kind == LSI_NODE_REDUCE ? v->reduced : 0;
    v->split = v->split || (reader && reader->split);
    v->root = p->nroots;
    p->roots[p->nroots++] = v;
    int32_t level = v->kind == LSI_NODE_SCAN || v->kind == LSI_NODE_MATMUL
                        ? visit_stored_inputs(p, v)
                        : visit_inputs(p, &(const frame){v->root, lsi_root_ndim(v), lsi_root_space(v)}, v,
                                       (manner){NULL, false});
    v->root_level = level > LEVEL_BLOCKED ? LEVEL_BLOCKED : level;
    return v->root_level;
}

/* --- what goes into one program --- */

typedef struct batch {
    lsi_builder builder;
    int nroots, nkept;
    lsi_version *roots[LSI_PROGRAM_MAX_STORES + LSI_PROGRAM_MAX_REDUCTIONS];
    lsi_version *kept[LSI_PROGRAM_MAX_STORES];
    lsi_buffer *root_buffers[LSI_PROGRAM_MAX_STORES + LSI_PROGRAM_MAX_REDUCTIONS];
    lsi_buffer *kept_buffers[LSI_PROGRAM_MAX_STORES];
} batch;

static bool same_space(const lsi_version *a, const lsi_version *b)
{
    int ndim = lsi_root_ndim(a);
    return ndim == lsi_root_ndim(b) && a->backend == b->backend &&
           memcmp(lsi_root_space(a), lsi_root_space(b), (size_t)ndim * sizeof(int64_t)) == 0;
}

static bool runs_alone(const lsi_version *v)
{
    return v->kind == LSI_NODE_SCAN || v->kind == LSI_NODE_MATMUL;
}

static lsi_buffer *buffer_for(const lsi_version *v)
{
    return lsi_buffer_new(v->backend, lsi_version_bytes(v));
}

static ls_status no_memory(const lsi_version *v)
{
    return lsi_backend_no_memory(v->backend, v->function, v->place, lsi_version_bytes(v));
}

typedef enum added { ADDED, NO_MEMORY, NO_ROOM } added;

static bool too_many_rows(const batch *b)
{
    const lsi_program *p = &b->builder.program;
    return p->nreduction > LSI_PROGRAM_MAX_ROW_REDUCTIONS && lsi_program_has_rows(p);
}

/* Adds a root to the program. */
static added batch_add(batch *b, lsi_version *v)
{
    lsi_buffer *buffer = buffer_for(v);
    if (!buffer) {
        return NO_MEMORY;
    }
    lsi_build_mark mark = lsi_build_checkpoint(&b->builder);
    b->builder.rows |= v->root_rows;
    bool fits = v->kind == LSI_NODE_REDUCE
                    ? lsi_build_reduction(&b->builder, v, buffer)
                    : lsi_build_store_whole(&b->builder, lsi_build_version(&b->builder, v), buffer);
    if (!fits || too_many_rows(b)) {
        lsi_build_rollback(&b->builder, &mark);
        lsi_buffer_release(buffer);
        return NO_ROOM;
    }
    b->roots[b->nroots] = v;
    b->root_buffers[b->nroots++] = buffer;
    return ADDED;
}

/* Whether a root of the plan outside this batch computes v too. */
static bool needed_elsewhere(const plan *p, const batch *b, const lsi_version *v)
{
    if (v->inline_mark != p->epoch || b->nroots == p->nroots) {
        return false;
    }
    for (int k = 0; k < 2; k++) {
        bool here = v->inside[k] < 0;
        for (int i = 0; !here && i < b->nroots; i++) {
            here = b->roots[i]->root == v->inside[k];
        }
        if (!here) {
            return true;
        }
    }
    return v->inside_more;
}

static bool is_root_here(const batch *b, const lsi_version *v)
{
    for (int i = 0; i < b->nroots; i++) {
        if (b->roots[i] == v) {
            return true;
        }
    }
    return false;
}

/* Where rows are long, their results are little beside what is read, and whoever asks next need not reduce again. */
static bool is_result_of_long_rows(const lsi_version *v)
{
    int64_t length = v->kind == LSI_NODE_REDUCE;
    for (int i = 0; i < v->space_ndim && length; i++) {
        length *= v->reduced >> i & 1 ? v->space[i] : 1;
    }
    return length >= KEPT_ROW;
}

static bool worth_keeping(const plan *p, const batch *b, const lsi_version *v)
{
    bool computes = v->kind == LSI_NODE_MAP || v->kind == LSI_NODE_DRAW || v->kind == LSI_NODE_REDUCE;
    bool named = v->named && atomic_load(&v->cells) > 0;
    /* What only serves values that were computed before too is not needed again once those are stored. */
    bool again = v->computed && v->fresh_mark == b->builder.epoch;
    return computes && !is_root_here(b, v) && !lsi_build_is_of_row(&b->builder, v) &&
           (named || again || needed_elsewhere(p, b, v) || is_result_of_long_rows(v));
}

/* Stores besides, as far as there is room and memory: never a reason to fail. */
static void batch_keep(batch *b, const plan *p)
{
    b->nkept = 0;
    for (int i = 0; i < b->builder.nvisited; i++) {
        lsi_version *v = b->builder.visited[i];
        if (!worth_keeping(p, b, v)) {
            continue;
        }
        lsi_buffer *buffer = buffer_for(v);
        if (!buffer) {
            return;
        }
        const bool kept = v->kind == LSI_NODE_REDUCE ? lsi_build_keep_result(&b->builder, v, buffer)
                                                     : lsi_build_store_whole(&b->builder, v->value, buffer);
        if (!kept) {
            lsi_buffer_release(buffer);
            return;
        }
        b->kept[b->nkept] = v;
        b->kept_buffers[b->nkept++] = buffer;
    }
}

static void batch_begin(batch *b, const lsi_version *first)
{
    lsi_build_begin(&b->builder, lsi_root_ndim(first), lsi_root_space(first), first);
    b->nroots = b->nkept = 0;
}

/* The pending value with most below it that the program of `v` computes; NULL when it computes nothing but v. */
static lsi_version *heaviest_input(const lsi_version *v)
{
    lsi_version *heaviest = NULL;
    for (int i = 0; i < v->ninput; i++) {
        lsi_version *in = v->inputs[i].version;
        bool computes = in && in->state == LSI_PENDING && (in->kind == LSI_NODE_MAP || in->kind == LSI_NODE_DRAW);
        if (computes && (!heaviest || in->weight > heaviest->weight)) {
            heaviest = in;
        }
    }
    return heaviest;
}

/* A program for part of what is below a root that does not fit a program: what it leaves is smaller. */
static ls_status batch_part(batch *b, const lsi_version *root)
{
    for (lsi_version *part = heaviest_input(root); part; part = heaviest_input(part)) {
        batch_begin(b, part);
        switch (batch_add(b, part)) {
        case ADDED:
            lsi_build_seal(&b->builder);
            return LS_OK;
        case NO_MEMORY:
            return no_memory(part);
        case NO_ROOM:
            break;
        }
    }
    return lsi_fail_for(root->function, root->place, LS_EINTERNAL, "a program of %u nodes does not fit", root->weight);
}

/* Has the reductions below its roots stored first. */
static ls_status batch_split(const batch *b, lsi_version *first)
{
    first->split = true;
    for (int i = 0; i < b->nroots; i++) {
        b->roots[i]->split = true;
    }
    return (ls_status)LSI_DECLINED;
}

/* Gathers the roots that run together with `first`: same space, compatible reductions, nothing between them. */
static ls_status batch_fill(batch *b, const plan *p, lsi_version *first)
{
    batch_begin(b, first);
    switch (batch_add(b, first)) {
    case ADDED:
        break;
    case NO_MEMORY:
        return no_memory(first);
    case NO_ROOM:
        return first->root_rows && !first->split ? batch_split(b, first) : batch_part(b, first);
    }
    uint32_t folded = first->root_rows;
    for (int i = first->root + 1; i < p->nroots; i++) {
        lsi_version *v = p->roots[i];
        uint32_t mine = v->root_rows;
        if (v->root_level == 1 && !runs_alone(v) && same_space(first, v) && (!mine || !folded || mine == folded) &&
            batch_add(b, v) == ADDED) {
            folded |= mine;
        }
    }
    batch_keep(b, p);
    lsi_build_seal(&b->builder);
    return LS_OK;
}

/* --- running --- */

static void set_states(const batch *b, lsi_state state)
{
    for (int i = 0; i < b->nroots; i++) {
        lsi_version_set_state(b->roots[i], state);
    }
    for (int i = 0; i < b->nkept; i++) {
        lsi_version_set_state(b->kept[i], state);
    }
}

static void count_program(const lsi_program *p)
{
    int64_t space = 1, outputs = 1;
    for (int i = 0; i < p->ndim; i++) {
        space *= p->shape[i];
        outputs *= p->reduced[i] ? 1 : p->shape[i];
    }
    lsi_counts.programs++;
    lsi_counts.instructions += p->ninstr;
    lsi_counts.reductions += p->nreduction;
    lsi_counts.values_stored += p->nstore;
    for (int i = 0; i < p->nsource; i++) {
        if (p->sources[i].kind == LSI_SOURCE_BUFFER) {
            int64_t elements = 1;
            for (int k = 0; k < p->ndim; k++) {
                elements *= p->sources[i].strides[k] ? p->shape[k] : 1;
            }
            lsi_counts.sources_read++;
            lsi_counts.bytes_read += elements * (int64_t)lsi_dtype_size(p->sources[i].dtype);
        }
    }
    for (int i = 0; i < p->nstore; i++) {
        lsi_counts.bytes_written += space * (int64_t)lsi_dtype_size(lsi_program_dtype(p, p->stores[i].value));
    }
    for (int i = 0; i < p->nreduction; i++) {
        const int64_t stored = p->reductions[i].buffer ? outputs : 0;
        lsi_counts.bytes_written += stored * (int64_t)lsi_dtype_size(p->reductions[i].result);
    }
}

/* Gives up what versions no longer refer to, once the lock is released. */
typedef struct drops {
    int count;
    lsi_inputs of[LSI_PROGRAM_MAX_STORES * 2 + LSI_PROGRAM_MAX_REDUCTIONS];
} drops;

static void drops_release(const drops *d)
{
    for (int i = 0; i < d->count; i++) {
        for (int k = 0; k < d->of[i].count; k++) {
            lsi_version_release(d->of[i].versions[k]);
        }
    }
}

static void commit_version(lsi_version *v, lsi_buffer *buffer, ls_status status, lsi_ticket ticket, drops *d)
{
    if (status) {
        lsi_version_set_state(v, LSI_PENDING);
        lsi_buffer_release(buffer);
        return;
    }
    buffer->uses.written = ticket;
    d->of[d->count].count = 0;
    lsi_version_store(v, buffer, &d->of[d->count++]);
}

static ls_status run_program(lsi_backend *backend, const lsi_program *p, lsi_ticket *ticket)
{
    const lsi_counters before = lsi_counts;
    lsi_span span;
    lsi_span_begin(&span, backend);
    const ls_status status = backend->run(backend, p, ticket);
    if (status != (ls_status)LSI_DECLINED) {
        count_program(p);
    }
    if (!status) {
        lsi_span_end(&span, backend,
                     &(lsi_event){.kind = LSI_WORK_PROGRAM,
                                  .function = p->function,
                                  .place = p->place,
                                  .instructions = p->ninstr,
                                  .reductions = p->nreduction,
                                  .bytes_read = lsi_counts.bytes_read - before.bytes_read,
                                  .bytes_written = lsi_counts.bytes_written - before.bytes_written});
    }
    return status;
}

/* Runs a filled batch; the lock is held on entry and on return. */
static ls_status batch_run(batch *b, drops *d)
{
    lsi_ticket ticket = {0, 0};
    lsi_backend *backend = b->roots[0]->backend;
    set_states(b, LSI_RUNNING);
    lsi_graph_run_begin();
    ls_status status = run_program(backend, &b->builder.program, &ticket);
    lsi_build_release(&b->builder);
    lsi_graph_run_end();
    for (int i = 0; i < b->builder.nvisited && !status; i++) {
        b->builder.visited[i]->computed = true;
    }
    for (int i = 0; i < b->builder.nseen && !status; i++) {
        b->builder.seen[i]->computed = true;
    }
    for (int i = 0; i < b->nroots; i++) {
        commit_version(b->roots[i], b->root_buffers[i], status, ticket, d);
    }
    for (int i = 0; i < b->nkept; i++) {
        commit_version(b->kept[i], b->kept_buffers[i], status, ticket, d);
    }
    lsi_graph_broadcast();
    return status == (ls_status)LSI_DECLINED ? batch_split(b, b->roots[0]) : status;
}

static ls_status run_scan(const lsi_version *v, lsi_buffer *out, lsi_ticket *ticket)
{
    lsi_scan task;
    const lsi_input *in = &v->inputs[0];
    lsi_layout layout;
    lsi_layout_contiguous(&layout, v->ndim, v->shape);
    task.product = v->flags & LSI_SCAN_PRODUCT;
    task.include_initial = v->flags & LSI_SCAN_INITIAL;
    task.dtype = v->operand;
    task.result = v->dtype;
    task.ndim = v->space_ndim;
    task.axis = (int)v->reduced;
    memcpy(task.shape, v->space, (size_t)task.ndim * sizeof(int64_t));
    task.in = in->version->buffer;
    task.in_offset = in->offset;
    memcpy(task.in_strides, in->strides, (size_t)task.ndim * sizeof(int64_t));
    task.out = out;
    task.out_offset = 0;
    memcpy(task.out_strides, layout.strides, (size_t)task.ndim * sizeof(int64_t));
    task.function = v->function;
    task.place = v->place;
    return v->backend->scan(v->backend, &task, ticket);
}

static ls_status run_matmul(const lsi_version *v, lsi_buffer *out, lsi_ticket *ticket)
{
    lsi_matmul task = *v->u.matmul;
    task.x = v->inputs[0].version->buffer;
    task.y = v->inputs[1].version->buffer;
    task.out = out;
    task.function = v->function;
    task.place = v->place;
    return v->backend->matmul(v->backend, &task, ticket);
}

static int64_t inputs_bytes(const lsi_version *v)
{
    int64_t bytes = 0;
    for (int i = 0; i < v->ninput; i++) {
        bytes += (int64_t)lsi_version_bytes(v->inputs[i].version);
    }
    return bytes;
}

/* Runs a scan or a product; the lock is held on entry and on return. */
static ls_status run_alone(lsi_version *v, drops *d)
{
    lsi_buffer *buffer = buffer_for(v);
    if (!buffer) {
        return no_memory(v);
    }
    lsi_ticket ticket = {0, 0};
    lsi_version_set_state(v, LSI_RUNNING); /* its inputs stay: only this thread may drop them now */
    lsi_graph_run_begin();
    lsi_span span;
    lsi_span_begin(&span, v->backend);
    ls_status status =
        v->kind == LSI_NODE_SCAN ? run_scan(v, buffer, &ticket) : run_matmul(v, buffer, &ticket);
    if (!status) {
        lsi_span_end(&span, v->backend, &(lsi_event){.kind = v->kind == LSI_NODE_SCAN ? LSI_WORK_SCAN : LSI_WORK_MATMUL,
                                                     .function = v->function,
                                                     .place = v->place,
                                                     .bytes_read = inputs_bytes(v),
                                                     .bytes_written = (int64_t)lsi_version_bytes(v)});
    }
    lsi_graph_run_end();
    commit_version(v, buffer, status, ticket, d);
    lsi_graph_broadcast();
    return status;
}

static void visit_targets(plan *p, int n, lsi_version *const *targets)
{
    for (int i = 0; i < n; i++) {
        if (!lsi_version_running(targets[i]) && targets[i]->state == LSI_PENDING) {
            visit_root(p, targets[i], NULL);
        }
    }
}

/* Makes the plan for the targets that are not stored yet; the first root that can run, or NULL. */
static lsi_version *plan_make(plan *p, int n, lsi_version *const *targets, bool *all_stored)
{
    p->epoch = ++last_epoch;
    p->nroots = 0;
    *all_stored = true;
    for (int i = 0; i < n; i++) {
        *all_stored = *all_stored && targets[i]->state == LSI_STORED;
        targets[i]->asked_mark = p->epoch;
    }
    visit_targets(p, n, targets);
    p->nwanted = p->nroots;
    for (int i = 0; i < p->nwanted; i++) {
        if (p->roots[i]->root_level == 1) {
            return p->roots[i];
        }
    }
    return NULL;
}

/* One step towards the targets: runs one program, waits for another thread's, or finds that one must be taken apart. The
 * lock is held on entry and return. */
static ls_status step(const plan *p, lsi_version *first, drops *d)
{
    d->count = 0;
    if (!first) {
        lsi_graph_wait();
        return LS_OK;
    }
    if (runs_alone(first)) {
        return run_alone(first, d);
    }
    batch b;
    ls_status status = batch_fill(&b, p, first);
    status = status ? status : batch_run(&b, d);
    return status == (ls_status)LSI_DECLINED ? LS_OK : status;
}

/* Without the lock: what is stored stays stored. */
static bool is_stored(const lsi_version *v)
{
    return atomic_load_explicit(&v->state, memory_order_acquire) == LSI_STORED;
}

ls_status lsi_evaluate_versions(int n, lsi_version *const *versions)
{
    if (n == 1 && (is_stored(versions[0]) || lsi_evaluate_direct(versions[0]))) {
        return LS_OK;
    }
    return lsi_evaluate_along(n, versions, 0, NULL);
}

/* With a large frame of its own. */
__attribute__((noinline)) ls_status lsi_evaluate_along(int n, lsi_version *const *versions, int nother,
                                                       lsi_version *const *others)
{
    plan p;
    drops d;
    ls_status status = LS_OK;
    while (!status) {
        bool all_stored;
        lsi_graph_lock();
        lsi_version *first = plan_make(&p, n, versions, &all_stored);
        if (all_stored) {
            lsi_graph_unlock();
            break;
        }
        visit_targets(&p, nother, others);
        status = step(&p, first, &d);
        lsi_graph_unlock();
        drops_release(&d);
    }
    return status;
}

static __attribute__((noinline)) ls_status evaluate_many(int n, const ls_array *const *arrays)
{
    enum { CHUNK = 64 };
    lsi_version *versions[CHUNK];
    for (int begin = 0; begin < n; begin += CHUNK) {
        int count = n - begin < CHUNK ? n - begin : CHUNK;
        for (int i = 0; i < count; i++) {
            versions[i] = arrays[begin + i]->cell->version;
        }
        ls_status status = lsi_evaluate_versions(count, versions);
        if (status) {
            return status;
        }
    }
    return LS_OK;
}

ls_status lsi_evaluate(int n, const ls_array *const *arrays)
{
    return n == 1 ? lsi_evaluate_versions(1, &arrays[0]->cell->version) : evaluate_many(n, arrays);
}

/* --- into existing memory --- */

/* Whether a source of the sealed program reads elements of the target otherwise than in place. */
static bool overlaps_target(const lsi_program *p, const lsi_store *store)
{
    lsi_layout target = {.ndim = p->ndim, .offset = store->offset};
    memcpy(target.shape, p->shape, sizeof target.shape);
    memcpy(target.strides, store->strides, sizeof target.strides);
    for (int i = 0; i < p->nsource; i++) {
        const lsi_source *s = &p->sources[i];
        if (s->kind != LSI_SOURCE_BUFFER || s->buffer != store->buffer) {
            continue;
        }
        lsi_layout source = target;
        source.offset = s->offset;
        memcpy(source.strides, s->strides, sizeof source.strides);
        if (!lsi_layout_same(&source, &target) && lsi_layout_overlap(&source, &target)) {
            return true;
        }
    }
    return false;
}

/* The lock is held: builds and runs the program that stores `node` into the target, or, where that does not fit, a part
 * of it: then *again is set. */
static ls_status run_into(const plan *p, lsi_version *node, lsi_buffer *buffer, const lsi_layout *target, bool *done,
                          bool *again, drops *d)
{
    batch b;
    batch_begin(&b, node);
    b.builder.rows = node->root_rows;
    int value = lsi_build_version(&b.builder, node);
    *again = !lsi_build_store(&b.builder, value, buffer, target->offset, target->strides) || too_many_rows(&b);
    if (*again) {
        const bool parts = !node->root_rows || node->split;
        ls_status status = parts ? batch_part(&b, node) : batch_split(&b, node);
        return status ? status : batch_run(&b, d);
    }
    b.roots[b.nroots] = node;
    b.root_buffers[b.nroots++] = lsi_buffer_retain(buffer);
    batch_keep(&b, p);
    lsi_build_seal(&b.builder);
    *done = !overlaps_target(&b.builder.program, &b.builder.program.stores[0]);
    if (*done) {
        return batch_run(&b, d);
    }
    lsi_build_release(&b.builder);
    lsi_buffer_release(buffer);
    for (int i = 0; i < b.nkept; i++) {
        lsi_buffer_release(b.kept_buffers[i]);
    }
    return LS_OK;
}

ls_status lsi_evaluate_into(lsi_version *node, lsi_buffer *buffer, const lsi_layout *target, bool *done)
{
    plan p;
    drops d;
    for (;;) {
        bool all_stored;
        lsi_graph_lock();
        lsi_version *first = plan_make(&p, 1, &node, &all_stored);
        bool last = node->root_level == 1;
        d.count = 0;
        bool again = !last;
        ls_status status = last ? run_into(&p, node, buffer, target, done, &again, &d) : step(&p, first, &d);
        if (status == (ls_status)LSI_DECLINED) { /* of run_into: it is taken apart */
            again = true;
            status = LS_OK;
        }
        lsi_graph_unlock();
        drops_release(&d);
        if (status || !again) {
            return status;
        }
    }
}
