/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What passes between the CUDA plug-in and liblockstep-cuda-cub.so: sorting on a GPU by CUB, behind C. The module has
 * NVIDIA's runtime library inside and exports one function; it is opened when something is sorted first. It enqueues on
 * the stream it is given, in the context that is current, and takes no memory of its own. */
#ifndef LSI_DEVICE_CUB_H
#define LSI_DEVICE_CUB_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { LSI_CUB_ABI = 1, LSI_CUB_NDIM = 32 };
#define LSI_CUB_FILE "liblockstep-cuda-cub.so"
#define LSI_CUB_ENTRY "lockstep_cub"

typedef enum lsi_cub_step {
    LSI_CUB_SORT,           /* out: lines in order */
    LSI_CUB_ARGSORT,        /* indices: positions in the line; stable */
    LSI_CUB_PARTITION,      /* out */
    LSI_CUB_ARGPARTITION,   /* indices */
    LSI_CUB_SEARCH,         /* indices: one per value */
    LSI_CUB_UNIQUE_RUNS,    /* order, runs: the stable order, and for each place of it the number of runs up to it */
    LSI_CUB_UNIQUE_RESULTS, /* out, and where not NULL first, inverse, counts; reads order and runs */
    LSI_CUB_NONZERO_RUNS,   /* runs: how many are not zero up to each element */
    LSI_CUB_NONZERO_RESULTS /* indices: (ndim, found); reads runs */
} lsi_cub_step;

/* Addresses are the GPU's. Elements of all lines together are fewer than 2^32 - 1. */
typedef struct lsi_cub_task {
    int step, dtype;               /* lsi_cub_step, ls_dtype */
    int merge_zeros, descending;   /* kernels/sort_key.h */
    int right;
    int ndim;
    int64_t lines, n, kth, count, found;
    const void *in, *values;
    void *out;
    int64_t *indices, *first, *inverse, *counts;
    uint32_t *order, *runs;
    int64_t shape[LSI_CUB_NDIM];
} lsi_cub_task;

typedef struct lsi_cub_table {
    uint32_t abi;
    size_t task_size;
    int runtime;                   /* of CUDA, 13000 */
    /* Codes are those of NVIDIA's runtime library; 0 is fine. */
    int (*scratch)(const lsi_cub_task *task, size_t *bytes);
    int (*run)(const lsi_cub_task *task, void *scratch, size_t bytes, void *stream);
    const char *(*error)(int code);
} lsi_cub_table;

const lsi_cub_table *lockstep_cub(void);

#ifdef __cplusplus
}
#endif

#endif
