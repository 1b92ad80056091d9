/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decides what each row of math.def means, in MPFR's words; leaves which inputs are tried to test_math_accuracy.c. */
#include "oracle.h"

#include <math.h>
#include <mpfr.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef int unary(mpfr_t, const mpfr_t, mpfr_rnd_t);
typedef int binary(mpfr_t, const mpfr_t, const mpfr_t, mpfr_rnd_t);

/* Cancellation apart, every value is wanted to some 70 bits beyond the format. */
enum { PRECISION = 160, WIDE = 2400 };

static int rsqrt(mpfr_t out, const mpfr_t x, mpfr_rnd_t round)
{
    int inexact = mpfr_rec_sqrt(out, x, round);
    if (mpfr_zero_p(x)) mpfr_setsign(out, out, mpfr_signbit(x), round); /* IEEE: -0 gives -inf */
    return inexact;
}
static int lgamma_magnitude(mpfr_t out, const mpfr_t x, mpfr_rnd_t round)
{
    int sign;
    return mpfr_lgamma(out, &sign, x, round);
}
/* In a precision that holds any difference of two doubles exactly. */
static int logaddexp(mpfr_t out, const mpfr_t x, const mpfr_t y, mpfr_rnd_t round)
{
    if (mpfr_nan_p(x) || mpfr_nan_p(y)) return mpfr_set_nan(out), 0;
    const int first = mpfr_greaterequal_p(x, y);
    if (mpfr_inf_p(first ? x : y)) return mpfr_set(out, first ? x : y, round);
    mpfr_t difference;
    mpfr_init2(difference, WIDE);
    mpfr_sub(difference, first ? y : x, first ? x : y, round);
    mpfr_set_prec(out, 400);
    mpfr_exp(out, difference, round);
    mpfr_log1p(out, out, round);
    const int inexact = mpfr_add(out, out, first ? x : y, round);
    mpfr_clear(difference);
    return inexact;
}

static long double quick_exp(long double x, long double y) { return (void)y, expl(x); }
static long double quick_exp2(long double x, long double y) { return (void)y, exp2l(x); }
static long double quick_expm1(long double x, long double y) { return (void)y, expm1l(x); }
static long double quick_log(long double x, long double y) { return (void)y, logl(x); }
static long double quick_log2(long double x, long double y) { return (void)y, log2l(x); }
static long double quick_log10(long double x, long double y) { return (void)y, log10l(x); }
static long double quick_log1p(long double x, long double y) { return (void)y, log1pl(x); }
static long double quick_rsqrt(long double x, long double y) { return (void)y, 1 / sqrtl(x); }
static long double quick_sin(long double x, long double y) { return (void)y, sinl(x); }
static long double quick_cos(long double x, long double y) { return (void)y, cosl(x); }
static long double quick_tan(long double x, long double y) { return (void)y, tanl(x); }
static long double quick_cbrt(long double x, long double y) { return (void)y, cbrtl(x); }
static long double quick_asin(long double x, long double y) { return (void)y, asinl(x); }
static long double quick_acos(long double x, long double y) { return (void)y, acosl(x); }
static long double quick_atan(long double x, long double y) { return (void)y, atanl(x); }
static long double quick_sinh(long double x, long double y) { return (void)y, sinhl(x); }
static long double quick_cosh(long double x, long double y) { return (void)y, coshl(x); }
static long double quick_tanh(long double x, long double y) { return (void)y, tanhl(x); }
static long double quick_asinh(long double x, long double y) { return (void)y, asinhl(x); }
static long double quick_acosh(long double x, long double y) { return (void)y, acoshl(x); }
static long double quick_atanh(long double x, long double y) { return (void)y, atanhl(x); }
static long double quick_erf(long double x, long double y) { return (void)y, erfl(x); }
static long double quick_erfc(long double x, long double y) { return (void)y, erfcl(x); }
static long double quick_lgamma(long double x, long double y) { return (void)y, lgammal(x); }
static long double quick_tgamma(long double x, long double y) { return (void)y, tgammal(x); }
/* x = 2 n + k / 2 + r exactly, |r| <= 1/4; sin(pi x) from the sine or cosine of pi r. */
static long double quick_turns(long double x, int ahead)
{
    const long double pi = 3.14159265358979323846264338327950288L;
    const long double t = fmodl(x, 2), k = rintl(2 * t), r = pi * (t - k / 2);
    if (!isfinite(x)) return NAN;
    const int quadrant = ((int)k + 4 + ahead) & 3;
    const long double size = quadrant & 1 ? cosl(r) : sinl(r);
    return quadrant & 2 ? -size : size;
}
static long double quick_sinpi(long double x, long double y) { return (void)y, quick_turns(x, 0); }
static long double quick_cospi(long double x, long double y) { return (void)y, quick_turns(x, 1); }
static long double quick_logaddexp(long double x, long double y)
{
    const long double top = x > y ? x : y, low = x > y ? y : x;
    return x == y ? x + 0.693147180559945309417232121458176568L : top + log1pl(expl(low - top));
}

static const struct math_oracle {
    const char *name;
    unary *one;
    binary *two;
    math_quick *quick;
} oracles[] = {
    { "exp", mpfr_exp, NULL, quick_exp },
    { "exp2", mpfr_exp2, NULL, quick_exp2 },
    { "expm1", mpfr_expm1, NULL, quick_expm1 },
    { "log", mpfr_log, NULL, quick_log },
    { "log2", mpfr_log2, NULL, quick_log2 },
    { "log10", mpfr_log10, NULL, quick_log10 },
    { "log1p", mpfr_log1p, NULL, quick_log1p },
    { "logaddexp", NULL, logaddexp, quick_logaddexp },
    { "pow", NULL, mpfr_pow, powl },
    { "rsqrt", rsqrt, NULL, quick_rsqrt },
    { "sin", mpfr_sin, NULL, quick_sin },
    { "cos", mpfr_cos, NULL, quick_cos },
    { "tan", mpfr_tan, NULL, quick_tan },
    { "sinpi", mpfr_sinpi, NULL, quick_sinpi },
    { "cospi", mpfr_cospi, NULL, quick_cospi },
    { "cbrt", mpfr_cbrt, NULL, quick_cbrt },
    { "hypot", NULL, mpfr_hypot, hypotl },
    { "asin", mpfr_asin, NULL, quick_asin },
    { "acos", mpfr_acos, NULL, quick_acos },
    { "atan", mpfr_atan, NULL, quick_atan },
    { "atan2", NULL, mpfr_atan2, atan2l },
    { "sinh", mpfr_sinh, NULL, quick_sinh },
    { "cosh", mpfr_cosh, NULL, quick_cosh },
    { "tanh", mpfr_tanh, NULL, quick_tanh },
    { "asinh", mpfr_asinh, NULL, quick_asinh },
    { "acosh", mpfr_acosh, NULL, quick_acosh },
    { "atanh", mpfr_atanh, NULL, quick_atanh },
    { "erf", mpfr_erf, NULL, quick_erf },
    { "erfc", mpfr_erfc, NULL, quick_erfc },
    { "lgamma", lgamma_magnitude, NULL, quick_lgamma },
    { "tgamma", mpfr_gamma, NULL, quick_tgamma },
};

const struct math_oracle *math_oracle_find(const char *name)
{
    for (size_t i = 0; i < sizeof oracles / sizeof *oracles; i++)
        if (strcmp(oracles[i].name, name) == 0) return &oracles[i];
    return NULL;
}

math_quick *math_oracle_quick(const struct math_oracle *oracle) { return oracle->quick; }

/* The exponent of the last place of a number in [2^exponent, 2^(exponent + 1)). */
static long last_place(long exponent, int digits)
{
    const long lowest = digits == 24 ? -126 : -1022;
    return (exponent < lowest ? lowest : exponent) - (digits - 1);
}

double math_oracle_error(const struct math_oracle *oracle, int digits, double x, double y, double result)
{
    const int top = digits == 24 ? 128 : 1024;
    mpfr_t truth, mx, my;
    mpfr_inits2(PRECISION, truth, mx, my, (mpfr_ptr)0);
    mpfr_set_d(mx, x, MPFR_RNDN);
    mpfr_set_d(my, y, MPFR_RNDN);
    if (oracle->one)
        oracle->one(truth, mx, MPFR_RNDN);
    else
        oracle->two(truth, mx, my, MPFR_RNDN);

    const int may_cross_zero = strcmp(oracle->name, "logaddexp") == 0;
    double error = INFINITY;
    if (mpfr_nan_p(truth) || isnan(result)) {
        if (mpfr_nan_p(truth) && isnan(result)) error = 0;
    } else if (mpfr_inf_p(truth)) {
        if (isinf(result) && !signbit(result) == !mpfr_signbit(truth)) error = 0;
    } else if (mpfr_zero_p(truth)) {
        if (result == 0 && !signbit(result) == !mpfr_signbit(truth)) error = 0;
    } else if (may_cross_zero || result != 0 || !signbit(result) == !mpfr_signbit(truth)) {
        long place = last_place(mpfr_get_exp(truth) - 1, digits), highest = top - digits;
        if (place > highest) place = highest; /* beyond the largest number its own unit counts */
        if (may_cross_zero) {
            const long operand = last_place(ilogb(x > y ? x : y), digits); /* the row's exception */
            if (operand > place && (x > y ? x : y) != 0) place = operand;
        }
        if (strcmp(oracle->name, "lgamma") == 0 && x < -2 && place < -95) place = -95; /* likewise */
        const int overflows = mpfr_get_exp(truth) > top;
        if (isinf(result) && overflows && !signbit(result) == !mpfr_signbit(truth)) {
            error = 0;
        } else {
            if (isinf(result))
                mpfr_set_si_2exp(mx, result < 0 ? -1 : 1, top, MPFR_RNDN);
            else
                mpfr_set_d(mx, result, MPFR_RNDN);
            mpfr_sub(mx, mx, truth, MPFR_RNDN);
            mpfr_mul_2si(mx, mx, -place, MPFR_RNDN);
            error = fabs(mpfr_get_d(mx, MPFR_RNDU));
        }
    }
    mpfr_clears(truth, mx, my, (mpfr_ptr)0);
    return error;
}

double math_quick_error(int digits, long double truth, double result)
{
    const int top = digits == 24 ? 128 : 1024;
    if (isnan(truth) || isnan(result)) return isnan(truth) && isnan(result) ? 0 : INFINITY;
    if (truth == 0) return result == 0 && !signbit(result) == !signbit(truth) ? 0 : INFINITY;
    if (isinf(result) && fabsl(truth) >= ldexpl(1, top)) return (truth < 0) == (result < 0) ? 0 : INFINITY;
    if (isinf(truth) || isinf(result)) return INFINITY;
    const double size = fabs((double)truth);
    if (!(size >= 0x1p-970 && size < ldexp(1, top - 1))) { /* close to the ends of the format: with care */
        int exponent;
        frexpl(truth, &exponent);
        if (exponent > top) return INFINITY;
        return (double)fabsl(ldexpl(result - truth, (int)-last_place(exponent - 1, digits)));
    }
    uint64_t bits;
    memcpy(&bits, &size, sizeof bits);
    const long place = last_place((long)(bits >> 52) - 1023, digits);
    const uint64_t scale_bits = (uint64_t)(1023 - place) << 52;
    double scale;
    memcpy(&scale, &scale_bits, sizeof scale);
    return (double)fabsl((result - truth) * scale);
}
