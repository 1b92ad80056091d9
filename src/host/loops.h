/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The tables of inner loops, one per ISA: what runs over the elements of a strip. Decides the shapes of these
 * functions; leaves to strip.c which of them run, in which order and over which memory.
 *
 * Contracts. `n` and counts are >= 0. Elements are aligned to their own size. An output may be exactly one of the
 * inputs (element i is read before element i is written) except where the row is RARE, whose loop reads its inputs
 * twice; it never overlaps one in another way. */
#ifndef LSI_HOST_LOOPS_H
#define LSI_HOST_LOOPS_H

#include "core/dtype.h"
#include "host/isa.h"
#include "program.h"
#include <stdatomic.h>

/* out[i] = op(in[0][i], ...) for i < n. */
typedef void (*lsi_loop)(int64_t n, const void *const *in, void *out);

/* Rows of one dtype: NULL where the row's set does not hold the dtype. */
typedef struct lsi_loops {
    lsi_loop row[LSI_OP_ROWS + 1];
} lsi_loops;

/* Element sizes 1, 2, 4, 8, 16 by their logarithm. */
enum { LSI_SIZES = 5 };
static inline int lsi_size_log(size_t size) { return __builtin_ctzll((unsigned long long)size); }

/* rows x cols elements from one place to another; strides in bytes, any sign, 0 for a repeated source. */
typedef void (*lsi_move)(int64_t rows, int64_t cols, const char *from, int64_t from_row, int64_t from_col, char *to,
                         int64_t to_row, int64_t to_col);

/* What the next strip will read: while one line of this strip's result is written past the caches, `step` bytes of each
 * of these places are asked for, so that reading and writing go on at the same time. */
enum { LSI_AHEAD = 4 };
typedef struct lsi_ahead {
    int count;
    int32_t step[LSI_AHEAD];
    uintptr_t next[LSI_AHEAD]; /* may point past the end of memory: asking never faults */
} lsi_ahead;

typedef struct lsi_moves {
    lsi_loop where[LSI_SIZES];                                        /* in: bool, x, y */
    void (*fill[LSI_SIZES])(int64_t n, const void *element, void *out);
    lsi_move move[LSI_SIZES];
    /* copy past the caches; ends without a fence; `ahead` may be NULL */
    void (*stream)(size_t bytes, const void *from, void *to, const lsi_ahead *ahead);
    void (*stream_fence)(void);                                       /* makes the streamed bytes visible to others */
    void (*iota_i64)(int64_t n, int64_t k, int64_t k_step, int64_t first, int64_t step, int64_t *out);
    void (*iota_f64)(int64_t n, int64_t k, int64_t k_step, double first, double step, double *out);
} lsi_moves;

typedef struct lsi_casts {
    lsi_loop to[LSI_DTYPE_COUNT]; /* from the dtype of the table */
} lsi_casts;

/* sine[i] = sin(x[i]) and cosine[i] = cos(x[i]) by one reduction of the argument; NULL where there is none. The outputs
 * are distinct from the input. */
typedef struct lsi_sincos_loops {
    void (*of[LSI_DTYPE_COUNT])(int64_t n, const void *x, void *sine, void *cosine);
} lsi_sincos_loops;

/* Chains (chain.h). A link makes eight vectors of the eight it is given, and of operands; then the next link runs.
 * Operands lie in the room that the chain runs in, or, those that move from tile to tile, in a place whose entry is in
 * front of the room. */
enum { LSI_CHAIN_VECTORS = 8 };
typedef struct lsi_place {
    char *at;                      /* of this tile */
    int64_t step;                  /* bytes to the next one */
} lsi_place;

typedef void (*lsi_link_run)(void); /* of another type, which only loops_chain.c knows */
typedef struct lsi_link {
    lsi_link_run run;
    int32_t operand[2];            /* bytes from the room to the operand; below 0: to its lsi_place */
} lsi_link;

/* Which argument of a row is the one carried; the others are the operands, in order. Of `where` the first is the
 * condition, and all three have their form; rows of two have both carried in the third, and two forms for an operand in
 * the room that is one number: it is read once, not for each vector. NULL: no link for this row. */
enum { LSI_LINK_BOTH = 2, LSI_LINK_WITH_ONE = 3, LSI_LINK_FORMS = 5 };
typedef struct lsi_chain_links {
    int tile;                      /* elements in eight vectors */
    int most;                      /* rows of a chain */
    void (*run)(const lsi_link *first, char *room, int moving, int ahead, int64_t tiles); /* with so many places, of
                                      which the first `ahead` are asked for a tile early */
    lsi_link_run load, store, stream, load_mask, store_mask, end;
    lsi_link_run divide_by_one;    /* what is carried by a constant; NULL: as any division */
    lsi_link_run of_numbers[LSI_OP_COUNT][LSI_LINK_FORMS], of_masks[LSI_OP_COUNT][LSI_LINK_FORMS];
} lsi_chain_links;

typedef struct lsi_loop_table {
    const lsi_loops *rows[LSI_DTYPE_COUNT];
    const lsi_casts *casts[LSI_DTYPE_COUNT];
    const lsi_loops *streaming[LSI_DTYPE_COUNT]; /* past the caches, without a fence; NULL, and NULL rows: none */
    const lsi_chain_links *chains[LSI_DTYPE_COUNT]; /* NULL: none */
    const lsi_moves *moves;
    const lsi_sincos_loops *sincos;
} lsi_loop_table;

LSI_ISA_TABLE(lsi_loop_table, lsi_loop_table_of);
extern const lsi_loop_table *_Atomic lsi_loops_in_force; /* NULL until the ISA is decided */
const lsi_loop_table *lsi_loops_find(void);
static inline const lsi_loop_table *lsi_loops_get(void) /* of the ISA in force */
{
    const lsi_loop_table *loops = atomic_load_explicit(&lsi_loops_in_force, memory_order_relaxed);
    return loops ? loops : lsi_loops_find();
}

/* What is known of a row beside its loops: whether its loop reads its inputs twice; whether it takes longer than bringing
 * its inputs, and how many times as long as others of those where that is not 0. */
typedef struct lsi_row_facts {
    bool rare, dear;
    uint8_t times_dearer;
} lsi_row_facts;
extern const lsi_row_facts lsi_row_facts_of[LSI_OP_COUNT];
static inline bool lsi_row_rare(int op) { return lsi_row_facts_of[op].rare; }

/* What one row costs: nanoseconds per element on one thread, roughly. */
static inline double lsi_row_cost(int op, ls_dtype dtype)
{
    const lsi_row_facts *facts = &lsi_row_facts_of[op];
    const double bytes = (double)lsi_dtype_size(dtype);
    if (!facts->dear) return 0.02 * bytes;
    const bool by_hardware = op == LSI_OP_divide || op == LSI_OP_sqrt;
    if (by_hardware && dtype == LS_FLOAT32) return 0.07 * bytes; /* twice float64's pace */
    return 0.15 * (facts->times_dearer ? facts->times_dearer : 1) * bytes;
}

#endif
