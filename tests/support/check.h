/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The test harness of the whole project. A test program is functions and a list of them in main:
 *
 *     TEST(adds) { CHECK_EQ_INT(1 + 1, 2); }
 *     int main(void) { RUN(adds); return check_report(); }
 *
 * A failed check prints file, line and values and the test goes on. The last line is "N passed, N failed", counted in
 * checks; the exit status is 1 when any failed. Checks may be made from any thread. C and C++. */
#ifndef LOCKSTEP_TESTS_CHECK_H
#define LOCKSTEP_TESTS_CHECK_H

#include <math.h>
#include <stdio.h>
#include <string.h>

static long check_passed, check_failed;
enum { CHECK_PRINT_LIMIT = 50 }; /* failures shown; all are counted */

/* Counts one check; true when its failure is to be printed. */
__attribute__((unused)) static int check_count(int ok)
{
    if (ok) {
        __atomic_add_fetch(&check_passed, 1, __ATOMIC_RELAXED);
        return 0;
    }
    return __atomic_add_fetch(&check_failed, 1, __ATOMIC_RELAXED) <= CHECK_PRINT_LIMIT;
}
__attribute__((unused)) static int check_true(const char *file, int line, const char *text, int ok)
{
    if (check_count(ok)) printf("%s:%d: failed: %s\n", file, line, text);
    return ok;
}
__attribute__((unused)) static int check_int(const char *file, int line, const char *text, long long a, long long b)
{
    if (check_count(a == b)) printf("%s:%d: failed: %s: got %lld, expected %lld\n", file, line, text, a, b);
    return a == b;
}
/* The same number, or both NaN; -0 and +0 differ. */
__attribute__((unused)) static int check_double(const char *file, int line, const char *text, double a, double b)
{
    const int ok = (isnan(a) && isnan(b)) || (memcmp(&a, &b, sizeof a) == 0);
    if (check_count(ok)) printf("%s:%d: failed: %s: got %.17g, expected %.17g\n", file, line, text, a, b);
    return ok;
}
__attribute__((unused)) static int check_str(const char *file, int line, const char *text, const char *a, const char *b)
{
    const int ok = a && b ? strcmp(a, b) == 0 : a == b;
    if (check_count(ok))
        printf("%s:%d: failed: %s:\n  got      \"%s\"\n  expected \"%s\"\n", file, line, text, a ? a : "(null)",
               b ? b : "(null)");
    return ok;
}
__attribute__((unused)) static int check_report(void)
{
    printf("%ld passed, %ld failed\n", check_passed, check_failed);
    return check_failed != 0;
}

/* Each gives true when it held, so that `if (!CHECK(p)) return;` guards what follows. */
#define CHECK(condition)        check_true(__FILE__, __LINE__, #condition, !!(condition))
#define CHECK_EQ_INT(a, b)      check_int(__FILE__, __LINE__, #a " == " #b, (long long)(a), (long long)(b))
#define CHECK_EQ_DOUBLE(a, b)   check_double(__FILE__, __LINE__, #a " == " #b, a, b)
#define CHECK_STR(a, b)         check_str(__FILE__, __LINE__, #a, a, b)
#define CHECK_STATUS(status, b) check_int(__FILE__, __LINE__, #status " gives " #b, (long long)(status), (long long)(b))

#define TEST(name) static void test_##name(void)
#define RUN(name) (printf("%s\n", #name), fflush(stdout), test_##name())

#endif
