/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Scopes as the rest of the library uses them (array.h has adopt and disown). */
#ifndef LSI_LAZY_SCOPE_H
#define LSI_LAZY_SCOPE_H

#include "lazy/array.h"

typedef struct lsi_scope lsi_scope;

/* Opens a scope on the calling thread and returns its depth (1 and up); -1 when out of memory. */
int lsi_scope_open(void);
/* Closes the scope of that depth and every one above it; -1 and depths not open are ignored. */
void lsi_scope_close(int depth);
/* Moves ownership to the scope outside the owner; the root scope keeps its own. */
void lsi_scope_lift(lsi_owned *owned);
/* `replacement`, owned by nobody, takes the place of `owned`, which nobody owns afterwards. */
void lsi_scope_replace(lsi_owned *owned, lsi_owned *replacement);
/* Whether nothing was made on this thread since `owned`, in the innermost scope. */
bool lsi_scope_newest(const lsi_owned *owned);
/* Calls visit for everything the calling thread's scopes own, from the root (depth 0) inwards. */
void lsi_scope_visit(void (*visit)(lsi_owned *owned, int depth, void *context), void *context);
/* The newest things that the calling thread's scopes own, innermost scope first, n at most; returns how many. They are
 * good until one of them is given up. */
int lsi_scope_recent(int n, lsi_owned **owned);
/* Whether one of the calling thread's scopes owns it. */
bool lsi_scope_is_own(const lsi_owned *owned);
/* The locks of all threads' scopes, for fork.h. */
void lsi_scopes_lock(void);
void lsi_scopes_unlock(void);

#endif
