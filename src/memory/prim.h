/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The whole of a memory as one small contract: what a pool needs from the host, a GPU, or a test that fails on purpose.
 *
 * Pre-conditions for every entry: sizes are > 0; addresses came from `allocate` of the same prim. An address is a number
 * that only this prim's device can follow: host code never dereferences it unless `host_readable` is true. */
#ifndef LSI_MEMORY_PRIM_H
#define LSI_MEMORY_PRIM_H

#include "core/tls.h"
#include "lockstep/types.h"

#include <stdatomic.h>

typedef struct lsi_prim lsi_prim;
typedef struct lsi_clock lsi_clock; /* scheduler.h */
struct lsi_prim {
    const char *name;        /* "host", "cuda:0" */
    bool host_readable;      /* host code may dereference addresses */
    size_t alignment;        /* of what allocate returns: 64 on the host, 256 on a GPU */
    size_t granularity;      /* segments are multiples of this: page or huge page */
    void *context;
    /* A new block of `bytes` (a multiple of granularity), contents undefined; NULL when there is none. Never prints. */
    void *(*allocate)(lsi_prim *prim, size_t bytes);
    /* Gives back a whole block; `bytes` as allocated. Never fails. */
    void (*release)(lsi_prim *prim, void *block, size_t bytes);
    /* Bytes the device has in all and bytes still free, 0 when unknown. */
    void (*capacity)(lsi_prim *prim, size_t *total, size_t *available);
    /* Optional, for memory that work still running may use: returns when the work of the clock (NULL: all work handed
     * over) is done. Called without the pool's lock, before memory is released, and with NULL to make room: then it
     * may free blocks of the pool that it keeps itself. Without it
     * memory is taken to be out of use when it is freed, and the pool keeps no clocks. */
    void (*settle)(lsi_prim *prim, const lsi_clock *work);
    /* Blocks that follow each other in address are one memory: the pool may cut and merge across them, and releases any
     * part that starts and ends at multiples of the granularity. `allocate` then had best continue where it ended. */
    bool splittable;
};

/* mmap with huge pages asked for from 2 MiB on. */
lsi_prim *lsi_prim_host(void);
/* malloc as a prim, for direct pools: exact sizes, so that a memory checker finds every overrun. */
lsi_prim *lsi_prim_malloc(void);

/* Every small allocation of the library (handles, nodes, tables) goes through here, so that a failing allocator sees
 * every site. lsi_alloc zeroes; lsi_realloc leaves what it adds undefined. All return NULL when out of memory and record nothing. */
void *lsi_alloc(size_t count, size_t size);
void *lsi_realloc(void *block, size_t count, size_t size);
void lsi_dealloc(void *block);
/* The same for blocks that calls make and free all the time: `size` (at least that of a pointer) is given both times, and
 * contents are undefined. A given block waits in a list of the calling thread, a few of each size, for the next lsi_take;
 * the lists are freed when the thread ends. They are off until lsi_alloc_listing(true): memory checkers see every block
 * come and go then. */
static inline void *lsi_take(size_t size);
static inline void lsi_give(void *block, size_t size);
void lsi_alloc_listing(bool on);
/* For blocks that somebody else keeps for later: one counts as freed while it rests, and as allocated (which may fail: false)
 * when it is used again; `quickly` is false, and nothing is counted, where that takes a call. A resting block that is no
 * longer wanted ends in lsi_dealloc_rested. */
static inline void lsi_alloc_rest(void);
bool lsi_alloc_again(void);
static inline bool lsi_alloc_again_quickly(void);
void lsi_dealloc_rested(void *block);
/* Around a fork. */
void lsi_alloc_lock(void);
void lsi_alloc_unlock(void);

/* Fault injection for tests: the n-th allocation from now on (1 = next) fails, through lsi_alloc, lsi_realloc, or a
 * pool's prim; 0 switches it off. `persistent`: all later ones fail too. Process-wide, counts every thread; lists of given
 * blocks stand aside meanwhile. */
void lsi_alloc_fail_at(int64_t n, bool persistent);
/* Allocations counted since the last lsi_alloc_fail_at, and small blocks alive now. */
int64_t lsi_alloc_count(void);
int64_t lsi_alloc_live(void);
/* For prims: true when this allocation is the one that must fail. */
bool lsi_alloc_should_fail(void);

/* --- what most calls need of lsi_take, lsi_give and the two for resting blocks; the rest is in alloc.c --- */

enum { LSI_TAKE_UNIT = 32, LSI_TAKE_CLASSES = 32, LSI_TAKE_MOST = 16 }; /* up to 1 KiB, 16 of each: 264 KiB a thread */

typedef struct lsi_given {
    struct lsi_given *next;
} lsi_given;

typedef struct lsi_thread_blocks {
    lsi_given *free[LSI_TAKE_CLASSES];
    uint8_t count[LSI_TAKE_CLASSES];
    _Atomic int64_t taken, given; /* written by the thread alone */
    struct lsi_thread_blocks *next, *previous;
} lsi_thread_blocks;

extern LSI_THREAD_WORD lsi_thread_blocks *lsi_own_blocks;
extern _Atomic bool lsi_alloc_unlisted; /* the lists stand aside: they are off, or a failure is injected */

void *lsi_take_new(size_t size);
void lsi_alloc_rest_new(void);

static inline void lsi_count_one(_Atomic int64_t *count)
{
    atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + 1, memory_order_relaxed);
}

static inline void *lsi_take(size_t size)
{
    lsi_thread_blocks *t = lsi_own_blocks;
    const size_t class = (size - 1) / LSI_TAKE_UNIT;
    if (!t || class >= LSI_TAKE_CLASSES || !t->free[class] ||
        atomic_load_explicit(&lsi_alloc_unlisted, memory_order_relaxed)) {
        return lsi_take_new(size);
    }
    lsi_given *block = t->free[class];
    t->free[class] = block->next;
    t->count[class]--;
    lsi_count_one(&t->taken);
    return block;
}

static inline void lsi_give(void *block, size_t size)
{
    lsi_thread_blocks *t = lsi_own_blocks;
    const size_t class = (size - 1) / LSI_TAKE_UNIT;
    if (!block || !t || class >= LSI_TAKE_CLASSES || t->count[class] == LSI_TAKE_MOST ||
        atomic_load_explicit(&lsi_alloc_unlisted, memory_order_relaxed)) {
        lsi_dealloc(block);
        return;
    }
    lsi_given *given = block;
    given->next = t->free[class];
    t->free[class] = given;
    t->count[class]++;
    lsi_count_one(&t->given);
}

static inline void lsi_alloc_rest(void)
{
    if (lsi_own_blocks) {
        lsi_count_one(&lsi_own_blocks->given);
    } else {
        lsi_alloc_rest_new();
    }
}

static inline bool lsi_alloc_again_quickly(void)
{
    if (!lsi_own_blocks || atomic_load_explicit(&lsi_alloc_unlisted, memory_order_relaxed)) {
        return false;
    }
    lsi_count_one(&lsi_own_blocks->taken);
    return true;
}

#endif
