/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Square blocks of 4- and 8-byte numbers turned over in registers: what packing across the memory order is made of.
 * The shuffles are those that stay within 128 bits as long as possible, which AVX2 does in one instruction each. Elsewhere
 * SHUFFLE is not defined, and packing copies one number at a time. */
#ifndef LSI_HOST_MATMUL_TRANSPOSE_H
#define LSI_HOST_MATMUL_TRANSPOSE_H

#include "host/matmul_vector.h"

/* Blocks of 8 where a register holds 8 large numbers, blocks of 4 where it holds 4. */
#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#if defined(__AVX512F__)
enum { TRANSPOSE_SIZE = 8 };
#define SHUFFLE __builtin_shufflevector
#elif defined(__AVX2__)
enum { TRANSPOSE_SIZE = 4 };
#define SHUFFLE __builtin_shufflevector
#endif
#endif
#endif

#if defined(SHUFFLE)
#define DEFINE_TRANSPOSE_8(bits, type)                                                                                 \
    typedef __attribute__((vector_size(8 * sizeof(type)))) type v8_##bits;                                             \
    LS_FN v8_##bits load8_##bits(const void *from)                                                                     \
    {                                                                                                                  \
        v8_##bits v;                                                                                                   \
        __builtin_memcpy(&v, from, sizeof v);                                                                          \
        return v;                                                                                                      \
    }                                                                                                                  \
    LS_FN void store8_##bits(void *to, v8_##bits v) { __builtin_memcpy(to, &v, sizeof v); }                            \
    LS_FN v8_##bits low1_##bits(v8_##bits a, v8_##bits b) { return SHUFFLE(a, b, 0, 8, 1, 9, 4, 12, 5, 13); }          \
    LS_FN v8_##bits high1_##bits(v8_##bits a, v8_##bits b) { return SHUFFLE(a, b, 2, 10, 3, 11, 6, 14, 7, 15); }       \
    LS_FN v8_##bits low2_##bits(v8_##bits a, v8_##bits b) { return SHUFFLE(a, b, 0, 1, 8, 9, 4, 5, 12, 13); }          \
    LS_FN v8_##bits high2_##bits(v8_##bits a, v8_##bits b) { return SHUFFLE(a, b, 2, 3, 10, 11, 6, 7, 14, 15); }       \
    LS_FN v8_##bits low4_##bits(v8_##bits a, v8_##bits b) { return SHUFFLE(a, b, 0, 1, 2, 3, 8, 9, 10, 11); }          \
    LS_FN v8_##bits high4_##bits(v8_##bits a, v8_##bits b) { return SHUFFLE(a, b, 4, 5, 6, 7, 12, 13, 14, 15); }       \
    LS_FN void transpose_##bits(type *to, int64_t to_row, const type *from, int64_t from_row)                         \
    {                                                                                                                  \
        const v8_##bits r0 = load8_##bits(from), r1 = load8_##bits(from + from_row);                                   \
        const v8_##bits r2 = load8_##bits(from + 2 * from_row), r3 = load8_##bits(from + 3 * from_row);                \
        const v8_##bits r4 = load8_##bits(from + 4 * from_row), r5 = load8_##bits(from + 5 * from_row);                \
        const v8_##bits r6 = load8_##bits(from + 6 * from_row), r7 = load8_##bits(from + 7 * from_row);                \
        const v8_##bits a0 = low1_##bits(r0, r1), a1 = high1_##bits(r0, r1);                                           \
        const v8_##bits a2 = low1_##bits(r2, r3), a3 = high1_##bits(r2, r3);                                           \
        const v8_##bits a4 = low1_##bits(r4, r5), a5 = high1_##bits(r4, r5);                                           \
        const v8_##bits a6 = low1_##bits(r6, r7), a7 = high1_##bits(r6, r7);                                           \
        const v8_##bits b0 = low2_##bits(a0, a2), b1 = high2_##bits(a0, a2);                                           \
        const v8_##bits b2 = low2_##bits(a1, a3), b3 = high2_##bits(a1, a3);                                           \
        const v8_##bits b4 = low2_##bits(a4, a6), b5 = high2_##bits(a4, a6);                                           \
        const v8_##bits b6 = low2_##bits(a5, a7), b7 = high2_##bits(a5, a7);                                           \
        store8_##bits(to, low4_##bits(b0, b4));                                                                        \
        store8_##bits(to + to_row, low4_##bits(b1, b5));                                                               \
        store8_##bits(to + 2 * to_row, low4_##bits(b2, b6));                                                           \
        store8_##bits(to + 3 * to_row, low4_##bits(b3, b7));                                                           \
        store8_##bits(to + 4 * to_row, high4_##bits(b0, b4));                                                          \
        store8_##bits(to + 5 * to_row, high4_##bits(b1, b5));                                                          \
        store8_##bits(to + 6 * to_row, high4_##bits(b2, b6));                                                          \
        store8_##bits(to + 7 * to_row, high4_##bits(b3, b7));                                                          \
    }
#define DEFINE_TRANSPOSE_4(bits, type)                                                                                 \
    typedef __attribute__((vector_size(4 * sizeof(type)))) type v4_##bits;                                             \
    LS_FN v4_##bits load4_##bits(const void *from)                                                                     \
    {                                                                                                                  \
        v4_##bits v;                                                                                                   \
        __builtin_memcpy(&v, from, sizeof v);                                                                          \
        return v;                                                                                                      \
    }                                                                                                                  \
    LS_FN void store4_##bits(void *to, v4_##bits v) { __builtin_memcpy(to, &v, sizeof v); }                            \
    LS_FN void transpose_##bits(type *to, int64_t to_row, const type *from, int64_t from_row)                         \
    {                                                                                                                  \
        const v4_##bits r0 = load4_##bits(from), r1 = load4_##bits(from + from_row);                                   \
        const v4_##bits r2 = load4_##bits(from + 2 * from_row), r3 = load4_##bits(from + 3 * from_row);                \
        const v4_##bits a0 = SHUFFLE(r0, r1, 0, 4, 2, 6), a1 = SHUFFLE(r0, r1, 1, 5, 3, 7);                            \
        const v4_##bits a2 = SHUFFLE(r2, r3, 0, 4, 2, 6), a3 = SHUFFLE(r2, r3, 1, 5, 3, 7);                            \
        store4_##bits(to, SHUFFLE(a0, a2, 0, 1, 4, 5));                                                                \
        store4_##bits(to + to_row, SHUFFLE(a1, a3, 0, 1, 4, 5));                                                       \
        store4_##bits(to + 2 * to_row, SHUFFLE(a0, a2, 2, 3, 6, 7));                                                   \
        store4_##bits(to + 3 * to_row, SHUFFLE(a1, a3, 2, 3, 6, 7));                                                   \
    }

/* transpose_<bits>: to[p * to_row + w] = from[w * from_row + p] for w and p below TRANSPOSE_SIZE. */
#if defined(__AVX512F__)
DEFINE_TRANSPOSE_8(32, uint32_t)
DEFINE_TRANSPOSE_8(64, uint64_t)
#else
DEFINE_TRANSPOSE_4(32, uint32_t)
DEFINE_TRANSPOSE_4(64, uint64_t)
#endif

/* Vectors of TRANSPOSE_SIZE sums, for use of the turned block at once. */
typedef __attribute__((vector_size(TRANSPOSE_SIZE * sizeof(float)))) float square_f32;
typedef __attribute__((vector_size(TRANSPOSE_SIZE * sizeof(double)))) double square_f64;
#if defined(__AVX512F__)
LS_FN square_f32 square_fma_f32(square_f32 a, square_f32 b, square_f32 c)
{
    return (square_f32)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}
LS_FN square_f64 square_fma_f64(square_f64 a, square_f64 b, square_f64 c) { return (square_f64)v_fma_f64(a, b, c); }
#else
LS_FN square_f32 square_fma_f32(square_f32 a, square_f32 b, square_f32 c)
{
    return (square_f32)_mm_fmadd_ps((__m128)a, (__m128)b, (__m128)c);
}
LS_FN square_f64 square_fma_f64(square_f64 a, square_f64 b, square_f64 c) { return (square_f64)v_fma_f64(a, b, c); }
#endif
LS_FN void transpose_square(void *to, int64_t to_row, const void *from, int64_t from_row, const int size)
{
    if (size == 4) transpose_32(to, to_row, from, from_row);
    else transpose_64(to, to_row, from, from_row);
}
#endif

#endif
