/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Launches of one reduction: leaves into states or results, states up the tree. Decides how much a block does, which
 * shows in no bit. */
#include "core/dtype.h"
#include "device/reduce.h"
#include "reduce_order.h"
#include <string.h>

enum {
    BLOCKS_PER_SM = 16,  /* so many that the last ones leave no multiprocessor waiting for long */
    WARP = 32,
    ALIGNMENT = 256
};

static int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
static int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

static int power_from(int64_t n)
{
    int power = 1;
    while (power < n) power *= 2;
    return power;
}

static uint32_t inverse_of(int64_t d) { return (uint32_t)ceil_div((int64_t)1 << 24, d); }

/* --- geometry --- */

/* Leaves (or, where outputs are single leaves, outputs) of a warp: more where there are blocks enough. */
static int each_of(const lsi_fold *fold, int multiprocessors, int64_t leaf_step)
{
    const int64_t enough = (int64_t)multiprocessors * BLOCKS_PER_SM;
    int each = 1;
    while (each < LS_REDUCE_GROUP_MOST) {
        const int64_t group = (int64_t)LS_REDUCE_WARPS * each * 2;
        const int64_t blocks = fold->leaves == 1 ? fold->outer / group : fold->outer * (fold->leaves / group);
        if (blocks < enough || (leaf_step < fold->leaves && leaf_step % group != 0)) break;
        each *= 2;
    }
    return each;
}

static void set_panel(lsi_fold *fold, ls_reduce_args *a)
{
    const int64_t longest = (int64_t)fold->kind->lanes * 32, inner = fold->inner;
    a->present = (int32_t)lesser(fold->n, fold->kind->lanes);
    a->padded = power_from(a->present);
    a->gather = (int32_t)lesser(lesser(longest / (a->present * inner), LS_REDUCE_PANEL_MOST / inner),
                                fold->outer * fold->leaves);
    a->width_inverse = inverse_of(a->present * inner);
    a->inner_inverse = inverse_of(inner);
}

void lsi_fold_finish(lsi_fold *fold, int multiprocessors, int64_t leaf_step)
{
    ls_reduce_args *a = &fold->args;
    fold->leaves = ceil_div(fold->n, LS_LEAF);
    fold->groups = fold->leaves;
    fold->value_size = (int)lsi_dtype_size(fold->spec->dtype);
    a->op = (int32_t)fold->spec->op;
    a->result = (int32_t)fold->spec->result;
    a->correction = fold->spec->correction;
    a->mask = lsi_reduce_mask(fold->spec->op, fold->spec->dtype);
    a->floating = lsi_reduce_keys_float(fold->spec->op, fold->spec->dtype);
    a->out = (char *)fold->spec->buffer->address + fold->spec->offset * (int64_t)lsi_dtype_size(fold->spec->result);
    a->n = fold->n;
    a->inner = fold->inner;
    a->each = 1;
    if (fold->way == LSI_REDUCE_ROWS) {
        a->each = each_of(fold, multiprocessors, leaf_step);
        fold->groups = ceil_div(fold->leaves, (int64_t)LS_REDUCE_WARPS * a->each);
    }
    if (fold->way == LSI_REDUCE_COLUMNS) a->thin = fold->n <= lesser(LS_REDUCE_THIN, fold->kind->lanes);
    if (fold->way == LSI_REDUCE_PANEL) set_panel(fold, a);
    fold->at_once = fold->groups == 1 && leaf_step >= fold->leaves;
    a->finish = fold->at_once;
}

/* --- states --- */

static int64_t next_level(int64_t states) { return ceil_div(states, LS_REDUCE_TREE_MOST); }

static size_t level_bytes(const lsi_fold *fold, int64_t outer, int64_t states)
{
    const size_t bytes = (size_t)outer * (size_t)states * (size_t)fold->inner * (size_t)fold->kind->state;
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

size_t lsi_fold_scratch(const lsi_fold *fold, int64_t outer)
{
    if (fold->at_once) return 0;
    return level_bytes(fold, outer, fold->groups) + level_bytes(fold, outer, next_level(fold->groups));
}

void lsi_fold_place(lsi_fold *fold, int64_t outer, char *memory)
{
    fold->states[0] = memory;
    fold->states[1] = memory + (fold->at_once ? 0 : level_bytes(fold, outer, fold->groups));
}

/* --- launches --- */

static void launch(lsi_work *work, lsi_kernel kernel, int64_t blocks, const ls_reduce_args *a)
{
    lsi_work_launch(work, kernel, (lsi_grid){(uint64_t)blocks, 1, 1}, LS_REDUCE_THREADS, 0, a, sizeof *a);
}

/* Where values (0, r, 0) would be if those before the leaf were there, too. */
static const void *virtual_start(const lsi_fold *fold, const lsi_fold_part *part)
{
    const int64_t before = part->leaf * LS_LEAF * fold->inner * fold->value_size;
    return part->dense ? (const void *)((uintptr_t)part->in - (uintptr_t)before) : part->in;
}

static int64_t blocks_of(const lsi_fold *fold, const ls_reduce_args *a)
{
    const int64_t per_group = (int64_t)LS_REDUCE_WARPS * a->each;
    switch (fold->way) {
    case LSI_REDUCE_ROWS: return a->finish && a->leaves == 1 ? ceil_div(a->outer, per_group) : a->outer * a->groups;
    case LSI_REDUCE_COLUMNS:
        if (a->thin) return ceil_div(a->outer * a->inner, LS_REDUCE_THREADS);
        return a->outer * a->leaves * ceil_div(a->inner, WARP);
    default: return ceil_div(a->outer * a->leaves, a->gather);
    }
}

void lsi_fold_leaves(lsi_work *work, const lsi_fold *fold, const lsi_fold_part *part)
{
    ls_reduce_args a = fold->args;
    const int64_t per_group = fold->way == LSI_REDUCE_ROWS ? (int64_t)LS_REDUCE_WARPS * a.each : 1;
    const int64_t row = fold->groups * fold->inner;
    const int64_t first = (part->o - part->first_placed) * row + part->leaf / per_group * fold->inner;
    a.in = virtual_start(fold, part);
    a.outer = part->outer;
    a.first_in = part->dense ? 0 : part->o;
    a.first_outer = part->o;
    a.first_leaf = part->leaf;
    a.leaves = part->leaves;
    a.groups = ceil_div(part->leaves, per_group);
    a.end = lesser(fold->n, (part->leaf + part->leaves) * LS_LEAF);
    a.state_row = row;
    a.states = fold->at_once ? NULL : fold->states[0] + first * fold->kind->state;
    launch(work, fold->kind->leaves[fold->way], blocks_of(fold, &a), &a);
}

void lsi_fold_tree(lsi_work *work, const lsi_fold *fold, int64_t o, int64_t outer)
{
    int64_t states = fold->groups;
    for (int from = 0; !fold->at_once; from = 1 - from) {
        ls_reduce_args a = fold->args;
        a.in = fold->states[from];
        a.states = fold->states[1 - from];
        a.outer = outer;
        a.first_outer = o;
        a.leaves = states;
        a.groups = next_level(states);
        a.in_row = states * fold->inner;
        a.state_row = a.groups * fold->inner;
        a.parts = (int32_t)lesser(power_from(ceil_div(states, LS_REDUCE_TREE_EACH)), LS_REDUCE_THREADS);
        a.finish = a.groups == 1;
        launch(work, fold->kind->tree, ceil_div(outer * fold->inner, LS_REDUCE_THREADS / a.parts) * a.groups, &a);
        if (a.finish) return;
        states = a.groups;
    }
}

/* --- nothing to reduce --- */

/* The dtype of what the kernels make. */
static ls_dtype made_of(const lsi_reduction *spec)
{
    switch (spec->op) {
    case LSI_REDUCE_var:
    case LSI_REDUCE_std: return lsi_dtype_real(spec->dtype);
    case LSI_REDUCE_any:
    case LSI_REDUCE_all: return LS_BOOL;
    case LSI_REDUCE_argmin:
    case LSI_REDUCE_argmax:
    case LSI_REDUCE_count_nonzero: return LS_INT64;
    default: return spec->dtype;
    }
}

/* The EMPTY column of reduce.def; false for ERROR. */
static bool empty_result(const lsi_reduction *spec, lsi_scalar *out)
{
    enum { ZERO, ONE, NAN_, TRUE_, FALSE_, ERROR };
    static const char results[LSI_REDUCE_COUNT] = {
#define NAN NAN_
#define TRUE TRUE_
#define FALSE FALSE_
#define REDUCE(name, SET, VALUE, RESULT, EMPTY, sentence) [LSI_REDUCE_##name] = EMPTY,
#include "reduce.def"
#undef NAN
#undef TRUE
#undef FALSE
    };
    const int result = results[spec->op];
    const ls_dtype made = made_of(spec);
    lsi_scalar value = {LS_FLOAT64, {0}};
    value.value.f = result == ONE || result == TRUE_ ? 1.0 : result == NAN_ ? ls_nan_f64() : 0.0;
    *out = lsi_scalar_cast(&value, made);
    if (result == NAN_ && lsi_dtype_kind(made) == LSI_KIND_COMPLEX) out->value.c.im = ls_nan_f64();
    return result != ERROR;
}

void lsi_fold_nothing(lsi_work *work, const lsi_program *program, const lsi_reduction *spec)
{
    const int64_t size = (int64_t)lsi_dtype_size(spec->result);
    ls_reduce_fill_args a;
    lsi_scalar value;
    if (!empty_result(spec, &value)) {
        lsi_work_fail(work, LS_EARGUMENT, "no elements along the reduced axes");
        return;
    }
    memset(&a, 0, sizeof a);
    value = lsi_scalar_cast(&value, spec->result);
    lsi_scalar_store(&value, a.value);
    a.out = (char *)spec->buffer->address + spec->offset * size;
    a.size = (int32_t)size;
    a.outputs = 1;
    for (int axis = 0; axis < program->ndim; axis++) {
        if (program->reduced[axis]) continue;
        a.axes.shape[a.axes.count] = program->shape[axis];
        a.axes.stride[a.axes.count++] = spec->strides[axis];
        a.outputs *= program->shape[axis];
    }
    lsi_work_launch(work, (lsi_kernel){"sum_int", "ls_reduce_fill"},
                    (lsi_grid){(uint64_t)ceil_div(a.outputs, 256), 1, 1}, 256, 0, &a, sizeof a);
}
