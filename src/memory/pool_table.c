/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Address -> block for the blocks in use: a hash table with linear probing. Removal moves later entries back, so that no
 * tombstones pile up in a program that allocates and frees for days. */
#include "pool_parts.h"

/* Fibonacci hashing of the address in units; the upper bits are the mixed ones. */
static size_t home(const lsi_block_table *table, uintptr_t address)
{
    const uint64_t mixed = (uint64_t)(address / LSI_UNIT) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> 32) & (table->capacity - 1);
}

static void put(lsi_block_table *table, lsi_block *block)
{
    size_t at = home(table, block->address);
    while (table->slots[at]) at = (at + 1) & (table->capacity - 1);
    table->slots[at] = block;
}

bool lsi_table_reserve(lsi_block_table *table)
{
    if (2 * (table->count + 1) <= table->capacity) return true;
    lsi_block_table grown = {.capacity = table->capacity ? 2 * table->capacity : 64, .count = table->count};
    grown.slots = lsi_alloc(grown.capacity, sizeof *grown.slots);
    if (!grown.slots) return false;
    for (size_t at = 0; at < table->capacity; at++)
        if (table->slots[at]) put(&grown, table->slots[at]);
    lsi_dealloc(table->slots);
    *table = grown;
    return true;
}

void lsi_table_insert(lsi_block_table *table, lsi_block *block)
{
    put(table, block);
    table->count++;
}

/* Closes the gap at `hole`: an entry further on moves back unless its home lies between. */
static void close_gap(lsi_block_table *table, size_t hole)
{
    const size_t mask = table->capacity - 1;
    for (size_t at = (hole + 1) & mask; table->slots[at]; at = (at + 1) & mask) {
        const size_t from_home = (at - home(table, table->slots[at]->address)) & mask;
        if (from_home < ((at - hole) & mask)) continue;
        table->slots[hole] = table->slots[at];
        hole = at;
    }
    table->slots[hole] = NULL;
}

lsi_block *lsi_table_take(lsi_block_table *table, uintptr_t address)
{
    if (table->capacity == 0) return NULL;
    size_t at = home(table, address);
    while (table->slots[at] && table->slots[at]->address != address) at = (at + 1) & (table->capacity - 1);
    lsi_block *block = table->slots[at];
    if (!block) return NULL;
    close_gap(table, at);
    table->count--;
    return block;
}
