/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where chains end: evaluating, reading values, writing into arrays; and expressions as text, and your own C functions.
 *
 * Calls that return ls_status report the first error of the whole chain, mark it reported, and are warn-unused. */
#ifndef LOCKSTEP_EVALUATE_H
#define LOCKSTEP_EVALUATE_H

#include "types.h"

LS_BEGIN_DECLS

/** Stores the values of one to 32 arrays: ls_evaluate(x, y). What they share is computed once, in one pass where shapes
 *  agree. On a device the work may still be running on return: reading waits for it. LS_ENOMEM and LS_EDEVICE name the
 *  call that made the array; it stays pending and can be evaluated again. */
LS_API LS_WARN_UNUSED ls_status ls_evaluate(const char *place, ls_list arrays);
#define ls_evaluate(...) ls_evaluate(LS_HERE, LS_LIST(__VA_ARGS__))

/** Waits until all work handed to every device is done. */
LS_API LS_WARN_UNUSED ls_status ls_sync(void);

/** The one element of an array into a C variable; its type chooses the conversion: ls_item(ls_sum(a), &total). Evaluates
 *  and waits. LS_ESHAPE unless the array has exactly one element; LS_EOVERFLOW with the value when an integer variable
 *  cannot hold it exactly; LS_EDTYPE for a complex value with an imaginary part into a real variable. NaN is canonical. */
LS_API LS_WARN_UNUSED ls_status ls_item(const char *place, const ls_array *a, void *value, ls_dtype value_dtype);
#define ls_item(a, pointer) LS_VALUE_CALL_(ls_item, a, pointer)

/** All elements in C order into C memory for `count` elements (LS_ESHAPE unless that is ls_size(a)), converted as
 *  ls_astype to the pointer's type. Evaluates and waits. NaN is canonical. For 16-bit floats or void * name the dtype:
 *  ls_to_host_as(a, pointer, count, LS_FLOAT16). */
LS_API LS_WARN_UNUSED ls_status ls_to_host(const char *place, const ls_array *a, void *data, int64_t count,
                                           ls_dtype data_dtype);
#define ls_to_host(a, pointer, count) ls_to_host_as(a, pointer, count, LS_DTYPE_OF_POINTER(pointer))
#define ls_to_host_as(a, pointer, count, dtype) (ls_to_host)(LS_HERE, (a), (pointer), (count), (dtype))

/** Direct access for the host: the array's own memory, evaluated, C order, read only; valid while the handle lives and
 *  nothing writes it. NULL with LS_EUNSUPPORTED when the device's memory cannot be read in place or the view is not
 *  contiguous: use ls_to_host. Does not end a chain. */
LS_API const void *ls_host_data(const char *place, const ls_array *a);
#define ls_host_data(a) ls_host_data(LS_HERE, (a))

/** Writes `source` (an array or a C number), broadcast and cast to the target's shape and dtype, into the elements that
 *  `target` views; every other view of them sees it, work that is pending keeps the old values. Evaluates. Source and
 *  target may overlap: the result is as if the source had been copied first. They may live on
 *  different devices. Errors, with the target unchanged: LS_ESHAPE, LS_EDTYPE for complex into real, LS_EARGUMENT for a
 *  target that is a broadcast view or read-only. */
LS_API LS_WARN_UNUSED ls_status ls_assign(const char *place, const ls_array *target, ls_operand source);
#define ls_assign(target, source) LS_ASSIGN_(target, source)

/** Says that wrapped memory (ls_wrap) was changed from outside. Pending work that reads it must be evaluated before the
 *  change. Does nothing else for arrays on the host. */
LS_API void ls_changed(const ls_array *a);

/** A value with the name it has in the text of ls_eval. */
typedef struct ls_named {
    const char *name; /**< as in the text */
    ls_operand value; /**< what it stands for */
} ls_named;

/** An expression as text; the C names of the arguments are its names: ls_eval("sqrt(x*x + y*y) > 1", x, y). Makes the
 *  same nodes as the calls would. NumPy's operators with NumPy's precedence: ** (right to left), unary + - ~, * / // % @,
 *  + -, << >>, &, ^, |, comparisons (not chained), parentheses; every function of elementwise.h, where(c, x, y);
 *  reductions sum(x, axis=0), axis=(0, -1), keepdims=True, correction=1; casts float32(x), int64(x), ...; the numbers pi, e,
 *  inf, nan, True, False; decimal and hexadecimal integers, floats, imaginary numbers 2j. Numbers are weak in promotion.
 *  At most 16 arguments, 4096 bytes, nesting of 64. Errors: LS_ESYNTAX shows the text and where it breaks; an unknown name is
 *  shown; the rest as the calls. Owned by the innermost scope. */
LS_API ls_array *ls_eval(const char *place, const char *text, int64_t count, const ls_named *values);
#define ls_eval(...) LS_GLUE(LS_EVAL_, LS_COUNT(__VA_ARGS__))(__VA_ARGS__)

/** A C function for ls_map_host: computes n elements from n elements of each input. `inputs[k]` and `output` point to n
 *  contiguous elements of the input's and the output's dtype. Returns 0, or non-zero to fail. Runs on several threads at
 *  once, each in a scope of its own; it may call the library on arrays of its own. */
typedef int (*ls_map_fn)(int64_t n, const void *const *inputs, void *output, void *context);
/** Told the fraction done, from 0 to 1, by one thread at a time, at most about 20 times a second and once at the end.
 *  Non-zero cancels. */
typedef int (*ls_progress_fn)(double fraction, void *context);

/** Options of ls_map_host. */
typedef struct ls_map_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    ls_dtype dtype;             /**< of the output; default the first input's */
    void *context;              /**< given to the function and to progress */
    int64_t grain;              /**< most elements per call; default 1024 */
    ls_progress_fn progress;    /**< told how far it is; not 0 cancels */
    const volatile int *cancel; /**< another thread sets it non-zero to cancel */
} ls_map_options;
/** Your own C function over all cores of the host: ls_map_host(f, LS_LIST(x, y), .dtype = LS_FLOAT32). Inputs broadcast
 *  to one shape, the result's. Runs at once; inputs from a device are brought, the result goes where
 *  the first one lives. Errors: LS_ECALLBACK with the value the function returned at the lowest index that failed, or the
 *  library error it left behind; LS_ECANCELLED. Then nothing is returned or leaked. */
LS_API ls_array *ls_map_host(const char *place, ls_map_fn function, ls_list inputs, const ls_map_options *options);
#define ls_map_host(function, ...) LS_MAP_HOST_(function, __VA_ARGS__, LS_OPTIONS_END(ls_map_options))
#define LS_MAP_HOST_(function, inputs, ...)                                                                            \
    LS_WITH_OPTIONS2(ls_map_host, ls_map_options, function, inputs, __VA_ARGS__)

LS_END_DECLS

#define LS_VALUE_CALL_(f, a, pointer) f(LS_HERE, (a), (pointer), LS_DTYPE_OF_POINTER(pointer))
#if defined(__GNUC__) && !defined(__cplusplus)
#define LS_ASSIGN_(target, source)                                                                                     \
    LS_ASSIGN_VIA_(target, source, LS_GLUE(ls_v, __COUNTER__), LS_GLUE(ls_v, __COUNTER__))
#define LS_ASSIGN_VIA_(target, source, t, s)                                                                           \
    __extension__({                                                                                                    \
        const ls_array *t = (target);                                                                                  \
        ls_operand s = LS_OPERAND(source);                                                                             \
        (ls_assign)(LS_HERE, t, s);                                                                                    \
    })
#else
#define LS_ASSIGN_(target, source) (ls_assign)(LS_HERE, (target), LS_OPERAND(source))
#endif

#define LS_N_(x) {#x, LS_OPERAND(x)}
#define LS_EVAL_TEXT_(text, count, ...) (ls_eval)(LS_HERE, (text), (count), LS_NAMED_(__VA_ARGS__))
#define LS_EVAL_1(t) (ls_eval)(LS_HERE, (t), 0, NULL)
#define LS_EVAL_2(t, a)                                                                                                \
    LS_EVAL_TEXT_(t, 1, LS_N_(a))
#define LS_EVAL_3(t, a, b)                                                                                             \
    LS_EVAL_TEXT_(t, 2, LS_N_(a), LS_N_(b))
#define LS_EVAL_4(t, a, b, c)                                                                                          \
    LS_EVAL_TEXT_(t, 3, LS_N_(a), LS_N_(b), LS_N_(c))
#define LS_EVAL_5(t, a, b, c, d)                                                                                       \
    LS_EVAL_TEXT_(t, 4, LS_N_(a), LS_N_(b), LS_N_(c), LS_N_(d))
#define LS_EVAL_6(t, a, b, c, d, e)                                                                                    \
    LS_EVAL_TEXT_(t, 5, LS_N_(a), LS_N_(b), LS_N_(c), LS_N_(d), LS_N_(e))
#define LS_EVAL_7(t, a, b, c, d, e, f)                                                                                 \
    LS_EVAL_TEXT_(t, 6, LS_N_(a), LS_N_(b), LS_N_(c), LS_N_(d), LS_N_(e), LS_N_(f))
#define LS_EVAL_8(t, a, b, c, d, e, f, g)                                                                              \
    LS_EVAL_TEXT_(t, 7, LS_N_(a), LS_N_(b), LS_N_(c), LS_N_(d), LS_N_(e), LS_N_(f), LS_N_(g))
#define LS_EVAL_9(t, a, b, c, d, e, f, g, h)                                                                           \
    LS_EVAL_TEXT_(t, 8, LS_N_(a), LS_N_(b), LS_N_(c), LS_N_(d), LS_N_(e), LS_N_(f), LS_N_(g), LS_N_(h))
#define LS_EVAL_10(t, a, b, c, d, e, f, g, h, i)                                                                       \
    LS_EVAL_TEXT_(t, 9, LS_N_(a), LS_N_(b), LS_N_(c), LS_N_(d), LS_N_(e), LS_N_(f), LS_N_(g), LS_N_(h),                \
                  LS_N_(i))
#define LS_EVAL_11(t, a, b, c, d, e, f, g, h, i, j)                                                                    \
    LS_EVAL_TEXT_(t, 10, LS_N_(a), LS_N_(b), LS_N_(c), LS_N_(d), LS_N_(e), LS_N_(f), LS_N_(g), LS_N_(h),               \
                  LS_N_(i), LS_N_(j))
#define LS_EVAL_12(t, a, b, c, d, e, f, g, h, i, j, k)                                                                 \
    LS_EVAL_TEXT_(t, 11, LS_N_(a), LS_N_(b), LS_N_(c), LS_N_(d), LS_N_(e), LS_N_(f), LS_N_(g), LS_N_(h),               \
                  LS_N_(i), LS_N_(j), LS_N_(k))
#define LS_EVAL_13(t, a, b, c, d, e, f, g, h, i, j, k, l)                                                              \
    LS_EVAL_TEXT_(t, 12, LS_N_(a), LS_N_(b), LS_N_(c), LS_N_(d), LS_N_(e), LS_N_(f), LS_N_(g), LS_N_(h),               \
                  LS_N_(i), LS_N_(j), LS_N_(k), LS_N_(l))
#define LS_EVAL_14(t, a, b, c, d, e, f, g, h, i, j, k, l, m)                                                           \
    LS_EVAL_TEXT_(t, 13, LS_N_(a), LS_N_(b), LS_N_(c), LS_N_(d), LS_N_(e), LS_N_(f), LS_N_(g), LS_N_(h),               \
                  LS_N_(i), LS_N_(j), LS_N_(k), LS_N_(l), LS_N_(m))
#define LS_EVAL_15(t, a, b, c, d, e, f, g, h, i, j, k, l, m, n)                                                        \
    LS_EVAL_TEXT_(t, 14, LS_N_(a), LS_N_(b), LS_N_(c), LS_N_(d), LS_N_(e), LS_N_(f), LS_N_(g), LS_N_(h),               \
                  LS_N_(i), LS_N_(j), LS_N_(k), LS_N_(l), LS_N_(m), LS_N_(n))
#define LS_EVAL_16(t, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o)                                                     \
    LS_EVAL_TEXT_(t, 15, LS_N_(a), LS_N_(b), LS_N_(c), LS_N_(d), LS_N_(e), LS_N_(f), LS_N_(g), LS_N_(h),               \
                  LS_N_(i), LS_N_(j), LS_N_(k), LS_N_(l), LS_N_(m), LS_N_(n), LS_N_(o))
#define LS_EVAL_17(t, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)                                                  \
    LS_EVAL_TEXT_(t, 16, LS_N_(a), LS_N_(b), LS_N_(c), LS_N_(d), LS_N_(e), LS_N_(f), LS_N_(g), LS_N_(h),               \
                  LS_N_(i), LS_N_(j), LS_N_(k), LS_N_(l), LS_N_(m), LS_N_(n), LS_N_(o), LS_N_(p))

#endif
