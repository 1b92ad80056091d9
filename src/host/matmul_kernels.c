/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The matrix kernels of one instruction set: which tile each accumulator gets, which accumulator and packing each dtype.
 * Built once per instruction set (isa.h). The loops are in the templates, the blocking in matmul.c.
 *
 * Tiles. A row of the tile costs one broadcast per step and `vectors` multiply-adds, so tall and wide is good until the
 * registers are used up: 8 x 3 sums, 3 columns and 1 row number are 28 of 32; 4 x 3 + 3 + 1 fill 16. Integers need a
 * register for the product as well.
 * Slices. A row panel (tile_rows x slice) takes half of a 32 KiB first cache.
 * Signed integers wrap to the same bits as unsigned ones, and bytes are the low halves of 16-bit sums. */
#include "host/matmul.h"
#include "half.h"
#include "matmul_order.h"
#include "host/matmul_transpose.h"
#include "host/matmul_vector.h"

#define TAG f32
#define TYPE float
#if defined(__AVX512F__) || defined(__aarch64__)
#define TILE_ROWS 8
#else
#define TILE_ROWS 4
#endif
#define TILE_VECTORS 3
#include "host/matmul_real_template.h"

#define TAG f64
#define TYPE double
#if defined(__AVX512F__) || defined(__aarch64__)
#define TILE_ROWS 8
#else
#define TILE_ROWS 4
#endif
#define TILE_VECTORS 3
#include "host/matmul_real_template.h"

#define TAG u16
#define TYPE uint16_t
#define TILE_ROWS 4
#define TILE_VECTORS 2
#include "host/matmul_real_template.h"

#define TAG u32
#define TYPE uint32_t
#define TILE_ROWS 4
#define TILE_VECTORS 2
#include "host/matmul_real_template.h"

#define TAG u64
#define TYPE uint64_t
#define TILE_ROWS 4
#define TILE_VECTORS 2
#include "host/matmul_real_template.h"

#define TAG c64
#define REAL f32
#define TYPE ls_cfloat
#define PART float
#if defined(__AVX512F__) || defined(__aarch64__)
#define TILE_ROWS 6
#else
#define TILE_ROWS 2
#endif
#define TILE_VECTORS 2
#include "host/matmul_complex_template.h"

#define TAG c128
#define REAL f64
#define TYPE ls_cdouble
#define PART double
#if defined(__AVX512F__) || defined(__aarch64__)
#define TILE_ROWS 6
#else
#define TILE_ROWS 2
#endif
#define TILE_VECTORS 2
#include "host/matmul_complex_template.h"

#define KEEP(x) (x)

#define TAG f32
#define SOURCE float
#define TYPE float
#define GET KEEP
#define PUT KEEP
#define TRANSPOSABLE 1
#define SUM f32
#include "host/matmul_pack_template.h"

#define TAG f64
#define SOURCE double
#define TYPE double
#define GET KEEP
#define PUT KEEP
#define TRANSPOSABLE 1
#define SUM f64
#include "host/matmul_pack_template.h"

#define TAG f16
#define SOURCE uint16_t
#define TYPE float
#define GET ls_cast_f16_f32
#define PUT ls_cast_f32_f16
#define TRANSPOSABLE 0
#define SUM f32
#include "host/matmul_pack_template.h"

#define TAG bf16
#define SOURCE uint16_t
#define TYPE float
#define GET ls_cast_bf16_f32
#define PUT ls_cast_f32_bf16
#define TRANSPOSABLE 0
#define SUM f32
#include "host/matmul_pack_template.h"

#define TAG u8
#define SOURCE uint8_t
#define TYPE uint16_t
#define GET KEEP
#define PUT (uint8_t)
#define TRANSPOSABLE 0
#define SUM u16
#include "host/matmul_pack_template.h"

#define TAG u16
#define SOURCE uint16_t
#define TYPE uint16_t
#define GET KEEP
#define PUT KEEP
#define TRANSPOSABLE 0
#define SUM u16
#include "host/matmul_pack_template.h"

#define TAG u32
#define SOURCE uint32_t
#define TYPE uint32_t
#define GET KEEP
#define PUT KEEP
#define TRANSPOSABLE 1
#define SUM u32
#include "host/matmul_pack_template.h"

#define TAG u64
#define SOURCE uint64_t
#define TYPE uint64_t
#define GET KEEP
#define PUT KEEP
#define TRANSPOSABLE 1
#define SUM u64
#include "host/matmul_pack_template.h"

#define TAG f32
#define TYPE float
#include "host/matmul_vector_template.h"

#define TAG f64
#define TYPE double
#include "host/matmul_vector_template.h"

#define TAG u16
#define TYPE uint16_t
#include "host/matmul_whole_template.h"

#define TAG u32
#define TYPE uint32_t
#include "host/matmul_whole_template.h"

#define TAG u64
#define TYPE uint64_t
#include "host/matmul_whole_template.h"

enum { ROW_PANEL_BYTES = 16384 };

/* A row of the table: packing by the element's tag, sums by the accumulator's. */
#define KERNEL(tag, sum, size, packed_size, keeps, ...) KERNEL_OF(tag, sum, size, packed_size, keeps, __VA_ARGS__)
#define KERNEL_OF(tag, sum, size, packed_size, keeps, rows, packing, in_place, few, inner, vector)                     \
    {                                                                                                                  \
        .tile_rows = ROWS_##sum, .tile_cols = TILE_COLS_##sum, .lanes = LANES_##sum,                                   \
        .slice = ROW_PANEL_BYTES / (packed_size) / ROWS_##sum, .element = (size), .accumulator = (packed_size),        \
        .packed = (packed_size), .direct = (keeps), .pack_rows = pack_rows_##tag, .pack_cols = pack_cols_##tag,        \
        .block = block_##sum, .block_swapped = block_##sum, .block_rows = (rows), .block_packing = (packing),          \
        .block_in_place = (in_place), .masks = MASKS_##sum > 0, .pieces_in_place = (few), .inner_pieces = (inner),     \
        .by_vector = (vector), .combine = combine_##sum, .finish = finish_##tag                                        \
    }
#define NOT_IN_PLACE NULL, NULL, NULL, NULL, NULL, NULL
#define IN_PLACE(tag)                                                                                                  \
    block_rows_##tag, block_packing_##tag, block_in_place_##tag, pieces_in_place_##tag, inner_pieces_##tag,            \
        by_vector_##tag
#define COMPLEX_KERNEL(tag, size)                                                                                      \
    {                                                                                                                  \
        .tile_rows = ROWS_##tag, .tile_cols = TILE_COLS_##tag, .lanes = LANES_##tag,                                   \
        .slice = ROW_PANEL_BYTES / (size) / ROWS_##tag, .element = (size), .accumulator = (size), .packed = (size),    \
        .direct = true, .pack_rows = pack_rows_##tag, .pack_cols = pack_cols_##tag, .block = block_##tag,              \
        .block_swapped = block_swapped_##tag, .combine = combine_##tag, .finish = finish_##tag                         \
    }

const lsi_matmul_kernels LSI_ISA_NAME(lsi_matmul_kernels) = {
    .of = {
        [LS_INT8] = KERNEL(u8, u16, 1, 2, false, NOT_IN_PLACE),
        [LS_UINT8] = KERNEL(u8, u16, 1, 2, false, NOT_IN_PLACE),
        [LS_INT16] = KERNEL(u16, u16, 2, 2, true, IN_PLACE(u16)),
        [LS_UINT16] = KERNEL(u16, u16, 2, 2, true, IN_PLACE(u16)),
        [LS_INT32] = KERNEL(u32, u32, 4, 4, true, IN_PLACE(u32)),
        [LS_UINT32] = KERNEL(u32, u32, 4, 4, true, IN_PLACE(u32)),
        [LS_INT64] = KERNEL(u64, u64, 8, 8, true, IN_PLACE(u64)),
        [LS_UINT64] = KERNEL(u64, u64, 8, 8, true, IN_PLACE(u64)),
        [LS_FLOAT16] = KERNEL(f16, f32, 2, 4, false, NOT_IN_PLACE),
        [LS_BFLOAT16] = KERNEL(bf16, f32, 2, 4, false, NOT_IN_PLACE),
        [LS_FLOAT32] = KERNEL(f32, f32, 4, 4, true, IN_PLACE(f32)),
        [LS_FLOAT64] = KERNEL(f64, f64, 8, 8, true, IN_PLACE(f64)),
        [LS_COMPLEX64] = COMPLEX_KERNEL(c64, 8),
        [LS_COMPLEX128] = COMPLEX_KERNEL(c128, 16),
    },
};
