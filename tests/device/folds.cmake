# SPDX-License-Identifier: BSD-3-Clause
# Reductions and scans as whole programs on the simulated GPU: by tier 0, and by whatever tier is ready.
lsi_test(test_folds NAME simulated_folds SOURCES test_folds.c workloads.c LABELS simulated
         ENVIRONMENT LOCKSTEP_CUDA_PLUGIN=$<TARGET_FILE:lockstep_simulated>)
lsi_simulated(folds_tier0 test_folds SEEDS 1 2 3 ENVIRONMENT LOCKSTEP_JIT=off)
