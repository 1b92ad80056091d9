/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every elementwise operation of one dtype, LS_MAP_TAG: a kernel ls_map_<operation>_<tag> per row of elementwise.def or
 * math.def whose set holds it. Operands that are neither dense nor one value are gathered first: a register costs less
 * than a second, strided, kernel per row. */
#include "element.h"
#include "map_each.h"

#define LS_TAG LS_MAP_TAG

#define LS_OUT(RESULT) LS_PASTE(ls_t_, LS_RESULT_##RESULT(LS_TAG))
#define LS_MAP(name) LS_PASTE4(ls_map_, name, _, LS_TAG)
#define LS_MAP_1(name, SET, RESULT, expression)                                                                        \
    LS_WHEN(SET, LS_FLAT_KERNEL(LS_MAP(name), ls_map_args, LS_MAP_THREADS) {                                           \
        ls_map_1<LS_BYTES, T, LS_OUT(RESULT)>(a, [](T x) -> LS_OUT(RESULT) { return expression; });                    \
    })
#define LS_MAP_2(name, SET, RESULT, expression)                                                                        \
    LS_WHEN(SET, LS_FLAT_KERNEL(LS_MAP(name), ls_map_args, LS_MAP_THREADS) {                                           \
        ls_map_2<LS_BYTES, T, LS_OUT(RESULT)>(a, [](T x, T y) -> LS_OUT(RESULT) { return expression; });               \
    })
#define UNARY(name, SET, RESULT, expression, ...) LS_MAP_1(name, SET, RESULT, expression)
#define UNARY_RARE(name, SET, RESULT, ...) LS_MAP_1(name, SET, RESULT, E(name)(x))
#define BINARY(name, SET, RESULT, expression, ...) LS_MAP_2(name, SET, RESULT, expression)
#define BINARY_RARE(name, SET, RESULT, ...) LS_MAP_2(name, SET, RESULT, E(name)(x, y))
#define TERNARY(name, SET, RESULT, expression, ...)                                                                    \
    LS_WHEN(SET, LS_FLAT_KERNEL(LS_MAP(name), ls_map_args, LS_MAP_THREADS) {                                           \
        ls_map_3<LS_BYTES, T, T, LS_OUT(RESULT)>(a, [](T x, T y, T z) -> LS_OUT(RESULT) { return expression; });       \
    })

#define LS_BYTES LS_MAP_BYTES
#include "elementwise.def"
#undef LS_BYTES
#define LS_BYTES LS_MAP_BYTES_MATH
#include "math.def"
