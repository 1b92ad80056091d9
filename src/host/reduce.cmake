# SPDX-License-Identifier: BSD-3-Clause
# Reductions and scans of the host.
list(APPEND LSI_HOST_SOURCES reduce.c reduce_space.c reduce_rows.c reduce_columns.c reduce_panel.c reduce_turned.c scan.c)
list(APPEND LSI_HOST_ISA_SOURCES reduce_kernels.c scan_kernels.c)
