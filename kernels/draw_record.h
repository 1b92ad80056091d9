/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a random draw is: the record from which every element follows. Shared by the lazy layer, the host and the
 * device. Decides the names of engines and kinds and the meaning of the record's fields; draw_words.h says which word
 * of the stream an element is made of, draw_convert.h what becomes of the word. */
#ifndef LOCKSTEP_KERNELS_DRAW_RECORD_H
#define LOCKSTEP_KERNELS_DRAW_RECORD_H

#include "portable.h"

enum {
    LSI_ENGINE_PHILOX4X64, /* NumPy's Philox: the default */
    LSI_ENGINE_PHILOX4X32  /* cuRAND's Philox4x32-10, host API order */
};

/* Kinds, by what an element is made of.                                              element     stream words used */
enum {
    LSI_DRAW_UNIFORM_F64,     /* [0, 1) on 4x64, (0, 1] on 4x32                       float64     one 64-bit word */
    LSI_DRAW_UNIFORM_F32,     /* the same                                             float32     one 32-bit word */
    LSI_DRAW_BITS64,          /* the word                                             uint64      one 64-bit word */
    LSI_DRAW_BITS32,          /* the word                                             uint32      one 32-bit word */
    LSI_DRAW_NORMAL_F64,      /* mean 0, deviation 1                                  float64     one 64-bit word */
    LSI_DRAW_NORMAL_F32,      /* the same                                             float32     half a 64-bit word */
    LSI_DRAW_EXPONENTIAL_F64, /* scale 1                                              float64     one 64-bit word */
    LSI_DRAW_EXPONENTIAL_F32, /* the same                                             float32     one 32-bit word */
    LSI_DRAW_INTEGERS64,      /* range[0] + [0, range[1]], any range                  64-bit      one 64-bit word */
    LSI_DRAW_INTEGERS32,      /* the same, range[1] < 2^32                            64-bit      one 32-bit word */
    LSI_DRAW_KINDS
};

/* Element i is a pure function of this record and i.
 *
 * The stream is a sequence of groups of four words. `start` and `word` say where the draw's words begin.
 *   4x64: groups of four 64-bit words; `start` is the 256-bit counter of the group, least word first. The 32-bit words
 *         are the halves of the 64-bit words, low half first. When an earlier draw used only the low half of a word,
 *         the high half is `spare` and is the first 32-bit word of this draw.
 *   4x32: start[0] is the number of the group. In draws made of 32-bit words it is a group of four 32-bit words; in the
 *         others a group of four 64-bit words, each two 32-bit words, low one first. There is no spare. */
typedef struct lsi_draw {
    uint32_t engine;    /* LSI_ENGINE_* */
    uint32_t kind;      /* LSI_DRAW_* */
    uint64_t key[2];    /* 4x32 uses key[0] only: both its key words, low one first */
    uint64_t start[4];
    uint32_t word;      /* 0 to 3: the draw's first word in that group; even for NORMAL_F64 */
    uint32_t spare;     /* see above ... */
    uint32_t has_spare; /* ... 1 when it is there */
    uint32_t reserved;
    uint64_t range[3];  /* integers: lowest value, span (highest - lowest), and lsi_draw_threshold of the span */
} lsi_draw;

/* Whether the draw is made of 32-bit words, and the size of an element in bytes. */
LS_FN int lsi_draw_is_32(uint32_t kind)
{
    return kind == LSI_DRAW_UNIFORM_F32 || kind == LSI_DRAW_BITS32 || kind == LSI_DRAW_EXPONENTIAL_F32 ||
           kind == LSI_DRAW_INTEGERS32;
}
LS_FN int lsi_draw_itemsize(uint32_t kind)
{
    return kind == LSI_DRAW_UNIFORM_F32 || kind == LSI_DRAW_BITS32 || kind == LSI_DRAW_NORMAL_F32 ||
                   kind == LSI_DRAW_EXPONENTIAL_F32
               ? 4
               : 8;
}

/* For range[2]. A word w gives range[0] + floor(w * (span + 1) / 2^bits); the product's low half below the threshold
 * 2^bits mod (span + 1) would make some values likelier than others, so such words are rejected (Lemire, "Fast random
 * integer generation in an interval", 2019). */
LS_FN uint64_t lsi_draw_threshold(uint32_t kind, uint64_t span)
{
    const uint64_t size = span + 1;
    if (kind == LSI_DRAW_INTEGERS32) return (((uint64_t)1) << 32) % size;
    return size == 0 ? 0 : (0 - size) % size;
}

#endif
