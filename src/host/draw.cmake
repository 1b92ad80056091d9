# SPDX-License-Identifier: BSD-3-Clause
# Random draws of the host.
list(APPEND LSI_HOST_SOURCES draw.c)
list(APPEND LSI_HOST_ISA_SOURCES draw_kernels.c)
if("avx512" IN_LIST LSI_ISAS)
  list(APPEND LSI_HOST_ISA_SOURCES draw_kernels_ifma.c)
  set_source_files_properties(draw_kernels_ifma.c PROPERTIES COMPILE_OPTIONS -mavx512ifma)
endif()
