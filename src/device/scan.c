/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cumulative sums and products on the device: which lines are scanned by which kernel of kernels/scan.cu. Decides
 * nothing about order, which is that of kernels/scan_order.h. */
#include "core/dtype.h"
#include "core/error.h"
#include "device/device.h"
#include "scan_args.h"
#include "scan_order.h"
#include <stdlib.h>
#include <string.h>

enum {
    FEW_COLUMNS = 8,      /* less are scanned line by line */
    BLOCKS_PER_SM = 4,    /* columns: less are split at tiles */
    FILL_THREADS = 256,
    ROW_BYTES = 512       /* of a warp's row */
};

static int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/* --- kernels --- */

typedef struct scan_kernels {
    int acc; /* bytes */
    lsi_kernel tiles[2], lines[2], columns[2], chain[2]; /* sums, products */
} scan_kernels;

#define BOTH(part, tag) {{"scan_" tag, "ls_scan_" part "_sum_" tag}, {"scan_" tag, "ls_scan_" part "_prod_" tag}}
#define KERNELS(tag, size)                                                                                             \
    {                                                                                                                  \
        .acc = size, .tiles = BOTH("tiles", tag), .lines = BOTH("lines", tag), .columns = BOTH("columns", tag),        \
        .chain = BOTH("chain", tag)                                                                                    \
    }
static const scan_kernels f32_kernels = KERNELS("f32", 4), f64_kernels = KERNELS("f64", 8);
static const scan_kernels c64_kernels = KERNELS("c64", 8), c128_kernels = KERNELS("c128", 16);
static const scan_kernels int_kernels = KERNELS("u64", 8);

static const scan_kernels *kernels_of(ls_dtype result)
{
    switch (result) {
    case LS_FLOAT16:
    case LS_BFLOAT16:
    case LS_FLOAT32: return &f32_kernels;
    case LS_FLOAT64: return &f64_kernels;
    case LS_COMPLEX64: return &c64_kernels;
    case LS_COMPLEX128: return &c128_kernels;
    default: return &int_kernels;
    }
}

/* Whether the kernels read such elements themselves: what is cast to the result's dtype on the way is then the
 * accumulator's own number. */
static bool reads(ls_dtype dtype, ls_dtype result)
{
    if (dtype == result) return true;
    if (lsi_dtype_kind(result) < LSI_KIND_FLOAT) return lsi_dtype_kind(dtype) < LSI_KIND_FLOAT && result != LS_BOOL;
    return lsi_dtype_is_half(dtype) && result == LS_FLOAT32;
}

/* --- a job --- */

typedef struct scan_job {
    const lsi_scan *scan;
    const scan_kernels *kernels;
    lsi_work *work;
    int near;                 /* the axis of neighbours, else -1 */
    int others[LS_MAX_NDIM];  /* axes of lines, outermost first, the near ones left out */
    int nothers;
    int64_t lines;            /* but for the width */
    ls_scan_args args;
} scan_job;

/* Another axis along which input and output are neighbours; -1: none that is long enough. */
static int near_axis(const lsi_scan *s)
{
    for (int a = 0; a < s->ndim; a++)
        if (a != s->axis && s->shape[a] >= FEW_COLUMNS && s->in_strides[a] == 1 && s->out_strides[a] == 1) return a;
    return -1;
}

static ls_axes axes_of(const scan_job *job, const int64_t *strides)
{
    ls_axes axes;
    axes.count = 0;
    for (int i = 0; i < job->nothers; i++) {
        axes.shape[axes.count] = job->scan->shape[job->others[i]];
        axes.stride[axes.count++] = strides[job->others[i]];
    }
    return axes;
}

static int64_t distance(const lsi_scan *s, int a) { return llabs(s->out_strides[a]); }

/* Axes in the order of the output's memory, so that neighbouring lines are worked on together; sizes of 1 left out. */
static void set_others(scan_job *job)
{
    const lsi_scan *s = job->scan;
    for (int a = 0; a < s->ndim; a++) {
        if (a == s->axis || a == job->near || s->shape[a] == 1) continue;
        int at = job->nothers++;
        for (; at > 0 && distance(s, job->others[at - 1]) < distance(s, a); at--) job->others[at] = job->others[at - 1];
        job->others[at] = a;
        job->lines *= s->shape[a];
    }
}

/* Neighbours of several axes are columns of one row. */
static void join_columns(scan_job *job)
{
    const lsi_scan *s = job->scan;
    while (job->nothers > 0) {
        const int a = job->others[job->nothers - 1];
        if (s->in_strides[a] != job->args.width || s->out_strides[a] != job->args.width) return;
        job->args.width *= s->shape[a];
        job->lines /= s->shape[a];
        job->nothers--;
    }
}

static void set_args(scan_job *job)
{
    const lsi_scan *s = job->scan;
    ls_scan_args *a = &job->args;
    const int64_t first = s->out_offset + (s->include_initial ? s->out_strides[s->axis] : 0);
    a->in = (const char *)s->in->address + s->in_offset * (int64_t)lsi_dtype_size(s->dtype);
    a->out = (char *)s->out->address + first * (int64_t)lsi_dtype_size(s->result);
    a->n = s->shape[s->axis];
    a->in_step = s->in_strides[s->axis];
    a->out_step = s->out_strides[s->axis];
    a->tiles = ceil_div(a->n, LS_SCAN_TILE);
    a->in_dtype = (int32_t)s->dtype;
    a->out_dtype = (int32_t)s->result;
    job->near = near_axis(s);
    a->width = job->near < 0 ? 1 : s->shape[job->near];
    job->lines = 1;
    set_others(job);
    if (job->near >= 0) join_columns(job);
    a->lines = job->lines;
    a->in_axes = axes_of(job, s->in_strides);
    a->out_axes = axes_of(job, s->out_strides);
}

/* --- launches --- */

static void launch(const scan_job *job, const lsi_kernel *kernels, int64_t blocks)
{
    lsi_work_launch(job->work, kernels[job->scan->product], (lsi_grid){(uint64_t)blocks, 1, 1}, LS_SCAN_THREADS, 0,
                    &job->args, sizeof job->args);
}

static void run_lines(scan_job *job)
{
    const int64_t in_row = ROW_BYTES / job->kernels->acc, rows = LS_SCAN_RUN / in_row;
    job->args.line_rows = 1;
    while (job->args.line_rows * in_row < job->args.n) job->args.line_rows *= 2;
    if (lsi_work_enter(job->work))
        launch(job, job->kernels->lines, ceil_div(job->lines, rows / job->args.line_rows * LS_SCAN_WARPS));
}

/* What the tiles tell each other, in one block of memory: ticket, known, totals, outputs. */
static void run_tiles(scan_job *job)
{
    const size_t tiles = (size_t)job->lines * (size_t)job->args.tiles, acc = (size_t)job->kernels->acc;
    const size_t known = (16 + tiles * sizeof(uint32_t) + 15) / 16 * 16;
    char *memory = lsi_work_scratch(job->work, known + 2 * tiles * acc);
    if (!lsi_work_enter(job->work)) return;
    job->args.ticket = (uint64_t *)(void *)memory;
    job->args.known = (uint32_t *)(void *)(memory + 16);
    job->args.totals = memory + known;
    job->args.outputs = memory + known + tiles * acc;
    lsi_work_fill(job->work, memory, 0, known);
    launch(job, job->kernels->tiles, (int64_t)tiles);
}

static void run_columns(scan_job *job)
{
    ls_scan_args *a = &job->args;
    const int64_t blocks = job->lines * ceil_div(a->width, 32), columns = job->lines * a->width;
    const bool split = a->tiles > 1 && blocks < (int64_t)job->work->device->multiprocessors * BLOCKS_PER_SM;
    if (split) a->totals = lsi_work_scratch(job->work, (size_t)(columns * a->tiles) * (size_t)job->kernels->acc);
    if (!lsi_work_enter(job->work)) return;
    a->phase = split ? LS_SCAN_TOTALS : LS_SCAN_WHOLE;
    launch(job, job->kernels->columns, split ? blocks * a->tiles : blocks);
    if (!split) return;
    launch(job, job->kernels->chain, ceil_div(columns, LS_SCAN_THREADS));
    a->phase = LS_SCAN_OUTPUTS;
    launch(job, job->kernels->columns, blocks * a->tiles);
}

/* Output 0 of every line, where that is the identity. */
static void write_initial(lsi_work *work, const lsi_scan *s)
{
    const int64_t size = (int64_t)lsi_dtype_size(s->result);
    ls_reduce_fill_args a;
    lsi_scalar value = {LS_INT64, {0}};
    memset(&a, 0, sizeof a);
    value.value.i = s->product;
    value = lsi_scalar_cast(&value, s->result);
    lsi_scalar_store(&value, a.value);
    a.out = (char *)s->out->address + s->out_offset * size;
    a.size = (int32_t)size;
    a.outputs = 1;
    for (int axis = 0; axis < s->ndim; axis++) {
        if (axis == s->axis) continue;
        a.axes.shape[a.axes.count] = s->shape[axis];
        a.axes.stride[a.axes.count++] = s->out_strides[axis];
        a.outputs *= s->shape[axis];
    }
    lsi_work_launch(work, (lsi_kernel){"sum_int", "ls_reduce_fill"},
                    (lsi_grid){(uint64_t)ceil_div(a.outputs, FILL_THREADS), 1, 1}, FILL_THREADS, 0, &a, sizeof a);
}

static ls_status scan_lines(lsi_device *device, const lsi_scan *scan, lsi_ticket *done)
{
    lsi_work work;
    scan_job job = {.scan = scan, .kernels = kernels_of(scan->result), .work = &work};
    lsi_work_begin(&work, device, scan->function, scan->place);
    lsi_work_reads(&work, scan->in);
    lsi_work_writes(&work, scan->out);
    set_args(&job);
    if (job.args.n == 0) lsi_work_enter(&work);
    else if (job.near >= 0) run_columns(&job);
    else if (job.args.n <= LS_SCAN_RUN) run_lines(&job);
    else run_tiles(&job);
    if (scan->include_initial && work.entered) write_initial(&work, scan);
    return lsi_work_end(&work, done);
}

/* --- elements that are cast first --- */

/* The elements as the result's dtype, C-contiguous, by a program. */
static ls_status cast_first(lsi_device *device, const lsi_scan *scan, lsi_buffer *to)
{
    lsi_source source = {.kind = LSI_SOURCE_BUFFER, .dtype = scan->dtype, .offset = scan->in_offset,
                         .buffer = scan->in};
    const lsi_instr cast = {LSI_OP_cast, (uint8_t)scan->dtype, (uint8_t)scan->result, {0, -1, -1}};
    lsi_store store = {.value = 1, .buffer = to};
    lsi_program program = {.ndim = scan->ndim, .nsource = 1, .ninstr = 1, .nstore = 1, .sources = &source,
                           .instrs = &cast, .stores = &store, .function = scan->function, .place = scan->place};
    int64_t step = 1;
    lsi_ticket ticket;
    for (int a = scan->ndim - 1; a >= 0; a--) {
        program.shape[a] = scan->shape[a];
        source.strides[a] = scan->in_strides[a];
        store.strides[a] = step;
        step *= scan->shape[a];
    }
    return lsi_device_run(&device->backend, &program, &ticket);
}

static ls_status scan_after_cast(lsi_device *device, const lsi_scan *scan, int64_t elements, lsi_ticket *done)
{
    lsi_scan same = *scan;
    int64_t step = 1;
    const size_t bytes = (size_t)elements * lsi_dtype_size(scan->result);
    same.in = lsi_buffer_new(&device->backend, bytes);
    if (!same.in) return lsi_backend_no_memory(&device->backend, scan->function, scan->place, bytes);
    same.in_offset = 0;
    same.dtype = scan->result;
    for (int a = scan->ndim - 1; a >= 0; a--) {
        same.in_strides[a] = step;
        step *= scan->shape[a];
    }
    ls_status status = cast_first(device, scan, same.in);
    if (status == LS_OK) status = scan_lines(device, &same, done);
    lsi_buffer_release(same.in);
    return status;
}

ls_status lsi_device_scan(lsi_backend *backend, const lsi_scan *scan, lsi_ticket *done)
{
    lsi_device *device = lsi_device_of(backend);
    int64_t lines = 1;
    for (int a = 0; a < scan->ndim; a++)
        if (a != scan->axis) lines *= scan->shape[a];
    const int64_t elements = lines * scan->shape[scan->axis];
    if (lines == 0 || (elements == 0 && !scan->include_initial)) {
        if (done) *done = (lsi_ticket){0, 0};
        return LS_OK;
    }
    if (elements == 0 || reads(scan->dtype, scan->result)) return scan_lines(device, scan, done);
    return scan_after_cast(device, scan, elements, done);
}
