/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Roots: cbrt and hypot.
 *
 * Decides the formulas, each written once in math_root_template.h; here is what differs between f32 and f64:
 * coefficients (tools/math/coefficients_inverse.py cbrt) and the powers of two that keep squares inside the format.
 * Leaves the square root to the hardware (ls_sqrt_*).
 */
#ifndef LOCKSTEP_KERNELS_MATH_ROOT_H
#define LOCKSTEP_KERNELS_MATH_ROOT_H

#include "element_real.h"
#include "math_common.h"

/* m^(-1/3) on [sqrt(1/2), sqrt(2)) to 2^-20 (f32: 2^-12). */
LS_FN double ls_inverse_cbrt_guess_f64(double m)
{
    double p = ls_fma_f64(m, 0x1.7d59d39f532e2p-4, -0x1.665d7232b081bp-1);
    p = ls_fma_f64(m, p, 0x1.2020eac4baa08p1);
    p = ls_fma_f64(m, p, -0x1.027c573b716b7p2);
    p = ls_fma_f64(m, p, 0x1.1bdc7f7db9e75p2);
    p = ls_fma_f64(m, p, -0x1.9342a3a15c461p1);
    return ls_fma_f64(m, p, 0x1.0e0dfcab69e4ep1);
}
LS_FN float ls_inverse_cbrt_guess_f32(float m)
{
    float p = ls_fma_f32(m, -0x1.445d9ep-3f, 0x1.6cfd3ep-1f);
    p = ls_fma_f32(m, p, -0x1.4907c4p0f);
    return ls_fma_f32(m, p, 0x1.bb065cp0f);
}

#define LS_TAG f64
#define LS_BIG 0x1p500
#define LS_BIG_DOWN 0x1p-700
#define LS_SMALL 0x1p-400
#define LS_SMALL_UP 0x1p800
#include "math_root_template.h"

#define LS_TAG f32
#define LS_BIG 0x1p50f
#define LS_BIG_DOWN 0x1p-80f
#define LS_SMALL 0x1p-40f
#define LS_SMALL_UP 0x1p100f
#include "math_root_template.h"

#endif
