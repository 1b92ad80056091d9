/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One .npy image between a stream and an array: what .npy files and the members of .npz share. */
#ifndef LSI_IO_NPY_H
#define LSI_IO_NPY_H

#include "lockstep/io.h"
#include "npy_header.h"
#include "transfer.h"

/* Options as the caller's struct says, however short an older caller's is; NULL means all defaults. */
ls_load_options lsi_load_options_read(const ls_load_options *options);

/* The array whose .npy image comes next in the reader. NULL when it fails. */
ls_array *lsi_npy_read(lsi_reader *reader, const ls_load_options *options);

/* How an array is written: header->fortran and shape say in which order. LS_EDTYPE when .npy has no such type. */
ls_status lsi_npy_plan(const ls_array *a, const char *name, lsi_npy_header *header);
/* Writes the image so planned. */
ls_status lsi_npy_write(const ls_array *a, const lsi_npy_header *header, lsi_writer *writer);

#endif
