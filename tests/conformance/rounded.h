/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows whose result is within a bound of the true value: the true values in long double, from the C library. It has
 * 11 bits or more beyond float64, so an error measured against it is right to a hundredth of a unit. */
#ifndef LOCKSTEP_TESTS_CONFORMANCE_ROUNDED_H
#define LOCKSTEP_TESTS_CONFORMANCE_ROUNDED_H

#include "value.h"

/* Whether `result` is what the row may give for operands of float32, float64, complex64 or complex128. `ulp` is the
 * row's bound. *error tells by how many units it is off: infinite where the kind of number is wrong. */
bool rounded_admits(lsi_op op, ls_dtype dtype, double ulp, const value operands[2], value result, double *error);

#endif
