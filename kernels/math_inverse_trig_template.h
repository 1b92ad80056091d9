/* SPDX-License-Identifier: BSD-3-Clause
 *
 * atan, atan2, asin and acos for f32 or f64. No include guard: math_inverse_trig.h includes this once per tag with
 * LS_TAG and
 *
 *   LS_UNSIGNED                          the unsigned type of its bits
 *   LS_TAN_PI_8                          tan(pi/8)
 *   LS_PI_4_HI, _LO, LS_3PI_4_HI, _LO    pi/4 and 3 pi/4 in two words
 *   LS_LARGE, LS_LARGE_DOWN              beyond it a sum may leave the format, and the power of two that brings it back
 *   LS_SMALL_UP                          what is multiplied to numbers below 1, so that no error term is lost
 *
 * and undefines them here. P is the two-word number of the tag.
 */
#define P LS_PASTE(ls_pair_, LS_TAG)

/* The angle of the point (x, y) with x = ax where left is 0 and x = -ax where left is the sign bit; ax, y >= 0,
 * infinite perhaps but not NaN. The smaller over the larger is at most 1; above tan(pi/8) the angle is taken from
 * pi/4, which keeps the argument t of the polynomial within tan(pi/8). The angle is then a multiple of pi/4, in two
 * words, plus or minus atan t, with t in two words as well. The result's words are to be added: its second is a tail
 * of any size. */
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

    const int turned = small > LS_TAN_PI_8 * large;
    const P over = E(fast_two_sum)(large, turned ? small : (T)0);
    const P difference = E(fast_two_sum)(-large, small);
    const P under = E(pair_make)(turned ? difference.hi : small, turned ? difference.lo : (T)0);
    const T inverse = 1 / over.hi;
    const T t = under.hi * inverse;
    const T rest = E(fma)(-t, over.lo, E(fma)(-t, over.hi, under.hi) + under.lo) * inverse;
    const T z = t * t;
    const T tail = E(fma)(z * t, E(atan_poly)(z), E(fma)(-z, rest, rest)); /* the slope of atan is about 1 - z */

    /* angle = base + or - (t + tail): 0, pi/4, pi/2, 3 pi/4 or pi; minus where one mirror holds, not both or none */
    const T straight_hi = steep ? 2 * LS_PI_4_HI : (left != 0 ? 4 * LS_PI_4_HI : (T)0);
    const T straight_lo = steep ? 2 * LS_PI_4_LO : (left != 0 ? 4 * LS_PI_4_LO : (T)0);
    const T turned_hi = left != 0 ? LS_3PI_4_HI : LS_PI_4_HI;
    const T turned_lo = left != 0 ? LS_3PI_4_LO : LS_PI_4_LO;
    const T base_hi = turned ? turned_hi : straight_hi;
    const T base_lo = turned ? turned_lo : straight_lo;
    const LS_UNSIGNED mirror = left ^ (steep ? LS_PASTE(LS_SIGN_, LS_TAG) : (LS_UNSIGNED)0);
    const P sum = E(fast_two_sum)(base_hi, E(flip)(t, mirror));
    return E(pair_make)(sum.hi, E(flip)(tail, mirror) + (sum.lo + base_lo));
}

LS_FN T E(atan2)(T y, T x)
{
    const P angle = E(angle_hl)(E(mag)(y), E(mag)(x), E(bits)(x) & LS_PASTE(LS_SIGN_, LS_TAG));
    const int unordered = (x != x) | (y != y);
    return unordered ? x + y : E(signed_as)(angle.hi + angle.lo, y);
}

LS_FN T E(atan)(T x)
{
    const P angle = E(angle_hl)(E(mag)(x), 1, 0);
    return x != x ? x : E(signed_as)(angle.hi + angle.lo, x);
}

/* asin(s) for 0 <= s <= 1/2 is s + s^3 p(s^2). For larger a: asin(a) = pi/2 - 2 asin(s) with s = sqrt((1 - a) / 2),
 * whose square is exact, and s in two words. A magnitude above 1 gives the root of a negative number, NaN. */
LS_FN T E(asin)(T x)
{
    const T a = E(mag)(x);
    const int small = a <= (T)0.5;
    const T half = (1 - a) * (T)0.5;
    const T z = small ? a * a : half;
    const T root = E(sqrt)(half);
    const T p = z * E(asin_poly)(z);
    const T rest = root == 0 ? (T)0 : E(fma)(-root, root, half) / (root + root);
    const P from = E(fast_two_sum)(2 * LS_PI_4_HI, -2 * root);
    const T large = from.hi + (from.lo + E(fma)((T)-2, E(fma)(root, p, rest), 2 * LS_PI_4_LO));
    return E(signed_as)(small ? E(fma)(a, p, a) : large, x);
}

LS_FN T E(acos)(T x)
{
    const T a = E(mag)(x);
    const int small = a <= (T)0.5;
    const T half = (1 - a) * (T)0.5;
    const T z = small ? a * a : half;
    const T root = E(sqrt)(half);
    const T p = z * E(asin_poly)(z);
    const T rest = root == 0 ? (T)0 : E(fma)(-root, root, half) / (root + root);
    /* what is taken from pi/2 (small), from 0 (near 1, with the opposite sign) or from pi (near -1), in two words */
    const T taken = small ? x : 2 * E(signed_as)(root, x);
    const T taken_lo = small ? x * p : 2 * E(signed_as)(1, x) * E(fma)(root, p, rest);
    const T side = x < 0 ? 4 * LS_PI_4_HI : (T)0;
    const T side_lo = x < 0 ? 4 * LS_PI_4_LO : (T)0;
    const T base = small ? 2 * LS_PI_4_HI : side;
    const T base_lo = small ? 2 * LS_PI_4_LO : side_lo;
    const T way = small ? -taken : taken;
    const T way_lo = small ? -taken_lo : taken_lo;
    const P sum = E(fast_two_sum)(base, way);
    return sum.hi + (sum.lo + (base_lo + way_lo));
}

#undef P
#undef LS_TAG
#undef LS_UNSIGNED
#undef LS_TAN_PI_8
#undef LS_PI_4_HI
#undef LS_PI_4_LO
#undef LS_3PI_4_HI
#undef LS_3PI_4_LO
#undef LS_LARGE
#undef LS_LARGE_DOWN
#undef LS_SMALL_UP
