/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The list and the quarantine, under one lock: debugging may be slow. */
#include "lazy/debug.h"
#include "memory/prim.h"

#include <pthread.h>

enum { QUARANTINE = 4096 }; /* handles; a handle is some hundred bytes */

_Atomic bool lsi_debug_on;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static ls_array *newest;
static ls_array *quarantine[QUARANTINE];
static unsigned long freed;

void lsi_debug_lock(void)
{
    pthread_mutex_lock(&mutex);
}

void lsi_debug_unlock(void)
{
    pthread_mutex_unlock(&mutex);
}

void lsi_debug_made_(ls_array *a)
{
    pthread_mutex_lock(&mutex);
    a->listed = true;
    a->older = newest;
    if (newest) {
        newest->newer = a;
    }
    newest = a;
    pthread_mutex_unlock(&mutex);
}

bool lsi_debug_freed_(ls_array *a)
{
    pthread_mutex_lock(&mutex);
    *(a->newer ? &a->newer->older : &newest) = a->older;
    if (a->older) {
        a->older->newer = a->newer;
    }
    const bool keep = atomic_load(&lsi_debug_on);
    ls_array *oldest = NULL;
    if (keep) {
        ls_array **slot = &quarantine[freed++ % QUARANTINE];
        oldest = *slot;
        *slot = a;
    }
    pthread_mutex_unlock(&mutex);
    if (oldest) {
        lsi_array_give(oldest);
    }
    return keep;
}

void lsi_debug_forget_freed(void)
{
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < QUARANTINE; i++) {
        if (quarantine[i]) {
            lsi_array_give(quarantine[i]);
        }
        quarantine[i] = NULL;
    }
    pthread_mutex_unlock(&mutex);
}

void lsi_debug_each(void (*visit)(const ls_array *a, void *context), void *context)
{
    pthread_mutex_lock(&mutex);
    for (const ls_array *a = newest; a; a = a->older) {
        visit(a, context);
    }
    pthread_mutex_unlock(&mutex);
}
