/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The sum (or product) of a whole matrix against the way it lies in memory, such as that of a transpose: the values of
 * a leaf are a column, one to a cache line. So a group of columns is walked row by row, all of them at once, and lanes
 * are rows of accumulators, as where columns are outputs. But here the columns follow each other in one long order, so
 * each has its leaves begin in rows of its own:
 *
 *   * Row j of column c is r = c * length + j. Its lane r % L is kept in row j % L of the accumulators: for each column
 *     the lanes stand turned by its own amount. Halving them pairs the same ones all the same, and which is the left one
 *     of a pair does not show in a sum or a real product.
 *   * Every column has its leaves end before rows of one residue mod 1024; columns are ordered by it. There its lanes
 *     are halved to the leaf's state, and cleared.
 *   * A leaf belongs to the column it begins in. After the last row of a column the walk goes on at the top of the next
 *     one, until the last leaves are complete: those rows are read again, mostly from a cache.
 *
 * The states of all leaves are then merged as chunks are. */
#include "host/reduce_job.h"
#include "reduce_order.h"
#include <string.h>

typedef struct group {
    const lsi_reduce_job *job;
    const lsi_reduce_part *part;
    int64_t first, length;      /* column 0; rows of a column */
    int columns;                /* that leaves may begin in */
    const char *at;             /* row 0 of column 0 */
    char *lane;                 /* [lanes][width] accumulators */
    int64_t row, end;           /* that are next, and behind those that complete a leaf */
    int16_t order[LSI_REDUCE_TURN_MOST];   /* columns by the row that their first leaf begins in, */
    int16_t begins[LSI_REDUCE_TURN_MOST];  /* per column: that row; it may be in a column behind */
} group;

/* Rows behind the last one that a leaf of this column needs; 0 when none begins in it. */
static int64_t end_of(const group *g, int column)
{
    const int64_t before = (g->first + column) * g->length, begin = g->begins[column];
    if (begin >= g->length) return 0;
    const int64_t end = begin + ((g->length - 1 - begin) / LS_LEAF + 1) * LS_LEAF;
    return end < g->job->n - before ? end : g->job->n - before;
}

static void order_columns(group *g)
{
    g->row = g->length;
    g->end = 0;
    for (int c = 0; c < g->columns; c++) {
        const int64_t residue = (g->first + c) * g->length % LS_LEAF;
        int at = c;
        g->begins[c] = (int16_t)(residue ? LS_LEAF - residue : 0);
        for (; at > 0 && g->begins[g->order[at - 1]] > g->begins[c]; at--) g->order[at] = g->order[at - 1];
        g->order[at] = (int16_t)c;
        if (end_of(g, c) > g->end) g->end = end_of(g, c);
    }
    if (g->begins[g->order[0]] < g->row) g->row = g->begins[g->order[0]];
}

/* Folds the rows before `row`. Behind the last row of a column follow those of the next one, as far as there is one. */
static void walk(group *g, int64_t row)
{
    const int64_t step = g->part->in_reduced[1] * g->part->in_size, all = g->job->reduced_shape[0];
    while (g->row < row) {
        const int64_t further = g->row / g->length, j = g->row % g->length;
        const int64_t left = all - g->first - further, rest = g->length - j;
        const int64_t count = row - g->row < rest ? row - g->row : rest;
        const int columns = (int)(left < g->columns ? left : g->columns);
        if (columns > 0)
            g->part->kernel->turn(g->lane, (int)(g->row % LS_LEAF), g->at + further * g->part->in_size + j * step, step,
                                  count, columns);
        g->row += count;
    }
}

/* A row in which one leaf of a column ends and the next begins, as far as they begin in the column itself. */
static void turn_over(group *g, int column, int64_t row)
{
    const lsi_reduce_kernel *kernel = g->part->kernel;
    const int64_t begin = row - LS_LEAF, end = end_of(g, column);
    if (begin >= 0 && begin < g->length) {
        const int64_t leaf = ((g->first + column) * g->length + begin) / LS_LEAF;
        walk(g, row < end ? row : end);
        kernel->turned(g->part->partial + leaf * kernel->state, g->lane, column);
    }
    if (row < g->length) {
        walk(g, row);
        kernel->turn_clear(g->lane, column);
    }
}

void lsi_reduce_turned_group(const lsi_reduce_job *job, char *scratch, int64_t number)
{
    const lsi_reduce_part *part = &job->parts[0];
    group g = {.job = job, .part = part, .first = number * job->turned, .length = job->reduced_shape[1]};
    const int64_t left = job->reduced_shape[0] - g.first;
    g.columns = (int)(left < job->turned ? left : job->turned);
    g.at = part->in + g.first * part->in_size;
    g.lane = scratch + part->lane_at;
    order_columns(&g);
    for (int column = 0; column < (int)job->turned; column++) part->kernel->turn_clear(g.lane, column);
    for (int64_t around = 0; around < g.end + LS_LEAF; around += LS_LEAF)
        for (int i = 0; i < g.columns; i++) turn_over(&g, g.order[i], around + g.begins[g.order[i]]);
}
