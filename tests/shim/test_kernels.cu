/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Small kernels, right and wrong, to prove the shim by; nvcc compiles them too (test_shim.cc says what they do). */
#include "gpu.h"

typedef struct test_args {
    const uint32_t *in;
    uint32_t *out;
    uint64_t *wide;
    int64_t count;
    int32_t by, width;
} test_args;

/* Each block reverses its 64 elements. */
LS_KERNEL(ls_test_reverse, test_args, 64)
{
    LS_SHARED(uint32_t, tile, 64);
    const int64_t base = (int64_t)blockIdx.x * 64;
    tile[threadIdx.x] = a.in[base + threadIdx.x];
    __syncthreads();
    a.out[base + threadIdx.x] = tile[63 - threadIdx.x];
}

LS_KERNEL(ls_test_reverse_without_barrier, test_args, 64)
{
    LS_SHARED(uint32_t, tile, 64);
    const int64_t base = (int64_t)blockIdx.x * 64;
    tile[threadIdx.x] = a.in[base + threadIdx.x];
    a.out[base + threadIdx.x] = tile[63 - threadIdx.x];
}

/* The sum of a block by a tree in dynamic shared memory. */
LS_KERNEL(ls_test_tree, test_args, 256)
{
    LS_DYNAMIC_SHARED(uint32_t, part);
    part[threadIdx.x] = a.in[(int64_t)blockIdx.x * 256 + threadIdx.x];
    for (unsigned half = 128; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half) part[threadIdx.x] += part[threadIdx.x + half];
    }
    if (threadIdx.x == 0) a.out[blockIdx.x] = part[0];
}

/* The same where every thread adds: whoever is late reads what is already new. */
LS_KERNEL(ls_test_tree_racing, test_args, 256)
{
    LS_DYNAMIC_SHARED(uint32_t, part);
    part[threadIdx.x] = a.in[(int64_t)blockIdx.x * 256 + threadIdx.x];
    __syncthreads();
    for (unsigned half = 128; half > 0; half /= 2)
        if (threadIdx.x < half) part[threadIdx.x] += part[threadIdx.x + half];
    __syncthreads();
    if (threadIdx.x == 0) a.out[blockIdx.x] = part[0];
}

/* Shuffles of every kind, each in 256 places of its own of out (wide for 64 bits). */
LS_KERNEL(ls_test_shuffle, test_args, 256)
{
    const uint32_t x = a.in[threadIdx.x];
    uint32_t *const out = a.out + threadIdx.x;
    out[0] = __shfl_sync(LS_ALL_LANES, x, a.by, a.width);
    out[256] = __shfl_xor_sync(LS_ALL_LANES, x, a.by, a.width);
    out[512] = __shfl_down_sync(LS_ALL_LANES, x, (unsigned)a.by, a.width);
    out[768] = __shfl_up_sync(LS_ALL_LANES, x, (unsigned)a.by, a.width);
    out[1024] = __ballot_sync(LS_ALL_LANES, (int)(x & 1));
    __syncwarp();
    a.wide[threadIdx.x] = __shfl_xor_sync(LS_ALL_LANES, (uint64_t)x << 32 | 7, a.by, a.width);
}

/* Counts, in any order; threads past the count leave before the barrier, which CUDA allows. */
LS_KERNEL(ls_test_atomics, test_args, 64)
{
    const int64_t i = (int64_t)blockIdx.x * 64 + threadIdx.x;
    if (i >= a.count) return;
    atomicAdd(&a.out[0], a.in[i]);
    atomicMax(&a.out[1], a.in[i]);
    atomicMin(&a.out[2], a.in[i]);
    __syncthreads();
    unsigned seen = a.out[3];
    for (;;) {
        const unsigned old = atomicCAS(&a.out[3], seen, seen + 2);
        if (old == seen) break;
        seen = old;
    }
}

LS_KERNEL(ls_test_two_barriers, test_args, 64)
{
    if (threadIdx.x < 32) {
        __syncthreads();
    } else {
        __syncthreads();
    }
    a.out[threadIdx.x] = 1;
}

/* Half a warp waits for the other half, which waits at the barrier. */
LS_KERNEL(ls_test_deadlock, test_args, 64)
{
    if (threadIdx.x % 32 < 16) __syncwarp();
    __syncthreads();
    a.out[threadIdx.x] = 1;
}

LS_KERNEL(ls_test_mixed_warp, test_args, 32)
{
    if (threadIdx.x & 1)
        a.out[threadIdx.x] = __ballot_sync(LS_ALL_LANES, 1);
    else
        a.out[threadIdx.x] = __shfl_sync(LS_ALL_LANES, 1u, 0);
}

LS_FLAT_KERNEL(ls_test_flat, test_args, 128)
{
    const int64_t block = (int64_t)(blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
    const int64_t i = block * blockDim.x + threadIdx.x;
    if (i < a.count) a.out[i] += a.in[i] + 1;
}

LS_FLAT_KERNEL(ls_test_wide, test_args, 32)
{
    const uint4 four = ls_load_wide<uint4>(a.in + 4 * threadIdx.x);
    ls_store_wide(a.out + 4 * threadIdx.x, make_uint4(four.w, four.z, four.y, four.x));
}
