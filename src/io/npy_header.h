/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The header of a .npy file: bytes to meaning and back. Decides what is accepted; knows no files and no arrays. */
#ifndef LSI_IO_NPY_HEADER_H
#define LSI_IO_NPY_HEADER_H

#include "stream.h"

typedef struct lsi_npy_header {
    ls_dtype dtype;
    bool foreign;  /* bytes of an element are in the other order than the machine's */
    bool fortran;  /* the first axis is the fastest */
    int ndim;
    int64_t shape[LS_MAX_NDIM];
    int64_t count; /* elements */
    int64_t bytes; /* of data: count * the dtype's size, known not to overflow */
} lsi_npy_header;

/* The longest header that is read, and room for any that is written: 32 sizes of 19 digits, 200 bytes around. */
enum { LSI_NPY_HEADER_LIMIT = 65536, LSI_NPY_HEADER_ROOM = 1024 };

/* Reads the magic, the version and the dict; leaves the reader at the first byte of data. */
ls_status lsi_npy_read_header(lsi_reader *reader, lsi_npy_header *header);

/* The dict alone: `length` bytes that stood at byte `at` of what errors call `name`. No recursion, no locale. */
ls_status lsi_npy_parse(const char *text, size_t length, const char *name, int64_t at, lsi_npy_header *header);

/* The bytes numpy.save puts before the data of an array of header's dtype, shape and order, in the machine's byte
 * order; returns how many, a multiple of 64. The dtype has an .npy type. */
size_t lsi_npy_write_header(const lsi_npy_header *header, char out[LSI_NPY_HEADER_ROOM]);

#endif
