/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One tile of an exact product by one block of threads, for any dtype of matmul_types.h.
 *
 * A slice of the depth lies in shared memory, both operands with the depth as the slow axis; while it is multiplied the
 * next one travels from global memory to registers, then into the other half of shared memory. A thread keeps a rectangle
 * of sums in registers, every sum one chain (matmul_order.h); it reads its numbers in chunks of 16 bytes. Within a warp
 * chunks of neighbouring threads are neighbours, so that reading shared memory meets no bank twice.
 *
 * The last slice is multiplied over the steps it has: padding with zeros would turn a sum of -0 into +0. */
#ifndef LOCKSTEP_KERNELS_MATMUL_TILE_H
#define LOCKSTEP_KERNELS_MATMUL_TILE_H

#include "gpu.h"
#include "matmul_args.h"
#include "matmul_types.h"

#define LS_MATMUL_FN static __device__ __forceinline__

/* How a block's threads share a tile: `rows` x `cols` sums, `depth` steps at a time, thread_rows x thread_cols sums each,
 * lane_rows x (32 / lane_rows) threads of a warp side by side. */
template <int rows_, int cols_, int depth_, int thread_rows_, int thread_cols_, int lane_rows_>
struct ls_tile {
    static constexpr int rows = rows_, cols = cols_, depth = depth_;
    static constexpr int thread_rows = thread_rows_, thread_cols = thread_cols_;
    static constexpr int lane_rows = lane_rows_, lane_cols = LS_WARP / lane_rows_;
    static constexpr int warp_rows = lane_rows * thread_rows, warp_cols = lane_cols * thread_cols;
    static constexpr int threads = rows / thread_rows * (cols / thread_cols);
    static_assert(rows % warp_rows == 0 && cols % warp_cols == 0, "whole warps");
    static_assert(LS_MATMUL_BLOCK % depth == 0, "slices end where pieces end");
};

/* Numbers that a thread reads at once: 16 bytes of them, or all it has. */
template <typename sum, int count>
struct ls_chunk {
    static constexpr int most = 16 / (int)sizeof(sum), size = count < most ? count : most;
    static_assert(count % size == 0, "whole chunks");
};

/* Reads `size` neighbouring numbers of shared memory. */
template <int size, typename sum>
LS_MATMUL_FN void ls_read_chunk(sum *to, const sum *from)
{
    if (size * sizeof(sum) == 16) {
        const uint4 wide = ls_load_wide<uint4>(from);
        memcpy(to, &wide, sizeof wide);
    } else {
#pragma unroll
        for (int i = 0; i < size; i++) to[i] = from[i];
    }
}

/* Which of a side's `count` x `lanes` numbers, of one warp, is number i of the thread. */
template <int size>
LS_MATMUL_FN int ls_chunked(int i, int lane, int lanes)
{
    return i / size * lanes * size + lane * size + i % size;
}

/* The part of one operand that a thread carries from global to shared memory. `side` counts rows of x, columns of y. */
template <typename number, typename tile, int sides, int chunk>
struct ls_carrier {
    typedef typename number::element element;
    typedef typename number::sum sum;
    static constexpr int each = sides * tile::depth / tile::threads, stride = sides + chunk;
    static_assert(each * tile::threads == sides * tile::depth, "the threads share a slice evenly");
    static_assert(tile::threads % sides == 0 || sides % tile::threads == 0, "the threads cover whole steps");
    static_assert(tile::threads % tile::depth == 0, "the threads cover whole sides");
    static_assert(each <= 32, "bits of `inside`");

    const element *at;          /* the first number of the slice to be fetched next */
    int64_t slice, apart;       /* to the next slice, between the thread's numbers */
    int side, level;            /* of the first number within a slice */
    int side_apart, level_apart;
    bool whole;                 /* every side exists */
    unsigned inside;            /* bit i: number i is of a side that exists */
    element kept[each];

    /* `from` is the tile's first side at the first step; `count` sides exist. */
    LS_MATMUL_FN void begin(ls_carrier &c, const element *from, int64_t across, int64_t along, int64_t count, bool deep)
    {
        const int thread = (int)threadIdx.x;
        c.side = deep ? thread / tile::depth : thread % sides;
        c.level = deep ? thread % tile::depth : thread / sides;
        c.side_apart = deep ? tile::threads / tile::depth : 0;
        c.level_apart = deep ? 0 : tile::threads / sides;
        c.at = from + c.side * across + c.level * along;
        c.slice = tile::depth * along;
        c.apart = c.side_apart * across + c.level_apart * along;
        c.whole = count >= sides;
        c.inside = 0;
#pragma unroll
        for (int i = 0; i < each; i++) c.inside |= (unsigned)(c.side + i * c.side_apart < count) << i;
    }
    /* The next slice, of which `levels` steps exist. */
    LS_MATMUL_FN void fetch(ls_carrier &c, int64_t levels)
    {
        const element *from = c.at;
        c.at += c.slice;
        if (levels >= tile::depth && c.whole) {
#pragma unroll
            for (int i = 0; i < each; i++, from += c.apart) c.kept[i] = *from;
            return;
        }
        const int last = levels < tile::depth ? (int)levels : tile::depth;
#pragma unroll
        for (int i = 0; i < each; i++, from += c.apart) {
            const bool there = (c.inside >> i & 1) && c.level + i * c.level_apart < last;
            c.kept[i] = there ? *from : number::write(number::zero());
        }
    }
    LS_MATMUL_FN void put(const ls_carrier &c, sum *slice)
    {
        sum *to = slice + c.level * stride + c.side;
        const int apart = c.level_apart * stride + c.side_apart;
#pragma unroll
        for (int i = 0; i < each; i++) to[i * apart] = number::read(c.kept[i]);
    }
};

template <typename number, typename tile>
struct ls_multiplier {
    typedef typename number::element element;
    typedef typename number::sum sum;
    static constexpr int row_chunk = ls_chunk<sum, tile::thread_rows>::size;
    static constexpr int col_chunk = ls_chunk<sum, tile::thread_cols>::size;
    typedef ls_carrier<number, tile, tile::rows, row_chunk> x_carrier;
    typedef ls_carrier<number, tile, tile::cols, col_chunk> y_carrier;
    static constexpr int x_slice = x_carrier::stride * tile::depth, y_slice = y_carrier::stride * tile::depth;
    static constexpr int shared_bytes = 2 * (x_slice + y_slice) * (int)sizeof(sum);
    static_assert(x_slice * sizeof(sum) % 16 == 0 && y_slice * sizeof(sum) % 16 == 0, "slices are aligned");
    static_assert(shared_bytes <= 48 * 1024, "static shared memory");

    struct sums {
        sum of[tile::thread_rows][tile::thread_cols];
    };

    /* A thread's first row and column of the tile, in chunks. */
    LS_MATMUL_FN int row_of(int i)
    {
        const int thread = (int)threadIdx.x, lane = thread % LS_WARP, warp = thread / LS_WARP;
        return warp / (tile::cols / tile::warp_cols) * tile::warp_rows +
               ls_chunked<row_chunk>(i, lane / tile::lane_cols, tile::lane_rows);
    }
    LS_MATMUL_FN int col_of(int j)
    {
        const int thread = (int)threadIdx.x, lane = thread % LS_WARP, warp = thread / LS_WARP;
        return warp % (tile::cols / tile::warp_cols) * tile::warp_cols +
               ls_chunked<col_chunk>(j, lane % tile::lane_cols, tile::lane_cols);
    }

    LS_MATMUL_FN void clear(sums &s)
    {
#pragma unroll
        for (int i = 0; i < tile::thread_rows; i++)
#pragma unroll
            for (int j = 0; j < tile::thread_cols; j++) s.of[i][j] = number::zero();
    }
    /* One step of every chain. x and y point to the thread's first numbers of the step. */
    LS_MATMUL_FN void step(sums &s, const sum *x, const sum *y)
    {
        sum xs[tile::thread_rows], ys[tile::thread_cols];
#pragma unroll
        for (int i = 0; i < tile::thread_rows; i += row_chunk)
            ls_read_chunk<row_chunk>(xs + i, x + i * tile::lane_rows);
#pragma unroll
        for (int j = 0; j < tile::thread_cols; j += col_chunk)
            ls_read_chunk<col_chunk>(ys + j, y + j * tile::lane_cols);
#pragma unroll
        for (int i = 0; i < tile::thread_rows; i++)
#pragma unroll
            for (int j = 0; j < tile::thread_cols; j++) s.of[i][j] = number::step(xs[i], ys[j], s.of[i][j]);
    }
    LS_MATMUL_FN void multiply(sums &s, const sum *x, const sum *y, int64_t levels)
    {
        x += row_of(0);
        y += col_of(0);
        if (levels >= tile::depth) {
#pragma unroll
            for (int p = 0; p < tile::depth; p++) step(s, x + p * x_carrier::stride, y + p * y_carrier::stride);
        } else {
#pragma unroll 1
            for (int p = 0; p < levels; p++) step(s, x + p * x_carrier::stride, y + p * y_carrier::stride);
        }
    }

    /* The block's finished sums of level `level` of the tree; each thread sees its own only. */
    LS_MATMUL_FN sum *waiting_at(const ls_matmul_args &a, int level)
    {
        const int64_t tile_sums = tile::rows * tile::cols;
        return reinterpret_cast<sum *>(a.waiting) + ((int64_t)blockIdx.x * a.levels + level) * tile_sums + threadIdx.x;
    }
    LS_MATMUL_FN void keep(const ls_matmul_args &a, int level, const sums &s)
    {
        sum *at = waiting_at(a, level);
#pragma unroll
        for (int i = 0; i < tile::thread_rows; i++)
#pragma unroll
            for (int j = 0; j < tile::thread_cols; j++)
                at[(i * tile::thread_cols + j) * tile::threads] = s.of[i][j];
    }
    LS_MATMUL_FN void join(const ls_matmul_args &a, int level, sums &s)
    {
        const sum *at = waiting_at(a, level);
#pragma unroll
        for (int i = 0; i < tile::thread_rows; i++)
#pragma unroll
            for (int j = 0; j < tile::thread_cols; j++)
                s.of[i][j] = number::add(at[(i * tile::thread_cols + j) * tile::threads], s.of[i][j]);
    }

    /* Sums over the depth [begin, end), `begin` at a piece's start, in the order of matmul_order.h. */
    LS_MATMUL_FN void run(const ls_matmul_args &a, x_carrier &x, y_carrier &y, sum *shared, int64_t begin, int64_t end,
                          sums &s)
    {
        sum *const xs = shared, *const ys = shared + 2 * x_slice;
        int64_t pieces = 0;
        int level = 0, half = 0;
        clear(s);
        if (begin < end) {
            x_carrier::fetch(x, end - begin);
            y_carrier::fetch(y, end - begin);
            x_carrier::put(x, xs);
            y_carrier::put(y, ys);
        }
        __syncthreads();
#pragma unroll 1
        for (int64_t at = begin; at < end; at += tile::depth) {
            const int64_t next = at + tile::depth;
            if (next < end) {
                x_carrier::fetch(x, end - next);
                y_carrier::fetch(y, end - next);
            }
            multiply(s, xs + half * x_slice, ys + half * y_slice, end - at);
            half ^= 1;
            if (next < end) {
                x_carrier::put(x, xs + half * x_slice);
                y_carrier::put(y, ys + half * y_slice);
            }
            __syncthreads();
            if (next % LS_MATMUL_BLOCK == 0 && next < end) {
                for (int64_t bits = pieces++; bits & 1; bits >>= 1) join(a, --level, s);
                keep(a, level++, s);
                clear(s);
            }
        }
        while (level > 0) join(a, --level, s);
    }
};

/* Elements from the start of `operand` to matrix number `index` of the batch. */
LS_MATMUL_FN int64_t ls_matmul_batch(const ls_matmul_operand &operand, const int64_t *batch, int nbatch, int64_t index)
{
    int64_t offset = 0;
    for (int axis = nbatch - 1; axis >= 0; axis--) {
        offset += index % batch[axis] * operand.batch[axis];
        index /= batch[axis];
    }
    return offset;
}

/* Which tile an item is: in bands of eight rows of tiles, so that blocks that run together share operands in the L2. */
LS_MATMUL_FN void ls_matmul_place(const ls_matmul_args &a, int64_t index, int64_t *row, int64_t *col)
{
    const int64_t band = index / (8 * a.tiles_n), first = 8 * band;
    const int64_t height = a.tiles_m - first < 8 ? a.tiles_m - first : 8, within = index - first * a.tiles_n;
    *row = first + within % height;
    *col = within / height;
}

template <typename number, typename tile>
LS_MATMUL_FN void ls_matmul_tiles(const ls_matmul_args &a)
{
    typedef ls_multiplier<number, tile> by;
    typedef typename number::element element;
    typedef typename number::sum sum;
    LS_SHARED(uint4, shared, by::shared_bytes / 16);
    const int64_t tiles = a.tiles_m * a.tiles_n, items = tiles * a.groups * a.batches;
#pragma unroll 1
    for (int64_t item = blockIdx.x; item < items; item += gridDim.x) {
        const int64_t group = item / tiles % a.groups, batch = item / (tiles * a.groups);
        int64_t tile_row, tile_col;
        ls_matmul_place(a, item % tiles, &tile_row, &tile_col);
        const int64_t i0 = tile_row * tile::rows, j0 = tile_col * tile::cols;
        const int64_t begin = group * a.group_depth, end = begin + a.group_depth < a.k ? begin + a.group_depth : a.k;

        typename by::x_carrier x;
        typename by::y_carrier y;
        by::x_carrier::begin(x, reinterpret_cast<const element *>(a.x.at) + i0 * a.x.row + begin * a.x.col +
                                    ls_matmul_batch(a.x, a.batch, a.nbatch, batch),
                             a.x.row, a.x.col, a.m - i0, a.x_deep);
        by::y_carrier::begin(y, reinterpret_cast<const element *>(a.y.at) + j0 * a.y.col + begin * a.y.row +
                                    ls_matmul_batch(a.y, a.batch, a.nbatch, batch),
                             a.y.col, a.y.row, a.n - j0, a.y_deep);
        typename by::sums s;
        by::run(a, x, y, reinterpret_cast<sum *>(shared), begin, end, s);

        element *out = reinterpret_cast<element *>(a.out.at) + ls_matmul_batch(a.out, a.batch, a.nbatch, batch);
        sum *partial = reinterpret_cast<sum *>(a.partial) + (batch * a.groups + group) * a.m * a.n;
#pragma unroll
        for (int i = 0; i < tile::thread_rows; i++) {
            const int64_t row = i0 + by::row_of(i);
#pragma unroll
            for (int j = 0; j < tile::thread_cols; j++) {
                const int64_t col = j0 + by::col_of(j);
                if (row >= a.m || col >= a.n) continue;
                if (a.groups > 1) partial[row * a.n + col] = s.of[i][j];
                else out[row * a.out.row + col * a.out.col] = number::write(s.of[i][j]);
            }
        }
    }
}

#endif
