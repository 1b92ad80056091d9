/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The error function and the gamma function: erf, erfc, tgamma.
 *
 * Decides the polynomials; the formulas around them are in math_special_template.h, once for f32 and f64. Coefficients:
 * tools/math/coefficients_inverse.py erf erfcx erfc stirling.
 */
#ifndef LOCKSTEP_KERNELS_MATH_SPECIAL_H
#define LOCKSTEP_KERNELS_MATH_SPECIAL_H

#include "element_real.h"
#include "math_common.h"
#include "math_exp.h"
#include "math_log.h"
#include "math_trig.h"

/* erf(x) / x - 1, z = x^2, x <= 3/4. */
LS_FN double ls_erf_poly_f64(double z)
{
    double p = ls_fma_f64(z, -0x1.0849c62b3df9cp-26, 0x1.fbf02c93800eap-25);
    p = ls_fma_f64(z, p, -0x1.df3be96b0da7ep-23);
    p = ls_fma_f64(z, p, 0x1.c5ff5683bd0eap-20);
    p = ls_fma_f64(z, p, -0x1.f5883e3933d48p-17);
    p = ls_fma_f64(z, p, 0x1.f9aa031ea275ap-14);
    p = ls_fma_f64(z, p, -0x1.c02dde85fcfbdp-11);
    p = ls_fma_f64(z, p, 0x1.565bcdb2ad464p-8);
    p = ls_fma_f64(z, p, -0x1.b82ce3156cb9bp-6);
    p = ls_fma_f64(z, p, 0x1.ce2f21a0496b4p-4);
    p = ls_fma_f64(z, p, -0x1.812746b037a47p-2);
    return ls_fma_f64(z, p, 0x1.06eba8214db69p-3);
}
LS_FN float ls_erf_poly_f32(float z)
{
    float p = ls_fma_f32(z, -0x1.6362eep-11f, 0x1.4f74a2p-8f);
    p = ls_fma_f32(z, p, -0x1.b7b222p-6f);
    p = ls_fma_f32(z, p, 0x1.ce2b5p-4f);
    p = ls_fma_f32(z, p, -0x1.81273cp-2f);
    return ls_fma_f32(z, p, 0x1.06eba8p-3f);
}

/* (exp(x^2) erfc(x) - LS_ERFCX_1) / u with u = x - 1, for x from 3/4 to where erf is 1. */
LS_FN double ls_erfcx_poly_f64(double u)
{
    const double z = u * u;
    double even = ls_fma_f64(z, -0x1.f852a16a8a9b4p-39, -0x1.3aa1819305ed7p-31);
    double odd = ls_fma_f64(z, 0x1.db0a4cdfd9d66p-44, 0x1.f6719bf669ba8p-35);
    even = ls_fma_f64(z, even, -0x1.83187379f9be3p-26);
    odd = ls_fma_f64(z, odd, 0x1.190141d83cde9p-28);
    even = ls_fma_f64(z, even, -0x1.aa56b153bba5fp-22);
    odd = ls_fma_f64(z, odd, 0x1.b4fae8540b1dp-24);
    even = ls_fma_f64(z, even, -0x1.37d54ba8843fbp-18);
    odd = ls_fma_f64(z, odd, 0x1.788a3bd62f24p-20);
    even = ls_fma_f64(z, even, -0x1.7aa9a5ef76ef9p-15);
    odd = ls_fma_f64(z, odd, 0x1.ee88ad64d43b3p-17);
    even = ls_fma_f64(z, even, -0x1.90825acb7037cp-12);
    odd = ls_fma_f64(z, odd, 0x1.18501abc59e02p-13);
    even = ls_fma_f64(z, even, -0x1.6af26519c8be5p-9);
    odd = ls_fma_f64(z, odd, 0x1.13526611df29fp-10);
    even = ls_fma_f64(z, even, -0x1.10fcf1b525136p-6);
    odd = ls_fma_f64(z, odd, 0x1.c8cb957be4bf8p-8);
    even = ls_fma_f64(z, even, -0x1.44837f8907925p-4);
    odd = ls_fma_f64(z, odd, 0x1.33cad0ef6b6e6p-5);
    even = ls_fma_f64(z, even, -0x1.17c4e3f17c04bp-2);
    odd = ls_fma_f64(z, odd, 0x1.3c27283c32c83p-3);
    return ls_fma_f64(u, odd, even);
}
LS_FN float ls_erfcx_poly_f32(float u)
{
    float p = ls_fma_f32(u, -0x1.c38d68p-15f, 0x1.0a796cp-11f);
    p = ls_fma_f32(u, p, -0x1.272792p-9f);
    p = ls_fma_f32(u, p, 0x1.b9b192p-8f);
    p = ls_fma_f32(u, p, -0x1.10e384p-6f);
    p = ls_fma_f32(u, p, 0x1.33ff38p-5f);
    p = ls_fma_f32(u, p, -0x1.44873cp-4f);
    p = ls_fma_f32(u, p, 0x1.3c26d2p-3f);
    return ls_fma_f32(u, p, -0x1.17c4ep-2f);
}

/* ((1 + 2 x) exp(x^2) erfc(x) - c0) / t with t = (x - 15/4) / (x + 15/4) (f32: 2), and c0. */
LS_FN double ls_erfc_poly_f64(double t)
{
    double p = ls_fma_f64(t, -0x1.fee0f96e1c5dcp-31, -0x1.50a3992191029p-28);
    p = ls_fma_f64(t, p, 0x1.aa9cb8aea97eap-34);
    p = ls_fma_f64(t, p, 0x1.5b32ef6c0e1dfp-25);
    p = ls_fma_f64(t, p, 0x1.38cda94304d19p-26);
    p = ls_fma_f64(t, p, -0x1.19d20329ed086p-22);
    p = ls_fma_f64(t, p, -0x1.cc114f483426bp-25);
    p = ls_fma_f64(t, p, 0x1.d72e423d79c01p-20);
    p = ls_fma_f64(t, p, -0x1.05c1dfc861e0ep-20);
    p = ls_fma_f64(t, p, -0x1.8011fbc6b2057p-17);
    p = ls_fma_f64(t, p, 0x1.778d382b8f19ep-16);
    p = ls_fma_f64(t, p, 0x1.b14521df9bc2cp-15);
    p = ls_fma_f64(t, p, -0x1.303fa78484b32p-12);
    p = ls_fma_f64(t, p, 0x1.33fb1e6a9457ap-12);
    p = ls_fma_f64(t, p, 0x1.cc3a0e745661bp-10);
    p = ls_fma_f64(t, p, -0x1.3f603c2d55cefp-7);
    p = ls_fma_f64(t, p, 0x1.d0b0037d66ddep-6);
    p = ls_fma_f64(t, p, -0x1.e0d0fa6e1efd8p-5);
    p = ls_fma_f64(t, p, 0x1.7a14188a9abc7p-4);
    p = ls_fma_f64(t, p, -0x1.bda9309a27ff3p-4);
    p = ls_fma_f64(t, p, 0x1.510169d0967c3p-4);
    p = ls_fma_f64(t, p, 0x1.d5f29481599dfp-9);
    return ls_fma_f64(t, p, -0x1.1f367683f89a7p-3);
}
LS_FN float ls_erfc_poly_f32(float t)
{
    float p = ls_fma_f32(t, 0x1.577f58p-14f, 0x1.69f0f8p-13f);
    p = ls_fma_f32(t, p, -0x1.a7b844p-12f);
    p = ls_fma_f32(t, p, -0x1.75aebep-10f);
    p = ls_fma_f32(t, p, 0x1.48dcdp-10f);
    p = ls_fma_f32(t, p, 0x1.1d765p-7f);
    p = ls_fma_f32(t, p, -0x1.072c56p-7f);
    p = ls_fma_f32(t, p, -0x1.bc2844p-5f);
    p = ls_fma_f32(t, p, 0x1.4ffa0ap-3f);
    p = ls_fma_f32(t, p, -0x1.5407c8p-3f);
    return ls_fma_f32(t, p, -0x1.7bf5ecp-4f);
}

/* (log gamma(y) - (y - 1/2) log y + y - log(2 pi) / 2) y, z = 1 / y^2, y >= 8 (f32: 4). */
LS_FN double ls_stirling_poly_f64(double z)
{
    double p = ls_fma_f64(z, 0x1.0c7d500601b45p-3, -0x1.15665c4867cb6p-9);
    p = ls_fma_f64(z, p, -0x1.c7042e4d379d6p-10);
    p = ls_fma_f64(z, p, 0x1.b84e80cb8e968p-11);
    p = ls_fma_f64(z, p, -0x1.381215c040efp-11);
    p = ls_fma_f64(z, p, 0x1.a01a00acc6cf5p-11);
    p = ls_fma_f64(z, p, -0x1.6c16c16c075e4p-9);
    return ls_fma_f64(z, p, 0x1.5555555555555p-4);
}
LS_FN float ls_stirling_poly_f32(float z)
{
    float p = ls_fma_f32(z, -0x1.b322ccp-11f, 0x1.ae60cp-11f);
    p = ls_fma_f32(z, p, -0x1.6c2da6p-9f);
    return ls_fma_f32(z, p, 0x1.555556p-4f);
}

#define LS_TAG f64
#define LS_ERFC_MIDDLE 3.75
#define LS_ERFC_TOP 28.0
#define LS_ERF_TOP 5.9375
#define LS_ERFCX_1 0x1.b5d8780f956b2p-2
#define LS_ERFC_HI 0x1.3ccda0b5d5dc2p0
#define LS_ERFC_LO 0x1.e65b158f28ce5p-54
#define LS_SHIFT 8
#define LS_GAMMA_TOP 192.0
#define LS_TINY 0x1p-54
#define LS_LOG_2PI_2_HI 0x1.d67f1c864beb5p-1
#define LS_LOG_2PI_2_LO -0x1.65b5a1b7ff5dfp-55
#include "math_special_template.h"

#define LS_TAG f32
#define LS_ERFC_MIDDLE 2.0f
#define LS_ERFC_TOP 10.5f
#define LS_ERF_TOP 3.9375f
#define LS_ERFCX_1 0x1.b5d878p-2f
#define LS_ERFC_HI 0x1.46e80ep0f
#define LS_ERFC_LO 0x1.13bcaap-27f
#define LS_SHIFT 4
#define LS_GAMMA_TOP 46.0f
#define LS_TINY 0x1p-25f
#define LS_LOG_2PI_2_HI 0x1.d67f1cp-1f
#define LS_LOG_2PI_2_LO 0x1.0c97d6p-26f
#include "math_special_template.h"

#endif
