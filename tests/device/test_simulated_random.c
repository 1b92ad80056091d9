/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Random programs of the public calls, run lazily on the simulated GPU and step by step on the host: the same bits in every
 * array at the end, whatever order the GPU's work was run in. A seed and its program are printed when they differ. */
#include "device/simulated.h"
#include "lockstep.h"
#include "support/check.h"

#include <string.h>

enum { SLOTS = 6, ROWS = 7, COLUMNS = 40, STEPS = 40, PROGRAMS = 1000 };

static const simulated_control *gpu;

typedef struct machine {
    uint64_t state;   /* of the choices: the same on both devices */
    bool eager;
    ls_array *slots[SLOTS];
} machine;

static unsigned below(machine *m, unsigned n)
{
    m->state = m->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(m->state >> 33) % n;
}

static ls_array *unary(ls_array *x, unsigned which)
{
    switch (which) {
    case 0: return ls_sin(x);
    case 1: return ls_mul(x, 0.75);
    case 2: return ls_abs(ls_sub(x, 1.5));
    case 3: return ls_at(ls_at(x, "::-1"), ":, ::-1");
    default: return ls_sqrt(ls_abs(x));
    }
}

static ls_array *fold(ls_array *x, unsigned which)
{
    switch (which) {
    case 0: return ls_sub(x, ls_mean(x, .axis = LS_AXIS(1), .keepdims = true));
    case 1: return ls_add(x, ls_max(x, .axis = LS_AXIS(0), .keepdims = true));
    case 2: return ls_mul(ls_cumulative_sum(x, .axis = LS_AXIS(1)), 0.125);
    case 3: return ls_where(ls_greater(x, ls_sum(x)), x, 1.0);
    default: return ls_mul(ls_matmul(x, ls_matmul(ls_transpose(x), x, .mode = LS_MATMUL_EXACT), .mode = LS_MATMUL_EXACT),
                           1e-4);
    }
}

static ls_array *binary(ls_array *x, ls_array *y, unsigned which)
{
    switch (which) {
    case 0: return ls_add(x, y);
    case 1: return ls_sub(x, y);
    case 2: return ls_minimum(x, y);
    default: return ls_where(ls_less(x, y), y, x);
    }
}

static bool write_into(machine *m, ls_array *x, ls_array *y)
{
    switch (below(m, 3)) {
    case 0: return ls_assign(ls_at(x, "1:3"), ls_at(y, "2:4")) == LS_OK;
    case 1: return ls_assign(ls_at(x, ":, ::2"), 0.5) == LS_OK;
    default: return ls_add_into(x, x, y) == LS_OK;
    }
}

/* One step into a slot, or into what is there. */
static bool step(machine *m)
{
    ls_array **slot = &m->slots[below(m, SLOTS)], *x = m->slots[below(m, SLOTS)], *y = m->slots[below(m, SLOTS)];
    const unsigned kind = below(m, 10), which = below(m, 5);
    bool well = true;
    LS_SCOPE {
        ls_array *made = NULL;
        if (kind < 3) made = unary(x, which);
        else if (kind < 5) made = binary(x, y, which % 4);
        else if (kind < 7) made = fold(x, which);
        else if (kind == 7) made = ls_copy(x);
        else if (kind == 8) well = write_into(m, *slot, y);
        else well = ls_evaluate(x) == LS_OK;
        /* Values stay small, so that nothing turns into infinities and NaN. */
        if (made) made = ls_maximum(ls_minimum(made, 100.0), -100.0);
        if (kind < 8) well = made && (!m->eager || ls_evaluate(made) == LS_OK);
        if (kind < 8 && well) ls_set(slot, made);
    }
    return well;
}

/* Runs the program of a seed on a device; every slot's numbers into out. */
static bool run(uint64_t seed, ls_device device, bool eager, double out[SLOTS][ROWS * COLUMNS])
{
    bool well = ls_use_device(device) == LS_OK;
    LS_SCOPE {
        machine m = {.state = seed, .eager = eager};
        for (int i = 0; i < SLOTS; i++)
            m.slots[i] = ls_copy(ls_reshape(ls_linspace(-i, i + 1, ROWS * COLUMNS), LS_SHAPE(ROWS, COLUMNS)));
        for (int i = 0; i < STEPS && well; i++) well = step(&m);
        for (int i = 0; i < SLOTS && well; i++) well = ls_to_host(m.slots[i], out[i], ROWS * COLUMNS) == LS_OK;
    }
    return ls_use_device((ls_device){0}) == LS_OK && well;
}

TEST(random_programs_give_the_bits_of_the_host)
{
    static double wanted[SLOTS][ROWS * COLUMNS], got[SLOTS][ROWS * COLUMNS];
    static const char *const policies[] = {"random", "far", "late"};
    const ls_device device = ls_device_from_name("cuda:0");
    for (uint64_t seed = 1; seed <= PROGRAMS; seed++) {
        gpu->reseed(seed, policies[seed % 3]);
        if (!CHECK(run(seed, LS_HOST, true, wanted)) || !CHECK(run(seed, device, seed % 4 == 0, got))) {
            printf("  seed %llu: %s\n", (unsigned long long)seed, ls_error_message());
            ls_clear_error();
        } else if (!CHECK(memcmp(wanted, got, sizeof got) == 0)) {
            printf("  seed %llu, %s: other bits\n", (unsigned long long)seed, policies[seed % 3]);
        }
    }
}

TEST(a_missing_wait_is_found)
{
    static double got[SLOTS][ROWS * COLUMNS];
    simulated_stats stats;
    gpu->forgive(true);
    gpu->drop_waits(true);
    for (uint64_t seed = 1; seed <= 40; seed++) {
        gpu->reseed(seed, "late");
        if (!run(seed, ls_device_from_name("cuda:0"), true, got)) ls_clear_error();
    }
    CHECK_STATUS(ls_sync(), LS_OK);
    gpu->drop_waits(false);
    gpu->forgive(false);
    gpu->stats(&stats);
    CHECK(stats.violations > 0);
    CHECK(strstr(gpu->violation(), "nothing orders") != NULL);
    printf("  %ld found; the last: %s\n", stats.violations, gpu->violation());
}

int main(void)
{
    gpu = simulated_get();
    if (!CHECK(gpu != NULL) || !CHECK(ls_device_from_name("cuda:0").id > 1)) return check_report();
    RUN(random_programs_give_the_bits_of_the_host);
    simulated_stats stats;
    gpu->stats(&stats);
    printf("%ld launches, %ld waits between streams, %ld copies\n", stats.launches, stats.waits, stats.copies);
    CHECK(stats.launches > 1000);
    RUN(a_missing_wait_is_found);
    return check_report();
}
