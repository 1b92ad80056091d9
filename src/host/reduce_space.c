/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How a reduction goes through its space: which axes are outside and which inside, by rows or by columns, how large
 * tiles and chunks are. Speed only: whatever is decided here, the results are the same. */
#include "core/error.h"
#include "host/parallel.h"
#include "host/reduce_job.h"
#include "backend.h"
#include "reduce_order.h"
#include <stdlib.h>
#include <string.h>

enum {
    LINE = 64,                 /* bytes of a cache line */
    NARROW_COLUMNS = 16,       /* fewer columns than this are not worth a row of their own */
    ROW_TILE = 4096,           /* values of a tile of short rows read in place */
    COLUMN_TILE = 16384,       /* bytes of a block's row read in place: long enough for the prefetcher */
    PANEL = 1 << 19,           /* bytes of a panel: in a second-level cache; more where rows are long ... */
    PANEL_RUN = 256,           /* ... so that this much is read from a page at a time ... */
    PANEL_MOST = 16 << 20,     /* ... up to here, but for */
    PANEL_ROWS = 16,           /* so few that the lines touched are not used, and two leaves */
    TURN_ROWS = 512,           /* shorter columns would be read several times */
    QUARTER = 32 << 10,        /* bytes of a quarter of a leaf's lanes: in a first-level cache */
    SQUARES_BLOCK = 1 << 20,   /* bytes of a block that is read twice: in a second-level cache */
    BATCH = 16,                /* leaves folded at once where order matters: the next part finds them in the cache */
    LONG_BATCH = 1024,         /* where it does not, and nobody else reads them */
    CACHED = 1 << 20,          /* bytes that likely are in a second-level cache ... */
    NEAR = 8 << 20,            /* ... and in some cache */
    TASKS_PER_THREAD = 16
};

static int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/* The axes with more than one element: `kept` from far to near in memory, `reduced` in C order, or as `kept` where that
 * does not matter. */
typedef struct axes {
    int nkept, nreduced;
    int kept[LS_MAX_NDIM], reduced[LS_MAX_NDIM];
    double reach[LS_MAX_NDIM]; /* bytes a step moves, over all sources and stores */
    double lines[LS_MAX_NDIM]; /* the same, a move counting at most a cache line */
} axes;

static void add_reach(axes *all, const lsi_program *p, const int64_t *strides, ls_dtype dtype)
{
    for (int a = 0; a < p->ndim; a++) {
        const double bytes = (double)(strides[a] < 0 ? -strides[a] : strides[a]) * (double)lsi_dtype_size(dtype);
        all->reach[a] += bytes;
        all->lines[a] += bytes < LINE ? bytes : LINE;
    }
}

static void measure_axes(const lsi_program *p, axes *all)
{
    memset(all->reach, 0, sizeof all->reach);
    memset(all->lines, 0, sizeof all->lines);
    for (int s = 0; s < p->nsource; s++)
        if (p->sources[s].kind == LSI_SOURCE_BUFFER) add_reach(all, p, p->sources[s].strides, p->sources[s].dtype);
    for (int s = 0; s < p->nstore; s++)
        add_reach(all, p, p->stores[s].strides, lsi_program_dtype(p, p->stores[s].value));
}

/* Whether axis a belongs outside axis b: further apart in memory; nothing is gained by an axis nobody moves along. */
static bool outside(const axes *all, int a, int b)
{
    return all->reach[b] != 0 && (all->reach[a] == 0 || all->reach[a] > all->reach[b]);
}

/* No result depends on the order of the reduced axes, nor tells of it. */
static bool any_order(const lsi_reduce_job *job)
{
    for (int q = 0; q < job->nparts; q++)
        if (job->parts[q].kernel->lanes != 1 || job->parts[q].kernel->indexed) return false;
    return true;
}

static void insert_axis(const axes *all, int *list, int at, int axis)
{
    for (; at > 0 && outside(all, axis, list[at - 1]); at--) list[at] = list[at - 1];
    list[at] = axis;
}

static void sort_axes(const lsi_program *p, const lsi_reduce_job *job, axes *all)
{
    const bool free_order = any_order(job);
    all->nkept = all->nreduced = 0;
    for (int a = 0; a < p->ndim; a++) {
        if (p->shape[a] == 1) continue;
        if (!p->reduced[a]) insert_axis(all, all->kept, all->nkept++, a);
        else if (free_order) insert_axis(all, all->reduced, all->nreduced++, a);
        else all->reduced[all->nreduced++] = a;
    }
}

/* Every value of a reduction is a buffer's own, and nothing else is to be done. */
static bool is_plain(const lsi_program *p)
{
    for (int q = 0; q < p->nreduction; q++) {
        const int32_t v = p->reductions[q].value;
        if (v >= p->nsource || p->sources[v].kind != LSI_SOURCE_BUFFER) return false;
    }
    return p->nstore == 0;
}

/* Whether stepping along `far` is `size` steps along `near`, for the outputs and, when plain, the values. */
static bool joins(const lsi_program *p, bool plain, int far, int near, bool outputs)
{
    for (int q = 0; q < p->nreduction; q++) {
        const lsi_reduction *r = &p->reductions[q];
        if (outputs && r->strides[far] != r->strides[near] * p->shape[near]) return false;
        if (!plain) continue;
        const int64_t *in = p->sources[r->value].strides;
        if (in[far] != in[near] * p->shape[near]) return false;
    }
    return true;
}

/* How many of the kept axes, from the last on, make `inner`: those nearer in memory than any reduced one. */
static int count_inner(const lsi_program *p, const axes *all, bool plain)
{
    double nearest = all->nreduced ? all->reach[all->reduced[0]] : 0;
    int inner = 1;
    for (int i = 1; i < all->nreduced; i++)
        if (all->reach[all->reduced[i]] < nearest) nearest = all->reach[all->reduced[i]];
    for (; inner < all->nkept; inner++) {
        const int far = all->kept[all->nkept - inner - 1], near = all->kept[all->nkept - inner];
        if (all->reach[far] > nearest || all->reach[far] == 0 || !joins(p, plain, far, near, true)) break;
    }
    return inner;
}

static bool squares_wanted(const lsi_reduce_job *job)
{
    for (int q = 0; q < job->nparts; q++)
        if (job->parts[q].kernel->part) return true;
    return false;
}

/* The lanes all parts whose order matters have in common; 0 when they differ, 1 when there are none. */
static int common_lanes(const lsi_reduce_job *job)
{
    int lanes = 1;
    for (int q = 0; q < job->nparts; q++) {
        const int own = job->parts[q].kernel->lanes;
        if (own == 1) continue;
        if (lanes != 1 && lanes != own) return 0;
        lanes = own;
    }
    return lanes;
}

static bool any_indexed(const lsi_reduce_job *job)
{
    for (int q = 0; q < job->nparts; q++)
        if (job->parts[q].kernel->indexed) return true;
    return false;
}

/* Axes [0, count) of `list` into shape and strides, joined where possible. */
static int lay_out(const lsi_program *p, bool plain, const int *list, int count, bool outputs, int64_t *shape,
                   lsi_reduce_part *parts)
{
    int n = 0;
    for (int i = 0; i < count; i++) {
        const int axis = list[i];
        const bool joined = n > 0 && joins(p, plain, list[i - 1], axis, outputs);
        if (joined) shape[n - 1] *= p->shape[axis];
        else shape[n++] = p->shape[axis];
        for (int q = 0; q < p->nreduction; q++) {
            const lsi_reduction *r = &p->reductions[q];
            const int64_t in = plain ? p->sources[r->value].strides[axis] : 0;
            if (outputs) parts[q].in_outer[n - 1] = in, parts[q].out_outer[n - 1] = r->strides[axis];
            else parts[q].in_reduced[n - 1] = in;
        }
    }
    return n;
}

/* inner, outer, n of the job for `inner` inner axes (0: by rows). */
static void shape_job(const lsi_program *p, const axes *all, bool plain, int inner, lsi_reduce_job *job)
{
    const int nouter = all->nkept - inner;
    job->by_columns = inner > 0;
    job->nouter = lay_out(p, plain, all->kept, nouter, true, job->outer_shape, job->parts);
    job->nreduced = lay_out(p, plain, all->reduced, all->nreduced, false, job->reduced_shape, job->parts);
    job->outer = job->n = job->inner = 1;
    for (int a = 0; a < job->nouter; a++) job->outer *= job->outer_shape[a];
    for (int a = 0; a < job->nreduced; a++) job->n *= job->reduced_shape[a];
    for (int i = nouter; i < all->nkept; i++) job->inner *= p->shape[all->kept[i]];
    job->outputs = job->outer * job->inner;
    for (int q = 0; q < p->nreduction; q++) {
        const lsi_reduction *r = &p->reductions[q];
        const int near = all->nkept ? all->kept[all->nkept - 1] : 0;
        job->parts[q].out_inner = inner ? r->strides[near] : 0;
        job->parts[q].in_inner = inner && plain ? p->sources[r->value].strides[near] : 0;
    }
}

/* Rows of inner * n values that follow each other, in every part. */
static bool is_joined(const lsi_reduce_job *job)
{
    for (int q = 0; q < job->nparts; q++) {
        const lsi_reduce_part *part = &job->parts[q];
        if (job->by_columns && (job->nreduced > 1 || (job->n > 1 && part->in_reduced[0] != job->inner))) return false;
        if (!job->by_columns && (job->nouter > 1 || (job->outer > 1 && part->in_outer[0] != job->n))) return false;
    }
    return true;
}

/* Whether the values can be read where they are, as the job is shaped now. */
static bool can_read_in_place(const lsi_reduce_job *job)
{
    for (int q = 0; q < job->nparts; q++) {
        const lsi_reduce_part *part = &job->parts[q];
        if (job->by_columns && job->inner > 1 && part->in_inner != 1) return false;
        if (!job->by_columns && job->n > 1 && (job->nreduced > 1 || part->in_reduced[0] != 1)) return false;
    }
    return true;
}

/* By rows: rows of a panel, where values follow each other along the outer one of two reduced axes; else 0. */
static int64_t panel_rows_of(const lsi_reduce_job *job)
{
    int64_t rows = job->nreduced == 2 ? job->reduced_shape[0] : 0;
    for (int q = 0; rows > 0 && q < job->nparts; q++) {
        const lsi_reduce_part *part = &job->parts[q];
        const int64_t row_bytes = job->reduced_shape[1] * part->in_size;
        const int64_t fewest = PANEL_ROWS + 2 * LS_LEAF / job->reduced_shape[1], fit = PANEL / row_bytes;
        const int64_t near = llabs(part->in_reduced[0]), far = llabs(part->in_reduced[1]);
        if (near == 0 || near * 4 > far || near * part->in_size >= LINE || job->reduced_shape[0] < 4) return 0;
        if (fewest * row_bytes > 2 * PANEL_MOST) return 0;
        const int64_t run = PANEL_RUN / (near * part->in_size) < PANEL_MOST / row_bytes
                                ? PANEL_RUN / (near * part->in_size) : PANEL_MOST / row_bytes;
        int64_t wanted = fit > fewest ? fit : fewest;
        if (wanted < run) wanted = run;
        rows = rows < wanted ? rows : wanted;
    }
    return job->n > LS_LEAF ? rows : 0;
}

/* Where one whole matrix is folded across its rows in memory, and its columns are long: sets the slices. */
static void try_turned(lsi_reduce_job *job)
{
    const lsi_reduce_part *part = &job->parts[0];
    if (job->nparts != 1 || job->outputs != 1 || job->nreduced != 2 || !part->kernel->turn) return;
    const int64_t columns = job->reduced_shape[0], length = job->reduced_shape[1], slice = part->kernel->slice;
    const int64_t edge = (length + LS_LEAF - 2) / length; /* as many columns further a leaf may end */
    if (length < TURN_ROWS || columns < slice + edge) return;
    if (part->in_reduced[0] != 1 || part->in_reduced[1] < columns) return;
    job->edge = edge;
    job->turned = ceil_div(columns - edge, slice);
}

/* By columns, if that is allowed and good: memory runs along a kept axis, and there are columns enough. */
static bool try_columns(const lsi_program *p, const axes *all, bool *plain, lsi_reduce_job *job)
{
    if (all->nkept == 0 || all->nreduced == 0) return false;
    const int near = all->kept[all->nkept - 1], last = all->reduced[all->nreduced - 1];
    if (!(all->lines[near] < all->lines[last])) return false;
    bool in_place = *plain;
    shape_job(p, all, *plain, count_inner(p, all, *plain), job);
    if (in_place && !can_read_in_place(job)) {
        in_place = false;
        shape_job(p, all, false, count_inner(p, all, false), job);
    }
    job->lanes = common_lanes(job);
    if (!in_place && (job->lanes == 0 || (squares_wanted(job) && p->nstore))) return false;
    job->narrow = job->inner < NARROW_COLUMNS;
    if (job->narrow) {
        if (job->lanes == 1) job->lanes = LS_LANES(double);
        if (any_indexed(job) || job->lanes == 0) return false;
        if (in_place ? !is_joined(job) : job->lanes * job->inner > LSI_STRIP) return false;
    }
    *plain = in_place;
    return true;
}

static void set_parts(const lsi_program *p, lsi_reduce_job *job)
{
    const lsi_reduce_table *table = LSI_ISA_PICK(lsi_reduce_kernels);
    job->program = p;
    job->nparts = p->nreduction;
    for (int q = 0; q < p->nreduction; q++) {
        lsi_reduce_part *part = &job->parts[q];
        part->spec = &p->reductions[q];
        part->kernel = &table->kernel[part->spec->op][part->spec->dtype];
        part->made = lsi_reduce_made(part->spec->op, part->spec->dtype);
        part->in_size = (int)lsi_dtype_size(part->spec->dtype);
        part->made_size = (int)lsi_dtype_size(part->made);
        part->out_size = (int)lsi_dtype_size(part->spec->result);
        part->out = (char *)part->spec->buffer->address + part->spec->offset * part->out_size;
        part->partial = NULL, part->times = NULL;
    }
}

static void set_sources(const lsi_program *p, lsi_reduce_job *job)
{
    for (int q = 0; q < p->nreduction; q++) {
        lsi_reduce_part *part = &job->parts[q];
        const lsi_source *source = &p->sources[part->spec->value];
        part->in = (const char *)source->buffer->address + source->offset * part->in_size;
    }
}

/* Elements of the space one after another. */
static bool in_order(const lsi_program *p, const lsi_source *source)
{
    int64_t step = 1;
    if (source->kind != LSI_SOURCE_BUFFER) return false;
    for (int a = p->ndim - 1; a >= 0; a--) {
        if (p->shape[a] == 1) continue;
        if (source->strides[a] != step) return false;
        step *= p->shape[a];
    }
    return true;
}

/* Whether all that is asked for is one sum of the products of two buffers' own values, such as that of vecdot: then
 * they are multiplied as they are read. */
static bool try_products(const lsi_program *p, lsi_reduce_job *job)
{
    lsi_reduce_part *part = &job->parts[0];
    const int32_t v = part->spec->value - p->nsource;
    if (job->nparts != 1 || p->nstore || job->outputs != 1 || job->n <= LS_LEAF || v < 0) return false;
    const lsi_instr *instr = &p->instrs[v];
    if (instr->op != LSI_OP_multiply || instr->dtype != part->spec->dtype || !part->kernel->products) return false;
    if (instr->args[0] >= p->nsource || instr->args[1] >= p->nsource) return false;
    const lsi_source *x = &p->sources[instr->args[0]], *y = &p->sources[instr->args[1]];
    if (!in_order(p, x) || !in_order(p, y)) return false;
    part->in = (const char *)x->buffer->address + x->offset * part->in_size;
    part->times = (const char *)y->buffer->address + y->offset * part->in_size;
    job->nreduced = 1, job->reduced_shape[0] = job->n, part->in_reduced[0] = 1;
    return true;
}

static ls_status make_plan(const lsi_program *p, const axes *all, int inner, lsi_reduce_job *job)
{
    int order[LS_MAX_NDIM], n = 0;
    for (int a = 0; a < p->ndim; a++)
        if (p->shape[a] == 1) order[n++] = a;
    for (int i = 0; i < all->nkept - inner; i++) order[n++] = all->kept[i];
    for (int i = 0; i < all->nreduced; i++) order[n++] = all->reduced[i];
    for (int i = all->nkept - inner; i < all->nkept; i++) order[n++] = all->kept[i];
    return lsi_plan_new(p, order, &job->plan);
}

static int widest(const lsi_reduce_job *job)
{
    int bytes = 1;
    for (int q = 0; q < job->nparts; q++)
        if (job->parts[q].in_size > bytes) bytes = job->parts[q].in_size;
    return bytes;
}

/* Columns of a block: near one size, so that the last is no crumb, in whole vectors; fewer where leaves are too few for
 * the threads. */
static int64_t block_of(const lsi_reduce_job *job)
{
    int64_t most = job->plan ? LSI_STRIP : COLUMN_TILE / widest(job);
    const int64_t rows = job->n < LS_LEAF ? job->n : LS_LEAF;
    const int64_t twice = SQUARES_BLOCK / (rows * widest(job));
    if (squares_wanted(job) && !job->plan && most > twice) most = twice;
    const int64_t tasks = job->outer * job->leaves, each = ceil_div(job->inner, ceil_div(job->threads, tasks));
    if (tasks < job->threads && most > each) most = each < NARROW_COLUMNS ? NARROW_COLUMNS : each;
    if (job->inner <= most) return job->inner;
    const int64_t blocks = ceil_div(job->inner, most);
    return ceil_div(ceil_div(job->inner, blocks), 16) * 16;
}

static int64_t rows_of_tile(const lsi_reduce_job *job)
{
    if (job->n > LS_LEAF) return 1;
    int64_t rows = LSI_STRIP / job->n;
    if (!job->plan && job->joined) rows = ROW_TILE / job->n;
    return rows < job->outer ? rows : job->outer;
}

/* Nanoseconds per position on one thread, roughly: of a line of values in the cache it is four times less. */
static double cost_of(const lsi_reduce_job *job)
{
    double bytes = 0;
    for (int q = 0; q < job->nparts; q++) bytes += job->parts[q].in_size;
    const bool cached = job->batch > 1 && (double)job->n * bytes < CACHED;
    return bytes * (cached ? 0.0125 : 0.05) + (job->plan ? lsi_plan_cost(job->plan) : 0) + (job->n < 16 ? 1.0 : 0.0);
}

/* Outputs of one row each, longer than a leaf, where they are. A chunk of more than one is a multiple of it, or less. */
static void set_batch(lsi_reduce_job *job)
{
    job->batch = 1;
    if (job->plan || job->by_columns || job->panel_rows || job->turned || job->n <= LS_LEAF) return;
    job->batch = job->nparts == 1 && job->parts[0].kernel->lanes == 1 ? LONG_BATCH : BATCH;
}

static void set_tiles(lsi_reduce_job *job)
{
    job->leaves = ceil_div(job->n, LS_LEAF);
    set_batch(job);
    job->near = job->outputs * job->n <= NEAR / widest(job);
    const double nanoseconds = cost_of(job);
    job->threads = lsi_parallel_worth(job->outputs * job->n, nanoseconds);
    job->tile = job->by_columns ? block_of(job) : rows_of_tile(job);
    job->tiles_across = job->by_columns ? ceil_div(job->inner, job->tile) : 1;
    job->tiles = job->by_columns ? job->outer * job->tiles_across : ceil_div(job->outer, job->tile);
    job->chunk = job->leaves;
    if (job->threads > 1 && job->tiles < job->threads * (TASKS_PER_THREAD / 4)) {
        const int64_t each = job->panel_rows ? TASKS_PER_THREAD / 4 : TASKS_PER_THREAD; /* panels like to be wide */
        const int64_t wanted = ceil_div((int64_t)job->threads * each, job->tiles);
        for (job->chunk = 1; job->chunk * wanted < job->leaves; job->chunk *= 2) {}
    }
    if (job->turned) job->chunk = 1;
    job->chunks = ceil_div(job->leaves, job->chunk);
    job->tasks = job->turned ? lsi_reduce_turned_tasks(job) : job->tiles * job->chunks;
    job->nanoseconds = nanoseconds * (double)(job->outputs * job->n) / (double)job->tasks;
    job->levels = 2;
    for (int64_t c = 1; c < job->chunk; c *= 2) job->levels++;
}

static size_t take(size_t *at, size_t bytes)
{
    const size_t place = *at;
    *at += (bytes + LINE - 1) / LINE * LINE;
    return place;
}

/* By columns: whether leaves are so short, and their rows so near each other, that they are folded by quarters. */
static bool by_quarters(const lsi_reduce_job *job, const lsi_reduce_part *part)
{
    const lsi_reduce_kernel *kernel = part->kernel;
    if (!job->by_columns || job->plan || job->narrow || !job->joined || job->tile != job->inner) return false;
    if (!kernel->quad || job->n < 2 || job->n > 2 * kernel->lanes) return false;
    return LS_LANE_BYTES / 4 * job->inner <= QUARTER;
}

/* Scratch of a worker: per part the tree's levels, the walk's rows (or the lanes of a narrow block), the means; at its
 * start room for a tile of results. */
static void set_scratch(lsi_reduce_job *job)
{
    const size_t tile = (size_t)job->tile;
    size_t at = 0;
    take(&at, tile * LSI_REDUCE_STATE_MAX);
    for (int q = 0; q < job->nparts; q++) {
        lsi_reduce_part *part = &job->parts[q];
        const size_t state = (size_t)part->kernel->state;
        size_t rows = 0, lanes = by_quarters(job, part) ? (size_t)part->kernel->lanes / 4 : 1;
        if (job->narrow) rows = lanes = (size_t)job->lanes;
        else
            for (int l = part->kernel->lanes > job->lanes ? part->kernel->lanes : job->lanes; l; l /= 2) rows++;
        part->tree_at = take(&at, (size_t)job->levels * tile * state);
        part->lane_at = job->by_columns ? take(&at, rows * tile * state)
                        : job->turned   ? take(&at, lsi_reduce_turned_room(job)) : 0;
        part->quarter_at = 0;
        if (lanes > 1 && !job->narrow) part->quarter_at = take(&at, (LS_LANE_BYTES / 4 + LS_LANE_BYTES / 16) * tile);
        part->panel_at = 0;
        if (job->panel_rows)
            part->panel_at = take(&at, (size_t)(job->panel_rows * job->reduced_shape[1] * part->in_size) + LINE);
        part->batch_at = job->batch > 1 ? take(&at, (size_t)job->batch * state) : 0;
        part->mean_at = job->by_columns && part->kernel->part ? take(&at, lanes * tile * (size_t)part->in_size) : 0;
    }
    job->scratch = at;
}

ls_status lsi_reduce_prepare(const lsi_program *program, lsi_reduce_job *job)
{
    axes all;
    int inner = 0;
    bool plain = is_plain(program);
    set_parts(program, job);
    measure_axes(program, &all);
    sort_axes(program, job, &all);
    job->narrow = false;
    job->panel_rows = job->turned = 0;
    job->lanes = 1;
    if (try_columns(program, &all, &plain, job)) {
        inner = count_inner(program, &all, plain);
    } else {
        job->narrow = false;
        shape_job(program, &all, plain, 0, job);
        if (plain && !can_read_in_place(job)) {
            try_turned(job);
            if (!job->turned) job->panel_rows = panel_rows_of(job);
            plain = job->turned > 0 || job->panel_rows > 0;
        }
        if (!plain) shape_job(program, &all, false, 0, job);
    }
    job->plan = NULL;
    job->joined = plain && is_joined(job);
    if (plain) set_sources(program, job);
    else if (try_products(program, job)) job->joined = true;
    else if (make_plan(program, &all, inner, job) != LS_OK) return LS_ENOMEM;
    set_tiles(job);
    set_scratch(job);
    return LS_OK;
}
