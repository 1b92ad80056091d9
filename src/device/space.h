/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A program's iteration space in a chosen order of axes, and where an operand's elements lie under its positions. */
#ifndef LSI_DEVICE_SPACE_H
#define LSI_DEVICE_SPACE_H

#include "program.h"
#include "walk.h"

typedef struct lsi_space {
    int ndim;                   /* axes of size 1 left out */
    int64_t count;              /* positions */
    int64_t shape[LS_MAX_NDIM];
    int axis[LS_MAX_NDIM];      /* the program's axis behind each */
} lsi_space;

/* `axis_order` lists the program's axes, outermost first; NULL: as they are. */
void lsi_space_make(lsi_space *space, const lsi_program *program, const int *axis_order);

/* The walk of an operand with these strides over the program's axes: axes that it steps through as one are joined, and
 * one that never moves has no axes. */
void lsi_space_walk(const lsi_space *space, const int64_t *strides, int64_t offset, ls_walk *walk);
bool lsi_walk_dense(const ls_walk *walk, int64_t count); /* position p is element origin + p, for `count` positions */
bool lsi_walk_single(const ls_walk *walk);               /* one element everywhere */

/* Prepares the division of positions by a size >= 1. */
void lsi_walk_divide_by(ls_walk_axis *axis, int64_t size);

/* The order in which a program without reductions is best walked: as its first store lies in memory, then its sources;
 * where some source has its neighbours along another axis than the innermost, that axis is put next to it, so that the
 * source can be read by tiles. False: the axes are in order as they are. */
bool lsi_space_order(const lsi_program *program, int order[LS_MAX_NDIM]);

#endif
