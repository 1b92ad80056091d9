/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Element functions of the complex dtypes: what E(f) in elementwise.def means for c64 and c128.
 *
 * Leaves the functions of math.def to math_complex.h.
 */
#ifndef LOCKSTEP_KERNELS_ELEMENT_COMPLEX_H
#define LOCKSTEP_KERNELS_ELEMENT_COMPLEX_H

#include "element_real.h"
#include "math_root.h"

#define LS_TAG c64
#define LS_PART float
#define LS_RAISE 0x1p60f
#define P(f) ls_##f##_f32
#include "element_complex_template.h"

#define LS_TAG c128
#define LS_PART double
#define LS_RAISE 0x1p500
#define P(f) ls_##f##_f64
#include "element_complex_template.h"

#endif
