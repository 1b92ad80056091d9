/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What reductions and scans must give along chosen axes, from the definitions of the canonical order. */
#ifndef LOCKSTEP_TESTS_CONFORMANCE_FOLDS_H
#define LOCKSTEP_TESTS_CONFORMANCE_FOLDS_H

#include "settings.h"

/* A reduction as a program calls it. */
typedef struct fold {
    const char *name;
    unsigned set;
    enum fold_empty { EMPTY_ZERO, EMPTY_ONE, EMPTY_NAN, EMPTY_TRUE, EMPTY_FALSE, EMPTY_ERROR } empty;
    ls_array *(*call)(const char *place, const ls_array *a, const ls_reduce_options *options);
} fold;
extern const fold folds[LSI_REDUCE_COUNT];

bool fold_accepts(lsi_reduce_op op, ls_dtype dtype);
ls_dtype fold_result_dtype(lsi_reduce_op op, ls_dtype dtype);

/* Inputs that sums and products survive: the first operand has many equal elements and a few special ones, the second
 * plain ones of several sizes, the third ones near 1. The elements go round from the pool's end. */
void pool_fill_for_folds(pool *p, ls_dtype dtype);

/* `in` reduced along the axes whose bits are set: the result's shape in *out, its elements in `elements`. False when
 * there is nothing to choose from, which the call must refuse. */
bool expect_fold(lsi_reduce_op op, ls_dtype dtype, const setting *in, unsigned axes, bool keepdims, double correction,
                 setting *out, void *elements);

/* The cumulative sums or products along an axis. */
ls_dtype scan_result_dtype(ls_dtype dtype);
void expect_scan(bool product, ls_dtype dtype, const setting *in, int axis, bool initial, setting *out, void *elements);

#endif
