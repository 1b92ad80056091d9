/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows folded to one vector each, and as many rows as a vector has values halved together: the last steps of a row are
 * shuffles, and shared by several rows they cost each next to nothing. No include guard: included with
 *
 *   K(f)        the name of f here
 *   LS_PART     the type folded: the accumulator, or a part of it
 *   LS_INDEX    the signed integer type of its size
 *   LS_GROUP    parts in a value: 2 where complex parts are summed each on its own, else 1
 *   LS_WIDTH    parts in a vector of the target, more than LS_GROUP
 *   VFOLD(a, b) one step, of vectors
 *   LS_FILL(v)  a vector of what a fold leaves as it is; absent where there is no such thing, then rows are longer than
 *               a vector
 *   LS_SQUARES  where rows of squares are wanted too
 *
 * VFOLD and LS_FILL are undefined here. The order is that of kernels/reduce_order.h; where order does not matter, any
 * fold will do. */

#include "host/reduce_vector_template.h"

enum {
    K(ROWS) = LS_WIDTH / LS_GROUP,              /* rows whose results fill a vector */
    K(IN_SIXTEEN) = 16 / sizeof(LS_PART) / LS_GROUP /* results in 16 bytes, within which shuffles are cheap */
};

#include "host/shuffle_template.h"

/* Both operands are runs of 2 s parts, one for each row. LOW takes the first halves, those of a first, HIGH the second
 * ones: over the whole vector, or where s is short in every 16 bytes, which is one cheap instruction. */
#define REGION(s) ((s) * (int)sizeof(LS_PART) < 16 ? 16 / (int)sizeof(LS_PART) : LS_WIDTH)
#define RUN(i, s) ((i) % REGION(s) / (s))
#define RUNS(s) (REGION(s) / (2 * (s)))
#define LOW(i, s)                                                                                                      \
    ((i) / REGION(s) * REGION(s) + RUN(i, s) % RUNS(s) * 2 * (s) + (i) % (s) + (RUN(i, s) >= RUNS(s) ? LS_WIDTH : 0))
#define HIGH(i, s) (LOW(i, s) + (s))

/* Where row g stands among those to be combined, so that the results come out in order. */
static inline int K(slot)(int g)
{
    return g % K(IN_SIXTEEN) * (K(ROWS) / K(IN_SIXTEEN)) + g / K(IN_SIXTEEN);
}

/* The results of K(ROWS) rows, halved to a vector each. */
static inline __attribute__((always_inline)) K(vector) K(combine)(K(vector) *v)
{
#if LS_WIDTH > 8
#pragma GCC unroll 8
    for (int i = 0; i < 8 / LS_GROUP; i++)
        v[i] = VFOLD(SHUFFLE(v[2 * i], v[2 * i + 1], LOW, 8), SHUFFLE(v[2 * i], v[2 * i + 1], HIGH, 8));
#endif
#if LS_WIDTH > 4
#pragma GCC unroll 8
    for (int i = 0; i < 4 / LS_GROUP; i++)
        v[i] = VFOLD(SHUFFLE(v[2 * i], v[2 * i + 1], LOW, 4), SHUFFLE(v[2 * i], v[2 * i + 1], HIGH, 4));
#endif
#if LS_WIDTH > 2
#pragma GCC unroll 8
    for (int i = 0; i < 2 / LS_GROUP; i++)
        v[i] = VFOLD(SHUFFLE(v[2 * i], v[2 * i + 1], LOW, 2), SHUFFLE(v[2 * i], v[2 * i + 1], HIGH, 2));
#endif
#if LS_GROUP == 1
    v[0] = VFOLD(SHUFFLE(v[0], v[1], LOW, 1), SHUFFLE(v[0], v[1], HIGH, 1));
#endif
    return v[0];
}

/* The values at x; with `squares` the squares of their distances from the mean. */
static inline __attribute__((always_inline)) K(vector) K(take)(const LS_PART *x, K(vector) mean, int squares)
{
    K(vector) v;
    memcpy(&v, x, sizeof v);
#ifdef LS_SQUARES
    if (squares) v = (v - mean) * (v - mean);
#endif
    return (void)mean, (void)squares, v;
}

/* What rows of one length have in common. */
typedef struct {
    int64_t parts, whole; /* in all; whole vectors */
    K(index) present;     /* parts of the last, short vector */
    int rest;             /* their number */
} K(form);

/* A row of more than `top` vectors (a power of two) and at most 2 * top: vector i takes in vector i + top, then they
 * are halved. The short vector is at `tail`. */
static inline __attribute__((always_inline)) K(vector) K(short_row)(const LS_PART *x, const LS_PART *tail,
                                                                    const K(form) *form, int top, K(vector) mean,
                                                                    int squares)
{
    K(vector) v[LANE_VECTORS / 2];
#pragma GCC unroll 16
    for (int i = 0; i < top; i++) {
        v[i] = K(take)(x + i * LS_WIDTH, mean, squares);
        if (i + top < form->whole) {
            v[i] = VFOLD(v[i], K(take)(x + (i + top) * LS_WIDTH, mean, squares));
        } else if (i + top == form->whole && form->rest) {
            const K(vector) folded = VFOLD(v[i], K(take)(tail, mean, squares));
            v[i] = K(choose)(form->present, folded, v[i]);
        }
    }
#pragma GCC unroll 16
    for (int half = top / 2; half >= 1; half /= 2)
#pragma GCC unroll 16
        for (int i = 0; i < half; i++) v[i] = VFOLD(v[i], v[i + half]);
    return v[0];
}

#ifdef LS_FILL
/* A row of at most a vector, which is all at `tail`. */
static inline __attribute__((always_inline)) K(vector) K(tiny_row)(const LS_PART *tail, const K(form) *form,
                                                                   K(vector) mean, int squares)
{
    const K(vector) v = K(take)(tail, mean, squares);
    return K(choose)(form->present, v, LS_FILL(v));
}
#endif

/* `count` rows of fewer parts than there are lanes. Short vectors are read whole as long as that stays within the rows.
 */
static inline __attribute__((always_inline)) void K(short_rows_by)(LS_PART *restrict out, const LS_PART *restrict x,
                                                                   const LS_PART *means, int64_t count, int64_t parts,
                                                                   int top)
{
    K(form) form = {.parts = parts, .whole = top ? parts / LS_WIDTH : 0};
    LS_PART copy[LS_WIDTH] = {0};
    K(vector) v[K(ROWS)] = {{0}};
    form.rest = (int)(parts - form.whole * LS_WIDTH);
    for (int i = 0; i < LS_WIDTH; i++) form.present[i] = i < form.rest ? -1 : 0;
    int64_t i = 0;
#ifdef LS_FILL
    /* where a row is one step, counting rows would be the work */
    for (; !top && (i + K(ROWS) - 1) * parts + LS_WIDTH <= count * parts; i += K(ROWS)) {
#pragma GCC unroll 16
        for (int g = 0; g < K(ROWS); g++) {
            const K(vector) mean = K(spread)(means ? means[i + g] : (LS_PART)0);
            v[K(slot)(g)] = K(tiny_row)(x + (i + g) * parts, &form, mean, means != NULL);
        }
        const K(vector) made = K(combine)(v);
        memcpy(out + i * LS_GROUP, &made, sizeof made);
    }
#endif
    for (; i < count; i += K(ROWS)) {
        const int rows = count - i < K(ROWS) ? (int)(count - i) : K(ROWS);
        for (int g = 0; g < rows; g++) {
            const int64_t row = (i + g) * parts, at = row + form.whole * LS_WIDTH;
            const LS_PART *tail = x + at;
            const K(vector) mean = K(spread)(means ? means[i + g] : (LS_PART)0);
            if (at + LS_WIDTH > count * parts) tail = memcpy(copy, tail, (size_t)form.rest * sizeof *x);
            if (top) v[K(slot)(g)] = K(short_row)(x + row, tail, &form, top, mean, means != NULL);
#ifdef LS_FILL
            else v[K(slot)(g)] = K(tiny_row)(tail, &form, mean, means != NULL);
#endif
        }
        const K(vector) made = K(combine)(v);
        memcpy(out + i * LS_GROUP, &made, (size_t)(rows * LS_GROUP) * sizeof *out);
    }
}

static inline __attribute__((always_inline)) void K(short_rows)(LS_PART *restrict out, const LS_PART *restrict x,
                                                                const LS_PART *means, int64_t count, int64_t parts)
{
#ifdef LS_FILL
    if (parts <= LS_WIDTH) {
        K(short_rows_by)(out, x, means, count, parts, 0);
        return;
    }
#endif
    if (parts <= 2 * LS_WIDTH) K(short_rows_by)(out, x, means, count, parts, 1);
    else if (parts <= 4 * LS_WIDTH) K(short_rows_by)(out, x, means, count, parts, 2);
    else if (parts <= 8 * LS_WIDTH) K(short_rows_by)(out, x, means, count, parts, 4);
#if LANE_VECTORS > 8
    else if (parts <= 16 * LS_WIDTH) K(short_rows_by)(out, x, means, count, parts, 8);
#endif
#if LANE_VECTORS > 16
    else K(short_rows_by)(out, x, means, count, parts, 16);
#endif
}

#undef VFOLD
#undef LS_FILL
#undef REGION
#undef RUN
#undef RUNS
#undef LOW
#undef HIGH
#undef LIST
#undef SHUFFLE
