/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The few words in which the CUDA kernels (*.cu here) are written, so that nvcc, NVRTC and, in the tests, a CPU run one
 * source. tests/shim/shim.h gives the same words a meaning on the CPU; what it does not have, kernels do not use:
 *
 *   threadIdx, blockIdx, blockDim, gridDim (x, y, z)    __syncthreads()    __syncwarp()
 *   __shfl_sync, __shfl_xor_sync, __shfl_down_sync, __shfl_up_sync, __ballot_sync, all with LS_ALL_LANES
 *   LS_SHARED, LS_DYNAMIC_SHARED    uint2, float2, double2, ulonglong2, uint4, float4 and their make_ functions
 *   atomicAdd, atomicMax, atomicMin, atomicCAS on 32- and 64-bit integers; never on floating-point numbers
 *   __threadfence()    ls_load_wide<uint4>(address), ls_store_wide(address, value): what a GPU refuses unaligned
 *
 * A shared array of rows is an array of a type that is a row: typedef float row[33]; LS_SHARED(row, tile, 32);
 *
 * Every kernel takes one struct by value, named `a` inside, whose layout a C header shares with src/device: that is what
 * lets one function launch them all. Pointers in it are device addresses. Indices are 64-bit.
 *
 *   LS_KERNEL(ls_sum_leaves_f64, ls_leaves_args, 256) { ... a.count ... }
 *
 * `threads` is the number of threads of a block: the launch uses exactly that many, in x. A LS_FLAT_KERNEL has no
 * barrier, no shared memory and no warp operation; its threads could run one after another, and on the CPU they do. */
#ifndef LOCKSTEP_KERNELS_GPU_H
#define LOCKSTEP_KERNELS_GPU_H

#include "portable.h"

#define LS_ALL_LANES 0xffffffffu
#define LS_WARP 32

#if defined(LS_SHIM)
#include "shim.h"
#else
#define LS_KERNEL(name, type, threads)                                                                                 \
    extern "C" __global__ void __launch_bounds__(threads) name(const __grid_constant__ type a)
#define LS_FLAT_KERNEL(name, type, threads) LS_KERNEL(name, type, threads)
#define LS_SHARED(type, name, count) __shared__ type name[count]
#define LS_DYNAMIC_SHARED(type, name)                                                                                  \
    extern __shared__ __align__(16) unsigned char ls_dynamic_shared[];                                                 \
    type *const name = reinterpret_cast<type *>(ls_dynamic_shared)
template <typename type>
static __device__ __forceinline__ type ls_load_wide(const void *at)
{
    return *static_cast<const type *>(at);
}
template <typename type>
static __device__ __forceinline__ void ls_store_wide(void *at, type value)
{
    *static_cast<type *>(at) = value;
}
#endif

#endif
