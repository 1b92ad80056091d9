/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From pending nodes to one typed program. Decides the instructions; evaluate.c has decided which nodes belong together.
 * Recursion follows pending paths, whose length the bounds of graph.h limit. */
#include "lazy/graph.h"
#include "lazy/ops.h"
#include "sets.h"

#include <string.h>

static uint32_t last_epoch; /* under the graph lock */

void lsi_build_begin(lsi_builder *b, int ndim, const int64_t *space, const lsi_version *owner)
{
    lsi_program *p = &b->program;
    p->ndim = ndim;
    memcpy(p->shape, space, (size_t)ndim * sizeof(int64_t));
    memset(p->reduced, 0, sizeof p->reduced);
    p->nsource = p->ninstr = p->nstore = p->nreduction = 0;
    p->sources = b->sources;
    p->instrs = b->instrs;
    p->stores = b->stores;
    p->reductions = b->reductions;
    p->function = owner->function;
    p->place = owner->place;
    b->nvisited = b->nseen = 0;
    b->rows = 0;
    b->plan = owner->root_mark > owner->inline_mark ? owner->root_mark : owner->inline_mark;
    b->epoch = ++last_epoch;
}

lsi_build_mark lsi_build_checkpoint(const lsi_builder *b)
{
    const lsi_program *p = &b->program;
    return (lsi_build_mark){p->nsource, p->ninstr, p->nstore, p->nreduction, b->nvisited, b->nseen};
}

void lsi_build_rollback(lsi_builder *b, const lsi_build_mark *mark)
{
    for (int i = mark->nvisited; i < b->nvisited; i++) {
        b->visited[i]->value_mark = 0;
    }
    for (int i = mark->nseen; i < b->nseen; i++) {
        b->seen[i]->seen_mark = 0;
    }
    b->program.nsource = mark->nsource;
    b->program.ninstr = mark->ninstr;
    b->program.nstore = mark->nstore;
    b->program.nreduction = mark->nreduction;
    if (mark->nreduction == 0) {
        memset(b->program.reduced, 0, sizeof b->program.reduced);
    }
    b->nvisited = mark->nvisited;
    b->nseen = mark->nseen;
}

/* While building, sources and instructions are numbered apart: sources from 0, instructions from INSTR. Sealing the
 * program (lsi_build_seal) makes them one sequence. */
enum { INSTR = 1 << 16 };

static ls_dtype value_dtype(const lsi_builder *b, int value)
{
    return value >= INSTR ? (ls_dtype)b->instrs[value - INSTR].result : b->sources[value].dtype;
}

/* --- sources --- */

static bool same_place(const lsi_builder *b, const lsi_source *x, const lsi_source *y)
{
    return x->offset == y->offset &&
           memcmp(x->strides, y->strides, (size_t)b->program.ndim * sizeof(int64_t)) == 0;
}

static bool same_source(const lsi_builder *b, const lsi_source *x, const lsi_source *y)
{
    if (x->kind != y->kind || x->dtype != y->dtype) {
        return false;
    }
    switch (x->kind) {
    case LSI_SOURCE_BUFFER:
        return x->buffer == y->buffer && same_place(b, x, y);
    case LSI_SOURCE_CONST:
        return memcmp(&x->constant.value, &y->constant.value, sizeof x->constant.value) == 0;
    case LSI_SOURCE_RESULT:
        return x->reduction == y->reduction;
    default:
        return false;
    }
}

/* The next free source, cleared apart from its strides; NULL when the table is full. */
static lsi_source *source_next(lsi_builder *b, lsi_source_kind kind, ls_dtype dtype)
{
    if (b->program.nsource == LSI_PROGRAM_MAX_SOURCES) {
        return NULL;
    }
    lsi_source *s = &b->sources[b->program.nsource];
    s->kind = kind;
    s->dtype = dtype;
    s->offset = 0;
    s->buffer = NULL;
    return s;
}

/* Keeps the source just written, or finds its equal. */
static int source_commit(lsi_builder *b)
{
    const lsi_source *s = &b->sources[b->program.nsource];
    for (int i = 0; i < b->program.nsource; i++) {
        if (same_source(b, &b->sources[i], s)) {
            return i;
        }
    }
    return b->program.nsource++;
}

static int source_constant(lsi_builder *b, const lsi_scalar *value, ls_dtype dtype)
{
    lsi_source *s = source_next(b, LSI_SOURCE_CONST, dtype);
    if (!s) {
        return -1;
    }
    memset(&s->constant, 0, sizeof s->constant);
    lsi_scalar cast = lsi_scalar_cast(value, dtype);
    s->constant.dtype = dtype;
    switch (lsi_dtype_kind(dtype)) { /* member by member: the rest of the union must compare equal */
    case LSI_KIND_FLOAT:
        s->constant.value.f = cast.value.f;
        break;
    case LSI_KIND_COMPLEX:
        s->constant.value.c = cast.value.c;
        break;
    default:
        s->constant.value.u = cast.value.u;
        break;
    }
    memset(s->strides, 0, (size_t)b->program.ndim * sizeof(int64_t));
    return source_commit(b);
}

static void contiguous_strides(const lsi_builder *b, int64_t *strides)
{
    lsi_layout whole;
    lsi_layout_contiguous(&whole, b->program.ndim, b->program.shape);
    memcpy(strides, whole.strides, (size_t)whole.ndim * sizeof(int64_t));
}

static int source_buffer(lsi_builder *b, const lsi_version *stored, const lsi_layout *at)
{
    lsi_source *s = source_next(b, LSI_SOURCE_BUFFER, stored->dtype);
    if (!s) {
        return -1;
    }
    memcpy(s->strides, at->strides, (size_t)at->ndim * sizeof(int64_t));
    s->offset = at->offset;
    s->buffer = stored->buffer;
    return source_commit(b);
}

static int source_iota(lsi_builder *b, const lsi_version *iota, const lsi_layout *at)
{
    lsi_source *s = source_next(b, LSI_SOURCE_IOTA, iota->dtype);
    if (!s) {
        return -1;
    }
    memcpy(s->strides, at->strides, (size_t)at->ndim * sizeof(int64_t));
    s->offset = at->offset;
    s->first = iota->u.iota.first;
    s->step = iota->u.iota.step;
    s->last = iota->u.iota.last;
    s->last_at = iota->u.iota.last_at;
    return source_commit(b);
}

/* --- instructions --- */

static int instr_add(lsi_builder *b, int op, ls_dtype dtype, ls_dtype result, int nargs, const int *args)
{
    lsi_instr instr = {(uint16_t)op, (uint8_t)dtype, (uint8_t)result, {-1, -1, -1}};
    for (int i = 0; i < nargs; i++) {
        if (args[i] < 0) {
            return -1;
        }
        instr.args[i] = args[i];
    }
    for (int i = 0; i < b->program.ninstr; i++) { /* the same value is computed once */
        if (memcmp(&b->instrs[i], &instr, sizeof instr) == 0) {
            return INSTR + i;
        }
    }
    if (b->program.ninstr == LSI_PROGRAM_MAX_INSTRS) {
        return -1;
    }
    b->instrs[b->program.ninstr] = instr;
    return INSTR + b->program.ninstr++;
}

static int build_cast(lsi_builder *b, int value, ls_dtype dtype)
{
    if (value < 0) {
        return -1;
    }
    ls_dtype from = value_dtype(b, value);
    if (from == dtype) {
        return value;
    }
    if (value < INSTR && b->sources[value].kind == LSI_SOURCE_CONST) {
        lsi_scalar constant = b->sources[value].constant;
        return source_constant(b, &constant, dtype);
    }
    return instr_add(b, LSI_OP_cast, from, dtype, 1, &value);
}

static int build_map(lsi_builder *b, lsi_version *v, const lsi_layout *seen);

static int64_t space_count(const lsi_builder *b)
{
    int64_t count = 1;
    for (int i = 0; i < b->program.ndim; i++) {
        count *= b->program.shape[i];
    }
    return count;
}

bool lsi_build_is_of_row(const lsi_builder *b, const lsi_version *version)
{
    return version->kind == LSI_NODE_MAP && version->count != space_count(b);
}

/* Where input i of a node lies over the program's space. */
static bool input_at(const lsi_builder *b, const lsi_version *node, int i, const lsi_layout *seen, lsi_layout *at)
{
    const lsi_program *p = &b->program;
    if (seen || !lsi_build_is_of_row(b, node)) {
        return lsi_input_at(node, i, seen, p->ndim, p->shape, at);
    }
    at->ndim = p->ndim;
    at->offset = node->inputs[i].offset;
    lsi_rows_spread(node, node->inputs[i].strides, p->ndim, p->shape, b->rows, at->strides);
    return true;
}

/* Whether the program computes a pending value that a node reads: whole, or along its rows. Else it computes what is read
 * from what that is made of. */
static bool is_inside(const lsi_builder *b, const lsi_input *input, const lsi_layout *seen)
{
    const lsi_version *v = input->version;
    const bool along = v->inline_mark == b->plan && v->inside_rows && lsi_build_is_of_row(b, v);
    return !seen && (input->whole || v->kind == LSI_NODE_REDUCE || along);
}

/* The value of input i of a node, in `dtype`. The node is computed whole or, where it is not NULL, as `seen`. */
static int build_input(lsi_builder *b, const lsi_version *node, int i, const lsi_layout *seen, ls_dtype dtype)
{
    const lsi_input *input = &node->inputs[i];
    lsi_version *v = input->version;
    if (!v) {
        return source_constant(b, &input->constant, dtype);
    }
    if (v->state == LSI_PENDING && v->kind == LSI_NODE_CONST) {
        return source_constant(b, &v->u.constant, dtype);
    }
    lsi_layout at;
    int value = -1;
    if (v->state == LSI_PENDING && v->kind != LSI_NODE_IOTA && is_inside(b, input, seen)) {
        value = lsi_build_version(b, v);
        v->fresh_mark = node->computed ? v->fresh_mark : b->epoch;
    } else if (!input_at(b, node, i, seen, &at)) {
        return -1;
    } else if (v->state == LSI_STORED) {
        value = source_buffer(b, v, &at);
    } else if (v->kind == LSI_NODE_IOTA) {
        value = source_iota(b, v, &at);
    } else if (v->kind == LSI_NODE_MAP) {
        value = build_map(b, v, &at);
    }
    return build_cast(b, value, dtype);
}

/* 16-bit floats: the operation is done in float32 and rounded once, unless it has functions of its own for them. */
static int build_operation(lsi_builder *b, int op, ls_dtype operand, ls_dtype result, int nargs, int *args)
{
    bool lowered = lsi_dtype_is_half(operand) && op < LSI_OP_ROWS && !(lsi_op_infos[op].set & LS_HAS_HALF);
    if (!lowered) {
        return instr_add(b, op, operand, result, nargs, args);
    }
    for (int i = 0; i < nargs; i++) {
        args[i] = build_cast(b, args[i], LS_FLOAT32);
    }
    ls_dtype wide = result == operand ? LS_FLOAT32 : result;
    return build_cast(b, instr_add(b, op, LS_FLOAT32, wide, nargs, args), result);
}

/* Notes that the program computes part of v. */
static bool note_seen(lsi_builder *b, lsi_version *v)
{
    if (v->seen_mark == b->epoch) {
        return true;
    }
    if (b->nseen == LSI_PROGRAM_MAX_INSTRS) {
        return false;
    }
    v->seen_mark = b->epoch;
    b->seen[b->nseen++] = v;
    return true;
}

static int build_map(lsi_builder *b, lsi_version *v, const lsi_layout *seen)
{
    int args[3] = {-1, -1, -1};
    if (seen && !note_seen(b, v)) {
        return -1;
    }
    for (int i = 0; i < v->ninput; i++) {
        bool condition = v->op == LSI_OP_where && i == 0;
        args[i] = build_input(b, v, i, seen, condition ? LS_BOOL : v->operand);
        if (args[i] < 0) {
            return -1;
        }
    }
    if (v->op == LSI_OP_cast) {
        return build_cast(b, args[0], v->dtype);
    }
    return build_operation(b, v->op, v->operand, v->dtype, v->ninput, args);
}

static int build_draw(lsi_builder *b, const lsi_version *v)
{
    lsi_source *s = source_next(b, LSI_SOURCE_DRAW, v->dtype);
    if (!s) {
        return -1;
    }
    s->draw = *v->u.draw;
    contiguous_strides(b, s->strides);
    return source_commit(b);
}

static bool reduces_others(const lsi_program *p, uint32_t reduced)
{
    bool others = false;
    for (int i = 0; i < p->ndim && p->nreduction > 0; i++) {
        others = others || p->reduced[i] != (reduced >> i & 1);
    }
    return others;
}

/* The number of the reduction that gives what `reduce` is, for `with_buffer` one whose result is not stored yet; -1 when a
 * table is full or the program reduces other axes. */
static int reduction_of(lsi_builder *b, const lsi_version *reduce, bool with_buffer)
{
    const int value = build_input(b, reduce, 0, NULL, reduce->operand);
    lsi_program *p = &b->program;
    if (value < 0 || reduces_others(p, reduce->reduced)) {
        return -1;
    }
    for (int q = 0; q < p->nreduction; q++) {
        const lsi_reduction *r = &b->reductions[q];
        const bool same = (int)r->op == reduce->op && r->value == value && r->dtype == reduce->operand &&
                          r->result == reduce->dtype && r->correction == reduce->correction;
        if (same && !(with_buffer && r->buffer)) {
            return q;
        }
    }
    if (p->nreduction == LSI_PROGRAM_MAX_REDUCTIONS) {
        return -1;
    }
    lsi_reduction *r = &b->reductions[p->nreduction];
    r->op = (lsi_reduce_op)reduce->op;
    r->value = value;
    r->dtype = reduce->operand;
    r->result = reduce->dtype;
    r->correction = reduce->correction;
    r->buffer = NULL;
    r->offset = 0;
    lsi_rows_strides(p->ndim, p->shape, reduce->reduced, r->strides);
    for (int i = 0; i < p->ndim; i++) {
        p->reduced[i] = reduce->reduced >> i & 1;
    }
    return p->nreduction++;
}

/* What a reduction gives, inside the program that reduces. */
static int build_result(lsi_builder *b, const lsi_version *reduce)
{
    const int q = reduction_of(b, reduce, false);
    lsi_source *s = q < 0 ? NULL : source_next(b, LSI_SOURCE_RESULT, reduce->dtype);
    if (!s) {
        return -1;
    }
    s->reduction = q;
    memset(s->strides, 0, (size_t)b->program.ndim * sizeof(int64_t));
    return source_commit(b);
}

int lsi_build_version(lsi_builder *b, lsi_version *v)
{
    if (v->value_mark == b->epoch) {
        return v->value;
    }
    int value = -1;
    switch ((lsi_node_kind)v->kind) {
    case LSI_NODE_MAP:
        value = build_map(b, v, NULL);
        break;
    case LSI_NODE_CONST:
        value = source_constant(b, &v->u.constant, v->dtype);
        break;
    case LSI_NODE_IOTA: {
        lsi_layout whole;
        lsi_layout_contiguous(&whole, b->program.ndim, b->program.shape);
        value = source_iota(b, v, &whole);
        break;
    }
    case LSI_NODE_DRAW:
        value = build_draw(b, v);
        break;
    case LSI_NODE_REDUCE:
        value = build_result(b, v);
        break;
    default:
        break;
    }
    if (value < 0 || b->nvisited == LSI_PROGRAM_MAX_INSTRS) {
        return -1;
    }
    v->value_mark = b->epoch;
    v->value = value;
    b->visited[b->nvisited++] = v;
    return value;
}

/* --- sinks --- */

bool lsi_build_store(lsi_builder *b, int value, lsi_buffer *buffer, int64_t offset, const int64_t *strides)
{
    if (value < 0 || b->program.nstore == LSI_PROGRAM_MAX_STORES) {
        return false;
    }
    lsi_store *s = &b->stores[b->program.nstore++];
    s->value = value;
    s->buffer = buffer;
    s->offset = offset;
    memcpy(s->strides, strides, (size_t)b->program.ndim * sizeof(int64_t));
    return true;
}

bool lsi_build_store_whole(lsi_builder *b, int value, lsi_buffer *buffer)
{
    int64_t strides[LS_MAX_NDIM];
    contiguous_strides(b, strides);
    return lsi_build_store(b, value, buffer, 0, strides);
}

bool lsi_build_reduction(lsi_builder *b, lsi_version *reduce, lsi_buffer *buffer)
{
    const int q = reduction_of(b, reduce, true);
    if (q >= 0) {
        b->reductions[q].buffer = buffer;
    }
    return q >= 0;
}

bool lsi_build_keep_result(lsi_builder *b, const lsi_version *reduce, lsi_buffer *buffer)
{
    lsi_reduction *r = &b->reductions[b->sources[reduce->value].reduction];
    if (r->buffer) {
        return false;
    }
    r->buffer = buffer;
    return true;
}

/* --- finishing --- */

static int sealed(const lsi_builder *b, int value)
{
    return value >= INSTR ? value - INSTR + b->program.nsource : value;
}

void lsi_build_seal(lsi_builder *b)
{
    for (int i = 0; i < b->program.ninstr; i++) {
        for (int k = 0; k < 3; k++) {
            b->instrs[i].args[k] = sealed(b, b->instrs[i].args[k]);
        }
    }
    for (int i = 0; i < b->program.nstore; i++) {
        b->stores[i].value = sealed(b, b->stores[i].value);
    }
    for (int i = 0; i < b->program.nreduction; i++) {
        b->reductions[i].value = sealed(b, b->reductions[i].value);
    }
    for (int i = 0; i < b->program.nsource; i++) {
        if (b->sources[i].buffer) {
            lsi_buffer_retain(b->sources[i].buffer);
        }
    }
}

void lsi_build_release(lsi_builder *b)
{
    for (int i = 0; i < b->program.nsource; i++) {
        lsi_buffer_release(b->sources[i].buffer);
    }
}
