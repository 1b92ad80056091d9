/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The words in which every kernel is written, so that gcc, clang, nvcc and NVRTC read one source and give one result.
 *
 * Decides: storage types per dtype tag, how a function is marked, bit casts, the few operations whose spelling differs
 * between a CPU and a GPU. Leaves to others: what is computed (math_*.h, element.h) and over what (src/host, *.cu).
 *
 * Rules for code in kernels/: no libm, no <math.h>; fma only where written as ls_fma_*; selects (?:) instead of branches
 * on the fast path; nothing that depends on a neighbouring element. Built with -ffp-contract=off -fno-trapping-math
 * -fno-math-errno -fwrapv on the CPU and --fmad=false --ftz=false --prec-div=true --prec-sqrt=true on the GPU.
 */
#ifndef LOCKSTEP_KERNELS_PORTABLE_H
#define LOCKSTEP_KERNELS_PORTABLE_H

#if !defined(__CUDACC_RTC__)
#include <stdint.h>
#else
typedef signed char int8_t;
typedef short int16_t;
typedef int int32_t;
typedef long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;
#endif

/* LS_FN marks every element function. The CPU needs it inlined into the strip loop to vectorise it. */
#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
#define LS_FN static __device__ __forceinline__
#define LS_CONST_TABLE static __device__ const
#else
#define LS_FN static inline __attribute__((always_inline, unused))
#define LS_CONST_TABLE static const
#endif

/* A rare slow path: kept out of line on the CPU so that it does not spoil the vector loop beside it. */
#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
#define LS_SLOW_FN static __device__ __noinline__
#else
#define LS_SLOW_FN static __attribute__((noinline, unused))
#endif

/* A product that is rounded before it is added. -ffp-contract=off says so for all code, but gcc 12 still makes one fused
 * vfmaddsub of neighbouring a*c - b*d and a*d + b*c when it vectorises them; products side by side like these need the
 * word. */
#if defined(__GNUC__) && !defined(__clang__) && !defined(__CUDACC__) && !defined(__CUDACC_RTC__) && __GNUC__ >= 12
#define LS_ROUNDED(product) __builtin_assoc_barrier(product)
#else
#define LS_ROUNDED(product) (product)
#endif

/* Storage types, one per dtype tag (kernels/dtypes.def). ls_t_f16 and ls_t_bf16 hold bits: arithmetic is done in f32. */
typedef struct { float re, im; } ls_cfloat;
typedef struct { double re, im; } ls_cdouble;
typedef uint8_t ls_t_b;
typedef int8_t ls_t_i8;
typedef int16_t ls_t_i16;
typedef int32_t ls_t_i32;
typedef int64_t ls_t_i64;
typedef uint8_t ls_t_u8;
typedef uint16_t ls_t_u16;
typedef uint32_t ls_t_u32;
typedef uint64_t ls_t_u64;
typedef uint16_t ls_t_f16;
typedef uint16_t ls_t_bf16;
typedef float ls_t_f32;
typedef double ls_t_f64;
typedef ls_cfloat ls_t_c64;
typedef ls_cdouble ls_t_c128;

/* Bit casts. */
#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
LS_FN uint32_t ls_bits_f32(float x) { return __float_as_uint(x); }
LS_FN float ls_from_bits_f32(uint32_t b) { return __uint_as_float(b); }
LS_FN uint64_t ls_bits_f64(double x) { return (uint64_t)__double_as_longlong(x); }
LS_FN double ls_from_bits_f64(uint64_t b) { return __longlong_as_double((long long)b); }
LS_FN float ls_fma_f32(float a, float b, float c) { return __fmaf_rn(a, b, c); }
LS_FN double ls_fma_f64(double a, double b, double c) { return __fma_rn(a, b, c); }
LS_FN float ls_sqrt_f32(float x) { return __fsqrt_rn(x); }
LS_FN double ls_sqrt_f64(double x) { return __dsqrt_rn(x); }
LS_FN uint64_t ls_mulhi_u64(uint64_t a, uint64_t b) { return __umul64hi(a, b); }
#else
LS_FN uint32_t ls_bits_f32(float x) { uint32_t b; __builtin_memcpy(&b, &x, 4); return b; }
LS_FN float ls_from_bits_f32(uint32_t b) { float x; __builtin_memcpy(&x, &b, 4); return x; }
LS_FN uint64_t ls_bits_f64(double x) { uint64_t b; __builtin_memcpy(&b, &x, 8); return b; }
LS_FN double ls_from_bits_f64(uint64_t b) { double x; __builtin_memcpy(&x, &b, 8); return x; }
/* Without hardware fma (baseline x86-64) the compiler calls libm's fma, which is correctly rounded: same bits, slow. */
LS_FN float ls_fma_f32(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
LS_FN double ls_fma_f64(double a, double b, double c) { return __builtin_fma(a, b, c); }
LS_FN float ls_sqrt_f32(float x) { return __builtin_sqrtf(x); }
LS_FN double ls_sqrt_f64(double x) { return __builtin_sqrt(x); }
__extension__ typedef unsigned __int128 ls_u128;
LS_FN uint64_t ls_mulhi_u64(uint64_t a, uint64_t b) { return (uint64_t)(((ls_u128)a * b) >> 64); }
#endif

#endif
