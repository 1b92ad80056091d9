/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Vectors as wide as the instruction set this file is compiled for, and one operation that needs naming: the fused
 * multiply-add, correctly rounded everywhere. Additions and products are the compiler's vector operators. Decides which
 * instruction serves; leaves register tiles and loops to the templates. */
#ifndef LSI_HOST_MATMUL_VECTOR_H
#define LSI_HOST_MATMUL_VECTOR_H

#include "host/loop_shape.h"
#include "portable.h"

#if defined(__AVX512F__)
#include <immintrin.h>
enum { VECTOR_BYTES = 64, VECTOR_REGISTERS = 32 };
#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
enum { VECTOR_BYTES = 32, VECTOR_REGISTERS = 16 };
#elif defined(__aarch64__)
#include <arm_neon.h>
enum { VECTOR_BYTES = 16, VECTOR_REGISTERS = 32 };
#else
enum { VECTOR_BYTES = 16, VECTOR_REGISTERS = 16 };
#endif

#define VECTOR_OF(type) __attribute__((vector_size(VECTOR_BYTES))) type
typedef VECTOR_OF(float) v_f32;
typedef VECTOR_OF(double) v_f64;
typedef VECTOR_OF(uint16_t) v_u16;
typedef VECTOR_OF(uint32_t) v_u32;
typedef VECTOR_OF(uint64_t) v_u64;

/* a * b + c, rounded once; and c - a * b, which is a * b with its exact sign turned. */
#if defined(__AVX512F__)
LS_FN v_f32 v_fma_f32(v_f32 a, v_f32 b, v_f32 c) { return (v_f32)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
LS_FN v_f64 v_fma_f64(v_f64 a, v_f64 b, v_f64 c) { return (v_f64)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c); }
LS_FN v_f32 v_fnma_f32(v_f32 a, v_f32 b, v_f32 c) { return (v_f32)_mm512_fnmadd_ps((__m512)a, (__m512)b, (__m512)c); }
LS_FN v_f64 v_fnma_f64(v_f64 a, v_f64 b, v_f64 c) { return (v_f64)_mm512_fnmadd_pd((__m512d)a, (__m512d)b, (__m512d)c); }
#elif defined(__AVX2__) && defined(__FMA__)
LS_FN v_f32 v_fma_f32(v_f32 a, v_f32 b, v_f32 c) { return (v_f32)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
LS_FN v_f64 v_fma_f64(v_f64 a, v_f64 b, v_f64 c) { return (v_f64)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c); }
LS_FN v_f32 v_fnma_f32(v_f32 a, v_f32 b, v_f32 c) { return (v_f32)_mm256_fnmadd_ps((__m256)a, (__m256)b, (__m256)c); }
LS_FN v_f64 v_fnma_f64(v_f64 a, v_f64 b, v_f64 c) { return (v_f64)_mm256_fnmadd_pd((__m256d)a, (__m256d)b, (__m256d)c); }
#elif defined(__aarch64__)
LS_FN v_f32 v_fma_f32(v_f32 a, v_f32 b, v_f32 c)
{
    return (v_f32)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}
LS_FN v_f64 v_fma_f64(v_f64 a, v_f64 b, v_f64 c)
{
    return (v_f64)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
}
LS_FN v_f32 v_fnma_f32(v_f32 a, v_f32 b, v_f32 c)
{
    return (v_f32)vfmsq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}
LS_FN v_f64 v_fnma_f64(v_f64 a, v_f64 b, v_f64 c)
{
    return (v_f64)vfmsq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
}
#else
/* No fused instruction: float32 goes through float64, where the product is exact and the sum is rounded to odd, so that
 * the second rounding cannot see a tie the first one made (53 >= 24 + 2 bits). A NaN or infinity leaves `error` NaN and
 * the sum as it is. float64 is libm's, which is correctly rounded. */
LS_FN float fma_f32_by_odd(float a, float b, float c)
{
    const double product = (double)a * (double)b, addend = (double)c;
    const double sum = product + addend;
    const double part = sum - product;
    const double error = (product - (sum - part)) + (addend - part);
    const uint64_t bits = ls_bits_f64(sum);
    const uint64_t inexact = (uint64_t)((error > 0) | (error < 0)) & ~bits & 1u;
    const uint64_t away = (uint64_t)((error > 0) == (sum > 0)); /* the exact sum is farther from zero */
    return (float)ls_from_bits_f64(bits + inexact * (2 * away - 1));
}
LS_FN v_f32 v_fma_f32(v_f32 a, v_f32 b, v_f32 c)
{
    v_f32 r;
    for (int i = 0; i < 4; i++) r[i] = fma_f32_by_odd(a[i], b[i], c[i]);
    return r;
}
LS_FN v_f64 v_fma_f64(v_f64 a, v_f64 b, v_f64 c)
{
    return (v_f64){ls_fma_f64(a[0], b[0], c[0]), ls_fma_f64(a[1], b[1], c[1])};
}
LS_FN v_f32 v_fnma_f32(v_f32 a, v_f32 b, v_f32 c) { return v_fma_f32(-a, b, c); }
LS_FN v_f64 v_fnma_f64(v_f64 a, v_f64 b, v_f64 c) { return v_fma_f64(-a, b, c); }
#endif

/* The first `count` lanes of memory, 1 to all of them; the others are zero, or not written. MASKS_<tag>: 2 where that
 * is one instruction, as good as a whole vector's; 1 where it is a few; 0 where it is a loop, and a hot one packs. */
#if defined(__AVX512F__)
enum { MASKS_f32 = 2, MASKS_f64 = 2, MASKS_u16 = 2, MASKS_u32 = 2, MASKS_u64 = 2 };
LS_FN uint32_t v_mask(int count) { return 0xffffffffu >> (32 - count); }
LS_FN v_f32 v_load_part_f32(const float *from, int count)
{
    return (v_f32)_mm512_maskz_loadu_ps((__mmask16)v_mask(count), from);
}
LS_FN v_f64 v_load_part_f64(const double *from, int count)
{
    return (v_f64)_mm512_maskz_loadu_pd((__mmask8)v_mask(count), from);
}
LS_FN v_u16 v_load_part_u16(const uint16_t *from, int count)
{
    return (v_u16)_mm512_maskz_loadu_epi16((__mmask32)v_mask(count), from);
}
LS_FN v_u32 v_load_part_u32(const uint32_t *from, int count)
{
    return (v_u32)_mm512_maskz_loadu_epi32((__mmask16)v_mask(count), from);
}
LS_FN v_u64 v_load_part_u64(const uint64_t *from, int count)
{
    return (v_u64)_mm512_maskz_loadu_epi64((__mmask8)v_mask(count), from);
}
LS_FN void v_store_part_f32(float *to, v_f32 v, int count)
{
    _mm512_mask_storeu_ps(to, (__mmask16)v_mask(count), (__m512)v);
}
LS_FN void v_store_part_f64(double *to, v_f64 v, int count)
{
    _mm512_mask_storeu_pd(to, (__mmask8)v_mask(count), (__m512d)v);
}
LS_FN void v_store_part_u16(uint16_t *to, v_u16 v, int count)
{
    _mm512_mask_storeu_epi16(to, (__mmask32)v_mask(count), (__m512i)v);
}
LS_FN void v_store_part_u32(uint32_t *to, v_u32 v, int count)
{
    _mm512_mask_storeu_epi32(to, (__mmask16)v_mask(count), (__m512i)v);
}
LS_FN void v_store_part_u64(uint64_t *to, v_u64 v, int count)
{
    _mm512_mask_storeu_epi64(to, (__mmask8)v_mask(count), (__m512i)v);
}
#elif defined(__AVX2__) && defined(__FMA__)
enum { MASKS_f32 = 1, MASKS_f64 = 1, MASKS_u16 = 0, MASKS_u32 = 1, MASKS_u64 = 1 };
LS_FN __m256i v_mask32(int count)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
LS_FN __m256i v_mask64(int count)
{
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
}
LS_FN v_f32 v_load_part_f32(const float *from, int count)
{
    return (v_f32)_mm256_maskload_ps(from, v_mask32(count));
}
LS_FN v_f64 v_load_part_f64(const double *from, int count)
{
    return (v_f64)_mm256_maskload_pd(from, v_mask64(count));
}
LS_FN v_u32 v_load_part_u32(const uint32_t *from, int count)
{
    return (v_u32)_mm256_maskload_epi32((const int *)from, v_mask32(count));
}
LS_FN v_u64 v_load_part_u64(const uint64_t *from, int count)
{
    return (v_u64)_mm256_maskload_epi64((const long long *)from, v_mask64(count));
}
LS_FN void v_store_part_f32(float *to, v_f32 v, int count)
{
    _mm256_maskstore_ps(to, v_mask32(count), (__m256)v);
}
LS_FN void v_store_part_f64(double *to, v_f64 v, int count)
{
    _mm256_maskstore_pd(to, v_mask64(count), (__m256d)v);
}
LS_FN void v_store_part_u32(uint32_t *to, v_u32 v, int count)
{
    _mm256_maskstore_epi32((int *)to, v_mask32(count), (__m256i)v);
}
LS_FN void v_store_part_u64(uint64_t *to, v_u64 v, int count)
{
    _mm256_maskstore_epi64((long long *)to, v_mask64(count), (__m256i)v);
}
LS_FN v_u16 v_load_part_u16(const uint16_t *from, int count)
{
    v_u16 v = {0};
    for (int i = 0; i < count; i++) v[i] = from[i];
    return v;
}
LS_FN void v_store_part_u16(uint16_t *to, v_u16 v, int count)
{
    for (int i = 0; i < count; i++) to[i] = v[i];
}
#else
enum { MASKS_f32 = 0, MASKS_f64 = 0, MASKS_u16 = 0, MASKS_u32 = 0, MASKS_u64 = 0 };
#define VECTOR_PARTS_BY_LOOPS 1
#endif

/* Integers wrap: a product of two uint16_t is formed in uint16_t lanes, so nothing is promoted to int. */
LS_FN v_u16 v_fma_u16(v_u16 a, v_u16 b, v_u16 c) { return a * b + c; }
LS_FN v_u32 v_fma_u32(v_u32 a, v_u32 b, v_u32 c) { return a * b + c; }
LS_FN v_u64 v_fma_u64(v_u64 a, v_u64 b, v_u64 c) { return a * b + c; }

#endif
