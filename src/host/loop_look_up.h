/* SPDX-License-Identifier: BSD-3-Clause
 *
 * tanh and erf of float32 by vectors: their templates in kernels/, with tables in registers, which no compiler makes of
 * a table in memory. Where there are no such vectors, the row's loop is that of all rows. */
#ifndef LSI_HOST_LOOP_LOOK_UP_H
#define LSI_HOST_LOOP_LOOK_UP_H

#include "element.h"
#include "host/loop_shape.h"
#include "host/vector_width.h"

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
#elif defined(__AVX2__)
LS_FN ls_t_f32v ls_fma_f32v(ls_t_f32v x, ls_t_f32v y, ls_t_f32v z) { return _mm256_fmadd_ps(x, y, z); }
LS_FN ls_t_f32v ls_no_more_f32v(ls_t_f32v x, ls_t_f32v most) { return _mm256_min_ps(most, x); }
LS_FN ls_word_f32v ls_no_less_f32v(ls_word_f32v word, ls_word_f32v least)
{
    return (ls_word_f32v)_mm256_max_epu32((__m256i)word, (__m256i)least);
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

#define LS_TAG f32v
#include "math_tanh_template.h"
#define LS_TAG f32v
#include "math_erf_template.h"

/* As lsi_loop_1, for the row's element function f, which of_vector computes for vectors. */
LSI_INLINE void lsi_loop_look_up(int64_t n, const char *x, int s, char *out, void (*f)(const void *, void *),
                                 ls_t_f32v (*of_vector)(ls_t_f32v))
{
    int64_t at = 0;
    for (; at + VECTOR_BYTES <= n * s; at += VECTOR_BYTES)
        *(lsi_floats_anywhere *)(out + at) = of_vector(*(const lsi_floats_anywhere *)(x + at));
    lsi_loop_1(n - at / s, x + at, s, out + at, s, f);
}

#define LSI_OWN_tanh_f32 , lsi_loop_tanh
#define LSI_OWN_erf_f32 , lsi_loop_erf
#define lsi_loop_tanh(n, x, sx, out, so, f) lsi_loop_look_up(n, x, sx, out, f, ls_tanh_f32v)
#define lsi_loop_erf(n, x, sx, out, so, f) lsi_loop_look_up(n, x, sx, out, f, ls_erf_f32v)
#endif

#endif
