/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The reduced argument of the trigonometric functions, and its computation for large x by the bits of 2/pi that matter
 * (Payne and Hanek), in integers. Rare and slow: math_trig_template.h reduces the ordinary arguments.
 * Words of 2/pi: tools/math/coefficients.py payne_hanek. */
#ifndef LOCKSTEP_KERNELS_MATH_TRIG_LARGE_H
#define LOCKSTEP_KERNELS_MATH_TRIG_LARGE_H

#include "math_common.h"

/* x = k pi/2 + hi - less with hi - less in about [-pi/4, pi/4]; of k only the two low bits count. */
typedef struct { double hi, less; uint64_t k; } ls_reduced_f64;
typedef struct { float hi, less; uint32_t k; } ls_reduced_f32;

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

/* The reduction for any finite x >= 2^24. With x = m 2^e, whole m: x 2/pi mod 4 = 4 frac(m V), where V holds the bits
 * of 2^(e-2) 2/pi below the point; the bits above it add whole turns. 192 bits of V leave 70 that are right even in the
 * closest approach of a double to a multiple of pi/2 (2^-62). Infinity and NaN have m and e like any number here; the
 * caller overrules the result. */
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
    a.less = -r.lo;
    return a;
}
/* The same for x >= 2^16 with words of 32 bits: 96 bits of V, of which 30 are right in the closest approach (2^-30). */
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
    a.less = -r.lo;
    return a;
}

#endif
