/* SPDX-License-Identifier: BSD-3-Clause
 *
 * lgamma for positive numbers, as vector loops run it.
 *
 * Decides the polynomials; the formula around them is in math_lgamma_template.h, once for f32 and f64. Coefficients:
 * tools/math/coefficients_inverse.py lgamma_hill stirling_low. Leaves numbers below zero to math_lgamma_below.h.
 */
#ifndef LOCKSTEP_KERNELS_MATH_LGAMMA_H
#define LOCKSTEP_KERNELS_MATH_LGAMMA_H

#include "element_real.h"
#include "math_common.h"
#include "math_log.h"

/* lgamma(u) / ((u - 1) (u - 2)) for 1 <= u <= 23/8, less its value at 31/16 rounded; s = u - 31/16, w = s^2. Even and
 * odd terms apart, which halves the time that a result waits for its terms. */
LS_FN double ls_lgamma_hill_f64(double s, double w)
{
    double odd = ls_fma_f64(w, -0x1.c1b20e92e7ca2p-30, 0x1.fc5abb17bdddcp-29);
    double even = ls_fma_f64(w, 0x1.b47a3513e438fp-29, -0x1.d54a6d42cb8f4p-28);
    odd = ls_fma_f64(w, odd, -0x1.df39acc4da2a2p-27);
    even = ls_fma_f64(w, even, 0x1.c83f401a4bdd5p-26);
    odd = ls_fma_f64(w, odd, -0x1.2df72215cc8bap-27);
    even = ls_fma_f64(w, even, 0x1.597d517a39bccp-26);
    odd = ls_fma_f64(w, odd, -0x1.7aebecd158044p-24);
    even = ls_fma_f64(w, even, 0x1.7bec2f5d89726p-23);
    odd = ls_fma_f64(w, odd, -0x1.5da411283916dp-22);
    even = ls_fma_f64(w, even, 0x1.65a0bc0d60a1ap-21);
    odd = ls_fma_f64(w, odd, -0x1.72ca697cc25f3p-20);
    even = ls_fma_f64(w, even, 0x1.7cb46c24574f4p-19);
    odd = ls_fma_f64(w, odd, -0x1.8809250945621p-18);
    even = ls_fma_f64(w, even, 0x1.95eb59f8bbb6bp-17);
    odd = ls_fma_f64(w, odd, -0x1.a67731aee9012p-16);
    even = ls_fma_f64(w, even, 0x1.ba5508e846a05p-15);
    odd = ls_fma_f64(w, odd, -0x1.d28afb3be5c8bp-14);
    even = ls_fma_f64(w, even, 0x1.f0912df67bdb5p-13);
    odd = ls_fma_f64(w, odd, -0x1.0b534e439cc1p-11);
    even = ls_fma_f64(w, even, 0x1.243497545bd6ep-10);
    odd = ls_fma_f64(w, odd, -0x1.460562ede90c9p-9);
    even = ls_fma_f64(w, even, 0x1.76856bce27a87p-8);
    odd = ls_fma_f64(w, odd, -0x1.c19b3bb0b1425p-7);
    even = ls_fma_f64(w, even, 0x1.2213393256f36p-5);
    odd = ls_fma_f64(w, odd, -0x1.ac6492c8647adp-4);
    even = ls_fma_f64(w, even, 0x1.2e76d4e884164p-57);
    return ls_fma_f64(s, odd, even);
}
LS_FN float ls_lgamma_hill_f32(float s, float w)
{
    float odd = ls_fma_f32(w, -0x1.b5d604p-15f, -0x1.434a8ap-14f);
    float even = ls_fma_f32(w, 0x1.b9fc38p-16f, 0x1.16d35cp-15f);
    odd = ls_fma_f32(w, odd, -0x1.157006p-11f);
    even = ls_fma_f32(w, even, 0x1.0508fep-12f);
    odd = ls_fma_f32(w, odd, -0x1.4558ecp-9f);
    even = ls_fma_f32(w, even, 0x1.233aa8p-10f);
    odd = ls_fma_f32(w, odd, -0x1.c1a01p-7f);
    even = ls_fma_f32(w, even, 0x1.768e22p-8f);
    odd = ls_fma_f32(w, odd, -0x1.ac648ep-4f);
    even = ls_fma_f32(w, even, 0x1.22132cp-5f);
    even = ls_fma_f32(w, even, -0x1.1d9d7ap-27f);
    return ls_fma_f32(s, odd, even);
}

/* (log gamma(y) - (y - 1/2) log y + y - log(2 pi) / 2) y, z = 1 / y^2, y >= 23/8. */
LS_FN double ls_stirling_low_f64(double z)
{
    const double zz = z * z;
    double odd = ls_fma_f64(zz, -0x1.b94af079f84fep-1, -0x1.5f8d9472537f8p-2);
    double even = ls_fma_f64(zz, 0x1.915926c5dc23ep-1, 0x1.9f1a362c8d473p-4);
    odd = ls_fma_f64(zz, odd, -0x1.96f5f7309c45p-6);
    even = ls_fma_f64(zz, even, 0x1.96243e8605386p-8);
    odd = ls_fma_f64(zz, odd, -0x1.f4de31b83f268p-10);
    even = ls_fma_f64(zz, even, 0x1.b93dca7b37aafp-11);
    odd = ls_fma_f64(zz, odd, -0x1.38133a7bd0ff4p-11);
    even = ls_fma_f64(zz, even, 0x1.a01a0113470c9p-11);
    odd = ls_fma_f64(zz, odd, -0x1.6c16c16bf6443p-9);
    even = ls_fma_f64(zz, even, 0x1.5555555555551p-4);
    return ls_fma_f64(z, odd, even);
}
LS_FN float ls_stirling_low_f32(float z)
{
    float p = ls_fma_f32(z, -0x1.b8ea3ep-12f, 0x1.98189p-11f);
    p = ls_fma_f32(z, p, -0x1.6c0524p-9f);
    return ls_fma_f32(z, p, 0x1.555554p-4f);
}

#define LS_HILL_f64 0x1.b77c8b7131432p-2 /* at 31/16 */
#define LS_HILL_FROM_f64 0x1p-400
#define LS_STIRLING_HI_f64 0x1.acfe390c97d69p-2 /* log(2 pi) / 2 - 1/2 in two words */
#define LS_STIRLING_LO_f64 0x1.3494bc9001442p-56
#define LS_TAG f64
#include "math_lgamma_template.h"

#define LS_HILL_f32 0x1.b77c8cp-2f
#define LS_HILL_FROM_f32 0x1p-50f
#define LS_STIRLING_HI_f32 0x1.acfe3ap-2f
#define LS_STIRLING_LO_f32 -0x1.e6d052p-27f
#define LS_TAG f32
#include "math_lgamma_template.h"

#endif
