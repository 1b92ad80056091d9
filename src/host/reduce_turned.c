/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The sum (or product) of a whole matrix against the way it lies in memory, such as that of a transpose: the values of
 * a leaf are a column, one to a cache line. So a group of columns is walked row by row, all of them at once, and lanes
 * are rows of accumulators, as where columns are outputs. But here the columns follow each other in one long order, so
 * each has its leaves begin in rows of its own:
 *
 *   * Row j of column c is r = c * length + j. Its lane r % L is kept in row j % L of the accumulators: for each column
 *     the lanes stand turned by its own amount, which matters only when a leaf is read out.
 *   * Every column has a leaf end at rows of one residue mod 1024; columns are listed by it. There its lanes are read
 *     out, put in order, halved to the leaf's state, and cleared: an identity is folded without a trace.
 *   * What a column holds before its first leaf begins is the end of the column before, and dropped. After the last row
 *     the walk goes on at the top of the next column until the last leaves are complete: some rows are read twice.
 *
 * The states of all leaves are then merged as chunks are. */
#include "host/reduce_job.h"
#include "reduce_order.h"
#include <string.h>

enum { AHEAD = 8, LINE = 64, NONE = -1 };

typedef struct group {
    const lsi_reduce_job *job;
    const lsi_reduce_part *part;
    int64_t first, length;      /* column 0; rows of a column */
    int columns, lanes;
    const char *at;             /* row 0 of column 0 */
    char *lane;                 /* [lanes][columns] accumulators */
    int16_t ending[LS_LEAF];    /* a column whose leaves end before rows of this residue, */
    int16_t next[LSI_REDUCE_TURN_MOST]; /* and the next such one */
} group;

static void list_columns(group *g)
{
    for (int i = 0; i < LS_LEAF; i++) g->ending[i] = NONE;
    for (int c = 0; c < g->columns; c++) {
        const int64_t residue = (LS_LEAF - (g->first + c) * g->length % LS_LEAF) % LS_LEAF;
        g->next[c] = g->ending[residue];
        g->ending[residue] = (int16_t)c;
    }
}

static void clear(const group *g, int column, int lane)
{
    const size_t size = (size_t)g->part->in_size;
    memcpy(g->lane + (size_t)(lane * g->columns + column) * size, g->part->kernel->identity, size);
}

/* The lanes of a column, in order; cleared. A constant size makes the copies moves. */
static inline __attribute__((always_inline)) void read_out(const group *g, int column, int turn, char *lanes,
                                                           size_t size)
{
    char *at = g->lane + (size_t)column * size;
    const char *identity = g->part->kernel->identity;
    const size_t step = (size_t)g->columns * size;
    for (int l = 0; l < g->lanes; l++) {
        char *from = at + (size_t)((l - turn) & (g->lanes - 1)) * step;
        memcpy(lanes + (size_t)l * size, from, size);
        memcpy(from, identity, size);
    }
}

/* The leaf of `count` values that ends before r = `end` in a column. */
static void end_leaf(const group *g, int column, int64_t end, int count)
{
    const lsi_reduce_kernel *kernel = g->part->kernel;
    const int turn = (int)((g->first + column) * g->length % g->lanes);
    char lanes[LS_LANE_BYTES] __attribute__((aligned(64)));
    if (kernel->state == 4) read_out(g, column, turn, lanes, 4);
    else if (kernel->state == 8) read_out(g, column, turn, lanes, 8);
    else read_out(g, column, turn, lanes, 16);
    if (count == 0) return;
    kernel->rows(g->part->partial + (end - count) / LS_LEAF * kernel->state, lanes, 1,
                 count < g->lanes ? count : g->lanes, 0, 0);
}

/* Leaves that end before row j: those that began in their column, and not behind the end of all, are kept. */
static void end_leaves(const group *g, int64_t j)
{
    const bool whole = j >= LS_LEAF && j - LS_LEAF < g->length;
    for (int c = g->ending[j % LS_LEAF]; c != NONE; c = g->next[c]) {
        const int64_t end = (g->first + c) * g->length + j;
        end_leaf(g, c, end, whole && end <= g->job->n ? LS_LEAF : 0);
    }
}

static void fold_row(const group *g, int64_t j, const char *at, int columns, int64_t step)
{
    const size_t size = (size_t)g->part->in_size;
    const void *row = at;
    for (size_t b = 0; b < (size_t)columns * size; b += LINE)
        __builtin_prefetch(at + AHEAD * step + (int64_t)b); /* behind the end as well: that is allowed */
    g->part->kernel->fold(g->lane + (size_t)(j % g->lanes) * (size_t)g->columns * size, &row, 1, columns, 0, 1, 0);
}

void lsi_reduce_turned_group(const lsi_reduce_job *job, char *scratch, int64_t number)
{
    const lsi_reduce_part *part = &job->parts[0];
    const int64_t step = part->in_reduced[1] * part->in_size, rest = job->n % LS_LEAF;
    group g = {.job = job, .part = part, .first = number * job->turned, .length = job->reduced_shape[1]};
    const int64_t left = job->reduced_shape[0] - g.first;
    g.columns = (int)(left < job->turned ? left : job->turned);
    g.lanes = part->kernel->lanes;
    g.at = part->in + g.first * part->in_size;
    g.lane = scratch + part->lane_at;
    const bool last = g.columns == left;
    list_columns(&g);
    for (int l = 0; l < g.lanes; l++)
        for (int c = 0; c < g.columns; c++) clear(&g, c, l);
    for (int64_t j = 0; j < g.length; j++) {
        end_leaves(&g, j);
        fold_row(&g, j, g.at + j * step, g.columns, step);
    }
    if (last && rest) end_leaf(&g, g.columns - 1, job->n, (int)rest);
    for (int64_t j = g.length; j < g.length + LS_LEAF; j++) {
        end_leaves(&g, j);
        fold_row(&g, j, g.at + part->in_size + (j - g.length) * step, g.columns - last, step);
    }
}
