# SPDX-License-Identifier: BSD-3-Clause
# The CUDA kernels: one row per module. A module is a .cu file of kernels/ compiled with some definitions. nvcc makes a
# fatbin of each, embedded in the plug-in and loaded when first used; the tests compile the same rows for the CPU
# through tests/shim.

set(LOCKSTEP_CUDA_ARCHITECTURES "80;90;100;120;75-virtual" CACHE STRING
    "GPUs to compile for, as in CMAKE_CUDA_ARCHITECTURES: 90 is SASS of sm_90, 75-virtual is PTX of compute_75")
set(LSI_NVCC_FLAGS --fmad=false --ftz=false --prec-div=true --prec-sqrt=true -O3 -std=c++17)

# lsi_gpu_module(name source definitions...)
function(lsi_gpu_module name source)
  set_property(GLOBAL APPEND PROPERTY LSI_GPU_MODULES ${name})
  set_property(GLOBAL PROPERTY LSI_GPU_SOURCE_${name} ${PROJECT_SOURCE_DIR}/kernels/${source})
  set_property(GLOBAL PROPERTY LSI_GPU_DEFINITIONS_${name} ${ARGN})
endfunction()

include(${PROJECT_SOURCE_DIR}/kernels/modules.cmake)
