/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Shared by the files of src/lazy only: the graph lock, bounds, node making, planning. */
#ifndef LSI_LAZY_GRAPH_H
#define LSI_LAZY_GRAPH_H

#include "core/lock.h"
#include "lazy/array.h"

/* The graph lock (array.h says what it guards) and the condition that a running version has changed state. */
extern lsi_lock lsi_graph_mutex;
static inline void lsi_graph_lock(void)
{
    lsi_lock_take(&lsi_graph_mutex);
}
static inline void lsi_graph_unlock(void)
{
    lsi_lock_give(&lsi_graph_mutex);
}
void lsi_graph_wait(void);      /* holding the lock: sleeps until some state changes */
void lsi_graph_broadcast(void); /* holding the lock */
/* Around a program: gives the lock up and takes it again, and knows how many are running. */
void lsi_graph_run_begin(void);
void lsi_graph_run_end(void);
static inline void lsi_version_set_state(lsi_version *version, lsi_state state)
{
    atomic_store_explicit(&version->state, (uint8_t)state, memory_order_release);
}
/* Holding the lock: whether a thread of this process is computing it. */
bool lsi_version_running(lsi_version *version);

/* Bounds of what is pending below a node: a call that would exceed one evaluates its operands first (bounds.c). They keep
 * programs within what backends accept (LSI_PROGRAM_MAX_*), mostly: a program that does not fit is run in parts. */
enum { LSI_BOUND_WEIGHT = 384, LSI_BOUND_DEPTH = 192 };
/* Bytes that only pending nodes keep alive before they are evaluated away. */
#define LSI_BOUND_HELD ((int64_t)64 << 20)

/* A new version with room for its dims; pending, one reference. NULL with LS_ENOMEM recorded. */
lsi_version *lsi_version_new(lsi_backend *backend, lsi_node_kind kind, ls_dtype dtype, int ndim, const int64_t *shape,
                             int space_ndim, const int64_t *space, int ninput);
/* The same for most: LSI_NODE_MAP over the shape itself. */
lsi_version *lsi_version_new_map(lsi_backend *backend, ls_dtype dtype, int ndim, const int64_t *shape, int ninput);
/* Retains a version that becomes an input of a node; the versions that all inputs of a node name already. */
lsi_version *lsi_version_read(lsi_version *version);
void lsi_node_retain_inputs(lsi_version *node);
/* Fills input i of a node from an array seen through `layout` (its shape is the node's space). Retains the version. */
void lsi_node_input_array(lsi_version *node, int i, const ls_array *a, const lsi_layout *layout);
void lsi_node_input_version(lsi_version *node, int i, lsi_version *version, const lsi_layout *layout);
void lsi_node_input_constant(lsi_version *node, int i, const lsi_scalar *value);
/* Sums weight, depth and held bytes from the inputs; evaluates inputs when a bound is passed. Where all inputs are stored,
 * none is: what is stored stays so, and no lock is needed. */
ls_status lsi_node_finish_pending(lsi_version *node);
static inline ls_status lsi_node_finish(lsi_version *node)
{
    int64_t held = 0;
    for (int i = 0; i < node->ninput; i++) {
        const lsi_version *in = node->inputs[i].version;
        if (!in) {
            continue;
        }
        if (atomic_load_explicit(&in->state, memory_order_acquire) != LSI_STORED) {
            return lsi_node_finish_pending(node);
        }
        if (__builtin_add_overflow(held, in->held, &held)) {
            held = INT64_MAX;
        }
    }
    node->weight = 1;
    node->held = held;
    return LS_OK;
}
/* References to give up once the lock is released. */
typedef struct lsi_inputs {
    int count;
    lsi_version *versions[3];
} lsi_inputs;
/* Turns a pending version into a stored one: takes over the buffer, moves the references to its inputs into *dropped.
 * Under the lock. */
void lsi_version_store(lsi_version *version, lsi_buffer *buffer, lsi_inputs *dropped);
/* Drops one reference of each version of a chain through `next`. */
void lsi_version_release_chain(lsi_version *dropped);
static inline size_t lsi_version_bytes(const lsi_version *version)
{
    return (size_t)version->count * lsi_dtype_size(version->dtype);
}

/* Stores the given pending versions (several may share a program). */
ls_status lsi_evaluate_versions(int n, lsi_version *const *versions);
/* The same, and stores of others what the programs made for them have room for. */
ls_status lsi_evaluate_along(int n, lsi_version *const *versions, int nother, lsi_version *const *others);
/* Stores it when it is a few small elementwise operations on stored elements in order; false, and nothing is done, when it
 * is not, or when there is no memory (direct.c). */
bool lsi_evaluate_direct(lsi_version *version);
/* The array that decides dtype, shape and device of operands which need no promotion, stretching or moving; NULL when
 * there is none, with nothing recorded. */
const ls_array *lsi_operands_alike(int n, const ls_operand *given);

/* --- where the inputs of a node lie under the positions of a program (through.c) --- */

/* Input i of a node that is computed over `space`, in C order, or, where `seen` is not NULL, of an elementwise node that is
 * computed as that view reads it, over the view's space. False when no strides say where it lies. */
bool lsi_input_at(const lsi_version *node, int i, const lsi_layout *seen, int ndim, const int64_t *space,
                  lsi_layout *at);
/* Whether a pending version, whole, may be computed inside a program over `space`: it is elementwise and its own inputs
 * are expressible there. */
bool lsi_fusable(const lsi_version *version, int ndim, const int64_t *space);
/* Whether the elements of a pending version that the program of `root` reads as `seen` had best be computed there, instead
 * of storing the version first: what can be said of the version, and then of the view. Says nothing of its inputs. */
bool lsi_may_be_seen_through(const lsi_version *version);
bool lsi_is_seen_through(const lsi_version *root, const lsi_version *version, const lsi_layout *seen);

/* A program under construction (fuse.c). Everything happens under the graph lock. */
typedef struct lsi_builder {
    lsi_program program;
    lsi_source sources[LSI_PROGRAM_MAX_SOURCES];
    lsi_instr instrs[LSI_PROGRAM_MAX_INSTRS];
    lsi_store stores[LSI_PROGRAM_MAX_STORES];
    lsi_reduction reductions[LSI_PROGRAM_MAX_REDUCTIONS];
    lsi_version *visited[LSI_PROGRAM_MAX_INSTRS]; /* pending versions with a value number in this program */
    lsi_version *seen[LSI_PROGRAM_MAX_INSTRS];    /* and those of which it computes what a view reads */
    int nvisited, nseen;
    uint32_t epoch;                               /* their value_mark, and seen_mark */
    uint32_t plan;                                /* the planning pass it follows */
    uint32_t rows;                                /* the axes that what lies along rows leaves out: set before building */
} lsi_builder;

/* What a builder can be taken back to when a table ran full. */
typedef struct lsi_build_mark {
    int nsource, ninstr, nstore, nreduction, nvisited, nseen;
} lsi_build_mark;

/* Starts a program over a space, for the work of `owner`. */
void lsi_build_begin(lsi_builder *b, int ndim, const int64_t *space, const lsi_version *owner);
lsi_build_mark lsi_build_checkpoint(const lsi_builder *b);
void lsi_build_rollback(lsi_builder *b, const lsi_build_mark *mark);
/* The value of a pending version that is computed inside the program, whole; -1 when a table is full. */
int lsi_build_version(lsi_builder *b, lsi_version *version);
/* Adds the store or reduction that makes a version's buffer; false when a table is full, or other axes are reduced. */
bool lsi_build_store(lsi_builder *b, int value, lsi_buffer *buffer, int64_t offset, const int64_t *strides);
bool lsi_build_store_whole(lsi_builder *b, int value, lsi_buffer *buffer);
bool lsi_build_reduction(lsi_builder *b, lsi_version *reduce, lsi_buffer *buffer);
/* Has the result of a reduction that the program computes inside stored besides; false when it cannot. */
bool lsi_build_keep_result(lsi_builder *b, const lsi_version *reduce, lsi_buffer *buffer);
/* Whether a value made inside the program has an element per row of its reductions, not one per element of its space. */
bool lsi_build_is_of_row(const lsi_builder *b, const lsi_version *version);
/* Makes the program final, and keeps its source buffers while it runs unlocked; release gives them up. */
void lsi_build_seal(lsi_builder *b);
void lsi_build_release(lsi_builder *b);

/* Rows, rows.c. The reduction along whose rows a pending version lies, having an element for each of its outputs in
 * their order, where the backend welcomes programs that need both; NULL: none. `epoch` is the plan's. */
const lsi_version *lsi_rows_of(lsi_version *version, uint32_t epoch);
/* The strides of the outputs of a reduction over its space, and whether strides are these. */
void lsi_rows_strides(int ndim, const int64_t *space, uint32_t reduced, int64_t *strides);
bool lsi_rows_in_order(int ndim, const int64_t *space, uint32_t reduced, const int64_t *strides);
/* Strides over the axes of `node`, which lies along the rows of a reduction, as strides over the space of that. */
void lsi_rows_spread(const lsi_version *node, const int64_t *of_node, int ndim, const int64_t *space, uint32_t reduced,
                     int64_t *strides);
/* The space of a root's program. */
static inline int lsi_root_ndim(const lsi_version *v) { return v->kind == LSI_NODE_REDUCE ? v->space_ndim : v->ndim; }
static inline const int64_t *lsi_root_space(const lsi_version *v)
{
    return v->kind == LSI_NODE_REDUCE ? v->space : v->shape;
}

/* Stores `node` (pending, not yet anybody's) into part of a buffer instead of one of its own; waits for nothing. False
 * in *done when a source overlaps the target without being the same elements: the caller computes it apart. */
ls_status lsi_evaluate_into(lsi_version *node, lsi_buffer *buffer, const lsi_layout *target, bool *done);

#endif
