/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The contract a device fills. The host fills it in src/host, CUDA in a plug-in, a stand-in in the tests. The lazy layer
 * and the public API see nothing else of a device.
 *
 * Ordering. Work handed to one backend takes effect in the order of the calls, as if each had finished before the next
 * began; it may run later. Each entry that starts work gives a ticket; `wait` returns once that work is done. Memory given
 * back to the pool may be handed out at once: in-order effect makes that safe. Only `download`, `wait` and a buffer that
 * is host-readable let host code see results, and the last only after `wait`.
 * Errors. An entry returns LS_OK, a status recorded with lsi_fail_for (the work's own function and place), or, where the
 * comment says "may decline", LSI_DECLINED with nothing recorded: the caller takes another way. A failure is never
 * turned into a decline. Ownership. Everything passed is borrowed for the call; a backend that runs later copies the
 * program and retains the buffers. */
#ifndef LSI_BACKEND_H
#define LSI_BACKEND_H

#include "memory/pool.h"
#include "memory/scheduler.h"
#include "program.h"
#include <stdatomic.h>

enum { LSI_BACKEND_ABI = 6, LSI_DECLINED = 1000, LSI_MAX_DEVICES = 16 };

typedef struct lsi_backend lsi_backend;

struct lsi_buffer {
    _Atomic int64_t refs;
    lsi_backend *backend;
    void *address;       /* followed by host code only when the pool's prim is host_readable, after `wait(uses.written)` */
    size_t bytes;
    lsi_uses uses;       /* by work that may still be running; changed by the backend alone */
    void (*deleter)(void *context); /* wrapped user memory: called at the last release; NULL = from the pool */
    void *deleter_context;
    bool wrapped;        /* the user's memory: writes through an array land there */
    bool read_only;      /* wrapped as read-only: a write is refused at the call */
    uint16_t small;      /* from the pool and small enough to wait at hand once released: its size in units, else 0 */
    lsi_buffer *next;    /* waiting */
};

/* One index range of a parallel loop on the host. Non-zero stops the loop. */
typedef int (*lsi_range_fn)(int64_t begin, int64_t end, void *context);

/* A point in a stream's work. */
typedef struct lsi_mark {
    lsi_ticket ticket; /* the work it stands behind */
    void *event;       /* the device's, for the time; NULL: none yet */
} lsi_mark;

/* Streams that a thread may wish for. A stream is a number from 0; -1 stands for all of them. Work on different streams is
 * still ordered where it touches the same buffers. */
typedef struct lsi_stream_entries {
    /* `foreign`: NULL, or a queue of the user's own (a CUstream) to be used under that number. */
    ls_status (*open)(lsi_backend *backend, void *foreign, int *stream);
    ls_status (*close)(lsi_backend *backend, int stream); /* waits for its work */
    void *(*handle)(lsi_backend *backend, int stream);    /* the CUstream */
    ls_status (*synchronize)(lsi_backend *backend, int stream);
    ls_status (*mark)(lsi_backend *backend, int stream, lsi_mark *mark); /* behind its work so far; forget it later */
    ls_status (*after)(lsi_backend *backend, int stream, const lsi_mark *mark); /* its later work comes after the mark */
    ls_status (*reached)(lsi_backend *backend, const lsi_mark *mark, bool wait, bool *done);
    ls_status (*elapsed)(lsi_backend *backend, const lsi_mark *from, const lsi_mark *to, double *milliseconds);
    void (*forget)(lsi_backend *backend, lsi_mark *mark);
} lsi_stream_entries;

/* A kernel that is not the library's, on arrays of its backend: lockstep/cuda.h. */
typedef struct lsi_user_argument {
    lsi_buffer *buffer; /* NULL: a number */
    bool write;
    size_t offset;      /* bytes into the buffer */
    const void *bytes;  /* the number */
    size_t size;
} lsi_user_argument;
typedef struct lsi_user_launch {
    void *function;             /* a CUfunction, or NULL: */
    const char *source, *name;  /* CUDA C++ to be compiled, and the kernel in it */
    uint32_t grid[3], block[3], shared_bytes;
    int nargument;
    const lsi_user_argument *arguments;
} lsi_user_launch;

/* Memory of the device in the hands of code that is not the library's. */
typedef struct lsi_foreign_entries {
    /* Later work of `stream` (a CUstream) comes after what the access needs; end: the library's later work comes after
     * the stream's so far. Between them the buffer belongs to the caller. */
    ls_status (*begin)(lsi_backend *backend, lsi_buffer *buffer, bool write, void *stream);
    ls_status (*end)(lsi_backend *backend, lsi_buffer *buffer, bool write, void *stream);
    ls_status (*launch)(lsi_backend *backend, const lsi_user_launch *launch, lsi_ticket *done);
} lsi_foreign_entries;

/* A few elementwise operations on elements that lie one after another, each over all elements before the next. Values are
 * numbered: operands, then steps. The last value goes to `out`; where it is folded, of LSI_DIRECT_FOLDED elements at most,
 * what is made of it. */
enum { LSI_DIRECT_OPERANDS = 8, LSI_DIRECT_STEPS = 8, LSI_DIRECT_FOLDED = 1024 };
/* Work that takes less than giving up the graph lock and keeping its sources meanwhile runs under the lock. */
enum { LSI_BRIEF_NANOSECONDS = 250, LSI_BRIEF_BYTES = 8192 };
typedef struct lsi_direct_operand {
    lsi_buffer *buffer;           /* element i of it, from the first on; NULL: */
    lsi_scalar constant;          /* one value everywhere */
    ls_dtype dtype;
} lsi_direct_operand;
typedef struct lsi_direct_fold {
    lsi_reduce_op op;
    ls_dtype dtype, result;       /* of the values, which is the last one's, and of what is made of them */
    double correction;
} lsi_direct_fold;
typedef struct lsi_direct_work {
    int64_t count;                /* elements, 1 or more */
    int noperand, nconstant, nstep; /* where it is folded, there may be no step: the value is the operand */
    bool folded;
    lsi_direct_fold fold;
    lsi_direct_operand operand[LSI_DIRECT_OPERANDS];
    lsi_instr step[LSI_DIRECT_STEPS];
    bool in_place;                /* `out` is the memory of an operand: one step, not folded */
    void *out;
    /* Set when it is accepted: */
    double nanoseconds;           /* roughly */
    void (*loop[LSI_DIRECT_STEPS])(int64_t n, const void *const *in, void *out);
    int8_t slot[LSI_DIRECT_OPERANDS + LSI_DIRECT_STEPS]; /* of values that are kept in the backend's working space */
    int64_t slot_bytes;
    int64_t block;                /* elements that go through all steps before the next do */
} lsi_direct_work;

/* One elementwise operation over n elements that lie one after another. */
typedef void (*lsi_brief_loop)(int64_t n, const void *const *in, void *out);

struct lsi_backend {
    uint32_t abi_version;
    const char *name;        /* "cpu", "cuda:0" */
    int device;              /* ls_device.id once registered */
    lsi_pool *pool;
    void *context;

    /* Runs a program. May decline one with LSI_SOURCE_RESULT, which the caller then takes apart; never another. */
    ls_status (*run)(lsi_backend *backend, const lsi_program *program, lsi_ticket *done);
    /* Cumulative sum or product. Never declines. */
    ls_status (*scan)(lsi_backend *backend, const lsi_scan *scan, lsi_ticket *done);
    /* Matrix product. Fast mode uses the vendor's library where it can. Never declines. */
    ls_status (*matmul)(lsi_backend *backend, const lsi_matmul *matmul, lsi_ticket *done);
    /* Host memory to buffer; `host` may be reused when the call returns. */
    ls_status (*upload)(lsi_backend *backend, lsi_buffer *to, size_t offset, const void *host, size_t bytes,
                        lsi_ticket *done);
    /* Buffer to host memory, after all earlier work; returns when the bytes are there. */
    ls_status (*download)(lsi_backend *backend, const lsi_buffer *from, size_t offset, void *host, size_t bytes);
    /* Returns when the work of the ticket is done; {0, 0} waits for everything. */
    ls_status (*wait)(lsi_backend *backend, lsi_ticket ticket);
    /* Optional (NULL on devices): calls fn over [0, count) in ranges of at least `grain` on all cores; the lowest range
     * that returned non-zero decides the result, which is returned. */
    int (*parallel)(lsi_backend *backend, int64_t count, int64_t grain, lsi_range_fn fn, void *context);
    /* Appends "key": value lines about itself for `lockstep info`, through put(context, key, value). */
    void (*describe)(lsi_backend *backend, void (*put)(void *context, const char *key, const char *value), void *context);
    /* Optional (NULL: never): sorts, searches, unique elements, non-zero elements. May decline: the caller then takes the
     * elements to the host and the results back. */
    ls_status (*sort)(lsi_backend *backend, lsi_sort *task, lsi_ticket *done);
    /* Optional (NULL: never): whether programs whose steps need results of their own reductions (LSI_SOURCE_RESULT) are
     * welcome, where so many times so many last elements are reduced. Asked with the graph locked: quick. */
    bool (*rows_fit)(lsi_backend *backend, int64_t rows, int64_t length);
    /* Optional (NULL: always LS_OK): LS_EDEVICE, recorded for the call, when the device is gone and has neither memory nor
     * work for anybody any more. */
    ls_status (*gone)(lsi_backend *backend, const char *function, const char *place);
    /* Optional, both or none: the way past programs for what is small. `accept` looks at all but `out` and says whether
     * `direct` will do it, on the calling thread and without fail. */
    bool (*direct_accept)(lsi_backend *backend, lsi_direct_work *work);
    void (*direct)(lsi_backend *backend, const lsi_direct_work *work);
    /* Optional, all or none: the shortest way, for one operation that takes less than LSI_BRIEF_NANOSECONDS. `brief_loop`
     * finds it, NULL where that is not so; `brief` runs it on the calling thread, without fail. With `in_place` the output
     * is one of the inputs. */
    lsi_brief_loop (*brief_loop)(const lsi_instr *instr, int64_t count, bool in_place);
    void (*brief)(lsi_brief_loop loop, int64_t count, const void *const *in, void *out);
    /* The same for one value everywhere, in LSI_BRIEF_BYTES at most; false where it is not done. */
    bool (*brief_fill)(const lsi_scalar *value, int64_t count, void *out);
    const lsi_stream_entries *streams; /* NULL: one stream, nobody's to choose */
    const lsi_foreign_entries *foreign; /* NULL: no foreign code runs here */
};

/* The registry. Backends are registered from outside (src/api/init.c, plug-ins, tests); the order is the preference for
 * the default device: the last one registered with `preferred` wins. The first
 * one registered is the host, id 1. Returns the device id, 0 when full or of another ABI. */
int lsi_backend_register(lsi_backend *backend, bool preferred);
void lsi_backend_unregister(lsi_backend *backend);
lsi_backend *lsi_backend_get(int device); /* NULL when there is none of that id */
lsi_backend *lsi_backend_host(void);
lsi_backend *lsi_backend_default(void);   /* of the calling thread: ls_use_device, else LOCKSTEP_DEVICE, else preferred */
int lsi_backend_count(void);              /* the highest id given out; ids up to it may be vacant */
void lsi_backend_use(int device);         /* for the calling thread; 0 = no wish of its own */
int lsi_backend_in_use(void);             /* what lsi_backend_use set, 0 at first */
/* The stream that the calling thread wishes for on that backend, -1: none. Backends with streams ask for it. */
void lsi_backend_use_stream(lsi_backend *backend, int stream);
int lsi_backend_stream_in_use(const lsi_backend *backend);
void lsi_backend_set_preferred(int device); /* LOCKSTEP_DEVICE: goes before `preferred` of register; 0 = none */

/* Records for the call why the backend's pool had not so many bytes: they are too many (LS_ENOMEM, with the pool's report),
 * or the device is gone (LS_EDEVICE). Returns that. */
ls_status lsi_backend_no_memory(lsi_backend *backend, const char *function, const char *place, size_t bytes);

/* Buffers. New: from the backend's pool, one reference, NULL when out of memory (nothing recorded). Wrap: the user's
 * memory, never freed when the deleter is NULL; the deleter is not called when the result is NULL. */
lsi_buffer *lsi_buffer_new(lsi_backend *backend, size_t bytes);
lsi_buffer *lsi_buffer_wrap(lsi_backend *backend, void *address, size_t bytes, void (*deleter)(void *), void *context);
lsi_buffer *lsi_buffer_retain(lsi_buffer *buffer);
void lsi_buffer_release(lsi_buffer *buffer); /* NULL is fine */
/* Small buffers of this backend (NULL: none), whose memory is out of use when it is freed, wait at hand: released by a
 * thread, they are the next that it makes. They count as in use meanwhile, at most 128 KiB a thread;
 * lsi_buffers_give_back returns the calling thread's to the pool, with what was counted of them. */
void lsi_buffers_at_hand(lsi_backend *backend);
void lsi_buffers_give_back(void);

/* src/host: makes the host backend (topology, threads, ISA). NULL when out of memory. Called once by init. */
lsi_backend *lsi_host_backend_new(void);
void lsi_host_backend_delete(lsi_backend *backend);

#endif
