/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How C arguments become what the call ABI takes: numbers to operands, sizes to shapes, pointers to dtypes.
 * C only; cplusplus.h does the same for C++. Nothing here is called by name in a program, apart from LS_SHAPE, LS_SHAPE0
 * and LS_AXIS. */
#ifndef LOCKSTEP_OPERANDS_H
#define LOCKSTEP_OPERANDS_H

/** A shape of one to 32 sizes: LS_SHAPE(10000, 10000). Lives until the end of the enclosing block. */
#define LS_SHAPE(...)                                                                                                  \
    ((ls_shape){sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (const int64_t[]){__VA_ARGS__}})
/** The shape of a 0-d array. */
#define LS_SHAPE0 ((ls_shape){0, NULL})
/** One to 32 axes: LS_AXIS(0), LS_AXIS(0, -1). Lives until the end of the enclosing block. */
#define LS_AXIS(...)                                                                                                   \
    ((ls_axis){sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (const int64_t[]){__VA_ARGS__}})

static inline ls_operand ls_operand_ptr_(const void *a)
{
    return ls_operand_array((const ls_array *)a);
}
static inline ls_operand ls_operand_self_(ls_operand o)
{
    return o;
}
#if defined(__GNUC__)
static inline ls_operand ls_operand_cf_(float _Complex z)
{
    return ls_operand_c128((double)__real__(z), (double)__imag__(z));
}
static inline ls_operand ls_operand_cd_(double _Complex z)
{
    return ls_operand_c128(__real__(z), __imag__(z));
}
#define LS_OPERAND_COMPLEX_ROWS_ , float _Complex : ls_operand_cf_, double _Complex : ls_operand_cd_
#else
#define LS_OPERAND_COMPLEX_ROWS_
#endif

/* The operand of a value. `v` is text that appears twice, so callers pass a variable's name. */
#define LS_OPERAND_OF_(v)                                                                                              \
    _Generic((v), ls_array *: ls_operand_ptr_, const ls_array *: ls_operand_ptr_, void *: ls_operand_ptr_,             \
        ls_operand: ls_operand_self_, bool: ls_operand_bool, char: ls_operand_i64, signed char: ls_operand_i64,        \
        short: ls_operand_i64, int: ls_operand_i64, long: ls_operand_i64, long long: ls_operand_i64,                   \
        unsigned char: ls_operand_u64, unsigned short: ls_operand_u64, unsigned int: ls_operand_u64,                   \
        unsigned long: ls_operand_u64, unsigned long long: ls_operand_u64, float: ls_operand_f64,                      \
        double: ls_operand_f64 LS_OPERAND_COMPLEX_ROWS_)(v)

/* Each argument is evaluated once, in order, into a variable of its own. __COUNTER__ names it, so that nested calls do
 * not shadow, and its text appears once: _Generic on the expression itself would double the text at every level. */
#if defined(__GNUC__)
#define LS_OPERAND_VIA_(v, x)                                                                                          \
    __extension__({                                                                                                    \
        __auto_type v = (x);                                                                                           \
        LS_OPERAND_OF_(v);                                                                                             \
    })
#define LS_GLUE_(a, b) a##b
#define LS_GLUE(a, b) LS_GLUE_(a, b)
#define LS_OPERAND(x) LS_OPERAND_VIA_(LS_GLUE(ls_v, __COUNTER__), x)
#define LS_CALL1(f, x)                                                                                                 \
    LS_CALL1_(f, x, LS_GLUE(ls_v, __COUNTER__))
#define LS_CALL1_(f, x, o)                                                                                             \
    __extension__({                                                                                                    \
        ls_operand o = LS_OPERAND(x);                                                                                  \
        f(LS_HERE, o);                                                                                                 \
    })
#define LS_CALL2(f, x, y) LS_CALL2_(f, x, y, LS_GLUE(ls_v, __COUNTER__), LS_GLUE(ls_v, __COUNTER__))
#define LS_CALL2_(f, x, y, o, p)                                                                                       \
    __extension__({                                                                                                    \
        ls_operand o = LS_OPERAND(x);                                                                                  \
        ls_operand p = LS_OPERAND(y);                                                                                  \
        f(LS_HERE, o, p);                                                                                              \
    })
#define LS_CALL3(f, x, y, z)                                                                                           \
    LS_CALL3_(f, x, y, z, LS_GLUE(ls_v, __COUNTER__), LS_GLUE(ls_v, __COUNTER__), LS_GLUE(ls_v, __COUNTER__))
#define LS_CALL3_(f, x, y, z, o, p, q)                                                                                 \
    __extension__({                                                                                                    \
        ls_operand o = LS_OPERAND(x);                                                                                  \
        ls_operand p = LS_OPERAND(y);                                                                                  \
        ls_operand q = LS_OPERAND(z);                                                                                  \
        f(LS_HERE, o, p, q);                                                                                           \
    })
#define LS_CALL1_INTO(f, out, x) LS_CALL1_INTO_(f, out, x, LS_GLUE(ls_v, __COUNTER__), LS_GLUE(ls_v, __COUNTER__))
#define LS_CALL1_INTO_(f, out, x, t, o)                                                                                \
    __extension__({                                                                                                    \
        ls_array *t = (out);                                                                                           \
        ls_operand o = LS_OPERAND(x);                                                                                  \
        f(LS_HERE, t, o);                                                                                              \
    })
#define LS_CALL2_INTO(f, out, x, y)                                                                                    \
    LS_CALL2_INTO_(f, out, x, y, LS_GLUE(ls_v, __COUNTER__), LS_GLUE(ls_v, __COUNTER__), LS_GLUE(ls_v, __COUNTER__))
#define LS_CALL2_INTO_(f, out, x, y, t, o, p)                                                                          \
    __extension__({                                                                                                    \
        ls_array *t = (out);                                                                                           \
        ls_operand o = LS_OPERAND(x);                                                                                  \
        ls_operand p = LS_OPERAND(y);                                                                                  \
        f(LS_HERE, t, o, p);                                                                                           \
    })
#define LS_CALL3_INTO(f, out, x, y, z)                                                                                 \
    LS_CALL3_INTO_(f, out, x, y, z, LS_GLUE(ls_v, __COUNTER__), LS_GLUE(ls_v, __COUNTER__),                            \
                   LS_GLUE(ls_v, __COUNTER__), LS_GLUE(ls_v, __COUNTER__))
#define LS_CALL3_INTO_(f, out, x, y, z, t, o, p, q)                                                                    \
    __extension__({                                                                                                    \
        ls_array *t = (out);                                                                                           \
        ls_operand o = LS_OPERAND(x);                                                                                  \
        ls_operand p = LS_OPERAND(y);                                                                                  \
        ls_operand q = LS_OPERAND(z);                                                                                  \
        f(LS_HERE, t, o, p, q);                                                                                        \
    })
#else
#define LS_OPERAND(x) LS_OPERAND_OF_(x)
#define LS_CALL1_INTO(f, out, x) f(LS_HERE, (out), LS_OPERAND(x))
#define LS_CALL2_INTO(f, out, x, y) f(LS_HERE, (out), LS_OPERAND(x), LS_OPERAND(y))
#define LS_CALL3_INTO(f, out, x, y, z) f(LS_HERE, (out), LS_OPERAND(x), LS_OPERAND(y), LS_OPERAND(z))
#define LS_CALL1(f, x) f(LS_HERE, LS_OPERAND(x))
#define LS_CALL2(f, x, y) f(LS_HERE, LS_OPERAND(x), LS_OPERAND(y))
#define LS_CALL3(f, x, y, z) f(LS_HERE, LS_OPERAND(x), LS_OPERAND(y), LS_OPERAND(z))
#endif

/* The dtype of what a pointer points to; 0 where the type has none. 16-bit floats need .dtype = LS_FLOAT16. */
#if defined(__GNUC__)
#define LS_POINTER_COMPLEX_ROWS_                                                                                       \
    , float _Complex *: LS_COMPLEX64, const float _Complex *: LS_COMPLEX64, double _Complex *: LS_COMPLEX128,          \
        const double _Complex *: LS_COMPLEX128
#else
#define LS_POINTER_COMPLEX_ROWS_
#endif
#define LS_INTEGER_DTYPE_(type, size1, size2, size4, size8)                                                            \
    (sizeof(type) == 1 ? size1 : sizeof(type) == 2 ? size2 : sizeof(type) == 4 ? size4 : size8)
#define LS_SIGNED_(type) ((ls_dtype)LS_INTEGER_DTYPE_(type, LS_INT8, LS_INT16, LS_INT32, LS_INT64))
#define LS_UNSIGNED_(type) ((ls_dtype)LS_INTEGER_DTYPE_(type, LS_UINT8, LS_UINT16, LS_UINT32, LS_UINT64))
#define LS_DTYPE_OF_POINTER(p)                                                                                         \
    ((ls_dtype)_Generic((p), bool *: LS_BOOL, const bool *: LS_BOOL, char *: LS_INT8, const char *: LS_INT8,           \
        signed char *: LS_INT8, const signed char *: LS_INT8, unsigned char *: LS_UINT8,                               \
        const unsigned char *: LS_UINT8, short *: LS_INT16, const short *: LS_INT16, unsigned short *: LS_UINT16,      \
        const unsigned short *: LS_UINT16, int *: LS_SIGNED_(int), const int *: LS_SIGNED_(int),                       \
        unsigned *: LS_UNSIGNED_(unsigned), const unsigned *: LS_UNSIGNED_(unsigned), long *: LS_SIGNED_(long),        \
        const long *: LS_SIGNED_(long), unsigned long *: LS_UNSIGNED_(unsigned long),                                  \
        const unsigned long *: LS_UNSIGNED_(unsigned long), long long *: LS_INT64, const long long *: LS_INT64,        \
        unsigned long long *: LS_UINT64, const unsigned long long *: LS_UINT64, float *: LS_FLOAT32,                   \
        const float *: LS_FLOAT32, double *: LS_FLOAT64, const double *: LS_FLOAT64, void *: LS_DTYPE_DEFAULT,         \
        const void *: LS_DTYPE_DEFAULT LS_POINTER_COMPLEX_ROWS_))

/* Calls that end with options: f(place, first, &options). The caller's options are designated initialisers; the size
 * comes last, so that leaving all of them out is still a valid argument list. */
#define LS_OPTIONS_END(type) .struct_size = sizeof(type)
#if defined(__GNUC__)
#define LS_WITH_OPTIONS(f, type, first, ...) LS_WITH_OPTIONS_(LS_GLUE(ls_v, __COUNTER__), f, type, first, __VA_ARGS__)
#define LS_WITH_OPTIONS_(v, f, type, first, ...)                                                                       \
    __extension__({                                                                                                    \
        __auto_type v = (first);                                                                                       \
        f(LS_HERE, v, &(const type){__VA_ARGS__});                                                                     \
    })
#define LS_WITH_OPTIONS2(f, type, first, second, ...)                                                                  \
    LS_WITH_OPTIONS2_(LS_GLUE(ls_v, __COUNTER__), LS_GLUE(ls_v, __COUNTER__), f, type, first, second, __VA_ARGS__)
#define LS_WITH_OPTIONS2_(v, w, f, type, first, second, ...)                                                           \
    __extension__({                                                                                                    \
        __auto_type v = (first);                                                                                       \
        __auto_type w = (second);                                                                                      \
        f(LS_HERE, v, w, &(const type){__VA_ARGS__});                                                                  \
    })
#define LS_WITH_OPTIONS3(f, type, first, second, third, ...)                                                           \
    LS_WITH_OPTIONS3_(LS_GLUE(ls_v, __COUNTER__), LS_GLUE(ls_v, __COUNTER__), LS_GLUE(ls_v, __COUNTER__), f, type,     \
                      first, second, third, __VA_ARGS__)
#define LS_WITH_OPTIONS3_(u, v, w, f, type, first, second, third, ...)                                                 \
    __extension__({                                                                                                    \
        __auto_type u = (first);                                                                                       \
        __auto_type v = (second);                                                                                      \
        __auto_type w = (third);                                                                                       \
        f(LS_HERE, u, v, w, &(const type){__VA_ARGS__});                                                               \
    })
#define LS_WITH_OPTIONS4(f, type, first, second, third, fourth, ...)                                                   \
    LS_WITH_OPTIONS4_(LS_GLUE(ls_v, __COUNTER__), LS_GLUE(ls_v, __COUNTER__), LS_GLUE(ls_v, __COUNTER__),              \
                      LS_GLUE(ls_v, __COUNTER__), f, type, first, second, third, fourth, __VA_ARGS__)
#define LS_WITH_OPTIONS4_(t, u, v, w, f, type, first, second, third, fourth, ...)                                      \
    __extension__({                                                                                                    \
        __auto_type t = (first);                                                                                       \
        __auto_type u = (second);                                                                                      \
        __auto_type v = (third);                                                                                       \
        __auto_type w = (fourth);                                                                                      \
        f(LS_HERE, t, u, v, w, &(const type){__VA_ARGS__});                                                            \
    })
#else
#define LS_WITH_OPTIONS(f, type, first, ...) f(LS_HERE, (first), &(const type){__VA_ARGS__})
#define LS_WITH_OPTIONS2(f, type, first, second, ...) f(LS_HERE, (first), (second), &(const type){__VA_ARGS__})
#define LS_WITH_OPTIONS3(f, type, first, second, third, ...)                                                           \
    f(LS_HERE, (first), (second), (third), &(const type){__VA_ARGS__})
#define LS_WITH_OPTIONS4(f, type, first, second, third, fourth, ...)                                                   \
    f(LS_HERE, (first), (second), (third), (fourth), &(const type){__VA_ARGS__})
#endif
#define LS_OPTIONS(type, ...) (&(const type){.struct_size = sizeof(type), __VA_ARGS__})

/* The values of ls_eval: initialisers {name, operand}. */
#define LS_NAMED_(...) ((const ls_named[]){__VA_ARGS__})

/** A list of arrays for calls that take several: LS_LIST(a, b, c). Lives until the end of the enclosing block. */
#define LS_LIST(...)                                                                                                   \
    ((ls_list){sizeof((const ls_array *[]){__VA_ARGS__}) / sizeof(ls_array *), (const ls_array *const[]){__VA_ARGS__}})

#endif
