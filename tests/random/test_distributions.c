/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whether the numbers are distributed as they should be: moments, Kolmogorov and Smirnov's distance, chi squared. The
 * streams are fixed, so these pass or fail once and for all; the limits are such that one stream in about 10,000
 * fails. */
#include "api/random_stream.h"
#include "draw.h" /* kernels/draw.h */
#include "host/draw.h"
#include "support/check.h"
#include <stdlib.h>

enum { N = 1 << 20 };
static double numbers[N];
static float singles[N];
static uint64_t whole[N];

static void draw(uint32_t engine, uint32_t kind, uint32_t seed, const uint64_t *range, void *out)
{
    lsi_stream s = lsi_stream_of_seed(engine, &seed, 1);
    lsi_draw d;
    CHECK(lsi_stream_take(&s, kind, N, &d));
    if (range) {
        d.range[0] = range[0];
        d.range[1] = range[1];
        d.range[2] = lsi_draw_threshold(kind, range[1]);
    }
    lsi_draw_fill(&d, 0, N, out);
}

/* `numbers` by the kind's float64 or float32 form. */
static void draw_real(uint32_t engine, uint32_t kind, uint32_t seed)
{
    if (lsi_draw_itemsize(kind) == 8) {
        draw(engine, kind, seed, NULL, numbers);
        return;
    }
    draw(engine, kind, seed, NULL, singles);
    for (int i = 0; i < N; i++) numbers[i] = (double)singles[i];
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Largest distance of the sample's distribution from `cdf`, times sqrt(N): below 2.2 but once in 10,000. Sorts. */
static double kolmogorov(double (*cdf)(double))
{
    double largest = 0;
    qsort(numbers, N, sizeof *numbers, ascending);
    for (int i = 0; i < N; i++) {
        const double f = cdf(numbers[i]), over = (i + 1.0) / N - f, under = f - (double)i / N;
        largest = over > largest ? over : largest;
        largest = under > largest ? under : largest;
    }
    return largest * sqrt((double)N);
}

/* Distance of the mean of x^power from `expected`, in units of its own deviation. */
static double moment_sigmas(int power, double expected, double variance)
{
    double sum = 0;
    for (int i = 0; i < N; i++) {
        double x = 1;
        for (int k = 0; k < power; k++) x *= numbers[i];
        sum += x;
    }
    return fabs(sum / N - expected) / sqrt(variance / N);
}

/* Correlation of neighbours i and i + lag, in deviations. */
static double correlation_sigmas(double mean, double variance, int lag)
{
    double sum = 0;
    for (int i = 0; i + lag < N; i++) sum += (numbers[i] - mean) * (numbers[i + lag] - mean);
    return fabs(sum / (variance * N)) * sqrt((double)N);
}

static double uniform_cdf(double x) { return x < 0 ? 0 : x > 1 ? 1 : x; }
static double normal_cdf(double x) { return 0.5 * erfc(-x / sqrt(2.0)); }
static double exponential_cdf(double x) { return 1 - exp(-x); }

TEST(uniform)
{
    for (uint32_t engine = 0; engine < 2; engine++)
        for (uint32_t kind = LSI_DRAW_UNIFORM_F64; kind <= LSI_DRAW_UNIFORM_F32; kind++) {
            draw_real(engine, kind, 1 + kind);
            CHECK(moment_sigmas(1, 0.5, 1.0 / 12) < 4);
            CHECK(moment_sigmas(2, 1.0 / 3, 4.0 / 45) < 4);
            for (int lag = 1; lag < 6; lag++) CHECK(correlation_sigmas(0.5, 1.0 / 12, lag) < 4);
            CHECK(kolmogorov(uniform_cdf) < 2.2);
            if (engine == LSI_ENGINE_PHILOX4X64) CHECK(numbers[0] >= 0 && numbers[N - 1] < 1);
            else CHECK(numbers[0] > 0 && numbers[N - 1] <= 1);
        }
}

TEST(normal)
{
    for (uint32_t engine = 0; engine < 2; engine++)
        for (uint32_t kind = LSI_DRAW_NORMAL_F64; kind <= LSI_DRAW_NORMAL_F32; kind++)
            for (uint32_t seed = 0; seed < 3; seed++) {
                draw_real(engine, kind, seed);
                CHECK(moment_sigmas(1, 0, 1) < 4);
                CHECK(moment_sigmas(2, 1, 2) < 4);
                CHECK(moment_sigmas(3, 0, 15) < 4);
                CHECK(moment_sigmas(4, 3, 96) < 4);
                for (int lag = 1; lag < 6; lag++) CHECK(correlation_sigmas(0, 1, lag) < 4);
                /* a pair lies on a circle of its own: their squares, too, must not know each other */
                double sum = 0;
                for (int i = 0; i < N; i += 2)
                    sum += (numbers[i] * numbers[i] - 1) * (numbers[i + 1] * numbers[i + 1] - 1);
                CHECK(fabs(sum) / sqrt(4.0 * N / 2) < 4);
                CHECK(kolmogorov(normal_cdf) < 2.2);
                /* 2^20 numbers reach about 4.9 on either side */
                CHECK(numbers[N - 1] > 4.2 && numbers[N - 1] < 6.5 && numbers[0] < -4.2 && numbers[0] > -6.5);
            }
}

TEST(exponential)
{
    for (uint32_t engine = 0; engine < 2; engine++)
        for (uint32_t kind = LSI_DRAW_EXPONENTIAL_F64; kind <= LSI_DRAW_EXPONENTIAL_F32; kind++) {
            draw_real(engine, kind, 9 + kind);
            CHECK(moment_sigmas(1, 1, 1) < 4);
            CHECK(moment_sigmas(2, 2, 20) < 4);
            for (int lag = 1; lag < 6; lag++) CHECK(correlation_sigmas(1, 1, lag) < 4);
            CHECK(kolmogorov(exponential_cdf) < 2.2);
            CHECK(numbers[0] >= 0 && numbers[N - 1] > 10 && numbers[N - 1] < 25);
        }
}

/* Words at the ends of their range, where logarithms meet 0 and 1. */
TEST(ends_of_the_range)
{
    const uint64_t words[] = {0, ~(uint64_t)0, (uint64_t)1 << 63, 0x7ff, 0x800,
                              ~(uint64_t)0x7ff, 0xffffff, (uint64_t)1 << 24};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        const double e = ls_exponential_of_word64(words[i]);
        const float f = ls_exponential_of_word32((uint32_t)(words[i] >> 32));
        CHECK(e >= 0 && e < 36.8 && f >= 0 && f < 22.9f);
        CHECK(!signbit(e) && !signbit(f));
        for (unsigned k = 0; k < sizeof words / sizeof *words; k++) {
            const ls_turn_f64 pair = ls_normal_of_words64(words[i], words[k]);
            CHECK(fabs(pair.cos) < 8.58 && fabs(pair.sin) < 8.58);
        }
        const ls_turn_f32 pair = ls_normal_of_word64_f32(words[i]);
        CHECK(fabsf(pair.cos) < 7.45f && fabsf(pair.sin) < 7.45f);
    }
    CHECK(ls_exponential_of_word64(0) > 36.7 && ls_exponential_of_word64(~(uint64_t)0) == 0);
    CHECK(ls_exponential_of_word32(0) > 22.8f && ls_exponential_of_word32(~0u) == 0);
}

/* Sine and cosine of the turn against libm's of the same angle in long double. */
TEST(turns)
{
    double worst64 = 0, worst32 = 0;
    for (int i = 0; i < 400000; i++) {
        const uint64_t k = (uint64_t)i * 0x9E3779B97F4A7C15u >> 11;
        const double t = (double)k * 0x1p-52;
        const float u = (float)(k >> 29) * 0x1p-23f;
        const long double pi = 3.14159265358979323846264338327950288L;
        const ls_turn_f64 a = ls_turn_of_f64(t);
        const ls_turn_f32 b = ls_turn_of_f32(u);
        const double s = (double)fabsl(a.sin - sinl(pi * t)), c = (double)fabsl(a.cos - cosl(pi * t));
        const double s32 = fabs(b.sin - sin((double)pi * (double)u)), c32 = fabs(b.cos - cos((double)pi * (double)u));
        worst64 = fmax(worst64, fmax(s, c));
        worst32 = fmax(worst32, fmax(s32, c32));
    }
    printf("largest errors: %.3g, %.3g\n", worst64, worst32);
    CHECK(worst64 < 0x1p-53 * 1.1 && worst32 < 0x1p-24 * 1.2);
    CHECK(ls_turn_of_f64(0.0).cos == 1 && ls_turn_of_f64(0.5).sin == 1 && ls_turn_of_f64(1.0).cos == -1 &&
          ls_turn_of_f64(1.5).sin == -1 && ls_turn_of_f64(0.5).cos == 0 && ls_turn_of_f64(1.0).sin == 0);
}

/* Chi squared of `size` values, in deviations above its mean. */
static double chi_squared(uint64_t low, int size)
{
    static int64_t counts[1024];
    double sum = 0;
    memset(counts, 0, sizeof counts);
    for (int i = 0; i < N; i++) {
        const uint64_t k = whole[i] - low;
        if (k >= (uint64_t)size) return 1e9;
        counts[k]++;
    }
    const double expected = (double)N / size;
    for (int k = 0; k < size; k++) sum += ((double)counts[k] - expected) * ((double)counts[k] - expected) / expected;
    return (sum - (size - 1)) / sqrt(2.0 * (size - 1));
}

TEST(integers)
{
    static const int sizes[] = {2, 3, 5, 6, 7, 10, 100, 1000};
    for (uint32_t engine = 0; engine < 2; engine++)
        for (uint32_t kind = LSI_DRAW_INTEGERS64; kind <= LSI_DRAW_INTEGERS32; kind++)
            for (unsigned s = 0; s < sizeof sizes / sizeof *sizes; s++) {
                const uint64_t range[2] = {(uint64_t)-3, (uint64_t)sizes[s] - 1};
                draw(engine, kind, 77 + s, range, whole);
                const double sigmas = chi_squared(range[0], sizes[s]);
                CHECK(sigmas < 6 && sigmas > -4);
            }
}

/* A range of three quarters of all words, where a plain multiplication would hit every third value twice as often: the
 * remainders by 3 tell. Half-range-and-one rejects nearly every second word. */
TEST(integers_of_wide_ranges)
{
    for (uint32_t engine = 0; engine < 2; engine++)
        for (int half = 0; half < 2; half++)
            for (uint32_t kind = LSI_DRAW_INTEGERS64; kind <= LSI_DRAW_INTEGERS32; kind++) {
                const int bits = kind == LSI_DRAW_INTEGERS64 ? 64 : 32;
                const uint64_t range[2] = {0, half ? (uint64_t)1 << (bits - 1) : ((uint64_t)3 << (bits - 2)) - 1};
                draw(engine, kind, 5, range, whole);
                double mean = 0;
                long outside = 0;
                for (int i = 0; i < N; i++) {
                    outside += whole[i] > range[1];
                    mean += (double)whole[i] / (double)range[1] / N;
                    whole[i] %= 3;
                }
                CHECK_EQ_INT(outside, 0);
                CHECK(fabs(mean - 0.5) * sqrt(12.0 * N) < 4);
                CHECK(chi_squared(0, 3) < 6);
            }
}

int main(void)
{
    RUN(uniform);
    RUN(normal);
    RUN(exponential);
    RUN(ends_of_the_range);
    RUN(turns);
    RUN(integers);
    RUN(integers_of_wide_ranges);
    return check_report();
}
