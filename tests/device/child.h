/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tests whose settings are read once in a process run themselves again, with other settings. */
#ifndef LSI_TESTS_CHILD_H
#define LSI_TESTS_CHILD_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs this program with one argument and with `settings`, each NAME=value, NULL behind the last. Its exit status, or
 * 1000 and the number of the signal that ended it. */
static inline int run_child(const char *argument, char *const *settings)
{
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        for (; *settings; settings++)
            putenv(*settings);
        execl("/proc/self/exe", "child", argument, (char *)NULL);
        _exit(99);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

#endif
