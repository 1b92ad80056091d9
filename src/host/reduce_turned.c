/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The sum (or product) of a whole matrix against the way it lies in memory, such as that of a transpose: the values of
 * a leaf are a column, one to a cache line. So the leaves of some columns are folded side by side, a vector of columns
 * (a slice) at a time, as where columns are outputs. But here the columns follow each other in one long order, so each
 * has its leaves begin in rows of its own:
 *
 *   * Row j of column c is r = c * length + j, and leaves begin where r % 1024 == 0. From column to column that moves
 *     by -length % 1024 rows. A slice is walked from the first beginning to the last end; where rows belong to the
 *     leaves of some of its columns only, the others take in the identity.
 *   * Lane r % L of a column is made of the rows of one residue mod L, another one in each column. Halving rows j and
 *     j + L/2 pairs the same lanes all the same, and which is the left one of a pair does not show in a sum or a real
 *     product.
 *   * A leaf belongs to the column it begins in. Behind the last row of a column follows the first one of the next,
 *     which for a vector of columns is the first row of memory, one column further.
 *
 * Leaves that begin in the last columns are gathered instead, as there would be no column further. The states of all
 * leaves are then merged as chunks are. */
#include "host/loops.h"
#include "host/parallel.h"
#include "host/reduce_job.h"
#include "reduce_order.h"
#include <string.h>

enum {
    LONG_BYTES = 1024,                        /* of slices walked together where columns are long */
    SHORT_SLICES = LSI_REDUCE_TURN_SLICES / 2 /* where all is one turn, to which a slice may be added twice */
};

/* Slices that are walked together, so that what they share of pages and cache lines is read once. */
typedef struct group {
    const lsi_reduce_job *job;
    const lsi_reduce_part *part;
    int64_t length;                        /* rows of a column */
    int64_t start, end;                    /* the row that rows[0] is, maybe before the first; where the turn ends */
    int columns;                           /* of a slice */
    const void *rows[LSI_REDUCE_TURN_ROWS]; /* of column 0, or of one further where the row is behind the last */
    lsi_reduce_slice slices[LSI_REDUCE_TURN_SLICES]; /* in which leaves begin, in rows counted from `start` */
    int count, low, high;                  /* of them; the first and the last beginning */
} group;

/* Whether all leaves that begin in a column are folded in one turn. */
static bool is_short(const lsi_reduce_job *job) { return job->reduced_shape[1] <= LS_LEAF; }

/* Slices of a group, at most. */
static int64_t most_of(const lsi_reduce_job *job)
{
    const lsi_reduce_part *part = &job->parts[0];
    return is_short(job) ? SHORT_SLICES : LONG_BYTES / (part->kernel->slice * part->in_size);
}

/* Groups: as few as their width allows, but the same number for every thread. */
static int64_t groups_of(const lsi_reduce_job *job)
{
    const int64_t most = most_of(job), fewest = (job->turned + most - 1) / most;
    const int64_t even = (fewest + job->threads - 1) / job->threads * job->threads;
    return even < job->turned ? even : job->turned;
}

int64_t lsi_reduce_turned_tasks(const lsi_reduce_job *job) { return groups_of(job); }

size_t lsi_reduce_turned_room(const lsi_reduce_job *job)
{
    const lsi_reduce_part *part = &job->parts[0];
    const int64_t slices = is_short(job) ? LSI_REDUCE_TURN_SLICES : most_of(job);
    return (size_t)(LSI_REDUCE_TURN_LANES * slices * part->kernel->slice * part->in_size);
}

/* The last slice shares columns with the one before. */
static int64_t column_of(const group *g, int64_t slice)
{
    const int64_t last = g->job->reduced_shape[0] - g->job->edge - g->columns;
    return slice * g->columns < last ? slice * g->columns : last;
}

static int64_t modulo_leaf(int64_t row) { return row & (LS_LEAF - 1); }

/* The row in which the first leaf begins that begins in this column, or, of short ones, behind it. */
static int64_t begin_of(const group *g, int64_t column) { return modulo_leaf(-column * g->length); }

/* The column of a slice whose leaves begin before those of the others, as long as that is not more than a leaf. */
static int64_t leader_of(const group *g, int64_t slice)
{
    const bool earlier = modulo_leaf(g->length) < LS_LEAF / 2; /* the next column begins so many rows earlier */
    return column_of(g, slice) + (earlier ? g->columns - 1 : 0);
}

/* Adds a slice, with the leaf that begins in a column in rows [from, from + 1024), if there is one. */
static void add_leaves(group *g, int64_t number, int64_t from)
{
    const int64_t first = column_of(g, number);
    lsi_reduce_slice *slice = &g->slices[g->count];
    bool any = false;
    slice->column = first;
    for (int i = 0; i < g->columns; i++) {
        const int64_t begin = from + modulo_leaf(begin_of(g, first + i) - from);
        const bool own = first + i >= number * g->columns && begin >= 0 && begin < g->length;
        const int at = (int)(begin - g->start);
        slice->begins[i] = own ? at : LSI_REDUCE_NOWHERE;
        if (!own) continue;
        any = true;
        g->low = at < g->low ? at : g->low;
        g->high = at > g->high ? at : g->high;
    }
    g->count += any;
}

/* Adds a slice for each leaf of its leader that begins within this turn. */
static void add_slice(group *g, int64_t number)
{
    const int64_t leader = begin_of(g, leader_of(g, number));
    for (int64_t from = g->start + modulo_leaf(leader - g->start); from < g->end; from += LS_LEAF)
        add_leaves(g, number, from);
}

/* Addresses of the rows between the first and the last beginning and a leaf further, and some more on both sides, which
 * the kernel may read but does not use: any will do. */
static void find_rows(group *g)
{
    const int lanes = g->part->kernel->lanes;
    const int64_t step = g->part->in_reduced[1] * g->part->in_size;
    const int begin = g->low / lanes * lanes, end = (g->high + LS_LEAF + lanes - 1) / lanes * lanes;
    for (int i = begin; i < end;) {
        const int64_t row = g->start + i, further = row < 0 ? 0 : row / g->length;
        const bool is_there = row >= 0 && further <= g->job->edge;
        const int64_t left = row < 0 ? -row : (further + 1) * g->length - row;
        const int count = (int)(left < end - i ? left : end - i);
        const char *at = g->part->in + (is_there ? further * g->part->in_size + (row - further * g->length) * step : 0);
        for (int k = 0; k < count; k++) g->rows[i + k] = at + (is_there ? k * step : 0);
        i += count;
    }
}

/* The leaves of all slices that have been added. */
static void turn(group *g, char *room)
{
    const lsi_reduce_kernel *kernel = g->part->kernel;
    char states[LSI_REDUCE_TURN_SLICES * LSI_REDUCE_SLICE_BYTES] __attribute__((aligned(16))), *state = states;
    if (g->count == 0) return;
    find_rows(g);
    kernel->turn(states, g->rows, g->slices, g->count, g->length, room);
    for (int s = 0; s < g->count; s++)
        for (int i = 0; i < g->columns; i++, state += kernel->state) {
            const int begin = g->slices[s].begins[i];
            const int64_t r = (g->slices[s].column + i) * g->length + g->start + begin;
            if (begin == LSI_REDUCE_NOWHERE) continue;
            memcpy(g->part->partial + r / LS_LEAF * kernel->state, state, (size_t)kernel->state);
        }
}

/* Short columns in one turn, their rows read on and on. Of long ones that would be too many at a time: a turn is of the
 * leaves that begin within half a leaf of that of the group's leader. */
static void walk_group(const lsi_reduce_job *job, int64_t first, int64_t end, char *room)
{
    const lsi_reduce_part *part = &job->parts[0];
    group g;
    g.job = job, g.part = part, g.length = job->reduced_shape[1], g.columns = part->kernel->slice;
    g.start = is_short(job) ? -LS_LEAF : begin_of(&g, leader_of(&g, first)) - 2 * LS_LEAF - LS_LEAF / 2;
    for (; g.start < g.length; g.start = g.end) {
        g.end = is_short(job) ? g.length : g.start + LS_LEAF;
        g.count = 0, g.low = INT32_MAX, g.high = 0;
        for (int64_t slice = first; slice < end; slice++) add_slice(&g, slice);
        turn(&g, room);
    }
}

/* Leaves that begin in the last columns, value by value. */
static void gather_edge(const lsi_reduce_job *job, char *values)
{
    const lsi_reduce_part *part = &job->parts[0];
    const lsi_moves *moves = lsi_loops_get()->moves;
    const int64_t length = job->reduced_shape[1], size = part->in_size, step = part->in_reduced[1] * size;
    const int64_t first = (job->reduced_shape[0] - job->edge) * length;
    for (int64_t leaf = (first + LS_LEAF - 1) / LS_LEAF; leaf < job->leaves; leaf++) {
        const int64_t begin = leaf * LS_LEAF, n = job->n - begin < LS_LEAF ? job->n - begin : LS_LEAF;
        for (int64_t i = 0, count; i < n; i += count) {
            const int64_t column = (begin + i) / length, row = (begin + i) % length;
            count = length - row < n - i ? length - row : n - i;
            moves->move[lsi_size_log((size_t)size)](1, count, part->in + column * size + row * step, size, step,
                                                    values + i * size, count * size, size);
        }
        part->kernel->rows(part->partial + leaf * part->kernel->state, values, 1, (int)n, begin, 0);
    }
}

/* The last one gathers as well, of lines that it has just read. */
void lsi_reduce_turned_task(const lsi_reduce_job *job, char *scratch, int64_t number)
{
    char *room = scratch + job->parts[0].lane_at;
    int64_t first, end;
    lsi_parallel_part(job->turned, 1, (int)number, (int)groups_of(job), &first, &end);
    walk_group(job, first, end, room);
    if (end == job->turned) gather_edge(job, room);
}
