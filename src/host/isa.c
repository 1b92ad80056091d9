/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which instruction set runs: the best one that the CPU and the operating system allow, or a lesser one that
 * LOCKSTEP_ISA names. A value that is none of the names is ignored. */
#include "host/isa.h"
#include "host/loops.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const char *const isa_names[LSI_ISA_COUNT] = {
#if defined(__aarch64__)
    "neon",
#else
    "baseline",
#endif
    "avx2", "avx512"};

const char *lsi_isa_name(lsi_isa isa)
{
    return isa_names[isa];
}

/* The compiler's own check looks at what the operating system saves as well as at the CPU. */
lsi_isa lsi_isa_best(void)
{
#if defined(__x86_64__) && !LSI_ONE_ISA
    __builtin_cpu_init();
    const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
    const int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                       __builtin_cpu_supports("avx512cd");
    return avx512 ? LSI_ISA_AVX512 : avx2 ? LSI_ISA_AVX2 : LSI_ISA_BASELINE;
#else
    return LSI_ISA_BASELINE;
#endif
}

static lsi_isa at_most_best(lsi_isa wanted)
{
    const lsi_isa best = lsi_isa_best();
    return wanted < best ? wanted : best;
}

static lsi_isa from_environment(void)
{
    const char *text = secure_getenv("LOCKSTEP_ISA");
    for (int isa = 0; text && isa < LSI_ISA_COUNT; isa++)
        if (strcmp(text, isa_names[isa]) == 0) return at_most_best((lsi_isa)isa);
    return lsi_isa_best();
}

/* 0 before the first question, else the ISA plus one; and its loops. Racing first calls decide alike. */
static _Atomic int in_force;
const lsi_loop_table *_Atomic lsi_loops_in_force;

static lsi_isa put_in_force(lsi_isa isa)
{
    atomic_store_explicit(&in_force, (int)isa + 1, memory_order_relaxed);
    atomic_store_explicit(&lsi_loops_in_force, LSI_ISA_PICK_OF(lsi_loop_table_of, isa), memory_order_relaxed);
    return isa;
}

lsi_isa lsi_isa_current(void)
{
    const int known = atomic_load_explicit(&in_force, memory_order_relaxed);
    return known ? (lsi_isa)(known - 1) : put_in_force(from_environment());
}

lsi_isa lsi_isa_force(lsi_isa isa)
{
    return put_in_force(at_most_best(isa));
}

const lsi_loop_table *lsi_loops_find(void)
{
    return LSI_ISA_PICK(lsi_loop_table_of);
}
