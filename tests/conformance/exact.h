/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows whose result is exact or correctly rounded, written again from their sentences. */
#ifndef LOCKSTEP_TESTS_CONFORMANCE_EXACT_H
#define LOCKSTEP_TESTS_CONFORMANCE_EXACT_H

#include "value.h"

/* Whether the row has such a result for operands of that dtype (float16 and bfloat16 as float32, nextafter aside). */
bool exact_has(lsi_op op, ls_dtype dtype);
/* The result, in the row's result dtype; operands beyond the row's number are ignored. */
value exact_result(lsi_op op, ls_dtype dtype, const value operands[3]);

#endif
