/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Matrix products on the host. matmul.c decides who computes which part of the output and in which blocks; the kernels
 * of one instruction set pack and multiply; blas.c hands fast products to a vendor's library.
 *
 * The order of the additions is kernels/matmul_order.h's and nothing here can change it: a block boundary, a thread, an
 * edge only decides when a running sum waits in memory. */
#ifndef LSI_HOST_MATMUL_H
#define LSI_HOST_MATMUL_H

#include "host/isa.h"
#include "program.h"

/* Computes the task and returns when it is done. Records LS_ENOMEM for the task's function when scratch is missing. */
ls_status lsi_host_matmul(const lsi_matmul *task);

enum { MATMUL_PIECES = 4 }; /* of a product of few outputs that are summed side by side */

/* What one element type needs, for one instruction set. The "rows" operand is broadcast and packed in panels of
 * `tile_rows`; the "columns" operand is read in vectors and packed in panels of `tile_cols`. Strides are in elements. */
typedef struct lsi_matmul_kernel {
    int tile_rows, tile_cols;
    int lanes;            /* columns of a vector */
    int slice;            /* depth whose packed row panel fits the first cache, with a column panel in the second */
    size_t element;       /* bytes in the operands and the output */
    size_t accumulator;   /* bytes of a running sum */
    size_t packed;        /* bytes of a packed element */
    bool direct;          /* a running sum is an element: it may wait in the output itself */
    void (*pack_rows)(void *to, const void *from, int64_t stride, int64_t step, int64_t count, int64_t depth);
    void (*pack_cols)(void *to, const void *from, int64_t stride, int64_t step, int64_t count, int64_t depth);
    /* c (rows x cols running sums, c_row apart) continues over `depth` packed steps, from zero unless `resume`. */
    void (*block)(int64_t depth, const void *a, const void *b, void *c, int64_t c_row, int64_t rows, int64_t cols,
                  bool resume);
    /* The same where the rows operand is the task's y: differs for complex numbers only. */
    void (*block_swapped)(int64_t depth, const void *a, const void *b, void *c, int64_t c_row, int64_t rows,
                          int64_t cols, bool resume);
    /* The same on rows that are not packed, a_row apart, whose steps are neighbours in memory. NULL where elements must be
     * converted. */
    void (*block_rows)(int64_t depth, const void *a, int64_t a_row, const void *b, void *c, int64_t c_row, int64_t rows,
                       int64_t cols, bool resume);
    /* The same, and packs the columns: neighbours in memory, b_step apart from one step to the next. At least tile_rows
     * rows, the first of which read the columns where they are: the stores cost nothing beside the multiply-adds. */
    void (*block_packing)(int64_t depth, const void *a, int64_t a_row, const void *b, int64_t b_step, void *packed,
                          void *c, int64_t c_row, int64_t rows, int64_t cols, bool resume);
    /* The same on unpacked operands, where neighbouring columns are neighbours in memory: rows a_row apart, steps a_step and
     * b_step apart; the last cols % lanes columns are in `tail`, packed, unless `masks`. NULL where elements must be
     * converted. */
    void (*block_in_place)(int64_t depth, const void *a, int64_t a_row, int64_t a_step, const void *b, int64_t b_step,
                           const void *tail, void *c, int64_t c_row, int64_t rows, int64_t cols, bool resume);
    bool masks;
    /* MATMUL_PIECES whole pieces of a product of few outputs at once: rows (at most 4) by cols (at most lanes) sums of
     * piece q are at sums + q * 4 * lanes, rows `lanes` apart. NULL where block_in_place is, or has no masks. */
    void (*pieces_in_place)(const void *a, int64_t a_row, int64_t a_step, const void *b, int64_t b_step, void *sums,
                            int rows, int cols);
    /* `pieces` (4 or 8) whole pieces of one inner product at once: sums[i] over 2048 steps from x + i * 2048 * x_step.
     * Integers may have the whole in sums[0]. NULL where one chain is not worth it. */
    void (*inner_pieces)(const void *x, int64_t x_step, const void *y, int64_t y_step, void *sums, int pieces);
    /* One row by columns that are each neighbours in memory: c[j] continues (unless new) over a[p * a_step] *
     * b[j * b_col + p]; c is contiguous. NULL where there is none. */
    void (*by_vector)(int64_t depth, const void *a, int64_t a_step, const void *b, int64_t b_col, void *c, int64_t cols,
                      bool resume);
    void (*combine)(void *left, int64_t left_row, const void *right, int64_t right_row, int64_t rows, int64_t cols);
    void (*finish)(void *out, int64_t out_row, int64_t out_col, const void *from, int64_t from_row, int64_t rows,
                   int64_t cols);
} lsi_matmul_kernel;

typedef struct lsi_matmul_kernels {
    lsi_matmul_kernel of[LSI_DTYPE_COUNT]; /* tile_rows is 0 for dtypes that have no product */
} lsi_matmul_kernels;

LSI_ISA_TABLE(lsi_matmul_kernels, lsi_matmul_kernels);

#endif
