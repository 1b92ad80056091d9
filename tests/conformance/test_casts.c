/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What happens between dtypes, in every setting and instruction set: casts of every pair, ls_where with conditions and
 * values of every dtype, and operands of two dtypes, which promote. */
#include "count.h"
#include "expect.h"
#include "settings.h"
#include "ways.h"
#include <stdlib.h>

/* One dtype's inputs. */
typedef struct kit {
    pool inputs;
    setting settings[SETTINGS];
    int count;
} kit;
static kit kits[DTYPES + 1];

static void make_kits(void)
{
    for (int dtype = 1; dtype <= DTYPES; dtype++) {
        pool_fill(&kits[dtype].inputs, (ls_dtype)dtype);
        kits[dtype].count = settings_make(kits[dtype].settings, &kits[dtype].inputs);
    }
}

static void check_and_free_kits(void)
{
    for (int dtype = 1; dtype <= DTYPES; dtype++) {
        CHECK(settings_unchanged(kits[dtype].settings, kits[dtype].count, (ls_dtype)dtype));
        settings_free(kits[dtype].settings, kits[dtype].count);
    }
}

/* A result in every way, from a function of two settings. */
typedef ls_array *maker(const setting *x, const setting *y, int which);
static long in_every_way(maker *make, const setting *x, const setting *y, int which, ls_dtype dtype,
                         const void *expected, const char *what)
{
    for (int way = 0; way < ways_count(); way++) {
        ways_go(way);
        LS_SCOPE {
            if (!CHECK(is_result(make(x, y, which), x, dtype, expected)))
                printf("  %s, %s\n", what, ways_name(way));
        }
    }
    return ways_count();
}

/* --- casts ------------------------------------------------------------------------------------------------------ */

static ls_array *make_cast(const setting *x, const setting *y, int which)
{
    (void)y;
    return ls_astype(x->operands[0].value.array, (ls_dtype)which);
}

/* ls_to_host converts by the same rules. */
static bool host_converts(const setting *s, ls_dtype to, const void *expected)
{
    static unsigned char got[POOL * LARGEST_ELEMENT];
    return ls_to_host_as(s->operands[0].value.array, got, s->n, to) == LS_OK &&
           memcmp(got, expected, (size_t)s->n * dtype_size(to)) == 0;
}

static long cast_pair(ls_dtype from, ls_dtype to)
{
    static unsigned char expected[POOL * LARGEST_ELEMENT];
    const kit *k = &kits[from];
    char what[64];
    long ran = 0;
    snprintf(what, sizeof what, "%s to %s", dtype_name(from), dtype_name(to));
    for (int s = 0; s < k->count; s++) {
        const setting *at = &k->settings[s];
        if (at->arity > 1) continue;
        cast_elements(from, at->elements[0], to, expected, at->n);
        ran += in_every_way(make_cast, at, NULL, (int)to, to, expected, what);
        if (!CHECK(host_converts(at, to, expected))) printf("  %s, %s by ls_to_host\n", at->name, what);
        ran++;
    }
    return ran;
}

TEST(casts)
{
    long ran = 0;
    for (int from = 1; from <= DTYPES; from++)
        for (int to = 1; to <= DTYPES; to++) ran += cast_pair((ls_dtype)from, (ls_dtype)to);
    cases_are("casts", ran, 15L * 15 * settings_count(1) * (ways_count() + 1));
}

/* --- where ------------------------------------------------------------------------------------------------------ */

static ls_array *make_where(const setting *condition, const setting *values, int which)
{
    (void)which;
    return (ls_where)("where", condition->operands[0], values->operands[1], values->operands[2]);
}

/* Two C numbers have the dtype of their kind. */
static ls_dtype where_dtype(const setting *values, ls_dtype dtype)
{
    static const ls_dtype of_kind[] = {LS_BOOL, LS_INT64, LS_INT64, LS_FLOAT64, LS_COMPLEX128};
    const bool numbers = values->operands[1].kind != LS_OPERAND_ARRAY && values->operands[2].kind != LS_OPERAND_ARRAY;
    return numbers ? of_kind[dtype_kind(dtype)] : dtype;
}

static long where_pair(ls_dtype condition, ls_dtype dtype)
{
    static unsigned char expected[POOL * LARGEST_ELEMENT];
    char what[64];
    long ran = 0;
    snprintf(what, sizeof what, "where by %s of %s", dtype_name(condition), dtype_name(dtype));
    for (int s = 0; s < kits[dtype].count; s++) {
        const setting *c = &kits[condition].settings[s], *v = &kits[dtype].settings[s];
        const ls_dtype result = where_dtype(v, dtype);
        for (int64_t k = 0; k < v->n; k++) {
            const value truth = value_cast(condition, value_load(condition, c->elements[0], k), LS_BOOL);
            const value chosen = value_load(dtype, v->elements[truth.i ? 1 : 2], k);
            value_store(result, value_cast(dtype, chosen, result), expected, k);
        }
        ran += in_every_way(make_where, c, v, 0, result, expected, what);
    }
    return ran;
}

TEST(where)
{
    long ran = 0;
    for (int dtype = 1; dtype <= DTYPES; dtype++) {
        ran += where_pair(LS_BOOL, (ls_dtype)dtype);
        ran += where_pair((ls_dtype)dtype, LS_FLOAT32);
    }
    cases_are("where", ran, 2L * 15 * settings_count(3) * ways_count());
}

/* --- two dtypes ------------------------------------------------------------------------------------------------- */

static ls_array *make_pair(const setting *x, const setting *y, int which)
{
    const ls_operand operands[3] = {x->operands[0], y->operands[1], ls_operand_none()};
    return row_call((lsi_op)which, operands);
}

static whole compared(lsi_op op, whole x, whole y)
{
    return op == LSI_OP_less ? x < y : op == LSI_OP_greater_equal ? x >= y : op == LSI_OP_equal ? x == y : x != y;
}

/* Integers compare as the numbers they are; everything else is done in the dtype both promote to. */
static bool expect_pair(lsi_op op, ls_dtype a, ls_dtype b, const setting *x, const setting *y, void *out)
{
    static unsigned char as[2][POOL * LARGEST_ELEMENT];
    const ls_dtype common = ls_result_type(a, b);
    const void *const operands[3] = {as[0], as[1], NULL};
    if (op != LSI_OP_add && dtype_kind(a) <= UINT && dtype_kind(b) <= UINT) {
        for (int64_t k = 0; k < x->n; k++) {
            const whole i = value_load(a, x->elements[0], k).i, j = value_load(b, y->elements[1], k).i;
            value_store(LS_BOOL, value_of_whole(compared(op, i, j)), out, k);
        }
        return true;
    }
    cast_elements(a, x->elements[0], common, as[0], x->n);
    cast_elements(b, y->elements[1], common, as[1], x->n);
    return expect(op, common, x->n, operands, out);
}

/* Contiguous and transposed, 65 and 1025 elements. */
static bool is_chosen(const setting *s)
{
    return (s->n == 65 || s->n == 1025) && (strcmp(s->name, "contiguous") == 0 || strcmp(s->name, "transposed") == 0);
}

TEST(two_dtypes)
{
    static const lsi_op ops[] = {LSI_OP_add, LSI_OP_less, LSI_OP_greater_equal, LSI_OP_equal, LSI_OP_not_equal};
    static unsigned char expected[POOL * LARGEST_ELEMENT];
    enum { OPS = sizeof ops / sizeof *ops, EQUALITIES_AND_ADD = 3, CHOSEN = 4, REALS = 13 };
    char what[96];
    long ran = 0;
    for (int code = 0; code < DTYPES * DTYPES * OPS; code++) {
        const lsi_op op = ops[code % OPS];
        const ls_dtype a = (ls_dtype)(1 + code / OPS % DTYPES), b = (ls_dtype)(1 + code / OPS / DTYPES);
        const ls_dtype common = ls_result_type(a, b);
        if (!row_operand_dtype(op, common)) continue; /* order of complex numbers: refused, as test_elementwise shows */
        snprintf(what, sizeof what, "%s of %s and %s", rows[op].name, dtype_name(a), dtype_name(b));
        for (int s = 0; s < kits[a].count; s++) {
            const setting *x = &kits[a].settings[s], *y = &kits[b].settings[s];
            if (!is_chosen(x)) continue;
            CHECK(expect_pair(op, a, b, x, y, expected));
            ran += in_every_way(make_pair, x, y, (int)op, row_result_dtype(op, common), expected, what);
        }
    }
    const long pairs = 15L * 15 * EQUALITIES_AND_ADD + (long)REALS * REALS * (OPS - EQUALITIES_AND_ADD);
    cases_are("two dtypes", ran, pairs * CHOSEN * ways_count());
}

int main(void)
{
    LS_SCOPE {
        make_kits();
        RUN(casts);
        RUN(where);
        RUN(two_dtypes);
        check_and_free_kits();
    }
    return cases_report();
}
