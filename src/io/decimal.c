/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The C library prints and reads exactly; this file only asks it for one digit more until the number comes back. The
 * locale's decimal point never matters: of what is printed only digits are taken, and what is read has none. */
#include "decimal.h"

#include "half.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Digits and exponent of |value| rounded to `count` digits. */
static void round_digits(double value, int count, lsi_decimal *out)
{
    char text[LSI_DECIMAL_DIGITS + 32];
    snprintf(text, sizeof text, "%.*e", count - 1, fabs(value));
    const char *e = strrchr(text, 'e');
    out->negative = signbit(value);
    out->count = 0;
    for (const char *p = text; p < e; p++)
        if (*p >= '0' && *p <= '9') out->digits[out->count++] = *p;
    out->exponent = atoi(e + 1);
}

static void drop_zeros(lsi_decimal *d)
{
    while (d->count > 1 && d->digits[d->count - 1] == '0') d->count--;
    if (d->count == 1 && d->digits[0] == '0') d->exponent = 0;
}

/* Whether digits (an integer) times 10^exponent is read as `value` in the dtype. Reading to double first is exact
 * enough for 16 bits: their midpoints are doubles, so few digits do not come closer to one than double's spacing. */
static bool reads_back(uint64_t digits, int exponent, double value, ls_dtype dtype)
{
    char text[64];
    snprintf(text, sizeof text, "%llue%d", (unsigned long long)digits, exponent);
    switch (dtype) {
    case LS_FLOAT16: return ls_cast_f16_f64(ls_cast_f64_f16(strtod(text, NULL))) == value;
    case LS_BFLOAT16: return ls_cast_bf16_f64(ls_cast_f64_bf16(strtod(text, NULL))) == value;
    case LS_FLOAT32: return (double)strtof(text, NULL) == value;
    default: return strtod(text, NULL) == value;
    }
}

static uint64_t as_integer(const lsi_decimal *d)
{
    uint64_t n = 0;
    for (int i = 0; i < d->count; i++) n = 10 * n + (uint64_t)(d->digits[i] - '0');
    return n;
}

static void from_integer(uint64_t n, lsi_decimal *d)
{
    char text[24];
    const int count = snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    d->exponent += count - d->count; /* 99 + 1 has a digit more */
    d->count = count;
    memcpy(d->digits, text, (size_t)count);
}

void lsi_decimal_shortest(double value, ls_dtype dtype, lsi_decimal *out)
{
    enum { ALWAYS_ENOUGH = 17 };
    int two;
    /* Below a power of two the floats lie twice as dense: the nearest decimal of some length may be outside on that
     * side while its upper neighbour is inside. */
    const bool lopsided = frexp(fabs(value), &two) == 0.5;
    for (int count = 1; count <= ALWAYS_ENOUGH; count++) {
        round_digits(value, count, out);
        const uint64_t n = as_integer(out);
        const int exponent = out->exponent - (count - 1);
        if (reads_back(n, exponent, fabs(value), dtype)) break;
        if (!lopsided || !reads_back(n + 1, exponent, fabs(value), dtype)) continue;
        from_integer(n + 1, out);
        break;
    }
    drop_zeros(out);
}

void lsi_decimal_places(double value, ls_dtype dtype, int places, bool scientific, lsi_decimal *out)
{
    lsi_decimal_shortest(value, dtype, out);
    const int room = scientific ? places + 1 : out->exponent + 1 + places; /* digits up to the last place */
    if (out->count <= room) return;
    if (room > 0) {
        round_digits(value, room, out);
    } else { /* less than one unit of the last place: it becomes that unit, or nothing */
        char text[LSI_DECIMAL_DIGITS + 32];
        snprintf(text, sizeof text, "%.*f", places, fabs(value));
        out->digits[0] = text[strlen(text) - 1];
        out->count = 1;
        out->exponent = -places;
    }
    drop_zeros(out);
}

void lsi_decimal_fill(double value, int count, lsi_decimal *shortest)
{
    if (shortest->count >= count) return;
    round_digits(value, count, shortest);
    drop_zeros(shortest);
}
