/* SPDX-License-Identifier: BSD-3-Clause
 *
 * sinh, cosh, asinh, acosh and atanh for f32 or f64. No include guard: math_hyperbolic.h includes this once per
 * tag with LS_TAG and
 *
 *   LS_UNSIGNED  the unsigned type of its bits
 *   LS_FRACTION  the number of bits of its fraction
 *   LS_TINY      below it the function is its argument, less a cube that only decides the rounding
 *   LS_SMALL     below it three terms of asinh's series are enough
 *   LS_HALVED    above it sinh and cosh are exp(x - log 2)
 *   LS_TOP       from it on they are infinite
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

/* sinh and cosh of a = k ln2 + r, a at most LS_TOP, without a division:
 *
 *   sinh a = up_less cosh r + up_more sinh r, cosh a = up_more cosh r + up_less sinh r
 *
 * times 2 / power, where up_less and up_more are power (2^k -+ 2^-k) / 4. Each is a sum of two words, the first the sum
 * of the two leading terms, the second of any size up to 1/8 of it. far: 2^-k may be too small for a normal number, and
 * 0 serves instead; it is masked out and not selected. */
LS_FN void E(sinh_cosh_hl)(T a, T power, int far, P *sine, P *cosine)
{
    const T m = E(fma)(a, LS_PASTE(LS_INV_LN2_, LS_TAG), LS_PASTE(LS_MAGIC_, LS_TAG));
    const T k = m - LS_PASTE(LS_MAGIC_, LS_TAG);
    const T exact = E(fma)(-k, LS_PASTE(LS_LN2_HI_, LS_TAG), a), rest = k * LS_PASTE(LS_LN2_LO_, LS_TAG);
    const T r = exact - rest, z = r * r;
    const T quarter = (T)0.25 * power;
    const T up = E(from_bits)((E(bits)(m) << LS_FRACTION) + E(bits)(quarter));
    const LS_UNSIGNED mirrored = 2 * E(bits)(quarter) - E(bits)(up); /* its top bit is set where it is too small */
    const LS_UNSIGNED drop = far ? 0 - (mirrored >> (8 * sizeof mirrored - 1)) : 0;
    const T down = E(from_bits)(mirrored & ~drop);
    const T less = up - down, more = up + down;
    const T less_lo = (up - less) - down, more_lo = (up - more) + down;
    const T c = z * E(cosh_poly)(z), s = E(fma)(r * z, E(sinh_poly)(z), -rest);
    const T sine_hi = E(fma)(more, exact, less), cosine_hi = E(fma)(less, exact, more);
    const T sine_lo = E(fma)(more, exact, less - sine_hi), cosine_lo = E(fma)(less, exact, more - cosine_hi);
    *sine = E(pair_make)(sine_hi, sine_lo + E(fma)(less, c, E(fma)(more, s, E(fma)(more_lo, exact, less_lo))));
    *cosine = E(pair_make)(cosine_hi, cosine_lo + E(fma)(more, c, E(fma)(less, s, E(fma)(less_lo, exact, more_lo))));
}

LS_FN T E(sinh)(T x)
{
    const T a = E(mag)(x);
    P s, c;
    E(sinh_cosh_hl)(E(mag_at_most)(a, LS_TOP), 1, 1, &s, &c);
    const T y = a <= LS_TOP ? 2 * (s.hi + s.lo) : a + E(infinity)(); /* NaN stays NaN */
    return E(signed_as)(a < LS_TINY ? a : y, x);
}

LS_FN T E(cosh)(T x)
{
    const T a = E(mag)(x);
    P s, c;
    E(sinh_cosh_hl)(E(mag_at_most)(a, LS_TOP), 1, 1, &s, &c);
    return a <= LS_TOP ? 2 * (c.hi + c.lo) : a + E(infinity)();
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

/* log(hi + lo) for a two-word number that is 1 or more; log(2 (hi + lo)) where doubled is 1. */
LS_FN T E(log_of_sum)(T hi, T lo, T doubled)
{
    T k;
    const P f = E(log_split)(hi, lo, &k);
    k += doubled;
    const P sum = E(log_steps)(k, f.hi);
    const T low = E(log_rest)(f.hi) + E(fma)(-f.lo, f.hi, f.lo);
    return sum.hi + (sum.lo + E(fma)(k, LS_PASTE(LS_LN2_REST_, LS_TAG), low));
}

/* asinh(a) = log(a + sqrt(a a + 1)), the sum in two words, which leaves enough of them until it is close to 1, where
 * three terms of the series serve. For huge a it is log(2 a). */
LS_FN T E(asinh)(T x)
{
    const T a = E(mag)(x);
    const int huge = a > LS_HUGE;
    const T limited = huge ? (T)1 : a;
    const T square = E(fma)(limited, limited, 1), square_lo = E(fma)(limited, limited, 1 - square);
    T half_inverse;
    const P root = E(root)(square, &half_inverse);
    const P sum = E(fast_two_sum)(root.hi, limited);
    const T lo = sum.lo + E(fma)(square_lo, half_inverse, root.lo);
    const T whole = E(log_of_sum)(huge ? a : sum.hi, huge ? (T)0 : lo, huge ? (T)1 : (T)0);
    const T aa = a * a, small = E(fma)(aa, (T)0.075, (T)-0.16666666666666666);
    const T inside = a < LS_SMALL ? E(fma)(aa * a, small, a) : whole;
    return a < E(infinity)() ? E(signed_as)(inside, x) : x;
}

/* acosh(x) = log(x + sqrt(x x - 1)), likewise. */
LS_FN T E(acosh)(T x)
{
    const int huge = x > LS_HUGE;
    const T limited = huge ? (T)1 : x;
    const P xx = E(two_prod)(limited, limited), less = E(fast_two_sum)(xx.hi, -1);
    const P square = E(fast_two_sum)(less.hi, less.lo + xx.lo);
    T half_inverse;
    const P root = E(root)(square.hi, &half_inverse);
    const P sum = E(fast_two_sum)(limited, root.hi);
    const T lo = sum.lo + E(fma)(square.lo, half_inverse, root.lo);
    const T whole = E(log_of_sum)(huge ? x : sum.hi, huge ? (T)0 : lo, huge ? (T)1 : (T)0);
    const T inside = x < E(infinity)() ? whole : x;
    return x < 1 ? E(nan)() : inside;
}

/* atanh(a) = log((1 + a) / (1 - a)) / 2. With 2^k near the quotient, log = k ln2 + 2 atanh(s) where s = (1 + a - 2^k (1
 * - a)) / (1 + a + 2^k (1 - a)): one division, its operands in two words. k comes from a quotient that is good to 6 %.
 * */
LS_FN T E(atanh)(T x)
{
    const T a = E(mag)(x);
    const P up = E(fast_two_sum)(1, a), down = E(fast_two_sum)(1, -a);
    const T guess = up.hi * E(inverse_guess)(down.hi);
    const LS_UNSIGNED one = E(bits)((T)1), above = E(bits)(guess) + (one - E(bits)((T)0.70710678118654752));
    const T k = E(from_bits)((above >> LS_FRACTION) + (E(bits)(LS_PASTE(LS_MAGIC_, LS_TAG)) - (one >> LS_FRACTION))) -
                LS_PASTE(LS_MAGIC_, LS_TAG);
    const T power = E(from_bits)(above & ~(((LS_UNSIGNED)1 << LS_FRACTION) - 1));
    const T down_hi = power * down.hi, down_lo = power * down.lo;
    const T over = up.hi - down_hi, over_lo = up.lo - down_lo;
    const T under = up.hi + down_hi, under_lo = ((up.hi - under) + down_hi) + (up.lo + down_lo);
    const T inverse = 1 / under, s = over * inverse;
    const T s_lo = E(fma)(-s, under_lo, E(fma)(-s, under, over) + over_lo) * inverse;
    const T z = s * s;
    const P sum = E(log_steps)((T)0.5 * k, s);
    const T tail = E(fma)(s * z, E(atanh_poly)(z), E(fma)((T)0.5 * k, LS_PASTE(LS_LN2_REST_, LS_TAG), s_lo));
    const T inside = a < LS_TINY ? E(fma)(a * a, a * (T)0.3333333333333333, a) : sum.hi + (sum.lo + tail);
    const T edge = a == 1 ? E(infinity)() : E(nan)();
    return E(signed_as)(a < 1 ? inside : edge, x);
}

#undef P
#undef LS_TAG
#undef LS_UNSIGNED
#undef LS_FRACTION
#undef LS_TINY
#undef LS_SMALL
#undef LS_HALVED
#undef LS_TOP
#undef LS_HUGE
