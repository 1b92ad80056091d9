/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lesson 2: random matrices and their product.
 *
 * You learn   that a seed gives the same numbers as NumPy's, how matrices are multiplied, and how to check the result:
 *             one element again, as the sum of a row times a column.
 * New         ls_rng_new, ls_random, LS_SHAPE, ls_matmul, ls_at, ls_multiply
 * Expect      1000 x 1000: one element of the product 241.6993933897..., the same again
 *             within 1e-10 */
#include <lockstep.h>
#include <math.h>
#include <stdio.h>

#include "common.h"

int main(int argc, char **argv)
{
    const int64_t n = SAMPLE_SIZE(argc, argv, 1000);

    /* numpy.random.Generator(numpy.random.Philox(42)).random((n, n)) draws the same bits. */
    ls_rng *rng = ls_rng_new(42);
    ls_array *a = ls_random(rng, LS_SHAPE(n, n));
    ls_array *b = ls_random(rng, LS_SHAPE(n, n));

    ls_array *product = ls_matmul(a, b);

    /* ls_at takes NumPy's slice text; numbers go in as in printf. */
    double element, again;
    CHECK(ls_item(ls_at(product, "%d, %d", 3, 5), &element));
    CHECK(ls_item(ls_sum(ls_multiply(ls_at(a, "3"), ls_at(b, ":, 5"))), &again));

    printf("%lld x %lld: one element of the product %.12g, the same again %.12g\n", (long long)n, (long long)n, element,
           again);
    if (!(fabs(element - again) <= 1e-10 * fabs(again))) { /* true for NaN, too */
        fprintf(stderr, "02_matmul: they differ\n");
        return 1;
    }
    printf("within 1e-10\n");
    return 0;
}
