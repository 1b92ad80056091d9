/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ls_op_<row>_<tag> for every row of kernels/ops.def whose set holds LS_TAG, which is undefined here. No include
 * guard. */

#define RESULT_TYPE(RESULT) LS_PASTE(ls_t_, LS_RESULT_##RESULT(LS_TAG))
#define OP(name) LS_PASTE4(ls_op_, name, _, LS_TAG)

#define UNARY(name, SET, RESULT, expression, ulp, sentence)                                                            \
    LS_WHEN(SET, LS_FN RESULT_TYPE(RESULT) OP(name)(T x) { return (RESULT_TYPE(RESULT))(expression); })
#define BINARY(name, SET, RESULT, expression, ulp, sentence)                                                           \
    LS_WHEN(SET, LS_FN RESULT_TYPE(RESULT) OP(name)(T x, T y) { return (RESULT_TYPE(RESULT))(expression); })
#define TERNARY(name, SET, RESULT, expression, ulp, sentence)                                                          \
    LS_WHEN(SET, LS_FN RESULT_TYPE(RESULT) OP(name)(T x, T y, T z) { return (RESULT_TYPE(RESULT))(expression); })
#define UNARY_RARE(name, SET, RESULT, ulp, sentence)                                                                   \
    LS_WHEN(SET, LS_FN RESULT_TYPE(RESULT) OP(name)(T x) { return E(name)(x); })
#define BINARY_RARE(name, SET, RESULT, ulp, sentence)                                                                  \
    LS_WHEN(SET, LS_FN RESULT_TYPE(RESULT) OP(name)(T x, T y) { return E(name)(x, y); })
#include "ops.def"

#undef RESULT_TYPE
#undef OP
#undef LS_TAG
