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

/* Whole leaves from `leaf` on that a batch may hold; a last, shorter one is a batch of its own. */
static int64_t batch_of(const lsi_reduce_job *job, int64_t leaf, int64_t end)
{
    const int64_t whole = job->n / LS_LEAF - leaf, rest = end - leaf;
    const int64_t most = whole < rest ? whole : rest;
    return most < 1 ? 1 : most < LSI_REDUCE_BATCH ? most : LSI_REDUCE_BATCH;
}

void lsi_reduce_batched_leaf(const lsi_reduce_job *job, char *scratch, int64_t first, int64_t begin, int64_t end,
                             int64_t leaf, int level)
{
    const int64_t within = (leaf - begin) % LSI_REDUCE_BATCH, r = leaf * LS_LEAF;
    const bool last = job->n - r < LS_LEAF;
    for (int q = 0; q < job->nparts; q++) {
        const lsi_reduce_part *part = &job->parts[q];
        const lsi_reduce_kernel *kernel = part->kernel;
        char *batch = scratch + part->batch_at, *states = batch + within * kernel->state;
        const char *x = part->in + (lsi_reduce_outer(job, part->in_outer, first) + r) * part->in_size;
        if (last) kernel->rows(states, x, 1, (int)(job->n - r), r, 0);
        else if (within == 0) kernel->rows(states, x, batch_of(job, leaf, end), LS_LEAF, r, LS_LEAF);
        memcpy(lsi_reduce_level(job, part, scratch, level), states, (size_t)kernel->state);
    }
}
