/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How wide the vectors of the instruction set are that a file is compiled for: VECTOR_BYTES, and the numbers of parts of
 * four and eight bytes in one, IN_VECTOR_4 and IN_VECTOR_8. */
#ifndef LSI_HOST_VECTOR_WIDTH_H
#define LSI_HOST_VECTOR_WIDTH_H

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif
#define IN_VECTOR_4 (VECTOR_BYTES / 4)
#define IN_VECTOR_8 (VECTOR_BYTES / 8)

#endif
