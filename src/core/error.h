/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The per-thread error record: the first unreported error wins. Decides when a record is written and when it counts as
 * reported; leaves the wording to the place that knows the values. */
#ifndef LSI_CORE_ERROR_H
#define LSI_CORE_ERROR_H

#include "core/tls.h"
#include "lockstep/types.h"
#include <stdarg.h>

/* Names the public call in progress on this thread, for the texts of errors below it. `place` is "file:line" of the
 * user's call and may be NULL. Both strings are borrowed and must outlive the call (they are literals). Calls nest: a
 * public function that uses another one keeps the outermost name. lsi_leave ends it; use LSI_CALL. */
typedef struct lsi_call {
    const char *function, *place;
    struct lsi_call *outer;
} lsi_call;
extern LSI_THREAD_WORD lsi_call *lsi_current_call;
static inline void lsi_enter(lsi_call *call, const char *function, const char *place)
{
    lsi_call *outer = lsi_current_call;
    call->function = outer ? outer->function : function;
    call->place = outer ? outer->place : place;
    call->outer = outer;
    lsi_current_call = call;
}
static inline void lsi_leave(lsi_call *call)
{
    lsi_current_call = call->outer;
}

/* Opens the call for the rest of the block: LSI_CALL("ls_add", place); closed by the cleanup attribute. */
#define LSI_CALL(function, place) LSI_CALL_(lsi_call_in_progress, function, place)
#define LSI_CALL_(name, function, place)                                                                               \
    __attribute__((cleanup(lsi_leave), unused)) lsi_call name;                                                         \
    lsi_enter(&name, function, place)

/* The outermost public call in progress on this thread ("ls_add"), and its place; "lockstep" and NULL outside any. */
const char *lsi_current_function(void);
const char *lsi_current_place(void);
/* Around a user's callback: calls made inside it are the user's own and carry their own names. Suspending also keeps
 * the frames honest when the callback leaves by longjmp. Resume with what suspend gave. */
lsi_call *lsi_call_suspend(void);
void lsi_call_resume(lsi_call *call);

/* Records an error unless one is unreported already. The text becomes "<function>: <message> at <file>:<line>".
 * Returns `status`, so that `return lsi_fail(LS_ESHAPE, "...")` reads well. */
ls_status lsi_fail(ls_status status, const char *format, ...) LS_PRINTF(2, 3);
/* The same for an error that belongs to an earlier call: `function` and `place` as remembered by a node. */
ls_status lsi_fail_for(const char *function, const char *place, ls_status status, const char *format, ...)
    LS_PRINTF(4, 5);
/* NULL came in as argument `position` (from 1): records "argument N is NULL" unless an error is unreported, in which
 * case that one is the cause. Returns the cause's code. */
ls_status lsi_fail_null(int position);

/* The unreported or last reported status of this thread, LS_OK if none. */
ls_status lsi_pending_error(void);
/* The status of this thread's error while it is unreported, else LS_OK. */
ls_status lsi_unreported_error(void);
/* The text of this thread's error ("no error" if none) without marking it reported. */
const char *lsi_error_text(void);
/* The last line of a call that ends a chain: `return lsi_report(status)`. LS_OK stays LS_OK and leaves the record alone
 * (another chain's error waits for its own end). Otherwise marks the record reported and returns the code of the first
 * unreported error, or `status` when none is. */
ls_status lsi_report_failure(ls_status status);
static inline ls_status lsi_report(ls_status status)
{
    return status == LS_OK ? LS_OK : lsi_report_failure(status);
}

/* An error on its way from a worker thread to the caller's. */
enum { LSI_ERROR_TEXT = 1024 };
typedef struct lsi_error_copy {
    ls_status status;
    char text[LSI_ERROR_TEXT];
} lsi_error_copy;
void lsi_error_save(lsi_error_copy *out);                   /* this thread's unreported error, LS_OK if none */
ls_status lsi_error_adopt(const lsi_error_copy *error);     /* records it as it is, unless one is unreported */

#endif
