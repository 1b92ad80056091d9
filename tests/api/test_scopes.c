/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Who owns what: scopes left in every way C has, handles kept, set, retained, and freed by other threads. Leaks are
 * counted in the library's blocks. */
#include "lockstep.h"
#include "memory/prim.h"
#include "support/check.h"

#include <pthread.h>
#include <setjmp.h>

static double item(const ls_array *a)
{
    double value = -12345;
    CHECK_STATUS(ls_item(a, &value), LS_OK);
    return value;
}

static ls_array *number(double value)
{
    return ls_full(LS_SHAPE0, value);
}

/* --- leaving a scope --- */

TEST(the_closing_brace_frees)
{
    int64_t live = lsi_alloc_live();
    LS_SCOPE {
        item(ls_sum(ls_add(ls_arange(10), 1)));
        LS_SCOPE {
            number(1);
            LS_SCOPE {
                number(2);
            }
        }
        CHECK(lsi_alloc_live() > live);
    }
    CHECK_EQ_INT(lsi_alloc_live(), live);
}

static double leave_by_return(void)
{
    LS_SCOPE {
        LS_SCOPE {
            return item(ls_sum(ls_arange(5)));
        }
    }
    return -1;
}

static int leave_by_goto(void)
{
    LS_SCOPE {
        number(1);
        goto out;
    }
    return 0;
out:
    return 1;
}

TEST(return_and_goto_close)
{
    int64_t live = lsi_alloc_live();
    CHECK_EQ_DOUBLE(leave_by_return(), 10.0);
    CHECK_EQ_INT(leave_by_goto(), 1);
    CHECK_EQ_INT(lsi_alloc_live(), live);
}

TEST(break_and_continue_leave_the_scope_alone)
{
    int64_t live = lsi_alloc_live();
    int turns = 0;
    for (int i = 0; i < 3; i++) {
        LS_SCOPE {
            number(i);
            if (i == 0) {
                continue;
            }
            break;
        }
        turns++;
    }
    CHECK_EQ_INT(turns, 3);
    CHECK_EQ_INT(lsi_alloc_live(), live);
}

static jmp_buf target;

static void jump_from_depth(int depth)
{
    LS_SCOPE {
        ls_add(number(depth), 1);
        if (depth == 0) {
            longjmp(target, 1);
        }
        jump_from_depth(depth - 1);
    }
}

/* What longjmp skipped is closed with the scope around it. */
TEST(longjmp_heals)
{
    int64_t live = lsi_alloc_live();
    LS_SCOPE {
        if (!setjmp(target)) {
            jump_from_depth(20);
        }
        CHECK(lsi_alloc_live() > live);
        int depth = ls_scope_open(); /* the next scope lies above the skipped ones */
        CHECK_EQ_DOUBLE(item(number(7)), 7.0);
        ls_scope_close(depth);
    }
    CHECK(lsi_alloc_live() <= live + 24); /* the marks themselves stay for the next time */
    live = lsi_alloc_live();
    LS_SCOPE {
        if (!setjmp(target)) {
            jump_from_depth(20);
        }
    }
    CHECK_EQ_INT(lsi_alloc_live(), live);
}

TEST(closing_what_is_not_open_does_nothing)
{
    ls_scope_close(0); /* the root scope stays */
    ls_scope_close(-1);
    ls_scope_close(1000);
    ls_array *a = number(3);
    int outer = ls_scope_open(), inner = ls_scope_open();
    CHECK(inner > outer);
    ls_array *b = number(4);
    ls_scope_close(outer); /* and the inner one with it */
    ls_scope_close(inner);
    CHECK_EQ_DOUBLE(item(a), 3.0);
    ls_free(a);
    (void)b;
}

TEST(many_scopes)
{
    int64_t live;
    for (int round = 0; round < 2; round++) {
        live = lsi_alloc_live();
        int first = ls_scope_open();
        for (int i = 1; i < 1000; i++) {
            CHECK_EQ_INT(ls_scope_open(), first + i);
            number(i);
        }
        ls_scope_close(first);
    }
    CHECK_EQ_INT(lsi_alloc_live(), live);
}

/* --- keep --- */

TEST(keep_lifts_one_scope)
{
    int64_t live = lsi_alloc_live();
    LS_SCOPE {
        ls_array *kept = NULL, *lifted = NULL;
        LS_SCOPE {
            LS_SCOPE {
                kept = ls_keep(ls_add(number(1), 1));
                lifted = ls_keep(ls_keep(number(5)));
            }
            CHECK_EQ_DOUBLE(item(kept), 2.0);
        }
        CHECK_EQ_DOUBLE(item(lifted), 5.0);
    }
    CHECK_EQ_INT(lsi_alloc_live(), live);
    ls_array *root = number(6);
    CHECK(ls_keep(root) == root); /* the root scope keeps its own */
    ls_free(root);
    CHECK_EQ_INT(lsi_alloc_live(), live);
}

TEST(a_loop_that_keeps_its_result)
{
    LS_SCOPE {
        ls_array *total = number(0);
        for (int i = 1; i <= 100; i++) {
            LS_SCOPE {
                ls_array *next = ls_keep(ls_add(total, ls_mul(number(i), 1)));
                ls_free(total);
                total = next;
            }
        }
        CHECK_EQ_DOUBLE(item(total), 5050.0);
    }
}

/* --- handles and what they hold --- */

TEST(views_outlive_their_base)
{
    int64_t live = lsi_alloc_live();
    LS_SCOPE {
        ls_array *view = NULL, *pending = NULL;
        LS_SCOPE {
            ls_array *base = ls_arange(10.0);
            view = ls_keep(ls_at(base, "::-2"));
            pending = ls_keep(ls_sum(ls_at(base, "3:5")));
            ls_free(base);
        }
        CHECK_EQ_DOUBLE(item(ls_at(view, "1")), 7.0);
        CHECK_EQ_DOUBLE(item(pending), 7.0);
    }
    CHECK_EQ_INT(lsi_alloc_live(), live);
}

TEST(retained_handles_outlive_scopes)
{
    int64_t live = lsi_alloc_live();
    ls_array *a = NULL;
    LS_SCOPE {
        a = ls_retain(ls_retain(number(8)));
        ls_free(a);
    }
    CHECK_EQ_DOUBLE(item(a), 8.0);
    ls_release(a);
    ls_free(a); /* no scope owns it any more: nothing to free */
    CHECK_EQ_DOUBLE(item(a), 8.0);
    ls_release(a);
    CHECK_EQ_INT(lsi_alloc_live(), live);
}

/* --- set --- */

TEST(set_moves_on)
{
    int64_t live = lsi_alloc_live();
    LS_SCOPE {
        ls_array *previous = NULL, *current = number(1);
        for (int i = 0; i < 10; i++) { /* Fibonacci */
            LS_SCOPE {
                ls_array *next = previous ? ls_add(previous, current) : number(1);
                ls_set(&previous, current);
                ls_set(&current, next);
            }
        }
        CHECK_EQ_DOUBLE(item(current), 89.0);
        CHECK_EQ_DOUBLE(item(previous), 55.0);
    }
    CHECK_EQ_INT(lsi_alloc_live(), live);
}

TEST(set_to_itself_and_to_an_alias)
{
    int64_t live = lsi_alloc_live();
    LS_SCOPE {
        ls_array *a = number(1), *b = NULL, *c = NULL;
        ls_set(&a, a);
        ls_set(&b, a); /* a handle of its own */
        CHECK(b != a);
        ls_free(a);
        CHECK_EQ_DOUBLE(item(b), 1.0);
        ls_set(&c, ls_at(b, "None"));
        ls_set(&b, c);
        CHECK_EQ_INT(ls_ndim(b), 1);
        CHECK_EQ_DOUBLE(item(b), 1.0);
        CHECK(lsi_alloc_live() > live);
        ls_free(b); /* slots that were empty belong to the scope outside */
        ls_free(c);
    }
    CHECK_EQ_INT(lsi_alloc_live(), live);
}

/* Set from a call whose result somebody may still name: it must stay valid. */
static ls_array *last_made;
static ls_array *make(double value)
{
    return last_made = number(value);
}
static ls_array *same(ls_array *a)
{
    return a;
}

TEST(set_of_a_call)
{
    LS_SCOPE {
        ls_array *slot = number(0), *other = number(4);
        ls_set(&slot, make(3)); /* moves: the slot has the very handle */
        CHECK(slot == last_made);
        ls_set(&slot, same(slot));
        CHECK_EQ_DOUBLE(item(slot), 3.0);
        ls_add(other, 1);
        ls_set(&slot, same(other)); /* not the newest handle: it gets one of its own */
        CHECK(slot != other);
        CHECK_EQ_DOUBLE(item(other), 4.0);
        ls_array *kept = ls_retain(number(9));
        ls_set(&slot, same(kept));
        CHECK(slot != kept);
        ls_release(kept);
        CHECK_EQ_DOUBLE(item(slot), 9.0);
    }
}

TEST(set_of_a_loop_without_a_scope_stays_small)
{
    LS_SCOPE {
        ls_array *r = number(0), *step = number(1);
        CHECK_STATUS(ls_evaluate(r, step), LS_OK);
        ls_set(&r, ls_add(r, step));
        int64_t live = lsi_alloc_live();
        for (int i = 0; i < 2000; i++) {
            ls_set(&r, ls_add(r, step));
        }
        CHECK(lsi_alloc_live() < live + 400);
        CHECK_EQ_DOUBLE(item(r), 2001.0);
    }
}

TEST(the_slot_is_owned_where_the_old_one_was)
{
    LS_SCOPE {
        ls_array *slot = number(1), *fresh = NULL;
        LS_SCOPE {
            LS_SCOPE {
                ls_set(&slot, number(2));
                ls_array *named = number(3);
                ls_set(&slot, named);
                ls_set(&fresh, number(4)); /* an empty slot: the scope outside the innermost */
            }
            CHECK_EQ_DOUBLE(item(fresh), 4.0);
        }
        CHECK_EQ_DOUBLE(item(slot), 3.0);
    }
}

TEST(set_passes_errors_on)
{
    int64_t live = lsi_alloc_live();
    LS_SCOPE {
        ls_array *slot = number(1);
        ls_set(&slot, ls_add(slot, ls_zeros(LS_SHAPE(-1))));
        CHECK(slot == NULL);
        ls_set(&slot, ls_add(slot, 1));
        double value;
        CHECK_STATUS(ls_item(slot, &value), LS_EARGUMENT);
        CHECK(strncmp(ls_error_message(), "ls_zeros: the size of axis 0 is negative (-1)", 45) == 0);
        ls_set(&slot, NULL);
        ls_set(&slot, number(2));
        CHECK_EQ_DOUBLE(item(slot), 2.0);
        ls_free(slot);
        ls_clear_error();
    }
    CHECK_EQ_INT(lsi_alloc_live(), live);
}

/* --- threads --- */

static void *in_thread(void *(*run)(void *), void *argument)
{
    pthread_t thread;
    void *result = NULL;
    CHECK(pthread_create(&thread, NULL, run, argument) == 0);
    pthread_join(thread, &result);
    return result;
}

static void *free_it(void *a)
{
    ls_free(a);
    return NULL;
}
static void *release_it(void *a)
{
    ls_release(a);
    return NULL;
}

TEST(another_thread_frees)
{
    int64_t live = lsi_alloc_live();
    LS_SCOPE {
        ls_array *a = number(1), *b = number(2), *c = number(3);
        in_thread(free_it, b);
        CHECK_EQ_DOUBLE(item(ls_add(a, c)), 4.0);
        in_thread(release_it, ls_retain(a));
        CHECK_EQ_DOUBLE(item(a), 1.0);
    }
    CHECK_EQ_INT(lsi_alloc_live(), live);
}

static void *make_retained(void *unused)
{
    (void)unused;
    return ls_retain(ls_add(ls_arange(5), 1)); /* pending; the thread's root scope closes right after */
}

TEST(the_root_scope_closes_with_its_thread)
{
    int64_t live = lsi_alloc_live();
    ls_array *a = NULL;
    LS_SCOPE {
        a = in_thread(make_retained, NULL);
        CHECK_EQ_DOUBLE(item(ls_sum(a)), 15.0);
    }
    CHECK(lsi_alloc_live() > live); /* no scope of this thread has it */
    ls_release(a);
    CHECK_EQ_INT(lsi_alloc_live(), live);
}

enum { THREADS = 4, ROUNDS = 2000 };

static void *retain_and_release(void *a)
{
    for (int i = 0; i < ROUNDS; i++) {
        LS_SCOPE {
            ls_array *view = ls_at(ls_retain(a), "1:");
            ls_release(a);
            CHECK_EQ_INT(ls_size(view), 4);
        }
    }
    return NULL;
}

static void *free_shared(void *pointer)
{
    ls_array **handles = pointer;
    for (int i = 0; i < ROUNDS; i++) {
        ls_free(handles[i]);
    }
    return NULL;
}

TEST(threads_share_handles)
{
    static ls_array *handles[THREADS][ROUNDS];
    pthread_t threads[THREADS];
    int64_t live = lsi_alloc_live();
    LS_SCOPE {
        ls_array *a = ls_arange(5);
        for (int t = 0; t < THREADS; t++) {
            CHECK(pthread_create(&threads[t], NULL, retain_and_release, a) == 0);
        }
        for (int t = 0; t < THREADS; t++) {
            pthread_join(threads[t], NULL);
        }
        for (int i = 0; i < THREADS * ROUNDS; i++) { /* owned by this scope, neighbours freed by different threads */
            handles[i % THREADS][i / THREADS] = number(i);
        }
        for (int t = 0; t < THREADS; t++) {
            CHECK(pthread_create(&threads[t], NULL, free_shared, handles[t]) == 0);
        }
        for (int i = 0; i < ROUNDS; i++) {
            number(i); /* while this thread goes on */
        }
        for (int t = 0; t < THREADS; t++) {
            pthread_join(threads[t], NULL);
        }
        CHECK_EQ_DOUBLE(item(ls_sum(a)), 10.0);
    }
    CHECK_EQ_INT(lsi_alloc_live(), live);
}

TEST(generators_are_owned_alike)
{
    int64_t live = lsi_alloc_live();
    LS_SCOPE {
        ls_rng *kept = NULL;
        ls_array *drawn = NULL;
        LS_SCOPE {
            kept = ls_rng_keep(ls_rng_new(1));
            drawn = ls_keep(ls_random(ls_rng_new(1), LS_SHAPE(3)));
        }
        CHECK_EQ_DOUBLE(item(ls_sum(ls_sub(drawn, ls_random(kept, LS_SHAPE(3))))), 0.0);
        ls_rng_free(kept);
        ls_rng_free(NULL);
    }
    CHECK_EQ_INT(lsi_alloc_live(), live);
}

static void all(void)
{
    RUN(many_scopes);
    RUN(the_closing_brace_frees);
    RUN(return_and_goto_close);
    RUN(break_and_continue_leave_the_scope_alone);
    RUN(longjmp_heals);
    RUN(closing_what_is_not_open_does_nothing);
    RUN(keep_lifts_one_scope);
    RUN(a_loop_that_keeps_its_result);
    RUN(views_outlive_their_base);
    RUN(retained_handles_outlive_scopes);
    RUN(set_moves_on);
    RUN(set_to_itself_and_to_an_alias);
    RUN(set_of_a_call);
    RUN(set_of_a_loop_without_a_scope_stays_small);
    RUN(the_slot_is_owned_where_the_old_one_was);
    RUN(set_passes_errors_on);
    RUN(another_thread_frees);
    RUN(the_root_scope_closes_with_its_thread);
    RUN(threads_share_handles);
    RUN(generators_are_owned_alike);
}

int main(void)
{
    item(ls_sum(number(0))); /* the library and what this thread keeps */
    all();
    if (ls_device_in_use().id != LS_HOST.id) { /* a GPU keeps kernels it has looked up: now it has them all */
        check_failed = 0;
        all();
    }
    return check_report();
}
