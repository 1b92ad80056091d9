/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Exact and fast products as ratios to OpenBLAS called directly: the same operands, the same number of threads, in
 * turns within one run, best of several rounds each, so that a busy machine harms all alike. 1.00 is OpenBLAS's speed.
 * OpenBLAS may not know the CPU and take a core of narrow vectors: OPENBLAS_CORETYPE=SkylakeX (Haswell) makes it an
 * honest peer. Usage: bench_matmul [threads [rounds [m n k [batches]]]] */
#include "backend.h"
#include "host/blas.h"
#include "host/matmul.h"
#include "host/parallel.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct blas {
    void (*sgemm)(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
    void (*dgemm)(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
    void (*sgemv)(int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
    void (*dgemv)(int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
    void (*set_threads)(int);
    char *(*get_corename)(void);
} blas;

static blas open_blas(void)
{
    blas b = {0};
    void *handle = dlopen("/usr/lib/x86_64-linux-gnu/openblas-openmp/libopenblas.so.0", RTLD_NOW);
    if (!handle) handle = dlopen("libopenblas.so.0", RTLD_NOW);
    if (!handle) return b;
    const struct { const char *name; void *at; } wanted[] = {
        {"cblas_sgemm", &b.sgemm}, {"cblas_dgemm", &b.dgemm}, {"cblas_sgemv", &b.sgemv}, {"cblas_dgemv", &b.dgemv},
        {"openblas_set_num_threads", &b.set_threads}, {"openblas_get_corename", &b.get_corename}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        void *symbol = dlsym(handle, wanted[i].name);
        memcpy(wanted[i].at, &symbol, sizeof symbol);
    }
    return b;
}

/* One thread is timed by its own clock: others on the machine count less. */
static clockid_t watch = CLOCK_MONOTONIC;
static double now(void)
{
    struct timespec t;
    clock_gettime(watch, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void call_blas(const blas *b, const lsi_matmul *t, int64_t batch)
{
    enum { ROWS = 101, PLAIN = 111, TURNED = 112 };
    const int m = (int)t->m, n = (int)t->n, k = (int)t->k;
    const int64_t size = (int64_t)lsi_dtype_size(t->dtype);
    const void *x = (char *)t->x->address + batch * t->x_batch[0] * size;
    const void *y = (char *)t->y->address + batch * t->y_batch[0] * size;
    void *out = (char *)t->out->address + batch * t->out_batch[0] * size;
    if (t->dtype == LS_FLOAT32 && n == 1) b->sgemv(ROWS, PLAIN, m, k, 1, x, k, y, 1, 0, out, 1);
    else if (t->dtype == LS_FLOAT32 && m == 1) b->sgemv(ROWS, TURNED, k, n, 1, y, n, x, 1, 0, out, 1);
    else if (t->dtype == LS_FLOAT32) b->sgemm(ROWS, PLAIN, PLAIN, m, n, k, 1, x, k, y, n, 0, out, n);
    else if (n == 1) b->dgemv(ROWS, PLAIN, m, k, 1, x, k, y, 1, 0, out, 1);
    else if (m == 1) b->dgemv(ROWS, TURNED, k, n, 1, y, n, x, 1, 0, out, 1);
    else b->dgemm(ROWS, PLAIN, PLAIN, m, n, k, 1, x, k, y, n, 0, out, n);
}

static void *filled(ls_dtype dtype, int64_t count)
{
    const size_t size = lsi_dtype_size(dtype);
    void *block = aligned_alloc(64, ((size_t)count * size + 63) / 64 * 64);
    if (!block) exit(1);
    for (int64_t i = 0; i < count; i++) {
        const double value = (double)rand() / RAND_MAX - 0.5;
        if (dtype == LS_FLOAT32) ((float *)block)[i] = (float)value;
        else if (dtype == LS_FLOAT64) ((double *)block)[i] = value;
        else ((int32_t *)block)[i] = (int32_t)(value * 200);
    }
    return block;
}

typedef struct shape {
    int64_t m, n, k, batches;
} shape;

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static double time_ours(lsi_matmul *task, bool exact, int calls)
{
    task->exact = exact;
    const double start = now();
    for (int i = 0; i < calls; i++)
        if (lsi_host_matmul(task)) exit(1);
    return (now() - start) / calls;
}

static double time_blas(const blas *b, const lsi_matmul *task, int calls)
{
    const double start = now();
    for (int i = 0; i < calls; i++)
        for (int64_t batch = 0; batch < task->batch[0]; batch++) call_blas(b, task, batch);
    return (now() - start) / calls;
}

static void compare(const blas *b, ls_dtype dtype, shape s, int threads, int rounds)
{
    const int64_t m = s.m, n = s.n, k = s.k;
    lsi_buffer x = {.address = filled(dtype, s.batches * m * k)}, y = {.address = filled(dtype, s.batches * k * n)};
    lsi_buffer out = {.address = filled(dtype, s.batches * m * n)};
    lsi_matmul task = {.dtype = dtype, .m = m, .n = n, .k = k, .x = &x, .y = &y, .out = &out, .x_row = k, .x_col = 1,
                       .y_row = n, .y_col = 1, .out_row = n, .out_col = 1, .nbatch = 1, .batch = {s.batches},
                       .x_batch = {m * k}, .y_batch = {k * n}, .out_batch = {m * n}};
    const double flops = 2.0 * (double)m * (double)n * (double)k * (double)s.batches;
    const int calls = (int)(5e7 / flops) + 1;
    const bool has_peer = b->sgemm && (dtype == LS_FLOAT32 || dtype == LS_FLOAT64);
    double exact = 1e30, fast = 1e30, theirs = 1e30;
    for (int round = 0; round < rounds; round++) {
        exact = smaller(exact, time_ours(&task, true, calls));
        fast = smaller(fast, time_ours(&task, false, calls));
        if (has_peer) theirs = smaller(theirs, time_blas(b, &task, calls));
    }
    printf("%-8s %6lld x %5lld x %5lld x %7lld  %d threads  exact %7.1f GF  fast %7.1f GF", lsi_dtype_name(dtype),
           (long long)s.batches, (long long)m, (long long)n, (long long)k, threads, flops / exact * 1e-9,
           flops / fast * 1e-9);
    if (has_peer)
        printf("  OpenBLAS %7.1f GF  ratios %.2f %.2f", flops / theirs * 1e-9, theirs / exact, theirs / fast);
    printf("\n");
    fflush(stdout);
    free(x.address), free(y.address), free(out.address);
}

int main(int argc, char **argv)
{
    static const shape shapes[] = {
        {8, 8, 8, 1}, {16, 16, 16, 1}, {32, 32, 32, 1}, {64, 64, 64, 1}, {100, 100, 100, 1}, {128, 128, 128, 1},
        {192, 192, 192, 1}, {256, 256, 256, 1}, {512, 512, 512, 1}, {1000, 1000, 1000, 1}, {1024, 1024, 1024, 1},
        {2048, 2048, 2048, 1}, {4096, 4096, 4096, 1}, {2000, 2000, 1, 1}, {2000, 1, 2000, 1}, {1, 2000, 2000, 1},
        {1, 1, 1000000, 1}, {10000, 10, 100, 1}, {10, 10000, 100, 1}, {32, 32, 100000, 1}, {4, 4, 1000000, 1},
        {32, 32, 32, 1000}, {4, 4, 4, 100000}};
    static const ls_dtype dtypes[] = {LS_FLOAT32, LS_FLOAT64, LS_INT32};
    const int threads = argc > 1 ? atoi(argv[1]) : 1, rounds = argc > 2 ? atoi(argv[2]) : 7;
    const blas b = open_blas();
    if (!b.sgemm) printf("no OpenBLAS: ours alone\n");
    else if (b.get_corename) printf("OpenBLAS's core: %s; fast: %s\n", b.get_corename(), lsi_blas_description());
    if (b.set_threads) b.set_threads(threads);
    lsi_parallel_force(threads);
    if (threads == 1) watch = CLOCK_THREAD_CPUTIME_ID;
    const shape one = argc > 5 ? (shape){atoll(argv[3]), atoll(argv[4]), atoll(argv[5]), argc > 6 ? atoll(argv[6]) : 1}
                               : (shape){0};
    for (size_t d = 0; d < sizeof dtypes / sizeof *dtypes; d++)
        for (size_t i = 0; i < (one.m ? 1 : sizeof shapes / sizeof *shapes); i++) {
            const shape s = one.m ? one : shapes[i];
            compare(&b, dtypes[d], s, threads, s.m > 2000 && s.n > 2000 ? 3 : rounds);
        }
    return 0;
}
