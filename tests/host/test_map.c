/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Random programs through lsi_host_map against the same loops called for one element at a time: random shapes, strides
 * (0 and negative ones too), dtypes, operations, aliased stores; every ISA, one to four threads, tiny strips. The
 * baseline's loops are the reference for all, so that the ISAs are compared with each other as well. */
#include "backend.h"
#include "core/error.h"
#include "host/draw.h"
#include "host/loops.h"
#include "host/parallel.h"
#include "host/plan.h"
#include "memory/prim.h"
#include "support/check.h"
#include <pthread.h>
#include <stdlib.h>

/* ---- random choices ---- */

static uint64_t state = 0x9e3779b97f4a7c15u;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}
static int64_t below(int64_t n)
{
    return (int64_t)(next_random() % (uint64_t)n);
}
static bool one_in(int64_t n)
{
    return below(n) == 0;
}

/* ---- programs ---- */

enum { MOST_SOURCES = 5, MOST_INSTRS = 40, FEW_INSTRS = 12, MOST_STORES = 3, SLACK = 7 };

typedef struct fixture {
    lsi_program program;
    lsi_source sources[MOST_SOURCES];
    lsi_instr instrs[MOST_INSTRS];
    lsi_store stores[MOST_STORES];
    lsi_buffer buffers[MOST_SOURCES + MOST_STORES];
    unsigned char *fresh[MOST_SOURCES + MOST_STORES];    /* contents before the run */
    unsigned char *expected[MOST_SOURCES + MOST_STORES]; /* and after it */
    int nbuffer;
    int32_t repeated[MOST_SOURCES + MOST_INSTRS]; /* per value: the one that is it, one step further on; -1 */
} fixture;

static const int64_t sizes[] = {1, 2, 3, 5, 8, 17, 33, 64, 100, 257, 1025};

static void random_shape(lsi_program *p)
{
    p->ndim = (int)below(5);
    int64_t count = 1;
    for (int d = 0; d < p->ndim; d++) {
        int64_t size = sizes[below((int64_t)(sizeof sizes / sizeof *sizes))];
        while (count * size > 6000)
            size = (size + 1) / 2 == size ? 1 : (size + 1) / 2;
        p->shape[d] = size;
        count *= size;
    }
    if (one_in(40) && p->ndim > 0) p->shape[below(p->ndim)] = 0;
}

/* One axis, or two of which the last is long. */
static void long_rows(lsi_program *p)
{
    p->ndim = 1 + (int)below(2);
    p->shape[0] = p->ndim == 1 ? 257 + below(4000) : 1 + below(5);
    p->shape[1] = 250 + below(900);
}

static double random_number(void)
{
    static const double special[] = {0.0, -0.0, 1.0,  -1.0,    0.5,   1e300, -1e300,
                                     1e-310, 3e9, -3e9, 70000.0, 1e-40, 255.0, 1e22};
    if (one_in(6)) return special[below((int64_t)(sizeof special / sizeof *special))];
    if (one_in(40)) return (double)NAN;
    if (one_in(40)) return (double)INFINITY;
    return (double)((int64_t)next_random() >> 40) / 1024.0;
}

static void random_element(ls_dtype dtype, void *to)
{
    lsi_scalar scalar = {.dtype = LS_FLOAT64};
    if (dtype == LS_COMPLEX64 || dtype == LS_COMPLEX128) {
        scalar.dtype = LS_COMPLEX128;
        scalar.value.c = (ls_complex){random_number(), random_number()};
    } else if (one_in(2) && lsi_dtype_kind(dtype) != LSI_KIND_FLOAT) {
        scalar.dtype = LS_INT64;
        scalar.value.i = (int64_t)next_random();
    } else {
        scalar.value.f = random_number();
    }
    scalar = lsi_scalar_cast(&scalar, dtype);
    lsi_scalar_store(&scalar, to);
}

/* A random layout without overlap unless `may_repeat`: the axes in random order, gaps, some reversed. Gives strides and
 * the offset of the first element, and the elements the buffer must hold. */
static int64_t random_layout(const lsi_program *p, int64_t *strides, int64_t *offset, bool may_repeat)
{
    int order[LS_MAX_NDIM];
    const bool plain = one_in(2);
    for (int d = 0; d < p->ndim; d++)
        order[d] = d;
    for (int d = p->ndim - 1; d > 0 && !plain; d--) {
        const int other = (int)below(d + 1), kept = order[d];
        order[d] = order[other];
        order[other] = kept;
    }
    int64_t extent = 1, first = below(SLACK);
    for (int d = p->ndim - 1; d >= 0; d--) {
        const int a = order[d];
        int64_t step = extent;
        if (!plain && one_in(4)) step += below(3) * (extent > 1 ? extent / 2 : 1);
        if (may_repeat && one_in(5)) {
            strides[a] = 0;
            continue;
        }
        strides[a] = step;
        const int64_t reach = p->shape[a] > 0 ? step * (p->shape[a] - 1) : 0;
        extent = reach + extent > extent ? reach + extent : extent;
        if (!plain && one_in(4)) {
            strides[a] = -step;
            first += reach;
        }
    }
    *offset = first;
    return first + 2 * extent + SLACK;
}

static lsi_buffer *new_buffer(fixture *f, int64_t elements, ls_dtype dtype)
{
    lsi_buffer *buffer = &f->buffers[f->nbuffer];
    const size_t size = lsi_dtype_size(dtype);
    memset(buffer, 0, sizeof *buffer);
    buffer->bytes = (size_t)elements * size;
    unsigned char *fresh = malloc(buffer->bytes);
    buffer->address = malloc(buffer->bytes);
    f->fresh[f->nbuffer] = fresh;
    f->expected[f->nbuffer] = malloc(buffer->bytes);
    for (int64_t i = 0; i < elements; i++)
        random_element(dtype, fresh + (size_t)i * size);
    f->nbuffer++;
    return buffer;
}

static const ls_dtype draw_dtypes[] = {LS_FLOAT64, LS_FLOAT32, LS_UINT64, LS_UINT32, LS_FLOAT64, LS_FLOAT32};

/* What most of this program is about, if anything: rows of one dtype that chains hold, of which there may be many, or
 * that run past the caches by loops of their own. */
static bool arithmetic;
static ls_dtype arithmetic_dtype;
/* Or views that lie side by side, so many elements apart, and the same work on one and the next; 0: not that. */
static int64_t apart;

static void choose_subject(void)
{
    static const ls_dtype dtypes[] = {LS_FLOAT32, LS_FLOAT64, LS_INT32, LS_INT64};
    arithmetic = one_in(3);
    arithmetic_dtype = dtypes[below(4)];
    static const int64_t steps[] = {1, 1, 3, -2, 100};
    apart = one_in(4) ? steps[below(5)] : 0;
    arithmetic = arithmetic || apart;
}

enum { ROOM_BESIDE = MOST_SOURCES * 100 }; /* elements */

/* The source before, one step further on. */
static void source_beside(fixture *f, lsi_source *s)
{
    *s = s[-1];
    s->offset += apart;
    f->repeated[f->program.nsource - 1] = f->program.nsource;
}

static void random_source(fixture *f, lsi_source *s)
{
    const lsi_program *p = &f->program;
    if (apart && p->nsource > 0 && s[-1].kind == LSI_SOURCE_BUFFER && !one_in(4)) {
        source_beside(f, s);
        return;
    }
    memset(s, 0, sizeof *s);
    s->dtype = arithmetic && !one_in(5) ? arithmetic_dtype : (ls_dtype)(LS_BOOL + below(LSI_DTYPE_COUNT - 1));
    s->last_at = -1;
    const int64_t elements = random_layout(p, s->strides, &s->offset, true);
    switch (below(8)) {
    case 0:
        s->kind = LSI_SOURCE_CONST;
        _Alignas(16) char element[16];
        random_element(s->dtype, element);
        lsi_scalar_load(s->dtype, element, &s->constant);
        break;
    case 1:
        s->kind = LSI_SOURCE_IOTA;
        s->dtype = one_in(2) ? LS_FLOAT64 : LS_INT64;
        s->first.dtype = s->step.dtype = s->last.dtype = s->dtype;
        if (s->dtype == LS_FLOAT64) {
            s->first.value.f = random_number();
            s->step.value.f = 0.1;
            s->last.value.f = 1234.5;
            if (one_in(2)) s->last_at = below(elements);
        } else {
            s->first.value.i = (int64_t)next_random();
            s->step.value.i = below(1000) - 500;
        }
        break;
    case 2: {
        const int64_t kind = below((int64_t)(sizeof draw_dtypes / sizeof *draw_dtypes));
        s->kind = LSI_SOURCE_DRAW;
        s->dtype = draw_dtypes[kind];
        s->draw.engine = one_in(2) ? LSI_ENGINE_PHILOX4X64 : LSI_ENGINE_PHILOX4X32;
        s->draw.kind = (uint32_t)kind;
        s->draw.key[0] = next_random();
        s->draw.key[1] = next_random();
        break;
    }
    default:
        s->kind = LSI_SOURCE_BUFFER;
        s->buffer = new_buffer(f, elements + 2 * ROOM_BESIDE, s->dtype);
        s->offset += ROOM_BESIDE;
        break;
    }
}

/* Values of the program so far that have this dtype; -1 when there is none. */
static int32_t pick_value(const lsi_program *p, ls_dtype dtype)
{
    int32_t found = -1;
    int seen = 0;
    for (int v = 0; v < p->nsource + p->ninstr; v++)
        if (lsi_program_dtype(p, v) == dtype && one_in(++seen)) found = v;
    return found;
}

static const struct row { uint16_t op; uint8_t arity; uint8_t result; } rows[] = {
#define ROW_RESULT_SAME 0
#define ROW_RESULT_BOOL 1
#define ROW_RESULT_REAL 2
#define UNARY(name, SET, RESULT, ...) {LSI_OP_##name, 1, ROW_RESULT_##RESULT},
#define BINARY(name, SET, RESULT, ...) {LSI_OP_##name, 2, ROW_RESULT_##RESULT},
#define TERNARY(name, SET, RESULT, ...) {LSI_OP_##name, 3, ROW_RESULT_##RESULT},
#define UNARY_RARE(name, SET, RESULT, ...) {LSI_OP_##name, 1, ROW_RESULT_##RESULT},
#define BINARY_RARE(name, SET, RESULT, ...) {LSI_OP_##name, 2, ROW_RESULT_##RESULT},
#include "ops.def"
};

static void random_arithmetic_of(lsi_instr *instr, int32_t x, int32_t y)
{
    static const uint16_t ops[] = {LSI_OP_add, LSI_OP_subtract, LSI_OP_multiply};
    *instr = (lsi_instr){.op = ops[below(3)], .dtype = (uint8_t)arithmetic_dtype, .result = (uint8_t)arithmetic_dtype,
                         .args = {x, y, -1}};
}

enum { OF_NUMBERS, OF_MASKS };
static const struct linked { uint16_t op; uint8_t arity, of; } linked[] = {
#define UNARY(name, ...) {LSI_OP_##name, 1, OF_NUMBERS},
#define BINARY(name, ...) {LSI_OP_##name, 2, OF_NUMBERS},
#define MASKS1(name, ...) {LSI_OP_##name, 1, OF_MASKS},
#define MASKS2(name, ...) {LSI_OP_##name, 2, OF_MASKS},
#include "host/chain_rows.def"
    {LSI_OP_where, 3, OF_NUMBERS}, {LSI_OP_sin, 1, OF_NUMBERS}, {LSI_OP_cos, 1, OF_NUMBERS}, /* made together */
    {LSI_OP_add, 2, OF_NUMBERS}, {LSI_OP_subtract, 2, OF_NUMBERS}, {LSI_OP_multiply, 2, OF_NUMBERS},
};

static bool random_arithmetic(lsi_program *p, lsi_instr *instr)
{
    const struct linked *row = &linked[below((int64_t)(sizeof linked / sizeof *linked))];
    const ls_dtype dtype = row->of == OF_MASKS ? LS_BOOL : arithmetic_dtype;
    const bool is_row = row->op < LSI_OP_ROWS;
    if (is_row && !lsi_loop_table_of_baseline.rows[dtype]->row[row->op]) return false;
    *instr = (lsi_instr){.op = row->op, .dtype = (uint8_t)dtype, .args = {-1, -1, -1}};
    instr->result = is_row && rows[row->op].result == ROW_RESULT_BOOL ? LS_BOOL
                    : row->op == LSI_OP_cast                         ? (uint8_t)arithmetic_dtype
                                                                     : (uint8_t)dtype;
    for (int a = 0; a < row->arity; a++) {
        const ls_dtype wanted = row->op == LSI_OP_where && a == 0 ? LS_BOOL : dtype;
        const int newest = p->nsource + p->ninstr - 1;
        const bool take_newest = lsi_program_dtype(p, newest) == wanted && !one_in(3);
        instr->args[a] = take_newest ? newest : pick_value(p, wanted);
        if (instr->args[a] < 0) return false;
    }
    p->ninstr++;
    return true;
}

/* Appends an operation on a value and the same one step further on. */
static bool join_beside(fixture *f)
{
    lsi_program *p = &f->program;
    const int32_t v = (int32_t)below(p->nsource + p->ninstr);
    if (f->repeated[v] < 0 || lsi_program_dtype(p, v) != arithmetic_dtype) return false;
    lsi_instr *instr = &f->instrs[p->ninstr++];
    random_arithmetic_of(instr, v, f->repeated[v]);
    return true;
}

/* Appends what an instruction does, one step further on; false where its arguments have not been repeated. */
static bool repeat_beside(fixture *f)
{
    lsi_program *p = &f->program;
    if (p->ninstr == 0 || one_in(2)) return join_beside(f);
    const int64_t k = below(p->ninstr);
    lsi_instr instr = p->instrs[k];
    for (int a = 0; a < 3 && instr.args[a] >= 0; a++) {
        const int32_t v = instr.args[a];
        const bool same = v < p->nsource && f->sources[v].kind == LSI_SOURCE_CONST;
        instr.args[a] = same ? v : f->repeated[v];
        if (instr.args[a] < 0) return false;
    }
    f->repeated[p->nsource + k] = p->nsource + p->ninstr;
    f->instrs[p->ninstr++] = instr;
    return true;
}

/* Appends an instruction on values that exist; false when the choice did not fit. */
static bool random_instr(fixture *f)
{
    lsi_program *p = &f->program;
    lsi_instr *instr = &f->instrs[p->ninstr];
    if (apart && !one_in(3)) return repeat_beside(f);
    if (arithmetic && !one_in(8)) return random_arithmetic(p, instr);
    const ls_dtype dtype = lsi_program_dtype(p, (int)below(p->nsource + p->ninstr));
    *instr = (lsi_instr){.dtype = (uint8_t)dtype, .args = {-1, -1, -1}};
    if (one_in(5)) {
        instr->op = LSI_OP_cast;
        instr->result = (uint8_t)(LS_BOOL + below(LSI_DTYPE_COUNT - 1));
        instr->args[0] = pick_value(p, dtype);
    } else if (one_in(8)) {
        instr->op = LSI_OP_where;
        instr->result = instr->dtype;
        instr->args[0] = pick_value(p, LS_BOOL);
        instr->args[1] = pick_value(p, dtype);
        instr->args[2] = pick_value(p, dtype);
        if (instr->args[0] < 0) return false;
    } else {
        const struct row *row = &rows[below((int64_t)(sizeof rows / sizeof *rows))];
        if (!lsi_loop_table_of_baseline.rows[dtype]->row[row->op]) return false;
        instr->op = row->op;
        for (int a = 0; a < row->arity; a++)
            instr->args[a] = pick_value(p, dtype);
        instr->result = (uint8_t)(row->result == ROW_RESULT_BOOL   ? LS_BOOL
                                  : row->result == ROW_RESULT_REAL ? lsi_dtype_real(dtype)
                                                                   : dtype);
    }
    p->ninstr++;
    return true;
}

static bool taken(const fixture *f, const lsi_buffer *buffer)
{
    int readers = 0;
    for (int s = 0; s < f->program.nsource; s++)
        readers += f->sources[s].buffer == buffer;
    if (readers > 1) return true; /* views beside each other are read otherwise than in place */
    for (int t = 0; t < f->program.nstore; t++)
        if (f->stores[t].buffer == buffer) return true;
    return false;
}

static bool repeats(const lsi_program *p, const int64_t *strides)
{
    for (int d = 0; d < p->ndim; d++)
        if (strides[d] == 0 && p->shape[d] > 1) return true;
    return false;
}

/* A store into a buffer of its own, or exactly over a source of the same dtype. */
static void random_store(fixture *f)
{
    lsi_program *p = &f->program;
    lsi_store *store = &f->stores[p->nstore];
    memset(store, 0, sizeof *store);
    store->value = (int32_t)(one_in(3) ? below(p->nsource + p->ninstr) : p->nsource + p->ninstr - 1);
    const ls_dtype dtype = lsi_program_dtype(p, store->value);
    const lsi_source *over = &f->sources[below(p->nsource)];
    if (one_in(2) && over->kind == LSI_SOURCE_BUFFER && over->dtype == dtype && !taken(f, over->buffer) &&
        !repeats(p, over->strides)) {
        store->buffer = over->buffer;
        store->offset = over->offset;
        memcpy(store->strides, over->strides, sizeof store->strides);
    } else {
        const int64_t elements = random_layout(p, store->strides, &store->offset, false);
        store->buffer = new_buffer(f, elements, dtype);
    }
    p->nstore++;
}

static void make_fixture(fixture *f)
{
    memset(f, 0, sizeof *f);
    memset(f->repeated, -1, sizeof f->repeated);
    lsi_program *p = &f->program;
    p->sources = f->sources;
    p->instrs = f->instrs;
    p->stores = f->stores;
    p->function = "test";
    random_shape(p);
    choose_subject();
    if (apart) long_rows(p);
    const int64_t nsource = 1 + below(MOST_SOURCES), nstore = 1 + below(MOST_STORES);
    const int64_t ninstr = below((arithmetic ? MOST_INSTRS : FEW_INSTRS) + 1);
    while (p->nsource < nsource)
        random_source(f, &f->sources[p->nsource]), p->nsource++;
    for (int tries = 0; p->ninstr < ninstr && tries < 200; tries++)
        random_instr(f);
    while (p->nstore < nstore)
        random_store(f);
}

static void free_fixture(fixture *f)
{
    for (int b = 0; b < f->nbuffer; b++) {
        free(f->buffers[b].address);
        free(f->fresh[b]);
        free(f->expected[b]);
    }
}

static int64_t elements_of(const lsi_program *p)
{
    int64_t count = 1;
    for (int d = 0; d < p->ndim; d++)
        count *= p->shape[d];
    return count;
}

/* ---- the slow way ---- */

static int64_t dot(const lsi_program *p, const int64_t *index, const int64_t *strides)
{
    int64_t sum = 0;
    for (int d = 0; d < p->ndim; d++)
        sum += index[d] * strides[d];
    return sum;
}

typedef struct element {
    _Alignas(16) unsigned char bytes[16];
} element;

static void one_source(const fixture *f, const lsi_source *s, const int64_t *index, element *to)
{
    const int64_t k = s->offset + dot(&f->program, index, s->strides);
    const size_t size = lsi_dtype_size(s->dtype);
    if (s->kind == LSI_SOURCE_CONST) {
        lsi_scalar_store(&s->constant, to->bytes);
    } else if (s->kind == LSI_SOURCE_BUFFER) {
        memcpy(to->bytes, f->fresh[s->buffer - f->buffers] + (size_t)k * size, size);
    } else if (s->kind == LSI_SOURCE_DRAW) {
        lsi_draw_fill(&s->draw, k, 1, to->bytes);
    } else if (s->dtype == LS_INT64) {
        const int64_t number = (int64_t)((uint64_t)s->first.value.i + (uint64_t)k * (uint64_t)s->step.value.i);
        memcpy(to->bytes, &number, 8);
    } else {
        volatile double product = (double)k * s->step.value.f;
        const double number = k == s->last_at ? s->last.value.f : product + s->first.value.f;
        memcpy(to->bytes, &number, 8);
    }
}

static void one_instr(const lsi_instr *instr, element *values, element *to)
{
    const lsi_loop_table *table = &lsi_loop_table_of_baseline;
    const void *in[3];
    for (int a = 0; a < 3; a++)
        in[a] = instr->args[a] >= 0 ? values[instr->args[a]].bytes : NULL;
    lsi_loop loop;
    if (instr->op == LSI_OP_cast)
        loop = table->casts[instr->dtype]->to[instr->result];
    else if (instr->op == LSI_OP_where)
        loop = table->moves->where[lsi_size_log(lsi_dtype_size((ls_dtype)instr->dtype))];
    else
        loop = table->rows[instr->dtype]->row[instr->op];
    loop(1, in, to->bytes);
}

static void expect(fixture *f)
{
    const lsi_program *p = &f->program;
    for (int b = 0; b < f->nbuffer; b++)
        memcpy(f->expected[b], f->fresh[b], f->buffers[b].bytes);
    const int64_t count = elements_of(p);
    int64_t index[LS_MAX_NDIM] = {0};
    for (int64_t i = 0; i < count; i++) {
        element values[MOST_SOURCES + MOST_INSTRS];
        for (int s = 0; s < p->nsource; s++)
            one_source(f, &p->sources[s], index, &values[s]);
        for (int k = 0; k < p->ninstr; k++)
            one_instr(&p->instrs[k], values, &values[p->nsource + k]);
        for (int t = 0; t < p->nstore; t++) {
            const lsi_store *store = &p->stores[t];
            const size_t size = lsi_dtype_size(lsi_program_dtype(p, store->value));
            const int64_t at = store->offset + dot(p, index, store->strides);
            memcpy(f->expected[store->buffer - f->buffers] + (size_t)at * size, values[store->value].bytes, size);
        }
        for (int d = p->ndim - 1; d >= 0 && ++index[d] == p->shape[d]; d--)
            index[d] = 0;
    }
}

/* ---- comparison ---- */

/* The same bits, NaNs aside: any NaN equals any NaN of its place. */
static bool same_bytes(ls_dtype dtype, const unsigned char *a, const unsigned char *b, size_t bytes)
{
    if (memcmp(a, b, bytes) == 0) return true;
    const size_t size = lsi_dtype_size(dtype);
    for (size_t at = 0; at + size <= bytes; at += size) {
        element x = {{0}}, y = {{0}};
        lsi_scalar s;
        lsi_scalar_load(dtype, a + at, &s); /* storing canonicalises */
        lsi_scalar_store(&s, x.bytes);
        lsi_scalar_load(dtype, b + at, &s);
        lsi_scalar_store(&s, y.bytes);
        if (memcmp(x.bytes, y.bytes, size) == 0) continue;
        if (check_failed < 3) {
            printf("  element %zu:", at / size);
            for (size_t i = 0; i < size; i++)
                printf(" %02x/%02x", a[at + i], b[at + i]);
            printf("\n");
        }
        return false;
    }
    return true;
}

static ls_dtype buffer_dtype(const fixture *f, int b)
{
    for (int s = 0; s < f->program.nsource; s++)
        if (f->sources[s].buffer == &f->buffers[b]) return f->sources[s].dtype;
    for (int t = 0; t < f->program.nstore; t++)
        if (f->stores[t].buffer == &f->buffers[b]) return lsi_program_dtype(&f->program, f->stores[t].value);
    return LS_UINT8;
}

static bool run_and_compare(fixture *f)
{
    for (int b = 0; b < f->nbuffer; b++)
        memcpy(f->buffers[b].address, f->fresh[b], f->buffers[b].bytes);
    if (lsi_host_map(&f->program) != LS_OK) return false;
    for (int b = 0; b < f->nbuffer; b++)
        if (!same_bytes(buffer_dtype(f, b), f->buffers[b].address, f->expected[b], f->buffers[b].bytes)) return false;
    return true;
}

static void print_program(const lsi_program *p)
{
    printf("  shape");
    for (int d = 0; d < p->ndim; d++)
        printf(" %lld", (long long)p->shape[d]);
    for (int s = 0; s < p->nsource; s++) {
        printf("\n  v%d: kind %d %s buffer %p offset %lld strides", s, (int)p->sources[s].kind,
               lsi_dtype_name(p->sources[s].dtype), (void *)p->sources[s].buffer, (long long)p->sources[s].offset);
        for (int d = 0; d < p->ndim; d++)
            printf(" %lld", (long long)p->sources[s].strides[d]);
    }
    for (int k = 0; k < p->ninstr; k++)
        printf("\n  v%d: op %d %s -> %s (%d %d %d)", p->nsource + k, p->instrs[k].op,
               lsi_dtype_name((ls_dtype)p->instrs[k].dtype), lsi_dtype_name((ls_dtype)p->instrs[k].result),
               p->instrs[k].args[0], p->instrs[k].args[1], p->instrs[k].args[2]);
    for (int t = 0; t < p->nstore; t++) {
        printf("\n  store v%d buffer %p offset %lld strides", p->stores[t].value, (void *)p->stores[t].buffer,
               (long long)p->stores[t].offset);
        for (int d = 0; d < p->ndim; d++)
            printf(" %lld", (long long)p->stores[t].strides[d]);
    }
    printf("\n");
}

static const int strips[] = {0, 3, 64, 1000};

TEST(random_programs)
{
    const char *wanted = getenv("LOCKSTEP_TEST_PROGRAMS");
    const long programs = wanted ? atol(wanted) : 2250;
    for (long n = 0; n < programs; n++) {
        fixture f;
        make_fixture(&f);
        expect(&f);
        for (int isa = 0; isa <= (int)lsi_isa_best(); isa++) {
            lsi_isa_force((lsi_isa)isa);
            lsi_parallel_force(1 + (int)below(4));
            lsi_strip_force(strips[below(4)]);
            lsi_map_force(one_in(3));
            if (!CHECK(run_and_compare(&f))) {
                printf("program %ld, isa %s, strip %d\n", n, lsi_isa_name((lsi_isa)isa), lsi_strip_forced());
                print_program(&f.program);
            }
        }
        free_fixture(&f);
        if (check_failed > 3) break;
    }
    lsi_strip_force(0);
    lsi_parallel_force(0);
    lsi_map_force(false);
    lsi_isa_force(lsi_isa_best());
}

/* ---- past the caches ---- */

enum { ROWS = 3, LONGEST = 2100, PITCH = LONGEST + 8, GUARD = -77 };

/* x * x + x of ROWS rows of `cols` float32 each, into a target that begins `offset` elements behind a line: each element
 * is there, and nothing beside them is touched. */
static bool streams_right(int cols, int offset)
{
    static _Alignas(64) float x[ROWS * PITCH], y[ROWS * LONGEST + 64];
    lsi_buffer from = {.address = x, .bytes = sizeof x}, to = {.address = y, .bytes = sizeof y};
    const lsi_source source = {.kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT32, .buffer = &from, .strides = {PITCH, 1}};
    const lsi_instr instrs[] = {{LSI_OP_multiply, LS_FLOAT32, LS_FLOAT32, {0, 0, -1}},
                                {LSI_OP_add, LS_FLOAT32, LS_FLOAT32, {1, 0, -1}}};
    const lsi_store store = {.value = 2, .buffer = &to, .offset = offset, .strides = {cols, 1}};
    const lsi_program p = {.ndim = 2, .shape = {ROWS, cols}, .nsource = 1, .sources = &source, .ninstr = 2,
                           .instrs = instrs, .nstore = 1, .stores = &store};
    for (int i = 0; i < ROWS * PITCH; i++)
        x[i] = (float)(i % 1000);
    for (size_t i = 0; i < sizeof y / sizeof *y; i++)
        y[i] = GUARD;
    if (!CHECK_STATUS(lsi_host_map(&p), LS_OK)) return false;
    for (int i = 0; i < (int)(sizeof y / sizeof *y); i++) {
        const int at = i - offset;
        const bool inside = at >= 0 && at < ROWS * cols;
        const float value = inside ? x[at / cols * PITCH + at % cols] : 0;
        if (y[i] != (inside ? value * value + value : (float)GUARD)) return false;
    }
    return true;
}

TEST(strips_that_begin_with_lines)
{
    static const int lengths[] = {512, 513, 527, 640, 1023, 1024, 1025, 1040, 2047, LONGEST};
    lsi_map_force(true);
    for (int isa = 0; isa <= (int)lsi_isa_best(); isa++) {
        lsi_isa_force((lsi_isa)isa);
        for (int threads = 1; threads <= 3; threads += 2)
            for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
                for (int offset = 0; offset < 20; offset++) {
                    lsi_parallel_force(threads);
                    if (!CHECK(streams_right(lengths[i], offset)))
                        printf("  isa %d, %d threads, rows of %d, offset %d\n", isa, threads, lengths[i], offset);
                }
    }
    lsi_parallel_force(0);
    lsi_map_force(false);
    lsi_isa_force(lsi_isa_best());
}

/* ---- out of memory ---- */

/* On a thread of its own, whose scratch is not there yet; the n-th allocation fails, then all later ones too. */
static void *run_short_of_memory(void *context)
{
    fixture *f = context;
    int failures = 0;
    for (int n = 1; n <= 8; n++) {
        lsi_alloc_fail_at(n, true);
        const ls_status status = lsi_host_map(&f->program);
        const bool reached = lsi_alloc_count() >= n;
        lsi_alloc_fail_at(0, false);
        CHECK(status == LS_OK || (status == LS_ENOMEM && reached));
        if (status != LS_OK) CHECK_STATUS(lsi_pending_error(), status);
        (void)lsi_report(status);
        failures += status != LS_OK;
    }
    CHECK(failures >= 2); /* the plan, the worker */
    CHECK(run_and_compare(f));
    return NULL;
}

TEST(out_of_memory_is_reported)
{
    lsi_strip_force(64); /* no shortcut for small programs */
    lsi_parallel_force(1);
    for (int n = 0; n < 20; n++) {
        fixture f;
        do {
            make_fixture(&f);
            if (f.program.ninstr >= 3 && elements_of(&f.program) > 100) break;
            free_fixture(&f);
        } while (true);
        expect(&f);
        pthread_t thread;
        if (CHECK(pthread_create(&thread, NULL, run_short_of_memory, &f) == 0)) pthread_join(thread, NULL);
        free_fixture(&f);
    }
    lsi_strip_force(0);
    lsi_parallel_force(0);
}

int main(void)
{
    RUN(random_programs);
    RUN(strips_that_begin_with_lines);
    RUN(out_of_memory_is_reported);
    return check_report();
}
