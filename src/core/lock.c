/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The slow side of lock.h: a thread that is not the owner, or an owner that has visitors. */
#include "core/lock.h"

#include <sched.h>
#include <string.h>
#include <time.h>
#if defined(__linux__) && defined(__has_include)
#if __has_include(<linux/membarrier.h>)
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>
#define LSI_HAVE_MEMBARRIER 1
#endif
#endif

enum { MANY_VISITS = 64 };

LSI_THREAD_WORD uint32_t lsi_thread_number;

static bool barriers; /* the kernel has them */

#if LSI_HAVE_MEMBARRIER
static bool may_barrier(void)
{
    return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

/* What a child of a fork has of its parent's registration is the kernel's affair. A process that has given the call away
 * since (seccomp) waits instead: what a processor has stored others see after some nanoseconds, or at its next interrupt,
 * which is 10 ms away at most. */
static void barrier_everywhere(void)
{
    bool done = syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
    if (!done && may_barrier()) {
        done = syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
    }
    if (!done) {
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
}
#else
static bool may_barrier(void)
{
    return false;
}

static void barrier_everywhere(void)
{
}
#endif

/* At loading: for a process of one thread it costs nothing yet; in one of several the kernel waits for all of them. */
__attribute__((constructor)) static void find_out(void)
{
    barriers = may_barrier();
}

static void number_thread(void)
{
    static _Atomic uint32_t threads;
    if (!lsi_thread_number) {
        lsi_thread_number = atomic_fetch_add(&threads, 1) + 1;
    }
}

void lsi_lock_init(lsi_lock *lock)
{
    memset(lock, 0, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
}

void lsi_lock_destroy(lsi_lock *lock)
{
    pthread_mutex_destroy(&lock->mutex);
}

/* Holding the mutex of a lock that leans to another thread. */
static void share(lsi_lock *lock)
{
    atomic_store(&lock->shared, true);
    barrier_everywhere();
    while (atomic_load_explicit(&lock->busy, memory_order_acquire)) {
        sched_yield();
    }
}

void lsi_lock_take_slowly(lsi_lock *lock)
{
    number_thread();
    pthread_mutex_lock(&lock->mutex);
    if (atomic_load_explicit(&lock->shared, memory_order_relaxed) || lsi_lock_is_owner(lock)) {
        return;
    }
    if (!barriers) {
        atomic_store(&lock->shared, true);
    } else if (atomic_load_explicit(&lock->owner, memory_order_relaxed) == 0) {
        atomic_store_explicit(&lock->owner, lsi_thread_number, memory_order_relaxed);
    } else {
        share(lock);
    }
}

void lsi_lock_leave(lsi_lock *lock)
{
    if (!lsi_lock_is_owner(lock) && barriers && lock->visits < MANY_VISITS) {
        lock->visits++;
        atomic_store_explicit(&lock->shared, false, memory_order_release);
    }
    lsi_lock_give(lock);
}
