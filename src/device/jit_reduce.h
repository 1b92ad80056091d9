/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Launching the kernel of a program that ends in a reduction: the leaves by the generated kernel, the tree above them
 * by those compiled ahead of time. */
#ifndef LSI_DEVICE_JIT_REDUCE_H
#define LSI_DEVICE_JIT_REDUCE_H

#include "device/device.h"
#include "device/form.h"

/* Whether a kernel of its own is the better way: values are computed, rows are long, and neighbours in memory are
 * neighbours in a row. */
bool lsi_jit_reduction_suits(const lsi_program *program, const lsi_form *form);
/* The same for rows whose steps need their own results: neighbours in memory, and the shared memory that is held. */
bool lsi_jit_rows_suit(const lsi_device *device, const lsi_form *form, const lsi_form_launch *launch);
/* Between lsi_work_begin and lsi_work_end. */
void lsi_jit_reduction_run(lsi_work *work, const lsi_program *program, lsi_function function, lsi_form_launch *launch);

#endif
