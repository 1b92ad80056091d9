/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Matrix products on the device. Fast ones of floating-point numbers go to cuBLAS when it is there, without a copy where
 * the strides allow; all others are exact ones, by our own kernels as matmul_plan.c has it.
 *
 * cuBLAS's rounding is its own: for each output |error| <= k * eps * sum over p of |x_p| |y_p| (twice that for complex),
 * whatever its order of addition; float16 and bfloat16 add up in float32 and are rounded once more at the end. */
#include "core/dtype.h"
#include "core/error.h"
#include "device/cublas.h"
#include "device/matmul_plan.h"

#include <string.h>

/* --- exact --- */

static void *scratch_if(lsi_work *work, size_t bytes)
{
    return bytes ? lsi_work_scratch(work, bytes) : NULL;
}

static void name_buffers(lsi_work *work, const lsi_matmul *task)
{
    if (task->k > 0) {
        lsi_work_reads(work, task->x);
        lsi_work_reads(work, task->y);
    }
    lsi_work_writes(work, task->out);
}

static ls_status multiply_exactly(lsi_device *device, const lsi_matmul *task, lsi_ticket *done)
{
    lsi_matmul_plan plan;
    if (!lsi_matmul_plan_make(&plan, task, device->multiprocessors))
        return lsi_fail_for(task->function, task->place, LS_EDTYPE, "no matrix product of %s", lsi_dtype_name(task->dtype));
    lsi_work work;
    lsi_work_begin(&work, device, task->function, task->place);
    if (plan.nlaunch > 0) {
        name_buffers(&work, task);
        void *const partial = scratch_if(&work, plan.partial_bytes), *const waiting = scratch_if(&work, plan.waiting_bytes);
        lsi_matmul_plan_place(&plan, (uint64_t)(uintptr_t)partial, (uint64_t)(uintptr_t)waiting);
        lsi_work_enter(&work);
    }
    for (int i = 0; i < plan.nlaunch; i++) {
        const lsi_matmul_launch *launch = &plan.launches[i];
        lsi_work_launch(&work, (lsi_kernel){plan.module, launch->kernel}, (lsi_grid){launch->blocks, 1, 1}, launch->threads, 0,
                        &launch->args, launch->size);
    }
    return lsi_work_end(&work, done);
}

/* --- fast: one side of a product as cuBLAS takes it --- */

/* A matrix stored row after row, `ld` apart, or column after column. */
typedef struct form {
    bool rows, columns; /* neither: it has to be copied */
    int64_t ld;
} form;

/* Steps along axes of size 1 do not matter: then a leading dimension is made up. */
static form form_of(int64_t rows, int64_t cols, int64_t row, int64_t col)
{
    if ((col == 1 || cols == 1) && (row >= cols || rows == 1)) return (form){.rows = true, .ld = rows == 1 ? cols : row};
    if ((row == 1 || rows == 1) && (col >= rows || cols == 1)) return (form){.columns = true, .ld = cols == 1 ? rows : col};
    return (form){0};
}

typedef struct side {
    const lsi_buffer *buffer;
    int64_t offset, rows, cols, row, col;
    const int64_t *batch;
    form form;
    void *copy; /* in C order, where the strides suit no library */
} side;

static side side_of(const lsi_buffer *buffer, int64_t offset, int64_t rows, int64_t cols, int64_t row, int64_t col,
                    const int64_t *batch, int nbatch)
{
    const bool backwards = nbatch > 0 && batch[nbatch - 1] < 0;
    return (side){buffer, offset, rows, cols, row, col, batch, backwards ? (form){0} : form_of(rows, cols, row, col), NULL};
}

static bool needs_copy(const side *s)
{
    return !s->form.rows && !s->form.columns;
}

static void *place_copy(lsi_work *work, const side *s, const lsi_matmul *task)
{
    if (!needs_copy(s)) return NULL;
    const int64_t count = s->rows * s->cols * lsi_matmul_batches(task);
    return lsi_work_scratch(work, (size_t)count * lsi_dtype_size(task->dtype));
}

static void make_copy(lsi_work *work, side *s, const lsi_matmul *task, const char *module)
{
    if (!s->copy) return;
    const int64_t count = s->rows * s->cols * lsi_matmul_batches(task);
    ls_matmul_copy_args args = {.from = {.at = lsi_matmul_address(s->buffer, s->offset, task->dtype), .row = s->row,
                                         .col = s->col},
                                .to = (uint64_t)(uintptr_t)s->copy, .m = s->rows, .n = s->cols, .nbatch = task->nbatch,
                                .batches = lsi_matmul_batches(task)};
    memcpy(args.batch, task->batch, sizeof args.batch);
    memcpy(args.from.batch, s->batch, sizeof args.from.batch);
    const uint64_t blocks = (uint64_t)((count + LS_MATMUL_FLAT_THREADS - 1) / LS_MATMUL_FLAT_THREADS);
    lsi_work_launch(work, (lsi_kernel){module, "ls_matmul_copy"}, (lsi_grid){blocks, 1, 1}, LS_MATMUL_FLAT_THREADS, 0, &args,
                    sizeof args);
}

/* The matrix of one outer batch index, as an operand of a product by columns: a matrix stored by rows is its own
 * transpose there. */
static lsi_blas_matrix matrix_of(const side *s, const lsi_matmul *task, int64_t index)
{
    const int64_t size = (int64_t)lsi_dtype_size(task->dtype);
    const int last = task->nbatch - 1;
    if (s->copy) {
        const int64_t matrix = s->rows * s->cols, inner = last >= 0 ? task->batch[last] : 1;
        return (lsi_blas_matrix){(char *)s->copy + index * inner * matrix * size, LSI_BLAS_AS_IT_IS, s->cols, matrix};
    }
    int64_t offset = s->offset;
    for (int axis = last - 1; axis >= 0; axis--) {
        offset += index % task->batch[axis] * s->batch[axis];
        index /= task->batch[axis];
    }
    return (lsi_blas_matrix){(char *)s->buffer->address + offset * size,
                             s->form.rows ? LSI_BLAS_AS_IT_IS : LSI_BLAS_TRANSPOSED, s->form.ld,
                             last >= 0 ? s->batch[last] : 0};
}

/* --- fast: the product --- */

static int64_t calls_of(const lsi_matmul *task)
{
    int64_t calls = 1;
    for (int axis = 0; axis + 1 < task->nbatch; axis++) calls *= task->batch[axis];
    return calls;
}

/* Products that cuBLAS would not do sooner: small ones, inner products, many calls for one. An output that is stored
 * neither by rows nor by columns is not its kind at all. */
static bool worth_calling(const lsi_matmul *task)
{
    enum { SMALLEST = 32 * 32 * 32, MOST_CALLS = 256, SMALLEST_COPIED = 32 };
    const double work = (double)task->m * (double)task->n * (double)task->k;
    const form x = form_of(task->m, task->k, task->x_row, task->x_col);
    const form y = form_of(task->k, task->n, task->y_row, task->y_col);
    const bool copies = (!x.rows && !x.columns) || (!y.rows && !y.columns);
    if (copies && (task->m < SMALLEST_COPIED || task->n < SMALLEST_COPIED || task->k < SMALLEST_COPIED)) return false;
    if ((task->m == 1 && task->n == 1) || work * (double)lsi_matmul_batches(task) < SMALLEST) return false;
    return task->k > 0 && calls_of(task) <= MOST_CALLS;
}

/* An output stored by columns is the transposed product stored by rows. */
static lsi_matmul transposed(const lsi_matmul *task)
{
    lsi_matmul t = *task;
    t.m = task->n, t.n = task->m;
    t.x = task->y, t.x_offset = task->y_offset, t.x_row = task->y_col, t.x_col = task->y_row;
    t.y = task->x, t.y_offset = task->x_offset, t.y_row = task->x_col, t.y_col = task->x_row;
    memcpy(t.x_batch, task->y_batch, sizeof t.x_batch);
    memcpy(t.y_batch, task->x_batch, sizeof t.y_batch);
    t.out_row = task->out_col, t.out_col = task->out_row;
    return t;
}

/* Every call of the product. By rows out = x y is, by columns, out = y x: the operands change places. */
static void call_library(lsi_work *work, lsi_blas *blas, const lsi_matmul *task, const side *x, const side *y,
                         const side *out)
{
    const lsi_stream stream = lsi_work_stream(work);
    if (!stream && work->status) return;
    int status = lsi_blas_use_stream(blas, stream, work->stream);
    for (int64_t i = 0; !status && i < calls_of(task); i++) {
        const lsi_blas_call call = {task->dtype, matrix_of(y, task, i), matrix_of(x, task, i), matrix_of(out, task, i),
                                    task->n, task->m, task->k, task->nbatch ? task->batch[task->nbatch - 1] : 1};
        status = lsi_blas_multiply(blas, &call);
        if (!status) lsi_work_enqueued(work, 0, "cuBLAS");
    }
    if (status == LSI_BLAS_OUT_OF_MEMORY) lsi_work_fail(work, LS_ENOMEM, "cuBLAS is out of memory");
    else if (status) lsi_work_fail(work, LS_EDEVICE, "cuBLAS: status %d", status);
}

/* `without`: the stream the work came to, if that has no workspace yet; then nothing was done, since there is no waiting
 * for memory once work has been entered. -1: done, or failed. */
static ls_status try_fast(lsi_device *device, lsi_blas *blas, const lsi_matmul *task, int *without, lsi_ticket *done)
{
    side x = side_of(task->x, task->x_offset, task->m, task->k, task->x_row, task->x_col, task->x_batch, task->nbatch);
    side y = side_of(task->y, task->y_offset, task->k, task->n, task->y_row, task->y_col, task->y_batch, task->nbatch);
    const side out = side_of(task->out, task->out_offset, task->m, task->n, task->out_row, task->out_col, task->out_batch,
                             task->nbatch);
    lsi_matmul_plan plan; /* for the module's name */
    lsi_work work;
    lsi_matmul_plan_make(&plan, task, device->multiprocessors);
    lsi_work_begin(&work, device, task->function, task->place);
    name_buffers(&work, task);
    x.copy = place_copy(&work, &x, task);
    y.copy = place_copy(&work, &y, task);
    *without = -1;
    if (lsi_work_enter(&work)) {
        if (!atomic_load(&blas->workspaces[work.stream])) {
            *without = work.stream;
        } else {
            make_copy(&work, &x, task, plan.module);
            make_copy(&work, &y, task, plan.module);
            call_library(&work, blas, task, &x, &y, &out);
        }
    }
    return lsi_work_end(&work, done);
}

static ls_status multiply_fast(lsi_device *device, const lsi_matmul *given, lsi_ticket *done)
{
    if (!lsi_blas_has(given->dtype) || !worth_calling(given)) return (ls_status)LSI_DECLINED;
    const bool turned = form_of(given->m, given->n, given->out_row, given->out_col).columns;
    const lsi_matmul task = turned ? transposed(given) : *given;
    const side out = side_of(task.out, task.out_offset, task.m, task.n, task.out_row, task.out_col, task.out_batch, task.nbatch);
    if (!out.form.rows) return (ls_status)LSI_DECLINED;
    lsi_blas *blas = lsi_blas_of(device);
    if (!blas->entries) return (ls_status)LSI_DECLINED;

    lsi_matmul_plan plan; /* for the module's name */
    lsi_matmul_plan_make(&plan, &task, device->multiprocessors);
    int stream = -1;
    ls_status status;
    do {
        if (stream >= 0 && !lsi_blas_make_workspace(device, blas, stream))
            return lsi_backend_no_memory(&device->backend, task.function, task.place, blas->workspace_bytes);
        status = try_fast(device, blas, &task, &stream, done);
    } while (stream >= 0);
    return status;
}

ls_status lsi_device_matmul(lsi_backend *backend, const lsi_matmul *given, lsi_ticket *done)
{
    lsi_device *device = lsi_device_of(backend);
    lsi_matmul task = *given;
    lsi_matmul_fold(&task);
    if (!task.exact) {
        const ls_status status = multiply_fast(device, &task, done);
        if (status != (ls_status)LSI_DECLINED) return status;
    }
    return multiply_exactly(device, &task, done);
}
