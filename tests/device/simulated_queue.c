/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Streams and events of the simulated GPU. Work waits in its stream until somebody waits for it, or the queue is full; what
 * runs first is the policy's choice among the streams whose next piece may run. An event stands for the place of its
 * latest record at the time it is waited for; one that was never recorded holds nobody up. */
#include "simulated_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUEUE_ROOM = 2000 };

typedef struct queue {
    struct CUstream_st stream;
    bool used;
    sim_item *first, *last;
    uint64_t enqueued, done; /* positions */
    sim_clock clock;         /* at[own index] counts its own work */
} queue;

static queue queues[SIM_STREAMS];
static sim_clock host;
static uint64_t state;
static sim_policy policy;
static int favourite;
bool sim_drop_waits;
long sim_ran, sim_queued, sim_launches, sim_copies, sim_fills, sim_waits, sim_records;

uint64_t sim_random(void)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void sim_queue_seed(uint64_t seed, const char *name)
{
    static const char *const names[] = {"random", "far", "late", "eager"};
    state = seed;
    policy = (sim_policy)(seed % 3);
    for (int i = 0; name && i < 4; i++)
        if (strcmp(name, names[i]) == 0) policy = (sim_policy)i;
}

const sim_clock *sim_host_clock(void)
{
    return &host;
}

/* --- running --- */

static void free_item(sim_item *item)
{
    free(item->ranges);
    free(item->snapshot);
    free(item->args);
    free(item);
}

static void run_item(sim_item *item)
{
    switch (item->kind) {
    case SIM_COPY: memmove(item->to, item->from, item->bytes); break;
    case SIM_FILL: memset(item->to, item->value, item->bytes); break;
    case SIM_LAUNCH:
        lsi_shim_run(item->kernel, item->grid[0], item->grid[1], item->grid[2], item->threads, item->shared_bytes,
                     item->args, sim_random());
        break;
    case SIM_RECORD:
    case SIM_WAIT: break;
    }
}

static bool may_run(const queue *q)
{
    const sim_item *head = q->first;
    return head && (head->kind != SIM_WAIT || queues[head->target].done >= head->target_position);
}

static void run_head(queue *q)
{
    sim_item *item = q->first;
    q->first = item->next;
    if (!q->first) q->last = NULL;
    const bool works = item->kind <= SIM_LAUNCH;
    const bool fails = works && sim_fails_now();
    if (works && !fails) {
        for (int i = 0; i < item->nrange; i++) sim_memory_open(item->ranges[i].address, item->ranges[i].bytes);
        if (item->nrange == 0) sim_memory_open_all();
        run_item(item);
        sim_ran++;
    }
    q->done = item->position;
    sim_queued--;
    free_item(item);
    if (fails) sim_drop_all();
}

void sim_drop_all(void)
{
    for (int i = 0; i < SIM_STREAMS; i++) {
        queue *q = &queues[i];
        while (q->first) {
            sim_item *item = q->first;
            q->first = item->next;
            free_item(item);
            sim_queued--;
        }
        q->last = NULL;
        q->done = q->enqueued;
    }
}

/* A stream whose head may run: the favourite one as long as it can (FAR), else any. */
static queue *choose(void)
{
    int able[SIM_STREAMS], n = 0;
    for (int i = 0; i < SIM_STREAMS; i++)
        if (may_run(&queues[i])) able[n++] = i;
    if (n == 0) {
        fprintf(stderr, "simulated GPU: streams wait for each other\n");
        abort();
    }
    if (policy == SIM_FAR && may_run(&queues[favourite])) return &queues[favourite];
    favourite = able[sim_random() % (uint64_t)n];
    return &queues[favourite];
}

/* Only what the position needs. */
static void run_needed(queue *q, uint64_t position)
{
    while (q->done < position) {
        const sim_item *head = q->first;
        if (head->kind == SIM_WAIT) run_needed(&queues[head->target], head->target_position);
        run_head(q);
    }
}

/* Memory that was opened for work stays open until the host goes on. */
static void run_until(queue *q, uint64_t position)
{
    if (policy == SIM_LATE) run_needed(q, position);
    while (q->done < position) run_head(choose());
    sim_memory_close();
}

static void run_some(long count)
{
    for (; count > 0 && sim_queued > 0; count--) run_head(choose());
    sim_memory_close();
}

/* --- enqueuing --- */

sim_item *sim_item_new(sim_kind kind, int nrange)
{
    sim_item *item = calloc(1, sizeof *item);
    if (!item) abort();
    item->kind = kind;
    item->nrange = nrange;
    item->ranges = calloc((size_t)nrange + 1, sizeof *item->ranges);
    if (!item->ranges) abort();
    return item;
}

static void append(queue *q, sim_item *item)
{
    item->position = ++q->enqueued;
    if (q->last) q->last->next = item;
    else q->first = item;
    q->last = item;
    sim_queued++;
    if (policy == SIM_EAGER) run_until(q, item->position);
    if (sim_queued > QUEUE_ROOM) run_some(QUEUE_ROOM / 2);
}

void sim_enqueue(lsi_stream stream, sim_item *item, const char *what)
{
    queue *q = &queues[stream->index];
    sim_launches += item->kind == SIM_LAUNCH;
    sim_copies += item->kind == SIM_COPY;
    sim_fills += item->kind == SIM_FILL;
    sim_clock_join(&q->clock, &host);
    q->clock.at[stream->index]++;
    sim_check_accesses(stream->index, q->clock.at[stream->index], &q->clock, what, item->nrange, item->ranges);
    append(q, item);
}

void sim_record(lsi_stream stream, lsi_event event)
{
    queue *q = &queues[stream->index];
    sim_records++;
    sim_item *item = sim_item_new(SIM_RECORD, 0);
    sim_clock_join(&q->clock, &host);
    event->stream = stream->index;
    event->position = q->enqueued + 1;
    event->clock = q->clock;
    append(q, item);
}

void sim_wait(lsi_stream stream, lsi_event event)
{
    queue *q = &queues[stream->index];
    sim_waits++;
    if (event->stream < 0 || sim_drop_waits) return;
    sim_item *item = sim_item_new(SIM_WAIT, 0);
    item->target = event->stream;
    item->target_position = event->position;
    sim_clock_join(&q->clock, &event->clock);
    append(q, item);
}

/* --- waiting --- */

static void host_knows(const sim_clock *clock)
{
    sim_clock_join(&host, clock);
    sim_check_forget(&host);
}

/* Asking may find that some more has run meanwhile; hardly ever where everything is late. */
bool sim_event_done(lsi_event event)
{
    if (event->stream < 0) return true;
    const long steps = (long)(sim_random() % (policy == SIM_LATE ? 32 : 4));
    run_some(policy == SIM_LATE ? steps == 0 : steps);
    const bool done = queues[event->stream].done >= event->position;
    if (done) host_knows(&event->clock);
    return done;
}

void sim_synchronize_event(lsi_event event)
{
    if (event->stream < 0) return;
    run_until(&queues[event->stream], event->position);
    host_knows(&event->clock);
}

void sim_synchronize_stream(lsi_stream stream)
{
    queue *q = &queues[stream->index];
    run_until(q, q->enqueued);
    host_knows(&q->clock);
}

void sim_synchronize_all(void)
{
    for (int i = 0; i < SIM_STREAMS; i++)
        if (queues[i].used) sim_synchronize_stream(&queues[i].stream);
}

lsi_code sim_stream_new(struct CUctx_st *context, lsi_stream *stream)
{
    for (int i = 0; i < SIM_STREAMS; i++) {
        if (queues[i].used) continue;
        queues[i].used = true; /* clocks and positions go on where an earlier stream of that number ended */
        queues[i].stream = (struct CUstream_st){i, context};
        *stream = &queues[i].stream;
        return 0;
    }
    return LSI_CUDA_OUT_OF_MEMORY;
}

void sim_stream_delete(lsi_stream stream)
{
    sim_synchronize_stream(stream);
    queues[stream->index].used = false;
}
