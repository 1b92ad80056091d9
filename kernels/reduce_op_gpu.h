/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What is folded on a GPU: one type per kind of reduction, with which the kernels of reduce_gpu.h are made. An Op has
 *
 *   value, acc, state   what is read; what a lane holds; what a leaf becomes and the tree folds
 *   LANES               of the canonical order where order matters; where it does not, what suits
 *   PASSES              2: sums make the mean of a leaf, then again() folds the squares
 *   INDEXED             whether lift looks at r
 *   identity()          an acc that changes no other
 *   lift(v, r)          the acc of one value, r counted within the leaf
 *   fold(a, b)          commutative, to the bit
 *   leaf(a, first, n)   the state of a leaf of n values, the first being r = first
 *   merge(a, b)         states, in order
 *   result(args, s)     the result of a state, of the type that the kernels make it in; extremes: its bits
 *   finish(args, s, at) the same, written to element `at` of the results
 *
 * The arithmetic is that of reduce_order.h. Several reductions share a kind: mean divides a sum, any and all look at a
 * count, and min and max of everything that has an order are the maximum of an unsigned key. */
#ifndef LOCKSTEP_KERNELS_REDUCE_OP_GPU_H
#define LOCKSTEP_KERNELS_REDUCE_OP_GPU_H

#include "cast.h"
#include "gpu.h"
#include "reduce_args.h"
#include "reduce_order.h"

#define LS_MEMBER __device__ __forceinline__

/* --- what a lane gets from lane ^ mask --- */

LS_FN uint32_t ls_partner(uint32_t x, int mask) { return __shfl_xor_sync(LS_ALL_LANES, x, mask); }
LS_FN uint64_t ls_partner(uint64_t x, int mask)
{
    return (uint64_t)__shfl_xor_sync(LS_ALL_LANES, (unsigned long long)x, mask);
}
LS_FN float ls_partner(float x, int mask) { return __shfl_xor_sync(LS_ALL_LANES, x, mask); }
LS_FN double ls_partner(double x, int mask) { return __shfl_xor_sync(LS_ALL_LANES, x, mask); }
LS_FN ls_cfloat ls_partner(ls_cfloat x, int mask)
{
    return ls_make_c64(ls_partner(x.re, mask), ls_partner(x.im, mask));
}
LS_FN ls_cdouble ls_partner(ls_cdouble x, int mask)
{
    return ls_make_c128(ls_partner(x.re, mask), ls_partner(x.im, mask));
}

/* --- arithmetic by type --- */

LS_FN float ls_plus(float a, float b) { return a + b; }
LS_FN double ls_plus(double a, double b) { return a + b; }
LS_FN uint64_t ls_plus(uint64_t a, uint64_t b) { return a + b; }
LS_FN ls_cfloat ls_plus(ls_cfloat a, ls_cfloat b) { return ls_add_c64(a, b); }
LS_FN ls_cdouble ls_plus(ls_cdouble a, ls_cdouble b) { return ls_add_c128(a, b); }
LS_FN float ls_times(float a, float b) { return a * b; }
LS_FN double ls_times(double a, double b) { return a * b; }
LS_FN uint64_t ls_times(uint64_t a, uint64_t b) { return a * b; }
LS_FN ls_cfloat ls_times(ls_cfloat a, ls_cfloat b) { return ls_mul_c64(a, b); }
LS_FN ls_cdouble ls_times(ls_cdouble a, ls_cdouble b) { return ls_mul_c128(a, b); }

/* What a sum and a product leave alone, by type; the type of the parts and the dtype. */
template <class type>
struct ls_number;
template <>
struct ls_number<float> {
    typedef float part;
    static const int TAG = LS_RESULT_f32;
    static LS_MEMBER float zero() { return -0.0f; }
    static LS_MEMBER float one() { return 1.0f; }
};
template <>
struct ls_number<double> {
    typedef double part;
    static const int TAG = LS_RESULT_f64;
    static LS_MEMBER double zero() { return -0.0; }
    static LS_MEMBER double one() { return 1.0; }
};
template <>
struct ls_number<uint64_t> {
    typedef uint64_t part;
    static const int TAG = LS_RESULT_u64;
    static LS_MEMBER uint64_t zero() { return 0; }
    static LS_MEMBER uint64_t one() { return 1; }
};
template <>
struct ls_number<ls_cfloat> {
    typedef float part;
    static const int TAG = LS_RESULT_c64;
    static LS_MEMBER ls_cfloat zero() { return ls_make_c64(-0.0f, -0.0f); }
};
template <>
struct ls_number<ls_cdouble> {
    typedef double part;
    static const int TAG = LS_RESULT_c128;
    static LS_MEMBER ls_cdouble zero() { return ls_make_c128(-0.0, -0.0); }
};

/* --- results: cast once from the accumulator --- */

/* A real number of an accumulator, which float64 holds, to element `at` of another dtype. */
LS_SLOW_FN void ls_store_real(void *out, int64_t at, int result, double x)
{
    switch (result) {
#define STORE(tag) case LS_RESULT_##tag: static_cast<ls_t_##tag *>(out)[at] = ls_cast_f64_##tag(x); return;
    STORE(b) STORE(i8) STORE(i16) STORE(i32) STORE(i64) STORE(u8) STORE(u16) STORE(u32) STORE(u64)
    STORE(f16) STORE(bf16) STORE(f32) STORE(f64)
#undef STORE
    default: return;
    }
}

LS_FN void ls_store(const ls_reduce_args &a, int64_t at, float x)
{
    if (a.result == LS_RESULT_f32) static_cast<float *>(a.out)[at] = x;
    else ls_store_real(a.out, at, a.result, x);
}
LS_FN void ls_store(const ls_reduce_args &a, int64_t at, double x)
{
    if (a.result == LS_RESULT_f64) static_cast<double *>(a.out)[at] = x;
    else ls_store_real(a.out, at, a.result, x);
}
/* Integers wrap. */
LS_FN void ls_store(const ls_reduce_args &a, int64_t at, uint64_t x)
{
    switch (a.result) {
    case LS_RESULT_b: static_cast<uint8_t *>(a.out)[at] = x != 0; return;
    case LS_RESULT_i8:
    case LS_RESULT_u8: static_cast<uint8_t *>(a.out)[at] = (uint8_t)x; return;
    case LS_RESULT_i16:
    case LS_RESULT_u16: static_cast<uint16_t *>(a.out)[at] = (uint16_t)x; return;
    case LS_RESULT_i32:
    case LS_RESULT_u32: static_cast<uint32_t *>(a.out)[at] = (uint32_t)x; return;
    default: static_cast<uint64_t *>(a.out)[at] = x; return;
    }
}
LS_FN void ls_store(const ls_reduce_args &a, int64_t at, ls_cfloat x) { static_cast<ls_cfloat *>(a.out)[at] = x; }
LS_FN void ls_store(const ls_reduce_args &a, int64_t at, ls_cdouble x) { static_cast<ls_cdouble *>(a.out)[at] = x; }

LS_FN float ls_mean_of(float sum, int64_t n) { return sum / (float)n; }
LS_FN double ls_mean_of(double sum, int64_t n) { return sum / (double)n; }
LS_FN uint64_t ls_mean_of(uint64_t sum, int64_t) { return sum; }
LS_FN ls_cfloat ls_mean_of(ls_cfloat sum, int64_t n) { return ls_make_c64(sum.re / (float)n, sum.im / (float)n); }
LS_FN ls_cdouble ls_mean_of(ls_cdouble sum, int64_t n) { return ls_make_c128(sum.re / (double)n, sum.im / (double)n); }

/* --- sum, mean, prod --- */

template <class type>
struct ls_sum_op {
    typedef type value, acc, state;
    static const int LANES = LS_LANES(type), PASSES = 1;
    static const bool INDEXED = false;
    LS_MEMBER ls_sum_op() {}
    explicit LS_MEMBER ls_sum_op(const ls_reduce_args &) {}
    LS_MEMBER acc identity() const { return ls_number<type>::zero(); }
    LS_MEMBER acc lift(value v, int) const { return v; }
    LS_MEMBER acc fold(acc a, acc b) const { return ls_plus(a, b); }
    LS_MEMBER acc partner(acc a, int mask) const { return ls_partner(a, mask); }
    LS_MEMBER state leaf(acc a, int64_t, int) const { return a; }
    LS_MEMBER state merge(state a, state b) const { return ls_plus(a, b); }
    LS_MEMBER type result(const ls_reduce_args &a, state s) const
    {
        return a.op == LS_REDUCE_mean ? ls_mean_of(s, a.n) : s;
    }
    LS_MEMBER void finish(const ls_reduce_args &a, state s, int64_t at) const { ls_store(a, at, result(a, s)); }
};

template <class type>
struct ls_prod_op {
    typedef type value, acc, state;
    static const int LANES = LS_LANES(type), PASSES = 1;
    static const bool INDEXED = false;
    explicit LS_MEMBER ls_prod_op(const ls_reduce_args &) {}
    LS_MEMBER acc identity() const { return ls_number<type>::one(); }
    LS_MEMBER acc lift(value v, int) const { return v; }
    LS_MEMBER acc fold(acc a, acc b) const { return ls_times(a, b); }
    LS_MEMBER acc partner(acc a, int mask) const { return ls_partner(a, mask); }
    LS_MEMBER state leaf(acc a, int64_t, int) const { return a; }
    LS_MEMBER state merge(state a, state b) const { return ls_times(a, b); }
    LS_MEMBER type result(const ls_reduce_args &, state s) const { return s; }
    LS_MEMBER void finish(const ls_reduce_args &a, state s, int64_t at) const { ls_store(a, at, s); }
};

/* No complex number leaves every other alone as a factor, so absence is marked. */
template <class type>
struct ls_complex_prod_op {
    typedef type value, state;
    struct acc {
        type z;
        uint32_t present;
    };
    static const int LANES = LS_LANES(type), PASSES = 1;
    static const bool INDEXED = false;
    explicit LS_MEMBER ls_complex_prod_op(const ls_reduce_args &) {}
    LS_MEMBER acc identity() const
    {
        const acc none = {ls_number<type>::zero(), 0};
        return none;
    }
    LS_MEMBER acc lift(value v, int) const
    {
        const acc one = {v, 1};
        return one;
    }
    LS_MEMBER acc fold(acc a, acc b) const
    {
        const acc both = {ls_times(a.z, b.z), 1};
        const acc left = b.present ? both : a;
        return a.present ? left : b;
    }
    LS_MEMBER acc partner(acc a, int mask) const
    {
        const acc other = {ls_partner(a.z, mask), ls_partner(a.present, mask)};
        return other;
    }
    LS_MEMBER state leaf(acc a, int64_t, int) const { return a.z; }
    LS_MEMBER state merge(state a, state b) const { return ls_times(a, b); }
    LS_MEMBER type result(const ls_reduce_args &, state s) const { return s; }
    LS_MEMBER void finish(const ls_reduce_args &a, state s, int64_t at) const { ls_store(a, at, s); }
};

/* --- var, std --- */

LS_FN float ls_square_from(float x, float mean)
{
    const float d = x - mean;
    return d * d;
}
LS_FN double ls_square_from(double x, double mean)
{
    const double d = x - mean;
    return d * d;
}
LS_FN float ls_square_from(ls_cfloat x, ls_cfloat mean)
{
    const float re = x.re - mean.re, im = x.im - mean.im;
    return LS_ROUNDED(re * re) + LS_ROUNDED(im * im);
}
LS_FN double ls_square_from(ls_cdouble x, ls_cdouble mean)
{
    const double re = x.re - mean.re, im = x.im - mean.im;
    return LS_ROUNDED(re * re) + LS_ROUNDED(im * im);
}
LS_FN double ls_re_of(float x) { return x; }
LS_FN double ls_re_of(double x) { return x; }
LS_FN double ls_re_of(ls_cfloat x) { return x.re; }
LS_FN double ls_re_of(ls_cdouble x) { return x.re; }
LS_FN double ls_im_of(float) { return 0; }
LS_FN double ls_im_of(double) { return 0; }
LS_FN double ls_im_of(ls_cfloat x) { return x.im; }
LS_FN double ls_im_of(ls_cdouble x) { return x.im; }
LS_FN float ls_root_of(float x) { return ls_sqrt_f32(x); }
LS_FN double ls_root_of(double x) { return ls_sqrt_f64(x); }

/* The second pass: squares of distances from the leaf's mean, in the lanes of the values. */
template <class type>
struct ls_square_op {
    typedef type value;
    typedef typename ls_number<type>::part acc;
    static const int LANES = LS_LANES(type);
    static const bool INDEXED = false;
    type mean;
    LS_MEMBER acc identity() const { return ls_number<acc>::zero(); }
    LS_MEMBER acc lift(value v, int) const { return ls_square_from(v, mean); }
    LS_MEMBER acc fold(acc a, acc b) const { return ls_plus(a, b); }
    LS_MEMBER acc partner(acc a, int mask) const { return ls_partner(a, mask); }
};

template <class type>
struct ls_moments_op : ls_sum_op<type> {
    typedef type value, acc;
    typedef ls_moments state;
    typedef ls_square_op<type> square_op;
    typedef typename square_op::acc part;
    static const int PASSES = 2;
    explicit LS_MEMBER ls_moments_op(const ls_reduce_args &) {}
    LS_MEMBER square_op again(type mean) const
    {
        square_op squares;
        squares.mean = mean;
        return squares;
    }
    LS_MEMBER state moments(type mean, part squares, int n) const
    {
        const ls_moments m = {(double)n, ls_re_of(mean), ls_im_of(mean), (double)squares};
        return m;
    }
    LS_MEMBER state merge(state a, state b) const { return ls_moments_merge(a, b); }
    LS_MEMBER part result(const ls_reduce_args &a, state s) const
    {
        const part variance = (part)ls_variance(s, a.correction);
        return a.op == LS_REDUCE_std ? ls_root_of(variance) : variance;
    }
    LS_MEMBER void finish(const ls_reduce_args &a, state s, int64_t at) const { ls_store(a, at, result(a, s)); }
};

/* --- min, max, argmin, argmax --- */

template <class bits>
struct ls_key_of;
template <> struct ls_key_of<uint8_t> { typedef uint32_t key; };
template <> struct ls_key_of<uint16_t> { typedef uint32_t key; };
template <> struct ls_key_of<uint32_t> { typedef uint32_t key; };
template <> struct ls_key_of<uint64_t> { typedef uint64_t key; };

/* The bits of an element as an unsigned number that is the larger the earlier the element is chosen. Integers: bits ^
 * mask, the mask being that of the sign (for signed ones) turned over (for min). Floats: the usual order of their bits,
 * turned over for min, and all ones for NaN. */
template <class bits>
struct ls_keys {
    typedef typename ls_key_of<bits>::key key;
    static const bits SIGN = (bits)((bits)1 << (8 * sizeof(bits) - 1));
    static const bits INFINITE = sizeof(bits) == 8 ? (bits)0x7ff0000000000000ull : (bits)0x7f800000u;
    bits mask;
    bool floating;
    explicit LS_MEMBER ls_keys(const ls_reduce_args &a) : mask((bits)a.mask), floating(a.floating != 0) {}
    LS_MEMBER key of(bits x) const
    {
        if (sizeof(bits) < 4 || !floating) return (bits)(x ^ mask);
        const bits ordered = (bits)((x & SIGN ? (bits)~x : (bits)(x | SIGN)) ^ mask);
        return (bits)(x & (bits)~SIGN) > INFINITE ? (bits)~(bits)0 : ordered;
    }
    LS_MEMBER bits back(key k) const
    {
        if (sizeof(bits) < 4 || !floating) return (bits)((bits)k ^ mask);
        const bits ordered = (bits)((bits)k ^ mask);
        const bits x = ordered & SIGN ? (bits)(ordered ^ SIGN) : (bits)~ordered;
        return (bits)k == (bits)~(bits)0 ? (bits)(INFINITE | (INFINITE >> 1)) : x;
    }
};

LS_FN void ls_store_bits(const ls_reduce_args &a, int64_t at, uint8_t x) { static_cast<uint8_t *>(a.out)[at] = x; }
LS_FN void ls_store_bits(const ls_reduce_args &a, int64_t at, uint16_t x) { static_cast<uint16_t *>(a.out)[at] = x; }
LS_FN void ls_store_bits(const ls_reduce_args &a, int64_t at, uint32_t x)
{
    if (a.floating) ls_store(a, at, ls_from_bits_f32(x));
    else static_cast<uint32_t *>(a.out)[at] = x;
}
LS_FN void ls_store_bits(const ls_reduce_args &a, int64_t at, uint64_t x) { static_cast<uint64_t *>(a.out)[at] = x; }

enum { LS_FREE_LANES = 64 }; /* where order does not matter */

template <class bits>
struct ls_extreme_op {
    typedef bits value;
    typedef typename ls_key_of<bits>::key acc;
    typedef acc state;
    static const int LANES = LS_FREE_LANES, PASSES = 1;
    static const bool INDEXED = false;
    ls_keys<bits> keys;
    explicit LS_MEMBER ls_extreme_op(const ls_reduce_args &a) : keys(a) {}
    LS_MEMBER acc identity() const { return 0; }
    LS_MEMBER acc lift(value v, int) const { return keys.of(v); }
    LS_MEMBER acc fold(acc a, acc b) const { return a < b ? b : a; }
    LS_MEMBER acc partner(acc a, int mask) const { return ls_partner(a, mask); }
    LS_MEMBER state leaf(acc a, int64_t, int) const { return a; }
    LS_MEMBER state merge(state a, state b) const { return fold(a, b); }
    LS_MEMBER bits result(const ls_reduce_args &, state s) const { return keys.back(s); }
    LS_MEMBER void finish(const ls_reduce_args &a, state s, int64_t at) const { ls_store_bits(a, at, keys.back(s)); }
};

template <class bits>
struct ls_place_op {
    typedef bits value;
    typedef typename ls_key_of<bits>::key key;
    struct acc {
        key best;
        uint32_t at;
    };
    struct state {
        int64_t at;
        key best;
    };
    static const int LANES = LS_FREE_LANES, PASSES = 1;
    static const bool INDEXED = true;
    ls_keys<bits> keys;
    explicit LS_MEMBER ls_place_op(const ls_reduce_args &a) : keys(a) {}
    LS_MEMBER acc identity() const
    {
        const acc none = {0, ~0u};
        return none;
    }
    LS_MEMBER acc lift(value v, int r) const
    {
        const bool zero = sizeof(bits) >= 4 && keys.floating && (bits)(v << 1) == 0; /* the two zeros are equal */
        const acc one = {keys.of(zero ? (bits)0 : v), (uint32_t)r};
        return one;
    }
    LS_MEMBER acc fold(acc a, acc b) const
    {
        return b.best > a.best || (b.best == a.best && b.at < a.at) ? b : a;
    }
    LS_MEMBER acc partner(acc a, int mask) const
    {
        const acc other = {ls_partner(a.best, mask), ls_partner(a.at, mask)};
        return other;
    }
    LS_MEMBER state leaf(acc a, int64_t first, int) const
    {
        const state s = {first + a.at, a.best};
        return s;
    }
    LS_MEMBER state merge(state a, state b) const
    {
        return b.best > a.best || (b.best == a.best && b.at < a.at) ? b : a;
    }
    LS_MEMBER uint64_t result(const ls_reduce_args &, state s) const { return (uint64_t)s.at; }
    LS_MEMBER void finish(const ls_reduce_args &a, state s, int64_t at) const { ls_store(a, at, (uint64_t)s.at); }
};

/* --- any, all, count_nonzero: of bytes --- */

struct ls_count_op {
    typedef uint8_t value;
    typedef uint32_t acc;
    typedef uint64_t state;
    static const int LANES = LS_FREE_LANES, PASSES = 1;
    static const bool INDEXED = false;
    explicit LS_MEMBER ls_count_op(const ls_reduce_args &) {}
    LS_MEMBER acc identity() const { return 0; }
    LS_MEMBER acc lift(value v, int) const { return v != 0; }
    LS_MEMBER acc fold(acc a, acc b) const { return a + b; }
    LS_MEMBER acc partner(acc a, int mask) const { return ls_partner(a, mask); }
    LS_MEMBER state leaf(acc a, int64_t, int) const { return a; }
    LS_MEMBER state merge(state a, state b) const { return a + b; }
    LS_MEMBER uint64_t result(const ls_reduce_args &a, state s) const
    {
        const uint64_t truth = a.op == LS_REDUCE_any ? s != 0 : (int64_t)s == a.n;
        return a.op == LS_REDUCE_count_nonzero ? s : truth;
    }
    LS_MEMBER void finish(const ls_reduce_args &a, state s, int64_t at) const { ls_store(a, at, result(a, s)); }
};

#endif
