/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Recording what runs. The engine marks the beginning and the end of every piece of work it hands to a backend; nothing
 * is kept and no clock is read while profiling is off. api/profile.c makes tables of the events. */
#ifndef LSI_LAZY_PROFILE_H
#define LSI_LAZY_PROFILE_H

#include "lazy/array.h"

typedef enum lsi_work_kind {
    LSI_WORK_PROGRAM, LSI_WORK_SCAN, LSI_WORK_MATMUL, LSI_WORK_SORT, LSI_WORK_UPLOAD, LSI_WORK_DOWNLOAD,
    LSI_WORK_KERNEL /* of the user's own */, LSI_WORK_KINDS
} lsi_work_kind;

typedef struct lsi_event {
    int64_t start, duration;    /* nanoseconds; start since profiling began */
    int64_t waited;             /* of the duration: the calling thread waited for the device */
    int64_t bytes_read, bytes_written;
    int64_t allocations;        /* blocks taken from the device's pool */
    const char *function, *place; /* of the user's call */
    uint32_t thread;
    int32_t instructions, reductions;
    uint8_t kind, device;
} lsi_event;

typedef struct lsi_span {
    bool on;
    int64_t start, allocations;
} lsi_span;

extern _Atomic bool lsi_profile_on;

ls_status lsi_profile_begin_recording(int64_t max_events); /* LS_ENOMEM is recorded */
/* A copy of the events, to be freed with lsi_dealloc; NULL when there is none or no memory (*count is -1 then). */
lsi_event *lsi_profile_copy(int64_t *count, int64_t *dropped);
int64_t lsi_profile_recorded(void);
/* Around a fork (lazy/fork.h). */
void lsi_profile_lock(void);
void lsi_profile_unlock(void);

void lsi_span_begin_(lsi_span *span, const lsi_backend *backend);
void lsi_span_end_(const lsi_span *span, lsi_backend *backend, const lsi_event *event);

/* Around a piece of work. `event` says what it was: kind, call, bytes. End waits for the device. */
static inline void lsi_span_begin(lsi_span *span, const lsi_backend *backend)
{
    span->on = atomic_load_explicit(&lsi_profile_on, memory_order_relaxed);
    if (span->on) {
        lsi_span_begin_(span, backend);
    }
}
static inline void lsi_span_end(const lsi_span *span, lsi_backend *backend, const lsi_event *event)
{
    if (span->on) {
        lsi_span_end_(span, backend, event);
    }
}

#endif
