/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Small work runs without a plan and a program: with the same bits and the same counts as with them. Each scenario runs
 * both ways; lsi_map_force takes the direct way away. */
#include "core/dtype.h"
#include "host/plan.h"
#include "lockstep.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 4000 };
static const int64_t sizes[] = {1, 7, 100, 1000, MOST};

static ls_array *x, *y, *flags, *whole, *out;
static ls_array *kept; /* what a scenario wants looked at besides */

static ls_array *one(void) { return ls_add(x, y); }
static ls_array *with_numbers(void) { return ls_multiply(ls_add(x, 1.5), ls_subtract(2, y)); }
static ls_array *pair(void) { return ls_add(ls_multiply(x, y), x); }
static ls_array *pair_with_number(void) { return ls_where(ls_less(x, 0.5), 2.5, y); }
static ls_array *chain(void) { return ls_multiply(ls_subtract(ls_multiply(ls_add(x, y), x), y), x); }
static ls_array *rare(void) { return ls_log(ls_add(ls_exp(ls_sin(x)), ls_abs(y))); }
static ls_array *chosen(void) { return ls_where(ls_less(x, y), ls_negative(x), ls_sqrt(ls_abs(y))); }
static ls_array *casts(void) { return ls_astype(ls_add(ls_astype(x, LS_FLOAT32), 0.25), LS_INT64); }
static ls_array *whole_numbers(void) { return ls_bitwise_xor(ls_multiply(whole, whole), ls_add(whole, whole)); }
static ls_array *filled(void) { return ls_add(x, ls_full(LS_SHAPE(ls_size(x)), 3.5)); }
static ls_array *one_value(void) { return ls_full(LS_SHAPE(ls_size(x)), -0.0); }
static ls_array *zeros(void) { return ls_zeros(LS_SHAPE(ls_size(x)), .dtype = LS_BOOL); }
static ls_array *with_itself(void) { return ls_multiply(x, x); }
static ls_array *of_three(void) { return ls_clip(x, flags, ls_add(y, 1.0)); }
static ls_array *of_three_stored(void) { return ls_clip(x, y, x); }
static ls_array *logic(void) { return ls_logical_or(flags, ls_greater(x, 0.5)); }

static ls_array *twice_the_same(void)
{
    ls_array *s = ls_add(x, y);
    return ls_multiply(ls_sin(s), ls_add(s, ls_add(x, y)));
}

static ls_array *with_a_named_one(void)
{
    ls_array *s = ls_add(x, y);
    ls_set(&kept, s);
    return ls_multiply(s, 2.0);
}

static ls_array *computed_before(void)
{
    ls_array *s = ls_add(x, y);
    CHECK_STATUS(ls_evaluate(ls_multiply(s, 2.0)), LS_OK);
    CHECK_STATUS(ls_evaluate(ls_multiply(s, 3.0)), LS_OK);
    return ls_multiply(s, 4.0);
}

static ls_array *too_many(void)
{
    ls_array *s = x;
    for (int i = 0; i < 12; i++) {
        s = ls_add(ls_multiply(s, 0.5), i & 1 ? x : y);
    }
    return s;
}

static ls_array *backwards(void) { return ls_add(ls_flip(x), y); }

/* --- what reduces few elements to one --- */

static ls_array *total(void) { return ls_sum(x); }
static ls_array *total_of_products(void) { return ls_sum(ls_multiply(x, y)); }
static ls_array *total_of_numbers(void) { return ls_sum(ls_add(ls_multiply(x, 2.0), 1.5)); }
static ls_array *total_widened(void) { return ls_sum(flags); } /* a cast first */
static ls_array *total_narrowed(void) { return ls_sum(ls_astype(x, LS_FLOAT16)); }
static ls_array *total_of_one_value(void) { return ls_sum(ls_full(LS_SHAPE(ls_size(x)), 0.1)); }
static ls_array *total_kept(void) { return ls_sum(ls_abs(y), .keepdims = true); }
static ls_array *product_of_whole(void) { return ls_prod(ls_add(whole, 1)); }
static ls_array *variance(void) { return ls_var(ls_subtract(x, y), .correction = 1); }
static ls_array *smallest(void) { return ls_min(ls_maximum(x, y)); }
static ls_array *place_of_largest(void) { return ls_argmax(ls_negative(y)); }
static ls_array *how_many(void) { return ls_count_nonzero(ls_greater(x, y)); }
static ls_array *whether_any(void) { return ls_any(ls_logical_not(flags)); }
static ls_array *total_backwards(void) { return ls_sum(ls_flip(y)); }
static ls_array *total_of_rows(void) { return ls_sum(ls_reshape(y, LS_SHAPE(ls_size(y), 1)), .axis = LS_AXIS(0)); }
static ls_array *total_of_each(void) { return ls_sum(ls_reshape(y, LS_SHAPE(ls_size(y), 1)), .axis = LS_AXIS(1)); }
static ls_array *total_of_a_total(void) { return ls_add(ls_sum(x), ls_sum(ls_square(y))); }

static ls_array *total_of_a_named_one(void)
{
    ls_array *s = ls_add(x, y);
    ls_set(&kept, s);
    return ls_sum(s);
}

static ls_array *totals_of_one(void)
{
    ls_array *s = ls_add(x, y);
    CHECK_STATUS(ls_evaluate(ls_sum(s)), LS_OK);
    CHECK_STATUS(ls_evaluate(ls_max(s)), LS_OK);
    return ls_mean(s);
}

/* --- into an array that exists --- */

static ls_array *after(ls_status status)
{
    CHECK_STATUS(status, LS_OK);
    return out;
}

static ls_array *into_with_number(void) { return after(ls_add_into(out, out, 1.5)); }
static ls_array *into(void) { return after(ls_add_into(out, x, y)); }
static ls_array *into_itself(void) { return after(ls_multiply_into(out, out, y)); }
static ls_array *into_itself_rare(void) { return after(ls_exp_into(out, out)); }
static ls_array *into_from_pending(void) { return after(ls_subtract_into(out, ls_add(x, y), 1.0)); }
static ls_array *into_of_itself_pending(void) { return after(ls_add_into(out, ls_multiply(out, 2.0), x)); }

static ls_array *into_what_others_read(void)
{
    kept = ls_multiply(out, 3.0); /* keeps the old values */
    return after(ls_add_into(out, x, y));
}

static ls_array *into_what_others_view(void)
{
    kept = ls_flip(out); /* sees the new values */
    return after(ls_add_into(out, x, 2.0));
}

static ls_array *into_another_dtype(void)
{
    kept = ls_zeros(LS_SHAPE(ls_size(x)), .dtype = LS_FLOAT32);
    CHECK_STATUS(ls_evaluate(kept), LS_OK);
    return after(ls_add_into(kept, x, y));
}

static ls_array *(*const scenarios[])(void) = {
    one, with_numbers, pair, pair_with_number, chain, rare, chosen, casts, whole_numbers, filled, one_value, zeros,
    with_itself, of_three, of_three_stored, logic, twice_the_same, with_a_named_one, computed_before, too_many,
    backwards, total, total_of_products, total_of_numbers, total_widened, total_narrowed, total_of_one_value,
    total_kept, product_of_whole, variance, smallest, place_of_largest, how_many, whether_any, total_backwards,
    total_of_rows, total_of_each, total_of_a_total, total_of_a_named_one, totals_of_one, into, into_with_number,
    into_itself, into_itself_rare, into_from_pending, into_of_itself_pending, into_what_others_read,
    into_what_others_view, into_another_dtype};
enum { SCENARIOS = sizeof scenarios / sizeof scenarios[0] };

static void make(int64_t n)
{
    static double values[MOST], others[MOST];
    static const double special[] = {0.0, -0.0, INFINITY, -INFINITY, NAN, 1e300, 5e-324, 1e22};
    for (int64_t i = 0; i < n; i++) {
        values[i] = i % 97 == 96 ? special[i / 97 % 8] : sin((double)i) * 3;
        others[i] = cos((double)(i * i % 1009)) + 1.25;
    }
    x = ls_from_host(values, LS_SHAPE(n));
    y = ls_from_host(others, LS_SHAPE(n));
    flags = ls_greater(y, 1.0);
    whole = ls_arange(n);
    out = ls_add(y, 0.125);
    kept = NULL;
    CHECK_STATUS(ls_evaluate(x, y, flags, whole, out), LS_OK);
}

/* The bytes of the result and of what was kept, and what was counted. */
typedef struct outcome {
    char bytes[2][MOST * 8];
    size_t size[2];
    ls_work work;
} outcome;

static void take(const ls_array *a, char *bytes, size_t *size)
{
    *size = a ? (size_t)ls_size(a) * lsi_dtype_size(ls_dtype_of(a)) : 0;
    if (a) {
        CHECK_STATUS(ls_to_host_as(a, bytes, ls_size(a), ls_dtype_of(a)), LS_OK);
    }
}

static void run(outcome *o, int k, int64_t n, bool planned)
{
    LS_SCOPE {
        make(n);
        lsi_map_force(planned);
        const ls_work before = ls_work_done();
        ls_array *result = scenarios[k]();
        CHECK_STATUS(ls_evaluate(result), LS_OK);
        o->work = ls_work_done();
        o->work.programs -= before.programs;
        o->work.instructions -= before.instructions;
        o->work.sources_read -= before.sources_read;
        o->work.values_stored -= before.values_stored;
        o->work.reductions -= before.reductions;
        o->work.bytes_read -= before.bytes_read;
        o->work.bytes_written -= before.bytes_written;
        take(result, o->bytes[0], &o->size[0]);
        take(kept, o->bytes[1], &o->size[1]);
        lsi_map_force(false);
    }
}

TEST(the_same_bits_and_counts)
{
    outcome *direct = calloc(2, sizeof *direct), *planned = direct + 1;
    if (!CHECK(direct != NULL)) {
        return;
    }
    for (int k = 0; k < SCENARIOS; k++) {
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            run(direct, k, sizes[i], false);
            run(planned, k, sizes[i], true);
            const bool good = CHECK(memcmp(&direct->work, &planned->work, sizeof direct->work) == 0) &&
                              CHECK(direct->size[0] == planned->size[0] && direct->size[1] == planned->size[1]) &&
                              CHECK(memcmp(direct->bytes[0], planned->bytes[0], direct->size[0]) == 0) &&
                              CHECK(memcmp(direct->bytes[1], planned->bytes[1], direct->size[1]) == 0);
            if (!good) {
                printf("  scenario %d, %lld elements\n", k, (long long)sizes[i]);
            }
        }
    }
    free(direct);
}

int main(void)
{
    RUN(the_same_bits_and_counts);
    return check_report();
}
