/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What reduce.c (which elements, on which thread) and reduce_kernels.c (the arithmetic, per ISA) agree on.
 *
 * While an output is being folded it is a state of the kernel's own type and `state` bytes: the accumulator itself,
 * count, mean and squares, or value and index. Arrays of states are dense. */
#ifndef LSI_HOST_REDUCE_H
#define LSI_HOST_REDUCE_H

#include "isa.h"
#include "program.h"

enum {
    LSI_REDUCE_STATE_MAX = 32,
    LSI_REDUCE_TURN_SLICES = 256,     /* of a turned matrix that are walked together, at most */
    LSI_REDUCE_TURN_ROWS = 3200,      /* from the first of them that is read to the last, at most */
    LSI_REDUCE_TURN_LANES = 32,       /* that are kept of each of their columns, at most */
    LSI_REDUCE_SLICE_MOST = 16,       /* columns of a slice; bytes */
    LSI_REDUCE_SLICE_BYTES = 64,
    LSI_REDUCE_NOWHERE = -(1 << 30)
};

/* A vector of columns of a turned matrix. */
typedef struct lsi_reduce_slice {
    int64_t column;                                /* the first, counted from the addresses of rows */
    int32_t begins[LSI_REDUCE_SLICE_MOST];         /* per column: the row its leaf begins in, or NOWHERE */
} lsi_reduce_slice;

typedef struct lsi_reduce_kernel {
    int state;   /* bytes of a state; 0: no such kernel */
    int lanes;   /* of a leaf, in values; 1: order does not matter */
    int part;    /* var and std: bytes of a sum of squares; else 0 */
    int plain;   /* the state of one value is that value */
    int indexed; /* argmin and argmax: states know where they are from */
    /* `count` rows of n values each, one after another in memory: states[i] = leaf of row i, whose first value is of
     * r = first + i * step: step is 0 for rows of outputs, n for leaves of one output. Where order matters n <= 1024.
     */
    void (*rows)(void *states, const void *values, int64_t count, int n, int64_t first, int64_t step);
    /* Real sums, or NULL: the same of the products x[i] * y[i], for `count` whole leaves, or for one of n values. */
    void (*products)(void *states, const void *x, const void *y, int64_t count, int n);
    /* Folds `count` rows, of `columns` values each, into the states `lane`, in the order of `rows`; row k is of r =
     * first + k * step. With `begin` the states start with rows[0], else they hold what was folded before. var and std
     * fold sums of values here. */
    void (*fold)(void *lane, const void *const *rows, int count, int columns, int64_t first, int64_t step, int begin);
    /* Where order matters, or NULL: four lanes l, l + L/4, l + L/2, l + 3L/4 of at most two rows each, folded and halved
     * to one. Row k of `count` is row l + k L/4: one to eight there are, and the lanes of those. */
    void (*quad)(void *lane, const void *const *rows, int count, int columns);
    /* Where order matters, or NULL: the states of a leaf of n rows and at least a vector of columns, in one walk. */
    void (*leaf)(void *states, const void *const *rows, int n, int columns);
    /* Where order matters but for that of two, and there is an identity, or NULL: whole leaves, each down a column, of
     * `count` slices of `slice` columns: into their states. At least one begins in a slice. Addresses of rows are valid
     * up to the highest beginning + LS_LEAF, rounded up to a multiple of `lanes`. Row r - length of the next column
     * follows row r: its lines are read soon after each other. `room` is for the lanes: TURN_LANES vectors a slice. */
    int slice;
    void (*turn)(void *states, const void *const *rows, const lsi_reduce_slice *slices, int count, int64_t length,
                 void *room);
    /* out[i] = left[i] then right[i]; out may be left. */
    void (*merge)(void *out, const void *left, const void *right, int64_t count);
    /* Where order matters: states[i] = states[2 i] then states[2 i + 1]; an odd one at the end stays as it is. */
    void (*pairs)(void *states, int64_t count);
    /* Whether no further element can change any of the states. NULL: never. */
    int (*decided)(const void *states, int64_t count);
    /* The results, dense and of the dtype lsi_reduce_made gives, of n elements each. */
    void (*finish)(void *results, const void *states, int64_t count, int64_t n, double correction);
    /* var and std by columns: `fold`, `quad` and `sum_merge` make sums, `means` divides them; `fold_squares` and
     * `square_merge`, or `quad_squares` and `square_quad` of its results, run over the same rows again; `moments` makes
     * states of both. */
    void (*sum_merge)(void *out, const void *left, const void *right, int64_t count);
    void (*means)(void *means, const void *sums, int64_t count, int n);
    void (*fold_squares)(void *lane, const void *const *rows, int count, int columns, const void *means, int begin);
    void (*square_merge)(void *out, const void *left, const void *right, int64_t count);
    void (*quad_squares)(void *lane, const void *const *rows, int count, int columns, const void *means);
    void (*square_quad)(void *lane, const void *const *rows, int count, int columns);
    void (*moments)(void *states, const void *means, const void *squares, int64_t count, int n);
} lsi_reduce_kernel;

typedef struct lsi_reduce_table {
    lsi_reduce_kernel kernel[LSI_REDUCE_COUNT][LS_COMPLEX128 + 1];
} lsi_reduce_table;

LSI_ISA_TABLE(lsi_reduce_table, lsi_reduce_kernels);

/* The dtype `finish` writes for a reduction of values of `dtype`; the driver casts it to what the program asks for. */
ls_dtype lsi_reduce_made(lsi_reduce_op op, ls_dtype dtype);

#endif
