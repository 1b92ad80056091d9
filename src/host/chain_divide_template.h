/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The link that divides by one number by multiplications, which take half the time and less. Included where z + x * y
 * and z - x * y are one instruction that rounds once, as PLUS and MINUS; includers (chain_template.h) define those and
 * VECTOR, LANES, LINK, LSI_LANE and T. No include guard. */
#define EXPONENT_AT (sizeof(T) == 8 ? 52 : 23)
#define BIAS (sizeof(T) == 8 ? 1023 : 127)
#define NEAR_ONE (sizeof(T) == 8 ? 256 : 32)

LSI_INLINE bits LINK(divide_, vector)(bits x, bits y) { return (bits)((VECTOR)x / (VECTOR)y); }

/* x / y, rounded as division rounds it, where z is 1 / y rounded and nothing on the way leaves the normal numbers. x z is
 * a few units from the quotient at most; adding what is left of x, times z, brings that to less than one unit, and doing
 * so once more rounds to the nearest, by the theorem of P. Markstein, Computation of elementary functions on the IBM RISC
 * System/6000 processor, IBM J. Res. Dev. 34 (1990): z is 1 / y rounded, and what it corrects is within one unit. */
LSI_INLINE bits LINK(quotient_, vector)(bits x, bits y, bits z)
{
    const bits first = (bits)((VECTOR)x * (VECTOR)z), second = PLUS(first, MINUS(x, first, y), z);
    return PLUS(second, MINUS(x, second, y), z);
}

/* Its leading bits are 0 where a number lies between 2^-NEAR_ONE and 2^NEAR_ONE. Then quotients do not overflow, and what
 * is left of x, which is never less than 2^-106 or 2^-48 of it, does not underflow. */
LSI_INLINE bits LINK(distance_, vector)(bits x)
{
    const LSI_LANE sign = (LSI_LANE)1 << (8 * sizeof(T) - 1);
    return (bits)(((LANES)x & ~sign) - ((LSI_LANE)(BIAS - NEAR_ONE) << EXPONENT_AT));
}

LSI_INLINE bool LINK(any_, far)(bits distances)
{
    const LSI_LANE near = ((LSI_LANE)(2 * NEAR_ONE) << EXPONENT_AT) - 1;
    return is_any_set((bits)((LANES)distances & ~near));
}

/* By division where some number is 0 or far from 1. */
static void LINK(divide_, by_one)(LINK_ARGUMENTS)
{
    const bits y = *(const bits_anywhere *)(room + link->operand[0]), z = LINK(divide_, vector)(ONE, y);
#define DISTANCE LINK(distance_, vector)
#define QUOTIENT LINK(quotient_, vector)
    const bits all = DISTANCE(y) | DISTANCE(c0) | DISTANCE(c1) | DISTANCE(c2) | DISTANCE(c3) | DISTANCE(c4) |
                     DISTANCE(c5) | DISTANCE(c6) | DISTANCE(c7);
    if (LINK(any_, far)(all))
        GO_ON(EACH_WITH_ONE(LINK(divide_, vector), y));
    else
        GO_ON(QUOTIENT(c0, y, z), QUOTIENT(c1, y, z), QUOTIENT(c2, y, z), QUOTIENT(c3, y, z), QUOTIENT(c4, y, z),
              QUOTIENT(c5, y, z), QUOTIENT(c6, y, z), QUOTIENT(c7, y, z));
#undef DISTANCE
#undef QUOTIENT
}

#undef EXPONENT_AT
#undef BIAS
#undef NEAR_ONE
