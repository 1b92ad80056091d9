/* SPDX-License-Identifier: BSD-3-Clause
 *
 * SLEEF's vector functions (1 ULP: u10, or the best it has) as a table like tests/math/rows.h's, for the instruction
 * set this is compiled for: AVX-512 or AVX2. A yardstick for bench_math; nothing of SLEEF's is in the library. */
#include <immintrin.h>
#include <stddef.h>
#include <sleef.h>

#include "rows.h"

#if defined(__AVX512F__)
typedef __m512 vec_f32;
typedef __m512d vec_f64;
#define LOAD(x, tag) _mm512_loadu_p##tag(x)
#define STORE(x, v, tag) _mm512_storeu_p##tag(x, v)
#define F32(name, u) Sleef_##name##f16_##u##avx512f
#define F64(name, u) Sleef_##name##d8_##u##avx512f
#define TABLE math_rows_sleef_avx512
#else
typedef __m256 vec_f32;
typedef __m256d vec_f64;
#define LOAD(x, tag) _mm256_loadu_p##tag(x)
#define STORE(x, v, tag) _mm256_storeu_p##tag(x, v)
#define F32(name, u) Sleef_##name##f8_##u##avx2
#define F64(name, u) Sleef_##name##d4_##u##avx2
#define TABLE math_rows_sleef_avx2
#endif

/* n is a multiple of a vector. */
#define ALWAYS static inline __attribute__((always_inline))
ALWAYS void each_f32(float *out, const float *x, long n, vec_f32 (*f)(vec_f32))
{
    for (long i = 0; i < n; i += (long)(sizeof(vec_f32) / sizeof *x)) STORE(out + i, f(LOAD(x + i, s)), s);
}
ALWAYS void each_f64(double *out, const double *x, long n, vec_f64 (*f)(vec_f64))
{
    for (long i = 0; i < n; i += (long)(sizeof(vec_f64) / sizeof *x)) STORE(out + i, f(LOAD(x + i, d)), d);
}
ALWAYS void pairs_f32(float *out, const float *x, const float *y, long n, vec_f32 (*f)(vec_f32, vec_f32))
{
    for (long i = 0; i < n; i += (long)(sizeof(vec_f32) / sizeof *x))
        STORE(out + i, f(LOAD(x + i, s), LOAD(y + i, s)), s);
}
ALWAYS void pairs_f64(double *out, const double *x, const double *y, long n, vec_f64 (*f)(vec_f64, vec_f64))
{
    for (long i = 0; i < n; i += (long)(sizeof(vec_f64) / sizeof *x))
        STORE(out + i, f(LOAD(x + i, d), LOAD(y + i, d)), d);
}

#define ONE(name, u)                                                                                                  \
    static void name##_f32(float *out, const float *x, const float *y, long n)                                        \
    {                                                                                                                 \
        (void)y;                                                                                                      \
        each_f32(out, x, n, F32(name, u));                                                                            \
    }                                                                                                                 \
    static void name##_f64(double *out, const double *x, const double *y, long n)                                     \
    {                                                                                                                 \
        (void)y;                                                                                                      \
        each_f64(out, x, n, F64(name, u));                                                                            \
    }
#define TWO(name, u)                                                                                                  \
    static void name##_f32(float *out, const float *x, const float *y, long n)                                        \
    {                                                                                                                 \
        pairs_f32(out, x, y, n, F32(name, u));                                                                        \
    }                                                                                                                 \
    static void name##_f64(double *out, const double *x, const double *y, long n)                                     \
    {                                                                                                                 \
        pairs_f64(out, x, y, n, F64(name, u));                                                                        \
    }
#define ROWS                                                                                                          \
    ONE(exp, u10) ONE(exp2, u10) ONE(expm1, u10) ONE(log, u10) ONE(log2, u10) ONE(log10, u10) ONE(log1p, u10)         \
    TWO(pow, u10) ONE(sin, u10) ONE(cos, u10) ONE(tan, u10) ONE(sinpi, u05) ONE(cospi, u05) ONE(cbrt, u10)            \
    TWO(hypot, u05) ONE(asin, u10) ONE(acos, u10) ONE(atan, u10) TWO(atan2, u10) ONE(sinh, u10) ONE(cosh, u10)        \
    ONE(tanh, u10) ONE(asinh, u10) ONE(acosh, u10) ONE(atanh, u10) ONE(erf, u10) ONE(erfc, u15) ONE(tgamma, u10)      \
    ONE(lgamma, u10)
ROWS

#undef ONE
#undef TWO
#define ONE(name, u) { #name, 1, 0, name##_f32, name##_f64 },
#define TWO(name, u) { #name, 2, 0, name##_f32, name##_f64 },
extern const struct math_row TABLE[];
const struct math_row TABLE[] = { ROWS { NULL, 0, 0, NULL, NULL } };
