/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Element functions of float32 or float64. No include guard: element_real.h includes this once per tag with
 *
 *   LS_TAG              f32 or f64
 *   LS_UNSIGNED         the unsigned type of its bits
 *   LS_SIGN             the sign bit
 *   LS_INFINITY_BITS    the bits of infinity, of which a larger magnitude is a NaN
 *   LS_NAN_BITS         the bits of the canonical NaN
 *   LS_WHOLE            2^(p-1) for precision p: numbers from here on are whole
 *   LS_REDUCE           a power of two that makes a quotient too large for the format small enough, and a power of it
 *                       reaches every quotient there is
 *   LS_DEGREES_HI, _LO  180 / pi in two parts, LS_RADIANS_HI, _LO pi / 180; the second parts are positive, so that
 *                       infinities do not meet with opposite signs
 *   LS_ROUND(f)         the hardware's f in { floor, ceil, trunc, rint } where it has one
 *
 * and undefines them here.
 */

LS_FN T E(magnitude)(T x) { return E(from_bits)(E(bits)(x) & ~LS_SIGN); }
LS_FN T E(infinity)(void) { return E(from_bits)(LS_INFINITY_BITS); }
LS_FN T E(nan)(void) { return E(from_bits)(LS_NAN_BITS); }
/* The magnitude of x with the sign of y, NaN or not. */
LS_FN T E(signed_as)(T x, T y) { return E(from_bits)((E(bits)(x) & ~LS_SIGN) | (E(bits)(y) & LS_SIGN)); }
LS_FN T E(canonical)(T x) { return x != x ? E(nan)() : x; }

LS_FN T E(add)(T x, T y) { return x + y; }
LS_FN T E(sub)(T x, T y) { return x - y; }
LS_FN T E(mul)(T x, T y) { return x * y; }
LS_FN T E(div)(T x, T y) { return x / y; }
LS_FN T E(neg)(T x) { return -x; }
LS_FN T E(abs)(T x) { return E(magnitude)(x); }
LS_FN T E(reciprocal)(T x) { return (T)1 / x; }

LS_FN T E(signum)(T x)
{
    const T below = x < 0 ? (T)-1 : x + (T)0;                    /* x + 0 is 0 for -0 and quiet for NaN */
    return x > 0 ? (T)1 : below;
}

LS_FN T E(degrees)(T x) { return E(fma)(x, LS_DEGREES_HI, x * LS_DEGREES_LO); }
LS_FN T E(radians)(T x) { return E(fma)(x, LS_RADIANS_HI, x * LS_RADIANS_LO); }

/* rounding to whole numbers */
#ifdef LS_ROUND
LS_FN T E(rint)(T x) { return LS_ROUND(rint)(x); }
LS_FN T E(floor)(T x) { return LS_ROUND(floor)(x); }
LS_FN T E(ceil)(T x) { return LS_ROUND(ceil)(x); }
LS_FN T E(trunc)(T x) { return LS_ROUND(trunc)(x); }
#else
/* Adding a power of two whose unit is 1 makes the adder round to a whole number. */
LS_FN T E(rint)(T x)
{
    const T a = E(magnitude)(x);
    return a < LS_WHOLE ? E(signed_as)((a + LS_WHOLE) - LS_WHOLE, x) : x;
}

LS_FN T E(floor)(T x)
{
    const T n = E(rint)(x);
    return n > x ? n - (T)1 : n;
}

LS_FN T E(ceil)(T x)
{
    const T n = E(rint)(x);
    return E(signed_as)(n < x ? n + (T)1 : n, x);
}

LS_FN T E(trunc)(T x)
{
    const T a = E(magnitude)(x);
    return E(signed_as)(E(floor)(a), x);
}
#endif

/* extremes: equal numbers have equal bits except for the two zeros, of which -0 is the smaller */
LS_FN T E(minimum)(T x, T y)
{
    const T equal = E(from_bits)(E(bits)(x) | E(bits)(y));
    const T not_below = y < x ? y : (x == y ? equal : x + y);
    return x < y ? x : not_below;
}

LS_FN T E(maximum)(T x, T y)
{
    const T equal = E(from_bits)(E(bits)(x) & E(bits)(y));
    const T not_above = y > x ? y : (x == y ? equal : x + y);
    return x > y ? x : not_above;
}

LS_FN T E(fmin)(T x, T y)
{
    const T one = x != x ? y : x;
    return E(minimum)(one, y != y ? one : y);
}

LS_FN T E(fmax)(T x, T y)
{
    const T one = x != x ? y : x;
    return E(maximum)(one, y != y ? one : y);
}

/* parts of a number */
LS_FN T E(real)(T x) { return x; }
LS_FN T E(imag)(T x) { return (void)x, (T)0; }
LS_FN T E(conj)(T x) { return x; }
LS_FN T E(copysign)(T x, T y) { return E(signed_as)(x, y != y ? (T)0 : y); }
LS_FN ls_t_b E(signbit)(T x) { return (ls_t_b)((x == x) & ((E(bits)(x) & LS_SIGN) != 0)); }

LS_FN T E(nextafter)(T x, T y)
{
    const int outward = (x < y) == (x > 0);
    const T stepped = E(from_bits)(E(bits)(x) + (outward ? (LS_UNSIGNED)1 : (LS_UNSIGNED)0 - 1));
    const T from_zero = E(from_bits)((E(bits)(y) & LS_SIGN) | 1);
    const T moved = x == 0 ? from_zero : stepped;
    const T other = x == y ? y : moved;
    const int unordered = (x != x) | (y != y);
    return unordered ? x + y : other;
}

/* classes */
LS_FN ls_t_b E(isfinite)(T x) { return (ls_t_b)(E(magnitude)(x) < E(infinity)()); }
LS_FN ls_t_b E(isinf)(T x) { return (ls_t_b)(E(magnitude)(x) == E(infinity)()); }
LS_FN ls_t_b E(isnan)(T x) { return (ls_t_b)(x != x); }
LS_FN ls_t_b E(equal)(T x, T y) { return (ls_t_b)(x == y); }

/* Floor of the exact quotient, rounded. The rounded quotient q is never on the other side of a whole number, so
 * floor(q) is the answer unless q itself is whole. Then the remainder r = x - q y, exact in one fma, says how far the
 * exact quotient is from q: its floor is q + floor(r / y), and the one rounding is that of this sum. r / y gets the
 * same care. */
LS_FN T E(floor_divide)(T x, T y)
{
    const T q = x / y;
    const T r = E(fma)(-q, y, x);
    const T d = r / y;
    const T s = E(fma)(-d, y, r);
    const T floor_d = E(floor)(d);
    const int s_below = ((s < 0) & (y > 0)) | ((s > 0) & (y < 0));
    const int lower = (floor_d == d) & s_below;
    const T step = lower ? d - (T)1 : floor_d;
    const T whole = step == 0 ? q : q + step;
    const T floor_q = E(floor)(q);
    const T ordinary = floor_q == q ? whole : floor_q;

    /* x / infinity is 0 or just below it; a quotient beyond the format is infinite; infinity has no remainder */
    const int opposite = ((x < 0) & (y > 0)) | ((x > 0) & (y < 0));
    const T by_infinity = opposite ? (T)-1 : q;
    const T finite = E(isinf)(y) ? by_infinity : (E(isinf)(q) ? q : ordinary);
    const T number = E(isinf)(x) ? q - q : finite;
    return y == 0 ? q : number;
}

/* x - trunc(x / y) y for quotients below 2^p. The truncated rounded quotient is right or one too large in magnitude;
 * the remainder is exact in either case, and its sign tells. */
LS_FN T E(fmod_fast)(T x, T y)
{
    const T q = E(trunc)(x / y);
    const T r = E(fma)(-q, y, x);
    const int beyond = ((r < 0) & (x > 0)) | ((r > 0) & (x < 0));
    const T inside = beyond ? r + E(signed_as)(y, x) : r;
    const int below_infinity = E(isinf)(y) & E(isfinite)(x);
    return below_infinity ? x : E(signed_as)(inside, x);
}

LS_FN int E(fmod_rare)(T x, T y)
{
    return (E(magnitude)(x / y) >= LS_WHOLE * 2) & E(isfinite)(x) & (y != 0);
}

/* Larger quotients, x and y finite, y not zero: take off multiples of y until the quotient is small. q = x / y rounded
 * is a whole number then, x - q y is exact and p bits smaller; x modulo y c is x modulo y for whole c, which serves
 * where the quotient does not fit the format. */
LS_SLOW_FN T E(fmod_slow)(T x, T y)
{
    T rest = x;
    T divisor = E(magnitude)(y);
    int raised = 0;
    while (E(isinf)(rest / divisor)) {
        divisor *= LS_REDUCE;
        raised++;
    }
    for (;;) {
        const T q = rest / divisor;
        if (E(magnitude)(q) >= LS_WHOLE) {
            rest = E(fma)(-q, divisor, rest);
        } else if (raised > 0) {
            divisor *= (T)1 / LS_REDUCE;
            raised--;
        } else {
            break;
        }
    }
    rest = E(fma)(-E(trunc)(rest / divisor), divisor, rest);
    if (((rest < 0) & (x > 0)) | ((rest > 0) & (x < 0)))
        rest += E(signed_as)(divisor, x);
    return E(signed_as)(rest, x);
}

LS_FN T E(fmod)(T x, T y) { return E(fmod_rare)(x, y) ? E(fmod_slow)(x, y) : E(fmod_fast)(x, y); }

/* The remainder with the sign of y, from the one with the sign of x. */
LS_FN T E(remainder_of)(T r, T y)
{
    const LS_UNSIGNED opposite = (E(bits)(r) ^ E(bits)(y)) & LS_SIGN;
    const T moved = r + E(from_bits)(opposite != 0 ? E(bits)(y) : 0);
    return r == 0 ? E(signed_as)((T)0, y) : moved;
}

LS_FN T E(remainder_fast)(T x, T y) { return E(remainder_of)(E(fmod_fast)(x, y), y); }
LS_FN int E(remainder_rare)(T x, T y) { return E(fmod_rare)(x, y); }
LS_SLOW_FN T E(remainder_slow)(T x, T y) { return E(remainder_of)(E(fmod_slow)(x, y), y); }
LS_FN T E(remainder)(T x, T y)
{
    return E(remainder_rare)(x, y) ? E(remainder_slow)(x, y) : E(remainder_fast)(x, y);
}

#undef LS_TAG
#undef LS_UNSIGNED
#undef LS_SIGN
#undef LS_INFINITY_BITS
#undef LS_NAN_BITS
#undef LS_WHOLE
#undef LS_REDUCE
#undef LS_DEGREES_HI
#undef LS_DEGREES_LO
#undef LS_RADIANS_HI
#undef LS_RADIANS_LO
#undef LS_ROUND
