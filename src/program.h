/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The typed program: what the lazy layer asks of a backend. One iteration space; sources, instructions, stores and
 * reductions over it. A program says what is computed, never how: strips, threads, kernels and tiers are the backend's.
 *
 * Values are numbered: value v < nsource is source v, value nsource + k is the result of instruction k. Every value has
 * one dtype. Instructions are in order: arguments come before their use. There are no cycles and no control flow.
 *
 * float16 and bfloat16 values exist only between casts: the fuser wraps each such operation as cast to float32,
 * operation, cast back, so that it is rounded once, and a backend needs no 16-bit arithmetic beyond the ops whose SET
 * says HALF. */
#ifndef LSI_PROGRAM_H
#define LSI_PROGRAM_H

#include "core/dtype.h"
#include "draw_record.h" /* kernels: lsi_draw */
#include "lockstep/types.h"

/* Elementwise operations: the rows of kernels/ops.def, then the two that are no rows. */
typedef enum lsi_op {
#define UNARY(name, ...) LSI_OP_##name,
#define UNARY_RARE(name, ...) LSI_OP_##name,
#define BINARY(name, ...) LSI_OP_##name,
#define BINARY_RARE(name, ...) LSI_OP_##name,
#define TERNARY(name, ...) LSI_OP_##name,
#include "ops.def"
    LSI_OP_ROWS,
    LSI_OP_cast = LSI_OP_ROWS, /* `dtype` to `result` by kernels/cast.h */
    LSI_OP_where,              /* args: bool, then two of `dtype`; result `dtype` */
    LSI_OP_COUNT
} lsi_op;

typedef struct lsi_instr {
    uint16_t op;      /* lsi_op */
    uint8_t dtype;    /* ls_dtype of the arguments (of the last two for where) */
    uint8_t result;   /* ls_dtype of the value made */
    int32_t args[3];  /* value numbers; unused ones are -1 */
} lsi_instr;

/* A block of a backend's memory. Reference counted; the last release gives it back to its pool (or calls the deleter). */
typedef struct lsi_buffer lsi_buffer; /* backend.h */

typedef enum lsi_source_kind {
    LSI_SOURCE_BUFFER, /* element = buffer[offset + sum(index * strides)] */
    LSI_SOURCE_CONST,  /* one value everywhere; strides unused */
    LSI_SOURCE_IOTA,   /* k = offset + sum(index * strides); int64: first + k * step (wrapping);
                          float64: k * step + first, two roundings, but `last` where k == last_at */
    LSI_SOURCE_DRAW,   /* k as above; element k of the draw */
    LSI_SOURCE_RESULT  /* what a reduction of the same program gives for the index's kept axes, of its result's dtype;
                          strides unused. Only backends with rows_fit (backend.h) get programs with such sources */
} lsi_source_kind;

typedef struct lsi_source {
    lsi_source_kind kind;
    ls_dtype dtype;
    int64_t offset;                /* elements */
    int64_t strides[LS_MAX_NDIM];  /* elements, over the iteration space; may be 0 or negative */
    lsi_buffer *buffer;            /* BUFFER */
    lsi_scalar constant;           /* CONST */
    lsi_scalar first, step, last;  /* IOTA: dtype int64 or float64 */
    int64_t last_at;               /* IOTA: -1 for none */
    lsi_draw draw;                 /* DRAW: its kind decides dtype, but for the integers: int64 or uint64 as `dtype` says */
    int reduction;                 /* RESULT: its number; no reduction needs its own result or that of a later one */
} lsi_source;

/* buffer[offset + sum(index * strides)] = value, every element once. The target never overlaps a source of the same
 * program, except exactly (same buffer, offset and strides, so that each element is read before it is written). */
typedef struct lsi_store {
    int32_t value;
    lsi_buffer *buffer;
    int64_t offset;
    int64_t strides[LS_MAX_NDIM];
} lsi_store;

/* Reductions: rows of kernels/reduce.def. */
typedef enum lsi_reduce_op {
#define REDUCE(name, ...) LSI_REDUCE_##name,
#include "reduce.def"
    LSI_REDUCE_COUNT
} lsi_reduce_op;

/* One output element per index of the axes that are not reduced, folded over the reduced axes flattened in C order, in
 * the canonical order of kernels/reduce_order.h. The value's dtype is already the accumulator's: int64, uint64, float32,
 * float64, complex64, complex128 for sum and prod; float32, float64, complex for mean, var, std; bool for any, all,
 * count_nonzero; for min, max, argmin, argmax any ordered dtype but the 16-bit floats. */
typedef struct lsi_reduction {
    lsi_reduce_op op;
    int32_t value;
    ls_dtype dtype;               /* of the value */
    ls_dtype result;              /* of the output: cast once from the accumulator */
    double correction;            /* var, std: divisor is n - correction */
    lsi_buffer *buffer;           /* beside LSI_SOURCE_RESULT, NULL where nobody wants the output itself */
    int64_t offset;
    int64_t strides[LS_MAX_NDIM]; /* over the iteration space; ignored on reduced axes */
} lsi_reduction;

typedef struct lsi_program {
    int ndim;                      /* of the iteration space; 0: one element */
    int64_t shape[LS_MAX_NDIM];    /* a size of 0 on a reduced axis still makes outputs (the empty result) */
    bool reduced[LS_MAX_NDIM];     /* axes folded by every reduction; all false when nreduction == 0 */
    int nsource, ninstr, nstore, nreduction;
    const lsi_source *sources;
    const lsi_instr *instrs;
    const lsi_store *stores;       /* stores cover the whole space, also beside reductions */
    const lsi_reduction *reductions;
    const char *function, *place;  /* of the call this work is for, for error texts */
} lsi_program;

/* Bounds the lazy layer keeps, so that backends may use fixed tables. */
enum {
    LSI_PROGRAM_MAX_SOURCES = 64,
    LSI_PROGRAM_MAX_INSTRS = 512,
    LSI_PROGRAM_MAX_STORES = 32,
    LSI_PROGRAM_MAX_REDUCTIONS = 16,
    LSI_PROGRAM_MAX_ROW_REDUCTIONS = 4 /* of a program with LSI_SOURCE_RESULT */
};

/* The dtype of a value. */
static inline ls_dtype lsi_program_dtype(const lsi_program *program, int value)
{
    return value < program->nsource ? program->sources[value].dtype
                                    : (ls_dtype)program->instrs[value - program->nsource].result;
}

/* Whether steps of the program need results of its own reductions. */
static inline bool lsi_program_has_rows(const lsi_program *program)
{
    bool has = false;
    for (int i = 0; i < program->nsource; i++) has |= program->sources[i].kind == LSI_SOURCE_RESULT;
    return has;
}

/* cumulative_sum and cumulative_prod along one axis of stored input. Order: kernels/scan_order.h. */
typedef struct lsi_scan {
    bool product;                  /* else sum */
    bool include_initial;          /* output has one element more along the axis, the identity first */
    ls_dtype dtype;                /* of the input */
    ls_dtype result;               /* of the output and, 16-bit floats aside (float32), the accumulator */
    int ndim, axis;
    int64_t shape[LS_MAX_NDIM];    /* of the input */
    lsi_buffer *in, *out;
    int64_t in_offset, in_strides[LS_MAX_NDIM];
    int64_t out_offset, out_strides[LS_MAX_NDIM];
    const char *function, *place;
} lsi_scan;

/* out[b, i, j] = sum over p of x[b, i, p] * y[b, p, j]. Batch axes are broadcast already (stride 0). */
typedef struct lsi_matmul {
    bool exact;                    /* DESIGN: FMA chain over ascending p, restarted at multiples of 2048, aligned tree */
    ls_dtype dtype;                /* of x, y and out; never bool (the caller asks for any(and)) nor 16-bit floats' own
                                      arithmetic: float16 and bfloat16 accumulate in float32 and round once */
    int nbatch;
    int64_t batch[LS_MAX_NDIM];
    int64_t m, n, k;               /* k == 0 gives zeros */
    lsi_buffer *x, *y, *out;
    int64_t x_offset, x_batch[LS_MAX_NDIM], x_row, x_col; /* element strides: x_row per i, x_col per p */
    int64_t y_offset, y_batch[LS_MAX_NDIM], y_row, y_col; /* y_row per p, y_col per j */
    int64_t out_offset, out_batch[LS_MAX_NDIM], out_row, out_col;
    const char *function, *place;
} lsi_matmul;

/* Sorting, and what rests on it. Elements are ordered as kernels/sort_key.h says. */
typedef enum lsi_sort_op {
    LSI_SORT_VALUES,            /* out[0]: every line in order */
    LSI_SORT_INDICES,           /* out[0], int64: where along its line each element of that order stands; stable */
    LSI_SORT_PARTITION,         /* out[0]: every line as its elements below the kth of the order, those that are equal to
                                   it, those above it; each part in the order of the line */
    LSI_SORT_PARTITION_INDICES, /* out[0], int64: where along its line each of them stands */
    LSI_SORT_SEARCH,            /* out[0], int64: per value, how many of `in` are below it; with `right` also the equal */
    LSI_SORT_UNIQUE,            /* out[0]: the distinct elements in order; int64, when wanted: out[1] where each stands
                                   first, out[2] per element of `in` its number in out[0], out[3] how many there are */
    LSI_SORT_NONZERO            /* out[0], int64 (ndim, found): indices of the elements that are not zero, C order */
} lsi_sort_op;

/* `in` is C-contiguous: `lines` lines of n elements (SEARCH, UNIQUE, NONZERO: one). Outputs are C-contiguous from their
 * buffer's start. Where the number of results depends on the data (UNIQUE, NONZERO) the backend makes the buffers, one
 * reference each for the caller, sets `found`, and has done the work when it returns; else the caller gives out[0]. */
typedef struct lsi_sort {
    lsi_sort_op op;
    ls_dtype dtype;                /* of in and values */
    bool descending;               /* VALUES, INDICES: from the largest on; NaN is last all the same */
    bool right;                    /* SEARCH */
    bool wanted[4];                /* UNIQUE: wanted[1..3] */
    int64_t lines, n;
    int64_t kth;                   /* PARTITION: 0 <= kth < n */
    lsi_buffer *in, *values, *sorter, *out[4];
    int64_t in_offset;             /* elements, as the other offsets */
    int64_t values_offset, count;  /* SEARCH: `count` values, C-contiguous */
    int64_t sorter_offset;         /* SEARCH: where sorter is not NULL, n int64 that put `in` into order; LS_EINDEX for
                                      one that is not below n */
    int ndim;                      /* NONZERO: the shape of the n elements */
    int64_t shape[LS_MAX_NDIM];
    int64_t found;
    const char *function, *place;
} lsi_sort;

#endif
