/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Values that are other names of values made before. A cast to its own dtype is one. And where a program reads memory
 * through views that lie side by side, as x[1:] and x[:-1], what it makes of one it often makes of the other as well:
 * exp(x[1:]) is exp(x[:-1]), one element further on. Such a value is made once, of a strip and of as many elements
 * before and behind it as its names reach. That is possible along memory, where strips stay within rows and sources are
 * read where they lie; and only for values that stay within the program. */
#include "host/plan.h"
#include <string.h>

enum { FURTHEST = 64 }; /* elements, and less than a row, so that what lies between two views is in one of them */

/* How much further on one operand lies than another. */
typedef enum apart_kind { UNRELATED, ANYWHERE, BY } apart_kind;
typedef struct apart {
    apart_kind kind;
    int64_t by;
} apart;

static bool runs_along(const lsi_plan *plan, const lsi_walk *walk)
{
    return walk->base && plan->ndim > 0 && walk->axes[plan->ndim - 1] == 1;
}

/* Sources of one buffer, read in the same steps. */
static apart sources_apart(const lsi_plan *plan, int x, int y)
{
    const lsi_walk *wx = &plan->source[x], *wy = &plan->source[y];
    if (plan->constant[x] || plan->constant[y]) return (apart){x == y ? ANYWHERE : UNRELATED, 0};
    if (wx->base != wy->base || wx->size != wy->size || !runs_along(plan, wx)) return (apart){UNRELATED, 0};
    if (plan->program->sources[x].dtype != plan->program->sources[y].dtype) return (apart){UNRELATED, 0};
    if (memcmp(wx->axes, wy->axes, sizeof(int64_t) * (size_t)plan->ndim) != 0) return (apart){UNRELATED, 0};
    return (apart){BY, wx->origin - wy->origin};
}

static apart values_apart(const lsi_plan *plan, int x, int y)
{
    const int nsource = plan->program->nsource;
    if (x < nsource && y < nsource) return sources_apart(plan, x, y);
    if (plan->same[x] != plan->same[y]) return (apart){UNRELATED, 0};
    return (apart){BY, plan->shift[x] - plan->shift[y]};
}

static bool is_within_reach(const lsi_plan *plan, int64_t by)
{
    const int64_t furthest = plan->row - 1 < FURTHEST ? plan->row - 1 : FURTHEST;
    return by <= furthest && by >= -furthest;
}

/* How much further on instruction k makes what j makes; 0 where that is something else, or not within reach. */
static int32_t instrs_apart(const lsi_plan *plan, int k, int j)
{
    const lsi_instr *x = &plan->program->instrs[k], *y = &plan->program->instrs[j];
    apart all = {ANYWHERE, 0};
    if (x->op != y->op || x->dtype != y->dtype || x->result != y->result) return 0;
    for (int a = 0; a < 3; a++) {
        if ((x->args[a] < 0) != (y->args[a] < 0)) return 0;
        if (x->args[a] < 0) continue;
        const apart one = values_apart(plan, x->args[a], y->args[a]);
        if (one.kind == UNRELATED || (one.kind == BY && all.kind == BY && one.by != all.by)) return 0;
        if (one.kind == BY) all = one;
    }
    return is_within_reach(plan, all.by) ? (int32_t)all.by : 0;
}

bool lsi_plan_any_beside(const lsi_plan *plan)
{
    for (int x = 1; x < plan->program->nsource; x++)
        for (int y = 0; y < x; y++) {
            const apart two = sources_apart(plan, x, y);
            if (two.kind == BY && two.by != 0 && is_within_reach(plan, two.by)) return true;
        }
    return false;
}

/* Values that leave the program: they are wanted for the strip alone, and where they are wanted. */
static void mark_leaving(const lsi_program *p, bool *leaves)
{
    for (int t = 0; t < p->nstore; t++)
        leaves[p->stores[t].value] = true;
    for (int r = 0; r < p->nreduction; r++)
        leaves[p->reductions[r].value] = true;
    for (int k = p->ninstr - 1; k >= 0; k--)
        if (p->instrs[k].op == LSI_OP_cast && p->instrs[k].dtype == p->instrs[k].result)
            leaves[p->instrs[k].args[0]] |= leaves[p->nsource + k];
}

/* A cast that changes nothing: its argument's name. */
static void find_argument(lsi_plan *plan, int k)
{
    const int v = plan->program->nsource + k, argument = plan->program->instrs[k].args[0];
    plan->same[v] = plan->same[argument];
    plan->shift[v] = plan->shift[argument];
}

static void find_earlier(lsi_plan *plan, int k, const bool *leaves)
{
    const int nsource = plan->program->nsource, v = nsource + k;
    for (int j = 0; j < k && !leaves[v]; j++) {
        const int made = nsource + j;
        const int32_t by = plan->same[made] == made && !leaves[made] ? instrs_apart(plan, k, j) : 0;
        if (by == 0) continue;
        plan->same[v] = (int16_t)made;
        plan->shift[v] = by;
        return;
    }
}

/* In the order of instructions, so that the names of arguments are known; `same` has the casts already. */
static void find_shifted(lsi_plan *plan)
{
    const lsi_program *p = plan->program;
    bool leaves[LSI_PROGRAM_MAX_SOURCES + LSI_PROGRAM_MAX_INSTRS] = {false};
    mark_leaving(p, leaves);
    for (int k = 0; k < p->ninstr; k++) {
        const int v = p->nsource + k;
        if (plan->same[v] == v)
            find_earlier(plan, k, leaves);
        else
            find_argument(plan, k);
    }
}

void lsi_plan_find_names(lsi_plan *plan)
{
    const lsi_program *p = plan->program;
    for (int v = 0; v < plan->nvalue; v++) {
        plan->same[v] = (int16_t)v;
        plan->shift[v] = plan->low[v] = plan->high[v] = 0;
    }
    for (int k = 0; k < p->ninstr; k++)
        if (p->instrs[k].op == LSI_OP_cast && p->instrs[k].dtype == p->instrs[k].result) find_argument(plan, k);
    if (plan->shares) find_shifted(plan);
}

void lsi_plan_find_reach(lsi_plan *plan, const bool *needed)
{
    const lsi_program *p = plan->program;
    for (int k = p->ninstr - 1; k >= 0; k--) {
        const int v = p->nsource + k;
        if (!needed[v] || plan->same[v] != v) continue;
        for (int a = 0; a < 3 && p->instrs[k].args[a] >= 0; a++) {
            const int x = p->instrs[k].args[a], made = plan->same[x];
            const int32_t low = plan->low[v] + plan->shift[x], high = plan->high[v] + plan->shift[x];
            if (made < p->nsource) continue;
            if (low < plan->low[made]) plan->low[made] = low;
            if (high > plan->high[made]) plan->high[made] = high;
            if (plan->high[made] - plan->low[made] > plan->span) plan->span = plan->high[made] - plan->low[made];
        }
    }
}
