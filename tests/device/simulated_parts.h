/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of the simulated GPU share. One lock, held by every driver call and while work runs. */
#ifndef LOCKSTEP_TESTS_SIMULATED_PARTS_H
#define LOCKSTEP_TESTS_SIMULATED_PARTS_H

#include "device/driver.h"
#include "shim_run.h"

enum { SIM_STREAMS = 64, SIM_POISON_FRESH = 0xa5, SIM_POISON_FREED = 0x5a };

typedef struct sim_range {
    lsi_address address;
    size_t bytes;
    bool write;
} sim_range;

typedef struct sim_clock {
    uint64_t at[SIM_STREAMS];
} sim_clock;

/* --- memory: simulated_memory.c --- */

void sim_memory_start(int gpus, size_t bytes_each);
lsi_code sim_memory_allocate(int gpu, lsi_address *address, size_t bytes);
lsi_code sim_memory_free(lsi_address address);
void sim_memory_info(int gpu, size_t *available, size_t *total);
bool sim_memory_has(lsi_address address, size_t bytes);  /* all of it is allocated */
bool sim_memory_is_device(lsi_address address);          /* inside the region, allocated or not */
void sim_memory_open(lsi_address address, size_t bytes); /* work may touch it, until: */
void sim_memory_open_all(void);
void sim_memory_close(void);
long sim_memory_blocks(long *bytes);
/* Virtual memory. */
lsi_code sim_memory_reserve(lsi_address *address, size_t bytes, size_t alignment);
lsi_code sim_memory_unreserve(lsi_address address, size_t bytes);
lsi_code sim_memory_create(int gpu, lsi_memory_handle *handle, size_t bytes);
lsi_code sim_memory_destroy(lsi_memory_handle handle);
lsi_code sim_memory_map(lsi_address address, size_t bytes, lsi_memory_handle handle);
lsi_code sim_memory_unmap(lsi_address address, size_t bytes);
lsi_code sim_memory_allow(lsi_address address, size_t bytes);
enum { SIM_GRANULE = 2 << 20 };
/* Pinned host memory. */
lsi_code sim_pin(void **memory, size_t bytes);
lsi_code sim_unpin(void *memory);
bool sim_is_pinned(const void *memory, size_t bytes);

/* --- the order of accesses: simulated_check.c --- */

/* Notes accesses of operation `sequence` of `stream`, whose clock is `clock`, and reports what is not ordered. */
void sim_check_accesses(int stream, uint64_t sequence, const sim_clock *clock, const char *what, int count,
                        const sim_range *ranges);
void sim_check_free(lsi_address address, size_t bytes, const sim_clock *host);
void sim_check_forget(const sim_clock *host); /* what the host has waited for orders everything later */
void sim_clock_join(sim_clock *into, const sim_clock *other);
__attribute__((format(printf, 1, 2))) void sim_violation(const char *format, ...);
extern bool sim_forgive;
extern bool sim_drop_waits;
extern long sim_violations;
extern char sim_violation_text[512];

/* --- streams and events: simulated_queue.c --- */

typedef enum sim_kind { SIM_COPY, SIM_FILL, SIM_LAUNCH, SIM_RECORD, SIM_WAIT } sim_kind;

typedef struct sim_item {
    struct sim_item *next;
    sim_kind kind;
    uint64_t position;       /* on its stream, from 1 */
    int nrange;
    sim_range *ranges;       /* device memory it touches */
    /* COPY, FILL */
    void *to;
    const void *from;
    void *snapshot;          /* of pageable host memory; freed with the item */
    size_t bytes;
    unsigned char value;
    /* LAUNCH */
    const lsi_shim_kernel *kernel;
    unsigned grid[3], threads, shared_bytes;
    void *args;
    /* WAIT */
    int target;
    uint64_t target_position;
} sim_item;

struct CUctx_st {
    int gpu;
};

struct CUstream_st {
    int index;
    struct CUctx_st *context;
};

struct CUevent_st {
    int stream;              /* -1: not recorded */
    uint64_t position;
    sim_clock clock;
};

typedef enum sim_policy { SIM_RANDOM, SIM_FAR, SIM_LATE, SIM_EAGER } sim_policy;

void sim_queue_seed(uint64_t seed, const char *policy);
uint64_t sim_random(void);
lsi_code sim_stream_new(struct CUctx_st *context, lsi_stream *stream);
void sim_stream_delete(lsi_stream stream);
sim_item *sim_item_new(sim_kind kind, int nrange); /* zeroed, with room for the ranges */
/* Takes the item; `what` names it in reports. */
void sim_enqueue(lsi_stream stream, sim_item *item, const char *what);
void sim_record(lsi_stream stream, lsi_event event);
void sim_wait(lsi_stream stream, lsi_event event);
bool sim_event_done(lsi_event event);
void sim_synchronize_event(lsi_event event);
void sim_synchronize_stream(lsi_stream stream);
void sim_synchronize_all(void);
void sim_drop_all(void); /* the context is lost: nothing more runs */
const sim_clock *sim_host_clock(void);
extern long sim_ran, sim_queued, sim_launches, sim_copies, sim_fills, sim_waits, sim_records;
/* Before each piece of work: simulated_driver.c may make it fail. True: do not run it. */
bool sim_fails_now(void);

#endif
