/* SPDX-License-Identifier: BSD-3-Clause
 *
 * exp, exp2, expm1, and exp of a two-word number for the functions that build on it (pow, sinh, erfc, ...).
 *
 * Decides the polynomial and the limits; the formulas are in math_exp_template.h, once for f32 and f64.
 * Coefficients and constants: tools/math/coefficients.py exp constants. */
#ifndef LOCKSTEP_KERNELS_MATH_EXP_H
#define LOCKSTEP_KERNELS_MATH_EXP_H

#include "math_common.h"
#include "sets.h"

/* q(r) = (exp(r) - 1 - r - r^2 / 2) / r^2 for |r| <= ln2 / 2, z = r^2: even and odd terms apart, which halves the time
 * a result waits for its terms. */
LS_FN double ls_exp_q_f64(double r, double z)
{
    double even = ls_fma_f64(z, 0x1.1fa03f0949d66p-29, 0x1.27e4c47e8ee37p-22);
    double odd = ls_fma_f64(z, 0x1.af5e5a5b0b485p-26, 0x1.71ddf8885515cp-19);
    even = ls_fma_f64(z, even, 0x1.a01a01adb8e3ap-16);
    odd = ls_fma_f64(z, odd, 0x1.a01a01afd64f7p-13);
    even = ls_fma_f64(z, even, 0x1.6c16c16c15c6ep-10);
    odd = ls_fma_f64(z, odd, 0x1.111111110f6acp-7);
    even = ls_fma_f64(z, even, 0x1.5555555555554p-5);
    odd = ls_fma_f64(z, odd, 0x1.5555555555559p-3);
    return ls_fma_f64(r, odd, z * even);
}
LS_FN float ls_exp_q_f32(float r, float z)
{
    float even = ls_fma_f32(z, 0x1.6d3caep-10f, 0x1.5554f6p-5f);
    float odd = ls_fma_f32(z, 0x1.a25d3p-13f, 0x1.110ffap-7f);
    odd = ls_fma_f32(z, odd, 0x1.555556p-3f);
    return ls_fma_f32(r, odd, z * even);
}

#define LS_INV_LN2_f64 0x1.71547652b82fep0
#define LS_LN2_HI_f64 0x1.62e42fefa39efp-1
#define LS_LN2_LO_f64 0x1.abc9e3b39803fp-56
#define LS_EXP_END_f64 746.0
#define LS_EXP2_END_f64 1080.0
#define LS_EXP_EASY_f64 708.0
#define LS_EXP2_EASY_f64 1022.0
#define LS_EXPM1_LOW_f64 -40.0
#define LS_EXPM1_HIGH_f64 710.0
#define LS_EXPM1_TINY_f64 0x1p-54

#define LS_TAG f64
#include "math_exp_template.h"

#define LS_INV_LN2_f32 0x1.715476p0f
#define LS_LN2_HI_f32 0x1.62e43p-1f
#define LS_LN2_LO_f32 -0x1.05c61p-29f
#define LS_EXP_END_f32 105.0f
#define LS_EXP2_END_f32 160.0f
#define LS_EXP_EASY_f32 87.0f
#define LS_EXP2_EASY_f32 126.0f
#define LS_EXPM1_LOW_f32 -18.0f
#define LS_EXPM1_HIGH_f32 89.0f
#define LS_EXPM1_TINY_f32 0x1p-25f

#define LS_TAG f32
#include "math_exp_template.h"

#endif
