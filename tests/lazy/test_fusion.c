/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What was fused and what was stored: programs, bytes and stores are counted, so that a change that quietly stores more
 * or passes over data twice fails here. */
#include "lockstep.h"
#include "lazy/work.h"
#include "support/check.h"

enum { N = 1000 };

static double item(const ls_array *a)
{
    double value = -12345;
    CHECK_STATUS(ls_item(a, &value), LS_OK);
    return value;
}

/* An array that is stored. */
static ls_array *stored(double scale)
{
    ls_array *a = ls_mul(ls_arange(N), scale);
    CHECK_STATUS(ls_evaluate(a), LS_OK);
    return a;
}

TEST(sum_of_an_expression_reads_once_and_writes_one_number)
{
    LS_SCOPE {
        ls_array *x = stored(0.5);
        work_begin();
        item(ls_sum(ls_add(ls_sin(x), ls_cos(x))));
        ls_work w = work();
        CHECK_EQ_INT(w.programs, 1);
        CHECK_EQ_INT(w.sources_read, 1);
        CHECK_EQ_INT(w.bytes_read, N * 8);
        CHECK_EQ_INT(w.bytes_written, 8);
        CHECK_EQ_INT(w.values_stored, 0);
        CHECK_EQ_INT(w.instructions, 3);
    }
}

TEST(sum_of_random_numbers_touches_no_memory)
{
    LS_SCOPE {
        ls_rng *rng = ls_rng_new(1);
        work_begin();
        item(ls_sum(ls_random(rng, LS_SHAPE(100, 100))));
        ls_work w = work();
        CHECK_EQ_INT(w.programs, 1);
        CHECK_EQ_INT(w.bytes_read, 0);
        CHECK_EQ_INT(w.bytes_written, 8);
    }
}

TEST(equal_subexpressions_are_computed_once)
{
    LS_SCOPE {
        ls_array *x = stored(0.25);
        ls_array *y = ls_add(ls_mul(ls_sin(x), 2.0), ls_sin(x));
        work_begin();
        CHECK_STATUS(ls_evaluate(y), LS_OK);
        CHECK_EQ_INT(work().instructions, 3);
    }
}

TEST(reductions_of_one_space_share_a_pass)
{
    LS_SCOPE {
        ls_array *x = stored(1.5);
        ls_array *low = ls_min(x), *high = ls_max(x), *mean = ls_mean(x);
        work_begin();
        CHECK_STATUS(ls_evaluate(low, high, mean), LS_OK);
        ls_work w = work();
        CHECK_EQ_INT(w.programs, 1);
        CHECK_EQ_INT(w.reductions, 3);
        CHECK_EQ_INT(w.bytes_read, N * 8);
    }
}

TEST(a_reduction_in_the_middle_is_a_boundary)
{
    LS_SCOPE {
        ls_array *x = stored(1.0);
        work_begin();
        double deviation = item(ls_sum(ls_abs(ls_sub(x, ls_mean(x)))));
        ls_work w = work();
        CHECK_EQ_DOUBLE(deviation, 250000.0);
        CHECK_EQ_INT(w.programs, 2);
        CHECK_EQ_INT(w.values_stored, 0);
        CHECK_EQ_INT(w.bytes_written, 16);
    }
}

TEST(being_alive_is_no_reason_to_store)
{
    LS_SCOPE {
        ls_rng *rng = ls_rng_new(7);
        ls_array *x = ls_random(rng, LS_SHAPE(N)), *y = ls_add(ls_sin(x), ls_cos(x));
        work_begin();
        item(ls_sum(y));
        CHECK_EQ_INT(work().values_stored, 0);
        work_begin();
        item(ls_max(y)); /* the second evaluation that needs y stores it, and nothing that only y needs */
        CHECK_EQ_INT(work().values_stored, 1);
        work_begin();
        item(ls_min(y));
        CHECK_EQ_INT(work().instructions, 0);
        CHECK_EQ_INT(work().values_stored, 0);
    }
}

TEST(evaluating_what_was_computed_before_stores_only_that)
{
    LS_SCOPE {
        ls_array *x = stored(1.0), *y = ls_add(ls_sin(x), ls_cos(x));
        item(ls_sum(y));
        work_begin();
        CHECK_STATUS(ls_evaluate(y), LS_OK);
        CHECK_EQ_INT(work().values_stored, 1);
    }
}

TEST(a_named_array_is_stored_by_the_program_that_computes_it)
{
    LS_SCOPE {
        ls_array *x = stored(2.0), *y = NULL;
        ls_set(&y, ls_exp(ls_mul(x, -1e-3)));
        work_begin();
        item(ls_sum(y));
        ls_work w = work();
        CHECK_EQ_INT(w.programs, 1);
        CHECK_EQ_INT(w.values_stored, 1);
    }
}

TEST(evaluate_stores_what_it_is_given)
{
    LS_SCOPE {
        ls_array *x = ls_mul(ls_arange(N), 3.0), *y = ls_add(x, 1.0);
        work_begin();
        CHECK_STATUS(ls_evaluate(x, y), LS_OK);
        ls_work w = work();
        CHECK_EQ_INT(w.programs, 1);
        CHECK_EQ_INT(w.values_stored, 2);
        work_begin();
        CHECK_STATUS(ls_evaluate(x, y), LS_OK);
        CHECK_EQ_INT(work().programs, 0);
    }
}

TEST(what_two_programs_of_one_evaluation_need_is_computed_once)
{
    LS_SCOPE {
        ls_array *x = stored(1.0), *y = ls_exp(ls_mul(x, 1e-3));
        work_begin();
        CHECK_STATUS(ls_evaluate(ls_sub(y, ls_mean(y))), LS_OK);
        ls_work w = work();
        CHECK_EQ_INT(w.programs, 2);
        CHECK_EQ_INT(w.instructions, 3); /* multiply, exp; then subtract */
    }
}

TEST(a_reshape_of_a_pending_array_still_fuses)
{
    LS_SCOPE {
        ls_array *x = stored(1.0);
        work_begin();
        CHECK_EQ_DOUBLE(item(ls_sum(ls_reshape(ls_add(x, 1.0), LS_SHAPE(10, 100)))), 500500.0);
        CHECK_EQ_INT(work().programs, 1);
    }
}

TEST(zeros_and_ranges_cost_nothing_until_needed)
{
    LS_SCOPE {
        ls_memory m0, m1;
        CHECK_STATUS(ls_memory_stats(LS_HOST, &m0), LS_OK);
        ls_array *z = ls_zeros(LS_SHAPE(1 << 20, 1 << 20)), *r = ls_arange(1e12);
        CHECK_STATUS(ls_memory_stats(LS_HOST, &m1), LS_OK);
        CHECK_EQ_INT(m0.in_use, m1.in_use);
        CHECK_EQ_DOUBLE(item(ls_at(z, "5, 7")), 0.0);
        CHECK_EQ_DOUBLE(item(ls_at(r, "999999999999")), 999999999999.0);
    }
}

TEST(into_writes_in_place_without_new_memory)
{
    LS_SCOPE {
        ls_array *x = stored(1.0), *out = ls_empty(LS_SHAPE(N));
        ls_memory m0, m1;
        CHECK_STATUS(ls_memory_stats(LS_HOST, &m0), LS_OK);
        CHECK_STATUS(ls_add_into(out, x, 1), LS_OK);
        CHECK_STATUS(ls_multiply_into(out, out, 2), LS_OK);
        CHECK_STATUS(ls_memory_stats(LS_HOST, &m1), LS_OK);
        CHECK_EQ_DOUBLE(item(ls_at(out, "-1")), 2000.0);
        CHECK_EQ_INT(m1.in_use, m0.in_use);
    }
}

/* z*z + c, whose values are each used several times: sums over paths double with every turn, nodes do not. */
static ls_array *turns_within(const ls_array *re, const ls_array *im, int turns)
{
    ls_array *x = ls_mul(re, 1), *y = ls_mul(im, 1), *count = ls_zeros(LS_SHAPE(N));
    for (int i = 0; i < turns; i++) {
        ls_array *xx = ls_mul(x, x), *yy = ls_mul(y, y);
        ls_array *inside = ls_less_equal(ls_add(xx, yy), 4.0);
        ls_array *next = ls_add(ls_mul(ls_mul(x, y), 2.0), im);
        count = ls_add(count, ls_where(inside, 1.0, 0.0));
        x = ls_where(inside, ls_add(ls_sub(xx, yy), re), x);
        y = ls_where(inside, next, y);
    }
    return count;
}

static double turns_of_point(double re, double im, int turns)
{
    double x = re, y = im, count = 0;
    for (int i = 0; i < turns && x * x + y * y <= 4.0; i++) {
        const double next = x * y * 2.0 + im;
        x = x * x - y * y + re;
        y = next;
        count++;
    }
    return count;
}

/* What is alive at a boundary is written to memory and read again: an iteration of usual length has none. */
TEST(an_iteration_of_some_hundred_operations_is_one_program)
{
    LS_SCOPE {
        enum { TURNS = 28 };
        ls_array *re = ls_full(LS_SHAPE(N), -0.5), *im = ls_full(LS_SHAPE(N), 0.25);
        CHECK_STATUS(ls_evaluate(re, im), LS_OK);
        work_begin();
        ls_array *count = turns_within(re, im, TURNS);
        CHECK_STATUS(ls_evaluate(count), LS_OK);
        const ls_work w = work();
        CHECK_EQ_INT(w.programs, 1);
        CHECK_EQ_INT(w.values_stored, 1);
        CHECK_EQ_DOUBLE(item(ls_at(count, "-1")), turns_of_point(-0.5, 0.25, TURNS));
    }
}

TEST(an_iteration_that_uses_its_values_twice_is_computed_once)
{
    LS_SCOPE {
        enum { TURNS = 40 };
        ls_array *re = ls_sub(ls_mul(ls_arange(N), 3.0 / N), 2.0), *im = ls_mul(ls_arange(N), 1.0 / N);
        CHECK_STATUS(ls_evaluate(re, im), LS_OK);
        work_begin();
        ls_array *count = turns_within(re, im, TURNS);
        CHECK_STATUS(ls_evaluate(count), LS_OK);
        ls_work w = work();
        CHECK(w.programs <= 6);
        CHECK(w.instructions <= TURNS * 13 * 5 / 4); /* a turn is 13 operations at most; some are computed again */
        double got[N], c_re[N], c_im[N];
        CHECK_STATUS(ls_to_host(count, got, N), LS_OK);
        CHECK_STATUS(ls_to_host(re, c_re, N), LS_OK);
        CHECK_STATUS(ls_to_host(im, c_im, N), LS_OK);
        for (int i = 0; i < N; i++) {
            CHECK_EQ_DOUBLE(got[i], turns_of_point(c_re[i], c_im[i], TURNS));
        }
    }
}

/* Where a bound is passed in the middle of a turn, its operands are stored, x, y and count, and of what the turn has begun
 * that which will be read again. */
TEST(a_long_iteration_stores_little_besides_its_state)
{
    LS_SCOPE {
        enum { TURNS = 400 };
        ls_array *re = ls_sub(ls_mul(ls_arange(N), 3.0 / N), 2.0), *im = ls_mul(ls_arange(N), 1.0 / N);
        work_begin();
        ls_array *count = turns_within(re, im, TURNS);
        CHECK_STATUS(ls_evaluate(count), LS_OK);
        ls_work w = work();
        CHECK(w.instructions <= TURNS * 13 * 9 / 8);
        CHECK(w.values_stored <= 8 * w.programs);
    }
}

/* The sum of MANY different arrays, each doubled: within the bounds on nodes, but more sources than a program has. */
enum { MANY = 64 };

static ls_array *sum_of_doubled(ls_array *const *parts)
{
    ls_array *sums[MANY];
    for (int i = 0; i < MANY; i++) {
        sums[i] = ls_mul(parts[i], 2.0);
    }
    for (int n = MANY; n > 1; n /= 2) {
        for (int i = 0; i < n / 2; i++) {
            sums[i] = ls_add(sums[2 * i], sums[2 * i + 1]);
        }
    }
    return sums[0];
}

TEST(what_does_not_fit_a_program_runs_in_parts)
{
    LS_SCOPE {
        ls_array *parts[MANY], *out = ls_zeros(LS_SHAPE(N));
        for (int i = 0; i < MANY; i++) {
            parts[i] = stored(i);
        }
        const double expected = 2.0 * (MANY * (MANY - 1) / 2) * (N - 1);
        work_begin();
        CHECK_EQ_DOUBLE(item(ls_at(sum_of_doubled(parts), "-1")), expected);
        CHECK(work().programs > 1);
        CHECK_EQ_DOUBLE(item(ls_max(sum_of_doubled(parts))), expected);
        CHECK_STATUS(ls_assign(out, sum_of_doubled(parts)), LS_OK);
        CHECK_EQ_DOUBLE(item(ls_at(out, "-1")), expected);
    }
}

int main(void)
{
    RUN(an_iteration_of_some_hundred_operations_is_one_program);
    RUN(an_iteration_that_uses_its_values_twice_is_computed_once);
    RUN(a_long_iteration_stores_little_besides_its_state);
    RUN(what_does_not_fit_a_program_runs_in_parts);
    RUN(sum_of_an_expression_reads_once_and_writes_one_number);
    RUN(sum_of_random_numbers_touches_no_memory);
    RUN(equal_subexpressions_are_computed_once);
    RUN(reductions_of_one_space_share_a_pass);
    RUN(a_reduction_in_the_middle_is_a_boundary);
    RUN(being_alive_is_no_reason_to_store);
    RUN(evaluating_what_was_computed_before_stores_only_that);
    RUN(a_named_array_is_stored_by_the_program_that_computes_it);
    RUN(evaluate_stores_what_it_is_given);
    RUN(what_two_programs_of_one_evaluation_need_is_computed_once);
    RUN(a_reshape_of_a_pending_array_still_fuses);
    RUN(zeros_and_ranges_cost_nothing_until_needed);
    RUN(into_writes_in_place_without_new_memory);
    return check_report();
}
