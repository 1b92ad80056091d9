/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Arrays as somebody who looks for a mistake wants to see them. */
#include "lockstep/debug.h"
#include "api/call.h"
#include "api/init.h"
#include "lazy/debug.h"
#include "lazy/scope.h"
#include "lockstep/io.h"

#include <stdlib.h>

/* "float64 (3, 4) on cpu, stored, made by ls_add at app.c:7" */
static void write_facts(FILE *stream, const ls_array *a)
{
    static const char *const states[] = {[LSI_PENDING] = "pending", [LSI_RUNNING] = "running", [LSI_STORED] = "stored"};
    char shape[LSI_SHAPE_TEXT];
    const lsi_version *v = a->cell->version;
    fprintf(stream, "%s %s on %s, %s", lsi_dtype_name(a->dtype),
            lsi_shape_text(a->ndim, lsi_array_shape(a), shape), v->backend->name, states[v->state]);
    if (a->function) {
        fprintf(stream, ", made by %s at %s", a->function, a->place ? a->place : "?");
    }
}

ls_status (ls_show)(const char *place, const char *name, const ls_array *a)
{
    LSI_CALL("ls_show", place);
    if (!lsi_array_check(a, 1)) {
        fprintf(stderr, "%s: %s\n", name, lsi_error_text());
        return lsi_report(lsi_pending_error());
    }
    const ls_status status = lsi_evaluate(1, &a);
    fprintf(stderr, "%s: ", name);
    write_facts(stderr, a);
    fputc('\n', stderr);
    return status ? lsi_report(status) : (ls_fprint)(place, stderr, a, NULL);
}

/* --- what is alive --- */

typedef struct listing {
    FILE *stream;
    int64_t count;
    int depth; /* of the scope listed last; below 0: of none */
} listing;

static void list_array(listing *l, const ls_array *a)
{
    l->count++;
    if (!l->stream) {
        return;
    }
    fputs("  ", l->stream);
    write_facts(l->stream, a);
    fputc('\n', l->stream);
}

static void list_owned(lsi_owned *owned, int depth, void *context)
{
    listing *l = context;
    const ls_array *a = lsi_array_of_owned(owned);
    if (!a) {
        return;
    }
    if (l->stream && depth != l->depth) {
        fprintf(l->stream, depth == 0 ? "root scope\n" : "scope %d\n", depth);
    }
    l->depth = depth;
    list_array(l, a);
}

static void list_unowned(const ls_array *a, void *context)
{
    listing *l = context;
    if (a->owned.scope) {
        return;
    }
    if (l->stream && l->depth != -2) {
        fputs("no scope: retained and not released\n", l->stream);
    }
    l->depth = -2;
    list_array(l, a);
}

static void list_foreign(const ls_array *a, void *context)
{
    listing *l = context;
    if (!a->owned.scope || lsi_scope_is_own(&a->owned)) {
        return;
    }
    if (l->stream && l->depth != -3) {
        fputs("scopes of other threads\n", l->stream);
    }
    l->depth = -3;
    list_array(l, a);
}

int64_t ls_list_arrays(FILE *stream)
{
    listing l = {.stream = stream, .depth = -1};
    lsi_scope_visit(list_owned, &l);
    lsi_debug_each(list_foreign, &l);
    lsi_debug_each(list_unowned, &l);
    return l.count;
}

void ls_set_debug(bool on)
{
    atomic_store(&lsi_debug_on, on);
    if (!on) {
        lsi_debug_forget_freed();
    }
}

/* --- LOCKSTEP_DEBUG --- */

static void list_leaks(void)
{
    listing l = {.stream = NULL, .depth = -1};
    lsi_debug_each(list_unowned, &l);
    if (l.count) {
        l = (listing){.stream = stderr, .depth = -1};
        fputs("lockstep: arrays alive at the end of the program\n", stderr);
        lsi_debug_each(list_unowned, &l);
    }
}

void lsi_debug_from_environment(void)
{
    const char *wish = secure_getenv("LOCKSTEP_DEBUG");
    if (wish && strcmp(wish, "1") == 0 && atexit(list_leaks) == 0) {
        ls_set_debug(true);
    }
}
