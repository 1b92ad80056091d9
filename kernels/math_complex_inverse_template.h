/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The inverse circular and hyperbolic functions of complex numbers. No include guard: math_complex.h includes this
 * once per tag and says what the words mean; beside those
 *
 *   LS_FAR   beyond it sqrt(1 - z) sqrt(1 + z) is z turned by a right angle, to the last place
 *
 * asin and acos by W. Kahan's formulas over a = sqrt(1 - z) and b = sqrt(1 + z) (Branch cuts for complex elementary
 * functions, 1987): nothing in them cancels, and the signs of zeros choose the side of a cut by themselves.
 */

/* log |z| + log 2, the modulus of every one of these functions far out. */
LS_FN R E(log_double)(T z)
{
    if (P(isinf)(z.re) || P(isinf)(z.im))
        return P(infinity)();
    const PAIR twice = E(log_modulus_2)(z.re, z.im);
    return (R)0.5 * twice.hi + ((R)0.5 * twice.lo + (R)0.6931471805599453);
}

LS_FN int E(is_far)(T z)
{
    const int wide = P(mag)(z.re) > LS_FAR, high = P(mag)(z.im) > LS_FAR;
    return wide | high;
}

LS_SLOW_FN T E(asin)(T z)
{
    if (E(is_far)(z))
        return E(make)(P(atan2)(z.re, P(mag)(z.im)), P(copysign)(E(log_double)(z), z.im));
    const T a = E(sqrt)(E(make)(1 - z.re, -z.im)), b = E(sqrt)(E(make)(1 + z.re, z.im));
    const R re = P(atan2)(z.re, P(fma)(a.re, b.re, -a.im * b.im));
    const R im = P(asinh)(P(fma)(a.re, b.im, -a.im * b.re));
    return E(make)(z.re == 0 ? z.re : re, im);
}

LS_SLOW_FN T E(acos)(T z)
{
    if (E(is_far)(z))
        return E(make)(P(atan2)(P(mag)(z.im), z.re), P(copysign)(E(log_double)(z), -z.im));
    const T a = E(sqrt)(E(make)(1 - z.re, -z.im)), b = E(sqrt)(E(make)(1 + z.re, z.im));
    const R re = 2 * P(atan2)(a.re, b.re);
    const R im = P(asinh)(P(fma)(b.re, a.im, -b.im * a.re));
    return E(make)(z.re == 0 ? (R)1.5707963267948966 : re, im);
}

/* acosh z = i acos z or -i acos z, whichever has a positive real part. */
LS_FN T E(acosh)(T z)
{
    const T w = E(acos)(z);
    const int unordered = (w.re != w.re) & (w.im == w.im);
    return E(make)(P(mag)(w.im), unordered ? w.re : P(copysign)(w.re, z.im));
}

LS_FN T E(asinh)(T z) { return E(turned_back)(E(asin)(E(turned)(z))); }

/* For x >= 0: re = log(1 + 4 x / ((1 - x)^2 + y^2)) / 4, im = atan2(2 y, (1 - x) (1 + x) - y^2) / 2. Close to 1 the
 * squares could vanish: there the real part is half the difference of log |1 + z| and log |1 - z|, of opposite signs.
 * */
LS_SLOW_FN T E(atanh_right)(R x, R y)
{
    if ((x != x || y != y) && !P(isinf)(x) && !P(isinf)(y))
        return E(make)(x == 0 ? x : P(nan)(), P(nan)());
    if (x > LS_FAR || P(mag)(y) > LS_FAR) {
        const R size = P(hypot)(x, y);
        const R re = P(isinf)(x) || P(isinf)(y) ? (R)0 : x / size / size;
        return E(make)(re, y != y ? y : P(copysign)((R)1.5707963267948966, y));
    }
    if (x == 1 && y == 0)
        return E(make)(P(infinity)(), y);
    const R before = 1 - x;
    const R im = (R)0.5 * P(atan2)(2 * y, P(fma)(before, 1 + x, -y * y));
    if (P(mag)(before) < (R)0.25 && P(mag)(y) < (R)0.25) {
        const PAIR up = E(log_modulus_2)(1 + x, y), down = E(log_modulus_2)(before, y);
        return E(make)((R)0.25 * (up.hi - down.hi), im);
    }
    const PAIR gap = P(two_sum)(1, -x);
    const PAIR under = P(pair_add)(P(pair_mul)(gap, gap), P(two_prod)(y, y));
    const PAIR u = P(pair_div)(P(pair_make)(4 * x, 0), under);
    const PAIR four = P(log1p_hl)(u.hi, u.lo);
    const R re = x < LS_SQUARES_LOST ? x / under.hi : (R)0.25 * (four.hi + four.lo);
    return E(make)(x == 0 ? x : re, im);
}

LS_FN T E(atanh)(T z)
{
    const T w = E(atanh_right)(P(mag)(z.re), z.im);
    return E(make)(P(copysign)(w.re, z.re), w.im);
}

LS_FN T E(atan)(T z) { return E(turned_back)(E(atanh)(E(turned)(z))); }
