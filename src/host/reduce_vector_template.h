/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Vectors of a kind of reduction. No include guard: included with K(f), LS_PART, LS_INDEX and LS_WIDTH, of which
 * reduce_across_template.h tells. */

typedef LS_PART K(vector) __attribute__((vector_size(LS_WIDTH * sizeof(LS_PART))));
typedef LS_INDEX K(index) __attribute__((vector_size(LS_WIDTH * sizeof(LS_PART))));  /* of a shuffle, and masks */

static inline __attribute__((always_inline)) K(vector) K(choose)(K(index) mask, K(vector) a, K(vector) b)
{
    return (K(vector))(((K(index))a & mask) | ((K(index))b & ~mask));
}

static inline __attribute__((always_inline)) K(vector) K(spread)(LS_PART x)
{
    K(vector) v;
    for (int i = 0; i < LS_WIDTH; i++) v[i] = x;
    return v;
}
