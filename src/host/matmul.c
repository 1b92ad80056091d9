/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The driver of exact products: brings a task into one form, cuts the outputs among the threads, and runs the blocks of
 * each part through the kernels of the instruction set in force. Leaves to matmul_kernels.c how a block is multiplied,
 * to blas.c what a vendor's library may do instead.
 *
 * The form. "rows" is the operand whose numbers are broadcast, "cols" the one read in vectors; out^T = y^T x^T, so
 * either operand can play either part (and complex kernels are told which). Blocks are those of Goto and van de Geijn:
 * a slice of the depth is packed so that a row panel stays in the first cache, the column panels in the second. */
#include "host/matmul.h"
#include "backend.h"
#include "core/error.h"
#include "host/blas.h"
#include "host/parallel.h"
#include "matmul_order.h"
#include "memory/prim.h"
#include <stdatomic.h>
#include <string.h>

enum {
    PART_ROWS = 2048, PART_COLS = 2048, /* largest output block worked on at a time: bounds the scratch */
    SMALL = 64,                         /* sides of a product that one thread makes straight from the operands */
    WORTH_SHARING = 20000,              /* nanoseconds of one thread's work below which it works alone */
    MAX_LEVELS = 64                     /* of the tree over the blocks of 2048: log2 of any depth */
};

/* One matrix product in the driver's form. Addresses are bytes, strides elements. */
typedef struct product {
    const lsi_matmul_kernel *kernel;
    bool swapped;             /* rows is the task's y */
    bool direct;              /* running sums may wait in `out`: rows of neighbouring accumulators */
    const char *rows, *cols;
    char *out;
    int64_t rows_stride, rows_step, cols_stride, cols_step; /* per row or column, per step of depth */
    int64_t out_row, out_col;
    int64_t m, n, k;
    bool rows_in_place;       /* not packed */
    int64_t slice, width;     /* steps of depth, and columns, that are packed at a time */
} product;

/* The task as a list of equal products: one per batch index. */
typedef struct job {
    product first;            /* of batch index 0 */
    int nbatch;
    int64_t batch[LS_MAX_NDIM], rows_batch[LS_MAX_NDIM], cols_batch[LS_MAX_NDIM], out_batch[LS_MAX_NDIM];
    int64_t batches;
    int64_t row_parts, col_parts;   /* grid over the output of each product */
    int64_t groups, group_depth;    /* cut of the depth; 1 group: none */
    char *partial;                  /* [batches][groups][m][n] accumulators when the depth is cut */
    _Atomic int64_t next;           /* part to be taken */
    atomic_bool out_of_memory;
} job;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t parts_of(int64_t count, int64_t size) { return (count + size - 1) / size; }
static int64_t round_up(int64_t count, int64_t unit) { return parts_of(count, unit) * unit; }

/* --- one block of the output --- */

/* Rows of running sums in memory. */
typedef struct panel {
    char *at;
    int64_t row;
} panel;

/* What is packed. Rows whose steps are neighbours in memory are read where they are: eight of them at a time are as good
 * as a panel, and packing them costs what a few dozen columns do. They take half of the first cache, packed ones half of a
 * small one: those are written besides. Columns take half of the second cache. */
static void plan_packing(product *p)
{
    const lsi_matmul_kernel *kernel = p->kernel;
    const lsi_topology *machine = lsi_topology_get();
    const size_t first = machine->l1_bytes ? machine->l1_bytes : 32 << 10;
    const size_t second = machine->l2_bytes ? machine->l2_bytes : 256 << 10;
    const int64_t depth = (int64_t)(first / 2 / ((size_t)kernel->tile_rows * kernel->packed));
    p->rows_in_place = kernel->block_rows && p->rows_step == 1;
    p->slice = p->rows_in_place ? least(LS_MATMUL_BLOCK, most(64, depth / 64 * 64)) : kernel->slice;
    const int64_t fit = (int64_t)(second / 2 / ((size_t)p->slice * kernel->packed));
    p->width = most(1, fit / kernel->tile_cols) * kernel->tile_cols;
}

/* Scratch of one block. */
typedef struct packs {
    char *rows, *cols;
} packs;

static bool columns_are_neighbours(const product *p) { return p->cols_stride == 1 || p->n == 1; }

/* Whether the first of `rows` rows pack the columns while they are multiplied. */
static bool packs_beside(const product *p, int64_t rows)
{
    return p->rows_in_place && columns_are_neighbours(p) && rows >= p->kernel->tile_rows;
}

/* sums continue (unless new) over `depth` steps of the product's rows, which are packed or at `rows`, and of `count`
 * columns at `cols`, which are packed here. */
static void multiply_columns(const product *p, int64_t depth, const char *rows, const char *cols, int64_t count,
                             panel sums, packs packed, bool resume)
{
    const lsi_matmul_kernel *kernel = p->kernel;
    if (packs_beside(p, p->m)) {
        kernel->block_packing(depth, rows, p->rows_stride, cols, p->cols_step, packed.cols, sums.at, sums.row, p->m, count,
                              resume);
        return;
    }
    kernel->pack_cols(packed.cols, cols, p->cols_stride, p->cols_step, count, depth);
    if (p->rows_in_place)
        kernel->block_rows(depth, rows, p->rows_stride, packed.cols, sums.at, sums.row, p->m, count, resume);
    else
        (p->swapped ? kernel->block_swapped : kernel->block)(depth, packed.rows, packed.cols, sums.at, sums.row, p->m,
                                                             count, resume);
}

/* sums (m x n, from 0) = one piece of the chains: depth [begin, end), at most 2048. */
static void multiply_packed(const product *p, int64_t begin, int64_t end, panel sums, packs packed)
{
    const lsi_matmul_kernel *kernel = p->kernel;
    const int64_t element = (int64_t)kernel->element, width = p->width;
    const int64_t slices = most(1, parts_of(end - begin, p->slice));
    const int64_t slice = least(p->slice, round_up(parts_of(end - begin, slices), 8)); /* of about one depth */
    int64_t at = begin;
    do {
        const int64_t depth = least(end - at, slice);
        const char *rows = p->rows + at * p->rows_step * element;
        if (!p->rows_in_place) kernel->pack_rows(packed.rows, rows, p->rows_stride, p->rows_step, p->m, depth);
        for (int64_t j = 0; j < p->n; j += width) {
            const panel to = {sums.at + j * (int64_t)kernel->accumulator, sums.row};
            multiply_columns(p, depth, rows, p->cols + (j * p->cols_stride + at * p->cols_step) * element,
                             least(p->n - j, width), to, packed, at > begin);
        }
        at += depth;
    } while (at < end);
}

/* The same without packing, `slice` steps at a time. */
static void multiply_in_place(const product *p, int64_t begin, int64_t end, panel sums, packs packed, int64_t slice)
{
    const lsi_matmul_kernel *kernel = p->kernel;
    const int64_t element = (int64_t)kernel->element, tail = p->n % kernel->lanes;
    int64_t at = begin;
    do {
        const int64_t depth = least(end - at, slice);
        const char *cols = p->cols + at * p->cols_step * element;
        if (tail && !kernel->masks)
            kernel->pack_cols(packed.cols, cols + (p->n - tail) * element, 1, p->cols_step, tail, depth);
        kernel->block_in_place(depth, p->rows + at * p->rows_step * element, p->rows_stride, p->rows_step, cols,
                               p->cols_step, packed.cols, sums.at, sums.row, p->m, p->n, at > begin);
        at += depth;
    } while (at < end);
}

/* Packing pays when each packed number is used often: small operands are in the first caches anyway. */
static bool packs_nothing(const product *p, int64_t m, int64_t n, int64_t depth)
{
    enum { SMALL_BYTES = 192 << 10 };
    const bool possible = p->kernel->block_in_place && columns_are_neighbours(p);
    return possible && ((m + n) * depth * (int64_t)p->kernel->element <= SMALL_BYTES || m <= p->kernel->tile_rows);
}

/* Few rows read the columns once, a dozen steps at a time, so that memory is read along its rows. */
static void multiply_piece(const product *p, int64_t begin, int64_t end, panel sums, packs packed)
{
    enum { THIN_SLICE = 12 };
    const lsi_matmul_kernel *kernel = p->kernel;
    const bool thin = p->m <= kernel->tile_rows / 2 && p->n >= kernel->tile_cols;
    if (kernel->by_vector && p->m == 1 && p->cols_step == 1)
        kernel->by_vector(end - begin, p->rows + begin * p->rows_step * (int64_t)kernel->element, p->rows_step,
                          p->cols + begin * (int64_t)kernel->element, p->cols_stride, sums.at, p->n, false);
    else if (packs_nothing(p, p->m, p->n, end - begin))
        multiply_in_place(p, begin, end, sums, packed, thin ? THIN_SLICE : kernel->slice);
    else
        multiply_packed(p, begin, end, sums, packed);
}

/* Finished partial sums, one per set bit of the number of pieces done: the left neighbours that wait. */
typedef struct tree {
    panel waiting[MAX_LEVELS];
    int top;
    int64_t pieces;
} tree;

static void combine_top(const product *p, tree *t)
{
    const panel left = t->waiting[t->top - 2], right = t->waiting[t->top - 1];
    p->kernel->combine(left.at, left.row, right.at, right.row, p->m, p->n);
    t->top--;
}

/* The piece in waiting[top] is finished: it joins every left neighbour that is complete. */
static void piece_done(const product *p, tree *t)
{
    t->top++;
    for (int64_t bits = t->pieces++; bits & 1; bits >>= 1) combine_top(p, t);
}

/* A group of pieces of one inner product; false where there is no kernel for it. */
static bool inner_pieces(const product *p, int64_t begin, tree *t, int pieces)
{
    const int64_t element = (int64_t)p->kernel->element, accumulator = (int64_t)p->kernel->accumulator;
    if (p->m != 1 || p->n != 1 || !p->kernel->inner_pieces || begin + pieces * LS_MATMUL_BLOCK > p->k) return false;
    double sums[8];
    p->kernel->inner_pieces(p->rows + begin * p->rows_step * element, p->rows_step,
                            p->cols + begin * p->cols_step * element, p->cols_step, sums, pieces);
    for (int i = 0; i < pieces; i++) {
        memcpy(t->waiting[t->top].at, (char *)sums + i * accumulator, (size_t)accumulator);
        piece_done(p, t);
    }
    return true;
}

/* A group of pieces of a product of few outputs; false where that is not one. */
static bool few_pieces(const product *p, int64_t begin, tree *t)
{
    enum { ROWS = 4, LANES_BYTES = 64 };
    const lsi_matmul_kernel *kernel = p->kernel;
    const int64_t element = (int64_t)kernel->element, row = kernel->lanes * element;
    if (!kernel->masks || !kernel->pieces_in_place || !columns_are_neighbours(p) || p->m > ROWS ||
        p->n > kernel->lanes || begin + MATMUL_PIECES * LS_MATMUL_BLOCK > p->k)
        return false;
    char sums[MATMUL_PIECES * ROWS * LANES_BYTES];
    kernel->pieces_in_place(p->rows + begin * p->rows_step * element, p->rows_stride, p->rows_step,
                            p->cols + begin * p->cols_step * element, p->cols_step, sums, (int)p->m, (int)p->n);
    for (int q = 0; q < MATMUL_PIECES; q++) {
        const panel to = t->waiting[t->top];
        for (int64_t i = 0; i < p->m; i++)
            memcpy(to.at + i * to.row * element, sums + (q * ROWS + i) * row, (size_t)(p->n * element));
        piece_done(p, t);
    }
    return true;
}

/* Every piece of the depth, combined in `result`; `spare` has a panel for each of the `spares` levels of the tree above
 * the first. */
static void multiply_pieces(const product *p, panel result, char *spare, int spares, packs packed)
{
    const int64_t accumulator = (int64_t)p->kernel->accumulator;
    tree t;
    t.top = 0;
    t.pieces = 0;
    t.waiting[0] = result;
    for (int level = 1; level <= spares; level++)
        t.waiting[level] = (panel){spare + (level - 1) * p->m * p->n * accumulator, p->n};
    int64_t begin = 0;
    while (inner_pieces(p, begin, &t, 8)) begin += 8 * LS_MATMUL_BLOCK;
    while (inner_pieces(p, begin, &t, 4)) begin += 4 * LS_MATMUL_BLOCK;
    while (few_pieces(p, begin, &t)) begin += MATMUL_PIECES * LS_MATMUL_BLOCK;
    while (begin < p->k || t.pieces == 0) {
        multiply_piece(p, begin, least(p->k, begin + LS_MATMUL_BLOCK), t.waiting[t.top], packed);
        piece_done(p, &t);
        begin += LS_MATMUL_BLOCK;
    }
    while (t.top > 1) combine_top(p, &t);
}

/* A small product straight from the operands to the output, with no scratch and few questions: there may be thousands
 * of them. False where it takes more than that. */
static bool multiply_small(const product *p)
{
    const lsi_matmul_kernel *kernel = p->kernel;
    if (p->m > SMALL || p->n > SMALL || p->k > SMALL || p->k == 0 || !p->direct || !kernel->masks ||
        !kernel->block_in_place || !columns_are_neighbours(p))
        return false;
    kernel->block_in_place(p->k, p->rows, p->rows_stride, p->rows_step, p->cols, p->cols_step, NULL, p->out, p->out_row,
                           p->m, p->n, false);
    return true;
}

/* A product small enough for its panels; false when out of memory. */
static bool multiply_block(const product *p)
{
    const lsi_matmul_kernel *kernel = p->kernel;
    const int64_t slice = least(round_up(most(p->k, 1), 8), p->slice), number = (int64_t)kernel->packed;
    const int64_t rows = p->rows_in_place ? 0 : round_up(p->m, kernel->tile_rows);
    const int64_t rows_bytes = round_up(slice * rows * number, 64);
    const int64_t cols_bytes = slice * round_up(least(p->n, p->width), kernel->tile_cols) * number;
    char *scratch = lsi_scratch(LSI_SCRATCH_MATMUL, (size_t)(rows_bytes + cols_bytes));
    if (!scratch) return false;

    int spares = !p->direct;
    for (int64_t pieces = parts_of(p->k, LS_MATMUL_BLOCK); pieces > 1; pieces >>= 1) spares++;
    char *panels = NULL;
    const size_t panels_bytes = (size_t)(p->m * p->n) * (size_t)spares * kernel->accumulator;
    if (spares > 0 && !(panels = lsi_take(panels_bytes))) return false;
    const packs packed = {scratch, scratch + rows_bytes};
    if (p->direct) {
        multiply_pieces(p, (panel){p->out, p->out_row}, panels, spares, packed);
    } else {
        multiply_pieces(p, (panel){panels, p->n}, panels + p->m * p->n * (int64_t)kernel->accumulator, spares - 1,
                        packed);
        kernel->finish(p->out, p->out_row, p->out_col, panels, p->n, p->m, p->n);
    }
    lsi_give(panels, panels_bytes);
    return true;
}

/* Rows [i, i + m) and columns [j, j + n) of a product. */
static product block_of(const product *p, int64_t i, int64_t m, int64_t j, int64_t n)
{
    product block = *p;
    const int64_t element = (int64_t)p->kernel->element;
    const int64_t out_element = p->direct ? (int64_t)p->kernel->accumulator : element;
    block.m = m;
    block.n = n;
    block.rows += i * p->rows_stride * element;
    block.cols += j * p->cols_stride * element;
    block.out += (i * p->out_row + j * p->out_col) * out_element;
    return block;
}

/* Where nothing is packed twice for it, only as many columns as are packed at a time: their sums stay in the caches from
 * one slice to the next, and waiting sums take little memory. */
static int64_t columns_at_once(const product *p)
{
    return p->rows_in_place && p->m > p->kernel->tile_rows ? p->width : PART_COLS;
}

static bool multiply(const product *p)
{
    if (multiply_small(p)) return true;
    const int64_t rows = round_up(parts_of(p->m, parts_of(p->m, PART_ROWS)), p->kernel->tile_rows);
    const int64_t cols = round_up(parts_of(p->n, parts_of(p->n, columns_at_once(p))), p->kernel->tile_cols);
    for (int64_t i = 0; i < p->m; i += rows)
        for (int64_t j = 0; j < p->n; j += cols) {
            const product block = block_of(p, i, least(rows, p->m - i), j, least(cols, p->n - j));
            if (!multiply_block(&block)) return false;
        }
    return true;
}

/* --- parts of a job --- */

static product batch_product(const job *j, int64_t index)
{
    product p = j->first;
    const int64_t element = (int64_t)p.kernel->element;
    for (int axis = j->nbatch - 1; axis >= 0; axis--) {
        const int64_t at = axis > 0 ? index % j->batch[axis] : index;
        if (axis > 0) index /= j->batch[axis];
        p.rows += at * j->rows_batch[axis] * element;
        p.cols += at * j->cols_batch[axis] * element;
        p.out += at * j->out_batch[axis] * element;
    }
    return p;
}

static char *partial_of(const job *j, int64_t batch, int64_t group)
{
    const int64_t bytes = j->first.m * j->first.n * (int64_t)j->first.kernel->accumulator;
    return j->partial + (batch * j->groups + group) * bytes;
}

/* Part number `part`: of which product, which cut of its depth, which block of its output. */
static bool run_part(const job *j, int64_t part)
{
    if (j->groups * j->row_parts * j->col_parts == 1) {
        const product whole = batch_product(j, part);
        return multiply(&whole);
    }
    const int64_t column = part % j->col_parts, row = part / j->col_parts % j->row_parts;
    const int64_t group = part / (j->col_parts * j->row_parts) % j->groups;
    const int64_t batch = part / (j->col_parts * j->row_parts * j->groups);
    product p = batch_product(j, batch);
    if (j->groups > 1) {
        const int64_t begin = group * j->group_depth, element = (int64_t)p.kernel->element;
        p.rows += begin * p.rows_step * element;
        p.cols += begin * p.cols_step * element;
        p.k = least(j->group_depth, p.k - begin);
        p.out = partial_of(j, batch, group);
        p.out_row = p.n;
        p.out_col = 1;
        p.direct = true;
    }
    const int64_t rows = round_up(parts_of(p.m, j->row_parts), p.kernel->tile_rows);
    const int64_t cols = round_up(parts_of(p.n, j->col_parts), p.kernel->lanes);
    const int64_t i = row * rows, c = column * cols;
    if (i >= p.m || c >= p.n) return true;
    p = block_of(&p, i, least(rows, p.m - i), c, least(cols, p.n - c));
    return multiply(&p);
}

static bool run_parts(const job *j, int64_t begin, int64_t end)
{
    for (int64_t part = begin; part < end; part++)
        if (!run_part(j, part)) return false;
    return true;
}

/* The same where a part is a whole product of one axis of batches: from one to the next in a few additions. */
static bool run_batches(const job *j, int64_t begin, int64_t end)
{
    const int64_t element = (int64_t)j->first.kernel->element;
    product p = batch_product(j, begin);
    for (int64_t part = begin; part < end; part++) {
        if (!multiply(&p)) return false;
        p.rows += j->rows_batch[0] * element;
        p.cols += j->cols_batch[0] * element;
        p.out += j->out_batch[0] * element;
    }
    return true;
}

static void work(int thread, int threads, void *context)
{
    (void)thread;
    job *j = context;
    const int64_t parts = j->batches * j->groups * j->row_parts * j->col_parts;
    const int64_t some = most(1, parts / (16 * (int64_t)threads)); /* small products are taken by the hundred */
    for (;;) {
        const int64_t begin = atomic_fetch_add_explicit(&j->next, some, memory_order_relaxed);
        if (begin >= parts || atomic_load_explicit(&j->out_of_memory, memory_order_relaxed)) return;
        const int64_t end = least(parts, begin + some);
        if (!(j->nbatch == 1 && parts == j->batches ? run_batches(j, begin, end) : run_parts(j, begin, end)))
            atomic_store(&j->out_of_memory, true);
    }
}

/* The tree above the groups: groups are aligned powers of two of pieces, so pairs of groups are pairs of the tree. */
static void combine_groups(const job *j)
{
    const product *p = &j->first;
    for (int64_t b = 0; b < j->batches; b++) {
        for (int64_t step = 1; step < j->groups; step *= 2)
            for (int64_t g = 0; g + step < j->groups; g += 2 * step)
                p->kernel->combine(partial_of(j, b, g), p->n, partial_of(j, b, g + step), p->n, p->m, p->n);
        const product one = batch_product(j, b);
        p->kernel->finish(one.out, p->out_row, p->out_col, partial_of(j, b, 0), p->n, p->m, p->n);
    }
}

/* --- planning --- */

/* Columns as the kernels' time counts them, in whole vectors: the last tile is slower where it is not full, most of all
 * with one vector. Four vectors are two and two where a tile takes three (panel_width). */
static double columns_worth(const lsi_matmul_kernel *kernel, int64_t cols)
{
    const int64_t vectors = parts_of(cols, kernel->lanes), full = kernel->tile_cols / kernel->lanes;
    const int64_t rest = vectors % full;
    const double slower = rest == 0 ? 0 : rest == 2 ? 0.1 : full == 3 && vectors > 1 ? 0.2 : 0.4;
    return ((double)vectors + slower) * kernel->lanes;
}

/* Columns that stay in the second cache cost little where they are packed beside the first rows' multiply-adds. */
static int64_t column_cost(const product *p, int64_t rows)
{
    const size_t second = lsi_topology_get()->l2_bytes;
    const bool beside = packs_beside(p, rows) && (size_t)(p->n * p->k) * p->kernel->element <= second;
    return beside ? 4 : 16;
}

/* Time of the slowest thread per step of depth, in multiply-adds, for a grid: its parts, with what moving a number costs
 * where something is packed. Packing costs about sixteen, reading a row where it is eight for every set of columns. */
static double grid_cost(const product *p, int64_t row_parts, int64_t col_parts, int64_t batches, int threads)
{
    const int64_t rows = round_up(parts_of(p->m, row_parts), p->kernel->tile_rows);
    const int64_t cols = round_up(parts_of(p->n, col_parts), p->kernel->lanes);
    const int64_t per_row = p->rows_in_place ? 8 * parts_of(cols, p->width) : 16;
    const bool none = packs_nothing(p, rows, cols, least(p->k, LS_MATMUL_BLOCK));
    const double moved = none ? 0 : (double)(column_cost(p, rows) * cols + per_row * rows);
    return (double)parts_of(batches * row_parts * col_parts, threads) *
           ((double)rows * columns_worth(p->kernel, cols) + moved);
}

/* Threads are not equally fast, on machines that others use: what takes long is cut further, and who is done takes more.
 * Parts stay large enough that nothing is packed more often than it would be. */
static void cut_long_parts(job *j)
{
    const product *p = &j->first;
    const double longest = 4e9; /* multiply-adds: tens of milliseconds */
    double work = (double)parts_of(p->m, j->row_parts) * (double)parts_of(p->n, j->col_parts) * (double)p->k;
    for (; work > longest && parts_of(p->n, j->col_parts) >= 4 * p->width; work /= 2) j->col_parts *= 2;
    for (; work > longest && parts_of(p->m, j->row_parts) >= 2 * PART_ROWS; work /= 2) j->row_parts *= 2;
}

static void plan_grid(job *j, int threads)
{
    j->row_parts = j->col_parts = 1;
    double best = grid_cost(&j->first, 1, 1, j->batches, threads);
    for (int64_t rows = 1; rows <= threads && j->batches < 4 * (int64_t)threads; rows++)
        for (int64_t around = 1; around <= 2; around++) {
            const int64_t cols = parts_of(threads, rows) * around;
            const double cost = grid_cost(&j->first, rows, cols, j->batches, threads) * (around == 2 ? 1.03 : 1);
            if (cost >= best * 0.995) continue;
            best = cost;
            j->row_parts = rows;
            j->col_parts = cols;
        }
    if (threads > 1) cut_long_parts(j);
}

/* Cuts the depth when the outputs alone cannot feed the threads. */
static void plan_depth(job *j, int threads)
{
    enum { PARTIAL_LIMIT = 64 << 20, OUTPUT_PER_THREAD = 48 * 48 };
    const product *p = &j->first;
    const int64_t pieces = parts_of(p->k, LS_MATMUL_BLOCK), bytes = p->m * p->n * (int64_t)p->kernel->accumulator;
    j->groups = 1;
    if (pieces < 2 || threads < 2 || j->batches * p->m * p->n >= (int64_t)threads * OUTPUT_PER_THREAD) return;
    const int64_t wanted = least(most(1, PARTIAL_LIMIT / (bytes * j->batches)), 4 * (int64_t)threads);
    int64_t size = 1;
    while (parts_of(pieces, size) > wanted) size *= 2;
    j->groups = parts_of(pieces, size);
    j->group_depth = size * LS_MATMUL_BLOCK;
}

/* Batches of rows that meet the same columns, and follow each other evenly, are one product with more rows. */
static void fold_batches(lsi_matmul *task)
{
    while (task->nbatch > 0) {
        const int last = task->nbatch - 1;
        const int64_t count = task->batch[last];
        const bool even = task->x_batch[last] == task->m * task->x_row && task->out_batch[last] == task->m * task->out_row;
        const bool joins = task->y_batch[last] == 0 && (task->m == 1 || even);
        if (count != 1 && !joins) return;
        if (count != 1 && task->m == 1) {
            task->x_row = task->x_batch[last];
            task->out_row = task->out_batch[last];
        }
        task->m *= count;
        task->nbatch = last;
    }
}

static char *address_of(const lsi_buffer *buffer, int64_t offset, size_t element)
{
    return (char *)buffer->address + offset * (int64_t)element;
}

/* The driver's form. Vectors go along the output's contiguous axis, or along the longer one where the shorter would
 * leave most of a vector empty. */
static void plan_product(const lsi_matmul *task, product *p)
{
    const lsi_matmul_kernel *kernel = &LSI_ISA_PICK(lsi_matmul_kernels)->of[task->dtype];
    const int64_t narrow = kernel->tile_cols / 3;
    const bool thin = task->n < narrow && task->m > task->n, flat = task->m < narrow && task->n > task->m;
    const bool swapped = thin || (!flat && task->out_col != 1 && task->out_row == 1);
    const char *x = address_of(task->x, task->x_offset, kernel->element);
    const char *y = address_of(task->y, task->y_offset, kernel->element);
    *p = (product){.kernel = kernel, .swapped = swapped, .k = task->k};
    p->out = address_of(task->out, task->out_offset, kernel->element);
    p->m = swapped ? task->n : task->m;
    p->n = swapped ? task->m : task->n;
    p->rows = swapped ? y : x;
    p->rows_stride = swapped ? task->y_col : task->x_row;
    p->rows_step = swapped ? task->y_row : task->x_col;
    p->cols = swapped ? x : y;
    p->cols_stride = swapped ? task->x_row : task->y_col;
    p->cols_step = swapped ? task->x_col : task->y_row;
    p->out_row = swapped ? task->out_col : task->out_row;
    p->out_col = swapped ? task->out_row : task->out_col;
    p->direct = kernel->direct && (p->out_col == 1 || p->n == 1);
}

static void plan_batches(const lsi_matmul *task, job *j)
{
    const bool swapped = j->first.swapped;
    j->nbatch = task->nbatch;
    j->batches = 1;
    for (int axis = 0; axis < task->nbatch; axis++) {
        j->batch[axis] = task->batch[axis];
        j->batches *= task->batch[axis];
        j->rows_batch[axis] = swapped ? task->y_batch[axis] : task->x_batch[axis];
        j->cols_batch[axis] = swapped ? task->x_batch[axis] : task->y_batch[axis];
        j->out_batch[axis] = task->out_batch[axis];
    }
}

static ls_status exact_matmul(const lsi_matmul *task)
{
    job j; /* mostly room for axes that are not there */
    j.partial = NULL;
    atomic_init(&j.next, 0);
    atomic_init(&j.out_of_memory, false);
    plan_product(task, &j.first);
    plan_packing(&j.first);
    plan_batches(task, &j);
    const product *p = &j.first;
    const double nanoseconds = 0.005 * (double)p->kernel->packed * (double)most(p->k, 1) + 1;
    const int64_t outputs = j.batches * p->m * p->n;
    const int threads = nanoseconds * (double)outputs < WORTH_SHARING ? 1 : lsi_parallel_worth(outputs, nanoseconds);
    plan_depth(&j, threads);
    if (j.groups > 1) {
        j.row_parts = j.col_parts = 1;
        j.partial = lsi_alloc((size_t)(j.batches * j.groups * p->m * p->n), p->kernel->accumulator);
        if (!j.partial) return lsi_fail_for(task->function, task->place, LS_ENOMEM, "no memory for partial sums");
    } else {
        plan_grid(&j, threads);
    }
    const int64_t parts = j.batches * j.groups * j.row_parts * j.col_parts;
    lsi_parallel_run((int)least(threads, parts), work, &j);
    if (j.groups > 1 && !j.out_of_memory) combine_groups(&j);
    lsi_dealloc(j.partial);
    if (j.out_of_memory) return lsi_fail_for(task->function, task->place, LS_ENOMEM, "no memory for packed panels");
    return LS_OK;
}

static void work_small(int thread, int threads, void *context)
{
    (void)thread, (void)threads;
    product *p = context;
    if (!multiply_small(p)) p->kernel = NULL;
}

/* One small product without the questions that larger ones are worth; false where it takes more. */
static bool whole_is_small(const lsi_matmul *task)
{
    product p;
    if (task->m > SMALL || task->n > SMALL || task->k > SMALL) return false;
    plan_product(task, &p);
    lsi_parallel_run(1, work_small, &p);
    return p.kernel != NULL;
}

ls_status lsi_host_matmul(const lsi_matmul *given)
{
    int64_t outputs = given->m * given->n, batches = 1;
    for (int axis = 0; axis < given->nbatch; axis++) batches *= given->batch[axis];
    outputs *= batches;
    if (outputs == 0) return LS_OK;
    if (LSI_ISA_PICK(lsi_matmul_kernels)->of[given->dtype].tile_rows == 0)
        return lsi_fail_for(given->function, given->place, LS_EDTYPE, "no matrix product of %s",
                            lsi_dtype_name(given->dtype));
    if (batches == 1 && whole_is_small(given)) return LS_OK;
    lsi_matmul task = *given;
    fold_batches(&task);
    if (!task.exact) {
        const ls_status status = lsi_blas_matmul(&task);
        if (status != (ls_status)LSI_DECLINED) return status;
    }
    return exact_matmul(&task);
}
