/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What plans want to know about a row of kernels/ops.def beside its loops: rough cost, and whether it reads twice. */
#include "host/loops.h"

#define UNARY(name, ...) [LSI_OP_##name] = 0,
#define BINARY(name, ...) [LSI_OP_##name] = 0,
#define TERNARY(name, ...) [LSI_OP_##name] = 0,
#define UNARY_RARE(name, ...) [LSI_OP_##name] = 1,
#define BINARY_RARE(name, ...) [LSI_OP_##name] = 1,
static const uint8_t rare[LSI_OP_COUNT] = {
#include "ops.def"
};

/* Rows with a mathematical body, the only ones that are dear. */
#define UNARY(name, ...) [LSI_OP_##name] = 1,
#define BINARY(name, ...) [LSI_OP_##name] = 1,
#define TERNARY(name, ...) [LSI_OP_##name] = 1,
#define UNARY_RARE(name, ...) [LSI_OP_##name] = 1,
#define BINARY_RARE(name, ...) [LSI_OP_##name] = 1,
static const uint8_t mathematical[LSI_OP_COUNT] = {
#include "math.def"
    [LSI_OP_divide] = 1, [LSI_OP_floor_divide] = 1, [LSI_OP_remainder] = 1, [LSI_OP_fmod] = 1, [LSI_OP_sqrt] = 1,
};
#undef UNARY
#undef BINARY
#undef TERNARY
#undef UNARY_RARE
#undef BINARY_RARE

/* Some are dearer still: how many times the others' cost (bench_math). */
static const uint8_t times_dearer[LSI_OP_COUNT] = {
    [LSI_OP_asinh] = 2, [LSI_OP_acosh] = 2, [LSI_OP_pow] = 2, [LSI_OP_erf] = 2, [LSI_OP_erfc] = 3,
    [LSI_OP_logaddexp] = 4, [LSI_OP_lgamma] = 3, [LSI_OP_tgamma] = 15,
};

bool lsi_row_rare(int op)
{
    return rare[op] != 0;
}

double lsi_row_cost(int op, ls_dtype dtype)
{
    const double bytes = (double)lsi_dtype_size(dtype);
    const bool by_hardware = op == LSI_OP_divide || op == LSI_OP_sqrt;
    if (by_hardware && dtype == LS_FLOAT32) return 0.07 * bytes; /* twice float64's pace */
    const double times = times_dearer[op] ? times_dearer[op] : 1;
    return mathematical[op] ? 0.15 * times * bytes : 0.02 * bytes;
}
