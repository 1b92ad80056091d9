/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Random draws, two kernels per kind: ls_random_<kind> writes elements in their order, four neighbours per thread from
 * as few Philox blocks as they need; ls_random_at_<kind> writes the elements a walk names, one by one. Both are the
 * elements of draw.h. */
#include "draw_four.h"
#include "gpu.h"
#include "map_args.h"

/* Four neighbours as one or two wide stores. */
LS_FN void ls_store_four(void *to, const uint32_t *x)
{
    ls_store_wide(to, make_uint4(x[0], x[1], x[2], x[3]));
}
LS_FN void ls_store_four(void *to, const uint64_t *x)
{
    ls_store_wide(to, make_ulonglong2(x[0], x[1]));
    ls_store_wide(static_cast<uint64_t *>(to) + 2, make_ulonglong2(x[2], x[3]));
}
LS_FN void ls_store_four(void *to, const float *x)
{
    ls_store_wide(to, make_float4(x[0], x[1], x[2], x[3]));
}
LS_FN void ls_store_four(void *to, const double *x)
{
    ls_store_wide(to, make_double2(x[0], x[1]));
    ls_store_wide(static_cast<double *>(to) + 2, make_double2(x[2], x[3]));
}

template <typename X, typename F>
LS_FN void ls_random_fours(const ls_random_args &a, F four)
{
    const int64_t at = ((int64_t)blockIdx.x * LS_MAP_THREADS + threadIdx.x) * 4 - a.head;
    if (at >= a.n) return;
    X x[4];
    four(&a.draw, a.walk.origin + a.start + at, x);
    X *const to = static_cast<X *>(a.to) + at;
    if (a.head == 0 && at + 4 <= a.n && (uint64_t)a.to % 16 == 0) {
        ls_store_four(to, x);
        return;
    }
#pragma unroll
    for (int j = 0; j < 4; j++)
        if (at + j >= 0 && at + j < a.n) to[j] = x[j];
}

template <typename X, typename F>
LS_FN void ls_random_places(const ls_random_args &a, F one)
{
    const int64_t i = (int64_t)blockIdx.x * LS_MAP_THREADS + threadIdx.x;
    if (i < a.n) static_cast<X *>(a.to)[i] = one(&a.draw, ls_walk_at(&a.walk, a.start + i));
}

#define LS_RANDOM(kind, X)                                                                                             \
    LS_FLAT_KERNEL(ls_random_##kind, ls_random_args, LS_MAP_THREADS)                                                   \
    {                                                                                                                  \
        ls_random_fours<X>(a, [](const lsi_draw *d, int64_t i, X *x) { ls_draw_four_##kind(d, i, x); });               \
    }                                                                                                                  \
    LS_FLAT_KERNEL(ls_random_at_##kind, ls_random_args, LS_MAP_THREADS)                                                \
    {                                                                                                                  \
        ls_random_places<X>(a, [](const lsi_draw *d, int64_t i) { return ls_draw_##kind(d, i); });                     \
    }
LS_RANDOM(uniform_f64, double)
LS_RANDOM(uniform_f32, float)
LS_RANDOM(bits64, uint64_t)
LS_RANDOM(bits32, uint32_t)
LS_RANDOM(normal_f64, double)
LS_RANDOM(normal_f32, float)
LS_RANDOM(exponential_f64, double)
LS_RANDOM(exponential_f32, float)
LS_RANDOM(integers64, uint64_t)
LS_RANDOM(integers32, uint64_t)
