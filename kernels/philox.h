/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Philox-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
 * 3" (SC 2011): a block of four words is a keyed bijection of a counter of four words, ten rounds of it. 4x64 has
 * 64-bit words, 4x32 has 32-bit words. Decides nothing but the block; draw_words.h decides which block holds which
 * element. */
#ifndef LOCKSTEP_KERNELS_PHILOX_H
#define LOCKSTEP_KERNELS_PHILOX_H

#include "portable.h"

#define LS_PHILOX_ROUNDS 10

#define LS_PHILOX64_MUL0 0xD2E7470EE14C6C93u
#define LS_PHILOX64_MUL1 0xCA5A826395121157u
#define LS_PHILOX64_WEYL0 0x9E3779B97F4A7C15u /* golden ratio */
#define LS_PHILOX64_WEYL1 0xBB67AE8584CAA73Bu /* sqrt(3) - 1 */

#define LS_PHILOX32_MUL0 0xD2511F53u
#define LS_PHILOX32_MUL1 0xCD9E8D57u
#define LS_PHILOX32_WEYL0 0x9E3779B9u
#define LS_PHILOX32_WEYL1 0xBB67AE85u

typedef struct { uint64_t w[4]; } ls_words64;
typedef struct { uint32_t w[4]; } ls_words32;

LS_FN ls_words64 ls_philox4x64(ls_words64 c, uint64_t key0, uint64_t key1)
{
    for (int round = 0; round < LS_PHILOX_ROUNDS; round++) {
        const uint64_t hi0 = ls_mulhi_u64(LS_PHILOX64_MUL0, c.w[0]), lo0 = LS_PHILOX64_MUL0 * c.w[0];
        const uint64_t hi1 = ls_mulhi_u64(LS_PHILOX64_MUL1, c.w[2]), lo1 = LS_PHILOX64_MUL1 * c.w[2];
        c.w[0] = hi1 ^ c.w[1] ^ key0;
        c.w[1] = lo1;
        c.w[2] = hi0 ^ c.w[3] ^ key1;
        c.w[3] = lo0;
        key0 += LS_PHILOX64_WEYL0;
        key1 += LS_PHILOX64_WEYL1;
    }
    return c;
}

LS_FN ls_words32 ls_philox4x32(ls_words32 c, uint32_t key0, uint32_t key1)
{
    for (int round = 0; round < LS_PHILOX_ROUNDS; round++) {
        const uint64_t p0 = (uint64_t)LS_PHILOX32_MUL0 * c.w[0];
        const uint64_t p1 = (uint64_t)LS_PHILOX32_MUL1 * c.w[2];
        c.w[0] = (uint32_t)(p1 >> 32) ^ c.w[1] ^ key0;
        c.w[1] = (uint32_t)p1;
        c.w[2] = (uint32_t)(p0 >> 32) ^ c.w[3] ^ key1;
        c.w[3] = (uint32_t)p0;
        key0 += LS_PHILOX32_WEYL0;
        key1 += LS_PHILOX32_WEYL1;
    }
    return c;
}

#endif
