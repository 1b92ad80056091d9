# SPDX-License-Identifier: BSD-3-Clause
# Matrix products of the CUDA path.
target_sources(lsi_device PRIVATE ${CMAKE_CURRENT_LIST_DIR}/matmul.c ${CMAKE_CURRENT_LIST_DIR}/matmul_plan.c
                                  ${CMAKE_CURRENT_LIST_DIR}/cublas.c)
