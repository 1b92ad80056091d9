/* SPDX-License-Identifier: BSD-3-Clause
 *
 * float16 and bfloat16 from and to float32 and float64, rounded once to nearest, ties to even, in integers.
 *
 * Decides that a NaN becomes the canonical one in either direction, whatever the hardware's own conversions do with
 * payloads (and some flush bfloat16's subnormals). Leaves every other pair of dtypes to cast.h.
 *
 * Narrowing adds half a unit of the 16-bit result to the bits of the wide number, less one where the kept part is even,
 * and shifts: a carry runs into the exponent as it should, up to infinity. Below the smallest normal number the
 * unit no longer shrinks; adding the power of two whose own unit is that one lets the float adder round instead.
 */
#ifndef LOCKSTEP_KERNELS_HALF_H
#define LOCKSTEP_KERNELS_HALF_H

#include "portable.h"

LS_FN float ls_cast_f16_f32(ls_t_f16 h)
{
    const uint32_t sign = (uint32_t)(h & 0x8000u) << 16;
    const uint32_t a = h & 0x7fffu;
    const uint32_t normal = (a << 13) + 0x38000000u;                        /* 112 << 23: from bias 15 to bias 127 */
    const uint32_t subnormal = ls_bits_f32((float)(int32_t)a * 0x1p-24f);
    const uint32_t finite = a < 0x0400u ? subnormal : normal;
    const uint32_t bits = (a >= 0x7c00u ? 0x7f800000u : finite) | sign;
    return ls_from_bits_f32(a > 0x7c00u ? 0x7fc00000u : bits);
}

LS_FN float ls_cast_bf16_f32(ls_t_bf16 h)
{
    const uint32_t nan = (h & 0x7fffu) > 0x7f80u;
    return ls_from_bits_f32(nan ? 0x7fc00000u : (uint32_t)h << 16);
}

LS_FN ls_t_f16 ls_cast_f32_f16(float x)
{
    const uint32_t b = ls_bits_f32(x);
    const uint32_t a = b & 0x7fffffffu;
    const uint32_t normal = (a - 0x38000000u + 0x0fffu + ((a >> 13) & 1u)) >> 13;
    const uint32_t subnormal = ls_bits_f32(ls_from_bits_f32(a) + 0.5f) - 0x3f000000u;
    const uint32_t finite = a < 0x38800000u ? subnormal : normal;
    const uint32_t bits = (a >= 0x47800000u ? 0x7c00u : finite) | ((b >> 16) & 0x8000u);
    return (ls_t_f16)(a > 0x7f800000u ? 0x7e00u : bits);
}

LS_FN ls_t_bf16 ls_cast_f32_bf16(float x)
{
    const uint32_t b = ls_bits_f32(x);
    const uint32_t bits = (b + 0x7fffu + ((b >> 16) & 1u)) >> 16;
    return (ls_t_bf16)((b & 0x7fffffffu) > 0x7f800000u ? 0x7fc0u : bits);
}

LS_FN double ls_cast_f16_f64(ls_t_f16 h) { return (double)ls_cast_f16_f32(h); }
LS_FN double ls_cast_bf16_f64(ls_t_bf16 h) { return (double)ls_cast_bf16_f32(h); }

LS_FN ls_t_f16 ls_cast_f64_f16(double x)
{
    const uint64_t b = ls_bits_f64(x);
    const uint64_t a = b & 0x7fffffffffffffffu;
    const uint64_t normal = (a - 0x3f00000000000000u + 0x1ffffffffffu + ((a >> 42) & 1u)) >> 42;
    const uint64_t subnormal = ls_bits_f64(ls_from_bits_f64(a) + 0x1p28) - 0x41b0000000000000u;
    const uint64_t finite = a < 0x3f10000000000000u ? subnormal : normal;
    const uint64_t bits = (a >= 0x40f0000000000000u ? 0x7c00u : finite) | ((b >> 48) & 0x8000u);
    return (ls_t_f16)(a > 0x7ff0000000000000u ? 0x7e00u : bits);
}

LS_FN ls_t_bf16 ls_cast_f64_bf16(double x)
{
    const uint64_t b = ls_bits_f64(x);
    const uint64_t a = b & 0x7fffffffffffffffu;
    const uint64_t normal = (a - 0x3800000000000000u + 0xfffffffffffu + ((a >> 45) & 1u)) >> 45;
    const uint64_t subnormal = ls_bits_f64(ls_from_bits_f64(a) + 0x1p-81) - 0x3ae0000000000000u;
    const uint64_t finite = a < 0x3810000000000000u ? subnormal : normal;
    const uint64_t bits = (a >= 0x47f0000000000000u ? 0x7f80u : finite) | ((b >> 48) & 0x8000u);
    return (ls_t_bf16)(a > 0x7ff0000000000000u ? 0x7fc0u : bits);
}

#endif
