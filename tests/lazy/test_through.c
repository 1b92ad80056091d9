/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Pending arrays read through views: what is computed where it is read and what is stored first (counted), that writes and
 * reads keep their order, and random expressions against the same with every step stored. */
#include "lockstep.h"
#include "lazy/work.h"
#include "support/check.h"

enum { N = 10000, SIDE = 100 };

static ls_array *stored(ls_array *a)
{
    CHECK_STATUS(ls_evaluate(a), LS_OK);
    return a;
}

static ls_array *line(double scale)
{
    return stored(ls_mul(ls_arange(N), scale));
}

static ls_array *square(double scale)
{
    return stored(ls_mul(ls_reshape(ls_arange(SIDE * SIDE), LS_SHAPE(SIDE, SIDE)), scale));
}

static double item(const ls_array *a)
{
    double value = -12345;
    CHECK_STATUS(ls_item(a, &value), LS_OK);
    return value;
}

/* Evaluates, and gives how many programs that took. */
static int64_t programs(ls_array *a)
{
    work_begin();
    CHECK_STATUS(ls_evaluate(a), LS_OK);
    return work().programs;
}

TEST(cheap_work_is_computed_where_it_is_read)
{
    LS_SCOPE {
        ls_array *a = line(0.5), *b = line(3.0), *sum = ls_add(a, b);
        CHECK_EQ_INT(programs(ls_sub(ls_at(sum, "1:"), ls_at(sum, ":-1"))), 1);
        CHECK_EQ_INT(work().values_stored, 1);
        CHECK_EQ_INT(programs(ls_mul(ls_at(ls_add(a, 1.0), "::-1"), b)), 1);
        CHECK_EQ_INT(programs(ls_mul(ls_at(ls_add(a, 1.0), "::3"), 2.0)), 1);
        CHECK_EQ_INT(work().bytes_read, 3334 * 8); /* and only what is read */
        ls_array *m = square(0.5), *twice = ls_mul(m, 2.0);
        CHECK_EQ_INT(programs(ls_add(ls_transpose(ls_add(m, 1.0)), m)), 1);
        CHECK_EQ_INT(programs(ls_sum(ls_at(ls_add(m, 1.0), "1:-1, 1:-1"))), 1);
        CHECK_EQ_INT(programs(ls_sum(ls_transpose(ls_add(m, 1.0)), .axis = LS_AXIS(1))), 1);
        CHECK_EQ_INT(programs(ls_add(ls_at(ls_flip(ls_at(twice, "1:, 2:")), "3:, ::2"), 1.0)), 1);
    }
}

static ls_array *three(const ls_array *a, const char *low, const char *middle, const char *high)
{
    return ls_add(ls_add(ls_at(a, "%s", low), ls_at(a, "%s", middle)), ls_at(a, "%s", high));
}

TEST(sums_of_neighbours_are_one_program)
{
    LS_SCOPE {
        ls_array *rows = three(square(1.0), ":-2", "1:-1", "2:");
        ls_array *sums = three(rows, ":, :-2", ":, 1:-1", ":, 2:");
        CHECK_EQ_INT(programs(sums), 1);
        CHECK_EQ_DOUBLE(item(ls_at(sums, "3, 5")), 9.0 * (4 * SIDE + 6));
    }
}

TEST(an_array_read_twice_by_one_operation_counts_once)
{
    LS_SCOPE {
        ls_array *squares = ls_square(square(0.5)), *products = ls_mul(square(2.0), 3.0), *m = square(1.0);
        ls_array *both = ls_mul(m, m);
        CHECK_EQ_INT(programs(three(squares, ":-2", "1:-1", "2:")), 1);
        CHECK_EQ_INT(programs(three(products, ":-2", "1:-1", "2:")), 1);
        CHECK_EQ_INT(programs(three(both, ":-2", "1:-1", "2:")), 1);
    }
}

/* Columns first: three views of a sum of three would read nine rows for six. */
TEST(reading_more_than_storing_would_is_not_done)
{
    LS_SCOPE {
        ls_array *columns = three(square(1.0), ":, :-2", ":, 1:-1", ":, 2:");
        CHECK_EQ_INT(programs(three(columns, ":-2", "1:-1", "2:")), 2);
    }
}

TEST(dear_work_is_not_done_twice)
{
    LS_SCOPE {
        ls_array *a = line(0.5), *e = ls_exp(ls_mul(a, -1e-2)), *q = ls_divide(a, 3.0);
        CHECK_EQ_INT(programs(ls_sub(ls_at(e, "1:"), ls_add(ls_at(e, ":-1"), ls_at(e, ":-1")))), 2);
        CHECK_EQ_INT(programs(ls_add(ls_at(q, "2:"), ls_add(ls_at(q, "1:-1"), ls_at(q, ":-2")))), 2);
        CHECK_EQ_INT(programs(ls_mul(ls_at(ls_exp(ls_mul(a, -1e-2)), "::2"), 2.0)), 1); /* one reader: not twice */
    }
}

TEST(stretched_views_do_not_repeat_work)
{
    LS_SCOPE {
        ls_array *column = ls_add(stored(ls_reshape(ls_mul(ls_arange(SIDE), 1.0), LS_SHAPE(SIDE, 1))), 1.0);
        CHECK_EQ_INT(programs(ls_mul(square(1.0), column)), 2);
    }
}

TEST(random_numbers_are_drawn_once_and_in_order)
{
    LS_SCOPE {
        ls_array *x = ls_add(ls_random(ls_rng_new(3), LS_SHAPE(N)), 1.0);
        ls_array *y = ls_add(stored(ls_random(ls_rng_new(3), LS_SHAPE(N))), 1.0);
        ls_array *odd = ls_mul(ls_at(x, "1::2"), 1.0);
        CHECK_EQ_INT(programs(odd), 2);
        CHECK_EQ_DOUBLE(item(ls_max(ls_abs(ls_sub(odd, ls_at(y, "1::2"))))), 0.0);
    }
}

TEST(what_is_named_or_asked_for_is_stored)
{
    LS_SCOPE {
        ls_array *a = line(0.5), *x = NULL, *y = ls_add(a, 2.0);
        ls_set(&x, ls_add(a, 1.0));
        CHECK_EQ_INT(programs(ls_mul(ls_at(x, "::2"), 2.0)), 2);
        CHECK_EQ_INT(programs(x), 0);
        ls_array *part = ls_mul(ls_at(y, "::2"), 2.0);
        work_begin();
        CHECK_STATUS(ls_evaluate(part, y), LS_OK);
        CHECK_EQ_INT(work().instructions, 2);
        CHECK_EQ_INT(work().values_stored, 2);
    }
}

TEST(a_second_reading_stores)
{
    LS_SCOPE {
        ls_array *x = ls_add(line(0.5), 1.0);
        CHECK_EQ_INT(programs(ls_sum(ls_at(x, "::2"))), 1);
        CHECK_EQ_INT(programs(ls_sum(ls_at(x, "1::2"))), 2);
        CHECK_EQ_INT(programs(ls_sum(ls_at(x, "5:"))), 1);
        CHECK_EQ_INT(work().instructions, 0);
    }
}

TEST(sums_against_the_order_in_memory_read_stored_numbers)
{
    LS_SCOPE {
        ls_array *m = square(0.25);
        CHECK_EQ_INT(programs(ls_sum(ls_transpose(ls_add(m, m)))), 2);
        CHECK_EQ_INT(programs(ls_sum(ls_mul(ls_transpose(ls_add(m, 1.0)), 2.0))), 2);
    }
}

TEST(work_through_views_of_views_stays_bounded)
{
    enum { TURNS = 30 };
    LS_SCOPE {
        ls_array *u = line(0.125);
        work_begin();
        for (int i = 0; i < TURNS; i++) {
            u = three(u, ":-2", "1:-1", "2:");
        }
        CHECK_STATUS(ls_evaluate(u), LS_OK);
        CHECK(work().instructions <= TURNS * 2 * 4);
        CHECK_EQ_INT(ls_size(u), N - 2 * TURNS);
    }
}

TEST(pending_readings_keep_what_they_were_given)
{
    LS_SCOPE {
        ls_array *a = line(1.0), *sum = ls_add(a, a), *part = ls_mul(ls_at(sum, "10:20"), 1.0);
        ls_array *back = ls_add(ls_at(sum, "::-1"), 0.0);
        CHECK_STATUS(ls_assign(ls_at(a, "15"), -1.0), LS_OK);
        CHECK_EQ_DOUBLE(item(ls_at(part, "5")), 30.0);
        CHECK_EQ_DOUBLE(item(ls_at(back, "%d", N - 16)), 30.0);
        CHECK_EQ_DOUBLE(item(ls_at(ls_add(ls_at(a, "10:20"), 0.0), "5")), -1.0);
        ls_array *view = ls_at(sum, "10:20"); /* a view sees what is written to its own array */
        ls_array *before = ls_add(view, 0.0);
        CHECK_STATUS(ls_assign(ls_at(sum, "12"), -7.0), LS_OK);
        CHECK_EQ_DOUBLE(item(ls_at(before, "2")), 24.0);
        CHECK_EQ_DOUBLE(item(ls_at(ls_add(view, 0.0), "2")), -7.0);
    }
}

/* Sources of what is written lie under the target, shifted: b[1:] = (b + b)[:-1]. */
TEST(written_over_what_is_read)
{
    LS_SCOPE {
        ls_array *b = line(1.0);
        CHECK_STATUS(ls_assign(ls_at(b, "1:"), ls_at(ls_add(b, b), ":-1")), LS_OK);
        CHECK_EQ_DOUBLE(item(ls_at(b, "0")), 0.0);
        CHECK_EQ_DOUBLE(item(ls_sum(b)), (double)(N - 1) * (N - 2));
        CHECK_STATUS(ls_assign(b, ls_at(ls_add(b, 1.0), "::-1")), LS_OK);
        CHECK_EQ_DOUBLE(item(ls_at(b, "-1")), 1.0);
        CHECK_EQ_DOUBLE(item(ls_at(b, "0")), 2.0 * (N - 2) + 1);
    }
}

/* --- random expressions: lazily, and with every step stored --- */

static uint64_t random_state = 0x9E3779B97F4A7C15u;
static int below(int n)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7, random_state ^= random_state << 17;
    return (int)((random_state >> 16) % (uint64_t)n);
}

enum { VALUES = 24, STEPS = 20, EDGE = 7, MOST = 20000 };

/* Two arrays that must stay equal: one of pending work, one stored at every step. */
typedef struct twin {
    ls_array *lazy, *plain;
} twin;

static const char *const cuts[] = {"1:",       ":-1",       "::-1",     "::2", "..., 1:",
                                   "..., :-1", "..., ::-1", "..., ::2", "2:5", "0"};
enum { CUTS = sizeof cuts / sizeof cuts[0] };

static ls_array *seen(ls_array *a, int how)
{
    const int64_t n = ls_size(a);
    switch (how) {
    case CUTS:
        return ls_transpose(a);
    case CUTS + 1:
        return ls_reshape(a, LS_SHAPE(n));
    case CUTS + 2:
        return n % EDGE == 0 ? ls_reshape(a, LS_SHAPE(EDGE, n / EDGE)) : a;
    default:
        return (how == 8 && ls_sizes(a)[0] < 5) ? a : ls_at(a, "%s", cuts[how]);
    }
}

static ls_array *combined(ls_array *a, ls_array *b, int how)
{
    switch (how) {
    case 0:
        return ls_add(a, b);
    case 1:
        return ls_sub(a, b);
    case 2:
        return ls_mul(a, 0.75);
    case 3:
        return ls_where(ls_less(a, b), a, 1.5);
    case 4:
        return ls_astype(ls_astype(a, LS_FLOAT16), LS_FLOAT64);
    case 5:
        return ls_add(ls_astype(ls_arange(ls_size(a)), LS_FLOAT64), ls_reshape(a, LS_SHAPE(-1)));
    case 6:
        return ls_sin(a);
    default:
        return ls_add(ls_sum(a, .axis = LS_AXIS(-1), .keepdims = true), a);
    }
}

static bool same_shape(const ls_array *a, const ls_array *b)
{
    bool same = ls_ndim(a) == ls_ndim(b);
    for (int64_t i = 0; same && i < ls_ndim(a); i++) {
        same = ls_sizes(a)[i] == ls_sizes(b)[i];
    }
    return same;
}

/* A view of, or an operation on, what there is. */
static twin step(const twin *of, int count)
{
    const twin *a = &of[below(count)], *b = &of[below(count)];
    twin made;
    if (below(2)) {
        const int how = below(CUTS + 3);
        made = (twin){seen(a->lazy, how), seen(a->plain, how)};
    } else {
        const int how = below(8);
        const bool fits = same_shape(a->lazy, b->lazy);
        const twin *other = fits ? b : a;
        made = (twin){combined(a->lazy, other->lazy, how), combined(a->plain, other->plain, how)};
    }
    if (!CHECK(made.lazy && made.plain) || ls_ndim(made.lazy) == 0 || ls_size(made.lazy) == 0) {
        return *a;
    }
    CHECK_STATUS(ls_evaluate(made.plain), LS_OK);
    return made;
}

static bool same_elements(const twin *t)
{
    static double lazy[MOST], plain[MOST];
    const int64_t n = ls_size(t->lazy);
    return CHECK_EQ_INT(n, ls_size(t->plain)) && CHECK(n <= MOST) &&
           CHECK_STATUS(ls_to_host(t->lazy, lazy, n), LS_OK) &&
           CHECK_STATUS(ls_to_host(t->plain, plain, n), LS_OK) &&
           CHECK(memcmp(lazy, plain, (size_t)n * sizeof(double)) == 0);
}

/* Now and then something is written into a view. */
static void disturb(const twin *t)
{
    const double value = 0.125 * below(9);
    if (below(6) == 0) {
        CHECK_STATUS(ls_assign(t->lazy, value), LS_OK);
        CHECK_STATUS(ls_assign(t->plain, value), LS_OK);
    }
}

static void random_expression(int rows, int columns)
{
    twin values[VALUES];
    const ls_shape shape = LS_SHAPE(rows, columns);
    for (int i = 0; i < VALUES - STEPS; i++) {
        const double scale = 0.25 * (i + 1);
        values[i].lazy = stored(ls_reshape(ls_mul(ls_arange(rows * columns), scale), shape));
        values[i].plain = stored(ls_reshape(ls_mul(ls_arange(rows * columns), scale), shape));
    }
    for (int i = VALUES - STEPS; i < VALUES; i++) {
        values[i] = step(values, i);
        disturb(&values[below(i + 1)]);
    }
    for (int i = 0; i < VALUES; i++) {
        const int at = (i * 7 + rows) % VALUES; /* in some order */
        if (!same_elements(&values[at])) {
            printf("  value %d of %d x %d\n", at, rows, columns);
            return;
        }
    }
}

TEST(random_expressions_are_what_storing_every_step_gives)
{
    for (int round = 0; round < 150; round++) {
        LS_SCOPE {
            random_expression(80 + below(60), (12 + below(8)) * EDGE);
        }
    }
}

int main(void)
{
    RUN(cheap_work_is_computed_where_it_is_read);
    RUN(sums_of_neighbours_are_one_program);
    RUN(an_array_read_twice_by_one_operation_counts_once);
    RUN(reading_more_than_storing_would_is_not_done);
    RUN(dear_work_is_not_done_twice);
    RUN(stretched_views_do_not_repeat_work);
    RUN(random_numbers_are_drawn_once_and_in_order);
    RUN(what_is_named_or_asked_for_is_stored);
    RUN(a_second_reading_stores);
    RUN(sums_against_the_order_in_memory_read_stored_numbers);
    RUN(work_through_views_of_views_stays_bounded);
    RUN(pending_readings_keep_what_they_were_given);
    RUN(written_over_what_is_read);
    RUN(random_expressions_are_what_storing_every_step_gives);
    return check_report();
}
