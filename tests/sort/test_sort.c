/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sorting, searching, unique and non-zero elements on the host: every dtype, size boundary, axis and kind of view, on one,
 * two and three threads and on every instruction set, against a reference that compares numbers. */
#include "sort/check_sort.h"
#include "sort/reference.h"
#include "host/isa.h"
#include "support/check.h"

#include <stdlib.h>

static ls_array *filled(ls_dtype dtype, int kind, uint64_t seed, int64_t n)
{
    void *bytes = malloc((size_t)n * lsi_dtype_size(dtype) + 16);
    fill(dtype, kind, seed, n, bytes);
    ls_array *a = (ls_from_host)(LS_HERE, bytes, dtype, LS_SHAPE(n), NULL);
    free(bytes);
    return a;
}

static const char *label(const ls_array *a, int kind, int threads)
{
    static char text[128];
    snprintf(text, sizeof text, "%s, %s, %lld elements, %d threads", ls_dtype_name(ls_dtype_of(a)), fill_name(kind),
             (long long)ls_size(a), threads);
    return text;
}

static void every_call(ls_dtype dtype, int kind, int64_t n, int threads)
{
    ls_set_num_threads(threads);
    LS_SCOPE {
        const ls_array *a = filled(dtype, kind, (uint64_t)(n * 31 + kind), n);
        const ls_array *values = filled(dtype, kind, (uint64_t)(n * 37 + kind), n < 5 ? 5 : n < 1000 ? n : 1000);
        const char *what = label(a, kind, threads);
        CHECK(check_sorts(a, 0, what));
        if (n > 0) {
            CHECK(check_partitions(a, 0, n / 3, what));
            CHECK(check_partitions(a, 0, n - 1, what));
        }
        CHECK(check_unique(a, what));
        CHECK(check_nonzero(a, what));
        CHECK(check_search(a, values, what));
        CHECK(check_search(a, ls_at(values, "::3"), what));
    }
}

TEST(small_sizes_of_every_dtype)
{
    const int64_t sizes[] = {0, 1, 2, 3, 19, 20, 21, 22, 41, 63, 64, 65, 255, 256, 257, 511, 512, 513, 1000};
    for (int dtype = LS_BOOL; dtype <= LS_COMPLEX128; dtype++)
        for (int kind = dtype % 2; kind < FILLS; kind += 2)
            for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) every_call((ls_dtype)dtype, kind, sizes[s], 1 + (int)(s % 3));
}

/* Around a block, and above it, where threads share a line. */
TEST(long_lines_of_every_dtype)
{
    const int64_t sizes[] = {65535, 65536, 65537, 100003};
    for (int dtype = LS_BOOL; dtype <= LS_COMPLEX128; dtype++)
        for (int kind = dtype % 3; kind < FILLS; kind += 3)
            every_call((ls_dtype)dtype, kind, sizes[(dtype + kind) % 4], 1 + (dtype + kind) % 3);
}

TEST(a_million_on_one_two_and_three_threads)
{
    const ls_dtype dtypes[] = {LS_FLOAT16, LS_INT32, LS_FLOAT64, LS_COMPLEX128};
    for (int d = 0; d < 4; d++) {
        ls_set_num_threads(1 + d % 3);
        LS_SCOPE {
            const ls_array *a = filled(dtypes[d], d % FILLS, 3, 1000000);
            CHECK(check_sorts(a, 0, label(a, d % FILLS, 1 + d % 3)));
            if (d % 4 == 1) CHECK(check_unique(a, "a million"));
            if (d % 4 == 2) CHECK(check_nonzero(a, "a million"));
        }
    }
    for (int threads = 1; threads <= 3; threads++) {
        ls_set_num_threads(threads);
        LS_SCOPE {
            const ls_array *a = filled(LS_FLOAT64, 5, 4, 1000003);
            CHECK(check_partitions(a, 0, 400000, "a million"));
        }
    }
}

/* Keys that share their upper bits force narrower ranges, more than once. */
TEST(clustered_keys)
{
    const int64_t n = 300000;
    uint64_t *x = malloc((size_t)n * sizeof *x);
    uint64_t state = 1;
    for (int64_t i = 0; i < n; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const uint64_t r = state >> 20;
        x[i] = i % 1000 == 0 ? state : i % 3 ? r % 100000 : (r % 200000) << 30 | 1;
    }
    for (int threads = 1; threads <= 3; threads++) {
        ls_set_num_threads(threads);
        LS_SCOPE {
            const ls_array *a = ls_from_host(x, LS_SHAPE(n));
            CHECK(check_sorts(a, 0, "clustered"));
            CHECK(check_partitions(a, 0, n / 2, "clustered"));
            CHECK(check_partitions(a, 0, 7, "clustered"));
        }
    }
    free(x);
}

/* --- orders that quicksorts fear, as int64 and int32, against the C library --- */

enum { ORDERS = 10 };
static int64_t feared(int order, int64_t i, int64_t n, uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    const int64_t random = (int64_t)(*state >> 33);
    switch (order) {
    case 0:
        return i < n / 2 ? i : n - i; /* organ pipe */
    case 1:
        return i;
    case 2:
        return n - i;
    case 3:
        return i % 8;
    case 4:
        return i % 63;
    case 5:
        return 7;
    case 6:
        return random % 3;
    case 7:
        return i % 8 == 0 ? -i : random; /* one lane of every vector below all others */
    case 8:
        return random % 100 < 90 ? INT32_MAX : random; /* the largest key there is, for int32 */
    default:
        return i % 97 == 0 ? random : i / 1000;
    }
}

static int compare_i64(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Whether `got` is `sorted`, from the other end when `down`. */
static bool same_as(const ls_array *got, const int64_t *sorted, int64_t n, bool down)
{
    const int64_t *x = ls_host_data(ls_astype(got, LS_INT64));
    bool same = x != NULL;
    for (int64_t i = 0; same && i < n; i++) same = x[i] == sorted[down ? n - 1 - i : i];
    return same;
}

static bool parted_as(const ls_array *got, const int64_t *sorted, int64_t n, int64_t kth)
{
    const int64_t *x = ls_host_data(ls_astype(got, LS_INT64));
    bool good = x && x[kth] == sorted[kth];
    for (int64_t i = 0; good && i < n; i++) good = i < kth ? x[i] <= x[kth] : x[i] >= x[kth];
    return good;
}

/* The line begins one element behind the begin of its memory, which no vector is aligned to. */
static void feared_line(int order, int64_t n, int64_t *x, int64_t *sorted)
{
    uint64_t state = (uint64_t)(n + order);
    for (int64_t i = 0; i < n; i++) x[i + 1] = sorted[i] = feared(order, i, n, &state);
    qsort(sorted, (size_t)n, sizeof *sorted, compare_i64);
    for (int narrow = 0; narrow < 2; narrow++) {
        LS_SCOPE {
            const ls_array *a = ls_from_host(x, LS_SHAPE(n + 1));
            const ls_array *line = ls_at(narrow ? ls_astype(a, LS_INT32) : a, "1:");
            CHECK(same_as(ls_sort(line), sorted, n, false));
            CHECK(same_as(ls_sort(line, .descending = true), sorted, n, true));
            CHECK(parted_as(ls_partition(line, n / 2), sorted, n, n / 2));
            CHECK(parted_as(ls_partition(line, n - 1), sorted, n, n - 1));
        }
    }
}

TEST(feared_orders_of_every_size)
{
    const int64_t bounds[] = {8, 16, 32, 64, 128, 256, 512, 1024, 2048, 65536, 131072, 400000};
    int64_t *x = malloc(400100 * sizeof *x), *sorted = malloc(400100 * sizeof *sorted);
    x[0] = 0;
    for (int order = 0; order < ORDERS; order++)
        for (size_t b = 0; b < sizeof bounds / sizeof bounds[0]; b++)
            for (int off = -1; off <= 1; off++) {
                ls_set_num_threads(1 + (order + (int)b) % 3);
                feared_line(order, bounds[b] + off, x, sorted);
            }
    ls_set_num_threads(1);
    for (int64_t n = 1; n < 400; n++) feared_line((int)(n % ORDERS), n, x, sorted);
    free(x);
    free(sorted);
}

static void views_of(const ls_array *a, const char *what)
{
    for (int axis = 0; axis < (int)ls_ndim(a); axis++) {
        const int64_t n = ls_dim(a, axis);
        CHECK(check_sorts(a, axis, what));
        if (n > 0) CHECK(check_partitions(a, axis, n / 2, what));
    }
    CHECK(check_unique(a, what));
    CHECK(check_nonzero(a, what));
}

TEST(axes_and_views)
{
    for (int dtype = LS_BOOL; dtype <= LS_COMPLEX128; dtype++) {
        ls_set_num_threads(1 + dtype % 3);
        LS_SCOPE {
            const ls_array *a = ls_reshape(filled((ls_dtype)dtype, 3, 5, 5 * 7 * 6), LS_SHAPE(5, 7, 6));
            views_of(a, "contiguous");
            views_of(ls_transpose(a), "transposed");
            views_of(ls_at(a, "::-1, 1::2, ::-2"), "steps");
            views_of(ls_at(a, "2"), "one index");
            views_of(ls_broadcast_to(ls_at(a, "0, :1"), LS_SHAPE(4, 3, 6)), "broadcast");
            views_of(ls_at(a, ":0"), "no lines");
            views_of(ls_at(a, ":, 3:3"), "empty lines");
            views_of(ls_reshape(a, LS_SHAPE(210, 1)), "lines of one");
        }
    }
}

TEST(many_lines)
{
    const int64_t shapes[][2] = {{20000, 3}, {3000, 40}, {300, 700}, {5, 70000}};
    for (int s = 0; s < 4; s++)
        for (int d = 0; d < 3; d++) {
            ls_set_num_threads(1 + (s + d) % 3);
            LS_SCOPE {
                const ls_dtype dtype = (const ls_dtype[]){LS_UINT8, LS_FLOAT32, LS_FLOAT64}[d];
                const int64_t *shape = shapes[s];
                const ls_array *a = ls_reshape(filled(dtype, 0, 9, shape[0] * shape[1]), ((ls_shape){2, shape}));
                CHECK(check_sorts(a, 1, "many lines"));
                CHECK(check_sorts(ls_transpose(a), 0, "many columns"));
                CHECK(check_partitions(a, 1, shape[1] / 2, "many lines"));
            }
        }
}

/* Methods differ between instruction sets and thread counts; the hashes of all results must not. */
static uint64_t hash_of(uint64_t hash, const ls_array *a)
{
    const size_t bytes = (size_t)ls_size(a) * lsi_dtype_size(ls_dtype_of(a));
    const unsigned char *x = a ? ls_host_data(a) : NULL;
    if (!CHECK(x != NULL)) return 0;
    for (size_t i = 0; i < bytes; i++) hash = (hash ^ x[i]) * 0x100000001b3u;
    return hash;
}

static uint64_t hash_of_all(void)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (int dtype = LS_BOOL; dtype <= LS_COMPLEX128; dtype++) {
        LS_SCOPE {
            const ls_array *a = ls_transpose(ls_reshape(filled((ls_dtype)dtype, 0, 3, 90000), LS_SHAPE(300, 300)));
            ls_array *index, *inverse, *counts;
            hash = hash_of(hash, ls_sort(a));
            hash = hash_of(hash, ls_sort(ls_ravel(a), .descending = true));
            hash = hash_of(hash, ls_partition(ls_ravel(a), 70000));
            hash = hash_of(hash, ls_unique(a));
            hash = hash_of(hash, ls_argsort(ls_ravel(a), .descending = true));
            hash = hash_of(hash, ls_partition(a, 17, .axis = LS_AXIS(0)));
            hash = hash_of(hash, ls_unique(a, .index = &index, .inverse = &inverse, .counts = &counts));
            hash = hash_of(hash_of(hash_of(hash, index), inverse), counts);
            hash = hash_of(hash, ls_searchsorted(ls_sort(ls_ravel(a)), a));
            hash = hash_of(hash, ls_nonzero(a));
        }
    }
    return hash;
}

TEST(one_hash_on_every_instruction_set_and_thread_count)
{
    ls_set_num_threads(1);
    const uint64_t expected = hash_of_all();
    for (int isa = 0; isa <= (int)lsi_isa_best(); isa++) {
        lsi_isa_force((lsi_isa)isa);
        for (int threads = 1; threads <= 3; threads++) {
            ls_set_num_threads(threads);
            CHECK(hash_of_all() == expected);
        }
    }
}

TEST(pending_and_shared_arrays)
{
    double first;
    int64_t at;
    const ls_array *x = ls_arange(100.0), *y = ls_mul(ls_sub(x, 50), -1.0); /* nothing has run */
    CHECK_STATUS(ls_item(ls_at(ls_sort(y), "0"), &first), LS_OK);
    CHECK_EQ_DOUBLE(first, -49);
    CHECK_STATUS(ls_item(ls_at(ls_argsort(y), "0"), &at), LS_OK);
    CHECK_EQ_INT(at, 99);
    CHECK_STATUS(ls_item(ls_at(y, "0"), &first), LS_OK); /* the argument is as it was */
    CHECK_EQ_DOUBLE(first, 50);
    ls_array *sorted = ls_sort(y), *more = ls_add(sorted, 1);
    CHECK_STATUS(ls_assign(sorted, 0), LS_OK);
    CHECK_STATUS(ls_item(ls_at(more, "0"), &first), LS_OK);
    CHECK_EQ_DOUBLE(first, -48);
}

TEST(numbers_and_promotion_in_searchsorted)
{
    int64_t at;
    const ls_array *x = ls_arange(10);
    CHECK_STATUS(ls_item(ls_searchsorted(x, 3), &at), LS_OK);
    CHECK_EQ_INT(at, 3);
    CHECK_STATUS(ls_item(ls_searchsorted(x, 3, .right = true), &at), LS_OK);
    CHECK_EQ_INT(at, 4);
    CHECK_STATUS(ls_item(ls_searchsorted(x, 2.5), &at), LS_OK);
    CHECK_EQ_INT(at, 3);
    CHECK_STATUS(ls_item(ls_searchsorted(x, ls_full(LS_SHAPE(1), 8.5)), &at), LS_OK);
    CHECK_EQ_INT(at, 9);
    CHECK_EQ_INT(ls_ndim(ls_searchsorted(x, 2)), 0);
    CHECK_EQ_INT(ls_dim(ls_searchsorted(x, ls_ones(LS_SHAPE(2, 3))), 1), 3);
    CHECK_STATUS(ls_item(ls_searchsorted(ls_at(x, ":0"), 2), &at), LS_OK);
    CHECK_EQ_INT(at, 0);
}

static bool fails(const ls_array *result, ls_status status)
{
    const bool right = !result && ls_error() == status;
    if (!right) printf("got %p, status %d: %s\n", (const void *)result, (int)ls_error(), ls_error_message());
    ls_clear_error();
    return right;
}

TEST(errors)
{
    const ls_array *x = ls_arange(6), *m = ls_reshape(x, LS_SHAPE(2, 3)), *zero = ls_full(LS_SHAPE0, 1.0);
    ls_array *other = (ls_array *)(void *)&x;
    CHECK(fails(ls_sort(zero), LS_EAXIS));
    CHECK(fails(ls_sort(m, .axis = LS_AXIS(2)), LS_EAXIS));
    CHECK(fails(ls_argsort(m, .axis = LS_AXIS(0, 1)), LS_EAXIS));
    CHECK(fails(ls_partition(m, 3), LS_EINDEX));
    CHECK(fails(ls_argpartition(m, -4), LS_EINDEX));
    CHECK(fails(ls_searchsorted(m, 1), LS_ESHAPE));
    CHECK(fails(ls_searchsorted(x, 1, .sorter = m), LS_ESHAPE));
    CHECK(fails(ls_searchsorted(x, 1, .sorter = ls_add(x, 0.5)), LS_EDTYPE));
    CHECK(fails(ls_searchsorted(x, 1, .sorter = ls_add(x, 1)), LS_EINDEX));
    CHECK(fails(ls_searchsorted(x, x, .sorter = ls_sub(x, 1)), LS_EINDEX));
    CHECK(fails(ls_searchsorted(ls_astype(x, LS_INT8), 300), LS_EOVERFLOW));
    CHECK(fails(ls_nonzero(zero), LS_ESHAPE));
    CHECK(fails(ls_unique(NULL, .counts = &other), LS_EARGUMENT));
    CHECK(other == NULL);
    CHECK_EQ_INT(ls_size(ls_unique(zero)), 1);
    CHECK_EQ_INT(ls_size(ls_flatnonzero(zero)), 1);
}

int main(void)
{
    RUN(small_sizes_of_every_dtype);
    RUN(long_lines_of_every_dtype);
    RUN(a_million_on_one_two_and_three_threads);
    RUN(clustered_keys);
    RUN(feared_orders_of_every_size);
    RUN(axes_and_views);
    RUN(many_lines);
    RUN(one_hash_on_every_instruction_set_and_thread_count);
    RUN(pending_and_shared_arrays);
    RUN(numbers_and_promotion_in_searchsorted);
    RUN(errors);
    return check_report();
}
