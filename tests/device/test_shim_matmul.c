/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The kernels of kernels/matmul.cu, run on the CPU as src/device/matmul_plan.c would launch them, give the bits of the
 * host's exact products: for every dtype, kind of tile, cut of the depth, stride and batch. */
#include "../support/check.h"
#include "backend.h"
#include "device/matmul_plan.h"
#include "host/matmul.h"
#include "matmul/reference.h"
#include "shim_run.h"
#include <stdlib.h>

static const ls_dtype dtypes[] = {LS_FLOAT32, LS_FLOAT64, LS_COMPLEX64, LS_COMPLEX128, LS_FLOAT16, LS_BFLOAT16, LS_INT8,
                                  LS_UINT8,   LS_INT16,   LS_UINT16,    LS_INT32,      LS_UINT32,  LS_INT64,    LS_UINT64};
enum { DTYPES = sizeof dtypes / sizeof *dtypes, GUARD = 16 };

typedef enum layout { ROWS, COLUMNS, REVERSED, SPREAD } layout;

/* Strides of a rows x cols matrix; returns how many elements it spans. */
static int64_t lay(layout kind, int64_t rows, int64_t cols, int64_t *offset, int64_t *row, int64_t *col)
{
    *offset = 0;
    switch (kind) {
    case COLUMNS: *row = 1, *col = rows; break;
    case REVERSED: *row = -cols, *col = -1, *offset = rows * cols - 1; break;
    case SPREAD: *row = 2 * cols + 1, *col = 2; break;
    default: *row = cols, *col = 1;
    }
    return kind == SPREAD ? rows * *row + 1 : rows * cols + 1;
}

typedef struct sizes {
    int64_t outer, inner, m, n, k; /* a batch of outer x inner */
    layout x, y, out;
    bool share_x, share_y;
    int multiprocessors;
} sizes;

/* Whether every product is rounded to -0, and so every sum: the one number that adding +0 changes. */
static bool vanishing_sums;

/* What was run at all: a plan that never chooses a kernel leaves it untested. */
static struct seen {
    const char *kernel;
    long times;
} seen[] = {{"ls_matmul_wide", 0}, {"ls_matmul_small", 0}, {"ls_matmul_tall", 0},
            {"ls_matmul_flat", 0}, {"ls_matmul_each", 0},  {"ls_matmul_join", 0}};
enum { KERNELS = sizeof seen / sizeof *seen };
static int most_levels, most_joins;
static long most_turns; /* items that one block took */
static uint64_t seed = 1;

static void note(const lsi_matmul_plan *plan)
{
    for (int i = 0; i < plan->nlaunch; i++)
        for (int kernel = 0; kernel < KERNELS; kernel++)
            seen[kernel].times += strcmp(plan->launches[i].kernel, seen[kernel].kernel) == 0;
    const ls_matmul_args *a = &plan->launches[0].args.product;
    const long turns = (long)(a->tiles_m * a->tiles_n * a->groups * a->batches / (int64_t)plan->launches[0].blocks);
    if (a->levels > most_levels) most_levels = a->levels;
    if (plan->nlaunch - 1 > most_joins) most_joins = plan->nlaunch - 1;
    if (turns > most_turns) most_turns = turns;
}

static void run_plan(lsi_matmul_plan *plan)
{
    void *partial = malloc(plan->partial_bytes + 1), *waiting = malloc(plan->waiting_bytes + 1);
    memset(partial, 0xff, plan->partial_bytes);
    memset(waiting, 0xff, plan->waiting_bytes);
    lsi_matmul_plan_place(plan, (uint64_t)(uintptr_t)partial, (uint64_t)(uintptr_t)waiting);
    for (int i = 0; i < plan->nlaunch; i++) {
        const lsi_matmul_launch *launch = &plan->launches[i];
        const lsi_shim_kernel *kernel = lsi_shim_find(plan->module, launch->kernel);
        if (!CHECK(kernel && lsi_shim_args(kernel) == launch->size && lsi_shim_threads(kernel) == launch->threads))
            continue;
        lsi_shim_run(kernel, (unsigned)launch->blocks, 1, 1, launch->threads, 0, &launch->args, seed++);
    }
    free(partial), free(waiting);
}

static void fill(ls_dtype dtype, void *elements, int64_t count, const sizes *s, double vanishing)
{
    reference_fill(dtype, elements, count, seed++, s->k < 100);
    for (int64_t i = 0; vanishing_sums && i < count; i++)
        if (dtype == LS_FLOAT32) ((float *)elements)[i] = (float)vanishing;
        else if (dtype == LS_FLOAT64) ((double *)elements)[i] = vanishing * 0x1p-500;
}

static void check_one(ls_dtype dtype, const sizes *s)
{
    lsi_buffer x = {0}, y = {0}, out = {0}, expected = {0};
    lsi_matmul task = {.exact = true, .dtype = dtype, .nbatch = 2, .batch = {s->outer, s->inner}, .m = s->m, .n = s->n,
                       .k = s->k, .x = &x, .y = &y, .out = &out, .function = "test", .place = "here"};
    const int64_t x_span = lay(s->x, s->m, s->k, &task.x_offset, &task.x_row, &task.x_col);
    const int64_t y_span = lay(s->y, s->k, s->n, &task.y_offset, &task.y_row, &task.y_col);
    const int64_t out_span = lay(s->out, s->m, s->n, &task.out_offset, &task.out_row, &task.out_col);
    const int64_t batches = s->outer * s->inner, count = batches * out_span + 2 * GUARD;
    const size_t size = reference_size(dtype);
    task.out_offset += GUARD;
    task.x_batch[0] = x_span * s->inner, task.x_batch[1] = s->share_x ? 0 : x_span;
    task.y_batch[0] = y_span * s->inner, task.y_batch[1] = s->share_y ? 0 : y_span;
    task.out_batch[0] = out_span * s->inner, task.out_batch[1] = out_span;
    x.address = malloc((size_t)(batches * x_span) * size);
    y.address = malloc((size_t)(batches * y_span) * size);
    out.address = malloc((size_t)count * size);
    expected.address = malloc((size_t)count * size);
    fill(dtype, x.address, batches * x_span, s, -0x1p-100);
    fill(dtype, y.address, batches * y_span, s, 0x1p-100);
    memset(out.address, 0x5a, (size_t)count * size);
    memset(expected.address, 0x5a, (size_t)count * size);

    lsi_matmul_plan plan;
    lsi_matmul folded = task;
    lsi_matmul_fold(&folded);
    CHECK(lsi_matmul_plan_make(&plan, &folded, s->multiprocessors));
    note(&plan);
    run_plan(&plan);
    task.out = &expected;
    CHECK(lsi_host_matmul(&task) == LS_OK);
    int64_t differ = 0, first = -1;
    for (int64_t i = 0; i < count; i++)
        if (!reference_same(dtype, (char *)out.address + (size_t)i * size, (char *)expected.address + (size_t)i * size)) {
            first = differ ? first : i;
            differ++;
        }
    if (!CHECK(differ == 0))
        printf("dtype %d, %lld x %lld of %lld x %lld x %lld, layouts %d %d %d, %s: %lld of %lld differ, first %lld\n",
               (int)dtype, (long long)s->outer, (long long)s->inner, (long long)s->m, (long long)s->n, (long long)s->k,
               s->x, s->y, s->out, plan.launches[0].kernel, (long long)differ, (long long)count, (long long)first);
    free(x.address), free(y.address), free(out.address), free(expected.address);
}

/* One multiprocessor asks for wide tiles and whole depths, many for small tiles and cut depths. */
static const sizes every_dtype[] = {
    {1, 1, 1, 1, 1, ROWS, ROWS, ROWS, false, false, 132},
    {1, 1, 130, 131, 37, ROWS, ROWS, ROWS, false, false, 1},
    {1, 1, 70, 129, 16, COLUMNS, COLUMNS, COLUMNS, false, false, 1},
    {1, 2, 65, 67, 8, REVERSED, SPREAD, SPREAD, false, false, 1},
    {1, 1, 33, 34, 35, ROWS, COLUMNS, ROWS, false, false, 132},
    {2, 3, 17, 31, 5, SPREAD, REVERSED, ROWS, false, true, 132},
    {2, 2, 20, 9, 3, ROWS, ROWS, ROWS, true, false, 132},
    {1, 1, 150, 1, 70, ROWS, ROWS, ROWS, false, false, 132},
    {1, 1, 129, 8, 33, COLUMNS, ROWS, ROWS, false, false, 4},
    {1, 1, 1, 150, 70, ROWS, COLUMNS, ROWS, false, false, 132},
    {1, 1, 7, 129, 33, COLUMNS, ROWS, COLUMNS, false, false, 4},
    {3, 5, 4, 3, 6, ROWS, COLUMNS, ROWS, false, false, 132},
    {1, 1, 33, 40, 0, ROWS, ROWS, ROWS, false, false, 132},
    {1, 1, 2, 40, 0, ROWS, ROWS, ROWS, false, false, 132},
    {1, 1, 3, 5, 4100, ROWS, ROWS, ROWS, false, false, 132},
    {1, 1, 5, 3, 8200, ROWS, COLUMNS, ROWS, false, false, 1},
    {1, 1, 34, 33, 6200, ROWS, ROWS, ROWS, false, false, 1},
    {1, 1, 1, 1, 40000, ROWS, ROWS, ROWS, false, false, 132},
};
/* Around the edges of tiles, slices and pieces. */
static const sizes few_dtypes[] = {
    {1, 1, 128, 128, 2048, ROWS, ROWS, ROWS, false, false, 1},
    {1, 1, 127, 65, 2049, COLUMNS, COLUMNS, ROWS, false, false, 1},
    {1, 1, 64, 64, 2047, ROWS, COLUMNS, ROWS, false, false, 132},
    {1, 1, 40, 20, 14400, ROWS, ROWS, ROWS, false, false, 1},
    {1, 1, 12, 10, 20481, COLUMNS, ROWS, ROWS, false, false, 132},
    {2, 1, 300, 260, 65, ROWS, ROWS, ROWS, false, false, 1},
    {1, 3, 257, 2, 4097, ROWS, COLUMNS, SPREAD, false, false, 1},
    {40, 30, 5, 7, 70, ROWS, ROWS, ROWS, false, false, 132},
};
static const sizes vanishing[] = {
    {1, 1, 40, 41, 2050, ROWS, ROWS, ROWS, false, false, 132},
    {1, 1, 100, 100, 5, ROWS, ROWS, ROWS, false, false, 1},
    {1, 1, 100, 3, 45, ROWS, ROWS, ROWS, false, false, 1},
};

int main(void)
{
    const ls_dtype few[] = {LS_FLOAT32, LS_FLOAT64, LS_COMPLEX64};
    for (size_t i = 0; i < sizeof every_dtype / sizeof *every_dtype; i++)
        for (int d = 0; d < DTYPES; d++) check_one(dtypes[d], &every_dtype[i]);
    for (size_t i = 0; i < sizeof few_dtypes / sizeof *few_dtypes; i++)
        for (size_t d = 0; d < sizeof few / sizeof *few; d++) check_one(few[d], &few_dtypes[i]);
    vanishing_sums = true;
    for (size_t i = 0; i < sizeof vanishing / sizeof *vanishing; i++)
        for (size_t d = 0; d < 2; d++) check_one(few[d], &vanishing[i]);
    for (int kernel = 0; kernel < KERNELS; kernel++) {
        printf("%-16s %5ld launches\n", seen[kernel].kernel, seen[kernel].times);
        CHECK(seen[kernel].times > 0);
    }
    printf("tree of %d levels in a block, %d joins, %ld tiles by one block\n", most_levels, most_joins, most_turns);
    CHECK(most_levels >= 2);
    CHECK(most_joins >= 2);
    CHECK(most_turns >= 2);
    return check_report();
}
