/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/blas.h"
#include "backend.h"

ls_status lsi_blas_matmul(const lsi_matmul *task)
{
    (void)task;
    return (ls_status)LSI_DECLINED;
}

const char *lsi_blas_description(void)
{
    return "none (own kernels)";
}
