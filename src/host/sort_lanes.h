/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What sorting needs of vectors of unsigned keys, in two widths: x_u32 and x_u64. An instruction set without it leaves
 * LSI_SORT_LANES undefined. `distance` and `group` are powers of two, and constants where they are used. */
#ifndef LSI_HOST_SORT_LANES_H
#define LSI_HOST_SORT_LANES_H

#include <stdint.h>

#if LSI_ISA_IS_avx512 || LSI_ISA_IS_avx2
#define LSI_SORT_LANES 1
/* Networks have to be one function each, or their vectors go through memory. */
#define LSI_SORT_INLINE static inline __attribute__((always_inline))
#include <immintrin.h>

/* How eight lanes change places so that those of a mask come first, both kinds in their order: lane i of the result
 * comes from the lane that nibble i names. */
#define BITS_BELOW(mask, i) __builtin_popcount((mask) & ((1u << (i)) - 1))
#define PLACE_OF(mask, i)                                                                                              \
    ((mask) >> (i) & 1 ? BITS_BELOW(mask, i) : __builtin_popcount(mask) + BITS_BELOW(~(mask), i))
#define LANE_OF(mask, i) ((uint32_t)(i) << 4 * PLACE_OF(mask, i))
#define SIDES(mask)                                                                                                    \
    (LANE_OF(mask, 0) | LANE_OF(mask, 1) | LANE_OF(mask, 2) | LANE_OF(mask, 3) | LANE_OF(mask, 4) | LANE_OF(mask, 5) | \
     LANE_OF(mask, 6) | LANE_OF(mask, 7))
#define SIDES_4(mask) SIDES((mask)), SIDES((mask) + 1u), SIDES((mask) + 2u), SIDES((mask) + 3u)
#define SIDES_16(mask) SIDES_4(mask), SIDES_4((mask) + 4u), SIDES_4((mask) + 8u), SIDES_4((mask) + 12u)
#define SIDES_64(mask) SIDES_16(mask), SIDES_16((mask) + 16u), SIDES_16((mask) + 32u), SIDES_16((mask) + 48u)
static const uint32_t lane_sides[256] = {SIDES_64(0u), SIDES_64(64u), SIDES_64(128u), SIDES_64(192u)};
#undef SIDES_64
#undef SIDES_16
#undef SIDES_4
#undef SIDES
#undef LANE_OF
#undef PLACE_OF
#undef BITS_BELOW
#endif

#if LSI_ISA_IS_avx512
enum { LANES_u32 = 16, LANES_u64 = 8 };
typedef __m512i vec_u32;
typedef __m512i vec_u64;

static inline vec_u32 lanes_load_u32(const uint32_t *p) { return _mm512_loadu_si512(p); }
static inline vec_u64 lanes_load_u64(const uint64_t *p) { return _mm512_loadu_si512(p); }
static inline void lanes_store_u32(uint32_t *p, vec_u32 v) { _mm512_storeu_si512(p, v); }
static inline void lanes_store_u64(uint64_t *p, vec_u64 v) { _mm512_storeu_si512(p, v); }
static inline vec_u32 lanes_all_u32(uint32_t k) { return _mm512_set1_epi32((int32_t)k); }
static inline vec_u64 lanes_all_u64(uint64_t k) { return _mm512_set1_epi64((int64_t)k); }
static inline vec_u32 lanes_min_u32(vec_u32 a, vec_u32 b) { return _mm512_min_epu32(a, b); }
static inline vec_u64 lanes_min_u64(vec_u64 a, vec_u64 b) { return _mm512_min_epu64(a, b); }
/* The other one of a pair, a ^ b ^ one: the maximum from the minimum, on the port that the minimum does not use. */
static inline vec_u32 lanes_other_u32(vec_u32 a, vec_u32 b, vec_u32 one)
{
    return _mm512_ternarylogic_epi32(a, b, one, 0x96);
}
static inline vec_u64 lanes_other_u64(vec_u64 a, vec_u64 b, vec_u64 one)
{
    return _mm512_ternarylogic_epi64(a, b, one, 0x96);
}

/* The first n lanes, 0 <= n <= LANES; the others from `rest`. */
static inline vec_u32 lanes_load_some_u32(const uint32_t *p, int64_t n, vec_u32 rest)
{
    return _mm512_mask_loadu_epi32(rest, (__mmask16)((1u << n) - 1), p);
}
static inline vec_u64 lanes_load_some_u64(const uint64_t *p, int64_t n, vec_u64 rest)
{
    return _mm512_mask_loadu_epi64(rest, (__mmask8)((1u << n) - 1), p);
}
static inline void lanes_store_some_u32(uint32_t *p, vec_u32 v, int64_t n)
{
    _mm512_mask_storeu_epi32(p, (__mmask16)((1u << n) - 1), v);
}
static inline void lanes_store_some_u64(uint64_t *p, vec_u64 v, int64_t n)
{
    _mm512_mask_storeu_epi64(p, (__mmask8)((1u << n) - 1), v);
}

/* Sets of lanes: the first n, those less than another, and how many; and the lanes of a set, in order, to memory, where
 * LANES keys may be overwritten. */
typedef __mmask16 lanes_set;
static inline lanes_set lanes_first(int64_t n) { return (lanes_set)((1u << n) - 1); }
static inline int lanes_count(lanes_set set) { return __builtin_popcount(set); }
static inline lanes_set lanes_less_u32(vec_u32 a, vec_u32 b) { return _mm512_cmplt_epu32_mask(a, b); }
static inline lanes_set lanes_less_u64(vec_u64 a, vec_u64 b) { return _mm512_cmplt_epu64_mask(a, b); }
static inline void lanes_pack_u32(uint32_t *to, vec_u32 v, lanes_set set)
{
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi32(set, v));
}
static inline void lanes_pack_u64(uint64_t *to, vec_u64 v, lanes_set set)
{
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi64((__mmask8)set, v));
}

/* Lanes in the opposite order within every group. */
static inline vec_u32 lanes_reverse_u32(vec_u32 v, int group)
{
    switch (group) {
    case 2:
        return _mm512_shuffle_epi32(v, _MM_PERM_CDAB);
    case 4:
        return _mm512_shuffle_epi32(v, _MM_PERM_ABCD);
    case 8:
        return _mm512_permutexvar_epi32(_mm512_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8), v);
    default:
        return _mm512_permutexvar_epi32(_mm512_setr_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), v);
    }
}
static inline vec_u64 lanes_reverse_u64(vec_u64 v, int group)
{
    switch (group) {
    case 2:
        return _mm512_shuffle_epi32(v, _MM_PERM_BADC);
    case 4:
        return _mm512_permutex_epi64(v, 0x1b);
    default:
        return _mm512_permutexvar_epi64(_mm512_setr_epi64(7, 6, 5, 4, 3, 2, 1, 0), v);
    }
}
/* Lane i from lane i ^ distance. */
static inline vec_u32 lanes_swap_u32(vec_u32 v, int distance)
{
    switch (distance) {
    case 1:
        return _mm512_shuffle_epi32(v, _MM_PERM_CDAB);
    case 2:
        return _mm512_shuffle_epi32(v, _MM_PERM_BADC);
    case 4:
        return _mm512_permutex_epi64(v, 0x4e);
    default:
        return _mm512_shuffle_i64x2(v, v, 0x4e);
    }
}
static inline vec_u64 lanes_swap_u64(vec_u64 v, int distance)
{
    return lanes_swap_u32(v, 2 * distance);
}

/* The lanes whose number has the bit `distance`. */
static inline __mmask16 lanes_upper(int distance)
{
    return distance == 1 ? 0xaaaa : distance == 2 ? 0xcccc : distance == 4 ? 0xf0f0 : 0xff00;
}
/* Lanes of `low`, those whose number has the bit `distance` of `high`. */
static inline vec_u32 lanes_pick_u32(vec_u32 low, vec_u32 high, int distance)
{
    return _mm512_mask_blend_epi32(lanes_upper(distance), low, high);
}
static inline vec_u64 lanes_pick_u64(vec_u64 low, vec_u64 high, int distance)
{
    return _mm512_mask_blend_epi64((__mmask8)lanes_upper(distance), low, high);
}
/* The lesser of two lanes; the greater where the lane's number has the bit `distance`. */
static inline vec_u32 lanes_order_u32(vec_u32 a, vec_u32 b, int distance)
{
    return _mm512_mask_ternarylogic_epi32(_mm512_min_epu32(a, b), lanes_upper(distance), a, b, 0x96);
}
static inline vec_u64 lanes_order_u64(vec_u64 a, vec_u64 b, int distance)
{
    return _mm512_mask_ternarylogic_epi64(_mm512_min_epu64(a, b), (__mmask8)lanes_upper(distance), a, b, 0x96);
}

/* a0 b0 a1 b1 ... in two vectors. */
static inline void lanes_riffle_u32(vec_u32 *a, vec_u32 *b)
{
    const __m512i low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
                  high = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const __m512i x = *a, y = *b;
    *a = _mm512_permutex2var_epi32(x, low, y);
    *b = _mm512_permutex2var_epi32(x, high, y);
}
static inline void lanes_riffle_u64(vec_u64 *a, vec_u64 *b)
{
    const __m512i low = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11),
                  high = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
    const __m512i x = *a, y = *b;
    *a = _mm512_permutex2var_epi64(x, low, y);
    *b = _mm512_permutex2var_epi64(x, high, y);
}

/* Writes the keys below the pivot from `below` on and the others up to `end`, and returns how many are below. LANES
 * keys at `below` and before `end` are overwritten. Keys of 32 bits go by halves, whose places a table holds: packing
 * all 16 lanes twice is twice the work for the port of shuffles. */
static inline void lanes_part_half_u32(__m256i v, unsigned low, uint32_t *below, uint32_t *end)
{
    const __m256i sides = _mm256_set1_epi32((int32_t)lane_sides[low]),
                  nibble = _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28);
    const __m256i parted = _mm256_permutevar8x32_epi32(v, _mm256_srlv_epi32(sides, nibble));
    _mm256_storeu_si256((__m256i *)(void *)below, parted);
    _mm256_storeu_si256((__m256i *)(void *)(end - 8), parted);
}
static inline int64_t lanes_part_u32(vec_u32 v, vec_u32 pivot, uint32_t *below, uint32_t *end)
{
    const unsigned low = _mm512_cmplt_epu32_mask(v, pivot), first = low & 0xff;
    const int count = __builtin_popcount(first);
    lanes_part_half_u32(_mm512_castsi512_si256(v), first, below, end);
    lanes_part_half_u32(_mm512_extracti64x4_epi64(v, 1), low >> 8, below + count, end - (8 - count));
    return __builtin_popcount(low);
}
static inline int64_t lanes_part_u64(vec_u64 v, vec_u64 pivot, uint64_t *below, uint64_t *end)
{
    const __mmask8 low = _mm512_cmplt_epu64_mask(v, pivot);
    const __m512i sides = _mm512_set1_epi32((int32_t)lane_sides[low]),
                  nibble = _mm512_setr_epi64(0, 4, 8, 12, 16, 20, 24, 28);
    const __m512i parted = _mm512_permutexvar_epi64(_mm512_srlv_epi64(sides, nibble), v);
    _mm512_storeu_si512(below, parted);
    _mm512_storeu_si512(end - 8, parted);
    return __builtin_popcount(low);
}
#elif LSI_ISA_IS_avx2
enum { LANES_u32 = 8, LANES_u64 = 4 };
typedef __m256i vec_u32;
typedef __m256i vec_u64;

static inline __m256i lanes_load_u32(const uint32_t *p) { return _mm256_loadu_si256((const __m256i *)(const void *)p); }
static inline __m256i lanes_load_u64(const uint64_t *p) { return _mm256_loadu_si256((const __m256i *)(const void *)p); }
static inline void lanes_store_u32(uint32_t *p, vec_u32 v) { _mm256_storeu_si256((__m256i *)(void *)p, v); }
static inline void lanes_store_u64(uint64_t *p, vec_u64 v) { _mm256_storeu_si256((__m256i *)(void *)p, v); }
static inline vec_u32 lanes_all_u32(uint32_t k) { return _mm256_set1_epi32((int32_t)k); }
static inline vec_u64 lanes_all_u64(uint64_t k) { return _mm256_set1_epi64x((int64_t)k); }

/* All bits of the lanes where a is less than b: there are signed comparisons only. */
static inline __m256i lanes_where_less_u32(vec_u32 a, vec_u32 b)
{
    const __m256i sign = _mm256_set1_epi32(INT32_MIN);
    return _mm256_cmpgt_epi32(_mm256_xor_si256(b, sign), _mm256_xor_si256(a, sign));
}
static inline __m256i lanes_where_less_u64(vec_u64 a, vec_u64 b)
{
    const __m256i sign = _mm256_set1_epi64x(INT64_MIN);
    return _mm256_cmpgt_epi64(_mm256_xor_si256(b, sign), _mm256_xor_si256(a, sign));
}
static inline vec_u32 lanes_min_u32(vec_u32 a, vec_u32 b) { return _mm256_min_epu32(a, b); }
static inline vec_u64 lanes_min_u64(vec_u64 a, vec_u64 b)
{
    return _mm256_blendv_epi8(b, a, lanes_where_less_u64(a, b));
}
static inline vec_u32 lanes_other_u32(vec_u32 a, vec_u32 b, vec_u32 one)
{
    return _mm256_xor_si256(_mm256_xor_si256(a, b), one);
}
static inline vec_u64 lanes_other_u64(vec_u64 a, vec_u64 b, vec_u64 one) { return lanes_other_u32(a, b, one); }

static inline __m256i lanes_before_u32(int64_t n)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int32_t)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
static inline __m256i lanes_before_u64(int64_t n)
{
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_setr_epi64x(0, 1, 2, 3));
}
static inline vec_u32 lanes_load_some_u32(const uint32_t *p, int64_t n, vec_u32 rest)
{
    const __m256i there = lanes_before_u32(n);
    return _mm256_blendv_epi8(rest, _mm256_maskload_epi32((const int *)(const void *)p, there), there);
}
static inline vec_u64 lanes_load_some_u64(const uint64_t *p, int64_t n, vec_u64 rest)
{
    const __m256i there = lanes_before_u64(n);
    return _mm256_blendv_epi8(rest, _mm256_maskload_epi64((const long long *)(const void *)p, there), there);
}
static inline void lanes_store_some_u32(uint32_t *p, vec_u32 v, int64_t n)
{
    _mm256_maskstore_epi32((int *)(void *)p, lanes_before_u32(n), v);
}
static inline void lanes_store_some_u64(uint64_t *p, vec_u64 v, int64_t n)
{
    _mm256_maskstore_epi64((long long *)(void *)p, lanes_before_u64(n), v);
}

/* v with the lanes of a set first, both kinds in their order. */
static inline __m256i lanes_parted(__m256i v, unsigned set)
{
    const __m256i sides = _mm256_set1_epi32((int32_t)lane_sides[set]),
                  nibble = _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28);
    return _mm256_permutevar8x32_epi32(v, _mm256_srlv_epi32(sides, nibble));
}
/* A set of four lanes as one of eight. */
static inline unsigned lanes_twice(unsigned set)
{
    static const uint8_t twice[16] = {0x00, 0x03, 0x0c, 0x0f, 0x30, 0x33, 0x3c, 0x3f,
                                      0xc0, 0xc3, 0xcc, 0xcf, 0xf0, 0xf3, 0xfc, 0xff};
    return twice[set];
}
typedef unsigned lanes_set;
static inline lanes_set lanes_first(int64_t n) { return (1u << n) - 1; }
static inline int lanes_count(lanes_set set) { return __builtin_popcount(set); }
static inline lanes_set lanes_less_u32(vec_u32 a, vec_u32 b)
{
    return (lanes_set)_mm256_movemask_ps(_mm256_castsi256_ps(lanes_where_less_u32(a, b)));
}
static inline lanes_set lanes_less_u64(vec_u64 a, vec_u64 b)
{
    return (lanes_set)_mm256_movemask_pd(_mm256_castsi256_pd(lanes_where_less_u64(a, b)));
}
static inline void lanes_pack_u32(uint32_t *to, vec_u32 v, lanes_set set) { lanes_store_u32(to, lanes_parted(v, set)); }
static inline void lanes_pack_u64(uint64_t *to, vec_u64 v, lanes_set set)
{
    lanes_store_u64(to, lanes_parted(v, lanes_twice(set)));
}

static inline vec_u32 lanes_reverse_u32(vec_u32 v, int group)
{
    switch (group) {
    case 2:
        return _mm256_shuffle_epi32(v, 0xb1);
    case 4:
        return _mm256_shuffle_epi32(v, 0x1b);
    default:
        return _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0));
    }
}
static inline vec_u64 lanes_reverse_u64(vec_u64 v, int group)
{
    return group == 2 ? _mm256_shuffle_epi32(v, 0x4e) : _mm256_permute4x64_epi64(v, 0x1b);
}
static inline vec_u32 lanes_swap_u32(vec_u32 v, int distance)
{
    switch (distance) {
    case 1:
        return _mm256_shuffle_epi32(v, 0xb1);
    case 2:
        return _mm256_shuffle_epi32(v, 0x4e);
    default:
        return _mm256_permute2x128_si256(v, v, 1);
    }
}
static inline vec_u64 lanes_swap_u64(vec_u64 v, int distance) { return lanes_swap_u32(v, 2 * distance); }
static inline vec_u32 lanes_pick_u32(vec_u32 low, vec_u32 high, int distance)
{
    switch (distance) {
    case 1:
        return _mm256_blend_epi32(low, high, 0xaa);
    case 2:
        return _mm256_blend_epi32(low, high, 0xcc);
    default:
        return _mm256_blend_epi32(low, high, 0xf0);
    }
}
static inline vec_u64 lanes_pick_u64(vec_u64 low, vec_u64 high, int distance)
{
    return lanes_pick_u32(low, high, 2 * distance);
}
static inline vec_u32 lanes_order_u32(vec_u32 a, vec_u32 b, int distance)
{
    return lanes_pick_u32(_mm256_min_epu32(a, b), _mm256_max_epu32(a, b), distance);
}
static inline vec_u64 lanes_order_u64(vec_u64 a, vec_u64 b, int distance)
{
    const __m256i low = lanes_min_u64(a, b);
    return lanes_pick_u64(low, lanes_other_u64(a, b, low), distance);
}
static inline void lanes_riffle_u32(vec_u32 *a, vec_u32 *b)
{
    const __m256i low = _mm256_unpacklo_epi32(*a, *b), high = _mm256_unpackhi_epi32(*a, *b);
    *a = _mm256_permute2x128_si256(low, high, 0x20);
    *b = _mm256_permute2x128_si256(low, high, 0x31);
}
static inline void lanes_riffle_u64(vec_u64 *a, vec_u64 *b)
{
    const __m256i low = _mm256_unpacklo_epi64(*a, *b), high = _mm256_unpackhi_epi64(*a, *b);
    *a = _mm256_permute2x128_si256(low, high, 0x20);
    *b = _mm256_permute2x128_si256(low, high, 0x31);
}
static inline int64_t lanes_part_u32(vec_u32 v, vec_u32 pivot, uint32_t *below, uint32_t *end)
{
    const lanes_set low = lanes_less_u32(v, pivot);
    const __m256i parted = lanes_parted(v, low);
    lanes_store_u32(below, parted);
    lanes_store_u32(end - 8, parted);
    return lanes_count(low);
}
static inline int64_t lanes_part_u64(vec_u64 v, vec_u64 pivot, uint64_t *below, uint64_t *end)
{
    const lanes_set low = lanes_less_u64(v, pivot);
    const __m256i parted = lanes_parted(v, lanes_twice(low));
    lanes_store_u64(below, parted);
    lanes_store_u64(end - 4, parted);
    return lanes_count(low);
}
#endif

#endif
