/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Streams and events as the user sees them. What they do is the backend's; where it has no streams, work is done in the
 * order of the calls, a stream is a name, and an event is the time at which the work before it was done. */
#include "api/stream.h"
#include "api/call.h"
#include "core/error.h"
#include "lockstep/evaluate.h"

#include <time.h>

struct ls_event {
    lsi_backend *backend;
    bool recorded;
    lsi_mark mark;       /* where there are streams */
    double milliseconds; /* where there are none: since some start */
};

static _Thread_local ls_stream *in_use;

/* --- streams --- */

ls_stream *lsi_stream_open(lsi_backend *backend, void *foreign)
{
    ls_stream *stream = lsi_alloc(1, sizeof *stream);
    if (!stream) {
        lsi_fail(LS_ENOMEM, "no memory for a stream");
        return NULL;
    }
    stream->backend = backend;
    stream->number = -1;
    if (backend->streams && backend->streams->open(backend, foreign, &stream->number)) {
        lsi_dealloc(stream);
        return NULL;
    }
    return stream;
}

ls_stream *(ls_stream_new)(const char *place, ls_device device)
{
    LSI_CALL("ls_stream_new", place);
    lsi_backend *backend = lsi_backend_wanted(device);
    return backend ? lsi_stream_open(backend, NULL) : NULL;
}

void ls_stream_free(ls_stream *stream)
{
    LSI_CALL("ls_stream_free", NULL);
    if (!stream) {
        return;
    }
    if (in_use == stream) {
        ls_stream_use(NULL);
    }
    if (stream->number >= 0) {
        stream->backend->streams->close(stream->backend, stream->number);
    }
    lsi_dealloc(stream);
}

ls_device ls_stream_device(const ls_stream *stream)
{
    return (ls_device){stream ? stream->backend->device : 0};
}

ls_stream *ls_stream_use(ls_stream *stream)
{
    ls_stream *before = in_use;
    in_use = stream;
    lsi_backend_use_stream(stream ? stream->backend : NULL, stream ? stream->number : -1);
    return before;
}

ls_stream *ls_stream_in_use(void)
{
    return in_use;
}

static ls_status wait_for_all(lsi_backend *backend)
{
    return backend->wait(backend, (lsi_ticket){0, 0});
}

ls_status ls_stream_sync(ls_stream *stream)
{
    if (!stream) {
        return ls_sync();
    }
    LSI_CALL("ls_stream_sync", NULL);
    lsi_backend *backend = stream->backend;
    return lsi_report(stream->number < 0 ? wait_for_all(backend)
                                         : backend->streams->synchronize(backend, stream->number));
}

/* --- events --- */

ls_event *(ls_event_new)(const char *place, ls_device device)
{
    LSI_CALL("ls_event_new", place);
    lsi_backend *backend = lsi_backend_wanted(device);
    ls_event *event = backend ? lsi_alloc(1, sizeof *event) : NULL;
    if (!event) {
        if (backend) {
            lsi_fail(LS_ENOMEM, "no memory for an event");
        }
        return NULL;
    }
    event->backend = backend;
    return event;
}

static void forget(ls_event *event)
{
    if (event->recorded && event->backend->streams) {
        event->backend->streams->forget(event->backend, &event->mark);
    }
    event->recorded = false;
    event->mark = (lsi_mark){{0, 0}, NULL};
}

void ls_event_free(ls_event *event)
{
    LSI_CALL("ls_event_free", NULL);
    if (event) {
        forget(event);
        lsi_dealloc(event);
    }
}

/* The number of a stream for an event; -1 stands for all of the device. LS_OK, or the reason recorded. */
static ls_status stream_for(const ls_event *event, const ls_stream *stream, int *number)
{
    *number = stream ? stream->number : -1;
    if (!event) {
        return lsi_fail_null(1);
    }
    if (stream && stream->backend != event->backend) {
        return lsi_fail(LS_EARGUMENT, "the event is of %s, the stream of %s", event->backend->name,
                        stream->backend->name);
    }
    return LS_OK;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static ls_status record(ls_event *event, int number)
{
    lsi_backend *backend = event->backend;
    forget(event);
    ls_status status = backend->streams ? backend->streams->mark(backend, number, &event->mark)
                                        : wait_for_all(backend);
    event->milliseconds = now();
    event->recorded = status == LS_OK;
    return status;
}

ls_status ls_event_record(ls_event *event, ls_stream *stream)
{
    LSI_CALL("ls_event_record", NULL);
    int number;
    ls_status status = stream_for(event, stream, &number);
    return lsi_report(status ? status : record(event, number));
}

ls_status ls_event_wait(ls_event *event, ls_stream *stream)
{
    LSI_CALL("ls_event_wait", NULL);
    int number;
    ls_status status = stream_for(event, stream, &number);
    if (!status && event->recorded && event->backend->streams) {
        status = event->backend->streams->after(event->backend, number, &event->mark);
    }
    return lsi_report(status);
}

/* What came before a time that was taken is done. */
static ls_status reached(ls_event *event, bool wait, bool *done)
{
    *done = true;
    if (!event->recorded || !event->backend->streams) {
        return LS_OK;
    }
    return event->backend->streams->reached(event->backend, &event->mark, wait, done);
}

ls_status ls_event_sync(ls_event *event)
{
    LSI_CALL("ls_event_sync", NULL);
    bool done;
    return lsi_report(event ? reached(event, true, &done) : lsi_fail_null(1));
}

bool ls_event_is_done(ls_event *event)
{
    LSI_CALL("ls_event_is_done", NULL);
    bool done = true;
    return !event || reached(event, false, &done) != LS_OK || done;
}

static ls_status elapsed(ls_event *from, ls_event *to, double *milliseconds)
{
    lsi_backend *backend = from->backend;
    if (!from->recorded || !to->recorded) {
        return lsi_fail(LS_EARGUMENT, "the %s event was never recorded", from->recorded ? "second" : "first");
    }
    if (backend != to->backend) {
        return lsi_fail(LS_EARGUMENT, "the events are of different devices: %s and %s", backend->name,
                        to->backend->name);
    }
    if (backend->streams) {
        return backend->streams->elapsed(backend, &from->mark, &to->mark, milliseconds);
    }
    *milliseconds = to->milliseconds - from->milliseconds;
    return LS_OK;
}

ls_status ls_event_elapsed(ls_event *from, ls_event *to, double *milliseconds)
{
    LSI_CALL("ls_event_elapsed", NULL);
    if (!from || !to || !milliseconds) {
        return lsi_report(lsi_fail_null(!from ? 1 : !to ? 2 : 3));
    }
    *milliseconds = 0;
    return lsi_report(elapsed(from, to, milliseconds));
}
