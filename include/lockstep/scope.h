/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Who owns what a call makes: scopes.
 *
 * Every call that makes an array gives it to the innermost open scope of the calling thread. A root scope is always open;
 * it closes when its thread ends. So calls nest and small programs free nothing:
 *
 *     LS_SCOPE {                                   // everything made in here is freed at the closing brace ...
 *         ls_array *y = ls_add(ls_sin(x), ls_cos(x));
 *         ls_keep(ls_sum(y));                      // ... but what is kept goes to the scope outside
 *     }
 *
 * Freeing a handle never invalidates another: views and pending results hold what they need. Random generators (ls_rng)
 * are owned the same way. */
#ifndef LOCKSTEP_SCOPE_H
#define LOCKSTEP_SCOPE_H

#include "types.h"

LS_BEGIN_DECLS

/** A scope as LS_SCOPE holds it. */
typedef struct ls_scope_guard {
    int depth; /**< of the scope */
    int once;  /**< 1 until the block has run */
} ls_scope_guard;

/** Opens a scope on the calling thread. Returns its depth, 1 or more, for ls_scope_close; -1 when out of memory: then
 *  arrays go to the scope outside, and closing -1 does nothing. Never reports an error. */
LS_API int ls_scope_open(void);

/** Closes the scope of that depth, and every scope opened since that is still open (which heals what longjmp skipped):
 *  everything they own is freed, newest first. Depths that are not open are ignored. */
LS_API void ls_scope_close(int depth);

/** Closes the scope of a guard; LS_SCOPE calls it. */
static inline void ls_scope_guard_close(ls_scope_guard *guard)
{
    ls_scope_close(guard->depth);
}

/** A block that owns the arrays made in it. `return` and `goto` out of it close it. It is a loop of one turn: `break` and
 *  `continue` inside leave the scope, not a loop around it (C++: they act on the loop around it). */
#ifndef __cplusplus
#define LS_SCOPE LS_SCOPE_(LS_GLUE(ls_scope_, __COUNTER__))
#define LS_SCOPE_(name)                                                                                                \
    for (ls_scope_guard name __attribute__((cleanup(ls_scope_guard_close))) = {ls_scope_open(), 1}; name.once;         \
         name.once = 0)
#endif

/** Moves an array to the scope outside the one that owns it (the root scope keeps its own), and names it: a program that
 *  computes it stores it. Returns `a`. NULL in, NULL out. */
LS_API ls_array *ls_keep(ls_array *a);

/** Frees a handle before its scope does. NULL is fine. The handle must not be used afterwards, by any thread. A handle
 *  that was retained lives on until it is released as often. */
LS_API void ls_free(ls_array *a);

/** Puts `a` into the variable *slot and frees what was there.
 *
 *  *slot holds a handle of its own afterwards, owned by the scope that owned the old one (an empty slot: by the scope
 *  outside the innermost), and named. So a variable outside a loop can be set inside a LS_SCOPE, and
 *  `ls_set(&prev, cur); ls_set(&cur, next);` does what it says. When `a` is written as a call, as in
 *  `ls_set(&r, ls_add(r, step))`, its handle moves into the slot, so that a loop without a scope runs at constant memory.
 *  NULL makes the slot NULL: an error goes on to the next call. Needs no memory check: when out of memory the slot
 *  becomes NULL and the error is recorded. */
LS_API void ls_set(const char *place, ls_array **slot, ls_array *a, bool is_call);
#if defined(__GNUC__)
#define ls_set(slot, a) ls_set(LS_HERE, (slot), (a), __builtin_strchr(#a, '(') != NULL)
#else
#define ls_set(slot, a) ls_set(LS_HERE, (slot), (a), false)
#endif

/** Adds a reference for a handle stored where no scope reaches: in a struct, or passed to another thread. Names the
 *  array. Each ls_retain wants one ls_release. Returns `a`; NULL in, NULL out. Thread-safe. */
LS_API ls_array *ls_retain(ls_array *a);

/** Gives up one reference of ls_retain. NULL is fine. Thread-safe. */
LS_API void ls_release(ls_array *a);

LS_END_DECLS

#ifdef __cplusplus
namespace lockstep_detail {
struct scope {
    int depth = ls_scope_open();
    scope() = default;
    scope(const scope &) = delete;
    scope &operator=(const scope &) = delete;
    ~scope() { ls_scope_close(depth); }
};
} // namespace lockstep_detail
#define LS_SCOPE if (lockstep_detail::scope LS_GLUE(ls_scope_, __COUNTER__); true)
#endif

#endif
