/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Programs without reductions: in which order memory is walked, in which pieces, on how many threads. What happens
 * within a piece is strip.c's. The order cannot be seen in the result, so it is chosen for the caches alone:
 *
 *   runs   positions in the order in which the first store lies in memory, split between threads
 *   rows   the same, cut so that no strip crosses the end of a row, where rows are long: then nothing is copied
 *   tiles  boxes of two axes, where some operand is contiguous along another axis than the stores */
#include "core/error.h"
#include "host/deal.h"
#include "host/parallel.h"
#include "host/plan.h"
#include "core/progress.h"
#include <stdatomic.h>
#include <string.h>

enum { TILE_SIDE = 16 };

typedef struct map_job {
    const lsi_plan *plan;
    int64_t units;           /* strips, or tiles */
    int64_t strip;           /* elements of a strip */
    int64_t row, per_row;    /* elements of a row, and strips; runs are one row */
    int64_t tile_rows, tile_cols, row_tiles, col_tiles;
    int64_t band;            /* rows of tiles that are walked together, column by column */
    int64_t grain;           /* units a thread takes at least */
    _Atomic bool out_of_memory;
    lsi_progress progress;
    lsi_deal deal;
} map_job;

/* ---- the order of axes ---- */

static int64_t magnitude(int64_t x)
{
    return x < 0 ? -x : x;
}

/* Whether axis a should lie inside axis b: by the stores, then by the sources. */
static bool belongs_inside(const lsi_program *p, int a, int b)
{
    for (int t = 0; t < p->nstore; t++) {
        const int64_t sa = magnitude(p->stores[t].strides[a]), sb = magnitude(p->stores[t].strides[b]);
        if (sa != sb && sa != 0 && sb != 0) return sa < sb;
    }
    for (int s = 0; s < p->nsource; s++) {
        if (p->sources[s].kind == LSI_SOURCE_CONST) continue;
        const int64_t sa = magnitude(p->sources[s].strides[a]), sb = magnitude(p->sources[s].strides[b]);
        if (sa != sb && sa != 0 && sb != 0) return sa < sb;
    }
    return false;
}

/* Sorts the axes, size-1 ones outermost; false when they are in order as they are. */
static bool order_axes(const lsi_program *p, int order[LS_MAX_NDIM])
{
    bool moved = false;
    for (int d = 0; d < p->ndim; d++) {
        int at = d;
        while (at > 0 && belongs_inside(p, order[at - 1], d) && p->shape[order[at - 1]] != 1 && p->shape[d] != 1) {
            order[at] = order[at - 1];
            at--;
            moved = true;
        }
        order[at] = d;
    }
    return moved;
}

/* The axis along which some source is contiguous while the innermost axis takes it to another line each time; -1. Gives
 * the elements of a line of that source. */
static int find_cross(const lsi_program *p, const int *order, int64_t *line)
{
    int inner = p->ndim - 1;
    while (inner >= 0 && p->shape[order[inner]] == 1)
        inner--;
    if (inner < 1 || p->shape[order[inner]] < TILE_SIDE / 2) return -1;
    for (int s = 0; s < p->nsource; s++) {
        const lsi_source *source = &p->sources[s];
        if (source->kind != LSI_SOURCE_BUFFER && source->kind != LSI_SOURCE_DRAW) continue;
        const int64_t size = (int64_t)lsi_dtype_size(source->dtype);
        if (magnitude(source->strides[order[inner]]) * size < LSI_LINE_BYTES) continue;
        int best = -1;
        int64_t smallest = LSI_LINE_BYTES;
        for (int d = 0; d < inner; d++) {
            const int64_t step = magnitude(source->strides[order[d]]) * size;
            if (p->shape[order[d]] == 1 || step == 0 || step >= smallest) continue;
            smallest = step;
            best = d;
        }
        *line = LSI_LINE_BYTES / size > TILE_SIDE ? LSI_LINE_BYTES / size : TILE_SIDE;
        if (best >= 0) return best;
    }
    return -1;
}

/* Puts the axis at place `cross` next to the innermost one that is not of size 1. */
static void move_next_to_inner(const lsi_program *p, int *order, int cross)
{
    int inner = p->ndim - 1;
    while (p->shape[order[inner]] == 1)
        inner--;
    const int axis = order[cross];
    for (int d = cross; d < inner - 1; d++)
        order[d] = order[d + 1];
    order[inner - 1] = axis;
}

/* ---- the pieces ---- */

static int64_t pieces(int64_t count, int64_t of)
{
    return count / of + (count % of != 0);
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* A tile is as many rows as a line or two of the source that lies across have elements, and as long as a register is:
 * lines are read whole, and the target is written in runs long enough for the hardware to foresee them. */
static void cut_tiles(map_job *job, int64_t line, int threads)
{
    const lsi_plan *plan = job->plan;
    const int64_t rows = plan->shape[plan->ndim - 2], cols = plan->shape[plan->ndim - 1];
    int64_t most = plan->capacity;
    const int forced = lsi_strip_forced();
    if (forced && forced < most) most = forced;
    job->tile_rows = smaller(rows, smaller(line, most));
    job->tile_cols = smaller(cols, most / job->tile_rows);
    if (job->tile_cols == cols && most / cols > line) job->tile_rows = smaller(rows, most / cols / line * line);
    if (!forced && rows < 8 * job->tile_rows * threads && job->tile_rows > line / 2) job->tile_rows = line / 2;
    job->row_tiles = pieces(rows, job->tile_rows);
    job->col_tiles = pieces(cols, job->tile_cols);
    job->units = plan->count / (rows * cols) * job->row_tiles * job->col_tiles;
    /* One matrix: each thread writes rows of its own, since threads that share lines of the target wait for each other. */
    const bool bands = plan->count == rows * cols && job->row_tiles >= 4 * threads;
    job->band = bands ? pieces(job->row_tiles, threads) : job->row_tiles;
    job->grain = bands ? job->band * job->col_tiles : 1;
}

/* How many elements of a line lie before a position in the target, where that is written past the caches: line by line,
 * so strips begin with lines, all but the first of a row. */
static int64_t past_line(const lsi_plan *plan, int64_t position)
{
    const lsi_walk *to = &plan->store[0];
    if (!plan->streams || !to->flat) return 0;
    const uintptr_t at = (uintptr_t)to->base + (uintptr_t)((to->origin + position) * to->size);
    return (int64_t)(at % LSI_LINE_BYTES) / to->size;
}

/* The most that can be. */
static int64_t most_past_line(const lsi_plan *plan)
{
    return plan->streams && plan->store[0].flat ? LSI_LINE_BYTES / plan->store[0].size - 1 : 0;
}

/* Strips of equal length, as many for each thread. Where strips need not end with rows, there is one row. */
static void cut_strips(map_job *job, int threads)
{
    const lsi_plan *plan = job->plan;
    const int forced = lsi_strip_forced();
    job->row = plan->rows ? plan->row : plan->count;
    job->strip = plan->strip;
    if (forced && forced < job->strip) job->strip = forced;
    const int64_t length = job->row + most_past_line(plan);
    int64_t strips = pieces(length, job->strip);
    if (!plan->rows) strips = pieces(strips, threads) * threads;
    if (!forced) job->strip = smaller(job->strip, lsi_round_strip(pieces(length, strips)));
    job->per_row = pieces(length, job->strip);
    job->units = plan->count / job->row * job->per_row;
}

/* One strip of a row, which begins at a position; nothing where the last of them is empty. */
static void run_strip(const map_job *job, lsi_worker *worker, int64_t row, int64_t piece)
{
    const int64_t within = piece * job->strip - past_line(job->plan, row);
    const int64_t begin = within > 0 ? within : 0, end = smaller(within + job->strip, job->row);
    if (begin < end) lsi_strip_run(worker, row + begin, (int)(end - begin));
}

static void run_strips(const map_job *job, lsi_worker *worker, int64_t begin, int64_t end)
{
    int64_t row = begin / job->per_row * job->row, piece = begin % job->per_row;
    for (int64_t unit = begin; unit < end; unit++) {
        run_strip(job, worker, row, piece);
        if (++piece < job->per_row) continue;
        piece = 0;
        row += job->row;
    }
}

/* The corner of the tile that is unit number `unit`, and the bounds of the band of rows it lies in. */
static void find_corner(const map_job *job, int64_t unit, int64_t *corner, int64_t *top, int64_t *bottom)
{
    const lsi_plan *plan = job->plan;
    const int row = plan->ndim - 2, col = plan->ndim - 1;
    const int64_t matrix = job->row_tiles * job->col_tiles;
    const int64_t band = unit % matrix / (job->band * job->col_tiles);
    const int64_t within = unit % matrix % (job->band * job->col_tiles);
    const int64_t height = smaller(job->band, job->row_tiles - band * job->band);
    *top = band * job->band * job->tile_rows;
    *bottom = smaller(*top + height * job->tile_rows, plan->shape[row]);
    corner[row] = *top + within % height * job->tile_rows;
    corner[col] = within / height * job->tile_cols;
    int64_t rest = unit / matrix;
    for (int d = row - 1; d >= 0; d--) {
        corner[d] = rest % plan->shape[d];
        rest /= plan->shape[d];
    }
}

/* Tiles in C order of (outer axes, band, column of tiles, row of tiles). */
static void run_tiles(const map_job *job, lsi_worker *worker, int64_t begin, int64_t end)
{
    const lsi_plan *plan = job->plan;
    const int row = plan->ndim - 2, col = plan->ndim - 1;
    int64_t corner[LS_MAX_NDIM], top, bottom;
    find_corner(job, begin, corner, &top, &bottom);
    for (int64_t unit = begin; unit < end; unit++) {
        const bool ahead = plan->far && unit + 1 < end && corner[row] + 2 * job->tile_rows <= bottom;
        lsi_strip_box(worker, corner, smaller(job->tile_rows, bottom - corner[row]),
                      smaller(job->tile_cols, plan->shape[col] - corner[col]), ahead);
        corner[row] += job->tile_rows;
        if (corner[row] < bottom) continue;
        corner[row] = top;
        corner[col] += job->tile_cols;
        if (corner[col] >= plan->shape[col] && unit + 1 < end) find_corner(job, unit + 1, corner, &top, &bottom);
    }
}

static void map_part(int thread, int threads, void *context)
{
    map_job *job = context;
    const lsi_plan *plan = job->plan;
    int64_t begin, end;
    if (!lsi_deal_next(&job->deal, thread, threads, &begin, &end)) return;
    lsi_worker *worker = lsi_worker_get(plan);
    if (!worker) {
        atomic_store(&job->out_of_memory, true);
        return;
    }
    do {
        if (plan->tiles)
            run_tiles(job, worker, begin, end);
        else
            run_strips(job, worker, begin, end);
        if (!lsi_progress_step(&job->progress, thread, end - begin)) break;
    } while (lsi_deal_next(&job->deal, thread, threads, &begin, &end));
    if (plan->streams) plan->loops->moves->stream_fence();
}

ls_status lsi_host_map(const lsi_program *program)
{
    int64_t count = 1;
    for (int d = 0; d < program->ndim; d++)
        count *= program->shape[d];
    if (count == 0 || program->nstore == 0) return LS_OK;
    if (!lsi_map_forced() && (lsi_map_small(program, count) || lsi_map_zero(program, count))) return LS_OK;

    int order[LS_MAX_NDIM];
    const bool moved = order_axes(program, order);
    int64_t line = 0;
    const int cross = program->ndim > 1 ? find_cross(program, order, &line) : -1;
    if (cross >= 0) move_next_to_inner(program, order, cross);
    const lsi_plan_wish wish = {
        .axis_order = moved || cross >= 0 ? order : NULL, .tiles = cross >= 0, .may_end_with_rows = true,
        .may_stream = true};
    lsi_plan *plan;
    const ls_status status = lsi_plan_make(program, &wish, &plan);
    if (status != LS_OK) return status;

    map_job job = {.plan = plan, .grain = 1};
    const int worth = lsi_map_forced() ? lsi_parallel_threads() : lsi_parallel_worth(count, plan->cost);
    if (plan->tiles)
        cut_tiles(&job, line, worth);
    else
        cut_strips(&job, worth);
    const int threads = (int)smaller(worth, job.units);
    lsi_progress_begin(&job.progress, job.units);
    lsi_deal_begin(&job.deal, job.units, job.grain, lsi_progress_most(&job.progress),
                   plan->cost * (double)count / (double)job.units, threads);
    lsi_parallel_run(threads, map_part, &job);
    lsi_plan_free(plan);
    if (!atomic_load(&job.out_of_memory))
        return lsi_progress_end(&job.progress, program->function, program->place);
    return lsi_fail_for(program->function, program->place, LS_ENOMEM, "no memory for the working space of a thread");
}
