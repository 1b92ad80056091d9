/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The mathematical functions of complex64 and complex128: the rows of math.def whose set holds complex numbers.
 *
 * Decides the formulas, each once for both dtypes in the three templates, on top of the real functions; at zeros,
 * infinities and NaN the values are those of C's Annex G, which the array API prescribes, and where that leaves a sign
 * open a NaN counts as positive. Errors are relative to the larger part of the result. Leaves plain arithmetic to
 * element_complex.h.
 *
 * They are out of line: with a branch or two for angles of any size and for infinities they do not vectorise, and
 * there are many. The words of the templates: T the complex type, R the type of its parts, PAIR two of those as a
 * two-word number, P(f) the real function f, E(f) the complex one.
 */
#ifndef LOCKSTEP_KERNELS_MATH_COMPLEX_H
#define LOCKSTEP_KERNELS_MATH_COMPLEX_H

#include "element_complex.h"
#include "math_exp.h"
#include "math_log.h"
#include "math_trig.h"
#include "math_root.h"
#include "math_inverse_trig.h"
#include "math_hyperbolic.h"
#include "math_tanh.h"

#define LS_TAG c64
#define R float
#define PAIR ls_pair_f32
#define P(f) ls_##f##_f32
#define LS_EXP_LIMIT 210.0f
#define LS_RAISE_TINY 0x1p100f
#define LS_RAISE_TINY_LOG 100.0f
#define LS_STEP_LIMIT 200.0f
#define LS_TANH_FLAT 12.0f
#define LS_FAR 0x1p40f
#define LS_SQUARES_FIT 0x1p60f
#define LS_SQUARES_LOST 0x1p-45f
#define LS_INV_LN2_PAIR ls_pair_make_f32(LS_INV_LN2_f32, LS_INV_LN2_LO_f32)
#define LS_INV_LN10_PAIR ls_pair_make_f32(LS_INV_LN10_HI_f32, LS_INV_LN10_LO_f32)
#include "math_complex_exp_template.h"
#include "math_complex_log_template.h"
#include "math_complex_inverse_template.h"
#undef LS_TAG
#undef R
#undef PAIR
#undef P
#undef LS_EXP_LIMIT
#undef LS_RAISE_TINY
#undef LS_RAISE_TINY_LOG
#undef LS_STEP_LIMIT
#undef LS_TANH_FLAT
#undef LS_FAR
#undef LS_SQUARES_FIT
#undef LS_SQUARES_LOST
#undef LS_INV_LN2_PAIR
#undef LS_INV_LN10_PAIR

#define LS_TAG c128
#define R double
#define PAIR ls_pair_f64
#define P(f) ls_##f##_f64
#define LS_EXP_LIMIT 1500.0
#define LS_RAISE_TINY 0x1p600
#define LS_RAISE_TINY_LOG 600.0
#define LS_STEP_LIMIT 1500.0
#define LS_TANH_FLAT 24.0
#define LS_FAR 0x1p100
#define LS_SQUARES_FIT 0x1p500
#define LS_SQUARES_LOST 0x1p-400
#define LS_INV_LN2_PAIR ls_pair_make_f64(LS_INV_LN2_f64, LS_INV_LN2_LO_f64)
#define LS_INV_LN10_PAIR ls_pair_make_f64(LS_INV_LN10_HI_f64, LS_INV_LN10_LO_f64)
#include "math_complex_exp_template.h"
#include "math_complex_log_template.h"
#include "math_complex_inverse_template.h"
#undef LS_TAG
#undef R
#undef PAIR
#undef P
#undef LS_EXP_LIMIT
#undef LS_RAISE_TINY
#undef LS_RAISE_TINY_LOG
#undef LS_STEP_LIMIT
#undef LS_TANH_FLAT
#undef LS_FAR
#undef LS_SQUARES_FIT
#undef LS_SQUARES_LOST
#undef LS_INV_LN2_PAIR
#undef LS_INV_LN10_PAIR

#endif
