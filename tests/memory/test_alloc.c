/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Small allocations and the fault injector. */
#include "memory/prim.h"

#include "check.h"

#include <pthread.h>

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

/* --- lists of given blocks --- */

TEST(a_given_block_is_taken_again)
{
    lsi_alloc_listing(true);
    void *a = lsi_take(100), *b = lsi_take(5000);
    if (!CHECK(a && b)) return;
    CHECK_EQ_INT(lsi_alloc_live(), 2);
    lsi_give(a, 100);
    lsi_give(b, 5000); /* too large to wait */
    CHECK_EQ_INT(lsi_alloc_live(), 0);
    void *again = lsi_take(97); /* of one size with 100 */
    CHECK(again == a);
    CHECK_EQ_INT(lsi_alloc_live(), 1);
    lsi_alloc_fail_at(1, false); /* lists stand aside */
    CHECK(lsi_take(100) == NULL);
    CHECK_EQ_INT(lsi_alloc_count(), 1);
    lsi_alloc_fail_at(0, false);
    lsi_give(again, 97);
    lsi_alloc_fail_at(1, false);
    CHECK(lsi_take(100) == NULL);
    lsi_alloc_fail_at(0, false);
    lsi_give(NULL, 100);
    lsi_alloc_listing(false);
    CHECK_EQ_INT(lsi_alloc_live(), 0);
}

TEST(a_resting_block_counts_as_freed)
{
    void *a = lsi_take(64);
    lsi_alloc_rest();
    CHECK_EQ_INT(lsi_alloc_live(), 0);
    CHECK(lsi_alloc_again());
    CHECK_EQ_INT(lsi_alloc_live(), 1);
    lsi_alloc_rest();
    lsi_alloc_fail_at(1, false);
    CHECK(!lsi_alloc_again());
    lsi_alloc_fail_at(0, false);
    lsi_dealloc_rested(a);
    CHECK_EQ_INT(lsi_alloc_live(), 0);
}

enum { BLOCKS = 64 };
static void *passed_on[BLOCKS];

static void *give_others(void *unused)
{
    (void)unused;
    for (int k = 0; k < BLOCKS; k++) lsi_give(passed_on[k], 200);
    for (int k = 0; k < BLOCKS; k++) passed_on[k] = lsi_take(200); /* some of them from the list */
    for (int k = 0; k < BLOCKS; k += 2) lsi_give(passed_on[k], 200);
    return NULL; /* the lists are freed: a leak checker would see it if not */
}

/* A thread gives what another has taken, and ends with blocks in its lists. */
TEST(lists_end_with_their_thread)
{
    pthread_t thread;
    lsi_alloc_listing(true);
    for (int round = 0; round < 20; round++) {
        for (int k = 0; k < BLOCKS; k++) passed_on[k] = lsi_take(200);
        pthread_create(&thread, NULL, give_others, NULL);
        pthread_join(thread, NULL);
        CHECK_EQ_INT(lsi_alloc_live(), BLOCKS / 2);
        for (int k = 1; k < BLOCKS; k += 2) lsi_give(passed_on[k], 200);
        CHECK_EQ_INT(lsi_alloc_live(), 0);
    }
    lsi_alloc_listing(false);
}

int main(void)
{
    RUN(blocks);
    RUN(injected_failures);
    RUN(a_given_block_is_taken_again);
    RUN(a_resting_block_counts_as_freed);
    RUN(lists_end_with_their_thread);
    return check_report();
}
