/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Element functions of bool and the integers: what E(f) in elementwise.def means for the tags b, i8 .. u64.
 *
 * Decides what C leaves open: everything wraps around, x / 0 is 0, a shift by the width or more moves every bit out.
 * Leaves the casts to cast.h.
 */
#ifndef LOCKSTEP_KERNELS_ELEMENT_INT_H
#define LOCKSTEP_KERNELS_ELEMENT_INT_H

#include "portable.h"
#include "sets.h"

/* bool holds 0 or 1: a sum is the logical or, a product the logical and, of which the smaller and larger follow. */
LS_FN ls_t_b ls_add_b(ls_t_b x, ls_t_b y) { return (ls_t_b)(x | y); }
LS_FN ls_t_b ls_mul_b(ls_t_b x, ls_t_b y) { return (ls_t_b)(x & y); }
LS_FN ls_t_b ls_abs_b(ls_t_b x) { return x; }
LS_FN ls_t_b ls_minimum_b(ls_t_b x, ls_t_b y) { return (ls_t_b)(x & y); }
LS_FN ls_t_b ls_maximum_b(ls_t_b x, ls_t_b y) { return (ls_t_b)(x | y); }
LS_FN ls_t_b ls_fmin_b(ls_t_b x, ls_t_b y) { return (ls_t_b)(x & y); }
LS_FN ls_t_b ls_fmax_b(ls_t_b x, ls_t_b y) { return (ls_t_b)(x | y); }
LS_FN ls_t_b ls_equal_b(ls_t_b x, ls_t_b y) { return (ls_t_b)(x == y); }
LS_FN ls_t_b ls_invert_b(ls_t_b x) { return (ls_t_b)!x; }
LS_FN ls_t_b ls_canonical_b(ls_t_b x) { return x; }

#define LS_TAG i8
#define LS_UNSIGNED uint8_t
#define LS_WIDTH 8
#define LS_SIGNED 1
#define LS_QUOTIENT float
#include "element_int_template.h"

#define LS_TAG i16
#define LS_UNSIGNED uint16_t
#define LS_WIDTH 16
#define LS_SIGNED 1
#define LS_QUOTIENT float
#include "element_int_template.h"

#define LS_TAG i32
#define LS_UNSIGNED uint32_t
#define LS_WIDTH 32
#define LS_SIGNED 1
#define LS_QUOTIENT double
#include "element_int_template.h"

#define LS_TAG i64
#define LS_UNSIGNED uint64_t
#define LS_WIDTH 64
#define LS_SIGNED 1
#include "element_int_template.h"

#define LS_TAG u8
#define LS_UNSIGNED uint8_t
#define LS_WIDTH 8
#define LS_SIGNED 0
#define LS_QUOTIENT float
#include "element_int_template.h"

#define LS_TAG u16
#define LS_UNSIGNED uint16_t
#define LS_WIDTH 16
#define LS_SIGNED 0
#define LS_QUOTIENT float
#include "element_int_template.h"

#define LS_TAG u32
#define LS_UNSIGNED uint32_t
#define LS_WIDTH 32
#define LS_SIGNED 0
#define LS_QUOTIENT double
#include "element_int_template.h"

#define LS_TAG u64
#define LS_UNSIGNED uint64_t
#define LS_WIDTH 64
#define LS_SIGNED 0
#include "element_int_template.h"

#endif
