/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The elements of an array as text, in NumPy's layout. Works on host memory; which elements are there is print.c's. */
#ifndef LSI_IO_FORMAT_ARRAY_H
#define LSI_IO_FORMAT_ARRAY_H

#include "lockstep/types.h"

/* Text that grows; `failed` once memory ran out, after which nothing is added. */
typedef struct lsi_text {
    char *characters;
    size_t length, room;
    bool failed;
} lsi_text;

/* What is shown: elements in C order of shape[], the sizes after summarising. An axis flagged `cut` shows `edge`
 * elements of each end with "..." between. */
typedef struct lsi_shown {
    ls_dtype dtype;
    int ndim;
    int64_t shape[LS_MAX_NDIM];
    bool cut[LS_MAX_NDIM];
    int64_t edge;
    int64_t count;
    const char *elements;
    int places, width; /* digits behind the point, columns */
    bool suppress;
} lsi_shown;

/* Appends the text; false when out of memory. */
bool lsi_format_array(const lsi_shown *shown, lsi_text *text);

#endif
