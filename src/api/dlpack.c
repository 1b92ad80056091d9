/* SPDX-License-Identifier: BSD-3-Clause
 *
 * DLPack: an array's memory as a tensor of another library and the reverse. Decides what a tensor says about an array;
 * the memory's life is the buffer's reference count. */
#include "lockstep/dlpack.h"
#include "api/call.h"
#include "api/dlpack_abi.h"
#include "lockstep/create.h"
#include "lockstep/scope.h"

#include <stdio.h>
#include <string.h>

/* --- types and devices --- */

typedef struct type_code {
    uint8_t code, bits;
} type_code;

static type_code type_of(ls_dtype dtype)
{
    static const uint8_t codes[] = {
        [LSI_KIND_BOOL] = DL_BOOL,   [LSI_KIND_INT] = DL_INT,         [LSI_KIND_UINT] = DL_UINT,
        [LSI_KIND_FLOAT] = DL_FLOAT, [LSI_KIND_COMPLEX] = DL_COMPLEX,
    };
    const uint8_t code = dtype == LS_BFLOAT16 ? (uint8_t)DL_BFLOAT : codes[lsi_dtype_kind(dtype)];
    return (type_code){code, (uint8_t)(8 * lsi_dtype_size(dtype))};
}

/* LS_DTYPE_DEFAULT when there is none. */
static ls_dtype dtype_of(const dl_tensor *tensor)
{
    for (int d = LS_BOOL; d <= LS_COMPLEX128; d++) {
        const type_code type = type_of((ls_dtype)d);
        if (type.code == tensor->dtype.code && type.bits == tensor->dtype.bits && tensor->dtype.lanes == 1) {
            return (ls_dtype)d;
        }
    }
    return LS_DTYPE_DEFAULT;
}

/* Fills in the device's type and number; false when DLPack has none for it. */
static bool device_of(const lsi_backend *backend, dl_tensor *tensor)
{
    if (lsi_pool_prim(backend->pool)->host_readable) {
        tensor->device.type = DL_CPU;
        tensor->device.id = 0;
        return true;
    }
    tensor->device.type = DL_CUDA;
    return sscanf(backend->name, "cuda:%d", &tensor->device.id) == 1;
}

static lsi_backend *backend_of(const dl_tensor *tensor)
{
    if (tensor->device.type == DL_CPU || tensor->device.type == DL_CUDA_HOST) {
        return lsi_backend_host();
    }
    char name[32];
    snprintf(name, sizeof name, "cuda:%d", (int)tensor->device.id);
    for (int id = 1; id <= lsi_backend_count(); id++) {
        lsi_backend *backend = lsi_backend_get(id);
        if (backend && strcmp(backend->name, name) == 0) {
            return backend;
        }
    }
    return NULL;
}

/* --- out --- */

/* A tensor of either form, and what it keeps alive. */
typedef struct shared {
    union {
        struct DLManagedTensorVersioned versioned;
        struct DLManagedTensor unversioned;
    } as;
    lsi_buffer *buffer;
    int64_t dims[]; /* shape, strides */
} shared;

static void shared_delete(shared *s)
{
    lsi_buffer_release(s->buffer);
    lsi_dealloc(s);
}

static void delete_versioned(struct DLManagedTensorVersioned *self)
{
    shared_delete(self->context);
}

static void delete_unversioned(struct DLManagedTensor *self)
{
    shared_delete(self->context);
}

static void describe(shared *s, dl_tensor *tensor, const ls_array *a)
{
    const type_code type = type_of(a->dtype);
    const size_t rank = (size_t)a->ndim;
    memcpy(s->dims, lsi_array_shape(a), rank * sizeof *s->dims);
    memcpy(s->dims + rank, lsi_array_strides(a), rank * sizeof *s->dims);
    tensor->data = s->buffer->address;
    tensor->ndim = a->ndim;
    tensor->dtype.code = type.code;
    tensor->dtype.bits = type.bits;
    tensor->dtype.lanes = 1;
    tensor->shape = s->dims;
    tensor->strides = s->dims + rank;
    tensor->byte_offset = (uint64_t)a->offset * lsi_dtype_size(a->dtype);
}

static shared *share(const ls_array *a, const ls_to_dlpack_options *options, dl_tensor *tensor)
{
    if (!device_of(lsi_array_backend(a), tensor)) {
        lsi_fail(LS_EUNSUPPORTED, "DLPack has no name for device %s", lsi_array_backend(a)->name);
        return NULL;
    }
    shared *s = lsi_alloc(1, sizeof *s + 2 * (size_t)a->ndim * sizeof(int64_t));
    if (!s) {
        lsi_fail(LS_ENOMEM, "out of memory for a tensor");
        return NULL;
    }
    ls_status status;
    s->buffer = lsi_array_share(a, options->writable, &status);
    if (!s->buffer) {
        lsi_dealloc(s);
        return NULL;
    }
    describe(s, tensor, a);
    return s;
}

/* The array to share: itself, or the copy that was asked for. NULL after an error. */
static ls_array *to_share(const char *place, const ls_array *a, const ls_to_dlpack_options *options)
{
    if (options->copy) {
        return (ls_copy)(place, a);
    }
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    return lsi_array_view(a, &layout);
}

/* What both forms have: takes the options, fills the tensor in. NULL after an error. */
static shared *export(const char *place, const ls_array *a, const ls_to_dlpack_options *given,
                      ls_to_dlpack_options *options, dl_tensor *tensor)
{
    if (!lsi_array_check(a, 1) || lsi_options(options, sizeof *options, given)) {
        return NULL;
    }
    ls_array *source = to_share(place, a, options);
    shared *s = source ? share(source, options, tensor) : NULL;
    ls_free(source);
    return s;
}

struct DLManagedTensorVersioned *(ls_to_dlpack)(const char *place, const ls_array *a,
                                                const ls_to_dlpack_options *options)
{
    LSI_CALL("ls_to_dlpack", place);
    ls_to_dlpack_options o;
    dl_tensor tensor = {.data = NULL};
    shared *s = export(place, a, options, &o, &tensor);
    if (!s) {
        return NULL;
    }
    struct DLManagedTensorVersioned *out = &s->as.versioned;
    out->version.major = DL_MAJOR;
    out->version.minor = DL_MINOR;
    out->context = s;
    out->deleter = delete_versioned;
    out->flags = o.copy ? DL_IS_COPIED : o.writable ? 0 : DL_READ_ONLY;
    out->tensor = tensor;
    return out;
}

struct DLManagedTensor *(ls_to_dlpack_unversioned)(const char *place, const ls_array *a,
                                                   const ls_to_dlpack_options *options)
{
    LSI_CALL("ls_to_dlpack_unversioned", place);
    ls_to_dlpack_options o;
    dl_tensor tensor = {.data = NULL};
    shared *s = export(place, a, options, &o, &tensor);
    if (!s) {
        return NULL;
    }
    struct DLManagedTensor *out = &s->as.unversioned;
    out->context = s;
    out->deleter = delete_unversioned;
    out->tensor = tensor;
    return out;
}

/* --- in --- */

static ls_status check_memory(const dl_tensor *t, ls_dtype dtype, lsi_backend *backend)
{
    if (!dtype) {
        return lsi_fail(LS_EUNSUPPORTED, "no dtype for the tensor's type: code %d, %d bits, %d lanes", t->dtype.code,
                        t->dtype.bits, t->dtype.lanes);
    }
    if (t->device.type != DL_CPU && t->device.type != DL_CUDA_HOST && t->device.type != DL_CUDA) {
        return lsi_fail(LS_EUNSUPPORTED, "memory of DLPack device type %d", (int)t->device.type);
    }
    if (!backend) {
        return lsi_fail(LS_EDEVICE, "the tensor is on cuda:%d, which is not in use here", (int)t->device.id);
    }
    const size_t size = lsi_dtype_size(dtype);
    const size_t alignment = lsi_dtype_kind(dtype) == LSI_KIND_COMPLEX ? size / 2 : size;
    const uintptr_t address = (uintptr_t)t->data + t->byte_offset;
    if (address % alignment) {
        return lsi_fail(LS_EARGUMENT, "%p is not aligned to %zu bytes as %s wants", (void *)address, alignment,
                        lsi_dtype_name(dtype));
    }
    return LS_OK;
}

/* The layout relative to the tensor's lowest element. */
static ls_status layout_of(const dl_tensor *t, ls_dtype dtype, lsi_layout *layout, int64_t *span)
{
    int ndim;
    int64_t shape[LS_MAX_NDIM], count;
    const ls_shape given = {t->ndim, t->shape};
    ls_status status = lsi_shape_check(given, &ndim, shape);
    status = status ? status : lsi_shape_count(ndim, shape, lsi_dtype_size(dtype), &count);
    if (status) {
        return status;
    }
    lsi_layout_contiguous(layout, ndim, shape);
    status = t->strides ? lsi_layout_set_strides(layout, t->strides, lsi_dtype_size(dtype)) : LS_OK;
    if (status) {
        return status;
    }
    int64_t low, high;
    lsi_layout_extent(layout, &low, &high);
    layout->offset = -low;
    *span = count ? high - low + 1 : 0;
    return count && !t->data ? lsi_fail(LS_EARGUMENT, "data is NULL for %lld elements", (long long)count) : LS_OK;
}

static ls_array *adopt(const dl_tensor *t, bool read_only, void (*deleter)(void *), void *context)
{
    const ls_dtype dtype = dtype_of(t);
    lsi_backend *backend = backend_of(t);
    lsi_layout layout;
    int64_t span;
    if (check_memory(t, dtype, backend) || layout_of(t, dtype, &layout, &span)) {
        return NULL;
    }
    const size_t size = lsi_dtype_size(dtype);
    char *lowest = t->data ? (char *)t->data + t->byte_offset - (size_t)layout.offset * size : NULL;
    lsi_buffer *buffer = lsi_buffer_wrap(backend, lowest, (size_t)span * size, NULL, NULL);
    if (!buffer) {
        lsi_fail(LS_ENOMEM, "out of memory for an array");
        return NULL;
    }
    buffer->read_only = read_only;
    lsi_buffer_retain(buffer);
    ls_array *a = lsi_array_from_buffer(buffer, dtype, &layout);
    if (a) { /* from here on the array owns the tensor; a failed call leaves it to the caller */
        buffer->deleter = deleter;
        buffer->deleter_context = context;
    }
    lsi_buffer_release(buffer);
    return a;
}

static void end_versioned(void *context)
{
    struct DLManagedTensorVersioned *tensor = context;
    if (tensor->deleter) {
        tensor->deleter(tensor);
    }
}

static void end_unversioned(void *context)
{
    struct DLManagedTensor *tensor = context;
    if (tensor->deleter) {
        tensor->deleter(tensor);
    }
}

ls_array *(ls_from_dlpack)(const char *place, struct DLManagedTensorVersioned *tensor)
{
    LSI_CALL("ls_from_dlpack", place);
    if (lsi_init()) {
        return NULL;
    }
    if (!tensor) {
        lsi_fail_null(1);
        return NULL;
    }
    if (tensor->version.major != DL_MAJOR) {
        lsi_fail(LS_EUNSUPPORTED, "a tensor of DLPack %u.%u; this library reads %d.x", (unsigned)tensor->version.major,
                 (unsigned)tensor->version.minor, DL_MAJOR);
        return NULL;
    }
    return adopt(&tensor->tensor, tensor->flags & DL_READ_ONLY, end_versioned, tensor);
}

ls_array *(ls_from_dlpack_unversioned)(const char *place, struct DLManagedTensor *tensor)
{
    LSI_CALL("ls_from_dlpack_unversioned", place);
    if (lsi_init()) {
        return NULL;
    }
    if (!tensor) {
        lsi_fail_null(1);
        return NULL;
    }
    return adopt(&tensor->tensor, false, end_unversioned, tensor);
}
