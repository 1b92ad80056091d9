/* SPDX-License-Identifier: BSD-3-Clause
 *
 * See expect.h. float16 and bfloat16 are expected as float32 rounded once, integers as the floats they become. */
#include "expect.h"
#include "exact.h"
#include "rounded.h"
#include "sets.h"
#include <stdio.h>
#include <stdlib.h>

#define ROW(name, arity, SET, RESULT, ulp, ...)                                                                        \
    [LSI_OP_##name] = {#name, arity, LS_SET_##SET, RESULT_##RESULT, ulp, __VA_ARGS__},
#define ROW1(name, SET, RESULT, ulp) ROW(name, 1, SET, RESULT, ulp, .one = ls_##name, .one_into = ls_##name##_into)
#define ROW2(name, SET, RESULT, ulp) ROW(name, 2, SET, RESULT, ulp, .two = ls_##name, .two_into = ls_##name##_into)
#define ROW3(name, SET, RESULT, ulp) ROW(name, 3, SET, RESULT, ulp, .three = ls_##name, .three_into = ls_##name##_into)
const row rows[LSI_OP_ROWS] = {
#define UNARY(name, SET, RESULT, expression, ulp, text) ROW1(name, SET, RESULT, ulp)
#define UNARY_RARE(name, SET, RESULT, ulp, text) ROW1(name, SET, RESULT, ulp)
#define BINARY(name, SET, RESULT, expression, ulp, text) ROW2(name, SET, RESULT, ulp)
#define BINARY_RARE(name, SET, RESULT, ulp, text) ROW2(name, SET, RESULT, ulp)
#define TERNARY(name, SET, RESULT, expression, ulp, text) ROW3(name, SET, RESULT, ulp)
#include "ops.def"
};

ls_array *row_call(lsi_op op, const ls_operand operands[3])
{
    const row *r = &rows[op];
    if (r->arity == 1) return r->one(r->name, operands[0]);
    if (r->arity == 2) return r->two(r->name, operands[0], operands[1]);
    return r->three(r->name, operands[0], operands[1], operands[2]);
}

ls_status row_call_into(lsi_op op, ls_array *out, const ls_operand operands[3])
{
    const row *r = &rows[op];
    if (r->arity == 1) return r->one_into(r->name, out, operands[0]);
    if (r->arity == 2) return r->two_into(r->name, out, operands[0], operands[1]);
    return r->three_into(r->name, out, operands[0], operands[1], operands[2]);
}

ls_dtype row_operand_dtype(lsi_op op, ls_dtype dtype)
{
    static const unsigned bit_of[] = {LS_HAS_BOOL, LS_HAS_INT, LS_HAS_INT, LS_HAS_FLOAT, LS_HAS_COMPLEX};
    const unsigned set = rows[op].set;
    if (set == LS_SET_BOOL) return LS_BOOL;
    if (set & bit_of[dtype_kind(dtype)]) return dtype;
    if (dtype == LS_BOOL && set & LS_HAS_INT) return set & LS_STRICT ? LS_DTYPE_DEFAULT : LS_INT8;
    if (dtype_kind(dtype) > UINT || !(set & LS_HAS_FLOAT)) return LS_DTYPE_DEFAULT;
    return op == LSI_OP_divide || op == LSI_OP_reciprocal ? LS_FLOAT64 : dtype_as_float(dtype);
}

ls_dtype row_result_dtype(lsi_op op, ls_dtype operand)
{
    if (rows[op].result == RESULT_BOOL) return LS_BOOL;
    return rows[op].result == RESULT_REAL ? dtype_real(operand) : operand;
}

/* The operands as another dtype; the caller frees them. */
static void convert(lsi_op op, ls_dtype from, int64_t n, const void *const operands[3], ls_dtype to, void *converted[3])
{
    for (int k = 0; k < rows[op].arity; k++) {
        converted[k] = malloc((size_t)n * LARGEST_ELEMENT);
        cast_elements(from, operands[k], to, converted[k], n);
    }
}

/* With the operands as `to`; a float16 or bfloat16 result is rounded back from float32. */
static bool expect_as(lsi_op op, ls_dtype from, int64_t n, const void *const operands[3], ls_dtype to, void *out)
{
    void *converted[3] = {NULL, NULL, NULL};
    convert(op, from, n, operands, to, converted);
    const bool good = expect(op, to, n, (const void *const *)converted, out);
    if (dtype_is_half(from) && row_result_dtype(op, from) == from) cast_elements(to, out, from, out, n);
    for (int k = 0; k < 3; k++) free(converted[k]);
    return good;
}

static void load_operands(lsi_op op, ls_dtype dtype, const void *const operands[3], int64_t index, value out[3])
{
    for (int k = 0; k < 3; k++)
        out[k] = k < rows[op].arity ? value_load(dtype, operands[k], index) : value_of_whole(0);
}

static bool expect_rounded(lsi_op op, ls_dtype dtype, int64_t n, const void *const operands[3], void *out)
{
    bool good = true;
    LS_SCOPE {
        const ls_dtype result = row_result_dtype(op, dtype);
        ls_operand arrays[3];
        for (int k = 0; k < rows[op].arity; k++)
            arrays[k] = ls_operand_array(ls_from_host(operands[k], LS_SHAPE(n), .data_dtype = dtype));
        good = ls_to_host_as(row_call(op, arrays), out, n, result) == LS_OK;
        for (int64_t k = 0; k < n && good; k++) {
            value x[3];
            double error;
            load_operands(op, dtype, operands, k, x);
            const value y = value_load(result, out, k);
            good = rounded_admits(op, dtype, rows[op].ulp, x, y, &error);
            if (!good)
                printf("%s %s: (%a, %a) and (%a, %a) give (%a, %a), off by %g\n", rows[op].name, dtype_name(dtype),
                       x[0].re, x[0].im, x[1].re, x[1].im, y.re, y.im, error);
        }
    }
    return good;
}

bool expect(lsi_op op, ls_dtype dtype, int64_t n, const void *const operands[3], void *out)
{
    const ls_dtype operand = row_operand_dtype(op, dtype);
    if (operand != dtype) return expect_as(op, dtype, n, operands, operand, out);
    const bool own = op == LSI_OP_nextafter;
    if (dtype_is_half(dtype) && !own) return expect_as(op, dtype, n, operands, LS_FLOAT32, out);
    if (!exact_has(op, dtype)) return expect_rounded(op, dtype, n, operands, out);
    for (int64_t k = 0; k < n; k++) {
        value x[3];
        load_operands(op, dtype, operands, k, x);
        value_store(row_result_dtype(op, dtype), exact_result(op, dtype, x), out, k);
    }
    return true;
}
