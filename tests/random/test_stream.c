/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Streams: NumPy's numbers for seeds of every size, spawned generators and mixed draws (tests/vectors/random.txt);
 * cuRAND's words and uniforms (tests/vectors/curand.txt); what each draw takes, so that draws never overlap;
 * storing and restoring. */
#include "api/random_stream.h"
#include "support/check.h"
#include "host/draw.h"
#include <ctype.h>
#include <stdlib.h>

static unsigned char values[8 * 2000000];
static long draws_compared;

static uint64_t fnv1a(const unsigned char *bytes, size_t count)
{
    uint64_t value = 0xcbf29ce484222325u;
    for (size_t i = 0; i < count; i++) value = (value ^ bytes[i]) * 0x100000001b3u;
    return value;
}

/* Hexadecimal digits to 32-bit words, least first. */
static size_t words_of(const char *hex, uint32_t *words)
{
    const size_t digits = strspn(hex, "0123456789abcdef"), count = (digits + 7) / 8;
    for (size_t k = 0; k < count; k++) {
        char part[9] = "";
        const size_t end = digits - 8 * k, begin = end < 8 ? 0 : end - 8;
        memcpy(part, hex + begin, end - begin);
        words[k] = (uint32_t)strtoul(part, NULL, 16);
    }
    return count;
}

static char *next_word(char **at)
{
    char *word = *at + strspn(*at, " \n");
    *at = word + strcspn(word, " \n");
    if (**at) *(*at)++ = 0;
    return word;
}

/* Draws and fills in uneven pieces, as strips and threads would. */
static void draw(lsi_stream *s, uint32_t kind, int64_t n, const uint64_t *range)
{
    static unsigned turn;
    lsi_draw d;
    CHECK(lsi_stream_take(s, kind, n, &d));
    if (range) {
        d.range[0] = range[0];
        d.range[1] = range[1];
        d.range[2] = lsi_draw_threshold(kind, range[1]);
    }
    const int64_t piece = turn++ % 3 == 0 ? n : turn % 3 == 0 ? 17 : 1024;
    for (int64_t at = 0; at < n; at += piece)
        lsi_draw_fill(&d, at, n - at < piece ? n - at : piece, values + at * lsi_draw_itemsize(kind));
}

/* Whether `values` has the bits, or the hash, that the rest of a line says. */
static bool same_as_text(char *at, int64_t count, size_t size)
{
    char *word = next_word(&at);
    if (!strcmp(word, "hash")) return strtoull(next_word(&at), NULL, 16) == fnv1a(values, size * (size_t)count);
    bool same = true;
    for (int64_t i = 0; i < count; i++, word = next_word(&at)) {
        const uint64_t bits = strtoull(word, NULL, 16);
        same &= memcmp(&bits, values + (size_t)i * size, size) == 0;
    }
    return same;
}

static void compare_line(lsi_stream *s, char *name, char *at, int line)
{
    uint32_t kind = LSI_DRAW_KINDS;
    uint64_t range[2] = {0, 0};
    if (!strcmp(name, "f64")) kind = LSI_DRAW_UNIFORM_F64;
    if (!strcmp(name, "f32")) kind = LSI_DRAW_UNIFORM_F32;
    if (!strcmp(name, "u64")) kind = LSI_DRAW_BITS64;
    if (!strcmp(name, "u32")) kind = LSI_DRAW_BITS32;
    if (!strcmp(name, "integers")) {
        range[0] = (uint64_t)strtoll(next_word(&at), NULL, 10);
        range[1] = (uint64_t)strtoll(next_word(&at), NULL, 10) - range[0];
        kind = range[1] <= UINT32_MAX ? LSI_DRAW_INTEGERS32 : LSI_DRAW_INTEGERS64;
    }
    if (!CHECK(kind < LSI_DRAW_KINDS)) return;
    const int64_t count = strtoll(next_word(&at), NULL, 10);
    const size_t size = (size_t)lsi_draw_itemsize(kind);
    if (kind >= LSI_DRAW_INTEGERS64 && range[1] == 0) { /* one value: nothing is taken */
        draw(s, kind, 0, range);
        for (int64_t i = 0; i < count; i++) memcpy(values + 8 * i, range, 8);
    } else {
        draw(s, kind, count, range);
    }
    draws_compared++;
    if (!CHECK(same_as_text(at, count, size))) printf("  line %d of the vectors: %s\n", line, name);
}

TEST(numpy_vectors)
{
    static char text[65536];
    uint32_t words[64];
    lsi_stream stream = {0};
    FILE *file = fopen(RANDOM_VECTORS, "r");
    if (!CHECK(file != NULL)) return;
    for (int line = 1; fgets(text, sizeof text, file); line++) {
        char *at = text, *name = next_word(&at);
        if (name[0] == '#' || name[0] == 0) continue;
        if (!strcmp(name, "seed")) {
            const size_t count = words_of(next_word(&at), words);
            stream = lsi_stream_of_seed(LSI_ENGINE_PHILOX4X64, words, count);
        } else if (!strcmp(name, "spawn")) {
            lsi_stream child = stream;
            for (long index = strtol(next_word(&at), NULL, 10); index >= 0; index--) child = lsi_stream_spawn(&stream);
            stream = child;
        } else {
            compare_line(&stream, name, at, line);
        }
    }
    fclose(file);
    printf("%ld draws compared with NumPy\n", draws_compared);
    CHECK(draws_compared > 500);
}

/* The same for cuRAND's numbers (tests/vectors/curand.txt). */
TEST(curand_vectors)
{
    static char text[1024];
    FILE *file = fopen(CURAND_VECTORS, "r");
    long compared = 0;
    if (!CHECK(file != NULL)) return;
    for (int line = 1; fgets(text, sizeof text, file); line++) {
        char *at = text, *name = next_word(&at);
        if (name[0] == '#' || name[0] == 0) continue;
        const uint32_t kind = name[0] == 'b'   ? LSI_DRAW_BITS32
                              : name[0] == 'f' ? LSI_DRAW_UNIFORM_F32
                                               : LSI_DRAW_UNIFORM_F64;
        const size_t size = (size_t)lsi_draw_itemsize(kind);
        uint32_t words[4];
        const size_t count = words_of(next_word(&at), words);
        lsi_stream stream = lsi_stream_of_seed(LSI_ENGINE_PHILOX4X32, words, count);
        draw(&stream, kind, strtoll(next_word(&at), NULL, 10), NULL);
        const int64_t n = strtoll(next_word(&at), NULL, 10);
        draw(&stream, kind, n, NULL);
        compared++;
        if (!CHECK(same_as_text(at, n, size))) printf("  line %d of the vectors: %s\n", line, name);
    }
    fclose(file);
    printf("%ld draws compared with cuRAND\n", compared);
    CHECK(compared > 100);
}

/* Ranges of the raw stream, in 32-bit words from the beginning, that a draw covers. */
static uint64_t first_word(const lsi_draw *d)
{
    if (d->engine == LSI_ENGINE_PHILOX4X64) return ((d->start[0] - 1) * 4 + d->word) * 2 - d->has_spare;
    return lsi_draw_is_32(d->kind) ? d->start[0] * 4 + d->word : (d->start[0] * 4 + d->word) * 2;
}

TEST(draws_do_not_overlap)
{
    for (uint32_t engine = 0; engine < 2; engine++) {
        const uint32_t seed = 3;
        lsi_stream s = lsi_stream_of_seed(engine, &seed, 1);
        uint64_t end = 0;
        srand(7);
        for (int round = 0; round < 20000; round++) {
            const uint32_t kind = (uint32_t)rand() % LSI_DRAW_KINDS;
            const int64_t n = rand() % 40;
            const lsi_stream before = s;
            lsi_draw d;
            CHECK(lsi_stream_take(&s, kind, n, &d));
            if (n == 0) {
                CHECK(memcmp(&before, &s, sizeof s) == 0);
                continue;
            }
            const uint64_t first = first_word(&d);
            const uint64_t count = (uint64_t)(lsi_draw_is_32(kind)          ? n
                                              : kind == LSI_DRAW_NORMAL_F32 ? (n + 1) / 2 * 2
                                              : kind == LSI_DRAW_NORMAL_F64 ? (n + 1) / 2 * 4
                                                                            : 2 * n);
            if (engine == LSI_ENGINE_PHILOX4X64 && lsi_draw_is_32(kind) && before.has_spare) {
                CHECK_EQ_INT(d.has_spare, 1);
                /* words between the spare and the rest may be another draw's: only the rest continues the sequence */
                if (n > 1) CHECK(first + 1 >= end);
            } else {
                CHECK(first >= end);
            }
            end = first + count > end ? first + count : end;
            end += engine == LSI_ENGINE_PHILOX4X64 && end % 2;
            if (kind == LSI_DRAW_NORMAL_F64) CHECK_EQ_INT(d.word % 2, 0);
        }
    }
}

/* Drawing n numbers in two parts is drawing them at once, for kinds of one word per element. */
TEST(parts)
{
    static unsigned char whole[8 * 4000];
    for (uint32_t engine = 0; engine < 2; engine++)
        for (uint32_t kind = 0; kind < LSI_DRAW_KINDS; kind++)
            for (int64_t cut = 0; cut < 40; cut += kind == LSI_DRAW_NORMAL_F64 || kind == LSI_DRAW_NORMAL_F32 ? 2 : 1) {
                const uint32_t seed = 11;
                const uint64_t range[2] = {5, 0xfffffff0u};
                const size_t size = (size_t)lsi_draw_itemsize(kind);
                lsi_stream once = lsi_stream_of_seed(engine, &seed, 1), twice = once;
                draw(&once, kind, 3000, range);
                memcpy(whole, values, size * 3000);
                draw(&twice, kind, cut, range);
                draw(&twice, kind, 3000 - cut, range);
                CHECK(memcmp(values, whole + (size_t)cut * size, size * (size_t)(3000 - cut)) == 0);
                CHECK(memcmp(&once, &twice, sizeof once) == 0);
            }
}

TEST(seeds_of_cuda)
{
    const uint32_t seed[3] = {0x89abcdefu, 0x01234567u, 1};
    const lsi_stream two = lsi_stream_of_seed(LSI_ENGINE_PHILOX4X32, seed, 2);
    CHECK(two.key[0] == 0x0123456789abcdefu);
    const lsi_stream one = lsi_stream_of_seed(LSI_ENGINE_PHILOX4X32, seed, 1);
    CHECK(one.key[0] == 0x89abcdefu);
    const lsi_stream three = lsi_stream_of_seed(LSI_ENGINE_PHILOX4X32, seed, 3);
    CHECK(three.key[0] != two.key[0]);
    lsi_stream parent = one;
    const lsi_stream child = lsi_stream_spawn(&parent);
    CHECK(child.key[0] != one.key[0] && parent.key[0] == one.key[0] && parent.spawned == 1);
}

TEST(ends)
{
    const uint32_t seed = 1;
    lsi_draw d;
    lsi_stream s = lsi_stream_of_seed(LSI_ENGINE_PHILOX4X32, &seed, 1);
    CHECK(lsi_stream_take(&s, LSI_DRAW_BITS32, INT64_MAX, &d));
    CHECK(lsi_stream_take(&s, LSI_DRAW_BITS32, INT64_MAX, &d));
    const lsi_stream before = s;
    CHECK(!lsi_stream_take(&s, LSI_DRAW_BITS32, 5, &d));
    CHECK(!lsi_stream_take(&s, LSI_DRAW_BITS64, 1, &d));
    CHECK(memcmp(&before, &s, sizeof s) == 0);
    s = lsi_stream_of_seed(LSI_ENGINE_PHILOX4X64, &seed, 1);
    for (int k = 0; k < 3; k++) CHECK(lsi_stream_take(&s, LSI_DRAW_BITS64, INT64_MAX, &d));
    CHECK(s.position[0] == (uint64_t)3 << 61 && s.word == 1); /* 1 + floor(3 (2^63 - 1) / 4), remainder 1 */
    s.position[0] = s.position[1] = s.position[2] = ~(uint64_t)0;
    s.word = 3;
    CHECK(lsi_stream_take(&s, LSI_DRAW_BITS64, 1, &d));
    CHECK(s.position[0] == 0 && s.position[1] == 0 && s.position[2] == 0 && s.position[3] == 1 && s.word == 0);
}

TEST(pack_and_unpack)
{
    uint64_t packed[LSI_STREAM_PACKED];
    for (uint32_t engine = 0; engine < 2; engine++) {
        const uint32_t seed[5] = {1, 2, 3, 4, 5};
        lsi_stream s = lsi_stream_of_seed(engine, seed, 5), back;
        draw(&s, LSI_DRAW_UNIFORM_F32, 7, NULL);
        draw(&s, LSI_DRAW_NORMAL_F64, 3, NULL);
        (void)lsi_stream_spawn(&s);
        lsi_stream_pack(&s, packed);
        CHECK(lsi_stream_unpack(&back, packed));
        CHECK(memcmp(&back, &s, sizeof s) == 0);
        for (int bit = 0; bit < 64 * LSI_STREAM_PACKED; bit++) { /* every flipped bit is noticed */
            packed[bit / 64] ^= (uint64_t)1 << bit % 64;
            CHECK(!lsi_stream_unpack(&back, packed));
            packed[bit / 64] ^= (uint64_t)1 << bit % 64;
        }
    }
}

int main(void)
{
    RUN(numpy_vectors);
    RUN(curand_vectors);
    RUN(draws_do_not_overlap);
    RUN(parts);
    RUN(seeds_of_cuda);
    RUN(ends);
    RUN(pack_and_unpack);
    return check_report();
}
