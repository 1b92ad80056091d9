/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ls_cast_<from>_<to>(x) for every pair of dtypes.
 *
 * Decides what C leaves open or to the hardware: a float outside an integer dtype saturates, its fraction is dropped,
 * NaN becomes 0; integers wrap; anything but zero is true, NaN included; a complex number loses its imaginary part,
 * except that it is true where either part is; every narrowing to a float rounds once, to nearest, ties to even.
 * Leaves float16 and bfloat16 from and to float32 and float64 to half.h.
 */
#ifndef LOCKSTEP_KERNELS_CAST_H
#define LOCKSTEP_KERNELS_CAST_H

#include "portable.h"
#include "sets.h"
#include "half.h"

#define C(to) LS_PASTE4(ls_cast_, LS_TAG, _, to)

/* from bool and the integers */
#define LS_TAG b
#include "cast_int_template.h"
#define LS_TAG i8
#include "cast_int_template.h"
#define LS_TAG i16
#include "cast_int_template.h"
#define LS_TAG u8
#include "cast_int_template.h"
#define LS_TAG u16
#include "cast_int_template.h"
#define LS_TAG i32
#define LS_WIDE 32
#define LS_BELOW(x, limit) ((x) < (limit))
#include "cast_int_template.h"
#define LS_TAG u32
#define LS_WIDE 32
#define LS_BELOW(x, limit) 0
#include "cast_int_template.h"
#define LS_TAG i64
#define LS_WIDE 64
#define LS_BELOW(x, limit) ((x) < (limit))
#include "cast_int_template.h"
#define LS_TAG u64
#define LS_WIDE 64
#define LS_BELOW(x, limit) 0
#include "cast_int_template.h"

/* from floats; 16-bit ones by way of float32, which holds every one of them */
#define LS_TAG f32
#include "cast_float_template.h"
#define LS_TAG f64
#include "cast_float_template.h"
#define LS_TAG f16
#include "cast_half_template.h"
#define LS_TAG bf16
#include "cast_half_template.h"

LS_FN float ls_cast_f32_f32(float x) { return x; }
LS_FN double ls_cast_f32_f64(float x) { return (double)x; }
LS_FN float ls_cast_f64_f32(double x) { return (float)x; }
LS_FN double ls_cast_f64_f64(double x) { return x; }
LS_FN ls_t_f16 ls_cast_f16_f16(ls_t_f16 x) { return x; }
LS_FN ls_t_bf16 ls_cast_bf16_bf16(ls_t_bf16 x) { return x; }
LS_FN ls_t_bf16 ls_cast_f16_bf16(ls_t_f16 x) { return ls_cast_f32_bf16(ls_cast_f16_f32(x)); }
LS_FN ls_t_f16 ls_cast_bf16_f16(ls_t_bf16 x) { return ls_cast_f32_f16(ls_cast_bf16_f32(x)); }

/* from complex numbers */
#define LS_TAG c64
#define LS_PART f32
#include "cast_complex_template.h"
#define LS_TAG c128
#define LS_PART f64
#include "cast_complex_template.h"

#undef C

#endif
