/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A program that forks: before it used the library, after, after an OpenMP team of its own, while other threads compute,
 * and again in a child. Children must answer within a minute: a hang ends them with SIGALRM. */
#include <lockstep.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int passed, failed;

#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s; the library says: %s\n", __FILE__, __LINE__, #condition, ls_error_message());  \
            return 1;                                                                                                  \
        }                                                                                                              \
    } while (0)

/* Large enough for a team of threads. */
static double total_of(int seed, int mode)
{
    double total = -1;
    LS_SCOPE {
        ls_rng *rng = ls_rng_new(seed);
        ls_array *x = ls_random(rng, LS_SHAPE(600, 600));
        ls_array *p = mode < 0 ? ls_sin(x) : ls_matmul(x, x, .mode = (ls_matmul_mode)mode);
        if (ls_item(ls_sum(p), &total)) total = -1;
    }
    return total;
}

static double expected_sum, expected_exact;
static ls_array *stored, *pending;
/* What all compute at once. The slot is replaced while others read it, so it has a lock, and whoever takes the array out
 * holds on to it. The lock is the program's: the child of a fork, which may find it taken for ever, does not use it. */
static pthread_mutex_t shared_lock = PTHREAD_MUTEX_INITIALIZER;
static ls_array *shared_work;
static char saved[16384];
static size_t saved_bytes;
static atomic_bool stop;

/* --- what children do; 0 is good --- */

static int works_at_once(void)
{
    EXPECT(ls_reinit_after_fork() == LS_OK); /* not needed, no harm */
    EXPECT(total_of(1, -1) > 0);
    EXPECT(total_of(1, LS_MATMUL_FAST) > 0);
    return 0;
}

static int says_that_it_was_forked(void)
{
    double number;
    EXPECT(ls_item(ls_sum(stored), &number) == LS_EFORKED);
    EXPECT(strstr(ls_error_message(), "ls_reinit_after_fork") && strstr(ls_error_message(), "app.c:"));
    EXPECT(ls_zeros(LS_SHAPE(3)) == NULL && ls_error() == LS_EFORKED);
    EXPECT(ls_evaluate(pending) == LS_EFORKED);
    EXPECT(ls_assign(stored, 1) == LS_EFORKED);
    EXPECT(ls_to_host(stored, &number, 1) == LS_EFORKED);
    EXPECT(ls_save("/dev/null", stored) == LS_EFORKED);
    EXPECT(ls_sync() == LS_EFORKED);
    EXPECT(ls_load_memory(saved, saved_bytes) == NULL && ls_error() == LS_EFORKED);
    ls_rng *rng = ls_rng_new(1);
    EXPECT(ls_random(rng, LS_SHAPE(3)) == NULL && ls_error() == LS_EFORKED);
    EXPECT(ls_eval("stored + 1", stored) == NULL && ls_error() == LS_EFORKED);
    ls_clear_error();
    EXPECT(ls_device_count() == 0);
    return 0;
}

static int works_after_saying_so(void)
{
    if (says_that_it_was_forked()) return 1;
    ls_clear_error();
    EXPECT(ls_reinit_after_fork() == LS_OK);
    EXPECT(ls_num_threads() == 1); /* the parent had a team */
    EXPECT(total_of(1, -1) == expected_sum);
    EXPECT(total_of(1, LS_MATMUL_EXACT) == expected_exact);
    EXPECT(total_of(1, LS_MATMUL_FAST) > 0);
    double number;
    EXPECT(ls_item(ls_sum(stored), &number) == LS_OK && number == 1000);
    EXPECT(ls_item(ls_sum(pending), &number) == LS_OK && number == 2000);
    EXPECT(ls_assign(stored, 3) == LS_OK); /* the child's own copy */
    EXPECT(ls_item(ls_sum(stored), &number) == LS_OK && number == 3000);
    ls_free(pending);
    ls_set_num_threads(4);
    EXPECT(total_of(1, -1) == expected_sum);
    return 0;
}

static int child(int (*body)(void));

static int forks_again(void)
{
    EXPECT(ls_reinit_after_fork() == LS_OK);
    EXPECT(total_of(1, -1) == expected_sum);
    return child(works_after_saying_so);
}

static int computes_what_others_were_computing(void)
{
    EXPECT(ls_reinit_after_fork() == LS_OK);
    double number;
    EXPECT(ls_item(ls_sum(shared_work), &number) == LS_OK);
    if (!(number > 1500 * 1000)) { /* each element is exp of a number in [0, 1) */
        fprintf(stderr, "a child's total of what others were computing is %g\n", number);
        return 1;
    }
    EXPECT(total_of(1, -1) == expected_sum);
    return 0;
}

static int child(int (*body)(void))
{
    fflush(NULL);
    const pid_t pid = fork();
    if (pid == 0) {
        alarm(60);
        _exit(body());
    }
    int status = -1;
    waitpid(pid, &status, 0);
    if (WIFSIGNALED(status)) fprintf(stderr, "a child ended by signal %d\n", WTERMSIG(status));
    return status;
}

static void check(const char *what, int good)
{
    *(good ? &passed : &failed) += 1;
    if (!good) fprintf(stderr, "failed: %s\n", what);
}

/* --- other threads, which compute, make and free all the time --- */

static void evaluate_shared_work(void)
{
    pthread_mutex_lock(&shared_lock);
    ls_array *work = ls_retain(shared_work);
    pthread_mutex_unlock(&shared_lock);
    if (ls_evaluate(work)) ls_perror("thread");
    ls_release(work);
}

static void *computes(void *seed)
{
    while (!atomic_load(&stop)) {
        LS_SCOPE {
            double number;
            ls_array *x = ls_full(LS_SHAPE(300, 300), *(int *)seed);
            if (ls_item(ls_sum(ls_sqrt(x)), &number)) ls_perror("thread");
            evaluate_shared_work();
        }
    }
    return NULL;
}

static void fork_while_others_compute(void)
{
    enum { THREADS = 3, FORKS = 20 };
    pthread_t threads[THREADS];
    int seeds[THREADS] = {1, 2, 3}, good = 0;
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, computes, &seeds[i]);
    for (int i = 0; i < FORKS; i++) {
        ls_rng *rng = ls_rng_new(i);
        ls_array *fresh = ls_random(rng, LS_SHAPE(1500, 1000)); /* in the making when the fork comes, now and then */
        pthread_mutex_lock(&shared_lock);
        ls_set(&shared_work, ls_exp(fresh));
        pthread_mutex_unlock(&shared_lock);
        usleep(1000);
        good += child(computes_what_others_were_computing) == 0;
    }
    atomic_store(&stop, true);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    check("forks while other threads compute", good == FORKS);
}

/* --- */

static void team_of_our_own(void)
{
    atomic_int members = 0;
#pragma omp parallel num_threads(3)
    atomic_fetch_add(&members, 1);
    check("a team of our own", atomic_load(&members) > 0);
}

int main(void)
{
    check("before the first use", child(works_at_once) == 0);
    team_of_our_own();
    check("before the first use, with a team of our own", child(works_at_once) == 0);

    expected_sum = total_of(1, -1);
    expected_exact = total_of(1, LS_MATMUL_EXACT);
    check("totals", expected_sum > 0 && expected_exact > 0 && total_of(1, LS_MATMUL_FAST) > 0);
    stored = ls_ones(LS_SHAPE(1000));
    if (ls_save_memory(stored, saved, sizeof saved, &saved_bytes)) return ls_perror("stored");
    pending = ls_mul(stored, 2);
    check("after the first use", child(works_after_saying_so) == 0);
    check("a child of a child", child(forks_again) == 0);

    double number = 0;
    check("the parent's arrays", !ls_item(ls_sum(pending), &number) && number == 2000);
    check("the parent computes", total_of(1, -1) == expected_sum && ls_reinit_after_fork() == LS_OK);

    shared_work = ls_keep(ls_ones(LS_SHAPE(3)));
    fork_while_others_compute();
    check("the parent after all that", total_of(1, LS_MATMUL_EXACT) == expected_exact);
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
