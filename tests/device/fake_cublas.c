/* SPDX-License-Identifier: BSD-3-Clause
 *
 * See fake_cublas.h. Refuses what cuBLAS's documentation refuses: leading dimensions below the rows, a product without a
 * stream's workspace set after the stream (setting a stream takes the workspace away). */
#include "fake_cublas.h"
#include "device/cublas.h"
#include "half.h"

#include <string.h>

#define EXPORT __attribute__((visibility("default")))
#define DECLARE(member, name, parameters) EXPORT int name parameters;
LSI_BLAS_ENTRIES(DECLARE)
EXPORT extern fake_cublas fake_cublas_state;

typedef struct number {
    double re, im;
} number;
enum { STATUS_NOT_INITIALIZED = 1, STATUS_INVALID_VALUE = 7 };

fake_cublas fake_cublas_state = {.version = 130100};
#define state fake_cublas_state

static size_t size_of(int type)
{
    return type == LSI_BLAS_REAL_16 || type == LSI_BLAS_BRAIN_16 ? 2 : type == LSI_BLAS_REAL_32 ? 4 : type == LSI_BLAS_COMPLEX_64 ? 16 : 8;
}

static number load(int type, const void *from, int64_t index)
{
    const char *at = (const char *)from + index * (int64_t)size_of(type);
    uint16_t half;
    float single[2];
    number x = {0, 0};
    if (size_of(type) == 2) {
        memcpy(&half, at, 2);
        x.re = type == LSI_BLAS_REAL_16 ? ls_cast_f16_f32(half) : ls_cast_bf16_f32(half);
    } else if (type == LSI_BLAS_REAL_32 || type == LSI_BLAS_COMPLEX_32) {
        memcpy(single, at, size_of(type));
        x.re = single[0], x.im = type == LSI_BLAS_COMPLEX_32 ? single[1] : 0;
    } else {
        memcpy(&x, at, size_of(type));
    }
    return x;
}

static void store(int type, void *to, int64_t index, number x)
{
    char *at = (char *)to + index * (int64_t)size_of(type);
    const float single[2] = {(float)x.re, (float)x.im};
    const uint16_t half = type == LSI_BLAS_REAL_16 ? ls_cast_f32_f16(single[0]) : ls_cast_f32_bf16(single[0]);
    if (size_of(type) == 2) memcpy(at, &half, 2);
    else if (type == LSI_BLAS_REAL_32 || type == LSI_BLAS_COMPLEX_32) memcpy(at, single, size_of(type));
    else memcpy(at, &x, size_of(type));
}

int cublasCreate_v2(lsi_blas_handle *handle)
{
    state.created++;
    *handle = (lsi_blas_handle)(void *)&state;
    return state.create_status;
}
int cublasGetVersion_v2(lsi_blas_handle handle, int *version)
{
    *version = state.version;
    return handle ? 0 : STATUS_NOT_INITIALIZED;
}
int cublasSetStream_v2(lsi_blas_handle handle, lsi_stream stream)
{
    state.streams++;
    state.stream = stream;
    state.workspace = NULL;
    return handle ? 0 : STATUS_NOT_INITIALIZED;
}
int cublasSetWorkspace_v2(lsi_blas_handle handle, void *workspace, size_t bytes)
{
    state.workspaces++;
    state.workspace = workspace, state.workspace_bytes = bytes;
    return handle ? 0 : STATUS_NOT_INITIALIZED;
}
int cublasSetMathMode(lsi_blas_handle handle, int mode)
{
    state.math_mode = mode;
    return handle ? 0 : STATUS_NOT_INITIALIZED;
}

static void multiply(int a_form, int b_form, int64_t m, int64_t n, int64_t k, const char *a, int type, int64_t a_ld,
                     const char *b, int64_t b_ld, char *c, int64_t c_ld)
{
    for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < m; i++) {
            number s = {0, 0};
            for (int64_t p = 0; p < k; p++) {
                const number x = load(type, a, a_form ? p + i * a_ld : i + p * a_ld);
                const number y = load(type, b, b_form ? j + p * b_ld : p + j * b_ld);
                s.re += x.re * y.re - x.im * y.im;
                s.im += x.re * y.im + x.im * y.re;
            }
            store(type, c, i + j * c_ld, s);
        }
}

static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

int cublasGemmStridedBatchedEx_64(lsi_blas_handle handle, int a_form, int b_form, int64_t m, int64_t n, int64_t k,
                                  const void *alpha, const void *a, int a_type, int64_t a_ld, long long a_batch,
                                  const void *b, int b_type, int64_t b_ld, long long b_batch, const void *beta, void *c,
                                  int c_type, int64_t c_ld, long long c_batch, int64_t batches, int compute,
                                  int algorithm)
{
    const bool wide = a_type == LSI_BLAS_REAL_64 || a_type == LSI_BLAS_COMPLEX_64;
    const bool scaled = wide ? *(const double *)alpha != 1 || *(const double *)beta != 0
                             : *(const float *)alpha != 1 || *(const float *)beta != 0;
    const int status = state.next_status;
    state.products++;
    state.next_status = 0;
    if (status) return status;
    if (!handle || !state.workspace || scaled || a_type != b_type || a_type != c_type || compute != (wide ? 70 : 68) ||
        algorithm != -1 || a_ld < most(1, a_form ? k : m) || b_ld < most(1, b_form ? n : k) || c_ld < most(1, m) ||
        a_batch < 0 || b_batch < 0 || c_batch < 0) {
        state.refused++;
        return STATUS_INVALID_VALUE;
    }
    for (int64_t i = 0; i < batches; i++, state.matrices++) {
        const int64_t size = (int64_t)size_of(a_type);
        multiply(a_form, b_form, m, n, k, (const char *)a + i * a_batch * size, a_type, a_ld,
                 (const char *)b + i * b_batch * size, b_ld, (char *)c + i * c_batch * size, c_ld);
    }
    return 0;
}
