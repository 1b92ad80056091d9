/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Part of test_element.c: 16-bit floats, odd casts and complex numbers.
 */

/* The value of a 16-bit float with `fraction` fraction bits, from the definition of the format. */
static double half_value(unsigned h, int fraction)
{
    const int bits = 15 - fraction, bias = (1 << (bits - 1)) - 1;
    const int exponent = (int)(h >> fraction) & ((1 << bits) - 1);
    const double mantissa = h & ((1u << fraction) - 1u);
    const double sign = h & 0x8000u ? -1 : 1;
    if (exponent == (1 << bits) - 1) return mantissa != 0 ? NAN : sign * INFINITY;
    if (exponent == 0) return sign * ldexp(mantissa, 1 - bias - fraction);
    return sign * ldexp(mantissa + (double)(1 << fraction), exponent - bias - fraction);
}

/* The 16-bit float nearest to x, ties to even, by halving the ordered range of positive ones. */
static unsigned half_nearest(double x, int fraction)
{
    const unsigned infinity = 0x7fffu & ~((1u << fraction) - 1u);
    const unsigned sign = signbit(x) ? 0x8000u : 0;
    const double a = fabs(x);
    unsigned low = 0, high = infinity;
    if (x != x) return infinity | 1u << (fraction - 1);
    while (high - low > 1) {
        const unsigned middle = (low + high) / 2;
        if (half_value(middle, fraction) <= a) low = middle; else high = middle;
    }
    /* infinity counts as the next power of two when it comes to nearness */
    const double top = 2 * half_value(infinity - (1u << fraction), fraction);
    const double below = half_value(low, fraction), above = high == infinity ? top : half_value(high, fraction);
    const double from_below = a - below, from_above = above - a;
    if (isinf(a) || from_below > from_above) return sign | high;
    return sign | (from_below < from_above || low % 2 == 0 ? low : high);
}

TEST(half_widen)
{
    static ls_t_f16 h[65536];
    static float f[65536], g[65536];
    for (long i = 0; i < 65536; i++) h[i] = (ls_t_f16)i;
    for (long i = 0; i < 65536; i++) f[i] = ls_cast_f16_f32(h[i]);
    for (long i = 0; i < 65536; i++) g[i] = ls_cast_bf16_f32(h[i]);
    for (unsigned i = 0; i < 65536; i++) {
        CHECK(same_f32(f[i], (float)half_value(i, 10)));
        CHECK(same_f32(g[i], (float)half_value(i, 7)));
        CHECK(same_f64(ls_cast_f16_f64(h[i]), half_value(i, 10)));
        CHECK(same_f64(ls_cast_bf16_f64(h[i]), half_value(i, 7)));
        CHECK_EQ_INT(ls_cast_f32_f16(f[i]), ls_canonical_f16(h[i]));
        CHECK_EQ_INT(ls_cast_f32_bf16(g[i]), ls_canonical_bf16(h[i]));
        CHECK_EQ_INT(ls_cast_f64_f16((double)f[i]), ls_canonical_f16(h[i]));
        CHECK_EQ_INT(ls_cast_f64_bf16((double)g[i]), ls_canonical_bf16(h[i]));
        CHECK_EQ_INT(ls_cast_f16_bf16(h[i]), half_nearest(half_value(i, 10), 7));
        CHECK_EQ_INT(ls_cast_bf16_f16(h[i]), half_nearest(half_value(i, 7), 10));
    }
}

/* Random floats of every exponent. */
TEST(half_narrow)
{
    static float f[RANDOM];
    static ls_t_f16 h[RANDOM];
    static ls_t_bf16 g[RANDOM];
    for (long i = 0; i < RANDOM; i++) f[i] = ls_from_bits_f32((uint32_t)random_bits());
    for (long i = 0; i < RANDOM; i++) h[i] = ls_cast_f32_f16(f[i]);
    for (long i = 0; i < RANDOM; i++) g[i] = ls_cast_f32_bf16(f[i]);
    for (long i = 0; i < RANDOM; i++) {
        CHECK_EQ_INT(h[i], half_nearest((double)f[i], 10));
        CHECK_EQ_INT(g[i], half_nearest((double)f[i], 7));
    }
    for (long i = 0; i < RANDOM; i++) {
        const double d = ls_from_bits_f64((random_bits() & 0x8fffffffffffffffu) | 0x3000000000000000u);
        CHECK_EQ_INT(ls_cast_f64_f16(d), half_nearest(d, 10));
        CHECK_EQ_INT(ls_cast_f64_bf16(d), half_nearest(d, 7));
    }
}

/* Every midpoint between neighbours, and the doubles beside it, where rounding twice would go wrong. */
TEST(half_ties)
{
    for (unsigned i = 0; i < 0x7f80u; i++) {
        const double bf = (half_value(i, 7) + (i == 0x7f7fu ? 0x1p128 : half_value(i + 1, 7))) / 2;
        const double next = i == 0x7bffu ? 65536.0 : half_value(i + 1, 10);
        const double fl = i >= 0x7c00u ? 1.0 : (half_value(i, 10) + next) / 2;
        CHECK_EQ_INT(ls_cast_f64_bf16(bf), half_nearest(bf, 7));
        CHECK_EQ_INT(ls_cast_f64_f16(fl), half_nearest(fl, 10));
        for (int side = -1; side <= 1; side += 2) {
            const double by = nextafter(bf, side * INFINITY), ly = nextafter(fl, side * INFINITY);
            CHECK_EQ_INT(ls_cast_f64_bf16(-by), half_nearest(-by, 7));
            CHECK_EQ_INT(ls_cast_f64_f16(-ly), half_nearest(-ly, 10));
        }
        if ((double)(float)fl == fl) CHECK_EQ_INT(ls_cast_f32_f16((float)fl), half_nearest(fl, 10));
        if ((double)(float)bf == bf) CHECK_EQ_INT(ls_cast_f32_bf16((float)bf), half_nearest(bf, 7));
    }
}

TEST(half_nextafter)
{
    static const unsigned aims[] = { 0, 0x8000u, 1, 0x3c00u, 0xbc00u, 0x7c00u, 0xfc00u, 0x7f80u, 0xff80u, 0x7fffu };
    for (unsigned i = 0; i < 65536; i++) {
        for (unsigned j = 0; j < sizeof aims / sizeof *aims; j++) {
            for (int fraction = 7; fraction <= 10; fraction += 3) {
                const double x = half_value(i, fraction), y = half_value(aims[j], fraction);
                const unsigned canonical = fraction == 7 ? 0x7fc0u : 0x7e00u;
                unsigned want;
                if (x != x || y != y) want = canonical;
                else if (x == y) want = aims[j];
                else if (x == 0) want = (aims[j] & 0x8000u) | 1u;
                else want = (x < y) == (x > 0) ? i + 1 : i - 1;
                CHECK_EQ_INT(fraction == 7 ? ls_nextafter_bf16((ls_t_bf16)i, (ls_t_bf16)aims[j])
                                           : ls_nextafter_f16((ls_t_f16)i, (ls_t_f16)aims[j]), want);
            }
        }
    }
}

/* --- casts ----------------------------------------------------------------------------------------------------------
 * */

/* An integer as long double is exact; its bfloat16 and float16 follow by comparing there. */
static unsigned half_nearest_integer(wide n, int fraction)
{
    const long double a = (long double)(n < 0 ? -n : n);
    const unsigned h = half_nearest((double)a, fraction) & 0x7fffu;
    const double error = fabs((double)a - half_value(h, fraction));
    if ((long double)(double)a == a || !isfinite(error)) return h | (n < 0 ? 0x8000u : 0u);
    for (unsigned near = h - 1; near <= h + 1; near++) {
        const long double low = half_value(near, fraction), high = half_value(near + 1, fraction);
        const long double middle = (low + high) / 2;
        if (a > low && a < high) {
            const unsigned side = a < middle || (a == middle && near % 2 == 0) ? near : near + 1;
            return side | (n < 0 ? 0x8000u : 0u);
        }
    }
    return h | (n < 0 ? 0x8000u : 0u);
}

TEST(odd_casts)
{
    const ls_t_c64 z = { 2.75f, -1.0f }, imaginary = { 0.0f, NAN };
    CHECK_EQ_INT(ls_cast_f32_b(NAN), 1);
    CHECK_EQ_INT(ls_cast_f64_b(-0.0), 0);
    CHECK_EQ_INT(ls_cast_f16_b(0x8000u), 0);
    CHECK_EQ_INT(ls_cast_bf16_b(0x7fc0u), 1);
    CHECK_EQ_INT(ls_cast_i64_b((int64_t)1 << 40), 1);
    CHECK_EQ_INT(ls_cast_c64_i32(z), 2);
    CHECK_EQ_INT(ls_cast_c64_b(imaginary), 1);
    CHECK_EQ_DOUBLE(ls_cast_c64_f64(z), 2.75);
    CHECK_EQ_DOUBLE(ls_cast_c64_c128(z).im, -1.0);
    CHECK_EQ_INT(ls_cast_b_f16(1), 0x3c00);
    CHECK_EQ_INT(ls_cast_i32_i8(300), 44);
    CHECK_EQ_INT(ls_cast_i8_u64(-1) == UINT64_MAX, 1);
    CHECK_EQ_INT(ls_cast_f64_f32(0x1.ffffffp127) > 0x1.fffffep127f, 1);
}

/* --- complex: the formulas themselves, in a plain transcription
 * ------------------------------------------------------- */

TEST(complex_arithmetic)
{
    const ls_t_c128 a = { 3, 4 }, b = { 1, -2 }, zero = { 0, 0 }, big = { 0x1p1000, 0x1p1000 }, turned = { 0, 2 };
    const ls_t_c128 tiny = { 0x1p-1070, 0x1p-1074 }, huge = { 0x1.8p1023, -0x1p1023 };
    CHECK_EQ_DOUBLE(ls_mul_c128(a, b).re, 11.0);
    CHECK_EQ_DOUBLE(ls_mul_c128(a, b).im, -2.0);
    CHECK_EQ_DOUBLE(ls_div_c128(a, b).re, -1.0);
    CHECK_EQ_DOUBLE(ls_div_c128(a, b).im, 2.0);
    CHECK_EQ_DOUBLE(ls_div_c128(a, turned).re, 2.0);
    CHECK_EQ_DOUBLE(ls_div_c128(a, turned).im, -1.5);
    CHECK_EQ_DOUBLE(ls_div_c128(big, big).re, 1.0);
    CHECK_EQ_DOUBLE(ls_div_c128(tiny, tiny).re, 1.0);
    CHECK_EQ_DOUBLE(ls_div_c128(tiny, tiny).im, 0.0);
    CHECK_EQ_DOUBLE(ls_div_c128(huge, huge).re, 1.0);
    CHECK_EQ_DOUBLE(ls_reciprocal_c128(huge).im, 0x1.3b13b13b13b14p-1025);
    CHECK_EQ_DOUBLE(ls_div_c128(a, zero).re, INFINITY);
    CHECK_EQ_DOUBLE(ls_abs_c128(a), 5.0);
    CHECK_EQ_DOUBLE(ls_signum_c128(a).re, 0.6);
    CHECK_EQ_DOUBLE(ls_signum_c128(zero).im, 0.0);
    CHECK_EQ_DOUBLE(ls_conj_c128(a).im, -4.0);
    CHECK_EQ_INT(ls_equal_c128(a, a), 1);
    CHECK_EQ_INT(ls_equal_c128(a, b), 0);
    for (long i = 0; i < RANDOM; i++) {
        const ls_t_c64 x = { ls_from_bits_f32((uint32_t)random_bits()), ls_from_bits_f32((uint32_t)random_bits()) };
        CHECK(same_f32(ls_abs_c64(x), (float)hypot((double)x.re, (double)x.im)));
    }
}
