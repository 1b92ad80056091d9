/* SPDX-License-Identifier: BSD-3-Clause
 *
 * min, max and their arguments for every ordered dtype: the instances of reduce_extreme_template.h. bool uses uint8's.
 * */

#define K(f) min_i8_##f
#define LS_TAG i8
#define LS_WIDE int8_t
#define BETTER(x, y) ((x) < (y))
#define CHOOSE minimum
#define BEFORE argmin_before
#include "reduce_extreme_template.h"

#define K(f) max_i8_##f
#define LS_TAG i8
#define LS_WIDE int8_t
#define BETTER(x, y) ((x) > (y))
#define CHOOSE maximum
#define BEFORE argmax_before
#include "reduce_extreme_template.h"

#define K(f) min_i16_##f
#define LS_TAG i16
#define LS_WIDE int16_t
#define BETTER(x, y) ((x) < (y))
#define CHOOSE minimum
#define BEFORE argmin_before
#include "reduce_extreme_template.h"

#define K(f) max_i16_##f
#define LS_TAG i16
#define LS_WIDE int16_t
#define BETTER(x, y) ((x) > (y))
#define CHOOSE maximum
#define BEFORE argmax_before
#include "reduce_extreme_template.h"

#define K(f) min_i32_##f
#define LS_TAG i32
#define LS_WIDE int32_t
#define LS_WIDTH IN_VECTOR_4
#define BETTER(x, y) ((x) < (y))
#define CHOOSE minimum
#define BEFORE argmin_before
#include "reduce_extreme_template.h"

#define K(f) max_i32_##f
#define LS_TAG i32
#define LS_WIDE int32_t
#define LS_WIDTH IN_VECTOR_4
#define BETTER(x, y) ((x) > (y))
#define CHOOSE maximum
#define BEFORE argmax_before
#include "reduce_extreme_template.h"

#define K(f) min_i64_##f
#define LS_TAG i64
#define LS_WIDE int64_t
#define LS_WIDTH IN_VECTOR_8
#define BETTER(x, y) ((x) < (y))
#define CHOOSE minimum
#define BEFORE argmin_before
#include "reduce_extreme_template.h"

#define K(f) max_i64_##f
#define LS_TAG i64
#define LS_WIDE int64_t
#define LS_WIDTH IN_VECTOR_8
#define BETTER(x, y) ((x) > (y))
#define CHOOSE maximum
#define BEFORE argmax_before
#include "reduce_extreme_template.h"

#define K(f) min_u8_##f
#define LS_TAG u8
#define LS_WIDE int8_t
#define BETTER(x, y) ((x) < (y))
#define CHOOSE minimum
#define BEFORE argmin_before
#include "reduce_extreme_template.h"

#define K(f) max_u8_##f
#define LS_TAG u8
#define LS_WIDE int8_t
#define BETTER(x, y) ((x) > (y))
#define CHOOSE maximum
#define BEFORE argmax_before
#include "reduce_extreme_template.h"

#define K(f) min_u16_##f
#define LS_TAG u16
#define LS_WIDE int16_t
#define BETTER(x, y) ((x) < (y))
#define CHOOSE minimum
#define BEFORE argmin_before
#include "reduce_extreme_template.h"

#define K(f) max_u16_##f
#define LS_TAG u16
#define LS_WIDE int16_t
#define BETTER(x, y) ((x) > (y))
#define CHOOSE maximum
#define BEFORE argmax_before
#include "reduce_extreme_template.h"

#define K(f) min_u32_##f
#define LS_TAG u32
#define LS_WIDE int32_t
#define LS_WIDTH IN_VECTOR_4
#define BETTER(x, y) ((x) < (y))
#define CHOOSE minimum
#define BEFORE argmin_before
#include "reduce_extreme_template.h"

#define K(f) max_u32_##f
#define LS_TAG u32
#define LS_WIDE int32_t
#define LS_WIDTH IN_VECTOR_4
#define BETTER(x, y) ((x) > (y))
#define CHOOSE maximum
#define BEFORE argmax_before
#include "reduce_extreme_template.h"

#define K(f) min_u64_##f
#define LS_TAG u64
#define LS_WIDE int64_t
#define LS_WIDTH IN_VECTOR_8
#define BETTER(x, y) ((x) < (y))
#define CHOOSE minimum
#define BEFORE argmin_before
#include "reduce_extreme_template.h"

#define K(f) max_u64_##f
#define LS_TAG u64
#define LS_WIDE int64_t
#define LS_WIDTH IN_VECTOR_8
#define BETTER(x, y) ((x) > (y))
#define CHOOSE maximum
#define BEFORE argmax_before
#include "reduce_extreme_template.h"

#define K(f) min_f32_##f
#define LS_TAG f32
#define LS_WIDE int32_t
#define LS_WIDTH IN_VECTOR_4
#define BETTER(x, y) ((x) < (y))
#define CHOOSE minimum
#define BEFORE argmin_before
#define LS_REAL uint32_t
#define ZEROS(a, b) ((a) | (b))
#include "reduce_extreme_template.h"

#define K(f) max_f32_##f
#define LS_TAG f32
#define LS_WIDE int32_t
#define LS_WIDTH IN_VECTOR_4
#define BETTER(x, y) ((x) > (y))
#define CHOOSE maximum
#define BEFORE argmax_before
#define LS_REAL uint32_t
#define ZEROS(a, b) ((a) & (b))
#include "reduce_extreme_template.h"

#define K(f) min_f64_##f
#define LS_TAG f64
#define LS_WIDE int64_t
#define LS_WIDTH IN_VECTOR_8
#define BETTER(x, y) ((x) < (y))
#define CHOOSE minimum
#define BEFORE argmin_before
#define LS_REAL uint64_t
#define ZEROS(a, b) ((a) | (b))
#include "reduce_extreme_template.h"

#define K(f) max_f64_##f
#define LS_TAG f64
#define LS_WIDE int64_t
#define LS_WIDTH IN_VECTOR_8
#define BETTER(x, y) ((x) > (y))
#define CHOOSE maximum
#define BEFORE argmax_before
#define LS_REAL uint64_t
#define ZEROS(a, b) ((a) & (b))
#include "reduce_extreme_template.h"
