/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The form of a program: all that its kernel's source depends on, and nothing else. Sizes, strides, addresses, numbers
 * and the records of draws are arguments of the kernel, so that one kernel serves every program of its form. A form
 * holds no text and no pointer: what a user wrote cannot reach the source.
 *
 * Decides how a program's space is cut into threads: axes are put in the order of the stores' memory and joined where
 * every operand allows it; a thread computes `vector` neighbouring elements. generate.c writes the source of a form. */
#ifndef LSI_DEVICE_FORM_H
#define LSI_DEVICE_FORM_H

#include "fused_args.h"
#include "program.h"

enum {
    LSI_FORM_AXES = 8,      /* joined; programs with more have no form */
    LSI_FORM_ARGS = 4096,   /* bytes of arguments that every GPU takes */
    LSI_FORM_THREADS = 256, /* of a block */
    LSI_FORM_ALIGN = 16     /* bytes of the widest access */
};

/* How an operand's elements follow each other. Inner: along the innermost joined axis. */
typedef enum lsi_walk_kind {
    LSI_WALK_FLAT,   /* element p at p */
    LSI_WALK_ONE,    /* one element everywhere */
    LSI_WALK_DENSE,  /* inner stride 1 */
    LSI_WALK_REPEAT, /* inner stride 0 */
    LSI_WALK_STRIDED
} lsi_walk_kind;

typedef struct lsi_form_source {
    uint8_t kind, dtype; /* lsi_source_kind, ls_dtype */
    uint8_t walk;        /* lsi_walk_kind */
    uint8_t draw;        /* DRAW: its kind ... */
    uint8_t engine;
    uint8_t group;       /* ... and how many elements come of one group of words: 4, 2, or 0 for each on its own */
    uint8_t reduction;   /* RESULT: of the form's */
} lsi_form_source;

typedef struct lsi_form_instr {
    uint8_t op, dtype, result, unused;
    int16_t args[4];
} lsi_form_instr;

typedef struct lsi_form_store {
    int16_t value;
    uint8_t dtype, walk;
} lsi_form_store;

typedef struct lsi_form_reduction {
    uint8_t op, dtype;    /* lsi_reduce_op; of its value */
    int16_t value;
    uint8_t pass, result; /* rows: in which pass it is folded; dtype of what it gives */
} lsi_form_reduction;

/* Zero beyond what the counts say. */
typedef struct lsi_form {
    uint8_t axes;   /* 0 where every operand is FLAT or ONE: no thread needs its index */
    uint8_t vector; /* elements of a thread: 1, 2 or 4 */
    uint8_t wide;   /* indices may pass 2^31 */
    uint8_t head;   /* the first thread begins before element 0, so that fours begin with a group of words */
    uint16_t nsource, ninstr, nstore;
    uint8_t reduces;      /* reductions beside the stores; with any: */
    uint8_t lanes;        /* neighbouring lanes of a thread, all of them or one at a time being `vector` */
    uint8_t passes;       /* rows (LSI_SOURCE_RESULT): passes over each, the stores being in the last; else 0 */
    uint8_t width;        /* rows: lanes of a warp that have one, or 0 where a block has */
    uint8_t holds;        /* rows: values that are dear stay in shared memory for later passes */
    lsi_form_reduction reductions[LS_FUSED_MOST];
    lsi_form_source sources[LSI_PROGRAM_MAX_SOURCES];
    lsi_form_instr instrs[LSI_PROGRAM_MAX_INSTRS];
    lsi_form_store stores[LSI_PROGRAM_MAX_STORES];
} lsi_form;

uint64_t lsi_form_hash(const lsi_form *form);
bool lsi_form_equal(const lsi_form *a, const lsi_form *b);

/* The members of the kernel's argument, in order. Each is aligned to 8 bytes. */
typedef enum lsi_field_kind {
    LSI_FIELD_BEGIN,           /* int64: the launch's first block, when a kernel is launched in parts; without reductions */
    LSI_FIELD_COUNT,           /* int64: elements */
    LSI_FIELD_HEAD,            /* int64: where the first thread begins before element 0 */
    LSI_FIELD_ALIGNED_SOURCES, /* a bit each: wide accesses are allowed */
    LSI_FIELD_ALIGNED_STORES,
    LSI_FIELD_SIZE,            /* of an axis */
    LSI_FIELD_DIVISOR,         /* of an axis: multiplier and shift in the halves */
    LSI_FIELD_POINTER,         /* of a source, BUFFER */
    LSI_FIELD_CONSTANT,        /* CONST: of its dtype */
    LSI_FIELD_FIRST,           /* IOTA */
    LSI_FIELD_STEP,
    LSI_FIELD_LAST,
    LSI_FIELD_LAST_AT,
    LSI_FIELD_DRAW,            /* lsi_draw */
    LSI_FIELD_OFFSET,          /* IOTA, DRAW */
    LSI_FIELD_STRIDE,          /* of a source along an axis */
    LSI_FIELD_TARGET,          /* of a store */
    LSI_FIELD_TARGET_STRIDE,
    LSI_FIELD_REDUCE           /* ls_fused_args, which, unless of rows, the caller fills in */
} lsi_field_kind;

typedef struct lsi_field {
    lsi_field_kind kind;
    int number, axis; /* of the source or store; of the axis */
} lsi_field;

void lsi_form_fields(const lsi_form *form, void (*visit)(void *context, lsi_field field), void *context);

/* One launch of a form's kernel. */
typedef struct lsi_form_launch {
    uint64_t blocks;  /* 0: nothing to do; with a reduction, unless of rows: the caller knows */
    size_t size;
    size_t begin_at;  /* where in args LSI_FIELD_BEGIN is, 0 at first; with a reduction it is in the ls_fused_args */
    size_t reduce_at; /* where in args the ls_fused_args are */
    unsigned shared;  /* bytes of dynamic shared memory */
    _Alignas(8) unsigned char args[LSI_FORM_ARGS];
} lsi_form_launch;

/* The form of a program, and the launch that runs it. False: it has none (too many axes, arguments or reductions, one
 * that computes its values twice beside a store into a source, rows that fit no block). Cheap: some hundred nanoseconds
 * for a small program. The elements of a reduction are numbered with the kept axes outside and the reduced ones inside,
 * each in C order. */
bool lsi_form_make(const lsi_program *program, lsi_form *form, lsi_form_launch *launch);

/* --- rows, form_rows.c: programs with LSI_SOURCE_RESULT --- */

enum { LSI_ROW_MOST = 1 << 16 }; /* elements: the states of their leaves are in a block's shared memory */
enum { LSI_FORM_VALUES = LSI_PROGRAM_MAX_SOURCES + LSI_PROGRAM_MAX_INSTRS, LSI_ROW_PASSES = LS_FUSED_MOST + 1 };
/* What the passes do with each value. */
typedef enum lsi_row_use { LSI_ROW_UNUSED, LSI_ROW_COMPUTED, LSI_ROW_READ } lsi_row_use; /* read: where it is held */
typedef struct lsi_row_plan {
    uint8_t first[LSI_ROW_PASSES], end[LSI_ROW_PASSES]; /* the reductions of a pass */
    uint8_t use[LSI_ROW_PASSES][LSI_FORM_VALUES];
    bool of_row[LSI_FORM_VALUES]; /* the same in all of a row */
    int32_t held[LSI_FORM_VALUES]; /* bytes per element that are held before it; -1: it is not held */
    int bytes;                    /* that are held per element */
    int again;                    /* how many times a dear value is computed that was computed before */
} lsi_row_plan;
void lsi_form_plan_rows(const lsi_form *form, lsi_row_plan *plan);
bool lsi_form_is_dear(const lsi_form *form, int value); /* form.c */
/* The reductions in the order of their passes, the passes, and the lanes of a row. `over_sources`: something is
 * stored where a source lies, which no later pass may read, nor the same one twice. False: there is no such kernel. */
bool lsi_form_rows(const lsi_program *program, int64_t n, bool over_sources, lsi_form *form);
/* What the kernel is told, but for the launch's first block; the number of blocks and their shared memory. */
void lsi_form_rows_launch(const lsi_program *program, const lsi_form *form, int64_t outer, int64_t n, ls_fused_args *args,
                          lsi_form_launch *launch);

#endif
