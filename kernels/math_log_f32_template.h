/* SPDX-License-Identifier: BSD-3-Clause
 *
 * log of float32, for a number or for a vector of them. No include guard: include it with LS_TAG, which is undefined
 * here: f32, or a tag that has the words of math_look_up.h.
 *
 * x = 2^k m with m from 1 to 2. With c near 1 / m from a table, log x is k ln2 - log c + log(1 + r), where r = c m - 1
 * is exact: c has so few bits. Of the sum everything but r's higher powers and last words is added without error; r is
 * less than what it is added to, unless that is 0. */
#define WORD LS_PASTE(ls_word_, LS_TAG)

LS_FN T E(log_of_whole)(T k, T m)
{
    const WORD entry = E(bits)(m) >> 20;
    const T r = E(fma)(m, E(look_up_8)(ls_log_table_factor_f32, entry), E(all)(-1));
    const T steps = E(fma)(k, E(all)(LS_LN2_SHORT_f32), E(look_up_8)(ls_log_table_f32, entry));
    const T rest = E(fma)(k, E(all)(LS_LN2_REST_f32), E(look_up_8)(ls_log_table_rest_f32, entry));
    T p = E(fma)(r, E(all)(-0x1.39b932p-3f), E(all)(0x1.9cb86cp-3f));
    p = E(fma)(r, p, E(all)(-0x1.002394p-2f));
    p = E(fma)(r, p, E(all)(0x1.555448p-2f));
    p = E(fma)(r, p, E(all)(-0x1.fffffp-2f));
    const T sum = steps + r, low = (steps - sum) + r;
    return sum + E(fma)(r * r, p, low + rest);
}

LS_FN T E(log)(T x)
{
    T k;
    const T m = E(split_whole)(x, &k);
    return E(log_domain)(x, E(log_of_whole)(k, m));
}

LS_FN T E(log_easy)(T x, WORD *hard)
{
    T k;
    *hard |= E(unusual)(x);
    const T m = E(split_whole_easy)(x, &k);
    return E(log_of_whole)(k, m);
}

#undef WORD
#undef LS_TAG
