/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Many threads: the first call of all at once, one pending array evaluated by all, errors and counters of each thread,
 * arrays handed on, and writes beside reads of other arrays. */
#include "lockstep.h"
#include "memory/prim.h"
#include "support/check.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { THREADS = 6, ROUNDS = 60, N = 5000 };

static pthread_barrier_t together;

static void in_threads(void *(*run)(void *), void *argument)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&together, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, run, argument) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&together);
}

static double item(const ls_array *a)
{
    double value = -12345;
    CHECK_STATUS(ls_item(a, &value), LS_OK);
    return value;
}

/* Runs first: no call has been made before. */
static void *first_call(void *unused)
{
    (void)unused;
    pthread_barrier_wait(&together);
    CHECK_EQ_DOUBLE(item(ls_sum(ls_arange(100))), 4950.0);
    return NULL;
}

TEST(the_first_call_of_all_at_once)
{
    in_threads(first_call, NULL);
}

typedef struct shared {
    ls_array *base, *pending, *total, *named;
} shared;

/* All evaluate the same pending arrays, in an order of their own, and through views and new work. */
static void *evaluate_shared(void *pointer)
{
    shared *s = pointer;
    pthread_barrier_wait(&together);
    LS_SCOPE {
        CHECK_EQ_DOUBLE(item(ls_at(s->pending, "10")), 21.0);
        CHECK_EQ_DOUBLE(item(s->total), (double)N * N);
        CHECK_EQ_DOUBLE(item(ls_sum(ls_sub(s->pending, s->base))), (double)N * (N + 1) / 2);
        CHECK_EQ_DOUBLE(item(ls_max(ls_mul(s->named, 2))), 2.0 * (2 * N - 1) + 4);
        CHECK_EQ_DOUBLE(item(ls_sum(ls_matmul(ls_at(s->pending, ":4"), ls_at(s->base, ":4")))), 34.0);
    }
    return NULL;
}

TEST(one_pending_array_for_all)
{
    for (int i = 0; i < ROUNDS; i++) {
        LS_SCOPE {
            shared s = {.base = ls_arange((double)N)};
            s.pending = ls_add(ls_mul(s.base, 2), 1);
            s.total = ls_sum(s.pending);
            s.named = ls_keep(ls_add(s.pending, 2));
            in_threads(evaluate_shared, &s);
            ls_free(s.named);
        }
    }
}

static void *errors_of_its_own(void *pointer)
{
    _Atomic int *next = pointer;
    int mine = ++*next;
    char begin[100];
    for (int i = 0; i < 200; i++) {
        LS_SCOPE {
            ls_array *bad = ls_add(ls_zeros(LS_SHAPE(mine + 1)), ls_zeros(LS_SHAPE(mine + 50)));
            double value;
            CHECK_STATUS(ls_item(ls_sum(bad), &value), LS_ESHAPE);
            snprintf(begin, sizeof begin, "ls_add: shapes (%d,) and (%d,)", mine + 1, mine + 50);
            CHECK(strncmp(ls_error_message(), begin, strlen(begin)) == 0);
            ls_clear_error();
        }
    }
    CHECK_STATUS(ls_error(), LS_OK);
    return NULL;
}

TEST(errors_belong_to_their_thread)
{
    _Atomic int next = 0;
    in_threads(errors_of_its_own, &next);
    CHECK_STATUS(ls_error(), LS_OK);
}

static void *count_work(void *unused)
{
    (void)unused;
    ls_work before = ls_work_done();
    CHECK_EQ_INT(before.programs, 0);
    LS_SCOPE {
        item(ls_sum(ls_sin(ls_arange(10.0))));
    }
    CHECK_EQ_INT(ls_work_done().programs, 1);
    return NULL;
}

TEST(counters_belong_to_their_thread)
{
    in_threads(count_work, NULL);
}

/* Each thread writes an array of its own while all read one. */
static void *write_beside_reads(void *pointer)
{
    const ls_array *all = pointer;
    LS_SCOPE {
        ls_array *own = ls_copy(all), *state = NULL;
        for (int i = 0; i < 100; i++) {
            LS_SCOPE {
                CHECK_STATUS(ls_add_into(ls_at(own, "::2"), ls_at(own, "1::2"), ls_at(all, "::2")), LS_OK);
                CHECK_STATUS(ls_assign(ls_at(own, "1::2"), ls_at(all, "1::2")), LS_OK);
                ls_set(&state, ls_add(own, all));
            }
        }
        CHECK_EQ_DOUBLE(item(ls_at(own, "10")), 21.0);
        CHECK_EQ_DOUBLE(item(ls_at(state, "11")), 22.0);
        ls_free(state);
    }
    return NULL;
}

TEST(writing_ones_own_while_all_read_another)
{
    LS_SCOPE {
        in_threads(write_beside_reads, ls_arange((double)N));
    }
}

/* A chain of threads: each takes what the one before retained. */
static void *hand_on(void *pointer)
{
    ls_array *a = pointer, *result;
    result = ls_retain(ls_add(a, 1));
    ls_release(a);
    return result;
}

TEST(arrays_handed_on)
{
    ls_array *a = NULL;
    LS_SCOPE {
        a = ls_retain(ls_zeros(LS_SHAPE(3)));
    }
    for (int i = 0; i < 200; i++) {
        pthread_t thread;
        void *next = NULL;
        CHECK(pthread_create(&thread, NULL, hand_on, a) == 0);
        pthread_join(thread, &next);
        a = next;
    }
    CHECK_EQ_DOUBLE(item(ls_at(a, "1")), 200.0);
    ls_release(a);
}

static _Atomic(ls_array *) handed_out;

static void *make_and_end(void *unused)
{
    (void)unused;
    atomic_store(&handed_out, ls_retain(ls_arange(3)));
    return NULL; /* its root scope frees what it owns, perhaps at this very moment not any more */
}

TEST(a_thread_that_ends_while_another_frees_its_array)
{
    const int64_t before = lsi_alloc_live();
    for (int i = 0; i < 2000; i++) {
        pthread_t thread;
        ls_array *a = NULL;
        atomic_store(&handed_out, NULL);
        pthread_create(&thread, NULL, make_and_end, NULL);
        while (!(a = atomic_load(&handed_out))) {
            sched_yield();
        }
        ls_free(a);
        pthread_join(thread, NULL);
        CHECK_EQ_INT(ls_size(a), 3);
        ls_release(a);
    }
    CHECK_EQ_INT(lsi_alloc_live(), before);
}

int main(void)
{
    RUN(the_first_call_of_all_at_once);
    RUN(one_pending_array_for_all);
    RUN(errors_belong_to_their_thread);
    RUN(counters_belong_to_their_thread);
    RUN(writing_ones_own_while_all_read_another);
    RUN(arrays_handed_on);
    RUN(a_thread_that_ends_while_another_frees_its_array);
    return check_report();
}
