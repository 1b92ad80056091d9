/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What was fused and what was stored: programs, bytes and stores are counted, so that a change that quietly stores more
 * or passes over data twice fails here. */
#include "lockstep.h"
#include "support/check.h"

enum { N = 1000 };

/* Counters since the last call of work_begin. */
static ls_work before;

static void work_begin(void)
{
    before = ls_work_done();
}

static ls_work work(void)
{
    ls_work now = ls_work_done();
    return (ls_work){.programs = now.programs - before.programs,
                     .instructions = now.instructions - before.instructions,
                     .sources_read = now.sources_read - before.sources_read,
                     .values_stored = now.values_stored - before.values_stored,
                     .reductions = now.reductions - before.reductions,
                     .bytes_read = now.bytes_read - before.bytes_read,
                     .bytes_written = now.bytes_written - before.bytes_written};
}

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

int main(void)
{
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
