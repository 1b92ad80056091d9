/* SPDX-License-Identifier: BSD-3-Clause
 *
 * sinh, cosh, tanh, asinh, acosh and atanh for f32 or f64. No include guard: math_hyperbolic.h includes this once per
 * tag with LS_TAG and
 *
 *   LS_TINY      below it the function is its argument, less a cube that only decides the rounding
 *   LS_HALVED    above it sinh and cosh are exp(x - log 2)
 *   LS_TOP       above it they are infinite
 *   LS_TANH_TOP  above it tanh is 1
 *   LS_HUGE      above it x + sqrt(x x + 1) is 2 x
 *
 * and undefines them here. P is the two-word number of the tag.
 */
#define P LS_PASTE(ls_pair_, LS_TAG)

/* exp(a) - 1 for 0 <= a <= LS_HALVED; exp(a - log 2), which its own - 1 does not reach, beyond. */
LS_FN P E(expm1_or_half_exp)(T a)
{
    const T limited = a < LS_TOP ? a : LS_TOP;
    const P less = E(fast_two_sum)(limited, -LS_PASTE(LS_LN2_HI_, LS_TAG));
    const int halved = a > LS_HALVED;
    const T rest = less.lo - LS_PASTE(LS_LN2_LO_, LS_TAG);
    return E(expm1_hl)(halved ? less.hi : limited, halved ? rest : (T)0);
}

/* With e = exp(a) - 1: sinh = (e + e / (1 + e)) / 2, cosh = (1 + e + 1 / (1 + e)) / 2. */
LS_FN T E(sinh)(T x)
{
    const T a = E(mag)(x);
    const P e = E(expm1_or_half_exp)(a);
    const P over = E(pair_div)(e, E(pair_add_1)(e, 1));
    const P sum = E(pair_add)(e, over);
    const T ordinary = (T)0.5 * (sum.hi + sum.lo);
    const T large = a < LS_TOP ? e.hi + e.lo : E(infinity)();
    const T tiny = E(fma)(a * a, a * (T)0.16666666666666666, a);
    const T whole = a > LS_HALVED ? large : ordinary;
    return x != x ? x : E(signed_as)(a < LS_TINY ? tiny : whole, x);
}

LS_FN T E(cosh)(T x)
{
    const T a = E(mag)(x);
    const P e = E(expm1_or_half_exp)(a);
    const P one_more = E(pair_add_1)(e, 1);
    const P over = E(pair_div)(E(pair_make)(1, 0), one_more);
    const P sum = E(pair_add)(one_more, over);
    const T ordinary = (T)0.5 * (sum.hi + sum.lo);
    const T large = a < LS_TOP ? e.hi + e.lo : E(infinity)();
    return x != x ? x : (a > LS_HALVED ? large : ordinary);
}

/* sinh(x) = *sine 2^*k and cosh(x) = *cosine 2^*k, for complex numbers, where a factor below 1 may follow: k is 0 for
 * ordinary x and large where a result may leave the format, finite even for infinite x. */
LS_FN void E(sinh_cosh)(T x, T *sine, T *cosine, T *k)
{
    const T a = E(mag)(x);
    const P e = E(expm1_or_half_exp)(a < LS_HALVED ? a : LS_HALVED);
    const P one_more = E(pair_add_1)(e, 1);
    const P less = E(pair_div)(e, one_more);
    const P over = E(pair_div)(E(pair_make)(1, 0), one_more);
    const P sum = E(pair_add)(e, less), cosine_sum = E(pair_add)(one_more, over);
    const T tiny = E(fma)(a * a, a * (T)0.16666666666666666, a);
    const T limited = a < (T)2.3125 * LS_TOP ? a : (T)2.3125 * LS_TOP;
    T large_k;
    const P large = E(exp_hl)(limited, 0, &large_k);
    const int is_large = a > LS_HALVED;
    const T near_sine = a < LS_TINY ? tiny : (T)0.5 * (sum.hi + sum.lo);
    const T near_cosine = (T)0.5 * (cosine_sum.hi + cosine_sum.lo);
    const T size = is_large ? large.hi + large.lo : near_sine;
    *sine = x != x ? x : E(signed_as)(size, x);
    *cosine = x != x ? x : (is_large ? large.hi + large.lo : near_cosine);
    *k = is_large ? large_k - 1 : (T)0;
}

/* With e = exp(2 a) - 1: tanh = e / (e + 2). */
LS_FN T E(tanh)(T x)
{
    const T a = E(mag)(x);
    const T limited = a < LS_TANH_TOP ? a : LS_TANH_TOP;
    const P e = E(expm1_hl)(limited + limited, 0);
    const P quotient = E(pair_div)(e, E(pair_add_1)(e, 2));
    const T tiny = E(fma)(a * a, a * (T)-0.3333333333333333, a);
    const T whole = a < LS_TANH_TOP ? quotient.hi + quotient.lo : (T)1;
    return x != x ? x : E(signed_as)(a < LS_TINY ? tiny : whole, x);
}

/* sqrt(s) in two words, for positive s with an exact square in reach. */
LS_FN P E(pair_sqrt)(P s)
{
    const T root = E(sqrt)(s.hi);
    return E(fast_two_sum)(root, (E(fma)(-root, root, s.hi) + s.lo) / (root + root));
}

/* log(1 + u), or log(2 a) where a is huge. */
LS_FN T E(log1p_or_double)(P u, T a)
{
    const int huge = a > LS_HUGE;
    const P one_more = E(two_sum)(1, u.hi);
    T k;
    const P f = E(log_split)(huge ? a : one_more.hi, huge ? (T)0 : one_more.lo + u.lo, &k);
    const int small = (k == 0) & (a < 2);
    const P g = E(pair_pick)(small, u, f);
    const T steps = huge ? k + 1 : k;
    const P sum = E(fast_two_sum)(steps * LS_PASTE(LS_LN2_SHORT_, LS_TAG), g.hi);
    const T low = E(log_rest)(g.hi) + E(fma)(-g.lo, g.hi, g.lo);
    return sum.hi + (sum.lo + E(fma)(steps, LS_PASTE(LS_LN2_REST_, LS_TAG), low));
}

/* asinh(a) = log(a + sqrt(a a + 1)) = log(1 + u), u = a + a a / (1 + sqrt(a a + 1)) */
LS_FN T E(asinh)(T x)
{
    const T a = E(mag)(x);
    const T limited = a < LS_HUGE ? a : LS_HUGE;
    const P square = E(two_prod)(limited, limited);
    const P root = E(pair_sqrt)(E(pair_add_1)(square, 1));
    const P u = E(pair_add_1)(E(pair_div)(square, E(pair_add_1)(root, 1)), limited);
    const T tiny = E(fma)(a * a, a * (T)-0.16666666666666666, a);
    const T whole = a < E(infinity)() ? E(log1p_or_double)(u, a) : a;
    return x != x ? x : E(signed_as)(a < LS_TINY ? tiny : whole, x);
}

/* acosh(x) = log(x + sqrt(x x - 1)) = log(1 + u), u = d + sqrt(d (d + 2)), d = x - 1 */
LS_FN T E(acosh)(T x)
{
    const T limited = x < LS_HUGE ? x : LS_HUGE;
    const P d = E(two_sum)(limited, -1);
    const P square = E(pair_mul)(d, E(pair_add_1)(d, 2));
    const P u = E(pair_add)(E(pair_sqrt)(square), d);
    const T y = E(log1p_or_double)(u, x);
    const T inside = x == 1 ? (T)0 : (x < E(infinity)() ? y : x);
    return x < 1 ? E(nan)() : (x != x ? x : inside);
}

/* atanh(a) = log(1 + u) / 2, u = 2 a / (1 - a) */
LS_FN T E(atanh)(T x)
{
    const T a = E(mag)(x);
    const P u = E(pair_div)(E(pair_make)(a + a, 0), E(two_sum)(1, -a));
    const T whole = (T)0.5 * E(log1p_or_double)(u, a);
    const T tiny = E(fma)(a * a, a * (T)0.3333333333333333, a);
    const T edge = a == 1 ? E(infinity)() : E(nan)();
    const T inside = a < LS_TINY ? tiny : whole;
    return x != x ? x : E(signed_as)(a < 1 ? inside : edge, x);
}

#undef P
#undef LS_TAG
#undef LS_TINY
#undef LS_HALVED
#undef LS_TOP
#undef LS_TANH_TOP
#undef LS_HUGE
