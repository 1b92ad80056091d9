/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The kernels of cumulative sums and products: those of scan_gpu.h for every accumulator. Modules of this one file
 * (modules.cmake) have one type each, LS_SCAN_TYPE, called LS_SCAN_TAG. Integers of every sign and size are uint64. */
#include "scan_gpu.h"

#define NAME_(start, kind, tag) start##kind##_##tag
#define NAME(start, kind, tag) NAME_(start, kind, tag)
#define KERNELS(kind, op)                                                                                              \
    LS_KERNEL(NAME(ls_scan_tiles_, kind, LS_SCAN_TAG), ls_scan_args, LS_SCAN_THREADS) { ls_scan_tiles<op>(a); }        \
    LS_KERNEL(NAME(ls_scan_lines_, kind, LS_SCAN_TAG), ls_scan_args, LS_SCAN_THREADS) { ls_scan_lines<op>(a); }        \
    LS_KERNEL(NAME(ls_scan_columns_, kind, LS_SCAN_TAG), ls_scan_args, LS_SCAN_THREADS) { ls_scan_columns<op>(a); }    \
    LS_FLAT_KERNEL(NAME(ls_scan_chain_, kind, LS_SCAN_TAG), ls_scan_args, LS_SCAN_THREADS) { ls_scan_chain<op>(a); }

KERNELS(sum, ls_scan_sum<LS_SCAN_TYPE>)
KERNELS(prod, ls_scan_prod<LS_SCAN_TYPE>)
