/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Products of matrices and vectors.
 *
 * Two modes. LS_MATMUL_FAST, the default, uses the vendor's library where there is one (a CBLAS on the host, cuBLAS on a
 * GPU): each output is within k * eps * (abs(x) @ abs(y)) of the true one, twice that for complex, and its last bits may
 * differ between machines. LS_MATMUL_EXACT gives the same bits everywhere: each output is one chain of fused
 * multiply-adds over ascending k, restarted from +0 at every multiple of 2048, and the pieces are added in pairs as an
 * aligned binary tree (kernels/matmul_order.h says it exactly, for complex numbers too). It is also what runs where
 * there is no library, and always for integers and 16-bit floats.
 *
 * What holds for every call here:
 *   Dtype     the promoted one. Integers wrap. float16 and bfloat16 accumulate in float32 and round once. A product of
 *             bool arrays is bool: whether any pair is true.
 *   Memory    the result is new, pending, owned by the innermost scope; a matrix product is stored once computed.
 *             NULL in, NULL out. Operands are arrays: a C number is LS_EARGUMENT (use ls_multiply).
 *   Errors    LS_ESHAPE names both shapes and the sizes that differ; LS_EDEVICE when the arrays are on two devices.
 *
 * Environment: LOCKSTEP_MATMUL=fast|exact is the mode of calls and threads that say none; LOCKSTEP_BLAS=off, or the
 * absolute path of a CBLAS with 32-bit integers, chooses the host's library; else it is OpenBLAS, but where the exact
 * kernels are the faster, which LOCKSTEP_BLAS=on ignores (`lockstep info` shows what is in use). */
#ifndef LOCKSTEP_MATMUL_H
#define LOCKSTEP_MATMUL_H

#include "types.h"

LS_BEGIN_DECLS

/** How a product is computed. */
typedef enum ls_matmul_mode {
    LS_MATMUL_DEFAULT = 0, /**< what the thread says, else LOCKSTEP_MATMUL, else fast */
    LS_MATMUL_FAST,        /**< the vendor's library; last bits may differ between machines */
    LS_MATMUL_EXACT        /**< the written order; the same bits everywhere */
} ls_matmul_mode;

/** Options of ls_matmul and ls_dot. Zero means default. */
typedef struct ls_matmul_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    ls_matmul_mode mode; /**< default the thread's */
} ls_matmul_options;

/** Options of ls_vecdot. Zero means default. */
typedef struct ls_vecdot_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    ls_axis axis; /**< LS_AXIS(a): the axis that is summed, of each operand; default the last */
} ls_vecdot_options;

/** Matrix product x @ y, as NumPy's matmul.
 *  Shape  (..., m, k) and (..., k, n) give (..., m, n); the leading axes broadcast. A 1-d x is a row, a 1-d y a column, and
 *         the axis this added is taken out of the result; two vectors give a 0-d array. 0-d operands are LS_ESHAPE.
 *  Mode   ls_matmul(x, y, .mode = LS_MATMUL_EXACT). k = 0 gives zeros. */
LS_API ls_array *ls_matmul(const char *place, ls_operand x, ls_operand y, const ls_matmul_options *options);
/** x @ y written into an array of the result's shape, evaluated. The operands may overlap it. */
LS_API LS_WARN_UNUSED ls_status ls_matmul_into(const char *place, ls_array *out, ls_operand x, ls_operand y,
                                               const ls_matmul_options *options);

/** NumPy's dot: the inner product of vectors, the matrix product of matrices, the last axis of x with the last but one of
 *  y for more axes (not broadcast: the result has the axes of both), ls_multiply when an operand is 0-d. */
LS_API ls_array *ls_dot(const char *place, ls_operand x, ls_operand y, const ls_matmul_options *options);

/** sum(conj(x) * y) along one axis of the broadcast operands, as NumPy's vecdot, in the order of ls_sum: the same bits
 *  everywhere. The products are rounded to the dtype; the dtype stays (integers wrap). LS_EAXIS, and LS_ESHAPE when the axis
 *  has two sizes. */
LS_API ls_array *ls_vecdot(const char *place, ls_operand x, ls_operand y, const ls_vecdot_options *options);

/** All products x[i] * y[j], shape (size of x, size of y); operands of more axes are raveled first. Elementwise: it fuses. */
LS_API ls_array *ls_outer(const char *place, ls_operand x, ls_operand y);

/** The mode of later calls of this thread that say none; LS_MATMUL_DEFAULT goes back to LOCKSTEP_MATMUL. Returns the mode
 *  that was in force (FAST or EXACT). */
LS_API ls_matmul_mode ls_set_matmul_mode(ls_matmul_mode mode);
/** The mode in force on this thread: FAST or EXACT. */
LS_API ls_matmul_mode ls_get_matmul_mode(void);

LS_END_DECLS

#define ls_matmul(...) LS_PRODUCT_(ls_matmul, ls_matmul_options, __VA_ARGS__, LS_OPTIONS_END(ls_matmul_options))
#define ls_matmul_into(out, ...)                                                                                       \
    LS_PRODUCT_INTO_(ls_matmul_into, ls_matmul_options, out, __VA_ARGS__, LS_OPTIONS_END(ls_matmul_options))
#define ls_dot(...) LS_PRODUCT_(ls_dot, ls_matmul_options, __VA_ARGS__, LS_OPTIONS_END(ls_matmul_options))
#define ls_vecdot(...) LS_PRODUCT_(ls_vecdot, ls_vecdot_options, __VA_ARGS__, LS_OPTIONS_END(ls_vecdot_options))
#define ls_outer(x, y) LS_CALL2(ls_outer, x, y)
#define LS_PRODUCT_(f, type, x, y, ...) LS_WITH_OPTIONS2(f, type, LS_OPERAND(x), LS_OPERAND(y), __VA_ARGS__)
#define LS_PRODUCT_INTO_(f, type, out, x, y, ...)                                                                      \
    LS_WITH_OPTIONS3(f, type, out, LS_OPERAND(x), LS_OPERAND(y), __VA_ARGS__)

#endif
