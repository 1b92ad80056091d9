/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading the vectors of tests/vectors/make_api_vectors.py and comparing arrays with them bit for bit. */
#ifndef LOCKSTEP_TESTS_API_VECTORS_H
#define LOCKSTEP_TESTS_API_VECTORS_H

#include "lockstep.h"
#include "support/check.h"

#include <stdlib.h>

enum { VECTOR_COLUMNS = 5, VECTOR_LINE = 1 << 16, VECTOR_SIZES = 32 };

typedef struct vector_line {
    char text[VECTOR_LINE];
    int count;
    char *columns[VECTOR_COLUMNS];
} vector_line;

/* Splits a line at " | " into `count` columns counted from the end: the first may contain bars. */
static bool vector_split(vector_line *line, int count)
{
    line->text[strcspn(line->text, "\n")] = 0;
    line->count = count;
    for (int i = count - 1; i > 0; i--) {
        char *bar = NULL;
        for (char *p = strstr(line->text, " | "); p; p = strstr(p + 1, " | ")) {
            bar = p;
        }
        if (!bar) {
            return false;
        }
        *bar = 0;
        line->columns[i] = bar + 3;
    }
    line->columns[0] = line->text;
    return true;
}

/* Integers separated by commas; "-" for none. How many. */
static int vector_ints(const char *text, int64_t *out)
{
    int n = 0;
    while (*text) {
        char *end;
        if (*text == '-' && (text[1] < '0' || text[1] > '9')) {
            return n;
        }
        out[n++] = strtoll(text, &end, 10);
        text = *end == ',' ? end + 1 : "";
    }
    return n;
}

static bool vector_same_element(ls_dtype dtype, const void *data, int64_t i, const char *text)
{
    switch (dtype) {
    case LS_FLOAT64:
        return ((const uint64_t *)data)[i] == strtoull(text, NULL, 16);
    case LS_FLOAT32:
        return ((const uint32_t *)data)[i] == strtoul(text, NULL, 16);
    case LS_UINT8:
        return ((const uint8_t *)data)[i] == strtoull(text, NULL, 10);
    case LS_BOOL:
        return ((const uint8_t *)data)[i] == strtoull(text, NULL, 10);
    case LS_INT64:
        return ((const int64_t *)data)[i] == strtoll(text, NULL, 10);
    default:
        return false;
    }
}

/* The last three columns are the dtype, shape and elements of a. */
static bool vector_matches(const vector_line *line, const ls_array *a)
{
    static uint64_t data[VECTOR_LINE];
    char *const *columns = line->columns + line->count - 3;
    int64_t sizes[VECTOR_SIZES], n = ls_size(a);
    int ndim = vector_ints(columns[1], sizes);
    ls_dtype dtype = ls_dtype_of(a);
    if (n > VECTOR_LINE || ls_ndim(a) != ndim || strcmp(ls_dtype_name(dtype), columns[0]) != 0) {
        return false;
    }
    for (int k = 0; k < ndim; k++) {
        if (ls_dim(a, k) != sizes[k]) {
            return false;
        }
    }
    if (ls_to_host_as(a, (void *)data, n, dtype)) {
        return false;
    }
    const char *text = columns[2];
    for (int64_t i = 0; i < n; i++) {
        if (!vector_same_element(dtype, data, i, text)) {
            return false;
        }
        text += strcspn(text, " ");
        text += *text == ' ';
    }
    return true;
}

/* Says what the array is instead. */
static void vector_complain(const vector_line *line, const ls_array *a)
{
    char text[600] = "";
    if (a) {
        ls_format(a, text, sizeof text);
    }
    printf("  %s: %s %s\n", line->columns[0], a ? ls_dtype_name(ls_dtype_of(a)) : "NULL", a ? text : ls_error_message());
}

#endif
