/* SPDX-License-Identifier: BSD-3-Clause
 *
 * src/device/matmul.c decides rightly between cuBLAS and our kernels, and tells cuBLAS the truth about strides: on whole
 * numbers, whose sums are exact in any order, every way gives the host's bits. Work is done at once here: kernels run
 * through the shim, cuBLAS is fake_cublas.c. Arguments: its path, or nothing where LOCKSTEP_CUBLAS decides. */
#include "../support/check.h"
#include "backend.h"
#include "core/dtype.h"
#include "core/error.h"
#include "device/cublas.h"
#include "fake_cublas.h"
#include "host/matmul.h"
#include "lockstep.h"
#include "matmul/reference.h"
#include "shim_run.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdlib.h>

/* --- work that is done at once --- */

static struct counts {
    long launches, copies, scratch, reads, writes;
} counts;
/* Streams take turns by `next_stream`. */
static int streams_of_tests[LSI_MAX_STREAMS], next_stream;
static long settled;

void lsi_work_begin(lsi_work *work, lsi_device *device, const char *function, const char *place)
{
    memset(work, 0, sizeof *work);
    counts.writes = 0; /* of the last attempt */
    work->device = device, work->function = function, work->place = place;
}
void lsi_work_reads(lsi_work *work, lsi_buffer *buffer) { counts.reads += work && buffer; }
void lsi_work_writes(lsi_work *work, lsi_buffer *buffer) { counts.writes += work && buffer; }
void *lsi_work_scratch(lsi_work *work, size_t bytes)
{
    void *address = malloc(bytes);
    memset(address, 0xff, bytes);
    work->scratch[work->nscratch++].address = address;
    counts.scratch++;
    return address;
}
bool lsi_work_enter(lsi_work *work)
{
    work->stream = next_stream;
    return work->entered = true;
}
lsi_stream lsi_work_stream(lsi_work *work)
{
    return work->status ? NULL : (lsi_stream)(void *)&streams_of_tests[work->stream];
}
void lsi_device_settle(lsi_device *device, const lsi_clock *work) { settled += device && work; }
void lsi_work_enqueued(lsi_work *work, int code, const char *what) { work->enqueued |= code == 0 && what; }
void lsi_work_fail(lsi_work *work, ls_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char text[256];
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    work->status = lsi_fail_for(work->function, work->place, status, "%s", text);
}
void lsi_work_launch(lsi_work *work, lsi_kernel kernel, lsi_grid blocks, unsigned threads, unsigned shared_bytes,
                     const void *args, size_t size)
{
    const lsi_shim_kernel *found = lsi_shim_find(kernel.module, kernel.name);
    if (work->status || !CHECK(work->entered && found && lsi_shim_args(found) == size && shared_bytes == 0)) return;
    counts.launches++;
    counts.copies += strcmp(kernel.name, "ls_matmul_copy") == 0;
    lsi_shim_run(found, (unsigned)blocks.x, 1, 1, threads, 0, args, 1);
}
ls_status lsi_work_end(lsi_work *work, lsi_ticket *done)
{
    for (int i = 0; i < work->nscratch; i++) free(work->scratch[i].address);
    *done = (lsi_ticket){0};
    return work->status;
}
lsi_code lsi_device_enter(lsi_device *device, lsi_context *before) { return (void)device, *before = NULL, 0; }
void lsi_device_leave(lsi_device *device, lsi_context before) { (void)device, (void)before; }

/* --- one product --- */

typedef enum layout { ROWS, COLUMNS, WIDE_ROWS, REVERSED, SPREAD } layout;

static int64_t lay(layout kind, int64_t rows, int64_t cols, int64_t *offset, int64_t *row, int64_t *col)
{
    *offset = 0, *row = cols, *col = 1;
    switch (kind) {
    case COLUMNS: *row = 1, *col = rows; break;
    case WIDE_ROWS: *row = cols + 5; break;
    case REVERSED: *row = -cols, *col = -1, *offset = rows * cols - 1; break;
    case SPREAD: *row = 2 * cols + 1, *col = 2; break;
    default: break;
    }
    return kind == SPREAD || kind == WIDE_ROWS ? rows * *row + 1 : rows * cols + 1;
}

typedef struct sizes {
    int64_t outer, inner, m, n, k;
    layout x, y, out;
    bool share_x, share_y;
    long products, copies; /* expected of cuBLAS; 0 products: our own kernels */
} sizes;

static lsi_device device = {.backend = {.name = "cuda:0"}, .multiprocessors = 4, .major = 9};
static fake_cublas *fake;
static uint32_t random_state = 1;

/* Whole numbers from -3 to 3. */
static void fill(ls_dtype dtype, char *elements, int64_t count)
{
    const size_t size = lsi_dtype_size(dtype);
    for (int64_t i = 0; i < count; i++) {
        random_state = random_state * 1664525u + 1013904223u;
        const double value = (double)(random_state >> 20) - 2048, im = (double)(random_state >> 24 & 7) - 3;
        const double re = value - 7 * (double)(int)(value / 7);
        lsi_scalar scalar = {.dtype = dtype};
        if (lsi_dtype_kind(dtype) == LSI_KIND_COMPLEX) scalar.value.c = (ls_complex){(int)re / 2, im};
        else if (lsi_dtype_kind(dtype) == LSI_KIND_FLOAT) scalar.value.f = (int)re / 2;
        else scalar.value.i = (int)re / 2;
        lsi_scalar_store(&scalar, elements + (size_t)i * size);
    }
}

static void check_one(ls_dtype dtype, const sizes *s, bool exact)
{
    lsi_buffer x = {0}, y = {0}, out = {0}, expected = {0};
    lsi_matmul task = {.exact = exact, .dtype = dtype, .nbatch = 2, .batch = {s->outer, s->inner}, .m = s->m, .n = s->n,
                       .k = s->k, .x = &x, .y = &y, .out = &out, .function = "test", .place = "here"};
    const int64_t x_span = lay(s->x, s->m, s->k, &task.x_offset, &task.x_row, &task.x_col);
    const int64_t y_span = lay(s->y, s->k, s->n, &task.y_offset, &task.y_row, &task.y_col);
    const int64_t out_span = lay(s->out, s->m, s->n, &task.out_offset, &task.out_row, &task.out_col);
    const int64_t batches = s->outer * s->inner;
    const size_t size = lsi_dtype_size(dtype), out_bytes = (size_t)(batches * out_span) * size;
    task.x_batch[0] = x_span * s->inner, task.x_batch[1] = s->share_x ? 0 : x_span;
    task.y_batch[0] = y_span * s->inner, task.y_batch[1] = s->share_y ? 0 : y_span;
    task.out_batch[0] = out_span * s->inner, task.out_batch[1] = out_span;
    x.address = malloc((size_t)(batches * x_span) * size);
    y.address = malloc((size_t)(batches * y_span) * size);
    out.address = malloc(out_bytes), expected.address = malloc(out_bytes);
    fill(dtype, x.address, batches * x_span);
    fill(dtype, y.address, batches * y_span);
    memset(out.address, 0x5a, out_bytes), memset(expected.address, 0x5a, out_bytes);

    const struct counts before = counts;
    const long products = fake ? fake->products : 0;
    lsi_ticket done;
    CHECK(lsi_device_matmul(&device.backend, &task, &done) == LS_OK);
    const bool library = fake && !exact && lsi_blas_has(dtype) && s->products > 0;
    bool ok = CHECK_EQ_INT(counts.writes, 1);
    if (fake) ok &= CHECK_EQ_INT(fake->products - products, library ? s->products : 0);
    ok &= CHECK_EQ_INT(counts.copies - before.copies, library ? s->copies : 0);
    task.exact = true, task.out = &expected;
    CHECK(lsi_host_matmul(&task) == LS_OK);
    int64_t differ = 0;
    for (size_t i = 0; i < (size_t)(batches * out_span); i++)
        differ += !reference_same(dtype, (char *)out.address + i * size, (char *)expected.address + i * size);
    ok &= CHECK_EQ_INT(differ, 0);
    if (!ok)
        printf("dtype %d, %lld x %lld of %lld x %lld x %lld, layouts %d %d %d%s\n", (int)dtype, (long long)s->outer,
               (long long)s->inner, (long long)s->m, (long long)s->n, (long long)s->k, s->x, s->y, s->out,
               exact ? ", exact" : "");
    free(x.address), free(y.address), free(out.address), free(expected.address);
}

static const sizes all[] = {
    {1, 1, 40, 50, 60, ROWS, ROWS, ROWS, false, false, 1, 0},
    {1, 1, 40, 50, 60, COLUMNS, ROWS, ROWS, false, false, 1, 0},
    {1, 1, 40, 50, 60, ROWS, COLUMNS, ROWS, false, false, 1, 0},
    {1, 1, 40, 50, 60, COLUMNS, COLUMNS, COLUMNS, false, false, 1, 0},
    {1, 1, 40, 50, 60, WIDE_ROWS, COLUMNS, WIDE_ROWS, false, false, 1, 0},
    {1, 1, 40, 50, 60, REVERSED, ROWS, ROWS, false, false, 1, 1},
    {1, 1, 40, 50, 60, SPREAD, REVERSED, COLUMNS, false, false, 1, 2},
    {1, 1, 40, 50, 60, ROWS, ROWS, SPREAD, false, false, 0, 0},
    {1, 1, 40, 50, 10, SPREAD, ROWS, ROWS, false, false, 0, 0},   /* too small for a copy */
    {1, 1, 20, 20, 20, ROWS, ROWS, ROWS, false, false, 0, 0},     /* too small */
    {1, 1, 300, 1, 200, ROWS, ROWS, ROWS, false, false, 1, 0},
    {1, 1, 1, 300, 200, ROWS, ROWS, ROWS, false, false, 1, 0},
    {1, 1, 1, 300, 200, SPREAD, COLUMNS, ROWS, false, false, 1, 0}, /* a spread row is a column by rows */
    {1, 1, 1, 1, 40000, ROWS, ROWS, ROWS, false, false, 0, 0},    /* an inner product */
    {1, 5, 20, 30, 40, ROWS, ROWS, ROWS, false, false, 1, 0},
    {3, 2, 20, 30, 40, COLUMNS, ROWS, ROWS, false, false, 1, 0},  /* both axes are one */
    {3, 2, 32, 33, 40, ROWS, ROWS, ROWS, false, true, 3, 0},      /* they are not */
    {3, 4, 32, 33, 40, SPREAD, REVERSED, ROWS, true, false, 3, 2},
    {400, 2, 8, 8, 8, ROWS, ROWS, ROWS, false, true, 0, 0},       /* too many calls */
};

static void check_all(void)
{
    static const ls_dtype dtypes[] = {LS_FLOAT32, LS_FLOAT64, LS_COMPLEX64, LS_COMPLEX128, LS_FLOAT16, LS_BFLOAT16, LS_INT32};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (size_t d = 0; d < sizeof dtypes / sizeof *dtypes; d++) {
            if (all[i].k > 1000 && (dtypes[d] == LS_FLOAT16 || dtypes[d] == LS_BFLOAT16)) continue;
            check_one(dtypes[d], &all[i], false);
            check_one(dtypes[d], &all[i], true);
        }
}

static void check_failure(int status, ls_status expected)
{
    float numbers[64 * 64] = {0};
    lsi_buffer buffer = {.address = numbers, .bytes = sizeof numbers}, out = {.address = malloc(sizeof numbers)};
    const lsi_matmul task = {.dtype = LS_FLOAT32, .m = 64, .n = 64, .k = 64, .x = &buffer, .y = &buffer, .out = &out,
                             .x_row = 64, .x_col = 1, .y_row = 64, .y_col = 1, .out_row = 64, .out_col = 1,
                             .function = "test", .place = "here"};
    lsi_ticket done;
    fake->next_status = status;
    CHECK_STATUS(lsi_device_matmul(&device.backend, &task, &done), expected);
    CHECK_STATUS(ls_error(), expected);
    ls_clear_error();
    free(out.address);
}

/* Each stream has one workspace for good, and the handle hears of streams only when they change. */
static void check_streams(void)
{
    static const int turns[] = {0, 0, 1, 1, 1, 0, 2, 2, 0};
    void *workspaces[3] = {NULL};
    float numbers[64 * 64] = {0};
    lsi_buffer buffer = {.address = numbers, .bytes = sizeof numbers}, out = {.address = malloc(sizeof numbers)};
    const lsi_matmul task = {.dtype = LS_FLOAT32, .m = 64, .n = 64, .k = 64, .x = &buffer, .y = &buffer, .out = &out,
                             .x_row = 64, .x_col = 1, .y_row = 64, .y_col = 1, .out_row = 64, .out_col = 1,
                             .function = "test", .place = "here"};
    lsi_ticket done;
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        const long streams = fake->streams, products = fake->products;
        const bool same = i > 0 && turns[i] == turns[i - 1];
        next_stream = turns[i];
        CHECK_STATUS(lsi_device_matmul(&device.backend, &task, &done), LS_OK);
        CHECK_EQ_INT(fake->products - products, 1);
        if (i > 0) CHECK_EQ_INT(fake->streams - streams, !same);
        CHECK(fake->stream == &streams_of_tests[turns[i]]);
        if (!workspaces[turns[i]]) workspaces[turns[i]] = fake->workspace;
        CHECK(fake->workspace && fake->workspace == workspaces[turns[i]]);
    }
    CHECK(workspaces[0] != workspaces[1] && workspaces[1] != workspaces[2] && workspaces[0] != workspaces[2]);
    CHECK_EQ_INT(fake->refused, 0);
    free(out.address);

    /* A stream without one when there is no memory: the product fails, and works later. */
    out.address = malloc(sizeof numbers);
    next_stream = 3;
    lsi_alloc_fail_at(1, true);
    CHECK_STATUS(lsi_device_matmul(&device.backend, &task, &done), LS_ENOMEM);
    lsi_alloc_fail_at(0, false);
    CHECK(strstr(ls_error_message(), "no memory for 33554432 bytes on cuda:0"));
    ls_clear_error();
    CHECK_STATUS(lsi_device_matmul(&device.backend, &task, &done), LS_OK);
    next_stream = 0;
    free(out.address);
}

static int no_event(void *context, int stream, void **event) { return context || stream || event ? 0 : 1; }

/* When memory runs out, the workspaces go; the next product makes a new one and tells the handle of it. */
static void check_workspaces_given_back(void)
{
    const lsi_queues queues = {.streams = 4, .record = no_event};
    lsi_pool_stats before, after;
    device.scheduler = lsi_scheduler_new(&queues);
    check_failure(0, LS_OK);
    lsi_pool_get_stats(device.backend.pool, &before);
    lsi_blas_give_back(&device);
    lsi_pool_get_stats(device.backend.pool, &after);
    CHECK_EQ_INT((before.in_use - after.in_use) >> 25, 4); /* and what the pool rounds up by */
    const long told = fake->workspaces;
    check_failure(0, LS_OK);
    CHECK_EQ_INT(fake->workspaces, told + 1);
    CHECK(fake->workspace != NULL);
    lsi_pool_get_stats(device.backend.pool, &after);
    CHECK_EQ_INT((before.in_use - after.in_use) >> 25, 3);
    lsi_scheduler_delete(device.scheduler);
}

static char described[512];
static void keep(void *context, const char *key, const char *value)
{
    (void)context;
    if (CHECK_STR(key, "cublas")) snprintf(described, sizeof described, "%s", value);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        void *handle = dlopen(argv[1], RTLD_NOW);
        fake = handle ? dlsym(handle, "fake_cublas_state") : NULL;
        if (!CHECK(fake != NULL)) return check_report();
    }
    device.backend.pool = lsi_pool_new(lsi_prim_malloc());
    lsi_blas_describe(&device, keep, NULL);
    printf("before: %s\n", described);
    CHECK(!!strstr(described, "own kernels") == !fake);
    CHECK(!device.blas);
    check_all();
    lsi_blas_describe(&device, keep, NULL);
    printf("after: %s\n", described);
    if (fake) {
        CHECK(strstr(described, "13.1.0, /") == described);
        CHECK_EQ_INT(fake->refused, 0);
        CHECK_EQ_INT(fake->created, 1);
        CHECK_EQ_INT(fake->math_mode, LSI_BLAS_FULL_PRECISION_SUMS);
        CHECK(fake->stream == &streams_of_tests[0]);
        CHECK_EQ_INT(fake->streams, 1);
        CHECK_EQ_INT(fake->workspace_bytes, 32 << 20);
        check_failure(LSI_BLAS_OUT_OF_MEMORY, LS_ENOMEM);
        check_failure(13, LS_EDEVICE);
        check_streams();
        check_workspaces_given_back();
        printf("%ld products of %ld matrices by cuBLAS\n", fake->products, fake->matrices);
    }
    return check_report();
}
