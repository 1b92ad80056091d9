/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Elements between a stream of bytes and an array's memory, in bounded steps. Decides where bytes are staged, and mends
 * what the formats leave open: byte order, bools other than 0 and 1, NaNs. */
#ifndef LSI_IO_TRANSFER_H
#define LSI_IO_TRANSFER_H

#include "lazy/array.h"
#include "stream.h"

/* What is read or written at a time: small enough to stay in cache on the host, large enough for a device's copies. */
enum { LSI_IO_STEP = 1 << 20, LSI_IO_STAGE = 4 << 20 };

/* A new array of C order with the next elements of the reader, on the default device. `foreign`: bytes to be reversed.
 * The reader's `left` is checked first, so that no memory is taken for bytes that do not exist. NULL when it fails. */
ls_array *lsi_transfer_in(lsi_reader *reader, ls_dtype dtype, bool foreign, int ndim, const int64_t *shape);

/* All elements of the array in C order to the writer, NaNs canonical. Evaluates. */
ls_status lsi_transfer_out(const ls_array *a, lsi_writer *writer);

/* Ends an array that a failing call made and nobody has seen. NULL is fine. */
void lsi_array_drop(ls_array *a);

#endif
