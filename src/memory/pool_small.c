/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Requests below 1 MiB. Slabs are cut into blocks in units of 64 bytes; a free block waits in the bin of its exact size,
 * and a bitmap finds the next larger bin, so that best fit is a few instructions.
 *
 * Freed neighbours are not merged at once: programs ask for the sizes they freed, and an exact hit costs no cutting.
 * Merging happens when no free block is large enough, before another slab is asked for, and only in slabs where a block
 * was freed since the last time. */
#include "pool_parts.h"

enum { RECORDS_PER_CHUNK = 64, PAGE = 4096, SHIFT = 256, WASTE_SHIFT = 5 };

struct lsi_record_chunk {
    struct lsi_record_chunk *next;
    lsi_block records[RECORDS_PER_CHUNK];
};

bool lsi_small_init(lsi_small *small, bool clocks)
{
    small->clocks = clocks;
    small->bins = lsi_alloc(LSI_BINS, sizeof *small->bins);
    return small->bins != NULL;
}

void lsi_small_destroy(lsi_small *small)
{
    while (small->chunks) {
        struct lsi_record_chunk *chunk = small->chunks;
        small->chunks = chunk->next;
        lsi_dealloc(chunk);
    }
    lsi_dealloc(small->bins);
}

/* Blocks of whole pages get a little more: arrays of equal size would otherwise all start on the same cache sets. */
size_t lsi_small_round(size_t bytes)
{
    const size_t rounded = (bytes + LSI_UNIT - 1) / LSI_UNIT * LSI_UNIT;
    return rounded % PAGE == 0 ? rounded + SHIFT : rounded;
}

/* -- records ------------------------------------------------------------------------------------------------------ */

static void recycle(lsi_small *small, lsi_block *block)
{
    block->next = small->spare;
    small->spare = block;
}

static lsi_block *new_record(lsi_small *small)
{
    if (!small->spare) {
        struct lsi_record_chunk *chunk = lsi_alloc(1, sizeof *chunk);
        if (!chunk) return NULL;
        chunk->next = small->chunks;
        small->chunks = chunk;
        for (int k = RECORDS_PER_CHUNK - 1; k >= 0; k--) recycle(small, &chunk->records[k]);
    }
    lsi_block *block = small->spare;
    small->spare = block->next;
    block->slab = NULL;
    block->before = block->after = NULL;
    if (small->clocks) block->used = (lsi_clock){{0}};
    return block;
}

/* -- bins --------------------------------------------------------------------------------------------------------- */

static size_t bin_of(size_t bytes)
{
    const size_t bin = bytes / LSI_UNIT;
    return bin < LSI_BINS ? bin : LSI_BINS - 1;
}

static void push(lsi_small *small, lsi_block *block)
{
    const size_t bin = bin_of(block->bytes);
    block->in_use = false;
    block->previous = NULL;
    block->next = small->bins[bin];
    if (block->next) block->next->previous = block;
    small->bins[bin] = block;
    small->words[bin / 64] |= UINT64_C(1) << bin % 64;
}

static void unlink_free(lsi_small *small, lsi_block *block)
{
    const size_t bin = bin_of(block->bytes);
    if (block->previous) block->previous->next = block->next;
    else small->bins[bin] = block->next;
    if (block->next) block->next->previous = block->previous;
    if (!small->bins[bin]) small->words[bin / 64] &= ~(UINT64_C(1) << bin % 64);
}

/* The first block of the first bin that is not empty, from `bin` on. */
static lsi_block *first_from(const lsi_small *small, size_t bin)
{
    size_t word = bin / 64;
    uint64_t bits = small->words[word] & (~UINT64_C(0) << bin % 64);
    while (bits == 0)
        if (++word == LSI_BIN_WORDS) return NULL;
        else bits = small->words[word];
    return small->bins[word * 64 + (size_t)__builtin_ctzll(bits)];
}

/* -- cutting and merging ------------------------------------------------------------------------------------------ */

/* Cuts what is beyond `bytes` off into a free block. A rest of less than 1/32 stays where it is, as does every rest when
 * there is no memory for its record. */
static void cut(lsi_small *small, lsi_block *block, size_t bytes)
{
    const size_t rest_bytes = block->bytes - bytes;
    if (rest_bytes <= bytes >> WASTE_SHIFT) return;
    lsi_block *rest = new_record(small);
    if (!rest) return;
    rest->address = block->address + bytes;
    rest->bytes = rest_bytes;
    rest->slab = block->slab;
    rest->before = block;
    rest->after = block->after;
    if (rest->after) rest->after->before = rest;
    block->after = rest;
    block->bytes = bytes;
    if (small->clocks && LSI_POOL_RULE(LSI_POOL_RULE_CUT)) rest->used = block->used;
    push(small, rest);
}

static void merge_slab(lsi_small *small, lsi_slab *slab)
{
    for (lsi_block *block = slab->first; block; block = block->after) {
        if (block->in_use || !block->after || block->after->in_use) continue;
        unlink_free(small, block);
        while (block->after && !block->after->in_use) {
            lsi_block *gone = block->after;
            unlink_free(small, gone);
            block->bytes += gone->bytes;
            if (small->clocks && LSI_POOL_RULE(LSI_POOL_RULE_MERGE)) lsi_clock_join(&block->used, &gone->used);
            block->after = gone->after;
            if (block->after) block->after->before = block;
            recycle(small, gone);
        }
        push(small, block);
    }
    slab->dirty = false;
}

static void merge(lsi_small *small)
{
    for (lsi_slab *slab = small->slabs; slab && small->dirty; slab = slab->next)
        if (slab->dirty) merge_slab(small, slab);
    small->dirty = false;
}

lsi_block *lsi_small_take(lsi_small *small, size_t bytes)
{
    lsi_block *block = first_from(small, bin_of(bytes));
    if (!block && small->dirty) {
        merge(small);
        block = first_from(small, bin_of(bytes));
    }
    if (!block) return NULL;
    unlink_free(small, block);
    block->in_use = true;
    block->slab->in_use++;
    cut(small, block, bytes);
    return block;
}

void lsi_small_give(lsi_small *small, lsi_block *block)
{
    push(small, block);
    block->slab->in_use--;
    block->slab->dirty = true;
    small->dirty = true;
}

/* -- slabs -------------------------------------------------------------------------------------------------------- */

bool lsi_small_add_slab(lsi_small *small, uintptr_t base, size_t bytes, lsi_block *home)
{
    lsi_slab *slab = lsi_alloc(1, sizeof *slab);
    lsi_block *block = slab ? new_record(small) : NULL;
    if (!block) {
        lsi_dealloc(slab);
        return false;
    }
    *slab = (lsi_slab){.base = base, .bytes = bytes, .first = block, .next = small->slabs, .home = home};
    small->slabs = slab;
    block->address = base;
    block->bytes = bytes;
    block->slab = slab;
    if (home && small->clocks && LSI_POOL_RULE(LSI_POOL_RULE_SLAB)) block->used = home->used;
    push(small, block);
    return true;
}

static void forget_blocks(lsi_small *small, lsi_slab *slab)
{
    for (lsi_block *block = slab->first, *after; block; block = after) {
        after = block->after;
        if (!block->in_use) unlink_free(small, block);
        if (small->clocks) lsi_clock_join(&slab->used, &block->used);
        recycle(small, block);
    }
}

lsi_slab *lsi_small_take_slabs(lsi_small *small, size_t bytes, bool any)
{
    lsi_slab *taken = NULL;
    size_t found = 0;
    for (lsi_slab **link = &small->slabs; *link && found < bytes;) {
        lsi_slab *slab = *link;
        if (slab->in_use > 0 && !any) {
            link = &slab->next;
            continue;
        }
        *link = slab->next;
        forget_blocks(small, slab);
        slab->next = taken;
        taken = slab;
        found += slab->bytes;
    }
    return taken;
}

/* -- validity ----------------------------------------------------------------------------------------------------- */

static bool slab_valid(const lsi_slab *slab, int64_t *bytes_in_use, int64_t *blocks_in_use, int64_t *blocks_free)
{
    uintptr_t expected = slab->base;
    int64_t in_use = 0;
    for (const lsi_block *block = slab->first, *before = NULL; block; before = block, block = block->after) {
        if (block->address != expected || block->before != before || block->slab != slab) return false;
        if (block->bytes == 0 || block->bytes % LSI_UNIT != 0) return false;
        expected += block->bytes;
        in_use += block->in_use;
        *blocks_free += !block->in_use;
        *bytes_in_use += block->in_use ? (int64_t)block->bytes : 0;
    }
    *blocks_in_use += in_use;
    return expected == slab->base + slab->bytes && in_use == slab->in_use;
}

static bool bin_valid(const lsi_small *small, size_t bin, int64_t *blocks_free)
{
    const bool marked = small->words[bin / 64] >> bin % 64 & 1;
    if (marked != (small->bins[bin] != NULL)) return false;
    for (const lsi_block *block = small->bins[bin], *previous = NULL; block; previous = block, block = block->next) {
        if (block->in_use || bin_of(block->bytes) != bin || block->previous != previous) return false;
        --*blocks_free;
    }
    return true;
}

bool lsi_small_valid(const lsi_small *small, int64_t *bytes_in_use, int64_t *blocks_in_use)
{
    int64_t blocks_free = 0; /* counted up over slabs and down over bins: the same blocks */
    *bytes_in_use = *blocks_in_use = 0;
    for (const lsi_slab *slab = small->slabs; slab; slab = slab->next)
        if (!slab_valid(slab, bytes_in_use, blocks_in_use, &blocks_free)) return false;
    for (size_t bin = 0; bin < LSI_BINS; bin++)
        if (!bin_valid(small, bin, &blocks_free)) return false;
    return blocks_free == 0;
}
