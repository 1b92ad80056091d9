/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whether the random programs would notice: every rule of the scheduler and of the pool's clocks is switched off in turn,
 * and some program must then fail. None may with all rules on. This program has its own build of both. */
#include "random_program.h"

#include "check.h"

enum { SCHEDULER_RULES = 10, POOL_RULES = 6, SEEDS = 400, STEPS = 250 };

static long programs_run;

static world_options options_of(int k)
{
    return (world_options){.seed = (uint64_t)k + 1,
                           .policy = (world_policy)(k % 4),
                           .streams = 1 + k % LSI_MAX_STREAMS,
                           .wished = k % 3 == 0 ? (k % LSI_MAX_STREAMS) / 3 : 0,
                           .splittable = k / 2 % 2,
                           .small_memory = k / 4 % 2,
                           .fail_one_in = k % 5 == 0 ? 60 : 0};
}

/* The number of the program that noticed, from 1; 0: none. */
static int noticed(const char **how)
{
    static program_result result;
    for (int k = 0; k < SEEDS; k++) {
        const world_options options = options_of(k);
        programs_run++;
        if (!CHECK(random_program_run(&options, STEPS, &result))) return 0;
        *how = result.first_fault;
        if (result.faults) return k + 1;
    }
    return 0;
}

TEST(none_fails_with_all_rules)
{
    const char *how = "";
    lsi_scheduler_mutations = lsi_pool_mutations = 0;
    if (!CHECK_EQ_INT(noticed(&how), 0)) printf("  %s\n", how);
}

static void every_rule(const char *name, unsigned *mutations, int rules)
{
    for (int rule = 0; rule < rules; rule++) {
        const char *how = "";
        *mutations = 1u << rule;
        const int program = noticed(&how);
        printf("  %s rule %d: program %d, %s\n", name, rule, program, how);
        CHECK(program > 0);
    }
    *mutations = 0;
}

TEST(the_scheduler_needs_each_rule)
{
    every_rule("scheduler", &lsi_scheduler_mutations, SCHEDULER_RULES);
}

TEST(the_pool_needs_each_rule)
{
    every_rule("pool", &lsi_pool_mutations, POOL_RULES);
}

int main(void)
{
    RUN(none_fails_with_all_rules);
    RUN(the_scheduler_needs_each_rule);
    RUN(the_pool_needs_each_rule);
    printf("%ld programs\n", programs_run);
    return check_report();
}
