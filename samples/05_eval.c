/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lesson 5: formulas as text.
 *
 * You learn   that ls_eval takes the formula as you would write it in NumPy, finds the arrays by their C names, and
 *             means exactly the calls of lesson 4: the sums are the same bits. And what a mistake in a text looks like.
 * New         ls_eval, ls_error_message
 * Expect      sum 130115856.14597934, calls and text agree: yes
 *             then the message for a text with a mistake */
#include <lockstep.h>
#include <stdio.h>
#include <string.h>

#include "common.h"

int main(int argc, char **argv)
{
    const int64_t n = SAMPLE_SIZE(argc, argv, 10000);

    ls_rng *rng = ls_rng_new(42);
    ls_array *x = ls_random(rng, LS_SHAPE(n, n));

    double calls, text;
    CHECK(ls_item(ls_sum(ls_add(ls_sin(x), ls_cos(x))), &calls));
    CHECK(ls_item(ls_eval("sum(sin(x) + cos(x))", x), &text));
    printf("sum %.17g, calls and text agree: %s\n", text, memcmp(&calls, &text, sizeof text) == 0 ? "yes" : "no");

    /* Several arrays, numbers, comparisons, a reduction over one axis. */
    ls_array *rows = ls_eval("sqrt(x**2 + 1) * 0.5", x);
    double radius = 0.25;
    int64_t inside;
    CHECK(ls_item(ls_count_nonzero(ls_eval("where(x > 0.5, x - 0.5, x) < radius", x, radius)), &inside));
    printf("inside %lld of %lld; the largest row mean is ", (long long)inside, (long long)ls_size(x));
    CHECK(ls_print(ls_eval("max(mean(rows, axis=1))", rows)));

    /* A wrong text gives NULL, and the message shows where it breaks. */
    if (ls_eval("sin(x) + * 2", x)) return 1;
    printf("%s\n", ls_error_message());
    return memcmp(&calls, &text, sizeof text) != 0;
}
