/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Making arrays, and asking what they are.
 *
 * For every call that makes one: the array is new and owned by the innermost scope (scope.h); it lives on the device in
 * force (device.h) unless .device says otherwise; errors give NULL (error.h): LS_ESHAPE or LS_EARGUMENT for a bad shape,
 * LS_EOVERFLOW for more than 2^63 - 1 bytes, LS_ENOMEM. Except for ls_empty, ls_from_host and ls_wrap nothing is allocated
 * or run until a value is needed: ls_zeros of any size costs nothing by itself. */
#ifndef LOCKSTEP_CREATE_H
#define LOCKSTEP_CREATE_H

#include "types.h"

LS_BEGIN_DECLS

/** Options of the calls below. Zero means default. */
typedef struct ls_array_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    ls_dtype dtype;      /**< element type; default float64, for `_like` the other array's, for ls_full the value's */
    ls_device device;    /**< where; default the device in force, for `_like` the other array's */
} ls_array_options;

/** Memory with undefined contents (it may hold old data). */
LS_API ls_array *ls_empty(const char *place, ls_shape shape, const ls_array_options *options);
#define ls_empty(...) LS_WITH_OPTIONS(ls_empty, ls_array_options, __VA_ARGS__, LS_OPTIONS_END(ls_array_options))
/** All zeros. */
LS_API ls_array *ls_zeros(const char *place, ls_shape shape, const ls_array_options *options);
#define ls_zeros(...) LS_WITH_OPTIONS(ls_zeros, ls_array_options, __VA_ARGS__, LS_OPTIONS_END(ls_array_options))
/** All ones. */
LS_API ls_array *ls_ones(const char *place, ls_shape shape, const ls_array_options *options);
#define ls_ones(...) LS_WITH_OPTIONS(ls_ones, ls_array_options, __VA_ARGS__, LS_OPTIONS_END(ls_array_options))
/** All `value`, a C number (LS_EARGUMENT for an array). Dtype by default the number's: bool, int64, float64, complex128. */
LS_API ls_array *ls_full(const char *place, ls_shape shape, ls_operand value, const ls_array_options *options);
#define ls_full(shape, ...) LS_FULL_(shape, __VA_ARGS__, LS_OPTIONS_END(ls_array_options))
#define LS_FULL_(shape, value, ...)                                                                                    \
    LS_WITH_OPTIONS2(ls_full, ls_array_options, shape, LS_OPERAND(value), __VA_ARGS__)

/** The same with the shape, dtype and device of another array. */
LS_API ls_array *ls_empty_like(const char *place, const ls_array *a, const ls_array_options *options);
#define ls_empty_like(...)                                                                                             \
    LS_WITH_OPTIONS(ls_empty_like, ls_array_options, __VA_ARGS__, LS_OPTIONS_END(ls_array_options))
LS_API ls_array *ls_zeros_like(const char *place, const ls_array *a, const ls_array_options *options);
#define ls_zeros_like(...)                                                                                             \
    LS_WITH_OPTIONS(ls_zeros_like, ls_array_options, __VA_ARGS__, LS_OPTIONS_END(ls_array_options))
LS_API ls_array *ls_ones_like(const char *place, const ls_array *a, const ls_array_options *options);
#define ls_ones_like(...)                                                                                              \
    LS_WITH_OPTIONS(ls_ones_like, ls_array_options, __VA_ARGS__, LS_OPTIONS_END(ls_array_options))
LS_API ls_array *ls_full_like(const char *place, const ls_array *a, ls_operand value, const ls_array_options *options);
#define ls_full_like(a, ...) LS_FULL_LIKE_(a, __VA_ARGS__, LS_OPTIONS_END(ls_array_options))
#define LS_FULL_LIKE_(a, value, ...)                                                                                   \
    LS_WITH_OPTIONS2(ls_full_like, ls_array_options, a, LS_OPERAND(value), __VA_ARGS__)

/** Evenly spaced numbers: ls_arange(stop), ls_arange(start, stop) or ls_arange(start, stop, step), without stop.
 *  Dtype int64 when all arguments are of integer type, else float64. Element i is start + i * step, for float64 in two
 *  roundings, with NumPy's step ((start + step) - start); length ceil((stop - start) / step), not below 0. LS_EARGUMENT
 *  when step is 0 or an argument is not finite, LS_EOVERFLOW when the length or an integer does not fit. */
LS_API ls_array *ls_arange(const char *place, ls_operand start, ls_operand stop, ls_operand step);
#define ls_arange(...) LS_GLUE(LS_ARANGE_, LS_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define LS_ARANGE_1(stop) LS_CALL3((ls_arange), LS_NONE, stop, LS_NONE)
#define LS_ARANGE_2(start, stop) LS_CALL3((ls_arange), start, stop, LS_NONE)
#define LS_ARANGE_3(start, stop, step) LS_CALL3((ls_arange), start, stop, step)

/** Options of ls_linspace. */
typedef struct ls_linspace_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    ls_dtype dtype;      /**< floating or complex; default float64 */
    bool open;           /**< without stop itself (NumPy's endpoint=False) */
    ls_device device;    /**< where; default the device in force */
} ls_linspace_options;
/** `count` evenly spaced float64 numbers from start to stop inclusive: element i is i * step + start in two roundings,
 *  with step = (stop - start) / (count - 1), and the last is stop itself. Cast when .dtype says so. LS_EARGUMENT for a
 *  negative count. */
LS_API ls_array *ls_linspace(const char *place, double start, double stop, int64_t count,
                             const ls_linspace_options *options);
#define ls_linspace(start, stop, ...) LS_LINSPACE_(start, stop, __VA_ARGS__, LS_OPTIONS_END(ls_linspace_options))
#define LS_LINSPACE_(start, stop, count, ...)                                                                          \
    LS_WITH_OPTIONS3(ls_linspace, ls_linspace_options, start, stop, count, __VA_ARGS__)

/** Options of ls_eye. */
typedef struct ls_eye_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    ls_dtype dtype;      /**< default float64 */
    int64_t columns;     /**< default as many as rows */
    int64_t k;           /**< which diagonal: above the main one if positive */
    ls_device device;    /**< where; default the device in force */
} ls_eye_options;
/** Ones on a diagonal, zeros elsewhere: shape (rows, columns). */
LS_API ls_array *ls_eye(const char *place, int64_t rows, const ls_eye_options *options);
#define ls_eye(...) LS_WITH_OPTIONS(ls_eye, ls_eye_options, __VA_ARGS__, LS_OPTIONS_END(ls_eye_options))

/** Options of ls_from_host and ls_wrap. */
typedef struct ls_host_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    ls_dtype data_dtype;                /**< what the memory holds; default by the pointer's type (void * needs it) */
    ls_dtype dtype;                     /**< ls_from_host: dtype of the array, cast to it; default data_dtype */
    ls_device device;                   /**< ls_from_host: where; default the device in force */
    const int64_t *strides;             /**< ls_wrap: in elements, one per axis; default C order */
    void (*deleter)(void *context);     /**< ls_wrap: called once, on any thread, when the last use is over */
    void *context;                      /**< ls_wrap: given to the deleter */
    bool read_only;                     /**< ls_wrap: writes through the array are refused */
} ls_host_options;
/** An array with a copy of C memory: `data` points to as many elements as the shape has, in C order. The elements' type
 *  comes from the pointer's. Errors: LS_EARGUMENT for NULL data of a shape with elements, or for a pointer whose type has
 *  no dtype and no .data_dtype. */
LS_API ls_array *ls_from_host(const char *place, const void *data, ls_dtype pointer_dtype, ls_shape shape,
                              const ls_host_options *options);
#define ls_from_host(data, ...) LS_FROM_HOST_(data, __VA_ARGS__, LS_OPTIONS_END(ls_host_options))
#define LS_FROM_HOST_(data, shape, ...)                                                                                \
    LS_WITH_OPTIONS3(ls_from_host, ls_host_options, data, LS_DTYPE_OF_POINTER(data), shape, __VA_ARGS__)
/** An array over C memory without a copy, on the host. `data` is element (0, ..., 0); with negative strides elements lie
 *  before it. The memory must stay, and must not change except through arrays (or ls_changed), until the deleter runs.
 *  ls_assign into the array writes there. Alignment: that of the element type, else LS_EARGUMENT. When the call fails
 *  the deleter is not called. */
LS_API ls_array *ls_wrap(const char *place, void *data, ls_dtype pointer_dtype, ls_shape shape,
                         const ls_host_options *options);
#define ls_wrap(data, ...) LS_WRAP_(data, __VA_ARGS__, LS_OPTIONS_END(ls_host_options))
#define LS_WRAP_(data, shape, ...)                                                                                     \
    LS_WITH_OPTIONS3(ls_wrap, ls_host_options, data, LS_DTYPE_OF_POINTER(data), shape, __VA_ARGS__)

/** The same elements as another dtype. Float to integer drops the fraction, saturates and makes NaN 0; complex to real
 *  takes the real part; anything to bool is x != 0; others round once to nearest even. The same dtype gives a view. */
LS_API ls_array *ls_astype(const char *place, const ls_array *a, ls_dtype dtype);
#define ls_astype(a, dtype) ls_astype(LS_HERE, (a), (dtype))
/** A C-contiguous copy. */
LS_API ls_array *ls_copy(const char *place, const ls_array *a);
#define ls_copy(a) ls_copy(LS_HERE, (a))

/* Asking. Nothing here runs anything or records an error; a NULL array gives the stated value. */

/** Number of axes; -1 for NULL. */
LS_API int64_t ls_ndim(const ls_array *a);
/** Number of elements; -1 for NULL. */
LS_API int64_t ls_size(const ls_array *a);
/** Size of an axis, negative ones from the end; -1 for NULL or an axis that is not there. */
LS_API int64_t ls_dim(const ls_array *a, int64_t axis);
/** All sizes, ls_ndim(a) of them, valid while the handle lives; NULL for NULL. */
LS_API const int64_t *ls_sizes(const ls_array *a);
/** Element type; LS_DTYPE_DEFAULT for NULL. */
LS_API ls_dtype ls_dtype_of(const ls_array *a);
/** Device; {0} for NULL. */
LS_API ls_device ls_device_of(const ls_array *a);
/** Bytes of one element; 0 for what is no dtype. */
LS_API size_t ls_dtype_size(ls_dtype dtype);
/** NumPy's name, "float64"; never NULL. */
LS_API const char *ls_dtype_name(ls_dtype dtype);
/** The dtype of NumPy's name, LS_DTYPE_DEFAULT when there is none. */
LS_API ls_dtype ls_dtype_from_name(const char *name);
/** The dtype two dtypes promote to; LS_DTYPE_DEFAULT when one is no dtype. */
LS_API ls_dtype ls_result_type(ls_dtype a, ls_dtype b);

LS_END_DECLS

#endif
