/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A row as this library writes it: a function that makes the result from the inputs, as a user's program would. The
 * worker evaluates what it returns, so that rows say what is computed and nothing else. */
#ifndef LOCKSTEP_BENCH_OURS_H
#define LOCKSTEP_BENCH_OURS_H

#include <lockstep.h>

/* What a row works on. The inputs it names are there, of the job's shape and dtype. */
typedef struct job {
    ls_array *a, *b, *c; /* uniform in [0, 1); integers of an integer dtype */
    ls_array *d;         /* uniform in [0.5, 1.5) */
    ls_array *w;         /* uniform in [-100, 100) */
    ls_rng *rng, *rng32; /* one generator of each engine for the run, as a program has it: every call draws on */
    ls_dtype dtype;
    int64_t n;    /* elements of an input */
    int ndim;
    int64_t shape[4];
    ls_shape size; /* the shape as calls take it */
    char path[256]; /* a file of the job's own: save writes it, load finds it */
} job;

typedef struct row {
    const char *key;    /* as in rows.py */
    const char *inputs; /* the letters of the inputs */
    ls_array *(*make)(const job *j);
    ls_status (*into)(const job *j, ls_array *out); /* the same into memory that is there; NULL: not offered */
} row;

/* Tables that end with a row without a key. */
extern const row elementwise_rows[], reduce_rows[], layout_rows[], program_rows[], matmul_rows[], other_rows[];

#endif
