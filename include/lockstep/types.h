/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The words every other header is written in: handles, status codes, dtypes, shapes, axes, operands, places.
 *
 * How a call is written. Every public call is a macro over a function of the same name. The macro adds the place of the
 * call ("file:line") as the first argument, turns C numbers into operands, evaluates each argument once and from left
 * to right, and fills option structs. Other languages, and C code that wants no macro, call the function itself:
 * `(ls_add)(LS_HERE, ls_operand_array(x), ls_operand_f64(2.0))`.
 */
#ifndef LOCKSTEP_TYPES_H
#define LOCKSTEP_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(LOCKSTEP_STATIC) || !defined(__GNUC__)
#define LS_API
#else
#define LS_API __attribute__((visibility("default")))
#endif

#if defined(__GNUC__)
#define LS_WARN_UNUSED __attribute__((warn_unused_result))
#define LS_PRINTF(format_index, first_index) __attribute__((format(printf, format_index, first_index)))
#else
#define LS_WARN_UNUSED
#define LS_PRINTF(format_index, first_index)
#endif

#ifdef __cplusplus
#define LS_BEGIN_DECLS extern "C" {
#define LS_END_DECLS }
#else
#define LS_BEGIN_DECLS
#define LS_END_DECLS
#endif

LS_BEGIN_DECLS

/** Version of these headers; ls_version() is the version of the library that was linked. */
#define LS_VERSION_MAJOR 0
#define LS_VERSION_MINOR 1
#define LS_VERSION_PATCH 0
#define LS_VERSION_STRING "0.1.0"

/** Most axes an array can have. */
#define LS_MAX_NDIM 32

/** The value of an axis range's end, or of a count, that means "as far as it goes". */
#define LS_END INT64_MAX

/** An array: a shape and strides over memory that may be computed later. Opaque; made by calls, owned by scopes. */
typedef struct ls_array ls_array;

/** A stream of random numbers: an engine, a key and a position. Opaque; one thread at a time. */
typedef struct ls_rng ls_rng;

/** What a call that ends a chain returns: LS_OK (0) or the code of the first error (errors.def). */
typedef enum ls_status {
#define LS_ERROR_ROW(NAME, value, text) LS_##NAME = value,
#include "errors.def"
} ls_status;

/** Element types. 0 stands for "the default": float64 for floating-point results, or what the operands say. */
typedef enum ls_dtype {
    LS_DTYPE_DEFAULT = 0,
    LS_BOOL,
    LS_INT8,
    LS_INT16,
    LS_INT32,
    LS_INT64,
    LS_UINT8,
    LS_UINT16,
    LS_UINT32,
    LS_UINT64,
    LS_FLOAT16,
    LS_BFLOAT16,
    LS_FLOAT32,
    LS_FLOAT64,
    LS_COMPLEX64,
    LS_COMPLEX128
} ls_dtype;

/** Where an array lives. 0 stands for the device in force (ls_use_device). */
typedef struct ls_device {
    int32_t id; /**< 0: the one in force; 1: the host; 2 and up: as numbered by ls_device_name() */
} ls_device;

/** A shape: `ndim` sizes, row-major. Written LS_SHAPE(3, 4); LS_SHAPE0 is the shape of a 0-d array. */
typedef struct ls_shape {
    int64_t ndim;         /**< number of axes */
    const int64_t *sizes; /**< borrowed for the call */
} ls_shape;

/** A list of axes, negative ones counting from the end. Written LS_AXIS(0, -1); {0} stands for all axes. */
typedef struct ls_axis {
    int64_t count;       /**< number of axes listed */
    const int64_t *axes; /**< borrowed for the call; NULL with count 0: not given */
} ls_axis;

/** Several arrays for one call. Written LS_LIST(a, b). */
typedef struct ls_list {
    int64_t count;                 /**< number of arrays */
    const ls_array *const *arrays; /**< borrowed for the call */
} ls_list;

/** A complex number as the call ABI passes it. */
typedef struct ls_complex {
    double re; /**< real part */
    double im; /**< imaginary part */
} ls_complex;

/** What may stand where an array stands: an array, or a C number, which is weak in promotion. */
typedef struct ls_operand {
    int32_t kind; /**< one of LS_OPERAND_* */
    int32_t reserved; /**< 0 */
    union {
        const ls_array *array; /**< borrowed for the call */
        int64_t i;             /**< LS_OPERAND_BOOL, LS_OPERAND_INT */
        uint64_t u;            /**< LS_OPERAND_UINT */
        double f;              /**< LS_OPERAND_FLOAT */
        ls_complex c;          /**< LS_OPERAND_COMPLEX */
    } value;          /**< by kind */
} ls_operand;

enum {
    LS_OPERAND_NONE = 0, /**< not given: an optional operand left out */
    LS_OPERAND_ARRAY,
    LS_OPERAND_BOOL,
    LS_OPERAND_INT,
    LS_OPERAND_UINT,
    LS_OPERAND_FLOAT,
    LS_OPERAND_COMPLEX
};

/* Constructors of operands. Plain data, no ownership: the array is borrowed for the call. An array's is made in a vector
 * register where there are some: compilers copy it 16 bytes at a time to where arguments are passed, and reading 16 bytes
 * that were written as two times 8 holds a processor up for longer than much of a call takes. */
static inline ls_operand ls_operand_array(const ls_array *a)
{
    ls_operand o = {LS_OPERAND_ARRAY, 0, {NULL}};
#if defined(__GNUC__) && defined(__SSE2__)
    typedef long long ls_halves __attribute__((vector_size(16)));
    const ls_halves first = {LS_OPERAND_ARRAY, (long long)(size_t)a};
    __builtin_memcpy(&o, &first, sizeof first);
#else
    o.value.array = a;
#endif
    return o;
}
static inline ls_operand ls_operand_bool(bool v)
{
    ls_operand o = {LS_OPERAND_BOOL, 0, {NULL}};
    o.value.i = v;
    return o;
}
static inline ls_operand ls_operand_i64(int64_t v)
{
    ls_operand o = {LS_OPERAND_INT, 0, {NULL}};
    o.value.i = v;
    return o;
}
static inline ls_operand ls_operand_u64(uint64_t v)
{
    ls_operand o = {LS_OPERAND_UINT, 0, {NULL}};
    o.value.u = v;
    return o;
}
static inline ls_operand ls_operand_f64(double v)
{
    ls_operand o = {LS_OPERAND_FLOAT, 0, {NULL}};
    o.value.f = v;
    return o;
}
static inline ls_operand ls_operand_c128(double re, double im)
{
    ls_operand o = {LS_OPERAND_COMPLEX, 0, {NULL}};
    o.value.c.re = re;
    o.value.c.im = im;
    return o;
}
static inline ls_operand ls_operand_none(void)
{
    ls_operand o = {LS_OPERAND_NONE, 0, {NULL}};
    return o;
}

/** Stands for an operand that is left out, where a call allows it: ls_clip(x, LS_NONE, 1.0). */
#define LS_NONE ls_operand_none()

LS_END_DECLS

/* The place of a call, as text. */
#define LS_STRINGIZE_(x) #x
#define LS_STRINGIZE(x) LS_STRINGIZE_(x)
#define LS_HERE __FILE__ ":" LS_STRINGIZE(__LINE__)

/* Count of arguments, at least one and at most 32. */
#define LS_COUNT_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, \
                  a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, count, ...)                                        \
    count
#define LS_COUNT(...)                                                                                                  \
    LS_COUNT_(__VA_ARGS__, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, \
              9, 8, 7, 6, 5, 4, 3, 2, 1, 0)

#ifdef __cplusplus
#include "cplusplus.h"
#else
#include "operands.h"
#endif

#endif
