/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sine and cosine of one argument by one reduction: the bits of the two rows, for less than their sum. One ISA. */
#include "element.h"
#include "host/loop_shape.h"
#include "host/loops.h"

enum { PART = 128 }; /* elements */

#define LS_TAG f32
#define LSI_BITS uint32_t
#include "host/sincos_template.h"
#define LS_TAG f64
#define LSI_BITS uint64_t
#include "host/sincos_template.h"

extern const lsi_sincos_loops LSI_ISA_NAME(lsi_sincos_all);
const lsi_sincos_loops LSI_ISA_NAME(lsi_sincos_all) = {.of = {[LS_FLOAT32] = sincos_f32, [LS_FLOAT64] = sincos_f64}};
