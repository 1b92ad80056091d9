/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The order in which an exact matrix product adds: the definition that the host's and the device's kernels keep.
 *
 * out[i, j] is made from x[i, p] and y[p, j], p = 0 ... k-1, of one dtype. Its sums are of the accumulator's type:
 * float32 for float16 and bfloat16 (converted first, which is exact; rounded once at the end), else the dtype itself.
 *
 *   1. Chains. p is cut at every multiple of 2048. Each piece starts from +0 and takes one step per p, ascending:
 *        real      s  = fma(x, y, s)
 *        complex   re = fma(x.re, y.re, re), then re = fma(-x.im, y.im, re)
 *                  im = fma(x.re, y.im, im), then im = fma(x.im, y.re, im)
 *        integer   s  = s + x * y, wrapping
 *   2. Tree. The pieces' sums are added in pairs: piece 2i of a level with piece 2i+1, the left one first; a piece
 *      without a right neighbour goes up unchanged. Pairs follow the absolute number of the piece, so that any aligned
 *      run of pieces can be summed anywhere.
 *   k = 0 gives +0.
 *
 * This holds for every rank (a matrix by a vector, a vector by a vector, batches), every stride and every number of
 * threads. */
#ifndef LOCKSTEP_KERNELS_MATMUL_ORDER_H
#define LOCKSTEP_KERNELS_MATMUL_ORDER_H

#include "portable.h"

#define LS_MATMUL_BLOCK 2048

/* One step of a chain. */
LS_FN float ls_matmul_step_f32(float x, float y, float s) { return ls_fma_f32(x, y, s); }
LS_FN double ls_matmul_step_f64(double x, double y, double s) { return ls_fma_f64(x, y, s); }
LS_FN ls_cfloat ls_matmul_step_c64(ls_cfloat x, ls_cfloat y, ls_cfloat s)
{
    s.re = ls_fma_f32(x.re, y.re, s.re);
    s.re = ls_fma_f32(-x.im, y.im, s.re);
    s.im = ls_fma_f32(x.re, y.im, s.im);
    s.im = ls_fma_f32(x.im, y.re, s.im);
    return s;
}
LS_FN ls_cdouble ls_matmul_step_c128(ls_cdouble x, ls_cdouble y, ls_cdouble s)
{
    s.re = ls_fma_f64(x.re, y.re, s.re);
    s.re = ls_fma_f64(-x.im, y.im, s.re);
    s.im = ls_fma_f64(x.re, y.im, s.im);
    s.im = ls_fma_f64(x.im, y.re, s.im);
    return s;
}

#endif
