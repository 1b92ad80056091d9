/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Starting the library: the host backend, the environment, and devices' plug-ins. Once per process, at the first call. */
#include "api/init.h"
#include "api/call.h"
#include "api/plugin.h"
#include "core/process.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* Not pthread_once: a start that failed for want of memory is tried again by the next call. */
static pthread_mutex_t starting = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool started;
static char device_note[512];

const char *lsi_cuda_note(void)
{
    return device_note;
}

/* LOCKSTEP_DEVICE: an unknown or absent device is said in `lockstep info`; the default stays. */
static void prefer_device(void)
{
    const char *wanted = secure_getenv("LOCKSTEP_DEVICE");
    if (!wanted || !*wanted || strcmp(wanted, "auto") == 0) {
        return;
    }
    for (int id = 1; id <= lsi_backend_count(); id++) {
        lsi_backend *backend = lsi_backend_get(id);
        if (backend && strcmp(backend->name, wanted) == 0) {
            lsi_backend_set_preferred(id);
            return;
        }
    }
    char why[sizeof device_note / 2];
    snprintf(why, sizeof why, "%.255s", device_note);
    snprintf(device_note, sizeof device_note, "LOCKSTEP_DEVICE=%.64s is not here; %s", wanted, why);
}

/* LOCKSTEP_DEVICE=cpu asks for a process that has nothing to do with a GPU. */
static void open_devices(void)
{
    const char *wanted = secure_getenv("LOCKSTEP_DEVICE");
    if (wanted && strcmp(wanted, "cpu") == 0) {
        snprintf(device_note, sizeof device_note, "not looked for: LOCKSTEP_DEVICE=cpu");
    } else {
        lsi_plugin_open(device_note, sizeof device_note);
    }
}

static ls_status start(void)
{
    lsi_backend *host = lsi_host_backend_new();
    if (!host) {
        return LS_ENOMEM;
    }
    const char *pool = secure_getenv("LOCKSTEP_POOL");
    const bool direct = pool && strcmp(pool, "direct") == 0;
    lsi_pool_set_direct(host->pool, direct);
    if (!lsi_backend_register(host, false)) {
        lsi_host_backend_delete(host);
        return LS_ENOMEM;
    }
    lsi_buffers_at_hand(direct ? NULL : host);
    lsi_alloc_listing(!direct);
    open_devices();
    prefer_device();
    lsi_profile_from_environment();
    lsi_debug_from_environment();
    return LS_OK;
}

void lsi_init_lock(void)
{
    pthread_mutex_lock(&starting);
}

void lsi_init_unlock(void)
{
    pthread_mutex_unlock(&starting);
}

bool lsi_init_done(void)
{
    return atomic_load(&started);
}

ls_status lsi_init(void)
{
    if (atomic_load_explicit(&started, memory_order_acquire)) {
        return lsi_process_check();
    }
    pthread_mutex_lock(&starting);
    ls_status status = atomic_load(&started) ? LS_OK : start();
    atomic_store_explicit(&started, status == LS_OK, memory_order_release);
    pthread_mutex_unlock(&starting);
    return status ? lsi_fail(status, "the library could not start: out of memory") : LS_OK;
}
