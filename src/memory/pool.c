/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The pool: locking, limits, statistics, and what is tried before a request fails. Decides when the prim is called, and
 * never holds the lock then; leaves the fitting of blocks to pool_small.c and pool_large.c.
 *
 * A request takes at most three steps: a fitting free block; else a segment from the prim, which cached memory makes room
 * for where a limit or the machine's size demands it; and when the prim refuses, once more after the whole cache went
 * back to it. */
#include "pool.h"
#include "pool_parts.h"

#include <pthread.h>

enum { LARGE_FROM = 1 << 20, SLAB_BYTES = 2 << 20, LARGE_UNIT = 64 << 10, STAGGER = 256, STAGGER_STEPS = 16 };

struct lsi_pool {
    pthread_mutex_t lock; /* guards everything below */
    lsi_prim *prim;
    lsi_small small;
    lsi_large large;
    lsi_block_table table;
    lsi_pool_stats stats;
    size_t limit;         /* most bytes reserved; SIZE_MAX: none */
    size_t cache_limit;   /* most bytes in free large blocks */
    size_t pressure;      /* from this many reserved bytes on, growth is paid from the cache first */
    unsigned stagger;
    bool direct;
};

/* Segments on their way back to the prim, collected under the lock and released after it. */
typedef struct release_list {
    lsi_block *blocks;
    lsi_slab *slabs;
} release_list;

static size_t round_up(size_t bytes, size_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

static bool is_small(size_t bytes)
{
    return bytes < LARGE_FROM;
}

lsi_pool *lsi_pool_new(lsi_prim *prim)
{
    lsi_pool *pool = lsi_alloc(1, sizeof *pool);
    if (!pool || !lsi_small_init(&pool->small) || pthread_mutex_init(&pool->lock, NULL) != 0) {
        if (pool) lsi_small_destroy(&pool->small);
        lsi_dealloc(pool);
        return NULL;
    }
    size_t total = 0, available = 0;
    if (prim->capacity) prim->capacity(prim, &total, &available);
    pool->prim = prim;
    pool->limit = SIZE_MAX;
    pool->cache_limit = total && prim->host_readable ? total / 4 : SIZE_MAX;
    pool->pressure = total && prim->host_readable ? total / 4 * 3 : SIZE_MAX;
    return pool;
}

void lsi_pool_lock(lsi_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
}

void lsi_pool_unlock(lsi_pool *pool)
{
    pthread_mutex_unlock(&pool->lock);
}

lsi_prim *lsi_pool_prim(const lsi_pool *pool)
{
    return pool->prim;
}

/* -- giving back to the prim -------------------------------------------------------------------------------------- */

static bool collect_oldest(lsi_pool *pool, release_list *list)
{
    lsi_block *block = lsi_large_take_oldest(&pool->large);
    if (!block) return false;
    block->next = list->blocks;
    list->blocks = block;
    pool->stats.reserved -= (int64_t)block->reserved;
    pool->stats.segments--;
    return true;
}

static bool collect_slabs(lsi_pool *pool, release_list *list, size_t bytes, bool any)
{
    lsi_slab *slabs = lsi_small_take_slabs(&pool->small, bytes, any);
    const bool found = slabs != NULL;
    while (slabs) {
        lsi_slab *slab = slabs;
        slabs = slab->next;
        slab->next = list->slabs;
        list->slabs = slab;
        pool->stats.reserved -= (int64_t)slab->bytes;
        pool->stats.segments--;
    }
    return found;
}

/* Without the lock. */
static void release_collected(lsi_pool *pool, release_list *list)
{
    while (list->blocks) {
        lsi_block *block = list->blocks;
        list->blocks = block->next;
        block->prim->release(block->prim, (void *)block->base, block->reserved);
        lsi_dealloc(block);
    }
    while (list->slabs) {
        lsi_slab *slab = list->slabs;
        list->slabs = slab->next;
        pool->prim->release(pool->prim, (void *)slab->base, slab->bytes);
        lsi_dealloc(slab);
    }
}

/* Gives cached memory up, oldest first and then empty slabs, until `growth` more bytes stay within `bound` in all. */
static void make_room(lsi_pool *pool, size_t growth, size_t bound, release_list *list)
{
    const size_t most = growth < bound ? bound - growth : 0;
    while ((size_t)pool->stats.reserved > most && collect_oldest(pool, list)) continue;
    if ((size_t)pool->stats.reserved > most) collect_slabs(pool, list, (size_t)pool->stats.reserved - most, false);
}

/* -- segments from the prim --------------------------------------------------------------------------------------- */

/* Counts the segment before it exists, so that threads which grow at once keep the limit together. */
static bool reserve(lsi_pool *pool, size_t bytes)
{
    release_list list = {NULL, NULL};
    pthread_mutex_lock(&pool->lock);
    make_room(pool, bytes, pool->limit < pool->pressure ? pool->limit : pool->pressure, &list);
    const size_t reserved = (size_t)pool->stats.reserved;
    const bool allowed = bytes <= pool->limit && reserved <= pool->limit - bytes;
    if (allowed) pool->stats.reserved += (int64_t)bytes;
    pthread_mutex_unlock(&pool->lock);
    release_collected(pool, &list);
    return allowed;
}

static void unreserve(lsi_pool *pool, size_t bytes)
{
    pthread_mutex_lock(&pool->lock);
    pool->stats.reserved -= (int64_t)bytes;
    pthread_mutex_unlock(&pool->lock);
}

/* A segment from the prim, asked for twice: the second time with the cache given back. Without the lock. */
static void *new_segment(lsi_pool *pool, lsi_prim *prim, size_t bytes)
{
    if (!reserve(pool, bytes)) return NULL;
    void *base = prim->allocate(prim, bytes);
    if (!base) {
        lsi_pool_trim(pool, 0);
        base = prim->allocate(prim, bytes);
    }
    if (!base) unreserve(pool, bytes);
    return base;
}

/* -- bookkeeping of blocks, with the lock held -------------------------------------------------------------------- */

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void *hand_out(lsi_pool *pool, lsi_block *block, bool reused)
{
    lsi_pool_stats *s = &pool->stats;
    lsi_table_insert(&pool->table, block);
    s->in_use += (int64_t)block->bytes;
    s->peak_in_use = larger(s->peak_in_use, s->in_use);
    s->allocations++;
    s->reused += reused;
    return (void *)block->address;
}

static void count_segment(lsi_pool *pool)
{
    pool->stats.segments++;
    pool->stats.peak_reserved = larger(pool->stats.peak_reserved, pool->stats.reserved);
}

static void *fail(lsi_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->stats.out_of_memory++;
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* A free block that fits, handed out; NULL when there is none or no room in the table. */
static void *from_cache(lsi_pool *pool, size_t bytes, bool reused)
{
    if (!lsi_table_reserve(&pool->table)) return NULL;
    lsi_block *block = is_small(bytes) ? lsi_small_take(&pool->small, lsi_small_round(bytes))
                                       : lsi_large_take(&pool->large, bytes);
    return block ? hand_out(pool, block, reused) : NULL;
}

static void *from_cache_locked(lsi_pool *pool, size_t bytes)
{
    pthread_mutex_lock(&pool->lock);
    void *address = from_cache(pool, bytes, true);
    pthread_mutex_unlock(&pool->lock);
    return address;
}

/* -- growing ------------------------------------------------------------------------------------------------------ */

static void *grow_small(lsi_pool *pool, size_t bytes)
{
    const size_t slab_bytes = round_up(SLAB_BYTES, pool->prim->granularity);
    void *base = new_segment(pool, pool->prim, slab_bytes);
    if (!base) return from_cache_locked(pool, bytes); /* a neighbour may have freed one meanwhile */
    pthread_mutex_lock(&pool->lock);
    const bool added = lsi_small_add_slab(&pool->small, (uintptr_t)base, slab_bytes);
    if (added) count_segment(pool);
    void *address = added ? from_cache(pool, bytes, false) : NULL;
    pthread_mutex_unlock(&pool->lock);
    if (added) return address;
    pool->prim->release(pool->prim, base, slab_bytes);
    unreserve(pool, slab_bytes);
    return NULL;
}

/* Large blocks start at a rising multiple of 256 bytes behind a segment's start, for the caches' sake; blocks of a
 * direct pool start where the prim says, so that a memory checker sees their ends. */
static void *grow_large(lsi_pool *pool, lsi_prim *prim, size_t bytes, bool staggered)
{
    const size_t unit = staggered && prim->granularity < LARGE_UNIT ? LARGE_UNIT : prim->granularity;
    const size_t slack = staggered ? STAGGER * (STAGGER_STEPS - 1) : 0;
    const size_t reserved = round_up(bytes + slack, unit);
    lsi_block *block = lsi_alloc(1, sizeof *block);
    void *base = block ? new_segment(pool, prim, reserved) : NULL;
    if (!base) {
        lsi_dealloc(block);
        return NULL;
    }
    pthread_mutex_lock(&pool->lock);
    const bool known = lsi_table_reserve(&pool->table);
    if (known) {
        const size_t shift = staggered ? pool->stagger++ % STAGGER_STEPS * STAGGER : 0;
        *block = (lsi_block){.address = (uintptr_t)base + shift, .bytes = reserved - slack, .in_use = true,
                             .base = (uintptr_t)base, .reserved = reserved, .prim = prim};
        count_segment(pool);
        hand_out(pool, block, false);
    }
    pthread_mutex_unlock(&pool->lock);
    if (known) return (void *)block->address;
    prim->release(prim, base, reserved);
    unreserve(pool, reserved);
    lsi_dealloc(block);
    return NULL;
}

/* The host's maps hide overruns from memory checkers: a direct pool asks malloc instead. */
static lsi_prim *direct_prim(const lsi_pool *pool)
{
    return pool->prim == lsi_prim_host() ? lsi_prim_malloc() : pool->prim;
}

/* -- the public entries ------------------------------------------------------------------------------------------- */

void *lsi_pool_allocate(lsi_pool *pool, size_t bytes)
{
    if (bytes == 0) bytes = 1;
    if (bytes > (size_t)INT64_MAX / 2) return fail(pool);
    pthread_mutex_lock(&pool->lock);
    const bool direct = pool->direct;
    void *address = direct ? NULL : from_cache(pool, bytes, true);
    pthread_mutex_unlock(&pool->lock);
    if (address) return address;
    if (direct) address = grow_large(pool, direct_prim(pool), bytes, false);
    else if (is_small(bytes)) address = grow_small(pool, bytes);
    else address = grow_large(pool, pool->prim, bytes, true);
    return address ? address : fail(pool);
}

/* A large block goes to the cache, and what the cache may not hold any more to the list. */
static void give_large(lsi_pool *pool, lsi_block *block, release_list *list)
{
    lsi_large_give(&pool->large, block);
    while (pool->large.cached > (pool->direct ? 0 : pool->cache_limit) && collect_oldest(pool, list)) continue;
}

void lsi_pool_free(lsi_pool *pool, void *address)
{
    release_list list = {NULL, NULL};
    if (!address) return;
    pthread_mutex_lock(&pool->lock);
    lsi_block *block = lsi_table_take(&pool->table, (uintptr_t)address);
    if (block) {
        pool->stats.in_use -= (int64_t)block->bytes;
        if (block->slab) lsi_small_give(&pool->small, block);
        else give_large(pool, block, &list);
    }
    pthread_mutex_unlock(&pool->lock);
    release_collected(pool, &list);
}

void lsi_pool_trim(lsi_pool *pool, size_t keep)
{
    release_list list = {NULL, NULL};
    pthread_mutex_lock(&pool->lock);
    const size_t in_use = (size_t)pool->stats.in_use;
    make_room(pool, 0, keep < SIZE_MAX - in_use ? in_use + keep : SIZE_MAX, &list);
    pthread_mutex_unlock(&pool->lock);
    release_collected(pool, &list);
}

void lsi_pool_set_limit(lsi_pool *pool, size_t bytes)
{
    pthread_mutex_lock(&pool->lock);
    pool->limit = bytes ? bytes : SIZE_MAX;
    pthread_mutex_unlock(&pool->lock);
}

void lsi_pool_set_cache_limit(lsi_pool *pool, size_t bytes)
{
    release_list list = {NULL, NULL};
    pthread_mutex_lock(&pool->lock);
    pool->cache_limit = bytes;
    while (pool->large.cached > bytes && collect_oldest(pool, &list)) continue;
    pthread_mutex_unlock(&pool->lock);
    release_collected(pool, &list);
}

void lsi_pool_get_stats(lsi_pool *pool, lsi_pool_stats *out)
{
    pthread_mutex_lock(&pool->lock);
    *out = pool->stats;
    pthread_mutex_unlock(&pool->lock);
}

void lsi_pool_reset_peak(lsi_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->stats.peak_in_use = pool->stats.in_use;
    pool->stats.peak_reserved = pool->stats.reserved;
    pthread_mutex_unlock(&pool->lock);
}

void lsi_pool_set_direct(lsi_pool *pool, bool direct)
{
    pthread_mutex_lock(&pool->lock);
    pool->direct = direct;
    pthread_mutex_unlock(&pool->lock);
    if (direct) lsi_pool_trim(pool, 0);
}

/* Large blocks that nobody freed join the cache, from which everything is released. */
void lsi_pool_delete(lsi_pool *pool)
{
    release_list list = {NULL, NULL};
    if (!pool) return;
    for (size_t at = 0; at < pool->table.capacity; at++) {
        lsi_block *block = pool->table.slots[at];
        if (block && !block->slab) lsi_large_give(&pool->large, block);
    }
    while (collect_oldest(pool, &list)) continue;
    collect_slabs(pool, &list, SIZE_MAX, true);
    release_collected(pool, &list);
    lsi_small_destroy(&pool->small);
    lsi_dealloc(pool->table.slots);
    pthread_mutex_destroy(&pool->lock);
    lsi_dealloc(pool);
}

/* -- validity ----------------------------------------------------------------------------------------------------- */

static bool valid_locked(const lsi_pool *pool)
{
    int64_t small_bytes, small_blocks, large_bytes = 0, large_blocks = 0, reserved = (int64_t)pool->large.cached;
    if (!lsi_small_valid(&pool->small, &small_bytes, &small_blocks) || !lsi_large_valid(&pool->large)) return false;
    for (size_t at = 0; at < pool->table.capacity; at++) {
        const lsi_block *block = pool->table.slots[at];
        if (block && !block->in_use) return false;
        if (!block || block->slab) continue;
        large_bytes += (int64_t)block->bytes;
        large_blocks++;
        reserved += (int64_t)block->reserved;
    }
    for (const lsi_slab *slab = pool->small.slabs; slab; slab = slab->next) reserved += (int64_t)slab->bytes;
    return pool->stats.in_use == small_bytes + large_bytes &&
           (int64_t)pool->table.count == small_blocks + large_blocks && pool->stats.reserved == reserved;
}

bool lsi_pool_valid(lsi_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    const bool valid = valid_locked(pool);
    pthread_mutex_unlock(&pool->lock);
    return valid;
}
