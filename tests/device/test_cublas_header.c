/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What src/device/cublas.h declares is what NVIDIA's header says. Compiled only: the compiler is the test. */
#include "device/cublas.h"

#include <cublas_v2.h>

#define SAME_NUMBER(name, theirs, number) _Static_assert((int)name == (int)theirs, #theirs);
LSI_BLAS_NUMBERS(SAME_NUMBER)
_Static_assert(sizeof(cublasOperation_t) == sizeof(int) && sizeof(cudaDataType) == sizeof(int) &&
                   sizeof(cublasComputeType_t) == sizeof(int) && sizeof(cublasGemmAlgo_t) == sizeof(int) &&
                   sizeof(cublasStatus_t) == sizeof(int) && sizeof(cublasMath_t) == sizeof(int),
               "enums travel as int");

/* The rows of cublas.h with cuBLAS's enums in place of int. */
#define SAME_FUNCTION(name, ...) _Static_assert(_Generic(&name, cublasStatus_t(*)(__VA_ARGS__) : 1, default : 0), #name);
SAME_FUNCTION(cublasCreate_v2, lsi_blas_handle *)
SAME_FUNCTION(cublasGetVersion_v2, lsi_blas_handle, int *)
SAME_FUNCTION(cublasSetStream_v2, lsi_blas_handle, lsi_stream)
SAME_FUNCTION(cublasSetWorkspace_v2, lsi_blas_handle, void *, size_t)
SAME_FUNCTION(cublasSetMathMode, lsi_blas_handle, cublasMath_t)
SAME_FUNCTION(cublasGemmStridedBatchedEx_64, lsi_blas_handle, cublasOperation_t, cublasOperation_t, int64_t, int64_t,
              int64_t, const void *, const void *, cudaDataType, int64_t, long long, const void *, cudaDataType, int64_t,
              long long, const void *, void *, cudaDataType, int64_t, long long, int64_t, cublasComputeType_t,
              cublasGemmAlgo_t)
