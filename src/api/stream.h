/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a stream is inside, for stream.c and cuda.c. */
#ifndef LSI_API_STREAM_H
#define LSI_API_STREAM_H

#include "backend.h"
#include "lockstep/stream.h"

struct ls_stream {
    lsi_backend *backend;
    int number; /* of the backend's streams; -1: it has none */
};

/* A stream of the backend, with a queue of the user's own when `foreign` is not NULL. NULL with the error recorded. */
ls_stream *lsi_stream_open(lsi_backend *backend, void *foreign);

#endif
