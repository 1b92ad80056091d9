/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The kernels of kernels/sum.cu, run on the CPU as src/device/reduce.c launches them, give the bits of the host's
 * reductions: every row and dtype, sizes around every boundary, layouts, strips of several lengths, interleavings. */
#include "backend.h"
#include "core/dtype.h"
#include "host/strip.h"
#include "shim_work.h"
#include "support/check.h"
#include <stdlib.h>

/* --- numbers --- */

static uint64_t state = 88172645463325252u;
static uint64_t bits(void)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}
static int64_t below(int64_t n) { return (int64_t)(bits() % (uint64_t)n); }

typedef enum flavour { PLAIN, NEAR_ONE, SPECIAL, ZEROS, FLAVOURS } flavour;

static double real_of(flavour kind)
{
    static const double special[] = {0.0, -0.0, 1.0, -1.0, INFINITY, -INFINITY, NAN, 1e30, -1e-30};
    const double uniform = (double)(bits() >> 11) * 0x1p-53;
    if (kind == NEAR_ONE) return 1 + (uniform - 0.5) * 0x1p-6;
    if (kind == SPECIAL && below(64) == 0) return special[below(9)];
    if (kind == ZEROS) return below(2) ? 0.0 : -0.0;
    return ldexp(uniform - 0.5, (int)below(20) - 10);
}

static void make_element(ls_dtype dtype, flavour kind, void *at)
{
    lsi_scalar x = {dtype, {0}};
    switch (lsi_dtype_kind(dtype)) {
    case LSI_KIND_BOOL: x.value.i = kind == ZEROS ? 0 : kind == SPECIAL ? below(2000) != 0 : below(2); break;
    case LSI_KIND_FLOAT: x.value.f = real_of(kind); break;
    case LSI_KIND_COMPLEX:
        x.value.c.re = real_of(kind);
        x.value.c.im = kind == NEAR_ONE ? (double)below(9) * 0x1p-10 : real_of(kind);
        break;
    default: x.value.u = kind == ZEROS ? (uint64_t)below(3) : bits();
    }
    lsi_scalar_store(&x, at);
}

static bool same_real(double a, double b) { return (isnan(a) && isnan(b)) || memcmp(&a, &b, 8) == 0; }

static bool same_element(ls_dtype dtype, const void *a, const void *b)
{
    lsi_scalar x, y;
    if (lsi_dtype_kind(dtype) < LSI_KIND_FLOAT) return memcmp(a, b, lsi_dtype_size(dtype)) == 0;
    lsi_scalar_load(dtype, a, &x);
    lsi_scalar_load(dtype, b, &y);
    if (lsi_dtype_kind(dtype) == LSI_KIND_FLOAT) return same_real(x.value.f, y.value.f);
    return same_real(x.value.c.re, y.value.c.re) && same_real(x.value.c.im, y.value.c.im);
}

/* --- a case --- */

typedef enum layout { IN_ORDER, REVERSED_AXES, GAPS, BACKWARDS, BROADCAST, SHUFFLED, APART, LAYOUTS } layout;

typedef struct shaped {
    int ndim;
    int64_t shape[5];
    bool reduced[5];
} shaped;

typedef struct array {
    lsi_buffer buffer;
    int64_t offset, strides[LS_MAX_NDIM];
} array;

static void new_array(array *a, int64_t elements, ls_dtype dtype)
{
    memset(a, 0, sizeof *a);
    a->buffer.bytes = (size_t)(elements ? elements : 1) * lsi_dtype_size(dtype);
    a->buffer.address = aligned_alloc(64, (a->buffer.bytes + 63) / 64 * 64);
    memset(a->buffer.address, 0x5a, a->buffer.bytes);
}

/* Strides of the axes in the order `order`, last fastest. APART: rows of the next axis do not follow each other. */
static int64_t lay(const shaped *s, const int *order, layout how, int64_t *strides)
{
    int64_t step = how == GAPS ? 3 : 1;
    for (int i = s->ndim - 1; i >= 0; i--) {
        strides[order[i]] = step;
        step *= s->shape[order[i]];
        if (how == APART) step += 1 + below(2) * 16;
    }
    return step;
}

static void make_source(array *a, ls_dtype dtype, const shaped *s, layout how, flavour kind)
{
    int order[5];
    int64_t strides[LS_MAX_NDIM] = {0};
    const int64_t start = how == IN_ORDER ? 0 : below(3);
    for (int i = 0; i < s->ndim; i++) order[i] = how == REVERSED_AXES ? s->ndim - 1 - i : i;
    for (int i = s->ndim - 1; how == SHUFFLED && i > 0; i--) {
        const int j = (int)below(i + 1), t = order[i];
        order[i] = order[j], order[j] = t;
    }
    const int64_t n = lay(s, order, how, strides) + start;
    new_array(a, n, dtype);
    memcpy(a->strides, strides, sizeof strides);
    a->offset = start;
    for (int i = 0; how == BACKWARDS && i < s->ndim; i++)
        if (i % 2 == 0 || s->ndim == 1) a->offset += a->strides[i] * (s->shape[i] - 1), a->strides[i] = -a->strides[i];
    if (how == BROADCAST && s->ndim) a->strides[below(s->ndim)] = 0;
    for (int64_t i = 0; i < n; i++)
        make_element(dtype, kind, (char *)a->buffer.address + (size_t)i * lsi_dtype_size(dtype));
}

static ls_dtype made_of(lsi_reduce_op op, ls_dtype dtype)
{
    if (op == LSI_REDUCE_var || op == LSI_REDUCE_std) return lsi_dtype_real(dtype);
    if (op == LSI_REDUCE_any || op == LSI_REDUCE_all) return LS_BOOL;
    if (op == LSI_REDUCE_argmin || op == LSI_REDUCE_argmax || op == LSI_REDUCE_count_nonzero) return LS_INT64;
    return dtype;
}

static int64_t count_of(const shaped *s, bool reduced)
{
    int64_t n = 1;
    for (int a = 0; a < s->ndim; a++)
        if (s->reduced[a] == reduced) n *= s->shape[a];
    return n;
}

static void describe(const shaped *s, lsi_reduce_op op, ls_dtype dtype, layout how, const char *what)
{
    printf("  op %d %s layout %d %s strip %lld processors %d shape", op, lsi_dtype_name(dtype), how, what,
           (long long)shim_strip, shim_device.multiprocessors);
    for (int a = 0; a < s->ndim; a++) printf(" %lld%s", (long long)s->shape[a], s->reduced[a] ? "r" : "");
    printf("\n");
}

enum { MAX_PARTS = 3 };

typedef struct way {
    bool computed, stored;
    ls_dtype result; /* 0: as made */
} way;

static void set_out(const shaped *s, layout how, lsi_reduction *r)
{
    int64_t step = how == GAPS ? 2 : 1;
    for (int k = 0; k < s->ndim; k++) {
        const int a = how == REVERSED_AXES ? k : s->ndim - 1 - k;
        r->strides[a] = s->reduced[a] ? 12345 : step;
        if (!s->reduced[a]) step *= s->shape[a];
    }
}

static void compare(const shaped *s, const lsi_reduction *r, const array *got, const array *wanted, layout how,
                    const char *what)
{
    const size_t size = lsi_dtype_size(r->result);
    bool same = true;
    for (size_t at = 0; at < got->buffer.bytes; at += size)
        same = same && same_element(r->result, (char *)got->buffer.address + at, (char *)wanted->buffer.address + at);
    if (!CHECK(same)) describe(s, r->op, r->dtype, how, what);
}

/* `parts` reductions of one source, or of its negative, which is stored beside them. */
static void run_case(const shaped *s, layout how, flavour kind, ls_dtype dtype, int parts, const lsi_reduce_op *ops,
                     way as)
{
    array in, got[MAX_PARTS], wanted[MAX_PARTS], stored[2];
    const int64_t outputs = count_of(s, false), all = outputs * count_of(s, true);
    const int in_order[5] = {0, 1, 2, 3, 4};
    lsi_source source = {.kind = LSI_SOURCE_BUFFER, .dtype = dtype};
    lsi_instr instr = {LSI_OP_negative, (uint8_t)dtype, (uint8_t)dtype, {0, -1, -1}};
    lsi_store store = {.value = 1};
    lsi_reduction reductions[MAX_PARTS];
    memset(reductions, 0, sizeof reductions);
    make_source(&in, dtype, s, how, kind);
    source.buffer = &in.buffer, source.offset = in.offset;
    memcpy(source.strides, in.strides, sizeof source.strides);
    for (int q = 0; q < parts; q++) {
        lsi_reduction *r = &reductions[q];
        r->op = ops[q], r->value = as.computed ? 1 : 0, r->dtype = dtype, r->correction = q;
        r->result = as.result ? as.result : made_of(ops[q], dtype);
        set_out(s, how, r);
        new_array(&got[q], outputs * 2, r->result);
        new_array(&wanted[q], outputs * 2, r->result);
    }
    for (int i = 0; i < 2; i++) new_array(&stored[i], all, dtype);
    lay(s, in_order, IN_ORDER, store.strides);
    lsi_program program = {.ndim = s->ndim, .nsource = 1, .ninstr = as.computed, .nstore = as.stored,
                           .nreduction = parts, .sources = &source, .instrs = &instr, .stores = &store,
                           .reductions = reductions, .function = "test", .place = "here"};
    memcpy(program.shape, s->shape, sizeof s->shape);
    memcpy(program.reduced, s->reduced, sizeof s->reduced);
    for (int q = 0; q < parts; q++) reductions[q].buffer = &wanted[q].buffer;
    store.buffer = &stored[0].buffer;
    CHECK_STATUS(lsi_host_reduce(&program), LS_OK);
    for (int q = 0; q < parts; q++) reductions[q].buffer = &got[q].buffer;
    store.buffer = &stored[1].buffer;
    CHECK_STATUS(lsi_device_reduce(&shim_device, &program, NULL), LS_OK);
    for (int q = 0; q < parts; q++)
        compare(s, &reductions[q], &got[q], &wanted[q], how, as.computed ? "computed" : "plain");
    CHECK(memcmp(stored[0].buffer.address, stored[1].buffer.address, stored[0].buffer.bytes) == 0);
    free(in.buffer.address);
    for (int q = 0; q < parts; q++) free(got[q].buffer.address), free(wanted[q].buffer.address);
    for (int i = 0; i < 2; i++) free(stored[i].buffer.address);
}

/* --- which cases --- */

static bool takes(lsi_reduce_op op, ls_dtype dtype)
{
    const lsi_kind kind = lsi_dtype_kind(dtype);
    if (lsi_dtype_is_half(dtype)) return false;
    switch (op) {
    case LSI_REDUCE_sum:
    case LSI_REDUCE_prod: return kind >= LSI_KIND_FLOAT || dtype == LS_INT64 || dtype == LS_UINT64;
    case LSI_REDUCE_mean:
    case LSI_REDUCE_var:
    case LSI_REDUCE_std: return kind >= LSI_KIND_FLOAT;
    case LSI_REDUCE_any:
    case LSI_REDUCE_all:
    case LSI_REDUCE_count_nonzero: return kind == LSI_KIND_BOOL;
    default: return kind != LSI_KIND_COMPLEX;
    }
}

/* One of `share` of all rows and dtypes, each with a flavour of its own. */
static void rows(const shaped *s, layout how, bool computed, int share)
{
    for (int op = 0; op < LSI_REDUCE_COUNT; op++)
        for (ls_dtype d = LS_BOOL; d <= LS_COMPLEX128; d++) {
            const lsi_reduce_op one = (lsi_reduce_op)op;
            const way as = {.computed = computed && d != LS_BOOL};
            if (!takes(one, d) || below(share)) continue;
            static const int processors[] = {1, 1, 4, 132};
            shim_device.multiprocessors = processors[below(4)];
            shim_strip = 8192 << below(3);
            const flavour kind = op == LSI_REDUCE_prod && below(2) ? NEAR_ONE : (flavour)below(FLAVOURS);
            run_case(s, how, kind, d, 1, &one, as);
        }
}

static const int64_t edges[] = {1,   2,   3,   7,   8,    9,    15,   16,   17,   31,   32,  33,
                                63,  64,  65,  127, 128,  129,  500,  1023, 1024, 1025, 2047, 2048,
                                2049, 3073, 5000, 8191, 8192, 8193};
enum { EDGES = sizeof edges / sizeof *edges };

TEST(every_row_over_one_axis)
{
    for (int e = 0; e < EDGES; e++) {
        const shaped s = {1, {edges[e]}, {true}};
        rows(&s, IN_ORDER, false, 1);
        rows(&s, (layout)below(LAYOUTS), false, 4);
    }
}

TEST(rows_and_columns)
{
    static const int64_t others[] = {1, 2, 3, 5, 8, 16, 31, 32, 33, 70};
    for (int e = 0; e < EDGES; e++)
        for (int turn = 0; turn < 4; turn++) {
            const int64_t other = others[below(edges[e] < 300 ? 10 : edges[e] < 2000 ? 7 : 4)];
            const shaped across = {2, {other, edges[e]}, {false, true}}, down = {2, {edges[e], other}, {true, false}};
            rows(&across, turn ? (layout)below(LAYOUTS) : IN_ORDER, false, 5);
            rows(&down, turn ? (layout)below(LAYOUTS) : IN_ORDER, false, 5);
        }
}

TEST(many_axes)
{
    for (int i = 0; i < 120; i++) {
        shaped s = {1 + (int)below(5), {0}, {0}};
        int64_t all = 1;
        for (int a = 0; a < s.ndim; a++) {
            s.shape[a] = edges[below(21)];
            if (all * s.shape[a] > 6000) s.shape[a] = 1 + below(3);
            all *= s.shape[a];
            s.reduced[a] = below(2);
        }
        rows(&s, (layout)(i % LAYOUTS), i % 3 == 0, 8);
    }
}

TEST(long_and_wide)
{
    const shaped all[] = {
        {1, {100003}, {true}},         {2, {1030, 97}, {true, false}},           {2, {3, 40000}, {false, true}},
        {2, {20000, 2}, {true, false}}, {3, {2, 2050, 21}, {false, true, false}},
        {3, {3, 1100, 33}, {false, true, false}},
        {2, {9, 12000}, {true, false}}, {2, {3000, 13}, {false, true}},           {2, {3001, 40}, {true, true}},
        {3, {6, 700, 20}, {true, false, true}}, {2, {70000, 1}, {true, true}},
        {3, {5, 9000, 3}, {false, true, false}},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        rows(&all[i], IN_ORDER, false, 4);
        rows(&all[i], (layout)(1 + below(LAYOUTS - 1)), false, 8);
        rows(&all[i], IN_ORDER, true, 5);
        rows(&all[i], (layout)(1 + below(LAYOUTS - 1)), true, 12);
    }
}

TEST(computed_values)
{
    for (int e = 0; e < EDGES; e++) {
        const shaped line = {1, {edges[e]}, {true}}, across = {2, {7, edges[e]}, {false, true}};
        const shaped down = {2, {edges[e], 6}, {true, false}}, wide = {2, {edges[e] % 130, 40}, {true, false}};
        rows(&line, IN_ORDER, true, 6);
        rows(&across, (layout)below(LAYOUTS), true, 12);
        rows(&down, (layout)below(LAYOUTS), true, 12);
        if (wide.shape[0]) rows(&wide, (layout)below(LAYOUTS), true, 12);
    }
}

TEST(several_reductions_and_a_store)
{
    const lsi_reduce_op ops[] = {LSI_REDUCE_sum, LSI_REDUCE_argmax, LSI_REDUCE_std};
    const shaped all[] = {{2, {40, 50}, {true, false}}, {2, {5, 20000}, {false, true}}, {1, {30001}, {true}},
                          {3, {4, 1500, 9}, {false, true, false}}};
    for (int i = 0; i < 4; i++)
        for (int how = 0; how < LAYOUTS; how++) {
            const way as = {.computed = true, .stored = how % 2 == 0 && how != BROADCAST};
            run_case(&all[i], (layout)how, PLAIN, how % 2 ? LS_FLOAT32 : LS_FLOAT64, 3, ops, as);
            run_case(&all[i], (layout)how, PLAIN, LS_FLOAT64, 3, ops, (way){.computed = false});
        }
}

/* The one cast from the accumulator. */
TEST(results_of_other_dtypes)
{
    const shaped all[] = {{2, {40, 50}, {true, false}}, {2, {50, 40}, {false, true}}, {2, {3, 3000}, {false, true}}};
    const struct {
        lsi_reduce_op op;
        ls_dtype dtype, result;
    } casts[] = {
        {LSI_REDUCE_sum, LS_FLOAT32, LS_FLOAT16}, {LSI_REDUCE_mean, LS_FLOAT32, LS_BFLOAT16},
        {LSI_REDUCE_var, LS_FLOAT32, LS_FLOAT16}, {LSI_REDUCE_min, LS_FLOAT32, LS_BFLOAT16},
        {LSI_REDUCE_prod, LS_INT64, LS_INT8},     {LSI_REDUCE_sum, LS_INT64, LS_INT32},
        {LSI_REDUCE_sum, LS_UINT64, LS_UINT16},   {LSI_REDUCE_sum, LS_INT64, LS_BOOL},
        {LSI_REDUCE_mean, LS_FLOAT64, LS_INT32},  {LSI_REDUCE_mean, LS_FLOAT64, LS_UINT8},
    };
    for (size_t c = 0; c < sizeof casts / sizeof *casts; c++)
        for (int i = 0; i < 3; i++)
            run_case(&all[i], IN_ORDER, c % 2 ? PLAIN : SPECIAL, casts[c].dtype, 1, &casts[c].op,
                     (way){.result = casts[c].result});
}

TEST(nothing_to_reduce)
{
    const shaped all[] = {{1, {0}, {true}}, {2, {0, 5}, {true, false}}, {2, {300, 0}, {false, true}},
                          {2, {0, 5}, {false, true}}, {3, {3, 0, 4}, {false, true, false}}};
    for (int i = 0; i < 5; i++)
        for (int op = 0; op < LSI_REDUCE_COUNT; op++) {
            const lsi_reduce_op one = (lsi_reduce_op)op;
            if (op == LSI_REDUCE_min || op == LSI_REDUCE_max || op == LSI_REDUCE_argmin || op == LSI_REDUCE_argmax)
                continue;
            for (ls_dtype d = LS_BOOL; d <= LS_COMPLEX128; d++)
                if (takes(one, d)) run_case(&all[i], GAPS, PLAIN, d, 1, &one, (way){.computed = false});
        }
}

TEST(the_same_under_every_interleaving)
{
    const lsi_reduce_op ops[] = {LSI_REDUCE_sum, LSI_REDUCE_var, LSI_REDUCE_min};
    const shaped all[] = {{1, {20001}, {true}}, {2, {1500, 40}, {true, false}}, {2, {300, 9}, {false, true}}};
    for (uint64_t seed = 1000; seed < 30000; seed += 1013)
        for (int i = 0; i < 3; i++) {
            shim_seed = seed;
            run_case(&all[i], IN_ORDER, PLAIN, seed % 2 ? LS_FLOAT32 : LS_FLOAT64, 3, ops, (way){.computed = false});
        }
}

TEST(every_way_was_taken)
{
    CHECK(shim_launched("ls_rows_") > 100);
    CHECK(shim_launched("ls_columns_") > 100);
    CHECK(shim_launched("ls_panel_") > 100);
    CHECK(shim_launched("ls_tree_") > 100);
    CHECK(shim_launched("ls_reduce_fill") > 10);
    CHECK(shim_strips > 100);
    printf("%ld launches, %ld strips\n", shim_launches, shim_strips);
}

int main(void)
{
    RUN(every_row_over_one_axis);
    RUN(rows_and_columns);
    RUN(many_axes);
    RUN(long_and_wide);
    RUN(computed_values);
    RUN(several_reductions_and_a_store);
    RUN(results_of_other_dtypes);
    RUN(nothing_to_reduce);
    RUN(the_same_under_every_interleaving);
    RUN(every_way_was_taken);
    return check_report();
}
