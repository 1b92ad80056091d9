/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Draws below the public interface: Philox against its published answers, and lsi_draw_fill of every ISA (AVX-512 with
 * and without its 52-bit multiplier) against the element functions of kernels/draw.h, for every kind, engine, range and
 * awkward position. */
#include "draw.h" /* kernels/draw.h */
#include "host/draw.h"
#include "support/check.h"

static const char *const kind_names[LSI_DRAW_KINDS] = {
    "uniform_f64", "uniform_f32",     "bits64",          "bits32",     "normal_f64",
    "normal_f32",  "exponential_f64", "exponential_f32", "integers64", "integers32"};
static long cases;

/* Element i by the definition, as bytes. */
static void element(const lsi_draw *d, int64_t i, unsigned char *out)
{
    union {
        double f64;
        float f32;
        uint64_t u64;
        uint32_t u32;
    } v;
    v.u64 = 0;
    switch (d->kind) {
    case LSI_DRAW_UNIFORM_F64: v.f64 = ls_draw_uniform_f64(d, i); break;
    case LSI_DRAW_UNIFORM_F32: v.f32 = ls_draw_uniform_f32(d, i); break;
    case LSI_DRAW_BITS64: v.u64 = ls_draw_bits64(d, i); break;
    case LSI_DRAW_BITS32: v.u32 = ls_draw_bits32(d, i); break;
    case LSI_DRAW_NORMAL_F64: v.f64 = ls_draw_normal_f64(d, i); break;
    case LSI_DRAW_NORMAL_F32: v.f32 = ls_draw_normal_f32(d, i); break;
    case LSI_DRAW_EXPONENTIAL_F64: v.f64 = ls_draw_exponential_f64(d, i); break;
    case LSI_DRAW_EXPONENTIAL_F32: v.f32 = ls_draw_exponential_f32(d, i); break;
    case LSI_DRAW_INTEGERS64: v.u64 = ls_draw_integers64(d, i); break;
    case LSI_DRAW_INTEGERS32: v.u64 = ls_draw_integers32(d, i); break;
    default: CHECK(!"kind"); break;
    }
    memcpy(out, &v, (size_t)lsi_draw_itemsize(d->kind));
}

/* Elements [start, start + n) by every set of kernels, against the definition; bytes around the range must stay. */
static void compare(const lsi_draw *d, int64_t start, int n)
{
    static unsigned char expected[8 * 4096], got[8 * 4096 + 16];
    const size_t size = (size_t)lsi_draw_itemsize(d->kind), bytes = size * (size_t)n;
    for (int i = 0; i < n; i++) element(d, start + i, expected + size * (size_t)i);
    for (int variant = 0; variant < lsi_draw_variants(); variant++) {
        memset(got, 0xA5, bytes + 16);
        lsi_draw_fill_variant(variant, d, start, n, got + 8);
        size_t bad = 0;
        while (bad < bytes && got[8 + bad] == expected[bad]) bad++;
        cases++;
        if (bad == bytes && got[7] == 0xA5 && got[8 + bytes] == 0xA5 && check_count(1) == 0) continue;
        printf("%s, engine %u, %s, word %u, spare %u, start %lld, n %d: element %zu differs\n", kind_names[d->kind],
               d->engine, lsi_draw_variant_name(variant), d->word, d->has_spare, (long long)start, n, bad / size);
        CHECK(!"fill agrees with the definition");
    }
}

static lsi_draw draw_of(uint32_t engine, uint32_t kind)
{
    lsi_draw d = {.engine = engine, .kind = kind, .key = {0x243f6a8885a308d3u, 0x13198a2e03707344u}};
    d.range[0] = (uint64_t)-5;
    d.range[1] = kind == LSI_DRAW_INTEGERS64 ? (uint64_t)INT64_MAX + 1 : 0x80000000u; /* nearly half is rejected */
    d.range[2] = lsi_draw_threshold(kind, d.range[1]);
    return d;
}

TEST(philox_known_answers)
{
    /* Random123's kat_vectors: zeros, ones, and digits of pi. */
    static const uint64_t in64[3][6] = {
        {0},
        {~(uint64_t)0, ~(uint64_t)0, ~(uint64_t)0, ~(uint64_t)0, ~(uint64_t)0, ~(uint64_t)0},
        {0x243f6a8885a308d3u, 0x13198a2e03707344u, 0xa4093822299f31d0u, 0x082efa98ec4e6c89u, 0x452821e638d01377u,
         0xbe5466cf34e90c6cu}};
    static const uint64_t out64[3][4] = {
        {0x16554d9eca36314cu, 0xdb20fe9d672d0fdcu, 0xd7e772cee186176bu, 0x7e68b68aec7ba23bu},
        {0x87b092c3013fe90bu, 0x438c3c67be8d0224u, 0x9cc7d7c69cd777b6u, 0xa09caebf594f0ba0u},
        {0xa528f45403e61d95u, 0x38c72dbd566e9788u, 0xa5a1610e72fd18b5u, 0x57bd43b5e52b7fe6u}};
    static const uint32_t in32[3][6] = {
        {0},
        {0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu},
        {0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u}};
    static const uint32_t out32[3][4] = {{0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u},
                                         {0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu},
                                         {0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u}};
    for (int v = 0; v < 3; v++) {
        const ls_words64 a = {{in64[v][0], in64[v][1], in64[v][2], in64[v][3]}};
        const ls_words32 b = {{in32[v][0], in32[v][1], in32[v][2], in32[v][3]}};
        const ls_words64 x = ls_philox4x64(a, in64[v][4], in64[v][5]);
        const ls_words32 y = ls_philox4x32(b, in32[v][4], in32[v][5]);
        for (int k = 0; k < 4; k++) {
            CHECK_EQ_INT(x.w[k], out64[v][k]);
            CHECK_EQ_INT(y.w[k], out32[v][k]);
        }
    }
}

TEST(every_kind_engine_position_and_length)
{
    static const int lengths[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 31, 33, 63, 64, 65, 127, 129, 255,
                                  511, 512, 513, 1023, 1500};
    for (uint32_t engine = 0; engine < 2; engine++)
        for (uint32_t kind = 0; kind < LSI_DRAW_KINDS; kind++)
            for (uint32_t word = 0; word < 4; word++)
                for (uint32_t spare = 0; spare < 2; spare++) {
                    lsi_draw d = draw_of(engine, kind);
                    if (kind == LSI_DRAW_NORMAL_F64 && word & 1) continue;
                    d.start[0] = 12345;
                    d.word = word;
                    d.has_spare = spare;
                    d.spare = 0xdeadbeefu;
                    for (unsigned l = 0; l < sizeof lengths / sizeof *lengths; l++)
                        for (int64_t start = 0; start < 10; start += l % 3 + 1) compare(&d, start, lengths[l]);
                    compare(&d, 1000003, 777);
                    compare(&d, ((int64_t)1 << 40) + 1, 300);
                    compare(&d, ((int64_t)1 << 61) + 3, 300);
                }
}

TEST(carries_and_turns)
{
    for (uint32_t kind = 0; kind < LSI_DRAW_KINDS; kind++) {
        lsi_draw d = draw_of(LSI_ENGINE_PHILOX4X64, kind);
        for (int words = 1; words <= 4; words++) { /* the carry runs through 1, 2, 3 and all words of the counter */
            for (int k = 0; k < 4; k++) d.start[k] = k < words ? ~(uint64_t)0 : 7;
            d.start[0] -= 20;
            compare(&d, 0, 1000);
            compare(&d, 81, 3);
            compare(&d, 84, 8);
        }
        d = draw_of(LSI_ENGINE_PHILOX4X32, kind);
        d.start[0] = 65536 * 3 - 11;
        compare(&d, 0, 1000);
        compare(&d, 4 * 65536, 1000);
        d.start[0] = ((uint64_t)65536 << 32) - 11; /* the turn passes 32 bits */
        compare(&d, 0, 1000);
        d.start[0] = ((uint64_t)65536 << 31) - 11;
        compare(&d, 0, 1000);
    }
}

/* Counters and first words at the borders of the digits that vectors multiply by: 32, 52 and 64 bits; and counters
 * among which the first round's high word changes its upper half. */
TEST(borders_of_digits)
{
    static const uint64_t borders[] = {4, (uint64_t)1 << 32, (uint64_t)1 << 52, (uint64_t)1 << 63, 0};
    const uint64_t step = 0xffffffffffffffffu / (LS_PHILOX64_MUL0 >> 32); /* about 2^96 / MUL0 */
    lsi_draw d = draw_of(LSI_ENGINE_PHILOX4X64, LSI_DRAW_BITS64);
    for (int b = 0; b < 5; b++)
        for (int word = 0; word < 5; word++) {
            d.start[0] = borders[b] - 4;
            d.start[3] = ls_mulhi_u64(LS_PHILOX64_MUL0, borders[b]) ^ d.key[1] ^ (borders[word] - 1);
            compare(&d, 0, 200);
        }
    uint64_t above = step + 8; /* the first counter whose high word passes 2^32 */
    while (ls_mulhi_u64(LS_PHILOX64_MUL0, above - 1) >> 32 != 0) above--;
    CHECK(ls_mulhi_u64(LS_PHILOX64_MUL0, above) >> 32 == 1);
    for (int before = 0; before < 70; before++) {
        d.start[0] = above - (uint64_t)before;
        compare(&d, 0, 400);
    }
}

TEST(integers_of_every_width)
{
    static const uint64_t spans[] = {0, 1, 2, 5, 6, 9, 99, 255, 1000, 65535, 0x7fffffffu, 0x80000000u,
                                     0xfffffffeu, 0xffffffffu};
    for (uint32_t engine = 0; engine < 2; engine++)
        for (unsigned s = 0; s < sizeof spans / sizeof *spans; s++)
            for (uint32_t kind = LSI_DRAW_INTEGERS64; kind <= LSI_DRAW_INTEGERS32; kind++) {
                lsi_draw d = draw_of(engine, kind);
                d.range[1] = kind == LSI_DRAW_INTEGERS64 && s > 8 ? spans[s] * 0x80000001u + 5 : spans[s];
                d.range[2] = lsi_draw_threshold(kind, d.range[1]);
                d.has_spare = s & 1;
                compare(&d, 0, 1024);
            }
    lsi_draw d = draw_of(LSI_ENGINE_PHILOX4X64, LSI_DRAW_INTEGERS64);
    d.range[1] = ~(uint64_t)0;
    d.range[2] = lsi_draw_threshold(d.kind, d.range[1]);
    CHECK_EQ_INT(d.range[2], 0);
    compare(&d, 0, 1024);
}

/* Lengths and starts at random: what is drawn in pieces is what is drawn at once. */
TEST(pieces)
{
    lsi_draw dice = draw_of(LSI_ENGINE_PHILOX4X32, LSI_DRAW_BITS32);
    int64_t at = 0;
    for (int round = 0; round < 2000; round++) {
        uint32_t r[6];
        for (int k = 0; k < 6; k++) r[k] = ls_draw_bits32(&dice, at++);
        lsi_draw d = draw_of(r[0] & 1, r[0] / 2 % LSI_DRAW_KINDS);
        d.word = d.kind == LSI_DRAW_NORMAL_F64 ? r[1] % 2 * 2 : r[1] % 4;
        d.has_spare = r[2] & 1;
        d.spare = r[2];
        d.start[0] = r[3] & 1 ? r[3] : 0 - (uint64_t)(r[3] % 300);
        compare(&d, r[4] % 5000, (int)(r[5] % 1300));
    }
}

int main(void)
{
    RUN(philox_known_answers);
    RUN(every_kind_engine_position_and_length);
    RUN(carries_and_turns);
    RUN(borders_of_digits);
    RUN(integers_of_every_width);
    RUN(pieces);
    printf("%ld ranges compared, best ISA %s\n", cases, lsi_isa_name(lsi_isa_best()));
    return check_report();
}
