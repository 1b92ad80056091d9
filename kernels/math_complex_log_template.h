/* SPDX-License-Identifier: BSD-3-Clause
 *
 * sqrt, the logarithms and pow of complex numbers. No include guard: math_complex.h includes this once per tag and
 * says what the words mean; beside those
 *
 *   LS_INV_LN2_PAIR, LS_INV_LN10_PAIR   1 / log 2 and 1 / log 10 in two words
 *   LS_FAR                              beyond it z + 1 is z
 */

/* The root w of z with w.re >= 0: with t = sqrt((|x| + |z|) / 2) it is t + i y / (2 t), or its mirror image for
 * negative x. Scaling by powers of four keeps |x| + |z| inside the format. */
LS_SLOW_FN T E(sqrt)(T z)
{
    const R ax = P(mag)(z.re), ay = P(mag)(z.im);
    if (P(isinf)(z.im))
        return E(make)(P(infinity)(), z.im);
    if (P(isinf)(z.re)) {
        const R other = z.im != z.im ? z.im : P(copysign)(0, z.im);
        return z.re > 0 ? E(make)(z.re, other) : E(make)(P(mag)(other), P(copysign)(P(infinity)(), z.im));
    }
    if (z.re == 0 && z.im == 0)
        return E(make)(0, z.im);
    const R larger = ax < ay ? ay : ax;
    const int up = larger < LS_SQUARES_LOST, down = larger > LS_SQUARES_FIT;
    const R scale = up ? (R)1 / (LS_SQUARES_LOST * LS_SQUARES_LOST) : (down ? (R)0x1p-4f : (R)1);
    const R back = up ? LS_SQUARES_LOST : (down ? (R)4 : (R)1);
    const R x = ax * scale, y = ay * scale;
    const R root = P(sqrt)((x + P(hypot)(x, y)) * (R)0.5);
    const R other = y / (root + root);
    const R re = (z.re < 0 ? other : root) * back;
    const R im = (z.re < 0 ? root : other) * back;
    return E(make)(re, P(copysign)(im, z.im));
}

/* log |z|^2 in two words, given `square` = |z|^2 2^-2e, the exponent e, and u = |z|^2 - 1 where e is 0. */
LS_FN PAIR E(log_of_square)(PAIR square, PAIR u, R e)
{
    R k;
    const PAIR f = P(log_split)(square.hi, square.lo, &k);
    return P(log_hl_core)(k + 2 * e, P(pair_pick)((k == 0) & (e == 0), u, f));
}

/* 2 log |x + i y| in two words, for finite numbers not both 0, and NaN. The larger part is brought near 1 by a power
 * of two 2^e; where e is 0 the modulus may be close to 1, and (x - 1) (x + 1) + y^2, all in two words, says how close.
 * */
LS_SLOW_FN PAIR E(log_modulus_2)(R x, R y)
{
    const R ax = P(mag)(x), ay = P(mag)(y);
    const R larger = ax < ay ? ay : ax, smaller = ax < ay ? ax : ay;
    R e;
    const R large = P(split)(larger, &e);
    const R small = P(scale)(smaller, -e);
    const PAIR square = P(two_prod)(small, small);
    const PAIR above = P(pair_mul_1)(P(two_sum)(large, 1), large - 1);
    const PAIR u = P(pair_add)(above, square);
    const PAIR twice = E(log_of_square)(P(pair_add)(P(two_prod)(large, large), square), u, e);
    const R unordered = x + y;
    return unordered != unordered ? P(pair_make)(unordered, 0) : twice;
}

/* The logarithm times `unit` (1 / log of the base), real part first. */
LS_SLOW_FN T E(log_scaled)(T z, PAIR unit)
{
    const R angle = P(atan2)(z.im, z.re);
    const PAIR turn = P(pair_mul_1)(unit, angle);
    const R im = angle == 0 ? angle : turn.hi + turn.lo;
    if (P(isinf)(z.re) || P(isinf)(z.im))
        return E(make)(P(infinity)(), im);
    if (z.re == 0 && z.im == 0)
        return E(make)(-P(infinity)(), im);
    const PAIR twice = P(pair_mul)(E(log_modulus_2)(z.re, z.im), unit);
    return E(make)((R)0.5 * (twice.hi + twice.lo), im);
}

LS_FN T E(log)(T z) { return E(log_scaled)(z, P(pair_make)(1, 0)); }
LS_FN T E(log2)(T z) { return E(log_scaled)(z, LS_INV_LN2_PAIR); }
LS_FN T E(log10)(T z) { return E(log_scaled)(z, LS_INV_LN10_PAIR); }

/* log(1 + z). Where 1 + x is exact or all but so, that is what is taken; elsewhere |1 + z|^2 = 1 + x (2 + x) + y^2. */
LS_SLOW_FN T E(log1p)(T z)
{
    const R next = 1 + z.re;
    const R ay = P(mag)(z.im);
    const int far_off = !(P(mag)(z.re) < (R)0x1p12f) || !(ay < (R)0x1p12f);
    if (far_off || (P(mag)(next) <= (R)0.5))
        return E(log)(E(make)(next, z.im));
    const PAIR u = P(pair_add)(P(pair_mul_1)(P(two_sum)(2, z.re), z.re), P(two_prod)(z.im, z.im));
    const PAIR twice = P(log1p_hl)(u.hi, u.lo);
    const R tiny_re = P(fma)(z.im * (R)0.5, z.im, z.re);
    const int tiny = (P(mag)(z.re) < LS_SQUARES_LOST) & (ay < LS_SQUARES_LOST);
    const R re = z.im == 0 && next > 0 ? P(log1p)(z.re) : (tiny ? tiny_re : (R)0.5 * (twice.hi + twice.lo));
    return E(make)(re, P(atan2)(z.im, next));
}

/* exp(re + i im) with both parts in two words. */
LS_SLOW_FN T E(exp_hl)(PAIR re, PAIR im)
{
    R sine, cosine, k;
    const R limit = LS_EXP_LIMIT;
    const int inside = P(mag)(re.hi) < limit;
    const R x = inside ? re.hi : P(copysign)(limit, re.hi);
    const PAIR e = P(exp_hl)(x, inside ? re.lo : 0, &k);
    E(sine_cosine)(im.hi, &sine, &cosine);
    const R size = e.hi + e.lo;
    const R turned_cosine = P(fma)(-sine, im.lo, cosine);
    const R turned_sine = P(fma)(cosine, im.lo, sine);
    return E(make)(E(scaled_product)(size, turned_cosine, k), E(scaled_product)(size, turned_sine, k));
}

/* x^y = exp(y log x) with the logarithm in two words. x^0 is 1; x^1 and, inside the format, x^2 are the plain products;
 * 0^y is 0 where y.re > 0. */
LS_SLOW_FN T E(pow)(T x, T y)
{
    if (y.im == 0 && (y.re == 0 || y.re == 1))
        return y.re == 0 ? E(make)(1, 0) : x;
    const T square = E(mul)(x, x);
    if (y.im == 0 && y.re == 2 && E(isfinite)(square))
        return square;
    if (x.re == 0 && x.im == 0) {
        const int vanishes = (y.re > 0) & (y.im == y.im);
        return vanishes ? E(make)(0, 0) : E(make)(P(nan)(), P(nan)());
    }
    if (!P(isfinite)(x.re) || !P(isfinite)(x.im) || !P(isfinite)(y.re) || !P(isfinite)(y.im))
        return E(exp)(E(mul)(y, E(log)(x)));
    const PAIR twice = E(log_modulus_2)(x.re, x.im);
    const PAIR size = P(pair_make)((R)0.5 * twice.hi, (R)0.5 * twice.lo);
    const PAIR tail = P(angle_hl)(P(mag)(x.im), P(mag)(x.re), P(sign_bit)(x.re));
    const PAIR turn = P(pair_flip)(P(fast_two_sum)(tail.hi, tail.lo), P(sign_bit)(x.im));
    const PAIR re = P(pair_add)(P(pair_mul_1)(size, y.re), P(pair_mul_1)(turn, -y.im));
    const PAIR im = P(pair_add)(P(pair_mul_1)(size, y.im), P(pair_mul_1)(turn, y.re));
    return E(exp_hl)(re, im);
}
