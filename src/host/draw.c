/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Picks the kernels of the ISA in force for a draw. */
#include "host/draw.h"
#include "host/draw_table.h"
#include <stdbool.h>

/* An ISA's number names its kernels; one more stands for AVX-512 with the 52-bit multiplier. */
enum { VARIANT_IFMA = LSI_ISA_COUNT };

static bool has_ifma(void)
{
#if defined(__x86_64__) && !LSI_ONE_ISA
    return lsi_isa_best() == LSI_ISA_AVX512 && __builtin_cpu_supports("avx512ifma");
#else
    return false;
#endif
}

static const lsi_draw_kernels *kernels_of(int variant)
{
#if defined(__x86_64__) && !LSI_ONE_ISA
    if (variant == VARIANT_IFMA) return &lsi_draw_table_avx512ifma;
#endif
    return LSI_ISA_PICK_OF(lsi_draw_table, (lsi_isa)variant);
}

int lsi_draw_variants(void)
{
    return has_ifma() ? VARIANT_IFMA + 1 : (int)lsi_isa_best() + 1;
}

const char *lsi_draw_variant_name(int variant)
{
    return variant == VARIANT_IFMA ? "avx512ifma" : lsi_isa_name((lsi_isa)variant);
}

void lsi_draw_fill_variant(int variant, const lsi_draw *draw, int64_t start, int64_t n, void *out)
{
    kernels_of(variant)->fill(draw, start, n, out);
}

void lsi_draw_fill(const lsi_draw *draw, int64_t start, int64_t n, void *out)
{
    const lsi_isa isa = lsi_isa_current();
    kernels_of(isa == LSI_ISA_AVX512 && has_ifma() ? VARIANT_IFMA : (int)isa)->fill(draw, start, n, out);
}

/* Nanoseconds at about 3 GHz, by kind and ISA. They decide only whether threads are worth their start. */
double lsi_draw_cost(const lsi_draw *draw)
{
    static const double word64_cost[2][LSI_ISA_COUNT] = {{2.5, 2.2, 1.5}, {6.0, 1.4, 0.8}};
    const double word = word64_cost[draw->engine == LSI_ENGINE_PHILOX4X32][lsi_isa_current()];
    switch (draw->kind) {
    case LSI_DRAW_NORMAL_F64: return word + 1.5;
    case LSI_DRAW_NORMAL_F32: return word / 2 + 0.7;
    case LSI_DRAW_EXPONENTIAL_F64: return word + 1.2;
    case LSI_DRAW_EXPONENTIAL_F32: return word / 2 + 0.5;
    default: return lsi_draw_is_32(draw->kind) ? word / 2 : word;
    }
}
