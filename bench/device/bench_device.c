/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The device path through the public API. One line per row, "name seconds bytes": the best of several rounds, and the
 * bytes the operation must move. peers.py has the same rows for CuPy, PyTorch and JAX. Runs on any device (LOCKSTEP_DEVICE).
 *
 *   bench_device [--small]              sizes a hundred times smaller, to try it on a CPU
 *   bench_device [--small] --fused      only what LOCKSTEP_JIT changes, draws that touch no memory among it
 *   bench_device [--small] --exact      only exact products, for LOCKSTEP_MATMUL_TILE */
#include <lockstep.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 7 };

static int64_t scale = 1; /* sizes are divided by it */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef ls_array *operation(void);

/* Inputs, made by the row that uses them. */
static ls_array *x, *y;
static ls_rng *rng;

static bool failed(const char *name, ls_status status)
{
    if (status) {
        printf("%s failed: %s\n", name, ls_error_message());
        ls_clear_error();
    }
    return status != LS_OK;
}

/* Best time of `run` with its result stored, of rounds after two that warm up. */
static void row(const char *name, operation *run, double bytes)
{
    double best = 1e30;
    for (int round = 0; round < ROUNDS + 2; round++) LS_SCOPE {
        if (failed(name, ls_sync())) return;
        const double begin = now();
        if (failed(name, ls_evaluate(run())) || failed(name, ls_sync())) return;
        const double seconds = now() - begin;
        if (round >= 2 && seconds < best) best = seconds;
    }
    printf("%s %.9f %.0f\n", name, best, bytes);
    fflush(stdout);
}

static void inputs(ls_array *new_x, ls_array *new_y)
{
    ls_set(&x, new_x);
    ls_set(&y, new_y);
    failed("inputs", ls_evaluate(x));
    if (y) failed("inputs", ls_evaluate(y));
}

static ls_array *uniform(ls_shape shape, ls_dtype dtype)
{
    return ls_random(rng, shape, .dtype = dtype);
}

/* --- rows --- */

static ls_array *sin_cos(void) { return ls_add(ls_sin(x), ls_cos(x)); }
static ls_array *add(void) { return ls_add(x, y); }
static ls_array *square(void) { return ls_mul(x, x); }
static ls_array *sum(void) { return ls_sum(x); }
static ls_array *sum_0(void) { return ls_sum(x, .axis = LS_AXIS(0)); }
static ls_array *sum_1(void) { return ls_sum(x, .axis = LS_AXIS(1)); }
static ls_array *sum_transposed(void) { return ls_sum(ls_transpose(x)); }
static ls_array *variance(void) { return ls_var(x); }
static ls_array *scan(void) { return ls_cumulative_sum(x); }
static ls_array *product(void) { return ls_matmul(x, y); }
static ls_array *exact_product(void) { return ls_matmul(x, y, .mode = LS_MATMUL_EXACT); }
static ls_array *sort(void) { return ls_sort(x); }
static ls_array *softmax(void)
{
    ls_array *e = ls_exp(ls_sub(x, ls_max(x, .axis = LS_AXIS(1), .keepdims = true)));
    return ls_divide(e, ls_sum(e, .axis = LS_AXIS(1), .keepdims = true));
}
static int64_t draws;
static ls_array *draw(void) { return ls_random(rng, LS_SHAPE(draws)); }
static ls_array *draw_f32(void) { return ls_random(rng, LS_SHAPE(draws), .dtype = LS_FLOAT32); }
static ls_array *normal(void) { return ls_standard_normal(rng, LS_SHAPE(draws)); }
static ls_array *sum_random(void) { return ls_sum(ls_random(rng, LS_SHAPE(draws))); }

static void elementwise(void)
{
    const int64_t n = 100000000 / scale;
    inputs(uniform(LS_SHAPE(n), LS_FLOAT64), uniform(LS_SHAPE(n), LS_FLOAT64));
    row("sin_cos_f64_1e8", sin_cos, 16.0 * (double)n);
    row("add_f64_1e8", add, 24.0 * (double)n);
    row("square_f64_1e8", square, 16.0 * (double)n);
    row("sum_f64_1e8", sum, 8.0 * (double)n);
    row("var_f64_1e8", variance, 8.0 * (double)n);
    row("cumsum_f64_1e8", scan, 16.0 * (double)n);
    row("sort_f64_1e8", sort, 16.0 * (double)n);
    inputs(uniform(LS_SHAPE(n), LS_FLOAT32), NULL);
    row("sin_cos_f32_1e8", sin_cos, 8.0 * (double)n);
    row("sum_f32_1e8", sum, 4.0 * (double)n);
    inputs(ls_reshape(x, LS_SHAPE(n / 1000, 1000)), NULL);
    row("softmax_f32_1e5x1e3", softmax, 8.0 * (double)n);
    const int64_t million = 1000000 / scale;
    inputs(uniform(LS_SHAPE(million), LS_FLOAT64), NULL);
    row("sin_cos_f64_1e6", sin_cos, 16.0 * (double)million);
    row("square_f64_1e6", square, 16.0 * (double)million);
}

static void reductions(void)
{
    const int64_t side = 10000 / (scale > 1 ? 10 : 1), bytes = side * side * 8;
    inputs(uniform(LS_SHAPE(side, side), LS_FLOAT64), NULL);
    row("sum_axis0_f64_1e4x1e4", sum_0, (double)bytes);
    row("sum_axis1_f64_1e4x1e4", sum_1, (double)bytes);
    row("sum_transposed_f64_1e4x1e4", sum_transposed, (double)bytes);
    inputs(ls_reshape(ls_ravel(x), LS_SHAPE(100, side / 100, side)), NULL);
    row("sum_middle_f64_100x100x1e4", sum_1, (double)bytes);
    inputs(uniform(LS_SHAPE(side * side / 25, 25), LS_FLOAT64), NULL);
    row("sum_short_rows_f64_4e6x25", sum_1, (double)bytes);
    const int64_t billion = 1000000000 / scale;
    inputs(uniform(LS_SHAPE(billion), LS_FLOAT64), NULL);
    row("sum_f64_1e9", sum, 8.0 * (double)billion);
    inputs(ls_zeros(LS_SHAPE(1)), NULL);
}

static void random_numbers(void)
{
    draws = 100000000 / scale;
    const double bytes = 8.0 * (double)draws;
    row("random_philox4x64_f64_1e8", draw, bytes);
    row("random_philox4x64_f32_1e8", draw_f32, bytes / 2);
    row("normal_f64_1e8", normal, bytes);
    row("sum_random_f64_1e8", sum_random, 0);
    ls_rng *first = rng;
    rng = ls_rng_new(42, .engine = LS_PHILOX4X32);
    row("random_philox4x32_f64_1e8", draw, bytes);
    row("random_philox4x32_f32_1e8", draw_f32, bytes / 2);
    rng = first;
}

static void products(void)
{
    static const int64_t sizes[] = {256, 1024, 4096};
    for (int d = 0; d < 2; d++)
        for (int i = 0; i < (scale > 1 ? 1 : 3); i++) {
            const ls_dtype dtype = d ? LS_FLOAT64 : LS_FLOAT32;
            char name[64];
            inputs(uniform(LS_SHAPE(sizes[i], sizes[i]), dtype), uniform(LS_SHAPE(sizes[i], sizes[i]), dtype));
            snprintf(name, sizeof name, "matmul_%s_%lld", d ? "f64" : "f32", (long long)sizes[i]);
            row(name, product, 0);
            snprintf(name, sizeof name, "matmul_exact_%s_%lld", d ? "f64" : "f32", (long long)sizes[i]);
            row(name, exact_product, 0);
        }
}

static void fused(void)
{
    const int64_t n = 100000000 / scale;
    inputs(uniform(LS_SHAPE(n), LS_FLOAT64), NULL);
    row("sin_cos_f64_1e8", sin_cos, 16.0 * (double)n);
    inputs(uniform(LS_SHAPE(n), LS_FLOAT32), NULL);
    row("sin_cos_f32_1e8", sin_cos, 8.0 * (double)n);
    draws = n;
    row("sum_random_philox4x64_f64_1e8", sum_random, 0);
    rng = ls_rng_new(42, .engine = LS_PHILOX4X32);
    row("sum_random_philox4x32_f64_1e8", sum_random, 0);
}

static void exact(void)
{
    for (int64_t side = 512; side <= (scale > 1 ? 512 : 4096); side *= 2)
        for (int d = 0; d < 2; d++) {
            const ls_dtype dtype = d ? LS_FLOAT64 : LS_FLOAT32;
            const int64_t n = side / (scale > 1 ? 4 : 1);
            char name[64];
            inputs(uniform(LS_SHAPE(n, n), dtype), uniform(LS_SHAPE(n, n), dtype));
            snprintf(name, sizeof name, "matmul_exact_%s_%lld", d ? "f64" : "f32", (long long)side);
            row(name, exact_product, 0);
        }
}

/* What a call costs when there is little to compute: handing over, and until the number is here. */
static void small(void)
{
    enum { MANY = 2000 };
    inputs(uniform(LS_SHAPE(100), LS_FLOAT64), uniform(LS_SHAPE(100), LS_FLOAT64));
    double best = 1e30;
    for (int round = 0; round < ROUNDS; round++) {
        const double begin = now();
        for (int i = 0; i < MANY; i++) LS_SCOPE {
            if (failed("add_f64_100_enqueue", ls_evaluate(ls_add(x, y)))) return;
        }
        const double each = (now() - begin) / MANY;
        best = each < best ? each : best;
        if (failed("add_f64_100_enqueue", ls_sync())) return;
    }
    printf("add_f64_100_enqueue %.9f 0\n", best);
    best = 1e30;
    for (int i = 0; i < MANY; i++) LS_SCOPE {
        double number;
        const double begin = now();
        if (failed("add_f64_100_item", ls_item(ls_at(ls_add(x, y), "7"), &number))) return;
        best = now() - begin < best ? now() - begin : best;
    }
    printf("add_f64_100_item %.9f 0\n", best);
}

int main(int argc, char **argv)
{
    const char *part = argv[argc - 1];
    if (argc > 1 && strcmp(argv[1], "--small") == 0) scale = 100;
    const double begin = now();
    rng = ls_rng_new(42);
    if (strcmp(part, "--fused") == 0) return fused(), 0;
    if (strcmp(part, "--exact") == 0) return exact(), 0;
    double number;
    if (failed("first_result", ls_item(ls_sum(uniform(LS_SHAPE(100), LS_FLOAT64)), &number))) return 1;
    printf("first_result %.9f 0\n", now() - begin);
    small();
    elementwise();
    reductions();
    random_numbers();
    products();
    return 0;
}
