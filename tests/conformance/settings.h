/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The ways in which operands are handed to an operation: sizes around the boundaries of vectors, strips and leaves,
 * memory layouts, broadcasting, C numbers. */
#ifndef LOCKSTEP_TESTS_CONFORMANCE_SETTINGS_H
#define LOCKSTEP_TESTS_CONFORMANCE_SETTINGS_H

#include "value.h"

/* Where the elements of an array lie: element (i, j) of a view over a larger or turned array. */
typedef enum layout {
    CONTIGUOUS, STEP, REVERSED, REVERSED_STEP, OFFSET, /* one axis */
    PADDED_ROWS, TRANSPOSED, TURNED, INNER,            /* two axes; TURNED is transposed and reversed along both */
    LAYOUTS
} layout;

/* A view of `rows` * `columns` elements (of `columns` where the layout has one axis) that lie in that layout and are,
 * in C order, those given. */
ls_array *lay_out(layout how, ls_dtype dtype, const void *elements, int64_t rows, int64_t columns);

/* How one operand comes. */
typedef enum form { FULL, ROW, COLUMN, POINT, NUMBER } form;

typedef struct setting {
    const char *name;
    int arity;                                  /* fewer operands make it the same as another one */
    int ndim;
    int64_t shape[3], n;                        /* of the result */
    bool is_pool;                               /* element k of every operand is element k of the pool */
    ls_operand operands[OPERANDS];
    unsigned char *elements[OPERANDS];          /* what they hold, broadcast, in C order */
} setting;

/* How many settings differ for an operation of `arity` operands. */
int settings_count(int arity);
/* Those of all arities for one dtype, in the scope that is open; the same ones in the same order for every dtype. */
enum { SETTINGS = 64 };
int settings_make(setting list[SETTINGS], const pool *inputs);
void settings_free(setting list[SETTINGS], int count);
/* Whether the arrays still hold what they were made of. */
bool settings_unchanged(const setting list[SETTINGS], int count, ls_dtype dtype);

/* Whether an array has that dtype, the setting's shape and every bit of the expected elements; prints what is wrong. */
bool is_result(const ls_array *result, const setting *s, ls_dtype dtype, const void *expected);

#endif
