/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How C++17 arguments become what the call ABI takes: operands.h for C++. The calls are written as in C; where C has
 * designated initialisers, C++ names options as objects:
 *     ls_sum(a, ls_opt::axis(0, 1), ls_opt::keepdims(true))        // C: ls_sum(a, .axis = LS_AXIS(0, 1), .keepdims = true)
 * Needs GCC's statement expressions (g++, clang++) for evaluation from left to right. */
#ifndef LOCKSTEP_CPLUSPLUS_H
#define LOCKSTEP_CPLUSPLUS_H

#include <complex>
#include <initializer_list>
#include <type_traits>

#define LS_GLUE_(a, b) a##b
#define LS_GLUE(a, b) LS_GLUE_(a, b)

namespace lockstep_detail {

/* Up to 32 sizes or axes that live as long as the full expression they stand in. */
struct numbers {
    int64_t values[LS_MAX_NDIM];
    int64_t count;
    template <class... N> explicit numbers(N... n) : values{static_cast<int64_t>(n)...}, count(sizeof...(n))
    {
        static_assert(sizeof...(n) <= LS_MAX_NDIM, "an array has at most 32 axes");
    }
};
struct shape : numbers {
    using numbers::numbers;
    operator ls_shape() const { return ls_shape{count, values}; }
};
struct axes : numbers {
    using numbers::numbers;
    operator ls_axis() const { return ls_axis{count, values}; }
};

struct list {
    const ls_array *arrays[32];
    int64_t count;
    template <class... A> explicit list(A... a) : arrays{a...}, count(sizeof...(a)) {}
    operator ls_list() const { return ls_list{count, arrays}; }
};

inline ls_operand operand(const ls_array *a) { return ls_operand_array(a); }
inline ls_operand operand(std::nullptr_t) { return ls_operand_array(nullptr); }
inline ls_operand operand(ls_operand o) { return o; }
inline ls_operand operand(std::complex<double> z) { return ls_operand_c128(z.real(), z.imag()); }
inline ls_operand operand(std::complex<float> z) { return ls_operand_c128(z.real(), z.imag()); }
template <class N, class = std::enable_if_t<std::is_arithmetic_v<N>>> ls_operand operand(N n)
{
    if constexpr (std::is_same_v<N, bool>) {
        return ls_operand_bool(n);
    } else if constexpr (std::is_floating_point_v<N>) {
        return ls_operand_f64(static_cast<double>(n));
    } else if constexpr (std::is_signed_v<N>) {
        return ls_operand_i64(n);
    } else {
        return ls_operand_u64(n);
    }
}

template <class P> constexpr ls_dtype dtype_of_pointer()
{
    using T = std::remove_cv_t<std::remove_pointer_t<std::decay_t<P>>>;
    if constexpr (std::is_same_v<T, bool>) {
        return LS_BOOL;
    } else if constexpr (std::is_same_v<T, float>) {
        return LS_FLOAT32;
    } else if constexpr (std::is_same_v<T, double>) {
        return LS_FLOAT64;
    } else if constexpr (std::is_same_v<T, std::complex<float>>) {
        return LS_COMPLEX64;
    } else if constexpr (std::is_same_v<T, std::complex<double>>) {
        return LS_COMPLEX128;
    } else if constexpr (std::is_integral_v<T>) {
        constexpr ls_dtype with_sign[] = {LS_INT8, LS_INT16, LS_INT32, LS_INT64};
        constexpr ls_dtype without[] = {LS_UINT8, LS_UINT16, LS_UINT32, LS_UINT64};
        constexpr int size = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
        return std::is_signed_v<T> ? with_sign[size] : without[size];
    } else {
        return LS_DTYPE_DEFAULT;
    }
}

/* An option struct filled by option objects, from left to right. */
template <class Options> struct filled {
    Options options{};
    template <class... Set> explicit filled(const Set &...set)
    {
        options.struct_size = sizeof(Options);
        (set(options), ...);
    }
    const Options *get() const { return &options; }
};
struct last {
    template <class Options> void operator()(Options &) const {}
};

} // namespace lockstep_detail

/** Options as objects, one for each member of the option structs. */
namespace ls_opt {
#define LS_OPTION_(name, type)                                                                                         \
    struct name {                                                                                                      \
        type value;                                                                                                    \
        explicit name(type v) : value(v) {}                                                                            \
        template <class Options> void operator()(Options &o) const { o.name = value; }                                 \
    };
LS_OPTION_(dtype, ls_dtype)
LS_OPTION_(data_dtype, ls_dtype)
LS_OPTION_(device, ls_device)
LS_OPTION_(keepdims, bool)
LS_OPTION_(correction, double)
LS_OPTION_(include_initial, bool)
LS_OPTION_(open, bool)
LS_OPTION_(descending, bool)
LS_OPTION_(right, bool)
LS_OPTION_(sorter, const ls_array *)
LS_OPTION_(index, ls_array **)
LS_OPTION_(inverse, ls_array **)
LS_OPTION_(counts, ls_array **)
LS_OPTION_(endpoint, bool)
LS_OPTION_(columns, int64_t)
LS_OPTION_(k, int64_t)
LS_OPTION_(grain, int64_t)
LS_OPTION_(context, void *)
LS_OPTION_(read_only, bool)
LS_OPTION_(strides, const int64_t *)
#undef LS_OPTION_
/* Options whose types the headers of their calls declare. */
#define LS_OPTION_(name)                                                                                               \
    template <class M> auto name(M value)                                                                              \
    {                                                                                                                  \
        return [value](auto &o) { o.name = value; };                                                                   \
    }
LS_OPTION_(mode)
LS_OPTION_(engine)
LS_OPTION_(progress)
LS_OPTION_(cancel)
LS_OPTION_(precision)
LS_OPTION_(threshold)
LS_OPTION_(edgeitems)
LS_OPTION_(linewidth)
LS_OPTION_(suppress)
LS_OPTION_(compressed)
LS_OPTION_(max_bytes)
LS_OPTION_(max_members)
LS_OPTION_(max_ratio)
#undef LS_OPTION_
struct axis {
    lockstep_detail::axes value;
    template <class... N> explicit axis(N... n) : value(n...) {}
    template <class Options> void operator()(Options &o) const { o.axis = value; }
};
/** Any other member: ls_opt::set(&ls_map_options::progress, f). */
template <class Options, class M> auto set(M Options::*member, M value)
{
    return [member, value](Options &o) { o.*member = value; };
}
} // namespace ls_opt

#define LS_SHAPE(...) lockstep_detail::shape(__VA_ARGS__)
#define LS_SHAPE0 lockstep_detail::shape()
#define LS_AXIS(...) lockstep_detail::axes(__VA_ARGS__)
#define LS_LIST(...) lockstep_detail::list(__VA_ARGS__)
#define LS_OPERAND(x) lockstep_detail::operand(x)
#define LS_DTYPE_OF_POINTER(p) lockstep_detail::dtype_of_pointer<decltype(p)>()
#define LS_NAMED_(...) std::initializer_list<ls_named>({__VA_ARGS__}).begin()

/* Braced initialisation fixes the order from left to right. */
namespace lockstep_detail {
struct operands3 {
    ls_operand x, y, z;
};
struct into3 {
    ls_array *out;
    ls_operand x, y, z;
};
template <class F> auto call1(F f, const char *place, operands3 o) { return f(place, o.x); }
template <class F> auto call2(F f, const char *place, operands3 o) { return f(place, o.x, o.y); }
template <class F> auto call3(F f, const char *place, operands3 o) { return f(place, o.x, o.y, o.z); }
template <class F> auto into1(F f, const char *place, into3 o) { return f(place, o.out, o.x); }
template <class F> auto into2(F f, const char *place, into3 o) { return f(place, o.out, o.x, o.y); }
template <class F> auto into3_(F f, const char *place, into3 o) { return f(place, o.out, o.x, o.y, o.z); }
} // namespace lockstep_detail
#define LS_CALL1(f, x) lockstep_detail::call1((f), LS_HERE, {LS_OPERAND(x), LS_NONE, LS_NONE})
#define LS_CALL2(f, x, y) lockstep_detail::call2((f), LS_HERE, {LS_OPERAND(x), LS_OPERAND(y), LS_NONE})
#define LS_CALL3(f, x, y, z) lockstep_detail::call3((f), LS_HERE, {LS_OPERAND(x), LS_OPERAND(y), LS_OPERAND(z)})
#define LS_CALL1_INTO(f, out, x) lockstep_detail::into1((f), LS_HERE, {(out), LS_OPERAND(x), LS_NONE, LS_NONE})
#define LS_CALL2_INTO(f, out, x, y) lockstep_detail::into2((f), LS_HERE, {(out), LS_OPERAND(x), LS_OPERAND(y), LS_NONE})
#define LS_CALL3_INTO(f, out, x, y, z)                                                                                 \
    lockstep_detail::into3_((f), LS_HERE, {(out), LS_OPERAND(x), LS_OPERAND(y), LS_OPERAND(z)})

#define LS_OPTIONS_END(type) lockstep_detail::last()
#define LS_OPTIONS(type, ...) lockstep_detail::filled<type>(__VA_ARGS__).get()
#define LS_WITH_OPTIONS(f, type, first, ...)                                                                           \
    (f)(LS_HERE, (first), lockstep_detail::filled<type>(__VA_ARGS__).get())
#define LS_WITH_OPTIONS2(f, type, first, second, ...)                                                                  \
    (f)(LS_HERE, (first), (second), lockstep_detail::filled<type>(__VA_ARGS__).get())
#define LS_WITH_OPTIONS3(f, type, first, second, third, ...)                                                           \
    (f)(LS_HERE, (first), (second), (third), lockstep_detail::filled<type>(__VA_ARGS__).get())
#define LS_WITH_OPTIONS4(f, type, first, second, third, fourth, ...)                                                   \
    (f)(LS_HERE, (first), (second), (third), (fourth), lockstep_detail::filled<type>(__VA_ARGS__).get())

#endif
