/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The element functions and casts of kernels/ against slow, obvious references: every pair of 8-bit integers, every
 * 16-bit float, and for wider dtypes all pairs of a list of awkward numbers beside random ones. Every loop goes
 * through an array, so that the vectorised code is what is tested; the file is built once per instruction set.
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

/* --- integers: the reference computes in 128 bits and wraps at the end ----------------------------------------------
 * */

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

static wide wide_neg(wide x, wide y) { return (void)y, -x; }
static wide wide_abs(wide x, wide y) { return (void)y, x < 0 ? -x : x; }
static wide wide_signum(wide x, wide y) { return (void)y, (x > 0) - (x < 0); }
static wide wide_invert(wide x, wide y) { return (void)y, -1 - x; }

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

/* --- float32 and float64 --------------------------------------------------------------------------------------------
 * */

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
static double reference_signum(double x, double y) { return (void)y, x != x ? x : (x > 0) - (x < 0); }
static double reference_floor(double x, double y) { return (void)y, floor(x); }
static double reference_ceil(double x, double y) { return (void)y, ceil(x); }
static double reference_trunc(double x, double y) { return (void)y, trunc(x); }
static double reference_rint(double x, double y) { return (void)y, rint(x); }
static double reference_sqrt(double x, double y) { return (void)y, sqrt(x); }
static double reference_abs(double x, double y) { return (void)y, fabs(x); }
static double reference_neg(double x, double y) { return (void)y, -x; }
static double reference_reciprocal(double x, double y) { return (void)y, 1 / x; }

static const double awkward[] = {
    0.0, 0x1p-1074, 0x1.8p-1073, 0x1p-1022, 0x1.fffffffffffffp-1023, 0x1p-149, 0x1.8p-148, 0x1p-126,
    0x1.fffffcp-127, 0x1p-25, 0x1p-24, 0x1p-14, 1.0 / 3, 0.49999999999999994, 0x1.fffffep-2, 0.5, 0x1.000002p-1,
    0x1.fffffep-1, 0x1.fffffffffffffp-1, 1.0, 0x1.000002p0, 1.5, 2.0, 2.5, 3.0, 3.5, 7.0, 10.0, 100.0, 255.0,
    255.5, 256.0, 65504.0, 65519.0, 65520.0, 65536.0, 0x1p22 + 0.5, 0x1p23 - 0.5, 0x1p23, 0x1p23 + 1, 0x1p24,
    0x1p24 + 2, 0x1.fffffep30, 0x1p31 - 1, 0x1p31, 0x1p32 - 1, 0x1p32, 0x1p51 + 0.5, 0x1p52 - 0.5, 0x1p52 + 1,
    0x1p53, 0x1p53 + 2, 0x1.fffffffffffffp62, 0x1p63, 0x1.fffffffffffffp63, 0x1p64, 0x1p100, 0x1.fffffep127,
    0x1.ffffffp127, 0x1p128, 0x1p1000, 0x1.fffffffffffffp1023, INFINITY, NAN
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

#define LS_TAG f32
#define TEST_SINGLE 1
#define TEST_NEXT nextafterf
#include "element_real_tests.h"
#define LS_TAG f64
#define TEST_SINGLE 0
#define TEST_NEXT nextafter
#include "element_real_tests.h"

TEST(reals_f32) { functions_f32_test(); classes_f32_test(); floor_divide_f32_test(); }
TEST(reals_f64) { functions_f64_test(); classes_f64_test(); floor_divide_f64_test(); }

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

/* --- integers again, with what their casts need ------------------------------------------------------------------- */

#define LS_TAG i8
#define TEST_WIDTH 8
#define TEST_LOWEST INT8_MIN
#define TEST_LARGEST INT8_MAX
#include "element_int_tests.h"
#define LS_TAG i16
#define TEST_WIDTH 16
#define TEST_LOWEST INT16_MIN
#define TEST_LARGEST INT16_MAX
#include "element_int_tests.h"
#define LS_TAG i32
#define TEST_WIDTH 32
#define TEST_LOWEST INT32_MIN
#define TEST_LARGEST INT32_MAX
#include "element_int_tests.h"
#define LS_TAG i64
#define TEST_WIDTH 64
#define TEST_LOWEST INT64_MIN
#define TEST_LARGEST INT64_MAX
#include "element_int_tests.h"
#define LS_TAG u8
#define TEST_WIDTH 8
#define TEST_LOWEST 0
#define TEST_LARGEST UINT8_MAX
#include "element_int_tests.h"
#define LS_TAG u16
#define TEST_WIDTH 16
#define TEST_LOWEST 0
#define TEST_LARGEST UINT16_MAX
#include "element_int_tests.h"
#define LS_TAG u32
#define TEST_WIDTH 32
#define TEST_LOWEST 0
#define TEST_LARGEST UINT32_MAX
#include "element_int_tests.h"
#define LS_TAG u64
#define TEST_WIDTH 64
#define TEST_LOWEST 0
#define TEST_LARGEST UINT64_MAX
#include "element_int_tests.h"

TEST(integers)
{
    pairs_i8_test();
    pairs_i16_test();
    pairs_i32_test();
    pairs_i64_test();
    pairs_u8_test();
    pairs_u16_test();
    pairs_u32_test();
    pairs_u64_test();
}

/* The awkward numbers, random bits, and random numbers of every size that an integer can have. */
TEST(float_to_int)
{
    static float f32[REALS];
    static double f64[REALS];
    fill_reals(1);
    for (long i = 0; i < REALS; i++) {
        const double mantissa = real_x[i] / ldexp(1, ilogb(real_x[i]));
        const double x = i < PAIRS || i & 2 ? real_x[i] : ldexp(mantissa, (int)(i % 70));
        f32[i] = (float)x;
        f64[i] = x;
    }
    from_float_i8_test(f32, f64);
    from_float_i16_test(f32, f64);
    from_float_i32_test(f32, f64);
    from_float_i64_test(f32, f64);
    from_float_u8_test(f32, f64);
    from_float_u16_test(f32, f64);
    from_float_u32_test(f32, f64);
    from_float_u64_test(f32, f64);
}

TEST(int_to_float)
{
    to_float_i8_test();
    to_float_i16_test();
    to_float_i32_test();
    to_float_i64_test();
    to_float_u8_test();
    to_float_u16_test();
    to_float_u32_test();
    to_float_u64_test();
}

/* A machine without the instructions this program was built for skips it. */
static int machine_can_run(void)
{
#if defined(__AVX512F__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw");
#elif defined(__AVX2__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return 1;
#endif
}

int main(void)
{
    if (!machine_can_run()) return 77;
    RUN(integers);
    RUN(integer_corners);
    RUN(reals_f32);
    RUN(reals_f64);
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
