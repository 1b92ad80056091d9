/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The floating-point state that element functions are written for: round to nearest, subnormals kept, exceptions masked.
 * Between lsi_fp_enter and lsi_fp_leave it is in force on the calling thread, whatever the program has set. */
#ifndef LSI_HOST_FP_STATE_H
#define LSI_HOST_FP_STATE_H

#if defined(__x86_64__)
#include <immintrin.h>
typedef unsigned lsi_fp_state;
static inline lsi_fp_state lsi_fp_enter(void)
{
    const unsigned state = _mm_getcsr();
    const unsigned wanted = (state & 0x3fu) | 0x1f80u;
    if (state != wanted) _mm_setcsr(wanted);
    return state;
}
static inline void lsi_fp_leave(lsi_fp_state state)
{
    if (((state ^ 0x1f80u) & ~0x3fu) != 0) _mm_setcsr(state);
}
#elif defined(__aarch64__)
#include <stdint.h>
typedef uint64_t lsi_fp_state;
static inline lsi_fp_state lsi_fp_enter(void)
{
    uint64_t state;
    __asm__ volatile("mrs %0, fpcr" : "=r"(state));
    if (state != 0) __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0));
    return state;
}
static inline void lsi_fp_leave(lsi_fp_state state)
{
    if (state != 0) __asm__ volatile("msr fpcr, %0" : : "r"(state));
}
#else
#include <fenv.h>
typedef fenv_t lsi_fp_state;
static inline lsi_fp_state lsi_fp_enter(void)
{
    fenv_t state;
    fegetenv(&state);
    fesetround(FE_TONEAREST);
    return state;
}
static inline void lsi_fp_leave(lsi_fp_state state)
{
    fesetenv(&state);
}
#endif

#endif
