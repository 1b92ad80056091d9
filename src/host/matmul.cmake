# SPDX-License-Identifier: BSD-3-Clause
# Matrix products. Without hardware fma the kernels call libm's. The CBLAS is opened at run time and never linked.
list(APPEND LSI_HOST_SOURCES ${CMAKE_CURRENT_LIST_DIR}/matmul.c ${CMAKE_CURRENT_LIST_DIR}/blas.c)
list(APPEND LSI_HOST_ISA_SOURCES ${CMAKE_CURRENT_LIST_DIR}/matmul_kernels.c)
list(APPEND LSI_HOST_LIBRARIES m ${CMAKE_DL_LIBS})
