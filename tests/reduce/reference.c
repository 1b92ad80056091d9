/* SPDX-License-Identifier: BSD-3-Clause
 *
 * See reference.h. Written straight from the definitions: recursion, one element at a time, no concern for speed. */
#include "reference.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAF = 1024 };

static bool is_single(ls_dtype dtype) { return dtype == LS_FLOAT32 || dtype == LS_COMPLEX64; }
static bool is_complex(ls_dtype dtype) { return dtype == LS_COMPLEX64 || dtype == LS_COMPLEX128; }
static bool is_real(ls_dtype dtype) { return dtype == LS_FLOAT32 || dtype == LS_FLOAT64; }

number number_load(ls_dtype dtype, const void *bytes)
{
    number x = {{0, 0}, 0};
    float f[2];
    switch (dtype) {
    case LS_BOOL: x.i = *(const uint8_t *)bytes != 0; break;
    case LS_INT8: x.i = *(const int8_t *)bytes; break;
    case LS_INT16: x.i = *(const int16_t *)bytes; break;
    case LS_INT32: x.i = *(const int32_t *)bytes; break;
    case LS_UINT8: x.i = *(const uint8_t *)bytes; break;
    case LS_UINT16: x.i = *(const uint16_t *)bytes; break;
    case LS_UINT32: x.i = *(const uint32_t *)bytes; break;
    case LS_INT64:
    case LS_UINT64: memcpy(&x.i, bytes, 8); break;
    case LS_FLOAT32: memcpy(f, bytes, 4); x.f[0] = (double)f[0]; break;
    case LS_FLOAT64: memcpy(x.f, bytes, 8); break;
    case LS_COMPLEX64: memcpy(f, bytes, 8); x.f[0] = (double)f[0]; x.f[1] = (double)f[1]; break;
    case LS_COMPLEX128: memcpy(x.f, bytes, 16); break;
    default: abort();
    }
    return x;
}

void number_store(ls_dtype dtype, number x, void *bytes)
{
    const float f[2] = {(float)x.f[0], (float)x.f[1]};
    switch (dtype) {
    case LS_BOOL:
    case LS_INT8:
    case LS_UINT8: memcpy(bytes, &x.i, 1); break;
    case LS_INT16:
    case LS_UINT16: memcpy(bytes, &x.i, 2); break;
    case LS_INT32:
    case LS_UINT32: memcpy(bytes, &x.i, 4); break;
    case LS_INT64:
    case LS_UINT64: memcpy(bytes, &x.i, 8); break;
    case LS_FLOAT32: memcpy(bytes, f, 4); break;
    case LS_FLOAT64: memcpy(bytes, x.f, 8); break;
    case LS_COMPLEX64: memcpy(bytes, f, 8); break;
    case LS_COMPLEX128: memcpy(bytes, x.f, 16); break;
    default: abort();
    }
}

static bool same_double(double a, double b) { return (isnan(a) && isnan(b)) || memcmp(&a, &b, 8) == 0; }

bool same_element(ls_dtype dtype, const void *a, const void *b)
{
    const number x = number_load(dtype, a), y = number_load(dtype, b);
    return same_double(x.f[0], y.f[0]) && same_double(x.f[1], y.f[1]) && x.i == y.i;
}

/* --- one step, in the dtype's own precision --- */

/* Through memory: gcc 12 at -O2 drops a pair of neighbouring double -> float -> double conversions when it makes a
 * vector of them. */
static double rounded(ls_dtype dtype, double x)
{
    volatile float single = (float)x;
    return is_single(dtype) ? (double)single : x;
}
static double plus(ls_dtype dtype, double a, double b) { return rounded(dtype, a + b); }
static double times(ls_dtype dtype, double a, double b) { return rounded(dtype, a * b); }

static number add(ls_dtype dtype, number a, number b)
{
    const number sum = {{plus(dtype, a.f[0], b.f[0]), plus(dtype, a.f[1], b.f[1])},
                        (int64_t)((uint64_t)a.i + (uint64_t)b.i)};
    return sum;
}

static number multiply(ls_dtype dtype, number a, number b)
{
    number p = {{times(dtype, a.f[0], b.f[0]), 0}, (int64_t)((uint64_t)a.i * (uint64_t)b.i)};
    if (is_complex(dtype)) {
        p.f[0] = plus(dtype, times(dtype, a.f[0], b.f[0]), -times(dtype, a.f[1], b.f[1]));
        p.f[1] = plus(dtype, times(dtype, a.f[0], b.f[1]), times(dtype, a.f[1], b.f[0]));
    }
    return p;
}

typedef number (*step)(ls_dtype dtype, number a, number b);

/* --- leaf and tree --- */

/* Lane `off` of n elements, or the tree over lanes off, off + s, off + 2 s, ... */
static number lanes(step fold, ls_dtype dtype, const number *x, int64_t n, int64_t off, int64_t s, int64_t count)
{
    if (s == count) {
        number lane = x[off];
        for (int64_t r = off + count; r < n; r += count) lane = fold(dtype, lane, x[r]);
        return lane;
    }
    const number left = lanes(fold, dtype, x, n, off, 2 * s, count);
    return off + s < n ? fold(dtype, left, lanes(fold, dtype, x, n, off + s, 2 * s, count)) : left;
}

static number leaf(step fold, ls_dtype lane_dtype, ls_dtype dtype, const number *x, int64_t n)
{
    const int64_t size = lane_dtype == LS_FLOAT32 ? 4 : lane_dtype == LS_COMPLEX128 ? 16 : 8;
    return lanes(fold, dtype, x, n, 0, 1, 512 / size);
}

/* The elements of the left child of a node over `leaves` leaves: the largest power of two below. */
static int64_t left_leaves(int64_t leaves)
{
    int64_t left = 1;
    while (left * 2 < leaves) left *= 2;
    return left;
}

static number tree(step fold, ls_dtype dtype, const number *x, int64_t n)
{
    if (n <= LEAF) return leaf(fold, dtype, dtype, x, n);
    const int64_t left = left_leaves((n + LEAF - 1) / LEAF) * LEAF;
    return fold(dtype, tree(fold, dtype, x, left), tree(fold, dtype, x + left, n - left));
}

/* --- variance --- */

typedef struct moments {
    double n, re, im, m2;
} moments;

static moments leaf_moments(ls_dtype dtype, const number *x, int64_t n)
{
    const ls_dtype real = is_single(dtype) ? LS_FLOAT32 : LS_FLOAT64;
    number *squares = calloc((size_t)n, sizeof *squares);
    number mean = leaf(add, dtype, dtype, x, n);
    mean.f[0] = rounded(dtype, mean.f[0] / (double)n);
    mean.f[1] = rounded(dtype, mean.f[1] / (double)n);
    for (int64_t r = 0; r < n; r++) {
        const double re = plus(dtype, x[r].f[0], -mean.f[0]), im = plus(dtype, x[r].f[1], -mean.f[1]);
        squares[r].f[0] = times(dtype, re, re);
        if (is_complex(dtype)) squares[r].f[0] = plus(dtype, squares[r].f[0], times(dtype, im, im));
    }
    const moments m = {(double)n, mean.f[0], mean.f[1], leaf(add, dtype, real, squares, n).f[0]};
    free(squares);
    return m;
}

static moments tree_moments(ls_dtype dtype, const number *x, int64_t n)
{
    if (n <= LEAF) return leaf_moments(dtype, x, n);
    const int64_t left = left_leaves((n + LEAF - 1) / LEAF) * LEAF;
    const moments a = tree_moments(dtype, x, left), b = tree_moments(dtype, x + left, n - left);
    const double total = a.n + b.n, share = b.n / total, re = b.re - a.re, im = b.im - a.im;
    const moments m = {total, a.re + re * share, a.im + im * share,
                       (a.m2 + b.m2) + (re * re + im * im) * (a.n * share)};
    return m;
}

/* --- the rest --- */

static int64_t best_place(lsi_reduce_op op, ls_dtype dtype, const number *x, int64_t n)
{
    const bool least = op == LSI_REDUCE_min || op == LSI_REDUCE_argmin;
    int64_t best = 0;
    for (int64_t r = 0; r < n; r++)
        if (isnan(x[r].f[0])) return r;
    for (int64_t r = 1; r < n; r++) {
        bool less = x[r].i < x[best].i, more = x[r].i > x[best].i;
        if (is_real(dtype)) less = x[r].f[0] < x[best].f[0], more = x[r].f[0] > x[best].f[0];
        if (dtype == LS_UINT64) {
            less = (uint64_t)x[r].i < (uint64_t)x[best].i;
            more = (uint64_t)x[r].i > (uint64_t)x[best].i;
        }
        if (least ? less : more) best = r;
    }
    return best;
}

static number extreme(lsi_reduce_op op, ls_dtype dtype, const number *x, int64_t n)
{
    number best = x[best_place(op, dtype, x, n)];
    if (!is_real(dtype) || best.f[0] != 0) return best;
    for (int64_t r = 0; r < n; r++)
        if (x[r].f[0] == 0 && !!signbit(x[r].f[0]) == (op == LSI_REDUCE_min)) best = x[r];
    return best;
}

number reference_reduce(lsi_reduce_op op, ls_dtype dtype, const number *x, int64_t n, double correction)
{
    number out = {{0, 0}, 0};
    int64_t trues = 0;
    moments m;
    for (int64_t r = 0; r < n; r++) trues += x[r].i != 0;
    switch (op) {
    case LSI_REDUCE_sum: return tree(add, dtype, x, n);
    case LSI_REDUCE_prod: return tree(multiply, dtype, x, n);
    case LSI_REDUCE_mean:
        out = tree(add, dtype, x, n);
        out.f[0] = is_single(dtype) ? (double)((float)out.f[0] / (float)n) : out.f[0] / (double)n;
        out.f[1] = is_single(dtype) ? (double)((float)out.f[1] / (float)n) : out.f[1] / (double)n;
        return out;
    case LSI_REDUCE_var:
    case LSI_REDUCE_std:
        m = tree_moments(dtype, x, n);
        out.f[0] = rounded(dtype, m.m2 / (m.n - correction > 0 ? m.n - correction : 0.0));
        if (op == LSI_REDUCE_std) out.f[0] = is_single(dtype) ? (double)sqrtf((float)out.f[0]) : sqrt(out.f[0]);
        return out;
    case LSI_REDUCE_min:
    case LSI_REDUCE_max: return extreme(op, dtype, x, n);
    case LSI_REDUCE_argmin:
    case LSI_REDUCE_argmax: out.i = best_place(op, dtype, x, n); return out;
    case LSI_REDUCE_any: out.i = trues > 0; return out;
    case LSI_REDUCE_all: out.i = trues == n; return out;
    case LSI_REDUCE_count_nonzero: out.i = trues; return out;
    default: abort();
    }
}

/* --- scans --- */

/* The local prefixes of x[0, n), n <= 2 * half, where half is a power of two. */
static void local_prefix(step fold, ls_dtype dtype, const number *x, int64_t n, int64_t half, number *out)
{
    if (n == 1) {
        out[0] = x[0];
        return;
    }
    if (n <= half) {
        local_prefix(fold, dtype, x, n, half / 2, out);
        return;
    }
    local_prefix(fold, dtype, x, half, half / 2, out);
    local_prefix(fold, dtype, x + half, n - half, half / 2, out + half);
    for (int64_t i = half; i < n; i++) out[i] = fold(dtype, out[half - 1], out[i]);
}

void reference_scan(bool product, ls_dtype dtype, const number *x, int64_t n, number *out)
{
    enum { TILE = 8192 };
    const step fold = product ? multiply : add;
    for (int64_t at = 0; at < n; at += TILE) {
        const int64_t length = n - at < TILE ? n - at : TILE;
        local_prefix(fold, dtype, x + at, length, TILE / 2, out + at);
        for (int64_t i = 0; at > 0 && i < length; i++) out[at + i] = fold(dtype, out[at - 1], out[at + i]);
    }
}
