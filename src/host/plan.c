/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From a program to a plan: which values live at all, in which registers, which loops run in which order, what is read
 * and written in place. Computes nothing.
 *
 * Writing in place. A store's target may be exactly a source ("aliased"). Then a value may be made directly in the
 * target only if no later step reads that source, and otherwise is copied there after the last reader. A source that a
 * reduction or another store reads last of all is copied into a register at the start of the strip instead. */
#include "host/plan.h"
#include "backend.h"
#include "core/error.h"
#include "host/draw.h"
#include "host/parallel.h"
#include "memory/prim.h"
#include <stdatomic.h>
#include <string.h>

enum { UNUSED = -2, AT_START = -1, AT_END = INT32_MAX, STREAM_ROW = 512, BESIDE_BYTES = 256 << 10 };

_Atomic int lsi_forced_strip;
_Atomic bool lsi_forced_large;

void lsi_strip_force(int elements)
{
    atomic_store(&lsi_forced_strip, elements > 0 ? elements : 0);
}

void lsi_map_force(bool as_if_large)
{
    atomic_store(&lsi_forced_large, as_if_large);
}

bool lsi_beyond_cache(double bytes)
{
    const size_t cache = lsi_topology_get()->cache_bytes;
    return bytes >= 0.75 * (double)(cache ? cache : (size_t)32 << 20);
}

/* What plan making needs to know and the plan does not keep. */
typedef struct making {
    lsi_plan *plan;
    const lsi_program *program;
    int32_t *first, *last;   /* per value: time of its first and last reader; time k is instruction k */
    int32_t *made;           /* per value: time it is there */
    int32_t *store_time;     /* per store: after which instruction it is done; UNUSED: not at all */
    int16_t *free_register;
    int nfree;
    bool *copied;            /* per source: read into a register at the start */
    bool *fetched;           /* per source: its step, if it needs one, is there */
    bool *needed;            /* per value */
    int16_t *pair;           /* per instruction: the cosine made with this sine, or the sine; -1 */
    bool *has_step;          /* per instruction: it has a step, or a place in a chain */
    int16_t *chain_end;      /* per instruction that begins a chain: the last one in it; -1 */
    bool *linked;            /* per instruction: it is part of a chain */
    uint8_t *leaves;         /* per value made in a chain: lsi_leaves */
    int16_t *place, *readers, *free_slot; /* per value: for making a chain */
    lsi_link *link;          /* room for the links of all chains, and for what they name */
    lsi_outside *outside;
    bool foreseen;           /* some chain asks for the next strip */
} making;

/* ---- memory of a plan: one block, cut in pieces ---- */

typedef struct cutter {
    char *next; /* NULL: only counting */
    size_t used;
} cutter;

static void *cut(cutter *c, size_t count, size_t size)
{
    const size_t bytes = (count * size + 7) & ~(size_t)7;
    void *piece = c->next ? c->next + c->used : NULL;
    c->used += bytes;
    return piece;
}

static void cut_plan(cutter *c, making *m, const lsi_program *p, int ndim)
{
    const size_t ns = (size_t)p->nsource, ni = (size_t)p->ninstr, nt = (size_t)p->nstore, nv = ns + ni;
    lsi_plan *plan = cut(c, 1, sizeof *plan);
    lsi_walk *source = cut(c, ns, sizeof(lsi_walk)), *store = cut(c, nt, sizeof(lsi_walk));
    int64_t *axes = cut(c, (ns + nt) * (size_t)ndim * 3, sizeof(int64_t));
    int16_t *same = cut(c, nv, sizeof(int16_t)), *reg = cut(c, nv, sizeof(int16_t));
    int16_t *direct = cut(c, nv, sizeof(int16_t)), *flat_source = cut(c, ns, sizeof(int16_t));
    int16_t *direct_value = cut(c, nv, sizeof(int16_t)), *free_register = cut(c, nv, sizeof(int16_t));
    int16_t *pair = cut(c, ni, sizeof(int16_t)), *chain_end = cut(c, ni, sizeof(int16_t));
    int16_t *place = cut(c, nv, sizeof(int16_t)), *readers = cut(c, nv, sizeof(int16_t));
    int16_t *free_slot = cut(c, nv, sizeof(int16_t)), *number = cut(c, ns, sizeof(int16_t));
    lsi_chain *chain = cut(c, ni, sizeof(lsi_chain));
    lsi_link *link = cut(c, ni * LSI_CHAIN_LINKS, sizeof(lsi_link));
    lsi_outside *outside = cut(c, ni * 4, sizeof(lsi_outside));
    uint8_t *leaves = cut(c, nv, sizeof(uint8_t));
    bool *linked = cut(c, ni, sizeof(bool)), *has_step = cut(c, ni, sizeof(bool));
    int32_t *shift = cut(c, nv, sizeof(int32_t)), *low = cut(c, nv, sizeof(int32_t));
    int32_t *high = cut(c, nv, sizeof(int32_t));
    bool *constant = cut(c, ns, sizeof(bool)), *brings = cut(c, ns, sizeof(bool)), *store_direct = cut(c, nt, sizeof(bool));
    bool *copied = cut(c, ns, sizeof(bool)), *fetched = cut(c, ns, sizeof(bool)), *needed = cut(c, nv, sizeof(bool));
    lsi_step *step = cut(c, nv + nt, sizeof(lsi_step));
    int32_t *first = cut(c, nv, sizeof(int32_t)), *last = cut(c, nv, sizeof(int32_t));
    int32_t *made = cut(c, nv, sizeof(int32_t)), *store_time = cut(c, nt, sizeof(int32_t));
    if (!c->next) return;
    plan->source = source;
    plan->store = store;
    for (size_t k = 0; k < ns + nt; k++) {
        lsi_walk *walk = k < ns ? &source[k] : &store[k - ns];
        walk->axes = axes + k * 3 * (size_t)ndim;
        walk->shape = walk->axes + ndim;
        walk->stride = walk->shape + ndim;
    }
    plan->same = same;
    plan->shift = shift;
    plan->low = low;
    plan->high = high;
    plan->reg = reg;
    plan->direct = direct;
    plan->flat_source = flat_source;
    plan->direct_value = direct_value;
    plan->constant = constant;
    plan->brings = brings;
    plan->number = number;
    plan->store_direct = store_direct;
    plan->step = step;
    plan->chain = chain;
    *m = (making){.plan = plan, .program = p, .first = first, .last = last, .made = made, .store_time = store_time,
                  .free_register = free_register, .copied = copied, .fetched = fetched, .needed = needed, .pair = pair,
                  .has_step = has_step, .chain_end = chain_end, .linked = linked, .leaves = leaves, .place = place,
                  .readers = readers, .free_slot = free_slot, .link = link, .outside = outside};
}

/* The block of a small plan is the thread's own scratch unless a plan already lives there. */
typedef struct plan_home {
    bool taken;
} plan_home;
enum { HOME_HEADER = 64 };

static void *allocate_plan(size_t bytes, bool *cached)
{
    plan_home *home = lsi_scratch(LSI_SCRATCH_PLAN, HOME_HEADER);
    if (home && !home->taken) {
        home = lsi_scratch(LSI_SCRATCH_PLAN, HOME_HEADER + bytes);
        if (!home) return NULL;
        home->taken = true;
        *cached = true;
        return (char *)home + HOME_HEADER;
    }
    *cached = false;
    return lsi_alloc(bytes, 1);
}

void lsi_plan_free(lsi_plan *plan)
{
    if (!plan) return;
    if (plan->cached)
        ((plan_home *)(void *)((char *)plan - HOME_HEADER))->taken = false;
    else
        lsi_dealloc(plan);
}

/* ---- the space and the walks over it ---- */

/* Permuted as wished, axes of size 1 dropped; axis[d] is the program's axis behind the plan's axis d. */
static int take_axes(const lsi_program *p, const int *order, int axis[LS_MAX_NDIM])
{
    int ndim = 0;
    for (int d = 0; d < p->ndim; d++) {
        const int a = order ? order[d] : d;
        if (p->shape[a] != 1) axis[ndim++] = a;
    }
    return ndim;
}

/* Joins the axes that this operand steps through as one. */
static void join_axes(lsi_walk *walk, const lsi_plan *plan)
{
    int64_t *shape = (int64_t *)walk->shape, *stride = (int64_t *)walk->stride;
    int n = 0;
    for (int d = 0; d < plan->ndim; d++) {
        if (n > 0 && stride[n - 1] == walk->axes[d] * plan->shape[d]) {
            shape[n - 1] *= plan->shape[d];
            stride[n - 1] = walk->axes[d];
        } else {
            shape[n] = plan->shape[d];
            stride[n++] = walk->axes[d];
        }
    }
    walk->ndim = n;
    walk->flat = n == 0 || (n == 1 && stride[0] == 1);
}

static void make_walk(lsi_walk *walk, const lsi_plan *plan, const int *axis, const int64_t *strides, int64_t offset,
                      ls_dtype dtype, const lsi_buffer *buffer)
{
    int64_t *axes = (int64_t *)walk->axes;
    for (int d = 0; d < plan->ndim; d++)
        axes[d] = strides[axis[d]];
    walk->base = buffer ? buffer->address : NULL;
    walk->origin = offset;
    walk->size = (int32_t)lsi_dtype_size(dtype);
    walk->cursor = -1;
    join_axes(walk, plan);
}

static bool is_constant(const lsi_source *source, const lsi_walk *walk)
{
    if (source->kind == LSI_SOURCE_CONST) return true;
    return source->kind == LSI_SOURCE_BUFFER && walk->ndim == 1 && walk->stride[0] == 0;
}

static void make_walks(making *m, const int *axis)
{
    lsi_plan *plan = m->plan;
    const lsi_program *p = m->program;
    for (int s = 0; s < p->nsource; s++) {
        const lsi_source *source = &p->sources[s];
        static const int64_t nowhere[LS_MAX_NDIM];
        const bool constant = source->kind == LSI_SOURCE_CONST;
        make_walk(&plan->source[s], plan, axis, constant ? nowhere : source->strides, constant ? 0 : source->offset,
                  source->dtype, source->kind == LSI_SOURCE_BUFFER ? source->buffer : NULL);
        plan->constant[s] = is_constant(source, &plan->source[s]);
    }
    for (int t = 0; t < p->nstore; t++) {
        const lsi_store *store = &p->stores[t];
        make_walk(&plan->store[t], plan, axis, store->strides, store->offset, lsi_program_dtype(p, store->value),
                  store->buffer);
    }
}

/* Where some operand starts anew, and whether strips are to end there. */
static void find_row(making *m, bool may_end_with_rows)
{
    lsi_plan *plan = m->plan;
    const lsi_program *p = m->program;
    plan->row = plan->count;
    for (int k = 0; k < p->nsource + p->nstore; k++) {
        const lsi_walk *walk = k < p->nsource ? &plan->source[k] : &plan->store[k - p->nsource];
        if (walk->flat || (k < p->nsource && plan->constant[k])) continue;
        if (walk->shape[walk->ndim - 1] < plan->row) plan->row = walk->shape[walk->ndim - 1];
    }
    const bool beside = !plan->tiles && plan->row >= LSI_SHORT_SHARED && lsi_plan_any_beside(plan);
    const bool fits = may_end_with_rows && plan->row < plan->count && !lsi_strip_forced();
    plan->rows = fits && (beside || plan->row >= LSI_SHORT_ROW);
    plan->shares = beside && (plan->rows || plan->row == plan->count);
}

/* ---- which values live, and when ---- */

static void need(making *m, int value, int32_t time)
{
    const int v = m->plan->same[value];
    m->needed[v] = true;
    if (time > m->last[v]) m->last[v] = time;
    if (m->first[v] == UNUSED || time < m->first[v]) m->first[v] = time;
}

/* From the results back to the sources. Stores are looked at by the value alone here; their time comes later. */
static void find_life(making *m)
{
    const lsi_program *p = m->program;
    for (int v = 0; v < m->plan->nvalue; v++) {
        m->first[v] = m->last[v] = UNUSED;
        m->made[v] = v < p->nsource ? AT_START : v - p->nsource;
        m->needed[v] = false;
    }
    for (int t = 0; t < p->nstore; t++)
        m->needed[m->plan->same[p->stores[t].value]] = true;
    for (int r = 0; r < p->nreduction; r++)
        need(m, p->reductions[r].value, AT_END);
    for (int k = p->ninstr - 1; k >= 0; k--) {
        if (!m->needed[p->nsource + k]) continue;
        for (int a = 0; a < 3; a++)
            if (p->instrs[k].args[a] >= 0) need(m, p->instrs[k].args[a], k);
    }
}

/* Whether a store writes exactly where the source reads; if not exactly, they have nothing in common. */
static bool aliased(const lsi_plan *plan, int t, int s)
{
    const lsi_walk *from = &plan->source[s], *to = &plan->store[t];
    if (!from->base || from->base != to->base || from->origin != to->origin) return false;
    return plan->ndim == 0 || memcmp(from->axes, to->axes, sizeof(int64_t) * (size_t)plan->ndim) == 0;
}

/* Whether two sources are views of one buffer, one so little behind the other that its lines are still near. */
static bool lies_beside(const lsi_plan *plan, int r, int s)
{
    const lsi_walk *one = &plan->source[r], *two = &plan->source[s];
    const int64_t apart = (one->origin - two->origin) * two->size;
    return one->base && one->base == two->base && apart <= BESIDE_BYTES && apart >= -BESIDE_BYTES &&
           memcmp(one->axes, two->axes, sizeof(int64_t) * (size_t)plan->ndim) == 0;
}

/* Whether another source that is read gets to the lines of this one earlier. */
static bool is_read_earlier(const making *m, int s)
{
    const lsi_plan *plan = m->plan;
    for (int k = 0; k < m->program->nsource; k++)
        if (m->needed[k] && plan->source[k].origin > plan->source[s].origin && lies_beside(plan, k, s)) return true;
    return false;
}

/* Which sources bring lines: chains ask for those, and for others not again. */
static void find_lines(making *m)
{
    const lsi_plan *plan = m->plan;
    for (int s = 0; s < m->program->nsource; s++) {
        const lsi_walk *walk = &plan->source[s];
        const bool in_rows = plan->rows && walk->ndim > 0 && walk->stride[walk->ndim - 1] == 1;
        const bool where_it_lies = walk->base && !plan->constant[s] && !plan->tiles && (walk->flat || in_rows);
        plan->brings[s] = m->needed[s] && where_it_lies && !is_read_earlier(m, s);
    }
}

/* Whether calling the loops for each row of a box costs less than copying rows into registers and back. */
static bool few_loops(const making *m)
{
    const lsi_program *p = m->program;
    int loops = 0;
    for (int k = 0; k < p->ninstr; k++)
        loops += m->needed[p->nsource + k] && m->plan->same[p->nsource + k] == p->nsource + k;
    return loops >= 1 && loops <= LSI_MOST_ROW_LOOPS;
}

static void find_store_times(making *m)
{
    const lsi_program *p = m->program;
    const lsi_plan *plan = m->plan;
    for (int t = 0; t < p->nstore; t++) {
        const int v = m->plan->same[p->stores[t].value];
        int32_t time = m->made[v];
        for (int s = 0; s < p->nsource; s++) {
            if (!m->needed[s] || !aliased(plan, t, s)) continue;
            bool read_late = m->last[s] == AT_END;
            for (int other = 0; other < p->nstore; other++)
                read_late |= other != t && m->plan->same[p->stores[other].value] == s;
            if (read_late)
                m->copied[s] = true;
            else if (m->last[s] > time)
                time = m->last[s];
            if (s == v && !read_late) time = UNUSED; /* a value stored where it came from is there already */
        }
        m->store_time[t] = time;
    }
    for (int t = 0; t < p->nstore; t++)
        if (m->store_time[t] != UNUSED) need(m, p->stores[t].value, m->store_time[t]);
}

/* Whether a value is made of other elements than those of the strip. */
static bool reaches_out(const lsi_plan *plan, int v)
{
    return plan->low[v] != 0 || plan->high[v] != 0;
}

/* sin and cos of one argument: the later instruction is done together with the earlier one. */
static void find_pairs(making *m)
{
    const lsi_program *p = m->program;
    for (int k = 0; k < p->ninstr; k++)
        m->pair[k] = -1;
    for (int k = 0; k < p->ninstr; k++) {
        const lsi_instr *one = &p->instrs[k];
        if ((one->op != LSI_OP_sin && one->op != LSI_OP_cos) || !m->needed[p->nsource + k] || m->pair[k] >= 0) continue;
        if (!m->plan->loops->sincos->of[one->dtype] || reaches_out(m->plan, p->nsource + k)) continue;
        for (int j = k + 1; j < p->ninstr; j++) {
            const lsi_instr *two = &p->instrs[j];
            const int wanted = one->op == LSI_OP_sin ? LSI_OP_cos : LSI_OP_sin;
            if (two->op != wanted || two->dtype != one->dtype || !m->needed[p->nsource + j]) continue;
            if (m->plan->same[two->args[0]] != m->plan->same[one->args[0]]) continue;
            if (m->plan->shift[two->args[0]] != m->plan->shift[one->args[0]]) continue;
            if (reaches_out(m->plan, p->nsource + j)) continue;
            m->pair[k] = (int16_t)j;
            m->pair[j] = (int16_t)k;
            m->made[p->nsource + j] = k;
            break;
        }
    }
}

/* The second of a pair is made together with the first. */
static void find_steps(making *m)
{
    for (int k = 0; k < m->program->ninstr; k++) {
        const int v = m->program->nsource + k;
        m->has_step[k] = m->needed[v] && m->plan->same[v] == v && (m->pair[k] < 0 || m->pair[k] > k);
    }
}

/* ---- where values are made ---- */

static lsi_loop streaming_loop(const making *m, int k)
{
    const lsi_instr *instr = &m->program->instrs[k];
    const lsi_loops *loops = m->plan->loops->streaming[instr->dtype];
    return loops && instr->op < LSI_OP_ROWS ? loops->row[instr->op] : NULL;
}

/* Whether value v has a loop that writes it past the caches, and nobody reads it but its store. */
static bool streams_itself(const making *m, int t, int v)
{
    const lsi_plan *plan = m->plan;
    const lsi_program *p = m->program;
    if (v < p->nsource || plan->tiles || !plan->store[t].flat || m->last[v] > m->made[v]) return false;
    const int k = v - p->nsource;
    return m->linked[k] ? p->instrs[k].result != LS_BOOL : streaming_loop(m, k) != NULL;
}

static bool makes_in_place(const making *m, int t, int v)
{
    const lsi_program *p = m->program;
    const lsi_plan *plan = m->plan;
    if (plan->direct[v] >= 0 || m->store_time[t] == UNUSED) return false;
    if (plan->streams && !streams_itself(m, t, v)) return false;
    if (v < p->nsource) {
        const bool lies_ready = plan->constant[v] || (plan->source[v].base && plan->source[v].flat);
        return !lies_ready && !m->copied[v] && m->last[v] == AT_START;
    }
    const int k = v - p->nsource;
    const lsi_instr *instr = &p->instrs[k];
    const bool twice = (instr->op < LSI_OP_ROWS && lsi_row_rare(instr->op)) || m->pair[k] >= 0;
    for (int s = 0; s < p->nsource; s++) {
        if (!m->needed[s] || m->copied[s] || !aliased(plan, t, s)) continue;
        const bool same_size = plan->source[s].size == plan->store[t].size;
        if (m->last[s] > m->made[v] || (m->last[s] == m->made[v] && (twice || !same_size))) return false;
    }
    return true;
}

static void find_direct(making *m)
{
    lsi_plan *plan = m->plan;
    const lsi_program *p = m->program;
    int16_t *list = (int16_t *)plan->direct_value;
    for (int v = 0; v < plan->nvalue; v++) {
        plan->direct[v] = -1;
        plan->reg[v] = LSI_NO_REGISTER;
    }
    for (int t = 0; t < p->nstore; t++) {
        const int v = plan->same[p->stores[t].value];
        plan->store_direct[t] = makes_in_place(m, t, v);
        if (!plan->store_direct[t]) continue;
        plan->direct[v] = (int16_t)t;
        list[plan->ndirect_value++] = (int16_t)v;
    }
}

/* Whether strips of this walk are always contiguous. */
static bool always_flat(const lsi_plan *plan, const lsi_walk *walk)
{
    return walk->flat && !plan->tiles;
}

/* Whether instruction k is linked, or not, and reads source s. */
static bool reads(const making *m, int k, int s, bool linked)
{
    if (!m->has_step[k] || m->linked[k] != linked) return false;
    for (int a = 0; a < 3; a++) {
        const int32_t name = m->program->instrs[k].args[a];
        if (name >= 0 && m->plan->same[name] == s) return true;
    }
    return false;
}

/* The numbers that chains read, one after the other in their room. */
static void find_numbers(making *m)
{
    lsi_plan *plan = m->plan;
    for (int s = 0; s < m->program->nsource; s++) {
        plan->number[s] = -1;
        bool in_chain = false;
        for (int k = 0; k < m->program->ninstr && m->needed[s] && lsi_chain_is_number(plan, s); k++)
            in_chain |= reads(m, k, s, true);
        if (in_chain) plan->number[s] = (int16_t)plan->nnumber++;
    }
}

/* Whether source s is a number that only chains read, so that it fills no register. */
static bool is_only_number(const making *m, int s)
{
    const lsi_program *p = m->program;
    bool elsewhere = m->plan->number[s] < 0;
    for (int k = 0; k < p->ninstr && !elsewhere; k++)
        elsewhere = reads(m, k, s, false);
    for (int t = 0; t < p->nstore && !elsewhere; t++)
        elsewhere = m->plan->same[p->stores[t].value] == s;
    for (int r = 0; r < p->nreduction && !elsewhere; r++)
        elsewhere = m->plan->same[p->reductions[r].value] == s;
    return !elsewhere;
}

static bool wants_register(const making *m, int v)
{
    const lsi_plan *plan = m->plan;
    if (v < m->program->nsource) {
        if (is_only_number(m, v)) return false;
        if (plan->constant[v] || m->copied[v]) return true;
        if (m->program->sources[v].kind == LSI_SOURCE_BUFFER && always_flat(plan, &plan->source[v])) return false;
    }
    return plan->direct[v] < 0 || !always_flat(plan, &plan->store[plan->direct[v]]);
}

static void take_register(making *m, int v)
{
    lsi_plan *plan = m->plan;
    plan->reg[v] = LSI_NO_REGISTER;
    if (!wants_register(m, v)) return;
    plan->reg[v] = m->nfree > 0 ? m->free_register[--m->nfree] : (int16_t)plan->nregister++;
}

static void drop_register(making *m, int v, int32_t time)
{
    lsi_plan *plan = m->plan;
    if (m->last[v] > time || plan->reg[v] < 0) return;
    if (v < m->program->nsource && plan->constant[v]) return;
    m->free_register[m->nfree++] = plan->reg[v];
    m->last[v] = AT_END; /* once */
}

/* ---- the steps ---- */

static lsi_step *add_step(lsi_plan *plan, lsi_step_kind kind)
{
    lsi_step *step = &plan->step[plan->nstep++];
    *step = (lsi_step){.kind = (uint8_t)kind, .other = -1};
    return step;
}

static lsi_loop loop_of(const making *m, int k)
{
    const lsi_plan *plan = m->plan;
    const lsi_instr *instr = &m->program->instrs[k];
    if (plan->streams && plan->direct[m->program->nsource + k] >= 0) return streaming_loop(m, k);
    const lsi_loop_table *loops = plan->loops;
    if (instr->op == LSI_OP_cast) return loops->casts[instr->dtype]->to[instr->result];
    if (instr->op == LSI_OP_where) return loops->moves->where[lsi_size_log(lsi_dtype_size(instr->dtype))];
    return loops->rows[instr->dtype]->row[instr->op];
}

static void add_fetch(making *m, int s)
{
    lsi_plan *plan = m->plan;
    if (m->fetched[s]) return;
    m->fetched[s] = true;
    take_register(m, s);
    if (plan->constant[s]) return;
    if (always_flat(plan, &plan->source[s]) && m->program->sources[s].kind == LSI_SOURCE_BUFFER && !m->copied[s]) {
        int16_t *list = (int16_t *)plan->flat_source;
        list[plan->nflat_source++] = (int16_t)s;
        return;
    }
    lsi_step *step = add_step(plan, LSI_STEP_FETCH);
    step->out = (int16_t)s;
    step->other = m->copied[s];
}

/* Lets the step read the value `x` as its argument a, `further` elements on. */
static void set_input(const making *m, lsi_step *step, int a, int x, int32_t further)
{
    const lsi_plan *plan = m->plan;
    const int v = plan->same[x];
    step->in[a] = (int16_t)v;
    if (!plan->shares || (v < m->program->nsource && plan->constant[v])) return;
    const int size = (int)lsi_dtype_size(lsi_program_dtype(m->program, v));
    step->ahead[a] = (further + plan->shift[x] - plan->low[v]) * size;
}

static void add_instr(making *m, int k)
{
    lsi_plan *plan = m->plan;
    const lsi_program *p = m->program;
    const lsi_instr *instr = &p->instrs[k];
    const int v = p->nsource + k;
    int nargs = 0;
    take_register(m, v);
    lsi_step *step = add_step(plan, LSI_STEP_LOOP);
    step->out = (int16_t)v;
    step->more = plan->high[v] - plan->low[v];
    for (int a = 0; a < 3; a++) {
        if (instr->args[a] >= 0) nargs = a + 1;
        set_input(m, step, a, instr->args[a] >= 0 ? instr->args[a] : instr->args[0], plan->low[v]);
    }
    if (m->pair[k] >= 0) {
        const int w = p->nsource + m->pair[k];
        take_register(m, w);
        step->kind = LSI_STEP_SINCOS;
        step->dtype = instr->dtype;
        step->out = (int16_t)(instr->op == LSI_OP_sin ? v : w);
        step->other = (int16_t)(instr->op == LSI_OP_sin ? w : v);
    } else {
        step->loop = loop_of(m, k);
    }
    for (int a = 0; a < nargs; a++)
        drop_register(m, step->in[a], k);
}

static void add_stores(making *m, int32_t time)
{
    lsi_plan *plan = m->plan;
    const lsi_program *p = m->program;
    for (int t = 0; t < p->nstore; t++) {
        if (m->store_time[t] != time) continue;
        const int v = plan->same[p->stores[t].value];
        if (v < p->nsource) add_fetch(m, v);
        if (plan->store_direct[t] && always_flat(plan, &plan->store[t])) continue;
        lsi_step *step = add_step(plan, LSI_STEP_STORE);
        step->other = (int16_t)t;
        step->in[0] = (int16_t)v;
    }
    for (int t = 0; t < p->nstore; t++)
        if (m->store_time[t] == time) drop_register(m, plan->same[p->stores[t].value], time);
}

/* The sources among an instruction's arguments. */
static void fetch_args(making *m, int k)
{
    for (int a = 0; a < 3; a++) {
        const int32_t value = m->program->instrs[k].args[a];
        if (value >= 0 && m->plan->same[value] < m->program->nsource) add_fetch(m, m->plan->same[value]);
    }
}

/* Whether a value of the chain that ends with instruction `end` is read after it or stored. */
static bool leaves_chain(const making *m, int v, int end)
{
    const lsi_program *p = m->program;
    for (int t = 0; t < p->nstore; t++)
        if (m->plan->same[p->stores[t].value] == v) return true;
    return m->last[v] > end;
}

static void foresee(lsi_chain *chain, int value, int size)
{
    if (chain->nforeseen == LSI_FORESEEN) return;
    chain->foreseen[chain->nforeseen++] = (lsi_foreseen){(int16_t)value, (int16_t)size};
}

/* While a chain reads registers alone memory would be idle: so the first such chain asks for the next strip. */
static void foresee_strip(making *m, lsi_chain *chain, int k, int end)
{
    const lsi_plan *plan = m->plan;
    const lsi_program *p = m->program;
    if (chain->nread > 0 || plan->near || m->foreseen) return;
    for (int s = 0; s < p->nsource; s++)
        if (plan->brings[s]) foresee(chain, s, plan->source[s].size);
    for (int v = p->nsource + k; v <= p->nsource + end && !plan->streams; v++)
        if (plan->direct[v] >= 0 && m->linked[v - p->nsource]) foresee(chain, v, plan->store[plan->direct[v]].size);
    m->foreseen = chain->nforeseen > 0;
}

/* One step for the instructions [k, end]; what is stored meanwhile is stored after it. */
static void add_chain(making *m, int k, int end)
{
    lsi_plan *plan = m->plan;
    const lsi_program *p = m->program;
    for (int j = k; j <= end; j++)
        if (m->linked[j]) fetch_args(m, j);
    for (int j = k; j <= end; j++) {
        const int v = p->nsource + j;
        m->leaves[v] = LSI_STAYS;
        if (!m->linked[j] || !leaves_chain(m, v, end)) continue;
        m->leaves[v] = plan->streams && plan->direct[v] >= 0 ? LSI_LEAVES_PAST_CACHES : LSI_LEAVES;
        take_register(m, v);
    }
    lsi_step *step = add_step(plan, LSI_STEP_CHAIN);
    step->other = (int16_t)plan->nchain;
    lsi_chain *chain = &plan->chain[plan->nchain++];
    const lsi_chain_wish wish = {
        .plan = plan, .program = p, .links = plan->loops->chains[lsi_chain_dtype(plan->loops, &p->instrs[k])], .begin = k,
        .end = end, .linked = m->linked, .leaves = m->leaves, .place = m->place, .readers = m->readers,
        .free_slot = m->free_slot, .link = m->link, .outside = m->outside};
    lsi_chain_link(&wish, chain);
    foresee_strip(m, chain, k, end);
    m->link += chain->nlink;
    m->outside += chain->noutside;
    if (lsi_chain_room(chain) > plan->chain_room) plan->chain_room = lsi_chain_room(chain);
    if (lsi_chain_places(chain) > plan->chain_places) plan->chain_places = lsi_chain_places(chain);
    for (int j = k; j <= end; j++)
        add_stores(m, j);
    for (int j = k; j <= end; j++)
        for (int a = 0; a < 3 && m->linked[j]; a++)
            if (p->instrs[j].args[a] >= 0) drop_register(m, plan->same[p->instrs[j].args[a]], end);
}

static void make_steps(making *m)
{
    const lsi_program *p = m->program;
    lsi_plan *plan = m->plan;
    for (int s = 0; s < p->nsource; s++)
        if (m->needed[s] && (plan->by_rows || m->copied[s] || plan->constant[s] || m->first[s] == AT_END)) add_fetch(m, s);
    add_stores(m, AT_START);
    for (int k = 0; k < p->ninstr; k++) {
        if (m->chain_end[k] >= 0) {
            add_chain(m, k, m->chain_end[k]);
            k = m->chain_end[k];
            continue;
        }
        if (m->has_step[k]) {
            fetch_args(m, k);
            add_instr(m, k);
        }
        add_stores(m, k);
    }
}

/* ---- sizes and costs ---- */

/* What instruction k costs, as lsi_row_cost says; a division by one number is a few multiplications. */
static double instr_cost(const making *m, int k)
{
    const lsi_instr *instr = &m->program->instrs[k];
    const int op = m->linked[k] && lsi_chain_of_one(m->plan, instr) ? LSI_OP_multiply : instr->op;
    return lsi_row_cost(op, (ls_dtype)instr->dtype);
}

static double step_cost(const making *m)
{
    const lsi_program *p = m->program;
    double nanoseconds = 0;
    for (int k = 0; k < p->ninstr; k++) {
        if (!m->needed[p->nsource + k]) continue;
        nanoseconds += instr_cost(m, k);
    }
    for (int s = 0; s < p->nsource; s++) {
        if (!m->needed[s] || m->plan->constant[s]) continue;
        const lsi_walk *walk = &m->plan->source[s];
        nanoseconds += p->sources[s].kind == LSI_SOURCE_DRAW ? lsi_draw_cost(&p->sources[s].draw) : 0.01 * walk->size;
        if (!walk->flat) nanoseconds += 0.3;
    }
    for (int t = 0; t < p->nstore; t++)
        nanoseconds += 0.02 * m->plan->store[t].size + (m->plan->store[t].flat ? 0 : 0.3);
    return nanoseconds;
}

/* Whether an earlier source reads the same memory. */
static bool is_read_before(const making *m, int s)
{
    for (int k = 0; k < s; k++)
        if (m->needed[k] && lies_beside(m->plan, k, s)) return true;
    return false;
}

/* Bytes that one pass over the operands moves through memory. */
static double footprint(const making *m)
{
    const lsi_plan *plan = m->plan;
    const lsi_program *p = m->program;
    double bytes = 0;
    for (int k = 0; k < p->nsource + p->nstore; k++) {
        if (k < p->nsource && (!m->needed[k] || is_read_before(m, k))) continue;
        const lsi_walk *walk = k < p->nsource ? &plan->source[k] : &plan->store[k - p->nsource];
        double size = walk->base ? walk->size : 0;
        for (int d = 0; d < plan->ndim; d++)
            if (walk->axes[d] != 0) size *= (double)plan->shape[d];
        bytes += size;
    }
    return bytes;
}

/* Whether all there is to do is one loop, or one draw, that takes longer than memory does: read, compute and write
 * ordinarily, it keeps memory busy all the time, while a strip in a register would wait with writing until computing is
 * done. */
static bool is_one_dear_loop(const making *m)
{
    enum { FILLING = 8 }; /* threads that fill a memory, about: more have to share */
    const int threads = lsi_parallel_threads();
    const double pace = 0.045 * (threads > FILLING ? (double)threads / FILLING : 1.0); /* nanoseconds per byte */
    const lsi_program *p = m->program;
    double cost = 0, bytes = 0;
    int loops = 0;
    for (int k = 0; k < p->ninstr; k++) {
        if (!m->needed[p->nsource + k] || m->plan->same[p->nsource + k] != p->nsource + k) continue;
        cost += instr_cost(m, k);
        loops++;
    }
    for (int s = 0; s < p->nsource; s++) {
        if (!m->needed[s]) continue;
        if (m->plan->source[s].base && !m->plan->constant[s]) bytes += m->plan->source[s].size;
        if (p->sources[s].kind != LSI_SOURCE_DRAW) continue;
        cost += lsi_draw_cost(&p->sources[s].draw);
        loops++;
    }
    for (int t = 0; t < p->nstore; t++)
        bytes += m->plan->store[t].size;
    return loops == 1 && cost > pace * bytes;
}

/* Streaming pays when nothing of the result could stay in the cache, and only for whole lines that were not read. */
static bool worth_streaming(const making *m)
{
    const lsi_plan *plan = m->plan;
    const lsi_program *p = m->program;
    if (!plan->far || is_one_dear_loop(m)) return false;
    for (int t = 0; t < p->nstore; t++) {
        const lsi_walk *walk = &plan->store[t];
        if (walk->ndim == 0 || walk->stride[walk->ndim - 1] != 1) return false;
        if (walk->shape[walk->ndim - 1] * walk->size < STREAM_ROW) return false;
        for (int s = 0; s < p->nsource; s++)
            if (m->needed[s] && aliased(plan, t, s)) return false;
    }
    return true;
}

/* A strip that goes past the caches has so few lines that most of them are on their way while the next one is computed,
 * but where each strip makes values beyond its ends, which longer ones do less often. */
static void choose_strip(making *m)
{
    lsi_plan *plan = m->plan;
    const lsi_program *p = m->program;
    int size = 1;
    for (int v = 0; v < plan->nvalue; v++) {
        if (!m->needed[v] || plan->reg[v] < 0) continue;
        const int bytes = (int)lsi_dtype_size(lsi_program_dtype(p, v));
        if (bytes > size) size = bytes;
    }
    const int most = plan->streams && plan->span == 0 ? LSI_STREAM_STRIP : LSI_STRIP;
    int strip = most;
    if (plan->nregister == 0) {
        strip = 8 * LSI_STRIP; /* nothing to keep in L1: fewer calls */
    } else if (!plan->streams) {
        const int fits = LSI_ARENA_BYTES / (plan->nregister * size);
        if (fits < strip) strip = fits < 256 ? 256 : fits & ~(LSI_STRIP_UNIT - 1);
    }
    plan->strip = strip;
    plan->capacity = plan->tiles ? LSI_STRIP : most;
    if (plan->tiles && size < 8) plan->capacity = LSI_TILE_BYTES / (size < 2 ? 2 : size);
    if (plan->tiles && plan->streams) plan->capacity *= 2; /* longer runs of whole lines */
    if (plan->count < plan->capacity) plan->capacity = (int)lsi_round_strip(plan->count);
    plan->capacity += (int)lsi_round_strip(plan->span);
    plan->register_size = size;
    plan->register_bytes = (size_t)plan->capacity * (size_t)size;
}

static void place_cursors(lsi_plan *plan, const lsi_program *p)
{
    for (int k = 0; k < p->nsource + p->nstore; k++) {
        lsi_walk *walk = k < p->nsource ? &plan->source[k] : &plan->store[k - p->nsource];
        if (walk->flat || (k < p->nsource && plan->constant[k])) continue;
        walk->cursor = plan->ncursor;
        plan->ncursor += (int)(sizeof(lsi_cursor) / sizeof(int64_t)) + walk->ndim;
    }
}

ls_status lsi_plan_make(const lsi_program *p, const lsi_plan_wish *wish, lsi_plan **made)
{
    int axis[LS_MAX_NDIM];
    const int ndim = take_axes(p, wish->axis_order, axis);
    making m;
    cutter count = {NULL, 0};
    cut_plan(&count, &m, p, ndim);
    bool cached;
    char *block = allocate_plan(count.used, &cached);
    if (!block) return lsi_fail_for(p->function, p->place, LS_ENOMEM, "no memory for a plan of %zu bytes", count.used);
    cutter cutting = {block, 0};
    memset(block, 0, sizeof(lsi_plan));
    cut_plan(&cutting, &m, p, ndim);

    lsi_plan *plan = m.plan;
    plan->program = p;
    plan->loops = lsi_loops_get();
    plan->cached = cached;
    plan->tiles = wish->tiles;
    plan->ndim = ndim;
    plan->count = 1;
    for (int d = 0; d < ndim; d++) {
        plan->shape[d] = p->shape[axis[d]];
        plan->count *= plan->shape[d];
    }
    plan->nvalue = p->nsource + p->ninstr;
    for (int s = 0; s < p->nsource; s++)
        m.copied[s] = m.fetched[s] = false;
    make_walks(&m, axis);
    find_row(&m, wish->may_end_with_rows);
    lsi_plan_find_names(plan);
    find_life(&m);
    if (plan->shares) lsi_plan_find_reach(plan, m.needed);
    find_lines(&m);
    find_pairs(&m);
    plan->by_rows = wish->tiles && few_loops(&m);
    find_steps(&m);
    const double bytes = footprint(&m);
    plan->far = lsi_map_forced() || lsi_beyond_cache(bytes);
    plan->near = lsi_plan_is_near(bytes);
    lsi_plan_find_chains(plan, m.last, m.has_step, m.chain_end, m.linked);
    find_numbers(&m);
    find_store_times(&m);
    plan->streams = wish->may_stream && worth_streaming(&m);
    find_direct(&m);
    make_steps(&m);
    place_cursors(plan, p);
    choose_strip(&m);
    plan->cost = step_cost(&m);
    *made = plan;
    return LS_OK;
}

ls_status lsi_plan_new(const lsi_program *program, const int *axis_order, lsi_plan **plan)
{
    const lsi_plan_wish wish = {.axis_order = axis_order};
    return lsi_plan_make(program, &wish, plan);
}

int64_t lsi_plan_count(const lsi_plan *plan)
{
    return plan->count;
}

double lsi_plan_cost(const lsi_plan *plan)
{
    return plan->cost;
}

bool lsi_plan_direct(const lsi_plan *plan, int value, lsi_direct *out)
{
    const int v = plan->same[value];
    const lsi_program *p = plan->program;
    if (v >= p->nsource || p->sources[v].kind != LSI_SOURCE_BUFFER) return false;
    for (int t = 0; t < p->nstore; t++)
        if (aliased(plan, t, v)) return false;
    const lsi_walk *walk = &plan->source[v];
    out->base = walk->base + walk->origin * walk->size;
    out->ndim = walk->ndim;
    memcpy(out->shape, walk->shape, sizeof(int64_t) * (size_t)walk->ndim);
    memcpy(out->strides, walk->stride, sizeof(int64_t) * (size_t)walk->ndim);
    return true;
}
