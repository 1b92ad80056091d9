# SPDX-License-Identifier: BSD-3-Clause
# Random draws of the host.
list(APPEND LSI_HOST_SOURCES draw.c)
list(APPEND LSI_HOST_ISA_SOURCES draw_kernels.c)
