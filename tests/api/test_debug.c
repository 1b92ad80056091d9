/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Debugging help: what is listed, what a freed handle says, what ls_show writes. */
#include "lockstep.h"
#include "support/check.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static char text[1 << 16];

/* What ls_list_arrays writes; the number it returns goes to *count. */
static const char *listed(int64_t *count)
{
    FILE *file = tmpfile();
    *count = ls_list_arrays(file);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

TEST(arrays_are_listed_by_scope_with_their_origin)
{
    int64_t count;
    const int64_t before = ls_list_arrays(NULL);
    LS_SCOPE {
        ls_array *a = ls_arange(3);
        CHECK(!ls_evaluate(a));
        ls_array *rng_free_zone = NULL;
        LS_SCOPE {
            ls_rng *rng = ls_rng_new(1); /* owned by the scope, but no array */
            rng_free_zone = ls_random(rng, LS_SHAPE(2, 2), .dtype = LS_FLOAT32);
            const char *list = listed(&count);
            CHECK_EQ_INT(count, before + 2);
            CHECK(strstr(list, "scope 1\n  int64 (3,) on cpu, stored, made by ls_arange at "));
            CHECK(strstr(list, "scope 2\n  float32 (2,2) on cpu, pending, made by ls_random at "));
            CHECK(strstr(list, "test_debug.c:"));
        }
        (void)rng_free_zone;
    }
    CHECK_EQ_INT(ls_list_arrays(NULL), before);
}

static void *make_one(void *gate)
{
    pthread_barrier_t *barrier = gate;
    ls_arange(5);
    pthread_barrier_wait(barrier);
    pthread_barrier_wait(barrier);
    return NULL;
}

TEST(debugging_sees_retained_arrays_and_other_threads)
{
    int64_t count, before = ls_list_arrays(NULL);
    ls_set_debug(true);
    ls_array *kept = NULL;
    LS_SCOPE {
        kept = ls_retain(ls_arange(7));
    }
    pthread_barrier_t barrier;
    pthread_t thread;
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&thread, NULL, make_one, &barrier);
    pthread_barrier_wait(&barrier);
    const char *list = listed(&count);
    CHECK_EQ_INT(count, before + 2);
    CHECK(strstr(list, "no scope: retained and not released\n  int64 (7,)"));
    CHECK(strstr(list, "scopes of other threads\n  int64 (5,)"));
    pthread_barrier_wait(&barrier);
    pthread_join(thread, NULL);
    pthread_barrier_destroy(&barrier);
    ls_release(kept);
    CHECK_EQ_INT(ls_list_arrays(NULL), before);
    ls_set_debug(false);
}

TEST(a_freed_handle_says_who_made_it)
{
    ls_set_debug(true);
    ls_array *a = ls_arange(3);
    ls_free(a);
    double number;
    CHECK_EQ_INT(ls_item(ls_sum(a), &number), LS_EARGUMENT);
    CHECK(strstr(ls_error_message(), "ls_sum: argument 1 is an array that was freed (made by ls_arange at "));
    ls_clear_error();
    ls_free(a);
    CHECK_EQ_INT(ls_error(), LS_EARGUMENT);
    CHECK(strstr(ls_error_message(), "ls_free: argument 1 is an array that was freed"));
    ls_clear_error();
    ls_release(a);
    CHECK(strstr(ls_error_message(), "ls_release: "));
    ls_clear_error();
    for (int i = 0; i < 10000; i++) ls_free(ls_arange(3)); /* more than the quarantine holds: it must not grow */
    ls_set_debug(false);
}

/* stderr while `what` shows itself. */
static const char *shown(const ls_array *what, ls_status *status)
{
    FILE *file = tmpfile();
    const int saved = dup(2);
    fflush(stderr);
    dup2(fileno(file), 2);
    *status = ls_show(what);
    fflush(stderr);
    dup2(saved, 2);
    close(saved);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

TEST(show_names_the_array_and_prints_it)
{
    ls_status status;
    LS_SCOPE {
        const char *got = shown(ls_add(ls_arange(3), 0.5), &status);
        CHECK_EQ_INT(status, LS_OK);
        CHECK(strncmp(got, "what: float64 (3,) on cpu, stored, made by ls_add at ", 53) == 0);
        CHECK(strstr(got, "\n[0.5 1.5 2.5]\n"));
        got = shown(ls_reshape(ls_arange(3), LS_SHAPE(7)), &status);
        CHECK_EQ_INT(status, LS_ESHAPE);
        CHECK(strncmp(got, "what: ls_reshape: ", 18) == 0);
        ls_clear_error();
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "leak") == 0) { /* with LOCKSTEP_DEBUG=1: the list at the end has this one */
        LS_SCOPE {
            ls_retain(ls_arange(11));
        }
        return 0;
    }
    RUN(arrays_are_listed_by_scope_with_their_origin);
    RUN(debugging_sees_retained_arrays_and_other_threads);
    RUN(a_freed_handle_says_who_made_it);
    RUN(show_names_the_array_and_prints_it);
    return check_report();
}
