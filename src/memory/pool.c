/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The pool: locking, limits, and what is tried before a request fails. Decides when the prim is called, and never holds
 * the lock then; leaves the fitting of blocks to pool_small.c, pool_large.c and pool_range.c.
 *
 * A request looks for a fitting free block; else it asks the prim for a segment, which cached memory makes room for where
 * a limit or the machine's size demands it. When that fails it climbs the ladder of pool.h, and tries both again after
 * each step. */
#include "pool.h"
#include "pool_parts.h"

#include <string.h>

enum {
    LARGE_FROM = 1 << 20,
    SLAB_BYTES = 2 << 20,
    LARGE_UNIT = 64 << 10,
    STAGGER = 256,
    STAGGER_STEPS = 16,
    MOST_CALLBACKS = 16 /* a callback that always says "again" ends nevertheless */
};

#ifdef LSI_MUTATE
unsigned lsi_pool_mutations;
#endif

/* Segments on their way back to the prim, collected under the lock and released after it. */
typedef struct release_list {
    lsi_block *blocks, *ranges;
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

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

lsi_pool *lsi_pool_new(lsi_prim *prim)
{
    lsi_pool *pool = lsi_alloc(1, sizeof *pool);
    const bool clocks = prim->settle != NULL;
    if (!pool || !lsi_small_init(&pool->small, clocks) || pthread_mutex_init(&pool->lock, NULL) != 0) {
        if (pool) lsi_small_destroy(&pool->small);
        lsi_dealloc(pool);
        return NULL;
    }
    size_t total = 0, available = 0;
    if (prim->capacity) prim->capacity(prim, &total, &available);
    pool->prim = prim;
    pool->clocks = clocks;
    pool->ranges.unit = LARGE_UNIT;
    pool->ranges.granularity = prim->granularity > LARGE_UNIT ? prim->granularity : LARGE_UNIT;
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

/* A slab cut from a range goes back there, with its uses. */
static void send_home(lsi_pool *pool, lsi_slab *slab)
{
    if (pool->clocks && LSI_POOL_RULE(LSI_POOL_RULE_SLAB)) slab->home->used = slab->used;
    lsi_range_give(&pool->ranges, slab->home);
    lsi_dealloc(slab);
}

static void collect_slabs(lsi_pool *pool, release_list *list, size_t bytes, bool any)
{
    lsi_slab *slabs = lsi_small_take_slabs(&pool->small, bytes, any);
    while (slabs) {
        lsi_slab *slab = slabs;
        slabs = slab->next;
        if (slab->home) {
            send_home(pool, slab);
            continue;
        }
        slab->next = list->slabs;
        list->slabs = slab;
        pool->stats.reserved -= (int64_t)slab->bytes;
        pool->stats.segments--;
    }
}

static void collect_ranges(lsi_pool *pool, release_list *list, size_t bytes)
{
    lsi_block *blocks = lsi_range_collect(&pool->ranges, bytes);
    while (blocks) {
        lsi_block *block = blocks;
        blocks = block->next;
        block->next = list->ranges;
        list->ranges = block;
        pool->stats.reserved -= (int64_t)block->reserved;
    }
}

static void settle_collected(lsi_pool *pool, const release_list *list)
{
    lsi_clock used = {{0}};
    for (const lsi_block *block = list->blocks; block; block = block->next) lsi_clock_join(&used, &block->used);
    for (const lsi_block *block = list->ranges; block; block = block->next) lsi_clock_join(&used, &block->used);
    for (const lsi_slab *slab = list->slabs; slab; slab = slab->next) lsi_clock_join(&used, &slab->used);
    if (!lsi_clock_is_zero(&used) && LSI_POOL_RULE(LSI_POOL_RULE_SETTLE)) pool->prim->settle(pool->prim, &used);
}

static void recycle_ranges(lsi_pool *pool, lsi_block *blocks)
{
    pthread_mutex_lock(&pool->lock);
    while (blocks) {
        lsi_block *block = blocks;
        blocks = block->next;
        lsi_range_recycle(&pool->ranges, block);
    }
    pthread_mutex_unlock(&pool->lock);
}

static __attribute__((noinline)) void release_listed(lsi_pool *pool, release_list *list)
{
    if (pool->clocks) settle_collected(pool, list);
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
    for (const lsi_block *block = list->ranges; block; block = block->next)
        pool->prim->release(pool->prim, (void *)block->base, block->reserved);
    if (list->ranges) recycle_ranges(pool, list->ranges);
}

/* Without the lock. */
static inline void release_collected(lsi_pool *pool, release_list *list)
{
    if (list->blocks || list->slabs || list->ranges) release_listed(pool, list);
}

/* Gives cached memory up, oldest first and then empty slabs, until `growth` more bytes stay within `bound` in all. */
static void make_room(lsi_pool *pool, size_t growth, size_t bound, release_list *list)
{
    const size_t most = growth < bound ? bound - growth : 0;
    while ((size_t)pool->stats.reserved > most && collect_oldest(pool, list)) continue;
    if ((size_t)pool->stats.reserved > most) collect_slabs(pool, list, (size_t)pool->stats.reserved - most, false);
    if ((size_t)pool->stats.reserved > most) collect_ranges(pool, list, (size_t)pool->stats.reserved - most);
}

/* -- segments from the prim --------------------------------------------------------------------------------------- */

/* Counts the segment before it exists, so that threads which grow at once keep the limit together. */
static bool reserve(lsi_pool *pool, size_t bytes)
{
    release_list list = {NULL, NULL, NULL};
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

/* Without the lock. */
static void *new_segment(lsi_pool *pool, lsi_prim *prim, size_t bytes)
{
    if (!reserve(pool, bytes)) return NULL;
    void *base = prim->allocate(prim, bytes);
    if (!base) unreserve(pool, bytes);
    return base;
}

static void drop_segment(lsi_pool *pool, lsi_prim *prim, void *base, size_t bytes)
{
    prim->release(prim, base, bytes);
    unreserve(pool, bytes);
}

/* -- bookkeeping of blocks, with the lock held -------------------------------------------------------------------- */

static void *hand_out(lsi_pool *pool, lsi_block *block, bool reused, lsi_clock *after)
{
    lsi_pool_stats *s = &pool->stats;
    lsi_table_insert(&pool->table, block);
    s->in_use += (int64_t)block->bytes;
    s->peak_in_use = larger(s->peak_in_use, s->in_use);
    s->allocations++;
    s->reused += reused;
    if (pool->clocks && LSI_POOL_RULE(LSI_POOL_RULE_HAND)) *after = block->used;
    return (void *)block->address;
}

static void note_peak(lsi_pool *pool)
{
    pool->stats.peak_reserved = larger(pool->stats.peak_reserved, pool->stats.reserved);
}

static void count_segment(lsi_pool *pool)
{
    pool->stats.segments++;
    note_peak(pool);
}

/* A free block that fits, handed out; NULL when there is none or no room in the table. Every array comes through here:
 * the first look is part of its caller. */
static inline __attribute__((always_inline)) void *first_look(lsi_pool *pool, size_t bytes, bool reused,
                                                              lsi_clock *after)
{
    if (!lsi_table_reserve(&pool->table)) return NULL;
    lsi_block *block = is_small(bytes)          ? lsi_small_take(&pool->small, lsi_small_round(bytes))
                       : pool->prim->splittable ? lsi_range_take(&pool->ranges, bytes)
                                                : lsi_large_take(&pool->large, bytes);
    return block ? hand_out(pool, block, reused, after) : NULL;
}

static __attribute__((noinline)) void *from_cache(lsi_pool *pool, size_t bytes, bool reused, lsi_clock *after)
{
    return first_look(pool, bytes, reused, after);
}

/* -- growing ------------------------------------------------------------------------------------------------------ */

/* More than asked for, so that growth is rare; memory that ends free is counted in. */
static size_t range_growth(lsi_pool *pool, size_t bytes, bool generous)
{
    const size_t tail = lsi_range_tail(&pool->ranges), most = (size_t)32 << 20;
    const size_t exact = round_up(bytes > tail ? bytes - tail : bytes, pool->ranges.granularity);
    const size_t ahead = round_up((size_t)pool->stats.reserved / 8, pool->ranges.granularity);
    const size_t least = ahead < most ? ahead : most;
    return generous && exact < least ? least : exact;
}

static bool add_range(lsi_pool *pool, size_t bytes)
{
    void *base = new_segment(pool, pool->prim, bytes);
    if (!base) return false;
    pthread_mutex_lock(&pool->lock);
    const bool added = lsi_range_add(&pool->ranges, (uintptr_t)base, bytes);
    note_peak(pool);
    pthread_mutex_unlock(&pool->lock);
    if (!added) drop_segment(pool, pool->prim, base, bytes);
    return added;
}

/* First generously, then exactly behind what is free at the end; and all of it, should that not have been adjacent. */
static bool grow_ranges(lsi_pool *pool, size_t bytes, int attempt)
{
    pthread_mutex_lock(&pool->lock);
    const size_t growth = attempt == 2 ? round_up(bytes, pool->ranges.granularity)
                                       : range_growth(pool, bytes, attempt == 0);
    pthread_mutex_unlock(&pool->lock);
    return add_range(pool, growth);
}

/* Whether there may be a fit now. */
static void *grow_large_range(lsi_pool *pool, size_t bytes, lsi_clock *after)
{
    void *address = NULL;
    for (int attempt = 0; attempt < 3 && !address; attempt++) {
        if (!grow_ranges(pool, bytes, attempt)) continue;
        pthread_mutex_lock(&pool->lock);
        address = from_cache(pool, bytes, false, after);
        pthread_mutex_unlock(&pool->lock);
    }
    return address;
}

/* A block of the ranges for a slab, not in the table; NULL when there is none. */
static lsi_block *slab_from_ranges(lsi_pool *pool, size_t bytes)
{
    lsi_block *block = NULL;
    for (int attempt = -1; attempt < 3 && !block; attempt++) {
        if (attempt >= 0 && !grow_ranges(pool, bytes, attempt)) continue;
        pthread_mutex_lock(&pool->lock);
        block = lsi_range_take(&pool->ranges, bytes);
        pthread_mutex_unlock(&pool->lock);
    }
    return block;
}

static void *serve_from_slab(lsi_pool *pool, void *base, size_t slab_bytes, lsi_block *home, size_t bytes, bool *added,
                             lsi_clock *after)
{
    pthread_mutex_lock(&pool->lock);
    *added = lsi_small_add_slab(&pool->small, (uintptr_t)base, slab_bytes, home);
    if (*added && !home) count_segment(pool);
    if (!*added && home) lsi_range_give(&pool->ranges, home);
    void *address = *added ? from_cache(pool, bytes, false, after) : NULL;
    pthread_mutex_unlock(&pool->lock);
    return address;
}

static void *grow_small(lsi_pool *pool, size_t bytes, lsi_clock *after)
{
    const bool ranges = pool->prim->splittable;
    const size_t slab_bytes = ranges ? SLAB_BYTES : round_up(SLAB_BYTES, pool->prim->granularity);
    lsi_block *home = ranges ? slab_from_ranges(pool, slab_bytes) : NULL;
    void *base = home ? (void *)home->address : ranges ? NULL : new_segment(pool, pool->prim, slab_bytes);
    bool added;
    if (!base) return NULL;
    void *address = serve_from_slab(pool, base, home ? home->bytes : slab_bytes, home, bytes, &added, after);
    if (!added && !home) drop_segment(pool, pool->prim, base, slab_bytes);
    return address;
}

/* Large blocks of host memory start at a rising multiple of 256 bytes behind a segment's start, for the caches' sake;
 * blocks of a direct pool start where the prim says, so that a memory checker sees their ends. */
static void *grow_large(lsi_pool *pool, lsi_prim *prim, size_t bytes, bool staggered, lsi_clock *after)
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
        hand_out(pool, block, false, after);
    }
    pthread_mutex_unlock(&pool->lock);
    if (known) return (void *)block->address;
    drop_segment(pool, prim, base, reserved);
    lsi_dealloc(block);
    return NULL;
}

/* The host's maps hide overruns from memory checkers: a direct pool asks malloc instead. */
static lsi_prim *direct_prim(const lsi_pool *pool)
{
    return pool->prim == lsi_prim_host() ? lsi_prim_malloc() : pool->prim;
}

static void *grow(lsi_pool *pool, size_t bytes, bool direct, lsi_clock *after)
{
    if (direct) return grow_large(pool, direct_prim(pool), bytes, false, after);
    if (is_small(bytes)) return grow_small(pool, bytes, after);
    return pool->prim->splittable ? grow_large_range(pool, bytes, after)
                                  : grow_large(pool, pool->prim, bytes, pool->prim->host_readable, after);
}

/* -- the ladder --------------------------------------------------------------------------------------------------- */

/* The step's work, without the lock; false when there is nothing to it, or nothing more. */
static bool climb(lsi_pool *pool, int step, size_t bytes)
{
    if (step == 2 && !pool->clocks) return false;
    if (step == 3 && !pool->callback) return false;
    if (step == 2) pool->prim->settle(pool->prim, NULL);
    if (step == 3 && !pool->callback(pool->callback_context, bytes)) return false;
    if (step != 3) lsi_pool_trim(pool, 0);
    pthread_mutex_lock(&pool->lock);
    pool->stats.steps[step]++;
    pthread_mutex_unlock(&pool->lock);
    return true;
}

static void *try(lsi_pool *pool, size_t bytes, bool direct, lsi_clock *after)
{
    pthread_mutex_lock(&pool->lock);
    void *address = direct ? NULL : from_cache(pool, bytes, true, after); /* a neighbour may have freed one meanwhile */
    pthread_mutex_unlock(&pool->lock);
    return address ? address : grow(pool, bytes, direct, after);
}

/* When what the callback freed is there but in pieces, the pieces go back to the prim. */
static void *try_after_callback(lsi_pool *pool, size_t bytes, bool direct, lsi_clock *after)
{
    void *address = try(pool, bytes, direct, after);
    if (address) return address;
    lsi_pool_trim(pool, 0);
    return try(pool, bytes, direct, after);
}

static void *climb_and_try(lsi_pool *pool, size_t bytes, bool direct, lsi_clock *after)
{
    void *address = NULL;
    for (int step = 1; step <= 2 && !address; step++)
        if (climb(pool, step, bytes)) address = try(pool, bytes, direct, after);
    for (int call = 0; call < MOST_CALLBACKS && !address && climb(pool, 3, bytes); call++)
        address = try_after_callback(pool, bytes, direct, after);
    return address;
}

static void *fail(lsi_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->stats.out_of_memory++;
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* -- the public entries ------------------------------------------------------------------------------------------- */

/* When the first look found nothing. */
static __attribute__((noinline)) void *grow_or_climb(lsi_pool *pool, size_t bytes, bool direct, lsi_clock *after)
{
    void *address = grow(pool, bytes, direct, after);
    if (!address) address = climb_and_try(pool, bytes, direct, after);
    return address ? address : fail(pool);
}

static inline __attribute__((always_inline)) void *allocate(lsi_pool *pool, size_t bytes, lsi_clock *after)
{
    bytes += bytes == 0;
    if (bytes > (size_t)INT64_MAX / 2) return fail(pool);
    pthread_mutex_lock(&pool->lock);
    const bool direct = pool->direct;
    pool->stats.sizes[63 ^ __builtin_clzll((unsigned long long)bytes)]++;
    void *address = direct ? NULL : first_look(pool, bytes, true, after);
    pthread_mutex_unlock(&pool->lock);
    return address ? address : grow_or_climb(pool, bytes, direct, after);
}

static __attribute__((noinline)) void *allocate_and_settle(lsi_pool *pool, size_t bytes)
{
    lsi_clock after;
    void *address = lsi_pool_allocate_after(pool, bytes, &after);
    if (!lsi_clock_is_zero(&after)) pool->prim->settle(pool->prim, &after);
    return address;
}

void *lsi_pool_allocate(lsi_pool *pool, size_t bytes)
{
    return pool->clocks ? allocate_and_settle(pool, bytes) : allocate(pool, bytes, NULL);
}

void *lsi_pool_allocate_after(lsi_pool *pool, size_t bytes, lsi_clock *after)
{
    *after = (lsi_clock){{0}};
    return allocate(pool, bytes, after);
}

/* A large block goes to the cache, and what the cache may not hold any more to the list. */
static void give_large(lsi_pool *pool, lsi_block *block, release_list *list)
{
    lsi_large_give(&pool->large, block);
    while (pool->large.cached > (pool->direct ? 0 : pool->cache_limit) && collect_oldest(pool, list)) continue;
}

static void trim_ranges(lsi_pool *pool, release_list *list)
{
    if (pool->ranges.free > pool->cache_limit) collect_ranges(pool, list, pool->ranges.free - pool->cache_limit);
}

static void set_uses(const lsi_pool *pool, lsi_block *block, const lsi_clock *after)
{
    if (!pool->clocks) return;
    block->used = after && LSI_POOL_RULE(LSI_POOL_RULE_KEEP) ? *after : (lsi_clock){{0}};
}

void lsi_pool_free_after(lsi_pool *pool, void *address, const lsi_clock *after)
{
    release_list list = {NULL, NULL, NULL};
    if (!address) return;
    pthread_mutex_lock(&pool->lock);
    lsi_block *block = lsi_table_take(&pool->table, (uintptr_t)address);
    if (block) {
        pool->stats.in_use -= (int64_t)block->bytes;
        set_uses(pool, block, after);
        if (block->slab) lsi_small_give(&pool->small, block);
        else if (!block->range) give_large(pool, block, &list);
        else lsi_range_give(&pool->ranges, block), trim_ranges(pool, &list);
    }
    pthread_mutex_unlock(&pool->lock);
    release_collected(pool, &list);
}

void lsi_pool_free(lsi_pool *pool, void *address)
{
    lsi_pool_free_after(pool, address, NULL);
}

void lsi_pool_trim(lsi_pool *pool, size_t keep)
{
    release_list list = {NULL, NULL, NULL};
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
    release_list list = {NULL, NULL, NULL};
    pthread_mutex_lock(&pool->lock);
    pool->cache_limit = bytes;
    while (pool->large.cached > bytes && collect_oldest(pool, &list)) continue;
    trim_ranges(pool, &list);
    pthread_mutex_unlock(&pool->lock);
    release_collected(pool, &list);
}

void lsi_pool_set_callback(lsi_pool *pool, bool (*callback)(void *context, size_t bytes), void *context)
{
    pthread_mutex_lock(&pool->lock);
    pool->callback = callback;
    pool->callback_context = context;
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

/* Blocks that nobody freed join the cache, from which everything is released. */
void lsi_pool_delete(lsi_pool *pool)
{
    release_list list = {NULL, NULL, NULL};
    if (!pool) return;
    if (pool->clocks) pool->prim->settle(pool->prim, NULL);
    for (size_t at = 0; at < pool->table.capacity; at++) {
        lsi_block *block = pool->table.slots[at];
        if (block && block->range) lsi_range_give(&pool->ranges, block);
        else if (block && !block->slab) lsi_large_give(&pool->large, block);
    }
    while (collect_oldest(pool, &list)) continue;
    collect_slabs(pool, &list, SIZE_MAX, true);
    collect_ranges(pool, &list, SIZE_MAX);
    release_collected(pool, &list);
    lsi_small_destroy(&pool->small);
    lsi_range_destroy(&pool->ranges);
    lsi_dealloc(pool->table.slots);
    pthread_mutex_destroy(&pool->lock);
    lsi_dealloc(pool);
}

/* -- validity ----------------------------------------------------------------------------------------------------- */

typedef struct totals {
    int64_t bytes, blocks, reserved;
} totals;

static bool add_table(const lsi_pool *pool, totals *sum)
{
    for (size_t at = 0; at < pool->table.capacity; at++) {
        const lsi_block *block = pool->table.slots[at];
        if (block && !block->in_use) return false;
        if (!block || block->slab || block->range) continue;
        sum->bytes += (int64_t)block->bytes;
        sum->blocks++;
        sum->reserved += (int64_t)block->reserved;
    }
    return true;
}

/* Slabs in ranges are in use there and in nobody's hands. */
static void add_slabs(const lsi_pool *pool, totals *sum)
{
    for (const lsi_slab *slab = pool->small.slabs; slab; slab = slab->next) {
        sum->bytes -= slab->home ? (int64_t)slab->bytes : 0;
        sum->blocks -= slab->home != NULL;
        sum->reserved += slab->home ? 0 : (int64_t)slab->bytes;
    }
}

static bool valid_locked(const lsi_pool *pool)
{
    totals small = {0, 0, 0}, range = {0, 0, 0}, sum = {0, 0, (int64_t)pool->large.cached};
    if (!lsi_small_valid(&pool->small, &small.bytes, &small.blocks) || !lsi_large_valid(&pool->large)) return false;
    if (!lsi_range_valid(&pool->ranges, &range.bytes, &range.blocks, &range.reserved)) return false;
    if (!add_table(pool, &sum)) return false;
    add_slabs(pool, &sum);
    return pool->stats.in_use == small.bytes + range.bytes + sum.bytes &&
           (int64_t)pool->table.count == small.blocks + range.blocks + sum.blocks &&
           pool->stats.reserved == range.reserved + sum.reserved;
}

bool lsi_pool_valid(lsi_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    const bool valid = valid_locked(pool);
    pthread_mutex_unlock(&pool->lock);
    return valid;
}
