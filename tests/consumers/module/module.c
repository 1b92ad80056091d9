/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A module that computes with a team of threads and leaves it alive. */
#include <lockstep.h>

double module_total(int seed);

double module_total(int seed)
{
    double total = -1;
    LS_SCOPE {
        ls_rng *rng = ls_rng_new(seed);
        if (ls_item(ls_sum(ls_sin(ls_random(rng, LS_SHAPE(1000, 1000)))), &total)) return -1;
    }
    return total;
}
