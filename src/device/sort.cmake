# SPDX-License-Identifier: BSD-3-Clause
# Sorting on the CUDA path: the entry of the contract, and the module with CUB inside, which lies beside the plug-in. nvcc
# compiles it; NVIDIA's runtime library and the C++ library are linked into it and hidden.
target_sources(lsi_device PRIVATE ${CMAKE_CURRENT_LIST_DIR}/sort.c)

if(LSI_NVCC)
  get_filename_component(lsi_nvcc_real ${LSI_NVCC} REALPATH)
  get_filename_component(lsi_cuda_root ${lsi_nvcc_real}/../.. ABSOLUTE)
  find_library(LSI_CUDART_STATIC NAMES libcudart_static.a NO_DEFAULT_PATH
               PATHS ${lsi_cuda_root} PATH_SUFFIXES lib64 lib targets/x86_64-linux/lib targets/sbsa-linux/lib)
  mark_as_advanced(LSI_CUDART_STATIC)
  if(NOT LSI_CUDART_STATIC)
    message(STATUS "Lockstep: no libcudart_static.a beside nvcc; the host sorts for the GPU")
  endif()
endif()

if(LSI_NVCC AND LSI_CUDART_STATIC)
  set(lsi_cub_source ${CMAKE_CURRENT_LIST_DIR}/cub/sort.cu)
  set(lsi_cub_object ${CMAKE_CURRENT_BINARY_DIR}/cub_sort.o)
  add_custom_command(OUTPUT ${lsi_cub_object}
    COMMAND ${LSI_NVCC} -c ${LSI_NVCC_FLAGS} ${LSI_NVCC_TARGETS} -Xcompiler=-fPIC,-fvisibility=hidden,-fno-gnu-unique
            -I ${PROJECT_SOURCE_DIR}/src -I ${PROJECT_SOURCE_DIR}/include -I ${PROJECT_SOURCE_DIR}/kernels
            -MD -MF ${lsi_cub_object}.d -o ${lsi_cub_object} ${lsi_cub_source}
    DEPENDS ${lsi_cub_source} DEPFILE ${lsi_cub_object}.d
    COMMENT "nvcc lockstep_cuda_cub" VERBATIM COMMAND_EXPAND_LISTS)
  set_source_files_properties(${lsi_cub_object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  add_library(lockstep_cuda_cub MODULE ${lsi_cub_object})
  target_link_libraries(lockstep_cuda_cub PRIVATE ${LSI_CUDART_STATIC} -l:libstdc++.a -static-libgcc Threads::Threads
                        ${CMAKE_DL_LIBS} rt m)
  target_link_options(lockstep_cuda_cub PRIVATE ${LSI_NO_UNDEFINED} -Wl,-z,nodelete -Wl,-z,relro -Wl,-z,now
                      -Wl,--exclude-libs,ALL -Wl,--version-script=${CMAKE_CURRENT_LIST_DIR}/cub/cub.map)
  set_target_properties(lockstep_cuda_cub PROPERTIES PREFIX lib OUTPUT_NAME lockstep-cuda-cub LINKER_LANGUAGE C
                        LINK_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/cub/cub.map)
  if(PROJECT_IS_TOP_LEVEL)
    set_target_properties(lockstep_cuda_cub PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/lockstep)
  endif()
endif()
