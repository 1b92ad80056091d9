/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Chains: cheap rows that follow each other in a program, run as one step. A loop per row reads and writes a register of
 * the strip for every operand, which takes longer than the arithmetic. A chain goes over the strip in tiles of eight
 * vectors instead: one value is carried in vector registers from row to row, and what is read again lies in a slot of
 * one tile. Each row rounds as it does alone, so that bits do not change.
 *
 * chain.c says which rows may be linked, turns them into links and runs them over a strip; loops_chain.c has the links;
 * plan_chains.c decides where chains begin and end. */
#ifndef LSI_HOST_CHAIN_H
#define LSI_HOST_CHAIN_H

#include "host/loops.h"

enum { LSI_CHAIN_LINKS = 10 }; /* per row, at most */

/* An operand from outside: a source, a register or a target of the plan. Those that move from tile to tile have a place
 * (lsi_place); a number lies in the room, as a tile of it, which is filled once for all strips and all chains. */
typedef struct lsi_outside {
    int16_t value;
    int8_t size;                   /* bytes per element */
    bool constant;                 /* one tile of it is the same as any other; a number is */
    bool made;                     /* by this chain */
    bool whole_tiles;              /* it always lies in a register, which has room for whole tiles */
    int32_t ahead;                 /* bytes from where its elements begin to those that are read */
} lsi_outside;

/* Elements that the next strip begins with, of a source or a target: a chain may ask the caches for them. */
enum { LSI_FORESEEN = 3 };
typedef struct lsi_foreseen {
    int16_t value;
    int16_t size;                  /* bytes per element */
} lsi_foreseen;

typedef struct lsi_chain {
    const lsi_chain_links *links;
    const lsi_link *first;
    const lsi_outside *outside;
    int nread, nmoving, noutside;  /* from outside: what brings lines from memory, all that moves, and then numbers */
    int nforeseen;
    lsi_foreseen foreseen[LSI_FORESEEN];
    int nslot;
    int tiles;                     /* bytes from the room to tiles for the last elements of what moves */
    int nlink;
    int more;                      /* elements made beyond those of the strip */
} lsi_chain;

/* What the instructions [begin, end] of a program are linked by, those that are `linked`: others among them have no step
 * here. All are made of the same elements, and read what the chain makes at the strip's own. `leaves`, by value: whether
 * anybody outside the chain reads it. */
typedef enum lsi_leaves { LSI_STAYS, LSI_LEAVES, LSI_LEAVES_PAST_CACHES } lsi_leaves;
typedef struct lsi_chain_wish {
    const struct lsi_plan *plan;
    const lsi_program *program;
    const lsi_chain_links *links;
    int begin, end;
    const bool *linked;
    const uint8_t *leaves;
    int16_t *place, *readers, *free_slot; /* room for an entry per value */
    lsi_link *link;                /* room for the links and for what comes from outside */
    lsi_outside *outside;
} lsi_chain_wish;

/* The dtype of the chains this row may be part of: LS_FLOAT32 or LS_FLOAT64, LS_BOOL where it takes either; -1: none. */
int lsi_chain_dtype(const lsi_loop_table *loops, const lsi_instr *instr);

/* Whether a row is better off in a chain even alone: a division by one number. */
bool lsi_chain_of_one(const struct lsi_plan *plan, const lsi_instr *instr);

/* Whether a value is one number everywhere; truth values are none. */
bool lsi_chain_is_number(const struct lsi_plan *plan, int name);

void lsi_chain_link(const lsi_chain_wish *wish, lsi_chain *chain);

enum { LSI_TILE_OF_CHAIN = LSI_CHAIN_VECTORS * 64 }; /* bytes, where vectors are longest */

/* Bytes of working memory that a chain runs in, which others share: the room, and the places in front of it. */
size_t lsi_chain_room(const lsi_chain *chain);
size_t lsi_chain_places(const lsi_chain *chain);
/* For a strip of so many elements: value[v] is where those of value v lie. `room` is aligned to 64. */
void lsi_chain_run(const lsi_chain *chain, int64_t strip, void *const *value, char *room);

#endif
