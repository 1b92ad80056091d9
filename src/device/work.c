/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A piece of work on the device, from what it reads and writes to its ticket. Decides nothing about order, which is the
 * scheduler's, nor about what runs; decides what is done after a failure: nothing, up to the end. */
#include "core/error.h"
#include "device/device.h"
#include "device/ranges.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_GRID_X = 0x7fffffff, MAX_GRID_YZ = 65535, SHARED_WITHOUT_ASKING = 48 * 1024 };
enum { PARTS = 64, LEAST_PART = 1 << 20 }; /* small enough to be told of 20 times a second, large enough to be waited for */

void lsi_work_begin(lsi_work *work, lsi_device *device, const char *function, const char *place)
{
    work->device = device;
    work->function = function;
    work->place = place;
    work->status = LS_OK;
    work->entered = work->enqueued = false;
    work->lane = LSI_LANE_COMPUTE;
    work->stream = -1;
    work->naccess = work->nscratch = 0;
    work->progress.tell = NULL;
    const int lost = atomic_load_explicit(&device->lost, memory_order_relaxed);
    if (lost) work->status = lsi_device_failed(device, function, place, lost, "working");
}

static void failed(lsi_work *work, int code, const char *what)
{
    if (!work->status)
        work->status = lsi_device_failed(work->device, work->function, work->place, code, "%s", what);
}

void lsi_work_fail(lsi_work *work, ls_status status, const char *format, ...)
{
    char text[512];
    va_list arguments;
    if (work->status) return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    work->status = lsi_fail_for(work->function, work->place, status, "%s", text);
}

/* A buffer that is named twice is one access, a write when either is. */
static void add_access(lsi_work *work, lsi_uses *uses, bool write, void *address, size_t bytes)
{
    if (work->status) return;
    for (int i = 0; i < work->naccess; i++) {
        if (work->accesses[i].uses == uses) {
            work->accesses[i].write |= write;
            return;
        }
    }
    if (work->naccess == LSI_WORK_ACCESSES) {
        lsi_work_fail(work, LS_EINTERNAL, "one piece of work uses more than %d arrays", (int)LSI_WORK_ACCESSES);
        return;
    }
    work->ranges[work->naccess] = (struct lsi_range){address, bytes};
    work->accesses[work->naccess++] = (lsi_access){uses, write};
}

void lsi_work_reads(lsi_work *work, lsi_buffer *buffer)
{
    add_access(work, &buffer->uses, false, buffer->address, buffer->bytes);
}

void lsi_work_writes(lsi_work *work, lsi_buffer *buffer)
{
    add_access(work, &buffer->uses, true, buffer->address, buffer->bytes);
}

void *lsi_work_scratch(lsi_work *work, size_t bytes)
{
    if (work->status) return NULL;
    if (work->nscratch == LSI_WORK_SCRATCH) {
        lsi_work_fail(work, LS_EINTERNAL, "one piece of work uses more than %d scratch blocks", (int)LSI_WORK_SCRATCH);
        return NULL;
    }
    struct lsi_scratch *scratch = &work->scratch[work->nscratch];
    memset(&scratch->uses, 0, sizeof scratch->uses);
    scratch->address = lsi_pool_allocate_after(work->device->backend.pool, bytes, &scratch->uses.used);
    if (!scratch->address) {
        work->status = lsi_backend_no_memory(&work->device->backend, work->function, work->place, bytes);
        return NULL;
    }
    work->nscratch++;
    add_access(work, &scratch->uses, true, scratch->address, bytes);
    return work->status ? NULL : scratch->address;
}

/* Only the simulated GPU wants to know. */
static void declare(lsi_work *work)
{
    for (int i = 0; i < work->naccess; i++)
        if (work->ranges[i].bytes)
            work->device->cuda->declare((lsi_address)(uintptr_t)work->ranges[i].address, work->ranges[i].bytes,
                                        work->accesses[i].write);
}

bool lsi_work_enter(lsi_work *work)
{
    lsi_device *device = work->device;
    if (work->status) return false;
    int code = (int)lsi_device_enter(device, &work->before);
    if (code) {
        failed(work, code, "starting the GPU");
        return false;
    }
    code = lsi_scheduler_begin(device->scheduler, work->lane, lsi_backend_stream_in_use(&device->backend), work->naccess,
                               work->accesses, &work->stream);
    if (code) {
        failed(work, code, "ordering work");
        lsi_device_leave(device, work->before);
        return false;
    }
    work->entered = true;
    lsi_range_begin(work->function);
    if (device->cuda->declare) declare(work);
    return true;
}

static bool ready(const lsi_work *work)
{
    return work->entered && !work->status;
}

lsi_stream lsi_work_stream(lsi_work *work)
{
    return ready(work) ? work->device->streams[work->stream] : NULL;
}

void lsi_work_enqueued(lsi_work *work, int code, const char *what)
{
    if (code) failed(work, code, what);
    else work->enqueued = true;
}

/* --- launches --- */

static bool grid_fits(lsi_work *work, const char *name, lsi_grid blocks)
{
    if (blocks.x <= MAX_GRID_X && blocks.y <= MAX_GRID_YZ && blocks.z <= MAX_GRID_YZ) return true;
    lsi_work_fail(work, LS_EOVERFLOW, "%s: a grid of %llu x %u x %u blocks is too large", name,
                  (unsigned long long)blocks.x, blocks.y, blocks.z);
    return false;
}

static void launch(lsi_work *work, const char *name, lsi_function function, lsi_grid blocks, unsigned threads,
                   unsigned shared_bytes, const void *args, size_t size)
{
    const lsi_cuda *cuda = work->device->cuda;
    /* The kernels take one parameter; the second is for the simulated GPU, which checks the first one's size. */
    void *parameters[] = {(void *)(uintptr_t)args, &size};
    const lsi_stream stream = work->device->streams[work->stream];
    lsi_code code = 0;
    if (shared_bytes > SHARED_WITHOUT_ASKING) code = lsi_modules_allow_shared(work->device, function, shared_bytes);
    if (!code)
        code = cuda->launch(function, (unsigned)blocks.x, blocks.y ? blocks.y : 1, blocks.z ? blocks.z : 1, threads, 1, 1,
                            shared_bytes, stream, parameters, NULL);
    work->enqueued |= code == 0;
    if (!code) atomic_store_explicit(&work->device->last_kernel, name, memory_order_relaxed);
    if (!code && work->device->synchronous) code = cuda->stream_synchronize(stream);
    if (code) {
        char what[160];
        snprintf(what, sizeof what, "the kernel %s (%llu x %u blocks of %u threads)", name, (unsigned long long)blocks.x,
                 blocks.y ? blocks.y : 1, threads);
        failed(work, (int)code, what);
    }
}

void lsi_work_launch(lsi_work *work, lsi_kernel kernel, lsi_grid blocks, unsigned threads, unsigned shared_bytes,
                     const void *args, size_t size)
{
    lsi_found found;
    if (!ready(work) || blocks.x == 0 || !grid_fits(work, kernel.name, blocks)) return;
    const lsi_code code = lsi_modules_find(work->device, kernel, &found);
    if (code && found.explain) {
        lsi_work_fail(work, LS_EDEVICE, "the kernel %s of %s cannot be loaded on %s: %s", kernel.name, kernel.module,
                      work->device->name, found.explain);
    } else if (code) {
        char what[160];
        snprintf(what, sizeof what, "loading the kernel %s of %s", kernel.name, kernel.module);
        failed(work, (int)code, what);
    } else {
        launch(work, found.name, found.function, blocks, threads, shared_bytes, args, size);
    }
}

void lsi_work_launch_function(lsi_work *work, void *function, lsi_grid blocks, unsigned threads, unsigned shared_bytes,
                              const void *args, size_t size)
{
    static const char *const name = "compiled for this expression";
    if (!ready(work) || blocks.x == 0 || !grid_fits(work, name, blocks)) return;
    launch(work, name, function, blocks, threads, shared_bytes, args, size);
}

void lsi_work_fill(lsi_work *work, void *address, unsigned char byte, size_t bytes)
{
    if (!ready(work) || bytes == 0) return;
    lsi_work_enqueued(work, (int)work->device->cuda->fill8((lsi_address)(uintptr_t)address, byte, bytes,
                                                           lsi_work_stream(work)), "filling memory");
}

void lsi_work_copy(lsi_work *work, void *to, const void *from, size_t bytes)
{
    if (!ready(work) || bytes == 0) return;
    lsi_work_enqueued(work, (int)work->device->cuda->copy_on_device((lsi_address)(uintptr_t)to,
                                                                    (lsi_address)(uintptr_t)from, bytes,
                                                                    lsi_work_stream(work)), "copying on the GPU");
}

/* The ticket of what was enqueued since it was entered. */
static lsi_ticket leave(lsi_work *work)
{
    lsi_device *device = work->device;
    lsi_ticket ticket = {0, 0};
    if (!work->entered) return ticket;
    if (device->cuda->declare) device->cuda->declare(0, 0, false);
    lsi_scheduler_end(device->scheduler, work->stream, work->naccess, work->accesses, work->enqueued, &ticket);
    lsi_device_leave(device, work->before);
    lsi_range_end();
    work->entered = work->enqueued = false;
    return ticket;
}

/* --- parts --- */

int64_t lsi_work_parts(lsi_work *work, int64_t units)
{
    lsi_progress_begin(&work->progress, units);
    work->newest = (lsi_ticket){0, 0};
    work->since = work->flying = 0;
    work->part = units / PARTS > LEAST_PART ? units / PARTS : LEAST_PART;
    return work->progress.tell && work->part < units ? work->part : units;
}

static void wait_for(lsi_work *work, lsi_ticket ticket)
{
    lsi_context before;
    int code = (int)lsi_device_enter(work->device, &before);
    if (!code) {
        code = lsi_scheduler_wait(work->device->scheduler, ticket);
        lsi_device_leave(work->device, before);
    }
    if (code) failed(work, code, "waiting");
}

/* The part before the one that just ended is waited for, so that the GPU has always something to do. */
void lsi_work_part(lsi_work *work, int64_t units)
{
    if (!work->progress.tell || !ready(work)) return;
    work->since += units;
    if (work->since < work->part) return;
    const lsi_ticket before = work->newest;
    const int64_t done = work->flying;
    work->newest = leave(work);
    work->flying = work->since;
    work->since = 0;
    wait_for(work, before);
    if (!work->status && !lsi_progress_step(&work->progress, 0, done))
        work->status = lsi_progress_end(&work->progress, work->function, work->place);
    lsi_work_enter(work);
}

void lsi_work_launch_parts(lsi_work *work, void *function, int64_t blocks, unsigned threads, unsigned shared_bytes,
                           unsigned char *args, size_t size, size_t begin_at, int64_t elements)
{
    if (blocks == 0) return;
    const int64_t each = (elements + blocks - 1) / blocks, part = lsi_work_parts(work, elements);
    const int64_t most = part == elements ? blocks : (part + each - 1) / each;
    for (int64_t begin = 0; begin < blocks; begin += most) {
        const int64_t count = blocks - begin < most ? blocks - begin : most;
        memcpy(args + begin_at, &begin, sizeof begin);
        lsi_work_launch_function(work, function, (lsi_grid){(uint64_t)count, 1, 1}, threads, shared_bytes, args, size);
        lsi_work_part(work, count * each);
    }
}

/* --- the end --- */

ls_status lsi_work_end(lsi_work *work, lsi_ticket *done)
{
    lsi_device *device = work->device;
    const lsi_ticket ticket = leave(work);
    if (work->progress.tell && work->progress.told && !work->status) {
        wait_for(work, ticket);
        if (!work->status) (void)lsi_progress_end(&work->progress, work->function, work->place);
    }
    for (int i = 0; i < work->nscratch; i++)
        lsi_pool_free_after(device->backend.pool, work->scratch[i].address, &work->scratch[i].uses.used);
    if (done) *done = ticket;
    return work->status;
}
