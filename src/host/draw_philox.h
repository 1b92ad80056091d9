/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Many blocks of Philox at once, in stream order, for the ISA of the compilation. Included by draw_kernels.c only.
 *
 * Decides the vector arithmetic: `lsi_blocks_4x64` and `lsi_blocks_4x32` write successive blocks, their words finished
 * while still in registers (raw, or as uniform numbers). The values are those of kernels/philox.h and draw_convert.h.
 * Leaves to draw_kernels.c which blocks a range of elements needs, and that counters do not carry within a call. */
#ifndef LSI_HOST_DRAW_PHILOX_H
#define LSI_HOST_DRAW_PHILOX_H

#include "draw_convert.h"
#include "philox.h"
#include <string.h>

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define LSI_DRAW_VECTOR 8
#include <immintrin.h>
#elif defined(__AVX2__)
#define LSI_DRAW_VECTOR 4
#include <immintrin.h>
#else
#define LSI_DRAW_VECTOR 1
#endif

/* What is done to the words before they are stored. Products by a power of two are exact, so that a fused multiply-add
 * rounds as the definition's two steps do. */
typedef enum draw_finish { FINISH_RAW, FINISH_F64, FINISH_F32 } draw_finish;

/* The key of every round. */
typedef struct draw_keys {
    uint64_t key[LS_PHILOX_ROUNDS][2];
} draw_keys;

/* `blocks` blocks of 4x32, 16 bytes each. Block j has the counter (turn, subsequence + j), or, paired, turn + j % 2 and
 * subsequence + j / 2. */
typedef struct draw_run32 {
    uint64_t turn;
    uint32_t subsequence;
    int paired;
} draw_run32;

#define DRAW_INLINE static inline __attribute__((always_inline, unused))

static draw_keys draw_keys_4x64(uint64_t key0, uint64_t key1)
{
    draw_keys keys;
    for (int r = 0; r < LS_PHILOX_ROUNDS; r++) {
        keys.key[r][0] = key0 + (uint64_t)r * LS_PHILOX64_WEYL0;
        keys.key[r][1] = key1 + (uint64_t)r * LS_PHILOX64_WEYL1;
    }
    return keys;
}

/* The upper halves stay zero. */
static draw_keys draw_keys_4x32(uint64_t key)
{
    draw_keys keys;
    for (int r = 0; r < LS_PHILOX_ROUNDS; r++) {
        keys.key[r][0] = (uint32_t)((uint32_t)key + (uint32_t)r * LS_PHILOX32_WEYL0);
        keys.key[r][1] = (uint32_t)((uint32_t)(key >> 32) + (uint32_t)r * LS_PHILOX32_WEYL1);
    }
    return keys;
}

#if LSI_DRAW_VECTOR == 8 /* ------------------------------------------------------------------------- AVX-512 */

typedef __m512i vec;
enum { GROUPS_4X32 = 7 }; /* vectors of counters in flight, to hide the multiplier's latency */
#if defined(__AVX512IFMA__)
enum { GROUPS_4X64 = 4 };
#else
enum { GROUPS_4X64 = 3 };
#endif

#define vec_set(x) _mm512_set1_epi64((long long)(x))
#define vec_add(a, b) _mm512_add_epi64(a, b)
#define vec_mul32(a, b) _mm512_mul_epu32(a, b)
#define vec_high(a) _mm512_srli_epi64(a, 32)
#define vec_high_any(a) _mm512_shuffle_epi32(a, (_MM_PERM_ENUM)0xF5) /* any upper half will do; another port */
#define vec_xor(a, b) _mm512_xor_si512(a, b)
#define vec_xor3(a, b, c) _mm512_ternarylogic_epi64(a, b, c, 0x96)
/* low halves of a, and of b above them */
#define vec_join(a, b) _mm512_mask_shuffle_epi32(a, 0xAAAA, b, (_MM_PERM_ENUM)0x80)
#define vec_low(a) _mm512_and_si512(a, _mm512_set1_epi64(0xffffffff))
/* whether any lane is below the number */
#define vec_below(a, x) (_mm512_cmplt_epu64_mask(a, vec_set(x)) != 0)
/* a + 1 in lanes where b is below the number */
#define vec_carry(a, b, x) _mm512_mask_sub_epi64(a, _mm512_cmplt_epu64_mask(b, vec_set(x)), a, vec_set(~(uint64_t)0))

/* The block each lane holds, so that the stores below end in stream order. */
DRAW_INLINE vec lane_block_4x64(void) { return _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7); }
DRAW_INLINE vec lane_block_4x32(void) { return _mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7); }
DRAW_INLINE vec lane_half(void) { return _mm512_setr_epi64(0, 2, 0, 2, 1, 3, 1, 3); }
DRAW_INLINE vec lane_odd(void) { return _mm512_setr_epi64(0, 0, 1, 1, 0, 0, 1, 1); }

DRAW_INLINE vec finished_4x64(vec v, const draw_finish finish)
{
    if (finish == FINISH_F64) {
        const __m512d x = _mm512_cvtepu64_pd(_mm512_srli_epi64(v, 11));
        return _mm512_castpd_si512(_mm512_mul_pd(x, _mm512_set1_pd(0x1p-53)));
    }
    if (finish == FINISH_F32) {
        const __m512 x = _mm512_cvtepi32_ps(_mm512_srli_epi32(v, 8));
        return _mm512_castps_si512(_mm512_mul_ps(x, _mm512_set1_ps(0x1p-24f)));
    }
    return v;
}

/* Quarters are halves of blocks. Each is stored where it belongs, which leaves the shuffles' port to the products. */
DRAW_INLINE void store_quarters(unsigned char *out, vec v)
{
    _mm_storeu_si128((__m128i *)(void *)out, _mm512_castsi512_si128(v));
    _mm_storeu_si128((__m128i *)(void *)(out + 64), _mm512_extracti64x2_epi64(v, 1));
    _mm_storeu_si128((__m128i *)(void *)(out + 128), _mm512_extracti64x2_epi64(v, 2));
    _mm_storeu_si128((__m128i *)(void *)(out + 192), _mm512_extracti64x2_epi64(v, 3));
}

DRAW_INLINE void store_4x64(unsigned char *out, const vec c[4], const draw_finish finish)
{
    store_quarters(out, finished_4x64(_mm512_unpacklo_epi64(c[0], c[1]), finish));
    store_quarters(out + 16, finished_4x64(_mm512_unpacklo_epi64(c[2], c[3]), finish));
    store_quarters(out + 32, finished_4x64(_mm512_unpackhi_epi64(c[0], c[1]), finish));
    store_quarters(out + 48, finished_4x64(_mm512_unpackhi_epi64(c[2], c[3]), finish));
}

/* A 64-bit word of two 32-bit ones as a uniform number. */
DRAW_INLINE vec uniform_4x32(vec low, vec high)
{
    const vec z = _mm512_ternarylogic_epi64(low, vec_mul32(high, vec_set(1 << 21)), vec_set(0xffffffff), 0x6C);
    return _mm512_castpd_si512(
        _mm512_fmadd_pd(_mm512_cvtepu64_pd(z), _mm512_set1_pd(0x1p-53), _mm512_set1_pd(0x1p-54)));
}

DRAW_INLINE vec finished_4x32(vec v, const draw_finish finish)
{
    if (finish != FINISH_F32) return v;
    return _mm512_castps_si512(
        _mm512_fmadd_ps(_mm512_cvtepu32_ps(v), _mm512_set1_ps(0x1p-32f), _mm512_set1_ps(0x1p-33f)));
}

DRAW_INLINE void store_4x32(unsigned char *out, const vec c[4], const draw_finish finish)
{
    const int f64 = finish == FINISH_F64;
    const vec a = f64 ? uniform_4x32(c[0], c[1]) : finished_4x32(vec_join(c[0], c[1]), finish);
    const vec b = f64 ? uniform_4x32(c[2], c[3]) : finished_4x32(vec_join(c[2], c[3]), finish);
    _mm512_storeu_si512(out, _mm512_unpacklo_epi64(a, b));
    _mm512_storeu_si512(out + 64, _mm512_unpackhi_epi64(a, b));
}

#elif LSI_DRAW_VECTOR == 4 /* ----------------------------------------------------------------------------- AVX2 */

typedef __m256i vec;
enum { GROUPS_4X64 = 1, GROUPS_4X32 = 2 };

#define vec_set(x) _mm256_set1_epi64x((long long)(x))
#define vec_add(a, b) _mm256_add_epi64(a, b)
#define vec_mul32(a, b) _mm256_mul_epu32(a, b)
#define vec_high(a) _mm256_srli_epi64(a, 32)
#define vec_high_any(a) _mm256_shuffle_epi32(a, 0xF5) /* the shifts' ports are the multiplier's */
#define vec_xor(a, b) _mm256_xor_si256(a, b)
#define vec_xor3(a, b, c) vec_xor(vec_xor(a, b), c)
#define vec_join(a, b) _mm256_blend_epi32(a, _mm256_shuffle_epi32(b, 0xA0), 0xAA)
#define vec_low(a) _mm256_blend_epi32(a, _mm256_setzero_si256(), 0xAA)
/* no comparison of unsigned lanes: their highest bits turned, they compare as signed ones */
#define vec_turned(a) vec_xor(a, vec_set((uint64_t)1 << 63))
#define vec_lower(a, x) _mm256_cmpgt_epi64(vec_turned(vec_set(x)), vec_turned(a))
#define vec_below(a, x) (_mm256_movemask_epi8(vec_lower(a, x)) != 0)
#define vec_carry(a, b, x) _mm256_sub_epi64(a, vec_lower(b, x))

DRAW_INLINE vec lane_block_4x64(void) { return _mm256_setr_epi64x(0, 2, 1, 3); }
DRAW_INLINE vec lane_block_4x32(void) { return lane_block_4x64(); }
DRAW_INLINE vec lane_half(void) { return _mm256_setr_epi64x(0, 1, 0, 1); }
DRAW_INLINE vec lane_odd(void) { return _mm256_setr_epi64x(0, 0, 1, 1); }

/* Whole numbers below 2^53, as ls_whole_to_f64. */
DRAW_INLINE __m256d whole_to_f64(vec k)
{
    const vec high = _mm256_or_si256(vec_high(k), vec_set(0x4530000000000000));
    const vec low = _mm256_or_si256(vec_low(k), vec_set(0x4330000000000000));
    return _mm256_add_pd(_mm256_sub_pd(_mm256_castsi256_pd(high), _mm256_set1_pd(0x1.00000001p84)),
                         _mm256_castsi256_pd(low));
}

/* Rounded once: the upper half is exact, and so is the lower one under its magic number. */
DRAW_INLINE __m256 u32_to_f32(vec w)
{
    const vec low = _mm256_blend_epi16(w, _mm256_set1_epi32(0x4b000000), 0xAA);
    const vec high = _mm256_or_si256(_mm256_srli_epi32(w, 16), _mm256_set1_epi32(0x53000000));
    return _mm256_add_ps(_mm256_sub_ps(_mm256_castsi256_ps(high), _mm256_set1_ps(0x1.0001p39f)),
                         _mm256_castsi256_ps(low));
}

DRAW_INLINE vec finished_4x64(vec v, const draw_finish finish)
{
    if (finish == FINISH_F64)
        return _mm256_castpd_si256(_mm256_mul_pd(whole_to_f64(_mm256_srli_epi64(v, 11)), _mm256_set1_pd(0x1p-53)));
    if (finish == FINISH_F32) {
        const __m256 x = _mm256_cvtepi32_ps(_mm256_srli_epi32(v, 8));
        return _mm256_castps_si256(_mm256_mul_ps(x, _mm256_set1_ps(0x1p-24f)));
    }
    return v;
}

/* Lanes 0, 2, 1, 3 hold blocks 0, 1, 2, 3. */
DRAW_INLINE void store_4x64(unsigned char *out, const vec c[4], const draw_finish finish)
{
    const vec a = _mm256_unpacklo_epi64(c[0], c[1]), b = _mm256_unpacklo_epi64(c[2], c[3]);
    const vec e = _mm256_unpackhi_epi64(c[0], c[1]), f = _mm256_unpackhi_epi64(c[2], c[3]);
    vec *const to = (vec *)(void *)out;
    _mm256_storeu_si256(to, finished_4x64(_mm256_permute2x128_si256(a, b, 0x20), finish));
    _mm256_storeu_si256(to + 1, finished_4x64(_mm256_permute2x128_si256(a, b, 0x31), finish));
    _mm256_storeu_si256(to + 2, finished_4x64(_mm256_permute2x128_si256(e, f, 0x20), finish));
    _mm256_storeu_si256(to + 3, finished_4x64(_mm256_permute2x128_si256(e, f, 0x31), finish));
}

/* A 64-bit word of two 32-bit ones as a uniform number. */
DRAW_INLINE vec uniform_4x32(vec low, vec high)
{
    const vec z = vec_xor(vec_low(low), vec_mul32(high, vec_set(1 << 21)));
    return _mm256_castpd_si256(_mm256_fmadd_pd(whole_to_f64(z), _mm256_set1_pd(0x1p-53), _mm256_set1_pd(0x1p-54)));
}

DRAW_INLINE vec finished_4x32(vec v, const draw_finish finish)
{
    if (finish != FINISH_F32) return v;
    return _mm256_castps_si256(
        _mm256_fmadd_ps(u32_to_f32(v), _mm256_set1_ps(0x1p-32f), _mm256_set1_ps(0x1p-33f)));
}

DRAW_INLINE void store_4x32(unsigned char *out, const vec c[4], const draw_finish finish)
{
    const int f64 = finish == FINISH_F64;
    const vec a = f64 ? uniform_4x32(c[0], c[1]) : finished_4x32(vec_join(c[0], c[1]), finish);
    const vec b = f64 ? uniform_4x32(c[2], c[3]) : finished_4x32(vec_join(c[2], c[3]), finish);
    _mm256_storeu_si256((vec *)(void *)out, _mm256_unpacklo_epi64(a, b));
    _mm256_storeu_si256((vec *)(void *)(out + 32), _mm256_unpackhi_epi64(a, b));
}

#endif

#if LSI_DRAW_VECTOR > 1 /* ------------------------------------------------------------- both vector ISAs */

/* What the upper half of a word, when it is the same in all lanes, adds to the word's product with a constant. */
typedef struct draw_upper {
    vec high, middle;
} draw_upper;

#if defined(__AVX512IFMA__)
/* The full product of 64-bit lanes with a constant, by multiply-adds of digits of 52 bits. The product of the upper
 * halves is the high word but for less than 2^33. How much that is stands in the bits from 64 on of what remains of the
 * product without it; `middle` is that remainder's digit from bit 52 on, a sum modulo 2^52, in which constants may be
 * negative. Multiply-adds read the lower 52 bits of a lane only: x is its own lower digit, `turned` is the upper half
 * and some of the lower one above it, which is a multiple of x and goes with the constant of x, and the last one adds
 * the sum shifted. */
#define DRAW_DIGIT (((uint64_t)1 << 52) - 1)
#define DRAW_AWAY(m) ((0 - ((m) >> 32 << 12)) & DRAW_DIGIT) /* minus the upper half, from bit 52 on */

DRAW_INLINE void vec_mul64_end(vec x, const uint64_t m, vec nearly_high, vec middle, vec *high, vec *low)
{
    *high = _mm512_madd52hi_epu64(nearly_high, middle, vec_set((uint64_t)1 << 40));
    *low = _mm512_madd52lo_epu64(_mm512_slli_epi64(middle, 52), x, vec_set(m & DRAW_DIGIT));
}

DRAW_INLINE void vec_mul64(vec x, const uint64_t m, vec *high, vec *low)
{
    const vec m_low = vec_set(m & DRAW_DIGIT), m_high = vec_set(((m >> 52) - (DRAW_AWAY(m) << 32)) & DRAW_DIGIT);
    const vec turned = _mm512_shuffle_epi32(x, (_MM_PERM_ENUM)0xB1);
    vec middle = _mm512_madd52hi_epu64(_mm512_setzero_si512(), x, m_low);
    middle = _mm512_madd52lo_epu64(middle, x, m_high);
    middle = _mm512_madd52lo_epu64(middle, turned, vec_set(DRAW_AWAY(m)));
    middle = _mm512_madd52lo_epu64(middle, _mm512_srli_epi64(x, 52), m_low);
    vec_mul64_end(x, m, vec_mul32(turned, vec_set(m >> 32)), middle, high, low);
}

DRAW_INLINE draw_upper upper_of(uint64_t x, const uint64_t m)
{
    draw_upper u;
    u.high = vec_set((x >> 32) * (m >> 32));
    u.middle = vec_set(((x >> 52) * (m & DRAW_DIGIT) + (x >> 32) * DRAW_AWAY(m)) & DRAW_DIGIT);
    return u;
}

DRAW_INLINE void vec_mul64_lower(vec x, const uint64_t m, const draw_upper *upper, vec *high, vec *low)
{
    vec middle = _mm512_madd52hi_epu64(upper->middle, x, vec_set(m & DRAW_DIGIT));
    middle = _mm512_madd52lo_epu64(middle, x, vec_set(m >> 52));
    vec_mul64_end(x, m, upper->high, middle, high, low);
}
#else
/* The full product of 64-bit lanes with a constant, of four 32-bit products. */
DRAW_INLINE void vec_mul64(vec x, const uint64_t m, vec *high, vec *low)
{
    const vec m_low = vec_set(m & 0xffffffffu), m_high = vec_set(m >> 32), x_high = vec_high_any(x);
    const vec ll = vec_mul32(x, m_low), hl = vec_mul32(x_high, m_low);
    const vec lh = vec_mul32(x, m_high), hh = vec_mul32(x_high, m_high);
    const vec middle = vec_add(hl, vec_high(ll));       /* these sums cannot carry out of 64 bits */
    const vec middle2 = vec_add(lh, vec_low(middle));
    *high = vec_add(vec_add(hh, vec_high(middle)), vec_high(middle2));
    *low = vec_join(ll, middle2);
}

DRAW_INLINE draw_upper upper_of(uint64_t x, const uint64_t m)
{
    draw_upper u;
    u.high = vec_set(ls_mulhi_u64(x >> 32 << 32, m));
    u.middle = vec_set((x >> 32) * m & 0xffffffffu);
    return u;
}

DRAW_INLINE void vec_mul64_lower(vec x, const uint64_t m, const draw_upper *upper, vec *high, vec *low)
{
    const vec ll = vec_mul32(x, vec_set(m & 0xffffffffu)), lh = vec_mul32(x, vec_set(m >> 32));
    const vec middle = vec_add(vec_add(lh, vec_high(ll)), upper->middle);
    *high = vec_add(upper->high, vec_high(middle));
    *low = vec_join(ll, middle);
}
#endif

/* Only one word of the counter differs between the blocks of a run, so half of what the first two rounds compute is the
 * same for all of them, and is computed once. `start` is that share: what the two rounds xor into words 0 and 2, the
 * word they leave as it is, and, on 4x64, what the second round's word has in common. */
typedef struct draw_start {
    vec xor_first, xor0, xor2, same;
    draw_upper upper;
} draw_start;

DRAW_INLINE draw_start start_4x64(const draw_keys *keys, const uint64_t c[4])
{
    const uint64_t word0 = ls_mulhi_u64(LS_PHILOX64_MUL1, c[2]) ^ c[1] ^ keys->key[0][0];
    draw_start s;
    s.upper = upper_of(ls_mulhi_u64(LS_PHILOX64_MUL0, c[0]) ^ c[3] ^ keys->key[0][1], LS_PHILOX64_MUL1);
    s.xor_first = vec_set(c[3] ^ keys->key[0][1]);
    s.xor0 = vec_set(LS_PHILOX64_MUL1 * c[2] ^ keys->key[1][0]);
    s.xor2 = vec_set(ls_mulhi_u64(LS_PHILOX64_MUL0, word0) ^ keys->key[1][1]);
    s.same = vec_set(LS_PHILOX64_MUL0 * word0);
    return s;
}

/* The first round's product of a vector of counters. They are numbers in a row, so the next vector's is an addition. */
typedef struct draw_product {
    vec high, low;
} draw_product;

DRAW_INLINE draw_product first_4x64(const uint64_t counter)
{
    draw_product p;
    vec_mul64(vec_add(vec_set(counter), lane_block_4x64()), LS_PHILOX64_MUL0, &p.high, &p.low);
    return p;
}

DRAW_INLINE draw_product next_4x64(draw_product p)
{
    const uint64_t step_low = LS_PHILOX64_MUL0 * LSI_DRAW_VECTOR; /* of 128 bits */
    const uint64_t step_high = LS_PHILOX64_MUL0 / (((uint64_t)1 << 63) / (LSI_DRAW_VECTOR / 2));
    p.low = vec_add(p.low, vec_set(step_low));
    p.high = vec_carry(vec_add(p.high, vec_set(step_high)), p.low, step_low);
    return p;
}

/* The blocks of the counters whose products begin with `first`, which moves on to the next ones'. */
DRAW_INLINE void some_4x64(const draw_keys *keys, const draw_start *start, draw_product *first, const int groups,
                           unsigned char *out, const draw_finish finish)
{
    vec c[GROUPS_4X64][4];
    for (int g = 0; g < groups; g++) {
        vec high, low;
        c[g][2] = vec_xor(first->high, start->xor_first);
        vec_mul64_lower(c[g][2], LS_PHILOX64_MUL1, &start->upper, &high, &low);
        c[g][0] = vec_xor(high, start->xor0);
        c[g][1] = low;
        c[g][2] = vec_xor(first->low, start->xor2);
        c[g][3] = start->same;
        *first = next_4x64(*first);
    }
    for (int r = 2; r < LS_PHILOX_ROUNDS; r++) {
        const vec key0 = vec_set(keys->key[r][0]), key1 = vec_set(keys->key[r][1]);
        for (int g = 0; g < groups; g++) {
            vec high, low;
            vec_mul64(c[g][2], LS_PHILOX64_MUL1, &high, &low);
            const vec word0 = vec_xor3(high, c[g][1], key0);
            c[g][1] = low;
            vec_mul64(c[g][0], LS_PHILOX64_MUL0, &high, &low);
            c[g][2] = vec_xor3(high, c[g][3], key1);
            c[g][3] = low;
            c[g][0] = word0;
        }
    }
    for (int g = 0; g < groups; g++) store_4x64(out + g * LSI_DRAW_VECTOR * 32, c[g], finish);
}

/* 32-bit words live in the low halves of 64-bit lanes; what is above them is never read. */
DRAW_INLINE draw_start start_4x32(const draw_keys *keys, const draw_run32 *run)
{
    const vec turn = vec_set((uint32_t)run->turn), m0 = vec_set(LS_PHILOX32_MUL0), m1 = vec_set(LS_PHILOX32_MUL1);
    const vec p0 = vec_mul32(run->paired ? vec_add(turn, lane_odd()) : turn, m0);
    const vec p1 = vec_mul32(vec_xor(vec_high(p0), vec_set(keys->key[0][1])), m1);
    draw_start s;
    s.xor_first = vec_set(run->turn >> 32 ^ keys->key[0][0]);
    s.xor0 = vec_xor(vec_high(p1), vec_set(keys->key[1][0]));
    s.xor2 = vec_xor(p0, vec_set(keys->key[1][1]));
    s.same = p1;
    return s;
}

/* The blocks of the subsequences whose first products are in `first`, which moves on to the next ones'. Those are
 * numbers in a row here, too. */
DRAW_INLINE void some_4x32(const draw_keys *keys, const draw_start *start, const int paired, vec *first,
                           const int groups, unsigned char *out, const draw_finish finish)
{
    const vec step = vec_set((uint64_t)LS_PHILOX32_MUL1 * (paired ? LSI_DRAW_VECTOR / 2 : LSI_DRAW_VECTOR));
    const vec m0 = vec_set(LS_PHILOX32_MUL0), m1 = vec_set(LS_PHILOX32_MUL1);
    vec c[GROUPS_4X32][4];
    for (int g = 0; g < groups; g++) {
        const vec p0 = vec_mul32(vec_xor(vec_high(*first), start->xor_first), m0);
        c[g][0] = vec_xor(*first, start->xor0);
        c[g][1] = start->same;
        c[g][2] = vec_xor(vec_high(p0), start->xor2);
        c[g][3] = p0;
        *first = vec_add(*first, step);
    }
    for (int r = 2; r < LS_PHILOX_ROUNDS; r++) {
        const vec key0 = vec_set(keys->key[r][0]), key1 = vec_set(keys->key[r][1]);
        for (int g = 0; g < groups; g++) {
            const vec p0 = vec_mul32(c[g][0], m0), p1 = vec_mul32(c[g][2], m1);
            c[g][0] = vec_xor3(vec_high(p1), c[g][1], key0);
            c[g][1] = p1;
            c[g][2] = vec_xor3(vec_high_any(p0), c[g][3], key1);
            c[g][3] = p0;
        }
    }
    for (int g = 0; g < groups; g++) store_4x32(out + g * LSI_DRAW_VECTOR * 16, c[g], finish);
}

DRAW_INLINE void blocks_4x64(const draw_keys *keys, const uint64_t start[4], uint64_t blocks, unsigned char *out,
                             const draw_finish finish)
{
    enum { MOST = GROUPS_4X64 * LSI_DRAW_VECTOR, FEWER = (GROUPS_4X64 + 1) / 2 * LSI_DRAW_VECTOR };
    const draw_start share = start_4x64(keys, start);
    draw_product first = first_4x64(start[0]);
    unsigned char last[LSI_DRAW_VECTOR * 32];
    for (; blocks >= MOST; blocks -= MOST, out += MOST * 32)
        some_4x64(keys, &share, &first, MOST / LSI_DRAW_VECTOR, out, finish);
    if (blocks >= FEWER && FEWER > LSI_DRAW_VECTOR) {
        some_4x64(keys, &share, &first, FEWER / LSI_DRAW_VECTOR, out, finish);
        blocks -= FEWER;
        out += FEWER * 32;
    }
    for (; blocks > 0; blocks -= blocks < LSI_DRAW_VECTOR ? blocks : LSI_DRAW_VECTOR, out += LSI_DRAW_VECTOR * 32) {
        const int whole = blocks >= LSI_DRAW_VECTOR;
        some_4x64(keys, &share, &first, 1, whole ? out : last, finish);
        if (!whole) memcpy(out, last, blocks * 32);
    }
}

DRAW_INLINE void blocks_4x32(const draw_keys *keys, const draw_run32 *run, uint64_t blocks, unsigned char *out,
                             const draw_finish finish)
{
    enum { MOST = GROUPS_4X32 * LSI_DRAW_VECTOR, FEWER = (GROUPS_4X32 + 1) / 2 * LSI_DRAW_VECTOR };
    const int paired = run->paired;
    const draw_start share = start_4x32(keys, run);
    const vec at = vec_add(vec_set(run->subsequence), paired ? lane_half() : lane_block_4x32());
    vec first = vec_mul32(at, vec_set(LS_PHILOX32_MUL1));
    unsigned char last[LSI_DRAW_VECTOR * 16];
    for (; blocks >= MOST; blocks -= MOST, out += MOST * 16)
        some_4x32(keys, &share, paired, &first, MOST / LSI_DRAW_VECTOR, out, finish);
    if (blocks >= FEWER && FEWER > LSI_DRAW_VECTOR) {
        some_4x32(keys, &share, paired, &first, FEWER / LSI_DRAW_VECTOR, out, finish);
        blocks -= FEWER;
        out += FEWER * 16;
    }
    for (; blocks > 0; blocks -= blocks < LSI_DRAW_VECTOR ? blocks : LSI_DRAW_VECTOR) {
        const int whole = blocks >= LSI_DRAW_VECTOR;
        some_4x32(keys, &share, paired, &first, 1, whole ? out : last, finish);
        if (!whole) memcpy(out, last, blocks * 16);
        out += LSI_DRAW_VECTOR * 16;
    }
}

#else /* ------------------------------------------------------------------------------------ portable C */

DRAW_INLINE void store_words(unsigned char *out, const uint64_t *words, const int count, const draw_finish finish,
                             const uint32_t engine)
{
    for (int k = 0; k < count; k++) {
        if (finish == FINISH_F64) {
            const double x = ls_uniform_of_word64(engine, words[k]);
            memcpy(out + 8 * k, &x, 8);
        } else if (finish == FINISH_F32) {
            const float x[2] = {ls_uniform_of_word32(engine, (uint32_t)words[k]),
                                ls_uniform_of_word32(engine, (uint32_t)(words[k] >> 32))};
            memcpy(out + 8 * k, x, 8);
        } else {
            memcpy(out + 8 * k, words + k, 8);
        }
    }
}

/* Two blocks at once, so that their multiplications overlap. */
DRAW_INLINE void blocks_4x64(const draw_keys *keys, const uint64_t start[4], uint64_t blocks, unsigned char *out,
                             const draw_finish finish)
{
    for (uint64_t b = 0; b < blocks; b += 2) {
        const ls_words64 c = {{start[0] + b, start[1], start[2], start[3]}};
        const ls_words64 c2 = {{start[0] + b + 1, start[1], start[2], start[3]}};
        const ls_words64 r = ls_philox4x64(c, keys->key[0][0], keys->key[0][1]);
        const ls_words64 r2 = ls_philox4x64(c2, keys->key[0][0], keys->key[0][1]);
        store_words(out + 32 * b, r.w, 4, finish, LSI_ENGINE_PHILOX4X64);
        if (b + 1 < blocks) store_words(out + 32 * b + 32, r2.w, 4, finish, LSI_ENGINE_PHILOX4X64);
    }
}

DRAW_INLINE void blocks_4x32(const draw_keys *keys, const draw_run32 *run, uint64_t blocks, unsigned char *out,
                             const draw_finish finish)
{
    for (uint64_t b = 0; b < blocks; b++) {
        const uint64_t turn = run->turn + (run->paired ? b & 1 : 0);
        const uint32_t subsequence = run->subsequence + (uint32_t)(run->paired ? b / 2 : b);
        const ls_words32 c = {{(uint32_t)turn, (uint32_t)(turn >> 32), subsequence, 0}};
        const ls_words32 r = ls_philox4x32(c, (uint32_t)keys->key[0][0], (uint32_t)keys->key[0][1]);
        const uint64_t words[2] = {(uint64_t)r.w[1] << 32 | r.w[0], (uint64_t)r.w[3] << 32 | r.w[2]};
        store_words(out + 16 * b, words, 2, finish, LSI_ENGINE_PHILOX4X32);
    }
}

#endif

#endif
