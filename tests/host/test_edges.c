/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Arrays in memory between two pages that may not be touched: loops that make more than a strip, or walk on behind the
 * last row, read nothing outside. */
#include "lockstep.h"
#include "support/check.h"
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct fenced {
    char *map;
    size_t bytes;           /* of the map */
    double *values;         /* next to the page behind, or to the page before */
} fenced;

static bool fence(fenced *f, int64_t count, bool at_end)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = (size_t)count * sizeof(double);
    const size_t inside = (bytes + page - 1) / page * page;
    f->bytes = inside + 2 * page;
    f->map = mmap(NULL, f->bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!CHECK(f->map != MAP_FAILED)) return false;
    CHECK(mprotect(f->map + page, inside, PROT_READ | PROT_WRITE) == 0);
    f->values = (double *)(void *)(f->map + page + (at_end ? inside - bytes : 0));
    for (int64_t i = 0; i < count; i++) f->values[i] = (double)(i % 1000) * 0.5;
    return true;
}

static double item(const ls_array *a)
{
    double value = -12345;
    CHECK_STATUS(ls_item(a, &value), LS_OK);
    return value;
}

static ls_array *three(const ls_array *a, const char *low, const char *middle, const char *high)
{
    return ls_add(ls_add(ls_at(a, "%s", low), ls_at(a, "%s", middle)), ls_at(a, "%s", high));
}

/* The same of a copy in memory of the library's own. */
static void check_neighbours(const ls_array *fenced_array, const ls_array *copy)
{
    const ls_array *both[2] = {fenced_array, copy};
    double sums[2];
    for (int k = 0; k < 2; k++) {
        ls_array *twice = ls_mul(both[k], 2.0);
        ls_array *near = three(twice, "..., 2:", "..., 1:-1", "..., :-2");
        ls_array *wide = ls_sub(ls_square(ls_at(both[k], "..., 40:")), ls_square(ls_at(both[k], "..., :-40")));
        ls_array *back = three(ls_mul(both[k], 0.5), "..., ::-1", "..., ::-1", "...");
        CHECK_STATUS(ls_evaluate(near, wide, back), LS_OK);
        sums[k] = item(ls_sum(near)) + 3 * item(ls_sum(wide)) + 7 * item(ls_sum(back));
    }
    CHECK_EQ_DOUBLE(sums[0], sums[1]);
}

static void check_shape(int64_t rows, int64_t columns, bool at_end)
{
    fenced f;
    if (!fence(&f, rows * columns, at_end)) return;
    LS_SCOPE {
        const ls_shape shape = rows == 1 ? LS_SHAPE(columns) : LS_SHAPE(rows, columns);
        ls_array *a = ls_wrap(f.values, shape), *copy = ls_copy(a);
        check_neighbours(a, copy);
        if (rows > 1) {
            ls_array *m = ls_reshape(a, LS_SHAPE(rows, columns));
            CHECK_EQ_DOUBLE(item(ls_sum(ls_transpose(m))), item(ls_sum(ls_copy(ls_transpose(copy)))));
            CHECK_EQ_DOUBLE(item(ls_prod(ls_transpose(ls_at(m, ":, 1:")))),
                            item(ls_prod(ls_copy(ls_transpose(ls_at(copy, ":, 1:"))))));
        }
    }
    munmap(f.map, f.bytes);
}

TEST(nothing_outside_is_read)
{
    static const int64_t shapes[][2] = {{1, 9001}, {1, 16384}, {97, 90}, {600, 50}, {100, 1024}, {33, 1025},
                                        {1000, 257}, {517, 19}, {1024, 16}, {2100, 33}};
    for (int i = 0; i < (int)(sizeof shapes / sizeof shapes[0]); i++) {
        check_shape(shapes[i][0], shapes[i][1], true);
        check_shape(shapes[i][0], shapes[i][1], false);
    }
}

int main(void)
{
    RUN(nothing_outside_is_read);
    return check_report();
}
