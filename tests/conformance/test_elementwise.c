/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every elementwise row, every dtype, every setting (sizes, layouts, broadcasting, C numbers), every instruction set,
 * planned or not: dtype, shape and every bit as expected, inputs untouched, and refusals that name the dtype. */
#include "count.h"
#include "expect.h"
#include "settings.h"
#include "ways.h"

/* Dtypes that a row of each set accepts, promoted ones included. */
enum {
    ACCEPTS_ANY = 15, ACCEPTS_NUMBER = 15, ACCEPTS_NUMBERX = 14, ACCEPTS_FLOATC = 15, ACCEPTS_BOOL = 15,
    ACCEPTS_ORDERED = 13, ACCEPTS_REAL = 13, ACCEPTS_FLOAT = 13, ACCEPTS_FLOATH = 13, ACCEPTS_BITS = 9, ACCEPTS_INT = 9
};
static const struct wanted {
    int arity, accepted;
} wanted[LSI_OP_ROWS] = {
#define UNARY(name, SET, ...) [LSI_OP_##name] = {1, ACCEPTS_##SET},
#define UNARY_RARE UNARY
#define BINARY(name, SET, ...) [LSI_OP_##name] = {2, ACCEPTS_##SET},
#define BINARY_RARE BINARY
#define TERNARY(name, SET, ...) [LSI_OP_##name] = {3, ACCEPTS_##SET},
#include "ops.def"
};

/* Which of the settings serve ls_..._into and refusals: 1025 elements in order, one element. */
enum { INTO = 12, ONE = 1 };

static long cases, into_cases, refusals;

static void run_case(lsi_op op, ls_dtype dtype, const setting *s, int way, ls_dtype result, const void *expected)
{
    ways_go(way);
    LS_SCOPE {
        if (!CHECK(is_result(row_call(op, s->operands), s, result, expected)))
            printf("  %s %s, %s\n", rows[op].name, dtype_name(dtype), ways_name(way));
    }
    cases++;
}

/* A setting that holds the pool's elements in order expects the first of what the whole pool does. */
static void run_setting(lsi_op op, const pool *inputs, const setting *s, const void *of_pool)
{
    static unsigned char own[POOL * LARGEST_ELEMENT];
    const ls_dtype result = row_result_dtype(op, row_operand_dtype(op, inputs->dtype));
    const void *expected = of_pool;
    if (!s->is_pool) {
        ways_go(0);
        CHECK(expect(op, inputs->dtype, s->n, (const void *const *)s->elements, own));
        expected = own;
    }
    for (int way = 0; way < ways_count(); way++) run_case(op, inputs->dtype, s, way, result, expected);
}

/* Into an array that is there: every second element of one, and the first operand itself where its dtype is the
 * result's. */
static void run_into(lsi_op op, const pool *inputs, const setting *s, const void *expected)
{
    const ls_dtype result = row_result_dtype(op, row_operand_dtype(op, inputs->dtype));
    ways_go(isa_count() - 1);
    for (int in_place = 0; in_place < 2; in_place++, into_cases++) {
        LS_SCOPE {
            ls_array *out = ls_at(ls_zeros(LS_SHAPE(2 * s->n), .dtype = result), "::2");
            ls_operand operands[OPERANDS] = {s->operands[0], s->operands[1], s->operands[2]};
            if (in_place && result == inputs->dtype) {
                out = ls_copy(s->operands[0].value.array);
                operands[0] = ls_operand_array(out);
            }
            CHECK_STATUS(row_call_into(op, out, operands), LS_OK);
            if (!CHECK(is_result(out, s, result, expected)))
                printf("  %s_into of %s\n", rows[op].name, dtype_name(inputs->dtype));
        }
    }
}

static void run_row(lsi_op op, const pool *inputs, const setting *settings, int count)
{
    static unsigned char of_pool[POOL * LARGEST_ELEMENT];
    const void *const elements[OPERANDS] = {inputs->elements[0], inputs->elements[1], inputs->elements[2]};
    ways_go(0);
    if (!CHECK(expect(op, inputs->dtype, POOL, elements, of_pool)))
        printf("  %s %s: the result is not good enough\n", rows[op].name, dtype_name(inputs->dtype));
    for (int s = 0; s < count; s++)
        if (settings[s].arity <= rows[op].arity) run_setting(op, inputs, &settings[s], of_pool);
    run_into(op, inputs, &settings[INTO], of_pool);
}

static void refuse(lsi_op op, ls_dtype dtype, const setting *s)
{
    ls_clear_error();
    CHECK(row_call(op, s->operands) == NULL);
    CHECK_STATUS(ls_error(), LS_EDTYPE);
    if (!CHECK(strstr(ls_error_message(), dtype_name(dtype)) && strstr(ls_error_message(), rows[op].name)))
        printf("  it says: %s\n", ls_error_message());
    ls_clear_error();
    refusals++;
}

static void run_dtype(ls_dtype dtype)
{
    static pool inputs;
    static setting settings[SETTINGS];
    pool_fill(&inputs, dtype);
    LS_SCOPE {
        const int count = settings_make(settings, &inputs);
        for (int op = 0; op < LSI_OP_ROWS; op++) {
            if (row_operand_dtype((lsi_op)op, dtype))
                run_row((lsi_op)op, &inputs, settings, count);
            else
                refuse((lsi_op)op, dtype, &settings[ONE]);
        }
        CHECK(settings_unchanged(settings, count, dtype));
        settings_free(settings, count);
    }
}

TEST(every_row_and_dtype)
{
    long accepted_cases = 0, into = 0, refused = 0;
    for (int op = 0; op < LSI_OP_ROWS; op++) {
        accepted_cases += (long)wanted[op].accepted * settings_count(wanted[op].arity) * ways_count();
        into += 2L * wanted[op].accepted;
        refused += DTYPES - wanted[op].accepted;
    }
    for (int dtype = 1; dtype <= DTYPES; dtype++) {
        const long before = cases;
        run_dtype((ls_dtype)dtype);
        printf("  %-10s %8ld\n", dtype_name((ls_dtype)dtype), cases - before);
    }
    cases_are("elementwise", cases, accepted_cases);
    cases_are("elementwise, into", into_cases, into);
    cases_are("refused dtypes", refusals, refused);
}

int main(void)
{
    RUN(every_row_and_dtype);
    return cases_report();
}
