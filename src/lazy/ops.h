/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows of kernels/ops.def and reduce.def as data: what the dtype rules, the parser and error texts need of them. */
#ifndef LSI_LAZY_OPS_H
#define LSI_LAZY_OPS_H

#include "core/dtype.h"
#include "program.h"
#include "sets.h"

typedef enum lsi_result { LSI_RESULT_SAME, LSI_RESULT_BOOL, LSI_RESULT_REAL } lsi_result;

typedef struct lsi_op_info {
    const char *name;
    uint8_t arity;
    uint8_t set;    /* LS_SET_* bits */
    uint8_t result; /* lsi_result */
    double ulp;
    const char *sentence;
} lsi_op_info;
extern const lsi_op_info lsi_op_infos[LSI_OP_COUNT];

/* The dtype the operands of an operation are cast to when they promote to `common`; 0 with LS_EDTYPE recorded when the
 * operation has no meaning for it. Integers become float64 in divide and reciprocal, the smallest float that holds them
 * in other functions of floats (NumPy). */
ls_dtype lsi_op_operand_dtype(lsi_op op, ls_dtype common);
/* Whether a set holds a dtype's kind; 16-bit floats go wherever floats do. */
static inline bool lsi_set_holds(unsigned set, ls_dtype dtype)
{
    static const uint8_t bit[] = {[LSI_KIND_BOOL] = LS_HAS_BOOL,
                                  [LSI_KIND_INT] = LS_HAS_INT,
                                  [LSI_KIND_UINT] = LS_HAS_INT,
                                  [LSI_KIND_FLOAT] = LS_HAS_FLOAT,
                                  [LSI_KIND_COMPLEX] = LS_HAS_COMPLEX};
    return set & bit[lsi_dtype_kind(dtype)];
}
/* Whether operands of that dtype are cast to none: what lsi_op_operand_dtype says of most, without a call. */
static inline bool lsi_op_takes(lsi_op op, ls_dtype dtype)
{
    return lsi_set_holds(lsi_op_infos[op].set, dtype);
}
static inline ls_dtype lsi_op_result_dtype(lsi_op op, ls_dtype operand)
{
    const uint8_t result = lsi_op_infos[op].result;
    return result == LSI_RESULT_SAME ? operand : result == LSI_RESULT_BOOL ? LS_BOOL : lsi_dtype_real(operand);
}

/* Whether it takes longer than bringing its operands: a mathematical function, a division. */
bool lsi_op_is_dear(int op);

/* The operation of a name or alias; -1 when there is none. */
int lsi_op_find(const char *name, size_t length);

typedef struct lsi_reduce_info {
    const char *name;
    uint8_t set;
    bool empty_is_error;
} lsi_reduce_info;
extern const lsi_reduce_info lsi_reduce_infos[LSI_REDUCE_COUNT];

/* The dtype values are cast to before folding, and the result's; 0 with LS_EDTYPE recorded when refused. */
ls_dtype lsi_reduce_value_dtype(lsi_reduce_op op, ls_dtype dtype);
ls_dtype lsi_reduce_result_dtype(lsi_reduce_op op, ls_dtype dtype);
int lsi_reduce_find(const char *name, size_t length);

#endif
