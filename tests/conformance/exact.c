/* SPDX-License-Identifier: BSD-3-Clause
 *
 * See exact.h. Real results are computed in double and rounded to the format once more, which gives the correctly
 * rounded float32 for + - * / and sqrt, as double has more than twice float32's digits. */
#include "exact.h"
#include <math.h>
#include <stdlib.h>

/* --- reals ------------------------------------------------------------------------------------------------------ */

/* The exact quotient's floor, rounded once: long division of the significands, bit by bit. */
static double floor_quotient(format f, double x, double y)
{
    if (isnan(x) || isnan(y) || isinf(x)) return isinf(x) && y == 0 ? x / y : NAN;
    if (y == 0 || x == 0) return x / y;
    const bool below = (x < 0) != (y < 0);
    if (isinf(y)) return below ? -1 : x / y;
    int ex, ey;
    const whole mx = (whole)ldexp(frexp(fabs(x), &ex), 53), my = (whole)ldexp(frexp(fabs(y), &ey), 53);
    whole quotient = 0, rest = 0;
    int dropped = 0;
    for (int bit = 52; bit >= ey - ex; bit--) { /* the bits of mx * 2^(ex - ey), from the top */
        rest = 2 * rest + (bit >= 0 ? mx >> bit & 1 : 0);
        quotient = 2 * quotient + (rest >= my);
        rest -= rest >= my ? my : 0;
        if (quotient >> 120) quotient = quotient >> 1 | (quotient & 1), dropped++;
    }
    const bool inexact = rest != 0 || (ey > ex && (ey - ex > 53 || (mx & (((whole)1 << (ey - ex)) - 1)) != 0));
    if (below && inexact) quotient++;
    /* Down to 64 bits with the last one standing for all that were cut off: long double holds it. */
    while (quotient >> 63) quotient = quotient >> 1 | (quotient & 1), dropped++;
    const double size = rounded(f, ldexpl((long double)quotient, dropped));
    return below ? -size : size;
}

static double floor_modulus(double x, double y)
{
    const double rest = fmod(x, y);
    if (rest == 0) return copysign(0, y);
    return (rest < 0) != (y < 0) ? rest + y : rest;
}

static double larger(double x, double y)
{
    if (isnan(x) || isnan(y)) return NAN;
    if (x == y) return signbit(x) ? y : x;
    return x > y ? x : y;
}
static double smaller(double x, double y) { return -larger(-x, -y); }

static double next(format f, double x, double y)
{
    if (isnan(x) || isnan(y)) return NAN;
    if (x == y) return y;
    const double least = ldexp(1, f.lowest - f.digits + 1);
    if (x == 0) return copysign(least, y);
    if (isinf(x)) return copysign(ldexp(2 - ldexp(1, 1 - f.digits), f.top - 1), x);
    int exponent;
    const bool outward = (y > x) == (x > 0), power_of_two = frexp(fabs(x), &exponent) == 0.5;
    double step = ldexp(1, last_place(f, x));
    if (!outward && power_of_two && step > least) step /= 2;
    const double size = fabs(x) + (outward ? step : -step);
    return copysign(size >= ldexp(1, f.top - 1) * 2 ? INFINITY : size, x);
}

/* Values of a truth row go to *truth. */
static double real_result(lsi_op op, format f, double x, double y, double z, whole *truth)
{
    switch (op) {
    case LSI_OP_add: return x + y;
    case LSI_OP_subtract: return x - y;
    case LSI_OP_multiply: return x * y;
    case LSI_OP_divide: return x / y;
    case LSI_OP_floor_divide: return floor_quotient(f, x, y);
    case LSI_OP_remainder: return floor_modulus(x, y);
    case LSI_OP_fmod: return fmod(x, y);
    case LSI_OP_negative: return -x;
    case LSI_OP_positive:
    case LSI_OP_real:
    case LSI_OP_conj: return x;
    case LSI_OP_imag: return 0;
    case LSI_OP_abs: return fabs(x);
    case LSI_OP_sign: return isnan(x) ? x : (double)((x > 0) - (x < 0));
    case LSI_OP_square: return x * x;
    case LSI_OP_sqrt: return sqrt(x);
    case LSI_OP_reciprocal: return 1 / x;
    case LSI_OP_clip: return smaller(larger(x, y), z);
    case LSI_OP_maximum: return larger(x, y);
    case LSI_OP_minimum: return smaller(x, y);
    case LSI_OP_fmax: return isnan(x) ? y : isnan(y) ? x : larger(x, y);
    case LSI_OP_fmin: return isnan(x) ? y : isnan(y) ? x : smaller(x, y);
    case LSI_OP_floor: return floor(x);
    case LSI_OP_ceil: return ceil(x);
    case LSI_OP_trunc: return trunc(x);
    case LSI_OP_round:
    case LSI_OP_rint: return rint(x);
    case LSI_OP_copysign: return copysign(x, isnan(y) ? 1 : y);
    case LSI_OP_nextafter: return next(f, x, y);
    case LSI_OP_signbit: *truth = !isnan(x) && signbit(x); return 0;
    case LSI_OP_isfinite: *truth = isfinite(x); return 0;
    case LSI_OP_isinf: *truth = isinf(x) != 0; return 0;
    case LSI_OP_isnan: *truth = isnan(x); return 0;
    case LSI_OP_equal: *truth = x == y; return 0;
    case LSI_OP_not_equal: *truth = x != y; return 0;
    case LSI_OP_less: *truth = x < y; return 0;
    case LSI_OP_less_equal: *truth = x <= y; return 0;
    case LSI_OP_greater: *truth = x > y; return 0;
    case LSI_OP_greater_equal: *truth = x >= y; return 0;
    default: abort();
    }
}

static bool real_has(lsi_op op)
{
    return op <= LSI_OP_greater_equal && op != LSI_OP_degrees && op != LSI_OP_radians;
}

/* --- integers --------------------------------------------------------------------------------------------------- */

static whole floor_whole(whole x, whole y)
{
    if (y == 0) return 0;
    return x / y - (x % y != 0 && (x < 0) != (y < 0));
}

/* Modulo 2^128: two unsigned factors of 64 bits reach beyond the signed type. */
static whole product(whole x, whole y)
{
    __extension__ typedef unsigned __int128 bits;
    return (whole)((bits)x * (bits)y);
}

static whole power(ls_dtype dtype, whole x, whole y)
{
    if (y < 0) return x == 1 ? 1 : x == -1 ? (y % 2 ? -1 : 1) : 0;
    whole result = 1;
    for (whole base = x; y > 0; y /= 2, base = wrapped(dtype, product(base, base)).i)
        if (y % 2) result = wrapped(dtype, product(result, base)).i;
    return result;
}

static whole shifted_left(ls_dtype dtype, whole x, whole y)
{
    if (y < 0 || y >= dtype_bits(dtype)) return 0;
    return x * ((whole)1 << y);
}

static whole shifted_right(ls_dtype dtype, whole x, whole y)
{
    if (y < 0 || y >= dtype_bits(dtype)) return x < 0 ? -1 : 0;
    return floor_whole(x, (whole)1 << y);
}

/* Before wrapping. */
static whole whole_result(lsi_op op, ls_dtype dtype, whole x, whole y, whole z)
{
    const bool truth = dtype == LS_BOOL;
    switch (op) {
    case LSI_OP_add: return truth ? x || y : x + y;
    case LSI_OP_subtract: return x - y;
    case LSI_OP_multiply: return truth ? x && y : product(x, y);
    case LSI_OP_floor_divide: return floor_whole(x, y);
    case LSI_OP_remainder: return y == 0 ? 0 : x - floor_whole(x, y) * y;
    case LSI_OP_fmod: return y == 0 ? 0 : x % y;
    case LSI_OP_negative: return -x;
    case LSI_OP_abs: return x < 0 ? -x : x;
    case LSI_OP_sign: return (x > 0) - (x < 0);
    case LSI_OP_square: return product(x, x);
    case LSI_OP_pow: return power(dtype, x, y);
    case LSI_OP_clip: return x < y ? (y < z ? y : z) : (x < z ? x : z);
    case LSI_OP_maximum:
    case LSI_OP_fmax: return x > y ? x : y;
    case LSI_OP_minimum:
    case LSI_OP_fmin: return x < y ? x : y;
    case LSI_OP_positive:
    case LSI_OP_floor:
    case LSI_OP_ceil:
    case LSI_OP_trunc:
    case LSI_OP_round:
    case LSI_OP_rint:
    case LSI_OP_real:
    case LSI_OP_conj: return x;
    case LSI_OP_imag: return 0;
    case LSI_OP_isfinite: return 1;
    case LSI_OP_isinf:
    case LSI_OP_isnan: return 0;
    case LSI_OP_equal: return x == y;
    case LSI_OP_not_equal: return x != y;
    case LSI_OP_less: return x < y;
    case LSI_OP_less_equal: return x <= y;
    case LSI_OP_greater: return x > y;
    case LSI_OP_greater_equal: return x >= y;
    case LSI_OP_logical_and: return x && y;
    case LSI_OP_logical_or: return x || y;
    case LSI_OP_logical_xor: return !x != !y;
    case LSI_OP_logical_not: return !x;
    case LSI_OP_bitwise_and: return x & y;
    case LSI_OP_bitwise_or: return x | y;
    case LSI_OP_bitwise_xor: return x ^ y;
    case LSI_OP_bitwise_invert: return truth ? !x : ~x;
    case LSI_OP_bitwise_left_shift: return shifted_left(dtype, x, y);
    case LSI_OP_bitwise_right_shift: return shifted_right(dtype, x, y);
    default: abort();
    }
}

/* --- complex numbers -------------------------------------------------------------------------------------------- */

static value times(format f, value x, value y)
{
    const double a = rounded(f, x.re * y.re), b = rounded(f, x.im * y.im);
    const double c = rounded(f, x.re * y.im), d = rounded(f, x.im * y.re);
    return value_of_complex(a - b, c + d);
}

static value complex_result(lsi_op op, format f, value x, value y)
{
    const bool equal = x.re == y.re && x.im == y.im;
    switch (op) {
    case LSI_OP_add: return value_of_complex(x.re + y.re, x.im + y.im);
    case LSI_OP_subtract: return value_of_complex(x.re - y.re, x.im - y.im);
    case LSI_OP_multiply: return times(f, x, y);
    case LSI_OP_square: return times(f, x, x);
    case LSI_OP_negative: return value_of_complex(-x.re, -x.im);
    case LSI_OP_positive: return x;
    case LSI_OP_conj: return value_of_complex(x.re, -x.im);
    case LSI_OP_round:
    case LSI_OP_rint: return value_of_complex(rint(x.re), rint(x.im));
    case LSI_OP_real: return value_of_real(x.re);
    case LSI_OP_imag: return value_of_real(x.im);
    case LSI_OP_isfinite: return value_of_whole(isfinite(x.re) && isfinite(x.im));
    case LSI_OP_isinf: return value_of_whole(isinf(x.re) || isinf(x.im));
    case LSI_OP_isnan: return value_of_whole(isnan(x.re) || isnan(x.im));
    case LSI_OP_equal: return value_of_whole(equal);
    case LSI_OP_not_equal: return value_of_whole(!equal);
    default: abort();
    }
}

static bool complex_has(lsi_op op)
{
    return real_has(op) && op != LSI_OP_divide && op != LSI_OP_reciprocal && op != LSI_OP_sqrt && op != LSI_OP_abs &&
           op != LSI_OP_sign;
}

/* --- all of them ------------------------------------------------------------------------------------------------ */

bool exact_has(lsi_op op, ls_dtype dtype)
{
    const kind of = dtype_kind(dtype);
    return of == COMPLEX ? complex_has(op) : of == FLOAT ? real_has(op) : true;
}

value exact_result(lsi_op op, ls_dtype dtype, const value operands[3])
{
    const format f = dtype_format(dtype);
    const value x = operands[0], y = operands[1], z = operands[2];
    value v = {0, 0, 0};
    switch (dtype_kind(dtype)) {
    case COMPLEX: v = complex_result(op, f, x, y); break;
    case FLOAT: v.re = real_result(op, f, x.re, y.re, z.re, &v.i); break;
    default: return wrapped(dtype, whole_result(op, dtype, x.i, y.i, z.i));
    }
    v.re = rounded(f, v.re);
    v.im = rounded(f, v.im);
    return v;
}
