/* SPDX-License-Identifier: BSD-3-Clause
 *
 * exp, exp2 and expm1 for f32 or f64. No include guard: math_exp.h includes this once per tag with LS_TAG, which is
 * undefined here. P is the two-word number of the tag, WORD the unsigned integer of its size, C(NAME) its constant
 * LS_NAME_<tag>:
 *
 *   INV_LN2, LN2_HI, LN2_LO     1 / ln2, and ln2 in two words
 *   EXP_END, EXP2_END           beyond them the result is 0 or infinite
 *   EXP_EASY, EXP2_EASY         below them in size the result is normal
 *   EXPM1_LOW, EXPM1_HIGH       beyond them expm1 is -1 or infinite
 *   EXPM1_TINY                  below it expm1(x) is x
 *
 * Method: x = k ln2 + r with |r| <= ln2 / 2, exp(r) = 1 + r + r^2 / 2 + r^2 q(r), scaled by 2^k. The product of k and
 * the first word of ln2 is exact inside the fma, so r is known in two words, and only the last sums are rounded
 * noticeably: that r^2 / 2 is an exact half keeps q out of it. */
#define P LS_PASTE(ls_pair_, LS_TAG)
#define WORD LS_PASTE(ls_word_, LS_TAG)
#define C(name) LS_PASTE4(LS_##name, _, LS_TAG, )

/* The whole number nearest to x / ln2. */
LS_FN T E(exp_steps)(T x) { return E(fma)(x, C(INV_LN2), C(MAGIC)) - C(MAGIC); }

/* y = exp of something beyond `limit` in size is 0 or infinite, whatever was computed for it. NaN passes: y is NaN too.
 * Correcting the result is cheaper than clamping the argument, which everything else would wait for. */
LS_FN T E(exp_beyond)(T x, T limit, T y)
{
    const T end = x > 0 ? C(INFINITY) : 0;
    return E(mag)(x) > limit ? end : y;
}

/* exp(x) = (the result) 2^k and 2^x = (the result) 2^k, k in the last places of *steps as LS_MAGIC leaves it. The
 * fraction of x is exact, and so is its product with ln2 in two words. */
LS_FN T E(exp_fraction)(T x, T *steps)
{
    *steps = E(fma)(x, C(INV_LN2), C(MAGIC));
    const T k = *steps - C(MAGIC);
    const T exact = E(fma)(-k, C(LN2_HI), x), rest = k * C(LN2_LO), r = exact - rest, z = r * r;
    return 1 + (exact + E(fma)(z, E(exp_q)(r, z), E(fma)((T)0.5, z, -rest)));
}
LS_FN T E(exp2_fraction)(T x, T *steps)
{
    *steps = x + C(MAGIC);
    const T f = x - (*steps - C(MAGIC)), r = f * C(LN2_HI), z = r * r;
    const T rest = E(fma)(f, C(LN2_LO), E(fma)(f, C(LN2_HI), -r));
    return 1 + (r + E(fma)(z, E(exp_q)(r, z), E(fma)((T)0.5, z, rest)));
}

LS_FN T E(exp)(T x)
{
    T steps;
    const T y = E(exp_fraction)(x, &steps);
    return E(exp_beyond)(x, C(EXP_END), E(scale)(y, steps - C(MAGIC)));
}
LS_FN T E(exp2)(T x)
{
    T steps;
    const T y = E(exp2_fraction)(x, &steps);
    return E(exp_beyond)(x, C(EXP2_END), E(scale)(y, steps - C(MAGIC)));
}

LS_FN T E(exp_easy)(T x, WORD *hard)
{
    T steps;
    *hard |= E(beyond)(x, C(EXP_EASY));
    const T y = E(exp_fraction)(x, &steps);
    return E(raise)(y, steps);
}
LS_FN T E(exp2_easy)(T x, WORD *hard)
{
    T steps;
    *hard |= E(beyond)(x, C(EXP2_EASY));
    const T y = E(exp2_fraction)(x, &steps);
    return E(raise)(y, steps);
}

/* exp(hi + lo) = (sum of the result) * 2^k, for |hi| below 1400 (f32: 170); relative error about 2^-57 (f32: 2^-28).
 * The result's words may overlap: add them, or normalise with fast_two_sum first. Use scale for the power: it may lie
 * outside the normal range. */
LS_FN P E(exp_hl)(T hi, T lo, T *k)
{
    *k = E(exp_steps)(hi);
    const P r = E(fast_two_sum)(E(fma)(-*k, C(LN2_HI), hi), E(fma)(-*k, C(LN2_LO), lo));
    const P s = E(fast_two_sum)(1, r.hi);
    const T z = r.hi * r.hi, rest = E(fma)((T)0.5, z, E(fma)(r.lo, r.hi, r.lo));
    const T tail = E(fma)(z, E(exp_q)(r.hi, z), rest);
    return E(pair_make)(s.hi, s.lo + tail);
}

/* 2^(hi + lo) = (the result) 2^k, k in the last places of *steps as LS_MAGIC leaves it, for |hi| below 2^11 (f32: 2^8)
 * and small lo, |lo| < 1/32; relative error about 2^-55 (f32: 2^-26) before the last rounding. */
LS_FN T E(exp2_of_sum)(T hi, T lo, T *steps)
{
    *steps = hi + C(MAGIC);
    const P f = E(fast_two_sum)(hi - (*steps - C(MAGIC)), lo);
    const T r = f.hi * C(LN2_HI), z = r * r;
    const T rest = E(fma)(f.lo, C(LN2_HI), E(fma)(f.hi, C(LN2_LO), E(fma)(f.hi, C(LN2_HI), -r)));
    const P s = E(fast_two_sum)(1, r);
    const T tail = E(fma)(z, E(exp_q)(r, z), E(fma)((T)0.5, z, rest));
    return s.hi + (s.lo + tail);
}

/* exp(x + lo) - 1 = 2 (t - 1/2 + t p) with t = 2^(k-1), p = exp(r) - 1: halved so that t cannot overflow. In two words,
 * divided by two. */
LS_FN P E(expm1_half)(T x, T lo)
{
    const T k = E(exp_steps)(x), t = E(pow2)(k - 1);
    const P r = E(fast_two_sum)(E(fma)(-k, C(LN2_HI), x), E(fma)(-k, C(LN2_LO), lo));
    const P a = E(fast_two_sum)(t, (T)-0.5), s = E(fast_two_sum)(a.hi, t * r.hi);
    const T z = r.hi * r.hi, rest = E(fma)((T)0.5, z, E(fma)(r.lo, r.hi, r.lo));
    const T tail = E(fma)(z, E(exp_q)(r.hi, z), rest);
    return E(pair_make)(s.hi, E(fma)(t, tail, s.lo + a.lo));
}

/* exp(x + lo) - 1 in two words, for -40 <= x <= 709 (f32: -18 <= x <= 88); relative error about 2^-56 (f32: 2^-27). */
LS_FN P E(expm1_hl)(T x, T lo)
{
    P half = E(expm1_half)(x, lo);
    half = E(fast_two_sum)(half.hi, half.lo);
    return E(pair_make)(2 * half.hi, 2 * half.lo);
}

LS_FN T E(expm1)(T x)
{
    const T inner = x < C(EXPM1_LOW) ? C(EXPM1_LOW) : x;
    const P half = E(expm1_half)(inner, 0);
    T y = 2 * (half.hi + half.lo);
    y = x > C(EXPM1_HIGH) ? C(INFINITY) : y;
    return E(mag)(x) < C(EXPM1_TINY) ? x : y; /* keeps -0 and subnormals */
}

#undef P
#undef WORD
#undef C
#undef LS_TAG
