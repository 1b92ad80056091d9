/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Random draws on the host. The value of element i is decided by kernels/draw.h; this gives many of them quickly, with
 * the same bits, whatever the range asked for. Leaves threads and strips to its callers. */
#ifndef LSI_HOST_DRAW_H
#define LSI_HOST_DRAW_H

#include "draw_record.h" /* kernels: lsi_draw, lsi_draw_itemsize */
#include "host/isa.h"

/* Writes elements [start, start + n) of the draw to `out`, lsi_draw_itemsize(draw->kind) bytes each, aligned to that
 * size. start >= 0; elements past the number the draw was made for are as well defined as the others. Any thread. */
void lsi_draw_fill(const lsi_draw *draw, int64_t start, int64_t n, void *out);

/* The same by one of the kernels that this CPU can run, for tests: `variant` is below lsi_draw_variants(). */
int lsi_draw_variants(void);
const char *lsi_draw_variant_name(int variant);
void lsi_draw_fill_variant(int variant, const lsi_draw *draw, int64_t start, int64_t n, void *out);

/* Rough cost of one element on one thread in nanoseconds, for serial cut-over. */
double lsi_draw_cost(const lsi_draw *draw);

#endif
