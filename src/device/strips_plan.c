/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From a program to the steps of its strips: which values live at all and where, which kernels run in which order, what
 * is read and written in place. Launches nothing.
 *
 * Writing in place. A store's target may be exactly a source ("aliased"). A value is then made in the target only when
 * no later step reads that source, and is otherwise copied there after the last reader. A source that a reduction or
 * another store reads last of all is copied into a register first. A kernel reads its element before it writes it, so
 * the last reader may itself write there. */
#include "device/strips_plan.h"
#include "core/error.h"
#include "memory/prim.h"

#include <stdio.h>
#include <string.h>

enum {
    UNUSED = -2,
    AT_START = -1,
    AT_END = INT32_MAX,
    MOST_VALUES = LSI_PROGRAM_MAX_SOURCES + LSI_PROGRAM_MAX_INSTRS,
    MOST_COLUMNS = 16 * MOST_VALUES
};

/* What the making needs and the strips do not keep. */
typedef struct making {
    lsi_strips *strips;
    const lsi_program *program;
    int32_t last[MOST_VALUES]; /* time of the last reader; time k is instruction k */
    bool needed[MOST_VALUES];
    bool dropped[MOST_VALUES]; /* its register is free again */
    bool copied[LSI_PROGRAM_MAX_SOURCES], fetched[LSI_PROGRAM_MAX_SOURCES];
    int32_t time[LSI_PROGRAM_MAX_STORES]; /* after which instruction a store is done; UNUSED: not at all */
    bool column[MOST_COLUMNS];            /* taken */
} making;

/* ---- which values live, and when ---- */

static void find_names(making *m)
{
    const lsi_program *p = m->program;
    for (int v = 0; v < m->strips->nvalue; v++) {
        lsi_strip_value *value = &m->strips->values[v];
        value->size = (uint8_t)lsi_dtype_size(lsi_program_dtype(p, v));
        value->store = -1;
        value->same = (int16_t)v;
        if (v < p->nsource) continue;
        const lsi_instr *instr = &p->instrs[v - p->nsource];
        if (instr->op == LSI_OP_cast && instr->dtype == instr->result)
            value->same = m->strips->values[instr->args[0]].same;
    }
}

static void need(making *m, int value, int32_t time)
{
    const int v = m->strips->values[value].same;
    m->needed[v] = true;
    if (time > m->last[v]) m->last[v] = time;
}

static int32_t made_at(const making *m, int v)
{
    return v < m->program->nsource ? AT_START : v - m->program->nsource;
}

static void find_life(making *m)
{
    const lsi_program *p = m->program;
    for (int v = 0; v < m->strips->nvalue; v++)
        m->last[v] = UNUSED;
    for (int t = 0; t < p->nstore; t++)
        m->needed[m->strips->values[p->stores[t].value].same] = true;
    for (int r = 0; r < p->nreduction; r++)
        need(m, p->reductions[r].value, AT_END);
    for (int k = p->ninstr - 1; k >= 0; k--) {
        if (!m->needed[p->nsource + k]) continue;
        for (int a = 0; a < 3; a++)
            if (p->instrs[k].args[a] >= 0) need(m, p->instrs[k].args[a], k);
    }
}

/* Whether a store writes where the source reads: then exactly there. */
static bool aliased(const making *m, int t, int s)
{
    const lsi_program *p = m->program;
    if (p->sources[s].kind != LSI_SOURCE_BUFFER || !m->needed[s]) return false;
    const ls_walk *from = &m->strips->sources[s], *to = &m->strips->stores[t];
    if (p->sources[s].buffer != p->stores[t].buffer) return false;
    if (from->origin != to->origin || from->ndim != to->ndim) return false;
    for (int64_t d = 0; d < from->ndim; d++)
        if (from->axis[d].size != to->axis[d].size || from->axis[d].stride != to->axis[d].stride) return false;
    return true;
}

static bool stored_elsewhere(const making *m, int s, int t)
{
    const lsi_program *p = m->program;
    for (int other = 0; other < p->nstore; other++)
        if (other != t && m->strips->values[p->stores[other].value].same == s) return true;
    return false;
}

static void find_store_times(making *m)
{
    const lsi_program *p = m->program;
    for (int t = 0; t < p->nstore; t++) {
        const int v = m->strips->values[p->stores[t].value].same;
        int32_t time = made_at(m, v);
        for (int s = 0; s < p->nsource; s++) {
            if (!aliased(m, t, s)) continue;
            const bool read_late = m->last[s] == AT_END || stored_elsewhere(m, s, t);
            if (read_late) m->copied[s] = true;
            else if (m->last[s] > time) time = m->last[s];
            if (s == v && !read_late) time = UNUSED; /* a value stored where it came from is there already */
        }
        m->time[t] = time;
    }
    for (int t = 0; t < p->nstore; t++)
        if (m->time[t] != UNUSED) need(m, p->stores[t].value, m->time[t]);
}

/* ---- where values are made ---- */

static bool dense_store(const making *m, int t)
{
    return lsi_walk_dense(&m->strips->stores[t], m->strips->space.count);
}

static bool dense_source(const making *m, int s)
{
    return m->program->sources[s].kind == LSI_SOURCE_BUFFER &&
           lsi_walk_dense(&m->strips->sources[s], m->strips->space.count);
}

static bool single_source(const making *m, int s)
{
    return m->program->sources[s].kind == LSI_SOURCE_BUFFER && m->strips->space.count > 1 &&
           lsi_walk_single(&m->strips->sources[s]);
}

/* Whether value v can be made in the target of store t. */
static bool makes_in_target(const making *m, int t, int v)
{
    const lsi_program *p = m->program;
    if (m->time[t] == UNUSED || !dense_store(m, t)) return false;
    if (v < p->nsource) {
        const bool lies_ready = dense_source(m, v) || single_source(m, v) || p->sources[v].kind == LSI_SOURCE_CONST;
        return !lies_ready && !m->copied[v] && m->last[v] == AT_START;
    }
    for (int s = 0; s < p->nsource; s++) {
        if (!aliased(m, t, s) || m->copied[s]) continue;
        if (m->last[s] > made_at(m, v)) return false;
        if (m->last[s] == made_at(m, v) && m->strips->values[s].size != m->strips->values[v].size) return false;
    }
    return true;
}

static void choose_places(making *m)
{
    const lsi_program *p = m->program;
    for (int v = 0; v < m->strips->nvalue; v++) {
        lsi_strip_value *value = &m->strips->values[v];
        if (!m->needed[v]) continue;
        value->place = LSI_PLACE_REGISTER;
        if (v >= p->nsource || m->copied[v]) continue;
        if (dense_source(m, v)) value->place = LSI_PLACE_SOURCE;
        if (m->last[v] == AT_END) continue; /* a reduction wants it dense */
        if (single_source(m, v)) value->place = LSI_PLACE_SINGLE;
        if (p->sources[v].kind == LSI_SOURCE_CONST) value->place = LSI_PLACE_CONSTANT;
    }
    for (int t = 0; t < p->nstore; t++) {
        lsi_strip_value *value = &m->strips->values[m->strips->values[p->stores[t].value].same];
        if (value->place != LSI_PLACE_REGISTER || !makes_in_target(m, t, (int)(value - m->strips->values))) continue;
        value->place = LSI_PLACE_TARGET;
        value->store = (int16_t)t;
    }
}

/* ---- registers: columns of the scratch memory, as many bytes per position as an element has ---- */

static void take_register(making *m, int v)
{
    lsi_strip_value *value = &m->strips->values[v];
    if (value->place != LSI_PLACE_REGISTER) return;
    int column = 0;
    for (int k = 0; k < value->size; k++)
        if (m->column[column + k]) {
            column += k + 1;
            k = -1;
        }
    memset(m->column + column, 1, value->size);
    value->column = column;
    if (m->strips->columns < column + value->size) m->strips->columns = column + value->size;
}

static void drop_register(making *m, int v, int32_t time)
{
    const lsi_strip_value *value = &m->strips->values[v];
    if (m->last[v] > time || value->place != LSI_PLACE_REGISTER || m->dropped[v]) return;
    memset(m->column + value->column, 0, value->size);
    m->dropped[v] = true;
}

/* ---- the steps ---- */

static const char *const tags[LSI_DTYPE_COUNT] = {
#define DTYPE(tag, NAME, ...) [LS_##NAME] = #tag,
#include "dtypes.def"
};

static const struct row { const char *name; int16_t bytes; } rows[LSI_OP_ROWS] = {
#define UNARY(name, ...) {#name, LS_MAP_BYTES},
#define BINARY(name, ...) {#name, LS_MAP_BYTES},
#define TERNARY(name, ...) {#name, LS_MAP_BYTES},
#define UNARY_RARE(name, ...) {#name, LS_MAP_BYTES},
#define BINARY_RARE(name, ...) {#name, LS_MAP_BYTES},
#include "elementwise.def"
#undef UNARY
#undef BINARY
#undef TERNARY
#undef UNARY_RARE
#undef BINARY_RARE
#define UNARY(name, ...) {#name, LS_MAP_BYTES_MATH},
#define BINARY(name, ...) {#name, LS_MAP_BYTES_MATH},
#define TERNARY(name, ...) {#name, LS_MAP_BYTES_MATH},
#define UNARY_RARE(name, ...) {#name, LS_MAP_BYTES_MATH},
#define BINARY_RARE(name, ...) {#name, LS_MAP_BYTES_MATH},
#include "math.def"
#undef UNARY
#undef BINARY
#undef TERNARY
#undef UNARY_RARE
#undef BINARY_RARE
};

static lsi_strip_step *add_step(making *m, lsi_strip_kind kind, int out)
{
    lsi_strip_step *step = &m->strips->steps[m->strips->nstep++];
    step->kind = (uint8_t)kind;
    step->out = (int16_t)out;
    return step;
}

static void add_fetch(making *m, int s)
{
    const uint8_t place = m->strips->values[s].place;
    if (m->fetched[s]) return;
    m->fetched[s] = true;
    if (place != LSI_PLACE_REGISTER && place != LSI_PLACE_TARGET) return;
    take_register(m, s);
    add_step(m, LSI_STRIP_FETCH, s);
}

/* The kernel of an instruction, and how many elements a thread of it takes. */
static void name_kernel(const lsi_instr *instr, lsi_strip_step *step)
{
    const int64_t in = (int64_t)lsi_dtype_size((ls_dtype)instr->dtype);
    const int64_t out = (int64_t)lsi_dtype_size((ls_dtype)instr->result), widest = in > out ? in : out;
    step->each = (int16_t)ls_map_each(instr->op < LSI_OP_ROWS ? rows[instr->op].bytes : LS_MAP_BYTES, widest);
    if (instr->op == LSI_OP_cast) {
        snprintf(step->module, sizeof step->module, "cast");
        snprintf(step->name, sizeof step->name, "ls_map_cast_%s_%s", tags[instr->dtype], tags[instr->result]);
    } else if (instr->op == LSI_OP_where) {
        snprintf(step->module, sizeof step->module, "move");
        snprintf(step->name, sizeof step->name, "ls_where_%d", (int)in);
    } else {
        snprintf(step->module, sizeof step->module, "map_%s", tags[instr->dtype]);
        snprintf(step->name, sizeof step->name, "ls_map_%s_%s", rows[instr->op].name, tags[instr->dtype]);
    }
}

static void add_operation(making *m, int k)
{
    const lsi_program *p = m->program;
    const lsi_instr *instr = &p->instrs[k];
    int16_t in[3] = {0, 0, 0};
    int nargs = 0;
    for (; nargs < 3 && instr->args[nargs] >= 0; nargs++) {
        in[nargs] = m->strips->values[instr->args[nargs]].same;
        if (in[nargs] < p->nsource) add_fetch(m, in[nargs]);
    }
    take_register(m, p->nsource + k);
    lsi_strip_step *step = add_step(m, LSI_STRIP_OPERATION, p->nsource + k);
    step->nargs = (uint8_t)nargs;
    memcpy(step->in, in, sizeof in);
    name_kernel(instr, step);
    for (int a = 0; a < nargs; a++)
        drop_register(m, in[a], k);
}

static void add_stores(making *m, int32_t time)
{
    const lsi_program *p = m->program;
    for (int t = 0; t < p->nstore; t++) {
        if (m->time[t] != time) continue;
        const int v = m->strips->values[p->stores[t].value].same;
        if (v < p->nsource) add_fetch(m, v);
        if (m->strips->values[v].place == LSI_PLACE_TARGET && m->strips->values[v].store == t) continue;
        add_step(m, LSI_STRIP_STORE, t)->in[0] = (int16_t)v;
    }
    for (int t = 0; t < p->nstore; t++)
        if (m->time[t] == time) drop_register(m, m->strips->values[p->stores[t].value].same, time);
}

static void make_steps(making *m)
{
    const lsi_program *p = m->program;
    for (int s = 0; s < p->nsource; s++)
        if (m->needed[s] && (m->copied[s] || m->last[s] == AT_END)) add_fetch(m, s);
    add_stores(m, AT_START);
    for (int k = 0; k < p->ninstr; k++) {
        const int v = p->nsource + k;
        if (m->needed[v] && m->strips->values[v].same == v) add_operation(m, k);
        add_stores(m, k);
    }
}

static int64_t bytes_in_place(const making *m)
{
    int64_t bytes = 0;
    for (int v = 0; v < m->strips->nvalue; v++) {
        const lsi_strip_value *value = &m->strips->values[v];
        if (value->place == LSI_PLACE_SOURCE || value->place == LSI_PLACE_TARGET) bytes += value->size;
    }
    return bytes;
}

/* ---- memory ---- */

static lsi_strips *allocate(const lsi_program *p)
{
    const size_t nvalue = (size_t)(p->nsource + p->ninstr), nwalk = (size_t)(p->nsource + p->nstore);
    const size_t nstep = nvalue + (size_t)p->nstore;
    char *block = lsi_alloc(1, sizeof(lsi_strips) + nwalk * sizeof(ls_walk) + nvalue * sizeof(lsi_strip_value) +
                                   nstep * sizeof(lsi_strip_step));
    if (!block) return NULL;
    lsi_strips *strips = (lsi_strips *)(void *)block;
    strips->sources = (ls_walk *)(void *)(block + sizeof *strips);
    strips->stores = strips->sources + p->nsource;
    strips->values = (lsi_strip_value *)(void *)(strips->sources + nwalk);
    strips->steps = (lsi_strip_step *)(void *)(strips->values + nvalue);
    strips->program = p;
    strips->nvalue = (int)nvalue;
    return strips;
}

ls_status lsi_strips_new(lsi_device *device, const lsi_program *program, const int *axis_order, lsi_strips **made)
{
    lsi_strips *strips = allocate(program);
    making *m = strips ? lsi_alloc(1, sizeof *m) : NULL;
    if (!m) {
        lsi_dealloc(strips);
        return lsi_fail_for(program->function, program->place, LS_ENOMEM, "no memory for the plan of a program");
    }
    m->strips = strips;
    m->program = program;
    strips->device = device;
    lsi_space_make(&strips->space, program, axis_order);
    for (int s = 0; s < program->nsource; s++) {
        static const int64_t nowhere[LS_MAX_NDIM];
        const lsi_source *source = &program->sources[s];
        const bool constant = source->kind == LSI_SOURCE_CONST;
        lsi_space_walk(&strips->space, constant ? nowhere : source->strides, constant ? 0 : source->offset,
                       &strips->sources[s]);
    }
    for (int t = 0; t < program->nstore; t++)
        lsi_space_walk(&strips->space, program->stores[t].strides, program->stores[t].offset, &strips->stores[t]);
    find_names(m);
    find_life(m);
    find_store_times(m);
    choose_places(m);
    make_steps(m);
    strips->traffic = strips->columns + bytes_in_place(m);
    lsi_dealloc(m);
    *made = strips;
    return LS_OK;
}

void lsi_strips_free(lsi_strips *strips)
{
    lsi_dealloc(strips);
}
