/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cumulative sums and products of the host against the slow reference: dtypes, sizes around tiles and runs, layouts,
 * axes, threads and instruction sets; and that they are monotone and accurate. */
#include "backend.h"
#include "core/dtype.h"
#include "host/isa.h"
#include "host/parallel.h"
#include "host/strip.h"
#include "reference.h"
#include "support/check.h"
#include <stdlib.h>

static uint64_t seed = 88172645463325252u;
static uint64_t next_bits(void)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return seed;
}
static int64_t below(int64_t n) { return (int64_t)(next_bits() % (uint64_t)n); }
static double uniform(void) { return (double)(next_bits() >> 11) * 0x1p-53; }

static uint64_t all_hash;
static void add_hash(const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) all_hash = (all_hash ^ ((const uint8_t *)bytes)[i]) * 1099511628211u;
}

static number random_number(ls_dtype dtype, bool near_one)
{
    number x = {{0, 0}, 0};
    const lsi_kind kind = lsi_dtype_kind(dtype);
    if (kind == LSI_KIND_FLOAT || kind == LSI_KIND_COMPLEX) {
        x.f[0] = near_one ? 1 + (uniform() - 0.5) * 0x1p-8 : ldexp(uniform() - 0.5, (int)below(20) - 10);
        if (kind == LSI_KIND_COMPLEX) x.f[1] = (uniform() - 0.5) * 0x1p-8;
    } else x.i = kind == LSI_KIND_BOOL ? below(2) : (int64_t)next_bits();
    return x;
}

typedef struct shaped {
    int ndim, axis;
    int64_t shape[4];
} shaped;

static int64_t count_of(const shaped *s)
{
    int64_t n = 1;
    for (int a = 0; a < s->ndim; a++) n *= s->shape[a];
    return n;
}

/* Element strides of a fresh array: `how` 0 in order, 1 axes reversed, 2 with gaps, 3 backwards along the axis. */
static int64_t lay(const shaped *s, int how, int64_t extra, int64_t *strides, int64_t *offset)
{
    int64_t step = how == 2 ? 3 : 1, all;
    for (int i = 0; i < s->ndim; i++) {
        const int a = how == 1 ? i : s->ndim - 1 - i;
        strides[a] = step;
        step *= s->shape[a] + (a == s->axis ? extra : 0);
    }
    all = step;
    *offset = 0;
    if (how == 3) {
        *offset = strides[s->axis] * (s->shape[s->axis] + extra - 1);
        strides[s->axis] = -strides[s->axis];
    }
    return all;
}

static ls_dtype state_of(ls_dtype result)
{
    const lsi_kind kind = lsi_dtype_kind(result);
    if (kind == LSI_KIND_INT || kind == LSI_KIND_BOOL) return LS_INT64;
    return kind == LSI_KIND_UINT ? LS_UINT64 : result;
}

static void run_case(const shaped *s, int how, ls_dtype dtype, ls_dtype result, bool product, bool initial)
{
    lsi_scan scan = {.product = product, .include_initial = initial, .dtype = dtype, .result = result, .ndim = s->ndim,
                     .axis = s->axis, .function = "test"};
    const int64_t n = s->shape[s->axis], lines = n ? count_of(s) / n : 0;
    const size_t size = lsi_dtype_size(dtype), out_size = lsi_dtype_size(result);
    memcpy(scan.shape, s->shape, sizeof s->shape);
    const int64_t in_all = lay(s, how, 0, scan.in_strides, &scan.in_offset);
    const int64_t out_all = lay(s, how == 3 ? 0 : how, initial, scan.out_strides, &scan.out_offset);
    lsi_buffer in = {.address = malloc((size_t)in_all * size + 1)};
    lsi_buffer out = {.address = malloc((size_t)out_all * out_size + 1)};
    number *x = malloc((size_t)(n + 1) * sizeof *x), *y = malloc((size_t)(n + 1) * sizeof *y);
    bool same = true;
    scan.in = &in, scan.out = &out;
    for (int64_t i = 0; i < in_all; i++) number_store(dtype, random_number(dtype, product),
                                                      (char *)in.address + (size_t)i * size);
    CHECK_STATUS(lsi_host_scan(&scan), LS_OK);
    for (int64_t line = 0; line < lines; line++) {
        int64_t rest = line, from = scan.in_offset, to = scan.out_offset;
        for (int a = s->ndim - 1; a >= 0; a--) {
            if (a == s->axis) continue;
            from += rest % s->shape[a] * scan.in_strides[a], to += rest % s->shape[a] * scan.out_strides[a];
            rest /= s->shape[a];
        }
        for (int64_t i = 0; i < n; i++)
            x[i] = number_load(dtype, (char *)in.address + (size_t)(from + i * scan.in_strides[s->axis]) * size);
        reference_scan(product, state_of(result), x, n, y);
        for (int64_t i = 0; i < n + initial; i++) {
            char wanted[16];
            const number start = {{product, 0}, product};
            const char *got = (char *)out.address + (size_t)(to + i * scan.out_strides[s->axis]) * out_size;
            number_store(result, initial ? i ? y[i - 1] : start : y[i], wanted);
            same = same && same_element(result, wanted, got);
            add_hash(wanted, out_size);
        }
    }
    if (!CHECK(same))
        printf("  %s %s to %s layout %d axis %d shape %lld %lld %lld\n", product ? "product" : "sum",
               lsi_dtype_name(dtype),
               lsi_dtype_name(result), how, s->axis, (long long)s->shape[0], (long long)s->shape[1],
               (long long)s->shape[2]);
    free(in.address), free(out.address), free(x), free(y);
}

static const ls_dtype pairs[][2] = {
    {LS_FLOAT64, LS_FLOAT64}, {LS_FLOAT32, LS_FLOAT32}, {LS_COMPLEX64, LS_COMPLEX64}, {LS_COMPLEX128, LS_COMPLEX128},
    {LS_INT64, LS_INT64},     {LS_UINT64, LS_UINT64},   {LS_INT8, LS_INT64},          {LS_BOOL, LS_INT64},
    {LS_INT32, LS_INT32},     {LS_UINT16, LS_UINT16},   {LS_FLOAT32, LS_FLOAT64}};
enum { PAIRS = sizeof pairs / sizeof *pairs };

static void every_pair(const shaped *s, int how)
{
    for (int p = 0; p < PAIRS; p++)
        for (int product = 0; product < 2; product++)
            run_case(s, how, pairs[p][0], pairs[p][1], product, below(3) == 0);
}

TEST(lines)
{
    static const int64_t edges[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 129, 1000, 1023, 1024,
                                    1025,
                                    2047, 2048, 2049, 3100, 8191, 8192, 8193, 17000};
    for (size_t e = 0; e < sizeof edges / sizeof *edges; e++) {
        const shaped s = {1, 0, {edges[e]}};
        every_pair(&s, 0);
        every_pair(&s, 2 + (int)below(2));
    }
}

TEST(planes)
{
    static const int64_t shapes[][2] = {{3, 5}, {70, 4}, {4, 70}, {130, 33}, {1030, 7}, {9, 1500}, {8200, 6}, {5, 8200},
                                        {2, 20000}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int axis = 0; axis < 2; axis++) {
            const shaped s = {2, axis, {shapes[i][0], shapes[i][1]}};
            every_pair(&s, 0);
            every_pair(&s, 1 + (int)below(3));
        }
}

TEST(bricks)
{
    for (int axis = 0; axis < 3; axis++)
        for (int how = 0; how < 4; how++) {
            const shaped s = {3, axis, {5, 37, 20}};
            every_pair(&s, how);
        }
}

TEST(long_line)
{
    const shaped s = {1, 0, {1100003}}, wide = {2, 0, {60000, 16}}, empty = {2, 1, {0, 3}};
    run_case(&s, 0, LS_FLOAT64, LS_FLOAT64, false, false);
    run_case(&s, 0, LS_FLOAT32, LS_FLOAT32, false, true);
    run_case(&s, 2, LS_COMPLEX128, LS_COMPLEX128, false, false);
    run_case(&s, 0, LS_INT32, LS_INT64, false, false);
    run_case(&wide, 0, LS_FLOAT64, LS_FLOAT64, false, false);
    run_case(&empty, 0, LS_FLOAT64, LS_FLOAT64, false, false);
}

static void scan_plain(ls_dtype dtype, ls_dtype result, void *in, void *out, int64_t n)
{
    lsi_buffer from = {.address = in}, to = {.address = out};
    const lsi_scan scan = {.dtype = dtype, .result = result, .ndim = 1, .shape = {n}, .in = &from, .out = &to,
                           .in_strides = {1}, .out_strides = {1}};
    CHECK_STATUS(lsi_host_scan(&scan), LS_OK);
}

/* A plain tree of offsets decreases 96 times here. */
TEST(monotone)
{
    enum { N = 1 << 20 };
    float *x = malloc(N * sizeof *x), *y = malloc(N * sizeof *y);
    double *u = malloc(N * sizeof *u), *v = malloc(N * sizeof *v);
    long falls = 0;
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < N; i++) {
            u[i] = uniform();
            if (round == 1) u[i] = ldexp(u[i], -(int)below(40));
            if (round == 2) u[i] = below(3) ? 0 : u[i];
            if (round == 3) u[i] = below(1000) ? u[i] * 1e-9 : u[i] * 1e9;
            x[i] = (float)u[i];
        }
        scan_plain(LS_FLOAT32, LS_FLOAT32, x, y, N);
        scan_plain(LS_FLOAT64, LS_FLOAT64, u, v, N);
        for (int i = 1; i < N; i++) falls += y[i] < y[i - 1], falls += v[i] < v[i - 1];
    }
    CHECK_EQ_INT(falls, 0);
    free(x), free(y), free(u), free(v);
}

/* Against exact sums (in integers of 2^-53): at most 13 + n / 8192 roundings of the sum. */
TEST(accurate)
{
    enum { N = 1 << 20 };
    double *x = malloc(N * sizeof *x), *y = malloc(N * sizeof *y);
    __extension__ unsigned __int128 exact = 0;
    double worst = 0;
    for (int i = 0; i < N; i++) x[i] = uniform();
    scan_plain(LS_FLOAT64, LS_FLOAT64, x, y, N);
    for (int i = 0; i < N; i++) {
        exact += (uint64_t)(x[i] * 0x1p53);
        const double sum = (double)exact * 0x1p-53, error = fabs(y[i] - sum) / sum / 0x1p-53;
        worst = error > worst ? error : worst;
    }
    printf("  worst error %.2f half units in the last place\n", worst);
    CHECK(worst <= 14.0 + N / 8192);
    free(x), free(y);
}

/* 16-bit floats: float32 inside, one rounding per output. */
TEST(halves)
{
    enum { N = 20000 };
    uint16_t *x = malloc(N * sizeof *x), *y = malloc(N * sizeof *y);
    float *wide = malloc(N * sizeof *wide), *sums = malloc(N * sizeof *sums);
    const ls_dtype kinds[] = {LS_FLOAT16, LS_BFLOAT16};
    for (int k = 0; k < 2; k++) {
        bool same = true;
        for (int i = 0; i < N; i++) {
            lsi_scalar value = {LS_FLOAT64, {.f = uniform() * 0.5}};
            value = lsi_scalar_cast(&value, kinds[k]);
            lsi_scalar_store(&value, &x[i]);
            wide[i] = (float)value.value.f;
        }
        scan_plain(kinds[k], kinds[k], x, y, N);
        scan_plain(LS_FLOAT32, LS_FLOAT32, wide, sums, N);
        for (int i = 0; i < N; i++) {
            lsi_scalar value = {LS_FLOAT32, {.f = (double)sums[i]}};
            uint16_t wanted;
            value = lsi_scalar_cast(&value, kinds[k]);
            lsi_scalar_store(&value, &wanted);
            same = same && wanted == y[i];
        }
        CHECK(same);
    }
    free(x), free(y), free(wide), free(sums);
}

int main(void)
{
    uint64_t first_hash = 0;
    for (int isa = 0; isa <= (int)lsi_isa_best(); isa++) {
        const int threads = 1 + isa;
        lsi_isa_force((lsi_isa)isa);
        lsi_parallel_force(threads);
        seed = 88172645463325252u, all_hash = 1469598103934665603u;
        printf("%s, %d threads\n", lsi_isa_name((lsi_isa)isa), threads);
        RUN(lines);
        RUN(planes);
        RUN(bricks);
        RUN(long_line);
        RUN(monotone);
        RUN(accurate);
        RUN(halves);
        if (isa == 0) first_hash = all_hash;
        CHECK_EQ_INT(all_hash, first_hash);
    }
    return check_report();
}
