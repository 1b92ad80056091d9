/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A prim for tests: numbers instead of memory. Addresses cannot be followed, as a GPU's cannot, so a pool that touched a
 * block would crash; sizes are checked at release, overlaps are impossible, and a budget makes it run out. */
#ifndef LOCKSTEP_TESTS_COUNTING_PRIM_H
#define LOCKSTEP_TESTS_COUNTING_PRIM_H

#include "memory/prim.h"

#include "check.h"

#include <pthread.h>

enum { COUNTING_MAX = 4096 };

typedef struct counting_prim {
    lsi_prim prim; /* first: the context is the struct */
    pthread_mutex_t lock;
    size_t budget, held, calls, total;
    uintptr_t next;
    uintptr_t base[COUNTING_MAX];
    size_t bytes[COUNTING_MAX];
    int count;
    bool fail_next; /* after one allocation, the next of any kind fails */
} counting_prim;

static void *counting_allocate(lsi_prim *prim, size_t bytes)
{
    counting_prim *c = (counting_prim *)prim;
    void *block = NULL;
    if (lsi_alloc_should_fail()) return NULL;
    pthread_mutex_lock(&c->lock);
    CHECK(bytes > 0 && bytes % prim->granularity == 0);
    c->calls++;
    if (bytes <= c->budget - c->held && c->count < COUNTING_MAX) {
        c->base[c->count] = c->next;
        c->bytes[c->count++] = bytes;
        c->held += bytes;
        block = (void *)c->next;
        c->next += bytes + prim->granularity;
    }
    if (c->fail_next) lsi_alloc_fail_at(1, false);
    pthread_mutex_unlock(&c->lock);
    return block;
}

static void counting_release(lsi_prim *prim, void *block, size_t bytes)
{
    counting_prim *c = (counting_prim *)prim;
    pthread_mutex_lock(&c->lock);
    int k = 0;
    while (k < c->count && c->base[k] != (uintptr_t)block) k++;
    if (CHECK(k < c->count) && CHECK(c->bytes[k] == bytes)) {
        c->held -= bytes;
        c->base[k] = c->base[--c->count];
        c->bytes[k] = c->bytes[c->count];
    }
    pthread_mutex_unlock(&c->lock);
}

static void counting_capacity(lsi_prim *prim, size_t *total, size_t *available)
{
    counting_prim *c = (counting_prim *)prim;
    *total = c->total;
    *available = c->total ? c->budget - c->held : 0;
}

__attribute__((unused)) static void counting_prim_init(counting_prim *c, size_t budget, size_t granularity)
{
    memset(c, 0, sizeof *c);
    c->prim = (lsi_prim){.name = "counting", .alignment = 256, .granularity = granularity,
                         .allocate = counting_allocate, .release = counting_release, .capacity = counting_capacity};
    c->budget = budget;
    c->next = (uintptr_t)1 << 40;
    pthread_mutex_init(&c->lock, NULL);
}

#endif
