/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NumPy's rules (its print options' defaults, version 2): exponents for all when the largest is 10^8 or more (less for
 * short types), the smallest below 10^-4, or their ratio above 1000, each judged in the array's own type; at most
 * `places` digits behind the point, trailing zeros as spaces, or, with exponents, as
 * many digits as the longest has, which are the exact value's. */
#include "format_float.h"

#include "half.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static double in_type(double x, ls_dtype dtype)
{
    switch (dtype) {
    case LS_FLOAT16: return ls_cast_f16_f64(ls_cast_f64_f16(x));
    case LS_BFLOAT16: return ls_cast_bf16_f64(ls_cast_f64_bf16(x));
    case LS_FLOAT32: return (double)(float)x;
    default: return x;
    }
}

/* 10 to the decimal digits that the type surely holds; `most` for double: 10^8 in arrays, 10^16 alone. */
static double scientific_from(ls_dtype dtype, double most)
{
    switch (dtype) {
    case LS_FLOAT16: return 1e3;
    case LS_BFLOAT16: return 1e2;
    case LS_FLOAT32: return 1e6;
    default: return most;
    }
}

static bool wants_exponents(const double *values, int64_t count, ls_dtype dtype, bool suppress)
{
    double largest = 0, smallest = INFINITY;
    for (int64_t i = 0; i < count; i++) {
        const double a = fabs(values[i]);
        if (!isfinite(a) || a == 0) continue;
        largest = fmax(largest, a);
        smallest = fmin(smallest, a);
    }
    if (largest == 0) return false;
    if (largest >= scientific_from(dtype, 1e8)) return true;
    return !suppress && (smallest < in_type(0.0001, dtype) || in_type(largest / smallest, dtype) > 1000);
}

static size_t put_char(char *out, size_t n, char c, int64_t times)
{
    for (int64_t i = 0; i < times; i++) out[n++] = c;
    return n;
}

static size_t put_sign(const lsi_decimal *d, bool plus, char *out, size_t n)
{
    if (d->negative || plus) out[n++] = d->negative ? '-' : '+';
    return n;
}

/* Digits of the places from `from` down to `to` (place 0 = units), zeros where the number has none. */
static size_t put_digits(const lsi_decimal *d, int from, int to, char *out, size_t n)
{
    for (int place = from; place >= to; place--) {
        const int i = d->exponent - place;
        out[n++] = i >= 0 && i < d->count ? d->digits[i] : '0';
    }
    return n;
}

static int digits_behind_point(const lsi_decimal *d)
{
    const int n = d->count - 1 - d->exponent;
    return n > 0 ? n : 0;
}

/* Sign and digits before the point. */
static size_t put_whole(const lsi_decimal *d, bool plus, char *out)
{
    return put_digits(d, d->exponent > 0 ? d->exponent : 0, 0, out, put_sign(d, plus, out, 0));
}

static size_t put_exponent(int exponent, int digits, char *out, size_t n)
{
    return n + (size_t)snprintf(out + n, 16, "e%c%0*d", exponent < 0 ? '-' : '+', digits,
                                exponent < 0 ? -exponent : exponent);
}

static int exponent_width(int exponent)
{
    return exponent > 99 || exponent < -99 ? 3 : 2;
}

static int larger(int a, int b) { return a > b ? a : b; }

static void measure(lsi_float_format *f, double value)
{
    lsi_decimal d;
    char whole[LSI_FLOAT_TEXT];
    lsi_decimal_places(value, f->dtype, f->places, f->scientific, &d);
    if (!f->scientific) {
        f->left = larger(f->left, (int)put_whole(&d, f->plus, whole));
        f->right = larger(f->right, digits_behind_point(&d));
        return;
    }
    f->left = larger(f->left, 1 + (d.negative || f->plus));
    f->fixed_places = larger(f->fixed_places, d.count - 1);
    f->exponent_digits = larger(f->exponent_digits, exponent_width(d.exponent));
}

void lsi_float_format_init(lsi_float_format *f, const double *values, int64_t count, ls_dtype dtype, int places,
                           bool suppress, bool plus)
{
    *f = (lsi_float_format){.dtype = dtype, .plus = plus, .places = places};
    f->scientific = wants_exponents(values, count, dtype, suppress);
    bool special = false, negative_infinity = plus;
    for (int64_t i = 0; i < count; i++) {
        if (isfinite(values[i])) {
            measure(f, values[i]);
        } else {
            special = true;
            negative_infinity |= isinf(values[i]) && values[i] < 0;
        }
    }
    if (f->scientific) f->right = f->fixed_places + 2 + f->exponent_digits;
    if (special) f->left = larger(f->left, 3 + negative_infinity - (f->right + 1));
}

static size_t special_text(double value, bool plus, char *out)
{
    size_t n = 0;
    if (isinf(value) && value < 0) out[n++] = '-';
    else if (plus) out[n++] = '+';
    memcpy(out + n, isnan(value) ? "nan" : "inf", 3);
    return n + 3;
}

/* The text moved right so that it ends at `width`. */
static size_t align_right(const char *text, size_t length, int width, char *out)
{
    const size_t n = put_char(out, 0, ' ', width - (int64_t)length);
    memcpy(out + n, text, length);
    return n + length;
}

size_t lsi_float_format_put(const lsi_float_format *f, double value, char out[LSI_FLOAT_TEXT])
{
    char text[LSI_FLOAT_TEXT];
    if (!isfinite(value)) return align_right(text, special_text(value, f->plus, text), f->left + f->right + 1, out);
    lsi_decimal d;
    lsi_decimal_places(value, f->dtype, f->places, f->scientific, &d);
    if (f->scientific) lsi_decimal_fill(value, f->fixed_places + 1, &d);
    const int exponent = d.exponent;
    if (f->scientific) d.exponent = 0; /* the mantissa, written as a number of one digit before the point */
    size_t n = align_right(text, put_whole(&d, f->plus, text), f->left, out);
    out[n++] = '.';
    if (f->scientific)
        return put_exponent(exponent, f->exponent_digits, out, put_digits(&d, -1, -f->fixed_places, out, n));
    const int behind = digits_behind_point(&d);
    return put_char(out, put_digits(&d, -1, -behind, out, n), ' ', f->right - behind);
}

size_t lsi_float_scalar(double value, ls_dtype dtype, bool plus, bool point, char out[LSI_FLOAT_TEXT])
{
    if (!isfinite(value)) return special_text(value, plus, out);
    lsi_decimal d;
    lsi_decimal_shortest(value, dtype, &d);
    const double a = fabs(value);
    const bool scientific = a != 0 && (a >= scientific_from(dtype, 1e16) || a < 1e-4);
    const int exponent = d.exponent;
    if (scientific) d.exponent = 0;
    size_t n = put_whole(&d, plus, out);
    const int behind = digits_behind_point(&d);
    if (behind > 0 || (point && !scientific)) out[n++] = '.';
    n = put_digits(&d, -1, -behind, out, n);
    if (scientific) return put_exponent(exponent, 2, out, n);
    return behind == 0 && point ? put_char(out, n, '0', 1) : n;
}
