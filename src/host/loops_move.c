/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Loops that compute nothing: filling, choosing, moving between strides, copying past the caches, counting. One ISA. */
#include "host/loop_shape.h"
#include "host/loops.h"
#include "host/stream_line.h"
#include <string.h>

/* Elements of any dtype are carried as these. */
typedef uint8_t __attribute__((may_alias)) unit_8;
typedef uint16_t __attribute__((may_alias)) unit_16;
typedef uint32_t __attribute__((may_alias)) unit_32;
typedef uint64_t __attribute__((may_alias)) unit_64;
typedef struct { uint64_t low, high; } __attribute__((may_alias)) unit_128;

/* Blocks of eight by eight, turned in vector registers: half a block at a time where a vector holds eight elements, four
 * by four where it holds four, or eight by eight at once where an element has two bytes. */
#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define LSI_HAS_SHUFFLE
#endif
#endif

#ifdef LSI_HAS_SHUFFLE
typedef uint16_t vector_16 __attribute__((vector_size(16), aligned(2), may_alias));
#define JOIN __builtin_shufflevector

#if defined(__AVX2__)
/* Four elements of runs k and k + 4 to a vector; the joining reads memory itself and takes no turn of the shuffles. */
LSI_INLINE __m256i join_32(const char *low, const char *high)
{
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const void *)low)),
                                   _mm_loadu_si128((const void *)high), 1);
}

LSI_INLINE void transpose_half_32(const char *from, int64_t from_run, char *to, int64_t to_run)
{
    const __m256i a = join_32(from, from + 4 * from_run), b = join_32(from + from_run, from + 5 * from_run);
    const __m256i c = join_32(from + 2 * from_run, from + 6 * from_run);
    const __m256i d = join_32(from + 3 * from_run, from + 7 * from_run);
    const __m256i ab0 = _mm256_unpacklo_epi32(a, b), ab2 = _mm256_unpackhi_epi32(a, b);
    const __m256i cd0 = _mm256_unpacklo_epi32(c, d), cd2 = _mm256_unpackhi_epi32(c, d);
    _mm256_storeu_si256((void *)to, _mm256_unpacklo_epi64(ab0, cd0));
    _mm256_storeu_si256((void *)(to + to_run), _mm256_unpackhi_epi64(ab0, cd0));
    _mm256_storeu_si256((void *)(to + 2 * to_run), _mm256_unpacklo_epi64(ab2, cd2));
    _mm256_storeu_si256((void *)(to + 3 * to_run), _mm256_unpackhi_epi64(ab2, cd2));
}

LSI_INLINE void transpose_block_32(const char *from, int64_t from_run, char *to, int64_t to_run)
{
    transpose_half_32(from, from_run, to, to_run);
    transpose_half_32(from + 16, from_run, to + 4 * to_run, to_run);
}
#else
typedef uint32_t vector_32 __attribute__((vector_size(16), aligned(4), may_alias));

LSI_INLINE void transpose_four_32(const char *from, int64_t from_run, char *to, int64_t to_run)
{
    const vector_32 a = *(const vector_32 *)from, b = *(const vector_32 *)(from + from_run);
    const vector_32 c = *(const vector_32 *)(from + 2 * from_run), d = *(const vector_32 *)(from + 3 * from_run);
    const vector_32 ab0 = JOIN(a, b, 0, 4, 1, 5), ab2 = JOIN(a, b, 2, 6, 3, 7);
    const vector_32 cd0 = JOIN(c, d, 0, 4, 1, 5), cd2 = JOIN(c, d, 2, 6, 3, 7);
    *(vector_32 *)to = JOIN(ab0, cd0, 0, 1, 4, 5);
    *(vector_32 *)(to + to_run) = JOIN(ab0, cd0, 2, 3, 6, 7);
    *(vector_32 *)(to + 2 * to_run) = JOIN(ab2, cd2, 0, 1, 4, 5);
    *(vector_32 *)(to + 3 * to_run) = JOIN(ab2, cd2, 2, 3, 6, 7);
}

LSI_INLINE void transpose_block_32(const char *from, int64_t from_run, char *to, int64_t to_run)
{
    transpose_four_32(from, from_run, to, to_run);
    transpose_four_32(from + 4 * from_run, from_run, to + 16, to_run);
    transpose_four_32(from + 16, from_run, to + 4 * to_run, to_run);
    transpose_four_32(from + 4 * from_run + 16, from_run, to + 4 * to_run + 16, to_run);
}
#endif

#if defined(__AVX512F__)
LSI_INLINE __m512i join_64(const char *low, const char *high)
{
    return _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256((const void *)low)),
                              _mm256_loadu_si256((const void *)high), 1);
}

/* Whole lines are written, which are twice as fast as halves of lines. */
LSI_INLINE void transpose_half_64(const char *from, int64_t from_run, char *to, int64_t to_run)
{
    const __m512i a = join_64(from, from + 4 * from_run), b = join_64(from + from_run, from + 5 * from_run);
    const __m512i c = join_64(from + 2 * from_run, from + 6 * from_run);
    const __m512i d = join_64(from + 3 * from_run, from + 7 * from_run);
    const __m512i ab0 = _mm512_unpacklo_epi64(a, b), ab1 = _mm512_unpackhi_epi64(a, b);
    const __m512i cd0 = _mm512_unpacklo_epi64(c, d), cd1 = _mm512_unpackhi_epi64(c, d);
    const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
    const __m512i second = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    _mm512_storeu_si512(to, _mm512_permutex2var_epi64(ab0, first, cd0));
    _mm512_storeu_si512(to + to_run, _mm512_permutex2var_epi64(ab1, first, cd1));
    _mm512_storeu_si512(to + 2 * to_run, _mm512_permutex2var_epi64(ab0, second, cd0));
    _mm512_storeu_si512(to + 3 * to_run, _mm512_permutex2var_epi64(ab1, second, cd1));
}

LSI_INLINE void transpose_block_64(const char *from, int64_t from_run, char *to, int64_t to_run)
{
    transpose_half_64(from, from_run, to, to_run);
    transpose_half_64(from + 32, from_run, to + 4 * to_run, to_run);
}
#elif defined(__AVX__) /* with less, 32-byte vectors are taken apart badly */
typedef uint64_t vector_64 __attribute__((vector_size(32), aligned(8), may_alias));

LSI_INLINE void transpose_four_64(const char *from, int64_t from_run, char *to, int64_t to_run)
{
    const vector_64 a = *(const vector_64 *)from, b = *(const vector_64 *)(from + from_run);
    const vector_64 c = *(const vector_64 *)(from + 2 * from_run), d = *(const vector_64 *)(from + 3 * from_run);
    const vector_64 ab0 = JOIN(a, b, 0, 4, 2, 6), ab1 = JOIN(a, b, 1, 5, 3, 7);
    const vector_64 cd0 = JOIN(c, d, 0, 4, 2, 6), cd1 = JOIN(c, d, 1, 5, 3, 7);
    *(vector_64 *)to = JOIN(ab0, cd0, 0, 1, 4, 5);
    *(vector_64 *)(to + to_run) = JOIN(ab1, cd1, 0, 1, 4, 5);
    *(vector_64 *)(to + 2 * to_run) = JOIN(ab0, cd0, 2, 3, 6, 7);
    *(vector_64 *)(to + 3 * to_run) = JOIN(ab1, cd1, 2, 3, 6, 7);
}

LSI_INLINE void transpose_block_64(const char *from, int64_t from_run, char *to, int64_t to_run)
{
    transpose_four_64(from, from_run, to, to_run);
    transpose_four_64(from + 4 * from_run, from_run, to + 32, to_run);
    transpose_four_64(from + 32, from_run, to + 4 * to_run, to_run);
    transpose_four_64(from + 4 * from_run + 32, from_run, to + 4 * to_run + 32, to_run);
}
#endif

#define LOW_16(x, y) JOIN(x, y, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH_16(x, y) JOIN(x, y, 4, 12, 5, 13, 6, 14, 7, 15)

/* Three rounds of merging run k with run k + 4 leave the elements turned. */
LSI_INLINE void transpose_block_16(const char *from, int64_t from_run, char *to, int64_t to_run)
{
    vector_16 r[8], s[8];
    LSI_UNROLLED
    for (int k = 0; k < 8; k++)
        r[k] = *(const vector_16 *)(from + k * from_run);
    LSI_UNROLLED
    for (int k = 0; k < 4; k++) {
        s[2 * k] = LOW_16(r[k], r[k + 4]);
        s[2 * k + 1] = HIGH_16(r[k], r[k + 4]);
    }
    LSI_UNROLLED
    for (int k = 0; k < 4; k++) {
        r[2 * k] = LOW_16(s[k], s[k + 4]);
        r[2 * k + 1] = HIGH_16(s[k], s[k + 4]);
    }
    LSI_UNROLLED
    for (int k = 0; k < 4; k++) {
        *(vector_16 *)(to + 2 * k * to_run) = LOW_16(r[k], r[k + 4]);
        *(vector_16 *)(to + (2 * k + 1) * to_run) = HIGH_16(r[k], r[k + 4]);
    }
}
#endif

#define LSI_UNIT unit_8
#define LSI_BITS 8
#include "host/move_template.h"
#ifdef LSI_HAS_SHUFFLE
#define LSI_HAS_BLOCK
#endif
#define LSI_UNIT unit_16
#define LSI_BITS 16
#include "host/move_template.h"
#ifdef LSI_HAS_SHUFFLE
#define LSI_HAS_BLOCK
#endif
#define LSI_UNIT unit_32
#define LSI_BITS 32
#include "host/move_template.h"
#if defined(LSI_HAS_SHUFFLE) && defined(__AVX__)
#define LSI_HAS_BLOCK
#endif
#define LSI_UNIT unit_64
#define LSI_BITS 64
#include "host/move_template.h"
#define LSI_UNIT unit_128
#define LSI_BITS 128
#include "host/move_template.h"

static size_t stream_lines_asking(size_t i, size_t bytes, const char *from, char *to, const lsi_ahead *ahead)
{
    for (uintptr_t line = 0; i + 64 <= bytes; i += 64, line++) {
        for (int k = 0; k < ahead->count; k++) {
            const uintptr_t next = ahead->next[k] + line * (uintptr_t)ahead->step[k];
            for (int32_t j = 0; j < ahead->step[k]; j += 64)
                __builtin_prefetch((const void *)(next + (uintptr_t)j));
        }
        stream_line(to + i, from + i);
    }
    return i;
}

/* Whole lines of the target are streamed; what is left at either end is copied the ordinary way. */
static void stream(size_t bytes, const void *from, void *to, const lsi_ahead *ahead)
{
    const char *source = from;
    char *target = to;
    size_t head = (size_t)(-(uintptr_t)target & 63);
    if (head > bytes) head = bytes;
    if (head) memmove(target, source, head);
    size_t i = head;
    if (ahead) i = stream_lines_asking(i, bytes, source, target, ahead);
    for (; i + 256 <= bytes; i += 256) {
        stream_line(target + i, source + i);
        stream_line(target + i + 64, source + i + 64);
        stream_line(target + i + 128, source + i + 128);
        stream_line(target + i + 192, source + i + 192);
    }
    for (; i + 64 <= bytes; i += 64)
        stream_line(target + i, source + i);
    if (i < bytes) memmove(target + i, source + i, bytes - i);
}

static void stream_fence(void)
{
#if defined(__SSE2__)
    _mm_sfence();
#endif
}

/* Element j is number k + j * k_step of an arithmetic sequence; integers wrap. */
static void iota_i64(int64_t n, int64_t k, int64_t k_step, int64_t first, int64_t step, int64_t *out)
{
    for (int64_t j = 0; j < n; j++)
        out[j] = (int64_t)((uint64_t)first + (uint64_t)(k + j * k_step) * (uint64_t)step);
}

static void iota_f64(int64_t n, int64_t k, int64_t k_step, double first, double step, double *out)
{
    for (int64_t j = 0; j < n; j++)
        out[j] = (double)(k + j * k_step) * step + first;
}

extern const lsi_moves LSI_ISA_NAME(lsi_moves_all);
const lsi_moves LSI_ISA_NAME(lsi_moves_all) = {
    .where = {where_8, where_16, where_32, where_64, where_128},
    .fill = {fill_8, fill_16, fill_32, fill_64, fill_128},
    .move = {move_8, move_16, move_32, move_64, move_128},
    .stream = stream,
    .stream_fence = stream_fence,
    .iota_i64 = iota_i64,
    .iota_f64 = iota_f64,
};
