/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reductions over all elements, the first axis, the last and one in the middle, and running sums. Shapes of two axes
 * have axes 0 and 1, shapes of three a middle one. */
#include "ours.h"

static ls_array *sum_all(const job *j) { return ls_sum(j->a); }
static ls_array *sum_axis0(const job *j) { return ls_sum(j->a, .axis = LS_AXIS(0)); }
static ls_array *sum_axis1(const job *j) { return ls_sum(j->a, .axis = LS_AXIS(1)); }

static ls_array *mean_all(const job *j) { return ls_mean(j->a); }
static ls_array *mean_axis0(const job *j) { return ls_mean(j->a, .axis = LS_AXIS(0)); }
static ls_array *mean_axis1(const job *j) { return ls_mean(j->a, .axis = LS_AXIS(1)); }

static ls_array *var_all(const job *j) { return ls_var(j->a); }
static ls_array *var_axis0(const job *j) { return ls_var(j->a, .axis = LS_AXIS(0)); }
static ls_array *var_axis1(const job *j) { return ls_var(j->a, .axis = LS_AXIS(1)); }

static ls_array *max_all(const job *j) { return ls_max(j->a); }
static ls_array *max_axis0(const job *j) { return ls_max(j->a, .axis = LS_AXIS(0)); }
static ls_array *max_axis1(const job *j) { return ls_max(j->a, .axis = LS_AXIS(1)); }

static ls_array *argmax_all(const job *j) { return ls_argmax(j->a); }
static ls_array *argmax_axis0(const job *j) { return ls_argmax(j->a, .axis = LS_AXIS(0)); }
static ls_array *argmax_axis1(const job *j) { return ls_argmax(j->a, .axis = LS_AXIS(1)); }

static ls_array *running_sum(const job *j) { return ls_cumulative_sum(j->a, .axis = LS_AXIS(0)); }
static ls_array *running_sum_rows(const job *j) { return ls_cumulative_sum(j->a, .axis = LS_AXIS(1)); }
/* Several operations and their sum, which need not be stored. */
static ls_array *sum_of_squares(const job *j) { return ls_sum(ls_square(ls_subtract(j->a, j->b))); }
static ls_array *dot(const job *j) { return ls_vecdot(j->a, j->b); }

const row reduce_rows[] = {
    {"sum_all", "a", sum_all, NULL},
    {"sum_axis0", "a", sum_axis0, NULL},
    {"sum_axis1", "a", sum_axis1, NULL},
    {"sum_middle", "a", sum_axis1, NULL},
    {"mean_all", "a", mean_all, NULL},
    {"mean_axis0", "a", mean_axis0, NULL},
    {"mean_axis1", "a", mean_axis1, NULL},
    {"mean_middle", "a", mean_axis1, NULL},
    {"var_all", "a", var_all, NULL},
    {"var_axis0", "a", var_axis0, NULL},
    {"var_axis1", "a", var_axis1, NULL},
    {"var_middle", "a", var_axis1, NULL},
    {"max_all", "a", max_all, NULL},
    {"max_axis0", "a", max_axis0, NULL},
    {"max_axis1", "a", max_axis1, NULL},
    {"max_middle", "a", max_axis1, NULL},
    {"argmax_all", "a", argmax_all, NULL},
    {"argmax_axis0", "a", argmax_axis0, NULL},
    {"argmax_axis1", "a", argmax_axis1, NULL},
    {"argmax_middle", "a", argmax_axis1, NULL},
    {"cumsum", "a", running_sum, NULL},
    {"cumsum_axis0", "a", running_sum, NULL},
    {"cumsum_axis1", "a", running_sum_rows, NULL},
    {"sum_squares", "ab", sum_of_squares, NULL},
    {"dot", "ab", dot, NULL},
    {0},
};
