/* SPDX-License-Identifier: BSD-3-Clause
 *
 * log, log2, log10, log1p, and the logarithm of a two-word number in two words (for pow, logaddexp, asinh, ...).
 *
 * Decides the polynomials; the formulas are in math_log_template.h, once for f32 and f64, but for log of f32: it looks
 * up in a table, by the formula in math_log_f32_template.h, since vectors are looked up by other means than numbers are.
 * Coefficients and constants: tools/math/coefficients.py log log_table constants. */
#ifndef LOCKSTEP_KERNELS_MATH_LOG_H
#define LOCKSTEP_KERNELS_MATH_LOG_H

#include "math_common.h"
#include "math_exp.h"
#include "math_look_up.h"
#include "sets.h"

/* (2 atanh(s) - 2 s) / s^3, z = s^2 <= (sqrt(2) - 1)^4. */
LS_FN double ls_log_poly_f64(double z)
{
    double p = ls_fma_f64(z, 0x1.2f0f382370435p-3, 0x1.39a0c1bfc2349p-3);
    p = ls_fma_f64(z, p, 0x1.746648852c3ddp-3);
    p = ls_fma_f64(z, p, 0x1.c71c51daeb2a3p-3);
    p = ls_fma_f64(z, p, 0x1.24924942290f9p-2);
    p = ls_fma_f64(z, p, 0x1.999999997f9f4p-2);
    return ls_fma_f64(z, p, 0x1.5555555555593p-1);
}
LS_FN float ls_log_poly_f32(float z)
{
    float p = ls_fma_f32(z, 0x1.31e242p-2f, 0x1.995eccp-2f);
    return ls_fma_f32(z, p, 0x1.55557ap-1f);
}

/* The same less its first term and divided by z; the two-word logarithm takes that term as 2/3 in two words. Even and
 * odd terms apart, the constant last, so that it meets one rounding. */
LS_FN double ls_log_hl_poly_f64(double z)
{
    double zz = z * z, even = ls_fma_f64(zz, 0x1.de3c1bfc38037p-4, 0x1.3b13649a0cd0bp-3);
    double odd = ls_fma_f64(zz, 0x1.ead169b6ee91p-4, 0x1.1120770194b51p-3);
    even = ls_fma_f64(zz, even, 0x1.c71c71c59594ep-3);
    odd = ls_fma_f64(zz, odd, 0x1.745d1829efaddp-3);
    odd = ls_fma_f64(zz, odd, 0x1.2492492492f56p-2);
    return 0x1.9999999999996p-2 + ls_fma_f64(zz, even, z * odd);
}
LS_FN float ls_log_hl_poly_f32(float z)
{
    float p = ls_fma_f32(z, 0x1.dfa31ap-3f, 0x1.24527ap-2f);
    return ls_fma_f32(z, p, 0x1.999ap-2f);
}

/* 3 (atanh(s) - s - s^3 / 3) / s^5, z = s^2, zz = z^2, for s up to that of sqrt(3/2). */
LS_FN double ls_log2_hl_poly_f64(double z, double zz)
{
    double even = ls_fma_f64(zz, 0x1.d864bf702b264p-3, 0x1.555555192580ep-2);
    double odd = ls_fma_f64(zz, 0x1.a7dfc9ede28f1p-3, 0x1.17460a6f426f4p-2);
    even = ls_fma_f64(zz, even, 0x1.3333333333303p-1);
    odd = ls_fma_f64(zz, odd, 0x1.b6db6db6fa9c7p-2);
    return ls_fma_f64(z, odd, even);
}
LS_FN float ls_log2_hl_poly_f32(float z, float zz)
{
    (void)zz;
    return ls_fma_f32(z, 0x1.bc58e6p-2f, 0x1.333088p-1f);
}

#define LS_LN2_SHORT_f64 0x1.62e42fefa38p-1
#define LS_LN2_REST_f64 0x1.ef35793c7673p-45
#define LS_LOG10_2_SHORT_f64 0x1.34413509f78p-2
#define LS_LOG10_2_REST_f64 0x1.fef311f12b358p-46
#define LS_INV_LN2_LO_f64 0x1.777d0ffda0d24p-56
#define LS_INV_LN10_HI_f64 0x1.bcb7b1526e50ep-2
#define LS_INV_LN10_LO_f64 0x1.95355baaafad3p-57
#define LS_TWO_THIRDS_HI_f64 0x1.5555555555555p-1
#define LS_TWO_THIRDS_LO_f64 0x1.5555555555555p-55
#define LS_TWO_THIRD_LN2_HI_f64 0x1.ec709dc3a03fdp-1
#define LS_TWO_THIRD_LN2_LO_f64 0x1.d27f05548af0cp-55
#define LS_SQRT_3_4_f64 0x1.bb67ae8584caap-1
#define LS_SQRT_3_2_f64 0x1.3988e1409212ep0
#define LS_LOG2_3_2_TWICE_f64 0x1.2b803473f78p0
#define LS_LOG2_3_2_TWICE_REST_f64 0x1.6879fa00b120ap-43
#define LS_LOG1P_TINY_f64 0x1p-54
#define LS_LOG_LINEAR_f64 0x1p-55
#define LS_LOG_PLACES_f64 64

#define LS_TAG f64
#include "math_log_template.h"

/* log(2^k (1 + f)). */
LS_FN double ls_log_of_f64(double k, double f)
{
    const ls_pair_f64 a = ls_log_steps_f64(k, f);
    return a.hi + (a.lo + ls_fma_f64(k, LS_LN2_REST_f64, ls_log_rest_f64(f)));
}
LS_FN double ls_log_f64(double x)
{
    double k;
    const double f = ls_split_f64(x, &k) - 1;
    return ls_log_domain_f64(x, ls_log_of_f64(k, f));
}
LS_FN double ls_log_easy_f64(double x, uint64_t *hard)
{
    double k;
    *hard |= ls_unusual_f64(x);
    const double f = ls_split_easy_f64(x, LS_SQRT_1_2_f64, &k) - 1;
    return ls_log_of_f64(k, f);
}

#define LS_LN2_SHORT_f32 0x1.62e4p-1f
#define LS_LN2_REST_f32 0x1.7f7d1cp-20f
#define LS_LOG10_2_SHORT_f32 0x1.344p-2f
#define LS_LOG10_2_REST_f32 0x1.3509f8p-18f
#define LS_INV_LN2_LO_f32 0x1.4ae0cp-26f
#define LS_INV_LN10_HI_f32 0x1.bcb7b2p-2f
#define LS_INV_LN10_LO_f32 -0x1.5b235ep-27f
#define LS_TWO_THIRDS_HI_f32 0x1.555556p-1f
#define LS_TWO_THIRDS_LO_f32 -0x1.555556p-26f
#define LS_TWO_THIRD_LN2_HI_f32 0x1.ec709ep-1f
#define LS_TWO_THIRD_LN2_LO_f32 -0x1.e2fe02p-28f
#define LS_SQRT_3_4_f32 0x1.bb67aep-1f
#define LS_SQRT_3_2_f32 0x1.3988e2p0f
#define LS_LOG2_3_2_TWICE_f32 0x1.2b8p0f
#define LS_LOG2_3_2_TWICE_REST_f32 0x1.a39fbep-19f
#define LS_LOG1P_TINY_f32 0x1p-25f
#define LS_LOG_LINEAR_f32 0x1p-26f
#define LS_LOG_PLACES_f32 32

#define LS_TAG f32
#include "math_log_template.h"

/* By the three bits after the first: what eighths of a binade are multiplied by to come near 1, and minus its logarithm
 * in two words, the first so short that k ln2 by its first word may be added without error. The first eighth is as it
 * is, and the last is divided by 2, which takes one ln2 back: so logarithms near 0 have nothing to lose. */
LS_CONST_TABLE float ls_log_table_factor_f32[8] = {
    1, 0x1.ap-1f, 0x1.8p-1f, 0x1.6p-1f, 0x1.4p-1f, 0x1.2p-1f, 0x1.2p-1f, 0x1p-1f
};
LS_CONST_TABLE float ls_log_table_f32[8] = {
    0, 0x1.a94p-3f, 0x1.2698p-2f, 0x1.7fbp-2f, 0x1.e148p-2f, 0x1.2698p-1f, 0x1.2698p-1f, 0x1.62e4p-1f
};
LS_CONST_TABLE float ls_log_table_rest_f32[8] = {
    0, -0x1.2c3752p-19f, -0x1.deecb2p-18f, -0x1.7109fap-20f, 0x1.4344e4p-19f, -0x1.deecb2p-17f, -0x1.deecb2p-17f,
    0x1.7f7d1cp-20f
};

#define LS_TAG f32
#include "math_log_f32_template.h"

#endif
