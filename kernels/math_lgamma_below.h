/* SPDX-License-Identifier: BSD-3-Clause
 *
 * log |gamma(x)| below zero, where its terms cancel near the zeros between the poles: out of the way of vector loops.
 *
 * Decides that the whole sum is done in two words where the result is small: log |gamma(-a)| = log(pi rising / (a |sin
 * pi a|)) - log gamma(y), rising = a (a + 1) .. (y - 1), y >= 24. What remains is an error of about 2^-96 beside the
 * zero, so that only the few numbers next to a zero have more than one unit in the last place. Leaves ordinary numbers
 * to math_special_template.h. The only tables are fractions of whole numbers.
 */
#ifndef LOCKSTEP_KERNELS_MATH_LGAMMA_BELOW_H
#define LOCKSTEP_KERNELS_MATH_LGAMMA_BELOW_H

#include "math_special.h"

LS_FN ls_pair_f64 ls_pair_neg_f64(ls_pair_f64 a) { return ls_pair_make_f64(-a.hi, -a.lo); }

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

LS_FN double ls_lgamma_f64(double x) { return ls_lgamma_rare_f64(x) ? ls_lgamma_slow_f64(x) : ls_lgamma_fast_f64(x); }
LS_FN float ls_lgamma_f32(float x) { return ls_lgamma_rare_f32(x) ? ls_lgamma_slow_f32(x) : ls_lgamma_fast_f32(x); }

#endif
