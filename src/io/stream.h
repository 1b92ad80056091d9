/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where bytes come from and where they go: one small contract each, so that the formats know nothing of files, memory
 * and compression. Both count, because every error says at which byte. */
#ifndef LSI_IO_STREAM_H
#define LSI_IO_STREAM_H

#include "core/error.h"
#include <stdio.h>

/* A stream of bytes to read once, front to back. */
typedef struct lsi_reader lsi_reader;
struct lsi_reader {
    const char *name;  /* for errors: the path, "stream", "a.npz: x.npy" */
    int64_t position;  /* of the next byte, as errors count it */
    int64_t left;      /* bytes still to come for certain; -1: it cannot tell */
    bool whole;        /* it holds one file and nothing else: bytes left over are an error */
    void *context;
    /* Up to `bytes` > 0 into `to`; *got < bytes only where the bytes end. Does not move `position`. An error is
     * recorded. */
    ls_status (*read)(lsi_reader *reader, void *to, size_t bytes, size_t *got);
    /* NULL but for regular files: `bytes` from `ahead` bytes behind the next one on, by any thread and without moving.
     * False when they cannot all be had, for whatever reason; nothing is recorded. */
    bool (*read_ahead)(const lsi_reader *reader, void *to, size_t bytes, size_t ahead);
    /* With it: passes bytes over that were read so; false when it cannot. */
    bool (*skip)(lsi_reader *reader, size_t bytes);
};

/* As many bytes as there are, up to `bytes`. */
ls_status lsi_read_some(lsi_reader *reader, void *to, size_t bytes, size_t *got);
/* All of them; LS_EFORMAT naming `what` when they end before. */
ls_status lsi_read_all(lsi_reader *reader, void *to, size_t bytes, const char *what);
/* LS_EFORMAT when the reader is whole and bytes are left. */
ls_status lsi_read_end(lsi_reader *reader);

/* Memory; borrowed. */
typedef struct lsi_memory_reader {
    lsi_reader reader;
    const unsigned char *bytes;
} lsi_memory_reader;
void lsi_memory_reader_open(lsi_memory_reader *memory, const char *name, const void *bytes, size_t size);

/* An open stream at its position; borrowed. `left` is known for a regular file. */
void lsi_file_reader_open(lsi_reader *reader, const char *name, FILE *file);

/* A stream of bytes to write. `write` takes all or records an error; it does not move `position`. */
typedef struct lsi_writer lsi_writer;
struct lsi_writer {
    const char *name;
    int64_t position;
    void *context;
    ls_status (*write)(lsi_writer *writer, const void *from, size_t bytes);
};
ls_status lsi_write_all(lsi_writer *writer, const void *from, size_t bytes);

/* An open stream; borrowed. Errors of the last bytes show only when it is flushed. */
void lsi_file_writer_open(lsi_writer *writer, const char *name, FILE *file);
ls_status lsi_file_writer_flush(lsi_writer *writer);
/* Memory, which the caller has made large enough. */
void lsi_memory_writer_open(lsi_writer *writer, void *buffer);

/* fopen for reading: LS_EIO with the system's words. Directories are refused. */
ls_status lsi_open_read(const char *path, FILE **file);

#endif
