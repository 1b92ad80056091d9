/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Elementwise programs of many strips on the simulated GPU, whose L2 is small: the bits of the host, whatever the order
 * of its streams. The programs are what tier 0 has cases for; LOCKSTEP_JIT=off keeps the other tier away. */
#include "device/simulated.h"
#include "device/workloads.h"
#include "support/check.h"

#include <string.h>

static ls_array *chain(void)
{
    ls_array *x = ls_linspace(-40, 40, 100003);
    return ls_sub(ls_mul(ls_sin(x), 2.5), ls_cos(ls_add(x, 1)));
}

static ls_array *draws(void)
{
    ls_rng *rng = ls_rng_new(5);
    ls_array *u = ls_random(rng, LS_SHAPE(61001)), *n = ls_standard_normal(rng, LS_SHAPE(61001));
    return ls_maximum(ls_log(u), ls_mul(n, n));
}

static ls_array *transposed(void)
{
    ls_array *x = ls_reshape(ls_random(ls_rng_new(1), LS_SHAPE(96 * 70 * 11)), LS_SHAPE(96, 70, 11));
    if (ls_evaluate(x)) return NULL;
    return ls_add(ls_permute_dims(x, LS_AXIS(1, 2, 0)), ls_copy(ls_permute_dims(x, LS_AXIS(1, 2, 0))));
}

static ls_array *image(void)
{
    ls_array *x = ls_astype(ls_reshape(ls_arange(3 * 200 * 150), LS_SHAPE(200, 150, 3)), LS_UINT8);
    if (ls_evaluate(x)) return NULL;
    return ls_astype(ls_copy(ls_permute_dims(x, LS_AXIS(2, 0, 1))), LS_FLOAT32);
}

static ls_array *strided(void)
{
    ls_array *x = ls_reshape(ls_linspace(0, 1, 120000), LS_SHAPE(300, 400));
    if (ls_evaluate(x)) return NULL;
    return ls_hypot(ls_at(x, "::-2, 1::3"), ls_at(x, "150:, 132::-1"));
}

static ls_array *repeated(void)
{
    ls_array *rows = ls_reshape(ls_linspace(0, 9, 301), LS_SHAPE(301, 1)), *cols = ls_linspace(1, 2, 203);
    if (ls_evaluate(rows) || ls_evaluate(cols)) return NULL;
    return ls_divide(ls_mul(rows, cols), ls_add(cols, ls_at(rows, "7")));
}

static ls_array *narrow(void)
{
    ls_array *x = ls_astype(ls_arange(90001), LS_INT16), *h = ls_astype(ls_linspace(-3, 3, 90001), LS_FLOAT16);
    ls_array *c = ls_astype(ls_linspace(-1, 1, 90001), LS_COMPLEX64);
    return ls_add(ls_where(ls_greater(x, 5), ls_mul(h, h), ls_astype(x, LS_FLOAT16)), ls_exp(c));
}

static ls_array *written(void)
{
    ls_array *x = ls_copy(ls_linspace(0, 1, 100000)), *old = ls_add(x, 1);
    if (ls_evaluate(x) || ls_mul_into(x, x, x) || ls_assign(ls_at(x, "::2"), ls_at(x, "1::2"))) return NULL;
    if (ls_assign(ls_at(x, "5:"), ls_at(x, ":-5"))) return NULL;
    return ls_add(old, x);
}

static const struct { workload run; const char *name; } all[] = {
    {chain, "chain"},   {draws, "draws"},       {transposed, "transposed"}, {image, "image"},
    {strided, "strided"}, {repeated, "repeated"}, {narrow, "narrow"},         {written, "written"},
};
enum { ALL = sizeof all / sizeof all[0] };

TEST(many_strips_give_the_bits_of_the_host)
{
    static const char *const policies[] = {"random", "far", "late", "eager"};
    const ls_device device = ls_device_in_use();
    const simulated_control *gpu = simulated_get(); /* NULL: a real GPU, whose order is its own */
    simulated_stats before = {0}, after = {0};
    if (!CHECK_STR(ls_device_name(device), "cuda:0")) return;
    for (int i = 0; i < ALL; i++) {
        size_t size, expected_size;
        ls_status status;
        void *expected = workload_bytes(all[i].run, LS_HOST, &expected_size, &status);
        CHECK_STATUS(status, LS_OK);
        for (unsigned seed = 0; seed < (gpu ? 4 : 1); seed++) {
            if (gpu) gpu->reseed(seed, policies[seed]);
            if (gpu) gpu->stats(&before);
            void *bytes = workload_bytes(all[i].run, device, &size, &status);
            if (gpu) gpu->stats(&after);
            if (!CHECK(bytes && size == expected_size && memcmp(bytes, expected, size) == 0))
                printf("  %s, %s: %s\n", all[i].name, policies[seed], status ? ls_error_message() : "other bits");
            CHECK(!gpu || after.ran > before.ran);
            free(bytes);
        }
        printf("  %s: %zu bytes, %ld pieces of work\n", all[i].name, expected_size, after.ran - before.ran);
        free(expected);
    }
}

int main(void)
{
    RUN(many_strips_give_the_bits_of_the_host);
    return check_report();
}
