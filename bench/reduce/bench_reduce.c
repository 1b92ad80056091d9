/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reductions and scans of the host as ratios to what the memory allows: a hand-written read kernel over the same bytes,
 * with the same threads, in the same round. Best of several rounds each, taken in turns, so that a busy machine harms
 * both alike. Usage: bench_reduce [filter ...] */
#include "backend.h"
#include "core/dtype.h"
#include "host/parallel.h"
#include "host/strip.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

/* With one thread the thread's own time: others on the machine count less. */
static clockid_t watch = CLOCK_MONOTONIC;
static double now(void)
{
    struct timespec t;
    clock_gettime(watch, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* --- the limit: sums in as many registers as there are, which is all a reader can do
 * ---------------------------------- */

typedef struct reading {
    const double *x;
    double *out; /* NULL: only read */
    int64_t n;
    double sum[64];
} reading;

__attribute__((optimize("O3,tree-vectorize"), target_clones("arch=skylake-avx512", "avx2", "default")))
static double read_part(const double *x, int64_t n)
{
    double lane[64] = {0}, sum = 0;
    int64_t i = 0;
    for (; i + 64 <= n; i += 64)
        for (int l = 0; l < 64; l++) lane[l] += x[i + l];
    for (; i < n; i++) sum += x[i];
    for (int l = 0; l < 64; l++) sum += lane[l];
    return sum;
}

static void read_body(int thread, int threads, void *context)
{
    reading *r = context;
    int64_t begin, end;
    lsi_parallel_part(r->n, 64, thread, threads, &begin, &end);
    if (r->out) memcpy(r->out + begin, r->x + begin, (size_t)(end - begin) * 8);
    else r->sum[thread % 64] = read_part(r->x + begin, end - begin);
}

/* --- what is measured
 * --------------------------------------------------------------------------------------------------- */

typedef struct bench {
    const char *name;
    lsi_reduce_op op;
    ls_dtype dtype;
    int ndim;
    int64_t shape[3];
    int order[3];       /* axes from far to near in memory */
    bool reduced[3];
    int scan_axis;      /* >= 0: a cumulative sum instead */
    double wanted;      /* of the limit */
} bench;

#define N64 100000000
static const bench all[] = {
    {"sum 1e8 f64", LSI_REDUCE_sum, LS_FLOAT64, 1, {N64}, {0}, {1}, -1, .95},
    {"sum 1e8 f32", LSI_REDUCE_sum, LS_FLOAT32, 1, {N64}, {0}, {1}, -1, .95},
    {"sum 1e4x1e4 axis 0", LSI_REDUCE_sum, LS_FLOAT64, 2, {10000, 10000}, {0, 1}, {1, 0}, -1, .85},
    {"sum 1e4x1e4 axis 1", LSI_REDUCE_sum, LS_FLOAT64, 2, {10000, 10000}, {0, 1}, {0, 1}, -1, .9},
    {"sum 1e4x1e4 f32 axis 0", LSI_REDUCE_sum, LS_FLOAT32, 2, {10000, 10000}, {0, 1}, {1, 0}, -1, .85},
    {"sum (A.T) 1e4x1e4", LSI_REDUCE_sum, LS_FLOAT64, 2, {10000, 10000}, {1, 0}, {1, 1}, -1, .7},
    {"sum 100x1e3x1e3 middle", LSI_REDUCE_sum, LS_FLOAT64, 3, {100, 1000, 1000}, {0, 1, 2}, {0, 1, 0}, -1, .85},
    {"sum 1e6 f64", LSI_REDUCE_sum, LS_FLOAT64, 1, {1000000}, {0}, {1}, -1, .9},
    {"sum 1e6 f32", LSI_REDUCE_sum, LS_FLOAT32, 1, {1000000}, {0}, {1}, -1, .9},
    {"sum 1e5 f64", LSI_REDUCE_sum, LS_FLOAT64, 1, {100000}, {0}, {1}, -1, .8},
    {"sum 1e4 f64", LSI_REDUCE_sum, LS_FLOAT64, 1, {10000}, {0}, {1}, -1, .5},
    {"sum 1e3 f64", LSI_REDUCE_sum, LS_FLOAT64, 1, {1000}, {0}, {1}, -1, 0},
    {"sum 10 f64", LSI_REDUCE_sum, LS_FLOAT64, 1, {10}, {0}, {1}, -1, 0},
    {"sum 1e3x1e3 axis 0", LSI_REDUCE_sum, LS_FLOAT64, 2, {1000, 1000}, {0, 1}, {1, 0}, -1, .8},
    {"sum 1e3x1e3 f32 axis 0", LSI_REDUCE_sum, LS_FLOAT32, 2, {1000, 1000}, {0, 1}, {1, 0}, -1, .7},
    {"sum (A.T) 1e3x1e3", LSI_REDUCE_sum, LS_FLOAT64, 2, {1000, 1000}, {1, 0}, {1, 1}, -1, .5},
    {"sum (A.T) 1e3x1e3 f32", LSI_REDUCE_sum, LS_FLOAT32, 2, {1000, 1000}, {1, 0}, {1, 1}, -1, .5},
    {"sum 100x100x100 middle", LSI_REDUCE_sum, LS_FLOAT64, 3, {100, 100, 100}, {0, 1, 2}, {0, 1, 0}, -1, .7},
    {"max 1e3x1e3 f32 axis 0", LSI_REDUCE_max, LS_FLOAT32, 2, {1000, 1000}, {0, 1}, {1, 0}, -1, .7},
    {"sum 1e6x3 axis 1", LSI_REDUCE_sum, LS_FLOAT64, 2, {1000000, 3}, {0, 1}, {0, 1}, -1, .25},
    {"sum 1e6x3 axis 0", LSI_REDUCE_sum, LS_FLOAT64, 2, {1000000, 3}, {0, 1}, {1, 0}, -1, .7},
    {"sum 3x1e6 axis 0", LSI_REDUCE_sum, LS_FLOAT64, 2, {3, 1000000}, {0, 1}, {1, 0}, -1, .5},
    {"sum 1e5x20 axis 1", LSI_REDUCE_sum, LS_FLOAT64, 2, {100000, 20}, {0, 1}, {0, 1}, -1, .25},
    {"sum 1e4x100 axis 1", LSI_REDUCE_sum, LS_FLOAT64, 2, {10000, 100}, {0, 1}, {0, 1}, -1, .5},
    {"sum 1e4x100 axis 0", LSI_REDUCE_sum, LS_FLOAT64, 2, {10000, 100}, {0, 1}, {1, 0}, -1, .7},
    {"prod 1e7 f64", LSI_REDUCE_prod, LS_FLOAT64, 1, {10000000}, {0}, {1}, -1, .9},
    {"sum 5e6 c128", LSI_REDUCE_sum, LS_COMPLEX128, 1, {5000000}, {0}, {1}, -1, .9},
    {"prod 5e6 c128", LSI_REDUCE_prod, LS_COMPLEX128, 1, {5000000}, {0}, {1}, -1, .5},
    {"mean 1e7 f64", LSI_REDUCE_mean, LS_FLOAT64, 1, {10000000}, {0}, {1}, -1, .9},
    {"mean 1e4x1e3 axis 0", LSI_REDUCE_mean, LS_FLOAT64, 2, {10000, 1000}, {0, 1}, {1, 0}, -1, .85},
    {"var 1e7 f64", LSI_REDUCE_var, LS_FLOAT64, 1, {10000000}, {0}, {1}, -1, .7},
    {"var 1e7 f32", LSI_REDUCE_var, LS_FLOAT32, 1, {10000000}, {0}, {1}, -1, .7},
    {"var 1e4x1e3 axis 0", LSI_REDUCE_var, LS_FLOAT64, 2, {10000, 1000}, {0, 1}, {1, 0}, -1, .5},
    {"var 1e4x1e3 axis 1", LSI_REDUCE_var, LS_FLOAT64, 2, {10000, 1000}, {0, 1}, {0, 1}, -1, .7},
    {"var 10x1e3x1e3 middle", LSI_REDUCE_var, LS_FLOAT64, 3, {10, 1000, 1000}, {0, 1, 2}, {0, 1, 0}, -1, .5},
    {"min 1e7 f64", LSI_REDUCE_min, LS_FLOAT64, 1, {10000000}, {0}, {1}, -1, .8},
    {"max 1e7 f32", LSI_REDUCE_max, LS_FLOAT32, 1, {10000000}, {0}, {1}, -1, .8},
    {"min 1e7 i32", LSI_REDUCE_min, LS_INT32, 1, {10000000}, {0}, {1}, -1, .8},
    {"min 1e5 f64", LSI_REDUCE_min, LS_FLOAT64, 1, {100000}, {0}, {1}, -1, .7},
    {"min 1e4x1e3 axis 0", LSI_REDUCE_min, LS_FLOAT64, 2, {10000, 1000}, {0, 1}, {1, 0}, -1, .6},
    {"min 1e4x1e3 f32 axis 0", LSI_REDUCE_min, LS_FLOAT32, 2, {10000, 1000}, {0, 1}, {1, 0}, -1, .6},
    {"min 1e4x1e3 i32 axis 0", LSI_REDUCE_min, LS_INT32, 2, {10000, 1000}, {0, 1}, {1, 0}, -1, .6},
    {"min 1e4x1e3 axis 1", LSI_REDUCE_min, LS_FLOAT64, 2, {10000, 1000}, {0, 1}, {0, 1}, -1, .8},
    {"min 10x1e3x1e3 middle", LSI_REDUCE_min, LS_FLOAT64, 3, {10, 1000, 1000}, {0, 1, 2}, {0, 1, 0}, -1, .6},
    {"min 1e6x3 axis 1", LSI_REDUCE_min, LS_FLOAT64, 2, {1000000, 3}, {0, 1}, {0, 1}, -1, .25},
    {"min 1e6x3 axis 0", LSI_REDUCE_min, LS_FLOAT64, 2, {1000000, 3}, {0, 1}, {1, 0}, -1, .25},
    {"min 1e5x20 axis 1", LSI_REDUCE_min, LS_FLOAT64, 2, {100000, 20}, {0, 1}, {0, 1}, -1, .25},
    {"argmin 1e7 f64", LSI_REDUCE_argmin, LS_FLOAT64, 1, {10000000}, {0}, {1}, -1, .6},
    {"argmin 1e7 f32", LSI_REDUCE_argmin, LS_FLOAT32, 1, {10000000}, {0}, {1}, -1, .6},
    {"argmin 1e7 i32", LSI_REDUCE_argmin, LS_INT32, 1, {10000000}, {0}, {1}, -1, .6},
    {"argmin 1e5 f64", LSI_REDUCE_argmin, LS_FLOAT64, 1, {100000}, {0}, {1}, -1, .6},
    {"argmax 1e4x1e3 axis 0", LSI_REDUCE_argmax, LS_FLOAT64, 2, {10000, 1000}, {0, 1}, {1, 0}, -1, .4},
    {"argmax 1e4x1e3 f32 axis 0", LSI_REDUCE_argmax, LS_FLOAT32, 2, {10000, 1000}, {0, 1}, {1, 0}, -1, .4},
    {"argmax 1e4x1e3 i32 axis 0", LSI_REDUCE_argmax, LS_INT32, 2, {10000, 1000}, {0, 1}, {1, 0}, -1, .4},
    {"argmax 1e4x1e3 axis 1", LSI_REDUCE_argmax, LS_FLOAT64, 2, {10000, 1000}, {0, 1}, {0, 1}, -1, .6},
    {"argmax 10x1e3x1e3 middle", LSI_REDUCE_argmax, LS_FLOAT64, 3, {10, 1000, 1000}, {0, 1, 2}, {0, 1, 0}, -1, .4},
    {"argmax 1e5x20 axis 1", LSI_REDUCE_argmax, LS_FLOAT64, 2, {100000, 20}, {0, 1}, {0, 1}, -1, .25},
    {"count_nonzero 1e8", LSI_REDUCE_count_nonzero, LS_BOOL, 1, {100000000}, {0}, {1}, -1, .6},
    {"count_nonzero 1e4x1e4 axis 0", LSI_REDUCE_count_nonzero, LS_BOOL, 2, {10000, 10000}, {0, 1}, {1, 0}, -1, .6},
    {"count_nonzero 1e4x1e4 axis 1", LSI_REDUCE_count_nonzero, LS_BOOL, 2, {10000, 10000}, {0, 1}, {0, 1}, -1, .6},
    {"all 1e8", LSI_REDUCE_all, LS_BOOL, 1, {100000000}, {0}, {1}, -1, .8},
    {"all 1e4x1e4 axis 0", LSI_REDUCE_all, LS_BOOL, 2, {10000, 10000}, {0, 1}, {1, 0}, -1, .8},
    {"all 1e4x1e4 axis 1", LSI_REDUCE_all, LS_BOOL, 2, {10000, 10000}, {0, 1}, {0, 1}, -1, .8},
    {"cumsum 2e7 f64", LSI_REDUCE_sum, LS_FLOAT64, 1, {20000000}, {0}, {0}, 0, .6},
    {"cumsum 1e7 f64", LSI_REDUCE_sum, LS_FLOAT64, 1, {10000000}, {0}, {0}, 0, .6},
    {"cumsum 1e7 f32", LSI_REDUCE_sum, LS_FLOAT32, 1, {10000000}, {0}, {0}, 0, .6},
    {"cumsum 1e7 i64", LSI_REDUCE_sum, LS_INT64, 1, {10000000}, {0}, {0}, 0, .6},
    {"cumsum 1e5 f64", LSI_REDUCE_sum, LS_FLOAT64, 1, {100000}, {0}, {0}, 0, .3},
    {"cumsum 1e4 f64", LSI_REDUCE_sum, LS_FLOAT64, 1, {10000}, {0}, {0}, 0, .3},
    {"cumsum 1e3 f64", LSI_REDUCE_sum, LS_FLOAT64, 1, {1000}, {0}, {0}, 0, .3},
    {"cumsum 1e4x1e3 axis 0", LSI_REDUCE_sum, LS_FLOAT64, 2, {10000, 1000}, {0, 1}, {0}, 0, .5},
    {"cumsum 1e4x1e3 axis 1", LSI_REDUCE_sum, LS_FLOAT64, 2, {10000, 1000}, {0, 1}, {0}, 1, .5},
    {"cumsum 10x1e3x1e3 middle", LSI_REDUCE_sum, LS_FLOAT64, 3, {10, 1000, 1000}, {0, 1, 2}, {0}, 1, .5},
    {"cumsum 1e5x20 axis 1", LSI_REDUCE_sum, LS_FLOAT64, 2, {100000, 20}, {0, 1}, {0}, 1, .5},
};

static double *memory, *target;

/* Values of the dtype: near one for floats (ones for bool, so that `all` sees them all). Complex parts are doubles. */
static void fill(ls_dtype dtype)
{
    static ls_dtype now_there = LS_BOOL;
    const bool doubles = dtype == LS_FLOAT64 || dtype == LS_COMPLEX128;
    static bool filled;
    if (filled && now_there == dtype) return;
    filled = true, now_there = dtype;
    for (int64_t i = 0; i < N64; i++) {
        const double part = 1e-9 * (double)(i * 2654435761u % 1000003);
        if (doubles) memory[i] = 0x1.01010101p0 + part;
        else if (dtype == LS_FLOAT32) ((float *)memory)[i] = (float)(1 + 1e3 * part);
        else if (dtype == LS_INT32) ((int32_t *)memory)[i] = (int32_t)(i * 2654435761u % 1000003);
        else if (dtype == LS_INT64) ((int64_t *)memory)[i] = i * 2654435761u % 1000003;
        else ((uint8_t *)memory)[i] = 1;
    }
}

static double time_limit(int64_t bytes, bool copy, int threads, int64_t turns)
{
    reading r = {.x = memory, .out = copy ? target : NULL, .n = bytes / 8};
    const double start = now();
    for (int64_t i = 0; i < turns; i++) lsi_parallel_run(threads, read_body, &r);
    return (now() - start) / (double)turns;
}

static double time_case(const bench *b, int64_t turns)
{
    lsi_buffer in = {.address = memory}, out = {.address = target};
    lsi_source source = {.kind = LSI_SOURCE_BUFFER, .dtype = b->dtype, .buffer = &in};
    lsi_reduction r = {.op = b->op, .dtype = b->dtype, .result = b->dtype, .buffer = &out};
    lsi_program p = {.ndim = b->ndim, .nsource = 1, .nreduction = 1, .sources = &source, .reductions = &r,
                     .function = "bench"};
    lsi_scan s = {.dtype = b->dtype, .result = b->dtype, .ndim = b->ndim, .axis = b->scan_axis, .in = &in, .out = &out};
    int64_t step = 1, out_step = 1;
    const bool counts = b->op == LSI_REDUCE_argmin || b->op == LSI_REDUCE_argmax || b->op == LSI_REDUCE_count_nonzero;
    if (counts) r.result = LS_INT64;
    for (int i = b->ndim - 1; i >= 0; i--) {
        const int a = b->order[i];
        source.strides[a] = s.in_strides[a] = s.out_strides[a] = step;
        step *= b->shape[a];
    }
    for (int a = b->ndim - 1; a >= 0; a--) {
        p.shape[a] = s.shape[a] = b->shape[a], p.reduced[a] = b->reduced[a], r.strides[a] = out_step;
        if (!b->reduced[a]) out_step *= b->shape[a];
    }
    const double start = now();
    for (int64_t i = 0; i < turns; i++)
        if (b->scan_axis >= 0 ? lsi_host_scan(&s) : lsi_host_reduce(&p)) exit(1);
    return (now() - start) / (double)turns;
}

static void run(const bench *b, int threads)
{
    int64_t count = 1;
    double best = INFINITY, limit = INFINITY;
    for (int a = 0; a < b->ndim; a++) count *= b->shape[a];
    const int64_t bytes = count * (int64_t)lsi_dtype_size(b->dtype), turns = 1 + 20000000 / (bytes + 2000);
    fill(b->dtype);
    lsi_parallel_force(threads);
    watch = threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
    for (int round = 0; round < 7; round++) {
        const double t = time_limit(bytes, b->scan_axis >= 0, bytes < 50000 ? 1 : threads, turns);
        const double own = time_case(b, turns);
        limit = t < limit ? t : limit;
        best = own < best ? own : best;
    }
    const double ratio = limit / best;
    printf("%-28s %dT %12.2f us  limit %12.2f us  %6.1f GB/s  %5.2f%s\n", b->name, threads, best * 1e6, limit * 1e6,
           (double)bytes / best * 1e-9, ratio, ratio < b->wanted ? "  <" : "");
}

static bool is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strstr(name, argv[i])) return true;
    return argc < 2;
}

int main(int argc, char **argv)
{
    memory = aligned_alloc(1 << 21, (size_t)N64 * 8);
    target = aligned_alloc(1 << 21, (size_t)1 << 28);
    if (!memory || !target) return 1;
    madvise(memory, (size_t)N64 * 8, MADV_HUGEPAGE); /* as the library's own memory */
    madvise(target, (size_t)1 << 28, MADV_HUGEPAGE);
    memset(target, 0, (size_t)1 << 28);
    for (int threads = 1; threads <= (getenv("THREADS") ? atoi(getenv("THREADS")) : 2); threads++)
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            if (is_wanted(all[i].name, argc, argv)) run(&all[i], threads);
    return 0;
}
