/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Division by one number is done by multiplications (chain_template.h), and has to give what division gives: every
 * mantissa of float32 for many divisors; in float64 random quotients and such as lie next to the middle of two numbers. */
#include "host/isa.h"
#include "lockstep.h"
#include "shim/random_values.h"
#include "support/check.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 1 << 20, DIVISORS = 40 };

static double made_of(uint64_t mantissa, int exponent)
{
    return ldexp((double)(mantissa | (uint64_t)1 << 52), exponent - 52);
}

static double random_number(int exponents)
{
    const double x = made_of(values_bits() >> 12, (int)(values_bits() % (unsigned)(2 * exponents)) - exponents);
    return values_bits() & 1 ? -x : x;
}

static const double divisors[] = {1, 2, 3, 7, 9, 10, 255, 0.1, -3, 1.0 / 3, 1e30, 1e-30, 0x1.fffffep0, 0x1.000002p0,
                                  0x1.fffffffffffffp0, 0x1.0000000000001p0, 0, -0.0, INFINITY, 1e300, 1e-300, 5e-324};
enum { GIVEN = sizeof divisors / sizeof *divisors };

static double divisor(int i)
{
    return i < GIVEN ? divisors[i] : random_number(i % 3 ? 20 : 90);
}

/* Elements that are hard: a zero of either sign, what overflows and underflows on the way, no number. */
static const double specials[] = {0, -0.0, INFINITY, -INFINITY, NAN, 5e-324, 1e-310, 1e308, -1e-300, 1e300};

static void put_specials(double *x, int64_t from)
{
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
        x[from + (int64_t)i * 97] = specials[i];
}

/* Numbers whose quotient by y lies as near to the middle of two neighbours as a float64 number can. */
static void fill(double *x, double y)
{
    for (int64_t i = 0; i < COUNT; i++) {
        const double quotient = made_of(values_bits() >> 12, 0);
        const double between = quotient + ldexp(1, -53); /* is one of the two; the rest is made up for below */
        const double near = i % 4 == 0 ? random_number(300) : fma(quotient, y, ldexp(y, -53));
        x[i] = i % 8 == 1 ? between * y : near;
    }
    put_specials(x, COUNT / 2); /* the first half has none: whole tiles of zeros and numbers */
    for (int64_t i = 0; i < COUNT / 4; i += 13)
        x[i] = i % 2 ? 0.0 : -0.0;
}

static bool same(double a, double b)
{
    return (a != a && b != b) || memcmp(&a, &b, sizeof a) == 0;
}

static int64_t differing(const double *x, const double *got, double y)
{
    int64_t wrong = 0;
    for (int64_t i = 0; i < COUNT; i++)
        wrong += !same(got[i], x[i] / y);
    return wrong;
}

static int64_t differing_f32(const float *x, const float *got, float y)
{
    int64_t wrong = 0;
    for (int64_t i = 0; i < COUNT; i++)
        wrong += !same((double)got[i], (double)(x[i] / y));
    return wrong;
}

TEST(float64)
{
    double *x = malloc(COUNT * sizeof *x), *got = malloc(COUNT * sizeof *got);
    for (int i = 0; i < DIVISORS && CHECK(x && got); i++) {
        const double y = divisor(i);
        fill(x, y);
        for (int isa = 0; isa <= (int)lsi_isa_best(); isa++) {
            lsi_isa_force((lsi_isa)isa);
            LS_SCOPE {
                ls_array *a = ls_from_host(x, LS_SHAPE(COUNT));
                CHECK_STATUS(ls_to_host(ls_divide(a, y), got, COUNT), LS_OK);
            }
            const int64_t wrong = differing(x, got, y);
            if (!CHECK(wrong == 0)) printf("  by %a, isa %d: %lld differ\n", y, isa, (long long)wrong);
        }
    }
    free(x);
    free(got);
}

/* An eighth of the mantissas at a time, each time with another divisor. */
TEST(float32)
{
    float *x = malloc(COUNT * sizeof *x), *got = malloc(COUNT * sizeof *got);
    for (int i = 0; i < DIVISORS * 4 && CHECK(x && got); i++) {
        const float y = (float)divisor(i / 8);
        for (int64_t k = 0; k < COUNT; k++)
            x[k] = (float)made_of((uint64_t)(i % 8 * COUNT + k) << 29, i / 8 % 5 - 2);
        for (size_t k = 0; k < sizeof specials / sizeof *specials && i % 8 == 7; k++)
            x[k * 1001] = (float)specials[k];
        for (int isa = 0; isa <= (int)lsi_isa_best(); isa++) {
            lsi_isa_force((lsi_isa)isa);
            LS_SCOPE {
                ls_array *a = ls_from_host(x, LS_SHAPE(COUNT));
                CHECK_STATUS(ls_to_host(ls_divide(a, y), got, COUNT), LS_OK);
            }
            const int64_t wrong = differing_f32(x, got, y);
            if (!CHECK(wrong == 0)) printf("  by %a, isa %d: %lld differ\n", (double)y, isa, (long long)wrong);
        }
    }
    free(x);
    free(got);
}

int main(void)
{
    RUN(float64);
    RUN(float32);
    lsi_isa_force(lsi_isa_best());
    return check_report();
}
