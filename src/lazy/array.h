/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What an array is, inside. Handle -> cell -> version.
 *
 *   handle  (ls_array)    what the user holds: a view (dtype, shape, strides, offset) of a cell. One owner: a scope or
 *                         whoever retained it.
 *   cell    (lsi_cell)    what views share and writes change: it names its current version.
 *   version (lsi_version) never changes: a pending node, or a stored buffer. Computed ones are C-contiguous.
 *
 * Nodes refer to versions, never to cells, so a write after the call does not change what the call meant. Counting:
 * version.refs = cells naming it + node inputs referring to it + evaluations holding it. A pending version keeps its
 * inputs; storing drops them. Release is iterative: a chain of any length is freed without recursion.
 *
 * Locking: one mutex guards the graph (inputs, states, buffers of versions); it is held while programs are built and
 * results are committed, never while a backend or a callback runs. Reading handles needs no lock. */
#ifndef LSI_LAZY_ARRAY_H
#define LSI_LAZY_ARRAY_H

#include "backend.h"
#include "core/dtype.h"
#include "core/error.h"
#include "core/process.h"
#include "core/shape.h"

typedef struct lsi_version lsi_version;
typedef struct lsi_cell lsi_cell;

typedef enum lsi_node_kind {
    LSI_NODE_NONE,   /* stored: no node left */
    LSI_NODE_MAP,    /* an elementwise operation, cast or where: op, inputs */
    LSI_NODE_CONST,  /* one value everywhere */
    LSI_NODE_IOTA,   /* an arithmetic progression over the flat index */
    LSI_NODE_DRAW,   /* random numbers over the flat index */
    LSI_NODE_REDUCE, /* a reduction of inputs[0] */
    LSI_NODE_SCAN,   /* cumulative sum or product of inputs[0] */
    LSI_NODE_MATMUL  /* inputs[0] @ inputs[1] */
} lsi_node_kind;

typedef enum lsi_state { LSI_PENDING, LSI_RUNNING, LSI_STORED } lsi_state;

/* A version seen through a view, or (version NULL) a constant. The view's shape is the node's iteration space. */
typedef struct lsi_input {
    lsi_version *version;
    lsi_scalar constant;
    int64_t offset;
    int64_t *strides; /* in the node's own dims block; `space_ndim` of them */
    bool whole;       /* every element of the version in C order: it may be fused */
} lsi_input;

struct lsi_version {
    _Atomic int64_t refs;
    lsi_backend *backend;
    uint32_t size;          /* of this block, in bytes */
    ls_dtype dtype;
    uint8_t kind;           /* lsi_node_kind */
    int64_t count;          /* elements */

    /* the node, while pending */
    const char *function, *place; /* the user's call */
    int ninput;
    int ndim;               /* of the version's own (C-contiguous) shape */
    int space_ndim;         /* of the iteration space the inputs' strides refer to (REDUCE, SCAN: the input's shape) */
    int64_t *shape;         /* [ndim] in dims */
    int64_t *space;         /* [space_ndim] in dims; == shape for MAP */

    /* From `state` to `inside_rows`: nothing at first. A few wide stores must do it (version.c), so what a kind or
     * a mark says is set is further down. */
    _Atomic uint8_t state;  /* lsi_state; changes under the graph lock, but STORED stays */
    bool named;             /* ls_set, ls_keep or ls_retain named it: store it when a program computes it */
    bool computed;          /* a program computed it without storing: a second one stores it */
    bool split;             /* the backend did not take it in one program: reductions below are stored first */
    _Atomic int32_t cells;  /* cells that name it: 0 or 1 */
    _Atomic uint32_t readings; /* how many inputs of nodes it ever became; about, where threads share it */
    int op;                 /* lsi_op of MAP, lsi_reduce_op of REDUCE, lsi_matmul mode of MATMUL (1 exact) */
    lsi_buffer *buffer;     /* STORED: its memory, from element 0 on */
    uint32_t number;        /* of the pending node, counted by bounds.c; 0: none yet */
    uint32_t oldest;        /* the least number below, or less */
    uint32_t depth;         /* longest pending path below */
    /* marks of the evaluation in progress, under the graph lock: */
    uint32_t root_mark;     /* planning pass in which it became a root ... */
    uint32_t inline_mark;   /* planning pass in which it was found inside programs ... */
    uint32_t asked_mark;    /* planning pass of an evaluation that was asked for it */
    uint32_t value_mark;    /* program that gave it a number ... */
    uint32_t seen_mark;     /* program that computes what views read of it */
    uint32_t fresh_mark;    /* program in which a consumer that no program computed before reads it */
    uint32_t walk_mark;     /* walk of bounds.c that came by */
    uint32_t along_mark;    /* planning pass in which rows.c came by */
    uint32_t inside_rows;   /* inside programs: the axes that it needs reduced there */

    int64_t held;           /* bytes of buffers below, saturating and counted once per path: a quick upper bound */
    uint32_t weight;        /* nodes of the tree below, or more: the bound on program size; at first, itself */

    /* From here on a new version has what its kind needs, set by who makes it: */
    ls_dtype operand;       /* MAP: dtype of the operands; REDUCE: of the values folded */
    uint32_t reduced;       /* REDUCE: bit per axis of the space; SCAN: the axis */
    uint32_t flags;         /* SCAN: LSI_SCAN_* */
    double correction;      /* REDUCE var, std */
    /* and what a mark says is set: */
    int32_t root;           /* ... its index there ... */
    int32_t root_level;     /* ... and its level */
    int32_t inside[2];      /* ... of these roots (the first two; -1: none) */
    bool inside_more;
    int32_t need;           /* level its program must have at least */
    int32_t value;          /* ... this one */
    uint32_t root_rows;     /* as a root: the axes that its program reduces, bit per axis; 0: none yet */
    const lsi_version *along; /* the reduction along whose rows it lies (rows.c); NULL: none */
    lsi_version *next;      /* chain of versions being freed */
    union {
        lsi_scalar constant;                                         /* CONST */
        struct { lsi_scalar first, step, last; int64_t last_at; } iota;
        lsi_draw *draw;                                              /* DRAW; owned */
        lsi_matmul *matmul;                                          /* MATMUL geometry; owned */
    } u;
    lsi_input inputs[3];    /* ninput of them */
    int64_t dims[];         /* shape, space and strides */
};
enum { LSI_SCAN_PRODUCT = 1, LSI_SCAN_INITIAL = 2 };

struct lsi_cell {
    _Atomic int64_t refs;   /* handles */
    lsi_version *version;
    ls_array *home;         /* the handle whose memory it is in, which goes with it; NULL: a block of its own */
};

/* Ownership by scopes: first member of everything a scope can own (arrays, generators). */
typedef struct lsi_owned lsi_owned;
struct lsi_owned {
    lsi_owned *previous, *next;
    struct lsi_scope *_Atomic scope;  /* NULL: not owned by a scope */
    void (*release)(lsi_owned *owned);
};

enum { LSI_ARRAY_ALIVE = 0x4c534152, LSI_ARRAY_DEAD = 0x44454144 };

struct ls_array {
    lsi_owned owned;
    uint32_t magic;          /* LSI_ARRAY_ALIVE, or DEAD once released */
    _Atomic int32_t refs;    /* the owner's, and one per ls_retain */
    bool whole;              /* it views every element of its cell's version, in C order (a cell's versions have one size) */
    bool listed;             /* debug.h remembers it: */
    ls_array *newer, *older;
    const char *function, *place; /* of the call that made it */
    lsi_cell *cell;
    lsi_cell first;          /* the cell that was made with this handle, unless it is a block of its own */
    ls_dtype dtype;
    int32_t ndim;
    int64_t offset;
    int64_t dims[];          /* shape[ndim], strides[ndim] */
};

static inline const int64_t *lsi_array_shape(const ls_array *a) { return a->dims; }
static inline const int64_t *lsi_array_strides(const ls_array *a) { return a->dims + a->ndim; }
void lsi_array_layout(const ls_array *a, lsi_layout *layout);
static inline lsi_backend *lsi_array_backend(const ls_array *a) { return a->cell->version->backend; }

/* Argument checks of public calls: position counts from 1. NULL (recorded) when the array is NULL or dead. */
const ls_array *lsi_array_refuse(const ls_array *a, int position);
static inline const ls_array *lsi_array_check(const ls_array *a, int position)
{
    const bool good = !atomic_load_explicit(&lsi_process_forked, memory_order_relaxed) && a &&
                      a->magic == LSI_ARRAY_ALIVE;
    return good ? a : lsi_array_refuse(a, position);
}

/* --- making arrays. Every one returns a handle owned by the innermost scope of the calling thread, or NULL with the
 * error recorded. `shape` is checked already. --- */
/* Memory taken now, contents undefined. */
ls_array *lsi_array_new(lsi_backend *backend, ls_dtype dtype, int ndim, const int64_t *shape);
/* A handle on an existing version (takes over one reference of it, also on failure). */
ls_array *lsi_array_from_version(lsi_version *version, int ndim, const int64_t *shape);
/* A view: same cell, another layout. */
ls_array *lsi_array_view(const ls_array *a, const lsi_layout *layout);
/* A buffer that exists (wrapped memory): takes over the buffer's reference, also on failure. */
ls_array *lsi_array_from_buffer(lsi_buffer *buffer, ls_dtype dtype, const lsi_layout *layout);
ls_array *lsi_array_constant(lsi_backend *backend, const lsi_scalar *value, int ndim, const int64_t *shape);
ls_array *lsi_array_iota(lsi_backend *backend, const lsi_scalar *first, const lsi_scalar *step, const lsi_scalar *last,
                         int ndim, const int64_t *shape); /* last may be NULL */
/* Random numbers on the default device; the draw is copied. */
ls_array *lsi_array_from_draw(const lsi_draw *draw, ls_dtype dtype, int ndim, const int64_t *shape);
/* x @ y: geometry and dtype from the task (its buffers, offsets and strides are ignored for x and y's buffer only:
 * x->buffer and y->buffer are taken from the arrays when it runs). */
ls_array *lsi_array_from_matmul(const lsi_matmul *task, const ls_array *x, const ls_array *y, int ndim,
                                const int64_t *shape);
/* One elementwise operation on operands of any dtype: promotes, broadcasts, casts, makes the node. */
ls_array *lsi_array_map(lsi_op op, int noperand, const ls_operand *operands);
/* The same into an array that exists, where that is small and simple; false, and nothing is done, when it is not. */
bool lsi_array_map_into(const ls_array *out, lsi_op op, int noperand, const ls_operand *operands);
ls_array *lsi_array_where(ls_operand condition, ls_operand x, ls_operand y);
ls_array *lsi_array_cast(const ls_array *a, ls_dtype dtype); /* a node even when nothing changes: see api astype */
ls_array *lsi_array_reduce(lsi_reduce_op op, const ls_array *a, ls_axis axes, bool keepdims, double correction,
                           ls_dtype dtype);
ls_array *lsi_array_scan(const ls_array *a, int axis, bool product, bool initial, ls_dtype dtype);

/* --- evaluating --- */
/* Stores every array of the list; work may still be running on a device when it returns. */
ls_status lsi_evaluate(int n, const ls_array *const *arrays);
/* Evaluates and copies all elements, C order, to host memory of the array's own dtype. Waits. */
ls_status lsi_array_download(const ls_array *a, void *host);
/* The array's memory for host code to read, evaluated and waited for; NULL with nothing recorded when the device's
 * memory is not host-readable, or the view is not C-contiguous. Valid while the handle lives and is not written. */
const void *lsi_array_host_data(const ls_array *a, ls_status *status);
/* The array's memory for others: evaluated, waited for and retained, so that writes to the array leave it alone; with
 * `writable` they land in it, as in wrapped memory. NULL with the status set. */
lsi_buffer *lsi_array_share(const ls_array *a, bool writable, ls_status *status);
/* Writes src, broadcast and cast, into the elements dst views. */
ls_status lsi_array_assign(const ls_array *dst, ls_operand src);
/* Copies host memory (C order, dst's dtype) into all elements dst views; dst is new and C-contiguous. */
ls_status lsi_array_upload(const ls_array *dst, const void *host);

/* Makes the elements that `a` views safe to change where they are: computed, and nobody's but this cell's. Without `keep`
 * their values may be lost. */
ls_status lsi_array_own(const ls_array *a, bool keep);
/* A reference of an evaluated array's memory. */
lsi_buffer *lsi_array_buffer(const ls_array *a);

/* What the last evaluations of this thread did; tests assert fusion with it. Monotone counters. */
typedef struct lsi_counters {
    int64_t programs, sources_read, values_stored, reductions, instructions;
    int64_t bytes_read, bytes_written;
} lsi_counters;
extern LSI_THREAD_WORD lsi_counters lsi_counts;

/* --- lifetime --- */
lsi_version *lsi_version_retain(lsi_version *version);
void lsi_version_release(lsi_version *version);
ls_array *lsi_array_retain(ls_array *a);
void lsi_array_release(ls_array *a);
void lsi_array_give(ls_array *a); /* the memory of a dead handle */
/* The array whose ownership this is; NULL when it is something else's. */
ls_array *lsi_array_of_owned(lsi_owned *owned);
/* Marks the current version as named (the storing rule). */
void lsi_array_name(const ls_array *a);

/* Scopes (scope.c). Adopt makes the innermost scope of this thread the owner; false when out of memory. */
bool lsi_scope_adopt(lsi_owned *owned, void (*release)(lsi_owned *owned));
/* Takes it out of its scope; false when no scope owned it. */
bool lsi_scope_disown(lsi_owned *owned);

#endif
