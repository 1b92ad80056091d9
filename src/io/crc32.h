/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The CRC of ZIP members (polynomial 0xEDB88320, reflected), eight bytes at a time. Its tables live in the object: no
 * shared state to set up, and 2,048 steps are nothing beside opening a file. */
#ifndef LSI_IO_CRC32_H
#define LSI_IO_CRC32_H

#include <stddef.h>
#include <stdint.h>

typedef struct lsi_crc {
    uint32_t state;
    uint32_t table[8][256]; /* table[k][b]: byte b followed by k zero bytes */
} lsi_crc;

void lsi_crc_start(lsi_crc *crc);
void lsi_crc_add(lsi_crc *crc, const void *bytes, size_t size);
uint32_t lsi_crc_value(const lsi_crc *crc);

#endif
