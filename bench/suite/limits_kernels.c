/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the machine can do at best, for one instruction set: passes that only read and write, and chains of fused
 * multiply-adds. Compiled once per instruction set, with LIMITS the name of the table. Vectors are the compiler's own,
 * as wide as the registers; only streaming stores are intrinsics. */
#include "limits.h"
#if defined(__AVX__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
enum { WIDTH = 64 };
#elif defined(__AVX__)
enum { WIDTH = 32 };
#else
enum { WIDTH = 16 };
#endif
typedef int64_t words __attribute__((vector_size(WIDTH), may_alias));
typedef double doubles __attribute__((vector_size(WIDTH)));
typedef float floats __attribute__((vector_size(WIDTH)));

#define INLINE static inline __attribute__((always_inline))

INLINE void store(char *to, words v, bool past_caches)
{
#if defined(__AVX512F__)
    if (past_caches) _mm512_stream_si512((void *)to, (__m512i)v);
#elif defined(__AVX__)
    if (past_caches) _mm256_stream_si256((__m256i *)(void *)to, (__m256i)v);
#endif
    if (!past_caches) *(words *)(void *)to = v;
}

/* The sums keep reads alive whose values are not stored; integers, so that no value is slow to add. */
INLINE double run(const pass *p, int reads, int written, bool past_caches)
{
    words sum[4] = {{0}};
    const char *in[MAX_READS] = {p->in[0], p->in[1], p->in[2]};
    char *out = p->out;
    for (int64_t i = 0; i < p->count; i++) {
#pragma GCC unroll 32
        for (int at = 0; at < BLOCK; at += WIDTH) {
            words x = {0};
            if (reads > 0) x = *(const words *)(const void *)(in[0] + at);
            if (reads > 1) x += *(const words *)(const void *)(in[1] + at);
            if (reads > 2) x += *(const words *)(const void *)(in[2] + at);
            if (at < written) store(out + at, x, past_caches);
            else sum[at / WIDTH % 4] += x;
            if (at + BLOCK < written) store(out + at + BLOCK, x, past_caches);
        }
        for (int a = 0; a < reads; a++) in[a] += BLOCK;
        out += written;
    }
    sum[0] += sum[1] + sum[2] + sum[3];
#if defined(__AVX__)
    if (past_caches) _mm_sfence();
#endif
    return (double)sum[0][0];
}

/* The numbers become constants here, so that every pair of them has a loop of its own. */
INLINE double choose_written(const pass *p, int reads, bool past_caches)
{
    switch (p->written) {
    case 0: return run(p, reads, 0, past_caches);
    case 64: return run(p, reads, 64, past_caches);
    case 128: return run(p, reads, 128, past_caches);
    case 256: return run(p, reads, 256, past_caches);
    case 512: return run(p, reads, 512, past_caches);
    default: return run(p, reads, 1024, past_caches);
    }
}

INLINE double choose(const pass *p, bool past_caches)
{
    switch (p->reads) {
    case 0: return choose_written(p, 0, past_caches);
    case 1: return choose_written(p, 1, past_caches);
    case 2: return choose_written(p, 2, past_caches);
    default: return choose_written(p, 3, past_caches);
    }
}

static double cached(const pass *p)
{
    return choose(p, false);
}

#if defined(__AVX__)
static double streaming(const pass *p)
{
    return choose(p, true);
}
#define STREAMING streaming
#else
#define STREAMING 0
#endif

/* As many chains as hide the latency of an FMA and still fit the registers. */
enum { CHAINS = 10, REPEATS = 32 };

static double fma_f64(int64_t turns)
{
    doubles c[CHAINS], x = {0}, y = {0};
    x += 0.999, y += 1e-3;
    for (int k = 0; k < CHAINS; k++) c[k] = x + k;
    for (int64_t i = 0; i < turns * REPEATS; i++) {
#pragma GCC unroll 16
        for (int k = 0; k < CHAINS; k++) c[k] = c[k] * x + y;
    }
    for (int k = 1; k < CHAINS; k++) c[0] += c[k];
    return c[0][0];
}

static double fma_f32(int64_t turns)
{
    floats c[CHAINS], x = {0}, y = {0};
    x += 0.999f, y += 1e-3f;
    for (int k = 0; k < CHAINS; k++) c[k] = x + (float)k;
    for (int64_t i = 0; i < turns * REPEATS; i++) {
#pragma GCC unroll 16
        for (int k = 0; k < CHAINS; k++) c[k] = c[k] * x + y;
    }
    for (int k = 1; k < CHAINS; k++) c[0] += c[k];
    return (double)c[0][0];
}

const limit_kernels LIMITS = {cached, STREAMING, fma_f64, fma_f32, 2.0 * CHAINS * REPEATS * WIDTH / sizeof(double),
                              2.0 * CHAINS * REPEATS * WIDTH / sizeof(float)};
