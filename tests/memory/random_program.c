/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The users of random_program.h: what they do at each step, and how often. */
#include "random_program.h"

#include <stdio.h>
#include <string.h>

enum { BUFFERS = 24, MOST_READS = 3, TICKETS = 16 };

typedef struct buffer {
    uintptr_t address; /* 0: none */
    size_t bytes;
    bool filled;
    lsi_uses uses;
} buffer;

typedef struct program {
    world *w;
    lsi_scheduler *scheduler;
    lsi_pool *pool;
    int streams, wished;
    buffer buffers[BUFFERS];
    lsi_ticket tickets[TICKETS];
    uint64_t id;
    long failed;
} program;

static buffer *any(program *p)
{
    return &p->buffers[world_draw(p->w, BUFFERS)];
}

/* Small ones mostly, some of the size of slabs and above. */
static size_t any_size(program *p)
{
    const uint64_t kind = world_draw(p->w, 10);
    if (kind < 5) return world_draw(p->w, 3000) + 1;
    if (kind < 8) return world_draw(p->w, 200000) + 1;
    return ((size_t)1 << 20) + world_draw(p->w, (uint64_t)1 << 20);
}

static void allocate(program *p, buffer *b)
{
    b->bytes = any_size(p);
    memset(&b->uses, 0, sizeof b->uses);
    b->address = (uintptr_t)lsi_pool_allocate_after(p->pool, b->bytes, &b->uses.used);
    b->filled = false;
}

static void release(program *p, buffer *b)
{
    if (b->address) lsi_pool_free_after(p->pool, (void *)b->address, &b->uses.used);
    b->address = 0;
}

static int add(const buffer *b, bool write, int n, world_access *accesses)
{
    accesses[n] = (world_access){b->address, b->bytes, write};
    return n + 1;
}

/* One piece of work: false when it could not be handed over; then nothing has happened. */
static bool hand_over(program *p, lsi_lane lane, int wish, int n, lsi_access *uses, const world_access *accesses)
{
    int stream = -1;
    lsi_ticket ticket;
    if (lsi_scheduler_begin(p->scheduler, lane, wish, n, uses, &stream) != 0) {
        p->failed++;
        return false;
    }
    const bool refused = world_draw(p->w, 40) == 0; /* a launch that fails */
    if (!refused) world_enqueue(p->w, stream, ++p->id, n, accesses);
    lsi_scheduler_end(p->scheduler, stream, n, uses, !refused, &ticket);
    if (refused) p->failed++;
    else p->tickets[world_draw(p->w, TICKETS)] = ticket;
    return !refused;
}

static int any_wish(program *p)
{
    return world_draw(p->w, 6) == 0 ? (int)world_draw(p->w, (uint64_t)p->streams) : -1;
}

/* Reads some filled buffers and writes one; now and then it reads that one too, and writes another. */
static void compute(program *p)
{
    lsi_access uses[WORLD_ACCESSES];
    world_access accesses[WORLD_ACCESSES];
    buffer *target = any(p), *second = any(p);
    int n = 0;
    if (!target->address) allocate(p, target);
    if (!target->address) return;
    for (uint64_t k = world_draw(p->w, MOST_READS + 1); k > 0; k--) {
        buffer *source = any(p);
        if (!source->address || !source->filled) continue;
        uses[n] = (lsi_access){&source->uses, false};
        n = add(source, false, n, accesses);
    }
    uses[n] = (lsi_access){&target->uses, true};
    n = add(target, true, n, accesses);
    const bool two = second != target && second->address && world_draw(p->w, 4) == 0;
    if (two) uses[n] = (lsi_access){&second->uses, true};
    if (two) n = add(second, true, n, accesses);
    const lsi_lane lane = world_draw(p->w, 8) == 0 ? LSI_LANE_UPLOAD : LSI_LANE_COMPUTE;
    if (!hand_over(p, lane, any_wish(p), n, uses, accesses)) return;
    target->filled = true;
    second->filled |= two;
}

/* Scratch: allocated, used by one piece of work, freed before it runs. */
static void with_scratch(program *p)
{
    buffer scratch, *source = any(p);
    lsi_access uses[2];
    world_access accesses[2];
    int n = 0;
    allocate(p, &scratch);
    if (!scratch.address) return;
    uses[n] = (lsi_access){&scratch.uses, true};
    n = add(&scratch, true, n, accesses);
    if (source->address && source->filled) uses[n] = (lsi_access){&source->uses, false};
    if (source->address && source->filled) n = add(source, false, n, accesses);
    hand_over(p, LSI_LANE_COMPUTE, any_wish(p), n, uses, accesses);
    release(p, &scratch);
}

/* As ls_item does: a read on the download lane, a wait, a look. */
static void download(program *p)
{
    buffer *b = any(p);
    lsi_ticket ticket;
    int stream;
    if (!b->address || !b->filled) return;
    lsi_access uses = {&b->uses, false};
    const world_access access = {b->address, b->bytes, false};
    if (lsi_scheduler_begin(p->scheduler, LSI_LANE_DOWNLOAD, -1, 1, &uses, &stream) != 0) return;
    world_enqueue(p->w, stream, ++p->id, 1, &access);
    lsi_scheduler_end(p->scheduler, stream, 1, &uses, true, &ticket);
    if (lsi_scheduler_wait(p->scheduler, ticket) != 0) return;
    if (world_value(p->w, b->address) != world_expected(p->w, b->address))
        world_fault(p->w, "a wrong value was downloaded");
    if (!lsi_scheduler_is_done(p->scheduler, ticket)) world_fault(p->w, "what was waited for is not done");
}

static void look(program *p)
{
    lsi_clock clock = {{0}};
    const lsi_ticket ticket = p->tickets[world_draw(p->w, TICKETS)];
    switch (world_draw(p->w, 4)) {
    case 0: lsi_scheduler_is_done(p->scheduler, ticket); break;
    case 1: lsi_scheduler_wait(p->scheduler, ticket); break;
    case 2:
        clock = any(p)->uses.used;
        lsi_scheduler_wait_clock(p->scheduler, &clock);
        break;
    default: lsi_pool_trim(p->pool, (size_t)world_draw(p->w, WORLD_MEMORY)); break;
    }
}

static void one_step(program *p)
{
    const uint64_t kind = world_draw(p->w, 100);
    if (kind < 60) compute(p);
    else if (kind < 70) with_scratch(p);
    else if (kind < 90) release(p, any(p));
    else if (kind < 94) look(p);
    else if (kind < 97) download(p);
    else if (kind < 98) lsi_scheduler_wait_all(p->scheduler);
    world_breathe(p->w);
}

static void finish(program *p)
{
    for (int k = 0; k < BUFFERS; k++) release(p, &p->buffers[k]);
    if (!lsi_pool_valid(p->pool)) world_fault(p->w, "the pool is not valid");
    world_finish(p->w);
    if (!world_agrees(p->w)) world_fault(p->w, "the memory is not what the order of the calls makes it");
}

/* Another thread's doings while this one waits: everything is waited for, and events come and go. */
static void intruder(void *context)
{
    program *p = context;
    lsi_scheduler_wait_all(p->scheduler);
}

bool random_program_run(const world_options *options, int steps, program_result *result)
{
    program p = {.w = world_new(options), .streams = options->streams, .wished = options->wished};
    memset(result, 0, sizeof *result);
    p.scheduler = p.w ? lsi_scheduler_new(world_queues(p.w)) : NULL;
    if (p.w) world_set_scheduler(p.w, p.scheduler);
    p.pool = p.scheduler ? lsi_pool_new(world_prim(p.w)) : NULL;
    if (p.pool) {
        world_set_intruder(p.w, world_draw(p.w, 4) ? NULL : intruder, &p);
        for (int k = 0; k < steps && world_faults(p.w) == 0; k++) one_step(&p);
        finish(&p);
        lsi_scheduler_get_stats(p.scheduler, &result->scheduler);
        lsi_pool_get_stats(p.pool, &result->pool);
    }
    const bool made = p.pool != NULL;
    lsi_pool_delete(p.pool);
    lsi_scheduler_delete(p.scheduler);
    if (p.w) {
        if (world_events_alive(p.w) != 0) world_fault(p.w, "events were not given back");
        result->faults = world_faults(p.w);
        snprintf(result->first_fault, sizeof result->first_fault, "%s", world_first_fault(p.w));
        world_delete(p.w);
    }
    result->failed = p.failed;
    return made;
}
