/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The order of elements, slowly: by comparing numbers, not keys. Arrays are looked at as C-contiguous bytes. */
#ifndef LOCKSTEP_TESTS_SORT_REFERENCE_H
#define LOCKSTEP_TESTS_SORT_REFERENCE_H

#include "core/dtype.h"
#include <lockstep.h>

/* Elements of one dtype as numbers that can be compared. */
typedef struct numbers {
    ls_dtype dtype;
    int64_t count;
    struct number *of;
    bool zeros_equal;
} numbers;

numbers numbers_new(ls_dtype dtype, const void *bytes, int64_t count, bool zeros_equal);
void numbers_free(numbers *n);
/* Below 0, 0 or above 0 as element i comes before, is equal to or comes behind element j. */
int numbers_compare(const numbers *n, int64_t i, int64_t j);
bool numbers_is_zero(const numbers *n, int64_t i);
/* The stable order of the elements begin, begin + step, ... (count of them): positions along the line. Free it. */
int64_t *numbers_order(const numbers *n, int64_t begin, int64_t step, int64_t count, bool descending);

/* Bytes of an element with NaN in its canonical form. */
void canonical(ls_dtype dtype, const void *element, void *to);

/* `count` elements of a dtype: random bits, few values, special values, ordered. */
enum { FILLS = 6 };
void fill(ls_dtype dtype, int kind, uint64_t seed, int64_t count, void *to);
const char *fill_name(int kind);

#endif
