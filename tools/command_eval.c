/* SPDX-License-Identifier: BSD-3-Clause
 *
 * lockstep eval: an expression over arrays from files, to a file or to the screen. */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_VALUES = 64 };

typedef struct eval_job {
    const char *text, *output;
    int stats;
    int64_t count;
    ls_named values[MOST_VALUES];
} eval_job;

/* A number as C writes it: an integer where it is one, else a double. */
static int read_number(const char *text, ls_operand *value)
{
    char *end;
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
        *value = ls_operand_bool(*text == 't');
        return 1;
    }
    errno = 0;
    const long long whole = strtoll(text, &end, 10);
    if (end != text && *end == '\0' && errno == 0) {
        *value = ls_operand_i64(whole);
        return 1;
    }
    const double number = strtod(text, &end);
    if (end == text || *end != '\0') return 0;
    *value = ls_operand_f64(number);
    return 1;
}

/* A .npy file, or one array of a .npz: "file.npz:name". */
static ls_array *read_array(const char *source)
{
    const char *colon = strstr(source, ".npz:");
    if (!colon) return (ls_load)(NULL, source, NULL);
    char *path = strdup(source);
    if (!path) return NULL;
    path[colon + 4 - source] = '\0';
    ls_array *a = (ls_load_npz)(NULL, path, colon + 5, NULL);
    free(path);
    return a;
}

static int add_value(eval_job *job, char *argument)
{
    char *equals = strchr(argument, '=');
    if (!equals || equals == argument) return command_misused("eval: '%s' is not NAME=FILE or NAME=NUMBER", argument);
    if (job->count == MOST_VALUES) return command_misused("eval: more than %d values", MOST_VALUES);
    *equals = '\0';
    ls_named *named = &job->values[job->count++];
    named->name = argument;
    if (read_number(equals + 1, &named->value)) return 0;
    const ls_array *a = read_array(equals + 1);
    if (!a) return command_failed();
    named->value = ls_operand_array(a);
    return 0;
}

static int read_arguments(eval_job *job, int count, char **arguments)
{
    int status = 0;
    for (int i = 0; i < count && !status; i++) {
        const char *output = command_option(count, arguments, &i, "-o");
        if (output && !*output) return command_misused("eval: -o needs a file");
        if (output) job->output = output;
        else if (strcmp(arguments[i], "--stats") == 0) job->stats = 1;
        else if (arguments[i][0] == '-' && (job->text || arguments[i][1] == '-')) /* '-x' first is an expression */
            return command_misused("eval: unknown option '%s'", arguments[i]);
        else if (!job->text) job->text = arguments[i];
        else status = add_value(job, arguments[i]);
    }
    return status || job->text ? status : command_misused("eval: no expression");
}

/* A single number with as many digits as it takes to read it back. */
static ls_status print_number(const ls_array *a)
{
    const ls_dtype dtype = ls_dtype_of(a);
    ls_status status;
    double parts[2] = {0, 0};
    int64_t i = 0;
    uint64_t u = 0;
    switch (dtype) {
    case LS_BOOL:
    case LS_INT8: case LS_INT16: case LS_INT32: case LS_INT64:
        status = (ls_item)(NULL, a, &i, LS_INT64);
        if (!status && dtype == LS_BOOL) puts(i ? "True" : "False");
        else if (!status) printf("%lld\n", (long long)i);
        return status;
    case LS_UINT8: case LS_UINT16: case LS_UINT32: case LS_UINT64:
        status = (ls_item)(NULL, a, &u, LS_UINT64);
        if (!status) printf("%llu\n", (unsigned long long)u);
        return status;
    case LS_COMPLEX64: case LS_COMPLEX128:
        status = (ls_item)(NULL, a, parts, LS_COMPLEX128);
        if (!status) printf("%.17g%+.17gj\n", parts[0], parts[1]);
        return status;
    default:
        status = (ls_item)(NULL, a, parts, LS_FLOAT64);
        if (!status) printf("%.*g\n", dtype == LS_FLOAT64 ? 17 : 9, parts[0]);
        return status;
    }
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void print_stats(const ls_array *result, double time)
{
    const ls_work work = ls_work_done();
    ls_memory memory = {0};
    const ls_device device = ls_device_of(result);
    if (ls_memory_stats(device, &memory)) ls_clear_error();
    fprintf(stderr, "device            %s\n", ls_device_name(device) ? ls_device_name(device) : "?");
    fprintf(stderr, "threads           %d\n", ls_num_threads());
    fprintf(stderr, "time              %.6f s\n", time);
    fprintf(stderr, "programs          %lld\n", (long long)work.programs);
    fprintf(stderr, "instructions      %lld\n", (long long)work.instructions);
    fprintf(stderr, "bytes read        %lld\n", (long long)work.bytes_read);
    fprintf(stderr, "bytes written     %lld\n", (long long)work.bytes_written);
    fprintf(stderr, "memory at most    %lld bytes\n", (long long)memory.peak_in_use);
}

static ls_status show(const eval_job *job, const ls_array *result)
{
    if (job->output) return (ls_save)(NULL, job->output, result);
    return ls_ndim(result) == 0 ? print_number(result) : (ls_print)(NULL, result, NULL);
}

int command_eval(int count, char **arguments)
{
    eval_job job = {0};
    const int status = read_arguments(&job, count, arguments);
    if (status) return status;
    const double start = seconds();
    ls_array *result = (ls_eval)(NULL, job.text, job.count, job.values);
    if (!result || (ls_evaluate)(NULL, (ls_list){1, (const ls_array *const[]){result}}) || ls_sync())
        return command_failed();
    const double time = seconds() - start;
    if (show(&job, result)) return command_failed();
    if (job.stats) print_stats(result, time);
    return command_finish();
}
