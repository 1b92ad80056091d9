/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What an exact product launches: pure arithmetic on shapes, so that the tests run the same plan without a driver. */
#ifndef LSI_DEVICE_MATMUL_PLAN_H
#define LSI_DEVICE_MATMUL_PLAN_H

#include "matmul_args.h"
#include "program.h"

enum { LSI_MATMUL_LAUNCHES = 20 };

typedef struct lsi_matmul_launch {
    const char *kernel; /* of the plan's module */
    uint64_t blocks;
    unsigned threads;
    size_t size;        /* of the arguments */
    union {
        ls_matmul_args product;
        ls_matmul_join_args join;
    } args;
} lsi_matmul_launch;

typedef struct lsi_matmul_plan {
    const char *module;
    size_t partial_bytes, waiting_bytes; /* scratch; 0: none */
    int nlaunch;                         /* 0: there is no output */
    lsi_matmul_launch launches[LSI_MATMUL_LAUNCHES];
} lsi_matmul_plan;

/* The same product with as few batch axes as possible: batches that follow each other evenly become one axis, or rows or
 * columns of one product. */
void lsi_matmul_fold(lsi_matmul *task);
int64_t lsi_matmul_batches(const lsi_matmul *task);
/* Device address of an operand's element 0. */
uint64_t lsi_matmul_address(const lsi_buffer *buffer, int64_t offset, ls_dtype dtype);

/* False when the dtype has no product. The task is folded already. */
bool lsi_matmul_plan_make(lsi_matmul_plan *plan, const lsi_matmul *task, int multiprocessors);
/* Tells the launches where their scratch is. */
void lsi_matmul_plan_place(lsi_matmul_plan *plan, uint64_t partial, uint64_t waiting);

#endif
