/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Leaves of values whose memory runs along an outer reduced axis, such as the sum of a whole transposed matrix: read in
 * their own order, each value would cost a cache line. So some rows of the reduced plane [rows, length] are transposed
 * into a panel that stays in the cache; its leaves are then read in order. A leaf that ends in the next panel is read
 * there: panels start with the row of the first leaf not yet made. */
#include "host/loops.h"
#include "host/reduce_job.h"
#include "reduce_order.h"

/* What the panel at the head of this record holds. */
typedef struct panel {
    int64_t output, row, rows; /* -1: nothing */
    char pad[64 - 3 * sizeof(int64_t)];
    char values[];
} panel;

static void fill(const lsi_reduce_job *job, const lsi_reduce_part *part, panel *p, int64_t output, int64_t row)
{
    const int64_t size = part->in_size, left = job->reduced_shape[0] - row, length = job->reduced_shape[1];
    const int64_t at = lsi_reduce_outer(job, part->in_outer, output) + row * part->in_reduced[0];
    p->output = output, p->row = row, p->rows = left < job->panel_rows ? left : job->panel_rows;
    lsi_loops_get()->moves->move[lsi_size_log((size_t)size)](p->rows, length, part->in + at * size,
                                                             part->in_reduced[0] * size, part->in_reduced[1] * size,
                                                             p->values, length * size, size);
}

void lsi_reduce_panel_reset(const lsi_reduce_job *job, char *scratch)
{
    for (int q = 0; q < job->nparts; q++) ((panel *)(scratch + job->parts[q].panel_at))->output = -1;
}

void lsi_reduce_panel_leaf(const lsi_reduce_job *job, char *scratch, int64_t output, int64_t leaf, int level)
{
    const int64_t r = leaf * LS_LEAF, length = job->reduced_shape[1];
    const int n = job->n - r < LS_LEAF ? (int)(job->n - r) : LS_LEAF;
    const int64_t first = r / length, last = (r + n - 1) / length;
    for (int q = 0; q < job->nparts; q++) {
        const lsi_reduce_part *part = &job->parts[q];
        panel *p = (panel *)(scratch + part->panel_at);
        if (p->output != output || first < p->row || last >= p->row + p->rows) fill(job, part, p, output, first);
        const char *values = p->values + (r - p->row * length) * part->in_size;
        part->kernel->rows(lsi_reduce_level(job, part, scratch, level), values, 1, n, r, 0);
    }
}
