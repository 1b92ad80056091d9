/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Large blocks of splittable memory, such as the virtual memory of a GPU: all in one list by address, the free ones in
 * bins by size. Decides where a request is cut from and what is given back first; leaves growing to pool.c.
 *
 * Best fit, and the rest stays free. As in pool_small.c neighbours are merged only when nothing fits, since programs ask
 * for the sizes they freed, and because a merged block has to be waited for as the slower of its parts. */
#include "pool_parts.h"

#include <string.h>

/* -- records ------------------------------------------------------------------------------------------------------ */

void lsi_range_recycle(lsi_ranges *r, lsi_block *block)
{
    block->next = r->spare;
    r->spare = block;
}

static lsi_block *new_record(lsi_ranges *r)
{
    lsi_block *block = r->spare;
    if (!block) return lsi_alloc(1, sizeof *block);
    r->spare = block->next;
    memset(block, 0, sizeof *block);
    return block;
}

void lsi_range_destroy(lsi_ranges *r)
{
    while (r->first) {
        lsi_block *block = r->first;
        r->first = block->after;
        lsi_dealloc(block);
    }
    while (r->spare) {
        lsi_block *block = r->spare;
        r->spare = block->next;
        lsi_dealloc(block);
    }
}

/* -- the list by address ------------------------------------------------------------------------------------------ */

static void insert_after(lsi_ranges *r, lsi_block *block, lsi_block *before)
{
    block->before = before;
    block->after = before ? before->after : r->first;
    if (block->after) block->after->before = block;
    else r->last = block;
    if (before) before->after = block;
    else r->first = block;
}

static void remove_from_list(lsi_ranges *r, lsi_block *block)
{
    if (block->before) block->before->after = block->after;
    else r->first = block->after;
    if (block->after) block->after->before = block->before;
    else r->last = block->before;
}

static bool are_neighbours(const lsi_block *a, const lsi_block *b)
{
    return a && b && a->address + a->bytes == b->address;
}

/* -- bins of free blocks ------------------------------------------------------------------------------------------ */

static void push(lsi_ranges *r, lsi_block *block)
{
    const size_t bin = lsi_large_bin(block->bytes);
    block->in_use = false;
    block->previous = NULL;
    block->next = r->bins[bin];
    if (block->next) block->next->previous = block;
    r->bins[bin] = block;
    r->words[bin / 64] |= UINT64_C(1) << bin % 64;
    r->free += block->bytes;
}

static void unlink_free(lsi_ranges *r, lsi_block *block)
{
    const size_t bin = lsi_large_bin(block->bytes);
    if (block->previous) block->previous->next = block->next;
    else r->bins[bin] = block->next;
    if (block->next) block->next->previous = block->previous;
    if (!r->bins[bin]) r->words[bin / 64] &= ~(UINT64_C(1) << bin % 64);
    r->free -= block->bytes;
}

/* The smallest block of a bin with at least `bytes`, the newest of equal ones. */
static lsi_block *smallest_in(const lsi_ranges *r, size_t bin, size_t bytes)
{
    lsi_block *best = NULL;
    for (lsi_block *block = r->bins[bin]; block && (!best || best->bytes > bytes); block = block->next)
        if (block->bytes >= bytes && (!best || block->bytes < best->bytes)) best = block;
    return best;
}

/* The first bin from `bin` on that is not empty; LSI_SIZE_BINS when all are. */
static size_t next_bin(const lsi_ranges *r, size_t bin)
{
    if (bin >= LSI_SIZE_BINS) return LSI_SIZE_BINS;
    size_t word = bin / 64;
    uint64_t bits = r->words[word] & (~UINT64_C(0) << bin % 64);
    while (bits == 0)
        if (++word == LSI_SIZE_BINS / 64) return LSI_SIZE_BINS;
        else bits = r->words[word];
    return word * 64 + (size_t)__builtin_ctzll(bits);
}

static lsi_block *best_fit(const lsi_ranges *r, size_t bytes)
{
    const size_t own = lsi_large_bin(bytes);
    lsi_block *best = smallest_in(r, own, bytes);
    if (best) return best;
    const size_t bin = next_bin(r, own + 1);
    return bin < LSI_SIZE_BINS ? smallest_in(r, bin, bytes) : NULL;
}

/* -- cutting and merging ------------------------------------------------------------------------------------------ */

/* Cuts what is beyond `bytes` off; it is nobody's yet. NULL when there is no memory for its record. */
static lsi_block *cut_off(lsi_ranges *r, lsi_block *block, size_t bytes)
{
    lsi_block *rest = new_record(r);
    if (!rest) return NULL;
    rest->address = block->address + bytes;
    rest->bytes = block->bytes - bytes;
    rest->range = true;
    if (LSI_POOL_RULE(LSI_POOL_RULE_CUT)) rest->used = block->used;
    block->bytes = bytes;
    insert_after(r, rest, block);
    return rest;
}

static void merge(lsi_ranges *r)
{
    for (lsi_block *block = r->first; block; block = block->after) {
        if (block->in_use || !are_neighbours(block, block->after) || block->after->in_use) continue;
        unlink_free(r, block);
        while (are_neighbours(block, block->after) && !block->after->in_use) {
            lsi_block *gone = block->after;
            unlink_free(r, gone);
            remove_from_list(r, gone);
            block->bytes += gone->bytes;
            if (LSI_POOL_RULE(LSI_POOL_RULE_MERGE)) lsi_clock_join(&block->used, &gone->used);
            lsi_range_recycle(r, gone);
        }
        push(r, block);
    }
    r->dirty = false;
}

static void merge_if_dirty(lsi_ranges *r)
{
    if (r->dirty) merge(r);
}

lsi_block *lsi_range_take(lsi_ranges *r, size_t bytes)
{
    bytes = (bytes + r->unit - 1) / r->unit * r->unit;
    lsi_block *block = best_fit(r, bytes);
    if (!block && r->dirty) {
        merge(r);
        block = best_fit(r, bytes);
    }
    if (!block) return NULL;
    unlink_free(r, block);
    block->in_use = true;
    lsi_block *rest = block->bytes > bytes ? cut_off(r, block, bytes) : NULL;
    if (rest) push(r, rest);
    return block;
}

void lsi_range_give(lsi_ranges *r, lsi_block *block)
{
    push(r, block);
    r->dirty = true;
}

/* -- growing and giving back -------------------------------------------------------------------------------------- */

bool lsi_range_add(lsi_ranges *r, uintptr_t base, size_t bytes)
{
    lsi_block *block = new_record(r), *before = r->last;
    if (!block) return false;
    while (before && before->address > base) before = before->before;
    block->address = base;
    block->bytes = bytes;
    block->range = true;
    insert_after(r, block, before);
    push(r, block);
    r->dirty = true;
    return true;
}

size_t lsi_range_tail(lsi_ranges *r)
{
    merge_if_dirty(r);
    return r->last && !r->last->in_use ? r->last->bytes : 0;
}

size_t lsi_range_biggest(lsi_ranges *r)
{
    size_t biggest = 0;
    merge_if_dirty(r);
    for (const lsi_block *block = r->first; block; block = block->after)
        if (!block->in_use && block->bytes > biggest) biggest = block->bytes;
    return biggest;
}

/* Takes the part of a free block that consists of whole granules out, at most `bytes` of it from its end; NULL when there
 * is none or no memory to say what stays. */
static lsi_block *extract(lsi_ranges *r, lsi_block *block, size_t bytes)
{
    const size_t g = r->granularity;
    const uintptr_t end = (block->address + block->bytes) / g * g;
    uintptr_t start = (block->address + g - 1) / g * g;
    if (start >= end) return NULL;
    if (end - start > bytes) start = end - (bytes + g - 1) / g * g;
    unlink_free(r, block);
    lsi_block *behind = NULL, *taken = block;
    bool cut = true;
    if (end < block->address + block->bytes) cut = (behind = cut_off(r, block, end - block->address)) != NULL;
    if (cut && start > block->address) cut = (taken = cut_off(r, block, start - block->address)) != NULL;
    if (behind) push(r, behind);
    if (!cut || taken != block) push(r, block);
    if (!cut) {
        r->dirty = true;
        return NULL;
    }
    remove_from_list(r, taken);
    taken->base = taken->address;
    taken->reserved = taken->bytes;
    return taken;
}

lsi_block *lsi_range_collect(lsi_ranges *r, size_t bytes)
{
    lsi_block *list = NULL, *next;
    size_t found = 0;
    merge_if_dirty(r);
    for (lsi_block *block = r->last; block && found < bytes; block = next) {
        next = block->before;
        lsi_block *taken = block->in_use ? NULL : extract(r, block, bytes - found);
        if (!taken) continue;
        found += taken->bytes;
        taken->next = list;
        list = taken;
    }
    return list;
}

/* -- validity ----------------------------------------------------------------------------------------------------- */

static bool bins_valid(const lsi_ranges *r, int64_t blocks_free)
{
    for (size_t bin = 0; bin < LSI_SIZE_BINS; bin++) {
        if ((r->words[bin / 64] >> bin % 64 & 1) != (r->bins[bin] != NULL)) return false;
        for (const lsi_block *block = r->bins[bin], *previous = NULL; block; previous = block, block = block->next) {
            if (block->in_use || lsi_large_bin(block->bytes) != bin || block->previous != previous) return false;
            blocks_free--;
        }
    }
    return blocks_free == 0;
}

bool lsi_range_valid(const lsi_ranges *r, int64_t *bytes_in_use, int64_t *blocks_in_use, int64_t *bytes)
{
    const lsi_block *before = NULL;
    int64_t blocks_free = 0;
    size_t bytes_free = 0;
    *bytes_in_use = *blocks_in_use = *bytes = 0;
    for (const lsi_block *block = r->first; block; before = block, block = block->after) {
        if (!block->range || block->slab || block->before != before || block->bytes % r->unit != 0) return false;
        if (before && before->address + before->bytes > block->address) return false;
        if (!r->dirty && are_neighbours(before, block) && !before->in_use && !block->in_use) return false;
        *bytes += (int64_t)block->bytes;
        *bytes_in_use += block->in_use ? (int64_t)block->bytes : 0;
        *blocks_in_use += block->in_use;
        blocks_free += !block->in_use;
        bytes_free += block->in_use ? 0 : block->bytes;
    }
    return before == r->last && bytes_free == r->free && bins_valid(r, blocks_free);
}
