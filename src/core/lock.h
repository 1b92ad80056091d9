/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A mutex that leans to the first thread that takes it. While no other thread has come, that thread takes and gives it by
 * plain stores; an uncontended mutex is two atomic instructions, which is what a small call has time for in all. Most
 * programs make their calls on one thread.
 *
 * The owner says that it is inside (`busy`), then looks whether the lock is `shared`. Another thread takes the mutex,
 * says `shared`, and has the kernel put a memory barrier into every running thread (membarrier): from then on either it
 * sees `busy` and waits, or the owner sees `shared` and takes the mutex as everybody does. Where the kernel has no such
 * call, locks are shared from the start.
 *
 * A lock that stays shared is given back with lsi_lock_give; one whose visitors are rare with lsi_lock_leave, after which
 * it leans to its owner again, until they have become many. */
#ifndef LSI_CORE_LOCK_H
#define LSI_CORE_LOCK_H

#include "core/tls.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct lsi_lock {
    pthread_mutex_t mutex;
    _Atomic uint32_t owner; /* number of the thread it leans to; 0: none yet */
    _Atomic bool shared;    /* everybody takes the mutex */
    _Atomic bool busy;      /* the owner is inside without the mutex */
    int visits;             /* by lsi_lock_leave, under the mutex */
} lsi_lock;
#define LSI_LOCK_INITIAL {.mutex = PTHREAD_MUTEX_INITIALIZER}

extern LSI_THREAD_WORD uint32_t lsi_thread_number; /* from 1; 0: has taken no lock yet */

void lsi_lock_init(lsi_lock *lock);
void lsi_lock_destroy(lsi_lock *lock);
void lsi_lock_take_slowly(lsi_lock *lock);
void lsi_lock_leave(lsi_lock *lock);

static inline bool lsi_lock_is_owner(const lsi_lock *lock)
{
    const uint32_t owner = atomic_load_explicit(&lock->owner, memory_order_relaxed);
    return owner != 0 && owner == lsi_thread_number;
}

static inline bool lsi_lock_is_shared(const lsi_lock *lock)
{
    return atomic_load_explicit(&lock->shared, memory_order_acquire);
}

/* Takes the lock without the mutex; false when the calling thread cannot. */
static inline bool lsi_lock_take_lightly(lsi_lock *lock)
{
    if (!lsi_lock_is_owner(lock)) {
        return false;
    }
    atomic_store_explicit(&lock->busy, true, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst); /* the visitor's barrier does the rest */
    if (!lsi_lock_is_shared(lock)) {
        return true;
    }
    atomic_store_explicit(&lock->busy, false, memory_order_release);
    return false;
}

static inline void lsi_lock_give_lightly(lsi_lock *lock)
{
    atomic_store_explicit(&lock->busy, false, memory_order_release);
}

static inline void lsi_lock_take(lsi_lock *lock)
{
    if (!lsi_lock_take_lightly(lock)) {
        lsi_lock_take_slowly(lock);
    }
}

/* Whether the calling thread, which holds the lock, holds it without the mutex. */
static inline bool lsi_lock_is_light(const lsi_lock *lock)
{
    return lsi_lock_is_owner(lock) && atomic_load_explicit(&lock->busy, memory_order_relaxed);
}

static inline void lsi_lock_give(lsi_lock *lock)
{
    if (lsi_lock_is_light(lock)) {
        atomic_store_explicit(&lock->busy, false, memory_order_release);
    } else {
        pthread_mutex_unlock(&lock->mutex);
    }
}

#endif
