/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ls_load and ls_save: .npy files, streams and memory. */
#include "npy.h"

#include "atomic_file.h"
#include <inttypes.h>
#include <string.h>

ls_load_options lsi_load_options_read(const ls_load_options *options)
{
    ls_load_options read = {.struct_size = sizeof read};
    if (options) memcpy(&read, options, options->struct_size < sizeof read ? options->struct_size : sizeof read);
    return read;
}

/* --- reading --- */

static ls_array *transposed(ls_array *a)
{
    lsi_layout layout, turned;
    if (!a) return NULL;
    lsi_array_layout(a, &layout);
    turned = layout;
    for (int i = 0; i < layout.ndim; i++) {
        turned.shape[i] = layout.shape[layout.ndim - 1 - i];
        turned.strides[i] = layout.strides[layout.ndim - 1 - i];
    }
    ls_array *view = lsi_array_view(a, &turned);
    lsi_array_drop(a);
    return view;
}

static ls_array *read_fortran(lsi_reader *reader, const lsi_npy_header *header)
{
    int64_t reversed[LS_MAX_NDIM];
    for (int i = 0; i < header->ndim; i++) reversed[i] = header->shape[header->ndim - 1 - i];
    return transposed(lsi_transfer_in(reader, header->dtype, header->foreign, header->ndim, reversed));
}

ls_array *lsi_npy_read(lsi_reader *reader, const ls_load_options *options)
{
    lsi_npy_header header;
    if (lsi_npy_read_header(reader, &header)) return NULL;
    if (options->max_bytes > 0 && header.bytes > options->max_bytes) {
        lsi_fail(LS_EOVERFLOW, "%s: byte %" PRId64 ": %" PRId64 " bytes of data, max_bytes is %" PRId64, reader->name,
                 reader->position, header.bytes, options->max_bytes);
        return NULL;
    }
    ls_array *a = header.fortran && header.ndim > 1
                      ? read_fortran(reader, &header)
                      : lsi_transfer_in(reader, header.dtype, header.foreign, header.ndim, header.shape);
    if (!a || !lsi_read_end(reader)) return a;
    lsi_array_drop(a);
    return NULL;
}

ls_array *(ls_load)(const char *place, const char *path, const ls_load_options *options)
{
    LSI_CALL("ls_load", place);
    const ls_load_options limits = lsi_load_options_read(options);
    FILE *file;
    if (!path) lsi_fail_null(1);
    if (!path || lsi_open_read(path, &file)) return NULL;
    lsi_reader reader;
    lsi_file_reader_open(&reader, path, file);
    reader.whole = true;
    ls_array *a = lsi_npy_read(&reader, &limits);
    fclose(file);
    return a;
}

ls_array *(ls_load_file)(const char *place, FILE *stream, const ls_load_options *options)
{
    LSI_CALL("ls_load_file", place);
    const ls_load_options limits = lsi_load_options_read(options);
    if (!stream) {
        lsi_fail_null(1);
        return NULL;
    }
    lsi_reader reader;
    lsi_file_reader_open(&reader, "stream", stream);
    return lsi_npy_read(&reader, &limits);
}

ls_array *(ls_load_memory)(const char *place, const void *bytes, size_t size, const ls_load_options *options)
{
    LSI_CALL("ls_load_memory", place);
    const ls_load_options limits = lsi_load_options_read(options);
    if (!bytes || size > INT64_MAX) {
        bytes ? lsi_fail(LS_EOVERFLOW, "size %zu is above 2^63 - 1", size) : lsi_fail_null(1);
        return NULL;
    }
    lsi_memory_reader memory;
    lsi_memory_reader_open(&memory, "memory", bytes, size);
    return lsi_npy_read(&memory.reader, &limits);
}

/* --- writing --- */

static void reverse_axes(lsi_layout *layout)
{
    for (int low = 0, high = layout->ndim - 1; low < high; low++, high--) {
        const int64_t size = layout->shape[low], stride = layout->strides[low];
        layout->shape[low] = layout->shape[high];
        layout->strides[low] = layout->strides[high];
        layout->shape[high] = size;
        layout->strides[high] = stride;
    }
}

/* NumPy's rule: C order when the view is contiguous in it, else Fortran order when contiguous in that, else C. */
static bool fortran_contiguous(const ls_array *a)
{
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    if (lsi_layout_count(&layout) == 0 || lsi_layout_is_contiguous(&layout)) return false;
    reverse_axes(&layout);
    return lsi_layout_is_contiguous(&layout);
}

ls_status lsi_npy_plan(const ls_array *a, const char *name, lsi_npy_header *header)
{
    if (!*lsi_dtype_npy(a->dtype))
        return lsi_fail(LS_EDTYPE, "%s: .npy has no type for %s; save ls_astype(a, LS_FLOAT32)", name,
                        lsi_dtype_name(a->dtype));
    memset(header, 0, sizeof *header);
    header->dtype = a->dtype;
    header->ndim = a->ndim;
    memcpy(header->shape, lsi_array_shape(a), (size_t)a->ndim * sizeof *header->shape);
    header->fortran = fortran_contiguous(a);
    header->count = 1;
    for (int i = 0; i < a->ndim; i++) header->count *= header->shape[i];
    if (!lsi_mul_size(header->count, (int64_t)lsi_dtype_size(a->dtype), &header->bytes))
        return lsi_fail(LS_EOVERFLOW, "%s: %" PRId64 " elements of %s are more than 2^63 - 1 bytes", name,
                        header->count, lsi_dtype_name(a->dtype));
    return LS_OK;
}

static ls_status write_fortran(const ls_array *a, lsi_writer *writer)
{
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    reverse_axes(&layout);
    ls_array *turned = lsi_array_view(a, &layout);
    if (!turned) return lsi_unreported_error();
    const ls_status status = lsi_transfer_out(turned, writer);
    lsi_array_drop(turned);
    return status;
}

ls_status lsi_npy_write(const ls_array *a, const lsi_npy_header *header, lsi_writer *writer)
{
    char text[LSI_NPY_HEADER_ROOM];
    const ls_status status = lsi_write_all(writer, text, lsi_npy_write_header(header, text));
    if (status) return status;
    return header->fortran ? write_fortran(a, writer) : lsi_transfer_out(a, writer);
}

/* The image of an array to an open stream. Evaluates first, so that a failing computation writes nothing. */
static ls_status save_to(FILE *file, const char *name, const ls_array *a)
{
    lsi_npy_header header;
    lsi_writer writer;
    lsi_file_writer_open(&writer, name, file);
    ls_status status = lsi_npy_plan(a, name, &header);
    if (!status) status = lsi_evaluate(1, &a);
    if (!status) status = lsi_npy_write(a, &header, &writer);
    return status ? status : lsi_file_writer_flush(&writer);
}

ls_status(ls_save)(const char *place, const char *path, const ls_array *a)
{
    LSI_CALL("ls_save", place);
    if (!path) return lsi_report(lsi_fail_null(1));
    if (!lsi_array_check(a, 2)) return lsi_report(lsi_unreported_error());
    lsi_atomic_file file;
    ls_status status = lsi_evaluate(1, &a); /* before a file is made */
    if (!status) status = lsi_atomic_open(&file, path);
    if (status) return lsi_report(status);
    status = save_to(file.stream, path, a);
    return lsi_report(lsi_atomic_close(&file, status));
}

ls_status(ls_save_file)(const char *place, FILE *stream, const ls_array *a)
{
    LSI_CALL("ls_save_file", place);
    if (!stream) return lsi_report(lsi_fail_null(1));
    if (!lsi_array_check(a, 2)) return lsi_report(lsi_unreported_error());
    return lsi_report(save_to(stream, "stream", a));
}

static ls_status save_memory(const ls_array *a, void *buffer, size_t size, size_t *needed)
{
    lsi_npy_header header;
    char text[LSI_NPY_HEADER_ROOM];
    const ls_status status = lsi_npy_plan(a, "memory", &header);
    if (status) return status;
    const size_t total = lsi_npy_write_header(&header, text) + (size_t)header.bytes;
    if (needed) *needed = total;
    if (!buffer && size == 0) return LS_OK;
    if (!buffer || size < total)
        return lsi_fail(LS_EARGUMENT, "the buffer has %zu bytes, the .npy image %zu", buffer ? size : (size_t)0, total);
    lsi_writer writer;
    lsi_memory_writer_open(&writer, buffer);
    const ls_status evaluated = lsi_evaluate(1, &a);
    return evaluated ? evaluated : lsi_npy_write(a, &header, &writer);
}

ls_status(ls_save_memory)(const char *place, const ls_array *a, void *buffer, size_t size, size_t *needed)
{
    LSI_CALL("ls_save_memory", place);
    if (needed) *needed = 0;
    if (!lsi_array_check(a, 1)) return lsi_report(lsi_unreported_error());
    return lsi_report(save_memory(a, buffer, size, needed));
}
