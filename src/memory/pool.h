/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A caching pool over a prim. Decides which free block serves a request and when memory goes back to the device; knows
 * no arrays and no CUDA. Thread-safe; no lock is held while the prim is called.
 *
 * Blocks: size rounded up to 64 bytes below 1 MiB (cut from 2 MiB slabs), to 64 KiB above (a segment each). Starts are
 * staggered by multiples of 256 bytes so that equal arrays do not collide in the cache. Best fit; a cached large block
 * serves a request of at least 7/8 of its size and is never cut, since the prim takes segments back whole. Free
 * neighbours in a slab merge before another slab is asked for. Out of memory: trim the cache, retry once, then fail.
 *
 * The cache of a host-readable prim holds at most a quarter of the machine's memory, oldest blocks going first, and
 * gives way as soon as the pool would hold more than three quarters; that of a device is bounded by the device. */
#ifndef LSI_MEMORY_POOL_H
#define LSI_MEMORY_POOL_H

#include "prim.h"

typedef struct lsi_pool lsi_pool;

typedef struct lsi_pool_stats {
    int64_t in_use;        /* bytes handed out now */
    int64_t reserved;      /* bytes taken from the prim and not given back */
    int64_t peak_in_use, peak_reserved;
    int64_t allocations;   /* requests served */
    int64_t reused;        /* of them from the cache */
    int64_t segments;      /* blocks held from the prim now */
    int64_t out_of_memory; /* requests that failed */
} lsi_pool_stats;

lsi_pool *lsi_pool_new(lsi_prim *prim); /* NULL when out of memory; borrows the prim */
void lsi_pool_delete(lsi_pool *pool);   /* releases every segment; blocks still in use are the caller's bug */
lsi_prim *lsi_pool_prim(const lsi_pool *pool);

/* A block of at least `bytes` (0 is served as 1), aligned to the prim's alignment; NULL when out of memory or over the
 * limit. Contents undefined. */
void *lsi_pool_allocate(lsi_pool *pool, size_t bytes);
void lsi_pool_free(lsi_pool *pool, void *block); /* NULL is fine; an address that is not in use is left alone */
void lsi_pool_trim(lsi_pool *pool, size_t keep); /* gives cached memory back until at most `keep` bytes are cached */
void lsi_pool_set_limit(lsi_pool *pool, size_t bytes); /* most bytes reserved; 0 = none */
void lsi_pool_set_cache_limit(lsi_pool *pool, size_t bytes); /* most bytes in free large blocks */
void lsi_pool_get_stats(lsi_pool *pool, lsi_pool_stats *out);
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
