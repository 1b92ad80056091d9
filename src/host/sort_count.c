/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lines of 8 and 16-bit elements that are long against the number of their keys: each key is counted, and the results are
 * written from the counts. Threads count parts of the line and write parts of the result. */
#include "host/parallel.h"
#include "host/sort.h"

#include <string.h>

enum { CHUNK = 1024, LONG = 1 << 18 /* elements that all threads sort together */ };

typedef struct job {
    const lsi_lines *lines;
    int64_t line, keys;
    int64_t *counts; /* per thread: keys; then where each key's results end */
    int threads;     /* that counted */
} job;

static void count_part(int thread, int threads, void *context)
{
    job *j = context;
    const lsi_lines *l = j->lines;
    int64_t *counts = j->counts + thread * j->keys, begin, end;
    uint32_t keys[CHUNK];
    if (thread == 0) j->threads = threads;
    memset(counts, 0, (size_t)j->keys * sizeof *counts);
    lsi_parallel_part(l->n, CHUNK, thread, threads, &begin, &end);
    for (; begin < end; begin += CHUNK) {
        const int64_t n = end - begin < CHUNK ? end - begin : CHUNK;
        LSI_ISA_PICK(lsi_key_loops_of)->keys_u32(&l->order, l->in + (size_t)(j->line * l->n + begin) * l->size, n, keys);
        for (int64_t i = 0; i < n; i++) counts[keys[i]]++;
    }
}

/* The key at a place of the result: the first whose results end behind it. */
static int64_t key_at(const job *j, int64_t place)
{
    int64_t low = 0, high = j->keys - 1;
    while (low < high) {
        const int64_t middle = (low + high) / 2;
        if (j->counts[middle] > place) high = middle; else low = middle + 1;
    }
    return low;
}

static void fill_8(uint8_t *to, uint8_t value, int64_t n)
{
    memset(to, value, (size_t)n);
}

static void fill_16(uint16_t *to, uint16_t value, int64_t n)
{
    for (int64_t i = 0; i < n; i++) to[i] = value;
}

static void write_part(int thread, int threads, void *context)
{
    const job *j = context;
    const lsi_lines *l = j->lines;
    char *to = l->values + (size_t)(j->line * l->n) * l->size;
    int64_t begin, end;
    lsi_parallel_part(l->n, CHUNK, thread, threads, &begin, &end);
    for (int64_t k = begin < end ? key_at(j, begin) : 0; begin < end; k++) {
        const int64_t stop = j->counts[k] < end ? j->counts[k] : end;
        if (stop <= begin) continue;
        const uint32_t key = (uint32_t)k;
        uint16_t element = 0;
        LSI_ISA_PICK(lsi_key_loops_of)->elements_u32(&l->order, &key, 1, &element);
        if (l->size == 1) {
            fill_8((uint8_t *)to + begin, *(const uint8_t *)&element, stop - begin);
        } else {
            fill_16((uint16_t *)(void *)to + begin, element, stop - begin);
        }
        begin = stop;
    }
}

static void make_ends(job *j)
{
    int64_t sum = 0;
    for (int64_t k = 0; k < j->keys; k++) {
        for (int t = 0; t < j->threads; t++) sum += j->counts[t * j->keys + k];
        j->counts[k] = sum;
    }
}

/* A line per thread at a time. */
static void short_lines(int thread, int threads, void *context)
{
    const job *all = context;
    job j = *all;
    int64_t end;
    j.counts += thread * j.keys;
    lsi_parallel_part(j.lines->lines, 1, thread, threads, &j.line, &end);
    for (; j.line < end; j.line++) {
        count_part(0, 1, &j);
        make_ends(&j);
        write_part(0, 1, &j);
    }
}

static void long_lines(job *j, int threads)
{
    for (; j->line < j->lines->lines; j->line++) {
        lsi_parallel_run(threads, count_part, j);
        make_ends(j);
        lsi_parallel_run(threads, write_part, j);
    }
}

ls_status lsi_sort_by_counting(const lsi_lines *lines)
{
    const int64_t keys = lines->size == 1 ? 256 : 65536;
    const int threads = lsi_parallel_worth(lines->lines * lines->n, 1.0);
    job j = {.lines = lines, .keys = keys, .counts = lsi_sort_memory(lines, keys * threads, sizeof *j.counts)};
    if (!j.counts) return LS_ENOMEM;
    if (lines->lines >= threads && lines->n < LONG) {
        lsi_parallel_run(threads, short_lines, &j);
    } else {
        long_lines(&j, threads);
    }
    lsi_sort_release(lines, j.counts);
    return LS_OK;
}
