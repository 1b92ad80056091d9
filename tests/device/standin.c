/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The stand-in device (standin.h). One queue, one lock; a queued item owns copies of everything it will need. */
#include "device/standin.h"
#include "core/error.h"
#include "memory/prim.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Non-canonical on x86-64, out of the user's half elsewhere: following such an address faults. */
#define BIAS ((uintptr_t)1 << 62)
enum { POISON_FRESH = 0xa5, POISON_FREED = 0x5a };

typedef enum kind { RUN_PROGRAM, RUN_SCAN, RUN_MATMUL, RUN_UPLOAD, RUN_RELEASE } kind;

typedef struct item {
    struct item *next;
    kind kind;
    uint64_t sequence;
    lsi_program program;
    lsi_source *sources;
    lsi_instr *instrs;
    lsi_store *stores;
    lsi_reduction *reductions;
    lsi_scan scan;
    lsi_matmul matmul;
    lsi_buffer *to;
    size_t offset, bytes;
    void *block; /* RELEASE: real address; UPLOAD: the copied bytes */
} item;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static item *first, *last;
static uint64_t handed_over, finished;
static long blocks, fail_at;
static lsi_backend standin;

static void *real(const void *biased)
{
    return (void *)((uintptr_t)biased - BIAS);
}

/* --- memory --- */

static void enqueue(item *i);

static void *prim_allocate(lsi_prim *prim, size_t bytes)
{
    (void)prim;
    void *block = lsi_alloc_should_fail() ? NULL : aligned_alloc(256, (bytes + 255) / 256 * 256);
    if (!block) {
        return NULL;
    }
    memset(block, POISON_FRESH, bytes);
    __atomic_add_fetch(&blocks, 1, __ATOMIC_RELAXED);
    return (void *)((uintptr_t)block + BIAS);
}

/* Work that is queued may still use the block, so giving it back is queued work too. */
static void prim_release(lsi_prim *prim, void *block, size_t bytes)
{
    (void)prim;
    __atomic_sub_fetch(&blocks, 1, __ATOMIC_RELAXED);
    item *i = calloc(1, sizeof *i);
    i->kind = RUN_RELEASE;
    i->block = real(block);
    i->bytes = bytes;
    enqueue(i);
}

static void prim_capacity(lsi_prim *prim, size_t *total, size_t *available)
{
    (void)prim;
    *total = *available = 0;
}

static lsi_prim prim = {.name = "standin",
                        .host_readable = false,
                        .alignment = 256,
                        .granularity = 256,
                        .allocate = prim_allocate,
                        .release = prim_release,
                        .capacity = prim_capacity};

/* --- the queue --- */

static void enqueue(item *i)
{
    pthread_mutex_lock(&mutex);
    i->sequence = ++handed_over;
    *(last ? &last->next : &first) = i;
    last = i;
    pthread_mutex_unlock(&mutex);
}

/* A buffer as the host backend sees it, for the time of one operation. */
typedef struct translated {
    lsi_buffer buffers[LSI_PROGRAM_MAX_SOURCES + LSI_PROGRAM_MAX_STORES + LSI_PROGRAM_MAX_REDUCTIONS];
    int count;
} translated;

static lsi_buffer *translate(translated *t, const lsi_buffer *buffer)
{
    lsi_buffer *copy = &t->buffers[t->count++];
    memset(copy, 0, sizeof *copy);
    copy->backend = lsi_backend_host();
    copy->address = real(buffer->address);
    copy->bytes = buffer->bytes;
    return copy;
}

static ls_status run_program(item *i, lsi_ticket *ticket)
{
    translated t = {.count = 0};
    for (int k = 0; k < i->program.nsource; k++) {
        if (i->sources[k].buffer) {
            i->sources[k].buffer = translate(&t, i->sources[k].buffer);
        }
    }
    for (int k = 0; k < i->program.nstore; k++) {
        i->stores[k].buffer = translate(&t, i->stores[k].buffer);
    }
    for (int k = 0; k < i->program.nreduction; k++) {
        i->reductions[k].buffer = translate(&t, i->reductions[k].buffer);
    }
    return lsi_backend_host()->run(lsi_backend_host(), &i->program, ticket);
}

static ls_status run_item(item *i)
{
    lsi_backend *host = lsi_backend_host();
    lsi_ticket ticket;
    translated t = {.count = 0};
    switch (i->kind) {
    case RUN_PROGRAM:
        return run_program(i, &ticket);
    case RUN_SCAN:
        i->scan.in = translate(&t, i->scan.in);
        i->scan.out = translate(&t, i->scan.out);
        return host->scan(host, &i->scan, &ticket);
    case RUN_MATMUL:
        i->matmul.x = translate(&t, i->matmul.x);
        i->matmul.y = translate(&t, i->matmul.y);
        i->matmul.out = translate(&t, i->matmul.out);
        return host->matmul(host, &i->matmul, &ticket);
    case RUN_UPLOAD:
        memcpy((char *)real(i->to->address) + i->offset, i->block, i->bytes);
        return LS_OK;
    case RUN_RELEASE:
        memset(i->block, POISON_FREED, i->bytes);
        free(i->block);
        return LS_OK;
    }
    return LS_EINTERNAL;
}

static void item_buffers(const item *i, void (*each)(lsi_buffer *buffer))
{
    for (int k = 0; i->kind == RUN_PROGRAM && k < i->program.nsource; k++) {
        if (i->sources[k].buffer) {
            each(i->sources[k].buffer);
        }
    }
    for (int k = 0; i->kind == RUN_PROGRAM && k < i->program.nstore; k++) {
        each(i->stores[k].buffer);
    }
    for (int k = 0; i->kind == RUN_PROGRAM && k < i->program.nreduction; k++) {
        each(i->reductions[k].buffer);
    }
    if (i->kind == RUN_SCAN) {
        each(i->scan.in);
        each(i->scan.out);
    }
    if (i->kind == RUN_MATMUL) {
        each(i->matmul.x);
        each(i->matmul.y);
        each(i->matmul.out);
    }
    if (i->kind == RUN_UPLOAD) {
        each(i->to);
    }
}

static void retain(lsi_buffer *buffer)
{
    lsi_buffer_retain(buffer);
}

static void item_free(item *i)
{
    free(i->sources);
    free(i->instrs);
    free(i->stores);
    free(i->reductions);
    if (i->kind == RUN_UPLOAD) {
        free(i->block);
    }
    free(i);
}

/* The buffers an item retained, kept apart because running it replaces its pointers. */
static lsi_buffer *held[LSI_PROGRAM_MAX_SOURCES + LSI_PROGRAM_MAX_STORES + LSI_PROGRAM_MAX_REDUCTIONS];
static int nheld;

static void hold(lsi_buffer *buffer)
{
    held[nheld++] = buffer;
}

static pthread_mutex_t running = PTHREAD_MUTEX_INITIALIZER;

/* Runs everything up to and including `sequence`; 0: everything. */
static ls_status drain(uint64_t sequence)
{
    ls_status status = LS_OK;
    pthread_mutex_lock(&running);
    for (;;) {
        pthread_mutex_lock(&mutex);
        item *i = first;
        if (i && (sequence == 0 || i->sequence <= sequence)) {
            first = i->next;
            last = first ? last : NULL;
        } else {
            i = NULL;
        }
        pthread_mutex_unlock(&mutex);
        if (!i) {
            break;
        }
        nheld = 0;
        item_buffers(i, hold);
        ls_status one = run_item(i);
        status = status ? status : one;
        __atomic_store_n(&finished, i->sequence, __ATOMIC_RELAXED);
        item_free(i);
        for (int k = 0; k < nheld; k++) {
            lsi_buffer_release(held[k]);
        }
    }
    pthread_mutex_unlock(&running);
    return status;
}

/* --- the contract --- */

static bool refused(const char *function, const char *place)
{
    if (fail_at > 0 && --fail_at == 0) {
        lsi_fail_for(function, place, LS_EDEVICE, "the stand-in device was told to fail");
        return true;
    }
    return false;
}

static ls_status hand_over(item *i, lsi_ticket *done)
{
    item_buffers(i, retain);
    enqueue(i);
    *done = (lsi_ticket){1, i->sequence};
    return LS_OK;
}

static void *copy_of(const void *data, size_t bytes)
{
    void *copy = malloc(bytes ? bytes : 1);
    if (bytes) {
        memcpy(copy, data, bytes);
    }
    return copy;
}

static ls_status standin_run(lsi_backend *backend, const lsi_program *p, lsi_ticket *done)
{
    (void)backend;
    if (refused(p->function, p->place)) {
        return LS_EDEVICE;
    }
    item *i = calloc(1, sizeof *i);
    i->kind = RUN_PROGRAM;
    i->program = *p;
    i->program.sources = i->sources = copy_of(p->sources, (size_t)p->nsource * sizeof *p->sources);
    i->program.instrs = i->instrs = copy_of(p->instrs, (size_t)p->ninstr * sizeof *p->instrs);
    i->program.stores = i->stores = copy_of(p->stores, (size_t)p->nstore * sizeof *p->stores);
    i->program.reductions = i->reductions = copy_of(p->reductions, (size_t)p->nreduction * sizeof *p->reductions);
    return hand_over(i, done);
}

static ls_status standin_scan(lsi_backend *backend, const lsi_scan *scan, lsi_ticket *done)
{
    (void)backend;
    if (refused(scan->function, scan->place)) {
        return LS_EDEVICE;
    }
    item *i = calloc(1, sizeof *i);
    i->kind = RUN_SCAN;
    i->scan = *scan;
    return hand_over(i, done);
}

static ls_status standin_matmul(lsi_backend *backend, const lsi_matmul *matmul, lsi_ticket *done)
{
    (void)backend;
    if (refused(matmul->function, matmul->place)) {
        return LS_EDEVICE;
    }
    item *i = calloc(1, sizeof *i);
    i->kind = RUN_MATMUL;
    i->matmul = *matmul;
    return hand_over(i, done);
}

static ls_status standin_upload(lsi_backend *backend, lsi_buffer *to, size_t offset, const void *host, size_t bytes,
                                lsi_ticket *done)
{
    (void)backend;
    item *i = calloc(1, sizeof *i);
    i->kind = RUN_UPLOAD;
    i->to = to;
    i->offset = offset;
    i->bytes = bytes;
    i->block = copy_of(host, bytes);
    return hand_over(i, done);
}

static ls_status standin_download(lsi_backend *backend, const lsi_buffer *from, size_t offset, void *host, size_t bytes)
{
    (void)backend;
    ls_status status = drain(0);
    if (!status) {
        memcpy(host, (const char *)real(from->address) + offset, bytes);
    }
    return status;
}

static ls_status standin_wait(lsi_backend *backend, lsi_ticket ticket)
{
    (void)backend;
    return drain(ticket.sequence);
}

static void standin_describe(lsi_backend *backend, void (*put)(void *context, const char *key, const char *value),
                             void *context)
{
    (void)backend;
    put(context, "kind", "stand-in for tests");
}

static lsi_backend standin = {.abi_version = LSI_BACKEND_ABI,
                              .name = "standin",
                              .run = standin_run,
                              .scan = standin_scan,
                              .matmul = standin_matmul,
                              .upload = standin_upload,
                              .download = standin_download,
                              .wait = standin_wait,
                              .describe = standin_describe};

int standin_register(void)
{
    standin.pool = lsi_pool_new(&prim);
    if (!standin.pool) {
        return 0;
    }
    lsi_pool_set_direct(standin.pool, true); /* every array its own poisoned block */
    return lsi_backend_register(&standin, true);
}

long standin_queued(void)
{
    return (long)(handed_over - __atomic_load_n(&finished, __ATOMIC_RELAXED));
}

long standin_ran(void)
{
    return (long)__atomic_load_n(&finished, __ATOMIC_RELAXED);
}

long standin_blocks(void)
{
    return __atomic_load_n(&blocks, __ATOMIC_RELAXED);
}

void standin_fail_at(long n)
{
    fail_at = n;
}
