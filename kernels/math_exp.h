/* SPDX-License-Identifier: BSD-3-Clause
 *
 * exp, exp2, expm1, and exp of a two-word number for the functions that build on it (pow, sinh, erfc, ...).
 *
 * Method: x = k ln2 + r with |r| <= ln2 / 2, exp(r) = 1 + r + r^2 q(r), scaled by 2^k. The product k * (first word of
 * ln2) is exact inside the fma, so r is known in two words; 1 + r is added without error and rounded once at the end.
 * Every coefficient is printed by tools/math/coefficients.py exp, every constant by the same script. */
#ifndef LOCKSTEP_KERNELS_MATH_EXP_H
#define LOCKSTEP_KERNELS_MATH_EXP_H

#include "math_common.h"

#define LS_INV_LN2_f64 0x1.71547652b82fep0
#define LS_LN2_HI_f64 0x1.62e42fefa39efp-1
#define LS_LN2_LO_f64 0x1.abc9e3b39803fp-56
#define LS_INV_LN2_f32 0x1.715476p0f
#define LS_LN2_HI_f32 0x1.62e43p-1f
#define LS_LN2_LO_f32 -0x1.05c61p-29f

/* q(r) = (exp(r) - 1 - r) / r^2, z = r^2: even and odd terms apart, which halves the time a result waits for its terms. */
LS_FN double ls_exp_q_f64(double r, double z)
{
    double even = ls_fma_f64(z, 0x1.1fa03f0949d66p-29, 0x1.27e4c47e8ee37p-22);
    double odd = ls_fma_f64(z, 0x1.af5e5a5b0b485p-26, 0x1.71ddf8885515cp-19);
    even = ls_fma_f64(z, even, 0x1.a01a01adb8e3ap-16);
    odd = ls_fma_f64(z, odd, 0x1.a01a01afd64f7p-13);
    even = ls_fma_f64(z, even, 0x1.6c16c16c15c6ep-10);
    odd = ls_fma_f64(z, odd, 0x1.111111110f6acp-7);
    even = ls_fma_f64(z, even, 0x1.5555555555554p-5);
    odd = ls_fma_f64(z, odd, 0x1.5555555555559p-3);
    even = ls_fma_f64(z, even, 0x1p-1);
    return ls_fma_f64(r, odd, even);
}
LS_FN float ls_exp_q_f32(float r, float z)
{
    float even = ls_fma_f32(z, 0x1.6d3caep-10f, 0x1.5554f6p-5f);
    float odd = ls_fma_f32(z, 0x1.a25d3p-13f, 0x1.110ffap-7f);
    even = ls_fma_f32(z, even, 0x1p-1f);
    odd = ls_fma_f32(z, odd, 0x1.555556p-3f);
    return ls_fma_f32(r, odd, even);
}

/* The whole number nearest to x / ln2. */
LS_FN double ls_exp_steps_f64(double x) { return ls_fma_f64(x, LS_INV_LN2_f64, LS_MAGIC_f64) - LS_MAGIC_f64; }
LS_FN float ls_exp_steps_f32(float x) { return ls_fma_f32(x, LS_INV_LN2_f32, LS_MAGIC_f32) - LS_MAGIC_f32; }

/* y = exp of something beyond `limit` in size is 0 or infinite, whatever was computed for it. NaN passes: y is NaN too.
 * Correcting the result is cheaper than clamping the argument, which everything else would wait for. */
LS_FN double ls_exp_beyond_f64(double x, double limit, double y)
{
    double end = x > 0 ? LS_INFINITY_f64 : 0;
    return ls_mag_f64(x) > limit ? end : y;
}
LS_FN float ls_exp_beyond_f32(float x, float limit, float y)
{
    float end = x > 0 ? LS_INFINITY_f32 : 0;
    return ls_mag_f32(x) > limit ? end : y;
}

/* exp(r + d) as a two-word number for |r| <= 0.35 and tiny d; relative error about 2^-57 (f32: 2^-28). */
LS_FN ls_pair_f64 ls_exp_near_f64(double r, double d)
{
    ls_pair_f64 s = ls_fast_two_sum_f64(1, r);
    double z = r * r, tail = ls_fma_f64(z, ls_exp_q_f64(r, z), ls_fma_f64(d, r, d));
    return ls_pair_make_f64(s.hi, s.lo + tail);
}
LS_FN ls_pair_f32 ls_exp_near_f32(float r, float d)
{
    ls_pair_f32 s = ls_fast_two_sum_f32(1, r);
    float z = r * r, tail = ls_fma_f32(z, ls_exp_q_f32(r, z), ls_fma_f32(d, r, d));
    return ls_pair_make_f32(s.hi, s.lo + tail);
}

/* exp(hi + lo) = (sum of the result) * 2^k, for |hi| below 1400 (f32: 170). The result's words may overlap: add
 * them, or normalise with ls_fast_two_sum first. Use ls_scale for the power: it may lie outside the normal range. */
LS_FN ls_pair_f64 ls_exp_hl_f64(double hi, double lo, double *k)
{
    *k = ls_exp_steps_f64(hi);
    double exact = ls_fma_f64(-*k, LS_LN2_HI_f64, hi);
    ls_pair_f64 r = ls_fast_two_sum_f64(exact, ls_fma_f64(-*k, LS_LN2_LO_f64, lo));
    return ls_exp_near_f64(r.hi, r.lo);
}
LS_FN ls_pair_f32 ls_exp_hl_f32(float hi, float lo, float *k)
{
    *k = ls_exp_steps_f32(hi);
    float exact = ls_fma_f32(-*k, LS_LN2_HI_f32, hi);
    ls_pair_f32 r = ls_fast_two_sum_f32(exact, ls_fma_f32(-*k, LS_LN2_LO_f32, lo));
    return ls_exp_near_f32(r.hi, r.lo);
}

LS_FN double ls_exp_f64(double x)
{
    double k = ls_exp_steps_f64(x);
    double exact = ls_fma_f64(-k, LS_LN2_HI_f64, x), rest = k * LS_LN2_LO_f64, r = exact - rest;
    double z = r * r, tail = ls_fma_f64(z, ls_exp_q_f64(r, z), -rest);
    return ls_exp_beyond_f64(x, 746, ls_scale_f64(1 + (exact + tail), k));
}
LS_FN float ls_exp_f32(float x)
{
    float k = ls_exp_steps_f32(x);
    float exact = ls_fma_f32(-k, LS_LN2_HI_f32, x), rest = k * LS_LN2_LO_f32, r = exact - rest;
    float z = r * r, tail = ls_fma_f32(z, ls_exp_q_f32(r, z), -rest);
    return ls_exp_beyond_f32(x, 105, ls_scale_f32(1 + (exact + tail), k));
}

LS_FN double ls_exp2_f64(double x)
{
    double k = ls_nearest_f64(x), f = x - k, r = f * LS_LN2_HI_f64;
    double rest = ls_fma_f64(f, LS_LN2_LO_f64, ls_fma_f64(f, LS_LN2_HI_f64, -r));
    double z = r * r, tail = ls_fma_f64(z, ls_exp_q_f64(r, z), rest);
    return ls_exp_beyond_f64(x, 1080, ls_scale_f64(1 + (r + tail), k));
}
LS_FN float ls_exp2_f32(float x)
{
    float k = ls_nearest_f32(x), f = x - k, r = f * LS_LN2_HI_f32;
    float rest = ls_fma_f32(f, LS_LN2_LO_f32, ls_fma_f32(f, LS_LN2_HI_f32, -r));
    float z = r * r, tail = ls_fma_f32(z, ls_exp_q_f32(r, z), rest);
    return ls_exp_beyond_f32(x, 160, ls_scale_f32(1 + (r + tail), k));
}

/* exp(x) - 1 = 2 (t - 1/2 + t p) with t = 2^(k-1), p = exp(r) - 1: halved so that t cannot overflow. As a two-word
 * number divided by two; the caller's x lies within the limits of ls_expm1. */
LS_FN ls_pair_f64 ls_expm1_half_f64(double x, double xlo)
{
    double k = ls_exp_steps_f64(x), t = ls_pow2_f64(k - 1);
    double exact = ls_fma_f64(-k, LS_LN2_HI_f64, x);
    ls_pair_f64 r = ls_fast_two_sum_f64(exact, ls_fma_f64(-k, LS_LN2_LO_f64, xlo));
    ls_pair_f64 a = ls_fast_two_sum_f64(t, -0.5), s = ls_fast_two_sum_f64(a.hi, t * r.hi);
    double z = r.hi * r.hi, tail = ls_fma_f64(z, ls_exp_q_f64(r.hi, z), ls_fma_f64(r.lo, r.hi, r.lo));
    return ls_pair_make_f64(s.hi, ls_fma_f64(t, tail, s.lo + a.lo));
}
LS_FN ls_pair_f32 ls_expm1_half_f32(float x, float xlo)
{
    float k = ls_exp_steps_f32(x), t = ls_pow2_f32(k - 1);
    float exact = ls_fma_f32(-k, LS_LN2_HI_f32, x);
    ls_pair_f32 r = ls_fast_two_sum_f32(exact, ls_fma_f32(-k, LS_LN2_LO_f32, xlo));
    ls_pair_f32 a = ls_fast_two_sum_f32(t, -0.5f), s = ls_fast_two_sum_f32(a.hi, t * r.hi);
    float z = r.hi * r.hi, tail = ls_fma_f32(z, ls_exp_q_f32(r.hi, z), ls_fma_f32(r.lo, r.hi, r.lo));
    return ls_pair_make_f32(s.hi, ls_fma_f32(t, tail, s.lo + a.lo));
}

/* exp(x + xlo) - 1 in two words, for -40 <= x <= 709 (f32: -18 <= x <= 88); relative error about 2^-56 (f32: 2^-27). */
LS_FN ls_pair_f64 ls_expm1_hl_f64(double x, double xlo)
{
    ls_pair_f64 half = ls_expm1_half_f64(x, xlo);
    half = ls_fast_two_sum_f64(half.hi, half.lo);
    return ls_pair_make_f64(2 * half.hi, 2 * half.lo);
}
LS_FN ls_pair_f32 ls_expm1_hl_f32(float x, float xlo)
{
    ls_pair_f32 half = ls_expm1_half_f32(x, xlo);
    half = ls_fast_two_sum_f32(half.hi, half.lo);
    return ls_pair_make_f32(2 * half.hi, 2 * half.lo);
}

LS_FN double ls_expm1_f64(double x)
{
    double inner = x < -40 ? -40 : x; /* -1 from there on */
    ls_pair_f64 half = ls_expm1_half_f64(inner, 0);
    double y = 2 * (half.hi + half.lo);
    y = x > 710 ? LS_INFINITY_f64 : y;
    return ls_mag_f64(x) < 0x1p-54 ? x : y; /* keeps -0 and subnormals */
}
LS_FN float ls_expm1_f32(float x)
{
    float inner = x < -18 ? -18 : x;
    ls_pair_f32 half = ls_expm1_half_f32(inner, 0);
    float y = 2 * (half.hi + half.lo);
    y = x > 89 ? LS_INFINITY_f32 : y;
    return ls_mag_f32(x) < 0x1p-25f ? x : y;
}

#endif
