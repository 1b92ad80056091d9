/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Highway's vqsort as a yardstick for bench_sort; nothing of Highway's is in the library. */
#ifndef BENCH_VQSORT_H
#define BENCH_VQSORT_H

#include <lockstep/types.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sorts `lines` lines of n elements, one after another in memory; false where it has no such dtype. */
bool vqsort_lines(void *elements, ls_dtype dtype, int64_t lines, int64_t n);

#ifdef __cplusplus
}
#endif

#endif
