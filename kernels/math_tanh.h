/* SPDX-License-Identifier: BSD-3-Clause
 *
 * tanh: of float64 by its exponential, of float32 from a table, which takes half the operations.
 *
 * Decides the polynomials and the table; the formula of float32 is in math_tanh_template.h, since vectors are looked up
 * by other means than numbers are. A table for float64 would be too large for registers.
 * Coefficients: tools/math/coefficients_inverse.py tanh tanh_table. */
#ifndef LOCKSTEP_KERNELS_MATH_TANH_H
#define LOCKSTEP_KERNELS_MATH_TANH_H

#include "element_real.h"
#include "math_common.h"
#include "math_exp.h"
#include "math_look_up.h"

/* (tanh(r) - r) / r^3, z = r^2, |r| <= ln2 / 4 + 1/128. */
LS_FN double ls_tanh_poly_f64(double z)
{
    const double zz = z * z;
    double even = ls_fma_f64(zz, -0x1.22330c5f4f1b8p-7, -0x1.ba1ba0d2cca65p-5);
    double odd = ls_fma_f64(zz, 0x1.c1c88f5c37b4cp-9, 0x1.664ea42230a99p-6);
    even = ls_fma_f64(zz, even, -0x1.5555555555453p-2);
    odd = ls_fma_f64(zz, odd, 0x1.11111110c62fep-3);
    return ls_fma_f64(z, odd, even);
}

/* With a = k ln2 / 2 + r and t = tanh(r), tanh a = (less + more t) / (more + less t), where less and more are 2^k -+ 1.
 * Each sum is of two words, that of the numerator of any size up to a hundredth of the first; the denominator bears the
 * rounding of t. k counts from 1/128 on, lest 1 + 3 t, for k = 1, be below 1/2 and its distance from 1 inexact. What
 * less and more lack where 2^k is large is made good in the remainder. */
LS_FN double ls_tanh_f64(double x)
{
    const double a = ls_mag_at_most_f64(ls_mag_f64(x), 22.0); /* beyond, tanh is 1 and 2^k may leave the format */
    const double m = ls_fma_f64(a - 0x1p-7, 2 * LS_INV_LN2_f64, LS_MAGIC_f64), k = m - LS_MAGIC_f64;
    const double exact = ls_fma_f64(-k, 0.5 * LS_LN2_HI_f64, a);
    const double rest = k * (0.5 * LS_LN2_LO_f64), r = exact - rest, z = r * r;
    const double t_lo = ls_fma_f64(r * z, ls_tanh_poly_f64(z), -rest);
    const double power = ls_raise_f64(1, m), less = power - 1, more = power + 1, lost = (less - more) + 2;
    const double over = ls_fma_f64(more, exact, less);
    const double over_lo = ls_fma_f64(more, t_lo, ls_fma_f64(more, exact, less - over));
    const double t = exact + t_lo, under = ls_fma_f64(less, t, more);
    const double under_lo = ls_fma_f64(less, t, more - under);
    const double inverse = 1 / under, q = over * inverse;
    const double left = ls_fma_f64(-q, under_lo, ls_fma_f64(-q, under, over) + (over_lo - lost));
    return x != x ? x : ls_signed_as_f64(ls_fma_f64(left, inverse, q), x);
}

/* Points, their tanh and 1 - tanh^2, for |x| from 2, 3, 4, 6, 8, below 1/2, and from 1/2, 3/4, 1, 3/2: by the last four
 * of the bits that tell half a binade from another. At the points tanh is a float32 to 2^-10 of its last place. */
LS_CONST_TABLE float ls_tanh_point_f32[16] = {
    0x1.3ff6bcp1f, 0x1.c068d6p1f, 0x1.3ea0eap2f, 0x1.bec3a6p2f, 0x1.154246p3f, 0, 0, 0,
    0, 0, 0, 0, 0x1.28f2p-1f, 0x1.c00494p-1f, 0x1.399edep0f, 0x1.c003cp0f
};
LS_CONST_TABLE float ls_tanh_there_f32[16] = {
    0x1.f92486p-1f, 0x1.ff12b2p-1f, 0x1.fff394p-1f, 0x1.ffffc6p-1f, 0x1.fffffep-1f, 0, 0, 0,
    0, 0, 0, 0, 0x1.0b9812p-1f, 0x1.6868ap-1f, 0x1.aeaabep-1f, 0x1.e1fcd4p-1f
};
LS_CONST_TABLE float ls_tanh_slope_f32[16] = {
    0x1.b3ee22p-6f, 0x1.da2e04p-9f, 0x1.8d7b2ep-13f, 0x1.cfffe6p-19f, 0x1p-23f, 0, 0, 0,
    0, 0, 0, 1, 0x1.7424b8p-1f, 0x1.024ccap-1f, 0x1.2b7df8p-2f, 0x1.d21fc6p-4f
};

#define LS_TAG f32
#include "math_tanh_template.h"

#endif
