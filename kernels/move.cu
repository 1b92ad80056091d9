/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Kernels that compute nothing, by element size: choosing, filling, gathering from and scattering to strided places,
 * transposing by tiles. And the numbers of progressions. */
#include "map_each.h"

struct ls_unit_1 { uint8_t bits; };
struct ls_unit_2 { uint16_t bits; };
struct ls_unit_4 { uint32_t bits; };
struct ls_unit_8 { uint64_t bits; };
struct ls_unit_16 { uint64_t low, high; };

LS_FN int64_t ls_move_first()
{
    return (int64_t)blockIdx.x * (LS_MAP_THREADS * LS_MOVE_EACH) + threadIdx.x;
}

template <typename U>
LS_FN U ls_single(const ls_move_args &a)
{
    return *static_cast<const U *>(a.from ? a.from : static_cast<const void *>(a.value));
}

template <typename U>
LS_FN void ls_fill(const ls_move_args &a)
{
    const U value = ls_single<U>(a);
    const int64_t first = ls_move_first();
#pragma unroll
    for (int j = 0; j < LS_MOVE_EACH; j++)
        if (first + j * LS_MAP_THREADS < a.n) static_cast<U *>(a.to)[first + j * LS_MAP_THREADS] = value;
}

/* Loads first, so that they are under way together. */
template <typename U>
LS_FN void ls_gather(const ls_move_args &a)
{
    const int64_t first = ls_move_first();
    U got[LS_MOVE_EACH];
#pragma unroll
    for (int j = 0; j < LS_MOVE_EACH; j++) {
        const int64_t i = first + j * LS_MAP_THREADS;
        if (i < a.n) got[j] = static_cast<const U *>(a.from)[ls_walk_at(&a.walk, a.start + i)];
    }
#pragma unroll
    for (int j = 0; j < LS_MOVE_EACH; j++) {
        const int64_t i = first + j * LS_MAP_THREADS;
        if (i < a.n) static_cast<U *>(a.to)[i] = got[j];
    }
}

template <typename U>
LS_FN void ls_scatter(const ls_move_args &a)
{
    const int64_t first = ls_move_first();
#pragma unroll
    for (int j = 0; j < LS_MOVE_EACH; j++) {
        const int64_t i = first + j * LS_MAP_THREADS;
        if (i < a.n)
            static_cast<U *>(a.to)[ls_walk_at(&a.walk, a.start + i)] =
                a.single ? ls_single<U>(a) : static_cast<const U *>(a.from)[i];
    }
}

/* A tile is read along the rows, where the source's neighbours are, and written along the columns. The odd row length
 * keeps the threads of a warp on different banks. */
template <typename U>
struct ls_tile_row {
    U at[LS_TILE_SIDE + 1];
};

enum { LS_TILE_LINES = LS_MAP_THREADS / LS_TILE_SIDE };

template <typename U>
LS_FN void ls_tile_read(const ls_tile_args &a, ls_tile_row<U> *tile, int64_t row0, int64_t col0)
{
    const int i = (int)(threadIdx.x % LS_TILE_SIDE);
#pragma unroll
    for (int k = 0; k < LS_TILE_SIDE; k += LS_TILE_LINES) {
        const int j = k + (int)(threadIdx.x / LS_TILE_SIDE);
        if (row0 + i < a.rows && col0 + j < a.cols)
            tile[j].at[i] =
                static_cast<const U *>(a.from)[blockIdx.y * a.batch + (row0 + i) * a.row + (col0 + j) * a.col];
    }
}

template <typename U>
LS_FN void ls_tile_write(const ls_tile_args &a, const ls_tile_row<U> *tile, int64_t row0, int64_t col0)
{
    const int j = (int)(threadIdx.x % LS_TILE_SIDE);
#pragma unroll
    for (int k = 0; k < LS_TILE_SIDE; k += LS_TILE_LINES) {
        const int i = k + (int)(threadIdx.x / LS_TILE_SIDE);
        if (row0 + i < a.rows && col0 + j < a.cols)
            static_cast<U *>(a.to)[(blockIdx.y * a.rows + row0 + i) * a.cols + col0 + j] = tile[j].at[i];
    }
}

template <typename U>
LS_FN void ls_where(const ls_map_args &a)
{
    ls_map_3<LS_MAP_BYTES, uint8_t, U, U>(a, [](uint8_t w, U x, U y) -> U { return w ? x : y; });
}

#define LS_MOVES(size)                                                                                                 \
    LS_FLAT_KERNEL(ls_where_##size, ls_map_args, LS_MAP_THREADS) { ls_where<ls_unit_##size>(a); }                      \
    LS_FLAT_KERNEL(ls_fill_##size, ls_move_args, LS_MAP_THREADS) { ls_fill<ls_unit_##size>(a); }                       \
    LS_FLAT_KERNEL(ls_gather_##size, ls_move_args, LS_MAP_THREADS) { ls_gather<ls_unit_##size>(a); }                   \
    LS_FLAT_KERNEL(ls_scatter_##size, ls_move_args, LS_MAP_THREADS) { ls_scatter<ls_unit_##size>(a); }                 \
    LS_KERNEL(ls_tile_##size, ls_tile_args, LS_MAP_THREADS)                                                            \
    {                                                                                                                  \
        LS_SHARED(ls_tile_row<ls_unit_##size>, tile, LS_TILE_SIDE);                                                    \
        const int64_t block = blockIdx.x;                                                                              \
        const int64_t row0 = block / a.across * LS_TILE_SIDE, col0 = block % a.across * LS_TILE_SIDE;                  \
        ls_tile_read(a, tile, row0, col0);                                                                             \
        __syncthreads();                                                                                               \
        ls_tile_write(a, tile, row0, col0);                                                                            \
    }
LS_MOVES(1)
LS_MOVES(2)
LS_MOVES(4)
LS_MOVES(8)
LS_MOVES(16)

/* ---- progressions: number k of one is written at the position whose walk gives k ---- */

LS_FLAT_KERNEL(ls_iota_i64, ls_iota_args, LS_MAP_THREADS)
{
    const int64_t first = ls_move_first();
#pragma unroll
    for (int j = 0; j < LS_MOVE_EACH; j++) {
        const int64_t i = first + j * LS_MAP_THREADS;
        if (i < a.n)
            static_cast<uint64_t *>(a.to)[i] = a.first + (uint64_t)ls_walk_at(&a.walk, a.start + i) * a.step;
    }
}

LS_FLAT_KERNEL(ls_iota_f64, ls_iota_args, LS_MAP_THREADS)
{
    const int64_t first = ls_move_first();
#pragma unroll
    for (int j = 0; j < LS_MOVE_EACH; j++) {
        const int64_t i = first + j * LS_MAP_THREADS;
        if (i >= a.n) continue;
        const int64_t k = ls_walk_at(&a.walk, a.start + i);
        const double number = (double)k * ls_from_bits_f64(a.step) + ls_from_bits_f64(a.first);
        static_cast<double *>(a.to)[i] = k == a.last_at ? ls_from_bits_f64(a.last) : number;
    }
}
