/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lesson 6: parts of arrays, arrays of different shapes, and scopes.
 *
 * You learn   NumPy's slices as text; that they are views, so that writing to one writes to the array; broadcasting;
 *             and LS_SCOPE with ls_keep for loops that make many arrays.
 * New         ls_reshape, ls_transpose, ls_assign, ls_mean with .axis and .keepdims, LS_SCOPE, ls_keep, ls_set
 * Expect      [[0 1 2 3] ...] and its parts, centred columns whose means are 0, and 832040 */
#include <lockstep.h>
#include <stdio.h>

#include "common.h"

int main(void)
{
    ls_array *x = ls_reshape(ls_arange(12), LS_SHAPE(3, 4));
    CHECK(ls_print(x));
    CHECK(ls_print(ls_at(x, "1")));            /* a row */
    CHECK(ls_print(ls_at(x, "::-1, 1:3")));    /* rows backwards, two columns */
    CHECK(ls_print(ls_transpose(x)));

    CHECK(ls_assign(ls_at(x, ":, 0"), -1));    /* a view: x itself changes */
    CHECK(ls_print(x));

    /* (3, 4) minus (1, 4): the means of the columns, kept as a row, stretch over all rows. */
    ls_array *centred = ls_subtract(x, ls_mean(x, .axis = LS_AXIS(0), .keepdims = true));
    CHECK(ls_print(centred));
    CHECK(ls_print(ls_mean(centred, .axis = LS_AXIS(0))));

    /* What does not fit is an error at the call; it comes out where the chain ends. */
    if (ls_print(ls_add(x, ls_arange(3))) != LS_ESHAPE) return 1;
    printf("%s\n", ls_error_message());

    /* A loop that makes arrays frees them turn by turn; ls_set keeps the variables alive. */
    ls_array *a = ls_arange(0, 1), *b = ls_arange(1, 2);
    for (int i = 0; i < 30; i++) LS_SCOPE {
        ls_array *next = ls_add(a, b);
        ls_set(&a, b);
        ls_set(&b, next);
    }
    int64_t fibonacci;
    CHECK(ls_item(a, &fibonacci));
    printf("the thirtieth Fibonacci number is %lld\n", (long long)fibonacci);
    return 0;
}
