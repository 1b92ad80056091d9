/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sums and products in the canonical order. No include guard: reduce_kernels.c includes this once per kind with
 *
 *   K(f)       the name of f here
 *   LS_PART    the type folded: the accumulator, or a part of it
 *   LS_INDEX   the signed integer type of its size
 *   LS_GROUP   parts in a value: 2 where complex parts are summed each on its own, else 1
 *   LS_WIDTH   parts in a vector of the target; 1: no vectors (structs)
 *   FOLD(a, b) one step, for parts and for vectors of them
 *   LS_IDENTITY what a fold leaves as it is, to the bit; absent where there is none
 *   LS_SQUARES  where squares of distances are wanted too, for var and std
 *
 * and undefines them here. LANES counts parts: interleaved parts keep their parity while lanes are halved. */

#define LANES LS_LANES(LS_PART)

/* Indices that are sums are 64 bits wide: -fwrapv lets an int sum wrap, and what may wrap is not contiguous. */

#if LS_WIDTH <= LS_GROUP
/* Halves the first `present` lanes down to one value. */
static inline __attribute__((always_inline)) void K(halve)(LS_PART *restrict lane, int present)
{
    for (int half = LANES / 2; half >= LS_GROUP; half /= 2) {
        const int pairs = present - half < half ? present - half : half;
        for (int64_t i = 0; i < pairs; i++) lane[i] = FOLD(lane[i], lane[i + half]);
        present = present < half ? present : half;
    }
}

static inline __attribute__((always_inline)) void K(halve_all)(LS_PART *restrict lane)
{
#pragma GCC unroll 8
    for (int half = LANES / 2; half >= LS_GROUP; half /= 2)
        for (int64_t i = 0; i < half; i++) lane[i] = FOLD(lane[i], lane[i + half]);
}
#endif

/* Value i of a row: of x, or where there is a y of products. */
#ifdef LS_SQUARES
#define VALUE(x, y, i) ((y) ? (x)[i] * (y)[i] : (x)[i])
#else
#define VALUE(x, y, i) ((x)[i])
#endif

/* The lanes of a leaf of `parts` parts, at least LANES. Inlined for the whole leaf, where they stay in registers. */
static inline __attribute__((always_inline)) void K(fill_lanes)(LS_PART *restrict lane, const LS_PART *restrict x,
                                                                const LS_PART *restrict y, int64_t parts)
{
    int64_t at = LANES;
    for (int64_t i = 0; i < LANES; i++) lane[i] = VALUE(x, y, i);
    for (; at + LANES <= parts; at += LANES) {
        ask_ahead(x + at, LS_LANE_BYTES);
        if (y) ask_ahead(y + at, LS_LANE_BYTES);
        for (int64_t i = 0; i < LANES; i++) lane[i] = FOLD(lane[i], VALUE(x, y, at + i));
    }
    for (int64_t i = 0; i < parts - at; i++) lane[i] = FOLD(lane[i], VALUE(x, y, at + i));
}

#if LS_WIDTH > LS_GROUP
#define VFOLD(a, b) FOLD(a, b)
#ifdef LS_IDENTITY
#define LS_FILL(v) ((void)(v), K(spread)(LS_IDENTITY))
#endif
#include "reduce_across_template.h"

/* Rows of at least LANES parts. */
static inline __attribute__((always_inline)) void K(long_rows)(LS_PART *restrict out, const LS_PART *restrict x,
                                                               const LS_PART *restrict y, int64_t count, int64_t parts)
{
    K(vector) v[K(ROWS)] = {{0}};
    for (int64_t i = 0; i < count; i += K(ROWS)) {
        const int rows = count - i < K(ROWS) ? (int)(count - i) : K(ROWS);
        for (int g = 0; g < rows; g++) {
            LS_PART lane[LANES] __attribute__((aligned(64)));
            K(fill_lanes)(lane, x + (i + g) * parts, y ? y + (i + g) * parts : NULL, parts);
#pragma GCC unroll 8
            for (int half = LANES / 2; half >= LS_WIDTH; half /= 2)
                for (int64_t k = 0; k < half; k++) lane[k] = FOLD(lane[k], lane[k + half]);
            memcpy(&v[K(slot)(g)], lane, sizeof *v);
        }
        const K(vector) made = K(combine)(v);
        memcpy(out + i * LS_GROUP, &made, (size_t)(rows * LS_GROUP) * sizeof *out);
    }
}
#else
#if LS_WIDTH > 1
#include "host/reduce_vector_template.h"
#endif

static inline __attribute__((always_inline)) void K(long_rows)(LS_PART *restrict out, const LS_PART *restrict x,
                                                               const LS_PART *restrict y, int64_t count, int64_t parts)
{
    for (int64_t i = 0; i < count; i++) {
        LS_PART lane[LANES] __attribute__((aligned(64)));
        K(fill_lanes)(lane, x + i * parts, y ? y + i * parts : NULL, parts);
        K(halve_all)(lane);
        for (int64_t g = 0; g < LS_GROUP; g++) out[i * LS_GROUP + g] = lane[g];
    }
}

static void K(short_rows)(LS_PART *restrict out, const LS_PART *restrict x, const void *means, int64_t count,
                          int64_t parts)
{
    (void)means;
    for (int64_t i = 0; i < count; i++) {
        LS_PART lane[LANES] __attribute__((aligned(64)));
        for (int64_t k = 0; k < parts; k++) lane[k] = x[i * parts + k];
        K(halve)(lane, (int)parts);
        for (int64_t g = 0; g < LS_GROUP; g++) out[i * LS_GROUP + g] = lane[g];
    }
}
#endif

static inline __attribute__((always_inline)) void K(leaves)(LS_PART *restrict out, const LS_PART *restrict x,
                                                            const LS_PART *restrict y, int64_t count)
{
    int64_t parts = LS_LEAF * LS_GROUP;
    __asm__("" : "+r"(parts)); /* with a known count gcc 12 unrolls and then stores the lanes in every turn */
    K(long_rows)(out, x, y, count, parts);
}

static void K(whole_leaves)(LS_PART *restrict out, const LS_PART *restrict x, int64_t count)
{
    K(leaves)(out, x, NULL, count);
}

/* The halving of n <= 8 lanes, written so that a constant n leaves one expression. */
static inline __attribute__((always_inline)) LS_PART K(tiny)(const LS_PART *x, int n)
{
    LS_PART a = n > 4 ? FOLD(x[0], x[4 * LS_GROUP]) : x[0];
    LS_PART b = a, c = a, d = a;
    if (n > 1) b = n > 5 ? FOLD(x[LS_GROUP], x[5 * LS_GROUP]) : x[LS_GROUP];
    if (n > 2) c = n > 6 ? FOLD(x[2 * LS_GROUP], x[6 * LS_GROUP]) : x[2 * LS_GROUP];
    if (n > 3) d = n > 7 ? FOLD(x[3 * LS_GROUP], x[7 * LS_GROUP]) : x[3 * LS_GROUP];
    if (n > 2) a = FOLD(a, c);
    if (n > 3) b = FOLD(b, d);
    return n > 1 ? FOLD(a, b) : a;
}

/* Very short rows: the loop runs over rows, so that several fit a vector. */
static inline __attribute__((always_inline)) void K(tiny_rows)(LS_PART *restrict out, const LS_PART *restrict x,
                                                               int64_t count, int n)
{
    for (int64_t i = 0; i < count; i++)
        for (int64_t g = 0; g < LS_GROUP; g++) out[i * LS_GROUP + g] = K(tiny)(x + i * n * LS_GROUP + g, n);
}

static void K(rows)(void *states, const void *values, int64_t count, int n, int64_t first, int64_t step)
{
    LS_PART *out = states;
    const LS_PART *x = values;
    (void)first, (void)step;
    switch (n) {
    case 1: K(tiny_rows)(out, x, count, 1); return;
    case 2: K(tiny_rows)(out, x, count, 2); return;
    case 3: K(tiny_rows)(out, x, count, 3); return;
    case 4: K(tiny_rows)(out, x, count, 4); return;
    case 5: K(tiny_rows)(out, x, count, 5); return;
    case 6: K(tiny_rows)(out, x, count, 6); return;
    case 7: K(tiny_rows)(out, x, count, 7); return;
    case 8: K(tiny_rows)(out, x, count, 8); return;
    default: break;
    }
    const int64_t parts = n * LS_GROUP;
    if (n == LS_LEAF) {
        K(whole_leaves)(out, x, count);
        return;
    }
    if (parts < LANES) K(short_rows)(out, x, NULL, count, parts);
    else K(long_rows)(out, x, NULL, count, parts);
}

#ifdef LS_SQUARES
static void K(products)(void *states, const void *x, const void *y, int64_t count, int n)
{
    const LS_PART *a = x, *b = y;
    if (n == LS_LEAF) {
        K(leaves)(states, a, b, count);
        return;
    }
    LS_PART made[LS_LEAF];
    for (int64_t i = 0; i < n; i++) made[i] = a[i] * b[i];
    K(rows)(states, made, 1, n, 0, 0);
}
#endif

/* Neighbours: state i becomes states 2 i and 2 i + 1 folded; an odd one at the end stays. */
static void K(pairs)(void *states, int64_t count)
{
    LS_PART *x = states;
    for (int64_t i = 0; i < count / 2; i++)
        for (int64_t g = 0; g < LS_GROUP; g++)
            x[i * LS_GROUP + g] = FOLD(x[2 * i * LS_GROUP + g], x[(2 * i + 1) * LS_GROUP + g]);
    if (count & 1)
        for (int64_t g = 0; g < LS_GROUP; g++) x[count / 2 * LS_GROUP + g] = x[(count - 1) * LS_GROUP + g];
}

/* Eight rows per pass: the lane is read and written once for eight values, and eight streams suit the prefetcher. */
static void K(fold_eight)(LS_PART *restrict lane, const void *const *rows, int64_t parts, int begin)
{
    const LS_PART *restrict a = rows[0], *restrict b = rows[1], *restrict c = rows[2], *restrict d = rows[3];
    const LS_PART *restrict e = rows[4], *restrict f = rows[5], *restrict g = rows[6], *restrict h = rows[7];
    if (begin) {
        for (int64_t i = 0; i < parts; i++)
            lane[i] = FOLD(FOLD(FOLD(FOLD(FOLD(FOLD(FOLD(a[i], b[i]), c[i]), d[i]), e[i]), f[i]), g[i]), h[i]);
    } else {
        for (int64_t i = 0; i < parts; i++) {
            const LS_PART four = FOLD(FOLD(FOLD(FOLD(lane[i], a[i]), b[i]), c[i]), d[i]);
            lane[i] = FOLD(FOLD(FOLD(FOLD(four, e[i]), f[i]), g[i]), h[i]);
        }
    }
}

static void K(fold_one)(LS_PART *restrict lane, const LS_PART *restrict row, int64_t parts, int begin)
{
    if (begin) memcpy(lane, row, (size_t)parts * sizeof(LS_PART));
    else
        for (int64_t i = 0; i < parts; i++) lane[i] = FOLD(lane[i], row[i]);
}

static void K(fold)(void *lane, const void *const *rows, int count, int columns, int64_t first, int64_t step, int begin)
{
    const int64_t parts = columns * LS_GROUP;
    int k = 0;
    (void)first, (void)step;
    for (; k + 8 <= count; k += 8, begin = 0) K(fold_eight)(lane, rows + k, parts, begin);
    for (; k < count; k++, begin = 0) K(fold_one)(lane, rows[k], parts, begin);
}

/* Four lanes of one or two values each, halved to one: x[k] is the value k L/4 behind the first. */
static inline __attribute__((always_inline)) LS_PART K(halve_four)(const LS_PART *x, int count)
{
    LS_PART a = x[0], b = x[1], c = x[2], d = x[3];
    if (count > 4) a = FOLD(a, x[4]);
    if (count > 5) b = FOLD(b, x[5]);
    if (count > 6) c = FOLD(c, x[6]);
    if (count > 7) d = FOLD(d, x[7]);
    if (count > 2) a = FOLD(a, c);
    if (count > 3) b = FOLD(b, d);
    return count > 1 ? FOLD(a, b) : a;
}

static inline __attribute__((always_inline)) void K(quad_of)(LS_PART *restrict lane, const void *const *rows,
                                                             int count, int64_t parts)
{
    const LS_PART *restrict row[8];
    for (int k = 0; k < 8; k++) row[k] = rows[k < count ? k : 0];
    for (int64_t i = 0; i < parts; i++) {
        LS_PART x[8];
#pragma GCC unroll 8
        for (int k = 0; k < 8; k++) x[k] = row[k][i];
        lane[i] = K(halve_four)(x, count);
    }
}

static void K(quad)(void *lane, const void *const *rows, int count, int columns)
{
    const int64_t parts = (int64_t)columns * LS_GROUP;
    switch (count) {
    case 1: K(quad_of)(lane, rows, 1, parts); return;
    case 2: K(quad_of)(lane, rows, 2, parts); return;
    case 3: K(quad_of)(lane, rows, 3, parts); return;
    case 4: K(quad_of)(lane, rows, 4, parts); return;
    case 5: K(quad_of)(lane, rows, 5, parts); return;
    case 6: K(quad_of)(lane, rows, 6, parts); return;
    case 7: K(quad_of)(lane, rows, 7, parts); return;
    default: K(quad_of)(lane, rows, 8, parts); return;
    }
}

#if LS_WIDTH > 1
enum { K(STEP) = LS_WIDTH };
#else
enum { K(STEP) = 1 };
typedef LS_PART K(vector);
#endif

/* The values of some columns in one row, in `wide` vectors. */
static inline __attribute__((always_inline)) void K(take_row)(K(vector) *v, const void *row, int64_t at, int wide)
{
#pragma GCC unroll 4
    for (int j = 0; j < wide; j++) memcpy(&v[j], (const LS_PART *)row + at + j * K(STEP), sizeof v[j]);
}

static inline __attribute__((always_inline)) void K(lead)(K(vector) *left, const K(vector) *right, int wide)
{
#pragma GCC unroll 4
    for (int j = 0; j < wide; j++) left[j] = FOLD(left[j], right[j]);
}

/* Lane l: its rows in order. */
static inline __attribute__((always_inline)) void K(lane_of)(K(vector) *v, const void *const *rows, int l, int n,
                                                             int64_t at, int wide)
{
    K(take_row)(v, rows[l], at, wide);
    for (int r = l + LANES / LS_GROUP; r < n; r += LANES / LS_GROUP) {
        K(vector) x[4];
        K(take_row)(x, rows[r], at, wide);
        K(lead)(v, x, wide);
    }
}

/* Lanes off and off + L/2, then off + L/4 and off + 3L/4: those that there are, halved to one. */
static inline __attribute__((always_inline)) void K(four_lanes)(K(vector) *v, const void *const *rows, int off, int n,
                                                                int64_t at, int wide)
{
    enum { QUARTER = LANES / LS_GROUP / 4 };
    K(vector) other[4], last[4];
    K(lane_of)(v, rows, off, n, at, wide);
    if (off + 2 * QUARTER < n) {
        K(lane_of)(other, rows, off + 2 * QUARTER, n, at, wide);
        K(lead)(v, other, wide);
    }
    if (off + QUARTER >= n) return;
    K(lane_of)(other, rows, off + QUARTER, n, at, wide);
    if (off + 3 * QUARTER < n) {
        K(lane_of)(last, rows, off + 3 * QUARTER, n, at, wide);
        K(lead)(other, last, wide);
    }
    K(lead)(v, other, wide);
}

/* The leaf of some columns. Fours of lanes come in the order in which halving them is a walk in depth, which is that of
 * their numbers read backwards; a four whose first lane is not there is not there, nor is what it would begin. */
static inline __attribute__((always_inline)) void K(leaf_of)(LS_PART *out, const void *const *rows, int n, int64_t at,
                                                             int wide)
{
    enum { FOURS = LANES / LS_GROUP / 4, LEVELS = 8 };
    K(vector) stack[LEVELS][4];
    int depth = 0, off = 0;
    for (int i = 0; i < FOURS; i++) {
        if (off < n) K(four_lanes)(stack[depth++], rows, off, n, at, wide);
        int first = off; /* of the subtree that is complete, as large as the merge */
        for (int size = FOURS / 2, bits = i; bits & 1; bits >>= 1, size /= 2) {
            if (first < n) {
                depth--;
                K(lead)(stack[depth - 1], stack[depth], wide);
            }
            first -= size;
        }
        int bit = FOURS / 2;
        for (; bit && (off & bit); bit /= 2) off -= bit;
        off += bit;
    }
    memcpy(out + at, stack[0], (size_t)wide * sizeof(K(vector)));
}

/* Columns past the last four vectors are made once more along with some before them. */
static void K(leaf)(void *states, const void *const *rows, int n, int columns)
{
    const int64_t parts = (int64_t)columns * LS_GROUP;
    int64_t at = 0;
    for (; at + 4 * K(STEP) <= parts; at += 4 * K(STEP)) K(leaf_of)(states, rows, n, at, 4);
    if (at < parts && parts >= 4 * K(STEP) && parts - at > K(STEP)) {
        K(leaf_of)(states, rows, n, parts - 4 * K(STEP), 4);
        return;
    }
    for (; at + K(STEP) <= parts; at += K(STEP)) K(leaf_of)(states, rows, n, at, 1);
    if (at < parts) K(leaf_of)(states, rows, n, parts - K(STEP), 1);
}

static void K(merge)(void *out, const void *left, const void *right, int64_t count)
{
    LS_PART *to = out;
    const LS_PART *a = left, *b = right;
    REDUCE_INDEPENDENT
    for (int64_t i = 0; i < count * LS_GROUP; i++) to[i] = FOLD(a[i], b[i]);
}

#ifdef LS_IDENTITY
enum {
    K(VALUES) = LANES / LS_GROUP,                            /* lanes, in values */
    K(MADE) = K(VALUES) < LSI_REDUCE_TURN_LANES ? K(VALUES) : LSI_REDUCE_TURN_LANES, /* what is kept for each column */
    K(ABREAST) = K(VALUES) / K(MADE)                         /* lanes folded side by side to one of those */
};

/* A slice of a turned matrix, ready. Rows come in blocks, a row for each lane. */
typedef struct {
    K(index) begin;                /* row that each part's leaf begins in */
    int64_t at;                    /* part of a row that is the first */
    int start, full, partial, end; /* rows: blocks before `full` and from `partial` on are some columns' only */
} K(slice);

static int K(blocks_below)(int rows) { return rows / K(VALUES) * K(VALUES); }

static K(slice) K(slice_of)(const lsi_reduce_slice *from)
{
    K(slice) s = {.at = from->column * LS_GROUP};
    int low = INT32_MAX, high = 0;
    for (int i = 0; i < LS_WIDTH; i++) {
        const int begin = from->begins[i / LS_GROUP];
        s.begin[i] = begin;
        if (begin == LSI_REDUCE_NOWHERE) continue;
        low = begin < low ? begin : low;
        high = begin > high ? begin : high;
    }
    s.start = K(blocks_below)(low);
    s.full = K(blocks_below)(high + K(VALUES) - 1);
    s.partial = K(blocks_below)(low + LS_LEAF);
    s.end = K(blocks_below)(high + LS_LEAF + K(VALUES) - 1);
    if (s.partial < s.full) s.full = s.partial = s.end;
    return s;
}

/* Folds rows r, r + MADE, ... into a lane each; `masked`: of every column what belongs to its leaf. */
static inline __attribute__((always_inline)) void K(take_lanes)(K(vector) *v, const K(slice) *s,
                                                                const void *const *rows, int64_t r, int masked)
{
#pragma GCC unroll 4
    for (int i = 0; i < K(ABREAST); i++, r += K(MADE)) {
        K(vector) x;
        memcpy(&x, (const LS_PART *)rows[r] + s->at, sizeof x);
        if (masked) {
            /* not 0 before the leaf begins, and from its end on */
            const K(index) outside = ((LS_INDEX)r - s->begin) & ~(LS_INDEX)(LS_LEAF - 1);
            x = K(choose)(outside == 0, x, K(spread)(LS_IDENTITY));
        }
        v[i] = FOLD(v[i], x);
    }
}

static inline __attribute__((always_inline)) K(vector) K(turn_lanes)(const K(slice) *s, const void *const *rows, int r)
{
    K(vector) v[K(ABREAST)];
    int block = s->start;
    for (int i = 0; i < K(ABREAST); i++) v[i] = K(spread)(LS_IDENTITY);
    for (; block < s->full; block += K(VALUES)) K(take_lanes)(v, s, rows, block + r, 1);
    for (; block < s->partial; block += K(VALUES)) K(take_lanes)(v, s, rows, block + r, 0);
    for (; block < s->end; block += K(VALUES)) K(take_lanes)(v, s, rows, block + r, 1);
#pragma GCC unroll 2
    for (int half = K(ABREAST) / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) v[i] = FOLD(v[i], v[i + half]);
    return v[0];
}

/* Slice after slice for the same lanes, so that every row is read on and on. From lane to lane by as many rows as a
 * column's end is before that of a leaf: the rows that the last lane has read of the next columns are those that this
 * one reads of its own. */
static void K(turn)(void *states, const void *const *rows, const lsi_reduce_slice *slices, int count, int64_t length,
                    void *room)
{
    K(slice) ready[LSI_REDUCE_TURN_SLICES];
    K(vector) *lane = room;
    const int step = (int)(-length & (K(MADE) - 1));
    for (int i = 0; i < count; i++) ready[i] = K(slice_of)(&slices[i]);
    for (int n = 0, r = 0, first = 0; n < K(MADE); n++) {
        for (int i = 0; i < count; i++) lane[r * count + i] = K(turn_lanes)(&ready[i], rows, r);
        r = (r + step) & (K(MADE) - 1);
        if (r == first) r = ++first;
    }
    for (int half = K(MADE) / 2; half > 0; half /= 2)
        for (int64_t i = 0; i < half * count; i++) lane[i] = FOLD(lane[i], lane[half * count + i]);
    memcpy(states, lane, (size_t)count * sizeof *lane);
}
#endif

#undef K
#undef LS_PART
#undef LS_INDEX
#undef LS_GROUP
#undef LS_WIDTH
#undef LS_SQUARES
#undef FOLD
#undef LS_IDENTITY
#undef LANES
#undef VALUE
