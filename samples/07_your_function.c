/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lesson 7: your own C function over all cores.
 *
 * You learn   to run code that is no formula (here: how many steps a number takes to 1 in the Collatz sequence) on
 *             every element in parallel, with progress, and to cancel it. The result does not depend on the number of
 *             threads.
 * New         ls_map_host, LS_LIST, ls_argmax, ls_error
 * Expect      below 2000000: 1723519 takes 556 steps, the most
 *             then: ls_map_host: cancelled after about half of the elements */
#include <lockstep.h>
#include <stdio.h>

#include "common.h"

/* Called with up to 1024 elements at a time, on several threads. Non-zero would stop everything with an error. */
static int collatz(int64_t n, const void *const *inputs, void *output, void *context)
{
    const int64_t *start = inputs[0];
    int64_t *steps = output;
    (void)context;
    for (int64_t i = 0; i < n; i++) {
        uint64_t x = (uint64_t)start[i];
        for (steps[i] = 0; x > 1; steps[i]++) x = x % 2 ? 3 * x + 1 : x / 2;
    }
    return 0;
}

/* Called by one thread at a time, at most 20 times a second. */
static int show_progress(double fraction, void *context)
{
    (void)context;
    fprintf(stderr, "\r%3.0f %%%s", 100 * fraction, fraction == 1 ? "\n" : "");
    return 0; /* non-zero cancels */
}

static int stop_half_way(double fraction, void *context)
{
    (void)context;
    return fraction >= 0.5;
}

int main(int argc, char **argv)
{
    const int64_t n = SAMPLE_SIZE(argc, argv, 2000000);
    ls_array *numbers = ls_arange(n);

    ls_array *steps = ls_map_host(collatz, LS_LIST(numbers), .progress = show_progress);
    int64_t most, where;
    CHECK(ls_item(ls_max(steps), &most));
    CHECK(ls_item(ls_argmax(steps), &where));
    printf("below %lld: %lld takes %lld steps, the most\n", (long long)n, (long long)where, (long long)most);

    if (ls_map_host(collatz, LS_LIST(numbers), .progress = stop_half_way) || ls_error() != LS_ECANCELLED) return 1;
    printf("then: %s\n", ls_error_message());
    return 0;
}
