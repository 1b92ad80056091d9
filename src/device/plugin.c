/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The plug-in's one exported entry: opens the driver and registers a device for each GPU. A GPU that cannot be used is
 * left out and said; the default device is the first one that starts, so that a program falls back to the host when none
 * does. */
#include "device/device.h"
#include "device/services.h"

#include <stdio.h>

int lockstep_plugin(const lsi_services *services, char *note, size_t size) __attribute__((visibility("default")));

static bool starts(lsi_device *device, char *note, size_t size)
{
    char text[LSI_CODE_TEXT];
    lsi_context before;
    const lsi_code code = lsi_device_enter(device, &before);
    if (!code) lsi_device_leave(device, before);
    else snprintf(note, size, "%s does not start: %s", device->name, lsi_code_text(device->cuda, code, text));
    return code == 0;
}

static int register_all(const lsi_cuda *cuda, int count, char *note, size_t size)
{
    int registered = 0;
    for (int i = 0; i < count; i++) {
        lsi_device *device = lsi_device_new(cuda, i, note, size);
        const bool well = device && (registered > 0 || starts(device, note, size));
        if (!well || !lsi_backend_register(&device->backend, registered == 0)) {
            if (device) lsi_device_delete(device);
            continue;
        }
        lsi_device_watch_forks(device);
        registered++;
    }
    return registered;
}

int lockstep_plugin(const lsi_services *services, char *note, size_t size)
{
    char text[LSI_CODE_TEXT];
    int count = 0;
    if (!lsi_services_take(services, note, size)) return 0;
    const lsi_cuda *cuda = lsi_cuda_open(note, size);
    if (!cuda) return 0;
    const lsi_code code = cuda->device_count(&count);
    if (code || count == 0) {
        snprintf(note, size, "no GPU is to be seen: %s", lsi_code_text(cuda, code ? code : LSI_CUDA_NO_DEVICE, text));
        return 0;
    }
    const int registered = register_all(cuda, count, note, size);
    if (registered == count) snprintf(note, size, "%d GPU%s", count, count == 1 ? "" : "s");
    return registered;
}
