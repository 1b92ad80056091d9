# SPDX-License-Identifier: BSD-3-Clause
# Sorting, searching, unique and non-zero elements.
list(APPEND LSI_HOST_SOURCES sort.c sort_count.c sort_search.c sort_unique.c sort_nonzero.c)
list(APPEND LSI_HOST_ISA_SOURCES sort_keys.c sort_engine.c sort_engine_at.c)
