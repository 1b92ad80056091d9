/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A GPU's memory as one range of addresses, mapped piece by piece: what the pool can cut and merge freely, since
 * neighbours are one memory whoever asked for them (prim.h, splittable). Decides which addresses are mapped; which of
 * them are in use is the pool's business.
 *
 * A piece is the smallest part that can be given back. Each has a handle of its own, because the driver unmaps whole
 * mappings only. There are twice the addresses that the GPU has memory for, so that growth can nearly always go on behind
 * the last piece and the pool gets its blocks in one. */
#include "device/device.h"

enum { ALIGNMENT = 256, LEAST_PIECE = 8 << 20 };

typedef struct pieces {
    pthread_mutex_t lock;
    lsi_device *device;
    lsi_address base;          /* 0: nothing is reserved yet */
    size_t piece;
    size_t count;
    lsi_memory_handle *handles; /* by piece, where `mapped` */
    bool *mapped;
    size_t end;                /* behind the last mapped piece */
} pieces;

static lsi_memory_properties properties_of(const lsi_device *device)
{
    return (lsi_memory_properties){.type = LSI_ALLOCATION_PINNED, .location = {LSI_LOCATION_DEVICE, device->ordinal}};
}

static lsi_address address_of(const pieces *p, size_t at)
{
    return p->base + (lsi_address)at * p->piece;
}

/* -- one piece ---------------------------------------------------------------------------------------------------- */

static lsi_code map_piece(pieces *p, size_t at)
{
    const lsi_cuda *cuda = p->device->cuda;
    const lsi_memory_properties properties = properties_of(p->device);
    lsi_code code = cuda->memory_create(&p->handles[at], p->piece, &properties, 0);
    if (code) return code;
    code = cuda->memory_map(address_of(p, at), p->piece, 0, p->handles[at], 0);
    if (code) (void)cuda->memory_release(p->handles[at]);
    else p->mapped[at] = true;
    return code;
}

/* What cannot be unmapped stays, and its addresses are not used again. */
static lsi_code unmap_piece(pieces *p, size_t at)
{
    const lsi_cuda *cuda = p->device->cuda;
    const lsi_code code = cuda->memory_unmap(address_of(p, at), p->piece);
    if (code) return code;
    (void)cuda->memory_release(p->handles[at]);
    p->mapped[at] = false;
    return 0;
}

static lsi_code unmap(pieces *p, size_t first, size_t count)
{
    lsi_code worst = 0;
    for (size_t at = first; at < first + count; at++) {
        const lsi_code code = p->mapped[at] ? unmap_piece(p, at) : 0;
        if (code) worst = code;
    }
    while (p->end > 0 && !p->mapped[p->end - 1]) p->end--;
    return worst;
}

/* All of them, or none. */
static lsi_code map(pieces *p, size_t first, size_t count)
{
    const lsi_memory_access access = {{LSI_LOCATION_DEVICE, p->device->ordinal}, LSI_ACCESS_READ_WRITE};
    lsi_code code = 0;
    for (size_t at = first; at < first + count && !code; at++) code = map_piece(p, at);
    if (!code) code = p->device->cuda->memory_access(address_of(p, first), count * p->piece, &access, 1);
    if (first + count > p->end) p->end = first + count;
    if (code) (void)unmap(p, first, count);
    return code;
}

/* -- the range ---------------------------------------------------------------------------------------------------- */

static lsi_code reserve(pieces *p)
{
    if (p->base) return 0;
    return p->device->cuda->address_reserve(&p->base, p->count * p->piece, p->piece, 0, 0);
}

/* Behind the last piece where there is room, else the lowest gap that is large enough; p->count: none. */
static size_t find_room(const pieces *p, size_t count)
{
    if (count <= p->count - p->end) return p->end;
    for (size_t at = 0, found = 0; at < p->count; at++) {
        found = p->mapped[at] ? 0 : found + 1;
        if (found == count) return at + 1 - count;
    }
    return p->count;
}

static lsi_code allocate_pieces(pieces *p, size_t count, lsi_address *address)
{
    lsi_code code = reserve(p);
    const size_t first = code || count > p->count ? p->count : find_room(p, count);
    if (!code && first == p->count) code = LSI_CUDA_OUT_OF_MEMORY;
    if (!code) code = map(p, first, count);
    if (!code) *address = address_of(p, first);
    return code;
}

/* -- the prim ----------------------------------------------------------------------------------------------------- */

static void note_lost(lsi_device *device, lsi_code code)
{
    if (code && lsi_code_is_sticky(code)) atomic_store(&device->lost, (int)code);
}

static void *allocate(lsi_prim *prim, size_t bytes)
{
    pieces *p = prim->context;
    lsi_context before;
    lsi_address address = 0;
    if (lsi_alloc_should_fail() || lsi_device_enter(p->device, &before)) return NULL;
    pthread_mutex_lock(&p->lock);
    const lsi_code code = allocate_pieces(p, bytes / p->piece, &address);
    pthread_mutex_unlock(&p->lock);
    lsi_device_leave(p->device, before);
    note_lost(p->device, code);
    return code ? NULL : (void *)(uintptr_t)address;
}

static void release(lsi_prim *prim, void *block, size_t bytes)
{
    pieces *p = prim->context;
    lsi_context before;
    if (lsi_device_enter(p->device, &before)) return;
    pthread_mutex_lock(&p->lock);
    const lsi_code code = unmap(p, (size_t)(((lsi_address)(uintptr_t)block - p->base) / p->piece), bytes / p->piece);
    pthread_mutex_unlock(&p->lock);
    lsi_device_leave(p->device, before);
    note_lost(p->device, code);
}

static void capacity(lsi_prim *prim, size_t *total, size_t *available)
{
    pieces *p = prim->context;
    lsi_device_capacity(p->device, total, available);
}

static void settle(lsi_prim *prim, const lsi_clock *work)
{
    pieces *p = prim->context;
    lsi_device_settle(p->device, work);
}

/* -- whether the GPU can ------------------------------------------------------------------------------------------- */

/* The size of a piece; 0 when there is no virtual memory. */
static size_t piece_of(const lsi_device *device)
{
    const lsi_memory_properties properties = properties_of(device);
    int can = 0;
    size_t least = 0;
    if (device->cuda->device_attribute(&can, LSI_GPU_VIRTUAL_MEMORY, device->ordinal) || !can) return 0;
    if (device->cuda->memory_granularity(&least, &properties, LSI_GRANULARITY_MINIMUM) || least == 0) return 0;
    return (LEAST_PIECE + least - 1) / least * least;
}

/* One piece there and back. The first GPU answers for all: trying means starting it. */
static bool works(pieces *p)
{
    static int answer; /* devices are made one after the other */
    lsi_context before;
    lsi_address address;
    if (answer == 0 && !lsi_device_enter(p->device, &before)) {
        const lsi_code code = allocate_pieces(p, 1, &address);
        answer = code || unmap(p, 0, 1) ? -1 : 1;
        lsi_device_leave(p->device, before);
    }
    return answer > 0;
}

static void forget(pieces *p)
{
    if (!p) return;
    if (p->base && p->end == 0) (void)p->device->cuda->address_free(p->base, p->count * p->piece);
    lsi_dealloc(p->handles);
    lsi_dealloc(p->mapped);
    lsi_dealloc(p);
}

static pieces *new_pieces(lsi_device *device, size_t piece)
{
    pieces *p = lsi_alloc(1, sizeof *p);
    if (!p) return NULL;
    p->device = device;
    p->piece = piece;
    p->count = 2 * (device->memory_bytes / piece + 1);
    p->handles = lsi_alloc(p->count, sizeof *p->handles);
    p->mapped = lsi_alloc(p->count, sizeof *p->mapped);
    if (p->handles && p->mapped && pthread_mutex_init(&p->lock, NULL) == 0) return p;
    forget(p);
    return NULL;
}

void lsi_memory_forget(lsi_device *device)
{
    if (device->prim.splittable) forget(device->prim.context);
}

bool lsi_memory_virtual(lsi_device *device)
{
    const size_t piece = piece_of(device);
    pieces *p = piece ? new_pieces(device, piece) : NULL;
    if (!p || !works(p)) {
        forget(p);
        return false;
    }
    device->prim = (lsi_prim){.name = device->name,
                              .alignment = ALIGNMENT,
                              .granularity = piece,
                              .context = p,
                              .allocate = allocate,
                              .release = release,
                              .capacity = capacity,
                              .settle = settle,
                              .splittable = true};
    return true;
}
