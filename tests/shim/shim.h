/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The words of kernels/gpu.h on a CPU: what a .cu file sees when it is compiled as C++ with -DLS_SHIM and
 * -DLS_SHIM_MODULE=<module>. shim.cc runs what is registered here. */
#ifndef LSI_TESTS_SHIM_H
#define LSI_TESTS_SHIM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* ---- kernels ---- */

struct lsi_shim_kernel {
    const char *module, *name;
    size_t args;
    unsigned threads;
    bool flat;
    void (*run)(const void *args);                        /* the current thread's part */
    void (*run_flat)(const void *args, unsigned threads); /* the current block, thread after thread */
    lsi_shim_kernel *next;
};
void lsi_shim_register(lsi_shim_kernel *kernel);
struct lsi_shim_registered {
    explicit lsi_shim_registered(lsi_shim_kernel *kernel) { lsi_shim_register(kernel); }
};

#define LSI_SHIM_TEXT_(x) #x
#define LSI_SHIM_TEXT(x) LSI_SHIM_TEXT_(x)
#define LSI_SHIM_PASTE_(a, b) a##b
#define LSI_SHIM_PASTE(a, b) LSI_SHIM_PASTE_(a, b)

/* Named by the table of all modules, so that the linker takes the file in. */
#ifdef LS_SHIM_MODULE
extern "C" const int LSI_SHIM_PASTE(lsi_shim_module_, LS_SHIM_MODULE);
const int LSI_SHIM_PASTE(lsi_shim_module_, LS_SHIM_MODULE) = 1;
#endif

#define LSI_SHIM_KERNEL(name, type, threads, flat, run_flat)                                                           \
    static void name(const type &);                                                                                    \
    static void name##_run(const void *args) { name(*static_cast<const type *>(args)); }                               \
    static lsi_shim_kernel name##_kernel = {LSI_SHIM_TEXT(LS_SHIM_MODULE), #name,    sizeof(type), threads, flat,      \
                                            name##_run,                    run_flat, nullptr};                         \
    static const lsi_shim_registered name##_registered(&name##_kernel);                                                \
    static void name(const type &a)
#define LSI_SHIM_FLAT_KERNEL(name, type, threads)                                                                      \
    static void name(const type &);                                                                                    \
    static void name##_flat(const void *args, unsigned n)                                                              \
    {                                                                                                                  \
        for (lsi_shim_now->thread.x = 0; lsi_shim_now->thread.x < n; lsi_shim_now->thread.x++)                         \
            name(*static_cast<const type *>(args));                                                                    \
    }                                                                                                                  \
    LSI_SHIM_KERNEL(name, type, threads, true, name##_flat)
/* One step more, so that a name may be made by macros. */
#define LS_KERNEL(name, type, threads) LSI_SHIM_KERNEL(name, type, threads, false, nullptr)
#define LS_FLAT_KERNEL(name, type, threads) LSI_SHIM_FLAT_KERNEL(name, type, threads)

/* ---- where a thread is ---- */

struct uint3 {
    unsigned x, y, z;
};
typedef uint3 dim3;

struct lsi_shim_place {
    uint3 thread, block, block_dim, grid_dim;
};
/* initial-exec: one load instead of a call at each use of an index. */
extern thread_local lsi_shim_place *lsi_shim_now __attribute__((tls_model("initial-exec")));

#define threadIdx (lsi_shim_now->thread)
#define blockIdx (lsi_shim_now->block)
#define blockDim (lsi_shim_now->block_dim)
#define gridDim (lsi_shim_now->grid_dim)

/* ---- words of the language ---- */

#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))

/* ---- shared memory ---- */

/* The memory of the current block for one declaration; of the right size and filled with rubbish. */
void *lsi_shim_shared(const char *site, size_t bytes);
void *lsi_shim_dynamic_shared();

#define LS_SHARED(type, name, count)                                                                                   \
    static const char name##_site = 0;                                                                                 \
    type(&name)[count] = *static_cast<type(*)[count]>(lsi_shim_shared(&name##_site, sizeof(type) * (count)))
#define LS_DYNAMIC_SHARED(type, name) type *const name = static_cast<type *>(lsi_shim_dynamic_shared())

/* ---- barriers and warps ---- */

void lsi_shim_barrier(const char *file, int line);

enum lsi_shim_kind { LSI_SHIM_SYNC, LSI_SHIM_SHFL, LSI_SHIM_XOR, LSI_SHIM_DOWN, LSI_SHIM_UP, LSI_SHIM_BALLOT };
/* The lane's `value` and what it asks for; its answer when all lanes of the warp have come. */
uint64_t lsi_shim_warp(lsi_shim_kind kind, unsigned lanes, uint64_t value, unsigned bytes, int by, int width);

#define __syncthreads() lsi_shim_barrier(__FILE__, __LINE__)
inline void __syncwarp(unsigned lanes = 0xffffffffu) { lsi_shim_warp(LSI_SHIM_SYNC, lanes, 0, 0, 0, 32); }
inline unsigned __ballot_sync(unsigned lanes, int predicate)
{
    return (unsigned)lsi_shim_warp(LSI_SHIM_BALLOT, lanes, predicate != 0, 0, 0, 32);
}

template <typename type>
type lsi_shim_shuffle(lsi_shim_kind kind, unsigned lanes, type value, int by, int width)
{
    static_assert(sizeof(type) == 4 || sizeof(type) == 8, "CUDA shuffles 4 and 8 bytes");
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof value);
    bits = lsi_shim_warp(kind, lanes, bits, sizeof value, by, width);
    memcpy(&value, &bits, sizeof value);
    return value;
}
template <typename type>
type __shfl_sync(unsigned lanes, type value, int from, int width = 32)
{
    return lsi_shim_shuffle(LSI_SHIM_SHFL, lanes, value, from, width);
}
template <typename type>
type __shfl_xor_sync(unsigned lanes, type value, int mask, int width = 32)
{
    return lsi_shim_shuffle(LSI_SHIM_XOR, lanes, value, mask, width);
}
template <typename type>
type __shfl_down_sync(unsigned lanes, type value, unsigned by, int width = 32)
{
    return lsi_shim_shuffle(LSI_SHIM_DOWN, lanes, value, (int)by, width);
}
template <typename type>
type __shfl_up_sync(unsigned lanes, type value, unsigned by, int width = 32)
{
    return lsi_shim_shuffle(LSI_SHIM_UP, lanes, value, (int)by, width);
}

/* ---- atomics: integers only; another thread may come first ---- */

void lsi_shim_yield();
inline void __threadfence() { lsi_shim_yield(); }

template <typename type>
inline void lsi_shim_integer()
{
    static_assert(type(3) / type(2) == type(1) && (sizeof(type) == 4 || sizeof(type) == 8), "atomics are for integers");
}
template <typename type>
type atomicAdd(type *at, type value)
{
    lsi_shim_integer<type>();
    lsi_shim_yield();
    return __atomic_fetch_add(at, value, __ATOMIC_RELAXED);
}
template <typename type>
type atomicCAS(type *at, type expected, type value)
{
    lsi_shim_integer<type>();
    lsi_shim_yield();
    __atomic_compare_exchange_n(at, &expected, value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return expected;
}
template <typename type>
type atomicMax(type *at, type value)
{
    lsi_shim_integer<type>();
    lsi_shim_yield();
    const type old = *at;
    *at = old > value ? old : value;
    return old;
}
template <typename type>
type atomicMin(type *at, type value)
{
    lsi_shim_integer<type>();
    lsi_shim_yield();
    const type old = *at;
    *at = old < value ? old : value;
    return old;
}

/* ---- vectors ---- */

#define LSI_SHIM_VECTOR_2(name, type, bytes)                                                                           \
    struct alignas(bytes) name {                                                                                       \
        type x, y;                                                                                                     \
    };                                                                                                                 \
    inline name make_##name(type x, type y) { return {x, y}; }
#define LSI_SHIM_VECTOR_4(name, type, bytes)                                                                           \
    struct alignas(bytes) name {                                                                                       \
        type x, y, z, w;                                                                                               \
    };                                                                                                                 \
    inline name make_##name(type x, type y, type z, type w) { return {x, y, z, w}; }
LSI_SHIM_VECTOR_2(uint2, unsigned, 8)
LSI_SHIM_VECTOR_2(float2, float, 8)
LSI_SHIM_VECTOR_2(double2, double, 16)
LSI_SHIM_VECTOR_2(ulonglong2, unsigned long long, 16)
LSI_SHIM_VECTOR_4(uint4, unsigned, 16)
LSI_SHIM_VECTOR_4(float4, float, 16)

/* A wide access, which a GPU refuses where it is not aligned. */
void lsi_shim_misaligned(const void *at);
template <typename type>
inline type ls_load_wide(const void *at)
{
    if ((uintptr_t)at % alignof(type)) lsi_shim_misaligned(at);
    type value;
    memcpy(&value, at, sizeof value);
    return value;
}
template <typename type>
inline void ls_store_wide(void *at, type value)
{
    if ((uintptr_t)at % alignof(type)) lsi_shim_misaligned(at);
    memcpy(at, &value, sizeof value);
}

#endif
