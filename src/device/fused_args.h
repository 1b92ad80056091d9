/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a generated kernel with reductions is told about them. Small, unlike ls_reduce_args, because the arguments of a
 * launch have 4096 bytes: results are the tree kernels' to write, or follow each other, so no axes are needed. */
#ifndef LSI_DEVICE_FUSED_ARGS_H
#define LSI_DEVICE_FUSED_ARGS_H

#include "portable.h"

enum { LS_FUSED_MOST = 4 }; /* reductions of a kernel */

typedef struct ls_fused_part {
    void *states;  /* of a kernel of rows (reduce_rows.h): the results, or NULL */
    uint64_t mask; /* and what follows: as in ls_reduce_args */
    int64_t floating;
    double correction; /* rows */
} ls_fused_part;

typedef struct ls_fused_args {
    int64_t begin; /* the launch's first block, when the kernel is launched in parts */
    int64_t outer, leaves, groups, each, end, n; /* as in ls_reduce_args, the same for all; rows: each is how many
                                                    elements of a row a thread may have */
    ls_fused_part part[LS_FUSED_MOST];
} ls_fused_args;

#endif
