/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public elementwise functions, stamped from the rows: check, make the node, or write it into an array. */
#include "api/call.h"
#include "lazy/array.h"
#include "lockstep/elementwise.h"

static ls_array *map(const char *function, const char *place, lsi_op op, int n, const ls_operand *operands)
{
    LSI_CALL(function, place);
    if (lsi_init()) { /* all operands may be C numbers */
        return NULL;
    }
    if (op == LSI_OP_clip && operands[1].kind == LS_OPERAND_NONE) {
        return lsi_array_map(LSI_OP_minimum, 2, (const ls_operand[]){operands[0], operands[2]});
    }
    if (op == LSI_OP_clip && operands[2].kind == LS_OPERAND_NONE) {
        return lsi_array_map(LSI_OP_maximum, 2, operands);
    }
    return lsi_array_map(op, n, operands);
}

static ls_status map_into(const char *function, const char *place, ls_array *out, lsi_op op, int n,
                          const ls_operand *operands)
{
    LSI_CALL(function, place);
    if (lsi_array_map_into(out, op, n, operands)) {
        return LS_OK;
    }
    return lsi_report(lsi_assign_result(out, map(function, place, op, n, operands)));
}

#define UNARY(name, ...)                                                                                               \
    ls_array *(ls_##name)(const char *place, ls_operand x)                                                             \
    {                                                                                                                  \
        return map("ls_" #name, place, LSI_OP_##name, 1, &x);                                                          \
    }                                                                                                                  \
    ls_status (ls_##name##_into)(const char *place, ls_array *out, ls_operand x)                                       \
    {                                                                                                                  \
        return map_into("ls_" #name "_into", place, out, LSI_OP_##name, 1, &x);                                        \
    }
#define UNARY_RARE UNARY
#define BINARY(name, ...)                                                                                              \
    ls_array *(ls_##name)(const char *place, ls_operand x, ls_operand y)                                               \
    {                                                                                                                  \
        return map("ls_" #name, place, LSI_OP_##name, 2, (const ls_operand[]){x, y});                                  \
    }                                                                                                                  \
    ls_status (ls_##name##_into)(const char *place, ls_array *out, ls_operand x, ls_operand y)                         \
    {                                                                                                                  \
        return map_into("ls_" #name "_into", place, out, LSI_OP_##name, 2, (const ls_operand[]){x, y});                \
    }
#define BINARY_RARE BINARY
#define TERNARY(name, ...)                                                                                             \
    ls_array *(ls_##name)(const char *place, ls_operand x, ls_operand y, ls_operand z)                                 \
    {                                                                                                                  \
        return map("ls_" #name, place, LSI_OP_##name, 3, (const ls_operand[]){x, y, z});                               \
    }                                                                                                                  \
    ls_status (ls_##name##_into)(const char *place, ls_array *out, ls_operand x, ls_operand y, ls_operand z)           \
    {                                                                                                                  \
        return map_into("ls_" #name "_into", place, out, LSI_OP_##name, 3, (const ls_operand[]){x, y, z});             \
    }
#include "ops.def"

ls_array *(ls_where)(const char *place, ls_operand condition, ls_operand x, ls_operand y)
{
    LSI_CALL("ls_where", place);
    return lsi_init() ? NULL : lsi_array_where(condition, x, y);
}

ls_status (ls_where_into)(const char *place, ls_array *out, ls_operand condition, ls_operand x, ls_operand y)
{
    LSI_CALL("ls_where_into", place);
    return lsi_report(lsi_assign_result(out, (ls_where)(place, condition, x, y)));
}
