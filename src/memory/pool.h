/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A caching pool over a prim. Decides which free block serves a request and when memory goes back to the device; knows
 * no arrays and no CUDA. Thread-safe; no lock is held while the prim is called.
 *
 * Blocks: size rounded up to 64 bytes below 1 MiB (cut from 2 MiB slabs), to 64 KiB above (a segment each). Starts are
 * staggered by multiples of 256 bytes so that equal arrays do not collide in the cache. Best fit; a cached large block
 * serves a request of at least 7/8 of its size and is never cut, since the prim takes segments back whole. Free
 * neighbours in a slab merge before another slab is asked for. Where the prim's memory can be split (virtual memory of a
 * GPU), large blocks are cut from one range, best fit, and merge again when nothing fits; slabs come from there too.
 *
 * A free block keeps the uses it had: work that may still be running. Whoever gets it next is told, and waits on its own
 * stream for exactly that, mostly for nothing; so memory is handed from stream to stream without a pause. Merged blocks
 * have the uses of both, cut ones inherit them. Before memory goes back to the prim its uses are waited for.
 *
 * Out of memory, one step after the other and after each a new try: give the cache back; wait for all work; ask the
 * user's callback; fail, and lsi_pool_report says how things stand.
 *
 * The cache of a host-readable prim holds at most a quarter of the machine's memory, oldest blocks going first, and
 * gives way as soon as the pool would hold more than three quarters; that of a device is bounded by the device. */
#ifndef LSI_MEMORY_POOL_H
#define LSI_MEMORY_POOL_H

#include "scheduler.h"

typedef struct lsi_pool lsi_pool;

enum { LSI_POOL_SIZES = 64, LSI_POOL_STEPS = 4 };

typedef struct lsi_pool_stats {
    int64_t in_use;        /* bytes handed out now */
    int64_t reserved;      /* bytes taken from the prim and not given back */
    int64_t peak_in_use, peak_reserved;
    int64_t allocations;   /* requests served */
    int64_t reused;        /* of them from the cache */
    int64_t segments;      /* blocks held from the prim now */
    int64_t out_of_memory; /* requests that failed */
    int64_t largest_free;  /* bytes of the largest free large block */
    int64_t steps[LSI_POOL_STEPS]; /* how often a request went there: 1 cache given back, 2 all work waited for, 3 callback */
    int64_t sizes[LSI_POOL_SIZES]; /* requests of 2^k to 2^(k+1) - 1 bytes */
} lsi_pool_stats;

lsi_pool *lsi_pool_new(lsi_prim *prim); /* NULL when out of memory; borrows the prim */
void lsi_pool_delete(lsi_pool *pool);   /* releases every segment; blocks still in use are the caller's bug */
lsi_prim *lsi_pool_prim(const lsi_pool *pool);

/* A block of at least `bytes` (0 is served as 1), aligned to the prim's alignment; NULL when out of memory or over the
 * limit. Contents undefined. */
void *lsi_pool_allocate(lsi_pool *pool, size_t bytes);
void lsi_pool_free(lsi_pool *pool, void *block); /* NULL is fine; an address that is not in use is left alone */
/* The same for memory that work may still use. `*after` is what the first work on the block must come after; `free` is
 * told what has been done with the block. The plain calls wait for that work themselves, and take it that there is none. */
void *lsi_pool_allocate_after(lsi_pool *pool, size_t bytes, lsi_clock *after);
void lsi_pool_free_after(lsi_pool *pool, void *block, const lsi_clock *after);
void lsi_pool_trim(lsi_pool *pool, size_t keep); /* gives cached memory back until at most `keep` bytes are cached */
void lsi_pool_set_limit(lsi_pool *pool, size_t bytes); /* most bytes reserved; 0 = none */
void lsi_pool_set_cache_limit(lsi_pool *pool, size_t bytes); /* most bytes in free large blocks */
/* Called without a lock when a request of so many bytes would fail; true: something was freed, try again. NULL: none. */
void lsi_pool_set_callback(lsi_pool *pool, bool (*callback)(void *context, size_t bytes), void *context);
/* About a request that failed: "1.0 GiB were asked for, arrays hold 75.1 GiB, ...". Fits 256 bytes. */
void lsi_pool_report(lsi_pool *pool, size_t bytes, char *text, size_t size);
void lsi_pool_get_stats(lsi_pool *pool, lsi_pool_stats *out);
/* Adds requests that were served from blocks in use, by size as in lsi_pool_stats. */
void lsi_pool_count_reused(lsi_pool *pool, int nsize, const int64_t *sizes);
void lsi_pool_reset_peak(lsi_pool *pool);
/* LOCKSTEP_POOL=direct: every request goes straight to the prim (malloc, where that is the host's), so that memory
 * checkers see each block's end and its freeing. Nothing is cached. */
void lsi_pool_set_direct(lsi_pool *pool, bool direct);
/* Around a fork: the child must find the pool whole. */
void lsi_pool_lock(lsi_pool *pool);
void lsi_pool_unlock(lsi_pool *pool);
/* For tests: whether every list, table and total agrees with the others. Slow: walks everything. */
bool lsi_pool_valid(lsi_pool *pool);

#endif
