# SPDX-License-Identifier: BSD-3-Clause
# The CUDA kernels: one row per module. A module is a .cu file of kernels/ compiled with some definitions. nvcc makes a
# fatbin of each, embedded in the plug-in and loaded when first used; the tests compile the same rows for the CPU
# through tests/shim.

option(LOCKSTEP_CUDA "Build the CUDA plug-in where nvcc is found" ON)
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

# --- nvcc: LSI_NVCC, empty without; LSI_CUDA_BUILD, 13000 for CUDA 13.0 ---

set(LSI_NVCC "")
if(LOCKSTEP_CUDA)
  find_program(LOCKSTEP_NVCC nvcc PATHS /usr/local/cuda/bin DOC "The CUDA compiler")
  if(LOCKSTEP_NVCC)
    set(LSI_NVCC ${LOCKSTEP_NVCC})
    execute_process(COMMAND ${LSI_NVCC} --version OUTPUT_VARIABLE text ERROR_QUIET)
    string(REGEX MATCH "release ([0-9]+)\\.([0-9]+)" release "${text}")
    math(EXPR LSI_CUDA_BUILD "${CMAKE_MATCH_1}0 * 100 + ${CMAKE_MATCH_2} * 10")
    execute_process(COMMAND ${LSI_NVCC} --help OUTPUT_VARIABLE text ERROR_QUIET)
    if(text MATCHES "--compress-mode")
      list(APPEND LSI_NVCC_FLAGS --compress-mode=size)
    endif()
    execute_process(COMMAND ${LSI_NVCC} --list-gpu-arch OUTPUT_VARIABLE LSI_NVCC_KNOWS ERROR_QUIET)
  endif()
endif()
if(LSI_NVCC AND LSI_CUDA_BUILD LESS 12000)
  message(STATUS "Lockstep: nvcc is older than CUDA 12; no CUDA plug-in")
  set(LSI_NVCC "")
endif()

# LSI_NVCC_TARGETS: nvcc's options for LOCKSTEP_CUDA_ARCHITECTURES, as far as this nvcc knows them. The kernels are the
# same on every architecture, so the code of all is made from one virtual one, the lowest: nvcc spends most of its time
# in the front end, and five passes of it take 2.5 times as long as one.
set(LSI_NVCC_TARGETS "")
set(LSI_ARCHITECTURES "")
if(LSI_NVCC)
  set(lowest 9999)
  set(codes "")
  foreach(entry IN LISTS LOCKSTEP_CUDA_ARCHITECTURES)
    string(REGEX MATCH "^([0-9]+)([af]?)(-virtual|-real)?$" matched "${entry}")
    set(number "${CMAKE_MATCH_1}")
    set(variant "${CMAKE_MATCH_2}")
    set(kind "${CMAKE_MATCH_3}")
    if(NOT matched)
      message(FATAL_ERROR "LOCKSTEP_CUDA_ARCHITECTURES: '${entry}' is not like 90, 90-real or 75-virtual")
    endif()
    if(NOT LSI_NVCC_KNOWS MATCHES "compute_${number}${variant}(\n|$)")
      message(STATUS "Lockstep: this nvcc does not know compute_${number}${variant}; left out")
      continue()
    endif()
    if(kind STREQUAL "-virtual" OR variant)
      string(REGEX REPLACE "^-virtual$" "compute" code "${kind}")
      string(REGEX REPLACE "^(-real)?$" "sm" code "${code}")
      list(APPEND LSI_NVCC_TARGETS
           -gencode=arch=compute_${number}${variant},code=${code}_${number}${variant})
    else()
      list(APPEND codes sm_${number})
    endif()
    if(NOT variant AND number LESS lowest)
      set(lowest ${number})
    endif()
    list(APPEND LSI_ARCHITECTURES ${entry})
  endforeach()
  if(codes)
    set(ptx -gencode=arch=compute_${lowest},code=compute_${lowest})
    if(ptx IN_LIST LSI_NVCC_TARGETS)
      list(REMOVE_ITEM LSI_NVCC_TARGETS ${ptx})
      list(PREPEND codes compute_${lowest})
    endif()
    list(JOIN codes "," codes)
    list(PREPEND LSI_NVCC_TARGETS "-gencode=arch=compute_${lowest},code=[${codes}]")
  endif()
  list(JOIN LSI_ARCHITECTURES " " LSI_ARCHITECTURES)
endif()

# lsi_gpu_images(variable kind): writes the file that defines lsi_images (src/device/device.h) and sets the variable to
# its name. FATBIN embeds what nvcc makes of each module, SHIM only names: the simulated GPU finds the kernels by them.
function(lsi_gpu_images variable kind)
  get_property(modules GLOBAL PROPERTY LSI_GPU_MODULES)
  string(TOLOWER ${kind} folder)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${folder})
  set(rows "")
  set(bodies "")
  set(fatbins "")
  foreach(module IN LISTS modules)
    string(APPEND rows "    {\"${module}\", image_${module}},\n")
    if(kind STREQUAL SHIM)
      string(APPEND bodies "static const char image_${module}[] = \"lockstep-shim:${module}\";\n")
    else()
      string(APPEND bodies "__asm__(\".section .rodata\\n.balign 64\\nimage_${module}:\\n\"\n"
             "        \".incbin \\\"${folder}/${module}.fatbin\\\"\\n.previous\\n\");\n"
             "extern const char image_${module}[];\n")
      get_property(source GLOBAL PROPERTY LSI_GPU_SOURCE_${module})
      get_property(definitions GLOBAL PROPERTY LSI_GPU_DEFINITIONS_${module})
      list(TRANSFORM definitions PREPEND -D)
      add_custom_command(OUTPUT ${folder}/${module}.fatbin
        COMMAND ${LSI_NVCC} -fatbin ${LSI_NVCC_FLAGS} ${LSI_NVCC_TARGETS} ${definitions} -I ${PROJECT_SOURCE_DIR}/kernels
                -MD -MF ${folder}/${module}.d -o ${folder}/${module}.fatbin ${source}
        DEPENDS ${source} DEPFILE ${folder}/${module}.d
        COMMENT "nvcc ${module}" VERBATIM COMMAND_EXPAND_LISTS)
      list(APPEND fatbins ${folder}/${module}.fatbin)
    endif()
  endforeach()
  file(MAKE_DIRECTORY ${folder})
  file(CONFIGURE OUTPUT ${folder}/images.c CONTENT
"/* Written by cmake/gpu.cmake. */
#include \"device/device.h\"

${bodies}
const lsi_image lsi_images[] = {
${rows}    {NULL, NULL},
};
" @ONLY)
  set_source_files_properties(${folder}/images.c PROPERTIES OBJECT_DEPENDS "${fatbins}")
  set(${variable} ${folder}/images.c PARENT_SCOPE)
endfunction()

# lsi_plugin(target images.c driver sources...): a plug-in of the device layer over some driver. It exports its entry, and
# imports nothing but the C library: what it calls of Lockstep comes through services.c.
function(lsi_plugin target)
  add_library(${target} MODULE ${ARGN} $<TARGET_OBJECTS:lsi_device> ${PROJECT_SOURCE_DIR}/src/device/services.c
              ${PROJECT_SOURCE_DIR}/src/core/dtype.c ${PROJECT_SOURCE_DIR}/src/core/shape.c
              ${PROJECT_SOURCE_DIR}/src/memory/scheduler.c)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/kernels)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:C>:${LSI_ARITHMETIC_FLAGS}>)
  target_compile_definitions(${target} PRIVATE LSI_CUDA_BUILD=$<IF:$<BOOL:${LSI_NVCC}>,${LSI_CUDA_BUILD},12000>)
  target_link_libraries(${target} PRIVATE lsi_settings Threads::Threads ${CMAKE_DL_LIBS} m)
  target_link_options(${target} PRIVATE ${LSI_NO_UNDEFINED} -Wl,-z,nodelete -Wl,-z,relro -Wl,-z,now
                      -Wl,--version-script=${PROJECT_SOURCE_DIR}/src/device/plugin.map)
  set_target_properties(${target} PROPERTIES PREFIX lib LINK_DEPENDS ${PROJECT_SOURCE_DIR}/src/device/plugin.map)
endfunction()
