/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The parts a pool is made of, each in a file of its own. None locks or calls a prim: pool.c does both.
 *
 *   pool_table.c   the blocks in use, by address
 *   pool_small.c   requests below 1 MiB, cut from 2 MiB slabs
 *   pool_large.c   the cache of freed large blocks, each a segment of its own
 *   pool_range.c   large blocks cut from splittable memory
 *   pool_report.c  what a pool says about itself
 *
 * Memory may not be readable from here, so everything known about a block stands in its record beside it. */
#ifndef LSI_MEMORY_POOL_PARTS_H
#define LSI_MEMORY_POOL_PARTS_H

#include "pool.h"

#include <pthread.h>

#ifdef LSI_MUTATE /* for tests of the tests: bit k switches a rule off */
#define LSI_POOL_RULE(k) (!(lsi_pool_mutations >> (k) & 1))
#else
#define LSI_POOL_RULE(k) true
#endif
enum {
    LSI_POOL_RULE_KEEP,   /* a freed block keeps its uses */
    LSI_POOL_RULE_HAND,   /* who gets it is told */
    LSI_POOL_RULE_MERGE,  /* merged blocks have the uses of both */
    LSI_POOL_RULE_CUT,    /* cut blocks inherit them */
    LSI_POOL_RULE_SETTLE, /* memory is waited for before it is released */
    LSI_POOL_RULE_SLAB,   /* a slab has the uses of the range it was cut from, and gives them back */
};

typedef struct lsi_slab lsi_slab;
typedef struct lsi_block lsi_block;
struct lsi_block {
    uintptr_t address;          /* as handed out */
    size_t bytes;               /* from there to the block's end */
    lsi_slab *slab;             /* small: where it was cut from; large: NULL */
    lsi_block *before, *after;  /* small: neighbours by address in the slab; large in the cache: older and newer */
    lsi_block *previous, *next; /* free: neighbours in its bin */
    bool in_use;
    bool range;                 /* cut from splittable memory; `before` and `after` as for small ones */
    /* large only */
    uintptr_t base;             /* of the segment; the block starts a little later */
    size_t reserved;            /* bytes of the segment */
    lsi_prim *prim;             /* where it came from */
    lsi_clock used;             /* by work that may still be running; kept where the prim can settle */
};

/* -- pool_table.c: open addressing, at most half full -- */
typedef struct lsi_block_table {
    lsi_block **slots;
    size_t capacity, count; /* capacity: a power of two, or 0 */
} lsi_block_table;

bool lsi_table_reserve(lsi_block_table *table);                    /* room for one more; false when out of memory */
void lsi_table_insert(lsi_block_table *table, lsi_block *block);   /* after lsi_table_reserve */
lsi_block *lsi_table_take(lsi_block_table *table, uintptr_t address); /* removes; NULL when unknown */

/* -- pool_small.c -- */
enum { LSI_UNIT = 64, LSI_BINS = ((2 << 20) / LSI_UNIT) + 1, LSI_BIN_WORDS = (LSI_BINS + 63) / 64 };

struct lsi_slab {
    uintptr_t base;
    size_t bytes;
    lsi_block *first;     /* by address */
    int64_t in_use;       /* blocks handed out */
    bool dirty;           /* a block was freed since the last merge */
    lsi_slab *next;
    lsi_block *home;      /* the range it was cut from; NULL: a segment of its own */
    lsi_clock used;       /* of what was free in it, once it is taken out */
};

typedef struct lsi_small {
    lsi_block **bins;               /* free blocks by size / 64, the last bin for all from 2 MiB; newest first */
    uint64_t words[LSI_BIN_WORDS];  /* bit b: bin b is not empty */
    lsi_slab *slabs;
    lsi_block *spare;               /* unused records, linked by next */
    struct lsi_record_chunk *chunks;
    bool dirty;                     /* some slab is */
    bool clocks;                    /* blocks have uses */
} lsi_small;

bool lsi_small_init(lsi_small *small, bool clocks);
void lsi_small_destroy(lsi_small *small); /* records only; the slabs were taken out by lsi_small_take_slabs */
size_t lsi_small_round(size_t bytes);
/* A block of at least `bytes` (a rounded size), in use; NULL when no slab has one. Best fit; merges when it must. */
lsi_block *lsi_small_take(lsi_small *small, size_t bytes);
void lsi_small_give(lsi_small *small, lsi_block *block);
/* `home` may be NULL; else the slab has its uses. False when out of memory. */
bool lsi_small_add_slab(lsi_small *small, uintptr_t base, size_t bytes, lsi_block *home);
/* Takes slabs out, linked by next, until `bytes` are found: those without blocks in use, or any. The caller releases the
 * memory and then frees each record with lsi_dealloc. */
lsi_slab *lsi_small_take_slabs(lsi_small *small, size_t bytes, bool any);
/* Whether lists, bins and slabs agree; adds up what is in use and how many blocks that is. */
bool lsi_small_valid(const lsi_small *small, int64_t *bytes_in_use, int64_t *blocks_in_use);

/* -- pool_large.c -- */
enum { LSI_SIZE_STEPS = 8, LSI_SIZE_BINS = 64 * LSI_SIZE_STEPS };

typedef struct lsi_large {
    lsi_block *bins[LSI_SIZE_BINS]; /* eight to the octave; newest first */
    lsi_block *oldest, *newest;
    size_t cached;                  /* bytes of the segments in here */
} lsi_large;

/* The smallest cached block of at least `bytes`, of which they are 7/8 or more; NULL when there is none. */
lsi_block *lsi_large_take(lsi_large *large, size_t bytes);
void lsi_large_give(lsi_large *large, lsi_block *block);
lsi_block *lsi_large_take_oldest(lsi_large *large); /* NULL when empty */
bool lsi_large_valid(const lsi_large *large);
size_t lsi_large_bin(size_t bytes); /* eight to the octave: sizes in one differ by less than 1/8; monotone */
size_t lsi_large_biggest(const lsi_large *large);

/* -- pool_range.c -- */
typedef struct lsi_ranges {
    size_t unit, granularity;        /* blocks are multiples of the one, releases of the other */
    lsi_block *bins[LSI_SIZE_BINS];
    uint64_t words[LSI_SIZE_BINS / 64];
    lsi_block *first, *last;         /* all, by address */
    lsi_block *spare;
    size_t free;                     /* bytes in free blocks */
    bool dirty;                      /* neighbours may both be free */
} lsi_ranges;

/* The best fit, cut to size, in use; NULL when there is none. Merges when it must. */
lsi_block *lsi_range_take(lsi_ranges *ranges, size_t bytes);
void lsi_range_give(lsi_ranges *ranges, lsi_block *block);
bool lsi_range_add(lsi_ranges *ranges, uintptr_t base, size_t bytes); /* free; false when out of memory */
size_t lsi_range_tail(lsi_ranges *ranges);                            /* bytes free behind everything in use */
/* Takes free memory out, from the highest address down, until `bytes` are found: records linked by next with base and
 * reserved set, which the caller gives back with lsi_range_recycle once they are released. */
lsi_block *lsi_range_collect(lsi_ranges *ranges, size_t bytes);
void lsi_range_recycle(lsi_ranges *ranges, lsi_block *block);
size_t lsi_range_biggest(lsi_ranges *ranges);
void lsi_range_destroy(lsi_ranges *ranges);
bool lsi_range_valid(const lsi_ranges *ranges, int64_t *bytes_in_use, int64_t *blocks_in_use, int64_t *bytes);

/* -- the pool itself, for pool.c and pool_report.c -- */
struct lsi_pool {
    pthread_mutex_t lock; /* guards everything below */
    lsi_prim *prim;
    lsi_small small;
    lsi_large large;
    lsi_ranges ranges;
    lsi_block_table table;
    lsi_pool_stats stats;
    size_t limit;         /* most bytes reserved; SIZE_MAX: none */
    size_t cache_limit;   /* most bytes in free large blocks */
    size_t pressure;      /* from this many reserved bytes on, growth is paid from the cache first */
    unsigned stagger;
    bool direct, clocks;
    bool (*callback)(void *context, size_t bytes);
    void *callback_context;
};

#endif
