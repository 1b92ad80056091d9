/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The slice text: "2:10, ::-1", "..., 0", "None, 3". Decides the grammar and the clamping, both NumPy's:
 *
 *   text   = item { "," item } [ "," ]
 *   item   = "..." | "None" | "newaxis" | "np.newaxis" | number | [bound] ":" [bound] [ ":" [bound] ]
 *   bound  = number | "None"              number = [ "+" | "-" ] digits, up to 2^63 - 1 in magnitude
 *
 * Blanks may stand between any two words. The work is one pass over the text: no recursion, no allocation, no locale.
 * Errors show the text and the position, counted from 0. */
#include "shape.h"
#include "error.h"

#include <inttypes.h>
#include <string.h>

typedef enum item_kind { ITEM_INTEGER, ITEM_RANGE, ITEM_NEW_AXIS, ITEM_ELLIPSIS } item_kind;

typedef struct bound {
    bool given;
    int64_t value;
} bound;

typedef struct item {
    item_kind kind;
    bound start, stop, step; /* an integer is in start */
    size_t position;         /* of the item in the text */
} item;

typedef struct parser {
    const char *text;
    size_t at;
} parser;

enum { MAX_ITEMS = 2 * LS_MAX_NDIM + 1, SHOWN = 160 };

/* -- the text to items -------------------------------------------------------------------------------------------- */

static ls_status fail_at(const parser *p, size_t position, const char *why)
{
    const bool cut = strlen(p->text) > SHOWN;
    return lsi_fail(LS_ESYNTAX, "%s at position %zu of \"%.*s%s\"", why, position, (int)SHOWN, p->text, cut ? "..." : "");
}

static void skip_blanks(parser *p)
{
    while (p->text[p->at] == ' ' || p->text[p->at] == '\t' || p->text[p->at] == '\n' || p->text[p->at] == '\r') p->at++;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Takes `word` if it stands here and does not go on. */
static bool take_word(parser *p, const char *word)
{
    const size_t length = strlen(word);
    if (strncmp(p->text + p->at, word, length) != 0 || is_word(p->text[p->at + length])) return false;
    p->at += length;
    return true;
}

static bool take_char(parser *p, char c)
{
    skip_blanks(p);
    if (p->text[p->at] != c) return false;
    p->at++;
    return true;
}

static ls_status parse_number(parser *p, int64_t *out)
{
    const size_t start = p->at;
    const bool negative = p->text[p->at] == '-';
    if (negative || p->text[p->at] == '+') p->at++;
    skip_blanks(p);
    if (!is_digit(p->text[p->at])) return fail_at(p, p->at, "a number was expected");
    int64_t value = 0;
    for (; is_digit(p->text[p->at]); p->at++)
        if (!lsi_mul_size(value, 10, &value) || !lsi_add_size(value, p->text[p->at] - '0', &value))
            return fail_at(p, start, "a number above 2^63 - 1");
    if (is_word(p->text[p->at]) || p->text[p->at] == '.') return fail_at(p, start, "a number that is no integer");
    *out = negative ? -value : value;
    return LS_OK;
}

/* A number or "None"; neither when a ':' or the item's end follows. */
static ls_status parse_bound(parser *p, bound *out)
{
    *out = (bound){false, 0};
    skip_blanks(p);
    const char c = p->text[p->at];
    if (c == ':' || c == ',' || c == '\0' || take_word(p, "None")) return LS_OK;
    out->given = true;
    return parse_number(p, &out->value);
}

/* What follows the first ':' of a range. */
static ls_status parse_range(parser *p, item *out)
{
    out->kind = ITEM_RANGE;
    ls_status status = parse_bound(p, &out->stop);
    if (status != LS_OK || !take_char(p, ':')) return status;
    const size_t position = p->at;
    status = parse_bound(p, &out->step);
    if (status != LS_OK) return status;
    return out->step.given && out->step.value == 0 ? fail_at(p, position, "a step of 0") : LS_OK;
}

static ls_status parse_item(parser *p, item *out)
{
    skip_blanks(p);
    *out = (item){.kind = ITEM_INTEGER, .position = p->at};
    if (strncmp(p->text + p->at, "...", 3) == 0) {
        p->at += 3;
        out->kind = ITEM_ELLIPSIS;
        return LS_OK;
    }
    if (take_word(p, "newaxis") || take_word(p, "np.newaxis")) {
        out->kind = ITEM_NEW_AXIS;
        return LS_OK;
    }
    const bool none = take_word(p, "None");
    const char c = p->text[p->at];
    if (!none && (c == ',' || c == '\0')) return fail_at(p, p->at, "an index was expected");
    const ls_status status = none ? LS_OK : parse_bound(p, &out->start);
    if (status != LS_OK) return status;
    if (take_char(p, ':')) return parse_range(p, out);
    if (none) out->kind = ITEM_NEW_AXIS;
    return LS_OK;
}

static ls_status parse_items(parser *p, item *items, int *count)
{
    *count = 0;
    do {
        if (*count == MAX_ITEMS) return fail_at(p, p->at, "too many indices");
        const ls_status status = parse_item(p, &items[*count]);
        if (status != LS_OK) return status;
        ++*count;
        skip_blanks(p);
        if (p->text[p->at] != ',' && p->text[p->at] != '\0') return fail_at(p, p->at, "a comma was expected");
        if (!take_char(p, ',')) return LS_OK;
        skip_blanks(p);
    } while (p->text[p->at] != '\0');
    return LS_OK;
}

/* -- items to a layout -------------------------------------------------------------------------------------------- */

static ls_status append_axis(lsi_layout *layout, int64_t size, int64_t stride)
{
    if (layout->ndim == LS_MAX_NDIM) return lsi_fail(LS_ESHAPE, "the view would have more than %d axes", LS_MAX_NDIM);
    layout->shape[layout->ndim] = size;
    layout->strides[layout->ndim++] = stride;
    return LS_OK;
}

/* A bound as a position in [low, high]: negative ones count from the end, the rest is clamped. */
static int64_t clamp_bound(bound b, int64_t size, int64_t low, int64_t high, int64_t when_absent)
{
    if (!b.given) return when_absent;
    const int64_t value = b.value < 0 ? b.value + size : b.value;
    return value < low ? low : value > high ? high : value;
}

static ls_status apply_range(const item *range, int64_t size, int64_t stride, lsi_layout *out)
{
    const int64_t step = range->step.given ? range->step.value : 1;
    const int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
    const int64_t start = clamp_bound(range->start, size, low, high, step > 0 ? low : high);
    const int64_t stop = clamp_bound(range->stop, size, low, high, step > 0 ? high : low);
    const int64_t distance = step > 0 ? stop - start : start - stop;
    const int64_t count = distance > 0 ? (distance - 1) / (step > 0 ? step : -step) + 1 : 0;
    int64_t stepped = stride;
    if (count > 0) out->offset += start * stride;
    if (!lsi_mul_size(stride, step, &stepped)) stepped = stride; /* only where there is one element at most */
    return append_axis(out, count, stepped);
}

static ls_status apply_integer(const item *index, int axis, int64_t size, int64_t stride, lsi_layout *out)
{
    const int64_t given = index->start.value;
    const int64_t value = given < 0 ? given + size : given;
    if (value < 0 || value >= size)
        return lsi_fail(LS_EINDEX, "index %" PRId64 " is out of range for axis %d of size %" PRId64, given, axis, size);
    out->offset += value * stride;
    return LS_OK;
}

/* Axes that the items name, and where the one ellipsis is (count if there is none: it stands at the end then). */
static ls_status count_axes(const parser *p, const item *items, int count, int ndim, int *named, int *ellipsis)
{
    *named = 0;
    *ellipsis = count;
    for (int k = 0; k < count; k++) {
        if (items[k].kind == ITEM_ELLIPSIS && *ellipsis != count) return fail_at(p, items[k].position, "a second \"...\"");
        if (items[k].kind == ITEM_ELLIPSIS) *ellipsis = k;
        *named += items[k].kind == ITEM_INTEGER || items[k].kind == ITEM_RANGE;
    }
    if (*named <= ndim) return LS_OK;
    return lsi_fail(LS_EINDEX, "%d indices for %d %s in \"%.*s\"", *named, ndim, ndim == 1 ? "axis" : "axes", (int)SHOWN,
                    p->text);
}

static ls_status apply_whole(const lsi_layout *in, int *axis, int axes, lsi_layout *out)
{
    ls_status status = LS_OK;
    for (; axes > 0 && status == LS_OK; axes--, ++*axis) status = append_axis(out, in->shape[*axis], in->strides[*axis]);
    return status;
}

static ls_status apply_item(const item *it, const lsi_layout *in, int *axis, int skipped, lsi_layout *out)
{
    const int a = *axis;
    switch (it->kind) {
    case ITEM_ELLIPSIS: return apply_whole(in, axis, skipped, out);
    case ITEM_NEW_AXIS: return append_axis(out, 1, 0);
    case ITEM_RANGE: ++*axis; return apply_range(it, in->shape[a], in->strides[a], out);
    case ITEM_INTEGER: ++*axis; return apply_integer(it, a, in->shape[a], in->strides[a], out);
    }
    return lsi_fail(LS_EINTERNAL, "an unknown kind of index");
}

ls_status lsi_layout_slice(const lsi_layout *in, const char *text, lsi_layout *out)
{
    parser p = {text, 0};
    item items[MAX_ITEMS + 1];
    int count, named, ellipsis, axis = 0;
    if (!text) return lsi_fail(LS_EARGUMENT, "the slice text is NULL");
    ls_status status = parse_items(&p, items, &count);
    if (status == LS_OK) status = count_axes(&p, items, count, in->ndim, &named, &ellipsis);
    if (status != LS_OK) return status;
    if (ellipsis == count) items[count++] = (item){.kind = ITEM_ELLIPSIS};
    lsi_layout result = {.ndim = 0, .offset = in->offset};
    for (int k = 0; k < count && status == LS_OK; k++)
        status = apply_item(&items[k], in, &axis, in->ndim - named, &result);
    if (status == LS_OK) *out = result;
    return status;
}
