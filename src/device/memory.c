/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A GPU's memory as a prim: of virtual memory where the GPU has that (memory_virtual.c), else cuMemAlloc, which direct
 * pools use too. LOCKSTEP_CUDA_MEMORY=plain: cuMemAlloc always. Which of it is in use is the pool's business. Memory of a lost device is forgotten:
 * the driver has taken it back already, or will at the end of the process. */
#include "device/device.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 256, GRANULARITY = 2 * 1024 * 1024 };

static void *allocate(lsi_prim *prim, size_t bytes)
{
    lsi_device *device = prim->context;
    lsi_context before;
    lsi_address address = 0;
    if (lsi_alloc_should_fail() || lsi_device_enter(device, &before)) return NULL;
    const lsi_code code = device->cuda->memory_allocate(&address, bytes);
    lsi_device_leave(device, before);
    if (code && lsi_code_is_sticky(code)) atomic_store(&device->lost, (int)code);
    return code ? NULL : (void *)(uintptr_t)address;
}

static void release(lsi_prim *prim, void *block, size_t bytes)
{
    lsi_device *device = prim->context;
    lsi_context before;
    (void)bytes;
    if (lsi_device_enter(device, &before)) return;
    const lsi_code code = device->cuda->memory_free((lsi_address)(uintptr_t)block);
    lsi_device_leave(device, before);
    if (code && lsi_code_is_sticky(code)) atomic_store(&device->lost, (int)code);
}

void lsi_device_capacity(lsi_device *device, size_t *total, size_t *available)
{
    lsi_context before;
    *total = device->memory_bytes;
    *available = 0;
    if (!atomic_load(&device->started) || lsi_device_enter(device, &before)) return;
    if (device->cuda->memory_info(available, total)) *available = 0;
    lsi_device_leave(device, before);
}

static lsi_code settle_once(lsi_device *device, const lsi_clock *work)
{
    lsi_context before;
    const lsi_code entered = lsi_device_enter(device, &before);
    if (entered) return entered;
    int code = work ? lsi_scheduler_wait_clock(device->scheduler, work) : lsi_scheduler_wait_all(device->scheduler);
    if (code) code = (int)device->cuda->context_synchronize(); /* where no event can be had */
    lsi_device_leave(device, before);
    return (lsi_code)code;
}

/* The memory is given back whatever this answers, so a failure of the moment is not the last word. */
void lsi_device_settle(lsi_device *device, const lsi_clock *work)
{
    if (!work) lsi_blas_give_back(device);
    lsi_code code = settle_once(device, work);
    if (code && !lsi_code_is_sticky(code) && !atomic_load(&device->lost)) code = settle_once(device, work);
    if (lsi_code_is_sticky(code)) atomic_store(&device->lost, (int)code);
}

static void capacity(lsi_prim *prim, size_t *total, size_t *available)
{
    lsi_device_capacity(prim->context, total, available);
}

static void settle(lsi_prim *prim, const lsi_clock *work)
{
    lsi_device_settle(prim->context, work);
}

static bool is(const char *name, const char *value)
{
    const char *text = secure_getenv(name);
    return text && strcmp(text, value) == 0;
}

void lsi_memory_init(lsi_device *device)
{
    if (!is("LOCKSTEP_POOL", "direct") && !is("LOCKSTEP_CUDA_MEMORY", "plain") && lsi_memory_virtual(device)) return;
    device->prim = (lsi_prim){.name = device->name,
                              .alignment = ALIGNMENT,
                              .granularity = GRANULARITY,
                              .context = device,
                              .allocate = allocate,
                              .release = release,
                              .capacity = capacity,
                              .settle = settle};
}
