/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Programs without a plan: small ones, and zeros of any size. Making a plan costs some hundred nanoseconds, as much as
 * adding a thousand numbers, and most programs are of one kind: operands that lie in order, a few instructions, the
 * last value stored. Those run here, each instruction over all elements at once; all others are left to map.c. */
#include "backend.h"
#include "host/parallel.h"
#include "host/plan.h"
#include <string.h>

enum { MOST_VALUES = 12, MOST_ELEMENTS = 12288, SMALL_BYTES = LSI_ARENA_BYTES, DIRECT_NANOSECONDS = 2000 };
#define ZERO_NANOSECONDS 0.02 /* per byte */

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

static lsi_loop loop_of(const lsi_loop_table *loops, const lsi_instr *instr, int64_t count)
{
    if (instr->op == LSI_OP_cast) return loops->casts[instr->dtype]->to[instr->result];
    if (instr->op == LSI_OP_where) return loops->moves->where[lsi_size_log(lsi_dtype_size((ls_dtype)instr->dtype))];
    /* what is dear is worth a plan, which shares it between threads */
    if ((double)count * lsi_row_cost(instr->op, (ls_dtype)instr->dtype) > DIRECT_NANOSECONDS) return NULL;
    return loops->rows[instr->dtype]->row[instr->op];
}

bool lsi_host_direct_accept(lsi_backend *backend, lsi_direct_map *map)
{
    (void)backend;
    int64_t constants = 0;
    for (int k = 0; k < map->ninput; k++)
        constants += map->constant[k] != NULL;
    const int64_t bytes = (map->count * 16 + 63) & ~(int64_t)63;
    if (map->count > MOST_ELEMENTS || constants * bytes > SMALL_BYTES || lsi_strip_forced() || lsi_map_forced())
        return false;
    const lsi_instr instr = {(uint16_t)map->op, (uint8_t)map->dtype, (uint8_t)map->result, {-1, -1, -1}};
    map->loop = loop_of(lsi_loops_get(), &instr, map->count);
    map->nanoseconds = (double)map->count * (map->op < LSI_OP_ROWS ? lsi_row_cost(map->op, map->dtype) : 0.3);
    return map->loop && (constants == 0 || lsi_scratch(LSI_SCRATCH_STRIP, SMALL_BYTES));
}

/* Operand k is the condition of `where`, else of the operation's dtype. */
static void run_direct(int thread, int threads, void *context)
{
    const lsi_direct_map *map = context;
    const void *in[3] = {map->in[0], map->in[1], map->in[2]};
    (void)thread;
    (void)threads;
    char *arena = NULL;
    for (int k = 0; k < map->ninput; k++) {
        if (!map->constant[k]) continue;
        _Alignas(16) char element[16];
        arena = arena ? arena : lsi_scratch(LSI_SCRATCH_STRIP, SMALL_BYTES);
        lsi_scalar_store(map->constant[k], element);
        lsi_loops_get()->moves->fill[lsi_size_log(lsi_dtype_size(map->constant[k]->dtype))](map->count, element, arena);
        in[k] = arena;
        arena += (map->count * 16 + 63) & ~(int64_t)63;
    }
    map->loop(map->count, in, map->out);
}

void lsi_host_direct(lsi_backend *backend, const lsi_direct_map *map)
{
    (void)backend;
    lsi_parallel_run(1, run_direct, (void *)(uintptr_t)map);
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

/* A program that only stores a source. */
static bool copy_or_fill(const lsi_program *p, int64_t count)
{
    const lsi_store *store = &p->stores[0];
    const lsi_source *source = &p->sources[store->value];
    const size_t size = lsi_dtype_size(source->dtype), bytes = (size_t)count * size;
    char *target = target_of(store, source->dtype);
    if (source->kind == LSI_SOURCE_CONST) {
        _Alignas(16) char element[16];
        lsi_scalar_store(&source->constant, element);
        if (is_zero(element, size))
            memset(target, 0, bytes);
        else
            lsi_loops_get()->moves->fill[lsi_size_log(size)](count, element, target);
        return true;
    }
    if (source->kind != LSI_SOURCE_BUFFER || !in_order(p, source->strides)) return false;
    const char *from = (const char *)source->buffer->address + source->offset * (int64_t)size;
    if (from != target) memcpy(target, from, bytes);
    return true;
}

/* Zeros have an instruction of their own on x86, which on many processors does not read what it overwrites. */
static void zero_bytes(char *to, size_t bytes)
{
#if defined(__x86_64__)
    void *target = to;
    __asm__ volatile("rep stosb" : "+D"(target), "+c"(bytes) : "a"(0) : "memory");
#else
    memset(to, 0, bytes);
#endif
}

typedef struct zero_job {
    char *target;
    int64_t bytes;
} zero_job;

static void zero_part(int thread, int threads, void *context)
{
    const zero_job *job = context;
    int64_t begin, end;
    lsi_parallel_part(job->bytes, 4096, thread, threads, &begin, &end);
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
    zero_job job = {target_of(store, source->dtype), count * (int64_t)size};
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
        job.loop[k] = loop_of(loops, &p->instrs[k], count);
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
