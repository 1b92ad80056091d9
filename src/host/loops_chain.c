/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Chains (chain.h) for one ISA: what a link is, and those that are the same for every dtype. A link gets eight vectors,
 * makes eight, and hands them on with a call in its last place, which the compiler turns into a jump: so the vectors
 * stay in registers from the first link to the last. Where it does not turn (little optimisation), links nest on the
 * stack instead, and how many rows a chain may have bounds it. */
#include "element.h"
#include "host/loop_shape.h"
#include "host/loops.h"
#include "host/vector_width.h"
#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(__OPTIMIZE__)
#define MOST_ROWS LSI_PROGRAM_MAX_INSTRS
#else
#define MOST_ROWS 128 /* of kilobytes each */
#endif

typedef int64_t bits __attribute__((vector_size(VECTOR_BYTES)));
typedef int64_t bits_anywhere __attribute__((vector_size(VECTOR_BYTES), aligned(1), may_alias));

#define CARRIED c0, c1, c2, c3, c4, c5, c6, c7
#define MAY_USE __attribute__((unused))
#define LINK_ARGUMENTS                                                                                                 \
    MAY_USE const lsi_link *link, MAY_USE char *room, MAY_USE bits c0, MAY_USE bits c1, MAY_USE bits c2,               \
        MAY_USE bits c3, MAY_USE bits c4, MAY_USE bits c5, MAY_USE bits c6, MAY_USE bits c7
typedef void (*link_function)(LINK_ARGUMENTS);

/* The last thing a link does. */
#define GO_ON(...) ((link_function)link[1].run)(link + 1, room, __VA_ARGS__)
#define EACH_ALONE(f) f(c0), f(c1), f(c2), f(c3), f(c4), f(c5), f(c6), f(c7)
#define EACH_WITH(f, p) f(c0, p[0]), f(c1, p[1]), f(c2, p[2]), f(c3, p[3]), f(c4, p[4]), f(c5, p[5]), f(c6, p[6]), f(c7, p[7])
#define EACH_WITH_ONE(f, y) f(c0, y), f(c1, y), f(c2, y), f(c3, y), f(c4, y), f(c5, y), f(c6, y), f(c7, y)
#define EACH_BETWEEN(f, p, q)                                                                                          \
    f(c0, p[0], q[0]), f(c1, p[1], q[1]), f(c2, p[2], q[2]), f(c3, p[3], q[3]), f(c4, p[4], q[4]), f(c5, p[5], q[5]),  \
        f(c6, p[6], q[6]), f(c7, p[7], q[7])

/* Most lie in the room. Finding them takes one load, for loads are what a link of eight vectors has most of. */
LSI_INLINE char *operand(const lsi_link *link, char *room, int k)
{
    char *at = room + link->operand[k];
    return __builtin_expect(link->operand[k] < 0, 0) ? ((const lsi_place *)(const void *)at)->at : at;
}

LSI_INLINE bits pick(bits mask, bits x, bits y) { return (mask & x) | (~mask & y); }
/* The same with another argument carried. */
LSI_INLINE bits pick_first(bits x, bits mask, bits y) { return pick(mask, x, y); }
LSI_INLINE bits pick_second(bits y, bits mask, bits x) { return pick(mask, x, y); }

#define LINK_ALONE(name, f)                                                                                            \
    static void name(LINK_ARGUMENTS) { GO_ON(EACH_ALONE(f)); }
#define LINK_WITH(name, f)                                                                                             \
    static void name(LINK_ARGUMENTS)                                                                                   \
    {                                                                                                                  \
        const bits_anywhere *p = (const bits_anywhere *)operand(link, room, 0);                                        \
        GO_ON(EACH_WITH(f, p));                                                                                        \
    }
#define LINK_WITH_ONE(name, f)                                                                                         \
    static void name(LINK_ARGUMENTS)                                                                                   \
    {                                                                                                                  \
        const bits y = *(const bits_anywhere *)(room + link->operand[0]);                                              \
        GO_ON(EACH_WITH_ONE(f, y));                                                                                    \
    }
#define LINK_BETWEEN(name, f)                                                                                          \
    static void name(LINK_ARGUMENTS)                                                                                   \
    {                                                                                                                  \
        const bits_anywhere *p = (const bits_anywhere *)operand(link, room, 0);                                        \
        const bits_anywhere *q = (const bits_anywhere *)operand(link, room, 1);                                        \
        GO_ON(EACH_BETWEEN(f, p, q));                                                                                  \
    }

LINK_BETWEEN(where_condition, pick)
LINK_BETWEEN(where_first, pick_first)
LINK_BETWEEN(where_second, pick_second)

static void load(LINK_ARGUMENTS)
{
    const bits_anywhere *p = (const bits_anywhere *)operand(link, room, 0);
    GO_ON(p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]);
}

LSI_INLINE void write_bits(char *to, bits v) { *(bits_anywhere *)to = v; }

/* Past the caches; `to` is a multiple of the vector's size. */
LSI_INLINE void stream_bits(char *to, bits v)
{
#if defined(__AVX512F__)
    _mm512_stream_si512((void *)to, (__m512i)v);
#elif defined(__AVX__)
    _mm256_stream_si256((void *)to, (__m256i)v);
#elif defined(__SSE2__)
    _mm_stream_si128((void *)to, (__m128i)v);
#else
    write_bits(to, v);
#endif
}

#define WRITE_EACH(f, to)                                                                                              \
    f(to, c0), f((to) + VECTOR_BYTES, c1), f((to) + 2 * VECTOR_BYTES, c2), f((to) + 3 * VECTOR_BYTES, c3),             \
        f((to) + 4 * VECTOR_BYTES, c4), f((to) + 5 * VECTOR_BYTES, c5), f((to) + 6 * VECTOR_BYTES, c6),                \
        f((to) + 7 * VECTOR_BYTES, c7)

static void store(LINK_ARGUMENTS)
{
    char *to = operand(link, room, 0);
    WRITE_EACH(write_bits, to);
    GO_ON(CARRIED);
}

static void stream(LINK_ARGUMENTS)
{
    char *to = operand(link, room, 0);
    if ((uintptr_t)to % VECTOR_BYTES == 0)
        WRITE_EACH(stream_bits, to);
    else
        WRITE_EACH(write_bits, to);
    GO_ON(CARRIED);
}

static void end(LINK_ARGUMENTS) {}

/* Many places are read by one instruction each in turn, so that the hardware foresees nothing. */
LSI_INLINE void ask_for_next(const lsi_place *place)
{
    for (int line = 0; line < LSI_CHAIN_VECTORS * VECTOR_BYTES; line += 64)
        __builtin_prefetch(place->at + place->step + line);
}

/* One by one: a vector of what has just been written in parts would wait for those. */
LSI_INLINE void move_on(lsi_place *place)
{
    int64_t step = place->step;
    __asm__("" : "+r"(step));
    place->at += step;
}

static void run_chain(const lsi_link *first, char *room, int moving, int ahead, int64_t tiles)
{
    lsi_place *places = (lsi_place *)(void *)room - moving;
    const bits none = {0};
    for (int64_t tile = 0; tile < tiles; tile++) {
        for (int k = 0; k < ahead; k++)
            ask_for_next(&places[k]);
        ((link_function)first->run)(first, room, none, none, none, none, none, none, none, none);
        for (int k = 0; k < moving; k++)
            move_on(&places[k]);
    }
}

/* ---- for division by one number (chain_divide_template.h) ---- */

LSI_INLINE bool is_any_set(bits x)
{
#if defined(__AVX512F__)
    return _mm512_test_epi64_mask((__m512i)x, (__m512i)x) != 0;
#else
    int64_t all = 0;
    for (int i = 0; i < IN_VECTOR_8; i++)
        all |= x[i];
    return all != 0;
#endif
}

/* z + x * y and z - x * y, rounded once, where that is one instruction. */
#if defined(__AVX512F__)
#define FUSES 1
LSI_INLINE bits plus_f32(bits z, bits x, bits y) { return (bits)_mm512_fmadd_ps((__m512)x, (__m512)y, (__m512)z); }
LSI_INLINE bits minus_f32(bits z, bits x, bits y) { return (bits)_mm512_fnmadd_ps((__m512)x, (__m512)y, (__m512)z); }
LSI_INLINE bits plus_f64(bits z, bits x, bits y) { return (bits)_mm512_fmadd_pd((__m512d)x, (__m512d)y, (__m512d)z); }
LSI_INLINE bits minus_f64(bits z, bits x, bits y) { return (bits)_mm512_fnmadd_pd((__m512d)x, (__m512d)y, (__m512d)z); }
#elif defined(__FMA__)
#define FUSES 1
LSI_INLINE bits plus_f32(bits z, bits x, bits y) { return (bits)_mm256_fmadd_ps((__m256)x, (__m256)y, (__m256)z); }
LSI_INLINE bits minus_f32(bits z, bits x, bits y) { return (bits)_mm256_fnmadd_ps((__m256)x, (__m256)y, (__m256)z); }
LSI_INLINE bits plus_f64(bits z, bits x, bits y) { return (bits)_mm256_fmadd_pd((__m256d)x, (__m256d)y, (__m256d)z); }
LSI_INLINE bits minus_f64(bits z, bits x, bits y) { return (bits)_mm256_fnmadd_pd((__m256d)x, (__m256d)y, (__m256d)z); }
#elif defined(__aarch64__)
#define FUSES 1
LSI_INLINE bits plus_f32(bits z, bits x, bits y) { return (bits)vfmaq_f32((float32x4_t)z, (float32x4_t)x, (float32x4_t)y); }
LSI_INLINE bits minus_f32(bits z, bits x, bits y) { return (bits)vfmsq_f32((float32x4_t)z, (float32x4_t)x, (float32x4_t)y); }
LSI_INLINE bits plus_f64(bits z, bits x, bits y) { return (bits)vfmaq_f64((float64x2_t)z, (float64x2_t)x, (float64x2_t)y); }
LSI_INLINE bits minus_f64(bits z, bits x, bits y) { return (bits)vfmsq_f64((float64x2_t)z, (float64x2_t)x, (float64x2_t)y); }
#else
#define FUSES 0
#endif

/* ---- the tables ---- */

#define LS_TAG f32
#define LSI_LANE int32_t
#include "host/chain_template.h"
#define LS_TAG f64
#define LSI_LANE int64_t
#include "host/chain_template.h"
