/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hyperbolic functions and their inverses: sinh, cosh, tanh, asinh, acosh, atanh.
 *
 * Decides the formulas (math_hyperbolic_template.h, once for f32 and f64). They are short because exp(x) - 1 and log(1
 * + x) come in two words from math_exp.h and math_log.h, where the coefficients are.
 */
#ifndef LOCKSTEP_KERNELS_MATH_HYPERBOLIC_H
#define LOCKSTEP_KERNELS_MATH_HYPERBOLIC_H

#include "element_real.h"
#include "math_common.h"
#include "math_exp.h"
#include "math_log.h"

#define LS_TAG f64
#define LS_TINY 0x1p-28
#define LS_HALVED 44.0
#define LS_TOP 710.6
#define LS_TANH_TOP 19.5
#define LS_HUGE 0x1p60
#include "math_hyperbolic_template.h"

#define LS_TAG f32
#define LS_TINY 0x1p-13f
#define LS_HALVED 24.0f
#define LS_TOP 89.6f
#define LS_TANH_TOP 9.5f
#define LS_HUGE 0x1p30f
#include "math_hyperbolic_template.h"

#endif
