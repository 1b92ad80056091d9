/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cumulative sums or products of one type in the order of kernels/scan_order.h. No include guard: scan_kernels.c
 * includes this once per kind with
 *
 *   K(f)       the name of f here
 *   LS_PART    the type folded: the accumulator, or a part of it
 *   LS_GROUP   parts in a value: 2 where complex parts are summed each on its own, else 1
 *   LS_WIDTH   parts in a vector of the target; 1: no vectors (structs)
 *   LS_INDEX   the integer type of a part's size
 *   FOLD(a, b) one step, for parts and for vectors of them
 *
 * and undefines them here. */

/* Where part i of a vector gets its left operand from in step s (in parts), and what remains of it afterwards. */
#define BIT(i, s) ((i) & (s))
#define LAST(i, s) (((i) & -(2 * (s))) + (s) - LS_GROUP + (i) % LS_GROUP)
#define LEFT(i, s) (BIT(i, s) ? LAST(i, s) : (i))
#define KEEP(i, s) (BIT(i, s) ? LS_WIDTH + (i) : (i))
#define REPEAT(i, s) ((i) % LS_GROUP)

#if LS_WIDTH > LS_GROUP
typedef LS_PART K(vector) __attribute__((vector_size(LS_WIDTH * sizeof(LS_PART))));
typedef LS_INDEX K(index) __attribute__((vector_size(LS_WIDTH * sizeof(LS_PART)), unused));

#include "host/shuffle_template.h"

static inline __attribute__((always_inline)) K(vector) K(in_vector)(K(vector) v)
{
    K(vector) led;
#if LS_GROUP == 1
    led = FOLD(SHUFFLE(v, v, LEFT, 1), v);
    v = SHUFFLE(v, led, KEEP, 1);
#endif
#if LS_WIDTH > 2
    led = FOLD(SHUFFLE(v, v, LEFT, 2), v);
    v = SHUFFLE(v, led, KEEP, 2);
#endif
#if LS_WIDTH > 4
    led = FOLD(SHUFFLE(v, v, LEFT, 4), v);
    v = SHUFFLE(v, led, KEEP, 4);
#endif
#if LS_WIDTH > 8
    led = FOLD(SHUFFLE(v, v, LEFT, 8), v);
    v = SHUFFLE(v, led, KEEP, 8);
#endif
    return v;
}

/* The last value of a vector, everywhere. */
#define SPREAD(i, s) ((s) - LS_GROUP + (i) % LS_GROUP)
static inline __attribute__((always_inline)) K(vector) K(led_by)(K(vector) left, K(vector) v)
{
    return FOLD(SHUFFLE(left, left, SPREAD, LS_WIDTH), v);
}
#undef SPREAD

static inline __attribute__((always_inline)) K(vector) K(load)(const LS_PART *x)
{
    K(vector) v;
    memcpy(&v, x, sizeof v);
    return v;
}

/* One value, everywhere. Subtracting zeros changes no value, -0 least of all, and is what compilers make a broadcast
 * of; part by part they write one after the other. */
static inline __attribute__((always_inline)) K(vector) K(spread)(const LS_PART *value)
{
#if LS_GROUP == 1
    return *value - (K(vector)){0};
#else
    K(vector) v = {0};
    memcpy(&v, value, LS_GROUP * sizeof *value);
    return SHUFFLE(v, v, REPEAT, 0);
#endif
}

static inline __attribute__((always_inline)) void K(lead_all)(K(vector) *v, int count, const LS_PART *left)
{
    const K(vector) by = K(spread)(left);
#pragma GCC unroll 8
    for (int k = 0; k < count; k++) v[k] = FOLD(by, v[k]);
}

/* The last prefix of part q of a tile, once what it completes is folded into it, is kept for the later ones: kept[k] is
 * for the parts with bit k set. */
static inline __attribute__((always_inline)) void K(keep)(LS_PART *kept, int q, const LS_PART *last)
{
    const int level = ls_scan_keep(q);
    for (int g = 0; g < LS_GROUP; g++) {
        LS_PART value = last[g];
        for (int k = 0; k < level; k++) value = FOLD(kept[k * LS_GROUP + g], value);
        kept[level * LS_GROUP + g] = value;
    }
}

/* Eight vectors, which are block q of a tile, in registers all the way. */
static inline __attribute__((always_inline)) void K(block)(LS_PART *out, const LS_PART *x, int q, LS_PART *kept,
                                                           const LS_PART *carry)
{
    K(vector) v[8];
    LS_PART last[LS_GROUP];
#pragma GCC unroll 8
    for (int k = 0; k < 8; k++) v[k] = K(in_vector)(K(load)(x + k * LS_WIDTH));
#pragma GCC unroll 4
    for (int k = 0; k < 8; k += 2) v[k + 1] = K(led_by)(v[k], v[k + 1]);
#pragma GCC unroll 2
    for (int k = 0; k < 8; k += 4) v[k + 2] = K(led_by)(v[k + 1], v[k + 2]), v[k + 3] = K(led_by)(v[k + 1], v[k + 3]);
#pragma GCC unroll 4
    for (int k = 4; k < 8; k++) v[k] = K(led_by)(v[3], v[k]);
    for (int g = 0; g < LS_GROUP; g++) last[g] = v[7][LS_WIDTH - LS_GROUP + g];
    for (unsigned bits = (unsigned)q; bits; bits &= bits - 1) K(lead_all)(v, 8, kept + __builtin_ctz(bits) * LS_GROUP);
    if (carry) K(lead_all)(v, 8, carry);
    K(keep)(kept, q, last);
#pragma GCC unroll 8
    for (int k = 0; k < 8; k++) memcpy(out + k * LS_WIDTH, &v[k], sizeof *v);
}

/* The last block is made from a copy: what lies behind the last value is anything. */
static void K(run)(void *to, const void *from, int n, int start, void *kept, const void *carry)
{
    enum { BLOCK = 8 * LS_WIDTH };
    const LS_PART *x = from;
    LS_PART *out = to;
    const int64_t parts = (int64_t)n * LS_GROUP;
    int64_t i = 0;
    int q = start * LS_GROUP / BLOCK;
    if (carry)
        for (; i + BLOCK <= parts; i += BLOCK) K(block)(out + i, x + i, q++, kept, carry);
    else
        for (; i + BLOCK <= parts; i += BLOCK) K(block)(out + i, x + i, q++, kept, NULL);
    if (i < parts) {
        LS_PART rest[BLOCK] = {0}, made[BLOCK];
        memcpy(rest, x + i, (size_t)(parts - i) * sizeof *x);
        K(block)(made, rest, q, kept, carry);
        memcpy(out + i, made, (size_t)(parts - i) * sizeof *x);
    }
}

/* Short lines. A last vector is read and written whole where the next lines follow: they are written later. */
static void K(lines)(void *to, const void *from, int n, int64_t lines)
{
    const int64_t parts = (int64_t)n * LS_GROUP, all = parts * lines;
    const LS_PART *x = from;
    LS_PART *out = to;
    for (int64_t at = 0; at < all; at += parts) {
        LS_PART kept[(LS_SCAN_LEVELS + 1) * LS_GROUP];
        int q = 0;
        for (int64_t i = 0; i < parts; i += LS_WIDTH, q++) {
            const bool whole = at + i + LS_WIDTH <= all;
            K(vector) v = {0};
            if (whole) v = K(load)(x + at + i);
            else memcpy(&v, x + at + i, (size_t)(parts - i) * sizeof *x);
            v = K(in_vector)(v);
            const K(vector) own = v;
            for (unsigned bits = (unsigned)q; bits; bits &= bits - 1)
                K(lead_all)(&v, 1, kept + __builtin_ctz(bits) * LS_GROUP);
            if (i + LS_WIDTH < parts) {
                LS_PART last[LS_GROUP];
                for (int g = 0; g < LS_GROUP; g++) last[g] = own[LS_WIDTH - LS_GROUP + g];
                K(keep)(kept, q, last);
            }
            memcpy(out + at + i, &v, whole ? sizeof v : (size_t)(parts - i) * sizeof *out);
        }
    }
}

/* Four vectors at a time of a row of columns, led by `count` rows: after the first `before` of them it is kept. */
static void K(row)(void *to, void *keep, const void *from, int n, const void *const *left, int before, int count)
{
    enum { BLOCK = 4 * LS_WIDTH };
    const LS_PART *x = from;
    LS_PART *out = to, *kept = keep;
    const int64_t parts = (int64_t)n * LS_GROUP;
    int64_t i = 0;
    for (; i + BLOCK <= parts; i += BLOCK) {
        K(vector) v[4];
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) v[j] = K(load)(x + i + j * LS_WIDTH);
        for (int k = 0; k < before; k++)
#pragma GCC unroll 4
            for (int j = 0; j < 4; j++) v[j] = FOLD(K(load)((const LS_PART *)left[k] + i + j * LS_WIDTH), v[j]);
        memcpy(kept + i, v, sizeof v);
        for (int k = before; k < count; k++)
#pragma GCC unroll 4
            for (int j = 0; j < 4; j++) v[j] = FOLD(K(load)((const LS_PART *)left[k] + i + j * LS_WIDTH), v[j]);
        memcpy(out + i, v, sizeof v);
    }
    for (; i < parts; i++) {
        LS_PART p = x[i];
        for (int k = 0; k < before; k++) p = FOLD(((const LS_PART *)left[k])[i], p);
        kept[i] = p;
        for (int k = before; k < count; k++) p = FOLD(((const LS_PART *)left[k])[i], p);
        out[i] = p;
    }
}
#else
static inline __attribute__((always_inline)) void K(lead_by)(LS_PART *out, const LS_PART *p, int64_t parts,
                                                             const LS_PART *left)
{
    LS_PART by[LS_GROUP];
    for (int64_t g = 0; g < LS_GROUP; g++) by[g] = left[g];
#if LS_GROUP == 2
    SCAN_INDEPENDENT
    for (int64_t i = 0; i < parts / 2; i++) {
        out[2 * i] = FOLD(by[0], p[2 * i]);
        out[2 * i + 1] = FOLD(by[1], p[2 * i + 1]);
    }
#else
    SCAN_INDEPENDENT
    for (int64_t i = 0; i < parts; i++) out[i] = FOLD(by[0], p[i]);
#endif
}

/* Local prefixes of at most LSI_SCAN_RUN values. */
static void K(prefix)(LS_PART *restrict p, const LS_PART *restrict x, int n)
{
    const int64_t parts = (int64_t)n * LS_GROUP;
    memcpy(p, x, (size_t)parts * sizeof *x);
    for (int64_t s = LS_GROUP; s < parts; s *= 2)
        for (int64_t at = s; at < parts; at += 2 * s)
            K(lead_by)(p + at, p + at, at + s < parts ? s : parts - at, p + at - LS_GROUP);
}

static inline __attribute__((always_inline)) void K(lead_by_two)(LS_PART *out, const LS_PART *p, int n,
                                                                 const LS_PART *inner, const LS_PART *outer)
{
    LS_PART first[LS_GROUP], second[LS_GROUP];
    for (int64_t g = 0; g < LS_GROUP; g++) first[g] = inner[g], second[g] = outer[g];
    SCAN_INDEPENDENT
    for (int64_t i = 0; i < n; i++)
        for (int64_t g = 0; g < LS_GROUP; g++)
            out[i * LS_GROUP + g] = FOLD(second[g], FOLD(first[g], p[i * LS_GROUP + g]));
}

static void K(lead)(void *out, const void *p, int n, const void *const *left, int count)
{
    const void *from = p;
    int k = 0;
    if (count == 0 && out != p) memcpy(out, p, (size_t)n * LS_GROUP * sizeof(LS_PART));
    for (; k + 2 <= count; k += 2, from = out) K(lead_by_two)(out, from, n, left[k], left[k + 1]);
    if (k < count) K(lead_by)(out, from, n * LS_GROUP, left[k]);
}

/* The last prefix of run j of its tile, once what it completes is folded into it, is kept for the later ones. */
static void K(keep)(LS_PART *kept, int j, const LS_PART *last)
{
    const int level = ls_scan_keep(j);
    for (int64_t g = 0; g < LS_GROUP; g++) {
        LS_PART value = last[g];
        for (int64_t k = 0; k < level; k++) value = FOLD(kept[k * LS_GROUP + g], value);
        kept[level * LS_GROUP + g] = value;
    }
}

static void K(run)(void *to, const void *from, int n, int start, void *kept, const void *carry)
{
    for (int at = 0; at < n; at += LSI_SCAN_RUN) {
        const int run = n - at < LSI_SCAN_RUN ? n - at : LSI_SCAN_RUN, j = (start + at) / LSI_SCAN_RUN;
        const LS_PART *x = (const LS_PART *)from + at * LS_GROUP;
        LS_PART p[LSI_SCAN_RUN * LS_GROUP], *out = (LS_PART *)to + at * LS_GROUP;
        const void *left[LS_SCAN_LEVELS + 1];
        int count = 0;
        for (int k = 0; j >> k; k++)
            if (j >> k & 1) left[count++] = (const LS_PART *)kept + k * LS_GROUP;
        if (carry) left[count++] = carry;
        K(prefix)(p, x, run);
        K(lead)(out, p, run, left, count);
        if (run == LSI_SCAN_RUN) K(keep)(kept, j, p + (LSI_SCAN_RUN - 1) * LS_GROUP);
    }
}

static void K(lines)(void *to, const void *from, int n, int64_t lines)
{
    for (int64_t line = 0; line < lines; line++)
        K(prefix)((LS_PART *)to + line * n * LS_GROUP, (const LS_PART *)from + line * n * LS_GROUP, n);
}

static void K(row)(void *to, void *keep, const void *from, int n, const void *const *left, int before, int count)
{
    const LS_PART *x = from;
    LS_PART *out = to, *kept = keep;
    for (int64_t i = 0; i < (int64_t)n * LS_GROUP; i++) {
        LS_PART p = x[i];
        for (int k = 0; k < before; k++) p = FOLD(((const LS_PART *)left[k])[i], p);
        kept[i] = p;
        for (int k = before; k < count; k++) p = FOLD(((const LS_PART *)left[k])[i], p);
        out[i] = p;
    }
}
#endif

/* Neighbours in pairs, pairs of pairs, ... */
static void K(total)(void *total, const void *values, int count)
{
    LS_PART half[LS_SCAN_TILE / 2 * LS_GROUP] __attribute__((aligned(64)));
    const LS_PART *x = values;
    for (int n = count / 2; n >= 1; n /= 2, x = half) {
        SCAN_INDEPENDENT
        for (int64_t i = 0; i < n; i++)
            for (int64_t g = 0; g < LS_GROUP; g++)
                half[i * LS_GROUP + g] = FOLD(x[2 * i * LS_GROUP + g], x[(2 * i + 1) * LS_GROUP + g]);
    }
    memcpy(total, half, LS_GROUP * sizeof *half);
}

static void K(fold)(void *out, const void *left, const void *right, int n)
{
    LS_PART *to = out;
    const LS_PART *a = left, *b = right;
    SCAN_INDEPENDENT
    for (int64_t i = 0; i < n * LS_GROUP; i++) to[i] = FOLD(a[i], b[i]);
}

#undef K
#undef LS_PART
#undef LS_GROUP
#undef LS_WIDTH
#undef LS_INDEX
#undef FOLD
#undef BIT
#undef LAST
#undef LEFT
#undef KEEP
#undef REPEAT
#undef LIST
#undef SHUFFLE
