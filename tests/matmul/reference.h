/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Matrix products from the definition (kernels/matmul_order.h), one output at a time, by the C library's fma: what the
 * kernels are compared with. Shares no code with them. */
#ifndef LOCKSTEP_TESTS_MATMUL_REFERENCE_H
#define LOCKSTEP_TESTS_MATMUL_REFERENCE_H

#include "program.h"

/* Computes the whole task into `out`, C-contiguous [batch..., m, n] of the task's dtype. */
void reference_matmul(const lsi_matmul *task, void *out);

/* Whether two elements of the dtype are the same bits; two NaNs are the same. */
bool reference_same(ls_dtype dtype, const void *a, const void *b);

/* Bytes of an element. */
size_t reference_size(ls_dtype dtype);

/* A number that is hard on sums: any scale, zeros of both signs, and where `special`, infinities, NaN, subnormals. */
void reference_fill(ls_dtype dtype, void *elements, int64_t count, uint64_t seed, bool special);

#endif
