/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A GPU's primary context, its streams and events, and what becomes of a device after an error it cannot recover from.
 *
 * A GPU is started when it is first used: on a machine with eight, seven contexts that nobody asked for would cost
 * seconds and gigabytes. The context is CUDA's primary one, shared with the rest of the program, and is never given back:
 * at the end of a process the driver may be gone before us. */
#include "core/error.h"
#include "device/device.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STREAMS = LSI_MAX_STREAMS, WISHED = 3 }; /* 3 to compute on, 3 to wish for, one up, one down */

/* --- events --- */

struct lsi_events {
    pthread_mutex_t lock;
    int count, room;
    lsi_event *unused;
};

static lsi_event unused_event(struct lsi_events *events)
{
    pthread_mutex_lock(&events->lock);
    lsi_event event = events->count > 0 ? events->unused[--events->count] : NULL;
    pthread_mutex_unlock(&events->lock);
    return event;
}

/* False when there is no memory for the list. */
static bool keep_event(struct lsi_events *events, lsi_event event)
{
    bool kept = true;
    pthread_mutex_lock(&events->lock);
    if (events->count == events->room) {
        const int room = events->room ? 2 * events->room : 32;
        lsi_event *more = lsi_realloc(events->unused, (size_t)room, sizeof *more);
        kept = more != NULL;
        if (kept) {
            events->unused = more;
            events->room = room;
        }
    }
    if (kept) events->unused[events->count++] = event;
    pthread_mutex_unlock(&events->lock);
    return kept;
}

static void discard(void *context, void *event)
{
    lsi_device *device = context;
    if (!keep_event(device->events, event)) (void)device->cuda->event_destroy(event);
}

static int record(void *context, int stream, void **event)
{
    lsi_device *device = context;
    lsi_event made = unused_event(device->events);
    lsi_code code = made ? 0 : device->cuda->event_create(&made, LSI_EVENT_DISABLE_TIMING);
    if (code) return (int)code;
    code = device->cuda->event_record(made, device->streams[stream]);
    if (code) discard(device, made);
    else *event = made;
    return (int)code;
}

static int wait_for(void *context, int stream, void *event)
{
    lsi_device *device = context;
    return (int)device->cuda->stream_wait(device->streams[stream], event, 0);
}

static int query(void *context, void *event, bool *done)
{
    lsi_device *device = context;
    const lsi_code code = device->cuda->event_query(event);
    *done = code == 0;
    return code == LSI_CUDA_NOT_READY ? 0 : (int)code;
}

static int synchronize(void *context, void *event)
{
    lsi_device *device = context;
    return (int)device->cuda->event_synchronize(event);
}

int lsi_events_new(lsi_device *device, lsi_queues *queues)
{
    if (!device->events) device->events = lsi_alloc(1, sizeof *device->events);
    if (!device->events) return LSI_QUEUE_NO_MEMORY;
    pthread_mutex_init(&device->events->lock, NULL);
    *queues = (lsi_queues){device, STREAMS, WISHED, record, wait_for, query, synchronize, discard};
    return 0;
}

/* --- starting --- */

static lsi_code make_streams(lsi_device *device)
{
    lsi_code code = 0;
    for (int i = 0; i < STREAMS && !code; i++)
        if (!device->streams[i]) code = device->cuda->stream_create(&device->streams[i], LSI_STREAM_NON_BLOCKING);
    return code;
}

/* With the lock `starting` held. What was made before a failure stays for the next attempt. */
static lsi_code start(lsi_device *device)
{
    const lsi_cuda *cuda = device->cuda;
    lsi_context before = NULL;
    lsi_code code = device->context ? 0 : cuda->primary_retain(&device->context, device->ordinal);
    if (code) return code;
    code = cuda->context_push(device->context);
    if (code) return code;
    code = make_streams(device);
    (void)cuda->context_pop(&before);
    if (!code) atomic_store_explicit(&device->started, true, memory_order_release);
    return code;
}

static lsi_code start_once(lsi_device *device)
{
    pthread_mutex_lock(&device->starting);
    const lsi_code code = atomic_load(&device->started) ? 0 : start(device);
    pthread_mutex_unlock(&device->starting);
    return code;
}

lsi_code lsi_device_enter(lsi_device *device, lsi_context *before)
{
    const int lost = atomic_load_explicit(&device->lost, memory_order_relaxed);
    if (lost) return (lsi_code)lost;
    lsi_code code = atomic_load_explicit(&device->started, memory_order_acquire) ? 0 : start_once(device);
    if (!code) code = device->cuda->context_current(before);
    if (!code && *before != device->context) code = device->cuda->context_push(device->context);
    if (lsi_code_is_sticky(code)) atomic_store(&device->lost, (int)code);
    return code;
}

void lsi_device_leave(lsi_device *device, lsi_context before)
{
    lsi_context ours;
    if (before != device->context) (void)device->cuda->context_pop(&ours);
}

/* --- failures --- */

static ls_status fail_lost(lsi_device *device, const char *function, const char *place, int code)
{
    char text[LSI_CODE_TEXT];
    const char *kernel = atomic_load(&device->last_kernel);
    if (code == LSI_DEVICE_FORKED)
        return lsi_fail_for(function, place, LS_EDEVICE, "%s stayed with the parent of this forked process", device->name);
    return lsi_fail_for(function, place, LS_EDEVICE,
                        "%s is lost after %s%s%s%s; its arrays are gone and it cannot be used again in this process, "
                        "arrays on the host are unharmed", device->name,
                        lsi_code_text(device->cuda, (lsi_code)code, text), kernel ? " (the newest kernel was " : "",
                        kernel ? kernel : "", kernel ? ")" : "");
}

ls_status lsi_device_failed(lsi_device *device, const char *function, const char *place, int code, const char *what, ...)
{
    char tried[256], text[LSI_CODE_TEXT];
    va_list arguments;
    if (code > 0 && lsi_code_is_sticky((lsi_code)code)) atomic_store(&device->lost, code);
    const int lost = atomic_load(&device->lost);
    if (lost) return fail_lost(device, function, place, lost);
    va_start(arguments, what);
    vsnprintf(tried, sizeof tried, what, arguments);
    va_end(arguments);
    if (code == LSI_QUEUE_NO_MEMORY)
        return lsi_fail_for(function, place, LS_ENOMEM, "out of host memory for %s on %s", tried, device->name);
    return lsi_fail_for(function, place, code == LSI_CUDA_OUT_OF_MEMORY ? LS_ENOMEM : LS_EDEVICE, "%s failed on %s: %s",
                        tried, device->name, lsi_code_text(device->cuda, (lsi_code)code, text));
}

static ls_status gone(lsi_backend *backend, const char *function, const char *place)
{
    lsi_device *device = lsi_device_of(backend);
    const int lost = atomic_load(&device->lost);
    return lost ? fail_lost(device, function, place, lost) : LS_OK;
}

/* --- making --- */

static int attribute(const lsi_cuda *cuda, int number, lsi_gpu gpu)
{
    int value = 0;
    return cuda->device_attribute(&value, number, gpu) == 0 ? value : 0;
}

static void look_at(lsi_device *device, lsi_gpu gpu)
{
    const lsi_cuda *cuda = device->cuda;
    device->major = attribute(cuda, LSI_GPU_MAJOR, gpu);
    device->minor = attribute(cuda, LSI_GPU_MINOR, gpu);
    device->multiprocessors = attribute(cuda, LSI_GPU_MULTIPROCESSORS, gpu);
    device->l2_bytes = (size_t)attribute(cuda, LSI_GPU_L2_BYTES, gpu);
    device->shared_bytes = (size_t)attribute(cuda, LSI_GPU_SHARED_OPTIN, gpu);
    if (cuda->device_memory(&device->memory_bytes, gpu)) device->memory_bytes = 0;
    if (cuda->device_name(device->gpu_name, sizeof device->gpu_name, gpu)) device->gpu_name[0] = '\0';
    snprintf(device->name, sizeof device->name, "cuda:%d", device->ordinal);
}

static void fill_contract(lsi_device *device)
{
    const char *synchronous = secure_getenv("LOCKSTEP_CUDA_SYNC");
    lsi_backend *backend = &device->backend;
    device->synchronous = synchronous && strcmp(synchronous, "1") == 0;
    backend->abi_version = LSI_BACKEND_ABI;
    backend->name = device->name;
    backend->run = lsi_device_run;
    backend->rows_fit = lsi_jit_rows_fit;
    backend->scan = lsi_device_scan;
    backend->matmul = lsi_device_matmul;
    backend->sort = lsi_device_sort;
    backend->upload = lsi_device_upload;
    backend->download = lsi_device_download;
    backend->wait = lsi_device_wait;
    backend->gone = gone;
    backend->describe = lsi_device_describe;
    backend->streams = &lsi_device_streams;
    backend->foreign = &lsi_device_foreign;
}

static bool make_parts(lsi_device *device)
{
    lsi_queues queues;
    lsi_memory_init(device);
    if (!lsi_modules_new(device) || !lsi_staging_new(device) || lsi_events_new(device, &queues)) return false;
    device->scheduler = lsi_scheduler_new(&queues);
    device->backend.pool = device->scheduler ? lsi_pool_new(&device->prim) : NULL;
    const char *pool = secure_getenv("LOCKSTEP_POOL");
    if (device->backend.pool) lsi_pool_set_direct(device->backend.pool, pool && strcmp(pool, "direct") == 0);
    return device->backend.pool != NULL;
}

void lsi_device_delete(lsi_device *device)
{
    if (device->backend.pool) lsi_pool_delete(device->backend.pool);
    if (device->scheduler) lsi_scheduler_delete(device->scheduler);
    lsi_modules_delete(device);
    lsi_staging_delete(device);
    lsi_memory_forget(device);
    if (device->events) lsi_dealloc(device->events->unused);
    lsi_dealloc(device->events);
    lsi_dealloc(device);
}

lsi_device *lsi_device_new(const lsi_cuda *cuda, int ordinal, char *note, size_t size)
{
    char text[LSI_CODE_TEXT];
    lsi_gpu gpu = 0;
    const lsi_code code = cuda->device_get(&gpu, ordinal);
    if (code) {
        snprintf(note, size, "cuda:%d cannot be asked: %s", ordinal, lsi_code_text(cuda, code, text));
        return NULL;
    }
    if (attribute(cuda, LSI_GPU_COMPUTE_MODE, gpu) == LSI_COMPUTE_PROHIBITED) {
        snprintf(note, size, "cuda:%d is set to the compute mode 'prohibited'", ordinal);
        return NULL;
    }
    lsi_device *device = lsi_alloc(1, sizeof *device);
    if (device) {
        device->cuda = cuda;
        device->ordinal = gpu;
        pthread_mutex_init(&device->starting, NULL);
        look_at(device, gpu);
        fill_contract(device);
    }
    if (device && !make_parts(device)) {
        lsi_device_delete(device);
        device = NULL;
    }
    if (!device) snprintf(note, size, "no memory to start cuda:%d", ordinal);
    return device;
}
