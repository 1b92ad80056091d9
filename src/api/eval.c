/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ls_eval: the names of the arguments become bindings of the expression parser. */
#include "api/call.h"
#include "lazy/expression.h"
#include "lockstep/evaluate.h"
#include "lockstep/matmul.h"

static ls_array *product(const ls_array *x, const ls_array *y)
{
    return (ls_matmul)(lsi_current_place(), ls_operand_array(x), ls_operand_array(y), NULL);
}

ls_array *(ls_eval)(const char *place, const char *text, int64_t count, const ls_named *values)
{
    LSI_CALL("ls_eval", place);
    lsi_binding bindings[LSI_EXPRESSION_BINDINGS];
    if (!text) {
        lsi_fail_null(1);
        return NULL;
    }
    if (count < 0 || count > LSI_EXPRESSION_BINDINGS || (count && !values)) {
        lsi_fail(LS_EARGUMENT, "%lld values; 0 to %d are possible", (long long)count, LSI_EXPRESSION_BINDINGS);
        return NULL;
    }
    for (int64_t i = 0; i < count; i++) {
        bindings[i].name = values[i].name ? values[i].name : "";
        bindings[i].value = values[i].value;
    }
    return lsi_init() ? NULL : lsi_expression(text, (int)count, bindings, product);
}
