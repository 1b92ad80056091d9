/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tier 0: a program run operation by operation by the kernels compiled ahead of time, over strips of positions whose
 * registers stay in the L2 cache. The device's counterpart of host/strip.h, with the same words: a position is a flat
 * C-order index into the iteration space with its axes in the order the caller asks for. */
#ifndef LSI_DEVICE_STRIPS_H
#define LSI_DEVICE_STRIPS_H

#include "device/device.h"

typedef struct lsi_strips lsi_strips;

/* `axis_order` lists the program's axes, outermost first; NULL: as they are. Borrows the program.
 * LS_ENOMEM is recorded for the program's call. */
ls_status lsi_strips_new(lsi_device *device, const lsi_program *program, const int *axis_order, lsi_strips **strips);
void lsi_strips_free(lsi_strips *strips);
int64_t lsi_strips_count(const lsi_strips *strips);         /* positions in all */
int64_t lsi_strips_best(const lsi_strips *strips);          /* positions a strip had best have: a multiple of 8192 */
size_t lsi_strips_scratch(const lsi_strips *strips, int64_t n); /* bytes of registers for strips of up to n positions */
/* Notes every buffer the program reads and writes, reductions' outputs included, in the work. */
void lsi_strips_accesses(const lsi_strips *strips, lsi_work *work);
/* Within an entered work: computes all values of the positions [start, start + n) and performs the stores. */
void lsi_strips_run(lsi_strips *strips, lsi_work *work, void *scratch, int64_t start, int64_t n);
/* Device address of a value's n elements in the strip just enqueued: dense, or in a source's memory where that is dense.
 * Valid for work enqueued before the next lsi_strips_run. */
const void *lsi_strips_value(const lsi_strips *strips, int value);

#endif
