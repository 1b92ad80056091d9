/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Expressions as text. Bounded (4 KiB, nesting 64), with an allowlist: names are those of the caller's values, the rows of
 * the operation tables, dtypes and a few constants. The parser makes nodes as it reads; there is no tree. */
#ifndef LSI_LAZY_EXPRESSION_H
#define LSI_LAZY_EXPRESSION_H

#include "lazy/array.h"

typedef enum lsi_token_kind {
    LSI_TOKEN_END,
    LSI_TOKEN_NUMBER,   /* value holds it */
    LSI_TOKEN_NAME,     /* start, length */
    LSI_TOKEN_OPERATOR, /* one of lsi_operator */
    LSI_TOKEN_BAD       /* what stands there is no token */
} lsi_token_kind;

typedef enum lsi_operator {
    LSI_TOK_OPEN, LSI_TOK_CLOSE, LSI_TOK_COMMA, LSI_TOK_ASSIGN,
    LSI_TOK_ADD, LSI_TOK_SUB, LSI_TOK_MUL, LSI_TOK_DIV, LSI_TOK_FLOORDIV, LSI_TOK_MOD, LSI_TOK_MATMUL, LSI_TOK_POW,
    LSI_TOK_AND, LSI_TOK_OR, LSI_TOK_XOR, LSI_TOK_INVERT, LSI_TOK_SHL, LSI_TOK_SHR,
    LSI_TOK_LT, LSI_TOK_LE, LSI_TOK_GT, LSI_TOK_GE, LSI_TOK_EQ, LSI_TOK_NE
} lsi_operator;

typedef struct lsi_token {
    lsi_token_kind kind;
    lsi_operator op;
    const char *start;
    size_t length;
    ls_operand value;
} lsi_token;

/* The token at *text, which moves behind it. Numbers are read without the locale. */
lsi_token lsi_token_next(const char **text);

/* A name the text may use. */
typedef struct lsi_binding {
    const char *name;
    ls_operand value;
} lsi_binding;

enum { LSI_EXPRESSION_BYTES = 4096, LSI_EXPRESSION_DEPTH = 64, LSI_EXPRESSION_BINDINGS = 64 };

/* The value of the text as an array owned by the innermost scope; NULL with the error recorded. `matmul` serves the
 * operator @ (the product's shape rules live with its public call). */
ls_array *lsi_expression(const char *text, int nbinding, const lsi_binding *bindings,
                         ls_array *(*matmul)(const ls_array *x, const ls_array *y));

#endif
