# SPDX-License-Identifier: BSD-3-Clause
# Flags that make arithmetic mean the same everywhere, and one compilation per instruction set.

# Applied to every target that computes. Contraction off and no reassociation are what "the same bits" rests on.
set(LSI_ARITHMETIC_FLAGS -ffp-contract=off -fno-math-errno -fno-trapping-math -fwrapv)
# A project around this one may compile itself as it likes; its flags come first, ours take the licence back.
if("${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_RELEASE} ${CMAKE_C_FLAGS_RELWITHDEBINFO}" MATCHES "fast|unsafe-math|-f[a-z]+-math")
  list(PREPEND LSI_ARITHMETIC_FLAGS -fno-fast-math -fno-unsafe-math-optimizations -fno-associative-math
       -fno-reciprocal-math -fno-finite-math-only -fsigned-zeros)
endif()

set(LOCKSTEP_ISAS all CACHE STRING "all: every instruction set, chosen at run time; baseline: a third of the build")
set_property(CACHE LOCKSTEP_ISAS PROPERTY STRINGS all baseline)
if(NOT LOCKSTEP_ISAS MATCHES "^(all|baseline)$")
  message(FATAL_ERROR "LOCKSTEP_ISAS is all or baseline, not '${LOCKSTEP_ISAS}'")
endif()
set(LSI_ISAS baseline)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND LOCKSTEP_ISAS STREQUAL "all")
  list(APPEND LSI_ISAS avx2 avx512)
endif()
set(LSI_ISA_FLAGS_baseline "")
set(LSI_ISA_FLAGS_avx2 -mavx2 -mfma -mf16c -mbmi2)
set(LSI_ISA_FLAGS_avx512 ${LSI_ISA_FLAGS_avx2} -mavx512f -mavx512dq -mavx512bw -mavx512vl -mavx512cd
    -mprefer-vector-width=512)

# Sanitizers look at every access: optimising hard for them takes minutes a file and finds nothing more. Given from
# outside it stays (the consumer test of add_subdirectory builds in seconds with -O0).
if(DEFINED LSI_KERNEL_OPTIMISATION)
elseif(LOCKSTEP_SANITIZE MATCHES "undefined")
  # UBSan takes minutes a file on fully inlined loops; addresses and threads are still watched.
  set(LSI_KERNEL_OPTIMISATION -O1 -fno-sanitize=undefined)
elseif(LOCKSTEP_SANITIZE)
  set(LSI_KERNEL_OPTIMISATION -O1)
else()
  set(LSI_KERNEL_OPTIMISATION -O3)
endif()

# lsi_isa_objects(target sources...): an object library `target_<isa>` per ISA, collected in the parent's LSI_ISA_OBJECTS.
function(lsi_isa_objects target)
  foreach(isa IN LISTS LSI_ISAS)
    add_library(${target}_${isa} OBJECT ${ARGN})
    target_compile_definitions(${target}_${isa} PRIVATE LSI_ISA=${isa} LSI_ISA_IS_${isa}=1)
    target_compile_options(${target}_${isa} PRIVATE ${LSI_KERNEL_OPTIMISATION} ${LSI_ARITHMETIC_FLAGS}
                           ${LSI_ISA_FLAGS_${isa}})
    target_link_libraries(${target}_${isa} PRIVATE lsi_settings)
    target_include_directories(${target}_${isa} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src
                               ${PROJECT_SOURCE_DIR}/kernels)
    list(APPEND objects $<TARGET_OBJECTS:${target}_${isa}>)
  endforeach()
  set(${target}_OBJECTS ${objects} PARENT_SCOPE)
endfunction()
