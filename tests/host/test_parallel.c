/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Threads of the host path: parts cover, regions nest, a forked child does not hang, the floating-point state is set
 * and restored, scratch persists, callbacks report the lowest failure, the environment is read strictly. */
#include "backend.h"
#include "host/isa.h"
#include "host/parallel.h"
#include "host/plan.h"
#include "support/check.h"
#include <fenv.h>
#include <omp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(parts_cover_once)
{
    static const int64_t counts[] = {0, 1, 2, 7, 64, 100, 1000, 4097, INT64_MAX};
    static const int64_t grains[] = {1, 3, 64, 1000};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        for (size_t g = 0; g < sizeof grains / sizeof *grains; g++)
            for (int threads = 1; threads <= 9; threads++) {
                int64_t expected = 0;
                bool good = true;
                for (int t = 0; t < threads; t++) {
                    int64_t begin, end;
                    lsi_parallel_part(counts[c], grains[g], t, threads, &begin, &end);
                    good &= begin == expected && end >= begin && end <= counts[c];
                    good &= end == counts[c] || end % grains[g] == 0;
                    expected = end;
                }
                CHECK(good && expected == counts[c]);
            }
}

typedef struct tally {
    _Atomic int bodies, nested_threads, sum;
} tally;

static void inner_body(int thread, int threads, void *context)
{
    tally *t = context;
    (void)thread;
    atomic_fetch_add(&t->nested_threads, threads);
}

static void outer_body(int thread, int threads, void *context)
{
    tally *t = context;
    atomic_fetch_add(&t->bodies, 1);
    atomic_fetch_add(&t->sum, thread);
    if (threads > 1) CHECK_EQ_INT(lsi_parallel_threads(), 1);
    lsi_parallel_run(4, inner_body, t);
}

TEST(regions_nest)
{
    for (int threads = 1; threads <= 4; threads++) {
        lsi_parallel_force(threads);
        tally t = {0};
        lsi_parallel_run(threads, outer_body, &t);
        CHECK(t.bodies >= 1 && t.bodies <= threads);
        CHECK_EQ_INT(t.sum, t.bodies * (t.bodies - 1) / 2);
        if (t.bodies > 1) CHECK_EQ_INT(t.nested_threads, t.bodies);
    }
    lsi_parallel_force(0);
    CHECK(lsi_parallel_threads() >= 1);
    CHECK_EQ_INT(lsi_parallel_worth(10, 1.0), 1);
    CHECK(lsi_parallel_worth(1000000, 1.0) >= 1);
}

static void third_body(int thread, int threads, void *context)
{
    (void)thread;
    (void)threads;
    volatile double one = 1.0, three = 3.0, tiny = 1e-310;
    *(double *)context = one / three;
    CHECK(tiny * 0.5 != 0.0);
}

TEST(rounding_is_set_and_restored)
{
    double nearest = 0, third = 0;
    lsi_parallel_run(1, third_body, &nearest);
    fesetround(FE_UPWARD);
    lsi_parallel_run(1, third_body, &third);
    CHECK_EQ_INT(fegetround(), FE_UPWARD);
    CHECK_EQ_DOUBLE(third, nearest);
    lsi_parallel_force(2);
    lsi_parallel_run(2, third_body, &third);
    CHECK_EQ_INT(fegetround(), FE_UPWARD);
    CHECK_EQ_DOUBLE(third, nearest);
    lsi_parallel_force(0);
#if defined(__x86_64__)
    fesetround(FE_TONEAREST);
    const unsigned before = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(before | 0x8040u); /* flush to zero, denormals are zero */
    lsi_parallel_run(1, third_body, &third);
    CHECK_EQ_INT(__builtin_ia32_stmxcsr() & 0x8040u, 0x8040u);
    __builtin_ia32_ldmxcsr(before);
#endif
    fesetround(FE_TONEAREST);
}

TEST(scratch_persists)
{
    char *a = lsi_scratch(LSI_SCRATCH_REDUCE, 100);
    if (!CHECK(a != NULL)) return;
    CHECK_EQ_INT((uintptr_t)a % 64, 0);
    a[99] = 7;
    CHECK(lsi_scratch(LSI_SCRATCH_REDUCE, 50) == a);
    CHECK_EQ_INT(a[99], 7);
    char *b = lsi_scratch(LSI_SCRATCH_SCAN, 100);
    CHECK(b != NULL && b != a);
    char *big = lsi_scratch(LSI_SCRATCH_REDUCE, 1 << 20);
    CHECK(big != NULL && (uintptr_t)big % 64 == 0);
    CHECK(lsi_scratch(LSI_SCRATCH_REDUCE, 100) == big);
}

static void *use_scratch(void *unused)
{
    (void)unused;
    return lsi_scratch(LSI_SCRATCH_STRIP, 5000) ? (void *)1 : NULL;
}

TEST(scratch_goes_with_its_thread)
{
    const int64_t before = lsi_alloc_live();
    for (int i = 0; i < 10; i++) {
        pthread_t thread;
        void *good = NULL;
        if (!CHECK(pthread_create(&thread, NULL, use_scratch, NULL) == 0)) return;
        pthread_join(thread, &good);
        CHECK(good != NULL);
    }
    CHECK_EQ_INT(lsi_alloc_live(), before);
}

/* Runs `child` in a fork; its exit status, -1 if it had to be killed after ten seconds. */
static int in_fork(int (*child)(void))
{
    fflush(stdout);
    const pid_t pid = fork();
    if (pid == 0) _exit(child());
    for (int tick = 0; tick < 1000; tick++) {
        int status;
        if (waitpid(pid, &status, WNOHANG) == pid) return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
        usleep(10000);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return -1;
}

static void count_body(int thread, int threads, void *context)
{
    (void)thread;
    (void)threads;
    atomic_fetch_add((_Atomic int *)context, 1);
}

static int child_runs(void)
{
    _Atomic int bodies = 0;
    lsi_parallel_run(2, count_body, &bodies);
    return bodies == 1 ? 0 : 1;
}

TEST(a_forked_child_runs_on_its_own)
{
    lsi_parallel_force(2);
    _Atomic int bodies = 0;
    lsi_parallel_run(2, count_body, &bodies);
    CHECK_EQ_INT(in_fork(child_runs), 0);
    lsi_parallel_run(2, count_body, &bodies);
    CHECK(bodies >= 2);
    lsi_parallel_force(0);
}

/* ---- the environment, each in a process of its own because it is read once ---- */

static const char *number;
static int threads_with_number(void)
{
    unsetenv("OMP_NUM_THREADS");
    setenv("LOCKSTEP_NUM_THREADS", number, 1);
    return lsi_parallel_threads();
}
/* The runtime read the variable when it was loaded; what it would have understood is told to it. */
static int threads_with_openmp(void)
{
    setenv("OMP_NUM_THREADS", "5,2", 1);
    omp_set_num_threads(5);
    return lsi_parallel_threads();
}
static int threads_with_both(void)
{
    setenv("LOCKSTEP_NUM_THREADS", "3", 1);
    return threads_with_openmp();
}

static const char *isa_text;
static int isa_with_text(void)
{
    setenv("LOCKSTEP_ISA", isa_text, 1);
    return (int)lsi_isa_current();
}

TEST(the_environment_is_read_strictly)
{
    const lsi_topology *t = lsi_topology_get();
    const int cores = t->quota > 0 && t->quota < t->cores ? t->quota : t->cores;
    static const struct { const char *text; int expected; } numbers[] = {
        {"3", 3}, {"1", 1}, {"0", 0}, {"-1", 0}, {"2x", 0}, {"", 0}, {" 2", 0}, {"0x2", 0},
        {"99999999999999", 0}, {"1e1", 0}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        number = numbers[i].text;
        CHECK_EQ_INT(in_fork(threads_with_number), numbers[i].expected ? numbers[i].expected : cores);
    }
    CHECK_EQ_INT(in_fork(threads_with_openmp), 5);
    CHECK_EQ_INT(in_fork(threads_with_both), 3);
    isa_text = lsi_isa_name(LSI_ISA_BASELINE);
    CHECK_EQ_INT(in_fork(isa_with_text), LSI_ISA_BASELINE);
    isa_text = "AVX2";
    CHECK_EQ_INT(in_fork(isa_with_text), lsi_isa_best());
    isa_text = "avx512";
    CHECK_EQ_INT(in_fork(isa_with_text), lsi_isa_best());
}

/* ---- the backend ---- */

typedef struct loop_context {
    _Atomic int64_t done, calls;
    int64_t grain, fail_from;
} loop_context;

static int loop_body(int64_t begin, int64_t end, void *context)
{
    loop_context *c = context;
    atomic_fetch_add(&c->calls, 1);
    for (int64_t i = begin; i < end; i++) {
        if (i >= c->fail_from) return (int)(i - c->fail_from) + 1;
        atomic_fetch_add(&c->done, 1);
    }
    return 0;
}

TEST(parallel_loops_report_the_lowest_failure)
{
    lsi_backend *cpu = lsi_host_backend_new();
    if (!CHECK(cpu != NULL)) return;
    for (int threads = 1; threads <= 4; threads++) {
        lsi_parallel_force(threads);
        loop_context all = {.fail_from = INT64_MAX};
        CHECK_EQ_INT(cpu->parallel(cpu, 10007, 10, loop_body, &all), 0);
        CHECK_EQ_INT(all.done, 10007);
        loop_context some = {.fail_from = 5000};
        CHECK_EQ_INT(cpu->parallel(cpu, 10007, 1, loop_body, &some), 1);
        CHECK(some.done >= 5000);
        CHECK_EQ_INT(cpu->parallel(cpu, 0, 1, loop_body, &some), 0);
    }
    lsi_parallel_force(0);
    lsi_host_backend_delete(cpu);
}

TEST(memory_goes_up_and_down)
{
    lsi_backend *cpu = lsi_host_backend_new();
    if (!CHECK(cpu != NULL)) return;
    static const size_t sizes[] = {1, 63, 1000, 100000, 5000000};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        const size_t bytes = sizes[k];
        unsigned char *from = malloc(bytes), *back = calloc(1, bytes), *middle = malloc(bytes + 3);
        for (size_t i = 0; i < bytes; i++)
            from[i] = (unsigned char)(i * 31 + i / 251);
        lsi_buffer buffer = {.backend = cpu, .address = middle, .bytes = bytes + 3};
        lsi_ticket done;
        CHECK_STATUS(cpu->upload(cpu, &buffer, 3, from, bytes, &done), LS_OK);
        CHECK_STATUS(cpu->wait(cpu, done), LS_OK);
        CHECK_STATUS(cpu->download(cpu, &buffer, 3, back, bytes), LS_OK);
        CHECK(memcmp(from, back, bytes) == 0);
        free(from);
        free(back);
        free(middle);
    }
    lsi_host_backend_delete(cpu);
}

static void count_line(void *context, const char *key, const char *value)
{
    CHECK(key && *key && value && *value);
    ++*(int *)context;
}

TEST(it_describes_itself)
{
    lsi_backend *cpu = lsi_host_backend_new();
    if (!CHECK(cpu != NULL)) return;
    int lines = 0;
    cpu->describe(cpu, count_line, &lines);
    CHECK(lines >= 10);
    CHECK_STR(cpu->name, "cpu");
    const lsi_topology *t = lsi_topology_get();
    CHECK(t->cores >= 1 && t->processing_units >= t->cores && t->binding[0] != '\0');
    lsi_host_backend_delete(cpu);
}

int main(void)
{
    RUN(the_environment_is_read_strictly); /* first: nothing is decided yet */
    RUN(parts_cover_once);
    RUN(regions_nest);
    RUN(rounding_is_set_and_restored);
    RUN(scratch_persists);
    RUN(scratch_goes_with_its_thread);
    RUN(a_forked_child_runs_on_its_own);
    RUN(parallel_loops_report_the_lowest_failure);
    RUN(memory_goes_up_and_down);
    RUN(it_describes_itself);
    return check_report();
}
