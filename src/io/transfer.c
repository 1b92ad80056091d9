/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bytes into an array and out of it. The host's memory is read into and written from directly; a device's goes through
 * one stage of LSI_IO_STAGE bytes, whatever the size of the array. */
#include "transfer.h"

#include "lockstep/create.h"
#include "memory/prim.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

void lsi_array_drop(ls_array *a)
{
    if (!a) return;
    lsi_scope_disown(&a->owned);
    lsi_array_release(a);
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/* --- mending --- */

static void reverse_bytes(unsigned char *bytes, size_t size, int64_t count)
{
    for (int64_t i = 0; i < count; i++, bytes += size) {
        for (size_t low = 0, high = size - 1; low < high; low++, high--) {
            const unsigned char kept = bytes[low];
            bytes[low] = bytes[high];
            bytes[high] = kept;
        }
    }
}

/* Any byte but 0 means true, as in C; kernels rely on 0 and 1. */
static void normalise_bools(unsigned char *bytes, int64_t count)
{
    for (int64_t i = 0; i < count; i++) bytes[i] = bytes[i] != 0;
}

static void mend(ls_dtype dtype, bool foreign, void *elements, size_t bytes)
{
    if (dtype == LS_BOOL) normalise_bools(elements, (int64_t)bytes);
    if (!foreign) return;
    const size_t size = lsi_dtype_size(lsi_dtype_real(dtype)); /* a complex number is two numbers */
    reverse_bytes(elements, size, (int64_t)(bytes / size));
}

/* Canonical NaNs, by width of the real numbers. Each gives whether it changed (or, told not to, would change)
 * something. */
static bool canonical_16(uint16_t *x, int64_t count, bool change)
{
    uint32_t any = 0;
    for (int64_t i = 0; i < count; i++) {
        const bool nan = (x[i] & 0x7fffu) > 0x7c00u;
        any |= nan;
        if (change) x[i] = nan ? 0x7e00u : x[i];
    }
    return any;
}

static bool canonical_32(uint32_t *x, int64_t count, bool change)
{
    uint32_t any = 0;
    for (int64_t i = 0; i < count; i++) {
        const bool nan = (x[i] & 0x7fffffffu) > 0x7f800000u;
        any |= nan;
        if (change) x[i] = nan ? 0x7fc00000u : x[i];
    }
    return any;
}

static bool canonical_64(uint64_t *x, int64_t count, bool change)
{
    uint64_t any = 0;
    for (int64_t i = 0; i < count; i++) {
        const bool nan = (x[i] & INT64_MAX) > 0x7ff0000000000000u;
        any |= nan;
        if (change) x[i] = nan ? 0x7ff8000000000000u : x[i];
    }
    return any;
}

/* Whether any exponent is that of infinities and NaNs: a question that the plainest processors ask of several elements at
 * once, as they compare only signed numbers of 32 bits. */
static bool any_special_32(const uint32_t *x, int64_t count)
{
    int32_t any = 0;
    for (int64_t i = 0; i < count; i++) any |= (int32_t)(x[i] & INT32_MAX) > 0x7f7fffff;
    return any;
}

static bool any_special_64(const uint64_t *x, int64_t count)
{
    int32_t any = 0;
    for (int64_t i = 0; i < count; i++) any |= (int32_t)((uint32_t)(x[i] >> 32) & INT32_MAX) > 0x7fefffff;
    return any;
}

static bool canonical_nans(ls_dtype dtype, void *elements, size_t bytes, bool change)
{
    switch (lsi_dtype_real(dtype)) {
    case LS_FLOAT16: return canonical_16(elements, (int64_t)(bytes / 2), change);
    case LS_FLOAT32: return canonical_32(elements, (int64_t)(bytes / 4), change);
    case LS_FLOAT64: return canonical_64(elements, (int64_t)(bytes / 8), change);
    default: return false;
    }
}

static bool may_have_nans(ls_dtype dtype, const void *elements, size_t bytes)
{
    switch (lsi_dtype_real(dtype)) {
    case LS_FLOAT32: return any_special_32(elements, (int64_t)(bytes / 4));
    case LS_FLOAT64: return any_special_64(elements, (int64_t)(bytes / 8));
    default: return true;
    }
}

/* --- in --- */

/* Large files are read by all threads: one copies from the system's cache at a part of the memory's speed only, and each
 * is the first to touch its part of the array. */
typedef struct parallel_read {
    const lsi_reader *reader;
    char *to;
    size_t bytes;
    ls_dtype dtype;
    bool foreign;
} parallel_read;

enum { PARALLEL_FROM = 4 << 20 };

static int read_steps(int64_t begin, int64_t end, void *context)
{
    const parallel_read *p = context;
    for (int64_t k = begin; k < end; k++) {
        const size_t at = (size_t)k * LSI_IO_STEP, step = smaller(p->bytes - at, LSI_IO_STEP);
        if (!p->reader->read_ahead(p->reader, p->to + at, step, at)) return 1;
        mend(p->dtype, p->foreign, p->to + at, step);
    }
    return 0;
}

/* False when it did not come to that, or something went wrong: then nothing has been read, and who reads it in order
 * finds out what it was. */
static bool read_by_all(lsi_reader *reader, lsi_backend *backend, char *to, size_t bytes, ls_dtype dtype, bool foreign)
{
    if (!reader->read_ahead || !backend->parallel || bytes < PARALLEL_FROM) return false;
    parallel_read p = {reader, to, bytes, dtype, foreign};
    const int64_t steps = (int64_t)((bytes + LSI_IO_STEP - 1) / LSI_IO_STEP);
    return backend->parallel(backend, steps, 2, read_steps, &p) == 0 && reader->skip(reader, bytes);
}

static ls_status read_direct(lsi_reader *reader, lsi_buffer *buffer, ls_dtype dtype, bool foreign, size_t done,
                             size_t bytes)
{
    lsi_backend *backend = buffer->backend;
    ls_status status =
        backend->wait(backend, (lsi_ticket){0, 0}); /* earlier work may still use this piece of the pool */
    if (!status && read_by_all(reader, backend, (char *)buffer->address + done, bytes - done, dtype, foreign))
        return LS_OK;
    while (!status && done < bytes) {
        char *to = (char *)buffer->address + done;
        const size_t step = smaller(bytes - done, LSI_IO_STEP);
        status = lsi_read_all(reader, to, step, "the data");
        if (!status) mend(dtype, foreign, to, step);
        done += step;
    }
    return status;
}

static ls_status read_staged(lsi_reader *reader, lsi_buffer *buffer, ls_dtype dtype, bool foreign, size_t done,
                             size_t bytes)
{
    lsi_backend *backend = buffer->backend;
    const size_t room = smaller(bytes - done, LSI_IO_STAGE);
    if (room == 0) return LS_OK;
    char *stage = lsi_alloc(room, 1);
    if (!stage) return lsi_fail(LS_ENOMEM, "%s: no memory for a stage of %zu bytes", reader->name, room);
    ls_status status = LS_OK;
    while (!status && done < bytes) {
        const size_t step = smaller(bytes - done, room);
        status = lsi_read_all(reader, stage, step, "the data");
        if (!status) mend(dtype, foreign, stage, step);
        if (!status) status = backend->upload(backend, buffer, done, stage, step, &buffer->uses.written);
        done += step;
    }
    lsi_dealloc(stage);
    return status;
}

static bool host_readable(const lsi_backend *backend) { return lsi_pool_prim(backend->pool)->host_readable; }

static ls_status put_head(lsi_buffer *buffer, const void *head, size_t bytes)
{
    lsi_backend *backend = buffer->backend;
    if (bytes == 0) return LS_OK;
    return backend->upload(backend, buffer, 0, head, bytes, &buffer->uses.written);
}

/* What a reader that cannot tell its size has delivered of `wanted` bytes, before the array is made. Grows by doubling:
 * memory taken is never more than twice what really came. */
static ls_status read_head(lsi_reader *reader, size_t wanted, char **head)
{
    size_t room = 0, done = 0;
    while (done < wanted) {
        room = smaller(wanted, room ? 2 * room : LSI_IO_STEP);
        char *grown = lsi_realloc(*head, room, 1);
        if (!grown) return lsi_fail(LS_ENOMEM, "%s: no memory for %zu bytes read ahead", reader->name, room);
        *head = grown;
        const ls_status status = lsi_read_all(reader, grown + done, room - done, "the data");
        if (status) return status;
        done = room;
    }
    return LS_OK;
}

enum {
    TRUSTED = 16 << 20,
    DELIVERED = 8
}; /* declared by a stream: believed up to 16 MiB, above after an eighth came */

static size_t head_wanted(const lsi_reader *reader, size_t bytes)
{
    if (reader->left >= 0 || bytes <= TRUSTED) return 0;
    return bytes / DELIVERED / LSI_IO_STEP * LSI_IO_STEP; /* whole elements */
}

static ls_status check_left(const lsi_reader *reader, size_t bytes)
{
    if (reader->left < 0 || bytes <= (uint64_t)reader->left) return LS_OK;
    return lsi_fail(LS_EFORMAT, "%s: byte %" PRId64 ": the header declares %zu bytes of data, %" PRId64 " are there",
                    reader->name, reader->position, bytes, reader->left);
}

/* By the public call: it starts the library and chooses the device. */
static ls_array *new_array(ls_dtype dtype, int ndim, const int64_t *shape)
{
    const ls_array_options options = {.struct_size = sizeof options, .dtype = dtype};
    return (ls_empty)(NULL, (ls_shape){ndim, shape}, &options);
}

ls_array *lsi_transfer_in(lsi_reader *reader, ls_dtype dtype, bool foreign, int ndim, const int64_t *shape)
{
    lsi_layout layout;
    lsi_layout_contiguous(&layout, ndim, shape);
    const size_t bytes = (size_t)lsi_layout_count(&layout) * lsi_dtype_size(dtype);
    if (check_left(reader, bytes)) return NULL;
    const size_t ahead = head_wanted(reader, bytes);
    char *head = NULL;
    ls_status status = read_head(reader, ahead, &head);
    ls_array *a = status ? NULL : new_array(dtype, ndim, shape);
    if (a) {
        lsi_buffer *buffer = a->cell->version->buffer;
        if (head) mend(dtype, foreign, head, ahead);
        status = put_head(buffer, head, ahead);
        if (!status)
            status = (host_readable(buffer->backend) ? read_direct : read_staged)(reader, buffer, dtype, foreign, ahead,
                                                                                  bytes);
    }
    lsi_dealloc(head);
    if (!status) return a;
    lsi_array_drop(a);
    return NULL;
}

/* --- out --- */

/* A step with its NaNs mended, in a copy. */
static ls_status write_mended(lsi_writer *writer, ls_dtype dtype, const void *elements, size_t bytes)
{
    char *copy = lsi_alloc(bytes, 1);
    if (!copy) return lsi_fail(LS_ENOMEM, "%s: no memory for a stage of %zu bytes", writer->name, bytes);
    memcpy(copy, elements, bytes);
    canonical_nans(dtype, copy, bytes, true);
    const ls_status status = lsi_write_all(writer, copy, bytes);
    lsi_dealloc(copy);
    return status;
}

/* Elements in host memory on their way to the writer. One thread writes, while another looks for NaNs in what comes
 * next; a step that nobody has looked at yet is looked at by who writes it. */
enum { ROUND = 256, NOT_YET = 0, NUMBERS, NANS };

typedef struct outgoing {
    lsi_writer *writer;
    ls_dtype dtype;
    const char *elements;
    size_t bytes;             /* at most ROUND steps */
    pthread_t caller;         /* writes: errors are recorded by thread */
    ls_status status;
    _Atomic int64_t step;     /* being written; all before it are */
    _Atomic char seen[ROUND]; /* what a step has, once somebody has looked */
} outgoing;

static int64_t steps_of(const outgoing *o) { return (int64_t)((o->bytes + LSI_IO_STEP - 1) / LSI_IO_STEP); }

static const char *step_at(const outgoing *o, int64_t step, size_t *bytes)
{
    const size_t at = (size_t)step * LSI_IO_STEP;
    *bytes = smaller(o->bytes - at, LSI_IO_STEP);
    return o->elements + at;
}

static char look_at(const outgoing *o, int64_t step)
{
    size_t bytes;
    const char *from = step_at(o, step, &bytes);
    const bool nans = may_have_nans(o->dtype, from, bytes) &&
                      canonical_nans(o->dtype, (void *)(uintptr_t)from, bytes, false);
    return nans ? NANS : NUMBERS;
}

static void look_ahead(outgoing *o)
{
    for (int64_t step = 1; step < steps_of(o); step++)
        if (step > atomic_load(&o->step)) atomic_store(&o->seen[step], look_at(o, step));
}

static void write_steps(outgoing *o)
{
    int64_t step = atomic_load(&o->step);
    while (step < steps_of(o)) {
        size_t bytes;
        const char *from = step_at(o, step, &bytes);
        char seen = atomic_load(&o->seen[step]);
        if (seen == NOT_YET) seen = look_at(o, step);
        o->status = seen == NANS ? write_mended(o->writer, o->dtype, from, bytes)
                                 : lsi_write_all(o->writer, from, bytes);
        step = o->status ? steps_of(o) : step + 1;
        atomic_store(&o->step, step);
    }
}

static int write_or_look(int64_t begin, int64_t end, void *context)
{
    outgoing *o = context;
    (void)begin, (void)end;
    if (pthread_equal(pthread_self(), o->caller)) write_steps(o);
    else look_ahead(o);
    return 0;
}

static ls_status write_elements(lsi_writer *writer, lsi_backend *backend, ls_dtype dtype, const char *elements,
                                size_t bytes)
{
    const size_t most = (size_t)ROUND * LSI_IO_STEP;
    const bool two = backend->parallel && lsi_dtype_kind(dtype) >= LSI_KIND_FLOAT;
    ls_status status = LS_OK;
    for (size_t done = 0; !status && done < bytes; done += most) {
        outgoing o = {.writer = writer, .dtype = dtype, .elements = elements + done, .caller = pthread_self()};
        o.bytes = smaller(bytes - done, most);
        if (two && steps_of(&o) > 1) backend->parallel(backend, 2, 1, write_or_look, &o);
        write_steps(&o); /* all that is left, also where the other thread came first to both parts */
        status = o.status;
    }
    return status;
}

/* A view cut into runs of rows: everything behind `axis` in whole, `rows` indices of it at a time, each index of the
 * axes before it on its own. Runs follow each other in C order. */
typedef struct cutting {
    int axis;
    int64_t rows, inner; /* elements of one row */
    int64_t outer;       /* indices before the axis */
} cutting;

static cutting cut(const lsi_layout *layout, int64_t limit)
{
    cutting c = {layout->ndim - 1, 1, 1, 1};
    while (c.axis > 0 && c.inner * layout->shape[c.axis] <= limit) c.inner *= layout->shape[c.axis--];
    c.rows = limit / c.inner > 0 ? limit / c.inner : 1;
    for (int i = 0; i < c.axis; i++) c.outer *= layout->shape[i];
    return c;
}

/* The layout of rows [row, row + rows) of the axis at the outer-th index of the axes before it. */
static lsi_layout cut_view(const lsi_layout *layout, const cutting *c, int64_t outer, int64_t row, int64_t rows)
{
    lsi_layout view = *layout;
    for (int i = c->axis - 1; i >= 0; i--) {
        view.offset += outer % layout->shape[i] * layout->strides[i];
        outer /= layout->shape[i];
        view.shape[i] = 1;
    }
    view.offset += row * layout->strides[c->axis];
    view.shape[c->axis] = rows;
    return view;
}

static ls_status write_view(const ls_array *a, const lsi_layout *layout, lsi_writer *writer, char *room)
{
    ls_array *view = lsi_array_view(a, layout);
    if (!view) return lsi_unreported_error();
    ls_status status = lsi_array_download(view, room);
    lsi_array_drop(view);
    if (status) return status;
    const size_t bytes = (size_t)lsi_layout_count(layout) * lsi_dtype_size(a->dtype);
    return write_elements(writer, lsi_array_backend(a), a->dtype, room, bytes);
}

static ls_status write_cut(const ls_array *a, const lsi_layout *layout, lsi_writer *writer, char *room)
{
    if (layout->ndim == 0) return write_view(a, layout, writer, room);
    const cutting c = cut(layout, LSI_IO_STAGE / (int64_t)lsi_dtype_size(a->dtype));
    const int64_t length = layout->shape[c.axis];
    ls_status status = LS_OK;
    for (int64_t outer = 0; outer < c.outer && !status; outer++) {
        for (int64_t row = 0; row < length && !status; row += c.rows) {
            const lsi_layout view = cut_view(layout, &c, outer, row, length - row < c.rows ? length - row : c.rows);
            status = write_view(a, &view, writer, room);
        }
    }
    return status;
}

static ls_status write_staged(const ls_array *a, lsi_writer *writer)
{
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    char *room = lsi_alloc(LSI_IO_STAGE, 1);
    if (!room) return lsi_fail(LS_ENOMEM, "%s: no memory for a stage of %d bytes", writer->name, LSI_IO_STAGE);
    const ls_status status = write_cut(a, &layout, writer, room);
    lsi_dealloc(room);
    return status;
}

ls_status lsi_transfer_out(const ls_array *a, lsi_writer *writer)
{
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    ls_status status = lsi_evaluate(1, &a);
    if (status || lsi_layout_count(&layout) == 0) return status;
    const char *data = lsi_array_host_data(a, &status);
    const size_t bytes = (size_t)lsi_layout_count(&layout) * lsi_dtype_size(a->dtype);
    if (status) return status;
    return data ? write_elements(writer, lsi_array_backend(a), a->dtype, data, bytes) : write_staged(a, writer);
}
