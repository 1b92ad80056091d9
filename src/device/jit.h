/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tier 1 beyond what device.h says: a user's own source, and what tests want to know. */
#ifndef LSI_DEVICE_JIT_H
#define LSI_DEVICE_JIT_H

#include "device/compiler.h"
#include "device/device.h"

/* Compiles a user's CUDA source for the device, with no options but the given ones (`options` may be NULL, ended by
 * NULL) beside those that fix the arithmetic unless the user's say otherwise, and finds the kernel `name` (extern "C")
 * in it. Compiled once per source, name and options; kept on disk as generated kernels are. A failure is recorded for
 * `function` and `place` with the compiler's own words. */
ls_status lsi_jit_compile_user(lsi_device *device, const char *function, const char *place, const char *source,
                               const char *name, const char *const *options, lsi_function *out);

typedef struct lsi_jit_stats {
    int64_t kernels;   /* ready */
    int64_t runs;      /* of programs as one kernel */
    int64_t declined;  /* programs that had no kernel yet */
    int64_t compiled, from_disk, failed;
    double milliseconds; /* spent compiling */
} lsi_jit_stats;
void lsi_jit_get_stats(lsi_device *device, lsi_jit_stats *out);
/* Returns when nothing waits to be compiled. */
void lsi_jit_settle(lsi_device *device);

#endif
