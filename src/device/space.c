/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Iteration spaces, walks over them, and the order of axes; see space.h. Computes nothing but numbers. */
#include "device/space.h"

enum { SECTOR = 32 /* bytes that a GPU moves at least */, LEAST_TILE = 8 };

void lsi_space_make(lsi_space *space, const lsi_program *program, const int *axis_order)
{
    space->ndim = 0;
    space->count = 1;
    for (int d = 0; d < program->ndim; d++) {
        const int axis = axis_order ? axis_order[d] : d;
        space->count *= program->shape[axis];
        if (program->shape[axis] == 1) continue;
        space->shape[space->ndim] = program->shape[axis];
        space->axis[space->ndim++] = axis;
    }
}

void lsi_walk_divide_by(ls_walk_axis *axis, int64_t size)
{
    int bits = 1; /* 2^bits >= size */
    axis->size = size;
    if (size < 2) return; /* an outermost axis alone: never divided by */
    while (bits < 62 && ((int64_t)1 << bits) < size)
        bits++;
    axis->multiplier = (uint64_t)((((ls_u128)1 << (63 + bits)) + (ls_u128)size - 1) / (ls_u128)size);
    axis->shift = (uint64_t)bits - 1;
}

void lsi_space_walk(const lsi_space *space, const int64_t *strides, int64_t offset, ls_walk *walk)
{
    int n = 0;
    walk->origin = offset;
    for (int d = space->ndim - 1; d >= 0; d--) {
        const int64_t stride = strides[space->axis[d]];
        ls_walk_axis *inside = n > 0 ? &walk->axis[n - 1] : NULL;
        if (inside && stride == inside->stride * inside->size)
            inside->size *= space->shape[d];
        else
            walk->axis[n++] = (ls_walk_axis){.size = space->shape[d], .stride = stride};
    }
    if (n == 1 && walk->axis[0].stride == 0) n = 0;
    walk->ndim = n;
    for (int k = 0; k < n; k++)
        lsi_walk_divide_by(&walk->axis[k], walk->axis[k].size);
}

bool lsi_walk_dense(const ls_walk *walk, int64_t count)
{
    return walk->ndim == 0 ? count <= 1 : walk->ndim == 1 && walk->axis[0].stride == 1;
}

bool lsi_walk_single(const ls_walk *walk)
{
    return walk->ndim == 0;
}

/* ---- the order of axes ---- */

static int64_t magnitude(int64_t x)
{
    return x < 0 ? -x : x;
}

/* Whether axis a should lie inside axis b, going by the first operand that tells them apart. */
static bool belongs_inside(const lsi_program *p, int a, int b)
{
    for (int k = 0; k < p->nstore + p->nsource; k++) {
        const lsi_source *source = k < p->nstore ? NULL : &p->sources[k - p->nstore];
        if (source && source->kind == LSI_SOURCE_CONST) continue;
        const int64_t *strides = source ? source->strides : p->stores[k].strides;
        const int64_t sa = magnitude(strides[a]), sb = magnitude(strides[b]);
        if (sa != sb && sa != 0 && sb != 0) return sa < sb;
    }
    return false;
}

static bool sort_axes(const lsi_program *p, int order[LS_MAX_NDIM])
{
    bool moved = false;
    for (int d = 0; d < p->ndim; d++) {
        int at = d;
        while (at > 0 && p->shape[order[at - 1]] != 1 && p->shape[d] != 1 && belongs_inside(p, order[at - 1], d)) {
            order[at] = order[at - 1];
            at--;
            moved = true;
        }
        order[at] = d;
    }
    return moved;
}

/* The place in the order of the axis along which this source has its neighbours, where that is not the innermost. */
static int find_cross(const lsi_program *p, const int *order, int inner, const lsi_source *source)
{
    const int64_t size = (int64_t)lsi_dtype_size(source->dtype);
    int best = -1;
    int64_t smallest = SECTOR;
    if (source->kind != LSI_SOURCE_BUFFER || magnitude(source->strides[order[inner]]) * size < SECTOR) return -1;
    for (int d = 0; d < inner; d++) {
        const int64_t step = magnitude(source->strides[order[d]]) * size;
        if (p->shape[order[d]] < LEAST_TILE || step == 0 || step >= smallest) continue;
        smallest = step;
        best = d;
    }
    return best;
}

bool lsi_space_order(const lsi_program *p, int order[LS_MAX_NDIM])
{
    bool moved = sort_axes(p, order);
    int inner = p->ndim - 1, cross = -1;
    while (inner >= 0 && p->shape[order[inner]] == 1)
        inner--;
    if (inner < 1 || p->shape[order[inner]] < LEAST_TILE) return moved;
    for (int s = 0; s < p->nsource && cross < 0; s++)
        cross = find_cross(p, order, inner, &p->sources[s]);
    if (cross < 0) return moved;
    const int axis = order[cross];
    for (int d = cross; d < inner - 1; d++) {
        order[d] = order[d + 1];
        moved = true;
    }
    order[inner - 1] = axis;
    return moved;
}
