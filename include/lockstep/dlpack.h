/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Arrays to and from other libraries by DLPack 1.x (https://dmlc.github.io/dlpack/latest/), without a copy: what NumPy,
 * PyTorch, JAX and CuPy exchange. The structs are DLPack's own; include its dlpack.h, before or after this header, to look
 * into them. Opt-in: lockstep.h does not include this.
 *
 * Ownership. A tensor that comes out keeps the memory alive until its deleter is called, whatever becomes of the array.
 * A tensor that goes in belongs to the array once the call has succeeded: its deleter is called, on any thread, when the
 * last use is over. When the call fails the tensor is still the caller's.
 *
 * What is exchanged. All dtypes: bool as kDLBool, bfloat16 as kDLBfloat. Any strides, in elements, negative ones too.
 * Memory of the host (kDLCPU; going in also kDLCUDAHost) and of CUDA devices (kDLCUDA). NaNs go out as they are.
 *
 * Streams. Going out, the call returns when the array is computed, so that its memory may be used on any stream at once.
 * Going in, the same is expected of the producer. The consumer calls the deleter when its own work with the memory is
 * done, or ordered before whatever may come. */
#ifndef LOCKSTEP_DLPACK_H
#define LOCKSTEP_DLPACK_H

#include "types.h"

struct DLManagedTensor;          /* of consumers and producers before DLPack 1.0: a capsule named "dltensor" */
struct DLManagedTensorVersioned; /* a capsule named "dltensor_versioned" */

LS_BEGIN_DECLS

/** Options of ls_to_dlpack. Zero means default. */
typedef struct ls_to_dlpack_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    bool copy;     /**< the consumer gets memory of its own, which it may write (IS_COPIED) */
    bool writable; /**< the consumer may write into the array's memory and says so with ls_changed(a) before the array is
                    *   used again. Without it the tensor is READ_ONLY: a snapshot, which later writes to the array, being
                    *   made on a copy, do not touch */
} ls_to_dlpack_options;

/** The array's memory as a tensor. The array is evaluated first. Errors (NULL): what evaluating gives; LS_ENOMEM;
 *  LS_EUNSUPPORTED for a device DLPack has no name for. */
LS_API struct DLManagedTensorVersioned *ls_to_dlpack(const char *place, const ls_array *a,
                                                     const ls_to_dlpack_options *options);
#define ls_to_dlpack(...)                                                                                              \
    LS_WITH_OPTIONS(ls_to_dlpack, ls_to_dlpack_options, __VA_ARGS__, LS_OPTIONS_END(ls_to_dlpack_options))
/** The same for a consumer that knows no versions. Such a tensor cannot say that it is read-only: a consumer that writes
 *  needs .copy or .writable, and it is the caller who must know. */
LS_API struct DLManagedTensor *ls_to_dlpack_unversioned(const char *place, const ls_array *a,
                                                        const ls_to_dlpack_options *options);
#define ls_to_dlpack_unversioned(...)                                                                                  \
    LS_WITH_OPTIONS(ls_to_dlpack_unversioned, ls_to_dlpack_options, __VA_ARGS__, LS_OPTIONS_END(ls_to_dlpack_options))

/** An array over the tensor's memory, on the tensor's device, owned by the innermost scope. A tensor marked READ_ONLY
 *  gives an array that refuses writes. The memory must not change except through the array (or ls_changed). Errors
 *  (NULL): LS_EUNSUPPORTED for a major version other than 1, a data type without a dtype here (with its code, bits and
 *  lanes) or a kind of memory other than those above; LS_EDEVICE when that CUDA device is not in use here; LS_EARGUMENT
 *  for more than 32 axes, a negative size, or memory not aligned to the element type; LS_EOVERFLOW; LS_ENOMEM. */
LS_API ls_array *ls_from_dlpack(const char *place, struct DLManagedTensorVersioned *tensor);
#define ls_from_dlpack(tensor) ls_from_dlpack(LS_HERE, (tensor))
/** The same from a producer that knows no versions; the array may be written. */
LS_API ls_array *ls_from_dlpack_unversioned(const char *place, struct DLManagedTensor *tensor);
#define ls_from_dlpack_unversioned(tensor) ls_from_dlpack_unversioned(LS_HERE, (tensor))

LS_END_DECLS

#endif
