/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Random users of a scheduler and a pool: they allocate, hand work over, free while it runs, wait now and then, upload,
 * look at results, run out of memory, and go on after failures. All of it from one seed. */
#ifndef LOCKSTEP_TESTS_RANDOM_PROGRAM_H
#define LOCKSTEP_TESTS_RANDOM_PROGRAM_H

#include "queue_world.h"

typedef struct program_result {
    long faults;
    char first_fault[200];
    lsi_scheduler_stats scheduler;
    lsi_pool_stats pool;
    long failed; /* pieces of work that could not be handed over */
} program_result;

/* False when there was no memory for the test itself. */
bool random_program_run(const world_options *options, int steps, program_result *result);

#endif
