/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The links of chains for one dtype, LS_TAG, whose bits are lanes of LSI_LANE; both are undefined here. The table is
 * lsi_chain_links_<tag>_<isa>. Includers (loops_chain.c) define what a link is. No include guard. */
#define VECTOR LS_PASTE(vector_, LS_TAG)
#define LANES LS_PASTE(lanes_, LS_TAG)
#define IN_TILE (LSI_CHAIN_VECTORS * VECTOR_BYTES / (int)sizeof(T))
#define LINK(form, name) LS_PASTE4(form, name, _, LS_TAG)

typedef T VECTOR __attribute__((vector_size(VECTOR_BYTES)));
typedef LSI_LANE LANES __attribute__((vector_size(VECTOR_BYTES)));

#define PICK(mask, x, y) pick((bits)(mask), (bits)(x), (bits)(y))
#define SIGN ((bits)(LANES){0} | (bits)((LANES){0} + ((LSI_LANE)1 << (8 * sizeof(T) - 1))))
#define ONE ((bits)((VECTOR){0} + 1))

#define OF_ONE(name, type, expression)                                                                                 \
    LSI_INLINE bits LINK(of_, name)(bits one)                                                                          \
    {                                                                                                                  \
        const type x = (type)one;                                                                                      \
        return (bits)(expression);                                                                                     \
    }                                                                                                                  \
    LINK_ALONE(LINK(first_, name), LINK(of_, name))
#define OF_TWO(name, type, expression)                                                                                 \
    LSI_INLINE bits LINK(of_, name)(bits one, bits two)                                                                \
    {                                                                                                                  \
        const type x = (type)one, y = (type)two;                                                                       \
        return (bits)(expression);                                                                                     \
    }                                                                                                                  \
    LSI_INLINE bits LINK(turned_, name)(bits two, bits one) { return LINK(of_, name)(one, two); }                      \
    LSI_INLINE bits LINK(both_, name)(bits both) { return LINK(of_, name)(both, both); }                               \
    LINK_WITH(LINK(first_, name), LINK(of_, name))                                                                     \
    LINK_WITH(LINK(second_, name), LINK(turned_, name))                                                                \
    LINK_ALONE(LINK(third_, name), LINK(both_, name))                                                                  \
    LINK_WITH_ONE(LINK(first_with_one_, name), LINK(of_, name))                                                        \
    LINK_WITH_ONE(LINK(second_with_one_, name), LINK(turned_, name))
#define UNARY(name, expression) OF_ONE(name, VECTOR, expression)
#define BINARY(name, expression) OF_TWO(name, VECTOR, expression)
#define MASKS1(name, expression) OF_ONE(name, bits, expression)
#define MASKS2(name, expression) OF_TWO(name, bits, expression)
#include "host/chain_rows.def"

#if FUSES
#define PLUS LS_PASTE(plus_, LS_TAG)
#define MINUS LS_PASTE(minus_, LS_TAG)
#include "host/chain_divide_template.h"
#undef PLUS
#undef MINUS
#define DIVIDE_BY_ONE (lsi_link_run)LINK(divide_, by_one)
#else
#define DIVIDE_BY_ONE NULL
#endif

/* bool in memory is bytes of 0 and 1. */
LSI_INLINE void LINK(widen_, mask)(LSI_LANE *to, const uint8_t *from)
{
    LSI_INDEPENDENT
    for (int i = 0; i < IN_TILE; i++)
        to[i] = (LSI_LANE)-from[i];
}

LSI_INLINE void LINK(narrow_, mask)(uint8_t *to, const LSI_LANE *from)
{
    LSI_INDEPENDENT
    for (int i = 0; i < IN_TILE; i++)
        to[i] = (uint8_t)(from[i] & 1);
}

/* From the first place to the second, past what is carried. */
static void LINK(load_, mask)(LINK_ARGUMENTS)
{
    const char *from = operand(link, room, 0);
    char *to = operand(link, room, 1);
    LINK(widen_, mask)((LSI_LANE *)(void *)to, (const uint8_t *)from);
    GO_ON(CARRIED);
}

static void LINK(store_, mask)(LINK_ARGUMENTS)
{
    LSI_LANE lanes[IN_TILE] __attribute__((aligned(64)));
    WRITE_EACH(write_bits, (char *)lanes);
    LINK(narrow_, mask)((uint8_t *)operand(link, room, 0), lanes);
    GO_ON(CARRIED);
}

#define ROW_ALONE(name) [LSI_OP_##name] = {(lsi_link_run)LINK(first_, name)}
#define ROW_WITH(name)                                                                                                 \
    [LSI_OP_##name] = {(lsi_link_run)LINK(first_, name), (lsi_link_run)LINK(second_, name),                           \
                       (lsi_link_run)LINK(third_, name), (lsi_link_run)LINK(first_with_one_, name),                    \
                       (lsi_link_run)LINK(second_with_one_, name)}
extern const lsi_chain_links LSI_ISA_NAME(LS_PASTE(lsi_chain_links_, LS_TAG));
const lsi_chain_links LSI_ISA_NAME(LS_PASTE(lsi_chain_links_, LS_TAG)) = {
    .tile = IN_TILE,
    .most = MOST_ROWS,
    .run = run_chain,
    .load = (lsi_link_run)load,
    .store = (lsi_link_run)store,
    .stream = (lsi_link_run)stream,
    .load_mask = (lsi_link_run)LINK(load_, mask),
    .store_mask = (lsi_link_run)LINK(store_, mask),
    .end = (lsi_link_run)end,
    .divide_by_one = DIVIDE_BY_ONE,
    .of_numbers = {
#define UNARY(name, expression) ROW_ALONE(name),
#define BINARY(name, expression) ROW_WITH(name),
#define MASKS1(name, expression)
#define MASKS2(name, expression)
#include "host/chain_rows.def"
        [LSI_OP_where] = {(lsi_link_run)where_condition, (lsi_link_run)where_first, (lsi_link_run)where_second}},
    .of_masks = {
#define UNARY(name, expression)
#define BINARY(name, expression)
#define MASKS1(name, expression) ROW_ALONE(name),
#define MASKS2(name, expression) ROW_WITH(name),
#include "host/chain_rows.def"
    },
};

#undef VECTOR
#undef LANES
#undef IN_TILE
#undef LINK
#undef PICK
#undef SIGN
#undef ONE
#undef OF_ONE
#undef OF_TWO
#undef ROW_ALONE
#undef ROW_WITH
#undef DIVIDE_BY_ONE
#undef LSI_LANE
#undef LS_TAG
