/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Loops run at constant memory, long chains do not overflow the stack, large sizes need no memory, and threads share
 * pending arrays; on the device in use.
 *
 *   test_memory_flat [few]    few: fewer turns and nothing of 4 billion, for a device that is simulated */
#include "lockstep.h"
#include "memory/prim.h"
#include "support/check.h"

#include <pthread.h>
#include <sys/resource.h>

static int turns = 1000000;

static ls_device used(void)
{
    return ls_device_in_use();
}

/* What a device may take besides: strips of the size of its caches. */
static int64_t strips(void)
{
    return used().id == LS_HOST.id ? 0 : (int64_t)256 << 20;
}

static int64_t in_use(void)
{
    ls_memory m;
    CHECK_STATUS(ls_memory_stats(used(), &m), LS_OK);
    return m.in_use;
}

TEST(a_million_turns_of_set_run_at_constant_memory)
{
    LS_SCOPE {
        ls_array *r = ls_zeros(LS_SHAPE(8)), *step = ls_ones(LS_SHAPE(8));
        int64_t blocks = 0, bytes = 0;
        for (int i = 0; i < turns; i++) {
            ls_set(&r, ls_add(r, step)); /* no scope: the call's handle moves into the slot */
            if (i == 1000) {
                blocks = lsi_alloc_live();
                bytes = in_use();
            }
        }
        CHECK(lsi_alloc_live() <= blocks + 400);
        CHECK(in_use() <= bytes + (1 << 20));
        double last = 0;
        CHECK_STATUS(ls_item(ls_at(r, "3"), &last), LS_OK);
        CHECK_EQ_DOUBLE(last, (double)turns);
    }
}

TEST(a_loop_with_temporaries_wants_a_scope_and_then_is_flat)
{
    LS_SCOPE {
        ls_array *prev = ls_zeros(LS_SHAPE(4)), *cur = ls_ones(LS_SHAPE(4));
        int64_t blocks = 0;
        for (int i = 0; i < turns / 50; i++) {
            LS_SCOPE {
                ls_array *next = ls_mul(ls_add(cur, prev), 0.5);
                ls_set(&prev, cur);
                ls_set(&cur, next);
            }
            if (i == 500) {
                blocks = lsi_alloc_live();
            }
        }
        CHECK(lsi_alloc_live() <= blocks + 400);
        double value = 0;
        CHECK_STATUS(ls_item(ls_at(cur, "0"), &value), LS_OK);
        CHECK(value > 0.66 && value < 0.67);
    }
}

TEST(buffers_that_only_pending_work_holds_are_bounded)
{
    LS_SCOPE {
        enum { N = 1 << 20 }; /* 8 MiB each; unbounded, 48 of them would be held */
        ls_array *sum = ls_zeros(LS_SHAPE(N));
        ls_memory m;
        CHECK_STATUS(ls_memory_reset_peak(used()), LS_OK);
        for (int i = 0; i < 40; i++) {
            LS_SCOPE {
                ls_array *part = ls_full(LS_SHAPE(N), (double)i);
                CHECK_STATUS(ls_evaluate(part), LS_OK);
                ls_set(&sum, ls_add(sum, part));
            }
        }
        CHECK_STATUS(ls_memory_stats(used(), &m), LS_OK);
        CHECK(m.peak_in_use < ((int64_t)160 << 20) + strips());
        double value = 0;
        CHECK_STATUS(ls_item(ls_at(sum, "-1"), &value), LS_OK);
        CHECK_EQ_DOUBLE(value, 780.0);
    }
}

TEST(chains_of_a_million_nodes_and_of_reductions_do_not_overflow)
{
    LS_SCOPE {
        ls_array *a = ls_ones(LS_SHAPE(2));
        for (int i = 0; i < turns / 5; i++) {
            ls_set(&a, ls_sub(a, ls_sum(a, .axis = LS_AXIS(0))));
            ls_set(&a, ls_negative(a));
        }
        CHECK(a != NULL);
        CHECK_STATUS(ls_evaluate(a), LS_OK);
    }
}

TEST(scopes_free_everything)
{
    int64_t bytes = in_use();
    LS_SCOPE {
        for (int i = 0; i < 100; i++) {
            ls_array *a = ls_empty(LS_SHAPE(1000));
            CHECK(ls_at(a, "::2") != NULL);
        }
        CHECK(in_use() >= bytes + 800000);
    }
    CHECK_EQ_INT(in_use(), bytes);
}

TEST(sizes_beyond_32_bits)
{
    LS_SCOPE {
        double total = 0;
        int64_t n = ((int64_t)1 << 32) + 1;
        ls_array *x = ls_arange(n); /* sums without memory */
        CHECK_STATUS(ls_item(ls_count_nonzero(ls_greater_equal(x, (int64_t)1 << 32)), &total), LS_OK);
        CHECK_EQ_DOUBLE(total, 1.0);
        int64_t m = ((int64_t)1 << 31) + 5;
        ls_array *bytes = ls_full(LS_SHAPE(m), 1, .dtype = LS_INT8);
        CHECK_STATUS(ls_evaluate(bytes), LS_OK);
        CHECK_STATUS(ls_assign(ls_at(bytes, "-1"), 100), LS_OK);
        CHECK_STATUS(ls_item(ls_sum(bytes), &total), LS_OK);
        CHECK_EQ_DOUBLE(total, (double)m + 99);
        CHECK_STATUS(ls_item(ls_argmax(bytes), &total), LS_OK);
        CHECK_EQ_DOUBLE(total, (double)m - 1);
    }
}

TEST(sum_of_4_billion_random_numbers_needs_no_memory)
{
    LS_SCOPE {
        ls_memory m;
        double mean = 0;
        ls_rng *rng = ls_rng_new(3, .engine = LS_PHILOX4X32);
        CHECK_STATUS(ls_memory_reset_peak(used()), LS_OK);
        CHECK_STATUS(ls_memory_stats(used(), &m), LS_OK);
        int64_t before = m.in_use, n = ((int64_t)1 << 32) + 1;
        CHECK_STATUS(ls_item(ls_mean(ls_random(rng, LS_SHAPE(n), .dtype = LS_FLOAT32)), &mean), LS_OK);
        CHECK(mean > 0.49999 && mean < 0.50001);
        CHECK_STATUS(ls_memory_stats(used(), &m), LS_OK);
        CHECK(m.peak_in_use - before < (1 << 20) + strips());
    }
}

TEST(peak_of_a_large_sum_is_small)
{
    LS_SCOPE {
        double total = 0;
        ls_memory m;
        CHECK_STATUS(ls_memory_trim(used(), 0), LS_OK);
        CHECK_STATUS(ls_memory_reset_peak(used()), LS_OK);
        CHECK_STATUS(ls_item(ls_sum(ls_random(ls_rng_new(5), LS_SHAPE(10000, 1000))), &total), LS_OK);
        CHECK_STATUS(ls_memory_stats(used(), &m), LS_OK);
        CHECK(m.peak_reserved < ((int64_t)16 << 20) + strips());
    }
}

/* --- threads --- */

static ls_array *shared_pending;

static void *read_shared(void *result)
{
    LS_SCOPE {
        if (ls_item(ls_sum(ls_mul(shared_pending, 2.0)), (double *)result)) {
            *(double *)result = -1;
        }
    }
    return NULL;
}

TEST(threads_share_pending_arrays)
{
    for (int round = 0; round < 50; round++) {
        LS_SCOPE {
            enum { THREADS = 4 };
            pthread_t threads[THREADS];
            double results[THREADS];
            shared_pending = ls_retain(ls_sub(ls_arange(10000.0), ls_mean(ls_arange(10000.0))));
            for (int i = 0; i < THREADS; i++) {
                CHECK_EQ_INT(pthread_create(&threads[i], NULL, read_shared, &results[i]), 0);
            }
            for (int i = 0; i < THREADS; i++) {
                pthread_join(threads[i], NULL);
                CHECK_EQ_DOUBLE(results[i], 0.0);
            }
            ls_release(shared_pending);
        }
    }
}

int main(int argc, char **argv)
{
    const bool few = argc > 1 && strcmp(argv[1], "few") == 0;
    if (few) turns = 50000;
    RUN(a_million_turns_of_set_run_at_constant_memory);
    RUN(a_loop_with_temporaries_wants_a_scope_and_then_is_flat);
    RUN(buffers_that_only_pending_work_holds_are_bounded);
    RUN(chains_of_a_million_nodes_and_of_reductions_do_not_overflow);
    RUN(scopes_free_everything);
    if (!few) RUN(sizes_beyond_32_bits);
    if (!few) RUN(sum_of_4_billion_random_numbers_needs_no_memory);
    RUN(peak_of_a_large_sum_is_small);
    RUN(threads_share_pending_arrays);
    return check_report();
}
