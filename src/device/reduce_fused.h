/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows kernel of kernels/reduce_gpu.h for values that are computed on the way, for several reductions of the same
 * axes at once. Part of functions.h. The loop around the expression is not unrolled: each copy is a copy of the whole
 * expression.
 *
 * Source: `base` is the position of a leaf's first element, WIDTH the lanes that share it; `some<STORES>(first, count, v)`
 * puts elements first, first + 1, ... of the leaf into v, of which those from `count` on may be anything, and stores what
 * the program stores.
 * Results are left to the tree kernel, compiled ahead of time: what it takes to store any dtype along any axes would
 * double what NVRTC has to do here.
 *
 * Reductions are a chain, ls_fused<Op, ls_fused<Op, ls_fused_none>>: each does its part and has the rest do theirs.
 *
 * All of them take the same elements at a time: VEC neighbours of a thread, 32 * VEC of a warp. An Op with more lanes
 * than those keeps them in runs, and a warp's next elements belong to the next run: of float32 beside float64, thread t
 * has the lanes 2t and 2t + 1 of the first run, 64 + 2t and 65 + 2t of the second. */
#ifndef LSI_DEVICE_REDUCE_FUSED_H
#define LSI_DEVICE_REDUCE_FUSED_H

#include "fused_args.h"
#include "reduce_gpu.h"

/* Where a reduction's values are among those of the chain. */
struct ls_fused_here {
    template <class Values>
    static LS_MEMBER const auto &of(const Values &values) { return values.v; }
};
template <class Before>
struct ls_fused_next {
    template <class Values>
    static LS_MEMBER const auto &of(const Values &values) { return Before::of(values.rest); }
};

struct ls_fused_none {
    static const bool FOLDS = false;
    struct shared { };
    template <int VEC>
    struct values { };
    template <int VEC>
    struct accs { };
    struct states { };
    template <int VEC>
    static LS_MEMBER void begin(const ls_fused_part *, accs<VEC> &) { }
    template <int VEC>
    static LS_MEMBER void take(const ls_fused_part *, accs<VEC> &, const values<VEC> &, int, int) { }
    template <class Place, class Source, int VEC>
    static LS_MEMBER void leaf(const ls_fused_part *, const Source &, const accs<VEC> &, int64_t, int, int, int64_t,
                               shared *, int) { }
    static LS_MEMBER void merge(const ls_fused_part *, shared &, int, int64_t) { }
    template <class Place, class Source, int VEC>
    static LS_MEMBER void keep(const ls_fused_part *, const Source &, const accs<VEC> &, int, int, states &) { }
    static LS_MEMBER void read(const shared &, states &) { }
};

/* All that an Op reads of its arguments. */
template <class Op>
LS_FN Op ls_fused_op(const ls_fused_part &part)
{
    ls_reduce_args a;
    a.mask = part.mask;
    a.floating = (int32_t)part.floating;
    return Op(a);
}

/* Runs of an Op's lanes; where order does not matter, one would do. */
template <class Op, int VEC>
struct ls_fused_runs {
    static const int COUNT = Op::LANES > 32 * VEC ? Op::LANES / (32 * VEC) : 1;
};

template <class Op, int RUNS, int VEC>
LS_FN void ls_fused_identity(const Op &op, typename Op::acc (&a)[RUNS][VEC])
{
    LS_UNROLL
    for (int k = 0; k < RUNS; k++)
        LS_UNROLL
        for (int j = 0; j < VEC; j++) a[k][j] = op.identity();
}

/* Elements first, first + 1, ... of a leaf, of which those from `count` on are not there. */
template <class Op, int RUNS, int VEC>
LS_FN void ls_fused_take(const Op &op, typename Op::acc (&a)[RUNS][VEC], const typename Op::value (&v)[VEC], int first,
                         int count)
{
    const int run = first / (32 * VEC) % RUNS;
    LS_UNROLL
    for (int k = 0; k < RUNS; k++)
        LS_UNROLL
        for (int j = 0; j < VEC; j++) ls_take(op, a[k][j], v[j], first + j, k == run && first + j < count);
}

/* Every lane's accs to the leaf's, in all lanes: the runs are the lanes furthest apart, so they come first. */
template <int WIDTH, class Op, int RUNS, int VEC>
LS_FN typename Op::acc ls_fused_halve(const Op &op, const typename Op::acc (&a)[RUNS][VEC], int t)
{
    typename Op::acc lanes[VEC];
    LS_UNROLL
    for (int j = 0; j < VEC; j++) {
        typename Op::acc runs[RUNS];
        LS_UNROLL
        for (int k = 0; k < RUNS; k++) runs[k] = a[k][j];
        ls_halve(op, runs);
        lanes[j] = runs[0];
    }
    return ls_halve_warp<WIDTH>(op, lanes, t);
}

/* A leaf again, for what folds it twice. */
template <class Place, class Op, class Source>
LS_FN typename Op::acc ls_fused_again(const Op &op, const Source &x, int count, int t)
{
    const int VEC = Source::VEC;
    typename Op::acc a[ls_fused_runs<Op, VEC>::COUNT][VEC];
    ls_fused_identity(op, a);
    LS_NO_UNROLL
    for (int first = t * VEC; first < count; first += Source::WIDTH * VEC) {
        typename Source::values v;
        x.template some<false>(first, count, v);
        ls_fused_take(op, a, Place::of(v), first, count);
    }
    return ls_fused_halve<Source::WIDTH>(op, a, t);
}

/* The state of a leaf whose first element is r = first, of what its lanes hold. */
template <class Place, class Op, class Source, int RUNS, int VEC>
LS_FN typename Op::state ls_fused_state(const Op &op, const Source &x, const typename Op::acc (&a)[RUNS][VEC],
                                        int64_t first, int count, int t)
{
    const typename Op::acc all = ls_fused_halve<Source::WIDTH>(op, a, t);
    if constexpr (Op::PASSES == 2) {
        const typename Op::value mean = ls_mean_of(all, count);
        return op.moments(mean, ls_fused_again<Place>(op.again(mean), x, count, t), count);
    } else {
        return op.leaf(all, first, count);
    }
}

template <class Op, class Rest>
struct ls_fused {
    static const bool FOLDS = true;
    typedef typename Op::state state;
    struct shared {
        state states[LS_REDUCE_WARPS * LS_REDUCE_GROUP_MOST];
        typename Rest::shared rest;
    };
    template <int VEC>
    struct values {
        typename Op::value v[VEC];
        typename Rest::template values<VEC> rest;
    };
    template <int VEC>
    struct accs {
        typename Op::acc a[ls_fused_runs<Op, VEC>::COUNT][VEC];
        typename Rest::template accs<VEC> rest;
    };
    struct states {
        state s;
        typename Rest::states rest;
    };
    template <int VEC>
    static LS_MEMBER void begin(const ls_fused_part *part, accs<VEC> &all)
    {
        ls_fused_identity(ls_fused_op<Op>(*part), all.a);
        Rest::begin(part + 1, all.rest);
    }
    template <int VEC>
    static LS_MEMBER void take(const ls_fused_part *part, accs<VEC> &all, const values<VEC> &v, int first, int count)
    {
        ls_fused_take(ls_fused_op<Op>(*part), all.a, v.v, first, count);
        Rest::take(part + 1, all.rest, v.rest, first, count);
    }
    /* The leaf's state to place `to` of the states in memory, or, where there are none, to `within` of the block's. */
    template <class Place, class Source, int VEC>
    static LS_MEMBER void leaf(const ls_fused_part *part, const Source &x, const accs<VEC> &all, int64_t first, int count,
                               int t, int64_t to, shared *block, int within)
    {
        const state s = ls_fused_state<Place>(ls_fused_op<Op>(*part), x, all.a, first, count, t);
        if (t == 0) {
            if (block) block->states[within] = s;
            else static_cast<state *>(part->states)[to] = s;
        }
        Rest::template leaf<ls_fused_next<Place>>(part + 1, x, all.rest, first, count, t, to, block ? &block->rest : nullptr,
                                                  within);
    }
    /* The block's states into one, to place `to` of those in memory, if there are such. */
    static LS_MEMBER void merge(const ls_fused_part *part, shared &block, int count, int64_t to)
    {
        const Op op = ls_fused_op<Op>(*part);
        ls_merge_shared(op, block.states, count);
        if (to >= 0 && threadIdx.x == 0) static_cast<state *>(part->states)[to] = block.states[0];
        Rest::merge(part + 1, block.rest, count, to);
    }
    /* The state of the only leaf, and that of a block's leaves, to every lane. */
    template <class Place, class Source, int VEC>
    static LS_MEMBER void keep(const ls_fused_part *part, const Source &x, const accs<VEC> &all, int count, int t,
                               states &out)
    {
        out.s = ls_fused_state<Place>(ls_fused_op<Op>(*part), x, all.a, 0, count, t);
        Rest::template keep<ls_fused_next<Place>>(part + 1, x, all.rest, count, t, out.rest);
    }
    static LS_MEMBER void read(const shared &block, states &out)
    {
        out.s = block.states[0];
        Rest::read(block.rest, out.rest);
    }
};

/* Elements [0, count) of a leaf to the lanes that share it. */
template <class Source>
LS_FN void ls_fused_take_leaf(const ls_fused_part *part, const Source &x, int count, int t,
                         typename Source::folds::template accs<Source::VEC> &all)
{
    Source::folds::begin(part, all);
    LS_NO_UNROLL
    for (int first = t * Source::VEC; first < count; first += Source::WIDTH * Source::VEC) {
        typename Source::values v;
        x.template some<true>(first, count, v);
        Source::folds::take(part, all, v, first, count);
    }
}

/* Blocks: by groups of `each` leaves per warp within the leaves of an output; where outputs are single leaves, by
 * `each` outputs per warp. */
template <class Source>
LS_FN void ls_reduce_fused(const ls_fused_args &a, Source x)
{
    typedef typename Source::folds folds;
    typedef typename folds::shared shared;
    LS_SHARED(shared, block, 1);
    const int warp = (int)threadIdx.x / LS_WARP, t = (int)threadIdx.x % LS_WARP;
    const bool single = a.leaves == 1;
    const int64_t group = a.begin + blockIdx.x, per_group = (int64_t)LS_REDUCE_WARPS * a.each;
    const int64_t begin = single ? 0 : group % a.groups * per_group;
    int64_t o = single ? 0 : group / a.groups;
    LS_NO_UNROLL
    for (int k = 0; k < (int)a.each; k++) {
        const int within = warp * (int)a.each + k;
        const int64_t leaf = single ? 0 : begin + within;
        if (single) o = group * per_group + within;
        if (o >= a.outer || leaf >= a.leaves) break;
        const int64_t r = leaf * LS_LEAF;
        const int count = ls_lesser(a.end - r, LS_LEAF);
        x.base = o * a.n + r;
        typename folds::template accs<Source::VEC> all;
        ls_fused_take_leaf(a.part, x, count, t, all);
        folds::template leaf<ls_fused_here>(a.part, x, all, r, count, t, o, single ? nullptr : &block[0], within);
    }
    if (single) return;
    folds::merge(a.part, block[0], ls_lesser(a.leaves - begin, per_group), o * a.groups + group % a.groups);
}

#endif
