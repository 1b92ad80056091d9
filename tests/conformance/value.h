/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One element of any dtype as plain numbers, and what the documentation says about dtypes and casts, written again
 * without the library: the ground the conformance suite stands on. */
#ifndef LOCKSTEP_TESTS_CONFORMANCE_VALUE_H
#define LOCKSTEP_TESTS_CONFORMANCE_VALUE_H

#include "program.h"
#include <lockstep.h>

enum { DTYPES = LS_COMPLEX128, LARGEST_ELEMENT = 16 };
typedef enum kind { BOOL, INT, UINT, FLOAT, COMPLEX } kind;

/* Wide enough for any integer dtype and the product of two. */
__extension__ typedef __int128 whole;

/* Bool and integers in i, floats in re, complex numbers in re and im; what does not count is 0. */
typedef struct value {
    whole i;
    double re, im;
} value;

/* A floating format: digits of the significand, exponents of the first number that is too large and of the smallest
 * normal one. */
typedef struct format {
    int digits, top, lowest;
} format;

const char *dtype_name(ls_dtype dtype);
size_t dtype_size(ls_dtype dtype);
kind dtype_kind(ls_dtype dtype);
bool dtype_is_half(ls_dtype dtype);
ls_dtype dtype_real(ls_dtype dtype);     /* of the parts of a complex dtype, else the dtype itself */
ls_dtype dtype_as_float(ls_dtype dtype); /* what a bool or an integer becomes where only floats will do */
format dtype_format(ls_dtype dtype);     /* of a floating dtype, or of a complex one's parts */
int dtype_bits(ls_dtype dtype);          /* of an integer dtype */

/* Element `index` of an array of that dtype. Storing makes NaN canonical, as everything the library shows is. */
value value_load(ls_dtype dtype, const void *elements, int64_t index);
void value_store(ls_dtype dtype, value v, void *elements, int64_t index);

value value_of_whole(whole i);
value value_of_real(double re);
value value_of_complex(double re, double im);

/* x rounded once to nearest, ties to even, into a format; too large gives an infinity. */
double rounded(format f, long double x);
/* The unit in the last place of numbers as large as x, as an exponent of 2. */
int last_place(format f, long double x);
/* An integer modulo 2 to the width of an integer dtype. */
value wrapped(ls_dtype dtype, whole i);
/* The documented conversion. */
value value_cast(ls_dtype from, value v, ls_dtype to);
void cast_elements(ls_dtype from, const void *in, ls_dtype to, void *out, int64_t n);

/* 64 random bits from a state, which is never 0. */
uint64_t random_bits(uint64_t *state);

/* Inputs of three operands, POOL elements each: every pair of special numbers for the first two, the rest at random,
 * all in an order without pattern. */
enum { POOL = 4099, OPERANDS = 3 };
typedef struct pool {
    ls_dtype dtype;
    unsigned char elements[OPERANDS][POOL * LARGEST_ELEMENT];
} pool;
void pool_fill(pool *p, ls_dtype dtype);

#endif
