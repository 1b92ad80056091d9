/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Leaves by rows: the values of an output follow each other, in memory or in a strip. */
#include "host/reduce_job.h"
#include "reduce_order.h"

/* Values where they are: rows without gaps in one call, else row by row. */
static void leaf_in_place(const lsi_reduce_job *job, const lsi_reduce_part *part, void *states, int64_t first,
                          int64_t count, int64_t r, int n)
{
    const int64_t step = job->joined ? count : 1;
    for (int64_t i = 0; i < count; i += step) {
        const int64_t at = lsi_reduce_outer(job, part->in_outer, first + i) + r;
        part->kernel->rows((char *)states + i * part->kernel->state, part->in + at * part->in_size, step, n, r);
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
        if (job->plan) part->kernel->rows(states, lsi_strip_value(worker, part->spec->value), count, n, r);
        else leaf_in_place(job, part, states, first, count, r, n);
    }
}
