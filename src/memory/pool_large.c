/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cache of freed large blocks: bins of eight to the octave to find the best fit, and one list by age to decide what
 * goes back first. Blocks are not cut: a prim takes segments back whole, and a segment with one small tenant could not
 * be given back at all. */
#include "pool_parts.h"

size_t lsi_large_bin(size_t bytes)
{
    const int octave = 63 - __builtin_clzll((unsigned long long)(bytes | LSI_SIZE_STEPS));
    return (size_t)octave * LSI_SIZE_STEPS + ((bytes >> (octave - 3)) & (LSI_SIZE_STEPS - 1));
}

static void unlink_cached(lsi_large *large, lsi_block *block)
{
    if (block->previous) block->previous->next = block->next;
    else large->bins[lsi_large_bin(block->bytes)] = block->next;
    if (block->next) block->next->previous = block->previous;
    if (block->before) block->before->after = block->after;
    else large->oldest = block->after;
    if (block->after) block->after->before = block->before;
    else large->newest = block->before;
    large->cached -= block->reserved;
}

lsi_block *lsi_large_take(lsi_large *large, size_t bytes)
{
    const size_t most = bytes + bytes / 7; /* bytes >= 7/8 of it */
    lsi_block *best = NULL;
    for (size_t bin = lsi_large_bin(bytes); bin <= lsi_large_bin(most) && !best; bin++)
        for (lsi_block *block = large->bins[bin]; block && (!best || best->bytes > bytes); block = block->next)
            if (block->bytes >= bytes && block->bytes <= most && (!best || block->bytes < best->bytes)) best = block;
    if (!best) return NULL;
    unlink_cached(large, best);
    best->in_use = true;
    return best;
}

void lsi_large_give(lsi_large *large, lsi_block *block)
{
    lsi_block **bin = &large->bins[lsi_large_bin(block->bytes)];
    block->in_use = false;
    block->previous = NULL;
    block->next = *bin;
    if (*bin) (*bin)->previous = block;
    *bin = block;
    block->before = large->newest;
    block->after = NULL;
    if (large->newest) large->newest->after = block;
    else large->oldest = block;
    large->newest = block;
    large->cached += block->reserved;
}

lsi_block *lsi_large_take_oldest(lsi_large *large)
{
    lsi_block *block = large->oldest;
    if (block) unlink_cached(large, block);
    return block;
}

bool lsi_large_valid(const lsi_large *large)
{
    size_t cached = 0, by_age = 0, by_size = 0;
    const lsi_block *last = NULL;
    for (const lsi_block *block = large->oldest; block; last = block, block = block->after, by_age++) {
        if (block->in_use || block->slab || block->before != last) return false;
        cached += block->reserved;
    }
    for (size_t bin = 0; bin < LSI_SIZE_BINS; bin++)
        for (const lsi_block *block = large->bins[bin]; block; block = block->next, by_size++)
            if (lsi_large_bin(block->bytes) != bin) return false;
    return last == large->newest && by_age == by_size && cached == large->cached;
}

size_t lsi_large_biggest(const lsi_large *large)
{
    size_t biggest = 0;
    for (size_t bin = LSI_SIZE_BINS; bin-- > 0 && biggest == 0;)
        for (const lsi_block *block = large->bins[bin]; block; block = block->next)
            if (block->bytes > biggest) biggest = block->bytes;
    return biggest;
}
