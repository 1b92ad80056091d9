/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Small allocations of the library over malloc and free: the counts, the fault injector that tests use to reach every
 * failure, and each thread's lists of freed blocks. Decides which allocation fails; leaves arrays' memory to pool.c, which
 * asks lsi_alloc_should_fail through its prim.
 *
 * What a call makes and frees again (handles, versions, buffers) goes through lsi_take and lsi_give: a block that was
 * given waits in a list of its size and of the thread that gave it, a few of each size, until the thread ends. Blocks are
 * malloc's, so it does not matter which thread gives what another has taken. Counts are the thread's lsi_own_blocks and are added up
 * by who asks; only while a failure is injected is there one order of all allocations. */
#include "prim.h"
#include "core/tls.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

LSI_THREAD_WORD lsi_thread_blocks *lsi_own_blocks;
static LSI_THREAD_WORD bool ended; /* the thread is past its last free of lists */

_Atomic bool lsi_alloc_unlisted = true;
static _Atomic bool injecting, listing;
static _Atomic int64_t injected; /* allocations since the injector was set, while it is on */
static _Atomic int64_t fail_at;
static _Atomic bool fail_persistent;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static lsi_thread_blocks *all;                   /* under the mutex, as the two of threads that have ended */
static int64_t ended_taken, ended_given;
static _Atomic int64_t loose_taken, loose_given; /* by threads without lists */
static int64_t counted_from;                 /* allocations before the last lsi_alloc_fail_at */

static pthread_key_t key;
static bool key_made;

void lsi_alloc_lock(void)
{
    pthread_mutex_lock(&mutex);
}

void lsi_alloc_unlock(void)
{
    pthread_mutex_unlock(&mutex);
}

/* --- a thread's lists --- */

static void free_lists(lsi_thread_blocks *t)
{
    for (int c = 0; c < LSI_TAKE_CLASSES; c++) {
        while (t->free[c]) {
            lsi_given *block = t->free[c];
            t->free[c] = block->next;
            free(block);
        }
        t->count[c] = 0;
    }
}

static void thread_ends(void *pointer)
{
    lsi_thread_blocks *t = pointer;
    lsi_own_blocks = NULL;
    ended = true;
    pthread_mutex_lock(&mutex);
    ended_taken += atomic_load(&t->taken);
    ended_given += atomic_load(&t->given);
    *(t->previous ? &t->previous->next : &all) = t->next;
    if (t->next) t->next->previous = t->previous;
    pthread_mutex_unlock(&mutex);
    free_lists(t);
    free(t);
}

static void make_key(void)
{
    key_made = pthread_key_create(&key, thread_ends) == 0;
}

/* NULL for a thread that ends, and when out of memory. */
static lsi_thread_blocks *lists_make(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_key);
    lsi_thread_blocks *t = key_made && !ended ? calloc(1, sizeof *t) : NULL;
    if (t && pthread_setspecific(key, t) != 0) {
        free(t);
        t = NULL;
    }
    if (!t) return NULL;
    pthread_mutex_lock(&mutex);
    t->next = all;
    if (all) all->previous = t;
    all = t;
    pthread_mutex_unlock(&mutex);
    return lsi_own_blocks = t;
}

static inline void count_taken(void)
{
    lsi_thread_blocks *t = lsi_own_blocks ? lsi_own_blocks : lists_make();
    if (t) lsi_count_one(&t->taken);
    else atomic_fetch_add_explicit(&loose_taken, 1, memory_order_relaxed);
}

static inline void count_given(void)
{
    lsi_thread_blocks *t = lsi_own_blocks ? lsi_own_blocks : lists_make();
    if (t) lsi_count_one(&t->given);
    else atomic_fetch_add_explicit(&loose_given, 1, memory_order_relaxed);
}

static void set_unlisted(void)
{
    atomic_store(&lsi_alloc_unlisted, !atomic_load(&listing) || atomic_load(&injecting));
}

void lsi_alloc_listing(bool on)
{
    atomic_store(&listing, on);
    set_unlisted();
    if (!on && lsi_own_blocks) free_lists(lsi_own_blocks);
}

/* --- counts and faults --- */

/* `taken` counts requests, `given` blocks that came back and requests that were refused: the difference is alive. */
static int64_t add_up(bool taken)
{
    int64_t sum = taken ? ended_taken + atomic_load(&loose_taken) : ended_given + atomic_load(&loose_given);
    for (const lsi_thread_blocks *t = all; t; t = t->next)
        sum += atomic_load_explicit(taken ? &t->taken : &t->given, memory_order_relaxed);
    return sum;
}

void lsi_alloc_fail_at(int64_t n, bool persistent)
{
    pthread_mutex_lock(&mutex);
    atomic_store(&injecting, false);
    atomic_store(&injected, 0);
    atomic_store(&fail_persistent, persistent);
    atomic_store(&fail_at, n);
    counted_from = add_up(true);
    atomic_store(&injecting, n > 0);
    set_unlisted();
    pthread_mutex_unlock(&mutex);
}

int64_t lsi_alloc_count(void)
{
    pthread_mutex_lock(&mutex);
    const int64_t count = atomic_load(&injecting) ? atomic_load(&injected) : add_up(true) - counted_from;
    pthread_mutex_unlock(&mutex);
    return count;
}

int64_t lsi_alloc_live(void)
{
    pthread_mutex_lock(&mutex);
    const int64_t alive = add_up(true) - add_up(false);
    pthread_mutex_unlock(&mutex);
    return alive;
}

static bool struck(void)
{
    const int64_t mine = atomic_fetch_add_explicit(&injected, 1, memory_order_relaxed) + 1;
    const int64_t at = atomic_load_explicit(&fail_at, memory_order_relaxed);
    return at > 0 && (mine == at || (mine > at && atomic_load_explicit(&fail_persistent, memory_order_relaxed)));
}

static inline bool is_injecting(void)
{
    return __builtin_expect(atomic_load_explicit(&injecting, memory_order_relaxed), 0);
}

/* A request that leaves no block behind: counted on both sides. */
bool lsi_alloc_should_fail(void)
{
    count_taken();
    count_given();
    return is_injecting() && struck();
}

void lsi_alloc_rest_new(void)
{
    count_given();
}

bool lsi_alloc_again(void)
{
    if (is_injecting() && struck()) return false;
    count_taken();
    return true;
}

void lsi_dealloc_rested(void *block)
{
    free(block);
}

/* --- blocks --- */

void *lsi_alloc(size_t count, size_t size)
{
    size_t bytes;
    if ((is_injecting() && struck()) || __builtin_mul_overflow(count, size, &bytes)) return NULL;
    void *block = calloc(bytes ? bytes : 1, 1);
    if (block) count_taken();
    return block;
}

void *lsi_realloc(void *block, size_t count, size_t size)
{
    size_t bytes;
    if (!block) return lsi_alloc(count, size);
    if (lsi_alloc_should_fail() || __builtin_mul_overflow(count, size, &bytes)) return NULL;
    return realloc(block, bytes ? bytes : 1);
}

void lsi_dealloc(void *block)
{
    if (!block) return;
    count_given();
    free(block);
}

void *lsi_take_new(size_t size)
{
    const size_t class = (size - 1) / LSI_TAKE_UNIT;
    if (is_injecting() && struck()) return NULL;
    void *block = malloc(class < LSI_TAKE_CLASSES ? (class + 1) * LSI_TAKE_UNIT : size);
    if (block) count_taken();
    return block;
}
