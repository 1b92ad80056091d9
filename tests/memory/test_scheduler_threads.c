/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Many threads hand work over to one scheduler, on buffers of their own and on shared ones, wait, free and allocate,
 * while the streams run. The judge of queue_world.c must find nothing, and nobody may wait for ever. */
#include "queue_world.h"

#include "check.h"

#include <pthread.h>
#include <stdlib.h>

enum { THREADS = 6, TURNS = 3000, SHARED = 4 };

typedef struct shared {
    world *w;
    lsi_scheduler *s;
    lsi_pool *pool;
    lsi_uses uses[SHARED];
    uintptr_t address[SHARED];
    _Atomic uint64_t id;
} shared;

typedef struct user {
    shared *all;
    int number;
    uint64_t state;
} user;

static uint64_t draw(user *u, uint64_t below)
{
    u->state ^= u->state << 13, u->state ^= u->state >> 7, u->state ^= u->state << 17;
    return (u->state >> 20) % below;
}

/* Reads a shared buffer, writes one of its own; every eighth time the other way round. */
static void turn(user *u)
{
    shared *all = u->all;
    lsi_uses own = {{0, 0}, {{0}}};
    const size_t bytes = draw(u, 100000) + 1;
    const uintptr_t address = (uintptr_t)lsi_pool_allocate_after(all->pool, bytes, &own.used);
    const int k = (int)draw(u, SHARED);
    const bool writes_shared = draw(u, 8) == 0;
    if (!address) return;
    const lsi_access first = {&own, true};
    const world_access first_place = {address, bytes, true};
    lsi_ticket ticket = {0, 0};
    int stream;
    CHECK_EQ_INT(lsi_scheduler_begin(all->s, LSI_LANE_COMPUTE, -1, 1, &first, &stream), 0);
    world_enqueue(all->w, stream, ++all->id, 1, &first_place);
    lsi_scheduler_end(all->s, stream, 1, &first, true, &ticket);
    const lsi_access accesses[2] = {{&own, !writes_shared}, {&all->uses[k], writes_shared}};
    const world_access places[2] = {{address, bytes, !writes_shared}, {all->address[k], 4096, writes_shared}};
    CHECK_EQ_INT(lsi_scheduler_begin(all->s, LSI_LANE_COMPUTE, draw(u, 4) ? -1 : (int)draw(u, 5), 2, accesses, &stream), 0);
    world_enqueue(all->w, stream, ++all->id, 2, places);
    lsi_scheduler_end(all->s, stream, 2, accesses, true, &ticket);
    switch (draw(u, 16)) {
    case 0: CHECK_EQ_INT(lsi_scheduler_wait(all->s, ticket), 0); break;
    case 1: lsi_scheduler_is_done(all->s, ticket); break;
    case 2: lsi_pool_trim(all->pool, 1 << 20); break;
    case 3: CHECK_EQ_INT(lsi_scheduler_wait_clock(all->s, &own.used), 0); break;
    default: break;
    }
    lsi_pool_free_after(all->pool, (void *)address, &own.used);
    if (draw(u, 3) == 0) world_breathe(all->w);
}

static void *use(void *pointer)
{
    user *u = pointer;
    for (int k = 0; k < TURNS; k++) turn(u);
    CHECK_EQ_INT(lsi_scheduler_wait_all(u->all->s), 0);
    return NULL;
}

static void run(int streams, world_policy policy, bool splittable)
{
    const world_options options = {.seed = 5, .streams = streams, .policy = policy, .splittable = splittable};
    static shared all;
    user users[THREADS];
    pthread_t threads[THREADS];
    all = (shared){.w = world_new(&options)};
    all.s = lsi_scheduler_new(world_queues(all.w));
    world_set_scheduler(all.w, all.s);
    all.pool = lsi_pool_new(world_prim(all.w));
    for (int k = 0; k < SHARED; k++) {
        all.address[k] = (uintptr_t)lsi_pool_allocate_after(all.pool, 4096, &all.uses[k].used);
        const lsi_access access = {&all.uses[k], true};
        const world_access place = {all.address[k], 4096, true};
        int stream;
        CHECK_EQ_INT(lsi_scheduler_begin(all.s, LSI_LANE_UPLOAD, -1, 1, &access, &stream), 0);
        world_enqueue(all.w, stream, ++all.id, 1, &place);
        lsi_scheduler_end(all.s, stream, 1, &access, true, NULL);
    }
    for (int k = 0; k < THREADS; k++) {
        users[k] = (user){&all, k, 88172645463325252u + (uint64_t)k * 7919};
        CHECK_EQ_INT(pthread_create(&threads[k], NULL, use, &users[k]), 0);
    }
    for (int k = 0; k < THREADS; k++) pthread_join(threads[k], NULL);
    CHECK(lsi_pool_valid(all.pool));
    for (int k = 0; k < SHARED; k++) lsi_pool_free_after(all.pool, (void *)all.address[k], &all.uses[k].used);
    world_finish(all.w);
    CHECK(world_agrees(all.w));
    lsi_pool_delete(all.pool);
    lsi_scheduler_delete(all.s);
    CHECK_STR(world_first_fault(all.w), "");
    CHECK_EQ_INT(world_events_alive(all.w), 0);
    world_delete(all.w);
}

TEST(five_streams) { run(5, WORLD_RANDOM, false); }
TEST(eight_streams) { run(8, WORLD_PRIORITIES, true); }
TEST(a_device_that_works_when_waited_for) { run(5, WORLD_LAZY, true); }

int main(void)
{
    RUN(five_streams);
    RUN(eight_streams);
    RUN(a_device_that_works_when_waited_for);
    return check_report();
}
