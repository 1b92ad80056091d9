/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The form of programs whose steps need results of reductions over the same rows: which pass over a row makes what, and
 * how many lanes a row gets. reduce_rows.h is the kernel's side. */
#include "core/dtype.h"
#include "device/form.h"
#include "device/reduce.h"
#include "reduce_order.h"

#include <string.h>

enum {
    FEWEST_LANES = 4,           /* at least as many as a thread has neighbours: reduce_gpu.h halves them that way */
    HELD_MOST = 64 << 10,       /* bytes of a block that leave room for others; where it has states beside them, ... */
    HELD_MOST_BLOCK = 40 << 10, /* ... so many that no kernel has to ask for more than it has anyway */
    AGAIN_MOST = 2              /* more would cost more than reading and writing what is saved */
};

static int64_t ceil_div(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

/* ---- passes ---- */

static bool folds_twice(const lsi_form_reduction *reduction)
{
    return reduction->op == LSI_REDUCE_var || reduction->op == LSI_REDUCE_std;
}

/* A result is there in the pass after the one that folds its value, and what is made of it then, too. Sources come
 * first, though a result's value is an instruction; what it is made of comes before every use of the result. */
static uint8_t pass_of(const lsi_form *form, const uint8_t *values, int v)
{
    const bool result = v < form->nsource && form->sources[v].kind == LSI_SOURCE_RESULT;
    return result ? (uint8_t)(pass_of(form, values, form->reductions[form->sources[v].reduction].value) + 1) : values[v];
}

static void find_values(const lsi_form *form, uint8_t *values)
{
    memset(values, 0, (size_t)form->nsource);
    for (int k = 0; k < form->ninstr; k++) {
        uint8_t *pass = &values[form->nsource + k];
        *pass = 0;
        for (int n = 0; n < 3; n++) {
            const int v = form->instrs[k].args[n];
            const uint8_t needs = v >= 0 ? pass_of(form, values, v) : 0;
            if (needs > *pass) *pass = needs;
        }
    }
    for (int i = 0; i < form->nsource; i++) values[i] = pass_of(form, values, i);
}

/* ---- the order of the reductions: by passes, so that those of one pass are neighbours ---- */

enum { NO_PASS = 255 };

static void find_passes(const lsi_program *program, const uint8_t *values, uint8_t *passes)
{
    for (int q = 0; q < LS_FUSED_MOST; q++)
        passes[q] = q < program->nreduction ? values[program->reductions[q].value] : NO_PASS;
}

/* Where reduction q of the program is among the form's: as many come before it as have an earlier pass, or the same one
 * and a smaller number. */
static int place_of(const uint8_t *passes, int q)
{
    int place = 0;
    for (int k = 0; k < LS_FUSED_MOST; k++) place += passes[k] < passes[q] || (passes[k] == passes[q] && k < q);
    return place;
}

static void order_reductions(lsi_form *form, const uint8_t *passes)
{
    lsi_form_reduction before[LS_FUSED_MOST];
    memcpy(before, form->reductions, sizeof before);
    for (int q = 0; q < form->reduces; q++) {
        lsi_form_reduction *to = &form->reductions[place_of(passes, q)];
        *to = before[q];
        to->pass = passes[q];
    }
    for (int i = 0; i < form->nsource; i++) {
        lsi_form_source *source = &form->sources[i];
        if (source->kind == LSI_SOURCE_RESULT)
            source->reduction = (uint8_t)place_of(passes, source->reduction);
    }
}

/* ---- what each pass computes, and what is held ---- */

static void find_row_values(const lsi_form *form, lsi_row_plan *plan)
{
    for (int i = 0; i < form->nsource; i++)
        plan->of_row[i] = form->sources[i].kind == LSI_SOURCE_CONST || form->sources[i].kind == LSI_SOURCE_RESULT;
    for (int k = 0; k < form->ninstr; k++) {
        bool all = true;
        for (int n = 0; n < 3; n++)
            if (form->instrs[k].args[n] >= 0) all &= plan->of_row[form->instrs[k].args[n]];
        plan->of_row[form->nsource + k] = all;
    }
}

/* The ends of a pass: values of its reductions, with the last pass the stores. */
static void begin_pass(const lsi_form *form, int pass, lsi_row_plan *plan)
{
    uint8_t *use = plan->use[pass];
    plan->first[pass] = plan->end[pass] = 0;
    for (int q = 0; q < form->reduces; q++) {
        plan->first[pass] += form->reductions[q].pass < pass;
        plan->end[pass] += form->reductions[q].pass <= pass;
    }
    for (int q = plan->first[pass]; q < plan->end[pass]; q++) use[form->reductions[q].value] = LSI_ROW_COMPUTED;
    for (int t = 0; t < form->nstore && pass == form->passes - 1; t++) use[form->stores[t].value] = LSI_ROW_COMPUTED;
}

/* From there down to the sources, or to what an earlier pass has made and holds. */
static void plan_pass(const lsi_form *form, int pass, bool *made, lsi_row_plan *plan)
{
    uint8_t *use = plan->use[pass];
    begin_pass(form, pass, plan);
    for (int v = form->nsource + form->ninstr - 1; v >= 0; v--) {
        const bool dear = lsi_form_is_dear(form, v) && !plan->of_row[v];
        if (use[v] == LSI_ROW_UNUSED) continue;
        if (dear && made[v] && form->holds) {
            use[v] = LSI_ROW_READ;
            plan->held[v] = 0;
            continue;
        }
        plan->again += dear && made[v];
        made[v] = dear;
        for (int n = 0; n < 3 && v >= form->nsource; n++) {
            const int argument = form->instrs[v - form->nsource].args[n];
            if (argument >= 0) use[argument] = LSI_ROW_COMPUTED;
        }
    }
}

void lsi_form_plan_rows(const lsi_form *form, lsi_row_plan *plan)
{
    bool made[LSI_FORM_VALUES] = {false};
    memset(plan, 0, sizeof *plan);
    memset(plan->held, -1, sizeof plan->held);
    find_row_values(form, plan);
    for (int pass = 0; pass < form->passes; pass++) plan_pass(form, pass, made, plan);
    for (int v = 0; v < form->nsource + form->ninstr; v++) {
        if (plan->held[v] < 0) continue;
        plan->held[v] = plan->bytes;
        plan->bytes += (int)lsi_dtype_size(v < form->nsource ? (ls_dtype)form->sources[v].dtype
                                                             : (ls_dtype)form->instrs[v - form->nsource].result);
    }
}

/* ---- the form ---- */

/* Results follow each other in the order of the kept axes. */
static bool is_dense(const lsi_program *program, const lsi_reduction *reduction)
{
    int64_t step = 1;
    for (int d = program->ndim - 1; d >= 0; d--) {
        if (program->reduced[d]) continue;
        if (program->shape[d] != 1 && reduction->strides[d] != step) return false;
        step *= program->shape[d];
    }
    return true;
}

/* What kernels make is cast to the result's dtype as the ones compiled ahead of time do it: floats to every real dtype,
 * sums of integers to every integer; all else comes as it is. */
static bool has_result(const lsi_reduction *reduction)
{
    const lsi_kind made = lsi_dtype_kind(reduction->dtype), result = lsi_dtype_kind(reduction->result);
    const bool integer = result == LSI_KIND_BOOL || result == LSI_KIND_INT || result == LSI_KIND_UINT;
    switch (reduction->op) {
    case LSI_REDUCE_var:
    case LSI_REDUCE_std: return result != LSI_KIND_COMPLEX;
    case LSI_REDUCE_min:
    case LSI_REDUCE_max:
        return reduction->result == reduction->dtype || (reduction->dtype == LS_FLOAT32 && result != LSI_KIND_COMPLEX);
    case LSI_REDUCE_sum:
    case LSI_REDUCE_prod:
    case LSI_REDUCE_mean:
        return made == LSI_KIND_FLOAT ? result != LSI_KIND_COMPLEX
                                      : made == LSI_KIND_COMPLEX ? reduction->result == reduction->dtype : integer;
    default: return integer;
    }
}

static bool can_reduce(const lsi_program *program)
{
    for (int q = 0; q < program->nreduction; q++) {
        const lsi_reduction *reduction = &program->reductions[q];
        if (!lsi_reduce_kind_of(reduction->op, reduction->dtype) || !has_result(reduction)) return false;
        if (reduction->buffer && !is_dense(program, reduction)) return false;
    }
    return true;
}

static uint8_t lanes_of_row(const lsi_form *form, int64_t n)
{
    int width = FEWEST_LANES;
    if (n > LS_LEAF) return 0;
    while (width < 32 && n > (int64_t)width * form->lanes) width *= 2;
    return (uint8_t)width;
}

/* One for each pass of reductions, and one for stores that need results of the last or must not come as early. */
static int count_passes(const lsi_form *form, const uint8_t *values, bool over_sources)
{
    int last = 0, stores = 0;
    bool twice = false;
    for (int q = 0; q < form->reduces; q++)
        if (form->reductions[q].pass > last) last = form->reductions[q].pass;
    for (int q = 0; q < form->reduces; q++)
        twice |= form->reductions[q].pass == last && folds_twice(&form->reductions[q]);
    for (int t = 0; t < form->nstore; t++)
        if (values[form->stores[t].value] > stores) stores = values[form->stores[t].value];
    const bool apart = stores > last || (form->nstore && over_sources && twice);
    return last + 1 + apart;
}

/* What a thread has of a row; block: of the row's leaves every eighth. */
static int64_t elements_of_thread(const lsi_form *form, int64_t n)
{
    const int64_t together = (int64_t)form->width * form->lanes;
    if (form->width) return ceil_div(n, together) * form->lanes;
    return ceil_div(ceil_div(n, LS_LEAF), LS_REDUCE_WARPS) * (LS_LEAF / 32);
}

/* Bytes of a block's shared memory. */
static int64_t held_bytes(const lsi_form *form, const lsi_row_plan *plan, int64_t n)
{
    return elements_of_thread(form, n) * plan->bytes * LS_REDUCE_THREADS;
}

/* Whether dear values are held, where there is room, or at least not computed too often. */
static bool choose_holding(lsi_form *form, int64_t n)
{
    lsi_row_plan plan;
    form->holds = true;
    lsi_form_plan_rows(form, &plan);
    form->holds = plan.bytes > 0 && held_bytes(form, &plan, n) <= (form->width ? HELD_MOST : HELD_MOST_BLOCK);
    lsi_form_plan_rows(form, &plan);
    return plan.again <= AGAIN_MOST;
}

bool lsi_form_rows(const lsi_program *program, int64_t n, bool over_sources, lsi_form *form)
{
    uint8_t values[LSI_FORM_VALUES], passes[LS_FUSED_MOST];
    if (n > LSI_ROW_MOST || !can_reduce(program)) return false;
    find_values(form, values);
    find_passes(program, values, passes);
    for (int q = 0; q < form->reduces; q++) form->reductions[q].result = (uint8_t)program->reductions[q].result;
    order_reductions(form, passes);
    form->passes = (uint8_t)count_passes(form, values, over_sources);
    form->width = lanes_of_row(form, n);
    return choose_holding(form, n);
}

/* ---- the launch ---- */

static ls_fused_part part_of(const lsi_reduction *reduction)
{
    ls_fused_part part = {NULL, lsi_reduce_mask(reduction->op, reduction->dtype),
                          lsi_reduce_keys_float(reduction->op, reduction->dtype), reduction->correction};
    if (reduction->buffer)
        part.states = (char *)reduction->buffer->address +
                      reduction->offset * (int64_t)lsi_dtype_size(reduction->result);
    return part;
}

void lsi_form_rows_launch(const lsi_program *program, const lsi_form *form, int64_t outer, int64_t n, ls_fused_args *args,
                          lsi_form_launch *launch)
{
    lsi_row_plan plan;
    uint8_t values[LSI_FORM_VALUES], passes[LS_FUSED_MOST];
    find_values(form, values);
    memset(args, 0, sizeof *args);
    args->outer = outer;
    args->end = args->n = n;
    args->leaves = ceil_div(n, LS_LEAF);
    find_passes(program, values, passes);
    for (int q = 0; q < form->reduces; q++)
        args->part[place_of(passes, q)] = part_of(&program->reductions[q]);
    lsi_form_plan_rows(form, &plan);
    args->each = elements_of_thread(form, n);
    launch->shared = (unsigned)held_bytes(form, &plan, n);
    launch->blocks = (uint64_t)(form->width ? ceil_div(outer, LS_REDUCE_THREADS / form->width) : outer);
}
