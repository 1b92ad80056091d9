/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops themselves, written once for every row and every dtype. Each takes the element function as a parameter and
 * is inlined into its stamp together with it, so the compiler sees typed loads, one expression and typed stores, and
 * vectorises. The element functions get addresses because C has no other way to leave the types open.
 *
 * "Independent" tells the compiler that iterations do not depend on each other, not that memory is distinct: an output
 * that is exactly an input stays right.
 *
 * "Unrolled" is for a loop of at most eight turns, known when compiled, whose arrays are to be registers. clang takes
 * GCC's word for it only where its number is the number of turns, and else leaves the arrays in memory. */
#ifndef LSI_HOST_LOOP_SHAPE_H
#define LSI_HOST_LOOP_SHAPE_H

#include <stdint.h>

#if defined(__clang__)
#define LSI_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#define LSI_INDEPENDENT_BY(n) _Pragma("clang loop vectorize(assume_safety)")
#define LSI_UNROLLED _Pragma("clang loop unroll(full)")
#else
#define LSI_INDEPENDENT _Pragma("GCC ivdep")
#define LSI_INDEPENDENT_BY(n) _Pragma("GCC ivdep") _Pragma("GCC unroll 4")
#define LSI_UNROLLED _Pragma("GCC unroll 8")
#endif
#define LSI_INLINE static inline __attribute__((always_inline, unused))

/* Unrolled by four vectors: one vector a turn leaves a third of the cache's speed unused. */
LSI_INLINE void lsi_loop_1(int64_t n, const char *x, int sx, char *out, int so, void (*f)(const void *, void *))
{
    LSI_INDEPENDENT_BY(4)
    for (int64_t i = 0; i < n; i++)
        f(x + i * sx, out + i * so);
}

LSI_INLINE void lsi_loop_2(int64_t n, const char *x, const char *y, int s, char *out, int so,
                           void (*f)(const void *, const void *, void *))
{
    LSI_INDEPENDENT_BY(4)
    for (int64_t i = 0; i < n; i++)
        f(x + i * s, y + i * s, out + i * so);
}

LSI_INLINE void lsi_loop_3(int64_t n, const char *x, int sx, const char *y, const char *z, int s, char *out, int so,
                           void (*f)(const void *, const void *, const void *, void *))
{
    LSI_INDEPENDENT
    for (int64_t i = 0; i < n; i++)
        f(x + i * sx, y + i * s, z + i * s, out + i * so);
}

/* Fast everywhere while gathering whether any element is rare; if one was, a second pass repairs those. */
LSI_INLINE void lsi_loop_rare_1(int64_t n, const char *x, int sx, char *out, int so, int (*fast)(const void *, void *),
                                void (*repair)(const void *, void *))
{
    int rare = 0;
    LSI_INDEPENDENT
    for (int64_t i = 0; i < n; i++)
        rare |= fast(x + i * sx, out + i * so);
    if (__builtin_expect(rare, 0))
        for (int64_t i = 0; i < n; i++)
            repair(x + i * sx, out + i * so);
}

LSI_INLINE void lsi_loop_rare_2(int64_t n, const char *x, const char *y, int s, char *out, int so,
                                int (*fast)(const void *, const void *, void *),
                                void (*repair)(const void *, const void *, void *))
{
    int rare = 0;
    LSI_INDEPENDENT
    for (int64_t i = 0; i < n; i++)
        rare |= fast(x + i * s, y + i * s, out + i * so);
    if (__builtin_expect(rare, 0))
        for (int64_t i = 0; i < n; i++)
            repair(x + i * s, y + i * s, out + i * so);
}

#endif
