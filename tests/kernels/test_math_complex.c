/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The complex functions: within a stated bound of the values in tests/vectors/math_complex.txt, the error in units in
 * the last place of the larger part; and at zeros, infinities and NaN equal to the C library's, which follows Annex G.
 *
 *   test_math_complex vectors.txt
 */
#include "element.h"
#include "check.h"

#include <complex.h>
#include <stdlib.h>

/* --- values ---------------------------------------------------------------------------------------------------------
 * */

typedef ls_cfloat function_c64(ls_cfloat);
typedef ls_cdouble function_c128(ls_cdouble);

static const struct row {
    const char *name;
    function_c64 *f64;
    function_c128 *f128;
    double bound; /* a little above the largest error seen in 10^5 random points of every kind */
} rows[] = {
#define ROW(name, bound) { #name, ls_##name##_c64, ls_##name##_c128, bound }
    ROW(exp, 2.1),  ROW(expm1, 2.7), ROW(log, 0.7),  ROW(log2, 1.4),  ROW(log10, 1.5), ROW(log1p, 1.5), ROW(sqrt, 1.6),
    ROW(sin, 2.1),  ROW(cos, 2.1),   ROW(tan, 4.0),  ROW(sinh, 2.1),  ROW(cosh, 2.1),  ROW(tanh, 4.0),  ROW(asin, 3.7),
    ROW(acos, 3.2), ROW(atan, 2.2),  ROW(asinh, 3.7), ROW(acosh, 3.2), ROW(atanh, 2.2), ROW(signum, 1.7),
    ROW(reciprocal, 2.4),
};
enum { ROWS = sizeof rows / sizeof *rows };
static const double pow_bound = 4.0; /* for exponents up to 10; it grows with |y log x| / 16 */

struct vector {
    char name[16], dtype[8];
    double x[4];                         /* argument; for pow the exponent after it */
    long double re, im;
};

static int read_vector(FILE *file, struct vector *v)
{
    char text[8][40];
    double number[8];
    if (fscanf(file, "%15s %7s", v->name, v->dtype) != 2) return 0;
    const int inputs = strcmp(v->name, "pow") == 0 ? 4 : 2;
    for (int i = 0; i < inputs + 4; i++) {
        if (fscanf(file, "%39s", text[i]) != 1) return 0;
        number[i] = strtod(text[i], NULL);
    }
    for (int i = 0; i < inputs; i++) v->x[i] = number[i];
    v->re = (long double)number[inputs] + number[inputs + 1];
    v->im = (long double)number[inputs + 2] + number[inputs + 3];
    return 1;
}

static double error(const struct vector *v, double re, double im)
{
    const int digits = strcmp(v->dtype, "c64") == 0 ? 24 : 53;
    const long double larger = fmaxl(fabsl(v->re), fabsl(v->im));
    const long double off = fmaxl(fabsl(re - v->re), fabsl(im - v->im));
    return (double)(off / ldexpl(1, ilogbl(larger) + 1 - digits));
}

static ls_cdouble apply(const struct vector *v, const struct row *row)
{
    ls_cdouble z = { v->x[0], v->x[1] }, e = { v->x[2], v->x[3] };
    if (strcmp(v->dtype, "c128") == 0) return row ? row->f128(z) : ls_pow_c128(z, e);
    const ls_cfloat small = { (float)z.re, (float)z.im }, small_e = { (float)e.re, (float)e.im };
    const ls_cfloat w = row ? row->f64(small) : ls_pow_c64(small, small_e);
    z.re = (double)w.re;
    z.im = (double)w.im;
    return z;
}

static void test_values(const char *path)
{
    double worst[ROWS + 1] = { 0 };
    struct vector v = { .name = "" };
    long count = 0;
    FILE *file = fopen(path, "r");
    if (!CHECK(file != NULL)) return;
    while (read_vector(file, &v)) {
        int i = 0;
        while (i < ROWS && strcmp(rows[i].name, v.name) != 0) i++;
        const ls_cdouble w = apply(&v, i < ROWS ? &rows[i] : NULL);
        const double e = error(&v, w.re, w.im), bound = i < ROWS ? rows[i].bound : pow_bound;
        if (!CHECK(e <= bound))
            printf("%s %s(%a, %a) is off by %.2f\n", v.name, v.dtype, v.x[0], v.x[1], e);
        worst[i] = e > worst[i] ? e : worst[i];
        count++;
    }
    fclose(file);
    for (int i = 0; i <= ROWS; i++) printf("%-10s %.2f\n", i < ROWS ? rows[i].name : "pow", worst[i]);
    CHECK(count > 1500);
}

/* --- special values -------------------------------------------------------------------------------------------------
 * */

static int same(double a, double b) { return (a != a && b != b) || (a == b && signbit(a) == signbit(b)); }

/* Equal bits at specials; close where both are ordinary. Where the other part is NaN the sign is open. */
static int agrees(double a, double b, double other, double larger)
{
    if (same(a, b) || (other != other && fabs(a) == fabs(b))) return 1;
    return isfinite(a) && isfinite(b) && fabs(a - b) <= 4e-15 * larger + 0x1p-1072;
}

static double complex number(double re, double im)
{
    double complex z;
    const double parts[2] = { re, im };
    memcpy(&z, parts, sizeof z);
    return z;
}

static const double specials[] = { 0.0, -0.0, 1, -1, 0.5, -0.5, 2, -3, 30, -30, 800, -1000, 1e-310, 1e300, -1e300,
                                   INFINITY, -INFINITY, NAN };
enum { SPECIALS = sizeof specials / sizeof *specials };

static void check_special(const char *name, function_c128 *ours, double complex (*theirs)(double complex))
{
    for (int i = 0; i < SPECIALS * SPECIALS; i++) {
        const ls_cdouble z = { specials[i / SPECIALS], specials[i % SPECIALS] };
        const ls_cdouble w = ours(z);
        const double complex want = theirs(number(z.re, z.im));
        const double re = creal(want), im = cimag(want), larger = fmax(fabs(re), fabs(im));
        if (!CHECK(agrees(w.re, re, im, larger) && agrees(w.im, im, re, larger)))
            printf("%s(%g, %g) = (%g, %g), not (%g, %g)\n", name, z.re, z.im, w.re, w.im, re, im);
    }
}

static void test_specials(void)
{
#define SPECIAL(name) check_special(#name, ls_##name##_c128, c##name)
    SPECIAL(exp);
    SPECIAL(log);
    SPECIAL(sqrt);
    SPECIAL(sin);
    SPECIAL(cos);
    SPECIAL(tan);
    SPECIAL(sinh);
    SPECIAL(cosh);
    SPECIAL(tanh);
    SPECIAL(asin);
    SPECIAL(acos);
    SPECIAL(atan);
    SPECIAL(asinh);
    SPECIAL(acosh);
    SPECIAL(atanh);
}

static void test_pow_corners(void)
{
    const ls_cdouble i = { 0, 1 }, zero = { 0, 0 }, two = { 2, 0 }, one_two = { 1, 2 }, minus = { -1, 0 };
    CHECK_EQ_DOUBLE(ls_pow_c128(zero, zero).re, 1.0);
    CHECK_EQ_DOUBLE(ls_pow_c128(zero, two).re, 0.0);
    CHECK_EQ_DOUBLE(ls_pow_c128(zero, minus).re, NAN);
    CHECK_EQ_DOUBLE(ls_pow_c128(one_two, two).re, -3.0);
    CHECK_EQ_DOUBLE(ls_pow_c128(one_two, two).im, 4.0);
    CHECK_EQ_DOUBLE(ls_pow_c128(i, i).re, 0.20787957635076190);
    CHECK_EQ_DOUBLE(ls_log1p_c128(minus).re, -INFINITY);
    CHECK_EQ_DOUBLE(ls_log1p_c128((ls_cdouble){ -8, -0.0 }).re, log(7)); /* left of the branch point */
    CHECK_EQ_DOUBLE(ls_log1p_c128((ls_cdouble){ -8, -0.0 }).im, -acos(-1));
    CHECK_EQ_DOUBLE(ls_signum_c128(zero).re, 0.0);
}

int main(int count, char **argument)
{
    if (count < 2) return printf("usage: test_math_complex vectors.txt\n"), 2;
    test_values(argument[1]);
    test_specials();
    test_pow_corners();
    return check_report();
}
