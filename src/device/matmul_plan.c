/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which kernel of kernels/matmul.cu computes an exact product, over which grid, and into how many groups the depth is
 * cut. None of it can change the result: see kernels/matmul_order.h. The times are estimates in cycles of a
 * multiprocessor, good enough to choose between plans; they were never measured. LOCKSTEP_MATMUL_TILE=wide|small has all
 * products of large matrices use that tile, so that they can be. */
#include "device/matmul_plan.h"
#include "backend.h"
#include "core/dtype.h"
#include <stdlib.h>
#include <string.h>

enum {
    MOST_PARTIAL_BYTES = 64 << 20,
    LAUNCH_CYCLES = 4000,          /* from one kernel's end to the next one's first instruction */
    MOST_BLOCKS = 0x7fffffff
};

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t parts_of(int64_t count, int64_t size) { return count / size + (count % size != 0); }

/* --- folding --- */

/* Neighbours of the batch become rows: the columns are the same, the rows follow each other evenly. */
static bool fold_rows(lsi_matmul *t, int axis)
{
    const bool even = t->x_batch[axis] == t->m * t->x_row && t->out_batch[axis] == t->m * t->out_row;
    if (t->y_batch[axis] != 0 || (t->m > 1 && !even)) return false;
    if (t->m == 1) t->x_row = t->x_batch[axis], t->out_row = t->out_batch[axis];
    t->m *= t->batch[axis];
    return true;
}

static bool fold_cols(lsi_matmul *t, int axis)
{
    const bool even = t->y_batch[axis] == t->n * t->y_col && t->out_batch[axis] == t->n * t->out_col;
    if (t->x_batch[axis] != 0 || (t->n > 1 && !even)) return false;
    if (t->n == 1) t->y_col = t->y_batch[axis], t->out_col = t->out_batch[axis];
    t->n *= t->batch[axis];
    return true;
}

static bool follows(const int64_t *strides, const int64_t *batch, int outer)
{
    return strides[outer] == strides[outer + 1] * batch[outer + 1];
}

static void remove_axis(lsi_matmul *t, int axis)
{
    const size_t rest = (size_t)(t->nbatch - axis - 1) * sizeof *t->batch;
    memmove(t->batch + axis, t->batch + axis + 1, rest);
    memmove(t->x_batch + axis, t->x_batch + axis + 1, rest);
    memmove(t->y_batch + axis, t->y_batch + axis + 1, rest);
    memmove(t->out_batch + axis, t->out_batch + axis + 1, rest);
    t->nbatch--;
}

void lsi_matmul_fold(lsi_matmul *t)
{
    for (int axis = t->nbatch - 1; axis >= 0; axis--)
        if (t->batch[axis] == 1) remove_axis(t, axis);
    while (t->nbatch > 0 && (fold_rows(t, t->nbatch - 1) || fold_cols(t, t->nbatch - 1))) t->nbatch--;
    for (int axis = t->nbatch - 2; axis >= 0; axis--)
        if (follows(t->x_batch, t->batch, axis) && follows(t->y_batch, t->batch, axis) &&
            follows(t->out_batch, t->batch, axis)) {
            t->batch[axis + 1] *= t->batch[axis];
            remove_axis(t, axis);
        }
}

int64_t lsi_matmul_batches(const lsi_matmul *task)
{
    int64_t batches = 1;
    for (int axis = 0; axis < task->nbatch; axis++) batches *= task->batch[axis];
    return batches;
}

uint64_t lsi_matmul_address(const lsi_buffer *buffer, int64_t offset, ls_dtype dtype)
{
    return buffer ? (uint64_t)(uintptr_t)buffer->address + (uint64_t)(offset * (int64_t)lsi_dtype_size(dtype)) : 0;
}

/* --- kinds of numbers and of tiles --- */

typedef struct number {
    const char *module;
    int sum;      /* bytes of a sum */
    double step;  /* multiprocessor cycles of one step of a chain */
} number;

static const number numbers[LSI_DTYPE_COUNT] = {
    [LS_INT8] = {"matmul_u8", 4, 1 / 64.0},           [LS_UINT8] = {"matmul_u8", 4, 1 / 64.0},
    [LS_INT16] = {"matmul_u16", 4, 1 / 64.0},         [LS_UINT16] = {"matmul_u16", 4, 1 / 64.0},
    [LS_INT32] = {"matmul_u32", 4, 1 / 64.0},         [LS_UINT32] = {"matmul_u32", 4, 1 / 64.0},
    [LS_INT64] = {"matmul_u64", 8, 1 / 16.0},         [LS_UINT64] = {"matmul_u64", 8, 1 / 16.0},
    [LS_FLOAT16] = {"matmul_f16", 4, 1 / 128.0},      [LS_BFLOAT16] = {"matmul_bf16", 4, 1 / 128.0},
    [LS_FLOAT32] = {"matmul_f32", 4, 1 / 128.0},      [LS_FLOAT64] = {"matmul_f64", 8, 1 / 64.0},
    [LS_COMPLEX64] = {"matmul_c64", 8, 4 / 128.0},    [LS_COMPLEX128] = {"matmul_c128", 16, 4 / 64.0},
};

typedef struct tile {
    const char *kernel;
    int rows, cols;
    unsigned threads;
    int resident;       /* blocks that share a multiprocessor */
    double busy;        /* cycles a tile keeps a multiprocessor for one step of the depth, others beside it */
    double alone;       /* the same without others: what one block cannot overlap */
} tile;

/* Long, narrow products go at the speed of memory: about 15 bytes a cycle for each multiprocessor. */
static tile long_tile(const number *of, const char *kernel, int rows, int cols)
{
    const double arithmetic = rows * cols * of->step, memory = (rows + cols) * of->sum / 15.0;
    return (tile){kernel, rows, cols, (unsigned)LS_MATMUL_LONG(of->sum), 4, arithmetic > memory ? arithmetic : memory,
                  arithmetic > memory ? 2 * arithmetic : 1.5 * memory};
}

static tile wide_tile(const number *of)
{
    const int rows = LS_MATMUL_WIDE_ROWS(of->sum), cols = LS_MATMUL_WIDE_COLS(of->sum);
    const double cycles = rows * cols * of->step;
    return (tile){"ls_matmul_wide", rows, cols, LS_MATMUL_WIDE_THREADS, 2, 1.1 * cycles, 1.3 * cycles};
}

static tile small_tile(const number *of)
{
    const double cycles = LS_MATMUL_SMALL_SIDE * LS_MATMUL_SMALL_SIDE * of->step;
    return (tile){"ls_matmul_small", LS_MATMUL_SMALL_SIDE, LS_MATMUL_SMALL_SIDE, LS_MATMUL_SMALL_THREADS, 8,
                  1.5 * cycles, 3 * cycles};
}

/* --- choosing --- */

typedef struct choice {
    tile tile;
    int64_t groups, group_depth;
    double cycles;
} choice;

static int64_t tiles_of(const lsi_matmul *task, const tile *t)
{
    return parts_of(task->m, t->rows) * parts_of(task->n, t->cols);
}

static double estimate(const lsi_matmul *task, const number *of, const tile *t, int64_t groups, int64_t group_depth,
                       int multiprocessors)
{
    const double batches = (double)lsi_matmul_batches(task), outputs = batches * (double)task->m * (double)task->n;
    const double items = (double)tiles_of(task, t) * (double)groups * batches;
    const double depth = (double)least(group_depth, task->k), each = items / multiprocessors;
    const double turns = each > 16 ? each : (double)(int64_t)(each + 0.999999);
    double cycles = turns <= 1 ? depth * t->alone : turns * depth * t->busy;
    if (cycles < depth * t->alone) cycles = depth * t->alone;
    if (groups > 1) cycles += LAUNCH_CYCLES + 2.0 * of->sum * outputs * (double)groups / (15.0 * multiprocessors);
    return cycles;
}

/* The best cut of the depth for a kind of tile. */
static void consider(choice *best, const lsi_matmul *task, const number *of, tile t, int multiprocessors)
{
    const int64_t pieces = parts_of(task->k, LS_MATMUL_BLOCK);
    const double outputs = (double)lsi_matmul_batches(task) * (double)task->m * (double)task->n;
    int64_t size = 1; /* pieces in a group: a power of two, so that a group is a part of the tree */
    for (;; size *= 2) {
        const int64_t groups = pieces > 1 ? parts_of(pieces, size) : 1;
        const int64_t depth = groups > 1 ? size * LS_MATMUL_BLOCK : task->k;
        const bool fits = groups == 1 || outputs * (double)groups * of->sum <= MOST_PARTIAL_BYTES;
        const double cycles = fits ? estimate(task, of, &t, groups, depth, multiprocessors) : 0;
        if (fits && (!best->tile.kernel || cycles < best->cycles)) *best = (choice){t, groups, depth, cycles};
        if (groups == 1) return;
    }
}

static bool may_use(const char *wish, const char *kind)
{
    return !wish || strcmp(wish, kind) == 0 || (strcmp(wish, "wide") != 0 && strcmp(wish, "small") != 0);
}

static choice choose(const lsi_matmul *task, const number *of, int multiprocessors)
{
    const char *wish = secure_getenv("LOCKSTEP_MATMUL_TILE");
    choice best = {.groups = 1};
    if (task->n <= LS_MATMUL_SHORT) {
        consider(&best, task, of, long_tile(of, "ls_matmul_tall", LS_MATMUL_LONG(of->sum), LS_MATMUL_SHORT),
                 multiprocessors);
    } else if (task->m <= LS_MATMUL_SHORT) {
        consider(&best, task, of, long_tile(of, "ls_matmul_flat", LS_MATMUL_SHORT, LS_MATMUL_LONG(of->sum)),
                 multiprocessors);
    } else {
        if (may_use(wish, "wide")) consider(&best, task, of, wide_tile(of), multiprocessors);
        if (may_use(wish, "small")) consider(&best, task, of, small_tile(of), multiprocessors);
    }
    return best;
}

/* Many little matrices: a tile would be mostly empty. */
static bool is_tiny(const lsi_matmul *task)
{
    enum { SIDE = 16, SHALLOW = 64, MANY = 1 << 15 };
    if (task->m > SIDE || task->n > SIDE || task->k > LS_MATMUL_BLOCK) return false;
    return task->k <= SHALLOW || lsi_matmul_batches(task) * task->m * task->n >= MANY;
}

/* --- arguments --- */

static int64_t size_of_step(int64_t stride) { return stride < 0 ? -stride : stride; }

static void fill_args(ls_matmul_args *a, const lsi_matmul *task)
{
    memset(a, 0, sizeof *a);
    a->x = (ls_matmul_operand){.at = lsi_matmul_address(task->x, task->x_offset, task->dtype), .row = task->x_row,
                               .col = task->x_col};
    a->y = (ls_matmul_operand){.at = lsi_matmul_address(task->y, task->y_offset, task->dtype), .row = task->y_row,
                               .col = task->y_col};
    a->out = (ls_matmul_operand){.at = lsi_matmul_address(task->out, task->out_offset, task->dtype),
                                 .row = task->out_row, .col = task->out_col};
    a->m = task->m, a->n = task->n, a->k = task->k;
    a->x_deep = task->m == 1 || size_of_step(task->x_col) < size_of_step(task->x_row);
    a->y_deep = task->n == 1 || size_of_step(task->y_row) < size_of_step(task->y_col);
    a->groups = 1, a->group_depth = task->k;
    a->nbatch = task->nbatch, a->batches = lsi_matmul_batches(task);
    for (int axis = 0; axis < task->nbatch; axis++) {
        a->batch[axis] = task->batch[axis];
        a->x.batch[axis] = task->x_batch[axis];
        a->y.batch[axis] = task->y_batch[axis];
        a->out.batch[axis] = task->out_batch[axis];
    }
}

static lsi_matmul_launch *add_launch(lsi_matmul_plan *plan, const char *kernel, int64_t blocks, unsigned threads)
{
    lsi_matmul_launch *launch = &plan->launches[plan->nlaunch++];
    launch->kernel = kernel, launch->blocks = (uint64_t)blocks, launch->threads = threads;
    return launch;
}

/* Levels of the tree within a group: a sum waits for each bit of the number of pieces before the last. */
static int levels_of(int64_t depth)
{
    int levels = 0;
    for (int64_t before = parts_of(depth, LS_MATMUL_BLOCK) - 1; before > 0; before /= 2) levels++;
    return levels;
}

static void plan_tiles(lsi_matmul_plan *plan, const lsi_matmul *task, const number *of, const choice *c,
                       int multiprocessors)
{
    const int levels = levels_of(least(c->group_depth, task->k));
    const int64_t items = tiles_of(task, &c->tile) * c->groups * lsi_matmul_batches(task);
    const int64_t most = levels ? (int64_t)c->tile.resident * multiprocessors : MOST_BLOCKS;
    const int64_t blocks = least(items, most);
    lsi_matmul_launch *launch = add_launch(plan, c->tile.kernel, blocks, c->tile.threads);
    ls_matmul_args *a = &launch->args.product;
    launch->size = sizeof *a;
    fill_args(a, task);
    a->tiles_m = parts_of(task->m, c->tile.rows), a->tiles_n = parts_of(task->n, c->tile.cols);
    a->groups = c->groups, a->group_depth = c->group_depth, a->levels = levels;
    plan->waiting_bytes = (size_t)(blocks * levels * c->tile.rows * c->tile.cols) * (size_t)of->sum;
}

static void plan_joins(lsi_matmul_plan *plan, const lsi_matmul *task, const number *of, int64_t groups)
{
    const ls_matmul_args *product = &plan->launches[0].args.product;
    const int64_t outputs = task->m * task->n * product->batches;
    plan->partial_bytes = (size_t)(outputs * groups) * (size_t)of->sum;
    int64_t runs;
    for (int64_t step = 1;; step *= LS_MATMUL_JOIN) {
        runs = parts_of(groups, LS_MATMUL_JOIN * step);
        lsi_matmul_launch *launch = add_launch(plan, "ls_matmul_join", parts_of(outputs * runs, LS_MATMUL_FLAT_THREADS),
                                               LS_MATMUL_FLAT_THREADS);
        ls_matmul_join_args *a = &launch->args.join;
        launch->size = sizeof *a;
        *a = (ls_matmul_join_args){.out = product->out, .m = task->m, .n = task->n, .groups = groups, .step = step,
                                   .runs = runs, .nbatch = product->nbatch, .batches = product->batches};
        memcpy(a->batch, product->batch, sizeof a->batch);
        if (runs == 1) return;
    }
}

bool lsi_matmul_plan_make(lsi_matmul_plan *plan, const lsi_matmul *task, int multiprocessors)
{
    const number *of = &numbers[task->dtype];
    *plan = (lsi_matmul_plan){.module = of->module};
    if (!of->module) return false;
    const int64_t outputs = task->m * task->n * lsi_matmul_batches(task);
    if (outputs == 0) return true;
    if (is_tiny(task)) {
        lsi_matmul_launch *launch = add_launch(plan, "ls_matmul_each", parts_of(outputs, LS_MATMUL_FLAT_THREADS),
                                               LS_MATMUL_FLAT_THREADS);
        launch->size = sizeof launch->args.product;
        fill_args(&launch->args.product, task);
        return true;
    }
    const choice c = choose(task, of, multiprocessors);
    plan_tiles(plan, task, of, &c, multiprocessors);
    if (c.groups > 1) plan_joins(plan, task, of, c.groups);
    return true;
}

void lsi_matmul_plan_place(lsi_matmul_plan *plan, uint64_t partial, uint64_t waiting)
{
    for (int i = 0; i < plan->nlaunch; i++)
        if (plan->launches[i].size == sizeof(ls_matmul_join_args)) {
            plan->launches[i].args.join.partial = partial;
        } else {
            plan->launches[i].args.product.partial = partial;
            plan->launches[i].args.product.waiting = waiting;
        }
}
