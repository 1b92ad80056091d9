/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows kernel of kernels/reduce_gpu.h for values that are computed on the way. Part of functions.h. The loop
 * around the expression is unrolled no further than a lane's neighbours: each copy is a copy of the whole expression.
 *
 * Source: `base` is the position of a leaf's first element; `some(first, count, v)` puts elements first, first + 1,
 * ... of the leaf into v, of which those from `count` on may be anything. Results are left to the tree kernel,
 * compiled ahead of time: what it takes to store any dtype along any axes would double what NVRTC has to do here. */
#ifndef LSI_DEVICE_REDUCE_FUSED_H
#define LSI_DEVICE_REDUCE_FUSED_H

#include "reduce_gpu.h"

template <class Op, class Source>
LS_FN typename Op::acc ls_fused_fold(const Op &op, const Source &x, int count, int t)
{
    const int VEC = Source::VEC;
    typename Op::acc a[VEC];
    LS_UNROLL
    for (int j = 0; j < VEC; j++) a[j] = op.identity();
    LS_NO_UNROLL
    for (int first = t * VEC; first < count; first += 32 * VEC) {
        typename Source::value v[VEC];
        x.some(first, count, v);
        LS_UNROLL
        for (int j = 0; j < VEC; j++) ls_take(op, a[j], v[j], first + j, first + j < count);
    }
    return ls_halve_warp(op, a, t);
}

/* The mean of a leaf is needed before its squares: the values are computed twice. */
template <class Op, class Source>
LS_FN typename Op::state ls_fused_state(const Op &op, const Source &x, int64_t first, int count, int t)
{
    if constexpr (Op::PASSES == 2) {
        const typename Op::value mean = ls_mean_of(ls_fused_fold(op, x, count, t), count);
        return op.moments(mean, ls_fused_fold(op.again(mean), x, count, t), count);
    } else {
        return op.leaf(ls_fused_fold(op, x, count, t), first, count);
    }
}

/* Blocks: by groups of `each` leaves per warp within the leaves of an output; where outputs are single leaves, by
 * `each` outputs per warp. */
template <class Op, class Source>
LS_FN void ls_reduce_fused(const ls_reduce_args &a, Source x)
{
    typedef typename Op::state state;
    LS_SHARED(state, states, LS_REDUCE_WARPS * LS_REDUCE_GROUP_MOST);
    const Op op(a);
    const int warp = (int)threadIdx.x / LS_WARP, t = (int)threadIdx.x % LS_WARP;
    const bool single = a.leaves == 1;
    const int64_t group = blockIdx.x, per_group = (int64_t)LS_REDUCE_WARPS * a.each;
    const int64_t first = single ? 0 : group % a.groups * per_group;
    state *const out = static_cast<state *>(a.states);
    int64_t o = single ? 0 : group / a.groups;
    LS_NO_UNROLL
    for (int k = 0; k < a.each; k++) {
        const int within = warp * a.each + k;
        const int64_t leaf = single ? 0 : first + within;
        if (single) o = group * per_group + within;
        if (o >= a.outer || leaf >= a.leaves) break;
        const int64_t r = leaf * LS_LEAF;
        x.base = o * a.n + r;
        const state s = ls_fused_state(op, x, r, ls_lesser(a.end - r, LS_LEAF), t);
        if (t == 0 && single) out[o] = s;
        if (t == 0 && !single) states[within] = s;
    }
    if (single) return;
    ls_merge_shared(op, states, ls_lesser(a.leaves - first, per_group));
    if (threadIdx.x == 0) out[o * a.groups + group % a.groups] = states[0];
}

#endif
