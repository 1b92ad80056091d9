/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The dtypes of matrix products on the GPU: what an element becomes when it is read, what is added up, what is written.
 * Signed integers are multiplied as unsigned ones: they wrap, and their bits are the same. */
#ifndef LOCKSTEP_KERNELS_MATMUL_TYPES_H
#define LOCKSTEP_KERNELS_MATMUL_TYPES_H

#include "half.h"
#include "matmul_order.h"

struct ls_matmul_f32 {
    typedef float element, sum;
    LS_FN sum zero() { return 0; }
    LS_FN sum read(element e) { return e; }
    LS_FN element write(sum s) { return s; }
    LS_FN sum step(sum x, sum y, sum s) { return ls_matmul_step_f32(x, y, s); }
    LS_FN sum add(sum left, sum right) { return left + right; }
};
struct ls_matmul_f16 : ls_matmul_f32 {
    typedef ls_t_f16 element;
    LS_FN sum read(element e) { return ls_cast_f16_f32(e); }
    LS_FN element write(sum s) { return ls_cast_f32_f16(s); }
};
struct ls_matmul_bf16 : ls_matmul_f32 {
    typedef ls_t_bf16 element;
    LS_FN sum read(element e) { return ls_cast_bf16_f32(e); }
    LS_FN element write(sum s) { return ls_cast_f32_bf16(s); }
};
struct ls_matmul_f64 {
    typedef double element, sum;
    LS_FN sum zero() { return 0; }
    LS_FN sum read(element e) { return e; }
    LS_FN element write(sum s) { return s; }
    LS_FN sum step(sum x, sum y, sum s) { return ls_matmul_step_f64(x, y, s); }
    LS_FN sum add(sum left, sum right) { return left + right; }
};
struct ls_matmul_c64 {
    typedef ls_cfloat element, sum;
    LS_FN sum zero() { const sum s = {0, 0}; return s; }
    LS_FN sum read(element e) { return e; }
    LS_FN element write(sum s) { return s; }
    LS_FN sum step(sum x, sum y, sum s) { return ls_matmul_step_c64(x, y, s); }
    LS_FN sum add(sum left, sum right) { const sum s = {left.re + right.re, left.im + right.im}; return s; }
};
struct ls_matmul_c128 {
    typedef ls_cdouble element, sum;
    LS_FN sum zero() { const sum s = {0, 0}; return s; }
    LS_FN sum read(element e) { return e; }
    LS_FN element write(sum s) { return s; }
    LS_FN sum step(sum x, sum y, sum s) { return ls_matmul_step_c128(x, y, s); }
    LS_FN sum add(sum left, sum right) { const sum s = {left.re + right.re, left.im + right.im}; return s; }
};
struct ls_matmul_u32 {
    typedef uint32_t element, sum;
    LS_FN sum zero() { return 0; }
    LS_FN sum read(element e) { return e; }
    LS_FN element write(sum s) { return s; }
    LS_FN sum step(sum x, sum y, sum s) { return s + x * y; }
    LS_FN sum add(sum left, sum right) { return left + right; }
};
struct ls_matmul_u8 : ls_matmul_u32 {
    typedef uint8_t element;
    LS_FN sum read(element e) { return e; }
    LS_FN element write(sum s) { return (element)s; }
};
struct ls_matmul_u16 : ls_matmul_u32 {
    typedef uint16_t element;
    LS_FN sum read(element e) { return e; }
    LS_FN element write(sum s) { return (element)s; }
};
struct ls_matmul_u64 {
    typedef uint64_t element, sum;
    LS_FN sum zero() { return 0; }
    LS_FN sum read(element e) { return e; }
    LS_FN element write(sum s) { return s; }
    LS_FN sum step(sum x, sum y, sum s) { return s + x * y; }
    LS_FN sum add(sum left, sum right) { return left + right; }
};

#endif
