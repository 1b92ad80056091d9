/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers for tests that compare one way of computing with another: every kind of value of a dtype, and when two
 * elements are the same bits up to the sign and payload of NaN. */
#ifndef LSI_TESTS_RANDOM_VALUES_H
#define LSI_TESTS_RANDOM_VALUES_H

#include "core/dtype.h"
#include <math.h>
#include <string.h>

static uint64_t values_state = 0x9e3779b97f4a7c15u;

static inline uint64_t values_bits(void)
{
    uint64_t z = values_state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}
static inline int64_t values_below(int64_t n)
{
    return (int64_t)(values_bits() % (uint64_t)n);
}

/* Zeros, limits, near whole and half numbers, any bit pattern, and mostly numbers around 1. */
static inline double values_real(void)
{
    static const double special[] = {0.0,     -0.0,    1.0,    -1.0,   0.5,   -0.5,  2.0,    1e300,  -1e300, 1e-310,
                                     3e9,     -3e9,    70000,  1e-40,  255.0, 1e22,  -128.5, 127.5,  65504,  1e38,
                                     INFINITY, -INFINITY, NAN, 1e5,    1e9,   -2.5,  3.5,    0x1p63, 0x1p64, 0x1p31};
    switch (values_below(8)) {
    case 0: return special[values_below((int64_t)(sizeof special / sizeof *special))];
    case 1: return (double)(values_below(64) - 32) / 2;
    case 2: return ldexp((double)(int64_t)values_bits(), (int)values_below(120) - 120);
    default: return (double)((int64_t)values_bits() >> 11) * 0x1p-50;
    }
}

static inline void values_element(ls_dtype dtype, void *to)
{
    lsi_scalar x = {.dtype = dtype};
    const uint64_t bits = values_bits();
    switch (lsi_dtype_kind(dtype)) {
    case LSI_KIND_BOOL: x.value.i = (int64_t)(bits & 1); break;
    case LSI_KIND_FLOAT:
        x = lsi_scalar_cast(&(lsi_scalar){.dtype = LS_FLOAT64, .value.f = values_real()}, dtype);
        break;
    case LSI_KIND_COMPLEX:
        x = lsi_scalar_cast(&(lsi_scalar){.dtype = LS_COMPLEX128, .value.c = {values_real(), values_real()}}, dtype);
        break;
    default: x.value.u = bits >> (values_below(3) ? values_below(64) : 0); break;
    }
    if (lsi_dtype_kind(dtype) == LSI_KIND_INT || lsi_dtype_kind(dtype) == LSI_KIND_UINT)
        memcpy(to, &x.value.u, lsi_dtype_size(dtype)); /* the low bytes: little-endian, as every GPU's host is */
    else
        lsi_scalar_store(&x, to);
    if (values_below(16) == 0 && lsi_dtype_kind(dtype) == LSI_KIND_INT) {
        const int64_t small = values_below(5) - 2;
        memcpy(to, &small, lsi_dtype_size(dtype));
    }
}

static inline bool values_same_real(double a, double b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

static inline bool values_same(ls_dtype dtype, const void *a, const void *b)
{
    lsi_scalar x, y;
    if (memcmp(a, b, lsi_dtype_size(dtype)) == 0) return true;
    if (lsi_dtype_kind(dtype) < LSI_KIND_FLOAT) return false;
    lsi_scalar_load(dtype, a, &x);
    lsi_scalar_load(dtype, b, &y);
    if (lsi_dtype_kind(dtype) == LSI_KIND_FLOAT) return values_same_real(x.value.f, y.value.f);
    return values_same_real(x.value.c.re, y.value.c.re) && values_same_real(x.value.c.im, y.value.c.im);
}

#endif
