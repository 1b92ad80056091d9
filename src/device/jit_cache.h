/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compiled kernels on disk, for the next process. What is kept there is code: the directory must be the user's own and
 * nobody else's to write, and what is read is verified before it is used. Anything out of order means that nothing is
 * kept, never an error. */
#ifndef LSI_DEVICE_JIT_CACHE_H
#define LSI_DEVICE_JIT_CACHE_H

#include "device/compiler.h"
#include "device/sha256.h"

typedef struct lsi_jit_cache {
    int folder;          /* the directory's descriptor; -1: nothing is kept on disk */
    uint64_t most_bytes; /* of all files; the ones used longest ago go first */
    char path[512];      /* for people */
    char reason[160];    /* why there is none */
} lsi_jit_cache;

/* `setting` is LOCKSTEP_JIT_CACHE: NULL (the user's cache directory), "off", or the absolute path of a directory. */
void lsi_jit_cache_open(lsi_jit_cache *cache, const char *setting);
void lsi_jit_cache_close(lsi_jit_cache *cache);
bool lsi_jit_cache_get(const lsi_jit_cache *cache, const unsigned char key[LSI_SHA256_BYTES], lsi_compiled *out);
void lsi_jit_cache_put(const lsi_jit_cache *cache, const unsigned char key[LSI_SHA256_BYTES], const lsi_compiled *it);

#endif
