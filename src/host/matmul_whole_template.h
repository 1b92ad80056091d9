/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inner products and products by a vector of integers, whose sums are the same in any order: each is one loop that
 * compilers vectorise. Included once per type with
 *   TAG, TYPE  u16 and uint16_t, u32 and uint32_t, or u64 and uint64_t
 */
#define FN(name) LSI_ISA_PASTE(name, TAG)

LS_FN TYPE FN(inner)(const TYPE *a, int64_t a_step, const TYPE *b, int64_t b_step, int64_t depth)
{
    TYPE sum = 0;
    if (a_step == 1 && b_step == 1) {
        for (int64_t p = 0; p < depth; p++) sum = (TYPE)(sum + (TYPE)((uint64_t)a[p] * b[p]));
    } else {
        for (int64_t p = 0; p < depth; p++) sum = (TYPE)(sum + (TYPE)((uint64_t)a[p * a_step] * b[p * b_step]));
    }
    return sum;
}

static void FN(inner_pieces)(const void *x, int64_t x_step, const void *y, int64_t y_step, void *sums, int pieces)
{
    TYPE *to = sums;
    for (int q = 1; q < pieces; q++) to[q] = 0;
    to[0] = FN(inner)(x, x_step, y, y_step, (int64_t)pieces * LS_MATMUL_BLOCK);
}

static void FN(by_vector)(int64_t depth, const void *a, int64_t a_step, const void *b, int64_t b_col, void *c,
                          int64_t cols, bool resume)
{
    const TYPE *matrix = b;
    TYPE *to = c;
    for (int64_t j = 0; j < cols; j++)
        to[j] = (TYPE)((resume ? to[j] : 0) + FN(inner)(a, a_step, matrix + j * b_col, 1, depth));
}

#undef FN
#undef TAG
#undef TYPE
