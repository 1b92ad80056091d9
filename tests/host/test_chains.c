/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which rows become chains (plan_chains.c): bits cannot show it, and time only roughly. */
#include "host/plan.h"
#include "support/check.h"

enum { MOST_ROWS = 8, NEAR = 1000, FAR = 1 << 20 };

/* How many chains the plan of r[0] = x*x, r[k] = r[k - 1] + x or * x has, over so many float64, that stores the last row and
 * those of `stored`, a bit each. No element is looked at. */
static int chains_of(int rows, unsigned stored, int64_t elements)
{
    lsi_buffer from = {.address = (void *)64}, to[MOST_ROWS];
    lsi_source x = {.kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT64, .buffer = &from, .strides = {1}};
    lsi_instr instrs[MOST_ROWS];
    lsi_store stores[MOST_ROWS];
    lsi_program p = {.ndim = 1, .shape = {elements}, .nsource = 1, .sources = &x, .ninstr = rows, .instrs = instrs,
                     .stores = stores};
    for (int k = 0; k < rows; k++) {
        instrs[k] = (lsi_instr){k % 2 ? LSI_OP_add : LSI_OP_multiply, LS_FLOAT64, LS_FLOAT64, {k, 0, -1}};
        if (k + 1 < rows && !(stored >> k & 1)) continue;
        to[k] = (lsi_buffer){.address = (void *)(uintptr_t)(64 + ((uintptr_t)(k + 1) << 32))};
        stores[p.nstore++] = (lsi_store){.value = 1 + k, .buffer = &to[k], .strides = {1}};
    }
    lsi_plan *plan;
    if (!CHECK(lsi_plan_make(&p, &(const lsi_plan_wish){.may_stream = true}, &plan) == LS_OK)) return -1;
    const int chains = plan->nchain;
    lsi_plan_free(plan);
    return chains;
}

TEST(near_a_core_more_must_stay_than_leave)
{
    CHECK(chains_of(1, 0, NEAR) == 0);
    CHECK(chains_of(2, 0, NEAR) == 0);     /* one stays, one leaves */
    CHECK(chains_of(3, 0, NEAR) == 1);
    CHECK(chains_of(4, 0, NEAR) == 1);
    CHECK(chains_of(3, 1, NEAR) == 0);     /* two leave */
    CHECK(chains_of(4, 1, NEAR) == 1);     /* from the second row on: two stay */
    CHECK(chains_of(5, 1, NEAR) == 1);
    CHECK(chains_of(8, 0xff, NEAR) == 0);  /* all leave */
}

TEST(elsewhere_all_that_follow_each_other_are_chains)
{
    CHECK(chains_of(1, 0, FAR) == 0);
    CHECK(chains_of(2, 0, FAR) == 1);
    CHECK(chains_of(3, 1, FAR) == 1);
    CHECK(chains_of(8, 0xff, FAR) == 1);
    lsi_map_force(true);
    CHECK(chains_of(2, 0, NEAR) == 1);
    lsi_map_force(false);
    lsi_strip_force(128);
    CHECK(chains_of(2, 0, NEAR) == 1);
    lsi_strip_force(0);
}

int main(void)
{
    RUN(near_a_core_more_must_stay_than_leave);
    RUN(elsewhere_all_that_follow_each_other_are_chains);
    return check_report();
}
