/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How NumPy writes the floats of one array: all in positional form or all with exponents, aligned at the point. */
#ifndef LSI_IO_FORMAT_FLOAT_H
#define LSI_IO_FORMAT_FLOAT_H

#include "decimal.h"

/* Room for one float however it is padded: 310 digits before the point, 400 behind. */
enum { LSI_FLOAT_TEXT = 1024, LSI_FLOAT_PLACES = 400 };

/* The decisions for one array. */
typedef struct lsi_float_format {
    ls_dtype dtype;
    bool scientific, plus;     /* plus: a sign before every number */
    int places;                /* most digits behind the point */
    int fixed_places;          /* scientific: exactly so many */
    int exponent_digits;       /* scientific */
    int left, right;           /* columns before and behind the point */
} lsi_float_format;

/* Looks at all values that will be shown. */
void lsi_float_format_init(lsi_float_format *f, const double *values, int64_t count, ls_dtype dtype, int places,
                           bool suppress, bool plus);
/* One value in the array's format; returns the length (no NUL). */
size_t lsi_float_format_put(const lsi_float_format *f, double value, char out[LSI_FLOAT_TEXT]);

/* One value on its own, as str() of a NumPy scalar: all digits it needs. `point`: whole numbers end in ".0". */
size_t lsi_float_scalar(double value, ls_dtype dtype, bool plus, bool point, char out[LSI_FLOAT_TEXT]);

#endif
