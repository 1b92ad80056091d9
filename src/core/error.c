/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The per-thread error record and the name of the public call in progress. Decides how the text is put together and what
 * is cut when it is too long (the message, never the place); leaves the message to who found the fault. */
#include "error.h"
#include "lockstep/error.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = LSI_ERROR_TEXT, FUNCTION_LIMIT = 64, PLACE_LIMIT = 128 };

typedef struct record {
    ls_status status;
    bool reported;
    char *text; /* TEXT_SIZE; NULL before the thread's first error, and when there is no memory for it */
} record;

static _Thread_local record current_error;
LSI_THREAD_WORD lsi_call *lsi_current_call;

/* --- the room for a thread's text: not in thread-local storage, of which there is little (tls.h) --- */

static pthread_key_t text_key;
static bool text_key_made;

static void free_text(void *text)
{
    current_error.text = NULL;
    free(text);
}

static void make_text_key(void)
{
    text_key_made = pthread_key_create(&text_key, free_text) == 0;
}

static char *text_room(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (current_error.text) return current_error.text;
    pthread_once(&once, make_text_key);
    char *text = text_key_made ? calloc(TEXT_SIZE, 1) : NULL;
    if (text && pthread_setspecific(text_key, text) != 0) {
        free(text);
        text = NULL;
    }
    return current_error.text = text;
}

/* What there is to say about an error; without memory for more, what its status means. */
static const char *text_of(ls_status status)
{
    return status != LS_OK && current_error.text ? current_error.text : ls_status_text(status);
}

lsi_call *lsi_call_suspend(void)
{
    lsi_call *call = lsi_current_call;
    lsi_current_call = NULL;
    return call;
}

void lsi_call_resume(lsi_call *call)
{
    lsi_current_call = call;
}

const char *lsi_current_function(void)
{
    return lsi_current_call && lsi_current_call->function ? lsi_current_call->function : "lockstep";
}

const char *lsi_current_place(void)
{
    return lsi_current_call ? lsi_current_call->place : NULL;
}

/* "src/deep/app.c:17" -> "app.c:17": the same text wherever the program was built. */
static const char *without_directory(const char *place)
{
    const char *name = place;
    for (const char *p = place; *p; p++)
        if (*p == '/' || *p == '\\') name = p + 1;
    return name;
}

/* Keeps room for the place, cuts the message with "..." where it does not fit, and stays one line. */
static void compose(char *text, const char *function, const char *place, const char *format, va_list arguments)
{
    char where[PLACE_LIMIT + 8] = "";
    if (place) snprintf(where, sizeof where, " at %.*s", PLACE_LIMIT, without_directory(place));
    const size_t room = TEXT_SIZE - strlen(where);
    const int head = snprintf(text, room, "%.*s: ", FUNCTION_LIMIT, function);
    const size_t used = head > 0 ? (size_t)head : 0;
    const int length = vsnprintf(text + used, room - used, format, arguments);
    if (length < 0) snprintf(text + used, room - used, "(the message could not be formatted)");
    if (length >= 0 && (size_t)length >= room - used) memcpy(text + room - 4, "...", 4);
    for (char *p = text; *p; p++)
        if (*p == '\n' || *p == '\r') *p = ' ';
    memcpy(text + strlen(text), where, strlen(where) + 1);
}

static ls_status record_error(const char *function, const char *place, ls_status status, const char *format,
                              va_list arguments)
{
    record *r = &current_error;
    if (status == LS_OK || (r->status != LS_OK && !r->reported)) return status;
    char *text = text_room();
    if (text) compose(text, function ? function : "lockstep", place, format, arguments);
    r->status = status;
    r->reported = false;
    return status;
}

ls_status lsi_fail(ls_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    record_error(lsi_current_function(), lsi_current_place(), status, format, arguments);
    va_end(arguments);
    return status;
}

ls_status lsi_fail_for(const char *function, const char *place, ls_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    record_error(function, place, status, format, arguments);
    va_end(arguments);
    return status;
}

ls_status lsi_fail_null(int position)
{
    const ls_status cause = lsi_unreported_error();
    return cause != LS_OK ? cause : lsi_fail(LS_EARGUMENT, "argument %d is NULL", position);
}

ls_status lsi_pending_error(void)
{
    return current_error.status;
}

ls_status lsi_unreported_error(void)
{
    return current_error.reported ? LS_OK : current_error.status;
}

const char *lsi_error_text(void)
{
    return text_of(current_error.status);
}

ls_status lsi_report_failure(ls_status status)
{
    const ls_status first = lsi_unreported_error();
    current_error.reported = true;
    return first != LS_OK ? first : status;
}

void lsi_error_save(lsi_error_copy *out)
{
    out->status = lsi_unreported_error();
    snprintf(out->text, sizeof out->text, "%s", out->status != LS_OK ? text_of(out->status) : "");
}

ls_status lsi_error_adopt(const lsi_error_copy *error)
{
    if (error->status == LS_OK || lsi_unreported_error() != LS_OK) return error->status;
    current_error.status = error->status;
    current_error.reported = false;
    char *text = text_room();
    if (text) memcpy(text, error->text, TEXT_SIZE);
    return error->status;
}

ls_status ls_error(void)
{
    current_error.reported = true;
    return current_error.status;
}

const char *ls_error_message(void)
{
    current_error.reported = true;
    return lsi_error_text();
}

void ls_clear_error(void)
{
    current_error.status = LS_OK;
    current_error.reported = false;
}

int ls_perror(const char *prefix)
{
    const bool named = prefix && *prefix;
    fprintf(stderr, "%s%s%s\n", named ? prefix : "", named ? ": " : "", ls_error_message());
    return 1;
}

const char *ls_status_text(ls_status status)
{
    switch ((int)status) {
#define LS_ERROR_ROW(NAME, value, text)                                                                                \
    case value: return text;
#include "lockstep/errors.def"
    default: return "unknown status";
    }
}
