/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Leaves by columns: a leaf is up to 1024 rows, each of a block of columns, and every step folds a row of values into a
 * row of states. Decides the order in which rows are visited, so that few rows of states are alive; every column sees
 * the canonical order.
 *
 * Halving lanes (l, l + L/2), then (l, l + L/4), ... is the tree T(0, 1) of
 *     T(off, L) = lane off,   T(off, step) = T(off, 2 step) + T(off + step, 2 step),
 * which a walk in depth evaluates with one row of states per level. A lane is folded when the walk comes to it: its
 * rows are L apart, and eight are read at a time. Small leaves are walked by the kernel, in registers.
 *
 * Narrow blocks, whose rows follow each other, are folded as if L rows were one: lane l of column c is state
 * l * columns + c, and halving adds neighbours. */
#include "host/reduce_job.h"
#include "reduce_order.h"
#include <string.h>

/* One leaf of one block. */
typedef struct leaf {
    const lsi_reduce_job *job;
    lsi_worker *worker;
    char *scratch;
    int64_t position;              /* in the plan's space: of the leaf's row 0, first column */
    int64_t first;                 /* r of row 0 */
    int n, columns, lanes, level;
    int begin, end;                /* parts [begin, end) are folded together */
    bool squares;                  /* second pass of var and std */
    const void *rows[LS_LEAF];     /* direct: row addresses of part `begin` */
} leaf;

static const lsi_reduce_part *part_of(const leaf *f, int q) { return &f->job->parts[q]; }

/* Parts that take part in the pass. */
static bool takes_part(const leaf *f, const lsi_reduce_part *part) { return !f->squares || part->kernel->part; }

/* Bytes of what the pass folds values to. */
static int64_t sum_size(const leaf *f, const lsi_reduce_part *part)
{
    if (f->squares) return part->kernel->part;
    return part->kernel->part ? part->in_size : part->kernel->state;
}

/* Row of states at `depth` of the walk. The last one standing is the leaf's state, but for var and std. */
static char *slot_of(const leaf *f, const lsi_reduce_part *part, int depth)
{
    const lsi_reduce_kernel *kernel = part->kernel;
    if (depth == 0 && !kernel->part && !f->job->narrow) return lsi_reduce_level(f->job, part, f->scratch, f->level);
    return f->scratch + part->lane_at + (size_t)depth * (size_t)f->job->tile * (size_t)kernel->state;
}

static void fold_rows(const leaf *f, const lsi_reduce_part *part, char *states, const void *const *rows, int count,
                      int columns, int64_t r, int64_t step, int begin)
{
    const lsi_reduce_kernel *kernel = part->kernel;
    if (f->squares) kernel->fold_squares(states, rows, count, columns, f->scratch + part->mean_at, begin);
    else kernel->fold(states, rows, count, columns, r, step, begin);
}

static void merge_states(const leaf *f, const lsi_reduce_part *part, char *out, const char *left, const char *right,
                         int64_t count)
{
    const lsi_reduce_kernel *kernel = part->kernel;
    if (f->squares) kernel->square_merge(out, left, right, count);
    else if (kernel->part) kernel->sum_merge(out, left, right, count);
    else kernel->merge(out, left, right, count);
}

static void fold_lane_in_place(const leaf *f, int lane, int depth)
{
    enum { BATCH = 32 };
    const lsi_reduce_part *part = part_of(f, f->begin);
    char *slot = slot_of(f, part, depth);
    const void *rows[BATCH];
    if (f->lanes == 1) {
        fold_rows(f, part, slot, f->rows, f->n, f->columns, f->first, 1, 1);
        return;
    }
    for (int r = lane; r < f->n;) {
        const int start = r;
        int count = 0;
        for (; count < BATCH && r < f->n; r += f->lanes) rows[count++] = f->rows[r];
        fold_rows(f, part, slot, rows, count, f->columns, f->first + start, f->lanes, start == lane);
    }
}

static void fold_lane_of_strips(const leaf *f, int lane, int depth)
{
    for (int r = lane; r < f->n; r += f->lanes) {
        lsi_strip_run(f->worker, f->position + r * f->job->inner, f->columns);
        for (int q = f->begin; q < f->end; q++) {
            const lsi_reduce_part *part = part_of(f, q);
            if (!takes_part(f, part)) continue;
            const void *row = lsi_strip_value(f->worker, part->spec->value);
            fold_rows(f, part, slot_of(f, part, depth), &row, 1, f->columns, f->first + r, 1, r == lane);
        }
    }
}

/* Where the leaf has so few rows that four lanes are one step of the kernel. */
static bool walk_quad(const leaf *f, int off, int step, int depth)
{
    const lsi_reduce_part *part = part_of(f, f->begin);
    const void *rows[8];
    int count = 0;
    if (f->worker || f->squares || 4 * step != f->lanes || f->n > 2 * f->lanes || !part->kernel->quad) return false;
    for (int r = off; r < f->n; r += step) rows[count++] = f->rows[r];
    part->kernel->quad(slot_of(f, part, depth), rows, count, f->columns);
    return true;
}

/* T(off, step) into the slots at `depth`. */
static void walk(const leaf *f, int off, int step, int depth)
{
    if (walk_quad(f, off, step, depth)) return;
    if (step >= f->lanes || off + step >= f->n) {
        if (f->worker) fold_lane_of_strips(f, off, depth);
        else fold_lane_in_place(f, off, depth);
        return;
    }
    walk(f, off, 2 * step, depth);
    walk(f, off + step, 2 * step, depth + 1);
    for (int q = f->begin; q < f->end; q++) {
        const lsi_reduce_part *part = part_of(f, q);
        char *slot = slot_of(f, part, depth);
        if (takes_part(f, part)) merge_states(f, part, slot, slot, slot_of(f, part, depth + 1), f->columns);
    }
}

/* The same where every lane has one value, which is its state, in memory: nothing is copied. */
static const char *walk_single_rows(const leaf *f, int off, int step, int depth)
{
    if (step >= f->lanes || off + step >= f->n) return f->rows[off];
    const lsi_reduce_part *part = part_of(f, f->begin);
    if (walk_quad(f, off, step, depth)) return slot_of(f, part, depth);
    const char *left = walk_single_rows(f, off, 2 * step, depth);
    const char *right = walk_single_rows(f, off + step, 2 * step, depth + 1);
    merge_states(f, part, slot_of(f, part, depth), left, right, f->columns);
    return slot_of(f, part, depth);
}

/* Rows [first, end) of a quarter of the lanes, at `to`: each is made of `count` rows of all the lanes, at `from`. */
static void fold_quads(const leaf *f, char *to, const char *from, int quarter, int count, int first, int end)
{
    const lsi_reduce_part *part = part_of(f, f->begin);
    const bool values = from == f->rows[0]; /* not what has been made of them */
    const int64_t made = f->columns * sum_size(f, part), row = values ? f->columns * (int64_t)part->in_size : made;
    const void *rows[8];
    if (first == end) return;
    for (int k = 0; k < count; k++) rows[k] = from + (first + k * quarter) * row;
    const int wide = (end - first) * f->columns;
    if (!f->squares) part->kernel->quad(to + first * made, rows, count, wide);
    else if (values) part->kernel->quad_squares(to + first * made, rows, count, wide, f->scratch + part->mean_at);
    else part->kernel->square_quad(to + first * made, rows, count, wide);
}

/* A leaf of few rows without gaps between them: a quarter of the lanes is one long row, made of at most eight that are
 * read from their beginnings to their ends. Then a quarter of those, and so on. */
static bool fold_quarters(const leaf *f)
{
    const lsi_reduce_part *part = part_of(f, f->begin);
    if (!part->quarter_at) return false;
    char *to = f->scratch + part->quarter_at, *other = to + f->lanes / 4 * f->columns * sum_size(f, part);
    const char *from = f->rows[0];
    for (int lanes = f->lanes, rows = f->n, quarter; lanes > 1; lanes = quarter) {
        quarter = lanes > 4 ? lanes / 4 : 1;
        if (rows <= quarter) continue;
        char *const made = quarter > 1 ? to : slot_of(f, part, 0);
        fold_quads(f, made, from, quarter, rows / quarter + 1, 0, rows % quarter);
        fold_quads(f, made, from, quarter, rows / quarter, rows % quarter, quarter);
        to = other, other = made, from = made, rows = quarter;
    }
    return true;
}

/* Where rows come as fast in any order, because all values are near or the leaf is small: some columns at a time, in
 * registers. Steps of a whole row would be many more, and rows that far apart hinder each other in the first-level
 * cache. */
static bool walk_near_rows(const leaf *f)
{
    enum { NEAR = 1 << 17, SHORT = 1024, COLUMNS = 16 };
    if (f->worker || f->squares || f->columns < COLUMNS) return false;
    const lsi_reduce_part *part = part_of(f, f->begin);
    const int64_t bytes = (int64_t)f->columns * part->in_size;
    const bool small = f->columns == f->job->inner && bytes <= SHORT && bytes * f->n <= NEAR;
    if (!part->kernel->leaf || !(small || f->job->near)) return false;
    part->kernel->leaf(slot_of(f, part, 0), f->rows, f->n, f->columns);
    return true;
}

static bool has_single_rows(const leaf *f)
{
    return !f->worker && f->n > 1 && f->n <= f->lanes && part_of(f, f->begin)->kernel->plain;
}

/* Narrow: `lanes` rows are one long row of lanes * columns values; the last may be short. Folds those of the values
 * [start, end) of the leaf, which are at `values`. */
static void fold_long_rows_of(const leaf *f, const lsi_reduce_part *part, const char *values, int start, int end)
{
    enum { BATCH = 32 };
    const int width = f->lanes * f->columns;
    const void *rows[BATCH];
    int at = start;
    while (at + width <= end) {
        const int first = at;
        int count = 0;
        for (; count < BATCH && at + width <= end; at += width)
            rows[count++] = values + (int64_t)(at - start) * part->in_size;
        fold_rows(f, part, slot_of(f, part, 0), rows, count, width, 0, 0, first == 0);
    }
    rows[0] = values + (int64_t)(at - start) * part->in_size;
    if (at < end) fold_rows(f, part, slot_of(f, part, 0), rows, 1, end - at, 0, 0, at == 0);
}

static void fold_long_rows(const leaf *f)
{
    const int width = f->lanes * f->columns, all = f->n * f->columns;
    const int strip = f->worker ? LSI_STRIP / width * width : all;
    for (int start = 0; start < all; start += strip) {
        const int end = start + strip < all ? start + strip : all;
        if (f->worker) lsi_strip_run(f->worker, f->position + start, end - start);
        for (int q = f->begin; q < f->end; q++) {
            const lsi_reduce_part *part = part_of(f, q);
            if (!takes_part(f, part)) continue;
            const char *values = f->worker ? lsi_strip_value(f->worker, part->spec->value) : f->rows[0];
            fold_long_rows_of(f, part, values, start, end);
        }
    }
}

static void halve_long_row(const leaf *f, const lsi_reduce_part *part)
{
    const int64_t state = sum_size(f, part);
    char *lane = slot_of(f, part, 0);
    int present = f->n < f->lanes ? f->n : f->lanes;
    for (int half = f->lanes / 2; half >= 1; half /= 2) {
        const int pairs = present - half < half ? present - half : half;
        if (pairs > 0)
            merge_states(f, part, lane, lane, lane + half * f->columns * state, (int64_t)pairs * f->columns);
        present = present < half ? present : half;
    }
}

/* Sums (or squares, in the second pass) of the parts [begin, end) into their slots at depth 0. */
static void pass(const leaf *f)
{
    if (!f->job->narrow) {
        if (fold_quarters(f) || walk_near_rows(f)) return;
        if (has_single_rows(f)) walk_single_rows(f, 0, 1, 0);
        else walk(f, 0, 1, 0);
        return;
    }
    fold_long_rows(f);
    for (int q = f->begin; q < f->end; q++)
        if (takes_part(f, part_of(f, q))) halve_long_row(f, part_of(f, q));
}

/* Means of the first pass's sums, once for every row that is folded as a part of one long row. */
static void means_of(const leaf *f, const lsi_reduce_part *part)
{
    char *means = f->scratch + part->mean_at;
    const size_t bytes = (size_t)f->columns * (size_t)part->in_size;
    const int rows = f->job->narrow ? f->lanes : part->quarter_at ? f->lanes / 4 : 1;
    part->kernel->means(means, slot_of(f, part, 0), f->columns, f->n);
    for (int l = 1; l < rows; l++) memcpy(means + (size_t)l * bytes, means, bytes);
}

static void fold_parts(leaf *f)
{
    bool again = false;
    f->squares = false;
    pass(f);
    for (int q = f->begin; q < f->end; q++) {
        const lsi_reduce_part *part = part_of(f, q);
        if (part->kernel->part) means_of(f, part), again = true;
        else if (f->job->narrow)
            memcpy(lsi_reduce_level(f->job, part, f->scratch, f->level), slot_of(f, part, 0),
                   (size_t)f->columns * (size_t)part->kernel->state);
    }
    if (!again) return;
    f->squares = true;
    pass(f);
    for (int q = f->begin; q < f->end; q++) {
        const lsi_reduce_part *part = part_of(f, q);
        if (part->kernel->part)
            part->kernel->moments(lsi_reduce_level(f->job, part, f->scratch, f->level), f->scratch + part->mean_at,
                                  slot_of(f, part, 0), f->columns, f->n);
    }
}

/* Addresses of the leaf's rows, of the first alone where they are folded as parts of long ones: r counts the reduced
 * axes in C order. */
static void find_rows(leaf *f, const lsi_reduce_part *part, const char *start)
{
    const lsi_reduce_job *job = f->job;
    int64_t index[LS_MAX_NDIM] = {0}, rest = f->first, offset = 0;
    const int last = job->nreduced - 1;
    for (int a = last; a >= 0; a--) {
        index[a] = rest % job->reduced_shape[a];
        rest /= job->reduced_shape[a];
        offset += index[a] * part->in_reduced[a];
    }
    const int wanted = job->narrow || part->quarter_at ? 1 : f->n;
    for (int i = 0; i < wanted; i++) {
        f->rows[i] = start + offset * part->in_size;
        for (int a = last; a >= 0; a--) {
            offset += part->in_reduced[a];
            if (++index[a] < job->reduced_shape[a]) break;
            offset -= part->in_reduced[a] * job->reduced_shape[a];
            index[a] = 0;
        }
    }
}

void lsi_reduce_columns_leaf(const lsi_reduce_job *job, lsi_worker *worker, char *scratch, int64_t first, int64_t count,
                             int64_t number, int level)
{
    const int64_t o = first / job->inner, column = first % job->inner, r = number * LS_LEAF;
    leaf f;
    f.job = job, f.worker = worker, f.scratch = scratch, f.level = level;
    f.first = r, f.n = job->n - r < LS_LEAF ? (int)(job->n - r) : LS_LEAF;
    f.columns = (int)count, f.lanes = job->lanes;
    f.position = (o * job->n + r) * job->inner + column;
    if (worker) {
        f.begin = 0, f.end = job->nparts;
        fold_parts(&f);
        return;
    }
    for (int q = 0; q < job->nparts; q++) {
        const lsi_reduce_part *part = &job->parts[q];
        const int64_t at = lsi_reduce_outer(job, part->in_outer, o) + column;
        f.begin = q, f.end = q + 1;
        if (!job->narrow) f.lanes = part->kernel->lanes;
        find_rows(&f, part, part->in + at * part->in_size);
        fold_parts(&f);
    }
}
