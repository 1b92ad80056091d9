/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The error record: what the text says, which error wins, and that threads do not see each other's. */
#include "core/error.h"
#include "lockstep/error.h"

#include "check.h"

#include <pthread.h>
#include <setjmp.h>
#include <unistd.h>

TEST(text)
{
    ls_clear_error();
    CHECK_STATUS(ls_error(), LS_OK);
    CHECK_STR(ls_error_message(), "no error");
    {
        LSI_CALL("ls_add", "/home/user/src/app.c:17");
        CHECK_STATUS(lsi_fail(LS_ESHAPE, "shapes %s and %s do not broadcast (axis %d: %d and %d)", "(3,4)", "(5,)", 1, 4, 5),
                     LS_ESHAPE);
    }
    CHECK_STATUS(ls_error(), LS_ESHAPE);
    CHECK_STR(ls_error_message(), "ls_add: shapes (3,4) and (5,) do not broadcast (axis 1: 4 and 5) at app.c:17");
    ls_clear_error();
    lsi_fail(LS_EINTERNAL, "outside of any call");
    CHECK_STR(ls_error_message(), "lockstep: outside of any call");
    ls_clear_error();
    lsi_fail_for("ls_sum", "C:\\work\\main.c:3", LS_ENOMEM, "two\nlines");
    CHECK_STR(ls_error_message(), "ls_sum: two lines at main.c:3");
    ls_clear_error();
    lsi_fail_for(NULL, "dir/", LS_ENOMEM, "%s", "");
    CHECK_STR(ls_error_message(), "lockstep:  at ");
    ls_clear_error();
}

TEST(first_unreported_wins)
{
    lsi_fail(LS_ESHAPE, "first");
    lsi_fail(LS_EDTYPE, "second");
    CHECK_STATUS(lsi_pending_error(), LS_ESHAPE);
    CHECK_STATUS(lsi_fail_null(1), LS_ESHAPE);
    CHECK_STATUS(lsi_report(LS_OK), LS_OK);
    CHECK_STATUS(lsi_unreported_error(), LS_ESHAPE);
    CHECK_STATUS(lsi_report(LS_EDTYPE), LS_ESHAPE);
    CHECK_STATUS(lsi_unreported_error(), LS_OK);
    CHECK_STATUS(lsi_pending_error(), LS_ESHAPE);
    CHECK_STATUS(lsi_report(LS_EIO), LS_EIO);
    CHECK_STR(lsi_error_text(), "lockstep: first");
    lsi_fail(LS_EAXIS, "third");
    CHECK_STR(lsi_error_text(), "lockstep: third");
    CHECK_STATUS(ls_error(), LS_EAXIS); /* having asked is being told */
    CHECK_STATUS(lsi_fail_null(2), LS_EARGUMENT);
    CHECK_STR(ls_error_message(), "lockstep: argument 2 is NULL");
    lsi_fail(LS_OK, "nothing happened");
    CHECK_STATUS(ls_error(), LS_EARGUMENT);
    ls_clear_error();
    CHECK_STATUS(ls_error(), LS_OK);
}

static void inside_callback(void)
{
    LSI_CALL("ls_in_callback", "c.c:3");
    CHECK_STR(lsi_current_function(), "ls_in_callback");
}

/* A public function that another one uses: the outermost name stays; a callback's calls have their own. */
static void inner_call(void)
{
    LSI_CALL("ls_inner", "b.c:2");
    CHECK_STR(lsi_current_function(), "ls_outer");
    CHECK_STR(lsi_current_place(), "a.c:1");
    lsi_call *suspended = lsi_call_suspend();
    inside_callback();
    CHECK_STR(lsi_current_function(), "lockstep");
    lsi_call_resume(suspended);
    CHECK_STR(lsi_current_function(), "ls_outer");
}

static void outer_call(void)
{
    LSI_CALL("ls_outer", "a.c:1");
    inner_call();
    CHECK_STR(lsi_current_function(), "ls_outer");
}

TEST(calls_nest)
{
    CHECK_STR(lsi_current_function(), "lockstep");
    CHECK(lsi_current_place() == NULL);
    outer_call();
    CHECK_STR(lsi_current_function(), "lockstep");
}

static jmp_buf escape;

static void left_by_longjmp(void)
{
    LSI_CALL("ls_map_host", "d.c:4");
    lsi_call_suspend(); /* as around a callback, which then jumps */
    longjmp(escape, 1);
}

TEST(longjmp_out_of_a_callback)
{
    if (setjmp(escape) == 0) left_by_longjmp();
    CHECK_STR(lsi_current_function(), "lockstep");
    outer_call();
}

TEST(long_texts_keep_the_place)
{
    char long_text[4000], long_place[4000], long_name[4000];
    memset(long_text, 'x', sizeof long_text - 1);
    memset(long_place, 'p', sizeof long_place - 1);
    memset(long_name, 'n', sizeof long_name - 1);
    long_text[sizeof long_text - 1] = long_place[sizeof long_place - 1] = long_name[sizeof long_name - 1] = '\0';
    ls_clear_error();
    lsi_fail_for("ls_f", "app.c:17", LS_EIO, "%s", long_text);
    CHECK_EQ_INT(strlen(ls_error_message()), LSI_ERROR_TEXT - 1);
    CHECK(strstr(ls_error_message(), "x... at app.c:17") != NULL);
    for (size_t length = LSI_ERROR_TEXT - 40; length < LSI_ERROR_TEXT; length++) {
        ls_clear_error();
        lsi_fail_for("ls_f", "app.c:17", LS_EIO, "%.*s", (int)length, long_text);
        const char *text = ls_error_message();
        CHECK(strlen(text) < LSI_ERROR_TEXT);
        CHECK_STR(text + strlen(text) - 12, " at app.c:17");
    }
    ls_clear_error();
    lsi_fail_for(long_name, long_place, LS_EIO, "%s", long_text);
    CHECK(strlen(ls_error_message()) < LSI_ERROR_TEXT);
    ls_clear_error();
}

TEST(status_texts)
{
    CHECK_STR(ls_status_text(LS_OK), "no error");
    CHECK_STR(ls_status_text(LS_ENOMEM), "out of memory");
    CHECK_STR(ls_status_text((ls_status)999), "unknown status");
    CHECK_STR(ls_status_text((ls_status)-1), "unknown status");
}

static void *other_thread(void *context)
{
    CHECK_STATUS(ls_error(), LS_OK);
    lsi_fail(LS_ECALLBACK, "on a worker");
    lsi_error_save(context);
    return NULL;
}

TEST(threads)
{
    lsi_error_copy copy;
    pthread_t thread;
    lsi_error_save(&copy);
    CHECK_STATUS(copy.status, LS_OK);
    lsi_fail(LS_EDEVICE, "on the main thread");
    if (!CHECK(pthread_create(&thread, NULL, other_thread, &copy) == 0)) return;
    pthread_join(thread, NULL);
    CHECK_STATUS(copy.status, LS_ECALLBACK);
    CHECK_STATUS(lsi_error_adopt(&copy), LS_ECALLBACK);
    CHECK_STR(ls_error_message(), "lockstep: on the main thread");
    CHECK_STATUS(lsi_error_adopt(&copy), LS_ECALLBACK);
    CHECK_STR(ls_error_message(), "lockstep: on a worker");
    ls_clear_error();
}

/* What ls_perror writes, read back from a file that stands in for stderr. */
TEST(perror)
{
    char line[200];
    FILE *file = tmpfile();
    if (!CHECK(file != NULL)) return;
    fflush(stderr);
    const int saved = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    lsi_fail_for("ls_sum", "a.c:1", LS_ENOMEM, "no memory for 8 bytes");
    const int status = ls_perror("sum") + ls_perror("") + ls_perror(NULL);
    CHECK_STATUS(lsi_unreported_error(), LS_OK);
    ls_clear_error();
    ls_perror("then");
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(file);
    CHECK_EQ_INT(status, 3);
    CHECK_STR(fgets(line, sizeof line, file), "sum: ls_sum: no memory for 8 bytes at a.c:1\n");
    CHECK_STR(fgets(line, sizeof line, file), "ls_sum: no memory for 8 bytes at a.c:1\n");
    CHECK_STR(fgets(line, sizeof line, file), "ls_sum: no memory for 8 bytes at a.c:1\n");
    CHECK_STR(fgets(line, sizeof line, file), "then: no error\n");
    fclose(file);
}

int main(void)
{
    RUN(perror);
    RUN(text);
    RUN(first_unreported_wins);
    RUN(calls_nest);
    RUN(longjmp_out_of_a_callback);
    RUN(long_texts_keep_the_place);
    RUN(status_texts);
    RUN(threads);
    return check_report();
}
