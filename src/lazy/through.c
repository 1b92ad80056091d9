/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where the inputs of a node lie under the positions of a program, and what is computed where it is read.
 *
 * A pending value that is read through a view can be stored first and then be read, or the view can be moved to what it is
 * made of: (x + y)[::2] is x[::2] + y[::2]. That spares a program and a pass over memory, and computes only what is read;
 * but every view computes anew. So it is done for operations that take less time than memory does. */
#include "lazy/graph.h"
#include "lazy/ops.h"

#include <string.h>

/* Bytes of a value that backends without launches have stored and read again before they have made a plan. */
enum { SMALL = 64 << 10 };

/* Operations that the views of one value may cost in all, and those that one view may. */
enum { MOST_WORK = 16, MOST_WORK_ONCE = 64, DEAR_WORK = 8, MOST_TURNED = 2 };

/* --- where inputs lie --- */

static bool same_shape(int ndim, const int64_t *a, int bdim, const int64_t *b)
{
    return ndim == bdim && memcmp(a, b, (size_t)ndim * sizeof(int64_t)) == 0;
}

static void input_layout(const lsi_version *node, int i, lsi_layout *layout)
{
    layout->ndim = node->space_ndim;
    layout->offset = node->inputs[i].offset;
    memcpy(layout->shape, node->space, (size_t)node->space_ndim * sizeof(int64_t));
    memcpy(layout->strides, node->inputs[i].strides, (size_t)node->space_ndim * sizeof(int64_t));
}

bool lsi_input_at(const lsi_version *node, int i, const lsi_layout *seen, int ndim, const int64_t *space,
                  lsi_layout *at)
{
    bool as_view = true;
    input_layout(node, i, at);
    if (seen) {
        return lsi_layout_through(seen, at, at);
    }
    return same_shape(at->ndim, at->shape, ndim, space) ||
           (!lsi_layout_reshape(at, (ls_shape){ndim, space}, at, &as_view) && as_view);
}

bool lsi_fusable(const lsi_version *v, int ndim, const int64_t *space)
{
    if (v->kind == LSI_NODE_DRAW) {
        return true;
    }
    if (v->kind != LSI_NODE_MAP) {
        return false;
    }
    if (same_shape(v->ndim, v->shape, ndim, space)) {
        return true;
    }
    for (int i = 0; i < v->ninput; i++) {
        lsi_layout at;
        if (v->inputs[i].version && !lsi_input_at(v, i, NULL, ndim, space, &at)) {
            return false;
        }
    }
    return true;
}

/* --- what is computed where it is read --- */

/* Somebody wants it stored, or it has been computed before without: a second time it is kept. */
static bool had_best_be_stored(const lsi_version *v)
{
    return v->computed || (v->named && atomic_load(&v->cells) > 0);
}

/* What computing an element of v takes: cheap operations, and elements of arrays. */
typedef struct cost {
    int work, read;
} cost;

/* Whether an input reads what one before it reads, as in x * x. */
static bool is_read_before(const lsi_version *v, int i)
{
    const size_t bytes = (size_t)v->space_ndim * sizeof(int64_t);
    const lsi_input *in = &v->inputs[i];
    bool before = false;
    for (int k = 0; k < i && !before; k++) {
        before = v->inputs[k].version == in->version && v->inputs[k].offset == in->offset &&
                 memcmp(v->inputs[k].strides, in->strides, bytes) == 0;
    }
    return before;
}

/* Adds the cost of v; stops when the work is above `most`. Random numbers cannot be made in any other order cheaply. */
static void add_cost(const lsi_version *v, int most, cost *sum)
{
    sum->work += lsi_op_is_dear(v->op) ? DEAR_WORK : 1;
    for (int i = 0; i < v->ninput && sum->work <= most; i++) {
        const lsi_version *in = v->inputs[i].version;
        if (!in || (in->state == LSI_PENDING && (in->kind == LSI_NODE_CONST || in->kind == LSI_NODE_IOTA))) {
            continue;
        }
        if (in->state == LSI_PENDING && in->kind == LSI_NODE_DRAW) {
            sum->work = most + 1;
        } else if (in->state == LSI_PENDING && in->kind == LSI_NODE_MAP && !had_best_be_stored(in)) {
            add_cost(in, most, sum);
        } else {
            sum->read += in->count > 1 && !is_read_before(v, i);
        }
    }
}

static int64_t magnitude(int64_t x)
{
    return x < 0 ? -x : x;
}

/* Whether a view goes through the chosen axes in another order than its elements lie in, as that of a transposed matrix. */
static bool is_turned(const lsi_layout *seen, uint32_t axes)
{
    int64_t last = INT64_MAX;
    for (int axis = 0; axis < seen->ndim; axis++) {
        const int64_t step = magnitude(seen->strides[axis]);
        if (!(axes >> axis & 1) || seen->shape[axis] == 1 || step == 0) {
            continue;
        }
        if (step > last) {
            return true;
        }
        last = step;
    }
    return false;
}

/* Turning numbers takes as long as storing and reading them: for one or two arrays that is well spent. Reductions that go
 * against the order in memory have a way of their own for stored numbers. */
static bool is_worth_turning(const lsi_version *root, const lsi_layout *seen, int arrays)
{
    if (root->kind == LSI_NODE_REDUCE && is_turned(seen, root->reduced)) {
        return false;
    }
    return arrays <= MOST_TURNED || !is_turned(seen, UINT32_MAX);
}

/* Whether a view leaves out nothing but the ends of v's rows. Such views lie side by side, and backends make what several
 * of them have in common once. */
static bool is_along_rows(const lsi_version *v, const lsi_layout *seen)
{
    int64_t step = 1;
    if (seen->ndim != v->ndim) {
        return false;
    }
    for (int axis = v->ndim - 1; axis >= 0; axis--) {
        const bool last = axis == v->ndim - 1;
        if ((seen->shape[axis] != v->shape[axis] && !last) || (seen->shape[axis] != 1 && seen->strides[axis] != step)) {
            return false;
        }
        step *= v->shape[axis];
    }
    return true;
}

/* Whether all readers of v together do not read more than if they stored it and read that. */
static bool reads_little(const lsi_version *v, const lsi_layout *seen, int64_t readers, int64_t arrays)
{
    return readers * arrays <= readers + arrays + 1 || is_along_rows(v, seen);
}

bool lsi_may_be_seen_through(const lsi_version *v)
{
    const bool small = v->backend->direct && lsi_version_bytes(v) <= SMALL;
    return v->kind == LSI_NODE_MAP && !small && !had_best_be_stored(v);
}

bool lsi_is_seen_through(const lsi_version *root, const lsi_version *v, const lsi_layout *seen)
{
    if (lsi_layout_count(seen) > v->count) {
        return false;
    }
    const int64_t readers = atomic_load(&v->refs) - atomic_load(&v->cells);
    const int most = readers <= 1 ? MOST_WORK_ONCE : (int)(MOST_WORK / readers);
    cost sum = {0, 0};
    add_cost(v, most, &sum);
    return sum.work <= most && is_worth_turning(root, seen, sum.read) && reads_little(v, seen, readers, sum.read);
}
