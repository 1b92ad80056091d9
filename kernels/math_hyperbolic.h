/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hyperbolic functions and their inverses but for tanh: sinh, cosh, asinh, acosh, atanh.
 *
 * Decides the polynomials; the formulas around them are in math_hyperbolic_template.h, once for f32 and f64.
 * Coefficients: tools/math/coefficients_inverse.py sinh cosh atanh.
 */
#ifndef LOCKSTEP_KERNELS_MATH_HYPERBOLIC_H
#define LOCKSTEP_KERNELS_MATH_HYPERBOLIC_H

#include "element_real.h"
#include "math_common.h"
#include "math_exp.h"
#include "math_log.h"

/* (sinh(r) - r) / r^3 and (cosh(r) - 1) / r^2, z = r^2, |r| <= ln2 / 2. */
LS_FN double ls_sinh_poly_f64(double z)
{
    double p = ls_fma_f64(z, 0x1.82afb0192062ap-33, 0x1.ae4cd4e71e538p-26);
    p = ls_fma_f64(z, p, 0x1.71de4081dba0dp-19);
    p = ls_fma_f64(z, p, 0x1.a01a019ea081ap-13);
    p = ls_fma_f64(z, p, 0x1.1111111111387p-7);
    return ls_fma_f64(z, p, 0x1.5555555555555p-3);
}
LS_FN double ls_cosh_poly_f64(double z)
{
    double p = ls_fma_f64(z, 0x1.28b1bae72d649p-22, 0x1.a01995027fd18p-16);
    p = ls_fma_f64(z, p, 0x1.6c16c1863d38fp-10);
    p = ls_fma_f64(z, p, 0x1.555555554fd6ap-5);
    return ls_fma_f64(z, p, 0x1.000000000000cp-1);
}
LS_FN float ls_sinh_poly_f32(float z)
{
    float p = ls_fma_f32(z, 0x1.a2e31ap-13f, 0x1.110fbep-7f);
    return ls_fma_f32(z, p, 0x1.555556p-3f);
}
LS_FN float ls_cosh_poly_f32(float z)
{
    float p = ls_fma_f32(z, 0x1.6d4f18p-10f, 0x1.5554e6p-5f);
    return ls_fma_f32(z, p, 0x1p-1f);
}

/* (atanh(s) - s) / s^3, z = s^2, where (1 + s) / (1 - s) is up to 6 % beyond sqrt(2). */
LS_FN double ls_atanh_poly_f64(double z)
{
    double p = ls_fma_f64(z, 0x1.1b7e6524e7c9fp-4, 0x1.0dcc06ad52cfep-4);
    p = ls_fma_f64(z, p, 0x1.3b35baa1d545fp-4);
    p = ls_fma_f64(z, p, 0x1.745c4b0633df6p-4);
    p = ls_fma_f64(z, p, 0x1.c71c748f2a2bdp-4);
    p = ls_fma_f64(z, p, 0x1.24924921e4c6p-3);
    p = ls_fma_f64(z, p, 0x1.999999999c175p-3);
    return ls_fma_f64(z, p, 0x1.555555555554fp-2);
}
LS_FN float ls_atanh_poly_f32(float z)
{
    float p = ls_fma_f32(z, 0x1.ee9f54p-4f, 0x1.23e044p-3f);
    p = ls_fma_f32(z, p, 0x1.999c0cp-3f);
    return ls_fma_f32(z, p, 0x1.555554p-2f);
}

#define LS_TAG f64
#define LS_UNSIGNED uint64_t
#define LS_FRACTION 52
#define LS_TINY 0x1p-27
#define LS_SMALL 0x1p-9
#define LS_HALVED 44.0
#define LS_TOP 710.6
#define LS_HUGE 0x1p27
#include "math_hyperbolic_template.h"

#define LS_TAG f32
#define LS_UNSIGNED uint32_t
#define LS_FRACTION 23
#define LS_TINY 0x1p-13f
#define LS_SMALL 0x1p-7f
#define LS_HALVED 24.0f
#define LS_TOP 89.6f
#define LS_HUGE 0x1p13f
#include "math_hyperbolic_template.h"

#endif
