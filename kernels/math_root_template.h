/* SPDX-License-Identifier: BSD-3-Clause
 *
 * cbrt and hypot for f32 or f64. No include guard: math_root.h includes this once per tag with LS_TAG and
 *
 *   LS_HALF_PLACES               without so many last places a number's square is exact
 *   LS_BIG, LS_SMALL             beyond these the squares of a number, or their rounding errors, may leave the format
 *   LS_BIG_DOWN, LS_SMALL_UP     the powers of two that bring such numbers back
 *
 * and undefines them here. P is the two-word number of the tag.
 */
#define P LS_PASTE(ls_pair_, LS_TAG)

/* The power of two and that of its inverse cube root, for r in { -1, 0, 1 }: quadratics in r through the three. */
LS_FN T E(cbrt_pow2)(T r) { return E(fma)(r, E(fma)(r, (T)0.25, (T)0.75), 1); }
LS_FN T E(cbrt_inverse_root)(T r)
{
    return E(fma)(r, E(fma)(r, (T)0.02681078793948655, (T)-0.2331102619553867), 1);
}

/* The cube root of 2^k m, sqrt(1/2) <= m < sqrt(2). 2^k m = n 2^(3 q), n = m 2^r with r in { -1, 0, 1 }. z = n^(-1/3)
 * from a polynomial and one step of third order; y = n z^2 is the root, cut to half its places, so that n - y^3 is
 * exact but for one rounding; from there one more step, whose error is nothing beside the last rounding. q is in the
 * last places of `steps`. */
LS_FN T E(cbrt_of)(T k, T m)
{
    const T magic = LS_PASTE(LS_MAGIC_, LS_TAG);
    const T steps = E(fma)(k, (T)0.3333333333333333, magic), r = E(fma)(-3, steps - magic, k);
    const T n = m * E(cbrt_pow2)(r), guess = E(inverse_cbrt_guess)(m) * E(cbrt_inverse_root)(r);
    const T h = E(fma)(-n * guess, guess * guess, 1);
    const T z = E(fma)(guess * h, E(fma)(h, (T)0.2222222222222222, (T)0.3333333333333333), guess), zz = z * z;
    const T y = E(from_bits)(E(bits)(n * zz) >> LS_HALF_PLACES << LS_HALF_PLACES);
    const T step = E(fma)(-(y * y), y, n) * (zz * (T)0.3333333333333333);
    const T root = y + E(fma)(step * step, z, step);
    return E(raise)(root, steps);
}

LS_FN T E(cbrt)(T x)
{
    const T a = E(mag)(x);
    T k;
    const T m = E(split)(a, &k), root = E(cbrt_of)(k, m);
    const int ordinary = (a > 0) & (a < E(infinity)());
    return ordinary ? E(flip)(root, E(sign_bit)(x)) : x + x;
}
LS_FN T E(cbrt_easy)(T x, LS_PASTE(ls_word_, LS_TAG) *hard)
{
    const T a = E(mag)(x);
    T k;
    const T m = E(split_easy)(a, LS_PASTE(LS_SQRT_1_2_, LS_TAG), &k), root = E(cbrt_of)(k, m);
    *hard |= E(unusual)(a);
    return E(flip)(root, E(sign_bit)(x));
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
#undef LS_HALF_PLACES
#undef LS_BIG
#undef LS_BIG_DOWN
#undef LS_SMALL
#undef LS_SMALL_UP
