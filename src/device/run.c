/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Programs on the device: which tier runs one. */
#include "device/device.h"
#include "core/error.h"

ls_status lsi_device_run(lsi_backend *backend, const lsi_program *program, lsi_ticket *done)
{
    lsi_device *device = lsi_device_of(backend);
    const ls_status status = lsi_jit_run(device, program, done);
    if (status != (ls_status)LSI_DECLINED) return status;
    if (program->nreduction > 0) return lsi_device_reduce(device, program, done);
    return lsi_fail_for(program->function, program->place, LS_EDEVICE, "%s: no elementwise programs yet", backend->name);
}
