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

#if LS_WIDTH > LS_GROUP
typedef LS_PART K(vector) __attribute__((vector_size(LS_WIDTH * sizeof(LS_PART))));
typedef LS_INDEX K(index) __attribute__((vector_size(LS_WIDTH * sizeof(LS_PART)), unused));

#if LS_WIDTH == 2
#define LIST(F, s) F(0, s), F(1, s)
#elif LS_WIDTH == 4
#define LIST(F, s) F(0, s), F(1, s), F(2, s), F(3, s)
#elif LS_WIDTH == 8
#define LIST(F, s) F(0, s), F(1, s), F(2, s), F(3, s), F(4, s), F(5, s), F(6, s), F(7, s)
#else
#define LIST(F, s)                                                                                                     \
    F(0, s), F(1, s), F(2, s), F(3, s), F(4, s), F(5, s), F(6, s), F(7, s), F(8, s), F(9, s), F(10, s), F(11, s),      \
        F(12, s), F(13, s), F(14, s), F(15, s)
#endif
#ifdef __clang__
#define SHUFFLE(a, b, F, s) __builtin_shufflevector(a, b, LIST(F, s))
#else
#define SHUFFLE(a, b, F, s) __builtin_shuffle(a, b, (K(index)){LIST(F, s)})
#endif

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

/* Eight vectors: three more steps without leaving the registers. */
static inline __attribute__((always_inline)) void K(eight_vectors)(LS_PART *restrict p, const LS_PART *restrict x)
{
    K(vector) v[8];
    memcpy(v, x, sizeof v);
#pragma GCC unroll 8
    for (int k = 0; k < 8; k++) v[k] = K(in_vector)(v[k]);
#pragma GCC unroll 4
    for (int k = 0; k < 8; k += 2) v[k + 1] = K(led_by)(v[k], v[k + 1]);
#pragma GCC unroll 2
    for (int k = 0; k < 8; k += 4) v[k + 2] = K(led_by)(v[k + 1], v[k + 2]), v[k + 3] = K(led_by)(v[k + 1], v[k + 3]);
#pragma GCC unroll 4
    for (int k = 4; k < 8; k++) v[k] = K(led_by)(v[3], v[k]);
    memcpy(p, v, sizeof v);
}
#undef SPREAD

/* Steps within eight vectors. The last eight are made from a copy: what lies behind the last value is anything. */
static void K(short_steps)(LS_PART *restrict p, const LS_PART *restrict x, int64_t parts)
{
    enum { BLOCK = 8 * LS_WIDTH };
    LS_PART rest[BLOCK] = {0}, made[BLOCK];
    int64_t i = 0;
    for (; i + BLOCK <= parts; i += BLOCK) K(eight_vectors)(p + i, x + i);
    if (i == parts) return;
    memcpy(rest, x + i, (size_t)(parts - i) * sizeof *x);
    K(eight_vectors)(made, rest);
    memcpy(p + i, made, (size_t)(parts - i) * sizeof *x);
}
enum { K(FIRST) = 8 * LS_WIDTH };
#else
static void K(short_steps)(LS_PART *restrict p, const LS_PART *restrict x, int64_t parts)
{
    memcpy(p, x, (size_t)parts * sizeof *x);
}
enum { K(FIRST) = LS_GROUP };
#endif

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

static void K(prefix)(void *prefix, const void *values, int n)
{
    LS_PART *p = prefix;
    const int64_t parts = n * LS_GROUP;
    K(short_steps)(p, values, parts);
    for (int s = K(FIRST); s < parts; s *= 2)
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

/* Neighbours in pairs, pairs of pairs, ... */
static void K(total)(void *total, const void *values)
{
    LS_PART half[LSI_SCAN_RUN / 2 * LS_GROUP] __attribute__((aligned(64)));
    const LS_PART *x = values;
    for (int n = LSI_SCAN_RUN / 2; n >= 1; n /= 2, x = half) {
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
#undef LIST
#undef SHUFFLE
