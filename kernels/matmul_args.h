/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What matmul.cu and src/device/matmul_plan.c agree on: arguments, tile sizes, numbers of threads. Strides are in
 * elements. */
#ifndef LOCKSTEP_KERNELS_MATMUL_ARGS_H
#define LOCKSTEP_KERNELS_MATMUL_ARGS_H

#include "matmul_order.h"

enum { LS_MATMUL_AXES = 32 }; /* of a batch */

/* `row` and `col` step along the matrix's own axes. */
typedef struct ls_matmul_operand {
    uint64_t at;
    int64_t row, col;
    int64_t batch[LS_MATMUL_AXES];
} ls_matmul_operand;

/* Exact products: ls_matmul_wide, _small, _tall, _flat and _each. The work is cut into items: a tile of one matrix over
 * one group of the depth. Blocks take items in turn. */
typedef struct ls_matmul_args {
    ls_matmul_operand x, y, out;
    int64_t m, n, k;
    int64_t tiles_m, tiles_n;
    int64_t groups, group_depth; /* the depth in runs of a power of two pieces; 1: whole */
    uint64_t partial;            /* groups > 1: sums [batch][group][m][n] go here instead of to `out` */
    uint64_t waiting;            /* per block `levels` tiles of sums: left neighbours in the tree */
    int32_t levels;
    int32_t x_deep, y_deep;      /* neighbours in memory are neighbours along the depth */
    int32_t nbatch;
    int64_t batch[LS_MATMUL_AXES];
    int64_t batches;
} ls_matmul_args;

/* ls_matmul_join: adds runs of up to LS_MATMUL_JOIN partial sums that are `step` groups apart. */
typedef struct ls_matmul_join_args {
    ls_matmul_operand out;
    uint64_t partial;
    int64_t m, n, groups, step;
    int64_t runs;                /* per output: groups / (LS_MATMUL_JOIN * step), rounded up; 1: the sum goes to `out` */
    int32_t nbatch;
    int64_t batch[LS_MATMUL_AXES];
    int64_t batches;
} ls_matmul_join_args;

/* ls_matmul_copy: `batches` matrices m x n with any strides, one after the other in C order. */
typedef struct ls_matmul_copy_args {
    ls_matmul_operand from;
    uint64_t to;
    int64_t m, n;
    int32_t nbatch;
    int64_t batch[LS_MATMUL_AXES];
    int64_t batches;
} ls_matmul_copy_args;

enum { LS_MATMUL_JOIN = 16, LS_MATMUL_FLAT_THREADS = 256 };

/* Tiles by `s`, the bytes of a sum. wide: for large products; small: for outputs that wide tiles would not spread over
 * the GPU; tall and flat: for few columns or few rows, at the speed of memory. */
#define LS_MATMUL_WIDE_ROWS(s) ((s) == 16 ? 64 : 128)
#define LS_MATMUL_WIDE_COLS(s) ((s) == 4 ? 128 : 64)
#define LS_MATMUL_WIDE_DEPTH(s) ((s) == 4 ? 16 : 8)
#define LS_MATMUL_WIDE_THREAD_ROWS(s) ((s) == 16 ? 4 : 8)
#define LS_MATMUL_WIDE_THREAD_COLS(s) ((s) == 4 ? 8 : 4)
#define LS_MATMUL_SMALL_SIDE 32
#define LS_MATMUL_SMALL_DEPTH(s) ((s) == 4 ? 16 : 8)
#define LS_MATMUL_SMALL_THREAD 4
#define LS_MATMUL_LONG(s) ((s) == 16 ? 64 : 128)
#define LS_MATMUL_SHORT 8
#define LS_MATMUL_LONG_DEPTH(s) ((s) == 4 ? 32 : (s) == 8 ? 16 : 8)
enum { LS_MATMUL_WIDE_THREADS = 256, LS_MATMUL_SMALL_THREADS = 64 }; /* tall and flat: LS_MATMUL_LONG */

#endif
