/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Telling the user how far a long piece of work is, and stopping it when the user says so. On the host a driver that has
 * a loop over units takes it in slices; a device has parts (lsi_work_parts). Without a function of the calling thread's
 * there is one, and no cost. */
#ifndef LSI_CORE_PROGRESS_H
#define LSI_CORE_PROGRESS_H

#include "lockstep/profile.h"
#include <stdatomic.h>
#include <time.h>

typedef struct lsi_progress {
    ls_progress_fn tell;       /* NULL: nobody wants to know */
    void *context;
    int64_t total;
    _Atomic int64_t done;
    _Atomic bool cancelled;
    bool told;                 /* by thread 0, who is the caller, as is `last` */
    struct timespec last;
} lsi_progress;

/* The calling thread's function from now on; NULL: none. */
void lsi_progress_set(ls_progress_fn tell, void *context);

void lsi_progress_begin(lsi_progress *progress, int64_t units);
/* Units to do at most before the next step. */
static inline int64_t lsi_progress_most(const lsi_progress *progress)
{
    return progress->tell ? progress->total / 512 + 1 : INT64_MAX;
}
/* After `units` more are done. False: cancelled, leave the loop. */
bool lsi_progress_step_(lsi_progress *progress, int thread, int64_t units);
static inline bool lsi_progress_step(lsi_progress *progress, int thread, int64_t units)
{
    return !progress->tell || lsi_progress_step_(progress, thread, units);
}
/* LS_ECANCELLED, recorded for the call, when it was. */
ls_status lsi_progress_end(lsi_progress *progress, const char *function, const char *place);

#endif
