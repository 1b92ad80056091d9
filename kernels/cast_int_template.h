/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Casts from one integer dtype, or from bool, which holds 0 or 1. No include guard: cast.h includes this once per tag
 * with LS_TAG, and for the dtypes whose values do not all fit a float32 exactly with LS_WIDE = 32 or 64 and
 * LS_BELOW(x, limit), which is x < limit, or 0 where the dtype is unsigned.
 */

LS_FN ls_t_b C(b)(T x) { return (ls_t_b)(x != 0); }
LS_FN ls_t_i8 C(i8)(T x) { return (ls_t_i8)x; }
LS_FN ls_t_i16 C(i16)(T x) { return (ls_t_i16)x; }
LS_FN ls_t_i32 C(i32)(T x) { return (ls_t_i32)x; }
LS_FN ls_t_i64 C(i64)(T x) { return (ls_t_i64)x; }
LS_FN ls_t_u8 C(u8)(T x) { return (ls_t_u8)x; }
LS_FN ls_t_u16 C(u16)(T x) { return (ls_t_u16)x; }
LS_FN ls_t_u32 C(u32)(T x) { return (ls_t_u32)x; }
LS_FN ls_t_u64 C(u64)(T x) { return (ls_t_u64)x; }
LS_FN ls_t_f32 C(f32)(T x) { return (ls_t_f32)x; }
LS_FN ls_t_f64 C(f64)(T x) { return (ls_t_f64)x; }

#ifndef LS_WIDE
LS_FN ls_t_f16 C(f16)(T x) { return ls_cast_f32_f16((float)x); }
LS_FN ls_t_bf16 C(bf16)(T x) { return ls_cast_f32_bf16((float)x); }
#else
/* Beyond 2^20 every float16 is infinite, and up to it float32 is exact. */
LS_FN ls_t_f16 C(f16)(T x)
{
    const T top = (T)1 << 20;
    const T below = x > top ? top : x;
    const T within = LS_BELOW(below, -top) ? (T)-top : below;
    return ls_cast_f32_f16((float)(int32_t)within);
}

/* float64 holds 32-bit integers. Of longer ones it gets the upper 53 bits, the last of which stands for all that are
 * cut off: it is far below what bfloat16 keeps, and only has to say on which side of a tie the number lies. */
LS_FN ls_t_bf16 C(bf16)(T x)
{
#if LS_WIDE == 64
    const uint64_t a = LS_BELOW(x, 0) ? (uint64_t)0 - (uint64_t)x : (uint64_t)x;
    const uint64_t cut = (a & ~(uint64_t)0x7ff) | (uint64_t)((a & 0x7ff) != 0) << 11;
    const uint64_t kept = a >> 53 != 0 ? cut : a;
    const ls_t_bf16 magnitude = ls_cast_f64_bf16((double)kept);
    return (ls_t_bf16)(magnitude | (LS_BELOW(x, 0) ? 0x8000u : 0u));
#else
    return ls_cast_f64_bf16((double)x);
#endif
}
#endif

LS_FN ls_t_c64 C(c64)(T x) { ls_t_c64 z; z.re = (float)x; z.im = 0; return z; }
LS_FN ls_t_c128 C(c128)(T x) { ls_t_c128 z; z.re = (double)x; z.im = 0; return z; }

#undef LS_TAG
#undef LS_WIDE
#undef LS_BELOW
