/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Making arrays from numbers and C memory in every dtype, and reading them back: what is stored, what conversions do at
 * the ends of each range, and what the questions answer. */
#include "lockstep.h"
#include "support/check.h"

#include <stdlib.h>

enum { FIRST = LS_BOOL, LAST = LS_COMPLEX128 };

static double item(const ls_array *a)
{
    double value = -12345;
    CHECK_STATUS(ls_item(a, &value), LS_OK);
    return value;
}

TEST(constants_in_every_dtype)
{
    LS_SCOPE {
        for (int d = FIRST; d <= LAST; d++) {
            ls_dtype dtype = (ls_dtype)d;
            ls_array *zeros = ls_zeros(LS_SHAPE(2, 3), .dtype = dtype), *ones = ls_ones_like(zeros);
            CHECK_EQ_INT(ls_dtype_of(zeros), dtype);
            CHECK_EQ_INT(ls_dtype_of(ones), dtype);
            CHECK_EQ_DOUBLE(item(ls_at(zeros, "1, 2")), 0.0);
            CHECK_EQ_DOUBLE(item(ls_at(ones, "0, 1")), 1.0);
            CHECK_EQ_DOUBLE(item(ls_at(ls_full(LS_SHAPE(3), 1, .dtype = dtype), "2")), 1.0);
            CHECK_EQ_DOUBLE(item(ls_count_nonzero(ls_full_like(zeros, true))), 6.0);
            CHECK_EQ_DOUBLE(item(ls_count_nonzero(ls_eye(3, .dtype = dtype, .columns = 5, .k = 1))), 3.0);
            CHECK_EQ_INT(ls_size(ls_empty_like(ones)), 6);
            CHECK(ls_dtype_size(dtype) >= 1 && ls_dtype_from_name(ls_dtype_name(dtype)) == dtype);
        }
        CHECK_EQ_INT(ls_dtype_of(ls_zeros(LS_SHAPE(1))), LS_FLOAT64);
        CHECK_EQ_INT(ls_dtype_of(ls_full(LS_SHAPE(1), 1)), LS_INT64);
        CHECK_EQ_INT(ls_dtype_of(ls_full(LS_SHAPE(1), 1.5f)), LS_FLOAT64);
        CHECK_EQ_INT(ls_dtype_of(ls_full(LS_SHAPE(1), (bool)false)), LS_BOOL);
        CHECK_EQ_INT(ls_dtype_of(ls_full(LS_SHAPE(1), ls_operand_c128(1, 1))), LS_COMPLEX128);
        CHECK_EQ_INT(ls_dtype_of(ls_ones_like(ls_zeros(LS_SHAPE(1)), .dtype = LS_INT8)), LS_INT8);
        CHECK_EQ_INT(ls_dtype_of(ls_arange(3.0f)), LS_FLOAT64);
        CHECK_EQ_INT(ls_dtype_of(ls_arange((uint8_t)3)), LS_INT64);
    }
}

TEST(ranges_at_the_ends_of_int64)
{
    LS_SCOPE {
        int64_t ends[2];
        ls_array *a = ls_arange(INT64_MAX - 2, INT64_MAX), *b = ls_arange(INT64_MIN + 1, INT64_MIN, -1);
        CHECK_STATUS(ls_to_host(a, ends, 2), LS_OK);
        CHECK(ends[0] == INT64_MAX - 2 && ends[1] == INT64_MAX - 1);
        CHECK_EQ_INT(ls_size(b), 1);
        CHECK_EQ_INT(ls_size(ls_arange(INT64_MIN, INT64_MAX, INT64_MAX)), 3);
        CHECK_EQ_INT(ls_size(ls_arange(0, INT64_MAX, INT64_MAX / 2)), 3);
        CHECK(ls_arange(INT64_MIN, INT64_MAX) == NULL);
        CHECK_STATUS(ls_error(), LS_EOVERFLOW);
        ls_clear_error();
        ls_array *wide = ls_linspace(-1e308, 1e308, 3); /* NumPy's step overflows here, too */
        CHECK(ls_size(wide) == 3);
        CHECK_EQ_DOUBLE(item(ls_at(ls_linspace(3, 9, 1), "0")), 3.0);
        CHECK_EQ_INT(ls_size(ls_linspace(3, 9, 0)), 0);
        CHECK_EQ_INT(ls_dtype_of(ls_linspace(0, 1, 5, .dtype = LS_BFLOAT16)), LS_BFLOAT16);
    }
}

/* From one number of one dtype to another dtype by ls_astype. */
static double converted(ls_operand value, ls_dtype from, ls_dtype to)
{
    return item(ls_astype(ls_full(LS_SHAPE(1), value, .dtype = from), to));
}

TEST(conversions_at_the_ends_of_ranges)
{
    LS_SCOPE {
        CHECK_EQ_DOUBLE(converted(ls_operand_f64(1e30), LS_FLOAT64, LS_INT8), 127.0);
        CHECK_EQ_DOUBLE(converted(ls_operand_f64(-INFINITY), LS_FLOAT32, LS_INT16), -32768.0);
        CHECK_EQ_DOUBLE(converted(ls_operand_f64(-0.9), LS_FLOAT64, LS_UINT8), 0.0);
        CHECK_EQ_DOUBLE(converted(ls_operand_f64(-5), LS_FLOAT64, LS_UINT64), 0.0);
        CHECK_EQ_DOUBLE(converted(ls_operand_f64(1e20), LS_FLOAT64, LS_UINT64), 0x1p64);
        CHECK_EQ_DOUBLE(converted(ls_operand_f64(NAN), LS_FLOAT64, LS_INT64), 0.0);
        CHECK_EQ_DOUBLE(converted(ls_operand_f64(NAN), LS_FLOAT64, LS_BOOL), 1.0);
        CHECK_EQ_DOUBLE(converted(ls_operand_i64(300), LS_INT64, LS_UINT8), 44.0);
        CHECK_EQ_DOUBLE(converted(ls_operand_i64(-1), LS_INT8, LS_UINT32), 4294967295.0);
        CHECK_EQ_DOUBLE(converted(ls_operand_f64(65519), LS_FLOAT64, LS_FLOAT16), 65504.0);
        CHECK_EQ_DOUBLE(converted(ls_operand_f64(65520), LS_FLOAT64, LS_FLOAT16), (double)INFINITY);
        CHECK_EQ_DOUBLE(converted(ls_operand_f64(1 + 0x1p-24), LS_FLOAT64, LS_FLOAT32), 1.0);
        CHECK_EQ_DOUBLE(converted(ls_operand_f64(1.00390625), LS_FLOAT32, LS_BFLOAT16), 1.0);
        CHECK_EQ_DOUBLE(converted(ls_operand_c128(2, 7), LS_COMPLEX128, LS_FLOAT32), 2.0);
        CHECK_EQ_DOUBLE(converted(ls_operand_c128(0, 7), LS_COMPLEX128, LS_BOOL), 1.0);
    }
}

TEST(c_memory_of_every_type)
{
    LS_SCOPE {
        const bool flags[2] = {true, false};
        const signed char s8[2] = {-128, 127};
        const unsigned char u8[2] = {0, 255};
        const short s16[2] = {-32768, 32767};
        const unsigned u32[2] = {0, 4294967295u};
        const long long s64[2] = {INT64_MIN, INT64_MAX};
        const unsigned long u64[2] = {0, UINT64_MAX};
        const float f32[2] = {1e-45f, INFINITY};
        const _Complex double c128[2] = {1, 2};
        const uint16_t half[2] = {0x3c00, 0x7e01};
        CHECK_EQ_INT(ls_dtype_of(ls_from_host(flags, LS_SHAPE(2))), LS_BOOL);
        CHECK_EQ_INT(ls_dtype_of(ls_from_host(s8, LS_SHAPE(2))), LS_INT8);
        CHECK_EQ_INT(ls_dtype_of(ls_from_host(u8, LS_SHAPE(2))), LS_UINT8);
        CHECK_EQ_INT(ls_dtype_of(ls_from_host(s16, LS_SHAPE(2))), LS_INT16);
        CHECK_EQ_INT(ls_dtype_of(ls_from_host(u32, LS_SHAPE(2))), LS_UINT32);
        CHECK_EQ_INT(ls_dtype_of(ls_from_host(s64, LS_SHAPE(2))), LS_INT64);
        CHECK_EQ_INT(ls_dtype_of(ls_from_host(u64, LS_SHAPE(2))), LS_UINT64);
        CHECK_EQ_INT(ls_dtype_of(ls_from_host(f32, LS_SHAPE(2))), LS_FLOAT32);
        CHECK_EQ_INT(ls_dtype_of(ls_from_host(c128, LS_SHAPE(2))), LS_COMPLEX128);
        ls_array *h = ls_from_host((const void *)half, LS_SHAPE(2), .data_dtype = LS_FLOAT16);
        CHECK_EQ_DOUBLE(item(ls_at(h, "0")), 1.0);
        uint16_t back[2];
        CHECK_STATUS(ls_to_host_as(h, (void *)back, 2, LS_FLOAT16), LS_OK);
        CHECK(back[0] == 0x3c00 && back[1] == 0x7e00); /* NaN has one form */
        CHECK_EQ_DOUBLE(item(ls_at(ls_from_host(f32, LS_SHAPE(2)), "0")), (double)1e-45f);
        long long integers[2];
        CHECK_STATUS(ls_to_host(ls_from_host(u64, LS_SHAPE(2)), integers, 2), LS_OK);
        CHECK(integers[1] == -1);
        CHECK_EQ_INT(ls_size(ls_from_host((const float *)NULL, LS_SHAPE(0, 3))), 0);
        CHECK_EQ_DOUBLE(item(ls_from_host(u8 + 1, LS_SHAPE0, .dtype = LS_FLOAT32)), 255.0);
        CHECK_STATUS(ls_to_host(ls_zeros(LS_SHAPE(0)), (double *)NULL, 0), LS_OK);
    }
}

TEST(items_convert_exactly_or_say_no)
{
    LS_SCOPE {
        int8_t byte = 0;
        uint64_t word = 0;
        bool flag = false;
        float single = 0;
        int whole = 0;
        CHECK_STATUS(ls_item(ls_full(LS_SHAPE0, -128.0), &byte), LS_OK);
        CHECK_EQ_INT(byte, -128);
        CHECK_STATUS(ls_item(ls_full(LS_SHAPE(1, 1), UINT64_MAX), &word), LS_OK);
        CHECK(word == UINT64_MAX);
        CHECK_STATUS(ls_item(ls_full(LS_SHAPE0, UINT64_MAX), &whole), LS_EOVERFLOW);
        CHECK_STATUS(ls_item(ls_full(LS_SHAPE0, -1), &word), LS_EOVERFLOW);
        CHECK_STATUS(ls_item(ls_full(LS_SHAPE0, 0x1p63), &whole), LS_EOVERFLOW);
        CHECK_STATUS(ls_item(ls_full(LS_SHAPE0, 0.5), &flag), LS_OK);
        CHECK(flag);
        CHECK_STATUS(ls_item(ls_full(LS_SHAPE0, 1e300), &single), LS_OK); /* floating-point variables round */
        CHECK(isinf(single));
        CHECK_STATUS(ls_item(ls_full(LS_SHAPE0, ls_operand_c128(3, 0)), &whole), LS_OK);
        CHECK_EQ_INT(whole, 3);
        ls_clear_error();
    }
}

TEST(astype_of_the_same_dtype_is_a_view_and_copy_is_not)
{
    LS_SCOPE {
        ls_array *a = ls_zeros(LS_SHAPE(3)), *view = ls_astype(a, LS_FLOAT64), *copy = ls_copy(a);
        CHECK_STATUS(ls_assign(a, 1), LS_OK);
        CHECK_EQ_DOUBLE(item(ls_sum(view)), 3.0);
        CHECK_EQ_DOUBLE(item(ls_sum(copy)), 0.0);
        ls_array *turned = ls_copy(ls_transpose(ls_reshape(ls_arange(6.0), LS_SHAPE(2, 3))));
        const double *memory = ls_host_data(ls_to_device(turned, LS_HOST));
        CHECK(memory && memory[1] == 3 && memory[2] == 1);
    }
}

TEST(questions)
{
    LS_SCOPE {
        ls_array *a = ls_zeros(LS_SHAPE(2, 0, 5), .dtype = LS_FLOAT32);
        CHECK_EQ_INT(ls_ndim(a), 3);
        CHECK_EQ_INT(ls_size(a), 0);
        CHECK_EQ_INT(ls_dim(a, -1), 5);
        CHECK_EQ_INT(ls_dim(a, 3), -1);
        CHECK_EQ_INT(ls_dim(a, -4), -1);
        CHECK_EQ_INT(ls_sizes(a)[2], 5);
        CHECK_EQ_INT(ls_size(ls_zeros(LS_SHAPE0)), 1);
        CHECK_STR(ls_device_name(ls_device_of(a)), ls_device_name(ls_device_in_use()));
        CHECK_EQ_INT(ls_result_type(LS_INT8, LS_UINT8), LS_INT16);
        CHECK_EQ_INT(ls_result_type(LS_INT64, LS_FLOAT32), LS_FLOAT64);
        CHECK_EQ_INT(ls_result_type(LS_FLOAT16, LS_BFLOAT16), LS_FLOAT32);
        CHECK_EQ_INT(ls_result_type((ls_dtype)99, LS_INT8), LS_DTYPE_DEFAULT);
        CHECK_EQ_INT(ls_dtype_size((ls_dtype)99), 0);
        CHECK_EQ_INT(ls_dtype_from_name("float128"), LS_DTYPE_DEFAULT);
        CHECK(ls_dtype_name((ls_dtype)99) != NULL);
        CHECK_EQ_INT(ls_error(), LS_OK);
    }
}

int main(void)
{
    RUN(constants_in_every_dtype);
    RUN(ranges_at_the_ends_of_int64);
    RUN(conversions_at_the_ends_of_ranges);
    RUN(c_memory_of_every_type);
    RUN(items_convert_exactly_or_say_no);
    RUN(astype_of_the_same_dtype_is_a_view_and_copy_is_not);
    RUN(questions);
    return check_report();
}
