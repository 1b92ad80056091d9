/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reductions on the device. Values that are a buffer's own are read where they are, each reduction in its own way; when
 * one is computed, or something is stored beside, all values are made strip by strip by tier 0 and folded while they
 * are in the cache. A strip is whole leaves of one o, or all leaves of several. How long strips are shows in no bit. */
#include "core/error.h"
#include "device/reduce.h"
#include "device/strips.h"
#include "reduce_order.h"

enum {
    STATES_MOST = 64 << 20, /* bytes of states held at a time, where one o needs less */
    GROUP_MOST = LS_REDUCE_WARPS * LS_REDUCE_GROUP_MOST
};

static int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
static int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

typedef struct reduction_job {
    const lsi_program *program;
    lsi_work *work;
    lsi_reduce_space space;
    int64_t leaves;
    int64_t span;          /* o whose states are held at a time */
    lsi_fold *folds;       /* a fold per reduction */
    lsi_strips *strips;    /* NULL: in place */
    void *registers;       /* of the strips */
    int64_t strip_outer, strip_leaves; /* of a strip */
} reduction_job;

/* --- states --- */

static size_t scratch_for(const reduction_job *job, int64_t outer)
{
    size_t bytes = 0;
    for (int q = 0; q < job->program->nreduction; q++) bytes += lsi_fold_scratch(&job->folds[q], outer);
    return bytes;
}

/* As many o at a time as fit, at least one. */
static int64_t span_of(const reduction_job *job, int64_t outer)
{
    const size_t one = scratch_for(job, 1);
    return one == 0 ? outer : lesser(outer, (int64_t)(STATES_MOST / one) + 1);
}

static void place_states(reduction_job *job, int64_t outer)
{
    const size_t bytes = scratch_for(job, outer);
    char *at = bytes ? lsi_work_scratch(job->work, bytes) : NULL;
    if (job->work->status) return;
    for (int q = 0; q < job->program->nreduction; q++) {
        lsi_fold_place(&job->folds[q], outer, at);
        at += lsi_fold_scratch(&job->folds[q], outer);
    }
}

/* --- in place --- */

static bool all_in_place(reduction_job *job)
{
    const lsi_program *p = job->program;
    if (p->nstore) return false;
    for (int q = 0; q < p->nreduction; q++)
        if (!lsi_fold_in_place(p, &p->reductions[q], &job->folds[q])) return false;
    return true;
}

static const void *source_of(const lsi_program *p, const lsi_fold *fold)
{
    const lsi_source *source = &p->sources[fold->spec->value];
    return (const char *)source->buffer->address + source->offset * fold->value_size;
}

static void fold_in_place(const reduction_job *job, const lsi_fold *fold)
{
    const int64_t span = span_of(job, fold->outer);
    for (int64_t o = 0; o < fold->outer; o += span) {
        const int64_t outer = lesser(span, fold->outer - o);
        const lsi_fold_part part = {source_of(job->program, fold), false, o, outer, 0, fold->leaves, o};
        lsi_fold_leaves(job->work, fold, &part);
        lsi_fold_tree(job->work, fold, o, outer);
    }
}

static void run_in_place(reduction_job *job)
{
    const lsi_program *p = job->program;
    int64_t most = 1;
    for (int q = 0; q < p->nreduction; q++) {
        lsi_fold *fold = &job->folds[q];
        lsi_fold_finish(fold, job->work->device->multiprocessors, fold->leaves = ceil_div(fold->n, LS_LEAF));
        if (fold->outer > most) most = fold->outer;
        lsi_work_reads(job->work, p->sources[fold->spec->value].buffer);
        lsi_work_writes(job->work, fold->spec->buffer);
    }
    place_states(job, span_of(job, most));
    if (!lsi_work_enter(job->work)) return;
    for (int q = 0; q < p->nreduction; q++) fold_in_place(job, &job->folds[q]);
}

/* --- strip by strip --- */

/* Whole o, or whole leaves of one, in multiples of a block's if there are so many. */
static void choose_strip(reduction_job *job, int64_t best)
{
    const int64_t row = job->space.n * job->space.inner, leaf = LS_LEAF * job->space.inner;
    job->strip_outer = 1;
    job->strip_leaves = job->leaves;
    if (row <= best) job->strip_outer = lesser(best / row, job->space.outer);
    else job->strip_leaves = best / leaf > 0 ? best / leaf : 1;
    if (job->strip_leaves < job->leaves && job->strip_leaves > GROUP_MOST)
        job->strip_leaves = job->strip_leaves / GROUP_MOST * GROUP_MOST;
    else if (job->strip_leaves < job->leaves && job->strip_leaves > LS_REDUCE_WARPS)
        job->strip_leaves = job->strip_leaves / LS_REDUCE_WARPS * LS_REDUCE_WARPS;
}

static void run_strip(const reduction_job *job, int64_t o, int64_t outer, int64_t leaf, int64_t first_placed)
{
    const int64_t leaves = lesser(job->strip_leaves, job->leaves - leaf), inner = job->space.inner;
    const int64_t rows = lesser(job->space.n - leaf * LS_LEAF, leaves * LS_LEAF);
    const int64_t start = (o * job->space.n + leaf * LS_LEAF) * inner;
    lsi_strips_run(job->strips, job->work, job->registers, start, outer * rows * inner);
    for (int q = 0; q < job->program->nreduction; q++) {
        const lsi_fold *fold = &job->folds[q];
        const void *values = lsi_strips_value(job->strips, fold->spec->value);
        const lsi_fold_part part = {values, true, o, outer, leaf, leaves, first_placed};
        lsi_fold_leaves(job->work, fold, &part);
    }
    lsi_work_part(job->work, outer * rows * inner);
}

/* Outputs of [first, first + outer), whose states are held together. */
static void run_span(const reduction_job *job, int64_t first, int64_t outer)
{
    for (int64_t o = first; o < first + outer; o += job->strip_outer)
        for (int64_t leaf = 0; leaf < job->leaves; leaf += job->strip_leaves)
            run_strip(job, o, lesser(job->strip_outer, first + outer - o), leaf, first);
    for (int q = 0; q < job->program->nreduction; q++) lsi_fold_tree(job->work, &job->folds[q], first, outer);
}

static void set_dense_folds(reduction_job *job)
{
    const lsi_program *p = job->program;
    for (int q = 0; q < p->nreduction; q++) {
        lsi_fold_dense(p, &p->reductions[q], &job->space, &job->folds[q]);
        job->folds[q].leaves = job->leaves;
        lsi_fold_finish(&job->folds[q], job->work->device->multiprocessors, job->strip_leaves);
    }
}

static void run_strips(reduction_job *job)
{
    lsi_work *work = job->work;
    const int64_t best = lsi_strips_best(job->strips);
    job->leaves = ceil_div(job->space.n, LS_LEAF);
    choose_strip(job, best);
    set_dense_folds(job);
    const int64_t longest = job->strip_outer * lesser(job->space.n, job->strip_leaves * LS_LEAF) * job->space.inner;
    const size_t registers = lsi_strips_scratch(job->strips, longest);
    job->span = span_of(job, job->space.outer);
    lsi_strips_accesses(job->strips, work);
    place_states(job, job->span);
    job->registers = registers ? lsi_work_scratch(work, registers) : NULL;
    (void)lsi_work_parts(work, job->space.outer * job->space.n * job->space.inner);
    if (!lsi_work_enter(work)) return;
    for (int64_t o = 0; o < job->space.outer; o += job->span) run_span(job, o, lesser(job->span, job->space.outer - o));
}

/* The strips of the order that suits the program. A first set, in any order, says how long they had best be. */
static ls_status make_strips(reduction_job *job)
{
    lsi_device *device = job->work->device;
    ls_status status = lsi_strips_new(device, job->program, NULL, &job->strips);
    if (status != LS_OK) return status;
    lsi_reduce_choose_space(job->program, lsi_strips_best(job->strips), &job->space);
    lsi_strips_free(job->strips);
    job->strips = NULL;
    return lsi_strips_new(device, job->program, job->space.order, &job->strips);
}

/* --- nothing --- */

static void run_nothing(reduction_job *job)
{
    const lsi_program *p = job->program;
    for (int q = 0; q < p->nreduction; q++) lsi_work_writes(job->work, p->reductions[q].buffer);
    if (!lsi_work_enter(job->work)) return;
    for (int q = 0; q < p->nreduction; q++) lsi_fold_nothing(job->work, p, &p->reductions[q]);
}

static bool kinds_exist(reduction_job *job)
{
    const lsi_program *p = job->program;
    for (int q = 0; q < p->nreduction; q++) {
        const lsi_reduction *r = &p->reductions[q];
        if (lsi_reduce_kind_of(r->op, r->dtype)) continue;
        lsi_work_fail(job->work, LS_EINTERNAL, "no reduction %d of dtype %d", (int)r->op, (int)r->dtype);
        return false;
    }
    return true;
}

static void run_job(reduction_job *job)
{
    lsi_reduce_measure(job->program, &job->space);
    if (job->space.outer == 0 || !kinds_exist(job)) return;
    if (job->space.n == 0) run_nothing(job);
    else if (all_in_place(job)) run_in_place(job);
    else if (make_strips(job) == LS_OK) run_strips(job);
    else job->work->status = LS_ENOMEM; /* recorded already */
}

ls_status lsi_device_reduce(lsi_device *device, const lsi_program *program, lsi_ticket *done)
{
    lsi_work work;
    reduction_job job = {.program = program, .work = &work};
    lsi_work_begin(&work, device, program->function, program->place);
    job.folds = lsi_alloc((size_t)program->nreduction, sizeof *job.folds);
    if (!job.folds) lsi_work_fail(&work, LS_ENOMEM, "out of memory for a reduction");
    if (!work.status) run_job(&job);
    lsi_strips_free(job.strips);
    lsi_dealloc(job.folds);
    return lsi_work_end(&work, done);
}
