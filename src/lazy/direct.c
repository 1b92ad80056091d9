/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The way past plans and programs for what most small programs consist of: a few elementwise operations, one after the
 * other, whose operands are stored and lie in order, or the reduction of few such values to one. Making a plan and a
 * program costs several times what adding a hundred numbers does. Decides whether a node, or a call that writes into an
 * array, is of that kind; what it means, what is counted and what is computed once are as in evaluate.c and fuse.c.
 * Whatever is not of that kind, or goes wrong, is left to them: an operation that must be stored besides, too, and
 * everything while work is recorded. */
#include "lazy/graph.h"
#include "lazy/ops.h"
#include "lazy/profile.h"
#include "sets.h"

#include <string.h>

/* While it grows, steps are numbered from STEP. */
enum { STEP = 64 };

typedef struct growth {
    lsi_direct_work work;
    int ninside;                              /* pending versions computed on the way ... */
    lsi_version *inside[LSI_DIRECT_STEPS];
    int value[LSI_DIRECT_STEPS];              /* ... and their values */
} growth;

/* --- describing, with the lock held; -1: not of that kind --- */

static int version_value(growth *g, lsi_version *v);

static bool lowered(int op, ls_dtype operand)
{
    return lsi_dtype_is_half(operand) && op < LSI_OP_ROWS && !(lsi_op_infos[op].set & LS_HAS_HALF);
}

static int operand_buffer(growth *g, lsi_buffer *buffer, ls_dtype dtype)
{
    lsi_direct_work *w = &g->work;
    for (int i = 0; i < w->noperand; i++) {
        if (w->operand[i].buffer == buffer && w->operand[i].dtype == dtype) {
            return i;
        }
    }
    if (w->noperand == LSI_DIRECT_OPERANDS) {
        return -1;
    }
    w->operand[w->noperand].buffer = buffer;
    w->operand[w->noperand].dtype = dtype;
    return w->noperand++;
}

static bool same_number(const lsi_scalar *a, const lsi_scalar *b)
{
    return a->dtype == b->dtype && a->value.u == b->value.u &&
           (lsi_dtype_kind(a->dtype) != LSI_KIND_COMPLEX ||
            memcmp(&a->value.c, &b->value.c, sizeof a->value.c) == 0);
}

static int operand_constant(growth *g, const lsi_scalar *constant, ls_dtype wanted)
{
    lsi_direct_work *w = &g->work;
    if (constant->dtype != wanted) {
        return -1;
    }
    for (int i = 0; i < w->noperand; i++) {
        if (!w->operand[i].buffer && same_number(&w->operand[i].constant, constant)) {
            return i;
        }
    }
    if (w->noperand == LSI_DIRECT_OPERANDS) {
        return -1;
    }
    w->nconstant++;
    w->operand[w->noperand].buffer = NULL;
    w->operand[w->noperand].constant = *constant;
    w->operand[w->noperand].dtype = wanted;
    return w->noperand++;
}

/* A version that is read whole, over the shape of its reader. */
static int read_value(growth *g, lsi_version *in, ls_dtype wanted)
{
    if (in->state == LSI_STORED) {
        return in->dtype == wanted ? operand_buffer(g, in->buffer, wanted) : -1;
    }
    if (in->state == LSI_PENDING && in->kind == LSI_NODE_CONST) {
        return operand_constant(g, &in->u.constant, wanted);
    }
    return in->state == LSI_PENDING && in->dtype == wanted ? version_value(g, in) : -1;
}

static int step_value(growth *g, int op, ls_dtype dtype, ls_dtype result, int nargs, const int *args)
{
    lsi_direct_work *w = &g->work;
    lsi_instr instr = {(uint16_t)op, (uint8_t)dtype, (uint8_t)result, {-1, -1, -1}};
    for (int i = 0; i < nargs; i++) {
        instr.args[i] = args[i];
    }
    for (int k = 0; k < w->nstep; k++) { /* the same value is computed once */
        if (memcmp(&w->step[k], &instr, sizeof instr) == 0) {
            return STEP + k;
        }
    }
    if (w->nstep == LSI_DIRECT_STEPS) {
        return -1;
    }
    w->step[w->nstep] = instr;
    return STEP + w->nstep++;
}

static bool same_shape(const lsi_version *a, const lsi_version *b)
{
    return a->ndim == b->ndim && memcmp(a->shape, b->shape, (size_t)a->ndim * sizeof(int64_t)) == 0;
}

/* The value of one operation, operand i of which is wanted as the operation's dtype or, a condition, as bool. */
static ls_dtype wanted_dtype(int op, int i, ls_dtype operand)
{
    return op == LSI_OP_where && i == 0 ? LS_BOOL : operand;
}

static bool is_step(int op, ls_dtype operand, ls_dtype result)
{
    return !lowered(op, operand) && !(op == LSI_OP_cast && operand == result);
}

static int node_value(growth *g, const lsi_version *v)
{
    int args[3];
    if (v->kind != LSI_NODE_MAP || !is_step(v->op, v->operand, v->dtype)) {
        return -1;
    }
    for (int i = 0; i < v->ninput; i++) {
        const lsi_input *input = &v->inputs[i];
        const ls_dtype wanted = wanted_dtype(v->op, i, v->operand);
        lsi_version *in = input->version;
        const bool pending = in && in->state != LSI_STORED;
        if (in && (!input->whole || (pending && !same_shape(in, v)))) {
            return -1;
        }
        args[i] = in ? read_value(g, in, wanted) : operand_constant(g, &input->constant, wanted);
        if (args[i] < 0) {
            return -1;
        }
    }
    return step_value(g, v->op, v->operand, v->dtype, v->ninput, args);
}

/* A pending version on the way; none that would be stored besides. */
static int version_value(growth *g, lsi_version *v)
{
    for (int k = 0; k < g->ninside; k++) {
        if (g->inside[k] == v) {
            return g->value[k];
        }
    }
    if (v->computed || v->named || g->ninside == LSI_DIRECT_STEPS) {
        return -1;
    }
    const int value = node_value(g, v);
    if (value < 0 || g->ninside == LSI_DIRECT_STEPS) {
        return -1;
    }
    g->inside[g->ninside] = v;
    g->value[g->ninside++] = value;
    return value;
}

static void begin(growth *g, int64_t count)
{
    g->work.count = count;
    g->work.noperand = g->work.nconstant = g->work.nstep = 0;
    g->work.in_place = g->work.folded = false;
    g->ninside = 0;
}

/* What a reduction of few elements to one folds. */
static int folded_value(growth *g, const lsi_version *v)
{
    const lsi_input *input = &v->inputs[0];
    const lsi_version *in = input->version;
    if (v->count != 1 || !input->whole || in->count == 0 || in->count > LSI_DIRECT_FOLDED) {
        return -1;
    }
    g->work.count = in->count;
    g->work.folded = true;
    g->work.fold = (lsi_direct_fold){(lsi_reduce_op)v->op, v->operand, v->dtype, v->correction};
    return read_value(g, input->version, v->operand);
}

/* Whether `value` is the last one and something is read; numbers values as the backend wants them. */
static bool seal(growth *g, int value)
{
    lsi_direct_work *w = &g->work;
    if (value != (w->nstep ? STEP + w->nstep - 1 : 0)) {
        return false;
    }
    for (int k = 0; k < w->nstep; k++) {
        for (int i = 0; i < 3; i++) {
            w->step[k].args[i] -= w->step[k].args[i] >= STEP ? STEP - w->noperand : 0;
        }
    }
    return w->nconstant < w->noperand;
}

/* --- running --- */

/* As evaluate.c counts the program that this would be. */
static void count(const lsi_direct_work *w)
{
    lsi_counts.programs++;
    lsi_counts.instructions += w->nstep;
    lsi_counts.reductions += w->folded;
    lsi_counts.values_stored += !w->folded;
    lsi_counts.bytes_written += w->folded ? (int64_t)lsi_dtype_size(w->fold.result)
                                          : w->count * (int64_t)lsi_dtype_size((ls_dtype)w->step[w->nstep - 1].result);
    for (int i = 0; i < w->noperand; i++) {
        if (w->operand[i].buffer) {
            lsi_counts.sources_read++;
            lsi_counts.bytes_read += w->count * (int64_t)lsi_dtype_size(w->operand[i].dtype);
        }
    }
}

static void run_unlocked(lsi_backend *backend, const lsi_direct_work *w)
{
    for (int i = 0; i < w->noperand; i++) {
        lsi_buffer_retain(w->operand[i].buffer);
    }
    lsi_graph_run_begin();
    backend->direct(backend, w);
    for (int i = 0; i < w->noperand; i++) {
        lsi_buffer_release(w->operand[i].buffer);
    }
    lsi_graph_run_end();
}

/* With the lock held, which long work gives up meanwhile; `root` (may be NULL) is running then. */
static void run(lsi_backend *backend, growth *g, lsi_version *root)
{
    for (int k = 0; k < g->ninside; k++) {
        g->inside[k]->computed = true;
    }
    count(&g->work);
    if (g->work.nanoseconds < LSI_BRIEF_NANOSECONDS) {
        backend->direct(backend, &g->work);
        return;
    }
    if (root) {
        lsi_version_set_state(root, LSI_RUNNING);
    }
    run_unlocked(backend, &g->work);
}

static bool possible(const lsi_backend *backend)
{
    return backend->direct && !atomic_load_explicit(&lsi_profile_on, memory_order_relaxed);
}

/* --- one operation that is over sooner than it could be described --- */

/* `n` operands that are stored and lie in order; a different one counts as read once, as it does in count(). */
static lsi_brief_loop brief_loop(const lsi_backend *backend, int op, ls_dtype operand, ls_dtype result, int64_t count,
                                 bool in_place)
{
    const lsi_instr instr = {(uint16_t)op, (uint8_t)operand, (uint8_t)result, {0, 1, 2}};
    return backend->brief_loop(&instr, count, in_place);
}

static void run_brief(const lsi_backend *backend, lsi_brief_loop loop, int64_t count, int n, lsi_buffer *const *from,
                      ls_dtype operand, ls_dtype result, void *out)
{
    const int sources = 1 + (n > 1 && from[1] != from[0]) + (n > 2 && from[2] != from[0] && from[2] != from[1]);
    const void *const in[3] = {from[0]->address, from[n > 1]->address, from[n > 2 ? 2 : 0]->address};
    lsi_counts.programs++;
    lsi_counts.instructions++;
    lsi_counts.values_stored++;
    lsi_counts.sources_read += sources;
    lsi_counts.bytes_read += sources * count * (int64_t)lsi_dtype_size(operand);
    lsi_counts.bytes_written += count * (int64_t)lsi_dtype_size(result);
    backend->brief(loop, count, in, out);
}

static bool may_be_brief(const lsi_backend *backend, int op, ls_dtype operand)
{
    return backend->brief_loop && op < LSI_OP_ROWS && !lowered(op, operand);
}

static bool store_fill(lsi_version *v, lsi_inputs *dropped)
{
    lsi_backend *backend = v->backend;
    const size_t bytes = lsi_version_bytes(v);
    lsi_buffer *buffer = backend->brief_fill && bytes <= LSI_BRIEF_BYTES ? lsi_buffer_new(backend, bytes) : NULL;
    if (!buffer || !backend->brief_fill(&v->u.constant, v->count, buffer->address)) {
        lsi_buffer_release(buffer);
        return false;
    }
    lsi_counts.programs++;
    lsi_counts.values_stored++;
    lsi_counts.bytes_written += (int64_t)bytes;
    lsi_version_store(v, buffer, dropped);
    return true;
}

static bool store_brief(lsi_version *v, lsi_inputs *dropped)
{
    lsi_backend *backend = v->backend;
    lsi_buffer *from[3];
    if (v->state != LSI_PENDING || v->count == 0) {
        return false;
    }
    if (v->kind == LSI_NODE_CONST) {
        return store_fill(v, dropped);
    }
    if (v->kind != LSI_NODE_MAP || !may_be_brief(backend, v->op, v->operand)) {
        return false;
    }
    for (int i = 0; i < v->ninput; i++) {
        const lsi_version *in = v->inputs[i].version;
        if (!in || !v->inputs[i].whole || in->state != LSI_STORED || in->dtype != v->operand) {
            return false;
        }
        from[i] = in->buffer;
    }
    const lsi_brief_loop loop = brief_loop(backend, v->op, v->operand, v->dtype, v->count, false);
    lsi_buffer *buffer = loop ? lsi_buffer_new(backend, lsi_version_bytes(v)) : NULL;
    if (!buffer) {
        return false;
    }
    run_brief(backend, loop, v->count, v->ninput, from, v->operand, v->dtype, buffer->address);
    lsi_version_store(v, buffer, dropped);
    return true;
}

/* --- a pending version --- */

static bool store_version(lsi_version *v, lsi_inputs *dropped)
{
    growth g;
    if (v->state != LSI_PENDING || v->count == 0) {
        return false;
    }
    begin(&g, v->count);
    const int value = v->kind == LSI_NODE_REDUCE ? folded_value(&g, v) : node_value(&g, v);
    if (!seal(&g, value) || !v->backend->direct_accept(v->backend, &g.work)) {
        return false;
    }
    lsi_buffer *buffer = lsi_buffer_new(v->backend, lsi_version_bytes(v));
    if (!buffer) {
        return false;
    }
    g.work.out = buffer->address;
    run(v->backend, &g, v);
    lsi_version_store(v, buffer, dropped);
    lsi_graph_broadcast();
    return true;
}

bool lsi_evaluate_direct(lsi_version *version)
{
    lsi_inputs dropped;
    dropped.count = 0;
    if (!possible(version->backend)) {
        return false;
    }
    lsi_graph_lock();
    const bool done = store_brief(version, &dropped) || store_version(version, &dropped);
    lsi_graph_unlock();
    for (int i = 0; i < dropped.count; i++) {
        lsi_version_release(dropped.versions[i]);
    }
    return done;
}

/* --- a call that writes into an array --- */

/* Whether `out` is all of a stored version that nobody else refers to, and may be written. */
static bool is_ours(const ls_array *out)
{
    const lsi_version *v = out->cell->version;
    return v->state == LSI_STORED && atomic_load_explicit(&v->refs, memory_order_acquire) == 1 &&
           atomic_load_explicit(&v->buffer->refs, memory_order_acquire) == 1 && !v->buffer->read_only &&
           out->whole && v->count > 0;
}

static int call_value(growth *g, int op, ls_dtype operand, ls_dtype result, int n, const ls_operand *given)
{
    int args[3];
    for (int i = 0; i < n; i++) {
        const ls_array *a = given[i].value.array;
        lsi_scalar number;
        if (given[i].kind != LS_OPERAND_ARRAY) {
            args[i] = lsi_scalar_from_operand(&given[i], operand, &number) ? -1 : operand_constant(g, &number, operand);
        } else {
            lsi_version *in = a->cell->version;
            const bool shaped = in->state == LSI_STORED ||
                                (in->ndim == a->ndim &&
                                 memcmp(in->shape, a->dims, (size_t)a->ndim * sizeof(int64_t)) == 0);
            args[i] = shaped && a->whole ? read_value(g, in, operand) : -1;
        }
        if (args[i] < 0) {
            return -1;
        }
    }
    return step_value(g, op, operand, result, n, args);
}

static bool write_brief(const ls_array *out, int op, ls_dtype operand, int n, const ls_operand *given)
{
    lsi_buffer *buffer = out->cell->version->buffer, *from[3];
    const int64_t count = out->cell->version->count;
    bool in_place = false;
    if (!may_be_brief(buffer->backend, op, operand)) {
        return false;
    }
    for (int i = 0; i < n; i++) {
        const ls_array *a = given[i].value.array;
        const lsi_version *in = given[i].kind == LS_OPERAND_ARRAY ? a->cell->version : NULL;
        if (!in || in->state != LSI_STORED || in->dtype != operand || !a->whole) {
            return false;
        }
        from[i] = in->buffer;
        in_place = in_place || from[i] == buffer;
    }
    const lsi_brief_loop loop = brief_loop(buffer->backend, op, operand, out->dtype, count, in_place);
    if (!loop) {
        return false;
    }
    run_brief(buffer->backend, loop, count, n, from, operand, out->dtype, buffer->address);
    return true;
}

static bool write_call(const ls_array *out, int op, ls_dtype operand, int n, const ls_operand *given)
{
    growth g;
    if (!is_ours(out)) {
        return false;
    }
    if (write_brief(out, op, operand, n, given)) {
        return true;
    }
    lsi_buffer *buffer = out->cell->version->buffer;
    begin(&g, out->cell->version->count);
    if (!seal(&g, call_value(&g, op, operand, out->dtype, n, given))) {
        return false;
    }
    for (int i = 0; i < g.work.noperand; i++) {
        g.work.in_place = g.work.in_place || g.work.operand[i].buffer == buffer;
    }
    if (!buffer->backend->direct_accept(buffer->backend, &g.work)) {
        return false;
    }
    g.work.out = buffer->address;
    lsi_buffer_retain(buffer);
    run(buffer->backend, &g, NULL);
    lsi_buffer_release(buffer);
    return true;
}

static bool same_layout(const ls_array *a, const ls_array *b)
{
    return a->ndim == b->ndim && memcmp(a->dims, b->dims, (size_t)a->ndim * sizeof(int64_t)) == 0;
}

bool lsi_array_map_into(const ls_array *out, lsi_op op, int n, const ls_operand *given)
{
    if (!out || out->magic != LSI_ARRAY_ALIVE || op == LSI_OP_pow ||
        atomic_load_explicit(&lsi_process_forked, memory_order_relaxed)) {
        return false;
    }
    const ls_array *first = lsi_operands_alike(n, given);
    lsi_backend *backend = lsi_array_backend(out);
    if (!first || !possible(backend) || lsi_array_backend(first) != backend || !same_layout(out, first)) {
        return false;
    }
    const ls_dtype operand = lsi_op_operand_dtype(op, first->dtype);
    if (operand != first->dtype || lsi_op_result_dtype(op, operand) != out->dtype ||
        !is_step((int)op, operand, out->dtype)) {
        return false;
    }
    lsi_graph_lock();
    const bool done = write_call(out, (int)op, operand, n, given);
    lsi_graph_unlock();
    return done;
}
