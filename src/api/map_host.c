/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A user's C function over all cores. The inputs are brought to one shape in C order, the host backend hands out
 * calls of `grain` elements, each runs in a scope of its own, and the lowest failure is the caller's. */
#include "api/call.h"
#include "lazy/scope.h"
#include "lockstep/create.h"
#include "lockstep/device.h"
#include "lockstep/error.h"
#include "lockstep/evaluate.h"
#include "lockstep/scope.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

enum { INPUTS = 32, ERROR_TEXT = 512 };

typedef struct job {
    ls_map_fn function;
    ls_map_options options;
    int ninput;
    const char *inputs[INPUTS];
    size_t sizes[INPUTS];
    char *output;
    size_t output_size;
    int64_t count;
    atomic_bool cancelled;
    _Atomic int64_t done;
    _Atomic int64_t failed_at; /* lowest index that failed; INT64_MAX: none */
    pthread_mutex_t mutex;   /* guards what follows, and writes of failed_at */
    struct timespec told;    /* when progress was last told */
    int value;               /* what the function returned there */
    ls_status status;        /* the library error it left there, if any */
    char text[ERROR_TEXT];
} job;

static double seconds_since(const struct timespec *from, struct timespec *now)
{
    clock_gettime(CLOCK_MONOTONIC, now);
    return (double)(now->tv_sec - from->tv_sec) + (double)(now->tv_nsec - from->tv_nsec) * 1e-9;
}

/* Tells progress, at most 20 times a second; a thread that finds another one telling goes on. */
static void tell(job *j, bool last)
{
    if (!j->options.progress || (!last && pthread_mutex_trylock(&j->mutex))) {
        return;
    }
    if (last) {
        pthread_mutex_lock(&j->mutex);
    }
    struct timespec now;
    if (last || seconds_since(&j->told, &now) > 0.05) {
        if (!last) {
            j->told = now;
        }
        double fraction = j->count ? (double)atomic_load(&j->done) / (double)j->count : 1;
        lsi_call *call = lsi_call_suspend();
        bool cancels = j->options.progress(fraction, j->options.context) != 0;
        lsi_call_resume(call);
        if (cancels) {
            atomic_store(&j->cancelled, true);
        }
    }
    pthread_mutex_unlock(&j->mutex);
}

static void note_failure(job *j, int64_t index, int value)
{
    pthread_mutex_lock(&j->mutex);
    if (index < atomic_load(&j->failed_at)) {
        atomic_store(&j->failed_at, index);
        j->value = value;
        j->status = lsi_pending_error();
        snprintf(j->text, sizeof j->text, "%s", j->status ? lsi_error_text() : "");
    }
    pthread_mutex_unlock(&j->mutex);
}

/* This thread's error, reported or not, kept apart while the user's function has the record to itself. */
typedef struct kept_error {
    lsi_error_copy copy;
    bool reported;
} kept_error;

static void error_put_aside(kept_error *kept)
{
    kept->copy.status = lsi_pending_error();
    if (kept->copy.status) {
        kept->reported = lsi_unreported_error() == LS_OK;
        snprintf(kept->copy.text, sizeof kept->copy.text, "%s", lsi_error_text());
        ls_clear_error();
    }
}

static void error_put_back(const kept_error *kept)
{
    ls_clear_error();
    lsi_error_adopt(&kept->copy);
    if (kept->copy.status && kept->reported) {
        lsi_report(kept->copy.status);
    }
}

/* One call of the user's function. */
static int call_function(job *j, int64_t begin, int64_t n)
{
    const void *inputs[INPUTS];
    for (int k = 0; k < j->ninput; k++) {
        inputs[k] = j->inputs[k] + (size_t)begin * j->sizes[k];
    }
    kept_error kept;
    error_put_aside(&kept);
    int depth = lsi_scope_open();
    lsi_call *call = lsi_call_suspend(); /* the function's own calls carry their own names */
    int value = j->function(n, inputs, j->output + (size_t)begin * j->output_size, j->options.context);
    lsi_call_resume(call);
    if (value) {
        note_failure(j, begin, value);
    }
    lsi_scope_close(depth);
    error_put_back(&kept);
    return value;
}

/* Calls number `begin` to `end`: call k gets the k-th `grain` elements, however many threads there are. Calls behind a
 * failure are left out, those before it are made: the lowest failure is the same every time. */
static int run_calls(int64_t begin, int64_t end, void *context)
{
    job *j = context;
    for (int64_t k = begin; k < end; k++) {
        int64_t i = k * j->options.grain, n = j->count - i < j->options.grain ? j->count - i : j->options.grain;
        if (j->options.cancel && *j->options.cancel) {
            atomic_store(&j->cancelled, true);
        }
        if (atomic_load(&j->cancelled) || i > atomic_load(&j->failed_at) || call_function(j, i, n)) {
            return 1;
        }
        atomic_fetch_add_explicit(&j->done, n, memory_order_relaxed);
        tell(j, false);
    }
    return 0;
}

static ls_status verdict(const job *j)
{
    int64_t failed_at = atomic_load(&j->failed_at);
    if (failed_at != INT64_MAX) {
        return j->status ? lsi_fail(j->status, "the function failed at element %lld: %s", (long long)failed_at, j->text)
                         : lsi_fail(LS_ECALLBACK, "the function returned %d at element %lld", j->value,
                                    (long long)failed_at);
    }
    if (atomic_load(&j->cancelled) && atomic_load(&j->done) < j->count) {
        return lsi_fail(LS_ECANCELLED, "cancelled after %lld of %lld elements", (long long)atomic_load(&j->done),
                        (long long)j->count);
    }
    return LS_OK;
}

/* Input k in C order over the common shape, stored; the handle is the caller's to free. */
static ls_array *input_ready(const ls_array *a, int ndim, const int64_t *shape, const void **data)
{
    lsi_layout layout, stretched;
    lsi_array_layout(a, &layout);
    ls_status status;
    ls_array *view = lsi_layout_broadcast(&layout, ndim, shape, &stretched) ? NULL : lsi_array_view(a, &stretched);
    if (view && lsi_array_backend(view) != lsi_backend_host()) {
        ls_array *brought = (ls_to_device)(NULL, view, LS_HOST);
        ls_free(view);
        view = brought;
    }
    *data = view ? lsi_array_host_data(view, &status) : NULL;
    if (!view || *data || status) {
        return view;
    }
    ls_array *copy = lsi_array_cast(view, view->dtype);
    ls_free(view);
    *data = copy ? lsi_array_host_data(copy, &status) : NULL;
    return copy;
}

static ls_status inputs_check(ls_list inputs, int *ndim, int64_t *shape)
{
    lsi_layout layouts[INPUTS];
    const lsi_layout *pointers[INPUTS];
    if (inputs.count < 1 || inputs.count > INPUTS) {
        return lsi_fail(LS_EARGUMENT, "%lld inputs; 1 to %d are possible", (long long)inputs.count, INPUTS);
    }
    for (int k = 0; k < (int)inputs.count; k++) {
        const ls_array *a = lsi_array_check(inputs.arrays[k], k + 2);
        if (!a) {
            return lsi_pending_error();
        }
        lsi_array_layout(a, &layouts[k]);
        pointers[k] = &layouts[k];
    }
    return lsi_broadcast_shapes((int)inputs.count, pointers, ndim, shape);
}

static ls_status run(job *j, ls_list inputs, ls_array *out, ls_array **ready)
{
    for (int k = 0; k < j->ninput; k++) {
        const void *data = NULL;
        ready[k] = input_ready(inputs.arrays[k], out->ndim, lsi_array_shape(out), &data);
        if (!ready[k] || (!data && j->count)) {
            return lsi_pending_error() ? lsi_pending_error() : LS_ENOMEM;
        }
        j->inputs[k] = data;
        j->sizes[k] = lsi_dtype_size(inputs.arrays[k]->dtype);
    }
    lsi_buffer *buffer = out->cell->version->buffer;
    j->output = buffer->address;
    j->output_size = lsi_dtype_size(out->dtype);
    clock_gettime(CLOCK_MONOTONIC, &j->told);
    lsi_backend *host = lsi_backend_host();
    if (j->count) {
        host->parallel(host, (j->count - 1) / j->options.grain + 1, 1, run_calls, j);
    }
    tell(j, true);
    return verdict(j);
}

/* The result on the device of the first input; NULL when it cannot get there. */
static ls_array *where_inputs_are(ls_array *out, const ls_array *first)
{
    if (lsi_array_backend(first) == lsi_backend_host()) {
        return out;
    }
    ls_array *there = (ls_to_device)(NULL, out, ls_device_of(first));
    ls_free(out);
    return there;
}

ls_array *(ls_map_host)(const char *place, ls_map_fn function, ls_list inputs, const ls_map_options *options)
{
    LSI_CALL("ls_map_host", place);
    job j = {.function = function, .failed_at = INT64_MAX, .mutex = PTHREAD_MUTEX_INITIALIZER};
    int ndim;
    int64_t shape[LS_MAX_NDIM];
    if (!function) {
        lsi_fail_null(1);
        return NULL;
    }
    if (lsi_options(&j.options, sizeof j.options, options) || inputs_check(inputs, &ndim, shape)) {
        return NULL;
    }
    j.options.grain = j.options.grain > 0 ? j.options.grain : 1024;
    j.ninput = (int)inputs.count;
    ls_dtype dtype = j.options.dtype ? j.options.dtype : inputs.arrays[0]->dtype;
    if (!lsi_dtype_valid(dtype)) {
        lsi_fail(LS_EDTYPE, "%d is not a dtype", (int)dtype);
        return NULL;
    }
    if (lsi_shape_count(ndim, shape, lsi_dtype_size(dtype), &j.count)) {
        return NULL;
    }
    ls_array *ready[INPUTS] = {NULL}, *out = lsi_array_new(lsi_backend_host(), dtype, ndim, shape);
    ls_status status = out ? run(&j, inputs, out, ready) : LS_ENOMEM;
    for (int k = 0; k < j.ninput; k++) {
        ls_free(ready[k]);
    }
    if (status) {
        ls_free(out);
        return NULL;
    }
    return where_inputs_are(out, inputs.arrays[0]);
}
