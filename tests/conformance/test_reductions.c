/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every reduction and scan: every dtype, size, layout, choice of axes, instruction set and thread count gives the bits
 * of the canonical order, the right dtype and shape, and nothing to choose from is refused. */
#include "count.h"
#include "folds.h"
#include "ways.h"
#include <stdlib.h>

enum { ACCEPTS_ANY = 15, ACCEPTS_ORDERED = 13 };
static const int accepted[LSI_REDUCE_COUNT] = {
#define REDUCE(name, SET, ...) [LSI_REDUCE_##name] = ACCEPTS_##SET,
#include "reduce.def"
};
static int all_accepted(void)
{
    int sum = 0;
    for (int op = 0; op < LSI_REDUCE_COUNT; op++) sum += accepted[op];
    return sum;
}

/* Elements of the largest array here, which has 37 leaves. */
enum { LARGE = 9 * POOL };
static unsigned char expected[2 * LARGE * LARGEST_ELEMENT], got[2 * LARGE * LARGEST_ELEMENT];

static setting source_of(const setting *s, int operand)
{
    setting source = *s;
    source.operands[0] = s->operands[operand];
    source.elements[0] = s->elements[operand];
    return source;
}

static ls_axis axes_list(unsigned axes, int ndim, int64_t list[3])
{
    int count = 0;
    for (int axis = 0; axis < ndim; axis++)
        if (axes >> axis & 1) list[count++] = axis % 2 ? axis - ndim : axis; /* negative ones, too */
    return (ls_axis){count, list};
}

/* --- one case --------------------------------------------------------------------------------------------------- */

static bool is_expected(const ls_array *result, const setting *out, ls_dtype dtype)
{
    bool good = ls_dtype_of(result) == dtype && ls_ndim(result) == out->ndim;
    for (int axis = 0; good && axis < out->ndim; axis++) good = ls_dim(result, axis) == out->shape[axis];
    if (!good || ls_to_host_as(result, got, out->n, dtype) != LS_OK) {
        printf("  no result, or one of another dtype or shape: %s\n", ls_error_message());
        return false;
    }
    const size_t size = dtype_size(dtype);
    for (int64_t k = 0; k < out->n; k++) {
        if (memcmp(got + (size_t)k * size, expected + (size_t)k * size, size) == 0) continue;
        const value g = value_load(dtype, got, k), e = value_load(dtype, expected, k);
        printf("  element %lld is (%a, %a) or %lld, not (%a, %a) or %lld\n", (long long)k, g.re, g.im, (long long)g.i,
               e.re, e.im, (long long)e.i);
        return false;
    }
    return true;
}

static ls_array *fold_call(lsi_reduce_op op, const setting *in, unsigned axes, bool keepdims, double correction)
{
    int64_t list[3];
    ls_reduce_options options = {.struct_size = sizeof options, .keepdims = keepdims, .correction = correction};
    if (axes + 1 != 1u << in->ndim) options.axis = axes_list(axes, in->ndim, list);
    return folds[op].call("fold", in->operands[0].value.array, &options);
}

static bool is_refused(const ls_array *result)
{
    const bool refused = result == NULL && ls_error() == LS_ESHAPE;
    ls_clear_error();
    return refused;
}

static long fold_case(lsi_reduce_op op, ls_dtype dtype, const setting *in, unsigned axes, int threads)
{
    const bool keepdims = (axes + (unsigned)in->n) % 2;
    const double correction = op == LSI_REDUCE_var || op == LSI_REDUCE_std ? (double)(in->n % 3) : 0;
    setting out;
    const bool allowed = expect_fold(op, dtype, in, axes, keepdims, correction, &out, expected);
    for (int isa = 0; isa < isa_count(); isa++) {
        lsi_isa_force((lsi_isa)isa);
        ls_set_num_threads(threads);
        LS_SCOPE {
            const ls_array *result = fold_call(op, in, axes, keepdims, correction);
            const bool good = allowed ? is_expected(result, &out, fold_result_dtype(op, dtype)) : is_refused(result);
            if (!CHECK(good))
                printf("  %s of %s, %s, n = %lld, axes %u, %s\n", folds[op].name, dtype_name(dtype), in->name,
                       (long long)in->n, axes, lsi_isa_name((lsi_isa)isa));
        }
    }
    return isa_count();
}

static long scan_case(bool product, ls_dtype dtype, const setting *in, int axis, int threads)
{
    const bool initial = (in->n + axis) % 2;
    const ls_dtype result = scan_result_dtype(dtype);
    setting out;
    expect_scan(product, dtype, in, axis, initial, &out, expected);
    for (int isa = 0; isa < isa_count(); isa++) {
        lsi_isa_force((lsi_isa)isa);
        ls_set_num_threads(threads);
        LS_SCOPE {
            const ls_array *a = in->operands[0].value.array;
            const ls_array *scan = product ? ls_cumulative_prod(a, .axis = LS_AXIS(axis), .include_initial = initial)
                                           : ls_cumulative_sum(a, .axis = LS_AXIS(axis), .include_initial = initial);
            if (!CHECK(is_expected(scan, &out, result)))
                printf("  cumulative_%s of %s, %s, n = %lld, axis %d, %s\n", product ? "prod" : "sum",
                       dtype_name(dtype), in->name, (long long)in->n, axis, lsi_isa_name((lsi_isa)isa));
        }
    }
    return isa_count();
}

/* --- the settings of one operand, three kinds of numbers -------------------------------------------------------- */

static long reductions, scans;

/* All choices of at least one axis; of no axes, the one. */
static void every_axes(ls_dtype dtype, const setting *in, int threads)
{
    const unsigned choices = 1u << in->ndim;
    for (int op = 0; op < LSI_REDUCE_COUNT; op++)
        for (unsigned axes = choices > 1; axes < choices; axes++)
            if (fold_accepts((lsi_reduce_op)op, dtype))
                reductions += fold_case((lsi_reduce_op)op, dtype, in, axes, threads);
    for (int axis = 0; axis < in->ndim; axis++)
        for (int product = 0; product < 2; product++) scans += scan_case(product, dtype, in, axis, threads);
}

static void run_settings(const pool *inputs)
{
    static setting settings[SETTINGS];
    LS_SCOPE {
        const int count = settings_make(settings, inputs);
        for (int s = 0; s < count; s++)
            for (int operand = 0; operand < OPERANDS; operand++) {
                if (settings[s].arity > 1 || settings[s].operands[operand].kind != LS_OPERAND_ARRAY) continue;
                const setting source = source_of(&settings[s], operand);
                every_axes(inputs->dtype, &source, 1);
            }
        CHECK(settings_unchanged(settings, count, inputs->dtype));
        settings_free(settings, count);
    }
}

/* Settings of one operand by number of axes, from the tables of settings.c: what has two axes, and one without any. */
enum { ON_TWO_AXES = 2 + 2 * (LAYOUTS - PADDED_ROWS) + 1, ON_NO_AXIS = 1 };

TEST(settings)
{
    const long on_one_axis = settings_count(1) - ON_TWO_AXES - ON_NO_AXIS;
    const long choices = on_one_axis + 3 * ON_TWO_AXES + ON_NO_AXIS, axes = on_one_axis + 2 * ON_TWO_AXES;
    static pool inputs;
    reductions = scans = 0;
    for (int dtype = 1; dtype <= DTYPES; dtype++) {
        pool_fill_for_folds(&inputs, (ls_dtype)dtype);
        run_settings(&inputs);
    }
    cases_are("reductions", reductions, OPERANDS * choices * all_accepted() * isa_count());
    cases_are("scans", scans, OPERANDS * axes * 2 * DTYPES * isa_count());
}

/* --- several leaves, several threads, three axes ---------------------------------------------------------------- */

/* The pool's elements again and again, turned a little each time. */
static unsigned char *repeated(const pool *inputs, int operand, int64_t n)
{
    const size_t size = dtype_size(inputs->dtype);
    unsigned char *all = malloc((size_t)n * size);
    for (int64_t k = 0; k < n; k++)
        memcpy(all + (size_t)k * size, inputs->elements[operand] + (size_t)((k + k / POOL * 7) % POOL) * size, size);
    return all;
}

/* Element (i, j, k) of the three axes is element (j, k, i) of the array in memory. */
static ls_array *permuted(ls_dtype dtype, const unsigned char *elements, const int64_t shape[3])
{
    const int64_t n = shape[0] * shape[1] * shape[2], plane = shape[1] * shape[2];
    const size_t size = dtype_size(dtype);
    unsigned char *memory = malloc((size_t)n * size);
    for (int64_t k = 0; k < n; k++)
        memcpy(memory + (size_t)(k % plane * shape[0] + k / plane) * size, elements + (size_t)k * size, size);
    ls_array *stored = ls_from_host(memory, LS_SHAPE(shape[1], shape[2], shape[0]), .data_dtype = dtype);
    free(memory);
    return ls_permute_dims(stored, LS_AXIS(2, 0, 1));
}

static const struct large {
    const char *name;
    int ndim, operand, threads;
    int64_t shape[3];
    layout how;
    bool is_permuted;
} larges[] = {
    {"long", 1, 1, 3, {LARGE, 1, 1}, CONTIGUOUS, false},
    {"long, reversed", 1, 2, 1, {3 * POOL, 1, 1}, REVERSED, false},
    {"wide", 2, 1, 3, {3, POOL, 1}, PADDED_ROWS, false},
    {"tall", 2, 2, 2, {POOL, 3, 1}, PADDED_ROWS, false},
    {"tall, transposed", 2, 1, 1, {POOL, 3, 1}, TRANSPOSED, false},
    {"three axes", 3, 1, 1, {7, 33, 5}, CONTIGUOUS, true},
    {"three axes", 3, 0, 2, {3, 40, 67}, CONTIGUOUS, true},
};
enum { LARGES = sizeof larges / sizeof *larges };

static void run_large(const pool *inputs, const struct large *l)
{
    setting in = {.name = l->name, .ndim = l->ndim, .n = l->shape[0] * l->shape[1] * l->shape[2]};
    memcpy(in.shape, l->shape, sizeof in.shape);
    in.elements[0] = repeated(inputs, l->operand, in.n);
    LS_SCOPE {
        in.operands[0] = ls_operand_array(
            l->is_permuted ? permuted(inputs->dtype, in.elements[0], l->shape)
                           : lay_out(l->how, inputs->dtype, in.elements[0], l->shape[0], l->shape[l->ndim - 1]));
        every_axes(inputs->dtype, &in, l->threads);
    }
    free(in.elements[0]);
}

TEST(large)
{
    static pool inputs;
    long choices = 0, axes = 0;
    reductions = scans = 0;
    for (int k = 0; k < LARGES; k++) choices += (1 << larges[k].ndim) - 1, axes += larges[k].ndim;
    for (int dtype = 1; dtype <= DTYPES; dtype++) {
        pool_fill_for_folds(&inputs, (ls_dtype)dtype);
        for (int k = 0; k < LARGES; k++) run_large(&inputs, &larges[k]);
    }
    cases_are("large reductions", reductions, choices * all_accepted() * isa_count());
    cases_are("large scans", scans, axes * 2 * DTYPES * isa_count());
}

int main(void)
{
    RUN(settings);
    RUN(large);
    return cases_report();
}
