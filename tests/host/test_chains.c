/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which rows become chains (plan_chains.c), and of which links (chain.c): bits cannot show it, and time only roughly. */
#include "host/plan.h"
#include "support/check.h"

enum { NEAR = 1000, FAR = 1 << 20 };

/* How many chains the plan of r[0] = x*x, r[k] = r[k - 1] + x or * x has, over so many float64, that stores the last row and
 * those of `stored`, a bit each. No element is looked at. */
static int chains_of(int rows, unsigned stored, int64_t elements)
{
    lsi_buffer from = {.address = (void *)64}, to[LSI_PROGRAM_MAX_STORES];
    lsi_source x = {.kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT64, .buffer = &from, .strides = {1}};
    lsi_instr instrs[LSI_PROGRAM_MAX_INSTRS];
    lsi_store stores[LSI_PROGRAM_MAX_STORES];
    lsi_program p = {.ndim = 1, .shape = {elements}, .nsource = 1, .sources = &x, .ninstr = rows, .instrs = instrs,
                     .stores = stores};
    for (int k = 0; k < rows; k++) {
        instrs[k] = (lsi_instr){k % 2 ? LSI_OP_add : LSI_OP_multiply, LS_FLOAT64, LS_FLOAT64, {k, 0, -1}};
        if (k + 1 < rows && (k >= 32 || !(stored >> k & 1))) continue;
        to[p.nstore] = (lsi_buffer){.address = (void *)(uintptr_t)(64 + ((uintptr_t)(k + 1) << 32))};
        stores[p.nstore] = (lsi_store){.value = 1 + k, .buffer = &to[p.nstore], .strides = {1}};
        p.nstore++;
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

TEST(a_chain_is_as_long_as_links_allow)
{
    const int most = lsi_loops_get()->chains[LS_FLOAT64]->most;
    CHECK(most >= 128 && most <= LSI_PROGRAM_MAX_INSTRS);
    CHECK(chains_of(most, 0, NEAR) == 1);
#if defined(__OPTIMIZE__)
    CHECK(most == LSI_PROGRAM_MAX_INSTRS);
#endif
}

/* (2 - x * 3) + x: the numbers lie in the room, where one vector of each is read, and x alone is asked for ahead. */
TEST(a_number_is_read_once)
{
    lsi_buffer from = {.address = (void *)64}, to = {.address = (void *)((uintptr_t)1 << 32)};
    const lsi_source sources[] = {
        {.kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT64, .buffer = &from, .strides = {1}},
        {.kind = LSI_SOURCE_CONST, .dtype = LS_FLOAT64, .constant = {.dtype = LS_FLOAT64, .value.f = 3}},
        {.kind = LSI_SOURCE_CONST, .dtype = LS_FLOAT64, .constant = {.dtype = LS_FLOAT64, .value.f = 2}}};
    const lsi_instr instrs[] = {{LSI_OP_multiply, LS_FLOAT64, LS_FLOAT64, {1, 0, -1}},
                                {LSI_OP_subtract, LS_FLOAT64, LS_FLOAT64, {2, 3, -1}},
                                {LSI_OP_add, LS_FLOAT64, LS_FLOAT64, {4, 0, -1}}};
    const lsi_store store = {.value = 5, .buffer = &to, .strides = {1}};
    const lsi_program p = {.ndim = 1, .shape = {NEAR}, .nsource = 3, .sources = sources, .ninstr = 3,
                           .instrs = instrs, .nstore = 1, .stores = &store};
    lsi_plan *plan;
    if (!CHECK(lsi_plan_make(&p, &(const lsi_plan_wish){.may_stream = true}, &plan) == LS_OK)) return;
    CHECK(plan->nchain == 1);
    const lsi_chain *chain = plan->chain;
    CHECK(chain->nread == 1 && chain->nmoving == 2 && chain->noutside == 4 && chain->nslot == 0);
    const lsi_link_run(*forms)[LSI_LINK_FORMS] = chain->links->of_numbers;
    const lsi_link_run expected[] = {chain->links->load, forms[LSI_OP_multiply][LSI_LINK_WITH_ONE + 1],
                                     forms[LSI_OP_subtract][LSI_LINK_WITH_ONE + 1], forms[LSI_OP_add][0],
                                     chain->links->store, chain->links->end};
    CHECK(chain->nlink == 6);
    for (int i = 0; i < 6 && i < chain->nlink; i++)
        CHECK(chain->first[i].run == expected[i]);
    CHECK(chain->first[0].operand[0] < 0); /* x moves */
    CHECK(chain->first[1].operand[0] >= 0 && chain->first[2].operand[0] >= 0);
    lsi_plan_free(plan);
}

/* ---- far from the caches ---- */

static const lsi_source number = {.kind = LSI_SOURCE_CONST, .dtype = LS_FLOAT64, .constant = {.dtype = LS_FLOAT64, .value.f = 9}};

/* x / y of so many float64, y being 9 where it is no array. */
static bool division_streams(bool by_array, int64_t elements)
{
    lsi_buffer from[] = {{.address = (void *)64}, {.address = (void *)((uintptr_t)1 << 32)}};
    lsi_buffer to = {.address = (void *)((uintptr_t)2 << 32)};
    const lsi_source array = {.kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT64, .buffer = &from[1], .strides = {1}};
    const lsi_source sources[] = {{.kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT64, .buffer = &from[0], .strides = {1}},
                                  by_array ? array : number};
    const lsi_instr divide = {LSI_OP_divide, LS_FLOAT64, LS_FLOAT64, {0, 1, -1}};
    const lsi_store store = {.value = 2, .buffer = &to, .strides = {1}};
    const lsi_program p = {.ndim = 1, .shape = {elements}, .nsource = 2, .sources = sources, .ninstr = 1,
                           .instrs = &divide, .nstore = 1, .stores = &store};
    lsi_plan *plan;
    if (!CHECK(lsi_plan_make(&p, &(const lsi_plan_wish){.may_stream = true}, &plan) == LS_OK)) return false;
    const bool streams = plan->streams;
    lsi_plan_free(plan);
    return streams;
}

TEST(division_by_one_number_goes_past_the_caches)
{
    const int64_t many = (int64_t)1 << 28; /* of which no cache has room for one */
    if (lsi_loops_get()->chains[LS_FLOAT64]->divide_by_one) {
        CHECK(division_streams(false, many));
        CHECK(!division_streams(false, NEAR));
    }
    CHECK(!division_streams(true, many)); /* dear enough to keep memory busy */
}

/* The sum of three rows, and of that the sum of three neighbours, a row of `cols` elements each: two chains, of which the
 * second reads registers. What it foresees. */
static void check_foreseen(int64_t rows, int64_t cols, int expected, const int *values)
{
    lsi_buffer from = {.address = (void *)64}, to = {.address = (void *)((uintptr_t)4 << 32)};
    lsi_source sources[9];
    for (int s = 0; s < 9; s++)
        sources[s] = (lsi_source){.kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT64, .buffer = &from,
                                  .offset = s / 3 + s % 3 * (cols + 2), .strides = {cols + 2, 1}};
    lsi_instr instrs[8];
    for (int v = 0; v < 3; v++) { /* the rows as they lie for each neighbour */
        instrs[2 * v] = (lsi_instr){LSI_OP_add, LS_FLOAT64, LS_FLOAT64, {3 * v, 3 * v + 1, -1}};
        instrs[2 * v + 1] = (lsi_instr){LSI_OP_add, LS_FLOAT64, LS_FLOAT64, {9 + 2 * v, 3 * v + 2, -1}};
    }
    instrs[6] = (lsi_instr){LSI_OP_add, LS_FLOAT64, LS_FLOAT64, {10, 12, -1}};
    instrs[7] = (lsi_instr){LSI_OP_add, LS_FLOAT64, LS_FLOAT64, {15, 14, -1}};
    const lsi_store store = {.value = 16, .buffer = &to, .strides = {cols, 1}};
    const lsi_program p = {.ndim = 2, .shape = {rows, cols}, .nsource = 9, .sources = sources, .ninstr = 8,
                           .instrs = instrs, .nstore = 1, .stores = &store};
    lsi_plan *plan;
    const lsi_plan_wish wish = {.may_end_with_rows = true, .may_stream = true};
    if (!CHECK(lsi_plan_make(&p, &wish, &plan) == LS_OK)) return;
    CHECK(plan->nchain == 2);
    if (plan->nchain == 2) {
        CHECK(plan->chain[0].nread > 0 && plan->chain[0].nforeseen == 0);
        const lsi_chain *second = &plan->chain[1];
        CHECK(second->nread == 0 && second->nforeseen == expected);
        for (int i = 0; i < second->nforeseen && i < expected; i++)
            CHECK(second->foreseen[i].value == values[i] && second->foreseen[i].size == 8);
    }
    lsi_plan_free(plan);
}

TEST(a_chain_of_registers_asks_for_the_next_strip)
{
    const int target = 16, values[] = {2, target}; /* the row that comes first, and where the result goes */
    check_foreseen(1000, 1000, 2, values);
    check_foreseen(20000, 20000, 1, values);       /* the result goes past the caches */
}

int main(void)
{
    RUN(near_a_core_more_must_stay_than_leave);
    RUN(elsewhere_all_that_follow_each_other_are_chains);
    RUN(a_chain_is_as_long_as_links_allow);
    RUN(a_number_is_read_once);
    RUN(division_by_one_number_goes_past_the_caches);
    RUN(a_chain_of_registers_asks_for_the_next_strip);
    return check_report();
}
