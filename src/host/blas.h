/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fast products through a CBLAS that is there at run time. Decides which library is opened and which products go to it. */
#ifndef LSI_HOST_BLAS_H
#define LSI_HOST_BLAS_H

#include "program.h"

/* Computes a task of mode fast. LSI_DECLINED, with nothing written, for what a BLAS cannot do, or not sooner than our
 * own kernels: integers, halves, tiny products, strides it has no word for. */
ls_status lsi_blas_matmul(const lsi_matmul *task);

/* One line for `lockstep info`: which library was opened and how it threads, or why there is none. */
const char *lsi_blas_description(void);

#endif
