/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Small allocations and the fault injector. */
#include "memory/prim.h"

#include "check.h"

TEST(blocks)
{
    CHECK_EQ_INT(lsi_alloc_live(), 0);
    char *a = lsi_alloc(10, 10);
    if (!CHECK(a != NULL)) return;
    for (int k = 0; k < 100; k++) CHECK_EQ_INT(a[k], 0);
    a[0] = 'x';
    a = lsi_realloc(a, 1000, 10);
    CHECK(a && a[0] == 'x');
    void *b = lsi_realloc(NULL, 3, 3), *c = lsi_alloc(0, 0);
    CHECK(b && c);
    CHECK_EQ_INT(lsi_alloc_live(), 3);
    volatile size_t huge = SIZE_MAX / 4;
    CHECK(lsi_alloc(huge, 8) == NULL);
    CHECK(lsi_realloc(b, huge, 8) == NULL);
    lsi_dealloc(a);
    lsi_dealloc(b);
    lsi_dealloc(c);
    lsi_dealloc(NULL);
    CHECK_EQ_INT(lsi_alloc_live(), 0);
}

static int successes(int64_t fail_at, bool persistent)
{
    int good = 0;
    lsi_alloc_fail_at(fail_at, persistent);
    for (int k = 0; k < 10; k++) {
        void *block = k % 2 ? lsi_realloc(NULL, 1, 8) : lsi_alloc(1, 8);
        good += block != NULL;
        lsi_dealloc(block);
    }
    CHECK_EQ_INT(lsi_alloc_count(), 10);
    lsi_alloc_fail_at(0, false);
    return good;
}

TEST(injected_failures)
{
    CHECK_EQ_INT(successes(0, false), 10);
    CHECK_EQ_INT(successes(1, false), 9);
    CHECK_EQ_INT(successes(10, false), 9);
    CHECK_EQ_INT(successes(11, false), 10);
    CHECK_EQ_INT(successes(4, true), 3);
    CHECK_EQ_INT(successes(1, true), 0);
    void *a = lsi_alloc(1, 8);
    lsi_alloc_fail_at(1, false);
    CHECK(lsi_realloc(a, 2, 8) == NULL); /* a is still there */
    lsi_alloc_fail_at(1, false);
    CHECK(lsi_prim_host()->allocate(lsi_prim_host(), 1 << 16) == NULL);
    lsi_alloc_fail_at(1, false);
    CHECK(lsi_prim_malloc()->allocate(lsi_prim_malloc(), 100) == NULL);
    lsi_alloc_fail_at(0, false);
    lsi_dealloc(a);
    CHECK_EQ_INT(lsi_alloc_live(), 0);
}

int main(void)
{
    RUN(blocks);
    RUN(injected_failures);
    return check_report();
}
