/* SPDX-License-Identifier: BSD-3-Clause
 *
 * sin, cos, both at once, tan, sinpi, cospi.
 *
 * Decides the polynomials and the constants; the formulas are in math_trig_template.h, once for f32 and f64, and the
 * reduction of large arguments is in math_trig_large.h. sin and cos of one argument share everything but the last
 * selection: ls_sincos_fast gives exactly the bits of ls_sin_fast and ls_cos_fast.
 * Coefficients and constants: tools/math/coefficients.py trig constants. */
#ifndef LOCKSTEP_KERNELS_MATH_TRIG_H
#define LOCKSTEP_KERNELS_MATH_TRIG_H

#include "math_common.h"
#include "math_trig_large.h"
#include "sets.h"

/* (r - sin r) / r^3 and (cos r - 1 + z/2) / z^2 for |r| <= pi/4, z = r^2. */
LS_FN double ls_sin_poly_f64(double z)
{
    double s = ls_fma_f64(z, -0x1.5d92fe20fd1c4p-33, 0x1.ae5e669e9dda2p-26);
    s = ls_fma_f64(z, s, -0x1.71de3578ebc66p-19);
    s = ls_fma_f64(z, s, 0x1.a01a019c141dp-13);
    s = ls_fma_f64(z, s, -0x1.111111110f89cp-7);
    return ls_fma_f64(z, s, 0x1.5555555555549p-3);
}
LS_FN double ls_cos_poly_f64(double z)
{
    double c = ls_fma_f64(z, -0x1.8fb09218c956ep-37, 0x1.1ee9f045f922ep-29);
    c = ls_fma_f64(z, c, -0x1.27e4f8116d35p-22);
    c = ls_fma_f64(z, c, 0x1.a01a019cbe0a6p-16);
    c = ls_fma_f64(z, c, -0x1.6c16c16c15217p-10);
    return ls_fma_f64(z, c, 0x1.555555555554cp-5);
}
LS_FN float ls_sin_poly_f32(float z)
{
    float s = ls_fma_f32(z, 0x1.994f3ap-13f, -0x1.11077p-7f);
    return ls_fma_f32(z, s, 0x1.555546p-3f);
}
LS_FN float ls_cos_poly_f32(float z)
{
    float c = ls_fma_f32(z, 0x1.99e0ep-16f, -0x1.6c0c1ap-10f);
    return ls_fma_f32(z, c, 0x1.55554ap-5f);
}

/* (tan r - r) / r^3 - 3/8, likewise; even and odd terms apart, which halves the time a result waits for them. */
LS_FN double ls_tan_poly_f64(double z)
{
    const double w = z * z;
    double even = ls_fma_f64(w, 0x1.49ecc46459d28p-17, 0x1.9adbfafaa2af5p-15);
    double odd = ls_fma_f64(w, -0x1.99ed8956f37b8p-16, -0x1.b55f995c56bc3p-16);
    even = ls_fma_f64(w, even, 0x1.1b7c5128feeecp-14);
    odd = ls_fma_f64(w, odd, 0x1.5d92b7ba1978p-14);
    even = ls_fma_f64(w, even, 0x1.ff5ed023045c4p-13);
    odd = ls_fma_f64(w, odd, 0x1.34b877bb4fc5cp-11);
    even = ls_fma_f64(w, even, 0x1.7db1f3473e5fbp-10);
    odd = ls_fma_f64(w, odd, 0x1.d6d2e013933a5p-9);
    even = ls_fma_f64(w, even, 0x1.226e3ab3be6dcp-7);
    odd = ls_fma_f64(w, odd, 0x1.664f485b75dc6p-6);
    even = ls_fma_f64(w, even, 0x1.ba1ba1bac7c77p-5);
    odd = ls_fma_f64(w, odd, 0x1.1111111110521p-3);
    even = ls_fma_f64(w, even, -0x1.555555555550bp-5);
    return ls_fma_f64(z, odd, even);
}
LS_FN float ls_tan_poly_f32(float z)
{
    const float w = z * z;
    float even = ls_fma_f32(w, 0x1.249edp-8f, 0x1.67e1a8p-7f);
    float odd = ls_fma_f32(w, -0x1.86ed3cp-14f, 0x1.5bbcb2p-6f);
    even = ls_fma_f32(w, even, 0x1.baf41ap-5f);
    odd = ls_fma_f32(w, odd, 0x1.110dp-3f);
    even = ls_fma_f32(w, even, -0x1.5554ecp-5f);
    return ls_fma_f32(z, odd, even);
}

#define LS_TRIG_LIMIT_f64 0x1p24
#define LS_TRIG_WHOLE_f64 0x1p52
#define LS_TWO_OVER_PI_f64 0x1.45f306dc9c883p-1
#define LS_HALF_PI_1_f64 0x1.921fb54442d18p0
#define LS_HALF_PI_2_f64 0x1.1a62633p-54 /* a multiple of 2^-83 */
#define LS_HALF_PI_3_f64 0x1.45c06e0e68948p-86
#define LS_PI_HI_f64 0x1.921fb54442d18p1
#define LS_PI_LO_f64 0x1.1a62633145c07p-53

#define LS_TAG f64
#define U uint64_t
#define LS_TOP_BIT 63
#define LS_SHORT_SECOND 1
#include "math_trig_template.h"

#define LS_TRIG_LIMIT_f32 0x1p16f
#define LS_TRIG_WHOLE_f32 0x1p23f
#define LS_TWO_OVER_PI_f32 0x1.45f306p-1f
#define LS_HALF_PI_1_f32 0x1.921fb4p0f /* cut off, not rounded */
#define LS_HALF_PI_2_f32 0x1.4442d2p-24f
#define LS_HALF_PI_3_f32 -0x1.ee59dap-50f
#define LS_PI_HI_f32 0x1.921fb6p1f
#define LS_PI_LO_f32 -0x1.777a5cp-24f

#define LS_TAG f32
#define U uint32_t
#define LS_TOP_BIT 31
#define LS_SHORT_SECOND 0
#include "math_trig_template.h"

#endif
