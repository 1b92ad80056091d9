/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Nanoseconds of processor time per element of every function of math.def, per instruction set, beside SLEEF's (where
 * it was found) and the C library's scalar function. One thread, 4096 elements that stay in cache, the best of several
 * rounds with the candidates taking turns, since other work on the machine comes and goes.
 *
 *   bench_math [--rounds n] [function ...]
 *
 * `compare` drives the same rounds from Python, where NumPy and PyTorch take their turns too; for it this is a module
 * as well, with the functions bench_math_*. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rows.h"

enum { N = 4096, REPEATS = 16 };
static float f32[4][N]; /* x, y, and two results */
static double f64[4][N];

/* The interval from which a function's arguments are drawn; second for y. */
static const struct range {
    const char *name;
    double low, high, low_y, high_y;
} ranges[] = {
    { "exp", -40, 40, 0, 0 }, { "exp2", -40, 40, 0, 0 }, { "expm1", -10, 10, 0, 0 }, { "log", 0.001, 100, 0, 0 },
    { "log2", 0.001, 100, 0, 0 }, { "log10", 0.001, 100, 0, 0 }, { "log1p", -0.9, 10, 0, 0 },
    { "logaddexp", -20, 20, -20, 20 }, { "pow", 0.01, 10, -8, 8 }, { "rsqrt", 0.01, 100, 0, 0 },
    { "acosh", 1, 10, 0, 0 }, { "asin", -1, 1, 0, 0 }, { "acos", -1, 1, 0, 0 }, { "atanh", -1, 1, 0, 0 },
    { "lgamma", 0.1, 20, 0, 0 }, { "tgamma", 0.1, 20, 0, 0 }, { "erf", -4, 4, 0, 0 }, { "erfc", -4, 8, 0, 0 },
    { NULL, -20, 20, -20, 20 }
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

/* The candidates: tables of loops with the level of math_isa_level they need; the C library comes last. */
#if defined(BENCH_MATH_SLEEF)
extern const struct math_row math_rows_sleef_avx2[], math_rows_sleef_avx512[];
#else
static const struct math_row math_rows_sleef_avx2[1], math_rows_sleef_avx512[1];
#endif
static const struct candidate {
    const char *name;
    int level;
    const struct math_row *rows;
    const struct math_sincos *sincos;
} candidates[] = {
    { "baseline", 0, math_rows_baseline, &math_sincos_baseline },
    { "avx2", 1, math_rows_avx2, &math_sincos_avx2 },
    { "avx512", 2, math_rows_avx512, &math_sincos_avx512 },
    { "sleef avx2", 1, math_rows_sleef_avx2, NULL },
    { "sleef avx512", 2, math_rows_sleef_avx512, NULL },
    { "libm", 0, NULL, NULL },
};
enum { CANDIDATES = sizeof candidates / sizeof *candidates };

extern const char *bench_math_function(int i), *bench_math_candidate(int i);
extern void *bench_math_fill(const char *function, int type, int which);
extern double bench_math_round(const char *function, int candidate, int type);

/* Names by number, NULL at the end; sin+cos is the last function. */
const char *bench_math_function(int i)
{
    int count = 0;
    while (math_rows_baseline[count].name) count++;
    return i < count ? math_rows_baseline[i].name : (i == count ? "sin+cos" : NULL);
}
const char *bench_math_candidate(int i) { return i < CANDIDATES ? candidates[i].name : NULL; }

/* Sets the arguments of a function; array x (0), y (1) or result (2) of type float32 (0) or float64 (1). */
void *bench_math_fill(const char *function, int type, int which)
{
    const struct range *range = ranges;
    while (range->name && strcmp(range->name, function) != 0) range++;
    uint64_t word = 1;
    for (int i = 0; i < N; i++) {
        word = word * 6364136223846793005u + 1442695040888963407u;
        f64[0][i] = range->low + (range->high - range->low) * (double)(word >> 11) * 0x1p-53;
        word = word * 6364136223846793005u + 1442695040888963407u;
        f64[1][i] = range->low_y + (range->high_y - range->low_y) * (double)(word >> 11) * 0x1p-53;
        f32[0][i] = (float)f64[0][i], f32[1][i] = (float)f64[1][i];
    }
    return type ? (void *)f64[which] : (void *)f32[which];
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}
static const struct math_row *find_row(const struct math_row *row, const char *name)
{
    while (row->name && strcmp(row->name, name) != 0) row++;
    return row->name ? row : NULL;
}
static void library_loop(const struct library *f, int type)
{
    for (int i = 0; i < N; i++)
        if (type)
            f64[2][i] = f->f64 ? f->f64(f64[0][i]) : f->f64_2(f64[0][i], f64[1][i]);
        else
            f32[2][i] = f->f32 ? f->f32(f32[0][i]) : f->f32_2(f32[0][i], f32[1][i]);
}

/* Nanoseconds per element of one round; 0 where the candidate does not have the function or cannot run here. */
double bench_math_round(const char *function, int candidate, int type)
{
    const struct candidate *c = &candidates[candidate];
    const struct math_row *row = c->rows ? find_row(c->rows, function) : NULL;
    const struct math_sincos *sincos = strcmp(function, "sin+cos") == 0 ? c->sincos : NULL;
    const struct library *scalar = NULL;
    for (size_t k = 0; !c->rows && k < sizeof library / sizeof *library; k++)
        if (strcmp(library[k].name, function) == 0) scalar = &library[k];
    if (math_isa_level() < c->level || (!row && !sincos && !scalar)) return 0;
    const double start = now();
    for (int r = 0; r < REPEATS; r++) {
        if (scalar)
            library_loop(scalar, type);
        else if (sincos && type)
            sincos->f64(f64[2], f64[3], f64[0], N);
        else if (sincos)
            sincos->f32(f32[2], f32[3], f32[0], N);
        else if (type)
            row->f64(f64[2], f64[0], f64[1], N);
        else
            row->f32(f32[2], f32[0], f32[1], N);
    }
    return (now() - start) / ((double)N * REPEATS);
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
    printf("%-14s", "ns/element");
    for (int c = 0; c < CANDIDATES; c++) printf("  %12s", candidates[c].name);
    printf("\n");
    for (int i = 0; bench_math_function(i); i++) {
        const char *name = bench_math_function(i);
        if (!wanted(name, argv)) continue;
        bench_math_fill(name, 0, 0);
        for (int type = 0; type < 2; type++) {
            double best[CANDIDATES] = { 0 };
            for (int turn = 0; turn < rounds * CANDIDATES; turn++) {
                const double each = bench_math_round(name, turn % CANDIDATES, type);
                if (turn < CANDIDATES || each < best[turn % CANDIDATES]) best[turn % CANDIDATES] = each;
            }
            printf("%-10s %s", name, type ? "f64" : "f32");
            for (int c = 0; c < CANDIDATES; c++) printf(best[c] > 0 ? "  %12.2f" : "             -", best[c]);
            printf("\n");
        }
    }
    return 0;
}
