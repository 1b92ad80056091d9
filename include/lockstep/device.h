/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Devices, memory, threads: what the library found, what it uses, and choosing otherwise.
 *
 * The library starts by itself at the first call. Environment, read once (setuid programs ignore it):
 *   LOCKSTEP_DEVICE=auto|cpu|cuda:N   the device new arrays live on
 *   LOCKSTEP_NUM_THREADS=N            threads of the host path (default: OMP_NUM_THREADS, and without it one per core the
 *                                     process may run on)
 *   LOCKSTEP_ISA=baseline|avx2|avx512 instruction set of the host kernels (never one the CPU lacks)
 *   LOCKSTEP_MATMUL=fast|exact        see matmul.h
 *   LOCKSTEP_BLAS=off|on|/path/lib.so which CBLAS, if any (default: OpenBLAS where it is the faster)
 *   LOCKSTEP_POOL=direct              every array gets memory of its own, for memory checkers
 *   LOCKSTEP_PROFILE=1|FILE           see profile.h
 *   LOCKSTEP_DEBUG=1                  see debug.h
 * For GPUs:
 *   LOCKSTEP_JIT=off|background|wait  one kernel per fused program: never, once it is compiled, or compiled first
 *   LOCKSTEP_JIT_CACHE=off|/path      where compiled kernels are kept (default: the user's cache directory)
 *   LOCKSTEP_CUBLAS=off|/path/lib.so  which cuBLAS, if any
 *   LOCKSTEP_MATMUL_TILE=wide|small   the tile of exact products, instead of the one that is taken to be the faster
 *   LOCKSTEP_CUDA_MEMORY=plain        memory by cuMemAlloc, not by growing ranges of addresses
 *   LOCKSTEP_CUDA_SYNC=1              waits after every kernel, so that an error names the one that made it
 *   LOCKSTEP_CUDA_PLUGIN=/path/lib.so the plug-in, where it is not beside the library
 * None of them changes a bit of any result, LOCKSTEP_MATMUL and the choice of a BLAS aside. */
#ifndef LOCKSTEP_DEVICE_H
#define LOCKSTEP_DEVICE_H

#include "types.h"

LS_BEGIN_DECLS

/** The host. */
#ifdef __cplusplus
#define LS_HOST (ls_device{1})
#else
#define LS_HOST ((ls_device){1})
#endif

/** Version of the library, "0.1.0". */
LS_API const char *ls_version(void);

/** Devices there are, the host included; device ids are 1 to this number. 0 when the library cannot start. */
LS_API int64_t ls_device_count(void);
/** "cpu", "cuda:0"; NULL when there is no such device. Valid for the life of the process. */
LS_API const char *ls_device_name(ls_device device);
/** The device of that name, {0} when there is none. */
LS_API ls_device ls_device_from_name(const char *name);
/** The device on which this thread's new arrays live; {0} goes back to the default. LS_EDEVICE when there is none. */
LS_API LS_WARN_UNUSED ls_status ls_use_device(ls_device device);
/** That device now. */
LS_API ls_device ls_device_in_use(void);
/** The same elements on another device: a copy, or the handle's view when it is there already. */
LS_API ls_array *ls_to_device(const char *place, const ls_array *a, ls_device device);
#define ls_to_device(a, device) ls_to_device(LS_HERE, (a), (device))

/** Threads of the host path from now on, for the whole process; 0 goes back to the default. Results do not depend on it. */
LS_API void ls_set_num_threads(int threads);
/** Threads a large operation would use now. */
LS_API int ls_num_threads(void);

/** Makes the library usable in a child made by fork(). The child of a process that had used the library has its arrays
 *  but none of its threads and devices: every call that would do work fails with LS_EFORKED until this one. Afterwards
 *  the host's arrays are as they were (the child's own copies, pending ones included), new ones live on the host, and
 *  those of other devices give LS_EDEVICE. The child of a process that had more than one thread works on a single one:
 *  it may have inherited an OpenMP team that does not exist in it. The parent notices nothing. LS_OK, and nothing
 *  happens, in a process that needs it not: one that is no child, or whose parent had not used the library. The child
 *  of a fork inside a callback (ls_map_host) may only exec or _exit. */
LS_API LS_WARN_UNUSED ls_status ls_reinit_after_fork(void);

/** Memory of one device as its pool sees it, in bytes. */
typedef struct ls_memory {
    int64_t in_use;        /**< held by arrays */
    int64_t reserved;      /**< taken from the system, in use or cached for the next array */
    int64_t peak_in_use;   /**< largest in_use since the start or ls_memory_reset_peak */
    int64_t peak_reserved; /**< largest reserved since then */
    int64_t allocations;   /**< requests served, a count */
    int64_t reused;        /**< of them without asking the system, a count */
} ls_memory;
/** Fills *memory; {0} means the device in force. LS_EDEVICE when there is none. */
LS_API ls_status ls_memory_stats(ls_device device, ls_memory *memory);
/** Starts new peaks from the present values. */
LS_API ls_status ls_memory_reset_peak(ls_device device);
/** Most bytes the pool may reserve; 0 for no limit. Requests beyond are LS_ENOMEM after the cache was given back. */
LS_API ls_status ls_memory_set_limit(ls_device device, int64_t bytes);
/** Gives cached memory back to the system until at most `keep` bytes are cached. */
LS_API ls_status ls_memory_trim(ls_device device, int64_t keep);

/** What this thread's evaluations did so far; differences tell what one did. */
typedef struct ls_work {
    int64_t programs;      /**< passes over data; scans and matrix products not counted */
    int64_t instructions;  /**< operations in them */
    int64_t sources_read;  /**< arrays read */
    int64_t values_stored; /**< arrays written, reductions aside */
    int64_t reductions;    /**< reductions folded */
    int64_t bytes_read;    /**< of arrays, each counted once per pass */
    int64_t bytes_written; /**< results of reductions included */
} ls_work;
/** The counters of the calling thread. */
LS_API ls_work ls_work_done(void);

/** Everything `lockstep info` prints, as section, key and value, through a callback; strings live for the callback. */
LS_API ls_status ls_info(void (*put)(void *context, const char *section, const char *key, const char *value),
                         void *context);

LS_END_DECLS

#endif
