/* SPDX-License-Identifier: BSD-3-Clause
 *
 * pow for float and integer dtypes, rsqrt, logaddexp.
 *
 * Decides the integer powers and the constants; the formulas for floats are in math_pow_template.h, once for f32 and
 * f64. */
#ifndef LOCKSTEP_KERNELS_MATH_POW_H
#define LOCKSTEP_KERNELS_MATH_POW_H

#include "math_common.h"
#include "math_exp.h"
#include "math_log.h"
#include "sets.h"

#define LS_POW_WHOLE_f64 0x1p52
#define LS_POW_EASY_f64 1021
#define LS_POW_END_f64 1090
#define LS_RSQRT_LOW_f64 0x1p-1000
#define LS_RSQRT_LIFT_f64 0x1p200
#define LS_RSQRT_BACK_f64 0x1p100
#define LS_LOGADDEXP_FAR_f64 -700
#define LS_LOGADDEXP_END_f64 -746

#define LS_TAG f64
#include "math_pow_template.h"

#define LS_POW_WHOLE_f32 0x1p23f
#define LS_POW_EASY_f32 125
#define LS_POW_END_f32 160
#define LS_RSQRT_LOW_f32 0x1p-100f
#define LS_RSQRT_LIFT_f32 0x1p80f
#define LS_RSQRT_BACK_f32 0x1p40f
#define LS_LOGADDEXP_FAR_f32 -80
#define LS_LOGADDEXP_END_f32 -104

#define LS_TAG f32
#include "math_pow_template.h"

/* Integer powers modulo 2^width by square and multiply, the number of steps fixed by the exponent's width so that every
 * element takes the same ones. */
LS_FN uint32_t ls_pow_steps_u32(uint32_t x, uint32_t y, int steps)
{
    uint32_t r = 1;
    for (int step = 0; step < steps; step++) {
        r *= y & 1 ? x : 1;
        x *= x;
        y >>= 1;
    }
    return r;
}
LS_FN uint64_t ls_pow_steps_u64(uint64_t x, uint64_t y, int steps)
{
    uint64_t r = 1;
    for (int step = 0; step < steps; step++) {
        r *= y & 1 ? x : 1;
        x *= x;
        y >>= 1;
    }
    return r;
}
LS_FN uint8_t ls_pow_u8(uint8_t x, uint8_t y) { return (uint8_t)ls_pow_steps_u32(x, y, 8); }
LS_FN uint16_t ls_pow_u16(uint16_t x, uint16_t y) { return (uint16_t)ls_pow_steps_u32(x, y, 16); }
LS_FN uint32_t ls_pow_u32(uint32_t x, uint32_t y) { return ls_pow_steps_u32(x, y, 32); }
LS_FN uint64_t ls_pow_u64(uint64_t x, uint64_t y) { return ls_pow_steps_u64(x, y, 64); }

/* A negative exponent gives the truncated true power: 1 and -1 have one, and the exponent's lowest bit decides as it
 * would anyway; all others give 0, and so does 0. The mask is no select, which would draw the loop into a branch. */
LS_FN int8_t ls_pow_i8(int8_t x, int8_t y)
{
    const uint8_t keep = (uint8_t)-(uint8_t)((y >= 0) | (x == 1) | (x == -1));
    return (int8_t)(ls_pow_u8((uint8_t)x, (uint8_t)y) & keep);
}
LS_FN int16_t ls_pow_i16(int16_t x, int16_t y)
{
    const uint16_t keep = (uint16_t)-(uint16_t)((y >= 0) | (x == 1) | (x == -1));
    return (int16_t)(ls_pow_u16((uint16_t)x, (uint16_t)y) & keep);
}
LS_FN int32_t ls_pow_i32(int32_t x, int32_t y)
{
    const uint32_t keep = -(uint32_t)((y >= 0) | (x == 1) | (x == -1));
    return (int32_t)(ls_pow_u32((uint32_t)x, (uint32_t)y) & keep);
}
LS_FN int64_t ls_pow_i64(int64_t x, int64_t y)
{
    const uint64_t keep = -(uint64_t)((y >= 0) | (x == 1) | (x == -1));
    return (int64_t)(ls_pow_u64((uint64_t)x, (uint64_t)y) & keep);
}

#endif
