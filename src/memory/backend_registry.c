/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which backends there are and which one a thread uses. Decides the default device; leaves what a device does to whoever
 * registered it. Reading the registry takes no lock: calls do it all the time. */
#include "backend.h"
#include "core/error.h"
#include "core/tls.h"

#include <pthread.h>

static pthread_mutex_t registering = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(lsi_backend *) backends[LSI_MAX_DEVICES]; /* device id - 1 */
static _Atomic int highest;                              /* largest id given out so far */
static _Atomic int registered_preferred, user_preferred; /* device ids, 0 = none */
static LSI_THREAD_WORD int in_use;                         /* device id, 0 = the default */
static _Thread_local struct { const lsi_backend *backend; int stream; } wish; /* backend NULL: none */

/* -- the registry ------------------------------------------------------------------------------------------------- */

int lsi_backend_register(lsi_backend *backend, bool preferred)
{
    int device = 0;
    if (backend->abi_version != LSI_BACKEND_ABI) return 0;
    pthread_mutex_lock(&registering);
    for (int id = 1; id <= LSI_MAX_DEVICES && !device; id++)
        if (!atomic_load(&backends[id - 1])) device = id;
    if (device) {
        backend->device = device;
        atomic_store(&backends[device - 1], backend);
        if (device > atomic_load(&highest)) atomic_store(&highest, device);
        if (preferred) atomic_store(&registered_preferred, device);
    }
    pthread_mutex_unlock(&registering);
    return device;
}

void lsi_backend_unregister(lsi_backend *backend)
{
    pthread_mutex_lock(&registering);
    const int device = backend->device;
    if (device > 0 && lsi_backend_get(device) == backend) {
        atomic_store(&backends[device - 1], NULL);
        if (atomic_load(&registered_preferred) == device) atomic_store(&registered_preferred, 0);
        if (atomic_load(&user_preferred) == device) atomic_store(&user_preferred, 0);
        backend->device = 0;
    }
    pthread_mutex_unlock(&registering);
}

lsi_backend *lsi_backend_get(int device)
{
    return device > 0 && device <= LSI_MAX_DEVICES ? atomic_load_explicit(&backends[device - 1], memory_order_acquire)
                                                   : NULL;
}

lsi_backend *lsi_backend_host(void)
{
    return lsi_backend_get(1);
}

int lsi_backend_count(void)
{
    return atomic_load(&highest);
}

void lsi_backend_use(int device)
{
    in_use = device;
}

int lsi_backend_in_use(void)
{
    return in_use;
}

void lsi_backend_use_stream(lsi_backend *backend, int stream)
{
    wish.backend = stream < 0 ? NULL : backend;
    wish.stream = stream;
}

int lsi_backend_stream_in_use(const lsi_backend *backend)
{
    return wish.backend == backend ? wish.stream : -1;
}

void lsi_backend_set_preferred(int device)
{
    atomic_store(&user_preferred, device);
}

lsi_backend *lsi_backend_default(void)
{
    lsi_backend *backend = lsi_backend_get(in_use);
    if (!backend) backend = lsi_backend_get(atomic_load_explicit(&user_preferred, memory_order_relaxed));
    if (!backend) backend = lsi_backend_get(atomic_load_explicit(&registered_preferred, memory_order_relaxed));
    return backend ? backend : lsi_backend_host();
}

/* -- failures ----------------------------------------------------------------------------------------------------- */

ls_status lsi_backend_no_memory(lsi_backend *backend, const char *function, const char *place, size_t bytes)
{
    char report[256];
    const ls_status gone = backend->gone ? backend->gone(backend, function, place) : LS_OK;
    if (gone) return gone;
    lsi_pool_report(backend->pool, bytes, report, sizeof report);
    return lsi_fail_for(function, place, LS_ENOMEM, "no memory for %zu bytes on %s: %s", bytes, backend->name, report);
}
