/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Casts from float32 or float64 to everything but the floats. No include guard: cast.h includes this with LS_TAG.
 *
 * An integer dtype with fewer bits than int32 is reached through int32 after limiting the number to its range, which
 * vector units can do. The limits of the wide dtypes are powers of two, exact in every float; the largest integer is
 * chosen by a select where the number reaches the upper one, and the conversion beside it never sees such a number.
 */

LS_FN int32_t C(limited)(T x, T lowest, T largest)
{
    const T above = x < lowest ? lowest : x;
    const T within = above > largest ? largest : above;
    return (int32_t)(x != x ? (T)0 : within);
}

LS_FN ls_t_b C(b)(T x) { return (ls_t_b)(x != 0); }
LS_FN ls_t_i8 C(i8)(T x) { return (ls_t_i8)C(limited)(x, -128, 127); }
LS_FN ls_t_i16 C(i16)(T x) { return (ls_t_i16)C(limited)(x, -32768, 32767); }
LS_FN ls_t_u8 C(u8)(T x) { return (ls_t_u8)C(limited)(x, 0, 255); }
LS_FN ls_t_u16 C(u16)(T x) { return (ls_t_u16)C(limited)(x, 0, 65535); }

LS_FN ls_t_i32 C(i32)(T x)
{
    const T top = (T)0x1p31f;
    const int fits = (x >= -top) & (x < top);
    const int32_t inside = (int32_t)(fits ? x : (T)0);
    const int32_t outside = x < 0 ? (-2147483647 - 1) : (x >= top ? 2147483647 : 0);
    return fits ? inside : outside;
}

LS_FN ls_t_u32 C(u32)(T x)
{
    const T top = (T)0x1p32f;
    const int fits = (x > 0) & (x < top);
    const uint32_t inside = (uint32_t)(fits ? x : (T)0);
    return fits ? inside : (x >= top ? 0xffffffffu : 0u);
}

LS_FN ls_t_i64 C(i64)(T x)
{
    const T top = (T)0x1p63f;
    const int fits = (x >= -top) & (x < top);
    const int64_t inside = (int64_t)(fits ? x : (T)0);
    const int64_t outside = x < 0 ? (-0x7fffffffffffffff - 1) : (x >= top ? 0x7fffffffffffffff : 0);
    return fits ? inside : outside;
}

LS_FN ls_t_u64 C(u64)(T x)
{
    const T top = (T)0x1p64f;
    const int fits = (x > 0) & (x < top);
    const uint64_t inside = (uint64_t)(fits ? x : (T)0);
    return fits ? inside : (x >= top ? 0xffffffffffffffffu : (uint64_t)0);
}

LS_FN ls_t_c64 C(c64)(T x) { ls_t_c64 z; z.re = (float)x; z.im = 0; return z; }
LS_FN ls_t_c128 C(c128)(T x) { ls_t_c128 z; z.re = (double)x; z.im = 0; return z; }

#undef LS_TAG
