/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The arithmetic of cumulative sums and products, compiled once per instruction set. The order is that of
 * kernels/scan_order.h; which elements are scanned where is scan.c's. */
#include "host/scan.h"
#include "host/vector_width.h"
#include "element_complex.h"
#include "scan_order.h"
#include <stdbool.h>
#include <string.h>

/* Outputs may be inputs, element by element: never another iteration's. */
#ifdef __clang__
#define SCAN_INDEPENDENT
#else
#define SCAN_INDEPENDENT _Pragma("GCC ivdep")
#endif

#define FOLD_ADD(a, b) ((a) + (b))
#define FOLD_MUL(a, b) ((a) * (b))

#define K(f) sum_f32_##f
#define LS_PART float
#define LS_INDEX int32_t
#define LS_GROUP 1
#define LS_WIDTH IN_VECTOR_4
#define FOLD FOLD_ADD
#include "scan_template.h"

#define K(f) sum_f64_##f
#define LS_PART double
#define LS_INDEX int64_t
#define LS_GROUP 1
#define LS_WIDTH IN_VECTOR_8
#define FOLD FOLD_ADD
#include "scan_template.h"

#define K(f) sum_c64_##f
#define LS_PART float
#define LS_INDEX int32_t
#define LS_GROUP 2
#define LS_WIDTH IN_VECTOR_4
#define FOLD FOLD_ADD
#include "scan_template.h"

#define K(f) sum_c128_##f
#define LS_PART double
#define LS_INDEX int64_t
#define LS_GROUP 2
#define LS_WIDTH IN_VECTOR_8
#define FOLD FOLD_ADD
#include "scan_template.h"

/* Integers of every size and sign: all wrap to the same bits. */
#define K(f) sum_u64_##f
#define LS_PART uint64_t
#define LS_INDEX int64_t
#define LS_GROUP 1
#define LS_WIDTH IN_VECTOR_8
#define FOLD FOLD_ADD
#include "scan_template.h"

#define K(f) prod_f32_##f
#define LS_PART float
#define LS_INDEX int32_t
#define LS_GROUP 1
#define LS_WIDTH IN_VECTOR_4
#define FOLD FOLD_MUL
#include "scan_template.h"

#define K(f) prod_f64_##f
#define LS_PART double
#define LS_INDEX int64_t
#define LS_GROUP 1
#define LS_WIDTH IN_VECTOR_8
#define FOLD FOLD_MUL
#include "scan_template.h"

#define K(f) prod_u64_##f
#define LS_PART uint64_t
#define LS_INDEX int64_t
#define LS_GROUP 1
#define LS_WIDTH IN_VECTOR_8
#define FOLD FOLD_MUL
#include "scan_template.h"

#define K(f) prod_c64_##f
#define LS_PART ls_cfloat
#define LS_GROUP 1
#define LS_WIDTH 1
#define FOLD ls_mul_c64
#include "scan_template.h"

#define K(f) prod_c128_##f
#define LS_PART ls_cdouble
#define LS_GROUP 1
#define LS_WIDTH 1
#define FOLD ls_mul_c128
#include "scan_template.h"

#define KERNEL(kind, size)                                                                                             \
    {                                                                                                                  \
        .state = size, .run = kind##_run, .lines = kind##_lines, .row = kind##_row, .total = kind##_total,             \
        .fold = kind##_fold                                                                                            \
    }
const lsi_scan_table LSI_ISA_NAME(lsi_scan_kernels) = {.kernel = {
    {[LS_INT64] = KERNEL(sum_u64, 8), [LS_UINT64] = KERNEL(sum_u64, 8), [LS_FLOAT32] = KERNEL(sum_f32, 4),
     [LS_FLOAT64] = KERNEL(sum_f64, 8), [LS_COMPLEX64] = KERNEL(sum_c64, 8), [LS_COMPLEX128] = KERNEL(sum_c128, 16)},
    {[LS_INT64] = KERNEL(prod_u64, 8), [LS_UINT64] = KERNEL(prod_u64, 8), [LS_FLOAT32] = KERNEL(prod_f32, 4),
     [LS_FLOAT64] = KERNEL(prod_f64, 8), [LS_COMPLEX64] = KERNEL(prod_c64, 8), [LS_COMPLEX128] = KERNEL(prod_c128, 16)},
}};
