/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Distinct elements: a sort that takes -0 for +0, then one element of each run. Equal elements have equal bits by then. */
#include "core/error.h"
#include "host/parallel.h"
#include "host/sort.h"

#include <string.h>

enum { GRAIN = 1024 };

typedef struct job {
    const lsi_sort *task;
    size_t size;
    int64_t n;
    const char *sorted;
    const int64_t *order;           /* where each sorted element stood; NULL: not wanted */
    int64_t *runs;                  /* per part: runs that begin in it; then the number of its first */
    char *values;
    int64_t *index, *inverse, *counts;
    int64_t found;
    int parts;
} job;

/* Fixed sizes, so that the compiler compares words. */
static inline bool differ(const char *x, const char *y, size_t size)
{
    switch (size) {
    case 1:
        return *x != *y;
    case 2:
        return memcmp(x, y, 2) != 0;
    case 4:
        return memcmp(x, y, 4) != 0;
    case 8:
        return memcmp(x, y, 8) != 0;
    default:
        return memcmp(x, y, 16) != 0;
    }
}

static inline bool begins_run(const job *j, int64_t i)
{
    const char *x = j->sorted + (size_t)i * j->size;
    return i == 0 || differ(x, x - j->size, j->size);
}

/* How many of the elements [begin, end) differ from the one before; begin > 0. */
static int64_t differences_4(const uint32_t *x, int64_t begin, int64_t end)
{
    int64_t sum = 0;
    for (int64_t i = begin; i < end; i++) sum += x[i] != x[i - 1];
    return sum;
}

static int64_t differences_8(const uint64_t *x, int64_t begin, int64_t end)
{
    int64_t sum = 0;
    for (int64_t i = begin; i < end; i++) sum += x[i] != x[i - 1];
    return sum;
}

/* Elements that differ from the one before, to `to`. No branch depends on them: an equal one is overwritten. */
static void distinct_4(const uint32_t *x, int64_t begin, int64_t end, uint32_t *to)
{
    for (int64_t i = begin; i < end && x[i] == x[begin - 1]; i++) begin++;
    for (int64_t i = begin, run = -1; i < end; i++) {
        run += x[i] != x[i - 1];
        to[run] = x[i];
    }
}

static void distinct_8(const uint64_t *x, int64_t begin, int64_t end, uint64_t *to)
{
    for (int64_t i = begin; i < end && x[i] == x[begin - 1]; i++) begin++;
    for (int64_t i = begin, run = -1; i < end; i++) {
        run += x[i] != x[i - 1];
        to[run] = x[i];
    }
}

static int64_t count_words(const job *j, int64_t begin, int64_t end)
{
    const int first = begin == 0 && end > 0;
    const void *x = j->sorted;
    return first + (j->size == 4 ? differences_4(x, begin + first, end) : differences_8(x, begin + first, end));
}

static void write_words(const job *j, int64_t begin, int64_t end, int64_t run)
{
    const int first = begin == 0 && end > 0;
    const void *x = j->sorted;
    char *to = j->values + (size_t)run * j->size;
    if (first) memcpy(to, x, j->size);
    to += (size_t)first * j->size;
    if (j->size == 4) {
        distinct_4(x, begin + first, end, (void *)to);
    } else {
        distinct_8(x, begin + first, end, (void *)to);
    }
}

static void count_part(int thread, int threads, void *context)
{
    const job *j = context;
    for (int part = thread; part < j->parts; part += threads) {
        int64_t begin, end, runs = 0;
        lsi_parallel_part(j->n, GRAIN, part, j->parts, &begin, &end);
        if (j->size == 4 || j->size == 8) {
            runs = count_words(j, begin, end);
        } else {
            for (int64_t i = begin; i < end; i++) runs += begins_run(j, i);
        }
        j->runs[part] = runs;
    }
}

/* counts[r] is where run r begins, for now. */
static void write_part(int thread, int threads, void *context)
{
    const job *j = context;
    const bool alone = (j->size == 4 || j->size == 8) && !j->index && !j->counts && !j->inverse;
    for (int part = thread; part < j->parts; part += threads) {
        int64_t begin, end, run = j->runs[part] - 1;
        lsi_parallel_part(j->n, GRAIN, part, j->parts, &begin, &end);
        if (alone && begin < end) {
            write_words(j, begin, end, run + 1);
            continue;
        }
        for (int64_t i = begin; i < end; i++) {
            if (begins_run(j, i)) {
                run++;
                memcpy(j->values + (size_t)run * j->size, j->sorted + (size_t)i * j->size, j->size);
                if (j->index) j->index[run] = j->order[i];
                if (j->counts) j->counts[run] = i;
            }
            if (j->inverse) j->inverse[j->order[i]] = run;
        }
    }
}

static void make_counts(job *j)
{
    for (int64_t r = 0; j->counts && r < j->found; r++)
        j->counts[r] = (r + 1 < j->found ? j->counts[r + 1] : j->n) - j->counts[r];
}

static int64_t number_runs(job *j)
{
    int64_t sum = 0;
    for (int part = 0; part < j->parts; part++) {
        const int64_t runs = j->runs[part];
        j->runs[part] = sum;
        sum += runs;
    }
    return sum;
}

static ls_status make_results(lsi_backend *backend, lsi_sort *task, job *j)
{
    for (int i = 0; i < 4; i++) {
        if (i > 0 && !task->wanted[i]) continue;
        task->out[i] = lsi_sort_result(backend, task, i == 2 ? j->n : j->found, i == 0 ? j->size : sizeof(int64_t));
        if (!task->out[i]) {
            lsi_sort_drop_results(task);
            return LS_ENOMEM;
        }
    }
    j->values = task->out[0]->address;
    j->index = task->out[1] ? task->out[1]->address : NULL;
    j->inverse = task->out[2] ? task->out[2]->address : NULL;
    j->counts = task->out[3] ? task->out[3]->address : NULL;
    return LS_OK;
}

/* From sorted elements to results. */
static ls_status pick(lsi_backend *backend, lsi_sort *task, job *j, const lsi_lines *lines)
{
    const int threads = lsi_parallel_worth(j->n, 1.0);
    j->parts = threads;
    j->runs = lsi_sort_memory(lines, j->parts, sizeof *j->runs);
    if (!j->runs) return LS_ENOMEM;
    lsi_parallel_run(threads, count_part, j);
    task->found = j->found = number_runs(j);
    const ls_status status = make_results(backend, task, j);
    if (!status) {
        lsi_parallel_run(threads, write_part, j);
        make_counts(j);
    }
    lsi_sort_release(lines, j->runs);
    return status;
}

ls_status lsi_host_unique(lsi_backend *backend, lsi_sort *task)
{
    const size_t size = lsi_dtype_size(task->dtype);
    const bool order = task->wanted[1] || task->wanted[2];
    lsi_lines lines = {
        .order = {task->dtype, {.merge_zeros = 1}},
        .size = size,
        .in = (const char *)task->in->address + (size_t)task->in_offset * size,
        .lines = 1,
        .n = task->n,
        .pool = backend->pool,
        .function = task->function,
        .place = task->place,
    };
    memset(task->out, 0, sizeof task->out);
    lines.values = lsi_sort_memory(&lines, task->n, size);
    lines.indices = lines.values && order ? lsi_sort_memory(&lines, task->n, sizeof(int64_t)) : NULL;
    ls_status status = lines.values && (!order || lines.indices) ? LS_OK : LS_ENOMEM;
    if (!status && task->n > 0) status = lsi_sort_lines(&lines);
    if (!status) {
        job j = {.task = task, .size = size, .n = task->n, .sorted = lines.values, .order = lines.indices};
        status = pick(backend, task, &j, &lines);
    }
    lsi_sort_release(&lines, lines.indices);
    lsi_sort_release(&lines, lines.values);
    return status;
}
