/* SPDX-License-Identifier: BSD-3-Clause
 *
 * lgamma of positive numbers for f32 or f64. No include guard: math_lgamma.h includes this once per tag with LS_TAG,
 * which is undefined here. P is the two-word number of the tag, C(NAME) its constant LS_NAME_<tag>:
 *
 *   HILL                         lgamma(u) / ((u - 1) (u - 2)) at 31/16
 *   HILL_FROM                    below it lgamma(x + 1) is nothing beside the logarithm, but made of subnormal numbers
 *   STIRLING_HI, STIRLING_LO     log(2 pi) / 2 - 1/2 in two words
 *
 * Method, with one logarithm for all cases: from 23/8 on Stirling's series; below, lgamma(u) = (u - 1) (u - 2) times a
 * polynomial, which keeps both zeros; below 1, where u = a + 1, less log(a). */
#define P LS_PASTE(ls_pair_, LS_TAG)
#define C(name) LS_PASTE4(LS_##name, _, LS_TAG, )

/* log(a) as the sum of two words. The second has an absolute error as small as that of the one-word logarithm before
 * its last rounding. */
LS_FN P E(log_and_rest)(T a)
{
    T k;
    const T f = E(split)(a, &k) - 1;
    const P sum = E(log_steps)(k, f);
    return E(fast_two_sum)(sum.hi, sum.lo + E(fma)(k, LS_PASTE(LS_LN2_REST_, LS_TAG), E(log_rest)(f)));
}

/* lgamma(r + 1) for 0 <= r <= 15/8 in two words. */
LS_FN P E(lgamma_hill_of)(T r)
{
    const T s = r - (T)0.9375;
    const P height = E(fast_two_sum)(C(HILL), E(lgamma_hill)(s, s * s)), roots = E(two_prod)(r, r - 1);
    const P y = E(two_prod)(roots.hi, height.hi);
    return E(pair_make)(y.hi, E(fma)(roots.lo, height.hi, E(fma)(roots.hi, height.lo, y.lo)));
}

/* Positive numbers, 0 and NaN. Stirling's series is (a - 1/2) (log a - 1) + its constant - 1/2 + series / a; log a - 1
 * is exact in the first word. */
LS_FN T E(lgamma_fast)(T x)
{
    const int large = !(x < (T)2.875), below = x < 1;
    const P l = E(log_and_rest)(x);

    const T b = x - (T)0.5, b_lo = (x - b) - (T)0.5;
    const P main_part = E(two_prod)(b, l.hi - 1);
    const T main_lo = E(fma)(b_lo, l.hi - 1, E(fma)(b, l.lo, main_part.lo));
    const T inverse = 1 / (large ? x : (T)2.875);
    const P rest = E(fast_two_sum)(C(STIRLING_HI), E(fma)(inverse, E(stirling_low)(inverse * inverse), C(STIRLING_LO)));

    const T low_x = x < C(HILL_FROM) ? C(HILL_FROM) : x;
    const P hill = E(lgamma_hill_of)(below ? low_x : x - 1);
    const P less = E(pair_pick)(below, l, E(pair_make)(0, 0));

    const P sum = E(two_sum)(large ? main_part.hi : -less.hi, large ? rest.hi : hill.hi);
    const T low = large ? main_lo + rest.lo : hill.lo - less.lo;
    const T inside = main_part.hi < C(INFINITY) ? sum.hi + (sum.lo + low) : main_part.hi; /* NaN stays NaN */
    return x == 0 ? C(INFINITY) : inside;
}

#undef P
#undef C
#undef LS_TAG
