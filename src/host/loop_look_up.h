/* SPDX-License-Identifier: BSD-3-Clause
 *
 * tanh, erf and log of float32 by vectors: their templates in kernels/, with tables in registers, which no compiler
 * makes of a table in memory. Where there are no such vectors, the row's loop is that of all rows. */
#ifndef LSI_HOST_LOOP_LOOK_UP_H
#define LSI_HOST_LOOP_LOOK_UP_H

#include "element.h"
#include "host/loop_shape.h"
#include "host/vector_width.h"
#include <stdbool.h>

#if defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if (defined(__AVX2__) && defined(__FMA__)) || defined(__aarch64__)
typedef float ls_t_f32v __attribute__((vector_size(VECTOR_BYTES)));
typedef uint32_t ls_word_f32v __attribute__((vector_size(VECTOR_BYTES)));
typedef float lsi_floats_anywhere __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));

LS_FN ls_word_f32v ls_bits_f32v(ls_t_f32v x) { return (ls_word_f32v)x; }
LS_FN ls_t_f32v ls_from_bits_f32v(ls_word_f32v x) { return (ls_t_f32v)x; }
LS_FN ls_t_f32v ls_mag_f32v(ls_t_f32v x) { return (ls_t_f32v)((ls_word_f32v)x & ~LS_SIGN_f32); }
LS_FN ls_t_f32v ls_all_f32v(float x) { return (ls_t_f32v){0} + x; }
LS_FN ls_word_f32v ls_unusual_f32v(ls_t_f32v x)
{
    return ((ls_word_f32v)x - 0x00800000u) | (0x7f7fffffu - (ls_word_f32v)x);
}
typedef int32_t lsi_mask_f32v __attribute__((vector_size(VECTOR_BYTES))); /* lanes of all bits or none */

/* The words of math_look_up.h. The minimum of x86 is its second operand where there is a NaN. */
#if defined(__AVX512F__)
LS_FN ls_t_f32v ls_fma_f32v(ls_t_f32v x, ls_t_f32v y, ls_t_f32v z) { return _mm512_fmadd_ps(x, y, z); }
LS_FN ls_t_f32v ls_no_more_f32v(ls_t_f32v x, ls_t_f32v most) { return _mm512_min_ps(most, x); }
LS_FN ls_word_f32v ls_no_less_f32v(ls_word_f32v word, ls_word_f32v least)
{
    return (ls_word_f32v)_mm512_max_epu32((__m512i)word, (__m512i)least);
}
LS_FN ls_t_f32v ls_look_up_16_f32v(const float *table, ls_word_f32v entry)
{
    return _mm512_permutexvar_ps((__m512i)entry, _mm512_loadu_ps(table));
}
LS_FN ls_t_f32v ls_look_up_8_f32v(const float *table, ls_word_f32v entry)
{
    return _mm512_permutexvar_ps((__m512i)entry, _mm512_broadcast_f32x8(_mm256_loadu_ps(table)));
}
LS_FN ls_t_f32v ls_split_whole_f32v(ls_t_f32v x, ls_t_f32v *k)
{
    *k = _mm512_getexp_ps(x);
    return _mm512_getmant_ps(x, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_src);
}
/* What is fixed, by kinds of number: NaN and infinity stay what they are, 0 becomes minus infinity. Answers are four
 * bits each, for quiet NaN, other NaN, 0, 1, minus infinity, infinity, below 0, above 0; 0 leaves y. */
LS_FN ls_t_f32v ls_log_domain_f32v(ls_t_f32v x, ls_t_f32v y)
{
    enum { IS_X = 1, IS_MINUS_INFINITY = 4 };
    const __m512i answers = _mm512_set1_epi32(IS_X | IS_X << 4 | IS_MINUS_INFINITY << 8 | IS_X << 20);
    const __m512 fixed = _mm512_fixupimm_ps(y, x, answers, 0);
    return _mm512_mask_mov_ps(fixed, _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ),
                              ls_all_f32v(LS_QUIET_NAN_f32));
}
#elif defined(__AVX2__)
LS_FN ls_t_f32v ls_fma_f32v(ls_t_f32v x, ls_t_f32v y, ls_t_f32v z) { return _mm256_fmadd_ps(x, y, z); }
LS_FN ls_t_f32v ls_no_more_f32v(ls_t_f32v x, ls_t_f32v most) { return _mm256_min_ps(most, x); }
LS_FN ls_word_f32v ls_no_less_f32v(ls_word_f32v word, ls_word_f32v least)
{
    return (ls_word_f32v)_mm256_max_epu32((__m256i)word, (__m256i)least);
}
LS_FN ls_t_f32v lsi_pick_f32v(lsi_mask_f32v mask, ls_t_f32v x, ls_t_f32v y)
{
    return _mm256_blendv_ps(y, x, (__m256)mask);
}
LS_FN ls_t_f32v ls_look_up_8_f32v(const float *table, ls_word_f32v entry)
{
    return _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), (__m256i)entry);
}
/* By three bits in either half of the table, and by the fourth, moved to the sign, between them. */
LS_FN ls_t_f32v ls_look_up_16_f32v(const float *table, ls_word_f32v entry)
{
    return _mm256_blendv_ps(ls_look_up_8_f32v(table, entry), ls_look_up_8_f32v(table + 8, entry),
                            (__m256)(entry << 28));
}
#else
LS_FN ls_t_f32v ls_fma_f32v(ls_t_f32v x, ls_t_f32v y, ls_t_f32v z) { return vfmaq_f32(z, x, y); }
LS_FN ls_t_f32v ls_no_more_f32v(ls_t_f32v x, ls_t_f32v most) { return vminq_f32(x, most); }
LS_FN ls_word_f32v ls_no_less_f32v(ls_word_f32v word, ls_word_f32v least) { return vmaxq_u32(word, least); }
LS_FN ls_t_f32v lsi_pick_f32v(lsi_mask_f32v mask, ls_t_f32v x, ls_t_f32v y)
{
    return vbslq_f32((uint32x4_t)mask, x, y);
}
/* The four bytes of each entry. */
LS_FN uint8x16_t lsi_bytes_of(ls_word_f32v entry) { return (uint8x16_t)(entry * 0x04040404u + 0x03020100u); }
LS_FN ls_t_f32v ls_look_up_16_f32v(const float *table, ls_word_f32v entry)
{
    return (ls_t_f32v)vqtbl4q_u8(vld1q_u8_x4((const uint8_t *)table), lsi_bytes_of(entry & 15));
}
LS_FN ls_t_f32v ls_look_up_8_f32v(const float *table, ls_word_f32v entry)
{
    return (ls_t_f32v)vqtbl2q_u8(vld1q_u8_x2((const uint8_t *)table), lsi_bytes_of(entry & 7));
}
#endif

#if defined(__AVX512F__)
/* The instructions know all numbers. */
LS_FN ls_t_f32v ls_split_whole_easy_f32v(ls_t_f32v x, ls_t_f32v *k) { return ls_split_whole_f32v(x, k); }
#else
/* As ls_split_from_f32, ls_split_easy_f32 and ls_log_domain_f32. */
LS_FN ls_t_f32v ls_split_whole_f32v(ls_t_f32v x, ls_t_f32v *k)
{
    const ls_t_f32v lift = lsi_pick_f32v(x < 0x1p-126f, ls_all_f32v(0x1p24f), ls_all_f32v(1));
    const ls_word_f32v above = (ls_word_f32v)(x * lift) + 0x7f800000u - (ls_word_f32v)lift;
    *k = (ls_t_f32v)((above >> 23) + (LS_MAGIC_BITS_f32 - 255)) - LS_MAGIC_f32;
    return (ls_t_f32v)((above & 0x7fffffu) + 0x3f800000u);
}
LS_FN ls_t_f32v ls_split_whole_easy_f32v(ls_t_f32v x, ls_t_f32v *k)
{
    const ls_word_f32v above = (ls_word_f32v)x - 0x3f800000u;
    *k = __builtin_convertvector((lsi_mask_f32v)above >> 23, ls_t_f32v);
    return (ls_t_f32v)((above & 0x7fffffu) + 0x3f800000u);
}
LS_FN ls_t_f32v ls_log_domain_f32v(ls_t_f32v x, ls_t_f32v y)
{
    const ls_t_f32v infinity = ls_all_f32v(LS_INFINITY_f32);
    y = lsi_pick_f32v(x < infinity, y, x);
    y = lsi_pick_f32v(x == 0, -infinity, y);
    return lsi_pick_f32v(x < 0, ls_all_f32v(LS_QUIET_NAN_f32), y);
}
#endif

#define LS_TAG f32v
#include "math_log_f32_template.h"
#define LS_TAG f32v
#include "math_tanh_template.h"
#define LS_TAG f32v
#include "math_erf_template.h"

/* The function of_vector, by numbers where they do not fill one. */
LSI_INLINE void lsi_loop_look_up(int64_t n, const void *in, void *to, float (*of_number)(float),
                                 ls_t_f32v (*of_vector)(ls_t_f32v))
{
    enum { LANES = VECTOR_BYTES / 4 };
    const float *x = in;
    float *out = to;
    int64_t at = 0;
    for (; at + LANES <= n; at += LANES)
        *(lsi_floats_anywhere *)(out + at) = of_vector(*(const lsi_floats_anywhere *)(x + at));
    for (; at < n; at++)
        out[at] = of_number(x[at]);
}

#if defined(__AVX512F__)
LSI_INLINE void lsi_loop_log(int64_t n, const float *x, float *out)
{
    lsi_loop_look_up(n, x, out, ls_log_f32, ls_log_f32v);
}
#else
LSI_INLINE bool lsi_all_usual(int64_t n, const float *x)
{
    uint32_t hard = 0;
    LSI_INDEPENDENT
    for (int64_t i = 0; i < n; i++)
        hard |= ls_unusual_f32(x[i]);
    return hard >> 31 == 0;
}

LSI_INLINE ls_t_f32v lsi_log_of_usual(ls_t_f32v x)
{
    ls_word_f32v seen_before = {0};
    return ls_log_easy_f32v(x, &seen_before);
}

LSI_INLINE void lsi_loop_log(int64_t n, const float *x, float *out)
{
    enum { BLOCK = 256 };
    int64_t at = 0;
    for (; at + BLOCK <= n && lsi_all_usual(BLOCK, x + at); at += BLOCK)
        lsi_loop_look_up(BLOCK, x + at, out + at, ls_log_f32, lsi_log_of_usual);
    lsi_loop_look_up(n - at, x + at, out + at, ls_log_f32, ls_log_f32v);
}
#endif

#define LSI_OWN_log_f32 , lsi_loop_own_log
#define LSI_OWN_tanh_f32 , lsi_loop_tanh
#define LSI_OWN_erf_f32 , lsi_loop_erf
#define lsi_loop_own_log(n, x, out, easy, full) lsi_loop_log(n, x, out)
#define lsi_loop_tanh(n, x, sx, out, so, f) lsi_loop_look_up(n, x, out, ls_tanh_f32, ls_tanh_f32v)
#define lsi_loop_erf(n, x, sx, out, so, f) lsi_loop_look_up(n, x, out, ls_erf_f32, ls_erf_f32v)
#endif

#endif
