/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hash test on a GPU: every function of math.def over the frozen inputs of hash.h must give the hash that the CPU
 * gives, as listed in hashes.txt.
 *
 *   test_math_gpu hashes.txt     77 where there is no GPU
 *
 * nvcc -arch=native --fmad=false -I kernels test_math_gpu.cu */
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "all_functions.cu"
#include "hash.h"

enum { N = MATH_HASH_INPUTS };
static char *frozen;
static int failures, checked;

static void settle(const char *name, const char *type, uint64_t hash)
{
    char line[100];
    snprintf(line, sizeof line, "%s %s %016" PRIx64 "\n", name, type, hash);
    checked++;
    if (!strstr(frozen, line)) {
        printf("not in the frozen list: %s", line);
        failures++;
    }
}
static void must(cudaError_t status)
{
    if (status == cudaSuccess) return;
    printf("CUDA: %s\n", cudaGetErrorString(status));
    exit(1);
}

/* Inputs on the device and the result of one kernel over them on the host. */
template <class T> struct bench {
    T *x, *y, *out;
    std::vector<T> host;

    explicit bench(T (*input)(uint64_t, int)) : host(N)
    {
        must(cudaMalloc(&x, N * sizeof(T)));
        must(cudaMalloc(&y, N * sizeof(T)));
        must(cudaMalloc(&out, N * sizeof(T)));
        for (int operand = 0; operand < 2; operand++) {
            for (int i = 0; i < N; i++) host[i] = input((uint64_t)i, operand);
            must(cudaMemcpy(operand ? y : x, host.data(), N * sizeof(T), cudaMemcpyHostToDevice));
        }
    }
    ~bench() { cudaFree(x), cudaFree(y), cudaFree(out); }
    const T *run(void (*kernel)(T *, const T *, const T *, long long))
    {
        kernel<<<(N + 127) / 128, 128>>>(out, x, y, N);
        must(cudaGetLastError());
        must(cudaMemcpy(host.data(), out, N * sizeof(T), cudaMemcpyDeviceToHost));
        return host.data();
    }
};
template <class T> static T integer_input(uint64_t i, int operand) { return (T)math_hash_int(i, operand); }
template <class T> static void settle_pow(const char *type, void (*kernel)(T *, const T *, const T *, long long))
{
    bench<T> integers(integer_input<T>);
    const T *out = integers.run(kernel);
    uint64_t hash = 0;
    for (int i = 0; i < N; i++) hash = math_hash_add(hash, (uint64_t)out[i]);
    settle("pow", type, hash);
}

#define ROW(name)                                                                                                     \
    settle(#name, "float32", math_hash_of_f32(floats.run(name##_f32), N));                                            \
    settle(#name, "float64", math_hash_of_f64(doubles.run(name##_f64), N));
#define UNARY(name, SET, RESULT, expression, ulp, text) ROW(name)
#define BINARY(name, SET, RESULT, expression, ulp, text) ROW(name)
#define UNARY_RARE(name, SET, RESULT, ulp, text) ROW(name)
#define BINARY_RARE(name, SET, RESULT, ulp, text) ROW(name)

int main(int argc, char **argv)
{
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) return puts("skipped: no GPU"), 77;
    frozen = (char *)calloc(1, 1 << 20);
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : nullptr;
    if (!file || fread(frozen, 1, (1 << 20) - 1, file) == 0) return puts("no list of hashes"), 2;
    fclose(file);
    bench<float> floats(math_hash_f32);
    bench<double> doubles(math_hash_f64);
#include "math.def"
    settle_pow("i8", pow_i8), settle_pow("i16", pow_i16), settle_pow("i32", pow_i32), settle_pow("i64", pow_i64);
    settle_pow("u8", pow_u8), settle_pow("u16", pow_u16), settle_pow("u32", pow_u32), settle_pow("u64", pow_u64);
    printf("%d hashes, %d differ\n", checked, failures);
    return failures != 0;
}
