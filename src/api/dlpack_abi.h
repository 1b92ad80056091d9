/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The binary interface of DLPack 1.x, as its specification lays it out
 * (https://dmlc.github.io/dlpack/latest/c_api.html). Only what is exchanged here. */
#ifndef LSI_API_DLPACK_ABI_H
#define LSI_API_DLPACK_ABI_H

#include <stdint.h>

enum { DL_MAJOR = 1, DL_MINOR = 0 };
enum { DL_CPU = 1, DL_CUDA = 2, DL_CUDA_HOST = 3 };                                                     /* devices */
enum { DL_INT = 0, DL_UINT = 1, DL_FLOAT = 2, DL_BFLOAT = 4, DL_COMPLEX = 5, DL_BOOL = 6 };              /* type codes */
enum { DL_READ_ONLY = 1, DL_IS_COPIED = 2 };                                                            /* flags */

typedef struct dl_tensor {
    void *data;
    struct {
        int32_t type, id;
    } device;
    int32_t ndim;
    struct {
        uint8_t code, bits;
        uint16_t lanes;
    } dtype;
    int64_t *shape;
    int64_t *strides; /* in elements; NULL: C order */
    uint64_t byte_offset;
} dl_tensor;

struct DLManagedTensor {
    dl_tensor tensor;
    void *context;
    void (*deleter)(struct DLManagedTensor *self);
};

struct DLManagedTensorVersioned {
    struct {
        uint32_t major, minor;
    } version;
    void *context;
    void (*deleter)(struct DLManagedTensorVersioned *self);
    uint64_t flags;
    dl_tensor tensor;
};

#endif
