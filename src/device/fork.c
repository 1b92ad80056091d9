/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the child of a fork has of a GPU: nothing. The driver does not work there, and the locks of this folder may have
 * been held by threads that the child does not have. So in the child every entry refuses before it takes a lock, and
 * every device is lost, which lets memory be freed without a word to the driver. src/api/fork.c says when the child may
 * use the library again, and withdraws the devices then. */
#include "core/error.h"
#include "device/device.h"

static lsi_device *devices[LSI_MAX_DEVICES];
static int ndevice;

static ls_status gone(lsi_backend *backend, const char *function, const char *place)
{
    return lsi_device_failed(lsi_device_of(backend), function, place, LSI_DEVICE_FORKED, "working");
}

static ls_status gone_here(lsi_backend *backend)
{
    return gone(backend, lsi_current_function(), lsi_current_place());
}

static ls_status run(lsi_backend *backend, const lsi_program *program, lsi_ticket *done)
{
    (void)done;
    return gone(backend, program->function, program->place);
}

static ls_status scan(lsi_backend *backend, const lsi_scan *scan, lsi_ticket *done)
{
    (void)done;
    return gone(backend, scan->function, scan->place);
}

static ls_status matmul(lsi_backend *backend, const lsi_matmul *task, lsi_ticket *done)
{
    (void)done;
    return gone(backend, task->function, task->place);
}

static ls_status sort(lsi_backend *backend, lsi_sort *task, lsi_ticket *done)
{
    (void)task, (void)done;
    return gone_here(backend);
}

static ls_status upload(lsi_backend *backend, lsi_buffer *to, size_t offset, const void *host, size_t bytes,
                        lsi_ticket *done)
{
    (void)to, (void)offset, (void)host, (void)bytes, (void)done;
    return gone_here(backend);
}

static ls_status download(lsi_backend *backend, const lsi_buffer *from, size_t offset, void *host, size_t bytes)
{
    (void)from, (void)offset, (void)host, (void)bytes;
    return gone_here(backend);
}

static ls_status wait(lsi_backend *backend, lsi_ticket ticket)
{
    (void)ticket;
    return gone_here(backend);
}

static void describe(lsi_backend *backend, void (*put)(void *context, const char *key, const char *value), void *context)
{
    (void)backend;
    put(context, "state", "stayed with the parent of this forked process");
}

static ls_status open_stream(lsi_backend *backend, void *foreign, int *stream)
{
    (void)foreign, (void)stream;
    return gone_here(backend);
}

static ls_status on_stream(lsi_backend *backend, int stream)
{
    (void)stream;
    return gone_here(backend);
}

/* Closing one that the child took over is no failure of the child's. */
static ls_status close_stream(lsi_backend *backend, int stream)
{
    (void)backend, (void)stream;
    return LS_OK;
}

static void *handle_of(lsi_backend *backend, int stream)
{
    (void)backend, (void)stream;
    return NULL;
}

static ls_status set_mark(lsi_backend *backend, int stream, lsi_mark *mark)
{
    (void)stream, (void)mark;
    return gone_here(backend);
}

static ls_status come_after(lsi_backend *backend, int stream, const lsi_mark *mark)
{
    (void)stream, (void)mark;
    return gone_here(backend);
}

static ls_status reached(lsi_backend *backend, const lsi_mark *mark, bool wait, bool *done)
{
    (void)mark, (void)wait, (void)done;
    return gone_here(backend);
}

static ls_status elapsed(lsi_backend *backend, const lsi_mark *from, const lsi_mark *to, double *milliseconds)
{
    (void)from, (void)to, (void)milliseconds;
    return gone_here(backend);
}

static void forget(lsi_backend *backend, lsi_mark *mark)
{
    (void)backend;
    mark->event = NULL;
}

static ls_status access(lsi_backend *backend, lsi_buffer *buffer, bool write, void *stream)
{
    (void)buffer, (void)write, (void)stream;
    return gone_here(backend);
}

static ls_status launch(lsi_backend *backend, const lsi_user_launch *task, lsi_ticket *done)
{
    (void)task, (void)done;
    return gone_here(backend);
}

static const lsi_stream_entries no_streams = {.open = open_stream, .close = close_stream, .handle = handle_of,
                                              .synchronize = on_stream, .mark = set_mark, .after = come_after,
                                              .reached = reached, .elapsed = elapsed, .forget = forget};
static const lsi_foreign_entries no_foreign = {.begin = access, .end = access, .launch = launch};

static void in_child(void)
{
    for (int i = 0; i < ndevice; i++) {
        lsi_backend *b = &devices[i]->backend;
        atomic_store(&devices[i]->lost, LSI_DEVICE_FORKED);
        b->run = run, b->scan = scan, b->matmul = matmul, b->sort = sort, b->upload = upload, b->download = download;
        b->wait = wait, b->describe = describe, b->streams = &no_streams, b->foreign = &no_foreign;
    }
}

/* While the plug-in registers its devices, which one thread does. */
void lsi_device_watch_forks(lsi_device *device)
{
    if (ndevice == 0 && pthread_atfork(NULL, NULL, in_child) != 0) return;
    if (ndevice < LSI_MAX_DEVICES) devices[ndevice++] = device;
}
