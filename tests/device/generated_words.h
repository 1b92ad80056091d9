/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the text of generated kernels, written for NVRTC, needs to be compiled by g++ beside the shim: CUDA's own words
 * and functions. Included before it by -include. */
#ifndef LSI_TESTS_GENERATED_WORDS_H
#define LSI_TESTS_GENERATED_WORDS_H

#include <cmath>
#include <cstdint>
#include <cstring>

#include "shim_run.h"

#include "shim.h"

#define __noinline__ __attribute__((noinline))
#define __global__
#define LS_ALIGNED(bytes) alignas(bytes)
#define LS_UNROLL

template <typename to, typename from>
static inline to lsi_test_bits(from x)
{
    static_assert(sizeof(to) == sizeof(from), "a bit cast");
    to y;
    memcpy(&y, &x, sizeof y);
    return y;
}
static inline unsigned __float_as_uint(float x) { return lsi_test_bits<unsigned>(x); }
static inline float __uint_as_float(unsigned x) { return lsi_test_bits<float>(x); }
static inline long long __double_as_longlong(double x) { return lsi_test_bits<long long>(x); }
static inline double __longlong_as_double(long long x) { return lsi_test_bits<double>(x); }
static inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline double __fma_rn(double a, double b, double c) { return __builtin_fma(a, b, c); }
static inline float __fsqrt_rn(float x) { return __builtin_sqrtf(x); }
static inline double __dsqrt_rn(double x) { return __builtin_sqrt(x); }
static inline uint64_t __umul64hi(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    return (uint64_t)(((wide)a * b) >> 64);
}

#endif
