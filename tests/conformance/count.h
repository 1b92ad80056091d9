/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Counting cases: a family adds up what it ran, and says how many that must be by the tables alone, so that a loop that
 * silently runs short fails. */
#ifndef LOCKSTEP_TESTS_CONFORMANCE_COUNT_H
#define LOCKSTEP_TESTS_CONFORMANCE_COUNT_H

#include "support/check.h"

static long cases_total;

/* Prints the family's count and checks it. */
static void cases_are(const char *family, long ran, long by_tables)
{
    printf("  %-32s %8ld cases\n", family, ran);
    cases_total += ran;
    CHECK_EQ_INT(ran, by_tables);
}

static int cases_report(void)
{
    printf("%ld cases\n", cases_total);
    return check_report();
}

#endif
