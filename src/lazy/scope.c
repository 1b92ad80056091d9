/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Scopes: who owns what a call makes. Every thread has a stack of scopes on a growable list, the root scope at the
 * bottom; each scope is a doubly linked list of what it owns, so that freeing early and moving up cost nothing. Closing
 * a scope closes every scope above it on the stack first, which heals what longjmp skipped.
 *
 * An object may be disowned by another thread than its scope's, so each stack has a lock, which leans to its own thread.
 * Another thread finds the stack under the lock of the list of all stacks, without which none goes away. */
#include "lazy/scope.h"
#include "core/lock.h"
#include "memory/prim.h"

#include <pthread.h>

struct lsi_scope {
    struct lsi_scope_stack *stack;
    lsi_owned *first, *last;
};

typedef struct lsi_scope_stack {
    lsi_lock lock;
    int depth, capacity;      /* scopes open, scopes[0] is the root */
    lsi_scope **scopes;
    uint64_t adopted;         /* things in all, counted by the thread itself */
    struct lsi_scope_stack *next, *previous; /* in the list of all */
} lsi_scope_stack;

static pthread_mutex_t all_mutex = PTHREAD_MUTEX_INITIALIZER;
static lsi_scope_stack *all; /* every thread's, for forks */

static pthread_key_t stack_key;
static pthread_once_t stack_once = PTHREAD_ONCE_INIT;
static LSI_THREAD_WORD lsi_scope_stack *thread_stack;

static void close_above(lsi_scope_stack *stack, int depth);

static void list_stack(lsi_scope_stack *stack)
{
    pthread_mutex_lock(&all_mutex);
    stack->next = all;
    if (all) {
        all->previous = stack;
    }
    all = stack;
    pthread_mutex_unlock(&all_mutex);
}

static void unlist_stack(lsi_scope_stack *stack)
{
    pthread_mutex_lock(&all_mutex);
    *(stack->previous ? &stack->previous->next : &all) = stack->next;
    if (stack->next) {
        stack->next->previous = stack->previous;
    }
    lsi_lock_take(&stack->lock); /* whoever found it before is done now; nobody finds it any more */
    lsi_lock_give(&stack->lock);
    pthread_mutex_unlock(&all_mutex);
}

static void stack_delete(void *pointer)
{
    lsi_scope_stack *stack = pointer;
    thread_stack = stack;
    close_above(stack, 0);
    unlist_stack(stack);
    for (int i = 0; i < stack->capacity; i++) {
        lsi_dealloc(stack->scopes[i]);
    }
    lsi_dealloc(stack->scopes);
    lsi_lock_destroy(&stack->lock);
    lsi_dealloc(stack);
    thread_stack = NULL;
}

static void stack_key_make(void)
{
    pthread_key_create(&stack_key, stack_delete);
}

/* Makes scopes[depth] exist and be empty, and opens it. */
static lsi_scope *scope_push(lsi_scope_stack *stack)
{
    if (stack->depth == stack->capacity) {
        int capacity = stack->capacity + 8;
        lsi_scope **scopes = lsi_realloc(stack->scopes, (size_t)capacity, sizeof *scopes);
        if (!scopes) {
            return NULL;
        }
        for (int i = stack->capacity; i < capacity; i++) {
            scopes[i] = NULL;
        }
        stack->scopes = scopes;
        stack->capacity = capacity;
    }
    lsi_scope *scope = stack->scopes[stack->depth];
    if (!scope) {
        scope = lsi_alloc(1, sizeof *scope);
        if (!scope) {
            return NULL;
        }
        scope->stack = stack;
        stack->scopes[stack->depth] = scope;
    }
    stack->depth++;
    return scope;
}

/* The calling thread's stack with its root scope open; NULL when out of memory. */
static lsi_scope_stack *stack_get(void)
{
    if (thread_stack) {
        return thread_stack;
    }
    pthread_once(&stack_once, stack_key_make);
    lsi_scope_stack *stack = lsi_alloc(1, sizeof *stack);
    if (!stack) {
        return NULL;
    }
    lsi_lock_init(&stack->lock);
    lsi_lock_take(&stack->lock); /* it leans to this thread */
    lsi_lock_give(&stack->lock);
    list_stack(stack);
    if (!scope_push(stack) || pthread_setspecific(stack_key, stack)) {
        stack_delete(stack);
        return NULL;
    }
    thread_stack = stack;
    return stack;
}

static void unlink_owned(lsi_scope *scope, lsi_owned *owned)
{
    *(owned->previous ? &owned->previous->next : &scope->first) = owned->next;
    *(owned->next ? &owned->next->previous : &scope->last) = owned->previous;
    atomic_store_explicit(&owned->scope, NULL, memory_order_relaxed);
    owned->previous = owned->next = NULL;
}

static void link_owned(lsi_scope *scope, lsi_owned *owned)
{
    atomic_store_explicit(&owned->scope, scope, memory_order_relaxed);
    owned->previous = scope->last;
    owned->next = NULL;
    *(scope->last ? &scope->last->next : &scope->first) = owned;
    scope->last = owned;
}

static inline void lock(lsi_scope_stack *stack)
{
    lsi_lock_take(&stack->lock);
}

static inline void unlock(lsi_scope_stack *stack)
{
    if (lsi_lock_is_light(&stack->lock)) {
        lsi_lock_give_lightly(&stack->lock);
    } else if (lsi_lock_is_owner(&stack->lock)) {
        lsi_lock_give(&stack->lock);
    } else {
        lsi_lock_leave(&stack->lock);
    }
}

/* The same for the thread's own stack: enter says, and leave is told, whether the mutex was spared. */
static inline bool enter(lsi_scope_stack *stack)
{
    const bool light = lsi_lock_take_lightly(&stack->lock);
    if (!light) {
        lsi_lock_take_slowly(&stack->lock);
    }
    return light;
}

static inline void leave(lsi_scope_stack *stack, bool light)
{
    if (light) {
        lsi_lock_give_lightly(&stack->lock);
    } else {
        unlock(stack);
    }
}

/* Releases what a scope owns, newest first. The lock is not held while releasing: a deleter may call the library, and
 * make things that this scope owns. */
static void scope_empty(lsi_scope *scope)
{
    lsi_scope_stack *stack = scope->stack;
    bool more = true;
    while (more) {
        const bool light = enter(stack);
        lsi_owned *owned = scope->last;
        if (owned) {
            unlink_owned(scope, owned);
        }
        more = scope->last != NULL;
        leave(stack, light);
        if (owned) {
            const uint64_t before = stack->adopted;
            owned->release(owned);
            more = more || stack->adopted != before;
        }
    }
}

static void close_above(lsi_scope_stack *stack, int depth)
{
    while (stack->depth > depth) {
        scope_empty(stack->scopes[stack->depth - 1]);
        stack->depth--;
    }
}

int lsi_scope_open(void)
{
    lsi_scope_stack *stack = stack_get();
    if (!stack) {
        return -1;
    }
    int depth = stack->depth;
    return scope_push(stack) ? depth : -1;
}

void lsi_scope_close(int depth)
{
    if (thread_stack && depth > 0) {
        close_above(thread_stack, depth);
    }
}

bool lsi_scope_adopt(lsi_owned *owned, void (*release)(lsi_owned *owned))
{
    lsi_scope_stack *stack = stack_get();
    if (!stack) {
        return false;
    }
    owned->release = release;
    stack->adopted++;
    const bool light = enter(stack);
    link_owned(stack->scopes[stack->depth - 1], owned);
    leave(stack, light);
    return true;
}

/* Without following the pointer: another thread's scope may be gone. */
static bool is_own(const lsi_scope *scope)
{
    const lsi_scope_stack *stack = thread_stack;
    for (int depth = stack ? stack->depth - 1 : -1; depth >= 0; depth--) {
        if (stack->scopes[depth] == scope) {
            return true;
        }
    }
    return false;
}

/* Locks the stack of the scope that owns `owned`; NULL when none does. */
static lsi_scope *owner_lock(lsi_owned *owned)
{
    lsi_scope *scope = atomic_load_explicit(&owned->scope, memory_order_relaxed);
    if (!scope) {
        return NULL;
    }
    lsi_scope_stack *stack = is_own(scope) ? scope->stack : NULL;
    if (stack) {
        lock(stack);
    } else {
        pthread_mutex_lock(&all_mutex);
        scope = atomic_load_explicit(&owned->scope, memory_order_relaxed);
        stack = scope ? scope->stack : NULL;
        if (stack) {
            lock(stack);
        }
        pthread_mutex_unlock(&all_mutex);
    }
    scope = atomic_load_explicit(&owned->scope, memory_order_relaxed);
    if (!scope && stack) { /* its own thread was faster */
        unlock(stack);
    }
    return scope;
}

bool lsi_scope_disown(lsi_owned *owned)
{
    lsi_scope *scope = owner_lock(owned);
    if (!scope) {
        return false;
    }
    unlink_owned(scope, owned);
    unlock(scope->stack);
    return true;
}

void lsi_scope_replace(lsi_owned *owned, lsi_owned *replacement)
{
    lsi_scope *scope = owner_lock(owned);
    if (!scope) { /* the old one was retained by hand: the innermost scope takes the new one */
        lsi_scope_adopt(replacement, owned->release);
        return;
    }
    lsi_scope_stack *stack = scope->stack;
    unlink_owned(scope, owned);
    link_owned(scope, replacement);
    replacement->release = owned->release;
    unlock(stack);
}

void lsi_scope_lift(lsi_owned *owned)
{
    lsi_scope *scope = owner_lock(owned);
    if (!scope) {
        return;
    }
    lsi_scope_stack *stack = scope->stack;
    int depth = 0;
    while (stack->scopes[depth] != scope) {
        depth++;
    }
    if (depth > 0) {
        unlink_owned(scope, owned);
        link_owned(stack->scopes[depth - 1], owned);
    }
    unlock(stack);
}

void lsi_scope_visit(void (*visit)(lsi_owned *owned, int depth, void *context), void *context)
{
    lsi_scope_stack *stack = thread_stack;
    if (!stack) {
        return;
    }
    lock(stack);
    for (int depth = 0; depth < stack->depth; depth++) {
        for (lsi_owned *owned = stack->scopes[depth]->first; owned; owned = owned->next) {
            visit(owned, depth, context);
        }
    }
    unlock(stack);
}

int lsi_scope_recent(int n, lsi_owned **recent)
{
    lsi_scope_stack *stack = thread_stack;
    int count = 0;
    if (!stack) {
        return 0;
    }
    lock(stack);
    for (int depth = stack->depth - 1; depth >= 0; depth--) {
        for (lsi_owned *owned = stack->scopes[depth]->last; owned && count < n; owned = owned->previous) {
            recent[count++] = owned;
        }
    }
    unlock(stack);
    return count;
}

bool lsi_scope_is_own(const lsi_owned *owned)
{
    const lsi_scope *scope = atomic_load_explicit(&owned->scope, memory_order_relaxed);
    return scope && is_own(scope);
}

void lsi_scopes_lock(void)
{
    pthread_mutex_lock(&all_mutex);
    for (lsi_scope_stack *stack = all; stack; stack = stack->next) {
        lock(stack);
    }
}

void lsi_scopes_unlock(void)
{
    for (lsi_scope_stack *stack = all; stack; stack = stack->next) {
        unlock(stack);
    }
    pthread_mutex_unlock(&all_mutex);
}

bool lsi_scope_newest(const lsi_owned *owned)
{
    lsi_scope_stack *stack = thread_stack;
    return stack && stack->scopes[stack->depth - 1]->last == owned;
}
