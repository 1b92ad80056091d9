/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The kernels that draw random numbers give the elements of kernels/draw.h and of the host: both engines, every kind,
 * every first word, with and without a spare half, any first element, unaligned outputs, places of a view. */
#include "device/space.h"
#include "draw_four.h"
#include "host/draw.h"
#include "map_args.h"
#include "random_values.h"
#include "shim_run.h"
#include "support/check.h"

static const char *const names[LSI_DRAW_KINDS] = {
    "uniform_f64", "uniform_f32", "bits64", "bits32", "normal_f64", "normal_f32", "exponential_f64", "exponential_f32",
    "integers64", "integers32",
};

enum { MOST = 1100, GUARD = 32 };

static lsi_draw some_draw(uint32_t engine, uint32_t kind, uint32_t word)
{
    lsi_draw d = {.engine = engine, .kind = kind, .word = kind == LSI_DRAW_NORMAL_F64 ? word & 2 : word};
    d.key[0] = values_bits();
    if (engine == LSI_ENGINE_PHILOX4X64) {
        d.key[1] = values_bits();
        for (int k = 0; k < 4; k++)
            d.start[k] = values_below(3) ? ~(uint64_t)0 - (k == 0 ? 30 : 0) : values_bits(); /* carries run through */
        d.has_spare = lsi_draw_is_32(kind) && values_below(2);
        if (d.has_spare) d.spare = (uint32_t)values_bits();
    } else {
        d.start[0] = 65530 + (uint64_t)values_below(1 << 20); /* the turn of the subsequences changes */
    }
    d.range[0] = values_bits();
    d.range[1] = kind == LSI_DRAW_INTEGERS32 ? 0x80000000u >> (values_below(2) ? 0 : values_below(31))
                 : values_below(4)           ? ((uint64_t)1 << 63) >> (values_below(2) ? 0 : values_below(63))
                                             : ~(uint64_t)0;
    d.range[2] = lsi_draw_threshold(kind, d.range[1]);
    return d;
}

static bool same(uint32_t kind, const unsigned char *a, const unsigned char *b, int64_t n)
{
    return memcmp(a, b, (size_t)n * (size_t)lsi_draw_itemsize(kind)) == 0;
}

static void launch(const char *name, int64_t threads, const ls_random_args *args)
{
    const lsi_shim_kernel *kernel = lsi_shim_find("random", name);
    if (!kernel) printf("no %s\n", name);
    if (!CHECK(kernel)) return;
    lsi_shim_run(kernel, (unsigned)((threads + LS_MAP_THREADS - 1) / LS_MAP_THREADS), 1, 1, LS_MAP_THREADS, 0, args, 1);
}

/* Elements first to first + n - 1, `shift` elements off the alignment. */
static void test_in_order(const lsi_draw *d, int64_t first, int64_t n, int64_t shift)
{
    static _Alignas(16) unsigned char out[(MOST + 2 * GUARD) * 8], expected[MOST * 8];
    const int size = lsi_draw_itemsize(d->kind);
    unsigned char *to = out + (GUARD + shift) * size;
    char name[40];
    memset(out, 0x5a, sizeof out);
    ls_random_args args = {.to = to, .n = n, .start = first / 2, .draw = *d, .walk = {.origin = first - first / 2}};
    args.head = (int64_t)((ls_draw_four_phase(d) + (uint64_t)first) & 3);
    snprintf(name, sizeof name, "ls_random_%s", names[d->kind]);
    launch(name, (n + args.head + 3) / 4, &args);
    lsi_draw_fill(d, first, n, expected);
    if (!CHECK(same(d->kind, to, expected, n)))
        printf("%s engine %u word %u spare %u: from %lld, %lld elements\n", name, d->engine, d->word, d->has_spare,
               (long long)first, (long long)n);
    int touched = 0;
    for (unsigned char *b = out; b < out + sizeof out; b++)
        touched += (b < to || b >= to + n * size) && *b != 0x5a;
    CHECK_EQ_INT(touched, 0);
}

/* The places of a reversed, repeated, transposed view. */
static void test_places(const lsi_draw *d)
{
    static _Alignas(16) unsigned char out[MOST * 8], all[MOST * 8], expected[MOST * 8];
    const lsi_program p = {.ndim = 3, .shape = {7, 5, 3}};
    const int64_t strides[] = {1, -7, 0}, offset = 28, count = 7 * 5 * 3, start = values_below(10);
    const size_t size = (size_t)lsi_draw_itemsize(d->kind);
    lsi_space space;
    ls_random_args args = {.to = out, .n = count - start, .start = start, .draw = *d};
    char name[40];
    lsi_space_make(&space, &p, NULL);
    lsi_space_walk(&space, strides, offset, &args.walk);
    snprintf(name, sizeof name, "ls_random_at_%s", names[d->kind]);
    launch(name, args.n, &args);
    lsi_draw_fill(d, 0, 35, all);
    for (int64_t i = start; i < count; i++) {
        const int64_t k = offset + i / 15 - 7 * (i / 3 % 5);
        memcpy(expected + (size_t)(i - start) * size, all + (size_t)k * size, size);
    }
    CHECK(same(d->kind, out, expected, args.n));
}

TEST(elements_are_the_hosts)
{
    static const int64_t counts[] = {1, 2, 3, 4, 5, 31, 1023, MOST};
    for (uint32_t engine = 0; engine < 2; engine++) {
        for (uint32_t kind = 0; kind < LSI_DRAW_KINDS; kind++) {
            for (uint32_t k = 0; k < 32; k++) {
                const lsi_draw d = some_draw(engine, kind, k % 4);
                test_in_order(&d, values_below(3) ? values_below(9) : values_below(1 << 20), counts[k / 4], k / 16 % 2);
                test_in_order(&d, 0, counts[k / 4], 0);
                test_places(&d);
            }
        }
    }
}

int main(void)
{
    RUN(elements_are_the_hosts);
    return check_report();
}
