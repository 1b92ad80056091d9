/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which way leads through the elements of a reduction: outer, n, inner, by which kernel; where values are read in
 * place, and in which order they are computed where not. The order of folding does not depend on any of it. */
#include "core/dtype.h"
#include "device/reduce.h"
#include "reduce_order.h"
#include <stdlib.h>
#include <string.h>

enum {
    SHORT_ROW = 64,    /* elements; shorter rows go to the panel kernel */
    FEW_COLUMNS = 8,   /* less are not worth a warp */
    STEP_BYTES = 64    /* neighbours of a row may be this far apart */
};

void lsi_reduce_measure(const lsi_program *program, lsi_reduce_space *space)
{
    space->outer = space->n = space->inner = 1;
    space->kept_outside = space->reduced = space->kept_inside = 0;
    for (int a = 0; a < program->ndim; a++) {
        if (program->reduced[a]) space->n *= program->shape[a];
        else space->outer *= program->shape[a];
    }
}

/* --- lists of axes --- */

/* The axes of `list` joined where their strides allow. */
static ls_axes joined(const lsi_program *p, const int *list, int count, const int64_t *strides)
{
    ls_axes axes;
    axes.count = 0;
    for (int i = 0; i < count; i++) {
        const int64_t size = p->shape[list[i]], stride = strides[list[i]];
        if (size == 1) continue;
        if (axes.count && axes.stride[axes.count - 1] == stride * size) axes.shape[axes.count - 1] *= size;
        else axes.shape[axes.count++] = size;
        axes.stride[axes.count - 1] = stride;
    }
    return axes;
}

static bool joins(const lsi_program *p, const int64_t *strides, int far, int near)
{
    return strides[far] == strides[near] * p->shape[near];
}

/* Whether axis a belongs outside axis b under these strides: further apart in memory; nothing is gained by an axis that
 * moves nothing. */
static bool outside(const int64_t *strides, int a, int b)
{
    return strides[b] != 0 && (strides[a] == 0 || llabs(strides[a]) > llabs(strides[b]));
}

typedef struct lists {
    int kept[LS_MAX_NDIM], reduced[LS_MAX_NDIM];
    int nkept, nreduced;
} lists;

/* Axes of size 1 left out, kept ones in the order of memory. */
static lists sort_axes(const lsi_program *p, const int64_t *strides)
{
    lists all = {.nkept = 0};
    for (int a = 0; a < p->ndim; a++) {
        if (p->shape[a] == 1) continue;
        if (p->reduced[a]) {
            all.reduced[all.nreduced++] = a;
            continue;
        }
        int at = all.nkept++;
        for (; strides && at > 0 && outside(strides, a, all.kept[at - 1]); at--) all.kept[at] = all.kept[at - 1];
        all.kept[at] = a;
    }
    return all;
}

static int64_t product_of(const lsi_program *p, const int *list, int count)
{
    int64_t product = 1;
    for (int i = 0; i < count; i++) product *= p->shape[list[i]];
    return product;
}

/* Of the kept axes, from the last on, how many make `inner`: those nearer in memory than all reduced ones, one axis for
 * every result, and for the values (`in`) too unless they are computed. */
static int count_inner(const lsi_program *p, const lists *all, const int64_t *near, const int64_t *in,
                       const lsi_reduction *results, int nresults)
{
    int inner = 0;
    for (; inner < all->nkept; inner++) {
        const int axis = all->kept[all->nkept - inner - 1], last = all->kept[all->nkept - inner];
        for (int i = 0; i < all->nreduced; i++)
            if (!outside(near, all->reduced[i], axis)) return inner;
        if (inner == 0) continue;
        if (in && !joins(p, in, axis, last)) return inner;
        for (int q = 0; q < nresults; q++)
            if (!joins(p, results[q].strides, axis, last)) return inner;
    }
    return inner;
}

/* --- in place --- */

static void set_axes(const lsi_program *p, const lists *all, int inner, const int64_t *in, lsi_fold *fold)
{
    const int nouter = all->nkept - inner;
    fold->outer = product_of(p, all->kept, nouter);
    fold->n = product_of(p, all->reduced, all->nreduced);
    fold->inner = product_of(p, all->kept + nouter, inner);
    fold->args.in_axes = joined(p, all->kept, nouter, in);
    fold->args.reduced = joined(p, all->reduced, all->nreduced, in);
    fold->args.out_axes = joined(p, all->kept, nouter, fold->spec->strides);
    fold->args.out_inner = inner ? fold->spec->strides[all->kept[all->nkept - 1]] : 0;
}

/* Rows: n values a step apart. */
static bool by_rows(lsi_fold *fold, int64_t step)
{
    fold->args.step = step;
    fold->way = step == 1 && fold->n <= SHORT_ROW ? LSI_REDUCE_PANEL : LSI_REDUCE_ROWS;
    return true;
}

static bool by_columns(lsi_fold *fold)
{
    const ls_axes *reduced = &fold->args.reduced;
    const bool few = fold->inner <= LS_REDUCE_PANEL_INNER;
    fold->way = LSI_REDUCE_COLUMNS;
    if (few && (reduced->count == 0 || (reduced->count == 1 && reduced->stride[0] == fold->inner)))
        fold->way = LSI_REDUCE_PANEL;
    return fold->way == LSI_REDUCE_PANEL || fold->inner >= FEW_COLUMNS;
}

bool lsi_fold_in_place(const lsi_program *program, const lsi_reduction *spec, lsi_fold *fold)
{
    const lsi_source *source = spec->value < program->nsource ? &program->sources[spec->value] : NULL;
    if (!source || source->kind != LSI_SOURCE_BUFFER) return false;
    const lists all = sort_axes(program, source->strides);
    memset(fold, 0, sizeof *fold);
    fold->spec = spec;
    fold->kind = lsi_reduce_kind_of(spec->op, spec->dtype);
    set_axes(program, &all, 0, source->strides, fold);
    const ls_axes *reduced = &fold->args.reduced;
    const int64_t step = reduced->count == 0 ? 1 : reduced->count == 1 ? reduced->stride[0] : 0;
    if (reduced->count == 0 || step == 1) return by_rows(fold, 1);
    const int inner = count_inner(program, &all, source->strides, source->strides, spec, 1);
    if (inner && source->strides[all.kept[all.nkept - 1]] == 1) {
        set_axes(program, &all, inner, source->strides, fold);
        if (by_columns(fold)) return true;
        set_axes(program, &all, 0, source->strides, fold);
    }
    if (reduced->count > 1) return false;
    return (all.nkept == 0 || llabs(step) * (int64_t)lsi_dtype_size(spec->dtype) <= STEP_BYTES) && by_rows(fold, step);
}

/* --- computed values --- */

/* The strides that decide: those of the buffer that is read the most, or else written. NULL: none. */
static const int64_t *leading_strides(const lsi_program *p)
{
    const int64_t *leading = NULL;
    double most = 0;
    for (int s = 0; s < p->nsource + p->nstore; s++) {
        const bool source = s < p->nsource;
        if (source && p->sources[s].kind != LSI_SOURCE_BUFFER) continue;
        const int64_t *strides = source ? p->sources[s].strides : p->stores[s - p->nsource].strides;
        double reach = 1;
        for (int a = 0; a < p->ndim; a++)
            if (strides[a]) reach *= (double)p->shape[a];
        if (reach <= most) continue;
        most = reach;
        leading = strides;
    }
    return leading;
}

static void lay_out(const lsi_program *p, const lists *all, int inner, lsi_reduce_space *space)
{
    const int nouter = all->nkept - inner;
    int at = 0;
    for (int a = 0; a < p->ndim; a++)
        if (p->shape[a] == 1) space->order[at++] = a;
    space->kept_outside = at + nouter;
    space->reduced = all->nreduced;
    space->kept_inside = inner;
    for (int i = 0; i < nouter; i++) space->order[at++] = all->kept[i];
    for (int i = 0; i < all->nreduced; i++) space->order[at++] = all->reduced[i];
    for (int i = nouter; i < all->nkept; i++) space->order[at++] = all->kept[i];
    space->outer = product_of(p, all->kept, nouter);
    space->n = product_of(p, all->reduced, all->nreduced);
    space->inner = product_of(p, all->kept + nouter, inner);
}

void lsi_reduce_choose_space(const lsi_program *program, int64_t most, lsi_reduce_space *space)
{
    const int64_t *leading = leading_strides(program);
    const lists all = sort_axes(program, leading);
    const int inner =
        leading ? count_inner(program, &all, leading, NULL, program->reductions, program->nreduction) : 0;
    lay_out(program, &all, inner, space);
    const int64_t rows = space->n < LS_LEAF ? space->n : LS_LEAF;
    if (space->inner > most / rows) lay_out(program, &all, 0, space);
}

void lsi_fold_dense(const lsi_program *program, const lsi_reduction *spec, const lsi_reduce_space *space,
                    lsi_fold *fold)
{
    const int *inside = space->order + space->kept_outside + space->reduced;
    memset(fold, 0, sizeof *fold);
    fold->spec = spec;
    fold->kind = lsi_reduce_kind_of(spec->op, spec->dtype);
    fold->outer = space->outer;
    fold->n = space->n;
    fold->inner = space->inner;
    fold->args.in_axes = (ls_axes){{space->outer}, {space->n * space->inner}, 1};
    fold->args.reduced = (ls_axes){{space->n}, {space->inner}, 1};
    fold->args.out_axes = joined(program, space->order, space->kept_outside, spec->strides);
    fold->args.out_inner = space->kept_inside ? spec->strides[inside[space->kept_inside - 1]] : 0;
    if (space->inner == 1) by_rows(fold, 1);
    else by_columns(fold);
}
