/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The same total from C++17, by way of options, axes, scalars and scopes. */
#include <lockstep.h>

#include <cmath>
#include <complex>
#include <cstdio>
#include <vector>

static double item(const ls_array *a)
{
    double value = NAN;
    if (ls_item(a, &value)) ls_perror("item");
    return value;
}

/* Options, axes, numbers of every kind, lists, text. */
static bool words_work()
{
    bool good = true;
    LS_SCOPE {
        ls_array *x = ls_ones(LS_SHAPE(3, 4), ls_opt::dtype(LS_FLOAT32));
        ls_array *s = ls_sum(x, ls_opt::axis(0, 1), ls_opt::keepdims(true));
        good = good && ls_dtype_of(ls_mul(x, 2.5)) == LS_FLOAT32 && ls_ndim(s) == 2 && item(s) == 12;
        good = good && ls_dtype_of(ls_mul(x, std::complex<double>(0, 1))) == LS_COMPLEX64;
        const std::vector<double> values = {1, 2, 3};
        good = good && item(ls_sum(ls_from_host(values.data(), LS_SHAPE(3)))) == 6;
        good = good && item(ls_eval("max(x) + 1", x)) == 2;
        good = good && item(ls_sum(ls_concat(LS_LIST(x, x), ls_opt::axis(1)))) == 24;
    }
    return good;
}

/* A scope closes whichever way it is left. */
static bool scopes_work()
{
    ls_memory before = {}, after = {};
    if (ls_memory_stats(LS_HOST, &before)) return false;
    for (int i = 0; i < 10; i++) {
        LS_SCOPE {
            ls_array *x = ls_ones(LS_SHAPE(1000));
            if (ls_evaluate(x)) return false;
            if (i % 2) continue;
        }
    }
    return !ls_memory_stats(LS_HOST, &after) && after.in_use == before.in_use;
}

int main()
{
    if (!words_work() || !scopes_work()) {
        std::fprintf(stderr, "words or scopes failed: %s\n", ls_error_message());
        return 1;
    }
    ls_rng *rng = ls_rng_new(42);
    ls_array *x = ls_random(rng, LS_SHAPE(1000, 1000));
    std::printf("%.17g\n", item(ls_sum(ls_add(ls_sin(x), ls_cos(x)))));
    return 0;
}
