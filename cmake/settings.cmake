# SPDX-License-Identifier: BSD-3-Clause
# What every target of the project is compiled with: language, warnings, visibility, sanitizers.

add_library(lsi_settings INTERFACE)
target_compile_features(lsi_settings INTERFACE c_std_11)
target_compile_definitions(lsi_settings INTERFACE _GNU_SOURCE)
target_include_directories(lsi_settings INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
target_compile_options(lsi_settings INTERFACE
  $<$<COMPILE_LANGUAGE:C>:-Wall;-Wextra;-Wshadow;-Wpedantic;-Wstrict-prototypes;-Wmissing-prototypes;-Wpointer-arith;-Wvla>
  -fvisibility=hidden -fPIC $<$<BOOL:${LOCKSTEP_WERROR}>:-Werror>)
if(LOCKSTEP_ISAS STREQUAL "baseline")
  target_compile_definitions(lsi_settings INTERFACE LSI_ONE_ISA=1)
endif()
if(LOCKSTEP_SANITIZE)
  target_compile_options(lsi_settings INTERFACE -fsanitize=${LOCKSTEP_SANITIZE} -fno-omit-frame-pointer -g
                         -fno-sanitize-recover=all)
  # clang is told to vectorise loops that instrumented code keeps it from, and would warn about each.
  target_compile_options(lsi_settings INTERFACE $<$<C_COMPILER_ID:Clang>:-Wno-pass-failed>)
  target_link_options(lsi_settings INTERFACE -fsanitize=${LOCKSTEP_SANITIZE})
endif()
# Of shared objects. clang leaves a sanitizer's own functions in them to the program.
set(LSI_NO_UNDEFINED -Wl,--no-undefined)
if(LOCKSTEP_SANITIZE AND CMAKE_C_COMPILER_ID MATCHES "Clang")
  set(LSI_NO_UNDEFINED "")
endif()

# lsi_layer(name SEES dirs... SOURCES files...): an object library whose private include path is include/ and src/ with
# only the headers it may see. Includes are written from src/ ("core/shape.h"), so the tree shows through; that a layer
# includes no header above it is checked by the test `layering`.
function(lsi_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES" ${ARGN})
  add_library(${name} OBJECT ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/kernels)
  target_compile_options(${name} PRIVATE ${LSI_ARITHMETIC_FLAGS})
  target_link_libraries(${name} PRIVATE lsi_settings)
endfunction()
