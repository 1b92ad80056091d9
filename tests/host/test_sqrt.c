/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Square roots of float64 are mostly made by multiplications (loop_sqrt.h), and have to be those of the hardware, to
 * the bit, those of NaN included: random bits, every exponent, numbers next to a square, and numbers whose root is
 * next to the middle of two numbers. */
#include "host/loops.h"
#include "portable.h"
#include "shim/random_values.h"
#include "support/check.h"

enum { MOST = 8192, ROUNDS = 200 };

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* By several paths, as what is done for an element depends on its place and neighbours. */
static void check_roots(const double *x, int64_t n)
{
    const lsi_loop loop = lsi_loops_get()->rows[LS_FLOAT64]->row[LSI_OP_sqrt];
    static double expected[MOST], got[MOST], over[MOST];
    for (int64_t i = 0; i < n; i++)
        expected[i] = sqrt(x[i]);
    for (int64_t from = 0; from < 32 && from < n; from += 8) {
        const size_t bytes = (size_t)(n - from) * sizeof *x;
        loop(n - from, (const void *[]){x + from}, got);
        CHECK(memcmp(got, expected + from, bytes) == 0);
        memcpy(over, x + from, bytes);
        loop(n - from, (const void *[]){over}, over);
        CHECK(memcmp(over, expected + from, bytes) == 0);
    }
}

static double any_bits(int64_t i) { return from_bits(i % 4 ? values_bits() >> 1 : values_bits()); }
static double everyday(int64_t i) { return ldexp((double)(values_bits() >> 11), (int)(i % 64) - 84); }

/* Its neighbours, too. */
static double square(int64_t i)
{
    const double root = (double)(values_bits() >> (i % 2 ? 38 : 11)), x = root * root;
    return i % 3 == 0 ? x : nextafter(x, i % 3 == 1 ? 0 : INFINITY);
}

static const double hard[] = {0, -0.0, INFINITY, -INFINITY, NAN, -NAN, -1, 5e-324, -5e-324, 1e-310, -1e-310,
                              0x1.fffffffffffffp1023, 0x1p-1022, 0x1p-1021, 1, 0x1.fffffffffffffp-1};
static double easy_but_few(int64_t i)
{
    return values_below(64) ? everyday(i) : hard[values_below((int64_t)(sizeof hard / sizeof *hard))];
}
static double nan_or_number(int64_t i)
{
    return i % 7 ? everyday(i) : from_bits((values_bits() & ~(0x7ffull << 52)) | 0x7ffull << 52);
}

TEST(roots)
{
    static double (*const kinds[])(int64_t) = {any_bits, everyday, square, easy_but_few, nan_or_number};
    static double x[MOST];
    for (int round = 0; round < ROUNDS; round++) {
        const int64_t n = round % 5 ? MOST : values_below(MOST);
        for (int64_t i = 0; i < n; i++)
            x[i] = kinds[round % 5](i);
        check_roots(x, n);
    }
}

TEST(every_exponent)
{
    static double x[MOST];
    for (int round = 0; round < 16; round++) {
        for (int i = 0; i < 4096; i++)
            x[i] = from_bits((uint64_t)i << 52 | (round ? values_bits() >> 12 : 0));
        check_roots(x, 4096);
    }
}

/* A root m of m^2 = r modulo 2^places, r = 1 modulo 8: each step settles one more bit. The others are -m and both plus
 * half the modulus. */
static uint64_t odd_root(int64_t r, int places)
{
    uint64_t m = 1;
    for (int bit = 3; bit < places; bit++) m += ((m * m - (uint64_t)r) >> bit & 1) << (bit - 1);
    return m;
}

/* The x with m^2 = x 2^places + r for an m of 54 bits; 0: there is none of 53 bits. */
static uint64_t square_less(uint64_t m, int64_t r, int places)
{
    const uint64_t x = (uint64_t)(((ls_u128)m * m - (ls_u128)r) >> places);
    const bool fits = m >> 53 == 1 && x >> 52 == 1;
    return fits ? x : 0;
}

/* The doubles whose root is closer than 2^-97 to a number m halfway between two doubles: with m of 54 bits m^2 = x + r,
 * |r| < 4096, where x has 53 bits and 54 or 55 zeros after them. */
TEST(next_to_a_middle)
{
    static double x[MOST];
    int64_t n = 0;
    for (int places = 54; places <= 55; places++)
        for (int64_t r = -4095; r < 4096; r += 8)
            for (int which = 0; which < 4; which++) {
                const uint64_t turn = (uint64_t)1 << places, root = odd_root(r, places);
                const uint64_t m = ((which & 1 ? 0 - root : root) + (which & 2 ? turn / 2 : 0)) & (turn - 1);
                const uint64_t whole = square_less(m, r, places);
                if (whole) x[n++] = ldexp((double)whole, 2 * (int)values_below(960) - 1000 + (places & 1));
            }
    CHECK(n > 1000 && n < MOST - 4);
    for (int turn = 0; turn < 4; turn++) {
        check_roots(x, n);
        memmove(x + 1, x, (size_t)n++ * sizeof *x);
    }
}

int main(void)
{
    for (int isa = 0; isa <= (int)lsi_isa_best(); isa++) {
        lsi_isa_force((lsi_isa)isa);
        RUN(roots);
        RUN(every_exponent);
        RUN(next_to_a_middle);
    }
    lsi_isa_force(lsi_isa_best());
    return check_report();
}
