/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Two threads, each with scopes and errors of its own, and one array that both read. */
#include <lockstep.h>

#include <pthread.h>
#include <stdio.h>

typedef struct job {
    const ls_array *shared;
    int step;
    int wrong;
} job;

static void *run(void *argument)
{
    job *j = argument;
    for (int i = 1; i <= 50; i++) {
        LS_SCOPE {
            double total = 0;
            ls_array *mine = ls_mul(j->shared, i * j->step);
            LS_SCOPE {
                ls_keep(ls_sum(mine));
            }
            j->wrong += ls_item(ls_sum(mine), &total) || total != 4950.0 * i * j->step;
            /* Only the first thread makes mistakes, and only it hears of them. */
            if (j->step == 1) j->wrong += ls_add(mine, ls_ones(LS_SHAPE(7))) || ls_error() != LS_ESHAPE;
            else j->wrong += ls_error() != LS_OK;
            ls_clear_error();
        }
    }
    return NULL;
}

int main(void)
{
    ls_array *shared = ls_add(ls_arange(100), 0.0); /* pending: whichever thread is first computes it */
    job jobs[2] = {{shared, 1, 0}, {shared, 2, 0}};
    pthread_t threads[2];
    ls_memory before, after;
    if (ls_evaluate(ls_arange(3)) || ls_memory_stats(LS_HOST, &before)) return ls_perror("start");
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, run, &jobs[i]);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    ls_free(shared);
    if (jobs[0].wrong || jobs[1].wrong || ls_memory_stats(LS_HOST, &after) || after.in_use > before.in_use) {
        fprintf(stderr, "%d and %d wrong; %lld bytes before, %lld after\n", jobs[0].wrong, jobs[1].wrong,
                (long long)before.in_use, (long long)after.in_use);
        return 1;
    }
    puts("100 passed, 0 failed");
    return 0;
}
