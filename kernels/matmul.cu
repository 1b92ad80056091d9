/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Exact matrix products on the GPU, one module per dtype: compiled with LS_MATMUL_NUMBER, a type of matmul_types.h.
 * Decides what a block and a thread do; src/device/matmul_plan.c decides which kernel runs, over which grid. */
#include "matmul_tile.h"

typedef LS_MATMUL_NUMBER number;
#define SUM_BYTES sizeof(number::sum)

typedef ls_tile<LS_MATMUL_WIDE_ROWS(SUM_BYTES), LS_MATMUL_WIDE_COLS(SUM_BYTES), LS_MATMUL_WIDE_DEPTH(SUM_BYTES),
                LS_MATMUL_WIDE_THREAD_ROWS(SUM_BYTES), LS_MATMUL_WIDE_THREAD_COLS(SUM_BYTES), 4>
    wide_tile;
typedef ls_tile<LS_MATMUL_SMALL_SIDE, LS_MATMUL_SMALL_SIDE, LS_MATMUL_SMALL_DEPTH(SUM_BYTES), LS_MATMUL_SMALL_THREAD,
                LS_MATMUL_SMALL_THREAD, 4>
    small_tile;
typedef ls_tile<LS_MATMUL_LONG(SUM_BYTES), LS_MATMUL_SHORT, LS_MATMUL_LONG_DEPTH(SUM_BYTES), 1, LS_MATMUL_SHORT, 32>
    tall_tile;
typedef ls_tile<LS_MATMUL_SHORT, LS_MATMUL_LONG(SUM_BYTES), LS_MATMUL_LONG_DEPTH(SUM_BYTES), LS_MATMUL_SHORT, 1, 1>
    flat_tile;
static_assert(wide_tile::threads == LS_MATMUL_WIDE_THREADS && small_tile::threads == LS_MATMUL_SMALL_THREADS &&
                  tall_tile::threads == LS_MATMUL_LONG(SUM_BYTES) && flat_tile::threads == tall_tile::threads,
              "as the planner knows them");

/* With the number of blocks that shall fit a multiprocessor: the compiler would take all registers for one. */
#if defined(LS_SHIM)
#define RESIDENT(threads, blocks) threads
#else
#define RESIDENT(threads, blocks) threads, blocks
#endif
LS_KERNEL(ls_matmul_wide, ls_matmul_args, RESIDENT(LS_MATMUL_WIDE_THREADS, 2))
{
    ls_matmul_tiles<number, wide_tile>(a);
}
LS_KERNEL(ls_matmul_small, ls_matmul_args, RESIDENT(LS_MATMUL_SMALL_THREADS, 8))
{
    ls_matmul_tiles<number, small_tile>(a);
}
LS_KERNEL(ls_matmul_tall, ls_matmul_args, RESIDENT(LS_MATMUL_LONG(SUM_BYTES), 4))
{
    ls_matmul_tiles<number, tall_tile>(a);
}
LS_KERNEL(ls_matmul_flat, ls_matmul_args, RESIDENT(LS_MATMUL_LONG(SUM_BYTES), 4))
{
    ls_matmul_tiles<number, flat_tile>(a);
}

/* A thread per output, for matrices of a few numbers each. The depth is one piece at most. */
LS_FLAT_KERNEL(ls_matmul_each, ls_matmul_args, LS_MATMUL_FLAT_THREADS)
{
    const int64_t index = (int64_t)blockIdx.x * blockDim.x + threadIdx.x, batch = index / (a.m * a.n);
    const int64_t row = index / a.n % a.m, col = index % a.n;
    if (batch >= a.batches) return;
    const number::element *x = reinterpret_cast<const number::element *>(a.x.at) + row * a.x.row +
                               ls_matmul_batch(a.x, a.batch, a.nbatch, batch);
    const number::element *y = reinterpret_cast<const number::element *>(a.y.at) + col * a.y.col +
                               ls_matmul_batch(a.y, a.batch, a.nbatch, batch);
    number::sum s = number::zero();
#pragma unroll 4
    for (int64_t p = 0; p < a.k; p++) s = number::step(number::read(x[p * a.x.col]), number::read(y[p * a.y.row]), s);
    reinterpret_cast<number::element *>(a.out.at)[row * a.out.row + col * a.out.col +
                                                  ls_matmul_batch(a.out, a.batch, a.nbatch, batch)] = number::write(s);
}

/* A thread per output and run of partial sums. Runs are aligned, so that each is a part of the tree. */
LS_FLAT_KERNEL(ls_matmul_join, ls_matmul_join_args, LS_MATMUL_FLAT_THREADS)
{
    const int64_t index = (int64_t)blockIdx.x * blockDim.x + threadIdx.x, outputs = a.m * a.n;
    const int64_t output = index % outputs, run = index / outputs % a.runs, batch = index / (outputs * a.runs);
    if (batch >= a.batches) return;
    const int64_t first = run * LS_MATMUL_JOIN * a.step;
    number::sum *at = reinterpret_cast<number::sum *>(a.partial) + (batch * a.groups + first) * outputs + output;
    number::sum s[LS_MATMUL_JOIN];
#pragma unroll
    for (int i = 0; i < LS_MATMUL_JOIN; i++)
        if (first + i * a.step < a.groups) s[i] = at[i * a.step * outputs];
#pragma unroll
    for (int apart = 1; apart < LS_MATMUL_JOIN; apart *= 2)
#pragma unroll
        for (int i = 0; i < LS_MATMUL_JOIN; i += 2 * apart)
            if (first + (i + apart) * a.step < a.groups) s[i] = number::add(s[i], s[i + apart]);
    if (a.runs > 1) *at = s[0];
    else
        reinterpret_cast<number::element *>(
            a.out.at)[output / a.n * a.out.row + output % a.n * a.out.col +
                      ls_matmul_batch(a.out, a.batch, a.nbatch, batch)] = number::write(s[0]);
}

/* A matrix whose strides no library takes, into C order. */
LS_FLAT_KERNEL(ls_matmul_copy, ls_matmul_copy_args, LS_MATMUL_FLAT_THREADS)
{
    const int64_t index = (int64_t)blockIdx.x * blockDim.x + threadIdx.x, batch = index / (a.m * a.n);
    if (batch >= a.batches) return;
    reinterpret_cast<number::element *>(a.to)[index] = reinterpret_cast<const number::element *>(
        a.from.at)[index / a.n % a.m * a.from.row + index % a.n * a.from.col +
                   ls_matmul_batch(a.from, a.batch, a.nbatch, batch)];
}
