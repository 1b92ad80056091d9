/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Element i of a random draw, by kind: the definition. The device calls these; src/host/draw_kernels.c computes whole
 * groups at a time and is tested against them. Nothing here depends on another element, on the number of elements or on
 * who else draws, so chunks, threads and devices cannot show.
 *
 * A kernel that wants four elements for one block of Philox takes ls_draw_group64 (draw_words.h) and the conversions of
 * draw_convert.h itself; with `word` w, group g holds the elements 4g - w to 4g - w + 3 of a draw of 64-bit words. */
#ifndef LOCKSTEP_KERNELS_DRAW_H
#define LOCKSTEP_KERNELS_DRAW_H

#include "draw_convert.h"
#include "draw_words.h"

LS_FN double ls_draw_uniform_f64(const lsi_draw *d, int64_t i)
{
    return ls_uniform_of_word64(d->engine, ls_draw_word64(d, (uint64_t)i, 0));
}
LS_FN float ls_draw_uniform_f32(const lsi_draw *d, int64_t i)
{
    return ls_uniform_of_word32(d->engine, ls_draw_word32(d, (uint64_t)i, 0));
}
LS_FN uint64_t ls_draw_bits64(const lsi_draw *d, int64_t i)
{
    return ls_draw_word64(d, (uint64_t)i, 0);
}
LS_FN uint32_t ls_draw_bits32(const lsi_draw *d, int64_t i)
{
    return ls_draw_word32(d, (uint64_t)i, 0);
}
LS_FN double ls_draw_normal_f64(const lsi_draw *d, int64_t i)
{
    const uint64_t t = d->word + (uint64_t)i;
    const ls_words64 g = ls_draw_group64(d, t >> 2, 0);
    const ls_turn_f64 pair = ls_normal_of_words64(t & 2 ? g.w[2] : g.w[0], t & 2 ? g.w[3] : g.w[1]);
    return t & 1 ? pair.sin : pair.cos;
}
LS_FN float ls_draw_normal_f32(const lsi_draw *d, int64_t i)
{
    const ls_turn_f32 pair = ls_normal_of_word64_f32(ls_draw_word64(d, (uint64_t)i >> 1, 0));
    return i & 1 ? pair.sin : pair.cos;
}
LS_FN double ls_draw_exponential_f64(const lsi_draw *d, int64_t i)
{
    return ls_exponential_of_word64(ls_draw_word64(d, (uint64_t)i, 0));
}
LS_FN float ls_draw_exponential_f32(const lsi_draw *d, int64_t i)
{
    return ls_exponential_of_word32(ls_draw_word32(d, (uint64_t)i, 0));
}
/* int64 or uint64: the sum wraps to the right bits of either. Attempts end with probability 1, half of them at
 * worst. */
LS_FN uint64_t ls_draw_integers64(const lsi_draw *d, int64_t i)
{
    uint64_t value, attempt = 0;
    while (!ls_integer_of_word64(ls_draw_word64(d, (uint64_t)i, attempt), d->range[1], d->range[2], &value)) attempt++;
    return d->range[0] + value;
}
LS_FN uint64_t ls_draw_integers32(const lsi_draw *d, int64_t i)
{
    uint64_t value, attempt = 0;
    while (!ls_integer_of_word32(ls_draw_word32(d, (uint64_t)i, attempt), d->range[1], d->range[2], &value)) attempt++;
    return d->range[0] + value;
}

#endif
