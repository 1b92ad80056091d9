/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A reduction made ready: what reduce_space.c decides once and every worker of reduce.c reads.
 *
 * The iteration space becomes [outer, n, inner]: kept axes outside, the reduced axes in C order, kept axes inside. Two
 * ways lead through it. By rows (inner == 1): the n values of an output follow each other, a leaf is a strip. By
 * columns: memory runs along kept axes, a leaf is up to 1024 rows of `inner` columns, folded a row at a time.
 *
 * Outputs are numbered o * inner + c and worked on in tiles: some rows, or a block of columns of one o. The leaves of a
 * tile are cut into chunks of 2^k leaves, which are whole subtrees of the canonical tree, where there are too few tiles
 * for the threads. */
#ifndef LSI_HOST_REDUCE_JOB_H
#define LSI_HOST_REDUCE_JOB_H

#include "host/reduce.h"
#include "host/strip.h"

/* One reduction of the program. Strides are in elements. */
typedef struct lsi_reduce_part {
    const lsi_reduce_kernel *kernel;
    const lsi_reduction *spec;
    ls_dtype made;                        /* dtype of the kernel's results */
    int in_size, made_size, out_size;     /* bytes */
    const char *in;                       /* direct: element (0, 0, 0) */
    const char *times;                    /* direct, one row: what its values are multiplied by; NULL: nothing */
    int64_t in_outer[LS_MAX_NDIM], in_reduced[LS_MAX_NDIM], in_inner;
    char *out;
    int64_t out_outer[LS_MAX_NDIM], out_inner;
    char *partial;                        /* [chunks][outputs] states, with more than one chunk */
    size_t tree_at, lane_at, mean_at, batch_at, panel_at; /* places in a worker's scratch, */
    size_t quarter_at;                    /* another: of a leaf folded by quarters of its lanes; 0: it is not */
} lsi_reduce_part;

typedef struct lsi_reduce_job {
    const lsi_program *program;
    lsi_plan *plan;                       /* NULL: values are read where they are */
    bool by_columns;
    bool joined;                          /* direct: rows follow each other without gaps (rows of columns, too) */
    int64_t batch;                        /* by rows, direct: leaves folded at once, a power of two; else 1 */
    int64_t panel_rows;                   /* by rows: of a transposed panel; 0: none */
    int64_t turned;                       /* by rows: slices of a turned matrix; 0: it is none */
    int64_t edge;                         /* columns of a turned matrix that no leaf of a slice begins in: the last */
    int lanes;                            /* by columns: of every part whose order matters */
    bool narrow;                          /* by columns: lanes and columns are folded as one long row */
    bool near;                            /* by columns: all values together likely are in a cache */
    int64_t outer, n, inner, outputs;
    int nouter, nreduced;
    int64_t outer_shape[LS_MAX_NDIM], reduced_shape[LS_MAX_NDIM];
    int64_t tile;                         /* outputs of a tile, the last of a kind may have fewer */
    int64_t tiles_across, tiles;          /* tiles of one o (by columns); in all */
    int64_t leaves, chunk, chunks;        /* leaves of an output, of a chunk; chunks of an output */
    int64_t tasks;                        /* for threads: chunks of tiles, or of a turned matrix */
    double nanoseconds;                   /* of a task, roughly */
    int levels;                           /* of a chunk's tree */
    int threads;
    size_t scratch;                       /* bytes per worker */
    int nparts;
    lsi_reduce_part parts[LSI_PROGRAM_MAX_REDUCTIONS];
} lsi_reduce_job;

/* Decides everything above but `partial`. LS_ENOMEM is recorded. The outputs and n are not empty. */
ls_status lsi_reduce_prepare(const lsi_program *program, lsi_reduce_job *job);

/* Element offset of outer index o under `strides`. */
static inline int64_t lsi_reduce_outer(const lsi_reduce_job *job, const int64_t *strides, int64_t o)
{
    int64_t offset = 0;
    for (int a = job->nouter - 1; a > 0; a--) {
        offset += o % job->outer_shape[a] * strides[a];
        o /= job->outer_shape[a];
    }
    return job->nouter ? offset + o * strides[0] : 0;
}

/* The states of `count` outputs from `first` on, over leaf `leaf`, for every part: into tree level `level` of the
 * worker's scratch. */
void lsi_reduce_rows_leaf(const lsi_reduce_job *job, lsi_worker *worker, char *scratch, int64_t first, int64_t count,
                          int64_t leaf, int level);
/* The same for one row in place, over the leaves [leaf, end), no more than a batch: a node of the tree. */
void lsi_reduce_batch(const lsi_reduce_job *job, char *scratch, int64_t first, int64_t leaf, int64_t end, int level);
void lsi_reduce_columns_leaf(const lsi_reduce_job *job, lsi_worker *worker, char *scratch, int64_t first, int64_t count,
                             int64_t leaf, int level);

/* The same for one row through a panel. Reset first for every chunk. */
void lsi_reduce_panel_reset(const lsi_reduce_job *job, char *scratch);
void lsi_reduce_panel_leaf(const lsi_reduce_job *job, char *scratch, int64_t output, int64_t leaf, int level);

/* A turned matrix: how many tasks there are, and what one does: the states of all leaves that begin in some columns,
 * which are chunks of their own, into `partial`. */
int64_t lsi_reduce_turned_tasks(const lsi_reduce_job *job);
/* Bytes that one needs of a worker's scratch: more than a leaf. */
size_t lsi_reduce_turned_room(const lsi_reduce_job *job);
void lsi_reduce_turned_task(const lsi_reduce_job *job, char *scratch, int64_t number);

static inline char *lsi_reduce_level(const lsi_reduce_job *job, const lsi_reduce_part *part, char *scratch, int level)
{
    return scratch + part->tree_at + (size_t)level * (size_t)job->tile * (size_t)part->kernel->state;
}

#endif
