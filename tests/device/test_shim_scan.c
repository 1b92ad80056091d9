/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The kernels of kernels/scan.cu, run on the CPU as src/device/scan.c launches them, give the bits of the host's
 * cumulative sums and products: dtypes, sizes around rows, runs and tiles, layouts, axes, interleavings. */
#include "backend.h"
#include "core/dtype.h"
#include "host/strip.h"
#include "scan_args.h"
#include "scan_order.h"
#include "shim_work.h"
#include "support/check.h"
#include <stdlib.h>

static uint64_t state = 88172645463325252u;
static uint64_t bits(void)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}
static int64_t below(int64_t n) { return (int64_t)(bits() % (uint64_t)n); }
static double uniform(void) { return (double)(bits() >> 11) * 0x1p-53; }

typedef enum flavour { PLAIN, NEAR_ONE, SPECIAL, ZEROS } flavour;

static double real_of(flavour kind)
{
    static const double special[] = {INFINITY, -INFINITY, NAN};
    if (kind == NEAR_ONE) return 1 + (uniform() - 0.5) * 0x1p-8;
    if (kind == SPECIAL && below(5000) == 0) return special[below(3)];
    if (kind == ZEROS) return below(50) ? -0.0 : 0.0;
    return ldexp(uniform() - 0.5, (int)below(20) - 10);
}

static void make_element(ls_dtype dtype, flavour kind, void *at)
{
    lsi_scalar x = {dtype, {0}};
    switch (lsi_dtype_kind(dtype)) {
    case LSI_KIND_BOOL: x.value.i = below(2); break;
    case LSI_KIND_FLOAT: x.value.f = real_of(kind); break;
    case LSI_KIND_COMPLEX:
        x.value.c.re = real_of(kind);
        x.value.c.im = kind == NEAR_ONE ? (uniform() - 0.5) * 0x1p-8 : real_of(kind);
        break;
    default: x.value.u = bits();
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

typedef struct shaped {
    int ndim, axis;
    int64_t shape[4];
} shaped;

typedef enum layout { IN_ORDER, REVERSED_AXES, GAPS, BACKWARDS, SHIFTED, LAYOUTS } layout;

/* Element strides; returns how many elements there are room for. The axis has `extra` elements more. */
static int64_t lay(const shaped *s, layout how, int64_t extra, int64_t *strides, int64_t *offset)
{
    int64_t step = how == GAPS ? 3 : 1;
    for (int i = 0; i < s->ndim; i++) {
        const int a = how == REVERSED_AXES ? i : s->ndim - 1 - i;
        strides[a] = step;
        step *= s->shape[a] + (a == s->axis ? extra : 0);
    }
    *offset = how == SHIFTED;
    if (how == BACKWARDS) {
        *offset = strides[s->axis] * (s->shape[s->axis] + extra - 1);
        strides[s->axis] = -strides[s->axis];
    }
    return step + 1;
}

static void new_buffer(lsi_buffer *buffer, int64_t elements, ls_dtype dtype)
{
    memset(buffer, 0, sizeof *buffer);
    buffer->bytes = (size_t)elements * lsi_dtype_size(dtype);
    buffer->address = aligned_alloc(64, (buffer->bytes + 63) / 64 * 64);
    memset(buffer->address, 0x5a, buffer->bytes);
}

typedef struct kind_of_scan {
    ls_dtype dtype, result;
    bool product, initial;
    flavour flavour;
} kind_of_scan;

static void run_case(const shaped *s, layout in_how, layout out_how, kind_of_scan k)
{
    lsi_scan scan = {.product = k.product, .include_initial = k.initial, .dtype = k.dtype, .result = k.result,
                     .ndim = s->ndim, .axis = s->axis, .function = "test", .place = "here"};
    lsi_buffer in, wanted, got;
    const int64_t elements = lay(s, in_how, 0, scan.in_strides, &scan.in_offset);
    const int64_t outputs = lay(s, out_how, k.initial, scan.out_strides, &scan.out_offset);
    memcpy(scan.shape, s->shape, sizeof s->shape);
    new_buffer(&in, elements, k.dtype);
    new_buffer(&wanted, outputs, k.result);
    new_buffer(&got, outputs, k.result);
    const size_t size = lsi_dtype_size(k.dtype), made = lsi_dtype_size(k.result);
    for (int64_t i = 0; i < elements; i++) make_element(k.dtype, k.flavour, (char *)in.address + (size_t)i * size);
    scan.in = &in;
    scan.out = &wanted;
    CHECK_STATUS(lsi_host_scan(&scan), LS_OK);
    scan.out = &got;
    CHECK_STATUS(lsi_device_scan(&shim_device.backend, &scan, NULL), LS_OK);
    bool same = true;
    for (size_t at = 0; at < got.bytes; at += made)
        same = same && same_element(k.result, (char *)got.address + at, (char *)wanted.address + at);
    if (!CHECK(same))
        printf("  %s to %s product %d initial %d layouts %d %d shape %lld %lld %lld axis %d processors %d\n",
               lsi_dtype_name(k.dtype), lsi_dtype_name(k.result), k.product, k.initial, in_how, out_how,
               (long long)s->shape[0], (long long)(s->ndim > 1 ? s->shape[1] : -1),
               (long long)(s->ndim > 2 ? s->shape[2] : -1), s->axis, shim_device.multiprocessors);
    free(in.address), free(wanted.address), free(got.address);
}

/* What a scan of a dtype makes. */
static ls_dtype natural(ls_dtype dtype)
{
    const lsi_kind kind = lsi_dtype_kind(dtype);
    return kind == LSI_KIND_UINT ? LS_UINT64 : kind < LSI_KIND_FLOAT ? LS_INT64 : dtype;
}

static void each_dtype(const shaped *s, layout in_how, layout out_how, int share)
{
    for (ls_dtype d = LS_BOOL; d <= LS_COMPLEX128; d++)
        for (int product = 0; product < 2; product++) {
            if (below(share)) continue;
            shim_device.multiprocessors = below(2) ? 132 : 1;
            const flavour kind = product && below(3) ? NEAR_ONE : (flavour)below(4);
            run_case(s, in_how, out_how, (kind_of_scan){d, natural(d), product, below(4) == 0, kind});
        }
}

static const int64_t edges[] = {1,   2,   3,   5,   8,    15,   31,   32,   33,   63,   64,    65,
                                127, 128, 129, 255, 1000, 1023, 1024, 1025, 2049, 8191, 8192,  8193,
                                16384, 16385, 24577};
enum { EDGES = sizeof edges / sizeof *edges };

TEST(one_line)
{
    for (int e = 0; e < EDGES; e++) {
        const shaped s = {1, 0, {edges[e]}};
        each_dtype(&s, IN_ORDER, IN_ORDER, 1);
        each_dtype(&s, (layout)below(LAYOUTS), (layout)below(LAYOUTS), 3);
    }
}

TEST(many_tiles)
{
    static const int64_t sizes[] = {270336, 300001, 400000}; /* 33, 37, 49 tiles */
    for (int i = 0; i < 3; i++) {
        const shaped s = {1, 0, {sizes[i]}};
        each_dtype(&s, IN_ORDER, IN_ORDER, 8);
    }
}

TEST(lines_and_columns)
{
    static const int64_t others[] = {1, 2, 7, 8, 9, 31, 32, 33, 100, 300};
    for (int e = 0; e < EDGES; e++)
        for (int turn = 0; turn < 3; turn++) {
            const int64_t other = others[below(edges[e] < 200 ? 10 : edges[e] < 2000 ? 6 : 5)];
            const shaped across = {2, 1, {other, edges[e]}}, down = {2, 0, {edges[e], other}};
            each_dtype(&across, turn ? (layout)below(LAYOUTS) : IN_ORDER, turn ? (layout)below(LAYOUTS) : IN_ORDER, 8);
            each_dtype(&down, turn ? (layout)below(LAYOUTS) : IN_ORDER, turn ? (layout)below(LAYOUTS) : IN_ORDER, 8);
        }
}

TEST(three_axes)
{
    for (int i = 0; i < 60; i++) {
        const shaped s = {3, (int)below(3), {1 + below(12), edges[below(i % 5 ? 12 : 21)], 1 + below(12)}};
        each_dtype(&s, (layout)below(LAYOUTS), i % 2 ? IN_ORDER : (layout)below(LAYOUTS), 10);
    }
    const shaped tall = {3, 1, {2, 17000, 9}};
    each_dtype(&tall, IN_ORDER, IN_ORDER, 6);
}

TEST(other_results)
{
    static const ls_dtype pairs[][2] = {
        {LS_INT32, LS_INT8},      {LS_UINT8, LS_INT16},     {LS_INT64, LS_UINT32},   {LS_BOOL, LS_UINT8},
        {LS_INT16, LS_FLOAT32},   {LS_INT64, LS_FLOAT16},   {LS_FLOAT16, LS_FLOAT32}, {LS_FLOAT32, LS_FLOAT16},
        {LS_FLOAT64, LS_FLOAT32}, {LS_FLOAT64, LS_BFLOAT16}, {LS_BFLOAT16, LS_FLOAT16}, {LS_FLOAT32, LS_FLOAT64},
        {LS_FLOAT32, LS_COMPLEX64}, {LS_INT8, LS_COMPLEX128},
    };
    const shaped all[] = {{1, 0, {9000}}, {2, 0, {200, 40}}, {2, 1, {30, 50}}};
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++)
        for (int i = 0; i < 3; i++)
            for (int how = 0; how < LAYOUTS; how++)
                run_case(&all[i], (layout)how, IN_ORDER,
                         (kind_of_scan){pairs[p][0], pairs[p][1], how % 2, how == 2, PLAIN});
}

TEST(nothing_to_scan)
{
    const shaped all[] = {{1, 0, {0}}, {2, 1, {300, 0}}, {2, 0, {0, 9}}, {2, 0, {5, 0}}, {3, 1, {4, 0, 3}}};
    for (int i = 0; i < 5; i++)
        for (ls_dtype d = LS_BOOL; d <= LS_COMPLEX128; d++)
            for (int initial = 0; initial < 2; initial++)
                run_case(&all[i], IN_ORDER, GAPS, (kind_of_scan){d, natural(d), d % 2, initial, PLAIN});
}

TEST(the_same_under_every_interleaving)
{
    const shaped all[] = {{1, 0, {60000}}, {2, 0, {20000, 40}}, {2, 1, {50, 200}}};
    for (uint64_t seed = 1000; seed < 30000; seed += 1013)
        for (int i = 0; i < 3; i++) {
            shim_seed = seed;
            shim_device.multiprocessors = 1 + (int)(seed % 9);
            run_case(&all[i], IN_ORDER, IN_ORDER,
                     (kind_of_scan){seed % 2 ? LS_FLOAT32 : LS_FLOAT64, seed % 2 ? LS_FLOAT32 : LS_FLOAT64,
                                    seed % 3 == 0, false, seed % 3 ? PLAIN : NEAR_ONE});
        }
}

/* One block at a time never has to chain: here a tile finds its neighbours ready to any degree. */
enum { BACK_TILES = 75, BACK_N = (BACK_TILES - 1) * LS_SCAN_TILE + 100 };

typedef struct told {
    uint64_t ticket;
    uint32_t known[BACK_TILES];
    double totals[BACK_TILES], outputs[BACK_TILES];
} told;

static void run_blocks(const double *in, double *out, told *tiles, uint64_t blocks)
{
    ls_scan_args a;
    lsi_work work;
    memset(&a, 0, sizeof a);
    a.in = in, a.out = out, a.n = BACK_N, a.lines = 1, a.in_step = a.out_step = 1, a.tiles = BACK_TILES;
    a.in_dtype = a.out_dtype = LS_RESULT_f64;
    a.ticket = &tiles->ticket, a.known = tiles->known, a.totals = tiles->totals, a.outputs = tiles->outputs;
    lsi_work_begin(&work, &shim_device, "test", "here");
    lsi_work_launch(&work, (lsi_kernel){"scan_f64", "ls_scan_tiles_sum_f64"}, (lsi_grid){blocks, 1, 1},
                    LS_SCAN_THREADS, 0, &a, sizeof a);
}

/* Tile `number` alone, when the nearest tile whose output is known is `nearest`. */
static void look_back(const double *in, const double *wanted, const told *all, int number, int nearest)
{
    double *out = malloc(BACK_N * sizeof *out);
    told tiles;
    const int count = number == BACK_TILES - 1 ? 100 : LS_SCAN_TILE;
    memset(&tiles, 0x5a, sizeof tiles);
    tiles.ticket = (uint64_t)number;
    for (int t = 0; t < BACK_TILES; t++) tiles.known[t] = t >= number ? 0 : t <= nearest ? 2 : 1;
    tiles.outputs[nearest] = all->outputs[nearest];
    for (int t = nearest + 1; t < number; t++) tiles.totals[t] = all->totals[t];
    run_blocks(in, out, &tiles, 1);
    CHECK(memcmp(out + (size_t)number * LS_SCAN_TILE, wanted + (size_t)number * LS_SCAN_TILE,
                 (size_t)count * sizeof *out) == 0);
    CHECK(tiles.known[number] == 2 && tiles.ticket == (uint64_t)number + 1);
    if (count == LS_SCAN_TILE) CHECK(memcmp(&tiles.outputs[number], &all->outputs[number], sizeof(double)) == 0);
    free(out);
}

TEST(a_tile_chains_what_the_tiles_before_have_told)
{
    static const int places[][2] = {{1, 0},  {2, 0},  {2, 1},   {5, 1},   {32, 0},  {33, 0},  {34, 0},  {40, 8},
                                    {40, 7}, {64, 0}, {65, 0},  {66, 1},  {73, 0},  {73, 40}, {74, 0},  {74, 9}};
    double *in = malloc(BACK_N * sizeof *in), *out = malloc(BACK_N * sizeof *out);
    told all;
    memset(&all, 0, sizeof all);
    for (int i = 0; i < BACK_N; i++) in[i] = uniform() - 0.3;
    run_blocks(in, out, &all, BACK_TILES);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) look_back(in, out, &all, places[i][0], places[i][1]);
    free(in), free(out);
}

TEST(every_way_was_taken)
{
    CHECK(shim_launched("ls_scan_tiles_") > 50);
    CHECK(shim_launched("ls_scan_lines_") > 50);
    CHECK(shim_launched("ls_scan_columns_") > 50);
    CHECK(shim_launched("ls_scan_chain_") > 10);
    printf("%ld launches\n", shim_launches);
}

int main(void)
{
    shim_open();
    RUN(one_line);
    RUN(many_tiles);
    RUN(lines_and_columns);
    RUN(three_axes);
    RUN(other_results);
    RUN(nothing_to_scan);
    RUN(the_same_under_every_interleaving);
    RUN(a_tile_chains_what_the_tiles_before_have_told);
    RUN(every_way_was_taken);
    return check_report();
}
