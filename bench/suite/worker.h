/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the two C workers of the suite (ours.c, limits.c) share: the clock, the way a short call is repeated until its
 * time can be told, and the lines that the driver sends. */
#ifndef LOCKSTEP_BENCH_WORKER_H
#define LOCKSTEP_BENCH_WORKER_H

#include <stdbool.h>
#include <stdint.h>

/* A request: words and, of "setup", what they mean. Sizes of zero mean "not given". */
typedef struct request {
    char verb[16];      /* hello, setup, time, done, quit */
    char candidate[32]; /* the name under which the driver knows who answers */
    char key[64];       /* the row */
    char dtype[16];     /* f64 f32 i32 i64 */
    char mode[16];      /* new, out, first */
    int64_t n;          /* elements of an input */
    int64_t shape[4];   /* the inputs' */
    int ndim;
    double milliseconds; /* of "time": how long at least */
    char model[128];     /* limits: the work of the row, e.g. "stream:8,8:8" */
} request;

/* Reads the next request from stdin; false at the end of the driver. */
bool next_request(request *r);

double now(void);

/* One call of what is measured; false when it failed. Setting *untimed adds seconds that do not count. */
typedef bool (*measured_fn)(void *context, double *untimed);
/* Nanoseconds per call over at least `milliseconds`, after calls that bring data into the caches and wake the threads
 * (none when *known, the seconds of the call last time, says that they cannot matter); negative when a call failed.
 * *calls is how many were timed. */
double time_calls(measured_fn call, void *context, double milliseconds, double *known, int64_t *calls);

#endif
