/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where chains begin and end: rows that follow each other in a program and may be linked (chain.h) are. */
#include "host/plan.h"

/* Operands that lie in the caches near a core. */
#define NEAR_BYTES ((double)(4 << 20))

/* Forced plans have chains of all kinds, for tests. */
bool lsi_plan_is_near(double bytes)
{
    return bytes < NEAR_BYTES && !lsi_map_forced() && !lsi_strip_forced();
}

/* Whether instruction j reads what instructions from k on make, some elements further on. */
static bool reads_beside(const lsi_plan *plan, int k, int j)
{
    const int first = plan->program->nsource + k;
    for (int a = 0; a < 3; a++) {
        const int32_t name = plan->program->instrs[j].args[a];
        if (name >= 0 && plan->same[name] >= first && plan->shift[name] != 0) return true;
    }
    return false;
}

static bool same_reach(const lsi_plan *plan, int v, int w)
{
    return plan->low[v] == plan->low[w] && plan->high[v] == plan->high[w];
}

/* Whether instruction j may be part of a chain that begins with instruction k. */
static bool may_join(const lsi_plan *plan, int k, int j)
{
    const lsi_program *p = plan->program;
    const int dtype = lsi_chain_dtype(plan->loops, &p->instrs[k]), other = lsi_chain_dtype(plan->loops, &p->instrs[j]);
    return (other == dtype || other == LS_BOOL) && same_reach(plan, p->nsource + k, p->nsource + j) &&
           !reads_beside(plan, k, j);
}

/* The last instruction of the chain that begins with instruction k; k itself when no other joins. */
static int end_of_chain(const lsi_plan *plan, const bool *has_step, int k)
{
    const int most = plan->loops->chains[lsi_chain_dtype(plan->loops, &plan->program->instrs[k])]->most;
    int end = k, rows = 1;
    for (int j = k + 1; j < plan->program->ninstr && rows < most; j++) {
        if (!has_step[j]) continue;
        if (!may_join(plan, k, j)) break;
        end = j;
        rows++;
    }
    return end;
}

/* Whether a value of the chain that ends with instruction `end` is stored, or read by a later one. */
static bool leaves(const lsi_plan *plan, const int32_t *last, int end, int v)
{
    const lsi_program *p = plan->program;
    bool stored = false;
    for (int t = 0; t < p->nstore; t++)
        stored |= plan->same[p->stores[t].value] == v;
    return stored || (last[v] > end && last[v] < p->ninstr);
}

/* A value that stays in its chain is spared the way to L1 and back. While the operands are near, that is more than what the
 * calls of the links take only where more values stay than leave; further away the links hide how long memory takes. */
static bool is_worth(const lsi_plan *plan, const int32_t *last, const bool *has_step, int k, int end)
{
    int stay = 0;
    for (int j = k; j <= end && plan->near; j++)
        if (has_step[j]) stay += leaves(plan, last, end, plan->program->nsource + j) ? -1 : 1;
    return !plan->near || stay > 0;
}

/* A chain is of numbers: rows of bool alone begin none. */
static bool may_begin(const lsi_plan *plan, int k)
{
    const int dtype = lsi_chain_dtype(plan->loops, &plan->program->instrs[k]);
    return dtype >= 0 && dtype != LS_BOOL;
}

void lsi_plan_find_chains(const lsi_plan *plan, const int32_t *last, const bool *has_step, int16_t *ends, bool *linked)
{
    const lsi_program *p = plan->program;
    for (int k = 0; k < p->ninstr; k++) {
        linked[k] = false;
        ends[k] = -1;
    }
    for (int k = 0; k < p->ninstr && !plan->by_rows; k++) {
        if (!has_step[k] || !may_begin(plan, k)) continue;
        int end = end_of_chain(plan, has_step, k);
        if (!is_worth(plan, last, has_step, k, end)) end = k;
        if (end == k && !lsi_chain_of_one(plan, &p->instrs[k])) continue;
        ends[k] = (int16_t)end;
        for (; k < end; k++)
            linked[k] = has_step[k];
        linked[end] = true;
    }
}
