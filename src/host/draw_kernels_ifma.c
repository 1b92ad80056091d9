/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The AVX-512 draws once more, for CPUs whose vectors multiply 52-bit integers: the products of Philox4x64 become
 * shorter, nothing else changes. Compiled with the other files of an ISA, and empty but for one of them. */
#include "host/draw_table.h"
#if defined(LSI_ISA_IS_avx512)
#undef LSI_ISA
#define LSI_ISA avx512ifma
#include "host/draw_kernels.c"
#endif
