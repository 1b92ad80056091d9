/* SPDX-License-Identifier: BSD-3-Clause
 *
 * log |gamma(x)| below zero, where its terms cancel near the zeros between the poles: out of the way of vector loops.
 *
 * Decides that the whole sum is done in two words where the result is small: log |gamma(-a)| = log(pi rising / (a |sin
 * pi a|)) - log gamma(y), rising = a (a + 1) .. (y - 1), y >= 24. What remains is an error of about 2^-96 beside the
 * zero, so that only the few numbers next to a zero have more than one unit in the last place. Leaves positive numbers
 * to math_lgamma.h. The only table is one of fractions of whole numbers; coefficients: lgamma2 in
 * tools/math/coefficients_inverse.py.
 */
#ifndef LOCKSTEP_KERNELS_MATH_LGAMMA_BELOW_H
#define LOCKSTEP_KERNELS_MATH_LGAMMA_BELOW_H

#include "math_lgamma.h"
#include "math_special.h"

/* (lgamma(2 + r) / r - (1 - gamma)) / r, |r| <= 1/4. */
LS_FN double ls_lgamma2_poly_f64(double r)
{
    double p = ls_fma_f64(r, -0x1.2078a142b956ep-19, 0x1.2f88d0a5b6ed4p-18);
    p = ls_fma_f64(r, p, -0x1.3c5fb74f06d29p-17);
    p = ls_fma_f64(r, p, 0x1.57f94f1581e6dp-16);
    p = ls_fma_f64(r, p, -0x1.78df8df22584bp-15);
    p = ls_fma_f64(r, p, 0x1.a1275b0d42913p-14);
    p = ls_fma_f64(r, p, -0x1.d3fd4a3f127fep-13);
    p = ls_fma_f64(r, p, 0x1.0b36b0654c31dp-11);
    p = ls_fma_f64(r, p, -0x1.38ac5c2d1e294p-10);
    p = ls_fma_f64(r, p, 0x1.7add6eac55e41p-9);
    p = ls_fma_f64(r, p, -0x1.e404fc218ec4ap-8);
    p = ls_fma_f64(r, p, 0x1.51322ac7d8b28p-6);
    p = ls_fma_f64(r, p, -0x1.13e001a557607p-4);
    return ls_fma_f64(r, p, 0x1.4a34cc4a60fa6p-2);
}

LS_FN ls_pair_f64 ls_pair_neg_f64(ls_pair_f64 a) { return ls_pair_make_f64(-a.hi, -a.lo); }

/* log gamma(a) in two words for 2^-54 <= a < 2^52. Near 1 and 2, where it is 0: r (slope + r q(r)) with a = 2 + r, less
 * log(1 + r) for a = 1 + r. Elsewhere Stirling's series from 8 on, less the logarithm of what leads there. */
LS_FN ls_pair_f64 ls_lgamma_hl_f64(double a)
{
    const double middle = a < 1.5 ? 1 : 2, r = a - middle;
    if (ls_mag_f64(r) <= 0.25) {
        /* 1 - Euler's constant */
        const ls_pair_f64 first = ls_pair_make_f64(0x1.b0ee6072093cep-2, 0x1.6cb90701fbfabp-58);
        const ls_pair_f64 hill = ls_pair_mul_1_f64(ls_pair_add_1_f64(first, r * ls_lgamma2_poly_f64(r)), r);
        const ls_pair_f64 less = ls_log_hl_core_f64(0, ls_pair_make_f64(middle == 1 ? r : 0, 0));
        return ls_pair_add_f64(hill, ls_pair_neg_f64(less));
    }
    const ls_pair_f64 y = ls_two_sum_f64(a, a < 8 ? 8 : 0), rising = ls_rising_f64(a < 8 ? a : 1);
    const ls_pair_f64 less = a < 8 ? ls_log_hl_f64(rising.hi, rising.lo) : ls_pair_make_f64(0, 0);
    return ls_pair_add_f64(ls_stirling_f64(y, ls_log_hl_f64(y.hi, 0)), ls_pair_neg_f64(less));
}

/* Negative numbers: log(pi) - log(a |sin(pi a)|) - log gamma(a); whole numbers are poles, and all large numbers are
 * whole. */
LS_FN double ls_lgamma_below_f64(double x)
{
    const double a = -x;
    if (ls_floor_f64(a) == a)
        return LS_INFINITY_f64;
    if (a < 0x1p-54)
        return -ls_log_f64(a);
    const ls_pair_f64 turned = ls_pair_mul_1_f64(ls_sine_of_turns_f64(a), a);
    const ls_pair_f64 sum = ls_pair_add_f64(ls_log_hl_f64(turned.hi, turned.lo), ls_lgamma_hl_f64(a));
    const ls_pair_f64 log_pi = ls_pair_make_f64(0x1.250d048e7a1bdp0, 0x1.7abf2ad8d5088p-57);
    const ls_pair_f64 y = ls_pair_add_f64(log_pi, ls_pair_neg_f64(sum));
    return y.hi + y.lo;
}

/* A quotient with both words right: one more step on what ls_pair_div leaves over. */
LS_FN ls_pair_f64 ls_pair_div_full_f64(ls_pair_f64 a, ls_pair_f64 b)
{
    const ls_pair_f64 q = ls_pair_div_f64(a, b);
    const ls_pair_f64 rest = ls_pair_add_f64(a, ls_pair_neg_f64(ls_pair_mul_f64(q, b)));
    return ls_pair_add_1_f64(q, rest.hi / b.hi);
}

/* exp(x) for |x| < 100 by its power series: x = k log 2 + r, log 2 in three words. */
LS_FN ls_pair_f64 ls_exp_full_f64(ls_pair_f64 x)
{
    const double k = ls_exp_steps_f64(x.hi);
    const ls_pair_f64 high = ls_two_prod_f64(-k, LS_LN2_HI_f64), low = ls_two_prod_f64(-k, LS_LN2_LO_f64);
    ls_pair_f64 r = ls_pair_add_f64(ls_pair_add_f64(x, high), low);
    r = ls_pair_add_1_f64(r, -k * 0x1.7b57a079a1934p-111);
    ls_pair_f64 sum = ls_pair_make_f64(1, 0);
    for (int n = 30; n > 0; n--) {
        const ls_pair_f64 term = ls_pair_div_full_f64(ls_pair_mul_f64(r, sum), ls_pair_make_f64(n, 0));
        sum = ls_pair_add_1_f64(term, 1);
    }
    const double power = ls_pow2_f64(k);
    return ls_pair_make_f64(sum.hi * power, sum.lo * power);
}

/* log(v), v > 0: the quick logarithm and one Newton step. */
LS_FN ls_pair_f64 ls_log_full_f64(ls_pair_f64 v)
{
    const ls_pair_f64 quick = ls_log_hl_f64(v.hi, v.lo);
    const ls_pair_f64 one = ls_pair_mul_f64(v, ls_exp_full_f64(ls_pair_neg_f64(quick)));
    const ls_pair_f64 step = ls_pair_add_1_f64(one, -1);
    return ls_pair_add_f64(quick, step);
}

/* |sin(pi a)| by its power series, a's distance from the nearest whole number being at most 1/2. */
LS_FN ls_pair_f64 ls_sine_of_turns_full_f64(double a)
{
    const double t = ls_mag_f64(a - ls_rint_f64(a));
    const ls_pair_f64 pi = ls_pair_make_f64(0x1.921fb54442d18p1, 0x1.1a62633145c07p-53);
    ls_pair_f64 u = ls_pair_mul_1_f64(pi, t);
    u = ls_pair_add_1_f64(u, t * -0x1.f1976b7ed8fbcp-109);
    const ls_pair_f64 square = ls_pair_mul_f64(u, u);
    ls_pair_f64 sum = ls_pair_make_f64(1, 0);
    for (int n = 42; n > 0; n -= 2) {
        const ls_pair_f64 term = ls_pair_div_full_f64(ls_pair_mul_f64(square, sum), ls_pair_make_f64(n * (n + 1), 0));
        sum = ls_pair_add_1_f64(ls_pair_neg_f64(term), 1);
    }
    return ls_pair_mul_f64(u, sum);
}

/* B(2 k) / (2 k (2 k - 1)) as fractions: Stirling's series. */
LS_CONST_TABLE double ls_stirling_fractions[16][2] = {
    { 1, 12 },
    { -1, 360 },
    { 1, 1260 },
    { -1, 1680 },
    { 1, 1188 },
    { -691, 360360 },
    { 1, 156 },
    { -3617, 122400 },
    { 43867, 244188 },
    { -174611, 125400 },
    { 77683, 5796 },
    { -236364091, 1506960 },
    { 657931, 300 },
    { -3392780147.0, 93960 },
    { 1723168255201.0, 2492028 },
    { -7709321041217.0, 505920 },
};

/* log gamma(y) for y = hi + lo >= 24. */
LS_FN ls_pair_f64 ls_stirling_full_f64(ls_pair_f64 y)
{
    const ls_pair_f64 inverse = ls_pair_div_full_f64(ls_pair_make_f64(1, 0), y);
    const ls_pair_f64 z = ls_pair_mul_f64(inverse, inverse);
    ls_pair_f64 series = ls_pair_make_f64(0, 0);
    for (int k = 15; k >= 0; k--) {
        const ls_pair_f64 numerator = ls_pair_make_f64(ls_stirling_fractions[k][0], 0);
        const ls_pair_f64 denominator = ls_pair_make_f64(ls_stirling_fractions[k][1], 0);
        series = ls_pair_add_f64(ls_pair_mul_f64(series, z), ls_pair_div_full_f64(numerator, denominator));
    }
    const ls_pair_f64 constant = ls_pair_make_f64(0x1.d67f1c864beb5p-1, -0x1.65b5a1b7ff5dfp-55);
    const ls_pair_f64 main_part = ls_pair_mul_f64(ls_pair_add_1_f64(y, -0.5), ls_log_full_f64(y));
    const ls_pair_f64 tail = ls_pair_add_f64(constant, ls_pair_mul_f64(series, inverse));
    return ls_pair_add_f64(ls_pair_add_f64(main_part, ls_pair_neg_f64(y)), tail);
}

/* log |gamma(-a)| for 2 < a < 32, a not whole. */
LS_FN double ls_lgamma_near_zero_f64(double a)
{
    const ls_pair_f64 pi = ls_pair_make_f64(0x1.921fb54442d18p1, 0x1.1a62633145c07p-53);
    ls_pair_f64 y = ls_pair_make_f64(a, 0), rising = ls_pair_make_f64(1, 0);
    while (y.hi < 24) {
        rising = ls_pair_mul_f64(rising, y);
        y = ls_pair_add_1_f64(y, 1);
    }
    const ls_pair_f64 turned = ls_pair_mul_1_f64(ls_sine_of_turns_full_f64(a), a);
    const ls_pair_f64 quotient = ls_pair_div_full_f64(ls_pair_mul_f64(pi, rising), turned);
    const ls_pair_f64 sum = ls_pair_add_f64(ls_log_full_f64(quotient), ls_pair_neg_f64(ls_stirling_full_f64(y)));
    return sum.hi + sum.lo;
}

LS_SLOW_FN double ls_lgamma_slow_f64(double x)
{
    const double quick = ls_lgamma_below_f64(x);
    const int small = ls_mag_f64(quick) < 0.5 && x > -32;
    return small ? ls_lgamma_near_zero_f64(-x) : quick;
}

/* float32 has no room for the cancellation; its negative arguments are rare. */
LS_SLOW_FN float ls_lgamma_slow_f32(float x) { return (float)ls_lgamma_slow_f64((double)x); }

LS_FN int ls_lgamma_rare_f64(double x) { return x < 0; }
LS_FN int ls_lgamma_rare_f32(float x) { return x < 0; }
LS_FN double ls_lgamma_f64(double x) { return ls_lgamma_rare_f64(x) ? ls_lgamma_slow_f64(x) : ls_lgamma_fast_f64(x); }
LS_FN float ls_lgamma_f32(float x) { return ls_lgamma_rare_f32(x) ? ls_lgamma_slow_f32(x) : ls_lgamma_fast_f32(x); }

#endif
