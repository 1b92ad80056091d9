/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which word of which stream. Group g of a draw holds its words 4g to 4g + 3 counted from the beginning of the draw's
 * first group, so word `word` of group 0 is the first one drawn.
 *
 * Philox4x64 in NumPy's order: successive counters, four 64-bit words each.
 * Philox4x32 in the order of cuRAND's host API: 65,536 subsequences take turns. 32-bit words: each gives one block of
 * four per turn. 64-bit words: each gives two successive blocks, which are four words of 64 bits, per turn.
 *
 * Attempt a > 0 of a rejected word is the word at the same place of another stream: of the counter plus a * 2^192 on
 * 4x64, and of subsequence plus a * 2^32 on 4x32. So what one element rejects moves no other element. */
#ifndef LOCKSTEP_KERNELS_DRAW_WORDS_H
#define LOCKSTEP_KERNELS_DRAW_WORDS_H

#include "draw_record.h"
#include "philox.h"

#define LS_CURAND_SUBSEQUENCES 65536u

LS_FN ls_words64 ls_draw_group_4x64(const lsi_draw *d, uint64_t group, uint64_t attempt)
{
    ls_words64 c;
    c.w[0] = d->start[0] + group;
    c.w[1] = d->start[1] + (c.w[0] < group);
    c.w[2] = d->start[2] + (c.w[1] < d->start[1]);
    c.w[3] = d->start[3] + (c.w[2] < d->start[2]) + attempt;
    return ls_philox4x64(c, d->key[0], d->key[1]);
}

LS_FN ls_words32 ls_draw_block_4x32(const lsi_draw *d, uint64_t turn, uint32_t subsequence, uint32_t attempt)
{
    ls_words32 c;
    c.w[0] = (uint32_t)turn;
    c.w[1] = (uint32_t)(turn >> 32);
    c.w[2] = subsequence;
    c.w[3] = attempt;
    return ls_philox4x32(c, (uint32_t)d->key[0], (uint32_t)(d->key[0] >> 32));
}

/* Four 32-bit words of a draw made of 32-bit words, engine 4x32. */
LS_FN ls_words32 ls_draw_group32_4x32(const lsi_draw *d, uint64_t group, uint32_t attempt)
{
    const uint64_t g = d->start[0] + group;
    return ls_draw_block_4x32(d, g / LS_CURAND_SUBSEQUENCES, (uint32_t)(g % LS_CURAND_SUBSEQUENCES), attempt);
}

/* Four 64-bit words, engine 4x32. */
LS_FN ls_words64 ls_draw_group64_4x32(const lsi_draw *d, uint64_t group, uint32_t attempt)
{
    const uint64_t g = d->start[0] + group, turn = g / LS_CURAND_SUBSEQUENCES * 2;
    const uint32_t subsequence = (uint32_t)(g % LS_CURAND_SUBSEQUENCES);
    const ls_words32 a = ls_draw_block_4x32(d, turn, subsequence, attempt);
    const ls_words32 b = ls_draw_block_4x32(d, turn + 1, subsequence, attempt);
    ls_words64 r;
    r.w[0] = (uint64_t)a.w[1] << 32 | a.w[0];
    r.w[1] = (uint64_t)a.w[3] << 32 | a.w[2];
    r.w[2] = (uint64_t)b.w[1] << 32 | b.w[0];
    r.w[3] = (uint64_t)b.w[3] << 32 | b.w[2];
    return r;
}

/* Group of four 64-bit words. Not for draws made of 32-bit words on 4x32. */
LS_FN ls_words64 ls_draw_group64(const lsi_draw *d, uint64_t group, uint64_t attempt)
{
    return d->engine == LSI_ENGINE_PHILOX4X32 ? ls_draw_group64_4x32(d, group, (uint32_t)attempt)
                                              : ls_draw_group_4x64(d, group, attempt);
}

/* Picks without an indexed local array, which a GPU would put in memory. */
LS_FN uint64_t ls_pick64(ls_words64 g, uint32_t k)
{
    const uint64_t a = k & 1 ? g.w[1] : g.w[0], b = k & 1 ? g.w[3] : g.w[2];
    return k & 2 ? b : a;
}
LS_FN uint32_t ls_pick32(ls_words32 g, uint32_t k)
{
    const uint32_t a = k & 1 ? g.w[1] : g.w[0], b = k & 1 ? g.w[3] : g.w[2];
    return k & 2 ? b : a;
}

/* 64-bit word k of the draw (k from 0 at the draw's own first word). */
LS_FN uint64_t ls_draw_word64(const lsi_draw *d, uint64_t k, uint64_t attempt)
{
    const uint64_t t = d->word + k;
    return ls_pick64(ls_draw_group64(d, t >> 2, attempt), (uint32_t)t & 3);
}

/* 32-bit word k of the draw. The spare has no place in this draw's groups, so that its further attempts are those of
 * the half after it, 2^32 attempts on. */
LS_FN uint32_t ls_draw_word32(const lsi_draw *d, uint64_t k, uint64_t attempt)
{
    if (d->engine == LSI_ENGINE_PHILOX4X32) {
        const uint64_t t = d->word + k;
        return ls_pick32(ls_draw_group32_4x32(d, t >> 2, (uint32_t)attempt), (uint32_t)t & 3);
    }
    if (d->has_spare && k == 0) {
        if (attempt == 0) return d->spare;
        attempt += (uint64_t)1 << 32;
        k = 1;
    }
    const uint64_t half = 2 * (uint64_t)d->word + k - d->has_spare, t = half >> 1;
    const uint64_t word = ls_pick64(ls_draw_group_4x64(d, t >> 2, attempt), (uint32_t)t & 3);
    return (uint32_t)(half & 1 ? word >> 32 : word);
}

#endif
