/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What scan.c (which elements, on which thread) and scan_kernels.c (the arithmetic, per ISA) agree on. */
#ifndef LSI_HOST_SCAN_H
#define LSI_HOST_SCAN_H

#include "isa.h"
#include "program.h"

enum {
    LSI_SCAN_RUN = 1024,  /* values a kernel sees at once: an aligned part of a tile, in the first-level cache */
    LSI_SCAN_PADDING = 64 /* bytes a prefix may be longer than its values */
};

/* "." is the fold: a sum or a product. */
typedef struct lsi_scan_kernel {
    int state; /* bytes of an accumulator */
    /* p = local prefix of n <= LSI_SCAN_RUN values. p does not overlap x and has room for LSI_SCAN_PADDING bytes more.
     * */
    void (*prefix)(void *p, const void *x, int n);
    /* out[i] = left[count-1] . (... . (left[0] . p[i])), count <= 4; each left is one value. out may be p. */
    void (*lead)(void *out, const void *p, int n, const void *const *left, int count);
    /* The last local prefix of a whole run. */
    void (*total)(void *total, const void *x);
    /* out[i] = left[i] . right[i]; out may be right. */
    void (*fold)(void *out, const void *left, const void *right, int n);
} lsi_scan_kernel;

typedef struct lsi_scan_table {
    lsi_scan_kernel kernel[2][LS_COMPLEX128 + 1]; /* sums, products; by the accumulator's dtype */
} lsi_scan_table;

LSI_ISA_TABLE(lsi_scan_table, lsi_scan_kernels);

#endif
