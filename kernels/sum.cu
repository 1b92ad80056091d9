/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The kernels of reductions compiled ahead of time: those of reduce_gpu.h for every kind of reduce_op_gpu.h. Modules of
 * this one file (modules.cmake) hold some kinds each: LS_KINDS_F32 and so on say which. */
#include "reduce_gpu.h"

/* `tag` is what src/device/reduce_kinds.c calls the kind. */
#define KIND(tag, op)                                                                                                  \
    LS_KERNEL(ls_rows_##tag, ls_reduce_args, LS_REDUCE_THREADS) { ls_reduce_rows<op>(a); }                             \
    LS_KERNEL(ls_columns_##tag, ls_reduce_args, LS_REDUCE_THREADS) { ls_reduce_columns<op>(a); }                       \
    LS_KERNEL(ls_panel_##tag, ls_reduce_args, LS_REDUCE_THREADS) { ls_reduce_panel<op>(a); }                           \
    LS_KERNEL(ls_tree_##tag, ls_reduce_args, LS_REDUCE_THREADS) { ls_reduce_tree<op>(a); }

#if defined(LS_KINDS_F32)
KIND(sum_f32, ls_sum_op<float>)
KIND(prod_f32, ls_prod_op<float>)
KIND(moments_f32, ls_moments_op<float>)
#elif defined(LS_KINDS_F64)
KIND(sum_f64, ls_sum_op<double>)
KIND(prod_f64, ls_prod_op<double>)
KIND(moments_f64, ls_moments_op<double>)
#elif defined(LS_KINDS_C64)
KIND(sum_c64, ls_sum_op<ls_cfloat>)
KIND(prod_c64, ls_complex_prod_op<ls_cfloat>)
KIND(moments_c64, ls_moments_op<ls_cfloat>)
#elif defined(LS_KINDS_C128)
KIND(sum_c128, ls_sum_op<ls_cdouble>)
KIND(prod_c128, ls_complex_prod_op<ls_cdouble>)
KIND(moments_c128, ls_moments_op<ls_cdouble>)
#elif defined(LS_KINDS_INT)
KIND(sum_u64, ls_sum_op<uint64_t>)
KIND(prod_u64, ls_prod_op<uint64_t>)
KIND(count, ls_count_op)

LS_FLAT_KERNEL(ls_reduce_fill, ls_reduce_fill_args, 256)
{
    const int64_t output = (int64_t)blockIdx.x * 256 + threadIdx.x;
    if (output >= a.outputs) return;
    const int64_t at = ls_axes_offset(a.axes, output);
    switch (a.size) {
    case 1: static_cast<uint8_t *>(a.out)[at] = (uint8_t)a.value[0]; return;
    case 2: static_cast<uint16_t *>(a.out)[at] = (uint16_t)a.value[0]; return;
    case 4: static_cast<uint32_t *>(a.out)[at] = (uint32_t)a.value[0]; return;
    case 8: static_cast<uint64_t *>(a.out)[at] = a.value[0]; return;
    default:
        static_cast<uint64_t *>(a.out)[2 * at] = a.value[0];
        static_cast<uint64_t *>(a.out)[2 * at + 1] = a.value[1];
        return;
    }
}
#elif defined(LS_KINDS_EXTREME)
KIND(extreme_8, ls_extreme_op<uint8_t>)
KIND(extreme_16, ls_extreme_op<uint16_t>)
KIND(extreme_32, ls_extreme_op<uint32_t>)
KIND(extreme_64, ls_extreme_op<uint64_t>)
#else
KIND(place_8, ls_place_op<uint8_t>)
KIND(place_16, ls_place_op<uint16_t>)
KIND(place_32, ls_place_op<uint32_t>)
KIND(place_64, ls_place_op<uint64_t>)
#endif
