/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lesson 1: an array, an operation, a result.
 *
 * You learn   how a program begins (one header), that calls nest, that nothing is freed by hand, and where errors come
 *             out: at the call that ends the chain.
 * New         ls_arange, ls_square, ls_print, ls_sum, ls_item, ls_device_of, ls_device_name
 * Expect      [           0            1            4 ... 999994000009 999996000004
 *              999998000001]
 *             sum of squares 333332833333500000, computed on cpu */
#include <lockstep.h>
#include <stdio.h>

#include "common.h"

int main(int argc, char **argv)
{
    const int64_t n = SAMPLE_SIZE(argc, argv, 1000000);

    ls_array *x = ls_arange(n);         /* 0, 1, ..., n - 1 as int64: the argument is an integer */
    ls_array *squares = ls_square(x);   /* nothing has run yet */

    CHECK(ls_print(squares));           /* this needs values: it runs, and prints as NumPy does */

    int64_t total;
    CHECK(ls_item(ls_sum(squares), &total)); /* the pointer's type says what number you want */

    printf("sum of squares %lld, computed on %s\n", (long long)total, ls_device_name(ls_device_of(squares)));
    return 0; /* the arrays belong to the root scope; lesson 6 shows smaller ones */
}
