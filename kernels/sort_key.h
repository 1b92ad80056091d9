/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The order in which elements are sorted, as unsigned integers: a key per element, smaller keys first, equal elements
 * with equal keys. Written once for both sides, so that sorting is sorting integers everywhere.
 *
 *   integers, bool   their value
 *   floats           -inf < ... < -0 < +0 < ... < inf < NaN; every NaN has the largest key there is
 *   complex          by real part, then by imaginary part, then -0 before +0, in the imaginary part first; after all
 *                    numbers those whose imaginary part alone is NaN, by real part; then those whose real part alone is,
 *                    by imaginary part; then those of two NaN (NumPy)
 *
 * An order has two switches. `merge_zeros`: -0 has the key of +0, for calls in which they must count as equal (argsort,
 * unique, searchsorted). `descending`: keys of numbers are complemented; NaN stays last. The inverse of a key is the
 * element, NaN in its canonical form. Keys of float16 and bfloat16 have 16 bits, those of int8 8, all in a uint32_t. */
#ifndef LOCKSTEP_KERNELS_SORT_KEY_H
#define LOCKSTEP_KERNELS_SORT_KEY_H

#include "portable.h"

typedef struct ls_sort_order {
    int merge_zeros, descending;
} ls_sort_order;

/* --- integers of any width: `sign` is the sign bit of signed ones, else 0; `ones` all bits of the width --- */
LS_FN uint32_t ls_sort_key_int32(uint32_t bits, uint32_t sign, uint32_t ones, ls_sort_order o)
{
    return (bits ^ sign) ^ (o.descending ? ones : 0);
}
LS_FN uint64_t ls_sort_key_int64(uint64_t bits, uint64_t sign, ls_sort_order o)
{
    return (bits ^ sign) ^ (o.descending ? ~(uint64_t)0 : 0);
}

/* --- float16 and bfloat16: `infinity` and `nan` are their bits --- */
LS_FN uint32_t ls_sort_key_half(uint32_t bits, uint32_t infinity, ls_sort_order o)
{
    const uint32_t magnitude = bits & 0x7fffu;
    const uint32_t x = o.merge_zeros && magnitude == 0 ? 0 : bits;
    const uint32_t key = (x & 0x8000u ? ~x : x | 0x8000u) & 0xffffu;
    return magnitude > infinity ? 0xffffu : o.descending ? key ^ 0xffffu : key;
}
LS_FN uint32_t ls_sort_half(uint32_t key, uint32_t nan, ls_sort_order o)
{
    const uint32_t x = o.descending ? key ^ 0xffffu : key;
    return key == 0xffffu ? nan : (x & 0x8000u ? x ^ 0x8000u : ~x) & 0xffffu;
}

/* --- float32, float64: of and to bits --- */
LS_FN uint32_t ls_sort_key_f32(uint32_t bits, ls_sort_order o)
{
    const uint32_t magnitude = bits & 0x7fffffffu;
    const uint32_t x = o.merge_zeros && magnitude == 0 ? 0 : bits;
    const uint32_t key = x ^ ((uint32_t)((int32_t)x >> 31) | 0x80000000u);
    return magnitude > 0x7f800000u ? 0xffffffffu : o.descending ? ~key : key;
}
LS_FN uint32_t ls_sort_f32(uint32_t key, ls_sort_order o)
{
    const uint32_t x = o.descending ? ~key : key;
    return key == 0xffffffffu ? 0x7fc00000u : x ^ (~(uint32_t)((int32_t)x >> 31) | 0x80000000u);
}
LS_FN uint64_t ls_sort_key_f64(uint64_t bits, ls_sort_order o)
{
    const uint64_t magnitude = bits & 0x7fffffffffffffffu;
    const uint64_t x = o.merge_zeros && magnitude == 0 ? 0 : bits;
    const uint64_t key = x ^ ((uint64_t)((int64_t)x >> 63) | 0x8000000000000000u);
    return magnitude > 0x7ff0000000000000u ? ~(uint64_t)0 : o.descending ? ~key : key;
}
LS_FN uint64_t ls_sort_f64(uint64_t key, ls_sort_order o)
{
    const uint64_t x = o.descending ? ~key : key;
    return key == ~(uint64_t)0 ? 0x7ff8000000000000u : x ^ (~(uint64_t)((int64_t)x >> 63) | 0x8000000000000000u);
}

/* --- complex: two words, the upper one first. `top` is the key of NaN: 2^32 - 1 or 2^64 - 1. A real part that is zero
 * leaves the upper word its two keys to choose from: it takes the first bit of the imaginary part's key, and the lower
 * word has the rest of that and then the zero's sign. So parts are compared as numbers before signs of zeros are. With
 * a NaN the upper word is one of three that no number has. --- */
typedef struct ls_sort_pair {
    uint64_t high, low;
} ls_sort_pair;

/* From the keys of both parts. */
LS_FN ls_sort_pair ls_sort_join(uint64_t re, uint64_t im, uint64_t top)
{
    const uint64_t zero = top >> 1; /* the key of -0; that of +0 is the next */
    const int re_nan = re == top, im_nan = im == top;
    const int is_zero = !re_nan && !im_nan && (re == zero || re == zero + 1);
    const ls_sort_pair key = {re_nan ? (im_nan ? top : top - 1) : im_nan ? top - 2 : is_zero ? zero + (im > zero) : re,
                              is_zero ? ((im << 1) & top) | (re - zero) : !re_nan && im_nan ? re : im};
    return key;
}
/* The keys of both parts: .high of the real one, .low of the imaginary one. */
LS_FN ls_sort_pair ls_sort_part(ls_sort_pair key, uint64_t top)
{
    const uint64_t zero = top >> 1;
    const int is_zero = key.high == zero || key.high == zero + 1;
    const ls_sort_pair parts = {is_zero                 ? zero + (key.low & 1)
                                : key.high == top - 2 ? key.low
                                : key.high >= top - 1 ? top
                                                      : key.high,
                                is_zero                                     ? (key.high > zero ? zero + 1 : 0) | key.low >> 1
                                : key.high == top || key.high == top - 2 ? top
                                                                         : key.low};
    return parts;
}

LS_FN uint64_t ls_sort_key_c64(uint32_t re, uint32_t im, ls_sort_order o)
{
    const ls_sort_pair key = ls_sort_join(ls_sort_key_f32(re, o), ls_sort_key_f32(im, o), 0xffffffffu);
    return key.high << 32 | key.low;
}
LS_FN ls_sort_pair ls_sort_c64(uint64_t key, ls_sort_order o) /* bits of both parts */
{
    const ls_sort_pair whole = {key >> 32, key & 0xffffffffu};
    const ls_sort_pair parts = ls_sort_part(whole, 0xffffffffu);
    const ls_sort_pair bits = {ls_sort_f32((uint32_t)parts.high, o), ls_sort_f32((uint32_t)parts.low, o)};
    return bits;
}
LS_FN ls_sort_pair ls_sort_key_c128(uint64_t re, uint64_t im, ls_sort_order o)
{
    return ls_sort_join(ls_sort_key_f64(re, o), ls_sort_key_f64(im, o), ~(uint64_t)0);
}
LS_FN ls_sort_pair ls_sort_c128(ls_sort_pair key, ls_sort_order o)
{
    const ls_sort_pair parts = ls_sort_part(key, ~(uint64_t)0);
    const ls_sort_pair bits = {ls_sort_f64(parts.high, o), ls_sort_f64(parts.low, o)};
    return bits;
}

#endif
