# SPDX-License-Identifier: BSD-3-Clause
# Matrix products of the CUDA path without a GPU.
find_path(LSI_CUBLAS_INCLUDE cublas_v2.h PATHS /usr/local/cuda/include)
if(LSI_CUBLAS_INCLUDE)
  add_library(test_cublas_header OBJECT test_cublas_header.c) # compiled, not linked: there may be no cuBLAS to link
  target_include_directories(test_cublas_header PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/kernels)
  target_include_directories(test_cublas_header SYSTEM PRIVATE ${LSI_CUBLAS_INCLUDE})
  target_link_libraries(test_cublas_header PRIVATE lsi_settings)
endif()

if(TARGET lsi_shim)
  enable_language(CXX) # what lsi_shim is made of
  function(lsi_matmul_test program)
    add_executable(${program} ${ARGN} ${PROJECT_SOURCE_DIR}/src/device/matmul_plan.c
                   ${PROJECT_SOURCE_DIR}/tests/matmul/reference.c)
    target_include_directories(${program} PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src
                               ${PROJECT_SOURCE_DIR}/kernels)
    target_compile_options(${program} PRIVATE ${LSI_ARITHMETIC_FLAGS})
    target_link_libraries(${program} PRIVATE lsi_shim lockstep_static lsi_settings Threads::Threads ${CMAKE_DL_LIBS})
  endfunction()

  lsi_matmul_test(test_shim_matmul test_shim_matmul.c)
  add_test(NAME shim_matmul COMMAND test_shim_matmul)
  set_tests_properties(shim_matmul PROPERTIES TIMEOUT 600)

  add_library(fake_cublas MODULE fake_cublas.c)
  target_include_directories(fake_cublas PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/kernels)
  target_link_libraries(fake_cublas PRIVATE lsi_settings)
  lsi_matmul_test(test_device_matmul test_device_matmul.c ${PROJECT_SOURCE_DIR}/src/device/matmul.c
                  ${PROJECT_SOURCE_DIR}/src/device/cublas.c)
  add_dependencies(test_device_matmul fake_cublas)
  add_test(NAME device_matmul_cublas COMMAND test_device_matmul $<TARGET_FILE:fake_cublas>)
  set_tests_properties(device_matmul_cublas PROPERTIES ENVIRONMENT LOCKSTEP_CUBLAS=$<TARGET_FILE:fake_cublas>)
  add_test(NAME device_matmul_without_cublas COMMAND test_device_matmul)
  set_tests_properties(device_matmul_without_cublas PROPERTIES ENVIRONMENT LOCKSTEP_CUBLAS=off)
  add_test(NAME device_matmul_refused_cublas COMMAND test_device_matmul)
  set_tests_properties(device_matmul_refused_cublas PROPERTIES ENVIRONMENT LOCKSTEP_CUBLAS=libcublas.so.13)
endif()
