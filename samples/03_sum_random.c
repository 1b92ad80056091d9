/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lesson 3: a sum over more numbers than you want to store.
 *
 * You learn   that calls build a program instead of running it: the 10^8 random numbers (800 MB) are drawn and summed
 *             in one pass and never exist together. And that the sum has the same bits on every machine, whatever the
 *             number of threads, because the order of additions is part of the definition.
 * New         ls_memory_stats, ls_memory_reset_peak
 * Expect      10000 x 10000 random numbers: sum 49996753.929189637, mean 0.499967539;
 *             array memory at most a few MiB */
#include <lockstep.h>
#include <stdio.h>

#include "common.h"

int main(int argc, char **argv)
{
    const int64_t n = SAMPLE_SIZE(argc, argv, 10000);
    sample_show_progress();
    const ls_device here = {0}; /* zero means: the device in force */

    ls_rng *rng = ls_rng_new(42);
    CHECK(ls_memory_reset_peak(here));

    double total;
    CHECK(ls_item(ls_sum(ls_random(rng, LS_SHAPE(n, n))), &total));

    ls_memory memory;
    CHECK(ls_memory_stats(here, &memory));

    printf("%lld x %lld random numbers: sum %.17g, mean %.9f\n", (long long)n, (long long)n, total,
           total / (double)n / (double)n);
    printf("array memory at most %.1f MiB\n", (double)memory.peak_in_use / (1 << 20));
    if (memory.peak_in_use > 64 << 20) {
        fprintf(stderr, "03_sum_random: more than 64 MiB\n");
        return 1;
    }
    return 0;
}
