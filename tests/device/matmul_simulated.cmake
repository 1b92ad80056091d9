# SPDX-License-Identifier: BSD-3-Clause
# Matrix products by the public calls on the simulated GPU.
lsi_test(test_simulated_matmul NAME simulated_matmul SOURCES test_simulated_matmul.c workloads.c LABELS simulated
         ENVIRONMENT LOCKSTEP_CUDA_PLUGIN=$<TARGET_FILE:lockstep_simulated>)
add_dependencies(test_simulated_matmul lockstep_simulated)
lsi_simulated(matmul_api test_matmul_api SEEDS 1 2)
lsi_simulated(matmul_api_exact test_matmul_api ENVIRONMENT LOCKSTEP_MATMUL=exact)
