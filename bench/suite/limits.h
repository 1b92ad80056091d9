/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The kernels of limits.c, one table per instruction set (limits_kernels.c is compiled once for each). */
#ifndef LOCKSTEP_BENCH_LIMITS_H
#define LOCKSTEP_BENCH_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

/* One thread's part of a pass over memory: `count` times it reads BLOCK bytes of each of up to three arrays and writes
 * `written` bytes. All arrays begin at multiples of 64 bytes. */
enum { BLOCK = 512, MAX_READS = 3 };
typedef struct pass {
    const char *in[MAX_READS];
    char *out;
    int64_t count;
    int reads;   /* arrays read: 0 to 3 */
    int written; /* per block: 0, 64, 128, 256, 512 or 1024 */
} pass;

typedef struct limit_kernels {
    double (*cached)(const pass *p);    /* ordinary stores */
    double (*streaming)(const pass *p); /* stores that do not go through the caches; NULL: none */
    double (*fma_f64)(int64_t turns);   /* `turns` turns of fused multiply-adds */
    double (*fma_f32)(int64_t turns);
    double flops_f64, flops_f32;        /* floating-point operations of one turn */
} limit_kernels;

extern const limit_kernels limits_baseline, limits_avx2, limits_avx512;

#endif
