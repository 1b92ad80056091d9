/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Part of test_element.c: one integer dtype. No include guard: included once per tag with LS_TAG, TEST_WIDTH,
 * TEST_LOWEST and TEST_LARGEST (as numbers of the dtype), which are undefined here.
 *
 * The function under test is a constant after inlining, so that each comparison has a loop of its own to be
 * vectorised. */
#define N(name) LS_PASTE4(name, _, LS_TAG, _test)
#define CAST(from, to) LS_PASTE4(ls_cast_, from, _, to)

LS_FN long N(differ)(const T *x, const T *y, T (*ours)(T, T), wide (*reference)(wide, wide))
{
    static T out[RANDOM];
    long bad = 0;
    for (long i = 0; i < RANDOM; i++) out[i] = ours(x[i], y[i]);
    for (long i = 0; i < RANDOM; i++) bad += out[i] != (T)reference((wide)x[i], (wide)y[i]);
    return bad;
}

LS_FN T N(neg)(T x, T y) { return (void)y, E(neg)(x); }
LS_FN T N(abs)(T x, T y) { return (void)y, E(abs)(x); }
LS_FN T N(signum)(T x, T y) { return (void)y, E(signum)(x); }
LS_FN T N(invert)(T x, T y) { return (void)y, E(invert)(x); }

static void N(arithmetic)(const T *x, const T *y)
{
    CHECK_EQ_INT(N(differ)(x, y, E(add), wide_add), 0);
    CHECK_EQ_INT(N(differ)(x, y, E(sub), wide_sub), 0);
    CHECK_EQ_INT(N(differ)(x, y, E(mul), wide_mul), 0);
    CHECK_EQ_INT(N(differ)(x, y, E(floor_divide), wide_floor_divide), 0);
    CHECK_EQ_INT(N(differ)(x, y, E(remainder), wide_remainder), 0);
    CHECK_EQ_INT(N(differ)(x, y, E(fmod), wide_fmod), 0);
    CHECK_EQ_INT(N(differ)(x, y, E(minimum), wide_minimum), 0);
    CHECK_EQ_INT(N(differ)(x, y, E(maximum), wide_maximum), 0);
    CHECK_EQ_INT(N(differ)(x, y, E(left_shift), wide_left_shift), 0);
    CHECK_EQ_INT(N(differ)(x, y, E(right_shift), wide_right_shift), 0);
    CHECK_EQ_INT(N(differ)(x, y, N(neg), wide_neg), 0);
    CHECK_EQ_INT(N(differ)(x, y, N(abs), wide_abs), 0);
    CHECK_EQ_INT(N(differ)(x, y, N(signum), wide_signum), 0);
    CHECK_EQ_INT(N(differ)(x, y, N(invert), wide_invert), 0);
}

/* 8 bits: every pair. Wider: random pairs of every size, and every pair of the numbers near 0 and near powers of two.
 * */
static void N(pairs)(void)
{
    static T x[RANDOM], y[RANDOM];
    for (long i = 0; i < RANDOM; i++) {
        x[i] = (T)(TEST_WIDTH == 8 ? (uint64_t)i & 255 : random_bits() >> (random_bits() % TEST_WIDTH));
        y[i] = (T)(TEST_WIDTH == 8 ? (uint64_t)i >> 8 : random_bits() >> (random_bits() % TEST_WIDTH));
    }
    N(arithmetic)(x, y);
    for (long i = 0; i < RANDOM; i++) {
        x[i] = (T)(((uint64_t)1 << (i & 63)) + (uint64_t)(i >> 12 & 3) - 2);
        y[i] = (T)(((uint64_t)1 << (i >> 6 & 63)) + (uint64_t)(i >> 14 & 3) - 2);
    }
    N(arithmetic)(x, y);
}

static T N(saturated)(double x)
{
    if (x != x) return 0;
    return x <= (double)TEST_LOWEST ? TEST_LOWEST : (x >= (double)TEST_LARGEST ? TEST_LARGEST : (T)x);
}

static void N(from_float)(const float *f32, const double *f64)
{
    static T a[REALS], b[REALS];
    long bad = 0;
    for (long i = 0; i < REALS; i++) a[i] = CAST(f32, LS_TAG)(f32[i]);
    for (long i = 0; i < REALS; i++) b[i] = CAST(f64, LS_TAG)(f64[i]);
    for (long i = 0; i < REALS; i++) bad += (a[i] != N(saturated)((double)f32[i])) + (b[i] != N(saturated)(f64[i]));
    CHECK_EQ_INT(bad, 0);
}

/* Random integers of every size, and those around ties of bfloat16. */
static void N(to_float)(void)
{
    static T n[RANDOM];
    static float f[RANDOM];
    static double d[RANDOM];
    static ls_t_f16 h[RANDOM];
    static ls_t_bf16 g[RANDOM];
    long bad = 0;
    for (long i = 0; i < RANDOM; i++) {
        const uint64_t tie = ((uint64_t)0x101 << (random_bits() % 56)) + random_bits() % 3 - 1;
        n[i] = (T)(i & 1 ? random_bits() >> (random_bits() % 64) : (i & 2 ? tie : 0 - tie));
    }
    for (long i = 0; i < RANDOM; i++) f[i] = CAST(LS_TAG, f32)(n[i]);
    for (long i = 0; i < RANDOM; i++) d[i] = CAST(LS_TAG, f64)(n[i]);
    for (long i = 0; i < RANDOM; i++) h[i] = CAST(LS_TAG, f16)(n[i]);
    for (long i = 0; i < RANDOM; i++) g[i] = CAST(LS_TAG, bf16)(n[i]);
    for (long i = 0; i < RANDOM; i++) {
        bad += f[i] != (float)(long double)n[i];
        bad += d[i] != (double)(long double)n[i];
        bad += h[i] != half_nearest_integer((wide)n[i], 10);
        bad += g[i] != half_nearest_integer((wide)n[i], 7);
    }
    CHECK_EQ_INT(bad, 0);
}

#undef N
#undef CAST
#undef LS_TAG
#undef TEST_WIDTH
#undef TEST_LOWEST
#undef TEST_LARGEST
