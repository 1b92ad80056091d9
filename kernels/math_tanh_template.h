/* SPDX-License-Identifier: BSD-3-Clause
 *
 * tanh of float32, for a number or for a vector of them. No include guard: include it with LS_TAG, which is undefined
 * here: f32, or a tag that has the words of math_look_up.h.
 *
 * With T = tanh(c) of a point c near |x| = c + d, and t = tanh(d), tanh |x| is T + t (1 - T^2) / (1 + T t). Nothing has
 * two words: the points are such that T has no error to speak of, and the second term, whose roundings count, is at
 * most a fifth of the sum. Below 1/2 the point is 0. */
LS_FN T E(tanh)(T x)
{
    const T a = E(no_more)(E(mag)(x), E(all)(9.25f)); /* where it is 1 */
    const LS_PASTE(ls_word_, LS_TAG) entry = E(no_less)(E(bits)(a), E(bits)(E(all)(0.375f))) >> 22;
    const T d = a - E(look_up_16)(ls_tanh_point_f32, entry), z = d * d;
    T p = E(fma)(z, E(all)(0x1.740152p-10f), E(all)(-0x1.d65612p-8f));
    p = E(fma)(z, p, E(all)(0x1.5b5852p-6f));
    p = E(fma)(z, p, E(all)(-0x1.b90924p-5f));
    p = E(fma)(z, p, E(all)(0x1.110b2p-3f));
    p = E(fma)(z, p, E(all)(-0x1.55554p-2f));
    const T t = E(fma)(d * z, p, d), there = E(look_up_16)(ls_tanh_there_f32, entry);
    const T y = there + t * E(look_up_16)(ls_tanh_slope_f32, entry) / E(fma)(there, t, E(all)(1));
    return E(from_bits)(E(bits)(y) ^ (E(bits)(x) & LS_SIGN_f32));
}

#undef LS_TAG
