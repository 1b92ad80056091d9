# SPDX-License-Identifier: BSD-3-Clause
# Tier 1 of the device: generated kernels. functions_table.c holds the device functions as text, cut into single ones
# (functions.h says why). lsi_generate is the same for the tests, without a device.

set(LSI_GENERATE_SOURCES form.c form_rows.c generate.c functions.c text.c nvrtc.c sha256.c jit_cache.c
    ${CMAKE_CURRENT_BINARY_DIR}/functions_table.c)

add_executable(lsi_split_functions ${PROJECT_SOURCE_DIR}/cmake/split_functions.c)
target_link_libraries(lsi_split_functions PRIVATE lsi_settings)
file(GLOB lsi_kernel_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/kernels/*.h ${PROJECT_SOURCE_DIR}/kernels/*.def)
add_custom_command(OUTPUT functions_table.c
  COMMAND ${CMAKE_C_COMPILER} -E -P -D__CUDACC_RTC__ -DLS_SHIM
          -I${CMAKE_CURRENT_SOURCE_DIR}/text_words -I${PROJECT_SOURCE_DIR}/kernels -I${CMAKE_CURRENT_SOURCE_DIR}
          ${CMAKE_CURRENT_SOURCE_DIR}/functions.h -o functions.txt
  COMMAND lsi_split_functions functions.txt functions_table.c
  DEPENDS functions.h functions_dtype.h sincos_both.h reduce_fused.h reduce_rows.h fused_args.h text_words/shim.h ${lsi_kernel_headers}
  COMMENT "Cutting the device functions" VERBATIM)

lsi_layer(lsi_generate SOURCES ${LSI_GENERATE_SOURCES} reduce_kinds.c) # which the device has anyway
target_sources(lsi_device PRIVATE jit.c jit_reduce.c build_kernel.c ${LSI_GENERATE_SOURCES})
