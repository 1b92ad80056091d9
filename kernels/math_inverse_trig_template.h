/* SPDX-License-Identifier: BSD-3-Clause
 *
 * atan, atan2, asin and acos for f32 or f64. No include guard: math_inverse_trig.h includes this once per tag with
 * LS_TAG and
 *
 *   LS_UNSIGNED                          the unsigned type of its bits
 *   LS_FAR                               beyond it atan is pi/2
 *   LS_LIFT                              nothing beside squares that count, but keeps squares of squares normal
 *   LS_PI_4_HI, _LO                      pi/4 in two words
 *   LS_LARGE, LS_LARGE_DOWN              beyond it a sum may leave the format, and the power of two that brings it back
 *   LS_SMALL_UP                          what is multiplied to numbers below 1, so that no error term is lost
 *
 * and undefines them here. P is the two-word number of the tag.
 */
#define P LS_PASTE(ls_pair_, LS_TAG)

/* base plus (mirror 0) or minus (mirror the sign bit) atan(t + rest), 0 <= t <= 1. The words are to be added: the
 * second is a tail of any size. rest counts by the slope, 1 / (1 + z), here 1 - z / 2, which is right at both ends. A
 * quarter of the cube goes with t, exactly, so that the polynomial's share is small and with it the share of its
 * rounding. */
LS_FN P E(angle_of)(T t, T rest, T base_hi, T base_lo, LS_UNSIGNED mirror)
{
    const T z = E(fma)(t, t, LS_LIFT), cube = z * t, lead = E(fma)((T)-0.25, cube, t);
    const T lead_lo = E(fma)((T)-0.25, cube, t - lead) + E(fma)((T)-0.5 * z, rest, rest);
    const T tail = E(fma)(cube, E(atan_poly)(z), lead_lo);
    const P sum = E(fast_two_sum)(base_hi, E(flip)(lead, mirror));
    return E(pair_make)(sum.hi, E(flip)(tail, mirror) + (sum.lo + base_lo));
}

/* The angle of the point (x, y) with x = ax where left is 0 and x = -ax where left is the sign bit; ax, y >= 0,
 * infinite perhaps but not NaN. The smaller over the larger is at most 1; where that is x, the angle is taken from
 * pi/2. Minus where one mirror holds, not both or none. */
LS_FN P E(angle_hl)(T y, T ax, LS_UNSIGNED left)
{
    const T inf = E(infinity)();
    const int steep = ax < y;
    T large = steep ? y : ax;
    T small = steep ? ax : y;
    small = large == inf ? (small == inf ? (T)1 : (T)0) : small;
    large = large == inf ? (T)1 : large;
    large = large == 0 ? (T)1 : large;
    const T up = large < 1 ? LS_SMALL_UP : (T)1;
    const T scale = large > LS_LARGE ? LS_LARGE_DOWN : up;
    large *= scale;
    small *= scale;
    const T inverse = 1 / large, t = small * inverse, rest = E(fma)(-t, large, small) * inverse;
    const T level_hi = left != 0 ? 4 * LS_PI_4_HI : (T)0;
    const T level_lo = left != 0 ? 4 * LS_PI_4_LO : (T)0;
    const T base_hi = steep ? 2 * LS_PI_4_HI : level_hi;
    const T base_lo = steep ? 2 * LS_PI_4_LO : level_lo;
    return E(angle_of)(t, rest, base_hi, base_lo, left ^ (steep ? LS_PASTE(LS_SIGN_, LS_TAG) : (LS_UNSIGNED)0));
}

LS_FN T E(atan2)(T y, T x)
{
    const P angle = E(angle_hl)(E(mag)(y), E(mag)(x), E(bits)(x) & LS_PASTE(LS_SIGN_, LS_TAG));
    const int unordered = (x != x) | (y != y);
    return unordered ? x + y : E(signed_as)(angle.hi + angle.lo, y);
}

/* The same for the point (1, |x|), where beyond LS_FAR the angle is pi/2 in any case. NaN is not steep. */
LS_FN T E(atan)(T x)
{
    const T a = E(mag)(x), bounded = E(mag_at_most)(a, LS_FAR);
    const T inverse = 1 / bounded, rest = E(fma)(-inverse, bounded, 1) * inverse;
    const int steep = a > 1;
    const P angle = E(angle_of)(steep ? inverse : a, steep ? rest : (T)0, steep ? 2 * LS_PI_4_HI : (T)0,
                                steep ? 2 * LS_PI_4_LO : (T)0,
                                steep ? LS_PASTE(LS_SIGN_, LS_TAG) : (LS_UNSIGNED)0);
    return E(signed_as)(angle.hi + angle.lo, x);
}

/* asin(s) for 0 <= s <= 1/2 is s + s^3 p(s^2). For larger a: asin(a) = pi/2 - 2 asin(s) with s = sqrt((1 - a) / 2),
 * whose square is exact, and s in two words. A magnitude above 1 gives NaN. */
LS_FN T E(asin)(T x)
{
    const T a = E(mag)(x);
    const int small = a <= (T)0.5;
    const T half = (1 - a) * (T)0.5;
    const T z = small ? E(fma)(a, a, LS_LIFT) : half;
    T half_inverse;
    const P root = E(root)(half, &half_inverse);
    const T p = z * E(asin_poly)(z);
    const P from = E(fast_two_sum)(2 * LS_PI_4_HI, -2 * root.hi);
    const T taken_lo = E(fma)(root.hi, p, E(fma)(root.lo, p, root.lo));
    const T large = from.hi + (from.lo + E(fma)((T)-2, taken_lo, 2 * LS_PI_4_LO));
    return E(signed_as)(small ? E(fma)(a, p, a) : (a <= 1 ? large : E(nan)()), x);
}

/* What is taken from pi/2 (small), from 0 (near 1, with the opposite sign) or from pi (near -1), in two words. */
LS_FN T E(acos)(T x)
{
    const T a = E(mag)(x);
    const int small = a <= (T)0.5;
    const T half = (1 - a) * (T)0.5;
    const T z = small ? E(fma)(a, a, LS_LIFT) : half;
    T half_inverse;
    const P root = E(root)(half, &half_inverse);
    const T p = z * E(asin_poly)(z);
    const T taken = small ? -x : 2 * E(signed_as)(root.hi, x);
    const T rest = 2 * E(flip)(root.lo, E(sign_bit)(x));
    const T taken_lo = E(fma)(taken, p, small ? (T)0 : E(fma)(rest, p, rest));
    const T side = x < 0 ? 4 * LS_PI_4_HI : (T)0;
    const T side_lo = x < 0 ? 4 * LS_PI_4_LO : (T)0;
    const T base = small ? 2 * LS_PI_4_HI : side;
    const T base_lo = small ? 2 * LS_PI_4_LO : side_lo;
    const P sum = E(fast_two_sum)(base, taken);
    return a <= 1 ? sum.hi + (sum.lo + (base_lo + taken_lo)) : E(nan)();
}

#undef P
#undef LS_TAG
#undef LS_UNSIGNED
#undef LS_FAR
#undef LS_LIFT
#undef LS_PI_4_HI
#undef LS_PI_4_LO
#undef LS_LARGE
#undef LS_LARGE_DOWN
#undef LS_SMALL_UP
