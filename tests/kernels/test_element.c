/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The element functions and casts of kernels/ against slow, obvious references: every pair of 8-bit integers, every
 * 16-bit float, and for wider dtypes all pairs of a list of awkward numbers beside random ones. Every loop goes through an
 * array, so that the vectorised code is what is tested; the file is built once per instruction set.
 */
#include "element.h"
#include "cast.h"
#include "check.h"

#include <stdlib.h>

enum { RANDOM = 1 << 16 };

static uint64_t random_state = 0x9e3779b97f4a7c15u;
static uint64_t random_bits(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1du;
}

static int same_f64(double a, double b) { return (a != a && b != b) || ls_bits_f64(a) == ls_bits_f64(b); }
static int same_f32(float a, float b) { return (a != a && b != b) || ls_bits_f32(a) == ls_bits_f32(b); }

/* --- integers: the reference computes in 128 bits and wraps at the end ---------------------------------------------- */

__extension__ typedef __int128 wide;

static wide wide_floor_divide(wide x, wide y)
{
    if (y == 0) return 0;
    const wide q = x / y;
    return q - (x % y != 0 && (x < 0) != (y < 0));
}
static wide wide_add(wide x, wide y) { return x + y; }
static wide wide_sub(wide x, wide y) { return x - y; }
static wide wide_mul(wide x, wide y) { return x * y; }
static wide wide_fmod(wide x, wide y) { return y == 0 ? 0 : x % y; }
static wide wide_remainder(wide x, wide y) { return y == 0 ? 0 : x - wide_floor_divide(x, y) * y; }
static wide wide_minimum(wide x, wide y) { return x < y ? x : y; }
static wide wide_maximum(wide x, wide y) { return x > y ? x : y; }
static wide wide_left_shift(wide x, wide y) { return y < 0 || y > 63 ? 0 : x * ((wide)1 << y); }
static wide wide_right_shift(wide x, wide y) { return y < 0 || y > 63 ? (x < 0 ? -1 : 0) : x >> y; }

/* `count` pairs in x and y; the loop over the function under test is a plain one, for the compiler to vectorise. */
#define CHECK_INT(tag, name, count)                                                                                    \
    do {                                                                                                               \
        long bad = 0;                                                                                                  \
        for (long i = 0; i < (count); i++) out[i] = ls_##name##_##tag(x[i], y[i]);                                     \
        for (long i = 0; i < (count); i++) bad += out[i] != (ls_t_##tag)wide_##name((wide)x[i], (wide)y[i]);           \
        CHECK_EQ_INT(bad, 0);                                                                                          \
    } while (0)
#define CHECK_INT_UNARY(tag, name, count, expression)                                                                  \
    do {                                                                                                               \
        long bad = 0;                                                                                                  \
        for (long i = 0; i < (count); i++) out[i] = ls_##name##_##tag(x[i]);                                           \
        for (long i = 0; i < (count); i++) {                                                                           \
            const ls_t_##tag want = (ls_t_##tag)(expression);                                                         \
            bad += out[i] != want;                                                                                    \
        }                                  \
        CHECK_EQ_INT(bad, 0);                                                                                          \
    } while (0)

#define CHECK_ALL_INT(tag, count)                                                                                      \
    CHECK_INT(tag, add, count);                                                                                        \
    CHECK_INT(tag, sub, count);                                                                                        \
    CHECK_INT(tag, mul, count);                                                                                        \
    CHECK_INT(tag, floor_divide, count);                                                                               \
    CHECK_INT(tag, remainder, count);                                                                                  \
    CHECK_INT(tag, fmod, count);                                                                                       \
    CHECK_INT(tag, minimum, count);                                                                                    \
    CHECK_INT(tag, maximum, count);                                                                                    \
    CHECK_INT(tag, left_shift, count);                                                                                 \
    CHECK_INT(tag, right_shift, count);                                                                                \
    CHECK_INT_UNARY(tag, neg, count, -(wide)x[i]);                                                                     \
    CHECK_INT_UNARY(tag, abs, count, (wide)x[i] < 0 ? -(wide)x[i] : (wide)x[i]);                                       \
    CHECK_INT_UNARY(tag, signum, count, ((wide)x[i] > 0) - ((wide)x[i] < 0));                                            \
    CHECK_INT_UNARY(tag, invert, count, -1 - (wide)x[i])

/* 8 bits: every pair. Wider: every pair of the numbers near 0 and near each power of two, and random pairs of every size. */
#define INT_TEST(tag, width)                                                                                           \
    TEST(integers_##tag)                                                                                               \
    {                                                                                                                  \
        static ls_t_##tag x[RANDOM], y[RANDOM], out[RANDOM];                                                           \
        for (long i = 0; i < RANDOM; i++) {                                                                            \
            x[i] = (ls_t_##tag)(width == 8 ? (uint64_t)i & 255 : random_bits() >> (random_bits() % width));            \
            y[i] = (ls_t_##tag)(width == 8 ? (uint64_t)i >> 8 : random_bits() >> (random_bits() % width));             \
        }                                                                                                              \
        CHECK_ALL_INT(tag, RANDOM);                                                                                    \
        for (long i = 0; i < RANDOM; i++) {                                                                            \
            x[i] = (ls_t_##tag)(((uint64_t)1 << (i & 63)) + (uint64_t)(i >> 12 & 3) - 2);                              \
            y[i] = (ls_t_##tag)(((uint64_t)1 << (i >> 6 & 63)) + (uint64_t)(i >> 14 & 3) - 2);                         \
        }                                                                                                              \
        CHECK_ALL_INT(tag, RANDOM);                                                                                    \
    }

INT_TEST(i8, 8)
INT_TEST(i16, 16)
INT_TEST(i32, 32)
INT_TEST(i64, 64)
INT_TEST(u8, 8)
INT_TEST(u16, 16)
INT_TEST(u32, 32)
INT_TEST(u64, 64)

TEST(integer_corners)
{
    CHECK_EQ_INT(ls_floor_divide_i64(INT64_MIN, -1), INT64_MIN);
    CHECK_EQ_INT(ls_remainder_i64(INT64_MIN, -1), 0);
    CHECK_EQ_INT(ls_fmod_i32(INT32_MIN, -1), 0);
    CHECK_EQ_INT(ls_floor_divide_i8(-128, -1), -128);
    CHECK_EQ_INT(ls_floor_divide_i32(-7, 2), -4);
    CHECK_EQ_INT(ls_remainder_i32(-7, 2), 1);
    CHECK_EQ_INT(ls_fmod_i32(-7, 2), -1);
    CHECK_EQ_INT(ls_abs_i16(-32768), -32768);
    CHECK_EQ_INT(ls_left_shift_i32(1, 32), 0);
    CHECK_EQ_INT(ls_right_shift_i32(-5, 40), -1);
    CHECK_EQ_INT(ls_right_shift_i8(-5, -1), -1);
    CHECK_EQ_INT(ls_add_b(1, 1), 1);
    CHECK_EQ_INT(ls_mul_b(1, 0), 0);
}

/* --- float32 and float64 -------------------------------------------------------------------------------------------- */

/* Python's floor division on numbers whose quotient long double holds exactly enough; infinities as NumPy has them. */
static double reference_fmod(double x, double y) { return fmod(x, y); }
static double reference_remainder(double x, double y)
{
    const double r = fmod(x, y);
    if (r == 0) return copysign(0.0, y);
    return (r < 0) != (y < 0) ? r + y : r;
}
static double reference_minimum(double x, double y)
{
    if (x != x || y != y) return x + y;
    return x < y || (x == y && signbit(x)) ? x : y;
}
static double reference_maximum(double x, double y)
{
    if (x != x || y != y) return x + y;
    return x > y || (x == y && !signbit(x)) ? x : y;
}
static double reference_fmin(double x, double y) { return x != x ? y : (y != y ? x : reference_minimum(x, y)); }
static double reference_fmax(double x, double y) { return x != x ? y : (y != y ? x : reference_maximum(x, y)); }
static double reference_copysign(double x, double y) { return copysign(x, y != y ? 1.0 : y); }
static double reference_sign(double x) { return x != x ? x : (x > 0) - (x < 0); }

static const double awkward[] = {
    0.0, 0x1p-1074, 0x1.8p-1073, 0x1p-1022, 0x1.fffffffffffffp-1023, 0x1p-149, 0x1.8p-148, 0x1p-126, 0x1.fffffcp-127, 0x1p-25,
    0x1p-24, 0x1p-14, 1.0 / 3, 0.49999999999999994, 0x1.fffffep-2, 0.5, 0x1.000002p-1, 0x1.fffffep-1, 0x1.fffffffffffffp-1, 1.0,
    0x1.000002p0, 1.5, 2.0, 2.5, 3.0, 3.5, 7.0, 10.0, 100.0, 255.0, 255.5, 256.0, 65504.0, 65519.0, 65520.0, 65536.0, 0x1p22 + 0.5,
    0x1p23 - 0.5, 0x1p23, 0x1p23 + 1, 0x1p24, 0x1p24 + 2, 0x1.fffffep30, 0x1p31 - 1, 0x1p31, 0x1p32 - 1, 0x1p32, 0x1p51 + 0.5,
    0x1p52 - 0.5, 0x1p52 + 1, 0x1p53, 0x1p53 + 2, 0x1.fffffffffffffp62, 0x1p63, 0x1.fffffffffffffp63, 0x1p64, 0x1p100,
    0x1.fffffep127, 0x1.ffffffp127, 0x1p128, 0x1p1000, 0x1.fffffffffffffp1023, INFINITY, NAN
};
enum { AWKWARD = sizeof awkward / sizeof *awkward, PAIRS = 4 * AWKWARD * AWKWARD, REALS = PAIRS + RANDOM };

/* Pairs of awkward numbers of either sign, then random bits, half of which with quotients near a whole number. */
static double real_x[REALS], real_y[REALS];
static void fill_reals(int is_f32)
{
    for (long i = 0; i < PAIRS; i++) {
        real_x[i] = awkward[i / 4 % AWKWARD] * (i & 1 ? -1 : 1);
        real_y[i] = awkward[i / 4 / AWKWARD] * (i & 2 ? -1 : 1);
    }
    for (long i = PAIRS; i < REALS; i++) {
        real_x[i] = is_f32 ? (double)ls_from_bits_f32((uint32_t)random_bits()) : ls_from_bits_f64(random_bits());
        real_y[i] = is_f32 ? (double)ls_from_bits_f32((uint32_t)random_bits()) : ls_from_bits_f64(random_bits());
        if (i & 1) {
            const double n = (double)(int64_t)(random_bits() >> (12 + random_bits() % 50));
            real_x[i] = is_f32 ? (double)((float)real_y[i] * (float)n) : real_y[i] * n;
        }
    }
}

#define CHECK_REAL(tag, name, expression)                                                                              \
    do {                                                                                                               \
        long bad = 0;                                                                                                  \
        for (long i = 0; i < REALS; i++) out[i] = ls_##name##_##tag(a[i], b[i]);                                       \
        for (long i = 0; i < REALS; i++) {                                                                             \
            const double x = (double)a[i], y = (double)b[i];                                                           \
            const ls_t_##tag want = (ls_t_##tag)(expression);                                                          \
            (void)y;                                                                                                   \
            if (!same_##tag(out[i], want) && bad++ < 3)                                                                \
                printf(#name "(%a, %a) = %a, not %a\n", x, y, (double)out[i], (double)want);                          \
        }                                                                                                              \
        CHECK_EQ_INT(bad, 0);                                                                                          \
    } while (0)

/* The same for a function of one argument: the second is dropped. */
#define FIRST(tag, name) LS_FN ls_t_##tag ls_first_##name##_##tag(ls_t_##tag x, ls_t_##tag y) { (void)y; return ls_##name##_##tag(x); }
#define FIRSTS(tag) FIRST(tag, floor) FIRST(tag, ceil) FIRST(tag, trunc) FIRST(tag, rint) FIRST(tag, sqrt) FIRST(tag, abs) \
    FIRST(tag, neg) FIRST(tag, signum) FIRST(tag, reciprocal)
FIRSTS(f32)
FIRSTS(f64)

#define REAL_TEST(tag, next)                                                                                           \
    TEST(reals_##tag)                                                                                                  \
    {                                                                                                                  \
        static ls_t_##tag a[REALS], b[REALS], out[REALS];                                                              \
        fill_reals(sizeof a[0] == 4);                                                                                  \
        for (long i = 0; i < REALS; i++) a[i] = (ls_t_##tag)real_x[i], b[i] = (ls_t_##tag)real_y[i];                   \
        CHECK_REAL(tag, minimum, reference_minimum(x, y));                                                             \
        CHECK_REAL(tag, maximum, reference_maximum(x, y));                                                             \
        CHECK_REAL(tag, fmin, reference_fmin(x, y));                                                                   \
        CHECK_REAL(tag, fmax, reference_fmax(x, y));                                                                   \
        CHECK_REAL(tag, copysign, reference_copysign(x, y));                                                           \
        CHECK_REAL(tag, nextafter, next((ls_t_##tag)x, (ls_t_##tag)y));                                                \
        CHECK_REAL(tag, fmod, reference_fmod(x, y));                                                                   \
        CHECK_REAL(tag, remainder, reference_remainder(x, y));                                                         \
        CHECK_REAL(tag, first_floor, floor(x));                                                                        \
        CHECK_REAL(tag, first_ceil, ceil(x));                                                                          \
        CHECK_REAL(tag, first_trunc, trunc(x));                                                                        \
        CHECK_REAL(tag, first_rint, rint(x));                                                                          \
        CHECK_REAL(tag, first_sqrt, sqrt(x));                                                                          \
        CHECK_REAL(tag, first_abs, fabs(x));                                                                           \
        CHECK_REAL(tag, first_neg, -x);                                                                                \
        CHECK_REAL(tag, first_signum, reference_sign(x));                                                                \
        CHECK_REAL(tag, first_reciprocal, 1 / x);                                                                      \
        for (long i = 0; i < REALS; i++) {                                                                             \
            const double x = (double)a[i];                                                                             \
            CHECK_EQ_INT(ls_isnan_##tag(a[i]), isnan(x) != 0);                                                         \
            CHECK_EQ_INT(ls_isinf_##tag(a[i]), isinf(x) != 0);                                                         \
            CHECK_EQ_INT(ls_isfinite_##tag(a[i]), isfinite(x) != 0);                                                   \
            CHECK_EQ_INT(ls_signbit_##tag(a[i]), !isnan(x) && signbit(x));                                             \
            CHECK_EQ_INT(ls_signbit_##tag(ls_canonical_##tag(a[i])), !isnan(x) && signbit(x));                         \
        }                                                                                                              \
    }
REAL_TEST(f32, nextafterf)
REAL_TEST(f64, nextafter)

/* The floor of the exact quotient, from the integers in x = m 2^a and y = n 2^b, rounded by one conversion. Only for
 * quotients that fit 120 bits; the caller skips the others. */
static int exact_floor_divide(double x, double y, wide *result)
{
    int ex, ey;
    const wide m = (wide)ldexp(frexp(x, &ex), 53), n = (wide)ldexp(frexp(y, &ey), 53);
    const int shift = ex - ey;
    if (shift > 60 || shift < -60) return 0;
    *result = shift >= 0 ? wide_floor_divide(m * ((wide)1 << shift), n) : wide_floor_divide(m, n * ((wide)1 << -shift));
    return 1;
}

#define FLOOR_DIVIDE_TEST(tag)                                                                                         \
    TEST(floor_divide_##tag)                                                                                           \
    {                                                                                                                  \
        static ls_t_##tag a[REALS], b[REALS], out[REALS];                                                              \
        long checked = 0, bad = 0;                                                                                     \
        fill_reals(sizeof a[0] == 4);                                                                                  \
        for (long i = 0; i < REALS; i++) {                                                                             \
            a[i] = (ls_t_##tag)real_x[i];                                                                              \
            b[i] = (ls_t_##tag)real_y[i];                                                                              \
        }                                                                                                              \
        for (long i = 0; i < REALS; i++) out[i] = ls_floor_divide_##tag(a[i], b[i]);                                   \
        for (long i = 0; i < REALS; i++) {                                                                             \
            wide exact;                                                                                                \
            const double x = (double)a[i], y = (double)b[i];                                                           \
            if (!isfinite(x) || !isfinite(y) || y == 0 || !exact_floor_divide(x, y, &exact)) continue;                 \
            checked++;                                                                                                 \
            if (out[i] != (ls_t_##tag)exact && bad++ < 3)                                                              \
                printf("floor_divide(%a, %a) = %a, not %a\n", x, y, (double)out[i], (double)exact);                    \
        }                                                                                                              \
        CHECK(checked > RANDOM / 4);                                                                                   \
        CHECK_EQ_INT(bad, 0);                                                                                          \
    }
FLOOR_DIVIDE_TEST(f32)
FLOOR_DIVIDE_TEST(f64)

TEST(floor_divide_corners)
{
    CHECK_EQ_DOUBLE(ls_floor_divide_f64(1, INFINITY), 0.0);
    CHECK_EQ_DOUBLE(ls_floor_divide_f64(-1, INFINITY), -1.0);
    CHECK_EQ_DOUBLE(ls_floor_divide_f64(1, -INFINITY), -1.0);
    CHECK_EQ_DOUBLE(ls_floor_divide_f64(-0.0, 5), -0.0);
    CHECK_EQ_DOUBLE(ls_floor_divide_f64(0.0, -5), -0.0);
    CHECK_EQ_DOUBLE(ls_floor_divide_f64(1, 0), INFINITY);
    CHECK_EQ_DOUBLE(ls_floor_divide_f64(-1, 0), -INFINITY);
    CHECK_EQ_DOUBLE(ls_floor_divide_f64(INFINITY, 0), INFINITY);
    CHECK_EQ_DOUBLE(ls_floor_divide_f64(0, 0), NAN);
    CHECK_EQ_DOUBLE(ls_floor_divide_f64(INFINITY, 3), NAN);
    CHECK_EQ_DOUBLE(ls_floor_divide_f64(-0x1p-1074, 0x1p1000), -1.0);
    CHECK_EQ_DOUBLE(ls_floor_divide_f64(0x1p-1074, 0x1p1000), 0.0);
    CHECK_EQ_DOUBLE(ls_floor_divide_f64(0x1p1000, 0x1p-1000), INFINITY);
    CHECK_EQ_DOUBLE(ls_remainder_f64(-1, INFINITY), INFINITY);
    CHECK_EQ_DOUBLE(ls_remainder_f64(INFINITY, 1), NAN);
    CHECK_EQ_DOUBLE(ls_degrees_f64(INFINITY), INFINITY);
    CHECK_EQ_DOUBLE(ls_radians_f64(-INFINITY), -INFINITY);
    CHECK_EQ_DOUBLE(ls_degrees_f64(3.141592653589793), 180.0);
    CHECK_EQ_DOUBLE(ls_radians_f64(180.0), 3.141592653589793);
}

#include "element_half_tests.h"

/* A machine without the instructions this program was built for skips it. */
static int machine_can_run(void)
{
#if defined(__AVX512F__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
#elif defined(__AVX2__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return 1;
#endif
}

int main(void)
{
    if (!machine_can_run()) return 77;
    RUN(integers_i8);
    RUN(integers_i16);
    RUN(integers_i32);
    RUN(integers_i64);
    RUN(integers_u8);
    RUN(integers_u16);
    RUN(integers_u32);
    RUN(integers_u64);
    RUN(integer_corners);
    RUN(reals_f32);
    RUN(reals_f64);
    RUN(floor_divide_f32);
    RUN(floor_divide_f64);
    RUN(floor_divide_corners);
    RUN(half_widen);
    RUN(half_narrow);
    RUN(half_ties);
    RUN(half_nextafter);
    RUN(float_to_int);
    RUN(int_to_float);
    RUN(odd_casts);
    RUN(complex_arithmetic);
    return check_report();
}
