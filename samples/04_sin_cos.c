/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lesson 4: fusion, and what it does not change.
 *
 * You learn   that sin(x) + cos(x) and its sum become one pass over the data; that ls_evaluate stores a value when you
 *             want to keep it; and that the result has the same bits either way.
 * New         ls_add, ls_sin, ls_cos, ls_evaluate, ls_work_done
 * Expect      fused:        sum 130115856.14597934, 1 program(s), 0.0 MB written
 *             stored first: sum 130115856.14597934, 2 program(s), 800.0 MB written
 *             the same bits: yes */
#include <lockstep.h>
#include <stdio.h>
#include <string.h>

#include "common.h"

int main(int argc, char **argv)
{
    const int64_t n = SAMPLE_SIZE(argc, argv, 10000);
    sample_show_progress();

    ls_rng *rng = ls_rng_new(42);
    ls_array *x = ls_random(rng, LS_SHAPE(n, n));
    CHECK(ls_evaluate(x)); /* x is stored: 800 MB at full size */

    const ls_work start = ls_work_done();
    double fused, stored;
    CHECK(ls_item(ls_sum(ls_add(ls_sin(x), ls_cos(x))), &fused)); /* reads x once, writes one number */
    const ls_work middle = ls_work_done();

    ls_array *y = ls_add(ls_sin(x), ls_cos(x));
    CHECK(ls_evaluate(y)); /* the same in two steps: 800 MB more */
    CHECK(ls_item(ls_sum(y), &stored));
    const ls_work end = ls_work_done();

    printf("fused:        sum %.17g, %lld program(s), %.1f MB written\n", fused,
           (long long)(middle.programs - start.programs), 1e-6 * (double)(middle.bytes_written - start.bytes_written));
    printf("stored first: sum %.17g, %lld program(s), %.1f MB written\n", stored,
           (long long)(end.programs - middle.programs), 1e-6 * (double)(end.bytes_written - middle.bytes_written));

    const int same = memcmp(&fused, &stored, sizeof fused) == 0;
    printf("the same bits: %s\n", same ? "yes" : "no");
    return !same;
}
