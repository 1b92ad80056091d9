/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public side of ownership. */
#include "lockstep/scope.h"
#include "api/call.h"
#include "lazy/debug.h"
#include "lazy/scope.h"

int ls_scope_open(void)
{
    return lsi_scope_open();
}

void ls_scope_close(int depth)
{
    lsi_scope_close(depth);
}

static bool alive(const ls_array *a)
{
    return a && a->magic == LSI_ARRAY_ALIVE;
}

ls_array *ls_keep(ls_array *a)
{
    if (alive(a)) {
        lsi_array_name(a);
        lsi_scope_lift(&a->owned);
    }
    return a;
}

/* Freeing what was freed is found out while debugging. */
static void check_freed(const char *function, const ls_array *a)
{
    if (a && !alive(a) && atomic_load(&lsi_debug_on)) {
        LSI_CALL(function, NULL);
        lsi_array_check(a, 1);
    }
}

void ls_free(ls_array *a)
{
    check_freed("ls_free", a);
    if (alive(a) && lsi_scope_disown(&a->owned)) {
        lsi_array_release(a);
    }
}

ls_array *ls_retain(ls_array *a)
{
    if (alive(a)) {
        lsi_array_name(a);
        lsi_array_retain(a);
    }
    return a;
}

void ls_release(ls_array *a)
{
    check_freed("ls_release", a);
    if (alive(a)) {
        lsi_array_release(a);
    }
}

/* A handle for the slot: the argument's own when nothing else can name it, else another one on the same elements. */
static ls_array *slot_handle(ls_array *a, bool is_call)
{
    if (is_call && lsi_scope_newest(&a->owned) && atomic_load(&a->refs) == 1) {
        return a;
    }
    lsi_layout layout;
    lsi_array_layout(a, &layout);
    return lsi_array_view(a, &layout);
}

void (ls_set)(const char *place, ls_array **slot, ls_array *a, bool is_call)
{
    LSI_CALL("ls_set", place);
    ls_array *old = *slot;
    if (a == old) {
        return;
    }
    ls_array *handle = alive(a) ? slot_handle(a, is_call) : NULL;
    if (handle) {
        lsi_array_name(handle);
        if (alive(old)) {
            lsi_scope_disown(&handle->owned);
            lsi_scope_replace(&old->owned, &handle->owned);
        } else {
            lsi_scope_lift(&handle->owned);
        }
    } else if (alive(old)) {
        lsi_scope_disown(&old->owned);
    }
    *slot = handle;
    if (alive(old)) {
        lsi_array_release(old);
    }
}
