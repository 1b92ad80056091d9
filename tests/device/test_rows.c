/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Steps that need reductions of their own rows, on the simulated GPU: one kernel where rows fit a block, with the bits of
 * the host; what is stored besides; and the same by way of stored reductions where there is no kernel. This program calls
 * itself with a setting of LOCKSTEP_JIT each. */
#include "device/child.h"
#include "device/simulated.h"
#include "device/workloads.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const simulated_control *gpu;
static ls_device device, host;

/* On a real GPU nobody counts: always 0. */
static long launches(void)
{
    simulated_stats s = {0};
    if (gpu) gpu->stats(&s);
    return s.launches;
}

/* ---- what is computed ---- */

static ls_dtype dtype;
static int64_t rows, row;
static long taken; /* launches of what was measured last */

static ls_array *measured(ls_array *y)
{
    const long before = launches();
    if (ls_evaluate(y)) return NULL;
    taken = launches() - before;
    return y;
}

/* Stored, of all signs; where there are rows enough, two have a NaN and infinities. */
static ls_array *numbers(void)
{
    ls_array *x = ls_reshape(ls_mul(ls_sin(ls_mul(ls_arange((double)(rows * row)), 0.7)), 20), LS_SHAPE(rows, row));
    const bool special = rows > 4 && dtype != LS_INT32 && dtype != LS_UINT8;
    x = ls_copy(ls_astype(x, dtype));
    if (special && (ls_assign(ls_at(x, "3, -1"), NAN) || ls_assign(ls_at(x, "4, 0"), INFINITY))) return NULL;
    return ls_evaluate(x) ? NULL : x;
}

static ls_array *largest(ls_array *x) { return ls_max(x, .axis = LS_AXIS(1), .keepdims = true); }
static ls_array *smallest(ls_array *x) { return ls_min(x, .axis = LS_AXIS(1), .keepdims = true); }
static ls_array *total(ls_array *x) { return ls_sum(x, .axis = LS_AXIS(1), .keepdims = true); }
static ls_array *middle(ls_array *x) { return ls_mean(x, .axis = LS_AXIS(1), .keepdims = true); }
static ls_array *spread(ls_array *x) { return ls_var(x, .axis = LS_AXIS(1), .keepdims = true); }

static ls_array *softmax(void)
{
    ls_array *x = numbers(), *e = ls_exp(ls_sub(x, largest(x)));
    return measured(ls_divide(e, total(e)));
}

static ls_array *log_softmax(void)
{
    ls_array *x = numbers(), *z = ls_sub(x, largest(x));
    return measured(ls_sub(z, ls_log(total(ls_exp(z)))));
}

static ls_array *centred(void)
{
    ls_array *x = numbers();
    return measured(ls_sub(x, middle(x)));
}

/* With a weight per column, and a number per row that is stored and one that is counted. */
static ls_array *layer_norm(void)
{
    ls_array *x = numbers(), *weight = ls_copy(ls_astype(ls_linspace(0.5, 2, row), ls_dtype_of(middle(x))));
    ls_array *of_row = ls_copy(ls_reshape(ls_astype(ls_linspace(1, 2, rows), ls_dtype_of(weight)), LS_SHAPE(rows, 1)));
    if (ls_evaluate(weight, of_row)) return NULL;
    ls_array *scale = ls_mul(ls_sqrt(ls_add(spread(x), 1e-5)), of_row);
    scale = ls_add(scale, ls_reshape(ls_arange(rows), LS_SHAPE(rows, 1)));
    return measured(ls_add(ls_mul(ls_divide(ls_sub(x, middle(x)), scale), weight), 0.25));
}

static ls_array *unit_length(void)
{
    ls_array *x = numbers();
    return measured(ls_divide(x, ls_sqrt(total(ls_mul(x, x)))));
}

static ls_array *chain_of_four(void)
{
    ls_array *x = numbers(), *a = ls_sub(x, largest(x)), *b = ls_sub(x, ls_mul(total(a), 1e-3));
    ls_array *c = ls_mul(b, middle(ls_abs(b))), *d = ls_std(c, .axis = LS_AXIS(1), .keepdims = true);
    return measured(ls_divide(ls_add(c, a), d));
}

static ls_array *between_extremes(void)
{
    ls_array *x = numbers(), *low = smallest(x);
    return measured(ls_divide(ls_sub(x, low), ls_sub(largest(x), low)));
}

/* Results that are places, counts and truth. */
static ls_array *places_and_counts(void)
{
    ls_array *x = numbers(), *at = ls_argmax(x, .axis = LS_AXIS(1), .keepdims = true);
    ls_array *above = ls_greater(x, middle(x)), *many = ls_count_nonzero(above, .axis = LS_AXIS(1), .keepdims = true);
    ls_array *some = ls_any(ls_greater(ls_mul(x, many), 30), .axis = LS_AXIS(1), .keepdims = true);
    return measured(ls_where(ls_logical_or(ls_equal(ls_arange(row), at), some), ls_add(x, many), at));
}

/* Without keepdims, and a last reduction that nothing stands beside. */
static ls_array *log_sum_exp(void)
{
    ls_array *x = numbers(), *m = ls_max(x, .axis = LS_AXIS(1));
    ls_array *sums = ls_sum(ls_exp(ls_sub(x, ls_expand_dims(m, LS_AXIS(1)))), .axis = LS_AXIS(1));
    return measured(ls_add(ls_log(sums), m));
}

static ls_array *drawn(void)
{
    ls_array *x = ls_random(ls_rng_new(5), LS_SHAPE(rows, row), .dtype = dtype == LS_FLOAT32 ? LS_FLOAT32 : LS_FLOAT64);
    return measured(ls_divide(x, total(x)));
}

static ls_array *of_text(void)
{
    ls_array *x = numbers();
    return measured(ls_eval("(x - mean(x, axis=1, keepdims=True)) / (std(x, axis=1, keepdims=True) + 1)", x));
}

/* Everything is one row. */
static ls_array *of_all(void)
{
    ls_array *x = numbers();
    return measured(ls_sub(x, ls_mean(ls_maximum(x, -100))));
}

/* Rows of two axes, one of three being kept. */
static ls_array *of_two_axes(void)
{
    ls_array *x = ls_reshape(numbers(), LS_SHAPE(rows, row % 3 ? 1 : 3, row % 3 ? row : row / 3));
    return measured(ls_sub(x, ls_prod(ls_add(ls_mul(x, 0), 1), .axis = LS_AXIS(1, 2), .keepdims = true)));
}

/* ---- what is one kernel, and has the bits of the host ---- */

static bool same_bits(workload work)
{
    size_t size = 0, expected_size = 0;
    ls_status status;
    void *expected = workload_bytes(work, host, &expected_size, &status);
    void *got = workload_bytes(work, device, &size, &status);
    const bool same = expected && got && size == expected_size && memcmp(got, expected, size) == 0;
    free(expected);
    free(got);
    return CHECK(same);
}

static void in_launches(const char *what, workload work, long expected)
{
    const bool same = same_bits(work);
    if (!same || !CHECK_EQ_INT(taken, gpu ? expected : 0))
        printf("  %s, %s, %lld rows of %lld: %ld launches%s\n", what, ls_dtype_name(dtype), (long long)rows,
               (long long)row, taken, same ? "" : ", other bits");
}

/* Every number of lanes, whole and not, up to the longest and one beyond, which is not for one kernel. */
static void all_lengths(void)
{
    static const int64_t longer[] = {255, 256, 257, 1000, 1023, 1024, 1025, 2048, 2049, 4100, 65536};
    dtype = LS_FLOAT32;
    rows = 70;
    for (row = 1; row <= 130; row++) in_launches("softmax", softmax, 1);
    for (size_t k = 0; k < sizeof longer / sizeof *longer; k++) {
        row = longer[k];
        rows = row > 2048 ? 4 : 11;
        in_launches("softmax", softmax, 1);
    }
    row = 65537;
    (void)same_bits(softmax);
    CHECK(!gpu || taken > 1);
}

static const struct { const char *name; workload run; long launches; bool complex, integers; } kinds[] = {
    {"softmax", softmax, 1, false, true},
    {"log_softmax", log_softmax, 1, false, true},
    {"centred", centred, 1, true, true},
    {"layer_norm", layer_norm, 1, false, true},
    {"unit_length", unit_length, 1, true, true},
    {"chain_of_four", chain_of_four, 1, false, true},
    {"between_extremes", between_extremes, 1, false, true},
    {"places_and_counts", places_and_counts, 1, false, true},
    {"log_sum_exp", log_sum_exp, 2, false, true}, /* then what is made of a number per row */
    {"drawn", drawn, 1, false, false},
    {"of_text", of_text, 1, true, true},
    {"of_two_axes", of_two_axes, 1, true, true},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void all_kinds(void)
{
    static const ls_dtype dtypes[] = {LS_FLOAT32,    LS_FLOAT64, LS_FLOAT16, LS_BFLOAT16, LS_INT32,
                                      LS_COMPLEX128, LS_UINT8,   LS_COMPLEX64};
    static const int64_t lengths[] = {6, 100, 1024, 2500};
    for (int d = 0; d < 8; d++)
        for (int k = 0; k < KINDS; k++)
            for (int n = 0; n < 4; n++) {
                dtype = dtypes[d];
                row = lengths[n];
                rows = row > 1024 ? 4 : 10;
                const bool of_complex = d == 5 || d == 7, of_integers = d == 4 || d == 6;
                if ((of_complex && !kinds[k].complex) || (of_integers && !kinds[k].integers)) continue;
                if (d > 0 && n != (d + k) % 4) continue; /* some are enough */
                in_launches(kinds[k].name, kinds[k].run, kinds[k].launches);
            }
    dtype = LS_FLOAT64, rows = 40, row = 50;
    in_launches("of all", of_all, 1);
}

/* ---- what is stored besides ---- */

/* Everything somebody has named is there after one kernel: nothing is launched for it again. */
static ls_array *kept_values(void)
{
    static ls_array *e, *s;
    ls_array *x = numbers(), *m = largest(x);
    ls_set(&e, ls_exp(ls_sub(x, m)));
    ls_set(&s, total(e));
    ls_array *y = ls_divide(e, s);
    const long before = launches();
    if (ls_evaluate(y)) return NULL;
    const long first = launches() - before;
    if (ls_evaluate(e, s, m)) return NULL;
    taken = first + 100 * (launches() - before - first);
    y = ls_stack(LS_LIST(y, e, ls_add(ls_mul(x, 0), s), ls_add(ls_mul(x, 0), m)));
    ls_set(&e, ls_zeros(LS_SHAPE(1)));
    ls_set(&s, ls_zeros(LS_SHAPE(1)));
    return ls_evaluate(y) ? NULL : y;
}

/* Results that are asked for together with what needs them. */
static ls_array *asked_together(void)
{
    ls_array *x = numbers(), *m = largest(x), *y = ls_sub(x, m), *s = total(ls_exp(y)), *again = largest(x);
    const long before = launches();
    if (ls_evaluate(m, y, s, again)) return NULL;
    taken = launches() - before;
    return ls_concat(LS_LIST(ls_ravel(m), ls_ravel(y), ls_ravel(s), ls_ravel(again)));
}

/* Onto what is read: a store comes after every pass that reads. */
static ls_array *in_place(void)
{
    ls_array *x = numbers(), *e = ls_exp(ls_sub(x, largest(x)));
    const long before = launches();
    if (ls_divide_into(x, e, total(e))) return NULL;
    taken = launches() - before;
    return x;
}

static ls_array *in_place_beside_a_variance(void)
{
    ls_array *x = numbers(), *y = ls_sub(x, middle(x)), *v = ls_ravel(spread(y));
    const long before = launches();
    if (ls_sub_into(x, x, middle(x)) || ls_evaluate(v)) return NULL;
    taken = launches() - before;
    return ls_concat(LS_LIST(ls_ravel(x), v));
}

static void what_is_stored(void)
{
    static const int64_t lengths[] = {7, 64, 2500};
    for (int n = 0; n < 3; n++)
        for (int d = 0; d < 2; d++) {
            dtype = d ? LS_FLOAT32 : LS_FLOAT64;
            row = lengths[n];
            rows = 6;
            in_launches("kept values", kept_values, row < 16 ? 101 : 1); /* the largest of short rows is not kept */
            in_launches("asked together", asked_together, 1);
            in_launches("in place", in_place, 1);
            in_launches("in place beside a variance", in_place_beside_a_variance, 2);
        }
}

/* ---- what is not one kernel ---- */

/* Neighbours of a row are not neighbours in memory. */
static ls_array *of_a_transpose(void)
{
    ls_array *x = ls_transpose(numbers());
    return measured(ls_sub(x, largest(x)));
}

static ls_array *along_the_first_axis(void)
{
    ls_array *x = numbers();
    return measured(ls_sub(x, ls_max(x, .axis = LS_AXIS(0))));
}

static ls_array *of_both_axes(void)
{
    ls_array *x = numbers(), *y = ls_sub(x, largest(x));
    return measured(ls_sub(ls_mul(y, ls_sum(ls_exp(y))), ls_sum(x, .axis = LS_AXIS(0))));
}

static ls_array *more_than_four(void)
{
    ls_array *x = numbers(), *y = x;
    for (int k = 0; k < 7; k++) y = ls_sub(y, ls_mul(k % 2 ? middle(y) : largest(y), 0.5));
    return measured(y);
}

/* Rows that are too long for their dear values to be held, of which there are too many to be computed again. */
static ls_array *dear_and_long(void)
{
    ls_array *x = ls_tanh(ls_sin(ls_exp(ls_mul(ls_reshape(ls_arange(4 * 40000.0), LS_SHAPE(4, 40000)), 1e-5))));
    return measured(ls_divide(ls_sub(x, largest(x)), total(x)));
}

static ls_array *without_elements(void)
{
    ls_array *x = ls_zeros(LS_SHAPE(rows, 0)), *y = ls_sub(x, total(x)), *z = ls_zeros(LS_SHAPE(0, row));
    ls_array *w = ls_sub(z, total(z));
    if (ls_evaluate(y, w)) return NULL;
    return ls_concat(LS_LIST(ls_ravel(y), ls_ravel(w), ls_ravel(total(x)), ls_arange(3.0)));
}

static void what_is_apart(void)
{
    static const workload apart[] = {of_a_transpose, along_the_first_axis, of_both_axes, more_than_four,
                                      dear_and_long,  without_elements};
    dtype = LS_FLOAT64;
    rows = 12;
    row = 90;
    for (size_t k = 0; k < sizeof apart / sizeof *apart; k++) CHECK(same_bits(apart[k]));
}

/* ---- random programs ---- */

enum { RANDOM_PROGRAMS = 24, VALUES = 12 };

static uint64_t state;

static unsigned below(unsigned n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % n;
}

static ls_array *element_step(ls_array *x, ls_array *y)
{
    switch (below(6)) {
    case 0: return ls_add(x, y);
    case 1: return ls_sub(x, ls_mul(y, 0.5));
    case 2: return ls_maximum(ls_sin(x), y);
    case 3: return ls_where(ls_less(x, y), y, ls_abs(x));
    case 4: return ls_astype(x, below(2) ? LS_FLOAT32 : LS_FLOAT64);
    default: return ls_minimum(ls_mul(x, y), 9);
    }
}

static ls_array *row_step(ls_array *x)
{
    ls_array *made[] = {middle(x), largest(x), smallest(x), total(ls_mul(x, 0.125))};
    switch (below(9)) {
    case 0: return ls_std(x, .axis = LS_AXIS(1), .keepdims = true);
    case 1: return ls_mul(ls_argmin(x, .axis = LS_AXIS(1), .keepdims = true), 0.25);
    case 2: return ls_astype(ls_all(ls_less(x, 2), .axis = LS_AXIS(1), .keepdims = true), LS_FLOAT64);
    case 3: return ls_sqrt(ls_abs(made[below(4)]));
    default: return made[below(4)];
    }
}

/* Values of both kinds, each made of earlier ones; a few are asked for at once. */
static ls_array *random_program(void)
{
    const uint64_t seed = state;
    ls_array *values[VALUES], *flat[4];
    values[0] = numbers();
    values[1] = ls_mul(ls_random(ls_rng_new(seed), LS_SHAPE(rows, row)), 3);
    values[2] = ls_reshape(ls_linspace(-2, 2, rows), LS_SHAPE(rows, 1));
    for (int k = 3; k < VALUES; k++) {
        ls_array *x = values[below((unsigned)k)], *y = values[k - 1 - (int)below(3)];
        values[k] = ls_size(x) == rows * row && below(3) == 0 ? row_step(x) : element_step(x, y);
    }
    ls_array *asked[] = {values[VALUES - 1], values[VALUES - 2], values[VALUES - 1 - below(5)], values[below(VALUES)]};
    if (below(2) ? ls_evaluate(asked[0], asked[1], asked[2], asked[3]) : ls_evaluate(asked[0], asked[1])) return NULL;
    for (int k = 0; k < 4; k++) flat[k] = ls_ravel(ls_astype(asked[k], LS_FLOAT64));
    state = seed; /* the same again on the other device */
    return ls_concat(LS_LIST(flat[0], flat[1], flat[2], flat[3]));
}

static void random_programs(void)
{
    static const int64_t lengths[] = {1, 3, 40, 128, 511, 1500};
    for (int k = 1; k <= RANDOM_PROGRAMS; k++) {
        state = (uint64_t)k * 0x9E3779B97F4A7C15u;
        dtype = k % 3 ? LS_FLOAT64 : LS_FLOAT32;
        row = lengths[k % 6];
        rows = 7;
        if (!same_bits(random_program)) printf("  random program %d: %s\n", k, ls_error_message());
    }
}

/* ---- settings ---- */

static int live_waiting(void)
{
    all_lengths();
    all_kinds();
    what_is_stored();
    what_is_apart();
    random_programs();
    return check_report();
}

/* The boundary until the kernel is there. */
static int live_background(void)
{
    dtype = LS_FLOAT32, rows = 20, row = 300;
    CHECK(same_bits(softmax));
    CHECK(!gpu || taken > 1); /* nobody waited for the compiler */
    for (int k = 0; k < 600 && taken > 1; k++) {
        CHECK(same_bits(softmax));
        usleep(20000);
    }
    CHECK_EQ_INT(taken, gpu ? 1 : 0);
    return check_report();
}

static int live_without(void)
{
    static const int64_t lengths[] = {1, 6, 100, 2500};
    for (int k = 0; k < KINDS; k++)
        for (int n = 0; n < 4; n++) {
            dtype = n % 2 ? LS_FLOAT32 : LS_FLOAT64;
            row = lengths[n];
            rows = 6;
            CHECK(same_bits(kinds[k].run));
        }
    what_is_apart();
    random_programs();
    return check_report();
}

static int run(const char *jit, const char *part, const char *more)
{
    char setting[64];
    snprintf(setting, sizeof setting, "LOCKSTEP_JIT=%s", jit);
    return run_child(part, (char *const[]){setting, (char *)more, NULL});
}

TEST(rows_are_one_kernel_with_the_bits_of_the_host)
{
    CHECK_EQ_INT(run("wait", "waiting", NULL), 0);
}

TEST(until_the_kernel_is_there_reductions_are_stored)
{
    CHECK_EQ_INT(run("background", "background", NULL), 0);
}

TEST(without_kernels_the_bits_are_the_same)
{
    CHECK_EQ_INT(run("off", "without", NULL), 0);
    CHECK_EQ_INT(run("wait", "without", "LOCKSTEP_SIMULATED_CXX=/nowhere"), 0); /* every kernel fails to compile */
}

int main(int argc, char **argv)
{
    gpu = simulated_get();
    device = ls_device_from_name("cuda:0");
    host = ls_device_from_name("cpu");
    if (!CHECK(device.id > 1)) return check_report();
    if (argc > 1 && strcmp(argv[1], "waiting") == 0) return live_waiting();
    if (argc > 1 && strcmp(argv[1], "background") == 0) return live_background();
    if (argc > 1) return live_without();
    RUN(rows_are_one_kernel_with_the_bits_of_the_host);
    RUN(until_the_kernel_is_there_reductions_are_stored);
    RUN(without_kernels_the_bits_are_the_same);
    return check_report();
}
