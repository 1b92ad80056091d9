/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What src/device/reduce*.c tells the kernels of reduce_gpu.h: one struct for all of them.
 *
 * A launch folds values that are numbered (o, r, c): o counts the kept axes outside, r the reduced axes in C order, c
 * the kept axes inside. Its states are numbered (o, g, c), g being a leaf or a group of neighbouring leaves. */
#ifndef LOCKSTEP_KERNELS_REDUCE_ARGS_H
#define LOCKSTEP_KERNELS_REDUCE_ARGS_H

#include "portable.h"

enum {
    LS_REDUCE_THREADS = 256,
    LS_REDUCE_WARPS = LS_REDUCE_THREADS / 32,
    LS_REDUCE_GROUP_MOST = 8,  /* leaves of a warp, rows kernel */
    LS_REDUCE_THIN = 64,       /* elements of an output one thread may fold, columns kernel */
    LS_REDUCE_PANEL_MOST = 1024, /* leaves of a block, and leaves times inner, panel kernel */
    LS_REDUCE_PANEL_INNER = 31,  /* largest inner of the panel kernel */
    LS_REDUCE_TREE_EACH = 4,   /* states a thread of the tree kernel folds */
    LS_REDUCE_TREE_MOST = LS_REDUCE_TREE_EACH * LS_REDUCE_THREADS,
    LS_REDUCE_AXES = 32
};

/* Offset of an index that counts these axes in C order. */
typedef struct ls_axes {
    int64_t shape[LS_REDUCE_AXES], stride[LS_REDUCE_AXES]; /* elements */
    int32_t count;
} ls_axes;

enum {
#define REDUCE(name, ...) LS_REDUCE_##name,
#include "reduce.def"
    LS_REDUCE_OPS
};

/* Numbers of dtypes, as ls_dtype has them. */
enum {
    LS_RESULT_none,
#define DTYPE(tag, ...) LS_RESULT_##tag,
#include "dtypes.def"
    LS_RESULT_COUNT
};

typedef struct ls_reduce_args {
    const void *in;         /* value (0, 0, 0): a virtual address where r starts later; states, tree kernel */
    void *states;           /* state (0, 0, 0) this launch makes, unless it finishes */
    void *out;              /* result (0, 0), where it finishes */
    int64_t outer, inner;   /* of this launch */
    int64_t first_in;       /* number of the first o for in_axes, for out_axes */
    int64_t first_outer;
    int64_t first_leaf;     /* the launch folds leaves [first_leaf, first_leaf + leaves) of every output, ... */
    int64_t leaves;         /* tree kernel: states of an output */
    int64_t end;            /* ... which end before this r */
    int64_t groups;         /* rows, tree: states made per output */
    int64_t state_row;      /* states of one o and c in `states` */
    int64_t in_row;         /* the same in `in`, tree kernel */
    int64_t step;           /* rows: elements from r to r + 1 */
    int64_t n;              /* of a whole output */
    double correction;
    uint64_t mask;          /* extremes: see ls_extreme_op */
    int32_t floating;
    int32_t op, result;     /* LS_REDUCE_sum and so on; LS_RESULT_ */
    int32_t finish;         /* results are made, not states */
    int32_t each;           /* rows: leaves of a warp, a power of two */
    int32_t thin;           /* columns: a thread per output */
    int32_t parts;          /* tree: threads of an output, a power of two */
    int32_t gather;         /* panel: leaves of a block */
    int32_t present;        /* panel: lanes that a first leaf has */
    int32_t padded;         /* panel: the power of two from there on */
    uint32_t width_inverse; /* panel: 2^24 / (present * inner), rounded up; of inner */
    uint32_t inner_inverse;
    ls_axes in_axes;        /* of first_in + o, in the values */
    ls_axes reduced;        /* of r, in the values, columns kernel */
    ls_axes out_axes;       /* of first_outer + o, in the results */
    int64_t out_inner;      /* results: from c to c + 1 */
} ls_reduce_args;

/* One value to every result. */
typedef struct ls_reduce_fill_args {
    void *out;
    int64_t outputs;
    int32_t size;
    int32_t pad;
    uint64_t value[2];
    ls_axes axes;
} ls_reduce_fill_args;

#endif
