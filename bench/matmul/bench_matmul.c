/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Exact products as ratios to OpenBLAS called directly: the same operands, the same number of threads, in turns within
 * one run, best of several rounds each, so that a busy machine harms both alike. 1.00 is OpenBLAS's speed.
 * Usage: bench_matmul [threads [rounds [m n k]]] */
#include "backend.h"
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
} blas;

static blas open_blas(void)
{
    blas b = {0};
    void *handle = dlopen("/usr/lib/x86_64-linux-gnu/openblas-openmp/libopenblas.so.0", RTLD_NOW);
    if (!handle) handle = dlopen("libopenblas.so.0", RTLD_NOW);
    if (!handle) return b;
    const struct { const char *name; void *at; } wanted[] = {
        {"cblas_sgemm", &b.sgemm}, {"cblas_dgemm", &b.dgemm}, {"cblas_sgemv", &b.sgemv}, {"cblas_dgemv", &b.dgemv},
        {"openblas_set_num_threads", &b.set_threads}};
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

static void call_blas(const blas *b, const lsi_matmul *t)
{
    enum { ROWS = 101, PLAIN = 111, TURNED = 112 };
    const int m = (int)t->m, n = (int)t->n, k = (int)t->k;
    const void *x = t->x->address, *y = t->y->address;
    void *out = t->out->address;
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
        else ((double *)block)[i] = value;
    }
    return block;
}

static void compare(const blas *b, ls_dtype dtype, int64_t m, int64_t n, int64_t k, int threads, int rounds)
{
    lsi_buffer x = {.address = filled(dtype, m * k)}, y = {.address = filled(dtype, k * n)};
    lsi_buffer out = {.address = filled(dtype, m * n)};
    const lsi_matmul task = {.exact = true, .dtype = dtype, .m = m, .n = n, .k = k, .x = &x, .y = &y, .out = &out,
                             .x_row = k, .x_col = 1, .y_row = n, .y_col = 1, .out_row = n, .out_col = 1};
    const double flops = 2.0 * (double)m * (double)n * (double)k;
    const int calls = (int)(5e7 / flops) + 1;
    double ours = 1e30, theirs = 1e30;
    for (int round = 0; round < rounds; round++) {
        const double start = now();
        for (int i = 0; i < calls; i++)
            if (lsi_host_matmul(&task)) exit(1);
        const double middle = now();
        for (int i = 0; i < calls && b->sgemm; i++) call_blas(b, &task);
        const double end = now();
        if ((middle - start) / calls < ours) ours = (middle - start) / calls;
        if ((end - middle) / calls < theirs) theirs = (end - middle) / calls;
    }
    printf("%-8s %6lld x %6lld x %7lld  %d threads  exact %7.1f GF  OpenBLAS %7.1f GF  ratio %.2f\n",
           lsi_dtype_name(dtype), (long long)m, (long long)n, (long long)k, threads, flops / ours * 1e-9,
           flops / theirs * 1e-9, theirs / ours);
    fflush(stdout);
    free(x.address), free(y.address), free(out.address);
}

int main(int argc, char **argv)
{
    static const int64_t shapes[][3] = {
        {64, 64, 64}, {100, 100, 100}, {256, 256, 256}, {1000, 1000, 1000}, {1024, 1024, 1024}, {2048, 2048, 2048},
        {4096, 4096, 4096}, {2000, 2000, 1}, {2000, 1, 2000}, {1, 2000, 2000}, {1, 1, 1000000}, {10000, 10, 100},
        {10, 10000, 100}, {32, 32, 100000}, {4, 4, 1000000}};
    const int threads = argc > 1 ? atoi(argv[1]) : 1, rounds = argc > 2 ? atoi(argv[2]) : 7;
    const blas b = open_blas();
    if (!b.sgemm) printf("no OpenBLAS: ours alone\n");
    if (b.set_threads) b.set_threads(threads);
    lsi_parallel_force(threads);
    if (threads == 1) watch = CLOCK_THREAD_CPUTIME_ID;
    for (ls_dtype dtype = LS_FLOAT32; dtype <= LS_FLOAT64; dtype++) {
        if (argc > 5) compare(&b, dtype, atoll(argv[3]), atoll(argv[4]), atoll(argv[5]), threads, rounds);
        for (size_t i = 0; argc <= 5 && i < sizeof shapes / sizeof *shapes; i++)
            compare(&b, dtype, shapes[i][0], shapes[i][1], shapes[i][2], threads, shapes[i][0] > 2000 ? 3 : rounds);
    }
    return 0;
}
