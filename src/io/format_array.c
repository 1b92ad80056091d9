/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Brackets, separators, line breaks and alignment as NumPy's array2string sets them: rows of the last axis are broken
 * between elements where the next one and a closing bracket would pass the width, lines end without spaces, and blocks
 * of k axes are k - 1 newlines apart. */
#include "format_array.h"

#include "core/dtype.h"
#include "format_float.h"
#include "memory/prim.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ELEMENT_TEXT = 2 * LSI_FLOAT_TEXT + 8 };

static void append(lsi_text *text, const char *characters, size_t length)
{
    if (text->failed) return;
    if (text->length + length > text->room) {
        const size_t room = 2 * (text->length + length) + 256;
        char *grown = lsi_realloc(text->characters, room, 1);
        if (!grown) {
            text->failed = true;
            return;
        }
        text->characters = grown;
        text->room = room;
    }
    memcpy(text->characters + text->length, characters, length);
    text->length += length;
}

static void append_times(lsi_text *text, char c, int64_t times)
{
    for (int64_t i = 0; i < times; i++) append(text, &c, 1);
}

/* --- one element --- */

typedef struct element_format {
    ls_dtype dtype;
    bool scalar;                  /* a 0-d array: written as NumPy writes its scalars */
    int width;                    /* integers */
    lsi_float_format real, imag;
} element_format;

static size_t integer_text(const lsi_scalar *s, char *out)
{
    return (size_t)(lsi_dtype_kind(s->dtype) == LSI_KIND_UINT ? snprintf(out, 24, "%" PRIu64, s->value.u)
                                                              : snprintf(out, 24, "%" PRId64, s->value.i));
}

static size_t put_integer(const element_format *f, const lsi_scalar *s, char *out)
{
    char digits[24];
    const size_t length = integer_text(s, digits);
    const size_t pad = f->scalar || length >= (size_t)f->width ? 0 : (size_t)f->width - length;
    memset(out, ' ', pad);
    memcpy(out + pad, digits, length);
    return pad + length;
}

static size_t put_bool(const element_format *f, bool value, char *out)
{
    const char *word = !value ? "False" : f->scalar ? "True" : " True";
    memcpy(out, word, strlen(word));
    return strlen(word);
}

/* "1+2j" parts; the j stands before the spaces that align the imaginary parts. */
static size_t put_complex(const element_format *f, ls_complex z, char *out)
{
    size_t n = lsi_float_format_put(&f->real, z.re, out);
    n += lsi_float_format_put(&f->imag, z.im, out + n);
    size_t end = n;
    while (out[end - 1] == ' ') end--;
    memmove(out + end + 1, out + end, n - end);
    out[end] = 'j';
    return n + 1;
}

static size_t put_complex_scalar(ls_dtype real, ls_complex z, char *out)
{
    size_t n = 0;
    const bool imaginary = z.re == 0 && !__builtin_signbit(z.re);
    if (!imaginary) out[n++] = '(';
    if (!imaginary) n += lsi_float_scalar(z.re, real, false, false, out + n);
    n += lsi_float_scalar(z.im, real, !imaginary, false, out + n);
    out[n++] = 'j';
    if (!imaginary) out[n++] = ')';
    return n;
}

static size_t put_element(const element_format *f, const char *bytes, char out[ELEMENT_TEXT])
{
    lsi_scalar s;
    lsi_scalar_load(f->dtype, bytes, &s);
    switch (lsi_dtype_kind(f->dtype)) {
    case LSI_KIND_BOOL: return put_bool(f, s.value.i != 0, out);
    case LSI_KIND_FLOAT:
        return f->scalar ? lsi_float_scalar(s.value.f, f->dtype, false, true, out)
                         : lsi_float_format_put(&f->real, s.value.f, out);
    case LSI_KIND_COMPLEX:
        return f->scalar ? put_complex_scalar(lsi_dtype_real(f->dtype), s.value.c, out)
                         : put_complex(f, s.value.c, out);
    default: return put_integer(f, &s, out);
    }
}

/* --- the format of all elements --- */

static void init_integer(element_format *f, const lsi_shown *shown)
{
    const size_t size = lsi_dtype_size(shown->dtype);
    char digits[24];
    for (int64_t i = 0; i < shown->count; i++) {
        lsi_scalar s;
        lsi_scalar_load(shown->dtype, shown->elements + (size_t)i * size, &s);
        const int length = (int)integer_text(&s, digits);
        if (length > f->width) f->width = length;
    }
}

static double real_part(const lsi_scalar *s, bool imaginary)
{
    if (lsi_dtype_kind(s->dtype) == LSI_KIND_FLOAT) return s->value.f;
    return imaginary ? s->value.c.im : s->value.c.re;
}

static bool init_float(lsi_float_format *f, const lsi_shown *shown, bool imaginary)
{
    const size_t size = lsi_dtype_size(shown->dtype);
    double *values = lsi_alloc((size_t)shown->count + 1, sizeof *values);
    if (!values) return false;
    for (int64_t i = 0; i < shown->count; i++) {
        lsi_scalar s;
        lsi_scalar_load(shown->dtype, shown->elements + (size_t)i * size, &s);
        values[i] = real_part(&s, imaginary);
    }
    lsi_float_format_init(f, values, shown->count, lsi_dtype_real(shown->dtype), shown->places, shown->suppress,
                          imaginary);
    lsi_dealloc(values);
    return true;
}

static bool init_format(element_format *f, const lsi_shown *shown)
{
    *f = (element_format){.dtype = shown->dtype, .scalar = shown->ndim == 0};
    if (f->scalar) return true;
    switch (lsi_dtype_kind(shown->dtype)) {
    case LSI_KIND_BOOL: return true;
    case LSI_KIND_FLOAT: return init_float(&f->real, shown, false);
    case LSI_KIND_COMPLEX: return init_float(&f->real, shown, false) && init_float(&f->imag, shown, true);
    default: init_integer(f, shown); return true;
    }
}

/* --- brackets and lines --- */

typedef struct layout {
    const lsi_shown *shown;
    const element_format *format;
    lsi_text *text;
    const char *next; /* the element to write next */
} layout;

static void end_line(lsi_text *text, int64_t indent)
{
    while (text->length > 0 && text->characters[text->length - 1] == ' ') text->length--;
    append_times(text, '\n', 1);
    append_times(text, ' ', indent);
}

/* A word of a row: on the next line when it would pass the limit and that helps. Returns the column after it. */
static int64_t put_word(lsi_text *text, const char *word, size_t length, int64_t column, int64_t indent, int64_t limit)
{
    if (column + (int64_t)length > limit && column > indent) {
        end_line(text, indent);
        column = indent;
    }
    append(text, word, length);
    return column + (int64_t)length;
}

static void put_row(layout *l, int axis)
{
    const int64_t indent = axis + 1, limit = l->shown->width - axis - 1, length = l->shown->shape[axis];
    const size_t size = lsi_dtype_size(l->shown->dtype);
    char word[ELEMENT_TEXT];
    int64_t column = indent;
    for (int64_t i = 0; i < length; i++) {
        if (i > 0) append(l->text, " ", 1), column++;
        if (l->shown->cut[axis] && i == l->shown->edge) {
            column = put_word(l->text, "...", 3, column, indent, limit);
            append(l->text, " ", 1), column++;
        }
        column = put_word(l->text, word, put_element(l->format, l->next, word), column, indent, limit);
        l->next += size;
    }
}

/* Depth is the number of axes, at most 32. */
static void put_axis(layout *l, int axis)
{
    const int left = l->shown->ndim - axis;
    append(l->text, "[", 1);
    if (left == 1) put_row(l, axis);
    for (int64_t i = 0; left > 1 && i < l->shown->shape[axis]; i++) {
        if (i > 0) append_times(l->text, '\n', left - 1), append_times(l->text, ' ', axis + 1);
        if (l->shown->cut[axis] && i == l->shown->edge) {
            append(l->text, "...", 3);
            append_times(l->text, '\n', left - 1);
            append_times(l->text, ' ', axis + 1);
        }
        put_axis(l, axis + 1);
    }
    append(l->text, "]", 1);
}

bool lsi_format_array(const lsi_shown *shown, lsi_text *text)
{
    element_format format;
    char word[ELEMENT_TEXT];
    if (shown->count == 0) {
        append(text, "[]", 2);
        return !text->failed;
    }
    if (!init_format(&format, shown)) return false;
    layout l = {shown, &format, text, shown->elements};
    if (shown->ndim == 0) append(text, word, put_element(&format, shown->elements, word));
    else put_axis(&l, 0);
    return !text->failed;
}
