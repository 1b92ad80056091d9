/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Programs without a plan: small ones, and zeros of any size. Making a plan costs some hundred nanoseconds, as much as
 * adding a thousand numbers, and most programs are of one kind: operands that lie in order, a few instructions, the
 * last value stored. Those run here, each instruction over all elements at once; all others are left to map.c. */
#include "backend.h"
#include "host/fp_state.h"
#include "host/parallel.h"
#include "host/plan.h"
#include "reduce_order.h"
#include <string.h>
#if defined(__x86_64__)
#include <emmintrin.h>
#endif

enum { MOST_VALUES = 12, MOST_ELEMENTS = 12288, SMALL_BYTES = LSI_ARENA_BYTES, DIRECT_NANOSECONDS = 2000 };
enum { MOST_BLOCK_STEPS = 2 }; /* more are better a chain (plan_chains.c), which wants a plan */
#define ZERO_NANOSECONDS 0.02 /* per byte */
#define FOLD_NANOSECONDS 0.2  /* per element */
_Static_assert((int)LSI_DIRECT_FOLDED <= (int)LS_LEAF, "folded by one call");

typedef struct small_job {
    const lsi_program *program;
    int64_t count;
    lsi_loop loop[MOST_VALUES];
    void *value[MOST_VALUES];
} small_job;

/* Whether the strides are those of elements that lie one after another in the order of the space. */
static bool in_order(const lsi_program *p, const int64_t *strides)
{
    int64_t step = 1;
    for (int d = p->ndim - 1; d >= 0; d--) {
        if (p->shape[d] == 1) continue;
        if (strides[d] != step) return false;
        step *= p->shape[d];
    }
    return true;
}

/* NULL where there is none, and for what is dear: it is worth a plan, which shares it between threads. Adds up what it takes. */
static lsi_loop loop_of(const lsi_loop_table *loops, const lsi_instr *instr, int64_t count, double *nanoseconds)
{
    if (instr->op >= LSI_OP_ROWS) {
        *nanoseconds += (double)count * 0.3;
        return instr->op == LSI_OP_cast ? loops->casts[instr->dtype]->to[instr->result]
                                        : loops->moves->where[lsi_size_log(lsi_dtype_size((ls_dtype)instr->dtype))];
    }
    const double cost = (double)count * lsi_row_cost(instr->op, (ls_dtype)instr->dtype);
    *nanoseconds += cost;
    return cost > DIRECT_NANOSECONDS ? NULL : loops->rows[instr->dtype]->row[instr->op];
}

/* --- a few operations, described without a program --- */

static int last_use(const lsi_direct_work *work, int value)
{
    int last = -1;
    for (int k = 0; k < work->nstep; k++)
        for (int i = 0; i < 3; i++)
            if (work->step[k].args[i] == value) last = k;
    return last;
}

/* Whether step k may put its value over that of one of its arguments. */
static bool may_overwrite(const lsi_instr *instr)
{
    return instr->op < LSI_OP_ROWS && !lsi_row_rare(instr->op) &&
           lsi_dtype_size((ls_dtype)instr->dtype) == lsi_dtype_size((ls_dtype)instr->result);
}

/* Gives a slot to constants and to all values but the last, to that too where it is folded; a slot is free again once its
 * value has been used for the last time. Returns how many there are; -1: a value is for nothing. */
static int give_slots(lsi_direct_work *work)
{
    int slots = 0;
    int8_t free_from[LSI_DIRECT_OPERANDS + LSI_DIRECT_STEPS]; /* per slot: the first step that may write it */
    for (int v = 0; v < work->noperand; v++) {
        if (work->operand[v].buffer) continue;
        work->slot[v] = (int8_t)slots;
        free_from[slots++] = (int8_t)work->nstep;
    }
    for (int k = 0; k < work->nstep - !work->folded; k++) {
        int s = 0;
        while (s < slots && free_from[s] > k) s++;
        slots += s == slots;
        work->slot[work->noperand + k] = (int8_t)s;
        if (k + 1 == work->nstep) break;
        const int last = last_use(work, work->noperand + k); /* there is one: the tree's root comes last */
        if (last < 0) return -1;
        free_from[s] = (int8_t)(may_overwrite(&work->step[last]) ? last : last + 1);
    }
    return slots;
}

static size_t widest(const lsi_direct_work *work)
{
    size_t most = 1;
    for (int v = 0; v < work->noperand; v++) {
        const size_t size = work->operand[v].buffer ? 1 : lsi_dtype_size(work->operand[v].dtype);
        most = size > most ? size : most;
    }
    for (int k = 0; k < work->nstep; k++) {
        const size_t size = lsi_dtype_size((ls_dtype)work->step[k].result);
        most = size > most ? size : most;
    }
    return most;
}

bool lsi_host_direct_accept(lsi_backend *backend, lsi_direct_work *work)
{
    (void)backend;
    if (work->count > MOST_ELEMENTS || lsi_strip_forced() || lsi_map_forced()) return false;
    const lsi_loop_table *loops = lsi_loops_get();
    work->nanoseconds = work->folded ? (double)work->count * FOLD_NANOSECONDS : 0;
    for (int k = 0; k < work->nstep; k++) {
        const lsi_instr *instr = &work->step[k];
        work->loop[k] = loop_of(loops, instr, work->count, &work->nanoseconds);
        if (!work->loop[k]) return false;
    }
    if (work->in_place && (work->nstep > 1 || !may_overwrite(&work->step[0]))) return false;
    work->block = work->count;
    if (work->nstep + work->folded == 1 && work->nconstant == 0) return true;
    const int64_t slots = give_slots(work), size = (int64_t)widest(work);
    if (slots < 0) return false;
    if (slots * work->count * size > SMALL_BYTES) {
        if (work->nstep > MOST_BLOCK_STEPS || work->folded) return false;
        work->block = SMALL_BYTES / (slots * size) & ~(int64_t)63;
    }
    work->slot_bytes = (work->block * size + 63) & ~(int64_t)63;
    return slots == 0 || (slots * work->slot_bytes <= SMALL_BYTES && lsi_scratch(LSI_SCRATCH_STRIP, SMALL_BYTES));
}

/* All steps over `n` elements from element `at` on; gives where the last value is. Constants stay in their slots. */
static const void *run_block(const lsi_direct_work *work, int64_t at, int64_t n)
{
    void *value[LSI_DIRECT_OPERANDS + LSI_DIRECT_STEPS];
    char *arena = NULL;
    for (int v = 0; v < work->noperand; v++) {
        const lsi_direct_operand *operand = &work->operand[v];
        const size_t size = lsi_dtype_size(operand->dtype);
        if (operand->buffer) {
            value[v] = (char *)operand->buffer->address + at * (int64_t)size;
            continue;
        }
        _Alignas(16) char element[16];
        arena = arena ? arena : lsi_scratch(LSI_SCRATCH_STRIP, SMALL_BYTES);
        value[v] = arena + work->slot[v] * work->slot_bytes;
        if (at > 0) continue;
        lsi_scalar_store(&operand->constant, element);
        lsi_loops_get()->moves->fill[lsi_size_log(size)](n, element, value[v]);
    }
    for (int k = 0; k < work->nstep; k++) {
        const int32_t *args = work->step[k].args;
        const void *const in[3] = {value[args[0]], value[args[1] < 0 ? args[0] : args[1]],
                                   value[args[2] < 0 ? args[0] : args[2]]};
        void **to = &value[work->noperand + k];
        if (k + 1 == work->nstep && !work->folded) {
            *to = (char *)work->out + at * (int64_t)lsi_dtype_size((ls_dtype)work->step[k].result);
        } else {
            arena = arena ? arena : lsi_scratch(LSI_SCRATCH_STRIP, SMALL_BYTES);
            *to = arena + work->slot[work->noperand + k] * work->slot_bytes;
        }
        work->loop[k](n, in, *to);
    }
    return value[work->noperand + work->nstep - 1];
}

static void run_direct(int thread, int threads, void *context)
{
    const lsi_direct_work *work = context;
    const void *last = NULL;
    (void)thread;
    (void)threads;
    for (int64_t at = 0; at < work->count; at += work->block)
        last = run_block(work, at, work->count - at < work->block ? work->count - at : work->block);
    if (work->folded) lsi_reduce_leaf(&work->fold, work->count, last, work->out);
}

void lsi_host_direct(lsi_backend *backend, const lsi_direct_work *work)
{
    (void)backend;
    lsi_parallel_run(1, run_direct, (void *)(uintptr_t)work);
}

lsi_brief_loop lsi_host_brief_loop(const lsi_instr *instr, int64_t count, bool in_place)
{
    const double most = LSI_BRIEF_NANOSECONDS;
    if ((double)count * lsi_row_cost(instr->op, (ls_dtype)instr->dtype) >= most || lsi_strip_forced() ||
        lsi_map_forced() || (in_place && !may_overwrite(instr)))
        return NULL;
    return lsi_loops_get()->rows[instr->dtype]->row[instr->op];
}

void lsi_host_brief(lsi_brief_loop loop, int64_t count, const void *const *in, void *out)
{
    const lsi_fp_state state = lsi_fp_enter();
    loop(count, in, out);
    lsi_fp_leave(state);
}

/* Whether the target is one of the sources and the last loop, which writes it, would read that source twice. */
static bool reads_target_twice(const lsi_program *p, const lsi_instr *last)
{
    if (last->op == LSI_OP_cast && lsi_dtype_size((ls_dtype)last->dtype) == lsi_dtype_size((ls_dtype)last->result))
        return false;
    if (last->op != LSI_OP_cast && (last->op >= LSI_OP_ROWS || !lsi_row_rare(last->op))) return false;
    for (int s = 0; s < p->nsource; s++)
        if (p->sources[s].kind == LSI_SOURCE_BUFFER && p->sources[s].buffer->address == p->stores[0].buffer->address)
            return true;
    return false;
}

/* Pointers to the sources' elements; false where one is not in order. Constants are counted as registers. */
static bool find_sources(const lsi_program *p, small_job *job, int64_t *registers)
{
    for (int s = 0; s < p->nsource; s++) {
        const lsi_source *source = &p->sources[s];
        if (source->kind == LSI_SOURCE_CONST) {
            *registers += 1;
            continue;
        }
        if (source->kind != LSI_SOURCE_BUFFER || !in_order(p, source->strides)) return false;
        job->value[s] = (char *)source->buffer->address + source->offset * (int64_t)lsi_dtype_size(source->dtype);
    }
    return true;
}

static void run_small(int thread, int threads, void *context)
{
    small_job *job = context;
    const lsi_program *p = job->program;
    (void)thread;
    (void)threads;
    for (int k = 0; k < p->ninstr; k++) {
        const int32_t *args = p->instrs[k].args;
        const void *const in[3] = {job->value[args[0]], job->value[args[1] < 0 ? args[0] : args[1]],
                                   job->value[args[2] < 0 ? args[0] : args[2]]};
        job->loop[k](job->count, in, job->value[p->nsource + k]);
    }
}

static char *target_of(const lsi_store *store, ls_dtype dtype)
{
    return (char *)store->buffer->address + store->offset * (int64_t)lsi_dtype_size(dtype);
}

static bool is_zero(const char *element, size_t size)
{
    static const char zero[16];
    return memcmp(element, zero, size) == 0;
}

static void fill(const lsi_scalar *value, int64_t count, void *out)
{
    const size_t size = lsi_dtype_size(value->dtype);
    _Alignas(16) char element[16];
    lsi_scalar_store(value, element);
    if (is_zero(element, size))
        memset(out, 0, (size_t)count * size);
    else
        lsi_loops_get()->moves->fill[lsi_size_log(size)](count, element, out);
}

bool lsi_host_brief_fill(const lsi_scalar *value, int64_t count, void *out)
{
    if (lsi_strip_forced() || lsi_map_forced()) return false;
    fill(value, count, out);
    return true;
}

/* A program that only stores a source. */
static bool copy_or_fill(const lsi_program *p, int64_t count)
{
    const lsi_store *store = &p->stores[0];
    const lsi_source *source = &p->sources[store->value];
    const size_t size = lsi_dtype_size(source->dtype), bytes = (size_t)count * size;
    char *target = target_of(store, source->dtype);
    if (source->kind == LSI_SOURCE_CONST) {
        fill(&source->constant, count, target);
        return true;
    }
    if (source->kind != LSI_SOURCE_BUFFER || !in_order(p, source->strides)) return false;
    const char *from = (const char *)source->buffer->address + source->offset * (int64_t)size;
    if (from != target) memcpy(target, from, bytes);
    return true;
}

/* Zeros have an instruction of their own on x86, which many processors carry out without reading what it overwrites.
 * Beyond the caches it is the fastest way on AMD's (2.8 times a streaming fill on Zen 4) and not on others (half of one
 * on Sapphire Rapids), so there it stays within the caches. */
static void zero_bytes(char *to, size_t bytes)
{
#if defined(__x86_64__)
    void *target = to;
    __asm__ volatile("rep stosb" : "+D"(target), "+c"(bytes) : "a"(0) : "memory");
#else
    memset(to, 0, bytes);
#endif
}

#if defined(__x86_64__)
static bool streams_zeros(size_t bytes)
{
    __builtin_cpu_init();
    return !__builtin_cpu_is("amd") && lsi_beyond_cache((double)bytes);
}

/* Past the caches, whole lines at a time. */
static void stream_zeros(char *to, size_t bytes)
{
    const size_t head = (size_t)(-(uintptr_t)to & 63) < bytes ? (size_t)(-(uintptr_t)to & 63) : bytes;
    memset(to, 0, head);
    const __m128i zero = _mm_setzero_si128();
    size_t at = head;
    for (; at + 64 <= bytes; at += 64) {
        _mm_stream_si128((__m128i *)(void *)(to + at), zero);
        _mm_stream_si128((__m128i *)(void *)(to + at + 16), zero);
        _mm_stream_si128((__m128i *)(void *)(to + at + 32), zero);
        _mm_stream_si128((__m128i *)(void *)(to + at + 48), zero);
    }
    memset(to + at, 0, bytes - at);
    _mm_sfence();
}
#else
static bool streams_zeros(size_t bytes)
{
    (void)bytes;
    return false;
}
#define stream_zeros zero_bytes
#endif

typedef struct zero_job {
    char *target;
    int64_t bytes;
    bool stream;
} zero_job;

static void zero_part(int thread, int threads, void *context)
{
    const zero_job *job = context;
    int64_t begin, end;
    lsi_parallel_part(job->bytes, 4096, thread, threads, &begin, &end);
    if (job->stream)
        stream_zeros(job->target + begin, (size_t)(end - begin));
    else
        zero_bytes(job->target + begin, (size_t)(end - begin));
}

bool lsi_map_zero(const lsi_program *p, int64_t count)
{
    if (p->nstore != 1) return false;
    const lsi_store *store = &p->stores[0];
    if (store->value >= p->nsource || p->sources[store->value].kind != LSI_SOURCE_CONST) return false;
    const lsi_source *source = &p->sources[store->value];
    _Alignas(16) char element[16];
    lsi_scalar_store(&source->constant, element);
    const size_t size = lsi_dtype_size(source->dtype);
    if (!is_zero(element, size) || !in_order(p, store->strides)) return false;
    zero_job job = {target_of(store, source->dtype), count * (int64_t)size, streams_zeros((size_t)count * size)};
    lsi_parallel_run(lsi_parallel_worth(job.bytes, ZERO_NANOSECONDS), zero_part, &job);
    return true;
}

bool lsi_map_small(const lsi_program *p, int64_t count)
{
    const int nvalue = p->nsource + p->ninstr;
    if (count > MOST_ELEMENTS || p->nstore != 1 || nvalue > MOST_VALUES) return false;
    const lsi_store *store = &p->stores[0];
    if (!in_order(p, store->strides) || lsi_strip_forced()) return false;
    if (store->value < p->nsource) return copy_or_fill(p, count);
    if (store->value != nvalue - 1) return false;

    small_job job;
    int64_t registers = p->ninstr - 1;
    if (!find_sources(p, &job, &registers)) return false;
    const lsi_loop_table *loops = lsi_loops_get();
    for (int k = 0; k < p->ninstr; k++) {
        double nanoseconds = 0;
        job.loop[k] = loop_of(loops, &p->instrs[k], count, &nanoseconds);
        if (!job.loop[k]) return false;
    }
    const lsi_instr *last = &p->instrs[p->ninstr - 1];
    char *target = target_of(store, (ls_dtype)last->result);
    if (reads_target_twice(p, last)) return false;

    if (registers > 0) {
        const int64_t bytes = (count * 16 + 63) & ~(int64_t)63;
        if (registers * bytes > SMALL_BYTES) return false;
        char *arena = lsi_scratch(LSI_SCRATCH_STRIP, SMALL_BYTES);
        if (!arena) return false;
        for (int v = 0; v < nvalue - 1; v++) {
            if (v < p->nsource && p->sources[v].kind != LSI_SOURCE_CONST) continue;
            job.value[v] = arena;
            arena += bytes;
            if (v >= p->nsource) continue;
            _Alignas(16) char element[16];
            lsi_scalar_store(&p->sources[v].constant, element);
            loops->moves->fill[lsi_size_log(lsi_dtype_size(p->sources[v].dtype))](count, element, job.value[v]);
        }
    }
    job.value[nvalue - 1] = target;
    job.program = p;
    job.count = count;
    lsi_parallel_run(1, run_small, &job);
    return true;
}
