/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What plans want to know about a row of kernels/ops.def beside its loops (loops.h). */
#include "host/loops.h"

const lsi_row_facts lsi_row_facts_of[LSI_OP_COUNT] = {
#define UNARY(...)
#define BINARY(...)
#define TERNARY(...)
#define UNARY_RARE(name, ...) [LSI_OP_##name].rare = true,
#define BINARY_RARE(name, ...) [LSI_OP_##name].rare = true,
#include "ops.def"

/* Rows with a mathematical body, the only ones that are dear. */
#define UNARY(name, ...) [LSI_OP_##name].dear = 1,
#define BINARY(name, ...) [LSI_OP_##name].dear = 1,
#define TERNARY(name, ...) [LSI_OP_##name].dear = 1,
#define UNARY_RARE(name, ...) [LSI_OP_##name].dear = 1,
#define BINARY_RARE(name, ...) [LSI_OP_##name].dear = 1,
#include "math.def"
#undef UNARY
#undef BINARY
#undef TERNARY
#undef UNARY_RARE
#undef BINARY_RARE
    [LSI_OP_divide].dear = 1, [LSI_OP_floor_divide].dear = 1, [LSI_OP_remainder].dear = 1, [LSI_OP_fmod].dear = 1,
    [LSI_OP_sqrt].dear = 1,

    /* Some are dearer still (bench_math). */
    [LSI_OP_asinh].times_dearer = 2, [LSI_OP_acosh].times_dearer = 2, [LSI_OP_pow].times_dearer = 2,
    [LSI_OP_erf].times_dearer = 2, [LSI_OP_erfc].times_dearer = 3, [LSI_OP_logaddexp].times_dearer = 4,
    [LSI_OP_lgamma].times_dearer = 3, [LSI_OP_tgamma].times_dearer = 15,
};
