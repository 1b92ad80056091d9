/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NVIDIA's own libraries, called directly, at rows of bench_device: CUB's scan, sort and sum, cuRAND's generators, cuBLAS.
 * One line per row, "name seconds", the best of several rounds as bench_device has them: from the call until the GPU is
 * done. What each needs besides, memory and handles, is made before.
 *
 *   libraries [--small]     sizes a hundred times smaller */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <chrono>
#include <cub/device/device_radix_sort.cuh>
#include <cub/device/device_reduce.cuh>
#include <cub/device/device_scan.cuh>
#include <cublas_v2.h>
#include <curand.h>

enum { ROUNDS = 7 };

static void must(int status, const char *what)
{
    if (status == 0) return;
    fprintf(stderr, "libraries: %s: status %d\n", what, status);
    exit(1);
}

static double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <class F> static void row(const char *name, F run)
{
    double best = 1e30;
    for (int round = 0; round < ROUNDS + 2; round++) {
        must(cudaDeviceSynchronize(), name);
        const double begin = now();
        must(run(), name);
        must(cudaDeviceSynchronize(), name);
        const double seconds = now() - begin;
        if (round >= 2 && seconds < best) best = seconds;
    }
    printf("%s %.9f\n", name, best);
    fflush(stdout);
}

static void *memory_of(size_t bytes)
{
    void *memory;
    must(cudaMalloc(&memory, bytes), "memory");
    return memory;
}

/* CUB says how much it wants when it is given nothing. */
template <class F> static void cub_row(const char *name, F call)
{
    size_t bytes = 0;
    must(call(nullptr, bytes), name);
    void *work = memory_of(bytes);
    row(name, [&] { return (int)call(work, bytes); });
    must(cudaFree(work), name);
}

static void cub_rows(double *x, double *y, size_t n)
{
    cub_row("cumsum_f64_1e8", [&](void *w, size_t &b) { return cub::DeviceScan::InclusiveSum(w, b, x, y, (int)n); });
    cub_row("sum_f64_1e8", [&](void *w, size_t &b) { return cub::DeviceReduce::Sum(w, b, x, y, (int)n); });
    cub_row("sort_f64_1e8", [&](void *w, size_t &b) { return cub::DeviceRadixSort::SortKeys(w, b, x, y, (int)n); });
}

static void random_rows(double *x, size_t n)
{
    curandGenerator_t philox;
    must(curandCreateGenerator(&philox, CURAND_RNG_PSEUDO_PHILOX4_32_10), "cuRAND");
    must(curandSetPseudoRandomGeneratorSeed(philox, 42), "cuRAND");
    row("random_philox4x32_f64_1e8", [&] { return (int)curandGenerateUniformDouble(philox, x, n); });
    row("random_philox4x32_f32_1e8", [&] { return (int)curandGenerateUniform(philox, (float *)x, n); });
    row("normal_f64_1e8", [&] { return (int)curandGenerateNormalDouble(philox, x, n, 0, 1); });
    must(curandDestroyGenerator(philox), "cuRAND");
}

static void products(void *x, void *y, void *z, bool small)
{
    static const int sizes[] = {256, 1024, 4096};
    const double one = 1, zero = 0;
    const float one_f = 1, zero_f = 0;
    cublasHandle_t blas;
    must(cublasCreate(&blas), "cuBLAS");
    for (int i = 0; i < (small ? 1 : 3); i++) {
        const int k = sizes[i];
        char name[64];
        snprintf(name, sizeof name, "matmul_f32_%d", k);
        row(name, [&] {
            return (int)cublasSgemm(blas, CUBLAS_OP_N, CUBLAS_OP_N, k, k, k, &one_f, (float *)x, k, (float *)y, k, &zero_f,
                                    (float *)z, k);
        });
        snprintf(name, sizeof name, "matmul_f64_%d", k);
        row(name, [&] {
            return (int)cublasDgemm(blas, CUBLAS_OP_N, CUBLAS_OP_N, k, k, k, &one, (double *)x, k, (double *)y, k, &zero,
                                    (double *)z, k);
        });
    }
    must(cublasDestroy(blas), "cuBLAS");
}

int main(int argc, char **argv)
{
    const bool small = argc > 1 && strcmp(argv[1], "--small") == 0;
    const size_t n = small ? 1000000 : 100000000, side = 4096;
    double *x = (double *)memory_of(n * 8), *y = (double *)memory_of(n * 8);
    double *z = (double *)memory_of(side * side * 8);
    random_rows(x, n);
    cub_rows(x, y, n);
    products(x, y, z, small || n < side * side);
    return 0;
}
