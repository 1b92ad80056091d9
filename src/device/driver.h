/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The CUDA driver as one table of entries: the only way this library reaches CUDA. What is used of the driver's types and
 * numbers is declared here, so that src/device compiles where no toolkit is, and so that the tests can fill the table with
 * a GPU of their own. The test device_driver_header compares every line with <cuda.h> where there is one.
 *
 * Handles are pointers to the driver's own (never defined) structs, which keeps them apart from each other and the
 * prototypes compatible with NVIDIA's. Codes are `lsi_code`: 0 is fine. */
#ifndef LSI_DEVICE_DRIVER_H
#define LSI_DEVICE_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned lsi_code;                  /* CUresult */
typedef unsigned long long lsi_address;     /* CUdeviceptr */
typedef unsigned long long lsi_memory_handle; /* CUmemGenericAllocationHandle */
typedef int lsi_gpu;                        /* CUdevice */
typedef struct CUctx_st *lsi_context;
typedef struct CUfunc_st *lsi_function;
typedef struct CUlib_st *lsi_library;
typedef struct CUkern_st *lsi_kernel_handle;
typedef struct CUmod_st *lsi_module_handle;
typedef struct CUevent_st *lsi_event;
typedef struct CUstream_st *lsi_stream;

/* Rows: our name, the driver's, its number. */
#define LSI_CUDA_CODES(CODE)                                                                                           \
    CODE(LSI_CUDA_INVALID_VALUE, CUDA_ERROR_INVALID_VALUE, 1)                                                          \
    CODE(LSI_CUDA_OUT_OF_MEMORY, CUDA_ERROR_OUT_OF_MEMORY, 2)                                                          \
    CODE(LSI_CUDA_NOT_INITIALIZED, CUDA_ERROR_NOT_INITIALIZED, 3)                                                      \
    CODE(LSI_CUDA_DEINITIALIZED, CUDA_ERROR_DEINITIALIZED, 4)                                                          \
    CODE(LSI_CUDA_STUB_LIBRARY, CUDA_ERROR_STUB_LIBRARY, 34)                                                           \
    CODE(LSI_CUDA_NO_DEVICE, CUDA_ERROR_NO_DEVICE, 100)                                                                \
    CODE(LSI_CUDA_INVALID_DEVICE, CUDA_ERROR_INVALID_DEVICE, 101)                                                      \
    CODE(LSI_CUDA_INVALID_IMAGE, CUDA_ERROR_INVALID_IMAGE, 200)                                                        \
    CODE(LSI_CUDA_INVALID_CONTEXT, CUDA_ERROR_INVALID_CONTEXT, 201)                                                    \
    CODE(LSI_CUDA_NO_BINARY_FOR_GPU, CUDA_ERROR_NO_BINARY_FOR_GPU, 209)                                                \
    CODE(LSI_CUDA_INVALID_PTX, CUDA_ERROR_INVALID_PTX, 218)                                                            \
    CODE(LSI_CUDA_JIT_COMPILER_NOT_FOUND, CUDA_ERROR_JIT_COMPILER_NOT_FOUND, 221)                                      \
    CODE(LSI_CUDA_UNSUPPORTED_PTX_VERSION, CUDA_ERROR_UNSUPPORTED_PTX_VERSION, 222)                                    \
    CODE(LSI_CUDA_INVALID_HANDLE, CUDA_ERROR_INVALID_HANDLE, 400)                                                      \
    CODE(LSI_CUDA_NOT_FOUND, CUDA_ERROR_NOT_FOUND, 500)                                                                \
    CODE(LSI_CUDA_NOT_READY, CUDA_ERROR_NOT_READY, 600)                                                                \
    CODE(LSI_CUDA_ILLEGAL_ADDRESS, CUDA_ERROR_ILLEGAL_ADDRESS, 700)                                                    \
    CODE(LSI_CUDA_LAUNCH_OUT_OF_RESOURCES, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, 701)                                    \
    CODE(LSI_CUDA_LAUNCH_TIMEOUT, CUDA_ERROR_LAUNCH_TIMEOUT, 702)                                                      \
    CODE(LSI_CUDA_CONTEXT_IS_DESTROYED, CUDA_ERROR_CONTEXT_IS_DESTROYED, 709)                                          \
    CODE(LSI_CUDA_ASSERT, CUDA_ERROR_ASSERT, 710)                                                                      \
    CODE(LSI_CUDA_HARDWARE_STACK_ERROR, CUDA_ERROR_HARDWARE_STACK_ERROR, 714)                                          \
    CODE(LSI_CUDA_ILLEGAL_INSTRUCTION, CUDA_ERROR_ILLEGAL_INSTRUCTION, 715)                                            \
    CODE(LSI_CUDA_MISALIGNED_ADDRESS, CUDA_ERROR_MISALIGNED_ADDRESS, 716)                                              \
    CODE(LSI_CUDA_INVALID_ADDRESS_SPACE, CUDA_ERROR_INVALID_ADDRESS_SPACE, 717)                                        \
    CODE(LSI_CUDA_INVALID_PC, CUDA_ERROR_INVALID_PC, 718)                                                              \
    CODE(LSI_CUDA_LAUNCH_FAILED, CUDA_ERROR_LAUNCH_FAILED, 719)                                                        \
    CODE(LSI_CUDA_TENSOR_MEMORY_LEAK, CUDA_ERROR_TENSOR_MEMORY_LEAK, 721)                                              \
    CODE(LSI_CUDA_SYSTEM_DRIVER_MISMATCH, CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, 803)                                      \
    CODE(LSI_CUDA_MPS_CLIENT_TERMINATED, CUDA_ERROR_MPS_CLIENT_TERMINATED, 810)                                        \
    CODE(LSI_CUDA_UNKNOWN, CUDA_ERROR_UNKNOWN, 999)

#define LSI_CUDA_NUMBERS(NUMBER)                                                                                       \
    NUMBER(LSI_GPU_INTEGRATED, CU_DEVICE_ATTRIBUTE_INTEGRATED, 18)                                                     \
    NUMBER(LSI_GPU_MULTIPROCESSORS, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 16)                                      \
    NUMBER(LSI_GPU_COMPUTE_MODE, CU_DEVICE_ATTRIBUTE_COMPUTE_MODE, 20)                                                 \
    NUMBER(LSI_GPU_L2_BYTES, CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, 38)                                                    \
    NUMBER(LSI_GPU_MAJOR, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 75)                                            \
    NUMBER(LSI_GPU_MINOR, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, 76)                                            \
    NUMBER(LSI_GPU_SHARED_OPTIN, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, 97)                            \
    NUMBER(LSI_GPU_VIRTUAL_MEMORY, CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED, 102)                       \
    NUMBER(LSI_COMPUTE_PROHIBITED, CU_COMPUTEMODE_PROHIBITED, 2)                                                       \
    NUMBER(LSI_FUNCTION_SHARED, CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, 1)                                                \
    NUMBER(LSI_FUNCTION_LOCAL, CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES, 3)                                                  \
    NUMBER(LSI_FUNCTION_REGISTERS, CU_FUNC_ATTRIBUTE_NUM_REGS, 4)                                                      \
    NUMBER(LSI_FUNCTION_DYNAMIC_SHARED, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 8)                            \
    NUMBER(LSI_STREAM_NON_BLOCKING, CU_STREAM_NON_BLOCKING, 1)                                                         \
    NUMBER(LSI_EVENT_BLOCKING_SYNC, CU_EVENT_BLOCKING_SYNC, 1)                                                         \
    NUMBER(LSI_EVENT_DISABLE_TIMING, CU_EVENT_DISABLE_TIMING, 2)                                                       \
    NUMBER(LSI_HOST_ALLOC_PORTABLE, CU_MEMHOSTALLOC_PORTABLE, 1)                                                       \
    NUMBER(LSI_POINTER_CONTEXT, CU_POINTER_ATTRIBUTE_CONTEXT, 1)                                                       \
    NUMBER(LSI_POINTER_MEMORY_TYPE, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, 2)                                               \
    NUMBER(LSI_MEMORY_TYPE_DEVICE, CU_MEMORYTYPE_DEVICE, 2)                                                            \
    NUMBER(LSI_ALLOCATION_PINNED, CU_MEM_ALLOCATION_TYPE_PINNED, 1)                                                    \
    NUMBER(LSI_LOCATION_DEVICE, CU_MEM_LOCATION_TYPE_DEVICE, 1)                                                        \
    NUMBER(LSI_ACCESS_READ_WRITE, CU_MEM_ACCESS_FLAGS_PROT_READWRITE, 3)                                               \
    NUMBER(LSI_GRANULARITY_MINIMUM, CU_MEM_ALLOC_GRANULARITY_MINIMUM, 0)

#define LSI_CUDA_ENUMERATOR(name, theirs, number) name = number,
enum { LSI_CUDA_CODES(LSI_CUDA_ENUMERATOR) LSI_CUDA_NUMBERS(LSI_CUDA_ENUMERATOR) };
#undef LSI_CUDA_ENUMERATOR

typedef struct lsi_memory_location {
    int type, id;
} lsi_memory_location; /* CUmemLocation */

typedef struct lsi_memory_properties {
    int type, handle_types;
    lsi_memory_location location;
    void *windows;
    unsigned char flags[8];
} lsi_memory_properties; /* CUmemAllocationProp */

typedef struct lsi_memory_access {
    lsi_memory_location location;
    int flags;
} lsi_memory_access; /* CUmemAccessDesc */

typedef struct lsi_uuid {
    char bytes[16];
} lsi_uuid; /* CUuuid */

/* Rows: member, the driver's name, parameters. LOOSE rows take enums or structs of NVIDIA's own by value or pointer: they
 * agree in representation, not in C's type. */
#define LSI_CUDA_ENTRIES(ENTRY, LOOSE)                                                                                 \
    ENTRY(init, cuInit, (unsigned flags))                                                                              \
    ENTRY(driver_version, cuDriverGetVersion, (int *version))                                                          \
    LOOSE(error_name, cuGetErrorName, (lsi_code code, const char **text))                                              \
    LOOSE(error_string, cuGetErrorString, (lsi_code code, const char **text))                                          \
    ENTRY(device_count, cuDeviceGetCount, (int *count))                                                                \
    ENTRY(device_get, cuDeviceGet, (lsi_gpu *gpu, int ordinal))                                                        \
    ENTRY(device_name, cuDeviceGetName, (char *name, int size, lsi_gpu gpu))                                           \
    LOOSE(device_uuid, cuDeviceGetUuid, (lsi_uuid *uuid, lsi_gpu gpu))                                                 \
    ENTRY(device_memory, cuDeviceTotalMem, (size_t *bytes, lsi_gpu gpu))                                               \
    LOOSE(device_attribute, cuDeviceGetAttribute, (int *value, int attribute, lsi_gpu gpu))                            \
    ENTRY(primary_retain, cuDevicePrimaryCtxRetain, (lsi_context *context, lsi_gpu gpu))                               \
    ENTRY(primary_release, cuDevicePrimaryCtxRelease, (lsi_gpu gpu))                                                   \
    ENTRY(context_current, cuCtxGetCurrent, (lsi_context *context))                                                    \
    ENTRY(context_set, cuCtxSetCurrent, (lsi_context context))                                                         \
    ENTRY(context_push, cuCtxPushCurrent, (lsi_context context))                                                       \
    ENTRY(context_pop, cuCtxPopCurrent, (lsi_context *context))                                                        \
    ENTRY(context_synchronize, cuCtxSynchronize, (void))                                                               \
    ENTRY(memory_info, cuMemGetInfo, (size_t *available, size_t *total))                                               \
    ENTRY(memory_allocate, cuMemAlloc, (lsi_address *address, size_t bytes))                                           \
    ENTRY(memory_free, cuMemFree, (lsi_address address))                                                               \
    ENTRY(host_allocate, cuMemHostAlloc, (void **memory, size_t bytes, unsigned flags))                                \
    ENTRY(host_free, cuMemFreeHost, (void *memory))                                                                    \
    ENTRY(host_register, cuMemHostRegister, (void *memory, size_t bytes, unsigned flags))                              \
    ENTRY(host_unregister, cuMemHostUnregister, (void *memory))                                                        \
    LOOSE(pointer_attribute, cuPointerGetAttribute, (void *value, int attribute, lsi_address address))                 \
    ENTRY(address_reserve, cuMemAddressReserve,                                                                        \
          (lsi_address *address, size_t bytes, size_t alignment, lsi_address wish, unsigned long long flags))          \
    ENTRY(address_free, cuMemAddressFree, (lsi_address address, size_t bytes))                                         \
    LOOSE(memory_create, cuMemCreate,                                                                                  \
          (lsi_memory_handle *handle, size_t bytes, const lsi_memory_properties *properties, unsigned long long flags))\
    ENTRY(memory_release, cuMemRelease, (lsi_memory_handle handle))                                                    \
    ENTRY(memory_map, cuMemMap,                                                                                        \
          (lsi_address address, size_t bytes, size_t offset, lsi_memory_handle handle, unsigned long long flags))      \
    ENTRY(memory_unmap, cuMemUnmap, (lsi_address address, size_t bytes))                                               \
    LOOSE(memory_access, cuMemSetAccess,                                                                               \
          (lsi_address address, size_t bytes, const lsi_memory_access *access, size_t count))                          \
    LOOSE(memory_granularity, cuMemGetAllocationGranularity,                                                           \
          (size_t *bytes, const lsi_memory_properties *properties, int option))                                        \
    ENTRY(copy_to_device, cuMemcpyHtoDAsync, (lsi_address to, const void *from, size_t bytes, lsi_stream stream))      \
    ENTRY(copy_to_host, cuMemcpyDtoHAsync, (void *to, lsi_address from, size_t bytes, lsi_stream stream))              \
    ENTRY(copy_on_device, cuMemcpyDtoDAsync, (lsi_address to, lsi_address from, size_t bytes, lsi_stream stream))      \
    ENTRY(fill8, cuMemsetD8Async, (lsi_address to, unsigned char value, size_t count, lsi_stream stream))              \
    ENTRY(stream_create, cuStreamCreate, (lsi_stream *stream, unsigned flags))                                         \
    ENTRY(stream_destroy, cuStreamDestroy, (lsi_stream stream))                                                        \
    ENTRY(stream_synchronize, cuStreamSynchronize, (lsi_stream stream))                                                \
    ENTRY(stream_wait, cuStreamWaitEvent, (lsi_stream stream, lsi_event event, unsigned flags))                        \
    ENTRY(event_create, cuEventCreate, (lsi_event *event, unsigned flags))                                             \
    ENTRY(event_destroy, cuEventDestroy, (lsi_event event))                                                            \
    ENTRY(event_record, cuEventRecord, (lsi_event event, lsi_stream stream))                                           \
    ENTRY(event_query, cuEventQuery, (lsi_event event))                                                                \
    ENTRY(event_synchronize, cuEventSynchronize, (lsi_event event))                                                    \
    ENTRY(event_elapsed, cuEventElapsedTime, (float *milliseconds, lsi_event from, lsi_event to))                      \
    LOOSE(library_load, cuLibraryLoadData,                                                                             \
          (lsi_library *library, const void *image, void *jit_options, void **jit_values, unsigned njit,               \
           void *options, void **values, unsigned noptions))                                                           \
    ENTRY(library_unload, cuLibraryUnload, (lsi_library library))                                                      \
    ENTRY(library_kernel, cuLibraryGetKernel, (lsi_kernel_handle *kernel, lsi_library library, const char *name))      \
    ENTRY(kernel_function, cuKernelGetFunction, (lsi_function *function, lsi_kernel_handle kernel))                    \
    LOOSE(function_attribute, cuFuncGetAttribute, (int *value, int attribute, lsi_function function))                  \
    LOOSE(function_set, cuFuncSetAttribute, (lsi_function function, int attribute, int value))                         \
    ENTRY(occupancy, cuOccupancyMaxActiveBlocksPerMultiprocessor,                                                      \
          (int *blocks, lsi_function function, int threads, size_t shared_bytes))                                      \
    ENTRY(launch, cuLaunchKernel,                                                                                      \
          (lsi_function function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,                 \
           unsigned block_y, unsigned block_z, unsigned shared_bytes, lsi_stream stream, void **parameters,            \
           void **extra))

#define LSI_CUDA_MEMBER(member, name, parameters) lsi_code(*member) parameters;
typedef struct lsi_cuda {
    LSI_CUDA_ENTRIES(LSI_CUDA_MEMBER, LSI_CUDA_MEMBER)
    /* The simulated GPU alone (NULL else): what the work about to be launched by this thread may touch. Called for each
     * range between a work's begin and its end; `bytes` 0 ends the list. */
    void (*declare)(lsi_address address, size_t bytes, bool write);
} lsi_cuda;
#undef LSI_CUDA_MEMBER

/* CUDA's release this plug-in is made for, and the oldest driver (cuDriverGetVersion) that runs what it holds. */
#ifndef LSI_CUDA_BUILD
#define LSI_CUDA_BUILD 12000
#endif

/* The driver's table, opened once and never closed. NULL: none, and `reason` says why in a sentence. The simulated GPU
 * has a function of this name of its own. */
const lsi_cuda *lsi_cuda_open(char *reason, size_t size);

/* Whether nothing can be done with the GPU in this process after this code. */
bool lsi_code_is_sticky(lsi_code code);
/* "CUDA_ERROR_OUT_OF_MEMORY: out of memory" into text; returns text. */
enum { LSI_CODE_TEXT = 192 };
const char *lsi_code_text(const lsi_cuda *cuda, lsi_code code, char text[LSI_CODE_TEXT]);

#endif
