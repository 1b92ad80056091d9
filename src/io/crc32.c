/* SPDX-License-Identifier: BSD-3-Clause
 *
 * CRC-32 by slicing: the CRC is linear, so eight bytes are looked up in eight tables and added. */
#include "crc32.h"

void lsi_crc_start(lsi_crc *crc)
{
    crc->state = UINT32_MAX;
    for (uint32_t b = 0; b < 256; b++) {
        uint32_t c = b;
        for (int bit = 0; bit < 8; bit++) c = c >> 1 ^ (c & 1 ? 0xEDB88320u : 0);
        crc->table[0][b] = c;
    }
    for (int k = 1; k < 8; k++)
        for (int b = 0; b < 256; b++)
            crc->table[k][b] = crc->table[k - 1][b] >> 8 ^ crc->table[0][crc->table[k - 1][b] & 0xff];
}

void lsi_crc_add(lsi_crc *crc, const void *bytes, size_t size)
{
    const unsigned char *p = bytes;
    const uint32_t(*t)[256] = (const uint32_t(*)[256])crc->table;
    uint32_t c = crc->state;
    for (; size >= 8; size -= 8, p += 8) {
        c ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        c = t[7][c & 0xff] ^ t[6][c >> 8 & 0xff] ^ t[5][c >> 16 & 0xff] ^ t[4][c >> 24] ^ t[3][p[4]] ^ t[2][p[5]] ^
            t[1][p[6]] ^ t[0][p[7]];
    }
    for (; size > 0; size--) c = c >> 8 ^ t[0][(c ^ *p++) & 0xff];
    crc->state = c;
}

uint32_t lsi_crc_value(const lsi_crc *crc) { return ~crc->state; }
