/* SPDX-License-Identifier: BSD-3-Clause
 *
 * See folds.h. The order itself is tests/reduce/reference.c; here is what goes into it, and which dtype comes out. */
#include "folds.h"
#include "reduce/reference.h"
#include "sets.h"
#include <math.h>
#include <stdlib.h>

const fold folds[LSI_REDUCE_COUNT] = {
#define REDUCE(name, SET, VALUE, RESULT, EMPTY, text)                                                                  \
    [LSI_REDUCE_##name] = {#name, LS_SET_##SET, EMPTY_##EMPTY, ls_##name},
#include "reduce.def"
};

/* --- dtypes ----------------------------------------------------------------------------------------------------- */

bool fold_accepts(lsi_reduce_op op, ls_dtype dtype)
{
    return dtype_kind(dtype) != COMPLEX || folds[op].set & LS_HAS_COMPLEX;
}

static ls_dtype wide(ls_dtype dtype)
{
    return dtype_kind(dtype) >= FLOAT ? dtype : dtype_kind(dtype) == UINT ? LS_UINT64 : LS_INT64;
}

static ls_dtype floating(ls_dtype dtype) { return dtype_kind(dtype) >= FLOAT ? dtype : LS_FLOAT64; }

/* What is folded, before 16-bit floats become float32. */
static ls_dtype folded_dtype(lsi_reduce_op op, ls_dtype dtype)
{
    switch (op) {
    case LSI_REDUCE_sum:
    case LSI_REDUCE_prod: return wide(dtype);
    case LSI_REDUCE_mean:
    case LSI_REDUCE_var:
    case LSI_REDUCE_std: return floating(dtype);
    case LSI_REDUCE_any:
    case LSI_REDUCE_all:
    case LSI_REDUCE_count_nonzero: return LS_BOOL;
    default: return dtype;
    }
}

static ls_dtype no_half(ls_dtype dtype) { return dtype_is_half(dtype) ? LS_FLOAT32 : dtype; }

ls_dtype fold_result_dtype(lsi_reduce_op op, ls_dtype dtype)
{
    switch (op) {
    case LSI_REDUCE_var:
    case LSI_REDUCE_std: return dtype_real(floating(dtype));
    case LSI_REDUCE_any:
    case LSI_REDUCE_all: return LS_BOOL;
    case LSI_REDUCE_argmin:
    case LSI_REDUCE_argmax:
    case LSI_REDUCE_count_nonzero: return LS_INT64;
    default: return folded_dtype(op, dtype);
    }
}

/* --- inputs ----------------------------------------------------------------------------------------------------- */

static double uniform(uint64_t *state) { return (double)(random_bits(state) >> 11) * 0x1p-53; }

static double real_input(int operand, uint64_t *state)
{
    static const double special[] = {INFINITY, -INFINITY, NAN, 1e30, -1e-30};
    if (operand == 2) return 1 + (uniform(state) - 0.5) * 0x1p-6;
    if (operand == 1) return ldexp(uniform(state) - 0.5, (int)(random_bits(state) % 20) - 10);
    if (random_bits(state) % 400 == 0) return special[random_bits(state) % 5];
    return random_bits(state) & 1 ? 0.0 : -0.0;
}

static value fold_input(ls_dtype dtype, int operand, uint64_t *state)
{
    const double re = real_input(operand, state), im = operand == 2 ? re - 1 : real_input(operand, state);
    switch (dtype_kind(dtype)) {
    case BOOL: return value_of_whole(random_bits(state) % 2000 != 0 || operand == 1);
    case FLOAT: return value_of_real(rounded(dtype_format(dtype), re));
    case COMPLEX: return value_of_complex(rounded(dtype_format(dtype), re), rounded(dtype_format(dtype), im));
    default: return wrapped(dtype, operand == 0 ? (whole)(random_bits(state) % 3) : (whole)random_bits(state));
    }
}

void pool_fill_for_folds(pool *p, ls_dtype dtype)
{
    uint64_t state = 362436069u + (uint64_t)dtype;
    p->dtype = dtype;
    for (int k = 0; k < POOL; k++)
        for (int operand = 0; operand < OPERANDS; operand++)
            value_store(dtype, fold_input(dtype, operand, &state), p->elements[operand], k);
}

/* --- walking along axes ----------------------------------------------------------------------------------------- */

/* The element that is number `kept` of the axes that stay and number `folded` of those in `axes`, both in C order. */
static int64_t place_of(const setting *in, unsigned axes, int64_t kept, int64_t folded)
{
    int64_t place = 0, unit = 1;
    for (int axis = in->ndim - 1; axis >= 0; axis--) {
        int64_t *of = axes >> axis & 1 ? &folded : &kept;
        place += *of % in->shape[axis] * unit;
        *of /= in->shape[axis];
        unit *= in->shape[axis];
    }
    return place;
}

static int64_t count_along(const setting *in, unsigned axes)
{
    int64_t count = 1;
    for (int axis = 0; axis < in->ndim; axis++) count *= axes >> axis & 1 ? in->shape[axis] : 1;
    return count;
}

static void result_shape(const setting *in, unsigned axes, bool keepdims, setting *out)
{
    *out = (setting){.name = in->name, .n = 1};
    for (int axis = 0; axis < in->ndim; axis++) {
        const bool reduced = axes >> axis & 1;
        if (!reduced || keepdims) out->shape[out->ndim++] = reduced ? 1 : in->shape[axis];
        out->n *= reduced ? 1 : in->shape[axis];
    }
}

/* --- reductions ------------------------------------------------------------------------------------------------- */

static value empty_value(lsi_reduce_op op, ls_dtype result)
{
    switch (folds[op].empty) {
    case EMPTY_ONE:
    case EMPTY_TRUE: return value_cast(LS_BOOL, value_of_whole(1), result);
    case EMPTY_NAN: return value_of_complex(NAN, dtype_kind(result) == COMPLEX ? NAN : 0);
    default: return value_of_whole(0);
    }
}

static value fold_value(lsi_reduce_op op, ls_dtype dtype, const number *x, int64_t n, double correction)
{
    const ls_dtype value_dtype = no_half(folded_dtype(op, dtype)), result = fold_result_dtype(op, dtype);
    const ls_dtype made = dtype_kind(result) >= FLOAT ? dtype_real(value_dtype) : result;
    const ls_dtype from = dtype_kind(result) == COMPLEX ? value_dtype : made;
    unsigned char bytes[LARGEST_ELEMENT];
    number_store(from, reference_reduce(op, value_dtype, x, n, correction), bytes);
    return value_cast(from, value_load(from, bytes, 0), result);
}

/* All elements as numbers of a dtype; the caller frees them. */
static number *numbers_of(ls_dtype dtype, const setting *in, ls_dtype as)
{
    unsigned char *values = malloc((size_t)(in->n + 1) * LARGEST_ELEMENT);
    number *all = malloc((size_t)(in->n + 1) * sizeof *all);
    cast_elements(dtype, in->elements[0], as, values, in->n);
    for (int64_t k = 0; k < in->n; k++) all[k] = number_load(as, values + (size_t)k * dtype_size(as));
    free(values);
    return all;
}

bool expect_fold(lsi_reduce_op op, ls_dtype dtype, const setting *in, unsigned axes, bool keepdims, double correction,
                 setting *out, void *elements)
{
    const ls_dtype result = fold_result_dtype(op, dtype);
    const int64_t n = count_along(in, axes);
    number *all = numbers_of(dtype, in, no_half(folded_dtype(op, dtype)));
    number *x = malloc((size_t)(n + 1) * sizeof *x);
    result_shape(in, axes, keepdims, out);
    for (int64_t k = 0; k < out->n; k++) {
        for (int64_t r = 0; r < n; r++) x[r] = all[place_of(in, axes, k, r)];
        value_store(result, n ? fold_value(op, dtype, x, n, correction) : empty_value(op, result), elements, k);
    }
    free(all), free(x);
    return n > 0 || out->n == 0 || folds[op].empty != EMPTY_ERROR;
}

/* --- scans ------------------------------------------------------------------------------------------------------ */

ls_dtype scan_result_dtype(ls_dtype dtype) { return wide(dtype); }

static value scanned(ls_dtype dtype, number x, ls_dtype result)
{
    unsigned char bytes[LARGEST_ELEMENT];
    number_store(dtype, x, bytes);
    return value_cast(dtype, value_load(dtype, bytes, 0), result);
}

void expect_scan(bool product, ls_dtype dtype, const setting *in, int axis, bool initial, setting *out, void *elements)
{
    const ls_dtype result = wide(dtype), value_dtype = no_half(result);
    const value identity = value_cast(LS_BOOL, value_of_whole(product), result);
    const int64_t n = in->shape[axis], lines = count_along(in, ~(1u << axis));
    number *all = numbers_of(dtype, in, value_dtype), *x = malloc(2 * (size_t)(n + 1) * sizeof *x), *y = x + n;
    *out = *in;
    out->shape[axis] += initial;
    out->n = count_along(out, ~0u);
    for (int64_t line = 0; line < lines; line++) {
        for (int64_t r = 0; r < n; r++) x[r] = all[place_of(in, 1u << axis, line, r)];
        reference_scan(product, value_dtype, x, n, y);
        if (initial) value_store(result, identity, elements, place_of(out, 1u << axis, line, 0));
        for (int64_t r = 0; r < n; r++)
            value_store(result, scanned(value_dtype, y[r], result), elements,
                        place_of(out, 1u << axis, line, r + initial));
    }
    free(all), free(x);
}
