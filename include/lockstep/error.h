/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Errors: what went wrong, in words with values, and where in your program.
 *
 * Calls that make an array return NULL when they fail, and NULL goes in where an array goes: a chain of calls needs one
 * check, at its end. The calls that end a chain (ls_item, ls_to_host, ls_save, ls_print, ls_evaluate, ls_sync,
 * ls_assign, ...) return an ls_status: LS_OK, which is 0, or the code of the first thing that failed.
 *
 * Each thread keeps one error: a code and a text such as
 *
 *     ls_add: shapes (3,4) and (5,) do not broadcast (axis 1: 4 and 5) at app.c:17
 *
 * The first error wins until it has been reported; later ones are its consequences and leave it alone. It is reported
 * once a call has returned its code, or once you asked for it with one of the calls below; the next failure then
 * replaces it. The library itself never prints, exits or aborts.
 *
 * Threads: an error belongs to the thread whose call failed, and these calls see that thread's only. Memory: the record
 * has a fixed size inside the thread's storage; nothing here allocates or can fail. These are plain functions, no
 * macros, and take no place. */
#ifndef LOCKSTEP_ERROR_H
#define LOCKSTEP_ERROR_H

#include "types.h"

LS_BEGIN_DECLS

/** The code of this thread's last error; LS_OK when there was none since the start or since ls_clear_error(). It stays
 * until then, also after calls that succeed. Asking makes the error reported. */
LS_API ls_status ls_error(void);

/** The text of this thread's last error, "no error" when there is none: never NULL, one line, at most 1023 bytes, no
 * newline at the end. The pointer is the library's and the text lasts until this thread's next Lockstep call. Asking
 * makes the error reported. */
LS_API const char *ls_error_message(void);

/** Forgets this thread's error: ls_error() is LS_OK again. */
LS_API void ls_clear_error(void);

/** Prints "prefix: text" and a newline to stderr, or the text alone when prefix is NULL or "". Returns 1, so that a
 * main function can end with `return ls_perror("sum");`. Makes the error reported. */
LS_API int ls_perror(const char *prefix);

/** A few words for a status code ("out of memory"), static; "unknown status" for a number that is no code. Says nothing
 * about this thread's error. */
LS_API const char *ls_status_text(ls_status status);

LS_END_DECLS

#endif
