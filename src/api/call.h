/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of src/api share: starting the library, results that go into existing arrays, option structs. */
#ifndef LSI_API_CALL_H
#define LSI_API_CALL_H

#include "lazy/array.h"

#include <string.h>

/* Starts the library once: the host backend, environment, plug-ins. Every call that makes an array from nothing goes
 * through it; later calls have arrays to go by. LS_OK, or the reason recorded. */
ls_status lsi_init(void);

/* The backend of a device, {0}: the one in force. Starts the library. NULL with LS_EDEVICE recorded. */
lsi_backend *lsi_backend_wanted(ls_device device);

/* Writes `result` (NULL: its error stands) into `out`, frees the result and returns the status. */
ls_status lsi_assign_result(ls_array *out, ls_array *result);

/* Copies an option struct as old or new as its caller knows it: bytes beyond what the caller filled are zero, bytes
 * beyond what the library knows must be zero. NULL stands for all defaults. */
ls_status lsi_options(void *into, size_t size, const void *given);

#endif
