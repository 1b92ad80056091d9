# SPDX-License-Identifier: BSD-3-Clause
# Sorting on the CUDA path: the entry of the contract, and the module with CUB inside, which nvcc builds beside the
# plug-in. The module is the only thing that NVIDIA's runtime library is linked into.
target_sources(lsi_device PRIVATE ${CMAKE_CURRENT_LIST_DIR}/sort.c)

if(LSI_NVCC)
  if(PROJECT_IS_TOP_LEVEL)
    set(lsi_cub_folder ${PROJECT_BINARY_DIR}/lib/lockstep)
  else()
    set(lsi_cub_folder ${CMAKE_CURRENT_BINARY_DIR})
  endif()
  set(lsi_cub_module ${lsi_cub_folder}/liblockstep-cuda-cub.so)
  set(lsi_cub_source ${CMAKE_CURRENT_LIST_DIR}/cub/sort.cu)
  file(MAKE_DIRECTORY ${lsi_cub_folder})
  add_custom_command(OUTPUT ${lsi_cub_module}
    COMMAND ${LSI_NVCC} ${LSI_NVCC_FLAGS} ${LSI_NVCC_TARGETS} -shared -cudart static
            -Xcompiler=-fPIC,-fvisibility=hidden,-fno-gnu-unique
            -I ${PROJECT_SOURCE_DIR}/src -I ${PROJECT_SOURCE_DIR}/include -I ${PROJECT_SOURCE_DIR}/kernels
            -Xlinker=--version-script=${CMAKE_CURRENT_LIST_DIR}/cub/cub.map,-z,relro,-z,now,-z,nodelete,--exclude-libs,ALL
            -MD -MF ${CMAKE_CURRENT_BINARY_DIR}/cub.d -o ${lsi_cub_module} ${lsi_cub_source}
    DEPENDS ${lsi_cub_source} ${CMAKE_CURRENT_LIST_DIR}/cub/cub.map DEPFILE ${CMAKE_CURRENT_BINARY_DIR}/cub.d
    COMMENT "nvcc lockstep_cuda_cub" VERBATIM COMMAND_EXPAND_LISTS)
  add_custom_target(lockstep_cuda_cub ALL DEPENDS ${lsi_cub_module})
  include(GNUInstallDirs)
  install(FILES ${lsi_cub_module} DESTINATION ${CMAKE_INSTALL_LIBDIR}/lockstep)
endif()
