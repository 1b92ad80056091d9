/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sorting, searching, unique and non-zero elements: best of several rounds, per call, as a multiple of copying the same
 * array in the same round, and beside Highway's vqsort where that is installed, which sorts a copy. bench_numpy.py does
 * the same with NumPy, row by row. With LOCKSTEP_NUM_THREADS=1 times are of the processor, so that others on the machine
 * count less. Usage: bench_sort [filter [elements]]; elements are a multiple of 1000. */
#include <lockstep.h>

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef BENCH_VQSORT
#include "vqsort.h"
#endif

enum { ROUNDS = 5, LEAST_ELEMENTS = 2000000 }; /* small arrays are sorted often enough for a clock to see */

static int64_t elements = 10000000;

typedef struct data {
    ls_array *f64, *normal, *rising, *f32, *f16, *i32, *i64, *u64, *few, *rows, *sorted, *tenth, *flags, *tens,
        *hundreds;
} data;

static clockid_t watch = CLOCK_MONOTONIC;
static double now(void)
{
    struct timespec t;
    clock_gettime(watch, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* What is done to an array of the data. */
typedef ls_array *work(const data *d, const ls_array *a);

static ls_array *sort(const data *d, const ls_array *a) { (void)d; return ls_sort(a); }
static ls_array *sort_columns(const data *d, const ls_array *a) { (void)d; return ls_sort(a, .axis = LS_AXIS(0)); }
static ls_array *argsort(const data *d, const ls_array *a) { (void)d; return ls_argsort(a); }
static ls_array *partition(const data *d, const ls_array *a) { (void)d; return ls_partition(a, elements / 2); }
static ls_array *argpartition(const data *d, const ls_array *a) { (void)d; return ls_argpartition(a, elements / 2); }
static ls_array *unique(const data *d, const ls_array *a) { (void)d; return ls_unique(a); }
static ls_array *search(const data *d, const ls_array *a) { return ls_searchsorted(a, d->tenth); }
static ls_array *flatnonzero(const data *d, const ls_array *a) { (void)d; return ls_flatnonzero(a); }
static ls_array *nonzero(const data *d, const ls_array *a)
{
    (void)d;
    return ls_nonzero(ls_reshape(a, LS_SHAPE(elements / 1000, 1000)));
}
static ls_array *copy(const data *d, const ls_array *a) { (void)d; return ls_add(a, 0.0); }

typedef struct row {
    const char *name;
    work *run;
    size_t array; /* its place in the data */
} row;

#define OF(name) offsetof(data, name)
static const row rows[] = {
    {"sort float64", sort, OF(f64)},
    {"sort float64 normal", sort, OF(normal)},
    {"sort float64 rising", sort, OF(rising)},
    {"sort float32", sort, OF(f32)},
    {"sort float16", sort, OF(f16)},
    {"sort int32", sort, OF(i32)},
    {"sort int64", sort, OF(i64)},
    {"sort uint64", sort, OF(u64)},
    {"sort int64 below 1000", sort, OF(few)},
    {"sort rows of 1000", sort, OF(rows)},
    {"sort rows of 100", sort, OF(hundreds)},
    {"sort rows of 10", sort, OF(tens)},
    {"sort columns of 1000", sort_columns, OF(rows)},
    {"argsort float64", argsort, OF(f64)},
    {"argsort float32", argsort, OF(f32)},
    {"argsort int32", argsort, OF(i32)},
    {"argsort int64", argsort, OF(i64)},
    {"partition float64", partition, OF(f64)},
    {"partition float32", partition, OF(f32)},
    {"argpartition float64", argpartition, OF(f64)},
    {"unique float64", unique, OF(f64)},
    {"unique int64 below 1000", unique, OF(few)},
    {"searchsorted a tenth", search, OF(sorted)},
    {"flatnonzero bool", flatnonzero, OF(flags)},
    {"nonzero bool, 2 axes", nonzero, OF(flags)},
};

static double once(const data *d, work *run, const ls_array *a)
{
    const int64_t calls = elements < LEAST_ELEMENTS ? LEAST_ELEMENTS / elements : 1;
    const double begin = now();
    for (int64_t i = 0; i < calls; i++)
        LS_SCOPE {
            const ls_array *result = run(d, a);
            if (ls_evaluate(result) || ls_sync()) exit(ls_perror("bench_sort"));
        }
    return (now() - begin) / (double)calls;
}

#ifdef BENCH_VQSORT
static double once_vqsort(const ls_array *a)
{
    const int64_t calls = elements < LEAST_ELEMENTS ? LEAST_ELEMENTS / elements : 1, n = ls_sizes(a)[ls_ndim(a) - 1];
    const size_t bytes = (size_t)elements * ls_dtype_size(ls_dtype_of(a));
    void *to = malloc(bytes);
    const double begin = now();
    for (int64_t i = 0; i < calls; i++) {
        memcpy(to, ls_host_data(a), bytes);
        if (!vqsort_lines(to, ls_dtype_of(a), elements / n, n)) break;
    }
    const double seconds = (now() - begin) / (double)calls;
    free(to);
    return seconds;
}
#else
static double once_vqsort(const ls_array *a)
{
    (void)a;
    return 0;
}
#endif

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static void measure(const data *d, const row *r)
{
    const ls_array *a = *(ls_array *const *)(const void *)((const char *)d + r->array);
    const bool has_peer = r->run == sort && ls_dtype_of(a) != LS_FLOAT16 && once_vqsort(a) > 0;
    double best = 1e9, limit = 1e9, peer = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        best = smaller(best, once(d, r->run, a));
        limit = smaller(limit, once(d, copy, d->f64));
        if (has_peer) peer = smaller(peer, once_vqsort(a));
    }
    printf("%-26s %10.3f ms %6.1f copies", r->name, best * 1e3, best / limit);
    if (has_peer) printf("   vqsort %10.3f ms %5.2f", peer * 1e3, peer / best);
    printf("\n");
    fflush(stdout);
}

static ls_status make(data *d)
{
    const int64_t n = elements;
    ls_rng *rng = ls_rng_new(1);
    d->f64 = ls_random(rng, LS_SHAPE(n));
    d->normal = ls_standard_normal(rng, LS_SHAPE(n));
    d->rising = ls_arange((double)n);
    d->f32 = ls_astype(d->f64, LS_FLOAT32);
    d->f16 = ls_astype(d->f64, LS_FLOAT16);
    d->i32 = ls_integers(rng, INT32_MIN, INT32_MAX, LS_SHAPE(n), .dtype = LS_INT32);
    d->i64 = ls_integers(rng, INT64_MIN, INT64_MAX, LS_SHAPE(n));
    d->u64 = ls_random_bits(rng, LS_SHAPE(n));
    d->few = ls_integers(rng, 0, 1000, LS_SHAPE(n));
    d->tenth = ls_random(rng, LS_SHAPE(n / 10));
    d->flags = ls_greater(d->f64, 0.5);
    d->rows = ls_reshape(d->f64, LS_SHAPE(n / 1000, 1000));
    d->tens = ls_reshape(d->f64, LS_SHAPE(n / 10, 10));
    d->hundreds = ls_reshape(d->f64, LS_SHAPE(n / 100, 100));
    d->sorted = ls_sort(d->f64);
    return ls_evaluate(d->f64, d->normal, d->rising, d->f32, d->f16, d->i32, d->i64, d->u64, d->few, d->tenth,
                       d->flags, d->rows, d->tens, d->hundreds, d->sorted);
}

int main(int argc, char **argv)
{
    data d;
    if (argc > 2) elements = atoll(argv[2]);
    if (make(&d)) return ls_perror("bench_sort");
    if (ls_num_threads() == 1) watch = CLOCK_PROCESS_CPUTIME_ID;
    printf("%d threads, %lld elements\n", ls_num_threads(), (long long)elements);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (argc < 2 || strstr(rows[i].name, argv[1])) measure(&d, &rows[i]);
    return 0;
}
