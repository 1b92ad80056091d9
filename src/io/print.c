/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ls_print, ls_fprint, ls_format: decides which elements are shown and reads only those. */
#include "format_array.h"
#include "lockstep/io.h"
#include "memory/prim.h"
#include "transfer.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum { PRECISION = 8, THRESHOLD = 1000, EDGE_ITEMS = 3, LINE_WIDTH = 75, MOST_SHOWN = 1 << 24, MOST_PLACES = 400 };

static ls_print_options read_options(const ls_print_options *options)
{
    ls_print_options o = {.struct_size = sizeof o};
    if (options) memcpy(&o, options, options->struct_size < sizeof o ? options->struct_size : sizeof o);
    o.precision = o.precision == 0            ? PRECISION
                  : o.precision < 0           ? 0
                  : o.precision > MOST_PLACES ? MOST_PLACES
                                              : o.precision;
    if (o.threshold <= 0) o.threshold = THRESHOLD;
    if (o.edgeitems <= 0) o.edgeitems = EDGE_ITEMS;
    if (o.linewidth <= 0) o.linewidth = LINE_WIDTH;
    if (o.linewidth > INT32_MAX) o.linewidth = INT32_MAX;
    return o;
}

/* Sizes after summarising. LS_EOVERFLOW when even that would be a text nobody reads. */
static ls_status choose(const ls_array *a, const ls_print_options *o, lsi_shown *shown)
{
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    const bool summarise = lsi_layout_count(&layout) > o->threshold;
    *shown = (lsi_shown){.dtype = a->dtype, .ndim = a->ndim, .edge = o->edgeitems, .count = 1,
                         .places = (int)o->precision, .width = (int)o->linewidth, .suppress = o->suppress};
    for (int i = 0; i < a->ndim; i++) {
        shown->cut[i] = summarise && layout.shape[i] / 2 >= o->edgeitems && layout.shape[i] > 2 * o->edgeitems;
        shown->shape[i] = shown->cut[i] ? 2 * o->edgeitems : layout.shape[i];
    }
    if (lsi_layout_count(&layout) == 0) shown->count = 0;
    for (int i = 0; i < a->ndim && shown->count > 0; i++) {
        if (!lsi_mul_size(shown->count, shown->shape[i], &shown->count) || shown->count > MOST_SHOWN)
            return lsi_fail(LS_EOVERFLOW, "more than %d elements would be shown", MOST_SHOWN);
    }
    return LS_OK;
}

/* One block: for every cut axis one of its ends, of every other axis all. Bit k of `ends` chooses for the k-th cut
 * axis. */
static ls_array *block_view(const ls_array *a, const lsi_shown *shown, uint32_t ends, int64_t first[LS_MAX_NDIM],
                            lsi_layout *view)
{
    int k = 0;
    lsi_array_layout(a, view);
    for (int i = 0; i < shown->ndim; i++) {
        first[i] = 0;
        if (!shown->cut[i]) continue;
        if (ends >> k++ & 1) {
            first[i] = shown->edge;
            view->offset += (view->shape[i] - shown->edge) * view->strides[i];
        }
        view->shape[i] = shown->edge;
    }
    return lsi_array_view(a, view);
}

/* Copies a block in C order into its place among the shown elements. */
static void place_block(const lsi_shown *shown, const lsi_layout *block, const int64_t *first, const char *from,
                        char *to)
{
    const size_t size = lsi_dtype_size(shown->dtype);
    const int64_t count = lsi_layout_count(block);
    int64_t index[LS_MAX_NDIM] = {0};
    for (int64_t n = 0; n < count; n++) {
        int64_t at = 0;
        for (int i = 0; i < shown->ndim; i++) at = at * shown->shape[i] + first[i] + index[i];
        memcpy(to + (size_t)at * size, from + (size_t)n * size, size);
        for (int i = shown->ndim - 1; i >= 0 && ++index[i] == block->shape[i]; i--) index[i] = 0;
    }
}

static ls_status read_block(const ls_array *a, const lsi_shown *shown, uint32_t ends, char *stage, char *to)
{
    int64_t first[LS_MAX_NDIM];
    lsi_layout view;
    ls_array *block = block_view(a, shown, ends, first, &view);
    if (!block) return lsi_unreported_error();
    const ls_status status = lsi_array_download(block, stage);
    if (!status) place_block(shown, &view, first, stage, to);
    lsi_array_drop(block);
    return status;
}

static int cut_axes(const lsi_shown *shown)
{
    int n = 0;
    for (int i = 0; i < shown->ndim; i++) n += shown->cut[i];
    return n;
}

/* The shown elements of an evaluated array: all of it, or the 2^k corners of k cut axes. */
static ls_status read_shown(const ls_array *a, const lsi_shown *shown, char *elements)
{
    const int k = cut_axes(shown);
    if (k == 0) return lsi_array_download(a, elements);
    char *stage = lsi_alloc((size_t)(shown->count >> k) + 1, lsi_dtype_size(shown->dtype));
    if (!stage) return lsi_fail(LS_ENOMEM, "no memory for %" PRId64 " elements", shown->count >> k);
    ls_status status = LS_OK;
    for (uint32_t ends = 0; ends >> k == 0 && !status; ends++) status = read_block(a, shown, ends, stage, elements);
    lsi_dealloc(stage);
    return status;
}

static ls_status make_text(const ls_array *a, const ls_print_options *options, lsi_text *text)
{
    const ls_print_options o = read_options(options);
    lsi_shown shown;
    ls_status status = choose(a, &o, &shown);
    if (!status) status = lsi_evaluate(1, &a);
    if (status) return status;
    char *elements = lsi_alloc((size_t)shown.count + 1, lsi_dtype_size(a->dtype));
    if (!elements) return lsi_fail(LS_ENOMEM, "no memory for %" PRId64 " elements", shown.count);
    if (shown.count > 0) status = read_shown(a, &shown, elements);
    shown.elements = elements;
    if (!status && !lsi_format_array(&shown, text)) status = lsi_fail(LS_ENOMEM, "no memory for the text");
    lsi_dealloc(elements);
    return status;
}

static ls_status print_to(FILE *stream, const ls_array *a, const ls_print_options *options)
{
    lsi_text text = {.length = 0};
    ls_status status = make_text(a, options, &text);
    errno = 0;
    if (!status && (fwrite(text.characters, 1, text.length, stream) != text.length || fputc('\n', stream) == EOF))
        status = lsi_fail(LS_EIO, "writing failed: %s", errno ? strerror(errno) : "unknown cause");
    lsi_dealloc(text.characters);
    return status;
}

ls_status(ls_print)(const char *place, const ls_array *a, const ls_print_options *options)
{
    LSI_CALL("ls_print", place);
    if (!lsi_array_check(a, 1)) return lsi_report(lsi_unreported_error());
    return lsi_report(print_to(stdout, a, options));
}

ls_status(ls_fprint)(const char *place, FILE *stream, const ls_array *a, const ls_print_options *options)
{
    LSI_CALL("ls_fprint", place);
    if (!stream) return lsi_report(lsi_fail_null(1));
    if (!lsi_array_check(a, 2)) return lsi_report(lsi_unreported_error());
    return lsi_report(print_to(stream, a, options));
}

int64_t(ls_format)(const char *place, const ls_array *a, char *buffer, size_t size, const ls_print_options *options)
{
    LSI_CALL("ls_format", place);
    lsi_text text = {.length = 0};
    if (size > 0 && buffer) buffer[0] = '\0';
    if (!lsi_array_check(a, 1)) return -1;
    if (size > 0 && !buffer) {
        lsi_fail_null(2);
        return -1;
    }
    const ls_status status = make_text(a, options, &text);
    if (!status && size > 0) {
        const size_t copied = text.length < size - 1 ? text.length : size - 1;
        memcpy(buffer, text.characters, copied);
        buffer[copied] = '\0';
    }
    const int64_t length = status ? -1 : (int64_t)text.length;
    lsi_dealloc(text.characters);
    return length;
}
