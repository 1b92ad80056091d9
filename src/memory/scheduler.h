/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Orders work on a device's streams. Decides on which stream a piece of work runs and for which earlier work it waits;
 * knows no CUDA: streams and events are behind lsi_queues. The backend's promise, that work takes effect in the order of
 * the calls, is kept per buffer: a read comes after the buffer's last write, a write after all its uses. Work on
 * different buffers overlaps without being asked to.
 *
 * Each stream counts its work: operation (t, q) is the q-th of stream t, from 1. A clock holds a number per stream: what
 * is known to come before something. Waiting for (u, q) is left out when q is done or already ordered before the
 * stream's next work, also through third streams; else the stream waits for an event of u at or after q and takes over
 * the clock kept with that event. Events are recorded when first needed. */
#ifndef LSI_MEMORY_SCHEDULER_H
#define LSI_MEMORY_SCHEDULER_H

#include "prim.h"

enum { LSI_MAX_STREAMS = 8 };

/* Operation `sequence` of queue `stream`; {0, 0} is "done already". */
typedef struct lsi_ticket {
    uint32_t stream;
    uint64_t sequence;
} lsi_ticket;

typedef struct lsi_clock {
    uint64_t at[LSI_MAX_STREAMS]; /* newest operation of each stream; 0: none */
} lsi_clock;

/* What has been done with a piece of memory. Part of every buffer, and of every free block of a device's pool. */
typedef struct lsi_uses {
    lsi_ticket written; /* the last work that writes it */
    lsi_clock used;     /* newest work per stream that reads or writes it */
} lsi_uses;

void lsi_clock_join(lsi_clock *into, const lsi_clock *other); /* the later of both, per stream */
bool lsi_clock_is_zero(const lsi_clock *clock);

/* Streams and events of a device. Codes: 0 is fine, others are the device's own and are passed through; only
 * LSI_QUEUE_NO_MEMORY is the scheduler's. Every entry but `synchronize` is called with the scheduler's lock held. */
enum { LSI_QUEUE_NO_MEMORY = -1 };
typedef struct lsi_queues {
    void *context;
    int streams;                                               /* 1 to LSI_MAX_STREAMS */
    int wished;                                                /* of them: used only by those who wish for them */
    int (*record)(void *context, int stream, void **event);    /* a new event at the stream's end so far */
    int (*wait)(void *context, int stream, void *event);       /* later work of the stream waits for it */
    int (*query)(void *context, void *event, bool *done);
    int (*synchronize)(void *context, void *event);            /* the calling thread waits; called without the lock */
    void (*discard)(void *context, void *event);               /* no longer needed: back to the caller's store of events */
} lsi_queues;

typedef enum lsi_lane { LSI_LANE_COMPUTE, LSI_LANE_UPLOAD, LSI_LANE_DOWNLOAD } lsi_lane;

typedef struct lsi_access {
    lsi_uses *uses;
    bool write;
} lsi_access;

typedef struct lsi_scheduler lsi_scheduler;

/* Stream 0 is the main one; with three or more besides the wished ones, uploads run on the last but one and downloads on
 * the last. In the order of their numbers: computing, wished, upload, download. NULL when out of memory. Copies the
 * queues. */
lsi_scheduler *lsi_scheduler_new(const lsi_queues *queues);
int lsi_scheduler_computing(const lsi_scheduler *scheduler); /* streams for computing: 0 up to this number; then the wished */
int lsi_scheduler_wished(const lsi_scheduler *scheduler);    /* how many of those */
void lsi_scheduler_delete(lsi_scheduler *scheduler); /* the caller has synchronised the device */

/* Begin: locks the scheduler, chooses a stream (`wish` >= 0: that one) and makes it wait for what the accesses need: a
 * read for the last write, a write for all uses. `used` may hold more than the buffer's own uses, those of the memory's
 * earlier owners for one; who reads what nobody has written is not made to wait for them.
 * Of streams that would do, one whose newest work is the last write of something accessed goes on; else the one that has
 * the fewest waits to do; else the one with the least work.
 * Between begin and end the caller enqueues its work on that stream; the lock is held, so nothing here may block. End:
 * counts the work (`enqueued` false: nothing was enqueued, nothing is counted), notes it in the uses, unlocks. When begin
 * returns a code other than 0 it is not locked and there is no end. */
int lsi_scheduler_begin(lsi_scheduler *scheduler, lsi_lane lane, int wish, int naccess, const lsi_access *accesses,
                        int *stream);
void lsi_scheduler_end(lsi_scheduler *scheduler, int stream, int naccess, const lsi_access *accesses, bool enqueued,
                       lsi_ticket *ticket);

/* The calling thread waits until the ticket's work, the clock's work, or everything is done. */
int lsi_scheduler_wait(lsi_scheduler *scheduler, lsi_ticket ticket);
int lsi_scheduler_wait_clock(lsi_scheduler *scheduler, const lsi_clock *clock);
int lsi_scheduler_wait_all(lsi_scheduler *scheduler);
bool lsi_scheduler_is_done(lsi_scheduler *scheduler, lsi_ticket ticket); /* asks the device at most once, never waits */
/* What was handed over so far. */
void lsi_scheduler_now(lsi_scheduler *scheduler, lsi_clock *clock);

typedef struct lsi_scheduler_stats {
    int64_t operations, events, waits, waits_left_out; /* waits: enqueued between streams */
    int64_t queries;
    int64_t events_alive; /* recorded and not given back */
} lsi_scheduler_stats;
void lsi_scheduler_get_stats(lsi_scheduler *scheduler, lsi_scheduler_stats *out);

#ifdef LSI_MUTATE
/* For tests of the tests: bit k switches a rule off, see LSI_RULE in scheduler.c. */
extern unsigned lsi_scheduler_mutations, lsi_pool_mutations;
#endif

#endif
