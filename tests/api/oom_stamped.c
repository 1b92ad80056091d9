/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Scenarios of the elementwise functions and the reductions: one for each row of kernels/, and its _into form. */
#include "failing.h"

/* The array of inputs whose dtype the function takes: the first that it accepts. */
static const ls_array *operand_for(const inputs *in, int k)
{
    return k == 0 ? in->x : k == 1 ? in->whole : in->z;
}

/* After a write that succeeded. */
static ls_status take_target(const inputs *in)
{
    target_written();
    return take(in->out);
}

static ls_array *elementwise(const scenario *s, ls_operand x, ls_operand y)
{
    return s->unary ? s->unary(LS_HERE, x) : s->binary ? s->binary(LS_HERE, x, y) : s->ternary(LS_HERE, x, y, x);
}

static ls_status run_elementwise(const inputs *in, const scenario *s)
{
    ls_status status = LS_OK;
    for (int k = 0; k < 3; k++) {
        ls_operand x = ls_operand_array(operand_for(in, k)), y = ls_operand_array(k == 0 ? in->y : operand_for(in, k));
        ls_array *a = elementwise(s, x, y);
        status = a ? take(a) : ls_error();
        if (status != LS_EDTYPE) {
            return status;
        }
        ls_clear_error();
    }
    return status;
}

static ls_status run_elementwise_into(const inputs *in, const scenario *s)
{
    ls_status status = LS_OK;
    for (int k = 0; k < 3; k++) {
        ls_operand x = ls_operand_array(operand_for(in, k)), y = ls_operand_array(k == 0 ? in->y : operand_for(in, k));
        status = s->unary_into    ? s->unary_into(LS_HERE, in->out, x)
                 : s->binary_into ? s->binary_into(LS_HERE, in->out, x, y)
                                  : s->ternary_into(LS_HERE, in->out, x, y, x);
        if (status != LS_EDTYPE) {
            return status ? status : take_target(in);
        }
        ls_clear_error();
    }
    return status;
}

static ls_status run_reduce(const inputs *in, const scenario *s)
{
    ls_array *along = s->reduce(LS_HERE, in->x, LS_OPTIONS(ls_reduce_options, .axis = LS_AXIS(0)));
    ls_status status = along ? take(along) : ls_error();
    if (status) {
        return status;
    }
    ls_array *all = s->reduce(LS_HERE, ls_transpose(ls_sin(in->x)), LS_OPTIONS(ls_reduce_options, .keepdims = true));
    return all ? take(all) : ls_error();
}

static ls_status run_reduce_into(const inputs *in, const scenario *s)
{
    ls_status status =
        s->reduce_into(LS_HERE, ls_at(in->out, "2"), in->x, LS_OPTIONS(ls_reduce_options, .axis = LS_AXIS(0)));
    return status ? status : take_target(in);
}

static ls_status run_where(const inputs *in, const scenario *s)
{
    (void)s;
    return take(ls_where(ls_greater(in->x, in->y), in->x, -1));
}

static ls_status run_where_into(const inputs *in, const scenario *s)
{
    (void)s;
    ls_status status = ls_where_into(ls_transpose(in->out), ls_greater(in->matrix, 3), in->matrix, in->matrix);
    return status ? status : take_target(in);
}

const scenario stamped_scenarios[] = {
    {.covers = "ls_where", .run = run_where},
    {.covers = "ls_where_into", .run = run_where_into},
#define UNARY(name, ...)                                                                                               \
    {"ls_" #name, run_elementwise, .unary = ls_##name},                                                                \
        {"ls_" #name "_into", run_elementwise_into, .unary_into = ls_##name##_into},
#define UNARY_RARE UNARY
#define BINARY(name, ...)                                                                                              \
    {"ls_" #name, run_elementwise, .binary = ls_##name},                                                               \
        {"ls_" #name "_into", run_elementwise_into, .binary_into = ls_##name##_into},
#define BINARY_RARE BINARY
#define TERNARY(name, ...)                                                                                             \
    {"ls_" #name, run_elementwise, .ternary = ls_##name},                                                              \
        {"ls_" #name "_into", run_elementwise_into, .ternary_into = ls_##name##_into},
#include "ops.def"
#define REDUCE(name, ...)                                                                                              \
    {"ls_" #name, run_reduce, .reduce = ls_##name},                                                                    \
        {"ls_" #name "_into", run_reduce_into, .reduce_into = ls_##name##_into},
#include "reduce.def"
};
const int stamped_count = sizeof stamped_scenarios / sizeof stamped_scenarios[0];
