/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Products whose cost is reading memory once: a matrix by a vector along its rows, and inner products. No packing: what is
 * read is used at once. Included once per type with
 *   TAG, TYPE  f32 and float, or f64 and double
 */
#define FN(name) LSI_ISA_PASTE(name, TAG)

/* One chain waits for each of its additions; several keep the adders busy. */
LS_FN void FN(inner)(const TYPE *a, int64_t a_step, const TYPE *b, int64_t b_step, TYPE *sums, const int pieces,
                     const int depth)
{
    TYPE sum[8];
    const int64_t a_piece = LS_MATMUL_BLOCK * a_step, b_piece = LS_MATMUL_BLOCK * b_step;
    for (int q = 0; q < pieces; q++) sum[q] = sums[q];
    for (int p = 0; p < depth; p++, a += a_step, b += b_step)
        LSI_UNROLLED
        for (int q = 0; q < pieces; q++) sum[q] = FN(ls_matmul_step)(a[q * a_piece], b[q * b_piece], sum[q]);
    for (int q = 0; q < pieces; q++) sums[q] = sum[q];
}

/* Eight pieces of neighbours in memory. They lie a power of two apart, where a first cache has too few places for
 * sixteen lines, so each piece is a line behind the one before it. */
LS_FN void FN(inner_in_turn)(const TYPE *a, const TYPE *b, TYPE *sums)
{
    enum { LINE = 64 / (int)sizeof(TYPE), LINES = LS_MATMUL_BLOCK / LINE, BEHIND = LS_MATMUL_BLOCK - LINE };
    for (int t = 0; t < LINES + 7; t++) {
        const int first = t < LINES ? 0 : t - LINES + 1, last = t < 7 ? t : 7;
        if (first == 0 && last == 7) {
            TYPE sum[8];
            const TYPE *x = a + t * LINE, *y = b + t * LINE;
            for (int q = 0; q < 8; q++) sum[q] = sums[q];
            for (int p = 0; p < LINE; p++)
                LSI_UNROLLED
                for (int q = 0; q < 8; q++)
                    sum[q] = FN(ls_matmul_step)(x[p + q * BEHIND], y[p + q * BEHIND], sum[q]);
            for (int q = 0; q < 8; q++) sums[q] = sum[q];
        } else {
            for (int q = first; q <= last; q++)
                FN(inner)(a + t * LINE + q * BEHIND, 1, b + t * LINE + q * BEHIND, 1, sums + q, 1, LINE);
        }
    }
}
static void FN(inner_pieces)(const void *x, int64_t x_step, const void *y, int64_t y_step, void *sums, int pieces)
{
    TYPE *to = sums;
    for (int q = 0; q < pieces; q++) to[q] = 0;
    if (x_step == 1 && y_step == 1 && pieces == 8)
        FN(inner_in_turn)(x, y, to);
    else
        for (int q = 0; q < pieces; q += 4)
            FN(inner)((const TYPE *)x + q * LS_MATMUL_BLOCK * x_step, x_step,
                      (const TYPE *)y + q * LS_MATMUL_BLOCK * y_step, y_step, to + q, 4, LS_MATMUL_BLOCK);
}

/* `count` chains (at most 8) side by side, from step `begin`: what is left of the squares below. */
LS_FN void FN(few_chains)(int64_t begin, int64_t depth, const TYPE *a, int64_t a_step, const TYPE *b, int64_t b_col,
                          TYPE *c, int64_t count)
{
    TYPE sum[8] = {0};
    for (int64_t j = 0; j < count; j++) sum[j] = c[j];
    if (count == 8) {
        for (int64_t p = begin; p < depth; p++)
            for (int j = 0; j < 8; j++) sum[j] = FN(ls_matmul_step)(a[p * a_step], b[j * b_col + p], sum[j]);
    } else {
        for (int64_t p = begin; p < depth; p++)
            for (int64_t j = 0; j < count; j++) sum[j] = FN(ls_matmul_step)(a[p * a_step], b[j * b_col + p], sum[j]);
    }
    for (int64_t j = 0; j < count; j++) c[j] = sum[j];
}

#if defined(SHUFFLE)
#define SQUARE FN(square)
enum { FN(GROUPS) = 16 / TRANSPOSE_SIZE }; /* squares side by side, so that one waits while another adds */

/* Sixteen chains over whole squares of the depth: each square is turned over in registers, so that a vector holds one step
 * of several chains. The rows are asked for half a kilobyte ahead. */
LS_FN void FN(sixteen_chains)(int64_t depth, const TYPE *a, int64_t a_step, const TYPE *b, int64_t b_col, TYPE *c)
{
    SQUARE sum[FN(GROUPS)];
    __builtin_memcpy(sum, c, sizeof sum);
    for (int64_t p = 0; p < depth; p += TRANSPOSE_SIZE)
        LSI_UNROLLED
        for (int g = 0; g < FN(GROUPS); g++) {
            TYPE turned[TRANSPOSE_SIZE * TRANSPOSE_SIZE];
            const TYPE *square = b + g * TRANSPOSE_SIZE * b_col + p;
            transpose_square(turned, TRANSPOSE_SIZE, square, b_col, sizeof(TYPE));
            LSI_UNROLLED
            for (int q = 0; q < TRANSPOSE_SIZE; q++) {
                SQUARE step;
                __builtin_memcpy(&step, turned + q * TRANSPOSE_SIZE, sizeof step);
                sum[g] = FN(square_fma)(a[(p + q) * a_step] - (SQUARE){0}, step, sum[g]);
                __builtin_prefetch(square + q * b_col + 512 / sizeof(TYPE));
            }
        }
    __builtin_memcpy(c, sum, sizeof sum);
}
#undef SQUARE
#else
LS_FN void FN(sixteen_chains)(int64_t depth, const TYPE *a, int64_t a_step, const TYPE *b, int64_t b_col, TYPE *c)
{
    for (int64_t j = 0; j < 16; j += 8) FN(few_chains)(0, depth, a, a_step, b + j * b_col, b_col, c + j, 8);
}
#endif

/* c[j] (cols sums, continuing unless new) over `depth` steps of a[p] * b[j * b_col + p]. */
static void FN(by_vector)(int64_t depth, const void *a, int64_t a_step, const void *b, int64_t b_col, void *c,
                          int64_t cols, bool resume)
{
    const TYPE *vector = a, *matrix = b;
    TYPE *sums = c;
    const int64_t squares = depth - depth % 8;
    if (!resume) __builtin_memset(sums, 0, (size_t)cols * sizeof(TYPE));
    int64_t j = 0;
    for (; j + 16 <= cols; j += 16) {
        FN(sixteen_chains)(squares, vector, a_step, matrix + j * b_col, b_col, sums + j);
        if (squares < depth)
            for (int64_t half = j; half < j + 16; half += 8)
                FN(few_chains)(squares, depth, vector, a_step, matrix + half * b_col, b_col, sums + half, 8);
    }
    for (; j < cols; j += 8)
        FN(few_chains)(0, depth, vector, a_step, matrix + j * b_col, b_col, sums + j, cols - j < 8 ? cols - j : 8);
}

#undef FN
#undef TAG
#undef TYPE
