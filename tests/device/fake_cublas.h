/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A cuBLAS of the tests' own, opened as the real one would be: records what it is told and computes by three loops. */
#ifndef LOCKSTEP_TESTS_FAKE_CUBLAS_H
#define LOCKSTEP_TESTS_FAKE_CUBLAS_H

#include <stddef.h>
#include <stdint.h>

typedef struct fake_cublas {
    long created, streams, workspaces, products, matrices;
    long refused;          /* products whose arguments cuBLAS would not take */
    int math_mode;
    void *stream, *workspace;
    size_t workspace_bytes;
    int next_status;       /* of the next product, once */
    int version, create_status;
} fake_cublas;

#endif
