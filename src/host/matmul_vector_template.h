/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Products whose cost is reading memory once: a matrix by a vector along its rows, and inner products. No packing: what is
 * read is used at once. Included once per type with
 *   TAG, TYPE  f32 and float, or f64 and double
 */
#define FN(name) LSI_ISA_PASTE(name, TAG)

/* One chain waits for each of its additions; four chains keep the adder busy. */
static void FN(inner_pieces)(const void *x, int64_t x_step, const void *y, int64_t y_step, void *sums)
{
    const TYPE *a = x, *b = y;
    TYPE s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    const int64_t a_piece = LS_MATMUL_BLOCK * x_step, b_piece = LS_MATMUL_BLOCK * y_step;
    for (int p = 0; p < LS_MATMUL_BLOCK; p++, a += x_step, b += y_step) {
        s0 = FN(ls_matmul_step)(a[0], b[0], s0);
        s1 = FN(ls_matmul_step)(a[a_piece], b[b_piece], s1);
        s2 = FN(ls_matmul_step)(a[2 * a_piece], b[2 * b_piece], s2);
        s3 = FN(ls_matmul_step)(a[3 * a_piece], b[3 * b_piece], s3);
    }
    __builtin_memcpy(sums, (const TYPE[]){s0, s1, s2, s3}, 4 * sizeof(TYPE));
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
#pragma GCC unroll 4
        for (int g = 0; g < FN(GROUPS); g++) {
            TYPE turned[TRANSPOSE_SIZE * TRANSPOSE_SIZE];
            const TYPE *square = b + g * TRANSPOSE_SIZE * b_col + p;
            transpose_square(turned, TRANSPOSE_SIZE, square, b_col, sizeof(TYPE));
#pragma GCC unroll 8
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
