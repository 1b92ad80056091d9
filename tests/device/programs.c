/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The test programs. Everything random comes of a generator seeded by the program's number. */
#include "programs.h"
#include "sets.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SYSTEMATIC_OPS = 6, RANDOM_PROGRAMS = 160, DRAW_PROGRAMS = 60, LAYOUT_PROGRAMS = 30, BOUND_PROGRAMS = 3,
       ROW_PROGRAMS = 120 };

static int uses[LSI_OP_COUNT][LSI_DTYPE_COUNT];

/* ---- random numbers ---- */

static uint64_t state;

static uint64_t next(void)
{
    state += 0x9E3779B97F4A7C15u;
    uint64_t z = state;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static int below(int n)
{
    return (int)(next() % (uint64_t)n);
}

/* ---- facts about operations ---- */

typedef struct row {
    int arguments, set, result; /* result: 0 SAME, 1 BOOL, 2 REAL */
} row;
enum { ROW_SAME, ROW_BOOL, ROW_REAL };

static const row rows[LSI_OP_ROWS] = {
#define UNARY(name, SET, RESULT, ...) [LSI_OP_##name] = {1, LS_SET_##SET, ROW_##RESULT},
#define BINARY(name, SET, RESULT, ...) [LSI_OP_##name] = {2, LS_SET_##SET, ROW_##RESULT},
#define TERNARY(name, SET, RESULT, ...) [LSI_OP_##name] = {3, LS_SET_##SET, ROW_##RESULT},
#define UNARY_RARE(name, SET, RESULT, ...) [LSI_OP_##name] = {1, LS_SET_##SET, ROW_##RESULT},
#define BINARY_RARE(name, SET, RESULT, ...) [LSI_OP_##name] = {2, LS_SET_##SET, ROW_##RESULT},
#include "ops.def"
};

static int kind_bit(ls_dtype dtype)
{
    if (lsi_dtype_is_half(dtype)) return LS_HAS_HALF;
    switch (lsi_dtype_kind(dtype)) {
    case LSI_KIND_BOOL: return LS_HAS_BOOL;
    case LSI_KIND_INT:
    case LSI_KIND_UINT: return LS_HAS_INT;
    case LSI_KIND_FLOAT: return LS_HAS_FLOAT;
    default: return LS_HAS_COMPLEX;
    }
}

static bool exists(int op, ls_dtype dtype)
{
    return (rows[op].set & kind_bit(dtype)) != 0;
}

static ls_dtype result_of(int op, ls_dtype dtype)
{
    if (rows[op].result == ROW_BOOL) return LS_BOOL;
    return rows[op].result == ROW_REAL ? lsi_dtype_real(dtype) : dtype;
}

/* ---- building ---- */

static test_program *building;

static int source(lsi_source it)
{
    lsi_program *p = &building->program;
    building->sources[p->nsource] = it;
    return p->nsource++;
}

static int instr(int op, ls_dtype dtype, ls_dtype result, int a, int b, int c)
{
    lsi_program *p = &building->program;
    uses[op][op == LSI_OP_cast ? result : dtype]++;
    building->instrs[p->ninstr] = (lsi_instr){(uint16_t)op, (uint8_t)dtype, (uint8_t)result, {a, b, c}};
    return p->nsource + p->ninstr++;
}

static int new_buffer(size_t bytes)
{
    building->buffers[building->nbuffer] = (lsi_buffer){.bytes = bytes};
    return building->nbuffer++;
}

/* C-contiguous strides; the number of elements. */
static int64_t dense(int64_t *strides)
{
    int64_t count = 1;
    for (int d = building->program.ndim - 1; d >= 0; d--) {
        strides[d] = count;
        count *= building->program.shape[d];
    }
    return count;
}

typedef enum layout {
    DENSE,
    OFFSET,
    TRANSPOSED,
    REVERSED,
    EVERY_SECOND,
    ROW_REPEATED,
    COLUMN_REPEATED,
    ONE,
    LAYOUTS
} layout;

/* Strides and offset of a layout; the elements its buffer needs. Targets get no repetition. */
static int64_t lay_out(layout how, int64_t *strides, int64_t *offset)
{
    const lsi_program *p = &building->program;
    int64_t count = dense(strides);
    *offset = 0;
    switch (how) {
    case OFFSET: *offset = 1 + below(3); return count + 4;
    case TRANSPOSED:
        count = 1;
        for (int d = 0; d < p->ndim; d++) {
            strides[d] = count;
            count *= p->shape[d];
        }
        return count;
    case REVERSED:
        for (int d = 0; d < p->ndim; d++) {
            if (below(2) && d + 1 < p->ndim) continue;
            *offset += strides[d] * (p->shape[d] - 1);
            strides[d] = -strides[d];
        }
        return count;
    case EVERY_SECOND:
        for (int d = 0; d < p->ndim; d++) strides[d] *= 2;
        return 2 * count;
    case ROW_REPEATED:
        if (p->ndim > 0) strides[0] = 0;
        return count;
    case COLUMN_REPEATED:
        if (p->ndim > 0) strides[p->ndim - 1] = 0;
        return count;
    case ONE:
        for (int d = 0; d < p->ndim; d++) strides[d] = 0;
        *offset = below(3);
        return 4;
    default: return count;
    }
}

static int buffer_source(ls_dtype dtype, layout how)
{
    lsi_source it = {.kind = LSI_SOURCE_BUFFER, .dtype = dtype};
    const int64_t elements = lay_out(how, it.strides, &it.offset);
    const int buffer = new_buffer((size_t)elements * lsi_dtype_size(dtype));
    it.buffer = &building->buffers[buffer];
    return source(it);
}

static int constant_source(ls_dtype dtype)
{
    lsi_source it = {.kind = LSI_SOURCE_CONST, .dtype = dtype};
    static const double numbers[] = {0, 1, 2, 0.5, -1.5, 3, 1e-3, 100};
    const double x = numbers[below(8)];
    lsi_scalar wide = {.dtype = LS_FLOAT64, .value.f = x};
    it.constant = lsi_scalar_cast(&wide, dtype);
    return source(it);
}

static int iota_source(bool floating, layout how)
{
    lsi_source it = {.kind = LSI_SOURCE_IOTA, .dtype = floating ? LS_FLOAT64 : LS_INT64, .last_at = -1};
    (void)lay_out(how, it.strides, &it.offset);
    if (floating) {
        it.first.value.f = 0.1 * below(10);
        it.step.value.f = 0.3;
        it.last.value.f = 77;
        if (below(2)) it.last_at = below(50);
    } else {
        it.first.value.i = below(1000) - 500;
        it.step.value.i = below(7) - 3;
    }
    it.first.dtype = it.step.dtype = it.last.dtype = it.dtype;
    return source(it);
}

static ls_dtype draw_dtype(uint32_t kind)
{
    switch (kind) {
    case LSI_DRAW_UNIFORM_F32:
    case LSI_DRAW_NORMAL_F32:
    case LSI_DRAW_EXPONENTIAL_F32: return LS_FLOAT32;
    case LSI_DRAW_BITS64: return LS_UINT64;
    case LSI_DRAW_BITS32: return LS_UINT32;
    case LSI_DRAW_INTEGERS64:
    case LSI_DRAW_INTEGERS32: return below(2) ? LS_INT64 : LS_UINT64;
    default: return LS_FLOAT64;
    }
}

static int draw_source(uint32_t engine, uint32_t kind, layout how)
{
    lsi_source it = {.kind = LSI_SOURCE_DRAW, .dtype = draw_dtype(kind)};
    (void)lay_out(how, it.strides, &it.offset);
    lsi_draw *d = &it.draw;
    d->engine = engine;
    d->kind = kind;
    d->key[0] = next();
    d->start[0] = below(2) ? next() : ~(uint64_t)0 - 5;
    if (engine == LSI_ENGINE_PHILOX4X64) {
        d->key[1] = next();
        d->start[1] = below(2) ? ~(uint64_t)0 : next();
        d->start[2] = below(2) ? ~(uint64_t)0 : next();
        d->start[3] = next();
        if (lsi_draw_is_32(kind) && below(2)) {
            d->has_spare = 1;
            d->spare = (uint32_t)next();
        }
    } else {
        d->start[0] >>= 8;
    }
    d->word = (uint32_t)below(4) & (kind == LSI_DRAW_NORMAL_F64 ? 2u : 3u);
    d->range[0] = next();
    d->range[1] = kind == LSI_DRAW_INTEGERS32 ? next() >> (32 + below(20))
                  : below(3)                  ? next() >> below(40)
                                              : ~(uint64_t)0;
    if (kind == LSI_DRAW_INTEGERS32 && below(3) == 0) d->range[1] = 0x80000000u; /* half of all words are rejected */
    d->range[2] = lsi_draw_threshold(kind, d->range[1]);
    return source(it);
}

static void store(int value, layout how)
{
    lsi_program *p = &building->program;
    lsi_store it = {.value = value};
    const ls_dtype dtype = lsi_program_dtype(p, value);
    const int64_t elements = lay_out(how, it.strides, &it.offset);
    it.buffer = &building->buffers[new_buffer((size_t)elements * lsi_dtype_size(dtype))];
    building->ntarget++;
    building->stores[p->nstore++] = it;
}

/* Onto the source itself, element for element. */
static void store_back(int value, int from)
{
    lsi_program *p = &building->program;
    const lsi_source *s = &building->sources[from];
    lsi_store it = {.value = value, .offset = s->offset, .buffer = s->buffer};
    memcpy(it.strides, s->strides, sizeof it.strides);
    building->stores[p->nstore++] = it;
}

static void shape(int ndim, const int64_t *sizes)
{
    building->program.ndim = ndim;
    for (int d = 0; d < ndim; d++) building->program.shape[d] = sizes[d];
}

static void random_shape(int ndim, int64_t most)
{
    static const int64_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 12, 16, 33, 64, 100, 257, 1024};
    int64_t chosen[LS_MAX_NDIM], count = 1;
    for (int d = 0; d < ndim; d++) {
        do chosen[d] = sizes[below((int)(sizeof sizes / sizeof *sizes))];
        while (count * chosen[d] > most);
        count *= chosen[d];
    }
    shape(ndim, chosen);
}

/* ---- the programs ---- */

static const int systematic_per_dtype = (LSI_OP_ROWS + SYSTEMATIC_OPS - 1) / SYSTEMATIC_OPS;

/* Some operations of one dtype, each on sources of its own dtype, each stored. */
static void make_operations(ls_dtype dtype, int group)
{
    shape(1, (const int64_t[]){1061});
    const int x = buffer_source(dtype, DENSE), y = buffer_source(dtype, OFFSET), z = buffer_source(dtype, DENSE);
    int made[SYSTEMATIC_OPS], n = 0;
    for (int op = group * SYSTEMATIC_OPS; op < (group + 1) * SYSTEMATIC_OPS && op < LSI_OP_ROWS; op++)
        if (exists(op, dtype))
            made[n++] = instr(op, dtype, result_of(op, dtype), x, rows[op].arguments > 1 ? y : -1,
                              rows[op].arguments > 2 ? z : -1);
    for (int k = 0; k < n; k++) store(made[k], DENSE);
    if (n == 0) store(x, DENSE);
}

/* Casts of one dtype to all, and a choice. */
static void make_casts(ls_dtype dtype)
{
    shape(1, (const int64_t[]){1061});
    const int x = buffer_source(dtype, DENSE), y = buffer_source(dtype, DENSE), c = buffer_source(LS_BOOL, DENSE);
    int made[LSI_DTYPE_COUNT + 1], n = 0;
    for (int to = 1; to < LSI_DTYPE_COUNT; to++)
        if (lsi_dtype_valid((ls_dtype)to)) made[n++] = instr(LSI_OP_cast, dtype, (ls_dtype)to, x, -1, -1);
    made[n++] = instr(LSI_OP_where, dtype, dtype, c, x, y);
    for (int k = 0; k < n; k++) store(made[k], DENSE);
}

static void make_draws(int k)
{
    const uint32_t kind = (uint32_t)k % LSI_DRAW_KINDS, engine = (uint32_t)k / LSI_DRAW_KINDS % 2;
    static const layout layouts[] = {DENSE, OFFSET, TRANSPOSED};
    random_shape(1 + k % 3, 3000);
    const int x = draw_source(engine, kind, layouts[k / (2 * LSI_DRAW_KINDS) % 3]);
    const int y = draw_source(engine, (uint32_t)below(LSI_DRAW_KINDS), below(2) ? DENSE : REVERSED);
    const int z = instr(LSI_OP_add, building->sources[x].dtype, building->sources[x].dtype, x, x, -1);
    store(x, below(2) ? DENSE : OFFSET);
    store(y, DENSE);
    store(z, DENSE);
}

static void make_layouts(int k)
{
    static const ls_dtype dtypes[] = {LS_FLOAT64, LS_FLOAT32, LS_INT8, LS_COMPLEX128, LS_INT16};
    const ls_dtype dtype = dtypes[k % 5];
    random_shape(k % 5, 4000);
    const int a = buffer_source(dtype, (layout)below(LAYOUTS)), b = buffer_source(dtype, (layout)below(LAYOUTS));
    const int c = buffer_source(dtype, (layout)below(LAYOUTS)), d = iota_source(below(2), (layout)below(LAYOUTS));
    const int sum = instr(LSI_OP_add, dtype, dtype, a, b, -1);
    const int all = instr(LSI_OP_multiply, dtype, dtype, sum, c, -1);
    store(all, (layout)below(ROW_REPEATED));
    store(d, (layout)below(ROW_REPEATED));
    if (building->sources[a].strides[0] != 0 && k % 3 == 0) {
        int64_t strides[LS_MAX_NDIM];
        (void)dense(strides);
        if (memcmp(strides, building->sources[a].strides, sizeof(int64_t) * (size_t)building->program.ndim) == 0)
            store_back(sum, a);
    }
}

/* One of the newest values, not the result of a reduction that is still to come. */
static int recent_value(int newest)
{
    const lsi_program *p = &building->program;
    const int n = p->nsource + p->ninstr;
    for (;;) {
        const int v = n - 1 - below(n < newest ? n : newest);
        const bool result = v < p->nsource && p->sources[v].kind == LSI_SOURCE_RESULT;
        if (!result || p->sources[v].reduction < p->nreduction) return v;
        newest++;
    }
}

/* A value of the dtype among those so far, by way of a cast where there is none. */
static int value_of(ls_dtype dtype)
{
    const lsi_program *p = &building->program;
    for (int tries = 0; tries < 12; tries++) {
        const int v = recent_value(12);
        if (lsi_program_dtype(p, v) == dtype) return v;
    }
    const int v = recent_value(8);
    if (lsi_program_dtype(p, v) == dtype) return v;
    return instr(LSI_OP_cast, lsi_program_dtype(p, v), dtype, v, -1, -1);
}

static void random_instruction(void)
{
    static const ls_dtype likely[] = {LS_FLOAT64, LS_FLOAT32, LS_INT64,     LS_INT32,
                                      LS_BOOL,    LS_UINT8,   LS_COMPLEX64, LS_FLOAT64};
    const ls_dtype dtype = below(4) ? likely[below(8)] : (ls_dtype)(1 + below(LSI_DTYPE_COUNT - 1));
    int op = below(LSI_OP_ROWS + 1);
    if (op == LSI_OP_ROWS) {
        const int c = value_of(LS_BOOL), x = value_of(dtype), y = value_of(dtype);
        (void)instr(LSI_OP_where, dtype, dtype, c, x, y);
        return;
    }
    while (!exists(op, dtype)) {
        if (lsi_dtype_is_half(dtype)) op = LSI_OP_nextafter;
        else op = below(LSI_OP_ROWS);
    }
    const int x = value_of(dtype), y = rows[op].arguments > 1 ? value_of(dtype) : -1;
    const int z = rows[op].arguments > 2 ? value_of(dtype) : -1;
    (void)instr(op, dtype, result_of(op, dtype), x, y, z);
}

static void random_source(void)
{
    const ls_dtype dtype = (ls_dtype)(1 + below(LSI_DTYPE_COUNT - 1));
    switch (below(9)) {
    case 0: (void)constant_source(dtype); break;
    case 1: (void)iota_source(below(2), (layout)below(LAYOUTS)); break;
    case 2:
        (void)draw_source((uint32_t)below(2), (uint32_t)below(LSI_DRAW_KINDS), below(2) ? DENSE : TRANSPOSED);
        break;
    default: (void)buffer_source(dtype, below(2) ? DENSE : (layout)below(LAYOUTS));
    }
}

static void make_random(int k)
{
    random_shape(1 + below(4), 2500);
    const int nsource = 1 + below(5), ninstr = 1 + below(k % 8 == 0 ? 40 : 10), nstore = 1 + below(3);
    for (int n = 0; n < nsource; n++) random_source();
    for (int n = 0; n < ninstr; n++) random_instruction();
    const int n = building->program.nsource + building->program.ninstr;
    store(n - 1, (layout)below(ROW_REPEATED));
    for (int t = 1; t < nstore; t++) store(below(n), (layout)below(ROW_REPEATED));
}

/* As many sources, instructions or stores as a program may have. */
static void make_bound(int k)
{
    shape(2, (const int64_t[]){20, 31});
    const int nsource = k == 0 ? LSI_PROGRAM_MAX_SOURCES : 3;
    for (int n = 0; n < nsource; n++) (void)buffer_source(LS_FLOAT32, n % 2 ? DENSE : ROW_REPEATED);
    const int ninstr = k == 1 ? LSI_PROGRAM_MAX_INSTRS : 63;
    static const int ops[] = {LSI_OP_add, LSI_OP_subtract, LSI_OP_multiply, LSI_OP_maximum};
    for (int n = 0; n < ninstr; n++)
        (void)instr(ops[n % 4], LS_FLOAT32, LS_FLOAT32, nsource + n - 1, n % nsource, -1);
    const int nstore = k == 2 ? LSI_PROGRAM_MAX_STORES : 1;
    for (int t = 0; t < nstore; t++) store(nsource + ninstr - 1 - t, DENSE);
}

/* ---- rows ---- */

/* What it folds, and what comes of it. */
static void choose_reduction(lsi_reduction *r)
{
    static const ls_dtype numbers[] = {LS_FLOAT32, LS_FLOAT64,    LS_INT64,  LS_COMPLEX64,
                                       LS_UINT64,  LS_COMPLEX128, LS_FLOAT32};
    static const ls_dtype ordered[] = {LS_FLOAT32, LS_FLOAT64, LS_INT8, LS_UINT16, LS_INT32, LS_UINT64, LS_BOOL};
    static const ls_dtype reals[] = {LS_FLOAT16, LS_BFLOAT16, LS_FLOAT32, LS_FLOAT64};
    static const ls_dtype integers[] = {LS_INT64, LS_INT32, LS_BOOL};
    r->op = (lsi_reduce_op)below(LSI_REDUCE_COUNT);
    const bool moments = r->op == LSI_REDUCE_mean || r->op == LSI_REDUCE_var || r->op == LSI_REDUCE_std;
    switch (r->op) {
    case LSI_REDUCE_any:
    case LSI_REDUCE_all:
    case LSI_REDUCE_count_nonzero:
        r->dtype = LS_BOOL;
        r->result = integers[below(3)];
        return;
    case LSI_REDUCE_min:
    case LSI_REDUCE_max:
        r->dtype = r->result = ordered[below(7)];
        if (r->dtype == LS_FLOAT32) r->result = reals[below(3)];
        return;
    case LSI_REDUCE_argmin:
    case LSI_REDUCE_argmax:
        r->dtype = ordered[below(7)];
        r->result = LS_INT64;
        return;
    default: break;
    }
    do r->dtype = numbers[below(7)];
    while (moments && lsi_dtype_kind(r->dtype) != LSI_KIND_FLOAT && lsi_dtype_kind(r->dtype) != LSI_KIND_COMPLEX);
    r->correction = below(2);
    r->result = r->op == LSI_REDUCE_var || r->op == LSI_REDUCE_std ? lsi_dtype_real(r->dtype) : r->dtype;
    if (lsi_dtype_kind(r->result) == LSI_KIND_FLOAT && below(2)) r->result = reals[below(4)];
    if (r->result == LS_INT64 && below(2)) r->result = integers[below(3)];
}

/* Rows of one axis or two, of every length that makes a difference: to the lanes of a warp, to leaves, to a block. */
static void row_shape(int k)
{
    static const int64_t lengths[] = {1,  2,  3,   6,   8,   15,  16,  17,   31,   32,   40,
                                      64, 65, 100, 128, 130, 500, 512, 1023, 1024, 1025, 2500};
    const int64_t n = lengths[k % 22], outer = n > 1000 ? 2 : n > 100 ? 5 : 1 + below(150);
    switch (below(4)) {
    case 0: shape(3, (const int64_t[]){outer, n % 2 ? 1 : 2, n % 2 ? n : n / 2}); break;
    case 1: shape(3, (const int64_t[]){outer, 2, n}); break;
    default: shape(2, (const int64_t[]){outer, n}); break;
    }
    lsi_program *p = &building->program;
    p->reduced[p->ndim - 1] = true;
    p->reduced[1] = p->ndim == 2 || p->shape[2] != n || p->shape[1] == 1;
}

static void row_source(int k)
{
    static const ls_dtype dtypes[] = {LS_FLOAT32, LS_FLOAT64,   LS_FLOAT16, LS_INT32,
                                      LS_UINT8,   LS_COMPLEX64, LS_FLOAT32, LS_FLOAT64};
    static const layout layouts[] = {DENSE, OFFSET, ROW_REPEATED, COLUMN_REPEATED, ONE, TRANSPOSED};
    switch (below(8)) {
    case 0: (void)iota_source(below(2), DENSE); break;
    case 1: (void)draw_source((uint32_t)below(2), (uint32_t)below(LSI_DRAW_KINDS), DENSE); break;
    case 2: (void)constant_source(dtypes[below(8)]); break;
    default: (void)buffer_source(dtypes[below(8)], k % 3 ? DENSE : layouts[below(6)]);
    }
}

/* Something of all elements that needs the result. */
static void use_result(int result)
{
    const ls_dtype dtype = lsi_program_dtype(&building->program, result);
    const bool complex = lsi_dtype_kind(dtype) == LSI_KIND_COMPLEX;
    const ls_dtype wide = complex ? LS_COMPLEX128 : below(2) ? LS_FLOAT32 : LS_FLOAT64;
    const int cast = instr(LSI_OP_cast, dtype, wide, result, -1, -1), x = value_of(wide);
    (void)instr(below(2) ? LSI_OP_subtract : LSI_OP_multiply, wide, wide, x, cast, -1);
}

/* Steps and reductions in turn, each of what came before; the results' sources stand before all steps. */
static void make_rows(int k)
{
    lsi_program *p = &building->program;
    const int count = 1 + below(LSI_PROGRAM_MAX_ROW_REDUCTIONS), nsource = 1 + below(3);
    row_shape(k);
    (void)buffer_source(k % 2 ? LS_FLOAT32 : LS_FLOAT64, DENSE);
    for (int n = 1; n < nsource; n++) row_source(k);
    for (int q = 0; q < count; q++) {
        choose_reduction(&building->reductions[q]);
        (void)source((lsi_source){.kind = LSI_SOURCE_RESULT, .dtype = building->reductions[q].result, .reduction = q});
    }
    for (int q = 0; q < count; q++) {
        for (int n = below(4); n > 0; n--) random_instruction();
        building->reductions[q].value = value_of(building->reductions[q].dtype);
        p->nreduction++;
        use_result(nsource + q);
    }
    for (int n = below(5); n > 0; n--) random_instruction();
    const int n = p->nsource + p->ninstr;
    store(n - 1, below(2) ? DENSE : OFFSET);
    if (below(2)) store(value_of(LS_FLOAT64), DENSE);
    if (k % 4 == 0) store_back(value_of(building->sources[0].dtype), 0);
    for (int q = 0; q < count; q++) {
        lsi_reduction *r = &building->reductions[q];
        int64_t step = 1;
        for (int d = p->ndim - 1; d >= 0; d--) {
            r->strides[d] = p->reduced[d] ? 0 : step;
            step *= p->reduced[d] ? 1 : p->shape[d];
        }
        if (below(2)) r->buffer = &building->buffers[new_buffer((size_t)step * lsi_dtype_size(r->result))];
    }
}

/* ---- numbering ---- */

int test_program_plain_count(void)
{
    return (LSI_DTYPE_COUNT - 1) * (systematic_per_dtype + 1) + DRAW_PROGRAMS + LAYOUT_PROGRAMS + BOUND_PROGRAMS +
           RANDOM_PROGRAMS;
}

int test_program_count(void)
{
    return test_program_plain_count() + ROW_PROGRAMS;
}

static void make(int k)
{
    const int systematic = (LSI_DTYPE_COUNT - 1) * systematic_per_dtype;
    if (k < systematic) {
        make_operations((ls_dtype)(1 + k / systematic_per_dtype), k % systematic_per_dtype);
        return;
    }
    k -= systematic;
    if (k < LSI_DTYPE_COUNT - 1) make_casts((ls_dtype)(1 + k));
    else if ((k -= LSI_DTYPE_COUNT - 1) < DRAW_PROGRAMS) make_draws(k);
    else if ((k -= DRAW_PROGRAMS) < LAYOUT_PROGRAMS) make_layouts(k);
    else if ((k -= LAYOUT_PROGRAMS) < BOUND_PROGRAMS) make_bound(k);
    else if ((k -= BOUND_PROGRAMS) < RANDOM_PROGRAMS) make_random(k);
    else make_rows(k - RANDOM_PROGRAMS);
}

/* ---- memory ---- */

/* Numbers of every size and sign, whole ones, special ones. */
static double number(void)
{
    static const double special[] = {0,      -0.0, 1,   -1,   0.5,   2,    1e300, -1e300,
                                     1e-310, 255,  256, -129, 65536, 1e10, 3.5,   1e19};
    switch (below(6)) {
    case 0: return special[below(16)];
    case 1: return below(2) ? 1 / special[below(2)] : 0 * (1 / special[0]);
    case 2: return below(40) - 20;
    case 3: return (double)(int64_t)next() * 0x1p-40;
    default: return (double)(int64_t)next() * 0x1p-61;
    }
}

static void fill(ls_dtype dtype, char *at, size_t bytes)
{
    const size_t size = lsi_dtype_size(dtype);
    for (size_t k = 0; k + size <= bytes; k += size) {
        lsi_scalar x = {.dtype = LS_COMPLEX128, .value.c = {number(), number()}};
        if (lsi_dtype_kind(dtype) != LSI_KIND_COMPLEX) x = (lsi_scalar){.dtype = LS_FLOAT64, .value.f = x.value.c.re};
        if (below(3) == 0 && (lsi_dtype_kind(dtype) == LSI_KIND_INT || lsi_dtype_kind(dtype) == LSI_KIND_UINT))
            x = (lsi_scalar){.dtype = LS_INT64, .value.i = (int64_t)next()};
        x = lsi_scalar_cast(&x, dtype);
        lsi_scalar_store(&x, at + k);
    }
}

enum { GAP = 64 };

/* One block: every buffer begins at a multiple of 64 and has a gap after it. */
static void give_memory(test_program *test)
{
    size_t bytes = GAP;
    for (int b = 0; b < test->nbuffer; b++) bytes += (test->buffers[b].bytes + 2 * GAP - 1) / GAP * GAP;
    test->memory_bytes = bytes;
    test->memory = aligned_alloc(GAP, bytes);
    memset(test->memory, 0xa5, bytes);
    size_t at = GAP;
    for (int b = 0; b < test->nbuffer; b++) {
        test->buffers[b].address = test->memory + at;
        at += (test->buffers[b].bytes + 2 * GAP - 1) / GAP * GAP;
    }
    for (int s = 0; s < test->program.nsource; s++)
        if (test->sources[s].kind == LSI_SOURCE_BUFFER)
            fill(test->sources[s].dtype, test->sources[s].buffer->address, test->sources[s].buffer->bytes);
}

test_program *test_program_make(int k)
{
    test_program *test = calloc(1, sizeof *test);
    if (!test) abort();
    building = test;
    state = (uint64_t)k * 1000003 + 17;
    lsi_program *p = &test->program;
    p->sources = test->sources;
    p->instrs = test->instrs;
    p->stores = test->stores;
    p->reductions = test->reductions;
    p->function = "test";
    p->place = "programs.c";
    make(k);
    give_memory(test);
    return test;
}

void test_program_free(test_program *test)
{
    free(test->memory);
    free(test);
}

int test_program_missing(int *pairs)
{
    int missing = 0;
    *pairs = 0;
    for (int dtype = 1; dtype < LSI_DTYPE_COUNT; dtype++)
        for (int op = 0; op < LSI_OP_COUNT; op++) {
            if (op < LSI_OP_ROWS && !exists(op, (ls_dtype)dtype)) continue;
            *pairs += 1;
            missing += uses[op][dtype] == 0;
        }
    return missing;
}
