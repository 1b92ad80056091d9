/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A GPU that is none, below the driver table of src/device/driver.h: memory that faults when host code touches it, streams
 * whose work runs as late as somebody waits for it and in an order that only streams and events decide, kernels of
 * tests/shim. Built as a plug-in, liblockstep-simulated.so; LOCKSTEP_CUDA_PLUGIN names it to any test program, unchanged.
 *
 * A happens-before check looks at every access of every piece of work (as declared by src/device/work.c; copies and fills
 * know their own) and reports two of them that nothing orders, whatever order was run. It also reports memory given back
 * while work may use it, work on memory that is not there, and bytes changed behind a block's end.
 *
 *   LOCKSTEP_SIMULATED_SEED=n      of the order, of threads and blocks in kernels; 1 when not given
 *   LOCKSTEP_SIMULATED_POLICY=p    random, far (one stream as far as possible), late (only what is waited for), eager (at
 *                                  once); else the seed chooses one of the first three
 *   LOCKSTEP_SIMULATED_FAIL=n:c    the n-th driver call gives code c; run:n:c: so does the n-th piece of work, when it runs
 *   LOCKSTEP_SIMULATED_GUARD=pages work is held to the memory it said it would touch; slower
 *   LOCKSTEP_SIMULATED_DEVICES=n   GPUs; 1 when not given
 *   LOCKSTEP_SIMULATED_MEMORY=n    MiB of each; 8192 when not given
 *   LOCKSTEP_SIMULATED_CONTROL=off tests find no simulated_control: they do what they do on a real GPU */
#ifndef LOCKSTEP_TESTS_SIMULATED_H
#define LOCKSTEP_TESTS_SIMULATED_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct simulated_stats {
    long calls;             /* of the driver */
    long launches, copies, fills, waits, records;
    long ran, queued;       /* pieces of work: done, not yet */
    long events_alive, blocks_alive;
    long bytes_alive;
    long violations;        /* found while `forgive` was on */
} simulated_stats;

/* What tests may ask and do; thread-safe. */
typedef struct simulated_control {
    void (*stats)(simulated_stats *out);
    /* The n-th driver call from now on (1: the next) gives `code` and does nothing; `name` (or NULL) counts only calls of
     * that entry ("cuMemAlloc"). n = 0: none. After a code that CUDA cannot recover from, every call gives it. */
    void (*fail_call)(const char *name, long n, unsigned code);
    void (*fail_run)(long n, unsigned code); /* the n-th piece of work from now on, when it runs */
    bool (*fail_pending)(void);              /* a failure was asked for and has not come yet */
    void (*heal)(void);                      /* as if the process had been started again: no failures, nothing lost */
    void (*reseed)(uint64_t seed, const char *policy); /* policy NULL: the seed chooses */
    void (*forgive)(bool on);                /* count violations, do not abort */
    void (*drop_waits)(bool on);             /* streams do not wait for events: what the check is there to find */
    const char *(*violation)(void);          /* text of the last one, "" when there was none */
    void *(*function)(const char *module, const char *name); /* a CUfunction of the kernels of the shim; NULL: none */
} simulated_control;

#define SIMULATED_SYMBOL "lockstep_simulated"

/* NULL when LOCKSTEP_CUDA_PLUGIN is not this plug-in: the GPU, if there is one, is real. */
__attribute__((unused)) static const simulated_control *simulated_get(void)
{
    const char *path = getenv("LOCKSTEP_CUDA_PLUGIN"), *control = getenv("LOCKSTEP_SIMULATED_CONTROL");
    if (control && strcmp(control, "off") == 0) return NULL;
    void *plugin = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    return plugin ? dlsym(plugin, SIMULATED_SYMBOL) : NULL;
}

#endif
