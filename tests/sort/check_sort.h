/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every call of sort.h on one array, against the reference. */
#ifndef LOCKSTEP_TESTS_SORT_CHECK_SORT_H
#define LOCKSTEP_TESTS_SORT_CHECK_SORT_H

#include <lockstep.h>

/* True when all hold; else the first that does not is told. `axis` for those that take one. */
bool check_sorts(const ls_array *a, int axis, const char *what);
bool check_partitions(const ls_array *a, int axis, int64_t kth, const char *what);
bool check_unique(const ls_array *a, const char *what);
bool check_nonzero(const ls_array *a, const char *what);
/* `values` of the dtype of `a`, both of one axis; `a` need not be in order. */
bool check_search(const ls_array *a, const ls_array *values, const char *what);

#endif
