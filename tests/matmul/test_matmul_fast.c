/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fast products stay within the stated bound, k * eps * (|x| @ |y|), twice that for complex, whatever the strides; and
 * what no library does is the exact product's bits. Holds whichever does them: run with a library, without
 * (LOCKSTEP_BLAS=off), with one of slow kernels; and exact products are the same bits in all of these. */
#include "../support/check.h"
#include "backend.h"
#include "host/blas.h"
#include "host/matmul.h"
#include "host/parallel.h"
#include "reference.h"
#include <float.h>
#include <stdlib.h>

enum { PARTS = 2 };

/* Real and imaginary part of an element. */
static void parts_of(ls_dtype dtype, const void *base, int64_t at, long double part[PARTS])
{
    part[1] = 0;
    switch (dtype) {
    case LS_FLOAT32: part[0] = (long double)((const float *)base)[at]; break;
    case LS_FLOAT64: part[0] = (long double)((const double *)base)[at]; break;
    case LS_COMPLEX64:
        for (int i = 0; i < PARTS; i++) part[i] = (long double)((const float *)base)[2 * at + i];
        break;
    default:
        for (int i = 0; i < PARTS; i++) part[i] = (long double)((const double *)base)[2 * at + i];
    }
}

/* How far one output is from the true one, in units of the bound. */
static double error_of(const lsi_matmul *t, int64_t b, int64_t i, int64_t j)
{
    const bool complex = t->dtype == LS_COMPLEX64 || t->dtype == LS_COMPLEX128;
    const double eps = t->dtype == LS_FLOAT32 || t->dtype == LS_COMPLEX64 ? FLT_EPSILON : DBL_EPSILON;
    long double sum[PARTS] = {0, 0}, size = 0, x[PARTS], y[PARTS], got[PARTS];
    for (int64_t p = 0; p < t->k; p++) {
        parts_of(t->dtype, t->x->address, t->x_offset + b * t->x_batch[0] + i * t->x_row + p * t->x_col, x);
        parts_of(t->dtype, t->y->address, t->y_offset + b * t->y_batch[0] + p * t->y_row + j * t->y_col, y);
        sum[0] += x[0] * y[0] - x[1] * y[1];
        sum[1] += x[0] * y[1] + x[1] * y[0];
        size += hypotl(x[0], x[1]) * hypotl(y[0], y[1]);
    }
    parts_of(t->dtype, t->out->address, t->out_offset + b * t->out_batch[0] + i * t->out_row + j * t->out_col, got);
    const long double bound = (long double)((complex ? 2 : 1) * eps * (double)t->k) * size;
    const long double error = hypotl(got[0] - sum[0], got[1] - sum[1]);
    return error == 0 ? 0 : (double)(error / bound);
}

typedef enum layout { BY_ROWS, BY_COLUMNS, PADDED, TURNED, LAYOUTS } layout;

static int64_t lay(layout kind, int64_t rows, int64_t cols, int64_t *offset, int64_t *row, int64_t *col)
{
    *offset = 0;
    switch (kind) {
    case BY_COLUMNS: *row = 1, *col = rows + 3; return cols * *col;
    case PADDED: *row = cols + 5, *col = 1; return rows * *row;
    case TURNED: *row = -cols, *col = -1, *offset = rows * cols - 1; return rows * cols;
    default: *row = cols, *col = 1; return rows * cols;
    }
}

static void within_bound(ls_dtype dtype, int64_t batch, int64_t m, int64_t n, int64_t k, layout lx, layout ly, layout lo)
{
    lsi_buffer x = {0}, y = {0}, out = {0};
    lsi_matmul t = {.dtype = dtype, .nbatch = 1, .batch = {batch}, .m = m, .n = n, .k = k, .x = &x, .y = &y, .out = &out};
    t.x_batch[0] = lay(lx, m, k, &t.x_offset, &t.x_row, &t.x_col);
    t.y_batch[0] = lay(ly, k, n, &t.y_offset, &t.y_row, &t.y_col);
    t.out_batch[0] = lay(lo, m, n, &t.out_offset, &t.out_row, &t.out_col);
    x.address = malloc((size_t)(batch * t.x_batch[0]) * reference_size(dtype));
    y.address = malloc((size_t)(batch * t.y_batch[0]) * reference_size(dtype));
    out.address = malloc((size_t)(batch * t.out_batch[0]) * reference_size(dtype));
    reference_fill(dtype, x.address, batch * t.x_batch[0], 11, false);
    reference_fill(dtype, y.address, batch * t.y_batch[0], 12, false);
    memset(out.address, 0xff, (size_t)(batch * t.out_batch[0]) * reference_size(dtype)); /* NaN: beta must be 0 */
    CHECK_STATUS(lsi_host_matmul(&t), LS_OK);
    double worst = 0;
    for (int64_t b = 0; b < batch; b++)
        for (int64_t i = 0; i < m; i += m > 64 ? 7 : 1)
            for (int64_t j = 0; j < n; j += n > 64 ? 7 : 1) {
                const double error = error_of(&t, b, i, j);
                if (!(error <= worst)) worst = error;
            }
    if (!CHECK(worst <= 1))
        printf("  dtype %d %lld x %lld x %lld layouts %d %d %d: %g of the bound\n", (int)dtype, (long long)m,
               (long long)n, (long long)k, (int)lx, (int)ly, (int)lo, worst);
    free(x.address), free(y.address), free(out.address);
}

static const ls_dtype inexact[] = {LS_FLOAT32, LS_FLOAT64, LS_COMPLEX64, LS_COMPLEX128};

TEST(every_stride_is_within_the_bound)
{
    for (int d = 0; d < 4; d++)
        for (int l = 0; l < LAYOUTS * LAYOUTS * LAYOUTS; l++)
            within_bound(inexact[d], 1, 61, 50, 70, (layout)(l % 4), (layout)(l / 4 % 4), (layout)(l / 16));
}

TEST(vectors_and_batches_are_within_the_bound)
{
    for (int d = 0; d < 4; d++)
        for (int l = 0; l < LAYOUTS * LAYOUTS; l++) {
            within_bound(inexact[d], 1, 400, 1, 350, (layout)(l % 4), (layout)(l / 4), (layout)(l % 3));
            within_bound(inexact[d], 1, 1, 400, 350, (layout)(l % 4), (layout)(l / 4), (layout)(l % 3));
            within_bound(inexact[d], 1, 1, 1, 5000, (layout)(l % 4), (layout)(l / 4), BY_ROWS);
            within_bound(inexact[d], 3, 64, 64, 64, (layout)(l % 4), (layout)(l / 4), (layout)(l % 3));
        }
    within_bound(LS_FLOAT64, 2, 260, 260, 260, BY_ROWS, BY_COLUMNS, BY_ROWS);
}

TEST(integers_and_halves_are_exact_in_either_mode)
{
    static const ls_dtype same[] = {LS_INT8, LS_UINT16, LS_INT32, LS_INT64, LS_FLOAT16, LS_BFLOAT16};
    enum { N = 70 };
    for (int d = 0; d < 6; d++) {
        const size_t bytes = N * N * reference_size(same[d]);
        lsi_buffer x = {.address = malloc(bytes)}, y = {.address = malloc(bytes)};
        lsi_buffer fast = {.address = malloc(bytes)}, exact = {.address = malloc(bytes)};
        reference_fill(same[d], x.address, N * N, 1, false);
        reference_fill(same[d], y.address, N * N, 2, false);
        lsi_matmul t = {.dtype = same[d], .m = N, .n = N, .k = N, .x = &x, .y = &y, .out = &fast, .x_row = N, .x_col = 1,
                        .y_row = N, .y_col = 1, .out_row = N, .out_col = 1};
        CHECK_STATUS(lsi_host_matmul(&t), LS_OK);
        t.exact = true;
        t.out = &exact;
        CHECK_STATUS(lsi_host_matmul(&t), LS_OK);
        CHECK(memcmp(fast.address, exact.address, bytes) == 0);
        free(x.address), free(y.address), free(fast.address), free(exact.address);
    }
}

TEST(exact_products_are_the_same_bits_whoever_does_the_fast_ones)
{
    enum { M = 90, N = 110, K = 2100 };
    for (int d = 0; d < 4; d++) {
        const size_t size = reference_size(inexact[d]);
        lsi_buffer x = {.address = malloc(M * K * size)}, y = {.address = malloc(K * N * size)};
        lsi_buffer out = {.address = malloc(M * N * size)};
        char *expected = malloc(M * N * size);
        reference_fill(inexact[d], x.address, M * K, 21, false);
        reference_fill(inexact[d], y.address, K * N, 22, false);
        const lsi_matmul t = {.exact = true, .dtype = inexact[d], .m = M, .n = N, .k = K, .x = &x, .y = &y, .out = &out,
                              .x_row = K, .x_col = 1, .y_row = N, .y_col = 1, .out_row = N, .out_col = 1};
        reference_matmul(&t, expected);
        CHECK_STATUS(lsi_host_matmul(&t), LS_OK);
        CHECK(memcmp(out.address, expected, M * N * size) == 0);
        free(x.address), free(y.address), free(out.address), free(expected);
    }
}

TEST(fewer_threads_are_within_the_bound)
{
    for (int threads = 1; threads <= 3; threads++) {
        lsi_parallel_force(threads);
        within_bound(LS_FLOAT32, 1, 150, 170, 190, BY_ROWS, BY_COLUMNS, BY_ROWS);
    }
    lsi_parallel_force(0);
}

TEST(the_library_is_described)
{
    const char *wish = getenv("LOCKSTEP_BLAS"), *text = lsi_blas_description();
    printf("  %s\n", text);
    CHECK(strlen(text) > 0);
    if (wish && strcmp(wish, "off") == 0) CHECK_STR(text, "none, own kernels (LOCKSTEP_BLAS=off)");
    else if (wish && strcmp(wish, "on") != 0 && wish[0] != '/') CHECK(strncmp(text, "none", 4) == 0);
    if (wish && strcmp(wish, "on") == 0) CHECK(strncmp(text, "own", 3) != 0);
    const char *core = getenv("OPENBLAS_CORETYPE");
    if (!wish && core && strcmp(core, "Prescott") == 0 && strstr(text, "DYNAMIC_ARCH") &&
        lsi_isa_current() != LSI_ISA_BASELINE)
        CHECK(strncmp(text, "own kernels", 11) == 0);
}

int main(void)
{
    RUN(the_library_is_described);
    RUN(every_stride_is_within_the_bound);
    RUN(vectors_and_batches_are_within_the_bound);
    RUN(integers_and_halves_are_exact_in_either_mode);
    RUN(exact_products_are_the_same_bits_whoever_does_the_fast_ones);
    RUN(fewer_threads_are_within_the_bound);
    return check_report();
}
