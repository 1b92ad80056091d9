/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every mathematical function that math.def has a row for. Not called math.h: a build that looks for headers in this
 * directory would take it for the C library's. */
#ifndef LOCKSTEP_KERNELS_MATH_FUNCTIONS_H
#define LOCKSTEP_KERNELS_MATH_FUNCTIONS_H

#include "math_common.h"
#include "math_exp.h"
#include "math_log.h"
#include "math_pow.h"
#include "math_trig.h"
#include "math_root.h"
#include "math_inverse_trig.h"
#include "math_hyperbolic.h"
#include "math_tanh.h"
#include "math_erf.h"
#include "math_special.h"
#include "math_lgamma.h"
#include "math_lgamma_below.h"
#include "math_complex.h"

#endif
