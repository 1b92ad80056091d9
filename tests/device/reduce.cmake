# SPDX-License-Identifier: BSD-3-Clause
# Reductions and scans of the CUDA path without a GPU: src/device/reduce*.c and scan.c over the shim alone.
if(TARGET lsi_shim)
  enable_language(CXX) # what lsi_shim is made of
  set(device ${PROJECT_SOURCE_DIR}/src/device)
  add_executable(test_shim_reduce test_shim_reduce.c shim_work.c ${device}/reduce.c ${device}/reduce_fold.c
                 ${device}/reduce_space.c ${device}/reduce_kinds.c)
  add_executable(test_shim_scan test_shim_scan.c shim_work.c ${device}/scan.c)
  foreach(test IN ITEMS reduce scan)
    target_include_directories(test_shim_${test} PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src
                               ${PROJECT_SOURCE_DIR}/kernels)
    target_compile_options(test_shim_${test} PRIVATE ${LSI_ARITHMETIC_FLAGS})
    target_link_libraries(test_shim_${test} PRIVATE lsi_shim lockstep_static lsi_settings Threads::Threads)
    add_test(NAME shim_${test} COMMAND test_shim_${test})
    set_tests_properties(shim_${test} PROPERTIES TIMEOUT 900 ENVIRONMENT OMP_WAIT_POLICY=passive)
  endforeach()
endif()
