/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writes include/lockstep/elementwise.h from the rows of kernels/ops.def: for every operation its comment, two
 * prototypes and two macros; for every alias a macro. A development program, not part of the library. */
#include "sets.h"

#include <stdio.h>
#include <string.h>

typedef struct row {
    const char *name;
    int arity;
    unsigned set;
    const char *result;
    double ulp;
    const char *sentence;
} row;

#define ROW(arity, name, SET, RESULT, ulp, sentence) {#name, arity, LS_SET_##SET, #RESULT, ulp, sentence},
static const row rows[] = {
#define UNARY(name, SET, RESULT, expression, ulp, sentence) ROW(1, name, SET, RESULT, ulp, sentence)
#define BINARY(name, SET, RESULT, expression, ulp, sentence) ROW(2, name, SET, RESULT, ulp, sentence)
#define TERNARY(name, SET, RESULT, expression, ulp, sentence) ROW(3, name, SET, RESULT, ulp, sentence)
#define UNARY_RARE(name, SET, RESULT, ulp, sentence) ROW(1, name, SET, RESULT, ulp, sentence)
#define BINARY_RARE(name, SET, RESULT, ulp, sentence) ROW(2, name, SET, RESULT, ulp, sentence)
#include "ops.def"
};

typedef struct alias {
    const char *alias, *name;
} alias;
static const alias aliases[] = {
#define ALIAS(alias, name) {#alias, #name},
#define UNARY(...)
#define BINARY(...)
#define TERNARY(...)
#define UNARY_RARE(...)
#define BINARY_RARE(...)
#include "ops.def"
};

static const char *const macro_names[4] = {"", "x", "x, y", "x, y, z"};
static const char *const parameters[4] = {"", "ls_operand x", "ls_operand x, ls_operand y",
                                          "ls_operand x, ls_operand y, ls_operand z"};

static const char *dtypes(unsigned set)
{
    switch (set) {
    case LS_SET_BOOL:
        return "any, taken as x != 0";
    case LS_SET_INT:
        return "integers; bool as int8";
    case LS_SET_BITS:
        return "bool and integers";
    case LS_SET_FLOAT:
    case LS_SET_FLOATH:
        return "floats; integers as the float that holds them";
    case LS_SET_FLOATC:
        return "floats and complex; integers as the float that holds them";
    case LS_SET_REAL:
        return "integers and floats; bool as int8";
    case LS_SET_ORDERED:
        return "all but complex";
    case LS_SET_NUMBER:
        return "integers, floats and complex; bool as int8";
    case LS_SET_NUMBERX:
        return "integers, floats and complex; bool is refused";
    default:
        return "all";
    }
}

static const char *result(const row *r)
{
    if (strcmp(r->result, "BOOL") == 0) {
        return "bool";
    }
    return strcmp(r->result, "REAL") == 0 ? "as the operand, the real dtype of a complex one" : "as the operands promote";
}

static void print_row(const row *r)
{
    printf("\n/** %s\n *  Dtypes %s. Result %s. Error ", r->sentence, dtypes(r->set), result(r));
    if (r->ulp == 0) {
        printf("none beyond correct rounding");
    } else {
        printf("at most %g ULP", r->ulp);
    }
    printf(". */\n");
    printf("LS_API ls_array *ls_%s(const char *place, %s);\n", r->name, parameters[r->arity]);
    printf("LS_API LS_WARN_UNUSED ls_status ls_%s_into(const char *place, ls_array *out, %s);\n", r->name,
           parameters[r->arity]);
    printf("#define ls_%s(%s) LS_CALL%d(ls_%s, %s)\n", r->name, macro_names[r->arity], r->arity, r->name,
           macro_names[r->arity]);
    printf("#define ls_%s_into(out, %s) LS_CALL%d_INTO(ls_%s_into, out, %s)\n", r->name, macro_names[r->arity],
           r->arity, r->name, macro_names[r->arity]);
}

static void print_alias(const alias *a)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, a->name) == 0) {
            const char *names = macro_names[rows[i].arity];
            printf("#define ls_%s(%s) ls_%s(%s)\n", a->alias, names, a->name, names);
            printf("#define ls_%s_into(out, %s) ls_%s_into(out, %s)\n", a->alias, names, a->name, names);
        }
    }
}

static const char *const head =
    "/* SPDX-License-Identifier: BSD-3-Clause\n"
    " *\n"
    " * Elementwise functions. WRITTEN BY src/api/elementwise_header.c FROM THE ROWS IN kernels/: edit the rows, not this file.\n"
    " *\n"
    " * What holds for every function here:\n"
    " *   Operands  arrays or C numbers (ls_operand). Numbers are weak: a float32 array with 2.0 stays float32; a number\n"
    " *             that does not fit an integer dtype is LS_EOVERFLOW.\n"
    " *   Shape     operands broadcast as in NumPy; the result has the broadcast shape. LS_ESHAPE names both shapes.\n"
    " *   Dtype     operands promote by the array API's table (mixed kinds as NumPy 2) to one dtype, which the function's\n"
    " *             comment must admit, else LS_EDTYPE. float16 and bfloat16 are computed in float32 and rounded once.\n"
    " *   Place     all arrays on one device, else LS_EDEVICE; the result is there too. 0-d arrays come from anywhere.\n"
    " *   Memory    the result is new, pending (nothing has run), and owned by the innermost scope. NULL in, NULL out.\n"
    " *   Errors    NULL, and the text from ls_error_message(). Out of memory later names this call.\n"
    " *   Numerics  the same bits on every device, instruction set and thread count, fused or not. The error is in units\n"
    " *             in the last place of the result's dtype.\n"
    " * ls_<name>_into(out, ...) writes the same elements into an existing array, which the operands broadcast to, and\n"
    " * whose dtype the result is cast to (never complex to real); it evaluates at once, allows `out` among the operands,\n"
    " * returns a status and ends a chain. On an error `out` is unchanged. */\n"
    "#ifndef LOCKSTEP_ELEMENTWISE_H\n"
    "#define LOCKSTEP_ELEMENTWISE_H\n"
    "\n"
    "#include \"types.h\"\n"
    "\n"
    "LS_BEGIN_DECLS\n"
    "\n"
    "/** x where the condition is non-zero, else y, element by element. condition: any dtype; x and y promote to the\n"
    " *  result's dtype. Both are always computed. */\n"
    "LS_API ls_array *ls_where(const char *place, ls_operand condition, ls_operand x, ls_operand y);\n"
    "LS_API LS_WARN_UNUSED ls_status ls_where_into(const char *place, ls_array *out, ls_operand condition, ls_operand x,\n"
    "                                              ls_operand y);\n"
    "#define ls_where(condition, x, y) LS_CALL3(ls_where, condition, x, y)\n"
    "#define ls_where_into(out, condition, x, y) LS_CALL3_INTO(ls_where_into, out, condition, x, y)\n";

int main(void)
{
    fputs(head, stdout);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_row(&rows[i]);
    }
    printf("\n/* Second names, NumPy's or shorter. */\n");
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        print_alias(&aliases[i]);
    }
    printf("\nLS_END_DECLS\n\n#endif\n");
    return ferror(stdout) ? 1 : 0;
}
