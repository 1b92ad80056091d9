/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sorting on the GPU: opens the module with CUB inside (cub/cub.h) at the first sort, from the plug-in's own folder, and
 * hands it tasks. What it cannot take (no module, a simulated GPU, more than 2^32 elements, a sorter) is declined, and
 * the host does it. Where the number of results depends on the data, they are counted on the GPU first. */
#include "core/error.h"
#include "device/cub/cub.h"
#include "device/device.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define DECLINED ((ls_status)LSI_DECLINED)

/* --- the module --- */

static struct {
    const lsi_cub_table *table; /* NULL: not to be had, and the note says why */
    char note[384];
} module;
static pthread_once_t module_opened = PTHREAD_ONCE_INIT;

static void note(const char *text, const char *detail)
{
    snprintf(module.note, sizeof module.note, "%s%s", text, detail ? detail : "");
}

static void take_table(void *handle)
{
    const lsi_cub_table *(*entry)(void) = NULL;
    void *symbol = dlsym(handle, LSI_CUB_ENTRY);
    memcpy(&entry, &symbol, sizeof symbol); /* ISO C has no conversion to a function pointer */
    const lsi_cub_table *table = entry ? entry() : NULL;
    if (!table || table->abi != LSI_CUB_ABI || table->task_size != sizeof(lsi_cub_task)) {
        note(LSI_CUB_FILE, " is of another build");
        return;
    }
    module.table = table;
}

static void open_module(void)
{
    Dl_info own;
    char path[1024];
    note("no " LSI_CUB_FILE " beside the plug-in", NULL);
    const char *end = dladdr((const void *)&module, &own) && own.dli_fname ? strrchr(own.dli_fname, '/') : NULL;
    if (!end) return;
    const int length = snprintf(path, sizeof path, "%.*s/" LSI_CUB_FILE, (int)(end - own.dli_fname), own.dli_fname);
    if (length >= (int)sizeof path) return;
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle) take_table(handle); /* never closed: kernels may be running */
    else note("cannot open ", dlerror());
}

/* The table, or NULL. */
static const lsi_cub_table *table_for(const lsi_device *device)
{
    if (device->cuda->declare) return NULL; /* simulated */
    pthread_once(&module_opened, open_module);
    return module.table;
}

void lsi_cub_describe(lsi_device *device, void (*put)(void *context, const char *key, const char *value), void *context)
{
    char text[64];
    const lsi_cub_table *table = table_for(device);
    if (table) snprintf(text, sizeof text, "CUDA %d.%d", table->runtime / 1000, table->runtime / 10 % 100);
    put(context, "sorting",
        table                   ? text
        : device->cuda->declare ? "by the host (the GPU is a simulated one)"
                                : module.note);
}

/* --- tasks --- */

static void *address_of(lsi_buffer *buffer, int64_t offset, ls_dtype dtype)
{
    return buffer ? (char *)buffer->address + (size_t)offset * lsi_dtype_size(dtype) : NULL;
}

/* What does not depend on the step. */
static lsi_cub_task task_of(const lsi_sort *given, lsi_cub_step step)
{
    lsi_cub_task task = {.step = step,
                         .dtype = (int)given->dtype,
                         .merge_zeros = step == LSI_CUB_ARGSORT || step == LSI_CUB_SEARCH || step == LSI_CUB_UNIQUE_RUNS ||
                                        step == LSI_CUB_UNIQUE_RESULTS,
                         .descending = given->descending,
                         .right = given->right,
                         .ndim = given->ndim,
                         .lines = given->lines,
                         .n = given->n,
                         .kth = given->kth,
                         .count = given->count,
                         .in = address_of(given->in, given->in_offset, given->dtype),
                         .values = address_of(given->values, given->values_offset, given->dtype)};
    memcpy(task.shape, given->shape, (size_t)given->ndim * sizeof *task.shape);
    return task;
}

/* How much scratch the task needs, in the device's context; false with the failure noted. */
static bool measure(lsi_work *work, const lsi_cub_table *table, const lsi_cub_task *task, size_t *bytes)
{
    lsi_context before;
    if (work->status) return false;
    lsi_code code = lsi_device_enter(work->device, &before);
    if (code) {
        work->status = lsi_device_failed(work->device, work->function, work->place, (int)code, "starting the GPU");
        return false;
    }
    const int failed = table->scratch(task, bytes);
    lsi_device_leave(work->device, before);
    if (failed) lsi_work_fail(work, LS_EDEVICE, "CUB: %s", table->error(failed));
    return !failed;
}

/* Enqueues a task whose buffers the work names, and ends the work. */
static ls_status finish(lsi_work *work, const lsi_cub_table *table, const lsi_cub_task *task, lsi_ticket *done)
{
    size_t bytes = 0;
    void *scratch = measure(work, table, task, &bytes) ? lsi_work_scratch(work, bytes) : NULL;
    if (lsi_work_enter(work)) {
        const lsi_stream stream = lsi_work_stream(work);
        const int failed = table->run(task, scratch, bytes, stream);
        lsi_work_enqueued(work, 0, "CUB");
        if (failed) lsi_work_fail(work, LS_EDEVICE, "CUB: %s", table->error(failed));
    }
    return lsi_work_end(work, done);
}

static void begin(lsi_work *work, lsi_device *device, const lsi_sort *given)
{
    lsi_work_begin(work, device, given->function, given->place);
    lsi_work_reads(work, given->in);
    if (given->values) lsi_work_reads(work, given->values);
}

/* --- results of a known size --- */

static ls_status sort_lines(lsi_device *device, const lsi_cub_table *table, const lsi_sort *given, lsi_ticket *done)
{
    static const lsi_cub_step steps[] = {[LSI_SORT_VALUES] = LSI_CUB_SORT,
                                         [LSI_SORT_INDICES] = LSI_CUB_ARGSORT,
                                         [LSI_SORT_PARTITION] = LSI_CUB_PARTITION,
                                         [LSI_SORT_PARTITION_INDICES] = LSI_CUB_ARGPARTITION,
                                         [LSI_SORT_SEARCH] = LSI_CUB_SEARCH};
    lsi_cub_task task = task_of(given, steps[given->op]);
    lsi_work work;
    task.out = given->out[0]->address;
    task.indices = given->out[0]->address;
    begin(&work, device, given);
    lsi_work_writes(&work, given->out[0]);
    return finish(&work, table, &task, done);
}

/* --- results whose size the data decide --- */

static lsi_buffer *new_buffer(lsi_device *device, const lsi_sort *given, int64_t count, size_t size)
{
    lsi_buffer *buffer = lsi_buffer_new(&device->backend, (size_t)count * size);
    if (!buffer) lsi_backend_no_memory(&device->backend, given->function, given->place, (size_t)count * size);
    return buffer;
}

/* The first half: order (unique only) and runs. Sets task->found from the last of them. */
static ls_status count_runs(lsi_device *device, const lsi_cub_table *table, const lsi_sort *given, lsi_cub_task *task,
                            lsi_buffer *order, lsi_buffer *runs)
{
    lsi_work work;
    lsi_ticket done;
    uint32_t found = 0;
    task->order = order ? order->address : NULL;
    task->runs = runs->address;
    begin(&work, device, given);
    if (order) lsi_work_writes(&work, order);
    lsi_work_writes(&work, runs);
    ls_status status = finish(&work, table, task, &done);
    if (!status)
        status = lsi_device_download(&device->backend, runs, ((size_t)given->n - 1) * sizeof found, &found, sizeof found);
    task->found = found;
    return status;
}

static void release_results(lsi_sort *given)
{
    for (int i = 0; i < 4; i++) {
        lsi_buffer_release(given->out[i]);
        given->out[i] = NULL;
    }
}

/* The second half: buffers for the results, and the results. */
static ls_status write_results(lsi_device *device, const lsi_cub_table *table, lsi_sort *given, lsi_cub_task *task,
                               lsi_buffer *order, lsi_buffer *runs)
{
    const bool unique = given->op == LSI_SORT_UNIQUE;
    lsi_work work;
    lsi_ticket done;
    for (int i = 0; i < 4; i++) {
        if (i > 0 && (!unique || !given->wanted[i])) continue;
        const int64_t count = !unique ? given->ndim * task->found : i == 2 ? given->n : task->found;
        given->out[i] = new_buffer(device, given, count, unique && i == 0 ? lsi_dtype_size(given->dtype) : sizeof(int64_t));
        if (!given->out[i]) return LS_ENOMEM;
    }
    task->out = task->indices = given->out[0]->address;
    task->first = given->out[1] ? given->out[1]->address : NULL;
    task->inverse = given->out[2] ? given->out[2]->address : NULL;
    task->counts = given->out[3] ? given->out[3]->address : NULL;
    begin(&work, device, given);
    if (order) lsi_work_reads(&work, order);
    lsi_work_reads(&work, runs);
    for (int i = 0; i < 4; i++)
        if (given->out[i]) lsi_work_writes(&work, given->out[i]);
    const ls_status status = finish(&work, table, task, &done);
    return status ? status : lsi_device_wait(&device->backend, done);
}

static ls_status count_and_write(lsi_device *device, const lsi_cub_table *table, lsi_sort *given)
{
    const bool unique = given->op == LSI_SORT_UNIQUE;
    lsi_cub_task task = task_of(given, unique ? LSI_CUB_UNIQUE_RUNS : LSI_CUB_NONZERO_RUNS);
    memset(given->out, 0, sizeof given->out);
    lsi_buffer *runs = new_buffer(device, given, given->n, sizeof(uint32_t));
    lsi_buffer *order = runs && unique ? new_buffer(device, given, given->n, sizeof(uint32_t)) : NULL;
    ls_status status = runs && (order || !unique) ? LS_OK : LS_ENOMEM;
    if (!status) status = count_runs(device, table, given, &task, order, runs);
    if (!status) {
        task.step = unique ? LSI_CUB_UNIQUE_RESULTS : LSI_CUB_NONZERO_RESULTS;
        given->found = task.found;
        status = write_results(device, table, given, &task, order, runs);
    }
    if (status) release_results(given);
    lsi_buffer_release(order);
    lsi_buffer_release(runs);
    return status;
}

ls_status lsi_device_sort(lsi_backend *backend, lsi_sort *task, lsi_ticket *done)
{
    lsi_device *device = lsi_device_of(backend);
    const int64_t most = UINT32_MAX - 1;
    *done = (lsi_ticket){0, 0};
    if (task->n == 0 || task->lines == 0 || task->n > most || task->lines > most / task->n || task->lines > most / 3 ||
        task->count > most || task->sorter)
        return DECLINED; /* numbers of elements and of thirds of lines are 32 bits there */
    if (task->op == LSI_SORT_SEARCH && task->count == 0) return LS_OK;
    const lsi_cub_table *table = table_for(device);
    if (!table) return DECLINED;
    if (task->op == LSI_SORT_UNIQUE || task->op == LSI_SORT_NONZERO) return count_and_write(device, table, task);
    return sort_lines(device, table, task, done);
}
