/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loop of loops_sincos.c for one dtype, LS_TAG, undefined here. No include guard. */
#define LSI_SINCOS(prefix) LS_PASTE(prefix, LS_TAG)

LS_FN int LSI_SINCOS(fast_)(const void *x, void *sine, void *cosine)
{
    E(sincos_fast)(*(const T *)x, sine, cosine);
    return E(sincos_rare)(*(const T *)x);
}

LS_FN void LSI_SINCOS(repair_)(const void *px, void *sine, void *cosine)
{
    const T x = *(const T *)px;
    if (!E(sincos_rare)(x)) return;
    *(T *)sine = E(sin_slow)(x);
    *(T *)cosine = E(cos_slow)(x);
}

static void LSI_SINCOS(sincos_)(int64_t n, const void *x, void *sine, void *cosine)
{
    lsi_loop_1_2(n, x, (int)sizeof(T), sine, cosine, LSI_SINCOS(fast_), LSI_SINCOS(repair_));
}

#undef LSI_SINCOS
#undef LS_TAG
