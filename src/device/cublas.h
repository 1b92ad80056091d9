/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NVIDIA's BLAS, opened at run time when the first fast product asks for it. What is used of its types and numbers is
 * declared here; the test device_cublas_header compares it with <cublas_api.h> where there is one. */
#ifndef LSI_DEVICE_CUBLAS_H
#define LSI_DEVICE_CUBLAS_H

#include "device/device.h"

typedef struct cublasContext *lsi_blas_handle; /* cublasHandle_t */

/* Rows: our name, cuBLAS's, its number. */
#define LSI_BLAS_NUMBERS(NUMBER)                                                                                       \
    NUMBER(LSI_BLAS_AS_IT_IS, CUBLAS_OP_N, 0)                                                                          \
    NUMBER(LSI_BLAS_TRANSPOSED, CUBLAS_OP_T, 1)                                                                        \
    NUMBER(LSI_BLAS_REAL_32, CUDA_R_32F, 0)                                                                            \
    NUMBER(LSI_BLAS_REAL_64, CUDA_R_64F, 1)                                                                            \
    NUMBER(LSI_BLAS_REAL_16, CUDA_R_16F, 2)                                                                            \
    NUMBER(LSI_BLAS_COMPLEX_32, CUDA_C_32F, 4)                                                                         \
    NUMBER(LSI_BLAS_COMPLEX_64, CUDA_C_64F, 5)                                                                         \
    NUMBER(LSI_BLAS_BRAIN_16, CUDA_R_16BF, 14)                                                                         \
    NUMBER(LSI_BLAS_COMPUTE_32, CUBLAS_COMPUTE_32F, 68)                                                                \
    NUMBER(LSI_BLAS_COMPUTE_64, CUBLAS_COMPUTE_64F, 70)                                                                \
    NUMBER(LSI_BLAS_ANY_ALGORITHM, CUBLAS_GEMM_DEFAULT, -1)                                                            \
    NUMBER(LSI_BLAS_FULL_PRECISION_SUMS, CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION, 16)                         \
    NUMBER(LSI_BLAS_OUT_OF_MEMORY, CUBLAS_STATUS_ALLOC_FAILED, 3)                                                      \
    NUMBER(LSI_BLAS_NOT_SUPPORTED, CUBLAS_STATUS_NOT_SUPPORTED, 15)

#define LSI_BLAS_ENUMERATOR(name, theirs, number) name = number,
enum { LSI_BLAS_NUMBERS(LSI_BLAS_ENUMERATOR) };
#undef LSI_BLAS_ENUMERATOR

/* Rows: member, cuBLAS's name, parameters. Each gives a status, 0 is fine. */
#define LSI_BLAS_ENTRIES(ENTRY)                                                                                        \
    ENTRY(create, cublasCreate_v2, (lsi_blas_handle *handle))                                                          \
    ENTRY(get_version, cublasGetVersion_v2, (lsi_blas_handle handle, int *version))                                    \
    ENTRY(set_stream, cublasSetStream_v2, (lsi_blas_handle handle, lsi_stream stream))                                 \
    ENTRY(set_workspace, cublasSetWorkspace_v2, (lsi_blas_handle handle, void *workspace, size_t bytes))               \
    ENTRY(set_math_mode, cublasSetMathMode, (lsi_blas_handle handle, int mode))                                        \
    ENTRY(multiply, cublasGemmStridedBatchedEx_64,                                                                     \
          (lsi_blas_handle handle, int a_form, int b_form, int64_t m, int64_t n, int64_t k, const void *alpha,         \
           const void *a, int a_type, int64_t a_ld, long long a_batch, const void *b, int b_type, int64_t b_ld,        \
           long long b_batch, const void *beta, void *c, int c_type, int64_t c_ld, long long c_batch, int64_t batches, \
           int compute, int algorithm))

#define LSI_BLAS_MEMBER(member, name, parameters) int(*member) parameters;
typedef struct lsi_blas_entries {
    LSI_BLAS_ENTRIES(LSI_BLAS_MEMBER)
} lsi_blas_entries;
#undef LSI_BLAS_MEMBER

/* Of one device. */
typedef struct lsi_blas {
    const lsi_blas_entries *entries; /* NULL: no fast products */
    lsi_blas_handle handle;          /* used within entered work, by one thread at a time */
    lsi_stream stream;               /* what the handle was told last, with the workspace of number `told` - 1 */
    int told;                        /* 0: nothing */
    size_t workspace_bytes;          /* what cuBLAS is given to work in: always the same, because it decides the bits */
    _Atomic(void *) workspaces[LSI_MAX_STREAMS]; /* of each stream, from its first product on */
    char description[512];           /* what is used, or why nothing is */
} lsi_blas;

/* Opens it for the device when this is the first call; never NULL. Not within entered work. */
lsi_blas *lsi_blas_of(lsi_device *device);
/* Gives the stream its workspace. False: out of memory. Not within entered work. */
bool lsi_blas_make_workspace(lsi_device *device, lsi_blas *blas, int stream);
/* Tells the handle on which of the device's streams the next products are, which has a workspace. cuBLAS's status. */
int lsi_blas_use_stream(lsi_blas *blas, lsi_stream stream, int number);

/* One product in cuBLAS's terms: c = a b, by columns. */
typedef struct lsi_blas_matrix {
    const void *at;
    int form;
    int64_t ld, batch;
} lsi_blas_matrix;
typedef struct lsi_blas_call {
    ls_dtype dtype;
    lsi_blas_matrix a, b, c;
    int64_t m, n, k, batches;
} lsi_blas_call;
bool lsi_blas_has(ls_dtype dtype);
/* cuBLAS's status. The handle was told its stream before. */
int lsi_blas_multiply(const lsi_blas *blas, const lsi_blas_call *call);

#endif
