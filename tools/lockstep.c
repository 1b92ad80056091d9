/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The `lockstep` command: chooses the command, and says what there is. */
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: lockstep COMMAND ...\n"
    "\n"
    "  lockstep info [--json]\n"
    "      the library, its devices (or why one is missing), threads, memory\n"
    "\n"
    "  lockstep eval EXPRESSION [NAME=FILE | NAME=NUMBER]... [-o OUT.npy] [--stats]\n"
    "      computes an expression over arrays: lockstep eval 'sin(x) + k*y' x=in.npy y=a.npz:y k=0.5 -o out.npy\n"
    "      FILE is a .npy file, or a .npz file, a colon and a name. Without -o the result is printed: a single\n"
    "      number with all its digits, an array as NumPy prints it.\n"
    "      --stats says on stderr what was run and how long it took\n"
    "\n"
    "  lockstep random SHAPE [--seed N] [--dtype D] [--dist uniform|normal|exponential|bits]\n"
    "                  [--engine philox4x64|philox4x32] [-o OUT.npy]\n"
    "      random numbers: lockstep random 1000,1000 --seed 42 -o r.npy holds, bit for bit, what\n"
    "      numpy.random.Generator(numpy.random.Philox(42)).random((1000, 1000)) gives. Seed 0 when none is given\n"
    "\n"
    "  lockstep --help, lockstep --version\n"
    "\n"
    "LOCKSTEP_DEVICE chooses the device (cpu, cuda:0). The exit status is 0, 1 when something failed, 2 for wrong "
    "arguments.\n";

int command_misused(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("lockstep: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs(" (see lockstep --help)\n", stderr);
    va_end(arguments);
    return 2;
}

int command_failed(void)
{
    fprintf(stderr, "lockstep: %s\n", ls_error_message());
    return 1;
}

int command_finish(void)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return 0;
    fprintf(stderr, "lockstep: standard output: %s\n", errno ? strerror(errno) : "writing failed");
    return 1;
}

const char *command_option(int count, char **arguments, int *i, const char *name)
{
    const char *argument = arguments[*i];
    const size_t length = strlen(name);
    if (strncmp(argument, name, length) != 0) return NULL;
    if (argument[length] == '=') return argument + length + 1;
    if (argument[length] != '\0') return NULL;
    return *i + 1 < count ? arguments[++*i] : "";
}

static int say(const char *text)
{
    fputs(text, stdout);
    return command_finish();
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        int (*run)(int count, char **arguments);
    } commands[] = {{"info", command_info}, {"eval", command_eval}, {"random", command_random}};
    if (count < 2) {
        fputs(help, stderr);
        return 2;
    }
    const char *name = arguments[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) return say(help);
    if (strcmp(name, "--version") == 0) {
        printf("lockstep %s\n", ls_version());
        return command_finish();
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(name, commands[i].name) == 0) return commands[i].run(count - 2, arguments + 2);
    return command_misused("there is no command '%s'", name);
}
