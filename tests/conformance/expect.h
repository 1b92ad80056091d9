/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a row must give, bit for bit: the rows as a table, the rules for dtypes, and the expected elements. */
#ifndef LOCKSTEP_TESTS_CONFORMANCE_EXPECT_H
#define LOCKSTEP_TESTS_CONFORMANCE_EXPECT_H

#include "value.h"

/* One elementwise operation as a program calls it. */
typedef struct row {
    const char *name;
    int arity;
    unsigned set; /* kernels/sets.h */
    enum { RESULT_SAME, RESULT_BOOL, RESULT_REAL } result;
    double ulp;
    ls_array *(*one)(const char *place, ls_operand x);
    ls_array *(*two)(const char *place, ls_operand x, ls_operand y);
    ls_array *(*three)(const char *place, ls_operand x, ls_operand y, ls_operand z);
    ls_status (*one_into)(const char *place, ls_array *out, ls_operand x);
    ls_status (*two_into)(const char *place, ls_array *out, ls_operand x, ls_operand y);
    ls_status (*three_into)(const char *place, ls_array *out, ls_operand x, ls_operand y, ls_operand z);
} row;
extern const row rows[LSI_OP_ROWS];

ls_array *row_call(lsi_op op, const ls_operand operands[3]);
ls_status row_call_into(lsi_op op, ls_array *out, const ls_operand operands[3]);
/* The dtype in which a row computes when its operands promote to `dtype`; LS_DTYPE_DEFAULT when it refuses. */
ls_dtype row_operand_dtype(lsi_op op, ls_dtype dtype);
ls_dtype row_result_dtype(lsi_op op, ls_dtype operand);

/* The n expected elements of the result, for operands of a dtype the row admits. Rows that are exact have an
 * independent reference. Of the others the library's own result for contiguous operands is checked against the true
 * values, in this call, and then is what every other way to it must repeat: false when it is not good enough. */
bool expect(lsi_op op, ls_dtype dtype, int64_t n, const void *const operands[3], void *out);

#endif
