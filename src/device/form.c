/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From a program to its form and the arguments of a launch. */
#include "device/form.h"
#include "backend.h"
#include "draw_four.h"
#include <string.h>

/* ---- the space ---- */

/* The joined axes, outermost first, and every operand's strides over them. */
typedef struct space {
    const lsi_program *program;
    int ndim;
    int64_t count, shape[LS_MAX_NDIM];
    int axis[LS_MAX_NDIM];      /* the program's axes in the order taken, sizes of 1 left out */
    int ordered;
    int64_t outer, n;           /* with a reduction: outputs, elements of each; else 1 and all */
    int64_t head;
    const lsi_form *form;
    lsi_form_launch *launch;
    bool full;                  /* the arguments do not fit */
    int64_t source[LSI_PROGRAM_MAX_SOURCES][LSI_FORM_AXES], store[LSI_PROGRAM_MAX_STORES][LSI_FORM_AXES];
} space;

static int64_t magnitude(int64_t x)
{
    return x < 0 ? -x : x;
}

static bool walks(const lsi_source *source)
{
    return source->kind != LSI_SOURCE_CONST && source->kind != LSI_SOURCE_RESULT;
}

/* Whether axis a should lie inside axis b: by the stores, then by the sources. */
static bool belongs_inside(const lsi_program *p, int a, int b)
{
    for (int t = 0; t < p->nstore; t++) {
        const int64_t sa = magnitude(p->stores[t].strides[a]), sb = magnitude(p->stores[t].strides[b]);
        if (sa != sb && sa != 0 && sb != 0) return sa < sb;
    }
    for (int s = 0; s < p->nsource; s++) {
        if (!walks(&p->sources[s])) continue;
        const int64_t sa = magnitude(p->sources[s].strides[a]), sb = magnitude(p->sources[s].strides[b]);
        if (sa != sb && sa != 0 && sb != 0) return sa < sb;
    }
    return false;
}

/* Maps in the order of memory; with a reduction the kept axes first, in the order given. */
static void insert_axis(space *s, int d)
{
    const lsi_program *p = s->program;
    int at = s->ordered++;
    for (; at > 0; at--) {
        const int outside = s->axis[at - 1];
        if (p->nreduction ? p->reduced[d] || !p->reduced[outside] : !belongs_inside(p, outside, d)) break;
        s->axis[at] = outside;
    }
    s->axis[at] = d;
}

/* False when there are no elements. */
static bool order_axes(space *s)
{
    const lsi_program *p = s->program;
    s->outer = s->n = 1;
    for (int d = 0; d < p->ndim; d++) {
        if (p->nreduction && !p->reduced[d]) s->outer *= p->shape[d];
        else s->n *= p->shape[d];
        if (p->shape[d] != 1) insert_axis(s, d);
    }
    s->count = s->outer * s->n;
    return s->count > 0;
}

/* Whether every operand steps through the program's axes a and, inside it, b as through one. */
static bool one_axis(const lsi_program *p, int a, int b)
{
    for (int t = 0; t < p->nstore; t++)
        if (p->stores[t].strides[a] != p->stores[t].strides[b] * p->shape[b]) return false;
    for (int s = 0; s < p->nsource; s++)
        if (walks(&p->sources[s]) && p->sources[s].strides[a] != p->sources[s].strides[b] * p->shape[b]) return false;
    return true;
}

static bool join_axes(space *s)
{
    const lsi_program *p = s->program;
    for (int k = 0; k < s->ordered; k++) {
        const int inner = s->axis[k];
        const bool joins = s->ndim > 0 && one_axis(p, s->axis[k - 1], inner);
        if (!joins && s->ndim == LSI_FORM_AXES) return false;
        const int at = joins ? s->ndim - 1 : s->ndim++;
        s->shape[at] = joins ? s->shape[at] * p->shape[inner] : p->shape[inner];
        for (int i = 0; i < p->nsource; i++)
            s->source[i][at] = walks(&p->sources[i]) ? p->sources[i].strides[inner] : 0;
        for (int t = 0; t < p->nstore; t++) s->store[t][at] = p->stores[t].strides[inner];
    }
    return true;
}

static lsi_walk_kind walk_of(const space *s, const int64_t *strides)
{
    bool flat = true, one = true;
    int64_t dense = 1;
    for (int d = s->ndim - 1; d >= 0; d--) {
        flat &= strides[d] == dense;
        one &= strides[d] == 0;
        dense *= s->shape[d];
    }
    if (flat) return LSI_WALK_FLAT;
    if (one) return LSI_WALK_ONE;
    const int64_t inner = strides[s->ndim - 1];
    return inner == 1 ? LSI_WALK_DENSE : inner == 0 ? LSI_WALK_REPEAT : LSI_WALK_STRIDED;
}

/* ---- the form ---- */

static void describe_operands(const space *s, lsi_form *form)
{
    const lsi_program *p = s->program;
    for (int i = 0; i < p->nsource; i++) {
        const lsi_source *from = &p->sources[i];
        lsi_form_source *to = &form->sources[i];
        to->kind = (uint8_t)from->kind;
        to->dtype = (uint8_t)from->dtype;
        to->walk = (uint8_t)(walks(from) ? walk_of(s, s->source[i]) : LSI_WALK_ONE);
        if (from->kind == LSI_SOURCE_RESULT) to->reduction = (uint8_t)from->reduction;
        if (from->kind != LSI_SOURCE_DRAW) continue;
        to->draw = (uint8_t)from->draw.kind;
        to->engine = (uint8_t)from->draw.engine;
    }
    for (int t = 0; t < p->nstore; t++)
        form->stores[t] = (lsi_form_store){(int16_t)p->stores[t].value,
                                           (uint8_t)lsi_program_dtype(p, p->stores[t].value),
                                           (uint8_t)walk_of(s, s->store[t])};
    for (int q = 0; q < p->nreduction; q++)
        form->reductions[q] = (lsi_form_reduction){.op = (uint8_t)p->reductions[q].op,
                                                   .dtype = (uint8_t)p->reductions[q].dtype,
                                                   .value = (int16_t)p->reductions[q].value};
    for (int k = 0; k < p->ninstr; k++) {
        const lsi_instr *from = &p->instrs[k];
        form->instrs[k] = (lsi_form_instr){(uint8_t)from->op, from->dtype, from->result, 0,
                                           {(int16_t)from->args[0], (int16_t)from->args[1], (int16_t)from->args[2], 0}};
    }
}

static bool needs_index(const lsi_form *form)
{
    bool needs = false;
    for (int i = 0; i < form->nsource; i++) needs |= form->sources[i].walk >= LSI_WALK_DENSE;
    for (int t = 0; t < form->nstore; t++) needs |= form->stores[t].walk >= LSI_WALK_DENSE;
    return needs;
}

#define UNARY(name, ...) [LSI_OP_##name] = 1,
#define BINARY(name, ...) [LSI_OP_##name] = 1,
#define TERNARY(name, ...) [LSI_OP_##name] = 1,
#define UNARY_RARE(name, ...) [LSI_OP_##name] = 1,
#define BINARY_RARE(name, ...) [LSI_OP_##name] = 1,
static const uint8_t mathematical[LSI_OP_COUNT] = {
#include "math.def"
    [LSI_OP_floor_divide] = 1, [LSI_OP_remainder] = 1, [LSI_OP_fmod] = 1,
};
#undef UNARY
#undef BINARY
#undef TERNARY
#undef UNARY_RARE
#undef BINARY_RARE

bool lsi_form_is_dear(const lsi_form *form, int value)
{
    return value < form->nsource ? form->sources[value].kind == LSI_SOURCE_DRAW
                                 : mathematical[form->instrs[value - form->nsource].op];
}

/* Four elements where they fill an access and little is computed, or come of one block of words; a long text is not
 * written out more often than twice. */
static int choose_vector(const space *s, const lsi_form *form)
{
    size_t widest = 1;
    int dear = 0;
    bool draws = false;
    for (int i = 0; i < form->nsource; i++) {
        const size_t size = lsi_dtype_size((ls_dtype)form->sources[i].dtype);
        draws |= form->sources[i].kind == LSI_SOURCE_DRAW && form->sources[i].walk == LSI_WALK_FLAT;
        if (form->sources[i].kind == LSI_SOURCE_BUFFER && size > widest) widest = size;
    }
    for (int t = 0; t < form->nstore; t++) {
        const size_t size = lsi_dtype_size((ls_dtype)form->stores[t].dtype);
        if (size > widest) widest = size;
    }
    if (form->reduces) {
        const bool together = s->outer == 1 || s->n % form->lanes == 0;
        const bool in_row = form->axes == 0 || s->shape[s->ndim - 1] % form->lanes == 0;
        return together && in_row ? form->lanes : 1;
    }
    for (int k = 0; k < form->ninstr; k++) dear += mathematical[form->instrs[k].op] ? 8 : 1;
    int vector = dear > 96 ? 1 : widest >= 8 || dear > 24 ? 2 : 4;
    if (draws && dear <= 48) vector = 4; /* a block of words each */
    /* elements of a thread lie in one row */
    if (form->axes > 0)
        while (vector > 1 && s->shape[s->ndim - 1] % vector != 0) vector /= 2;
    return vector;
}

/* How many elements of a draw come of one group of words, where a thread's first element is one of its first. */
static int group_of(const space *s, const lsi_form *form, const lsi_source *source)
{
    const bool of_64 = source->draw.kind != LSI_DRAW_NORMAL_F32 && !lsi_draw_is_32(source->draw.kind);
    const uint64_t phase = ls_draw_four_phase(&source->draw) + (uint64_t)source->offset - (uint64_t)s->head;
    const bool fours = !form->reduces || s->outer == 1 || s->n % 4 == 0;
    if (form->vector == 4) return fours && phase % 4 == 0 ? 4 : 0;
    return form->vector == 2 && of_64 && phase % 2 == 0 ? 2 : 0;
}

/* Which draws come several at a time, and where the first thread begins. */
static void choose_groups(space *s, lsi_form *form)
{
    bool decided = form->axes > 0 || form->reduces; /* rows and leaves begin at 0 */
    for (int i = 0; i < form->nsource && form->vector > 1; i++) {
        lsi_form_source *it = &form->sources[i];
        if (it->kind != LSI_SOURCE_DRAW || it->walk != LSI_WALK_FLAT) continue;
        const lsi_source *source = &s->program->sources[i];
        if (!decided)
            s->head = (int64_t)((ls_draw_four_phase(&source->draw) + (uint64_t)source->offset) % form->vector);
        decided = true;
        it->group = (uint8_t)group_of(s, form, source);
    }
    form->head = s->head != 0;
}

static bool order_matters(lsi_reduce_op op)
{
    return op == LSI_REDUCE_sum || op == LSI_REDUCE_prod || op == LSI_REDUCE_mean || op == LSI_REDUCE_var ||
           op == LSI_REDUCE_std;
}

/* Lanes that follow each other in a thread: 16 bytes of the widest accumulator whose order matters, narrower ones having
 * several runs of them (reduce_fused.h); else as suits all. */
static int common_lanes(const lsi_program *p)
{
    int ordered = 0, free = 4;
    for (int q = 0; q < p->nreduction; q++) {
        const lsi_reduction *r = &p->reductions[q];
        const int size = (int)lsi_dtype_size(r->dtype);
        if (order_matters(r->op) && (!ordered || 16 / size < ordered)) ordered = 16 / size;
        if (size >= 8) free = 2;
    }
    return ordered ? ordered : free;
}

static bool stores_into_a_source(const lsi_program *p)
{
    for (int t = 0; t < p->nstore; t++)
        for (int i = 0; i < p->nsource; i++)
            if (p->sources[i].kind == LSI_SOURCE_BUFFER && p->sources[i].buffer == p->stores[t].buffer) return true;
    return false;
}

/* Values that are computed twice must not be read again after something was stored over them; rows take a pass more. */
static bool may_reduce(const lsi_program *p)
{
    if (p->nreduction > LS_FUSED_MOST) return false;
    if (lsi_program_has_rows(p)) return true;
    for (int q = 0; q < p->nreduction; q++)
        if (p->reductions[q].op == LSI_REDUCE_var || p->reductions[q].op == LSI_REDUCE_std) return !stores_into_a_source(p);
    return true;
}

/* ---- hashing and comparing: what the counts cover ---- */

static uint64_t mix(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    for (size_t k = 0; k + 4 <= n; k += 4) {
        uint32_t word;
        memcpy(&word, at + k, 4);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 29;
    }
    for (size_t k = n & ~(size_t)3; k < n; k++) hash = (hash ^ at[k]) * 0x9E3779B97F4A7C15u;
    return hash;
}

uint64_t lsi_form_hash(const lsi_form *form)
{
    uint64_t hash = mix(0x6c6f636b73746570u, form, offsetof(lsi_form, sources));
    hash = mix(hash, form->sources, form->nsource * sizeof *form->sources);
    hash = mix(hash, form->instrs, form->ninstr * sizeof *form->instrs);
    return mix(hash, form->stores, form->nstore * sizeof *form->stores);
}

bool lsi_form_equal(const lsi_form *a, const lsi_form *b)
{
    return memcmp(a, b, offsetof(lsi_form, sources)) == 0 &&
           memcmp(a->sources, b->sources, a->nsource * sizeof *a->sources) == 0 &&
           memcmp(a->instrs, b->instrs, a->ninstr * sizeof *a->instrs) == 0 &&
           memcmp(a->stores, b->stores, a->nstore * sizeof *a->stores) == 0;
}

/* ---- the members of the argument ---- */

static void source_strides(const lsi_form *form, int i, void (*visit)(void *, lsi_field), void *context)
{
    const int walk = form->sources[i].walk;
    if (walk < LSI_WALK_DENSE) return;
    const int axes = walk == LSI_WALK_STRIDED ? form->axes : form->axes - 1;
    for (int d = 0; d < axes; d++) visit(context, (lsi_field){LSI_FIELD_STRIDE, i, d});
}

static void source_fields(const lsi_form *form, int i, void (*visit)(void *, lsi_field), void *context)
{
    const lsi_form_source *source = &form->sources[i];
    switch (source->kind) {
    case LSI_SOURCE_BUFFER: visit(context, (lsi_field){LSI_FIELD_POINTER, i, 0}); break;
    case LSI_SOURCE_CONST: visit(context, (lsi_field){LSI_FIELD_CONSTANT, i, 0}); return;
    case LSI_SOURCE_RESULT: return;
    case LSI_SOURCE_IOTA:
        visit(context, (lsi_field){LSI_FIELD_FIRST, i, 0});
        visit(context, (lsi_field){LSI_FIELD_STEP, i, 0});
        if (source->dtype == LS_FLOAT64) {
            visit(context, (lsi_field){LSI_FIELD_LAST, i, 0});
            visit(context, (lsi_field){LSI_FIELD_LAST_AT, i, 0});
        }
        visit(context, (lsi_field){LSI_FIELD_OFFSET, i, 0});
        break;
    default:
        visit(context, (lsi_field){LSI_FIELD_DRAW, i, 0});
        visit(context, (lsi_field){LSI_FIELD_OFFSET, i, 0});
    }
    source_strides(form, i, visit, context);
}

static void store_fields(const lsi_form *form, int t, void (*visit)(void *, lsi_field), void *context)
{
    const int walk = form->stores[t].walk;
    visit(context, (lsi_field){LSI_FIELD_TARGET, t, 0});
    if (walk < LSI_WALK_DENSE) return;
    const int axes = walk == LSI_WALK_STRIDED ? form->axes : form->axes - 1;
    for (int d = 0; d < axes; d++) visit(context, (lsi_field){LSI_FIELD_TARGET_STRIDE, t, d});
}

void lsi_form_fields(const lsi_form *form, void (*visit)(void *context, lsi_field field), void *context)
{
    if (!form->reduces) visit(context, (lsi_field){LSI_FIELD_BEGIN, 0, 0});
    visit(context, (lsi_field){LSI_FIELD_COUNT, 0, 0});
    if (form->head) visit(context, (lsi_field){LSI_FIELD_HEAD, 0, 0});
    visit(context, (lsi_field){LSI_FIELD_ALIGNED_SOURCES, 0, 0});
    visit(context, (lsi_field){LSI_FIELD_ALIGNED_STORES, 0, 0});
    for (int d = 1; d < form->axes; d++) {
        visit(context, (lsi_field){LSI_FIELD_SIZE, 0, d});
        if (!form->wide) visit(context, (lsi_field){LSI_FIELD_DIVISOR, 0, d});
    }
    for (int i = 0; i < form->nsource; i++) source_fields(form, i, visit, context);
    for (int t = 0; t < form->nstore; t++) store_fields(form, t, visit, context);
    if (form->reduces) visit(context, (lsi_field){LSI_FIELD_REDUCE, 0, 0});
}

/* ---- their values ---- */

/* n / d = (mulhi(n, multiplier) + n) >> shift for n below 2^31 (Granlund and Montgomery, "Division by invariant
 * integers using multiplication", 1994). */
static uint64_t divisor_of(int64_t d)
{
    uint64_t shift = 0;
    while ((int64_t)1 << shift < d) shift++;
    const uint64_t multiplier = (((((uint64_t)1 << shift) - (uint64_t)d) << 32) / (uint64_t)d) + 1;
    return multiplier | shift << 32;
}

/* Whether a thread's elements may be read or written at once: they are neighbours and begin at a multiple of the
 * access, in every row. */
static bool is_aligned(const space *s, int walk, const lsi_buffer *buffer, int64_t offset, const int64_t *strides,
                       ls_dtype dtype)
{
    if (walk != LSI_WALK_FLAT && walk != LSI_WALK_DENSE) return false;
    const int64_t size = (int64_t)lsi_dtype_size(dtype), bytes = size * s->form->vector;
    const int64_t access = bytes > LSI_FORM_ALIGN ? LSI_FORM_ALIGN : bytes;
    const int64_t begin = (int64_t)(uintptr_t)buffer->address + (offset - s->head) * size;
    bool aligned = begin % access == 0;
    for (int d = 0; walk == LSI_WALK_DENSE && d + 1 < s->ndim; d++) aligned &= strides[d] * size % access == 0;
    return aligned;
}

static uint64_t aligned_sources(const space *s)
{
    uint64_t bits = 0;
    for (int i = 0; i < s->form->nsource; i++) {
        const lsi_source *it = &s->program->sources[i];
        if (it->kind == LSI_SOURCE_BUFFER &&
            is_aligned(s, s->form->sources[i].walk, it->buffer, it->offset, s->source[i], it->dtype))
            bits |= (uint64_t)1 << i;
    }
    return bits;
}

static uint64_t aligned_stores(const space *s)
{
    uint64_t bits = 0;
    for (int t = 0; t < s->form->nstore; t++) {
        const lsi_store *it = &s->program->stores[t];
        if (is_aligned(s, s->form->stores[t].walk, it->buffer, it->offset, s->store[t],
                       (ls_dtype)s->form->stores[t].dtype))
            bits |= (uint64_t)1 << t;
    }
    return bits;
}

static void pack(space *s, const void *bytes, size_t size)
{
    lsi_form_launch *launch = s->launch;
    const size_t room = (size + 7) & ~(size_t)7;
    s->full |= launch->size + room > sizeof launch->args;
    if (s->full) return;
    memset(launch->args + launch->size, 0, room);
    memcpy(launch->args + launch->size, bytes, size);
    launch->size += room;
}

static void pack_word(space *s, uint64_t word)
{
    pack(s, &word, sizeof word);
}

static void pack_scalar(space *s, const lsi_scalar *scalar)
{
    unsigned char bytes[16];
    lsi_scalar_store(scalar, bytes);
    pack(s, bytes, lsi_dtype_size(scalar->dtype));
}

static uint64_t address_of(const lsi_buffer *buffer, int64_t offset, ls_dtype dtype)
{
    return (uint64_t)(uintptr_t)buffer->address + (uint64_t)(offset * (int64_t)lsi_dtype_size(dtype));
}

/* Of rows all is known; where states have to be placed, the rest is said later. */
static void pack_reductions(space *s)
{
    lsi_form_launch *launch = s->launch;
    ls_fused_args args = {0};
    if (s->form->passes) lsi_form_rows_launch(s->program, s->form, s->outer, s->n, &args, launch);
    launch->reduce_at = launch->size;
    launch->begin_at = launch->size + offsetof(ls_fused_args, begin);
    pack(s, &args, sizeof args);
}

static void pack_field(void *context, lsi_field field)
{
    space *s = context;
    const lsi_program *p = s->program;
    const lsi_source *source = &p->sources[field.number];
    const lsi_store *store = &p->stores[field.number];
    switch (field.kind) {
    case LSI_FIELD_BEGIN:
        s->launch->begin_at = s->launch->size;
        pack_word(s, 0);
        break;
    case LSI_FIELD_COUNT: pack_word(s, (uint64_t)s->count); break;
    case LSI_FIELD_HEAD: pack_word(s, (uint64_t)s->head); break;
    case LSI_FIELD_ALIGNED_SOURCES: pack_word(s, aligned_sources(s)); break;
    case LSI_FIELD_ALIGNED_STORES: pack_word(s, aligned_stores(s)); break;
    case LSI_FIELD_SIZE: pack_word(s, (uint64_t)s->shape[field.axis]); break;
    case LSI_FIELD_DIVISOR: pack_word(s, divisor_of(s->shape[field.axis])); break;
    case LSI_FIELD_POINTER: pack_word(s, address_of(source->buffer, source->offset, source->dtype)); break;
    case LSI_FIELD_CONSTANT: pack_scalar(s, &source->constant); break;
    case LSI_FIELD_FIRST: pack_scalar(s, &source->first); break;
    case LSI_FIELD_STEP: pack_scalar(s, &source->step); break;
    case LSI_FIELD_LAST: pack_scalar(s, &source->last); break;
    case LSI_FIELD_LAST_AT: pack_word(s, (uint64_t)source->last_at); break;
    case LSI_FIELD_DRAW: pack(s, &source->draw, sizeof source->draw); break;
    case LSI_FIELD_OFFSET: pack_word(s, (uint64_t)source->offset); break;
    case LSI_FIELD_STRIDE: pack_word(s, (uint64_t)s->source[field.number][field.axis]); break;
    case LSI_FIELD_TARGET:
        pack_word(s, address_of(store->buffer, store->offset, lsi_program_dtype(p, store->value)));
        break;
    case LSI_FIELD_TARGET_STRIDE: pack_word(s, (uint64_t)s->store[field.number][field.axis]); break;
    case LSI_FIELD_REDUCE: pack_reductions(s); break;
    }
}

bool lsi_form_make(const lsi_program *program, lsi_form *form, lsi_form_launch *launch)
{
    space s;
    s.program = program;
    s.ndim = s.ordered = 0;
    s.head = 0;
    s.form = form;
    s.launch = launch;
    s.full = false;
    launch->blocks = launch->size = launch->shared = 0;
    if (!may_reduce(program)) return false;
    memset(form, 0, sizeof *form);
    if (!order_axes(&s)) return true;
    if (!join_axes(&s)) return false;
    form->nsource = (uint16_t)program->nsource;
    form->ninstr = (uint16_t)program->ninstr;
    form->nstore = (uint16_t)program->nstore;
    describe_operands(&s, form);
    form->reduces = (uint8_t)program->nreduction;
    if (program->nreduction) form->lanes = (uint8_t)common_lanes(program);
    const bool rows = lsi_program_has_rows(program);
    if (rows && !lsi_form_rows(program, s.n, stores_into_a_source(program), form)) return false;
    form->axes = (uint8_t)(needs_index(form) ? s.ndim : 0);
    form->vector = (uint8_t)choose_vector(&s, form);
    choose_groups(&s, form);
    form->wide = form->axes > 1 && s.count > INT32_MAX;
    lsi_form_fields(form, pack_field, &s);
    const int64_t block = (int64_t)LSI_FORM_THREADS * form->vector;
    if (!form->passes) launch->blocks = (uint64_t)((s.count + s.head + block - 1) / block);
    return !s.full && launch->blocks <= INT32_MAX;
}
