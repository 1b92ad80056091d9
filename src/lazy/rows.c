/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows: steps that need the result of a reduction over the same elements, as a softmax needs the largest and the sum of
 * each row. A backend that takes such programs (rows_fit) computes both in one; for others the result is stored first.
 * What lies along the rows of a reduction has an element for each of its outputs: the reduction, and what is made of
 * such things elementwise. Everything happens under the graph lock. */
#include "lazy/graph.h"

#include <string.h>

/* Rows are the last axes: an index of a kept one never lies within a row. */
static bool reduces_last_axes(const lsi_version *r)
{
    bool inside = false;
    for (int i = 0; i < r->space_ndim; i++) {
        const bool folded = r->reduced >> i & 1;
        if (inside && !folded && r->space[i] != 1) {
            return false;
        }
        inside = inside || (folded && r->space[i] != 1);
    }
    return r->reduced != 0;
}

static bool is_welcome(const lsi_version *r)
{
    if (!r->backend->rows_fit || r->count == 0 || !reduces_last_axes(r)) {
        return false;
    }
    int64_t length = 1;
    for (int i = 0; i < r->space_ndim; i++) {
        length *= r->reduced >> i & 1 ? r->space[i] : 1;
    }
    return length > 0 && r->backend->rows_fit(r->backend, r->count, length);
}

/* The next of the reduction's kept axes from `axis` on that has more than one index; its number of axes when there is
 * none. */
static int next_kept(int ndim, const int64_t *space, uint32_t reduced, int axis)
{
    while (axis < ndim && (reduced >> axis & 1 || space[axis] == 1)) {
        axis++;
    }
    return axis;
}

/* Whether the version's axes are the kept ones of the reduction, apart from those of size 1. */
static bool has_kept_axes(const lsi_version *v, const lsi_version *r)
{
    int kept = next_kept(r->space_ndim, r->space, r->reduced, 0);
    for (int i = next_kept(v->ndim, v->shape, 0, 0); i < v->ndim; i = next_kept(v->ndim, v->shape, 0, i + 1)) {
        if (kept == r->space_ndim || r->space[kept] != v->shape[i]) {
            return false;
        }
        kept = next_kept(r->space_ndim, r->space, r->reduced, kept + 1);
    }
    return kept == r->space_ndim;
}

/* By way of the first input that leads to one; the walk is remembered for a plan. */
const lsi_version *lsi_rows_of(lsi_version *v, uint32_t epoch)
{
    if (v->state != LSI_PENDING) {
        return NULL;
    }
    if (v->along_mark == epoch) {
        return v->along;
    }
    v->along_mark = epoch;
    v->along = v->kind == LSI_NODE_REDUCE && is_welcome(v) ? v : NULL;
    for (int i = 0; i < v->ninput && v->kind == LSI_NODE_MAP && !v->along; i++) {
        const lsi_input *in = &v->inputs[i];
        const lsi_version *r = in->version && in->whole ? lsi_rows_of(in->version, epoch) : NULL;
        v->along = r && has_kept_axes(v, r) ? r : NULL;
    }
    return v->along;
}

void lsi_rows_strides(int ndim, const int64_t *space, uint32_t reduced, int64_t *strides)
{
    int64_t step = 1;
    for (int i = ndim - 1; i >= 0; i--) {
        const bool folded = reduced >> i & 1;
        strides[i] = folded ? 0 : step;
        step *= folded ? 1 : space[i];
    }
}

bool lsi_rows_in_order(int ndim, const int64_t *space, uint32_t reduced, const int64_t *strides)
{
    int64_t expected[LS_MAX_NDIM];
    lsi_rows_strides(ndim, space, reduced, expected);
    for (int i = 0; i < ndim; i++) {
        if (space[i] != 1 && strides[i] != expected[i]) {
            return false;
        }
    }
    return true;
}

void lsi_rows_spread(const lsi_version *node, const int64_t *of_node, int ndim, const int64_t *space, uint32_t reduced,
                     int64_t *strides)
{
    int kept = next_kept(ndim, space, reduced, 0);
    memset(strides, 0, (size_t)ndim * sizeof(int64_t));
    for (int i = next_kept(node->ndim, node->shape, 0, 0); i < node->ndim;
         i = next_kept(node->ndim, node->shape, 0, i + 1)) {
        strides[kept] = of_node[i];
        kept = next_kept(ndim, space, reduced, kept + 1);
    }
}
