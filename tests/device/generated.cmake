# SPDX-License-Identifier: BSD-3-Clause
# Generated kernels without a GPU: compiled for the CPU through the shim and run; compiled by NVRTC and looked at.
if(NOT TARGET lsi_generate)
  return()
endif()
set(lsi_generated_folder ${CMAKE_CURRENT_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${lsi_generated_folder})

if(TARGET lsi_shim)
  enable_language(CXX)
  add_executable(write_programs write_programs.c programs.c $<TARGET_OBJECTS:lsi_generate>)
  target_include_directories(write_programs PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/kernels)
  target_link_libraries(write_programs PRIVATE lockstep_static lsi_settings)
  set(parts 4)
  set(objects "")
  foreach(part RANGE 1 ${parts})
    math(EXPR number "${part} - 1")
    set(source ${lsi_generated_folder}/part${number}.cc)
    add_custom_command(OUTPUT ${source} COMMAND write_programs ${number} ${parts} ${source}
                       DEPENDS write_programs
                       COMMENT "Generating kernels ${number} of ${parts}" VERBATIM)
    add_library(generated_part${number} OBJECT ${source})
    target_compile_features(generated_part${number} PRIVATE cxx_std_17)
    target_compile_definitions(generated_part${number} PRIVATE LS_SHIM LS_SHIM_MODULE=generated_${number})
    # vectorising would make fused multiply-subtracts of neighbours (kernels/portable.h)
    target_compile_options(generated_part${number} PRIVATE -O1 -fno-tree-vectorize -fno-tree-slp-vectorize
      ${LSI_ARITHMETIC_FLAGS} -include ${CMAKE_CURRENT_SOURCE_DIR}/generated_words.h -Wno-unused-function -w)
    target_link_libraries(generated_part${number} PRIVATE lsi_shim)
    list(APPEND objects $<TARGET_OBJECTS:generated_part${number}>)
  endforeach()
  add_executable(test_generated test_generated.c programs.c ${objects} $<TARGET_OBJECTS:lsi_generate>)
  target_include_directories(test_generated PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src
                             ${PROJECT_SOURCE_DIR}/kernels)
  target_link_libraries(test_generated PRIVATE lsi_shim lockstep_static lsi_settings Threads::Threads)
  add_test(NAME generated_programs COMMAND test_generated)
  set_tests_properties(generated_programs PROPERTIES TIMEOUT 600 LABELS device)
endif()

# NVRTC without a GPU; skipped where the library is not there.
add_executable(test_nvrtc test_nvrtc.c programs.c $<TARGET_OBJECTS:lsi_generate>)
target_include_directories(test_nvrtc PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src
                           ${PROJECT_SOURCE_DIR}/kernels)
target_link_libraries(test_nvrtc PRIVATE lockstep_static lsi_settings Threads::Threads)
add_test(NAME nvrtc_options COMMAND test_nvrtc times)
set(nvrtc_tests nvrtc_options)
foreach(part RANGE 3)
  add_test(NAME nvrtc_programs_${part} COMMAND test_nvrtc ${part} 4)
  list(APPEND nvrtc_tests nvrtc_programs_${part})
endforeach()
set_tests_properties(${nvrtc_tests} PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77 LABELS device)

add_executable(test_jit_cache test_jit_cache.c $<TARGET_OBJECTS:lsi_generate>)
target_include_directories(test_jit_cache PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(test_jit_cache PRIVATE lockstep_static lsi_settings Threads::Threads)
add_test(NAME jit_cache COMMAND test_jit_cache)
set_tests_properties(jit_cache PROPERTIES TIMEOUT 300 LABELS device)
