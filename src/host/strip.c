/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Runs the steps of a plan over one strip. Decides nothing: the order of strips is the caller's, the rest plan.c's. */
#include "host/strip.h"
#include "host/draw.h"
#include "host/parallel.h"
#include "host/plan.h"
#include <string.h>

/* ---- workers ---- */

static size_t round_up(size_t bytes, size_t to)
{
    return (bytes + to - 1) & ~(to - 1);
}

/* In its register, and where chains read it. */
static void fill_constant(lsi_worker *worker, int s)
{
    const lsi_plan *plan = worker->plan;
    const lsi_source *source = &plan->program->sources[s];
    const lsi_walk *walk = &plan->source[s];
    _Alignas(16) char element[16];
    const void *from = element;
    if (source->kind == LSI_SOURCE_CONST)
        lsi_scalar_store(&source->constant, element);
    else
        from = walk->base + walk->origin * walk->size;
    void (*fill)(int64_t, const void *, void *) = plan->loops->moves->fill[lsi_size_log((size_t)walk->size)];
    if (plan->reg[s] >= 0) fill(plan->capacity, from, worker->value[s]);
    if (plan->number[s] < 0) return;
    fill(LSI_TILE_OF_CHAIN / walk->size, from, worker->chain_room + plan->number[s] * LSI_TILE_OF_CHAIN);
}

lsi_worker *lsi_worker_get(const lsi_plan *plan)
{
    const size_t head = round_up(sizeof(lsi_worker), 64);
    const size_t values = round_up(sizeof(void *) * (size_t)plan->nvalue, 64);
    const size_t cursors = round_up(sizeof(int64_t) * (size_t)plan->ncursor, 64);
    const size_t arena = plan->register_bytes * (size_t)plan->nregister, places = round_up(plan->chain_places, 64);
    char *memory = lsi_scratch(LSI_SCRATCH_STRIP, head + values + cursors + arena + places + plan->chain_room);
    if (!memory) return NULL;
    lsi_worker *worker = (lsi_worker *)(void *)memory;
    worker->plan = plan;
    worker->value = (void **)(void *)(memory + head);
    worker->cursors = (int64_t *)(void *)(memory + head + values);
    worker->arena = memory + head + values + cursors;
    worker->chain_room = worker->arena + arena + places;

    const lsi_program *p = plan->program;
    for (int v = 0; v < plan->nvalue; v++)
        worker->value[v] = plan->reg[v] >= 0 ? worker->arena + plan->register_bytes * (size_t)plan->reg[v] : NULL;
    for (int k = 0; k < p->nsource + p->nstore; k++) {
        const lsi_walk *walk = k < p->nsource ? &plan->source[k] : &plan->store[k - p->nsource];
        if (walk->cursor >= 0) worker->cursors[walk->cursor] = -1;
        if (k < p->nsource && plan->constant[k] && plan->count > 0) fill_constant(worker, k);
    }
    return worker;
}

/* ---- walking an operand that is not flat ---- */

/* rows x cols elements from `element` on, in position order. */
typedef struct block {
    int64_t element, rows, cols, row, col;
} block;

static lsi_cursor *cursor_at(lsi_worker *worker, const lsi_walk *walk, int64_t position)
{
    lsi_cursor *cursor = (lsi_cursor *)(void *)(worker->cursors + walk->cursor);
    if (cursor->next == position) return cursor;
    int64_t rest = position;
    cursor->next = position;
    cursor->element = walk->origin;
    for (int d = walk->ndim - 1; d > 0; d--) {
        cursor->index[d] = rest % walk->shape[d];
        rest /= walk->shape[d];
        cursor->element += cursor->index[d] * walk->stride[d];
    }
    cursor->index[0] = rest;
    cursor->element += rest * walk->stride[0];
    return cursor;
}

/* Steps `by` along axis d; what is past the end starts the next index of the axis outside it. */
static void advance(const lsi_walk *walk, lsi_cursor *cursor, int d, int64_t by)
{
    cursor->index[d] += by;
    cursor->element += by * walk->stride[d];
    while (d > 0 && cursor->index[d] == walk->shape[d]) {
        cursor->element -= walk->shape[d] * walk->stride[d];
        cursor->index[d--] = 0;
        cursor->index[d]++;
        cursor->element += walk->stride[d];
    }
}

/* The longest block that starts at the cursor, of at most n elements; whole rows where there are two. */
static block next_block(const lsi_walk *walk, lsi_cursor *cursor, int64_t n)
{
    const int last = walk->ndim - 1;
    const int64_t size = walk->shape[last];
    block b = {cursor->element, 1, 0, 0, walk->stride[last]};
    if (last > 0 && cursor->index[last] == 0 && n >= 2 * size) {
        const int64_t left = walk->shape[last - 1] - cursor->index[last - 1];
        b.rows = n / size < left ? n / size : left;
        b.cols = size;
        b.row = walk->stride[last - 1];
        advance(walk, cursor, last - 1, b.rows);
    } else {
        const int64_t left = size - cursor->index[last];
        b.cols = n < left ? n : left;
        advance(walk, cursor, last, b.cols);
    }
    cursor->next += b.rows * b.cols;
    return b;
}

/* The box of the strip, for a plan of tiles. */
static block box_of(const lsi_worker *worker, const lsi_walk *walk)
{
    const int ndim = worker->plan->ndim;
    block b = {walk->origin, worker->rows, worker->cols, ndim > 1 ? walk->axes[ndim - 2] : 0,
               ndim > 0 ? walk->axes[ndim - 1] : 0};
    for (int d = 0; d < ndim; d++)
        b.element += worker->corner[d] * walk->axes[d];
    return b;
}

/* ---- numbers that are made ---- */

/* Elements k, k + step, ... of a draw. A short step draws what lies between as well and picks. */
static void draw_row(const lsi_moves *moves, const lsi_draw *draw, int64_t k, int64_t step, int64_t n, char *to,
                     int size)
{
    enum { ROOM = 512 };
    _Alignas(64) char between[ROOM * 16];
    if (step == 1 || n == 1) {
        lsi_draw_fill(draw, k, n, to);
        return;
    }
    const int64_t width = step < 0 ? -step : step;
    const int64_t each = width == 0 ? n : width < ROOM / 4 ? (ROOM - 1) / width + 1 : 1;
    for (int64_t done = 0; done < n; done += each) {
        const int64_t now = n - done < each ? n - done : each;
        const int64_t from = k + done * step, reach = width == 0 ? 0 : (now - 1) * step;
        const int64_t lowest = reach < 0 ? from + reach : from;
        lsi_draw_fill(draw, lowest, (reach < 0 ? -reach : reach) + 1, between);
        moves->move[lsi_size_log((size_t)size)](1, now, between + (from - lowest) * size, 0, step * size,
                                                to + done * size, 0, size);
    }
}

static void iota_row(const lsi_moves *moves, const lsi_source *source, int64_t k, int64_t step, int64_t n, char *to)
{
    if (source->dtype == LS_FLOAT64) {
        double *out = (double *)(void *)to;
        moves->iota_f64(n, k, step, source->first.value.f, source->step.value.f, out);
        const int64_t ahead = source->last_at - k;
        if (source->last_at < 0) return;
        if (step == 0) {
            for (int64_t j = 0; ahead == 0 && j < n; j++)
                out[j] = source->last.value.f;
        } else if (ahead % step == 0 && ahead / step >= 0 && ahead / step < n) {
            out[ahead / step] = source->last.value.f;
        }
    } else {
        moves->iota_i64(n, k, step, source->first.value.i, source->step.value.i, (int64_t *)(void *)to);
    }
}

static void make_numbers(const lsi_plan *plan, int s, const block *b, char *to, int64_t to_row)
{
    const lsi_source *source = &plan->program->sources[s];
    const int size = plan->source[s].size;
    for (int64_t i = 0; i < b->rows; i++, to += to_row) {
        const int64_t k = b->element + i * b->row;
        if (source->kind == LSI_SOURCE_DRAW)
            draw_row(plan->loops->moves, &source->draw, k, b->col, b->cols, to, size);
        else
            iota_row(plan->loops->moves, source, k, b->col, b->cols, to);
    }
}

/* ---- steps ---- */

/* The rows of the block, each in order, `to_row` bytes apart. */
static void read_rows(const lsi_plan *plan, int s, const block *b, char *to, int64_t to_row)
{
    const lsi_walk *walk = &plan->source[s];
    const int64_t size = walk->size;
    if (!walk->base)
        make_numbers(plan, s, b, to, to_row);
    else
        plan->loops->moves->move[lsi_size_log((size_t)size)](b->rows, b->cols, walk->base + b->element * size,
                                                             b->row * size, b->col * size, to, to_row, size);
}

static void read_block(const lsi_plan *plan, int s, const block *b, char *to)
{
    read_rows(plan, s, b, to, b->cols * plan->source[s].size);
}

static bool contiguous(const block *b)
{
    return (b->cols == 1 || b->col == 1) && (b->rows == 1 || b->row == b->cols);
}

/* An operand that lies across is read a line here, a line there, which no hardware foresees. */
static void ask_for_next(const lsi_walk *walk, const block *b)
{
    const int64_t col = b->col * walk->size;
    if (b->row != 1 || (col < LSI_LINE_BYTES && col > -LSI_LINE_BYTES)) return;
    const char *next = walk->base + (b->element + b->rows) * walk->size;
    for (int64_t line = 0; line < b->rows * walk->size; line += LSI_LINE_BYTES)
        for (int64_t j = 0; j < b->cols; j++)
            __builtin_prefetch(next + j * col + line);
}

/* A box that is only stored is turned on its way from the source to the target. */
static bool turn_into_target(lsi_worker *worker, int s, const block *from)
{
    const lsi_plan *plan = worker->plan;
    if (plan->direct[s] < 0 || plan->program->nstore != 1 || !plan->source[s].base) return false;
    const lsi_walk *walk = &plan->store[plan->direct[s]];
    const block to = box_of(worker, walk);
    if (contiguous(&to) || to.col != 1) return false;
    worker->value[s] = walk->base + to.element * walk->size;
    read_rows(plan, s, from, worker->value[s], to.row * walk->size);
    return true;
}

/* Puts the elements of source s at worker->value[s]: a pointer to where they lie, unless they have to be `moved`. */
static void fetch(lsi_worker *worker, const lsi_step *step)
{
    const lsi_plan *plan = worker->plan;
    const int s = step->out;
    const lsi_walk *walk = &plan->source[s];
    const bool moved = step->other > 0 || plan->direct[s] >= 0 || !walk->base;
    char *reg = plan->direct[s] >= 0 ? worker->value[s]
                : plan->reg[s] >= 0  ? worker->arena + plan->register_bytes * (size_t)plan->reg[s]
                                     : NULL;
    if (plan->tiles) {
        const block b = box_of(worker, walk);
        if (worker->ahead && walk->base) ask_for_next(walk, &b);
        if (!moved && contiguous(&b))
            worker->value[s] = walk->base + b.element * walk->size;
        else if (!turn_into_target(worker, s, &b))
            read_block(plan, s, &b, worker->value[s] = reg);
        return;
    }
    if (walk->flat) {
        const block b = {walk->origin + worker->start, 1, worker->n, 0, 1};
        read_block(plan, s, &b, worker->value[s] = reg);
        return;
    }
    lsi_cursor *cursor = cursor_at(worker, walk, worker->start);
    block b = next_block(walk, cursor, worker->n);
    if (!moved && b.rows * b.cols == worker->n && contiguous(&b)) {
        worker->value[s] = walk->base + b.element * walk->size;
        return;
    }
    worker->value[s] = reg;
    for (int64_t done = 0;;) {
        read_block(plan, s, &b, reg + done * walk->size);
        done += b.rows * b.cols;
        if (done == worker->n) return;
        b = next_block(walk, cursor, worker->n - done);
    }
}

static void write_block(const lsi_plan *plan, const lsi_walk *walk, const block *b, const char *from,
                        const lsi_ahead *ahead)
{
    const int64_t size = walk->size;
    char *to = walk->base + b->element * size;
    if (contiguous(b)) {
        const size_t bytes = (size_t)(b->rows * b->cols * size);
        if (plan->streams)
            plan->loops->moves->stream(bytes, from, to, ahead);
        else if (from != to)
            memcpy(to, from, bytes);
    } else if (plan->streams && b->col == 1) {
        for (int64_t i = 0; i < b->rows; i++)
            plan->loops->moves->stream((size_t)(b->cols * size), from + i * b->cols * size, to + i * b->row * size,
                                       NULL);
    } else {
        plan->loops->moves->move[lsi_size_log((size_t)size)](b->rows, b->cols, from, b->cols * size, size, to,
                                                             b->row * size, b->col * size);
    }
}

/* One more place to ask for: what `store` will go with, elements of `size` bytes from `next` on. */
static void ask(lsi_ahead *ahead, const lsi_walk *store, const char *base, int64_t element, int size)
{
    if (ahead->count == LSI_AHEAD) return;
    ahead->next[ahead->count] = (uintptr_t)base + (uintptr_t)(element * size);
    ahead->step[ahead->count++] = LSI_LINE_BYTES * size / store->size;
}

/* What the strip behind this one reads in order. Only one store asks, and only where the strip is in a register: what is
 * copied from memory is being read already. */
static const lsi_ahead *next_strip(const lsi_worker *worker, const lsi_step *step, lsi_ahead *ahead)
{
    const lsi_plan *plan = worker->plan;
    if (!plan->streams || step->other != 0 || plan->reg[step->in[0]] < 0) return NULL;
    ahead->count = 0;
    for (int k = 0; k < plan->nflat_source; k++) {
        const lsi_walk *walk = &plan->source[plan->flat_source[k]];
        ask(ahead, &plan->store[0], walk->base, walk->origin + worker->start + worker->n, walk->size);
    }
    return ahead;
}

static void put(lsi_worker *worker, const lsi_step *step)
{
    const lsi_plan *plan = worker->plan;
    const lsi_walk *walk = &plan->store[step->other];
    const char *from = worker->value[step->in[0]];
    if (plan->tiles) {
        const block b = box_of(worker, walk);
        const bool there = plan->store_direct[step->other] && from == walk->base + b.element * walk->size;
        if (!there) write_block(plan, walk, &b, from, NULL);
        return;
    }
    lsi_ahead list;
    const lsi_ahead *ahead = next_strip(worker, step, &list);
    if (walk->flat) {
        const block flat = {walk->origin + worker->start, 1, worker->n, 0, 1};
        write_block(plan, walk, &flat, from, ahead);
        return;
    }
    lsi_cursor *cursor = cursor_at(worker, walk, worker->start);
    for (int64_t done = 0; done < worker->n;) {
        const block b = next_block(walk, cursor, worker->n - done);
        write_block(plan, walk, &b, from + done * walk->size, b.rows * b.cols == worker->n ? ahead : NULL);
        done += b.rows * b.cols;
    }
}

/* Values made in a target: where it is contiguous in this strip they go straight there, else by way of a register. */
static void aim(lsi_worker *worker, int v)
{
    const lsi_plan *plan = worker->plan;
    const lsi_walk *walk = &plan->store[plan->direct[v]];
    if (walk->flat && !plan->tiles) {
        worker->value[v] = walk->base + (walk->origin + worker->start) * walk->size;
        return;
    }
    block b;
    if (plan->tiles) {
        b = box_of(worker, walk);
    } else {
        const int last = walk->ndim - 1;
        const lsi_cursor *cursor = cursor_at(worker, walk, worker->start);
        const bool inside = walk->stride[last] == 1 && walk->shape[last] - cursor->index[last] >= worker->n;
        b = (block){cursor->element, inside ? 1 : 2, worker->n, 0, 1};
    }
    worker->value[v] = contiguous(&b) ? walk->base + b.element * walk->size
                                      : worker->arena + plan->register_bytes * (size_t)plan->reg[v];
}

static inline void compute(lsi_worker *worker, const lsi_step *step, int64_t n)
{
    void **value = worker->value;
    const void *const in[3] = {(const char *)value[step->in[0]] + step->ahead[0],
                               (const char *)value[step->in[1]] + step->ahead[1],
                               (const char *)value[step->in[2]] + step->ahead[2]};
    if (step->kind == LSI_STEP_LOOP)
        step->loop(n + step->more, in, value[step->out]);
    else
        worker->plan->loops->sincos->of[step->dtype](n, in[0], value[step->out], value[step->other]);
}

static void run_steps(lsi_worker *worker)
{
    const lsi_plan *plan = worker->plan;
    for (int k = 0; k < plan->ndirect_value; k++)
        aim(worker, plan->direct_value[k]);
    for (int k = 0; k < plan->nstep; k++) {
        const lsi_step *step = &plan->step[k];
        if (step->kind == LSI_STEP_FETCH)
            fetch(worker, step);
        else if (step->kind == LSI_STEP_STORE)
            put(worker, step);
        else if (step->kind == LSI_STEP_CHAIN)
            lsi_chain_run(&plan->chain[step->other], worker->n, worker->value, worker->chain_room);
        else
            compute(worker, step, worker->n);
    }
}

/* ---- boxes row by row ---- */

/* Where a value, or a store's target, lies in the row at hand, and how far it is to the next. */
typedef struct place {
    char *at;
    int64_t step;
    int value;               /* or the store */
} place;

enum { MOST_PLACES = LSI_PROGRAM_MAX_SOURCES + 2 * LSI_MOST_ROW_LOOPS };
typedef struct places {
    place value[MOST_PLACES], store[LSI_PROGRAM_MAX_STORES];
    int nvalue;
} places;

/* Whether the rows of this source are read where they lie. */
static bool lies_in_rows(const lsi_walk *walk, const lsi_step *fetch_step, const block *b)
{
    return walk->base && fetch_step->other <= 0 && (b->col == 1 || b->cols == 1);
}

static void add_place(lsi_worker *worker, places *p, int v, const lsi_walk *walk, const block *b)
{
    const lsi_plan *plan = worker->plan;
    place *new = &p->value[p->nvalue++];
    new->value = v;
    if (b) {
        new->at = walk->base + b->element * walk->size;
        new->step = b->row * walk->size;
    } else {
        /* Row i of a value lies in slice i of its register. Slices are as wide as the widest value, so that a register
         * which passes from one value to another never loses rows that are still to come. */
        new->at = worker->arena + plan->register_bytes * (size_t)plan->reg[v];
        new->step = worker->cols * plan->register_size;
    }
}

/* What does not lie in rows is brought into a register for the whole box. */
static void place_source(lsi_worker *worker, places *p, const lsi_step *step)
{
    const lsi_plan *plan = worker->plan;
    const lsi_walk *walk = &plan->source[step->out];
    const block b = box_of(worker, walk);
    const bool in_rows = lies_in_rows(walk, step, &b);
    if (worker->ahead && walk->base) ask_for_next(walk, &b);
    add_place(worker, p, step->out, walk, in_rows ? &b : NULL);
    if (!in_rows) {
        const place *made = &p->value[p->nvalue - 1];
        read_rows(plan, step->out, &b, made->at, made->step);
    }
}

static void place_result(lsi_worker *worker, places *p, int v)
{
    const int t = worker->plan->direct[v];
    if (t < 0) {
        add_place(worker, p, v, NULL, NULL);
        return;
    }
    const lsi_walk *walk = &worker->plan->store[t];
    const block b = box_of(worker, walk);
    add_place(worker, p, v, walk, b.col == 1 || b.cols == 1 ? &b : NULL);
}

/* What the same row of the box below will read where it lies. */
static const lsi_ahead *next_rows(const lsi_worker *worker, const places *p, lsi_ahead *ahead)
{
    const lsi_plan *plan = worker->plan;
    ahead->count = 0;
    for (int k = 0; k < p->nvalue && p->value[k].value < plan->program->nsource; k++) {
        const place *from = &p->value[k];
        const lsi_walk *walk = &plan->source[from->value];
        const bool in_register = from->at >= worker->arena &&
                                 from->at < worker->arena + plan->register_bytes * (size_t)plan->nregister;
        if (!in_register && from->step != 0)
            ask(ahead, &plan->store[0], from->at, (worker->rows - 1) * from->step / walk->size, walk->size);
    }
    return ahead;
}

static void put_row(lsi_worker *worker, const lsi_step *step, const places *p)
{
    const lsi_plan *plan = worker->plan;
    const place *to = &p->store[step->other];
    const lsi_walk *walk = &plan->store[step->other];
    const char *from = worker->value[step->in[0]];
    if (from == to->at) return;
    if (plan->streams) {
        lsi_ahead list;
        const bool asks = worker->ahead && step->other == 0;
        plan->loops->moves->stream((size_t)(worker->cols * walk->size), from, to->at,
                                   asks ? next_rows(worker, p, &list) : NULL);
        return;
    }
    const block b = {(to->at - walk->base) / walk->size, 1, worker->cols, 0, walk->axes[plan->ndim - 1]};
    write_block(plan, walk, &b, from, NULL);
}

static void run_row(lsi_worker *worker, places *p)
{
    const lsi_plan *plan = worker->plan;
    for (int k = 0; k < p->nvalue; k++) {
        worker->value[p->value[k].value] = p->value[k].at;
        p->value[k].at += p->value[k].step;
    }
    for (int k = 0; k < plan->nstep; k++) {
        const lsi_step *step = &plan->step[k];
        if (step->kind == LSI_STEP_STORE)
            put_row(worker, step, p);
        else if (step->kind != LSI_STEP_FETCH)
            compute(worker, step, worker->cols);
    }
    for (int t = 0; t < plan->program->nstore; t++)
        p->store[t].at += p->store[t].step;
}

/* What lies across is turned into registers for the whole box; then each row runs through all steps. */
static void run_rows(lsi_worker *worker)
{
    const lsi_plan *plan = worker->plan;
    places p;
    p.nvalue = 0;
    for (int k = 0; k < plan->nstep; k++)
        if (plan->step[k].kind == LSI_STEP_FETCH) place_source(worker, &p, &plan->step[k]);
    for (int k = 0; k < plan->nstep; k++) {
        const lsi_step *step = &plan->step[k];
        if (step->kind != LSI_STEP_LOOP && step->kind != LSI_STEP_SINCOS) continue;
        place_result(worker, &p, step->out);
        if (step->kind == LSI_STEP_SINCOS) place_result(worker, &p, step->other);
    }
    for (int t = 0; t < plan->program->nstore; t++) {
        const lsi_walk *walk = &plan->store[t];
        const block b = box_of(worker, walk);
        p.store[t] = (place){walk->base + b.element * walk->size, b.row * walk->size, t};
    }
    for (int64_t i = 0; i < worker->rows; i++)
        run_row(worker, &p);
}

void lsi_strip_run(lsi_worker *worker, int64_t start, int n)
{
    const lsi_plan *plan = worker->plan;
    worker->start = start;
    worker->n = n;
    for (int k = 0; k < plan->nflat_source; k++) {
        const int s = plan->flat_source[k];
        const lsi_walk *walk = &plan->source[s];
        worker->value[s] = walk->base + (walk->origin + start) * walk->size;
    }
    run_steps(worker);
}

void lsi_strip_box(lsi_worker *worker, const int64_t *corner, int64_t rows, int64_t cols, bool ahead)
{
    worker->corner = corner;
    worker->ahead = ahead;
    worker->rows = rows;
    worker->cols = cols;
    worker->n = rows * cols;
    if (worker->plan->by_rows)
        run_rows(worker);
    else
        run_steps(worker);
}

const void *lsi_strip_value(const lsi_worker *worker, int value)
{
    return worker->value[worker->plan->same[value]];
}
