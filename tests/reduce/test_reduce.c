/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reductions of the host against the slow reference: every row and dtype, sizes around every boundary, layouts,
 * choices of axes, threads and instruction sets. All bits must agree. */
#include "backend.h"
#include "support/check.h"
#include "core/dtype.h"
#include "host/isa.h"
#include "host/parallel.h"
#include "host/strip.h"
#include "reference.h"
#include <stdlib.h>

/* --- numbers -------------------------------------------------------------------------------------------------------
 * */

static uint64_t seed = 88172645463325252u;
static uint64_t next_bits(void)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return seed;
}
static int64_t below(int64_t n) { return (int64_t)(next_bits() % (uint64_t)n); }
static double uniform(void) { return (double)(next_bits() >> 11) * 0x1p-53; }

typedef enum flavour { PLAIN, NEAR_ONE, SPECIAL, ZEROS, FLAVOURS } flavour;

static double real_of(flavour kind)
{
    static const double special[] = {0.0, -0.0, 1.0, -1.0, INFINITY, -INFINITY, NAN, 1e30, -1e-30};
    if (kind == NEAR_ONE) return 1 + (uniform() - 0.5) * 0x1p-6;
    if (kind == SPECIAL && below(64) == 0) return special[below(9)];
    if (kind == ZEROS) return below(2) ? 0.0 : -0.0;
    return ldexp(uniform() - 0.5, (int)below(20) - 10);
}

static number random_number(ls_dtype dtype, flavour kind)
{
    number x = {{0, 0}, 0};
    const lsi_kind of = lsi_dtype_kind(dtype);
    if (of == LSI_KIND_BOOL) x.i = kind == ZEROS ? 0 : kind == SPECIAL ? below(2000) != 0 : below(2);
    else if (of == LSI_KIND_FLOAT || of == LSI_KIND_COMPLEX) {
        x.f[0] = real_of(kind);
        if (of == LSI_KIND_COMPLEX) x.f[1] = kind == NEAR_ONE ? (uniform() - 0.5) * 0x1p-6 : real_of(kind);
    } else x.i = kind == ZEROS ? below(3) : (int64_t)next_bits();
    return x;
}

/* --- a case: one source, one or more reductions, perhaps an instruction and a store
 * ---------------------------------- */

typedef enum layout { IN_ORDER, REVERSED_AXES, GAPS, BACKWARDS, BROADCAST, SHUFFLED, LAYOUTS } layout;

typedef struct array {
    lsi_buffer buffer;
    int64_t offset, strides[LS_MAX_NDIM], elements;
} array;

static void new_array(array *a, int64_t elements, ls_dtype dtype)
{
    memset(a, 0, sizeof *a);
    a->elements = elements;
    a->buffer.bytes = (size_t)(elements ? elements : 1) * lsi_dtype_size(dtype);
    a->buffer.address = aligned_alloc(64, (a->buffer.bytes + 63) / 64 * 64);
    memset(a->buffer.address, 0xa5, a->buffer.bytes);
}

/* Strides for the shape in the order of axes `order`, last fastest, with `gap` between elements. Returns elements. */
static int64_t lay(array *a, int ndim, const int64_t *shape, const int *order, int64_t gap, int64_t start)
{
    int64_t step = gap;
    for (int i = ndim - 1; i >= 0; i--) {
        a->strides[order[i]] = step;
        step *= shape[order[i]];
    }
    a->offset = start;
    return step + start;
}

static void make_source(array *a, ls_dtype dtype, int ndim, const int64_t *shape, layout how, flavour kind)
{
    int order[LS_MAX_NDIM];
    array plan = {0};
    for (int i = 0; i < ndim; i++) order[i] = how == REVERSED_AXES ? ndim - 1 - i : i;
    for (int i = ndim - 1; how == SHUFFLED && i > 0; i--) {
        const int j = (int)below(i + 1), t = order[i];
        order[i] = order[j], order[j] = t;
    }
    const int64_t n = lay(&plan, ndim, shape, order, how == GAPS ? 3 : 1, how == IN_ORDER ? 0 : 1);
    new_array(a, n, dtype);
    memcpy(a->strides, plan.strides, sizeof a->strides);
    a->offset = plan.offset;
    for (int i = 0; how == BACKWARDS && i < ndim; i++)
        if (i % 2 == 0 || ndim == 1) a->offset += a->strides[i] * (shape[i] - 1), a->strides[i] = -a->strides[i];
    if (how == BROADCAST && ndim) a->strides[below(ndim)] = 0;
    for (int64_t i = 0; i < n; i++)
        number_store(dtype, random_number(dtype, kind), (char *)a->buffer.address + (size_t)i * lsi_dtype_size(dtype));
}

static int64_t offset_of(int ndim, const int64_t *shape, const int64_t *strides, const bool *which, bool wanted,
                         int64_t k)
{
    int64_t at = 0;
    for (int a = ndim - 1; a >= 0; a--) {
        if (which[a] != wanted) continue;
        at += k % shape[a] * strides[a];
        k /= shape[a];
    }
    return at;
}

static ls_dtype made_of(lsi_reduce_op op, ls_dtype dtype)
{
    if (op == LSI_REDUCE_var || op == LSI_REDUCE_std) return lsi_dtype_real(dtype);
    if (op == LSI_REDUCE_any || op == LSI_REDUCE_all) return LS_BOOL;
    if (op == LSI_REDUCE_argmin || op == LSI_REDUCE_argmax || op == LSI_REDUCE_count_nonzero) return LS_INT64;
    return dtype;
}

typedef struct shaped {
    int ndim;
    int64_t shape[5];
    bool reduced[5];
} shaped;

static int64_t count_of(const shaped *s, bool reduced)
{
    int64_t n = 1;
    for (int a = 0; a < s->ndim; a++)
        if (s->reduced[a] == reduced) n *= s->shape[a];
    return n;
}

/* What the reduction of `op` must be, output by output, dense. */
static void expect(const shaped *s, const array *in, lsi_reduce_op op, ls_dtype dtype, double correction, bool negate,
                   char *out)
{
    const int64_t outputs = count_of(s, false), n = count_of(s, true);
    const size_t size = lsi_dtype_size(dtype), made = lsi_dtype_size(made_of(op, dtype));
    number *x = malloc((size_t)n * sizeof *x);
    for (int64_t o = 0; o < outputs; o++) {
        const int64_t base = in->offset + offset_of(s->ndim, s->shape, in->strides, s->reduced, false, o);
        for (int64_t r = 0; r < n; r++) {
            const int64_t at = base + offset_of(s->ndim, s->shape, in->strides, s->reduced, true, r);
            x[r] = number_load(dtype, (const char *)in->buffer.address + (size_t)at * size);
            if (negate) x[r].f[0] = -x[r].f[0], x[r].f[1] = -x[r].f[1], x[r].i = (int64_t)(0 - (uint64_t)x[r].i);
        }
        number_store(made_of(op, dtype), reference_reduce(op, dtype, x, n, correction), out + (size_t)o * made);
    }
    free(x);
}

static void describe(const shaped *s, lsi_reduce_op op, ls_dtype dtype, layout how, const char *what)
{
    printf("  op %d %s layout %d %s shape", op, lsi_dtype_name(dtype), how, what);
    for (int a = 0; a < s->ndim; a++) printf(" %lld%s", (long long)s->shape[a], s->reduced[a] ? "r" : "");
    printf("\n");
}

static uint64_t all_hash = 1469598103934665603u;
static void add_hash(const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) all_hash = (all_hash ^ ((const uint8_t *)bytes)[i]) * 1099511628211u;
}

enum { MAX_PARTS = 3 };

/* Runs `parts` reductions of one source and compares each. With `computed`, of the source's negative, which is stored
 * beside them when `stored`. */
static void run_case(const shaped *s, layout how, flavour kind, ls_dtype dtype, int parts, const lsi_reduce_op *ops,
                     bool computed, bool stored)
{
    array in, out[MAX_PARTS], beside;
    const int64_t outputs = count_of(s, false), all = outputs * count_of(s, true);
    int order[LS_MAX_NDIM], kept = 0;
    int64_t kept_shape[LS_MAX_NDIM];
    lsi_source source = {.kind = LSI_SOURCE_BUFFER, .dtype = dtype};
    lsi_instr instr = {LSI_OP_negative, (uint8_t)dtype, (uint8_t)dtype, {0, -1, -1}};
    lsi_store store = {.value = 1};
    lsi_reduction reductions[MAX_PARTS] = {0};
    make_source(&in, dtype, s->ndim, s->shape, how, kind);
    source.buffer = &in.buffer, source.offset = in.offset;
    memcpy(source.strides, in.strides, sizeof source.strides);
    for (int a = 0; a < s->ndim; a++)
        if (!s->reduced[a]) kept_shape[kept] = s->shape[a], order[kept] = how == REVERSED_AXES ? a : kept, kept++;
    (void)kept_shape;
    for (int q = 0; q < parts; q++) {
        const ls_dtype made = made_of(ops[q], dtype);
        lsi_reduction *r = &reductions[q];
        const int64_t gap = how == GAPS ? 2 : 1;
        int64_t step = gap;
        new_array(&out[q], outputs * gap, made);
        for (int a = s->ndim - 1; a >= 0; a--) {
            r->strides[a] = s->reduced[a] ? 12345 : step;
            if (!s->reduced[a]) step *= s->shape[a];
        }
        r->op = ops[q], r->value = computed ? 1 : 0, r->dtype = dtype, r->result = made, r->correction = q;
        r->buffer = &out[q].buffer;
    }
    (void)order;
    new_array(&beside, all, dtype);
    for (int a = 0; a < s->ndim; a++) order[a] = a;
    lay(&beside, s->ndim, s->shape, order, 1, 0);
    store.buffer = &beside.buffer;
    memcpy(store.strides, beside.strides, sizeof store.strides);
    lsi_program program = {.ndim = s->ndim, .nsource = 1, .ninstr = computed, .nstore = stored, .nreduction = parts,
                           .sources = &source, .instrs = &instr, .stores = &store, .reductions = reductions,
                           .function = "test", .place = "here"};
    memcpy(program.shape, s->shape, sizeof s->shape);
    memcpy(program.reduced, s->reduced, sizeof s->reduced);
    CHECK_STATUS(lsi_host_reduce(&program), LS_OK);
    for (int q = 0; q < parts; q++) {
        const ls_dtype made = made_of(ops[q], dtype);
        const size_t size = lsi_dtype_size(made), gap = how == GAPS ? 2 : 1;
        char *wanted = malloc((size_t)outputs * size + 1);
        bool same = true;
        expect(s, &in, ops[q], dtype, q, computed, wanted);
        for (int64_t o = 0; o < outputs; o++)
            same = same && same_element(made, wanted + (size_t)o * size,
                                        (char *)out[q].buffer.address + (size_t)o * gap * size);
        if (!CHECK(same)) describe(s, ops[q], dtype, how, computed ? "computed" : "plain");
        if (kind != SPECIAL) add_hash(wanted, (size_t)outputs * size);
        free(wanted);
    }
    if (stored) {
        bool same = true;
        for (int64_t i = 0; i < all; i++) {
            static const bool none[5];
            const int64_t at = in.offset + offset_of(s->ndim, s->shape, in.strides, none, false, i);
            number x = number_load(dtype, (char *)in.buffer.address + (size_t)at * lsi_dtype_size(dtype));
            char negative[16];
            x.f[0] = -x.f[0], x.f[1] = -x.f[1], x.i = (int64_t)(0 - (uint64_t)x.i);
            number_store(dtype, x, negative);
            same = same && same_element(dtype, negative,
                                        (char *)beside.buffer.address + (size_t)i * lsi_dtype_size(dtype));
        }
        if (!CHECK(same)) describe(s, ops[0], dtype, how, "store");
    }
    free(in.buffer.address);
    free(beside.buffer.address);
    for (int q = 0; q < parts; q++) free(out[q].buffer.address);
}

/* --- which dtypes a row takes ---------------------------------------------------------------------------------------
 * */

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

/* Every row and dtype in order, a third of them in other layouts. */
static void every_row(const shaped *s, layout how)
{
    for (int op = 0; op < LSI_REDUCE_COUNT; op++)
        for (ls_dtype d = LS_BOOL; d <= LS_COMPLEX128; d++) {
            const lsi_reduce_op one = (lsi_reduce_op)op;
            if (!takes(one, d) || (how != IN_ORDER && below(3))) continue;
            const flavour kind = op == LSI_REDUCE_prod && below(2) ? NEAR_ONE : (flavour)below(FLAVOURS);
            run_case(s, how, kind, d, 1, &one, false, false);
        }
}

static const int64_t edges[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200,
                                255, 256, 257,
                                511, 512, 513, 1023, 1024, 1025, 2047, 2048, 2049, 3073, 5000};
enum { EDGES = sizeof edges / sizeof *edges };

TEST(one_axis)
{
    for (int e = 0; e < EDGES; e++) {
        const shaped s = {1, {edges[e]}, {true}};
        every_row(&s, IN_ORDER);
        every_row(&s, (layout)below(LAYOUTS));
    }
}

TEST(rows_and_columns)
{
    static const int64_t others[] = {1, 2, 3, 5, 8, 15, 16, 17, 64, 100};
    for (int e = 0; e < EDGES; e++)
        for (int turn = 0; turn < 3; turn++) {
            const int64_t other = others[below(edges[e] < 300 ? 10 : edges[e] < 2000 ? 7 : 4)];
            const shaped rows = {2, {other, edges[e]}, {false, true}}, columns = {2, {edges[e], other}, {true, false}};
            every_row(&rows, (layout)((2 * e + turn) % LAYOUTS));
            every_row(&columns, turn ? (layout)((2 * e + turn) % LAYOUTS) : IN_ORDER);
        }
}

TEST(many_axes)
{
    for (int i = 0; i < 60; i++) {
        shaped s = {1 + (int)below(5), {0}, {0}};
        int64_t all = 1;
        for (int a = 0; a < s.ndim; a++) {
            s.shape[a] = edges[below(24)];
            if (all * s.shape[a] > 5000) s.shape[a] = 1 + below(3);
            all *= s.shape[a];
            s.reduced[a] = below(2);
        }
        every_row(&s, (layout)(i % LAYOUTS));
    }
}

TEST(long_and_wide)
{
    const shaped line = {1, {100003}, {true}}, wide = {2, {1030, 97}, {true, false}};
    const shaped few = {2, {3, 10000}, {false, true}};
    const shaped middle = {3, {2, 2050, 21}, {false, true, false}}, pairs = {2, {20000, 2}, {true, false}};
    const shaped *all[] = {&line, &wide, &few, &middle, &pairs};
    for (int i = 0; i < 5; i++) {
        every_row(all[i], IN_ORDER);
        every_row(all[i], (layout)(1 + below(LAYOUTS - 1)));
    }
}

/* More than is taken to be near: whole rows are folded, in the order in which lanes are halved. */
TEST(far)
{
    static const shaped all[] = {{2, {1030, 1100}, {true, false}}, {3, {4, 200, 1400}, {false, true, false}}};
    static const lsi_reduce_op ops[] = {LSI_REDUCE_sum, LSI_REDUCE_var};
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 2; k++) run_case(&all[i], IN_ORDER, (flavour)i, LS_FLOAT64, 1, &ops[k], false, false);
}

/* Memory along the outer of two reduced axes: through panels. */
TEST(transposed)
{
    static const shaped all[] = {{2, {37, 129}, {true, true}},           {2, {300, 70}, {true, true}},
                                 {2, {5, 2100}, {true, true}},           {2, {2100, 5}, {true, true}},
                                 {3, {3, 40, 90}, {false, true, true}},  {3, {40, 90, 3}, {true, true, false}},
                                 {2, {64, 1024}, {true, true}},          {2, {700, 300}, {true, true}}};
    for (int i = 0; i < 8; i++)
        for (int op = 0; op < LSI_REDUCE_COUNT; op++) {
            const lsi_reduce_op ops[2] = {(lsi_reduce_op)op, LSI_REDUCE_max};
            if (takes(ops[0], LS_FLOAT64)) run_case(&all[i], REVERSED_AXES, (flavour)below(3), LS_FLOAT64, 1 + i % 2,
                                                    ops, false, false);
            if (takes(ops[0], LS_FLOAT32)) run_case(&all[i], REVERSED_AXES, (flavour)below(3), LS_FLOAT32, 1, ops,
                                                    false, false);
        }
}

/* The same with long columns: walked as they lie, groups of columns at a time. */
TEST(turned)
{
    static const shaped all[] = {{2, {128, 4096}, {true, true}}, {2, {131, 4099}, {true, true}},
                                 {2, {193, 4500}, {true, true}}, {2, {37, 1024}, {true, true}},
                                 {2, {40, 1000}, {true, true}},  {2, {97, 517}, {true, true}},
                                 {2, {64, 1536}, {true, true}},  {2, {33, 1025}, {true, true}},
                                 {2, {70, 512}, {true, true}},   {2, {65, 2047}, {true, true}},
                                 {2, {17, 700}, {true, true}},   {2, {2, 5000}, {true, true}},
                                 {2, {600, 1000}, {true, true}}, {2, {400, 1100}, {true, true}}};
    static const ls_dtype dtypes[] = {LS_FLOAT64, LS_FLOAT32, LS_INT64, LS_COMPLEX64, LS_COMPLEX128};
    static const lsi_reduce_op ops[] = {LSI_REDUCE_sum, LSI_REDUCE_mean, LSI_REDUCE_prod};
    for (int i = 0; i < 14; i++)
        for (int d = 0; d < 5; d++) {
            const lsi_reduce_op *op = &ops[dtypes[d] == LS_INT64 ? 0 : (i + d) % 3];
            const flavour kind = *op == LSI_REDUCE_prod ? NEAR_ONE : (flavour)(d % 3);
            run_case(&all[i], REVERSED_AXES, kind, dtypes[d], 1, op, false, false);
        }
}

/* Values that are computed, with a store beside, several reductions at once. */
TEST(computed)
{
    static const ls_dtype dtypes[] = {LS_FLOAT64, LS_FLOAT32, LS_INT64};
    static const lsi_reduce_op sets[4][3] = {{LSI_REDUCE_mean, LSI_REDUCE_max, LSI_REDUCE_argmin},
                                             {LSI_REDUCE_sum, LSI_REDUCE_var, LSI_REDUCE_min},
                                             {LSI_REDUCE_min, LSI_REDUCE_argmax, LSI_REDUCE_max},
                                             {LSI_REDUCE_sum, LSI_REDUCE_prod, LSI_REDUCE_sum}};
    for (int i = 0; i < 300; i++) {
        shaped s = {1 + (int)below(4), {0}, {0}};
        int64_t all = 1;
        for (int a = 0; a < s.ndim; a++) {
            s.shape[a] = i % 2 ? edges[below(EDGES)] : edges[below(20)];
            if (all * s.shape[a] > 20000) s.shape[a] = 1 + below(4);
            all *= s.shape[a];
            s.reduced[a] = below(2);
        }
        const ls_dtype dtype = dtypes[below(3)];
        const lsi_reduce_op *ops = sets[dtype == LS_INT64 ? 2 + below(2) : below(4)];
        const bool stored = below(2);
        run_case(&s, (layout)(i % LAYOUTS), (flavour)below(3), dtype, 1 + (int)below(3), ops, stored || below(2),
                 stored);
    }
}

static void run_empty(int ndim, const int64_t *shape, const bool *reduced, lsi_reduce_op op, ls_dtype dtype,
                      ls_status wanted,
                      int64_t outputs, number value)
{
    array out;
    lsi_buffer none = {0};
    lsi_source source = {.kind = LSI_SOURCE_BUFFER, .dtype = dtype, .buffer = &none};
    const ls_dtype made = made_of(op, dtype);
    lsi_reduction r = {.op = op, .value = 0, .dtype = dtype, .result = made, .buffer = &out.buffer};
    lsi_program p = {.ndim = ndim, .nsource = 1, .nreduction = 1, .sources = &source, .reductions = &r,
                     .function = "test"};
    int64_t step = 1;
    char bytes[16];
    new_array(&out, outputs, made);
    for (int a = ndim - 1; a >= 0; a--) {
        p.shape[a] = shape[a], p.reduced[a] = reduced[a], r.strides[a] = step;
        if (!reduced[a]) step *= shape[a];
    }
    CHECK_STATUS(lsi_host_reduce(&p), wanted);
    number_store(made, value, bytes);
    for (int64_t o = 0; o < outputs && wanted == LS_OK; o++)
        CHECK(same_element(made, bytes, (char *)out.buffer.address + (size_t)o * lsi_dtype_size(made)));
    free(out.buffer.address);
}

TEST(empty)
{
    static const int64_t shape[] = {3, 0, 2}, nothing[] = {0};
    static const bool middle[] = {false, true, false}, outer[] = {true, false, false}, yes[] = {true};
    const number zero = {{0, 0}, 0}, one = {{1, 0}, 1}, nan = {{NAN, NAN}, 0};
    run_empty(3, shape, middle, LSI_REDUCE_sum, LS_FLOAT64, LS_OK, 6, zero);
    run_empty(3, shape, middle, LSI_REDUCE_sum, LS_INT64, LS_OK, 6, zero);
    run_empty(3, shape, middle, LSI_REDUCE_prod, LS_COMPLEX64, LS_OK, 6, one);
    run_empty(3, shape, middle, LSI_REDUCE_prod, LS_UINT64, LS_OK, 6, one);
    run_empty(3, shape, middle, LSI_REDUCE_mean, LS_COMPLEX128, LS_OK, 6, nan);
    run_empty(3, shape, middle, LSI_REDUCE_var, LS_FLOAT32, LS_OK, 6, nan);
    run_empty(1, nothing, yes, LSI_REDUCE_std, LS_FLOAT64, LS_OK, 1, nan);
    run_empty(1, nothing, yes, LSI_REDUCE_any, LS_BOOL, LS_OK, 1, zero);
    run_empty(1, nothing, yes, LSI_REDUCE_all, LS_BOOL, LS_OK, 1, one);
    run_empty(1, nothing, yes, LSI_REDUCE_count_nonzero, LS_BOOL, LS_OK, 1, zero);
    run_empty(1, nothing, yes, LSI_REDUCE_max, LS_FLOAT64, LS_EARGUMENT, 1, zero);
    run_empty(3, shape, outer, LSI_REDUCE_sum, LS_FLOAT64, LS_OK, 0, zero);
}

TEST(no_axes)
{
    const shaped s = {0, {0}, {0}}, kept = {2, {40, 3}, {false, false}};
    every_row(&s, IN_ORDER);
    every_row(&kept, IN_ORDER);
    every_row(&kept, REVERSED_AXES);
}

/* float16 and bfloat16 results: one rounding of the float32 accumulator. */
TEST(rounded_results)
{
    float x[3000];
    uint16_t half[2] = {0, 0};
    lsi_buffer in = {.address = x}, out[2] = {{.address = &half[0]}, {.address = &half[1]}};
    lsi_source source = {.kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT32, .strides = {1}, .buffer = &in};
    lsi_reduction r[2] = {
        {.op = LSI_REDUCE_mean, .dtype = LS_FLOAT32, .result = LS_FLOAT16, .buffer = &out[0]},
        {.op = LSI_REDUCE_mean, .dtype = LS_FLOAT32, .result = LS_BFLOAT16, .buffer = &out[1]}};
    lsi_program p = {.ndim = 1, .shape = {3000}, .reduced = {true}, .nsource = 1, .nreduction = 2, .sources = &source,
                     .reductions = r};
    for (int i = 0; i < 3000; i++) x[i] = 1.0f + 0x1p-10f; /* halfway between two bfloat16, exact in float16 */
    CHECK_STATUS(lsi_host_reduce(&p), LS_OK);
    CHECK_EQ_INT(half[0], 0x3c01);
    CHECK_EQ_INT(half[1], 0x3f80);
}

/* Equal bests wherever they may meet: within a vector, in lanes of one, in chunks that overlap at the end. */
TEST(the_first_of_equals)
{
    enum { MOST = 700 };
    double x[MOST] = {0};
    int64_t found = -1;
    lsi_buffer in = {.address = x}, out = {.address = &found};
    lsi_source source = {.kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT64, .strides = {1}, .buffer = &in};
    lsi_reduction r = {.op = LSI_REDUCE_argmax, .dtype = LS_FLOAT64, .result = LS_INT64, .buffer = &out};
    lsi_program p = {.ndim = 1, .reduced = {true}, .nsource = 1, .nreduction = 1, .sources = &source,
                     .reductions = &r};
    for (int i = 0; i < 4000; i++) {
        const int64_t n = 2 + below(MOST - 1), a = below(n), b = below(n), first = a < b ? a : b;
        p.shape[0] = n;
        x[a] = x[b] = i % 8 ? 1 : NAN;
        CHECK_STATUS(lsi_host_reduce(&p), LS_OK);
        CHECK_EQ_INT(found, first);
        x[a] = x[b] = 0;
    }
}

int main(void)
{
    uint64_t first_hash = 0;
    for (int isa = 0; isa <= (int)lsi_isa_best(); isa++) {
        const int threads = 1 + isa % 4;
        lsi_isa_force((lsi_isa)isa);
        lsi_parallel_force(threads);
        seed = 88172645463325252u, all_hash = 1469598103934665603u;
        printf("%s, %d threads\n", lsi_isa_name((lsi_isa)isa), threads);
        RUN(one_axis);
        RUN(rows_and_columns);
        RUN(many_axes);
        RUN(long_and_wide);
        RUN(far);
        RUN(transposed);
        RUN(turned);
        RUN(computed);
        RUN(empty);
        RUN(no_axes);
        RUN(rounded_results);
        RUN(the_first_of_equals);
        if (isa == 0) first_hash = all_hash;
        CHECK_EQ_INT(all_hash, first_hash);
    }
    return check_report();
}
