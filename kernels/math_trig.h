/* SPDX-License-Identifier: BSD-3-Clause
 *
 * sin, cos, both at once, tan, sinpi, cospi.
 *
 * Method: |x| = k pi/2 + r with |r| <= pi/4, r in two words, then one polynomial for the sine and one for the cosine of
 * r, chosen and signed by k mod 4. sin and cos of one argument share the reduction: ls_sincos_fast gives exactly the
 * bits of ls_sin_fast and ls_cos_fast.
 * Reduction, fast: x - k P1 is exact inside an fma, being a multiple of the last place of P1 (or x) below 1; the next
 * word P2 is taken off with its rounding error kept, the third once. Beyond LS_TRIG_LIMIT the slow path multiplies by
 * as many bits of 2/pi as the argument needs (Payne and Hanek), in integers.
 * Coefficients: tools/math/coefficients.py trig constants payne_hanek. */
#ifndef LOCKSTEP_KERNELS_MATH_TRIG_H
#define LOCKSTEP_KERNELS_MATH_TRIG_H

#include "math_common.h"

/* Up to here the k found with a one-word 2/pi leaves r within the range of the polynomials. */
#define LS_TRIG_LIMIT_f64 0x1p32
#define LS_TRIG_LIMIT_f32 0x1p16f

#define LS_PI_HI_f64 0x1.921fb54442d18p1
#define LS_PI_LO_f64 0x1.1a62633145c07p-53
#define LS_PI_HI_f32 0x1.921fb6p1f
#define LS_PI_LO_f32 -0x1.777a5cp-24f

/* r = hi + lo in about [-pi/4, pi/4] and the quadrant k, of which the two low bits count. */
typedef struct { double hi, lo; uint64_t k; } ls_reduced_f64;
typedef struct { float hi, lo; uint32_t k; } ls_reduced_f32;

LS_FN ls_reduced_f64 ls_trig_reduce_f64(double x)
{
    double m = ls_fma_f64(x, 0x1.45f306dc9c883p-1, LS_MAGIC_f64), k = m - LS_MAGIC_f64;
    double r = ls_fma_f64(-k, 0x1.921fb54442d18p0, x);
    double p = k * 0x1.1a62633145c07p-54, p_error = ls_fma_f64(k, 0x1.1a62633145c07p-54, -p);
    ls_reduced_f64 a;
    a.hi = r - p;
    a.lo = ls_fma_f64(k, 0x1.f1976b7ed8fbcp-110, ((r - a.hi) - p) - p_error);
    a.k = ls_bits_f64(m);
    return a;
}
LS_FN ls_reduced_f32 ls_trig_reduce_f32(float x)
{
    float m = ls_fma_f32(x, 0x1.45f306p-1f, LS_MAGIC_f32), k = m - LS_MAGIC_f32;
    float r = ls_fma_f32(-k, 0x1.921fb6p0f, x);
    float p = k * -0x1.777a5cp-25f, p_error = ls_fma_f32(k, -0x1.777a5cp-25f, -p);
    ls_reduced_f32 a;
    a.hi = r - p;
    a.lo = ls_fma_f32(k, 0x1.ee59dap-50f, ((r - a.hi) - p) - p_error);
    a.k = ls_bits_f32(m);
    return a;
}

/* Sine and cosine of the reduced angle, each as hi + lo with hi the leading term (r, and 1 - r^2/2 rounded). */
typedef struct { ls_pair_f64 sin, cos; } ls_waves_f64;
typedef struct { ls_pair_f32 sin, cos; } ls_waves_f32;

LS_FN ls_waves_f64 ls_trig_waves_f64(double r, double d)
{
    double z = r * r, h = 0.5 * z, w = 1 - h;
    double s = ls_fma_f64(z, 0x1.5d92fe20fd1c4p-33, -0x1.ae5e669e9dda2p-26);
    s = ls_fma_f64(z, s, 0x1.71de3578ebc66p-19);
    s = ls_fma_f64(z, s, -0x1.a01a019c141dp-13);
    s = ls_fma_f64(z, s, 0x1.111111110f89cp-7);
    s = ls_fma_f64(z, s, -0x1.5555555555549p-3);
    double c = ls_fma_f64(z, -0x1.8fb09218c956ep-37, 0x1.1ee9f045f922ep-29);
    c = ls_fma_f64(z, c, -0x1.27e4f8116d35p-22);
    c = ls_fma_f64(z, c, 0x1.a01a019cbe0a6p-16);
    c = ls_fma_f64(z, c, -0x1.6c16c16c15217p-10);
    c = ls_fma_f64(z, c, 0x1.555555555554cp-5);
    ls_waves_f64 y;
    y.sin = ls_pair_make_f64(r, ls_fma_f64(z * r, s, ls_fma_f64(-h, d, d)));
    y.cos = ls_pair_make_f64(w, ls_fma_f64(z * z, c, ls_fma_f64(-r, d, (1 - w) - h)));
    return y;
}
LS_FN ls_waves_f32 ls_trig_waves_f32(float r, float d)
{
    float z = r * r, h = 0.5f * z, w = 1 - h;
    float s = ls_fma_f32(z, -0x1.994f3ap-13f, 0x1.11077p-7f);
    s = ls_fma_f32(z, s, -0x1.555546p-3f);
    float c = ls_fma_f32(z, 0x1.99e0ep-16f, -0x1.6c0c1ap-10f);
    c = ls_fma_f32(z, c, 0x1.55554ap-5f);
    ls_waves_f32 y;
    y.sin = ls_pair_make_f32(r, ls_fma_f32(z * r, s, ls_fma_f32(-h, d, d)));
    y.cos = ls_pair_make_f32(w, ls_fma_f32(z * z, c, ls_fma_f32(-r, d, (1 - w) - h)));
    return y;
}

/* From the quadrant to the results. `sign` is the sign bit of the argument: sin(-x) = -sin(x), -0 included. */
LS_FN double ls_trig_sin_f64(ls_waves_f64 y, uint64_t k, uint64_t sign)
{
    double even = y.sin.hi + y.sin.lo, odd = y.cos.hi + y.cos.lo;
    return ls_flip_f64((k & 1) ? odd : even, ((k << 62) & LS_SIGN_f64) ^ sign);
}
LS_FN double ls_trig_cos_f64(ls_waves_f64 y, uint64_t k)
{
    double odd = y.sin.hi + y.sin.lo, even = y.cos.hi + y.cos.lo;
    return ls_flip_f64((k & 1) ? odd : even, ((k + 1) << 62) & LS_SIGN_f64);
}
LS_FN float ls_trig_sin_f32(ls_waves_f32 y, uint32_t k, uint32_t sign)
{
    float even = y.sin.hi + y.sin.lo, odd = y.cos.hi + y.cos.lo;
    return ls_flip_f32((k & 1) ? odd : even, ((k << 30) & LS_SIGN_f32) ^ sign);
}
LS_FN float ls_trig_cos_f32(ls_waves_f32 y, uint32_t k)
{
    float odd = y.sin.hi + y.sin.lo, even = y.cos.hi + y.cos.lo;
    return ls_flip_f32((k & 1) ? odd : even, ((k + 1) << 30) & LS_SIGN_f32);
}

/* tan = sin / cos, in odd quadrants -cos / sin; the quotient of two-word numbers, corrected once. */
LS_FN double ls_trig_tan_f64(ls_waves_f64 y, uint64_t k, uint64_t sign)
{
    ls_pair_f64 s = ls_fast_two_sum_f64(y.sin.hi, y.sin.lo), c = ls_fast_two_sum_f64(y.cos.hi, y.cos.lo);
    double inverse, q, rest;
    ls_pair_f64 top, low;
    top.hi = (k & 1) ? c.hi : s.hi, top.lo = (k & 1) ? c.lo : s.lo;
    low.hi = (k & 1) ? s.hi : c.hi, low.lo = (k & 1) ? s.lo : c.lo;
    inverse = 1 / low.hi;
    q = top.hi * inverse;
    rest = ls_fma_f64(-q, low.lo, ls_fma_f64(-q, low.hi, top.hi) + top.lo);
    return ls_flip_f64(ls_fma_f64(rest, inverse, q), (k << 63) ^ sign);
}
LS_FN float ls_trig_tan_f32(ls_waves_f32 y, uint32_t k, uint32_t sign)
{
    ls_pair_f32 s = ls_fast_two_sum_f32(y.sin.hi, y.sin.lo), c = ls_fast_two_sum_f32(y.cos.hi, y.cos.lo);
    float inverse, q, rest;
    ls_pair_f32 top, low;
    top.hi = (k & 1) ? c.hi : s.hi, top.lo = (k & 1) ? c.lo : s.lo;
    low.hi = (k & 1) ? s.hi : c.hi, low.lo = (k & 1) ? s.lo : c.lo;
    inverse = 1 / low.hi;
    q = top.hi * inverse;
    rest = ls_fma_f32(-q, low.lo, ls_fma_f32(-q, low.hi, top.hi) + top.lo);
    return ls_flip_f32(ls_fma_f32(rest, inverse, q), (k << 31) ^ sign);
}

/* 2/pi after the binary point, behind one word of zeros so that every shift goes one way. */
LS_CONST_TABLE uint64_t ls_two_over_pi_f64[21] = {
    0, 0xa2f9836e4e441529u, 0xfc2757d1f534ddc0u, 0xdb6295993c439041u, 0xfe5163abdebbc561u, 0xb7246e3a424dd2e0u,
    0x06492eea09d1921cu, 0xfe1deb1cb129a73eu, 0xe88235f52ebb4484u, 0xe99c7026b45f7e41u, 0x3991d639835339f4u,
    0x9c845f8bbdf9283bu, 0x1ff897ffde05980fu, 0xef2f118b5a0a6d1fu, 0x6d367ecf27cb09b7u, 0x4f463f669e5fea2du,
    0x7527bac7ebe5f17bu, 0x3d0739f78a5292eau, 0x6bfb5fb11f8d5d08u, 0x56033046fc7b6babu, 0xf0cfbc209af4361du
};
LS_CONST_TABLE uint32_t ls_two_over_pi_f32[9] = {
    0, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu, 0xdebbc561u
};

LS_FN int ls_leading_zeros_u64(uint64_t x) /* x is not 0 */
{
    int n = 0;
    for (int width = 32; width; width /= 2) {
        int clear = !(x >> (64 - width));
        n += clear ? width : 0;
        x = clear ? x << width : x;
    }
    return n;
}
/* 64 bits of the table from bit `at`. */
LS_FN uint64_t ls_trig_window_f64(int at)
{
    uint64_t first = ls_two_over_pi_f64[at / 64], second = ls_two_over_pi_f64[at / 64 + 1];
    int shift = at % 64;
    return shift ? first << shift | second >> (64 - shift) : first;
}
LS_FN uint32_t ls_trig_window_f32(int at)
{
    uint32_t first = ls_two_over_pi_f32[at / 32], second = ls_two_over_pi_f32[at / 32 + 1];
    int shift = at % 32;
    return shift ? first << shift | second >> (32 - shift) : first;
}

/* The reduction for any finite x > LS_TRIG_LIMIT. With x = m 2^e, whole m: x 2/pi mod 4 = 4 frac(m V), where V holds
 * the bits of 2^(e-2) 2/pi below the point; the bits above it add whole turns. 192 bits of V leave 70 that are right
 * even in the closest approach of a double to a multiple of pi/2 (2^-62). Infinity and NaN have m and e like any number
 * here; the caller overrules the result. */
LS_SLOW_FN ls_reduced_f64 ls_trig_reduce_large_f64(double x)
{
    uint64_t bits = ls_bits_f64(x), m = (bits & 0xfffffffffffffu) | 0x10000000000000u;
    int e = (int)(bits >> 52) - 1075, at = (e > 971 ? 971 : e) - 2 + 64;
    uint64_t v0 = ls_trig_window_f64(at), v1 = ls_trig_window_f64(at + 64), v2 = ls_trig_window_f64(at + 128);
    uint64_t f2 = m * v2, f1 = m * v1, f0 = m * v0 + ls_mulhi_u64(m, v1), carry = ls_mulhi_u64(m, v2);
    f1 += carry;
    f0 += f1 < carry;
    ls_reduced_f64 a;
    a.k = f0 >> 62;
    f0 = f0 << 2 | f1 >> 62; /* the fraction of a quarter turn */
    f1 = f1 << 2 | f2 >> 62;
    f2 <<= 2;
    uint64_t negative = f0 >> 63 ? ~(uint64_t)0 : 0; /* above one half: count from the next quadrant, backwards */
    a.k += negative & 1;
    f0 ^= negative, f1 ^= negative, f2 ^= negative; /* minus the last bit: beyond what is needed */
    int zeros = ls_leading_zeros_u64(f0 | 1);
    if (zeros) {
        f0 = f0 << zeros | f1 >> (64 - zeros);
        f1 = f1 << zeros | f2 >> (64 - zeros);
    }
    double hi = (double)(int64_t)(f0 >> 11) * ls_pow2_f64(-53 - zeros);
    double lo = (double)(int64_t)((f0 & 0x7ff) << 42 | f1 >> 22) * ls_pow2_f64(-106 - zeros);
    ls_pair_f64 half_pi = ls_pair_make_f64(0x1.921fb54442d18p0, 0x1.1a62633145c07p-54);
    ls_pair_f64 r = ls_pair_flip_f64(ls_pair_mul_f64(ls_pair_make_f64(hi, lo), half_pi), negative & LS_SIGN_f64);
    a.hi = r.hi;
    a.lo = r.lo;
    return a;
}
/* The same with words of 32 bits: 96 bits of V, of which 30 are right in the closest approach (2^-30). */
LS_SLOW_FN ls_reduced_f32 ls_trig_reduce_large_f32(float x)
{
    uint32_t bits = ls_bits_f32(x);
    uint64_t m = (bits & 0x7fffffu) | 0x800000u;
    int e = (int)(bits >> 23) - 150, at = (e > 104 ? 104 : e) - 2 + 32;
    uint64_t v0 = ls_trig_window_f32(at), v1 = ls_trig_window_f32(at + 32), v2 = ls_trig_window_f32(at + 64);
    uint64_t f = (m * v0 << 32) + m * v1 + (m * v2 >> 32);
    ls_reduced_f32 a;
    a.k = (uint32_t)(f >> 62);
    f <<= 2;
    uint64_t negative = f >> 63 ? ~(uint64_t)0 : 0;
    a.k += negative & 1;
    f ^= negative;
    int zeros = ls_leading_zeros_u64(f | 1);
    f <<= zeros;
    float hi = (float)(int32_t)(f >> 40) * ls_pow2_f32((float)(-24 - zeros));
    float lo = (float)(int32_t)(f >> 16 & 0xffffff) * ls_pow2_f32((float)(-48 - zeros));
    ls_pair_f32 half_pi = ls_pair_make_f32(0x1.921fb6p0f, -0x1.777a5cp-25f);
    ls_pair_f32 r = ls_pair_flip_f32(ls_pair_mul_f32(ls_pair_make_f32(hi, lo), half_pi), negative ? LS_SIGN_f32 : 0);
    a.hi = r.hi;
    a.lo = r.lo;
    return a;
}

/* The public functions, the same text for both formats. NaN takes the fast path and stays NaN. */
#define LS_TRIG_FUNCTIONS(T, tag)                                                                                     \
    LS_FN void ls_sincos_fast_##tag(T x, T *sine, T *cosine)                                                          \
    {                                                                                                                 \
        ls_reduced_##tag a = ls_trig_reduce_##tag(ls_mag_##tag(x));                                                   \
        ls_waves_##tag y = ls_trig_waves_##tag(a.hi, a.lo);                                                           \
        *sine = ls_trig_sin_##tag(y, a.k, ls_sign_bit_##tag(x));                                                      \
        *cosine = ls_trig_cos_##tag(y, a.k);                                                                          \
    }                                                                                                                 \
    LS_FN T ls_sin_fast_##tag(T x)                                                                                    \
    {                                                                                                                 \
        ls_reduced_##tag a = ls_trig_reduce_##tag(ls_mag_##tag(x));                                                   \
        return ls_trig_sin_##tag(ls_trig_waves_##tag(a.hi, a.lo), a.k, ls_sign_bit_##tag(x));                         \
    }                                                                                                                 \
    LS_FN T ls_cos_fast_##tag(T x)                                                                                    \
    {                                                                                                                 \
        ls_reduced_##tag a = ls_trig_reduce_##tag(ls_mag_##tag(x));                                                   \
        return ls_trig_cos_##tag(ls_trig_waves_##tag(a.hi, a.lo), a.k);                                               \
    }                                                                                                                 \
    LS_FN T ls_tan_fast_##tag(T x)                                                                                    \
    {                                                                                                                 \
        ls_reduced_##tag a = ls_trig_reduce_##tag(ls_mag_##tag(x));                                                   \
        return ls_trig_tan_##tag(ls_trig_waves_##tag(a.hi, a.lo), a.k, ls_sign_bit_##tag(x));                         \
    }                                                                                                                 \
    LS_FN int ls_sin_rare_##tag(T x) { return ls_mag_##tag(x) > LS_TRIG_LIMIT_##tag; }                                \
    LS_FN int ls_cos_rare_##tag(T x) { return ls_mag_##tag(x) > LS_TRIG_LIMIT_##tag; }                                \
    LS_FN int ls_tan_rare_##tag(T x) { return ls_mag_##tag(x) > LS_TRIG_LIMIT_##tag; }                                \
    LS_FN int ls_sincos_rare_##tag(T x) { return ls_mag_##tag(x) > LS_TRIG_LIMIT_##tag; }                             \
    LS_SLOW_FN T ls_sin_slow_##tag(T x)                                                                               \
    {                                                                                                                 \
        ls_reduced_##tag a = ls_trig_reduce_large_##tag(ls_mag_##tag(x));                                             \
        T y = ls_trig_sin_##tag(ls_trig_waves_##tag(a.hi, a.lo), a.k, ls_sign_bit_##tag(x));                          \
        return ls_mag_##tag(x) < LS_INFINITY_##tag ? y : LS_QUIET_NAN_##tag;                                          \
    }                                                                                                                 \
    LS_SLOW_FN T ls_cos_slow_##tag(T x)                                                                               \
    {                                                                                                                 \
        ls_reduced_##tag a = ls_trig_reduce_large_##tag(ls_mag_##tag(x));                                             \
        T y = ls_trig_cos_##tag(ls_trig_waves_##tag(a.hi, a.lo), a.k);                                                \
        return ls_mag_##tag(x) < LS_INFINITY_##tag ? y : LS_QUIET_NAN_##tag;                                          \
    }                                                                                                                 \
    LS_SLOW_FN T ls_tan_slow_##tag(T x)                                                                               \
    {                                                                                                                 \
        ls_reduced_##tag a = ls_trig_reduce_large_##tag(ls_mag_##tag(x));                                             \
        T y = ls_trig_tan_##tag(ls_trig_waves_##tag(a.hi, a.lo), a.k, ls_sign_bit_##tag(x));                          \
        return ls_mag_##tag(x) < LS_INFINITY_##tag ? y : LS_QUIET_NAN_##tag;                                          \
    }                                                                                                                 \
    LS_FN T ls_sin_##tag(T x) { return ls_sin_rare_##tag(x) ? ls_sin_slow_##tag(x) : ls_sin_fast_##tag(x); }          \
    LS_FN T ls_cos_##tag(T x) { return ls_cos_rare_##tag(x) ? ls_cos_slow_##tag(x) : ls_cos_fast_##tag(x); }          \
    LS_FN T ls_tan_##tag(T x) { return ls_tan_rare_##tag(x) ? ls_tan_slow_##tag(x) : ls_tan_fast_##tag(x); }
LS_TRIG_FUNCTIONS(float, f32)
LS_TRIG_FUNCTIONS(double, f64)

/* sin(pi x) and cos(pi x) need no large reduction: x mod 2 is exact. Half turns give exact zeros and ones; sinpi of a
 * whole number is 0 with the sign of x. */
LS_FN ls_reduced_f64 ls_trig_reduce_pi_f64(double x)
{
    double half = 0.5 * x, whole = half < 0x1p52 ? (half + 0x1p52) - 0x1p52 : half;
    double turn = ls_fma_f64(-2, whole, x), m = ls_fma_f64(2, turn, LS_MAGIC_f64);
    double f = ls_fma_f64(-0.5, m - LS_MAGIC_f64, turn);
    ls_reduced_f64 a;
    a.hi = f * LS_PI_HI_f64;
    a.lo = ls_fma_f64(f, LS_PI_LO_f64, ls_fma_f64(f, LS_PI_HI_f64, -a.hi));
    a.k = ls_bits_f64(m);
    return a;
}
LS_FN ls_reduced_f32 ls_trig_reduce_pi_f32(float x)
{
    float half = 0.5f * x, whole = half < 0x1p23f ? (half + 0x1p23f) - 0x1p23f : half;
    float turn = ls_fma_f32(-2, whole, x), m = ls_fma_f32(2, turn, LS_MAGIC_f32);
    float f = ls_fma_f32(-0.5f, m - LS_MAGIC_f32, turn);
    ls_reduced_f32 a;
    a.hi = f * LS_PI_HI_f32;
    a.lo = ls_fma_f32(f, LS_PI_LO_f32, ls_fma_f32(f, LS_PI_HI_f32, -a.hi));
    a.k = ls_bits_f32(m);
    return a;
}
#define LS_TRIG_PI_FUNCTIONS(T, tag)                                                                                  \
    LS_FN T ls_sinpi_##tag(T x)                                                                                       \
    {                                                                                                                 \
        ls_reduced_##tag a = ls_trig_reduce_pi_##tag(ls_mag_##tag(x));                                                \
        T y = ls_trig_sin_##tag(ls_trig_waves_##tag(a.hi, a.lo), a.k, 0);                                             \
        return ls_flip_##tag(y == 0 ? 0 : y, ls_sign_bit_##tag(x));                                                   \
    }                                                                                                                 \
    LS_FN T ls_cospi_##tag(T x)                                                                                       \
    {                                                                                                                 \
        ls_reduced_##tag a = ls_trig_reduce_pi_##tag(ls_mag_##tag(x));                                                \
        T y = ls_trig_cos_##tag(ls_trig_waves_##tag(a.hi, a.lo), a.k);                                                \
        return y == 0 ? 0 : y;                                                                                        \
    }
LS_TRIG_PI_FUNCTIONS(float, f32)
LS_TRIG_PI_FUNCTIONS(double, f64)

#endif
