/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Programs whose steps need results of reductions over the same rows, as a softmax does: a row stays with some lanes of
 * a warp, or with a block, which pass over it once for each reduction that needs the one before, and once more for what
 * is stored. Every pass computes what it needs from the program's sources; those were read a moment ago and are in the
 * cache. What is dear to compute stays in shared memory for the passes to come, where only its own thread reads it.
 * Part of functions.h.
 *
 * A pass is a Source as in reduce_fused.h. Its WIDTH lanes, a power of two, have the row if that is one leaf; else the
 * block has it, a warp per leaf in turn. `slot` is where the thread's elements of a leaf begin among those it holds. No
 * two blocks share a row, so results need no memory. */
#ifndef LSI_DEVICE_REDUCE_ROWS_H
#define LSI_DEVICE_REDUCE_ROWS_H

#include "reduce_fused.h"

/* A row as one of its lanes sees it. */
struct ls_row {
    int64_t number;
    int count; /* elements; 0: there is no such row */
    int t;     /* the lane */
};

template <int WIDTH>
LS_FN ls_row ls_row_of_lanes(const ls_fused_args &a)
{
    const int thread = (int)threadIdx.x;
    ls_row row;
    row.number = (a.begin + blockIdx.x) * (LS_REDUCE_THREADS / WIDTH) + thread / WIDTH;
    row.count = row.number < a.outer ? (int)a.n : 0;
    row.t = thread % WIDTH;
    return row;
}

LS_FN ls_row ls_row_of_block(const ls_fused_args &a)
{
    ls_row row;
    row.number = a.begin + blockIdx.x;
    row.count = (int)a.n;
    row.t = (int)threadIdx.x;
    return row;
}

/* One pass over a row of one leaf; the states are in all its lanes. */
template <class Source>
LS_FN void ls_row_pass_lanes(const ls_fused_part *part, Source &x, const ls_row &row, typename Source::folds::states &out)
{
    typedef typename Source::folds folds;
    typename folds::template accs<Source::VEC> all;
    x.base = row.number * row.count;
    ls_fused_take_leaf(part, x, row.count, row.t, all);
    folds::template keep<ls_fused_here>(part, x, all, row.count, row.t, out);
}

/* One pass over a block's row; the states are in all threads, which have met where there are any. */
template <class Source>
LS_FN void ls_row_pass_block(const ls_fused_part *part, Source &x, const ls_row &row, typename Source::folds::states &out)
{
    typedef typename Source::folds folds;
    typedef typename folds::shared shared;
    LS_SHARED(shared, block, 1);
    const int warp = row.t / LS_WARP, t = row.t % LS_WARP;
    int leaf = warp;
    LS_NO_UNROLL
    for (int first = warp * LS_LEAF; first < row.count; first += LS_REDUCE_WARPS * LS_LEAF, leaf += LS_REDUCE_WARPS) {
        const int count = ls_lesser(row.count - first, LS_LEAF);
        typename folds::template accs<Source::VEC> all;
        x.base = row.number * row.count + first;
        x.slot = leaf / LS_REDUCE_WARPS * (LS_LEAF / LS_WARP);
        ls_fused_take_leaf(part, x, count, t, all);
        folds::template leaf<ls_fused_here>(part, x, all, first, count, t, 0, &block[0], leaf);
    }
    if constexpr (folds::FOLDS) {
        folds::merge(part, block[0], (row.count + LS_LEAF - 1) / LS_LEAF, -1);
        __syncthreads();
        folds::read(block[0], out);
    }
}

/* The result of a state, in the type that the Op makes it in; `op` is of the LS_REDUCE_. */
template <class Op>
LS_FN auto ls_row_result(const ls_fused_args &all, const ls_fused_part &part, int op, const typename Op::state &s)
{
    ls_reduce_args a;
    a.mask = part.mask;
    a.floating = (int32_t)part.floating;
    a.correction = part.correction;
    a.op = op;
    a.n = all.n;
    return Op(a).result(a, s);
}

#endif
