/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Threads, the floating-point state they run under, and their scratch memory. The only file that knows OpenMP. Decides
 * how many threads there are; leaves what they do to the callers. */
#include "host/parallel.h"
#include "host/fp_state.h"
#include "memory/prim.h"
#include <errno.h>
#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#if defined(__has_include)
#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#define LSI_KNOWS_SINGLE_THREADED 1
#endif
#endif

/* ---- how many ---- */

static _Atomic int forced;
static int configured;

/* The child of a process with threads may have inherited an OpenMP team on paper, ours or the user's: a region would
 * wait for threads that do not exist, for ever, and nobody can be asked whether there is one. So such a child works on
 * one thread. The child of a process with a single thread has no team and keeps all of its freedom. */
static _Atomic bool had_threads, no_team;

static void before_fork(void)
{
#if LSI_KNOWS_SINGLE_THREADED
    atomic_store(&had_threads, !__libc_single_threaded);
#else
    atomic_store(&had_threads, true);
#endif
}

static void in_child(void)
{
    if (atomic_load(&had_threads)) atomic_store(&no_team, true);
}

/* At loading: the first fork may come before the first call. */
__attribute__((constructor)) static void watch_forks(void)
{
    pthread_atfork(before_fork, NULL, in_child);
}

/* A whole decimal number of 1 to 4096 and nothing else; otherwise 0. */
static int number_in(const char *text)
{
    if (!text || *text < '0' || *text > '9') return 0;
    char *end;
    errno = 0;
    const long value = strtol(text, &end, 10);
    return errno == 0 && *end == '\0' && value >= 1 && value <= 4096 ? (int)value : 0;
}

static void configure(void)
{
    const int wanted = number_in(secure_getenv("LOCKSTEP_NUM_THREADS"));
    const lsi_topology *t = lsi_topology_get();
    /* A runtime told to bind threads (OMP_PROC_BIND) has bound this one by now: the topology sees the one place that it
     * was given, the runtime knows them all. */
    const int places = omp_get_proc_bind() == omp_proc_bind_false ? 0 : omp_get_num_places();
    const int cores = places > t->cores ? places : t->cores;
    const int allowed = t->quota > 0 && t->quota < cores ? t->quota : cores;
    /* What holds for every OpenMP program of the user's holds here; otherwise the runtime's number is no one's wish. */
    const int openmp = secure_getenv("OMP_NUM_THREADS") ? omp_get_max_threads() : 0;
    configured = wanted ? wanted : openmp > 0 ? openmp : allowed;
}

int lsi_parallel_threads(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure);
    if (omp_in_parallel() || atomic_load_explicit(&no_team, memory_order_relaxed)) return 1;
    const int number = atomic_load_explicit(&forced, memory_order_relaxed);
    return number > 0 ? number : configured;
}

void lsi_parallel_force(int threads)
{
    atomic_store(&forced, threads > 0 ? threads : 0);
}

/* A region costs about 0.6 us when the team is awake: two threads pay from about 2 us of work, and each further one
 * wants some more to do. */
int lsi_parallel_worth(int64_t work, double nanoseconds)
{
    const double all = (double)work * nanoseconds;
    if (all < 2000.0) return 1;
    const int threads = lsi_parallel_threads();
    const double useful = all / 1000.0;
    return useful < (double)threads ? (int)useful : threads;
}

void lsi_parallel_run(int threads, void (*body)(int thread, int threads, void *context), void *context)
{
    if (threads > 1) {
        const int most = lsi_parallel_threads();
        if (threads > most) threads = most;
    }
    if (threads <= 1) {
        const lsi_fp_state state = lsi_fp_enter();
        body(0, 1, context);
        lsi_fp_leave(state);
        return;
    }
#pragma omp parallel num_threads(threads)
    {
        const lsi_fp_state state = lsi_fp_enter();
        body(omp_get_thread_num(), omp_get_num_threads(), context);
        lsi_fp_leave(state);
    }
}

void lsi_parallel_part(int64_t count, int64_t grain, int thread, int threads, int64_t *begin, int64_t *end)
{
    const int64_t grains = count / grain + (count % grain != 0);
    const int64_t each = grains / threads, more = grains % threads;
    const int64_t first = each * thread + (thread < more ? thread : more);
    const int64_t last = first + each + (thread < more);
    *begin = first * grain;
    *end = last >= grains ? count : last * grain;
    if (first >= grains) *begin = count;
}

/* ---- scratch ---- */

enum { SCRATCH_ALIGNMENT = 64 };

typedef struct scratch_block {
    void *raw;
    char *aligned;
    size_t bytes;
} scratch_block;

typedef struct scratch {
    scratch_block slot[LSI_SCRATCH_COUNT];
} scratch;

static _Thread_local scratch *own_scratch;
static pthread_key_t scratch_key;
static bool scratch_key_made;

static void free_scratch(void *pointer)
{
    scratch *s = pointer;
    for (int slot = 0; slot < LSI_SCRATCH_COUNT; slot++)
        lsi_dealloc(s->slot[slot].raw);
    lsi_dealloc(s);
    own_scratch = NULL;
}

static void make_scratch_key(void)
{
    scratch_key_made = pthread_key_create(&scratch_key, free_scratch) == 0;
}

/* Without a key that frees it at the thread's end there is no scratch: a leak per thread would be worse. */
static scratch *make_scratch(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_scratch_key);
    if (!scratch_key_made) return NULL;
    scratch *s = lsi_alloc(1, sizeof *s);
    if (s && pthread_setspecific(scratch_key, s) != 0) {
        lsi_dealloc(s);
        s = NULL;
    }
    own_scratch = s;
    return s;
}

void *lsi_scratch(lsi_scratch_slot slot, size_t bytes)
{
    scratch *s = own_scratch ? own_scratch : make_scratch();
    if (!s) return NULL;
    scratch_block *block = &s->slot[slot];
    if (bytes > block->bytes || !block->raw) {
        const size_t wanted = bytes < 4096 ? 4096 : bytes;
        if (wanted > SIZE_MAX - SCRATCH_ALIGNMENT) return NULL;
        void *raw = lsi_alloc(wanted + SCRATCH_ALIGNMENT, 1);
        if (!raw) return NULL;
        lsi_dealloc(block->raw);
        block->raw = raw;
        block->aligned = (char *)(((uintptr_t)raw + SCRATCH_ALIGNMENT - 1) & ~(uintptr_t)(SCRATCH_ALIGNMENT - 1));
        block->bytes = wanted;
    }
    return block->aligned;
}
