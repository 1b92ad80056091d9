/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Questions about the hardware that decide what kernels may use. One line each, "name answer". */
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cuda.h>
#include <cuda_runtime.h>

static void must(cudaError_t status, const char *what)
{
    if (status == cudaSuccess) return;
    fprintf(stderr, "probes: %s: %s\n", what, cudaGetErrorString(status));
    exit(1);
}

/* One FP64 matrix instruction, 8x8x4: c[i][j] += sum over k of a[i][k] * b[k][j]. Fragments as the PTX manual lays them
 * out: a: row lane / 4, column lane % 4; b: row lane % 4, column lane / 4; c: row lane / 4, columns 2 (lane % 4) + {0, 1}. */
__global__ void matrix_instruction(const double *a, const double *b, const double *c, double *out)
{
#if __CUDA_ARCH__ >= 800
    const int lane = threadIdx.x;
    const double fa = a[lane / 4 * 4 + lane % 4], fb = b[lane % 4 * 8 + lane / 4];
    const int at = lane / 4 * 8 + lane % 4 * 2;
    double d0, d1;
    asm volatile("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0, %1}, {%2}, {%3}, {%4, %5};"
                 : "=d"(d0), "=d"(d1)
                 : "d"(fa), "d"(fb), "d"(c[at]), "d"(c[at + 1]));
    out[at] = d0;
    out[at + 1] = d1;
#endif
}

static uint64_t state = 88172645463325252u;
static double any_number()
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    const int exponent = (int)(state % 41) - 20;
    return ldexp((double)(int64_t)(state * 2685821657736338717u) * 0x1p-63, exponent);
}

/* Of `trials` products, how many outputs differ from the chain fma(a3, b3, fma(a2, b2, fma(a1, b1, fma(a0, b0, c)))). */
static void compare_with_chain(int trials)
{
    double *memory, a[32], b[32], c[64], out[64];
    must(cudaMalloc(&memory, sizeof a + sizeof b + sizeof c + sizeof out), "memory");
    long different = 0;
    for (int trial = 0; trial < trials; trial++) {
        for (double &x : a) x = any_number();
        for (double &x : b) x = any_number();
        for (double &x : c) x = any_number();
        must(cudaMemcpy(memory, a, sizeof a, cudaMemcpyHostToDevice), "copy");
        must(cudaMemcpy(memory + 32, b, sizeof b, cudaMemcpyHostToDevice), "copy");
        must(cudaMemcpy(memory + 64, c, sizeof c, cudaMemcpyHostToDevice), "copy");
        matrix_instruction<<<1, 32>>>(memory, memory + 32, memory + 64, memory + 128);
        must(cudaMemcpy(out, memory + 128, sizeof out, cudaMemcpyDeviceToHost), "copy");
        for (int i = 0; i < 8; i++)
            for (int j = 0; j < 8; j++) {
                double chain = c[i * 8 + j];
                for (int k = 0; k < 4; k++) chain = fma(a[i * 4 + k], b[k * 8 + j], chain);
                different += memcmp(&chain, &out[i * 8 + j], sizeof chain) != 0;
            }
    }
    printf("fp64_matrix_instruction_is_the_fma_chain %s (%ld of %d outputs differ)\n", different ? "no" : "yes", different,
           trials * 64);
    cudaFree(memory);
}

template <class T> __global__ void divide(T *out, T x, int turns)
{
    T value[4];
    for (int k = 0; k < 4; k++) value[k] = x + (T)(threadIdx.x + k);
    for (int t = 0; t < turns; t++)
        for (int k = 0; k < 4; k++) value[k] = x / value[k];
    if (value[0] + value[1] + value[2] + value[3] == (T)0.123) *out = value[0];
}
template <class T> __global__ void root(T *out, T x, int turns)
{
    T value[4];
    for (int k = 0; k < 4; k++) value[k] = x + (T)(threadIdx.x + k);
    for (int t = 0; t < turns; t++)
        for (int k = 0; k < 4; k++) value[k] = sqrt(value[k]) + x;
    if (value[0] + value[1] + value[2] + value[3] == (T)0.123) *out = value[0];
}

template <class K> static void rate(const char *name, K kernel)
{
    cudaDeviceProp device;
    must(cudaGetDeviceProperties(&device, 0), "properties");
    const int blocks = device.multiProcessorCount * 8, threads = 256, turns = 2000;
    cudaEvent_t begin, end;
    must(cudaEventCreate(&begin), "event");
    must(cudaEventCreate(&end), "event");
    float best = 1e30f;
    for (int round = 0; round < 5; round++) {
        must(cudaEventRecord(begin), "record");
        kernel(blocks, threads, turns);
        must(cudaEventRecord(end), "record");
        must(cudaEventSynchronize(end), "synchronize");
        float ms;
        must(cudaEventElapsedTime(&ms, begin, end), "elapsed");
        best = ms < best ? ms : best;
    }
    printf("%s %.1f G/s\n", name, 4.0 * turns * blocks * threads / best * 1e-6);
}

/* Growing by pieces of 8 MiB, as the pool does. The driver's entries are asked for by name: nothing is linked to it. */
template <class F> static F driver(const char *name)
{
    void *entry = nullptr;
    cudaDriverEntryPointQueryResult found;
    must(cudaGetDriverEntryPointByVersion(name, &entry, 12000, cudaEnableDefault, &found), name);
    return reinterpret_cast<F>(entry);
}

static void virtual_memory()
{
    const auto reserve = driver<decltype(&cuMemAddressReserve)>("cuMemAddressReserve");
    const auto create = driver<decltype(&cuMemCreate)>("cuMemCreate");
    const auto map = driver<decltype(&cuMemMap)>("cuMemMap");
    const auto access = driver<decltype(&cuMemSetAccess)>("cuMemSetAccess");
    const auto unmap = driver<decltype(&cuMemUnmap)>("cuMemUnmap");
    const auto release = driver<decltype(&cuMemRelease)>("cuMemRelease");
    const size_t piece = 8 << 20, count = 64;
    CUmemAllocationProp kind = {};
    kind.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    kind.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
    CUmemAccessDesc open = {kind.location, CU_MEM_ACCESS_FLAGS_PROT_READWRITE};
    CUmemGenericAllocationHandle handles[count];
    CUdeviceptr base;
    bool well = reserve(&base, piece * count, piece, 0, 0) == CUDA_SUCCESS;
    const auto began = std::chrono::steady_clock::now();
    for (size_t i = 0; i < count && well; i++)
        well = create(&handles[i], piece, &kind, 0) == CUDA_SUCCESS &&
               map(base + i * piece, piece, 0, handles[i], 0) == CUDA_SUCCESS &&
               access(base + i * piece, piece, &open, 1) == CUDA_SUCCESS;
    const auto mapped = std::chrono::steady_clock::now();
    for (size_t i = 0; i < count && well; i++)
        well = unmap(base + i * piece, piece) == CUDA_SUCCESS && release(handles[i]) == CUDA_SUCCESS;
    const std::chrono::duration<double, std::micro> there = mapped - began, back = std::chrono::steady_clock::now() - mapped;
    if (well) printf("virtual_memory_8MiB_us map %.1f unmap %.1f\n", there.count() / count, back.count() / count);
    else puts("virtual_memory_8MiB_us none");
}

int main()
{
    cudaDeviceProp device;
    must(cudaGetDeviceProperties(&device, 0), "properties");
    printf("compute_capability %d.%d\n", device.major, device.minor);
    if (device.major >= 8) compare_with_chain(2000);
    else puts("fp64_matrix_instruction_is_the_fma_chain none");
    float *out;
    must(cudaMalloc(&out, 16), "memory");
    virtual_memory();
    rate("division_f32", [&](int b, int t, int n) { divide<float><<<b, t>>>(out, 3.0f, n); });
    rate("division_f64", [&](int b, int t, int n) { divide<double><<<b, t>>>((double *)out, 3.0, n); });
    rate("square_root_f32", [&](int b, int t, int n) { root<float><<<b, t>>>(out, 3.0f, n); });
    rate("square_root_f64", [&](int b, int t, int n) { root<double><<<b, t>>>((double *)out, 3.0, n); });
    return 0;
}
