/* SPDX-License-Identifier: BSD-3-Clause
 *
 * erfc and tgamma for f32 or f64. No include guard: math_special.h includes this once per tag with LS_TAG
 * and
 *
 *   LS_ERFC_MIDDLE                 the number that t = (x - c) / (x + c) maps to 0
 *   LS_ERFC_TOP                    above it erfc is 0
 *   LS_ERFC_HI, _LO                the polynomial's value at t = 0 in two words
 *   LS_SHIFT                       4 or 8: Stirling's series serves from here on
 *   LS_GAMMA_TOP                   tgamma is infinite above and 0 below its opposite
 *   LS_TINY                        tgamma(x) is 1 / x below
 *   LS_LOG_2PI_2_HI, _LO           log(2 pi) / 2 in two words
 *
 * and undefines them here. P is the two-word number of the tag.
 */
#define P LS_PASTE(ls_pair_, LS_TAG)

/* erfc(a) = (the result) 2^k for 1/2 <= a <= LS_ERFC_TOP: exp(-a^2), its argument in two words, times a smooth function
 * of slow change, which t spreads over a polynomial's range, over 1 + 2 a. The quotient is corrected by what it leaves
 * of the numerator, whose second word may be of any size up to a few units of the first. */
LS_FN T E(erfc_scaled)(T a, T *k)
{
    const P square = E(two_prod)(a, a);
    P e = E(exp_hl)(-square.hi, -square.lo, k);
    e = E(fast_two_sum)(e.hi, e.lo);
    const T t = (a - LS_ERFC_MIDDLE) / (a + LS_ERFC_MIDDLE);
    const P smooth = E(fast_two_sum)(LS_ERFC_HI, t * E(erfc_poly)(t)), under = E(fast_two_sum)(2 * a, 1);
    const P top = E(two_prod)(e.hi, smooth.hi);
    const T top_lo = E(fma)(e.hi, smooth.lo + LS_ERFC_LO, E(fma)(e.lo, smooth.hi, top.lo));
    const T inverse = 1 / under.hi, q = top.hi * inverse;
    return E(fma)(E(fma)(-q, under.lo, E(fma)(-q, under.hi, top.hi) + top_lo), inverse, q);
}

/* erf(a) = a + a p(a^2) for a <= 3/4; 1 less that is exact in its first step. */
LS_FN T E(erfc)(T x)
{
    const T a = E(mag)(x);
    const P left = E(fast_two_sum)(1, -x);
    const T small = left.hi + E(fma)(-x, E(erf_poly)(x * x), left.lo);
    T k;
    const T y = E(erfc_scaled)(a < LS_ERFC_TOP ? a : LS_ERFC_TOP, &k), positive = E(scale)(y, k);
    const T large = x < 0 ? 2 - positive : positive;
    const int direct = (x > (T)-0.75) & (x < (T)0.65);
    return x != x ? x : (direct ? small : large);
}

/* log gamma(y) for y = hi + lo >= LS_SHIFT from log_y = log(hi): Stirling's series; lo counts by the slope of log
 * gamma, about log y - 1 / (2 y). */
LS_FN P E(stirling)(P y, P log_y)
{
    const T inverse = 1 / y.hi;
    const T slope = log_y.hi - (T)0.5 * inverse;
    const P product = E(pair_mul_1)(E(pair_add_1)(log_y, -1), y.hi);
    const P main_part = E(pair_add)(product, E(pair_make)((T)-0.5 * log_y.hi, (T)-0.5 * log_y.lo));
    const P constant = E(pair_make)(LS_LOG_2PI_2_HI, LS_LOG_2PI_2_LO);
    const T series = E(fma)(y.lo, slope, E(stirling_poly)(inverse * inverse) * inverse);
    return E(pair_add_1)(E(pair_add)(main_part, constant), series);
}

/* a (a + 1) .. (a + LS_SHIFT - 1): gamma(a + LS_SHIFT) / gamma(a). */
LS_FN P E(rising)(T a)
{
    const P two = E(pair_mul_1)(E(two_sum)(a, 1), a);
    const P four = E(pair_mul)(two, E(pair_mul)(E(two_sum)(a, 2), E(two_sum)(a, 3)));
#if LS_SHIFT == 8
    const P six = E(pair_mul)(E(two_sum)(a, 4), E(two_sum)(a, 5));
    const P eight = E(pair_mul)(E(two_sum)(a, 6), E(two_sum)(a, 7));
    return E(pair_mul)(four, E(pair_mul)(six, eight));
#else
    return four;
#endif
}

/* |sin(pi a)| in two words, for a >= 0. */
LS_FN P E(sine_of_turns)(T a)
{
    const LS_PASTE(ls_reduced_, LS_TAG) angle = E(trig_reduce_pi)(a);
    const LS_PASTE(ls_waves_, LS_TAG) waves = E(trig_waves)(angle.hi, angle.less);
    const P wave = E(pair_pick)((angle.k & 1) != 0, waves.cos, waves.sin);
    const P sine = E(fast_two_sum)(wave.hi, wave.lo);
    return E(pair_flip)(sine, E(bits)(sine.hi) & LS_PASTE(LS_SIGN_, LS_TAG));
}

/* For positive a: gamma(a) = gamma(y) / rising(a) with y = a + LS_SHIFT below LS_SHIFT, and y = a above. For negative:
 * gamma(-a) = -pi / (a sin(pi a) gamma(a)). The power of two in gamma(y) is kept apart, so that only the result can
 * leave the format. */
LS_FN T E(tgamma)(T x)
{
    const T a = E(mag)(x);
    const T limited = a < LS_GAMMA_TOP ? a : LS_GAMMA_TOP;
    const int shifted = a < LS_SHIFT;
    const int below = x < 0;
    const P y = E(two_sum)(limited, shifted ? (T)LS_SHIFT : (T)0);
    const P e = E(stirling)(y, E(log_hl)(y.hi, 0));
    T k;
    const P gamma_y = E(exp_hl)(e.hi, e.lo, &k);
    const P normal = E(fast_two_sum)(gamma_y.hi, gamma_y.lo);
    const P factor = E(pair_pick)(shifted, E(rising)(limited), E(pair_make)(1, 0));
    const P turned = E(pair_mul_1)(E(sine_of_turns)(limited), limited);
    const P pi = E(pair_make)(LS_PASTE(LS_PI_HI_, LS_TAG), LS_PASTE(LS_PI_LO_, LS_TAG));
    const P over = E(pair_pick)(below, E(pair_mul)(pi, factor), normal);
    const P under = E(pair_pick)(below, E(pair_mul)(normal, turned), factor);
    const P quotient = E(pair_div)(over, under);
    const T size = E(scale)(quotient.hi + quotient.lo, below ? -k : k);

    const T whole = E(floor)(a);
    const T half = whole * (T)0.5;
    const int odd = E(floor)(half) != half;
    const T wide = below ? (T)0 : E(infinity)();
    const T inside = a < LS_GAMMA_TOP ? size : wide;
    const int negative = below & !odd;
    const T ordinary = negative ? -inside : inside;
    const int pole = below & (whole == a);
    const T y_or_nan = pole ? E(nan)() : ordinary;
    return x != x ? x : (a < LS_TINY ? 1 / x : y_or_nan);
}

#undef P
#undef LS_TAG
#undef LS_ERFC_MIDDLE
#undef LS_ERFC_TOP
#undef LS_ERFC_HI
#undef LS_ERFC_LO
#undef LS_SHIFT
#undef LS_GAMMA_TOP
#undef LS_TINY
#undef LS_LOG_2PI_2_HI
#undef LS_LOG_2PI_2_LO
