/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Random draws: best of several rounds in nanoseconds per element, and as a multiple of filling the same array with a
 * constant in the same round, which is the limit that memory sets. bench_numpy.py does the same with NumPy, row by row.
 * With LOCKSTEP_NUM_THREADS=1 times are of the processor, so that others on the machine count less.
 * Usage: bench_random [filter [elements]] */
#include <lockstep.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 5, LEAST_ELEMENTS = 4000000 }; /* small arrays are drawn often enough for a clock to see */

static clockid_t watch = CLOCK_MONOTONIC;
static double now(void)
{
    struct timespec t;
    clock_gettime(watch, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

typedef ls_array *draw(ls_rng *rng, int64_t n);

static ls_array *random_f64(ls_rng *rng, int64_t n) { return ls_random(rng, LS_SHAPE(n)); }
static ls_array *random_f32(ls_rng *rng, int64_t n) { return ls_random(rng, LS_SHAPE(n), .dtype = LS_FLOAT32); }
static ls_array *normal_f64(ls_rng *rng, int64_t n) { return ls_standard_normal(rng, LS_SHAPE(n)); }
static ls_array *normal_f32(ls_rng *rng, int64_t n)
{
    return ls_standard_normal(rng, LS_SHAPE(n), .dtype = LS_FLOAT32);
}
static ls_array *exponential_f64(ls_rng *rng, int64_t n) { return ls_exponential(rng, 1.0, LS_SHAPE(n)); }
static ls_array *exponential_f32(ls_rng *rng, int64_t n)
{
    return ls_exponential(rng, 1.0, LS_SHAPE(n), .dtype = LS_FLOAT32);
}
static ls_array *integers_small(ls_rng *rng, int64_t n) { return ls_integers(rng, 0, 1000, LS_SHAPE(n)); }
static ls_array *integers_i32(ls_rng *rng, int64_t n)
{
    return ls_integers(rng, 0, 1000, LS_SHAPE(n), .dtype = LS_INT32);
}
static ls_array *integers_large(ls_rng *rng, int64_t n) { return ls_integers(rng, 0, (int64_t)1 << 40, LS_SHAPE(n)); }
static ls_array *bits(ls_rng *rng, int64_t n) { return ls_random_bits(rng, LS_SHAPE(n)); }
static ls_array *uniform(ls_rng *rng, int64_t n) { return ls_uniform(rng, -1.0, 1.0, LS_SHAPE(n)); }
static ls_array *sum_random(ls_rng *rng, int64_t n) { return ls_sum(ls_random(rng, LS_SHAPE(n))); }
static ls_array *sum_normal(ls_rng *rng, int64_t n) { return ls_sum(ls_standard_normal(rng, LS_SHAPE(n))); }
static ls_array *fill(ls_rng *rng, int64_t n)
{
    (void)rng;
    return ls_full(LS_SHAPE(n), 0.5);
}
static ls_array *fill_f32(ls_rng *rng, int64_t n)
{
    (void)rng;
    return ls_full(LS_SHAPE(n), 0.5, .dtype = LS_FLOAT32);
}

typedef struct row {
    const char *name;
    draw *run, *limit;
} row;

static const row rows[] = {
    {"random float64", random_f64, fill},
    {"random float32", random_f32, fill_f32},
    {"normal float64", normal_f64, fill},
    {"normal float32", normal_f32, fill_f32},
    {"exponential float64", exponential_f64, fill},
    {"exponential float32", exponential_f32, fill_f32},
    {"integers below 1000", integers_small, fill},
    {"integers below 1000 int32", integers_i32, fill_f32},
    {"integers below 2^40", integers_large, fill},
    {"bits uint64", bits, fill},
    {"uniform -1 to 1", uniform, fill},
    {"sum of random", sum_random, fill},
    {"sum of normal", sum_normal, fill},
};

static double once(ls_rng *rng, draw *run, int64_t n)
{
    const int64_t calls = n < LEAST_ELEMENTS ? LEAST_ELEMENTS / n : 1;
    const double begin = now();
    for (int64_t i = 0; i < calls; i++)
        LS_SCOPE {
            const ls_array *result = run(rng, n);
            if (ls_evaluate(result) || ls_sync()) exit(ls_perror("bench_random"));
        }
    return (now() - begin) / (double)calls / (double)n;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static void measure(const char *engine, ls_rng *rng, const row *r, int64_t n)
{
    double best = 1e9, limit = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        best = smaller(best, once(rng, r->run, n));
        limit = smaller(limit, once(rng, r->limit, n));
    }
    printf("%-26s %-4s %10lld %7.3f ns %6.1f fills\n", r->name, engine, (long long)n, best * 1e9, best / limit);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const int64_t sizes[] = {1000, 1000000, 100000000};
    ls_rng *wide = ls_rng_new(1), *narrow = ls_rng_new(1, .engine = LS_PHILOX4X32);
    if (!wide || !narrow) return ls_perror("bench_random");
    if (ls_num_threads() == 1) watch = CLOCK_PROCESS_CPUTIME_ID;
    for (int i = 0; i < 20; i++) (void)once(wide, random_f64, 1000000); /* processors and memory wake up */
    printf("%d threads\n", ls_num_threads());
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            if ((argc > 1 && !strstr(rows[i].name, argv[1])) || (argc > 2 && atoll(argv[2]) != sizes[s])) continue;
            measure("4x64", wide, &rows[i], sizes[s]);
            measure("4x32", narrow, &rows[i], sizes[s]);
        }
    return 0;
}
