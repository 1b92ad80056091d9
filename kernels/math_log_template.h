/* SPDX-License-Identifier: BSD-3-Clause
 *
 * log2, log10, log1p and what other logarithms are made of, for f32 or f64. No include guard: math_log.h includes this
 * once per tag with LS_TAG, which is undefined here. P is the two-word number of the tag, C(NAME) its constant
 * LS_NAME_<tag>:
 *
 *   LN2_SHORT, LN2_REST                ln2 in two words, the first so short that its product with k is exact
 *   LOG10_2_SHORT, LOG10_2_REST        log10(2), likewise
 *   INV_LN2, INV_LN2_LO, INV_LN10_HI, INV_LN10_LO, TWO_THIRDS_HI, TWO_THIRDS_LO      1/ln2, 1/ln10, 2/3 in two words
 *   TWO_THIRD_LN2_HI, TWO_THIRD_LN2_LO 2 / (3 ln2) in two words
 *   SQRT_3_2, SQRT_1_2, SQRT_3_4       roots of 3/2, 1/2, 3/4
 *   LOG2_3_2_TWICE, ..._REST           2 log2(3/2) in two words, the first so short that half of it may be added to k
 *   LOG1P_TINY                         below it log1p(x) is x
 *   LOG_LINEAR                         below it the cube of s is nothing beside s, even in two words
 *   LOG_PLACES                         at 2^LOG_PLACES an addition to 1 is long lost
 *
 * Method: x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), s = f / (2 + f), z = s^2; then
 * log(1 + f) = 2 atanh(s) = f - f^2/2 + s (f^2/2 + z poly(z)). f is exact and is added to k ln2 without error; of the
 * rest, f^2/2 is exact inside an fma, so that little is rounded before the end. */
#define P LS_PASTE(ls_pair_, LS_TAG)
#define WORD LS_PASTE(ls_word_, LS_TAG)
#define C(name) LS_PASTE4(LS_##name, _, LS_TAG, )

/* log(1 + f) - f for 1 + f in [sqrt(1/2), sqrt(2)). */
LS_FN T E(log_rest)(T f)
{
    const T s = f / (2 + f), z = s * s, half = (T)0.5 * f;
    return E(fma)(-half, f, s * E(fma)(z, E(log_poly)(z), half * f));
}

/* The value y of a logarithm of x, corrected for x outside the positive finite numbers. */
LS_FN T E(log_domain)(T x, T y)
{
    y = x < C(INFINITY) ? y : x; /* NaN stays NaN */
    y = x == 0 ? -C(INFINITY) : y;
    return x < 0 ? C(QUIET_NAN) : y;
}

/* k ln2, by its first word, and f: exactly, since the product is exact. */
LS_FN P E(log_steps)(T k, T f)
{
    const T a = E(fma)(k, C(LN2_SHORT), f);
    return E(pair_make)(a, f - E(fma)(-k, C(LN2_SHORT), a));
}

/* k (step + step_rest) + log(1 + f) (scale + scale_lo): the frame of log2 and log10. */
LS_FN T E(log_scaled)(T k, T f, T step, T step_rest, T scale, T scale_lo)
{
    const T p = f * scale;
    const P a = E(fast_two_sum)(k * step, p);
    const T low = E(fma)(k, step_rest, E(fma)(f, scale_lo, E(fma)(f, scale, -p)));
    return a.hi + (a.lo + E(fma)(E(log_rest)(f), scale, low));
}
LS_FN T E(log2_of)(T k, T f) { return E(log_scaled)(k, f, 1, 0, C(INV_LN2), C(INV_LN2_LO)); }
LS_FN T E(log10_of)(T k, T f)
{
    return E(log_scaled)(k, f, C(LOG10_2_SHORT), C(LOG10_2_REST), C(INV_LN10_HI), C(INV_LN10_LO));
}

LS_FN T E(log2)(T x)
{
    T k;
    const T f = E(split)(x, &k) - 1;
    return E(log_domain)(x, E(log2_of)(k, f));
}
LS_FN T E(log10)(T x)
{
    T k;
    const T f = E(split)(x, &k) - 1;
    return E(log_domain)(x, E(log10_of)(k, f));
}

LS_FN T E(log2_easy)(T x, WORD *hard)
{
    T k;
    *hard |= E(unusual)(x);
    const T f = E(split_easy)(x, C(SQRT_1_2), &k) - 1;
    return E(log2_of)(k, f);
}
LS_FN T E(log10_easy)(T x, WORD *hard)
{
    T k;
    *hard |= E(unusual)(x);
    const T f = E(split_easy)(x, C(SQRT_1_2), &k) - 1;
    return E(log10_of)(k, f);
}

/* hi + lo = 2^k (1 + result), for positive normal hi and |lo| at most an ulp of it. */
LS_FN P E(log_split)(T hi, T lo, T *k)
{
    const T m = E(split)(hi, k), moved = *k > C(LOG_PLACES) ? 0 : lo * E(pow2)(-*k);
    return E(fast_two_sum)(m - 1, moved);
}

LS_FN T E(log1p)(T x)
{
    T k;
    const P u = E(two_sum)(1, x), f = E(log_split)(u.hi, u.lo, &k), a = E(log_steps)(k, f.hi);
    const T low = E(fma)(k, C(LN2_REST), E(log_rest)(f.hi) + E(fma)(-f.lo, f.hi, f.lo));
    const T y = E(log_domain)(u.hi, a.hi + (a.lo + low));
    return E(mag)(x) < C(LOG1P_TINY) ? x : y; /* keeps -0 and subnormals */
}

/* k ln2 + log(1 + f.hi + f.lo) = k ln2 + 2 s + s u in two words, u = z P(z); relative error about 2^-66 (f32: 2^-36).
 * Intermediate pairs are left with words that overlap by a bit or two: only sums need them apart. */
LS_FN P E(log_hl_core)(T k, P f)
{
    const P d = E(fast_two_sum)(2, f.hi);
    const T inverse = 1 / d.hi, s = f.hi * inverse, left = E(fma)(-s, d.hi, f.hi) + f.lo;
    const T s_low = E(fma)(-s, d.lo + f.lo, left) * inverse;
    const T t = E(mag)(s) < C(LOG_LINEAR) ? 0 : s; /* keeps subnormals, which are slow, out */
    const T z = t * t, z_low = E(fma)(t + t, s_low, E(fma)(t, t, -z));
    const T q = E(log_hl_poly)(z), p = E(fma)(z, q, C(TWO_THIRDS_HI));
    const T p_low = E(fma)(z, q, C(TWO_THIRDS_HI) - p) + E(fma)((T)0.4, z_low, C(TWO_THIRDS_LO)); /* 2/5 = P'(0) */
    const T u = z * p, u_low = E(fma)(z, p_low, E(fma)(z_low, p, E(fma)(z, p, -u)));
    const T w = t * u, w_low = E(fma)(t, u_low, E(fma)(s_low, u, E(fma)(t, u, -w)));
    const P a = E(log_steps)(k, s + s), b = E(fast_two_sum)(a.hi, w);
    const T small = (a.lo + b.lo) + E(fma)(2, s_low, w_low);
    return E(fast_two_sum)(b.hi, E(fma)(k, C(LN2_REST), small));
}

/* log(hi + lo) for positive normal hi, and log(1 + hi + lo) for hi above -1, in two words. */
LS_FN P E(log_hl)(T hi, T lo)
{
    T k;
    const P f = E(log_split)(hi, lo, &k);
    return E(log_hl_core)(k, f);
}
LS_FN P E(log1p_hl)(T hi, T lo)
{
    T k;
    const P u = E(two_sum)(1, hi), f = E(log_split)(u.hi, u.lo + lo, &k);
    return E(log_hl_core)(k, E(pair_pick)(k == 0, E(pair_make)(hi, lo), f));
}

/* log2(2^k m) in two words, for pow, sqrt(3/4) <= m < sqrt(3): with c = 1 or 3/2, whichever is near, and s = (m - c) /
 * (m + c), it is k + log2(c) + B s (3 + s^2 + s^4 poly(s^2)) with B = 2 / (3 ln2). A base of 2 leaves k as it is, and 3
 * + s^2 is exact in two words by two fmas, so that only products of the three factors cost. The derivative of s (3 +
 * s^2) brings in the second word of s. Relative error about 2^-65 (f32: 2^-34); the second word of the result may be as
 * large as 2^-14 of the first. */
LS_FN P E(log2_hl)(T k, T m)
{
    const T c = m > C(SQRT_3_2) ? (T)1.5 : 1, h = c - 1, f = m - c;
    const T d = m + c, inverse = 1 / d, s = f * inverse;
    const T s_low = E(fma)(-s, m - (d - c), E(fma)(-s, d, f)) * inverse;
    const T z = s * s, zz = z * z, t = E(fma)(s, s, 3);
    const T t_low = E(fma)(zz, E(log2_hl_poly)(z, zz), E(fma)(s, s, 3 - t));
    const T u = s * t, u_low = E(fma)(s, t_low, E(fma)(s_low, E(fma)(2, z, t), E(fma)(s, t, -u)));
    const T b = C(TWO_THIRD_LN2_HI), w = b * u;
    const T w_low = E(fma)(b, u_low, E(fma)(u, C(TWO_THIRD_LN2_LO), E(fma)(b, u, -w)));
    const P sum = E(fast_two_sum)(E(fma)(h, C(LOG2_3_2_TWICE), k), w);
    return E(pair_make)(sum.hi, E(fma)(h, C(LOG2_3_2_TWICE_REST), sum.lo + w_low));
}

#undef P
#undef WORD
#undef C
#undef LS_TAG
