/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What becomes of a random word: uniform, normal, exponential numbers, integers. Pure functions of words; which word an
 * element gets is draw_words.h's business.
 *
 *   uniform f64   4x64: (w >> 11) 2^-53, as NumPy. 4x32: z 2^-53 + 2^-54 with z = low ^ high 2^21, as cuRAND.
 *   uniform f32   4x64: (w >> 8) 2^-24, as NumPy. 4x32: w 2^-32 + 2^-33, as cuRAND.
 *   normal        Box and Muller (1958): r = sqrt(-2 log u), then r cos(pi t) and r sin(pi t) are two numbers. The
 *                 turn t is exact, so its reduction is, too. f64: u of 53 bits from one word, t of 53 bits from the
 *                 next; the largest |x| is 8.57. f32: u of 40 bits and t of 24 bits from one 64-bit word; the largest
 *                 |x| is 7.45.
 *   exponential   -log u, u in (0, 1]: of 53 bits (largest 36.7) or, f32, of 32 bits (largest 22.9).
 *   integers      the high half of w * size, unless the low half is below the threshold (draw_record.h). */
#ifndef LOCKSTEP_KERNELS_DRAW_CONVERT_H
#define LOCKSTEP_KERNELS_DRAW_CONVERT_H

#include "draw_record.h"
#include "math_log.h"

/* A whole number below 2^53 as float64, exactly. AVX2 has no such conversion; two magic numbers vectorise anywhere. */
LS_FN double ls_whole_to_f64(uint64_t k)
{
#if defined(__CUDACC__) || defined(__CUDACC_RTC__) || defined(__AVX512DQ__)
    return (double)k;
#else
    const double high = ls_from_bits_f64(k >> 32 | 0x4530000000000000u) - 0x1.00000001p84; /* 2^84 + 2^52 */
    return high + ls_from_bits_f64((k & 0xffffffffu) | 0x4330000000000000u);
#endif
}

LS_FN double ls_uniform_of_word64(uint32_t engine, uint64_t w)
{
    if (engine == LSI_ENGINE_PHILOX4X32)
        return ls_whole_to_f64((w & 0xffffffffu) ^ w >> 32 << 21) * 0x1p-53 + 0x1p-54;
    return ls_whole_to_f64(w >> 11) * 0x1p-53;
}

LS_FN float ls_uniform_of_word32(uint32_t engine, uint32_t w)
{
    if (engine == LSI_ENGINE_PHILOX4X32) return (float)w * 0x1p-32f + 0x1p-33f;
    return (float)(int32_t)(w >> 8) * 0x1p-24f;
}

/* log(v 2^-53), v a whole number from 1 to 2^53, and log(u), u from 2^-40 to 1, by the formula of math_log_template.h
 * without what zeros, subnormals and numbers that are none ask for. Of f64 these are the bits of ls_log; that of f32
 * looks up in a table, which loops that compilers turn into vectors cannot. */
LS_FN double ls_log_of_whole_f64(double v)
{
    const uint64_t above = ls_bits_f64(v) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu) - ((uint64_t)53 << 52);
    const double k = ls_from_bits_f64((above >> 52) + (LS_MAGIC_BITS_f64 - 1023)) - LS_MAGIC_f64;
    const double f = ls_from_bits_f64((above & 0xfffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1;
    const ls_pair_f64 a = ls_fast_two_sum_f64(k * LS_LN2_SHORT_f64, f);
    return a.hi + (a.lo + ls_fma_f64(k, LS_LN2_REST_f64, ls_log_rest_f64(f)));
}
LS_FN float ls_log_of_part_f32(float u)
{
    const uint32_t above = ls_bits_f32(u) + (0x3f800000u - 0x3f3504f3u);
    const float k = ls_from_bits_f32((above >> 23) + (LS_MAGIC_BITS_f32 - 127)) - LS_MAGIC_f32;
    const float f = ls_from_bits_f32((above & 0x7fffffu) + 0x3f3504f3u) - 1;
    const ls_pair_f32 a = ls_fast_two_sum_f32(k * LS_LN2_SHORT_f32, f);
    return a.hi + (a.lo + ls_fma_f32(k, LS_LN2_REST_f32, ls_log_rest_f32(f)));
}

LS_FN double ls_exponential_of_word64(uint64_t w)
{
    return 0.0 - ls_log_of_whole_f64(ls_whole_to_f64(w >> 11) + 1.0);
}

LS_FN float ls_exponential_of_word32(uint32_t w)
{
    return 0.0f - ls_log_of_part_f32((float)w * 0x1p-32f + 0x1p-33f);
}

/* sin(pi t) and cos(pi t), 0 <= t <= 2. t = quarter / 2 + rest, |rest| <= 1/4, exactly. Coefficients:
 * tools/math/random_coefficients.py. */
typedef struct { double sin, cos; } ls_turn_f64;
typedef struct { float sin, cos; } ls_turn_f32;

LS_FN ls_turn_f64 ls_turn_of_f64(double t)
{
    const double shifted = ls_fma_f64(t, 2.0, LS_MAGIC_f64), rest = ls_fma_f64(shifted - LS_MAGIC_f64, -0.5, t);
    const double z = rest * rest;
    const uint64_t quarter = ls_bits_f64(shifted);
    double s = ls_fma_f64(z, 0x1.e4049877fa6c5p-12, -0x1.e300a96b5ca37p-8);
    s = ls_fma_f64(z, s, 0x1.5078301fc403bp-4);
    s = ls_fma_f64(z, s, -0x1.32d2cce338db9p-1);
    s = ls_fma_f64(z, s, 0x1.466bc67758deep1);
    s = ls_fma_f64(z, s, -0x1.4abbce625be47p2);
    s = ls_fma_f64(rest, 0x1.921fb54442d18p1, rest * ls_fma_f64(z, s, 0x1.1a62633145c07p-53));
    double c = ls_fma_f64(z, -0x1.aff02ddc3c475p-14, 0x1.f9c3d8a0a3e31p-10);
    c = ls_fma_f64(z, c, -0x1.a6d1e13d373dep-6);
    c = ls_fma_f64(z, c, 0x1.e1f506749d9c3p-3);
    c = ls_fma_f64(z, c, -0x1.55d3c7e3bf5b9p0);
    c = ls_fma_f64(z, c, 0x1.03c1f081b5a4fp2);
    c = ls_fma_f64(z, c, -0x1.3bd3cc9be45dep2);
    c = ls_fma_f64(z, c, 1.0);
    ls_turn_f64 turn;
    turn.sin = ls_flip_f64(quarter & 1 ? c : s, quarter << 62 & LS_SIGN_f64);
    turn.cos = ls_flip_f64(quarter & 1 ? s : c, (quarter + 1) << 62 & LS_SIGN_f64);
    return turn;
}

LS_FN ls_turn_f32 ls_turn_of_f32(float t)
{
    const float shifted = ls_fma_f32(t, 2.0f, LS_MAGIC_f32), rest = ls_fma_f32(shifted - LS_MAGIC_f32, -0.5f, t);
    const float z = rest * rest;
    const uint32_t quarter = ls_bits_f32(shifted);
    float s = ls_fma_f32(z, -0x1.2ddc4p-1f, 0x1.46607cp1f);
    s = ls_fma_f32(z, s, -0x1.4abbcp2f);
    s = ls_fma_f32(rest, 0x1.921fb6p1f, rest * ls_fma_f32(z, s, -0x1.777a5cp-24f));
    float c = ls_fma_f32(z, 0x1.d47bep-3f, -0x1.55b146p0f);
    c = ls_fma_f32(z, c, 0x1.03c1aep2f);
    c = ls_fma_f32(z, c, -0x1.3bd3ccp2f);
    c = ls_fma_f32(z, c, 1.0f);
    ls_turn_f32 turn;
    turn.sin = ls_flip_f32(quarter & 1 ? c : s, quarter << 30 & LS_SIGN_f32);
    turn.cos = ls_flip_f32(quarter & 1 ? s : c, (quarter + 1) << 30 & LS_SIGN_f32);
    return turn;
}

/* Two normal numbers of two words: `cos` is the even element, `sin` the odd one. */
LS_FN ls_turn_f64 ls_normal_of_words64(uint64_t w0, uint64_t w1)
{
    const double v = ls_whole_to_f64(w0 >> 11) + 1.0;
    const double r = ls_sqrt_f64(ls_fma_f64(-2.0, ls_log_of_whole_f64(v), 0.0)); /* log(1) gives +0 */;
    ls_turn_f64 pair = ls_turn_of_f64(ls_whole_to_f64(w1 >> 11) * 0x1p-52);
    pair.sin = pair.sin * r;
    pair.cos = pair.cos * r;
    return pair;
}

/* The same of one 64-bit word, float32: u from its upper 40 bits, t from the lower 24. */
LS_FN float ls_normal_radius_of_word64(uint64_t w)
{
    return (float)(ls_whole_to_f64(w >> 24) + 1.0) * 0x1p-40f;
}
LS_FN float ls_normal_turn_of_word64(uint64_t w)
{
    return (float)(int32_t)(uint32_t)(w & 0xffffffu) * 0x1p-23f;
}
LS_FN ls_turn_f32 ls_normal_of_f32(float u, float t)
{
    const float r = ls_sqrt_f32(ls_fma_f32(-2.0f, ls_log_of_part_f32(u), 0.0f));
    ls_turn_f32 pair = ls_turn_of_f32(t);
    pair.sin = pair.sin * r;
    pair.cos = pair.cos * r;
    return pair;
}
LS_FN ls_turn_f32 ls_normal_of_word64_f32(uint64_t w)
{
    return ls_normal_of_f32(ls_normal_radius_of_word64(w), ls_normal_turn_of_word64(w));
}

/* Whether the word is taken, and what it gives, 0 to span. */
LS_FN int ls_integer_of_word64(uint64_t w, uint64_t span, uint64_t threshold, uint64_t *value)
{
    const uint64_t size = span + 1;
    *value = size == 0 ? w : ls_mulhi_u64(w, size);
    return w * size >= threshold;
}
LS_FN int ls_integer_of_word32(uint32_t w, uint64_t span, uint64_t threshold, uint64_t *value)
{
    const uint64_t product = w * (span + 1);
    *value = product >> 32;
    return (product & 0xffffffffu) >= threshold;
}

#endif
