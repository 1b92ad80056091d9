/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Casts from complex64 or complex128: those of the real part, except to bool and to complex. No include guard: cast.h
 * includes this with LS_TAG and LS_PART, the tag of the parts.
 */

#define R(to) LS_PASTE4(ls_cast_, LS_PART, _, to)

LS_FN ls_t_b C(b)(T x) { return (ls_t_b)((x.re != 0) | (x.im != 0)); }
LS_FN ls_t_i8 C(i8)(T x) { return R(i8)(x.re); }
LS_FN ls_t_i16 C(i16)(T x) { return R(i16)(x.re); }
LS_FN ls_t_i32 C(i32)(T x) { return R(i32)(x.re); }
LS_FN ls_t_i64 C(i64)(T x) { return R(i64)(x.re); }
LS_FN ls_t_u8 C(u8)(T x) { return R(u8)(x.re); }
LS_FN ls_t_u16 C(u16)(T x) { return R(u16)(x.re); }
LS_FN ls_t_u32 C(u32)(T x) { return R(u32)(x.re); }
LS_FN ls_t_u64 C(u64)(T x) { return R(u64)(x.re); }
LS_FN ls_t_f16 C(f16)(T x) { return R(f16)(x.re); }
LS_FN ls_t_bf16 C(bf16)(T x) { return R(bf16)(x.re); }
LS_FN ls_t_f32 C(f32)(T x) { return R(f32)(x.re); }
LS_FN ls_t_f64 C(f64)(T x) { return R(f64)(x.re); }
LS_FN ls_t_c64 C(c64)(T x) { ls_t_c64 z; z.re = (float)x.re; z.im = (float)x.im; return z; }
LS_FN ls_t_c128 C(c128)(T x) { ls_t_c128 z; z.re = (double)x.re; z.im = (double)x.im; return z; }

#undef R
#undef LS_TAG
#undef LS_PART
