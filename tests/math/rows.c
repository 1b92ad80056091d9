/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The table of rows.h for one instruction set, whose name MATH_ISA is. */
#include <stddef.h>

#include "element.h"
#include "rows.h"
#include "../../src/host/loop_shape.h"
#define LS_TAG f32
#include "../../src/host/loop_easy_template.h"
#define LS_TAG f64
#include "../../src/host/loop_easy_template.h"

#ifndef MATH_ISA
#define MATH_ISA baseline
#endif

/* One loop per shape of function. The function is a constant after inlining, so each use is a loop of its own that the
 * compiler vectorises. */
#define ALWAYS static inline __attribute__((always_inline, unused))
#define LOOPS(T, tag)                                                                                                 \
    ALWAYS void map1_##tag(T *restrict out, const T *restrict x, long n, T (*f)(T))                                   \
    {                                                                                                                 \
        for (long i = 0; i < n; i++) out[i] = f(x[i]);                                                                \
    }                                                                                                                 \
    ALWAYS void map2_##tag(T *restrict out, const T *restrict x, const T *restrict y, long n, T (*f)(T, T))           \
    {                                                                                                                 \
        for (long i = 0; i < n; i++) out[i] = f(x[i], y[i]);                                                          \
    }                                                                                                                 \
    ALWAYS void rare1_##tag(T *restrict out, const T *restrict x, long n, T (*fast)(T), int (*rare)(T), T (*slow)(T)) \
    {                                                                                                                 \
        int any = 0;                                                                                                  \
        for (long i = 0; i < n; i++) {                                                                                \
            out[i] = fast(x[i]);                                                                                      \
            any |= rare(x[i]);                                                                                        \
        }                                                                                                             \
        for (long i = 0; any && i < n; i++)                                                                           \
            if (rare(x[i])) out[i] = slow(x[i]);                                                                      \
    }                                                                                                                 \
    ALWAYS void rare2_##tag(T *restrict out, const T *restrict x, const T *restrict y, long n, T (*fast)(T, T),       \
                            int (*rare)(T, T), T (*slow)(T, T))                                                       \
    {                                                                                                                 \
        int any = 0;                                                                                                  \
        for (long i = 0; i < n; i++) {                                                                                \
            out[i] = fast(x[i], y[i]);                                                                                \
            any |= rare(x[i], y[i]);                                                                                  \
        }                                                                                                             \
        for (long i = 0; any && i < n; i++)                                                                           \
            if (rare(x[i], y[i])) out[i] = slow(x[i], y[i]);                                                          \
    }
LOOPS(float, f32)
LOOPS(double, f64)

/* As the library has them: a second pass finds its elements in the first cache. */
enum { STRIP = 1024 };

#define LOCAL(f) LS_PASTE4(f, _, LS_TAG, _row)
#define MAP(shape) LS_PASTE4(shape, _, LS_TAG, )
#define LOOP(name, call) static void LOCAL(name)(T *out, const T *x, const T *y, long n) { (void)y; call; }
#define UNARY(name, SET, RESULT, expression, ulp, text)                                                               \
    LS_WHEN(SET, ALWAYS T LOCAL(name##_element)(T x) { return (T)(expression); }                                      \
            LOOP(name, MAP(map1)(out, x, n, LOCAL(name##_element))))
#define BINARY(name, SET, RESULT, expression, ulp, text)                                                              \
    LS_WHEN(SET, ALWAYS T LOCAL(name##_element)(T x, T y) { return (T)(expression); }                                 \
            LOOP(name, MAP(map2)(out, x, y, n, LOCAL(name##_element))))
#define EASY(name) E(name##_easy), E(name)
#define STRIPS for (long i = 0; i < n; i += STRIP)
#define LEFT (n - i < STRIP ? n - i : STRIP)
#define UNARY_EASY(name, SET, RESULT, expression, ulp, text)                                                          \
    LS_WHEN(SET, LOOP(name, STRIPS LS_PASTE(lsi_loop_easy_1_, LS_TAG)(LEFT, x + i, out + i, EASY(name))))
#define BINARY_EASY(name, SET, RESULT, expression, ulp, text)                                                         \
    LS_WHEN(SET, LOOP(name, STRIPS LS_PASTE(lsi_loop_easy_2_, LS_TAG)(LEFT, x + i, y + i, out + i, EASY(name))))
#define UNARY_RARE(name, SET, RESULT, ulp, text)                                                                      \
    LS_WHEN(SET, LOOP(name, MAP(rare1)(out, x, n, E(name##_fast), E(name##_rare), E(name##_slow))))
#define BINARY_RARE(name, SET, RESULT, ulp, text)                                                                     \
    LS_WHEN(SET, LOOP(name, MAP(rare2)(out, x, y, n, E(name##_fast), E(name##_rare), E(name##_slow))))

#define LS_TAG f32
#include "math.def"
#undef LS_TAG
#define LS_TAG f64
#include "math.def"
#undef LS_TAG
#undef UNARY
#undef BINARY
#undef UNARY_RARE
#undef BINARY_RARE
#undef UNARY_EASY
#undef BINARY_EASY

#define UNARY(name, SET, RESULT, expression, ulp, text) { #name, 1, ulp, name##_f32_row, name##_f64_row },
#define BINARY(name, SET, RESULT, expression, ulp, text) { #name, 2, ulp, name##_f32_row, name##_f64_row },
#define UNARY_RARE(name, SET, RESULT, ulp, text) { #name, 1, ulp, name##_f32_row, name##_f64_row },
#define BINARY_RARE(name, SET, RESULT, ulp, text) { #name, 2, ulp, name##_f32_row, name##_f64_row },
const struct math_row LS_PASTE(math_rows_, MATH_ISA)[] = {
#include "math.def"
    { NULL, 0, 0, NULL, NULL }
};

#define SINCOS(T, U, tag)                                                                                             \
    ALWAYS void sincos_strip_##tag(T *restrict sine, T *restrict cosine, const T *restrict x, long n)                 \
    {                                                                                                                 \
        U ored = 0;                                                                                                   \
        for (long i = 0; i < n; i++) ored |= ls_sincos_fast_##tag(x[i], &sine[i], &cosine[i]);                        \
        const int any = ls_sincos_any_rare_##tag(ored);                                                               \
        for (long i = 0; any && i < n; i++)                                                                           \
            if (ls_sincos_rare_##tag(x[i])) sine[i] = ls_sin_slow_##tag(x[i]), cosine[i] = ls_cos_slow_##tag(x[i]);   \
    }                                                                                                                 \
    static void sincos_##tag##_row(T *sine, T *cosine, const T *x, long n)                                            \
    {                                                                                                                 \
        for (long i = 0; i < n; i += STRIP)                                                                           \
            sincos_strip_##tag(sine + i, cosine + i, x + i, n - i < STRIP ? n - i : STRIP);                           \
    }
SINCOS(float, uint32_t, f32)
SINCOS(double, uint64_t, f64)
const struct math_sincos LS_PASTE(math_sincos_, MATH_ISA) = { sincos_f32_row, sincos_f64_row };

#define INT_POW(T, tag)                                                                                               \
    static void pow_##tag##_row(uint64_t *out, const uint64_t *x, const uint64_t *y, long n)                          \
    {                                                                                                                 \
        for (long i = 0; i < n; i++) out[i] = (uint64_t)ls_pow_##tag((T)x[i], (T)y[i]);                               \
    }
INT_POW(int8_t, i8)
INT_POW(int16_t, i16)
INT_POW(int32_t, i32)
INT_POW(int64_t, i64)
INT_POW(uint8_t, u8)
INT_POW(uint16_t, u16)
INT_POW(uint32_t, u32)
INT_POW(uint64_t, u64)
const struct math_int_row LS_PASTE(math_int_rows_, MATH_ISA)[] = {
    { "pow_i8", 8, 1, pow_i8_row },    { "pow_i16", 16, 1, pow_i16_row }, { "pow_i32", 32, 1, pow_i32_row },
    { "pow_i64", 64, 1, pow_i64_row }, { "pow_u8", 8, 0, pow_u8_row },    { "pow_u16", 16, 0, pow_u16_row },
    { "pow_u32", 32, 0, pow_u32_row }, { "pow_u64", 64, 0, pow_u64_row }, { NULL, 0, 0, NULL }
};
