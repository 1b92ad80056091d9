/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sine and cosine of one argument, whose reduction they share: the bits of ls_sin_<tag> and ls_cos_<tag>. Part of
 * functions.h. */
#ifndef LSI_DEVICE_SINCOS_BOTH_H
#define LSI_DEVICE_SINCOS_BOTH_H

#include "math_trig.h"

LS_SLOW_FN void ls_sincos_slow_f32(float x, float *sine, float *cosine)
{
    const ls_reduced_f32 a = ls_trig_reduce_large_f32(ls_mag_f32(x));
    const int finite = ls_mag_f32(x) < LS_INFINITY_f32;
    float s, c;
    ls_trig_both_f32(a, &s, &c);
    *sine = finite ? ls_flip_f32(s, ls_sign_bit_f32(x)) : LS_QUIET_NAN_f32;
    *cosine = finite ? c : LS_QUIET_NAN_f32;
}
LS_SLOW_FN void ls_sincos_slow_f64(double x, double *sine, double *cosine)
{
    const ls_reduced_f64 a = ls_trig_reduce_large_f64(ls_mag_f64(x));
    const int finite = ls_mag_f64(x) < LS_INFINITY_f64;
    double s, c;
    ls_trig_both_f64(a, &s, &c);
    *sine = finite ? ls_flip_f64(s, ls_sign_bit_f64(x)) : LS_QUIET_NAN_f64;
    *cosine = finite ? c : LS_QUIET_NAN_f64;
}

LS_FN void ls_sincos_f32(float x, float *sine, float *cosine)
{
    if (ls_sincos_rare_f32(x)) ls_sincos_slow_f32(x, sine, cosine);
    else ls_sincos_fast_f32(x, sine, cosine);
}
LS_FN void ls_sincos_f64(double x, double *sine, double *cosine)
{
    if (ls_sincos_rare_f64(x)) ls_sincos_slow_f64(x, sine, cosine);
    else ls_sincos_fast_f64(x, sine, cosine);
}

#endif
