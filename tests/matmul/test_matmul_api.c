/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public products: NumPy's shapes, dtypes, errors and modes. Numbers are small integers, so that every order of
 * addition gives the same and expected values can be counted out. */
#include <lockstep.h>

#include "../support/check.h"
#include <stdlib.h>

/* arange(count) - 5 as a shape, of a dtype. */
static ls_array *numbers(ls_shape shape, ls_dtype dtype)
{
    int64_t count = 1;
    for (int64_t axis = 0; axis < shape.ndim; axis++) count *= shape.sizes[axis];
    return ls_astype(ls_reshape(ls_arange(-5, count - 5), shape), dtype);
}

/* The element of numbers() at row-major position `at`. */
static double number(int64_t at) { return (double)(at - 5); }

static void same_shape(const ls_array *a, ls_shape shape)
{
    if (!CHECK_EQ_INT(ls_ndim(a), shape.ndim)) return;
    for (int64_t axis = 0; axis < shape.ndim; axis++) CHECK_EQ_INT(ls_dim(a, axis), shape.sizes[axis]);
}

/* Every element of `a`, converted to double. */
static double *values(const ls_array *a)
{
    const int64_t count = ls_size(a);
    double *out = malloc((size_t)count * sizeof *out + 1);
    CHECK_STATUS(ls_to_host(ls_astype(a, LS_FLOAT64), out, count), LS_OK);
    return out;
}

TEST(matrices_of_every_dtype)
{
    static const ls_dtype dtypes[] = {LS_INT8,   LS_INT16,   LS_INT32,    LS_INT64,   LS_UINT8,   LS_UINT16,   LS_UINT32,
                                      LS_UINT64, LS_FLOAT16, LS_BFLOAT16, LS_FLOAT32, LS_FLOAT64, LS_COMPLEX64, LS_COMPLEX128};
    for (size_t d = 0; d < sizeof dtypes / sizeof *dtypes; d++) LS_SCOPE {
        const bool is_unsigned = dtypes[d] >= LS_UINT8 && dtypes[d] <= LS_UINT64;
        ls_array *x = numbers(LS_SHAPE(3, 4), dtypes[d]), *y = numbers(LS_SHAPE(4, 2), dtypes[d]);
        ls_array *product = ls_matmul(x, y);
        CHECK_EQ_INT(ls_dtype_of(product), dtypes[d]);
        same_shape(product, LS_SHAPE(3, 2));
        if (is_unsigned) continue; /* wraps; the wrapped bits are tested below the API */
        double *got = values(dtypes[d] >= LS_COMPLEX64 ? ls_real(product) : product);
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 2; j++) {
                double sum = 0;
                for (int p = 0; p < 4; p++) sum += number(i * 4 + p) * number(p * 2 + j);
                CHECK_EQ_DOUBLE(got[i * 2 + j], sum);
            }
        free(got);
    }
}

TEST(vectors_lose_their_added_axis)
{
    LS_SCOPE {
        ls_array *v = numbers(LS_SHAPE(4), LS_FLOAT64), *m = numbers(LS_SHAPE(4, 3), LS_FLOAT64);
        double dot;
        CHECK_STATUS(ls_item(ls_matmul(v, v), &dot), LS_OK);
        CHECK_EQ_DOUBLE(dot, 25 + 16 + 9 + 4.0);
        same_shape(ls_matmul(v, v), LS_SHAPE0);
        same_shape(ls_matmul(v, m), LS_SHAPE(3));
        same_shape(ls_matmul(ls_transpose(m), v), LS_SHAPE(3));
        double *row = values(ls_matmul(v, m)), *column = values(ls_matmul(ls_transpose(m), v));
        for (int j = 0; j < 3; j++) {
            double sum = 0;
            for (int p = 0; p < 4; p++) sum += number(p) * number(p * 3 + j);
            CHECK_EQ_DOUBLE(row[j], sum);
            CHECK_EQ_DOUBLE(column[j], sum);
        }
        free(row), free(column);
        same_shape(ls_matmul(v, numbers(LS_SHAPE(2, 5, 4, 3), LS_FLOAT64)), LS_SHAPE(2, 5, 3));
        same_shape(ls_matmul(numbers(LS_SHAPE(2, 5, 3, 4), LS_FLOAT64), v), LS_SHAPE(2, 5, 3));
    }
}

/* x (2, 1, 3, 4) @ y (5, 4, 2): the leading axes broadcast to (2, 5). */
TEST(leading_axes_broadcast)
{
    LS_SCOPE {
        ls_array *product =
            ls_matmul(numbers(LS_SHAPE(2, 1, 3, 4), LS_FLOAT64), numbers(LS_SHAPE(5, 4, 2), LS_FLOAT64));
        same_shape(product, LS_SHAPE(2, 5, 3, 2));
        double *got = values(product);
        for (int at = 0; at < 2 * 5 * 3 * 2; at++) {
            const int j = at % 2, i = at / 2 % 3, b = at / 6 % 5, a = at / 30;
            double sum = 0;
            for (int p = 0; p < 4; p++) sum += number((a * 3 + i) * 4 + p) * number((b * 4 + p) * 2 + j);
            CHECK_EQ_DOUBLE(got[at], sum);
        }
        free(got);
    }
}

TEST(views_and_pending_operands)
{
    LS_SCOPE {
        ls_array *x = numbers(LS_SHAPE(6, 8), LS_FLOAT64);
        ls_array *part = ls_at(x, "::-2, 1::3"), *sum = ls_add(part, 1.0);
        double *direct = values(ls_matmul(ls_copy(part), ls_transpose(ls_copy(part))));
        double *views = values(ls_matmul(part, ls_transpose(part)));
        double *fused = values(ls_matmul(sum, ls_transpose(ls_subtract(sum, 0.0))));
        double *copied = values(ls_matmul(ls_copy(sum), ls_transpose(ls_copy(sum))));
        for (int i = 0; i < 9; i++) {
            CHECK_EQ_DOUBLE(views[i], direct[i]);
            CHECK_EQ_DOUBLE(fused[i], copied[i]);
        }
        free(direct), free(views), free(fused), free(copied);
    }
}

TEST(dtypes_promote_and_bool_asks_for_any)
{
    LS_SCOPE {
        ls_array *i8 = ls_ones(LS_SHAPE(2, 2), .dtype = LS_INT8), *f32 = ls_ones(LS_SHAPE(2, 2), .dtype = LS_FLOAT32);
        CHECK_EQ_INT(ls_dtype_of(ls_matmul(i8, f32)), LS_FLOAT32);
        CHECK_EQ_INT(ls_dtype_of(ls_matmul(i8, i8)), LS_INT8);
        ls_array *many = ls_ones(LS_SHAPE(1, 256), .dtype = LS_BOOL);
        bool any = false;
        ls_array *met = ls_matmul(many, ls_transpose(many)); /* 256 would wrap to 0 in eight bits */
        CHECK_EQ_INT(ls_dtype_of(met), LS_BOOL);
        CHECK_STATUS(ls_item(met, &any), LS_OK);
        CHECK(any);
        CHECK_STATUS(ls_item(ls_matmul(many, ls_zeros(LS_SHAPE(256, 1), .dtype = LS_BOOL)), &any), LS_OK);
        CHECK(!any);
        int8_t wrapped;
        ls_array *sixteen = ls_full(LS_SHAPE(16), 16, .dtype = LS_INT8);
        CHECK_STATUS(ls_item(ls_matmul(sixteen, sixteen), &wrapped), LS_OK);
        CHECK_EQ_INT(wrapped, 0); /* 4096 */
    }
}

TEST(empty_sizes)
{
    LS_SCOPE {
        ls_array *zeros = ls_matmul(ls_zeros(LS_SHAPE(2, 0)), ls_zeros(LS_SHAPE(0, 3)));
        same_shape(zeros, LS_SHAPE(2, 3));
        double total = 1;
        CHECK_STATUS(ls_item(ls_sum(zeros), &total), LS_OK);
        CHECK_EQ_DOUBLE(total, 0);
        same_shape(ls_matmul(ls_zeros(LS_SHAPE(0, 4)), ls_zeros(LS_SHAPE(4, 3))), LS_SHAPE(0, 3));
        CHECK_STATUS(ls_evaluate(ls_matmul(ls_zeros(LS_SHAPE(0, 2, 4)), ls_zeros(LS_SHAPE(4, 3)))), LS_OK);
    }
}

static void fails(const ls_array *a, ls_status status, const char *text)
{
    CHECK(a == NULL);
    CHECK_STATUS(ls_error(), status);
    if (!CHECK(strstr(ls_error_message(), text) != NULL)) printf("  message: %s\n", ls_error_message());
    ls_clear_error();
}

TEST(errors_name_both_shapes)
{
    LS_SCOPE {
        ls_array *x = ls_ones(LS_SHAPE(3, 4)), *y = ls_ones(LS_SHAPE(5, 6));
        fails(ls_matmul(x, y), LS_ESHAPE, "ls_matmul: shapes (3,4) and (5,6) do not multiply (4 and 5) at ");
        fails(ls_matmul(ls_ones(LS_SHAPE(2, 3, 4)), ls_ones(LS_SHAPE(5, 4, 6))), LS_ESHAPE,
              "shapes (2,3,4) and (5,4,6) do not multiply (leading axes: 2 and 5)");
        fails(ls_matmul(x, ls_ones(LS_SHAPE(3))), LS_ESHAPE, "shapes (3,4) and (3,) do not multiply (4 and 3)");
        fails(ls_matmul(ls_ones(LS_SHAPE0), y), LS_ESHAPE, "operand 1 is 0-d; use ls_multiply");
        fails(ls_matmul(x, 2.0), LS_EARGUMENT, "argument 2 is a number, not an array");
        fails(ls_matmul(NULL, y), LS_EARGUMENT, "argument 1 is NULL");
        fails(ls_matmul(x, y, .mode = (ls_matmul_mode)7), LS_EARGUMENT, "mode 7");
        fails(ls_dot(x, y), LS_ESHAPE, "ls_dot: shapes (3,4) and (5,6)");
        fails(ls_dot(ls_ones(LS_SHAPE(2, 3, 4)), ls_ones(LS_SHAPE(2, 5, 6))), LS_ESHAPE, "(2,5,6) do not multiply (4 and 5)");
        fails(ls_vecdot(ls_ones(LS_SHAPE(3)), ls_ones(LS_SHAPE(4))), LS_ESHAPE, "3 elements in one operand and 4");
        fails(ls_vecdot(x, x, .axis = LS_AXIS(2)), LS_EAXIS, "ls_vecdot");
        CHECK_STATUS(ls_matmul_into(ls_zeros(LS_SHAPE(2, 2)), x, y), LS_ESHAPE);
        ls_clear_error();
    }
}

TEST(into_an_array_that_overlaps)
{
    LS_SCOPE {
        ls_array *x = numbers(LS_SHAPE(3, 3), LS_FLOAT64);
        double *expected = values(ls_matmul(x, x));
        CHECK_STATUS(ls_matmul_into(x, x, x), LS_OK);
        double *got = values(x);
        for (int i = 0; i < 9; i++) CHECK_EQ_DOUBLE(got[i], expected[i]);
        free(expected), free(got);
    }
}

/* Exact products of random numbers: the same bits from views, copies, and the chain written out. */
TEST(exact_mode_is_the_chain)
{
    LS_SCOPE {
        enum { N = 50, K = 130 };
        ls_rng *rng = ls_rng_new(7);
        ls_array *x = ls_random(rng, LS_SHAPE(N, K)), *y = ls_random(rng, LS_SHAPE(K, N));
        const ls_matmul_mode before = ls_set_matmul_mode(LS_MATMUL_EXACT);
        CHECK_EQ_INT(ls_get_matmul_mode(), LS_MATMUL_EXACT);
        double *by_thread = values(ls_matmul(x, y));
        CHECK_EQ_INT(ls_set_matmul_mode(LS_MATMUL_DEFAULT), LS_MATMUL_EXACT);
        CHECK_EQ_INT(ls_get_matmul_mode(), before);
        double *by_call = values(ls_matmul(x, y, .mode = LS_MATMUL_EXACT));
        double *a = values(x), *b = values(y), *fast = values(ls_matmul(x, y, .mode = LS_MATMUL_FAST));
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                double sum = 0;
                for (int p = 0; p < K; p++) sum = fma(a[i * K + p], b[p * N + j], sum);
                CHECK_EQ_DOUBLE(by_thread[i * N + j], sum);
                CHECK_EQ_DOUBLE(by_call[i * N + j], sum);
                CHECK(fabs(fast[i * N + j] - sum) <= K * 2.3e-16 * sum);
            }
        free(by_thread), free(by_call), free(a), free(b), free(fast);
    }
}

TEST(the_environment_chooses_the_mode)
{
    const char *wish = getenv("LOCKSTEP_MATMUL");
    CHECK_EQ_INT(ls_get_matmul_mode(), wish && strcmp(wish, "exact") == 0 ? LS_MATMUL_EXACT : LS_MATMUL_FAST);
}

TEST(dot_follows_numpy)
{
    LS_SCOPE {
        ls_array *x = numbers(LS_SHAPE(2, 3, 4), LS_FLOAT64), *y = numbers(LS_SHAPE(5, 4, 2), LS_FLOAT64);
        ls_array *product = ls_dot(x, y);
        same_shape(product, LS_SHAPE(2, 3, 5, 2));
        double *got = values(product);
        for (int at = 0; at < 60; at++) {
            const int m = at % 2, k = at / 2 % 5, ij = at / 10;
            double sum = 0;
            for (int p = 0; p < 4; p++) sum += number(ij * 4 + p) * number((k * 4 + p) * 2 + m);
            CHECK_EQ_DOUBLE(got[at], sum);
        }
        free(got);
        double dot;
        CHECK_STATUS(ls_item(ls_dot(numbers(LS_SHAPE(3), LS_INT32), numbers(LS_SHAPE(3), LS_INT32)), &dot), LS_OK);
        CHECK_EQ_DOUBLE(dot, 25 + 16 + 9.0);
        same_shape(ls_dot(x, ls_ones(LS_SHAPE0)), LS_SHAPE(2, 3, 4));
        same_shape(ls_dot(x, ls_ones(LS_SHAPE(4))), LS_SHAPE(2, 3));
    }
}

TEST(vecdot_conjugates_the_first_operand)
{
    LS_SCOPE {
        ls_array *x = numbers(LS_SHAPE(3, 4), LS_FLOAT64), *i = ls_full(LS_SHAPE0, ls_operand_c128(0, 1));
        double sum;
        ls_complex z;
        CHECK_STATUS(ls_item(ls_vecdot(ls_at(x, "0"), ls_at(x, "1")), &sum), LS_OK);
        CHECK_EQ_DOUBLE(sum, -5 * -1 + -4 * 0 + -3 * 1 + -2 * 2.0);
        same_shape(ls_vecdot(x, x), LS_SHAPE(3));
        same_shape(ls_vecdot(x, x, .axis = LS_AXIS(0)), LS_SHAPE(4));
        same_shape(ls_vecdot(ls_ones(LS_SHAPE(2, 1, 4)), x), LS_SHAPE(2, 3));
        ls_array *turned = ls_multiply(x, i); /* conj(ix) * x = -i x * x */
        CHECK_STATUS((ls_item)(LS_HERE, ls_vecdot(ls_at(turned, "0"), ls_at(x, "0")), &z, LS_COMPLEX128), LS_OK);
        CHECK_EQ_DOUBLE(z.im, -(25 + 16 + 9 + 4.0));
        CHECK_EQ_INT(ls_dtype_of(ls_vecdot(ls_ones(LS_SHAPE(3), .dtype = LS_INT8), ls_ones(LS_SHAPE(3), .dtype = LS_INT8))),
                     LS_INT8);
    }
}

TEST(outer_products)
{
    LS_SCOPE {
        ls_array *outer = ls_outer(numbers(LS_SHAPE(3), LS_INT64), numbers(LS_SHAPE(2, 2), LS_INT64));
        same_shape(outer, LS_SHAPE(3, 4));
        CHECK_EQ_INT(ls_dtype_of(outer), LS_INT64);
        double *got = values(outer);
        for (int at = 0; at < 12; at++) CHECK_EQ_DOUBLE(got[at], number(at / 4) * number(at % 4));
        free(got);
        same_shape(ls_outer(ls_zeros(LS_SHAPE(0)), ls_ones(LS_SHAPE(2))), LS_SHAPE(0, 2));
    }
}

TEST(expressions_know_the_product)
{
    LS_SCOPE {
        ls_array *x = numbers(LS_SHAPE(3, 4), LS_FLOAT64), *y = numbers(LS_SHAPE(4, 2), LS_FLOAT64);
        double *text = values(ls_eval("x @ y + 1", x, y)), *calls = values(ls_add(ls_matmul(x, y), 1.0));
        for (int i = 0; i < 6; i++) CHECK_EQ_DOUBLE(text[i], calls[i]);
        free(text), free(calls);
    }
}

int main(void)
{
    RUN(matrices_of_every_dtype);
    RUN(vectors_lose_their_added_axis);
    RUN(leading_axes_broadcast);
    RUN(views_and_pending_operands);
    RUN(dtypes_promote_and_bool_asks_for_any);
    RUN(empty_sizes);
    RUN(errors_name_both_shapes);
    RUN(into_an_array_that_overlaps);
    RUN(exact_mode_is_the_chain);
    RUN(the_environment_chooses_the_mode);
    RUN(dot_follows_numpy);
    RUN(vecdot_conjugates_the_first_operand);
    RUN(outer_products);
    RUN(expressions_know_the_product);
    return check_report();
}
