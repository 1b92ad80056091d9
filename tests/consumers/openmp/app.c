/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A program with an OpenMP team of its own: each member uses the library in its own scope, inside parallel regions,
 * between them, and with thread counts of its own that the library must leave alone. */
#include <lockstep.h>

#include <omp.h>
#include <stdio.h>

static double work(int seed)
{
    double total = -1;
    LS_SCOPE {
        ls_rng *rng = ls_rng_new(seed);
        ls_array *x = ls_random(rng, LS_SHAPE(200, 500));
        if (ls_item(ls_sum(ls_matmul(x, ls_transpose(x), .mode = LS_MATMUL_EXACT)), &total)) ls_perror("work");
    }
    return total;
}

int main(void)
{
    enum { TASKS = 24 };
    double alone[TASKS], together[TASKS];
    omp_set_num_threads(3);
    for (int i = 0; i < TASKS; i++) alone[i] = work(i);

    int threads_inside = 0;
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < TASKS; i++) {
        together[i] = work(i);
#pragma omp atomic write
        threads_inside = ls_num_threads();
    }

    int wrong = 0, members = 0;
    for (int i = 0; i < TASKS; i++) wrong += alone[i] != together[i] || alone[i] <= 0;
#pragma omp parallel
#pragma omp atomic
    members++;
    if (wrong || threads_inside != 1 || members != 3 || omp_get_max_threads() != 3) {
        fprintf(stderr, "%d of %d differ; %d threads inside a region; a team of %d, %d for the next\n", wrong, TASKS,
                threads_inside, members, omp_get_max_threads());
        return 1;
    }
    printf("%d passed, 0 failed\n", TASKS);
    return 0;
}
