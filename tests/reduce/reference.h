/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The slow reference of reductions and scans: the definitions of kernels/reduce_order.h and kernels/scan_order.h,
 * element by element, one output at a time, for any dtype. Shares no code with what it tests. */
#ifndef LOCKSTEP_TESTS_REDUCE_REFERENCE_H
#define LOCKSTEP_TESTS_REDUCE_REFERENCE_H

#include "program.h"

/* An element of any dtype: floats and complex in f (float32 values are exact there), integers and bool in i. */
typedef struct number {
    double f[2];
    int64_t i;
} number;

number number_load(ls_dtype dtype, const void *bytes);
void number_store(ls_dtype dtype, number x, void *bytes);
/* The same bits, all NaNs being alike. */
bool same_element(ls_dtype dtype, const void *a, const void *b);

/* The reduction of n > 0 values of `dtype`, as an element of what the kernels make (float64 for float64 sums, ...). */
number reference_reduce(lsi_reduce_op op, ls_dtype dtype, const number *x, int64_t n, double correction);

/* The cumulative sums (products) of n values, in the accumulator's dtype. */
void reference_scan(bool product, ls_dtype dtype, const number *x, int64_t n, number *out);

#endif
