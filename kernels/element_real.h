/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Element functions of the real floating dtypes: what E(f) in elementwise.def means for f32 and f64, and the few for
 * f16 and bf16 that have bits of their own; everything else is computed for those two in float32 (half.h converts).
 *
 * Decides what IEEE leaves open: which NaN is visible (canonical_), which zero is the smaller, how a NaN's sign counts.
 */
#ifndef LOCKSTEP_KERNELS_ELEMENT_REAL_H
#define LOCKSTEP_KERNELS_ELEMENT_REAL_H

#include "portable.h"
#include "sets.h"
#include "half.h"

/* SSE2 alone has no rounding to whole numbers; the template's arithmetic gives the same bits. */
#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
#define LS_ROUND_f32(name) name##f
#define LS_ROUND_f64(name) name
#elif defined(__SSE4_1__) || defined(__aarch64__)
#define LS_ROUND_f32(name) __builtin_##name##f
#define LS_ROUND_f64(name) __builtin_##name
#endif

#define LS_TAG f32
#define LS_UNSIGNED uint32_t
#define LS_SIGN 0x80000000u
#define LS_INFINITY_BITS 0x7f800000u
#define LS_NAN_BITS 0x7fc00000u
#define LS_WHOLE 0x1p23f
#define LS_REDUCE 0x1p96f
#define LS_DEGREES_HI 0x1.ca5dc0p+5f
#define LS_DEGREES_LO 0x1.a63c20p-19f
#define LS_RADIANS_HI 0x1.1df46ap-6f
#define LS_RADIANS_LO 0x1.294e9cp-33f
#ifdef LS_ROUND_f32
#define LS_ROUND(name) LS_ROUND_f32(name)
#endif
#include "element_real_template.h"

#define LS_TAG f64
#define LS_UNSIGNED uint64_t
#define LS_SIGN 0x8000000000000000u
#define LS_INFINITY_BITS 0x7ff0000000000000u
#define LS_NAN_BITS 0x7ff8000000000000u
#define LS_WHOLE 0x1p52
#define LS_REDUCE 0x1p600
#define LS_DEGREES_HI 0x1.ca5dc1a63c1f7p+5
#define LS_DEGREES_LO 0x1.70c2a5d4dfd03p-48
#define LS_RADIANS_HI 0x1.1df46a2529d39p-6
#define LS_RADIANS_LO 0x1.5c1d8becdd291p-62
#ifdef LS_ROUND_f64
#define LS_ROUND(name) LS_ROUND_f64(name)
#endif
#include "element_real_template.h"

LS_FN ls_t_f16 ls_canonical_f16(ls_t_f16 x) { return (ls_t_f16)((x & 0x7fffu) > 0x7c00u ? 0x7e00u : x); }
LS_FN ls_t_bf16 ls_canonical_bf16(ls_t_bf16 x) { return (ls_t_bf16)((x & 0x7fffu) > 0x7f80u ? 0x7fc0u : x); }

/* The 16-bit pattern after x on the way to y, for a format with the given infinity and NaN. Read as a sign and a
 * magnitude, patterns are in the order of their values. */
LS_FN uint16_t ls_nextafter_half(uint16_t x, uint16_t y, int infinity, uint16_t nan)
{
    const int ax = x & 0x7fff, ay = y & 0x7fff;
    const int place_x = (x & 0x8000) != 0 ? -ax : ax;
    const int place_y = (y & 0x8000) != 0 ? -ay : ay;
    const int outward = (place_x < place_y) == (place_x > 0);
    const int from_zero = (y & 0x8000) | 1;
    const int moved = ax == 0 ? from_zero : x + (outward ? 1 : -1);
    const int other = place_x == place_y ? y : moved;
    const int unordered = (ax > infinity) | (ay > infinity);
    return (uint16_t)(unordered ? nan : other);
}

LS_FN ls_t_f16 ls_nextafter_f16(ls_t_f16 x, ls_t_f16 y) { return ls_nextafter_half(x, y, 0x7c00, 0x7e00u); }
LS_FN ls_t_bf16 ls_nextafter_bf16(ls_t_bf16 x, ls_t_bf16 y) { return ls_nextafter_half(x, y, 0x7f80, 0x7fc0u); }

#endif
