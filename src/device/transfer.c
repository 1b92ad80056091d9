/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bytes between the host and the GPU, waiting, and what `lockstep info` says.
 *
 * Everything goes through pinned memory, in pieces: while one piece is on the bus the next is copied by the processor,
 * by several threads when it is large. An upload returns when the user's memory has been read, not when the bytes have
 * arrived. Where no pinned memory is to be had the driver copies from and to the user's memory itself. */
#include "core/error.h"
#include "device/device.h"

#include <stdio.h>
#include <string.h>

enum { IN_FLIGHT = 2, ON_THREADS = 512 * 1024, OWN_STREAM = 256 * 1024 };

/* --- by the processor --- */

typedef struct copy {
    char *to;
    const char *from;
} copy;

static int copy_range(int64_t begin, int64_t end, void *context)
{
    const copy *c = context;
    memcpy(c->to + begin, c->from + begin, (size_t)(end - begin));
    return 0;
}

static void copy_here(void *to, const void *from, size_t bytes)
{
    lsi_backend *host = lsi_backend_host();
    copy c = {to, from};
    if (bytes >= ON_THREADS && host && host->parallel)
        (void)host->parallel(host, (int64_t)bytes, ON_THREADS / 2, copy_range, &c);
    else memcpy(to, from, bytes);
}

/* --- one piece --- */

typedef struct piece {
    void *staging; /* NULL: straight from or to the user's memory */
    char *host;
    size_t bytes;
    lsi_ticket ticket;
} piece;

/* Large pieces have streams of their own, so that computing goes on meanwhile; small ones are not worth an event. */
static void begin(lsi_work *work, lsi_device *device, lsi_lane lane, size_t bytes)
{
    lsi_work_begin(work, device, lsi_current_function(), lsi_current_place());
    if (bytes > OWN_STREAM) work->lane = lane;
}

static ls_status send(lsi_device *device, lsi_buffer *to, size_t offset, const piece *p, lsi_ticket *ticket)
{
    lsi_work work;
    begin(&work, device, LSI_LANE_UPLOAD, p->bytes);
    lsi_work_writes(&work, to);
    if (lsi_work_enter(&work)) {
        const void *from = p->staging ? p->staging : p->host;
        const lsi_address address = (lsi_address)(uintptr_t)to->address + offset;
        lsi_work_enqueued(&work, (int)device->cuda->copy_to_device(address, from, p->bytes, lsi_work_stream(&work)),
                          "copying to the GPU");
    }
    return lsi_work_end(&work, ticket);
}

static ls_status fetch(lsi_device *device, lsi_buffer *from, size_t offset, piece *p)
{
    lsi_work work;
    begin(&work, device, LSI_LANE_DOWNLOAD, p->bytes);
    lsi_work_reads(&work, from);
    if (lsi_work_enter(&work)) {
        void *to = p->staging ? p->staging : p->host;
        const lsi_address address = (lsi_address)(uintptr_t)from->address + offset;
        lsi_work_enqueued(&work, (int)device->cuda->copy_to_host(to, address, p->bytes, lsi_work_stream(&work)),
                          "copying from the GPU");
    }
    return lsi_work_end(&work, &p->ticket);
}

static ls_status wait_for(lsi_device *device, lsi_ticket ticket)
{
    lsi_context before;
    int code = (int)lsi_device_enter(device, &before);
    if (!code) {
        code = lsi_scheduler_wait(device->scheduler, ticket);
        lsi_device_leave(device, before);
    }
    return code ? lsi_device_failed(device, lsi_current_function(), lsi_current_place(), code, "waiting") : LS_OK;
}

static size_t piece_bytes(size_t left)
{
    return left < LSI_STAGING_MOST ? left : LSI_STAGING_MOST;
}

/* --- the entries --- */

ls_status lsi_device_upload(lsi_backend *backend, lsi_buffer *to, size_t offset, const void *host, size_t bytes,
                            lsi_ticket *done)
{
    lsi_device *device = lsi_device_of(backend);
    lsi_ticket sent[IN_FLIGHT] = {{0, 0}};
    ls_status status = LS_OK;
    *done = (lsi_ticket){0, 0};
    for (size_t at = 0, i = 0; at < bytes && !status; i++) {
        piece p = {.host = (char *)(uintptr_t)host + at, .bytes = piece_bytes(bytes - at)};
        lsi_ticket *oldest = &sent[i % IN_FLIGHT];
        if (i >= IN_FLIGHT) status = wait_for(device, *oldest);
        if (status) break;
        p.staging = lsi_staging_take(device, p.bytes);
        if (p.staging) copy_here(p.staging, p.host, p.bytes);
        status = send(device, to, offset + at, &p, oldest);
        lsi_staging_give(device, p.staging, *oldest);
        *done = *oldest;
        at += p.bytes;
    }
    return status;
}

/* The piece is in host memory, or its failure recorded. */
static ls_status land(lsi_device *device, piece *p)
{
    const ls_status status = wait_for(device, p->ticket);
    if (!status && p->staging) copy_here(p->host, p->staging, p->bytes);
    lsi_staging_give(device, p->staging, p->ticket);
    p->bytes = 0;
    return status;
}

ls_status lsi_device_download(lsi_backend *backend, const lsi_buffer *from, size_t offset, void *host, size_t bytes)
{
    lsi_device *device = lsi_device_of(backend);
    lsi_buffer *buffer = (lsi_buffer *)(uintptr_t)from; /* its uses change, its bytes do not */
    piece flying[IN_FLIGHT] = {{NULL, NULL, 0, {0, 0}}};
    ls_status status = LS_OK;
    size_t i = 0;
    for (size_t at = 0; at < bytes && !status; i++) {
        piece *p = &flying[i % IN_FLIGHT];
        if (p->bytes) status = land(device, p);
        if (status) break;
        *p = (piece){.host = (char *)host + at, .bytes = piece_bytes(bytes - at)};
        p->staging = lsi_staging_take(device, p->bytes);
        status = fetch(device, buffer, offset + at, p);
        at += p->bytes;
    }
    for (size_t k = 0; k < IN_FLIGHT; k++, i++) {
        piece *p = &flying[i % IN_FLIGHT];
        if (!p->bytes) continue;
        const ls_status landed = land(device, p);
        status = status ? status : landed;
    }
    return status;
}

ls_status lsi_device_wait(lsi_backend *backend, lsi_ticket ticket)
{
    lsi_device *device = lsi_device_of(backend);
    lsi_context before;
    if (!atomic_load(&device->started)) return LS_OK;
    if (ticket.stream || ticket.sequence) return wait_for(device, ticket);
    int code = (int)lsi_device_enter(device, &before);
    if (!code) {
        code = lsi_scheduler_wait_all(device->scheduler);
        lsi_device_leave(device, before);
    }
    return code ? lsi_device_failed(device, lsi_current_function(), lsi_current_place(), code, "waiting") : LS_OK;
}

/* --- lockstep info --- */

typedef void (*putter)(void *context, const char *key, const char *value);

static void put_bytes(putter put, void *context, const char *key, size_t bytes)
{
    char text[48];
    snprintf(text, sizeof text, "%.1f GiB", (double)bytes / (1 << 30));
    put(context, key, text);
}

static void describe_gpu(lsi_device *device, putter put, void *context)
{
    char text[LSI_CODE_TEXT + 32];
    int driver = 0;
    put(context, "GPU", device->gpu_name);
    snprintf(text, sizeof text, "%d.%d, %d multiprocessors, %zu MiB L2 cache", device->major, device->minor,
             device->multiprocessors, device->l2_bytes >> 20);
    put(context, "compute capability", text);
    put_bytes(put, context, "memory", device->memory_bytes);
    if (device->cuda->driver_version(&driver) == 0) {
        snprintf(text, sizeof text, "CUDA %d.%d; plug-in made with CUDA %d.%d", driver / 1000, driver % 1000 / 10,
                 LSI_CUDA_BUILD / 1000, LSI_CUDA_BUILD % 1000 / 10);
        put(context, "driver", text);
    }
}

static void describe_state(lsi_device *device, putter put, void *context)
{
    char text[LSI_CODE_TEXT + 32], code[LSI_CODE_TEXT];
    const int lost = atomic_load(&device->lost);
    if (lost) snprintf(text, sizeof text, "lost after %s", lsi_code_text(device->cuda, (lsi_code)lost, code));
    else snprintf(text, sizeof text, "%s", atomic_load(&device->started) ? "in use" : "not used yet");
    put(context, "state", text);
}

void lsi_device_describe(lsi_backend *backend, void (*put)(void *context, const char *key, const char *value),
                         void *context)
{
    lsi_device *device = lsi_device_of(backend);
    describe_gpu(device, put, context);
    describe_state(device, put, context);
    lsi_jit_describe(device, put, context);
    lsi_blas_describe(device, put, context);
    lsi_cub_describe(device, put, context);
}
