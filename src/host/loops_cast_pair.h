/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cast loop of one pair of dtypes, LSI_FROM to LSI_TO. No include guard; leaves LSI_FROM, undefines LSI_TO. */
#define LSI_PAIR(prefix) LS_PASTE4(prefix, LSI_FROM, _to_, LSI_TO)
#define LSI_FROM_TYPE LS_PASTE(ls_t_, LSI_FROM)
#define LSI_TO_TYPE LS_PASTE(ls_t_, LSI_TO)

LS_FN void LSI_PAIR(element_)(const void *x, void *out)
{
    *(LSI_TO_TYPE *)out = LS_PASTE4(ls_cast_, LSI_FROM, _, LSI_TO)(*(const LSI_FROM_TYPE *)x);
}

static void LSI_PAIR(cast_)(int64_t n, const void *const *in, void *out)
{
    lsi_loop_1(n, in[0], (int)sizeof(LSI_FROM_TYPE), out, (int)sizeof(LSI_TO_TYPE), LSI_PAIR(element_));
}

#undef LSI_PAIR
#undef LSI_FROM_TYPE
#undef LSI_TO_TYPE
#undef LSI_TO
