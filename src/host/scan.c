/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cumulative sums and products on the host: which elements are scanned where. The order is kernels/scan_order.h's and
 * does not depend on anything decided here; the arithmetic is scan_kernels.c's.
 *
 * A unit is one line along the axis (by rows), or a block of columns, where memory runs along another axis: then every
 * step takes a row of values. Units go to threads. Where there are too few units, the tiles of a unit go to threads, in
 * rounds that fit the threads' caches: the last local prefix of each tile, the chain of carries, then the outputs. */
#include "backend.h"
#include "core/error.h"
#include "host/loops.h"
#include "host/parallel.h"
#include "host/scan.h"
#include "host/strip.h"
#include "scan_order.h"
#include <string.h>

enum {
    STATE = 16,                          /* bytes of the largest accumulator */
    COLUMNS = 2048,                      /* bytes of a block's row */
    FEW_COLUMNS = 4,                     /* fewer are gathered line by line */
    ROUND = 1 << 20,                     /* bytes of input in a round, of each thread: half a second-level cache */
    AHEAD = 2,                           /* rows of a block that are asked for ahead */
    PIECE = LSI_SCAN_RUN * STATE
};

typedef struct scan_job {
    const lsi_scan *scan;
    const lsi_scan_kernel *kernel;
    const lsi_moves *moves;
    lsi_loop to_result, to_state, from_state; /* casts; NULL: nothing to do */
    const char *in;
    char *out;                                /* of the first output that is computed */
    int in_size, result_size;
    int64_t n, tiles;                         /* along the axis */
    int64_t in_step, out_step;                /* along the axis, bytes */
    int64_t in_column, out_column, width;     /* of columns, bytes; width 1 and steps 0 by rows */
    int64_t block, blocks;                    /* columns of a unit; units across */
    int nouter;
    int64_t outer_shape[LS_MAX_NDIM], in_outer[LS_MAX_NDIM], out_outer[LS_MAX_NDIM]; /* bytes */
    int64_t outer, units;
    bool lines;                               /* every outer index is a short line, one after another */
    int threads;
    char *carries;                            /* of a round: [units][tiles of a round + 1][block] */
    int64_t round, first_tile;                /* tiles of a round; where it begins */
    int phase;                                /* WHOLE, or of a round TOTALS then OUTPUTS */
    _Atomic bool failed;
} scan_job;

enum { WHOLE, TOTALS, OUTPUTS };

/* A worker's buffers. */
typedef struct buffers {
    char *gathered, *cast, *values, *prefix, *result; /* PIECE bytes each */
    char *kept;                                       /* [levels + 1][block] states */
} buffers;

typedef struct unit {
    const char *in;
    char *out;
    int columns;
} unit;

static unit find_unit(const scan_job *job, int64_t number)
{
    const int64_t column = number % job->blocks * job->block;
    int64_t o = number / job->blocks;
    unit u = {job->in + column * job->in_column, job->out + column * job->out_column, 0};
    u.columns = (int)(job->width - column < job->block ? job->width - column : job->block);
    for (int a = job->nouter - 1; a >= 0; a--) {
        u.in += o % job->outer_shape[a] * job->in_outer[a];
        u.out += o % job->outer_shape[a] * job->out_outer[a];
        o /= job->outer_shape[a];
    }
    return u;
}

/* --- values in and out: `n` elements `step` bytes apart
 * -------------------------------------------------------------- */

static const void *load(const scan_job *job, const buffers *b, const char *from, int64_t step, int n)
{
    const void *at = from;
    if (step != job->in_size) {
        job->moves->move[lsi_size_log((size_t)job->in_size)](1, n, from, 0, step, b->gathered, 0, job->in_size);
        at = b->gathered;
    }
    if (job->to_result) job->to_result(n, &at, b->cast), at = b->cast;
    if (job->to_state) job->to_state(n, &at, b->values), at = b->values;
    return at;
}

/* Where outputs may be made, for `store` to bring to their place. */
static void *place(const scan_job *job, const buffers *b, char *to, int64_t step)
{
    return job->from_state || step != job->result_size ? b->prefix : to;
}

static void store(const scan_job *job, const buffers *b, const void *made, char *to, int64_t step, int n)
{
    const bool dense = step == job->result_size;
    const void *at = made;
    if (job->from_state) {
        void *result = dense ? (void *)to : b->result;
        job->from_state(n, &at, result);
        at = result;
    }
    if (!dense)
        job->moves->move[lsi_size_log((size_t)job->result_size)](1, n, at, 0, job->result_size, to, 0, step);
}

static void copy_states(const scan_job *job, void *to, const void *from, int columns)
{
    memcpy(to, from, (size_t)columns * (size_t)job->kernel->state);
}

static char *kept_at(const scan_job *job, const buffers *b, int level)
{
    return b->kept + (size_t)level * (size_t)job->block * (size_t)job->kernel->state;
}

/* --- by rows: runs of a line
 * ------------------------------------------------------------------------------------------ */

enum { RUNS_PER_TILE = LS_SCAN_TILE / LSI_SCAN_RUN };

/* Values and outputs are accumulators, one after another. */
static bool is_direct(const scan_job *job)
{
    return !job->to_result && !job->to_state && !job->from_state && job->in_step == job->in_size
           && job->out_step == job->result_size;
}

/* The outputs of a tile of n elements; carry (NULL: none) becomes the last one in `last`. */
static void row_tile(const scan_job *job, const buffers *b, const unit *u, int64_t at, int n, const void *carry,
                     void *last)
{
    const size_t state = (size_t)job->kernel->state;
    if (is_direct(job)) {
        char *to = u->out + at * job->out_step;
        job->kernel->run(to, u->in + at * job->in_step, n, 0, b->kept, carry);
        copy_states(job, last, to + (size_t)(n - 1) * state, 1);
        return;
    }
    for (int j = 0; j * LSI_SCAN_RUN < n; j++) {
        const int64_t start = at + j * LSI_SCAN_RUN;
        const int run = n - j * LSI_SCAN_RUN < LSI_SCAN_RUN ? n - j * LSI_SCAN_RUN : LSI_SCAN_RUN;
        const void *x = load(job, b, u->in + start * job->in_step, job->in_step, run);
        char *to = u->out + start * job->out_step, *made = place(job, b, to, job->out_step);
        char own[STATE] __attribute__((aligned(STATE)));
        job->kernel->run(made, x, run, j * LSI_SCAN_RUN, b->kept, carry);
        copy_states(job, own, made + (size_t)(run - 1) * state, 1);
        store(job, b, made, to, job->out_step, run);
        if (start + run == at + n) copy_states(job, last, own, 1);
    }
}

/* The last local prefix of a whole tile. */
static void row_total(const scan_job *job, const buffers *b, const unit *u, int64_t at, void *total)
{
    const size_t state = (size_t)job->kernel->state;
    char runs[RUNS_PER_TILE * STATE] __attribute__((aligned(STATE)));
    if (is_direct(job)) {
        job->kernel->total(total, u->in + at * job->in_step, LS_SCAN_TILE);
        return;
    }
    for (int j = 0; j < RUNS_PER_TILE; j++) {
        const char *from = u->in + (at + j * LSI_SCAN_RUN) * job->in_step;
        job->kernel->total(runs + (size_t)j * state, load(job, b, from, job->in_step, LSI_SCAN_RUN), LSI_SCAN_RUN);
    }
    job->kernel->total(total, runs, RUNS_PER_TILE);
}

/* --- by columns: a row of values at a time
 * ----------------------------------------------------------------------------- */

/* Row l of its tile: takes in what lower bits of l say, is kept, takes in the rest and the carry. */
static void column_row(const scan_job *job, const buffers *b, int l, const void *x, void *out, int columns,
                       const void *carry)
{
    const void *left[LS_SCAN_LEVELS + 1];
    const int level = ls_scan_keep(l);
    int count = 0;
    for (int k = 0; l >> k; k++)
        if (l >> k & 1) left[count++] = kept_at(job, b, k);
    if (carry) left[count++] = carry;
    job->kernel->row(out, kept_at(job, b, level), x, columns, left, level, count);
}

/* Asks for a row of a block: the next one is where no prefetcher expects it. */
static void ask_for_row(const char *at, int64_t step, int columns)
{
    enum { LINE = 64 };
    for (int64_t i = 0; i < columns * step; i += LINE) __builtin_prefetch(at + i);
}

static void column_tile(const scan_job *job, const buffers *b, const unit *u, int64_t at, int n, const void *carry,
                        void *last)
{
    const bool ask = job->in_column == job->in_size && job->out_column == job->result_size;
    for (int l = 0; l < n; l++) {
        const char *from = u->in + (at + l) * job->in_step;
        char *to = u->out + (at + l) * job->out_step, *made = place(job, b, to, job->out_column);
        if (ask && l + AHEAD < n) {
            ask_for_row(from + AHEAD * job->in_step, job->in_column, u->columns);
            ask_for_row(to + AHEAD * job->out_step, job->out_column, u->columns);
        }
        column_row(job, b, l, load(job, b, from, job->in_column, u->columns), made, u->columns, carry);
        if (l == n - 1) copy_states(job, last, made, u->columns);
        store(job, b, made, to, job->out_column, u->columns);
    }
}

static void column_total(const scan_job *job, const buffers *b, const unit *u, int64_t at, void *total)
{
    for (int l = 0; l < LS_SCAN_TILE; l++) {
        const char *from = u->in + (at + l) * job->in_step;
        column_row(job, b, l, load(job, b, from, job->in_column, u->columns), b->prefix, u->columns, NULL);
    }
    copy_states(job, total, kept_at(job, b, LS_SCAN_LEVELS), u->columns);
}

/* --- tasks
 * -------------------------------------------------------------------------------------------------------------- */

static int tile_length(const scan_job *job, int64_t tile)
{
    const int64_t rest = job->n - tile * LS_SCAN_TILE;
    return rest < LS_SCAN_TILE ? (int)rest : LS_SCAN_TILE;
}

static void scan_tile(const scan_job *job, const buffers *b, const unit *u, int64_t tile, const void *carry, void *last)
{
    if (job->width == 1) row_tile(job, b, u, tile * LS_SCAN_TILE, tile_length(job, tile), carry, last);
    else column_tile(job, b, u, tile * LS_SCAN_TILE, tile_length(job, tile), carry, last);
}

/* Carries of a unit in a round: number 0 comes in, number k + 1 goes out of the round's tile k. */
static char *carry_at(const scan_job *job, int64_t number, int64_t k)
{
    return job->carries + (size_t)((number * (job->round + 1) + k) * job->block) * STATE;
}

static void scan_unit(const scan_job *job, const buffers *b, int64_t number)
{
    const unit u = find_unit(job, number);
    char *carry = kept_at(job, b, LS_SCAN_LEVELS + 1);
    for (int64_t tile = 0; tile < job->tiles; tile++) scan_tile(job, b, &u, tile, tile ? carry : NULL, carry);
}

static int64_t tiles_of_round(const scan_job *job)
{
    return job->tiles - job->first_tile < job->round ? job->tiles - job->first_tile : job->round;
}

static void round_task(const scan_job *job, const buffers *b, int64_t task)
{
    const int64_t here = tiles_of_round(job), number = task / here, k = task % here, tile = job->first_tile + k;
    const unit u = find_unit(job, number);
    char last[COLUMNS] __attribute__((aligned(STATE)));
    if (job->phase == OUTPUTS) scan_tile(job, b, &u, tile, tile ? carry_at(job, number, k) : NULL, last);
    else if (tile_length(job, tile) < LS_SCAN_TILE) return;
    else if (job->width == 1) row_total(job, b, &u, tile * LS_SCAN_TILE, carry_at(job, number, k + 1));
    else column_total(job, b, &u, tile * LS_SCAN_TILE, carry_at(job, number, k + 1));
}

static bool get_buffers(const scan_job *job, buffers *b)
{
    const size_t row = (size_t)job->block * STATE;
    char *at = lsi_scratch(LSI_SCRATCH_SCAN, 5 * PIECE + (LS_SCAN_LEVELS + 2) * row);
    if (!at) return false;
    b->gathered = at, b->cast = at + PIECE, b->values = at + 2 * PIECE, b->prefix = at + 3 * PIECE;
    b->result = at + 4 * PIECE, b->kept = at + 5 * PIECE;
    return true;
}

static void work(int thread, int threads, void *context)
{
    scan_job *job = context;
    const int64_t tasks = job->phase == WHOLE ? job->units : job->units * tiles_of_round(job);
    int64_t begin, end;
    buffers b;
    if (!get_buffers(job, &b)) {
        atomic_store(&job->failed, true);
        return;
    }
    lsi_parallel_part(tasks, 1, thread, threads, &begin, &end);
    if (job->lines) {
        job->kernel->lines(job->out + begin * job->n * job->result_size, job->in + begin * job->n * job->in_size,
                           (int)job->n, end - begin);
        return;
    }
    for (int64_t task = begin; task < end; task++) {
        if (job->phase == WHOLE) scan_unit(job, &b, task);
        else round_task(job, &b, task);
    }
}

/* Totals become carries: each is led by the one before. The last is the first of the next round. */
static void chain_carries(int thread, int threads, void *context)
{
    const scan_job *job = context;
    (void)thread, (void)threads;
    for (int64_t number = 0; number < job->units; number++) {
        const int columns = find_unit(job, number).columns;
        for (int64_t k = 0; k < tiles_of_round(job); k++) {
            char *carry = carry_at(job, number, k + 1);
            if (job->first_tile + k == 0 || tile_length(job, job->first_tile + k) < LS_SCAN_TILE) continue;
            job->kernel->fold(carry, carry_at(job, number, k), carry, columns);
        }
    }
}

static void next_round(scan_job *job)
{
    const int64_t here = tiles_of_round(job);
    for (int64_t number = 0; number < job->units; number++)
        memcpy(carry_at(job, number, 0), carry_at(job, number, here), (size_t)job->block * STATE);
    job->first_tile += here;
}

static ls_status out_of_memory(const scan_job *job)
{
    return lsi_fail_for(job->scan->function, job->scan->place, LS_ENOMEM, "out of memory for a cumulative operation");
}

static ls_status run_rounds(scan_job *job)
{
    const int64_t tile_bytes = LS_SCAN_TILE * job->block * job->in_size;
    job->round = ROUND / (tile_bytes * job->units) * job->threads;
    if (job->round < 4 * job->threads) job->round = 4 * job->threads;
    if (job->round > job->tiles) job->round = job->tiles;
    job->carries = lsi_alloc((size_t)(job->units * (job->round + 1) * job->block), STATE);
    if (!job->carries) return out_of_memory(job);
    for (job->first_tile = 0; job->first_tile < job->tiles && !atomic_load(&job->failed); next_round(job)) {
        job->phase = TOTALS;
        lsi_parallel_run(job->threads, work, job);
        lsi_parallel_run(1, chain_carries, job);
        job->phase = OUTPUTS;
        lsi_parallel_run(job->threads, work, job);
    }
    lsi_dealloc(job->carries);
    return LS_OK;
}

/* --- making the job
 * ------------------------------------------------------------------------------------------------------ */

static ls_dtype state_dtype(ls_dtype result)
{
    switch (lsi_dtype_kind(result)) {
    case LSI_KIND_BOOL:
    case LSI_KIND_INT: return LS_INT64;
    case LSI_KIND_UINT: return LS_UINT64;
    default: return lsi_dtype_is_half(result) ? LS_FLOAT32 : result;
    }
}

static int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

/* The axis that is nearest in memory, if it is not the scanned one and long enough; -1: by rows. */
static int column_axis(const lsi_scan *s)
{
    int nearest = -1;
    for (int a = 0; a < s->ndim; a++) {
        if (a == s->axis || s->shape[a] < FEW_COLUMNS || s->in_strides[a] == 0) continue;
        if (magnitude(s->in_strides[a]) >= magnitude(s->in_strides[s->axis])) continue;
        if (nearest < 0 || magnitude(s->in_strides[a]) < magnitude(s->in_strides[nearest])) nearest = a;
    }
    return nearest;
}

static void set_casts(const lsi_scan *s, scan_job *job)
{
    const lsi_loop_table *loops = lsi_loops_get();
    const ls_dtype state = state_dtype(s->result);
    job->moves = loops->moves;
    job->to_result = s->dtype != s->result ? loops->casts[s->dtype]->to[s->result] : NULL;
    job->to_state = s->result != state ? loops->casts[s->result]->to[state] : NULL;
    job->from_state = s->result != state ? loops->casts[state]->to[s->result] : NULL;
    job->kernel = &LSI_ISA_PICK(lsi_scan_kernels)->kernel[s->product][state];
}

static void set_axes(const lsi_scan *s, scan_job *job)
{
    const int near = column_axis(s);
    job->in_size = (int)lsi_dtype_size(s->dtype), job->result_size = (int)lsi_dtype_size(s->result);
    job->n = s->shape[s->axis];
    job->tiles = (job->n + LS_SCAN_TILE - 1) / LS_SCAN_TILE;
    job->in_step = s->in_strides[s->axis] * job->in_size;
    job->out_step = s->out_strides[s->axis] * job->result_size;
    job->in = (const char *)s->in->address + s->in_offset * job->in_size;
    job->out = (char *)s->out->address + s->out_offset * job->result_size + (s->include_initial ? job->out_step : 0);
    job->width = near < 0 ? 1 : s->shape[near];
    job->in_column = near < 0 ? 0 : s->in_strides[near] * job->in_size;
    job->out_column = near < 0 ? 0 : s->out_strides[near] * job->result_size;
    job->nouter = 0;
    job->outer = 1;
    for (int a = 0; a < s->ndim; a++) {
        if (a == s->axis || a == near) continue;
        job->outer_shape[job->nouter] = s->shape[a];
        job->in_outer[job->nouter] = s->in_strides[a] * job->in_size;
        job->out_outer[job->nouter++] = s->out_strides[a] * job->result_size;
        job->outer *= s->shape[a];
    }
    job->block = COLUMNS / job->kernel->state < job->width ? COLUMNS / job->kernel->state : job->width;
    job->blocks = (job->width + job->block - 1) / job->block;
    job->units = job->outer * job->blocks;
}

/* Whether all lines are short, dense and one after another. */
static bool has_lines(const scan_job *job)
{
    int64_t lines = 1;
    if (job->width != 1 || !is_direct(job) || job->n * job->kernel->state > LSI_SCAN_LINE) return false;
    for (int a = job->nouter - 1; a >= 0; lines *= job->outer_shape[a--]) {
        if (job->outer_shape[a] == 1) continue;
        if (job->in_outer[a] != lines * job->n * job->in_size) return false;
        if (job->out_outer[a] != lines * job->n * job->result_size) return false;
    }
    return true;
}

/* Output 0 of every line. */
static void write_initial(const scan_job *job)
{
    lsi_scalar value = {LS_INT64, {0}};
    char element[16];
    value.value.i = job->scan->product;
    value = lsi_scalar_cast(&value, job->scan->result);
    lsi_scalar_store(&value, element);
    for (int64_t number = 0; number < job->units; number++) {
        const unit u = find_unit(job, number);
        for (int64_t c = 0; c < u.columns; c++)
            memcpy(u.out - job->out_step + c * job->out_column, element, (size_t)job->result_size);
    }
}

ls_status lsi_host_scan(const lsi_scan *scan)
{
    scan_job job;
    ls_status status = LS_OK;
    int64_t lines = 1;
    job.scan = scan;
    for (int a = 0; a < scan->ndim; a++)
        if (a != scan->axis) lines *= scan->shape[a];
    if (lines == 0) return LS_OK;
    set_casts(scan, &job);
    set_axes(scan, &job);
    if (scan->include_initial) write_initial(&job);
    if (job.n == 0) return LS_OK;
    atomic_init(&job.failed, false);
    job.phase = WHOLE;
    job.lines = has_lines(&job);
    job.threads = lsi_parallel_worth(lines * job.n, 0.1 + 0.04 * (job.in_size + job.result_size));
    if (job.threads > 1 && job.units < 2 * job.threads && job.tiles >= 2 * job.threads) status = run_rounds(&job);
    else lsi_parallel_run(job.threads < job.units ? job.threads : (int)job.units, work, &job);
    return status == LS_OK && atomic_load(&job.failed) ? out_of_memory(&job) : status;
}
