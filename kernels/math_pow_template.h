/* SPDX-License-Identifier: BSD-3-Clause
 *
 * pow, rsqrt and logaddexp for f32 or f64. No include guard: math_pow.h includes this once per tag with LS_TAG, U (the
 * unsigned integer of its size) and LS_TOP_BIT (the number of its sign bit), which are undefined here. P is the
 * two-word number of the tag, C(NAME) its constant LS_NAME_<tag>:
 *
 *   POW_WHOLE            above it every number is whole, from twice that on even
 *   POW_END              exp of anything beyond is 0 or infinite
 *   LOGADDEXP_FAR        exp of a difference below it may be subnormal
 *   LOGADDEXP_END        exp of a difference below it is 0 */
#define P LS_PASTE(ls_pair_, LS_TAG)
#define C(name) LS_PASTE4(LS_##name, _, LS_TAG, )

/* x^y = exp(y log|x|) with the logarithm, the product and the argument of exp in two words. Where the exact power is
 * representable it is the result, since the error before the last rounding is far below half a unit. */
LS_FN T E(pow_magnitude)(T x, T y)
{
    T k, steps;
    const T f = E(split)(x, &k) - 1;
    const P l = E(log_hl_core)(k, E(pair_make)(f, 0)), p = E(two_prod)(y, l.hi);
    const P e = E(exp_hl)(p.hi, E(fma)(y, l.lo, p.lo), &steps);
    const T r = E(scale)(e.hi + e.lo, steps), limit = p.hi > 0 ? C(INFINITY) : 0;
    const int zero = x == 0, endless = x == C(INFINITY), beyond = E(mag)(p.hi) > C(POW_END);
    const T bounded = (zero | endless | beyond) ? limit : r;
    return x == 1 ? 1 : bounded;
}

/* C99's rules for signs and NaN are laid over it by selects: nothing here is a rare path, since zeros and negative
 * numbers are common bases. POW_WHOLE added to y leaves its last whole bit last. */
LS_FN T E(pow)(T x, T y)
{
    const T ay = E(mag)(y), ax = E(mag)(x);
    T r = E(pow_magnitude)(ax, y);
    const int small = ay < C(POW_WHOLE), minus = x < 0, endless = ax == C(INFINITY);
    const T raised = small ? ay + C(POW_WHOLE) : ay, lowered = small ? raised - C(POW_WHOLE) : ay;
    const int whole = lowered == ay, may_be_odd = whole & (ay < 2 * C(POW_WHOLE));
    const U odd_sign = E(sign_bit)(x) & E(bits)(raised) << LS_TOP_BIT;
    r = E(flip)(r, may_be_odd ? odd_sign : 0);
    r = (minus & !whole & !endless) ? C(QUIET_NAN) : r;
    const int unknown = (x != x) || (y != y), one = (x == 1) || (y == 0);
    r = unknown ? C(QUIET_NAN) : r;
    return one ? 1 : r;
}

/* 1 / sqrt(x) has two roundings and so up to 1.5 units of error. One Newton step takes them off: h = 1 - x r^2 with x r
 * in two words. Where r is 0 or infinite h is NaN, and r is the answer. */
LS_FN T E(rsqrt)(T x)
{
    const T r = 1 / E(sqrt)(x);
    const P p = E(two_prod)(x, r);
    const T h = E(fma)(-p.lo, r, E(fma)(-p.hi, r, 1));
    return h == h ? E(fma)(r / 2, h, r) : r;
}

/* log(exp(x) + exp(y)) = max + log(1 + exp(-|x - y|)), in two words throughout because the two terms may cancel. Where
 * the difference is so large that the power leaves the normal range, one word of it is all that counts. */
LS_FN T E(logaddexp)(T x, T y)
{
    const T top = x > y ? x : y, low = x > y ? y : x;
    const P d = E(two_sum)(low, -top);
    const int far = !(d.hi > C(LOGADDEXP_FAR)); /* so is the NaN of two equal infinities */
    T k;
    P e = E(exp_hl)(d.hi > C(LOGADDEXP_END) ? d.hi : C(LOGADDEXP_END), far ? 0 : d.lo, &k);
    const T power = E(pow2)(far ? 0 : k), tiny = E(scale)(e.hi + e.lo, k);
    e = E(fast_two_sum)(e.hi * power, e.lo * power);
    const P l = E(log1p_hl)(e.hi, e.lo), s = E(two_sum)(top, l.hi);
    const T r = far ? top + tiny : s.hi + (s.lo + l.lo);
    return (x != x) || (y != y) ? C(QUIET_NAN) : r;
}

#undef P
#undef C
#undef U
#undef LS_TOP_BIT
#undef LS_TAG
