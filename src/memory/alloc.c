/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Small allocations of the library over calloc and free, with the fault injector that tests use to reach every failure.
 * Decides which allocation fails; leaves arrays' memory to pool.c, which asks lsi_alloc_should_fail through its prim. */
#include "prim.h"

#include <stdatomic.h>
#include <stdlib.h>

static _Atomic int64_t counted, alive;
static _Atomic int64_t fail_at; /* in terms of `counted`; 0 = off */
static _Atomic bool fail_persistent;

void lsi_alloc_fail_at(int64_t n, bool persistent)
{
    atomic_store(&fail_at, 0);
    atomic_store(&counted, 0);
    atomic_store(&fail_persistent, persistent);
    atomic_store(&fail_at, n);
}

int64_t lsi_alloc_count(void)
{
    return atomic_load(&counted);
}

int64_t lsi_alloc_live(void)
{
    return atomic_load(&alive);
}

bool lsi_alloc_should_fail(void)
{
    const int64_t mine = atomic_fetch_add_explicit(&counted, 1, memory_order_relaxed) + 1;
    const int64_t at = atomic_load_explicit(&fail_at, memory_order_relaxed);
    return at > 0 && (mine == at || (mine > at && atomic_load_explicit(&fail_persistent, memory_order_relaxed)));
}

void *lsi_alloc(size_t count, size_t size)
{
    size_t bytes;
    if (lsi_alloc_should_fail() || __builtin_mul_overflow(count, size, &bytes)) return NULL;
    void *block = calloc(bytes ? bytes : 1, 1);
    if (block) atomic_fetch_add_explicit(&alive, 1, memory_order_relaxed);
    return block;
}

void *lsi_realloc(void *block, size_t count, size_t size)
{
    size_t bytes;
    if (!block) return lsi_alloc(count, size);
    if (lsi_alloc_should_fail() || __builtin_mul_overflow(count, size, &bytes)) return NULL;
    return realloc(block, bytes ? bytes : 1);
}

void lsi_dealloc(void *block)
{
    if (!block) return;
    atomic_fetch_sub_explicit(&alive, 1, memory_order_relaxed);
    free(block);
}
