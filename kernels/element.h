/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every element function that a row of elementwise.def or math.def names, for every dtype of its set: the one header
 * that kernels include. Casts between dtypes are in cast.h.
 */
#ifndef LOCKSTEP_KERNELS_ELEMENT_H
#define LOCKSTEP_KERNELS_ELEMENT_H

#include "element_int.h"
#include "element_real.h"
#include "element_complex.h"
#include "math_functions.h"

#endif
