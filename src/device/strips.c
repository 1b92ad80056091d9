/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Launches the steps of a strip. Decides the size of strips and of launches; the rest is strips_plan.c's. */
#include "device/strips_plan.h"
#include "draw_four.h"

#include <stdio.h>
#include <string.h>

enum {
    ROUND = 8192,
    COLUMN_ROUND = 256,
    THREADS_PER_MULTIPROCESSOR = 2048,
    MOST_TILE_LAUNCHES = 8,
    MOST_SCRATCH = 64 << 20 /* bytes, where the L2 does not ask for more */
};

/* ---- sizes ---- */

static int64_t round_up(int64_t n, int64_t to)
{
    return (n + to - 1) / to * to;
}

int64_t lsi_strips_count(const lsi_strips *strips)
{
    return strips->space.count;
}

/* As much as keeps what is touched in half of the L2, but at least a thread's work for every thread of the GPU, if that
 * takes no great memory. What needs no registers gains nothing from strips. */
int64_t lsi_strips_best(const lsi_strips *strips)
{
    const int64_t most = (int64_t)1 << 36, l2 = (int64_t)strips->device->l2_bytes;
    int64_t least = (int64_t)strips->device->multiprocessors * THREADS_PER_MULTIPROCESSOR;
    if (strips->columns > 0 && least > MOST_SCRATCH / strips->columns) least = MOST_SCRATCH / strips->columns;
    int64_t best = strips->columns > 0 ? l2 / 2 / strips->traffic : most;
    if (best < least) best = least;
    if (best > strips->space.count) best = strips->space.count;
    if (best > most) best = most;
    return best > 0 ? round_up(best, ROUND) : ROUND;
}

size_t lsi_strips_scratch(const lsi_strips *strips, int64_t n)
{
    return (size_t)strips->columns * (size_t)round_up(n, COLUMN_ROUND);
}

void lsi_strips_accesses(const lsi_strips *strips, lsi_work *work)
{
    const lsi_program *p = strips->program;
    for (int s = 0; s < p->nsource; s++)
        if (p->sources[s].kind == LSI_SOURCE_BUFFER) lsi_work_reads(work, p->sources[s].buffer);
    for (int t = 0; t < p->nstore; t++)
        lsi_work_writes(work, p->stores[t].buffer);
    for (int r = 0; r < p->nreduction; r++)
        lsi_work_writes(work, p->reductions[r].buffer);
}

/* ---- one strip ---- */

typedef struct strip {
    const lsi_strips *strips;
    lsi_work *work;
    int64_t start, n;
} strip;

static void *element(const lsi_buffer *buffer, int64_t at, size_t size)
{
    return (char *)buffer->address + at * (int64_t)size;
}

static uint64_t blocks_of(int64_t n, int64_t per_block)
{
    return (uint64_t)((n + per_block - 1) / per_block);
}

static void launch_move(const strip *s, const char *kind, int size, const ls_move_args *args)
{
    char name[24];
    snprintf(name, sizeof name, "ls_%s_%d", kind, size);
    lsi_work_launch(s->work, (lsi_kernel){"move", name},
                    (lsi_grid){.x = blocks_of(args->n, LS_MAP_THREADS * LS_MOVE_EACH)}, LS_MAP_THREADS, 0, args,
                    sizeof *args);
}

/* ---- sources that do not lie dense ---- */

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t gather_some(const strip *s, int source, void *to, int64_t start, int64_t n)
{
    const lsi_strip_value *value = &s->strips->values[source];
    ls_move_args args = {.from = s->strips->program->sources[source].buffer->address, .to = to, .n = n, .start = start};
    args.walk = s->strips->sources[source];
    launch_move(s, "gather", value->size, &args);
    return n;
}

/* Whether the source has its neighbours along the axis next to the innermost one. */
static bool lies_across(const ls_walk *walk)
{
    if (walk->ndim < 2) return false;
    const ls_walk_axis *inner = &walk->axis[0], *next = &walk->axis[1];
    return inner->size >= 8 && next->size >= 8 && (next->stride == 1 || next->stride == -1) &&
           (inner->stride > 1 || inner->stride < -1);
}

/* As many whole rows from position `start` on, where one begins, as a launch can turn: of one box of the two innermost
 * axes, or whole boxes along the third. 0: none. */
static int64_t turn_some(const strip *s, int source, void *to, int64_t start, int64_t n)
{
    const ls_walk *walk = &s->strips->sources[source];
    const lsi_strip_value *value = &s->strips->values[source];
    const int64_t cols = walk->axis[0].size, all_rows = walk->axis[1].size, box = cols * all_rows;
    const int64_t row = start / cols % all_rows, batch = walk->ndim > 2 ? start / box % walk->axis[2].size : 0;
    int64_t rows = smaller(all_rows - row, n / cols), boxes = 1;
    if (rows < 8) return 0;
    if (row == 0 && walk->ndim > 2 && n >= box)
        boxes = smaller(smaller(n / box, walk->axis[2].size - batch), 65535);
    ls_tile_args args = {
        .from = element(s->strips->program->sources[source].buffer, ls_walk_at(walk, start), value->size),
        .to = to, .rows = rows, .cols = cols, .row = walk->axis[1].stride, .col = walk->axis[0].stride,
        .batch = walk->ndim > 2 ? walk->axis[2].stride : 0};
    args.across = (int64_t)blocks_of(cols, LS_TILE_SIDE);
    const lsi_grid grid = {.x = blocks_of(rows, LS_TILE_SIDE) * (uint64_t)args.across, .y = (unsigned)boxes};
    char name[24];
    snprintf(name, sizeof name, "ls_tile_%d", value->size);
    lsi_work_launch(s->work, (lsi_kernel){"move", name}, grid, LS_MAP_THREADS, 0, &args, sizeof args);
    return boxes * rows * cols;
}

static void gather(const strip *s, int source, char *to)
{
    const ls_walk *walk = &s->strips->sources[source];
    const int64_t size = s->strips->values[source].size;
    int64_t done = 0;
    if (lies_across(walk)) {
        const int64_t cols = walk->axis[0].size, head = smaller((cols - s->start % cols) % cols, s->n);
        if (head > 0) done = gather_some(s, source, to, s->start, head);
        for (int k = 0; k < MOST_TILE_LAUNCHES; k++)
            done += turn_some(s, source, to + done * size, s->start + done, s->n - done);
    }
    if (done < s->n) gather_some(s, source, to + done * size, s->start + done, s->n - done);
}

/* ---- numbers that are made ---- */

static void make_progression(const strip *s, int source, void *to)
{
    const lsi_source *made = &s->strips->program->sources[source];
    ls_iota_args args = {.to = to, .n = s->n, .start = s->start, .last_at = made->last_at};
    memcpy(&args.first, &made->first.value, sizeof args.first);
    memcpy(&args.step, &made->step.value, sizeof args.step);
    memcpy(&args.last, &made->last.value, sizeof args.last);
    args.walk = s->strips->sources[source];
    const lsi_kernel kernel = {"move", made->dtype == LS_FLOAT64 ? "ls_iota_f64" : "ls_iota_i64"};
    lsi_work_launch(s->work, kernel, (lsi_grid){.x = blocks_of(s->n, LS_MAP_THREADS * LS_MOVE_EACH)}, LS_MAP_THREADS, 0,
                    &args, sizeof args);
}

static const char *const draw_kinds[LSI_DRAW_KINDS] = {
    [LSI_DRAW_UNIFORM_F64] = "uniform_f64",         [LSI_DRAW_UNIFORM_F32] = "uniform_f32",
    [LSI_DRAW_BITS64] = "bits64",                   [LSI_DRAW_BITS32] = "bits32",
    [LSI_DRAW_NORMAL_F64] = "normal_f64",           [LSI_DRAW_NORMAL_F32] = "normal_f32",
    [LSI_DRAW_EXPONENTIAL_F64] = "exponential_f64", [LSI_DRAW_EXPONENTIAL_F32] = "exponential_f32",
    [LSI_DRAW_INTEGERS64] = "integers64",           [LSI_DRAW_INTEGERS32] = "integers32",
};

static void make_draw(const strip *s, int source, void *to)
{
    const lsi_draw *draw = &s->strips->program->sources[source].draw;
    ls_random_args args = {.to = to, .n = s->n, .start = s->start, .draw = *draw};
    args.walk = s->strips->sources[source];
    char name[40];
    const bool in_order = lsi_walk_dense(&args.walk, s->strips->space.count);
    snprintf(name, sizeof name, "ls_random_%s%s", in_order ? "" : "at_", draw_kinds[draw->kind]);
    if (in_order) args.head = (int64_t)((ls_draw_four_phase(draw) + (uint64_t)(args.walk.origin + s->start)) & 3);
    const int64_t each = in_order ? 4 : 1;
    lsi_work_launch(s->work, (lsi_kernel){"random", name},
                    (lsi_grid){.x = blocks_of(s->n + args.head, LS_MAP_THREADS * each)}, LS_MAP_THREADS, 0, &args,
                    sizeof args);
}

static void put_constant(const lsi_source *source, uint64_t value[2])
{
    lsi_scalar_store(&source->constant, value);
}

/* Fills `to` with the one value of a source: its number, or the element it has everywhere. */
static void fill(const strip *s, int v, void *to)
{
    const lsi_source *source = &s->strips->program->sources[v];
    const lsi_strip_value *value = &s->strips->values[v];
    ls_move_args args = {.to = to, .n = s->n, .single = 1};
    if (source->kind == LSI_SOURCE_CONST) put_constant(source, args.value);
    else args.from = element(source->buffer, s->strips->sources[v].origin, value->size);
    launch_move(s, "fill", value->size, &args);
}

static void fetch(const strip *s, int v)
{
    const lsi_source *source = &s->strips->program->sources[v];
    const ls_walk *walk = &s->strips->sources[v];
    const lsi_strip_value *value = &s->strips->values[v];
    if (source->kind == LSI_SOURCE_IOTA)
        make_progression(s, v, value->address);
    else if (source->kind == LSI_SOURCE_DRAW)
        make_draw(s, v, value->address);
    else if (source->kind == LSI_SOURCE_BUFFER && lsi_walk_dense(walk, s->strips->space.count))
        lsi_work_copy(s->work, value->address, element(source->buffer, walk->origin + s->start, value->size),
                      (size_t)s->n * value->size);
    else if (source->kind == LSI_SOURCE_CONST || lsi_walk_single(walk))
        fill(s, v, value->address);
    else
        gather(s, v, value->address);
}

/* ---- operations and stores ---- */

static bool aligned(const void *address, int64_t bytes)
{
    return (uintptr_t)address % (uintptr_t)bytes == 0;
}

static void operate(const strip *s, const lsi_strip_step *step)
{
    const lsi_strip_value *out = &s->strips->values[step->out];
    ls_map_args args = {.out = out->address, .n = s->n};
    for (int k = 0; k < step->nargs; k++) {
        const lsi_strip_value *in = &s->strips->values[step->in[k]];
        args.in[k] = in->address;
        if (in->place == LSI_PLACE_CONSTANT) put_constant(&s->strips->program->sources[step->in[k]], args.value[k]);
        if (in->place == LSI_PLACE_CONSTANT || in->place == LSI_PLACE_SINGLE) args.single |= 1u << k;
        else if (aligned(in->address, (int64_t)step->each * in->size)) args.wide |= 1u << k;
    }
    if (aligned(out->address, (int64_t)step->each * out->size)) args.wide |= 1u << LS_MAP_OUT;
    lsi_work_launch(s->work, (lsi_kernel){step->module, step->name},
                    (lsi_grid){.x = blocks_of(s->n, (int64_t)LS_MAP_THREADS * step->each)}, LS_MAP_THREADS, 0, &args,
                    sizeof args);
}

static void store(const strip *s, const lsi_strip_step *step)
{
    const ls_walk *walk = &s->strips->stores[step->out];
    const lsi_buffer *buffer = s->strips->program->stores[step->out].buffer;
    const int v = step->in[0];
    const lsi_strip_value *value = &s->strips->values[v];
    const bool single = value->place == LSI_PLACE_CONSTANT || value->place == LSI_PLACE_SINGLE;
    if (lsi_walk_dense(walk, s->strips->space.count)) {
        void *to = element(buffer, walk->origin + s->start, value->size);
        if (single) fill(s, v, to);
        else lsi_work_copy(s->work, to, value->address, (size_t)s->n * value->size);
        return;
    }
    ls_move_args args = {.from = value->address, .to = buffer->address, .n = s->n, .start = s->start, .single = single};
    if (value->place == LSI_PLACE_CONSTANT) put_constant(&s->strips->program->sources[v], args.value);
    args.walk = *walk;
    launch_move(s, "scatter", value->size, &args);
}

/* ---- the strip ---- */

static void place_values(lsi_strips *strips, char *scratch, int64_t start, int64_t n)
{
    const lsi_program *p = strips->program;
    const int64_t column = round_up(n, COLUMN_ROUND);
    for (int v = 0; v < strips->nvalue; v++) {
        lsi_strip_value *value = &strips->values[v];
        value->address = NULL;
        if (value->place == LSI_PLACE_REGISTER) {
            value->address = scratch + value->column * column;
        } else if (value->place == LSI_PLACE_TARGET) {
            const lsi_buffer *buffer = p->stores[value->store].buffer;
            value->address = element(buffer, strips->stores[value->store].origin + start, value->size);
        } else if (value->place == LSI_PLACE_SOURCE) {
            value->address = element(p->sources[v].buffer, strips->sources[v].origin + start, value->size);
        } else if (value->place == LSI_PLACE_SINGLE) {
            value->address = element(p->sources[v].buffer, strips->sources[v].origin, value->size);
        }
    }
}

void lsi_strips_run(lsi_strips *strips, lsi_work *work, void *scratch, int64_t start, int64_t n)
{
    const strip s = {strips, work, start, n};
    if (n <= 0) return;
    place_values(strips, scratch, start, n);
    for (int k = 0; k < strips->nstep; k++) {
        const lsi_strip_step *step = &strips->steps[k];
        if (step->kind == LSI_STRIP_FETCH) fetch(&s, step->out);
        else if (step->kind == LSI_STRIP_OPERATION) operate(&s, step);
        else store(&s, step);
    }
}

const void *lsi_strips_value(const lsi_strips *strips, int value)
{
    return strips->values[strips->values[value].same].address;
}
