/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Four neighbouring elements of a draw from as few Philox blocks as they need: exactly the elements of draw.h, for
 * kernels whose threads take four at a time.
 *
 * The four begin where a group does: ls_draw_four_phase(d) + i is a multiple of 4. Elements below 0, which such a four
 * may begin with, are numbers of no meaning. */
#ifndef LOCKSTEP_KERNELS_DRAW_FOUR_H
#define LOCKSTEP_KERNELS_DRAW_FOUR_H

#include "draw.h"

/* How many elements of the first group come before element 0, modulo 4. */
LS_FN uint32_t ls_draw_four_phase(const lsi_draw *d)
{
    const uint32_t halves = 2 * d->word;
    if (d->kind == LSI_DRAW_NORMAL_F32) return halves & 3;
    if (lsi_draw_is_32(d->kind) && d->engine != LSI_ENGINE_PHILOX4X32) return (halves - d->has_spare) & 3;
    return d->word & 3;
}

/* The words of elements i to i + 3, of draws made of 64-bit words and of 32-bit words. */
LS_FN ls_words64 ls_draw_four_words64(const lsi_draw *d, int64_t i)
{
    return ls_draw_group64(d, (d->word + (uint64_t)i) >> 2, 0);
}
LS_FN ls_words32 ls_draw_four_words32(const lsi_draw *d, int64_t i)
{
    if (d->engine == LSI_ENGINE_PHILOX4X32) return ls_draw_group32_4x32(d, (d->word + (uint64_t)i) >> 2, 0);
    const uint64_t half = 2 * (uint64_t)d->word + (uint64_t)i - d->has_spare, t = half >> 1;
    const ls_words64 g = ls_draw_group_4x64(d, t >> 2, 0);
    const uint64_t a = t & 2 ? g.w[2] : g.w[0], b = t & 2 ? g.w[3] : g.w[1];
    ls_words32 w;
    w.w[0] = (uint32_t)a;
    w.w[1] = (uint32_t)(a >> 32);
    w.w[2] = (uint32_t)b;
    w.w[3] = (uint32_t)(b >> 32);
    /* the spare is the draw's first word: the last or second one of the four that hold element 0 */
    if (d->has_spare && i == 0) w.w[0] = d->spare;
    if (d->has_spare && i == -1) w.w[1] = d->spare;
    if (d->has_spare && i == -2) w.w[2] = d->spare;
    if (d->has_spare && i == -3) w.w[3] = d->spare;
    return w;
}

LS_FN void ls_draw_four_uniform_f64(const lsi_draw *d, int64_t i, double *out)
{
    const ls_words64 g = ls_draw_four_words64(d, i);
    out[0] = ls_uniform_of_word64(d->engine, g.w[0]);
    out[1] = ls_uniform_of_word64(d->engine, g.w[1]);
    out[2] = ls_uniform_of_word64(d->engine, g.w[2]);
    out[3] = ls_uniform_of_word64(d->engine, g.w[3]);
}
LS_FN void ls_draw_four_uniform_f32(const lsi_draw *d, int64_t i, float *out)
{
    const ls_words32 g = ls_draw_four_words32(d, i);
    out[0] = ls_uniform_of_word32(d->engine, g.w[0]);
    out[1] = ls_uniform_of_word32(d->engine, g.w[1]);
    out[2] = ls_uniform_of_word32(d->engine, g.w[2]);
    out[3] = ls_uniform_of_word32(d->engine, g.w[3]);
}
LS_FN void ls_draw_four_bits64(const lsi_draw *d, int64_t i, uint64_t *out)
{
    const ls_words64 g = ls_draw_four_words64(d, i);
    out[0] = g.w[0];
    out[1] = g.w[1];
    out[2] = g.w[2];
    out[3] = g.w[3];
}
LS_FN void ls_draw_four_bits32(const lsi_draw *d, int64_t i, uint32_t *out)
{
    const ls_words32 g = ls_draw_four_words32(d, i);
    out[0] = g.w[0];
    out[1] = g.w[1];
    out[2] = g.w[2];
    out[3] = g.w[3];
}
LS_FN void ls_draw_four_normal_f64(const lsi_draw *d, int64_t i, double *out)
{
    const ls_words64 g = ls_draw_four_words64(d, i);
    const ls_turn_f64 a = ls_normal_of_words64(g.w[0], g.w[1]), b = ls_normal_of_words64(g.w[2], g.w[3]);
    out[0] = a.cos;
    out[1] = a.sin;
    out[2] = b.cos;
    out[3] = b.sin;
}
LS_FN void ls_draw_four_normal_f32(const lsi_draw *d, int64_t i, float *out)
{
    const uint64_t t = d->word + (uint64_t)(i >> 1); /* i is even, and so is t */
    const ls_words64 g = ls_draw_group64(d, t >> 2, 0);
    const ls_turn_f32 a = ls_normal_of_word64_f32(t & 2 ? g.w[2] : g.w[0]);
    const ls_turn_f32 b = ls_normal_of_word64_f32(t & 2 ? g.w[3] : g.w[1]);
    out[0] = a.cos;
    out[1] = a.sin;
    out[2] = b.cos;
    out[3] = b.sin;
}
LS_FN void ls_draw_four_exponential_f64(const lsi_draw *d, int64_t i, double *out)
{
    const ls_words64 g = ls_draw_four_words64(d, i);
    out[0] = ls_exponential_of_word64(g.w[0]);
    out[1] = ls_exponential_of_word64(g.w[1]);
    out[2] = ls_exponential_of_word64(g.w[2]);
    out[3] = ls_exponential_of_word64(g.w[3]);
}
LS_FN void ls_draw_four_exponential_f32(const lsi_draw *d, int64_t i, float *out)
{
    const ls_words32 g = ls_draw_four_words32(d, i);
    out[0] = ls_exponential_of_word32(g.w[0]);
    out[1] = ls_exponential_of_word32(g.w[1]);
    out[2] = ls_exponential_of_word32(g.w[2]);
    out[3] = ls_exponential_of_word32(g.w[3]);
}

/* A rejected word, of which there are few, sends its element to its further attempts. */
LS_FN uint64_t ls_draw_or_again64(const lsi_draw *d, int64_t i, uint64_t word)
{
    uint64_t value;
    if (ls_integer_of_word64(word, d->range[1], d->range[2], &value)) return d->range[0] + value;
    return ls_draw_integers64(d, i);
}
LS_FN uint64_t ls_draw_or_again32(const lsi_draw *d, int64_t i, uint32_t word)
{
    uint64_t value;
    if (ls_integer_of_word32(word, d->range[1], d->range[2], &value)) return d->range[0] + value;
    return ls_draw_integers32(d, i);
}
LS_FN void ls_draw_four_integers64(const lsi_draw *d, int64_t i, uint64_t *out)
{
    const ls_words64 g = ls_draw_four_words64(d, i);
    out[0] = ls_draw_or_again64(d, i, g.w[0]);
    out[1] = ls_draw_or_again64(d, i + 1, g.w[1]);
    out[2] = ls_draw_or_again64(d, i + 2, g.w[2]);
    out[3] = ls_draw_or_again64(d, i + 3, g.w[3]);
}
LS_FN void ls_draw_four_integers32(const lsi_draw *d, int64_t i, uint64_t *out)
{
    const ls_words32 g = ls_draw_four_words32(d, i);
    out[0] = ls_draw_or_again32(d, i, g.w[0]);
    out[1] = ls_draw_or_again32(d, i + 1, g.w[1]);
    out[2] = ls_draw_or_again32(d, i + 2, g.w[2]);
    out[3] = ls_draw_or_again32(d, i + 3, g.w[3]);
}

/* Two neighbouring elements that one group holds: i + ls_draw_four_phase(d) is even. For draws of float64 and of 64-bit
 * integers. */
typedef struct { uint64_t w[2]; } ls_word_pair;
LS_FN ls_word_pair ls_draw_two_words64(const lsi_draw *d, int64_t i)
{
    const uint64_t t = d->word + (uint64_t)i;
    const ls_words64 g = ls_draw_group64(d, t >> 2, 0);
    ls_word_pair pair;
    pair.w[0] = t & 2 ? g.w[2] : g.w[0];
    pair.w[1] = t & 2 ? g.w[3] : g.w[1];
    return pair;
}
LS_FN void ls_draw_two_uniform_f64(const lsi_draw *d, int64_t i, double *out)
{
    const ls_word_pair g = ls_draw_two_words64(d, i);
    out[0] = ls_uniform_of_word64(d->engine, g.w[0]);
    out[1] = ls_uniform_of_word64(d->engine, g.w[1]);
}
LS_FN void ls_draw_two_bits64(const lsi_draw *d, int64_t i, uint64_t *out)
{
    const ls_word_pair g = ls_draw_two_words64(d, i);
    out[0] = g.w[0];
    out[1] = g.w[1];
}
LS_FN void ls_draw_two_normal_f64(const lsi_draw *d, int64_t i, double *out)
{
    const ls_word_pair g = ls_draw_two_words64(d, i);
    const ls_turn_f64 pair = ls_normal_of_words64(g.w[0], g.w[1]);
    out[0] = pair.cos;
    out[1] = pair.sin;
}
LS_FN void ls_draw_two_exponential_f64(const lsi_draw *d, int64_t i, double *out)
{
    const ls_word_pair g = ls_draw_two_words64(d, i);
    out[0] = ls_exponential_of_word64(g.w[0]);
    out[1] = ls_exponential_of_word64(g.w[1]);
}
LS_FN void ls_draw_two_integers64(const lsi_draw *d, int64_t i, uint64_t *out)
{
    const ls_word_pair g = ls_draw_two_words64(d, i);
    out[0] = ls_draw_or_again64(d, i, g.w[0]);
    out[1] = ls_draw_or_again64(d, i + 1, g.w[1]);
}

#endif
