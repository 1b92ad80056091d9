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
enum { GROUPS_4X64 = 3, GROUPS_4X32 = 4 }; /* vectors of counters in flight, to hide the multiplier's latency */

#define vec_set(x) _mm512_set1_epi64((long long)(x))
#define vec_add(a, b) _mm512_add_epi64(a, b)
#define vec_mul32(a, b) _mm512_mul_epu32(a, b)
#define vec_high(a) _mm512_srli_epi64(a, 32)
#define vec_high_any(a) vec_high(a) /* any upper half will do */
#define vec_xor(a, b) _mm512_xor_si512(a, b)
#define vec_xor3(a, b, c) _mm512_ternarylogic_epi64(a, b, c, 0x96)
/* low halves of a, and of b above them */
#define vec_join(a, b) _mm512_mask_shuffle_epi32(a, 0xAAAA, b, (_MM_PERM_ENUM)0x80)
#define vec_low(a) _mm512_and_si512(a, _mm512_set1_epi64(0xffffffff))
/* whether any lane is below the number */
#define vec_below(a, x) (_mm512_cmplt_epu64_mask(a, vec_set(x)) != 0)
/* a + 1 in lanes where b is below the number */
#define vec_carry(a, b, x) _mm512_mask_sub_epi64(a, _mm512_cmplt_epu64_mask(b, vec_set(x)), a, vec_set(~(uint64_t)0))

/* The block each lane holds, so that the transposition below ends in stream order. */
DRAW_INLINE vec lane_block(void) { return _mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7); }
DRAW_INLINE vec lane_half(void) { return _mm512_setr_epi64(0, 2, 0, 2, 1, 3, 1, 3); }
DRAW_INLINE vec lane_odd(void) { return _mm512_setr_epi64(0, 0, 1, 1, 0, 0, 1, 1); }

DRAW_INLINE void store_words(unsigned char *out, vec v, const draw_finish finish, const uint32_t engine)
{
    if (finish == FINISH_F64 && engine == LSI_ENGINE_PHILOX4X64) {
        const __m512d x = _mm512_cvtepu64_pd(_mm512_srli_epi64(v, 11));
        v = _mm512_castpd_si512(_mm512_mul_pd(x, _mm512_set1_pd(0x1p-53)));
    } else if (finish == FINISH_F64) {
        const vec z = _mm512_ternarylogic_epi64(v, _mm512_slli_epi64(vec_high(v), 21), vec_set(0xffffffff), 0x6C);
        v = _mm512_castpd_si512(
            _mm512_fmadd_pd(_mm512_cvtepu64_pd(z), _mm512_set1_pd(0x1p-53), _mm512_set1_pd(0x1p-54)));
    } else if (finish == FINISH_F32 && engine == LSI_ENGINE_PHILOX4X64) {
        const __m512 x = _mm512_cvtepi32_ps(_mm512_srli_epi32(v, 8));
        v = _mm512_castps_si512(_mm512_mul_ps(x, _mm512_set1_ps(0x1p-24f)));
    } else if (finish == FINISH_F32) {
        v = _mm512_castps_si512(
            _mm512_fmadd_ps(_mm512_cvtepu32_ps(v), _mm512_set1_ps(0x1p-32f), _mm512_set1_ps(0x1p-33f)));
    }
    _mm512_storeu_si512(out, v);
}

DRAW_INLINE void store_4x64(unsigned char *out, const vec c[4], const draw_finish finish)
{
    const vec first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), last = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    const vec a = _mm512_unpacklo_epi64(c[0], c[1]), b = _mm512_unpacklo_epi64(c[2], c[3]);
    const vec e = _mm512_unpackhi_epi64(c[0], c[1]), f = _mm512_unpackhi_epi64(c[2], c[3]);
    store_words(out, _mm512_permutex2var_epi64(a, first, b), finish, LSI_ENGINE_PHILOX4X64);
    store_words(out + 64, _mm512_permutex2var_epi64(a, last, b), finish, LSI_ENGINE_PHILOX4X64);
    store_words(out + 128, _mm512_permutex2var_epi64(e, first, f), finish, LSI_ENGINE_PHILOX4X64);
    store_words(out + 192, _mm512_permutex2var_epi64(e, last, f), finish, LSI_ENGINE_PHILOX4X64);
}

DRAW_INLINE void store_4x32(unsigned char *out, const vec c[4], const draw_finish finish)
{
    const vec a = vec_join(c[0], c[1]), b = vec_join(c[2], c[3]);
    store_words(out, _mm512_unpacklo_epi64(a, b), finish, LSI_ENGINE_PHILOX4X32);
    store_words(out + 64, _mm512_unpackhi_epi64(a, b), finish, LSI_ENGINE_PHILOX4X32);
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

DRAW_INLINE vec lane_block(void) { return _mm256_setr_epi64x(0, 2, 1, 3); }
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

DRAW_INLINE void store_words(unsigned char *out, vec v, const draw_finish finish, const uint32_t engine)
{
    if (finish == FINISH_F64 && engine == LSI_ENGINE_PHILOX4X64) {
        v = _mm256_castpd_si256(_mm256_mul_pd(whole_to_f64(_mm256_srli_epi64(v, 11)), _mm256_set1_pd(0x1p-53)));
    } else if (finish == FINISH_F64) {
        const vec z = _mm256_xor_si256(vec_low(v), _mm256_slli_epi64(vec_high(v), 21));
        v = _mm256_castpd_si256(
            _mm256_fmadd_pd(whole_to_f64(z), _mm256_set1_pd(0x1p-53), _mm256_set1_pd(0x1p-54)));
    } else if (finish == FINISH_F32 && engine == LSI_ENGINE_PHILOX4X64) {
        const __m256 x = _mm256_cvtepi32_ps(_mm256_srli_epi32(v, 8));
        v = _mm256_castps_si256(_mm256_mul_ps(x, _mm256_set1_ps(0x1p-24f)));
    } else if (finish == FINISH_F32) {
        v = _mm256_castps_si256(
            _mm256_fmadd_ps(u32_to_f32(v), _mm256_set1_ps(0x1p-32f), _mm256_set1_ps(0x1p-33f)));
    }
    _mm256_storeu_si256((vec *)(void *)out, v);
}

/* Lanes 0, 2, 1, 3 hold blocks 0, 1, 2, 3. */
DRAW_INLINE void store_4x64(unsigned char *out, const vec c[4], const draw_finish finish)
{
    const vec a = _mm256_unpacklo_epi64(c[0], c[1]), b = _mm256_unpacklo_epi64(c[2], c[3]);
    const vec e = _mm256_unpackhi_epi64(c[0], c[1]), f = _mm256_unpackhi_epi64(c[2], c[3]);
    store_words(out, _mm256_permute2x128_si256(a, b, 0x20), finish, LSI_ENGINE_PHILOX4X64);
    store_words(out + 32, _mm256_permute2x128_si256(a, b, 0x31), finish, LSI_ENGINE_PHILOX4X64);
    store_words(out + 64, _mm256_permute2x128_si256(e, f, 0x20), finish, LSI_ENGINE_PHILOX4X64);
    store_words(out + 96, _mm256_permute2x128_si256(e, f, 0x31), finish, LSI_ENGINE_PHILOX4X64);
}

DRAW_INLINE void store_4x32(unsigned char *out, const vec c[4], const draw_finish finish)
{
    const vec a = vec_join(c[0], c[1]), b = vec_join(c[2], c[3]);
    store_words(out, _mm256_unpacklo_epi64(a, b), finish, LSI_ENGINE_PHILOX4X32);
    store_words(out + 32, _mm256_unpackhi_epi64(a, b), finish, LSI_ENGINE_PHILOX4X32);
}

#endif

#if LSI_DRAW_VECTOR > 1 /* ------------------------------------------------------------- both vector ISAs */

#if defined(__AVX512IFMA__)
/* The full product of 64-bit lanes with a constant, in digits of 52 bits: seven multiply-adds, which add for nothing.
 * They read the lower 52 bits of a lane, so that the lower digit of x needs no mask. */
DRAW_INLINE void vec_mul64(vec x, const uint64_t m, vec *high, vec *low)
{
    const vec m_low = vec_set(m & (((uint64_t)1 << 52) - 1)), m_high = vec_set(m >> 52);
    const vec x_high = _mm512_srli_epi64(x, 52);
    vec middle = _mm512_madd52hi_epu64(_mm512_setzero_si512(), x, m_low); /* of 2^52, and below 2^54 */
    vec top = _mm512_madd52hi_epu64(_mm512_setzero_si512(), x, m_high);   /* of 2^104 */
    middle = _mm512_madd52lo_epu64(middle, x, m_high);
    top = _mm512_madd52lo_epu64(top, x_high, m_high);
    middle = _mm512_madd52lo_epu64(middle, x_high, m_low);
    top = _mm512_madd52hi_epu64(top, x_high, m_low);
    *low = _mm512_madd52lo_epu64(_mm512_slli_epi64(middle, 52), x, m_low);
    *high = vec_add(_mm512_srli_epi64(middle, 12), _mm512_slli_epi64(top, 40));
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
#endif

/* Only one word of the counter differs between the blocks of a run, so half of what the first two rounds compute is the
 * same for all of them, and is computed once. `start` is that share: what the two rounds xor into words 0 and 2, and
 * the word they leave as it is. */
typedef struct draw_start {
    vec xor_first, xor0, xor2, same;
} draw_start;

DRAW_INLINE draw_start start_4x64(const draw_keys *keys, const uint64_t c[4])
{
    const uint64_t word0 = ls_mulhi_u64(LS_PHILOX64_MUL1, c[2]) ^ c[1] ^ keys->key[0][0];
    draw_start s;
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
    vec_mul64(vec_add(vec_set(counter), lane_block()), LS_PHILOX64_MUL0, &p.high, &p.low);
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
        vec_mul64(c[g][2], LS_PHILOX64_MUL1, &high, &low);
        c[g][0] = vec_xor(high, start->xor0);
        c[g][1] = low;
        c[g][2] = vec_xor(first->low, start->xor2);
        c[g][3] = start->same;
        *first = next_4x64(*first);
    }
    for (int r = 2; r < LS_PHILOX_ROUNDS; r++) {
        const vec key0 = vec_set(keys->key[r][0]), key1 = vec_set(keys->key[r][1]);
        for (int g = 0; g < groups; g++) {
            vec hi0, lo0, hi1, lo1;
            vec_mul64(c[g][0], LS_PHILOX64_MUL0, &hi0, &lo0);
            vec_mul64(c[g][2], LS_PHILOX64_MUL1, &hi1, &lo1);
            c[g][0] = vec_xor3(hi1, c[g][1], key0);
            c[g][1] = lo1;
            c[g][2] = vec_xor3(hi0, c[g][3], key1);
            c[g][3] = lo0;
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

DRAW_INLINE void some_4x32(const draw_keys *keys, const draw_start *start, const draw_run32 *run, const int groups,
                           unsigned char *out, const draw_finish finish)
{
    const uint32_t step = run->paired ? LSI_DRAW_VECTOR / 2 : LSI_DRAW_VECTOR;
    const vec m0 = vec_set(LS_PHILOX32_MUL0), m1 = vec_set(LS_PHILOX32_MUL1);
    const vec lanes = run->paired ? lane_half() : lane_block();
    vec c[GROUPS_4X32][4];
    for (int g = 0; g < groups; g++) {
        const vec p1 = vec_mul32(vec_add(vec_set(run->subsequence + (uint32_t)g * step), lanes), m1);
        const vec p0 = vec_mul32(vec_xor(vec_high(p1), start->xor_first), m0);
        c[g][0] = vec_xor(p1, start->xor0);
        c[g][1] = start->same;
        c[g][2] = vec_xor(vec_high(p0), start->xor2);
        c[g][3] = p0;
    }
    for (int r = 2; r < LS_PHILOX_ROUNDS; r++) {
        const vec key0 = vec_set(keys->key[r][0]), key1 = vec_set(keys->key[r][1]);
        for (int g = 0; g < groups; g++) {
            const vec p0 = vec_mul32(c[g][0], m0), p1 = vec_mul32(c[g][2], m1);
            c[g][0] = vec_xor3(vec_high(p1), c[g][1], key0);
            c[g][1] = p1;
            c[g][2] = vec_xor3(vec_high(p0), c[g][3], key1);
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

DRAW_INLINE void blocks_4x32(const draw_keys *keys, const draw_run32 *start, uint64_t blocks, unsigned char *out,
                             const draw_finish finish)
{
    const draw_start share = start_4x32(keys, start);
    draw_run32 run = *start;
    const uint32_t step = run.paired ? LSI_DRAW_VECTOR / 2 : LSI_DRAW_VECTOR;
    unsigned char last[LSI_DRAW_VECTOR * 16];
    for (; blocks >= GROUPS_4X32 * LSI_DRAW_VECTOR; blocks -= GROUPS_4X32 * LSI_DRAW_VECTOR) {
        some_4x32(keys, &share, &run, GROUPS_4X32, out, finish);
        run.subsequence += GROUPS_4X32 * step;
        out += GROUPS_4X32 * LSI_DRAW_VECTOR * 16;
    }
    for (; blocks > 0; blocks -= blocks < LSI_DRAW_VECTOR ? blocks : LSI_DRAW_VECTOR) {
        const int whole = blocks >= LSI_DRAW_VECTOR;
        some_4x32(keys, &share, &run, 1, whole ? out : last, finish);
        if (!whole) memcpy(out, last, blocks * 16);
        run.subsequence += step;
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
