/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of reductions on the device agree on.
 *
 *   reduce.c         the entry: values read where they are, or strip by strip; nothing to reduce
 *   reduce_space.c   which way leads through the elements
 *   reduce_fold.c    launches of one reduction
 *   reduce_kinds.c   which kernels an operation on a dtype has
 *
 * Elements are numbered (o, r, c) as in kernels/reduce_args.h. */
#ifndef LSI_DEVICE_REDUCE_H
#define LSI_DEVICE_REDUCE_H

#include "device/device.h"
#include "reduce_args.h"

typedef enum lsi_reduce_way { LSI_REDUCE_ROWS, LSI_REDUCE_COLUMNS, LSI_REDUCE_PANEL, LSI_REDUCE_WAYS } lsi_reduce_way;

typedef struct lsi_reduce_kind {
    lsi_kernel leaves[LSI_REDUCE_WAYS], tree;
    int state;       /* bytes */
    int lanes;       /* as LANES of the kernels */
} lsi_reduce_kind;

/* NULL: there is no such reduction. */
const lsi_reduce_kind *lsi_reduce_kind_of(lsi_reduce_op op, ls_dtype dtype);
/* The mask and whether keys are of floats, for min, max, argmin and argmax. */
uint64_t lsi_reduce_mask(lsi_reduce_op op, ls_dtype dtype);
bool lsi_reduce_keys_float(lsi_reduce_op op, ls_dtype dtype);

/* One reduction and its way. `args` holds what is the same in every launch. */
typedef struct lsi_fold {
    const lsi_reduce_kind *kind;
    const lsi_reduction *spec;
    lsi_reduce_way way;
    int64_t outer, n, inner, leaves;
    int64_t groups;        /* states that all leaves of an output become at first */
    int value_size;
    bool at_once;          /* results are made by one launch, without states */
    char *states[2];       /* of as many o as memory was given for */
    ls_reduce_args args;
} lsi_fold;

/* A space of dense values: outer, n, inner, where order[] lists the axes outermost first, `inner` of the last being the
 * inner ones and the reduced ones coming before them. */
typedef struct lsi_reduce_space {
    int order[LS_MAX_NDIM];
    int kept_outside, reduced, kept_inside; /* axes */
    int64_t outer, n, inner;
} lsi_reduce_space;

/* reduce_space.c */
void lsi_reduce_measure(const lsi_program *program, lsi_reduce_space *space); /* outer and n alone */
/* The fold of a value that is a buffer's own, read where it is; false when there is no way. */
bool lsi_fold_in_place(const lsi_program *program, const lsi_reduction *spec, lsi_fold *fold);
/* The space in which values that are computed strip by strip are best made; `most` positions to a strip. */
void lsi_reduce_choose_space(const lsi_program *program, int64_t most, lsi_reduce_space *space);
/* The fold of dense values of that space. */
void lsi_fold_dense(const lsi_program *program, const lsi_reduction *spec, const lsi_reduce_space *space,
                    lsi_fold *fold);

/* reduce_fold.c. Finish: decides the geometry; `leaf_step`: leaves come in multiples of it, but for the last. */
void lsi_fold_finish(lsi_fold *fold, int multiprocessors, int64_t leaf_step);
/* Bytes of the states of `outer` o, and where they are to be. */
size_t lsi_fold_scratch(const lsi_fold *fold, int64_t outer);
void lsi_fold_place(lsi_fold *fold, int64_t outer, char *memory);
/* Leaves [leaf, leaf + leaves) of outputs [o, o + outer). `in` is value (0, 0, 0), or, where `dense`, the first one of
 * those. The states begin with those of output first_placed. */
typedef struct lsi_fold_part {
    const void *in;
    bool dense;
    int64_t o, outer, leaf, leaves, first_placed;
} lsi_fold_part;
void lsi_fold_leaves(lsi_work *work, const lsi_fold *fold, const lsi_fold_part *part);
/* States of all leaves of outputs [o, o + outer), with which the states begin, into results. */
void lsi_fold_tree(lsi_work *work, const lsi_fold *fold, int64_t o, int64_t outer);
/* What all outputs are where nothing is reduced. */
void lsi_fold_nothing(lsi_work *work, const lsi_program *program, const lsi_reduction *spec);

#endif
