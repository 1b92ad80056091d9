/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Stamps the loops of every row of kernels/ops.def for one dtype and its table lsi_loops_<tag>_<isa>. No include guard:
 * include it with LSI_LOOPS_TAG defined, which it undefines. The loops are those of loop_shape.h; a stamp is only the
 * element function behind addresses and the call. */
#include "element.h"
#include "host/loop_shape.h"
#include "host/loops.h"

#define LS_TAG LSI_LOOPS_TAG

#define LSI_OUT(RESULT) LS_PASTE(ls_t_, LS_RESULT_##RESULT(LS_TAG))
#define LSI_ELEMENT(name) LS_PASTE4(element_, name, _, LS_TAG)
#define LSI_REPAIR(name) LS_PASTE4(repair_, name, _, LS_TAG)
#define LSI_STAMP(name) LS_PASTE4(loop_, name, _, LS_TAG)
#define LSI_SIZE(type) ((int)sizeof(type))

/* A unary row's loop: the usual one, or what stands after the comma that LSI_OWN_<name>_<tag> begins with. */
#define LSI_SECOND_(first, second, ...) second
#define LSI_SECOND(...) LSI_SECOND_(__VA_ARGS__)
#define LSI_LOOP_1(name, usual) LSI_SECOND(LS_PASTE4(LSI_OWN_, name, _, LS_TAG), usual, )

/* Only real numbers have easy elements. */
#define LSI_EASY(shape, name) LS_PASTE(LSI_EASY_##shape##_, LS_PASTE(LS_KIND_, LS_TAG))(name)
#define LSI_EASY_1_FLOAT(name)                                                                                         \
    LSI_LOOP_1(name, LS_PASTE(lsi_loop_easy_1_, LS_TAG))(n, in[0], out, E(name##_easy), E(name))
#define LSI_EASY_2_FLOAT(name)                                                                                         \
    LS_PASTE(lsi_loop_easy_2_, LS_TAG)(n, in[0], in[1], out, E(name##_easy), E(name))
#define LSI_EASY_1_COMPLEX(name)                                                                                       \
    lsi_loop_1(n, in[0], LSI_SIZE(T), out, LSI_SIZE(T), LSI_ELEMENT(name))
#define LSI_EASY_2_COMPLEX(name)                                                                                       \
    lsi_loop_2(n, in[0], in[1], LSI_SIZE(T), out, LSI_SIZE(T), LSI_ELEMENT(name))
#define LSI_EASY_2_INT LSI_EASY_2_COMPLEX

#define UNARY(name, SET, RESULT, expression, ulp, sentence)                                                            \
    LS_WHEN(SET, LS_FN void LSI_ELEMENT(name)(const void *px, void *out) {                                             \
        const T x = *(const T *)px;                                                                                    \
        *(LSI_OUT(RESULT) *)out = expression;                                                                          \
    } static void LSI_STAMP(name)(int64_t n, const void *const *in, void *out) {                                       \
        LSI_LOOP_1(name, lsi_loop_1)(n, in[0], LSI_SIZE(T), out, LSI_SIZE(LSI_OUT(RESULT)), LSI_ELEMENT(name));        \
    })
#define BINARY(name, SET, RESULT, expression, ulp, sentence)                                                           \
    LS_WHEN(SET, LS_FN void LSI_ELEMENT(name)(const void *px, const void *py, void *out) {                             \
        const T x = *(const T *)px, y = *(const T *)py;                                                                \
        *(LSI_OUT(RESULT) *)out = expression;                                                                          \
    } static void LSI_STAMP(name)(int64_t n, const void *const *in, void *out) {                                       \
        lsi_loop_2(n, in[0], in[1], LSI_SIZE(T), out, LSI_SIZE(LSI_OUT(RESULT)), LSI_ELEMENT(name));                   \
    })
#define TERNARY(name, SET, RESULT, expression, ulp, sentence)                                                          \
    LS_WHEN(SET, LS_FN void LSI_ELEMENT(name)(const void *px, const void *py, const void *pz, void *out) {             \
        const T x = *(const T *)px, y = *(const T *)py, z = *(const T *)pz;                                            \
        *(LSI_OUT(RESULT) *)out = expression;                                                                          \
    } static void LSI_STAMP(name)(int64_t n, const void *const *in, void *out) {                                       \
        lsi_loop_3(n, in[0], LSI_SIZE(T), in[1], in[2], LSI_SIZE(T), out, LSI_SIZE(LSI_OUT(RESULT)),                   \
                   LSI_ELEMENT(name));                                                                                 \
    })
#define UNARY_EASY(name, SET, RESULT, expression, ulp, sentence)                                                       \
    LS_WHEN(SET, LS_FN void LSI_ELEMENT(name)(const void *px, void *out) {                                             \
        const T x = *(const T *)px;                                                                                    \
        *(T *)out = expression;                                                                                        \
    } static void LSI_STAMP(name)(int64_t n, const void *const *in, void *out) { LSI_EASY(1, name); })
#define BINARY_EASY(name, SET, RESULT, expression, ulp, sentence)                                                      \
    LS_WHEN(SET, LS_FN void LSI_ELEMENT(name)(const void *px, const void *py, void *out) {                             \
        const T x = *(const T *)px, y = *(const T *)py;                                                                \
        *(T *)out = expression;                                                                                        \
    } static void LSI_STAMP(name)(int64_t n, const void *const *in, void *out) { LSI_EASY(2, name); })
#define UNARY_RARE(name, SET, RESULT, ulp, sentence)                                                                   \
    LS_WHEN(SET, LS_FN int LSI_ELEMENT(name)(const void *px, void *out) {                                              \
        const T x = *(const T *)px;                                                                                    \
        *(LSI_OUT(RESULT) *)out = E(name##_fast)(x);                                                                   \
        return E(name##_rare)(x);                                                                                      \
    } LS_FN void LSI_REPAIR(name)(const void *px, void *out) {                                                         \
        const T x = *(const T *)px;                                                                                    \
        if (E(name##_rare)(x)) *(LSI_OUT(RESULT) *)out = E(name##_slow)(x);                                            \
    } static void LSI_STAMP(name)(int64_t n, const void *const *in, void *out) {                                       \
        lsi_loop_rare_1(n, in[0], LSI_SIZE(T), out, LSI_SIZE(LSI_OUT(RESULT)), LSI_ELEMENT(name), LSI_REPAIR(name));   \
    })
#define BINARY_RARE(name, SET, RESULT, ulp, sentence)                                                                  \
    LS_WHEN(SET, LS_FN int LSI_ELEMENT(name)(const void *px, const void *py, void *out) {                              \
        const T x = *(const T *)px, y = *(const T *)py;                                                                \
        *(LSI_OUT(RESULT) *)out = E(name##_fast)(x, y);                                                                \
        return E(name##_rare)(x, y);                                                                                   \
    } LS_FN void LSI_REPAIR(name)(const void *px, const void *py, void *out) {                                         \
        const T x = *(const T *)px, y = *(const T *)py;                                                                \
        if (E(name##_rare)(x, y)) *(LSI_OUT(RESULT) *)out = E(name##_slow)(x, y);                                      \
    } static void LSI_STAMP(name)(int64_t n, const void *const *in, void *out) {                                       \
        lsi_loop_rare_2(n, in[0], in[1], LSI_SIZE(T), out, LSI_SIZE(LSI_OUT(RESULT)), LSI_ELEMENT(name),               \
                        LSI_REPAIR(name));                                                                             \
    })
#include "ops.def"

#define LSI_ENTRY(name, SET) LS_WHEN(SET, [LSI_OP_##name] = LSI_STAMP(name), )
#define UNARY(name, SET, ...) LSI_ENTRY(name, SET)
#define BINARY(name, SET, ...) LSI_ENTRY(name, SET)
#define TERNARY(name, SET, ...) LSI_ENTRY(name, SET)
#define UNARY_EASY(name, SET, ...) LSI_ENTRY(name, SET)
#define BINARY_EASY(name, SET, ...) LSI_ENTRY(name, SET)
#define UNARY_RARE(name, SET, ...) LSI_ENTRY(name, SET)
#define BINARY_RARE(name, SET, ...) LSI_ENTRY(name, SET)
extern const lsi_loops LSI_ISA_NAME(LS_PASTE(lsi_loops_, LS_TAG));
const lsi_loops LSI_ISA_NAME(LS_PASTE(lsi_loops_, LS_TAG)) = {{
#include "ops.def"
    [LSI_OP_ROWS] = NULL, /* ISO C wants at least one initialiser */
}};

#undef LSI_SECOND_
#undef LSI_SECOND
#undef LSI_LOOP_1
#undef LSI_EASY
#undef LSI_EASY_1_FLOAT
#undef LSI_EASY_2_FLOAT
#undef LSI_EASY_1_COMPLEX
#undef LSI_EASY_2_COMPLEX
#undef LSI_EASY_2_INT
#undef LSI_ENTRY
#undef LSI_OUT
#undef LSI_ELEMENT
#undef LSI_REPAIR
#undef LSI_STAMP
#undef LSI_SIZE
#undef LS_TAG
#undef LSI_LOOPS_TAG
