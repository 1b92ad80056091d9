/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Running one scenario with every allocation failing in turn: what the tests of out-of-memory share. */
#ifndef LOCKSTEP_TESTS_API_FAILING_H
#define LOCKSTEP_TESTS_API_FAILING_H

#include "lockstep.h"

/* What scenarios work on: made without injection, and the same after every run. */
typedef struct inputs {
    ls_array *x, *y;       /* float64, (6, 4), stored */
    ls_array *matrix;      /* float64, (4, 6), stored */
    ls_array *whole;       /* int64, (6, 4), stored */
    ls_array *z;           /* complex128, (6, 4), stored */
    ls_array *out;         /* complex128, (6, 4), what scenarios write */
    ls_rng *rng;
    const char *directory; /* a folder for files: data.npy and data.npz are there */
} inputs;

typedef struct scenario scenario;

/* Does the work and takes the results. The status of the first call that failed, the call's own or ls_error(). */
typedef ls_status run_fn(const inputs *in, const scenario *s);

struct scenario {
    const char *covers;    /* the public functions that it calls, separated by spaces */
    run_fn *run;
    /* stamped scenarios: */
    ls_array *(*unary)(const char *place, ls_operand x);
    ls_array *(*binary)(const char *place, ls_operand x, ls_operand y);
    ls_array *(*ternary)(const char *place, ls_operand x, ls_operand y, ls_operand z);
    ls_status (*unary_into)(const char *place, ls_array *out, ls_operand x);
    ls_status (*binary_into)(const char *place, ls_array *out, ls_operand x, ls_operand y);
    ls_status (*ternary_into)(const char *place, ls_array *out, ls_operand x, ls_operand y, ls_operand z);
    ls_array *(*reduce)(const char *place, const ls_array *a, const ls_reduce_options *options);
    ls_status (*reduce_into)(const char *place, ls_array *out, const ls_array *a, const ls_reduce_options *options);
};

/* Folds the elements of an array into the digest of the run; the status of reading them. */
ls_status take(const ls_array *a);
void take_number(double number);
/* Says that inputs.out has been written: a failure from here on leaves the new values. */
void target_written(void);

extern const scenario stamped_scenarios[], call_scenarios[];
extern const int stamped_count, call_count;

#endif
