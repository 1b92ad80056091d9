/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Ranges of random draws, compiled once per ISA. Decides how a range of elements becomes whole groups of words, and how
 * words become elements: uniform numbers and bits are finished in registers and go straight to their place; the others
 * are made a few hundred at a time in L1, in place. Leaves the blocks to draw_philox.h, and the meaning of everything
 * to kernels/draw.h, whose elements these are bit for bit. */
#include "draw_convert.h"
#include "draw_words.h"
#include "host/draw_philox.h"
#include "host/draw_table.h"

enum { CHUNK = 512 }; /* words converted at a time; even, and 4 KiB at most */

/* Words on their way to becoming numbers in the same memory. */
typedef uint64_t __attribute__((may_alias)) word64;
typedef uint32_t __attribute__((may_alias)) word32;
typedef uint64_t __attribute__((may_alias, aligned(4))) word64_among_floats;
typedef double __attribute__((may_alias)) real64;
typedef float __attribute__((may_alias)) real32;

/* ---- groups: group g of the draw, as draw_words.h counts, for any run of groups -------------------------------- */

/* How many of `count` blocks differ in the least word of their counter only, and in the first round's high word only in
 * its lower half. */
static uint64_t alike_4x64(uint64_t counter, uint64_t count)
{
    if (counter + (count - 1) < counter) count = 0 - counter;
    const uint64_t first = ls_mulhi_u64(LS_PHILOX64_MUL0, counter);
    while ((first ^ ls_mulhi_u64(LS_PHILOX64_MUL0, counter + (count - 1))) >> 32 != 0) count /= 2;
    return count;
}

DRAW_INLINE void groups_4x64(const lsi_draw *d, const draw_keys *keys, uint64_t group, uint64_t count,
                             unsigned char *out, const draw_finish finish)
{
    while (count > 0) {
        uint64_t c[4];
        c[0] = d->start[0] + group;
        c[1] = d->start[1] + (c[0] < group);
        c[2] = d->start[2] + (c[1] < d->start[1]);
        c[3] = d->start[3] + (c[2] < d->start[2]);
        const uint64_t run = alike_4x64(c[0], count);
        blocks_4x64(keys, c, run, out, finish);
        group += run;
        count -= run;
        out += 32 * run;
    }
}

DRAW_INLINE void groups_4x32(const lsi_draw *d, const draw_keys *keys, uint64_t group, uint64_t count,
                             unsigned char *out, const draw_finish finish, const int paired)
{
    while (count > 0) {
        const uint64_t g = d->start[0] + group, turn = g / LS_CURAND_SUBSEQUENCES;
        const uint32_t subsequence = (uint32_t)(g % LS_CURAND_SUBSEQUENCES);
        const uint64_t left = LS_CURAND_SUBSEQUENCES - subsequence, run = count < left ? count : left;
        const draw_run32 start = {paired ? 2 * turn : turn, subsequence, paired};
        blocks_4x32(keys, &start, paired ? 2 * run : run, out, finish);
        group += run;
        count -= run;
        out += (paired ? 32 : 16) * run;
    }
}

/* ---- words: `count` words of `size` bytes from word t of the groups on, whole groups straight to `out` ---------- */

typedef struct word_source {
    const lsi_draw *draw;
    draw_keys keys;
    int is_32;       /* made of 32-bit words */
    int group_words; /* of the draw's own word size */
    int group_bytes;
} word_source;

static word_source word_source_of(const lsi_draw *d)
{
    word_source s;
    s.draw = d;
    s.is_32 = lsi_draw_is_32(d->kind);
    s.keys = d->engine == LSI_ENGINE_PHILOX4X32 ? draw_keys_4x32(d->key[0]) : draw_keys_4x64(d->key[0], d->key[1]);
    s.group_bytes = d->engine == LSI_ENGINE_PHILOX4X32 && s.is_32 ? 16 : 32;
    s.group_words = s.group_bytes / (s.is_32 ? 4 : 8);
    return s;
}

/* One instance of the vector code for each way of finishing; out of line to keep the code small. */
#define GROUPS_FUNCTION(name, finish)                                                                                  \
    static __attribute__((noinline)) void name(const word_source *s, uint64_t group, uint64_t count,                   \
                                               unsigned char *out)                                                     \
    {                                                                                                                  \
        if (s->draw->engine != LSI_ENGINE_PHILOX4X32)                                                                  \
            groups_4x64(s->draw, &s->keys, group, count, out, finish);                                                 \
        else if (s->is_32)                                                                                             \
            groups_4x32(s->draw, &s->keys, group, count, out, finish, 0);                                              \
        else                                                                                                           \
            groups_4x32(s->draw, &s->keys, group, count, out, finish, 1);                                              \
    }
GROUPS_FUNCTION(groups_raw, FINISH_RAW)
GROUPS_FUNCTION(groups_f64, FINISH_F64)
GROUPS_FUNCTION(groups_f32, FINISH_F32)

static void words(const word_source *s, uint64_t t, uint64_t count, unsigned char *out, const draw_finish finish)
{
    void (*groups)(const word_source *, uint64_t, uint64_t, unsigned char *) =
        finish == FINISH_F64 ? groups_f64 : finish == FINISH_F32 ? groups_f32 : groups_raw;
    const unsigned per = (unsigned)s->group_words, size = s->is_32 ? 4 : 8;
    unsigned char part[32];

    if (t % per != 0 && count > 0) {
        const unsigned at = (unsigned)(t % per), take = count < per - at ? (unsigned)count : per - at;
        groups(s, t / per, 1, part);
        memcpy(out, part + at * size, take * size);
        t += take;
        count -= take;
        out += take * size;
    }
    if (count >= per) {
        groups(s, t / per, count / per, out);
        out += count / per * (uint64_t)s->group_bytes;
        t += count / per * per;
        count %= per;
    }
    if (count > 0) {
        groups(s, t / per, 1, part);
        memcpy(out, part, (size_t)count * size);
    }
}

/* Word of element 0, the spare not counted. */
static uint64_t first_word(const word_source *s)
{
    const unsigned halves = s->is_32 && s->draw->engine != LSI_ENGINE_PHILOX4X32 ? 2 : 1;
    return (uint64_t)s->draw->word * halves;
}

static unsigned has_spare(const word_source *s)
{
    return s->is_32 && s->draw->engine != LSI_ENGINE_PHILOX4X32 && s->draw->has_spare;
}

/* 32-bit words of elements [start, start + n), the spare included. */
static void words32(const word_source *s, uint64_t start, uint64_t n, unsigned char *out, const draw_finish finish)
{
    const unsigned spare = has_spare(s);
    if (spare && start == 0 && n > 0) {
        if (finish == FINISH_F32) {
            const float x = ls_uniform_of_word32(s->draw->engine, s->draw->spare);
            memcpy(out, &x, 4);
        } else {
            memcpy(out, &s->draw->spare, 4);
        }
        out += 4;
        start = 1;
        n--;
    }
    words(s, first_word(s) + start - spare, n, out, finish);
}

/* ---- words to elements, in place or beside -------------------------------------------------------------------- */

static void exponentials_f64(void *p, int64_t n)
{
    const word64 *in = p;
    real64 *out = p;
    for (int64_t i = 0; i < n; i++) out[i] = ls_exponential_of_word64(in[i]);
}

static void exponentials_f32(void *p, int64_t n)
{
    const word32 *in = p;
    real32 *out = p;
    for (int64_t i = 0; i < n; i++) out[i] = ls_exponential_of_word32(in[i]);
}

/* n is even: pairs. */
static void normals_f64(void *p, int64_t n)
{
    const word64 *in = p;
    real64 *out = p;
    for (int64_t i = 0; i < n; i += 2) {
        const ls_turn_f64 pair = ls_normal_of_words64(in[i], in[i + 1]);
        out[i] = pair.cos;
        out[i + 1] = pair.sin;
    }
}

/* n words, two elements each, n <= CHUNK / 2. In steps of one width each, which is what makes compilers vectorise them;
 * together they are ls_normal_of_word64_f32. */
static void normals_f32(void *p, int64_t n)
{
    const word64_among_floats *in = p;
    real32 *out = p;
    float u[CHUNK / 2], t[CHUNK / 2], even[CHUNK / 2], odd[CHUNK / 2];
    for (int64_t i = 0; i < n; i++) u[i] = ls_normal_radius_of_word64(in[i]);
    for (int64_t i = 0; i < n; i++) t[i] = ls_normal_turn_of_word64(in[i]);
    for (int64_t i = 0; i < n; i++) {
        const ls_turn_f32 pair = ls_normal_of_f32(u[i], t[i]);
        even[i] = pair.cos;
        odd[i] = pair.sin;
    }
    for (int64_t i = 0; i < n; i++) {
        out[2 * i] = even[i];
        out[2 * i + 1] = odd[i];
    }
}

/* out = low + the high half of word * size, in place; how many low halves are below the threshold: words rejected. */
static int64_t scale64(const lsi_draw *d, word64 *out, int64_t n)
{
    const uint64_t low = d->range[0], size = d->range[1] + 1, threshold = d->range[2];
    int64_t again = 0, i = 0;
#if LSI_DRAW_VECTOR > 1
    for (; i + LSI_DRAW_VECTOR <= n; i += LSI_DRAW_VECTOR) {
        vec word, high, rest;
        memcpy(&word, out + i, sizeof word);
        vec_mul64(word, size, &high, &rest);
        again += vec_below(rest, threshold);
        high = vec_add(high, vec_set(low));
        memcpy(out + i, &high, sizeof high);
    }
#endif
    for (; i < n; i++) {
        again += out[i] * size < threshold;
        out[i] = low + ls_mulhi_u64(out[i], size);
    }
    return again;
}

/* Elements whose word was rejected are done again by the definition, for which their words are kept. */
static void integers64(const lsi_draw *d, int64_t start, void *p, int64_t n)
{
    word64 *out = p;
    const uint64_t low = d->range[0], threshold = d->range[2];
    if (d->range[1] == ~(uint64_t)0) {
        for (int64_t i = 0; i < n; i++) out[i] += low;
        return;
    }
    uint64_t words[CHUNK];
    memcpy(words, p, (size_t)n * sizeof *words);
    if (scale64(d, out, n) == 0) return;
    for (int64_t i = 0; i < n; i++) {
        uint64_t value, attempt = 0, w = words[i];
        while (!ls_integer_of_word64(w, d->range[1], threshold, &value))
            w = ls_draw_word64(d, (uint64_t)(start + i), ++attempt);
        out[i] = low + value;
    }
}

static void integers32(const lsi_draw *d, int64_t start, const uint32_t *in, void *p, int64_t n)
{
    word64 *out = p;
    const uint64_t low = d->range[0], size = d->range[1] + 1, threshold = d->range[2];
    uint64_t again = 0;
    for (int64_t i = 0; i < n; i++) {
        const uint64_t product = in[i] * size;
        out[i] = low + (product >> 32);
        again |= (product & 0xffffffffu) < threshold;
    }
    for (int64_t i = 0; again && i < n; i++) {
        uint64_t value, attempt = 0;
        uint32_t w = in[i];
        while (!ls_integer_of_word32(w, d->range[1], threshold, &value))
            w = ls_draw_word32(d, (uint64_t)(start + i), ++attempt);
        out[i] = low + value;
    }
}

/* ---- ranges ---------------------------------------------------------------------------------------------------- */

static void fill_in_place(const word_source *s, int64_t start, int64_t n, unsigned char *out)
{
    const lsi_draw *d = s->draw;
    const int64_t size = lsi_draw_itemsize(d->kind);
    for (int64_t done = 0, some; done < n; done += some, out += some * size) {
        some = n - done < CHUNK ? n - done : CHUNK;
        if (s->is_32)
            words32(s, (uint64_t)(start + done), (uint64_t)some, out, FINISH_RAW);
        else
            words(s, first_word(s) + (uint64_t)(start + done), (uint64_t)some, out, FINISH_RAW);
        if (d->kind == LSI_DRAW_EXPONENTIAL_F64)
            exponentials_f64(out, some);
        else if (d->kind == LSI_DRAW_EXPONENTIAL_F32)
            exponentials_f32(out, some);
        else
            integers64(d, start + done, out, some);
    }
}

static void fill_integers32(const word_source *s, int64_t start, int64_t n, unsigned char *out)
{
    uint32_t raw[CHUNK];
    for (int64_t done = 0, some; done < n; done += some, out += 8 * some) {
        some = n - done < CHUNK ? n - done : CHUNK;
        words32(s, (uint64_t)(start + done), (uint64_t)some, (unsigned char *)raw, FINISH_RAW);
        integers32(s->draw, start + done, raw, out, some);
    }
}

/* Whole pairs in place; a half pair at either end through a pair of its own. `pair_words` 2: f64, 1: f32. */
static void fill_normals(const word_source *s, int64_t start, int64_t n, unsigned char *out, const int pair_words)
{
    const size_t size = pair_words == 2 ? 8 : 4;
    void (*const convert)(void *, int64_t) = pair_words == 2 ? normals_f64 : normals_f32;
    while (n > 0) {
        const uint64_t pair = (uint64_t)start >> 1;
        const unsigned odd = (unsigned)start & 1;
        const int whole = !odd && n >= 2;
        word64 part[2];
        int64_t pairs = 1, some = 1;
        if (whole) {
            pairs = n / 2 < CHUNK / 2 ? n / 2 : CHUNK / 2;
            some = 2 * pairs;
        }
        unsigned char *const to = whole ? out : (unsigned char *)part;
        words(s, first_word(s) + pair * (unsigned)pair_words, (uint64_t)pairs * (unsigned)pair_words, to, FINISH_RAW);
        convert(to, pairs * pair_words);
        if (!whole) memcpy(out, to + odd * size, size);
        start += some;
        n -= some;
        out += (uint64_t)some * size;
    }
}

static void fill(const lsi_draw *draw, int64_t start, int64_t n, void *out)
{
    const word_source s = word_source_of(draw);
    if (n <= 0) return;
    switch (draw->kind) {
    case LSI_DRAW_UNIFORM_F64:
    case LSI_DRAW_BITS64:
        words(&s, first_word(&s) + (uint64_t)start, (uint64_t)n, out,
              draw->kind == LSI_DRAW_UNIFORM_F64 ? FINISH_F64 : FINISH_RAW);
        return;
    case LSI_DRAW_UNIFORM_F32:
    case LSI_DRAW_BITS32:
        words32(&s, (uint64_t)start, (uint64_t)n, out, draw->kind == LSI_DRAW_UNIFORM_F32 ? FINISH_F32 : FINISH_RAW);
        return;
    case LSI_DRAW_NORMAL_F64: fill_normals(&s, start, n, out, 2); return;
    case LSI_DRAW_NORMAL_F32: fill_normals(&s, start, n, out, 1); return;
    case LSI_DRAW_INTEGERS32: fill_integers32(&s, start, n, out); return;
    default: fill_in_place(&s, start, n, out); return;
    }
}

extern const lsi_draw_kernels LSI_ISA_NAME(lsi_draw_table);
const lsi_draw_kernels LSI_ISA_NAME(lsi_draw_table) = {fill};
