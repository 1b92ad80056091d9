/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Element functions of complex64 or complex128. No include guard: element_complex.h includes this once per tag with
 *
 *   LS_TAG   c64 or c128
 *   LS_PART  the real type of its parts
 *   LS_RAISE a power of two that makes every number of that type normal and none below 1 too large
 *   P(f)     f for that type, e.g. ls_hypot_f32
 *
 * and undefines them here. Every formula is written out: the compiler's own complex arithmetic differs between
 * compilers.
 */

LS_FN T E(make)(LS_PART re, LS_PART im)
{
    T z;
    z.re = re;
    z.im = im;
    return z;
}

LS_FN T E(add)(T x, T y) { return E(make)(x.re + y.re, x.im + y.im); }
LS_FN T E(sub)(T x, T y) { return E(make)(x.re - y.re, x.im - y.im); }
LS_FN T E(mul)(T x, T y)
{
    const LS_PART re = LS_ROUNDED(x.re * y.re) - LS_ROUNDED(x.im * y.im);
    const LS_PART im = LS_ROUNDED(x.re * y.im) + LS_ROUNDED(x.im * y.re);
    return E(make)(re, im);
}
LS_FN T E(neg)(T x) { return E(make)(-x.re, -x.im); }

/* A power of two that brings the larger part of x away from both ends of the format, where sums of its parts' products
 * would overflow or lose digits. */
LS_FN LS_PART E(balance)(T x)
{
    const LS_PART larger = P(maximum)(P(magnitude)(x.re), P(magnitude)(x.im));
    const LS_PART down = larger > LS_RAISE * LS_RAISE ? (LS_PART)0x1p-8f : (LS_PART)1;
    return larger < 1 / LS_RAISE ? LS_RAISE : down;
}

/* Smith: divide through by the larger part of y. Where that is the imaginary one, both numbers are turned by -i first.
 * By zero: each part by the zero's magnitude, so that x / 0 is infinite. Both numbers are balanced first, and the
 * quotient brought back by a power of two. */
LS_FN T E(div)(T x, T y)
{
    const LS_PART scale_x = E(balance)(x), scale_y = E(balance)(y);
    const LS_PART back = scale_y * (1 / scale_x);
    const LS_PART x_re = x.re * scale_x, x_im = x.im * scale_x;
    const LS_PART y_re = y.re * scale_y, y_im = y.im * scale_y;
    const int turn = P(magnitude)(y_re) < P(magnitude)(y_im);
    const LS_PART a = turn ? x_im : x_re;
    const LS_PART b = turn ? -x_re : x_im;
    const LS_PART large = turn ? y_im : y_re;
    const LS_PART other = turn ? -y_re : y_im;
    const LS_PART ratio = other / large;
    const LS_PART whole = large + LS_ROUNDED(other * ratio);
    const int zero = (y.re == 0) & (y.im == 0);
    const LS_PART re = zero ? x_re : a + LS_ROUNDED(b * ratio);
    const LS_PART im = zero ? x_im : b - LS_ROUNDED(a * ratio);
    const LS_PART by = zero ? (LS_PART)0 : whole;
    return E(make)(re / by * back, im / by * back);
}

LS_FN T E(reciprocal)(T x) { return E(div)(E(make)(1, 0), x); }
LS_FN LS_PART E(abs)(T x) { return P(hypot)(x.re, x.im); }

/* x over its modulus, after scaling so that the modulus neither overflows nor loses digits; one infinite part leaves
 * only its sign. */
LS_FN T E(signum)(T x)
{
    const int one_infinite = P(isinf)(x.re) ^ P(isinf)(x.im);
    const LS_PART unit_re = P(signed_as)(P(isinf)(x.re) ? (LS_PART)1 : (LS_PART)0, x.re);
    const LS_PART unit_im = P(signed_as)(P(isinf)(x.im) ? (LS_PART)1 : (LS_PART)0, x.im);
    const int keep = one_infinite & (x.re == x.re) & (x.im == x.im);
    const LS_PART larger = P(maximum)(P(magnitude)(x.re), P(magnitude)(x.im));
    const LS_PART scale = larger < 1 ? LS_RAISE : (LS_PART)0.5;
    const LS_PART re = (keep ? unit_re : x.re) * scale;
    const LS_PART im = (keep ? unit_im : x.im) * scale;
    const LS_PART modulus = P(hypot)(re, im);
    const LS_PART by = modulus == 0 ? (LS_PART)1 : modulus;
    return E(make)(re / by, im / by);
}

LS_FN T E(rint)(T x) { return E(make)(P(rint)(x.re), P(rint)(x.im)); }
LS_FN LS_PART E(real)(T x) { return x.re; }
LS_FN LS_PART E(imag)(T x) { return x.im; }
LS_FN T E(conj)(T x) { return E(make)(x.re, -x.im); }

LS_FN ls_t_b E(isfinite)(T x) { return (ls_t_b)(P(isfinite)(x.re) & P(isfinite)(x.im)); }
LS_FN ls_t_b E(isinf)(T x) { return (ls_t_b)(P(isinf)(x.re) | P(isinf)(x.im)); }
LS_FN ls_t_b E(isnan)(T x) { return (ls_t_b)((x.re != x.re) | (x.im != x.im)); }
LS_FN ls_t_b E(equal)(T x, T y) { return (ls_t_b)((x.re == y.re) & (x.im == y.im)); }
LS_FN T E(canonical)(T x) { return E(make)(P(canonical)(x.re), P(canonical)(x.im)); }

#undef LS_TAG
#undef LS_PART
#undef LS_RAISE
#undef P
