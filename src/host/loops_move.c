/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Loops that compute nothing: filling, choosing, moving between strides, copying past the caches, counting. One ISA. */
#include "host/loop_shape.h"
#include "host/loops.h"
#include <string.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#if defined(__clang__)
#define LSI_UNROLL_8 _Pragma("clang loop unroll(full)")
#else
#define LSI_UNROLL_8 _Pragma("GCC unroll 8")
#endif

/* Elements of any dtype are carried as these. */
typedef uint8_t __attribute__((may_alias)) unit_8;
typedef uint16_t __attribute__((may_alias)) unit_16;
typedef uint32_t __attribute__((may_alias)) unit_32;
typedef uint64_t __attribute__((may_alias)) unit_64;
typedef struct { uint64_t low, high; } __attribute__((may_alias)) unit_128;

#define LSI_UNIT unit_8
#define LSI_BITS 8
#include "host/move_template.h"
#define LSI_UNIT unit_16
#define LSI_BITS 16
#include "host/move_template.h"
#define LSI_UNIT unit_32
#define LSI_BITS 32
#include "host/move_template.h"
#define LSI_UNIT unit_64
#define LSI_BITS 64
#include "host/move_template.h"
#define LSI_UNIT unit_128
#define LSI_BITS 128
#include "host/move_template.h"

/* One line of 64 bytes, both ends aligned or not, past the caches. */
#if defined(__AVX512F__)
LSI_INLINE void stream_line(char *to, const char *from)
{
    _mm512_stream_si512((void *)to, _mm512_loadu_si512(from));
}
#elif defined(__AVX__)
LSI_INLINE void stream_line(char *to, const char *from)
{
    const __m256i a = _mm256_loadu_si256((const void *)from), b = _mm256_loadu_si256((const void *)(from + 32));
    _mm256_stream_si256((void *)to, a);
    _mm256_stream_si256((void *)(to + 32), b);
}
#elif defined(__SSE2__)
LSI_INLINE void stream_line(char *to, const char *from)
{
    for (int k = 0; k < 64; k += 16)
        _mm_stream_si128((void *)(to + k), _mm_loadu_si128((const void *)(from + k)));
}
#else
LSI_INLINE void stream_line(char *to, const char *from)
{
    memcpy(to, from, 64);
}
#endif

/* Whole lines of the target are streamed; what is left at either end is copied the ordinary way. */
static void stream(size_t bytes, const void *from, void *to)
{
    const char *source = from;
    char *target = to;
    size_t head = (size_t)(-(uintptr_t)target & 63);
    if (head > bytes) head = bytes;
    memmove(target, source, head);
    size_t i = head;
    for (; i + 256 <= bytes; i += 256) {
        stream_line(target + i, source + i);
        stream_line(target + i + 64, source + i + 64);
        stream_line(target + i + 128, source + i + 128);
        stream_line(target + i + 192, source + i + 192);
    }
    for (; i + 64 <= bytes; i += 64)
        stream_line(target + i, source + i);
    memmove(target + i, source + i, bytes - i);
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
