/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Remembering handles while debugging is on: a list of those alive, and a quarantine of those freed. */
#ifndef LSI_LAZY_DEBUG_H
#define LSI_LAZY_DEBUG_H

#include "lazy/array.h"

extern _Atomic bool lsi_debug_on;

void lsi_debug_made_(ls_array *a);
bool lsi_debug_freed_(ls_array *a);

static inline void lsi_debug_made(ls_array *a)
{
    if (atomic_load_explicit(&lsi_debug_on, memory_order_relaxed)) {
        lsi_debug_made_(a);
    }
}
/* True when the handle's memory is kept: the caller must not free it. */
static inline bool lsi_debug_freed(ls_array *a)
{
    return a->listed && lsi_debug_freed_(a);
}
/* Around a fork (lazy/fork.h). */
void lsi_debug_lock(void);
void lsi_debug_unlock(void);
/* Frees what is in quarantine. */
void lsi_debug_forget_freed(void);
/* Calls visit for every remembered handle that is alive. */
void lsi_debug_each(void (*visit)(const ls_array *a, void *context), void *context);

#endif
