/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What plan.c decides and strip.c follows; strip.h is what everybody else sees.
 *
 * A value is where its pointer points: into a register (a piece of the worker's arena), into a source's memory, or into
 * a store's target. Registers are given out by liveness. A strip is either a run of positions or, in a plan made for
 * tiles, a box of the two innermost axes, laid out row by row. */
#ifndef LSI_HOST_PLAN_H
#define LSI_HOST_PLAN_H

#include "backend.h"
#include "host/chain.h"
#include "host/loops.h"
#include "host/strip.h"
#include <stdatomic.h>

enum {
    LSI_ARENA_BYTES = 24 * 1024, /* of registers a strip should touch: most of a small L1 */
    LSI_STREAM_STRIP = 512,      /* elements of a strip that goes past the caches */
    LSI_TILE_BYTES = 8 * 1024,   /* of a register of a tile; twice that where stores go past the caches */
    LSI_LINE_BYTES = 64,         /* of a line of the cache */
    LSI_STRIP_UNIT = 128,        /* strips are whole numbers of it where they can: the largest tile of a chain */
    LSI_SHORT_ROW = 256,         /* elements: shorter rows share strips, ... */
    LSI_SHORT_SHARED = 48,       /* ... or those so short, where views lie side by side */
    LSI_MOST_ROW_LOOPS = 4       /* of a plan whose boxes are computed row by row */
};

static inline int64_t lsi_round_strip(int64_t elements) { return (elements + LSI_STRIP_UNIT - 1) & ~(int64_t)(LSI_STRIP_UNIT - 1); }

/* Where an operand's elements lie under the positions of a plan. */
typedef struct lsi_walk {
    char *base;              /* of the buffer; NULL for numbers that are made (IOTA, DRAW) */
    int64_t origin;          /* element at position 0 */
    int32_t size;            /* bytes per element */
    int32_t ndim;            /* of shape and stride: this operand's own axes, joined where they make one */
    int32_t cursor;          /* its place in the worker's cursors */
    bool flat;               /* position p is element origin + p */
    const int64_t *shape, *stride;
    const int64_t *axes;     /* strides over the plan's axes */
} lsi_walk;

typedef enum lsi_step_kind { LSI_STEP_LOOP, LSI_STEP_SINCOS, LSI_STEP_CHAIN, LSI_STEP_FETCH, LSI_STEP_STORE } lsi_step_kind;

typedef struct lsi_step {
    uint8_t kind;
    uint8_t dtype;           /* SINCOS */
    int16_t other;           /* SINCOS: value of the cosine; STORE: number of the store; CHAIN: which */
    int16_t out;             /* value made (FETCH: the source) */
    int16_t in[3];
    int32_t more;            /* elements made beyond those of the strip */
    int32_t ahead[3];        /* bytes from where a value's elements begin to those that are read */
    lsi_loop loop;
} lsi_step;

enum { LSI_NO_REGISTER = -1 };

struct lsi_plan {
    const lsi_program *program;
    const lsi_loop_table *loops;
    int ndim;                        /* of the permuted space, axes of size 1 dropped */
    int64_t count, shape[LS_MAX_NDIM];
    bool tiles;                      /* strips are boxes */
    bool by_rows;                    /* of a box the rows are computed one by one, in place where they lie in order */
    bool near;                       /* the operands lie in the caches near a core */
    bool far;                        /* the operands are beyond the caches */
    bool streams;                    /* and stores go past them */
    bool cached;                     /* lives in the thread's scratch */
    int nvalue, nstep, nregister, ncursor;
    size_t register_bytes;
    int register_size;               /* bytes of the widest element in a register */
    int span;                        /* elements beyond a strip that a value may be made of */
    int capacity;                    /* elements a register holds */
    int strip;                       /* elements a strip had best have */
    int64_t row;                     /* positions after which some operand starts anew; count when none does */
    bool shares;                     /* a value may be another, some elements further on */
    bool rows;                       /* strips end with rows, so that nothing that runs along them is copied */
    double cost;
    lsi_walk *source, *store;        /* per source and store of the program */
    int16_t *same;                   /* per value: the value it is another name of (itself mostly), ... */
    int32_t *shift;                  /* ... how many elements further on, ... */
    int32_t *low, *high;             /* ... and of a value with names, the elements it is made of: [low, n + high) */
    int16_t *reg;                    /* per value: its register or LSI_NO_REGISTER */
    int16_t *direct;                 /* per value: the store whose target it is made in, or -1 */
    bool *constant;                  /* per source: one value everywhere, filled in once per worker */
    bool *brings;                    /* per source: read where it lies and, of views side by side, first at its lines */
    bool *store_direct;              /* per store */
    lsi_step *step;
    lsi_chain *chain;
    int nchain;
    size_t chain_room, chain_places; /* bytes that the chains run in, one after the other, and of places before them */
    int16_t *number;                 /* per source: which of the numbers in that room it is; -1 */
    int nnumber;
    const int16_t *flat_source;      /* sources read where they lie, in every strip */
    int nflat_source;
    const int16_t *direct_value;     /* values that have a direct store */
    int ndirect_value;
};

/* The element at the start of a strip, for an operand that is not flat. */
typedef struct lsi_cursor {
    int64_t next;                    /* position it stands at; -1 before the first strip */
    int64_t element;
    int64_t index[];                 /* walk->ndim of them */
} lsi_cursor;

struct lsi_worker {
    const lsi_plan *plan;
    void **value;                    /* per value: its elements in the strip */
    char *arena;
    char *chain_room;
    int64_t *cursors;
    int64_t start, n;                /* the strip: positions ... */
    int64_t rows, cols;              /* ... or a box at `corner` */
    bool ahead;                      /* the next box lies beside it, along the rows' axis */
    const int64_t *corner;
};

typedef struct lsi_plan_wish {
    const int *axis_order;           /* NULL: as they are */
    bool tiles;
    bool may_end_with_rows;          /* strips are the caller's, who cuts them as `rows` says */
    bool may_stream;
} lsi_plan_wish;

/* lsi_plan_new with all there is to wish for. */
ls_status lsi_plan_make(const lsi_program *program, const lsi_plan_wish *wish, lsi_plan **plan);

/* Whether two sources are views that lie side by side. Which values are other names of others: fills `same` and `shift`.
 * Then, of those that are needed, `low`, `high` and `span` (plan_names.c). */
bool lsi_plan_any_beside(const lsi_plan *plan);
void lsi_plan_find_names(lsi_plan *plan);
void lsi_plan_find_reach(lsi_plan *plan, const bool *needed);

/* Which instructions are chains, of those that have steps (plan_chains.c): those that are `linked` are part of one, and
 * `ends` says of the first of each which the last is, of others -1. Boxes that are computed row by row have none: their
 * rows are short, and few loops run over them. `last` says of each value which instruction reads it last. */
void lsi_plan_find_chains(const lsi_plan *plan, const int32_t *last, const bool *has_step, int16_t *ends, bool *linked);
/* Whether operands of so many bytes lie near a core. */
bool lsi_plan_is_near(double bytes);

/* Runs the box of rows x cols elements (rows * cols <= capacity) of the two innermost axes at index `corner`. With
 * `ahead`, asks the cache for what lies across in the box that follows along the rows' axis. */
void lsi_strip_box(lsi_worker *worker, const int64_t *corner, int64_t rows, int64_t cols, bool ahead);

/* Where a program is cheap enough to need no plan (one store of the last value, every operand flat, few elements): runs
 * it on the caller and says so. `count` is the number of elements. */
bool lsi_map_small(const lsi_program *program, int64_t count);
/* The backend's way past programs: a few operations on few elements in order, and their reduction (reduce.c). */
bool lsi_host_direct_accept(lsi_backend *backend, lsi_direct_work *work);
void lsi_host_direct(lsi_backend *backend, const lsi_direct_work *work);
void lsi_reduce_leaf(const lsi_direct_fold *fold, int64_t n, const void *in, void *out); /* n <= LS_LEAF, in order */
/* And past their description, for one operation. */
lsi_brief_loop lsi_host_brief_loop(const lsi_instr *instr, int64_t count, bool in_place);
void lsi_host_brief(lsi_brief_loop loop, int64_t count, const void *const *in, void *out);
bool lsi_host_brief_fill(const lsi_scalar *value, int64_t count, void *out);
/* Where a program only stores zeros, in order: does it on all cores and says so. */
bool lsi_map_zero(const lsi_program *program, int64_t count);

/* Whether a pass over so many bytes leaves nothing in the caches that the next could find, so that its stores had best
 * go past them. */
bool lsi_beyond_cache(double bytes);

/* Tests: every strip has at most this many elements; 0: as planned. And: small programs are split between threads and
 * stream past the caches as large ones do. */
void lsi_strip_force(int elements);
void lsi_map_force(bool as_if_large);
extern _Atomic int lsi_forced_strip;
extern _Atomic bool lsi_forced_large;
static inline int lsi_strip_forced(void) { return atomic_load_explicit(&lsi_forced_strip, memory_order_relaxed); }
static inline bool lsi_map_forced(void) { return atomic_load_explicit(&lsi_forced_large, memory_order_relaxed); }

#endif
