/* SPDX-License-Identifier: BSD-3-Clause
 *
 * All threads of the host path. parallel.c is the only file that knows OpenMP: it opens one region per call, hands out
 * work, and sets each worker's rounding mode and denormal handling on entry and restores them on exit. */
#ifndef LSI_HOST_PARALLEL_H
#define LSI_HOST_PARALLEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Threads a region would use now: one per core the process may run on, or OMP_NUM_THREADS, or LOCKSTEP_NUM_THREADS, or
 * what lsi_parallel_force set; 1 inside the user's own parallel region, and in the forked child of a process that had
 * threads. */
int lsi_parallel_threads(void);
void lsi_parallel_force(int threads); /* 0: back to the default */

/* Runs body(thread, threads, context) on `threads` workers (1: on the caller, no region). Every worker has its own
 * number below `threads`; the real number may be lower than asked and is what body sees. Floating-point state is set
 * (round to nearest, no flush to zero) around each body, the caller's included. */
void lsi_parallel_run(int threads, void (*body)(int thread, int threads, void *context), void *context);

/* Threads worth using for `work` units that cost about `nanoseconds` each: 1 below about 2 us in all. */
int lsi_parallel_worth(int64_t work, double nanoseconds);

/* The contiguous part [*begin, *end) of [0, count) for one worker, in whole multiples of `grain` but for the last. */
void lsi_parallel_part(int64_t count, int64_t grain, int thread, int threads, int64_t *begin, int64_t *end);

/* Per-thread scratch that lives between calls, 64-byte aligned, at least `bytes`; NULL when out of memory. One block
 * per `slot` (lsi_scratch_slot) and thread, kept until the thread ends. */
typedef enum lsi_scratch_slot {
    LSI_SCRATCH_PLAN, LSI_SCRATCH_STRIP, LSI_SCRATCH_REDUCE, LSI_SCRATCH_MATMUL, LSI_SCRATCH_SCAN, LSI_SCRATCH_COUNT
} lsi_scratch_slot;
void *lsi_scratch(lsi_scratch_slot slot, size_t bytes);

/* What is known of the machine: decided once, from the system; hwloc, where built in, fills the gaps. */
typedef struct lsi_topology {
    int cores;              /* physical cores the process may run on */
    int processing_units;   /* hardware threads it may run on */
    int numa_nodes;
    size_t l1_bytes, l2_bytes, l3_bytes; /* per core, per core, last level; 0 unknown */
    int l3_cores;           /* cores that share one last-level cache; 0 unknown */
    size_t cache_bytes;     /* of L2 and L3 that all cores of the process together may count on */
    size_t memory_bytes;
    int quota;              /* processors' worth of time the control group allows; 0: no limit */
    bool from_hwloc;        /* hwloc had to fill a gap */
    char binding[128];      /* "0-1": the processing units of the process */
} lsi_topology;
const lsi_topology *lsi_topology_get(void);
/* What hwloc says, for people to read; false when it is not built in or does not work. Takes tens of milliseconds. */
bool lsi_topology_ask_hwloc(lsi_topology *out);

#endif
