/* SPDX-License-Identifier: BSD-3-Clause
 *
 * reference.h. */
#include "sort/reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct number {
    int last;         /* complex: 1 with a NaN in the imaginary part, 2 in the real part, 3 in both; floats: 3 for NaN */
    bool of_two;      /* complex */
    int kind;         /* 0: signed integer, 1: unsigned, 2: floating */
    int64_t i;
    uint64_t u;
    double re, im;
} number;

static int compare_double(double x, double y, bool zeros_equal)
{
    if (x != y) return x < y ? -1 : 1;
    return zeros_equal || x != 0 ? 0 : (signbit(x) ? 0 : 1) - (signbit(y) ? 0 : 1);
}

int numbers_compare(const numbers *all, int64_t i, int64_t j)
{
    const number *x = &all->of[i], *y = &all->of[j];
    if (x->kind == 0) return (x->i > y->i) - (x->i < y->i);
    if (x->kind == 1) return (x->u > y->u) - (x->u < y->u);
    if (x->last != y->last) return x->last < y->last ? -1 : 1;
    const bool both = x->last == 0 && x->of_two;
    if (!(x->last & 2)) {
        const int c = compare_double(x->re, y->re, all->zeros_equal || both);
        if (c) return c;
    }
    const int c = x->last & 1 ? 0 : compare_double(x->im, y->im, all->zeros_equal);
    return c || !both ? c : compare_double(x->re, y->re, all->zeros_equal);
}

bool numbers_is_zero(const numbers *all, int64_t i)
{
    const number *x = &all->of[i];
    return x->kind == 0 ? x->i == 0 : x->kind == 1 ? x->u == 0 : x->re == 0 && x->im == 0;
}

numbers numbers_new(ls_dtype dtype, const void *bytes, int64_t count, bool zeros_equal)
{
    numbers n = {dtype, count, calloc((size_t)count + 1, sizeof *n.of), zeros_equal};
    for (int64_t i = 0; i < count; i++) {
        lsi_scalar s;
        number *x = &n.of[i];
        lsi_scalar_load(dtype, (const char *)bytes + (size_t)i * lsi_dtype_size(dtype), &s);
        const lsi_kind kind = lsi_dtype_kind(dtype);
        x->kind = kind == LSI_KIND_UINT ? 1 : kind == LSI_KIND_FLOAT || kind == LSI_KIND_COMPLEX ? 2 : 0;
        x->i = s.value.i;
        x->u = s.value.u;
        if (kind == LSI_KIND_FLOAT) x->re = s.value.f, x->last = isnan(x->re) ? 3 : 0;
        if (kind == LSI_KIND_COMPLEX) {
            x->of_two = true;
            x->re = s.value.c.re;
            x->im = s.value.c.im;
            x->last = (isnan(x->re) ? 2 : 0) + (isnan(x->im) ? 1 : 0);
        }
    }
    return n;
}

void numbers_free(numbers *n)
{
    free(n->of);
}

/* Merge sort of positions. */
static void merge_sort(const numbers *n, int64_t begin, int64_t step, int64_t *at, int64_t *spare, int64_t count, bool down)
{
    if (count < 2) return;
    const int64_t half = count / 2;
    merge_sort(n, begin, step, at, spare, half, down);
    merge_sort(n, begin, step, at + half, spare, count - half, down);
    memcpy(spare, at, (size_t)half * sizeof *at);
    for (int64_t i = 0, j = half, k = 0; i < half; k++) {
        bool second = false;
        if (j < count) {
            const int64_t a = begin + spare[i] * step, b = begin + at[j] * step;
            const int c = numbers_compare(n, b, a);
            const bool nan = n->of[a].last != n->of[b].last || n->of[a].last; /* NaN goes last either way */
            second = down && !nan ? c > 0 : c < 0;
            if (down && n->of[a].last == n->of[b].last && (n->of[a].last == 1 || n->of[a].last == 2)) second = c > 0;
        }
        at[k] = second ? at[j++] : spare[i++];
    }
}

int64_t *numbers_order(const numbers *n, int64_t begin, int64_t step, int64_t count, bool descending)
{
    int64_t *at = malloc(((size_t)count + 1) * sizeof *at), *spare = malloc(((size_t)count + 1) * sizeof *spare);
    for (int64_t i = 0; i < count; i++) at[i] = i;
    merge_sort(n, begin, step, at, spare, count, descending);
    free(spare);
    return at;
}

void canonical(ls_dtype dtype, const void *element, void *to)
{
    lsi_scalar s;
    lsi_scalar_load(dtype, element, &s);
    lsi_scalar_store(&s, to); /* canonicalises */
}

/* --- data --- */

static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

const char *fill_name(int kind)
{
    return (const char *const[FILLS]){"bits", "numbers", "few", "special", "rising", "one far"}[kind];
}

static double special(uint64_t r)
{
    const double of[] = {0.0, -0.0, INFINITY, -INFINITY, NAN, -NAN, 1.0, -1.0, 5e-324, -5e-324, 65504.0, 1e-45, 3e38};
    return of[r % (sizeof of / sizeof of[0])];
}

/* A number of the kind. */
static double draw(int kind, uint64_t *state, int64_t i)
{
    const double unit = (double)(next(state) >> 11) * 0x1p-53;
    switch (kind) {
    case 2:
        return (double)(next(state) % 5) - 2;
    case 3:
        return special(next(state));
    case 4:
        return (double)i * 0.25 + (unit < 0.01 ? 3 : 0);
    case 5:
        return unit < 0.0005 ? 1e30 * unit : unit;
    default:
        return (unit - 0.5) * 200;
    }
}

void fill(ls_dtype dtype, int kind, uint64_t seed, int64_t count, void *to)
{
    const size_t size = lsi_dtype_size(dtype);
    uint64_t state = seed;
    for (int64_t i = 0; i < count; i++) {
        char *element = (char *)to + (size_t)i * size;
        if (kind == 0) {
            const uint64_t bits[2] = {next(&state), next(&state)};
            memcpy(element, bits, size);
            if (dtype == LS_BOOL) *element &= 1;
        } else {
            const lsi_scalar s = {LS_COMPLEX128, {.c = {draw(kind, &state, i), draw(kind, &state, i)}}};
            const lsi_scalar real = {LS_FLOAT64, {.f = s.value.c.re}};
            const lsi_scalar cast = lsi_scalar_cast(lsi_dtype_kind(dtype) == LSI_KIND_COMPLEX ? &s : &real, dtype);
            lsi_scalar_store(&cast, element);
        }
    }
}
