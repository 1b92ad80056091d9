/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows of kernels/math.def as a table of loops, so that tests and benchmarks meet each function as the library
 * runs it: vectorised, with the slow path applied to the elements that need it. rows.c is compiled once per
 * instruction set. */
#ifndef LOCKSTEP_TESTS_MATH_ROWS_H
#define LOCKSTEP_TESTS_MATH_ROWS_H

#include <stdint.h>

/* out[i] = f(x[i]) or f(x[i], y[i]); y is NULL for functions of one argument. */
typedef void math_loop_f32(float *out, const float *x, const float *y, long n);
typedef void math_loop_f64(double *out, const double *x, const double *y, long n);

struct math_row {
    const char *name;
    int operands;
    double ulp; /* the promised bound */
    math_loop_f32 *f32;
    math_loop_f64 *f64;
};

/* Terminated by a row without name. Rows whose result is not a real number of the operands' type are left out. */
extern const struct math_row math_rows_baseline[], math_rows_avx2[], math_rows_avx512[];

/* sin and cos of one argument from their shared reduction. */
struct math_sincos {
    void (*f32)(float *sine, float *cosine, const float *x, long n);
    void (*f64)(double *sine, double *cosine, const double *x, long n);
};
extern const struct math_sincos math_sincos_baseline, math_sincos_avx2, math_sincos_avx512;

/* pow of integers, all widths widened to 64 bits: the low bits of x and y in, the result out. */
typedef void math_loop_int(uint64_t *out, const uint64_t *x, const uint64_t *y, long n);
struct math_int_row {
    const char *name;
    int bits, is_signed;
    math_loop_int *run;
};
extern const struct math_int_row math_int_rows_baseline[], math_int_rows_avx2[], math_int_rows_avx512[];

/* 0 baseline, 1 AVX2 with FMA, 2 AVX-512: the best this machine runs. Elsewhere than on x86-64 always 0. */
int math_isa_level(void);

#endif
