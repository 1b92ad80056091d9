/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Views of another shape: reshape, permute, squeeze, expand, flip, the joining of axes for loops, views of views. Decides
 * when strides can express a shape; leaves copies, where they cannot, to the caller. Functions write *out only on success,
 * and `in` and `out` may be the same. */
#include "shape.h"
#include "error.h"

#include <inttypes.h>
#include <string.h>

/* -- reshape ------------------------------------------------------------------------------------------------------ */

static ls_status fail_reshape(const lsi_layout *in, int ndim, const int64_t *sizes)
{
    char from[LSI_SHAPE_TEXT], to[LSI_SHAPE_TEXT];
    return lsi_fail(LS_ESHAPE, "%" PRId64 " elements of shape %s do not fill shape %s", lsi_layout_count(in),
                    lsi_shape_text(in->ndim, in->shape, from), lsi_shape_text(ndim, sizes, to));
}

/* Position of the one -1 in sizes, -1 if there is none. */
static ls_status find_unknown(int ndim, const int64_t *sizes, int *unknown)
{
    *unknown = -1;
    for (int axis = 0; axis < ndim; axis++) {
        if (sizes[axis] < -1)
            return lsi_fail(LS_EARGUMENT, "the size of axis %d is negative (%" PRId64 ")", axis, sizes[axis]);
        if (sizes[axis] != -1) continue;
        if (*unknown >= 0) return lsi_fail(LS_EARGUMENT, "only one size may be -1 (axes %d and %d)", *unknown, axis);
        *unknown = axis;
    }
    return LS_OK;
}

/* Fills in the size left open and checks that the shape holds exactly the elements of `in`. */
static ls_status complete_sizes(const lsi_layout *in, int ndim, int64_t *sizes, int unknown)
{
    const int64_t count = lsi_layout_count(in);
    int64_t known = 1;
    bool zero = false, fits = true;
    for (int axis = 0; axis < ndim; axis++) zero |= sizes[axis] == 0;
    for (int axis = 0; axis < ndim && fits && !zero; axis++)
        if (axis != unknown) fits = lsi_mul_size(known, sizes[axis], &known);
    if (zero) known = 0;
    if (unknown < 0) return fits && known == count ? LS_OK : fail_reshape(in, ndim, sizes);
    if (!fits || known == 0 || count % known != 0) return fail_reshape(in, ndim, sizes);
    sizes[unknown] = count / known;
    return LS_OK;
}

/* Where the reader of `in` stands, from the last axis to the first: `left` elements of a run that steps evenly. */
typedef struct run_reader {
    const lsi_layout *in;
    int next;            /* axes below this one are not read yet */
    int64_t left, step;
} run_reader;

/* Takes the next run: an axis of more than one element and all that continue its steps. */
static void next_run(run_reader *r)
{
    const lsi_layout *in = r->in;
    while (r->next > 0 && in->shape[r->next - 1] == 1) r->next--;
    if (r->next == 0) return;
    r->next--;
    r->left = in->shape[r->next];
    r->step = in->strides[r->next];
    for (; r->next > 0; r->next--) {
        const int64_t size = in->shape[r->next - 1];
        if (size != 1 && in->strides[r->next - 1] != r->step * r->left) return;
        r->left *= size;
    }
}

/* The strides of out->shape over the elements of `in`, when each new axis lies within one run. */
static bool view_strides(const lsi_layout *in, lsi_layout *out)
{
    run_reader r = {in, in->ndim, 1, 1};
    for (int axis = out->ndim - 1; axis >= 0; axis--) {
        const int64_t size = out->shape[axis];
        if (size != 1 && r.left == 1) next_run(&r);
        if (size != 1 && r.left % size != 0) return false;
        out->strides[axis] = r.step;
        if (size == 1) continue;
        r.left /= size;
        r.step *= size;
    }
    return true;
}

ls_status lsi_layout_reshape(const lsi_layout *in, ls_shape shape, lsi_layout *out, bool *as_view)
{
    if (shape.ndim < 0 || shape.ndim > LS_MAX_NDIM)
        return lsi_fail(LS_EARGUMENT, "%" PRId64 " axes, but an array has 0 to %d", shape.ndim, LS_MAX_NDIM);
    if (shape.ndim > 0 && !shape.sizes) return lsi_fail(LS_EARGUMENT, "the shape's sizes are NULL");
    const int ndim = (int)shape.ndim;
    int64_t sizes[LS_MAX_NDIM];
    int unknown;
    for (int axis = 0; axis < ndim; axis++) sizes[axis] = shape.sizes[axis];
    ls_status status = find_unknown(ndim, sizes, &unknown);
    if (status == LS_OK) status = complete_sizes(in, ndim, sizes, unknown);
    if (status != LS_OK) return status;
    lsi_layout result;
    lsi_layout_contiguous(&result, ndim, sizes);
    *as_view = lsi_layout_count(in) == 0 || view_strides(in, &result);
    if (*as_view) result.offset = in->offset;
    else lsi_layout_contiguous(&result, ndim, sizes);
    *out = result;
    return LS_OK;
}

/* -- axes added, dropped, reordered ------------------------------------------------------------------------------- */

static void append_axis(lsi_layout *layout, int64_t size, int64_t stride)
{
    layout->shape[layout->ndim] = size;
    layout->strides[layout->ndim++] = stride;
}

ls_status lsi_layout_permute(const lsi_layout *in, ls_axis axes, lsi_layout *out)
{
    lsi_layout result = {.ndim = 0, .offset = in->offset};
    bool seen[LS_MAX_NDIM];
    const ls_status status = lsi_axes_normalise(axes, in->ndim, seen);
    if (status != LS_OK) return status;
    if (axes.count != 0 && axes.count != in->ndim)
        return lsi_fail(LS_EAXIS, "%" PRId64 " axes given for an array of %d", axes.count, in->ndim);
    for (int k = 0; k < in->ndim; k++) {
        int from = in->ndim - 1 - k;
        if (axes.count != 0) lsi_axis_normalise(axes.axes[k], in->ndim, &from);
        append_axis(&result, in->shape[from], in->strides[from]);
    }
    *out = result;
    return LS_OK;
}

ls_status lsi_layout_squeeze(const lsi_layout *in, ls_axis axes, lsi_layout *out)
{
    lsi_layout result = {.ndim = 0, .offset = in->offset};
    bool chosen[LS_MAX_NDIM];
    const ls_status status = lsi_axes_normalise(axes, in->ndim, chosen);
    if (status != LS_OK) return status;
    for (int axis = 0; axis < in->ndim; axis++) {
        const bool one = in->shape[axis] == 1;
        if (axes.count != 0 && chosen[axis] && !one)
            return lsi_fail(LS_ESHAPE, "axis %d has size %" PRId64 ", not 1", axis, in->shape[axis]);
        if (!(chosen[axis] && one)) append_axis(&result, in->shape[axis], in->strides[axis]);
    }
    *out = result;
    return LS_OK;
}

ls_status lsi_layout_expand(const lsi_layout *in, ls_axis axes, lsi_layout *out)
{
    lsi_layout result = {.ndim = 0, .offset = in->offset};
    bool added[LS_MAX_NDIM] = {false};
    if (axes.count > LS_MAX_NDIM - in->ndim)
        return lsi_fail(LS_ESHAPE, "%d and %" PRId64 " more axes, but an array has at most %d", in->ndim, axes.count,
                        LS_MAX_NDIM);
    const int ndim = in->ndim + (int)(axes.count > 0 ? axes.count : 0);
    const ls_status status = axes.count != 0 ? lsi_axes_normalise(axes, ndim, added) : LS_OK;
    if (status != LS_OK) return status;
    for (int axis = 0, from = 0; axis < ndim; axis++) {
        if (added[axis]) append_axis(&result, 1, 0);
        else append_axis(&result, in->shape[from], in->strides[from]), from++;
    }
    *out = result;
    return LS_OK;
}

ls_status lsi_layout_flip(const lsi_layout *in, ls_axis axes, lsi_layout *out)
{
    lsi_layout result = *in;
    bool chosen[LS_MAX_NDIM];
    const ls_status status = lsi_axes_normalise(axes, in->ndim, chosen);
    if (status != LS_OK) return status;
    for (int axis = 0; axis < in->ndim; axis++) {
        if (!chosen[axis]) continue;
        if (in->shape[axis] > 0) result.offset += (in->shape[axis] - 1) * in->strides[axis];
        result.strides[axis] = -in->strides[axis];
    }
    *out = result;
    return LS_OK;
}

/* -- joining axes ------------------------------------------------------------------------------------------------- */

/* Whether axis b continues where an element of axis a ends, in every row. */
static bool joins(int a, int b, const int64_t *shape, int n, int64_t *const *strides)
{
    for (int k = 0; k < n; k++)
        if (strides[k][a] != strides[k][b] * shape[b]) return false;
    return true;
}

/* Reads axis `from`, writes axis `to`; the axis written last is the one that the next may join. */
int lsi_collapse(int ndim, int64_t *shape, int n, int64_t *const *strides, const bool *barrier)
{
    int kept = 0;
    bool wall = false; /* a barrier on a dropped axis holds for the next kept one */
    for (int from = 0; from < ndim; from++) {
        wall |= barrier && barrier[from];
        if (shape[from] == 1) continue;
        const bool joined = kept > 0 && !wall && joins(kept - 1, from, shape, n, strides);
        const int to = joined ? kept - 1 : kept++;
        shape[to] = joined ? shape[to] * shape[from] : shape[from];
        for (int k = 0; k < n; k++) strides[k][to] = strides[k][from];
        wall = false;
    }
    return kept;
}

/* -- views of views ----------------------------------------------------------------------------------------------- */

/* An axis of the elements that are counted: how many of them one step is, and the indices that a view reaches. */
typedef struct digit {
    int64_t step, low, high;
} digit;

/* Lets the digits, whose `low` and `high` are their first index, reach as far as an axis of a view goes. Returns the
 * stride of that axis in the memory of `of`. */
static int64_t spread(const lsi_layout *of, digit *digits, int64_t size, int64_t stride)
{
    int64_t out = 0;
    for (int axis = 0; axis < of->ndim; axis++) {
        const int64_t by = stride / digits[axis].step, reach = by * (size - 1);
        stride -= by * digits[axis].step;
        out += by * of->strides[axis];
        if (reach < 0) digits[axis].low += reach;
        else digits[axis].high += reach;
    }
    return out;
}

/* A position is a number whose digits are indices. Steps of a view are added digit by digit, which is right as long as no
 * digit leaves its axis anywhere in the view: else it would carry, and strides cannot say that. */
bool lsi_layout_through(const lsi_layout *view, const lsi_layout *of, lsi_layout *out)
{
    lsi_layout joined = *of, result = *view;
    int64_t *rows[1] = {joined.strides};
    if (lsi_layout_count(view) == 0 || lsi_layout_count(of) == 0) return false;
    joined.ndim = lsi_collapse(joined.ndim, joined.shape, 1, rows, NULL);
    digit digits[LS_MAX_NDIM];
    int64_t step = 1;
    result.offset = of->offset;
    for (int axis = joined.ndim - 1; axis >= 0; axis--) {
        const int64_t index = view->offset / step % joined.shape[axis];
        digits[axis] = (digit){step, index, index};
        result.offset += index * joined.strides[axis];
        step *= joined.shape[axis];
    }
    for (int axis = 0; axis < view->ndim; axis++)
        result.strides[axis] = view->shape[axis] == 1 ? 0 : spread(&joined, digits, view->shape[axis], view->strides[axis]);
    for (int axis = 0; axis < joined.ndim; axis++)
        if (digits[axis].low < 0 || digits[axis].high >= joined.shape[axis]) return false;
    *out = result;
    return true;
}
