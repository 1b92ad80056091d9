/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops of pairs of rows for one dtype, LS_TAG, which is undefined here, and their table lsi_pairs_<tag>_<isa>. No
 * include guard. */
#define LSI_ELEMENT(one, two, side) LS_PASTE4(element_##one##_, two, _##side##_, LS_TAG)
#define LSI_STAMP(one, two, side) LS_PASTE4(pair_##one##_, two, _##side##_, LS_TAG)
#define LSI_STREAM(one, two, side) LS_PASTE4(stream_##one##_, two, _##side##_, LS_TAG)
#define LSI_PAIR(one, two, side, expression)                                                                           \
    LSI_INLINE void LSI_ELEMENT(one, two, side)(const void *px, const void *py, const void *pz, void *out)             \
    {                                                                                                                  \
        const T made = E(one)(*(const T *)px, *(const T *)py), z = *(const T *)pz;                                     \
        *(T *)out = expression;                                                                                        \
    }                                                                                                                  \
    static void LSI_STAMP(one, two, side)(int64_t n, const void *const *in, void *out)                                 \
    {                                                                                                                  \
        pair(n, in[0], in[1], in[2], (int)sizeof(T), out, LSI_ELEMENT(one, two, side));                                \
    }                                                                                                                  \
    static void LSI_STREAM(one, two, side)(int64_t n, const void *const *in, void *out)                                \
    {                                                                                                                  \
        stream_3(n, in[0], in[1], in[2], (int)sizeof(T), out, LSI_ELEMENT(one, two, side));                            \
    }
#define LSI_SIDES(one, two)                                                                                            \
    LSI_PAIR(one, two, left, E(two)(made, z))                                                                          \
    LSI_PAIR(one, two, right, E(two)(z, made))

LSI_SIDES(add, add)
LSI_SIDES(add, sub)
LSI_SIDES(add, mul)
LSI_SIDES(sub, add)
LSI_SIDES(sub, sub)
LSI_SIDES(sub, mul)
LSI_SIDES(mul, add)
LSI_SIDES(mul, sub)
LSI_SIDES(mul, mul)

#define LSI_ENTRY(LOOP, one, two) {LOOP(one, two, left), LOOP(one, two, right)}
#define LSI_ENTRIES(LOOP)                                                                                              \
    {                                                                                                                  \
        {LSI_ENTRY(LOOP, add, add), LSI_ENTRY(LOOP, add, sub), LSI_ENTRY(LOOP, add, mul)},                             \
        {LSI_ENTRY(LOOP, sub, add), LSI_ENTRY(LOOP, sub, sub), LSI_ENTRY(LOOP, sub, mul)},                             \
        {LSI_ENTRY(LOOP, mul, add), LSI_ENTRY(LOOP, mul, sub), LSI_ENTRY(LOOP, mul, mul)},                             \
    }
extern const lsi_pair_loops LSI_ISA_NAME(LS_PASTE(lsi_pairs_, LS_TAG));
const lsi_pair_loops LSI_ISA_NAME(LS_PASTE(lsi_pairs_, LS_TAG)) = {.of = LSI_ENTRIES(LSI_STAMP),
                                                                    .streaming = LSI_ENTRIES(LSI_STREAM)};

#undef LSI_ELEMENT
#undef LSI_STAMP
#undef LSI_STREAM
#undef LSI_PAIR
#undef LSI_SIDES
#undef LSI_ENTRY
#undef LSI_ENTRIES
#undef LS_TAG
