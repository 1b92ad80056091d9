/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The inverse circular functions: atan, atan2, asin, acos.
 *
 * Decides the polynomials; the formulas around them are in math_inverse_trig_template.h, once for f32 and f64.
 * Coefficients: tools/math/coefficients_inverse.py atan asin.
 */
#ifndef LOCKSTEP_KERNELS_MATH_INVERSE_TRIG_H
#define LOCKSTEP_KERNELS_MATH_INVERSE_TRIG_H

#include "element_real.h"
#include "math_common.h"

/* (atan(t) - t) / t^3, z = t^2, |t| <= tan(pi/8). */
LS_FN double ls_atan_poly_f64(double z)
{
    double p = ls_fma_f64(z, -0x1.256a102d8a84ep-6, 0x1.37d67fbba06a9p-5);
    p = ls_fma_f64(z, p, -0x1.9cd3767bd6ff4p-5);
    p = ls_fma_f64(z, p, 0x1.df0f8a08afd1cp-5);
    p = ls_fma_f64(z, p, -0x1.10ebbe03c5326p-4);
    p = ls_fma_f64(z, p, 0x1.3b1119baadbd1p-4);
    p = ls_fma_f64(z, p, -0x1.745cf8e6abed5p-4);
    p = ls_fma_f64(z, p, 0x1.c71c70e671e6dp-4);
    p = ls_fma_f64(z, p, -0x1.24924922ae55dp-3);
    p = ls_fma_f64(z, p, 0x1.9999999995888p-3);
    return ls_fma_f64(z, p, -0x1.555555555553dp-2);
}
LS_FN float ls_atan_poly_f32(float z)
{
    float p = ls_fma_f32(z, -0x1.f3010cp-5f, 0x1.b22a1ep-4f);
    p = ls_fma_f32(z, p, -0x1.23ba04p-3f);
    p = ls_fma_f32(z, p, 0x1.9991e6p-3f);
    return ls_fma_f32(z, p, -0x1.55554ap-2f);
}

/* (asin(s) - s) / s^3, z = s^2 <= 1/4. */
LS_FN double ls_asin_poly_f64(double z)
{
    double p = ls_fma_f64(z, 0x1.0c128683314adp-5, -0x1.5a867a145a23bp-6);
    p = ls_fma_f64(z, p, 0x1.656576cd5cd86p-6);
    p = ls_fma_f64(z, p, 0x1.e01af49e97f88p-9);
    p = ls_fma_f64(z, p, 0x1.619f8590fcf5dp-7);
    p = ls_fma_f64(z, p, 0x1.7573e9951957ep-7);
    p = ls_fma_f64(z, p, 0x1.ca21b3aa03958p-7);
    p = ls_fma_f64(z, p, 0x1.1c49d97ffc809p-6);
    p = ls_fma_f64(z, p, 0x1.6e8be023b9e39p-6);
    p = ls_fma_f64(z, p, 0x1.f1c71a89a0697p-6);
    p = ls_fma_f64(z, p, 0x1.6db6db722fd6ap-5);
    p = ls_fma_f64(z, p, 0x1.333333332ded7p-4);
    return ls_fma_f64(z, p, 0x1.5555555555578p-3);
}
LS_FN float ls_asin_poly_f32(float z)
{
    float p = ls_fma_f32(z, 0x1.349a4cp-5f, 0x1.d5915cp-7f);
    p = ls_fma_f32(z, p, 0x1.04ccc4p-5f);
    p = ls_fma_f32(z, p, 0x1.6ca7ep-5f);
    p = ls_fma_f32(z, p, 0x1.3338aap-4f);
    return ls_fma_f32(z, p, 0x1.55554cp-3f);
}

#define LS_TAG f64
#define LS_UNSIGNED uint64_t
#define LS_TAN_PI_8 0x1.a827999fcef32p-2
#define LS_PI_4_HI 0x1.921fb54442d18p-1
#define LS_PI_4_LO 0x1.1a62633145c07p-55
#define LS_3PI_4_HI 0x1.2d97c7f3321d2p1
#define LS_3PI_4_LO 0x1.a79394c9e8a0ap-54
#define LS_LARGE 0x1p1000
#define LS_LARGE_DOWN 0x1p-200
#define LS_SMALL_UP 0x1p600
#include "math_inverse_trig_template.h"

#define LS_TAG f32
#define LS_UNSIGNED uint32_t
#define LS_TAN_PI_8 0x1.a8279ap-2f
#define LS_PI_4_HI 0x1.921fb6p-1f
#define LS_PI_4_LO -0x1.777a5cp-26f
#define LS_3PI_4_HI 0x1.2d97c8p1f
#define LS_3PI_4_LO -0x1.99bc5cp-28f
#define LS_LARGE 0x1p120f
#define LS_LARGE_DOWN 0x1p-30f
#define LS_SMALL_UP 0x1p75f
#include "math_inverse_trig_template.h"

#endif
