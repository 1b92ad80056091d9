/* SPDX-License-Identifier: BSD-3-Clause
 *
 * lockstep random: arrays of random numbers, to a file or to the screen. */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct random_job {
    const char *shape, *output;
    int64_t sizes[LS_MAX_NDIM], ndim;
    uint64_t seed;
    ls_dtype dtype;
    int distribution;
    ls_engine engine;
} random_job;

enum { UNIFORM, NORMAL, EXPONENTIAL, BITS };
static const char *const distributions[] = {"uniform", "normal", "exponential", "bits", NULL};
static const char *const engines[] = {"philox4x64", "philox4x32", NULL}; /* as enum ls_engine */

static int index_of(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0) return i;
    return -1;
}

/* "1000,1000", "(3, 4)" or "7". */
static int read_shape(random_job *job)
{
    const char *p = job->shape;
    int depth = 0;
    for (; *p; p++) {
        if (*p == '(' && job->ndim == 0 && !depth) depth = 1;
        else if (*p >= '0' && *p <= '9') {
            char *end;
            errno = 0;
            const long long size = strtoll(p, &end, 10);
            if (errno || job->ndim == LS_MAX_NDIM) return 0;
            job->sizes[job->ndim++] = size;
            for (p = end; *p == ' ';) p++;
            if (*p == '\0') return !depth;
            if (*p == ')' && depth) return p[1] == '\0';
            if (*p != ',') return 0;
        } else if (*p == ')' && depth) {
            return p[1] == '\0';
        } else if (*p != ' ') {
            return 0;
        }
    }
    return job->ndim > 0 && !depth;
}

static int read_seed(const char *text, uint64_t *seed)
{
    char *end;
    errno = 0;
    *seed = strtoull(text, &end, 0);
    return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0;
}

/* One option with a value; 0 when it was one, -1 when it was none, else the exit status. */
static int read_option(random_job *job, int count, char **arguments, int *i)
{
    const char *value;
    if ((value = command_option(count, arguments, i, "-o"))) {
        job->output = value;
        return *value ? 0 : command_misused("random: -o needs a file");
    }
    if ((value = command_option(count, arguments, i, "--seed")))
        return read_seed(value, &job->seed)
                   ? 0
                   : command_misused("random: --seed needs a number from 0 to 2^64 - 1, not '%s'", value);
    if ((value = command_option(count, arguments, i, "--dtype"))) {
        job->dtype = ls_dtype_from_name(value);
        return job->dtype ? 0 : command_misused("random: there is no dtype '%s'", value);
    }
    if ((value = command_option(count, arguments, i, "--dist"))) {
        job->distribution = index_of(distributions, value);
        return job->distribution >= 0
                   ? 0
                   : command_misused("random: --dist is uniform, normal, exponential or bits, not '%s'", value);
    }
    if ((value = command_option(count, arguments, i, "--engine"))) {
        const int engine = index_of(engines, value);
        job->engine = (ls_engine)engine;
        return engine >= 0 ? 0 : command_misused("random: --engine is philox4x64 or philox4x32, not '%s'", value);
    }
    return -1;
}

static int read_arguments(random_job *job, int count, char **arguments)
{
    for (int i = 0; i < count; i++) {
        const int status = read_option(job, count, arguments, &i);
        if (status > 0) return status;
        if (status == 0) continue;
        if (arguments[i][0] == '-' || job->shape)
            return command_misused("random: unexpected argument '%s'", arguments[i]);
        job->shape = arguments[i];
    }
    if (!job->shape) return command_misused("random: no shape");
    return read_shape(job) ? 0 : command_misused("random: '%s' is no shape such as 1000,1000", job->shape);
}

static ls_array *draw(const random_job *job)
{
    const ls_rng_options engine = {.struct_size = sizeof engine, .engine = job->engine};
    const ls_random_options options = {.struct_size = sizeof options, .dtype = job->dtype};
    const ls_shape shape = {job->ndim, job->sizes};
    ls_rng *rng = (ls_rng_new)(NULL, ls_operand_u64(job->seed), &engine);
    switch (job->distribution) {
    case NORMAL: return (ls_standard_normal)(NULL, rng, shape, &options);
    case EXPONENTIAL: return (ls_exponential)(NULL, rng, ls_operand_f64(1), shape, &options);
    case BITS: return (ls_random_bits)(NULL, rng, shape, &options);
    default: return (ls_random)(NULL, rng, shape, &options);
    }
}

int command_random(int count, char **arguments)
{
    random_job job = {0};
    const int status = read_arguments(&job, count, arguments);
    if (status) return status;
    const ls_array *numbers = draw(&job);
    if (job.output ? (ls_save)(NULL, job.output, numbers) : (ls_print)(NULL, numbers, NULL)) return command_failed();
    return command_finish();
}
