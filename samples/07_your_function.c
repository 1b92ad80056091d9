/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lesson 7: your own C function over all cores.
 *
 * You learn   to run code that is no formula (here: how many steps a number takes to 1 in the Collatz sequence) on
 *             every element in parallel, with progress, and to cancel it. The result does not depend on the number of
 *             threads.
 * New         ls_map_host, LS_LIST, ls_argmax, ls_error
 * Expect      below 2000000: 1723519 takes 556 steps, the most
 *             found: ls_map_host: cancelled after a few thousand of 2000000 elements */
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

/* A search: the first thread that finds a number of more than 200 steps tells the others to stop. */
static int search(int64_t n, const void *const *inputs, void *output, void *context)
{
    volatile int *stop = context;
    const int failed = collatz(n, inputs, output, NULL);
    for (int64_t i = 0; i < n; i++)
        if (((int64_t *)output)[i] > 200) *stop = 1;
    return failed;
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

    volatile int stop = 0;
    if (ls_map_host(search, LS_LIST(numbers), .context = (void *)&stop, .cancel = &stop, .grain = 16)) return 1;
    if (ls_error() != LS_ECANCELLED) return ls_perror(NULL);
    printf("found: %s\n", ls_error_message());
    return 0;
}
