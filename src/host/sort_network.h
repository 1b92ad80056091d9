/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sorting as many keys as registers hold; a template like sort_engine.h, in its words and those of sort_lanes.h.
 *
 * The keys are a matrix of up to 16 vectors. Networks that compare rows sort every column, then neighbouring columns are
 * merged (bitonic: the second one upside down) until there is one, and a transposition brings it into memory. Most
 * steps compare whole rows, so there are few shuffles. A maximum is a ^ b ^ minimum, because minima have one port of the
 * two that take 512 bits: 128 keys of 64 bits take 1.3 ns each so, 1.9 with maxima (Sapphire Rapids). Two matrices are
 * merged in the same way, which is less than half of what a level of quicksort costs there. */

enum { NAME(MATRIX) = 16 * NAME(LANES), NAME(FEW) = 2 * NAME(MATRIX) };

LSI_SORT_INLINE void NAME(exchange)(NAME(vec) *v, int i, int j)
{
    const NAME(vec) a = v[i], b = v[j];
    v[i] = NAME(lanes_min)(a, b);
    v[j] = NAME(lanes_other)(a, b, v[i]);
}

/* --- columns: Batcher's odd-even merge sort --- */

LSI_SORT_INLINE void NAME(columns_2)(NAME(vec) *v)
{
    NAME(exchange)(v, 0, 1);
}

LSI_SORT_INLINE void NAME(columns_4)(NAME(vec) *v)
{
    NAME(columns_2)(v);
    NAME(columns_2)(v + 2);
    NAME(exchange)(v, 0, 2);
    NAME(exchange)(v, 1, 3);
    NAME(exchange)(v, 1, 2);
}

LSI_SORT_INLINE void NAME(columns_8)(NAME(vec) *v)
{
    NAME(columns_4)(v);
    NAME(columns_4)(v + 4);
    for (int i = 0; i < 4; i++) NAME(exchange)(v, i, i + 4);
    for (int i = 2; i < 4; i++) NAME(exchange)(v, i, i + 2);
    for (int i = 1; i < 7; i += 2) NAME(exchange)(v, i, i + 1);
}

LSI_SORT_INLINE void NAME(columns_16)(NAME(vec) *v)
{
    NAME(columns_8)(v);
    NAME(columns_8)(v + 8);
    for (int i = 0; i < 8; i++) NAME(exchange)(v, i, i + 8);
    for (int i = 4; i < 8; i++) NAME(exchange)(v, i, i + 4);
    for (int i = 2; i < 14; i += 4) {
        NAME(exchange)(v, i, i + 2);
        NAME(exchange)(v, i + 1, i + 3);
    }
    for (int i = 1; i < 15; i += 2) NAME(exchange)(v, i, i + 1);
}

LSI_SORT_INLINE void NAME(columns)(NAME(vec) *v, int rows)
{
    if (rows == 16) NAME(columns_16)(v);
    if (rows == 8) NAME(columns_8)(v);
    if (rows == 4) NAME(columns_4)(v);
    if (rows == 2) NAME(columns_2)(v);
}

/* --- merging columns --- */

/* Each half of a group of columns is in order: the lesser keys to the first half, the others to the second. */
LSI_SORT_INLINE void NAME(halves)(NAME(vec) *v, int rows, int group)
{
    if (rows == 1) {
        v[0] = NAME(lanes_order)(v[0], NAME(lanes_reverse)(v[0], group), group / 2);
        return;
    }
    for (int r = 0; r < rows / 2; r++) {
        const NAME(vec) a = v[r], b = NAME(lanes_reverse)(v[rows - 1 - r], group);
        const NAME(vec) low = NAME(lanes_min)(a, b), high = NAME(lanes_other)(a, b, low);
        v[r] = NAME(lanes_pick)(low, high, group / 2);
        v[rows - 1 - r] = NAME(lanes_reverse)(NAME(lanes_pick)(high, low, group / 2), group);
    }
}

LSI_SORT_INLINE void NAME(across)(NAME(vec) *v, int rows, int distance)
{
    for (int r = 0; r < rows; r++) v[r] = NAME(lanes_order)(v[r], NAME(lanes_swap)(v[r], distance), distance);
}

LSI_SORT_INLINE void NAME(down)(NAME(vec) *v, int rows, int distance)
{
    for (int r = 0; r < rows / 2; r++) {
        const int i = r / distance * 2 * distance + r % distance;
        NAME(exchange)(v, i, i + distance);
    }
}

/* A group of columns that is bitonic, its keys in two runs of opposite directions, becomes sorted. */
LSI_SORT_INLINE void NAME(settle)(NAME(vec) *v, int rows, int group)
{
    if (group > 8) NAME(across)(v, rows, 8);
    if (group > 4) NAME(across)(v, rows, 4);
    if (group > 2) NAME(across)(v, rows, 2);
    if (group > 1) NAME(across)(v, rows, 1);
    if (rows > 8) NAME(down)(v, rows, 8);
    if (rows > 4) NAME(down)(v, rows, 4);
    if (rows > 2) NAME(down)(v, rows, 2);
    if (rows > 1) NAME(down)(v, rows, 1);
}

LSI_SORT_INLINE void NAME(merge)(NAME(vec) *v, int rows, int group)
{
    if (group > NAME(LANES)) return;
    NAME(halves)(v, rows, group);
    NAME(settle)(v, rows, group / 2);
}

/* To one column after another, each in order and not below the one before. */
LSI_SORT_INLINE void NAME(order_columns)(NAME(vec) *v, int rows)
{
    NAME(columns)(v, rows);
    NAME(merge)(v, rows, 2);
    NAME(merge)(v, rows, 4);
    NAME(merge)(v, rows, 8);
    NAME(merge)(v, rows, 16);
}

/* --- to memory --- */

/* Rows i and i + rows/2 are shuffled into each other: as often as it takes, this is a transposition. */
LSI_SORT_INLINE void NAME(riffle)(NAME(vec) *v, int rows)
{
    NAME(vec) to[16];
    for (int r = 0; r < rows / 2; r++) {
        to[2 * r] = v[r];
        to[2 * r + 1] = v[r + rows / 2];
        NAME(lanes_riffle)(&to[2 * r], &to[2 * r + 1]);
    }
    for (int r = 0; r < rows; r++) v[r] = to[r];
}

LSI_SORT_INLINE void NAME(transpose)(NAME(vec) *v, int rows)
{
    if (rows > 1) NAME(riffle)(v, rows);
    if (rows > 2) NAME(riffle)(v, rows);
    if (rows > 4) NAME(riffle)(v, rows);
    if (rows > 8) NAME(riffle)(v, rows);
}

static inline int64_t NAME(lanes_left)(int64_t n, int row)
{
    const int64_t left = n - (int64_t)row * NAME(LANES);
    return left < 0 ? 0 : left < NAME(LANES) ? left : NAME(LANES);
}

/* The first `full` rows are; places behind the n keys are filled with the largest key, which then comes last. */
LSI_SORT_INLINE void NAME(load_matrix)(const key *a, int64_t n, NAME(vec) *v, int full, int rows)
{
    const NAME(vec) rest = NAME(lanes_all)((key)~(key)0);
    for (int r = 0; r < full; r++) v[r] = NAME(lanes_load)(a + r * NAME(LANES));
    for (int r = full; r < rows; r++)
        v[r] = NAME(lanes_load_some)(a + r * NAME(LANES), NAME(lanes_left)(n, r), rest);
}

LSI_SORT_INLINE void NAME(store_matrix)(NAME(vec) *v, int full, int rows, key *a, int64_t n)
{
    NAME(transpose)(v, rows);
    for (int r = 0; r < full; r++) NAME(lanes_store)(a + r * NAME(LANES), v[r]);
    for (int r = full; r < rows; r++)
        NAME(lanes_store_some)(a + r * NAME(LANES), v[r], NAME(lanes_left)(n, r));
}

LSI_SORT_INLINE void NAME(sort_matrix)(key *a, int64_t n, int rows)
{
    NAME(vec) v[16];
    NAME(load_matrix)(a, n, v, rows / 2, rows);
    NAME(order_columns)(v, rows);
    NAME(store_matrix)(v, rows / 2, rows, a, n);
}

/* More than one matrix: two, sorted alone and merged. */
static void NAME(sort_two)(key *a, int64_t n)
{
    NAME(vec) v[16], w[16];
    const int64_t rest = n - NAME(MATRIX);
    NAME(load_matrix)(a, NAME(MATRIX), v, 16, 16);
    NAME(order_columns)(v, 16);
    NAME(load_matrix)(a + NAME(MATRIX), rest, w, 0, 16);
    NAME(order_columns)(w, 16);
    for (int r = 0; r < 16; r++) {
        const NAME(vec) x = v[r], y = NAME(lanes_reverse)(w[15 - r], NAME(LANES));
        v[r] = NAME(lanes_min)(x, y);
        w[15 - r] = NAME(lanes_other)(x, y, v[r]);
    }
    NAME(settle)(v, 16, NAME(LANES));
    NAME(store_matrix)(v, 16, 16, a, NAME(MATRIX));
    NAME(settle)(w, 16, NAME(LANES));
    NAME(store_matrix)(w, 0, 16, a + NAME(MATRIX), rest);
}

static void NAME(sort_16_rows)(key *a, int64_t n)
{
    NAME(sort_matrix)(a, n, 16);
}

static void NAME(sort_8_rows)(key *a, int64_t n)
{
    NAME(sort_matrix)(a, n, 8);
}

static void NAME(sort_up_to_4_rows)(key *a, int64_t n)
{
    if (n > 2 * NAME(LANES)) {
        NAME(sort_matrix)(a, n, 4);
    } else if (n > NAME(LANES)) {
        NAME(sort_matrix)(a, n, 2);
    } else {
        NAME(sort_matrix)(a, n, 1);
    }
}

/* Up to FEW keys. */
static void NAME(sort_few)(key *a, int64_t n)
{
    if (n > 16 * NAME(LANES)) {
        NAME(sort_two)(a, n);
    } else if (n > 8 * NAME(LANES)) {
        NAME(sort_16_rows)(a, n);
    } else if (n > 4 * NAME(LANES)) {
        NAME(sort_8_rows)(a, n);
    } else {
        NAME(sort_up_to_4_rows)(a, n);
    }
}
