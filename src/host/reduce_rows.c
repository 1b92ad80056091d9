/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Leaves by rows: the values of an output follow each other, in memory or in a strip. */
#include "host/reduce_job.h"
#include "reduce_order.h"
#include <string.h>

/* Values where they are: rows without gaps in one call, else row by row. */
static void leaf_in_place(const lsi_reduce_job *job, const lsi_reduce_part *part, void *states, int64_t first,
                          int64_t count, int64_t r, int n)
{
    const int64_t step = job->joined ? count : 1;
    for (int64_t i = 0; i < count; i += step) {
        const int64_t at = lsi_reduce_outer(job, part->in_outer, first + i) + r;
        part->kernel->rows((char *)states + i * part->kernel->state, part->in + at * part->in_size, step, n, r, 0);
    }
}

void lsi_reduce_rows_leaf(const lsi_reduce_job *job, lsi_worker *worker, char *scratch, int64_t first, int64_t count,
                          int64_t leaf, int level)
{
    const int64_t r = leaf * LS_LEAF;
    const int n = job->n - r < LS_LEAF ? (int)(job->n - r) : LS_LEAF;
    if (job->plan) lsi_strip_run(worker, first * job->n + r, (int)count * n);
    for (int q = 0; q < job->nparts; q++) {
        const lsi_reduce_part *part = &job->parts[q];
        char *states = lsi_reduce_level(job, part, scratch, level);
        if (job->plan) part->kernel->rows(states, lsi_strip_value(worker, part->spec->value), count, n, r, 0);
        else leaf_in_place(job, part, states, first, count, r, n);
    }
}

/* `count` leaves of n values from r on. */
static void fold_leaves(const lsi_reduce_part *part, void *states, const char *x, int64_t count, int n, int64_t r)
{
    if (part->times) part->kernel->products(states, x, part->times + r * part->in_size, count, n);
    else part->kernel->rows(states, x, count, n, r, n == LS_LEAF ? LS_LEAF : 0);
}

/* Folds the values of a batch's leaves, which are next to each other, into one state. */
static void fold_batch(const lsi_reduce_part *part, char *batch, const char *x, int64_t values, int64_t r)
{
    const lsi_reduce_kernel *kernel = part->kernel;
    const int64_t whole = values / LS_LEAF, rest = values % LS_LEAF, size = part->in_size;
    if (kernel->lanes == 1) {
        kernel->rows(batch, x, 1, (int)values, r, 0);
        return;
    }
    if (whole > 0) fold_leaves(part, batch, x, whole, LS_LEAF, r);
    if (rest > 0)
        fold_leaves(part, batch + whole * kernel->state, x + whole * LS_LEAF * size, 1, (int)rest, r + whole * LS_LEAF);
    for (int64_t left = whole + (rest > 0); left > 1; left = (left + 1) / 2) kernel->pairs(batch, left);
}

void lsi_reduce_batch(const lsi_reduce_job *job, char *scratch, int64_t first, int64_t leaf, int64_t end, int level)
{
    const int64_t r = leaf * LS_LEAF, values = end * LS_LEAF < job->n ? (end - leaf) * LS_LEAF : job->n - r;
    for (int q = 0; q < job->nparts; q++) {
        const lsi_reduce_part *part = &job->parts[q];
        const char *x = part->in + (lsi_reduce_outer(job, part->in_outer, first) + r) * part->in_size;
        char *batch = scratch + part->batch_at;
        fold_batch(part, batch, x, values, r);
        memcpy(lsi_reduce_level(job, part, scratch, level), batch, (size_t)part->kernel->state);
    }
}
