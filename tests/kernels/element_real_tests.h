/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Part of test_element.c: float32 or float64. No include guard: included once per tag with LS_TAG, TEST_SINGLE (1 for
 * float32) and TEST_NEXT, the C library's nextafter, which are undefined here. */
#define N(name) LS_PASTE4(name, _, LS_TAG, _test)

static T N(x)[REALS], N(y)[REALS];

static void N(fill)(void)
{
    fill_reals(TEST_SINGLE);
    for (long i = 0; i < REALS; i++) {
        N(x)[i] = (T)real_x[i];
        N(y)[i] = (T)real_y[i];
    }
}

LS_FN int N(same)(T a, T b) { return (a != a && b != b) || E(bits)(a) == E(bits)(b); }

/* How often `ours` differs from the reference, rounded to the dtype; -0 and +0 differ, NaN are alike. */
LS_FN long N(differ)(T (*ours)(T, T), double (*reference)(double, double))
{
    static T out[REALS];
    long bad = 0;
    for (long i = 0; i < REALS; i++) out[i] = ours(N(x)[i], N(y)[i]);
    for (long i = 0; i < REALS; i++) {
        const T want = (T)reference((double)N(x)[i], (double)N(y)[i]);
        if (!N(same)(out[i], want) && bad++ < 3)
            printf("of %a, %a: %a, not %a\n", (double)N(x)[i], (double)N(y)[i], (double)out[i], (double)want);
    }
    return bad;
}

LS_FN T N(floor)(T x, T y) { return (void)y, E(floor)(x); }
LS_FN T N(ceil)(T x, T y) { return (void)y, E(ceil)(x); }
LS_FN T N(trunc)(T x, T y) { return (void)y, E(trunc)(x); }
LS_FN T N(rint)(T x, T y) { return (void)y, E(rint)(x); }
LS_FN T N(sqrt)(T x, T y) { return (void)y, E(sqrt)(x); }
LS_FN T N(abs)(T x, T y) { return (void)y, E(abs)(x); }
LS_FN T N(neg)(T x, T y) { return (void)y, E(neg)(x); }
LS_FN T N(signum)(T x, T y) { return (void)y, E(signum)(x); }
LS_FN T N(reciprocal)(T x, T y) { return (void)y, E(reciprocal)(x); }
static double N(next)(double x, double y) { return (double)TEST_NEXT((T)x, (T)y); }

static void N(functions)(void)
{
    N(fill)();
    CHECK_EQ_INT(N(differ)(E(minimum), reference_minimum), 0);
    CHECK_EQ_INT(N(differ)(E(maximum), reference_maximum), 0);
    CHECK_EQ_INT(N(differ)(E(fmin), reference_fmin), 0);
    CHECK_EQ_INT(N(differ)(E(fmax), reference_fmax), 0);
    CHECK_EQ_INT(N(differ)(E(copysign), reference_copysign), 0);
    CHECK_EQ_INT(N(differ)(E(nextafter), N(next)), 0);
    CHECK_EQ_INT(N(differ)(E(fmod), fmod), 0);
    CHECK_EQ_INT(N(differ)(E(remainder), reference_remainder), 0);
    CHECK_EQ_INT(N(differ)(N(floor), reference_floor), 0);
    CHECK_EQ_INT(N(differ)(N(ceil), reference_ceil), 0);
    CHECK_EQ_INT(N(differ)(N(trunc), reference_trunc), 0);
    CHECK_EQ_INT(N(differ)(N(rint), reference_rint), 0);
    CHECK_EQ_INT(N(differ)(N(sqrt), reference_sqrt), 0);
    CHECK_EQ_INT(N(differ)(N(abs), reference_abs), 0);
    CHECK_EQ_INT(N(differ)(N(neg), reference_neg), 0);
    CHECK_EQ_INT(N(differ)(N(signum), reference_signum), 0);
    CHECK_EQ_INT(N(differ)(N(reciprocal), reference_reciprocal), 0);
}

static void N(classes)(void)
{
    long bad = 0;
    for (long i = 0; i < REALS; i++) {
        const T t = N(x)[i];
        const double x = (double)t;
        bad += E(isnan)(t) != (isnan(x) != 0);
        bad += E(isinf)(t) != (isinf(x) != 0);
        bad += E(isfinite)(t) != (isfinite(x) != 0);
        bad += E(signbit)(t) != (!isnan(x) && signbit(x));
        bad += !N(same)(E(canonical)(t), t) || (isnan(x) && signbit((double)E(canonical)(t)));
    }
    CHECK_EQ_INT(bad, 0);
}

static void N(floor_divide)(void)
{
    static T out[REALS];
    long checked = 0, bad = 0;
    for (long i = 0; i < REALS; i++) out[i] = E(floor_divide)(N(x)[i], N(y)[i]);
    for (long i = 0; i < REALS; i++) {
        wide exact;
        const double x = (double)N(x)[i], y = (double)N(y)[i];
        if (!isfinite(x) || !isfinite(y) || y == 0 || !exact_floor_divide(x, y, &exact)) continue;
        checked++;
        bad += out[i] != (T)exact;
    }
    CHECK(checked > RANDOM / 4);
    CHECK_EQ_INT(bad, 0);
}

#undef N
#undef LS_TAG
#undef TEST_SINGLE
#undef TEST_NEXT
