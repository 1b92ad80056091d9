/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops of EASY rows for one dtype, LS_TAG, which is undefined here. No include guard. Block by block the easy
 * function is tried; from the first block with a hard element on, everything is done by the full one: where there is
 * one, there are more. Typed, since the words about hardness have the width of the elements: another would cost
 * conversions. As for loop_shape.h's loops, an output that is exactly an input stays right. */
#define WORD LS_PASTE(ls_word_, LS_TAG)
#define BLOCK (512 / (int64_t)sizeof(T))
#define IS_HARD(word) __builtin_expect((word) >> (8 * sizeof(T) - 1) != 0, 0)

LSI_INLINE void LS_PASTE(lsi_loop_easy_1_, LS_TAG)(int64_t n, const T *x, T *out, T (*easy)(T, WORD *), T (*full)(T))
{
    T apart[BLOCK]; /* the operands of a hard block are needed once more */
    int64_t at = 0;
    for (; at + BLOCK <= n; at += BLOCK) {
        T *to = x == out ? apart : out + at;
        WORD hard = 0;
        LSI_INDEPENDENT
        for (int64_t i = 0; i < BLOCK; i++)
            to[i] = easy(x[at + i], &hard);
        if (IS_HARD(hard)) break;
        if (x == out) __builtin_memcpy(out + at, apart, sizeof apart);
    }
    LSI_INDEPENDENT
    for (; at < n; at++)
        out[at] = full(x[at]);
}

LSI_INLINE void LS_PASTE(lsi_loop_easy_2_, LS_TAG)(int64_t n, const T *x, const T *y, T *out,
                                                   T (*easy)(T, T, WORD *), T (*full)(T, T))
{
    T apart[BLOCK];
    const int in_place = x == out || y == out;
    int64_t at = 0;
    for (; at + BLOCK <= n; at += BLOCK) {
        T *to = in_place ? apart : out + at;
        WORD hard = 0;
        LSI_INDEPENDENT
        for (int64_t i = 0; i < BLOCK; i++)
            to[i] = easy(x[at + i], y[at + i], &hard);
        if (IS_HARD(hard)) break;
        if (in_place) __builtin_memcpy(out + at, apart, sizeof apart);
    }
    LSI_INDEPENDENT
    for (; at < n; at++)
        out[at] = full(x[at], y[at]);
}

#undef IS_HARD
#undef BLOCK
#undef WORD
#undef LS_TAG
