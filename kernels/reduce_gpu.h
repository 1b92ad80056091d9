/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reductions on a GPU in the order of reduce_order.h: the bodies of the kernels, for any Op of reduce_op_gpu.h. The
 * geometry of a launch (how many leaves a warp has, how many rows a block) shows in no bit.
 *
 *   ls_reduce_rows     values of an output follow each other: a warp per leaf, 16 bytes a lane
 *   ls_reduce_columns  values of neighbouring outputs follow each other: a thread owns a column
 *   ls_reduce_panel    short rows, and few columns: a block reads leaves in one piece and folds them in shared memory
 *   ls_reduce_tree     states of leaves into states of larger subtrees
 *
 * The leaf functions (ls_fold_row, ls_fold_column) take where values come from as a type, so that generated code can
 * compute them: Source::at(i) is the value of the leaf's element i; WIDE says that wide(i, v) gives 16 bytes of
 * neighbours at once. */
#ifndef LOCKSTEP_KERNELS_REDUCE_GPU_H
#define LOCKSTEP_KERNELS_REDUCE_GPU_H

#include "reduce_op_gpu.h"

#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
#define LS_UNROLL _Pragma("unroll")
#define LS_UNROLL_BY_8 _Pragma("unroll 8")
#define LS_UNROLL_BY_4 _Pragma("unroll 4")
#define LS_UNROLL_BY_2 _Pragma("unroll 2")
#define LS_NO_UNROLL _Pragma("unroll 1")
#else
#define LS_UNROLL
#define LS_UNROLL_BY_8
#define LS_UNROLL_BY_4
#define LS_UNROLL_BY_2
#define LS_NO_UNROLL
#endif

LS_SLOW_FN int64_t ls_axes_offset_of_many(const ls_axes &axes, int64_t index)
{
    int64_t offset = 0;
    for (int k = axes.count - 1; k > 0; k--) {
        const int64_t rest = index / axes.shape[k];
        offset += (index - rest * axes.shape[k]) * axes.stride[k];
        index = rest;
    }
    return offset + index * axes.stride[0];
}

LS_FN int64_t ls_axes_offset(const ls_axes &axes, int64_t index)
{
    if (axes.count > 1) return ls_axes_offset_of_many(axes, index);
    return axes.count ? index * axes.stride[0] : 0;
}

LS_FN int ls_lesser(int64_t a, int64_t b) { return (int)(a < b ? a : b); }

template <class Op>
LS_FN void ls_finish(const Op &op, const ls_reduce_args &a, int64_t o, int64_t c, const typename Op::state &s)
{
    op.finish(a, s, ls_axes_offset(a.out_axes, a.first_outer + o) + c * a.out_inner);
}

/* a takes in v, which is element r of its leaf, where it is present. */
template <class Op>
LS_FN void ls_take(const Op &op, typename Op::acc &a, typename Op::value v, int r, bool present)
{
    const typename Op::acc next = op.fold(a, op.lift(v, r));
    a = present ? next : a;
}

/* --- rows: a leaf in a warp ----------------------------------------------------------------------------------------
 * Lane t of the warp owns the positions [t * VEC, (t + 1) * VEC) of 32 * VEC lanes, which are 512 bytes. */

template <class value>
struct ls_vector {
    static const int VEC = 16 / sizeof(value), ROWS = LS_LEAF / (32 * VEC);
};

template <class value>
struct alignas(16) ls_pack {
    value v[ls_vector<value>::VEC];
};

/* 16 bytes; small elements are cut out of words, or the compiler would put the pack into memory. */
template <class value>
LS_FN ls_pack<value> ls_load_pack(const value *x)
{
    if constexpr (sizeof(value) >= 4) {
        return ls_load_wide<ls_pack<value>>(x);
    } else {
        const int PER_WORD = 4 / (int)sizeof(value), BITS = 8 * (int)sizeof(value);
        const uint4 quad = ls_load_wide<uint4>(x);
        const uint32_t words[4] = {quad.x, quad.y, quad.z, quad.w};
        ls_pack<value> pack;
        LS_UNROLL
        for (int j = 0; j < ls_vector<value>::VEC; j++)
            pack.v[j] = (value)(words[j / PER_WORD] >> (j % PER_WORD * BITS));
        return pack;
    }
}

/* Elements `step` apart; `aligned` when they are neighbours at a multiple of 16 bytes. */
template <class type>
struct ls_row_source {
    typedef type value;
    static const bool WIDE = true;
    const type *x;
    int64_t step;
    bool aligned;
    LS_MEMBER ls_row_source(const type *first, int64_t apart)
        : x(first), step(apart), aligned(apart == 1 && ((uint64_t)first & 15) == 0)
    {
    }
    LS_MEMBER type at(int i) const { return x[i * step]; }
    LS_MEMBER ls_pack<type> wide(int i) const { return ls_load_pack(x + i); }
};

/* Lanes H apart, then H / 2, and so on. While a lane holds several accs, each step leaves half to the partner. */
template <int H, class Op, int HELD>
LS_FN typename Op::acc ls_halve_lanes(const Op &op, const typename Op::acc (&a)[HELD], int t)
{
    if constexpr (HELD > 1) {
        const bool up = (t & H) != 0;
        typename Op::acc half[HELD / 2];
        LS_UNROLL
        for (int j = 0; j < HELD / 2; j++) {
            const typename Op::acc mine = up ? a[j + HELD / 2] : a[j], theirs = up ? a[j] : a[j + HELD / 2];
            half[j] = op.fold(mine, op.partner(theirs, H));
        }
        return ls_halve_lanes<H / 2>(op, half, t);
    } else {
        typename Op::acc all = a[0];
        LS_UNROLL
        for (int h = H; h > 0; h /= 2) all = op.fold(all, op.partner(all, h));
        return all;
    }
}

/* Every lane's accs to the leaf's, in all lanes. Which of its accs a lane has been left with is told by the high bits
 * of its number, and these distances, the shortest, come last. Where all elements are in the first WIDTH lanes, VEC or
 * more, the others take no part, and each WIDTH lanes of a warp may have a leaf of their own. */
template <int WIDTH = LS_WARP, class Op, int VEC>
LS_FN typename Op::acc ls_halve_warp(const Op &op, const typename Op::acc (&a)[VEC], int t)
{
    typename Op::acc all = ls_halve_lanes<WIDTH / 2>(op, a, t);
    LS_UNROLL
    for (int v = VEC / 2, h = WIDTH / 2; v > 0; v /= 2, h /= 2) all = op.fold(all, op.partner(all, h));
    return all;
}

/* The first `rows` rows of 32 * VEC aligned neighbours, a batch of loads at a time; the last may load one twice. */
template <class Op, class Source, int VEC>
LS_FN void ls_take_whole_rows(const Op &op, const Source &x, typename Op::acc (&a)[VEC], int rows, int t)
{
    const int ROWS = LS_LEAF / (32 * VEC), BATCH = ROWS < 8 ? ROWS : 8;
    LS_NO_UNROLL
    for (int k = 0; k < rows; k += BATCH) {
        ls_pack<typename Op::value> v[BATCH];
        LS_UNROLL
        for (int b = 0; b < BATCH; b++) v[b] = x.wide(((k + b < rows ? k + b : rows - 1) * 32 + t) * VEC);
        LS_UNROLL
        for (int b = 0; b < BATCH; b++) {
            if (k + b >= rows) break;
            LS_UNROLL
            for (int j = 0; j < VEC; j++) ls_take(op, a[j], v[b].v[j], ((k + b) * 32 + t) * VEC + j, true);
        }
    }
}

/* Elements [start, count), however they lie. Absent ones are read as the last one and dropped, so that loads do not
 * wait. */
template <class Op, class Source, int VEC>
LS_FN void ls_take_row(const Op &op, const Source &x, typename Op::acc (&a)[VEC], int start, int count, int t)
{
    LS_UNROLL_BY_4
    for (int row = start; row < count; row += 32 * VEC) {
        LS_UNROLL
        for (int j = 0; j < VEC; j++) {
            const int i = row + t * VEC + j;
            ls_take(op, a[j], x.at(i < count ? i : count - 1), i, i < count);
        }
    }
}

/* The leaf of elements [0, count), 1 <= count <= LS_LEAF, in all lanes; t is the lane. */
template <class Op, class Source>
LS_FN typename Op::acc ls_fold_row(const Op &op, const Source &x, int count, int t)
{
    const int VEC = ls_vector<typename Op::value>::VEC;
    typename Op::acc a[VEC];
    LS_UNROLL
    for (int j = 0; j < VEC; j++) a[j] = op.identity();
    int start = 0;
    if constexpr (Source::WIDE) {
        if (x.aligned) {
            ls_take_whole_rows(op, x, a, count / (32 * VEC), t);
            start = count & -(32 * VEC);
        }
    }
    ls_take_row(op, x, a, start, count, t);
    return ls_halve_warp(op, a, t);
}

/* Halves COUNT lanes, a power of two, into a[0]. */
template <class Op, int COUNT>
LS_FN void ls_halve(const Op &op, typename Op::acc (&a)[COUNT])
{
    LS_UNROLL
    for (int i = 0; i < COUNT / 2; i++) a[i] = op.fold(a[i], a[i + COUNT / 2]);
    if constexpr (COUNT > 2) {
        typename Op::acc half[COUNT / 2];
        LS_UNROLL
        for (int i = 0; i < COUNT / 2; i++) half[i] = a[i];
        ls_halve<Op, COUNT / 2>(op, half);
        a[0] = half[0];
    }
}

/* A leaf that is read once and folded twice. */
template <class type>
struct ls_held_row {
    typedef type value;
    static const bool WIDE = false;
    static const int VEC = ls_vector<type>::VEC, ROWS = ls_vector<type>::ROWS;
    ls_pack<type> v[ROWS];
};

template <class Source, class type>
LS_FN void ls_hold_row(const Source &x, ls_held_row<type> &held, int count, int t)
{
    const int VEC = ls_vector<type>::VEC, ROWS = ls_vector<type>::ROWS;
    bool whole = false;
    if constexpr (Source::WIDE) {
        whole = x.aligned && count == LS_LEAF;
        if (whole) {
            LS_UNROLL
            for (int k = 0; k < ROWS; k++) held.v[k] = x.wide((k * 32 + t) * VEC);
        }
    }
    if (!whole) {
        LS_UNROLL
        for (int k = 0; k < ROWS; k++)
            LS_UNROLL
            for (int j = 0; j < VEC; j++) {
                const int i = (k * 32 + t) * VEC + j;
                held.v[k].v[j] = x.at(i < count ? i : count - 1);
            }
    }
}

template <class Op, class type>
LS_FN typename Op::acc ls_fold_held_row(const Op &op, const ls_held_row<type> &held, int count, int t)
{
    const int VEC = ls_vector<type>::VEC, ROWS = ls_vector<type>::ROWS;
    typename Op::acc a[VEC];
    LS_UNROLL
    for (int j = 0; j < VEC; j++) a[j] = op.identity();
    LS_UNROLL
    for (int k = 0; k < ROWS; k++)
        LS_UNROLL
        for (int j = 0; j < VEC; j++) {
            const int i = (k * 32 + t) * VEC + j;
            ls_take(op, a[j], held.v[k].v[j], i, i < count);
        }
    return ls_halve_warp(op, a, t);
}

/* The state of a leaf whose first element is r = first. */
template <class Op, class Source>
LS_FN typename Op::state ls_row_state(const Op &op, const Source &x, int64_t first, int count, int t)
{
    if constexpr (Op::PASSES == 2) {
        ls_held_row<typename Op::value> held;
        ls_hold_row(x, held, count, t);
        const typename Op::value mean = ls_mean_of(ls_fold_held_row(op, held, count, t), count);
        return op.moments(mean, ls_fold_held_row(op.again(mean), held, count, t), count);
    } else {
        return op.leaf(ls_fold_row(op, x, count, t), first, count);
    }
}

/* Folds states[0, count) of a block's shared memory, neighbours first. `stride` apart; any number of threads. */
template <class Op>
LS_FN void ls_merge_shared(const Op &op, typename Op::state *states, int count)
{
    for (int step = 1; step < count; step *= 2) {
        __syncthreads();
        const int left = (int)threadIdx.x * 2 * step;
        if (left + step < count) states[left] = op.merge(states[left], states[left + step]);
    }
}

/* Blocks: by groups of `each` leaves per warp within the leaves of an output; or, where an output is one leaf and is
 * finished at once, of `each` outputs per warp. */
template <class Op>
LS_FN void ls_reduce_rows(const ls_reduce_args &a)
{
    typedef typename Op::state state;
    LS_SHARED(state, states, LS_REDUCE_WARPS * LS_REDUCE_GROUP_MOST);
    const Op op(a);
    const int warp = (int)threadIdx.x / LS_WARP, t = (int)threadIdx.x % LS_WARP;
    const bool single = a.finish && a.leaves == 1;
    const int64_t group = blockIdx.x, per_group = (int64_t)LS_REDUCE_WARPS * a.each;
    const int64_t first = single ? 0 : group % a.groups * per_group;
    int64_t o = single ? 0 : group / a.groups;
    for (int k = 0; k < a.each; k++) {
        const int within = warp * a.each + k;
        const int64_t leaf = single ? 0 : first + within;
        if (single) o = group * per_group + within;
        if (o >= a.outer || leaf >= a.leaves) break;
        const int64_t r = (a.first_leaf + leaf) * LS_LEAF;
        const typename Op::value *x = static_cast<const typename Op::value *>(a.in);
        x += ls_axes_offset(a.in_axes, a.first_in + o) + r * a.step;
        const ls_row_source<typename Op::value> row(x, a.step);
        const state s = ls_row_state(op, row, r, ls_lesser(a.end - r, LS_LEAF), t);
        if (t == 0 && single) ls_finish(op, a, o, 0, s);
        if (t == 0 && !single) states[within] = s;
    }
    if (single) return;
    ls_merge_shared(op, states, ls_lesser(a.leaves - first, per_group));
    if (threadIdx.x > 0) return;
    if (a.finish) ls_finish(op, a, o, 0, states[0]);
    else static_cast<state *>(a.states)[o * a.state_row + group % a.groups] = states[0];
}

/* --- columns: a leaf of 32 columns in a block --------------------------------------------------------------------- */

/* Element i of a leaf in one column: offsets of the rows are in shared memory. */
template <class type>
struct ls_column_source {
    typedef type value;
    const type *x;
    const int64_t *rows;
    LS_MEMBER type at(int i) const { return x[rows[i]]; }
};

/* The leaf of elements [0, count) of one column: each warp folds the lanes whose number is its own modulo 8, then warps
 * are folded through shared memory. The acc is in all threads. Every thread of the block must come. */
template <class Op, class Source>
LS_FN typename Op::acc ls_fold_column(const Op &op, const Source &x, int count, typename Op::acc *shared)
{
    const int EACH = Op::LANES / LS_REDUCE_WARPS;
    const int warp = (int)threadIdx.x / LS_WARP, t = (int)threadIdx.x % LS_WARP;
    typename Op::acc a[EACH];
    LS_UNROLL
    for (int q = 0; q < EACH; q++) a[q] = op.identity();
    LS_UNROLL_BY_2
    for (int k = 0; k < count; k += Op::LANES) {
        LS_UNROLL
        for (int q = 0; q < EACH; q++) {
            const int i = k + q * LS_REDUCE_WARPS + warp;
            ls_take(op, a[q], x.at(i < count ? i : count - 1), i, i < count);
        }
    }
    ls_halve(op, a);
    shared[warp * LS_WARP + t] = a[0];
    for (int h = LS_REDUCE_WARPS / 2; h > 0; h /= 2) {
        __syncthreads();
        if (warp < h)
            shared[warp * LS_WARP + t] = op.fold(shared[warp * LS_WARP + t], shared[(warp + h) * LS_WARP + t]);
    }
    __syncthreads();
    const typename Op::acc all = shared[t];
    __syncthreads();
    return all;
}

template <class Op, class Source>
LS_FN typename Op::state ls_column_state(const Op &op, const Source &x, int64_t first, int count,
                                         typename Op::acc *shared)
{
    const typename Op::acc all = ls_fold_column(op, x, count, shared);
    if constexpr (Op::PASSES == 2) {
        typedef typename Op::part part;
        const typename Op::value mean = ls_mean_of(all, count);
        const part squares = ls_fold_column(op.again(mean), x, count, reinterpret_cast<part *>(shared));
        return op.moments(mean, squares, count);
    } else {
        return op.leaf(all, first, count);
    }
}

/* At most LS_REDUCE_THIN elements, which are lanes of their own: one thread. First the trees over lanes that are 8
 * apart, then the tree over those. */
template <class Op, class Source>
LS_FN typename Op::acc ls_fold_thin(const Op &op, const Source &x, int count)
{
    const int EACH = LS_REDUCE_THIN / 8;
    typename Op::acc trees[8];
    LS_UNROLL
    for (int w = 0; w < 8; w++) {
        typename Op::acc a[EACH];
        LS_UNROLL
        for (int q = 0; q < EACH; q++) {
            a[q] = op.identity();
            if (q * 8 + w < count) a[q] = op.lift(x.at(q * 8 + w), q * 8 + w);
        }
        ls_halve(op, a);
        trees[w] = a[0];
    }
    ls_halve(op, trees);
    return trees[0];
}

template <class Op>
LS_FN void ls_reduce_thin(const ls_reduce_args &a, const int64_t *rows)
{
    typedef typename Op::value value;
    const Op op(a);
    const int64_t output = (int64_t)blockIdx.x * LS_REDUCE_THREADS + threadIdx.x;
    const int64_t o = output / a.inner, c = output - o * a.inner;
    const int count = (int)a.end;
    if (o >= a.outer) return;
    ls_column_source<value> x;
    x.x = static_cast<const value *>(a.in) + ls_axes_offset(a.in_axes, a.first_in + o) + c;
    x.rows = rows;
    const typename Op::acc all = ls_fold_thin(op, x, count);
    if constexpr (Op::PASSES == 2) {
        const value mean = ls_mean_of(all, count);
        ls_finish(op, a, o, c, op.moments(mean, ls_fold_thin(op.again(mean), x, count), count));
    } else {
        ls_finish(op, a, o, c, op.leaf(all, 0, count));
    }
}

/* Blocks: by 32 columns, then leaves, then o; thin: by 256 outputs. */
template <class Op>
LS_FN void ls_reduce_columns(const ls_reduce_args &a)
{
    typedef typename Op::value value;
    typedef typename Op::acc acc;
    LS_SHARED(int64_t, rows, LS_LEAF);
    LS_SHARED(acc, shared, LS_REDUCE_THREADS);
    if (a.thin) {
        if (threadIdx.x < (unsigned)a.end) rows[threadIdx.x] = ls_axes_offset(a.reduced, threadIdx.x);
        __syncthreads();
        ls_reduce_thin<Op>(a, rows);
        return;
    }
    const Op op(a);
    const int64_t blocks = (a.inner + LS_WARP - 1) / LS_WARP;
    const int64_t item = blockIdx.x / blocks, o = item / a.leaves, leaf = item - o * a.leaves;
    const int64_t column = (blockIdx.x - item * blocks) * LS_WARP + threadIdx.x % LS_WARP;
    const int64_t first = (a.first_leaf + leaf) * LS_LEAF;
    const int count = ls_lesser(a.end - first, LS_LEAF);
    for (int i = (int)threadIdx.x; i < count; i += LS_REDUCE_THREADS) rows[i] = ls_axes_offset(a.reduced, first + i);
    __syncthreads();
    ls_column_source<value> x;
    x.x = static_cast<const value *>(a.in) + ls_axes_offset(a.in_axes, a.first_in + o);
    x.x += column < a.inner ? column : a.inner - 1;
    x.rows = rows;
    const typename Op::state s = ls_column_state(op, x, first, count, shared);
    if (threadIdx.x >= LS_WARP || column >= a.inner) return;
    if (a.finish) ls_finish(op, a, o, column, s);
    else static_cast<typename Op::state *>(a.states)[o * a.state_row + leaf * a.inner + column] = s;
}

/* --- panel: leaves of few columns, in shared memory -----------------------------------------------------------------
 * The values of a leaf follow each other: element r of column c is at r * inner + c. So `present` rows are one long row
 * of W = present * inner positions, and a thread folds position p, p + W, p + 2 W, ... of a leaf. */

/* x / d for x < 4096, from 2^24 / d rounded up. */
LS_FN int ls_divided(int x, uint32_t inverse) { return (int)(((uint64_t)(uint32_t)x * inverse) >> 24); }
/* Where element e is kept: one left out of 17, so that neighbouring outputs are in different banks. */
LS_FN int ls_skewed(int e) { return e + (e >> 4); }

/* What a block of the panel kernel has in shared memory, leaf by leaf. */
template <class Op>
struct ls_panel {
    const typename Op::value *x;
    const int64_t *starts;
    const int *counts;
};

/* Makes the Op of one output: itself, or that of the second pass. */
template <class Op>
struct ls_panel_plain {
    typedef Op made;
    Op op;
    LS_MEMBER Op of(int) const { return op; }
};
template <class Op>
struct ls_panel_again {
    typedef typename Op::square_op made;
    Op op;
    const typename Op::value *means;
    LS_MEMBER made of(int output) const { return op.again(means[output]); }
};

/* The values of leaves that have no more than their lanes, eight loads at a time. */
template <class Maker, class Panel, class acc>
LS_FN void ls_fill_panel(const ls_reduce_args &a, const Maker &maker, const Panel &panel, int tasks, acc *shared)
{
    const int BATCH = 8, inner = (int)a.inner, width = a.present * inner;
    for (int first = (int)threadIdx.x; first < tasks; first += BATCH * LS_REDUCE_THREADS) {
        acc v[BATCH];
        LS_UNROLL
        for (int b = 0; b < BATCH; b++) {
            const int task = first + b * LS_REDUCE_THREADS < tasks ? first + b * LS_REDUCE_THREADS : tasks - 1;
            const int leaf = ls_divided(task, a.width_inverse), p = task - leaf * width;
            const int lane = ls_divided(p, a.inner_inverse);
            v[b] = maker.of(leaf * inner + p - lane * inner).lift(panel.x[panel.starts[leaf] + p], lane);
        }
        LS_UNROLL
        for (int b = 0; b < BATCH; b++)
            if (first + b * LS_REDUCE_THREADS < tasks) shared[ls_skewed(first + b * LS_REDUCE_THREADS)] = v[b];
    }
}

/* The acc of every output of the block to where its lane 0 is kept. Every thread of the block must come. */
template <class Maker, class Panel, class acc>
LS_FN void ls_fold_panel(const ls_reduce_args &a, const Maker &maker, const Panel &panel, int gather, acc *shared)
{
    typedef typename Maker::made made;
    const int inner = (int)a.inner, width = a.present * inner, t = (int)threadIdx.x, tasks = gather * width;
    const bool once = a.present == a.n; /* a position each */
    if (once) ls_fill_panel(a, maker, panel, tasks, shared);
    for (int task = once ? tasks : t; task < tasks; task += LS_REDUCE_THREADS) {
        const int leaf = ls_divided(task, a.width_inverse), p = task - leaf * width;
        const int lane = ls_divided(p, a.inner_inverse), all = panel.counts[leaf] * inner;
        const made op = maker.of(leaf * inner + p - lane * inner);
        const auto *x = panel.x + panel.starts[leaf];
        acc sum = op.identity();
        LS_UNROLL_BY_8
        for (int e = p, r = lane; e < all; e += width, r += a.present) ls_take(op, sum, x[e], r, true);
        shared[ls_skewed(task)] = sum;
    }
    /* Halving, at most 16 at a time: more lanes first become 8 or 16, each the tree over those that are a multiple of
     * it apart. */
    const made op = maker.of(0);
    const bool twice = a.padded > 16;
    const int few = twice ? (a.padded > 64 ? 16 : 8) : a.padded;
    for (int lanes = twice ? few : 1;; lanes = 1) {
        const int terms = lanes > 1 ? a.padded / few : few;
        const int present = lanes > 1 || !twice ? a.present : few;
        __syncthreads();
        for (int task = t; task < gather * inner * lanes; task += LS_REDUCE_THREADS) {
            const int output = lanes > 1 ? task / few : task, lane = task - output * lanes;
            const int leaf = ls_divided(output, a.inner_inverse), c = output - leaf * inner;
            const int start = leaf * width + lane * inner + c;
            acc v[16];
            LS_UNROLL
            for (int i = 0; i < 16; i++) {
                const bool is = i < terms && lane + i * lanes < present;
                v[i] = op.identity();
                if (is) v[i] = shared[ls_skewed(start + i * lanes * inner)];
            }
            ls_halve(op, v);
            shared[ls_skewed(start)] = v[0];
        }
        if (lanes == 1) break;
    }
    __syncthreads();
}

/* Blocks: `gather` leaves, all outputs' leaves being numbered in one row. */
template <class Op>
LS_FN void ls_reduce_panel(const ls_reduce_args &a)
{
    typedef typename Op::value value;
    typedef typename Op::acc acc;
    typedef typename Op::state state;
    const int LONGEST = Op::LANES * 32;
    LS_SHARED(int64_t, starts, LS_REDUCE_PANEL_MOST);
    LS_SHARED(int, counts, LS_REDUCE_PANEL_MOST);
    LS_SHARED(acc, shared, LONGEST + LONGEST / 16);
    const Op op(a);
    const int64_t item = (int64_t)blockIdx.x * a.gather;
    const int gather = ls_lesser(a.outer * a.leaves - item, a.gather), inner = (int)a.inner, width = a.present * inner;
    for (int leaf = (int)threadIdx.x; leaf < gather; leaf += LS_REDUCE_THREADS) {
        const int64_t o = a.leaves == 1 ? item + leaf : (item + leaf) / a.leaves;
        const int64_t first = (a.first_leaf + (item + leaf) - o * a.leaves) * LS_LEAF;
        starts[leaf] = ls_axes_offset(a.in_axes, a.first_in + o) + first * inner;
        counts[leaf] = ls_lesser(a.end - first, LS_LEAF);
    }
    __syncthreads();
    const ls_panel<Op> panel = {static_cast<const value *>(a.in), starts, counts};
    const ls_panel_plain<Op> plain = {op};
    ls_fold_panel(a, plain, panel, gather, shared);
    const value *means = nullptr;
    if constexpr (Op::PASSES == 2) {
        LS_SHARED(value, all_means, LS_REDUCE_PANEL_MOST);
        means = all_means;
        for (int output = (int)threadIdx.x; output < gather * inner; output += LS_REDUCE_THREADS) {
            const int leaf = ls_divided(output, a.inner_inverse), c = output - leaf * inner;
            all_means[output] = ls_mean_of(shared[ls_skewed(leaf * width + c)], counts[leaf]);
        }
        __syncthreads();
        const ls_panel_again<Op> again = {op, means};
        ls_fold_panel(a, again, panel, gather, reinterpret_cast<typename Op::part *>(shared));
    }
    for (int output = (int)threadIdx.x; output < gather * inner; output += LS_REDUCE_THREADS) {
        const int leaf = ls_divided(output, a.inner_inverse), c = output - leaf * inner;
        const int64_t o = a.leaves == 1 ? item + leaf : (item + leaf) / a.leaves;
        const int64_t number = item + leaf - o * a.leaves;
        state s;
        if constexpr (Op::PASSES == 2)
            s = op.moments(means[output], reinterpret_cast<typename Op::part *>(shared)[ls_skewed(leaf * width + c)],
                           counts[leaf]);
        else s = op.leaf(shared[ls_skewed(leaf * width + c)], (a.first_leaf + number) * LS_LEAF, counts[leaf]);
        if (a.finish) ls_finish(op, a, o, c, s);
        else static_cast<state *>(a.states)[o * a.state_row + number * inner + c] = s;
    }
}

/* --- tree: states of neighbouring leaves into one -------------------------------------------------------------------
 * `parts` threads per output and group; a group is parts * LS_REDUCE_TREE_EACH states of an output, or all of them. */
template <class Op>
LS_FN void ls_reduce_tree(const ls_reduce_args &a)
{
    typedef typename Op::state state;
    LS_SHARED(state, shared, LS_REDUCE_THREADS);
    const Op op(a);
    const int slot = (int)threadIdx.x / a.parts, part = (int)threadIdx.x - slot * a.parts;
    const int64_t block = blockIdx.x / a.groups, group = blockIdx.x - block * a.groups;
    const int64_t output = block * (LS_REDUCE_THREADS / a.parts) + slot;
    const int64_t o = output / a.inner, c = output - o * a.inner;
    const int64_t first = (group * a.parts + part) * LS_REDUCE_TREE_EACH;
    const int have = o < a.outer && first < a.leaves ? ls_lesser(a.leaves - first, LS_REDUCE_TREE_EACH) : 0;
    const state *in = static_cast<const state *>(a.in) + o * a.in_row + c;
    state v[LS_REDUCE_TREE_EACH];
    LS_UNROLL
    for (int i = 0; i < LS_REDUCE_TREE_EACH; i++)
        if (i < have) v[i] = in[(first + i) * a.inner];
    LS_UNROLL
    for (int step = 1; step < LS_REDUCE_TREE_EACH; step *= 2)
        LS_UNROLL
        for (int i = 0; i < LS_REDUCE_TREE_EACH; i += 2 * step)
            if (i + step < have) v[i] = op.merge(v[i], v[i + step]);
    if (a.parts > 1) {
        if (have > 0) shared[threadIdx.x] = v[0];
        for (int step = 1; step < a.parts; step *= 2) {
            __syncthreads();
            const bool right = first + (int64_t)step * LS_REDUCE_TREE_EACH < a.leaves;
            if ((part & (2 * step - 1)) == 0 && have > 0 && right)
                shared[threadIdx.x] = op.merge(shared[threadIdx.x], shared[threadIdx.x + step]);
        }
        v[0] = shared[threadIdx.x]; /* a thread reads what it wrote */
    }
    if (part > 0 || have == 0) return;
    if (a.finish) ls_finish(op, a, o, c, v[0]);
    else static_cast<state *>(a.states)[o * a.state_row + group * a.inner + c] = v[0];
}

#endif
