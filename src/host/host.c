/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The host as a backend: fills the contract of src/backend.h. Every entry runs to its end before it returns, so tickets
 * are always "done already". Leaves the work to map.c, reduce.c, scan.c and matmul.c. */
#include "backend.h"
#include "core/error.h"
#include "host/blas.h"
#include "host/isa.h"
#include "host/matmul.h"
#include "host/parallel.h"
#include "host/plan.h"
#include "host/sort.h"
#include "host/strip.h"
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static const lsi_ticket done_already = {0, 0};

static ls_status host_run(lsi_backend *backend, const lsi_program *program, lsi_ticket *done)
{
    (void)backend;
    *done = done_already;
    return program->nreduction > 0 ? lsi_host_reduce(program) : lsi_host_map(program);
}

static ls_status host_scan(lsi_backend *backend, const lsi_scan *scan, lsi_ticket *done)
{
    (void)backend;
    *done = done_already;
    return lsi_host_scan(scan);
}

static ls_status host_matmul(lsi_backend *backend, const lsi_matmul *matmul, lsi_ticket *done)
{
    (void)backend;
    *done = done_already;
    return lsi_host_matmul(matmul);
}

/* ---- copies ---- */

typedef struct copy_job {
    char *to;
    const char *from;
    size_t bytes;
    bool stream;
} copy_job;

static void copy_part(int thread, int threads, void *context)
{
    const copy_job *job = context;
    const lsi_moves *moves = lsi_loops_get()->moves;
    int64_t begin, end;
    lsi_parallel_part((int64_t)job->bytes, 4096, thread, threads, &begin, &end);
    if (begin >= end) return;
    if (job->stream) {
        moves->stream((size_t)(end - begin), job->from + begin, job->to + begin, NULL);
        moves->stream_fence();
    } else {
        memcpy(job->to + begin, job->from + begin, (size_t)(end - begin));
    }
}

static void copy(void *to, const void *from, size_t bytes)
{
    copy_job job = {to, from, bytes, lsi_beyond_cache(2.0 * (double)bytes)};
    lsi_parallel_run(lsi_parallel_worth((int64_t)bytes, 0.05), copy_part, &job);
}

static ls_status host_upload(lsi_backend *backend, lsi_buffer *to, size_t offset, const void *host, size_t bytes,
                             lsi_ticket *done)
{
    (void)backend;
    *done = done_already;
    if (bytes > 0) copy((char *)to->address + offset, host, bytes);
    return LS_OK;
}

static ls_status host_download(lsi_backend *backend, const lsi_buffer *from, size_t offset, void *host, size_t bytes)
{
    (void)backend;
    if (bytes > 0) copy(host, (const char *)from->address + offset, bytes);
    return LS_OK;
}

static ls_status host_wait(lsi_backend *backend, lsi_ticket ticket)
{
    (void)backend;
    (void)ticket;
    return LS_OK;
}

/* ---- parallel loops of callbacks ---- */

typedef struct range_job {
    int64_t count, each, ranges;
    lsi_range_fn fn;
    void *context;
    _Atomic int64_t next;    /* range to hand out */
    _Atomic int64_t failed;  /* lowest range that failed; `ranges` when none has */
    int *result;             /* of that range; written under `lock` */
    atomic_flag lock;
} range_job;

static void note_failure(range_job *job, int64_t range, int result)
{
    while (atomic_flag_test_and_set_explicit(&job->lock, memory_order_acquire)) {
    }
    if (range < atomic_load(&job->failed)) {
        atomic_store(&job->failed, range);
        *job->result = result;
    }
    atomic_flag_clear_explicit(&job->lock, memory_order_release);
}

/* Ranges are handed out from the lowest up, so when one fails all lower ones are done or under way. */
static void range_part(int thread, int threads, void *context)
{
    range_job *job = context;
    (void)thread;
    (void)threads;
    for (;;) {
        const int64_t range = atomic_fetch_add(&job->next, 1);
        if (range >= job->ranges || range > atomic_load(&job->failed)) return;
        const int64_t begin = range * job->each;
        const int64_t end = job->count - begin < job->each ? job->count : begin + job->each;
        const int result = job->fn(begin, end, job->context);
        if (result != 0) note_failure(job, range, result);
    }
}

static int host_parallel(lsi_backend *backend, int64_t count, int64_t grain, lsi_range_fn fn, void *context)
{
    (void)backend;
    if (count <= 0) return 0;
    int result = 0;
    const int threads = lsi_parallel_threads();
    const int64_t wanted = count / ((int64_t)threads * 16);
    const int64_t each = wanted > grain ? wanted : grain > 0 ? grain : 1;
    const int64_t ranges = count / each + (count % each != 0);
    range_job job = {.count = count, .each = each, .ranges = ranges, .fn = fn, .context = context, .failed = ranges,
                     .result = &result, .lock = ATOMIC_FLAG_INIT};
    lsi_parallel_run(ranges < threads ? (int)ranges : threads, range_part, &job);
    return result;
}

/* ---- what there is ---- */

static void put_number(void (*put)(void *, const char *, const char *), void *context, const char *key, long long value)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", value);
    put(context, key, text);
}

static void host_describe(lsi_backend *backend, void (*put)(void *context, const char *key, const char *value),
                          void *context)
{
    (void)backend;
    const lsi_topology *t = lsi_topology_get();
    put(context, "isa", lsi_isa_name(lsi_isa_current()));
    put_number(put, context, "threads", lsi_parallel_threads());
    put_number(put, context, "cores", t->cores);
    put_number(put, context, "processing units", t->processing_units);
    put(context, "processing units of this process", t->binding);
    put_number(put, context, "NUMA nodes", t->numa_nodes);
    put_number(put, context, "L1 bytes", (long long)t->l1_bytes);
    put_number(put, context, "L2 bytes", (long long)t->l2_bytes);
    put_number(put, context, "L3 bytes", (long long)t->l3_bytes);
    put_number(put, context, "memory bytes", (long long)t->memory_bytes);
    put(context, "BLAS", lsi_blas_description());
    if (t->quota > 0) put_number(put, context, "processors allowed by the control group", t->quota);
    lsi_topology other;
    char text[96] = "not built in, or not working: the topology is the system's own";
    if (lsi_topology_ask_hwloc(&other))
        snprintf(text, sizeof text, "%d cores, %d processing units, %d NUMA nodes", other.cores, other.processing_units,
                 other.numa_nodes);
    put(context, "hwloc", text);
}

lsi_backend *lsi_host_backend_new(void)
{
    lsi_backend *backend = lsi_alloc(1, sizeof *backend);
    if (!backend) return NULL;
    *backend = (lsi_backend){
        .abi_version = LSI_BACKEND_ABI,
        .name = "cpu",
        .run = host_run,
        .scan = host_scan,
        .matmul = host_matmul,
        .upload = host_upload,
        .download = host_download,
        .wait = host_wait,
        .parallel = host_parallel,
        .describe = host_describe,
        .sort = lsi_host_sort,
        .direct_accept = lsi_host_direct_accept,
        .direct = lsi_host_direct,
        .brief_loop = lsi_host_brief_loop,
        .brief = lsi_host_brief,
        .brief_fill = lsi_host_brief_fill,
    };
    backend->pool = lsi_pool_new(lsi_prim_host());
    if (!backend->pool) {
        lsi_dealloc(backend);
        return NULL;
    }
    return backend;
}

void lsi_host_backend_delete(lsi_backend *backend)
{
    if (!backend) return;
    lsi_pool_delete(backend->pool);
    lsi_dealloc(backend);
}
