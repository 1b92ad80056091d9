/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Forks while other threads are inside the device layer: computing, copying, taking scratch and staging memory, closing
 * streams. A child may find any lock of that layer held for ever; it must neither hang nor use the GPU. It frees arrays of
 * the device, which are the parent's, streams and events, computes on the host once it may, and ends. The parent's
 * results stay right. Children that hang are ended by SIGALRM. */
#include "lockstep.h"
#include "support/check.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, SECONDS_OF_A_CHILD = 20 };

static atomic_bool stop;
static atomic_long turns, wrong;

static double expected_sum;

static double computed(void)
{
    double total = -1;
    LS_SCOPE {
        ls_array *x = ls_arange(3000.0);
        if (ls_item(ls_sum(ls_mul(ls_sqrt(x), 3)), &total)) total = -1;
    }
    return total;
}

/* As many ways into the layer as there are. */
static bool turn(int k)
{
    bool well = true;
    LS_SCOPE {
        double numbers[600], back[600] = {0};
        for (int i = 0; i < 600; i++) numbers[i] = i + k;
        ls_array *x = ls_from_host(numbers, LS_SHAPE(20, 30));
        well &= ls_to_host(ls_transpose(ls_transpose(ls_add(x, 1))), back, 600) == LS_OK && back[7] == numbers[7] + 1;
        well &= ls_to_host(ls_cumulative_sum(ls_at(x, "0")), back, 30) == LS_OK && back[1] == 2 * k + 1;
        well &= ls_to_host(ls_matmul(x, ls_transpose(x)), back, 400) == LS_OK;
        well &= computed() == expected_sum;
        ls_stream *stream = ls_stream_new((ls_device){0});
        LS_STREAM(stream) well &= ls_evaluate(ls_exp(x)) == LS_OK;
        ls_stream_free(stream);
    }
    return well;
}

static void *worker(void *context)
{
    for (int k = 0; !stop; k++) {
        wrong += !turn(k % 100 + (int)(intptr_t)context);
        turns++;
    }
    return NULL;
}

typedef struct taken {
    ls_array *stored, *pending, *freed;
    ls_stream *stream;
    ls_event *event;
} taken;

static int fail(const char *what)
{
    fprintf(stderr, "child: %s; the library says: %s\n", what, ls_error_message());
    return 1;
}
#define EXPECT(condition)                                                                                              \
    if (!(condition)) return fail(#condition)

static int child(const taken *t)
{
    double number, many[1000];
    EXPECT(ls_item(ls_sum(t->stored), &number) == LS_EFORKED);
    ls_free(t->freed);
    EXPECT(ls_reinit_after_fork() == LS_OK);
    EXPECT(ls_device_in_use().id == LS_HOST.id);
    EXPECT(ls_item(ls_sum(ls_arange(100)), &number) == LS_OK && number == 4950);
    EXPECT(computed() == expected_sum);
    const ls_status status = ls_evaluate(t->pending); /* there may be no cached memory for it */
    EXPECT(status == LS_ENOMEM || (status == LS_EDEVICE && strstr(ls_error_message(), "stayed with the parent")));
    EXPECT(ls_item(ls_max(t->stored), &number) != LS_OK);
    EXPECT(ls_to_host(t->stored, many, 1000) == LS_EDEVICE && strstr(ls_error_message(), "stayed with the parent"));
    EXPECT(ls_sort(t->stored) == NULL && (ls_error() == LS_EDEVICE || ls_error() == LS_ENOMEM));
    ls_clear_error();
    EXPECT(ls_evaluate(ls_cumulative_sum(t->stored)) != LS_OK);
    EXPECT(ls_stream_sync(t->stream) == LS_EDEVICE);
    ls_stream_free(t->stream);
    ls_event_free(t->event);
    ls_free(t->stored);
    ls_free(t->pending);
    return 0;
}

static int wait_for(pid_t pid)
{
    int status = 0;
    if (waitpid(pid, &status, 0) != pid) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void fork_often(int times)
{
    int hung = 0, failed = 0;
    for (int k = 0; k < times; k++) LS_SCOPE {
        taken t = {ls_add(ls_arange(1000.0), k), ls_mul(ls_arange(500.0), 2), ls_ones(LS_SHAPE(1 << 16)),
                   ls_stream_new((ls_device){0}), ls_event_new((ls_device){0})};
        double number;
        CHECK(ls_evaluate(t.stored) == LS_OK && ls_evaluate(t.freed) == LS_OK);
        CHECK(ls_event_record(t.event, t.stream) == LS_OK);
        const pid_t pid = fork();
        if (pid == 0) {
            alarm(SECONDS_OF_A_CHILD);
            const int result = child(&t);
#ifdef __SANITIZE_ADDRESS__
            _exit(result); /* looking for leaks in a child without its threads does not end */
#endif
            exit(result); /* with all that an end of a process does */
        }
        const int status = wait_for(pid);
        hung += status == -SIGALRM;
        failed += status != 0;
        CHECK(ls_item(ls_sum(t.stored), &number) == LS_OK && number == 499500 + 1000.0 * k);
        ls_stream_free(t.stream);
        ls_event_free(t.event);
    }
    CHECK_EQ_INT(hung, 0);
    CHECK_EQ_INT(failed, 0);
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    if (ls_device_in_use().id == LS_HOST.id) return puts("no device"), 77;
    expected_sum = computed();
    for (int k = 0; k < THREADS; k++) pthread_create(&threads[k], NULL, worker, (void *)(intptr_t)k);
    fork_often(argc > 1 ? atoi(argv[1]) : 40);
    stop = true;
    for (int k = 0; k < THREADS; k++) pthread_join(threads[k], NULL);
    CHECK_EQ_INT(wrong, 0);
    printf("%ld turns of the other threads meanwhile\n", turns);
    CHECK(turns > THREADS);
    return check_report();
}
