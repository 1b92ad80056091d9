/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fused reductions. The geometry is that of the rows kernel (reduce_fold.c); the order of folding is nobody's to
 * decide. */
#include "device/jit_reduce.h"
#include "device/reduce.h"
#include "reduce_order.h"

#include <string.h>

enum { SHORT_ROW = 64 }; /* shorter rows leave most of a warp without work */

static int64_t ceil_div(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

static void make_space(const lsi_program *program, lsi_reduce_space *space)
{
    int at = 0;
    lsi_reduce_measure(program, space);
    for (int d = 0; d < program->ndim; d++)
        if (!program->reduced[d]) space->order[at++] = d;
    space->kept_outside = at;
    for (int d = 0; d < program->ndim; d++)
        if (program->reduced[d]) space->order[at++] = d;
    space->reduced = at - space->kept_outside;
}

static bool is_as_stored(const lsi_program *program, const lsi_reduction *spec)
{
    return spec->value < program->nsource && program->sources[spec->value].kind == LSI_SOURCE_BUFFER;
}

static bool is_strided(const lsi_form *form)
{
    bool strided = false;
    for (int i = 0; i < form->nsource; i++)
        strided |= form->sources[i].kind == LSI_SOURCE_BUFFER && form->sources[i].walk == LSI_WALK_STRIDED;
    return strided;
}

bool lsi_jit_rows_suit(const lsi_device *device, const lsi_form *form, const lsi_form_launch *launch)
{
    return !is_strided(form) && launch->shared <= device->shared_bytes;
}

bool lsi_jit_reduction_suits(const lsi_program *program, const lsi_form *form)
{
    lsi_reduce_space space;
    for (int q = 0; q < program->nreduction; q++)
        if (!lsi_reduce_kind_of(program->reductions[q].op, program->reductions[q].dtype)) return false;
    if (program->nreduction == 1 && program->nstore == 0 && is_as_stored(program, &program->reductions[0])) return false;
    lsi_reduce_measure(program, &space);
    return space.n > SHORT_ROW && !is_strided(form);
}

static void make_fold(lsi_fold *fold, const lsi_work *work, const lsi_program *program, int q,
                      const lsi_reduce_space *space)
{
    lsi_fold_dense(program, &program->reductions[q], space, fold);
    fold->way = LSI_REDUCE_ROWS;
    lsi_fold_finish(fold, work->device->multiprocessors, ceil_div(space->n, LS_LEAF));
    fold->at_once = false; /* results are the tree's */
    fold->args.finish = 0;
}

/* Room for the states of all of them. */
static void place_states(lsi_work *work, lsi_fold *folds, int count, int64_t outer)
{
    size_t bytes = 0;
    for (int q = 0; q < count; q++) bytes += lsi_fold_scratch(&folds[q], outer);
    char *at = bytes ? lsi_work_scratch(work, bytes) : NULL;
    for (int q = 0; q < count && !work->status; q++) {
        lsi_fold_place(&folds[q], outer, at);
        at += lsi_fold_scratch(&folds[q], outer);
    }
}

/* All leaves of all outputs; how they are dealt out is the same for every reduction of the program. */
static ls_fused_args leaf_arguments(const lsi_fold *folds, int count)
{
    ls_fused_args a;
    memset(&a, 0, sizeof a);
    a.outer = folds->outer;
    a.leaves = folds->leaves;
    a.groups = folds->groups;
    a.each = folds->args.each;
    a.end = a.n = folds->n;
    for (int q = 0; q < count; q++)
        a.part[q] = (ls_fused_part){folds[q].states[0], folds[q].args.mask, folds[q].args.floating, 0};
    return a;
}

void lsi_jit_reduction_run(lsi_work *work, const lsi_program *program, lsi_function function, lsi_form_launch *launch)
{
    lsi_reduce_space space;
    lsi_fold folds[LS_FUSED_MOST];
    const int count = program->nreduction;
    make_space(program, &space);
    for (int q = 0; q < count; q++) {
        make_fold(&folds[q], work, program, q, &space);
        lsi_work_writes(work, program->reductions[q].buffer);
    }
    place_states(work, folds, count, space.outer);
    if (!lsi_work_enter(work)) return;
    const ls_fused_args a = leaf_arguments(folds, count);
    const int64_t per_block = (int64_t)LS_REDUCE_WARPS * a.each;
    const int64_t blocks = a.leaves == 1 ? ceil_div(a.outer, per_block) : a.outer * a.groups;
    memcpy(launch->args + launch->reduce_at, &a, sizeof a);
    lsi_work_launch_parts(work, function, blocks, LS_REDUCE_THREADS, 0, launch->args, launch->size, launch->begin_at,
                          a.outer * a.n);
    for (int q = 0; q < count; q++) lsi_fold_tree(work, &folds[q], 0, space.outer);
}
