/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What scan.c (which elements, on which thread) and scan_kernels.c (the arithmetic, per ISA) agree on. */
#ifndef LSI_HOST_SCAN_H
#define LSI_HOST_SCAN_H

#include "isa.h"
#include "program.h"

enum {
    LSI_SCAN_RUN = 1024,  /* values of a tile that are gathered or cast at once: they stay in the first-level cache */
    LSI_SCAN_LINE = 512   /* bytes of a short line */
};

/* "." is the fold: a sum or a product. */
typedef struct lsi_scan_kernel {
    int state; /* bytes of an accumulator */
    /* The outputs [start, start + n) of a tile, where start is a multiple of LSI_SCAN_RUN: carry (NULL: none), which is
     * one value, . the local prefix. `kept` holds what the runs before left there: LS_SCAN_LEVELS + 1 values. */
    void (*run)(void *out, const void *x, int n, int start, void *kept, const void *carry);
    /* `lines` scans of their own, of n values of at most LSI_SCAN_LINE bytes each, one after another. */
    void (*lines)(void *out, const void *x, int n, int64_t lines);
    /* out[i] = left[count-1][i] . (... . (left[0][i] . x[i])); keep[i] is what it is after the first `before` of them.
     */
    void (*row)(void *out, void *keep, const void *x, int n, const void *const *left, int before, int count);
    /* The last local prefix of n <= LS_SCAN_TILE values, a power of two. */
    void (*total)(void *total, const void *x, int n);
    /* out[i] = left[i] . right[i]; out may be right. */
    void (*fold)(void *out, const void *left, const void *right, int n);
} lsi_scan_kernel;

typedef struct lsi_scan_table {
    lsi_scan_kernel kernel[2][LS_COMPLEX128 + 1]; /* sums, products; by the accumulator's dtype */
} lsi_scan_table;

LSI_ISA_TABLE(lsi_scan_table, lsi_scan_kernels);

#endif
