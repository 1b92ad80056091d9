/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Operands that do not lie as the result does: every second element, transposed, stretched. */
#include "ours.h"

static ls_array *strided(const job *j) { return ls_add(ls_at(j->a, "::2"), ls_at(j->b, "::2")); }
static ls_array *reversed(const job *j) { return ls_add(ls_at(j->a, "::-1"), j->b); }
static ls_array *transposed(const job *j) { return ls_add(j->a, ls_transpose(j->b)); }
static ls_array *row_broadcast(const job *j) { return ls_add(j->a, ls_at(j->b, "0")); }
static ls_array *column_broadcast(const job *j) { return ls_add(j->a, ls_at(j->b, ":, :1")); }
static ls_array *outer(const job *j) { return ls_multiply(ls_at(j->a, ":, :1"), ls_at(j->b, "0")); }
static ls_array *copy_transposed(const job *j) { return ls_copy(ls_transpose(j->a)); }
static ls_array *sum_transposed(const job *j) { return ls_sum(ls_transpose(j->a)); }
/* The mean of 3 x 3 neighbours by slices: what is inside, without the border. */
static ls_array *stencil(const job *j)
{
    ls_array *rows = ls_add(ls_add(ls_at(j->a, ":-2"), ls_at(j->a, "1:-1")), ls_at(j->a, "2:"));
    return ls_divide(ls_add(ls_add(ls_at(rows, ":, :-2"), ls_at(rows, ":, 1:-1")), ls_at(rows, ":, 2:")), 9);
}
static ls_array *concatenate(const job *j) { return ls_concat(LS_LIST(j->a, j->b)); }

const row layout_rows[] = {
    {"strided", "ab", strided, NULL},
    {"reversed", "ab", reversed, NULL},
    {"transposed", "ab", transposed, NULL},
    {"broadcast_row", "ab", row_broadcast, NULL},
    {"broadcast_column", "ab", column_broadcast, NULL},
    {"outer", "ab", outer, NULL},
    {"copy_transposed", "a", copy_transposed, NULL},
    {"sum_transposed", "a", sum_transposed, NULL},
    {"stencil", "a", stencil, NULL},
    {"concat", "ab", concatenate, NULL},
    {0},
};
