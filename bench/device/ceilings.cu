/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What this GPU can do at most: bandwidths, arithmetic and latencies, each by the plainest kernel that reaches it. One
 * line per figure, "name value unit", the best of several rounds. The rest of scripts/gpu-check is measured against it. */
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>

enum { ROUNDS = 8, THREADS = 256 };

static void must(cudaError_t status, const char *what)
{
    if (status == cudaSuccess) return;
    fprintf(stderr, "ceilings: %s: %s\n", what, cudaGetErrorString(status));
    exit(1);
}

__global__ void read_all(const double2 *x, size_t n, double *out)
{
    double2 sum = make_double2(0, 0);
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < n; i += (size_t)gridDim.x * blockDim.x) {
        const double2 v = x[i];
        sum.x += v.x;
        sum.y += v.y;
    }
    if (sum.x + sum.y == 0.123) *out = 1; /* never, but the compiler cannot know */
}
__global__ void copy(const double2 *x, double2 *y, size_t n)
{
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < n; i += (size_t)gridDim.x * blockDim.x) y[i] = x[i];
}
__global__ void triad(const double2 *x, const double2 *y, double2 *z, size_t n)
{
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < n; i += (size_t)gridDim.x * blockDim.x)
        z[i] = make_double2(x[i].x + y[i].x, x[i].y + y[i].y);
}
__global__ void fill(double2 *x, size_t n)
{
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < n; i += (size_t)gridDim.x * blockDim.x)
        x[i] = make_double2(1, 2);
}
template <class T> __global__ void multiply_add(T *out, T a, T b, int turns)
{
    T x[8];
    for (int k = 0; k < 8; k++) x[k] = (T)(threadIdx.x + k);
    for (int t = 0; t < turns; t++)
        for (int k = 0; k < 8; k++) x[k] = fma(x[k], a, b);
    T sum = 0;
    for (int k = 0; k < 8; k++) sum += x[k];
    if (sum == (T)0.123) *out = sum;
}
__global__ void nothing() {}

/* Seconds of the fastest round, by events. */
template <class F> static double best_seconds(F launch)
{
    cudaEvent_t begin, end;
    must(cudaEventCreate(&begin), "event");
    must(cudaEventCreate(&end), "event");
    float best = 1e30f;
    for (int round = 0; round < ROUNDS; round++) {
        must(cudaEventRecord(begin), "record");
        launch();
        must(cudaEventRecord(end), "record");
        must(cudaEventSynchronize(end), "synchronize");
        float ms;
        must(cudaEventElapsedTime(&ms, begin, end), "elapsed");
        best = std::min(best, ms);
    }
    must(cudaGetLastError(), "kernel");
    cudaEventDestroy(begin);
    cudaEventDestroy(end);
    return best * 1e-3;
}

static double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int main()
{
    const double start = now();
    must(cudaFree(nullptr), "context");
    printf("context_creation %.1f ms\n", 1e3 * (now() - start));
    cudaDeviceProp device;
    must(cudaGetDeviceProperties(&device, 0), "properties");
    printf("device %s\nmultiprocessors %d count\nl2 %.1f MiB\nmemory %.1f GiB\n", device.name, device.multiProcessorCount,
           device.l2CacheSize / 1048576.0, device.totalGlobalMem / 1073741824.0);

    const size_t n = (size_t)50 << 20; /* pairs: 800 MB an array */
    const int blocks = device.multiProcessorCount * 16;
    double2 *x, *y, *z;
    must(cudaMalloc(&x, n * sizeof *x), "memory");
    must(cudaMalloc(&y, n * sizeof *y), "memory");
    must(cudaMalloc(&z, n * sizeof *z), "memory");
    must(cudaMemset(x, 0, n * sizeof *x), "memset");
    must(cudaMemset(y, 0, n * sizeof *y), "memset");
    const double bytes = (double)n * sizeof *x * 1e-9;
    printf("read %.0f GB/s\n", bytes / best_seconds([&] { read_all<<<blocks, THREADS>>>(x, n, (double *)z); }));
    printf("copy %.0f GB/s\n", 2 * bytes / best_seconds([&] { copy<<<blocks, THREADS>>>(x, y, n); }));
    printf("triad %.0f GB/s\n", 3 * bytes / best_seconds([&] { triad<<<blocks, THREADS>>>(x, y, z, n); }));
    printf("fill %.0f GB/s\n", bytes / best_seconds([&] { fill<<<blocks, THREADS>>>(x, n); }));
    const int turns = 20000;
    const double operations = 2.0 * 8 * turns * blocks * THREADS * 1e-12;
    printf("fma_f32 %.1f TFLOP/s\n",
           operations / best_seconds([&] { multiply_add<float><<<blocks, THREADS>>>((float *)z, 0.5f, 1.0f, turns); }));
    printf("fma_f64 %.1f TFLOP/s\n",
           operations / best_seconds([&] { multiply_add<double><<<blocks, THREADS>>>((double *)z, 0.5, 1.0, turns); }));

    enum { MANY = 2000 };
    nothing<<<1, 1>>>();
    must(cudaDeviceSynchronize(), "warm up");
    double begin = now();
    for (int i = 0; i < MANY; i++) nothing<<<1, 1>>>();
    printf("launch %.2f us\n", 1e6 * (now() - begin) / MANY);
    must(cudaDeviceSynchronize(), "launches");
    begin = now();
    for (int i = 0; i < 200; i++) {
        nothing<<<1, 1>>>();
        must(cudaDeviceSynchronize(), "launch");
    }
    printf("launch_and_wait %.2f us\n", 1e6 * (now() - begin) / 200);
    cudaStream_t other;
    cudaEvent_t event;
    must(cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking), "stream");
    must(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "event");
    begin = now();
    for (int i = 0; i < MANY; i++) {
        must(cudaEventRecord(event, nullptr), "record");
        must(cudaStreamWaitEvent(other, event, 0), "wait");
    }
    printf("record_and_wait %.2f us\n", 1e6 * (now() - begin) / MANY);
    void *host;
    must(cudaMallocHost(&host, (size_t)256 << 20), "pinned memory");
    printf("upload %.1f GB/s\n",
           0.268435456 / best_seconds([&] { cudaMemcpyAsync(x, host, (size_t)256 << 20, cudaMemcpyHostToDevice); }));
    printf("download %.1f GB/s\n",
           0.268435456 / best_seconds([&] { cudaMemcpyAsync(host, x, (size_t)256 << 20, cudaMemcpyDeviceToHost); }));
    return 0;
}
