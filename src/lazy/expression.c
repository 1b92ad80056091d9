/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A Pratt parser that makes nodes. Numbers stay C numbers, weak in promotion, as long as only + - * / and signs touch
 * them; anything else turns them into 0-d arrays, which are strong, as in NumPy. */
#include "lazy/expression.h"
#include "lazy/ops.h"
#include "lazy/scope.h"

#include <math.h>
#include <string.h>

typedef struct parser {
    const char *text, *next;
    lsi_token token; /* the one being looked at */
    int depth, nbinding;
    const lsi_binding *bindings;
    ls_array *(*matmul)(const ls_array *x, const ls_array *y);
    bool failed;
} parser;

static const ls_operand failure = {LS_OPERAND_NONE, 0, {NULL}};

static void advance(parser *p)
{
    p->token = lsi_token_next(&p->next);
}

static ls_operand fail_at(parser *p, const char *what)
{
    if (!p->failed) {
        p->failed = true;
        lsi_fail(LS_ESYNTAX, "%s at position %d, \"%.16s\", of \"%.200s\"", what, (int)(p->token.start - p->text),
                 p->token.start, p->text);
    }
    return failure;
}

static bool is_op(const parser *p, lsi_operator op)
{
    return p->token.kind == LSI_TOKEN_OPERATOR && p->token.op == op;
}

static bool expect(parser *p, lsi_operator op, const char *what)
{
    if (!is_op(p, op)) {
        fail_at(p, what);
        return false;
    }
    advance(p);
    return true;
}

static ls_operand result(parser *p, const ls_array *a)
{
    if (!a) {
        p->failed = true;
        return failure;
    }
    return ls_operand_array(a);
}

static bool is_name(const lsi_token *t, const char *name)
{
    return t->kind == LSI_TOKEN_NAME && strlen(name) == t->length && memcmp(t->start, name, t->length) == 0;
}

/* --- C numbers --- */

static bool is_number(ls_operand o)
{
    return o.kind == LS_OPERAND_INT || o.kind == LS_OPERAND_FLOAT;
}

static double number_f64(ls_operand o)
{
    return o.kind == LS_OPERAND_INT ? (double)o.value.i : o.value.f;
}

/* x op y on integers; false when it is not exact in int64 (the float result is used then). */
static bool fold_integers(lsi_operator op, int64_t x, int64_t y, int64_t *out)
{
    switch (op) {
    case LSI_TOK_ADD:
        return !__builtin_add_overflow(x, y, out);
    case LSI_TOK_SUB:
        return !__builtin_sub_overflow(x, y, out);
    case LSI_TOK_MUL:
        return !__builtin_mul_overflow(x, y, out);
    default:
        return false;
    }
}

/* Two C numbers make a C number for + - * /; false otherwise. */
static bool fold(lsi_operator op, ls_operand x, ls_operand y, ls_operand *out)
{
    int64_t whole;
    if (!is_number(x) || !is_number(y)) {
        return false;
    }
    if (x.kind == LS_OPERAND_INT && y.kind == LS_OPERAND_INT && op != LSI_TOK_DIV) {
        bool exact = fold_integers(op, x.value.i, y.value.i, &whole);
        *out = ls_operand_i64(exact ? whole : 0);
        return exact;
    }
    double a = number_f64(x), b = number_f64(y);
    switch (op) {
    case LSI_TOK_ADD:
        *out = ls_operand_f64(a + b);
        return true;
    case LSI_TOK_SUB:
        *out = ls_operand_f64(a - b);
        return true;
    case LSI_TOK_MUL:
        *out = ls_operand_f64(a * b);
        return true;
    case LSI_TOK_DIV:
        *out = ls_operand_f64(a / b);
        return true;
    default:
        return false;
    }
}

static ls_operand negated(parser *p, ls_operand x)
{
    if (x.kind == LS_OPERAND_INT && x.value.i != INT64_MIN) {
        return ls_operand_i64(-x.value.i);
    }
    if (x.kind == LS_OPERAND_FLOAT) {
        return ls_operand_f64(-x.value.f);
    }
    if (x.kind == LS_OPERAND_COMPLEX) {
        return ls_operand_c128(-x.value.c.re, -x.value.c.im);
    }
    if (x.kind == LS_OPERAND_UINT && x.value.u == (uint64_t)1 << 63) {
        return ls_operand_i64(INT64_MIN);
    }
    return result(p, lsi_array_map(LSI_OP_negative, 1, &x));
}

/* --- operators --- */

typedef struct binary_rule {
    int power;        /* binding power; 0: no infix operator */
    int op;           /* lsi_op */
} binary_rule;

enum { POWER_COMPARE = 10, POWER_OR = 20, POWER_XOR = 30, POWER_AND = 40, POWER_SHIFT = 50, POWER_SUM = 60,
       POWER_PRODUCT = 70, POWER_SIGN = 80, POWER_POW = 90 };

static const binary_rule rules[] = {
    [LSI_TOK_ADD] = {POWER_SUM, LSI_OP_add},
    [LSI_TOK_SUB] = {POWER_SUM, LSI_OP_subtract},
    [LSI_TOK_MUL] = {POWER_PRODUCT, LSI_OP_multiply},
    [LSI_TOK_DIV] = {POWER_PRODUCT, LSI_OP_divide},
    [LSI_TOK_FLOORDIV] = {POWER_PRODUCT, LSI_OP_floor_divide},
    [LSI_TOK_MOD] = {POWER_PRODUCT, LSI_OP_remainder},
    [LSI_TOK_MATMUL] = {POWER_PRODUCT, -1},
    [LSI_TOK_POW] = {POWER_POW, LSI_OP_pow},
    [LSI_TOK_AND] = {POWER_AND, LSI_OP_bitwise_and},
    [LSI_TOK_OR] = {POWER_OR, LSI_OP_bitwise_or},
    [LSI_TOK_XOR] = {POWER_XOR, LSI_OP_bitwise_xor},
    [LSI_TOK_SHL] = {POWER_SHIFT, LSI_OP_bitwise_left_shift},
    [LSI_TOK_SHR] = {POWER_SHIFT, LSI_OP_bitwise_right_shift},
    [LSI_TOK_LT] = {POWER_COMPARE, LSI_OP_less},
    [LSI_TOK_LE] = {POWER_COMPARE, LSI_OP_less_equal},
    [LSI_TOK_GT] = {POWER_COMPARE, LSI_OP_greater},
    [LSI_TOK_GE] = {POWER_COMPARE, LSI_OP_greater_equal},
    [LSI_TOK_EQ] = {POWER_COMPARE, LSI_OP_equal},
    [LSI_TOK_NE] = {POWER_COMPARE, LSI_OP_not_equal},
};

static ls_operand product(parser *p, ls_operand x, ls_operand y)
{
    if (x.kind != LS_OPERAND_ARRAY || y.kind != LS_OPERAND_ARRAY) {
        return fail_at(p, "@ wants arrays on both sides");
    }
    return result(p, p->matmul(x.value.array, y.value.array));
}

static ls_operand apply(parser *p, lsi_operator op, ls_operand x, ls_operand y)
{
    ls_operand folded;
    if (p->failed) {
        return failure;
    }
    if (op == LSI_TOK_MATMUL) {
        return product(p, x, y);
    }
    if (fold(op, x, y, &folded)) {
        return folded;
    }
    return result(p, lsi_array_map((lsi_op)rules[op].op, 2, (const ls_operand[]){x, y}));
}

static ls_operand expression(parser *p, int power);

/* --- functions --- */

enum { CALL_ARGUMENTS = 3 };

typedef struct call {
    lsi_token name;
    int nargs;
    ls_operand args[CALL_ARGUMENTS];
    bool keepdims, has_axis, has_correction;
    double correction;
    int64_t axes[LS_MAX_NDIM];
    int naxes;
} call;

/* An integer, perhaps signed, as axis= takes. */
static int64_t axis_number(parser *p)
{
    bool minus = is_op(p, LSI_TOK_SUB);
    if (minus) {
        advance(p);
    }
    if (p->token.kind != LSI_TOKEN_NUMBER || p->token.value.kind != LS_OPERAND_INT) {
        fail_at(p, "axis wants an integer or a list of them in parentheses");
        return 0;
    }
    int64_t value = p->token.value.value.i;
    advance(p);
    return minus ? -value : value;
}

static void axis_value(parser *p, call *c)
{
    c->has_axis = true;
    if (is_name(&p->token, "None")) {
        c->has_axis = false;
        advance(p);
        return;
    }
    bool list = is_op(p, LSI_TOK_OPEN);
    if (list) {
        advance(p);
    }
    for (;;) {
        if (c->naxes == LS_MAX_NDIM) {
            fail_at(p, "too many axes");
            return;
        }
        c->axes[c->naxes++] = axis_number(p);
        if (p->failed || !list || !is_op(p, LSI_TOK_COMMA)) {
            break;
        }
        advance(p);
        if (is_op(p, LSI_TOK_CLOSE)) {
            break;
        }
    }
    if (list && !p->failed) {
        expect(p, LSI_TOK_CLOSE, "expected ) after the axes");
    }
}

static void keepdims_value(parser *p, call *c)
{
    if (!is_name(&p->token, "True") && !is_name(&p->token, "False")) {
        fail_at(p, "keepdims wants True or False");
        return;
    }
    c->keepdims = is_name(&p->token, "True");
    advance(p);
}

static void correction_value(parser *p, call *c)
{
    if (p->token.kind != LSI_TOKEN_NUMBER || !is_number(p->token.value)) {
        fail_at(p, "correction wants a number");
        return;
    }
    c->has_correction = true;
    c->correction = number_f64(p->token.value);
    advance(p);
}

/* NAME = VALUE; the name has been read. */
static void keyword(parser *p, call *c, const lsi_token *name)
{
    advance(p);
    if (is_name(name, "axis")) {
        axis_value(p, c);
    } else if (is_name(name, "keepdims")) {
        keepdims_value(p, c);
    } else if (is_name(name, "correction") || is_name(name, "ddof")) {
        correction_value(p, c);
    } else {
        p->token = *name;
        fail_at(p, "unknown keyword (axis, keepdims and correction are known)");
    }
}

/* Whether the name being looked at is a keyword: it is followed by a single =. */
static bool at_keyword(const parser *p)
{
    const char *ahead = p->next;
    if (p->token.kind != LSI_TOKEN_NAME) {
        return false;
    }
    lsi_token after = lsi_token_next(&ahead);
    return after.kind == LSI_TOKEN_OPERATOR && after.op == LSI_TOK_ASSIGN;
}

/* The arguments of a call; the opening parenthesis has been read. */
static void arguments(parser *p, call *c)
{
    while (!p->failed && !is_op(p, LSI_TOK_CLOSE)) {
        if (at_keyword(p)) {
            lsi_token name = p->token;
            advance(p);
            keyword(p, c, &name);
        } else if (is_name(&p->token, "None") && c->nargs < CALL_ARGUMENTS) {
            c->args[c->nargs++] = ls_operand_none();
            advance(p);
        } else if (c->nargs == CALL_ARGUMENTS) {
            fail_at(p, "too many arguments");
        } else {
            c->args[c->nargs++] = expression(p, 0);
        }
        if (!is_op(p, LSI_TOK_COMMA)) {
            break;
        }
        advance(p);
    }
    if (!p->failed) {
        expect(p, LSI_TOK_CLOSE, "expected ) or ,");
    }
}

/* An operand as an array: C numbers become 0-d ones. */
static const ls_array *as_array(ls_operand o)
{
    lsi_scalar value;
    if (o.kind == LS_OPERAND_ARRAY) {
        return o.value.array;
    }
    if (lsi_scalar_from_operand(&o, lsi_dtype_of_scalar(&o), &value)) {
        return NULL;
    }
    return lsi_array_constant(lsi_backend_default(), &value, 0, NULL);
}

static ls_operand call_wrong(parser *p, const call *c, int wanted)
{
    if (!p->failed) {
        p->failed = true;
        lsi_fail(LS_ESYNTAX, "%.*s takes %d argument%s, %d given, in \"%.200s\"", (int)c->name.length, c->name.start,
                 wanted, wanted == 1 ? "" : "s", c->nargs, p->text);
    }
    return failure;
}

static ls_operand call_reduction(parser *p, call *c, lsi_reduce_op op)
{
    if (c->nargs != 1) {
        return call_wrong(p, c, 1);
    }
    const ls_array *a = as_array(c->args[0]);
    ls_axis axes = {c->has_axis ? c->naxes : 0, c->has_axis ? c->axes : NULL};
    return result(p, a ? lsi_array_reduce(op, a, axes, c->keepdims, c->correction, LS_DTYPE_DEFAULT) : NULL);
}

static ls_operand call_scan(parser *p, call *c, bool is_product)
{
    int axis = 0;
    if (c->nargs != 1) {
        return call_wrong(p, c, 1);
    }
    const ls_array *a = as_array(c->args[0]);
    if (!a || c->naxes > 1 || (!c->has_axis && a->ndim != 1)) {
        return fail_at(p, "a scan wants one axis");
    }
    if (lsi_axis_normalise(c->has_axis ? c->axes[0] : 0, a->ndim, &axis)) {
        return result(p, NULL);
    }
    return result(p, lsi_array_scan(a, axis, is_product, false, LS_DTYPE_DEFAULT));
}

static ls_operand call_elementwise(parser *p, call *c, lsi_op op)
{
    if (op == LSI_OP_clip && c->nargs == 3 && c->args[1].kind == LS_OPERAND_NONE) {
        return result(p, lsi_array_map(LSI_OP_minimum, 2, (const ls_operand[]){c->args[0], c->args[2]}));
    }
    if (op == LSI_OP_clip && c->nargs == 3 && c->args[2].kind == LS_OPERAND_NONE) {
        return result(p, lsi_array_map(LSI_OP_maximum, 2, c->args));
    }
    if (c->nargs != lsi_op_infos[op].arity) {
        return call_wrong(p, c, lsi_op_infos[op].arity);
    }
    return result(p, lsi_array_map(op, c->nargs, c->args));
}

static ls_operand call_named(parser *p, call *c)
{
    const char *name = c->name.start;
    size_t length = c->name.length;
    int op = lsi_reduce_find(name, length);
    if (op >= 0) {
        return call_reduction(p, c, (lsi_reduce_op)op);
    }
    if (is_name(&c->name, "cumulative_sum") || is_name(&c->name, "cumulative_prod")) {
        return call_scan(p, c, is_name(&c->name, "cumulative_prod"));
    }
    if (c->has_axis || c->has_correction || c->keepdims) {
        p->token = c->name;
        return fail_at(p, "only reductions take axis, keepdims and correction");
    }
    if (is_name(&c->name, "where")) {
        return c->nargs == 3 ? result(p, lsi_array_where(c->args[0], c->args[1], c->args[2])) : call_wrong(p, c, 3);
    }
    op = lsi_op_find(name, length);
    if (op >= 0) {
        return call_elementwise(p, c, (lsi_op)op);
    }
    ls_dtype dtype = lsi_dtype_from_name(name, length);
    if (dtype) {
        const ls_array *a = c->nargs == 1 ? as_array(c->args[0]) : NULL;
        return c->nargs != 1 ? call_wrong(p, c, 1) : result(p, a ? lsi_array_cast(a, dtype) : NULL);
    }
    p->token = c->name;
    return fail_at(p, "unknown function");
}

/* --- what expressions begin with --- */

typedef struct constant {
    const char *name;
    double value;
} constant;
static const constant constants[] = {
    {"pi", 0x1.921fb54442d18p+1}, {"e", 0x1.5bf0a8b145769p+1}, {"inf", HUGE_VAL}, {"nan", (double)NAN}};

static ls_operand name_value(parser *p)
{
    for (int i = 0; i < p->nbinding; i++) {
        if (is_name(&p->token, p->bindings[i].name)) {
            ls_operand value = p->bindings[i].value;
            if (value.kind == LS_OPERAND_ARRAY && !lsi_array_check(value.value.array, i + 2)) {
                p->failed = true;
            }
            advance(p);
            return value;
        }
    }
    if (is_name(&p->token, "True") || is_name(&p->token, "False")) {
        ls_operand value = ls_operand_bool(is_name(&p->token, "True"));
        advance(p);
        return value;
    }
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        if (is_name(&p->token, constants[i].name)) {
            advance(p);
            return ls_operand_f64(constants[i].value);
        }
    }
    return fail_at(p, "unknown name");
}

static ls_operand name_or_call(parser *p)
{
    const char *ahead = p->next;
    lsi_token after = lsi_token_next(&ahead);
    if (after.kind != LSI_TOKEN_OPERATOR || after.op != LSI_TOK_OPEN) {
        return name_value(p);
    }
    call c = {.name = p->token};
    advance(p);
    advance(p);
    arguments(p, &c);
    return p->failed ? failure : call_named(p, &c);
}

static ls_operand prefix(parser *p)
{
    if (p->token.kind == LSI_TOKEN_NUMBER) {
        ls_operand value = p->token.value;
        advance(p);
        return value;
    }
    if (p->token.kind == LSI_TOKEN_NAME) {
        return name_or_call(p);
    }
    if (is_op(p, LSI_TOK_OPEN)) {
        advance(p);
        ls_operand value = expression(p, 0);
        return !p->failed && expect(p, LSI_TOK_CLOSE, "expected )") ? value : failure;
    }
    lsi_operator op = p->token.op;
    if (p->token.kind == LSI_TOKEN_OPERATOR && (op == LSI_TOK_SUB || op == LSI_TOK_ADD || op == LSI_TOK_INVERT)) {
        advance(p);
        ls_operand x = expression(p, POWER_SIGN);
        if (p->failed) {
            return failure;
        }
        if (op == LSI_TOK_SUB) {
            return negated(p, x);
        }
        return op == LSI_TOK_ADD && is_number(x)
                   ? x
                   : result(p, lsi_array_map(op == LSI_TOK_ADD ? LSI_OP_positive : LSI_OP_bitwise_invert, 1, &x));
    }
    return fail_at(p, p->token.kind == LSI_TOKEN_END ? "the expression ends early" : "expected a value");
}

/* Everything that binds tighter than `power`. */
static ls_operand expression(parser *p, int power)
{
    if (++p->depth > LSI_EXPRESSION_DEPTH) {
        return fail_at(p, "nested more than 64 deep");
    }
    ls_operand left = prefix(p);
    bool compared = false;
    while (!p->failed && p->token.kind == LSI_TOKEN_OPERATOR && p->token.op < sizeof rules / sizeof rules[0]) {
        lsi_operator op = p->token.op;
        int binds = rules[op].power;
        if (binds <= power) {
            break;
        }
        if (binds == POWER_COMPARE && compared) {
            return fail_at(p, "comparisons do not chain; write (a < b) & (b < c)");
        }
        compared = binds == POWER_COMPARE;
        advance(p);
        /* ** binds to the right, and a sign may stand after it */
        ls_operand right = expression(p, op == LSI_TOK_POW ? POWER_SIGN - 1 : binds);
        left = apply(p, op, left, right);
    }
    p->depth--;
    return left;
}

static ls_array *parse(parser *p)
{
    advance(p);
    ls_operand value = expression(p, 0);
    if (!p->failed && p->token.kind != LSI_TOKEN_END) {
        fail_at(p, "expected an operator");
    }
    if (p->failed) {
        return NULL;
    }
    if (value.kind != LS_OPERAND_ARRAY) {
        return (ls_array *)as_array(value);
    }
    lsi_layout layout;
    lsi_array_layout(value.value.array, &layout);
    return lsi_array_view(value.value.array, &layout);
}

ls_array *lsi_expression(const char *text, int nbinding, const lsi_binding *bindings,
                         ls_array *(*matmul)(const ls_array *x, const ls_array *y))
{
    size_t length = strnlen(text, LSI_EXPRESSION_BYTES + 1);
    if (length > LSI_EXPRESSION_BYTES) {
        lsi_fail(LS_ESYNTAX, "the expression is longer than %d bytes", LSI_EXPRESSION_BYTES);
        return NULL;
    }
    parser p = {.text = text, .next = text, .nbinding = nbinding, .bindings = bindings, .matmul = matmul};
    int depth = lsi_scope_open();
    ls_array *a = parse(&p);
    if (a && depth > 0) {
        lsi_scope_lift(&a->owned);
    }
    lsi_scope_close(depth);
    return a;
}
