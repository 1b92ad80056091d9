/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Picks the kernels of the ISA in force for a draw. */
#include "host/draw.h"
#include "host/draw_table.h"

void lsi_draw_fill_isa(lsi_isa isa, const lsi_draw *draw, int64_t start, int64_t n, void *out)
{
    LSI_ISA_PICK_OF(lsi_draw_table, isa)->fill(draw, start, n, out);
}

void lsi_draw_fill(const lsi_draw *draw, int64_t start, int64_t n, void *out)
{
    lsi_draw_fill_isa(lsi_isa_current(), draw, start, n, out);
}

/* Nanoseconds at about 3 GHz, by kind and ISA. They decide only whether threads are worth their start. */
double lsi_draw_cost(const lsi_draw *draw)
{
    static const double word64_cost[2][LSI_ISA_COUNT] = {{2.5, 2.2, 1.7}, {6.0, 1.4, 0.8}};
    const double word = word64_cost[draw->engine == LSI_ENGINE_PHILOX4X32][lsi_isa_current()];
    switch (draw->kind) {
    case LSI_DRAW_NORMAL_F64: return word + 8;
    case LSI_DRAW_NORMAL_F32: return word / 2 + 4;
    case LSI_DRAW_EXPONENTIAL_F64: return word + 5;
    case LSI_DRAW_EXPONENTIAL_F32: return word / 2 + 3;
    default: return lsi_draw_is_32(draw->kind) ? word / 2 : word;
    }
}
