/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where a generator stands: its key, its position in the stream, and what each draw takes of it. Plain data and
 * arithmetic; knows no arrays and records no errors.
 *
 * What draws take, in words of the stream:
 *   64-bit words   uniform, bits, exponential, integers of float64/64-bit kinds: one per element.
 *                  normal float64: from the next even word on, one per element, rounded up to even.
 *                  normal float32: one per two elements, rounded up.
 *   32-bit words   uniform, bits, exponential of 32 bits, integers of a span below 2^32: one per element.
 * Philox4x64: a 32-bit word is half a 64-bit word, low half first. A draw of 32-bit words that ends in the middle of a
 * word leaves its high half as the spare, for the next draw of 32-bit words whatever lies between (as NumPy does).
 * Philox4x32: draws of 32-bit words go on where the last such draw ended, so do draws of 64-bit words; changing from
 * one to the other skips to the next multiple of 2^19 32-bit words, where both orders begin a fresh set of blocks. */
#ifndef LSI_API_RANDOM_STREAM_H
#define LSI_API_RANDOM_STREAM_H

#include "draw_record.h"
#include "seed_sequence.h"
#include <stdbool.h>

typedef struct lsi_stream {
    uint32_t engine;       /* LSI_ENGINE_* */
    uint32_t word;         /* 4x64: next 64-bit word within the group, 0 to 3 */
    uint32_t spare;        /* 4x64 */
    uint32_t has_spare;
    uint64_t key[2];
    uint64_t position[4];  /* 4x64: counter of the group; 4x32: [0] 32-bit words taken, [1] 1: by a draw of 64-bit words */
    lsi_seed_pool pool;    /* for spawning */
    uint32_t spawned;      /* children so far */
} lsi_stream;

/* The stream of a seed: 32-bit words, least first. 4x32 takes a seed of at most 64 bits as its key (as cuRAND), and
 * hashes longer ones; 4x64 always hashes (as NumPy). */
lsi_stream lsi_stream_of_seed(uint32_t engine, const uint32_t *seed, size_t count);
/* The next child, as NumPy's SeedSequence.spawn. */
lsi_stream lsi_stream_spawn(lsi_stream *parent);

/* Takes `n` elements of `kind` off the stream and describes them; `range` of the draw is left to the caller. False when
 * the stream would end, and nothing is taken. */
bool lsi_stream_take(lsi_stream *stream, uint32_t kind, int64_t n, lsi_draw *draw);

/* The stream as numbers to store, and back. Unpacking returns false for anything packing cannot have made. */
enum { LSI_STREAM_PACKED = 16 };
void lsi_stream_pack(const lsi_stream *stream, uint64_t packed[LSI_STREAM_PACKED]);
bool lsi_stream_unpack(lsi_stream *stream, const uint64_t packed[LSI_STREAM_PACKED]);

#endif
