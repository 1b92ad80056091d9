/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loop of loops_sincos.c for one dtype, LS_TAG, whose bits are LSI_BITS; both are undefined here. No include guard.
 * Not one of loop_shape.h: what is gathered about rare elements has the width of the elements, which spares the
 * registers that a narrower flag would cost by unrolling. And it is two, a part at a time: each of half as many
 * operations that wait for each other, so that a core has more elements in flight. */
static void LS_PASTE(sincos_, LS_TAG)(int64_t n, const void *in, void *sine, void *cosine)
{
    const T *x = in;
    T *s = sine, *c = cosine;
    LSI_BITS ored = 0;
    for (int64_t at = 0; at < n; at += PART) {
        const int64_t count = n - at < PART ? n - at : PART;
        T hi[PART], less[PART];
        LSI_BITS quadrant[PART];
        LSI_INDEPENDENT
        for (int64_t i = 0; i < count; i++) {
            const LS_PASTE(ls_reduced_, LS_TAG) a = E(trig_reduce)(x[at + i]);
            hi[i] = a.hi;
            less[i] = a.less;
            quadrant[i] = a.k;
            ored |= a.k;
        }
        LSI_INDEPENDENT
        for (int64_t i = 0; i < count; i++)
            E(trig_both)((LS_PASTE(ls_reduced_, LS_TAG)){hi[i], less[i], quadrant[i]}, &s[at + i], &c[at + i]);
    }
    if (__builtin_expect(E(sincos_any_rare)(ored), 0))
        for (int64_t i = 0; i < n; i++)
            if (E(sincos_rare)(x[i])) {
                const T rare = x[i];
                s[i] = E(sin_slow)(rare);
                c[i] = E(cos_slow)(rare);
            }
}

#undef LSI_BITS
#undef LS_TAG
