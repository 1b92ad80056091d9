/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The vocabulary of the mathematical functions: error-free sums and products, two-word numbers, rounding to whole
 * numbers by a magic constant, powers of two and the split of a number into mantissa and exponent, for f32 and f64.
 *
 * Decides how these are done without branches, libm or 64-bit arithmetic shifts (AVX2 has none), so that loops over
 * them vectorise. Leaves the functions themselves to math_exp.h, math_log.h, math_pow.h, math_trig.h and their kin.
 *
 * A whole number k that serves as an exponent travels as a floating number, since that is how it is found and used. */
#ifndef LOCKSTEP_KERNELS_MATH_COMMON_H
#define LOCKSTEP_KERNELS_MATH_COMMON_H

#include "portable.h"

/* A two-word number: the unevaluated sum hi + lo with |lo| at most about one unit in the last place of hi. */
typedef struct { float hi, lo; } ls_pair_f32;
typedef struct { double hi, lo; } ls_pair_f64;

#define LS_QUIET_NAN_f32 ls_from_bits_f32(0x7fc00000u)
#define LS_QUIET_NAN_f64 ls_from_bits_f64(0x7ff8000000000000u)
#define LS_INFINITY_f32 ls_from_bits_f32(0x7f800000u)
#define LS_INFINITY_f64 ls_from_bits_f64(0x7ff0000000000000u)

/* Sign, magnitude. */
#define LS_SIGN_f32 0x80000000u
#define LS_SIGN_f64 0x8000000000000000u
LS_FN float ls_mag_f32(float x) { return ls_from_bits_f32(ls_bits_f32(x) & ~LS_SIGN_f32); }
LS_FN double ls_mag_f64(double x) { return ls_from_bits_f64(ls_bits_f64(x) & ~LS_SIGN_f64); }
/* The lesser of two magnitudes; `most` for NaN. By bits, since compilers draw a select of numbers over all that
 * follows. */
LS_FN float ls_mag_at_most_f32(float a, float most)
{
    const uint32_t bits = ls_bits_f32(a), limit = ls_bits_f32(most);
    return ls_from_bits_f32(bits < limit ? bits : limit);
}
LS_FN double ls_mag_at_most_f64(double a, double most)
{
    const uint64_t bits = ls_bits_f64(a), limit = ls_bits_f64(most);
    return ls_from_bits_f64(bits < limit ? bits : limit);
}
LS_FN uint32_t ls_sign_bit_f32(float x) { return ls_bits_f32(x) & LS_SIGN_f32; }
LS_FN uint64_t ls_sign_bit_f64(double x) { return ls_bits_f64(x) & LS_SIGN_f64; }
/* x with its sign flipped where the sign bit of s is set; s holds nothing but a sign bit. */
LS_FN float ls_flip_f32(float x, uint32_t s) { return ls_from_bits_f32(ls_bits_f32(x) ^ s); }
LS_FN double ls_flip_f64(double x, uint64_t s) { return ls_from_bits_f64(ls_bits_f64(x) ^ s); }

/* Two-word arithmetic, the same text for both formats.
 *   two_sum       a + b exactly
 *   fast_two_sum  a + b exactly where |a| >= |b| or a is a multiple of b's last place
 *   two_prod      a * b exactly (no underflow)
 *   pair_add_1    two-word + one word;          error about 2^-2p, relative to the larger term
 *   pair_add      two-word + two-word;          the same
 *   pair_mul_1    two-word * one word;          relative error about 2^-2p
 *   pair_mul      two-word * two-word;          relative error about 2^-(2p-2)
 *   pair_div      two-word / two-word;          relative error about 2^-(2p-3); one division
 *   pair_flip     sign bits in s flip both words
 *   pair_pick     mask non-zero: a, else b */
#define LS_TWO_WORD_FUNCTIONS(T, U, tag)                                                                              \
    LS_FN ls_pair_##tag ls_pair_make_##tag(T hi, T lo)                                                                \
    {                                                                                                                 \
        ls_pair_##tag r;                                                                                              \
        r.hi = hi;                                                                                                    \
        r.lo = lo;                                                                                                    \
        return r;                                                                                                     \
    }                                                                                                                 \
    LS_FN ls_pair_##tag ls_two_sum_##tag(T a, T b)                                                                    \
    {                                                                                                                 \
        T s = a + b, t = s - a;                                                                                       \
        return ls_pair_make_##tag(s, (a - (s - t)) + (b - t));                                                        \
    }                                                                                                                 \
    LS_FN ls_pair_##tag ls_fast_two_sum_##tag(T a, T b)                                                               \
    {                                                                                                                 \
        T s = a + b;                                                                                                  \
        return ls_pair_make_##tag(s, b - (s - a));                                                                    \
    }                                                                                                                 \
    LS_FN ls_pair_##tag ls_two_prod_##tag(T a, T b)                                                                   \
    {                                                                                                                 \
        T p = a * b;                                                                                                  \
        return ls_pair_make_##tag(p, ls_fma_##tag(a, b, -p));                                                         \
    }                                                                                                                 \
    LS_FN ls_pair_##tag ls_pair_add_1_##tag(ls_pair_##tag a, T b)                                                     \
    {                                                                                                                 \
        ls_pair_##tag s = ls_two_sum_##tag(a.hi, b);                                                                  \
        return ls_fast_two_sum_##tag(s.hi, s.lo + a.lo);                                                              \
    }                                                                                                                 \
    LS_FN ls_pair_##tag ls_pair_add_##tag(ls_pair_##tag a, ls_pair_##tag b)                                           \
    {                                                                                                                 \
        ls_pair_##tag s = ls_two_sum_##tag(a.hi, b.hi);                                                               \
        return ls_fast_two_sum_##tag(s.hi, s.lo + (a.lo + b.lo));                                                     \
    }                                                                                                                 \
    LS_FN ls_pair_##tag ls_pair_mul_1_##tag(ls_pair_##tag a, T b)                                                     \
    {                                                                                                                 \
        ls_pair_##tag p = ls_two_prod_##tag(a.hi, b);                                                                 \
        return ls_fast_two_sum_##tag(p.hi, ls_fma_##tag(a.lo, b, p.lo));                                              \
    }                                                                                                                 \
    LS_FN ls_pair_##tag ls_pair_mul_##tag(ls_pair_##tag a, ls_pair_##tag b)                                           \
    {                                                                                                                 \
        ls_pair_##tag p = ls_two_prod_##tag(a.hi, b.hi);                                                              \
        return ls_fast_two_sum_##tag(p.hi, ls_fma_##tag(a.hi, b.lo, ls_fma_##tag(a.lo, b.hi, p.lo)));                 \
    }                                                                                                                 \
    LS_FN ls_pair_##tag ls_pair_div_##tag(ls_pair_##tag a, ls_pair_##tag b)                                           \
    {                                                                                                                 \
        T inverse = 1 / b.hi, q = a.hi * inverse;                                                                     \
        T rest = ls_fma_##tag(-q, b.hi, a.hi);                                                                        \
        return ls_fast_two_sum_##tag(q, ls_fma_##tag(-q, b.lo, rest + a.lo) * inverse);                               \
    }                                                                                                                 \
    LS_FN ls_pair_##tag ls_pair_flip_##tag(ls_pair_##tag a, U s)                                                      \
    {                                                                                                                 \
        return ls_pair_make_##tag(ls_flip_##tag(a.hi, s), ls_flip_##tag(a.lo, s));                                    \
    }                                                                                                                 \
    LS_FN ls_pair_##tag ls_pair_pick_##tag(int mask, ls_pair_##tag a, ls_pair_##tag b)                                \
    {                                                                                                                 \
        return ls_pair_make_##tag(mask ? a.hi : b.hi, mask ? a.lo : b.lo);                                            \
    }
LS_TWO_WORD_FUNCTIONS(float, uint32_t, f32)
LS_TWO_WORD_FUNCTIONS(double, uint64_t, f64)

/* Adding 1.5 * 2^(p-1) leaves a whole number in the last places: rounded to nearest even for |x| < 2^(p-2), and
 * readable as an integer from the bits, whose difference to LS_MAGIC_BITS is the signed number. */
#define LS_MAGIC_f32 0x1.8p23f
#define LS_MAGIC_f64 0x1.8p52
#define LS_MAGIC_BITS_f32 0x4b400000u
#define LS_MAGIC_BITS_f64 0x4338000000000000u
/* The low bits of a whole number |k| < 2^(p-2), modulo 2^32 or 2^64 (two's complement). */
LS_FN uint32_t ls_whole_bits_f32(float k) { return ls_bits_f32(k + LS_MAGIC_f32) - LS_MAGIC_BITS_f32; }
LS_FN uint64_t ls_whole_bits_f64(double k) { return ls_bits_f64(k + LS_MAGIC_f64) - LS_MAGIC_BITS_f64; }

/* 2^k for a whole k whose power is a normal number. */
LS_FN float ls_pow2_f32(float k) { return ls_from_bits_f32((ls_whole_bits_f32(k) + 127) << 23); }
LS_FN double ls_pow2_f64(double k) { return ls_from_bits_f64((ls_whole_bits_f64(k) + 1023) << 52); }

/* v * 2^k rounded once, for 2^-5 < |v| < 2^5 and any whole k with |k| <= 250 (f32) or 2040 (f64): two multiplications,
 * the first of them exact. n = k + twice the bias is positive, so halving it is a logical shift. */
LS_FN float ls_scale_f32(float v, float k)
{
    uint32_t n = ls_whole_bits_f32(k) + 254, half = n >> 1;
    return v * ls_from_bits_f32(half << 23) * ls_from_bits_f32((n - half) << 23);
}
LS_FN double ls_scale_f64(double v, double k)
{
    uint64_t n = ls_whole_bits_f64(k) + 2046, half = n >> 1;
    return v * ls_from_bits_f64(half << 52) * ls_from_bits_f64((n - half) << 52);
}

/* x = m * 2^k with from <= m < 2 from, for positive finite x, subnormals included, and `from` in [1/2, 1); otherwise m
 * is meaningless but harmless. m carries every bit of x. The exponent is counted from the offset `from`, so that it
 * changes there, and with 128 (f64: 1024) too many, so that it is positive. The bits of the lifting power of two hold
 * what it adds to the exponent: one select serves both. */
LS_FN float ls_split_from_f32(float x, float from, float *k)
{
    const float lift = x < 0x1p-126f ? 0x1p24f : 1.0f;
    const uint32_t above = ls_bits_f32(x * lift) + (0x7f800000u - ls_bits_f32(from)) - ls_bits_f32(lift) +
                           0x3f800000u;
    *k = ls_from_bits_f32((above >> 23) + (LS_MAGIC_BITS_f32 - 255)) - LS_MAGIC_f32;
    return ls_from_bits_f32((above & 0x7fffffu) + ls_bits_f32(from));
}
LS_FN double ls_split_from_f64(double x, double from, double *k)
{
    const double lift = x < 0x1p-1022 ? 0x1p54 : 1.0;
    const uint64_t above = ls_bits_f64(x * lift) + (0x7ff0000000000000u - ls_bits_f64(from)) - ls_bits_f64(lift) +
                           0x3ff0000000000000u;
    *k = ls_from_bits_f64((above >> 52) + (LS_MAGIC_BITS_f64 - 2047)) - LS_MAGIC_f64;
    return ls_from_bits_f64((above & 0xfffffffffffffu) + ls_bits_f64(from));
}
/* The same from sqrt(1/2) on. */
#define LS_SQRT_1_2_f32 0x1.6a09e6p-1f
#define LS_SQRT_1_2_f64 0x1.6a09e667f3bcdp-1
LS_FN float ls_split_f32(float x, float *k) { return ls_split_from_f32(x, LS_SQRT_1_2_f32, k); }
LS_FN double ls_split_f64(double x, double *k) { return ls_split_from_f64(x, LS_SQRT_1_2_f64, k); }

/* y * 2^k where the product is a normal number, k in the last places of steps as LS_MAGIC leaves it. */
LS_FN float ls_raise_f32(float y, float steps) { return ls_from_bits_f32(ls_bits_f32(y) + (ls_bits_f32(steps) << 23)); }
LS_FN double ls_raise_f64(double y, double steps)
{
    return ls_from_bits_f64(ls_bits_f64(y) + (ls_bits_f64(steps) << 52));
}

/* Easy elements. ls_<name>_easy_<tag>(x, &hard) has the bits of ls_<name>_<tag>(x) for fewer operations, except where
 * operand or result is 0, subnormal, infinite or NaN: there it may have any, and sets the top bit of `hard`. (It may do
 * so elsewhere too.) CPUs try it over blocks of elements. Words, since a compare would have to become one first; they
 * are made of
 *   unusual  hard where x is not positive, normal and finite
 *   beyond   hard where |x| >= limit, and NaN */
typedef uint32_t ls_word_f32;
typedef uint64_t ls_word_f64;
LS_FN uint32_t ls_unusual_f32(float x) { return (ls_bits_f32(x) - 0x00800000u) | (0x7f7fffffu - ls_bits_f32(x)); }
LS_FN uint64_t ls_unusual_f64(double x)
{
    return (ls_bits_f64(x) - 0x0010000000000000u) | (0x7fefffffffffffffu - ls_bits_f64(x));
}
LS_FN uint32_t ls_beyond_f32(float x, float limit) { return ls_bits_f32(limit) - 1 - ls_bits_f32(ls_mag_f32(x)); }
LS_FN uint64_t ls_beyond_f64(double x, double limit) { return ls_bits_f64(limit) - 1 - ls_bits_f64(ls_mag_f64(x)); }

/* ls_split_from for positive, normal, finite x. */
LS_FN float ls_split_easy_f32(float x, float from, float *k)
{
    const uint32_t above = ls_bits_f32(x) - ls_bits_f32(from);
    *k = (float)((int32_t)above >> 23);
    return ls_from_bits_f32((above & 0x7fffffu) + ls_bits_f32(from));
}
LS_FN double ls_split_easy_f64(double x, double from, double *k)
{
    const uint64_t above = ls_bits_f64(x) + (0x7ff0000000000000u - ls_bits_f64(from));
    *k = ls_from_bits_f64((above >> 52) + (LS_MAGIC_BITS_f64 - 2047)) - LS_MAGIC_f64;
    return ls_from_bits_f64((above & 0xfffffffffffffu) + ls_bits_f64(from));
}

/* 1 / x within 6 %, for corrections of a result, from normal x whose inverse is normal: the bits of a floating number
 * are nearly its logarithm, so subtracting them from a constant nearly inverts it. */
LS_FN float ls_inverse_guess_f32(float x) { return ls_from_bits_f32(0x7ef311c7u - ls_bits_f32(x)); }
LS_FN double ls_inverse_guess_f64(double x) { return ls_from_bits_f64(0x7fde6238502484bau - ls_bits_f64(x)); }

/* sqrt(x) = hi + lo to nearly two words, and *half_inverse = 1 / (2 sqrt(x)) to 2/3 of one, for positive normal x; 0
 * for 0: by multiplications, since the hardware's root takes the time of thirty. Half the bits of x from a constant are
 * nearly those of its inverse root; from there g and h go to sqrt(x) and 1 / (2 sqrt(x)) together (Goldschmidt). lo is
 * a correction of any size up to 2^-17 (f64: 2^-34) of hi. */
LS_FN ls_pair_f32 ls_root_f32(float x, float *half_inverse)
{
    const float y = ls_from_bits_f32(0x5f375a86u - (ls_bits_f32(x) >> 1));
    float g = x * y, h = 0.5f * y, e = ls_fma_f32(-g, h, 0.5f);
    g = ls_fma_f32(g, e, g), h = ls_fma_f32(h, e, h), e = ls_fma_f32(-g, h, 0.5f);
    g = ls_fma_f32(g, e, g), h = ls_fma_f32(h, e, h);
    *half_inverse = h;
    return ls_pair_make_f32(g, ls_fma_f32(-g, g, x) * h);
}
LS_FN ls_pair_f64 ls_root_f64(double x, double *half_inverse)
{
    const double y = ls_from_bits_f64(0x5fe6eb50c7b537a9u - (ls_bits_f64(x) >> 1));
    double g = x * y, h = 0.5 * y, e = ls_fma_f64(-g, h, 0.5);
    g = ls_fma_f64(g, e, g), h = ls_fma_f64(h, e, h), e = ls_fma_f64(-g, h, 0.5);
    g = ls_fma_f64(g, e, g), h = ls_fma_f64(h, e, h), e = ls_fma_f64(-g, h, 0.5);
    g = ls_fma_f64(g, e, g), h = ls_fma_f64(h, e, h);
    *half_inverse = h;
    return ls_pair_make_f64(g, ls_fma_f64(-g, g, x) * h);
}

#endif
