/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of the host's sorting share. Elements become keys (kernels/sort_key.h) of 32, 64 or 128 bits on the
 * way in and elements again on the way out, so that there is one engine per width and none per dtype.
 *
 *   sort.c            the entry of the contract: which way a task goes
 *   sort_keys.c       elements to keys and back
 *   sort_engine.c     sorting lines of keys, with or without their positions; partitions (sort_engine.h: the method)
 *   sort_values.h     the same for bare keys by vectors: sort_lanes.h sort_network.h sort_quick.h sort_spread.h sort_part.h
 *   sort_count.c      long lines of 8 and 16 bits
 *   sort_search.c  sort_unique.c  sort_nonzero.c */
#ifndef LSI_HOST_SORT_H
#define LSI_HOST_SORT_H

#include "backend.h"
#include "host/isa.h"
#include "sort_key.h"

/* How elements of a dtype become keys. */
typedef struct lsi_key_order {
    ls_dtype dtype;
    ls_sort_order order;
} lsi_key_order;

/* Width of the keys of a dtype: 32 (dtypes of up to four bytes), 64 or 128 bits. */
int lsi_key_bits(ls_dtype dtype);
/* n contiguous elements to keys, and keys to elements. Only the width of the dtype may be asked for. */
typedef struct lsi_key_loops {
    void (*keys_u32)(const lsi_key_order *order, const void *from, int64_t n, uint32_t *keys);
    void (*keys_u64)(const lsi_key_order *order, const void *from, int64_t n, uint64_t *keys);
    void (*keys_u128)(const lsi_key_order *order, const void *from, int64_t n, ls_sort_pair *keys);
    void (*elements_u32)(const lsi_key_order *order, const uint32_t *keys, int64_t n, void *to);
    void (*elements_u64)(const lsi_key_order *order, const uint64_t *keys, int64_t n, void *to);
    void (*elements_u128)(const lsi_key_order *order, const ls_sort_pair *keys, int64_t n, void *to);
} lsi_key_loops;
LSI_ISA_TABLE(lsi_key_loops, lsi_key_loops_of);

/* Lines to sort: `lines` of n elements, one after another. Results go to the same places of `values` (the elements in
 * order) and `indices` (where in its line each stood; stable), either of which may be NULL. */
typedef struct lsi_lines {
    lsi_key_order order;
    size_t size;                    /* bytes of an element */
    const char *in;
    int64_t lines, n;
    char *values;
    int64_t *indices;
    int64_t kth;                    /* partition */
    lsi_pool *pool;                 /* of temporary memory */
    const char *function, *place;
} lsi_lines;

ls_status lsi_sort_lines(const lsi_lines *lines);      /* sort.c: by what fits */

/* The engines, by the width of keys: 32, 64, 128 bits; `at`: with positions, those of 32 bits for lines of up to 2^32
 * elements. */
typedef ls_status (*lsi_lines_fn)(const lsi_lines *lines);
typedef struct lsi_line_engines {
    lsi_lines_fn sort[3], partition[3];
    /* Partitions of positions without moving any, or NULL; false: it cannot, and has stored nothing to keep. */
    bool (*places[3])(const lsi_lines *lines, ls_status *status);
} lsi_line_engines;
LSI_ISA_TABLE(lsi_line_engines, lsi_engines_of);
LSI_ISA_TABLE(lsi_line_engines, lsi_engines_at_of);
/* Values only, keys of at most 16 bits, lines that are long against 65536. */
ls_status lsi_sort_by_counting(const lsi_lines *lines);

/* Bytes from the pool, 64-byte aligned; NULL with LS_ENOMEM recorded for the task. */
void *lsi_sort_memory(const lsi_lines *lines, int64_t count, size_t size);
void lsi_sort_release(const lsi_lines *lines, void *memory);

ls_status lsi_host_sort(lsi_backend *backend, lsi_sort *task, lsi_ticket *done);
ls_status lsi_host_search(lsi_backend *backend, const lsi_sort *task);
ls_status lsi_host_unique(lsi_backend *backend, lsi_sort *task);
ls_status lsi_host_nonzero(lsi_backend *backend, lsi_sort *task);
/* A result whose size is known by now; NULL with LS_ENOMEM recorded. */
lsi_buffer *lsi_sort_result(lsi_backend *backend, const lsi_sort *task, int64_t count, size_t size);
/* Gives back the results of a task that failed. */
void lsi_sort_drop_results(lsi_sort *task);

#endif
