/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Indices of the elements that are not zero: threads count theirs, then write them from where the counts say. */
#include "core/error.h"
#include "host/parallel.h"
#include "host/sort.h"

#include <string.h>

enum { CHUNK = 512 };

typedef struct job {
    const lsi_sort *task;
    size_t size;
    uint64_t sign;     /* bits of an element (of one part, complex) that zero may have */
    const char *in;
    int64_t *found;    /* per part: how many; then where its first goes */
    int64_t *out;      /* rows of `total` */
    int64_t total;
    int parts;
} job;

/* --- which are not zero: a byte of 0 or 1 per element --- */

static void flags_8(const uint8_t *x, int64_t n, uint8_t *flags)
{
    for (int64_t i = 0; i < n; i++) flags[i] = x[i] != 0;
}

static void flags_16(const uint16_t *x, int64_t n, uint16_t mask, uint8_t *flags)
{
    for (int64_t i = 0; i < n; i++) flags[i] = (x[i] & mask) != 0;
}

static void flags_32(const uint32_t *x, int64_t n, uint32_t mask, uint8_t *flags)
{
    for (int64_t i = 0; i < n; i++) flags[i] = (x[i] & mask) != 0;
}

static void flags_64(const uint64_t *x, int64_t n, uint64_t mask, uint8_t *flags)
{
    for (int64_t i = 0; i < n; i++) flags[i] = (x[i] & mask) != 0;
}

static void flags_128(const uint64_t *x, int64_t n, uint64_t mask, uint8_t *flags)
{
    for (int64_t i = 0; i < n; i++) flags[i] = ((x[2 * i] | x[2 * i + 1]) & mask) != 0;
}

/* The sign bits of floats do not make a zero something else. */
static uint64_t sign_bits(ls_dtype dtype)
{
    switch (dtype) {
    case LS_FLOAT16:
    case LS_BFLOAT16:
        return 0x8000u;
    case LS_FLOAT32:
        return 0x80000000u;
    case LS_COMPLEX64:
        return 0x8000000080000000u;
    case LS_FLOAT64:
    case LS_COMPLEX128:
        return 0x8000000000000000u;
    default:
        return 0;
    }
}

/* Flags of the elements [begin, begin + n); how many are set. */
static int64_t flags_of(const job *j, int64_t begin, int64_t n, uint8_t flags[CHUNK])
{
    const void *x = j->in + (size_t)begin * j->size;
    const uint64_t mask = ~j->sign;
    switch (j->size) {
    case 1:
        flags_8(x, n, flags);
        break;
    case 2:
        flags_16(x, n, (uint16_t)mask, flags);
        break;
    case 4:
        flags_32(x, n, (uint32_t)mask, flags);
        break;
    case 8:
        flags_64(x, n, mask, flags);
        break;
    default:
        flags_128(x, n, mask, flags);
        break;
    }
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) count += flags[i];
    return count;
}

/* --- counting and writing --- */

static void count_part(int thread, int threads, void *context)
{
    const job *j = context;
    uint8_t flags[CHUNK];
    for (int part = thread; part < j->parts; part += threads) {
        int64_t begin, end, found = 0;
        lsi_parallel_part(j->task->n, CHUNK, part, j->parts, &begin, &end);
        for (; begin < end; begin += CHUNK)
            found += flags_of(j, begin, end - begin < CHUNK ? end - begin : CHUNK, flags);
        j->found[part] = found;
    }
}

/* Steps coordinates on by `distance` elements in C order. */
static void advance(const lsi_sort *task, int64_t *at, int64_t distance)
{
    for (int axis = task->ndim - 1; distance > 0 && axis >= 0; axis--) {
        const int64_t size = task->shape[axis], next = at[axis] + distance;
        distance = axis > 0 && next >= size ? next / size : 0;
        at[axis] = axis > 0 && next >= size ? next % size : next;
    }
}

static void write_coordinates(const job *j, const int32_t *offsets, int64_t count, int64_t place, int64_t *at)
{
    const int ndim = j->task->ndim;
    int32_t before = 0;
    for (int64_t i = 0; i < count; i++) {
        advance(j->task, at, offsets[i] - before);
        before = offsets[i];
        for (int axis = 0; axis < ndim; axis++) j->out[axis * j->total + place + i] = at[axis];
    }
}

static void write_part(int thread, int threads, void *context)
{
    const job *j = context;
    const lsi_sort *task = j->task;
    uint8_t flags[CHUNK];
    int32_t offsets[CHUNK];
    for (int part = thread; part < j->parts; part += threads) {
        int64_t begin, end, place = j->found[part], at[LS_MAX_NDIM] = {0}, next[LS_MAX_NDIM];
        lsi_parallel_part(task->n, CHUNK, part, j->parts, &begin, &end);
        advance(task, at, begin);
        for (; begin < end; begin += CHUNK) {
            const int64_t n = end - begin < CHUNK ? end - begin : CHUNK;
            int64_t count = 0;
            if (flags_of(j, begin, n, flags) > 0) {
                for (int64_t i = 0; i < n; i++) {
                    offsets[count] = (int32_t)i;
                    count += flags[i];
                }
            }
            if (task->ndim == 1) {
                for (int64_t i = 0; i < count; i++) j->out[place + i] = begin + offsets[i];
            } else if (count > 0) {
                memcpy(next, at, sizeof next);
                write_coordinates(j, offsets, count, place, next);
            }
            if (task->ndim > 1) advance(task, at, n);
            place += count;
        }
    }
}

ls_status lsi_host_nonzero(lsi_backend *backend, lsi_sort *task)
{
    const size_t size = lsi_dtype_size(task->dtype);
    const int threads = lsi_parallel_worth(task->n, 0.5);
    const lsi_lines lines = {.pool = backend->pool, .function = task->function, .place = task->place};
    job j = {
        .task = task,
        .size = size,
        .sign = sign_bits(task->dtype),
        .in = (const char *)task->in->address + (size_t)task->in_offset * size,
        .found = lsi_sort_memory(&lines, threads, sizeof *j.found),
        .parts = threads,
    };
    memset(task->out, 0, sizeof task->out);
    if (!j.found) return LS_ENOMEM;
    lsi_parallel_run(threads, count_part, &j);
    for (int part = 0; part < j.parts; part++) {
        const int64_t found = j.found[part];
        j.found[part] = j.total;
        j.total += found;
    }
    task->found = j.total;
    task->out[0] = lsi_sort_result(backend, task, task->ndim * j.total, sizeof(int64_t));
    if (task->out[0]) {
        j.out = task->out[0]->address;
        lsi_parallel_run(threads, write_part, &j);
    }
    lsi_sort_release(&lines, j.found);
    return task->out[0] ? LS_OK : LS_ENOMEM;
}
