/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Running a program over short strips that stay in L1. Decides how a value of a strip comes to be: where it is read,
 * which loop makes it, in which register it lives. Leaves to its callers (map.c, reduce.c) which strips there are, in
 * which order and on which thread.
 *
 * A plan is a program made ready for one order of axes: the iteration space with its axes permuted as the caller asks
 * and joined where possible. A position is a flat C-order index into that permuted space. A strip is the n positions
 * [start, start + n), n <= LSI_STRIP; it may cross rows. Running a strip computes every value of the program for these
 * positions and performs its stores; reductions are the caller's. */
#ifndef LSI_HOST_STRIP_H
#define LSI_HOST_STRIP_H

#include "program.h"

enum { LSI_STRIP = 1024 }; /* elements; also the leaf of the canonical reduction order */

typedef struct lsi_plan lsi_plan;     /* shared by workers, read only after making */
typedef struct lsi_worker lsi_worker; /* one per thread: registers and cursors, in that thread's scratch */

/* Makes a plan. `axis_order` lists the ndim axes of the program's space, outermost first; NULL = as they are. The
 * program is borrowed and must outlive the plan. LS_ENOMEM is recorded for program->function. */
ls_status lsi_plan_new(const lsi_program *program, const int *axis_order, lsi_plan **plan);
void lsi_plan_free(lsi_plan *plan);
int64_t lsi_plan_count(const lsi_plan *plan);            /* positions in all */
double lsi_plan_cost(const lsi_plan *plan);              /* rough ns per element on one thread, for serial cut-over */

/* A worker for the calling thread; NULL when out of memory. Valid until the same thread asks again. */
lsi_worker *lsi_worker_get(const lsi_plan *plan);
/* Runs the strip. */
void lsi_strip_run(lsi_worker *worker, int64_t start, int n);
/* The n elements of a value that a reduction names, in the strip just run: contiguous, 64-byte aligned unless it points
 * into a source or a target, valid until the next run. The caller must not write through it. */
const void *lsi_strip_value(const lsi_worker *worker, int value);
/* When value v is a buffer source that needs no gathering: its address at position 0 and its element stride along the
 * innermost (joined) axis and the one outside it, so that a reduction may read memory directly. False otherwise. */
typedef struct lsi_direct {
    const char *base;
    int ndim;                      /* joined axes of the plan's space for this value */
    int64_t shape[LS_MAX_NDIM], strides[LS_MAX_NDIM]; /* elements */
} lsi_direct;
bool lsi_plan_direct(const lsi_plan *plan, int value, lsi_direct *out);

/* The drivers behind lsi_backend.run: map.c for programs without reductions, reduce.c for those with; scan.c. */
ls_status lsi_host_map(const lsi_program *program);
ls_status lsi_host_reduce(const lsi_program *program);
ls_status lsi_host_scan(const lsi_scan *scan);

#endif
