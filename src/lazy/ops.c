/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The operation tables and their dtype rules. */
#include "lazy/ops.h"
#include "core/error.h"
#include "sets.h"

#include <string.h>

#define ROW(arity, name, SET, RESULT, ulp, sentence)                                                                   \
    [LSI_OP_##name] = {#name, arity, LS_SET_##SET, LSI_RESULT_##RESULT, ulp, sentence},
const lsi_op_info lsi_op_infos[LSI_OP_COUNT] = {
#define UNARY(name, SET, RESULT, expression, ulp, sentence) ROW(1, name, SET, RESULT, ulp, sentence)
#define BINARY(name, SET, RESULT, expression, ulp, sentence) ROW(2, name, SET, RESULT, ulp, sentence)
#define TERNARY(name, SET, RESULT, expression, ulp, sentence) ROW(3, name, SET, RESULT, ulp, sentence)
#define UNARY_RARE(name, SET, RESULT, ulp, sentence) ROW(1, name, SET, RESULT, ulp, sentence)
#define BINARY_RARE(name, SET, RESULT, ulp, sentence) ROW(2, name, SET, RESULT, ulp, sentence)
#include "ops.def"
    [LSI_OP_cast] = {"astype", 1, LS_SET_ANY, LSI_RESULT_SAME, 0, "Conversion to another dtype."},
    [LSI_OP_where] = {"where", 3, LS_SET_ANY, LSI_RESULT_SAME, 0, "x where the condition holds, else y."},
};

#define UNARY(name, ...) [LSI_OP_##name] = true,
#define BINARY(name, ...) [LSI_OP_##name] = true,
#define TERNARY(name, ...) [LSI_OP_##name] = true,
#define UNARY_RARE(name, ...) [LSI_OP_##name] = true,
#define BINARY_RARE(name, ...) [LSI_OP_##name] = true,
static const bool dear[LSI_OP_COUNT] = {
#include "math.def"
    [LSI_OP_divide] = true, [LSI_OP_floor_divide] = true, [LSI_OP_remainder] = true, [LSI_OP_fmod] = true,
    [LSI_OP_sqrt] = true,   [LSI_OP_reciprocal] = true,
};
#undef UNARY
#undef BINARY
#undef TERNARY
#undef UNARY_RARE
#undef BINARY_RARE

bool lsi_op_is_dear(int op)
{
    return dear[op];
}

typedef struct op_alias {
    const char *name;
    lsi_op op;
} op_alias;
static const op_alias aliases[] = {
#define ALIAS(alias, name) {#alias, LSI_OP_##name},
#define UNARY(...)
#define BINARY(...)
#define TERNARY(...)
#define UNARY_RARE(...)
#define BINARY_RARE(...)
#include "ops.def"
};

static bool same_name(const char *name, const char *text, size_t length)
{
    return strlen(name) == length && memcmp(name, text, length) == 0;
}

int lsi_op_find(const char *name, size_t length)
{
    for (int op = 0; op < LSI_OP_ROWS; op++) {
        if (same_name(lsi_op_infos[op].name, name, length)) {
            return op;
        }
    }
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (same_name(aliases[i].name, name, length)) {
            return (int)aliases[i].op;
        }
    }
    return -1;
}

static ls_dtype refuse(const char *name, ls_dtype dtype)
{
    lsi_fail(LS_EDTYPE, "%s is not defined for %s", name, lsi_dtype_name(dtype));
    return LS_DTYPE_DEFAULT;
}

ls_dtype lsi_op_operand_dtype(lsi_op op, ls_dtype common)
{
    const lsi_op_info *info = &lsi_op_infos[op];
    lsi_kind kind = lsi_dtype_kind(common);
    if (lsi_op_takes(op, common)) {
        return common;
    }
    if (info->set == LS_SET_BOOL) {
        return LS_BOOL; /* logic takes truth values of anything */
    }
    if (kind == LSI_KIND_BOOL && (info->set & LS_HAS_INT)) {
        return info->set & LS_STRICT ? refuse(info->name, common) : LS_INT8;
    }
    bool whole = kind == LSI_KIND_BOOL || kind == LSI_KIND_INT || kind == LSI_KIND_UINT;
    if (whole && (info->set & LS_HAS_FLOAT)) {
        return op == LSI_OP_divide || op == LSI_OP_reciprocal ? LS_FLOAT64 : lsi_dtype_as_float(common);
    }
    return refuse(info->name, common);
}

/* --- reductions: the VALUE and RESULT columns as functions --- */

static ls_dtype rule_WIDE(ls_dtype dtype)
{
    switch (lsi_dtype_kind(dtype)) {
    case LSI_KIND_BOOL:
    case LSI_KIND_INT:
        return LS_INT64;
    case LSI_KIND_UINT:
        return LS_UINT64;
    default:
        return dtype;
    }
}

static ls_dtype rule_FLOATING(ls_dtype dtype)
{
    lsi_kind kind = lsi_dtype_kind(dtype);
    return kind == LSI_KIND_FLOAT || kind == LSI_KIND_COMPLEX ? dtype : LS_FLOAT64;
}

static ls_dtype rule_REALF(ls_dtype dtype)
{
    return lsi_dtype_real(rule_FLOATING(dtype));
}

static ls_dtype rule_ITSELF(ls_dtype dtype)
{
    return dtype;
}

static ls_dtype rule_TRUTH(ls_dtype dtype)
{
    (void)dtype;
    return LS_BOOL;
}

static ls_dtype rule_BOOL(ls_dtype dtype)
{
    return rule_TRUTH(dtype);
}

static ls_dtype rule_INDEX(ls_dtype dtype)
{
    (void)dtype;
    return LS_INT64;
}

enum { EMPTY_ZERO, EMPTY_ONE, EMPTY_NAN, EMPTY_TRUE, EMPTY_FALSE, EMPTY_ERROR };
const lsi_reduce_info lsi_reduce_infos[LSI_REDUCE_COUNT] = {
#define REDUCE(name, SET, VALUE, RESULT, EMPTY, sentence)                                                              \
    [LSI_REDUCE_##name] = {#name, LS_SET_##SET, EMPTY_##EMPTY == EMPTY_ERROR},
#include "reduce.def"
};

typedef ls_dtype (*dtype_rule)(ls_dtype);
static const dtype_rule value_rules[LSI_REDUCE_COUNT] = {
#define REDUCE(name, SET, VALUE, RESULT, EMPTY, sentence) [LSI_REDUCE_##name] = rule_##VALUE,
#include "reduce.def"
};
static const dtype_rule result_rules[LSI_REDUCE_COUNT] = {
#define REDUCE(name, SET, VALUE, RESULT, EMPTY, sentence) [LSI_REDUCE_##name] = rule_##RESULT,
#include "reduce.def"
};

ls_dtype lsi_reduce_value_dtype(lsi_reduce_op op, ls_dtype dtype)
{
    if (!lsi_set_holds(lsi_reduce_infos[op].set, dtype)) {
        return refuse(lsi_reduce_infos[op].name, dtype);
    }
    ls_dtype value = value_rules[op](dtype);
    return lsi_dtype_is_half(value) ? LS_FLOAT32 : value;
}

ls_dtype lsi_reduce_result_dtype(lsi_reduce_op op, ls_dtype dtype)
{
    return result_rules[op](dtype);
}

int lsi_reduce_find(const char *name, size_t length)
{
    for (int op = 0; op < LSI_REDUCE_COUNT; op++) {
        if (same_name(lsi_reduce_infos[op].name, name, length)) {
            return op;
        }
    }
    return -1;
}
