/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One NVIDIA GPU as a backend, and how the files of this folder put work on it.
 *
 *   driver.h     the table of driver entries: the only way to CUDA
 *   codes.c      what the driver's error codes mean
 *   plugin.c     the one exported entry; makes a device for each GPU
 *   services.c   what the plug-in calls of the main library, forwarded through a table
 *   context.c    a GPU's primary context, streams and events; the lost device
 *   modules.c    the embedded kernels
 *   memory.c     device memory as a prim, memory_virtual.c where it can be split; staging.c is pinned memory
 *   work.c       lsi_work: scheduling, scratch, launches, failures
 *   run.c        programs: which tier; strips.c is tier 0, jit.c and generate.c tier 1
 *   reduce.c scan.c matmul.c sort.c transfer.c   the other entries of the contract
 *   access.c     streams, events and kernels of the user's own
 *   fork.c       a GPU in the child of a fork: gone
 *
 * A piece of work is written without a look at errors: after the first failure every step does nothing, and the end
 * reports it with the user's function and place. */
#ifndef LSI_DEVICE_DEVICE_H
#define LSI_DEVICE_DEVICE_H

#include "backend.h"
#include "core/progress.h"
#include "device/driver.h"
#include "memory/scheduler.h"

#include <pthread.h>

typedef struct lsi_device {
    lsi_backend backend;      /* first: a backend of this kind is a device */
    const lsi_cuda *cuda;
    int ordinal;              /* CUDA's number of the GPU */
    lsi_context context;      /* primary context; NULL until the GPU is first used */
    lsi_scheduler *scheduler;
    int major, minor;         /* compute capability */
    int multiprocessors;
    size_t l2_bytes, shared_bytes; /* shared_bytes: most a block may have when it asks */
    size_t memory_bytes;
    lsi_stream streams[LSI_MAX_STREAMS];
    lsi_prim prim;                 /* memory.c */
    struct lsi_events *events;     /* context.c: events that wait for their next use */
    struct lsi_staging *staging;   /* staging.c */
    struct lsi_modules *modules;   /* modules.c */
    struct lsi_jit *jit;           /* jit.c; NULL: off */
    struct lsi_blas *blas;         /* cublas.c; NULL: not opened yet */
    struct lsi_cub *cub;           /* sort.c; NULL: not opened yet */
    _Atomic int lost;              /* the sticky error after which the device is gone, LSI_DEVICE_FORKED; 0: well */
    _Atomic(const char *) last_kernel; /* launched most recently: whom a late error is likely to come from */
    atomic_bool started;
    pthread_mutex_t starting;
    bool synchronous;              /* LOCKSTEP_CUDA_SYNC=1: every launch is waited for, so errors name their kernel */
    char name[64];                 /* "cuda:0" */
    char gpu_name[96];             /* "NVIDIA H100" */
} lsi_device;

static inline lsi_device *lsi_device_of(lsi_backend *backend)
{
    return (lsi_device *)backend;
}

/* In the child of a fork: no code of the driver's. fork.c */
enum { LSI_DEVICE_FORKED = -2 };
void lsi_device_watch_forks(lsi_device *device);

/* Devices are made once and live as long as the process. NULL: `note` says why. */
lsi_device *lsi_device_new(const lsi_cuda *cuda, int ordinal, char *note, size_t size);
void lsi_device_delete(lsi_device *device); /* of one that was never registered */
/* Around every use of the driver: makes the GPU's context the calling thread's, after starting the GPU when this is its
 * first use; `before` is what leaving puts back. Nests. A code other than 0 (the device's `lost` too): not entered. */
lsi_code lsi_device_enter(lsi_device *device, lsi_context *before);
void lsi_device_leave(lsi_device *device, lsi_context before);
/* What a code from the driver makes of the call `function` at `place`; `what` says what was tried ("copying 80 bytes to
 * the GPU"). Marks the device lost after a sticky code. Returns the status it recorded. */
ls_status lsi_device_failed(lsi_device *device, const char *function, const char *place, int code, const char *what, ...)
    __attribute__((format(printf, 5, 6)));

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
    lsi_lane lane;            /* computing, unless set between begin and enter */
    int stream;
    lsi_context before;
    int naccess, nscratch;
    lsi_access accesses[LSI_WORK_ACCESSES];
    struct lsi_range { void *address; size_t bytes; } ranges[LSI_WORK_ACCESSES]; /* the memory of each access */
    struct lsi_scratch { void *address; lsi_uses uses; } scratch[LSI_WORK_SCRATCH];
    lsi_progress progress;    /* from here on: of work in parts */
    int64_t part, since;      /* units of a part; enqueued since the last one ended */
    lsi_ticket newest;        /* the last part, of so many units: */
    int64_t flying;
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
/* Long work in parts, between which others may enqueue and the user is told how far it is (ls_on_progress). Parts: there
 * are so many units; gives how many had best be a part, all of them when nobody wants to know. Part: so many more were
 * enqueued; returns with the work entered, but after a failure, or when the user has cancelled. */
int64_t lsi_work_parts(lsi_work *work, int64_t units);
void lsi_work_part(lsi_work *work, int64_t units);
/* A function made at run time over so many elements, in parts if need be: its blocks are numbered from the int64 on that
 * it finds at `begin_at` of its arguments. */
void lsi_work_launch_parts(lsi_work *work, void *function, int64_t blocks, unsigned threads, unsigned shared_bytes,
                           unsigned char *args, size_t size, size_t begin_at, int64_t elements);
void lsi_work_fill(lsi_work *work, void *address, unsigned char byte, size_t bytes);
void lsi_work_copy(lsi_work *work, void *to, const void *from, size_t bytes); /* on the device */
/* Notes a failure of the caller's own, with the work's function and place. */
void lsi_work_fail(lsi_work *work, ls_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The stream of an entered work, for copies and libraries; NULL after a failure. Who enqueues there by other means than
 * the functions above says so, and passes what the driver answered. `what` as in lsi_device_failed. */
lsi_stream lsi_work_stream(lsi_work *work);
void lsi_work_enqueued(lsi_work *work, int code, const char *what);
ls_status lsi_work_end(lsi_work *work, lsi_ticket *done); /* `done` may be NULL */

/* Kernels by name, modules.c. Loaded at the first call. A code of the driver; `explain` is then set to a sentence where
 * the code alone says too little, else to NULL. `name` lives as long as the device. */
typedef struct lsi_found {
    lsi_function function;
    const char *name, *explain;
} lsi_found;
lsi_code lsi_modules_find(lsi_device *device, lsi_kernel kernel, lsi_found *found);
/* Lets a block of the function have that much dynamic shared memory. */
lsi_code lsi_modules_allow_shared(lsi_device *device, lsi_function function, unsigned bytes);
/* The images compiled into this plug-in, ended by a NULL name: written by the build (cmake/gpu.cmake). */
typedef struct lsi_image {
    const char *module;
    const void *start;
} lsi_image;
extern const lsi_image lsi_images[];

/* Pinned host memory, staging.c: at most LSI_STAGING_MOST bytes; NULL when there is none. Given back with the work after
 * which it may be used again. */
enum { LSI_STAGING_MOST = 4 << 20 };
void *lsi_staging_take(lsi_device *device, size_t bytes);
void lsi_staging_give(lsi_device *device, void *memory, lsi_ticket after);
bool lsi_staging_new(lsi_device *device);
void lsi_staging_delete(lsi_device *device); /* of a device that was never started */

bool lsi_modules_new(lsi_device *device);
void lsi_modules_delete(lsi_device *device); /* of a device that was never started */
void lsi_memory_init(lsi_device *device); /* fills device->prim */
bool lsi_memory_virtual(lsi_device *device); /* the same, memory_virtual.c; false: not on this GPU */
void lsi_memory_forget(lsi_device *device); /* of a device that was never used */
void lsi_device_capacity(lsi_device *device, size_t *total, size_t *available);
/* NULL: all work, and what the device keeps for itself goes to the pool. */
void lsi_device_settle(lsi_device *device, const lsi_clock *work);
void lsi_blas_give_back(lsi_device *device); /* cublas.c: the workspaces */
int lsi_events_new(lsi_device *device, lsi_queues *queues); /* fills the queues with streams of the started device */

/* --- the entries of the contract, a file each --- */
ls_status lsi_device_run(lsi_backend *backend, const lsi_program *program, lsi_ticket *done);      /* run.c */
ls_status lsi_device_reduce(lsi_device *device, const lsi_program *program, lsi_ticket *done);     /* reduce.c */
ls_status lsi_device_scan(lsi_backend *backend, const lsi_scan *scan, lsi_ticket *done);           /* scan.c */
ls_status lsi_device_matmul(lsi_backend *backend, const lsi_matmul *task, lsi_ticket *done);       /* matmul.c */
ls_status lsi_device_sort(lsi_backend *backend, lsi_sort *task, lsi_ticket *done);                 /* sort.c */
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

/* Streams to wish for, and code that is not the library's: access.c. */
extern const lsi_stream_entries lsi_device_streams;
extern const lsi_foreign_entries lsi_device_foreign;

/* Tier 1, jit.c: runs the program by a kernel compiled for it. LSI_DECLINED while there is none. */
ls_status lsi_jit_run(lsi_device *device, const lsi_program *program, lsi_ticket *done);
bool lsi_jit_rows_fit(lsi_backend *backend, int64_t rows, int64_t length); /* of the contract */

#endif
