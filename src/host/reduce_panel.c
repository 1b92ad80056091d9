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

enum { BLOCK = 16, LINE = 64, FAR = 1 << 16 }; /* FAR: bytes; nearer runs come as fast without being asked for */

/* Asks for `count` runs of `bytes`, `step` bytes apart: each is on a page of its own, unseen by prefetchers. */
static void ask_for(const char *at, int64_t count, int64_t step, int64_t bytes)
{
    for (int64_t i = 0; i < count; i++)
        for (int64_t b = 0; b < bytes; b += LINE) __builtin_prefetch(at + i * step + b, 0, 2);
}

/* Transposes rows x length values, sixteen columns of each row at a time, which is as wide as a row's writes need, while
 * the next ones are on their way. */
static void transpose(int64_t rows, int64_t length, const char *from, int64_t near, int64_t far, char *to, int64_t size)
{
    const lsi_moves *moves = lsi_loops_get()->moves;
    const bool asks = far * size >= FAR || far * size <= -FAR;
    const char *lowest = near < 0 ? from + (rows - 1) * near * size : from;
    for (int64_t j = 0; j < length; j += BLOCK) {
        const int64_t left = length - j - BLOCK, next = left < 0 ? 0 : left < BLOCK ? left : BLOCK;
        if (asks) ask_for(lowest + (j + BLOCK) * far * size, next, far * size, rows * (near < 0 ? -near : near) * size);
        moves->move[lsi_size_log((size_t)size)](rows, length - j < BLOCK ? length - j : BLOCK, from + j * far * size,
                                                near * size, far * size, to + j * size, length * size, size);
    }
}

/* From `row` on, up to the row where the chunk ends. */
static void fill(const lsi_reduce_job *job, const lsi_reduce_part *part, panel *p, int64_t output, int64_t row,
                 int64_t leaf)
{
    const int64_t size = part->in_size, length = job->reduced_shape[1];
    const int64_t end = (leaf / job->chunk + 1) * job->chunk * LS_LEAF;
    const int64_t left = ((end < job->n ? end : job->n) - 1) / length - row + 1;
    const int64_t at = lsi_reduce_outer(job, part->in_outer, output) + row * part->in_reduced[0];
    p->output = output, p->row = row, p->rows = left < job->panel_rows ? left : job->panel_rows;
    transpose(p->rows, length, part->in + at * size, part->in_reduced[0], part->in_reduced[1], p->values, size);
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
        if (p->output != output || first < p->row || last >= p->row + p->rows) fill(job, part, p, output, first, leaf);
        const char *values = p->values + (r - p->row * length) * part->in_size;
        part->kernel->rows(lsi_reduce_level(job, part, scratch, level), values, 1, n, r, 0);
    }
}
