/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A file that appears complete or not at all: temporary name in the same directory, fsync, rename. */
#ifndef LSI_IO_ATOMIC_FILE_H
#define LSI_IO_ATOMIC_FILE_H

#include "core/error.h"
#include <stdio.h>

typedef struct lsi_atomic_file {
    FILE *stream;          /* seekable unless direct */
    char *target;          /* the path to become, links followed */
    char *temporary;       /* NULL: written to directly (no regular file) */
} lsi_atomic_file;

/* Opens for writing; nothing is visible under `path` until it is closed. */
ls_status lsi_atomic_open(lsi_atomic_file *file, const char *path);
/* With LS_OK: flushes to the disk and renames. With an error: removes what was written. Returns the first error. */
ls_status lsi_atomic_close(lsi_atomic_file *file, ls_status status);

#endif
