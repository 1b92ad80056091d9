/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where the element of a flat C-order position lies: an operand's own axes, innermost first, with the division by each
 * size prepared. The preparation is the host's (src/device/space.c). */
#ifndef LOCKSTEP_KERNELS_WALK_H
#define LOCKSTEP_KERNELS_WALK_H

#include "portable.h"

enum { LS_WALK_AXES = 32 };

/* p / size = mulhi(p, multiplier) >> shift for 0 <= p < 2^63 and size >= 2 (Granlund and Montgomery, 1994). */
typedef struct ls_walk_axis {
    int64_t size, stride; /* elements */
    uint64_t multiplier;
    uint64_t shift;
} ls_walk_axis;

typedef struct ls_walk {
    int64_t origin; /* the element at position 0 */
    int64_t ndim;   /* 0: one element everywhere */
    ls_walk_axis axis[LS_WALK_AXES];
} ls_walk;

LS_FN int64_t ls_walk_at(const ls_walk *walk, int64_t position)
{
    int64_t element = walk->origin;
    for (int64_t d = 0; d + 1 < walk->ndim; d++) {
        const ls_walk_axis *axis = &walk->axis[d];
        const int64_t next = (int64_t)(ls_mulhi_u64((uint64_t)position, axis->multiplier) >> axis->shift);
        element += (position - next * axis->size) * axis->stride;
        position = next;
    }
    return walk->ndim > 0 ? element + position * walk->axis[walk->ndim - 1].stride : element;
}

#endif
