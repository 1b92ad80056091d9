/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The ways in which the host runs elementwise work: every instruction set that is here, and the best one once more with
 * each program planned and streamed as if it were large, in short strips: small ones take a shorter road. One thread;
 * test_hashes.c has more. */
#ifndef LOCKSTEP_TESTS_CONFORMANCE_WAYS_H
#define LOCKSTEP_TESTS_CONFORMANCE_WAYS_H

#include "host/isa.h"
#include "host/plan.h"
#include <lockstep.h>

enum { SHORT_STRIP = 48 };

/* The instruction sets that run here, from the baseline on. Another device than the host has one way to run. */
static inline bool on_host(void) { return ls_device_in_use().id == LS_HOST.id; }

static inline int isa_count(void) { return on_host() ? (int)lsi_isa_best() + 1 : 1; }

static inline int ways_count(void) { return on_host() ? isa_count() + 1 : 1; }

static inline void as_if_large(bool yes)
{
    lsi_map_force(yes);
    lsi_strip_force(yes ? SHORT_STRIP : 0);
}

static inline void ways_go(int way)
{
    lsi_isa_force((lsi_isa)(way < isa_count() ? way : way - 1));
    as_if_large(way == isa_count());
    ls_set_num_threads(1);
}

static inline const char *ways_name(int way)
{
    return way == isa_count() ? "as if large" : lsi_isa_name((lsi_isa)way);
}

#endif
