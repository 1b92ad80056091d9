/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One elementwise operation without a program: what direct.c and write.c share. */
#ifndef LSI_LAZY_DIRECT_H
#define LSI_LAZY_DIRECT_H

#include "lazy/graph.h"

/* Holding the lock: whether the pending version is one operation on stored elements in order that its backend accepts.
 * Fills in all but the target. */
bool lsi_direct_describe(const lsi_version *version, lsi_direct_map *map);
/* Counts it; `dtypes`: of the operands. */
void lsi_direct_count(const lsi_direct_map *map, const ls_dtype *dtypes);

#endif
