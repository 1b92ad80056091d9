/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sorting, searching, unique and non-zero elements: arguments to one task over contiguous lines, and buffers to arrays.
 * A device that declines a task gets its work done by the host, on copies. */
#include "lockstep/sort.h"
#include "api/call.h"
#include "lazy/profile.h"
#include "lockstep/create.h"
#include "lockstep/device.h"
#include "lockstep/scope.h"

#include <inttypes.h>

/* --- a task: arrays in, arrays out --- */

enum { RESULTS = 4 };

/* A task whose scalars are set, its arrays, and what it makes. Arrays are on one device; `values` and `sorter` may be
 * NULL. results[0] has the shape given here, unless the data decide. */
typedef struct work {
    lsi_sort task;
    const ls_array *in, *values, *sorter;
    ls_dtype dtype;              /* of results[0] */
    int ndim;
    int64_t shape[LS_MAX_NDIM];
    ls_array *results[RESULTS];
} work;

static bool data_decide(const work *w)
{
    return w->task.op == LSI_SORT_UNIQUE || w->task.op == LSI_SORT_NONZERO;
}

static void drop_results(work *w)
{
    for (int i = 0; i < RESULTS; i++) {
        ls_free(w->results[i]);
        w->results[i] = NULL;
    }
}

static ls_array *one_axis(lsi_buffer *buffer, ls_dtype dtype, int64_t count)
{
    lsi_layout layout;
    lsi_layout_contiguous(&layout, 1, &count);
    return lsi_array_from_buffer(buffer, dtype, &layout);
}

/* Turns the buffers that the backend made into arrays. */
static ls_status adopt_buffers(work *w)
{
    lsi_sort *t = &w->task;
    bool whole = true;
    for (int i = 0; i < RESULTS; i++) {
        const int64_t count = t->op == LSI_SORT_NONZERO ? t->ndim * t->found : i == 2 ? t->n : t->found;
        if (t->out[i]) {
            w->results[i] = one_axis(t->out[i], i == 0 ? w->dtype : LS_INT64, count); /* takes the buffer */
            whole = whole && w->results[i];
        }
    }
    if (!whole) {
        drop_results(w);
        return lsi_pending_error();
    }
    return LS_OK;
}

static lsi_buffer *buffer_of(const ls_array *a)
{
    return a ? a->cell->version->buffer : NULL;
}

static int64_t bytes_of(const ls_array *a)
{
    return a ? ls_size(a) * (int64_t)lsi_dtype_size(a->dtype) : 0;
}

static int64_t bytes_made(const lsi_sort *task)
{
    int64_t bytes = 0;
    for (int i = 0; i < RESULTS; i++) {
        bytes += task->out[i] ? (int64_t)task->out[i]->bytes : 0;
    }
    return bytes;
}

/* Hands the task, whose arrays are stored, to a backend. LSI_DECLINED leaves everything as it was. */
static ls_status hand_over(work *w, lsi_backend *backend)
{
    lsi_sort *t = &w->task;
    lsi_ticket done = {0, 0};
    t->in = buffer_of(w->in);
    t->in_offset = w->in->offset;
    t->values = buffer_of(w->values);
    t->values_offset = w->values ? w->values->offset : 0;
    t->sorter = buffer_of(w->sorter);
    t->sorter_offset = w->sorter ? w->sorter->offset : 0;
    memset(t->out, 0, sizeof t->out);
    if (!data_decide(w)) {
        w->results[0] = lsi_array_new(backend, w->dtype, w->ndim, w->shape);
        if (!w->results[0]) {
            return lsi_pending_error();
        }
        t->out[0] = buffer_of(w->results[0]);
    }
    lsi_span span;
    lsi_span_begin(&span, backend);
    const ls_status status = backend->sort(backend, t, &done);
    if (status) {
        drop_results(w);
        return status;
    }
    lsi_span_end(&span, backend, &(lsi_event){.kind = LSI_WORK_SORT,
                                              .function = t->function,
                                              .place = t->place,
                                              .bytes_read = bytes_of(w->in) + bytes_of(w->values) + bytes_of(w->sorter),
                                              .bytes_written = bytes_made(t)});
    if (data_decide(w)) {
        return adopt_buffers(w);
    }
    t->out[0]->uses.written = done;
    return LS_OK;
}

/* The array on the host, or NULL for none; *failed when it cannot be brought there. */
static ls_array *on_host(const ls_array *a, bool *failed)
{
    ls_array *copy = a && !*failed ? (ls_to_device)(lsi_current_place(), a, LS_HOST) : NULL;
    *failed = *failed || (a && !copy);
    return copy;
}

/* The same work by the host: copies there, results back. */
static ls_status by_host(work *w, lsi_backend *backend)
{
    work copy = *w;
    bool failed = false;
    ls_array *in = on_host(w->in, &failed), *values = on_host(w->values, &failed), *sorter = on_host(w->sorter, &failed);
    copy.in = in;
    copy.values = values;
    copy.sorter = sorter;
    ls_status status = failed ? lsi_pending_error() : hand_over(&copy, lsi_backend_host());
    for (int i = 0; i < RESULTS && !status; i++) {
        if (copy.results[i]) {
            w->results[i] = (ls_to_device)(lsi_current_place(), copy.results[i], (ls_device){backend->device});
            status = w->results[i] ? LS_OK : lsi_pending_error();
        }
    }
    w->task.found = copy.task.found;
    if (status) {
        drop_results(w);
    }
    drop_results(&copy);
    ls_free(sorter);
    ls_free(values);
    ls_free(in);
    return status;
}

/* Evaluates the arrays and does the work. The results are owned by the innermost scope; none after a failure. */
static ls_status do_work(work *w)
{
    lsi_backend *backend = lsi_array_backend(w->in);
    const ls_array *arrays[3] = {w->in};
    int count = 1;
    if (w->values) {
        arrays[count++] = w->values;
    }
    if (w->sorter) {
        arrays[count++] = w->sorter;
    }
    w->task.function = lsi_current_function();
    w->task.place = lsi_current_place();
    ls_status status = lsi_evaluate(count, arrays);
    if (!status) {
        status = backend->sort ? hand_over(w, backend) : (ls_status)LSI_DECLINED;
    }
    return status == (ls_status)LSI_DECLINED ? by_host(w, backend) : status;
}

/* --- contiguous arrays --- */

/* `a` where it is contiguous and of the dtype, else a copy, which is also *made; NULL after an error. */
static const ls_array *contiguous(const ls_array *a, ls_dtype dtype, ls_array **made)
{
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    *made = a->dtype == dtype && lsi_layout_is_contiguous(&layout) ? NULL : lsi_array_cast(a, dtype);
    return a->dtype == dtype && lsi_layout_is_contiguous(&layout) ? a : *made;
}

/* A view of `a` with axis `from` moved to be axis `to`. */
static ls_array *moved(const ls_array *a, int from, int to)
{
    lsi_layout layout, view;
    int64_t order[LS_MAX_NDIM];
    lsi_array_layout(a, &layout);
    for (int axis = 0, k = 0; k < a->ndim; k++) {
        axis += axis == from;
        order[k] = k == to ? from : axis++;
    }
    return lsi_layout_permute(&layout, (ls_axis){a->ndim, order}, &view) ? NULL : lsi_array_view(a, &view);
}

/* --- sorts and partitions --- */

static ls_status take_axis(ls_axis axis, int ndim, int *out)
{
    if (axis.count > 1) {
        return lsi_fail(LS_EAXIS, "it wants one axis, %" PRId64 " are given", axis.count);
    }
    return lsi_axis_normalise(axis.axes ? axis.axes[0] : -1, ndim, out);
}

/* Along the last axis of an array. */
static ls_array *along_last(const ls_array *a, const lsi_sort *given)
{
    ls_array *made;
    work w = {.task = *given, .in = contiguous(a, a->dtype, &made), .ndim = a->ndim};
    const bool values = given->op == LSI_SORT_VALUES || given->op == LSI_SORT_PARTITION;
    const int64_t *shape = lsi_array_shape(a), n = shape[a->ndim - 1];
    if (!w.in) {
        return NULL;
    }
    memcpy(w.shape, shape, (size_t)a->ndim * sizeof *shape);
    w.dtype = values ? a->dtype : LS_INT64;
    w.task.dtype = a->dtype;
    w.task.n = n;
    w.task.lines = 1;
    for (int axis = 0; axis < a->ndim - 1; axis++) {
        w.task.lines *= shape[axis];
    }
    do_work(&w);
    ls_free(made);
    return w.results[0];
}

/* Along any axis: through a copy that has it last, and back. */
static ls_array *along(const ls_array *a, int axis, const lsi_sort *given)
{
    const int last = a->ndim - 1;
    int64_t behind = 1, count;
    for (int k = axis + 1; k <= last; k++) {
        behind *= lsi_array_shape(a)[k];
    }
    if (lsi_shape_count(a->ndim, lsi_array_shape(a), sizeof(int64_t), &count)) {
        return NULL;
    }
    if (axis == last || behind == 0) {
        return along_last(a, given);
    }
    ls_array *turned = moved(a, axis, last);
    ls_array *sorted = turned ? along_last(turned, given) : NULL;
    ls_array *back = sorted ? moved(sorted, last, axis) : NULL;
    ls_array *result = back ? lsi_array_cast(back, back->dtype) : NULL;
    if (result && lsi_evaluate(1, (const ls_array *const[]){result})) {
        ls_free(result);
        result = NULL;
    }
    ls_free(back);
    ls_free(sorted);
    ls_free(turned);
    return result;
}

static ls_array *sort(lsi_sort_op op, const ls_array *a, const ls_sort_options *options)
{
    ls_sort_options o;
    int axis;
    if (lsi_options(&o, sizeof o, options) || !lsi_array_check(a, 1) || take_axis(o.axis, a->ndim, &axis)) {
        return NULL;
    }
    return along(a, axis, &(const lsi_sort){.op = op, .descending = o.descending});
}

ls_array *(ls_sort)(const char *place, const ls_array *a, const ls_sort_options *options)
{
    LSI_CALL("ls_sort", place);
    return sort(LSI_SORT_VALUES, a, options);
}

ls_array *(ls_argsort)(const char *place, const ls_array *a, const ls_sort_options *options)
{
    LSI_CALL("ls_argsort", place);
    return sort(LSI_SORT_INDICES, a, options);
}

static ls_array *partition(lsi_sort_op op, const ls_array *a, int64_t kth, const ls_axis_options *options)
{
    ls_axis_options o;
    int axis;
    if (lsi_options(&o, sizeof o, options) || !lsi_array_check(a, 1) || take_axis(o.axis, a->ndim, &axis)) {
        return NULL;
    }
    const int64_t n = lsi_array_shape(a)[axis];
    if (kth < -n || kth >= n) {
        lsi_fail(LS_EINDEX, "kth is %" PRId64 ", out of range for axis %d of size %" PRId64, kth, axis, n);
        return NULL;
    }
    return along(a, axis, &(const lsi_sort){.op = op, .kth = kth < 0 ? kth + n : kth});
}

ls_array *(ls_partition)(const char *place, const ls_array *a, int64_t kth, const ls_axis_options *options)
{
    LSI_CALL("ls_partition", place);
    return partition(LSI_SORT_PARTITION, a, kth, options);
}

ls_array *(ls_argpartition)(const char *place, const ls_array *a, int64_t kth, const ls_axis_options *options)
{
    LSI_CALL("ls_argpartition", place);
    return partition(LSI_SORT_PARTITION_INDICES, a, kth, options);
}

/* --- unique --- */

/* The same elements under another shape; frees the given handle. */
static ls_array *shaped(ls_array *a, int ndim, const int64_t *shape)
{
    lsi_layout layout;
    lsi_layout_contiguous(&layout, ndim, shape);
    ls_array *view = a ? lsi_array_view(a, &layout) : NULL;
    ls_free(a);
    return view;
}

static ls_array *unique(const ls_array *a, const ls_unique_options *o)
{
    ls_array *made;
    int64_t count;
    ls_array **const to[RESULTS] = {NULL, o->index, o->inverse, o->counts};
    if (!lsi_array_check(a, 1) || lsi_shape_count(a->ndim, lsi_array_shape(a), sizeof(int64_t), &count)) {
        return NULL;
    }
    work w = {.task = {.op = LSI_SORT_UNIQUE, .dtype = a->dtype, .lines = 1, .n = count},
              .in = contiguous(a, a->dtype, &made),
              .dtype = a->dtype};
    for (int i = 1; i < RESULTS; i++) {
        w.task.wanted[i] = to[i] != NULL;
    }
    ls_status status = w.in ? do_work(&w) : lsi_pending_error();
    if (!status && w.results[2]) {
        w.results[2] = shaped(w.results[2], a->ndim, lsi_array_shape(a));
        status = w.results[2] ? LS_OK : lsi_pending_error();
    }
    ls_free(made);
    if (status) {
        drop_results(&w);
        return NULL;
    }
    for (int i = 1; i < RESULTS; i++) {
        if (to[i]) {
            *to[i] = w.results[i];
        }
    }
    return w.results[0];
}

ls_array *(ls_unique)(const char *place, const ls_array *a, const ls_unique_options *options)
{
    LSI_CALL("ls_unique", place);
    ls_unique_options o;
    if (lsi_options(&o, sizeof o, options)) {
        return NULL;
    }
    ls_array **const to[] = {o.index, o.inverse, o.counts};
    for (int i = 0; i < 3; i++) {
        if (to[i]) {
            *to[i] = NULL;
        }
    }
    return unique(a, &o);
}

/* --- searchsorted --- */

/* The values as an array that the caller frees, or one of the user's; the dtype to search in. */
static const ls_array *search_values(const ls_array *sorted, const ls_operand *values, ls_dtype *dtype, ls_array **made)
{
    lsi_scalar scalar;
    *made = NULL;
    if (values->kind == LS_OPERAND_ARRAY) {
        const ls_array *a = lsi_array_check(values->value.array, 2);
        if (a && lsi_array_backend(a) != lsi_array_backend(sorted)) {
            lsi_fail(LS_EDEVICE, "operands are on different devices: %s and %s", lsi_array_backend(sorted)->name,
                     lsi_array_backend(a)->name);
            return NULL;
        }
        *dtype = a ? lsi_promote(sorted->dtype, a->dtype) : sorted->dtype;
        return a ? contiguous(a, *dtype, made) : NULL;
    }
    if (values->kind == LS_OPERAND_NONE) {
        lsi_fail_null(2);
        return NULL;
    }
    *dtype = lsi_promote_weak(sorted->dtype, values->kind);
    if (!lsi_scalar_from_operand(values, *dtype, &scalar)) {
        *made = lsi_array_constant(lsi_array_backend(sorted), &scalar, 0, NULL);
    }
    return *made;
}

static ls_status check_sorter(const ls_array *sorted, const ls_array *sorter)
{
    if (!lsi_array_check(sorter, 3)) {
        return lsi_pending_error();
    }
    const lsi_kind kind = lsi_dtype_kind(sorter->dtype);
    if (kind != LSI_KIND_INT && kind != LSI_KIND_UINT) {
        return lsi_fail(LS_EDTYPE, "the sorter is of %s, not of integers", lsi_dtype_name(sorter->dtype));
    }
    if (sorter->ndim != 1 || lsi_array_shape(sorter)[0] != lsi_array_shape(sorted)[0]) {
        char text[LSI_SHAPE_TEXT];
        return lsi_fail(LS_ESHAPE, "the sorter has shape %s for %" PRId64 " elements",
                        lsi_shape_text(sorter->ndim, lsi_array_shape(sorter), text), lsi_array_shape(sorted)[0]);
    }
    if (lsi_array_backend(sorter) != lsi_array_backend(sorted)) {
        return lsi_fail(LS_EDEVICE, "operands are on different devices: %s and %s", lsi_array_backend(sorted)->name,
                        lsi_array_backend(sorter)->name);
    }
    return LS_OK;
}

static ls_array *search(const ls_array *sorted, const ls_operand *values, const ls_search_options *o)
{
    ls_array *made_in = NULL, *made_values = NULL, *made_sorter = NULL;
    work w = {.task = {.op = LSI_SORT_SEARCH, .right = o->right, .lines = 1}, .dtype = LS_INT64};
    w.values = search_values(sorted, values, &w.task.dtype, &made_values);
    w.in = w.values ? contiguous(sorted, w.task.dtype, &made_in) : NULL;
    w.sorter = w.in && o->sorter ? contiguous(o->sorter, LS_INT64, &made_sorter) : NULL;
    if (w.in && (w.sorter || !o->sorter)) {
        w.ndim = w.values->ndim;
        memcpy(w.shape, lsi_array_shape(w.values), (size_t)w.ndim * sizeof *w.shape);
        w.task.n = lsi_array_shape(sorted)[0];
        if (!lsi_shape_count(w.ndim, w.shape, sizeof(int64_t), &w.task.count)) {
            do_work(&w);
        }
    }
    ls_free(made_sorter);
    ls_free(made_in);
    ls_free(made_values);
    return w.results[0];
}

ls_array *(ls_searchsorted)(const char *place, const ls_array *sorted, ls_operand values,
                            const ls_search_options *options)
{
    LSI_CALL("ls_searchsorted", place);
    ls_search_options o;
    if (lsi_options(&o, sizeof o, options) || !lsi_array_check(sorted, 1)) {
        return NULL;
    }
    if (sorted->ndim != 1) {
        char text[LSI_SHAPE_TEXT];
        lsi_fail(LS_ESHAPE, "it searches along one axis; the shape is %s",
                 lsi_shape_text(sorted->ndim, lsi_array_shape(sorted), text));
        return NULL;
    }
    return o.sorter && check_sorter(sorted, o.sorter) ? NULL : search(sorted, &values, &o);
}

/* --- nonzero --- */

/* Indices over the given shape of the array's elements. */
static ls_array *nonzero(const ls_array *a, int ndim, const int64_t *shape)
{
    ls_array *made;
    int64_t count, bound;
    if (lsi_shape_count(a->ndim, lsi_array_shape(a), sizeof(int64_t), &count) ||
        lsi_shape_count(2, (const int64_t[]){ndim, count}, sizeof(int64_t), &bound)) {
        return NULL;
    }
    work w = {.task = {.op = LSI_SORT_NONZERO, .dtype = a->dtype, .lines = 1, .n = count, .ndim = ndim},
              .in = contiguous(a, a->dtype, &made),
              .dtype = LS_INT64};
    memcpy(w.task.shape, shape, (size_t)ndim * sizeof *shape);
    if (w.in) {
        do_work(&w);
    }
    ls_free(made);
    return w.results[0] ? shaped(w.results[0], 2, (const int64_t[]){ndim, w.task.found}) : NULL;
}

ls_array *(ls_nonzero)(const char *place, const ls_array *a)
{
    LSI_CALL("ls_nonzero", place);
    if (!lsi_array_check(a, 1)) {
        return NULL;
    }
    if (a->ndim == 0) {
        lsi_fail(LS_ESHAPE, "a 0-d array has no axes to index; use ls_flatnonzero");
        return NULL;
    }
    return nonzero(a, a->ndim, lsi_array_shape(a));
}

ls_array *(ls_flatnonzero)(const char *place, const ls_array *a)
{
    LSI_CALL("ls_flatnonzero", place);
    int64_t count;
    if (!lsi_array_check(a, 1) || lsi_shape_count(a->ndim, lsi_array_shape(a), 1, &count)) {
        return NULL;
    }
    ls_array *rows = nonzero(a, 1, &count);
    return rows ? shaped(rows, 1, lsi_array_shape(rows) + 1) : NULL;
}
