/* SPDX-License-Identifier: BSD-3-Clause
 *
 * exp, expm1, the circular and the hyperbolic functions of complex numbers. No include guard: math_complex.h includes
 * this once per tag and says what the words mean; beside those
 *
 *   LS_EXP_LIMIT          exp of it is beyond the format, even times the smallest number there is
 *   LS_SQUARES_LOST       a number whose square is near the end of the format
 *   LS_RAISE_TINY, _LOG   a power of two that makes smaller numbers normal, and its exponent
 *   LS_STEP_LIMIT         an exponent that a normal number can be scaled by
 *   LS_TANH_FLAT          tanh of it is 1
 *
 * What belongs to the real part is a factor v 2^k that may leave the format while the product with a sine or cosine
 * does not; the power of two is applied last, and v stays finite for infinite arguments.
 */

/* Sine and cosine of one angle of any size. */
LS_SLOW_FN void E(sine_cosine)(R y, R *sine, R *cosine)
{
    if (P(sincos_rare)(y)) {
        *sine = P(sin_slow)(y);
        *cosine = P(cos_slow)(y);
    } else {
        P(sincos_fast)(y, sine, cosine);
    }
}

/* size * factor * 2^k, size near 1, rounded once or nearly so: a tiny factor is raised first, lest the product lose
 * digits below the format that 2^k would bring back; and 2^k, which may be out of the format, comes in two steps. */
LS_FN R E(scaled_product)(R size, R factor, R k)
{
    const int tiny = P(mag)(factor) < LS_SQUARES_LOST;
    const R raised = tiny ? factor * LS_RAISE_TINY : factor;
    const R n = tiny ? k - LS_RAISE_TINY_LOG : k;
    const R below = n < LS_STEP_LIMIT ? n : LS_STEP_LIMIT;
    const R first = below > -LS_STEP_LIMIT ? below : -LS_STEP_LIMIT;
    return P(scale)(P(scale)(size * raised, first), n - first);
}

LS_FN R E(signed_zero)(R x, R y) { return P(from_bits)(P(bits)(P(copysign)(0, x)) ^ P(bits)(P(copysign)(0, y))); }

/* exp(x + i y) = exp(x) (cos y + i sin y); an infinite x rules over a y without direction. */
LS_SLOW_FN T E(exp)(T z)
{
    R sine, cosine, k;
    const R below = z.re < LS_EXP_LIMIT ? z.re : LS_EXP_LIMIT;
    const R limited = below > -LS_EXP_LIMIT ? below : -LS_EXP_LIMIT;
    const R x = z.re != z.re ? z.re : limited;
    E(sine_cosine)(z.im, &sine, &cosine);
    const PAIR e = P(exp_hl)(x, 0, &k);
    const R size = e.hi + e.lo;
    T w = E(make)(E(scaled_product)(size, cosine, k), z.im == 0 ? z.im : E(scaled_product)(size, sine, k));
    if (P(isinf)(z.re) && !P(isfinite)(z.im))
        w = z.re < 0 ? E(make)(0, P(copysign)(0, z.im)) : E(make)(z.re, P(nan)());
    if (z.im == 0 && z.re != z.re)
        w = z;
    return w;
}

/* exp(x) cos y - 1 = expm1(x) cos y - (1 - cos y), the latter without cancellation from the sine. */
LS_SLOW_FN T E(expm1)(T z)
{
    R sine, cosine;
    const T whole = E(exp)(z);
    if (!(z.re < 30) || z.re < -80 || !P(isfinite)(z.im))
        return E(make)(whole.re - 1, whole.im);
    E(sine_cosine)(z.im, &sine, &cosine);
    const R less = cosine > 0 ? sine * sine / (1 + cosine) : 1 - cosine;
    const PAIR grown = P(expm1_hl)(z.re > -16 ? z.re : (R)-16, 0);
    const R near_re = P(mag)(z.re) < LS_SQUARES_LOST ? z.re : grown.hi + grown.lo;
    const R re = z.re > -16 ? near_re : P(expm1)(z.re);
    const R im = z.re > -16 ? P(fma)(re, sine, sine) : whole.im;
    return E(make)(P(fma)(re, cosine, -less), z.im == 0 ? z.im : im);
}

/* sinh(x + i y) = sinh x cos y + i cosh x sin y */
LS_SLOW_FN T E(sinh)(T z)
{
    R sine, cosine, grow_sine, grow_cosine, k;
    E(sine_cosine)(z.im, &sine, &cosine);
    P(sinh_cosh)(z.re, &grow_sine, &grow_cosine, &k);
    T w = E(make)(E(scaled_product)(grow_sine, cosine, k), E(scaled_product)(grow_cosine, sine, k));
    if (z.im == 0)
        w.im = z.im;
    if (!P(isfinite)(z.im) && (z.re == 0 || P(isinf)(z.re)))
        w = E(make)(z.re, P(nan)());
    return w;
}

/* cosh(x + i y) = cosh x cos y + i sinh x sin y */
LS_SLOW_FN T E(cosh)(T z)
{
    R sine, cosine, grow_sine, grow_cosine, k;
    E(sine_cosine)(z.im, &sine, &cosine);
    P(sinh_cosh)(z.re, &grow_sine, &grow_cosine, &k);
    T w = E(make)(E(scaled_product)(grow_cosine, cosine, k), E(scaled_product)(grow_sine, sine, k));
    if (z.re == 0 || z.im == 0)
        w.im = E(signed_zero)(z.re, z.im);
    if (P(isinf)(z.re) && !P(isfinite)(z.im))
        w = E(make)(P(infinity)(), P(nan)());
    return w;
}

/* tanh(x + i y) = (sinh x cosh x + i sin y cos y) / (sinh^2 x + cos^2 y); far out 1 + 4 i sin y cos y exp(-2 x). */
LS_SLOW_FN T E(tanh)(T z)
{
    R sine, cosine, grow_sine, grow_cosine, k;
    const R a = P(mag)(z.re);
    E(sine_cosine)(z.im, &sine, &cosine);
    if (a > LS_TANH_FLAT) {
        const R im = P(isfinite)(z.im) ? 4 * sine * cosine * P(exp)(-2 * a) : P(copysign)(0, z.im);
        if (P(isfinite)(a) && !P(isfinite)(z.im))
            return E(make)(P(nan)(), P(nan)());
        return E(make)(P(copysign)(1, z.re), z.im == 0 ? z.im : im);
    }
    if (z.im == 0 || (z.re == 0 && !P(isfinite)(z.im)))
        return E(make)(P(tanh)(z.re), z.im == 0 ? z.im : P(nan)());
    P(sinh_cosh)(z.re, &grow_sine, &grow_cosine, &k);
    const R under = P(fma)(grow_sine, grow_sine, cosine * cosine);
    return E(make)(grow_sine * grow_cosine / under, sine * cosine / under);
}

/* The circular functions are the hyperbolic ones a quarter turn away: f(i z) with i z = -y + i x. */
LS_FN T E(turned)(T z) { return E(make)(-z.im, z.re); }
LS_FN T E(turned_back)(T z) { return E(make)(z.im, -z.re); }
LS_FN T E(sin)(T z) { return E(turned_back)(E(sinh)(E(turned)(z))); }
LS_FN T E(cos)(T z) { return E(cosh)(E(turned)(z)); }
LS_FN T E(tan)(T z) { return E(turned_back)(E(tanh)(E(turned)(z))); }

/* The rows of these three ask for a fast and a slow path, as the real ones have. */
LS_FN T E(sin_fast)(T z) { return E(sin)(z); }
LS_FN T E(cos_fast)(T z) { return E(cos)(z); }
LS_FN T E(tan_fast)(T z) { return E(tan)(z); }
LS_FN int E(sin_rare)(T z) { return (void)z, 0; }
LS_FN int E(cos_rare)(T z) { return (void)z, 0; }
LS_FN int E(tan_rare)(T z) { return (void)z, 0; }
LS_FN T E(sin_slow)(T z) { return E(sin)(z); }
LS_FN T E(cos_slow)(T z) { return E(cos)(z); }
LS_FN T E(tan_slow)(T z) { return E(tan)(z); }
