/* SPDX-License-Identifier: BSD-3-Clause
 *
 * pow for float and integer dtypes, rsqrt, logaddexp.
 *
 * pow = exp(y log|x|) with the logarithm, the product and the argument of exp in two words, and C99's rules for zeros,
 * infinities and signs laid over it by selects: zero is a common base, so nothing here is a rare path. Where the exact
 * power is representable it is the result, since the error before the last rounding is far below half a unit. */
#ifndef LOCKSTEP_KERNELS_MATH_POW_H
#define LOCKSTEP_KERNELS_MATH_POW_H

#include "math_common.h"
#include "math_exp.h"
#include "math_log.h"

/* Above LS_POW_WHOLE every number is whole, from twice that on even; adding it leaves a whole number's last bit last. */
#define LS_POW_WHOLE_f64 0x1p52
#define LS_POW_WHOLE_f32 0x1p23f
#define LS_POW_TOP_BIT_f64 63
#define LS_POW_TOP_BIT_f32 31
#define LS_POW_LIMIT_f64 750
#define LS_POW_LIMIT_f32 110

#define LS_POW_FLOAT(T, U, tag)                                                                                       \
    LS_FN T ls_pow_##tag(T x, T y)                                                                                    \
    {                                                                                                                 \
        T ax = ls_mag_##tag(x), ay = ls_mag_##tag(y), k, steps, f = ls_split_##tag(ax, &k) - 1;                       \
        ls_pair_##tag l = ls_log_hl_core_##tag(k, ls_pair_make_##tag(f, 0)), p = ls_two_prod_##tag(y, l.hi);          \
        ls_pair_##tag e = ls_exp_hl_##tag(p.hi, ls_fma_##tag(y, l.lo, p.lo), &steps);                                 \
        T r = ls_scale_##tag(e.hi + e.lo, steps);                                                                     \
        int zero = ax == 0, endless = ax == LS_INFINITY_##tag, beyond = ls_mag_##tag(p.hi) > LS_POW_LIMIT_##tag;      \
        T limit = (ax > 1) == (y > 0) ? LS_INFINITY_##tag : 0;                                                        \
        r = (zero | endless | beyond) ? limit : r;                                                                    \
        r = ax == 1 ? 1 : r;                                                                                          \
        int small = ay < LS_POW_WHOLE_##tag, minus = x < 0;                                                           \
        T raised = small ? ay + LS_POW_WHOLE_##tag : ay, lowered = small ? raised - LS_POW_WHOLE_##tag : ay;          \
        int whole = lowered == ay, signed_power = whole & (ay < 2 * LS_POW_WHOLE_##tag);                              \
        U sign = ls_sign_bit_##tag(x) & ls_bits_##tag(raised) << LS_POW_TOP_BIT_##tag;                                \
        r = ls_flip_##tag(r, signed_power ? sign : 0);                                                                \
        r = (minus & !whole & !endless) ? LS_QUIET_NAN_##tag : r;                                                     \
        int unknown = (x != x) || (y != y), one = (x == 1) || (y == 0);                                               \
        r = unknown ? LS_QUIET_NAN_##tag : r;                                                                         \
        return one ? 1 : r;                                                                                           \
    }
LS_POW_FLOAT(float, uint32_t, f32)
LS_POW_FLOAT(double, uint64_t, f64)

/* Integer powers modulo 2^width by square and multiply, the number of steps fixed by the exponent's width so that every
 * element takes the same ones. A negative exponent gives the truncated true power: 1 and -1 have one, others give 0
 * (0 to a negative power too). */
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

#define LS_POW_SIGNED(T, U, tag, utag)                                                                                \
    LS_FN T ls_pow_##tag(T x, T y)                                                                                    \
    {                                                                                                                 \
        U keep = (U)-(U)((y >= 0) | (x == 1) | (x == -1)); /* for 1 and -1 the exponent's lowest bit decides */       \
        return (T)(ls_pow_##utag((U)x, (U)y) & keep); /* a select would draw the loop into a branch */                \
    }
LS_POW_SIGNED(int8_t, uint8_t, i8, u8)
LS_POW_SIGNED(int16_t, uint16_t, i16, u16)
LS_POW_SIGNED(int32_t, uint32_t, i32, u32)
LS_POW_SIGNED(int64_t, uint64_t, i64, u64)

/* 1 / sqrt(x) has two roundings and so up to 1.5 units of error. One Newton step takes them off: h = 1 - x r^2 with x r
 * in two words. Where r is 0 or infinite h is NaN, and r is the answer. */
#define LS_RSQRT(T, tag)                                                                                              \
    LS_FN T ls_rsqrt_##tag(T x)                                                                                       \
    {                                                                                                                 \
        T r = 1 / ls_sqrt_##tag(x);                                                                                   \
        ls_pair_##tag p = ls_two_prod_##tag(x, r);                                                                    \
        T h = ls_fma_##tag(-p.lo, r, ls_fma_##tag(-p.hi, r, 1));                                                      \
        return h == h ? ls_fma_##tag(r / 2, h, r) : r;                                                                \
    }
LS_RSQRT(float, f32)
LS_RSQRT(double, f64)

/* log(exp(x) + exp(y)) = max + log(1 + exp(-|x - y|)), in two words throughout because the two terms may cancel. Where
 * the difference is so large that the power leaves the normal range, one word of it is all that counts. */
#define LS_LOGADDEXP(T, tag, FAR, LOWEST)                                                                             \
    LS_FN T ls_logaddexp_##tag(T x, T y)                                                                              \
    {                                                                                                                 \
        T top = x > y ? x : y, low = x > y ? y : x, k;                                                                \
        ls_pair_##tag d = ls_two_sum_##tag(low, -top);                                                                \
        int far = !(d.hi > FAR); /* so is the NaN of two equal infinities */                                          \
        ls_pair_##tag e = ls_exp_hl_##tag(d.hi > LOWEST ? d.hi : LOWEST, far ? 0 : d.lo, &k);                         \
        T power = ls_pow2_##tag(far ? 0 : k), tiny = ls_scale_##tag(e.hi + e.lo, k);                                  \
        e = ls_fast_two_sum_##tag(e.hi * power, e.lo * power);                                                        \
        ls_pair_##tag l = ls_log1p_hl_##tag(e.hi, e.lo), s = ls_two_sum_##tag(top, l.hi);                             \
        T r = far ? top + tiny : s.hi + (s.lo + l.lo);                                                                \
        return (x != x) || (y != y) ? LS_QUIET_NAN_##tag : r;                                                         \
    }
LS_LOGADDEXP(float, f32, -80, -104)
LS_LOGADDEXP(double, f64, -700, -746)

#endif
