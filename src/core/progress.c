/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Progress: at most 20 times a second, from the caller's own thread, so that the user's function needs no locks. */
#include "core/progress.h"
#include "core/error.h"

static const double often = 0.05; /* seconds */

static _Thread_local ls_progress_fn thread_tell;
static _Thread_local void *thread_context;

void lsi_progress_set(ls_progress_fn tell, void *context)
{
    thread_tell = tell;
    thread_context = context;
}

void lsi_progress_begin(lsi_progress *progress, int64_t units)
{
    progress->tell = thread_tell;
    progress->context = thread_context;
    progress->total = units;
    progress->told = false;
    atomic_init(&progress->done, 0);
    atomic_init(&progress->cancelled, false);
    if (progress->tell) {
        clock_gettime(CLOCK_MONOTONIC, &progress->last);
    }
}

static void tell(lsi_progress *progress, double fraction)
{
    lsi_call *call = lsi_call_suspend();
    if (progress->tell(fraction, progress->context) != 0) {
        atomic_store(&progress->cancelled, true);
    }
    lsi_call_resume(call);
    progress->told = true;
}

bool lsi_progress_step_(lsi_progress *progress, int thread, int64_t units)
{
    const int64_t done = atomic_fetch_add_explicit(&progress->done, units, memory_order_relaxed) + units;
    if (thread == 0) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        const double since = (double)(now.tv_sec - progress->last.tv_sec) +
                             (double)(now.tv_nsec - progress->last.tv_nsec) * 1e-9;
        if (since > often && done < progress->total) {
            progress->last = now;
            tell(progress, (double)done / (double)progress->total);
        }
    }
    return !atomic_load_explicit(&progress->cancelled, memory_order_relaxed);
}

ls_status lsi_progress_end(lsi_progress *progress, const char *function, const char *place)
{
    if (atomic_load(&progress->cancelled)) {
        return lsi_fail_for(function, place, LS_ECANCELLED, "cancelled at %.0f %%",
                            100.0 * (double)atomic_load(&progress->done) / (double)progress->total);
    }
    if (progress->told) {
        tell(progress, 1.0); /* too late to cancel */
    }
    return LS_OK;
}
