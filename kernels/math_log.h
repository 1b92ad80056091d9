/* SPDX-License-Identifier: BSD-3-Clause
 *
 * log, log2, log10, log1p, logaddexp, and the logarithm of a two-word number in two words (for pow, asinh, ...).
 *
 * Method: x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), s = f / (2 + f), z = s^2; then
 * log(1 + f) = 2 atanh(s) = f - f^2/2 + s (f^2/2 + R(z)) with R(z) = z (L1 + L2 z + ...). f is exact and is added to
 * k ln2 without error; of the rest, f^2/2 is exact inside an fma, so that little is rounded before the end.
 * Coefficients: tools/math/coefficients.py log constants. */
#ifndef LOCKSTEP_KERNELS_MATH_LOG_H
#define LOCKSTEP_KERNELS_MATH_LOG_H

#include "math_common.h"
#include "math_exp.h"

/* First words so short that their product with k is exact. */
#define LS_LN2_SHORT_f64 0x1.62e42fefa38p-1
#define LS_LN2_REST_f64 0x1.ef35793c7673p-45
#define LS_LN2_SHORT_f32 0x1.62e4p-1f
#define LS_LN2_REST_f32 0x1.7f7d1cp-20f
#define LS_LOG10_2_SHORT_f64 0x1.34413509f78p-2
#define LS_LOG10_2_REST_f64 0x1.fef311f12b358p-46
#define LS_LOG10_2_SHORT_f32 0x1.344p-2f
#define LS_LOG10_2_REST_f32 0x1.3509f8p-18f
#define LS_INV_LN2_LO_f64 0x1.777d0ffda0d24p-56
#define LS_INV_LN2_LO_f32 0x1.4ae0cp-26f
#define LS_INV_LN10_HI_f64 0x1.bcb7b1526e50ep-2
#define LS_INV_LN10_LO_f64 0x1.95355baaafad3p-57
#define LS_INV_LN10_HI_f32 0x1.bcb7b2p-2f
#define LS_INV_LN10_LO_f32 -0x1.5b235ep-27f

/* log(1 + f) - f for 1 + f in [sqrt(1/2), sqrt(2)). */
LS_FN double ls_log_rest_f64(double f)
{
    double s = f / (2 + f), z = s * s, half = 0.5 * f;
    double p = ls_fma_f64(z, 0x1.2f0f382370435p-3, 0x1.39a0c1bfc2349p-3);
    p = ls_fma_f64(z, p, 0x1.746648852c3ddp-3);
    p = ls_fma_f64(z, p, 0x1.c71c51daeb2a3p-3);
    p = ls_fma_f64(z, p, 0x1.24924942290f9p-2);
    p = ls_fma_f64(z, p, 0x1.999999997f9f4p-2);
    p = ls_fma_f64(z, p, 0x1.5555555555593p-1);
    return ls_fma_f64(-half, f, s * ls_fma_f64(z, p, half * f));
}
LS_FN float ls_log_rest_f32(float f)
{
    float s = f / (2 + f), z = s * s, half = 0.5f * f;
    float p = ls_fma_f32(z, 0x1.31e242p-2f, 0x1.995eccp-2f);
    p = ls_fma_f32(z, p, 0x1.55557ap-1f);
    return ls_fma_f32(-half, f, s * ls_fma_f32(z, p, half * f));
}

/* The value y of a logarithm of x, corrected for x outside the positive finite numbers. */
LS_FN double ls_log_domain_f64(double x, double y)
{
    y = x < LS_INFINITY_f64 ? y : x; /* NaN stays NaN */
    y = x == 0 ? -LS_INFINITY_f64 : y;
    return x < 0 ? LS_QUIET_NAN_f64 : y;
}
LS_FN float ls_log_domain_f32(float x, float y)
{
    y = x < LS_INFINITY_f32 ? y : x;
    y = x == 0 ? -LS_INFINITY_f32 : y;
    return x < 0 ? LS_QUIET_NAN_f32 : y;
}

LS_FN double ls_log_f64(double x)
{
    double k, f = ls_split_f64(x, &k) - 1;
    ls_pair_f64 a = ls_fast_two_sum_f64(k * LS_LN2_SHORT_f64, f);
    double y = a.hi + (a.lo + ls_fma_f64(k, LS_LN2_REST_f64, ls_log_rest_f64(f)));
    return ls_log_domain_f64(x, y);
}
LS_FN float ls_log_f32(float x)
{
    float k, f = ls_split_f32(x, &k) - 1;
    ls_pair_f32 a = ls_fast_two_sum_f32(k * LS_LN2_SHORT_f32, f);
    float y = a.hi + (a.lo + ls_fma_f32(k, LS_LN2_REST_f32, ls_log_rest_f32(f)));
    return ls_log_domain_f32(x, y);
}

/* k * (step + step_rest) + log(1 + f) * (scale + scale_lo), the frame of log2 and log10. */
LS_FN double ls_log_scaled_f64(double k, double f, double step, double step_rest, double scale, double scale_lo)
{
    double p = f * scale;
    ls_pair_f64 a = ls_fast_two_sum_f64(k * step, p);
    double low = ls_fma_f64(f, scale_lo, ls_fma_f64(f, scale, -p));
    low = ls_fma_f64(ls_log_rest_f64(f), scale, ls_fma_f64(k, step_rest, low));
    return a.hi + (a.lo + low);
}
LS_FN float ls_log_scaled_f32(float k, float f, float step, float step_rest, float scale, float scale_lo)
{
    float p = f * scale;
    ls_pair_f32 a = ls_fast_two_sum_f32(k * step, p);
    float low = ls_fma_f32(f, scale_lo, ls_fma_f32(f, scale, -p));
    low = ls_fma_f32(ls_log_rest_f32(f), scale, ls_fma_f32(k, step_rest, low));
    return a.hi + (a.lo + low);
}

LS_FN double ls_log2_f64(double x)
{
    double k, f = ls_split_f64(x, &k) - 1;
    return ls_log_domain_f64(x, ls_log_scaled_f64(k, f, 1, 0, LS_INV_LN2_f64, LS_INV_LN2_LO_f64));
}
LS_FN float ls_log2_f32(float x)
{
    float k, f = ls_split_f32(x, &k) - 1;
    return ls_log_domain_f32(x, ls_log_scaled_f32(k, f, 1, 0, LS_INV_LN2_f32, LS_INV_LN2_LO_f32));
}
LS_FN double ls_log10_f64(double x)
{
    double k, f = ls_split_f64(x, &k) - 1;
    return ls_log_domain_f64(x, ls_log_scaled_f64(k, f, LS_LOG10_2_SHORT_f64, LS_LOG10_2_REST_f64,
                                                  LS_INV_LN10_HI_f64, LS_INV_LN10_LO_f64));
}
LS_FN float ls_log10_f32(float x)
{
    float k, f = ls_split_f32(x, &k) - 1;
    return ls_log_domain_f32(x, ls_log_scaled_f32(k, f, LS_LOG10_2_SHORT_f32, LS_LOG10_2_REST_f32,
                                                  LS_INV_LN10_HI_f32, LS_INV_LN10_LO_f32));
}

/* 1 + f with u = hi + lo = 2^k (1 + f.hi + f.lo), for positive u with |lo| at most an ulp of hi. */
LS_FN ls_pair_f64 ls_log_split_f64(double hi, double lo, double *k)
{
    double m = ls_split_f64(hi, k);
    double moved = *k > 64 ? 0 : lo * ls_pow2_f64(-*k);
    return ls_fast_two_sum_f64(m - 1, moved);
}
LS_FN ls_pair_f32 ls_log_split_f32(float hi, float lo, float *k)
{
    float m = ls_split_f32(hi, k);
    float moved = *k > 32 ? 0 : lo * ls_pow2_f32(-*k);
    return ls_fast_two_sum_f32(m - 1, moved);
}

LS_FN double ls_log1p_f64(double x)
{
    double k;
    ls_pair_f64 u = ls_two_sum_f64(1, x), f = ls_log_split_f64(u.hi, u.lo, &k);
    ls_pair_f64 a = ls_fast_two_sum_f64(k * LS_LN2_SHORT_f64, f.hi);
    double low = ls_fma_f64(k, LS_LN2_REST_f64, ls_log_rest_f64(f.hi) + ls_fma_f64(-f.lo, f.hi, f.lo));
    double y = ls_log_domain_f64(u.hi, a.hi + (a.lo + low));
    return ls_mag_f64(x) < 0x1p-54 ? x : y;
}
LS_FN float ls_log1p_f32(float x)
{
    float k;
    ls_pair_f32 u = ls_two_sum_f32(1, x), f = ls_log_split_f32(u.hi, u.lo, &k);
    ls_pair_f32 a = ls_fast_two_sum_f32(k * LS_LN2_SHORT_f32, f.hi);
    float low = ls_fma_f32(k, LS_LN2_REST_f32, ls_log_rest_f32(f.hi) + ls_fma_f32(-f.lo, f.hi, f.lo));
    float y = ls_log_domain_f32(u.hi, a.hi + (a.lo + low));
    return ls_mag_f32(x) < 0x1p-25f ? x : y;
}

/* P(z) - 2/3 = M2 z + M3 z^2 + ... of the two-word logarithm, and 2/3 in two words. */
#define LS_TWO_THIRDS_f64 ls_pair_make_f64(0x1.5555555555555p-1, 0x1.5555555555555p-55)
#define LS_TWO_THIRDS_f32 ls_pair_make_f32(0x1.555556p-1f, -0x1.555556p-26f)
LS_FN double ls_log_hl_poly_f64(double z)
{
    double p = ls_fma_f64(z, 0x1.ead169b6ee91p-4, 0x1.de3c1bfc38037p-4);
    p = ls_fma_f64(z, p, 0x1.1120770194b51p-3);
    p = ls_fma_f64(z, p, 0x1.3b13649a0cd0bp-3);
    p = ls_fma_f64(z, p, 0x1.745d1829efaddp-3);
    p = ls_fma_f64(z, p, 0x1.c71c71c59594ep-3);
    p = ls_fma_f64(z, p, 0x1.2492492492f56p-2);
    return z * ls_fma_f64(z, p, 0x1.9999999999996p-2);
}
LS_FN float ls_log_hl_poly_f32(float z)
{
    float p = ls_fma_f32(z, 0x1.dfa31ap-3f, 0x1.24527ap-2f);
    return z * ls_fma_f32(z, p, 0x1.999ap-2f);
}

/* Below this the cube of s is nothing beside s, even in two words. */
#define LS_LOG_LINEAR_f64 0x1p-55
#define LS_LOG_LINEAR_f32 0x1p-26f

/* k ln2 + log(1 + f.hi + f.lo) = k ln2 + 2 s + s u in two words, u = z P(z); relative error about 2^-66 (f32: 2^-36).
 * Intermediate pairs are left with words that overlap by a bit or two: only sums need them apart. */
#define LS_LOG_HL_CORE(T, tag)                                                                                        \
    LS_FN ls_pair_##tag ls_log_hl_core_##tag(T k, ls_pair_##tag f)                                                    \
    {                                                                                                                 \
        ls_pair_##tag d = ls_fast_two_sum_##tag(2, f.hi), c = LS_TWO_THIRDS_##tag;                                    \
        T inverse = 1 / d.hi, s = f.hi * inverse, left = ls_fma_##tag(-s, d.hi, f.hi) + f.lo;                         \
        T s_low = ls_fma_##tag(-s, d.lo + f.lo, left) * inverse;                                                      \
        T t = ls_mag_##tag(s) < LS_LOG_LINEAR_##tag ? 0 : s; /* keeps subnormals, which are slow, out */              \
        T z = t * t, z_low = ls_fma_##tag(t + t, s_low, ls_fma_##tag(t, t, -z));                                      \
        ls_pair_##tag p = ls_fast_two_sum_##tag(c.hi, ls_log_hl_poly_##tag(z));                                       \
        T u = z * p.hi, u_low = ls_fma_##tag(z, p.lo + c.lo, ls_fma_##tag(z_low, p.hi, ls_fma_##tag(z, p.hi, -u)));   \
        T w = t * u, w_low = ls_fma_##tag(t, u_low, ls_fma_##tag(s_low, u, ls_fma_##tag(t, u, -w)));                  \
        ls_pair_##tag a = ls_fast_two_sum_##tag(k * LS_LN2_SHORT_##tag, s + s);                                       \
        ls_pair_##tag b = ls_fast_two_sum_##tag(a.hi, w);                                                             \
        T small = (a.lo + b.lo) + ls_fma_##tag(2, s_low, w_low);                                                      \
        return ls_fast_two_sum_##tag(b.hi, ls_fma_##tag(k, LS_LN2_REST_##tag, small));                                \
    }
LS_LOG_HL_CORE(float, f32)
LS_LOG_HL_CORE(double, f64)

/* log(hi + lo) for positive normal hi, and log(1 + hi + lo) for hi above -1, in two words. */
LS_FN ls_pair_f64 ls_log_hl_f64(double hi, double lo)
{
    double k;
    ls_pair_f64 f = ls_log_split_f64(hi, lo, &k);
    return ls_log_hl_core_f64(k, f);
}
LS_FN ls_pair_f32 ls_log_hl_f32(float hi, float lo)
{
    float k;
    ls_pair_f32 f = ls_log_split_f32(hi, lo, &k);
    return ls_log_hl_core_f32(k, f);
}
LS_FN ls_pair_f64 ls_log1p_hl_f64(double hi, double lo)
{
    double k;
    ls_pair_f64 u = ls_two_sum_f64(1, hi), f = ls_log_split_f64(u.hi, u.lo + lo, &k);
    return ls_log_hl_core_f64(k, ls_pair_pick_f64(k == 0, ls_pair_make_f64(hi, lo), f));
}
LS_FN ls_pair_f32 ls_log1p_hl_f32(float hi, float lo)
{
    float k;
    ls_pair_f32 u = ls_two_sum_f32(1, hi), f = ls_log_split_f32(u.hi, u.lo + lo, &k);
    return ls_log_hl_core_f32(k, ls_pair_pick_f32(k == 0, ls_pair_make_f32(hi, lo), f));
}

#endif
