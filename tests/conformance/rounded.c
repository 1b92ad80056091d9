/* SPDX-License-Identifier: BSD-3-Clause
 *
 * See rounded.h. */
#include "rounded.h"
#include <complex.h>
#include <math.h>
#include <stdlib.h>

typedef long double real;
typedef complex long double number;

/* What the C library's own values are off by, in units of float64: a few of long double's units. */
static const double slack = 1.0 / 64;

/* --- the true values of real functions -------------------------------------------------------------------------- */

static real pi(void) { return acosl(-1); }

static real sine_of_half_turns(real x) /* x in [0, 1] half turns */
{
    if (x > 0.5L) x = 1 - x;
    return x > 0.25L ? cosl(pi() * (0.5L - x)) : sinl(pi() * x);
}

static real sinpi(real x)
{
    if (!isfinite(x)) return NAN;
    if (x == truncl(x)) return copysignl(0, x);
    const real turn = fmodl(fabsl(x), 2);
    const real size = turn > 1 ? -sine_of_half_turns(turn - 1) : sine_of_half_turns(turn);
    return x < 0 ? -size : size;
}

static real cospi(real x)
{
    if (!isfinite(x)) return NAN;
    const real turn = fmodl(fabsl(x), 2), back = turn > 1 ? 2 - turn : turn; /* cos is even */
    return back <= 0.5L ? sine_of_half_turns(0.5L - back) : -sine_of_half_turns(back - 0.5L);
}

static real logaddexp(real x, real y)
{
    if (isnan(x) || isnan(y)) return NAN;
    if (x == y) return x + logl(2);
    return fmaxl(x, y) + log1pl(expl(-fabsl(x - y)));
}

static real true_real(lsi_op op, real x, real y)
{
    switch (op) {
    case LSI_OP_degrees: return x * (180 / pi());
    case LSI_OP_radians: return x * (pi() / 180);
    case LSI_OP_exp: return expl(x);
    case LSI_OP_exp2: return exp2l(x);
    case LSI_OP_expm1: return expm1l(x);
    case LSI_OP_log: return logl(x);
    case LSI_OP_log2: return log2l(x);
    case LSI_OP_log10: return log10l(x);
    case LSI_OP_log1p: return log1pl(x);
    case LSI_OP_logaddexp: return logaddexp(x, y);
    case LSI_OP_pow: return powl(x, y);
    case LSI_OP_rsqrt: return 1 / sqrtl(x);
    case LSI_OP_sin: return sinl(x);
    case LSI_OP_cos: return cosl(x);
    case LSI_OP_tan: return tanl(x);
    case LSI_OP_sinpi: return sinpi(x);
    case LSI_OP_cospi: return cospi(x);
    case LSI_OP_cbrt: return cbrtl(x);
    case LSI_OP_hypot: return hypotl(x, y);
    case LSI_OP_asin: return asinl(x);
    case LSI_OP_acos: return acosl(x);
    case LSI_OP_atan: return atanl(x);
    case LSI_OP_atan2: return atan2l(x, y);
    case LSI_OP_sinh: return sinhl(x);
    case LSI_OP_cosh: return coshl(x);
    case LSI_OP_tanh: return tanhl(x);
    case LSI_OP_asinh: return asinhl(x);
    case LSI_OP_acosh: return acoshl(x);
    case LSI_OP_atanh: return atanhl(x);
    case LSI_OP_erf: return erfl(x);
    case LSI_OP_erfc: return erfcl(x);
    case LSI_OP_tgamma: return tgammal(x);
    case LSI_OP_lgamma: return lgammal(x);
    default: abort();
    }
}

/* The distance of a result from the truth in units in the last place of `like`; there are none beyond the format, and
 * an infinite result counts as the first power of two that is too large. */
static double distance(format f, real truth, double result, real like)
{
    if (isnan(truth) || isnan(result)) return isnan(truth) && isnan(result) ? 0 : INFINITY;
    if (isinf(truth)) return truth == (real)result ? 0 : INFINITY;
    if (isinf(result) && fabsl(truth) >= ldexpl(1, f.top)) return !signbit(truth) == !signbit(result) ? 0 : INFINITY;
    const int highest = f.top - f.digits, place = last_place(f, like) < highest ? last_place(f, like) : highest;
    const real size = isinf(result) ? copysignl(ldexpl(1, f.top), result) : (real)result;
    return (double)fabsl(ldexpl(size - truth, -place));
}

static double real_error(lsi_op op, format f, const value operands[2], double result)
{
    const real x = operands[0].re, y = operands[1].re, truth = true_real(op, x, y);
    real like = truth;
    if (op == LSI_OP_logaddexp) like = fmaxl(fabsl(truth), fabsl(fmaxl(x, y))); /* the row's exception */
    const bool right_sign = !signbit(result) == !signbit(truth) || like != truth || isnan(truth);
    if (result == 0 && !right_sign) return INFINITY;
    if (truth == 0 && result != 0 && like == truth) return INFINITY;
    return distance(f, truth, result, like);
}

/* --- complex functions ------------------------------------------------------------------------------------------ */

static number make(real re, real im)
{
    union {
        real parts[2];
        number z;
    } both = {{re, im}};
    return both.z;
}

static number cexpm1l(number z)
{
    const real x = creall(z), y = cimagl(z), half = sinl(y / 2);
    return make(expm1l(x) * cosl(y) - 2 * half * half, expl(x) * sinl(y));
}

static number clog1pl(number z)
{
    const real x = creall(z), y = cimagl(z);
    if (fabsl(x) > 1 || fabsl(y) > 1) return clogl(make(1 + x, y));
    return make(log1pl(x * (2 + x) + y * y) / 2, atan2l(y, 1 + x));
}

static number divided(number x, number y)
{
    const real a = creall(x), b = cimagl(x), c = creall(y), d = cimagl(y), size = c * c + d * d;
    return make((a * c + b * d) / size, (b * c - a * d) / size);
}

/* The rows that C has too: there, zeros, infinities and NaN are settled as well. */
static bool annex_g(lsi_op op, number z, number *truth)
{
    switch (op) {
    case LSI_OP_exp: *truth = cexpl(z); return true;
    case LSI_OP_log: *truth = clogl(z); return true;
    case LSI_OP_sqrt: *truth = csqrtl(z); return true;
    case LSI_OP_sin: *truth = csinl(z); return true;
    case LSI_OP_cos: *truth = ccosl(z); return true;
    case LSI_OP_tan: *truth = ctanl(z); return true;
    case LSI_OP_sinh: *truth = csinhl(z); return true;
    case LSI_OP_cosh: *truth = ccoshl(z); return true;
    case LSI_OP_tanh: *truth = ctanhl(z); return true;
    case LSI_OP_asin: *truth = casinl(z); return true;
    case LSI_OP_acos: *truth = cacosl(z); return true;
    case LSI_OP_atan: *truth = catanl(z); return true;
    case LSI_OP_asinh: *truth = casinhl(z); return true;
    case LSI_OP_acosh: *truth = cacoshl(z); return true;
    case LSI_OP_atanh: *truth = catanhl(z); return true;
    default: return false;
    }
}

static number true_complex(lsi_op op, number x, number y)
{
    number truth;
    if (annex_g(op, x, &truth)) return truth;
    switch (op) {
    case LSI_OP_divide: return divided(x, y);
    case LSI_OP_reciprocal: return divided(1, x);
    case LSI_OP_sign: return creall(x) == 0 && cimagl(x) == 0 ? make(0, 0) : x / cabsl(x);
    case LSI_OP_expm1: return cexpm1l(x);
    case LSI_OP_log1p: return clog1pl(x);
    case LSI_OP_log2: return clogl(x) / logl(2);
    case LSI_OP_log10: return clogl(x) / logl(10);
    case LSI_OP_pow: return cpowl(x, y);
    default: abort();
    }
}

/* Both parts in the middle of the format: products and quotients of two such neither overflow nor lose digits. */
static bool is_ordinary(format f, value v)
{
    const double parts[2] = {fabs(v.re), fabs(v.im)};
    for (int k = 0; k < 2; k++)
        if (parts[k] != 0 && !(parts[k] > ldexp(1, f.lowest / 3) && parts[k] < ldexp(1, f.top / 3))) return false;
    return v.re != 0 || v.im != 0;
}

/* A part that is infinite or NaN must be so in the result, where the sign is open beside a NaN. */
static double class_error(real truth, real other, double result)
{
    const bool agrees = isnan(truth)   ? isnan(result)
                        : isinf(truth) ? isinf(result) && (isnan(other) || !signbit(truth) == !signbit(result))
                                       : isfinite(result);
    return agrees ? 0 : INFINITY;
}

static double complex_error(lsi_op op, format f, const value operands[2], value result)
{
    const value x = operands[0], y = operands[1];
    const number z = make(x.re, x.im);
    const bool two = op == LSI_OP_divide || op == LSI_OP_pow;
    const bool finite = isfinite(x.re) && isfinite(x.im);
    number truth;
    if (!finite && annex_g(op, z, &truth))
        return fmax(class_error(creall(truth), cimagl(truth), result.re),
                    class_error(cimagl(truth), creall(truth), result.im));
    const bool plain = two || op == LSI_OP_reciprocal || op == LSI_OP_log1p || op == LSI_OP_expm1;
    if (!finite || (plain && !is_ordinary(f, x)) || (two && !is_ordinary(f, y))) return 0;
    truth = true_complex(op, z, make(y.re, y.im));
    const real size = fmaxl(fabsl(creall(truth)), fabsl(cimagl(truth)));
    if (!isfinite(size) || size >= ldexpl(1, f.top - 1)) return 0;
    return fmax(distance(f, creall(truth), result.re, size), distance(f, cimagl(truth), result.im, size));
}

/* complex: 4 units, by elementwise.def; pow says how it grows, which ends where nothing is left of the result. */
static double complex_bound(lsi_op op, format f, const value operands[2])
{
    if (op != LSI_OP_pow) return 4;
    const number exponent = make(operands[1].re, operands[1].im);
    const double bound = 4 + (double)cabsl(exponent * clogl(make(operands[0].re, operands[0].im))) / 16;
    return bound < ldexp(1, f.digits - 3) ? bound : INFINITY;
}

bool rounded_admits(lsi_op op, ls_dtype dtype, double ulp, const value operands[2], value result, double *error)
{
    const format f = dtype_format(dtype);
    if (dtype_kind(dtype) == COMPLEX && op != LSI_OP_abs) {
        *error = complex_error(op, f, operands, result);
        return *error == 0 || *error <= complex_bound(op, f, operands);
    }
    if (op == LSI_OP_abs)
        *error = distance(f, hypotl(operands[0].re, operands[0].im), result.re, hypotl(operands[0].re, operands[0].im));
    else
        *error = real_error(op, f, operands, result.re);
    return *error <= ulp + slack;
}
