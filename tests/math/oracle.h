/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The true values of the functions of math.def, from MPFR, and the error of a result in units in the last place. */
#ifndef LOCKSTEP_TESTS_MATH_ORACLE_H
#define LOCKSTEP_TESTS_MATH_ORACLE_H

struct math_oracle;

/* NULL where the function has none; every row is expected to have one. */
const struct math_oracle *math_oracle_find(const char *name);

/* The error of `result` as f(x, y) in units in the last place of the true value, at `digits` 24 (float32) or 53
 * (float64): 0 where both are NaN, the same infinity, or the same exact zero; infinite where they disagree in kind. A
 * result rounded to infinity counts as the first power of two that the format lacks. y is ignored for functions of one
 * argument. For logaddexp, whose terms may cancel, the unit is at least that of the larger operand. */
double math_oracle_error(const struct math_oracle *oracle, int digits, double x, double y, double result);

/* A quick reference of some 60 bits, to decide which inputs are worth MPFR's time. */
typedef long double math_quick(long double x, long double y);
math_quick *math_oracle_quick(const struct math_oracle *oracle);

/* The same error measure against a quick reference; exact only to the reference's precision. */
double math_quick_error(int digits, long double truth, double result);

#endif
