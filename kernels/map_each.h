/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The elementwise kernel, once for every operation: a thread takes neighbouring elements, as many as make 8 or 16 bytes
 * of the widest operand, loads all, computes all, stores all. So an output may be exactly an input, and an access of a
 * warp is a run of whole lines. The last thread's elements, and operands that are not aligned, go one by one. */
#ifndef LOCKSTEP_KERNELS_MAP_EACH_H
#define LOCKSTEP_KERNELS_MAP_EACH_H

#include "gpu.h"
#include "map_args.h"

/* Words that are moved at once. */
template <int bytes> struct ls_word;
template <> struct ls_word<1> { typedef uint8_t type; };
template <> struct ls_word<2> { typedef uint16_t type; };
template <> struct ls_word<4> { typedef uint32_t type; };
template <> struct ls_word<8> { typedef uint2 type; };
template <> struct ls_word<16> { typedef uint4 type; };

template <typename X, int count>
struct ls_pack {
    X at[count];
};

template <typename X, int count>
LS_FN ls_pack<X, count> ls_pack_load(const ls_map_args &a, int k, int64_t i, bool whole)
{
    ls_pack<X, count> x;
    if (a.single >> k & 1) {
        const X one = *static_cast<const X *>(a.in[k] ? a.in[k] : static_cast<const void *>(a.value[k]));
        for (int j = 0; j < count; j++)
            x.at[j] = one;
        return x;
    }
    const X *from = static_cast<const X *>(a.in[k]) + i;
    if (whole && (a.wide >> k & 1)) {
        typedef typename ls_word<sizeof(X) * count>::type word;
        const word all = ls_load_wide<word>(from);
        memcpy(&x, &all, sizeof x);
        return x;
    }
    for (int j = 0; j < count; j++)
        x.at[j] = from[i + j < a.n ? j : 0];
    return x;
}

template <typename X, int count>
LS_FN void ls_pack_store(const ls_map_args &a, int64_t i, bool whole, const ls_pack<X, count> &x)
{
    X *to = static_cast<X *>(a.out) + i;
    if (whole && (a.wide >> LS_MAP_OUT & 1)) {
        typedef typename ls_word<sizeof(X) * count>::type word;
        word all;
        memcpy(&all, &x, sizeof x);
        ls_store_wide(to, all);
        return;
    }
    for (int j = 0; j < count; j++)
        if (i + j < a.n) to[j] = x.at[j];
}

/* ls_map_each for types. */
template <typename X, typename R, int bytes>
struct ls_each {
    static const int widest = sizeof(X) > sizeof(R) ? sizeof(X) : sizeof(R);
    static const int fit = bytes / widest < LS_MAP_MOST ? bytes / widest : LS_MAP_MOST;
    static const int count = fit > 0 ? fit : 1;
};

LS_FN int64_t ls_map_first(int count)
{
    return ((int64_t)blockIdx.x * LS_MAP_THREADS + threadIdx.x) * count;
}

template <int bytes, typename X, typename R, typename F>
LS_FN void ls_map_1(const ls_map_args &a, F f)
{
    const int count = ls_each<X, R, bytes>::count;
    const int64_t i = ls_map_first(count);
    if (i >= a.n) return;
    const bool whole = i + count <= a.n;
    const ls_pack<X, count> x = ls_pack_load<X, count>(a, 0, i, whole);
    ls_pack<R, count> r;
#pragma unroll
    for (int j = 0; j < count; j++)
        r.at[j] = f(x.at[j]);
    ls_pack_store(a, i, whole, r);
}

template <int bytes, typename X, typename R, typename F>
LS_FN void ls_map_2(const ls_map_args &a, F f)
{
    const int count = ls_each<X, R, bytes>::count;
    const int64_t i = ls_map_first(count);
    if (i >= a.n) return;
    const bool whole = i + count <= a.n;
    const ls_pack<X, count> x = ls_pack_load<X, count>(a, 0, i, whole), y = ls_pack_load<X, count>(a, 1, i, whole);
    ls_pack<R, count> r;
#pragma unroll
    for (int j = 0; j < count; j++)
        r.at[j] = f(x.at[j], y.at[j]);
    ls_pack_store(a, i, whole, r);
}

/* W, X, X to R: W is X but for where. */
template <int bytes, typename W, typename X, typename R, typename F>
LS_FN void ls_map_3(const ls_map_args &a, F f)
{
    const int count = ls_each<X, R, bytes>::count;
    const int64_t i = ls_map_first(count);
    if (i >= a.n) return;
    const bool whole = i + count <= a.n;
    const ls_pack<W, count> w = ls_pack_load<W, count>(a, 0, i, whole);
    const ls_pack<X, count> x = ls_pack_load<X, count>(a, 1, i, whole), y = ls_pack_load<X, count>(a, 2, i, whole);
    ls_pack<R, count> r;
#pragma unroll
    for (int j = 0; j < count; j++)
        r.at[j] = f(w.at[j], x.at[j], y.at[j]);
    ls_pack_store(a, i, whole, r);
}

#endif
