/* SPDX-License-Identifier: BSD-3-Clause
 *
 * See random_stream.h. */
#include "api/random_stream.h"
#include "draw_words.h"
#include <string.h>

/* 32-bit words in two turns of all subsequences of 4x32: where draws of either word size may begin. */
#define TURN_WORDS ((uint64_t)8 * LS_CURAND_SUBSEQUENCES)

static void key_from_pool(lsi_stream *s)
{
    lsi_seed_state(&s->pool, s->key, 2);
    if (s->engine == LSI_ENGINE_PHILOX4X32) s->key[1] = 0;
}

/* NumPy steps the counter before it makes a block. */
static void to_beginning(lsi_stream *s)
{
    memset(s->position, 0, sizeof s->position);
    s->position[0] = s->engine == LSI_ENGINE_PHILOX4X64;
    s->word = s->spare = s->has_spare = s->spawned = 0;
}

lsi_stream lsi_stream_of_seed(uint32_t engine, const uint32_t *seed, size_t count)
{
    lsi_stream s;
    memset(&s, 0, sizeof s);
    while (count > 0 && seed[count - 1] == 0) count--;
    s.engine = engine;
    s.pool = lsi_seed_pool_make(seed, count);
    to_beginning(&s);
    key_from_pool(&s);
    if (engine == LSI_ENGINE_PHILOX4X32 && count <= 2)
        s.key[0] = (count > 0 ? seed[0] : 0) | (uint64_t)(count > 1 ? seed[1] : 0) << 32;
    return s;
}

lsi_stream lsi_stream_spawn(lsi_stream *parent)
{
    lsi_stream child = *parent;
    lsi_seed_pool_add(&child.pool, parent->spawned++);
    to_beginning(&child);
    key_from_pool(&child);
    return child;
}

static void take_words_4x64(lsi_stream *s, uint64_t count)
{
    const uint64_t words = s->word + count % 4, groups = count / 4 + words / 4;
    s->word = (uint32_t)(words % 4);
    s->position[0] += groups;
    bool carry = s->position[0] < groups;
    for (int k = 1; k < 4 && carry; k++) carry = ++s->position[k] == 0;
}

/* The halves after the spare; when their number is odd the last one leaves the next spare. */
static void take_halves_4x64(lsi_stream *s, uint64_t n, const lsi_draw *draw)
{
    const uint64_t halves = n - s->has_spare, words = halves / 2 + halves % 2;
    s->has_spare = halves % 2;
    s->spare = halves % 2 ? (uint32_t)(ls_draw_word64(draw, words - 1, 0) >> 32) : 0;
    take_words_4x64(s, words);
}

static bool take_4x64(lsi_stream *s, uint32_t kind, uint64_t n, lsi_draw *draw)
{
    if (kind == LSI_DRAW_NORMAL_F64 && s->word % 2) take_words_4x64(s, 1);
    memcpy(draw->start, s->position, sizeof draw->start);
    draw->word = s->word;
    if (lsi_draw_is_32(kind)) {
        draw->spare = s->spare;
        draw->has_spare = s->has_spare;
        take_halves_4x64(s, n, draw);
    } else {
        take_words_4x64(s, kind == LSI_DRAW_NORMAL_F32 ? n / 2 + n % 2 : kind == LSI_DRAW_NORMAL_F64 ? n + n % 2 : n);
    }
    return true;
}

static bool take_4x32(lsi_stream *s, uint32_t kind, uint64_t n, lsi_draw *draw)
{
    const uint64_t wide = !lsi_draw_is_32(kind);
    uint64_t at = s->position[0];
    if (wide != s->position[1]) at = (at + (TURN_WORDS - 1)) / TURN_WORDS * TURN_WORDS; /* wraps to 0 past the end */
    if (kind == LSI_DRAW_NORMAL_F64 && at / 2 % 2) at += 2;
    const uint64_t left = ~(uint64_t)0 - at, words = kind == LSI_DRAW_NORMAL_F32 ? n / 2 + n % 2 : n + n % 2;
    if (at < s->position[0] || (wide ? left / 2 < words : left < n)) return false;
    draw->start[0] = wide ? at / 8 : at / 4;
    draw->word = (uint32_t)(wide ? at / 2 % 4 : at % 4);
    if (kind != LSI_DRAW_NORMAL_F32 && kind != LSI_DRAW_NORMAL_F64) s->position[0] = at + (wide ? 2 * n : n);
    else s->position[0] = at + 2 * words;
    s->position[1] = wide;
    return true;
}

bool lsi_stream_take(lsi_stream *s, uint32_t kind, int64_t n, lsi_draw *draw)
{
    memset(draw, 0, sizeof *draw);
    draw->engine = s->engine;
    draw->kind = kind;
    memcpy(draw->key, s->key, sizeof draw->key);
    if (n <= 0) return true;
    return s->engine == LSI_ENGINE_PHILOX4X32 ? take_4x32(s, kind, (uint64_t)n, draw)
                                              : take_4x64(s, kind, (uint64_t)n, draw);
}

/* ---- storing ----------------------------------------------------------------------------------------------------- */

#define PACKED_MARK 0x4c53524e47303100u /* "LSRNG01" */

/* Mixes the fields so that a number that was not packed here, or was damaged, is noticed. */
static uint64_t check_sum(const uint64_t packed[LSI_STREAM_PACKED])
{
    uint64_t sum = PACKED_MARK;
    for (int k = 0; k < LSI_STREAM_PACKED - 1; k++) {
        sum = (sum ^ packed[k]) * LS_PHILOX64_MUL0;
        sum ^= sum >> 29;
    }
    return sum;
}

void lsi_stream_pack(const lsi_stream *s, uint64_t packed[LSI_STREAM_PACKED])
{
    packed[0] = PACKED_MARK;
    packed[1] = (uint64_t)s->word << 32 | s->engine;
    packed[2] = (uint64_t)s->has_spare << 32 | s->spare;
    memcpy(packed + 3, s->key, sizeof s->key);
    memcpy(packed + 5, s->position, sizeof s->position);
    packed[9] = (uint64_t)s->pool.word[1] << 32 | s->pool.word[0];
    packed[10] = (uint64_t)s->pool.word[3] << 32 | s->pool.word[2];
    packed[11] = (uint64_t)s->spawned << 32 | s->pool.constant;
    packed[12] = packed[13] = packed[14] = 0;
    packed[15] = check_sum(packed);
}

bool lsi_stream_unpack(lsi_stream *s, const uint64_t packed[LSI_STREAM_PACKED])
{
    if (packed[0] != PACKED_MARK || packed[15] != check_sum(packed)) return false;
    memset(s, 0, sizeof *s);
    s->engine = (uint32_t)packed[1];
    s->word = (uint32_t)(packed[1] >> 32);
    s->spare = (uint32_t)packed[2];
    s->has_spare = (uint32_t)(packed[2] >> 32);
    memcpy(s->key, packed + 3, sizeof s->key);
    memcpy(s->position, packed + 5, sizeof s->position);
    for (int k = 0; k < LSI_SEED_POOL; k++) s->pool.word[k] = (uint32_t)(packed[9 + k / 2] >> 32 * (k % 2));
    s->pool.constant = (uint32_t)packed[11];
    s->spawned = (uint32_t)(packed[11] >> 32);
    return s->engine <= LSI_ENGINE_PHILOX4X32 && s->word < 4 && s->has_spare <= 1;
}
