/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What this machine can run; compiled for the baseline so that asking is safe anywhere. */
#include "rows.h"

int math_isa_level(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
    int avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                 __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                 __builtin_cpu_supports("avx512cd");
    return avx2 ? (avx512 ? 2 : 1) : 0;
#else
    return 0;
#endif
}
