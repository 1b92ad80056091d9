/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Element functions of one integer dtype. No include guard: element_int.h includes this once per tag with
 *
 *   LS_TAG      i8 .. u64
 *   LS_UNSIGNED the unsigned type of the same width, in which sums and products wrap
 *   LS_WIDTH    8, 16, 32 or 64
 *   LS_SIGNED   1 or 0
 *   LS_QUOTIENT a floating type in which the quotient of two T, truncated, is exact; absent for 64 bit
 *
 * and undefines them here. The quotient of two w-bit integers that is not whole is at least 2^-w of itself away from
 * a whole number, so a division with more than w + 1 bits truncates correctly: vector units have only that one.
 */

LS_FN T E(add)(T x, T y) { return (T)((LS_UNSIGNED)x + (LS_UNSIGNED)y); }
LS_FN T E(sub)(T x, T y) { return (T)((LS_UNSIGNED)x - (LS_UNSIGNED)y); }
/* 1u keeps 16-bit operands from becoming int, whose product could overflow. */
LS_FN T E(mul)(T x, T y) { return (T)(1u * (LS_UNSIGNED)x * (LS_UNSIGNED)y); }
LS_FN T E(neg)(T x) { return (T)(0u - (LS_UNSIGNED)x); }

LS_FN T E(abs)(T x)
{
#if LS_SIGNED
    return x < 0 ? E(neg)(x) : x;
#else
    return x;
#endif
}

LS_FN T E(signum)(T x)
{
#if LS_SIGNED
    return (T)((x > 0) - (x < 0));
#else
    return (T)(x > 0);
#endif
}

/* x / y towards zero for y != 0; the smallest value divided by -1 wraps to itself. */
LS_FN T E(quotient)(T x, T y)
{
#if LS_SIGNED
    const int minus_one = y == (T)-1;
    const T safe = minus_one ? (T)1 : y;
#else
    const int minus_one = 0;
    const T safe = y;
#endif
#if defined(LS_QUOTIENT) && !defined(__CUDACC__) && !defined(__CUDACC_RTC__)
    const T q = (T)((LS_QUOTIENT)x / (LS_QUOTIENT)safe);
#else
    const T q = (T)(x / safe);
#endif
    return minus_one ? E(neg)(x) : q;
}

LS_FN T E(fmod)(T x, T y)
{
    const T safe = y == 0 ? (T)1 : y;
    return y == 0 ? (T)0 : E(sub)(x, E(mul)(E(quotient)(x, safe), safe));
}

LS_FN T E(floor_divide)(T x, T y)
{
    const T safe = y == 0 ? (T)1 : y;
    const T q = E(quotient)(x, safe);
#if LS_SIGNED
    const T r = E(sub)(x, E(mul)(q, safe));
    const T floored = (T)(q - ((r != 0) & ((r ^ safe) < 0)));
    return y == 0 ? (T)0 : floored;
#else
    return y == 0 ? (T)0 : q;
#endif
}

LS_FN T E(remainder)(T x, T y)
{
    const T r = E(fmod)(x, y);
#if LS_SIGNED
    const int opposite = (r != 0) & ((r ^ y) < 0);
    return opposite ? E(add)(r, y) : r;
#else
    return r;
#endif
}

/* The float dtypes need a slow path for these two; integers have none. */
LS_FN T E(fmod_fast)(T x, T y) { return E(fmod)(x, y); }
LS_FN int E(fmod_rare)(T x, T y) { return (void)x, (void)y, 0; }
LS_FN T E(fmod_slow)(T x, T y) { return E(fmod)(x, y); }
LS_FN T E(remainder_fast)(T x, T y) { return E(remainder)(x, y); }
LS_FN int E(remainder_rare)(T x, T y) { return (void)x, (void)y, 0; }
LS_FN T E(remainder_slow)(T x, T y) { return E(remainder)(x, y); }

LS_FN T E(minimum)(T x, T y) { return x < y ? x : y; }
LS_FN T E(maximum)(T x, T y) { return x < y ? y : x; }
LS_FN T E(fmin)(T x, T y) { return E(minimum)(x, y); }
LS_FN T E(fmax)(T x, T y) { return E(maximum)(x, y); }

LS_FN T E(floor)(T x) { return x; }
LS_FN T E(ceil)(T x) { return x; }
LS_FN T E(trunc)(T x) { return x; }
LS_FN T E(rint)(T x) { return x; }
LS_FN T E(real)(T x) { return x; }
LS_FN T E(imag)(T x) { return (void)x, (T)0; }
LS_FN T E(conj)(T x) { return x; }

LS_FN ls_t_b E(isfinite)(T x) { return (void)x, (ls_t_b)1; }
LS_FN ls_t_b E(isinf)(T x) { return (void)x, (ls_t_b)0; }
LS_FN ls_t_b E(isnan)(T x) { return (void)x, (ls_t_b)0; }
LS_FN ls_t_b E(equal)(T x, T y) { return (ls_t_b)(x == y); }
LS_FN T E(canonical)(T x) { return x; }

LS_FN T E(invert)(T x) { return (T)~x; }

/* As unsigned numbers, negative counts are large, too. */
LS_FN T E(left_shift)(T x, T y)
{
    const LS_UNSIGNED count = (LS_UNSIGNED)y;
    const LS_UNSIGNED within = count & (LS_WIDTH - 1);
    return count < LS_WIDTH ? (T)(1u * (LS_UNSIGNED)x << within) : (T)0;
}

LS_FN T E(right_shift)(T x, T y)
{
    const LS_UNSIGNED count = (LS_UNSIGNED)y;
#if LS_SIGNED
    return (T)(x >> (count < LS_WIDTH ? count : (LS_UNSIGNED)(LS_WIDTH - 1)));
#else
    const LS_UNSIGNED within = count & (LS_WIDTH - 1);
    return count < LS_WIDTH ? (T)(x >> within) : (T)0;
#endif
}

#undef LS_TAG
#undef LS_UNSIGNED
#undef LS_WIDTH
#undef LS_SIGNED
#undef LS_QUOTIENT
