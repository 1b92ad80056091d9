# SPDX-License-Identifier: BSD-3-Clause
# Tier 1 on the simulated GPU: whole programs through the public calls, each compiled by the host's compiler.
if(TARGET lsi_generate)
  target_sources(lockstep_simulated PRIVATE simulated_compiler.c)
  target_compile_definitions(lockstep_simulated PRIVATE SIMULATED_CXX="${CMAKE_CXX_COMPILER}"
    SIMULATED_SHIM="${PROJECT_SOURCE_DIR}/tests/shim"
    SIMULATED_WORDS="${CMAKE_CURRENT_SOURCE_DIR}/generated_words.h")
  # kernels made at run time find the shim in the plug-in
  set_source_files_properties(${PROJECT_SOURCE_DIR}/tests/shim/shim.cc TARGET_DIRECTORY lsi_shim
                              PROPERTIES COMPILE_OPTIONS -fvisibility=default)
  get_target_property(options lockstep_simulated LINK_OPTIONS)
  string(REPLACE ${PROJECT_SOURCE_DIR}/src/device/plugin.map ${CMAKE_CURRENT_SOURCE_DIR}/simulated.map options
         "${options}")
  set_target_properties(lockstep_simulated PROPERTIES LINK_OPTIONS "${options}")
  lsi_test(test_jit NAME simulated_jit SOURCES test_jit.c workloads.c LABELS simulated
           ENVIRONMENT LOCKSTEP_CUDA_PLUGIN=$<TARGET_FILE:lockstep_simulated> LOCKSTEP_JIT_CACHE=off)
  lsi_test(test_rows NAME simulated_rows SOURCES test_rows.c workloads.c LABELS simulated
           ENVIRONMENT LOCKSTEP_CUDA_PLUGIN=$<TARGET_FILE:lockstep_simulated> LOCKSTEP_JIT_CACHE=off)
  add_dependencies(test_jit lockstep_simulated)
  add_dependencies(test_rows lockstep_simulated)
endif()
