/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From a source to a function of the device: by the disk cache or the compiler, and the driver. Holds no state. */
#ifndef LSI_DEVICE_BUILD_KERNEL_H
#define LSI_DEVICE_BUILD_KERNEL_H

#include "device/compiler.h"
#include "device/device.h"
#include "device/jit_cache.h"

typedef struct lsi_built {
    lsi_library library;
    lsi_function function;
    bool from_disk;
    double milliseconds;
} lsi_built;

/* The kernel `name` of the task's source. False: `log` says why. Takes as long as the compiler does. */
bool lsi_build_kernel(lsi_device *device, const lsi_compiler *compiler, const lsi_jit_cache *cache,
                      const lsi_compilation *task, const char *name, lsi_built *out, lsi_text *log);

#endif
