/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The host's entry for sorting: which way a task goes, and its memory. */
#include "core/error.h"
#include "host/sort.h"
#include "memory/prim.h"

#include <inttypes.h>

/* Elements of a line that pay for a table of all keys. */
enum { COUNTING_8_FROM = 256, COUNTING_16_FROM = 1 << 15 };

void *lsi_sort_memory(const lsi_lines *lines, int64_t count, size_t size)
{
    size_t bytes;
    void *memory =
        __builtin_mul_overflow((size_t)count, size, &bytes) ? NULL : lsi_pool_allocate(lines->pool, bytes ? bytes : 1);
    if (!memory)
        lsi_fail_for(lines->function, lines->place, LS_ENOMEM, "no temporary memory for %" PRId64 " elements", count);
    return memory;
}

void lsi_sort_release(const lsi_lines *lines, void *memory)
{
    lsi_pool_free(lines->pool, memory);
}

lsi_buffer *lsi_sort_result(lsi_backend *backend, const lsi_sort *task, int64_t count, size_t size)
{
    lsi_buffer *buffer = lsi_buffer_new(backend, (size_t)count * size);
    if (!buffer)
        lsi_fail_for(task->function, task->place, LS_ENOMEM, "no memory for %" PRId64 " elements on %s", count,
                     backend->name);
    return buffer;
}

void lsi_sort_drop_results(lsi_sort *task)
{
    for (int i = 0; i < 4; i++) {
        lsi_buffer_release(task->out[i]);
        task->out[i] = NULL;
    }
}

int lsi_key_bits(ls_dtype dtype)
{
    const size_t size = lsi_dtype_size(dtype);
    return size <= 4 ? 32 : size == 8 ? 64 : 128;
}

static const lsi_line_engines *engines_for(const lsi_lines *lines)
{
    return lines->indices ? LSI_ISA_PICK(lsi_engines_at_of) : LSI_ISA_PICK(lsi_engines_of);
}

/* Which of an engine's widths the lines want. */
static int width_of(const lsi_lines *lines)
{
    const int bits = lsi_key_bits(lines->order.dtype);
    const bool long_line = lines->indices && lines->n > (int64_t)UINT32_MAX;
    return bits == 128 ? 2 : bits == 64 || long_line ? 1 : 0;
}

ls_status lsi_sort_lines(const lsi_lines *lines)
{
    const int64_t counting_from = lines->size == 1 ? COUNTING_8_FROM : COUNTING_16_FROM;
    if (!lines->indices && lines->size <= 2 && lines->n >= counting_from) return lsi_sort_by_counting(lines);
    return engines_for(lines)->sort[width_of(lines)](lines);
}

static ls_status partition_lines(const lsi_lines *lines)
{
    const lsi_line_engines *bare = LSI_ISA_PICK(lsi_engines_of);
    const int width = lsi_key_bits(lines->order.dtype) / 64; /* positions need no room in the elements */
    ls_status status;
    if (lines->indices && bare->places[width] && bare->places[width](lines, &status)) return status;
    return engines_for(lines)->partition[width_of(lines)](lines);
}

/* Only argsort has -0 and +0 equal: a sort shows their order, and a partition keeps to it. */
static ls_status sort_lines(lsi_backend *backend, const lsi_sort *task)
{
    const bool indices = task->op == LSI_SORT_INDICES || task->op == LSI_SORT_PARTITION_INDICES;
    const bool partition = task->op == LSI_SORT_PARTITION || task->op == LSI_SORT_PARTITION_INDICES;
    const size_t size = lsi_dtype_size(task->dtype);
    const lsi_lines lines = {
        .order = {task->dtype, {.merge_zeros = task->op == LSI_SORT_INDICES, .descending = task->descending}},
        .size = size,
        .in = (const char *)task->in->address + (size_t)task->in_offset * size,
        .lines = task->lines,
        .n = task->n,
        .values = indices ? NULL : task->out[0]->address,
        .indices = indices ? task->out[0]->address : NULL,
        .kth = task->kth,
        .pool = backend->pool,
        .function = task->function,
        .place = task->place,
    };
    if (lines.lines == 0 || lines.n == 0) return LS_OK;
    return partition ? partition_lines(&lines) : lsi_sort_lines(&lines);
}

ls_status lsi_host_sort(lsi_backend *backend, lsi_sort *task, lsi_ticket *done)
{
    *done = (lsi_ticket){0, 0};
    switch (task->op) {
    case LSI_SORT_SEARCH:
        return lsi_host_search(backend, task);
    case LSI_SORT_UNIQUE:
        return lsi_host_unique(backend, task);
    case LSI_SORT_NONZERO:
        return lsi_host_nonzero(backend, task);
    default:
        return sort_lines(backend, task);
    }
}
