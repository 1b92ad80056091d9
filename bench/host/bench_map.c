/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Elementwise programs against hand-written limit kernels in the same rounds: what lsi_host_map reaches of what the
 * machine gives. Figures are the best of several interleaved rounds; the ratio is limit time / our time. The limit
 * kernels are intrinsics, unrolled by four, with ordinary stores in cache and streaming stores beyond.
 *
 *   bench_host_map [threads] [rounds] [largest n] [smallest n] [part of a row's name] [offset]
 *
 * `offset` moves the operands by so many bytes from the start of a line; NumPy's arrays have 16. */
#include "backend.h"
#include "host/loops.h"
#include "host/parallel.h"
#include "host/plan.h"
#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- limits ---- */

typedef struct limit_job {
    int64_t n;
    const double *x, *y;
    double *out;
    bool stream;
    void (*part)(const struct limit_job *job, int64_t begin, int64_t end);
} limit_job;

#define LIMIT __attribute__((target("avx512f")))

LIMIT static void triad_part(const limit_job *job, int64_t begin, int64_t end)
{
    const double *x = job->x, *y = job->y;
    double *out = job->out;
    int64_t i = begin;
    if (job->stream) {
        for (; i + 32 <= end; i += 32)
            for (int k = 0; k < 32; k += 8)
                _mm512_stream_pd(out + i + k, _mm512_add_pd(_mm512_loadu_pd(x + i + k), _mm512_loadu_pd(y + i + k)));
    } else {
        for (; i + 32 <= end; i += 32)
            for (int k = 0; k < 32; k += 8)
                _mm512_storeu_pd(out + i + k, _mm512_add_pd(_mm512_loadu_pd(x + i + k), _mm512_loadu_pd(y + i + k)));
    }
    for (; i < end; i++)
        out[i] = x[i] + y[i];
}

LIMIT static void square_part(const limit_job *job, int64_t begin, int64_t end)
{
    const double *x = job->x;
    double *out = job->out;
    int64_t i = begin;
    if (job->stream) {
        for (; i + 32 <= end; i += 32)
            for (int k = 0; k < 32; k += 8) {
                const __m512d v = _mm512_loadu_pd(x + i + k);
                _mm512_stream_pd(out + i + k, _mm512_mul_pd(v, v));
            }
    } else {
        for (; i + 32 <= end; i += 32)
            for (int k = 0; k < 32; k += 8) {
                const __m512d v = _mm512_loadu_pd(x + i + k);
                _mm512_storeu_pd(out + i + k, _mm512_mul_pd(v, v));
            }
    }
    for (; i < end; i++)
        out[i] = x[i] * x[i];
}

LIMIT static void copy_part(const limit_job *job, int64_t begin, int64_t end)
{
    const double *x = job->x;
    double *out = job->out;
    int64_t i = begin;
    if (job->stream) {
        for (; i + 32 <= end; i += 32)
            for (int k = 0; k < 32; k += 8)
                _mm512_stream_pd(out + i + k, _mm512_loadu_pd(x + i + k));
    } else {
        for (; i + 32 <= end; i += 32)
            for (int k = 0; k < 32; k += 8)
                _mm512_storeu_pd(out + i + k, _mm512_loadu_pd(x + i + k));
    }
    for (; i < end; i++)
        out[i] = x[i];
}

/* Zeros by the string instruction, which the processor may know to need no reading. */
static void zero_part(const limit_job *job, int64_t begin, int64_t end)
{
    void *to = job->out + begin;
    size_t bytes = (size_t)(end - begin) * 8;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(0) : "memory");
}

static void limit_body(int thread, int threads, void *context)
{
    const limit_job *job = context;
    int64_t begin, end;
    lsi_parallel_part(job->n, 512, thread, threads, &begin, &end);
    job->part(job, begin, end);
    _mm_sfence();
}

/* ---- programs ---- */

typedef struct program_of {
    lsi_program program;
    lsi_source sources[3];
    lsi_instr instrs[4];
    lsi_store store;
    lsi_buffer buffers[3];
} program_of;

enum { SHAPE_FLAT, SHAPE_STRIDED, SHAPE_TRANSPOSED, SHAPE_BROADCAST };

static void bind(program_of *p, int64_t n, double *x, double *y, double *out)
{
    memset(p, 0, sizeof *p);
    double *memory[3] = {x, y, out};
    for (int b = 0; b < 3; b++) {
        p->buffers[b].address = memory[b];
        p->buffers[b].bytes = (size_t)n * 8;
    }
    for (int s = 0; s < 2; s++)
        p->sources[s] = (lsi_source){
            .kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT64, .strides = {1}, .buffer = &p->buffers[s]};
    p->store = (lsi_store){.value = 2, .buffer = &p->buffers[2], .strides = {1}};
    p->program = (lsi_program){.ndim = 1, .shape = {n}, .nsource = 2, .ninstr = 1, .nstore = 1, .sources = p->sources,
                               .instrs = p->instrs, .stores = &p->store, .function = "bench"};
}

static void as_binary(program_of *p, int op, int a, int b)
{
    p->instrs[0] = (lsi_instr){(uint16_t)op, LS_FLOAT64, LS_FLOAT64, {a, b, -1}};
}

/* ---- rounds ---- */

static int rounds = 15;
static const char *wanted = "";

/* Enough repetitions for a millisecond, and the time of one. */
static double time_program(const lsi_program *p, int repeat)
{
    const double start = now();
    for (int r = 0; r < repeat; r++)
        if (lsi_host_map(p) != LS_OK) abort();
    return (now() - start) / repeat;
}

static double time_limit(limit_job *job, int threads, int repeat)
{
    const double start = now();
    for (int r = 0; r < repeat; r++)
        lsi_parallel_run(threads, limit_body, job);
    return (now() - start) / repeat;
}

static void compare(const char *name, const lsi_program *p, limit_job *limit, int threads, int64_t n)
{
    if (!strstr(name, wanted)) return;
    double ours = 1e9, theirs = 1e9;
    const int repeat = n > 2000000 ? 1 : (int)(4000000 / (n + 2000)) + 1;
    for (int r = 0; r < rounds; r++) {
        const double a = time_program(p, repeat), b = time_limit(limit, threads, repeat);
        if (a < ours) ours = a;
        if (b < theirs) theirs = b;
    }
    printf("%-24s n %10lld  ours %10.2f us  limit %10.2f us  %7.3f ns/element  ratio %5.2f\n", name, (long long)n,
           ours * 1e6, theirs * 1e6, ours * 1e9 / (double)n, theirs / ours);
    fflush(stdout);
}

static double *memory_for(int64_t n)
{
    char *p = mmap(NULL, (size_t)n * 8 + (4 << 20), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) abort();
    p = (char *)(((uintptr_t)p + (2 << 20) - 1) & ~(uintptr_t)((2 << 20) - 1));
    madvise(p, (size_t)n * 8 + (1 << 20), MADV_HUGEPAGE);
    static int stagger;
    p += 256 * (++stagger % 16);
    memset(p, 0, (size_t)n * 8);
    return (double *)(void *)p;
}

int main(int argc, char **argv)
{
    const int threads = argc > 1 ? atoi(argv[1]) : lsi_parallel_threads();
    if (argc > 2) rounds = atoi(argv[2]);
    if (argc > 5) wanted = argv[5];
    const int64_t most = argc > 3 ? atol(argv[3]) : 30000000;
    lsi_parallel_force(threads);
    printf("isa %s, %d threads, best of %d rounds\n", lsi_isa_name(lsi_isa_current()), threads, rounds);
    double *x = memory_for(most + 8), *y = memory_for(most + 8), *out = memory_for(most);
    for (int64_t i = 0; i < most; i++) {
        x[i] = (double)(i % 1000) * 0.1 - 50;
        y[i] = 1.0 / (double)(i % 777 + 1);
    }
    const int64_t offset = argc > 6 ? atol(argv[6]) : 0;
    x = (double *)(void *)((char *)x + offset);
    y = (double *)(void *)((char *)y + offset);
    const int64_t sizes[] = {1, 100, 1000, 10000, 100000, 1000000, 3000000, 10000000, most};
    const int64_t least = argc > 4 ? atol(argv[4]) : 1;
    program_of p;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        const int64_t n = sizes[k];
        if (n < least || n > most) continue;
        const int t = n < 8000 ? 1 : threads;
        limit_job limit = {.n = n, .x = x, .y = y, .out = out, .part = triad_part, .stream = n * 24 > (26 << 20)};
        bind(&p, n, x, y, out);
        as_binary(&p, LSI_OP_add, 0, 1);
        compare("a + b", &p.program, &limit, t, n);

        limit.part = square_part;
        limit.stream = n * 16 > (26 << 20);
        bind(&p, n, x, y, out);
        p.program.nsource = 1;
        p.store.value = 1;
        as_binary(&p, LSI_OP_multiply, 0, 0);
        compare("x * x", &p.program, &limit, t, n);

        if (n < 1000) continue;
        limit.part = copy_part;
        bind(&p, n, x, y, out);
        p.program.nsource = 1;
        p.program.ninstr = 0;
        p.store.value = 0;
        compare("copy", &p.program, &limit, t, n);

        bind(&p, n, x, y, out);
        p.program.nsource = 1;
        p.program.ninstr = 0;
        p.store.value = 0;
        p.sources[0] = (lsi_source){.kind = LSI_SOURCE_CONST, .dtype = LS_FLOAT64, .constant = {.dtype = LS_FLOAT64}};
        limit.part = zero_part;
        compare("zeros", &p.program, &limit, t, n);

        limit.part = triad_part;
        bind(&p, n, x, y, out);
        as_binary(&p, LSI_OP_add, 0, 1);
        p.store.buffer = &p.buffers[0];
        limit_job in_place = limit;
        in_place.out = x;
        in_place.stream = false;
        compare("a += b", &p.program, &in_place, t, n);
        for (int64_t i = 0; i < n; i++)
            x[i] = (double)(i % 1000) * 0.1 - 50;

        bind(&p, n, x, y, out);
        p.program.ninstr = 3;
        p.store.value = 3;
        p.instrs[0] = (lsi_instr){LSI_OP_sin, LS_FLOAT64, LS_FLOAT64, {0, -1, -1}};
        p.instrs[1] = (lsi_instr){LSI_OP_cos, LS_FLOAT64, LS_FLOAT64, {0, -1, -1}};
        p.instrs[2] = (lsi_instr){LSI_OP_add, LS_FLOAT64, LS_FLOAT64, {1, 2, -1}};
        p.program.nsource = 1;
        limit.part = copy_part;
        limit.stream = n * 16 > (26 << 20);
        compare("sin(x) + cos(x) | copy", &p.program, &limit, t, n);

        bind(&p, n, x, y, out);
        p.program.ninstr = 4;
        p.store.value = 5;
        as_binary(&p, LSI_OP_multiply, 0, 0);
        p.instrs[1] = (lsi_instr){LSI_OP_multiply, LS_FLOAT64, LS_FLOAT64, {1, 1, -1}};
        p.instrs[2] = (lsi_instr){LSI_OP_add, LS_FLOAT64, LS_FLOAT64, {2, 3, -1}};
        p.instrs[3] = (lsi_instr){LSI_OP_sqrt, LS_FLOAT64, LS_FLOAT64, {4, -1, -1}};
        limit.part = triad_part;
        limit.stream = n * 24 > (26 << 20);
        compare("sqrt(x*x + y*y) | triad", &p.program, &limit, t, n);

        int64_t side = 1;
        while ((side + 1) * (side + 1) <= n)
            side++;
        limit.n = side * side;
        bind(&p, side * side, x, y, out);
        p.program.ndim = 2;
        p.program.shape[0] = p.program.shape[1] = side;
        p.sources[0].strides[0] = 1;
        p.sources[0].strides[1] = side;
        p.sources[1].strides[0] = side;
        p.sources[1].strides[1] = 1;
        p.store.strides[0] = side;
        p.store.strides[1] = 1;
        as_binary(&p, LSI_OP_add, 0, 1);
        compare("a.T + b | triad", &p.program, &limit, t, side * side);

        p.sources[0].strides[0] = 0;
        p.sources[0].strides[1] = 1;
        limit.part = copy_part;
        limit.stream = n * 16 > (26 << 20);
        compare("row + b | copy", &p.program, &limit, t, side * side);
        p.sources[0].strides[0] = 1;
        p.sources[0].strides[1] = 0;
        compare("column + b | copy", &p.program, &limit, t, side * side);

        p.program.nsource = 1;
        p.program.ninstr = 0;
        p.store.value = 0;
        p.sources[0].strides[0] = 1;
        p.sources[0].strides[1] = side;
        compare("copy a.T | copy", &p.program, &limit, t, side * side);

        bind(&p, n / 2, x, y, out);
        p.sources[0].strides[0] = 2;
        as_binary(&p, LSI_OP_add, 0, 1);
        limit.part = triad_part;
        limit.n = n / 2;
        limit.stream = n * 16 > (26 << 20);
        compare("a[::2] + b | triad", &p.program, &limit, t, n / 2);
    }
    return 0;
}
