/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The device functions that generated kernels call, as text: one entry per top-level declaration of functions.h, in
 * their order, so that what an entry needs comes before it. The table is made by the build; functions.c chooses. */
#ifndef LSI_DEVICE_FUNCTIONS_TABLE_H
#define LSI_DEVICE_FUNCTIONS_TABLE_H

#include "device/text.h"

typedef struct lsi_function_text {
    const char *text;
    const short *needs; /* entries, ended by -1 */
} lsi_function_text;

typedef struct lsi_function_name {
    const char *name;
    int text;
} lsi_function_name;

extern const lsi_function_text lsi_function_texts[];
extern const int lsi_function_text_count;
extern const lsi_function_name lsi_function_names[]; /* sorted; a name of several texts has several entries */
extern const int lsi_function_name_count;

/* A choice of functions; begins empty, all zero. */
enum { LSI_FUNCTION_TEXTS = 8192 };
typedef struct lsi_functions {
    uint64_t chosen[LSI_FUNCTION_TEXTS / 64];
} lsi_functions;

/* Chooses what has that name and all it needs. False when there is none. */
bool lsi_functions_need(lsi_functions *functions, const char *name);
void lsi_functions_write(const lsi_functions *functions, lsi_text *out);

#endif
