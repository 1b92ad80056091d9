/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The largest error of every function of math.def, for float32 and float64, asserted to be within the row's bound.
 *
 *   test_math_accuracy [--stride n] [--first n] [--last n] [--count n] [--sample n] [--results file] [function ...]
 *
 *   --stride   float32 functions of one argument: every n-th of the 2^32 bit patterns (1 = all; default 4099)
 *   --first, --last    only bit patterns in this range, to divide the work
 *   --count    float64 inputs, and pairs of either type (default 200000)
 *   --sample   MPFR judges every n-th input at least (default 61)
 *   --results  append one line per function and type: name type inputs error operands x y bound
 *
 * MPFR judges the inputs whose error is a candidate for the largest, and a sample of the others. Candidates are found
 * by a quicker reference: for float32 our own float64 function, for float64 the C library's long double one (taken to
 * be right to 0.01 units, or else so wrong that MPFR is asked). */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "oracle.h"
#include "rows.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif

enum { STRIP = 1024 };
static uint64_t sample_period = 61;

struct worst {
    double error, x, y;
    uint64_t inputs, judged;
};

/* Inputs: a counter through splitmix64, so that a run can be repeated. */
static uint64_t mix(uint64_t counter)
{
    uint64_t z = counter * 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}
static double uniform(uint64_t word, double low, double high)
{
    return low + (high - low) * (double)(word >> 11) * 0x1p-53;
}
static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* One input of the kinds that matter to some function: any bits, everyday exponents, plain intervals, around 1, around
 * multiples of pi/2 and ln2/2, whole and half numbers. */
static double draw(uint64_t counter)
{
    const uint64_t word = mix(2 * counter + 1), more = mix(2 * counter);
    const double sign = word & 1024 ? -1 : 1;
    switch (more % 12) {
    case 0: return from_bits(word);
    case 1:
    case 2: return sign * ldexp(1 + uniform(word, 0, 1), (int)((more >> 8) % 42) - 30);
    case 3: return uniform(word, -2, 2);
    case 4: return uniform(word, -40, 40);
    case 5: return uniform(word, -750, 715);
    case 6: return uniform(word, 0.5, 2);
    case 7: return 1 + sign * ldexp(uniform(word, 0.5, 1), -(int)((more >> 8) % 54));
    case 8: return sign * (double)(word >> 12 & 0xfffff) * 1.5707963267948966 * (1 + ((int)(more % 5) - 2) * 0x1p-52);
    case 9: return sign * ldexp(1 + uniform(word, 0, 1), (int)((more >> 8) % 1000) - 30);
    case 10: return sign * ((double)(word >> 12 & 0xfff) * 0.34657359027997264 + uniform(more, -1e-3, 1e-3));
    default: return sign * (double)(word >> 12 & 0xffff) / 2;
    }
}
/* The second argument: of any kind, of x's size, or such that x^y stays within the format. */
static double draw_second(uint64_t counter, double x, int top)
{
    const uint64_t word = mix(2 * counter + 0x8000000000000001u);
    switch (word % 4) {
    case 0: return draw(counter + 0x4000000000000000u);
    case 1: return x * uniform(word, -4, 4);
    default: return uniform(word, -1, 1) * top / log2(fabs(x));
    }
}
static const double specials[] = {
    0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 1.5, -1.5, 4.0, 10.0, 100.0,
    1e15, -1e15, 1e22, 1e300, -1e300, 1e-300,
    0x1p-1074, -0x1p-1074, 0x1p-1022, 0x1.fffffffffffffp-1023, 0x1p-149, 0x1p-126, 0x1p24, 0x1p52, 0x1p53, 0x1p128,
    0x1.fffffep127, 0x1.fffffffffffffp1023, 0x1.fffffffffffffp51, 0x1.fffffffffffffp52, 0x1.fffffep23, -0x1.fffffep23,
    0x1.fffffffffffffp-1, 0x1.fffffep-1, 0x1.0000000000001p0, 0x1.000002p0, /* the neighbours of 1 */
    709.782712893384, 710.4758600739439, -745.1332191019411, 88.72284, -103.97208, 171.6243769563027, /* limits */
    0x1.6ac5b262ca1ffp+849, 0x1.921fb54442d18p0, 0x1.921fb54442d18p1 /* close to multiples of pi/2 */
};
enum { SPECIALS = sizeof specials / sizeof *specials };
/* Number i of the specials, then infinities, NaN and -0 in their wake. */
static double special(int i)
{
    static const double last[] = { INFINITY, -INFINITY, NAN, -0.0 };
    return i < SPECIALS ? specials[i] : last[i - SPECIALS];
}
enum { ALL_SPECIALS = SPECIALS + 4 };

/* The first of the next n inputs that belongs to the sample, every sample_period-th of all. */
static long next_sample(const struct worst *worst, long n)
{
    const uint64_t first = (sample_period - worst->inputs % sample_period) % sample_period;
    return first < (uint64_t)n ? (long)first : n;
}
static void judge(struct worst *worst, const struct math_oracle *oracle, int digits, double x, double y, double result)
{
    const double error = math_oracle_error(oracle, digits, x, y, result);
    worst->judged++;
    if (error > worst->error) worst->error = error, worst->x = x, worst->y = y;
}

/* The errors of float32 results against doubles, for normal cases; 0 where the result is the rounded truth or both are
 * NaN, and anything not below the true error elsewhere. Plain enough to be vectorised: 2^32 come by. Returns whether
 * any is above the limit. */
CLONES static int rough_errors_f32(double *error, const float *result, const double *truth, long n, double limit)
{
    int any = 0;
    for (long i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &truth[i], sizeof bits);
        bits &= 0x7ff0000000000000u;
        const uint64_t lowest = (uint64_t)(1023 - 126) << 52;
        const uint64_t scale_bits = ((uint64_t)(2046 + 23) << 52) - (bits < lowest ? lowest : bits);
        double scale;
        memcpy(&scale, &scale_bits, sizeof scale);
        const int right = (result[i] == (float)truth[i]) | ((result[i] != result[i]) & (truth[i] != truth[i]));
        error[i] = right ? 0 : fabs(result[i] - truth[i]) * scale;
        any |= !(error[i] <= limit);
    }
    return any;
}

static void run_f32(const struct math_row *row, const struct math_oracle *oracle, struct worst *worst, const float *x,
                    const float *y, long n)
{
    float out[STRIP];
    double x64[STRIP], y64[STRIP], out64[STRIP], error[STRIP];
    for (long i = 0; i < n; i++) x64[i] = x[i], y64[i] = y ? y[i] : 0;
    row->f32(out, x, y, n);
    row->f64(out64, x64, y64, n);
    const double before = worst->error;
    const int any = rough_errors_f32(error, out, out64, n, before);
    for (long i = 0; any && i < n; i++)
        if (!(error[i] <= before) && math_quick_error(24, out64[i], out[i]) > worst->error)
            judge(worst, oracle, 24, x64[i], y64[i], out[i]);
    for (long i = next_sample(worst, n); i < n; i += (long)sample_period)
        judge(worst, oracle, 24, x64[i], y64[i], out[i]);
    worst->inputs += (uint64_t)n;
}
static void run_f64(const struct math_row *row, const struct math_oracle *oracle, struct worst *worst, const double *x,
                    const double *y, long n)
{
    double result[STRIP];
    math_quick *quick = math_oracle_quick(oracle);
    row->f64(result, x, y, n);
    for (long i = 0; i < n; i++) {
        const double second = y ? y[i] : 0, error = math_quick_error(53, quick(x[i], second), result[i]);
        if (error > worst->error - 0.01) judge(worst, oracle, 53, x[i], second, result[i]);
    }
    for (long i = next_sample(worst, n); i < n; i += (long)sample_period)
        judge(worst, oracle, 53, x[i], y ? y[i] : 0, result[i]);
    worst->inputs += (uint64_t)n;
}

static void specials_of(const struct math_row *row, const struct math_oracle *oracle, struct worst *f32,
                        struct worst *f64)
{
    for (int i = 0; i < ALL_SPECIALS; i++)
        for (int j = 0; j < (row->operands == 2 ? ALL_SPECIALS : 1); j++) {
            const double x = special(i), y = special(j);
            const float fx = (float)x, fy = (float)y;
            double r;
            float fr;
            row->f64(&r, &x, &y, 1);
            row->f32(&fr, &fx, &fy, 1);
            judge(f64, oracle, 53, x, y, r);
            judge(f32, oracle, 24, fx, fy, fr);
        }
}

/* The arguments that tests/vectors/math_hard_cases.txt lists for the function, as they are for float64 and rounded for
 * float32. Returns how many. */
static int hard_cases_of(const struct math_row *row, const struct math_oracle *oracle, struct worst *f32,
                         struct worst *f64)
{
    FILE *file = fopen(LSI_TEST_VECTORS "/math_hard_cases.txt", "r");
    if (!CHECK(file != NULL)) return 0;
    char line[200], name[32];
    int cases = 0;
    while (fgets(line, sizeof line, file)) {
        double x, y = 0, r;
        const int fields = sscanf(line, "%31s %la %la", name, &x, &y);
        if (line[0] == '#' || strcmp(name, row->name) != 0 || !CHECK_EQ_INT(fields, 1 + row->operands)) continue;
        const float fx = (float)x, fy = (float)y;
        float fr;
        row->f64(&r, &x, &y, 1);
        row->f32(&fr, &fx, &fy, 1);
        judge(f64, oracle, 53, x, y, r);
        judge(f32, oracle, 24, fx, fy, fr);
        cases++;
    }
    fclose(file);
    return cases;
}

static void sweep_f32(const struct math_row *row, const struct math_oracle *oracle, struct worst *worst,
                      uint64_t first, uint64_t last, uint64_t stride)
{
    float x[STRIP];
    for (uint64_t bits = first; bits <= last; bits += STRIP * stride) {
        long n = 0;
        for (uint64_t b = bits; n < STRIP && b <= last; b += stride, n++) {
            const uint32_t pattern = (uint32_t)b;
            memcpy(&x[n], &pattern, sizeof pattern);
        }
        run_f32(row, oracle, worst, x, NULL, n);
    }
}
static void sample(const struct math_row *row, const struct math_oracle *oracle, struct worst *f32, struct worst *f64,
                   uint64_t count)
{
    double x[STRIP], y[STRIP];
    float fx[STRIP], fy[STRIP];
    for (uint64_t done = 0; done < count; done += STRIP) {
        const long n = (long)(count - done < STRIP ? count - done : STRIP);
        for (long i = 0; i < n; i++) {
            x[i] = draw(done + (uint64_t)i);
            y[i] = draw_second(done + (uint64_t)i, x[i], 1080);
            fx[i] = (float)x[i];
            fy[i] = (float)draw_second(done + (uint64_t)i, fx[i], 140);
        }
        run_f64(row, oracle, f64, x, row->operands == 2 ? y : NULL, n);
        if (row->operands == 2) run_f32(row, oracle, f32, fx, fy, n);
    }
}

static void report(FILE *results, const struct math_row *row, const char *type, const struct worst *worst)
{
    printf("%-10s %s  %.4f at %a", row->name, type, worst->error, worst->x);
    if (row->operands == 2) printf(", %a", worst->y);
    printf("  (%" PRIu64 " inputs, %" PRIu64 " by MPFR)\n", worst->inputs, worst->judged);
    fflush(stdout);
    if (results)
        fprintf(results, "%s %s %" PRIu64 " %.4f %d %a %a %g\n", row->name, type, worst->inputs, worst->error,
                row->operands, worst->x, worst->y, row->ulp), fflush(results);
    CHECK(worst->error <= row->ulp);
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
    uint64_t stride = 4099, count = 200000, first = 0, last = UINT32_MAX;
    FILE *results = NULL;
    int hard_cases = 0;
    for (argv++; *argv && strncmp(*argv, "--", 2) == 0 && argv[1]; argv += 2) {
        if (strcmp(*argv, "--stride") == 0) stride = strtoull(argv[1], NULL, 0);
        if (strcmp(*argv, "--first") == 0) first = strtoull(argv[1], NULL, 0);
        if (strcmp(*argv, "--last") == 0) last = strtoull(argv[1], NULL, 0);
        if (strcmp(*argv, "--count") == 0) count = strtoull(argv[1], NULL, 0);
        if (strcmp(*argv, "--sample") == 0) sample_period = strtoull(argv[1], NULL, 0);
        if (strcmp(*argv, "--results") == 0) results = fopen(argv[1], "a");
    }
    const struct math_row *tables[] = { math_rows_baseline, math_rows_avx2, math_rows_avx512 };
    for (const struct math_row *row = tables[math_isa_level()]; row->name; row++) {
        if (!wanted(row->name, argv)) continue;
        const struct math_oracle *oracle = math_oracle_find(row->name);
        if (!CHECK(oracle != NULL)) {
            printf("no oracle for %s\n", row->name);
            continue;
        }
        struct worst f32 = { 0 }, f64 = { 0 };
        specials_of(row, oracle, &f32, &f64);
        hard_cases += hard_cases_of(row, oracle, &f32, &f64);
        if (row->operands == 1 && stride) sweep_f32(row, oracle, &f32, first, last, stride);
        sample(row, oracle, &f32, &f64, count);
        report(results, row, "float32", &f32);
        report(results, row, "float64", &f64);
    }
    CHECK(hard_cases > 0 || *argv); /* the functions asked for may have none */
    if (results) fclose(results);
    return check_report();
}
