# SPDX-License-Identifier: BSD-3-Clause
# The tables of rows.h, one compilation per instruction set, for tests/math and bench/math: MATH_ROW_OBJECTS.
set(MATH_TESTS ${CMAKE_CURRENT_LIST_DIR})
get_filename_component(MATH_KERNELS ${MATH_TESTS}/../../kernels ABSOLUTE)
set(MATH_WARNINGS -Wall -Wextra -Wshadow -Wpedantic)

if(NOT TARGET math_rows_baseline)
  foreach(isa IN ITEMS baseline avx2 avx512)
    add_library(math_rows_${isa} OBJECT ${MATH_TESTS}/rows.c)
    target_compile_definitions(math_rows_${isa} PRIVATE MATH_ISA=${isa})
    target_compile_options(math_rows_${isa} PRIVATE -std=gnu11 -O3 ${MATH_WARNINGS} ${LSI_ARITHMETIC_FLAGS}
                           ${LSI_ISA_FLAGS_${isa}} -iquote ${MATH_KERNELS})
  endforeach()
  add_library(math_isa_level OBJECT ${MATH_TESTS}/isa_level.c)
  target_compile_options(math_isa_level PRIVATE -std=gnu11 ${MATH_WARNINGS})
  foreach(part IN ITEMS math_rows_baseline math_rows_avx2 math_rows_avx512 math_isa_level)
    target_include_directories(${part} INTERFACE ${MATH_TESTS})
    set_target_properties(${part} PROPERTIES POSITION_INDEPENDENT_CODE ON) # the benchmark is a module too
  endforeach()
endif()
set(MATH_ROW_OBJECTS $<TARGET_OBJECTS:math_rows_baseline> $<TARGET_OBJECTS:math_rows_avx2>
    $<TARGET_OBJECTS:math_rows_avx512> $<TARGET_OBJECTS:math_isa_level>)
