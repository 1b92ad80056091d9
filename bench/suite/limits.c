/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The worker that answers with limits: how fast this machine does a row's memory traffic, or its floating-point
 * operations, when nothing else is to be done. The limit is the fastest of all variants there are: each instruction
 * set's stores, ordinary and past the caches, `rep stosb` where zeros are written, and one thread instead of all where
 * the arrays are small.
 *
 * Models: stream:R1,R2,R3:W    reads R1 .. R3 bytes and writes W bytes per element (R and W sizes of numbers)
 *         zero:W               writes zeros
 *         fma64:F fma32:F      F floating-point operations in all */
#include "limits.h"
#include "worker.h"
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

typedef double (*pass_fn)(const pass *p);

typedef struct task {
    pass whole;
    pass_fn body; /* NULL: zeros */
    int threads;
    double flops; /* > 0: FMA, of floats when `narrow` */
    double scale; /* what the row asks for, in calls: more flops than MOST_FLOPS are not run */
    bool narrow;
    double known; /* seconds of a call */
    volatile double sink;
} task;

enum { MOST_VARIANTS = 8 };
static task variants[MOST_VARIANTS];
static int variant_count;

/* The kernels of the widest instruction set there is first. */
static const limit_kernels *tables[3];
static int table_count;

static void find_tables(void)
{
#if defined(LIMITS_X86)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) tables[table_count++] = &limits_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) tables[table_count++] = &limits_avx2;
#endif
    if (!table_count) tables[table_count++] = &limits_baseline;
}

/* --- memory: four arrays that grow as rows ask for more, at different offsets within a page --- */

static char *arrays[MAX_READS + 1];
static size_t capacity[MAX_READS + 1];

static char *array_of(int which, size_t bytes)
{
    if (capacity[which] < bytes || capacity[which] > 4 * bytes + (1 << 22)) {
        free(arrays[which] ? arrays[which] - 256 * which : NULL);
        char *block = aligned_alloc(1 << 21, (bytes + 4096 + (1 << 21) - 1) >> 21 << 21);
        arrays[which] = block ? block + 256 * which : NULL;
        capacity[which] = block ? bytes : 0;
        if (!block) return NULL;
        madvise(block, bytes, MADV_HUGEPAGE);
#pragma omp parallel for
        for (size_t at = 0; at < bytes; at += 4096)
            memset(arrays[which] + at, 1, bytes - at < 4096 ? bytes - at : 4096);
    }
    return arrays[which];
}

/* --- one call --- */

static void fill_zeros(char *to, size_t bytes)
{
#if defined(__x86_64__)
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(0) : "memory");
#else
    memset(to, 0, bytes);
#endif
}

static double one_part(const task *t, int part, int parts)
{
    const int64_t begin = t->whole.count * part / parts, end = t->whole.count * (part + 1) / parts;
    if (t->flops > 0) {
        const double each = t->narrow ? tables[0]->flops_f32 : tables[0]->flops_f64;
        const int64_t turns = (int64_t)(t->flops / parts / each) + 1;
        return t->narrow ? tables[0]->fma_f32(turns) : tables[0]->fma_f64(turns);
    }
    pass p = t->whole;
    for (int a = 0; a < p.reads; a++) p.in[a] += begin * BLOCK;
    p.out += begin * p.written;
    p.count = end - begin;
    if (t->body) return t->body(&p);
    fill_zeros(p.out, (size_t)(p.count * p.written));
    return 0;
}

static bool one_call(void *context, double *untimed)
{
    task *t = context;
    (void)untimed;
    if (t->threads == 1) {
        t->sink = one_part(t, 0, 1);
        return true;
    }
    double sum = 0;
#pragma omp parallel num_threads(t->threads) reduction(+ : sum)
    sum += one_part(t, omp_get_thread_num(), omp_get_num_threads());
    t->sink = sum;
    return true;
}

/* --- what a model asks for --- */

static void add_variant(const pass *whole, pass_fn body, int threads)
{
    if (variant_count < MOST_VARIANTS)
        variants[variant_count++] = (task){.whole = *whole, .body = body, .threads = threads, .scale = 1};
}

/* Threads are worth their start from about here; below, both are tried. Past the caches, from about here. */
enum { SMALL = 1 << 20, LARGE = 1 << 24 };

static bool streams(const request *r, const char *sizes, bool zeros)
{
    int bytes[MAX_READS] = {0}, reads = 0, widest = 0, written = 0;
    for (const char *at = sizes; !zeros && *at && *at != ':' && reads < MAX_READS; at += *at == ',') {
        bytes[reads++] = atoi(at);
        at += strcspn(at, ",:");
    }
    written = atoi(zeros ? sizes : strchr(sizes, ':') ? strchr(sizes, ':') + 1 : "0");
    for (int a = 0; a < reads; a++) widest = bytes[a] > widest ? bytes[a] : widest;
    /* Narrower arrays beside wider ones count by their bytes: what is read in all, in arrays of the widest. */
    int all = 0;
    for (int a = 0; a < reads; a++) all += bytes[a];
    reads = widest ? (all + widest - 1) / widest : 0;
    if (!widest) widest = written;
    pass whole = {.reads = reads, .written = BLOCK * written / widest, .count = (r->n * widest + BLOCK - 1) / BLOCK};
    const size_t length = (size_t)(whole.count * BLOCK), result = (size_t)(whole.count * whole.written);
    const size_t total = length * (size_t)reads + result;
    for (int a = 0; a < reads; a++)
        if (!(whole.in[a] = array_of(a, length))) return false;
    if (whole.written && !(whole.out = array_of(MAX_READS, result))) return false;
    const int most = omp_get_max_threads();
    for (int threads = total < SMALL ? 1 : most; threads <= most; threads += most > 1 ? most - 1 : 1) {
        for (int k = 0; k < table_count; k++) {
            add_variant(&whole, tables[k]->cached, threads);
            if (written && total >= LARGE && k == 0 && tables[k]->streaming)
                add_variant(&whole, tables[k]->streaming, threads);
        }
        if (zeros) add_variant(&whole, NULL, threads);
    }
    return true;
}

#define MOST_FLOPS 1e9

static bool prepare(const request *r)
{
    const char *sizes = strchr(r->model, ':');
    variant_count = 0;
    if (!sizes) return false;
    if (!strncmp(r->model, "stream:", 7)) return streams(r, sizes + 1, false);
    if (!strncmp(r->model, "zero:", 5)) return streams(r, sizes + 1, true);
    const double flops = atof(sizes + 1), run = flops < MOST_FLOPS ? flops : MOST_FLOPS;
    variants[variant_count++] = (task){.flops = run, .scale = flops / run, .narrow = !strncmp(r->model, "fma32", 5),
                                       .threads = flops < 1e6 ? 1 : omp_get_max_threads()};
    return variants[0].flops > 0;
}

static void answer_time(double milliseconds)
{
    double best = -1;
    int64_t calls = 0, all = 0;
    for (int k = 0; k < variant_count; k++) {
        const double ns = time_calls(one_call, &variants[k], milliseconds / variant_count, &variants[k].known, &calls);
        if (best < 0 || ns * variants[k].scale < best) best = ns * variants[k].scale;
        all += calls;
    }
    printf("ok %.3f %lld\n", best, (long long)all);
}

int main(void)
{
    find_tables();
    for (request r; next_request(&r);) {
        if (!strcmp(r.verb, "hello")) printf("ok\tname=limit\tthreads=%d\n", omp_get_max_threads());
        else if (!strcmp(r.verb, "setup")) puts(prepare(&r) ? "ok" : "none");
        else if (!strcmp(r.verb, "time")) answer_time(r.milliseconds);
        else puts("ok");
        fflush(stdout);
    }
    return 0;
}
