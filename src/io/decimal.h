/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Floating-point numbers as decimal digits: the fewest that give the number back, or correctly rounded to a place. */
#ifndef LSI_IO_DECIMAL_H
#define LSI_IO_DECIMAL_H

#include "lockstep/types.h"

/* |value| = d.ddd... * 10^exponent. No trailing zeros; zero is the single digit 0 with exponent 0. */
enum { LSI_DECIMAL_DIGITS = 800 }; /* the longest exact double has 767 */
typedef struct lsi_decimal {
    bool negative;
    int count, exponent;
    char digits[LSI_DECIMAL_DIGITS];
} lsi_decimal;

/* The fewest digits that read back as `value` in `dtype` (a real float dtype), nearest to it among those. */
void lsi_decimal_shortest(double value, ls_dtype dtype, lsi_decimal *out);
/* The same, but never more than `places` digits behind the point (or, scientific, behind the first digit): beyond it
 * the exact value is rounded there, ties to even. */
void lsi_decimal_places(double value, ls_dtype dtype, int places, bool scientific, lsi_decimal *out);
/* `count` digits: the shortest form's when it has so many or more, else those of the exact value. */
void lsi_decimal_fill(double value, int count, lsi_decimal *shortest);

#endif
