# SPDX-License-Identifier: BSD-3-Clause
# Matrix products of the CUDA path without a GPU.
if(TARGET lsi_shim)
  enable_language(CXX) # what lsi_shim is made of
  add_executable(test_shim_matmul test_shim_matmul.c ${PROJECT_SOURCE_DIR}/src/device/matmul_plan.c
                 ${PROJECT_SOURCE_DIR}/tests/matmul/reference.c)
  target_include_directories(test_shim_matmul PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src
                             ${PROJECT_SOURCE_DIR}/kernels)
  target_compile_options(test_shim_matmul PRIVATE ${LSI_ARITHMETIC_FLAGS})
  target_link_libraries(test_shim_matmul PRIVATE lsi_shim lockstep_static lsi_settings Threads::Threads)
  add_test(NAME shim_matmul COMMAND test_shim_matmul)
  set_tests_properties(shim_matmul PROPERTIES TIMEOUT 600)
endif()
