/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Devices, memory and threads as the user sees them, and the report of `lockstep info`. */
#include "lockstep/create.h"
#include "lockstep/device.h"
#include "api/call.h"
#include "api/init.h"
#include "host/parallel.h"
#include "lockstep/evaluate.h"
#include "lockstep/scope.h"
#include "memory/prim.h"

#include <stdio.h>

const char *ls_version(void)
{
    return LS_VERSION_STRING;
}

int64_t ls_device_count(void)
{
    return lsi_init() ? 0 : lsi_backend_count();
}

const char *ls_device_name(ls_device device)
{
    lsi_backend *backend = lsi_init() ? NULL : lsi_backend_get(device.id);
    return backend ? backend->name : NULL;
}

ls_device ls_device_from_name(const char *name)
{
    for (int id = 1; name && id <= (int)ls_device_count(); id++) {
        lsi_backend *backend = lsi_backend_get(id);
        if (backend && strcmp(backend->name, name) == 0) {
            return (ls_device){id};
        }
    }
    return (ls_device){0};
}

lsi_backend *lsi_backend_wanted(ls_device device)
{
    if (lsi_init()) {
        return NULL;
    }
    lsi_backend *backend = device.id ? lsi_backend_get(device.id) : lsi_backend_default();
    if (!backend) {
        lsi_fail(LS_EDEVICE, "there is no device %d; there are %d", (int)device.id, lsi_backend_count());
    }
    return backend;
}

ls_status ls_use_device(ls_device device)
{
    LSI_CALL("ls_use_device", NULL);
    if (!lsi_backend_wanted(device)) {
        return lsi_report(lsi_pending_error());
    }
    lsi_backend_use(device.id);
    return LS_OK;
}

ls_device ls_device_in_use(void)
{
    lsi_backend *backend = lsi_init() ? NULL : lsi_backend_default();
    return (ls_device){backend ? backend->device : 0};
}

/* Evaluates on the one device, passes the bytes through host memory, makes a new array on the other. */
static ls_array *transfer(const ls_array *a, lsi_backend *to)
{
    size_t bytes = (size_t)ls_size(a) * lsi_dtype_size(a->dtype);
    void *staging = lsi_alloc(1, bytes ? bytes : 1);
    if (!staging) {
        lsi_fail(LS_ENOMEM, "no memory for %zu bytes on the way to %s", bytes, to->name);
        return NULL;
    }
    ls_array *copy = lsi_array_download(a, staging) ? NULL : lsi_array_new(to, a->dtype, a->ndim, lsi_array_shape(a));
    if (copy && lsi_array_upload(copy, staging)) {
        ls_free(copy);
        copy = NULL;
    }
    lsi_dealloc(staging);
    return copy;
}

ls_array *(ls_to_device)(const char *place, const ls_array *a, ls_device device)
{
    LSI_CALL("ls_to_device", place);
    lsi_backend *backend = lsi_array_check(a, 1) ? lsi_backend_wanted(device) : NULL;
    if (!backend) {
        return NULL;
    }
    if (backend != lsi_array_backend(a)) {
        return transfer(a, backend);
    }
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    return lsi_array_view(a, &layout);
}

ls_status ls_sync(void)
{
    LSI_CALL("ls_sync", NULL);
    ls_status status = lsi_init();
    for (int id = 1; !status && id <= lsi_backend_count(); id++) {
        lsi_backend *backend = lsi_backend_get(id);
        status = backend ? backend->wait(backend, (lsi_ticket){0, 0}) : LS_OK;
    }
    return lsi_report(status);
}

void ls_set_num_threads(int threads)
{
    lsi_parallel_force(threads > 0 ? threads : 0);
}

int ls_num_threads(void)
{
    return lsi_parallel_threads();
}

/* --- memory --- */

ls_status ls_memory_stats(ls_device device, ls_memory *memory)
{
    LSI_CALL("ls_memory_stats", NULL);
    lsi_backend *backend = lsi_backend_wanted(device);
    if (!backend) {
        return lsi_report(lsi_pending_error());
    }
    lsi_buffers_give_back();
    lsi_pool_stats stats;
    lsi_pool_get_stats(backend->pool, &stats);
    *memory = (ls_memory){.in_use = stats.in_use,
                          .reserved = stats.reserved,
                          .peak_in_use = stats.peak_in_use,
                          .peak_reserved = stats.peak_reserved,
                          .allocations = stats.allocations,
                          .reused = stats.reused};
    return LS_OK;
}

ls_status ls_memory_reset_peak(ls_device device)
{
    LSI_CALL("ls_memory_reset_peak", NULL);
    lsi_backend *backend = lsi_backend_wanted(device);
    if (!backend) {
        return lsi_report(lsi_pending_error());
    }
    lsi_buffers_give_back();
    lsi_pool_reset_peak(backend->pool);
    return LS_OK;
}

ls_status ls_memory_set_limit(ls_device device, int64_t bytes)
{
    LSI_CALL("ls_memory_set_limit", NULL);
    lsi_backend *backend = lsi_backend_wanted(device);
    if (!backend || bytes < 0) {
        return lsi_report(backend ? lsi_fail(LS_EARGUMENT, "a limit of %lld bytes", (long long)bytes)
                                  : lsi_pending_error());
    }
    lsi_pool_set_limit(backend->pool, (size_t)bytes);
    return LS_OK;
}

ls_status ls_memory_trim(ls_device device, int64_t keep)
{
    LSI_CALL("ls_memory_trim", NULL);
    lsi_backend *backend = lsi_backend_wanted(device);
    if (!backend || keep < 0) {
        return lsi_report(backend ? lsi_fail(LS_EARGUMENT, "%lld bytes to keep", (long long)keep)
                                  : lsi_pending_error());
    }
    lsi_buffers_give_back();
    lsi_pool_trim(backend->pool, (size_t)keep);
    return LS_OK;
}

/* --- what was done, what there is --- */

ls_work ls_work_done(void)
{
    const lsi_counters *c = &lsi_counts;
    return (ls_work){.programs = c->programs,
                     .instructions = c->instructions,
                     .sources_read = c->sources_read,
                     .values_stored = c->values_stored,
                     .reductions = c->reductions,
                     .bytes_read = c->bytes_read,
                     .bytes_written = c->bytes_written};
}

typedef struct section {
    void (*put)(void *context, const char *section, const char *key, const char *value);
    void *context;
    const char *name;
} section;

static void put_in_section(void *context, const char *key, const char *value)
{
    const section *s = context;
    s->put(s->context, s->name, key, value);
}

static void put_number(section *s, const char *key, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    put_in_section(s, key, text);
}

static void put_pool(section *s, lsi_pool *pool)
{
    lsi_buffers_give_back();
    lsi_pool_stats stats;
    lsi_pool_get_stats(pool, &stats);
    put_number(s, "pool in use", stats.in_use);
    put_number(s, "pool reserved", stats.reserved);
    put_number(s, "pool peak", stats.peak_reserved);
    put_number(s, "pool allocations", stats.allocations);
    put_number(s, "pool reused", stats.reused);
}

ls_status ls_info(void (*put)(void *context, const char *section, const char *key, const char *value), void *context)
{
    LSI_CALL("ls_info", NULL);
    if (!put) {
        return lsi_report(lsi_fail_null(1));
    }
    ls_status status = lsi_init();
    if (status) {
        return lsi_report(status);
    }
    section s = {put, context, "library"};
    put_in_section(&s, "version", LS_VERSION_STRING);
    put_in_section(&s, "default device", lsi_backend_default()->name);
    for (int id = 1; id <= lsi_backend_count(); id++) {
        lsi_backend *backend = lsi_backend_get(id);
        if (backend) {
            s.name = backend->name;
            backend->describe(backend, put_in_section, &s);
            put_pool(&s, backend->pool);
        }
    }
    s.name = "cuda";
    put_in_section(&s, "status", lsi_cuda_note());
    return LS_OK;
}
