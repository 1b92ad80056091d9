/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fork(). The child of a process that has used the library has its memory but none of its threads and devices: every
 * call that would do work says so until ls_reinit_after_fork(), which withdraws the devices and goes on with the host
 * alone. A child of a process that has not used it starts as any process does.
 *
 * The locks of the graph, of scopes and of pools are held across the fork: the child finds what they guard whole and
 * nobody's. That it opens no parallel region over its parent's dead team is decided in src/host/parallel.c. */
#include "api/call.h"
#include "api/init.h"
#include "core/process.h"
#include "lazy/fork.h"
#include "lockstep/device.h"

#include <pthread.h>

static void each_pool(void (*act)(lsi_pool *pool))
{
    for (int id = 1; id <= lsi_backend_count(); id++) {
        lsi_backend *backend = lsi_backend_get(id);
        if (backend) {
            act(backend->pool);
        }
    }
}

static void before(void)
{
    lsi_init_lock();
    lsi_lazy_lock();
    each_pool(lsi_pool_lock);
    lsi_alloc_lock();
}

static void in_parent(void)
{
    lsi_alloc_unlock();
    each_pool(lsi_pool_unlock);
    lsi_lazy_unlock();
    lsi_init_unlock();
}

static void in_child(void)
{
    if (lsi_init_done()) {
        lsi_lazy_forget_runs();
        atomic_store(&lsi_process_forked, true);
    }
    in_parent();
}

/* At loading, not at the first call: a program may fork while another thread is making that call. */
__attribute__((constructor)) static void watch_forks(void)
{
    pthread_atfork(before, in_parent, in_child);
}

/* --- devices that the child does not have --- */

static ls_status gone(const lsi_backend *backend, const char *function, const char *place)
{
    return lsi_fail_for(function, place, LS_EDEVICE, "%s stayed with the parent of this forked process", backend->name);
}

static ls_status gone_run(lsi_backend *backend, const lsi_program *program, lsi_ticket *done)
{
    (void)done;
    return gone(backend, program->function, program->place);
}

static ls_status gone_scan(lsi_backend *backend, const lsi_scan *scan, lsi_ticket *done)
{
    (void)done;
    return gone(backend, scan->function, scan->place);
}

static ls_status gone_matmul(lsi_backend *backend, const lsi_matmul *matmul, lsi_ticket *done)
{
    (void)done;
    return gone(backend, matmul->function, matmul->place);
}

static ls_status gone_upload(lsi_backend *backend, lsi_buffer *to, size_t offset, const void *host, size_t bytes,
                             lsi_ticket *done)
{
    (void)to, (void)offset, (void)host, (void)bytes, (void)done;
    return gone(backend, lsi_current_function(), lsi_current_place());
}

static ls_status gone_download(lsi_backend *backend, const lsi_buffer *from, size_t offset, void *host, size_t bytes)
{
    (void)from, (void)offset, (void)host, (void)bytes;
    return gone(backend, lsi_current_function(), lsi_current_place());
}

static ls_status gone_wait(lsi_backend *backend, lsi_ticket ticket)
{
    (void)ticket;
    return gone(backend, lsi_current_function(), lsi_current_place());
}

static ls_status gone_sort(lsi_backend *backend, lsi_sort *task, lsi_ticket *done)
{
    (void)task, (void)done;
    return gone(backend, lsi_current_function(), lsi_current_place());
}

/* Arrays on it keep referring to it, so it stays, and refuses. */
static void withdraw(lsi_backend *backend)
{
    lsi_backend_unregister(backend);
    backend->run = gone_run;
    backend->scan = gone_scan;
    backend->matmul = gone_matmul;
    backend->upload = gone_upload;
    backend->download = gone_download;
    backend->wait = gone_wait;
    backend->sort = gone_sort;
}

ls_status ls_reinit_after_fork(void)
{
    LSI_CALL("ls_reinit_after_fork", NULL);
    lsi_init_lock();
    if (atomic_load(&lsi_process_forked)) {
        for (int id = 2; id <= lsi_backend_count(); id++) {
            lsi_backend *backend = lsi_backend_get(id);
            if (backend) {
                withdraw(backend);
            }
        }
        atomic_store(&lsi_process_forked, false);
    }
    lsi_init_unlock();
    return lsi_report(lsi_init());
}
