/* SPDX-License-Identifier: BSD-3-Clause
 *
 * erf: of float64 by the logarithm of erfc, of float32 from a table of polynomials, which takes half the operations.
 *
 * Decides the polynomials; the formula of float32 is in math_erf_template.h, since vectors are looked up by other means
 * than numbers are. A table for float64 would be too large for registers.
 * Coefficients: tools/math/coefficients_inverse.py erf erf_tail erf_table. */
#ifndef LOCKSTEP_KERNELS_MATH_ERF_H
#define LOCKSTEP_KERNELS_MATH_ERF_H

#include "element_real.h"
#include "math_common.h"
#include "math_exp.h"
#include "math_look_up.h"

/* erf(x) / x - 1, w = x^2 - 3/8, x <= 7/8: counted from the middle, where it is small, the value is rounded little. */
LS_FN double ls_erf_low_f64(double w)
{
    double p = ls_fma_f64(w, -0x1.dd050a710c51fp-31, 0x1.6a6755a579c98p-27);
    p = ls_fma_f64(w, p, -0x1.f4f0b614819f2p-24);
    p = ls_fma_f64(w, p, 0x1.3c24ed1ab0034p-20);
    p = ls_fma_f64(w, p, -0x1.6804443c932b6p-17);
    p = ls_fma_f64(w, p, 0x1.6db16a0bc1909p-14);
    p = ls_fma_f64(w, p, -0x1.46ba7f89d1037p-11);
    p = ls_fma_f64(w, p, 0x1.f8a20cbf0372ep-9);
    p = ls_fma_f64(w, p, -0x1.498fcbc3d1565p-6);
    p = ls_fma_f64(w, p, 0x1.62bad8f5b13abp-4);
    p = ls_fma_f64(w, p, -0x1.350d94d118e26p-2);
    return ls_fma_f64(w, p, 0x1.ecdcb3fadb1c4p-10);
}
/* log(erfc(1 + s)) less its value at s = 0, 7/8 <= 1 + s <= 6. Even and odd terms apart, which
 * halves the time that a result waits for its terms. */
LS_FN double ls_log_erfc_f64(double s)
{
    const double w = s * s;
    double odd = ls_fma_f64(w, -0x1.3add050581685p-35, -0x1.ce7e03a1ece7bp-29);
    double even = ls_fma_f64(w, 0x1.7497757fb64e5p-40, 0x1.e944ee5184fcbp-32);
    odd = ls_fma_f64(w, odd, -0x1.f78fe01c8071ep-25);
    even = ls_fma_f64(w, even, 0x1.257193ccfc1c6p-26);
    odd = ls_fma_f64(w, odd, 0x1.00dcaea25718p-23);
    even = ls_fma_f64(w, even, 0x1.e10099179a40dp-24);
    odd = ls_fma_f64(w, odd, 0x1.419bbde9d6fe8p-17);
    even = ls_fma_f64(w, even, -0x1.10beafba6d0bcp-19);
    odd = ls_fma_f64(w, odd, 0x1.b8c05389f4973p-16);
    even = ls_fma_f64(w, even, -0x1.c7651c0901ca3p-16);
    odd = ls_fma_f64(w, odd, -0x1.033f69b83cfa1p-9);
    even = ls_fma_f64(w, even, 0x1.f1b4bc59758afp-13);
    odd = ls_fma_f64(w, odd, -0x1.5477f09ca4627p-5);
    even = ls_fma_f64(w, even, 0x1.48c9d40ce44ffp-7);
    odd = ls_fma_f64(w, odd, -0x1.51c9b0006c23ep1);
    even = ls_fma_f64(w, even, -0x1.afabc11a28fc5p-1);
    return ls_fma_f64(s, odd, w * even);
}
/* erf(a) = 1 - exp(log(erfc(a))) from 7/8 on: erfc is so small there that one word serves for its logarithm and for its
 * reduction by k ln2, the largest part of it kept apart. */
LS_FN double ls_erf_f64(double x)
{
    const double log_erfc_1 = -0x1.d97fbf27aa2a1p0;
    const double a = ls_mag_f64(x), small = ls_fma_f64(a, ls_erf_low_f64(ls_fma_f64(a, a, -0.375)), a);
    const double fall = ls_log_erfc_f64(a - 1);
    const double m = ls_fma_f64(log_erfc_1 + fall, LS_INV_LN2_f64, LS_MAGIC_f64), k = m - LS_MAGIC_f64;
    const double r = ls_fma_f64(-k, LS_LN2_HI_f64, log_erfc_1) + fall, z = r * r;
    const double power = ls_raise_f64(1, m);
    const double large = ls_fma_f64(-power, ls_fma_f64(z, 0.5 + ls_exp_q_f64(r, z), r), 1 - power);
    const double bounded = a > 6 ? 1 : large;
    return x != x ? x : ls_signed_as_f64(a < 0.875 ? small : bounded, x);
}

/* For |x| from 2, from 3, below 3/8, and from 3/8, 1/2, 3/4, 1, 3/2: by the last three of the bits that tell half a
 * binade from another. A point c, where erf is a float32 to 2^-10 of its last place, and erf(c); whether the first term
 * is d; the coefficients of (erf(c + d) - erf(c)) / d, below 3/8, where c is 0, less 1. */
enum { LS_ERF_POINT, LS_ERF_THERE, LS_ERF_STRAIGHT, LS_ERF_FIRST, LS_ERF_LAST = LS_ERF_FIRST + 6 };
LS_CONST_TABLE float ls_erf_table_f32[LS_ERF_LAST + 1][8] = {
    { 0x1.412224p1f, 0x1.b97c66p1f, 0, 0x1.bffe38p-2f, 0x1.40007ep-1f, 0x1.bffb6p-1f, 0x1.3ffa92p0f, 0x1.c005b8p0f },
    { 0x1.ffcd22p-1f, 0x1.ffffdcp-1f, 0, 0x1.db0674p-2f,
      0x1.3f19cep-1f, 0x1.916fdcp-1f, 0x1.d883ccp-1f, 0x1.f92da2p-1f },
    { 0, 0, 1, 0, 0, 0, 0, 0 },
    { 0x1.11224ep-9f, 0x1.024fe4p-17f, 0x1.06eba8p-3f, 0x1.dd1736p-1f,
      0x1.86e8f2p-1f, 0x1.0cafa2p-1f, 0x1.e47eep-3f, 0x1.b03364p-5f },
    { -0x1.569082p-8f, -0x1.be8b1ep-16f, -0x1.e24d54p-25f, -0x1.a172c2p-2f,
      -0x1.e8a3e8p-2f, -0x1.d62e7ap-2f, -0x1.2eca38p-2f, -0x1.7a31c4p-4f },
    { 0x1.07aa82p-7f, 0x1.e6e92ap-15f, -0x1.8125dap-2f, -0x1.8897dap-3f,
      -0x1.c829ecp-5f, 0x1.7c80dp-4f, 0x1.571de8p-3f, 0x1.713736p-4f },
    { -0x1.1265aep-7f, -0x1.779c06p-14f, -0x1.bd2254p-14f, 0x1.6cc4aap-3f,
      0x1.6959f2p-3f, 0x1.cc5ba4p-4f, -0x1.90d6e6p-8f, -0x1.8a0d9p-5f },
    { 0x1.89b04ep-8f, 0x1.d99224p-14f, 0x1.d1afa4p-4f, 0x1.68acdep-6f,
      -0x1.a2bab6p-6f, -0x1.0d7ebp-4f, -0x1.828d1ap-5f, 0x1.b226e6p-8f },
    { -0x1.598f14p-9f, -0x1.f3acb4p-14f, -0x1.a43192p-9f, -0x1.9d24f6p-4f,
      -0x1.4a5fc4p-5f, -0x1.3ac226p-7f, 0x1.520c16p-6f, 0x1.284604p-7f },
    { 0x1.9b28a8p-12f, 0x1.1b4c3ap-14f, -0x1.675d3ap-6f, 0x1.24d222p-1f,
      -0x1.adb6bap-5f, -0x1.046a6p-5f, 0x1.e04578p-9f, -0x1.8599d8p-8f }
};

#define LS_TAG f32
#include "math_erf_template.h"

#endif
