/* SPDX-License-Identifier: BSD-3-Clause
 *
 * CUDA code of your own beside the library's: its arrays in your kernels, its streams in your hands, your streams in its.
 * Opt-in: lockstep.h does not include this. No header of CUDA is needed; the handles are those of cuda.h and the runtime
 * (CUstream and cudaStream_t, CUfunction).
 *
 *     ls_status s = ls_cuda_launch(ls_cuda_trusted_source(text, "saxpy"), LS_CUDA_SIZE((n + 255) / 256), LS_CUDA_SIZE(256), 0,
 *                                  ls_cuda_number((float)2), ls_cuda_reads(x), ls_cuda_writes(y), ls_cuda_number(n));
 *
 * What is read and written is declared, and the library does the rest: it evaluates and orders, as for its own work. Code
 * that launches by other means (a library, the runtime's <<<>>>) puts itself between ls_cuda_begin_access and
 * ls_cuda_end_access.
 *
 * Trusted code. A kernel can do anything to the memory of the process's GPU contexts. None of the library's promises (the
 * same bits, no crash on bad input) extends to it, and source text must come from the program itself: never from a file or
 * a user. The text form of expressions (ls_eval) cannot reach any of this.
 *
 * Everything here belongs to the GPU's primary context, the one the CUDA runtime uses; "cuda:0" is CUDA's device 0.
 * Without a GPU, or for arrays of the host, each call fails with LS_EDEVICE and says so. */
#ifndef LOCKSTEP_CUDA_H
#define LOCKSTEP_CUDA_H

#include "stream.h"
#include "types.h"

struct CUstream_st; /* CUstream, cudaStream_t */
struct CUfunc_st;   /* CUfunction */

LS_BEGIN_DECLS

/** What is done with an array's elements. */
typedef enum ls_cuda_access {
    LS_CUDA_READ = 1,
    LS_CUDA_WRITE = 2,     /**< all elements are written before any is read: what they held may be dropped */
    LS_CUDA_READ_WRITE = 3
} ls_cuda_access;

/* --- kernels --- */

/** A kernel: a CUfunction of the GPU's primary context, or source text with the name of a kernel in it. */
typedef struct ls_cuda_kernel {
    struct CUfunc_st *function; /**< NULL: `source` is given */
    const char *source;         /**< CUDA C++ */
    const char *name;           /**< of the kernel in it */
} ls_cuda_kernel;
static inline ls_cuda_kernel ls_cuda_function(struct CUfunc_st *function)
{
    ls_cuda_kernel k = {NULL, NULL, NULL};
    k.function = function;
    return k;
}
/** CUDA C++ that the program trusts, compiled by NVRTC at its first launch and kept for the life of the process. The
 *  kernel is declared `extern "C" __global__`. Read "Trusted code" above. */
static inline ls_cuda_kernel ls_cuda_trusted_source(const char *source, const char *name)
{
    ls_cuda_kernel k = {NULL, NULL, NULL};
    k.source = source;
    k.name = name;
    return k;
}

/** Blocks of a grid, or threads of a block: LS_CUDA_SIZE(x), LS_CUDA_SIZE(x, y), LS_CUDA_SIZE(x, y, z). 0 counts as 1, but
 *  a grid of 0 blocks in x launches nothing. */
typedef struct ls_cuda_size {
    int64_t x; /**< along the first, fastest index */
    int64_t y; /**< along the second */
    int64_t z; /**< along the third */
} ls_cuda_size;
static inline ls_cuda_size ls_cuda_size_(int64_t x, int64_t y, int64_t z)
{
    ls_cuda_size s = {0, 0, 0};
    s.x = x;
    s.y = y;
    s.z = z;
    return s;
}
#define LS_CUDA_SIZE(...) LS_CUDA_SIZE_(__VA_ARGS__, 1, 1, 1)
#define LS_CUDA_SIZE_(x, y, z, ...) ls_cuda_size_((x), (y), (z))

/** One parameter of a kernel: a pointer to an array's first element, or a number or struct by value. */
typedef struct ls_cuda_argument {
    ls_array *array;       /**< NULL: a value */
    ls_cuda_access access; /**< of an array: what the kernel does with it */
    const void *bytes;     /**< of a value; NULL: in `small` */
    size_t size;           /**< of a value */
    unsigned char small[16]; /**< a value that is a number */
} ls_cuda_argument;
static inline ls_cuda_argument ls_cuda_array_(ls_array *array, ls_cuda_access access)
{
    ls_cuda_argument a = {NULL, access, NULL, 0, {0}};
    a.array = array;
    return a;
}
/** The kernel reads the array. A view that is not C-contiguous is copied together first. */
static inline ls_cuda_argument ls_cuda_reads(const ls_array *array)
{
    return ls_cuda_array_((ls_array *)(uintptr_t)array, LS_CUDA_READ);
}
/** The kernel writes every element of the array (a C-contiguous one) and reads none. */
static inline ls_cuda_argument ls_cuda_writes(ls_array *array)
{
    return ls_cuda_array_(array, LS_CUDA_WRITE);
}
/** The kernel reads and writes elements of the array (a C-contiguous one). */
static inline ls_cuda_argument ls_cuda_updates(ls_array *array)
{
    return ls_cuda_array_(array, LS_CUDA_READ_WRITE);
}
/** A struct, or anything else, by value; borrowed for the call. */
static inline ls_cuda_argument ls_cuda_struct(const void *bytes, size_t size)
{
    ls_cuda_argument a = {NULL, LS_CUDA_READ, NULL, 0, {0}};
    a.bytes = bytes;
    a.size = size;
    return a;
}
static inline ls_cuda_argument ls_cuda_small_(const void *bytes, size_t size)
{
    ls_cuda_argument a = {NULL, LS_CUDA_READ, NULL, 0, {0}};
    a.size = size;
    for (size_t i = 0; i < size; i++) a.small[i] = ((const unsigned char *)bytes)[i];
    return a;
}
/** A number by value, of the type it is written with: ls_cuda_number((float)2), ls_cuda_number(n). */
#ifndef __cplusplus
#define ls_cuda_number(x) ls_cuda_number_(LS_GLUE(ls_number_, __COUNTER__), x)
#define ls_cuda_number_(v, x)                                                                                          \
    __extension__({                                                                                                    \
        __typeof__(x) v = (x);                                                                                         \
        _Static_assert(sizeof v <= 16, "ls_cuda_struct passes larger values");                                         \
        ls_cuda_small_(&v, sizeof v);                                                                                  \
    })
#endif

/** Runs a kernel over a grid, `shared_bytes` being the dynamic shared memory of a block, on the stream in use or one of the
 *  library's choice: ls_cuda_launch(kernel, grid, block, shared_bytes, arguments...), at most 32 of them. Arrays are
 *  evaluated first; the kernel runs after everything it depends on, and later work after it. Returns when it is enqueued.
 *  Arrays written keep their handles and views; arrays computed from them before have the old elements.
 *  Errors: LS_EDEVICE without a GPU, for arrays of different devices, and when the launch is refused; LS_EARGUMENT for a
 *  written array that is not C-contiguous or wraps read-only memory; LS_ESYNTAX, with the compiler's log, for source that
 *  does not compile or does not have the kernel; LS_EUNSUPPORTED when there is no NVRTC; LS_EOVERFLOW for sizes beyond
 *  CUDA's; those of evaluating. */
LS_API LS_WARN_UNUSED ls_status ls_cuda_launch(const char *place, ls_cuda_kernel kernel, ls_cuda_size grid,
                                               ls_cuda_size block, int64_t shared_bytes, int64_t count,
                                               const ls_cuda_argument *arguments);
#ifndef __cplusplus
#define ls_cuda_launch(kernel, grid, block, shared_bytes, ...)                                                         \
    ls_cuda_launch(LS_HERE, (kernel), (grid), (block), (shared_bytes),                                                 \
                   (int64_t)(sizeof((const ls_cuda_argument[]){__VA_ARGS__}) / sizeof(ls_cuda_argument)),              \
                   (const ls_cuda_argument[]){__VA_ARGS__})
#endif

/* --- foreign work on the library's arrays --- */

/** Hands an array to CUDA code of the caller's: *pointer is its first element's address on the GPU, and what is put on
 *  `stream` from now on comes after the library's work that it depends on. The thread does not wait. Until
 *  ls_cuda_end_access no other call may use the array or views of it. `stream` NULL is CUDA's legacy default stream.
 *  Errors: LS_EDEVICE for an array that is on no GPU; LS_EARGUMENT for an access that is none of the three, an array that
 *  is handed out already, a view that is not C-contiguous, writing to wrapped read-only memory; those of evaluating. */
LS_API LS_WARN_UNUSED ls_status ls_cuda_begin_access(const char *place, ls_array *a, struct CUstream_st *stream,
                                                     ls_cuda_access access, void **pointer);
#define ls_cuda_begin_access(a, stream, access, pointer)                                                               \
    ls_cuda_begin_access(LS_HERE, (a), (stream), (access), (pointer))
/** Takes it back: the library's later work on it comes after what is on `stream` now. Errors: LS_EARGUMENT when the array
 *  was not handed out through this handle; LS_EDEVICE. */
LS_API LS_WARN_UNUSED ls_status ls_cuda_end_access(const char *place, ls_array *a, struct CUstream_st *stream);
#define ls_cuda_end_access(a, stream) ls_cuda_end_access(LS_HERE, (a), (stream))

/* --- streams --- */

/** The CUDA stream behind a stream, for work of the caller's own; it lives as long as `stream`. Work put there is in order
 *  with the library's on that stream, and with no other: arrays still want ls_cuda_begin_access. NULL, LS_EDEVICE: the
 *  stream is of a device that is no GPU. */
LS_API struct CUstream_st *ls_cuda_stream(const char *place, const ls_stream *stream);
#define ls_cuda_stream(stream) ls_cuda_stream(LS_HERE, (stream))
/** A stream of the library over a CUDA stream of the caller's, which must live until ls_stream_free. Work of a thread that
 *  uses it (ls_stream_use) goes there, in order with the caller's. Errors (NULL): LS_EARGUMENT for NULL; LS_EDEVICE when the
 *  device is no GPU or all its places for streams are taken; LS_ENOMEM. */
LS_API ls_stream *ls_cuda_stream_wrap(const char *place, struct CUstream_st *stream, ls_device device);
#define ls_cuda_stream_wrap(stream, device) ls_cuda_stream_wrap(LS_HERE, (stream), (device))

LS_END_DECLS

#ifdef __cplusplus
template <class N> inline ls_cuda_argument ls_cuda_number(N value)
{
    static_assert(sizeof value <= 16, "ls_cuda_struct passes larger values");
    return ls_cuda_small_(&value, sizeof value);
}
namespace lockstep_detail {
struct cuda_arguments {
    ls_cuda_argument values[32];
    int64_t count;
    template <class... A> explicit cuda_arguments(A... a) : values{a...}, count(sizeof...(a))
    {
        static_assert(sizeof...(a) <= 32, "a kernel has at most 32 arguments here");
    }
};
inline ls_status cuda_launch(const char *place, ls_cuda_kernel kernel, ls_cuda_size grid, ls_cuda_size block,
                             int64_t shared_bytes, const cuda_arguments &a)
{
    return ls_cuda_launch(place, kernel, grid, block, shared_bytes, a.count, a.values);
}
} // namespace lockstep_detail
#define ls_cuda_launch(kernel, grid, block, shared_bytes, ...)                                                         \
    lockstep_detail::cuda_launch(LS_HERE, (kernel), (grid), (block), (shared_bytes),                                   \
                                 lockstep_detail::cuda_arguments{__VA_ARGS__})
#endif

#endif
