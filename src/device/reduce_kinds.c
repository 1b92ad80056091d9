/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The kernels of each reduction: kinds of kernels/sum.cu by operation and dtype. Several operations share a kind. */
#include "core/dtype.h"
#include "device/reduce.h"
#include "reduce_order.h"

_Static_assert((int)LS_REDUCE_OPS == (int)LSI_REDUCE_COUNT && (int)LS_REDUCE_std == (int)LSI_REDUCE_std, "same rows");
_Static_assert((int)LS_RESULT_c128 == (int)LS_COMPLEX128 && (int)LS_RESULT_f16 == (int)LS_FLOAT16, "same dtypes");

enum { FREE_LANES = 64 }; /* LS_FREE_LANES of the kernels */

#define KIND(module, tag, state_bytes, lane_count)                                                                     \
    {                                                                                                                  \
        .leaves = {{module, "ls_rows_" tag}, {module, "ls_columns_" tag}, {module, "ls_panel_" tag}},                  \
        .tree = {module, "ls_tree_" tag}, .state = state_bytes, .lanes = lane_count                                    \
    }

/* By the size of a number: float32, float64, complex64, complex128, 64-bit integers. */
enum { F32, F64, C64, C128, INT, NUMBERS };
static const lsi_reduce_kind sums[NUMBERS] = {
    [F32] = KIND("sum_f32", "sum_f32", 4, 128),   [F64] = KIND("sum_f64", "sum_f64", 8, 64),
    [C64] = KIND("sum_c64", "sum_c64", 8, 64),    [C128] = KIND("sum_c128", "sum_c128", 16, 32),
    [INT] = KIND("sum_int", "sum_u64", 8, 64),
};
static const lsi_reduce_kind prods[NUMBERS] = {
    [F32] = KIND("sum_f32", "prod_f32", 4, 128),  [F64] = KIND("sum_f64", "prod_f64", 8, 64),
    [C64] = KIND("sum_c64", "prod_c64", 8, 64),   [C128] = KIND("sum_c128", "prod_c128", 16, 32),
    [INT] = KIND("sum_int", "prod_u64", 8, 64),
};
static const lsi_reduce_kind moments[NUMBERS] = {
    [F32] = KIND("sum_f32", "moments_f32", 32, 128), [F64] = KIND("sum_f64", "moments_f64", 32, 64),
    [C64] = KIND("sum_c64", "moments_c64", 32, 64),  [C128] = KIND("sum_c128", "moments_c128", 32, 32),
};
static const lsi_reduce_kind counts = KIND("sum_int", "count", 8, FREE_LANES);

/* By the size of an element: 1, 2, 4, 8 bytes. */
static const lsi_reduce_kind extremes[4] = {
    KIND("extreme", "extreme_8", 4, FREE_LANES), KIND("extreme", "extreme_16", 4, FREE_LANES),
    KIND("extreme", "extreme_32", 4, FREE_LANES), KIND("extreme", "extreme_64", 8, FREE_LANES),
};
static const lsi_reduce_kind places[4] = {
    KIND("place", "place_8", 16, FREE_LANES), KIND("place", "place_16", 16, FREE_LANES),
    KIND("place", "place_32", 16, FREE_LANES), KIND("place", "place_64", 16, FREE_LANES),
};

static int number_of(ls_dtype dtype)
{
    switch (dtype) {
    case LS_FLOAT32: return F32;
    case LS_FLOAT64: return F64;
    case LS_COMPLEX64: return C64;
    case LS_COMPLEX128: return C128;
    case LS_INT64:
    case LS_UINT64: return INT;
    default: return NUMBERS;
    }
}

static const lsi_reduce_kind *of_number(const lsi_reduce_kind *kinds, ls_dtype dtype)
{
    const int number = number_of(dtype);
    return number < NUMBERS && kinds[number].state ? &kinds[number] : NULL;
}

static const lsi_reduce_kind *of_size(const lsi_reduce_kind *kinds, ls_dtype dtype)
{
    if (lsi_dtype_kind(dtype) == LSI_KIND_COMPLEX || lsi_dtype_is_half(dtype)) return NULL;
    const size_t size = lsi_dtype_size(dtype);
    return &kinds[size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3];
}

const lsi_reduce_kind *lsi_reduce_kind_of(lsi_reduce_op op, ls_dtype dtype)
{
    switch (op) {
    case LSI_REDUCE_sum: return of_number(sums, dtype);
    case LSI_REDUCE_mean: return dtype == LS_INT64 || dtype == LS_UINT64 ? NULL : of_number(sums, dtype);
    case LSI_REDUCE_prod: return of_number(prods, dtype);
    case LSI_REDUCE_var:
    case LSI_REDUCE_std: return of_number(moments, dtype);
    case LSI_REDUCE_min:
    case LSI_REDUCE_max: return of_size(extremes, dtype);
    case LSI_REDUCE_argmin:
    case LSI_REDUCE_argmax: return of_size(places, dtype);
    case LSI_REDUCE_any:
    case LSI_REDUCE_all:
    case LSI_REDUCE_count_nonzero: return dtype == LS_BOOL ? &counts : NULL;
    default: return NULL;
    }
}

static bool is_extreme(lsi_reduce_op op)
{
    return op == LSI_REDUCE_min || op == LSI_REDUCE_max || op == LSI_REDUCE_argmin || op == LSI_REDUCE_argmax;
}

bool lsi_reduce_keys_float(lsi_reduce_op op, ls_dtype dtype)
{
    return is_extreme(op) && lsi_dtype_kind(dtype) == LSI_KIND_FLOAT;
}

uint64_t lsi_reduce_mask(lsi_reduce_op op, ls_dtype dtype)
{
    if (!is_extreme(op)) return 0;
    const bool least = op == LSI_REDUCE_min || op == LSI_REDUCE_argmin;
    const uint64_t sign = lsi_dtype_kind(dtype) == LSI_KIND_INT ? (uint64_t)1 << (8 * lsi_dtype_size(dtype) - 1) : 0;
    return least ? ~sign : sign;
}
