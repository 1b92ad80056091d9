/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The `lockstep` command: chooses the command, and says what there is. */
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* One text per command: `lockstep --help` shows all of them, `lockstep COMMAND --help` its own. */
static const char info_help[] =
    "  lockstep info [--json]\n"
    "      the library, its devices (or why one is missing), threads, memory; --json: as one JSON object\n";
static const char eval_help[] =
    "  lockstep eval EXPRESSION [NAME=FILE | NAME=NUMBER]... [-o OUT.npy] [--stats]\n"
    "      computes an expression over arrays: lockstep eval 'sin(x) + k*y' x=in.npy y=a.npz:y k=0.5 -o out.npy\n"
    "      FILE is a .npy file, or a .npz file, a colon and a name. Without -o the result is printed: a single\n"
    "      number with all its digits, an array as NumPy prints it.\n"
    "      Operators + - * / // % ** @ << >> & ^ | ~ == != < <= > >=; functions as in NumPy: sqrt(x),\n"
    "      where(c, x, y), sum(x, axis=0, keepdims=True); casts as float32(x); numbers pi, e, inf, nan, True, 2j\n"
    "      --stats says on stderr what was run and how long it took\n";
static const char random_help[] =
    "  lockstep random SHAPE [--seed N] [--dtype D] [--dist uniform|normal|exponential|bits]\n"
    "                  [--engine philox4x64|philox4x32] [-o OUT.npy]\n"
    "      random numbers: lockstep random 1000,1000 --seed 42 -o r.npy holds, bit for bit, what\n"
    "      numpy.random.Generator(numpy.random.Philox(42)).random((1000, 1000)) gives. Seed 0 when none is given\n";
static const char end_help[] =
    "  lockstep [COMMAND] --help, lockstep --version\n"
    "\n"
    "LOCKSTEP_DEVICE chooses the device (cpu, cuda:0), LOCKSTEP_NUM_THREADS the threads; see the manual page for more.\n"
    "The exit status is 0, 1 when something failed, 2 for wrong arguments.\n";

static const struct {
    const char *name, *help;
    int (*run)(int count, char **arguments);
} commands[] = {
    {"info", info_help, command_info}, {"eval", eval_help, command_eval}, {"random", random_help, command_random}};
enum { COMMANDS = sizeof commands / sizeof *commands };

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

static void print_help(FILE *out)
{
    fputs("usage: lockstep COMMAND ...\n\n", out);
    for (size_t i = 0; i < COMMANDS; i++) fprintf(out, "%s\n", commands[i].help);
    fputs(end_help, out);
}

static int is_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

static int run_command(size_t which, int count, char **arguments)
{
    for (int i = 0; i < count; i++) {
        if (is_help(arguments[i])) {
            printf("usage:\n%s", commands[which].help);
            return command_finish();
        }
    }
    return commands[which].run(count, arguments);
}

int main(int count, char **arguments)
{
    if (count < 2) {
        print_help(stderr);
        return 2;
    }
    const char *name = arguments[1];
    if (is_help(name) || strcmp(name, "help") == 0) {
        print_help(stdout);
        return command_finish();
    }
    if (strcmp(name, "--version") == 0) {
        printf("lockstep %s\n", ls_version());
        return command_finish();
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(name, commands[i].name) == 0) return run_command(i, count - 2, arguments + 2);
    return command_misused("there is no command '%s'", name);
}
