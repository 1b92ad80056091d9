/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How much may be pending. A call whose tree would pass a bound (graph.h) has its operands evaluated first; so loops run
 * at constant memory, programs stay small enough for the tables of backends, and walks over the graph are shallow.
 *
 * Sums over trees are quick, but count a value once per path, and in an iteration whose values are used several times
 * each, paths double with every turn. So pending nodes are numbered: below a node there are at most as many as numbers
 * since its oldest one. Where that passes its bound too, because other work was begun meanwhile, the nodes are counted.
 *
 * What is evaluated along, for the price of its own few instructions: other results of the same pending work that this
 * thread has at hand, which are the rest of a loop's state. Without them what follows computes all of it again. They are
 * results that nothing has read yet, and of those that were read some: a bound may be passed in the middle of a turn. Where
 * the newest handles show a loop, because what was made is what was made a turn before, a value is wanted as long as it
 * was read less often than its like of that turn. Elsewhere the few newest are. */
#include "lazy/graph.h"
#include "lazy/scope.h"

enum { MOST_COMPANIONS = 24, RECENT = 128, NEWEST = 12, SURE = 16 };
/* All companions together: nobody has asked for them. */
#define COMPANION_BYTES (4 * LSI_BOUND_HELD)

static uint32_t last_walk, last_number; /* under the graph lock */

/* --- quick sums --- */

static uint32_t saturate(uint64_t value)
{
    return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static void give_number(lsi_version *node)
{
    last_number += last_number == UINT32_MAX ? 2 : 1; /* 0 is none */
    node->number = node->oldest = last_number;
}

/* Numbers wrap: of two that are far apart the order is unknown, and a node may seem lighter than it is. A program that is
 * too large for that is run in parts. */
static uint32_t older(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0 ? a : b;
}

static void sum_bounds(lsi_version *node)
{
    uint64_t weight = 1, depth = 0;
    int64_t held = 0;
    give_number(node);
    for (int i = 0; i < node->ninput; i++) {
        lsi_version *in = node->inputs[i].version;
        if (!in) {
            continue;
        }
        if (in->state != LSI_STORED) {
            if (in->number == 0) {
                give_number(in);
            }
            weight += in->weight;
            depth = in->depth >= depth ? in->depth + 1 : depth;
            node->oldest = older(in->oldest, node->oldest);
        }
        held = held > INT64_MAX - in->held ? INT64_MAX : held + in->held;
    }
    const uint32_t most = last_number - node->oldest + 1;
    node->weight = saturate(weight < most ? weight : most);
    node->depth = saturate(depth);
    node->held = held;
}

/* --- walks over the nodes themselves, each of them once. Their depth is bounded by LSI_BOUND_DEPTH. --- */

/* Marks what is pending below and including `v`, and returns how many were new. *oldest becomes the least number. */
static int mark_pending(lsi_version *v, uint32_t walk, uint32_t *oldest)
{
    if (!v || v->state == LSI_STORED || v->walk_mark == walk) {
        return 0;
    }
    v->walk_mark = walk;
    *oldest = older(v->number ? v->number : *oldest, *oldest);
    int count = 1;
    for (int i = 0; i < v->ninput; i++) {
        count += mark_pending(v->inputs[i].version, walk, oldest);
    }
    return count;
}

/* Bytes of stored versions below: all of them, and those that no handle names any more, which laziness alone keeps. */
typedef struct held {
    int64_t all, only;
} held;

static void add_held(lsi_version *v, uint32_t walk, held *sum)
{
    if (!v || v->walk_mark == walk) {
        return;
    }
    v->walk_mark = walk;
    if (v->state == LSI_STORED) {
        const int64_t bytes = (int64_t)lsi_version_bytes(v);
        sum->all += bytes;
        sum->only += atomic_load(&v->cells) == 0 ? bytes : 0;
    }
    for (int i = 0; i < v->ninput; i++) {
        add_held(v->inputs[i].version, walk, sum);
    }
}

/* Whether something marked by `walk` is pending below `v`; marks what it has looked at by `own`. */
static bool reaches(lsi_version *v, uint32_t walk, uint32_t own)
{
    if (!v || v->state == LSI_STORED || v->walk_mark == own) {
        return false;
    }
    if (v->walk_mark == walk) {
        return true;
    }
    v->walk_mark = own;
    for (int i = 0; i < v->ninput; i++) {
        if (reaches(v->inputs[i].version, walk, own)) {
            return true;
        }
    }
    return false;
}

/* Both put the exact number in the place of the sum over paths, which keeps the sums of what follows small. */

static bool is_too_large(lsi_version *node)
{
    if (node->weight > LSI_BOUND_WEIGHT) {
        node->oldest = node->number;
        node->weight = (uint32_t)mark_pending(node, ++last_walk, &node->oldest);
    }
    return node->weight > LSI_BOUND_WEIGHT || node->depth > LSI_BOUND_DEPTH;
}

static bool holds_too_much(lsi_version *node)
{
    held sum = {0, 0};
    if (node->held > LSI_BOUND_HELD && node->depth > 0) {
        add_held(node, ++last_walk, &sum);
        node->held = sum.all;
    }
    return sum.only > LSI_BOUND_HELD;
}

/* --- companions --- */

typedef struct companions {
    int count;
    lsi_version *versions[RECENT]; /* retained */
} companions;

static void companions_release(companions *c)
{
    for (int i = 0; i < c->count; i++) {
        lsi_version_release(c->versions[i]);
    }
}

/* What the newest handles of this thread name, each version once. Before the graph lock: scopes have locks of their
 * own, which come first. */
static void find_recent(companions *c)
{
    lsi_owned *owned[RECENT];
    const int found = lsi_scope_recent(RECENT, owned);
    c->count = 0;
    for (int i = 0; i < found; i++) {
        const ls_array *a = lsi_array_of_owned(owned[i]);
        lsi_version *v = a ? a->cell->version : NULL;
        for (int k = 0; v && k < c->count; k++) {
            v = c->versions[k] == v ? NULL : v;
        }
        if (v) {
            c->versions[c->count++] = lsi_version_retain(v);
        }
    }
}

/* Nothing pending reads it: only its cell and the list of companions refer to it. */
static bool is_unread(const lsi_version *v)
{
    return atomic_load(&v->cells) == 1 && atomic_load(&v->refs) == 2;
}

/* Made by the same call, as far as that can be seen. */
static bool is_like(const lsi_version *a, const lsi_version *b)
{
    return a->kind == b->kind && a->op == b->op && a->dtype == b->dtype && a->ninput == b->ninput && a->count == b->count;
}

/* After how many handles the newest ones repeat; 0: they do not. A few alike in a row are no loop yet. */
static int find_turn(const companions *c)
{
    for (int turn = 1; 2 * turn <= c->count; turn++) {
        const int sure = turn > SURE ? turn : SURE;
        int same = 0;
        while (same < sure && same + turn < c->count && is_like(c->versions[same], c->versions[same + turn])) {
            same++;
        }
        if (same == sure) {
            return turn;
        }
    }
    return 0;
}

/* Whether value i, counted from the newest, is likely to be read again. */
static bool is_wanted(const companions *c, int i, int turn)
{
    if (is_unread(c->versions[i])) {
        return true;
    }
    if (turn == 0) {
        return i < NEWEST;
    }
    return i < turn && atomic_load_explicit(&c->versions[i]->readings, memory_order_relaxed) <
                           atomic_load_explicit(&c->versions[i + turn]->readings, memory_order_relaxed);
}

/* Those that are elementwise results of the inputs' size and share pending work with the inputs. The lock is held. */
static int choose_companions(companions *c, const lsi_version *node, lsi_version **chosen)
{
    const uint32_t walk = ++last_walk;
    uint32_t oldest = last_number;
    const lsi_version *like = NULL;
    for (int i = 0; i < node->ninput; i++) {
        lsi_version *in = node->inputs[i].version;
        like = mark_pending(in, walk, &oldest) ? in : like;
    }
    const int turn = find_turn(c);
    int64_t bytes = 0;
    int n = 0;
    for (int i = 0; like && i < c->count && n < MOST_COMPANIONS; i++) {
        lsi_version *v = c->versions[i];
        const bool fits = v->kind == LSI_NODE_MAP && v->state == LSI_PENDING && v->backend == like->backend &&
                          v->count == like->count && bytes + (int64_t)lsi_version_bytes(v) <= COMPANION_BYTES;
        if (fits && is_wanted(c, i, turn) && reaches(v, walk, ++last_walk)) {
            bytes += (int64_t)lsi_version_bytes(v);
            chosen[n++] = v;
        }
    }
    return n;
}

/* --- the decision --- */

static ls_status evaluate_inputs(lsi_version *node, int ncompanion, lsi_version *const *chosen)
{
    lsi_version *pending[3];
    int n = 0;
    for (int i = 0; i < node->ninput; i++) {
        if (node->inputs[i].version) {
            pending[n++] = node->inputs[i].version;
        }
    }
    const ls_status status = lsi_evaluate_along(n, pending, ncompanion, chosen);
    lsi_graph_lock();
    sum_bounds(node);
    lsi_graph_unlock();
    return status;
}

ls_status lsi_node_finish_pending(lsi_version *node)
{
    lsi_graph_lock();
    sum_bounds(node);
    const bool large = is_too_large(node);
    const bool evaluate = large || holds_too_much(node);
    lsi_graph_unlock();
    if (!evaluate) {
        return LS_OK;
    }
    if (!large) {
        return evaluate_inputs(node, 0, NULL);
    }
    companions c;
    lsi_version *chosen[MOST_COMPANIONS];
    find_recent(&c);
    lsi_graph_lock();
    const int n = choose_companions(&c, node, chosen);
    lsi_graph_unlock();
    const ls_status status = evaluate_inputs(node, n, chosen);
    companions_release(&c);
    return status;
}
