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

/* (atan(t) - t) / t^3 + 1/4, z = t^2 <= 1: by pairs of terms, which halves the time a
 * result waits for them. */
LS_FN double ls_atan_poly_f64(double z)
{
    const double zz = z * z;
    double p = ls_fma_f64(zz, ls_fma_f64(z, 0x1.c2e304ffb32e3p-17, -0x1.438ca05c449c8p-13),
                        ls_fma_f64(z, 0x1.b8fb000d23256p-11, -0x1.7dc32f6526effp-9));
    p = ls_fma_f64(zz, p, ls_fma_f64(z, 0x1.db285b90a5619p-8, -0x1.c9fc9374b2406p-7));
    p = ls_fma_f64(zz, p, ls_fma_f64(z, 0x1.69865ac57afb9p-6, -0x1.eb065c8c0b9dbp-6));
    p = ls_fma_f64(zz, p, ls_fma_f64(z, 0x1.2c82fdeb2a9f7p-5, -0x1.59cd86804c64p-5));
    p = ls_fma_f64(zz, p, ls_fma_f64(z, 0x1.82eaaabba5113p-5, -0x1.ae6319173fc4dp-5));
    p = ls_fma_f64(zz, p, ls_fma_f64(z, 0x1.e1bcb0bb0ab6p-5, -0x1.110e6767580fcp-4));
    p = ls_fma_f64(zz, p, ls_fma_f64(z, 0x1.3b13694ddb9e1p-4, -0x1.745d11e921546p-4));
    p = ls_fma_f64(zz, p, ls_fma_f64(z, 0x1.c71c7183176b9p-4, -0x1.249249238d783p-3));
    return ls_fma_f64(zz, p, ls_fma_f64(z, 0x1.9999999995996p-3, -0x1.55555555554a4p-4));
}
LS_FN float ls_atan_poly_f32(float z)
{
    const float zz = z * z;
    float p = ls_fma_f32(zz, -0x1.de8f5ap-10f, ls_fma_f32(z, 0x1.6a3ffp-7f, -0x1.01810cp-5f));
    p = ls_fma_f32(zz, p, ls_fma_f32(z, 0x1.dcd5d6p-5f, -0x1.58c8d2p-4f));
    p = ls_fma_f32(zz, p, ls_fma_f32(z, 0x1.c0cafep-4f, -0x1.24263ap-3f));
    return ls_fma_f32(zz, p, ls_fma_f32(z, 0x1.999266p-3f, -0x1.5555p-4f));
}

/* (asin(s) - s) / s^3, z = s^2 <= 1/4. */
LS_FN double ls_asin_poly_f64(double z)
{
    const double zz = z * z;
    double even = ls_fma_f64(zz, 0x1.0c128683314adp-5, 0x1.656576cd5cd86p-6);
    double odd = ls_fma_f64(zz, -0x1.5a867a145a23bp-6, 0x1.e01af49e97f88p-9);
    even = ls_fma_f64(zz, even, 0x1.619f8590fcf5dp-7);
    even = ls_fma_f64(zz, even, 0x1.ca21b3aa03958p-7), odd = ls_fma_f64(zz, odd, 0x1.7573e9951957ep-7);
    even = ls_fma_f64(zz, even, 0x1.6e8be023b9e39p-6), odd = ls_fma_f64(zz, odd, 0x1.1c49d97ffc809p-6);
    even = ls_fma_f64(zz, even, 0x1.6db6db722fd6ap-5), odd = ls_fma_f64(zz, odd, 0x1.f1c71a89a0697p-6);
    even = ls_fma_f64(zz, even, 0x1.5555555555578p-3), odd = ls_fma_f64(zz, odd, 0x1.333333332ded7p-4);
    return ls_fma_f64(z, odd, even);
}
LS_FN float ls_asin_poly_f32(float z)
{
    const float zz = z * z;
    float even = ls_fma_f32(zz, 0x1.d5915cp-7f, 0x1.6ca7ep-5f);
    float odd = ls_fma_f32(zz, 0x1.349a4cp-5f, 0x1.04ccc4p-5f);
    even = ls_fma_f32(zz, even, 0x1.55554cp-3f), odd = ls_fma_f32(zz, odd, 0x1.3338aap-4f);
    return ls_fma_f32(z, odd, even);
}

#define LS_TAG f64
#define LS_UNSIGNED uint64_t
#define LS_FAR 0x1p60
#define LS_LIFT 0x1p-500
#define LS_PI_4_HI 0x1.921fb54442d18p-1
#define LS_PI_4_LO 0x1.1a62633145c07p-55
#define LS_LARGE 0x1p1000
#define LS_LARGE_DOWN 0x1p-200
#define LS_SMALL_UP 0x1p600
#include "math_inverse_trig_template.h"

#define LS_TAG f32
#define LS_UNSIGNED uint32_t
#define LS_FAR 0x1p30f
#define LS_LIFT 0x1p-60f
#define LS_PI_4_HI 0x1.921fb6p-1f
#define LS_PI_4_LO -0x1.777a5cp-26f
#define LS_LARGE 0x1p120f
#define LS_LARGE_DOWN 0x1p-30f
#define LS_SMALL_UP 0x1p75f
#include "math_inverse_trig_template.h"

#endif
