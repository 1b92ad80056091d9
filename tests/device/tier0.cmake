# SPDX-License-Identifier: BSD-3-Clause
# Tier 0 alone on the simulated GPU.
lsi_test(test_tier0 NAME simulated_tier0 SOURCES test_tier0.c workloads.c LABELS simulated
         ENVIRONMENT LOCKSTEP_CUDA_PLUGIN=$<TARGET_FILE:lockstep_simulated> LOCKSTEP_JIT=off)
add_dependencies(test_tier0 lockstep_simulated)
