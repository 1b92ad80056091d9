/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reductions on the host: tiles of outputs and chunks of leaves to threads, leaves into the canonical tree, states into
 * results. Decides nothing about order: kernels/reduce_order.h does. Leaves the shape of the work to reduce_space.c,
 * leaves of the tree to reduce_rows.c, reduce_columns.c, reduce_panel.c and reduce_turned.c, arithmetic to
 * reduce_kernels.c. */
#include "backend.h"
#include "cast.h"
#include "core/error.h"
#include "host/deal.h"
#include "host/parallel.h"
#include "host/plan.h"
#include "core/progress.h"
#include "host/reduce_job.h"
#include "reduce_order.h"
#include <string.h>

ls_dtype lsi_reduce_made(lsi_reduce_op op, ls_dtype dtype)
{
    switch (op) {
    case LSI_REDUCE_var:
    case LSI_REDUCE_std: return lsi_dtype_real(dtype);
    case LSI_REDUCE_any:
    case LSI_REDUCE_all: return LS_BOOL;
    case LSI_REDUCE_argmin:
    case LSI_REDUCE_argmax:
    case LSI_REDUCE_count_nonzero: return LS_INT64;
    default: return dtype;
    }
}

/* --- results -------------------------------------------------------------------------------------------------------
 * */

static void store_same(char *out, int64_t stride, const char *in, int size, int64_t count)
{
    if (stride == 1) {
        memcpy(out, in, (size_t)(count * size));
        return;
    }
    switch (size) {
    case 1: for (int64_t i = 0; i < count; i++) out[i * stride] = in[i]; return;
    case 2: for (int64_t i = 0; i < count; i++) memcpy(out + i * stride * 2, in + i * 2, 2); return;
    case 4: for (int64_t i = 0; i < count; i++) memcpy(out + i * stride * 4, in + i * 4, 4); return;
    case 8: for (int64_t i = 0; i < count; i++) memcpy(out + i * stride * 8, in + i * 8, 8); return;
    default: for (int64_t i = 0; i < count; i++) memcpy(out + i * stride * size, in + i * size, (size_t)size); return;
    }
}

static void store_halves(char *out, int64_t stride, const char *in, ls_dtype to, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        float x;
        memcpy(&x, in + i * 4, 4);
        const uint16_t h = to == LS_FLOAT16 ? ls_cast_f32_f16(x) : ls_cast_f32_bf16(x);
        memcpy(out + i * stride * 2, &h, 2);
    }
}

/* `count` dense results of dtype `from` to out, cast once. */
static void store_results(char *out, int64_t stride, ls_dtype to, const char *in, ls_dtype from, int64_t count)
{
    const int size = (int)lsi_dtype_size(from), out_size = (int)lsi_dtype_size(to);
    if (from == to) store_same(out, stride, in, size, count);
    else if (from == LS_FLOAT32 && lsi_dtype_is_half(to)) store_halves(out, stride, in, to, count);
    else
        for (int64_t i = 0; i < count; i++) {
            lsi_scalar value;
            lsi_scalar_load(from, in + i * size, &value);
            value = lsi_scalar_cast(&value, to);
            lsi_scalar_store(&value, out + i * stride * out_size);
        }
}

/* Outputs [first, first + count) of one part. Runs along the last outer axis, or along the columns. */
static void write_results(const lsi_reduce_job *job, const lsi_reduce_part *part, const char *results, int64_t first,
                          int64_t count)
{
    const bool columns = job->by_columns;
    const int64_t length = columns ? job->inner : job->nouter ? job->outer_shape[job->nouter - 1] : 1;
    const int64_t stride = columns ? part->out_inner : job->nouter ? part->out_outer[job->nouter - 1] : 1;
    while (count > 0) {
        const int64_t within = first % length, run = length - within < count ? length - within : count;
        int64_t at = lsi_reduce_outer(job, part->out_outer, columns ? first / length : first);
        if (columns) at += within * stride;
        store_results(part->out + at * part->out_size, run == 1 ? 1 : stride, part->spec->result, results, part->made,
                      run);
        results += run * part->made_size;
        first += run;
        count -= run;
    }
}

static void finish(const lsi_reduce_job *job, const lsi_reduce_part *part, const char *states, char *results,
                   int64_t first, int64_t count)
{
    part->kernel->finish(results, states, count, job->n, part->spec->correction);
    write_results(job, part, results, first, count);
}

/* --- the tree over leaves ------------------------------------------------------------------------------------------
 * */

static void merge_top(const lsi_reduce_job *job, char *scratch, int64_t count, int depth)
{
    for (int q = 0; q < job->nparts; q++) {
        const lsi_reduce_part *part = &job->parts[q];
        char *left = lsi_reduce_level(job, part, scratch, depth - 2);
        part->kernel->merge(left, left, lsi_reduce_level(job, part, scratch, depth - 1), count);
    }
}

/* Whether the rest of the leaves cannot matter. */
static bool is_decided(const lsi_reduce_job *job, char *scratch, int64_t count, int depth)
{
    if (job->program->nstore) return false;
    for (int q = 0; q < job->nparts; q++) {
        const lsi_reduce_part *part = &job->parts[q];
        if (!part->kernel->decided) return false;
        if (!part->kernel->decided(lsi_reduce_level(job, part, scratch, depth - 1), count)) return false;
    }
    return true;
}

/* Leaves [begin, end) of outputs [first, first + count) into level 0. `begin` is a multiple of the chunk, so leaf
 * numbers within the chunk have the low bits of the absolute ones. */
static void fold_leaves(const lsi_reduce_job *job, lsi_worker *worker, char *scratch, int64_t first, int64_t count,
                        int64_t begin, int64_t end)
{
    int depth = 0;
    if (job->panel_rows) lsi_reduce_panel_reset(job, scratch);
    for (int64_t leaf = begin; leaf < end; leaf += job->batch) {
        const int64_t next = end - leaf < job->batch ? end : leaf + job->batch;
        if (job->by_columns) lsi_reduce_columns_leaf(job, worker, scratch, first, count, leaf, depth);
        else if (job->panel_rows) lsi_reduce_panel_leaf(job, scratch, first, leaf, depth);
        else if (job->batch > 1) lsi_reduce_batch(job, scratch, first, leaf, next, depth);
        else lsi_reduce_rows_leaf(job, worker, scratch, first, count, leaf, depth);
        depth++;
        for (int merges = ls_tree_merges((leaf - begin) / job->batch); merges > 0; merges--)
            merge_top(job, scratch, count, depth--);
        if (is_decided(job, scratch, count, depth)) break;
    }
    for (; depth > 1; depth--) merge_top(job, scratch, count, depth);
}

/* --- tasks ---------------------------------------------------------------------------------------------------------
 * */

static void tile_bounds(const lsi_reduce_job *job, int64_t tile, int64_t *first, int64_t *count)
{
    const int64_t o = tile / job->tiles_across, column = tile % job->tiles_across * job->tile;
    const int64_t length = job->by_columns ? job->inner : job->outer;
    const int64_t at = job->by_columns ? column : tile * job->tile;
    *first = job->by_columns ? o * job->inner + column : at;
    *count = length - at < job->tile ? length - at : job->tile;
}

static void run_task(const lsi_reduce_job *job, lsi_worker *worker, char *scratch, int64_t task)
{
    const int64_t chunk = task % job->chunks, begin = chunk * job->chunk;
    const int64_t end = begin + job->chunk < job->leaves ? begin + job->chunk : job->leaves;
    int64_t first, count;
    tile_bounds(job, task / job->chunks, &first, &count);
    fold_leaves(job, worker, scratch, first, count, begin, end);
    for (int q = 0; q < job->nparts; q++) {
        const lsi_reduce_part *part = &job->parts[q];
        const size_t state = (size_t)part->kernel->state;
        const char *states = lsi_reduce_level(job, part, scratch, 0);
        if (job->chunks == 1) finish(job, part, states, scratch, first, count);
        else memcpy(part->partial + (size_t)(chunk * job->outputs + first) * state, states, (size_t)count * state);
    }
}

typedef struct team {
    const lsi_reduce_job *job;
    _Atomic bool failed;
    lsi_progress progress;
    lsi_deal deal;
} team;

static void work(int thread, int threads, void *context)
{
    team *all = context;
    const lsi_reduce_job *job = all->job;
    int64_t begin, end;
    char *scratch = lsi_scratch(LSI_SCRATCH_REDUCE, job->scratch);
    lsi_worker *worker = scratch && job->plan ? lsi_worker_get(job->plan) : NULL;
    if (!scratch || (job->plan && !worker)) {
        atomic_store(&all->failed, true);
        return;
    }
    while (lsi_deal_next(&all->deal, thread, threads, &begin, &end)) {
        for (int64_t task = begin; task < end; task++) {
            if (job->turned) lsi_reduce_turned_task(job, scratch, task);
            else run_task(job, worker, scratch, task);
        }
        if (!lsi_progress_step(&all->progress, thread, end - begin)) return;
    }
}

/* The top of the tree, over the chunks. */
static void merge_chunks(int thread, int threads, void *context)
{
    const lsi_reduce_job *job = ((team *)context)->job;
    (void)thread, (void)threads;
    for (int q = 0; q < job->nparts; q++) {
        const lsi_reduce_part *part = &job->parts[q];
        const lsi_reduce_kernel *kernel = part->kernel;
        const int64_t row = job->outputs * kernel->state;
        char *results = part->partial + job->chunks * row;
        if (job->outputs == 1 && kernel->pairs)
            for (int64_t left = job->chunks; left > 1; left = (left + 1) / 2) kernel->pairs(part->partial, left);
        else
            for (int64_t step = 1; step < job->chunks; step *= 2)
                for (int64_t c = 0; c + step < job->chunks; c += 2 * step)
                    kernel->merge(part->partial + c * row, part->partial + c * row, part->partial + (c + step) * row,
                                  job->outputs);
        finish(job, part, part->partial, results, 0, job->outputs);
    }
}

static ls_status out_of_memory(const lsi_program *p)
{
    return lsi_fail_for(p->function, p->place, LS_ENOMEM, "out of memory for a reduction");
}

static void free_partials(lsi_reduce_job *job)
{
    for (int q = 0; q < job->nparts; q++) lsi_dealloc(job->parts[q].partial);
}

/* Room for every chunk's states and, behind them, for the results. */
static bool new_partials(lsi_reduce_job *job)
{
    for (int q = 0; q < job->nparts; q++) {
        lsi_reduce_part *part = &job->parts[q];
        const size_t states = (size_t)(job->outputs * (job->chunks + 1));
        part->partial = lsi_alloc(states, LSI_REDUCE_STATE_MAX);
        if (!part->partial) return false;
    }
    return true;
}

static ls_status run_job(lsi_reduce_job *job)
{
    team all = {.job = job};
    if (job->chunks > 1 && !new_partials(job)) {
        free_partials(job);
        return out_of_memory(job->program);
    }
    lsi_progress_begin(&all.progress, job->tasks);
    lsi_deal_begin(&all.deal, job->tasks, 1, lsi_progress_most(&all.progress), job->nanoseconds, job->threads);
    lsi_parallel_run(job->threads, work, &all);
    const lsi_program *p = job->program;
    ls_status status = atomic_load(&all.failed) ? out_of_memory(p) : lsi_progress_end(&all.progress, p->function, p->place);
    if (!status && job->chunks > 1) lsi_parallel_run(1, merge_chunks, &all);
    if (job->chunks > 1) free_partials(job);
    return status;
}

/* --- no elements, and few ------------------------------------------------------------------------------------------
 * */

/* What a reduction over nothing gives; false where there is no such thing. */
static bool empty_result(lsi_reduce_op op, ls_dtype made, lsi_scalar *out)
{
    lsi_scalar value = {LS_FLOAT64, {0}};
    switch (op) {
    case LSI_REDUCE_sum:
    case LSI_REDUCE_count_nonzero:
    case LSI_REDUCE_any: value.value.f = 0; break;
    case LSI_REDUCE_prod:
    case LSI_REDUCE_all: value.value.f = 1; break;
    case LSI_REDUCE_mean:
    case LSI_REDUCE_var:
    case LSI_REDUCE_std: value.value.f = ls_nan_f64(); break;
    default: return false;
    }
    *out = lsi_scalar_cast(&value, made);
    if (op == LSI_REDUCE_mean && lsi_dtype_kind(made) == LSI_KIND_COMPLEX) out->value.c.im = ls_nan_f64();
    return true;
}

static int64_t output_offset(const lsi_program *p, const lsi_reduction *r, int64_t output)
{
    int64_t at = r->offset;
    for (int a = p->ndim - 1; a >= 0; a--) {
        if (p->reduced[a]) continue;
        at += output % p->shape[a] * r->strides[a];
        output /= p->shape[a];
    }
    return at;
}

static ls_status fill_empty(const lsi_program *p, int64_t outputs)
{
    for (int q = 0; q < p->nreduction; q++) {
        const lsi_reduction *r = &p->reductions[q];
        const size_t size = lsi_dtype_size(r->result);
        lsi_scalar value;
        if (!empty_result(r->op, lsi_reduce_made(r->op, r->dtype), &value))
            return lsi_fail_for(p->function, p->place, LS_EARGUMENT, "no elements along the reduced axes");
        value = lsi_scalar_cast(&value, r->result);
        for (int64_t i = 0; i < outputs; i++)
            lsi_scalar_store(&value, (char *)r->buffer->address + (size_t)output_offset(p, r, i) * size);
    }
    return LS_OK;
}

/* One leaf of one output, in order in memory: not worth a job. */
static bool is_small(const lsi_program *p, int64_t outputs, int64_t n)
{
    if (outputs != 1 || n > LS_LEAF || p->nstore) return false;
    for (int q = 0; q < p->nreduction; q++) {
        const int32_t v = p->reductions[q].value;
        int64_t step = 1;
        if (v >= p->nsource || p->sources[v].kind != LSI_SOURCE_BUFFER) return false;
        for (int a = p->ndim - 1; a >= 0; a--) {
            if (p->shape[a] == 1) continue;
            if (p->sources[v].strides[a] != step) return false;
            step *= p->shape[a];
        }
    }
    return true;
}

void lsi_reduce_leaf(const lsi_direct_fold *fold, int64_t n, const void *in, void *out)
{
    const lsi_reduce_kernel *kernel = &LSI_ISA_PICK(lsi_reduce_kernels)->kernel[fold->op][fold->dtype];
    char state[LSI_REDUCE_STATE_MAX] __attribute__((aligned(16))), result[LSI_REDUCE_STATE_MAX];
    kernel->rows(state, in, 1, (int)n, 0, 0);
    kernel->finish(result, state, 1, n, fold->correction);
    store_results(out, 1, fold->result, result, lsi_reduce_made(fold->op, fold->dtype), 1);
}

typedef struct small {
    const lsi_program *program;
    int64_t n;
} small;

static void run_small(int thread, int threads, void *context)
{
    const small *s = context;
    (void)thread, (void)threads;
    for (int q = 0; q < s->program->nreduction; q++) {
        const lsi_reduction *r = &s->program->reductions[q];
        const lsi_source *source = &s->program->sources[r->value];
        const lsi_direct_fold fold = {r->op, r->dtype, r->result, r->correction};
        lsi_reduce_leaf(&fold, s->n,
                        (const char *)source->buffer->address + source->offset * (int64_t)lsi_dtype_size(r->dtype),
                        (char *)r->buffer->address + r->offset * (int64_t)lsi_dtype_size(r->result));
    }
}

ls_status lsi_host_reduce(const lsi_program *program)
{
    int64_t outputs = 1, n = 1;
    for (int a = 0; a < program->ndim; a++) {
        if (program->reduced[a]) n *= program->shape[a];
        else outputs *= program->shape[a];
    }
    if (outputs == 0) return LS_OK;
    if (n == 0) return fill_empty(program, outputs);
    if (is_small(program, outputs, n)) {
        small s = {program, n};
        lsi_parallel_run(1, run_small, &s);
        return LS_OK;
    }
    lsi_reduce_job job;
    ls_status status = lsi_reduce_prepare(program, &job);
    if (status == LS_OK) status = run_job(&job);
    if (job.plan) lsi_plan_free(job.plan);
    return status;
}
