/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The sets of dtypes in the SET column of an operation's row, and how a row is stamped for one dtype.
 *
 * A dtype tag has a kind; a set is a choice of kinds. float16 and bfloat16 are of kind HALF: their arithmetic is done in
 * float32 and rounded once after each operation, so only sets that say so have functions of their own for them.
 *
 * Stamping: define LS_TAG (f32, i8, ...), UNARY and its like in terms of LS_WHEN(SET, text), include ops.def, undefine.
 * LS_WHEN(SET, text) is text where SET contains LS_TAG's kind, and nothing elsewhere. E(f) and T are the row's words. */
#ifndef LOCKSTEP_KERNELS_SETS_H
#define LOCKSTEP_KERNELS_SETS_H

#define LS_KIND_b BOOL
#define LS_KIND_i8 INT
#define LS_KIND_i16 INT
#define LS_KIND_i32 INT
#define LS_KIND_i64 INT
#define LS_KIND_u8 INT
#define LS_KIND_u16 INT
#define LS_KIND_u32 INT
#define LS_KIND_u64 INT
#define LS_KIND_f16 HALF
#define LS_KIND_bf16 HALF
#define LS_KIND_f32 FLOAT
#define LS_KIND_f64 FLOAT
#define LS_KIND_c64 COMPLEX
#define LS_KIND_c128 COMPLEX

/* Bits of a set: which kinds it holds. HALF says that 16-bit floats have functions of their own; they are accepted
 * wherever FLOAT is. STRICT says that bool is refused instead of promoted to int8. */
enum {
    LS_HAS_BOOL = 1, LS_HAS_INT = 2, LS_HAS_FLOAT = 4, LS_HAS_COMPLEX = 8, LS_HAS_HALF = 16, LS_STRICT = 32,
    LS_SET_BOOL = LS_HAS_BOOL,
    LS_SET_INT = LS_HAS_INT,
    LS_SET_BITS = LS_HAS_BOOL | LS_HAS_INT,
    LS_SET_FLOAT = LS_HAS_FLOAT,
    LS_SET_FLOATH = LS_HAS_FLOAT | LS_HAS_HALF,
    LS_SET_FLOATC = LS_HAS_FLOAT | LS_HAS_COMPLEX,
    LS_SET_REAL = LS_HAS_INT | LS_HAS_FLOAT,
    LS_SET_ORDERED = LS_HAS_BOOL | LS_HAS_INT | LS_HAS_FLOAT,
    LS_SET_NUMBER = LS_HAS_INT | LS_HAS_FLOAT | LS_HAS_COMPLEX,
    LS_SET_NUMBERX = LS_SET_NUMBER | LS_STRICT,
    LS_SET_ANY = LS_HAS_BOOL | LS_SET_NUMBER
};

/* The same table for the preprocessor: LS_IN_<SET>_<KIND> expands to a comma where the set holds the kind. */
#define LS_IN_BOOL_BOOL ,
#define LS_IN_INT_INT ,
#define LS_IN_BITS_BOOL ,
#define LS_IN_BITS_INT ,
#define LS_IN_FLOAT_FLOAT ,
#define LS_IN_FLOATH_FLOAT ,
#define LS_IN_FLOATH_HALF ,
#define LS_IN_FLOATC_FLOAT ,
#define LS_IN_FLOATC_COMPLEX ,
#define LS_IN_REAL_INT ,
#define LS_IN_REAL_FLOAT ,
#define LS_IN_ORDERED_BOOL ,
#define LS_IN_ORDERED_INT ,
#define LS_IN_ORDERED_FLOAT ,
#define LS_IN_NUMBER_INT ,
#define LS_IN_NUMBER_FLOAT ,
#define LS_IN_NUMBER_COMPLEX ,
#define LS_IN_NUMBERX_INT ,
#define LS_IN_NUMBERX_FLOAT ,
#define LS_IN_NUMBERX_COMPLEX ,
#define LS_IN_ANY_BOOL ,
#define LS_IN_ANY_INT ,
#define LS_IN_ANY_FLOAT ,
#define LS_IN_ANY_COMPLEX ,

#define LS_PASTE_(a, b) a##b
#define LS_PASTE(a, b) LS_PASTE_(a, b)
#define LS_PASTE4_(a, b, c, d) a##b##c##d
#define LS_PASTE4(a, b, c, d) LS_PASTE4_(a, b, c, d)

/* LS_WHEN: the probe is a comma or a word that is no macro; the third argument after it is 1 or 0 accordingly. */
#define LS_THIRD_(a, b, c, ...) c
#define LS_PROBE_(...) LS_THIRD_(__VA_ARGS__, 1, 0, 0)
#define LS_PROBE(x) LS_PROBE_(x)
#define LS_EMIT_1(...) __VA_ARGS__
#define LS_EMIT_0(...)
#define LS_WHEN(SET, ...) LS_PASTE(LS_EMIT_, LS_PROBE(LS_PASTE4(LS_IN_, SET, _, LS_PASTE(LS_KIND_, LS_TAG))))(__VA_ARGS__)

/* The words of a row's expression. */
#define E(f) LS_PASTE4(ls_, f, _, LS_TAG)
#define T LS_PASTE(ls_t_, LS_TAG)

/* The tag of the RESULT column. */
#define LS_RESULT_SAME(tag) tag
#define LS_RESULT_BOOL(tag) b
#define LS_RESULT_REAL(tag) LS_PASTE(LS_REAL_TAG_, tag)
#define LS_REAL_TAG_b b
#define LS_REAL_TAG_i8 i8
#define LS_REAL_TAG_i16 i16
#define LS_REAL_TAG_i32 i32
#define LS_REAL_TAG_i64 i64
#define LS_REAL_TAG_u8 u8
#define LS_REAL_TAG_u16 u16
#define LS_REAL_TAG_u32 u32
#define LS_REAL_TAG_u64 u64
#define LS_REAL_TAG_f16 f16
#define LS_REAL_TAG_bf16 bf16
#define LS_REAL_TAG_f32 f32
#define LS_REAL_TAG_f64 f64
#define LS_REAL_TAG_c64 f32
#define LS_REAL_TAG_c128 f64

#endif
