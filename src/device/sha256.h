/* SPDX-License-Identifier: BSD-3-Clause
 *
 * SHA-256 (FIPS 180-4), for the names and the integrity of cached kernels. */
#ifndef LSI_DEVICE_SHA256_H
#define LSI_DEVICE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { LSI_SHA256_BYTES = 32 };

typedef struct lsi_sha256 {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char block[64];
} lsi_sha256;

void lsi_sha256_begin(lsi_sha256 *hash);
void lsi_sha256_add(lsi_sha256 *hash, const void *bytes, size_t size);
void lsi_sha256_end(lsi_sha256 *hash, unsigned char out[LSI_SHA256_BYTES]);

#endif
