/* SPDX-License-Identifier: BSD-3-Clause
 *
 * EASY rows have two functions per dtype, and no bit may tell which of them ran: the loops of every instruction set,
 * over stretches of easy elements, of hard ones and of easy ones with a hard one somewhere, give what they give for
 * single elements, which only the full function computes; and the same where the output is an input. */
#include "host/loops.h"
#include "support/check.h"

static const struct row { uint16_t op; uint8_t arity; } rows[] = {
#define UNARY(...)
#define BINARY(...)
#define TERNARY(...)
#define UNARY_RARE(...)
#define BINARY_RARE(...)
#define UNARY_EASY(name, ...) {LSI_OP_##name, 1},
#define BINARY_EASY(name, ...) {LSI_OP_##name, 2},
#include "ops.def"
};
enum { ROWS = sizeof rows / sizeof *rows, MOST = 1024, ROUNDS = 400 };

static uint64_t state = 1;
static uint64_t word(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 16;
}
static double uniform(double low, double high) { return low + (high - low) * (double)(word() & 0xffffffff) * 0x1p-32; }

typedef struct operands {
    int64_t n;
    unsigned char x[MOST * 8], y[MOST * 8];
} operands;

static void put(unsigned char *to, int64_t i, ls_dtype dtype, double value)
{
    const float narrow = (float)value;
    if (dtype == LS_FLOAT32)
        memcpy(to + 4 * i, &narrow, 4);
    else
        memcpy(to + 8 * i, &value, 8);
}

/* Where exp and powers of 2 leave the normal numbers, and the format. */
static double edge(ls_dtype dtype)
{
    static const double of_f32[] = {-87.4, 88.6, -126, 127.9, -103.9, -149.5};
    static const double of_f64[] = {-708.4, 709.7, -1022, 1023.9, -745.1, -1074.5};
    return (dtype == LS_FLOAT32 ? of_f32 : of_f64)[word() % 6] + uniform(-0.7, 0.5);
}

/* By turns: everyday numbers, two times of three positive; positive numbers of one wide range of exponents; numbers
 * next to an edge; powers next to one. In every second round with something hard. */
static void draw(operands *of, ls_dtype dtype, int round)
{
    static const double hard[] = {0, -0.0, 1e-310, 1e-40, INFINITY, -INFINITY, NAN, -1, 1e308, -1e30, 89, -104, 1e-300};
    const double reach = uniform(0, dtype == LS_FLOAT32 ? 129 : 1025), from = edge(dtype);
    of->n = round % 5 ? MOST : 1 + (int64_t)(word() % MOST);
    for (int64_t i = 0; i < of->n; i++) {
        const int turn = round % 4;
        const double exponent = turn == 1 ? uniform(-reach, reach) : uniform(-8, 6);
        const double sign = turn == 0 && round % 3 == 0 && word() % 2 ? -1 : 1;
        put(of->x, i, dtype, turn == 2 ? from + uniform(0, 0.3) : sign * exp2(exponent));
        put(of->y, i, dtype, turn == 3 ? (from + uniform(0, 0.3)) / exponent : uniform(-12, 12));
    }
    if (round / 4 % 2) put(word() % 2 ? of->x : of->y, (int64_t)(word() % (uint64_t)of->n), dtype, hard[word() % 13]);
}

/* The same bits, but for those of NaN. */
static bool same(const unsigned char *a, const unsigned char *b, int64_t n, ls_dtype dtype)
{
    bool all = true;
    for (int64_t i = 0; i < n; i++) {
        float narrow;
        double wide;
        memcpy(&narrow, a + 4 * i, 4);
        if (dtype == LS_FLOAT32) {
            all &= memcmp(a + 4 * i, b + 4 * i, 4) == 0 || narrow != narrow;
            continue;
        }
        memcpy(&wide, a + 8 * i, 8);
        all &= memcmp(a + 8 * i, b + 8 * i, 8) == 0 || wide != wide;
    }
    return all;
}

static void run(const struct row *row, lsi_loop loop, const operands *of, ls_dtype dtype)
{
    static unsigned char one_by_one[MOST * 8], at_once[MOST * 8], over_x[MOST * 8], over_y[MOST * 8];
    const size_t size = lsi_dtype_size(dtype), bytes = size * (size_t)of->n;
    for (int64_t i = 0; i < of->n; i++)
        loop(1, (const void *[]){of->x + size * (size_t)i, of->y + size * (size_t)i}, one_by_one + size * (size_t)i);
    loop(of->n, (const void *[]){of->x, of->y}, at_once);
    CHECK(same(one_by_one, at_once, of->n, dtype));
    memcpy(over_x, of->x, bytes);
    loop(of->n, (const void *[]){over_x, of->y}, over_x);
    CHECK(same(one_by_one, over_x, of->n, dtype));
    if (row->arity == 1) return;
    memcpy(over_y, of->y, bytes);
    loop(of->n, (const void *[]){of->x, over_y}, over_y);
    CHECK(same(one_by_one, over_y, of->n, dtype));
}

TEST(easy_and_full_functions_agree)
{
    static operands of;
    static const ls_dtype dtypes[] = {LS_FLOAT32, LS_FLOAT64};
    for (int isa = 0; isa <= (int)lsi_isa_best(); isa++) {
        lsi_isa_force((lsi_isa)isa);
        for (int k = 0; k < 2 * ROWS; k++)
            for (int round = 0; round < ROUNDS; round++) {
                const ls_dtype dtype = dtypes[k % 2];
                const long failed = check_failed;
                draw(&of, dtype, round);
                run(&rows[k / 2], lsi_loops_get()->rows[dtype]->row[rows[k / 2].op], &of, dtype);
                if (check_failed != failed)
                    printf("row %d, isa %s, round %d\n", rows[k / 2].op, lsi_isa_name((lsi_isa)isa), round);
            }
    }
    lsi_isa_force(lsi_isa_best());
    CHECK(ROWS > 0);
}

int main(void)
{
    RUN(easy_and_full_functions_agree);
    return check_report();
}
