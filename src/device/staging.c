/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Pinned host memory, through which bytes go to the GPU and back while the processor does something else. Pinning takes
 * milliseconds, so it is never undone: blocks of a few sizes are cut from chunks and kept. A block is free again once the
 * work it was given back with is done. */
#include "device/device.h"

enum { SIZES = 4, CHUNK = 1 << 20, MAX_CHUNKS = 16 /* of a size; then the oldest block is waited for */ };
static const size_t sizes[SIZES] = {4096, 65536, 1 << 20, LSI_STAGING_MOST};

typedef struct block {
    struct block *next;
    void *memory;
    size_t bytes;
    lsi_ticket after; /* while it is in a list */
} block;

typedef struct lsi_staging {
    pthread_mutex_t lock;
    block *free[SIZES];  /* oldest first */
    block **ends[SIZES];
    int chunks[SIZES];
    block *taken;
} lsi_staging;

bool lsi_staging_new(lsi_device *device)
{
    lsi_staging *staging = lsi_alloc(1, sizeof *staging);
    device->staging = staging;
    if (!staging) return false;
    pthread_mutex_init(&staging->lock, NULL);
    for (int i = 0; i < SIZES; i++) staging->ends[i] = &staging->free[i];
    return true;
}

void lsi_staging_delete(lsi_device *device)
{
    lsi_dealloc(device->staging);
}

static int size_class(size_t bytes)
{
    for (int i = 0; i < SIZES; i++)
        if (bytes <= sizes[i]) return i;
    return -1;
}

static void put(lsi_staging *staging, int size, block *b)
{
    b->next = NULL;
    *staging->ends[size] = b;
    staging->ends[size] = &b->next;
}

static block *pop(lsi_staging *staging, int size)
{
    block *b = staging->free[size];
    if (b) staging->free[size] = b->next;
    if (b && !b->next) staging->ends[size] = &staging->free[size];
    return b;
}

static void *pin(lsi_device *device, size_t bytes)
{
    lsi_context before;
    void *memory = NULL;
    if (lsi_alloc_should_fail() || lsi_device_enter(device, &before)) return NULL;
    const lsi_code code = device->cuda->host_allocate(&memory, bytes, LSI_HOST_ALLOC_PORTABLE);
    lsi_device_leave(device, before);
    return code ? NULL : memory;
}

static bool may_grow(lsi_staging *staging, int size)
{
    pthread_mutex_lock(&staging->lock);
    const bool may = staging->chunks[size] < MAX_CHUNKS;
    if (may) staging->chunks[size]++;
    pthread_mutex_unlock(&staging->lock);
    return may;
}

static void shrink(lsi_staging *staging, int size)
{
    pthread_mutex_lock(&staging->lock);
    staging->chunks[size]--;
    pthread_mutex_unlock(&staging->lock);
}

/* Cuts a new chunk into blocks of the size; whatever it gives goes to the list. */
static void grow(lsi_device *device, int size)
{
    lsi_staging *staging = device->staging;
    const size_t chunk = sizes[size] > CHUNK ? sizes[size] : CHUNK;
    if (!may_grow(staging, size)) return;
    lsi_context before;
    void *memory = pin(device, chunk);
    int made = 0;
    if (!memory) {
        shrink(staging, size);
        return;
    }
    for (size_t at = 0; at < chunk; at += sizes[size]) {
        block *b = lsi_alloc(1, sizeof *b);
        if (!b) break;
        b->memory = (char *)memory + at;
        b->bytes = sizes[size];
        pthread_mutex_lock(&staging->lock);
        put(staging, size, b);
        pthread_mutex_unlock(&staging->lock);
        made++;
    }
    if (made == 0) shrink(staging, size);
    if (made == 0 && !lsi_device_enter(device, &before)) {
        (void)device->cuda->host_free(memory);
        lsi_device_leave(device, before);
    }
}

/* The oldest block of the size; NULL when the list is empty or, unless `wait`, that one is still in use. */
static block *take(lsi_device *device, int size, bool wait)
{
    lsi_staging *staging = device->staging;
    lsi_context before;
    pthread_mutex_lock(&staging->lock);
    block *b = pop(staging, size);
    pthread_mutex_unlock(&staging->lock);
    if (!b || (b->after.stream == 0 && b->after.sequence == 0) || lsi_device_enter(device, &before)) return b;
    const bool usable = lsi_scheduler_is_done(device->scheduler, b->after) ||
                        (wait && lsi_scheduler_wait(device->scheduler, b->after) == 0);
    lsi_device_leave(device, before);
    if (usable) return b;
    pthread_mutex_lock(&staging->lock);
    put(staging, size, b);
    pthread_mutex_unlock(&staging->lock);
    return NULL;
}

void *lsi_staging_take(lsi_device *device, size_t bytes)
{
    lsi_staging *staging = device->staging;
    const int size = size_class(bytes);
    block *b = size < 0 ? NULL : take(device, size, false);
    if (!b && size >= 0) {
        grow(device, size);
        b = take(device, size, true);
    }
    if (!b) return NULL;
    pthread_mutex_lock(&staging->lock);
    b->next = staging->taken;
    staging->taken = b;
    pthread_mutex_unlock(&staging->lock);
    return b->memory;
}

void lsi_staging_give(lsi_device *device, void *memory, lsi_ticket after)
{
    lsi_staging *staging = device->staging;
    if (!memory) return;
    pthread_mutex_lock(&staging->lock);
    block **at = &staging->taken;
    while (*at && (*at)->memory != memory) at = &(*at)->next;
    block *b = *at;
    if (b) {
        *at = b->next;
        b->after = after;
        put(staging, size_class(b->bytes), b);
    }
    pthread_mutex_unlock(&staging->lock);
}
