/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One NVIDIA GPU as a backend, and how the files of this folder put work on it.
 *
 *   driver.h     the table of driver entries: the only way to CUDA
 *   plugin.c     the one exported entry; makes a device for each GPU
 *   services.c   what the plug-in calls of the main library, forwarded through a table
 *   memory.c     device and pinned memory as prims
 *   work.c       lsi_work: scheduling, scratch, launches, failures
 *   run.c        programs: which tier; strips.c is tier 0, jit.c and generate.c tier 1
 *   reduce.c scan.c matmul.c sort.c transfer.c   the other entries of the contract
 *
 * A piece of work is written without a look at errors: after the first failure every step does nothing, and the end
 * reports it with the user's function and place. */
#ifndef LSI_DEVICE_DEVICE_H
#define LSI_DEVICE_DEVICE_H

#include "backend.h"
#include "memory/scheduler.h"

typedef struct lsi_cuda lsi_cuda; /* driver.h */

typedef struct lsi_device {
    lsi_backend backend;      /* first: a backend of this kind is a device */
    const lsi_cuda *cuda;
    int ordinal;              /* CUDA's number of the GPU */
    void *context;            /* primary context */
    lsi_scheduler *scheduler;
    int major, minor;         /* compute capability */
    int multiprocessors;
    size_t l2_bytes, shared_bytes; /* shared_bytes: most a block may have when it asks */
    void *streams[LSI_MAX_STREAMS];
    struct lsi_modules *modules;   /* modules.c */
    struct lsi_jit *jit;           /* jit.c; NULL: off */
    struct lsi_blas *blas;         /* cublas.c; NULL: not opened yet */
    struct lsi_cub *cub;           /* sort.c; NULL: not opened yet */
    _Atomic int lost;              /* the sticky error after which the device is gone; 0: well */
    char name[64];
} lsi_device;

static inline lsi_device *lsi_device_of(lsi_backend *backend)
{
    return (lsi_device *)backend;
}

/* A kernel of an embedded module: `module` as in lsi_gpu_module() of cmake/gpu.cmake. Loaded at the first launch. */
typedef struct lsi_kernel {
    const char *module, *name;
} lsi_kernel;

enum { LSI_WORK_ACCESSES = 128, LSI_WORK_SCRATCH = 16 };

typedef struct lsi_work {
    lsi_device *device;
    const char *function, *place;
    ls_status status;         /* of the first failure, recorded already */
    bool entered, enqueued;
    int stream;
    int naccess, nscratch;
    lsi_access accesses[LSI_WORK_ACCESSES];
    struct lsi_scratch { void *address; lsi_uses uses; } scratch[LSI_WORK_SCRATCH];
} lsi_work;

/* The order of a piece of work: begin; reads, writes, scratch; enter; launches, fills, copies; end.
 * Scratch is memory of the pool that is given back, in the stream's order, by the end; NULL after a failure. */
void lsi_work_begin(lsi_work *work, lsi_device *device, const char *function, const char *place);
void lsi_work_reads(lsi_work *work, lsi_buffer *buffer);
void lsi_work_writes(lsi_work *work, lsi_buffer *buffer);
void *lsi_work_scratch(lsi_work *work, size_t bytes);
/* False after a failure. From here to the end other threads cannot enqueue on this device: nothing may block. */
bool lsi_work_enter(lsi_work *work);
/* `blocks` in x (up to 2^31 - 1), y and z (up to 65535); 0 in x launches nothing. `args` is the kernel's one struct. */
typedef struct lsi_grid {
    uint64_t x;
    unsigned y, z; /* 0 counts as 1 */
} lsi_grid;
void lsi_work_launch(lsi_work *work, lsi_kernel kernel, lsi_grid blocks, unsigned threads, unsigned shared_bytes,
                     const void *args, size_t size);
/* The same for a function made at run time (a CUfunction). */
void lsi_work_launch_function(lsi_work *work, void *function, lsi_grid blocks, unsigned threads, unsigned shared_bytes,
                              const void *args, size_t size);
void lsi_work_fill(lsi_work *work, void *address, unsigned char byte, size_t bytes);
void lsi_work_copy(lsi_work *work, void *to, const void *from, size_t bytes); /* on the device */
/* Notes a failure of the caller's own, with the work's function and place. */
void lsi_work_fail(lsi_work *work, ls_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));
ls_status lsi_work_end(lsi_work *work, lsi_ticket *done);

/* --- the entries of the contract, a file each --- */
ls_status lsi_device_run(lsi_backend *backend, const lsi_program *program, lsi_ticket *done);      /* run.c */
ls_status lsi_device_reduce(lsi_device *device, const lsi_program *program, lsi_ticket *done);     /* reduce.c */
ls_status lsi_device_scan(lsi_backend *backend, const lsi_scan *scan, lsi_ticket *done);           /* scan.c */
ls_status lsi_device_matmul(lsi_backend *backend, const lsi_matmul *task, lsi_ticket *done);       /* matmul.c */
ls_status lsi_device_upload(lsi_backend *backend, lsi_buffer *to, size_t offset, const void *host, size_t bytes,
                            lsi_ticket *done);                                                     /* transfer.c */
ls_status lsi_device_download(lsi_backend *backend, const lsi_buffer *from, size_t offset, void *host, size_t bytes);
ls_status lsi_device_wait(lsi_backend *backend, lsi_ticket ticket);
void lsi_device_describe(lsi_backend *backend, void (*put)(void *context, const char *key, const char *value),
                         void *context);
/* Each part adds its own lines to that. */
void lsi_jit_describe(lsi_device *device, void (*put)(void *context, const char *key, const char *value), void *context);
void lsi_blas_describe(lsi_device *device, void (*put)(void *context, const char *key, const char *value), void *context);
void lsi_cub_describe(lsi_device *device, void (*put)(void *context, const char *key, const char *value), void *context);

/* Tier 1, jit.c: runs the program by a kernel compiled for it. LSI_DECLINED while there is none. */
ls_status lsi_jit_run(lsi_device *device, const lsi_program *program, lsi_ticket *done);

#endif
