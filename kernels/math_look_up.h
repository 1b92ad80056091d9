/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The words of functions of float32 that look up in tables (math_tanh_template.h, math_erf_template.h,
 * math_log_f32_template.h), for a number; src/host/loop_look_up.h has them for a vector, whose tables are registers:
 *
 *   no_more(x, most)          the lesser; NaN stays NaN
 *   no_less(word, least)      the larger
 *   look_up_16(table, entry)  of a table of 16 the one that the last four bits of the entry name
 *   look_up_8(table, entry)   of a table of 8 by three bits
 *   all(x)                    a constant
 *   split_whole(x, &k)        m from 1 to 2 and whole k with x = 2^k m, for positive finite x; else anything
 *   split_whole_easy(x, &k)   the same for normal x */
#ifndef LOCKSTEP_KERNELS_MATH_LOOK_UP_H
#define LOCKSTEP_KERNELS_MATH_LOOK_UP_H

#include "math_common.h"

LS_FN float ls_no_more_f32(float x, float most) { return most < x ? most : x; }
LS_FN uint32_t ls_no_less_f32(uint32_t word, uint32_t least) { return word < least ? least : word; }
LS_FN float ls_look_up_16_f32(const float *table, uint32_t entry) { return table[entry & 15]; }
LS_FN float ls_look_up_8_f32(const float *table, uint32_t entry) { return table[entry & 7]; }
LS_FN float ls_all_f32(float x) { return x; }
LS_FN float ls_split_whole_f32(float x, float *k) { return ls_split_from_f32(x, 1, k); }
LS_FN float ls_split_whole_easy_f32(float x, float *k) { return ls_split_easy_f32(x, 1, k); }

#endif
