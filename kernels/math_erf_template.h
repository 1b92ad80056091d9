/* SPDX-License-Identifier: BSD-3-Clause
 *
 * erf of float32, for a number or for a vector of them. No include guard: include it with LS_TAG, which is undefined
 * here: f32, or a tag that has the words of math_look_up.h.
 *
 * erf |x| is erf(c) + d p(d) with |x| = c + d for a point c nearby, p for each point; d + d p(d) where the point is 0.
 * As erf(c) has no error to speak of, only the last addition rounds noticeably. */
LS_FN T E(erf)(T x)
{
    const T a = E(no_more)(E(mag)(x), E(all)(0x1.fffffep1f)); /* where it is 1 */
    const LS_PASTE(ls_word_, LS_TAG) entry = E(no_less)(E(bits)(a), E(bits)(E(all)(0.25f))) >> 22;
    const T d = a - E(look_up_8)(ls_erf_table_f32[LS_ERF_POINT], entry);
    const T there = E(look_up_8)(ls_erf_table_f32[LS_ERF_THERE], entry);
    T p = E(look_up_8)(ls_erf_table_f32[LS_ERF_LAST], entry);
    for (int k = LS_ERF_LAST - 1; k >= LS_ERF_FIRST; k--)
        p = E(fma)(d, p, E(look_up_8)(ls_erf_table_f32[k], entry));
    const T y = E(fma)(d, p, E(fma)(E(look_up_8)(ls_erf_table_f32[LS_ERF_STRAIGHT], entry), d, there));
    return E(from_bits)(E(bits)(y) ^ (E(bits)(x) & LS_SIGN_f32));
}

#undef LS_TAG
