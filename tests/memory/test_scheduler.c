/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The scheduler over streams without a GPU: thousands of random programs under four ways of running them, and by hand the
 * things random programs do not show: what does not wait, what is not recorded, what stays the same for ever. */
#include "random_program.h"

#include "check.h"

#include <stdlib.h>
#include <time.h>

enum { PROGRAMS = 2000, STEPS = 200 };

typedef struct bench {
    world *w;
    lsi_scheduler *s;
    uint64_t id;
} bench;

static bench bench_of(int streams, int wished, world_policy policy)
{
    const world_options options = {.seed = 99, .streams = streams, .wished = wished, .policy = policy};
    bench b = {.w = world_new(&options)};
    b.s = b.w ? lsi_scheduler_new(world_queues(b.w)) : NULL;
    if (!CHECK(b.s != NULL)) exit(1);
    world_set_scheduler(b.w, b.s);
    return b;
}

static void bench_end(bench *b)
{
    world_finish(b->w);
    CHECK(world_agrees(b->w));
    lsi_scheduler_delete(b->s);
    CHECK_EQ_INT(world_events_alive(b->w), 0);
    CHECK_STR(world_first_fault(b->w), "");
    world_delete(b->w);
}

/* Buffer k of a bench: its uses, at an address of its own. */
enum { BUFFERS = 64 };
static lsi_uses uses[BUFFERS];
static world_access access_of(int k, bool write)
{
    return (world_access){((uintptr_t)1 << 40) + (uintptr_t)k * 4096, 256, write};
}

/* Work that reads buffer `from` (-1: none) and writes buffer `to`; its ticket. */
static lsi_ticket map(bench *b, lsi_lane lane, int wish, int from, int to)
{
    lsi_access accesses[2] = {{&uses[to], true}};
    world_access places[2] = {access_of(to, true)};
    lsi_ticket ticket = {0, 0};
    int stream = -1, n = 1;
    if (from >= 0) {
        accesses[n] = (lsi_access){&uses[from], false};
        places[n++] = access_of(from, false);
    }
    if (!CHECK_EQ_INT(lsi_scheduler_begin(b->s, lane, wish, n, accesses, &stream), 0)) return ticket;
    world_enqueue(b->w, stream, ++b->id, n, places);
    lsi_scheduler_end(b->s, stream, n, accesses, true, &ticket);
    CHECK_EQ_INT(ticket.stream, stream);
    return ticket;
}

static lsi_scheduler_stats stats_of(bench *b)
{
    lsi_scheduler_stats stats;
    lsi_scheduler_get_stats(b->s, &stats);
    return stats;
}

static void forget_uses(void)
{
    memset(uses, 0, sizeof uses);
}

TEST(random_programs)
{
    long operations = 0, waits = 0, left_out = 0, events = 0, failed = 0, steps[4] = {0, 0, 0, 0};
    static program_result result;
    for (int k = 0; k < PROGRAMS; k++) {
        const world_options options = {.seed = 1000003u * (unsigned)(k + 1),
                                       .policy = (world_policy)(k % 4),
                                       .streams = 1 + k % LSI_MAX_STREAMS,
                                       .wished = k % 3 == 0 ? (k % LSI_MAX_STREAMS) / 2 : 0,
                                       .splittable = k % 2,
                                       .small_memory = k % 7 < 4,
                                       .fail_one_in = k % 5 == 0 ? 40 : 0};
        if (!CHECK(random_program_run(&options, STEPS, &result))) return;
        if (!CHECK(result.faults == 0)) printf("  program %d: %s\n", k, result.first_fault);
        CHECK(options.fail_one_in > 0 || result.scheduler.waits == 0 || options.streams > 1);
        operations += result.scheduler.operations;
        waits += result.scheduler.waits;
        left_out += result.scheduler.waits_left_out;
        events += result.scheduler.events;
        failed += result.failed;
        for (int s = 0; s < 4; s++) steps[s] += result.pool.steps[s];
    }
    printf("  %d programs: %ld operations, %ld waits, %ld left out, %ld events, %ld refused\n", PROGRAMS, operations,
           waits, left_out, events, failed);
    printf("  out of memory: %ld times the cache went, %ld times all work was waited for\n", steps[1], steps[2]);
    CHECK(waits > 0 && left_out > waits && failed > 0 && steps[1] > 0 && steps[2] > 0);
}

/* Chains that share nothing never wait for each other, and record nothing. */
TEST(independent_chains_do_not_wait)
{
    for (int streams = 1; streams <= LSI_MAX_STREAMS; streams++) {
        bench b = bench_of(streams, 0, WORLD_RANDOM);
        forget_uses();
        for (int turn = 0; turn < 50; turn++)
            for (int chain = 0; chain < 8; chain++)
                map(&b, LSI_LANE_COMPUTE, -1, turn ? 2 * chain + (turn + 1) % 2 : -1, 2 * chain + turn % 2);
        CHECK_EQ_INT(stats_of(&b).operations, 400);
        if (streams == lsi_scheduler_computing(b.s)) CHECK_EQ_INT(stats_of(&b).waits, 0);
        CHECK_EQ_INT(stats_of(&b).waits, 0);
        CHECK_EQ_INT(stats_of(&b).events, 0);
        bench_end(&b);
    }
}

/* They are also spread: each of four streams gets some of them. */
TEST(independent_work_is_spread)
{
    bench b = bench_of(6, 0, WORLD_LAZY);
    int seen[LSI_MAX_STREAMS] = {0};
    forget_uses();
    CHECK_EQ_INT(lsi_scheduler_computing(b.s), 4);
    for (int k = 0; k < 16; k++) seen[map(&b, LSI_LANE_COMPUTE, -1, -1, k).stream]++;
    for (int t = 0; t < 4; t++) CHECK_EQ_INT(seen[t], 4);
    CHECK_EQ_INT(map(&b, LSI_LANE_UPLOAD, -1, -1, 20).stream, 4);
    CHECK_EQ_INT(map(&b, LSI_LANE_DOWNLOAD, -1, -1, 21).stream, 5);
    bench_end(&b);
}

TEST(the_writers_stream_goes_on)
{
    bench b = bench_of(6, 0, WORLD_LAZY);
    forget_uses();
    const lsi_ticket x = map(&b, LSI_LANE_COMPUTE, -1, -1, 0), y = map(&b, LSI_LANE_COMPUTE, -1, -1, 1);
    CHECK(x.stream != y.stream);
    CHECK_EQ_INT(map(&b, LSI_LANE_COMPUTE, -1, 0, 2).stream, x.stream);
    CHECK_EQ_INT(map(&b, LSI_LANE_COMPUTE, -1, 1, 3).stream, y.stream);
    CHECK_EQ_INT(map(&b, LSI_LANE_COMPUTE, -1, 0, 4).stream, x.stream); /* not its newest work, but nothing to wait for */
    CHECK_EQ_INT(stats_of(&b).waits, 0);
    bench_end(&b);
}

TEST(wished_streams_are_left_to_wishes)
{
    bench b = bench_of(8, 3, WORLD_RANDOM);
    forget_uses();
    CHECK_EQ_INT(lsi_scheduler_computing(b.s), 3);
    for (int k = 0; k < 32; k++) CHECK(map(&b, LSI_LANE_COMPUTE, -1, -1, k).stream < 3);
    for (int wish = 0; wish < 8; wish++) CHECK_EQ_INT(map(&b, LSI_LANE_UPLOAD, wish, -1, 40 + wish).stream, wish);
    CHECK_EQ_INT(map(&b, LSI_LANE_COMPUTE, 4, 0, 50).stream, 4);
    CHECK_EQ_INT(map(&b, LSI_LANE_UPLOAD, -1, -1, 51).stream, 6);
    bench_end(&b);
}

/* a -> b -> c, each on a stream of its own: c knows of a through b. */
TEST(waits_that_others_imply_are_left_out)
{
    bench b = bench_of(8, 0, WORLD_LAZY);
    forget_uses();
    map(&b, LSI_LANE_COMPUTE, 0, -1, 0);
    map(&b, LSI_LANE_COMPUTE, 1, 0, 1);
    CHECK_EQ_INT(stats_of(&b).waits, 1);
    map(&b, LSI_LANE_COMPUTE, 2, 1, 2);
    CHECK_EQ_INT(stats_of(&b).waits, 2);
    map(&b, LSI_LANE_COMPUTE, 2, 0, 3); /* of buffer 0, which came before buffer 1 */
    CHECK_EQ_INT(stats_of(&b).waits, 2);
    map(&b, LSI_LANE_COMPUTE, 2, -1, 0); /* a write over all of its readers */
    CHECK_EQ_INT(stats_of(&b).waits, 2);
    lsi_access both[3] = {{&uses[0], false}, {&uses[2], false}, {&uses[1], false}};
    int stream;
    CHECK_EQ_INT(lsi_scheduler_begin(b.s, LSI_LANE_COMPUTE, 5, 3, both, &stream), 0);
    lsi_scheduler_end(b.s, stream, 3, both, false, NULL);
    CHECK_EQ_INT(stats_of(&b).waits, 3); /* stream 2 stands for all three */
    bench_end(&b);
}

/* Nothing is counted and nothing noted when nothing was enqueued. */
TEST(work_that_was_not_enqueued_leaves_no_trace)
{
    bench b = bench_of(2, 0, WORLD_LAZY);
    lsi_access access = {&uses[0], true};
    lsi_ticket ticket = {5, 5};
    int stream;
    forget_uses();
    CHECK_EQ_INT(lsi_scheduler_begin(b.s, LSI_LANE_COMPUTE, 1, 1, &access, &stream), 0);
    lsi_scheduler_end(b.s, stream, 1, &access, false, &ticket);
    CHECK(ticket.stream == 0 && ticket.sequence == 0 && lsi_clock_is_zero(&uses[0].used));
    CHECK_EQ_INT(stats_of(&b).operations, 0);
    CHECK_EQ_INT(lsi_scheduler_wait(b.s, ticket), 0);
    CHECK(lsi_scheduler_is_done(b.s, ticket));
    bench_end(&b);
}

/* Upload, compute, download over three streams, for long: each turn costs the same waits and events; after the start
 * nothing is allocated and no more events exist. */
TEST(a_steady_state_is_steady)
{
    bench b = bench_of(3, 0, WORLD_RANDOM);
    lsi_scheduler_stats first = {0}, middle = {0}, last;
    forget_uses();
    for (int turn = 0; turn < 3000; turn++) {
        if (turn == 1000) first = stats_of(&b);
        if (turn == 2000) middle = stats_of(&b);
        if (turn == 1000) lsi_alloc_fail_at(0, false);
        map(&b, LSI_LANE_UPLOAD, -1, -1, turn % 2);
        map(&b, LSI_LANE_COMPUTE, -1, turn % 2, 2 + turn % 2);
        map(&b, LSI_LANE_COMPUTE, -1, 2 + turn % 2, 4 + turn % 2);
        const lsi_ticket read = map(&b, LSI_LANE_DOWNLOAD, -1, 4 + turn % 2, 6 + turn % 2);
        world_breathe(b.w);
        if (turn % 10 == 9) CHECK_EQ_INT(lsi_scheduler_wait(b.s, read), 0);
    }
    last = stats_of(&b);
    CHECK_EQ_INT(lsi_alloc_count(), 0);
    const int64_t one = middle.waits - first.waits, two = last.waits - middle.waits;
    CHECK(one <= 4 * 1000 && two <= 4 * 1000 && two <= one + one / 4 && one <= two + two / 4);
    CHECK(last.events - middle.events <= 4 * 1000 && last.queries - middle.queries <= 3 * (last.events - middle.events));
    CHECK(last.events_alive <= 3 * 32 && world_events_alive(b.w) == last.events_alive);
    printf("  per turn of 4: %.2f waits, %.2f events, %.2f queries, %.2f left out; %d events alive\n",
           (double)two / 1000, (double)(last.events - middle.events) / 1000,
           (double)(last.queries - middle.queries) / 1000, (double)(last.waits_left_out - middle.waits_left_out) / 1000,
           (int)last.events_alive);
    bench_end(&b);
}

/* A device that never gets on: events do not pile up. */
TEST(unfinished_events_are_thinned)
{
    bench b = bench_of(2, 0, WORLD_LAZY);
    forget_uses();
    for (int k = 0; k < 1000; k++) {
        map(&b, LSI_LANE_COMPUTE, 0, -1, k % 8);
        map(&b, LSI_LANE_COMPUTE, 1, k % 8, 8 + k % 8);
    }
    CHECK(stats_of(&b).events >= 1000 && stats_of(&b).events_alive <= 64);
    bench_end(&b);
}

TEST(failures_are_passed_through)
{
    const world_options options = {.seed = 3, .streams = 2, .fail_one_in = 1};
    bench b = {.w = world_new(&options)};
    b.s = lsi_scheduler_new(world_queues(b.w));
    lsi_access access = {&uses[0], true};
    lsi_ticket ticket;
    int stream;
    forget_uses();
    CHECK_EQ_INT(lsi_scheduler_begin(b.s, LSI_LANE_COMPUTE, 0, 1, &access, &stream), 0); /* nothing to wait for */
    lsi_scheduler_end(b.s, stream, 1, &access, true, &ticket);
    CHECK_EQ_INT(lsi_scheduler_wait(b.s, ticket), 7);
    CHECK_EQ_INT(lsi_scheduler_wait_all(b.s), 7);
    CHECK(!lsi_scheduler_is_done(b.s, ticket));
    CHECK_EQ_INT(lsi_scheduler_begin(b.s, LSI_LANE_COMPUTE, 1, 1, &access, &stream), 7);
    CHECK_EQ_INT(stats_of(&b).waits, 0);
    CHECK_EQ_INT(lsi_scheduler_begin(b.s, LSI_LANE_COMPUTE, 0, 1, &access, &stream), 0); /* it is not locked */
    lsi_scheduler_end(b.s, stream, 1, &access, false, NULL);
    bench_end(&b);
}

TEST(nonsense_is_refused)
{
    lsi_queues queues = {.streams = 0};
    CHECK(lsi_scheduler_new(&queues) == NULL);
    queues.streams = LSI_MAX_STREAMS + 1;
    CHECK(lsi_scheduler_new(&queues) == NULL);
    queues.streams = queues.wished = 2;
    CHECK(lsi_scheduler_new(&queues) == NULL);
    queues.wished = 0;
    lsi_alloc_fail_at(1, false);
    CHECK(lsi_scheduler_new(&queues) == NULL);
    lsi_alloc_fail_at(0, false);
    lsi_scheduler_delete(NULL);
    CHECK_EQ_INT(lsi_alloc_live(), 0);
}

/* What it costs, with queues that do nothing. */
static int free_record(void *context, int stream, void **event)
{
    (void)stream;
    *event = context;
    return 0;
}
static int free_wait(void *context, int stream, void *event)
{
    (void)context, (void)stream, (void)event;
    return 0;
}
static int free_query(void *context, void *event, bool *done)
{
    (void)context, (void)event;
    *done = true;
    return 0;
}
static int free_synchronize(void *context, void *event)
{
    (void)context, (void)event;
    return 0;
}
static void free_discard(void *context, void *event)
{
    (void)context, (void)event;
}
static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
static double cost_of(int streams, bool far)
{
    enum { TURNS = 20000 };
    int handle;
    const lsi_queues queues = {&handle, streams, 0, free_record, free_wait, free_query, free_synchronize, free_discard};
    lsi_scheduler *s = lsi_scheduler_new(&queues);
    double best = 1;
    forget_uses();
    for (int round = 0; round < 9; round++) {
        const double start = seconds();
        for (int k = 0; k < TURNS; k++) {
            const lsi_access accesses[3] = {{&uses[k % 7], false}, {&uses[8 + k % 5], false}, {&uses[k % 16], true}};
            int stream;
            lsi_scheduler_begin(s, LSI_LANE_COMPUTE, far ? k % streams : -1, 3, accesses, &stream);
            lsi_scheduler_end(s, stream, 3, accesses, true, NULL);
        }
        const double took = (seconds() - start) / TURNS;
        best = took < best ? took : best;
    }
    lsi_scheduler_delete(s);
    return best;
}
TEST(it_is_cheap)
{
    const double one = cost_of(1, false), three = cost_of(3, false), eight = cost_of(8, false), far = cost_of(8, true);
    printf("  three buffers: %.0f ns on one stream, %.0f on three, %.0f on eight, %.0f with waits throughout\n", one * 1e9,
           three * 1e9, eight * 1e9, far * 1e9);
    CHECK(one < 2e-6 && three < 2e-6 && eight < 4e-6 && far < 20e-6); /* loose: other programs run beside this one */
}

int main(void)
{
    RUN(nonsense_is_refused);
    RUN(independent_chains_do_not_wait);
    RUN(independent_work_is_spread);
    RUN(the_writers_stream_goes_on);
    RUN(wished_streams_are_left_to_wishes);
    RUN(waits_that_others_imply_are_left_out);
    RUN(work_that_was_not_enqueued_leaves_no_trace);
    RUN(a_steady_state_is_steady);
    RUN(unfinished_events_are_thinned);
    RUN(failures_are_passed_through);
    RUN(it_is_cheap);
    RUN(random_programs);
    return check_report();
}
