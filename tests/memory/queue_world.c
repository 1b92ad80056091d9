/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The world of queue_world.h. Nothing here knows how the scheduler works. */
#include "queue_world.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64 << 10, CHUNKS = WORLD_MEMORY / CHUNK, EVENTS = 4096, FAILURE = 7, STRIDE = 4096, ALL_OF = 8192 };
static const uintptr_t base = (uintptr_t)1 << 40; /* no host address */

typedef struct record {
    int refs; /* the event that has it as its latest, and the items */
    bool fired;
    lsi_clock clock;
} record;

typedef struct sim_event {
    record *latest;
    bool alive;
    int syncing;
} sim_event;

typedef struct item {
    struct item *next;
    enum { WORK, RECORD, WAIT } kind;
    record *record;
    uint64_t id;
    int naccess;
    world_access accesses[WORLD_ACCESSES];
    lsi_clock host; /* what the host knew to be done when it was enqueued */
} item;

typedef struct queue {
    item *first, **last;
    lsi_clock clock; /* of the judge: what comes before the queue's next item */
    uint64_t worked;
    int priority;
} queue;

typedef struct granule {
    uint64_t value, expected;
    uint32_t writer;      /* stream + 1; 0: none */
    uint64_t written;     /* its number of the work */
    lsi_clock read;
} granule;

struct world {
    lsi_prim prim; /* first: the pool's */
    pthread_mutex_t lock;
    world_options options;
    lsi_queues queues;
    lsi_scheduler *scheduler;
    queue streams[LSI_MAX_STREAMS];
    lsi_clock host;
    sim_event events[EVENTS];
    int unused[EVENTS], nunused;
    long events_alive;
    bool taken[CHUNKS];
    int chunks;
    granule *memory;
    uint64_t random;
    int favourite;
    long faults;
    char first_fault[200];
    void (*intruder)(void *context);
    void *intruder_context;
    bool intruding;
};

/* -- chance and faults -------------------------------------------------------------------------------------------- */

static uint64_t draw(world *w, uint64_t below)
{
    w->random ^= w->random << 13, w->random ^= w->random >> 7, w->random ^= w->random << 17;
    return (w->random * UINT64_C(0x2545F4914F6CDD1D) >> 16) % below;
}

uint64_t world_draw(world *w, uint64_t below)
{
    pthread_mutex_lock(&w->lock);
    const uint64_t drawn = draw(w, below);
    pthread_mutex_unlock(&w->lock);
    return drawn;
}

static void fault(world *w, const char *text)
{
    if (w->faults++ == 0) snprintf(w->first_fault, sizeof w->first_fault, "%s", text);
}

void world_fault(world *w, const char *text)
{
    pthread_mutex_lock(&w->lock);
    fault(w, text);
    pthread_mutex_unlock(&w->lock);
}

static bool fails(world *w)
{
    return w->options.fail_one_in > 0 && draw(w, (uint64_t)w->options.fail_one_in) == 0;
}

/* -- memory and the judge ----------------------------------------------------------------------------------------- */

static granule *granule_of(world *w, uintptr_t address)
{
    return &w->memory[(address - base) / WORLD_GRANULE];
}

/* The granules looked at: all of a small block; of a large one the ends and one in every 4 KiB of the address space. */
static uintptr_t next_address(uintptr_t at, uintptr_t end, bool all)
{
    const uintptr_t last = (end - 1) / WORLD_GRANULE * WORLD_GRANULE;
    const uintptr_t next = all ? at + WORLD_GRANULE : (at / STRIDE + 1) * STRIDE;
    return at < last && next > last ? last : next;
}

static bool comes_before(const lsi_clock *clock, int stream, uint64_t number)
{
    return clock->at[stream] >= number;
}

static bool all_before(const lsi_clock *clock, const lsi_clock *reads)
{
    for (int t = 0; t < LSI_MAX_STREAMS; t++)
        if (reads->at[t] > clock->at[t]) return false;
    return true;
}

static void judge(world *w, granule *g, bool write, int stream, const lsi_clock *clock)
{
    if (g->writer && !comes_before(clock, (int)g->writer - 1, g->written))
        fault(w, write ? "a write is not ordered after a write" : "a read is not ordered after a write");
    if (write && !all_before(clock, &g->read)) fault(w, "a write is not ordered after a read");
    if (write) {
        g->writer = (uint32_t)stream + 1;
        g->written = clock->at[stream];
        g->read = (lsi_clock){{0}};
    } else {
        g->read.at[stream] = clock->at[stream];
    }
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    a = (a ^ b) * UINT64_C(0x9E3779B97F4A7C15);
    return a ^ a >> 29;
}

/* What work computes: a number from its id and everything it reads, written everywhere it writes. The first granule of
 * what it reads stands for the rest. */
static uint64_t result_of(world *w, uint64_t id, int naccess, const world_access *accesses, bool expected)
{
    uint64_t value = mix(id, 1);
    for (int k = 0; k < naccess; k++) {
        if (accesses[k].write) continue;
        const uintptr_t end = accesses[k].address + accesses[k].bytes;
        for (uintptr_t at = accesses[k].address; at < end; at = next_address(at, end, accesses[k].bytes <= ALL_OF)) {
            const granule *g = granule_of(w, at);
            value = mix(value, expected ? g->expected : g->value);
        }
    }
    return value;
}

static void store(world *w, uint64_t value, int naccess, const world_access *accesses, bool expected)
{
    for (int k = 0; k < naccess; k++) {
        if (!accesses[k].write) continue;
        const uintptr_t end = accesses[k].address + accesses[k].bytes;
        for (uintptr_t at = accesses[k].address; at < end; at = next_address(at, end, accesses[k].bytes <= ALL_OF)) {
            granule *g = granule_of(w, at);
            *(expected ? &g->expected : &g->value) = value;
        }
    }
}

static void work(world *w, int stream, const item *it)
{
    queue *q = &w->streams[stream];
    q->clock.at[stream] = ++q->worked;
    for (int k = 0; k < it->naccess; k++) {
        const uintptr_t end = it->accesses[k].address + it->accesses[k].bytes;
        uintptr_t at = it->accesses[k].address;
        for (; at < end; at = next_address(at, end, it->accesses[k].bytes <= ALL_OF))
            judge(w, granule_of(w, at), it->accesses[k].write, stream, &q->clock);
    }
    store(w, result_of(w, it->id, it->naccess, it->accesses, false), it->naccess, it->accesses, false);
}

/* -- running ------------------------------------------------------------------------------------------------------ */

static void drop_record(record *r)
{
    if (r && --r->refs == 0) free(r);
}

static bool can_run(const queue *q)
{
    return q->first && (q->first->kind != WAIT || q->first->record->fired);
}

static void run_head(world *w, int stream)
{
    queue *q = &w->streams[stream];
    item *it = q->first;
    q->first = it->next;
    if (!q->first) q->last = &q->first;
    lsi_clock_join(&q->clock, &it->host);
    if (it->kind == WORK) work(w, stream, it);
    if (it->kind == WAIT) lsi_clock_join(&q->clock, &it->record->clock);
    if (it->kind == RECORD) {
        it->record->clock = q->clock;
        it->record->fired = true;
    }
    drop_record(it->record);
    free(it);
}

static int any_runnable(world *w)
{
    const int n = w->options.streams, from = (int)draw(w, (uint64_t)n);
    for (int k = 0; k < n; k++)
        if (can_run(&w->streams[(from + k) % n])) return (from + k) % n;
    return -1;
}

static int highest_runnable(world *w)
{
    int best = -1;
    if (draw(w, 50) == 0) w->streams[draw(w, (uint64_t)w->options.streams)].priority = (int)draw(w, 1000);
    for (int t = 0; t < w->options.streams; t++)
        if (can_run(&w->streams[t]) && (best < 0 || w->streams[t].priority > w->streams[best].priority)) best = t;
    return best;
}

static int choose(world *w)
{
    if (w->options.policy == WORLD_PRIORITIES) return highest_runnable(w);
    if (w->options.policy == WORLD_RANDOM) return any_runnable(w);
    if (!can_run(&w->streams[w->favourite])) w->favourite = any_runnable(w);
    const int chosen = w->favourite;
    if (chosen < 0) w->favourite = 0;
    return chosen;
}

static bool step(world *w)
{
    const int stream = choose(w);
    if (stream >= 0) run_head(w, stream);
    return stream >= 0;
}

void world_breathe(world *w)
{
    pthread_mutex_lock(&w->lock);
    const uint64_t steps = w->options.policy == WORLD_LAZY ? 0 : draw(w, 4) ? draw(w, 5) : draw(w, 60);
    for (uint64_t k = 0; k < steps && step(w); k++) continue;
    pthread_mutex_unlock(&w->lock);
}

void world_finish(world *w)
{
    pthread_mutex_lock(&w->lock);
    while (step(w)) continue;
    for (int t = 0; t < w->options.streams; t++)
        if (w->streams[t].first) fault(w, "a stream waits for ever");
    pthread_mutex_unlock(&w->lock);
}

/* -- the queues --------------------------------------------------------------------------------------------------- */

static item *append(world *w, int stream, int kind, record *r)
{
    item *it = calloc(1, sizeof *it);
    if (!it) abort();
    it->kind = kind;
    it->record = r;
    it->host = w->host;
    if (r) r->refs++;
    *w->streams[stream].last = it;
    w->streams[stream].last = &it->next;
    return it;
}

static int queue_record(void *context, int stream, void **handle)
{
    world *w = context;
    pthread_mutex_lock(&w->lock);
    int code = fails(w) || w->nunused == 0 ? FAILURE : 0;
    if (code == 0) {
        sim_event *e = &w->events[w->unused[--w->nunused]];
        record *r = calloc(1, sizeof *r);
        if (!r) abort();
        drop_record(e->latest);
        e->latest = r;
        e->alive = true;
        r->refs = 1;
        w->events_alive++;
        append(w, stream, RECORD, r);
        *handle = e;
    }
    pthread_mutex_unlock(&w->lock);
    return code;
}

static int queue_wait(void *context, int stream, void *handle)
{
    world *w = context;
    sim_event *e = handle;
    pthread_mutex_lock(&w->lock);
    const int code = fails(w) ? FAILURE : 0;
    if (!e->alive) fault(w, "a stream waits for an event that was given back");
    if (code == 0 && e->latest) append(w, stream, WAIT, e->latest);
    pthread_mutex_unlock(&w->lock);
    return code;
}

static int queue_query(void *context, void *handle, bool *done)
{
    world *w = context;
    sim_event *e = handle;
    pthread_mutex_lock(&w->lock);
    const int code = fails(w) ? FAILURE : 0;
    if (!e->alive) fault(w, "an event that was given back is asked");
    *done = code == 0 && e->latest->fired;
    if (*done) lsi_clock_join(&w->host, &e->latest->clock);
    pthread_mutex_unlock(&w->lock);
    return code;
}

static void intrude(world *w)
{
    if (!w->intruder || w->intruding) return;
    w->intruding = true;
    pthread_mutex_unlock(&w->lock);
    w->intruder(w->intruder_context);
    pthread_mutex_lock(&w->lock);
    w->intruding = false;
}

/* Steps with the lock taken anew each time, so that other threads come in between. */
static int queue_synchronize(void *context, void *handle)
{
    world *w = context;
    sim_event *e = handle;
    pthread_mutex_lock(&w->lock);
    if (!e->alive) fault(w, "a thread waits for an event that was given back");
    record *r = e->latest;
    int code = fails(w) ? FAILURE : 0;
    r->refs++;
    e->syncing++;
    intrude(w);
    while (code == 0 && !r->fired) {
        if (!step(w)) {
            fault(w, "a thread waits for ever");
            code = FAILURE;
        }
        pthread_mutex_unlock(&w->lock);
        pthread_mutex_lock(&w->lock);
    }
    e->syncing--;
    if (code == 0) lsi_clock_join(&w->host, &r->clock);
    drop_record(r);
    pthread_mutex_unlock(&w->lock);
    return code;
}

static void queue_discard(void *context, void *handle)
{
    world *w = context;
    sim_event *e = handle;
    pthread_mutex_lock(&w->lock);
    if (!e->alive) fault(w, "an event is given back twice");
    if (e->syncing) fault(w, "an event is given back while a thread waits for it");
    e->alive = false;
    w->events_alive--;
    w->unused[w->nunused++] = (int)(e - w->events);
    pthread_mutex_unlock(&w->lock);
}

void world_enqueue(world *w, int stream, uint64_t id, int naccess, const world_access *accesses)
{
    pthread_mutex_lock(&w->lock);
    item *it = append(w, stream, WORK, NULL);
    it->id = id;
    it->naccess = naccess;
    memcpy(it->accesses, accesses, (size_t)naccess * sizeof *accesses);
    store(w, result_of(w, id, naccess, accesses, true), naccess, accesses, true);
    pthread_mutex_unlock(&w->lock);
}

/* -- the prim ----------------------------------------------------------------------------------------------------- */

/* Every address has a granule; those never written agree at zero, on both sides. */
static void poison(world *w, uintptr_t address, size_t bytes)
{
    for (size_t k = 0; k < bytes / WORLD_GRANULE; k++) {
        granule *g = granule_of(w, address) + k;
        const uint64_t value = draw(w, UINT64_MAX);
        *g = (granule){.value = value, .expected = value};
    }
}

static int run_of_chunks(const world *w, int chunks)
{
    for (int at = 0, found = 0; at < w->chunks; at++) {
        found = w->taken[at] ? 0 : found + 1;
        if (found == chunks) return at - chunks + 1;
    }
    return -1;
}

static void *prim_allocate(lsi_prim *prim, size_t bytes)
{
    world *w = (world *)prim;
    if (lsi_alloc_should_fail()) return NULL;
    pthread_mutex_lock(&w->lock);
    const int chunks = (int)(bytes / CHUNK), at = fails(w) ? -1 : run_of_chunks(w, chunks);
    for (int k = 0; at >= 0 && k < chunks; k++) w->taken[at + k] = true;
    if (at >= 0) poison(w, base + (uintptr_t)at * CHUNK, bytes);
    pthread_mutex_unlock(&w->lock);
    return at < 0 ? NULL : (void *)(base + (uintptr_t)at * CHUNK);
}

/* The host must know that all uses are over. */
static void prim_release(lsi_prim *prim, void *block, size_t bytes)
{
    world *w = (world *)prim;
    pthread_mutex_lock(&w->lock);
    for (size_t k = 0; k < bytes / CHUNK; k++) {
        const size_t at = ((uintptr_t)block - base) / CHUNK + k;
        if (!w->taken[at]) fault(w, "memory is released that was not allocated");
        w->taken[at] = false;
    }
    for (size_t k = 0; k < bytes / WORLD_GRANULE; k++) {
        const granule *g = granule_of(w, (uintptr_t)block) + k;
        if ((g->writer && !comes_before(&w->host, (int)g->writer - 1, g->written)) || !all_before(&w->host, &g->read))
            fault(w, "memory is released while work may use it");
    }
    for (int t = 0; t < w->options.streams; t++)
        for (const item *it = w->streams[t].first; it; it = it->next)
            for (int k = 0; k < it->naccess; k++)
                if (it->accesses[k].address < (uintptr_t)block + bytes &&
                    (uintptr_t)block < it->accesses[k].address + it->accesses[k].bytes)
                    fault(w, "memory is released that work in a queue uses");
    pthread_mutex_unlock(&w->lock);
}

static void prim_capacity(lsi_prim *prim, size_t *total, size_t *available)
{
    const world *w = (const world *)prim;
    *total = (size_t)w->chunks * CHUNK;
    *available = 0;
}

/* A failure is tried again: only a lost device may give up. */
static void prim_settle(lsi_prim *prim, const lsi_clock *work_done)
{
    world *w = (world *)prim;
    int code = 1;
    for (int k = 0; k < 1000 && code != 0; k++)
        code = work_done ? lsi_scheduler_wait_clock(w->scheduler, work_done) : lsi_scheduler_wait_all(w->scheduler);
    if (code != 0) world_fault(w, "settling failed a thousand times");
}

/* -- beginning and end -------------------------------------------------------------------------------------------- */

world *world_new(const world_options *options)
{
    world *w = calloc(1, sizeof *w);
    granule *memory = w ? calloc(WORLD_GRANULES, sizeof *memory) : NULL;
    if (!memory) {
        free(w);
        return NULL;
    }
    w->options = *options;
    w->memory = memory;
    w->random = options->seed * UINT64_C(0x9E3779B97F4A7C15) | 1;
    w->chunks = options->small_memory ? CHUNKS / 2 : CHUNKS;
    w->prim = (lsi_prim){.name = "world", .alignment = 256, .granularity = CHUNK, .context = w,
                         .allocate = prim_allocate, .release = prim_release, .capacity = prim_capacity,
                         .settle = prim_settle, .splittable = options->splittable};
    w->queues = (lsi_queues){.context = w, .streams = options->streams, .wished = options->wished,
                             .record = queue_record, .wait = queue_wait, .query = queue_query,
                             .synchronize = queue_synchronize, .discard = queue_discard};
    for (int t = 0; t < LSI_MAX_STREAMS; t++) {
        w->streams[t].last = &w->streams[t].first;
        w->streams[t].priority = (int)draw(w, 1000);
    }
    while (w->nunused < EVENTS) {
        w->unused[w->nunused] = w->nunused;
        w->nunused++;
    }
    pthread_mutex_init(&w->lock, NULL);
    return w;
}

void world_delete(world *w)
{
    for (int t = 0; t < LSI_MAX_STREAMS; t++) {
        while (w->streams[t].first) {
            item *it = w->streams[t].first;
            w->streams[t].first = it->next;
            drop_record(it->record);
            free(it);
        }
    }
    for (int k = 0; k < EVENTS; k++) drop_record(w->events[k].latest);
    pthread_mutex_destroy(&w->lock);
    free(w->memory);
    free(w);
}

bool world_agrees(world *w)
{
    for (size_t k = 0; k < WORLD_GRANULES; k++)
        if (w->memory[k].value != w->memory[k].expected) return false;
    return true;
}

uint64_t world_value(world *w, uintptr_t address)
{
    return granule_of(w, address)->value;
}

uint64_t world_expected(world *w, uintptr_t address)
{
    return granule_of(w, address)->expected;
}

const lsi_queues *world_queues(world *w) { return &w->queues; }
lsi_prim *world_prim(world *w) { return &w->prim; }
void world_set_scheduler(world *w, lsi_scheduler *scheduler) { w->scheduler = scheduler; }
long world_faults(world *w) { return w->faults; }
const char *world_first_fault(world *w) { return w->first_fault; }
long world_events_alive(world *w) { return w->events_alive; }

void world_set_intruder(world *w, void (*intruder)(void *context), void *context)
{
    w->intruder = intruder;
    w->intruder_context = context;
}
