/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cast kernels from one dtype, LS_FROM, to all. No include guard; undefines LS_FROM. */
#define DTYPE(tag, ...)                                                                                                \
    LS_FLAT_KERNEL(LS_PASTE4(ls_map_cast_, LS_FROM, _, tag), ls_map_args, LS_MAP_THREADS)                              \
    {                                                                                                                  \
        ls_map_1<LS_MAP_BYTES, LS_PASTE(ls_t_, LS_FROM), ls_t_##tag>(                                                  \
            a, [](LS_PASTE(ls_t_, LS_FROM) x) -> ls_t_##tag { return LS_PASTE4(ls_cast_, LS_FROM, _, tag)(x); });      \
    }
#include "dtypes.def"
#undef LS_FROM
