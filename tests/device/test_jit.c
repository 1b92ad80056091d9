/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tier 1 on the simulated GPU, by its public face: whole programs compiled while they wait or in the background, with
 * the bits of the host; a cache on disk; a compiler that fails. This program calls itself with a setting of
 * LOCKSTEP_JIT each.
 */
#include "device/child.h"
#include "device/simulated.h"
#include "device/workloads.h"
#include "support/check.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const simulated_control *gpu;
static ls_device device, host;

/* On a real GPU nobody counts: always 0. */
static long launches(void)
{
    simulated_stats s = {0};
    if (gpu) gpu->stats(&s);
    return s.launches;
}

/* ---- what a child does ---- */

static ls_array *fused(void)
{
    ls_array *x = ls_linspace(-3, 3, 3000), *y = ls_linspace(0, 1, 3000);
    return ls_add(ls_mul(ls_add(ls_sin(x), ls_cos(x)), y), ls_sqrt(ls_abs(ls_sub(x, ls_mul(y, 0.25)))));
}

static ls_array *strided(void)
{
    ls_array *x = ls_copy(ls_reshape(ls_linspace(-3, 3, 3000), LS_SHAPE(50, 60))), *row = ls_copy(ls_at(x, "7"));
    return ls_add(ls_transpose(ls_mul(x, row)), ls_reshape(ls_arange(3000), LS_SHAPE(60, 50)));
}

static ls_array *drawn(void)
{
    ls_rng *rng = ls_rng_new(7);
    ls_array *u = ls_random(rng, LS_SHAPE(1001)), *n = ls_standard_normal(rng, LS_SHAPE(1001));
    return ls_mul(u, ls_add(n, 1.0));
}

static ls_array *reduced(void)
{
    ls_array *x = ls_linspace(-3, 3, 5000);
    return ls_sum(ls_add(ls_sin(x), ls_cos(x)));
}

static const workload ours[] = {fused, strided, drawn, reduced};

/* Reductions of computed values: every kind, dtypes of every size, whole and by rows, with lengths that are and are not
 * multiples of what a thread takes. */
static ls_dtype reduced_dtype;
static int64_t rows, row;

static ls_array *computed(void)
{
    ls_array *x =
        ls_astype(ls_sub(ls_reshape(ls_arange(rows * row), LS_SHAPE(rows, row)), rows * row / 3), reduced_dtype);
    return ls_add(x, ls_mul(x, x));
}

static ls_array *sum_of(void) { return ls_sum(computed(), .axis = LS_AXIS(1)); }
static ls_array *prod_of(void) { return ls_prod(ls_add(ls_mul(computed(), 0), 1), .axis = LS_AXIS(1)); }
static ls_array *mean_of(void) { return ls_mean(computed()); }
static ls_array *var_of(void) { return ls_var(computed(), .axis = LS_AXIS(1)); }
static ls_array *std_of(void) { return ls_std(computed()); }
static ls_array *min_of(void) { return ls_min(computed(), .axis = LS_AXIS(1)); }
static ls_array *argmax_of(void) { return ls_argmax(computed()); }
static ls_array *all_of(void) { return ls_all(computed(), .axis = LS_AXIS(1)); }
static ls_array *count_of(void) { return ls_count_nonzero(computed()); }
static ls_array *drawn_sum(void)
{
    ls_rng *rng = ls_rng_new(7);
    ls_array *x = ls_random(rng, LS_SHAPE(5001)), *y = ls_standard_normal(rng, LS_SHAPE(5001), .dtype = LS_FLOAT32);
    return ls_sum(ls_mul(ls_add(x, 1), y));
}

static const workload numeric[] = {sum_of, prod_of, mean_of, var_of, std_of, min_of, argmax_of, all_of, count_of};
enum { NUMERIC = sizeof numeric / sizeof *numeric, ORDERED_FROM = 5, ORDERED_TO = 7 };

/* Several reductions of one value in a kernel, with what is stored beside; `work` tells which. */
static ls_array *several(void)
{
    ls_array *x = computed();
    return ls_add(ls_add(ls_min(x), ls_max(x)), ls_add(ls_sum(x), ls_argmin(x)));
}
static ls_array *several_by_rows(void)
{
    ls_array *x = computed(), *y = ls_sub(x, 3);
    return ls_add(ls_add(ls_max(x, .axis = LS_AXIS(1)), ls_sum(y, .axis = LS_AXIS(1))),
                  ls_add(ls_count_nonzero(x, .axis = LS_AXIS(1)), ls_prod(ls_add(ls_mul(y, 0), 1), .axis = LS_AXIS(1))));
}
static ls_array *with_variance(void)
{
    ls_array *x = computed();
    return ls_add(ls_add(ls_mean(x), ls_std(x)), ls_max(x));
}
/* Accumulators of 4, 8 and 16 bytes side by side, of numbers whose sum shows its order. */
static ls_array *of_unlike_sizes(void)
{
    ls_array *x = ls_sin(ls_reshape(ls_linspace(-9, 9, rows * row), LS_SHAPE(rows, row))), *y = ls_astype(x, LS_FLOAT32);
    ls_array *z = ls_astype(y, LS_COMPLEX128), *w = ls_add(ls_mul(z, 1e-3), 1);
    ls_array *sums[] = {ls_sum(y, .axis = LS_AXIS(1)), ls_std(y, .axis = LS_AXIS(1)), ls_sum(x, .axis = LS_AXIS(1)),
                        reduced_dtype == LS_COMPLEX128 ? ls_prod(w, .axis = LS_AXIS(1)) : ls_var(x, .axis = LS_AXIS(1))};
    if (ls_evaluate(sums[0], sums[1], sums[2], sums[3])) return NULL;
    for (int k = 0; k < 3; k++) sums[k] = ls_astype(sums[k], LS_FLOAT64);
    return ls_stack(LS_LIST(sums[0], sums[1], sums[2], ls_real(sums[3]), ls_imag(sums[3])));
}
static ls_array *as_stored(void)
{
    ls_array *x = computed();
    if (ls_evaluate(x)) return NULL;
    return ls_add(ls_add(ls_min(x), ls_max(x)), ls_mean(x));
}
/* The store's elements; that the sum is right as well shows in the one added. */
static ls_array *stored_beside(void)
{
    static ls_array *slot;
    ls_set(&slot, computed());
    ls_array *sums = ls_sum(slot, .axis = LS_AXIS(1), .keepdims = true);
    ls_array *all = ls_evaluate(sums) ? NULL : ls_add(slot, sums);
    ls_set(&slot, ls_zeros(LS_SHAPE(1)));
    return all;
}

static void same_bits(workload work)
{
    size_t size = 0, expected_size = 0;
    ls_status status;
    void *expected = workload_bytes(work, host, &expected_size, &status);
    void *got = workload_bytes(work, device, &size, &status);
    CHECK(expected && got && size == expected_size && memcmp(got, expected, size) == 0);
    free(expected);
    free(got);
}

/* The same, and by how many launches. */
static void in_few_launches(const char *what, workload work, long most)
{
    same_bits(work);
    const long before = launches();
    same_bits(work);
    if (!CHECK(launches() - before <= most)) printf("  %s: %ld launches\n", what, launches() - before);
}

static int live_reducing(void)
{
    static const ls_dtype dtypes[] = {LS_FLOAT64, LS_FLOAT32, LS_INT64, LS_UINT8, LS_COMPLEX64, LS_COMPLEX128};
    static const int64_t shapes[][2] = {{1, 20001}, {6, 1500}, {3, 1027}};
    for (int d = 0; d < 6; d++)
        for (int k = 0; k < NUMERIC; k++) {
            if (d >= 4 && k >= ORDERED_FROM && k < ORDERED_TO) continue;
            reduced_dtype = dtypes[d];
            for (int s = 0; s < 3; s++) {
                if (s > 0 && d % 2) continue; /* forms differ by s as well: some are enough */
                rows = shapes[s][0];
                row = shapes[s][1];
                char what[48];
                snprintf(what, sizeof what, "reduction %d of %s, %lld rows", k, ls_dtype_name(dtypes[d]),
                         (long long)rows);
                in_few_launches(what, numeric[k], 2); /* leaves and the tree */
            }
        }
    for (int d = 0; d < 4; d++)
        for (int s = 0; s < 3; s++) {
            if (d == 2 && s == 1) continue;
            reduced_dtype = dtypes[d];
            rows = shapes[s][0];
            row = shapes[s][1];
            in_few_launches("several reductions", several, 7); /* leaves and stores, four trees, what is made of them */
            in_few_launches("several reductions by rows", several_by_rows, 7);
            if (d < 2) in_few_launches("several with a variance", with_variance, 5);
            in_few_launches("several of what is stored", as_stored, 6);
            in_few_launches("a store beside a sum", stored_beside, 4);
        }
    for (int s = 0; s < 6; s++) {
        reduced_dtype = s % 2 ? LS_COMPLEX128 : LS_FLOAT64;
        rows = shapes[s / 2][0];
        row = shapes[s / 2][1];
        in_few_launches("sums of unlike sizes", of_unlike_sizes, 10); /* leaves, four trees, five parts */
    }
    in_few_launches("sum of draws", drawn_sum, 2);
    in_few_launches("sum(sin(x) + cos(x))", reduced, 2);
    return check_report();
}

/* For those who want to know how far it is, a kernel is launched in parts. */
static ls_array *long_map(void) { return ls_add(ls_mul(ls_arange((double)(1 << 22) + 5), 3), 0.5); }
static ls_array *long_sum(void) { return ls_sum(long_map()); }
static ls_array *long_rows(void)
{
    return ls_max(ls_reshape(ls_at(long_map(), "5:"), LS_SHAPE(1 << 11, 1 << 11)), .axis = LS_AXIS(1));
}

static int go_on(double fraction, void *context)
{
    *(double *)context = fraction;
    return 0;
}

static int live_in_parts(void)
{
    static const workload work[] = {long_map, long_sum, long_rows};
    for (int k = 0; k < 3; k++) {
        double told = 0;
        same_bits(work[k]);
        const long before = launches();
        same_bits(work[k]);
        const long between = launches();
        ls_on_progress(go_on, &told);
        same_bits(work[k]);
        ls_on_progress(NULL, NULL);
        printf("  %ld launches, in parts %ld\n", between - before, launches() - between);
        /* The sum and the rows compute what they fold: their trees are launches as they were. */
        CHECK_EQ_INT(launches() - between - (between - before), gpu ? 4 - (k > 0) : 0);
        CHECK(told == 0 || told == 1);
    }
    return check_report();
}

static int live_waiting(void)
{
    for (size_t k = 0; k < sizeof ours / sizeof *ours; k++) same_bits(ours[k]);
    for (int k = 0; k < WORKLOADS; k++) same_bits(workloads[k]);
    long before = launches();
    same_bits(fused);
    printf("  one expression, waiting: %ld launches\n", launches() - before);
    CHECK_EQ_INT(launches() - before, gpu ? 1 : 0); /* sources that are made, 8 operations, one store */
    return check_report();
}

/* Until the kernel is there, and after. */
static void wait_for_the_kernel(void)
{
    const long first = launches();
    same_bits(fused);
    const long tier_0 = launches() - first;
    CHECK(tier_0 > 1); /* nobody waited for the compiler */
    long last = tier_0;
    for (int k = 0; k < 600 && last > 1; k++) {
        const long before = launches();
        same_bits(fused);
        last = launches() - before;
        usleep(50000);
    }
    printf("  %ld launches before, %ld after\n", tier_0, last);
    CHECK_EQ_INT(last, 1);
}

static int live_background(void)
{
    if (gpu) wait_for_the_kernel();
    for (int k = 0; !gpu && k < 20; k++) same_bits(fused), usleep(50000);
    /* left with work in the queue: the end must be clean */
    for (int round = 0; round < 2; round++)
        for (int k = 0; k < WORKLOADS; k++) same_bits(workloads[k]);
    return check_report();
}

static int live_off(void)
{
    for (int k = 0; k < 4; k++) {
        const long before = launches();
        same_bits(fused);
        CHECK(!gpu || launches() - before > 1);
    }
    return check_report();
}

/* ---- settings ---- */

static int run(const char *jit, const char *part, const char *cache, const char *more)
{
    char setting[64], folder[320];
    snprintf(setting, sizeof setting, "LOCKSTEP_JIT=%s", jit);
    snprintf(folder, sizeof folder, "LOCKSTEP_JIT_CACHE=%s", cache);
    return run_child(part, (char *const[]){setting, folder, (char *)more, NULL});
}

static int files_in(const char *path)
{
    int count = 0;
    DIR *list = opendir(path);
    for (const struct dirent *at; list && (at = readdir(list)) != NULL;) count += at->d_name[0] != '.';
    if (list) closedir(list);
    return count;
}

TEST(waiting_for_every_kernel)
{
    char folder[] = "/tmp/lockstep-jit-XXXXXX", cache[64], command[96];
    if (!CHECK(mkdtemp(folder) != NULL)) return;
    snprintf(cache, sizeof cache, "%s/cache", folder);
    CHECK_EQ_INT(run("wait", "waiting", cache, NULL), 0);
    const int kept = files_in(cache);
    printf("  %d kernels on disk\n", kept);
    CHECK(kept > 5);
    /* a compiler that is not there (the simulated GPU's alone can be taken away) shows that they come from disk */
    CHECK_EQ_INT(run("wait", "waiting", cache, "LOCKSTEP_SIMULATED_CXX=/nowhere"), 0);
    CHECK_EQ_INT(files_in(cache), kept);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(system(command) == 0);
}

TEST(reductions_of_computed_values)
{
    CHECK_EQ_INT(run("wait", "reducing", "off", NULL), 0);
}

TEST(long_work_in_parts)
{
    CHECK_EQ_INT(run("wait", "parts", "off", NULL), 0);
}

TEST(compiling_in_the_background)
{
    CHECK_EQ_INT(run("background", "background", "off", NULL), 0);
}

TEST(never_compiling)
{
    CHECK_EQ_INT(run("off", "off", "off", NULL), 0);
}

TEST(a_compiler_that_fails_is_not_missed)
{
    CHECK_EQ_INT(run("wait", "off", "off", "LOCKSTEP_SIMULATED_CXX=/nowhere"), 0);
}

int main(int argc, char **argv)
{
    gpu = simulated_get();
    device = ls_device_from_name("cuda:0");
    host = ls_device_from_name("cpu");
    if (!CHECK(device.id > 1)) return check_report();
    if (argc > 1 && strcmp(argv[1], "waiting") == 0) return live_waiting();
    if (argc > 1 && strcmp(argv[1], "reducing") == 0) return live_reducing();
    if (argc > 1 && strcmp(argv[1], "parts") == 0) return live_in_parts();
    if (argc > 1 && strcmp(argv[1], "background") == 0) return live_background();
    if (argc > 1) return live_off();
    RUN(waiting_for_every_kernel);
    RUN(reductions_of_computed_values);
    RUN(long_work_in_parts);
    RUN(compiling_in_the_background);
    RUN(never_compiling);
    RUN(a_compiler_that_fails_is_not_missed);
    return check_report();
}
