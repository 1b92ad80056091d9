/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A kernel per row of math.def and type, named <function>_<tag>, for nvcc and NVRTC: check_ptx.sh reads what they made
 * of the source, and the hash test of a machine with a GPU runs it. Compiled as plain text, without the C library. */
#include "element.h"

#define LOCAL(f) LS_PASTE4(f, _, LS_TAG, )
#define KERNEL(name, value)                                                                                           \
    extern "C" __global__ void LOCAL(name)(T *out, const T *xs, const T *ys, long long n)                             \
    {                                                                                                                 \
        const long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x;                                         \
        if (i >= n) return;                                                                                           \
        const T x = xs[i], y = ys[i];                                                                                 \
        (void)x, (void)y;                                                                                             \
        out[i] = (T)(value);                                                                                          \
    }
#define UNARY(name, SET, RESULT, expression, ulp, text) LS_WHEN(SET, KERNEL(name, expression))
#define BINARY(name, SET, RESULT, expression, ulp, text) LS_WHEN(SET, KERNEL(name, expression))
#define UNARY_RARE(name, SET, RESULT, ulp, text) LS_WHEN(SET, KERNEL(name, E(name)(x)))
#define BINARY_RARE(name, SET, RESULT, ulp, text) LS_WHEN(SET, KERNEL(name, E(name)(x, y)))

#define LS_TAG f32
#include "math.def"
#undef LS_TAG
#define LS_TAG f64
#include "math.def"
#undef LS_TAG
#define LS_TAG i8
#include "math.def"
#undef LS_TAG
#define LS_TAG i16
#include "math.def"
#undef LS_TAG
#define LS_TAG i32
#include "math.def"
#undef LS_TAG
#define LS_TAG i64
#include "math.def"
#undef LS_TAG
#define LS_TAG u8
#include "math.def"
#undef LS_TAG
#define LS_TAG u16
#include "math.def"
#undef LS_TAG
#define LS_TAG u32
#include "math.def"
#undef LS_TAG
#define LS_TAG u64
#include "math.def"
#undef LS_TAG
#undef UNARY
#undef BINARY
#undef UNARY_RARE
#undef BINARY_RARE
