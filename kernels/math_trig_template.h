/* SPDX-License-Identifier: BSD-3-Clause
 *
 * sin, cos, tan, sinpi, cospi for f32 or f64. No include guard: math_trig.h includes this once per tag with LS_TAG, U
 * (the unsigned integer of its size), LS_TOP_BIT (the number of its sign bit) and LS_SHORT_SECOND (1 where the second
 * word of pi/2 is short), which are undefined here. P is the two-word number of the tag, R its reduced argument, W its
 * pair of waves, C(NAME) its constant LS_NAME_<tag>:
 *
 *   TRIG_LIMIT                up to here the k found with a one-word 2/pi leaves r within the range of the polynomials
 *   TRIG_WHOLE                from here on every number is whole
 *   TWO_OVER_PI, HALF_PI_1, HALF_PI_2, HALF_PI_3, PI_HI, PI_LO      2/pi in one word, pi/2 in three, pi in two
 *
 * Method: x = k pi/2 + r with |r| <= pi/4, r in two words; one polynomial for the sine and one for the cosine of r,
 * chosen and signed by k mod 4. The first word of pi/2 is below it, so that the second is positive, and the second word
 * of r is subtracted: thus r keeps the sign of a zero x, and so does its sine.
 *
 * k is found with 2^(p-1) + 2^(p-2) + TRIG_LIMIT / 2 added, a multiple of 4: what its bits have above those of
 * LS_MAGIC_BITS is positive for negative k too. */
#define P LS_PASTE(ls_pair_, LS_TAG)
#define R LS_PASTE(ls_reduced_, LS_TAG)
#define W LS_PASTE(ls_waves_, LS_TAG)
#define C(name) LS_PASTE4(LS_##name, _, LS_TAG, )

#define FROM (C(MAGIC) + C(TRIG_LIMIT) / 2)

/* Sine and cosine of a reduced argument in two words, each with its leading term (r, and 1 - r^2/2 rounded) in hi. */
typedef struct { P sin, cos; } W;

/* x - k (first word) is exact inside the fma: a multiple of the last place of that word or of x, and below 1. */
#if LS_SHORT_SECOND
/* The second word is so short that what is taken off for it is exact below the limit, and so is the rounding error. */
LS_FN R E(trig_reduce)(T x)
{
    const T m = E(fma)(x, C(TWO_OVER_PI), FROM), k = m - FROM;
    const T r = E(fma)(-k, C(HALF_PI_1), x);
    R a;
    a.hi = E(fma)(-k, C(HALF_PI_2), r);
    a.less = E(fma)(k, C(HALF_PI_3), E(fma)(k, C(HALF_PI_2), a.hi - r));
    a.k = E(bits)(m);
    return a;
}
#else
/* The second word is taken off with its rounding error kept, the third once. */
LS_FN R E(trig_reduce)(T x)
{
    const T m = E(fma)(x, C(TWO_OVER_PI), FROM), k = m - FROM;
    const T r = E(fma)(-k, C(HALF_PI_1), x);
    const T p = k * C(HALF_PI_2), p_error = E(fma)(k, C(HALF_PI_2), -p);
    R a;
    a.hi = r - p;
    a.less = E(fma)(k, C(HALF_PI_3), ((a.hi - r) + p) + p_error);
    a.k = E(bits)(m);
    return a;
}
#endif

/* sin(r - d) and cos(r - d), each with one rounding that counts: z = (r - d)^2 brings d into the cosine. */
LS_FN T E(trig_sine)(T r, T d, T z) { return r - E(fma)(z * r, E(sin_poly)(z), d); }
LS_FN T E(trig_cosine)(T z) { return E(fma)(z, E(fma)(z, E(cos_poly)(z), (T)-0.5), 1); }

LS_FN W E(trig_waves)(T r, T d)
{
    const T z = r * r, h = (T)0.5 * z, w = 1 - h;
    W y;
    y.sin = E(pair_make)(r, E(fma)(-(z * r), E(sin_poly)(z), E(fma)(h, d, -d)));
    y.cos = E(pair_make)(w, E(fma)(z * z, E(cos_poly)(z), E(fma)(r, d, (1 - w) - h)));
    return y;
}

/* y with its sign flipped where the top bit of s is set. */
LS_FN T E(trig_flip)(T y, U s) { return E(flip)(y, s & LS_PASTE(LS_SIGN_, LS_TAG)); }

/* From the quadrant to the results: bit 1 of k is the sign of the sine, that of k + 1 the sign of the cosine. */
LS_FN T E(trig_sin_of)(T s, T c, U k) { return E(trig_flip)((k & 1) ? c : s, k << (LS_TOP_BIT - 1)); }
LS_FN T E(trig_cos_of)(T s, T c, U k)
{
    const U next = (k << (LS_TOP_BIT - 1)) + ((U)1 << (LS_TOP_BIT - 1)); /* the shift serves the sine too */
    return E(trig_flip)((k & 1) ? s : c, next);
}
LS_FN void E(trig_both)(R a, T *sine, T *cosine)
{
    const T z = E(fma)(a.hi, a.hi, -((a.hi + a.hi) * a.less));
    const T s = E(trig_sine)(a.hi, a.less, z), c = E(trig_cosine)(z);
    *sine = E(trig_sin_of)(s, c, a.k);
    *cosine = E(trig_cos_of)(s, c, a.k);
}
LS_FN T E(trig_sin)(R a)
{
    T sine, cosine;
    E(trig_both)(a, &sine, &cosine);
    return sine;
}
LS_FN T E(trig_cos)(R a)
{
    T sine, cosine;
    E(trig_both)(a, &sine, &cosine);
    return cosine;
}
/* The tangent of the reduced argument in two words, and in odd quadrants the opposite of its inverse, corrected once.
 * 3/8 of the cube go with r, exactly, so that the polynomial's share is small and with it the share of its rounding.
 * What is taken off counts by the slope, 1 + tan^2. */
LS_FN T E(trig_tan)(R a, U sign)
{
    const T z = a.hi * a.hi, cube = z * a.hi, lead = E(fma)((T)0.375, cube, a.hi);
    const T lead_lo = E(fma)(-a.less, E(fma)(lead, lead, 1), E(fma)((T)0.375, cube, a.hi - lead));
    const P t = E(fast_two_sum)(lead, E(fma)(cube, E(tan_poly)(z), lead_lo));
    const T inverse = 1 / t.hi, rest = E(fma)(-inverse, t.lo, E(fma)(-inverse, t.hi, 1));
    const T y = (a.k & 1) ? E(fma)(rest, inverse, inverse) : t.hi;
    return E(flip)(y, (a.k << LS_TOP_BIT) ^ sign);
}

/* The fast path serves NaN too, which stays NaN. */
LS_FN int E(sincos_rare)(T x) { return E(mag)(x) > C(TRIG_LIMIT); }
LS_FN int E(sin_rare)(T x) { return E(sincos_rare)(x); }
LS_FN int E(cos_rare)(T x) { return E(sincos_rare)(x); }
LS_FN int E(tan_rare)(T x) { return E(sincos_rare)(x); }

/* The result, ored over many elements, tells by sincos_any_rare whether one of them may be rare: where |k| is beyond
 * LIMIT / 2, its bits reach beyond those of smaller ones, and NaN differs in all. */
LS_FN U E(sincos_fast)(T x, T *sine, T *cosine)
{
    const R a = E(trig_reduce)(x);
    E(trig_both)(a, sine, cosine);
    return a.k;
}
LS_FN int E(sincos_any_rare)(U ored) { return (ored ^ LS_PASTE(LS_MAGIC_BITS_, LS_TAG)) >= (U)C(TRIG_LIMIT); }
LS_FN T E(sin_fast)(T x) { return E(trig_sin)(E(trig_reduce)(x)); }
LS_FN T E(cos_fast)(T x) { return E(trig_cos)(E(trig_reduce)(x)); }
LS_FN T E(tan_fast)(T x)
{
    const R a = E(trig_reduce)(E(mag)(x));
    return E(trig_tan)(a, E(sign_bit)(x));
}

LS_SLOW_FN T E(sin_slow)(T x)
{
    const T y = E(flip)(E(trig_sin)(E(trig_reduce_large)(E(mag)(x))), E(sign_bit)(x));
    return E(mag)(x) < C(INFINITY) ? y : C(QUIET_NAN);
}
LS_SLOW_FN T E(cos_slow)(T x)
{
    const T y = E(trig_cos)(E(trig_reduce_large)(E(mag)(x)));
    return E(mag)(x) < C(INFINITY) ? y : C(QUIET_NAN);
}
LS_SLOW_FN T E(tan_slow)(T x)
{
    const R a = E(trig_reduce_large)(E(mag)(x));
    const T y = E(trig_tan)(a, E(sign_bit)(x));
    return E(mag)(x) < C(INFINITY) ? y : C(QUIET_NAN);
}

LS_FN T E(sin)(T x) { return E(sin_rare)(x) ? E(sin_slow)(x) : E(sin_fast)(x); }
LS_FN T E(cos)(T x) { return E(cos_rare)(x) ? E(cos_slow)(x) : E(cos_fast)(x); }
LS_FN T E(tan)(T x) { return E(tan_rare)(x) ? E(tan_slow)(x) : E(tan_fast)(x); }

/* sin(pi x) and cos(pi x) need no large reduction: x mod 2 is exact, for x >= 0 here. Half turns give exact zeros and
 * ones; sinpi of a whole number is 0 with the sign of x. */
LS_FN R E(trig_reduce_pi)(T x)
{
    const T half = (T)0.5 * x, whole = half < C(TRIG_WHOLE) ? (half + C(TRIG_WHOLE)) - C(TRIG_WHOLE) : half;
    const T turn = E(fma)(-2, whole, x), m = E(fma)(2, turn, C(MAGIC)), f = E(fma)((T)-0.5, m - C(MAGIC), turn);
    R a;
    a.hi = f * C(PI_HI);
    a.less = E(fma)(-f, C(PI_LO), E(fma)(-f, C(PI_HI), a.hi));
    a.k = E(bits)(m);
    return a;
}
LS_FN T E(sinpi)(T x)
{
    const T y = E(trig_sin)(E(trig_reduce_pi)(E(mag)(x)));
    return E(flip)(y == 0 ? 0 : y, E(sign_bit)(x));
}
LS_FN T E(cospi)(T x)
{
    const T y = E(trig_cos)(E(trig_reduce_pi)(E(mag)(x)));
    return y == 0 ? 0 : y;
}

#undef FROM
#undef P
#undef R
#undef W
#undef C
#undef U
#undef LS_TOP_BIT
#undef LS_SHORT_SECOND
#undef LS_TAG
