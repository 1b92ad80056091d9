/* SPDX-License-Identifier: BSD-3-Clause */
#include "worker.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void read_shape(request *r, char *text)
{
    char *rest = NULL;
    for (char *size = strtok_r(text, ",", &rest); size && r->ndim < 4; size = strtok_r(NULL, ",", &rest))
        r->shape[r->ndim++] = strtoll(size, NULL, 10);
}

/* setup CANDIDATE KEY DTYPE MODE N SHAPE MODEL | time CANDIDATE MS | done CANDIDATE | hello | quit */
bool next_request(request *r)
{
    char line[512], shape[128] = "", word[128] = "";
    *r = (request){0};
    if (!fgets(line, sizeof line, stdin)) return false;
    if (sscanf(line, "setup %31s %63s %15s %15s %lld %127s %127s", r->candidate, r->key, r->dtype, r->mode,
               (long long *)&r->n, shape, r->model) >= 6) {
        strcpy(r->verb, "setup");
        read_shape(r, shape);
    } else if (sscanf(line, "%15s %31s %127s", r->verb, r->candidate, word) == 3) {
        r->milliseconds = atof(word);
    }
    return strcmp(r->verb, "quit") != 0;
}

#define LONG_CALL 20e-3 /* seconds: from here on cold caches and sleeping threads are lost in the noise */
/* Others have run in between: after so long, and so many calls, caches and threads are warm again. What the large cache
 * keeps of operands read in turns settles with the fourth call only; but four of those are not waited for that take long. */
#define WARM 2e-3
enum { WARM_CALLS = 4 };

/* Seconds one call takes when it is warm; negative when one failed. */
static double warm_up(measured_fn call, void *context, double seconds)
{
    const double start = now();
    double last;
    int calls = 0;
    do {
        double untimed = 0;
        const double before = now();
        if (!call(context, &untimed)) return -1;
        last = now() - before - untimed;
        calls++;
    } while (now() - start < (calls < WARM_CALLS ? WARM_CALLS : 1) * seconds);
    return last;
}

double time_calls(measured_fn call, void *context, double milliseconds, double *known, int64_t *calls)
{
    const double wanted = milliseconds * 1e-3;
    double spent = 0, each = *known > LONG_CALL ? *known : warm_up(call, context, wanted < WARM ? wanted : WARM);
    *calls = 0;
    while (each >= 0 && spent < wanted) {
        const int64_t batch = 1 + (int64_t)((wanted - spent) / (each + 1e-9) * 0.7);
        double untimed = 0;
        const double start = now();
        for (int64_t i = 0; i < batch; i++)
            if (!call(context, &untimed)) return -1;
        spent += now() - start - untimed;
        *calls += batch;
        each = spent / (double)*calls;
    }
    *known = each;
    return each * 1e9;
}
