/* SPDX-License-Identifier: BSD-3-Clause
 *
 * check_sort.h. */
#include "sort/check_sort.h"
#include "sort/reference.h"
#include "lazy/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- arrays as bytes --- */

/* All elements in C order, bits as they are. Free it. */
static char *bytes_of(const ls_array *a)
{
    char *bytes = malloc((size_t)ls_size(a) * lsi_dtype_size(ls_dtype_of(a)) + 16);
    if (lsi_array_download(a, bytes)) {
        printf("reading: %s\n", ls_error_message());
        abort();
    }
    return bytes;
}

static bool tell(const char *what, const char *which, int64_t at)
{
    printf("%s: %s differs at %lld (%s)\n", what, which, (long long)at, ls_error_message());
    return false;
}

/* The lines along an axis: line l begins at begin(l) and goes in steps. */
typedef struct lines {
    int64_t count, n, step, all;
} lines;

static lines lines_of(const ls_array *a, int axis)
{
    lines l = {1, ls_dim(a, axis), 1, ls_size(a)};
    for (int k = axis + 1; k < (int)ls_ndim(a); k++) l.step *= ls_dim(a, k);
    l.count = l.n ? l.all / l.n : 0;
    return l;
}
static int64_t line_begin(const lines *l, int64_t line)
{
    return line / l->step * l->step * l->n + line % l->step;
}

static bool same_shape(const ls_array *a, const ls_array *b)
{
    bool same = ls_ndim(a) == ls_ndim(b);
    for (int k = 0; same && k < (int)ls_ndim(a); k++) same = ls_dim(a, k) == ls_dim(b, k);
    return same;
}

/* --- sorts and partitions --- */

/* Whether `got` has, along the axis, the elements (or positions) that `order` names. */
typedef int64_t *order_fn(const numbers *n, int64_t begin, const lines *l, int64_t argument);

static bool check_lines(const ls_array *a, const ls_array *got, int axis, bool values, order_fn *order, int64_t argument,
                        bool zeros_equal, const char *what, const char *which)
{
    const ls_dtype dtype = ls_dtype_of(a);
    const size_t size = lsi_dtype_size(dtype);
    if (!got || !same_shape(a, got) || ls_dtype_of(got) != (values ? dtype : LS_INT64)) return tell(what, which, -1);
    char *in = bytes_of(a), *out = bytes_of(got), expected[16];
    numbers n = numbers_new(dtype, in, ls_size(a), zeros_equal);
    const lines l = lines_of(a, axis);
    bool good = true;
    for (int64_t line = 0; line < l.count && good; line++) {
        const int64_t begin = line_begin(&l, line);
        int64_t *at = order(&n, begin, &l, argument);
        for (int64_t i = 0; i < l.n && good; i++) {
            const int64_t place = begin + i * l.step;
            if (values) {
                canonical(dtype, in + (size_t)(begin + at[i] * l.step) * size, expected);
                good = memcmp(out + (size_t)place * size, expected, size) == 0;
            } else {
                good = ((const int64_t *)(void *)out)[place] == at[i];
            }
            if (!good) tell(what, which, place);
        }
        free(at);
    }
    numbers_free(&n);
    free(in);
    free(out);
    return good;
}

static int64_t *sorted_order(const numbers *n, int64_t begin, const lines *l, int64_t descending)
{
    return numbers_order(n, begin, l->step, l->n, descending != 0);
}

static int64_t *parted_order(const numbers *n, int64_t begin, const lines *l, int64_t kth)
{
    int64_t *sorted = numbers_order(n, begin, l->step, l->n, false), count = 0;
    const int64_t pivot = begin + sorted[kth] * l->step;
    for (int side = -1; side <= 1; side++)
        for (int64_t i = 0; i < l->n; i++) {
            const int c = numbers_compare(n, begin + i * l->step, pivot);
            if ((c > 0) - (c < 0) == side) sorted[count++] = i;
        }
    return sorted;
}

bool check_sorts(const ls_array *a, int axis, const char *what)
{
    bool good = true;
    for (int down = 0; down < 2 && good; down++) {
        LS_SCOPE {
            const ls_array *sorted = ls_sort(a, .axis = LS_AXIS(axis), .descending = down);
            const ls_array *order = ls_argsort(a, .axis = LS_AXIS(axis), .descending = down);
            good = check_lines(a, sorted, axis, true, sorted_order, down, false, what, down ? "sort down" : "sort") &&
                   check_lines(a, order, axis, false, sorted_order, down, true, what, down ? "argsort down" : "argsort");
        }
    }
    return good;
}

bool check_partitions(const ls_array *a, int axis, int64_t kth, const char *what)
{
    bool good = true;
    LS_SCOPE {
        good = check_lines(a, ls_partition(a, kth, .axis = LS_AXIS(axis)), axis, true, parted_order, kth, false, what,
                           "partition") &&
               check_lines(a, ls_argpartition(a, kth, .axis = LS_AXIS(axis)), axis, false, parted_order, kth, false,
                           what, "argpartition");
    }
    return good;
}

/* --- unique --- */

/* The element that stands for a run: canonical NaN, +0 for either zero, in each part. */
static void representative(ls_dtype dtype, const char *element, char *to)
{
    const lsi_kind kind = lsi_dtype_kind(dtype);
    lsi_scalar s;
    lsi_scalar_load(dtype, element, &s);
    if (kind == LSI_KIND_FLOAT && s.value.f == 0) s.value.f = 0;
    if (kind == LSI_KIND_COMPLEX && s.value.c.re == 0) s.value.c.re = 0;
    if (kind == LSI_KIND_COMPLEX && s.value.c.im == 0) s.value.c.im = 0;
    lsi_scalar_store(&s, to);
}

static bool check_runs(const ls_array *a, ls_array *const got[4], const char *what)
{
    const ls_dtype dtype = ls_dtype_of(a);
    const size_t size = lsi_dtype_size(dtype);
    const int64_t n = ls_size(a), found = ls_size(got[0]);
    char *in = bytes_of(a), *values = bytes_of(got[0]), expected[16];
    int64_t *index = (void *)bytes_of(got[1]), *inverse = (void *)bytes_of(got[2]), *counts = (void *)bytes_of(got[3]);
    numbers numbers_in = numbers_new(dtype, in, n, true);
    int64_t *order = numbers_order(&numbers_in, 0, 1, n, false), run = -1, begin = 0;
    bool good = same_shape(a, got[2]) && ls_size(got[1]) == found && ls_size(got[3]) == found;
    for (int64_t i = 0; i < n && good; i++) {
        if (i == 0 || numbers_compare(&numbers_in, order[i - 1], order[i]) != 0) {
            if (run >= 0) good = counts[run] == i - begin;
            begin = i;
            if (++run >= found) {
                good = false;
                break;
            }
            representative(dtype, in + (size_t)order[i] * size, expected);
            good = good && memcmp(values + (size_t)run * size, expected, size) == 0 && index[run] == order[i];
        }
        good = good && inverse[order[i]] == run;
    }
    good = good && run + 1 == found && (found == 0 || counts[run] == n - begin);
    if (!good) tell(what, "unique", run);
    free(order);
    numbers_free(&numbers_in);
    free(in), free(values), free(index), free(inverse), free(counts);
    return good;
}

bool check_unique(const ls_array *a, const char *what)
{
    bool good = true;
    LS_SCOPE {
        ls_array *got[4] = {NULL};
        got[0] = ls_unique(a, .index = &got[1], .inverse = &got[2], .counts = &got[3]);
        good = got[0] && got[1] && got[2] && got[3] ? check_runs(a, got, what) : tell(what, "unique", -1);
        ls_array *alone = ls_unique(a), *counts = NULL, *with = ls_unique(a, .counts = &counts);
        if (good) {
            char *x = bytes_of(got[0]), *y = bytes_of(alone), *z = bytes_of(with), *c = bytes_of(counts), *d = bytes_of(got[3]);
            const size_t bytes = (size_t)ls_size(got[0]) * lsi_dtype_size(ls_dtype_of(a));
            good = ls_size(alone) == ls_size(got[0]) && memcmp(x, y, bytes) == 0 && memcmp(x, z, bytes) == 0 &&
                   memcmp(c, d, (size_t)ls_size(counts) * 8) == 0;
            if (!good) tell(what, "unique alone", 0);
            free(x), free(y), free(z), free(c), free(d);
        }
    }
    return good;
}

/* --- nonzero --- */

bool check_nonzero(const ls_array *a, const char *what)
{
    bool good = true;
    LS_SCOPE {
        const int64_t n = ls_size(a);
        const int ndim = (int)ls_ndim(a);
        const ls_array *got = ls_nonzero(a), *flat = ls_flatnonzero(a);
        if (!got || !flat || ls_dim(got, 0) != ndim || ls_dim(got, 1) != ls_size(flat)) return tell(what, "nonzero", -1);
        char *in = bytes_of(a);
        int64_t *at = (void *)bytes_of(got), *numbers_at = (void *)bytes_of(flat), found = 0;
        numbers all = numbers_new(ls_dtype_of(a), in, n, true);
        for (int64_t i = 0; i < n && good; i++) {
            if (numbers_is_zero(&all, i)) continue;
            good = found < ls_size(flat) && numbers_at[found] == i;
            int64_t rest = i;
            for (int axis = ndim - 1; axis >= 0 && good; axis--) {
                good = at[axis * ls_size(flat) + found] == rest % ls_dim(a, axis);
                rest /= ls_dim(a, axis);
            }
            if (!good) tell(what, "nonzero", i);
            found++;
        }
        if (good && found != ls_size(flat)) good = tell(what, "nonzero", found);
        numbers_free(&all);
        free(in), free(at), free(numbers_at);
    }
    return good;
}

/* --- searchsorted --- */

bool check_search(const ls_array *a, const ls_array *values, const char *what)
{
    bool good = true;
    LS_SCOPE {
        const ls_dtype dtype = ls_dtype_of(a);
        const size_t size = lsi_dtype_size(dtype);
        const int64_t n = ls_size(a), m = ls_size(values);
        ls_array *sorter = ls_argsort(a), *sorted = ls_sort(a);
        ls_array *got[4] = {ls_searchsorted(sorted, values), ls_searchsorted(sorted, values, .right = true),
                            ls_searchsorted(a, values, .sorter = sorter),
                            ls_searchsorted(a, values, .right = true, .sorter = sorter)};
        char *in = bytes_of(sorted), *v = bytes_of(values), *both = malloc((size_t)(n + m + 1) * size);
        memcpy(both, in, (size_t)n * size);
        memcpy(both + (size_t)n * size, v, (size_t)m * size);
        numbers all = numbers_new(dtype, both, n + m, true);
        for (int k = 0; k < 4 && good; k++) {
            if (!got[k] || !same_shape(got[k], values)) {
                good = tell(what, "searchsorted", -1);
                break;
            }
            int64_t *at = (void *)bytes_of(got[k]);
            for (int64_t i = 0; i < m && good; i++) {
                int64_t low = 0, high = n; /* the order of the reference decides */
                while (low < high) {
                    const int64_t middle = (low + high) / 2;
                    const int c = numbers_compare(&all, middle, n + i);
                    if (c < 0 || (c == 0 && (k & 1))) low = middle + 1; else high = middle;
                }
                if (at[i] != low) good = tell(what, k & 1 ? "searchsorted right" : "searchsorted", i);
            }
            free(at);
        }
        numbers_free(&all);
        free(in), free(v), free(both);
    }
    return good;
}
