/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing into arrays: every view sees it, pending work keeps what it was given, sources may overlap the target, and
 * memory that was wrapped is written where it is. A plain C array beside says what must come out. */
#include "lockstep.h"
#include "memory/prim.h"
#include "support/check.h"

enum { N = 1000 };

/* The elements of a are these. */
static void check_elements(int line, const ls_array *a, const double *expected, int64_t n)
{
    static double got[N * 4];
    if (!check_int(__FILE__, line, "size", ls_size(a), n) || !CHECK_STATUS(ls_to_host(a, got, n), LS_OK)) {
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        if (!check_double(__FILE__, line, "element", got[i], expected[i])) {
            printf("  element %lld\n", (long long)i);
            return;
        }
    }
}
#define CHECK_ELEMENTS(a, ...)                                                                                         \
    check_elements(__LINE__, a, (const double[]){__VA_ARGS__}, sizeof((double[]){__VA_ARGS__}) / sizeof(double))

static double item(const ls_array *a)
{
    double value = -12345;
    CHECK_STATUS(ls_item(a, &value), LS_OK);
    return value;
}

/* 0, 1, 2, ... in one of the states that an array can be in when it is written. */
enum { STATES = 4 };
static ls_array *counting(int64_t n, int state)
{
    ls_array *a = ls_arange((double)n);
    if (state == 1) {
        CHECK_STATUS(ls_evaluate(a), LS_OK);
    } else if (state == 2) { /* pending with inputs */
        a = ls_sub(ls_add(a, 1), 1);
    } else if (state == 3) { /* stored, and somebody else refers to it */
        CHECK_STATUS(ls_evaluate(a), LS_OK);
        ls_negative(a);
    }
    return a;
}

TEST(every_view_sees_a_write)
{
    for (int state = 0; state < STATES; state++) {
        LS_SCOPE {
            ls_array *a = counting(6, state), *reversed = ls_flip(a), *part = ls_at(a, "1:4");
            ls_array *square = ls_reshape(a, LS_SHAPE(2, 3)), *column = ls_at(ls_transpose(square), "1");
            if (state == 1) {
                item(ls_sum(reversed)); /* some were looked at before */
            }
            CHECK_STATUS(ls_assign(part, -1), LS_OK);
            CHECK_ELEMENTS(a, 0, -1, -1, -1, 4, 5);
            CHECK_ELEMENTS(reversed, 5, 4, -1, -1, -1, 0);
            CHECK_STATUS(ls_assign(column, ls_arange(2)), LS_OK);
            CHECK_ELEMENTS(square, 0, 0, -1, -1, 1, 5);
            CHECK_STATUS(ls_assign(a, 7), LS_OK);
            CHECK_ELEMENTS(part, 7, 7, 7);
            CHECK_ELEMENTS(column, 7, 7);
            CHECK_STATUS(ls_assign(ls_at(square, "0, 0"), 9), LS_OK);
            CHECK_ELEMENTS(a, 9, 7, 7, 7, 7, 7);
        }
    }
}

TEST(pending_work_keeps_the_old_values)
{
    for (int state = 0; state < STATES; state++) {
        LS_SCOPE {
            ls_array *a = counting(4, state), *twice = ls_mul(a, 2), *total = ls_sum(ls_at(a, "::2"));
            ls_array *copy = ls_copy(a), *scan = ls_cumulative_sum(a), *view = ls_at(a, "2:");
            ls_array *later = ls_add(view, 0);
            CHECK_STATUS(ls_assign(ls_at(a, "1:3"), 100), LS_OK);
            CHECK_STATUS(ls_assign(a, ls_add(a, 1)), LS_OK);
            CHECK_ELEMENTS(a, 1, 101, 101, 4);
            CHECK_ELEMENTS(twice, 0, 2, 4, 6);
            CHECK_EQ_DOUBLE(item(total), 2.0);
            CHECK_ELEMENTS(copy, 0, 1, 2, 3);
            CHECK_ELEMENTS(scan, 0, 1, 3, 6);
            CHECK_ELEMENTS(later, 2, 3);
            CHECK_ELEMENTS(view, 101, 4);
        }
    }
}

/* target = source, both views of the same array, against the same through a copy. */
static void overlapping(int line, const char *target, const char *source)
{
    for (int state = 0; state < STATES; state++) {
        LS_SCOPE {
            static double expected[N];
            ls_array *a = counting(N, state), *b = counting(N, 1);
            ls_array *copied = ls_copy(ls_at(b, "%s", source));
            CHECK_STATUS(ls_evaluate(copied), LS_OK);
            CHECK_STATUS(ls_assign(ls_at(b, "%s", target), copied), LS_OK);
            CHECK_STATUS(ls_to_host(b, expected, N), LS_OK);
            CHECK_STATUS(ls_assign(ls_at(a, "%s", target), ls_at(a, "%s", source)), LS_OK);
            check_elements(line, a, expected, N);
            /* the same inside an expression */
            ls_array *c = counting(N, state);
            CHECK_STATUS(ls_add_into(ls_at(c, "%s", target), ls_at(c, "%s", source), 0), LS_OK);
            check_elements(line, c, expected, N);
        }
    }
}

TEST(overlapping_source_and_target)
{
    overlapping(__LINE__, "1:", ":-1");
    overlapping(__LINE__, ":-1", "1:");
    overlapping(__LINE__, ":", "::-1");
    overlapping(__LINE__, "10:500", "500:10:-1");
    overlapping(__LINE__, "::2", ":500");
    overlapping(__LINE__, ":500", "::2");
    overlapping(__LINE__, "1::3", "0:999:3");
    overlapping(__LINE__, ":", "0:1");
    overlapping(__LINE__, "::2", "1::2"); /* interleaved, not overlapping */
    overlapping(__LINE__, ":", "999");
    overlapping(__LINE__, "3:3", "5:5");
}

TEST(a_matrix_and_its_transpose)
{
    for (int state = 0; state < STATES; state++) {
        LS_SCOPE {
            ls_array *a = ls_reshape(counting(9, state), LS_SHAPE(3, 3));
            CHECK_STATUS(ls_assign(a, ls_transpose(a)), LS_OK);
            CHECK_ELEMENTS(a, 0, 3, 6, 1, 4, 7, 2, 5, 8);
            CHECK_STATUS(ls_add_into(a, a, ls_transpose(a)), LS_OK);
            CHECK_ELEMENTS(a, 0, 4, 8, 4, 8, 12, 8, 12, 16);
            CHECK_STATUS(ls_assign(a, ls_at(a, "1")), LS_OK); /* a row of it, broadcast over it */
            CHECK_ELEMENTS(a, 4, 8, 12, 4, 8, 12, 4, 8, 12);
            CHECK_STATUS(ls_sub_into(a, a, ls_at(a, ":, 0:1")), LS_OK);
            CHECK_ELEMENTS(a, 0, 4, 8, 0, 4, 8, 0, 4, 8);
        }
    }
}

TEST(into_with_the_target_among_the_operands)
{
    for (int state = 0; state < STATES; state++) {
        LS_SCOPE {
            ls_array *a = counting(4, state);
            CHECK_STATUS(ls_add_into(a, a, 1), LS_OK);
            CHECK_STATUS(ls_multiply_into(a, a, a), LS_OK);
            CHECK_STATUS(ls_where_into(ls_at(a, "::-1"), ls_greater(a, 4), a, -1), LS_OK);
            CHECK_ELEMENTS(a, 16, 9, -1, -1);
            CHECK_STATUS(ls_sum_into(ls_at(a, "0"), a), LS_OK);
            CHECK_ELEMENTS(a, 23, 9, -1, -1);
            CHECK_STATUS(ls_sqrt_into(ls_at(a, "1:2"), ls_at(a, "1")), LS_OK);
            CHECK_ELEMENTS(a, 23, 3, -1, -1);
        }
    }
}

TEST(values_are_cast_as_astype_does)
{
    LS_SCOPE {
        ls_array *bytes = ls_zeros(LS_SHAPE(5), .dtype = LS_UINT8);
        double source[5] = {-3.5, 300, 2.9, NAN, 255};
        CHECK_STATUS(ls_assign(bytes, ls_from_host(source, LS_SHAPE(5))), LS_OK);
        CHECK_ELEMENTS(bytes, 0, 255, 2, 0, 255);
        ls_array *flags = ls_zeros(LS_SHAPE(5), .dtype = LS_BOOL), *half = ls_zeros(LS_SHAPE(5), .dtype = LS_FLOAT16);
        CHECK_STATUS(ls_assign(flags, ls_from_host(source, LS_SHAPE(5))), LS_OK);
        CHECK_ELEMENTS(flags, 1, 1, 1, 1, 1);
        CHECK_STATUS(ls_add_into(half, bytes, 0.1), LS_OK);
        CHECK_EQ_DOUBLE(item(ls_at(half, "0")), 0.0999755859375);
        ls_array *z = ls_zeros(LS_SHAPE(2), .dtype = LS_COMPLEX64);
        CHECK_STATUS(ls_assign(z, ls_operand_c128(1, 2)), LS_OK);
        CHECK_EQ_DOUBLE(item(ls_imag(ls_at(z, "1"))), 2.0);
        CHECK_STATUS(ls_assign(z, bytes), LS_ESHAPE);
        ls_clear_error();
    }
}

TEST(nothing_and_one)
{
    LS_SCOPE {
        ls_array *one = ls_full(LS_SHAPE0, 1.0), *none = ls_zeros(LS_SHAPE(3, 0)), *a = counting(3, 1);
        CHECK_STATUS(ls_assign(one, 5), LS_OK);
        CHECK_STATUS(ls_add_into(one, one, one), LS_OK);
        CHECK_EQ_DOUBLE(item(one), 10.0);
        CHECK_STATUS(ls_assign(none, 5), LS_OK);
        CHECK_STATUS(ls_assign(none, ls_zeros(LS_SHAPE(1, 0))), LS_OK);
        CHECK_STATUS(ls_assign(ls_at(a, "2:1"), 9), LS_OK);
        CHECK_STATUS(ls_assign(ls_at(a, "2:1"), ls_zeros(LS_SHAPE(2))), LS_ESHAPE);
        CHECK_STATUS(ls_assign(a, one), LS_OK);
        CHECK_ELEMENTS(a, 10, 10, 10);
        ls_clear_error();
    }
}

TEST(an_error_leaves_the_target_as_it_was)
{
    LS_SCOPE {
        ls_array *a = counting(3, 1);
        CHECK_STATUS(ls_assign(a, ls_zeros(LS_SHAPE(2))), LS_ESHAPE);
        CHECK_STATUS(ls_add_into(a, a, ls_zeros(LS_SHAPE(2))), LS_ESHAPE);
        CHECK_STATUS(ls_assign(a, ls_at(a, "99")), LS_EINDEX);
        CHECK_ELEMENTS(a, 0, 1, 2);
        ls_clear_error();
    }
}

/* --- wrapped memory --- */

static void count_call(void *context)
{
    ++*(int *)context;
}

TEST(wrapped_memory_is_written_in_place)
{
    double data[6] = {0, 1, 2, 3, 4, 5};
    int deleted = 0;
    LS_SCOPE {
        ls_array *a = ls_wrap(data, LS_SHAPE(2, 3), .deleter = count_call, .context = &deleted);
        ls_array *before = ls_mul(a, 10), *row = ls_at(a, "1");
        CHECK_STATUS(ls_assign(row, -1), LS_OK); /* somebody waits for the old values */
        CHECK(data[0] == 0 && data[3] == -1 && data[4] == -1 && data[5] == -1);
        CHECK_ELEMENTS(before, 0, 10, 20, 30, 40, 50);
        CHECK_STATUS(ls_assign(a, 8), LS_OK); /* all of it */
        CHECK(data[0] == 8 && data[5] == 8);
        CHECK_STATUS(ls_add_into(a, a, 1), LS_OK);
        CHECK(data[0] == 9 && data[5] == 9);
        CHECK(ls_host_data(a) == data);
        CHECK_ELEMENTS(row, 9, 9, 9);
        CHECK_EQ_INT(deleted, 0);
    }
    CHECK_EQ_INT(deleted, 1);
}

TEST(the_deleter_runs_once_after_the_last_use)
{
    double data[4] = {1, 2, 3, 4};
    int deleted = 0;
    LS_SCOPE {
        ls_array *pending = NULL, *view = NULL;
        LS_SCOPE {
            ls_array *a = ls_wrap(data, LS_SHAPE(4), .deleter = count_call, .context = &deleted);
            view = ls_keep(ls_at(a, "2:"));
            pending = ls_keep(ls_add(a, 1));
            ls_free(a);
        }
        CHECK_EQ_INT(deleted, 0);
        CHECK_ELEMENTS(view, 3, 4);
        ls_free(view);
        CHECK_EQ_INT(deleted, 0);
        CHECK_ELEMENTS(pending, 2, 3, 4, 5);
        CHECK_EQ_INT(deleted, 1); /* computed: it holds its own values now */
    }
    CHECK_EQ_INT(deleted, 1);
    LS_SCOPE { /* a call that fails leaves the memory to the caller */
        CHECK(!ls_wrap(data, LS_SHAPE(-4), .deleter = count_call, .context = &deleted));
        ls_clear_error();
    }
    CHECK_EQ_INT(deleted, 1);
}

TEST(strided_and_negative_wraps)
{
    double data[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    LS_SCOPE {
        ls_array *back = ls_wrap(data + 7, LS_SHAPE(4), .strides = ((const int64_t[]){-2}));
        CHECK_ELEMENTS(back, 7, 5, 3, 1);
        ls_array *old = ls_add(back, 0);
        CHECK_STATUS(ls_assign(back, ls_arange(4.0)), LS_OK);
        CHECK_ELEMENTS(old, 7, 5, 3, 1);
        CHECK(data[7] == 0 && data[5] == 1 && data[3] == 2 && data[1] == 3);
        CHECK(data[0] == 0 && data[2] == 2 && data[4] == 4 && data[6] == 6); /* between them nothing changed */
        ls_array *grid = ls_wrap(data + 6, LS_SHAPE(2, 2), .strides = ((const int64_t[]){-4, 1}));
        CHECK_STATUS(ls_assign(grid, ls_flip(grid)), LS_OK);
        CHECK(data[6] == 2 && data[7] == 2 && data[2] == 0 && data[3] == 6);
        CHECK_ELEMENTS(grid, 2, 2, 0, 6);
        double one = 3;
        ls_array *spread = ls_wrap(&one, LS_SHAPE(3), .strides = ((const int64_t[]){0}));
        CHECK_ELEMENTS(spread, 3, 3, 3);
        CHECK_STATUS(ls_assign(spread, 1), LS_EARGUMENT);
        ls_clear_error();
    }
}

TEST(memory_of_an_array_may_be_wrapped)
{
    LS_SCOPE {
        ls_array *a = ls_to_device(counting(3, 1), LS_HOST); /* the memory of a GPU is not for the host to wrap */
        double *memory = (double *)(uintptr_t)ls_host_data(a);
        LS_SCOPE {
            CHECK_ELEMENTS(ls_wrap(memory, LS_SHAPE(3)), 0, 1, 2); /* no deleter: nobody gives it back */
        }
        ls_array *other = ls_add(ls_zeros(LS_SHAPE(3)), 5);
        CHECK_STATUS(ls_evaluate(other), LS_OK);
        CHECK_ELEMENTS(a, 0, 1, 2);
        CHECK_ELEMENTS(other, 5, 5, 5);
    }
}

TEST(two_wraps_of_one_memory)
{
    double data[3] = {1, 2, 3};
    LS_SCOPE {
        ls_array *a = ls_wrap(data, LS_SHAPE(3)), *b = ls_wrap(data, LS_SHAPE(3));
        CHECK_STATUS(ls_assign(a, 7), LS_OK);
        CHECK_ELEMENTS(b, 7, 7, 7);
        data[1] = 0;
        ls_changed(b);
        CHECK_ELEMENTS(a, 7, 0, 7);
    }
}

TEST(nothing_leaks)
{
    ls_memory before, after;
    int64_t live = lsi_alloc_live();
    CHECK_STATUS(ls_memory_stats(LS_HOST, &before), LS_OK);
    test_every_view_sees_a_write();
    test_pending_work_keeps_the_old_values();
    test_overlapping_source_and_target();
    test_wrapped_memory_is_written_in_place();
    test_strided_and_negative_wraps();
    CHECK_STATUS(ls_memory_stats(LS_HOST, &after), LS_OK);
    CHECK_EQ_INT(lsi_alloc_live(), live);
    CHECK_EQ_INT(after.in_use, before.in_use);
}

/* Zeros of this size may go past the caches, by whole lines: what lies beside them stays. */
TEST(zeros_of_many_end_where_they_should)
{
    enum { MANY = 6 << 20 };
    for (int before = 0; before < 9; before += 4) {
        LS_SCOPE {
            ls_array *a = ls_full(LS_SHAPE(MANY), 7.0);
            CHECK_STATUS(ls_evaluate(a), LS_OK);
            CHECK_STATUS(ls_assign(ls_at(a, "%d:-%d", before, before + 1), 0), LS_OK);
            CHECK_EQ_DOUBLE(item(ls_sum(a)), 7.0 * (2 * before + 1));
            CHECK_EQ_DOUBLE(item(ls_sum(ls_at(a, "%d:", MANY - before - 1))), 7.0 * (before + 1));
        }
    }
}

int main(void)
{
    RUN(zeros_of_many_end_where_they_should);
    RUN(every_view_sees_a_write);
    RUN(pending_work_keeps_the_old_values);
    RUN(overlapping_source_and_target);
    RUN(a_matrix_and_its_transpose);
    RUN(into_with_the_target_among_the_operands);
    RUN(values_are_cast_as_astype_does);
    RUN(nothing_and_one);
    RUN(an_error_leaves_the_target_as_it_was);
    RUN(wrapped_memory_is_written_in_place);
    RUN(the_deleter_runs_once_after_the_last_use);
    RUN(strided_and_negative_wraps);
    RUN(memory_of_an_array_may_be_wrapped);
    RUN(two_wraps_of_one_memory);
    RUN(nothing_leaks);
    return check_report();
}
