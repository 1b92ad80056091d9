/* SPDX-License-Identifier: BSD-3-Clause
 *
 * SHUFFLE(a, b, F, s): the vector of LS_WIDTH parts whose part i is part F(i, s) of a and b together. Wants LS_WIDTH (2,
 * 4, 8 or 16) and K(index), the vector of whole numbers as wide as a's. Whoever includes it undefines LIST and SHUFFLE. */
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
