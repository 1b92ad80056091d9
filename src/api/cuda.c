/* SPDX-License-Identifier: BSD-3-Clause
 *
 * lockstep/cuda.h: arrays in kernels and streams of the user's own. Decides what is evaluated, copied and refused, and who
 * holds which array; what happens on the GPU is the backend's (its `foreign` and `streams`). */
#include "lockstep/cuda.h"
#include "api/call.h"
#include "api/stream.h"
#include "core/error.h"
#include "lazy/profile.h"
#include "lockstep/scope.h"

#include <pthread.h>

#undef ls_cuda_launch
#undef ls_cuda_begin_access
#undef ls_cuda_end_access
#undef ls_cuda_stream
#undef ls_cuda_stream_wrap

enum { MOST_ARGUMENTS = 32, MOST_THREADS = 1024 };

/* --- arrays --- */

/* The array's backend, which runs CUDA code; NULL with LS_EDEVICE recorded. */
static lsi_backend *gpu_of(const ls_array *a)
{
    lsi_backend *backend = lsi_array_backend(a);
    if (backend->foreign) {
        return backend;
    }
    lsi_fail(LS_EDEVICE, "the array is on %s; CUDA code works on arrays of a GPU", backend->name);
    return NULL;
}

static ls_status need_contiguous(const ls_array *a)
{
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    return lsi_layout_is_contiguous(&layout)
               ? LS_OK
               : lsi_fail(LS_EARGUMENT, "the array is a view that is not C-contiguous: copy it first");
}

/* Makes the elements ready to be read, or written in place. */
static ls_status make_ready(const ls_array *a, ls_cuda_access access)
{
    return access == LS_CUDA_READ ? lsi_evaluate(1, &a) : lsi_array_own(a, access == LS_CUDA_READ_WRITE);
}

static size_t offset_of(const ls_array *a)
{
    return (size_t)a->offset * lsi_dtype_size(a->dtype);
}

/* --- launching --- */

typedef struct launch {
    lsi_backend *backend;
    int count, copies;
    const ls_array *arrays[MOST_ARGUMENTS]; /* NULL: a value */
    ls_array *copied[MOST_ARGUMENTS];       /* made here, of views that had to be gathered */
    lsi_user_argument arguments[MOST_ARGUMENTS];
} launch;

static ls_status take_value(launch *l, int k, const ls_cuda_argument *given)
{
    if (!given->bytes && (given->size == 0 || given->size > sizeof given->small)) {
        return lsi_fail(LS_EARGUMENT, "argument %d of the kernel is neither an array nor a value", k + 1);
    }
    l->arguments[k] = (lsi_user_argument){.bytes = given->bytes ? given->bytes : given->small, .size = given->size};
    return LS_OK;
}

static ls_status gather(launch *l, int k, const ls_array *a)
{
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    if (lsi_layout_is_contiguous(&layout)) {
        return LS_OK;
    }
    ls_array *copy = lsi_array_cast(a, a->dtype);
    if (!copy) {
        return lsi_pending_error();
    }
    l->copied[l->copies++] = copy;
    l->arrays[k] = copy;
    return LS_OK;
}

static ls_status take_array(launch *l, int k, const ls_cuda_argument *given)
{
    if (!lsi_array_check(given->array, k + 1)) {
        return lsi_pending_error();
    }
    lsi_backend *backend = gpu_of(given->array);
    if (!backend) {
        return LS_EDEVICE;
    }
    if (l->backend && l->backend != backend) {
        return lsi_fail(LS_EDEVICE, "arguments are on different devices: %s and %s", l->backend->name, backend->name);
    }
    l->backend = backend;
    l->arrays[k] = given->array;
    l->arguments[k].write = given->access != LS_CUDA_READ;
    return given->access == LS_CUDA_READ ? gather(l, k, given->array) : need_contiguous(given->array);
}

static bool is_value(const ls_cuda_argument *given)
{
    return !given->array && given->access == LS_CUDA_READ && (given->bytes || given->size > 0);
}

static ls_status take_arguments(launch *l, int64_t count, const ls_cuda_argument *given)
{
    if (count < 0 || count > MOST_ARGUMENTS) {
        return lsi_fail(LS_EARGUMENT, "a kernel has at most %d arguments here", MOST_ARGUMENTS);
    }
    l->count = (int)count;
    ls_status status = LS_OK;
    for (int k = 0; k < l->count && !status; k++) {
        status = is_value(&given[k]) ? take_value(l, k, &given[k]) : take_array(l, k, &given[k]);
    }
    return status;
}

/* First everything is computed, then what is written is made writable, then the memory is looked up: an array that is
 * read and written has the same memory for both. */
static ls_status make_all_ready(launch *l, const ls_cuda_argument *given)
{
    ls_status status = LS_OK;
    for (int k = 0; k < l->count && !status; k++) {
        status = l->arrays[k] && !l->arguments[k].write ? make_ready(l->arrays[k], LS_CUDA_READ) : LS_OK;
    }
    for (int k = 0; k < l->count && !status; k++) {
        status = l->arrays[k] && l->arguments[k].write ? make_ready(l->arrays[k], given[k].access) : LS_OK;
    }
    for (int k = 0; k < l->count && !status; k++) {
        if (l->arrays[k]) {
            l->arguments[k].buffer = lsi_array_buffer(l->arrays[k]);
            l->arguments[k].offset = offset_of(l->arrays[k]);
        }
    }
    return status;
}

static void finish(launch *l)
{
    for (int k = 0; k < l->count; k++) {
        lsi_buffer_release(l->arguments[k].buffer);
    }
    for (int k = 0; k < l->copies; k++) {
        ls_free(l->copied[k]);
    }
}

static uint32_t one_at_least(int64_t n)
{
    return n == 0 ? 1 : (uint32_t)n;
}

static bool fits(ls_cuda_size s, int64_t x, int64_t y, int64_t z)
{
    return s.x >= 0 && s.y >= 0 && s.z >= 0 && s.x <= x && s.y <= y && s.z <= z;
}

static ls_status check_sizes(ls_cuda_size grid, ls_cuda_size block, int64_t shared_bytes)
{
    if (!fits(grid, INT32_MAX, 65535, 65535)) {
        return lsi_fail(LS_EOVERFLOW, "a grid of %lld x %lld x %lld blocks is beyond CUDA's 2147483647 x 65535 x 65535",
                        (long long)grid.x, (long long)grid.y, (long long)grid.z);
    }
    if (!fits(block, MOST_THREADS, MOST_THREADS, 64) ||
        (int64_t)one_at_least(block.x) * one_at_least(block.y) * one_at_least(block.z) > MOST_THREADS) {
        return lsi_fail(LS_EOVERFLOW, "a block of %lld x %lld x %lld threads is beyond CUDA's %d", (long long)block.x,
                        (long long)block.y, (long long)block.z, MOST_THREADS);
    }
    return shared_bytes >= 0 && shared_bytes <= INT32_MAX
               ? LS_OK
               : lsi_fail(LS_EOVERFLOW, "%lld bytes of shared memory", (long long)shared_bytes);
}

static ls_status check_kernel(const ls_cuda_kernel *kernel)
{
    return kernel->function || (kernel->source && kernel->name)
               ? LS_OK
               : lsi_fail(LS_EARGUMENT, "the kernel is neither a function nor source with a name");
}

/* A kernel without arrays runs on the device in force. */
static ls_status choose_backend(launch *l)
{
    if (!l->backend) {
        l->backend = lsi_backend_wanted((ls_device){0});
    }
    if (!l->backend) {
        return lsi_pending_error();
    }
    return l->backend->foreign ? LS_OK : lsi_fail(LS_EDEVICE, "CUDA code runs on a GPU; %s is none", l->backend->name);
}

/* What the arrays hold that the kernel reads, or writes. */
static int64_t bytes_of(const launch *l, bool written)
{
    int64_t bytes = 0;
    for (int k = 0; k < l->count; k++) {
        const ls_array *a = l->arrays[k];
        if (!a || l->arguments[k].write != written) continue;
        int64_t count = (int64_t)lsi_dtype_size(a->dtype);
        for (int d = 0; d < a->ndim; d++) count *= a->dims[d];
        bytes += count;
    }
    return bytes;
}

static ls_status hand_over(const launch *l, const lsi_user_launch *task, const char *place)
{
    lsi_ticket done;
    lsi_span span;
    lsi_span_begin(&span, l->backend);
    const ls_status status = l->backend->foreign->launch(l->backend, task, &done);
    if (!status) {
        lsi_span_end(&span, l->backend, &(lsi_event){.kind = LSI_WORK_KERNEL,
                                                     .function = "ls_cuda_launch",
                                                     .place = place,
                                                     .bytes_read = bytes_of(l, false),
                                                     .bytes_written = bytes_of(l, true)});
    }
    return status;
}

ls_status ls_cuda_launch(const char *place, ls_cuda_kernel kernel, ls_cuda_size grid, ls_cuda_size block,
                         int64_t shared_bytes, int64_t count, const ls_cuda_argument *arguments)
{
    LSI_CALL("ls_cuda_launch", place);
    launch l = {.count = 0};
    ls_status status = check_kernel(&kernel);
    status = status ? status : check_sizes(grid, block, shared_bytes);
    status = status ? status : take_arguments(&l, count, arguments);
    status = status ? status : choose_backend(&l);
    status = status ? status : make_all_ready(&l, arguments);
    if (!status && grid.x > 0) {
        const lsi_user_launch task = {
            .function = kernel.function, .source = kernel.source, .name = kernel.name,
            .grid = {(uint32_t)grid.x, one_at_least(grid.y), one_at_least(grid.z)},
            .block = {one_at_least(block.x), one_at_least(block.y), one_at_least(block.z)},
            .shared_bytes = (uint32_t)shared_bytes, .nargument = l.count, .arguments = l.arguments};
        status = hand_over(&l, &task, place);
    }
    finish(&l);
    return lsi_report(status);
}

/* --- access by other means --- */

/* An array in the caller's hands. */
typedef struct handed_out {
    struct handed_out *next;
    const ls_array *array;
    lsi_buffer *buffer;
    ls_cuda_access access;
} handed_out;

static pthread_mutex_t handing = PTHREAD_MUTEX_INITIALIZER;
static handed_out *all_handed_out;

static bool is_handed_out(const ls_array *a)
{
    pthread_mutex_lock(&handing);
    const handed_out *h = all_handed_out;
    while (h && h->array != a) {
        h = h->next;
    }
    pthread_mutex_unlock(&handing);
    return h != NULL;
}

static void note_handed_out(handed_out *h)
{
    pthread_mutex_lock(&handing);
    h->next = all_handed_out;
    all_handed_out = h;
    pthread_mutex_unlock(&handing);
}

static handed_out *take_back(const ls_array *a)
{
    pthread_mutex_lock(&handing);
    handed_out **link = &all_handed_out, *h;
    while ((h = *link) && h->array != a) {
        link = &h->next;
    }
    if (h) {
        *link = h->next;
    }
    pthread_mutex_unlock(&handing);
    return h;
}

static ls_status check_access(const ls_array *a, ls_cuda_access access, void *const *pointer)
{
    if (!lsi_array_check(a, 1)) {
        return lsi_pending_error();
    }
    if (!pointer) {
        return lsi_fail_null(4);
    }
    if (access < LS_CUDA_READ || access > LS_CUDA_READ_WRITE) {
        return lsi_fail(LS_EARGUMENT, "an access of %d is none of reading, writing and both", (int)access);
    }
    if (!gpu_of(a)) {
        return LS_EDEVICE;
    }
    return is_handed_out(a) ? lsi_fail(LS_EARGUMENT, "the array is handed out already") : need_contiguous(a);
}

/* Takes the record over when it succeeds. */
static ls_status hand_out(ls_array *a, struct CUstream_st *stream, handed_out *h, void **pointer)
{
    lsi_backend *backend = lsi_array_backend(a);
    ls_status status = make_ready(a, h->access);
    if (status) {
        return status;
    }
    h->buffer = lsi_array_buffer(a);
    status = backend->foreign->begin(backend, h->buffer, h->access != LS_CUDA_READ, stream);
    if (status) {
        lsi_buffer_release(h->buffer);
        return status;
    }
    *pointer = (char *)h->buffer->address + offset_of(a);
    note_handed_out(h);
    return LS_OK;
}

ls_status ls_cuda_begin_access(const char *place, ls_array *a, struct CUstream_st *stream, ls_cuda_access access,
                               void **pointer)
{
    LSI_CALL("ls_cuda_begin_access", place);
    if (pointer) {
        *pointer = NULL;
    }
    ls_status status = check_access(a, access, pointer);
    if (status) {
        return lsi_report(status);
    }
    handed_out *h = lsi_alloc(1, sizeof *h);
    if (!h) {
        return lsi_report(lsi_fail(LS_ENOMEM, "no memory to note who has the array"));
    }
    h->array = a;
    h->access = access;
    status = hand_out(a, stream, h, pointer);
    if (status) {
        lsi_dealloc(h);
    }
    return lsi_report(status);
}

ls_status ls_cuda_end_access(const char *place, ls_array *a, struct CUstream_st *stream)
{
    LSI_CALL("ls_cuda_end_access", place);
    if (!lsi_array_check(a, 1)) {
        return lsi_report(lsi_pending_error());
    }
    handed_out *h = take_back(a);
    if (!h) {
        return lsi_report(gpu_of(a) ? lsi_fail(LS_EARGUMENT, "the array was not handed out") : LS_EDEVICE);
    }
    lsi_backend *backend = h->buffer->backend;
    ls_status status = backend->foreign->end(backend, h->buffer, h->access != LS_CUDA_READ, stream);
    lsi_buffer_release(h->buffer);
    lsi_dealloc(h);
    return lsi_report(status);
}

/* --- streams --- */

struct CUstream_st *ls_cuda_stream(const char *place, const ls_stream *stream)
{
    LSI_CALL("ls_cuda_stream", place);
    if (!stream) {
        lsi_fail_null(1);
        return NULL;
    }
    if (stream->number < 0) {
        lsi_fail(LS_EDEVICE, "%s has no CUDA streams", stream->backend->name);
        return NULL;
    }
    return stream->backend->streams->handle(stream->backend, stream->number);
}

ls_stream *ls_cuda_stream_wrap(const char *place, struct CUstream_st *stream, ls_device device)
{
    LSI_CALL("ls_cuda_stream_wrap", place);
    lsi_backend *backend = stream ? lsi_backend_wanted(device) : NULL;
    if (!backend) {
        if (!stream) {
            lsi_fail_null(1);
        }
        return NULL;
    }
    if (!backend->streams) {
        lsi_fail(LS_EDEVICE, "%s is no GPU: it takes no CUDA streams", backend->name);
        return NULL;
    }
    return lsi_stream_open(backend, stream);
}
