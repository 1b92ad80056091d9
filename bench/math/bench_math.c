/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Nanoseconds of processor time per element of every function of math.def, per instruction set, beside the C library's
 * scalar function. One thread, 4096 elements that stay in cache, the best of several rounds with the candidates taking
 * turns, since other work on the machine comes and goes.
 *
 *   bench_math [--rounds n] [function ...] */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rows.h"

enum { N = 4096, REPEATS = 16 };
static float f32_x[N], f32_y[N], f32_out[N];
static double f64_x[N], f64_y[N], f64_out[N], f64_two[N];
static float f32_two[N];

/* The interval from which a function's arguments are drawn; second for y. */
static const struct range {
    const char *name;
    double low, high, low_y, high_y;
} ranges[] = {
    { "exp", -40, 40, 0, 0 },    { "exp2", -40, 40, 0, 0 },    { "expm1", -10, 10, 0, 0 },    { "log", 0.001, 100, 0, 0 },
    { "log2", 0.001, 100, 0, 0 }, { "log10", 0.001, 100, 0, 0 }, { "log1p", -0.9, 10, 0, 0 },  { "logaddexp", -20, 20, -20, 20 },
    { "pow", 0.01, 10, -8, 8 },  { "rsqrt", 0.01, 100, 0, 0 }, { "acosh", 1, 10, 0, 0 },      { "asin", -1, 1, 0, 0 },
    { "acos", -1, 1, 0, 0 },     { "atanh", -1, 1, 0, 0 },     { "lgamma", 0.1, 20, 0, 0 },   { "tgamma", 0.1, 20, 0, 0 },
    { "erf", -4, 4, 0, 0 },      { "erfc", -4, 8, 0, 0 },      { NULL, -20, 20, -20, 20 }
};

static float rsqrt_f32(float x) { return 1 / sqrtf(x); }
static double rsqrt_f64(double x) { return 1 / sqrt(x); }
static const struct library {
    const char *name;
    float (*f32)(float);
    double (*f64)(double);
    float (*f32_2)(float, float);
    double (*f64_2)(double, double);
} library[] = {
    { "exp", expf, exp, 0, 0 },       { "exp2", exp2f, exp2, 0, 0 },    { "expm1", expm1f, expm1, 0, 0 },
    { "log", logf, log, 0, 0 },       { "log2", log2f, log2, 0, 0 },    { "log10", log10f, log10, 0, 0 },
    { "log1p", log1pf, log1p, 0, 0 }, { "pow", 0, 0, powf, pow },       { "rsqrt", rsqrt_f32, rsqrt_f64, 0, 0 },
    { "sin", sinf, sin, 0, 0 },       { "cos", cosf, cos, 0, 0 },       { "tan", tanf, tan, 0, 0 },
    { "cbrt", cbrtf, cbrt, 0, 0 },    { "hypot", 0, 0, hypotf, hypot }, { "atan2", 0, 0, atan2f, atan2 },
    { "asin", asinf, asin, 0, 0 },    { "acos", acosf, acos, 0, 0 },    { "atan", atanf, atan, 0, 0 },
    { "sinh", sinhf, sinh, 0, 0 },    { "cosh", coshf, cosh, 0, 0 },    { "tanh", tanhf, tanh, 0, 0 },
    { "asinh", asinhf, asinh, 0, 0 }, { "acosh", acoshf, acosh, 0, 0 }, { "atanh", atanhf, atanh, 0, 0 },
    { "erf", erff, erf, 0, 0 },       { "erfc", erfcf, erfc, 0, 0 },    { "tgamma", tgammaf, tgamma, 0, 0 },
    { "lgamma", lgammaf, lgamma, 0, 0 }
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}
static void fill(const char *name)
{
    const struct range *range = ranges;
    while (range->name && strcmp(range->name, name) != 0) range++;
    uint64_t word = 1;
    for (int i = 0; i < N; i++) {
        word = word * 6364136223846793005u + 1442695040888963407u;
        f64_x[i] = range->low + (range->high - range->low) * (double)(word >> 11) * 0x1p-53;
        word = word * 6364136223846793005u + 1442695040888963407u;
        f64_y[i] = range->low_y + (range->high_y - range->low_y) * (double)(word >> 11) * 0x1p-53;
        f32_x[i] = (float)f64_x[i], f32_y[i] = (float)f64_y[i];
    }
}

/* The best time of one candidate so far, in nanoseconds per element. */
static void take(double *best, double start)
{
    const double each = (now() - start) / ((double)N * REPEATS);
    if (*best == 0 || each < *best) *best = each;
}
static void library_round(const struct library *f, double best[2])
{
    if (!f->f32 && !f->f32_2) return;
    double start = now();
    for (int r = 0; r < REPEATS; r++)
        for (int i = 0; i < N; i++) f32_out[i] = f->f32 ? f->f32(f32_x[i]) : f->f32_2(f32_x[i], f32_y[i]);
    take(&best[0], start);
    start = now();
    for (int r = 0; r < REPEATS; r++)
        for (int i = 0; i < N; i++) f64_out[i] = f->f64 ? f->f64(f64_x[i]) : f->f64_2(f64_x[i], f64_y[i]);
    take(&best[1], start);
}
static void row_round(const struct math_row *row, double best[2])
{
    double start = now();
    for (int r = 0; r < REPEATS; r++) row->f32(f32_out, f32_x, f32_y, N);
    take(&best[0], start);
    start = now();
    for (int r = 0; r < REPEATS; r++) row->f64(f64_out, f64_x, f64_y, N);
    take(&best[1], start);
}
static void sincos_round(const struct math_sincos *f, double best[2])
{
    double start = now();
    for (int r = 0; r < REPEATS; r++) f->f32(f32_out, f32_two, f32_x, N);
    take(&best[0], start);
    start = now();
    for (int r = 0; r < REPEATS; r++) f->f64(f64_out, f64_two, f64_x, N);
    take(&best[1], start);
}

static const char *const isa_names[] = { "baseline", "avx2", "avx512" };
static void show(const char *name, double best[4][2], int levels)
{
    for (int type = 0; type < 2; type++) {
        printf("%-10s %s", name, type ? "f64" : "f32");
        for (int level = 0; level <= levels; level++) printf("  %8.2f", best[level][type]);
        if (best[3][type] != 0)
            printf("  %8.2f  %5.1fx\n", best[3][type], best[3][type] / best[levels][type]);
        else
            printf("         -\n");
    }
}
static int wanted(const char *name, char **names)
{
    if (!*names) return 1;
    while (*names && strcmp(*names, name) != 0) names++;
    return *names != NULL;
}

int main(int argc, char **argv)
{
    (void)argc;
    int rounds = 7;
    argv++;
    if (argv[0] && argv[1] && strcmp(argv[0], "--rounds") == 0) rounds = atoi(argv[1]), argv += 2;
    const struct math_row *tables[] = { math_rows_baseline, math_rows_avx2, math_rows_avx512 };
    const struct math_sincos *sincos_tables[] = { &math_sincos_baseline, &math_sincos_avx2, &math_sincos_avx512 };
    const int levels = math_isa_level();
    printf("%-14s", "ns/element");
    for (int level = 0; level <= levels; level++) printf("  %8s", isa_names[level]);
    printf("  %8s  gain\n", "libm");
    for (int i = 0; tables[0][i].name; i++) {
        const char *name = tables[0][i].name;
        if (!wanted(name, argv)) continue;
        double best[4][2] = { { 0 } };
        fill(name);
        for (int round = 0; round < rounds; round++) {
            for (int level = 0; level <= levels; level++) row_round(&tables[level][i], best[level]);
            for (size_t k = 0; k < sizeof library / sizeof *library; k++)
                if (strcmp(library[k].name, name) == 0) library_round(&library[k], best[3]);
        }
        show(name, best, levels);
    }
    if (wanted("sincos", argv)) {
        double best[4][2] = { { 0 } };
        fill("sin");
        for (int round = 0; round < rounds; round++)
            for (int level = 0; level <= levels; level++) sincos_round(sincos_tables[level], best[level]);
        show("sin+cos", best, levels);
    }
    return 0;
}
