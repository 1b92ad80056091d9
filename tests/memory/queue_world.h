/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Streams and events without a GPU, and a judge of what was ordered.
 *
 * Each stream is a queue of items: work, records of events, waits for them. A seeded chooser runs any head that may run, in
 * orders no GPU would think of. The rules are CUDA's: a wait captures the event's latest record at the time of the call,
 * and waiting for an event never recorded is no wait. Event handles given back are handed out again at once.
 *
 * The judge keeps vector clocks of its own, made from nothing but the items: it reports two accesses of the same memory
 * that no chain of events, streams and finished waits orders, whatever order they happened to run in; and memory that is
 * released while work may use it. Besides, work computes values, and a copy of the memory is computed in the order of the
 * calls: both must agree. */
#ifndef LOCKSTEP_TESTS_QUEUE_WORLD_H
#define LOCKSTEP_TESTS_QUEUE_WORLD_H

#include "memory/pool.h"
#include "memory/scheduler.h"

enum { WORLD_MEMORY = 8 << 20, WORLD_GRANULE = 64, WORLD_GRANULES = WORLD_MEMORY / WORLD_GRANULE, WORLD_ACCESSES = 8 };

typedef enum world_policy {
    WORLD_RANDOM,    /* any stream, a few steps after each call */
    WORLD_ONE_FIRST, /* one stream as far as it goes, then another */
    WORLD_LAZY,      /* nothing before somebody waits */
    WORLD_PRIORITIES /* the stream with the highest priority that can run; priorities change now and then */
} world_policy;

typedef struct world_access {
    uintptr_t address;
    size_t bytes;
    bool write;
} world_access;

typedef struct world world;

typedef struct world_options {
    uint64_t seed;
    world_policy policy;
    int streams, wished;
    bool splittable, small_memory;
    int fail_one_in; /* a call of a queue or of the prim fails with this chance; 0: never */
} world_options;

world *world_new(const world_options *options); /* NULL when out of memory */
void world_delete(world *w);
const lsi_queues *world_queues(world *w);
lsi_prim *world_prim(world *w);                              /* settles through the scheduler given: */
void world_set_scheduler(world *w, lsi_scheduler *scheduler);
/* Work on a stream, called between begin and end. */
void world_enqueue(world *w, int stream, uint64_t id, int naccess, const world_access *accesses);
/* Runs what the policy wants to run now; everything. */
void world_breathe(world *w);
void world_finish(world *w);
/* The memory as the work has left it so far, and as it must be in the end. */
uint64_t world_value(world *w, uintptr_t address);
uint64_t world_expected(world *w, uintptr_t address);
bool world_agrees(world *w); /* everywhere */
/* A check of the caller's that failed. */
void world_fault(world *w, const char *text);
long world_faults(world *w);
const char *world_first_fault(world *w); /* "" when there is none */
long world_events_alive(world *w);
/* Called inside synchronize, as if by another thread; NULL: nothing. */
void world_set_intruder(world *w, void (*intruder)(void *context), void *context);
uint64_t world_draw(world *w, uint64_t below); /* from the seed; for one thread */

#endif
