/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What evaluations have done since a moment: tests count programs, stores and bytes with it. */
#ifndef LOCKSTEP_TESTS_WORK_H
#define LOCKSTEP_TESTS_WORK_H

#include "lockstep.h"

/* Counters since the last call of work_begin. */
static ls_work work_before;

static void work_begin(void)
{
    work_before = ls_work_done();
}

static ls_work work(void)
{
    ls_work now = ls_work_done();
    return (ls_work){.programs = now.programs - work_before.programs,
                     .instructions = now.instructions - work_before.instructions,
                     .sources_read = now.sources_read - work_before.sources_read,
                     .values_stored = now.values_stored - work_before.values_stored,
                     .reductions = now.reductions - work_before.reductions,
                     .bytes_read = now.bytes_read - work_before.bytes_read,
                     .bytes_written = now.bytes_written - work_before.bytes_written};
}

#endif
