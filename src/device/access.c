/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The user's own part in the device's work: streams to wish for, marks and times, memory handed to CUDA code that is not
 * the library's, and kernels of the user's on arrays. Order is the scheduler's here too: handing a buffer out is a piece
 * of work that the foreign stream waits for, and taking it back one that waits for the foreign stream. */
#include "core/error.h"
#include "device/device.h"
#include "device/jit.h"

#include <stdio.h>
#include <string.h>

/* --- who has which stream --- */

/* Of each device, by its number. A place that serves a stream of the user's own (`foreign`) serves nobody else. */
static struct places {
    pthread_mutex_t lock;
    int users[LSI_MAX_STREAMS];
    bool foreign[LSI_MAX_STREAMS];
    lsi_stream own[LSI_MAX_STREAMS]; /* what is put back after a foreign one */
} places_of[LSI_MAX_DEVICES];
static pthread_once_t places_once = PTHREAD_ONCE_INIT;

static void init_places(void)
{
    for (int k = 0; k < LSI_MAX_DEVICES; k++) pthread_mutex_init(&places_of[k].lock, NULL);
}

static struct places *places(const lsi_device *device)
{
    pthread_once(&places_once, init_places);
    return &places_of[device->ordinal % LSI_MAX_DEVICES];
}

static ls_status failed(lsi_device *device, int code, const char *what)
{
    return lsi_device_failed(device, lsi_current_function(), lsi_current_place(), code, "%s", what);
}

/* The place with the fewest users; -1 when a foreign stream finds none without any. */
static int choose_place(const lsi_device *device, const struct places *p, bool foreign)
{
    const int first = lsi_scheduler_computing(device->scheduler), count = lsi_scheduler_wished(device->scheduler);
    int best = -1;
    for (int t = first; t < first + count; t++) {
        if (p->foreign[t] || (foreign && p->users[t] > 0)) continue;
        if (best < 0 || p->users[t] < p->users[best]) best = t;
    }
    return best;
}

static ls_status open_stream(lsi_backend *backend, void *foreign, int *stream)
{
    lsi_device *device = lsi_device_of(backend);
    struct places *p = places(device);
    lsi_context before;
    const lsi_code code = lsi_device_enter(device, &before); /* so that there are streams */
    if (code) return failed(device, (int)code, "starting the GPU");
    lsi_device_leave(device, before);
    pthread_mutex_lock(&p->lock);
    const int place = choose_place(device, p, foreign != NULL);
    if (place >= 0) {
        p->users[place]++;
        p->foreign[place] = foreign != NULL;
        p->own[place] = foreign ? device->streams[place] : NULL;
        if (foreign) device->streams[place] = foreign; /* nobody uses the place: no work is on its way there */
    }
    pthread_mutex_unlock(&p->lock);
    *stream = place;
    return place >= 0 ? LS_OK
                      : lsi_fail(LS_EDEVICE, "all %d places for streams on %s are taken",
                                 lsi_scheduler_wished(device->scheduler), device->name);
}

static void *handle_of(lsi_backend *backend, int stream)
{
    return lsi_device_of(backend)->streams[stream];
}

/* Work that the library did not put there is waited for as well. */
static ls_status synchronize(lsi_backend *backend, int stream)
{
    lsi_device *device = lsi_device_of(backend);
    lsi_clock all, own = {{0}};
    lsi_context before;
    int code = (int)lsi_device_enter(device, &before);
    if (code) return failed(device, code, "waiting for a stream");
    lsi_scheduler_now(device->scheduler, &all);
    own.at[stream] = all.at[stream];
    code = lsi_scheduler_wait_clock(device->scheduler, &own);
    if (!code) code = (int)device->cuda->stream_synchronize(device->streams[stream]);
    lsi_device_leave(device, before);
    return code ? failed(device, code, "waiting for a stream") : LS_OK;
}

/* The place is given up when no work is left on it, even if that was found out by a failure. */
static ls_status close_stream(lsi_backend *backend, int stream)
{
    lsi_device *device = lsi_device_of(backend);
    struct places *p = places(device);
    const ls_status status = synchronize(backend, stream);
    pthread_mutex_lock(&p->lock);
    if (p->foreign[stream]) device->streams[stream] = p->own[stream];
    p->foreign[stream] = false;
    p->users[stream]--;
    pthread_mutex_unlock(&p->lock);
    return status;
}

/* --- pieces of work that are only order --- */

typedef struct step {
    lsi_device *device;
    lsi_context before;
    int stream, code;
    const char *what;
} step;

/* On the stream wished for, -1: one that the scheduler chooses, after what the accesses need. False: failed. */
static bool enter(step *s, lsi_device *device, int wish, int naccess, const lsi_access *accesses, const char *what)
{
    *s = (step){.device = device, .what = what};
    s->code = (int)lsi_device_enter(device, &s->before);
    if (s->code) return false;
    s->code = lsi_scheduler_begin(device->scheduler, LSI_LANE_COMPUTE, wish, naccess, accesses, &s->stream);
    if (s->code) lsi_device_leave(device, s->before);
    return s->code == 0;
}

static ls_status leave(step *s, int naccess, const lsi_access *accesses, lsi_ticket *ticket)
{
    lsi_scheduler_end(s->device->scheduler, s->stream, naccess, accesses, s->code == 0 && ticket, ticket);
    lsi_device_leave(s->device, s->before);
    return s->code ? failed(s->device, s->code, s->what) : LS_OK;
}

/* `later` goes on only after what is on `earlier` now. */
static lsi_code order(lsi_device *device, lsi_stream earlier, lsi_stream later)
{
    lsi_event event;
    lsi_code code = device->cuda->event_create(&event, LSI_EVENT_DISABLE_TIMING);
    if (code) return code;
    code = device->cuda->event_record(event, earlier);
    if (!code) code = device->cuda->stream_wait(later, event, 0);
    (void)device->cuda->event_destroy(event); /* CUDA keeps it until nothing needs it */
    return code;
}

/* --- marks --- */

static lsi_code record_time(lsi_device *device, int stream, lsi_mark *mark)
{
    lsi_event event;
    lsi_code code = device->cuda->event_create(&event, 0);
    if (code) return code;
    code = device->cuda->event_record(event, device->streams[stream]);
    if (code) (void)device->cuda->event_destroy(event);
    else mark->event = event;
    return code;
}

/* A mark behind all streams is work on the main one that comes after all of them. */
static ls_status set_mark(lsi_backend *backend, int stream, lsi_mark *mark)
{
    lsi_device *device = lsi_device_of(backend);
    lsi_uses uses = {{0, 0}, {{0}}};
    const lsi_access all = {&uses, true};
    const int naccess = stream < 0;
    step s;
    *mark = (lsi_mark){{0, 0}, NULL};
    if (stream < 0) lsi_scheduler_now(device->scheduler, &uses.used);
    if (!enter(&s, device, stream < 0 ? 0 : stream, naccess, &all, "recording an event"))
        return failed(device, s.code, s.what);
    s.code = (int)record_time(device, s.stream, mark);
    return leave(&s, naccess, &all, &mark->ticket);
}

static ls_status order_stream(lsi_device *device, int stream, const lsi_mark *mark)
{
    lsi_uses uses = {mark->ticket, {{0}}};
    const lsi_access read = {&uses, false};
    step s;
    if (!enter(&s, device, stream, 1, &read, "waiting for an event")) return failed(device, s.code, s.what);
    return leave(&s, 1, &read, NULL);
}

static ls_status come_after(lsi_backend *backend, int stream, const lsi_mark *mark)
{
    lsi_device *device = lsi_device_of(backend);
    ls_status status = LS_OK;
    if (stream >= 0) return order_stream(device, stream, mark);
    for (int t = 0; t < LSI_MAX_STREAMS && !status; t++) status = order_stream(device, t, mark);
    return status;
}

static ls_status reached(lsi_backend *backend, const lsi_mark *mark, bool wait, bool *done)
{
    lsi_device *device = lsi_device_of(backend);
    lsi_context before;
    int code = (int)lsi_device_enter(device, &before);
    if (code) return failed(device, code, "waiting for an event");
    if (wait) code = lsi_scheduler_wait(device->scheduler, mark->ticket);
    *done = wait ? code == 0 : lsi_scheduler_is_done(device->scheduler, mark->ticket);
    lsi_device_leave(device, before);
    return code ? failed(device, code, "waiting for an event") : LS_OK;
}

static ls_status elapsed(lsi_backend *backend, const lsi_mark *from, const lsi_mark *to, double *milliseconds)
{
    lsi_device *device = lsi_device_of(backend);
    lsi_context before;
    float between = 0;
    int code = (int)lsi_device_enter(device, &before);
    if (code) return failed(device, code, "timing");
    code = (int)device->cuda->event_synchronize(from->event);
    if (!code) code = (int)device->cuda->event_synchronize(to->event);
    if (!code) code = (int)device->cuda->event_elapsed(&between, from->event, to->event);
    lsi_device_leave(device, before);
    *milliseconds = (double)between;
    return code ? failed(device, code, "timing") : LS_OK;
}

static void forget(lsi_backend *backend, lsi_mark *mark)
{
    lsi_device *device = lsi_device_of(backend);
    lsi_context before;
    if (!mark->event || lsi_device_enter(device, &before)) return;
    (void)device->cuda->event_destroy(mark->event);
    lsi_device_leave(device, before);
    mark->event = NULL;
}

const lsi_stream_entries lsi_device_streams = {.open = open_stream, .close = close_stream, .handle = handle_of,
                                               .synchronize = synchronize, .mark = set_mark, .after = come_after,
                                               .reached = reached, .elapsed = elapsed, .forget = forget};

/* --- memory in foreign hands --- */

static ls_status begin_access(lsi_backend *backend, lsi_buffer *buffer, bool write, void *stream)
{
    lsi_device *device = lsi_device_of(backend);
    const lsi_access access = {&buffer->uses, write};
    lsi_ticket ticket;
    step s;
    if (!enter(&s, device, -1, 1, &access, "handing an array out")) return failed(device, s.code, s.what);
    s.code = (int)order(device, device->streams[s.stream], stream);
    return leave(&s, 1, &access, &ticket);
}

/* On a place nobody has where there is one, so that nothing else waits for the foreign stream. */
static int quiet_stream(lsi_device *device)
{
    struct places *p = places(device);
    pthread_mutex_lock(&p->lock);
    const int place = choose_place(device, p, false);
    const bool quiet = place >= 0 && p->users[place] == 0;
    pthread_mutex_unlock(&p->lock);
    return quiet ? place : -1;
}

static ls_status end_access(lsi_backend *backend, lsi_buffer *buffer, bool write, void *stream)
{
    lsi_device *device = lsi_device_of(backend);
    const lsi_access access = {&buffer->uses, write};
    lsi_ticket ticket;
    step s;
    if (!enter(&s, device, quiet_stream(device), 1, &access, "taking an array back")) return failed(device, s.code, s.what);
    s.code = (int)order(device, stream, device->streams[s.stream]);
    return leave(&s, 1, &access, &ticket);
}

/* --- kernels of the user's --- */

enum { MOST_ARGUMENTS = 32 };

static ls_status find_function(lsi_device *device, const lsi_user_launch *launch, lsi_function *function)
{
    *function = launch->function;
    return *function ? LS_OK
                     : lsi_jit_compile_user(device, lsi_current_function(), lsi_current_place(), launch->source,
                                            launch->name, NULL, function);
}

/* CUDA takes the address of each parameter; a pointer is a parameter of eight bytes. */
static void start(lsi_work *work, lsi_function function, const lsi_user_launch *l)
{
    lsi_device *device = work->device;
    lsi_address addresses[MOST_ARGUMENTS];
    void *parameters[MOST_ARGUMENTS + 1] = {NULL};
    char what[160];
    for (int k = 0; k < l->nargument; k++) {
        const lsi_user_argument *a = &l->arguments[k];
        addresses[k] = a->buffer ? (lsi_address)(uintptr_t)a->buffer->address + a->offset : 0;
        parameters[k] = a->buffer ? (void *)&addresses[k] : (void *)(uintptr_t)a->bytes;
    }
    lsi_code code = lsi_modules_allow_shared(device, function, l->shared_bytes);
    if (!code)
        code = device->cuda->launch(function, l->grid[0], l->grid[1], l->grid[2], l->block[0], l->block[1], l->block[2],
                                    l->shared_bytes, lsi_work_stream(work), parameters, NULL);
    if (!code && device->synchronous) code = device->cuda->stream_synchronize(lsi_work_stream(work));
    snprintf(what, sizeof what, "your kernel %.60s (%u x %u x %u blocks of %u x %u x %u threads)", l->name ? l->name : "",
             l->grid[0], l->grid[1], l->grid[2], l->block[0], l->block[1], l->block[2]);
    lsi_work_enqueued(work, (int)code, what);
}

static ls_status launch_kernel(lsi_backend *backend, const lsi_user_launch *launch, lsi_ticket *done)
{
    lsi_device *device = lsi_device_of(backend);
    lsi_function function = NULL;
    lsi_work work;
    const ls_status status = find_function(device, launch, &function);
    if (status) return status;
    lsi_work_begin(&work, device, lsi_current_function(), lsi_current_place());
    for (int k = 0; k < launch->nargument; k++) {
        const lsi_user_argument *a = &launch->arguments[k];
        if (a->buffer && a->write) lsi_work_writes(&work, a->buffer);
        else if (a->buffer) lsi_work_reads(&work, a->buffer);
    }
    if (launch->nargument > MOST_ARGUMENTS) lsi_work_fail(&work, LS_EINTERNAL, "too many arguments");
    if (lsi_work_enter(&work)) start(&work, function, launch);
    return lsi_work_end(&work, done);
}

const lsi_foreign_entries lsi_device_foreign = {.begin = begin_access, .end = end_access, .launch = launch_kernel};
