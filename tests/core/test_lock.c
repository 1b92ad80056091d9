/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The lock that leans to a thread: exclusion while one thread has it lightly and others come, for good and as visitors. */
#include "core/lock.h"

#include "check.h"

#include <sched.h>

enum { OTHERS = 3, TURNS = 20000, VISITS = 200 };

static lsi_lock lock;
static int64_t guarded, inside; /* plain, under the lock */
static _Atomic bool stop;

static void turn(bool leave)
{
    lsi_lock_take(&lock);
    inside++;
    CHECK_EQ_INT(inside, 1);
    guarded++;
    inside--;
    if (leave) lsi_lock_leave(&lock);
    else lsi_lock_give(&lock);
}

static void *many_turns(void *unused)
{
    (void)unused;
    for (int k = 0; k < TURNS; k++) turn(false);
    return NULL;
}

static void *visits(void *unused)
{
    (void)unused;
    for (int k = 0; k < VISITS; k++) {
        turn(true);
        if (k % 8 == 0) sched_yield();
    }
    atomic_store(&stop, true);
    return NULL;
}

TEST(it_leans_to_the_first)
{
    lsi_lock_init(&lock);
    turn(false); /* the first time by the mutex */
    lsi_lock_take(&lock);
    const bool light = lsi_lock_is_light(&lock); /* unless the kernel has no barriers */
    CHECK(light || lsi_lock_is_shared(&lock));
    lsi_lock_give(&lock);
    CHECK(!lsi_lock_is_light(&lock));
    CHECK_EQ_INT(lsi_lock_take_lightly(&lock), light);
    if (light) lsi_lock_give(&lock);
    lsi_lock_destroy(&lock);
}

TEST(others_come_to_stay)
{
    pthread_t others[OTHERS];
    lsi_lock_init(&lock);
    guarded = 0;
    turn(false);
    for (int k = 0; k < OTHERS; k++) pthread_create(&others[k], NULL, many_turns, NULL);
    many_turns(NULL);
    for (int k = 0; k < OTHERS; k++) pthread_join(others[k], NULL);
    CHECK_EQ_INT(guarded, 1 + (OTHERS + 1) * TURNS);
    CHECK(lsi_lock_is_shared(&lock) && !lsi_lock_take_lightly(&lock));
    lsi_lock_destroy(&lock);
}

/* It leans to its owner again after a visit, until there have been many. */
TEST(visitors)
{
    int64_t mine = 1;
    pthread_t other;
    lsi_lock_init(&lock);
    guarded = 0;
    atomic_store(&stop, false);
    turn(false);
    pthread_create(&other, NULL, visits, NULL);
    for (; !atomic_load(&stop); mine++) turn(false);
    pthread_join(other, NULL);
    CHECK_EQ_INT(guarded, mine + VISITS);
    CHECK(lsi_lock_is_shared(&lock));
    lsi_lock_destroy(&lock);
}

static void *one_visit(void *unused)
{
    (void)unused;
    turn(true);
    return NULL;
}

TEST(one_visitor)
{
    pthread_t other;
    lsi_lock_init(&lock);
    turn(false);
    lsi_lock_take(&lock);
    const bool light = lsi_lock_is_light(&lock);
    lsi_lock_give(&lock);
    pthread_create(&other, NULL, one_visit, NULL);
    pthread_join(other, NULL);
    lsi_lock_take(&lock);
    CHECK_EQ_INT(lsi_lock_is_light(&lock), light);
    lsi_lock_give(&lock);
    lsi_lock_destroy(&lock);
}

int main(void)
{
    RUN(it_leans_to_the_first);
    RUN(others_come_to_stay);
    RUN(visitors);
    RUN(one_visitor);
    return check_report();
}
