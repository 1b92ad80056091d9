/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lockstep: NumPy-style arrays for C. GPU-first, CPU everywhere, the same bits on both.
 *
 *     #include <lockstep.h>
 *     #include <stdio.h>
 *
 *     int main(void)
 *     {
 *         ls_rng *rng = ls_rng_new(42);
 *         ls_array *x = ls_random(rng, LS_SHAPE(10000, 10000));  // float64, on the GPU when there is one
 *         ls_array *y = ls_add(ls_sin(x), ls_cos(x));            // nothing has run yet
 *         double total;
 *         if (ls_item(ls_sum(y), &total))                        // one pass, no array of 800 MB
 *             return ls_perror("sum");                           // the first error of the chain
 *         printf("%.17g\n", total);                              // the same digits on every machine
 *     }
 *
 * Read on in: types.h (how calls are written), scope.h (who frees what), error.h, create.h, view.h, elementwise.h,
 * reduce.h, matmul.h, sort.h, random.h, evaluate.h (where chains end), io.h, device.h. */
#ifndef LOCKSTEP_H
#define LOCKSTEP_H

#include "lockstep/types.h"

#include "lockstep/create.h"
#include "lockstep/debug.h"
#include "lockstep/device.h"
#include "lockstep/elementwise.h"
#include "lockstep/error.h"
#include "lockstep/evaluate.h"
#include "lockstep/io.h"
#include "lockstep/matmul.h"
#include "lockstep/profile.h"
#include "lockstep/random.h"
#include "lockstep/reduce.h"
#include "lockstep/scope.h"
#include "lockstep/sort.h"
#include "lockstep/stream.h"
#include "lockstep/view.h"

#endif
