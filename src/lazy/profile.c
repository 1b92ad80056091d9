/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The list of events. Appending takes a lock: a piece of work takes microseconds, the lock tens of nanoseconds. */
#include "lazy/profile.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

enum { FIRST_CAPACITY = 1024 };

_Atomic bool lsi_profile_on;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static lsi_event *events;
static int64_t recorded, capacity, most, dropped, began;

static _Atomic uint32_t threads;
static _Thread_local uint32_t thread_number; /* from 1 in the order of their first event */

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t allocations_of(const lsi_backend *backend)
{
    lsi_pool_stats stats;
    lsi_pool_get_stats(backend->pool, &stats);
    return stats.allocations;
}

void lsi_profile_lock(void)
{
    pthread_mutex_lock(&mutex);
}

void lsi_profile_unlock(void)
{
    pthread_mutex_unlock(&mutex);
}

ls_status lsi_profile_begin_recording(int64_t max_events)
{
    pthread_mutex_lock(&mutex);
    lsi_dealloc(events);
    events = lsi_alloc(FIRST_CAPACITY, sizeof *events);
    capacity = events ? FIRST_CAPACITY : 0;
    most = max_events;
    recorded = dropped = 0;
    began = now();
    const bool made = events != NULL;
    pthread_mutex_unlock(&mutex);
    atomic_store(&lsi_profile_on, made);
    return made ? LS_OK : lsi_fail(LS_ENOMEM, "out of memory for %d events", FIRST_CAPACITY);
}

int64_t lsi_profile_recorded(void)
{
    pthread_mutex_lock(&mutex);
    const int64_t count = recorded;
    pthread_mutex_unlock(&mutex);
    return count;
}

lsi_event *lsi_profile_copy(int64_t *count, int64_t *left_out)
{
    pthread_mutex_lock(&mutex);
    *left_out = dropped;
    *count = recorded;
    lsi_event *copy = recorded ? lsi_alloc((size_t)recorded, sizeof *copy) : NULL;
    if (copy) {
        memcpy(copy, events, (size_t)recorded * sizeof *copy);
    } else if (recorded) {
        *count = -1;
    }
    pthread_mutex_unlock(&mutex);
    return copy;
}

/* Room for one more, under the lock. */
static bool reserve(void)
{
    if (recorded == most) {
        return false;
    }
    if (recorded < capacity) {
        return true;
    }
    lsi_event *larger = lsi_realloc(events, (size_t)capacity * 2, sizeof *events);
    if (!larger) {
        return false;
    }
    events = larger;
    capacity *= 2;
    return true;
}

void lsi_span_begin_(lsi_span *span, const lsi_backend *backend)
{
    span->allocations = allocations_of(backend);
    span->start = now();
}

void lsi_span_end_(const lsi_span *span, lsi_backend *backend, const lsi_event *event)
{
    const int64_t handed_over = now();
    if (backend->wait(backend, (lsi_ticket){0, 0})) {
        return; /* the failure is reported by whoever waits next */
    }
    const int64_t end = now();
    if (!thread_number) {
        thread_number = atomic_fetch_add(&threads, 1) + 1;
    }
    pthread_mutex_lock(&mutex);
    if (reserve()) {
        lsi_event *e = &events[recorded++];
        *e = *event;
        e->start = span->start - began;
        e->duration = end - span->start;
        e->waited = lsi_pool_prim(backend->pool)->host_readable ? 0 : end - handed_over;
        e->allocations = allocations_of(backend) - span->allocations;
        e->thread = thread_number;
        e->device = (uint8_t)backend->device;
    } else {
        dropped++;
    }
    pthread_mutex_unlock(&mutex);
}
