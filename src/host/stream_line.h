/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing lines of 64 bytes past the caches, where the instruction set can. */
#ifndef LSI_HOST_STREAM_LINE_H
#define LSI_HOST_STREAM_LINE_H

#include "host/loop_shape.h"
#include <string.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

/* `to` is the start of a line; `from` need not be. */
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

/* Some lines at a time: enough for a loop that fills them to be worth its start, few enough to be in flight at once. */
enum { LSI_STREAM_BLOCK = 8 * 64 };

LSI_INLINE void stream_block(char *to, const char *block)
{
    for (int at = 0; at < LSI_STREAM_BLOCK; at += 64)
        stream_line(to + at, block + at);
}

/* Of n elements of `size` bytes, those before the first start of a line. */
LSI_INLINE int64_t count_before_line(const char *at, int size, int64_t n)
{
    const int64_t head = (int64_t)(-(uintptr_t)at & 63) / size;
    return head < n ? head : n;
}

#endif
