/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Elementwise functions. WRITTEN BY src/api/elementwise_header.c FROM THE ROWS IN kernels/: edit the rows, not this file.
 *
 * What holds for every function here:
 *   Operands  arrays or C numbers (ls_operand). Numbers are weak: a float32 array with 2.0 stays float32; a number
 *             that does not fit an integer dtype is LS_EOVERFLOW.
 *   Shape     operands broadcast as in NumPy; the result has the broadcast shape. LS_ESHAPE names both shapes.
 *   Dtype     operands promote by the array API's table (mixed kinds as NumPy 2) to one dtype, which the function's
 *             comment must admit, else LS_EDTYPE. float16 and bfloat16 are computed in float32 and rounded once.
 *   Place     all arrays on one device, else LS_EDEVICE; the result is there too. 0-d arrays come from anywhere.
 *   Memory    the result is new, pending (nothing has run), and owned by the innermost scope. NULL in, NULL out.
 *   Errors    NULL, and the text from ls_error_message(). Out of memory later names this call.
 *   Numerics  the same bits on every device, instruction set and thread count, fused or not. The error is in units
 *             in the last place of the result's dtype.
 * ls_<name>_into(out, ...) writes the same elements into an existing array, which the operands broadcast to, and
 * whose dtype the result is cast to (never complex to real); it evaluates at once, allows `out` among the operands,
 * returns a status and ends a chain. On an error `out` is unchanged. */
#ifndef LOCKSTEP_ELEMENTWISE_H
#define LOCKSTEP_ELEMENTWISE_H

#include "types.h"

LS_BEGIN_DECLS

/** x where the condition is non-zero, else y, element by element. condition: any dtype; x and y promote to the
 *  result's dtype. Both are always computed. */
LS_API ls_array *ls_where(const char *place, ls_operand condition, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_where_into(const char *place, ls_array *out, ls_operand condition, ls_operand x,
                                              ls_operand y);
#define ls_where(condition, x, y) LS_CALL3(ls_where, condition, x, y)
#define ls_where_into(out, condition, x, y) LS_CALL3_INTO(ls_where_into, out, condition, x, y)

/** Sum x + y; for bool the logical or.
 *  Dtypes all. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_add(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_add_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_add(x, y) LS_CALL2(ls_add, x, y)
#define ls_add_into(out, x, y) LS_CALL2_INTO(ls_add_into, out, x, y)

/** Difference x - y.
 *  Dtypes integers, floats and complex; bool is refused. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_subtract(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_subtract_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_subtract(x, y) LS_CALL2(ls_subtract, x, y)
#define ls_subtract_into(out, x, y) LS_CALL2_INTO(ls_subtract_into, out, x, y)

/** Product x * y; for bool the logical and.
 *  Dtypes all. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_multiply(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_multiply_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_multiply(x, y) LS_CALL2(ls_multiply, x, y)
#define ls_multiply_into(out, x, y) LS_CALL2_INTO(ls_multiply_into, out, x, y)

/** True quotient x / y; integers are divided as float64. Complex by Smith's scaled formula.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_divide(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_divide_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_divide(x, y) LS_CALL2(ls_divide, x, y)
#define ls_divide_into(out, x, y) LS_CALL2_INTO(ls_divide_into, out, x, y)

/** Largest whole number not above x / y, exactly rounded; integer division by zero gives 0.
 *  Dtypes integers and floats; bool as int8. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_floor_divide(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_floor_divide_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_floor_divide(x, y) LS_CALL2(ls_floor_divide, x, y)
#define ls_floor_divide_into(out, x, y) LS_CALL2_INTO(ls_floor_divide_into, out, x, y)

/** x - floor(x / y) * y with the sign of y, exact before its one rounding; an integer divisor of zero gives 0.
 *  Dtypes integers and floats; bool as int8. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_remainder(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_remainder_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_remainder(x, y) LS_CALL2(ls_remainder, x, y)
#define ls_remainder_into(out, x, y) LS_CALL2_INTO(ls_remainder_into, out, x, y)

/** x - trunc(x / y) * y, exact, with the sign of x; an integer divisor of zero gives 0.
 *  Dtypes integers and floats; bool as int8. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_fmod(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_fmod_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_fmod(x, y) LS_CALL2(ls_fmod, x, y)
#define ls_fmod_into(out, x, y) LS_CALL2_INTO(ls_fmod_into, out, x, y)

/** Negation -x; unsigned wraps.
 *  Dtypes integers, floats and complex; bool is refused. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_negative(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_negative_into(const char *place, ls_array *out, ls_operand x);
#define ls_negative(x) LS_CALL1(ls_negative, x)
#define ls_negative_into(out, x) LS_CALL1_INTO(ls_negative_into, out, x)

/** x itself.
 *  Dtypes integers, floats and complex; bool is refused. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_positive(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_positive_into(const char *place, ls_array *out, ls_operand x);
#define ls_positive(x) LS_CALL1(ls_positive, x)
#define ls_positive_into(out, x) LS_CALL1_INTO(ls_positive_into, out, x)

/** Absolute value; the smallest integer is its own; complex: the modulus as hypot.
 *  Dtypes all. Result as the operand, the real dtype of a complex one. Error at most 1 ULP. */
LS_API ls_array *ls_abs(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_abs_into(const char *place, ls_array *out, ls_operand x);
#define ls_abs(x) LS_CALL1(ls_abs, x)
#define ls_abs_into(out, x) LS_CALL1_INTO(ls_abs_into, out, x)

/** -1, 0 or 1 as x is below, equal to or above zero; NaN for NaN; complex: x / abs(x).
 *  Dtypes integers, floats and complex; bool is refused. Result as the operands promote. Error at most 1 ULP. */
LS_API ls_array *ls_sign(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_sign_into(const char *place, ls_array *out, ls_operand x);
#define ls_sign(x) LS_CALL1(ls_sign, x)
#define ls_sign_into(out, x) LS_CALL1_INTO(ls_sign_into, out, x)

/** x times x.
 *  Dtypes integers, floats and complex; bool as int8. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_square(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_square_into(const char *place, ls_array *out, ls_operand x);
#define ls_square(x) LS_CALL1(ls_square, x)
#define ls_square_into(out, x) LS_CALL1_INTO(ls_square_into, out, x)

/** Square root, correctly rounded; NaN below zero.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_sqrt(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_sqrt_into(const char *place, ls_array *out, ls_operand x);
#define ls_sqrt(x) LS_CALL1(ls_sqrt, x)
#define ls_sqrt_into(out, x) LS_CALL1_INTO(ls_sqrt_into, out, x)

/** 1 / x; integers are divided as float64.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_reciprocal(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_reciprocal_into(const char *place, ls_array *out, ls_operand x);
#define ls_reciprocal(x) LS_CALL1(ls_reciprocal, x)
#define ls_reciprocal_into(out, x) LS_CALL1_INTO(ls_reciprocal_into, out, x)

/** x radians in degrees: x * (180 / pi), the product of two parts of the constant.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error at most 1 ULP. */
LS_API ls_array *ls_degrees(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_degrees_into(const char *place, ls_array *out, ls_operand x);
#define ls_degrees(x) LS_CALL1(ls_degrees, x)
#define ls_degrees_into(out, x) LS_CALL1_INTO(ls_degrees_into, out, x)

/** x degrees in radians: x * (pi / 180), the product of two parts of the constant.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error at most 1 ULP. */
LS_API ls_array *ls_radians(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_radians_into(const char *place, ls_array *out, ls_operand x);
#define ls_radians(x) LS_CALL1(ls_radians, x)
#define ls_radians_into(out, x) LS_CALL1_INTO(ls_radians_into, out, x)

/** x limited to [y, z]: minimum(maximum(x, y), z); NaN if any is NaN.
 *  Dtypes integers and floats; bool as int8. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_clip(const char *place, ls_operand x, ls_operand y, ls_operand z);
LS_API LS_WARN_UNUSED ls_status ls_clip_into(const char *place, ls_array *out, ls_operand x, ls_operand y, ls_operand z);
#define ls_clip(x, y, z) LS_CALL3(ls_clip, x, y, z)
#define ls_clip_into(out, x, y, z) LS_CALL3_INTO(ls_clip_into, out, x, y, z)

/** The larger of x and y; NaN if either is NaN.
 *  Dtypes all but complex. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_maximum(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_maximum_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_maximum(x, y) LS_CALL2(ls_maximum, x, y)
#define ls_maximum_into(out, x, y) LS_CALL2_INTO(ls_maximum_into, out, x, y)

/** The smaller of x and y; NaN if either is NaN.
 *  Dtypes all but complex. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_minimum(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_minimum_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_minimum(x, y) LS_CALL2(ls_minimum, x, y)
#define ls_minimum_into(out, x, y) LS_CALL2_INTO(ls_minimum_into, out, x, y)

/** The larger of x and y; a NaN loses to a number.
 *  Dtypes all but complex. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_fmax(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_fmax_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_fmax(x, y) LS_CALL2(ls_fmax, x, y)
#define ls_fmax_into(out, x, y) LS_CALL2_INTO(ls_fmax_into, out, x, y)

/** The smaller of x and y; a NaN loses to a number.
 *  Dtypes all but complex. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_fmin(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_fmin_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_fmin(x, y) LS_CALL2(ls_fmin, x, y)
#define ls_fmin_into(out, x, y) LS_CALL2_INTO(ls_fmin_into, out, x, y)

/** Largest whole number not above x.
 *  Dtypes integers and floats; bool as int8. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_floor(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_floor_into(const char *place, ls_array *out, ls_operand x);
#define ls_floor(x) LS_CALL1(ls_floor, x)
#define ls_floor_into(out, x) LS_CALL1_INTO(ls_floor_into, out, x)

/** Smallest whole number not below x.
 *  Dtypes integers and floats; bool as int8. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_ceil(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_ceil_into(const char *place, ls_array *out, ls_operand x);
#define ls_ceil(x) LS_CALL1(ls_ceil, x)
#define ls_ceil_into(out, x) LS_CALL1_INTO(ls_ceil_into, out, x)

/** x without its fraction.
 *  Dtypes integers and floats; bool as int8. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_trunc(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_trunc_into(const char *place, ls_array *out, ls_operand x);
#define ls_trunc(x) LS_CALL1(ls_trunc, x)
#define ls_trunc_into(out, x) LS_CALL1_INTO(ls_trunc_into, out, x)

/** Nearest whole number, ties to the even one; complex: each part.
 *  Dtypes integers, floats and complex; bool as int8. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_round(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_round_into(const char *place, ls_array *out, ls_operand x);
#define ls_round(x) LS_CALL1(ls_round, x)
#define ls_round_into(out, x) LS_CALL1_INTO(ls_round_into, out, x)

/** Nearest whole number, ties to the even one; complex: each part.
 *  Dtypes integers, floats and complex; bool as int8. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_rint(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_rint_into(const char *place, ls_array *out, ls_operand x);
#define ls_rint(x) LS_CALL1(ls_rint, x)
#define ls_rint_into(out, x) LS_CALL1_INTO(ls_rint_into, out, x)

/** Real part.
 *  Dtypes integers, floats and complex; bool as int8. Result as the operand, the real dtype of a complex one. Error none beyond correct rounding. */
LS_API ls_array *ls_real(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_real_into(const char *place, ls_array *out, ls_operand x);
#define ls_real(x) LS_CALL1(ls_real, x)
#define ls_real_into(out, x) LS_CALL1_INTO(ls_real_into, out, x)

/** Imaginary part; 0 for a real number.
 *  Dtypes integers, floats and complex; bool as int8. Result as the operand, the real dtype of a complex one. Error none beyond correct rounding. */
LS_API ls_array *ls_imag(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_imag_into(const char *place, ls_array *out, ls_operand x);
#define ls_imag(x) LS_CALL1(ls_imag, x)
#define ls_imag_into(out, x) LS_CALL1_INTO(ls_imag_into, out, x)

/** Complex conjugate; a real number is its own.
 *  Dtypes integers, floats and complex; bool as int8. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_conj(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_conj_into(const char *place, ls_array *out, ls_operand x);
#define ls_conj(x) LS_CALL1(ls_conj, x)
#define ls_conj_into(out, x) LS_CALL1_INTO(ls_conj_into, out, x)

/** Magnitude of x with the sign of y; the sign of a NaN counts as positive.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_copysign(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_copysign_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_copysign(x, y) LS_CALL2(ls_copysign, x, y)
#define ls_copysign_into(out, x, y) LS_CALL2_INTO(ls_copysign_into, out, x, y)

/** Whether the sign is negative, -0 included; false for NaN.
 *  Dtypes floats; integers as the float that holds them. Result bool. Error none beyond correct rounding. */
LS_API ls_array *ls_signbit(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_signbit_into(const char *place, ls_array *out, ls_operand x);
#define ls_signbit(x) LS_CALL1(ls_signbit, x)
#define ls_signbit_into(out, x) LS_CALL1_INTO(ls_signbit_into, out, x)

/** Next representable number after x towards y.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_nextafter(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_nextafter_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_nextafter(x, y) LS_CALL2(ls_nextafter, x, y)
#define ls_nextafter_into(out, x, y) LS_CALL2_INTO(ls_nextafter_into, out, x, y)

/** Whether x is neither infinite nor NaN; complex: both parts.
 *  Dtypes integers, floats and complex; bool as int8. Result bool. Error none beyond correct rounding. */
LS_API ls_array *ls_isfinite(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_isfinite_into(const char *place, ls_array *out, ls_operand x);
#define ls_isfinite(x) LS_CALL1(ls_isfinite, x)
#define ls_isfinite_into(out, x) LS_CALL1_INTO(ls_isfinite_into, out, x)

/** Whether x is infinite; complex: either part.
 *  Dtypes integers, floats and complex; bool as int8. Result bool. Error none beyond correct rounding. */
LS_API ls_array *ls_isinf(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_isinf_into(const char *place, ls_array *out, ls_operand x);
#define ls_isinf(x) LS_CALL1(ls_isinf, x)
#define ls_isinf_into(out, x) LS_CALL1_INTO(ls_isinf_into, out, x)

/** Whether x is NaN; complex: either part.
 *  Dtypes integers, floats and complex; bool as int8. Result bool. Error none beyond correct rounding. */
LS_API ls_array *ls_isnan(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_isnan_into(const char *place, ls_array *out, ls_operand x);
#define ls_isnan(x) LS_CALL1(ls_isnan, x)
#define ls_isnan_into(out, x) LS_CALL1_INTO(ls_isnan_into, out, x)

/** Whether x == y.
 *  Dtypes all. Result bool. Error none beyond correct rounding. */
LS_API ls_array *ls_equal(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_equal_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_equal(x, y) LS_CALL2(ls_equal, x, y)
#define ls_equal_into(out, x, y) LS_CALL2_INTO(ls_equal_into, out, x, y)

/** Whether x != y.
 *  Dtypes all. Result bool. Error none beyond correct rounding. */
LS_API ls_array *ls_not_equal(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_not_equal_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_not_equal(x, y) LS_CALL2(ls_not_equal, x, y)
#define ls_not_equal_into(out, x, y) LS_CALL2_INTO(ls_not_equal_into, out, x, y)

/** Whether x < y.
 *  Dtypes all but complex. Result bool. Error none beyond correct rounding. */
LS_API ls_array *ls_less(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_less_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_less(x, y) LS_CALL2(ls_less, x, y)
#define ls_less_into(out, x, y) LS_CALL2_INTO(ls_less_into, out, x, y)

/** Whether x <= y.
 *  Dtypes all but complex. Result bool. Error none beyond correct rounding. */
LS_API ls_array *ls_less_equal(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_less_equal_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_less_equal(x, y) LS_CALL2(ls_less_equal, x, y)
#define ls_less_equal_into(out, x, y) LS_CALL2_INTO(ls_less_equal_into, out, x, y)

/** Whether x > y.
 *  Dtypes all but complex. Result bool. Error none beyond correct rounding. */
LS_API ls_array *ls_greater(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_greater_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_greater(x, y) LS_CALL2(ls_greater, x, y)
#define ls_greater_into(out, x, y) LS_CALL2_INTO(ls_greater_into, out, x, y)

/** Whether x >= y.
 *  Dtypes all but complex. Result bool. Error none beyond correct rounding. */
LS_API ls_array *ls_greater_equal(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_greater_equal_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_greater_equal(x, y) LS_CALL2(ls_greater_equal, x, y)
#define ls_greater_equal_into(out, x, y) LS_CALL2_INTO(ls_greater_equal_into, out, x, y)

/** Whether both are non-zero.
 *  Dtypes any, taken as x != 0. Result bool. Error none beyond correct rounding. */
LS_API ls_array *ls_logical_and(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_logical_and_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_logical_and(x, y) LS_CALL2(ls_logical_and, x, y)
#define ls_logical_and_into(out, x, y) LS_CALL2_INTO(ls_logical_and_into, out, x, y)

/** Whether either is non-zero.
 *  Dtypes any, taken as x != 0. Result bool. Error none beyond correct rounding. */
LS_API ls_array *ls_logical_or(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_logical_or_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_logical_or(x, y) LS_CALL2(ls_logical_or, x, y)
#define ls_logical_or_into(out, x, y) LS_CALL2_INTO(ls_logical_or_into, out, x, y)

/** Whether exactly one is non-zero.
 *  Dtypes any, taken as x != 0. Result bool. Error none beyond correct rounding. */
LS_API ls_array *ls_logical_xor(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_logical_xor_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_logical_xor(x, y) LS_CALL2(ls_logical_xor, x, y)
#define ls_logical_xor_into(out, x, y) LS_CALL2_INTO(ls_logical_xor_into, out, x, y)

/** Whether x is zero.
 *  Dtypes any, taken as x != 0. Result bool. Error none beyond correct rounding. */
LS_API ls_array *ls_logical_not(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_logical_not_into(const char *place, ls_array *out, ls_operand x);
#define ls_logical_not(x) LS_CALL1(ls_logical_not, x)
#define ls_logical_not_into(out, x) LS_CALL1_INTO(ls_logical_not_into, out, x)

/** Bits set in both.
 *  Dtypes bool and integers. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_bitwise_and(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_bitwise_and_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_bitwise_and(x, y) LS_CALL2(ls_bitwise_and, x, y)
#define ls_bitwise_and_into(out, x, y) LS_CALL2_INTO(ls_bitwise_and_into, out, x, y)

/** Bits set in either.
 *  Dtypes bool and integers. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_bitwise_or(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_bitwise_or_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_bitwise_or(x, y) LS_CALL2(ls_bitwise_or, x, y)
#define ls_bitwise_or_into(out, x, y) LS_CALL2_INTO(ls_bitwise_or_into, out, x, y)

/** Bits set in exactly one.
 *  Dtypes bool and integers. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_bitwise_xor(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_bitwise_xor_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_bitwise_xor(x, y) LS_CALL2(ls_bitwise_xor, x, y)
#define ls_bitwise_xor_into(out, x, y) LS_CALL2_INTO(ls_bitwise_xor_into, out, x, y)

/** Every bit flipped; for bool the logical not.
 *  Dtypes bool and integers. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_bitwise_invert(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_bitwise_invert_into(const char *place, ls_array *out, ls_operand x);
#define ls_bitwise_invert(x) LS_CALL1(ls_bitwise_invert, x)
#define ls_bitwise_invert_into(out, x) LS_CALL1_INTO(ls_bitwise_invert_into, out, x)

/** x moved left by y bits.
 *  Dtypes integers; bool as int8. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_bitwise_left_shift(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_bitwise_left_shift_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_bitwise_left_shift(x, y) LS_CALL2(ls_bitwise_left_shift, x, y)
#define ls_bitwise_left_shift_into(out, x, y) LS_CALL2_INTO(ls_bitwise_left_shift_into, out, x, y)

/** x moved right by y bits, copies of the sign entering.
 *  Dtypes integers; bool as int8. Result as the operands promote. Error none beyond correct rounding. */
LS_API ls_array *ls_bitwise_right_shift(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_bitwise_right_shift_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_bitwise_right_shift(x, y) LS_CALL2(ls_bitwise_right_shift, x, y)
#define ls_bitwise_right_shift_into(out, x, y) LS_CALL2_INTO(ls_bitwise_right_shift_into, out, x, y)

/** e to the power x.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 0.9 ULP. */
LS_API ls_array *ls_exp(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_exp_into(const char *place, ls_array *out, ls_operand x);
#define ls_exp(x) LS_CALL1(ls_exp, x)
#define ls_exp_into(out, x) LS_CALL1_INTO(ls_exp_into, out, x)

/** 2 to the power x; exact for whole x.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error at most 0.9 ULP. */
LS_API ls_array *ls_exp2(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_exp2_into(const char *place, ls_array *out, ls_operand x);
#define ls_exp2(x) LS_CALL1(ls_exp2, x)
#define ls_exp2_into(out, x) LS_CALL1_INTO(ls_exp2_into, out, x)

/** e to the power x, minus 1, accurate for small x too.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 0.9 ULP. */
LS_API ls_array *ls_expm1(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_expm1_into(const char *place, ls_array *out, ls_operand x);
#define ls_expm1(x) LS_CALL1(ls_expm1, x)
#define ls_expm1_into(out, x) LS_CALL1_INTO(ls_expm1_into, out, x)

/** Natural logarithm; -inf at 0, NaN below.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 0.9 ULP. */
LS_API ls_array *ls_log(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_log_into(const char *place, ls_array *out, ls_operand x);
#define ls_log(x) LS_CALL1(ls_log, x)
#define ls_log_into(out, x) LS_CALL1_INTO(ls_log_into, out, x)

/** Logarithm to base 2; exact for powers of 2.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 1 ULP. */
LS_API ls_array *ls_log2(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_log2_into(const char *place, ls_array *out, ls_operand x);
#define ls_log2(x) LS_CALL1(ls_log2, x)
#define ls_log2_into(out, x) LS_CALL1_INTO(ls_log2_into, out, x)

/** Logarithm to base 10.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 0.9 ULP. */
LS_API ls_array *ls_log10(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_log10_into(const char *place, ls_array *out, ls_operand x);
#define ls_log10(x) LS_CALL1(ls_log10, x)
#define ls_log10_into(out, x) LS_CALL1_INTO(ls_log10_into, out, x)

/** Logarithm of 1 + x, accurate for small x too; -inf at -1, NaN below.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 0.9 ULP. */
LS_API ls_array *ls_log1p(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_log1p_into(const char *place, ls_array *out, ls_operand x);
#define ls_log1p(x) LS_CALL1(ls_log1p, x)
#define ls_log1p_into(out, x) LS_CALL1_INTO(ls_log1p_into, out, x)

/** log(exp(x) + exp(y)) without overflow; where the result is near 0, the bound is in units of the larger operand.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error at most 1 ULP. */
LS_API ls_array *ls_logaddexp(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_logaddexp_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_logaddexp(x, y) LS_CALL2(ls_logaddexp, x, y)
#define ls_logaddexp_into(out, x, y) LS_CALL2_INTO(ls_logaddexp_into, out, x, y)

/** x to the power y; integers wrap, and to a negative power 1 and -1 give 1 or -1, all others 0. Complex: exp(y * log(x)), whose error grows by |y * log(x)| / 16.
 *  Dtypes integers, floats and complex; bool as int8. Result as the operands promote. Error at most 0.9 ULP. */
LS_API ls_array *ls_pow(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_pow_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_pow(x, y) LS_CALL2(ls_pow, x, y)
#define ls_pow_into(out, x, y) LS_CALL2_INTO(ls_pow_into, out, x, y)

/** 1 / sqrt(x); inf at 0, NaN below.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error at most 0.6 ULP. */
LS_API ls_array *ls_rsqrt(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_rsqrt_into(const char *place, ls_array *out, ls_operand x);
#define ls_rsqrt(x) LS_CALL1(ls_rsqrt, x)
#define ls_rsqrt_into(out, x) LS_CALL1_INTO(ls_rsqrt_into, out, x)

/** Sine of x radians, of any size.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 0.9 ULP. */
LS_API ls_array *ls_sin(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_sin_into(const char *place, ls_array *out, ls_operand x);
#define ls_sin(x) LS_CALL1(ls_sin, x)
#define ls_sin_into(out, x) LS_CALL1_INTO(ls_sin_into, out, x)

/** Cosine of x radians, of any size.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 0.9 ULP. */
LS_API ls_array *ls_cos(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_cos_into(const char *place, ls_array *out, ls_operand x);
#define ls_cos(x) LS_CALL1(ls_cos, x)
#define ls_cos_into(out, x) LS_CALL1_INTO(ls_cos_into, out, x)

/** Tangent of x radians, of any size.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 1 ULP. */
LS_API ls_array *ls_tan(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_tan_into(const char *place, ls_array *out, ls_operand x);
#define ls_tan(x) LS_CALL1(ls_tan, x)
#define ls_tan_into(out, x) LS_CALL1_INTO(ls_tan_into, out, x)

/** Sine of pi * x; exact zeros and ones at half turns.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error at most 1 ULP. */
LS_API ls_array *ls_sinpi(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_sinpi_into(const char *place, ls_array *out, ls_operand x);
#define ls_sinpi(x) LS_CALL1(ls_sinpi, x)
#define ls_sinpi_into(out, x) LS_CALL1_INTO(ls_sinpi_into, out, x)

/** Cosine of pi * x; exact zeros and ones at half turns.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error at most 0.9 ULP. */
LS_API ls_array *ls_cospi(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_cospi_into(const char *place, ls_array *out, ls_operand x);
#define ls_cospi(x) LS_CALL1(ls_cospi, x)
#define ls_cospi_into(out, x) LS_CALL1_INTO(ls_cospi_into, out, x)

/** Cube root, of negative numbers too.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error at most 0.6 ULP. */
LS_API ls_array *ls_cbrt(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_cbrt_into(const char *place, ls_array *out, ls_operand x);
#define ls_cbrt(x) LS_CALL1(ls_cbrt, x)
#define ls_cbrt_into(out, x) LS_CALL1_INTO(ls_cbrt_into, out, x)

/** sqrt(x * x + y * y) without overflow; inf if either is infinite, even beside a NaN.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error at most 0.8 ULP. */
LS_API ls_array *ls_hypot(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_hypot_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_hypot(x, y) LS_CALL2(ls_hypot, x, y)
#define ls_hypot_into(out, x, y) LS_CALL2_INTO(ls_hypot_into, out, x, y)

/** The angle in [-pi/2, pi/2] whose sine is x; NaN outside [-1, 1].
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 0.7 ULP. */
LS_API ls_array *ls_asin(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_asin_into(const char *place, ls_array *out, ls_operand x);
#define ls_asin(x) LS_CALL1(ls_asin, x)
#define ls_asin_into(out, x) LS_CALL1_INTO(ls_asin_into, out, x)

/** The angle in [0, pi] whose cosine is x; NaN outside [-1, 1].
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 0.7 ULP. */
LS_API ls_array *ls_acos(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_acos_into(const char *place, ls_array *out, ls_operand x);
#define ls_acos(x) LS_CALL1(ls_acos, x)
#define ls_acos_into(out, x) LS_CALL1_INTO(ls_acos_into, out, x)

/** The angle in [-pi/2, pi/2] whose tangent is x.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 1 ULP. */
LS_API ls_array *ls_atan(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_atan_into(const char *place, ls_array *out, ls_operand x);
#define ls_atan(x) LS_CALL1(ls_atan, x)
#define ls_atan_into(out, x) LS_CALL1_INTO(ls_atan_into, out, x)

/** The angle in [-pi, pi] of the point with ordinate x and abscissa y; zeros and infinities count with their signs.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error at most 1 ULP. */
LS_API ls_array *ls_atan2(const char *place, ls_operand x, ls_operand y);
LS_API LS_WARN_UNUSED ls_status ls_atan2_into(const char *place, ls_array *out, ls_operand x, ls_operand y);
#define ls_atan2(x, y) LS_CALL2(ls_atan2, x, y)
#define ls_atan2_into(out, x, y) LS_CALL2_INTO(ls_atan2_into, out, x, y)

/** Hyperbolic sine.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 0.9 ULP. */
LS_API ls_array *ls_sinh(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_sinh_into(const char *place, ls_array *out, ls_operand x);
#define ls_sinh(x) LS_CALL1(ls_sinh, x)
#define ls_sinh_into(out, x) LS_CALL1_INTO(ls_sinh_into, out, x)

/** Hyperbolic cosine.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 0.8 ULP. */
LS_API ls_array *ls_cosh(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_cosh_into(const char *place, ls_array *out, ls_operand x);
#define ls_cosh(x) LS_CALL1(ls_cosh, x)
#define ls_cosh_into(out, x) LS_CALL1_INTO(ls_cosh_into, out, x)

/** Hyperbolic tangent.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 0.9 ULP. */
LS_API ls_array *ls_tanh(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_tanh_into(const char *place, ls_array *out, ls_operand x);
#define ls_tanh(x) LS_CALL1(ls_tanh, x)
#define ls_tanh_into(out, x) LS_CALL1_INTO(ls_tanh_into, out, x)

/** Inverse hyperbolic sine.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 0.9 ULP. */
LS_API ls_array *ls_asinh(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_asinh_into(const char *place, ls_array *out, ls_operand x);
#define ls_asinh(x) LS_CALL1(ls_asinh, x)
#define ls_asinh_into(out, x) LS_CALL1_INTO(ls_asinh_into, out, x)

/** Inverse hyperbolic cosine; NaN below 1.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 0.9 ULP. */
LS_API ls_array *ls_acosh(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_acosh_into(const char *place, ls_array *out, ls_operand x);
#define ls_acosh(x) LS_CALL1(ls_acosh, x)
#define ls_acosh_into(out, x) LS_CALL1_INTO(ls_acosh_into, out, x)

/** Inverse hyperbolic tangent; infinite at -1 and 1, NaN outside.
 *  Dtypes floats and complex; integers as the float that holds them. Result as the operands promote. Error at most 0.7 ULP. */
LS_API ls_array *ls_atanh(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_atanh_into(const char *place, ls_array *out, ls_operand x);
#define ls_atanh(x) LS_CALL1(ls_atanh, x)
#define ls_atanh_into(out, x) LS_CALL1_INTO(ls_atanh_into, out, x)

/** Error function.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error at most 0.8 ULP. */
LS_API ls_array *ls_erf(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_erf_into(const char *place, ls_array *out, ls_operand x);
#define ls_erf(x) LS_CALL1(ls_erf, x)
#define ls_erf_into(out, x) LS_CALL1_INTO(ls_erf_into, out, x)

/** 1 - erf(x), accurate for large x too.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error at most 0.9 ULP. */
LS_API ls_array *ls_erfc(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_erfc_into(const char *place, ls_array *out, ls_operand x);
#define ls_erfc(x) LS_CALL1(ls_erfc, x)
#define ls_erfc_into(out, x) LS_CALL1_INTO(ls_erfc_into, out, x)

/** Gamma function; infinite at 0, NaN at negative whole numbers.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error at most 1 ULP. */
LS_API ls_array *ls_tgamma(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_tgamma_into(const char *place, ls_array *out, ls_operand x);
#define ls_tgamma(x) LS_CALL1(ls_tgamma, x)
#define ls_tgamma_into(out, x) LS_CALL1_INTO(ls_tgamma_into, out, x)

/** Logarithm of the magnitude of the gamma function; for the few numbers next to a zero below -2 right to 2^-95 instead.
 *  Dtypes floats; integers as the float that holds them. Result as the operands promote. Error at most 1 ULP. */
LS_API ls_array *ls_lgamma(const char *place, ls_operand x);
LS_API LS_WARN_UNUSED ls_status ls_lgamma_into(const char *place, ls_array *out, ls_operand x);
#define ls_lgamma(x) LS_CALL1(ls_lgamma, x)
#define ls_lgamma_into(out, x) LS_CALL1_INTO(ls_lgamma_into, out, x)

/* Second names, NumPy's or shorter. */
#define ls_mul(x, y) ls_multiply(x, y)
#define ls_mul_into(out, x, y) ls_multiply_into(out, x, y)
#define ls_sub(x, y) ls_subtract(x, y)
#define ls_sub_into(out, x, y) ls_subtract_into(out, x, y)
#define ls_div(x, y) ls_divide(x, y)
#define ls_div_into(out, x, y) ls_divide_into(out, x, y)
#define ls_true_divide(x, y) ls_divide(x, y)
#define ls_true_divide_into(out, x, y) ls_divide_into(out, x, y)
#define ls_mod(x, y) ls_remainder(x, y)
#define ls_mod_into(out, x, y) ls_remainder_into(out, x, y)
#define ls_neg(x) ls_negative(x)
#define ls_neg_into(out, x) ls_negative_into(out, x)
#define ls_absolute(x) ls_abs(x)
#define ls_absolute_into(out, x) ls_abs_into(out, x)
#define ls_conjugate(x) ls_conj(x)
#define ls_conjugate_into(out, x) ls_conj_into(out, x)
#define ls_invert(x) ls_bitwise_invert(x)
#define ls_invert_into(out, x) ls_bitwise_invert_into(out, x)
#define ls_bitwise_not(x) ls_bitwise_invert(x)
#define ls_bitwise_not_into(out, x) ls_bitwise_invert_into(out, x)
#define ls_left_shift(x, y) ls_bitwise_left_shift(x, y)
#define ls_left_shift_into(out, x, y) ls_bitwise_left_shift_into(out, x, y)
#define ls_right_shift(x, y) ls_bitwise_right_shift(x, y)
#define ls_right_shift_into(out, x, y) ls_bitwise_right_shift_into(out, x, y)
#define ls_deg2rad(x) ls_radians(x)
#define ls_deg2rad_into(out, x) ls_radians_into(out, x)
#define ls_rad2deg(x) ls_degrees(x)
#define ls_rad2deg_into(out, x) ls_degrees_into(out, x)
#define ls_power(x, y) ls_pow(x, y)
#define ls_power_into(out, x, y) ls_pow_into(out, x, y)
#define ls_arcsin(x) ls_asin(x)
#define ls_arcsin_into(out, x) ls_asin_into(out, x)
#define ls_arccos(x) ls_acos(x)
#define ls_arccos_into(out, x) ls_acos_into(out, x)
#define ls_arctan(x) ls_atan(x)
#define ls_arctan_into(out, x) ls_atan_into(out, x)
#define ls_arctan2(x, y) ls_atan2(x, y)
#define ls_arctan2_into(out, x, y) ls_atan2_into(out, x, y)
#define ls_arcsinh(x) ls_asinh(x)
#define ls_arcsinh_into(out, x) ls_asinh_into(out, x)
#define ls_arccosh(x) ls_acosh(x)
#define ls_arccosh_into(out, x) ls_acosh_into(out, x)
#define ls_arctanh(x) ls_atanh(x)
#define ls_arctanh_into(out, x) ls_atanh_into(out, x)

LS_END_DECLS

#endif
