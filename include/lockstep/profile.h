/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Profiling: what ran where, for how long, over how many bytes; and progress of long operations.
 *
 * Without a change to the program: LOCKSTEP_PROFILE=1 writes the table to stderr when the program ends,
 * LOCKSTEP_PROFILE=file.txt into that file, LOCKSTEP_PROFILE=file.json a trace (setuid programs ignore it). On a GPU each
 * piece of work is an NVTX range besides, for Nsight Systems.
 *
 * While profiling, work on a device is waited for piece by piece, so that each piece has a time of its own: the program
 * as a whole may be slower, and nothing overlaps. Results do not change. */
#ifndef LOCKSTEP_PROFILE_H
#define LOCKSTEP_PROFILE_H

#include "evaluate.h" /* ls_progress_fn */
#include <stdio.h>

LS_BEGIN_DECLS

/** How ls_profile_write writes. */
typedef enum ls_profile_format {
    LS_PROFILE_TABLE, /**< for people: one line per kind of work, call and place, the longest first, with its share of the
                       *   device's copy bandwidth, which is measured at that moment */
    LS_PROFILE_JSON,  /**< the same lines as JSON: {"rows": [{"what": ..., "call": ..., ...}], "dropped": n} */
    LS_PROFILE_TRACE  /**< every event, in Chrome's trace format: for chrome://tracing and ui.perfetto.dev */
} ls_profile_format;

/** Forgets what was recorded and records from now on, on all threads, at most `max_events` events (0: 1,000,000, which
 *  take 100 MB); later ones are counted as dropped. Errors: LS_EARGUMENT for a negative number; LS_ENOMEM. */
LS_API LS_WARN_UNUSED ls_status ls_profile_start(int64_t max_events);
/** Stops recording; what was recorded stays. */
LS_API void ls_profile_stop(void);
/** Events recorded since the start, dropped ones not counted. */
LS_API int64_t ls_profile_count(void);
/** Writes what was recorded so far. Errors: LS_EIO; LS_EARGUMENT for an unknown format or a NULL file; LS_ENOMEM. */
LS_API LS_WARN_UNUSED ls_status ls_profile_write(const char *place, FILE *file, ls_profile_format format);
#define ls_profile_write(file, format) ls_profile_write(LS_HERE, (file), (format))

/** From now on calls `progress` on this thread during its long elementwise programs and reductions, at most 20 times a
 *  second, with the fraction of the present pass over the data that is done; NULL ends that. When it returns something
 *  else than 0 the pass is cancelled: the call that asked for the values fails with LS_ECANCELLED, and arrays are as they
 *  were before it and may be asked again; but one that the call writes into (ls_assign, an _into call) may hold new
 *  elements in places. The function must not evaluate arrays. On a GPU such work is done in up to 64 parts and waited for
 *  meanwhile; a reduction of what is stored is one part. Scans, matrix products and sorts tell nothing; ls_map_host has a
 *  progress function of its own. */
LS_API void ls_on_progress(ls_progress_fn progress, void *context);

LS_END_DECLS

#endif
