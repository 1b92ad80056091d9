/* SPDX-License-Identifier: BSD-3-Clause
 *
 * tanh, erf and log of float32 are made by vectors that look up in registers (loop_look_up.h) and, for what does not
 * fill one, by the row's function, which looks up in memory: the same bits on every instruction set, wherever an
 * element lies, and if the output is the input. Bit patterns of every exponent, infinities, NaN and the ends of
 * stretches. */
#include "element.h"
#include "host/loops.h"
#include "math_functions.h"
#include "support/check.h"

enum { MOST = 4099 };
static float x[MOST], expected[MOST], got[MOST];

static bool same(const float *a, const float *b, int64_t n)
{
    bool all = true;
    for (int64_t i = 0; i < n; i++)
        all &= ls_bits_f32(a[i]) == ls_bits_f32(b[i]) || (a[i] != a[i] && b[i] != b[i]);
    return all;
}

enum { TANH, ERF, LOG, ROWS };
static const struct row { int op; float (*of)(float); } rows[ROWS] = {
    [TANH] = {LSI_OP_tanh, ls_tanh_f32}, [ERF] = {LSI_OP_erf, ls_erf_f32}, [LOG] = {LSI_OP_log, ls_log_f32}};

static void check_row(const struct row *row, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        expected[i] = row->of(x[i]);
    for (int isa = 0; isa <= (int)lsi_isa_best(); isa++) {
        lsi_isa_force((lsi_isa)isa);
        const lsi_loop loop = lsi_loops_get()->rows[LS_FLOAT32]->row[row->op];
        for (int64_t from = 0; from < 3 && from < n; from++) {
            loop(n - from, (const void *[]){x + from}, got);
            CHECK(same(got, expected + from, n - from));
        }
        memcpy(got, x, (size_t)n * sizeof *x);
        loop(n, (const void *[]){got}, got);
        CHECK(same(got, expected, n));
    }
    lsi_isa_force(lsi_isa_best());
}

static void check_all(int64_t n)
{
    for (int k = 0; k < ROWS; k++)
        check_row(&rows[k], n);
}

TEST(bit_patterns)
{
    const uint32_t step = 104729; /* a prime: in the end some of every exponent, thousands of them */
    uint32_t bits = 0;
    for (int round = 0; round < 41; round++) {
        for (int64_t i = 0; i < MOST; i++, bits += step)
            x[i] = ls_from_bits_f32(bits);
        check_all(round % 4 ? MOST : MOST - round);
    }
}

TEST(ends_of_stretches)
{
    int64_t n = 0;
    for (uint32_t half = 0x3e000000u; half <= 0x41800000u; half += 0x00400000u)
        for (int near = -8; near <= 8; near++) {
            x[n] = ls_from_bits_f32(half + (uint32_t)near);
            x[n + 1] = -x[n];
            n += 2;
        }
    check_all(n);
}

TEST(ends_of_the_line)
{
    x[0] = 0, x[1] = -0.0f, x[2] = 9.2f, x[3] = -9.25f, x[4] = 1e30f, x[5] = -ls_infinity_f32(), x[6] = 1e-42f;
    for (int k = TANH; k <= ERF; k++) {
        check_row(&rows[k], 7);
        CHECK(expected[0] == 0 && ls_bits_f32(expected[1]) == LS_SIGN_f32);
        CHECK(expected[2] == 1 && expected[3] == -1 && expected[4] == 1 && expected[5] == -1);
        CHECK(expected[6] >= x[6] && expected[6] < 2 * x[6]);
    }
}

/* Usual numbers alone, and with one other in any place: blocks of those go another way. */
TEST(logarithms_of_usual_numbers)
{
    const float others[] = {0, -0.0f, -1, 1e-42f, ls_infinity_f32(), -ls_infinity_f32(), LS_QUIET_NAN_f32};
    for (int64_t i = 0; i < MOST; i++)
        x[i] = ls_from_bits_f32(0x00800000u + (uint32_t)i * 509000u);
    check_row(&rows[LOG], MOST);
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        const int64_t at = 600 * (int64_t)k + 100 * (int64_t)k / 3;
        const float usual = x[at];
        x[at] = others[k];
        check_row(&rows[LOG], MOST);
        x[at] = usual;
    }
}

TEST(logarithms_at_the_ends)
{
    x[0] = 0, x[1] = -0.0f, x[2] = 1, x[3] = ls_infinity_f32(), x[4] = 0x1p-149f, x[5] = -1, x[6] = -ls_infinity_f32();
    check_row(&rows[LOG], 7);
    CHECK(expected[0] == -ls_infinity_f32() && expected[1] == -ls_infinity_f32() && expected[3] == ls_infinity_f32());
    CHECK(ls_bits_f32(expected[2]) == 0 && expected[4] == -0x1.9d1dap6f);
    CHECK(ls_bits_f32(expected[5]) == 0x7fc00000u && ls_bits_f32(expected[6]) == 0x7fc00000u);
    for (int64_t i = 0; i < 64; i++)
        x[i] = i % 2 ? -1 : 0;
    lsi_loops_get()->rows[LS_FLOAT32]->row[LSI_OP_log](64, (const void *[]){x}, got);
    for (int64_t i = 0; i < 64; i++) /* the NaN is everywhere the same */
        CHECK(ls_bits_f32(got[i]) == (i % 2 ? 0x7fc00000u : ls_bits_f32(-ls_infinity_f32())));
}

int main(void)
{
    RUN(bit_patterns);
    RUN(ends_of_stretches);
    RUN(ends_of_the_line);
    RUN(logarithms_of_usual_numbers);
    RUN(logarithms_at_the_ends);
    return check_report();
}
