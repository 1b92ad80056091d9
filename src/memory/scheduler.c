/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The scheduler: which stream a piece of work runs on, which events it waits for, and what is known to be done. Decides
 * nothing about memory; leaves streams and events to lsi_queues.
 *
 * What is known, per stream t: `submitted`, the number of its operations; `done`, up to which they are finished; and
 * `known`, a clock of what comes before its next operation. An event of t keeps the clock of what is done once it fires:
 * t's `known` when it was recorded, with t's own count in it. Waiting joins that clock into the waiter's, which is why a
 * wait that another one implies is left out, through any number of streams.
 *
 * Events are recorded when somebody needs one: at the stream's end as it is then, which may be later than the operation
 * asked for. That waits for more than needed and never for less. Few are kept: the finished ones go whenever another is
 * recorded (at most two questions to the device for each), and of too many unfinished every second old one goes; those
 * who needed it wait for the next. */
#include "scheduler.h"

#include <pthread.h>
#include <string.h>

enum { EVENTS = 32, REAPED_AT_ONCE = 2 };

#ifdef LSI_MUTATE
unsigned lsi_scheduler_mutations;
#define LSI_RULE(k) (!(lsi_scheduler_mutations >> (k) & 1))
#else
#define LSI_RULE(k) true
#endif
/* What a rule is, for the test that switches them off one by one. */
enum {
    RULE_READ_AFTER_WRITE,
    RULE_WRITE_AFTER_USE,
    RULE_NOTE_READ,       /* a read is noted in the uses */
    RULE_NOTE_WRITE,      /* a write is noted as the last one */
    RULE_WRITE_IS_USE,    /* and as a use */
    RULE_EVENT_LATE,      /* an event counts for what came before it was recorded, not for what came after */
    RULE_CLOCK_OF_EVENT,  /* waiting gives the clock of the event, not that of the stream now */
    RULE_DONE_OF_EVENT,   /* a finished event finishes what came before it, not the whole stream */
    RULE_PINS,            /* an event that a thread waits for is not given back */
    RULE_BEFORE_ENQUEUED, /* the waits come before the work: begin waits, not end */
};

typedef struct event {
    void *handle;
    uint64_t sequence; /* of its stream: everything up to it comes before the event */
    lsi_clock clock;   /* done once it fires, its own stream's part included */
    int pins;          /* threads waiting for it */
    bool listed;       /* in its stream's list */
    struct event *next; /* unused */
} event;

typedef struct stream {
    uint64_t submitted, done;
    lsi_clock known;
    int nevent;
    event *events[EVENTS]; /* unfinished as far as known, oldest first; sequences rise */
} stream;

struct lsi_scheduler {
    pthread_mutex_t lock;
    lsi_queues queues;
    int computing; /* streams the scheduler may choose for computing: from 0 */
    int lanes[3];  /* stream of a lane; computing: -1 */
    stream streams[LSI_MAX_STREAMS];
    event *unused;
    lsi_scheduler_stats stats;
    event store[];
};

/* -- clocks ------------------------------------------------------------------------------------------------------- */

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void lsi_clock_join(lsi_clock *into, const lsi_clock *other)
{
    for (int t = 0; t < LSI_MAX_STREAMS; t++) into->at[t] = later(into->at[t], other->at[t]);
}

bool lsi_clock_is_zero(const lsi_clock *clock)
{
    uint64_t any = 0;
    for (int t = 0; t < LSI_MAX_STREAMS; t++) any |= clock->at[t];
    return any == 0;
}

static void clock_note(lsi_clock *clock, lsi_ticket ticket)
{
    clock->at[ticket.stream] = later(clock->at[ticket.stream], ticket.sequence);
}

/* -- making ------------------------------------------------------------------------------------------------------- */

static bool queues_valid(const lsi_queues *q)
{
    return q->streams >= 1 && q->streams <= LSI_MAX_STREAMS && q->wished >= 0 && q->wished < q->streams;
}

lsi_scheduler *lsi_scheduler_new(const lsi_queues *queues)
{
    if (!queues_valid(queues)) return NULL;
    const size_t events = (size_t)queues->streams * EVENTS;
    lsi_scheduler *s = lsi_alloc(1, sizeof *s + events * sizeof(event));
    if (!s || pthread_mutex_init(&s->lock, NULL) != 0) {
        lsi_dealloc(s);
        return NULL;
    }
    const bool copies = queues->streams - queues->wished >= 3;
    s->queues = *queues;
    s->computing = queues->streams - queues->wished - (copies ? 2 : 0);
    s->lanes[LSI_LANE_COMPUTE] = -1;
    s->lanes[LSI_LANE_UPLOAD] = copies ? queues->streams - 2 : -1;
    s->lanes[LSI_LANE_DOWNLOAD] = copies ? queues->streams - 1 : -1;
    for (size_t e = events; e-- > 0;) {
        s->store[e].next = s->unused;
        s->unused = &s->store[e];
    }
    return s;
}

int lsi_scheduler_computing(const lsi_scheduler *scheduler)
{
    return scheduler->computing;
}

int lsi_scheduler_wished(const lsi_scheduler *scheduler)
{
    return scheduler->queues.wished;
}

/* -- events, all with the lock held ------------------------------------------------------------------------------- */

static bool in_store(const lsi_scheduler *s, const event *e)
{
    return e >= s->store && e < s->store + (size_t)s->queues.streams * EVENTS;
}

/* Only threads that wait for events no longer listed make the store too small. */
static event *new_event(lsi_scheduler *s)
{
    event *e = s->unused;
    if (e) s->unused = e->next;
    else e = lsi_alloc(1, sizeof *e);
    if (e) *e = (event){.handle = NULL};
    return e;
}

static void free_event(lsi_scheduler *s, event *e)
{
    if (!in_store(s, e)) {
        lsi_dealloc(e);
        return;
    }
    e->next = s->unused;
    s->unused = e;
}

/* Back to the queues unless a thread waits for it, which then does it. */
static void release_event(lsi_scheduler *s, event *e)
{
    if (e->listed || (e->pins > 0 && LSI_RULE(RULE_PINS))) return;
    s->queues.discard(s->queues.context, e->handle);
    s->stats.events_alive--;
    if (e->pins == 0) free_event(s, e);
}

static void unlist(lsi_scheduler *s, stream *u, int at)
{
    event *e = u->events[at];
    memmove(&u->events[at], &u->events[at + 1], (size_t)(u->nevent - at - 1) * sizeof(event *));
    u->nevent--;
    e->listed = false;
    release_event(s, e);
}

/* Takes down everything that is finished because an event of stream `u` is. */
static void note_done(lsi_scheduler *s, int u, const lsi_clock *clock)
{
    for (int t = 0; t < s->queues.streams; t++) s->streams[t].done = later(s->streams[t].done, clock->at[t]);
    if (!LSI_RULE(RULE_DONE_OF_EVENT)) s->streams[u].done = s->streams[u].submitted;
    stream *own = &s->streams[u];
    while (own->nevent > 0 && own->events[0]->sequence <= own->done) unlist(s, own, 0);
}

/* Asks whether the stream's event `at` is finished. A failing device says no; who waits for it hears the reason. */
static bool ask(lsi_scheduler *s, int u, int at)
{
    bool done = false;
    const event *e = s->streams[u].events[at];
    s->stats.queries++;
    if (s->queues.query(s->queues.context, e->handle, &done) != 0 || !done) return false;
    const lsi_clock clock = e->clock;
    note_done(s, u, &clock);
    return true;
}

static void reap(lsi_scheduler *s, int u)
{
    stream *own = &s->streams[u];
    while (own->nevent > 0 && own->events[0]->sequence <= own->done) unlist(s, own, 0);
    for (int k = 0; k < REAPED_AT_ONCE && own->nevent > 0; k++)
        if (!ask(s, u, 0)) return;
}

/* Every second of the older half goes. */
static void thin(lsi_scheduler *s, stream *u)
{
    for (int at = 0; at < EVENTS / 4; at++) unlist(s, u, at);
}

/* A new event at the end of stream u as it is now, listed. */
static int record(lsi_scheduler *s, int u, event **recorded)
{
    stream *own = &s->streams[u];
    reap(s, u);
    if (own->nevent == EVENTS) thin(s, own);
    event *e = new_event(s);
    if (!e) return LSI_QUEUE_NO_MEMORY;
    const int code = s->queues.record(s->queues.context, u, &e->handle);
    if (code != 0) {
        free_event(s, e);
        return code;
    }
    e->sequence = own->submitted;
    e->clock = own->known;
    e->clock.at[u] = own->submitted;
    e->listed = true;
    own->events[own->nevent++] = e;
    s->stats.events++;
    s->stats.events_alive++;
    *recorded = e;
    return 0;
}

/* The place of the first event at or after an operation; nevent when there is none. */
static int find(const stream *u, uint64_t sequence)
{
    int at = u->nevent;
    while (at > 0 && u->events[at - 1]->sequence >= sequence) at--;
    if (!LSI_RULE(RULE_EVENT_LATE) && at > 0) at--;
    return at;
}

static int event_for(lsi_scheduler *s, int u, uint64_t sequence, event **found)
{
    const int at = find(&s->streams[u], sequence);
    if (at == s->streams[u].nevent) return record(s, u, found);
    *found = s->streams[u].events[at];
    return 0;
}

/* -- ordering, with the lock held --------------------------------------------------------------------------------- */

/* What must come before work with these accesses. */
static void collect(int naccess, const lsi_access *accesses, lsi_clock *need)
{
    memset(need, 0, sizeof *need);
    for (int k = 0; k < naccess; k++) {
        const lsi_uses *uses = accesses[k].uses;
        if (accesses[k].write && LSI_RULE(RULE_WRITE_AFTER_USE)) lsi_clock_join(need, &uses->used);
        if (!accesses[k].write && LSI_RULE(RULE_READ_AFTER_WRITE)) clock_note(need, uses->written);
    }
}

static bool is_before(const lsi_scheduler *s, int t, int u, uint64_t sequence)
{
    return u == t || sequence <= s->streams[u].done || sequence <= s->streams[t].known.at[u];
}

/* Makes stream t's later work come after (u, sequence). */
static int order(lsi_scheduler *s, int t, int u, uint64_t sequence)
{
    event *e;
    int code = event_for(s, u, sequence, &e);
    if (code == 0) code = s->queues.wait(s->queues.context, t, e->handle);
    if (code != 0) return code;
    s->stats.waits++;
    lsi_clock_join(&s->streams[t].known, &e->clock);
    if (!LSI_RULE(RULE_CLOCK_OF_EVENT)) s->streams[t].known.at[u] = s->streams[u].submitted;
    return 0;
}

/* Whether waiting for what is needed of another stream will order (u, sequence) too. */
static bool is_implied(const lsi_scheduler *s, int t, int u, const lsi_clock *need)
{
    for (int v = 0; v < s->queues.streams; v++) {
        if (v == u || is_before(s, t, v, need->at[v])) continue;
        const stream *other = &s->streams[v];
        const int at = find(other, need->at[v]);
        const lsi_clock *clock = at < other->nevent ? &other->events[at]->clock : &other->known;
        if (clock->at[u] >= need->at[u]) return true;
    }
    return false;
}

/* First what no other wait implies, then what is left: two streams may have seemed to imply each other. */
static int order_all(lsi_scheduler *s, int t, const lsi_clock *need)
{
    const int64_t before = s->stats.waits;
    int needed = 0, code = 0;
    for (int u = 0; u < s->queues.streams; u++) needed += u != t && need->at[u] != 0;
    if (needed == 0) return 0;
    for (int pass = 0; pass < 2; pass++)
        for (int u = 0; u < s->queues.streams && code == 0; u++)
            if (!is_before(s, t, u, need->at[u]) && (pass == 1 || !is_implied(s, t, u, need)))
                code = order(s, t, u, need->at[u]);
    s->stats.waits_left_out += needed - (s->stats.waits - before);
    return code;
}

/* A stream for computing whose newest work is the last write of something accessed; -1 when there is none. */
static int continued(const lsi_scheduler *s, int naccess, const lsi_access *accesses)
{
    for (int k = 0; k < naccess; k++) {
        const lsi_ticket written = accesses[k].uses->written;
        const stream *u = &s->streams[written.stream];
        if ((int)written.stream < s->computing && written.sequence > u->done && written.sequence == u->submitted)
            return (int)written.stream;
    }
    return -1;
}

static int waits_on(const lsi_scheduler *s, int t, const lsi_clock *need)
{
    int waits = 0;
    for (int u = 0; u < s->queues.streams; u++) waits += !is_before(s, t, u, need->at[u]);
    return waits;
}

static uint64_t load(const stream *t)
{
    return t->submitted - t->done;
}

static int choose(const lsi_scheduler *s, lsi_lane lane, int naccess, const lsi_access *accesses, const lsi_clock *need)
{
    if (s->lanes[lane] >= 0) return s->lanes[lane];
    if (s->computing == 1) return 0;
    const int going_on = continued(s, naccess, accesses);
    if (going_on >= 0) return going_on;
    int best = 0, fewest = waits_on(s, 0, need);
    for (int t = 1; t < s->computing; t++) {
        const int waits = waits_on(s, t, need);
        if (waits > fewest || (waits == fewest && load(&s->streams[t]) >= load(&s->streams[best]))) continue;
        best = t;
        fewest = waits;
    }
    return best;
}

/* -- operations --------------------------------------------------------------------------------------------------- */

int lsi_scheduler_begin(lsi_scheduler *s, lsi_lane lane, int wish, int naccess, const lsi_access *accesses, int *chosen)
{
    lsi_clock need;
    pthread_mutex_lock(&s->lock);
    collect(naccess, accesses, &need);
    *chosen = wish >= 0 && wish < s->queues.streams ? wish : choose(s, lane, naccess, accesses, &need);
    const int code = LSI_RULE(RULE_BEFORE_ENQUEUED) ? order_all(s, *chosen, &need) : 0;
    if (code != 0) pthread_mutex_unlock(&s->lock);
    return code;
}

/* A write comes after all earlier uses, so that it stands for them from now on. */
static void note(lsi_uses *uses, bool write, lsi_ticket ticket)
{
    if (write && LSI_RULE(RULE_NOTE_WRITE)) {
        *uses = (lsi_uses){.written = ticket};
        if (LSI_RULE(RULE_WRITE_IS_USE)) clock_note(&uses->used, ticket);
    }
    if (!write && LSI_RULE(RULE_NOTE_READ)) clock_note(&uses->used, ticket);
}

void lsi_scheduler_end(lsi_scheduler *s, int t, int naccess, const lsi_access *accesses, bool enqueued,
                       lsi_ticket *ticket)
{
    lsi_ticket mine = {0, 0};
    if (!LSI_RULE(RULE_BEFORE_ENQUEUED)) {
        lsi_clock need;
        collect(naccess, accesses, &need);
        order_all(s, t, &need);
    }
    if (enqueued) {
        mine = (lsi_ticket){(uint32_t)t, ++s->streams[t].submitted};
        s->stats.operations++;
        for (int k = 0; k < naccess; k++) note(accesses[k].uses, accesses[k].write, mine);
    }
    pthread_mutex_unlock(&s->lock);
    if (ticket) *ticket = mine;
}

/* -- waiting ------------------------------------------------------------------------------------------------------ */

/* With the lock held, which is given up while the thread waits; the event is pinned meanwhile. */
static int wait_locked(lsi_scheduler *s, int u, uint64_t sequence)
{
    event *e;
    if (sequence <= s->streams[u].done) return 0;
    int code = event_for(s, u, sequence, &e);
    if (code != 0) return code;
    void *handle = e->handle;
    e->pins++;
    pthread_mutex_unlock(&s->lock);
    code = s->queues.synchronize(s->queues.context, handle);
    pthread_mutex_lock(&s->lock);
    const lsi_clock clock = e->clock;
    e->pins--;
    if (!e->listed && e->pins == 0) {
        if (LSI_RULE(RULE_PINS)) release_event(s, e);
        else free_event(s, e);
    }
    if (code == 0) note_done(s, u, &clock);
    return code;
}

static int wait_clock_locked(lsi_scheduler *s, const lsi_clock *clock)
{
    int code = 0;
    for (int u = 0; u < s->queues.streams && code == 0; u++) code = wait_locked(s, u, clock->at[u]);
    return code;
}

static void now_locked(const lsi_scheduler *s, lsi_clock *clock)
{
    memset(clock, 0, sizeof *clock);
    for (int t = 0; t < s->queues.streams; t++) clock->at[t] = s->streams[t].submitted;
}

int lsi_scheduler_wait(lsi_scheduler *s, lsi_ticket ticket)
{
    pthread_mutex_lock(&s->lock);
    const int code = wait_locked(s, (int)ticket.stream, ticket.sequence);
    pthread_mutex_unlock(&s->lock);
    return code;
}

int lsi_scheduler_wait_clock(lsi_scheduler *s, const lsi_clock *clock)
{
    pthread_mutex_lock(&s->lock);
    const int code = wait_clock_locked(s, clock);
    pthread_mutex_unlock(&s->lock);
    return code;
}

int lsi_scheduler_wait_all(lsi_scheduler *s)
{
    lsi_clock all;
    pthread_mutex_lock(&s->lock);
    now_locked(s, &all);
    const int code = wait_clock_locked(s, &all);
    pthread_mutex_unlock(&s->lock);
    return code;
}

void lsi_scheduler_now(lsi_scheduler *s, lsi_clock *clock)
{
    pthread_mutex_lock(&s->lock);
    now_locked(s, clock);
    pthread_mutex_unlock(&s->lock);
}

/* An event is recorded for who asks first, so that asking again gets somewhere while more work is handed over. */
bool lsi_scheduler_is_done(lsi_scheduler *s, lsi_ticket ticket)
{
    const int u = (int)ticket.stream;
    event *e;
    pthread_mutex_lock(&s->lock);
    const stream *own = &s->streams[u];
    bool done = ticket.sequence <= own->done;
    if (!done && event_for(s, u, ticket.sequence, &e) == 0 && ticket.sequence > own->done)
        ask(s, u, find(own, ticket.sequence));
    done = ticket.sequence <= own->done;
    pthread_mutex_unlock(&s->lock);
    return done;
}

void lsi_scheduler_get_stats(lsi_scheduler *s, lsi_scheduler_stats *out)
{
    pthread_mutex_lock(&s->lock);
    *out = s->stats;
    pthread_mutex_unlock(&s->lock);
}

void lsi_scheduler_delete(lsi_scheduler *s)
{
    if (!s) return;
    for (int u = 0; u < s->queues.streams; u++)
        while (s->streams[u].nevent > 0) unlist(s, &s->streams[u], 0);
    pthread_mutex_destroy(&s->lock);
    lsi_dealloc(s);
}
