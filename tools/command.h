/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the commands of `lockstep` share. Each command takes the arguments after its name and gives the exit status:
 * 0, 1 when the work failed, 2 when the arguments make no sense.
 *
 * The command uses the public headers alone, and the function form of each call, `(ls_load)(NULL, ...)`: a user of the
 * command has no use for the place in our source that a macro would add to an error. */
#ifndef LOCKSTEP_TOOLS_COMMAND_H
#define LOCKSTEP_TOOLS_COMMAND_H

#include <lockstep.h>

int command_info(int count, char **arguments);
int command_eval(int count, char **arguments);
int command_random(int count, char **arguments);

/* "lockstep: <text>" and where help is, to stderr; 2. */
int command_misused(const char *format, ...) LS_PRINTF(1, 2);
/* "lockstep: <the library's error>" to stderr; 1. */
int command_failed(void);
/* Everything printed reached its end: 0, else 1 with a message. */
int command_finish(void);

/* The value of option `name` at arguments[*i], as "--name value" (moves *i) or "--name=value"; NULL when it is another
 * argument. A missing value gives "". */
const char *command_option(int count, char **arguments, int *i, const char *name);

#endif
