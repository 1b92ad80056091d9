/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A user's C function over all cores: results, progress, cancelling, failures, its own arrays, nested parallelism. */
#include "lockstep.h"
#include "memory/prim.h"
#include "support/check.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { N = 100000 };

static int hypotenuse(int64_t n, const void *const *inputs, void *output, void *context)
{
    const double *x = inputs[0], *y = inputs[1];
    (void)context;
    for (int64_t i = 0; i < n; i++) {
        ((double *)output)[i] = x[i] * x[i] + y[i];
    }
    return 0;
}

TEST(every_element_once)
{
    LS_SCOPE {
        ls_array *x = ls_arange((double)N), *y = ls_full(LS_SHAPE0, 0.5);
        ls_array *mapped = ls_map_host(hypotenuse, LS_LIST(x, y), .grain = 777), *same;
        same = ls_all(ls_equal(mapped, ls_add(ls_mul(x, x), y)));
        bool all = false;
        CHECK_STATUS(ls_item(same, &all), LS_OK);
        CHECK(all);
        CHECK_EQ_INT(ls_size(mapped), N);
    }
}

TEST(inputs_broadcast_and_views_come_in_c_order)
{
    LS_SCOPE {
        ls_array *rows = ls_reshape(ls_arange(12.0), LS_SHAPE(3, 4));
        ls_array *column = ls_reshape(ls_arange(3.0), LS_SHAPE(3, 1));
        ls_array *a = ls_map_host(hypotenuse, LS_LIST(ls_flip(rows), column), .grain = 5), *same;
        same = ls_equal(a, ls_add(ls_square(ls_flip(rows)), column));
        int64_t equal = 0;
        CHECK_STATUS(ls_item(ls_count_nonzero(same), &equal), LS_OK);
        CHECK_EQ_INT(equal, 12);
        CHECK_EQ_INT(ls_dim(a, 1), 4);
    }
}

static int halve(int64_t n, const void *const *inputs, void *output, void *context)
{
    const int16_t *x = inputs[0];
    (void)context;
    for (int64_t i = 0; i < n; i++) {
        ((float *)output)[i] = (float)x[i] / 2;
    }
    return 0;
}

TEST(the_output_has_a_dtype_of_its_own)
{
    LS_SCOPE {
        float got[3];
        ls_array *x = ls_astype(ls_arange(3), LS_INT16);
        CHECK_STATUS(ls_to_host(ls_map_host(halve, LS_LIST(x), .dtype = LS_FLOAT32), got, 3), LS_OK);
        CHECK(got[0] == 0 && got[1] == 0.5f && got[2] == 1);
        ls_array *empty = ls_map_host(halve, LS_LIST(ls_zeros(LS_SHAPE(0, 2), .dtype = LS_INT16)), .dtype = LS_FLOAT32);
        CHECK_EQ_INT(ls_size(empty), 0);
        CHECK(!ls_map_host(halve, LS_LIST(x), .dtype = (ls_dtype)99));
        CHECK(strncmp(ls_error_message(), "ls_map_host: 99 is not a dtype at test_map_host.c:", 50) == 0);
        CHECK(!ls_map_host(NULL, LS_LIST(x)));
        CHECK(!ls_map_host(halve, ((ls_list){0, NULL})));
        ls_clear_error();
    }
}

typedef struct watch {
    _Atomic int calls, inside;
    double last;
    bool monotone, alone;
    int cancel_at;
} watch;

static int follow(double fraction, void *context)
{
    watch *w = context;
    w->alone = w->alone && atomic_fetch_add(&w->inside, 1) == 0;
    w->monotone = w->monotone && fraction >= w->last && fraction <= 1;
    w->last = fraction;
    atomic_fetch_sub(&w->inside, 1);
    return ++w->calls == w->cancel_at;
}

static void pause_for(long nanoseconds)
{
    nanosleep(&(struct timespec){0, nanoseconds}, NULL);
}

static int slowly(int64_t n, const void *const *inputs, void *output, void *context)
{
    (void)context;
    pause_for(1000000);
    memcpy(output, inputs[0], (size_t)n * sizeof(double));
    return 0;
}

TEST(progress_grows_and_ends_at_one)
{
    LS_SCOPE {
        watch w = {.monotone = true, .alone = true};
        ls_array *x = ls_arange(4000.0);
        CHECK(ls_map_host(slowly, LS_LIST(x), .grain = 10, .progress = follow, .context = &w) != NULL);
        CHECK(w.monotone && w.alone);
        CHECK_EQ_DOUBLE(w.last, 1.0);
        CHECK(w.calls >= 2); /* 0.4 s of work on any number of cores up to 4 */
        w = (watch){.monotone = true, .alone = true};
        CHECK(ls_map_host(slowly, LS_LIST(ls_zeros(LS_SHAPE(0))), .progress = follow, .context = &w) != NULL);
        CHECK_EQ_INT(w.calls, 1);
        CHECK_EQ_DOUBLE(w.last, 1.0);
    }
}

TEST(progress_cancels)
{
    LS_SCOPE {
        watch w = {.monotone = true, .alone = true, .cancel_at = 1};
        CHECK(!ls_map_host(slowly, LS_LIST(ls_arange(4000.0)), .grain = 1, .progress = follow, .context = &w));
        CHECK_STATUS(ls_error(), LS_ECANCELLED);
        CHECK(strncmp(ls_error_message(), "ls_map_host: cancelled after ", 29) == 0);
        CHECK(strstr(ls_error_message(), " of 4000 elements at test_map_host.c:") != NULL);
        CHECK(w.last < 1);
        ls_clear_error();
    }
}

TEST(another_thread_cancels)
{
    LS_SCOPE {
        const volatile int cancel = 1;
        CHECK(!ls_map_host(slowly, LS_LIST(ls_arange(4000.0)), .cancel = &cancel));
        CHECK_STATUS(ls_error(), LS_ECANCELLED);
        CHECK(strncmp(ls_error_message(), "ls_map_host: cancelled after 0 of 4000 elements", 47) == 0);
        ls_clear_error();
    }
}

/* Fails at and behind the element that context points to; the code is the first element of the range. */
static int fails_from(int64_t n, const void *const *inputs, void *output, void *context)
{
    const double *x = inputs[0];
    memset(output, 0, (size_t)n * sizeof(double));
    if (x[0] < *(const double *)context) {
        pause_for(100000); /* later ranges fail first */
        return 0;
    }
    return (int)x[0] + 1;
}

TEST(the_lowest_failure_is_told_every_time)
{
    LS_SCOPE {
        double from = 3000;
        ls_array *x = ls_arange(10000.0);
        CHECK_STATUS(ls_evaluate(x), LS_OK);
        for (int i = 0; i < 20; i++) {
            CHECK(!ls_map_host(fails_from, LS_LIST(x), .grain = 100, .context = &from));
            CHECK_STATUS(ls_error(), LS_ECALLBACK);
            CHECK(strncmp(ls_error_message(), "ls_map_host: the function returned 3001 at element 3000 at", 58) == 0);
            ls_clear_error();
        }
    }
}

static int fails_in_the_library(int64_t n, const void *const *inputs, void *output, void *context)
{
    (void)inputs, (void)output, (void)context;
    return ls_add(ls_zeros(LS_SHAPE(n)), ls_zeros(LS_SHAPE(n + 1))) == NULL;
}

TEST(a_library_error_inside_is_the_callers)
{
    LS_SCOPE {
        CHECK(!ls_map_host(fails_in_the_library, LS_LIST(ls_arange(5.0))));
        CHECK_STATUS(ls_error(), LS_ESHAPE);
        const char *text = ls_error_message();
        CHECK(strncmp(text, "ls_map_host: the function failed at element 0: ls_add: shapes (5,) and (6,)", 74) == 0);
        ls_clear_error();
    }
}

static int ignores_errors(int64_t n, const void *const *inputs, void *output, void *context)
{
    fails_in_the_library(n, inputs, output, context);
    memset(output, 0, (size_t)n * sizeof(double));
    return 0;
}

TEST(the_callers_own_error_is_left_alone)
{
    LS_SCOPE {
        ls_array *bad = ls_zeros(LS_SHAPE(-1)), *x = ls_arange(50.0);
        CHECK(!bad);
        CHECK(ls_map_host(ignores_errors, LS_LIST(x), .grain = 1) != NULL);
        double value;
        CHECK_STATUS(ls_item(ls_sum(bad), &value), LS_EARGUMENT);
        CHECK(strstr(ls_error_message(), "ls_zeros: ") == ls_error_message());
        CHECK(!ls_map_host(fails_from, LS_LIST(x), .context = &(double){0})); /* not the error of before */
        CHECK_STATUS(ls_error(), LS_ECALLBACK);
        ls_clear_error();
        CHECK(ls_map_host(ignores_errors, LS_LIST(x), .grain = 1) != NULL);
        CHECK_STATUS(ls_error(), LS_OK);
    }
}

static int uses_arrays(int64_t n, const void *const *inputs, void *output, void *context)
{
    ls_array *a = ls_from_host((const double *)inputs[0], LS_SHAPE(n)); /* freed with the call's scope */
    (void)context;
    return ls_to_host(ls_mul(ls_sub(a, ls_mean(a)), 2), (double *)output, n);
}

/* How many more blocks live after 300 calls. */
static int64_t growth_by_calls(ls_array *x)
{
    const int64_t live = lsi_alloc_live();
    ls_array *a = ls_map_host(uses_arrays, LS_LIST(x), .grain = 100);
    double first, total;
    CHECK_STATUS(ls_item(ls_at(a, "0"), &first), LS_OK);
    CHECK_STATUS(ls_item(ls_sum(a), &total), LS_OK);
    CHECK_EQ_DOUBLE(first, -99.0);
    CHECK_EQ_DOUBLE(total, 0.0);
    return lsi_alloc_live() - live;
}

/* A thread keeps some blocks from its first calls on, and which threads get some is chance: so one round in a few has to
 * be without. A block for each call would show in all of them. */
TEST(the_function_uses_arrays_in_a_scope_of_its_own)
{
    LS_SCOPE {
        ls_array *x = ls_arange(30000.0);
        int64_t growth = growth_by_calls(x);
        for (int round = 0; round < 10 && growth >= 200; round++)
            growth = growth_by_calls(x);
        CHECK(growth < 200);
    }
}

TEST(inside_a_parallel_region_of_the_program)
{
    _Atomic int good = 0;
#pragma omp parallel num_threads(4) shared(good)
    {
        LS_SCOPE {
            ls_array *x = ls_arange(5000.0), *a = ls_map_host(uses_arrays, LS_LIST(x), .grain = 250);
            double total = -1;
            good += !ls_item(ls_sum(ls_abs(a)), &total) && total == 5000.0 * 125;
        }
    }
    CHECK_EQ_INT(good, 4);
}

int main(void)
{
    RUN(every_element_once);
    RUN(inputs_broadcast_and_views_come_in_c_order);
    RUN(the_output_has_a_dtype_of_its_own);
    RUN(progress_grows_and_ends_at_one);
    RUN(progress_cancels);
    RUN(another_thread_cancels);
    RUN(the_lowest_failure_is_told_every_time);
    RUN(a_library_error_inside_is_the_callers);
    RUN(the_callers_own_error_is_left_alone);
    RUN(the_function_uses_arrays_in_a_scope_of_its_own);
    RUN(inside_a_parallel_region_of_the_program);
    return check_report();
}
