/* SPDX-License-Identifier: BSD-3-Clause
 *
 * See value.h. Slow and simple: 16-bit floats are rounded by scaling and rint, formats are numbers, no bit tricks. */
#include "value.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- dtypes ----------------------------------------------------------------------------------------------------- */

static const struct dtype_row {
    const char *name;
    size_t size;
    kind kind;
} dtype_rows[DTYPES + 1] = {
#define DTYPE(tag, NAME, text, bytes, of, npy) [LS_##NAME] = {text, bytes, of},
#include "dtypes.def"
};

const char *dtype_name(ls_dtype dtype) { return dtype_rows[dtype].name; }
size_t dtype_size(ls_dtype dtype) { return dtype_rows[dtype].size; }
kind dtype_kind(ls_dtype dtype) { return dtype_rows[dtype].kind; }
bool dtype_is_half(ls_dtype dtype) { return dtype == LS_FLOAT16 || dtype == LS_BFLOAT16; }
int dtype_bits(ls_dtype dtype) { return 8 * (int)dtype_size(dtype); }

ls_dtype dtype_real(ls_dtype dtype)
{
    return dtype == LS_COMPLEX64 ? LS_FLOAT32 : dtype == LS_COMPLEX128 ? LS_FLOAT64 : dtype;
}

ls_dtype dtype_as_float(ls_dtype dtype)
{
    if (dtype_kind(dtype) >= FLOAT) return dtype;
    return dtype_size(dtype) == 1 ? LS_FLOAT16 : dtype_size(dtype) == 2 ? LS_FLOAT32 : LS_FLOAT64;
}

format dtype_format(ls_dtype dtype)
{
    switch (dtype) {
    case LS_FLOAT16: return (format){11, 16, -14};
    case LS_BFLOAT16: return (format){8, 128, -126};
    case LS_FLOAT32:
    case LS_COMPLEX64: return (format){24, 128, -126};
    default: return (format){53, 1024, -1022};
    }
}

/* --- values ----------------------------------------------------------------------------------------------------- */

value value_of_whole(whole i) { return (value){i, 0, 0}; }
value value_of_real(double re) { return (value){0, re, 0}; }
value value_of_complex(double re, double im) { return (value){0, re, im}; }

int last_place(format f, long double x)
{
    int exponent;
    frexpl(fabsl(x), &exponent); /* x is in [2^(exponent - 1), 2^exponent) */
    const int place = exponent - f.digits, least = f.lowest - (f.digits - 1);
    return x == 0 || place < least ? least : place;
}

double rounded(format f, long double x)
{
    volatile float single = (float)x; /* volatile: gcc 12 at -O2 may drop conversions that it makes a vector of */
    if (f.digits == 53) return (double)x;
    if (f.digits == 24) return (double)single;
    if (x == 0 || !isfinite(x)) return (double)x;
    const int place = last_place(f, x);
    const long double nearest = ldexpl(rintl(ldexpl(x, -place)), place);
    if (fabsl(nearest) >= ldexpl(1, f.top)) return x < 0 ? -INFINITY : INFINITY;
    return (double)copysignl(nearest, x);
}

value wrapped(ls_dtype dtype, whole i)
{
    if (dtype == LS_BOOL) return value_of_whole(i != 0);
    const whole modulus = (whole)1 << dtype_bits(dtype);
    whole within = i % modulus;
    if (within < 0) within += modulus;
    const bool above = dtype_kind(dtype) == INT && within >= modulus / 2;
    return value_of_whole(above ? within - modulus : within);
}

static value saturated(ls_dtype dtype, double x)
{
    const int bits = dtype_bits(dtype);
    const bool is_signed = dtype_kind(dtype) == INT;
    const double limit = ldexp(1, is_signed ? bits - 1 : bits), floor_limit = is_signed ? -limit : 0;
    if (isnan(x)) return value_of_whole(0);
    if (x >= limit) return value_of_whole(((whole)1 << (is_signed ? bits - 1 : bits)) - 1);
    if (x <= floor_limit) return value_of_whole(is_signed ? -((whole)1 << (bits - 1)) : 0);
    return value_of_whole((whole)trunc(x));
}

value value_cast(ls_dtype from, value v, ls_dtype to)
{
    const bool from_whole = dtype_kind(from) <= UINT;
    const format f = dtype_format(to);
    const double re = from_whole ? rounded(f, (long double)v.i) : rounded(f, v.re);
    switch (dtype_kind(to)) {
    case BOOL: return value_of_whole(from_whole ? v.i != 0 : v.re != 0 || v.im != 0);
    case INT:
    case UINT: return from_whole ? wrapped(to, v.i) : saturated(to, v.re);
    case FLOAT: return value_of_real(re);
    case COMPLEX: return value_of_complex(re, rounded(f, v.im));
    }
    abort();
}

void cast_elements(ls_dtype from, const void *in, ls_dtype to, void *out, int64_t n)
{
    for (int64_t k = 0; k < n; k++) value_store(to, value_cast(from, value_load(from, in, k), to), out, k);
}

/* --- elements in memory ----------------------------------------------------------------------------------------- */

/* An IEEE pattern of `digits` and as many exponent bits as 16 leaves. */
static double from_half(format f, unsigned bits)
{
    const int fraction_bits = f.digits - 1, exponent = (int)(bits & 0x7fff) >> fraction_bits;
    const unsigned fraction = bits & ((1u << fraction_bits) - 1);
    double size = ldexp((double)(fraction + (exponent > 0 ? 1u << fraction_bits : 0)),
                        (exponent > 0 ? exponent - 1 : 0) + f.lowest - fraction_bits);
    if (exponent == 0x7fff >> fraction_bits) size = fraction ? NAN : INFINITY;
    return bits & 0x8000 ? -size : size;
}

static uint16_t to_half(format f, double x)
{
    const int fraction_bits = f.digits - 1;
    const unsigned infinity = 0x7fffu >> fraction_bits << fraction_bits;
    const unsigned sign = signbit(x) ? 0x8000 : 0;
    if (isnan(x)) return (uint16_t)(infinity | 1u << (fraction_bits - 1));
    if (isinf(x)) return (uint16_t)(sign | infinity);
    const int place = last_place(f, x);
    const unsigned significand = (unsigned)ldexp(fabs(x), -place); /* with the leading bit of normal numbers */
    const int above_least = place - (f.lowest - fraction_bits);
    return (uint16_t)(sign | (((unsigned)above_least << fraction_bits) + significand));
}

static void store_real(ls_dtype dtype, double x, unsigned char *to)
{
    const uint64_t nan64 = (uint64_t)0x7ff8 << 48;
    const uint32_t nan32 = (uint32_t)0x7fc0 << 16;
    const float single = (float)x;
    const uint16_t half = dtype_is_half(dtype) ? to_half(dtype_format(dtype), x) : 0;
    switch (dtype_size(dtype)) {
    case 2: memcpy(to, &half, 2); break;
    case 4: memcpy(to, isnan(x) ? (const void *)&nan32 : &single, 4); break;
    default: memcpy(to, isnan(x) ? (const void *)&nan64 : &x, 8);
    }
}

static double load_real(ls_dtype dtype, const unsigned char *from)
{
    uint16_t half;
    float single;
    double x;
    switch (dtype_size(dtype)) {
    case 2: memcpy(&half, from, 2); return from_half(dtype_format(dtype), half);
    case 4: memcpy(&single, from, 4); return (double)single;
    default: memcpy(&x, from, 8); return x;
    }
}

value value_load(ls_dtype dtype, const void *elements, int64_t index)
{
    const size_t size = dtype_size(dtype);
    const unsigned char *from = (const unsigned char *)elements + (size_t)index * size;
    if (dtype_kind(dtype) == FLOAT) return value_of_real(load_real(dtype, from));
    if (dtype_kind(dtype) == COMPLEX)
        return value_of_complex(load_real(dtype_real(dtype), from), load_real(dtype_real(dtype), from + size / 2));
    uint64_t bits = 0;
    memcpy(&bits, from, size); /* little-endian */
    return wrapped(dtype, (whole)bits);
}

void value_store(ls_dtype dtype, value v, void *elements, int64_t index)
{
    const size_t size = dtype_size(dtype);
    unsigned char *to = (unsigned char *)elements + (size_t)index * size;
    if (dtype_kind(dtype) == FLOAT) {
        store_real(dtype, v.re, to);
    } else if (dtype_kind(dtype) == COMPLEX) {
        store_real(dtype_real(dtype), v.re, to);
        store_real(dtype_real(dtype), v.im, to + size / 2);
    } else {
        const uint64_t bits = (uint64_t)v.i;
        memcpy(to, &bits, size);
    }
}

/* --- inputs ----------------------------------------------------------------------------------------------------- */

uint64_t random_bits(uint64_t *state)
{
    *state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17;
    return *state * 0x2545f4914f6cdd1du;
}

static double uniform(uint64_t *state) { return (double)(random_bits(state) >> 11) * 0x1p-53; }

enum { SPECIAL_REALS = 27, SPECIAL_WHOLES = 24 };

static double special_real(format f, int which)
{
    const double largest = ldexp(2 - ldexp(1, 1 - f.digits), f.top - 1), tiny = ldexp(1, f.lowest);
    const double eps = ldexp(1, 1 - f.digits), least = tiny * eps;
    const double numbers[SPECIAL_REALS] = {
        0.0, -0.0, 1.0, -1.0, INFINITY, -INFINITY, NAN, 0.5, -0.5, 1.5, -2.5, 3.0, -7.0, 100.25, 0x1.921fb54442d18p+1,
        largest, -largest, tiny, -tiny, least, -least, tiny - least, /* the ends of the format */
        1 + eps, 1 - eps, 2 / eps, 1 / eps + 1, 0.5 / eps + 0.5};    /* neighbours of 1, and where halves end */
    return rounded(f, numbers[which]);
}

static double random_real(format f, uint64_t *state)
{
    const double unit = 2 * uniform(state) - 1;
    const int power = 6 + (int)(random_bits(state) % 60);
    switch (random_bits(state) % 6) {
    case 0: return rounded(f, ldexp(unit, f.lowest + (int)(random_bits(state) % (uint64_t)(f.top - f.lowest))));
    case 1: return rounded(f, trunc(40 * unit));
    case 2: return rounded(f, unit * 0x1p-6);
    case 3: return rounded(f, unit);
    case 4: return rounded(f, ldexp(unit < 0 ? -1 : 1, power) + trunc(3 * uniform(state)) - 1); /* limits of integers */
    default: return rounded(f, unit * 20);
    }
}

static whole special_whole(ls_dtype dtype, int which)
{
    const whole top = (whole)1 << (dtype_bits(dtype) - (dtype_kind(dtype) == INT));
    const whole numbers[SPECIAL_WHOLES] = {0, 1, -1, 2, 3, -2, -3, 7, 8, 10, 15, 16, 31, 32, 33, 63, 64, 100, -100,
                                           top - 1, top - 2, top / 2, -top, 1 - top};
    return numbers[which];
}

/* Special number `which`, a random one beyond the last. */
static value input(ls_dtype dtype, int which, uint64_t *state)
{
    const format f = dtype_format(dtype);
    const bool special = which >= 0;
    const double again = special_real(f, (int)(random_bits(state) % SPECIAL_REALS));
    switch (dtype_kind(dtype)) {
    case BOOL: return value_of_whole((whole)(random_bits(state) >> 63));
    case FLOAT: return value_of_real(special ? special_real(f, which) : random_real(f, state));
    case COMPLEX:
        if (special) return value_of_complex(special_real(f, which), again);
        return value_of_complex(random_real(f, state), random_real(f, state));
    default: break;
    }
    if (special) return wrapped(dtype, special_whole(dtype, which));
    const whole bits = (whole)random_bits(state);
    return wrapped(dtype, bits >> (random_bits(state) & 1 ? 0 : random_bits(state) % (uint64_t)dtype_bits(dtype)));
}

void pool_fill(pool *p, ls_dtype dtype)
{
    uint64_t state = 88172645463325252u + (uint64_t)dtype;
    const int specials = dtype_kind(dtype) >= FLOAT ? SPECIAL_REALS : SPECIAL_WHOLES;
    p->dtype = dtype;
    for (int k = 0; k < POOL; k++) {
        const int place = (int)((int64_t)k * 1511 % POOL); /* POOL is prime: a permutation */
        const bool special = k < specials * specials;
        value_store(dtype, input(dtype, special ? k % specials : -1, &state), p->elements[0], place);
        value_store(dtype, input(dtype, special ? k / specials : -1, &state), p->elements[1], place);
        value_store(dtype, input(dtype, k % 3 ? -1 : k % specials, &state), p->elements[2], place);
    }
}
