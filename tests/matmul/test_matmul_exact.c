/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Exact products are the definition's bits, for every dtype, shape, stride, number of threads and instruction set. */
#include "../support/check.h"
#include "backend.h"
#include "host/matmul.h"
#include "host/parallel.h"
#include "reference.h"
#include <stdlib.h>

static const ls_dtype dtypes[] = {LS_INT8,  LS_INT16,   LS_INT32,    LS_INT64,   LS_UINT8,   LS_UINT16,    LS_UINT32,
                                  LS_UINT64, LS_FLOAT16, LS_BFLOAT16, LS_FLOAT32, LS_FLOAT64, LS_COMPLEX64, LS_COMPLEX128};
enum { DTYPES = sizeof dtypes / sizeof *dtypes, GUARD = 64 };

typedef enum layout { ROWS, COLUMNS, REVERSED, SPREAD, SAME, LAYOUTS } layout;

/* Strides of a rows x cols matrix and how many elements it spans; element 0 of the view is at *offset. */
static int64_t lay(layout kind, int64_t rows, int64_t cols, int64_t *offset, int64_t *row, int64_t *col)
{
    *offset = 0;
    switch (kind) {
    case COLUMNS: *row = 1, *col = rows; break;
    case REVERSED: *row = -cols, *col = -1, *offset = rows * cols - 1; break;
    case SPREAD: *row = 2 * cols * 3 + 1, *col = 3; break;
    case SAME: *row = 0, *col = 1; break;
    default: *row = cols, *col = 1;
    }
    return kind == SPREAD ? rows * *row + cols * 3 + 1 : rows * cols + 1;
}

typedef struct shape {
    int64_t batch, m, n, k;
    layout x, y, out;
    bool share_y; /* one y for the whole batch */
    bool special;
} shape;

typedef struct product {
    lsi_matmul task;
    lsi_buffer x, y, out;
    size_t size;
    int64_t out_count, out_span;
    char *expected, *before;
} product;

/* Operands and the output's surroundings, filled; the expected result. */
static void prepare(product *p, ls_dtype dtype, const shape *s, uint64_t seed)
{
    memset(p, 0, sizeof *p);
    p->task = (lsi_matmul){.exact = true, .dtype = dtype, .nbatch = 1, .batch = {s->batch}, .m = s->m, .n = s->n,
                           .k = s->k, .x = &p->x, .y = &p->y, .out = &p->out, .function = "test", .place = "here"};
    lsi_matmul *t = &p->task;
    p->size = reference_size(dtype);
    const int64_t x_span = lay(s->x, s->m, s->k, &t->x_offset, &t->x_row, &t->x_col);
    const int64_t y_span = lay(s->y, s->k, s->n, &t->y_offset, &t->y_row, &t->y_col);
    p->out_span = lay(s->out == SAME ? ROWS : s->out, s->m, s->n, &t->out_offset, &t->out_row, &t->out_col);
    t->x_batch[0] = x_span;
    t->y_batch[0] = s->share_y ? 0 : y_span;
    t->out_batch[0] = p->out_span;
    t->out_offset += GUARD;
    p->out_count = p->out_span * s->batch + 2 * GUARD;
    p->x.address = malloc((size_t)(x_span * s->batch) * p->size + 1);
    p->y.address = malloc((size_t)(y_span * s->batch) * p->size + 1);
    p->out.address = malloc((size_t)p->out_count * p->size);
    p->before = malloc((size_t)p->out_count * p->size);
    p->expected = malloc((size_t)(s->batch * s->m * s->n) * p->size + 1);
    reference_fill(dtype, p->x.address, x_span * s->batch, seed, s->special);
    reference_fill(dtype, p->y.address, y_span * s->batch, seed + 1, s->special);
    reference_matmul(t, p->expected);
}

static void discard(product *p)
{
    free(p->x.address), free(p->y.address), free(p->out.address), free(p->before), free(p->expected);
}

/* Runs the product as things are set now and compares all of it, and the memory around it. */
static void run(product *p, const shape *s)
{
    const lsi_matmul *t = &p->task;
    reference_fill(t->dtype, p->out.address, p->out_count, 3, false);
    memcpy(p->before, p->out.address, (size_t)p->out_count * p->size);
    CHECK_STATUS(lsi_host_matmul(t), LS_OK);
    int64_t wrong = 0;
    for (int64_t b = 0; b < s->batch; b++)
        for (int64_t i = 0; i < s->m; i++)
            for (int64_t j = 0; j < s->n; j++) {
                const int64_t at = t->out_offset + b * p->out_span + i * t->out_row + j * t->out_col;
                const char *got = (char *)p->out.address + (size_t)at * p->size;
                wrong += !reference_same(t->dtype, got, p->expected + (size_t)((b * s->m + i) * s->n + j) * p->size);
                memcpy(p->before + (size_t)at * p->size, got, p->size);
            }
    if (!CHECK_EQ_INT(wrong, 0))
        printf("  dtype %d batch %lld m %lld n %lld k %lld layouts %d %d %d isa %s threads %d\n", (int)t->dtype,
               (long long)s->batch, (long long)s->m, (long long)s->n, (long long)s->k, (int)s->x, (int)s->y,
               (int)s->out, lsi_isa_name(lsi_isa_current()), lsi_parallel_threads());
    CHECK(memcmp(p->before, p->out.address, (size_t)p->out_count * p->size) == 0); /* nothing else was written */
}

/* Every instruction set this CPU has, with 1, 2 and 3 threads. */
static void everywhere(void (*body)(void *first, const void *second), void *first, const void *second)
{
    for (int isa = 0; isa < LSI_ISA_COUNT; isa++) {
        if ((int)lsi_isa_force((lsi_isa)isa) != isa) continue;
        for (int threads = 1; threads <= 3; threads++) {
            lsi_parallel_force(threads);
            body(first, second);
        }
    }
    lsi_isa_force(lsi_isa_best());
    lsi_parallel_force(0);
}
static void run_product(void *p, const void *s) { run(p, s); }

static void compare(ls_dtype dtype, const shape *s, uint64_t seed)
{
    product p;
    prepare(&p, dtype, s, seed);
    everywhere(run_product, &p, s);
    discard(&p);
}

static void every_dtype(const shape *s)
{
    for (int d = 0; d < DTYPES; d++) compare(dtypes[d], s, (uint64_t)(s->m * 1000003 + s->n * 1009 + s->k));
}

TEST(every_size_around_the_tiles)
{
    static const int64_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 33, 47, 48, 49, 64, 65, 97};
    enum { SIZES = sizeof sizes / sizeof *sizes };
    for (int i = 0; i < SIZES; i++) {
        every_dtype(&(shape){.batch = 1, .m = sizes[i], .n = sizes[(i * 7 + 3) % SIZES], .k = sizes[(i * 5 + 1) % SIZES]});
        every_dtype(&(shape){.batch = 1, .m = sizes[(i * 3 + 2) % SIZES], .n = sizes[i], .k = 11, .special = true});
    }
}

TEST(every_stride)
{
    for (int x = 0; x < LAYOUTS; x++)
        for (int y = 0; y < LAYOUTS; y++)
            every_dtype(&(shape){.batch = 2, .m = 13, .n = 27, .k = 35, .x = (layout)x, .y = (layout)y,
                                 .out = (layout)((x + y) % LAYOUTS), .share_y = (x ^ y) & 1});
}

TEST(depths_around_blocks_of_2048)
{
    static const int64_t depths[] = {0, 1, 255, 256, 257, 2047, 2048, 2049, 4095, 4096, 4097, 6145, 10241, 14337, 16385};
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        every_dtype(&(shape){.batch = 1, .m = 3, .n = 5, .k = depths[i]});
        every_dtype(&(shape){.batch = 1, .m = 1, .n = 1, .k = depths[i], .x = REVERSED, .special = i & 1});
        every_dtype(&(shape){.batch = 2, .m = 1, .n = 9, .k = depths[i], .out = SPREAD});
        every_dtype(&(shape){.batch = 1, .m = 10, .n = 1, .k = depths[i], .y = SPREAD, .out = COLUMNS});
    }
}

TEST(few_outputs_over_many_pieces)
{
    static const int64_t outputs[][2] = {{4, 4}, {1, 4}, {2, 16}, {3, 8}, {4, 33}, {16, 1}, {1, 1}};
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        every_dtype(&(shape){.batch = 1, .m = outputs[i][0], .n = outputs[i][1], .k = 8192 + 1});
        every_dtype(&(shape){.batch = 1, .m = outputs[i][0], .n = outputs[i][1], .k = 16384 + 8192 + 2048 + 77});
    }
    every_dtype(&(shape){.batch = 2, .m = 1, .n = 1, .k = 16384, .x = SPREAD, .y = COLUMNS});
}

TEST(batches_and_empty_sizes)
{
    every_dtype(&(shape){.batch = 301, .m = 5, .n = 6, .k = 7});
    every_dtype(&(shape){.batch = 130, .m = 3, .n = 2, .k = 70, .y = COLUMNS, .out = COLUMNS});
    every_dtype(&(shape){.batch = 7, .m = 5, .n = 6, .k = 7});
    every_dtype(&(shape){.batch = 7, .m = 5, .n = 6, .k = 7, .share_y = true});
    every_dtype(&(shape){.batch = 3, .m = 1, .n = 40, .k = 7, .share_y = true});
    every_dtype(&(shape){.batch = 9, .m = 1, .n = 3, .k = 7, .x = SPREAD, .out = SPREAD, .share_y = true});
    every_dtype(&(shape){.batch = 0, .m = 5, .n = 6, .k = 7});
    every_dtype(&(shape){.batch = 2, .m = 0, .n = 6, .k = 7});
    every_dtype(&(shape){.batch = 2, .m = 5, .n = 0, .k = 7});
    every_dtype(&(shape){.batch = 2, .m = 5, .n = 6, .k = 0, .out = SPREAD});
}

TEST(vectors_and_few_rows)
{
    for (int x = 0; x < LAYOUTS; x++) {
        every_dtype(&(shape){.batch = 1, .m = 53, .n = 1, .k = 203, .x = (layout)x, .special = x & 1});
        every_dtype(&(shape){.batch = 1, .m = 1, .n = 115, .k = 61, .y = (layout)x, .out = (layout)(x + 1) % LAYOUTS});
        every_dtype(&(shape){.batch = 1, .m = 3, .n = 115, .k = 2061, .y = (layout)x});
        every_dtype(&(shape){.batch = 1, .m = 8, .n = 9, .k = 30, .x = (layout)x});
    }
}

TEST(more_than_one_packed_block)
{
    every_dtype(&(shape){.batch = 1, .m = 60, .n = 530, .k = 300});
    every_dtype(&(shape){.batch = 1, .m = 310, .n = 30, .k = 520, .y = COLUMNS, .out = COLUMNS});
}

/* FNV-1a over the bytes of a product that crosses every boundary: one number for all machines. */
static uint64_t hash_of_product(ls_dtype dtype)
{
    enum { M = 50, N = 101, K = 4500 };
    const size_t size = reference_size(dtype);
    lsi_buffer x = {.address = malloc(M * K * size)}, y = {.address = malloc(K * N * size)};
    lsi_buffer out = {.address = malloc(M * N * size)};
    reference_fill(dtype, x.address, M * K, 5, false);
    reference_fill(dtype, y.address, K * N, 6, false);
    const lsi_matmul task = {.exact = true, .dtype = dtype, .m = M, .n = N, .k = K, .x = &x, .y = &y, .out = &out,
                             .x_row = K, .x_col = 1, .y_row = N, .y_col = 1, .out_row = N, .out_col = 1};
    CHECK_STATUS(lsi_host_matmul(&task), LS_OK);
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < M * N * size; i++) hash = (hash ^ ((unsigned char *)out.address)[i]) * 0x100000001b3u;
    free(x.address), free(y.address), free(out.address);
    return hash;
}
static void hash_is_the_same(void *first, const void *second)
{
    (void)second;
    uint64_t *hashes = first;
    for (int d = 0; d < DTYPES; d++) {
        const uint64_t hash = hash_of_product(dtypes[d]);
        if (!hashes[d]) hashes[d] = hash;
        CHECK(hashes[d] == hash);
    }
}
TEST(one_hash_for_all_threads_and_instruction_sets)
{
    uint64_t hashes[DTYPES] = {0};
    everywhere(hash_is_the_same, hashes, NULL);
}

int main(void)
{
    RUN(every_size_around_the_tiles);
    RUN(every_stride);
    RUN(depths_around_blocks_of_2048);
    RUN(few_outputs_over_many_pieces);
    RUN(batches_and_empty_sizes);
    RUN(vectors_and_few_rows);
    RUN(more_than_one_packed_block);
    RUN(one_hash_for_all_threads_and_instruction_sets);
    return check_report();
}
