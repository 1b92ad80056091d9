/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Roots: hypot.
 *
 * Decides the formulas; the tables and bounds are those of the rows in math.def. Leaves the square root itself to the
 * hardware (ls_sqrt_*).
 */
#ifndef LOCKSTEP_KERNELS_MATH_ROOT_H
#define LOCKSTEP_KERNELS_MATH_ROOT_H

#include "portable.h"

/* sqrt(x x + y y) for 0 <= y <= x with squares inside the format: the sum of the squares with its error, its root, and one
 * Newton step from what the root's square leaves over. */
LS_FN float ls_hypot_scaled_f32(float x, float y)
{
    const float xx = x * x, yy = y * y;
    const float error = ls_fma_f32(x, x, -xx) + ls_fma_f32(y, y, -yy);
    const float sum = xx + yy;
    const float low = (xx - sum) + yy + error;
    const float root = ls_sqrt_f32(sum);
    const float left = ls_fma_f32(-root, root, sum) + low;
    return root == 0 ? root : root + left / (root + root);
}

LS_FN double ls_hypot_scaled_f64(double x, double y)
{
    const double xx = x * x, yy = y * y;
    const double error = ls_fma_f64(x, x, -xx) + ls_fma_f64(y, y, -yy);
    const double sum = xx + yy;
    const double low = (xx - sum) + yy + error;
    const double root = ls_sqrt_f64(sum);
    const double left = ls_fma_f64(-root, root, sum) + low;
    return root == 0 ? root : root + left / (root + root);
}

/* Scaling by a power of two keeps the squares and their errors inside the format; an infinity wins even over a NaN. */
LS_FN float ls_hypot_f32(float x, float y)
{
    const float ax = ls_from_bits_f32(ls_bits_f32(x) & 0x7fffffffu);
    const float ay = ls_from_bits_f32(ls_bits_f32(y) & 0x7fffffffu);
    const float big = ax < ay ? ay : ax;
    const float small = ax < ay ? ax : ay;
    const float down = big > 0x1p50f ? 0x1p-80f : (big < 0x1p-40f ? 0x1p100f : 1.0f);
    const float up = big > 0x1p50f ? 0x1p80f : (big < 0x1p-40f ? 0x1p-100f : 1.0f);
    const float h = ls_hypot_scaled_f32(big * down, small * down) * up;
    const float inf = ls_from_bits_f32(0x7f800000u);
    const int infinite = (ax == inf) | (ay == inf);
    return infinite ? inf : h;
}

LS_FN double ls_hypot_f64(double x, double y)
{
    const double ax = ls_from_bits_f64(ls_bits_f64(x) & 0x7fffffffffffffffu);
    const double ay = ls_from_bits_f64(ls_bits_f64(y) & 0x7fffffffffffffffu);
    const double big = ax < ay ? ay : ax;
    const double small = ax < ay ? ax : ay;
    const double down = big > 0x1p500 ? 0x1p-700 : (big < 0x1p-400 ? 0x1p800 : 1.0);
    const double up = big > 0x1p500 ? 0x1p700 : (big < 0x1p-400 ? 0x1p-800 : 1.0);
    const double h = ls_hypot_scaled_f64(big * down, small * down) * up;
    const double inf = ls_from_bits_f64(0x7ff0000000000000u);
    const int infinite = (ax == inf) | (ay == inf);
    return infinite ? inf : h;
}

#endif
