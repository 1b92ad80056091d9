/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What draw_kernels.c exports for each ISA, and draw.c picks from. */
#ifndef LSI_HOST_DRAW_TABLE_H
#define LSI_HOST_DRAW_TABLE_H

#include "draw_record.h"
#include "host/isa.h"

typedef struct lsi_draw_kernels {
    void (*fill)(const lsi_draw *draw, int64_t start, int64_t n, void *out);
} lsi_draw_kernels;
LSI_ISA_TABLE(lsi_draw_kernels, lsi_draw_table);
#if defined(__x86_64__) && !LSI_ONE_ISA
extern const lsi_draw_kernels lsi_draw_table_avx512ifma; /* where the CPU has AVX-512 IFMA besides */
#endif

#endif
