/* SPDX-License-Identifier: BSD-3-Clause
 *
 * pow, rsqrt and logaddexp for f32 or f64. No include guard: math_pow.h includes this once per tag with LS_TAG, which
 * is undefined here. P is the two-word number of the tag, C(NAME) its constant LS_NAME_<tag>:
 *
 *   POW_WHOLE            from it on every number is whole: adding and subtracting it rounds to whole numbers
 *   POW_EASY             2 to the power of anything less in size, and a little more, is normal
 *   POW_END              2 to the power of anything beyond is 0 or infinite
 *   RSQRT_LOW, RSQRT_LIFT, RSQRT_BACK      below LOW numbers are multiplied by LIFT and their roots' inverses by BACK
 *   LOGADDEXP_FAR        exp of a difference below it may be subnormal
 *   LOGADDEXP_END        exp of a difference below it is 0 */
#define P LS_PASTE(ls_pair_, LS_TAG)
#define WORD LS_PASTE(ls_word_, LS_TAG)
#define C(name) LS_PASTE4(LS_##name, _, LS_TAG, )

/* x^y = 2^(y log2|x|) with the logarithm, the product and the argument of the power in two words, for |x| = 2^k m: (the
 * result) 2^n, n in the last places of *steps as LS_MAGIC leaves it, and y log2|x| in *exponent. Where the exact power
 * is representable it is the result, since the error before the last rounding is far below half a unit. */
LS_FN T E(pow_fraction)(T k, T m, T y, T *steps, T *exponent)
{
    const P l = E(log2_hl)(k, m), p = E(two_prod)(y, l.hi);
    *exponent = p.hi;
    return E(exp2_of_sum)(p.hi, E(fma)(y, l.lo, p.lo), steps);
}

LS_FN T E(pow_magnitude)(T x, T y)
{
    T k, steps, exponent;
    const T m = E(split_from)(x, C(SQRT_3_4), &k), size = E(pow_fraction)(k, m, y, &steps, &exponent);
    const T r = E(scale)(size, steps - C(MAGIC)), limit = exponent > 0 ? C(INFINITY) : 0;
    const int zero = x == 0, endless = x == C(INFINITY), beyond = E(mag)(exponent) > C(POW_END);
    const T bounded = (zero | endless | beyond) ? limit : r;
    return x == 1 ? 1 : bounded;
}

/* C99's rules for signs and NaN are laid over it by selects: nothing here is a rare path, since zeros and negative
 * numbers are common bases. What |y| lacks to the nearest multiple of 2 tells odd (1), broken (less) and even (0, and
 * for numbers so large that they are even anyway more than 1, or NaN for infinity) apart. */
LS_FN T E(pow)(T x, T y)
{
    const T ax = E(mag)(x), ay = E(mag)(y), half = ay / 2;
    const T lacks = E(mag)(E(fma)(-2, (half + C(POW_WHOLE)) - C(POW_WHOLE), ay));
    const int odd = lacks == 1, broken = (lacks > 0) & (lacks < 1), minus = x < 0, endless = ax == C(INFINITY);
    T r = E(pow_magnitude)(ax, y);
    r = E(flip)(r, odd ? E(sign_bit)(x) : 0);
    r = (minus & broken & !endless) ? C(QUIET_NAN) : r;
    const int unknown = (x != x) || (y != y), one = (x == 1) || (y == 0);
    r = unknown ? C(QUIET_NAN) : r;
    return one ? 1 : r;
}

LS_FN T E(pow_easy)(T x, T y, WORD *hard)
{
    T k, steps, exponent;
    const T m = E(split_easy)(x, C(SQRT_3_4), &k), size = E(pow_fraction)(k, m, y, &steps, &exponent);
    *hard |= E(unusual)(x) | E(beyond)(exponent, C(POW_EASY));
    return E(raise)(size, steps);
}

/* r = 1 / sqrt(x) from the common root, then one Newton step with h = 1 - x r^2, x r in two words. Subnormal numbers
 * are lifted by an even power of two. */
LS_FN T E(rsqrt)(T x)
{
    const T lift = x < C(RSQRT_LOW) ? C(RSQRT_LIFT) : 1, back = x < C(RSQRT_LOW) ? C(RSQRT_BACK) : 1;
    const T lifted = x * lift;
    T half_inverse;
    (void)E(root)(lifted, &half_inverse);
    const T r = half_inverse + half_inverse;
    const P p = E(two_prod)(lifted, r);
    const T h = E(fma)(-p.lo, r, E(fma)(-p.hi, r, 1)), y = E(fma)(half_inverse, h, r) * back;
    const T end = x == 0 ? E(flip)(C(INFINITY), E(sign_bit)(x)) : C(QUIET_NAN);
    const T inside = x < C(INFINITY) ? y : 0;
    return x > 0 ? inside : end;
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
#undef WORD
#undef C
#undef LS_TAG
