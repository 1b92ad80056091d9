/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From a form to the source of its kernel, CUDA C++ that needs no header. The only names in it are v<number>,
 * x<number> and their like, and those of the kernels' own functions. */
#ifndef LSI_DEVICE_GENERATE_H
#define LSI_DEVICE_GENERATE_H

#include "device/form.h"
#include "device/functions_table.h"

/* The name of a form's kernel, from the form's hash. */
enum { LSI_GENERATED_NAME = 32 };
void lsi_generated_name(const lsi_form *form, char name[LSI_GENERATED_NAME]);

/* The source of one kernel of that name. False when the form asks for an operation that does not exist, or out of
 * memory (text->failed). */
bool lsi_generate(const lsi_form *form, lsi_text *out);

/* The same in pieces, for several kernels in one source: the first lines; then, per kernel, the functions it needs are
 * added to `functions` and its text to `out`; the functions go between. */
void lsi_generate_begin(lsi_text *out);
bool lsi_generate_kernel(const lsi_form *form, const char *name, lsi_functions *functions, lsi_text *out);

#endif
