/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The README's program, smaller. */
#include <lockstep.h>
#include <stdio.h>

int main(void)
{
    ls_rng *rng = ls_rng_new(42);
    ls_array *x = ls_random(rng, LS_SHAPE(1000, 1000));
    ls_array *y = ls_add(ls_sin(x), ls_cos(x));
    double total;
    if (ls_item(ls_sum(y), &total)) return ls_perror("sum");
    printf("%.17g\n", total);
    return 0;
}
