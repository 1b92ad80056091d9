/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Casts from float16 or bfloat16 to everything but the real floats, by way of float32. No include guard: cast.h
 * includes this with LS_TAG.
 */

LS_FN ls_t_b C(b)(T x) { return (ls_t_b)((x & 0x7fffu) != 0); }
LS_FN ls_t_i8 C(i8)(T x) { return ls_cast_f32_i8(C(f32)(x)); }
LS_FN ls_t_i16 C(i16)(T x) { return ls_cast_f32_i16(C(f32)(x)); }
LS_FN ls_t_i32 C(i32)(T x) { return ls_cast_f32_i32(C(f32)(x)); }
LS_FN ls_t_i64 C(i64)(T x) { return ls_cast_f32_i64(C(f32)(x)); }
LS_FN ls_t_u8 C(u8)(T x) { return ls_cast_f32_u8(C(f32)(x)); }
LS_FN ls_t_u16 C(u16)(T x) { return ls_cast_f32_u16(C(f32)(x)); }
LS_FN ls_t_u32 C(u32)(T x) { return ls_cast_f32_u32(C(f32)(x)); }
LS_FN ls_t_u64 C(u64)(T x) { return ls_cast_f32_u64(C(f32)(x)); }
LS_FN ls_t_c64 C(c64)(T x) { return ls_cast_f32_c64(C(f32)(x)); }
LS_FN ls_t_c128 C(c128)(T x) { return ls_cast_f32_c128(C(f32)(x)); }

#undef LS_TAG
