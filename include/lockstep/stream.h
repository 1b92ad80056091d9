/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Streams and events, for those who want a say in what overlaps, who time things, or who mix in CUDA code of their own
 * (cuda.h). Nobody else needs them: the library orders work by the arrays it reads and writes, spreads independent work
 * over a GPU's streams, and overlaps copies with computing.
 *
 *     ls_stream *side = ls_stream_new(device);
 *     LS_STREAM(side) {                      // this thread's work goes there, until the brace
 *         ls_evaluate(ls_matmul(a, b));
 *     }
 *     ls_evaluate(ls_sin(c));                // may overlap with it
 *     ls_stream_sync(side);
 *     ls_stream_free(side);
 *
 * What a stream changes is when work runs, never what comes out: work on different streams that touches the same array is
 * ordered as the calls were. There is no rule to remember and no race to make.
 *
 * Arrays are computed when a chain ends, so it is the stream in use then that counts, not the one in use when a pending
 * array was described; and an event stands behind the work that was handed over, not behind arrays still pending. To time
 * or to order a piece of work, end its chain with ls_evaluate first.
 *
 * On devices without streams, the host among them, all of this works and nothing overlaps: a stream is a name, work is
 * done in order, and recording an event waits for it, so that elapsed times mean what they do on a GPU.
 *
 * Threads. The stream in use belongs to the thread. A stream or event may be used by any number of threads at a time, but
 * recording an event while another thread uses it is a race of the program. Freed while work is on its way: waits. */
#ifndef LOCKSTEP_STREAM_H
#define LOCKSTEP_STREAM_H

#include "types.h"

LS_BEGIN_DECLS

/** A queue of work on one device. Opaque; freed by ls_stream_free. */
typedef struct ls_stream ls_stream;
/** A point in the work of a device. Opaque; freed by ls_event_free. */
typedef struct ls_event ls_event;

/** A stream of a device, {0}: of the one in force. A GPU has a few queues for streams; when more streams are made than
 *  that, some share one. Errors (NULL): LS_EDEVICE when there is no such device; LS_ENOMEM. */
LS_API ls_stream *ls_stream_new(const char *place, ls_device device);
#define ls_stream_new(device) ls_stream_new(LS_HERE, (device))
/** Gives a stream up, after its work. NULL is fine. No thread may have it in use but the calling one, whose work goes back
 *  to streams of the library's choice. */
LS_API void ls_stream_free(ls_stream *stream);
/** The stream's device; {0} for NULL. */
LS_API ls_device ls_stream_device(const ls_stream *stream);

/** From now on the calling thread's work on the stream's device goes to the stream, its copies too; NULL: to streams of the
 *  library's choice. Work on other devices is not concerned. Returns the stream that was in use, or NULL. */
LS_API ls_stream *ls_stream_use(ls_stream *stream);
/** The stream in use by the calling thread, or NULL. */
LS_API ls_stream *ls_stream_in_use(void);

/** A stream in use until the end of a block, as LS_STREAM holds it. */
typedef struct ls_stream_guard {
    ls_stream *before; /**< in use outside the block */
    int once;          /**< 1 until the block has run */
} ls_stream_guard;
/** Puts back what was in use; LS_STREAM calls it. */
static inline void ls_stream_guard_close(ls_stream_guard *guard)
{
    ls_stream_use(guard->before);
}
/** A block whose work goes to a stream. `return` and `goto` out of it end it. It is a loop of one turn, as LS_SCOPE is. */
#ifndef __cplusplus
#define LS_STREAM(stream) LS_STREAM_(LS_GLUE(ls_stream_, __COUNTER__), stream)
#define LS_STREAM_(name, stream)                                                                                       \
    for (ls_stream_guard name __attribute__((cleanup(ls_stream_guard_close))) = {ls_stream_use(stream), 1}; name.once; \
         name.once = 0)
#endif

/** Waits until all work handed to the stream so far is done, work of the user's own on its CUDA stream included; NULL: all
 *  work on all devices, as ls_sync. Errors: those of the work. */
LS_API LS_WARN_UNUSED ls_status ls_stream_sync(ls_stream *stream);

/** An event of a device, {0}: of the one in force; not recorded yet. Errors (NULL): LS_EDEVICE, LS_ENOMEM. */
LS_API ls_event *ls_event_new(const char *place, ls_device device);
#define ls_event_new(device) ls_event_new(LS_HERE, (device))
/** Frees an event. NULL is fine. Work that was told to wait for it still does. */
LS_API void ls_event_free(ls_event *event);
/** Puts the event behind all work handed to the stream so far; NULL: behind all work of the device. Replaces where it was.
 *  Errors: LS_EARGUMENT when the stream is of another device; LS_EDEVICE; LS_ENOMEM. */
LS_API LS_WARN_UNUSED ls_status ls_event_record(ls_event *event, ls_stream *stream);
/** Work handed to the stream from now on (NULL: to any of the device) comes after the event. The thread does not wait. An
 *  event never recorded is no wait. The library needs none of this for its arrays; it is for work of the user's own.
 *  Errors: as ls_event_record. */
LS_API LS_WARN_UNUSED ls_status ls_event_wait(ls_event *event, ls_stream *stream);
/** Waits until the event has come: what it stands behind is done. An event never recorded has come. */
LS_API LS_WARN_UNUSED ls_status ls_event_sync(ls_event *event);
/** Whether it has come, without waiting. True after an error, which the next waiting call reports. */
LS_API bool ls_event_is_done(ls_event *event);
/** Milliseconds between two events of one device, which must have been recorded; waits for both. Resolution of a GPU's
 *  clock: about half a microsecond. Errors: LS_EARGUMENT when one was not recorded or they are of different devices. */
LS_API LS_WARN_UNUSED ls_status ls_event_elapsed(ls_event *from, ls_event *to, double *milliseconds);

LS_END_DECLS

#ifdef __cplusplus
namespace lockstep_detail {
struct stream_in_use {
    ls_stream *before;
    explicit stream_in_use(ls_stream *stream) : before(ls_stream_use(stream)) {}
    stream_in_use(const stream_in_use &) = delete;
    stream_in_use &operator=(const stream_in_use &) = delete;
    ~stream_in_use() { ls_stream_use(before); }
};
} // namespace lockstep_detail
#define LS_STREAM(stream) if (lockstep_detail::stream_in_use LS_GLUE(ls_stream_, __COUNTER__){stream}; true)
#endif

#endif
