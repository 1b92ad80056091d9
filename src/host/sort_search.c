/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Binary searches. The sorted elements become keys once when there are enough values to pay for it; otherwise each
 * probe makes its own. Values are searched for several at a time, so that their reads overlap. */
#include "core/error.h"
#include "host/parallel.h"
#include "host/sort.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

enum {
    TOGETHER = 16,  /* values searched for at once */
    CHUNK = 512,
    PAYS = 64       /* sorted elements per value from which on keys are made probe by probe */
};

typedef struct job {
    const lsi_sort *task;
    lsi_key_order order;
    size_t size;
    int bits;
    const char *in, *values;
    const int64_t *sorter;
    int64_t *out;
    void *keys;              /* of `in` in order; NULL: made when needed */
    _Atomic int64_t bad;     /* lowest place of the sorter that is out of range; n: none */
} job;

/* --- keys in order --- */

static void note_bad(job *j, int64_t place)
{
    int64_t seen = atomic_load(&j->bad);
    while (place < seen && !atomic_compare_exchange_weak(&j->bad, &seen, place)) {
    }
}

/* `n` elements that the sorter names, next to each other; false when it names none. */
static bool gather(job *j, int64_t begin, int64_t n, char *to)
{
    for (int64_t i = 0; i < n; i++) {
        const int64_t at = j->sorter[begin + i];
        if (at < 0 || at >= j->task->n) {
            note_bad(j, begin + i);
            return false;
        }
        memcpy(to + (size_t)i * j->size, j->in + (size_t)at * j->size, j->size);
    }
    return true;
}

static void to_keys(const job *j, const void *from, int64_t n, void *keys)
{
    if (j->bits == 32) {
        LSI_ISA_PICK(lsi_key_loops_of)->keys_u32(&j->order, from, n, keys);
    } else if (j->bits == 64) {
        LSI_ISA_PICK(lsi_key_loops_of)->keys_u64(&j->order, from, n, keys);
    } else {
        LSI_ISA_PICK(lsi_key_loops_of)->keys_u128(&j->order, from, n, keys);
    }
}

static void keys_part(int thread, int threads, void *context)
{
    job *j = context;
    int64_t begin, end;
    _Alignas(16) char room[CHUNK * 16];
    lsi_parallel_part(j->task->n, CHUNK, thread, threads, &begin, &end);
    for (; begin < end; begin += CHUNK) {
        const int64_t n = end - begin < CHUNK ? end - begin : CHUNK;
        if (j->sorter && !gather(j, begin, n, room)) return;
        to_keys(j, j->sorter ? room : j->in + (size_t)begin * j->size, n,
                (char *)j->keys + (size_t)begin * (size_t)j->bits / 8);
    }
}

/* --- searching in keys --- */

/* How many keys are below each of m <= TOGETHER values, or not above where `right`. A step halves the range of all. */
static void search_u32(const uint32_t *keys, int64_t n, const uint32_t *values, int m, uint32_t right, int64_t *out)
{
    int64_t at[TOGETHER] = {0};
    for (int64_t left = n, half; left > 1; left -= half) {
        half = left / 2;
        for (int i = 0; i < m; i++) {
            const uint32_t k = keys[at[i] + half - 1];
            at[i] += (k < values[i]) | ((k == values[i]) & right) ? half : 0;
        }
    }
    for (int i = 0; i < m; i++)
        out[i] = at[i] + (n > 0 && ((keys[at[i]] < values[i]) | ((keys[at[i]] == values[i]) & right)));
}

static void search_u64(const uint64_t *keys, int64_t n, const uint64_t *values, int m, uint64_t right, int64_t *out)
{
    int64_t at[TOGETHER] = {0};
    for (int64_t left = n, half; left > 1; left -= half) {
        half = left / 2;
        for (int i = 0; i < m; i++) {
            const uint64_t k = keys[at[i] + half - 1];
            at[i] += (k < values[i]) | ((k == values[i]) & right) ? half : 0;
        }
    }
    for (int i = 0; i < m; i++)
        out[i] = at[i] + (n > 0 && ((keys[at[i]] < values[i]) | ((keys[at[i]] == values[i]) & right)));
}

static inline bool pair_goes_before(ls_sort_pair k, ls_sort_pair value, bool right)
{
    return k.high < value.high || (k.high == value.high && (k.low < value.low || (right && k.low == value.low)));
}

static void search_u128(const ls_sort_pair *keys, int64_t n, const ls_sort_pair *values, int m, bool right, int64_t *out)
{
    int64_t at[TOGETHER] = {0};
    for (int64_t left = n, half; left > 1; left -= half) {
        half = left / 2;
        for (int i = 0; i < m; i++)
            at[i] += pair_goes_before(keys[at[i] + half - 1], values[i], right) ? half : 0;
    }
    for (int i = 0; i < m; i++) out[i] = at[i] + (n > 0 && pair_goes_before(keys[at[i]], values[i], right));
}

static void search_keys(const job *j, const void *values, int m, int64_t *out)
{
    const bool right = j->task->right;
    const int64_t n = j->task->n;
    if (j->bits == 32) {
        search_u32(j->keys, n, values, m, right, out);
    } else if (j->bits == 64) {
        search_u64(j->keys, n, values, m, right, out);
    } else {
        search_u128(j->keys, n, values, m, right, out);
    }
}

static void search_part(int thread, int threads, void *context)
{
    const job *j = context;
    int64_t begin, end;
    _Alignas(16) char values[TOGETHER * 16]; /* keys of any width */
    lsi_parallel_part(j->task->count, TOGETHER, thread, threads, &begin, &end);
    for (; begin < end; begin += TOGETHER) {
        const int m = (int)(end - begin < TOGETHER ? end - begin : TOGETHER);
        to_keys(j, j->values + (size_t)begin * j->size, m, values);
        search_keys(j, values, m, j->out + begin);
    }
}

/* --- a few values: probe by probe --- */

/* The key of one element as a pair, whatever its width. */
static ls_sort_pair one_key(const job *j, const char *element)
{
    ls_sort_pair key = {0, 0};
    uint32_t narrow;
    if (j->bits == 32) {
        LSI_ISA_PICK(lsi_key_loops_of)->keys_u32(&j->order, element, 1, &narrow);
        key.low = narrow;
    } else if (j->bits == 64) {
        LSI_ISA_PICK(lsi_key_loops_of)->keys_u64(&j->order, element, 1, &key.low);
    } else {
        LSI_ISA_PICK(lsi_key_loops_of)->keys_u128(&j->order, element, 1, &key);
    }
    return key;
}

static int64_t search_one(job *j, ls_sort_pair value)
{
    int64_t begin = 0, end = j->task->n;
    while (begin < end) {
        const int64_t middle = begin + (end - begin) / 2, at = j->sorter ? j->sorter[middle] : middle;
        if (at < 0 || at >= j->task->n) {
            note_bad(j, middle);
            return 0;
        }
        if (pair_goes_before(one_key(j, j->in + (size_t)at * j->size), value, j->task->right)) begin = middle + 1;
        else end = middle;
    }
    return begin;
}

static void search_few(int thread, int threads, void *context)
{
    job *j = context;
    int64_t begin, end;
    lsi_parallel_part(j->task->count, 1, thread, threads, &begin, &end);
    for (; begin < end; begin++) j->out[begin] = search_one(j, one_key(j, j->values + (size_t)begin * j->size));
}

/* A sorter that names no element is an error wherever it does, not only where a search happens to look. */
static void check_part(int thread, int threads, void *context)
{
    job *j = context;
    int64_t begin, end;
    lsi_parallel_part(j->task->n, CHUNK, thread, threads, &begin, &end);
    for (; begin < end; begin++) {
        if (j->sorter[begin] < 0 || j->sorter[begin] >= j->task->n) {
            note_bad(j, begin);
            return;
        }
    }
}

static ls_status bad_sorter(const job *j)
{
    const int64_t place = atomic_load(&j->bad), n = j->task->n;
    if (place >= n) return LS_OK;
    return lsi_fail_for(j->task->function, j->task->place, LS_EINDEX,
                        "sorter[%" PRId64 "] is %" PRId64 ", out of range for %" PRId64 " elements", place,
                        j->sorter[place], n);
}

static ls_status search_many(lsi_backend *backend, job *j)
{
    const lsi_sort *t = j->task;
    const lsi_lines lines = {.pool = backend->pool, .function = t->function, .place = t->place};
    j->keys = lsi_sort_memory(&lines, t->n, (size_t)j->bits / 8);
    if (!j->keys) return LS_ENOMEM;
    lsi_parallel_run(lsi_parallel_worth(t->n, 1.0), keys_part, j);
    const ls_status status = bad_sorter(j);
    if (!status) lsi_parallel_run(lsi_parallel_worth(t->count, 50.0), search_part, j);
    lsi_sort_release(&lines, j->keys);
    return status;
}

ls_status lsi_host_search(lsi_backend *backend, const lsi_sort *task)
{
    const size_t size = lsi_dtype_size(task->dtype);
    job j = {
        .task = task,
        .order = {task->dtype, {.merge_zeros = 1}},
        .size = size,
        .bits = lsi_key_bits(task->dtype),
        .in = (const char *)task->in->address + (size_t)task->in_offset * size,
        .values = (const char *)task->values->address + (size_t)task->values_offset * size,
        .sorter = task->sorter ? (const int64_t *)task->sorter->address + task->sorter_offset : NULL,
        .out = task->out[0]->address,
        .bad = task->n,
    };
    if (task->count > 0 && task->n / task->count < PAYS) return search_many(backend, &j);
    if (j.sorter) lsi_parallel_run(lsi_parallel_worth(task->n, 0.5), check_part, &j);
    const ls_status status = bad_sorter(&j);
    if (!status) lsi_parallel_run(lsi_parallel_worth(task->count, 500.0), search_few, &j);
    return status;
}
