/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where chains begin and end: rows that follow each other in a program and may be linked (chain.h) are. */
#include "host/plan.h"

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
    int end = k, rows = 1;
    for (int j = k + 1; j < plan->program->ninstr && rows < LSI_CHAIN_MOST; j++) {
        if (!has_step[j]) continue;
        if (!may_join(plan, k, j)) break;
        end = j;
        rows++;
    }
    return end;
}

/* A chain is of numbers: rows of bool alone begin none. */
static bool may_begin(const lsi_plan *plan, int k)
{
    const int dtype = lsi_chain_dtype(plan->loops, &plan->program->instrs[k]);
    return dtype >= 0 && dtype != LS_BOOL;
}

void lsi_plan_find_chains(const lsi_plan *plan, const bool *has_step, int16_t *ends, bool *linked)
{
    const lsi_program *p = plan->program;
    for (int k = 0; k < p->ninstr; k++) {
        linked[k] = false;
        ends[k] = -1;
    }
    for (int k = 0; k < p->ninstr && !plan->by_rows; k++) {
        if (!has_step[k] || !may_begin(plan, k)) continue;
        const int end = end_of_chain(plan, has_step, k);
        if (end == k && !lsi_chain_of_one(plan, &p->instrs[k])) continue;
        ends[k] = (int16_t)end;
        for (; k < end; k++)
            linked[k] = has_step[k];
        linked[end] = true;
    }
}
