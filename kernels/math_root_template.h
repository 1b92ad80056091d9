/* SPDX-License-Identifier: BSD-3-Clause
 *
 * cbrt and hypot for f32 or f64. No include guard: math_root.h includes this once per tag with LS_TAG and
 *
 *   LS_BIG, LS_SMALL             beyond these the squares of a number, or their rounding errors, may leave the format
 *   LS_BIG_DOWN, LS_SMALL_UP     the powers of two that bring such numbers back
 *
 * and undefines them here. P is the two-word number of the tag.
 */
#define P LS_PASTE(ls_pair_, LS_TAG)

/* x = m 2^(3 q + r) with r in { -1, 0, 1 }. z = (m 2^r)^(-1/3) from a polynomial and one step of third order; y = m z^2
 * is the root to 3/4 of the digits, and one Newton step with m - y^3 computed exactly brings the rest. */
LS_FN T E(cbrt)(T x)
{
    const T a = E(mag)(x);
    T k;
    const T m = E(split)(a, &k);
    const T q = E(nearest)(k * (T)0.3333333333333333);
    const T r = k - 3 * q;
    const T down = r < 0 ? (T)0.5 : (T)1;
    const T n = r > 0 ? m + m : m * down;
    const T guess_down = r < 0 ? (T)1.2599210498948732 : (T)1;
    const T guess = E(inverse_cbrt_guess)(m) * (r > 0 ? (T)0.7937005259840998 : guess_down);
    const T h = E(fma)(-n * guess, guess * guess, 1);
    const T z = E(fma)(guess * h, E(fma)(h, (T)0.2222222222222222, (T)0.3333333333333333), guess);
    const T y = n * (z * z);
    const P yy = E(two_prod)(y, y), yyy = E(two_prod)(yy.hi, y);
    const T left = ((n - yyy.hi) - yyy.lo) - yy.lo * y;
    const T root = E(fma)(left * (z * z), (T)0.3333333333333333, y) * E(pow2)(q);
    const int ordinary = (a > 0) & (a < E(infinity)());
    return ordinary ? E(signed_as)(root, x) : x + x;
}

/* sqrt(x x + y y) for 0 <= y <= x with squares inside the format: the sum of the squares with its error, its root, and
 * one Newton step from what the root's square leaves over. */
LS_FN T E(hypot_scaled)(T x, T y)
{
    const P xx = E(two_prod)(x, x), yy = E(two_prod)(y, y), sum = E(fast_two_sum)(xx.hi, yy.hi);
    const T root = E(sqrt)(sum.hi);
    const T left = E(fma)(-root, root, sum.hi) + (sum.lo + (xx.lo + yy.lo));
    return root == 0 ? root : root + left / (root + root);
}

/* Scaling by a power of two keeps the squares and their errors inside the format; an infinity wins even over a NaN. */
LS_FN T E(hypot)(T x, T y)
{
    const T ax = E(mag)(x), ay = E(mag)(y);
    const T large = ax < ay ? ay : ax;
    const T small = ax < ay ? ax : ay;
    const T up = large < LS_SMALL ? LS_SMALL_UP : (T)1;
    const T scale = large > LS_BIG ? LS_BIG_DOWN : up;
    const T back_down = large < LS_SMALL ? 1 / LS_SMALL_UP : (T)1;
    const T back = large > LS_BIG ? 1 / LS_BIG_DOWN : back_down;
    const T h = E(hypot_scaled)(large * scale, small * scale) * back;
    const int x_infinite = ax == E(infinity)(), y_infinite = ay == E(infinity)();
    return x_infinite | y_infinite ? E(infinity)() : h;
}

#undef P
#undef LS_TAG
#undef LS_BIG
#undef LS_BIG_DOWN
#undef LS_SMALL
#undef LS_SMALL_UP
