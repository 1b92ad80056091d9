/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sorting, searching, unique and non-zero elements: best of several rounds, per call and beside it as a multiple of copying the
 * same array in the same round. bench_numpy.py does the same with NumPy, row by row. With LOCKSTEP_NUM_THREADS=1 times are
 * of the processor, so that others on the machine count less. Usage: bench_sort [filter] */
#include <lockstep.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { N = 10000000, ROUNDS = 5 };

typedef struct data {
    ls_array *f64, *normal, *rising, *f32, *f16, *i32, *few, *rows, *sorted, *million, *flags, *tens, *hundreds;
} data;

static clockid_t watch = CLOCK_MONOTONIC;
static double now(void)
{
    struct timespec t;
    clock_gettime(watch, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static ls_array *sort_f64(const data *d) { return ls_sort(d->f64); }
static ls_array *sort_normal(const data *d) { return ls_sort(d->normal); }
static ls_array *sort_rising(const data *d) { return ls_sort(d->rising); }
static ls_array *sort_f32(const data *d) { return ls_sort(d->f32); }
static ls_array *sort_f16(const data *d) { return ls_sort(d->f16); }
static ls_array *sort_i32(const data *d) { return ls_sort(d->i32); }
static ls_array *sort_few(const data *d) { return ls_sort(d->few); }
static ls_array *sort_rows(const data *d) { return ls_sort(d->rows); }
static ls_array *sort_tens(const data *d) { return ls_sort(d->tens); }
static ls_array *sort_hundreds(const data *d) { return ls_sort(d->hundreds); }
static ls_array *sort_columns(const data *d) { return ls_sort(d->rows, .axis = LS_AXIS(0)); }
static ls_array *argsort_f64(const data *d) { return ls_argsort(d->f64); }
static ls_array *argsort_f32(const data *d) { return ls_argsort(d->f32); }
static ls_array *argsort_i32(const data *d) { return ls_argsort(d->i32); }
static ls_array *partition_f64(const data *d) { return ls_partition(d->f64, N / 2); }
static ls_array *argpartition_f64(const data *d) { return ls_argpartition(d->f64, N / 2); }
static ls_array *unique_f64(const data *d) { return ls_unique(d->f64); }
static ls_array *unique_few(const data *d) { return ls_unique(d->few); }
static ls_array *search(const data *d) { return ls_searchsorted(d->sorted, d->million); }
static ls_array *flatnonzero(const data *d) { return ls_flatnonzero(d->flags); }
static ls_array *nonzero(const data *d) { return ls_nonzero(ls_reshape(d->flags, LS_SHAPE(N / 1000, 1000))); }
static ls_array *copy(const data *d) { return ls_add(d->f64, 0.0); }

typedef struct row {
    const char *name;
    ls_array *(*run)(const data *d);
} row;

static const row rows[] = {
    {"sort float64", sort_f64},
    {"sort float64 normal", sort_normal},
    {"sort float64 rising", sort_rising},
    {"sort float32", sort_f32},
    {"sort float16", sort_f16},
    {"sort int32", sort_i32},
    {"sort int64 below 1000", sort_few},
    {"sort rows of 1000", sort_rows},
    {"sort rows of 100", sort_hundreds},
    {"sort rows of 10", sort_tens},
    {"sort columns of 10000", sort_columns},
    {"argsort float64", argsort_f64},
    {"argsort float32", argsort_f32},
    {"argsort int32", argsort_i32},
    {"partition float64", partition_f64},
    {"argpartition float64", argpartition_f64},
    {"unique float64", unique_f64},
    {"unique int64 below 1000", unique_few},
    {"searchsorted 1e6 in 1e7", search},
    {"flatnonzero bool", flatnonzero},
    {"nonzero bool, 2 axes", nonzero},
};

static double once(const data *d, ls_array *(*run)(const data *d))
{
    double seconds = 0;
    LS_SCOPE {
        const double begin = now();
        const ls_array *result = run(d);
        if (ls_evaluate(result) || ls_sync()) exit(ls_perror("bench_sort"));
        seconds = now() - begin;
    }
    return seconds;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static void measure(const data *d, const row *r)
{
    double best = 1e9, limit = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        best = smaller(best, once(d, r->run));
        limit = smaller(limit, once(d, copy));
    }
    printf("%-26s %8.1f ms %6.1f copies\n", r->name, best * 1e3, best / limit);
    fflush(stdout);
}

static ls_status make(data *d)
{
    ls_rng *rng = ls_rng_new(1);
    d->f64 = ls_random(rng, LS_SHAPE(N));
    d->normal = ls_standard_normal(rng, LS_SHAPE(N));
    d->rising = ls_arange((double)N);
    d->f32 = ls_astype(d->f64, LS_FLOAT32);
    d->f16 = ls_astype(d->f64, LS_FLOAT16);
    d->i32 = ls_integers(rng, INT32_MIN, INT32_MAX, LS_SHAPE(N), .dtype = LS_INT32);
    d->few = ls_integers(rng, 0, 1000, LS_SHAPE(N));
    d->million = ls_random(rng, LS_SHAPE(N / 10));
    d->flags = ls_greater(d->f64, 0.5);
    d->rows = ls_reshape(d->f64, LS_SHAPE(N / 1000, 1000));
    d->tens = ls_reshape(d->f64, LS_SHAPE(N / 10, 10));
    d->hundreds = ls_reshape(d->f64, LS_SHAPE(N / 100, 100));
    d->sorted = ls_sort(d->f64);
    return ls_evaluate(d->f64, d->normal, d->rising, d->f32, d->f16, d->i32, d->few, d->million, d->flags, d->rows,
                       d->sorted);
}

int main(int argc, char **argv)
{
    data d;
    if (make(&d)) return ls_perror("bench_sort");
    if (ls_num_threads() == 1) watch = CLOCK_PROCESS_CPUTIME_ID;
    printf("%d threads, %d elements\n", ls_num_threads(), (int)N);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (argc < 2 || strstr(rows[i].name, argv[1])) measure(&d, &rows[i]);
    return 0;
}
