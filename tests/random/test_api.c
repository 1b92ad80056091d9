/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public calls: NumPy's numbers through lazy arrays, distributions with parameters, ownership, state, errors. */
#include "memory/prim.h"
#include "support/check.h"
#include <lockstep.h>
#include <math.h>
#include <stdlib.h>

/* numpy.random.Generator(numpy.random.Philox(42)).random(4), then .random(3, dtype=float32), .random(). */
static const double numpy_42[4] = {0x1.6092f00ecdab8p-4, 0x1.21e8ce6120108p-3, 0x1.1344c1a13bep-2, 0};

static double item(ls_array *a)
{
    double value = -1;
    CHECK_STATUS(ls_item(a, &value), LS_OK);
    return value;
}

#define CHECK_ERROR(call, code, text)                                                                                  \
    do {                                                                                                               \
        CHECK((call) == NULL);                                                                                         \
        CHECK_STATUS(ls_error(), code);                                                                                \
        if (!CHECK(strstr(ls_error_message(), text) != NULL)) printf("  it says: %s\n", ls_error_message());           \
        ls_clear_error();                                                                                              \
    } while (0)

TEST(numpy_numbers)
{
    double x[4];
    ls_rng *rng = ls_rng_new(42);
    CHECK(rng != NULL);
    CHECK_STATUS(ls_to_host(ls_random(rng, LS_SHAPE(2, 2)), x, 4), LS_OK);
    CHECK_EQ_DOUBLE(x[0], numpy_42[0]);
    CHECK_EQ_DOUBLE(x[1], numpy_42[1]);
    ls_rng *again = ls_rng_new((unsigned char)42);
    ls_array *late = ls_random(again, LS_SHAPE(2, 2)); /* drawn now, computed after others */
    ls_array *later = ls_random(again, LS_SHAPE(1000));
    double sum = item(ls_sum(later)), y[4];
    CHECK(sum > 400 && sum < 600);
    CHECK_STATUS(ls_to_host(late, y, 4), LS_OK);
    CHECK(memcmp(x, y, sizeof x) == 0);
}

/* A view of a draw has the numbers of its elements, and a reduction those of all, stored or not. */
TEST(lazy_and_stored_agree)
{
    for (int engine = 0; engine < 2; engine++) {
        const ls_engine e = engine ? LS_PHILOX4X32 : LS_PHILOX4X64;
        ls_rng *a = ls_rng_new(7, .engine = e), *b = ls_rng_new(7, .engine = e);
        for (int kind = 0; kind < 6; kind++) {
            ls_array *pair[2];
            for (int k = 0; k < 2; k++) {
                ls_rng *rng = k ? b : a;
                pair[k] = kind == 0   ? ls_random(rng, LS_SHAPE(301, 77))
                          : kind == 1 ? ls_random(rng, LS_SHAPE(301, 77), .dtype = LS_FLOAT32)
                          : kind == 2 ? ls_normal(rng, 3.0, 2.0, LS_SHAPE(301, 77))
                          : kind == 3 ? ls_standard_normal(rng, LS_SHAPE(301, 77), .dtype = LS_FLOAT32)
                          : kind == 4 ? ls_exponential(rng, 0.5, LS_SHAPE(301, 77))
                                      : ls_integers(rng, -10, 10, LS_SHAPE(301, 77));
            }
            CHECK_STATUS(ls_evaluate(pair[1]), LS_OK);
            const double lazy = item(ls_sum(pair[0])), stored = item(ls_sum(pair[1]));
            CHECK_EQ_DOUBLE(lazy, stored);
            CHECK_EQ_DOUBLE(item(ls_sum(ls_at(pair[0], "::-3, 5:70:7"))), item(ls_sum(ls_at(pair[1], "::-3, 5:70:7"))));
        }
    }
}

TEST(uniform_is_numpys)
{
    ls_rng *rng = ls_rng_new(42);
    double x[2], y[2];
    CHECK_STATUS(ls_to_host(ls_uniform(rng, -3, 5.5, LS_SHAPE(2)), x, 2), LS_OK);
    for (int k = 0; k < 2; k++) CHECK_EQ_DOUBLE(x[k], -3 + 8.5 * numpy_42[k]);
    rng = ls_rng_new(42);
    ls_array *low = ls_from_host(((double[]){1, -3}), LS_SHAPE(2));
    CHECK_STATUS(ls_to_host(ls_uniform(rng, low, ls_add(low, 8.5), LS_SHAPE(2)), y, 2), LS_OK);
    CHECK_EQ_DOUBLE(y[0], 1 + 8.5 * numpy_42[0]);
    CHECK_EQ_DOUBLE(y[1], x[1]);
    CHECK_ERROR(ls_uniform(rng, low, 9, LS_SHAPE(1)), LS_ESHAPE, "(1,)");
    CHECK_ERROR(ls_uniform(rng, low, 9, LS_SHAPE(3)), LS_ESHAPE, "ls_uniform");
    CHECK_ERROR(ls_uniform(rng, -1e308, 1e308, LS_SHAPE(3)), LS_EARGUMENT, "1e+308");
    CHECK_ERROR(ls_uniform(rng, NAN, 1, LS_SHAPE(3)), LS_EARGUMENT, "nan");
    /* what failed took nothing */
    const double next = item(ls_random(rng, LS_SHAPE0));
    rng = ls_rng_new(42);
    double three[3];
    CHECK_STATUS(ls_to_host(ls_random(rng, LS_SHAPE(3)), three, 3), LS_OK);
    CHECK_EQ_DOUBLE(next, three[2]);
}

TEST(dtypes)
{
    ls_rng *a = ls_rng_new(1), *b = ls_rng_new(1);
    const ls_dtype halves[] = {LS_FLOAT16, LS_BFLOAT16};
    for (int k = 0; k < 2; k++) {
        ls_array *half = ls_normal(a, 1, 2, LS_SHAPE(500), .dtype = halves[k]);
        ls_array *single = ls_astype(ls_normal(b, 1, 2, LS_SHAPE(500), .dtype = LS_FLOAT32), halves[k]);
        CHECK_EQ_INT(ls_dtype_of(half), halves[k]);
        CHECK_EQ_DOUBLE(item(ls_sum(ls_not_equal(half, single))), 0);
    }
    CHECK_EQ_INT(ls_dtype_of(ls_random(a, LS_SHAPE(3))), LS_FLOAT64);
    CHECK_EQ_INT(ls_dtype_of(ls_uniform(a, 1, 2, LS_SHAPE(3), .dtype = LS_FLOAT32)), LS_FLOAT32);
    CHECK_EQ_INT(ls_dtype_of(ls_random_bits(a, LS_SHAPE(3))), LS_UINT64);
    CHECK_EQ_INT(ls_dtype_of(ls_random_bits(a, LS_SHAPE(3), .dtype = LS_UINT32)), LS_UINT32);
    CHECK_EQ_INT(ls_dtype_of(ls_integers(a, 0, 3, LS_SHAPE(3))), LS_INT64);
    CHECK_ERROR(ls_random(a, LS_SHAPE(3), .dtype = LS_INT32), LS_EDTYPE, "int32");
    CHECK_ERROR(ls_random(a, LS_SHAPE(3), .dtype = LS_COMPLEX64), LS_EDTYPE, "complex64");
    CHECK_ERROR(ls_random_bits(a, LS_SHAPE(3), .dtype = LS_INT64), LS_EDTYPE, "int64");
    CHECK_ERROR(ls_integers(a, 0, 3, LS_SHAPE(3), .dtype = LS_FLOAT32), LS_EDTYPE, "float32");
    CHECK_ERROR(ls_random(a, LS_SHAPE(3), .dtype = (ls_dtype)99), LS_EDTYPE, "ls_random");
}

TEST(integers)
{
    static const ls_dtype dtypes[] = {LS_BOOL, LS_INT8, LS_INT16, LS_INT32, LS_INT64,
                                       LS_UINT8, LS_UINT16, LS_UINT32, LS_UINT64};
    ls_rng *rng = ls_rng_new(3);
    for (unsigned k = 0; k < sizeof dtypes / sizeof *dtypes; k++) {
        ls_array *a = ls_integers(rng, 0, 1, LS_SHAPE(1000), .dtype = dtypes[k], .endpoint = true);
        CHECK_EQ_INT(ls_dtype_of(a), dtypes[k]);
        const double sum = item(ls_sum(a));
        CHECK(sum > 400 && sum < 600);
    }
    uint64_t u[100];
    int64_t i[100];
    int8_t small[1000];
    ls_array *all = ls_integers(rng, 0, UINT64_MAX, LS_SHAPE(100), .dtype = LS_UINT64, .endpoint = true);
    CHECK_STATUS(ls_to_host(all, u, 100), LS_OK);
    ls_array *last = ls_integers(rng, UINT64_MAX - 1, UINT64_MAX, LS_SHAPE(100), .dtype = LS_UINT64);
    CHECK_STATUS(ls_to_host(last, u, 100), LS_OK);
    for (int k = 0; k < 100; k++) CHECK(u[k] == UINT64_MAX - 1);
    CHECK_STATUS(ls_to_host(ls_integers(rng, INT64_MIN, (uint64_t)1 << 63, LS_SHAPE(100)), i, 100), LS_OK);
    CHECK_STATUS(ls_to_host(ls_integers(rng, INT64_MIN, INT64_MIN + 1, LS_SHAPE(100)), i, 100), LS_OK);
    for (int k = 0; k < 100; k++) CHECK(i[k] == INT64_MIN);
    CHECK_STATUS(ls_to_host(ls_integers(rng, -128, 128, LS_SHAPE(1000), .dtype = LS_INT8), small, 1000), LS_OK);
    int lowest = 0, highest = 0;
    for (int k = 0; k < 1000; k++) {
        lowest = small[k] < lowest ? small[k] : lowest;
        highest = small[k] > highest ? small[k] : highest;
    }
    CHECK(lowest < -120 && highest > 120);
    CHECK_ERROR(ls_integers(rng, 5, 5, LS_SHAPE(2)), LS_EARGUMENT, "no integer from 5 to below 5");
    CHECK_ERROR(ls_integers(rng, 5, 4, LS_SHAPE(2), .endpoint = true), LS_EARGUMENT, "no integer from 5 to 4");
    CHECK_ERROR(ls_integers(rng, 0, 300, LS_SHAPE(2), .dtype = LS_UINT8), LS_EARGUMENT, "uint8");
    CHECK_ERROR(ls_integers(rng, -1, 3, LS_SHAPE(2), .dtype = LS_UINT64), LS_EARGUMENT, "-1");
    CHECK_ERROR(ls_integers(rng, 0, UINT64_MAX, LS_SHAPE(2)), LS_EARGUMENT, "18446744073709551615");
    CHECK_ERROR(ls_integers(rng, 0, 2.5, LS_SHAPE(2)), LS_EDTYPE, "high");
    CHECK_ERROR(ls_integers(rng, ls_zeros(LS_SHAPE(2)), 2, LS_SHAPE(2)), LS_EARGUMENT, "low is an array");
}

TEST(state)
{
    ls_rng_state state;
    ls_rng *a = ls_rng_new(99), *b = ls_rng_new(1, .engine = LS_PHILOX4X32);
    double first, second;
    CHECK_STATUS(ls_item(ls_sum(ls_random(a, LS_SHAPE(7), .dtype = LS_FLOAT32)), &first), LS_OK);
    CHECK_STATUS(ls_rng_save(a, &state), LS_OK);
    CHECK_STATUS(ls_item(ls_sum(ls_random(a, LS_SHAPE(9), .dtype = LS_FLOAT32)), &first), LS_OK);
    CHECK_STATUS(ls_rng_restore(b, &state), LS_OK);
    CHECK_STATUS(ls_item(ls_sum(ls_random(b, LS_SHAPE(9), .dtype = LS_FLOAT32)), &second), LS_OK);
    CHECK_EQ_DOUBLE(first, second);
    state.words[5] ^= 1;
    CHECK_STATUS(ls_rng_restore(b, &state), LS_EFORMAT);
    CHECK_STATUS(ls_rng_save(NULL, &state), LS_EARGUMENT);
    CHECK_STATUS(ls_rng_save(a, NULL), LS_EARGUMENT);
}

TEST(spawning)
{
    ls_rng *parent = ls_rng_new(5), *children[3];
    CHECK_STATUS(ls_rng_spawn(parent, 2, children), LS_OK);
    CHECK_STATUS(ls_rng_spawn(parent, 1, children + 2), LS_OK);
    double x[3];
    for (int k = 0; k < 3; k++) x[k] = item(ls_random(children[k], LS_SHAPE0));
    CHECK(x[0] != x[1] && x[1] != x[2] && x[0] != x[2]);
    /* numpy: Generator(Philox(5)).spawn(2)[0].integers(0, 2**64, 1, dtype=uint64) is in the vectors; here only order */
    ls_rng *same = ls_rng_new(5), *all[3];
    CHECK_STATUS(ls_rng_spawn(same, 3, all), LS_OK);
    for (int k = 0; k < 3; k++) CHECK_EQ_DOUBLE(item(ls_random(all[k], LS_SHAPE0)), x[k]);
    CHECK_EQ_DOUBLE(item(ls_random(same, LS_SHAPE0)), item(ls_random(ls_rng_new(5), LS_SHAPE0)));
    CHECK_STATUS(ls_rng_spawn(parent, -1, children), LS_EARGUMENT);
    CHECK_STATUS(ls_rng_spawn(parent, 1, NULL), LS_EARGUMENT);
    CHECK_STATUS(ls_rng_spawn(parent, INT64_MAX, children), LS_EOVERFLOW);
    CHECK_STATUS(ls_rng_spawn(NULL, 1, children), LS_EARGUMENT);
}

TEST(seeds)
{
    const uint32_t words[] = {42, 0, 0, 0, 0, 0};
    CHECK_EQ_DOUBLE(item(ls_random(ls_rng_new_words(words, 1), LS_SHAPE0)), numpy_42[0]);
    CHECK_EQ_DOUBLE(item(ls_random(ls_rng_new_words(words, 6), LS_SHAPE0)), numpy_42[0]);
    CHECK_EQ_DOUBLE(item(ls_random(ls_rng_new_words(NULL, 0), LS_SHAPE0)), item(ls_random(ls_rng_new(0), LS_SHAPE0)));
    CHECK_ERROR(ls_rng_new(-1), LS_EARGUMENT, "seed -1 is negative");
    CHECK_ERROR(ls_rng_new(1.5), LS_EDTYPE, "integer");
    CHECK_ERROR(ls_rng_new(1, .engine = (ls_engine)7), LS_EARGUMENT, "7 is not an engine");
    CHECK_ERROR(ls_rng_new_words(NULL, 3), LS_EARGUMENT, "argument 1");
}

TEST(ownership)
{
    ls_rng *kept = NULL;
    ls_array *x = NULL;
    LS_SCOPE {
        ls_rng *inner = ls_rng_new(1);
        kept = ls_rng_keep(ls_rng_new(2));
        x = ls_keep(ls_random(inner, LS_SHAPE(10)));
    }
    CHECK(item(ls_sum(x)) > 0); /* the generator is gone, its numbers are not */
    CHECK(item(ls_random(kept, LS_SHAPE0)) >= 0);
    ls_rng_free(kept);
    ls_rng_free(NULL);
    CHECK(ls_rng_keep(NULL) == NULL);
    CHECK_ERROR(ls_random(NULL, LS_SHAPE(3)), LS_EARGUMENT, "argument 1");
    CHECK_ERROR(ls_random(ls_rng_new(1), LS_SHAPE(-3)), LS_EARGUMENT, "-3");
    CHECK_ERROR(ls_random(ls_rng_new(1), LS_SHAPE(INT64_MAX, 3)), LS_EOVERFLOW, "ls_random");
    CHECK_ERROR(ls_normal(ls_rng_new(1), 0, -1, LS_SHAPE(3)), LS_EARGUMENT, "deviation -1");
    CHECK_ERROR(ls_exponential(ls_rng_new(1), NAN, LS_SHAPE(3)), LS_EARGUMENT, "scale nan");
    CHECK_EQ_INT(ls_size(ls_random(ls_rng_new(1), LS_SHAPE(0, 3))), 0);
    CHECK_EQ_DOUBLE(item(ls_sum(ls_normal(ls_rng_new(1), 0, 0, LS_SHAPE(100)))), 0);
}

/* Every allocation of a draw fails once: the call says so, and the generator has not moved. */
TEST(out_of_memory)
{
    ls_rng *rng = ls_rng_new(8);
    ls_array *mean = ls_zeros(LS_SHAPE(5));
    ls_rng_state before, after;
    CHECK_STATUS(ls_rng_save(rng, &before), LS_OK);
    int failures = 0;
    for (int n = 1, done = 0; n < 100 && !done; n++) {
        const int64_t alive = lsi_alloc_live();
        LS_SCOPE {
            lsi_alloc_fail_at(n, false);
            ls_array *x = ls_normal(rng, mean, 2, LS_SHAPE(5), .dtype = LS_FLOAT16);
            lsi_alloc_fail_at(0, false);
            done = x != NULL;
            if (!done) {
                CHECK_STATUS(ls_error(), LS_ENOMEM);
                ls_clear_error();
                CHECK_STATUS(ls_rng_save(rng, &after), LS_OK);
                CHECK(memcmp(&before, &after, sizeof before) == 0);
                failures++;
            }
        }
        if (!CHECK_EQ_INT(lsi_alloc_live(), alive)) printf("  allocation %d\n", n);
    }
    printf("%d allocations failed in turn\n", failures);
    CHECK(failures > 5);
    ls_rng *children[4];
    for (int n = 1; n <= 4; n++) {
        lsi_alloc_fail_at(n, false);
        CHECK_STATUS(ls_rng_spawn(rng, 4, children), LS_ENOMEM);
        lsi_alloc_fail_at(0, false);
        for (int k = 0; k < 4; k++) CHECK(children[k] == NULL);
    }
    CHECK_STATUS(ls_rng_save(rng, &after), LS_OK);
    CHECK(memcmp(&before, &after, sizeof before) != 0); /* the scope's draw that worked */
    CHECK_STATUS(ls_rng_restore(rng, &before), LS_OK);
    CHECK_STATUS(ls_rng_spawn(rng, 4, children), LS_OK);
}

int main(void)
{
    RUN(numpy_numbers);
    RUN(lazy_and_stored_agree);
    RUN(uniform_is_numpys);
    RUN(dtypes);
    RUN(integers);
    RUN(state);
    RUN(spawning);
    RUN(seeds);
    RUN(ownership);
    RUN(out_of_memory);
    return check_report();
}
