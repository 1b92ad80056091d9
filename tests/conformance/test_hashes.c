/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One hash, whatever the way: every row and dtype, and random chains of operations, casts, views and reductions, give
 * the same bits on every instruction set and thread count, evaluated step by step or all at once. */
#include "count.h"
#include "expect.h"
#include "ways.h"
#include <stdlib.h>

enum { THREADS = 3, ROWS = 3, COLUMNS = 2311, N = ROWS * COLUMNS }; /* several strips, no multiple of anything */

static uint64_t hash_bytes(uint64_t hash, const unsigned char *bytes, size_t count)
{
    for (size_t k = 0; k < count; k++) hash = (hash ^ bytes[k]) * 0x100000001b3u;
    return hash ^ hash >> 29;
}

/* Of the elements in C order; NaN is canonical there. 0 when there is no result. */
static uint64_t hash_array(uint64_t hash, const ls_array *a)
{
    static unsigned char elements[N * LARGEST_ELEMENT];
    const ls_dtype dtype = ls_dtype_of(a);
    if (!a || ls_size(a) > N || ls_to_host_as(a, elements, ls_size(a), dtype) != LS_OK) return 0;
    return hash_bytes(hash + (uint64_t)dtype, elements, (size_t)ls_size(a) * dtype_size(dtype));
}

/* What must not show. Stepwise: each result is stored before the next call. */
typedef struct way {
    lsi_isa isa;
    int threads;
    enum { STEPWISE, AT_ONCE, AT_ONCE_AS_LARGE, MANNERS } manner;
} way;

static void go(way w)
{
    lsi_isa_force(w.isa);
    as_if_large(w.manner == AT_ONCE_AS_LARGE);
    ls_set_num_threads(w.threads);
}

/* The number of ways, and the one of a number; the first is the plainest. Every instruction set in every manner on one
 * thread, then at once on more threads, where what is tried takes turns with the instruction sets. */
static int ways(void) { return isa_count() * MANNERS + THREADS - 1; }
static way way_number(int k, int turn)
{
    const int more = k - isa_count() * MANNERS;
    if (more < 0) return (way){(lsi_isa)(k / MANNERS), 1, k % MANNERS};
    return (way){(lsi_isa)((turn + more) % isa_count()), 2 + more, AT_ONCE};
}

static void step_done(way w, ls_array *a)
{
    if (w.manner == STEPWISE) CHECK_STATUS(ls_evaluate(a), LS_OK);
}

static bool agrees(uint64_t hash, uint64_t first, way w, const char *what)
{
    static const char *const names[MANNERS] = {"step by step", "at once", "at once as if large"};
    if (CHECK(hash == first && hash != 0)) return true;
    printf("  %s: %016llx, not %016llx on %s, %d threads, %s\n", what, (unsigned long long)hash,
           (unsigned long long)first, lsi_isa_name(w.isa), w.threads, names[w.manner]);
    return false;
}

/* --- inputs ----------------------------------------------------------------------------------------------------- */

/* ROWS by COLUMNS elements of each dtype, in the pool's order again and again. */
static ls_array *inputs[DTYPES + 1][OPERANDS];

static void make_inputs(void)
{
    static pool p;
    static unsigned char elements[N * LARGEST_ELEMENT];
    for (int dtype = 1; dtype <= DTYPES; dtype++) {
        const size_t size = dtype_size((ls_dtype)dtype);
        pool_fill(&p, (ls_dtype)dtype);
        for (int operand = 0; operand < OPERANDS; operand++) {
            for (int64_t k = 0; k < N; k++)
                memcpy(elements + (size_t)k * size, p.elements[operand] + (size_t)(k % POOL) * size, size);
            inputs[dtype][operand] = ls_from_host(elements, LS_SHAPE(ROWS, COLUMNS), .data_dtype = (ls_dtype)dtype);
        }
    }
}

/* --- every row in the middle of a chain ------------------------------------------------------------------------- */

/* m = where(c, x, y), then where(d, row(m, y, z), row(x, m, z)): each step reads what the one before made. */
static uint64_t row_hash(lsi_op op, ls_dtype dtype, way w)
{
    uint64_t hash = 0;
    go(w);
    LS_SCOPE {
        ls_array *const *in = inputs[dtype];
        ls_array *mixed = ls_where(inputs[LS_BOOL][0], in[0], in[1]);
        step_done(w, mixed);
        const ls_operand chained[3] = {ls_operand_array(mixed), ls_operand_array(in[1]), ls_operand_array(in[2])};
        const ls_operand plain[3] = {ls_operand_array(in[0]), ls_operand_array(mixed), ls_operand_array(in[2])};
        ls_array *first = row_call(op, chained), *second = row_call(op, plain);
        step_done(w, first);
        step_done(w, second);
        hash = hash_array(1, ls_where(inputs[LS_BOOL][1], first, second));
    }
    return hash;
}

TEST(rows)
{
    long ran = 0, accepted = 0;
    uint64_t all = 1;
    for (int code = 0; code < LSI_OP_ROWS * DTYPES; code++) {
        const lsi_op op = (lsi_op)(code / DTYPES);
        const ls_dtype dtype = (ls_dtype)(1 + code % DTYPES);
        char what[64];
        if (!row_operand_dtype(op, dtype)) continue;
        accepted++;
        snprintf(what, sizeof what, "%s of %s", rows[op].name, dtype_name(dtype));
        const uint64_t first = row_hash(op, dtype, way_number(0, 0));
        for (int k = 0; k < ways(); k++, ran++)
            if (!agrees(row_hash(op, dtype, way_number(k, code)), first, way_number(k, code), what)) k = ways();
        all = hash_bytes(all, (const unsigned char *)&first, sizeof first);
    }
    printf("  hash of all rows %016llx\n", (unsigned long long)all);
    cases_are("rows by ways", ran, accepted * ways());
}

/* At once is one program, step by step three and the last. */
TEST(fused_means_one_program)
{
    for (int k = 0; k < MANNERS; k++) {
        const ls_work before = ls_work_done();
        CHECK(row_hash(LSI_OP_add, LS_FLOAT32, way_number(k, 0)) != 0);
        CHECK_EQ_INT(ls_work_done().programs - before.programs, k == STEPWISE ? 4 : 1);
    }
}

/* --- random chains ---------------------------------------------------------------------------------------------- */

enum { CHAINS = 150, LENGTH = 14, FIRST_INPUTS = 4 };

typedef struct chain {
    uint64_t state;
    ls_array *values[FIRST_INPUTS + LENGTH]; /* all broadcast to ROWS by COLUMNS */
    int count;
} chain;

static int below(chain *c, int n) { return (int)(random_bits(&c->state) >> 33) % n; }

/* Late values more often, so that the chain is deep. */
static ls_array *pick(chain *c)
{
    const int some = below(c, c->count), late = c->count - 1 - below(c, c->count < 3 ? c->count : 3);
    return c->values[below(c, 3) ? late : some];
}

static ls_array *random_row(chain *c)
{
    ls_operand operands[3] = {ls_operand_none(), ls_operand_none(), ls_operand_none()};
    for (;;) {
        const lsi_op op = (lsi_op)below(c, LSI_OP_ROWS);
        ls_dtype common = LS_DTYPE_DEFAULT;
        for (int k = 0; k < rows[op].arity; k++) {
            ls_array *a = pick(c);
            operands[k] = ls_operand_array(a);
            common = common ? ls_result_type(common, ls_dtype_of(a)) : ls_dtype_of(a);
        }
        if (row_operand_dtype(op, common)) return row_call(op, operands);
    }
}

/* A reduction, in a shape that broadcasts back. */
static ls_array *random_reduction(chain *c)
{
    ls_array *a = pick(c);
    const int axis = below(c, 2), which = below(c, 3);
    if (ls_dim(a, axis) == 1) return ls_expand_dims(ls_at(a, "0"), LS_AXIS(0));
    if (which == 0) return ls_any(a, .axis = LS_AXIS(axis), .keepdims = true);
    if (which == 1) return ls_mean(a, .axis = LS_AXIS(axis), .keepdims = true);
    return ls_sum(a, .axis = LS_AXIS(axis), .keepdims = true);
}

static ls_array *random_step(chain *c)
{
    switch (below(c, 10)) {
    case 0: return ls_astype(pick(c), (ls_dtype)(1 + below(c, DTYPES)));
    case 1: return ls_flip(pick(c), .axis = LS_AXIS(below(c, 2)));
    case 2: {
        ls_array *condition = pick(c), *x = pick(c);
        return ls_where(condition, x, pick(c));
    }
    case 3: return random_reduction(c);
    default: return random_row(c);
    }
}

/* The same choices for every way: they depend on the seed and on dtypes and shapes alone. */
static uint64_t chain_hash(int number, way w)
{
    chain c = {.state = 0x9e3779b97f4a7c15u + (uint64_t)number};
    uint64_t hash = 1;
    go(w);
    LS_SCOPE {
        while (c.count < FIRST_INPUTS) c.values[c.count++] = inputs[1 + below(&c, DTYPES)][below(&c, OPERANDS)];
        for (int k = 0; k < LENGTH; k++) {
            ls_array *next = random_step(&c);
            step_done(w, next);
            c.values[c.count++] = next;
        }
        for (int k = c.count - 3; k < c.count; k++) hash = hash ? hash_array(hash, c.values[k]) : 0;
    }
    return hash;
}

TEST(chains)
{
    long ran = 0;
    uint64_t all = 1;
    for (int number = 0; number < CHAINS; number++) {
        char what[32];
        snprintf(what, sizeof what, "chain %d", number);
        const uint64_t first = chain_hash(number, way_number(0, 0));
        for (int k = 0; k < ways(); k++, ran++)
            if (!agrees(chain_hash(number, way_number(k, number)), first, way_number(k, number), what)) k = ways();
        all = hash_bytes(all, (const unsigned char *)&first, sizeof first);
    }
    printf("  hash of all chains %016llx\n", (unsigned long long)all);
    cases_are("chains by ways", ran, (long)CHAINS * ways());
}

int main(void)
{
    LS_SCOPE {
        make_inputs();
        RUN(rows);
        RUN(fused_means_one_program);
        RUN(chains);
    }
    return cases_report();
}
