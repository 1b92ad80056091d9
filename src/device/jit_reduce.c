/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A fused reduction. The geometry is that of the rows kernel (reduce_fold.c); the order of folding is nobody's to
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

bool lsi_jit_reduction_suits(const lsi_program *program, const lsi_form *form)
{
    const lsi_reduction *spec = &program->reductions[0];
    lsi_reduce_space space;
    if (spec->value < program->nsource && program->sources[spec->value].kind == LSI_SOURCE_BUFFER) return false;
    for (int i = 0; i < form->nsource; i++)
        if (form->sources[i].kind == LSI_SOURCE_BUFFER && form->sources[i].walk == LSI_WALK_STRIDED) return false;
    lsi_reduce_measure(program, &space);
    return space.n > SHORT_ROW && lsi_reduce_kind_of(spec->op, spec->dtype) != NULL;
}

/* All leaves of all outputs. */
static ls_reduce_args leaf_arguments(const lsi_fold *fold)
{
    ls_reduce_args a = fold->args;
    a.outer = fold->outer;
    a.leaves = fold->leaves;
    a.groups = fold->groups;
    a.end = fold->n;
    a.states = fold->states[0];
    return a;
}

void lsi_jit_reduction_run(lsi_work *work, const lsi_program *program, lsi_function function, lsi_form_launch *launch)
{
    const lsi_reduction *spec = &program->reductions[0];
    lsi_reduce_space space;
    lsi_fold fold;
    make_space(program, &space);
    lsi_fold_dense(program, spec, &space, &fold);
    fold.way = LSI_REDUCE_ROWS;
    lsi_fold_finish(&fold, work->device->multiprocessors, ceil_div(space.n, LS_LEAF));
    fold.at_once = false; /* results are the tree's */
    fold.args.finish = 0;
    lsi_work_writes(work, spec->buffer);
    const size_t bytes = lsi_fold_scratch(&fold, space.outer);
    lsi_fold_place(&fold, space.outer, bytes ? lsi_work_scratch(work, bytes) : NULL);
    if (!lsi_work_enter(work)) return;
    const ls_reduce_args a = leaf_arguments(&fold);
    const int64_t per_block = (int64_t)LS_REDUCE_WARPS * a.each;
    const int64_t blocks = a.leaves == 1 ? ceil_div(a.outer, per_block) : a.outer * a.groups;
    memcpy(launch->args + launch->reduce_at, &a, sizeof a);
    lsi_work_launch_function(work, function, (lsi_grid){(uint64_t)blocks, 1, 1}, LS_REDUCE_THREADS, 0, launch->args,
                             launch->size);
    lsi_fold_tree(work, &fold, 0, space.outer);
}
