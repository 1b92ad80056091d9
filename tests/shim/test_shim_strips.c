/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tier 0 without a GPU: programs through src/device/strips*.c and the shim against the host backend, the same bits in
 * every byte. Strips of several lengths, axes in several orders, stores over sources, values that reductions read. */
#include "device/space.h"
#include "device/strips.h"
#include "device/programs.h"
#include "direct_work.h"
#include "random_values.h"
#include "support/check.h"
#include <stdlib.h>

static lsi_backend *host;
static lsi_device device = {.l2_bytes = 1 << 20, .multiprocessors = 2};

/* ---- comparing ---- */

/* NaN payloads are free inside; what is left of them is made one before comparing. */
static void canonical(ls_dtype dtype, char *bytes, size_t size)
{
    const size_t each = lsi_dtype_size(dtype);
    if (lsi_dtype_kind(dtype) < LSI_KIND_FLOAT) return;
    for (size_t k = 0; k + each <= size; k += each) {
        lsi_scalar x;
        lsi_scalar_load(dtype, bytes + k, &x);
        lsi_scalar_store(&x, bytes + k);
    }
}

static void canonical_stores(test_program *test)
{
    for (int t = 0; t < test->program.nstore; t++) {
        lsi_buffer *buffer = test->stores[t].buffer;
        canonical(lsi_program_dtype(&test->program, test->stores[t].value), buffer->address, buffer->bytes);
    }
}

static bool same_memory(int k, test_program *ours, test_program *theirs)
{
    canonical_stores(ours);
    canonical_stores(theirs);
    size_t at = 0;
    while (at < ours->memory_bytes && ours->memory[at] == theirs->memory[at])
        at++;
    if (at == ours->memory_bytes) return true;
    printf("program %d differs at byte %zu\n", k, at);
    for (int b = 0; b < ours->nbuffer; b++) {
        const size_t begin = (size_t)((char *)ours->buffers[b].address - ours->memory);
        if (at >= begin && at < begin + ours->buffers[b].bytes) printf("  buffer %d, byte %zu\n", b, at - begin);
    }
    return false;
}

/* ---- running ---- */

static void run_host(const lsi_program *program)
{
    lsi_ticket done;
    CHECK_STATUS(host->run(host, program, &done), LS_OK);
    CHECK_STATUS(host->wait(host, done), LS_OK);
}

typedef void (*after_strip)(const lsi_strips *strips, int64_t start, int64_t n, void *context);

/* Strips of `each` positions, the scratch memory no larger than it has to be and full of rubbish. */
static void run_strips(const lsi_program *program, const int *order, int64_t each, after_strip after, void *context)
{
    lsi_strips *strips;
    if (!CHECK_STATUS(lsi_strips_new(&device, program, order, &strips), LS_OK)) return;
    const int64_t count = lsi_strips_count(strips), best = lsi_strips_best(strips);
    CHECK(best > 0 && best % 8192 == 0);
    const int64_t length = each ? each : best < count ? best : count;
    const size_t bytes = lsi_strips_scratch(strips, length);
    char *memory = aligned_alloc(256, (bytes + 511) / 256 * 256);
    lsi_work work = {.status = LS_OK};
    memset(memory, 0xcb, bytes + 256);
    for (int64_t start = 0; start < count; start += length) {
        const int64_t n = count - start < length ? count - start : length;
        lsi_strips_run(strips, &work, memory, start, n);
        if (after) after(strips, start, n, context);
    }
    for (int k = 0; k < 256; k++)
        if ((unsigned char)memory[bytes + (size_t)k] != 0xcb) CHECK(!"the scratch memory was large enough");
    free(memory);
    lsi_strips_free(strips);
}

/* How program k is run: three lengths and three orders of axes take turns. */
static void run_somehow(int k, const lsi_program *program)
{
    static const int64_t lengths[] = {0, 97, 1024};
    int order[LS_MAX_NDIM];
    bool given = true;
    if (k % 2 == 0) given = lsi_space_order(program, order);
    else if (k % 4 == 1) given = false;
    else for (int d = 0; d < program->ndim; d++) order[d] = program->ndim - 1 - d;
    run_strips(program, given ? order : NULL, lengths[k / 4 % 3], NULL, NULL);
}

TEST(all_programs_give_the_bits_of_the_host)
{
    int pairs;
    for (int k = 0; k < test_program_plain_count(); k++) {
        test_program *ours = test_program_make(k), *theirs = test_program_make(k);
        run_host(&theirs->program);
        run_somehow(k, &ours->program);
        CHECK(same_memory(k, ours, theirs));
        test_program_free(ours);
        test_program_free(theirs);
    }
    CHECK_EQ_INT(test_program_missing(&pairs), 0);
    printf("%d operations with a dtype each, %d programs\n", pairs, test_program_plain_count());
}

/* ---- stores over sources ---- */

static bool repeats(const lsi_program *p, const int64_t *strides)
{
    for (int d = 0; d < p->ndim; d++)
        if (strides[d] == 0 && p->shape[d] > 1) return true;
    return false;
}

static bool used_elsewhere(const test_program *test, const lsi_buffer *buffer, int source, int store)
{
    for (int s = 0; s < test->program.nsource; s++)
        if (s != source && test->sources[s].kind == LSI_SOURCE_BUFFER && test->sources[s].buffer == buffer) return true;
    for (int t = 0; t < test->program.nstore; t++)
        if (t != store && test->stores[t].buffer == buffer) return true;
    return false;
}

/* Turns stores onto sources of their dtype where that is allowed; how many. */
static int store_over_sources(test_program *test)
{
    const lsi_program *p = &test->program;
    int turned = 0;
    for (int t = 0; t < p->nstore; t++) {
        for (int s = 0; s < p->nsource; s++) {
            const lsi_source *from = &test->sources[s];
            if (from->kind != LSI_SOURCE_BUFFER || repeats(p, from->strides)) continue;
            if (used_elsewhere(test, from->buffer, s, -1)) continue;
            if (from->dtype != lsi_program_dtype(p, test->stores[t].value)) continue;
            test->stores[t].buffer = from->buffer;
            test->stores[t].offset = from->offset;
            memcpy(test->stores[t].strides, from->strides, sizeof from->strides);
            turned++;
            break;
        }
    }
    return turned;
}

TEST(a_store_may_be_exactly_over_a_source)
{
    int turned = 0;
    for (int k = 0; k < test_program_plain_count(); k++) {
        test_program *ours = test_program_make(k), *theirs = test_program_make(k);
        const int some = store_over_sources(ours);
        if (some > 0 && store_over_sources(theirs) == some) {
            turned += some;
            run_host(&theirs->program);
            run_somehow(k + 1, &ours->program);
            CHECK(same_memory(k, ours, theirs));
        }
        test_program_free(ours);
        test_program_free(theirs);
    }
    printf("%d stores over sources\n", turned);
    CHECK(turned > 50);
}

/* ---- what reductions read ---- */

enum { READ = 3 };

typedef struct reading {
    const lsi_program *program;
    char *values[READ];
} reading;

static void keep_values(const lsi_strips *strips, int64_t start, int64_t n, void *context)
{
    reading *r = context;
    for (int q = 0; q < r->program->nreduction; q++) {
        const size_t size = lsi_dtype_size(r->program->reductions[q].dtype);
        const void *from = lsi_strips_value(strips, r->program->reductions[q].value);
        if (CHECK(from)) memcpy(r->values[q] + (size_t)start * size, from, (size_t)n * size);
    }
}

static int64_t count_of(const lsi_program *p)
{
    int64_t count = 1;
    for (int d = 0; d < p->ndim; d++)
        count *= p->shape[d];
    return count;
}

static void dense_strides(const lsi_program *p, int64_t *strides)
{
    int64_t count = 1;
    for (int d = p->ndim - 1; d >= 0; d--) {
        strides[d] = count;
        count *= p->shape[d];
    }
}

static void test_reading(int k)
{
    test_program *ours = test_program_make(k), *theirs = test_program_make(k);
    lsi_program *p = &ours->program, *q = &theirs->program;
    const size_t bytes = (size_t)count_of(p) * 16;
    lsi_reduction reductions[READ] = {{0}};
    lsi_buffer expected[READ] = {{0}};
    reading r = {.program = p};
    if (k % 3 == 0) (void)store_over_sources(ours), (void)store_over_sources(theirs);
    p->reductions = reductions;
    for (int v = 0; v < READ && q->nstore < LSI_PROGRAM_MAX_STORES; v++) {
        const int value = (int)values_below(p->nsource + p->ninstr);
        reductions[v] = (lsi_reduction){.value = value, .dtype = lsi_program_dtype(p, value)};
        r.values[v] = malloc(bytes);
        expected[v] = (lsi_buffer){.address = malloc(bytes), .bytes = bytes};
        theirs->stores[q->nstore] = (lsi_store){.value = value, .buffer = &expected[v]};
        dense_strides(q, theirs->stores[q->nstore++].strides);
        p->nreduction++;
    }
    run_host(q);
    run_strips(p, NULL, k % 2 ? 100 : 0, keep_values, &r);
    for (int v = 0; v < p->nreduction; v++) {
        const size_t size = (size_t)count_of(p) * lsi_dtype_size(reductions[v].dtype);
        canonical(reductions[v].dtype, r.values[v], size);
        canonical(reductions[v].dtype, expected[v].address, size);
        if (!CHECK(memcmp(r.values[v], expected[v].address, size) == 0))
            printf("program %d, value %d\n", k, reductions[v].value);
        free(r.values[v]);
        free(expected[v].address);
    }
    q->nstore = p->nstore;
    CHECK(same_memory(k, ours, theirs));
    test_program_free(ours);
    test_program_free(theirs);
}

TEST(reductions_find_their_values)
{
    for (int k = 0; k < test_program_plain_count(); k++)
        test_reading(k);
}

/* ---- what is launched ---- */

static lsi_source dense_source(lsi_buffer *buffer, const lsi_program *p)
{
    lsi_source s = {.kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT64, .buffer = buffer};
    dense_strides(p, s.strides);
    return s;
}

/* x * 2 + y in place of y: two operations in the targets, the constant in the arguments, nothing else. */
TEST(nothing_is_moved_that_lies_ready)
{
    enum { N = 3000 };
    static double x[N], y[N];
    for (int i = 0; i < N; i++)
        x[i] = i, y[i] = -i;
    lsi_buffer bx = {.address = x, .bytes = sizeof x}, by = {.address = y, .bytes = sizeof y};
    lsi_program p = {.ndim = 1, .shape = {N}, .nsource = 3, .ninstr = 2, .nstore = 1};
    lsi_source sources[3] = {dense_source(&bx, &p), dense_source(&by, &p), {.kind = LSI_SOURCE_CONST}};
    sources[2].dtype = LS_FLOAT64;
    sources[2].constant = (lsi_scalar){.dtype = LS_FLOAT64, .value.f = 2};
    const lsi_instr instrs[2] = {{LSI_OP_multiply, LS_FLOAT64, LS_FLOAT64, {0, 2, -1}},
                                 {LSI_OP_add, LS_FLOAT64, LS_FLOAT64, {3, 1, -1}}};
    lsi_store stores[1] = {{.value = 4, .buffer = &by}};
    dense_strides(&p, stores[0].strides);
    p.sources = sources;
    p.instrs = instrs;
    p.stores = stores;
    lsi_strips *strips;
    const long launches = direct_launches, copies = direct_copies;
    if (!CHECK_STATUS(lsi_strips_new(&device, &p, NULL, &strips), LS_OK)) return;
    CHECK_EQ_INT(lsi_strips_scratch(strips, 1024), 8 * 1024); /* one register: x * 2 */
    lsi_strips_free(strips);
    run_strips(&p, NULL, 0, NULL, NULL);
    CHECK_EQ_INT(direct_launches - launches, 2);
    CHECK_EQ_INT(direct_copies - copies, 0);
    int wrong = 0;
    for (int i = 0; i < N; i++)
        wrong += y[i] != x[i] * 2 - i;
    CHECK_EQ_INT(wrong, 0);
}

/* sqrt(x) + y over a space larger than any memory: the registers stay small on a small GPU and on a large one. */
TEST(registers_stay_bounded)
{
    const int64_t count = (int64_t)1 << 40;
    lsi_buffer bx = {.bytes = 0}, by = {.bytes = 0};
    lsi_program p = {.ndim = 1, .shape = {count}, .nsource = 2, .ninstr = 2, .nstore = 1};
    lsi_source sources[2] = {dense_source(&bx, &p), dense_source(&bx, &p)};
    const lsi_instr instrs[2] = {{LSI_OP_sqrt, LS_FLOAT64, LS_FLOAT64, {0, -1, -1}},
                                 {LSI_OP_add, LS_FLOAT64, LS_FLOAT64, {2, 1, -1}}};
    lsi_store store = {.value = 3, .buffer = &by};
    dense_strides(&p, store.strides);
    p.sources = sources;
    p.instrs = instrs;
    p.stores = &store;
    static const struct { size_t l2; int multiprocessors; int64_t best; } gpus[] = {
        {1 << 20, 2, (1 << 19) / 32 / 8192 * 8192}, /* 32 bytes per position in half of the L2 */
        {1 << 20, 20, 40960},                        /* a thread for each */
        {1 << 20, 1 << 20, (64 << 20) / 8},          /* no more than the memory allowed */
        {(size_t)1 << 30, 2, (1 << 29) / 32},
    };
    for (size_t g = 0; g < sizeof gpus / sizeof *gpus; g++) {
        lsi_device some = {.l2_bytes = gpus[g].l2, .multiprocessors = gpus[g].multiprocessors};
        lsi_strips *strips;
        if (!CHECK_STATUS(lsi_strips_new(&some, &p, NULL, &strips), LS_OK)) return;
        CHECK_EQ_INT(lsi_strips_count(strips), count);
        CHECK_EQ_INT(lsi_strips_best(strips), gpus[g].best);
        CHECK_EQ_INT(lsi_strips_scratch(strips, gpus[g].best), gpus[g].best * 8);
        lsi_strips_free(strips);
    }
}

/* An image whose axes are exchanged is turned by tiles, whole images per launch. */
TEST(transposed_sources_are_turned_by_tiles)
{
    enum { BATCH = 3, ROWS = 40, COLS = 33 };
    static float x[BATCH * ROWS * COLS], y[BATCH * ROWS * COLS];
    for (int i = 0; i < BATCH * ROWS * COLS; i++)
        x[i] = (float)i;
    lsi_buffer bx = {.address = x, .bytes = sizeof x}, by = {.address = y, .bytes = sizeof y};
    lsi_program p = {.ndim = 3, .shape = {BATCH, ROWS, COLS}, .nsource = 1, .nstore = 1};
    const lsi_source source = {
        .kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT32, .buffer = &bx, .strides = {ROWS * COLS, 1, ROWS}};
    lsi_store store = {.value = 0, .buffer = &by};
    dense_strides(&p, store.strides);
    p.sources = &source;
    p.stores = &store;
    for (int64_t each = 0; each < 3; each++) {
        const int64_t length = each == 0 ? 0 : each == 1 ? 1000 : 1300;
        const long tiles = direct_launched("ls_tile_"), gathers = direct_launched("ls_gather_");
        memset(y, 0, sizeof y);
        run_strips(&p, NULL, length, NULL, NULL);
        CHECK(direct_launched("ls_tile_") > tiles);
        if (each == 0) CHECK_EQ_INT(direct_launched("ls_tile_") - tiles, 1);
        if (each == 0) CHECK_EQ_INT(direct_launched("ls_gather_") - gathers, 0);
        int wrong = 0;
        for (int b = 0; b < BATCH; b++)
            for (int i = 0; i < ROWS; i++)
                for (int j = 0; j < COLS; j++)
                    wrong += y[(b * ROWS + i) * COLS + j] != x[b * ROWS * COLS + j * ROWS + i];
        CHECK_EQ_INT(wrong, 0);
    }
}

/* Division by multiplication, at the ends of its range. */
TEST(positions_are_divided_exactly)
{
    static const int64_t sizes[] = {2, 3, 5, 7, 10, 255, 256, 257, 65535, 1000003, ((int64_t)1 << 31) - 1,
                                    (int64_t)1 << 31, ((int64_t)1 << 40) + 1, ((int64_t)1 << 61) + 3,
                                    ((int64_t)1 << 62) - 1};
    int wrong = 0;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        ls_walk walk = {.ndim = 2, .axis = {{.stride = 0}, {.stride = 1}}};
        lsi_walk_divide_by(&walk.axis[0], sizes[s]);
        for (int k = 0; k < 2000; k++) {
            const int64_t any = (int64_t)(values_bits() >> (1 + values_below(62)));
            const int64_t near = any / sizes[s] * sizes[s] - (k & 1);
            wrong += ls_walk_at(&walk, any) != any / sizes[s];
            if (near >= 0) wrong += ls_walk_at(&walk, near) != near / sizes[s];
        }
        wrong += ls_walk_at(&walk, INT64_MAX) != INT64_MAX / sizes[s];
    }
    CHECK_EQ_INT(wrong, 0);
}

int main(void)
{
    host = lsi_host_backend_new();
    if (!host) return 1;
    RUN(positions_are_divided_exactly);
    RUN(nothing_is_moved_that_lies_ready);
    RUN(registers_stay_bounded);
    RUN(transposed_sources_are_turned_by_tiles);
    RUN(all_programs_give_the_bits_of_the_host);
    RUN(a_store_may_be_exactly_over_a_source);
    RUN(reductions_find_their_values);
    printf("%ld launches, %ld copies\n", direct_launches, direct_copies);
    return check_report();
}
